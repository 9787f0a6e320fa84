//! `demarche new`, and what the other commands make of next to nothing.

mod support;

use std::fs;
use std::path::Path;

use support::*;

#[test]
fn a_new_case_passes_the_check_without_a_warning() {
    let place = tempfile::tempdir().unwrap();
    let case = place.path().join("a/b/case");
    let said = printed(["new", text(&case)]);
    let made = said.lines().filter(|l| Path::new(l).is_file());
    assert_eq!(
        made.count(),
        files(&case).len(),
        "all files are named: {said}"
    );
    assert!(said.contains("demarche check"), "{said}");
    let check = printed(["check", text(&case), "--strict"]);
    assert!(check.ends_with("0 errors, 0 warnings\n"), "{check}");
    assert_eq!(
        names(&place.path().join("a/b")),
        ["case"],
        "nothing is left beside"
    );
}

#[test]
fn what_is_there_is_not_touched() {
    let place = tempfile::tempdir().unwrap();
    let taken = place.path().join("taken");
    fs::create_dir(&taken).unwrap();
    fs::write(taken.join("notes.txt"), "mine").unwrap();
    for there in [taken.clone(), taken.join("notes.txt")] {
        let refused = run(["new", text(&there)]);
        assert_eq!(status(&refused), 2);
        assert!(
            err(&refused).contains("is there already"),
            "{}",
            err(&refused)
        );
    }
    assert_eq!(
        status(&run(["new", text(&taken.join("notes.txt/below"))])),
        3
    );
    assert_eq!(names(&taken), ["notes.txt"]);
    assert_eq!(names(place.path()), ["taken"]);
}

#[test]
fn an_empty_folder_may_be_filled() {
    let place = tempfile::tempdir().unwrap();
    let made = demarche()
        .current_dir(place.path())
        .args(["new", ".", "-q"])
        .output()
        .unwrap();
    assert_eq!(status(&made), 0, "{}", err(&made));
    assert_eq!(out(&made), "");
    assert!(place.path().join("case.toml").is_file());
}

/// What cannot be computed is told in words.
fn no_number_is_none(brief: &Path) {
    for (path, bytes) in files(brief) {
        let is_text = [".json", ".svg", ".csv"]
            .iter()
            .any(|end| path.ends_with(end));
        let text = String::from_utf8_lossy(&bytes);
        for nonsense in ["NaN", "inf,", "inf ", "-inf"] {
            assert!(!is_text || !text.contains(nonsense), "{nonsense} in {path}");
        }
    }
}

#[test]
fn a_case_without_events_gives_a_brief_that_says_so() {
    let place = tempfile::tempdir().unwrap();
    let case = empty_case(place.path());
    let target = place.path().join("out");
    printed(["brief", text(&case), "--out", text(&target)]);
    let html = fs::read_to_string(target.join("brief.html")).unwrap();
    assert!(html.contains("too few events (n = 0, at least 20 needed)"));
    no_number_is_none(&target);
    assert!(
        fs::read(target.join("brief.pdf"))
            .unwrap()
            .starts_with(b"%PDF-")
    );
    printed([
        "measure",
        text(&case),
        "--out",
        text(&place.path().join("tables")),
    ]);
    let list = printed(["why", "--list", text(&case)]);
    assert!(list.starts_with("volume.AAA-BBB.all\t0\t"), "{list}");
    let volume = printed(["why", "volume.AAA-BBB.all", text(&case)]);
    assert!(volume.contains("0 events (chronicle.csv)"), "{volume}");
}

#[test]
fn a_case_with_one_event() {
    let place = tempfile::tempdir().unwrap();
    let case = empty_case(place.path());
    let row = "e1,2023-07-11,day,AAA,BBB,true,057,defence,They sign,https://example.org/";
    append(&case.join("chronicle.csv"), row);
    let check = printed(["check", text(&case)]);
    assert!(
        check.contains("chronicle.csv: 1 row read, 1 kept"),
        "{check}"
    );
    let target = place.path().join("out");
    for choices in [
        &[][..],
        &["--by", "week"],
        &["--min-events", "1"],
        &["--body", "both"],
    ] {
        let words = ["brief", text(&case), "--out", text(&target)];
        printed(words.iter().chain(choices));
        let html = fs::read_to_string(target.join("brief.html")).unwrap();
        assert!(html.contains("They sign"), "{choices:?}");
        no_number_is_none(&target);
    }
    let volume = printed(["why", "volume.AAA-BBB.all", text(&case)]);
    assert!(volume.contains("1 event (chronicle.csv)"), "{volume}");
    assert!(
        volume.contains("2023-07-11  First ↔ Second  057"),
        "{volume}"
    );
}
