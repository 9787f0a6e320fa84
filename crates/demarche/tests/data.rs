//! `demarche data`, `panel` and `series`: from event files to figures.

mod support;

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use demarche_shared::shared;
use serde_json::Value;
use support::*;

/// A row of GDELT 2.0: 61 fields. `a` and `b` are countries, empty for nobody.
fn row(id: u32, day: u32, a: &str, b: &str, code: &str) -> String {
    let mut fields = vec![String::new(); 61];
    fields[0] = id.to_string();
    fields[1] = day.to_string();
    fields[2] = (day / 100).to_string();
    fields[3] = (day / 10_000).to_string();
    for (first, end) in [(5, a), (15, b)] {
        fields[first] = end.to_owned();
        fields[first + 1] = if end.is_empty() { "" } else { "NAME" }.to_owned();
        fields[first + 2] = end.to_owned();
    }
    fields[25] = "1".to_owned();
    fields[26] = code.to_owned();
    fields[27] = code.to_owned();
    fields[28] = code[..2].to_owned();
    let (quad, scale) = match code {
        "010" => ("1", "0.0"),
        "040" => ("1", "1.0"),
        "173" => ("4", "-5.0"),
        _ => panic!("{code} is not among those used here"),
    };
    fields[29] = quad.to_owned();
    fields[30] = scale.to_owned();
    for count in &mut fields[31..34] {
        *count = "2".to_owned();
    }
    fields[34] = "-1.5".to_owned();
    fields[59] = format!("{day}120000");
    fields[60] = format!("https://example.org/{id}");
    fields.join("\t") + "\n"
}

/// Twelve rows of 2024: eight between Korea and the United States, two of one end, two within one
/// state.
fn rows(first: u32) -> String {
    let mut text = String::new();
    for i in 0..4 {
        let day = 20_240_105 + i * 100;
        text += &row(first + i, day, "KOR", "USA", "040");
        text += &row(
            first + 10 + i,
            day,
            "USA",
            "KOR",
            if i == 3 { "173" } else { "040" },
        );
    }
    text += &row(first + 20, 20_240_110, "KOR", "", "010");
    text += &row(first + 21, 20_240_111, "XYZ", "USA", "010");
    text += &row(first + 22, 20_240_112, "USA", "USA", "010");
    text += &row(first + 23, 20_240_113, "USA", "USA", "010");
    text
}

fn write(dir: &Path, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
    let path = dir.join(name);
    fs::write(&path, text).unwrap();
    path
}

/// A store of [`rows`], and the folder it lies in.
fn small_store() -> (tempfile::TempDir, PathBuf) {
    let place = tempfile::tempdir().unwrap();
    let file = write(place.path(), "20240101000000.export.CSV", rows(100));
    let store = place.path().join("events.store");
    printed(["data", "add", text(&store), text(&file)]);
    (place, store)
}

/// The account of a run, however wide its columns are.
fn account(printed: &str) -> String {
    let line = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ") + "\n";
    printed.lines().map(line).collect()
}

fn json(words: &[&str]) -> Value {
    serde_json::from_str(&printed(words)).expect("the output is JSON")
}

