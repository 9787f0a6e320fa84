//! A writer that is killed, starved of room, or not alone loses nothing and doubles nothing.

mod job;
mod support;

use std::collections::BTreeSet;
use std::env;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use demarche_store::{Dedup, Kind, Settings, Store, StoreError, Writer};
use job::{check, read};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use support::settings;

const DIR: &str = "DEMARCHE_TEST_STORE";
const FILES: usize = 24;
const KILLS: usize = 240;

/// Not a test: the writer that the tests start as a process of its own.
#[test]
fn writer_process() {
    let Ok(dir) = env::var(DIR) else { return };
    let mut step = |what: &str| {
        println!("step {what}");
        std::io::stdout().flush().unwrap();
    };
    step("open");
    let outcome =
        Writer::open(&dir, &settings(), "the writer of the test").and_then(|mut writer| {
            for index in 0..FILES {
                read(&mut writer, index, &mut step)?;
            }
            Ok(())
        });
    match outcome {
        Ok(()) => println!("finished"),
        Err(error) => println!("failed {error}"),
    }
}

fn writer(dir: &Path) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args(["--exact", "writer_process", "--nocapture"])
        .env(DIR, dir)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    command
}

/// Waits for that many steps; gives the last line that came, or `None` at the end.
fn wait_for(child: &mut Child, steps: usize) -> Option<String> {
    let mut last = None;
    let mut seen = 0;
    let out = BufReader::new(child.stdout.as_mut().unwrap());
    for line in out.lines() {
        let line = line.unwrap();
        let end = line.contains("finished") || line.contains("failed");
        // The test harness prints before the first step on the same line.
        seen += usize::from(line.contains("step "));
        last = Some(line);
        if seen >= steps || end {
            break;
        }
    }
    last
}

#[test]
fn killed_at_any_moment_it_loses_and_doubles_nothing() {
    let mut random = ChaCha8Rng::seed_from_u64(3);
    let (mut kills, mut finished, mut swept) = (0, 0, 0);
    let mut moments = BTreeSet::new();
    while kills < KILLS {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("store");
        let mut before = BTreeSet::new();
        loop {
            let mut child = writer(&dir).spawn().unwrap();
            let last = wait_for(&mut child, random.random_range(1..14)).unwrap();
            let moment = Instant::now();
            let delay = Duration::from_micros(random.random_range(0..3000));
            while moment.elapsed() < delay {
                std::hint::spin_loop();
            }
            child.kill().unwrap();
            let status = child.wait().unwrap();
            kills += usize::from(!status.success());
            moments.insert(last.rsplit("step ").next().unwrap().to_owned());

            let now = match Store::open(&dir) {
                Ok(store) => {
                    swept += left_behind(&store, |_| true);
                    check(&store).unwrap()
                }
                // Killed before there was a store.
                Err(StoreError::Absent { .. } | StoreError::NotAStore { .. })
                    if before.is_empty() =>
                {
                    BTreeSet::new()
                }
                Err(error) => panic!("{error}"),
            };
            assert!(now.is_superset(&before), "what was stored is still there");
            before = now;
            if last.contains("finished") {
                break;
            }
        }
        // Whatever happened, the next run finishes the job.
        let out = writer(&dir).output().unwrap();
        assert!(String::from_utf8_lossy(&out.stdout).contains("finished"));
        let store = Store::open(&dir).unwrap();
        assert_eq!(check(&store).unwrap(), (0..FILES).collect());
        finished += 1;

        // And one that has nothing to do leaves nothing behind but what it holds.
        drop(Writer::open(&dir, &settings(), "test").unwrap());
        assert_eq!(left_behind(&store, |_| true), 0);
    }
    println!("{kills} kills, {finished} jobs, {swept} files left behind, at {moments:?}");
    assert!(swept > 0, "no kill hit a file that was being written");
    for moment in ["segment", "log", "cube", "commit", "done"] {
        assert!(moments.contains(moment), "never killed after {moment:?}");
    }
}

/// Files in the folders of a store that nobody names, of those with these numbers; files without
/// a number count in any case.
fn left_behind(store: &Store, of: impl Fn(u64) -> bool) -> usize {
    let named: BTreeSet<_> = store
        .manifest()
        .paths()
        .map(|(path, _)| store.path(path))
        .collect();
    let mut folders = vec![store.dir().to_path_buf()];
    let mut count = 0;
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let own = path.ends_with("manifest.json") || path.ends_with("writer.lock");
                let name = path.file_stem().unwrap().to_string_lossy();
                let number = name
                    .trim_start_matches(|c: char| !c.is_ascii_digit())
                    .parse();
                let counts = number.map_or(true, &of);
                count += usize::from(!own && counts && !named.contains(&path));
            }
        }
    }
    count
}

