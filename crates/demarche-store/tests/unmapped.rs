//! What a store could not map, from real files: counted right, and the lines it proposes work.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use demarche_case::Case;
use demarche_read::input::{InputFile, Limits, Origin, find};
use demarche_read::layout::{Naming, Party};
use demarche_shared::shared;
use demarche_store::ingest::{Batch, Filter, Gauge, Options, ingest};
use demarche_store::{
    ACTOR_COLUMNS, Actors, Dedup, Named, Resolve, Settings, Store, Writer, unmapped,
};

fn layout(file: &InputFile, head: &[u8]) -> Result<demarche_read::layout::Layout, String> {
    let beside = |name: &str| match &file.origin {
        Origin::Path(path) => fs::read(path.with_file_name(name)).ok(),
        Origin::Stdin => None,
    };
    demarche_read::detect(&file.name, head, &beside).map_err(|e| e.to_string())
}

fn read_into(dir: &Path, inputs: &[PathBuf], actors: &Actors) -> (Store, u64) {
    let settings = Settings {
        dedup: Dedup::None,
        actors: actors.fingerprint(),
        filter: String::new(),
    };
    let writer = Writer::open(dir, &settings, "the test").unwrap();
    let limits = Limits::default();
    let files = find(inputs, &limits).unwrap().files;
    let options = Options {
        filter: Filter::default(),
        resolve: actors,
        limits,
        batch: Batch::default(),
        workers: 2,
        layout: &layout,
        parquet: &|_| Err("no Parquet here".to_owned()),
    };
    let summary = ingest(writer, &files, &options, &Gauge::default()).unwrap();
    let unresolved = summary.files.iter().map(|f| f.unresolved).sum();
    (Store::open(dir).unwrap(), unresolved)
}

fn case_with(lines: &[String]) -> Case {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases/korea-nato");
    let mut files = BTreeMap::new();
    for folder in ["", "frameworks/"] {
        for entry in fs::read_dir(dir.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = path.file_name().unwrap().to_str().unwrap();
                files.insert(format!("{folder}{name}"), fs::read(&path).unwrap());
            }
        }
    }
    let actors = files.get_mut("actors.csv").unwrap();
    let text = String::from_utf8(actors.clone()).unwrap();
    assert_eq!(text.lines().next(), Some(ACTOR_COLUMNS));
    for line in lines {
        actors.extend_from_slice(format!("{line}\n").as_bytes());
    }
    let reading = demarche_case::read_files(&files);
    let problems: Vec<_> = reading
        .report
        .problems
        .iter()
        .map(|p| p.to_string())
        .collect();
    reading
        .case
        .unwrap_or_else(|| panic!("{}", problems.join("\n")))
}

fn party(naming: Naming, fields: [&str; 4]) -> Party {
    let [code, name, country, group] = fields.map(str::to_owned);
    Party {
        naming,
        code,
        name,
        country,
        group,
        ..Party::default()
    }
}