/// Runs the command with something on standard input.
fn piped(words: &[&str], input: &[u8]) -> std::process::Output {
    let mut child = demarche()
        .args(words)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // If the command does not read all of it, that is its affair.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

#[test]
fn files_are_read_once() {
    let place = tempfile::tempdir().unwrap();
    let file = write(place.path(), "20240101000000.export.CSV", rows(100));
    let store = place.path().join("events.store");
    let first = account(&printed(["data", "add", text(&store), text(&file)]));
    assert!(first.contains("files read 1 gdelt2\n"), "{first}");
    assert!(first.contains("lines 12\n"), "{first}");
    assert!(
        first.contains("66.7 % have two known, different actors; 8.3 % name one"),
        "{first}"
    );
    let before = files(&store);
    let again = printed(["data", "add", text(&store), text(&file)]);
    assert!(again.contains("nothing new"), "{again}");
    assert_eq!(files(&store)["manifest.json"], before["manifest.json"]);

    // The same bytes under another name, and then a file with news in it.
    let copy = write(place.path(), "copy.csv", rows(100));
    let more = write(place.path(), "more.csv", rows(100) + &rows(500));
    let value = json(&[
        "data",
        "add",
        text(&store),
        text(&copy),
        text(&more),
        "--json",
    ]);
    assert_eq!(value["format"], "demarche-data-add/1");
    assert_eq!(value["skipped"][0]["what"], "known");
    assert_eq!(value["totals"]["files"], 1);
    assert_eq!(value["totals"]["lines"], 24);
    assert_eq!(value["totals"]["stored"], 12);
    assert_eq!(value["totals"]["duplicates"], 12);
    assert_eq!(value["settings"]["dedup"], "id");

    let ledger = json(&["data", "files", text(&store), "--json"]);
    assert_eq!(ledger["files"].as_array().unwrap().len(), 3);
    let table = printed(["data", "files", text(&store)]);
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 4);
    assert!(
        lines[0].starts_with("file\tformat\tbytes\tlines\tstored\tduplicates\t"),
        "{table}"
    );
    assert!(lines[2].starts_with("copy.csv\tgdelt2\t"), "{table}");
    assert!(lines[3].starts_with("more.csv\tgdelt2\t"), "{table}");
}

