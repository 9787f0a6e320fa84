//! What became of each file.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::disk;
use crate::error::FetchError;

/// The name of the journal in the folder of the files.
pub const JOURNAL: &str = "fetch.json";

/// The form of the journal; another one is refused.
const FORM: u32 = 1;

/// What became of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case", deny_unknown_fields)]
pub enum FileState {
    /// It is here and has the size and checksum of the list.
    Have {
        /// Its size.
        bytes: u64,
        /// Its checksum, in hexadecimal digits.
        md5: String,
    },
    /// It is not on the list: a missing slot.
    Unlisted,
    /// It is on the list, but the server does not have it (404).
    Absent,
    /// It could not be fetched.
    Failed {
        /// Why the last try failed.
        reason: String,
        /// How often it was tried.
        tries: u32,
    },
    /// It is on the list, and its turn has not come.
    Pending,
}

/// What became of each file of all ranges that were ever asked for in a folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Journal {
    form: u32,
    /// The files by name.
    pub files: BTreeMap<String, FileState>,
}

impl Default for Journal {
    fn default() -> Self {
        Self {
            form: FORM,
            files: BTreeMap::new(),
        }
    }
}

impl Journal {
    /// Reads the journal of a folder; an empty one if there is none.
    pub fn read(dir: &Path) -> Result<Self, FetchError> {
        let path = dir.join(JOURNAL);
        let bytes = match fs::read(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Self::default()),
            read => read.map_err(FetchError::file(&path))?,
        };
        let foreign = |why: String| FetchError::Journal {
            path: path.clone(),
            why,
        };
        let journal: Self =
            serde_json::from_slice(&bytes).map_err(|error| foreign(error.to_string()))?;
        if journal.form != FORM {
            return Err(foreign(format!("its form is {}, not {FORM}", journal.form)));
        }
        Ok(journal)
    }

    /// Writes it, one file a line, so that an interruption leaves the old or the new one.
    pub(crate) fn write(&self, dir: &Path) -> Result<(), FetchError> {
        let path = dir.join(JOURNAL);
        disk::write_whole(&path, |to| {
            write!(to, "{{\"form\":{FORM},\"files\":{{")?;
            for (n, (name, state)) in self.files.iter().enumerate() {
                to.write_all(if n == 0 { b"\n" } else { b",\n" })?;
                serde_json::to_writer(&mut *to, name)?;
                to.write_all(b":")?;
                serde_json::to_writer(&mut *to, state)?;
            }
            to.write_all(b"\n}}\n")
        })
        .map_err(FetchError::file(&path))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(Journal::read(dir.path()).unwrap(), Journal::default());
        let mut journal = Journal::default();
        journal.write(dir.path()).unwrap();
        assert_eq!(Journal::read(dir.path()).unwrap(), journal);
        let failed = FileState::Failed {
            reason: "a \"reason\"\n".into(),
            tries: 3,
        };
        let have = FileState::Have {
            bytes: 1,
            md5: "0".repeat(32),
        };
        let states = [
            failed,
            have,
            FileState::Absent,
            FileState::Unlisted,
            FileState::Pending,
        ];
        for (n, state) in states.into_iter().enumerate() {
            journal.files.insert(n.to_string(), state);
        }
        journal.write(dir.path()).unwrap();
        assert_eq!(Journal::read(dir.path()).unwrap(), journal);
    }

    #[test]
    fn a_foreign_file_is_not_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        for text in ["", "{}", "{\"form\":2,\"files\":{}}", "[1]", "\u{0}"] {
            fs::write(dir.path().join(JOURNAL), text).unwrap();
            let error = Journal::read(dir.path()).unwrap_err();
            assert!(
                matches!(error, FetchError::Journal { .. }),
                "{text}: {error}"
            );
        }
    }
}
