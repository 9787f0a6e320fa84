//! `demarche brief`: the same bytes everywhere, and what is put where.

mod support;

use std::fs;

use serde_json::Value;
use support::*;

#[test]
fn place_time_zone_and_language_change_no_byte() {
    let one = tempfile::tempdir().unwrap();
    let two = tempfile::tempdir().unwrap();
    let case = copy_of_korea(two.path());
    let runs = [
        (one.path(), korea(), "Asia/Seoul", "ko_KR.UTF-8"),
        (two.path(), "korea-nato".into(), "America/New_York", "C"),
        (two.path(), "./korea-nato/".into(), "UTC", "tr_TR.UTF-8"),
        (case.as_path(), ".".into(), "Asia/Kathmandu", "de_DE"),
    ];
    let mut first = None;
    for (here, case, zone, language) in runs {
        let target = tempfile::tempdir().unwrap();
        let brief = demarche()
            .current_dir(here)
            .env("TZ", zone)
            .env("LC_ALL", language)
            .args(["brief", text(&case), "--out"])
            .arg(target.path().join("out"))
            .output()
            .unwrap();
        assert_eq!(status(&brief), 0, "{}", err(&brief));
        let written = files(&target.path().join("out"));
        let first = first.get_or_insert_with(|| written.clone());
        let paths = |files: &std::collections::BTreeMap<String, Vec<u8>>| -> Vec<String> {
            files.keys().cloned().collect()
        };
        assert_eq!(paths(first), paths(&written));
        for (path, bytes) in &written {
            assert!(
                first[path] == *bytes,
                "{path} differs in {zone}, {language}"
            );
        }
    }
    let files = first.unwrap();
    for path in [
        "brief.html",
        "brief.pdf",
        "brief.json",
        "figures/timeline.svg",
    ] {
        assert!(files.contains_key(path), "{path}");
    }
    assert!(files["brief.pdf"].starts_with(b"%PDF-"));
    assert!(files.keys().any(|p| p.ends_with(".parquet")));
}

#[test]
fn the_default_folder_has_the_name_of_the_case() {
    let place = tempfile::tempdir().unwrap();
    let case = copy_of_korea(place.path());
    for words in ["korea-nato", "korea-nato/"] {
        let brief = demarche()
            .current_dir(place.path())
            .args(["brief", words, "--no-pdf", "--no-plan", "--draws", "100"])
            .output()
            .unwrap();
        assert_eq!(status(&brief), 0, "{}", err(&brief));
        assert_eq!(
            out(&brief).lines().next(),
            Some("out/korea-nato/brief.html")
        );
        assert!(place.path().join("out/korea-nato/brief.html").is_file());
    }
    assert_eq!(names(&place.path().join("out")), ["korea-nato"]);
    let inside = demarche()
        .current_dir(&case)
        .args(["brief", ".", "--no-pdf", "--no-plan", "--draws", "100"])
        .output()
        .unwrap();
    assert_eq!(status(&inside), 0, "{}", err(&inside));
    assert!(case.join("out/korea-nato/brief.html").is_file());
}

#[test]
fn json_lists_files_that_are_there() {
    let place = tempfile::tempdir().unwrap();
    let target = place.path().join("out");
    let listed = printed(["brief", text(&korea()), "--out", text(&target), "--json"]);
    let value: Value = serde_json::from_str(&listed).unwrap();
    assert_eq!(value["folder"], text(&target));
    let list = value["files"].as_array().unwrap();
    for file in list {
        let path = file["path"].as_str().unwrap();
        let size = fs::metadata(path).unwrap().len();
        assert_eq!(file["bytes"], size, "{path}");
    }
    // The manifest is no part of the brief.
    assert_eq!(files(&target).len(), list.len() + 1);
}

#[test]
fn quiet_and_no_pdf() {
    let korea = korea();
    let place = tempfile::tempdir().unwrap();
    let target = place.path().join("out");
    let words = [
        "brief",
        text(&korea),
        "--out",
        text(&target),
        "--no-pdf",
        "--no-plan",
        "-q",
    ];
    let brief = run(words.iter().chain(&["--draws", "100"]));
    assert_eq!(status(&brief), 0);
    assert_eq!((out(&brief), err(&brief)), (String::new(), String::new()));
    assert!(target.join("brief.html").is_file());
    assert!(!target.join("brief.pdf").exists());
}

#[cfg(unix)]
#[test]
fn a_folder_whose_name_is_not_utf_8() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let place = tempfile::tempdir().unwrap();
    let target = place.path().join(OsStr::from_bytes(b"out-\xff"));
    let brief = demarche()
        .args([
            "brief",
            text(&korea()),
            "--no-pdf",
            "--no-plan",
            "--draws",
            "100",
            "--json",
            "--out",
        ])
        .arg(&target)
        .output()
        .unwrap();
    assert_eq!(status(&brief), 0, "{}", err(&brief));
    assert!(target.join("brief.html").is_file());
}
