//! `demarche measure`.

mod support;

use std::fs;

use serde_json::Value;
use support::*;

#[test]
fn a_dyad_of_ones_own_by_quarter() {
    let place = tempfile::tempdir().unwrap();
    let target = place.path().join("tables");
    let said = printed([
        "measure",
        text(&korea()),
        "--dyad",
        "JPN",
        "NATO",
        "--by",
        "quarter",
        "--draws",
        "100",
        "--out",
        text(&target),
    ]);
    assert_eq!(said.lines().next(), Some(text(&target.join("schema.json"))));
    let indices = fs::read_to_string(target.join("indices.csv")).unwrap();
    assert!(
        indices.contains("\nJPN,NATO,self,gdelt,all,"),
        "{}",
        &indices[..400]
    );
    assert!(!indices.contains("\nKOR,NATO,"));
    let panel = fs::read_to_string(target.join("panel.csv")).unwrap();
    assert!(panel.contains("-Q3,"), "periods are quarters");

    // The schema names every column of every table, in order.
    let schema: Value =
        serde_json::from_slice(&fs::read(target.join("schema.json")).unwrap()).unwrap();
    let tables = schema["tables"].as_array().unwrap();
    assert!(tables.len() > 10);
    for table in tables {
        let name = table["name"].as_str().unwrap();
        let csv = fs::read_to_string(target.join(format!("{name}.csv"))).unwrap();
        let columns = table["columns"].as_array().unwrap().iter();
        let columns: Vec<_> = columns.map(|c| c["name"].as_str().unwrap()).collect();
        assert_eq!(csv.lines().next().unwrap(), columns.join(","), "{name}");
        let parquet = fs::read(target.join(format!("{name}.parquet"))).unwrap();
        assert!(
            parquet.starts_with(b"PAR1") && parquet.ends_with(b"PAR1"),
            "{name}"
        );
    }
}

#[test]
fn a_wrong_code_is_told_with_the_nearest_one() {
    let place = tempfile::tempdir().unwrap();
    let target = place.path().join("tables");
    for (wrong, right) in [
        ("JNP", "JPN"),
        ("jpn", "JPN"),
        ("NATOO", "NATO"),
        ("KRO", "KOR"),
    ] {
        let other = if right == "NATO" { "KOR" } else { "NATO" };
        let refused = run([
            "measure",
            text(&korea()),
            "--dyad",
            wrong,
            other,
            "--out",
            text(&target),
        ]);
        assert_eq!(status(&refused), 2);
        let complaint = err(&refused);
        assert!(complaint.contains(&format!("{wrong:?}")), "{complaint}");
        assert!(
            complaint.contains(&format!("did you mean {right}?")),
            "{complaint}"
        );
        assert!(!target.exists());
    }
}

#[test]
fn an_actor_and_itself_are_no_dyad() {
    let korea = korea();
    let place = tempfile::tempdir().unwrap();
    let target = place.path().join("tables");
    let words = [
        "measure",
        text(&korea),
        "--dyad",
        "NATO",
        "NATO",
        "--out",
        text(&target),
    ];
    let refused = run(words);
    assert_eq!(status(&refused), 2);
    assert!(err(&refused).contains("NATO twice"), "{}", err(&refused));
    assert!(!target.exists());
}

#[test]
fn choices_outside_their_range_are_misuse() {
    let place = tempfile::tempdir().unwrap();
    let target = place.path().join("tables");
    for (choice, value) in [
        ("--draws", "0"),
        ("--draws", "100001"),
        ("--min-events", "0"),
        ("--min-events", "18446744073709551615"),
        ("--seed", "-1"),
        ("--by", "day"),
        ("--body", "none"),
        ("--quad", "other"),
    ] {
        let refused = run([
            "measure",
            text(&korea()),
            choice,
            value,
            "--out",
            text(&target),
        ]);
        assert_eq!(status(&refused), 2, "{choice} {value}");
        assert!(!target.exists());
    }
}

#[test]
fn choices_at_the_ends_of_their_range_work() {
    let korea = korea();
    let place = tempfile::tempdir().unwrap();
    let target = place.path().join("tables");
    for choices in [
        ["--min-events", "1", "--seed", "18446744073709551615"],
        ["--min-events", "1000000", "--seed", "0"],
        ["--by", "week", "--body", "both"],
        ["--by", "year", "--quad", "alt"],
    ] {
        let words = [
            "measure",
            text(&korea),
            "-q",
            "--draws",
            "100",
            "--out",
            text(&target),
        ];
        assert_eq!(printed(words.iter().chain(&choices)), "", "{choices:?}");
        assert!(target.join("indices.csv").is_file());
    }
}
