//! A table in a file of its own, read whole: some of its columns, by name.
//!
//! CSV, TSV, either of them packed by gzip, and Parquet. What a file is shows in its first bytes
//! and not in its name. Meant for tables of up to some millions of rows; what a hostile file can
//! make this hold is bounded by the limits below.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use flate2::bufread::MultiGzDecoder;
use jiff::civil::date;
use jiff::{Span, Timestamp};
use parquet::basic::{LogicalType, TimeUnit, Type as Physical};
use parquet::column::reader::{ColumnReader, ColumnReaderImpl};
use parquet::data_type::{ByteArray, DataType};
use parquet::file::reader::{FileReader, SerializedFileReader};
use rustc_hash::FxHashMap;

/// Most columns that a file may have.
pub const MAX_COLUMNS: usize = 10_000;
/// Most bytes that a row of text may have.
pub const MAX_ROW_BYTES: u64 = 1 << 20;
/// Most bytes of text, unpacked, that a file may have.
pub const MAX_TEXT_BYTES: u64 = 8 << 30;
/// Most rows that a file may have.
pub const MAX_ROWS: usize = 50_000_000;
/// Most bytes that the distinct texts of a column may have together.
pub const MAX_DISTINCT_BYTES: usize = 1 << 30;

/// Rows of a Parquet file that are read at once.
const BATCH: usize = 1 << 14;

/// How a column is to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum As {
    /// As text. Empty text is missing; `NA` is text like any other, for it is also Namibia.
    Text,
    /// As numbers. Empty, `NA`, `NaN`, `.` and `NULL` are missing.
    Number,
}

/// A column of text, each distinct text kept once.
#[derive(Clone, Debug, Default)]
pub struct TextColumn {
    /// For each row the place of its text in `texts`.
    pub codes: Vec<u32>,
    /// The distinct texts, in the order in which they first occur. A missing value is empty.
    pub texts: Vec<String>,
    /// For each distinct text the row that has it first, from 0.
    pub first: Vec<usize>,
}

/// A column as it was read.
#[derive(Clone, Debug)]
pub enum Values {
    /// Text.
    Text(TextColumn),
    /// Numbers; NaN is missing.
    Number(Vec<f64>),
}

/// The columns that were asked for, in that order.
#[derive(Clone, Debug)]
pub struct Columns {
    values: Vec<Values>,
    rows: usize,
    /// The lines of the rows, where the file has lines.
    lines: Vec<u32>,
}

impl Columns {
    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// The columns.
    pub fn into_values(self) -> Vec<Values> {
        self.values
    }

    /// A column asked for as text.
    ///
    /// # Panics
    /// If it was asked for as numbers.
    pub fn text(&self, index: usize) -> &TextColumn {
        match &self.values[index] {
            Values::Text(column) => column,
            Values::Number(_) => panic!("column {index} was read as numbers"),
        }
    }

    /// A column asked for as numbers.
    ///
    /// # Panics
    /// If it was asked for as text.
    pub fn numbers(&self, index: usize) -> &[f64] {
        match &self.values[index] {
            Values::Number(column) => column,
            Values::Text(_) => panic!("column {index} was read as text"),
        }
    }

    /// Where a row stands in the file: "line 12" of a text, "row 11" of a Parquet file.
    pub fn place(&self, row: usize) -> String {
        match self.lines.get(row) {
            Some(line) => format!("line {line}"),
            None => format!("row {}", row + 1),
        }
    }
}

/// Why a table cannot be read.
#[derive(Debug)]
pub struct TableFileError {
    /// The file.
    pub path: PathBuf,
    /// Where in it, for example "line 3, column year"; empty if it is the file as a whole.
    pub place: String,
    /// What is wrong.
    pub why: String,
    /// What to do about it.
    pub remedy: String,
}

impl fmt::Display for TableFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.path.display())?;
        if !self.place.is_empty() {
            write!(f, ", {}", self.place)?;
        }
        write!(f, ": {}; {}", self.why, self.remedy)
    }
}

impl std::error::Error for TableFileError {}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Text { packed: bool, delimiter: u8 },
    Parquet,
}

