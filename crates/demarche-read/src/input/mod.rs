//! Finding, opening and cutting input into blocks of whole lines.
//!
//! [`find`] lists the files behind the paths a user names. [`InputFile::open`] gives a [`Stream`]
//! of [`Piece`]s: members, blocks of whole lines with their line numbers, lines too long to hold,
//! and faults. Plain text, gzip and zip look the same to the caller. Only `\n` ends a line; every
//! other byte, NUL and `\r` among them, is content.
//!
//! Input is not trusted: sizes, ratios, line lengths and member counts are bounded by [`Limits`],
//! nothing is ever written, and what a member is called decides nothing.

mod archive;
mod contents;
mod cut;
mod error;
mod fault;
mod find;
mod gzip;
mod name;
mod stored;
mod stream;
#[cfg(test)]
mod tests;

use std::path::PathBuf;

pub use contents::Container;
pub use error::InputError;
pub use fault::Fault;
pub use find::{Found, find};
pub use stored::fingerprint;
pub use stream::{Block, Piece, Receipt, Stream};

/// About how many bytes a [`Block`] holds. A longer line, up to [`Limits::line`], makes it longer.
pub const BLOCK: usize = 1 << 20;

/// How much of a line that is too long is kept, in [`Piece::Oversized`].
pub const HEAD: usize = 4096;

/// The largest zip archive taken from standard input, which cannot be rewound and so is held.
pub const STDIN_ZIP: u64 = 64 << 20;

/// What bounds the reading of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The longest line, in bytes without its newline. A longer one is skipped and reported.
    pub line: usize,
    /// The most uncompressed bytes a gzip stream or a zip member may have.
    pub member: u64,
    /// The most uncompressed bytes per compressed byte, once a member has passed 64 MiB.
    pub ratio: u64,
    /// The most members of one archive.
    pub members: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            line: 1 << 20,
            member: 64 << 30,
            ratio: 200,
            members: 10_000,
        }
    }
}

/// Where the bytes of an input come from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A regular file.
    Path(PathBuf),
    /// Standard input.
    Stdin,
}

/// One file to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputFile {
    /// Where its bytes come from.
    pub origin: Origin,
    /// How it is shown: the path relative to the folder given, with `/` between its parts and
    /// control characters escaped; `-` for standard input.
    pub name: String,
    /// Its size in bytes as stored; none for standard input.
    pub size: Option<u64>,
    /// When it was last modified, in nanoseconds since 1970-01-01 UTC, where that is known.
    pub modified: Option<i64>,
    /// What holds its rows, by its first bytes. Standard input is looked at only when it is
    /// opened and is [`Container::Plain`] until then.
    pub container: Container,
}
