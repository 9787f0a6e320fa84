//! Event files read into a store: nothing is lost, nothing is doubled, the same input gives the
//! same bytes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use demarche_events::{by_cameo, by_icews_name, known_group};
use demarche_read::input::{InputFile, Limits, Origin, find};
use demarche_read::layout::Party;
use demarche_store::ingest::{Batch, Filter, Gauge, Options, Summary, ingest};
use demarche_store::{Dedup, LogEntry, Named, Resolve, Settings, Store, Writer};
use demarche_table::columnar::FileReader;
use proptest::prelude::*;

/// Countries and bodies by the published code lists.
struct Lists;

impl Resolve for Lists {
    fn resolve(&self, party: &Party) -> Named {
        let body = known_group(&party.group).map(|g| g.body);
        let state = by_cameo(&party.country).or_else(|| by_icews_name(&party.country));
        body.or(state.map(|c| c.code))
            .map_or(Named::Nobody, |code| Named::Always(code.to_owned()))
    }
}

fn layout(file: &InputFile, head: &[u8]) -> Result<demarche_read::layout::Layout, String> {
    let beside = |name: &str| match &file.origin {
        Origin::Path(path) => fs::read(path.with_file_name(name)).ok(),
        Origin::Stdin => None,
    };
    demarche_read::detect(&file.name, head, &beside).map_err(|e| e.to_string())
}

struct How {
    dedup: Dedup,
    filter: Filter,
    batch: Batch,
    workers: usize,
}

impl Default for How {
    fn default() -> Self {
        Self {
            dedup: Dedup::Id,
            filter: Filter::default(),
            batch: Batch::default(),
            workers: 2,
        }
    }
}

fn read_into(store: &Path, inputs: &[PathBuf], how: How) -> Summary {
    let settings = Settings {
        dedup: how.dedup,
        actors: "lists".to_owned(),
        filter: how.filter.text(),
    };
    let writer = Writer::open(store, &settings, "the test").unwrap();
    let limits = Limits::default();
    let files = find(inputs, &limits).unwrap().files;
    let options = Options {
        filter: how.filter,
        resolve: &Lists,
        limits,
        batch: how.batch,
        workers: how.workers,
        layout: &layout,
        parquet: &|_| Err("no Parquet here".to_owned()),
    };
    ingest(writer, &files, &options, &Gauge::default()).unwrap()
}

/// A row of GDELT 2.0.
fn row(id: u64, day: &str, source: &str, target: &str, code: &str) -> String {
    let actor = |c: &str| format!("{c}\t{c}LAND\t{c}\t\t\t\t\t\t\t");
    let root = &code[..2];
    let n: u8 = root.parse().unwrap();
    let quad = match n {
        ..=5 => 1,
        6..=9 => 2,
        10..=14 => 3,
        _ => 4,
    };
    let scale = code
        .parse::<demarche_events::CameoCode>()
        .unwrap()
        .goldstein()
        .value;
    let place = "4\tSeoul, Soul-t'ukpyolsi, South Korea\tKS\tKS11\t\t37.5664\t127\t-716583";
    let none = "0\t\t\t\t\t\t\t";
    format!(
        "{id}\t{day}\t{}\t{}\t2024.0274\t{}\t{}\t1\t{code}\t{code}\t{root}\t{quad}\t{scale}\t7\t1\t7\t-1.5\t{place}\t{none}\t{place}\t{day}001500\thttps://example.org/{}\n",
        &day[..6],
        &day[..4],
        actor(source),
        actor(target),
        id / 3,
    )
}

fn sample(n: u64) -> String {
    let actors = ["KOR", "PRK", "USA", "CHN", "ROM", ""];
    let codes = ["010", "043", "057", "112", "190"];
    (0..n)
        .map(|i| {
            let day = format!("202401{:02}", i * 7 % 28 + 1);
            let (a, b) = (actors[(i % 6) as usize], actors[(i * 5 / 3 % 6) as usize]);
            row(1000 + i, &day, a, b, codes[(i % 5) as usize])
        })
        .collect()
}