/// A table in a file, whose columns are known and whose rows are yet to be read.
#[derive(Debug)]
pub struct TableFile {
    path: PathBuf,
    format: Format,
    names: Vec<String>,
}

impl TableFile {
    /// Opens a file and reads the names of its columns.
    ///
    /// # Errors
    /// If the file cannot be read, is none of the known formats, or has no header.
    pub fn open(path: &Path) -> Result<Self, TableFileError> {
        let mut table = Self {
            path: path.to_path_buf(),
            format: Format::Parquet,
            names: Vec::new(),
        };
        let mut start = Vec::new();
        File::open(path)
            .and_then(|file| file.take(4).read_to_end(&mut start))
            .map_err(|e| table.unreadable(e))?;
        match start.as_slice() {
            b"PAR1" => {
                let file = table.parquet()?;
                let schema = file.metadata().file_metadata().schema_descr();
                let columns = schema.columns().iter();
                table.names = columns.map(|c| c.path().string()).collect();
            }
            b"PK\x03\x04" => {
                return Err(table.error(
                    "",
                    "is a zip archive",
                    "unpack it and name the file in it",
                ));
            }
            _ => table.read_header(start.starts_with(&[0x1f, 0x8b]))?,
        }
        match table.names.len() {
            0 => Err(table.error(
                "",
                "has no columns",
                "give a table whose first line is a header",
            )),
            n if n > MAX_COLUMNS => Err(table.error(
                "",
                format!("has {n} columns"),
                format!("give a table of at most {MAX_COLUMNS}"),
            )),
            _ => Ok(table),
        }
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The names of the columns, in the order of the file.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Reads the named columns.
    ///
    /// # Errors
    /// If a column is missing or there twice, a row has more or fewer fields than the header, a
    /// number is none, or the file is broken or beyond the limits of this module.
    pub fn read(&self, wanted: &[(&str, As)]) -> Result<Columns, TableFileError> {
        let mut places = Vec::new();
        for (name, _) in wanted {
            let mut found = (0..self.names.len()).filter(|&i| self.names[i] == *name);
            match (found.next(), found.next()) {
                (Some(at), None) => places.push(at),
                (None, _) => {
                    return Err(self.error(
                        "",
                        format!("has no column {name}"),
                        format!("its columns are: {}", self.list_names()),
                    ));
                }
                (Some(_), Some(_)) => {
                    return Err(self.error(
                        "",
                        format!("has more than one column {name}"),
                        "rename or remove the others",
                    ));
                }
            }
        }
        let builders: Vec<Builder> = wanted.iter().map(|(_, kind)| Builder::new(*kind)).collect();
        match self.format {
            Format::Text { packed, delimiter } => {
                self.read_text(packed, delimiter, &places, builders)
            }
            Format::Parquet => self.caught(|| self.read_parquet(&places, builders)),
        }
    }

    /// The names of the columns as a list for a message, cut where it gets long.
    pub fn list_names(&self) -> String {
        const SHOWN: usize = 60;
        let mut list = self
            .names
            .iter()
            .take(SHOWN)
            .cloned()
            .collect::<Vec<_>>()
            .join(", ");
        if self.names.len() > SHOWN {
            list.push_str(", …");
        }
        list
    }

    /// An error in this file, for those who judge its values.
    pub fn error(
        &self,
        place: impl Into<String>,
        why: impl Into<String>,
        remedy: impl Into<String>,
    ) -> TableFileError {
        TableFileError {
            path: self.path.clone(),
            place: place.into(),
            why: why.into(),
            remedy: remedy.into(),
        }
    }

    fn unreadable(&self, error: impl fmt::Display) -> TableFileError {
        self.error(
            "",
            format!("cannot be read: {error}"),
            "check that the file is there, whole, and that you may read it",
        )
    }

    /// The bytes of a text file, unpacked, without byte order mark and counted.
    fn text(&self, packed: bool, budget: &Arc<AtomicU64>) -> io::Result<Box<dyn BufRead>> {
        let file = BufReader::with_capacity(1 << 16, File::open(&self.path)?);
        let plain: Box<dyn Read> = if packed {
            Box::new(MultiGzDecoder::new(file))
        } else {
            Box::new(file)
        };
        let mut text = BufReader::with_capacity(
            1 << 16,
            Bounded {
                inner: plain,
                whole: MAX_TEXT_BYTES,
                row: Arc::clone(budget),
            },
        );
        if text.fill_buf()?.starts_with(b"\xef\xbb\xbf") {
            text.consume(3);
        }
        Ok(Box::new(text))
    }

    fn read_header(&mut self, packed: bool) -> Result<(), TableFileError> {
        let budget = Arc::new(AtomicU64::new(MAX_ROW_BYTES));
        let mut text = self.text(packed, &budget).map_err(|e| self.unreadable(e))?;
        let mut line = Vec::new();
        text.read_until(b'\n', &mut line)
            .map_err(|e| self.unreadable(e))?;
        if line.contains(&0) {
            return Err(self.error(
                "",
                "is neither text nor Parquet",
                "give a table as CSV, TSV, either packed by gzip, or Parquet",
            ));
        }
        let delimiter = *b"\t,;".iter().find(|d| line.contains(d)).unwrap_or(&b',');
        self.format = Format::Text { packed, delimiter };
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .from_reader(line.as_slice());
        let header = reader.byte_headers().map_err(|e| self.unreadable(e))?;
        self.names = header
            .iter()
            .map(|name| String::from_utf8_lossy(name).trim().to_owned())
            .collect();
        Ok(())
    }

    fn read_text(
        &self,
        packed: bool,
        delimiter: u8,
        places: &[usize],
        mut builders: Vec<Builder>,
    ) -> Result<Columns, TableFileError> {
        let budget = Arc::new(AtomicU64::new(MAX_ROW_BYTES));
        let text = self.text(packed, &budget).map_err(|e| self.unreadable(e))?;
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            // Lines are counted right only so; a carriage return goes with the blanks of a field.
            .terminator(csv::Terminator::Any(b'\n'))
            .flexible(true)
            .buffer_capacity(1 << 16)
            .from_reader(text);
        let mut record = csv::ByteRecord::new();
        let mut lines = Vec::new();
        loop {
            match reader.read_byte_record(&mut record) {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => return Err(self.broken_text(error, reader.position().line())),
            }
            budget.store(MAX_ROW_BYTES, Ordering::Relaxed);
            let line = record.position().map_or(0, csv::Position::line);
            if record.len() != self.names.len() {
                if record.len() == 1 && record[0].trim_ascii().is_empty() {
                    continue;
                }
                return Err(self.wrong_width(record.len(), line));
            }
            if lines.len() == MAX_ROWS {
                return Err(self.too_many_rows());
            }
            for (&at, builder) in places.iter().zip(&mut builders) {
                builder.field(&record[at], lines.len()).map_err(|trouble| {
                    self.trouble(trouble, &format!("line {line}, column {}", self.names[at]))
                })?;
            }
            lines.push(u32::try_from(line).unwrap_or(u32::MAX));
        }
        Ok(Columns {
            values: builders.into_iter().map(Builder::finish).collect(),
            rows: lines.len(),
            lines,
        })
    }

    fn wrong_width(&self, found: usize, line: u64) -> TableFileError {
        let n = self.names.len();
        self.error(
            format!("line {line}"),
            format!("has {found} fields where the header has {n}"),
            "put text that holds the delimiter or a quote in double quotes, and name every column in the header",
        )
    }

    fn broken_text(&self, error: csv::Error, line: u64) -> TableFileError {
        match error.kind() {
            csv::ErrorKind::Io(e) if e.kind() == io::ErrorKind::InvalidData => self.error(
                format!("line {line}"),
                e.to_string(),
                "look for a double quote without its partner; if the file is meant to be so, cut it into parts",
            ),
            _ => self.error(
                format!("line {line}"),
                format!("cannot be read: {error}"),
                "check that the file is whole; fetch or pack it again",
            ),
        }
    }

    fn too_many_rows(&self) -> TableFileError {
        self.error(
            "",
            format!("has more than {MAX_ROWS} rows"),
            "cut it into parts, for example by year",
        )
    }

    fn trouble(&self, trouble: Trouble, place: &str) -> TableFileError {
        match trouble {
            Trouble::NoNumber(text) => self.error(
                place,
                format!("{text:?} is no number"),
                "write a number with a point, or leave the field empty",
            ),
            Trouble::TooMuchText => self.error(
                place,
                "the column holds too much different text",
                "name a column of codes or names, or cut the file into parts",
            ),
        }
    }

    fn parquet(&self) -> Result<SerializedFileReader<File>, TableFileError> {
        let file = File::open(&self.path).map_err(|e| self.unreadable(e))?;
        self.caught(|| SerializedFileReader::new(file).map_err(|e| self.unreadable(e)))
    }

    /// Runs a step of reading Parquet: the library it uses panics on some broken files.
    fn caught<T>(
        &self,
        read: impl FnOnce() -> Result<T, TableFileError>,
    ) -> Result<T, TableFileError> {
        catch_unwind(AssertUnwindSafe(read))
            .unwrap_or_else(|_| Err(self.unreadable("it is no whole Parquet file")))
    }

    fn read_parquet(
        &self,
        places: &[usize],
        mut builders: Vec<Builder>,
    ) -> Result<Columns, TableFileError> {
        let file = self.parquet()?;
        let schema = file.metadata().file_metadata().schema_descr();
        let mut rows = 0;
        for group in 0..file.num_row_groups() {
            let group = file.get_row_group(group).map_err(|e| self.unreadable(e))?;
            let n = usize::try_from(group.metadata().num_rows())
                .map_err(|_| self.unreadable("a row group of negative length"))?;
            if n > MAX_ROWS - rows {
                return Err(self.too_many_rows());
            }
            for (&at, builder) in places.iter().zip(&mut builders) {
                let column = schema.column(at);
                let name = &self.names[at];
                if column.max_rep_level() > 0 {
                    return Err(self.error(
                        format!("column {name}"),
                        "holds lists",
                        "give a table with one value a row",
                    ));
                }
                let reader = group
                    .get_column_reader(at)
                    .map_err(|e| self.unreadable(e))?;
                let chunk = Chunk {
                    present: column.max_def_level(),
                    logical: column.logical_type_ref(),
                    start: rows,
                    rows: n,
                };
                chunk.read(reader, builder).map_err(|fault| match fault {
                    Fault::Parquet(e) => self.unreadable(format!("column {name}: {e}")),
                    Fault::Rows(found) => self.unreadable(format!(
                        "column {name} ends after {found} of {n} rows of a row group"
                    )),
                    Fault::Kind(kind) => self.error(
                        format!("column {name}"),
                        format!("is of the type {kind}, which is neither number nor text"),
                        "write it as a number or as text",
                    ),
                    Fault::Value(row, trouble) => {
                        self.trouble(trouble, &format!("row {}, column {name}", row + 1))
                    }
                })?;
            }
            rows += n;
        }
        Ok(Columns {
            values: builders.into_iter().map(Builder::finish).collect(),
            rows,
            lines: Vec::new(),
        })
    }
}

/// A reader that gives up where a row, or the whole, gets longer than it may be.
struct Bounded<R> {
    inner: R,
    whole: u64,
    /// What the row may still take; set anew by who reads the rows.
    row: Arc<AtomicU64>,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        let row = self.row.load(Ordering::Relaxed);
        let too_long = |what, most| {
            io::Error::new(
                io::ErrorKind::InvalidData,
                format!("{what} is longer than {most} bytes"),
            )
        };
        // A row may still use what was read ahead of it, so the limit is not to the byte.
        if row == 0 {
            return Err(too_long("a row", MAX_ROW_BYTES));
        }
        self.row
            .store(row.saturating_sub(n as u64), Ordering::Relaxed);
        self.whole = self
            .whole
            .checked_sub(n as u64)
            .ok_or_else(|| too_long("the text", MAX_TEXT_BYTES))?;
        Ok(n)
    }
}

