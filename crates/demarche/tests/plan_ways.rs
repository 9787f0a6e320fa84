//! `demarche plan --pareto`, `--triggers` and `--replan`, and that threads do not matter.

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use support::*;

fn planned(case: &Path, more: &[&str]) -> Value {
    let mut words = vec!["plan", text(case), "--effort", "4", "--json"];
    words.extend(more);
    serde_json::from_str(&printed(&words)).expect("JSON")
}

fn list<'a>(value: &'a Value, key: &str) -> &'a Vec<Value> {
    value[key]
        .as_array()
        .unwrap_or_else(|| panic!("no {key}: {value}"))
}

#[test]
fn a_front_has_plans_with_bounds_none_of_them_beaten() {
    let plan = planned(&korea(), &["--pareto", "4"]);
    let points = list(&plan["front"], "points");
    assert!(points.len() >= 2, "{}", points.len());
    let of = |point: &Value, key: &str| point["objectives"][key].as_f64().unwrap();
    for (at, point) in points.iter().enumerate() {
        // The bound is of what the question asked, whatever that weighs.
        assert!(point["gap"].as_f64().unwrap() >= 0.0, "{point}");
        for (other, rival) in points.iter().enumerate() {
            let no_worse = of(rival, "benefit") >= of(point, "benefit")
                && of(rival, "exposure") <= of(point, "exposure")
                && of(rival, "earliness") >= of(point, "earliness")
                && of(rival, "peak") <= of(point, "peak");
            let same = ["benefit", "exposure", "earliness", "peak"]
                .iter()
                .all(|key| of(rival, key) == of(point, key));
            assert!(at == other || !no_worse || same, "{rival} beats {point}");
        }
    }
    let said = printed(["plan", text(&korea()), "--effort", "2", "--pareto", "3"]);
    assert!(said.contains("exposure") && said.contains("gap"), "{said}");
}

#[test]
fn triggers_are_tried_in_futures() {
    let plan = planned(&korea(), &["--triggers=200"]);
    let tried = &plan["triggers"];
    assert_eq!(tried["futures"], 200);
    let case = fs::read_to_string(korea().join("case.toml")).unwrap();
    let stated = case.matches("[[trigger]]").count();
    assert_eq!(list(tried, "triggers").len(), stated);
    for trigger in list(tried, "triggers") {
        let pulled = trigger["pulled"].as_f64().unwrap();
        assert!((0.0..=200.0).contains(&pulled), "{trigger}");
    }
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("plan");
    let words = [
        "plan",
        text(&korea()),
        "--effort",
        "2",
        "--triggers=100",
        "--out",
        text(&out),
    ]
    .map(str::to_owned);
    let said = printed(&words);
    assert!(said.contains("cool-china"), "{said}");
    assert!(
        names(&out).iter().any(|name| name.starts_with("trigger")),
        "{:?}",
        names(&out)
    );
}

#[test]
fn a_plan_is_made_again_after_one_was_dropped() {
    let place = tempfile::tempdir().unwrap();
    let case = copy_of_korea(place.path());
    let out = place.path().join("plan");
    printed([
        "plan",
        text(&case),
        "--effort",
        "20",
        "--quiet",
        "--out",
        text(&out),
    ]);
    let before: Value = serde_json::from_slice(&fs::read(out.join("plan.json")).unwrap()).unwrap();
    // Nothing has happened: nothing changes if a change is dear.
    let same = planned(&case, &["--replan", text(&out), "--keep", "1000"]);
    assert_eq!(
        list(&same["replan"], "changes").len(),
        0,
        "{}",
        same["replan"]
    );
    let steps = list(&before, "steps").iter();
    let gone = steps
        .filter(|step| step["runs"] == false)
        .map(|step| step["initiative"].as_str().unwrap())
        .next()
        .expect("something starts");
    append(
        &case.join("progress.csv"),
        &format!("{gone},2026-06-20,day,dropped,,https://example.org/1"),
    );
    let again = planned(&case, &["--replan", text(&out)]);
    let changes = list(&again["replan"], "changes");
    assert!(
        changes.iter().any(|change| change["initiative"] == gone),
        "{changes:?}"
    );
    assert!(
        list(&again, "steps")
            .iter()
            .all(|step| step["initiative"] != gone)
    );
    let output = run([
        "plan",
        text(&case),
        "--replan",
        text(&place.path().join("nowhere")),
    ]);
    assert_ne!(status(&output), 0);
    assert!(err(&output).contains("nowhere"), "{}", err(&output));
}

/// Held to one processor the command finds as much as with all of them.
#[test]
#[cfg(target_os = "linux")]
fn front_and_futures_do_not_depend_on_threads() {
    let case = korea();
    let words = [
        "plan",
        text(&case),
        "--effort",
        "2",
        "--pareto",
        "3",
        "--futures",
        "200",
        "--triggers=100",
        "--json",
    ];
    let exe = demarche();
    let one = Command::new("taskset")
        .args(["-c", "0"])
        .arg(exe.get_program())
        .args(words)
        .output();
    let Ok(one) = one
        .as_ref()
        .map_err(ToString::to_string)
        .and_then(|one| one.status.success().then_some(one).ok_or_else(|| err(one)))
    else {
        println!("skipped: taskset can't hold a program to one processor here: {one:?}");
        return;
    };
    assert_eq!(out(one), printed(words));
}

/// A hundred futures are few: with some seeds a second sample says otherwise, and then that is said.
#[test]
fn a_sample_that_is_too_small_is_told() {
    let place = tempfile::tempdir().unwrap();
    let case = copy_of_korea(place.path());
    let file = case.join("case.toml");
    // With few starts in a quarter the plans that are compared lie close together.
    let words = [
        "plan",
        text(&case),
        "--effort",
        "1",
        "--futures",
        "100",
        "--what-if",
        "starts=3",
    ];
    for seed in 20_230_206..20_230_236 {
        let said = printed(words);
        let json: Value =
            serde_json::from_str(&printed(words.into_iter().chain(["--json"]))).unwrap();
        let same = json["futures"]["agreement"]["same"] == true;
        assert_eq!(said.contains("The sample is too small"), !same, "{said}");
        assert_eq!(said.contains("gives the same conclusions"), same, "{said}");
        if !same {
            return;
        }
        edit(
            &file,
            &format!("count = 10000\nseed = {seed}"),
            &format!("count = 10000\nseed = {}", seed + 1),
        );
    }
    panic!("thirty samples of a hundred futures, and each second one agreed");
}
