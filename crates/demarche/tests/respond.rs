//! `demarche respond`, `triangle` and `simulate`.

mod support;

use std::fs;

use serde_json::Value;
use support::*;

fn json(words: &[&str]) -> Value {
    serde_json::from_str(&printed(words)).expect("JSON")
}

#[test]
fn what_sets_off_what_for_people_programs_and_tables() {
    let case = korea();
    let case = text(&case);
    let said = printed(["respond", case, "--draws", "100"]);
    assert!(said.contains("after one event of"), "{said}");
    assert!(said.contains("fitted up to 2024-12-31"), "{said}");
    assert!(said.contains("spectral radius"), "{said}");
    let value = json(&["respond", case, "--draws", "100", "--json"]);
    assert_eq!(value["format"], "demarche-responses/1");
    let n = value["excitation"]["streams"].as_array().unwrap().len();
    assert!(n >= 5);
    let matrix = value["excitation"]["branching"].as_array().unwrap();
    assert!(matrix.iter().all(|row| row.as_array().unwrap().len() == n));
    assert!(
        !value.to_string().contains("null,null,null,null"),
        "no gaps in a fit"
    );
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("tables");
    printed([
        "respond",
        case,
        "--draws",
        "100",
        "--out",
        text(&out),
        "--quiet",
    ]);
    let responses = fs::read_to_string(out.join("responses.csv")).unwrap();
    assert_eq!(responses.lines().count(), 1 + n * n);
    for name in ["streams", "response_models", "event_study", "triangles"] {
        assert!(out.join(format!("{name}.parquet")).exists(), "{name}");
    }
    for file in fs::read_dir(&out).unwrap() {
        let bytes = fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(3).any(|w| w == b"NaN"));
    }
}

#[test]
fn a_triangle_has_a_table_a_picture_and_a_sentence() {
    let case = korea();
    let case = text(&case);
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("triangle");
    let said = printed(["triangle", case, "KOR", "NATO", "CHN", "--out", text(&out)]);
    assert!(said.contains("Triangle Korea–NATO–China"), "{said}");
    assert!(said.contains("need not cause"), "{said}");
    let table = fs::read_to_string(out.join("triangles.csv")).unwrap();
    assert!(table.lines().count() > 30);
    let picture = fs::read_to_string(out.join("triangle.svg")).unwrap();
    assert!(picture.contains("Who answers whom"), "{}", &picture[..300]);
    let value = json(&[
        "triangle",
        case,
        "KOR",
        "NATO",
        "RUS",
        "--correlation",
        "--by",
        "quarter",
        "--json",
    ]);
    assert_eq!(value["by"], "quarter");
    assert_eq!(value["triangle"]["responses"].as_array().unwrap().len(), 30);

    let unknown = run(["triangle", case, "KOR", "NATO", "CHM"]);
    assert_eq!(status(&unknown), 2);
    assert!(
        err(&unknown).contains("did you mean CHN"),
        "{}",
        err(&unknown)
    );
    let twice = run(["triangle", case, "KOR", "NATO", "KOR"]);
    assert_eq!(status(&twice), 2);
    assert!(err(&twice).contains("differ"), "{}", err(&twice));
    let lags = run([
        "triangle", case, "KOR", "NATO", "CHN", "--by", "year", "--lags", "12",
    ]);
    assert_eq!(status(&lags), 2);
    assert!(err(&lags).contains("too few periods"), "{}", err(&lags));
}

