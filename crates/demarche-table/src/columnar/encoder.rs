//! One column of one row group, as the bytes of a Parquet column chunk.

use bytes::Bytes;
use parquet::basic::{Compression as Codec, ZstdLevel};
use parquet::column::writer::ColumnCloseResult;
use parquet::schema::types::SchemaDescriptor;

use super::bounds::Bounds;
use super::chunk::{Chunk, Target};
use super::codec::Compressor;
use super::entries::{Entries, text, widen};
use super::{
    ColumnSpec, ColumnarError, Compression, Dictionary, NULL_INDEX, Options, Scalar, Type, Values,
    hybrid,
};

/// A place of the dictionary that no row of the row group has used yet.
const UNUSED: u32 = u32::MAX;

/// Rows compared at once when looking for repetitions.
const BLOCK: usize = 16;

/// A column chunk, ready to be put into its file.
pub struct EncodedColumn {
    pub(super) column: usize,
    pub(super) name: String,
    pub(super) rows: usize,
    /// Nothing for a row group without rows.
    pub(super) chunk: Option<(Bytes, ColumnCloseResult)>,
}

/// Encodes the columns of one file; keeps its working memory from column to column.
pub struct Encoder {
    targets: Vec<Target>,
    options: Options,
    codec: Codec,
    compressor: Compressor,
    /// For each place of the dictionary plus one, the code of its value in the chunk; place 0
    /// stands for a missing value. All [`UNUSED`] between columns.
    codes_of: Vec<u32>,
    /// The places of the dictionary that are used, by code.
    used: Vec<u32>,
    codes: Vec<u32>,
    levels: Vec<u8>,
    page: Vec<u8>,
    compressed: Vec<u8>,
}

/// Checks that texts lie within their bytes and are UTF-8.
fn check_ends(column: &str, bytes: &[u8], ends: &[u32]) -> Result<(), ColumnarError> {
    let ordered = ends.windows(2).all(|w| w[0] <= w[1]);
    if !ordered || ends.last().is_some_and(|&e| e as usize > bytes.len()) {
        return Err(ColumnarError::values(
            column,
            "the ends of its texts fall or lie past their bytes",
        ));
    }
    Ok(())
}

fn push_text(column: &str, text: &[u8], page: &mut Vec<u8>) -> Result<(), ColumnarError> {
    if std::str::from_utf8(text).is_err() {
        return Err(ColumnarError::values(column, "a text is not UTF-8"));
    }
    let length = u32::try_from(text.len())
        .ok()
        .filter(|&n| n <= i32::MAX as u32)
        .ok_or_else(|| ColumnarError::values(column, "a text is longer than 2 GiB"))?;
    page.extend_from_slice(&length.to_le_bytes());
    page.extend_from_slice(text);
    Ok(())
}

/// Packs one bit a row, first row lowest; gives how many are set.
fn pack_bits(rows: usize, set: impl Fn(usize) -> bool, out: &mut Vec<u8>) -> usize {
    out.clear();
    out.reserve(rows.div_ceil(8));
    let mut count = 0;
    for start in (0..rows / 8 * 8).step_by(8) {
        let byte = (0..8).fold(0_u8, |b, k| b | (u8::from(set(start + k)) << k));
        count += byte.count_ones() as usize;
        out.push(byte);
    }
    if !rows.is_multiple_of(8) {
        let start = rows / 8 * 8;
        let byte = (start..rows).fold(0_u8, |b, i| b | (u8::from(set(i)) << (i - start)));
        count += byte.count_ones() as usize;
        out.push(byte);
    }
    count
}

impl Encoder {
    pub(super) fn new(
        columns: &[ColumnSpec],
        schema: &SchemaDescriptor,
        options: Options,
    ) -> Result<Self, ColumnarError> {
        let targets = columns
            .iter()
            .zip(schema.columns())
            .map(|(spec, descr)| Target {
                spec: spec.clone(),
                descr: descr.clone(),
            })
            .collect();
        Self::with(targets, options)
    }

    fn with(targets: Vec<Target>, options: Options) -> Result<Self, ColumnarError> {
        if options.page_rows == 0 || i32::try_from(options.page_rows).is_err() {
            return Err(ColumnarError::Request(
                "a page must have 1 to 2,147,483,647 rows".to_owned(),
            ));
        }
        let codec = match options.compression {
            Compression::Uncompressed => Codec::UNCOMPRESSED,
            Compression::Snappy => Codec::SNAPPY,
            Compression::Zstd(level) => Codec::ZSTD(ZstdLevel::try_new(level)?),
        };
        Ok(Self {
            targets,
            options,
            codec,
            compressor: Compressor::new(options.compression)?,
            codes_of: Vec::new(),
            used: Vec::new(),
            codes: Vec::new(),
            levels: Vec::new(),
            page: Vec::new(),
            compressed: Vec::new(),
        })
    }

