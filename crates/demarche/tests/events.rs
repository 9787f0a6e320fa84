//! `--events store` and `--events both`, from files to the brief.

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use support::*;

/// Rows in the form of GDELT 2.0 between Korea, NATO, Japan and Russia, a few each month of 2022
/// to 2024; NATO does more in each year.
fn rows() -> String {
    let mut text = String::new();
    let mut id = 0;
    for year in 2022..2025 {
        for month in 1..13 {
            let pairs = [
                ("KOR", "NAT"),
                ("NAT", "KOR"),
                ("KOR", "JPN"),
                ("RUS", "NAT"),
                ("KOR", "PER"),
            ];
            for (p, (from, to)) in pairs.into_iter().enumerate() {
                for n in 0..(1 + (month + p) % 3 + if p < 2 { year - 2022 } else { 0 }) {
                    id += 1;
                    let code = ["040", "042", "036", "061", "112"][(id + n) % 5];
                    let day = format!("{year}{month:02}{:02}", 1 + (7 * n + p) % 28);
                    text.push_str(&row(id, &day, [from, to], code));
                }
            }
        }
    }
    text
}

fn row(id: usize, day: &str, ends: [&str; 2], code: &str) -> String {
    let mut fields = vec![String::new(); 61];
    fields[0] = id.to_string();
    fields[1] = day.to_owned();
    fields[2] = day[..6].to_owned();
    fields[3] = day[..4].to_owned();
    fields[4] = format!("{}.5", &day[..4]);
    for (from, end) in [5, 15].into_iter().zip(ends) {
        if end == "NAT" {
            fields[from] = "IGOWSTNAT".to_owned();
            fields[from + 1] = "NATO".to_owned();
            fields[from + 2] = "WST".to_owned();
            fields[from + 3] = "NAT".to_owned();
        } else {
            for at in [from, from + 1, from + 2] {
                fields[at] = end.to_owned();
            }
        }
    }
    fields[25] = "1".to_owned();
    fields[26] = code.to_owned();
    fields[27] = code.to_owned();
    fields[28] = code[..2].to_owned();
    fields[29] = "1".to_owned();
    fields[30] = "1.0".to_owned();
    for at in [31, 32, 33] {
        fields[at] = "1".to_owned();
    }
    fields[34] = "0.5".to_owned();
    for at in [35, 43, 51] {
        fields[at] = "0".to_owned();
    }
    fields[59] = format!("{day}120000");
    fields[60] = format!("https://example.org/{id}");
    fields.join("\t") + "\n"
}

/// A store of these rows.
fn store(within: &Path) -> PathBuf {
    let input = within.join("20240101000000.export.CSV");
    fs::write(&input, rows()).unwrap();
    let store = within.join("store");
    printed([
        "data",
        "add",
        text(&store),
        text(&input),
        "--case",
        text(&korea()),
    ]);
    store
}

/// Runs a command over the worked case and the store, with few draws.
fn over(store: &Path, words: &[&str], events: &str) -> String {
    let case = korea();
    let mut all: Vec<&str> = words.to_vec();
    if !words.contains(&"CASE") {
        all.push("CASE");
    }
    for word in &mut all {
        if *word == "CASE" {
            *word = text(&case);
        }
    }
    all.extend(["--events", events, "--store", text(store), "--draws", "50"]);
    printed(all)
}

fn brief(store: &Path, out: &Path, events: &str) -> serde_json::Value {
    over(
        store,
        &["brief", "CASE", "--no-pdf", "--no-plan", "--out", text(out)],
        events,
    );
    let json = fs::read(out.join("brief.json")).unwrap();
    serde_json::from_slice::<serde_json::Value>(&json).unwrap()["brief"].take()
}