#[test]
fn a_second_writer_is_told_who_the_first_is() {
    let folder = tempfile::tempdir().unwrap();
    let first = Writer::open(folder.path(), &settings(), "demarche data add").unwrap();
    let Err(error) = Writer::open(folder.path(), &settings(), "second") else {
        panic!("two writers");
    };
    assert!(matches!(error, StoreError::Locked { .. }));
    let name = format!("demarche data add (process {})", std::process::id());
    assert!(error.to_string().contains(&name), "{error}");
    // A reader is not held up.
    Store::open(folder.path()).unwrap();
    drop(first);
    Writer::open(folder.path(), &settings(), "second").unwrap();
}

#[test]
fn a_writer_in_another_process_locks_too_and_its_death_frees() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = writer(folder.path()).spawn().unwrap();
    wait_for(&mut child, 2).unwrap();
    let refused = Writer::open(folder.path(), &settings(), "second").err();
    let alive = child.try_wait().unwrap().is_none();
    child.kill().unwrap();
    child.wait().unwrap();
    if let Some(error) = refused {
        assert!(error.to_string().contains("the writer of the test"));
    } else {
        assert!(!alive, "two writers");
    }
    Writer::open(folder.path(), &settings(), "second").unwrap();
}

/// Lets the readers end even if the test fails.
struct StopWhenDropped<'a>(&'a AtomicBool);

impl Drop for StopWhenDropped<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

#[test]
fn readers_see_whole_states_while_it_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("store");
    drop(Writer::open(&dir, &settings(), "test").unwrap());
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let readers: Vec<_> = (0..3)
            .map(|_| {
                scope.spawn(|| {
                    let mut reads = 0;
                    let mut most = 0;
                    let mut version = 0;
                    while !stop.load(Ordering::Relaxed) || reads == 0 {
                        let store = Store::open(&dir).unwrap();
                        assert!(store.manifest().version >= version);
                        version = store.manifest().version;
                        match check(&store) {
                            Ok(done) => {
                                assert_eq!(done.len() as u64, store.manifest().totals.files);
                                assert_eq!(done, (0..done.len()).collect());
                                most = most.max(done.len());
                            }
                            // Superseded, and swept by a writer that opened since.
                            Err(StoreError::Changed { .. }) => {}
                            Err(error) => panic!("{error}"),
                        }
                        reads += 1;
                    }
                    (reads, most)
                })
            })
            .collect();
        let stop_readers = StopWhenDropped(&stop);
        for index in 0..60 {
            // A writer for each file, so that superseded files are swept while they are read.
            let mut writer = Writer::open(&dir, &settings(), "test").unwrap();
            read(&mut writer, index, &mut |_| {}).unwrap();
        }
        drop(stop_readers);
        for reader in readers {
            let (reads, most) = reader.join().unwrap();
            assert!(reads > 0 && most > 0);
        }
    });
    assert_eq!(check(&Store::open(&dir).unwrap()).unwrap().len(), 60);
}

#[test]
fn a_reader_keeps_its_state_until_the_next_writer_and_can_reopen() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(folder.path(), &settings(), "test").unwrap();
    for index in 0..3 {
        read(&mut writer, index, &mut |_| {}).unwrap();
    }
    let mut store = Store::open(folder.path()).unwrap();
    // The fourth merges the cube.
    read(&mut writer, 3, &mut |_| {}).unwrap();
    assert_eq!(check(&store).unwrap().len(), 3);
    drop(writer);
    assert_eq!(check(&store).unwrap().len(), 3);
    drop(Writer::open(folder.path(), &settings(), "test").unwrap());
    let error = check(&store).unwrap_err();
    assert!(matches!(error, StoreError::Changed { .. }), "{error}");
    assert!(store.reopen().unwrap());
    assert!(!store.reopen().unwrap());
    assert_eq!(check(&store).unwrap().len(), 4);
}

#[test]
fn what_is_not_committed_leaves_no_trace() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(folder.path(), &settings(), "test").unwrap();
    read(&mut writer, 0, &mut |_| {}).unwrap();
    let first = writer.next_file_number();
    let (_, path) = writer.new_path(Kind::Segment("icews")).unwrap();
    fs::write(&path, "half").unwrap();
    writer.rollback();
    assert!(!path.exists());
    assert_eq!(writer.next_file_number(), first, "the number is free again");
    let (_, path) = writer.new_path(Kind::Keys).unwrap();
    fs::write(&path, "half").unwrap();
    drop(writer);
    assert!(!path.exists());
    let store = Store::open(folder.path()).unwrap();
    assert_eq!(check(&store).unwrap().len(), 1);
    assert_eq!(left_behind(&store, |_| true), 0);
}

