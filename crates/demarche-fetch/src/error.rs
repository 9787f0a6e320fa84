//! What ends a run.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::summary::Summary;

/// What ends a run. A single file that cannot be fetched does not: it stands in the journal.
#[derive(Debug)]
pub enum FetchError {
    /// The range or the kinds make no sense.
    Plan {
        /// Why not.
        why: String,
    },
    /// An option makes no sense.
    Option {
        /// Why not.
        why: String,
    },
    /// A folder or file of ours could not be read or written.
    File {
        /// Which one.
        path: PathBuf,
        /// Why not.
        error: io::Error,
    },
    /// Another run works on the same folder.
    Busy {
        /// The folder.
        dir: PathBuf,
    },
    /// The journal of an earlier run cannot be understood.
    Journal {
        /// The journal.
        path: PathBuf,
        /// Why not.
        why: String,
    },
    /// The publisher's list could not be read.
    List {
        /// The address of the list.
        url: String,
        /// Why not.
        why: String,
    },
    /// The list was read, but nothing of the range is here.
    Nothing(Box<Summary>),
    /// The caller stopped the run while the list was read.
    Stopped,
}

impl FetchError {
    pub(crate) fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |error| Self::File { path, error }
    }

    /// What to do about it.
    pub fn remedy(&self) -> &'static str {
        match self {
            Self::Plan { .. } => "ask for other days",
            Self::Option { .. } => "choose another value",
            Self::File { .. } => "check that the folder may be written to and the disk has room",
            Self::Busy { .. } => "wait for the other run to end, or name another folder",
            Self::Journal { .. } => {
                "delete it: it is written anew, and whole files are not fetched again"
            }
            Self::List { .. } => "check the base address and the connection, then run again",
            Self::Nothing(summary) => summary.remedy(),
            Self::Stopped => "run again: what is here is kept",
        }
    }
}

impl fmt::Display for FetchError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Plan { why } | Self::Option { why } => write!(f, "{why}"),
            Self::File { path, error } => write!(f, "{}: {error}", path.display()),
            Self::Busy { dir } => write!(f, "another run works on {}", dir.display()),
            Self::Journal { path, why } => {
                write!(f, "{} is not a journal of ours: {why}", path.display())
            }
            Self::List { url, why } => write!(f, "cannot read the list {url}: {why}"),
            Self::Nothing(summary) => write!(f, "nothing could be fetched: {}", summary.reason()),
            Self::Stopped => write!(f, "stopped before the list was read"),
        }
        .and_then(|()| write!(f, "; {}", self.remedy()))
    }
}

impl std::error::Error for FetchError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::File { error, .. } => Some(error),
            _ => None,
        }
    }
}
