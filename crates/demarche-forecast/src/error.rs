//! What can be wrong with the input of a forecast.

use std::fmt;

/// Why a folder, a history or a question cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ForecastError {
    /// A file cannot be read at all.
    File {
        /// The file's name within its folder.
        file: String,
        /// What the system said.
        why: String,
    },
    /// A line of a file is not what it should be.
    Line {
        /// The file's name within its folder.
        file: String,
        /// Counted from 1.
        line: usize,
        /// What is wrong, and what was expected.
        why: String,
    },
    /// Days have to be added in the order of time.
    Backwards {
        /// The last day that is known.
        last: i64,
        /// The day that was to be added.
        asked: i64,
    },
    /// A fact names an entity or an act that the history has no room for.
    OutOfRange {
        /// `entity` or `act`.
        what: &'static str,
        /// The number asked for.
        id: u32,
        /// How many there are.
        known: u32,
    },
    /// There is too little to learn from.
    TooFew {
        /// What there is too little of.
        what: &'static str,
        /// How many there are.
        found: usize,
        /// How many it takes.
        needed: usize,
    },
    /// A model, saved or just learned, can't be used, and why.
    Model(String),
}

impl fmt::Display for ForecastError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { file, why } => write!(f, "{file} cannot be read: {why}"),
            Self::Line { file, line, why } => write!(f, "{file}:{line}: {why}"),
            Self::Backwards { last, asked } => write!(
                f,
                "time {asked} is not after {last}, the last one added; a history grows forwards only: begin a new one to add earlier events"
            ),
            Self::OutOfRange { what, id, known } => write!(
                f,
                "{what} {id} is out of range: {known} are known; make room for new ones first"
            ),
            Self::TooFew {
                what,
                found,
                needed,
            } => write!(f, "too few {what}: {found}, at least {needed} are needed"),
            Self::Model(why) => write!(f, "this is no forecast model: {why}"),
        }
    }
}

impl std::error::Error for ForecastError {}