#[cfg(unix)]
#[test]
fn a_full_disk_is_a_clear_error_and_the_next_run_carries_on() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("store");
    // A limit on the size of files stands for the disk: as the manifest grows, it is reached in
    // the middle of a commit. It fails as a full disk does, at any write.
    let mut stored = BTreeSet::new();
    for blocks in [0, 1, 2, 4, 8] {
        let exe = env::current_exe().unwrap();
        let out = Command::new("sh")
            .arg("-c")
            .arg(format!(
                "trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" --exact writer_process --nocapture"
            ))
            .arg(exe)
            .env(DIR, &dir)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&out.stdout);
        assert!(text.contains("failed"), "{blocks}: {text}");
        assert!(text.contains("the disk is full"), "{text}");
        assert!(text.contains("run again after making room"), "{text}");
        match Store::open(&dir) {
            Ok(store) => {
                let now = check(&store).unwrap();
                assert!(now.is_superset(&stored));
                let old = store.manifest().next_number;
                let unfinished = left_behind(&store, |number| number >= old);
                assert_eq!(unfinished, 0, "room is made at once");
                stored = now;
            }
            Err(error) => assert!(stored.is_empty(), "{error}"),
        }
    }
    assert!(!stored.is_empty() && stored.len() < FILES);
    let out = writer(&dir).output().unwrap();
    assert!(String::from_utf8_lossy(&out.stdout).contains("finished"));
    let store = Store::open(&dir).unwrap();
    assert_eq!(check(&store).unwrap().len(), FILES);
}

#[test]
fn the_errors_of_the_system_are_told_apart() {
    let path = Path::new("x");
    let of = |code| StoreError::writing(path, std::io::Error::from_raw_os_error(code));
    if cfg!(target_os = "linux") {
        // ENOSPC, EDQUOT, EFBIG; EROFS, EACCES.
        for code in [28, 122, 27] {
            assert!(matches!(of(code), StoreError::Full { .. }), "{code}");
        }
        for code in [30, 13] {
            assert!(matches!(of(code), StoreError::ReadOnly { .. }), "{code}");
        }
        assert!(matches!(of(5), StoreError::Io { .. }));
    }
}

#[cfg(unix)]
#[test]
fn a_read_only_folder_is_a_clear_error() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("store");
    let mut writer = Writer::open(&dir, &settings(), "test").unwrap();
    read(&mut writer, 0, &mut |_| {}).unwrap();
    drop(writer);
    fs::set_permissions(dir.join("writer.lock"), PermissionsExt::from_mode(0o444)).unwrap();
    fs::set_permissions(&dir, PermissionsExt::from_mode(0o555)).unwrap();
    let may_write_all_the_same = fs::write(dir.join("probe"), "").is_ok();
    if may_write_all_the_same {
        fs::remove_file(dir.join("probe")).unwrap();
        println!("skipped: this user may write to read-only folders");
    } else {
        let error = Writer::open(&dir, &settings(), "test").err().unwrap();
        assert!(matches!(error, StoreError::ReadOnly { .. }), "{error}");
        assert_eq!(error.code(), 3);
        let error = Writer::open(dir.join("new"), &settings(), "test").err();
        assert!(matches!(error, Some(StoreError::ReadOnly { .. })));
    }
    // Reading needs no more than reading.
    assert_eq!(check(&Store::open(&dir).unwrap()).unwrap().len(), 1);
    fs::set_permissions(&dir, PermissionsExt::from_mode(0o755)).unwrap();
}

#[test]
fn other_settings_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    drop(Writer::open(folder.path(), &settings(), "test").unwrap());
    let asked = Settings {
        dedup: Dedup::Url,
        filter: "country KOR".to_owned(),
        ..settings()
    };
    let error = Writer::open(folder.path(), &asked, "test").err().unwrap();
    let text = error.to_string();
    assert!(text.contains("its key for duplicates is id, asked for was url"));
    assert!(text.contains("its filter is none, asked for was “country KOR”"));
    assert!(!text.contains("actors"));
    assert_eq!(error.code(), 2);
}

#[test]
fn folders_that_are_no_store_are_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    assert!(matches!(
        Store::open(dir.join("nothing")),
        Err(StoreError::Absent { .. })
    ));
    assert!(matches!(
        Store::open(dir),
        Err(StoreError::NotAStore { .. })
    ));
    fs::write(dir.join("thesis.docx"), "dear").unwrap();
    let error = Writer::open(dir, &settings(), "test").err().unwrap();
    assert!(matches!(error, StoreError::NotAStore { .. }));
    assert!(error.to_string().contains("thesis.docx"), "{error}");
    assert_eq!(fs::read_dir(dir).unwrap().count(), 1, "nothing was added");
    let file = dir.join("thesis.docx");
    let error = Writer::open(&file, &settings(), "test").err().unwrap();
    assert!(matches!(error, StoreError::NotAStore { .. }), "{error}");
    let error = Writer::open(file.join("store"), &settings(), "test").err();
    assert!(matches!(error, Some(StoreError::NotAStore { .. })));
}