/// Every row of a store: (file, line) and whether it is a duplicate.
fn rows(store: &Store) -> Vec<(i64, i64, bool)> {
    let mut all = Vec::new();
    for segment in &store.manifest().segments {
        let file = fs::File::open(store.path(&segment.path)).unwrap();
        let reader = parquet::file::reader::SerializedFileReader::new(file).unwrap();
        for row in parquet::file::reader::FileReader::get_row_iter(&reader, None).unwrap() {
            let row = row.unwrap();
            let get = |name: &str| {
                row.get_column_iter()
                    .find(|(n, _)| *n == name)
                    .map(|(_, f)| f.clone())
                    .unwrap()
            };
            use parquet::record::Field;
            let int = |f: Field| match f {
                Field::Long(v) => v,
                other => panic!("{other:?}"),
            };
            all.push((
                int(get("file")),
                int(get("line")),
                get("duplicate") == Field::Bool(true),
            ));
        }
    }
    all.sort_unstable();
    all
}

fn bytes_of(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    fn walk(dir: &Path, root: &Path, out: &mut BTreeMap<String, Vec<u8>>) {
        for entry in fs::read_dir(dir).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, root, out);
            } else if path.file_name().unwrap() != "writer.lock" {
                let name = path
                    .strip_prefix(root)
                    .unwrap()
                    .to_string_lossy()
                    .into_owned();
                out.insert(name, fs::read(&path).unwrap());
            }
        }
    }
    let mut out = BTreeMap::new();
    walk(dir, dir, &mut out);
    out
}

#[test]
fn the_same_input_gives_the_same_bytes_whatever_the_number_of_workers() {
    let dir = tempfile::tempdir().unwrap();
    let input = dir.path().join("in");
    fs::create_dir(&input).unwrap();
    for i in 0..7 {
        let name = format!("2024010100{:02}00.export.CSV", i * 15 % 60);
        let name = format!("{i}-{name}");
        fs::write(input.join(name), sample(400 + i)).unwrap();
    }
    let batch = Batch {
        segment: 100_000,
        commit: 300_000,
        files: 3,
    };
    let mut stores = Vec::new();
    for workers in [1, 2, 5] {
        let store = dir.path().join(format!("store{workers}"));
        let how = How {
            workers,
            batch,
            ..How::default()
        };
        let files: Vec<PathBuf> = vec![input.clone()];
        let summary = read_into(&store, &files, how);
        assert!(summary.commits > 1 && summary.files.iter().all(|f| f.adds_up()));
        // Ids repeat from file to file.
        assert!(summary.files[0].duplicates == 0 && summary.files[1].duplicates == 400);
        let mut bytes = bytes_of(&store);
        // The time of change of the inputs is the same, as they are the same files.
        stores.push(std::mem::take(&mut bytes));
    }
    assert!(stores[0].len() > 8);
    assert_eq!(
        stores[0].keys().collect::<Vec<_>>(),
        stores[1].keys().collect::<Vec<_>>()
    );
    assert!(stores.iter().all(|s| *s == stores[0]));
}

#[test]
fn reading_again_adds_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let (file, copy) = (dir.path().join("a.CSV"), dir.path().join("b.CSV"));
    fs::write(&file, sample(50)).unwrap();
    let store = dir.path().join("store");
    assert_eq!(
        read_into(&store, std::slice::from_ref(&file), How::default())
            .files
            .len(),
        1
    );
    let before = bytes_of(&store);
    let again = read_into(&store, std::slice::from_ref(&file), How::default());
    assert!(
        again.files.is_empty() && again.skipped[0].known,
        "{again:?}"
    );
    fs::copy(&file, &copy).unwrap();
    assert_eq!(before, bytes_of(&store));
    // The same bytes under another name: an entry in the ledger and no row.
    for entries in [1, 0] {
        let again = read_into(&store, &[copy.clone(), file.clone()], How::default());
        assert!(
            again.skipped.len() == 2 && again.skipped.iter().all(|s| s.known),
            "{again:?}"
        );
        assert_eq!(again.files.len(), entries);
        assert!(
            again
                .files
                .iter()
                .all(|f| f.lines == 0 && f.name == "b.CSV" && f.format == "gdelt2")
        );
    }
    assert_eq!(rows(&Store::open(&store).unwrap()).len(), 50);
}

