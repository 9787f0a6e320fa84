//! No bytes make a reader panic, and no row of a spoilt case goes missing in silence.

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::sync::LazyLock;

use common::{ALL, Files, files};
use demarche_case::{Case, Reading, read_files};
use proptest::prelude::*;

const CSV_FILES: [&str; 7] = [
    "actors.csv",
    "memberships.csv",
    "offices.csv",
    "chronicle.csv",
    "initiatives.csv",
    "progress.csv",
    "resources.csv",
];

/// The rows of a CSV file of the case, as they came out.
fn rows(case: &Case, file: &str) -> Vec<String> {
    fn all<T: std::fmt::Debug>(items: &[T]) -> Vec<String> {
        items.iter().map(|item| format!("{item:?}")).collect()
    }
    match file {
        "actors.csv" => all(&case.actors),
        "memberships.csv" => all(&case.memberships),
        "offices.csv" => all(&case.offices),
        "chronicle.csv" => all(&case.chronicle),
        "initiatives.csv" => all(&case.initiatives),
        "progress.csv" => all(&case.progress),
        "resources.csv" => all(&case.resources),
        _ => unreachable!(),
    }
}

/// The byte range of each line of a text, its line feed included.
fn lines(text: &[u8]) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = 0;
    for line in text.split_inclusive(|&b| b == b'\n') {
        out.push(start..start + line.len());
        start += line.len();
    }
    out
}

/// One edit of a file: at a place, so many bytes are taken out and others put in.
#[derive(Clone, Debug)]
struct Edit {
    at: usize,
    out: usize,
    put: Vec<u8>,
}

/// A file with edits made, and the lines that none of them touched. A line is touched if a byte of
/// it or the byte on either side of it changes: a line end that goes joins two lines.
fn edited(original: &[u8], edits: &[Edit]) -> (Vec<u8>, BTreeSet<usize>) {
    let mut touched = BTreeSet::new();
    let mut sorted = edits.to_vec();
    sorted.sort_by_key(|e| std::cmp::Reverse(e.at));
    let mut bytes = original.to_vec();
    let mut last = original.len() + 1;
    for edit in sorted {
        let at = edit.at.min(original.len());
        let end = (at + edit.out).min(original.len()).min(last.max(at));
        if at >= last {
            continue;
        }
        last = at;
        bytes.splice(at..end, edit.put.iter().copied());
        for (i, line) in lines(original).into_iter().enumerate() {
            if at <= line.end && line.start <= end {
                touched.insert(i + 1);
            }
        }
    }
    let all = 1..=lines(original).len();
    (bytes, all.filter(|n| !touched.contains(n)).collect())
}

/// Holds an edited case against the original one.
struct Judge {
    original: Files,
    rows: BTreeMap<&'static str, Vec<String>>,
}

static JUDGE: LazyLock<Judge> = LazyLock::new(Judge::new);

impl Judge {
    fn new() -> Self {
        let original = files();
        let case = read_files(&original).case.unwrap();
        let rows = CSV_FILES
            .iter()
            .map(|&file| (file, rows(&case, file)))
            .collect();
        Self { original, rows }
    }

    /// Lines of comments and header above the rows of a file of the small case.
    fn above(&self, file: &str) -> usize {
        let text = &self.original[file];
        text.split(|&b| b == b'\n')
            .take_while(|l| l.starts_with(b"#"))
            .count()
            + 1
    }

