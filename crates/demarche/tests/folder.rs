//! The folder that is written: replaced as a whole or not at all.

mod support;

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

use support::*;

fn measure(target: &Path) -> Output {
    run([
        "measure",
        text(&korea()),
        "--draws",
        "100",
        "--out",
        text(target),
    ])
}

#[test]
fn other_files_are_not_touched() {
    let place = tempfile::tempdir().unwrap();
    let target = place.path().join("out");
    fs::create_dir(&target).unwrap();
    for name in ["notes.txt", "manifest.json", "schema.json"] {
        fs::write(
            target.join(name),
            r#"{"files": ["manifest.json", "notes.txt"]}"#,
        )
        .unwrap();
        let before = files(&target);
        let refused = measure(&target);
        assert_eq!(status(&refused), 2);
        let complaint = err(&refused);
        assert!(
            complaint.contains(name) && complaint.contains("--out"),
            "{complaint}"
        );
        assert_eq!(out(&refused), "");
        assert_eq!(files(&target), before);
        assert_eq!(names(place.path()), ["out"], "nothing is left beside");
        fs::remove_file(target.join(name)).unwrap();
    }
    assert_eq!(status(&measure(&target)), 0);
    fs::write(target.join("notes.txt"), "mine").unwrap();
    let before = files(&target);
    assert_eq!(status(&measure(&target)), 2);
    assert_eq!(files(&target), before);
}

#[test]
fn the_case_itself_is_not_replaced() {
    let place = tempfile::tempdir().unwrap();
    let case = copy_of_korea(place.path());
    let before = files(&case);
    for target in [&case, &case.join("frameworks"), place.path()] {
        let refused = run(["measure", text(&case), "--out", text(target)]);
        assert_eq!(status(&refused), 2, "{}", target.display());
    }
    assert_eq!(files(&case), before);
}

#[test]
fn places_that_are_no_folder() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("file");
    fs::write(&file, "mine").unwrap();
    let refused = measure(&file);
    assert_eq!(status(&refused), 2);
    assert!(err(&refused).contains("is a file"), "{}", err(&refused));
    assert_eq!(status(&measure(&file.join("below"))), 3);
    for nameless in [".", "..", "/"] {
        assert_eq!(status(&measure(Path::new(nameless))), 2, "{nameless}");
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
    assert_eq!(names(place.path()), ["file"]);
}

#[cfg(unix)]
#[test]
fn behind_a_link_the_folder_is_replaced() {
    let place = tempfile::tempdir().unwrap();
    let target = place.path().join("elsewhere/out");
    fs::create_dir_all(&target).unwrap();
    let link = place.path().join("link");
    std::os::unix::fs::symlink(&target, &link).unwrap();
    let measured = measure(&link);
    assert_eq!(status(&measured), 0, "{}", err(&measured));
    assert!(link.is_symlink());
    assert!(target.join("schema.json").is_file());
}

#[cfg(unix)]
#[test]
fn a_place_where_one_may_not_write() {
    use std::os::unix::fs::PermissionsExt;
    let place = tempfile::tempdir().unwrap();
    let locked = place.path().join("locked");
    fs::create_dir(&locked).unwrap();
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o555)).unwrap();
    if fs::write(locked.join("probe"), "").is_ok() {
        println!("skipped: this user may write everywhere");
        return;
    }
    let refused = measure(&locked.join("out"));
    assert_eq!(status(&refused), 3);
    assert!(
        err(&refused).contains("you may write there"),
        "{}",
        err(&refused)
    );
    fs::set_permissions(&locked, fs::Permissions::from_mode(0o755)).unwrap();
}

/// Runs a shell script with the command as `$0` and further words as `$1` …
#[cfg(unix)]
fn shell(script: &str, words: &[&str]) -> Output {
    Command::new("sh")
        .args(["-c", script, env!("CARGO_BIN_EXE_demarche")])
        .args(words)
        .output()
        .unwrap()
}