    pub(super) fn another(&self) -> Result<Self, ColumnarError> {
        Self::with(self.targets.clone(), self.options)
    }

    pub(super) fn columns(&self) -> usize {
        self.targets.len()
    }

    /// Encodes one column (by its place in the file) of a row group of so many rows.
    ///
    /// # Errors
    /// If there is no such column, or the values do not fit it: another type, another number of
    /// rows, an index past the dictionary, a missing value in a required column, text that is
    /// not UTF-8.
    pub fn encode(
        &mut self,
        column: usize,
        rows: usize,
        values: Values<'_>,
    ) -> Result<EncodedColumn, ColumnarError> {
        let Some(target) = self.targets.get(column).cloned() else {
            return Err(ColumnarError::Request(format!(
                "there is no column number {}",
                column + 1
            )));
        };
        check(&target.spec, rows, &values)?;
        let chunk = if rows == 0 {
            None
        } else {
            let pages = rows.div_ceil(self.options.page_rows);
            let mut sink = Chunk::new(&mut self.compressor, &mut self.compressed, pages);
            let mut scratch = Scratch {
                page_rows: self.options.page_rows,
                codes_of: &mut self.codes_of,
                used: &mut self.used,
                codes: &mut self.codes,
                levels: &mut self.levels,
                page: &mut self.page,
            };
            match values {
                Values::Dict { dictionary, index } => {
                    scratch.dictionary(&target.spec, dictionary, index, &mut sink)?;
                }
                plain => scratch.plain(&target.spec, rows, plain, &mut sink)?,
            }
            Some(sink.finish(&target, self.codec, rows)?)
        };
        Ok(EncodedColumn {
            column,
            name: target.spec.name,
            rows,
            chunk,
        })
    }
}

/// Checks what does not depend on the values of the rows.
fn check(spec: &ColumnSpec, rows: usize, values: &Values<'_>) -> Result<(), ColumnarError> {
    let (fits, given, valid) = match values {
        Values::Dict { dictionary, index } => {
            let fits = match dictionary {
                Dictionary::Text { bytes, ends } => {
                    check_ends(&spec.name, bytes, ends)?;
                    spec.kind == Type::Text
                }
                Dictionary::Int32(_) => matches!(spec.kind, Type::Int32 | Type::Date),
                Dictionary::Int64(_) => matches!(spec.kind, Type::Int64 | Type::Timestamp),
                Dictionary::Double(_) => spec.kind == Type::Double,
            };
            (fits, index.len(), None)
        }
        Values::Int32 { values, valid } => (
            matches!(spec.kind, Type::Int32 | Type::Date),
            values.len(),
            *valid,
        ),
        Values::Int64 { values, valid } => (
            matches!(spec.kind, Type::Int64 | Type::Timestamp),
            values.len(),
            *valid,
        ),
        Values::Double { values, valid } => (spec.kind == Type::Double, values.len(), *valid),
        Values::Bool { values, valid } => (spec.kind == Type::Bool, values.len(), *valid),
        Values::Text { bytes, ends, valid } => {
            check_ends(&spec.name, bytes, ends)?;
            (spec.kind == Type::Text, ends.len(), *valid)
        }
    };
    let wrong = |what: String| Err(ColumnarError::values(&spec.name, what));
    if !fits {
        return wrong(format!(
            "values of another type were given to a column of {:?}",
            spec.kind
        ));
    }
    if given != rows || valid.is_some_and(|v| v.len() != rows) {
        return wrong(format!("{given} values were given for {rows} rows"));
    }
    if spec.required && valid.is_some_and(|v| v.contains(&false)) {
        return wrong("a value is missing in a required column".to_owned());
    }
    Ok(())
}

/// The working memory of an encoder.
struct Scratch<'e> {
    page_rows: usize,
    codes_of: &'e mut Vec<u32>,
    used: &'e mut Vec<u32>,
    codes: &'e mut Vec<u32>,
    levels: &'e mut Vec<u8>,
    page: &'e mut Vec<u8>,
}

/// Begins a version 1 data page with its definition levels, packed in `levels`.
fn begin(page: &mut Vec<u8>, required: bool, levels: &[u8], rows: usize, nulls: usize) {
    page.clear();
    if required {
        return;
    }
    page.extend_from_slice(&[0; 4]);
    match nulls {
        0 => hybrid::encode_same_levels(1, rows, page),
        n if n == rows => hybrid::encode_same_levels(0, rows, page),
        _ => hybrid::encode_levels(levels, rows, page),
    }
    let length = (page.len() - 4) as u32;
    page[..4].copy_from_slice(&length.to_le_bytes());
}

