//! `demarche plan --futures`.

mod support;

use std::fs;

use serde_json::Value;
use support::*;

#[test]
fn futures_are_told_and_written() {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("plan");
    let case = korea();
    let words = ["plan", text(&case), "--effort", "5", "--futures", "400"];
    let said = printed(words.into_iter().chain(["--out", text(&out)]));
    for part in [
        "In 400 futures",
        "all of them",
        "mean of the worst tenth",
        "Regret is against the best of these plans",
        "What moves the value of the plan",
        "Where the plan fails:",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(
        said.contains("gives the same conclusions") || said.contains("The sample is too small"),
        "{said}"
    );
    for name in ["robustness", "sensitivity", "boxes", "agreement"] {
        let table = fs::read_to_string(out.join(format!("futures_{name}.csv"))).unwrap();
        assert!(
            table.lines().count() > usize::from(name != "boxes"),
            "{name}"
        );
        assert!(
            out.join(format!("futures_{name}.parquet")).exists(),
            "{name}"
        );
    }
    let json: Value = serde_json::from_str(&printed(words.into_iter().chain(["--json"]))).unwrap();
    let futures = &json["futures"];
    assert_eq!(futures["count"], 400);
    assert_eq!(futures["plans"].as_array().unwrap().len(), 3);
    assert_eq!(futures["plans"][0]["planned"], json["value"]);
    let shares = futures["plans"][0]["thresholds"].as_array().unwrap();
    assert_eq!(shares.len(), 4);
    for share in shares {
        let [value, low, high] =
            ["value", "low", "high"].map(|k| share["met"][k].as_f64().unwrap());
        assert!(
            0.0 <= low && low <= value && value <= high && high <= 1.0,
            "{share}"
        );
    }
    assert!(!futures["sentences"].as_array().unwrap().is_empty());
}

#[test]
fn what_cannot_be_asked_is_said() {
    let case = korea();
    let refused = |words: &[&str], code: i32, said: &str| {
        let output = run(words);
        let error = err(&output);
        assert_eq!(status(&output), code, "{error}");
        assert!(error.contains(said), "{error}");
    };
    let words = ["plan", text(&case), "--futures", "7"];
    refused(&words, 2, "from 100 to 1000000");

    // A case in which nothing is uncertain.
    let place = tempfile::tempdir().unwrap();
    let certain = copy_of_korea(place.path());
    let file = certain.join("case.toml");
    let kept = fs::read_to_string(&file).unwrap();
    let begins = kept.find("[futures]").unwrap();
    let ends = kept[begins..].find("[[source]]").unwrap();
    fs::write(&file, kept[..begins].to_owned() + &kept[begins + ends..]).unwrap();
    let words = ["plan", text(&certain), "--effort", "2", "--futures"];
    refused(&words, 1, "nothing in case.toml is uncertain");
}
