//! `demarche plan`.

mod support;

use std::fs;

use serde_json::Value;
use support::*;

fn planned(more: &[&str]) -> Value {
    let case = korea();
    let mut words = vec!["plan", text(&case), "--effort", "20", "--json"];
    words.extend(more);
    serde_json::from_str(&printed(&words)).expect("JSON")
}

/// When an initiative starts and ends, as positions among the quarters, if it is in the plan.
fn when(plan: &Value, id: &str) -> Option<(usize, usize)> {
    let at = |quarter: &Value| {
        let quarters = plan["quarters"].as_array().unwrap();
        quarters.iter().position(|q| q == quarter).unwrap()
    };
    let mut steps = plan["steps"].as_array().unwrap().iter();
    let step = steps.find(|step| step["initiative"] == id)?;
    Some((at(&step["start"]), at(&step["end"])))
}

fn left_out<'a>(plan: &'a Value, id: &str) -> Option<&'a str> {
    let mut left = plan["left_out"].as_array().unwrap().iter();
    left.find(|item| item["initiative"] == id)?["why"].as_str()
}

#[test]
fn a_plan_keeps_its_limits_says_its_gap_and_why() {
    let plan = planned(&[]);
    assert_eq!(plan["format"], "demarche-plan/1");
    let (value, bound) = (
        plan["value"].as_i64().unwrap(),
        plan["bound"].as_i64().unwrap(),
    );
    assert!(0 < value && value <= bound, "{value} {bound}");
    assert!(plan["gap"].as_f64().unwrap() < 0.05, "{}", plan["gap"]);
    for load in plan["loads"].as_array().unwrap() {
        let list = |key: &str| {
            load[key]
                .as_array()
                .unwrap()
                .iter()
                .map(|v| v.as_f64().unwrap())
                .collect::<Vec<_>>()
        };
        assert!(
            list("taken")
                .iter()
                .zip(list("limit"))
                .all(|(taken, limit)| *taken <= limit),
            "{load}"
        );
        assert!(list("taken").iter().any(|&taken| taken > 0.0), "{load}");
    }
    for step in plan["steps"].as_array().unwrap() {
        assert!(
            !step["why"].as_str().unwrap().is_empty()
                && !step["why_then"].as_str().unwrap().is_empty()
        );
    }
    // What waits, waits.
    let (_, review) = when(&plan, "itpp-review").expect("worth doing");
    if let Some((successor, _)) = when(&plan, "itpp-successor") {
        assert!(review < successor);
    }
    // Every initiative that is not done is either in or left out with a reason.
    let rows = fs::read_to_string(korea().join("initiatives.csv")).unwrap();
    let mut rows = csv::Reader::from_reader(rows.as_bytes());
    let mut seen = 0;
    for row in rows.records().map(Result::unwrap) {
        if &row[8] != "done" {
            seen += 1;
            assert!(
                when(&plan, &row[0]).is_some() != left_out(&plan, &row[0]).is_some(),
                "{}",
                &row[0]
            );
        }
    }
    assert!(seen > 60, "{seen}");
}

#[test]
fn the_same_seed_gives_the_same_plan() {
    assert_eq!(planned(&["--seed", "7"]), planned(&["--seed", "7"]));
}

#[test]
fn wishes_are_kept() {
    let plan = planned(&[
        "--lock",
        "niag-studies@2028-Q2",
        "--forbid",
        "asean-outreach",
    ]);
    let quarters = plan["quarters"].as_array().unwrap();
    let at = quarters.iter().position(|q| q == "2028-Q2").unwrap();
    assert_eq!(
        when(&plan, "niag-studies").map(|(start, _)| start),
        Some(at)
    );
    assert_eq!(left_out(&plan, "asean-outreach"), Some("it was ruled out"));
    let waits = left_out(&plan, "mda-platform-link").expect("it needs asean-outreach");
    assert!(waits.contains("asean-outreach"), "{waits}");

    let poor = planned(&["--what-if", "budget=2000"]);
    assert!(poor["value"].as_i64() < planned(&[])["value"].as_i64());
    let money = poor["loads"]
        .as_array()
        .unwrap()
        .iter()
        .find(|l| l["resource"] == "money")
        .unwrap();
    assert_eq!(money["limit"][0], 2000.0);
    assert!(
        money["price"][0].as_f64().unwrap() > 0.0,
        "short of money, so it has a price"
    );
}

