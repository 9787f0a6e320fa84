//! Similarity of portfolios against what other programs computed: alliances of 1914 and 1950 and
//! UN votes of 1990, from the data sets themselves.

use std::collections::BTreeMap;
use std::process::Command;

use demarche_measure::{cohen_kappa, s_absolute, s_squared, scott_pi};
use demarche_shared::shared;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::RowAccessor;

/// Rows of a CSV file, unpacked by `gzip` where need be; `None`, with the reason printed, if it
/// cannot be had.
fn rows(path: &str) -> Option<Vec<BTreeMap<String, String>>> {
    let path = shared(path)?;
    let bytes = if path.extension().is_some_and(|e| e == "gz") {
        let unpacked = Command::new("gzip").arg("-dc").arg(&path).output().ok();
        unpacked.filter(|o| o.status.success()).map(|o| o.stdout)
    } else {
        std::fs::read(&path).ok()
    };
    let Some(bytes) = bytes else {
        println!(
            "skipped: {} cannot be read, or there is no gzip",
            path.display()
        );
        return None;
    };
    let mut reader = csv::Reader::from_reader(bytes.as_slice());
    Some(
        reader
            .deserialize()
            .map(|row| row.expect("the file reads"))
            .collect(),
    )
}

/// Named columns of a Parquet file of numbers.
fn columns(path: &str, names: &[&str]) -> Option<Vec<Vec<f64>>> {
    let file = std::fs::File::open(shared(path)?).expect("the file opens");
    let reader = SerializedFileReader::new(file).expect("the file reads");
    let schema = reader.metadata().file_metadata().schema_descr();
    let places: Vec<usize> = names
        .iter()
        .map(|n| {
            schema
                .columns()
                .iter()
                .position(|c| c.name() == *n)
                .expect("a known column")
        })
        .collect();
    let rows = reader
        .get_row_iter(None)
        .expect("the file reads")
        .map(|row| {
            let row = row.expect("the file reads");
            // A missing value stands for "no".
            places
                .iter()
                .map(|&at| row.get_double(at).unwrap_or(0.0))
                .collect()
        });
    Some(rows.collect())
}

fn near(got: Option<f64>, want: &str, what: &str) {
    let (got, want) = (got.expect(what), want.parse::<f64>().expect("a number"));
    assert!((got - want).abs() < 1e-9, "{what}: {got}, not {want}");
}

#[test]
fn alliances_of_1914_and_1950() {
    let names = [
        "year",
        "ccode1",
        "ccode2",
        "atop_defense",
        "atop_offense",
        "atop_neutral",
        "atop_consul",
        "atop_nonagg",
    ];
    let (Some(alliances), Some(states), Some(reference)) = (
        columns("data/alliances/atop_alliance.parquet", &names),
        columns(
            "data/alliances/cow_states.parquet",
            &["ccode", "styear", "endyear"],
        ),
        rows("reference/similarity/alliances_1914_1950.csv.gz"),
    ) else {
        return;
    };
    for year in [1914.0, 1950.0] {
        let mut members: Vec<u32> = states
            .iter()
            .filter(|s| s[1] <= year && year <= s[2])
            .map(|s| s[0] as u32)
            .collect();
        members.sort_unstable();
        members.dedup();
        let mut ties: BTreeMap<(u32, u32), f64> = BTreeMap::new();
        for row in alliances.iter().filter(|r| r[0] == year) {
            let obligation = match row[3..] {
                [defence, offence, ..] if defence + offence > 0.0 => 3.0,
                [_, _, neutrality, consultation, _] if neutrality + consultation > 0.0 => 2.0,
                [.., non_aggression] if non_aggression > 0.0 => 1.0,
                _ => 0.0,
            };
            let tie = ties.entry((row[1] as u32, row[2] as u32)).or_default();
            *tie = f64::max(*tie, obligation);
        }
        let portfolio = |a: u32| -> Vec<f64> {
            let tie = |b| {
                if a == b {
                    3.0
                } else {
                    *ties.get(&(a, b)).unwrap_or(&0.0)
                }
            };
            members.iter().map(|&b| tie(b)).collect()
        };
        let dyads: Vec<_> = reference
            .iter()
            .filter(|r| r["year"] == year.to_string())
            .collect();
        assert_eq!(
            dyads.len(),
            members.len() * (members.len() - 1) / 2,
            "dyads of {year}"
        );
        for r in dyads {
            let [a, b] = ["ccode1", "ccode2"].map(|c| r[c].parse().expect("a number"));
            let (x, y) = (portfolio(a), portfolio(b));
            let what = format!("{a} and {b}, {year}");
            near(s_squared(&x, &y, 3.0), &r["srsvas"], &what);
            near(s_absolute(&x, &y, 3.0), &r["s_val_abs"], &what);
            near(cohen_kappa(&x, &y), &r["kappava"], &what);
            near(scott_pi(&x, &y), &r["piva"], &what);
        }
    }
}

#[test]
fn un_votes_of_1990() {
    let (Some(calls), Some(votes), Some(reference)) = (
        rows("data/unvotes/un_roll_calls.csv.gz"),
        rows("data/unvotes/un_votes.csv.gz"),
        rows("reference/similarity/un_votes_1990.csv"),
    ) else {
        return;
    };
    let calls: std::collections::BTreeSet<&str> = calls
        .iter()
        .filter(|c| c["date"].starts_with("1990-"))
        .map(|c| c["rcid"].as_str())
        .collect();
    let mut by_state: BTreeMap<&str, BTreeMap<&str, f64>> = BTreeMap::new();
    for vote in votes.iter().filter(|v| calls.contains(v["rcid"].as_str())) {
        let value = match vote["vote"].as_str() {
            "yes" => 1.0,
            "abstain" => 2.0,
            "no" => 3.0,
            _ => continue,
        };
        let of_state = by_state.entry(&vote["country_code"]).or_default();
        of_state.insert(&vote["rcid"], value);
    }
    for r in &reference {
        let (a, b) = (&by_state[r["a"].as_str()], &by_state[r["b"].as_str()]);
        let both = a
            .iter()
            .filter_map(|(call, x)| b.get(call).map(|y| (*x, *y)));
        let (x, y): (Vec<f64>, Vec<f64>) = both.unzip();
        let what = format!("{} and {}", r["a"], r["b"]);
        assert_eq!(x.len().to_string(), r["n"], "{what}");
        near(s_squared(&x, &y, 2.0), &r["srsvvs"], &what);
        near(s_absolute(&x, &y, 2.0), &r["srsvva"], &what);
        near(cohen_kappa(&x, &y), &r["kappavv"], &what);
        near(scott_pi(&x, &y), &r["pivv"], &what);
    }
}
