//! The ledger adds up: in every file, in every sum, and after every commit.

mod support;

use std::collections::BTreeMap;

use demarche_store::{
    Commit, FileRecord, Kind, LogEntry, Segment, Store, StoreError, Totals, Writer,
};
use proptest::prelude::*;
use support::{digest, settings};

/// A file as a reader might find it: stored, duplicates, rejected by fault, filtered, mended.
type Found = (u64, u64, BTreeMap<String, u64>, u64, u64);

fn found() -> impl Strategy<Value = Found> {
    let faults = prop::collection::btree_map("[a-z-]{1,8}", 1u64..4, 0..3);
    (0u64..100, 0u64..100, faults, 0u64..100, 0u64..5)
}

fn record(
    index: usize,
    number: u32,
    (stored, duplicates, rejected, filtered, mended): Found,
) -> FileRecord {
    let name = format!("file {index}");
    FileRecord {
        number,
        sha256: digest(&name),
        name,
        format: "icews".to_owned(),
        lines: stored + duplicates + rejected.values().sum::<u64>() + filtered,
        stored,
        duplicates,
        rejected,
        filtered: [("country".to_owned(), filtered)].into(),
        mended: [("bad-number:tone".to_owned(), mended)].into(),
        modified: Some(index as i64),
        bytes: 7,
        ..FileRecord::default()
    }
}

