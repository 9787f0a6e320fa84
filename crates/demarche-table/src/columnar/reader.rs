//! A Parquet file read column by column, whole or in part.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;
use std::panic::catch_unwind;
use std::path::Path;
use std::sync::Mutex;

use bytes::Bytes;
use parquet::basic::{ConvertedType, LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, ParquetMetaDataReader};
use parquet::file::page_index::column_index::ColumnIndexMetaData;
use parquet::file::page_index::index_reader::{decode_column_index, decode_offset_index};
use parquet::file::statistics::Statistics;
use parquet::schema::types::ColumnDescriptor;

use super::codec::Decompressor;
use super::decode::{Column, Sink};
use super::page::{PageKind, RawPage, page_at};
use super::{ColumnarError, Scalar, Type};

/// A column of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnInfo {
    /// The name; of a nested column its path with dots.
    pub name: String,
    /// What its values are; nothing if they are of a type that is not read here.
    pub kind: Option<Type>,
    /// Whether every row has a value.
    pub required: bool,
    /// What the column means, if the file says so.
    pub description: String,
}

/// What the file says of one column of a row group.
#[derive(Clone, Debug, PartialEq)]
pub struct ChunkInfo {
    /// A lower and an upper bound of its values, NaN excepted.
    pub range: Option<(Scalar, Scalar)>,
    /// How many values are missing.
    pub nulls: Option<u64>,
    /// Bytes in the file.
    pub bytes: u64,
}

/// A row group.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupInfo {
    /// Rows.
    pub rows: usize,
    /// The columns, in the order of the file.
    pub columns: Vec<ChunkInfo>,
}

/// What the file says of one page.
#[derive(Clone, Debug, PartialEq)]
pub struct PageBounds {
    /// Its first row in the row group.
    pub first: usize,
    /// Rows.
    pub rows: usize,
    /// A lower and an upper bound of its values, NaN excepted; nothing if not known or none.
    pub range: Option<(Scalar, Scalar)>,
    /// How many values are missing.
    pub nulls: Option<u64>,
}

/// Where the bytes come from.
enum Source {
    File(Mutex<File>, u64),
    Memory(Bytes),
}

impl Source {
    fn len(&self) -> u64 {
        match self {
            Self::File(_, len) => *len,
            Self::Memory(bytes) => bytes.len() as u64,
        }
    }

    fn read(&self, place: &str, span: Range<u64>) -> Result<Bytes, ColumnarError> {
        if span.start > span.end || span.end > self.len() {
            return Err(ColumnarError::corrupt(place, "it lies outside the file"));
        }
        match self {
            Self::Memory(bytes) => Ok(bytes.slice(span.start as usize..span.end as usize)),
            Self::File(file, _) => {
                let mut bytes = vec![0; (span.end - span.start) as usize];
                let mut file = file
                    .lock()
                    .unwrap_or_else(std::sync::PoisonError::into_inner);
                file.seek(SeekFrom::Start(span.start))?;
                file.read_exact(&mut bytes)?;
                Ok(bytes.into())
            }
        }
    }
}

/// Reads a Parquet file. Threads may share it.
pub struct FileReader {
    source: Source,
    metadata: ParquetMetaData,
    columns: Vec<ColumnInfo>,
}

/// What the values of a column are, of those read here.
fn kind(descr: &ColumnDescriptor) -> Option<Type> {
    if descr.max_rep_level() > 0 || descr.max_def_level() > 1 || descr.path().parts().len() != 1 {
        return None;
    }
    let logical = descr.logical_type_ref();
    let converted = descr.converted_type();
    match descr.physical_type() {
        Physical::BOOLEAN => Some(Type::Bool),
        Physical::FLOAT | Physical::DOUBLE => Some(Type::Double),
        Physical::INT32 => match (logical, converted) {
            (Some(LogicalType::Date), _) | (None, ConvertedType::DATE) => Some(Type::Date),
            _ if unsigned(descr) => Some(Type::Int64),
            (Some(LogicalType::Integer(_)), _)
            | (
                None,
                ConvertedType::NONE
                | ConvertedType::INT_8
                | ConvertedType::INT_16
                | ConvertedType::INT_32
                | ConvertedType::UINT_8
                | ConvertedType::UINT_16,
            ) => Some(Type::Int32),
            _ => None,
        },
        Physical::INT64 => match (logical, converted) {
            (Some(LogicalType::Timestamp(_)), _)
            | (None, ConvertedType::TIMESTAMP_MILLIS | ConvertedType::TIMESTAMP_MICROS) => {
                Some(Type::Timestamp)
            }
            (Some(LogicalType::Integer(t)), _) if t.is_signed => Some(Type::Int64),
            (None, ConvertedType::NONE | ConvertedType::INT_64) => Some(Type::Int64),
            _ => None,
        },
        Physical::BYTE_ARRAY => match (logical, converted) {
            (Some(LogicalType::String | LogicalType::Json | LogicalType::Enum), _)
            | (
                None,
                ConvertedType::NONE
                | ConvertedType::UTF8
                | ConvertedType::JSON
                | ConvertedType::ENUM,
            ) => Some(Type::Text),
            _ => None,
        },
        Physical::INT96 | Physical::FIXED_LEN_BYTE_ARRAY => None,
    }
}

