//! The ledger: for each file that was read, what became of every line of it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What became of a file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FileRecord {
    /// Its number in the store, from 0; the `file` column of the events.
    pub number: u32,
    /// Its name: the path within the folder that was given, or `-` for standard input.
    pub name: String,
    /// SHA-256 of its bytes as stored, in hexadecimal.
    pub sha256: String,
    /// Its size as stored, bytes.
    pub bytes: u64,
    /// When it was last changed, nanoseconds; only to see quickly that nothing changed since.
    pub modified: Option<i64>,
    /// The format it was read as.
    pub format: String,
    /// Names of its members, where it is an archive.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<String>,
    /// Header lines; not counted among `lines`.
    pub headers: u64,
    /// Lines, or rows of a Parquet file, but for headers.
    pub lines: u64,
    /// Rows stored and counted.
    pub stored: u64,
    /// Rows stored and marked as duplicates.
    pub duplicates: u64,
    /// Lines rejected, by fault (`bad-date:date`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rejected: BTreeMap<String, u64>,
    /// Rows left out by a filter that the user asked for, by its name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub filtered: BTreeMap<String, u64>,
    /// Rows stored with a value that could not be read and is missing now, by fault.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub mended: BTreeMap<String, u64>,
    /// Lines that were not UTF-8 and were read as Latin-1.
    pub latin1: u64,
    /// Rows whose quad class differs from that of our table.
    pub quad_differs: u64,
    /// Rows whose scale value differs from that of our table.
    pub scale_differs: u64,
    /// Rows whose code is not on the list; the code above it was taken.
    pub code_fallback: u64,
    /// Rows that name a source, or a target, that could not be resolved to an actor.
    pub unresolved: u64,
    /// Rows in which both ends are resolved and differ.
    pub dyadic: u64,
    /// First and last day of the events, counted from 1970-01-01.
    pub days: Option<(i32, i32)>,
    /// What was wrong with the file as a whole (`truncated`, `bad-checksum` …); what could be
    /// read before is stored.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<FileFault>,
}

/// What was wrong with a file as a whole.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FileFault {
    /// Its code.
    pub code: String,
    /// In words, with the remedy.
    pub words: String,
    /// After which line.
    pub after_line: u64,
}

impl FileRecord {
    /// Lines rejected.
    pub fn rejected_lines(&self) -> u64 {
        self.rejected.values().sum()
    }

    /// Rows left out by a filter.
    pub fn filtered_rows(&self) -> u64 {
        self.filtered.values().sum()
    }

    /// Does every line have its place?
    pub fn adds_up(&self) -> bool {
        self.lines == self.stored + self.duplicates + self.rejected_lines() + self.filtered_rows()
    }
}

/// A line that was rejected, or stored with a value taken as missing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LogEntry {
    /// Number of the file.
    pub file: u32,
    /// Line, from 1.
    pub line: u64,
    /// The fault (`bad-date:date`).
    pub fault: String,
    /// Was the row stored all the same?
    pub stored: bool,
    /// The line; its first four kilobytes where it is longer, Latin-1 where it is not UTF-8.
    pub raw: String,
    /// Length of the line in bytes.
    pub length: u64,
}