#[test]
fn more_people_never_buy_less() {
    let plan = planned(&["--sweep"]);
    let mut last = plan["value"].as_i64().unwrap();
    let sweep = plan["staffing"].as_array().unwrap();
    assert_eq!(sweep.len(), 3);
    for line in sweep {
        let value = line["value"].as_i64().unwrap();
        assert!(last <= value && value <= line["bound"].as_i64().unwrap());
        last = value;
    }
    assert!(last > plan["value"].as_i64().unwrap());
}

#[test]
fn tables_are_written_and_people_are_told() {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("plan");
    let case = korea();
    let said = printed(["plan", text(&case), "--effort", "5", "--out", text(&out)]);
    assert!(
        said.contains("no plan has more than") || said.contains("optimal, proven"),
        "{said}"
    );
    let steps = fs::read_to_string(out.join("plan.csv")).unwrap();
    assert!(
        steps.starts_with("initiative,title,status,start,end"),
        "{steps}"
    );
    for name in ["plan", "left_out", "loads"] {
        assert!(out.join(format!("{name}.parquet")).exists(), "{name}");
    }
}

#[cfg(not(feature = "highs"))]
#[test]
fn without_highs_a_proof_is_refused_with_a_remedy() {
    let output = run(["plan", text(&korea()), "--prove", "5"]);
    let told = err(&output);
    assert_eq!(status(&output), 2, "{told}");
    assert!(told.contains("was built without it"), "{told}");
    assert!(told.contains("--features highs"), "{told}");
}

#[cfg(feature = "highs")]
#[test]
fn with_highs_optimal_is_said_only_of_what_is_proven() {
    let plain = planned(&[]);
    let proven = planned(&["--prove", "5"]);
    let number = |plan: &Value, what: &str| plan[what].as_i64().unwrap();
    assert!(number(&proven, "value") >= number(&plain, "value"));
    assert!(number(&proven, "bound") <= number(&plain, "bound"));
    assert!(number(&proven, "value") <= number(&proven, "bound"));
    let closed = number(&proven, "value") == number(&proven, "bound");
    assert_eq!(proven["proven"].as_bool(), Some(closed));
    let case = korea();
    let said = printed(["plan", text(&case), "--effort", "20", "--prove", "5"]);
    match said.contains("optimal, proven") {
        true => assert!(!said.contains("no plan has more than"), "{said}"),
        false => assert!(said.contains("no plan has more than"), "{said}"),
    }
}

#[test]
fn a_key_that_is_not_read_is_told() {
    let place = tempfile::tempdir().unwrap();
    let case = copy_of_korea(place.path());
    let settings = case.join("case.toml");
    let toml = fs::read_to_string(&settings).unwrap();
    fs::write(
        &settings,
        toml.replace("starts_per_quarter", "starts_a_quarter"),
    )
    .unwrap();
    let told = printed(["plan", text(&case), "--effort", "1"]);
    assert!(
        told.contains("plan.starts_a_quarter: the key is not part of this file"),
        "{told}"
    );
}

#[test]
fn what_cannot_be_is_said_with_a_remedy() {
    let case = korea();
    for (words, code, said) in [
        (
            &["--lock", "liaison-offic@2026-Q4"][..],
            2,
            "did you mean liaison-office?",
        ),
        (&["--lock", "liaison-office"], 2, "names no quarter"),
        (
            &["--lock", "liaison-office@2031-Q1"],
            2,
            "no quarter of the plan",
        ),
        (
            &["--lock", "occ-unit@2028-Q1"],
            2,
            "can't end within the plan",
        ),
        (
            &["--lock", "itpp-review@2026-Q3", "--forbid", "itpp-review"],
            2,
            "both locked and forbidden",
        ),
        (
            &[
                "--lock",
                "itpp-review@2026-Q3",
                "--lock",
                "itpp-review@2026-Q4",
            ],
            2,
            "locked twice: 2026-Q3 and 2026-Q4",
        ),
        (
            &["--forbid", "summit-attendance"],
            2,
            "not for the plan to decide",
        ),
        (&["--what-if", "starts=0"], 2, "that would be 0"),
        (&["--what-if", "staff.nobody=3"], 2, "staff.mission"),
        (&["--what-if", "budget=much"], 2, "no whole number"),
        (
            &["--lock", "liaison-office@2026-Q3"],
            1,
            "waits for track15-dialogue",
        ),
    ] {
        let mut all = vec!["plan", text(&case), "--effort", "2"];
        all.extend(words);
        let output = run(&all);
        let error = err(&output);
        assert_eq!(status(&output), code, "{words:?}: {error}");
        assert!(error.contains(said), "{words:?}: {error}");
    }
}
