//! Which layout a file has: as the user says, by a mapping file, or found by looking.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use demarche_read::detect::{self, TimeUnit};
use demarche_read::input::{InputFile, Origin};
use demarche_read::layout::{Cut, Format, Layout};
use demarche_read::mapping::Mapping;
use demarche_read::parquet_rows::ParquetRows;
use demarche_read::{detect_with, layout_for};
use demarche_store::ingest::{ParquetRows as Opened, day_number};

use crate::args_data::{Add, Unit};
use crate::failure::{CASE, FILES, Failure};

/// The longest list of names that is read beside an event graph.
const LIST: u64 = 256 << 20;

/// The longest mapping file.
const MAPPING: u64 = 1 << 20;

/// How layouts are found.
pub struct Layouts {
    format: Option<Format>,
    mapping: Option<Mapping>,
    options: detect::Options,
    /// Files that hold no events and need not be mentioned.
    harmless: Mutex<BTreeSet<String>>,
}

impl Layouts {
    /// As the options say.
    pub fn new(args: &Add) -> Result<Self, Failure> {
        let mapping = match &args.mapping {
            None => None,
            Some(path) => Some(read_mapping(path)?),
        };
        Ok(Self {
            format: args.format.as_deref().and_then(Format::named),
            mapping,
            options: detect::Options {
                origin: args.origin.map(day_number),
                unit: args.unit.map(|unit| match unit {
                    Unit::Days => TimeUnit::Days,
                    Unit::Hours => TimeUnit::Hours,
                }),
            },
            harmless: Mutex::default(),
        })
    }

    /// The layout of a file that begins like this.
    pub fn of_text(&self, file: &InputFile, head: &[u8]) -> Result<Layout, String> {
        if let Some(mapping) = &self.mapping {
            return mapping.layout(head).map_err(|e| e.to_string());
        }
        let beside = |name: &str| beside(file, name);
        let found = match self.format {
            Some(format) => layout_for(format, &file.name, head, &beside, &self.options),
            None => detect_with(&file.name, head, &beside, &self.options),
        };
        found.map_err(|error| {
            if error.is_harmless() {
                let mut harmless = self.harmless.lock().unwrap_or_else(PoisonError::into_inner);
                harmless.insert(file.name.clone());
            }
            error.to_string()
        })
    }

    /// The layout and the rows of a Parquet file.
    pub fn of_parquet(&self, path: &Path) -> Result<Opened, String> {
        let file = File::open(path).map_err(|e| format!("it cannot be opened: {e}"))?;
        let rows = ParquetRows::open(file).map_err(|e| e.to_string())?;
        let layout = match &self.mapping {
            Some(mapping) => mapping
                .layout_of_parquet(rows.names())
                .map_err(|e| e.to_string())?,
            None => {
                // Tables of known formats are known by their columns, as those of text are.
                let head = rows.names().join("\t") + "\n";
                let found = detect_with("it", head.as_bytes(), &|_| None, &self.options);
                let mut layout = found.map_err(|_| {
                    "its columns are of no known format; describe them in a mapping file and \
                     name that with --mapping"
                        .to_owned()
                })?;
                layout.cut = Cut::Parquet;
                layout.header = false;
                layout
            }
        };
        let rows = rows.map(|row| row.map_err(|e| e.to_string()));
        Ok((layout, Box::new(rows)))
    }

    /// The names of files that hold no events and need not be mentioned.
    pub fn harmless(&self) -> BTreeSet<String> {
        let harmless = self.harmless.lock().unwrap_or_else(PoisonError::into_inner);
        harmless.clone()
    }
}

/// The bytes of a file in the folder of another. The name comes from us and not from a file.
fn beside(file: &InputFile, name: &str) -> Option<Vec<u8>> {
    let Origin::Path(path) = &file.origin else {
        return None;
    };
    let path = path.parent()?.join(name);
    let metadata = fs::metadata(&path).ok()?;
    if !metadata.is_file() || metadata.len() > LIST {
        return None;
    }
    fs::read(path).ok()
}

fn read_mapping(path: &Path) -> Result<Mapping, Failure> {
    let shown = path.display().to_string();
    let mut text = String::new();
    let read = File::open(path).and_then(|f| f.take(MAPPING).read_to_string(&mut text));
    read.map_err(|e| {
        Failure::new(
            FILES,
            format!("cannot read the mapping file {shown}: {e}"),
            "check the path and that it is a text file",
        )
    })?;
    Mapping::read(&shown, &text).map_err(|error| {
        let place = match error.line {
            Some(line) => format!("{shown}:{line}"),
            None => shown,
        };
        let key = if error.key.is_empty() {
            String::new()
        } else {
            format!(" {}", error.key)
        };
        Failure::new(CASE, format!("{place}:{key} {}", error.why), error.remedy)
    })
}
