//! Reading a folder, good and bad.

use std::path::Path;

use demarche_forecast::{EventGraph, ForecastError, Part};

fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(dir.path().join(name), text).unwrap();
    }
    dir
}

const NAMES: (&str, &str) = ("entity2id.txt", "A\t0\nB\t1\nC\t2\n");
const ACTS: (&str, &str) = ("relation2id.txt", "greet\t0\nthreaten\t1\n");

#[test]
fn a_folder_is_read() {
    let dir = folder(&[
        NAMES,
        ACTS,
        ("train.txt", "0\t0\t1\t48\t0\n1 1 0 0 7\n0\t0\t1\t48\t0\n"),
        ("valid.txt", "2\t0\t1\t72\t0\n"),
        ("test.txt", "2\t1\t3\t120\t0\n"),
    ]);
    let graph = EventGraph::read(dir.path()).unwrap();
    assert_eq!((graph.origin, graph.unit, graph.repeated), (0, 24, 1));
    assert_eq!(graph.part(Part::Train).len(), 2);
    assert_eq!(graph.part(Part::Valid)[0].step, 3);
    assert_eq!(graph.part(Part::Test)[0].step, 5);
    // A number without a name is known by its number.
    assert_eq!(graph.entities.name(3), "3");
    assert_eq!(graph.acts.name(1), "threaten");
    assert_eq!(graph.time(5), 120);
}

#[test]
fn mistakes_are_told_with_file_and_line() {
    let good = [
        NAMES,
        ACTS,
        ("train.txt", "0 0 1 1\n"),
        ("test.txt", "0 0 1 5\n"),
    ];
    assert!(EventGraph::read(folder(&good).path()).is_ok());
    for (file, text, line, said) in [
        ("train.txt", "0 0 1 1\n0 0 1\n", 2, "no time"),
        ("train.txt", "0 0 1 1\n\n", 2, "no source"),
        ("train.txt", "0 0 x 1\n", 1, "target \"x\""),
        ("train.txt", "0 0 -1 1\n", 1, "target"),
        ("train.txt", "0 99999999 1 1\n", 1, "too large"),
        ("train.txt", "0 0 1 1e3\n", 1, "time"),
        ("test.txt", "0 0 1 1\n", 1, "not after 1"),
        ("entity2id.txt", "A\t0\nB\n", 2, "no tab"),
        ("entity2id.txt", "A\t0\nB\t0\n", 2, "twice"),
        ("relation2id.txt", "A\tx\n", 1, "second column"),
    ] {
        let mut files = good.to_vec();
        files.retain(|f| f.0 != file);
        files.push((file, text));
        match EventGraph::read(folder(&files).path()) {
            Err(ForecastError::Line {
                file: f,
                line: l,
                why,
            }) => {
                assert_eq!((f.as_str(), l), (file, line), "{why}");
                assert!(why.contains(said), "{why}");
            }
            other => panic!("{text:?}: {other:?}"),
        }
    }
    let missing = EventGraph::read(Path::new("/nowhere/at/all"));
    assert!(matches!(missing, Err(ForecastError::File { .. })));
    let bytes = folder(&good);
    std::fs::write(bytes.path().join("train.txt"), b"0 0 1 1\n\xff\xfe\n").unwrap();
    assert!(matches!(
        EventGraph::read(bytes.path()),
        Err(ForecastError::Line { line: 2, .. })
    ));
}
