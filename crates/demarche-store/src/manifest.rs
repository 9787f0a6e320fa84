//! The manifest: the one file that says what the store holds.

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::io;
use std::path::Path;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::layout;
use crate::{FileRecord, StoreError};

/// The format of the manifest that this version reads and writes.
pub const FORMAT: &str = "demarche-store/1";

/// By which key a row counts as a duplicate of one that was read before. Duplicates are kept and
/// marked, so that both counts can be shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dedup {
    /// No key: no row is a duplicate.
    None,
    /// The event's id, and its date where ids are known to repeat.
    #[default]
    Id,
    /// Date, both actors, code and page: one article told in several rows counts once.
    Url,
    /// Date, both actors and code: what several articles report counts once.
    Report,
}

impl Dedup {
    /// All of them.
    pub const ALL: [Dedup; 4] = [Dedup::None, Dedup::Id, Dedup::Url, Dedup::Report];

    /// The name on the command line and in the manifest.
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Id => "id",
            Self::Url => "url",
            Self::Report => "report",
        }
    }

    /// The key in words.
    pub fn words(self) -> &'static str {
        match self {
            Self::None => "no key, so that no row is a duplicate",
            Self::Id => "the event's id",
            Self::Url => "date, both actors, code and page",
            Self::Report => "date, both actors and code",
        }
    }
}

impl fmt::Display for Dedup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Dedup {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Self::ALL
            .into_iter()
            .find(|d| d.name() == name)
            .ok_or_else(|| {
                format!(
                    "“{}” is no key for duplicates; choose none, id, url or report",
                    name.escape_default()
                )
            })
    }
}

/// The choices that all rows of a store share. A store keeps those it was made with.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The key for duplicates.
    pub dedup: Dedup,
    /// Fingerprint of the table of actors that codes were resolved with.
    pub actors: String,
    /// The filter, in its canonical text; empty: none.
    pub filter: String,
}

impl Settings {
    /// In words, what differs: one entry a setting.
    pub fn differences(&self, asked: &Settings) -> Vec<String> {
        let or_none = |s: &str| {
            if s.is_empty() {
                "none".to_owned()
            } else {
                format!("“{s}”")
            }
        };
        let mut all = Vec::new();
        if self.dedup != asked.dedup {
            all.push(format!(
                "its key for duplicates is {}, asked for was {}",
                self.dedup, asked.dedup
            ));
        }
        if self.filter != asked.filter {
            all.push(format!(
                "its filter is {}, asked for was {}",
                or_none(&self.filter),
                or_none(&asked.filter)
            ));
        }
        if self.actors != asked.actors {
            all.push(format!(
                "its table of actors has the fingerprint {}, the one given has {}",
                or_none(&self.actors),
                or_none(&asked.actors)
            ));
        }
        all
    }
}

/// A file of rows: events, or mentions of events.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// Its path within the store.
    pub path: String,
    /// The format the rows were read as.
    pub format: String,
    /// Its rows, duplicates included.
    pub rows: u64,
    /// Those of them that are marked as duplicates.
    pub duplicates: u64,
    /// First and last day, counted from 1970-01-01.
    pub days: Option<(i32, i32)>,
    /// Its size; measured by the commit.
    pub bytes: u64,
}

/// The unit of time of a run of the cube.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Level {
    /// Days.
    Day,
    /// Months.
    Month,
}

impl Level {
    /// Its name in paths.
    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Month => "month",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A run of the cube: cells in order. Cells of the same key in several runs are to be added up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Its path within the store.
    pub path: String,
    /// The format that its events were read as.
    pub format: String,
    /// Its unit of time.
    pub level: Level,
    /// Its cells.
    pub cells: u64,
    /// Its size; measured by the commit.
    pub bytes: u64,
}

/// A run of keys by which duplicates are found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct KeyRun {
    /// Its path within the store.
    pub path: String,
    /// How many keys.
    pub keys: u64,
    /// Its size; measured by the commit.
    #[serde(default)]
    pub bytes: u64,
    /// What else its reader needs to know.
    #[serde(default)]
    pub extra: serde_json::Value,
}

/// A ledger or a reject log: one a commit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its path within the store.
    pub path: String,
    /// Its entries: files of a ledger, lines of a reject log.
    pub entries: u64,
    /// Its size.
    pub bytes: u64,
}

/// Sums over the ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Files read.
    pub files: u64,
    /// Lines read, but for headers.
    pub lines: u64,
    /// Rows stored and counted.
    pub stored: u64,
    /// Rows stored and marked as duplicates.
    pub duplicates: u64,
    /// Lines rejected.
    pub rejected: u64,
    /// Rows left out by the filter.
    pub filtered: u64,
    /// Values that could not be read and are missing in rows that are stored.
    pub mended: u64,
}