#[cfg(unix)]
#[test]
fn a_file_that_cannot_be_written_whole_leaves_the_old_folder() {
    let place = tempfile::tempdir().unwrap();
    let target = place.path().join("out");
    assert_eq!(status(&measure(&target)), 0);
    let before = files(&target);
    // No file may grow beyond 40 blocks of half a kilobyte; writing on is an error, no signal.
    let limited = shell(
        "trap '' XFSZ; ulimit -f 40; exec \"$0\" measure \"$1\" --seed 7 --draws 100 --out \"$2\"",
        &[text(&korea()), text(&target)],
    );
    assert_eq!(status(&limited), 3, "{}", err(&limited));
    assert!(err(&limited).contains("cannot write"), "{}", err(&limited));
    assert_eq!(files(&target), before);
    assert_eq!(names(place.path()), ["out"], "nothing is left beside");
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_the_old_folder() {
    // A small disk that only this shell sees.
    let script = "mount -t tmpfs -o size=600k none \"$3\" 2>/dev/null || exit 77
        cd \"$3\"
        \"$0\" measure \"$2\" --quiet --draws 100 --out out || exit 78
        sums() { find out -type f | sort | xargs cksum; }
        old=$(sums)
        \"$0\" brief \"$1\" --no-pdf --draws 100 --out out
        echo status $?
        ls -A
        test \"$old\" = \"$(sums)\" && echo unchanged";
    let place = tempfile::tempdir().unwrap();
    let empty = empty_case(place.path());
    let disk = place.path().join("disk");
    fs::create_dir(&disk).unwrap();
    let inner = format!("unshare -rm sh -c '{script}' \"$0\" \"$1\" \"$2\" \"$3\"");
    let tried = shell(&inner, &[text(&korea()), text(&empty), text(&disk)]);
    // 77 from the script, 1 from unshare, 127 where there is no unshare.
    if matches!(tried.status.code(), Some(77 | 1 | 127)) && out(&tried).is_empty() {
        println!("skipped: no disk can be mounted here");
        return;
    }
    assert_eq!(out(&tried), "status 3\nout\nunchanged\n", "{}", err(&tried));
    assert!(err(&tried).contains("No space left"), "{}", err(&tried));
}

#[test]
fn a_killed_run_leaves_the_old_folder_or_the_new_one() {
    let place = tempfile::tempdir().unwrap();
    let target = place.path().join("out");
    let korea = korea();
    let words = |seed: &'static str, to: &Path| {
        let words = [
            "brief",
            text(&korea),
            "--no-pdf",
            "--no-plan",
            "--draws",
            "100",
            "--seed",
            seed,
            "--out",
        ];
        let mut words: Vec<String> = words.iter().map(|&w| w.to_owned()).collect();
        words.push(text(to).to_owned());
        words
    };
    printed(words("1", &target));
    let old = files(&target);
    let other = place.path().join("other");
    let begun = Instant::now();
    printed(words("2", &other));
    let whole = begun.elapsed();
    let new = files(&other);
    assert_ne!(old, new, "the two runs differ");

    let staged = || {
        names(place.path())
            .iter()
            .filter(|n| n.starts_with(".out."))
            .count()
    };
    // Somewhere on the way, and then about when the files are put in place.
    for round in 0..10u32 {
        let before = staged();
        let mut child = demarche()
            .args(words("2", &target))
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        if round < 3 {
            sleep(whole * round / 4);
        } else {
            let deadline = Instant::now() + Duration::from_secs(20);
            while staged() == before && Instant::now() < deadline {
                if child.try_wait().unwrap().is_some() {
                    break;
                }
            }
            sleep(Duration::from_micros(u64::from(round - 3) * 700));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let found = files(&target);
        assert!(
            found == old || found == new,
            "neither old nor new after round {round}"
        );
    }

    println!(
        "{} of 10 runs were killed while files were written",
        staged()
    );

    // What killed runs left beside is swept once it is an hour old, younger ones are not.
    let stale = place.path().join(".out.demarche-stale");
    let fresh = place.path().join(".out.demarche-fresh");
    for stage in [&stale, &fresh] {
        fs::create_dir_all(stage.join("new/tables")).unwrap();
    }
    let two_hours = SystemTime::now() - Duration::from_secs(7200);
    fs::File::open(&stale)
        .unwrap()
        .set_modified(two_hours)
        .unwrap();
    printed(words("2", &target));
    assert_eq!(files(&target), new);
    assert!(!stale.exists());
    assert!(fresh.exists());
}
