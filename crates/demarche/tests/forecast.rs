//! `demarche forecast CASE`, `demarche watch` and the chapter on what comes next.

mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::Value;
use support::*;

fn json(words: &[&str]) -> Value {
    serde_json::from_str(&printed(words)).expect("JSON")
}

fn forecasts(more: &[&str]) -> Value {
    let case = korea();
    let mut words = vec!["forecast", text(&case), "--json"];
    words.extend(more);
    json(&words)
}

/// The ids of the chronicle with their dates.
fn chronicle(case: &Path) -> std::collections::BTreeMap<String, String> {
    let rows = fs::read_to_string(case.join("chronicle.csv")).unwrap();
    let mut rows = csv::Reader::from_reader(rows.as_bytes());
    rows.records()
        .map(Result::unwrap)
        .map(|row| (row[0].to_owned(), row[1].to_owned()))
        .collect()
}

fn refused(words: &[&str], code: i32, says: &[&str]) {
    let output = run(words);
    assert_eq!(status(&output), code, "{words:?}: {}", err(&output));
    for say in says {
        assert!(err(&output).contains(say), "{words:?}: {}", err(&output));
    }
}

#[test]
fn acts_are_ranked_by_chance_with_reasons_and_events() {
    let found = forecasts(&[
        "--from",
        "CHN",
        "--to",
        "KOR",
        "--horizon",
        "4w",
        "--top",
        "7",
    ]);
    assert_eq!(found["format"], "demarche-forecast/1");
    assert_eq!(
        (&found["as_of"], &found["until"], &found["horizon"]),
        (&"2026-06-30".into(), &"2026-07-28".into(), &28.into())
    );
    let list = found["forecasts"].as_array().unwrap();
    assert_eq!(list.len(), 7);
    let ids = chronicle(&korea());
    let mut last = 1.0;
    for one in list {
        assert_eq!(
            (&one["source"], &one["target"]),
            (&"CHN".into(), &"KOR".into())
        );
        let chance = one["chance"].as_f64().unwrap();
        assert!((0.0..=last).contains(&chance));
        last = chance;
        let rate = one["last_year_rate"].as_f64().unwrap();
        let n = one["days_in_last_year"].as_f64().unwrap();
        assert!((rate - (1.0 - (-n * 28.0 / 365.0).exp())).abs() < 1e-12);
        let reasons = one["reasons"].as_array().unwrap();
        assert_eq!(reasons.len(), 6);
        for reason in reasons {
            assert!(!reason["words"].as_str().unwrap().is_empty());
            for id in reason["events"].as_array().unwrap() {
                assert!(ids.contains_key(id.as_str().unwrap()), "{id}");
            }
        }
    }
    // The weights are log odds, and the chances rise with them: no map stands between them here.
    let odds = |one: &Value| -> f64 {
        let weights = one["reasons"].as_array().unwrap().iter();
        weights.map(|r| r["weight"].as_f64().unwrap()).sum()
    };
    let logit = |one: &Value| {
        let p = one["chance"].as_f64().unwrap();
        (p / (1.0 - p)).ln()
    };
    let constant = logit(&list[0]) - odds(&list[0]);
    for one in list {
        assert!((logit(one) - odds(one) - constant).abs() < 1e-9);
    }
}

#[test]
fn counts_are_those_of_the_chronicle() {
    let found = forecasts(&["--from", "NATO", "--to", "PRK", "--act", "11"]);
    let one = &found["forecasts"][0];
    let rows = fs::read_to_string(korea().join("chronicle.csv")).unwrap();
    let mut rows = csv::Reader::from_reader(rows.as_bytes());
    let days: BTreeSet<String> = rows
        .records()
        .map(Result::unwrap)
        .filter(|r| &r[2] == "day" && r[6].starts_with("11"))
        .filter(|r| {
            (&r[3], &r[4]) == ("NATO", "PRK")
                || (&r[5] == "true" && (&r[4], &r[3]) == ("NATO", "PRK"))
        })
        .map(|r| r[1].to_owned())
        .collect();
    assert_eq!(one["days_before"], days.len());
    let year = days.iter().filter(|d| d.as_str() > "2025-06-30").count();
    assert_eq!(one["days_in_last_year"], year);
}