/// A value that cannot be taken.
enum Trouble {
    NoNumber(String),
    TooMuchText,
}

/// A column that is being read.
enum Builder {
    Text {
        column: TextColumn,
        index: FxHashMap<Box<[u8]>, u32>,
        /// The last field, which rows in order often repeat.
        last: Option<u32>,
        bytes: usize,
    },
    Number(Vec<f64>),
}

impl Builder {
    fn new(kind: As) -> Self {
        match kind {
            As::Text => Self::Text {
                column: TextColumn::default(),
                index: FxHashMap::default(),
                last: None,
                bytes: 0,
            },
            As::Number => Self::Number(Vec::new()),
        }
    }

    /// Takes the bytes of a field, with or without blanks around it.
    fn field(&mut self, field: &[u8], row: usize) -> Result<(), Trouble> {
        let field = field.trim_ascii();
        match self {
            Self::Number(numbers) => {
                numbers.push(number(field)?);
                Ok(())
            }
            Self::Text {
                column,
                index,
                last,
                bytes,
            } => {
                if let Some(code) = *last
                    && column.texts[code as usize].as_bytes() == field
                {
                    column.codes.push(code);
                    return Ok(());
                }
                let code = match index.get(field) {
                    Some(code) => *code,
                    None => {
                        *bytes += field.len();
                        if *bytes > MAX_DISTINCT_BYTES {
                            return Err(Trouble::TooMuchText);
                        }
                        let code =
                            u32::try_from(column.texts.len()).map_err(|_| Trouble::TooMuchText)?;
                        column
                            .texts
                            .push(String::from_utf8_lossy(field).into_owned());
                        column.first.push(row);
                        index.insert(field.into(), code);
                        code
                    }
                };
                *last = Some(code);
                column.codes.push(code);
                Ok(())
            }
        }
    }

