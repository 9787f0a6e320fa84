//! Similarity of alliances and votes through the command, against what other programs computed
//! from the same data sets, and on small tables made here.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use demarche_read::table_file::{As, Columns, TableFile};
use demarche_shared::shared;
use support::{err, names, out, printed, run, status};

fn words<'a>(fixed: &[&'a str], paths: &[(&'a str, &'a Path)]) -> Vec<&'a str> {
    let mut words = fixed.to_vec();
    for (option, path) in paths {
        if !option.is_empty() {
            words.push(option);
        }
        words.push(path.to_str().unwrap());
    }
    words
}

/// The measures of each dyad and year in a table.
fn measures(path: &Path, key: [&str; 3], columns: &[&str]) -> BTreeMap<[String; 3], Vec<f64>> {
    let wanted: Vec<(&str, As)> = key
        .iter()
        .map(|n| (*n, As::Text))
        .chain(columns.iter().map(|n| (*n, As::Number)))
        .collect();
    let table: Columns = TableFile::open(path).unwrap().read(&wanted).unwrap();
    (0..table.rows())
        .map(|row| {
            let text = |i| {
                let column = table.text(i);
                column.texts[column.codes[row] as usize].clone()
            };
            let numbers = (0..columns.len()).map(|i| table.numbers(3 + i)[row]);
            ([text(0), text(1), text(2)], numbers.collect())
        })
        .collect()
}

fn alike(got: &[f64], want: &[f64], what: &[String; 3]) {
    for (got, want) in got.iter().zip(want) {
        assert!((got - want).abs() < 1e-9, "{what:?}: {got}, not {want}");
    }
}

const MEASURES: [&str; 5] = ["n", "s_squared", "s_absolute", "kappa", "pi"];

/// Traps 1 (quadratic, not nominal), 2 (values, not ranks: many dyads of 1914 lack a category) and
/// 3 (directions as given) would all be seen here.
#[test]
fn alliances_of_1914_and_1950() {
    let (Some(ties), Some(members), Some(reference)) = (
        shared("data/alliances/atop_alliance.parquet"),
        shared("data/alliances/cow_states.parquet"),
        shared("reference/similarity/alliances_1914_1950.csv.gz"),
    ) else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let columns = [
        "n",
        "srsvas",
        "s_val_abs",
        "kappava",
        "piva",
        "s_bin",
        "kappa_bin",
        "pi_bin",
    ];
    let want = measures(&reference, ["year", "ccode1", "ccode2"], &columns);
    // Parquet and CSV say the same.
    for file in ["s.parquet", "s.csv"] {
        let to = dir.path().join(file);
        let paths = [("", &*ties), ("--members", &members), ("--out", &to)];
        printed(words(&["similarity", "alliances", "--quiet"], &paths));
        let got = measures(&to, ["year", "a", "b"], &MEASURES);
        assert_eq!(got.len(), 956_175);
        assert!(
            got.keys()
                .all(|k| ("1815".."2017").contains(&k[0].as_str()))
        );
        let of_years = |y: &str| got.keys().filter(|k| k[0] == y).count();
        assert_eq!(of_years("1914") + of_years("1950"), want.len());
        for (dyad, want) in &want {
            alike(&got[dyad], want, dyad);
        }
    }
    let to = dir.path().join("binary.parquet");
    let paths = [("", &*ties), ("--members", &members), ("--out", &to)];
    printed(words(
        &["similarity", "alliances", "--binary", "-q"],
        &paths,
    ));
    let got = measures(&to, ["year", "a", "b"], &["s_squared", "kappa", "pi"]);
    for (dyad, want) in &want {
        // The other program's π and κ of two categories, nominal, are the quadratic ones.
        let (got, want) = (&got[dyad], &want[5..]);
        assert!((got[0] - want[0]).abs() < 1e-9, "{dyad:?}");
        for i in 1..3 {
            assert!(
                (got[i] - want[i]).abs() < 1e-9 || want[i].is_nan(),
                "{dyad:?}"
            );
        }
    }
}

