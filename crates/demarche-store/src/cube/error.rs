//! What can go wrong with the cube.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::StoreError;

/// Why the cube could not be written, read or asked.
#[derive(Debug)]
pub enum CubeError {
    /// A file could not be opened, read or written.
    Io {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file is no run of the cube, or is damaged.
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// What rows are written to refuses them.
    Sink(std::io::Error),
    /// A file that the store names is gone.
    Store(StoreError),
    /// A cell names an actor that the table does not hold.
    UnknownActor(u32),
    /// There are cells of a day, counted from 1970-01-01, of which the totals know nothing.
    Day(i32),
    /// The question can't be answered from this store.
    Question(String),
}

impl CubeError {
    pub(crate) fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Self + '_ {
        move |source| CubeError::Io {
            path: path.to_owned(),
            source,
        }
    }

    pub(crate) fn file(path: &Path, what: impl fmt::Display) -> Self {
        CubeError::File {
            path: path.to_owned(),
            what: what.to_string(),
        }
    }
}

impl fmt::Display for CubeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CubeError::Io { path, source } => write!(
                f,
                "{}: {source}; check that the disk has room and the folder may be written",
                path.display()
            ),
            CubeError::File { path, what } => write!(
                f,
                "{}: {what}; the cube can be made anew from the events",
                path.display()
            ),
            CubeError::Sink(error) => write!(f, "the rows could not be written: {error}"),
            CubeError::Store(error) => error.fmt(f),
            CubeError::UnknownActor(id) => {
                write!(
                    f,
                    "a cell names actor number {id}, which the table of actors lacks"
                )
            }
            CubeError::Day(day) => write!(
                f,
                "the cube has cells of {}, of which its totals say nothing; it is damaged, and can \
                 be made anew from the events",
                super::calendar::date_of(*day)
            ),
            CubeError::Question(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for CubeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            CubeError::Io { source, .. } | CubeError::Sink(source) => Some(source),
            CubeError::Store(error) => Some(error),
            _ => None,
        }
    }
}
