//! `demarche plan status`.

mod support;

use std::fs;

use serde_json::Value;
use support::*;

fn stands(more: &[&str]) -> Value {
    let case = korea();
    let mut words = vec!["plan", "status", text(&case), "--json"];
    words.extend(more);
    serde_json::from_str(&printed(&words)).expect("JSON")
}

fn post<'a>(status: &'a Value, id: &str) -> &'a Value {
    let mut all = status["signposts"].as_array().unwrap().iter();
    all.find(|post| post["id"] == id).expect("a signpost")
}

/// The same counts, taken from the file itself.
fn hostile(source: &str, from: &str, to: &str) -> Vec<String> {
    let rows = fs::read_to_string(korea().join("chronicle.csv")).unwrap();
    let mut rows = csv::Reader::from_reader(rows.as_bytes());
    rows.records()
        .map(Result::unwrap)
        .filter(|row| {
            let root: u32 = row[6][..2].parse().unwrap();
            &row[3] == source
                && ["KOR", "NATO", "JPN", "AP4"].contains(&&row[4])
                && &row[5] == "false"
                && (from..=to).contains(&&row[1])
                && &row[2] != "year"
                && (9..=20).contains(&root)
        })
        .map(|row| row[0].to_owned())
        .collect()
}

#[test]
fn signposts_are_measured_on_the_chronicle() {
    let status = stands(&[]);
    assert_eq!(status["format"], "demarche-plan-status/1");
    assert_eq!(status["as_of"], "2026-06-30");
    let china = post(&status, "china-heat");
    let rows = hostile("CHN", "2026-04-01", "2026-06-30");
    assert_eq!(china["of"], "2026-Q2");
    assert_eq!(china["value"], rows.len() as f64);
    let shown: Vec<&str> = china["events"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e.as_str().unwrap())
        .collect();
    assert_eq!(shown, rows);
    assert_eq!(china["last"].as_array().unwrap().len(), 8);
    let late = hostile("CHN", "2025-10-01", "2025-12-31").len() as f64;
    assert_eq!(china["last"][5]["value"], late);
    // What both have in common is measured alike.
    assert_eq!(china["last"], post(&status, "china-crisis")["last"]);
    // Agreed on 2023-07-11 for six quarters: due on 2025-01-11, and five whole quarters ago.
    let steps = post(&status, "steps-late");
    assert_eq!(steps["value"], 5.0);
    assert_eq!(steps["passed"], true);
    let late: Vec<&str> = steps["initiatives"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| e.as_str().unwrap())
        .collect();
    assert_eq!(late, ["standardization-entry", "nato-exercises"]);
    for post in status["signposts"].as_array().unwrap() {
        assert_eq!(post["basis"], "judgement");
    }
    for trigger in status["triggers"].as_array().unwrap() {
        let waits = trigger["not_passed"].as_array().unwrap().len();
        assert!(
            trigger["pulled"] == false || waits == 0,
            "all are asked for"
        );
    }
}

#[test]
fn why_shows_the_rows() {
    let case = korea();
    let said = printed(["plan", "status", text(&case), "--why", "russia-heat"]);
    for id in hostile("RUS", "2026-04-01", "2026-06-30") {
        assert!(said.contains(&id), "{id}: {said}");
    }
    assert!(said.contains("line: above 3 acts"), "{said}");
    let output = run(["plan", "status", text(&case), "--why", "mars"]);
    assert_eq!(status(&output), 2);
    assert!(
        err(&output).contains("there are china-heat"),
        "{}",
        err(&output)
    );
}

#[test]
fn a_pulled_trigger_can_be_an_exit_status() {
    let case = korea();
    let any = stands(&[])["triggers"]
        .as_array()
        .unwrap()
        .iter()
        .any(|t| t["pulled"] == true);
    let output = run(["plan", "status", text(&case), "--fail-if-pulled"]);
    assert_eq!(status(&output), if any { 4 } else { 0 }, "{}", err(&output));
    // Without the option it is none.
    assert_eq!(status(&run(["plan", "status", text(&case)])), 0);
}

#[test]
fn tables_are_written_and_people_are_told() {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("status");
    let case = korea();
    let said = printed(["plan", "status", text(&case), "--out", text(&out)]);
    assert!(
        said.contains("china-heat") && said.contains("Triggers:"),
        "{said}"
    );
    for name in ["signposts", "signpost_quarters", "triggers"] {
        assert!(out.join(format!("{name}.csv")).exists(), "{name}");
        assert!(out.join(format!("{name}.parquet")).exists(), "{name}");
    }
}

#[test]
fn a_case_without_signposts_says_so() {
    let place = tempfile::tempdir().unwrap();
    let dir = place.path().join("new");
    printed(["new", text(&dir)]);
    let output = run(["plan", "status", text(&dir)]);
    assert_eq!(status(&output), 1);
    assert!(err(&output).contains("watches nothing"), "{}", err(&output));
}

#[test]
fn planning_goes_on_as_before() {
    let output = run(["plan"]);
    assert_eq!(status(&output), 2, "{}", err(&output));
    let output = run(["plan", "--help"]);
    let help = String::from_utf8(output.stdout).unwrap();
    assert!(
        help.contains("status") && help.contains("--sweep"),
        "{help}"
    );
}