/// Whether all rows of the block equal `first`.
fn same(block: &[u32], first: u32) -> bool {
    block.iter().fold(0, |d, &i| d | (i ^ first)) == 0
}

impl Scratch<'_> {
    fn dictionary(
        &mut self,
        spec: &ColumnSpec,
        dictionary: Dictionary<'_>,
        index: &[u32],
        chunk: &mut Chunk<'_>,
    ) -> Result<(), ColumnarError> {
        // Plus one, a missing value is 0 and the rest are places counted from 1.
        let (low, high) = index.iter().fold((u32::MAX, 0), |(low, high), &i| {
            let place = i.wrapping_add(1);
            (low.min(place), high.max(place))
        });
        let size = dictionary.len();
        if high as usize > size {
            return Err(ColumnarError::values(
                &spec.name,
                format!(
                    "an index is {} but the dictionary has {size} values",
                    high - 1
                ),
            ));
        }
        if low == 0 && spec.required {
            return Err(ColumnarError::values(
                &spec.name,
                "a value is missing in a required column",
            ));
        }
        if high == 0 {
            return self.absent(index.len(), chunk);
        }
        if self.codes_of.len() <= size {
            self.codes_of.resize(size + 1, UNUSED);
        }
        self.used.clear();
        // A missing value gets a code of no meaning, so that it is never taken for a new value.
        self.codes_of[0] = 0;
        if low == high {
            self.codes_of[low as usize] = 0;
            self.used.push(low - 1);
        } else {
            mark(index, self.codes_of, self.used);
        }

        // Sorting pays for itself while there are many rows to an entry.
        let sorted = self.used.len() <= (index.len() / 16).max(256);
        if sorted {
            dictionary.sort(self.used);
            for (code, &place) in self.used.iter().enumerate() {
                self.codes_of[place as usize + 1] = code as u32;
            }
        }
        let result = self.coded(spec, dictionary, index, sorted, low == high, chunk);
        for &place in self.used.iter() {
            self.codes_of[place as usize + 1] = UNUSED;
        }
        result
    }

    /// Writes the dictionary page and the data pages, the codes being given out.
    fn coded(
        &mut self,
        spec: &ColumnSpec,
        dictionary: Dictionary<'_>,
        index: &[u32],
        sorted: bool,
        constant: bool,
        chunk: &mut Chunk<'_>,
    ) -> Result<(), ColumnarError> {
        let page = &mut *self.page;
        page.clear();
        for &place in self.used.iter() {
            let i = place as usize;
            match dictionary {
                Dictionary::Text { bytes, ends } => {
                    push_text(&spec.name, text(bytes, ends, i), page)?
                }
                Dictionary::Int32(v) => page.extend_from_slice(&v[i].to_le_bytes()),
                Dictionary::Int64(v) => page.extend_from_slice(&v[i].to_le_bytes()),
                Dictionary::Double(v) => page.extend_from_slice(&v[i].to_le_bytes()),
            }
        }
        // The format orders doubles by number, which leaves NaN without a place.
        let nan = self.used.iter().filter(|&&p| dictionary.is_nan(p)).count();
        chunk.dictionary(page, self.used.len(), sorted && nan == 0)?;

        let entries = Entries {
            dictionary,
            used: self.used,
            sorted,
            numbers: self.used.len() - nan,
        };
        let width = hybrid::width(entries.used.len());
        let codes = &mut *self.codes;
        for rows in index.chunks(self.page_rows) {
            let nulls = if constant {
                0
            } else {
                rows.len() - pack_bits(rows.len(), |i| rows[i] != NULL_INDEX, self.levels)
            };
            begin(page, spec.required, self.levels, rows.len(), nulls);
            codes.resize(rows.len(), 0);
            if constant {
                codes.fill(0);
            } else if nulls == 0 {
                translate(rows, self.codes_of, codes);
            } else {
                let mut n = 0;
                for &i in rows {
                    codes[n] = self.codes_of[i.wrapping_add(1) as usize];
                    n += usize::from(i != NULL_INDEX);
                }
                codes.truncate(n);
            }
            page.push(width as u8);
            hybrid::encode(codes, width, page);
            let (range, nans) = entries.bounds(codes);
            chunk.data(
                page,
                Bounds {
                    range,
                    rows: rows.len(),
                    nulls,
                    nans,
                },
            )?;
        }
        Ok(())
    }

    /// A column without any value: plain pages of levels alone.
    fn absent(&mut self, rows: usize, chunk: &mut Chunk<'_>) -> Result<(), ColumnarError> {
        let mut left = rows;
        while left > 0 {
            let rows = left.min(self.page_rows);
            begin(self.page, false, &[], rows, rows);
            chunk.data(
                self.page,
                Bounds {
                    rows,
                    nulls: rows,
                    ..Bounds::default()
                },
            )?;
            left -= rows;
        }
        Ok(())
    }

    fn plain(
        &mut self,
        spec: &ColumnSpec,
        rows: usize,
        values: Values<'_>,
        chunk: &mut Chunk<'_>,
    ) -> Result<(), ColumnarError> {
        let valid = match values {
            Values::Int32 { valid, .. }
            | Values::Int64 { valid, .. }
            | Values::Double { valid, .. }
            | Values::Bool { valid, .. }
            | Values::Text { valid, .. } => valid,
            Values::Dict { .. } => None,
        };
        for start in (0..rows).step_by(self.page_rows) {
            let span = start..rows.min(start + self.page_rows);
            let nulls = match valid {
                Some(valid) => {
                    span.len() - pack_bits(span.len(), |i| valid[start + i], self.levels)
                }
                None => 0,
            };
            let page = &mut *self.page;
            begin(page, spec.required, self.levels, span.len(), nulls);
            let present = |i: &usize| nulls == 0 || valid.is_none_or(|v| v[*i]);
            let mut nans = 0;
            macro_rules! whole_numbers {
                ($values:ident, $kind:ident) => {{
                    let mut range = None;
                    for i in span.clone().filter(present) {
                        let v = $values[i];
                        page.extend_from_slice(&v.to_le_bytes());
                        let (low, high) = range.unwrap_or((v, v));
                        range = Some((v.min(low), v.max(high)));
                    }
                    range.map(|(low, high)| (Scalar::$kind(low), Scalar::$kind(high)))
                }};
            }
            let range = match values {
                Values::Int32 { values, .. } => whole_numbers!(values, Int32),
                Values::Int64 { values, .. } => whole_numbers!(values, Int64),
                Values::Double { values, .. } => {
                    let mut range: Option<(f64, f64)> = None;
                    for i in span.clone().filter(present) {
                        let v = values[i];
                        page.extend_from_slice(&v.to_le_bytes());
                        if v.is_nan() {
                            nans += 1;
                        } else {
                            let (low, high) = range.unwrap_or((v, v));
                            range = Some((v.min(low), v.max(high)));
                        }
                    }
                    range.map(|(low, high)| widen(low, high))
                }
                Values::Bool { values, .. } => {
                    let kept: Vec<bool> = span.clone().filter(present).map(|i| values[i]).collect();
                    let trues = pack_bits(kept.len(), |i| kept[i], self.levels);
                    page.extend_from_slice(self.levels);
                    (!kept.is_empty())
                        .then_some((Scalar::Bool(trues == kept.len()), Scalar::Bool(trues > 0)))
                }
                Values::Text { bytes, ends, .. } => {
                    let mut range: Option<(&[u8], &[u8])> = None;
                    for i in span.clone().filter(present) {
                        let v = text(bytes, ends, i);
                        push_text(&spec.name, v, page)?;
                        let (low, high) = range.unwrap_or((v, v));
                        range = Some((v.min(low), v.max(high)));
                    }
                    range.map(|(low, high)| {
                        (Scalar::Text(low.to_vec()), Scalar::Text(high.to_vec()))
                    })
                }
                Values::Dict { .. } => None,
            };
            chunk.data(
                page,
                Bounds {
                    range,
                    rows: span.len(),
                    nulls,
                    nans,
                },
            )?;
        }
        Ok(())
    }
}

