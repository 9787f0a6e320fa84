//! Reading a store: a snapshot of its manifest, and the files it names.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use crate::layout;
use crate::manifest::Part;
use crate::{FileRecord, LogEntry, Manifest, StoreError};

/// Most bytes of an entry of the reject log: a line of four kilobytes, every byte escaped, and the
/// rest.
const MAX_ENTRY_BYTES: u64 = 1 << 20;

/// A store, as it was when it was opened.
///
/// Writers replace the manifest as a whole and never change a file it names, so what is read
/// through one `Store` fits together, however often the store is written meanwhile. Files that
/// were superseded stay until the *next* writer opens; a reader that is still at work then gets
/// [`StoreError::Changed`] and may [`reopen`](Self::reopen).
#[derive(Clone, Debug)]
pub struct Store {
    dir: PathBuf,
    manifest: Manifest,
}

impl Store {
    /// Opens a store for reading. Nothing is written, so it may lie on a read-only disk.
    pub fn open(dir: impl AsRef<Path>) -> Result<Self, StoreError> {
        let dir = dir.as_ref().to_path_buf();
        if dir.is_file() {
            return Err(StoreError::NotAStore {
                path: dir,
                found: "it is a file and no folder".to_owned(),
            });
        }
        match Manifest::read(&dir.join(layout::MANIFEST))? {
            Some(manifest) => Ok(Self { dir, manifest }),
            None if dir.is_dir() => Err(StoreError::NotAStore {
                path: dir,
                found: "the folder has no manifest.json".to_owned(),
            }),
            None => Err(StoreError::Absent { path: dir }),
        }
    }

    /// A store of which the manifest is known.
    pub(crate) fn new(dir: PathBuf, manifest: Manifest) -> Self {
        Self { dir, manifest }
    }

    /// Takes the manifest as it is now; says whether it is another one.
    pub fn reopen(&mut self) -> Result<bool, StoreError> {
        let now = Self::open(&self.dir)?;
        let changed = now.manifest.version != self.manifest.version;
        *self = now;
        Ok(changed)
    }

    /// The folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    pub(crate) fn set_manifest(&mut self, manifest: Manifest) {
        self.manifest = manifest;
    }

    /// Where a file that the manifest names lies.
    pub fn path(&self, relative: &str) -> PathBuf {
        self.dir.join(relative)
    }

    /// Opens a file that the manifest names. If it is gone, the error tells a store that was
    /// changed from one that is damaged.
    pub fn open_file(&self, relative: &str) -> Result<File, StoreError> {
        let path = self.path(relative);
        File::open(&path).map_err(|error| self.explain(path, error))
    }

    /// The failure behind an error of reading a file that the manifest names.
    pub fn explain(&self, path: PathBuf, error: io::Error) -> StoreError {
        if error.kind() != io::ErrorKind::NotFound {
            return StoreError::reading(&path, error);
        }
        match Self::open(&self.dir) {
            Ok(now) if now.manifest.version == self.manifest.version => StoreError::Corrupt {
                path,
                why: "the manifest names it, but it is gone".to_owned(),
            },
            Ok(_) => StoreError::Changed { path },
            Err(error) => error,
        }
    }

    /// All files that were read, in the order of their commits. Ledgers are read one at a time.
    pub fn files(&self) -> impl Iterator<Item = Result<FileRecord, StoreError>> + '_ {
        self.manifest.ledgers.iter().flat_map(|ledger| {
            let (records, error) = match self.ledger(ledger) {
                Ok(records) => (records, None),
                Err(error) => (Vec::new(), Some(Err(error))),
            };
            records.into_iter().map(Ok).chain(error)
        })
    }

    fn ledger(&self, ledger: &Part) -> Result<Vec<FileRecord>, StoreError> {
        let path = self.path(&ledger.path);
        let mut bytes = Vec::new();
        self.open_file(&ledger.path)?
            .take(ledger.bytes.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|e| StoreError::reading(&path, e))?;
        let corrupt = |why| StoreError::Corrupt {
            path: path.clone(),
            why,
        };
        let records: Vec<FileRecord> = serde_json::from_slice(&bytes)
            .map_err(|e| corrupt(format!("it is no ledger ({e})")))?;
        if records.len() as u64 != ledger.entries {
            return Err(corrupt(format!(
                "it should have {} files and has {}",
                ledger.entries,
                records.len()
            )));
        }
        Ok(records)
    }

    /// All lines that were rejected, or stored with a value taken as missing, in the order of
    /// their commits. Read as it goes.
    pub fn log(&self) -> impl Iterator<Item = Result<LogEntry, StoreError>> + '_ {
        self.manifest
            .rejects
            .iter()
            .flat_map(|part| match self.open_file(&part.path) {
                Ok(file) => Entries {
                    path: self.path(&part.path),
                    left: part.entries,
                    file: Some(BufReader::new(file)),
                    failed: None,
                },
                Err(error) => Entries {
                    path: PathBuf::new(),
                    left: 0,
                    file: None,
                    failed: Some(error),
                },
            })
    }
}

/// Entries of one reject log. Ends after the first error.
struct Entries {
    path: PathBuf,
    left: u64,
    file: Option<BufReader<File>>,
    failed: Option<StoreError>,
}

impl Entries {
    fn corrupt(&mut self, why: String) -> Option<Result<LogEntry, StoreError>> {
        self.file = None;
        Some(Err(StoreError::Corrupt {
            path: self.path.clone(),
            why,
        }))
    }
}

impl Iterator for Entries {
    type Item = Result<LogEntry, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(error) = self.failed.take() {
            return Some(Err(error));
        }
        let mut line = Vec::new();
        let read = self
            .file
            .as_mut()?
            .take(MAX_ENTRY_BYTES)
            .read_until(b'\n', &mut line);
        match read {
            Err(error) => {
                self.file = None;
                Some(Err(StoreError::reading(&self.path, error)))
            }
            Ok(0) if self.left == 0 => {
                self.file = None;
                None
            }
            Ok(0) => self.corrupt(format!("{} of its lines are missing", self.left)),
            Ok(_) if self.left == 0 => self.corrupt("it has lines too many".to_owned()),
            Ok(_) => {
                self.left -= 1;
                match serde_json::from_slice(&line) {
                    Ok(entry) => Some(Ok(entry)),
                    Err(error) => self.corrupt(format!("a line of it cannot be read ({error})")),
                }
            }
        }
    }
}
