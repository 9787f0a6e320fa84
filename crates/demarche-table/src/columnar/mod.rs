//! Columns as Parquet, written and read a whole column at a time.
//!
//! A caller that already holds a column as a dictionary of distinct values and one index a row
//! need not have every value hashed a second time: [`FileWriter`] writes the dictionary and the
//! indices as they are. [`FileReader`] gives the same form back, and can read only the pages of
//! a column that hold the wanted rows.
//!
//! Files are plain Parquet: one dictionary page a column chunk, version 1 data pages of
//! `RLE_DICTIONARY` or `PLAIN` values, statistics for each chunk, a column index and an offset
//! index for each page. The same rows give the same bytes.

mod bounds;
mod chunk;
mod codec;
mod decode;
mod encoder;
mod entries;
mod error;
mod foreign;
mod hybrid;
mod page;
mod reader;
mod values;
mod writer;

pub use bounds::Scalar;
pub use encoder::{EncodedColumn, Encoder};
pub use error::ColumnarError;
pub use reader::{ChunkInfo, ColumnInfo, FileReader, GroupInfo, PageBounds};
pub use values::{DictColumn, Entries, PlainColumn, TextColumn};
pub use writer::{FileWriter, RowGroup, Written};

/// Marks a missing value in the index of a dictionary column.
pub const NULL_INDEX: u32 = u32::MAX;

/// What the values of a column are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// UTF-8 text.
    Text,
    /// Whole numbers of 32 bits.
    Int32,
    /// Whole numbers of 64 bits.
    Int64,
    /// Floating-point numbers of 64 bits.
    Double,
    /// True or false.
    Bool,
    /// Days since 1970-01-01, as 32-bit numbers.
    Date,
    /// Milliseconds since 1970-01-01T00:00:00Z, as 64-bit numbers.
    Timestamp,
}

/// A column of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnSpec {
    /// The name, unique in the file.
    pub name: String,
    /// What its values are.
    pub kind: Type,
    /// Whether every row must have a value.
    pub required: bool,
    /// What the column means, kept in the file under the key `description.<name>`; may be empty.
    pub description: String,
}

/// The distinct values that an index points to.
#[derive(Clone, Copy, Debug)]
pub enum Dictionary<'a> {
    /// Texts one after the other: value `i` is `bytes[ends[i - 1]..ends[i]]`, the first from 0.
    Text {
        /// All texts.
        bytes: &'a [u8],
        /// Where each ends.
        ends: &'a [u32],
    },
    /// 32-bit numbers or days.
    Int32(&'a [i32]),
    /// 64-bit numbers or milliseconds.
    Int64(&'a [i64]),
    /// Floating-point numbers.
    Double(&'a [f64]),
}

/// The values of one column in one row group, one a row.
///
/// `valid` says which rows have a value; without it all have.
#[derive(Clone, Copy, Debug)]
pub enum Values<'a> {
    /// For each row the place of its value in the dictionary, or [`NULL_INDEX`]. The dictionary
    /// may hold values that no row uses; they are not written.
    Dict {
        /// The distinct values.
        dictionary: Dictionary<'a>,
        /// One a row.
        index: &'a [u32],
    },
    /// 32-bit numbers or days.
    Int32 {
        /// One a row.
        values: &'a [i32],
        /// Which rows have a value.
        valid: Option<&'a [bool]>,
    },
    /// 64-bit numbers or milliseconds.
    Int64 {
        /// One a row.
        values: &'a [i64],
        /// Which rows have a value.
        valid: Option<&'a [bool]>,
    },
    /// Floating-point numbers.
    Double {
        /// One a row.
        values: &'a [f64],
        /// Which rows have a value.
        valid: Option<&'a [bool]>,
    },
    /// True or false.
    Bool {
        /// One a row.
        values: &'a [bool],
        /// Which rows have a value.
        valid: Option<&'a [bool]>,
    },
    /// Texts one after the other: that of row `i` is `bytes[ends[i - 1]..ends[i]]`.
    Text {
        /// All texts.
        bytes: &'a [u8],
        /// Where each ends.
        ends: &'a [u32],
        /// Which rows have a value.
        valid: Option<&'a [bool]>,
    },
}

/// How pages are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// Not at all.
    Uncompressed,
    /// Snappy.
    Snappy,
    /// Zstandard at this level, 1 to 22.
    Zstd(i32),
}

/// How a file is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// How pages are compressed.
    pub compression: Compression,
    /// Rows in a page, the last of a row group excepted.
    pub page_rows: usize,
}

impl Default for Options {
    /// Zstandard level 1, pages of 20,000 rows.
    fn default() -> Self {
        Self {
            compression: Compression::Zstd(1),
            page_rows: 20_000,
        }
    }
}