/// Logs what the records say was rejected, and makes a segment of as many rows as they say.
fn commit(writer: &mut Writer, files: Vec<FileRecord>) -> Result<(), StoreError> {
    for file in &files {
        for (fault, &lines) in &file.rejected {
            for line in 0..lines {
                writer.log(&LogEntry {
                    file: file.number,
                    line,
                    fault: fault.clone(),
                    stored: false,
                    raw: "\u{0}\"\\\n\u{2028}é".to_owned(),
                    length: 9,
                })?;
            }
        }
    }
    let (path, absolute) = writer.new_path(Kind::Segment("icews"))?;
    std::fs::write(absolute, "rows").unwrap();
    let duplicates = files.iter().map(|f| f.duplicates).sum::<u64>();
    writer.commit(Commit {
        segments: vec![Segment {
            path,
            format: "icews".to_owned(),
            rows: duplicates + files.iter().map(|f| f.stored).sum::<u64>(),
            duplicates,
            days: None,
            bytes: 0,
        }],
        files,
        ..Commit::default()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn sums_over_files_are_the_totals(
        commits in prop::collection::vec(prop::collection::vec(found(), 1..4), 1..4),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut all = Vec::new();
        for files in commits {
            // Another run each time.
            let mut writer = Writer::open(folder.path(), &settings(), "test").unwrap();
            for old in &all {
                let old: &FileRecord = old;
                let stamp = (old.bytes, old.modified);
                prop_assert_eq!(writer.known(&old.sha256), Some(old));
                prop_assert_eq!(writer.known_unchanged(&old.name, stamp.0, stamp.1), Some(old));
                prop_assert_eq!(writer.known_unchanged(&old.name, stamp.0 + 1, stamp.1), None);
                prop_assert_eq!(writer.known_unchanged(&old.name, stamp.0, None), None);
                prop_assert_eq!(writer.known_unchanged("other", stamp.0, stamp.1), None);
            }
            let first = all.len();
            let files: Vec<FileRecord> = files
                .into_iter()
                .enumerate()
                .map(|(i, found)| record(first + i, writer.next_file_number(), found))
                .collect();
            commit(&mut writer, files.clone()).unwrap();
            all.extend(files);
            for (i, file) in all.iter().enumerate() {
                prop_assert_eq!(file.number as usize, i);
            }
        }
        let store = Store::open(folder.path()).unwrap();
        let read: Vec<FileRecord> = store.files().collect::<Result<_, _>>().unwrap();
        prop_assert_eq!(&read, &all);

        let mut sums = Totals::default();
        for file in &read {
            prop_assert!(file.adds_up());
            sums.add(file);
        }
        prop_assert!(sums.adds_up());
        prop_assert_eq!(&sums, &store.manifest().totals);
        // Summed here another way.
        let sum = |of: fn(&FileRecord) -> u64| all.iter().map(of).sum::<u64>();
        prop_assert_eq!(sums.lines, sum(|f| f.lines));
        prop_assert_eq!(sums.stored + sums.duplicates, sum(|f| f.stored + f.duplicates));
        prop_assert_eq!(sums.filtered, sum(|f| f.filtered["country"]));
        prop_assert_eq!(sums.mended, sum(|f| f.mended["bad-number:tone"]));

        let mut logged: BTreeMap<(u32, String), u64> = BTreeMap::new();
        for entry in store.log() {
            let entry = entry.unwrap();
            *logged.entry((entry.file, entry.fault)).or_default() += 1;
        }
        let rejected: BTreeMap<(u32, String), u64> = all
            .iter()
            .flat_map(|f| f.rejected.iter().map(|(fault, &n)| ((f.number, fault.clone()), n)))
            .collect();
        prop_assert_eq!(logged, rejected);
    }
}

#[test]
fn a_commit_that_would_lose_or_double_rows_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = Writer::open(folder.path(), &settings(), "test").unwrap();
    let number = writer.next_file_number();
    let good = record(0, number, (5, 1, BTreeMap::new(), 2, 0));
    commit(&mut writer, vec![good.clone()]).unwrap();
    let before = Store::open(folder.path()).unwrap();

    let number = writer.next_file_number();
    let next = record(1, number, (5, 1, [("bad".to_owned(), 1)].into(), 2, 0));
    let wrong = |change: fn(&mut FileRecord)| {
        let mut file = next.clone();
        change(&mut file);
        vec![file]
    };
    let wrongs = [
        ("a line without a place", wrong(|f| f.lines += 1)),
        ("a number that was used", wrong(|f| f.number = 0)),
        ("a number not given out", wrong(|f| f.number = 99)),
        ("no fingerprint", wrong(|f| f.sha256 = "é".repeat(32))),
        ("bytes that are known", {
            let mut file = next.clone();
            file.sha256 = good.sha256.clone();
            vec![file]
        }),
        ("one file twice", vec![next.clone(), next.clone()]),
    ];
    for (what, files) in wrongs {
        let error = commit(&mut writer, files).expect_err(what);
        assert!(
            matches!(error, StoreError::Unsound { .. }),
            "{what}: {error}"
        );
        writer.rollback();
        assert_eq!(writer.next_file_number(), number, "{what}");
        assert_eq!(
            Store::open(folder.path()).unwrap().manifest(),
            before.manifest()
        );
    }

    // Rejected, but not in the log; in the log, but of no file; rows that no segment has.
    let unlogged = Commit {
        files: vec![next.clone()],
        ..Commit::default()
    };
    assert!(writer.commit(unlogged).is_err());
    let mut file = next.clone();
    file.rejected.clear();
    file.lines -= 1;
    let rowless = Commit {
        files: vec![file.clone()],
        ..Commit::default()
    };
    let error = writer.commit(rowless).unwrap_err();
    assert!(error.to_string().contains("0 rows"), "{error}");
    let entry = LogEntry {
        file: 77,
        line: 1,
        fault: "bad".to_owned(),
        stored: false,
        raw: String::new(),
        length: 0,
    };
    writer.log(&entry).unwrap();
    assert!(commit(&mut writer, vec![file.clone()]).is_err());
    writer.rollback();
    let foreign = Commit {
        replaces: vec!["keys/000001.keys".to_owned()],
        ..Commit::default()
    };
    assert!(writer.commit(foreign).is_err());
    assert_eq!(
        Store::open(folder.path()).unwrap().manifest(),
        before.manifest()
    );

    // And what is right goes through after all that.
    assert_eq!(writer.next_file_number(), number);
    commit(&mut writer, vec![file]).unwrap();

    // The same bytes under another name may be noted, without lines.
    let alias = FileRecord {
        number: writer.next_file_number(),
        name: "another name".to_owned(),
        sha256: good.sha256.clone(),
        ..FileRecord::default()
    };
    let note = Commit {
        files: vec![alias],
        ..Commit::default()
    };
    writer.commit(note).unwrap();
    assert_eq!(writer.known(&good.sha256), Some(&good));
}
