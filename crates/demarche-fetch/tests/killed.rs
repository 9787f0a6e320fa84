//! A run that is killed at some moment, many times.

mod support;

use std::fs;
use std::process::Command;
use std::sync::Mutex;
use std::sync::mpsc::channel;

use demarche_fetch::FileState;
use support::*;

const BASE: &str = "DEMARCHE_TEST_BASE";
const DIR: &str = "DEMARCHE_TEST_DIR";

/// Not a test of its own: the run that is killed, in a process of its own.
#[test]
#[ignore = "the test beside it starts this one"]
fn a_run_to_be_killed() {
    let (Ok(base), Some(dir)) = (std::env::var(BASE), std::env::var_os(DIR)) else {
        return;
    };
    let options = demarche_fetch::Options::new(base, dir);
    let _ = run_with(&plan(), &options);
}

#[test]
fn a_killed_run_leaves_no_half_file_and_goes_on() {
    const FILES: usize = 12;
    let all = files(FILES);
    let dir = tempfile::tempdir().unwrap();
    // Before the list, in its midst, and in the midst of each of the files.
    for moment in 0..FILES + 2 {
        if moment >= 2 {
            // Whatever an earlier run has left of it: this one has to ask for it.
            let _ = fs::remove_file(dir.path().join(export(moment - 2)));
            let _ = fs::remove_file(dir.path().join(export(moment - 2) + ".part"));
        }
        let (die, dies) = channel();
        let die = Mutex::new(die);
        let (files, text) = (all.clone(), list(&all));
        let server = site(&all, move |request| {
            let body = match request.path.as_str() {
                LIST => text.as_bytes(),
                name => &files[name],
            };
            let half = match moment {
                0 if request.path == LIST => &[][..],
                1 if request.path == LIST => &body[..body.len() / 2],
                n if n >= 2 && request.path == export(n - 2) => &body[..body.len() / 2],
                _ => return None,
            };
            // It is killed while it waits for the rest.
            die.lock().unwrap().send(()).unwrap();
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", body.len());
            Some(Answer::Hang([head.as_bytes(), half].concat()))
        });
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "a_run_to_be_killed", "--ignored"])
            .env(BASE, server.base())
            .env(DIR, dir.path())
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        dies.recv().unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
        for (name, bytes) in found(dir.path()) {
            if !name.ends_with(".part") {
                assert_eq!(bytes, all[&name], "{name} at {moment}");
            }
        }
        // What was on its way is not there yet.
        if moment >= 2 {
            assert!(!dir.path().join(export(moment - 2)).exists());
        }
    }
    let server = site(&all, |_| None);
    let (summary, _) = run(&server, dir.path());
    assert_eq!(summary.here + summary.fetched, FILES as u64);
    assert_eq!(found(dir.path()), all);
    for (name, bytes) in &all {
        assert_eq!(state(dir.path(), name), have(bytes));
    }
    assert_eq!(state(dir.path(), &export(FILES)), FileState::Unlisted);
}