#[test]
fn who_is_asked_of_the_ranker() {
    let found = forecasts(&["--from", "KOR", "--act", "04", "--top", "3", "--why"]);
    let list = found["forecasts"].as_array().unwrap();
    assert_eq!(list.len(), 3);
    for (place, one) in (1..).zip(list) {
        assert_eq!((&one["source"], &one["act"]), (&"KOR".into(), &"04".into()));
        assert_eq!(one["ranker"]["entity"], one["target"]);
        assert_eq!(one["ranker"]["place"], place);
    }
    let found = forecasts(&["--to", "KOR", "--act", "verbal-conflict", "--top", "3"]);
    assert_eq!(found["level"], "class");
    for one in found["forecasts"].as_array().unwrap() {
        assert_eq!(one["target"], "KOR");
        assert_ne!(one["source"], "KOR");
    }
    // With few events there is no ranker, and that is said.
    let early = forecasts(&["--from", "KOR", "--act", "04", "--as-of", "2008-12-31"]);
    let notes = early["notes"].to_string();
    assert!(
        notes.contains("No ranker can be learned (too few events"),
        "{notes}"
    );
    // With fewer there are no chances either.
    let early = forecasts(&["--as-of", "2005-12-31"]);
    assert_eq!(early["learned"], false);
    for one in early["forecasts"].as_array().unwrap() {
        assert_eq!(one["chance"], one["last_year_rate"]);
    }
    assert!(
        early["notes"]
            .to_string()
            .contains("the rate of the last year stands in")
    );
}

#[test]
fn what_comes_later_changes_nothing() {
    let place = tempfile::tempdir().unwrap();
    let case = copy_of_korea(place.path());
    let day = "2024-06-30";
    let file = case.join("chronicle.csv");
    let rows = fs::read_to_string(&file).unwrap();
    let mut reader = csv::Reader::from_reader(rows.as_bytes());
    let mut other = csv::Writer::from_path(&file).unwrap();
    other.write_record(reader.headers().unwrap()).unwrap();
    let mut turned = 0;
    for row in reader.records().map(Result::unwrap) {
        let mut cells: Vec<String> = row.iter().map(str::to_owned).collect();
        if &cells[1][..] > day && cells[2] == "day" {
            // What came later came of others, as something else.
            turned += 1;
            cells[3] = ["BRN", "CHN", "USA"][turned % 3].to_owned();
            cells[4] = ["KOR", "NATO", "FIN"][turned % 3].to_owned();
            cells[6] = ["190", "0871", "14"][turned % 3].to_owned();
        }
        other.write_record(&cells).unwrap();
    }
    other.flush().unwrap();
    assert!(turned > 300);
    let same = |words: &[&str]| {
        let with = |case: &Path| {
            let mut all = vec![words[0], text(case)];
            all.extend(&words[1..]);
            let mut value = json(&all);
            value.as_object_mut().unwrap().remove("fingerprint");
            value
        };
        assert_eq!(with(&korea()), with(&case), "{words:?}");
    };
    same(&[
        "forecast",
        "--as-of",
        day,
        "--json",
        "--top",
        "50",
        "--calibration",
    ]);
    same(&[
        "forecast", "--as-of", day, "--json", "--from", "KOR", "--act", "04", "--why",
    ]);
    same(&[
        "forecast", "--as-of", day, "--json", "--level", "code", "--from", "CHN", "--to", "KOR",
    ]);
    same(&["watch", "--as-of", day, "--json", "--back", "2"]);
}