#[test]
fn the_brief_from_a_store() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path());
    let out = dir.path().join("out");
    let document = brief(&store, &out, "store");

    let events = document["events"].as_array().unwrap();
    assert!(
        events
            .iter()
            .all(|e| e["id"].as_str().unwrap().starts_with("gdelt2:"))
    );
    let evidence = document["evidence"].as_array().unwrap();
    let named = |id: &str| {
        evidence
            .iter()
            .find(|e| e["id"] == id)
            .unwrap_or_else(|| panic!("{id}"))
    };
    // Σ over 36 months and two directions, less the rows of other dyads.
    let acts = rows()
        .lines()
        .filter(|l| l.contains("NAT\tNATO") && l.contains("KOR\tKOR"))
        .count();
    let volume = named("volume.KOR-NATO.all");
    assert_eq!(volume["value"], acts.to_string());
    let listed = volume["events"].as_array().unwrap().len();
    assert_eq!(
        (listed, volume["more"].as_u64()),
        (50, Some((acts - 50) as u64))
    );
    // Without areas there is no figure by areas, and no claim that nothing happened in one.
    let ids: Vec<&str> = evidence.iter().map(|e| e["id"].as_str().unwrap()).collect();
    for by_area in ["breadth.", "area.", "ledger.area", "programme.", "cell."] {
        assert!(!ids.iter().any(|id| id.starts_with(by_area)), "{by_area}");
    }
    let html = fs::read_to_string(out.join("brief.html")).unwrap();
    for said in [
        "the source gives no areas",
        "The events are machine-coded, from a store of gdelt2",
        "with an end that is no actor of the case",
        "Volume follows coverage",
        "more: <code>demarche why volume.KOR-NATO.all --events store --store DIR",
    ] {
        assert!(html.contains(said), "{said}");
    }
    assert!(
        !html.contains(text(dir.path())),
        "a path stands in the brief"
    );
    assert!(!html.contains("chronicle was gathered"));
    // The tables leave open what is counted by area.
    let coverage = fs::read_to_string(out.join("tables/coverage.csv")).unwrap();
    let column = coverage
        .lines()
        .next()
        .unwrap()
        .split(',')
        .position(|c| c == "events")
        .unwrap();
    let mut reader = csv::Reader::from_reader(coverage.as_bytes());
    assert!(reader.records().all(|r| r.unwrap()[column].is_empty()));

    let again = dir.path().join("again");
    over(
        &store,
        &[
            "brief",
            "CASE",
            "--no-pdf",
            "--no-plan",
            "--out",
            text(&again),
        ],
        "store",
    );
    assert!(
        files(&out) == files(&again),
        "the same input gave other bytes"
    );

    let why = over(&store, &["why", "volume.KOR-NATO.all"], "store");
    assert!(
        why.contains(&format!("{acts} events (store, gdelt2)")),
        "{why}"
    );
    assert_eq!(why.matches("https://example.org/").count(), acts);
}