    /// Takes a number.
    fn number(&mut self, value: f64, row: usize) -> Result<(), Trouble> {
        match self {
            Self::Number(numbers) => {
                numbers.push(value);
                Ok(())
            }
            // A code kept as a floating number, as some programs do: 2.0 is "2".
            Self::Text { .. } => self.field(value.to_string().as_bytes(), row),
        }
    }

    fn missing(&mut self, row: usize) -> Result<(), Trouble> {
        match self {
            Self::Number(numbers) => {
                numbers.push(f64::NAN);
                Ok(())
            }
            Self::Text { .. } => self.field(b"", row),
        }
    }

    fn finish(self) -> Values {
        match self {
            Self::Text { column, .. } => Values::Text(column),
            Self::Number(numbers) => Values::Number(numbers),
        }
    }
}

/// A number in the bytes of a field; NaN for the usual marks of a missing one.
fn number(field: &[u8]) -> Result<f64, Trouble> {
    match field {
        b"" | b"NA" | b"NaN" | b"nan" | b"." | b"NULL" => return Ok(f64::NAN),
        // Plain whole numbers are most of what comes.
        [b'0'..=b'9', ..] if field.len() <= 15 && field.iter().all(u8::is_ascii_digit) => {
            let whole = field
                .iter()
                .fold(0_u64, |n, digit| n * 10 + u64::from(digit - b'0'));
            return Ok(whole as f64);
        }
        _ => {}
    }
    std::str::from_utf8(field)
        .ok()
        .and_then(|text| text.parse::<f64>().ok())
        .filter(|value| value.is_finite())
        .ok_or_else(|| {
            let shown: String = String::from_utf8_lossy(field).chars().take(40).collect();
            Trouble::NoNumber(shown)
        })
}

