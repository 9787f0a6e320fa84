//! Reading a case folder: from files to a case, with every problem on the way.

mod actors;
mod chronicle;
mod frameworks;
mod futures;
mod initiatives;
mod memberships;
mod offices;
mod plan;
mod progress;
mod resources;
mod settings;
pub(crate) mod signposts;
mod terms;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::check::{self, Parts};
use crate::csv_file::{Columns, CsvFile};
use crate::names::{Findings, Kind};
use crate::problem::{FileRows, Place, Problems, Report, did_you_mean};
use crate::row::Row;
use crate::text::text;
use crate::{Case, Framework};

pub(crate) use frameworks::PlacedCrosswalk;
pub(crate) use futures::ThresholdWord;

/// The largest file that is read. A chronicle of a million events has this size.
pub const FILE_LIMIT: u64 = 256 * 1024 * 1024;

/// Files at the top of a case folder and whether every case needs them.
const FILES: [(&str, bool); 8] = [
    (settings::FILE, true),
    (actors::FILE, true),
    (memberships::FILE, false),
    (offices::FILE, false),
    (initiatives::FILE, false),
    (progress::FILE, false),
    (resources::FILE, false),
    (chronicle::FILE, true),
];

/// What came of reading a case folder.
#[derive(Clone, Debug)]
pub struct Reading {
    /// The case, if there is no error.
    pub case: Option<Case>,
    /// All problems, and the rows read and kept.
    pub report: Report,
}

/// Reads a case folder and checks it, with all problems at once.
///
/// Read are the regular files `case.toml`, `actors.csv`, `memberships.csv`, `offices.csv`,
/// `initiatives.csv`, `progress.csv`, `resources.csv`, `chronicle.csv` and `frameworks/*.toml`; links are not
/// followed. Other CSV and TOML files of the folder are named in a warning, all else is left alone.
pub fn read(dir: &Path) -> Reading {
    let mut problems = Problems::default();
    let mut files = BTreeMap::new();
    if let Err(error) = gather(dir, &mut files, &mut problems) {
        problems.error(
            "no-folder",
            Place::file(""),
            &dir.display().to_string(),
            format!("cannot be read as a folder: {error}"),
            "give the path of a case folder, or make one with demarche new",
        );
        return Reading {
            case: None,
            report: Report {
                problems: problems.into_sorted(),
                rows: Vec::new(),
            },
        };
    }
    read_gathered(&files, problems)
}

/// Reads a case from files in memory: names relative to the case folder, with forward slashes,
/// and bytes. For callers that have no folder, and for tests.
pub fn read_files(files: &BTreeMap<String, Vec<u8>>) -> Reading {
    read_gathered(files, Problems::default())
}

/// Reads the bytes of all files of a case.
fn gather(
    dir: &Path,
    files: &mut BTreeMap<String, Vec<u8>>,
    problems: &mut Problems,
) -> io::Result<()> {
    gather_from(dir, "", files, problems)?;
    // Without its slash, behind which a link would be followed.
    let frameworks = dir.join(frameworks::FOLDER.trim_end_matches('/'));
    let kind = fs::symlink_metadata(&frameworks).map(|m| m.file_type());
    match kind {
        Ok(kind) if kind.is_dir() => {
            if let Err(error) = gather_from(&frameworks, frameworks::FOLDER, files, problems) {
                report_unreadable(frameworks::FOLDER, &error, problems);
            }
        }
        Ok(_) => report_not_regular(frameworks::FOLDER.trim_end_matches('/'), problems),
        Err(_) => {}
    }
    Ok(())
}

fn gather_from(
    dir: &Path,
    prefix: &str,
    files: &mut BTreeMap<String, Vec<u8>>,
    problems: &mut Problems,
) -> io::Result<()> {
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let name = entry.file_name();
        let Some(name) = name.to_str() else {
            continue;
        };
        let name = format!("{prefix}{name}");
        if !is_table(&name) {
            continue;
        }
        if !is_of_case(&name) {
            // Named in a warning later; its bytes do not matter.
            files.insert(name, Vec::new());
            continue;
        }
        // Of the entry itself: a link is not followed.
        match entry.metadata() {
            Ok(data) if !data.is_file() => report_not_regular(&name, problems),
            Ok(data) if data.len() > FILE_LIMIT => problems.error(
                "huge-file",
                Place::file(&name),
                "",
                format!(
                    "the file has {} bytes; at most {FILE_LIMIT} are read",
                    data.len()
                ),
                "split the case, or look whether this is the right file",
            ),
            Ok(_) => match fs::read(entry.path()) {
                Ok(bytes) => {
                    files.insert(name, bytes);
                }
                Err(error) => report_unreadable(&name, &error, problems),
            },
            Err(error) => report_unreadable(&name, &error, problems),
        }
    }
    Ok(())
}

fn report_not_regular(name: &str, problems: &mut Problems) {
    problems.error(
        "not-a-regular-file",
        Place::file(name),
        "",
        "this is a folder, a link or a device where a file or folder of the case should be",
        "put the thing itself there; links are not followed",
    );
}