/// Two small files of known content, and the lines proposed for them put into a case.
#[test]
fn lines_proposed_map_what_was_not_mapped() {
    let dir = tempfile::tempdir().unwrap();
    let gdelt = |id: u32, a: [&str; 4], b: [&str; 4]| {
        let mut fields = vec![String::new(); 61];
        fields[0] = id.to_string();
        for (at, text) in [
            (1, "20240115"),
            (2, "202401"),
            (3, "2024"),
            (4, "2024.0411"),
        ] {
            fields[at] = text.to_owned();
        }
        for (at, actor) in [(5, a), (15, b)] {
            for (i, text) in actor.iter().enumerate() {
                fields[at + i] = (*text).to_owned();
            }
        }
        for (at, text) in [
            (25, "1"),
            (26, "042"),
            (27, "042"),
            (28, "04"),
            (29, "1"),
            (30, "1.9"),
        ] {
            fields[at] = text.to_owned();
        }
        fields[31..35].fill("1".to_owned());
        for at in [35, 43, 51] {
            fields[at] = "0".to_owned();
        }
        fields[59] = "20240115001500".to_owned();
        fields[60] = "https://example.org/1".to_owned();
        fields.join("\t") + "\n"
    };
    let kor = ["KOR", "SEOUL", "KOR", ""];
    let taliban = ["AFTREBTAL", "TALIBAN", "", "TAL"];
    let west = ["WST", "THE WEST", "WST", ""];
    let role = ["GOV", "MINISTRY", "", ""];
    let new = ["QQZGOV", "QUZ", "QQZ", ""];
    let gdelt_file = [
        gdelt(1, kor, taliban),
        gdelt(2, taliban, taliban),
        gdelt(3, new, kor),
        gdelt(4, west, role),
        gdelt(5, kor, ["", "", "", ""]),
        gdelt(6, kor, kor),
    ];
    let inputs = dir.path().join("in");
    fs::create_dir(&inputs).unwrap();
    fs::write(
        inputs.join("20240115001500.export.CSV"),
        gdelt_file.concat(),
    )
    .unwrap();
    let icews = "Event ID\tEvent Date\tSource Name\tSource Sectors\tSource Country\tEvent Text\tCAMEO Code\tIntensity\tTarget Name\tTarget Sectors\tTarget Country\tStory ID\tSentence Number\tPublisher\tCity\tDistrict\tProvince\tCountry\tLatitude\tLongitude\n";
    let row = |id: u32, name: &str, country: &str| {
        format!(
            "{id}\t2024-01-15\t{name}\t\t{country}\tMake a visit\t042\t1.9\tSeoul\t\tSouth Korea\t{id}\t1\tX\t\t\t\t\t\t\n"
        )
    };
    let icews = [
        icews.to_owned(),
        row(1, "Shanghai Cooperation Organization", ""),
        row(2, "Hamas, the Movement", ""),
        row(3, "Shanghai Cooperation Organization", ""),
        row(4, "Somebody", "Narnia"),
        row(5, "Somebody", "Japan"),
    ];
    fs::write(
        inputs.join("events.2024.20240201000000.tab"),
        icews.concat(),
    )
    .unwrap();

    let (store, unresolved) = read_into(
        &dir.path().join("store"),
        std::slice::from_ref(&inputs),
        &Actors::of(&case_with(&[])),
    );
    let list = unmapped(&store, 100).unwrap();
    let shown: Vec<(u64, &str)> = list
        .actors
        .iter()
        .map(|u| (u.rows, u.line.as_deref().unwrap()))
        .collect();
    assert_eq!(
        shown,
        [
            (3, "TAL,TALIBAN,TALIBAN,body,,TAL,,,"),
            (
                2,
                "SCO,Shanghai Cooperation Organization,Shanghai Cooperation Organization,body,,,Shanghai Cooperation Organization,,"
            ),
            (1, "QQZ,QUZ,QUZ,state,QQZ,,,,"),
            (
                1,
                "MH,\"Hamas, the Movement\",\"Hamas, the Movement\",body,,,\"Hamas, the Movement\",,"
            ),
            (1, "NARNIA,Narnia,Narnia,state,,,Narnia,,"),
        ]
    );
    let others: Vec<(u64, &str)> = list
        .others
        .iter()
        .map(|u| (u.rows, u.code.as_str()))
        .collect();
    assert_eq!(others, [(1, "GOV"), (1, "WST")]);
    assert_eq!((list.rows, list.short_by), (10, 0));
    // The ledger counts rows, of which two name somebody unknown on both sides.
    assert_eq!(unresolved, 8);

    // With the lines in the case nothing is left but what is no actor.
    let lines: Vec<String> = list
        .actors
        .iter()
        .map(|u| u.line.clone().unwrap())
        .collect();
    let actors = Actors::of(&case_with(&lines));
    let (store, unresolved) = read_into(&dir.path().join("again"), &[inputs], &actors);
    let list = unmapped(&store, 100).unwrap();
    assert_eq!(
        (list.actors.len(), list.others.len(), unresolved),
        (0, 2, 1)
    );
}

/// Real files: the counts are those of a plain count over the lines, and each line that is
/// proposed maps what it was proposed for.
#[test]
fn real_files_are_counted_right() {
    let Some(georgia) = shared("data/gdelt1/georgia_201106_201305.tsv.gz") else {
        return;
    };
    let Some(icews) = shared("data/icews/events.2018.sample.tab") else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let actors = Actors::of(&case_with(&[]));
    let (store, _) = read_into(&dir.path().join("store"), &[georgia, icews], &actors);
    let all = unmapped(&store, usize::MAX).unwrap();
    assert_eq!(all.short_by, 0);
    let listed = all.actors.iter().chain(&all.others);
    assert_eq!(listed.map(|u| u.rows).sum::<u64>(), all.rows);

    // A plain count: rows of the store without a code but with something of the party.
    let mut plain = 0u64;
    for segment in &store.manifest().segments {
        let reader = demarche_table::columnar::FileReader::open(store.path(&segment.path)).unwrap();
        for group in 0..reader.groups() {
            for side in ["source", "target"] {
                let text = |name: &str| {
                    let column = reader.column(name)?;
                    Some(reader.read_text(group, column, None).unwrap())
                };
                let who = text(side).unwrap();
                let given: Vec<_> = ["code", "name", "country", "group"]
                    .iter()
                    .filter_map(|what| text(&format!("{side}_{what}")))
                    .collect();
                plain += (0..who.ends.len())
                    .filter(|&row| who.get(row).is_none())
                    .filter(|&row| {
                        let known = |t: &str| !matches!(t, "" | "NA" | "None" | "NULL");
                        given.iter().any(|c| c.get(row).is_some_and(known))
                    })
                    .count() as u64;
            }
        }
    }
    assert_eq!(all.rows, plain);

    let top = unmapped(&store, 5).unwrap();
    assert_eq!(top.actors, all.actors[..5]);
    for unknown in top.actors.iter().chain(all.actors.iter().rev().take(20)) {
        let naming = if unknown.format == "icews" {
            Naming::Icews
        } else {
            Naming::Gdelt
        };
        let fields = [
            &unknown.code,
            &unknown.name,
            &unknown.country,
            &unknown.group,
        ];
        let party = party(naming, fields.map(String::as_str));
        assert_eq!(actors.resolve(&party), Named::Nobody, "{unknown:?}");
        let line = unknown.line.clone().unwrap();
        let code = line.split(',').next().unwrap().to_owned();
        if case_with(&[]).actor(&code).is_some() {
            continue;
        }
        let with = Actors::of(&case_with(&[line]));
        assert_eq!(with.resolve(&party), Named::Always(code), "{unknown:?}");
    }
    for u in all.actors.iter().take(8).chain(all.others.iter().take(8)) {
        println!("{} {} {:?} {:?}", u.format, u.rows, u.code, u.line);
    }
}
