//! What can go wrong with a columnar file.

use std::fmt;

use parquet::errors::ParquetError;

/// Why a columnar file could not be written or read.
#[derive(Debug)]
pub enum ColumnarError {
    /// The file system refused.
    Io(std::io::Error),
    /// The values given for a column do not fit it; a mistake of the calling code.
    Values {
        /// The column.
        column: String,
        /// What is wrong.
        what: String,
    },
    /// The file is damaged, or not Parquet.
    Corrupt {
        /// The column, or the part of the file.
        place: String,
        /// What is wrong.
        what: String,
    },
    /// The file is sound but uses what is not read here.
    Unsupported {
        /// The column, or the part of the file.
        place: String,
        /// What is not read.
        what: String,
    },
    /// The request names a column, a row group or rows that the file has not, or the wrong type.
    Request(String),
    /// The Parquet library refused.
    Parquet(ParquetError),
}

impl ColumnarError {
    pub(super) fn values(column: &str, what: impl Into<String>) -> Self {
        Self::Values {
            column: column.to_owned(),
            what: what.into(),
        }
    }

    pub(super) fn corrupt(place: impl Into<String>, what: impl Into<String>) -> Self {
        Self::Corrupt {
            place: place.into(),
            what: what.into(),
        }
    }
}

impl fmt::Display for ColumnarError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io(e) => write!(
                f,
                "file access failed: {e}; check the path, the rights and the free space"
            ),
            Self::Values { column, what } => {
                write!(
                    f,
                    "column {column}: {what}; correct the values given to the writer"
                )
            }
            Self::Corrupt { place, what } => write!(
                f,
                "{place}: {what}; the file is damaged or not Parquet, make or fetch it again"
            ),
            Self::Unsupported { place, what } => write!(
                f,
                "{place}: {what}; write the file again with flat columns and Zstandard, Snappy or no compression"
            ),
            Self::Request(what) => write!(f, "{what}; look at the columns and rows the file lists"),
            Self::Parquet(e) => write!(f, "{e}; the file cannot be written or read as Parquet"),
        }
    }
}

impl std::error::Error for ColumnarError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io(e) => Some(e),
            Self::Parquet(e) => Some(e),
            _ => None,
        }
    }
}

impl From<std::io::Error> for ColumnarError {
    fn from(e: std::io::Error) -> Self {
        Self::Io(e)
    }
}

impl From<ParquetError> for ColumnarError {
    fn from(e: ParquetError) -> Self {
        Self::Parquet(e)
    }
}