fn report_unreadable(name: &str, error: &io::Error, problems: &mut Problems) {
    problems.error(
        "unreadable",
        Place::file(name),
        "",
        format!("the system does not let it be read: {error}"),
        "look at its permissions",
    );
}

/// Could this file be meant as a part of a case?
fn is_table(name: &str) -> bool {
    let base = name.rsplit('/').next().unwrap_or_default();
    let lower = base.to_lowercase();
    !base.starts_with('.') && (lower.ends_with(".csv") || lower.ends_with(".toml"))
}

fn is_of_case(name: &str) -> bool {
    match name.strip_prefix(frameworks::FOLDER) {
        Some(base) => base.ends_with(".toml") && !base.contains('/') && base.len() > ".toml".len(),
        None => FILES.iter().any(|&(file, _)| file == name),
    }
}

fn read_gathered(files: &BTreeMap<String, Vec<u8>>, problems: Problems) -> Reading {
    let mut findings = Findings {
        problems,
        ..Findings::default()
    };
    let texts = texts(files, &mut findings.problems);
    for (file, needed) in FILES {
        if needed && !files.contains_key(file) && !findings.problems.any_error_in(file) {
            findings.problems.error(
                "missing-file",
                Place::file(file),
                "",
                "the file is not there, and every case needs it",
                "make it, or begin with demarche new",
            );
        }
    }

    let settings = texts
        .get(settings::FILE)
        .and_then(|text| settings::read(text, &mut findings));
    if !texts.contains_key(settings::FILE) {
        findings.incomplete.extend([Kind::Area, Kind::Source]);
    }
    let actors = sheet(
        actors::FILE,
        &actors::COLUMNS,
        Some((Kind::Actor, "code")),
        &texts,
        actors::read,
        &mut findings,
    );
    let memberships = sheet(
        memberships::FILE,
        &memberships::COLUMNS,
        None,
        &texts,
        memberships::read,
        &mut findings,
    );
    let offices = sheet(
        offices::FILE,
        &offices::COLUMNS,
        None,
        &texts,
        offices::read,
        &mut findings,
    );
    let mut frameworks: Vec<Framework> = Vec::new();
    let mut frameworks_are_whole = true;
    for (name, text) in &texts {
        if name.starts_with(frameworks::FOLDER) && *name != frameworks::CROSSWALK {
            let framework = frameworks::read(name, text, &mut findings);
            frameworks_are_whole &= framework.is_some();
            frameworks.extend(framework);
        }
    }
    // A framework that was there but is no text has elements that nobody knows.
    let lost = |name: &&String| {
        name.starts_with(frameworks::FOLDER)
            && is_of_case(name)
            && !texts.contains_key(name.as_str())
    };
    if files.keys().any(|name| lost(&name)) {
        findings.incomplete.extend([Kind::Element, Kind::Policy]);
    }
    let crosswalk = texts
        .get(frameworks::CROSSWALK)
        .and_then(|text| frameworks::read_crosswalk(text, &mut findings));
    let initiatives = sheet(
        initiatives::FILE,
        &initiatives::COLUMNS,
        Some((Kind::Initiative, "id")),
        &texts,
        initiatives::read,
        &mut findings,
    );
    if let Some(csv) = &initiatives.csv {
        initiatives::note_header(csv, &mut findings);
    }
    let progress = sheet(
        progress::FILE,
        &progress::COLUMNS,
        None,
        &texts,
        progress::read,
        &mut findings,
    );
    let resources = sheet(
        resources::FILE,
        &resources::COLUMNS,
        None,
        &texts,
        resources::read,
        &mut findings,
    );
    let chronicle = sheet(
        chronicle::FILE,
        &chronicle::COLUMNS,
        Some((Kind::Event, "id")),
        &texts,
        chronicle::read,
        &mut findings,
    );

    check::check(
        &Parts {
            settings: settings.as_ref(),
            actors: &actors,
            memberships: &memberships,
            offices: &offices,
            frameworks: &frameworks,
            frameworks_are_whole: frameworks_are_whole
                && !findings.incomplete.contains(&Kind::Element),
            crosswalk: crosswalk.as_ref(),
            initiatives: &initiatives,
            progress: &progress,
            resources: &resources,
            chronicle: &chronicle,
        },
        &mut findings,
    );

    progress::check(
        &progress,
        &initiatives,
        settings.as_ref(),
        &mut findings.problems,
    );

    let problems = findings.problems;
    let rows = [
        actors.rows(&problems),
        chronicle.rows(&problems),
        initiatives.rows(&problems),
        memberships.rows(&problems),
        offices.rows(&problems),
        progress.rows(&problems),
        resources.rows(&problems),
    ];
    let rows = rows.into_iter().flatten().collect();
    let case = match settings {
        Some(settings) if !problems.any_error() => Some(current(Case {
            settings,
            actors: actors.into_values(),
            memberships: memberships.into_values(),
            offices: offices.into_values(),
            frameworks,
            crosswalk: crosswalk.map(|placed| placed.crosswalk),
            initiatives: initiatives.into_values(),
            progress: progress.into_values(),
            resources: resources.into_values(),
            chronicle: chronicle.into_values(),
            fingerprint: fingerprint(files),
        })),
        _ => None,
    };
    Reading {
        case,
        report: Report {
            problems: problems.into_sorted(),
            rows,
        },
    }
}