#[test]
fn un_votes_of_1990() {
    let (Some(votes), Some(calls), Some(reference)) = (
        shared("data/unvotes/un_votes.csv.gz"),
        shared("data/unvotes/un_roll_calls.csv.gz"),
        shared("reference/similarity/un_votes_1990.csv"),
    ) else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let to = dir.path().join("votes.parquet");
    let paths = [("", &*votes), ("--roll-calls", &calls), ("--out", &to)];
    let fixed = [
        "similarity",
        "votes",
        "--columns",
        "state=country_code",
        "--json",
    ];
    let summary: serde_json::Value = serde_json::from_str(&printed(words(&fixed, &paths))).unwrap();
    // Trap 6: none before 1946, and 1964 is missing and not zero.
    assert_eq!(summary["years"]["from"], 1946);
    assert_eq!(summary["years"]["missing"], serde_json::json!(["1964"]));
    let columns = ["n", "agree", "srsvvs", "srsvva", "kappavv", "pivv"];
    let want = measures(&reference, ["year", "a", "b"], &columns);
    let columns = ["n", "agree", "s_squared", "s_absolute", "kappa", "pi"];
    let got = measures(&to, ["year", "a", "b"], &columns);
    // All pairs of twelve states.
    assert_eq!(want.len(), 66);
    for (dyad, want) in &want {
        let [year, a, b] = dyad.clone();
        let got = got.get(dyad).unwrap_or_else(|| &got[&[year, b, a]]);
        alike(got, want, dyad);
    }
    // "NA" is Namibia and no missing value.
    assert!(got.keys().any(|k| k[1] == "NA"));
}

fn write(dir: &Path, name: &str, text: &str) -> PathBuf {
    let path = dir.join(name);
    fs::write(&path, text).unwrap();
    path
}

const TIES: &str = "stateA,stateB,year,strength\n2,20,1950,3\n20,2,1950,3\n2,200,1950,3\n";
const SYSTEM: &str =
    "ccode,styear,endyear\n2,1816,2016\n20,1920,2016\n200,1816,2016\n210,1951,2016\n";

/// The rows of a small table, printed.
fn table(dir: &Path, more: &[&str]) -> Vec<String> {
    let ties = write(dir, "ties.csv", TIES);
    let members = write(dir, "system.csv", SYSTEM);
    let paths = [("", &*ties), ("--members", &members)];
    let mut words = words(&["similarity", "alliances", "-q", "--out", "-"], &paths);
    words.extend(["--columns", "value=strength"]);
    words.extend(more);
    printed(words).lines().map(str::to_owned).collect()
}

/// Trap 4: a tie in one direction only stays so, is told of, and can be made whole.
#[test]
fn one_direction() {
    let dir = tempfile::tempdir().unwrap();
    // Rows: (3 3 3), (3 3 0), (0 0 3).
    let rows = table(dir.path(), &["--state", "2", "--with", "200"]);
    assert_eq!(rows[0], "year,a,b,n,agree,s_squared,s_absolute,kappa,pi");
    let near = |row: &str, i: usize, want: f64| {
        let got: f64 = row.split(',').nth(i).unwrap().parse().unwrap();
        assert!((got - want).abs() < 1e-12, "{row}");
    };
    assert!(rows[1].starts_with("1950,2,200,3,"));
    near(&rows[1], 4, 1.0 / 3.0);
    near(&rows[1], 5, 1.0 - 2.0 * 18.0 / 27.0);
    // Rows: (3 3 3), (3 3 0), (3 0 3).
    let rows = table(
        dir.path(),
        &["--state", "2", "--with", "200", "--symmetric"],
    );
    near(&rows[1], 4, 2.0 / 3.0);
    near(&rows[1], 5, 1.0 - 2.0 * 9.0 / 27.0);
    let ties = write(dir.path(), "ties.csv", TIES);
    let words = words(
        &[
            "similarity",
            "alliances",
            "--columns",
            "value=strength",
            "--out",
            "-",
        ],
        &[("", &ties)],
    );
    let output = run(words);
    assert!(err(&output).contains("1 dyad-year not the same in both directions"));
    assert_eq!(out(&output).lines().count(), 4);
}

/// Trap 5: after the last year of the ties nothing is written, though members are known.
#[test]
fn years_without_data_are_missing() {
    let dir = tempfile::tempdir().unwrap();
    let ties = write(dir.path(), "ties.csv", TIES);
    let members = write(dir.path(), "system.csv", SYSTEM);
    let to = dir.path().join("s.csv");
    let paths = [("", &*ties), ("--members", &members), ("--out", &to)];
    let mut words = words(&["similarity", "alliances", "--json"], &paths);
    words.extend(["--columns", "value=strength", "--year-to", "1952"]);
    let summary: serde_json::Value = serde_json::from_str(&printed(words)).unwrap();
    assert_eq!(
        summary["years"]["missing"],
        serde_json::json!(["1951–1952"])
    );
    assert_eq!(summary["rows"], 3);
    assert_eq!(names(dir.path()), ["s.csv", "system.csv", "ties.csv"]);
}

