//! Every real sample read row by row: each line is a row, or rejected with a reason, and what is
//! known of the samples from elsewhere comes out.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use demarche_read::detect::{Options, TimeUnit, Unfit};
use demarche_read::layout::{Act, Fact, Fault, Format, Layout, Part, Party};
use demarche_read::row::{OwnedValue, Row, read_row};
use demarche_read::{detect, detect_with};

/// The folder of samples, if it is there.
fn data() -> Option<PathBuf> {
    demarche_shared::shared("data")
}

fn read(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::new();
    match path.extension().and_then(|e| e.to_str()) {
        Some("gz") => {
            let mut file = flate2::read::MultiGzDecoder::new(File::open(path).unwrap());
            file.read_to_end(&mut bytes).unwrap();
        }
        Some("zip") => {
            let mut archive = zip::ZipArchive::new(File::open(path).unwrap()).unwrap();
            assert_eq!(archive.len(), 1);
            archive
                .by_index(0)
                .unwrap()
                .read_to_end(&mut bytes)
                .unwrap();
        }
        _ => bytes = fs::read(path).unwrap(),
    }
    bytes
}

/// The layout found for a file, and its rows.
fn rows(path: &Path) -> (Layout, Vec<Result<Row, Fault>>) {
    let bytes = read(path);
    let head = &bytes[..bytes.len().min(demarche_read::detect::LOOK)];
    let folder = path.parent().unwrap().to_owned();
    let beside = move |name: &str| fs::read(folder.join(name)).ok();
    let name = path.file_name().unwrap().to_str().unwrap();
    let layout = detect(name, head, &beside).unwrap_or_else(|e| panic!("{e}"));
    let mut lines: Vec<&[u8]> = bytes.split(|&b| b == b'\n').collect();
    if lines.last().is_some_and(|l| l.is_empty()) {
        lines.pop();
    }
    let skip = usize::from(layout.header);
    let rows = lines[skip..].iter().map(|l| read_row(&layout, l)).collect();
    (layout, rows)
}

/// The rows of a file that has no others.
fn all_rows(path: &Path) -> (Layout, Vec<Row>) {
    let (layout, rows) = rows(path);
    let rows = rows
        .into_iter()
        .enumerate()
        .map(|(i, row)| row.unwrap_or_else(|e| panic!("row {}: {e}", i + 1)))
        .collect();
    (layout, rows)
}

fn party(row: &Row, part: Part) -> &Party {
    let told = row.told.iter().find(|(p, _)| *p == part);
    match &told.unwrap().1.fact {
        Fact::Party(party) => party,
        fact => panic!("{fact:?}"),
    }
}

fn act(row: &Row) -> Act {
    let told = row.told.iter().find(|(p, _)| *p == Part::Act);
    match told.unwrap().1.fact {
        Fact::Act(act) => act,
        ref fact => panic!("{fact:?}"),
    }
}

fn mended(rows: &[Row]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for fault in rows
        .iter()
        .flat_map(|r| &r.told)
        .filter_map(|(_, t)| t.mended)
    {
        *counts.entry(fault.to_string()).or_default() += 1;
    }
    counts
}

fn float(row: &Row, name: &str) -> Option<f64> {
    match row.value(name) {
        OwnedValue::Float(x) => Some(*x),
        _ => None,
    }
}

/// Rough boxes of some countries, by FIPS code: south, north, west, east.
const BOXES: [(&str, [f64; 4]); 12] = [
    ("GG", [41.0, 43.7, 39.9, 46.8]),
    ("AJ", [38.3, 42.0, 44.7, 51.0]),
    ("AM", [38.8, 41.4, 43.4, 46.7]),
    ("KS", [33.0, 38.7, 124.5, 131.9]),
    ("JA", [20.4, 45.6, 122.9, 154.0]),
    ("UK", [49.0, 61.0, -14.0, 2.1]),
    ("GM", [47.2, 55.1, 5.8, 15.1]),
    ("FR", [41.0, 51.3, -5.5, 9.8]),
    ("IN", [6.0, 36.0, 68.0, 97.5]),
    ("IS", [29.0, 33.5, 34.0, 36.0]),
    ("TU", [35.7, 42.2, 25.6, 44.9]),
    ("BR", [-34.0, 5.4, -74.0, -28.0]),
];

/// How many places of known countries lie within and without their boxes.
fn places(rows: &[Row]) -> (usize, Vec<String>) {
    let (mut within, mut without) = (0, Vec::new());
    for row in rows {
        for of in ["source_", "target_", ""] {
            let country = match of {
                "" => row.text("place_country"),
                of => row.text(&format!("{of}place_country")),
            };
            let Some((_, [s, n, w, e])) = BOXES.iter().find(|(c, _)| *c == country) else {
                continue;
            };
            let lat = float(row, &format!("{of}latitude"));
            let long = float(row, &format!("{of}longitude"));
            let (Some(lat), Some(long)) = (lat, long) else {
                continue;
            };
            if (*s..=*n).contains(&lat) && (*w..=*e).contains(&long) {
                within += 1;
            } else {
                without.push(format!("{country} {lat} {long}"));
            }
        }
    }
    (within, without)
}