#[test]
fn a_plan_is_simulated_and_a_wrong_one_refused() {
    let case = korea();
    let case = text(&case);
    let place = tempfile::tempdir().unwrap();
    let steps = place.path().join("steps.csv");
    fs::write(
        &steps,
        "date,stream,initiative,count\n2026-Q3,political,,3\n2026-09-15,,rok-mission-nato,\n",
    )
    .unwrap();
    let with = json(&[
        "simulate",
        case,
        "--draws",
        "200",
        "--steps",
        text(&steps),
        "--json",
    ]);
    assert_eq!(with["steps"].as_array().unwrap().len(), 4);
    assert!(with["outlook"]["plan"]["mean"].as_f64().unwrap() > 0.0);
    let again = json(&[
        "simulate",
        case,
        "--draws",
        "200",
        "--steps",
        text(&steps),
        "--json",
    ]);
    assert_eq!(with, again);
    let without = printed(["simulate", case, "--draws", "200", "--quarters", "2"]);
    assert!(without.contains("one step of"), "{without}");
    assert!(
        without.contains("2026-Q4") && !without.contains("2027-Q1"),
        "{without}"
    );

    for (text_of, complaint) in [
        (
            "date,stream\n2026-13-01,political\n",
            "line 2: \"2026-13-01\" is no day",
        ),
        ("date,stream\n2026-Q4,polical\n", "did you mean political?"),
        ("date,stream\n2036-Q4,political\n", "does not lie between"),
        ("date,stream\n2026-Q4,unease\n", "too few events"),
        ("day,stream\n2026-Q4,political\n", "columns date"),
        (
            "date,stream,count\n2026-Q4,political,many\n",
            "no number of steps",
        ),
        (
            "date,initiative\n2026-Q4,nonsense\n",
            "no initiative of this case",
        ),
        ("date,stream\n2026-Q4\n", "line 2"),
    ] {
        fs::write(&steps, text_of).unwrap();
        let refused = run(["simulate", case, "--draws", "100", "--steps", text(&steps)]);
        assert_eq!(status(&refused), 2, "{text_of}");
        assert!(err(&refused).contains(complaint), "{}", err(&refused));
    }
    let gone = run(["simulate", case, "--steps", "no-such-file.csv"]);
    assert_eq!(status(&gone), 3);
}

#[test]
fn a_case_without_streams_says_so() {
    let place = tempfile::tempdir().unwrap();
    let case = empty_case(place.path());
    let said = printed(["respond", text(&case)]);
    assert!(said.contains("names no streams"), "{said}");
    let refused = run(["simulate", text(&case)]);
    assert_eq!(status(&refused), 2);
    assert!(err(&refused).contains("[[stream]]"), "{}", err(&refused));
}

/// Needs `../shared` beside the workspace, or `DEMARCHE_SHARED`; see `docs/georgia.md`.
#[test]
fn from_a_raw_file_to_the_response_chapters() {
    let Some(raw) = demarche_shared::shared("data/gdelt1/georgia_201106_201305.tsv.gz") else {
        return;
    };
    let place = tempfile::tempdir().unwrap();
    let store = place.path().join("georgia.store");
    printed(["data", "add", text(&store), text(&raw), "--quiet"]);
    let case = korea().parent().unwrap().join("georgia");
    let events = ["--events", "store", "--store", text(&store)];
    let mut words = vec!["triangle", text(&case), "GEO", "RUS", "USA", "--by", "week"];
    words.extend(events);
    let said = printed(&words);
    assert!(
        said.contains("105 weeks, 1 lag: of 30 tests 30 could be made"),
        "{said}"
    );
    assert!(said.contains("None holds"), "{said}");
    let out = place.path().join("brief");
    let mut words = vec![
        "brief",
        text(&case),
        "--no-pdf",
        "--quiet",
        "--out",
        text(&out),
    ];
    words.extend(events);
    printed(&words);
    let brief: Value = serde_json::from_slice(&fs::read(out.join("brief.json")).unwrap()).unwrap();
    let chapters = brief["brief"]["chapters"].as_array().unwrap();
    let of = |id: &str| {
        chapters
            .iter()
            .find(|c| c["id"] == id)
            .expect("the chapter")
    };
    let leads = of("leads").to_string();
    assert!(leads.contains("var-responses-geo-usa-rus"), "{leads}");
    assert!(of("responses").to_string().contains("responses-branching"));
    // Every figure opens its events.
    let evidence = brief["brief"]["evidence"].as_array().unwrap();
    let var = evidence.iter().find(|e| e["id"] == "var.GEO-USA-RUS.1.2");
    assert!(!var.unwrap()["events"].as_array().unwrap().is_empty());
}