/// What can be wrong with a column of a Parquet file.
enum Fault {
    Parquet(parquet::errors::ParquetError),
    Rows(usize),
    Kind(String),
    Value(usize, Trouble),
}

impl From<parquet::errors::ParquetError> for Fault {
    fn from(error: parquet::errors::ParquetError) -> Self {
        Self::Parquet(error)
    }
}

/// A column within a row group of a Parquet file.
struct Chunk<'a> {
    /// The definition level of a value that is there.
    present: i16,
    logical: Option<&'a LogicalType>,
    /// The rows before.
    start: usize,
    rows: usize,
}

impl Chunk<'_> {
    fn read(&self, reader: ColumnReader, into: &mut Builder) -> Result<(), Fault> {
        if let Some(LogicalType::Decimal { .. }) = self.logical {
            return Err(Fault::Kind("decimal".to_owned()));
        }
        match reader {
            ColumnReader::BoolColumnReader(r) => {
                self.values(r, into, |b, v, row| b.number(f64::from(u8::from(*v)), row))
            }
            ColumnReader::Int32ColumnReader(r) if self.logical == Some(&LogicalType::Date) => self
                .values(r, into, |b, v, row| {
                    let day = date(1970, 1, 1)
                        .checked_add(Span::new().days(i64::from(*v).clamp(-4_000_000, 4_000_000)));
                    let text = day.map_or(String::new(), |d| d.to_string());
                    b.field(text.as_bytes(), row)
                }),
            ColumnReader::Int32ColumnReader(r) => {
                self.values(r, into, |b, v, row| b.number(f64::from(*v), row))
            }
            ColumnReader::Int64ColumnReader(r) => match self.logical {
                Some(LogicalType::Timestamp(stamp)) => {
                    let unit = stamp.unit;
                    self.values(r, into, |b, v, row| {
                        let time = match unit {
                            TimeUnit::MILLIS => Timestamp::from_millisecond(*v),
                            TimeUnit::MICROS => Timestamp::from_microsecond(*v),
                            TimeUnit::NANOS => Timestamp::from_nanosecond(i128::from(*v)),
                        };
                        let text = time.map_or(String::new(), |t| t.to_string());
                        b.field(text.as_bytes(), row)
                    })
                }
                _ => self.values(r, into, |b, v, row| match b {
                    // Beyond 2⁵³ a float would not keep an identifier apart from the next.
                    Builder::Text { .. } => b.field(v.to_string().as_bytes(), row),
                    Builder::Number(_) => b.number(*v as f64, row),
                }),
            },
            ColumnReader::FloatColumnReader(r) => {
                self.values(r, into, |b, v, row| b.number(f64::from(*v), row))
            }
            ColumnReader::DoubleColumnReader(r) => self.values(r, into, |b, v, row| {
                if v.is_finite() {
                    b.number(*v, row)
                } else {
                    b.missing(row)
                }
            }),
            ColumnReader::ByteArrayColumnReader(r) => {
                self.values(r, into, |b, v: &ByteArray, row| b.field(v.data(), row))
            }
            ColumnReader::Int96ColumnReader(_) => Err(Fault::Kind("INT96".to_owned())),
            ColumnReader::FixedLenByteArrayColumnReader(_) => {
                Err(Fault::Kind(format!("{}", Physical::FIXED_LEN_BYTE_ARRAY)))
            }
        }
    }

    fn values<T: DataType>(
        &self,
        mut reader: ColumnReaderImpl<T>,
        into: &mut Builder,
        take: impl Fn(&mut Builder, &T::T, usize) -> Result<(), Trouble>,
    ) -> Result<(), Fault> {
        let (mut levels, mut values) = (Vec::new(), Vec::new());
        let mut done = 0;
        while done < self.rows {
            levels.clear();
            values.clear();
            let batch = BATCH.min(self.rows - done);
            let (n, ..) = reader.read_records(batch, Some(&mut levels), None, &mut values)?;
            if n == 0 {
                return Err(Fault::Rows(done));
            }
            let mut next = values.iter();
            for i in 0..n {
                let row = self.start + done + i;
                let value = if self.present == 0 || levels.get(i) == Some(&self.present) {
                    Some(next.next().ok_or(Fault::Rows(done + i))?)
                } else {
                    None
                };
                match value {
                    Some(value) => take(into, value, row),
                    None => into.missing(row),
                }
                .map_err(|trouble| Fault::Value(row, trouble))?;
            }
            done += n;
        }
        Ok(())
    }
}