#[test]
fn a_store_is_tidy_after_each_run() {
    let (place, store) = small_store();
    let more = write(place.path(), "more.csv", rows(500));
    printed(["data", "add", text(&store), text(&more)]);
    let manifest: Value = serde_json::from_slice(&files(&store)["manifest.json"]).unwrap();
    let levels: Vec<&Value> = manifest["runs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|r| &r["level"])
        .collect();
    assert_eq!(levels, ["day", "month"]);
    let tidy = printed(["data", "tidy", text(&store)]);
    assert!(tidy.contains("is in order"), "{tidy}");
    let tidy = json(&["data", "tidy", text(&store), "--json"]);
    assert_eq!(
        (&tidy["runs"], &tidy["keys"]),
        (&Value::from(0), &Value::from(0))
    );
}

#[test]
fn standard_input_is_a_file_too() {
    let place = tempfile::tempdir().unwrap();
    let store = place.path().join("events.store");
    let words = ["data", "add", text(&store), "-"];
    let first = piped(&words, rows(100).as_bytes());
    assert_eq!(status(&first), 0, "{}", err(&first));
    assert!(
        account(&out(&first)).contains("lines 12\n"),
        "{}",
        out(&first)
    );
    let again = piped(&words, rows(100).as_bytes());
    assert_eq!(status(&again), 0, "{}", err(&again));
    assert!(out(&again).contains("nothing new"), "{}", out(&again));

    // With a file beside it, which is read all the same.
    let more = write(place.path(), "zz.csv", rows(500));
    let both = piped(
        &["data", "add", text(&store), "-", text(&more), "--json"],
        rows(100).as_bytes(),
    );
    let value: Value = serde_json::from_str(&out(&both)).unwrap();
    assert_eq!(value["files"][0]["name"], "zz.csv");
    assert_eq!(value["skipped"][0]["name"], "-");

    let twice = piped(&["data", "add", text(&store), "-", "-"], b"");
    assert_eq!(status(&twice), 2);
}

#[test]
fn what_cannot_be_read_is_told_and_the_rest_is_stored() {
    let place = tempfile::tempdir().unwrap();
    let downloads = place.path().join("downloads");
    fs::create_dir(&downloads).unwrap();
    write(
        &downloads,
        "20240101000000.export.CSV",
        rows(100) + "1\t2\t3\n\u{1b}[31mred\n",
    );
    write(
        &downloads,
        "20240101001500.export.CSV.zip",
        "PK\u{3}\u{4} and no more",
    );
    write(
        &downloads,
        "20240101003000.export.CSV.zip",
        "<html><body>503</body></html>",
    );
    write(&downloads, "notes.txt", "call Brussels\n");
    write(&downloads, "half.zip.part", "PK");
    let store = place.path().join("events.store");
    let run = run(["data", "add", text(&store), text(&downloads)]);
    assert_eq!(status(&run), 1, "{}", err(&run));
    let told = account(&out(&run));
    for words in [
        "files read 1 gdelt2\n",
        "\nnot read 3\n",
        "\npassed over 1 unfinished 1\n",
        "\nrejected 2 too-few-fields 2\n",
        "\n20240101001500.export.CSV.zip: ",
        "\n20240101003000.export.CSV.zip: this is a web page",
        "\nnotes.txt is of no known format: ",
    ] {
        assert!(told.contains(words), "{words} in {told}");
    }

    let rejects = printed(["data", "rejects", text(&store)]);
    let lines: Vec<&str> = rejects.lines().collect();
    assert_eq!(lines.len(), 3, "{rejects}");
    assert!(
        lines[1].starts_with("20240101000000.export.CSV\t13\ttoo-few-fields\tno\t"),
        "{rejects}"
    );
    assert!(lines[1].ends_with("\t1\\t2\\t3"), "{rejects}");
    assert!(lines[2].ends_with("\t\\u{1b}[31mred"), "{rejects}");
    let limited = printed(["data", "rejects", text(&store), "--limit", "1"]);
    assert_eq!(limited.lines().count(), 2);
    let value = json(&["data", "rejects", text(&store), "--json"]);
    assert_eq!(value["faults"]["rejected"]["too-few-fields"], 2);
    assert_eq!(value["entries"][1]["raw"], "\u{1b}[31mred");
    assert_eq!(value["entries"][1]["line"], 14);

    let doctor = json(&["data", "doctor", text(&store), "--json", "--deep"]);
    assert_eq!(doctor["format"], "demarche-data-doctor/1");
    assert_eq!(doctor["totals"]["rejected"], 2);
}

#[cfg(unix)]
#[test]
fn hostile_names_do_not_steer_the_terminal() {
    let place = tempfile::tempdir().unwrap();
    let downloads = place.path().join("downloads");
    fs::create_dir(&downloads).unwrap();
    write(
        &downloads,
        "a\u{1b}[2J\u{202e}b\nc.csv",
        rows(100) + "short\n",
    );
    write(&downloads, "\u{1b}]0;x\u{7}.txt", "no events\n");
    let store = place.path().join("events.store");
    let add = run(["data", "add", text(&store), text(&downloads)]);
    assert_eq!(status(&add), 1);
    let printed = [
        out(&add),
        printed(["data", "files", text(&store)]),
        printed(["data", "rejects", text(&store)]),
        printed(["data", "doctor", text(&store)]),
    ];
    for text in printed {
        assert!(!text.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{text:?}");
    }
}

#[test]
fn the_doctor_finds_damage() {
    let (_place, store) = small_store();
    let well = printed(["data", "doctor", text(&store)]);
    assert!(
        well.contains("12 lines") && well.contains("12 stored"),
        "{well}"
    );
    let (segment, _) = files(&store)
        .into_iter()
        .find(|(path, _)| path.starts_with("events/"))
        .unwrap();
    fs::remove_file(store.join(segment)).unwrap();
    let ill = run(["data", "doctor", text(&store)]);
    assert_eq!(status(&ill), 1);
    assert!(out(&ill).contains("error:"), "{}", out(&ill));
    let value = run(["data", "doctor", text(&store), "--json"]);
    assert_eq!(status(&value), 1);
    let value: Value = serde_json::from_str(&out(&value)).unwrap();
    assert_eq!(value["worst"], "error");
}

#[test]
fn a_store_keeps_its_settings() {
    let place = tempfile::tempdir().unwrap();
    let store = place.path().join("events.store");
    let file = write(place.path(), "a.csv", rows(100));
    let more = write(place.path(), "b.csv", rows(500));
    let add = ["data", "add", text(&store)];
    let made = [
        &add[..],
        &[
            text(&file),
            "--dyad",
            "USA",
            "KOR",
            "--to",
            "2024-03-31",
            "--dedup",
            "url",
        ],
    ];
    let first = account(&printed(made.concat()));
    assert!(first.contains("\nstored 6\n"), "{first}");
    assert!(first.contains("\nfiltered 6 dyad 4, date 2\n"), "{first}");
    // As it was made, without saying so again.
    let again = account(&printed([&add[..], &[text(&more)]].concat()));
    assert!(again.contains("\nstored 6\n"), "{again}");
    for other in [
        &["--dedup", "id"][..],
        &["--actor", "USA"],
        &["--case", text(&korea())],
    ] {
        let refused = run([&add[..], &[text(&more)], other].concat());
        assert_eq!(status(&refused), 2, "{other:?}");
        assert!(
            err(&refused).contains("was made with other"),
            "{}",
            err(&refused)
        );
    }
    let panel = run(["panel", text(&store), "--by", "year", "--out", "-"]);
    assert!(err(&panel).contains("passed the filter of the store (dyad=KOR/USA;to=2024-03-31;)"));
}

#[test]
fn the_partners_of_a_case() {
    let place = tempfile::tempdir().unwrap();
    let store = place.path().join("korea.store");
    let mut nato: Vec<String> = row(1, 20_240_105, "KOR", "WST", "040")
        .trim_end()
        .split('\t')
        .map(str::to_owned)
        .collect();
    nato[15] = "IGOWSTNAT".to_owned();
    nato[18] = "NAT".to_owned();
    let west = row(2, 20_240_105, "KOR", "WST", "040");
    let file = write(
        place.path(),
        "a.csv",
        nato.join("\t") + "\n" + &west + &rows(100),
    );
    let words = ["data", "add", text(&store), text(&file), "--partners"];
    assert_eq!(
        status(&run(words)),
        2,
        "without a case there are no partners"
    );
    let korea = korea();
    let told = account(&printed([&words[..], &["--case", text(&korea)]].concat()));
    assert!(told.contains("\nstored 1\n"), "{told}");
    let refused = run(["data", "add", text(&store), text(&file)]);
    assert!(err(&refused).contains("--case DIR"), "{}", err(&refused));
    let series = printed(["series", text(&store), "KOR", "NATO", "--by", "year"]);
    assert!(
        series.contains("KOR\tNATO\t2024-01-01\t1\t1\t1\t0\t0\t0\t1\t1\t2\t1\t1\n"),
        "{series}"
    );
}

#[test]
fn a_panel_of_all_dyads() {
    let (place, store) = small_store();
    let csv = printed(["panel", text(&store), "--by", "quarter", "--out", "-"]);
    let lines: Vec<&str> = csv.lines().collect();
    assert!(
        lines[0].starts_with("source,target,period,n,rows,q1,q2,q3,q4,scale_sum,"),
        "{csv}"
    );
    assert_eq!(
        lines[1..],
        [
            "KOR,USA,2024-01-01,3,3,3,0,0,0,3,3,3,6,0.3,0.75",
            "KOR,USA,2024-04-01,1,1,1,0,0,0,1,1,1,2,0.5,1",
            "USA,KOR,2024-01-01,3,3,3,0,0,0,3,3,3,6,0.3,0.6",
            "USA,KOR,2024-04-01,1,1,0,0,0,1,-5,1,1,2,0.5,1",
        ]
    );
    let file = place.path().join("tables/panel.csv");
    let told = printed([
        "panel",
        text(&store),
        "--by",
        "quarter",
        "--out",
        text(&file),
    ]);
    assert!(
        told.contains(
            "4 rows: 2 directed dyads of 2 actors, by quarter (2024-Q1 to 2024-Q2), from gdelt2"
        ),
        "{told}"
    );
    assert_eq!(fs::read_to_string(&file).unwrap(), csv);
    assert_eq!(
        names(file.parent().unwrap()),
        ["panel.csv"],
        "nothing is left beside"
    );

    let parquet = place.path().join("panel.parquet");
    let value = json(&[
        "panel",
        text(&store),
        "--by",
        "year",
        "--out",
        text(&parquet),
        "--json",
        "--domestic",
        "--unresolved",
    ]);
    assert_eq!(value["format"], "demarche-panel/1");
    assert_eq!(value["rows"], 5);
    assert_eq!(value["denominators"]["n"], 12);
    assert!(fs::read(&parquet).unwrap().starts_with(b"PAR1"));

    let one = printed([
        "panel",
        text(&store),
        "--by",
        "year",
        "--from",
        "2024-02-01",
        "--to",
        "2024-02-29",
        "--actor",
        "KOR",
        "--out",
        "-",
    ]);
    assert_eq!(one.lines().count(), 3, "{one}");
    let then = printed([
        "panel",
        text(&store),
        "--by",
        "year",
        "--as-known-on",
        "2024-02-05T11:59",
        "--out",
        "-",
    ]);
    assert!(then.contains("KOR,USA,2024-01-01,1,"), "{then}");
    let then = printed([
        "panel",
        text(&store),
        "--by",
        "year",
        "--as-known-on",
        "2024-02-05",
        "--out",
        "-",
    ]);
    assert!(then.contains("KOR,USA,2024-01-01,2,"), "{then}");
}

#[test]
fn a_series_of_one_dyad() {
    let (place, store) = small_store();
    let words = ["series", text(&store), "KOR", "USA", "--by", "month"];
    let table = printed(words);
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 9, "{table}");
    assert_eq!(
        lines[1],
        "KOR\tUSA\t2024-01-01\t1\t1\t1\t0\t0\t0\t1\t1\t2\t0.16666666666666666\t0.5"
    );
    let value = json(&[&words[..], &["--json"]].concat());
    assert_eq!(value["format"], "demarche-series/1");
    assert_eq!(value["rows"].as_array().unwrap().len(), 8);
    assert_eq!(value["rows"][7]["q4"], 1);
    let file = place.path().join("series.csv");
    printed([&words[..], &["--out", text(&file)]].concat());
    assert_eq!(fs::read_to_string(&file).unwrap(), table.replace('\t', ","));
    let nobody = run(["series", text(&store), "KOR", "FRA", "--by", "month"]);
    assert_eq!(status(&nobody), 0);
    assert!(
        err(&nobody).contains("no event between KOR and FRA"),
        "{}",
        err(&nobody)
    );
}

#[test]
fn whom_nobody_knows() {
    let (_place, store) = small_store();
    let value = json(&["data", "unmapped", text(&store), "--json"]);
    assert_eq!(value["rows"], 1);
    assert_eq!(value["actors"][0]["country"], "XYZ");
    let csv = printed(["data", "unmapped", text(&store), "--csv"]);
    assert!(csv.starts_with("code,name,short,kind,"), "{csv}");
    assert_eq!(csv.lines().count(), 2, "{csv}");
    let table = printed(["data", "unmapped", text(&store)]);
    assert!(table.contains("1\tgdelt2\tXYZ\tNAME\tXYZ\t"), "{table}");
}

#[test]
fn any_table_by_a_mapping_file() {
    let place = tempfile::tempdir().unwrap();
    let table = write(
        place.path(),
        "acts.csv",
        "day,from,to,what\n2024-01-05,KOR,USA,040\n2024-13-05,KOR,USA,040\n",
    );
    let mapping = write(
        place.path(),
        "acts.toml",
        "[columns]\ndate = \"day\"\nsource = \"from\"\ntarget = \"to\"\ncode = \"what\"\n",
    );
    let store = place.path().join("events.store");
    let unknown = run(["data", "add", text(&store), text(&table)]);
    assert_eq!(status(&unknown), 1);
    assert!(out(&unknown).contains("mapping file"), "{}", out(&unknown));
    let told = account(&printed([
        "data",
        "add",
        text(&store),
        text(&table),
        "--mapping",
        text(&mapping),
    ]));
    assert!(told.contains("\nrejected 1 bad-date:date 1\n"), "{told}");
    let bad = write(place.path(), "bad.toml", "[columns]\ndate = \"day\"\n");
    let refused = run([
        "data",
        "add",
        text(&store),
        text(&table),
        "--mapping",
        text(&bad),
    ]);
    assert_eq!(status(&refused), 1);
    assert!(err(&refused).contains("bad.toml"), "{}", err(&refused));
}

#[test]
fn misuse_is_told() {
    let (place, store) = small_store();
    let file = write(place.path(), "a.csv", rows(1));
    let none = place.path().join("none");
    let cases: &[(&[&str], i32, &str)] = &[
        (&["data"], 2, "Usage:"),
        (&["data", "add", text(&store)], 2, "PATH"),
        (
            &["data", "add", text(&none), text(&none)],
            3,
            "there is no file or folder",
        ),
        (
            &["data", "add", text(place.path()), text(&file)],
            2,
            "not an event store",
        ),
        (
            &["data", "add", text(&none), text(&file), "--actor", "NOBODY"],
            2,
            "NOBODY is no actor",
        ),
        (
            &[
                "data",
                "add",
                text(&none),
                text(&file),
                "--dyad",
                "KOR",
                "KOR",
            ],
            2,
            "twice",
        ),
        (
            &["data", "add", text(&none), text(&file), "--root", "21"],
            2,
            "21",
        ),
        (
            &["data", "add", text(&none), text(&file), "--as", "gdelt9"],
            2,
            "gdelt9",
        ),
        (&["data", "doctor", text(&none)], 3, "there is no store"),
        (&["data", "files", text(&none)], 3, "there is no store"),
        (
            &["panel", text(&store), "--by", "month", "--out", "x.xlsx"],
            2,
            ".parquet",
        ),
        (
            &[
                "panel",
                text(&store),
                "--by",
                "month",
                "--out",
                "-",
                "--json",
            ],
            2,
            "--json",
        ),
        (
            &[
                "panel",
                text(&store),
                "--by",
                "month",
                "--out",
                "-",
                "--from",
                "2024-02-02",
                "--to",
                "2024-01-01",
            ],
            2,
            "exchange",
        ),
        (
            &[
                "panel",
                text(&store),
                "--by",
                "month",
                "--out",
                "-",
                "--as-known-on",
                "yesterday",
            ],
            2,
            "a moment in UTC",
        ),
        (
            &["series", text(&store), "KOR", "KOR", "--by", "month"],
            2,
            "twice",
        ),
        (
            &[
                "series",
                text(&store),
                "KOR",
                "USA",
                "--by",
                "month",
                "--out",
                "x.parquet",
            ],
            2,
            ".csv",
        ),
        (
            &[
                "data",
                "fetch",
                "gdelt1",
                "--from",
                "2020-01-01",
                "--to",
                "2020-01-02",
                "--out",
                text(&none),
                "--kind",
                "export",
            ],
            2,
            "--kind is for gdelt2",
        ),
        (
            &[
                "data",
                "fetch",
                "gdelt2",
                "--from",
                "2020-01-02",
                "--to",
                "2020-01-01",
                "--out",
                text(&none),
            ],
            2,
            "after",
        ),
        (
            &[
                "data",
                "fetch",
                "gdelt2",
                "--from",
                "2020-01-01",
                "--to",
                "2020-01-01",
                "--out",
                text(&none),
                "--jobs",
                "99",
            ],
            2,
            "99",
        ),
    ];
    for (words, code, complaint) in cases {
        let output = run(*words);
        assert_eq!(status(&output), *code, "{words:?}: {}", err(&output));
        assert!(
            err(&output).contains(complaint),
            "{words:?}: {}",
            err(&output)
        );
    }
    assert!(!none.exists(), "what is refused makes nothing");
}

#[test]
fn a_server_that_is_not_there() {
    let place = tempfile::tempdir().unwrap();
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let base = format!("http://127.0.0.1:{port}");
    let mut command = demarche();
    for name in [
        "http_proxy",
        "https_proxy",
        "HTTPS_PROXY",
        "all_proxy",
        "ALL_PROXY",
    ] {
        command.env_remove(name);
    }
    // The dry run tries the list as patiently as a run does, so it is not waited for to the end.
    let mut child = command
        .args([
            "data",
            "fetch",
            "gdelt2",
            "--from",
            "2024-01-01",
            "--to",
            "2024-01-01",
            "--dry-run",
        ])
        .args(["--base", &base, "--out", text(&place.path().join("out"))])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    std::thread::sleep(std::time::Duration::from_millis(300));
    let early = child.try_wait().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(early.is_none_or(|status| status.code() == Some(3)));
    assert!(
        !place.path().join("out").exists(),
        "a dry run writes nothing"
    );
}

#[cfg(unix)]
#[test]
fn a_store_that_cannot_be_written() {
    use std::os::unix::fs::PermissionsExt;
    let (place, store) = small_store();
    let more = write(place.path(), "more.csv", rows(500));
    let mode = |mode| fs::set_permissions(&store, fs::Permissions::from_mode(mode)).unwrap();
    mode(0o555);
    if fs::write(store.join("probe"), "").is_ok() {
        fs::remove_file(store.join("probe")).unwrap();
        mode(0o755);
        println!("skipped: this user may write everywhere");
        return;
    }
    let refused = run(["data", "add", text(&store), text(&more)]);
    mode(0o755);
    assert_eq!(status(&refused), 3);
    assert!(
        err(&refused).contains("cannot be written"),
        "{}",
        err(&refused)
    );
}

#[test]
fn a_second_writer_is_refused_and_told_of_the_first() {
    let place = tempfile::tempdir().unwrap();
    let store = place.path().join("events.store");
    let mut first = demarche()
        .args(["data", "add", text(&store), "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let lock = store.join("writer.lock");
    for _ in 0..500 {
        if fs::read_to_string(&lock).is_ok_and(|text| text.contains("demarche data add")) {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    let file = write(place.path(), "a.csv", rows(1));
    let second = run(["data", "add", text(&store), text(&file)]);
    let complaint = err(&second);
    first
        .stdin
        .take()
        .unwrap()
        .write_all(rows(100).as_bytes())
        .unwrap();
    assert!(first.wait().unwrap().success());
    assert_eq!(status(&second), 3, "{complaint}");
    let name = format!("demarche data add (process {})", first.id());
    assert!(complaint.contains(&name), "{complaint}");
    // Readers are not in the way, and the second comes next.
    printed(["data", "add", text(&store), text(&file)]);
}

#[test]
fn real_samples_add_up() {
    let Some(data) = shared("data") else { return };
    let place = tempfile::tempdir().unwrap();
    let store = place.path().join("events.store");
    let folders = ["gdelt1", "gdelt2", "icews"].map(|f| data.join(f));
    let mut words = vec!["data", "add", text(&store), "--json"];
    words.extend(folders.iter().map(|f| text(f)));
    let value = json(&words);
    let files = value["files"].as_array().unwrap();
    assert_eq!(files.len(), 6);
    let georgia = files
        .iter()
        .find(|f| f["name"].as_str().unwrap().starts_with("georgia"));
    let georgia = georgia.unwrap();
    assert_eq!(georgia["lines"], 105_444);
    assert_eq!(georgia["duplicates"], 6);
    assert_eq!(georgia["quad_differs"], 0);
    assert_eq!(georgia["scale_differs"], 1);
    let totals = &value["totals"];
    let sum = ["stored", "duplicates", "rejected", "filtered"].map(|k| totals[k].as_u64().unwrap());
    assert_eq!(sum.iter().sum::<u64>(), totals["lines"].as_u64().unwrap());
    printed(["data", "doctor", text(&store), "--deep"]);
    let refused = run(["panel", text(&store), "--by", "month", "--out", "-"]);
    assert_eq!(status(&refused), 2);
    assert!(
        err(&refused).contains("--format gdelt1"),
        "{}",
        err(&refused)
    );
    let nato = printed([
        "panel",
        text(&store),
        "--by",
        "year",
        "--format",
        "gdelt1",
        "--actor",
        "NATO",
        "--out",
        "-",
    ]);
    assert!(nato.contains("NATO,"), "{nato}");
}

#[test]
fn what_fetching_leaves_beside_the_files_is_passed_over() {
    let place = tempfile::tempdir().unwrap();
    let fetched = place.path().join("gdelt");
    fs::create_dir_all(fetched.join(".fetch")).unwrap();
    write(&fetched, "20240101000000.export.CSV", rows(100));
    write(&fetched, "fetch.json", "{\"form\":1,\"files\":{}}\n");
    let store = place.path().join("events.store");
    let value = json(&["data", "add", text(&store), text(&fetched), "--json"]);
    assert_eq!(value["totals"]["files"], 1);
    assert_eq!(value["skipped"], serde_json::json!([]));
    assert_eq!(value["passed_over"], serde_json::json!([]));
}