#[test]
fn misuse_is_told_with_a_remedy() {
    let case = korea();
    let case = text(&case);
    let place = tempfile::tempdir().unwrap();
    let empty = empty_case(place.path());
    for (words, code, says) in [
        (
            &["--from", "CHM"][..],
            2,
            &["\"CHM\" is no actor", "did you mean CHN?"][..],
        ),
        (
            &["--from", "CHN", "--to", "CHN"],
            2,
            &["two actors, not CHN twice"],
        ),
        (&["--horizon", "0"], 2, &["1 to 3650 days"]),
        (&["--horizon", "0d"], 2, &["1 to 3650 days"]),
        (&["--horizon", "30x"], 2, &["1 to 3650 days"]),
        (&["--horizon", "99999999999w"], 2, &["1 to 3650 days"]),
        (&["--top", "0"], 2, &["--top"]),
        (&["--as-of", "2025-02-30"], 2, &["is no day", "YYYY-MM-DD"]),
        (&["--as-of", "7"], 2, &["is no day"]),
        (
            &["--as-of", "2004-12-31"],
            2,
            &["no event up to 2004-12-31", "2005-02-10"],
        ),
        (
            &["--as-of", "2026-07-01"],
            2,
            &["the record ends on 2026-06-30"],
        ),
        (
            &["--act", "99"],
            2,
            &["\"99\" is no act", "roots go from 01 to 20"],
        ),
        (&["--act", "conflict"], 2, &["is no act", "verbal-conflict"]),
        (&["--act", "20"], 2, &["nobody did 20"]),
        (
            &["--act", "11", "--level", "code"],
            2,
            &["leave --level out"],
        ),
        (&["--events", "store"], 2, &["--store DIR"]),
        (
            &["--events", "both", "--store", "x"],
            2,
            &["from one record"],
        ),
        (
            &["--events", "store", "--store", "nowhere"],
            3,
            &["nowhere"],
        ),
        (&["--from", "BRN"], 2, &["no event of BRN"]),
    ] {
        let mut all = vec!["forecast", case];
        all.extend(words);
        refused(&all, code, says);
    }
    refused(&["forecast"], 2, &["<CASE>"]);
    refused(&["forecast", "evaluate"], 2, &["<DIR>"]);
    refused(&["forecast", "nowhere"], 3, &["nowhere"]);
    for command in ["forecast", "watch"] {
        refused(
            &[command, text(&empty)],
            1,
            &["no event whose day is known", "chronicle.csv"],
        );
    }
    refused(&["watch", case, "--horizon", "0"], 2, &["1 to 3650 days"]);
    refused(
        &["watch", case, "--as-of", "2005-06-31"],
        2,
        &["YYYY-MM-DD"],
    );
    refused(
        &["watch", case, "--as-of", "1999-01-01"],
        2,
        &["2005-02-10"],
    );
    refused(
        &["watch", case, "--as-of", "2027-01-01"],
        2,
        &["the record ends on 2026-06-30"],
    );
}

