//! `demarche check`.

mod support;

use serde_json::Value;
use support::*;

#[test]
fn the_worked_case_is_sound() {
    let report = printed(["check", text(&korea())]);
    assert!(
        report.contains("chronicle.csv: 1512 rows read, 1512 kept"),
        "{report}"
    );
    assert!(
        report.lines().last().unwrap().starts_with("0 errors, "),
        "{report}"
    );
}

#[test]
fn json_tells_the_same_as_the_text() {
    let report = printed(["check", text(&korea()), "--json"]);
    let value: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(value["format"], "demarche-check/1");
    assert_eq!(value["errors"], 0);
    let problems = value["problems"].as_array().unwrap();
    assert_eq!(value["warnings"], problems.len());
    for problem in problems {
        for key in ["severity", "code", "file", "value", "why", "remedy"] {
            assert!(problem[key].is_string(), "{key} of {problem}");
        }
        assert!(problem["line"].is_u64(), "{problem}");
    }
    let chronicle = value["files"].as_array().unwrap().iter();
    let chronicle: Vec<_> = chronicle.filter(|f| f["file"] == "chronicle.csv").collect();
    assert_eq!(chronicle[0]["read"], 1512);
    assert_eq!(chronicle[0]["kept"], 1512);
}

#[test]
fn an_error_has_file_line_and_remedy_and_status_one() {
    let place = tempfile::tempdir().unwrap();
    let case = copy_of_korea(place.path());
    edit(&case.join("chronicle.csv"), ",KOR,TUR,", ",KRO,TUR,");
    edit(
        &case.join("case.toml"),
        "as_of = 2026-06-30",
        "as_of = 2026-06-31",
    );
    let check = run(["check", text(&case)]);
    assert_eq!(status(&check), 1);
    let report = out(&check);
    let line = report.lines().find(|l| l.contains("KRO")).unwrap();
    assert!(
        line.starts_with("chronicle.csv:2: error[unknown-actor]: column source: \"KRO\""),
        "{line}"
    );
    assert!(line.contains("did you mean \"KOR\"?"), "{line}");
    assert!(
        report.contains("case.toml:"),
        "both errors at once: {report}"
    );

    let json = run(["check", text(&case), "--json"]);
    assert_eq!(status(&json), 1);
    let value: Value = serde_json::from_str(&out(&json)).unwrap();
    let problems = value["problems"].as_array().unwrap();
    let error = problems.iter().find(|p| p["value"] == "KRO").unwrap();
    assert_eq!(error["severity"], "error");
    assert_eq!(error["line"], 2);
    assert_eq!(error["column"], "source");
}

#[test]
fn errors_stop_every_command_that_needs_the_case() {
    let place = tempfile::tempdir().unwrap();
    let case = copy_of_korea(place.path());
    edit(&case.join("chronicle.csv"), ",KOR,TUR,", ",KRO,TUR,");
    let target = place.path().join("out");
    for words in [
        vec!["brief", text(&case), "--out", text(&target)],
        vec!["measure", text(&case), "--out", text(&target)],
        vec!["why", "--list", text(&case)],
    ] {
        let stopped = run(&words);
        assert_eq!(status(&stopped), 1, "{words:?}");
        assert_eq!(out(&stopped), "");
        let complaint = err(&stopped);
        assert!(
            complaint.contains("chronicle.csv:2: error[unknown-actor]"),
            "{complaint}"
        );
        assert!(complaint.contains("demarche check"), "{complaint}");
        assert!(!target.exists());
    }
}

#[test]
fn strict_counts_warnings_and_quiet_hides_them() {
    let korea = korea();
    let strict = run(["check", text(&korea), "--strict"]);
    assert_eq!(status(&strict), 1);
    assert_eq!(printed(["check", text(&korea), "--quiet"]), "");
}

#[test]
fn what_cannot_be_read_gives_status_three() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("file");
    std::fs::write(&file, "").unwrap();
    let target = place.path().join("out");
    for case in [place.path().join("nowhere"), file] {
        for words in [
            vec!["check", text(&case)],
            vec!["brief", text(&case), "--out", text(&target)],
            vec!["measure", text(&case), "--out", text(&target)],
            vec!["why", "x", text(&case)],
        ] {
            assert_eq!(status(&run(&words)), 3, "{words:?}");
        }
    }
    let brief = run(["brief", text(&place.path().join("nowhere"))]);
    let complaint = err(&brief);
    assert!(complaint.contains("nowhere cannot be read"), "{complaint}");
    assert!(complaint.contains("demarche new"), "{complaint}");
}

#[test]
fn an_address_that_runs_a_script_is_refused() {
    for url in [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "data:text/html;x",
        "file:///etc/x",
    ] {
        let place = tempfile::tempdir().unwrap();
        let case = copy_of_korea(place.path());
        let row = format!(
            "2026-06-01-kor-nato-9,2026-06-01,day,KOR,NATO,true,036,political-dialogue,Talks,{url}"
        );
        append(&case.join("chronicle.csv"), &row);
        let check = run(["check", text(&case), "--quiet"]);
        assert_eq!(status(&check), 1, "{url}");
        assert!(
            out(&check).contains("chronicle.csv:1514: error[unsafe-url]"),
            "{}",
            out(&check)
        );
    }
}