impl Totals {
    /// Adds what the ledger says of a file.
    pub fn add(&mut self, file: &FileRecord) {
        self.files += 1;
        self.lines += file.lines;
        self.stored += file.stored;
        self.duplicates += file.duplicates;
        self.rejected += file.rejected_lines();
        self.filtered += file.filtered_rows();
        self.mended += file.mended.values().sum::<u64>();
    }

    /// Does every line have its place?
    pub fn adds_up(&self) -> bool {
        self.lines == self.stored + self.duplicates + self.rejected + self.filtered
    }
}

/// What a store holds. What is not named here does not exist.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// Its format, `demarche-store/1`.
    pub format: String,
    /// The number of commits.
    pub version: u64,
    /// The choices that all rows share.
    pub settings: Settings,
    /// The number of the next file of the store.
    pub next_number: u64,
    /// The number of the next file that is read.
    pub next_file: u32,
    /// Sums over the ledger.
    pub totals: Totals,
    /// Files of rows.
    pub segments: Vec<Segment>,
    /// Runs of the cube.
    pub runs: Vec<Run>,
    /// Runs of keys.
    pub keys: Vec<KeyRun>,
    /// Ledgers.
    pub ledgers: Vec<Part>,
    /// Reject logs.
    pub rejects: Vec<Part>,
}

impl Manifest {
    /// That of an empty store.
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            format: FORMAT.to_owned(),
            settings,
            next_number: 1,
            ..Self::default()
        }
    }

    /// Reads it; `None` if there is no such file.
    pub(crate) fn read(path: &Path) -> Result<Option<Self>, StoreError> {
        let bytes = match fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StoreError::reading(path, error)),
        };
        let corrupt = |why: String| StoreError::Corrupt {
            path: path.to_path_buf(),
            why,
        };
        // The format first: a later one may have other fields.
        #[derive(Deserialize)]
        struct Head {
            format: String,
        }
        let head: Head = serde_json::from_slice(&bytes)
            .map_err(|e| corrupt(format!("it is no manifest ({e})")))?;
        if head.format != FORMAT {
            return Err(if head.format.starts_with("demarche-store/") {
                StoreError::Newer {
                    path: path.to_path_buf(),
                    format: head.format,
                }
            } else {
                corrupt("it is the manifest of something else".to_owned())
            });
        }
        let manifest: Self = serde_json::from_slice(&bytes)
            .map_err(|e| corrupt(format!("it is no manifest ({e})")))?;
        manifest.check().map_err(corrupt)?;
        Ok(Some(manifest))
    }

    /// All files it names, with their sizes.
    pub fn paths(&self) -> impl Iterator<Item = (&str, u64)> {
        let segments = self.segments.iter().map(|s| (s.path.as_str(), s.bytes));
        let runs = self.runs.iter().map(|r| (r.path.as_str(), r.bytes));
        let keys = self.keys.iter().map(|k| (k.path.as_str(), k.bytes));
        let ledgers = self.ledgers.iter().map(|l| (l.path.as_str(), l.bytes));
        let rejects = self.rejects.iter().map(|l| (l.path.as_str(), l.bytes));
        segments
            .chain(runs)
            .chain(keys)
            .chain(ledgers)
            .chain(rejects)
    }

    /// A manifest may come from anywhere: it must not lead out of the store, nor name a file
    /// twice, nor one as what it is not, nor one that a writer would write again.
    pub(crate) fn check(&self) -> Result<(), String> {
        let segments = self.segments.iter().map(|s| {
            let folder = ["events", "mentions"]
                .into_iter()
                .find(|folder| s.path.starts_with(folder));
            let folder = folder.unwrap_or("events");
            (&s.path, format!("{folder}/format={}/", s.format))
        });
        let runs = self
            .runs
            .iter()
            .map(|r| (&r.path, format!("cube/format={}/{}-", r.format, r.level)));
        let keys = self.keys.iter().map(|k| (&k.path, "keys/".to_owned()));
        let ledgers = self.ledgers.iter().map(|l| (&l.path, "ledger/".to_owned()));
        let rejects = self
            .rejects
            .iter()
            .map(|l| (&l.path, "rejects/".to_owned()));

        let mut seen = BTreeSet::new();
        for (path, start) in segments
            .chain(runs)
            .chain(keys)
            .chain(ledgers)
            .chain(rejects)
        {
            let shown = path.escape_default();
            match layout::number_of(path) {
                None => return Err(format!("it names “{shown}”, which is no file of a store")),
                Some(_) if !path.starts_with(&start) => {
                    return Err(format!(
                        "it names “{shown}” as what should lie at “{}…”",
                        start.escape_default()
                    ));
                }
                Some(number) if number >= self.next_number => {
                    return Err(format!(
                        "it names “{shown}”, a number that was not given out yet"
                    ));
                }
                Some(_) if !seen.insert(path) => {
                    return Err(format!("it names “{shown}” twice"));
                }
                Some(_) => {}
            }
        }
        Ok(())
    }
}
