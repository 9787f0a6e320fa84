//! Rows of a flat Parquet file as fields of text, so that a mapping file can read them.

use std::fmt;

use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, FileReader, SerializedFileReader};
use parquet::record::Field;
use parquet::record::reader::RowIter;

use jiff::Timestamp;

use crate::by_name::MAX_COLUMNS;

/// A Parquet file that can't be read row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParquetRowsError {
    /// Why.
    pub why: String,
    /// What to do.
    pub remedy: String,
}

impl fmt::Display for ParquetRowsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.why, self.remedy)
    }
}

impl std::error::Error for ParquetRowsError {}

impl From<ParquetError> for ParquetRowsError {
    fn from(error: ParquetError) -> Self {
        Self {
            why: format!("the Parquet file can't be read: {error}"),
            remedy: "it may be damaged or cut short; fetch or write it again".to_owned(),
        }
    }
}

/// The rows of a flat Parquet file, each a field of text for every column. Days and moments are
/// written as ISO does, a missing value is empty.
pub struct ParquetRows {
    names: Vec<String>,
    rows: RowIter<'static>,
}

impl fmt::Debug for ParquetRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ParquetRows")
            .field("names", &self.names)
            .finish_non_exhaustive()
    }
}

impl ParquetRows {
    /// Opens a Parquet file.
    ///
    /// # Errors
    /// If it is none, or has columns within columns.
    pub fn open<R: ChunkReader + 'static>(source: R) -> Result<Self, ParquetRowsError> {
        let reader = SerializedFileReader::new(source)?;
        let schema = reader
            .metadata()
            .file_metadata()
            .schema_descr()
            .root_schema();
        let fields = schema.get_fields();
        let nested = fields.iter().find(|f| {
            let info = f.get_basic_info();
            f.is_group()
                || (info.has_repetition()
                    && info.repetition() == parquet::basic::Repetition::REPEATED)
        });
        if let Some(nested) = nested {
            return Err(ParquetRowsError {
                why: format!("column {:?} holds columns or lists", nested.name()),
                remedy: "write the table with flat columns only".to_owned(),
            });
        }
        if fields.len() > MAX_COLUMNS {
            return Err(ParquetRowsError {
                why: format!("the file has {} columns", fields.len()),
                remedy: format!("write a table of at most {MAX_COLUMNS}"),
            });
        }
        let names = fields.iter().map(|f| f.name().to_owned()).collect();
        Ok(Self {
            names,
            rows: RowIter::from_file_into(Box::new(reader)),
        })
    }

    /// The names of the columns.
    pub fn names(&self) -> &[String] {
        &self.names
    }
}

impl Iterator for ParquetRows {
    type Item = Result<Vec<String>, ParquetRowsError>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.rows.next()?;
        Some(row.map_err(Into::into).map(|row| {
            row.get_column_iter()
                .map(|(_, field)| as_text(field))
                .collect()
        }))
    }
}

fn as_text(field: &Field) -> String {
    let moment = |time: Option<Timestamp>| time.map_or_else(String::new, |t| t.to_string());
    match field {
        Field::Null => String::new(),
        Field::Str(text) => text.clone(),
        Field::Bool(flag) => flag.to_string(),
        Field::Float(x) => x.to_string(),
        Field::Double(x) => x.to_string(),
        Field::Bytes(bytes) => crate::row::as_text(bytes.data()).into_owned(),
        Field::Date(day) => moment(Timestamp::from_second(i64::from(*day) * 86_400).ok())
            .chars()
            .take(10)
            .collect(),
        Field::TimestampMillis(ms) => moment(Timestamp::from_millisecond(*ms).ok()),
        Field::TimestampMicros(us) => moment(Timestamp::from_microsecond(*us).ok()),
        other => other.to_string(),
    }
}