#[test]
fn georgia_agrees_with_our_tables() {
    let Some(data) = data() else { return };
    let (layout, rows) = all_rows(&data.join("gdelt1/georgia_201106_201305.tsv.gz"));
    assert_eq!(layout.format, Format::Gdelt1);
    assert_eq!(rows.len(), 105_444);
    let (mut quads, mut scales, mut nato, mut slots, mut letters) = (0, Vec::new(), 0, 0, 0);
    for row in &rows {
        let act = act(row);
        quads += usize::from(act.quad_given != act.quad.map(|q| q.number()));
        if act
            .scale_given
            .zip(act.scale)
            .is_none_or(|(a, b)| (a - b).abs() > 1e-9)
        {
            scales.push((row.text("code").to_owned(), act.scale_given));
        }
        let ends = [Part::Source, Part::Target].map(|p| party(row, p));
        let n = ends.iter().filter(|p| p.group == "NAT").count();
        slots += n;
        nato += usize::from(n > 0);
        letters += usize::from(n > 0 || ends.iter().any(|p| p.name.contains("NATO")));
    }
    assert_eq!(quads, 0);
    assert_eq!(scales, [("106".to_owned(), Some(0.0))]);
    // NATO acts or is acted upon in 1,348 rows. By the four letters in a name there would be 1,613,
    // but 265 of them are senators, sanatoria and an Anatoliy.
    assert_eq!((nato, slots, letters), (1348, 1362, 1613));
    // All action places are in Georgia, and every one lies there.
    let georgia = |r: &&Row| r.text("place_country") == "GG";
    assert_eq!(rows.iter().filter(georgia).count(), rows.len());
    for row in &rows {
        let (lat, long) = (
            float(row, "latitude").unwrap(),
            float(row, "longitude").unwrap(),
        );
        assert!(
            (41.0..44.0).contains(&lat) && (40.0..47.0).contains(&long),
            "{lat} {long}"
        );
    }
}

#[test]
fn columns_57_and_58_are_read_side_by_side() {
    let Some(data) = data() else { return };
    let (layout, rows) = all_rows(&data.join("gdelt1/gdelt-demo_events_57_and_58.tsv"));
    assert_eq!((layout.format, rows.len()), (Format::Gdelt1, 710));
    let (within, without) = places(&rows);
    assert!(within > 100 && without.is_empty(), "{within} {without:?}");
    let moment = |r: &&Row| matches!(r.value("added"), OwnedValue::Timestamp(_));
    assert_eq!(rows.iter().filter(moment).count(), 710);
    let with_url = rows.iter().filter(|r| !r.text("url").is_empty()).count();
    assert!(with_url <= 509 && with_url > 0, "{with_url}");
    assert_eq!(mended(&rows), BTreeMap::new());
}

#[test]
fn daily_and_quarter_hour_files_are_read() {
    let Some(data) = data() else { return };
    let (layout, rows) = all_rows(&data.join("gdelt1/20141124.export.CSV.zip"));
    assert_eq!((layout.format, rows.len()), (Format::Gdelt1, 100));
    assert_eq!(places(&rows).1, [""; 0]);
    let (layout, rows) = all_rows(&data.join("gdelt2/20180326044500.export.CSV"));
    assert_eq!((layout.format, rows.len()), (Format::Gdelt2, 1540));
    let (within, without) = places(&rows);
    assert!(within > 100 && without.is_empty(), "{within} {without:?}");
    for row in &rows {
        let act = act(row);
        assert_eq!(act.quad_given, act.quad.map(|q| q.number()));
        assert_eq!(act.scale_given, act.scale);
    }
}

#[test]
fn mentions_are_read_from_a_copy_with_commas() {
    let Some(data) = data() else { return };
    let (layout, rows) = all_rows(&data.join("gdelt2/mentions_sample.csv"));
    assert_eq!((layout.format, rows.len()), (Format::Gdelt2Mentions, 1635));
    assert!(!layout.format.holds_events());
    // 2017-07-01T23:45:00Z.
    assert_eq!(
        rows[0].value("added"),
        &OwnedValue::Timestamp(1_498_952_700_000)
    );
    assert_eq!(rows[0].value("date"), &OwnedValue::Date(17_348));
    assert!(rows.iter().all(
        |r| r.text("url").starts_with("http") || r.value("mention_type") != &OwnedValue::Int(1)
    ));
    assert_eq!(mended(&rows), BTreeMap::new());
}

#[test]
fn icews_is_read_by_name() {
    let Some(data) = data() else { return };
    let (layout, rows) = all_rows(&data.join("icews/events.2018.sample.tab"));
    assert_eq!((layout.format, rows.len()), (Format::Icews, 3705));
    let empty = |part| {
        rows.iter()
            .filter(|r| party(r, part).country.is_empty())
            .count()
    };
    assert_eq!((empty(Part::Source), empty(Part::Target)), (147, 232));
    for row in &rows {
        let act = act(row);
        assert_eq!(act.scale_given, act.scale, "{}", row.text("code"));
        assert!(act.cameo.is_some() && !act.fallback);
        let sectors = &party(row, Part::Source).sectors;
        assert!(sectors.is_sorted() && !sectors.iter().any(|s| s.contains('"') || s == "NA"));
    }
    assert_eq!(rows[0].text("place"), "Hanoi");
    assert_eq!(rows[0].text("title"), "Consult");
    assert_eq!(mended(&rows), BTreeMap::new());
}

