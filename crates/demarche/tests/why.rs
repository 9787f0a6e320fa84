//! `demarche why`.

mod support;

use serde_json::Value;
use support::*;

const SHARE: &str = "share.KOR-NATO.all";

#[test]
fn a_figure_shows_its_formula_and_its_events() {
    let shown = printed(["why", SHARE, text(&korea())]);
    for part in [
        "Share of all acts",
        "formula  ",
        " events (chronicle.csv)",
        "2005-12-02-kor-nato-2",
    ] {
        assert!(shown.contains(part), "{part} in {shown}");
    }
    // The address that the brief shows for it does as well.
    assert_eq!(
        printed(["why", &format!("#ev-{SHARE}"), text(&korea())]),
        shown
    );
}

#[test]
fn json_holds_the_events_in_full() {
    let shown = printed(["why", SHARE, text(&korea()), "--json"]);
    let value: Value = serde_json::from_str(&shown).unwrap();
    assert_eq!(value["id"], SHARE);
    for key in ["label", "value", "interval", "formula", "note"] {
        assert!(value[key].is_string(), "{key}");
    }
    let events = value["events"].as_array().unwrap();
    assert!(!events.is_empty());
    for event in events {
        for key in ["id", "date", "source", "target", "cameo", "title", "url"] {
            assert!(event[key].is_string(), "{key} of {event}");
        }
    }
}

#[test]
fn the_list_names_every_figure_once() {
    let list = printed(["why", "--list", text(&korea())]);
    let ids: Vec<&str> = list
        .lines()
        .map(|l| l.split('\t').next().unwrap())
        .collect();
    assert!(ids.contains(&SHARE));
    let mut once = ids.clone();
    once.sort_unstable();
    once.dedup();
    assert_eq!(once.len(), ids.len(), "no id stands for two figures");
    assert!(
        list.lines().all(|l| l.split('\t').count() == 3),
        "three columns"
    );

    let json = printed(["why", "--list", "--json", text(&korea())]);
    let value: Value = serde_json::from_str(&json).unwrap();
    let in_json: Vec<_> = value
        .as_array()
        .unwrap()
        .iter()
        .map(|v| v["id"].as_str().unwrap())
        .collect();
    assert_eq!(in_json, ids);
}

#[test]
fn an_unknown_id_is_told_with_near_ones() {
    let unknown = run(["why", "shar.KOR-NATO.al", text(&korea())]);
    assert_eq!(status(&unknown), 2);
    let complaint = err(&unknown);
    assert!(
        complaint.contains("no figure \"shar.KOR-NATO.al\""),
        "{complaint}"
    );
    assert!(
        complaint.contains(SHARE) && complaint.contains("--list"),
        "{complaint}"
    );
    for odd in ["", "#", "ev-", "한국", "-1"] {
        assert_eq!(
            status(&run(["why", "--", odd, text(&korea())])),
            2,
            "{odd:?}"
        );
    }
}

#[test]
fn words_in_the_wrong_order_are_put_right() {
    let korea = korea();
    let swapped = run(["why", text(&korea), SHARE]);
    assert_eq!(status(&swapped), 2);
    let right = format!("demarche why {SHARE} {}", korea.display());
    assert!(err(&swapped).contains(&right), "{}", err(&swapped));
    let only_case = run(["why", text(&korea)]);
    assert_eq!(status(&only_case), 2);
    assert!(
        err(&only_case).contains("demarche why --list"),
        "{}",
        err(&only_case)
    );
    assert_eq!(status(&run(["why", "--list", SHARE, text(&korea)])), 2);
    assert_eq!(status(&run(["why"])), 2);
}

#[test]
fn the_case_is_found_where_one_stands() {
    let place = tempfile::tempdir().unwrap();
    let why = |here: &std::path::Path| {
        let run = demarche().current_dir(here).args(["why", SHARE]).output();
        run.unwrap()
    };
    let none = why(place.path());
    assert_eq!(status(&none), 2);
    assert!(err(&none).contains("which case?"), "{}", err(&none));
    let cases = place.path().join("cases");
    let case = copy_of_korea(&cases);
    assert_eq!(status(&why(place.path())), 0);
    assert_eq!(status(&why(&case)), 0);
    empty_case(&cases);
    let two = why(place.path());
    assert_eq!(status(&two), 2);
    assert!(err(&two).contains("There are 2"), "{}", err(&two));
}