#[test]
fn two_sources_side_by_side() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path());
    let out = dir.path().join("out");
    let document = brief(&store, &out, "both");
    let plain = dir.path().join("plain");
    printed([
        "brief",
        text(&korea()),
        "--no-pdf",
        "--no-plan",
        "--out",
        text(&plain),
        "--draws",
        "50",
    ]);
    let json = fs::read(plain.join("brief.json")).unwrap();
    let plain_document = &serde_json::from_slice::<serde_json::Value>(&json).unwrap()["brief"];

    // The rest of the brief is the brief of the chronicle.
    let chapters = |d: &serde_json::Value| d["chapters"].as_array().unwrap().clone();
    let others: Vec<_> = chapters(&document)
        .into_iter()
        .filter(|c| c["id"] != "two-sources")
        .collect();
    assert_eq!(others.len() + 1, chapters(&document).len());
    assert_eq!(others, chapters(plain_document));
    let chapter = chapters(&document)
        .into_iter()
        .find(|c| c["id"] == "two-sources")
        .unwrap();
    let said = chapter.to_string();
    assert!(
        said.contains("Both cover January 2022 to December 2024"),
        "{said}"
    );
    assert!(said.contains("rank correlation"), "{said}");

    // Figures of the second source open its events, and those of the first the chronicle's.
    let evidence = document["evidence"].as_array().unwrap();
    let first = plain_document["events"].as_array().unwrap().len();
    let acts = rows()
        .lines()
        .filter(|l| l.contains("NAT\tNATO") && l.contains("KOR\tKOR"))
        .count();
    let volume = |side: &str| {
        let id = format!("two.volume.{side}.both-sources");
        evidence.iter().find(|e| e["id"] == id.as_str()).unwrap()
    };
    assert_eq!(volume("store")["value"], format!("{acts} acts"));
    let at = |e: &serde_json::Value| -> Vec<usize> {
        let list = e["events"].as_array().unwrap().iter();
        list.map(|i| i.as_u64().unwrap() as usize).collect()
    };
    assert!(at(volume("store")).iter().all(|&i| i >= first));
    assert!(at(volume("chronicle")).iter().all(|&i| i < first));

    // The denominators are those of all that was read.
    let table = fs::read_to_string(out.join("tables/two_sources.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let head = reader.headers().unwrap().clone();
    let column = |name: &str| head.iter().position(|h| h == name).unwrap();
    let (mut read, mut dyad) = (0, 0);
    for row in reader
        .records()
        .map(Result::unwrap)
        .filter(|r| &r[0] == "gdelt2")
    {
        read += row[column("events_read")].parse::<usize>().unwrap();
        dyad += row[column("acts")].parse::<usize>().unwrap();
    }
    assert_eq!((read, dyad), (rows().lines().count(), acts));

    let again = dir.path().join("again");
    over(
        &store,
        &[
            "brief",
            "CASE",
            "--no-pdf",
            "--no-plan",
            "--out",
            text(&again),
        ],
        "both",
    );
    assert!(
        files(&out) == files(&again),
        "the same input gave other bytes"
    );

    let why = over(&store, &["why", "two.spearman.counts"], "both");
    assert!(
        why.contains(" in chronicle.csv; ") && why.contains(" in store, gdelt2"),
        "{why}"
    );
}

#[test]
fn measures_as_known_on_a_day() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path());
    let out = dir.path().join("out");
    over(
        &store,
        &[
            "measure",
            "CASE",
            "--as-known-on",
            "2023-01-31",
            "--out",
            text(&out),
        ],
        "store",
    );
    let events = fs::read_to_string(out.join("events.csv")).unwrap();
    let mut reader = csv::Reader::from_reader(events.as_bytes());
    let dates: Vec<String> = reader.records().map(|r| r.unwrap()[1].to_owned()).collect();
    assert!(!dates.is_empty() && dates.iter().all(|d| d.as_str() <= "2023-01-31"));
    let series = fs::read_to_string(out.join("series.csv")).unwrap();
    assert!(series.contains("2023-01-31") && !series.contains("2023-03-31"));
}

#[test]
fn what_does_not_go_together_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    let store = store(dir.path());
    let out = dir.path().join("out");
    let refused = |words: &[&str]| {
        let case = korea();
        let mut all = vec!["measure", text(&case), "--out", text(&out)];
        all.extend(words);
        let output = run(all);
        assert_ne!(status(&output), 0);
        assert!(!out.exists());
        err(&output)
    };
    let store = text(&store);
    assert!(refused(&["--events", "store"]).contains("--store DIR"));
    assert!(refused(&["--store", store]).contains("--events store"));
    assert!(
        refused(&["--as-known-on", "2023-01-31"]).contains("does not say when a row was added")
    );
    let both = [
        "--events",
        "both",
        "--store",
        store,
        "--as-known-on",
        "2023-01-31",
    ];
    assert!(refused(&both).contains("chronicle"));
    let icews = ["--events", "store", "--store", store, "--format", "icews"];
    assert!(refused(&icews).contains("it holds gdelt2"));
    let early = [
        "--events",
        "store",
        "--store",
        store,
        "--as-known-on",
        "1999-01-31",
    ];
    assert!(refused(&early).contains("nothing of the case"));
    let nowhere = dir.path().join("nowhere");
    assert!(
        refused(&["--events", "both", "--store", text(&nowhere)]).contains("there is no store")
    );
}