#[test]
fn an_event_graph_is_asked_by_its_names() {
    let place = tempfile::tempdir().unwrap();
    let dir = place.path();
    let mut rows = [String::new(), String::new(), String::new()];
    for time in 0..300 {
        let part = (time / 100) as usize;
        rows[part].push_str(&format!("0\t0\t1\t{}\n", 24 * time));
        if time % 7 == 0 {
            rows[part].push_str(&format!("1\t1\t{}\t{}\n", 2 * (time % 2), 24 * time));
        }
    }
    for (name, rows) in ["train", "valid", "test"].iter().zip(&rows) {
        fs::write(dir.join(format!("{name}.txt")), rows).unwrap();
    }
    fs::write(
        dir.join("entity2id.txt"),
        "North_Land\t0\nSouth_Land\t1\nIsland\t2\n",
    )
    .unwrap();
    fs::write(dir.join("relation2id.txt"), "Make_a_visit\t0\nProtest\t1\n").unwrap();
    let found = json(&[
        "forecast",
        text(dir),
        "--from",
        "north land",
        "--to",
        "South_Land",
        "--horizon",
        "7",
        "--json",
    ]);
    let one = &found["forecasts"][0];
    assert_eq!(one["act"], "Make_a_visit");
    assert!(
        one["chance"].as_f64().unwrap() > 0.9,
        "it came every day: {one}"
    );
    assert_eq!(one["days_before"], 300);
    assert_eq!(one["reasons"][0]["events"][0]["time"], 24 * 299);
    // Up to a time of its files, and nothing later.
    let early = json(&[
        "forecast",
        text(dir),
        "--as-of",
        "2399",
        "--json",
        "--horizon",
        "7",
    ]);
    assert_eq!(early["known_acts"], 100 + 15);
    let words = printed([
        "forecast",
        text(dir),
        "--from",
        "North Land",
        "--act",
        "make a visit",
        "--why",
    ]);
    assert!(words.contains("South Land"), "{words}");
    refused(
        &["forecast", text(dir), "--from", "North Lend"],
        2,
        &["did you mean \"North Land\"?"],
    );
    refused(
        &["forecast", text(dir), "--act", "Protects"],
        2,
        &["did you mean \"Protest\"?"],
    );
    refused(
        &["forecast", text(dir), "--as-of", "2020-01-01"],
        2,
        &["whole numbers"],
    );
    refused(
        &["forecast", text(dir), "--from", "Island", "--to", "Island"],
        2,
        &["twice"],
    );
    let rules = printed(["forecast", "rules", text(dir), "--why", "--about", "island"]);
    assert!(rules.contains("As of time"), "{rules}");
    refused(
        &["forecast", "rules", text(dir), "--act", "Protects"],
        2,
        &["did you mean \"Protest\"?"],
    );
    refused(
        &["forecast", text(dir), "--level", "root"],
        2,
        &["leave it out"],
    );
}

#[test]
fn rules_are_listed_with_their_cases() {
    let case = korea();
    let rules = |more: &[&str]| {
        let mut words = vec!["forecast", "rules", text(&case), "--json"];
        words.extend(more);
        json(&words)
    };
    let found = rules(&["--why", "--least", "10", "--top", "100000"]);
    assert_eq!(found["format"], "demarche-forecast-rules/1");
    let all = found["rules"].as_array().unwrap();
    assert!(all.len() > 20, "{}", all.len());
    assert_eq!(found["wanted"], all.len());
    let ids = chronicle(&case);
    let mut last = 1.0;
    let mut opened = 0;
    for rule in all {
        let of = |name: &str| rule[name].as_f64().unwrap();
        assert!(of("confidence") <= last && of("walks") >= 10.0, "{rule}");
        assert!(of("hits") <= of("walks") && of("lift") >= 1.5, "{rule}");
        last = of("confidence");
        let latest = rule["latest"].as_array().unwrap();
        assert!((1..=3).contains(&latest.len()), "{rule}");
        for case in latest {
            // What was before opens, and where the rule was right also what came, on that day.
            let events = case["events"].as_array().unwrap();
            let body = rule["body"].as_array().unwrap().len();
            let right = usize::from(case["right"] == true);
            assert_eq!(events.len(), body + right, "{case}");
            let when = case["when"].as_str().unwrap();
            for (nth, event) in events.iter().enumerate() {
                let day = ids[event["id"].as_str().unwrap()].as_str();
                assert_eq!(event["when"], day);
                assert!(if nth < body { day < when } else { day == when }, "{case}");
                opened += 1;
            }
        }
    }
    assert!(opened > 100, "{opened}");
    // Of one act, about one actor, of one kind; by another order.
    let head = |rule: &Value| rule["head"]["act"].as_str().unwrap().to_owned();
    let found = rules(&["--act", "04", "--least", "5", "--by", "walks"]);
    let some = found["rules"].as_array().unwrap();
    assert!(!some.is_empty() && some.iter().all(|r| head(r) == "04 Consult"));
    let walks: Vec<u64> = (some.iter())
        .map(|r| r["walks"].as_u64().unwrap())
        .collect();
    assert!(walks.is_sorted_by(|a, b| a >= b), "{walks:?}");
    let found = rules(&["--about", "JPN", "--least", "5"]);
    let some = found["rules"].as_array().unwrap();
    assert!(!some.is_empty());
    assert!(
        some.iter()
            .all(|r| r["kind"] == "named" && r.to_string().contains("\"Japan\""))
    );
    let found = rules(&["--kind", "two", "--least", "5"]);
    let some = found["rules"].as_array().unwrap();
    let over_a_third = |r: &Value| r["body"][1]["source"] == "Z" || r["body"][1]["target"] == "Z";
    assert!(!some.is_empty() && some.iter().all(over_a_third));
    // An earlier day knows less, and what came later changes nothing of what it says.
    let early = rules(&["--as-of", "2023-12-31"]);
    assert!(early["acts"].as_u64() < found["acts"].as_u64());
    let words = printed(["forecast", "rules", text(&case), "--top", "2", "--why"]);
    for part in [
        "right on 20",
        "X is ",
        "would be usual",
        "more are not shown",
    ] {
        assert!(words.contains(part), "{words}");
    }
    let words = printed(["forecast", "rules", text(&case), "--least", "1000000"]);
    assert!(words.contains("a rule needs 1000000 walks"), "{words}");
    let asked = |more: &[&str], says: &[&str]| {
        let mut words = vec!["forecast", "rules", text(&case)];
        words.extend(more);
        refused(&words, 2, says);
    };
    asked(&["--about", "JPM"], &["did you mean JPN?"]);
    asked(&["--act", "99"], &["is no act"]);
    asked(&["--act", "04", "--level", "class"], &["leave --level out"]);
    asked(&["--as-of", "2030-01-01"], &["the record ends on"]);
    asked(&["--kind", "three"], &["possible values", "named"]);
    asked(&["--events", "both"], &["one record"]);
}

