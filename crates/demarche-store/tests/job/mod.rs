//! A small job of made-up files, so that a store can be filled, and checked line by line.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use demarche_store::{
    Commit, FileRecord, KeyRun, Kind, Level, LogEntry, Run, Segment, Store, StoreError, Writer,
};

use crate::support::digest;

const FORMAT: &str = "gdelt2";

/// What is to become of the file of that index: its rows, and its rejected lines.
fn content(index: usize) -> (Vec<String>, u64) {
    let rows = (0..1 + index % 7).map(|row| format!("file-{index:03} row {row}"));
    (rows.collect(), (index % 3) as u64)
}

fn name(index: usize) -> String {
    format!("file-{index:03}.export.CSV.zip")
}

/// Reads the file of that index into the store, as an ingest would. Says each step before it is
/// taken.
pub fn read(
    writer: &mut Writer,
    index: usize,
    step: &mut dyn FnMut(&str),
) -> Result<(), StoreError> {
    let (rows, rejected) = content(index);
    let name = name(index);
    if writer.known(&digest(&name)).is_some() {
        return Ok(());
    }
    let number = writer.next_file_number();
    step("segment");
    let (path, absolute) = writer.new_path(Kind::Segment(FORMAT))?;
    let text = rows.join("\n");
    write(&absolute, &text)?;
    let segment = Segment {
        path,
        format: FORMAT.to_owned(),
        rows: rows.len() as u64,
        duplicates: 0,
        days: Some((index as i32, index as i32)),
        bytes: 0,
    };
    step("log");
    for line in 0..rejected {
        writer.log(&LogEntry {
            file: number,
            line: line + 1,
            fault: "bad-date:date".to_owned(),
            stored: false,
            raw: format!("file-{index:03} \"broken\" {line}\t\u{1}"),
            length: 20,
        })?;
    }
    step("cube");
    // Every fourth file, all runs of the cube become one.
    let live: Vec<Run> = writer.store().manifest().runs.clone();
    let merge = index % 4 == 3;
    let (run, absolute) = writer.new_path(Kind::Cube(FORMAT, Level::Day))?;
    let old = if merge { live.as_slice() } else { &[] };
    let mut cells = format!("{index:03}\n");
    for run in old {
        cells += &fs::read_to_string(writer.store().path(&run.path)).unwrap();
    }
    write(&absolute, &cells)?;
    let (keys, absolute) = writer.new_path(Kind::Keys)?;
    write(&absolute, &name)?;
    step("commit");
    writer.commit(Commit {
        segments: vec![segment],
        runs: vec![Run {
            path: run,
            format: FORMAT.to_owned(),
            level: Level::Day,
            cells: cells.lines().count() as u64,
            bytes: 0,
        }],
        keys: vec![KeyRun {
            path: keys,
            keys: 1,
            ..KeyRun::default()
        }],
        files: vec![FileRecord {
            number,
            sha256: digest(&name),
            name,
            format: FORMAT.to_owned(),
            bytes: 10,
            modified: Some(index as i64),
            lines: rows.len() as u64 + rejected,
            stored: rows.len() as u64,
            rejected: (rejected > 0)
                .then(|| ("bad-date:date".to_owned(), rejected))
                .into_iter()
                .collect(),
            ..FileRecord::default()
        }],
        replaces: old.iter().map(|r| r.path.clone()).collect(),
    })?;
    step("done");
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<(), StoreError> {
    fs::write(path, text).map_err(|e| StoreError::writing(path, e))
}

/// Checks that each file is wholly in the store or not at all, and once; gives those that are.
pub fn check(store: &Store) -> Result<BTreeSet<usize>, StoreError> {
    let manifest = store.manifest();
    for (path, bytes) in manifest.paths() {
        let found = store.open_file(path)?.metadata().unwrap().len();
        assert_eq!(found, bytes, "{path}");
    }
    let text = |path: &str| -> Result<String, StoreError> {
        let file = store.open_file(path)?;
        Ok(std::io::read_to_string(file).unwrap())
    };

    let mut done = BTreeSet::new();
    let mut lines = 0;
    let mut expected: Vec<String> = Vec::new();
    let mut rejected: BTreeMap<u32, u64> = BTreeMap::new();
    let mut numbers = BTreeSet::new();
    for file in store.files() {
        let file = file?;
        assert!(file.adds_up());
        assert!(numbers.insert(file.number), "a number twice");
        let index: usize = file.name[5..8].parse().unwrap();
        assert!(done.insert(index), "{} is there twice", file.name);
        let (rows, broken) = content(index);
        lines += rows.len() as u64 + broken;
        expected.extend(rows);
        if broken > 0 {
            rejected.insert(file.number, broken);
        }
    }
    assert_eq!(manifest.totals.lines, lines);
    assert!(manifest.totals.adds_up());

    let mut rows: Vec<String> = Vec::new();
    for segment in &manifest.segments {
        let text = text(&segment.path)?;
        assert_eq!(text.lines().count() as u64, segment.rows);
        rows.extend(text.lines().map(str::to_owned));
    }
    rows.sort();
    expected.sort();
    assert_eq!(rows, expected, "rows of the segments");

    let mut logged: BTreeMap<u32, u64> = BTreeMap::new();
    for entry in store.log() {
        *logged.entry(entry?.file).or_default() += 1;
    }
    assert_eq!(logged, rejected, "the reject log");

    let mut cells: Vec<usize> = Vec::new();
    for run in &manifest.runs {
        cells.extend(
            text(&run.path)?
                .lines()
                .map(|l| l.parse::<usize>().unwrap()),
        );
    }
    cells.sort_unstable();
    assert_eq!(cells, done.iter().copied().collect::<Vec<_>>(), "the cube");
    Ok(done)
}