/// Whether 32 bits hold numbers up to 2^32 - 1.
fn unsigned(descr: &ColumnDescriptor) -> bool {
    match descr.logical_type_ref() {
        Some(LogicalType::Integer(t)) => !t.is_signed && t.bit_width >= 32,
        Some(_) => false,
        None => descr.converted_type() == ConvertedType::UINT_32,
    }
}

/// By what 64-bit values are divided to give milliseconds, if they are times.
fn per_millisecond(descr: &ColumnDescriptor) -> i64 {
    match (descr.logical_type_ref(), descr.converted_type()) {
        (Some(LogicalType::Timestamp(t)), _) => match t.unit {
            TimeUnit::MILLIS => 1,
            TimeUnit::MICROS => 1_000,
            TimeUnit::NANOS => 1_000_000,
        },
        (None, ConvertedType::TIMESTAMP_MICROS) => 1_000,
        _ => 1,
    }
}

fn number(descr: &ColumnDescriptor, v: i32) -> Option<Scalar> {
    match kind(descr)? {
        // Signed bounds say nothing of unsigned values.
        Type::Int64 => None,
        _ => Some(Scalar::Int32(v)),
    }
}

fn long(descr: &ColumnDescriptor, v: i64) -> Option<Scalar> {
    Some(Scalar::Int64(v.div_euclid(per_millisecond(descr))))
}

fn chunk_info(chunk: &ColumnChunkMetaData) -> ChunkInfo {
    let descr = chunk.column_descr();
    let statistics = chunk.statistics();
    macro_rules! range {
        ($s:ident, $scalar:expr) => {
            $s.min_opt()
                .zip($s.max_opt())
                .and_then(|(low, high)| Some(($scalar(low)?, $scalar(high)?)))
        };
    }
    let range = match statistics {
        // The old fields have no agreed order for text.
        Some(Statistics::ByteArray(s))
            if !statistics.is_some_and(Statistics::is_min_max_deprecated) =>
        {
            range!(s, |v: &parquet::data_type::ByteArray| Some(Scalar::Text(
                v.data().to_vec()
            )))
        }
        Some(Statistics::Int32(s)) => range!(s, |v: &i32| number(descr, *v)),
        Some(Statistics::Int64(s)) => range!(s, |v: &i64| long(descr, *v)),
        Some(Statistics::Float(s)) => range!(s, |v: &f32| double(f64::from(*v))),
        Some(Statistics::Double(s)) => range!(s, |v: &f64| double(*v)),
        Some(Statistics::Boolean(s)) => range!(s, |v: &bool| Some(Scalar::Bool(*v))),
        _ => None,
    };
    ChunkInfo {
        range: range.filter(|_| kind(descr).is_some()),
        nulls: statistics.and_then(Statistics::null_count_opt),
        bytes: u64::try_from(chunk.compressed_size()).unwrap_or(0),
    }
}

fn double(v: f64) -> Option<Scalar> {
    (!v.is_nan()).then_some(Scalar::Double(v))
}

/// A page of the offset index.
struct Located {
    span: Range<u64>,
    first: usize,
    rows: usize,
}