#[test]
fn weights_and_both_directions() {
    let dir = tempfile::tempdir().unwrap();
    let weights = "ccode,year,cinc\n2,1950,0.5\n20,1950,0.2\n200,1950,0.3\n";
    let weights = write(dir.path(), "cinc.csv", weights);
    let weights = weights.to_str().unwrap();
    let rows = table(dir.path(), &["--weights", weights, "--both-directions"]);
    assert_eq!(rows.len(), 7);
    let field = |row: &str, i: usize| row.split(',').nth(i).unwrap().to_owned();
    assert_eq!(field(&rows[0], 7), "s_weighted");
    // 2 and 20 differ on 200 alone: 1 − 2·0.3·3/3.
    let weighted: f64 = field(&rows[1], 7).parse().unwrap();
    assert!((weighted - 0.4).abs() < 1e-12);
    let turned = rows.iter().find(|r| r.starts_with("1950,20,2,")).unwrap();
    assert_eq!(rows[1].split_off_prefix(), turned.split_off_prefix());
}

trait Measured {
    /// What comes after year and states.
    fn split_off_prefix(&self) -> Vec<&str>;
}

impl Measured for String {
    fn split_off_prefix(&self) -> Vec<&str> {
        self.split(',').skip(3).collect()
    }
}

/// What is wrong is said with file, line, column and remedy, and nothing is left behind.
#[test]
fn what_cannot_be_read() {
    let dir = tempfile::tempdir().unwrap();
    let to = dir.path().join("s.csv");
    let fails = |of: &str, text: &str, more: &[&str], code: i32, said: &[&str]| {
        let file = write(dir.path(), "in.csv", text);
        let mut words = words(&["similarity", of], &[("", &file), ("--out", &to)]);
        words.extend(more);
        let output = run(words);
        assert_eq!(status(&output), code, "{}", err(&output));
        for part in said {
            assert!(err(&output).contains(part), "{}", err(&output));
        }
        assert_eq!(names(dir.path()), ["in.csv"]);
    };
    let value = ["--columns", "value=strength"];
    fails(
        "alliances",
        TIES,
        &[],
        2,
        &["value", "stateA, stateB, year, strength"],
    );
    let bad = TIES.replace("20,2,1950,3", "20,2,1950,4");
    fails(
        "alliances",
        &bad,
        &value,
        1,
        &["line 3, column strength", "is not 0, 1, 2 or 3"],
    );
    let bad = TIES.replace("20,2,1950,3", "20,2,195O,3");
    fails(
        "alliances",
        &bad,
        &value,
        3,
        &["line 3, column year", "\"195O\" is no number"],
    );
    let bad = TIES.replace("20,2,1950,3", ",2,1950,3");
    fails(
        "alliances",
        &bad,
        &value,
        1,
        &["line 3, column stateA", "names no state"],
    );
    fails(
        "alliances",
        TIES,
        &["--columns", "size=strength"],
        2,
        &["the roles are a, b, year"],
    );
    fails(
        "alliances",
        TIES,
        &["--columns", "value=strength", "--state", "201"],
        2,
        &["did you mean 20"],
    );
    let votes = "country,rcid,year,vote\nA,1,1990,yes\nB,1,1990,no\n";
    let bad = votes.replace("no", "perhaps");
    fails(
        "votes",
        &bad,
        &[],
        1,
        &["line 3, column vote", "is no known vote"],
    );
    let bad = format!("{votes}A,1,1990,no\n");
    fails(
        "votes",
        &bad,
        &[],
        1,
        &[
            "line 4, column country",
            "A for a second time on roll call 1",
        ],
    );
    fails(
        "votes",
        &votes.replace("year", "when"),
        &[],
        2,
        &["neither year nor date", "--roll-calls"],
    );
    fails(
        "votes",
        votes,
        &["--year-from", "1991", "--year-to", "1990"],
        2,
        &["exchange"],
    );
}

/// Names that a spreadsheet would run as formulas come out as text; a pipe may close early.
#[test]
fn formulas_in_names() {
    let dir = tempfile::tempdir().unwrap();
    let text =
        "country,rcid,date,vote\n=1+1,1,1990-05-01,yes\nB,1,1990-05-01,1\nB,2,1990-05-02,8\n";
    let file = write(dir.path(), "votes.csv", text);
    let words = words(&["similarity", "votes", "-q", "--out", "-"], &[("", &file)]);
    assert_eq!(
        printed(words).lines().nth(1).unwrap(),
        "1990,'=1+1,B,1,1,1,1,0,0"
    );
}