#[test]
fn the_sweep_takes_only_what_a_writer_left() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    let mut writer = Writer::open(dir, &settings(), "test").unwrap();
    read(&mut writer, 0, &mut |_| {}).unwrap();
    drop(writer);
    let ours = dir.join("events/format=gdelt2/000900.parquet");
    let tmp = dir.join("manifest.json.tmp");
    let others = [dir.join("events/notes.txt"), dir.join("README.txt")];
    for path in others.iter().chain([&ours, &tmp]) {
        fs::write(path, "x").unwrap();
    }
    let writer = Writer::open(dir, &settings(), "test").unwrap();
    assert_eq!(writer.swept(), 2);
    assert!(!ours.exists() && !tmp.exists());
    assert!(others.iter().all(|path| path.exists()));
    assert_eq!(check(writer.store()).unwrap().len(), 1);
}

#[test]
fn a_damaged_manifest_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path();
    let mut writer = Writer::open(dir, &settings(), "test").unwrap();
    for index in 0..3 {
        read(&mut writer, index, &mut |_| {}).unwrap();
    }
    drop(writer);
    let path = dir.join("manifest.json");
    let good = fs::read_to_string(&path).unwrap();
    let segment = "events/format=gdelt2/000001.parquet";
    assert!(good.contains(segment));
    let damaged = [
        String::new(),
        good[..good.len() / 2].to_owned(),
        "\u{0}".repeat(good.len()),
        "[]".to_owned(),
        good.replace("demarche-store/1", "something"),
        good.replace(segment, "../../x"),
        good.replace(segment, "/etc/passwd"),
        good.replace(segment, "events/format=gdelt2/../../000001.parquet"),
        good.replace(segment, "events/format=gdelt2/900001.parquet"),
        good.replace(segment, "keys/000004.keys"),
        good.replace("\"rows\": 1", "\"rows\": -1"),
    ];
    for text in &damaged {
        assert_ne!(text, &good);
        fs::write(&path, text).unwrap();
        let error = Store::open(dir).unwrap_err();
        assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
        assert!(error.to_string().contains("manifest.json"), "{error}");
        assert!(error.to_string().contains("damage from outside"), "{error}");
        let error = Writer::open(dir, &settings(), "test").err().unwrap();
        assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
        assert_eq!(&fs::read_to_string(&path).unwrap(), text, "left as it is");
    }
    fs::write(&path, good.replace("demarche-store/1", "demarche-store/2")).unwrap();
    let error = Store::open(dir).unwrap_err();
    assert!(matches!(error, StoreError::Newer { .. }), "{error}");
    fs::write(&path, &good).unwrap();
    assert_eq!(check(&Store::open(dir).unwrap()).unwrap().len(), 3);

    // A file that is gone, and a ledger that is cut.
    let store = Store::open(dir).unwrap();
    let ledger = store.path(&store.manifest().ledgers[0].path);
    let bytes = fs::read(&ledger).unwrap();
    fs::write(&ledger, &bytes[..bytes.len() / 2]).unwrap();
    let error = store.files().find_map(Result::err).unwrap();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
    fs::remove_file(&ledger).unwrap();
    let error = store.files().find_map(Result::err).unwrap();
    assert!(matches!(error, StoreError::Corrupt { .. }), "{error}");
}

#[cfg(unix)]
#[test]
fn a_store_may_be_reached_by_a_link_but_holds_none() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().unwrap();
    let real = folder.path().join("real");
    let link = folder.path().join("link");
    fs::create_dir(&real).unwrap();
    symlink(&real, &link).unwrap();
    let mut writer = Writer::open(&link, &settings(), "test").unwrap();
    read(&mut writer, 0, &mut |_| {}).unwrap();
    assert!(matches!(
        Writer::open(&real, &settings(), "test"),
        Err(StoreError::Locked { .. })
    ));
    drop(writer);
    assert_eq!(check(&Store::open(&real).unwrap()).unwrap().len(), 1);
    assert!(link.is_symlink());

    // A link inside could make the sweep remove files elsewhere.
    let elsewhere = folder.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    let precious = elsewhere.join("000001.parquet");
    fs::write(&precious, "x").unwrap();
    symlink(&elsewhere, real.join("events/format=icews")).unwrap();
    let error = Writer::open(&real, &settings(), "test").err().unwrap();
    assert!(matches!(error, StoreError::Link { .. }), "{error}");
    assert!(precious.exists());
}