#[test]
fn duplicates_by_each_key() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("a.CSV");
    let mut text = String::new();
    text += &row(1, "20240101", "KOR", "USA", "043");
    text += &row(1, "20240101", "KOR", "USA", "043"); // the same in all
    text += &row(2, "20240101", "KOR", "USA", "043"); // another id, the same page (id / 3)
    text += &row(7, "20240101", "KOR", "USA", "043"); // another page
    text += &row(8, "20240102", "KOR", "USA", "043"); // another day
    text += &row(8, "20240102", "KOR", "USA", "042"); // another code
    fs::write(&file, text).unwrap();
    for (dedup, want) in [
        (Dedup::None, vec![]),
        (Dedup::Id, vec![2, 6]),
        (Dedup::Url, vec![2, 3]),
        (Dedup::Report, vec![2, 3, 4]),
    ] {
        let store = dir.path().join(dedup.name());
        let how = How {
            dedup,
            ..How::default()
        };
        let summary = read_into(&store, std::slice::from_ref(&file), how);
        let found: Vec<i64> = rows(&Store::open(&store).unwrap())
            .into_iter()
            .filter(|r| r.2)
            .map(|r| r.1)
            .collect();
        assert_eq!(found, want, "{dedup}");
        assert_eq!(summary.files[0].duplicates, want.len() as u64);
        assert!(summary.files[0].adds_up());
    }
}

#[test]
fn a_filter_counts_what_it_leaves_out() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("a.CSV");
    let text = [
        row(1, "20240101", "KOR", "USA", "043"),
        row(2, "20240101", "KOR", "ROM", "190"),
        row(3, "20240105", "USA", "KOR", "057"),
        row(4, "20240105", "PRK", "CHN", "057"),
        row(5, "20250105", "KOR", "USA", "057"),
    ]
    .concat();
    fs::write(&file, text).unwrap();
    let filters = [
        (
            Filter {
                actors: ["ROU".to_owned()].into(),
                ..Filter::default()
            },
            vec![2],
            "actor",
        ),
        (
            Filter {
                dyads: [("USA".to_owned(), "KOR".to_owned())].into(),
                ..Filter::default()
            },
            vec![1, 3, 5],
            "dyad",
        ),
        (
            Filter {
                countries: ["ROM".to_owned()].into(),
                ..Filter::default()
            },
            vec![2],
            "country",
        ),
        (
            Filter {
                roots: [5].into(),
                ..Filter::default()
            },
            vec![3, 4, 5],
            "root",
        ),
        (
            Filter {
                to: Some(jiff::civil::date(2024, 1, 1)),
                ..Filter::default()
            },
            vec![1, 2],
            "date",
        ),
    ];
    for (i, (filter, want, name)) in filters.into_iter().enumerate() {
        let store = dir.path().join(i.to_string());
        let how = How {
            filter,
            ..How::default()
        };
        let record = read_into(&store, std::slice::from_ref(&file), how)
            .files
            .remove(0);
        let lines: Vec<i64> = rows(&Store::open(&store).unwrap())
            .iter()
            .map(|r| r.1)
            .collect();
        assert_eq!(lines, want, "{name}");
        assert_eq!(record.filtered[name], 5 - want.len() as u64);
        assert!(record.adds_up());
    }
}

#[test]
fn broken_lines_are_rejected_or_mended_and_logged() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("a.CSV");
    let good = row(1, "20240101", "KOR", "USA", "043");
    let mut bytes = good.clone().into_bytes();
    let fields: Vec<&str> = good.trim_end().split('\t').collect();
    let with = |at: usize, value: &str| {
        let mut fields = fields.clone();
        fields[at] = value;
        fields.join("\t") + "\n"
    };
    bytes.extend(fields[..30].join("\t").bytes().chain([b'\n'])); // 2: cut off
    bytes.extend(with(52, "Sto\tlen").bytes()); // 3: a tab in a name
    bytes.extend(with(6, "SAY \"NO").replacen("1\t", "4\t", 1).bytes()); // 4: a lone quote is a character
    bytes.extend(with(1, "20240230").bytes()); // 5: no such day
    bytes.extend(with(0, "").bytes()); // 6: no id
    bytes.extend(with(56, "37#.5").replacen("1\t", "7\t", 1).bytes()); // 7: mended
    let mut latin = with(6, "PL@CE").replacen("1\t", "8\t", 1).into_bytes(); // 8: Latin-1
    let at = latin.iter().position(|&b| b == b'@').unwrap();
    latin[at] = 0xe9;
    bytes.extend(latin);
    bytes.extend(with(26, "9999").replacen("1\t", "9\t", 1).bytes()); // 9: no such code
    bytes.extend(with(6, "NA").replacen("1\t", "10\t", 1).trim_end().bytes()); // 10: no newline; NA is a name
    fs::write(&file, bytes).unwrap();
    let store = dir.path().join("store");
    let record = read_into(&store, &[file], How::default()).files.remove(0);
    assert!(record.adds_up(), "{record:?}");
    assert_eq!((record.lines, record.stored, record.latin1), (10, 6, 1));
    let rejected: Vec<(&str, u64)> = record
        .rejected
        .iter()
        .map(|(k, v)| (k.as_str(), *v))
        .collect();
    assert_eq!(
        rejected,
        [
            ("bad-date:date", 1),
            ("missing:id", 1),
            ("too-few-fields", 1),
            ("too-many-fields", 1)
        ]
    );
    let mended: Vec<(&str, u64)> = record
        .mended
        .iter()
        .map(|(k, v)| (k.as_str(), *v))
        .collect();
    assert_eq!(mended, [("bad-code:code", 1), ("bad-number:latitude", 1)]);
    let opened = Store::open(&store).unwrap();
    let log: Vec<LogEntry> = opened.log().map(|e| e.unwrap()).collect();
    let lines: Vec<(u64, bool)> = log.iter().map(|e| (e.line, e.stored)).collect();
    assert_eq!(
        lines,
        [
            (2, false),
            (3, false),
            (5, false),
            (6, false),
            (7, true),
            (9, true)
        ]
    );
    assert!(log[1].raw.contains("Sto\tlen"));
    let reader = FileReader::open(opened.path(&opened.manifest().segments[0].path)).unwrap();
    assert_eq!(reader.rows(), 6);
}

