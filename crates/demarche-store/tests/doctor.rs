//! The doctor names what is wrong with a store, and nothing where nothing is.

mod support;

use std::fs::{self, File};
use std::sync::Arc;

use demarche_store::cube::{CubeBuilder, Tally};
use demarche_store::doctor::{Health, Severity, examine};
use demarche_store::{
    Commit, FileFault, FileRecord, Kind, Level, LogEntry, Run, Segment, Store, Writer,
};
use parquet::data_type::Int32Type;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use support::{digest, settings};

/// Parquet, written by another program than ours.
fn parquet(path: &std::path::Path, rows: u64) {
    let schema = Arc::new(parse_message_type("message m { required int32 line; }").unwrap());
    let file = File::create(path).unwrap();
    let mut writer = SerializedFileWriter::new(file, schema, Default::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    let values: Vec<i32> = (0..rows as i32).collect();
    let typed = column.typed::<Int32Type>();
    typed.write_batch(&values, None, None).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    writer.close().unwrap();
}

/// Commits a file of ten rows, one of them a duplicate, and of two more lines that are rejected.
fn add(writer: &mut Writer, name: &str, format: &str, days: &[i32], faults: &[&str]) {
    let number = writer.next_file_number();
    let (path, absolute) = writer.new_path(Kind::Segment(format)).unwrap();
    parquet(&absolute, 10);
    let (run, absolute) = writer.new_path(Kind::Cube(format, Level::Day)).unwrap();
    let mut cube = CubeBuilder::new();
    for &day in days {
        let tally = Tally {
            count: 1,
            duplicate: false,
            quad: 1,
            root: 4,
            scale: Some(1.0),
            mentions: 1,
        };
        cube.add(0, 1, day, &tally);
    }
    let actors = ["KOR".to_owned(), "NATO".to_owned()];
    let cells = cube.write(&actors, &absolute).unwrap().cells;
    for line in [3, 4] {
        writer
            .log(&LogEntry {
                file: number,
                line,
                fault: "too-few-fields".to_owned(),
                stored: false,
                raw: "x".to_owned(),
                length: 1,
            })
            .unwrap();
    }
    let fault = |code: &&str| FileFault {
        code: (*code).to_owned(),
        words: "words".to_owned(),
        after_line: 12,
    };
    let record = FileRecord {
        number,
        name: name.to_owned(),
        sha256: digest(name),
        format: format.to_owned(),
        lines: 12,
        stored: 9,
        duplicates: 1,
        rejected: [("too-few-fields".to_owned(), 2)].into(),
        dyadic: 2,
        unresolved: 7,
        quad_differs: 1,
        faults: faults.iter().map(fault).collect(),
        days: days.first().copied().zip(days.last().copied()),
        ..FileRecord::default()
    };
    let segment = Segment {
        path,
        format: format.to_owned(),
        rows: 10,
        duplicates: 1,
        days: record.days,
        bytes: 0,
    };
    let run = Run {
        path: run,
        format: format.to_owned(),
        level: Level::Day,
        cells,
        bytes: 0,
    };
    let commit = Commit {
        segments: vec![segment],
        runs: vec![run],
        files: vec![record],
        ..Commit::default()
    };
    writer.commit(commit).unwrap();
}

fn words<'a>(health: &'a Health, code: &str) -> Vec<&'a str> {
    let of_code = health.findings.iter().filter(|f| f.code == code);
    of_code.map(|f| f.words.as_str()).collect()
}

#[test]
fn a_sound_store_is_told_in_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(folder.path(), &settings(), "test").unwrap();
    assert_eq!(words(&examine(writer.store(), true), "empty").len(), 1);
    for (name, day) in [
        ("20140121.export.CSV.zip", 16_091),
        ("20140122.export.CSV.zip", 16_092),
        ("20140126.export.CSV.zip", 16_096),
    ] {
        // With the echo of an event of ten years ago, which is no gap of ten years.
        add(&mut writer, name, "gdelt1", &[day - 3_650, day], &[]);
    }
    drop(writer);
    let health = examine(&Store::open(folder.path()).unwrap(), true);
    assert_eq!(
        words(&health, "read"),
        [
            "3 files read, 36 lines: 27 stored, 3 stored and marked as duplicates, 6 rejected, 0 left out by a filter."
        ]
    );
    assert_eq!(words(&health, "adds-up").len(), 1);
    assert_eq!(
        words(&health, "format"),
        ["gdelt1: 3 files, 30 rows, events from 2004-01-24 to 2014-01-26."]
    );
    assert_eq!(
        words(&health, "rejected"),
        [
            "6 lines (16.7 %) rejected as too-few-fields; most in 20140121.export.CSV.zip (2), 20140122.export.CSV.zip (2), 20140126.export.CSV.zip (2)."
        ]
    );
    assert_eq!(
        words(&health, "duplicates"),
        ["3 (10.0 %) of the rows are marked as duplicates; the key is the event's id."]
    );
    assert!(words(&health, "dyadic")[0].starts_with("6 (20.0 %) of the rows"));
    assert!(words(&health, "quad-differs")[0].starts_with("3 rows (10.0 %) give"));
    assert_eq!(
        words(&health, "never-published"),
        ["GDELT 1.0 events: 2014-01-23 to 2014-01-25 never published."]
    );
    assert_eq!(
        words(&health, "no-gap"),
        ["GDELT 1.0 events: 2014-01-21 to 2014-01-26, without a gap."]
    );
    // That the files were never published is no reason for a figure of zero.
    assert_eq!(
        words(&health, "empty-days"),
        [
            "gdelt1: days with events: 2014-01-21 to 2014-01-26; 3 days of 6 missing (50.0 %): 2014-01-23 to 2014-01-25."
        ]
    );
    assert!(words(&health, "opened")[0].starts_with("6 Parquet files"));
    assert!(health.worst() < Some(Severity::Error), "{health}");
    for code in ["orphans", "foreign", "damaged", "cube-runs", "gap"] {
        assert!(words(&health, code).is_empty(), "{health}");
    }
}

