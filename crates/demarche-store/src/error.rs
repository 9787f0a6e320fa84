//! What can go wrong with a store: what, where, and what to do about it.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};

use crate::Settings;

/// A failure of the store. Its [`Display`](fmt::Display) says what, where and the remedy;
/// [`what`](Self::what) and [`remedy`](Self::remedy) give them apart.
#[derive(Debug)]
pub enum StoreError {
    /// The folder does not exist.
    Absent {
        /// The folder.
        path: PathBuf,
    },
    /// There is something, but it is no store.
    NotAStore {
        /// The folder.
        path: PathBuf,
        /// What is there instead.
        found: String,
    },
    /// The store was written by a later Demarche.
    Newer {
        /// The manifest.
        path: PathBuf,
        /// Its format.
        format: String,
    },
    /// A file of the store is damaged, or gone.
    Corrupt {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The store was changed by a writer since it was opened, and what was to be read is gone.
    Changed {
        /// The file that is gone.
        path: PathBuf,
    },
    /// Someone else is writing.
    Locked {
        /// The folder.
        path: PathBuf,
        /// Who: the name and process that the writer gave.
        by: String,
    },
    /// The store was made with other settings.
    Settings {
        /// The folder.
        path: PathBuf,
        /// The settings it was made with.
        stored: Box<Settings>,
        /// The settings that were asked for.
        asked: Box<Settings>,
    },
    /// A folder inside the store is a symbolic link, which could lead a clean-up elsewhere.
    Link {
        /// The link.
        path: PathBuf,
    },
    /// The disk is full, or a quota or limit of size is reached.
    Full {
        /// What was being written.
        path: PathBuf,
        /// The error of the operating system.
        error: io::Error,
    },
    /// The folder, or the disk, cannot be written to.
    ReadOnly {
        /// What was to be written.
        path: PathBuf,
        /// The error of the operating system.
        error: io::Error,
    },
    /// Any other failure of reading or writing.
    Io {
        /// What was being done: `read`, `write` …
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The error of the operating system.
        error: io::Error,
    },
    /// What was to be committed does not add up. Nothing of it is stored.
    Unsound {
        /// What does not.
        why: String,
    },
}

impl StoreError {
    /// The failure behind an error of reading.
    pub(crate) fn reading(path: &Path, error: io::Error) -> Self {
        Self::Io {
            doing: "read",
            path: path.to_path_buf(),
            error,
        }
    }

    /// The failure behind an error of writing.
    pub fn writing(path: &Path, error: io::Error) -> Self {
        let path = path.to_path_buf();
        match error.kind() {
            io::ErrorKind::StorageFull
            | io::ErrorKind::QuotaExceeded
            | io::ErrorKind::FileTooLarge => Self::Full { path, error },
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => {
                Self::ReadOnly { path, error }
            }
            _ => Self::Io {
                doing: "write",
                path,
                error,
            },
        }
    }

    /// What went wrong, and where.
    pub fn what(&self) -> String {
        match self {
            Self::Absent { path } => format!("there is no store at {}", path.display()),
            Self::NotAStore { path, found } => {
                format!("{} is not an event store: {found}", path.display())
            }
            Self::Newer { path, format } => format!(
                "{} has the format “{}”, which this version does not know (it knows “{}”)",
                path.display(),
                format.escape_default(),
                crate::manifest::FORMAT,
            ),
            Self::Corrupt { path, why } => format!("{} is damaged: {why}", path.display()),
            Self::Changed { path } => format!(
                "the store was changed while it was read: {} is gone",
                path.display()
            ),
            Self::Locked { path, by } => {
                format!("{} is being written by {by}", path.display())
            }
            Self::Settings {
                path,
                stored,
                asked,
            } => {
                let differences = stored.differences(asked).join("; ");
                format!(
                    "{} was made with other settings: {differences}",
                    path.display()
                )
            }
            Self::Link { path } => format!(
                "{} is a symbolic link; folders inside a store are never links",
                path.display()
            ),
            Self::Full { path, error } => format!(
                "the disk is full, or a limit is reached, at {} ({error}); nothing of this file was stored",
                path.display()
            ),
            Self::ReadOnly { path, error } => {
                format!("{} cannot be written ({error})", path.display())
            }
            Self::Io { doing, path, error } => {
                format!("cannot {doing} {}: {error}", path.display())
            }
            Self::Unsound { why } => {
                format!("what was to be stored does not add up, so nothing of it was: {why}")
            }
        }
    }

    /// What to do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Absent { .. } => {
                "check the path, or read event files into a new store there with `demarche data add`"
            }
            Self::NotAStore { .. } => "name a store, or a folder that is new or empty",
            Self::Newer { .. } => "use the version of demarche that wrote it, or a later one",
            Self::Corrupt { .. } => {
                "demarche replaces files as a whole and never leaves them half written, so this is damage from outside: restore the file from a copy, or read the event files into a new store"
            }
            Self::Changed { .. } => "run the command again",
            Self::Locked { .. } => {
                "wait until it has finished, or stop it; a stopped run leaves the store whole"
            }
            Self::Settings { .. } => {
                "use the settings of the store, or read into a new one: rows read under different settings cannot be compared"
            }
            Self::Link { .. } => {
                "put the folder itself in its place; a link to the store as a whole is fine"
            }
            Self::Full { .. } => "run again after making room; what was stored before is safe",
            Self::ReadOnly { .. } => {
                "check the permissions of the folder and that the disk is not read-only, or name another folder"
            }
            Self::Io { .. } => "check the disk and the permissions of the folder",
            Self::Unsound { .. } => "this is a fault of demarche: please report it",
        }
    }

    /// The exit status of a command that ends with it: 2 where another path or option is needed,
    /// 3 where a file or folder could not be read or written.
    pub fn code(&self) -> u8 {
        match self {
            Self::NotAStore { .. } | Self::Settings { .. } => 2,
            _ => 3,
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.what(), self.remedy())
    }
}

impl std::error::Error for StoreError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Full { error, .. } | Self::ReadOnly { error, .. } | Self::Io { error, .. } => {
                Some(error)
            }
            _ => None,
        }
    }
}