/// Every real sample, with the numbers that its publishers or formats.md give.
#[test]
fn real_samples_add_up() {
    let Some(data) = demarche_shared::shared("data") else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let store = dir.path().join("store");
    let folders = ["gdelt1", "gdelt2", "icews", "icews14"].map(|f| data.join(f));
    let summary = read_into(&store, &folders, How::default());
    let opened = Store::open(&store).unwrap();
    assert!(summary.files.iter().all(|f| f.adds_up()), "{summary:?}");
    let of = |name: &str| {
        summary
            .files
            .iter()
            .find(|f| f.name.ends_with(name))
            .unwrap_or_else(|| panic!("{name}: {:?}", summary.skipped))
    };
    for (name, format, lines) in [
        ("20141124.export.CSV.zip", "gdelt1", 100),
        ("gdelt-demo_events_57_and_58.tsv", "gdelt1", 710),
        ("georgia_201106_201305.tsv.gz", "gdelt1", 105_444),
        ("20180326044500.export.CSV", "gdelt2", 1_540),
        ("events.2018.sample.tab", "icews", 3_705),
        ("train.txt", "quadruples", 74_845),
        ("test.txt", "quadruples", 7_371),
        ("valid.txt", "quadruples", 8_514),
    ] {
        let record = of(name);
        assert_eq!(
            (record.format.as_str(), record.lines),
            (format, lines),
            "{name}"
        );
        assert_eq!(record.rejected_lines(), 0, "{name} {record:?}");
    }
    let georgia = of("georgia_201106_201305.tsv.gz");
    assert_eq!((georgia.quad_differs, georgia.scale_differs), (0, 1));
    let stored: u64 = opened.manifest().segments.iter().map(|s| s.rows).sum();
    assert_eq!(
        stored,
        summary
            .files
            .iter()
            .map(|f| f.stored + f.duplicates)
            .sum::<u64>()
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    /// Whatever the bytes, every line has its place, and every row of the store is a line.
    #[test]
    fn the_ledger_always_adds_up(edits in prop::collection::vec((0usize..12_000, any::<u8>()), 0..60), cut in 0usize..12_000, copies in 1usize..3) {
        let dir = tempfile::tempdir().unwrap();
        let mut paths = Vec::new();
        let first = row(1, "20240101", "KOR", "USA", "043");
        for i in 0..copies {
            let mut bytes = sample(30 + i as u64).into_bytes();
            for &(at, byte) in &edits {
                if let Some(b) = bytes.get_mut(at) {
                    *b = byte;
                }
            }
            if cut < bytes.len() {
                bytes.truncate(cut);
            }
            // The first line stays whole, or the file might be of no format at all.
            let bytes = [first.as_bytes(), &bytes].concat();
            let path = dir.path().join(format!("{i}.CSV"));
            fs::write(&path, &bytes).unwrap();
            paths.push((path, bytes.split(|&b| b == b'\n').count() as u64 - u64::from(bytes.ends_with(b"\n"))));
        }
        let store = dir.path().join("store");
        let inputs: Vec<PathBuf> = paths.iter().map(|p| p.0.clone()).collect();
        let summary = read_into(&store, &inputs, How::default());
        let opened = Store::open(&store).unwrap();
        for record in &summary.files {
            prop_assert!(record.adds_up(), "{:?}", record);
            let (_, lines) = paths.iter().find(|p| p.0.ends_with(&record.name)).unwrap();
            // A copy of a file is entered without lines.
            let copy = summary.skipped.iter().any(|s| s.known && s.name == record.name);
            prop_assert_eq!(record.lines, if copy { 0 } else { *lines });
        }
        let rows = rows(&opened);
        let kept: u64 = summary.files.iter().map(|f| f.stored + f.duplicates).sum();
        prop_assert_eq!(rows.len() as u64, kept);
        let places: std::collections::BTreeSet<_> = rows.iter().map(|r| (r.0, r.1)).collect();
        prop_assert_eq!(places.len(), rows.len());
        let rejected = opened.log().filter(|e| !e.as_ref().unwrap().stored).count() as u64;
        prop_assert_eq!(rejected, summary.files.iter().map(|f| f.rejected_lines()).sum::<u64>());
    }
}

/// What the killed program does: reads a folder into a store.
#[test]
fn child() {
    let Some(work) = std::env::var_os("DEMARCHE_TEST_INGEST") else {
        return;
    };
    let work = PathBuf::from(work);
    let how = How {
        batch: Batch {
            segment: 60_000,
            commit: 1,
            files: 1,
        },
        ..How::default()
    };
    read_into(&work.join("store"), &[work.join("in")], how);
}

/// Kills the program at two hundred moments, and has it carry on each time; when all is read, it
/// begins anew.
#[test]
fn a_kill_at_any_moment_loses_and_doubles_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let input = dir.path().join("in");
    fs::create_dir(&input).unwrap();
    let files = 40u64;
    for i in 0..files {
        let rows: String = (0..300)
            .map(|n| {
                row(
                    1000 * i + n,
                    "20240105",
                    "KOR",
                    ["USA", "CHN", "ROM"][(n % 3) as usize],
                    "043",
                )
            })
            .collect();
        fs::write(input.join(format!("{i:03}.CSV")), rows).unwrap();
    }
    let store = dir.path().join("store");
    let run = || {
        Command::new(std::env::current_exe().unwrap())
            .args(["child", "--exact", "--quiet"])
            .env("DEMARCHE_TEST_INGEST", dir.path())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .unwrap()
    };
    let check = || -> u64 {
        let Ok(opened) = Store::open(&store) else {
            // Killed before the first manifest.
            assert!(!store.join("manifest.json").exists());
            return 0;
        };
        let records: Vec<_> = opened.files().map(|f| f.unwrap()).collect();
        let names: std::collections::BTreeSet<_> = records.iter().map(|f| &f.name).collect();
        assert_eq!(names.len(), records.len(), "a file twice");
        assert!(
            records
                .iter()
                .all(|f| f.adds_up() && f.lines == 300 && f.stored == 300)
        );
        let kept: u64 = opened.manifest().segments.iter().map(|s| s.rows).sum();
        assert_eq!(kept, 300 * records.len() as u64);
        for segment in &opened.manifest().segments {
            let reader = FileReader::open(opened.path(&segment.path)).unwrap();
            assert_eq!(reader.rows(), segment.rows);
        }
        records.len() as u64
    };
    // How long an undisturbed run takes tells which moments there are to be met; the truth of the
    // test does not hang on it.
    let begun = std::time::Instant::now();
    assert!(run().wait().unwrap().success());
    let whole = begun.elapsed();
    assert_eq!(check(), files);
    fs::remove_dir_all(&store).unwrap();
    let mut between = 0;
    for kill in 0..200u32 {
        let mut child = run();
        std::thread::sleep(whole * (kill * 83 % 200) / 250);
        child.kill().unwrap();
        child.wait().unwrap();
        let have = check();
        between += u64::from(have > 0 && have < files);
        if have == files {
            assert!(run().wait().unwrap().success());
            assert_eq!(check(), files);
            assert_eq!(
                rows(&Store::open(&store).unwrap()).len() as u64,
                files * 300
            );
            fs::remove_dir_all(&store).unwrap();
        }
    }
    assert!(run().wait().unwrap().success());
    assert_eq!(check(), files);
    assert!(between > 0, "no kill met the program at work");
}