    /// Judges an edit of a file. Gives the reading for further questions.
    fn judge(&self, file: &'static str, edits: &[Edit]) -> Result<Reading, String> {
        let (bytes, untouched) = edited(&self.original[file], edits);
        let mut files = self.original.clone();
        files.insert(file.to_owned(), bytes.clone());
        let reading = read_files(&files);
        let shown = || {
            let lines = reading.report.problems.iter().map(|p| format!("{p}\n"));
            format!(
                "{edits:?}\n{}\n{}",
                String::from_utf8_lossy(&bytes),
                lines.collect::<String>()
            )
        };
        let above = self.above(file);
        let head_is_whole = (1..=above).all(|n| untouched.contains(&n));
        let kept: Vec<&String> = (above + 1..)
            .zip(&self.rows[file])
            .filter(|(n, _)| untouched.contains(n))
            .map(|(_, row)| row)
            .collect();
        if let Some(case) = &reading.case {
            // No error: each row whose line was not touched is there as it was.
            let now = rows(case, file);
            if head_is_whole {
                if let Some(lost) = kept.iter().find(|row| !now.contains(row)) {
                    return Err(format!("lost without an error: {lost}\n{}", shown()));
                }
            } else if now.len() < kept.len() {
                return Err(format!(
                    "{} rows lost with the header\n{}",
                    kept.len() - now.len(),
                    shown()
                ));
            }
            // As long as no line end goes or comes, there are as many rows as before.
            let original = &self.original[file];
            let breaks = |bytes: &[u8]| bytes.iter().any(|b| matches!(b, b'\n' | b'\r'));
            let reach = |e: &Edit| e.at.min(original.len())..(e.at + e.out).min(original.len());
            let same_lines = |e: &Edit| !breaks(&e.put) && !breaks(&original[reach(e)]);
            if head_is_whole && edits.iter().all(same_lines) && now.len() != self.rows[file].len() {
                return Err(format!("{} rows of as many lines\n{}", now.len(), shown()));
            }
            // And the rows are those that another reader of CSV counts.
            let count = count_by_the_csv_crate(&bytes);
            if count != now.len() {
                return Err(format!(
                    "{count} rows by the csv crate, {} by us\n{}",
                    now.len(),
                    shown()
                ));
            }
        } else if reading.report.errors() == 0 {
            return Err(format!("no case and no error\n{}", shown()));
        } else if head_is_whole {
            // Errors: the count of rows is still that of the untouched lines at least.
            let read = reading
                .report
                .rows
                .iter()
                .find(|r| r.file == file)
                .map_or(0, |r| r.read);
            if read < kept.len() {
                return Err(format!(
                    "{read} rows read of {} untouched\n{}",
                    kept.len(),
                    shown()
                ));
            }
        }
        Ok(reading)
    }
}

/// Rows below the header, empty ones not counted, by a reader that is not ours.
fn count_by_the_csv_crate(bytes: &[u8]) -> usize {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut start = 0;
    for line in bytes.split_inclusive(|&b| matches!(b, b'\n' | b'\r')) {
        let is_comment = line.starts_with(b"#") || line.starts_with(b"\"#");
        let is_empty = matches!(line, b"\n" | b"\r");
        if !is_comment && !is_empty {
            break;
        }
        start += line.len();
    }
    let mut builder = csv::ReaderBuilder::new();
    let reader = builder
        .has_headers(true)
        .flexible(true)
        .from_reader(&bytes[start..]);
    let records = reader.into_byte_records().map(|r| r.unwrap());
    records
        .filter(|r| r.len() == 1 || r.iter().any(|f| !f.trim_ascii().is_empty()))
        .count()
}

/// Every single-byte edit of every CSV file, one after the other.
#[test]
fn no_single_edit_loses_a_row_in_silence() {
    let judge = &*JUDGE;
    let (mut with_error, mut without) = (0, 0);
    for file in CSV_FILES {
        for at in 0..=judge.original[file].len() {
            let mut edits = vec![Edit {
                at,
                out: 1,
                put: vec![],
            }];
            for &byte in b"\",\n\r;#x \0\xff" {
                edits.push(Edit {
                    at,
                    out: 0,
                    put: vec![byte],
                });
                edits.push(Edit {
                    at,
                    out: 1,
                    put: vec![byte],
                });
            }
            for edit in edits {
                let reading = judge
                    .judge(file, &[edit])
                    .unwrap_or_else(|why| panic!("{file}: {why}"));
                match reading.case {
                    Some(_) => without += 1,
                    None => with_error += 1,
                }
            }
        }
    }
    // Both branches of the judgement are walked often.
    assert!(
        with_error > 10_000 && without > 2_000,
        "{with_error} {without}"
    );
}