#[test]
fn forecasts_of_a_case_are_held_against_its_last_fifth() {
    let case = korea();
    let found = json(&[
        "forecast",
        "evaluate",
        text(&case),
        "--level",
        "class",
        "--baseline",
        "--json",
    ]);
    let all = |what: &str| found[what].as_u64().unwrap() as f64;
    assert_eq!(found["acts"], 4);
    let asked = all("asked_for") / all("events");
    assert!((0.2..=0.22).contains(&asked), "{asked}");
    let learned = all("learned_from") / all("events");
    assert!((0.68..=0.7).contains(&learned), "{learned}");
    let mrr = |of: &str| found[of]["all"][0]["mrr"]["value"].as_f64().unwrap();
    let above = &found["mrr_above_baseline"];
    let value = above["value"].as_f64().unwrap();
    assert!((mrr("model") - mrr("recurrency") - value).abs() < 1e-9);
    assert!(above["interval"]["low"].as_f64().unwrap() < value);
    let words = printed(["forecast", "evaluate", text(&case), "--baseline"]);
    assert!(words.contains("model above recurrency in MRR"), "{words}");
    refused(
        &["forecast", "evaluate", text(&case), "--events", "both"],
        2,
        &["from one record"],
    );
    let place = tempfile::tempdir().unwrap();
    refused(
        &["forecast", "evaluate", text(place.path())],
        3,
        &["train.txt", "a case folder"],
    );
    refused(
        &[
            "forecast",
            "evaluate",
            text(place.path()),
            "--level",
            "root",
        ],
        2,
        &["--level is for cases"],
    );
}