#[test]
fn event_graphs_are_read_with_their_lists() {
    let Some(data) = data() else { return };
    for (folder, sizes) in [
        ("icews14", [74_845, 8_514, 7_371]),
        ("icews14-xerte", [63_685, 13_823, 13_222]),
    ] {
        let mut codes = BTreeMap::new();
        let (mut first, mut last, mut countries) = (i32::MAX, i32::MIN, 0);
        for (split, size) in ["train.txt", "valid.txt", "test.txt"]
            .into_iter()
            .zip(sizes)
        {
            let (layout, rows) = all_rows(&data.join(folder).join(split));
            assert_eq!(
                (layout.format, rows.len()),
                (Format::Quadruples, size),
                "{folder} {split}"
            );
            assert_eq!(mended(&rows), BTreeMap::new());
            for row in &rows {
                let OwnedValue::Date(day) = row.value("date") else {
                    panic!("no day")
                };
                first = first.min(*day);
                last = last.max(*day);
                countries += usize::from(!party(row, Part::Source).country.is_empty());
                codes.insert(row.text("title").to_owned(), row.text("code").to_owned());
            }
        }
        // 2014-01-01 to 2014-12-31.
        assert_eq!((first, last), (16_071, 16_435), "{folder}");
        assert_eq!(codes.len(), 230);
        assert!(countries > 50_000, "{countries}");
        // The texts have the codes that raw ICEWS rows give them.
        let (_, raw) = all_rows(&data.join("icews/events.2018.sample.tab"));
        let mut compared = 0;
        for row in &raw {
            if let Some(code) = codes.get(row.text("title")) {
                assert_eq!(code, row.text("code"), "{}", row.text("title"));
                compared += 1;
            }
        }
        assert!(compared > 3000, "{compared}");
    }
}

#[test]
fn the_same_graph_by_two_editions_names_the_same_actors() {
    let Some(data) = data() else { return };
    let mut editions = Vec::new();
    for folder in ["icews14", "icews14-xerte"] {
        let mut rows = Vec::new();
        for split in ["train.txt", "valid.txt", "test.txt"] {
            for row in all_rows(&data.join(folder).join(split)).1 {
                let OwnedValue::Date(day) = row.value("date") else {
                    panic!("no day")
                };
                // One edition dropped a hard blank ("Xinjiang Uyghur").
                let name = |c| row.text(c).replace('\u{a0}', "");
                rows.push((*day, name("source_name"), name("code"), name("target_name")));
            }
        }
        rows.sort();
        rows.dedup();
        editions.push(rows);
    }
    assert_eq!(editions[0].len(), 90_730);
    assert!(editions[0] == editions[1]);
}

#[test]
fn companions_are_no_data_and_say_so() {
    let Some(data) = data() else { return };
    for name in ["entity2id.txt", "relation2id.txt", "stat.txt"] {
        let bytes = read(&data.join("icews14").join(name));
        let error = detect(name, &bytes, &|_| None).err().unwrap();
        assert_eq!(error.what, Unfit::Companion);
        assert!(error.is_harmless());
    }
    let train = read(&data.join("icews14/train.txt"));
    let error = detect("train.txt", &train[..1000], &|_| None)
        .err()
        .unwrap();
    assert_eq!(error.what, Unfit::MissingList);
    let other = |name: &str| match name {
        "entity2id.txt" => Some(b"A\t0\nB\t1\n".to_vec()),
        "relation2id.txt" => Some(b"Consult\t0\nDance\t1\n".to_vec()),
        _ => None,
    };
    let error = detect("train.txt", b"0\t0\t1\t0\n", &other).err().unwrap();
    assert_eq!(error.what, Unfit::NoOrigin);
    let options = Options {
        origin: Some(100),
        unit: Some(TimeUnit::Days),
    };
    let layout = detect_with("train.txt", b"0\t0\t1\t0\n", &other, &options).unwrap();
    let row = read_row(&layout, b"0\t0\t1\t7\t0").unwrap();
    assert_eq!(
        (row.value("date"), row.text("code")),
        (&OwnedValue::Date(107), "040")
    );
    let row = read_row(&layout, b"1\t1\t0\t7").unwrap();
    assert_eq!(
        (row.text("title"), row.value("code")),
        ("Dance", &OwnedValue::Null)
    );
    assert_eq!(
        mended(&[row]),
        BTreeMap::from([("bad-code:code".to_owned(), 1)])
    );
    let fault = read_row(&layout, b"9\t1\t0\t7").unwrap_err();
    assert_eq!(fault.to_string(), "unknown-id:source_name");
}