#[test]
fn what_is_missing_or_damaged_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(folder.path(), &settings(), "test").unwrap();
    let name = |slot: &str| format!("{slot}.export.CSV.zip");
    let day = 16_484;
    add(
        &mut writer,
        &name("20150218230000"),
        "gdelt2",
        &[day],
        &["truncated"],
    );
    add(
        &mut writer,
        &name("20150218234500"),
        "gdelt2",
        &[day],
        &["odd-name"],
    );
    add(
        &mut writer,
        &name("20150219000000"),
        "gdelt2",
        &[day + 1],
        &[],
    );
    add(&mut writer, "weekly.tab", "icews", &[day, day + 20], &[]);
    add(
        &mut writer,
        &name("20150219001500"),
        "gdelt2",
        &[day + 1],
        &[],
    );
    let store = writer.store().clone();
    drop(writer);
    let health = examine(&store, false);
    assert_eq!(
        words(&health, "damaged"),
        [
            "1 file damaged, or could be read only in part: 20150218230000.export.CSV.zip (truncated)."
        ]
    );
    assert_eq!(
        words(&health, "gap"),
        [
            "GDELT 2.0 events: 2015-02-18 23:00 to 2015-02-19 00:15; 2 slots of 6 missing (33.3 %): 2015-02-18 23:15 to 2015-02-18 23:30."
        ]
    );
    assert_eq!(
        words(&health, "empty-days"),
        [
            "icews: days with events: 2015-02-18 to 2015-03-10; 19 days of 21 missing (90.5 %), 2 weeks as a whole among them: 2015-02-19 to 2015-03-09."
        ]
    );
    assert_eq!(words(&health, "cube-runs").len(), 1);
    assert!(health.worst() < Some(Severity::Error), "{health}");

    // Damage from outside, one after the other.
    let manifest = store.manifest();
    let segment = store.path(&manifest.segments[0].path);
    let bytes = fs::read(&segment).unwrap();
    fs::write(&segment, &bytes[1..]).unwrap();
    let found = words(&examine(&store, false), "wrong-size").len();
    assert_eq!(found, 1);
    parquet(&segment, 11);
    let health = examine(&store, true);
    assert!(words(&health, "contents")[0].contains("11 rows, the manifest says 10"));
    fs::write(&segment, vec![0; bytes.len()]).unwrap();
    let health = examine(&store, false);
    assert!(health.worst() < Some(Severity::Error), "only deep sees it");
    let health = examine(&store, true);
    assert!(
        words(&health, "contents")[0].contains("cannot be read"),
        "{health}"
    );
    fs::remove_file(&segment).unwrap();
    let health = examine(&store, false);
    assert!(words(&health, "missing")[0].contains("events/format=gdelt2/000001.parquet"));
    assert_eq!(health.worst(), Some(Severity::Error));
    fs::write(&segment, &bytes).unwrap();

    let log = store.path(&manifest.rejects[1].path);
    let text = fs::read_to_string(&log).unwrap();
    let first = text.lines().next().unwrap();
    fs::write(&log, format!("{first}\n")).unwrap();
    let health = examine(&store, true);
    assert!(words(&health, "reject-log")[0].contains("1 of its lines are missing"));
    fs::write(&log, &text).unwrap();

    let ledger = store.path(&manifest.ledgers[2].path);
    let text = fs::read_to_string(&ledger).unwrap();
    fs::write(&ledger, text.replace("\"stored\":9", "\"stored\":8")).unwrap();
    let health = examine(&store, false);
    assert!(words(&health, "does-not-add-up")[0].contains("20150219000000"));
    fs::remove_file(&ledger).unwrap();
    let health = examine(&store, false);
    assert_eq!(words(&health, "ledger").len(), 1);
    fs::write(&ledger, &text).unwrap();

    fs::write(store.path("events/format=gdelt2/000999.parquet"), "").unwrap();
    fs::write(store.path("events/notes.txt"), "").unwrap();
    let health = examine(&store, false);
    assert!(words(&health, "orphans")[0].contains("000999.parquet"));
    assert!(words(&health, "foreign")[0].contains("events/notes.txt"));
    assert!(health.worst() < Some(Severity::Error), "{health}");
}