#[test]
fn the_watch_list_is_scored_by_what_came() {
    let case = korea();
    let found = json(&["watch", text(&case), "--json", "--back", "4"]);
    assert_eq!(found["format"], "demarche-watch/1");
    assert_eq!(
        (&found["as_of"], &found["until"]),
        (&"2026-06-30".into(), &"2026-09-28".into())
    );
    let next = found["next"].as_array().unwrap();
    assert_eq!(next.len(), 12);
    for item in next {
        let ends = [&item["source"], &item["target"]];
        assert!(ends.contains(&&"KOR".into()) || ends.contains(&&"NATO".into()));
        let root: u32 = item["act"].as_str().unwrap().parse().unwrap();
        assert_eq!(item["hostile"], root > 9);
    }
    let dates = chronicle(&case);
    let earlier = found["earlier"].as_array().unwrap();
    assert_eq!(earlier.len(), 4);
    for list in earlier {
        let (from, to) = (
            list["as_of"].as_str().unwrap(),
            list["until"].as_str().unwrap(),
        );
        let items = list["items"].as_array().unwrap();
        let mut brier = 0.0;
        let mut hits = 0;
        for one in items {
            let came = one["came"].as_array().unwrap();
            for id in came {
                let date = dates[id.as_str().unwrap()].as_str();
                assert!(from < date && date <= to, "{id} in {from} to {to}");
            }
            for reason in one["item"]["reasons"].as_array().unwrap() {
                for id in reason["events"].as_array().unwrap() {
                    assert!(
                        dates[id.as_str().unwrap()].as_str() <= from,
                        "{id} after {from}"
                    );
                }
            }
            let outcome = f64::from(u8::from(!came.is_empty()));
            hits += usize::from(!came.is_empty());
            brier += (one["item"]["chance"].as_f64().unwrap() - outcome).powi(2);
        }
        assert_eq!(list["hits"], hits);
        let said = list["brier"].as_f64().unwrap();
        assert!((said - brier / items.len() as f64).abs() < 1e-12);
    }
    // The list of then is the one that is scored now.
    let then = json(&[
        "watch",
        text(&case),
        "--json",
        "--as-of",
        "2026-04-01",
        "--back",
        "0",
    ]);
    let scored: Vec<&Value> = earlier[0]["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|i| &i["item"])
        .collect();
    assert_eq!(
        then["next"].as_array().unwrap().iter().collect::<Vec<_>>(),
        scored
    );
    // Within thirty days the chances of the last two years are true.
    let error = found["calibration"]["all"]["ece"].as_f64().unwrap();
    assert!(error <= 0.02, "{error}");
    let (own, rate) = (
        found["calibration"]["came_before"]["brier"]
            .as_f64()
            .unwrap(),
        found["calibration"]["came_before_last_year_rate"]["brier"]
            .as_f64()
            .unwrap(),
    );
    assert!(own < rate, "{own} {rate}");
}

#[test]
fn tables_of_the_watch_list_run_no_formula() {
    let place = tempfile::tempdir().unwrap();
    let case = copy_of_korea(place.path());
    let actors = fs::read_to_string(case.join("actors.csv")).unwrap();
    let evil = actors.replacen(
        "CHN,People's Republic of China,China,",
        "CHN,People's Republic of China,=HYPERLINK(1),",
        1,
    );
    assert_ne!(evil, actors);
    fs::write(case.join("actors.csv"), evil).unwrap();
    let out = place.path().join("watch");
    printed(["watch", text(&case), "--out", text(&out), "--quiet"]);
    assert_eq!(
        names(&out).iter().filter(|n| n.ends_with(".csv")).count(),
        3
    );
    let mut words = 0;
    for name in ["watch", "watch_reasons", "watch_calibration"] {
        let rows = fs::read_to_string(out.join(format!("{name}.csv"))).unwrap();
        let mut rows = csv::Reader::from_reader(rows.as_bytes());
        for row in rows.records().map(Result::unwrap) {
            for cell in row.iter() {
                let number = cell.parse::<f64>().is_ok();
                assert!(number || !cell.starts_with(['=', '+', '-', '@']), "{cell}");
                words += usize::from(cell.starts_with("'=HYPERLINK"));
            }
        }
    }
    assert!(words > 0, "the name stands in the reasons");
}

#[test]
fn the_brief_tells_what_comes_next() {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("brief");
    let case = korea();
    printed([
        "brief",
        text(&case),
        "--out",
        text(&out),
        "--no-pdf",
        "--no-plan",
        "--draws",
        "100",
    ]);
    let brief: Value = serde_json::from_slice(&fs::read(out.join("brief.json")).unwrap()).unwrap();
    let brief = &brief["brief"];
    let chapters = brief["chapters"].as_array().unwrap();
    let chapter = chapters
        .iter()
        .find(|c| c["id"] == "next")
        .expect("the chapter");
    assert_eq!(chapter["title"], "What comes next");
    let blocks = chapter["blocks"].as_array().unwrap();
    let tables: Vec<&str> = (blocks.iter()).filter_map(|b| b["id"].as_str()).collect();
    assert_eq!(
        tables,
        [
            "next-conflict",
            "next-cooperation",
            "next-last",
            "next-calibration"
        ]
    );
    // What is printed is what the command says, and each chance opens the events behind it.
    let watch = json(&["watch", text(&case), "--json"]);
    let first = &watch["next"][0];
    let id = format!(
        "next.{}-{}.{}",
        first["source"].as_str().unwrap(),
        first["target"].as_str().unwrap(),
        first["act"].as_str().unwrap()
    );
    let evidence = brief["evidence"].as_array().unwrap();
    let entry = evidence
        .iter()
        .find(|e| e["id"] == id.as_str())
        .expect("the chance");
    let shown = entry["value"].as_str().unwrap().replace("\u{a0}%", "");
    let chance = 100.0 * first["chance"].as_f64().unwrap();
    assert!((shown.parse::<f64>().unwrap() - chance).abs() <= 0.5);
    let events = brief["events"].as_array().unwrap();
    let mut ids: BTreeSet<&str> = BTreeSet::new();
    for reason in first["reasons"].as_array().unwrap() {
        ids.extend(
            reason["events"]
                .as_array()
                .unwrap()
                .iter()
                .map(|e| e.as_str().unwrap()),
        );
    }
    let opened: BTreeSet<&str> = (entry["events"].as_array().unwrap().iter())
        .map(|at| {
            events[at.as_u64().unwrap() as usize]["id"]
                .as_str()
                .unwrap()
        })
        .collect();
    assert_eq!(opened, ids);
    let why = printed(["why", &id, text(&case)]);
    assert!(
        why.contains("Chance that it comes from 1 July 2026"),
        "{why}"
    );
    for name in ["watch", "watch_reasons", "watch_calibration"] {
        assert!(out.join(format!("tables/{name}.parquet")).is_file());
    }
    let hits = evidence
        .iter()
        .find(|e| e["id"] == "next.last.hits")
        .unwrap();
    assert_eq!(hits["value"], watch["earlier"][0]["hits"].to_string());
}

#[test]
fn a_store_stands_in_for_the_chronicle() {
    let Some(file) = demarche_shared::shared("data/gdelt1/georgia_201106_201305.tsv.gz") else {
        return;
    };
    let place = tempfile::tempdir().unwrap();
    let store = place.path().join("store");
    let case = korea().join("../georgia");
    printed([
        "data",
        "add",
        text(&store),
        text(&file),
        "--case",
        text(&case),
    ]);
    let found = json(&[
        "forecast",
        text(&case),
        "--from",
        "RUS",
        "--to",
        "GEO",
        "--json",
        "--events",
        "store",
        "--store",
        text(&store),
    ]);
    let first = &found["forecasts"][0];
    let id = first["reasons"][0]["events"][0].as_str().unwrap();
    assert!(id.starts_with("gdelt1:"), "{id}");
    let watch = json(&[
        "watch",
        text(&case),
        "--json",
        "--events",
        "store",
        "--store",
        text(&store),
    ]);
    assert!(watch["earlier"][0]["hits"].as_u64().unwrap() > 0);
}