impl FileReader {
    /// Opens a file.
    ///
    /// # Errors
    /// If it cannot be read or is not sound Parquet.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, ColumnarError> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        Self::new(Source::File(Mutex::new(file), length))
    }

    /// Reads a file held in memory.
    ///
    /// # Errors
    /// If it is not sound Parquet.
    pub fn from_bytes(bytes: Vec<u8>) -> Result<Self, ColumnarError> {
        Self::new(Source::Memory(bytes.into()))
    }

    fn new(source: Source) -> Result<Self, ColumnarError> {
        let corrupt = |what: &str| ColumnarError::corrupt("the footer", what);
        let length = source.len();
        if length < 12 {
            return Err(corrupt("the file is too short"));
        }
        let tail = source.read("the footer", length - 8..length)?;
        if &tail[4..] != b"PAR1" {
            return Err(corrupt("the file does not end as Parquet does"));
        }
        let size = u64::from(u32::from_le_bytes([tail[0], tail[1], tail[2], tail[3]]));
        if size > length - 12 {
            return Err(corrupt("it is longer than the file"));
        }
        let footer = source.read("the footer", length - 8 - size..length - 8)?;
        // As for foreign encodings: a panic over a damaged footer is damage.
        let metadata = catch_unwind(|| ParquetMetaDataReader::decode_metadata(&footer))
            .map_err(|_| corrupt("it cannot be decoded"))?
            .map_err(|e| corrupt(&e.to_string()))?;

        let file = metadata.file_metadata();
        let schema = file.schema_descr();
        let pairs = file.key_value_metadata();
        let columns = schema
            .columns()
            .iter()
            .map(|descr| {
                let name = descr.path().string();
                let key = format!("description.{name}");
                let description = pairs
                    .into_iter()
                    .flatten()
                    .find(|p| p.key == key)
                    .and_then(|p| p.value.clone())
                    .unwrap_or_default();
                ColumnInfo {
                    kind: kind(descr),
                    required: descr.self_type().get_basic_info().has_repetition()
                        && descr.self_type().get_basic_info().repetition() == Repetition::REQUIRED,
                    description,
                    name,
                }
            })
            .collect();
        let mut total = 0_i64;
        for group in metadata.row_groups() {
            let rows = group.num_rows();
            total = total
                .checked_add(rows)
                .filter(|_| rows >= 0)
                .ok_or_else(|| corrupt("its row counts are out of range"))?;
            if group.num_columns() != schema.num_columns() {
                return Err(corrupt("a row group lacks columns"));
            }
            for chunk in group.columns() {
                if kind(chunk.column_descr()).is_some() && chunk.num_values() != rows {
                    return Err(corrupt(
                        "a column has another number of rows than its row group",
                    ));
                }
            }
        }
        if total != file.num_rows() {
            return Err(corrupt(
                "the row groups do not add up to the rows of the file",
            ));
        }
        Ok(Self {
            source,
            columns,
            metadata,
        })
    }

    /// Rows in all row groups.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.metadata
            .row_groups()
            .iter()
            .map(|g| g.num_rows() as u64)
            .sum()
    }

    /// The columns, in the order of the file.
    #[must_use]
    pub fn columns(&self) -> &[ColumnInfo] {
        &self.columns
    }

    /// The place of a column.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|c| c.name == name)
    }

    /// The key-value pairs of the file, descriptions of columns included.
    #[must_use]
    pub fn metadata(&self) -> Vec<(String, String)> {
        let pairs = self.metadata.file_metadata().key_value_metadata();
        pairs
            .into_iter()
            .flatten()
            .map(|p| (p.key.clone(), p.value.clone().unwrap_or_default()))
            .collect()
    }

    /// How many row groups there are.
    #[must_use]
    pub fn groups(&self) -> usize {
        self.metadata.num_row_groups()
    }

    /// What the file says of each row group.
    #[must_use]
    pub fn row_groups(&self) -> Vec<GroupInfo> {
        self.metadata
            .row_groups()
            .iter()
            .map(|group| GroupInfo {
                rows: group.num_rows() as usize,
                columns: group.columns().iter().map(chunk_info).collect(),
            })
            .collect()
    }

    /// The chunk of a column that can be read.
    fn chunk(
        &self,
        group: usize,
        column: usize,
    ) -> Result<(&ColumnChunkMetaData, usize), ColumnarError> {
        let missing = |what: &str, i: usize| {
            ColumnarError::Request(format!("the file has no {what} number {}", i + 1))
        };
        if group >= self.groups() {
            return Err(missing("row group", group));
        }
        let info = self
            .columns
            .get(column)
            .ok_or_else(|| missing("column", column))?;
        if info.kind.is_none() {
            return Err(ColumnarError::Unsupported {
                place: format!("column {}", info.name),
                what: "it is nested or of a type that is not read".to_owned(),
            });
        }
        let group = self.metadata.row_group(group);
        Ok((group.column(column), group.num_rows() as usize))
    }

    /// How a column is stored: physical type, divisor of times, whether unsigned; and its kind.
    pub(super) fn storage(
        &self,
        group: usize,
        column: usize,
    ) -> Result<(Physical, i64, bool, Type), ColumnarError> {
        let (chunk, _) = self.chunk(group, column)?;
        let descr = chunk.column_descr();
        let kind = self.columns[column].kind.unwrap_or(Type::Text);
        Ok((
            chunk.column_type(),
            per_millisecond(descr),
            unsigned(descr),
            kind,
        ))
    }

    pub(super) fn place(&self, group: usize, column: usize) -> String {
        let name = self.columns.get(column).map_or("", |c| &c.name);
        format!("column {name} of row group {}", group + 1)
    }

    /// The pages by the offset index, if there is one.
    fn located(
        &self,
        place: &str,
        chunk: &ColumnChunkMetaData,
        rows: usize,
    ) -> Result<Option<Vec<Located>>, ColumnarError> {
        let Some(span) = span(chunk.offset_index_offset(), chunk.offset_index_length()) else {
            return Ok(None);
        };
        let bytes = self.source.read(place, span)?;
        let corrupt = |what: &str| ColumnarError::corrupt(place, what);
        let index = decode_offset_index(&bytes).map_err(|e| corrupt(&e.to_string()))?;
        let locations = index.page_locations();
        let mut pages = Vec::with_capacity(locations.len());
        for (i, page) in locations.iter().enumerate() {
            let end = locations
                .get(i + 1)
                .map_or(rows as i64, |next| next.first_row_index);
            let whole = u64::try_from(page.offset)
                .ok()
                .zip(u64::try_from(page.compressed_page_size).ok())
                .zip(
                    usize::try_from(page.first_row_index)
                        .ok()
                        .zip(usize::try_from(end).ok()),
                );
            match whole {
                Some(((offset, size), (first, end)))
                    if first <= end && end <= rows && (i > 0 || first == 0) =>
                {
                    let stop = offset
                        .checked_add(size)
                        .ok_or_else(|| corrupt("its offset index is out of range"))?;
                    pages.push(Located {
                        span: offset..stop,
                        first,
                        rows: end - first,
                    });
                }
                _ => return Err(corrupt("its offset index is out of order")),
            }
        }
        if pages.is_empty() && rows > 0 {
            return Err(corrupt("its offset index lists no page"));
        }
        Ok(Some(pages))
    }

    /// What the file says of each page of a column; without an index, of the chunk as one page.
    ///
    /// # Errors
    /// If there is no such column or row group, or the index is damaged.
    pub fn page_bounds(
        &self,
        group: usize,
        column: usize,
    ) -> Result<Vec<PageBounds>, ColumnarError> {
        let (chunk, rows) = self.chunk(group, column)?;
        let place = self.place(group, column);
        let descr = chunk.column_descr();
        let Some(pages) = self.located(&place, chunk, rows)? else {
            let info = chunk_info(chunk);
            return Ok(vec![PageBounds {
                first: 0,
                rows,
                range: info.range,
                nulls: info.nulls,
            }]);
        };
        let index = match span(chunk.column_index_offset(), chunk.column_index_length()) {
            None => None,
            Some(span) => {
                let bytes = self.source.read(&place, span)?;
                let physical = chunk.column_type();
                let index = catch_unwind(|| decode_column_index(&bytes, physical))
                    .map_err(|_| ColumnarError::corrupt(&place, "its index cannot be decoded"))?
                    .map_err(|e| ColumnarError::corrupt(&place, e.to_string()))?;
                if index.num_pages() != pages.len() as u64 {
                    return Err(ColumnarError::corrupt(
                        &place,
                        "its two indices differ in length",
                    ));
                }
                Some(index)
            }
        };
        let range = |i: usize| -> Option<(Scalar, Scalar)> {
            macro_rules! of {
                ($index:ident, $scalar:expr) => {
                    Some((
                        $scalar($index.min_value(i)?)?,
                        $scalar($index.max_value(i)?)?,
                    ))
                };
            }
            match index.as_ref()? {
                ColumnIndexMetaData::BOOLEAN(x) => of!(x, |v: &bool| Some(Scalar::Bool(*v))),
                ColumnIndexMetaData::INT32(x) => of!(x, |v: &i32| number(descr, *v)),
                ColumnIndexMetaData::INT64(x) => of!(x, |v: &i64| long(descr, *v)),
                ColumnIndexMetaData::FLOAT(x) => of!(x, |v: &f32| double(f64::from(*v))),
                ColumnIndexMetaData::DOUBLE(x) => of!(x, |v: &f64| double(*v)),
                ColumnIndexMetaData::BYTE_ARRAY(x) => {
                    of!(x, |v: &[u8]| Some(Scalar::Text(v.to_vec())))
                }
                _ => None,
            }
        };
        let nulls = |i: usize| {
            let counts = index.as_ref()?.null_counts()?;
            u64::try_from(*counts.get(i)?).ok()
        };
        Ok(pages
            .iter()
            .enumerate()
            .map(|(i, page)| PageBounds {
                first: page.first,
                rows: page.rows,
                range: range(i),
                nulls: nulls(i),
            })
            .collect())
    }

    /// Decodes the pages of a column that hold these rows; nothing means all rows.
    pub(super) fn visit(
        &self,
        group: usize,
        column: usize,
        wanted: Option<Range<usize>>,
        sink: &mut dyn Sink,
    ) -> Result<(), ColumnarError> {
        let (chunk, rows) = self.chunk(group, column)?;
        let place = self.place(group, column);
        let corrupt = |what: &str| ColumnarError::corrupt(&place, what);
        let wanted = wanted.unwrap_or(0..rows);
        if wanted.start > wanted.end || wanted.end > rows {
            return Err(ColumnarError::Request(format!(
                "row group {} has {rows} rows, rows {} to {} were asked for",
                group + 1,
                wanted.start,
                wanted.end
            )));
        }
        let mut codec = Decompressor::new(chunk.compression_codec())?.ok_or_else(|| {
            ColumnarError::Unsupported {
                place: place.clone(),
                what: format!("compression {:?} is not read", chunk.compression_codec()),
            }
        })?;

        let offset = |n: i64| u64::try_from(n).map_err(|_| corrupt("its place is out of range"));
        let data = offset(chunk.data_page_offset())?;
        let start = match chunk.dictionary_page_offset() {
            Some(n) if n > 0 => offset(n)?.min(data),
            _ => data,
        };
        let end = start
            .checked_add(offset(chunk.compressed_size())?)
            .ok_or_else(|| corrupt("its place is out of range"))?;
        let whole = wanted == (0..rows);
        let located = if whole {
            None
        } else {
            self.located(&place, chunk, rows)?
        };

        let mut pages: Vec<RawPage<'_>> = Vec::new();
        let mut dictionary = None;
        let (front, back);
        if let Some(located) = located {
            let hit: Vec<&Located> = located
                .iter()
                .filter(|p| p.first < wanted.end && p.first + p.rows > wanted.start)
                .collect();
            let (Some(first), Some(last)) = (hit.first(), hit.last()) else {
                return Ok(());
            };
            front = self
                .source
                .read(&place, start..located[0].span.start.max(start))?;
            back = self.source.read(&place, first.span.start..last.span.end)?;
            if !front.is_empty() {
                dictionary = Some(page_at(&place, &front)?.0);
            }
            for page in &hit {
                let at = page
                    .span
                    .start
                    .checked_sub(first.span.start)
                    .and_then(|n| usize::try_from(n).ok())
                    .filter(|&n| n <= back.len())
                    .ok_or_else(|| corrupt("its offset index is out of order"))?;
                let (mut raw, _) = page_at(&place, &back[at..])?;
                raw.first = page.first;
                if raw.header.values != page.rows {
                    return Err(corrupt(
                        "a page has another number of rows than its index says",
                    ));
                }
                pages.push(raw);
            }
        } else {
            back = self.source.read(&place, start..end)?;
            let mut at = 0;
            let mut first = 0_usize;
            while at < back.len() && first < rows {
                let (mut raw, length) = page_at(&place, &back[at..])?;
                at += length;
                match raw.header.kind {
                    PageKind::Dictionary if dictionary.is_none() => dictionary = Some(raw),
                    PageKind::Dictionary => return Err(corrupt("it has two dictionaries")),
                    PageKind::Other => {}
                    PageKind::Version1 | PageKind::Version2 => {
                        raw.first = first;
                        first = first.saturating_add(raw.header.values);
                        pages.push(raw);
                    }
                }
            }
            if first != rows {
                return Err(corrupt(
                    "its pages do not add up to the rows of the row group",
                ));
            }
            pages.retain(|p| p.first < wanted.end && p.first + p.header.values > wanted.start);
        }
        let column = Column {
            place: &place,
            descr: chunk.column_descr_ptr(),
            wanted,
        };
        column.decode(dictionary, &pages, &mut codec, sink)
    }
}

/// A place in the file, if both numbers are given and none is negative.
fn span(offset: Option<i64>, length: Option<i32>) -> Option<Range<u64>> {
    let offset = u64::try_from(offset?).ok()?;
    let length = u64::try_from(length?).ok()?;
    Some(offset..offset.checked_add(length)?)
}
