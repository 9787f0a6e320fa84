//! What only a folder on a disk can show: links, folders in place of files, new cases.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use demarche_case::{FILE_LIMIT, FolderTaken, Reading, new_case, read, read_files};

mod common;

fn codes(reading: &Reading) -> Vec<(String, &'static str)> {
    let problems = reading.report.problems.iter();
    problems.map(|p| (p.file.clone(), p.code)).collect()
}

/// Writes the small case into a new folder.
fn small_case() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    fs::create_dir(dir.path().join("frameworks")).unwrap();
    for (name, bytes) in common::files() {
        fs::write(dir.path().join(name), bytes).unwrap();
    }
    dir
}

#[test]
fn a_folder_reads_like_its_files() {
    let dir = small_case();
    fs::write(dir.path().join("README.md"), "words").unwrap();
    fs::write(dir.path().join(".hidden.csv"), "words").unwrap();
    fs::create_dir(dir.path().join("brief")).unwrap();
    fs::write(dir.path().join("brief/table.csv"), "words").unwrap();
    let reading = read(dir.path());
    assert_eq!(codes(&reading), []);
    let in_memory = read_files(&common::files());
    assert_eq!(
        reading.case.unwrap().fingerprint,
        in_memory.case.unwrap().fingerprint
    );
}

#[test]
#[cfg(unix)]
fn links_are_not_followed() {
    let dir = small_case();
    let outside = tempfile::tempdir().unwrap();
    let target = outside.path().join("chronicle.csv");
    fs::rename(dir.path().join("chronicle.csv"), &target).unwrap();
    std::os::unix::fs::symlink(&target, dir.path().join("chronicle.csv")).unwrap();
    let reading = read(dir.path());
    assert_eq!(
        codes(&reading),
        [("chronicle.csv".to_owned(), "not-a-regular-file")]
    );
    assert!(reading.case.is_none());

    let dir = small_case();
    let frameworks = dir.path().join("frameworks");
    let moved = outside.path().join("frameworks");
    fs::rename(&frameworks, &moved).unwrap();
    std::os::unix::fs::symlink(&moved, &frameworks).unwrap();
    let found = codes(&read(dir.path()));
    assert!(
        found.contains(&("frameworks".to_owned(), "not-a-regular-file")),
        "{found:?}"
    );
}

#[test]
fn a_folder_in_place_of_a_file_is_said_so() {
    let dir = small_case();
    fs::remove_file(dir.path().join("actors.csv")).unwrap();
    fs::create_dir(dir.path().join("actors.csv")).unwrap();
    let found = codes(&read(dir.path()));
    assert_eq!(found, [("actors.csv".to_owned(), "not-a-regular-file")]);
}

#[test]
fn a_huge_file_is_refused_unread() {
    let dir = small_case();
    // A hole in the file takes no room on the disk.
    let file = fs::File::create(dir.path().join("chronicle.csv")).unwrap();
    file.set_len(FILE_LIMIT + 1).unwrap();
    let found = codes(&read(dir.path()));
    assert_eq!(found, [("chronicle.csv".to_owned(), "huge-file")]);
}

#[test]
#[cfg(unix)]
fn a_file_that_may_not_be_read_is_said_so() {
    use std::os::unix::fs::PermissionsExt;
    let dir = small_case();
    let path = dir.path().join("resources.csv");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o000)).unwrap();
    if fs::read(&path).is_ok() {
        println!("skipped: this user may read everything");
        return;
    }
    let found = codes(&read(dir.path()));
    assert_eq!(found, [("resources.csv".to_owned(), "unreadable")]);
}

fn entries(dir: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(dir).unwrap();
    entries
        .map(|e| e.unwrap().file_name().into_string().unwrap())
        .collect()
}

#[test]
fn a_new_case_is_sound_and_explained() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("cases/mine");
    let made = new_case(&dir).unwrap();
    assert_eq!(made.len(), 9);
    assert!(made.iter().all(|path| path.is_file()));
    let reading = read(&dir);
    assert_eq!(codes(&reading), []);
    let case = reading.case.unwrap();
    assert!(case.chronicle.is_empty() && case.initiatives.is_empty());
    for path in made {
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.starts_with("# "), "{} has no comment", path.display());
    }
    // No draft is left beside it.
    assert_eq!(
        entries(&parent.path().join("cases")),
        BTreeSet::from(["mine".to_owned()])
    );
}

#[test]
fn a_new_case_explains_every_column_and_key() {
    let parent = tempfile::tempdir().unwrap();
    let dir = parent.path().join("mine");
    for path in new_case(&dir).unwrap() {
        let text = fs::read_to_string(&path).unwrap();
        let header = text.lines().find(|line| !line.starts_with('#')).unwrap();
        if path.extension().unwrap() == "csv" {
            let comments: String = text.lines().filter(|l| l.starts_with('#')).collect();
            for column in header
                .split(',')
                .filter(|c| *c != "note" && !c.ends_with("_basis"))
            {
                let base = column.strip_suffix("_precision").unwrap_or(column);
                assert!(comments.contains(base), "{}: {column}", path.display());
            }
        }
    }
}

#[test]
fn a_new_case_goes_into_an_empty_folder_that_is_there() {
    let dir = tempfile::tempdir().unwrap();
    new_case(dir.path()).unwrap();
    assert!(read(dir.path()).case.is_some());
    let parent = entries(dir.path().parent().unwrap());
    assert!(
        !parent.iter().any(|name| name.contains(".new-")),
        "a draft is left"
    );
}

#[test]
fn nothing_is_written_over() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("thesis.txt"), "mine").unwrap();
    let error = new_case(dir.path()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AlreadyExists);
    let inner = error
        .get_ref()
        .unwrap()
        .downcast_ref::<FolderTaken>()
        .unwrap();
    assert_eq!(inner.dir, dir.path());
    assert_eq!(
        entries(dir.path()),
        BTreeSet::from(["thesis.txt".to_owned()])
    );
    // A file of that name is no better.
    let error = new_case(&dir.path().join("thesis.txt")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AlreadyExists);
    assert_eq!(fs::read(dir.path().join("thesis.txt")).unwrap(), b"mine");
}

/// The worked case of this repository.
#[test]
fn the_worked_case_has_no_error() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases/korea-nato");
    if !dir.join("case.toml").is_file() {
        println!("skipped: cases/korea-nato is not there");
        return;
    }
    let reading = read(&dir);
    let problems = reading.report.problems.iter();
    let errors: Vec<String> = problems
        .filter(|p| p.severity == demarche_case::Severity::Error)
        .map(|p| p.to_string())
        .collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
    let case = reading.case.unwrap();
    assert_eq!((case.chronicle.len(), case.initiatives.len()), (1512, 70));
    assert_eq!(case.offices.len(), 5);
}
