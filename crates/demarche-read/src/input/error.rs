//! Why an input could not be found, opened or read at all.

use std::fmt;
use std::io;

/// Why an input could not be found, opened or read on.
#[derive(Debug)]
pub enum InputError {
    /// No path was given.
    Nothing,
    /// There is nothing at a path given.
    NotFound {
        /// The path, as shown.
        path: String,
    },
    /// A path given is neither a file nor a folder.
    NotAFile {
        /// The path, as shown.
        path: String,
    },
    /// Standard input was asked for twice.
    StdinTwice,
    /// A zip archive on standard input is too large to hold.
    StdinTooLarge {
        /// The limit in bytes.
        limit: u64,
    },
    /// A Parquet file was opened as lines.
    Parquet {
        /// The file, as shown.
        name: String,
    },
    /// The file changed while it was read.
    Changed {
        /// The file, as shown.
        name: String,
    },
    /// The system refused.
    Io {
        /// The file, as shown.
        name: String,
        /// What was being done, as in "reading".
        doing: &'static str,
        /// What the system said.
        source: io::Error,
    },
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            InputError::Nothing => {
                f.write_str("no input: name files or folders, or `-` for standard input")
            }
            InputError::NotFound { path } => {
                write!(f, "there is no file or folder {path}: check the path")
            }
            InputError::NotAFile { path } => write!(
                f,
                "{path} is neither a file nor a folder: to read from a pipe, \
                 send it to standard input and name it `-`"
            ),
            InputError::StdinTwice => {
                f.write_str("standard input (`-`) can be read only once: name it once")
            }
            InputError::StdinTooLarge { limit } => write!(
                f,
                "the zip archive on standard input has more than {} MiB: \
                 save it to a file and name the file",
                limit >> 20
            ),
            InputError::Parquet { name } => write!(
                f,
                "{name} is a Parquet file and has no lines: read it with the Parquet reader, \
                 from a file and not from standard input"
            ),
            InputError::Changed { name } => write!(
                f,
                "{name} changed while it was read: read it again once nothing writes to it"
            ),
            InputError::Io {
                name,
                doing,
                source,
            } => write!(
                f,
                "{doing} {name} failed: {source}; check that it can be read and try again"
            ),
        }
    }
}

impl std::error::Error for InputError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            InputError::Io { source, .. } => Some(source),
            _ => None,
        }
    }
}