/// Gives each place of the dictionary that a row uses a code, in order of first use.
fn mark(index: &[u32], codes_of: &mut [u32], used: &mut Vec<u32>) {
    let mut one = |i: u32| {
        let code = &mut codes_of[i.wrapping_add(1) as usize];
        if *code == UNUSED {
            *code = used.len() as u32;
            used.push(i);
        }
    };
    let mut last = NULL_INDEX;
    let mut blocks = index.chunks_exact(BLOCK);
    for block in &mut blocks {
        if same(block, last) {
            continue;
        }
        block.iter().copied().for_each(&mut one);
        last = block[BLOCK - 1];
    }
    blocks.remainder().iter().copied().for_each(&mut one);
}

/// The code of each row, none being missing.
fn translate(rows: &[u32], codes_of: &[u32], codes: &mut [u32]) {
    let (row_blocks, rest) = rows.as_chunks::<BLOCK>();
    let (code_blocks, code_rest) = codes.as_chunks_mut::<BLOCK>();
    let code = |i: u32| codes_of[i.wrapping_add(1) as usize];
    for (block, codes) in row_blocks.iter().zip(code_blocks) {
        if same(block, block[0]) {
            codes.fill(code(block[0]));
        } else {
            for (c, &i) in codes.iter_mut().zip(block) {
                *c = code(i);
            }
        }
    }
    for (c, &i) in code_rest.iter_mut().zip(rest) {
        *c = code(i);
    }
}