/// Every pair of quotes put in or taken out where a field begins or ends: what is left may well be
/// sound CSV in which one field holds other rows.
#[test]
fn no_pair_of_quotes_swallows_a_row_in_silence() {
    let judge = &*JUDGE;
    // Those with columns whose text may go over several lines, and the one that matters most.
    for file in ["memberships.csv", "resources.csv", "chronicle.csv"] {
        let original = &judge.original[file];
        let mut edits = Vec::new();
        for (at, pair) in original.windows(2).enumerate() {
            if pair[0] == b'"' {
                edits.push(Edit {
                    at,
                    out: 1,
                    put: vec![],
                });
            } else if matches!(pair[0], b',' | b'\n') || matches!(pair[1], b',' | b'\n') {
                edits.push(Edit {
                    at: at + 1,
                    out: 0,
                    put: vec![b'"'],
                });
            }
        }
        for (i, one) in edits.iter().enumerate() {
            for other in &edits[i + 1..] {
                let pair = [one.clone(), other.clone()];
                if let Err(why) = judge.judge(file, &pair) {
                    panic!("{file}: {why}");
                }
            }
        }
    }
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let bytes = prop::sample::select(b"\"\"\",,\n\n\r;#1x \xc3\xa9".to_vec());
    let edit = (0usize..2000, 0usize..12, prop::collection::vec(bytes, 0..4));
    let edit = edit.prop_map(|(at, out, put)| Edit { at, out, put });
    prop::collection::vec(edit, 1..6)
}

/// A file of the small case with a few bytes changed, or made of the characters that matter.
fn near_bytes(index: usize) -> impl Strategy<Value = Vec<u8>> {
    let original = ALL[index].1.as_bytes().to_vec();
    let spoilt = edits().prop_map(move |edits| {
        let scaled: Vec<Edit> = edits
            .into_iter()
            .map(|e| Edit {
                at: e.at % (original.len() + 1),
                ..e
            })
            .collect();
        edited(&original, &scaled).0
    });
    let made = prop::collection::vec(
        prop::sample::select(b"id,date\"\n\r#;[]={}'.-0129\\u\t\0\xff\xef\xbb\xbf".to_vec()),
        0..200,
    );
    prop_oneof![spoilt, made, prop::collection::vec(any::<u8>(), 0..300)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn no_edits_lose_a_row_in_silence(which in 0..CSV_FILES.len(), edits in edits()) {
        let judge = &*JUDGE;
        let file = CSV_FILES[which];
        let length = judge.original[file].len() + 1;
        let edits: Vec<Edit> = edits.into_iter().map(|e| Edit { at: e.at % length, ..e }).collect();
        if let Err(why) = judge.judge(file, &edits) {
            return Err(TestCaseError::fail(format!("{file}: {why}")));
        }
    }

    #[test]
    fn no_bytes_make_a_reader_panic((index, bytes) in (0..ALL.len()).prop_flat_map(|i| (Just(i), near_bytes(i)))) {
        let mut files = files();
        files.insert(ALL[index].0.to_owned(), bytes);
        let reading = read_files(&files);
        prop_assert_eq!(reading.case.is_some(), reading.report.errors() == 0);
        for problem in &reading.report.problems {
            prop_assert!(problem.to_string().chars().all(|c| !c.is_control()), "{:?}", problem);
        }
    }

    #[test]
    fn no_names_of_files_make_it_panic(name in "[a-z./\\\\]{0,12}(\\.csv|\\.toml)?", bytes in prop::collection::vec(any::<u8>(), 0..20)) {
        let mut files = files();
        files.insert(name, bytes);
        let reading = read_files(&files);
        prop_assert_eq!(reading.case.is_some(), reading.report.errors() == 0);
    }
}
