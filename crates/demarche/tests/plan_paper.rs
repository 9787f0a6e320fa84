//! The plan in the brief and as files.

mod support;

use std::collections::BTreeSet;
use std::fs;

use serde_json::Value;
use support::*;

/// Ids of all figures and marks that a value of the JSON points at.
fn pointed_at(value: &Value, ids: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            if map.get("span").is_some_and(|s| s == "number") {
                ids.insert(map["evidence"].as_str().unwrap().to_owned());
            }
            map.values().for_each(|v| pointed_at(v, ids));
        }
        Value::Array(list) => list.iter().for_each(|v| pointed_at(v, ids)),
        _ => {}
    }
}

#[test]
fn the_brief_tells_of_the_plan_and_every_figure_opens() {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("out");
    let korea = korea();
    let words = [
        "brief",
        text(&korea),
        "--no-pdf",
        "--draws",
        "50",
        "--pareto",
        "4",
        "--out",
    ];
    printed(words.iter().copied().chain([text(&out)]));
    let brief: Value = serde_json::from_slice(&fs::read(out.join("brief.json")).unwrap()).unwrap();
    let brief = &brief["brief"];
    let evidence = brief["evidence"].as_array().unwrap();
    let entry = |id: &str| {
        let found = evidence.iter().find(|e| e["id"] == id);
        found.unwrap_or_else(|| panic!("no {id}"))
    };
    for chapter in ["plan", "staffing", "failure", "signposts"] {
        let mut chapters = brief["chapters"].as_array().unwrap().iter();
        let chapter = chapters.find(|c| c["id"] == chapter).expect(chapter);
        let mut ids = BTreeSet::new();
        pointed_at(chapter, &mut ids);
        assert!(ids.len() > 5, "{chapter}");
        for id in &ids {
            entry(id);
        }
    }
    // The figures are those of the tables beside them.
    let staffing = fs::read_to_string(out.join("tables/staffing.csv")).unwrap();
    let mut rows = csv::Reader::from_reader(staffing.as_bytes());
    let head = rows.headers().unwrap().clone();
    let first = rows.records().next().unwrap().unwrap();
    let cell = |name: &str| &first[head.iter().position(|column| column == name).unwrap()];
    assert_eq!(entry("plan.value")["value"], *cell("value"));
    assert_eq!(entry("plan.bound")["value"], *cell("bound"));
    assert_eq!(entry("plan.starts")["value"], *cell("initiatives"));
    let steps = fs::read_to_string(out.join("tables/plan.csv")).unwrap();
    let mut steps = csv::Reader::from_reader(steps.as_bytes());
    let mut new = 0;
    for row in steps.records().map(Result::unwrap) {
        if &row[2] != "running" {
            new += 1;
            let step = entry(&format!("plan.step.{}", &row[0]));
            assert!(step["value"].as_str().unwrap().starts_with(&row[3]));
            assert!(!step["rows"].as_array().unwrap().is_empty());
        }
    }
    assert_eq!(entry("plan.starts")["value"], new.to_string());
    // What it is made of adds up.
    let points = |id: &str| -> i64 {
        let shown = entry(id)["value"].as_str().unwrap().to_owned();
        let digits: String = shown.chars().filter(char::is_ascii_digit).collect();
        digits.parse::<i64>().unwrap() * if shown.starts_with('−') { -1 } else { 1 }
    };
    assert_eq!(
        points("plan.part.coverage") + points("plan.part.own"),
        points("plan.value")
    );
    // The front is that of the table beside it: benefit is given up for less exposure.
    let front = fs::read_to_string(out.join("tables/front.csv")).unwrap();
    let mut front = csv::Reader::from_reader(front.as_bytes());
    let (mut safer, mut last) = (0, (i64::MAX, i64::MAX));
    for row in front.records().map(Result::unwrap) {
        for (what, at) in [
            ("benefit", 2),
            ("exposure", 5),
            ("earliness", 6),
            ("starts", 8),
        ] {
            let id = format!("plan.front-{}.{what}", &row[0]);
            assert_eq!(points(&id).to_string(), row[at], "{id}");
        }
        if ["most benefit", "less exposure"].contains(&&row[1]) {
            let now = (row[2].parse().unwrap(), row[5].parse().unwrap());
            assert!(now.0 < last.0 && now.1 < last.1, "{now:?} {last:?}");
            last = now;
            safer += 1;
        }
    }
    assert!(safer > 1);
    let figures: Vec<String> = names(&out.join("figures"));
    for figure in [
        "schedule", "loads", "coverage", "front", "staffing", "tornado",
    ] {
        let name = format!("plan-{figure}.svg");
        assert!(figures.contains(&name), "{name}");
    }

    // `why` finds the same plan.
    let why = printed(["why", "plan.value", text(&korea), "--json"]);
    let why: Value = serde_json::from_str(&why).unwrap();
    assert_eq!(why["value"], entry("plan.value")["value"]);
    let id = "plan.front-2.exposure";
    let why = printed(["why", id, text(&korea), "--pareto", "4", "--json"]);
    let why: Value = serde_json::from_str(&why).unwrap();
    assert_eq!(why["value"], entry(id)["value"]);

    // And it can be left out.
    let without = place.path().join("without");
    let more = ["--no-plan", "--quiet", text(&without)];
    printed(
        words[..5]
            .iter()
            .copied()
            .chain(more[..2].iter().copied())
            .chain(["--out", more[2]]),
    );
    assert!(!without.join("tables/plan.csv").exists());
    assert!(!without.join("figures/plan-schedule.svg").exists());
}

#[test]
fn the_plan_is_written_for_planners_programs() {
    let place = tempfile::tempdir().unwrap();
    let (one, two) = (place.path().join("one"), place.path().join("two"));
    for out in [&one, &two] {
        printed([
            "plan",
            text(&korea()),
            "--effort",
            "5",
            "--out",
            text(out),
            "--quiet",
        ]);
    }
    let (one, two) = (files(&one), files(&two));
    assert!(one == two, "the same bytes");
    for (name, start) in [
        ("plan.xlsx", &b"PK"[..]),
        ("plan.ics", b"BEGIN:VCALENDAR\r\n"),
        ("plan.xml", b"<?xml version=\"1.0\""),
        ("plan.svg", b"<?xml version=\"1.0\""),
        ("plan.json", b"{"),
    ] {
        assert!(one[name].starts_with(start), "{name}");
    }
    let json: Value = serde_json::from_slice(&one["plan.json"]).unwrap();
    let calendar = String::from_utf8(one["plan.ics"].clone()).unwrap();
    for step in json["steps"].as_array().unwrap() {
        let uid = format!("UID:{}@", step["initiative"].as_str().unwrap());
        assert_eq!(calendar.matches(&uid).count(), 1, "{uid}");
    }
}

#[test]
fn where_there_is_no_plan_nothing_can_be_kept_apart() {
    let place = tempfile::tempdir().unwrap();
    let case = place.path().join("case");
    printed(["new", text(&case)]);
    let out = place.path().join("out");
    let said = run(["brief", text(&case), "--pareto", "--out", text(&out)]);
    assert_eq!(status(&said), 2);
    let words = String::from_utf8_lossy(&said.stderr);
    assert!(words.contains("asks for no plan"), "{words}");
    assert!(!out.exists());
}
