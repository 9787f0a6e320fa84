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

#[test]
fn what_is_entered_as_late_counts() {
    let place = tempfile::tempdir().unwrap();
    let case = copy_of_korea(place.path());
    let late = |case: &std::path::Path| -> Value {
        let said = printed(["plan", "status", text(case), "--json"]);
        let status: Value = serde_json::from_str(&said).unwrap();
        post(&status, "steps-late").clone()
    };
    // One that is five quarters over is delivered: the other one is what is left.
    append(
        &case.join("progress.csv"),
        "nato-exercises,2026-06-10,day,dropped,,https://example.org/1",
    );
    assert_eq!(
        late(&case)["initiatives"],
        serde_json::json!(["standardization-entry"])
    );
    append(
        &case.join("progress.csv"),
        "standardization-entry,2026-06-11,day,delivered,,https://example.org/2",
    );
    let left = late(&case);
    assert!(left["value"].as_f64().unwrap() < 5.0, "{left}");
    // An entry that says so counts, though the day has not come; and no more once another one follows.
    edit(
        &case.join("case.toml"),
        r#""standardization-entry", "nato-exercises", "bices-join""#,
        r#""k9-romania-plant""#,
    );
    assert_eq!(late(&case)["value"], 0.0);
    append(
        &case.join("progress.csv"),
        "k9-romania-plant,2026-06-12,day,late,,https://example.org/3",
    );
    let said = late(&case);
    assert_eq!(said["value"], 1.0, "{said}");
    assert_eq!(said["initiatives"], serde_json::json!(["k9-romania-plant"]));
    assert!(
        said["notes"].to_string().contains("entered as late"),
        "{said}"
    );
    append(
        &case.join("progress.csv"),
        "k9-romania-plant,2026-06-20,day,on-track,,https://example.org/4",
    );
    assert_eq!(late(&case)["value"], 0.0);
}

#[test]
fn money_is_held_against_that_of_the_year() {
    let place = tempfile::tempdir().unwrap();
    let case = copy_of_korea(place.path());
    let file = case.join("case.toml");
    let money = |case: &std::path::Path| -> f64 {
        let said = printed(["plan", "status", text(case), "--json"]);
        let status: Value = serde_json::from_str(&said).unwrap();
        let posts = status["signposts"].as_array().unwrap();
        let money = posts
            .iter()
            .find(|post| post["id"] == "spent-test")
            .unwrap();
        money["value"].as_f64().unwrap()
    };
    append(
        &file,
        "\n[[signpost]]\nid = \"spent-test\"\nname = \"Money spent\"\nmeasures = \"money\"\nabove = 100\nbasis = \"judgement\"\n",
    );
    let of_all = money(&case);
    assert!(of_all > 0.0);
    // 24,000 over 16 quarters are 6,000 a year; with 3,000 a year the same spending is twice the share.
    edit(
        &file,
        "budget_keur = 24000",
        "budget_keur = 24000\nyearly_keur = 3000",
    );
    assert!((money(&case) - 2.0 * of_all).abs() < 1e-9);
    edit(&file, "budget_keur = 24000\n", "");
    assert!((money(&case) - 2.0 * of_all).abs() < 1e-9);
}

#[test]
fn signposts_are_measured_on_a_store() {
    let place = tempfile::tempdir().unwrap();
    let rows: Vec<String> = (0..40)
        .map(|i| {
            let day = format!("202605{:02}", i % 28 + 1);
            let actor = |c: &str| format!("{c}\t{c}LAND\t{c}{}", "\t".repeat(7));
            let at = "4\tSeoul, South Korea\tKS\tKS11\t\t37.5664\t127\t-716583";
            format!(
                "{i}\t{day}\t202605\t2026\t2026.3699\t{}\t{}\t1\t190\t190\t19\t4\t-10\t7\t1\t7\t-1.5\t{at}\t{at}\t{at}\t{day}001500\thttps://example.org/{i}",
                actor("CHN"),
                actor("KOR")
            )
        })
        .collect();
    let file = place.path().join("rows.export.CSV");
    fs::write(&file, rows.join("\n") + "\n").unwrap();
    let store = place.path().join("store");
    printed(["data", "add", text(&store), text(&file)]);
    let case = korea();
    let here = post(&stands(&[]), "china-heat")["value"].as_f64().unwrap();
    let said = |how: &str| -> Value {
        let words = [
            "plan",
            "status",
            text(&case),
            "--json",
            "--store",
            text(&store),
            "--events",
            how,
        ];
        serde_json::from_str(&printed(words)).unwrap()
    };
    let of = |how: &str| post(&said(how), "china-heat")["value"].as_f64().unwrap();
    assert_eq!(of("store"), 40.0);
    // Beside each other: the chronicle counts, and the store is shown.
    assert_eq!(of("both"), here);
    assert_eq!(post(&said("both")["beside"], "china-heat")["value"], 40.0);
    let words = [
        "plan",
        "status",
        text(&case),
        "--store",
        text(&store),
        "--events",
        "both",
    ];
    let said = printed(words);
    assert!(said.contains("beside the chronicle"), "{said}");
}
