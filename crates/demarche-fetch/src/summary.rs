//! What a run came to.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;

use crate::journal::FileState;
use crate::list::ListTally;

/// How a run ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ending {
    /// Every file of the range was dealt with.
    #[default]
    Done,
    /// Too many files in a row failed.
    GaveUp,
    /// The caller stopped it.
    Stopped,
}

/// What a run came to. `files` is the sum of `here`, `fetched`, `unlisted`, `absent`, `failed` and
/// `pending`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Summary {
    /// How it ended.
    pub ending: Ending,
    /// Files of the range: one for each slot, kind and language.
    pub files: u64,
    /// Files that were here before.
    pub here: u64,
    /// Files that were fetched.
    pub fetched: u64,
    /// Files that are not on the list.
    pub unlisted: u64,
    /// Files that are on the list and not on the server.
    pub absent: u64,
    /// Files that could not be fetched.
    pub failed: u64,
    /// Files whose turn did not come.
    pub pending: u64,
    /// Bytes of the files that were here before.
    pub bytes_here: u64,
    /// Bytes of the files that were fetched.
    pub bytes_fetched: u64,
    /// The stretches of missing slots.
    pub gaps: Vec<Gap>,
    /// The names of the files that are on the list and not on the server.
    pub absent_files: Vec<String>,
    /// The files that could not be fetched.
    pub failures: Vec<Failed>,
    /// The lists, and what became of their lines.
    pub lists: BTreeMap<String, ListTally>,
}

/// Slots in a row that are not on the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Gap {
    /// The name the first file would have.
    pub first: String,
    /// The name the last file would have.
    pub last: String,
    /// The number of files.
    pub files: u64,
}

/// A file that could not be fetched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failed {
    /// Its name.
    pub name: String,
    /// Why the last try failed.
    pub reason: String,
    /// How often it was tried.
    pub tries: u32,
}

/// What a run would do.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Preview {
    /// Files of the range: one for each slot, kind and language.
    pub files: u64,
    /// Files that are on the list.
    pub listed: u64,
    /// Bytes of those, by the list.
    pub bytes: u64,
    /// Files that are here already, by their size; a run checks their checksums too.
    pub here: u64,
    /// Bytes that are still to be fetched.
    pub bytes_to_fetch: u64,
    /// The stretches of missing slots.
    pub gaps: Vec<Gap>,
    /// The lists, and what became of their lines.
    pub lists: BTreeMap<String, ListTally>,
}

impl Summary {
    pub(crate) fn count(&mut self, name: &str, state: &FileState, fetched: bool) {
        self.files += 1;
        match state {
            FileState::Have { bytes, .. } if fetched => {
                self.fetched += 1;
                self.bytes_fetched += bytes;
            }
            FileState::Have { bytes, .. } => {
                self.here += 1;
                self.bytes_here += bytes;
            }
            FileState::Unlisted => self.unlisted += 1,
            FileState::Absent => {
                self.absent += 1;
                self.absent_files.push(name.to_owned());
            }
            FileState::Failed { reason, tries } => {
                self.failed += 1;
                self.failures.push(Failed {
                    name: name.to_owned(),
                    reason: reason.clone(),
                    tries: *tries,
                });
            }
            FileState::Pending => self.pending += 1,
        }
    }

    /// Why nothing is here.
    pub(crate) fn reason(&self) -> String {
        if self.files == self.unlisted {
            return "the list has no file of this range".into();
        }
        let mut why = format!("{} failed, {} not on the server", self.failed, self.absent);
        if let Some(first) = self.failures.first() {
            let _ = write!(
                why,
                ", the first ({}) because: {}",
                first.name, first.reason
            );
        }
        why
    }

    /// What to do when nothing is here.
    pub(crate) fn remedy(&self) -> &'static str {
        if self.failed == 0 {
            "ask for other days, or of another base address"
        } else {
            "check the base address and the connection, then run again"
        }
    }
}

/// The stretches of a series that are not listed.
pub(crate) fn gaps(series: &[Vec<String>], listed: &dyn Fn(&str) -> bool) -> Vec<Gap> {
    let mut gaps = Vec::new();
    for names in series {
        for stretch in names.chunk_by(|a, b| listed(a) == listed(b)) {
            if !listed(&stretch[0]) {
                gaps.push(Gap {
                    first: stretch[0].clone(),
                    last: stretch[stretch.len() - 1].clone(),
                    files: stretch.len() as u64,
                });
            }
        }
    }
    gaps
}