/// A case in which initiatives stand where the entries of their progress say.
fn current(mut case: Case) -> Case {
    let as_of = case.settings.as_of;
    crate::progress::apply(&mut case.initiatives, &case.progress, as_of);
    case
}

/// The texts of those files that are part of a case.
fn texts<'f>(
    files: &'f BTreeMap<String, Vec<u8>>,
    problems: &mut Problems,
) -> BTreeMap<&'f str, Cow<'f, str>> {
    let mut texts = BTreeMap::new();
    for (name, bytes) in files {
        if is_of_case(name) {
            if let Some(text) = text(name, bytes, problems) {
                texts.insert(name.as_str(), text);
            }
        } else if is_table(name) {
            let absent = FILES.iter().map(|&(file, _)| file);
            let absent = absent.filter(|file| !files.contains_key(*file));
            problems.warning(
                "unknown-file",
                Place::file(name),
                "",
                "the file is not part of a case and was not read",
                did_you_mean(name, absent).unwrap_or_else(|| "keep it elsewhere".into()),
            );
        }
    }
    texts
}

/// A CSV file and what its records hold.
pub(crate) struct Sheet<'t, T> {
    /// The file, if it is there and can be read.
    pub csv: Option<CsvFile<'t>>,
    /// What was read, each with the index of its record.
    values: Vec<(usize, T)>,
}

impl<T> Sheet<'_, T> {
    /// What was read.
    pub fn values(&self) -> impl Iterator<Item = &T> {
        self.values.iter().map(|(_, value)| value)
    }

    /// The `i`-th of them.
    pub fn value(&self, i: usize) -> &T {
        &self.values[i].1
    }

    /// The place of a column of the `i`-th value.
    pub fn place(&self, i: usize, column: &str) -> Place {
        let csv = self.csv.as_ref().expect("there are values");
        csv.place(&csv.records[self.values[i].0], column)
    }

    /// The columns of the file, if there is one with a header.
    pub fn header(&self) -> Option<&[String]> {
        let csv = self.csv.as_ref()?;
        csv.header_is_sound.then_some(csv.header.as_slice())
    }

    /// The place of the header.
    pub fn header_place(&self) -> Place {
        let csv = self.csv.as_ref().expect("there is a header");
        Place::line(csv.file, csv.header_line)
    }

    fn rows(&self, problems: &Problems) -> Option<FileRows> {
        let csv = self.csv.as_ref()?;
        let sound = |lines: (usize, usize)| !problems.any_error_on(csv.file, lines.0..=lines.1);
        let kept = if csv.header_is_sound {
            csv.all().filter(|record| sound(record.lines)).count()
        } else {
            0
        };
        Some(FileRows {
            file: csv.file.to_owned(),
            read: csv.all().count(),
            kept,
        })
    }

    /// The values, when the case has no error: then each record has become one.
    fn into_values(self) -> Vec<T> {
        let records = self.csv.map_or(0, |csv| csv.all().count());
        assert_eq!(
            records,
            self.values.len(),
            "a row was lost without a problem"
        );
        self.values.into_iter().map(|(_, value)| value).collect()
    }
}

/// Reads a CSV file row by row. `id`: what the rows define, and the column of the id.
fn sheet<'t, T>(
    file: &'static str,
    columns: &Columns,
    id: Option<(Kind, &str)>,
    texts: &'t BTreeMap<&str, Cow<'t, str>>,
    read: impl Fn(&mut Row) -> Option<T>,
    findings: &mut Findings,
) -> Sheet<'t, T> {
    let csv = texts
        .get(file)
        .and_then(|text| CsvFile::read(file, text, columns, &mut findings.problems));
    let mut values = Vec::new();
    if let Some(csv) = &csv {
        if let Some((kind, column)) = id {
            // A broken row still defines its id: what refers to it is not wrong.
            for record in &csv.broken {
                if let Some(field) = csv.field(record, column) {
                    findings.define(kind, &field.text, csv.place(record, column));
                }
            }
        }
        for (i, record) in csv.records.iter().enumerate() {
            let value = read(&mut Row::new(csv, record, findings));
            values.extend(value.map(|value| (i, value)));
        }
    }
    let gone = csv.is_none() && (texts.contains_key(file) || findings.problems.any_error_in(file));
    let headless = csv.as_ref().is_some_and(|csv| !csv.header_is_sound);
    if let Some((kind, _)) = id
        && (gone || headless)
    {
        findings.incomplete.insert(kind);
    }
    Sheet { csv, values }
}

/// SHA-256 over the names and bytes of the files of a case, in order of their names, each length
/// before what it measures.
fn fingerprint(files: &BTreeMap<String, Vec<u8>>) -> String {
    let mut hash = Sha256::new();
    for (name, bytes) in files.iter().filter(|(name, _)| is_of_case(name)) {
        for part in [name.as_bytes(), bytes] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
    }
    hash.finalize()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
