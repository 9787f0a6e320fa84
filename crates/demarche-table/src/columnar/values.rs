//! Decoded columns in the forms that callers want.

use std::ops::Range;

use parquet::basic::Type as Physical;

use super::decode::{Data, Rows, Sink};
use super::{ColumnarError, Dictionary, FileReader, NULL_INDEX, Type};

/// The values that the index of a [`DictColumn`] points to. They may repeat: of values that the
/// file holds one a row, only those equal to the one before are merged.
#[derive(Clone, Debug, PartialEq)]
pub enum Entries {
    /// Texts one after the other: value `i` is `bytes[ends[i - 1]..ends[i]]`.
    Text {
        /// All texts.
        bytes: Vec<u8>,
        /// Where each ends.
        ends: Vec<u32>,
    },
    /// 32-bit numbers or days.
    Int32(Vec<i32>),
    /// 64-bit numbers or milliseconds.
    Int64(Vec<i64>),
    /// Floating-point numbers.
    Double(Vec<f64>),
}

impl Entries {
    /// The same values, borrowed.
    #[must_use]
    pub fn as_dictionary(&self) -> Dictionary<'_> {
        match self {
            Self::Text { bytes, ends } => Dictionary::Text { bytes, ends },
            Self::Int32(v) => Dictionary::Int32(v),
            Self::Int64(v) => Dictionary::Int64(v),
            Self::Double(v) => Dictionary::Double(v),
        }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Text { ends, .. } => ends.len(),
            Self::Int32(v) => v.len(),
            Self::Int64(v) => v.len(),
            Self::Double(v) => v.len(),
        }
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Text `i`; nothing past the end or of numbers.
    #[must_use]
    pub fn text(&self, i: usize) -> Option<&str> {
        let Self::Text { bytes, ends } = self else {
            return None;
        };
        let end = *ends.get(i)? as usize;
        let start = if i == 0 { 0 } else { ends[i - 1] as usize };
        std::str::from_utf8(&bytes[start..end]).ok()
    }
}

/// A column as its values and one index a row.
#[derive(Clone, Debug, PartialEq)]
pub struct DictColumn {
    /// The values.
    pub dictionary: Entries,
    /// For each row the place of its value, or [`NULL_INDEX`].
    pub index: Vec<u32>,
}

/// A column as one value a row.
#[derive(Clone, Debug, PartialEq)]
pub struct PlainColumn<T> {
    /// One a row; where there is none, the type's default.
    pub values: Vec<T>,
    /// Which rows have a value; nothing if all have.
    pub valid: Option<Vec<bool>>,
}

/// A column as one text a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextColumn {
    /// All texts, one after the other.
    pub bytes: Vec<u8>,
    /// Where each ends: that of row `i` is `bytes[ends[i - 1]..ends[i]]`.
    pub ends: Vec<u32>,
    /// Which rows have a value; nothing if all have.
    pub valid: Option<Vec<bool>>,
}

impl TextColumn {
    /// The text of row `i`, if it has one.
    #[must_use]
    pub fn get(&self, i: usize) -> Option<&str> {
        let end = *self.ends.get(i)? as usize;
        if self.valid.as_ref().is_some_and(|v| !v[i]) {
            return None;
        }
        let start = if i == 0 { 0 } else { self.ends[i - 1] as usize };
        std::str::from_utf8(&self.bytes[start..end]).ok()
    }
}

/// Text by text over plain bytes; each is checked to be UTF-8.
struct Texts<'a> {
    place: &'a str,
    bytes: &'a [u8],
}

impl<'a> Texts<'a> {
    fn next(&mut self) -> Result<&'a [u8], ColumnarError> {
        let cut = || ColumnarError::corrupt(self.place, "a text is cut short");
        let (length, rest) = self.bytes.split_first_chunk().ok_or_else(cut)?;
        let length = u32::from_le_bytes(*length) as usize;
        let (text, rest) = rest.split_at_checked(length).ok_or_else(cut)?;
        self.bytes = rest;
        if std::str::from_utf8(text).is_err() {
            return Err(ColumnarError::corrupt(self.place, "a text is not UTF-8"));
        }
        Ok(text)
    }

    fn skip(&mut self, n: usize) -> Result<(), ColumnarError> {
        for _ in 0..n {
            self.next()?;
        }
        Ok(())
    }
}

/// Appends a text, as long as all together stay below 4 GiB.
fn push_text(
    place: &str,
    bytes: &mut Vec<u8>,
    ends: &mut Vec<u32>,
    text: &[u8],
) -> Result<(), ColumnarError> {
    bytes.extend_from_slice(text);
    let end = u32::try_from(bytes.len()).map_err(|_| ColumnarError::Unsupported {
        place: place.to_owned(),
        what: "its texts are more than 4 GiB together".to_owned(),
    })?;
    ends.push(end);
    Ok(())
}

/// How the bytes of one stored value give a number.
type Number<T> = fn(&[u8]) -> T;

/// The same where a unit comes in.
type Long = Box<dyn Fn(&[u8]) -> i64>;

fn int32(b: &[u8]) -> i32 {
    i32::from_le_bytes(b.try_into().unwrap_or_default())
}

fn int64(b: &[u8]) -> i64 {
    i64::from_le_bytes(b.try_into().unwrap_or_default())
}

/// Fixed-size values of a page or a dictionary.
fn fixed<'a, T: Copy + 'a>(
    place: &str,
    bytes: &'a [u8],
    size: usize,
    skip: usize,
    take: usize,
    number: impl Fn(&[u8]) -> T + 'a,
) -> Result<impl Iterator<Item = T> + 'a, ColumnarError> {
    let span = skip
        .checked_mul(size)
        .zip(take.checked_mul(size))
        .and_then(|(a, b)| Some(a..a.checked_add(b)?));
    let bytes = span
        .and_then(|s| bytes.get(s))
        .ok_or_else(|| ColumnarError::corrupt(place, "the values of a page are cut short"))?;
    Ok(bytes.chunks_exact(size).map(number))
}

/// Spreads codes over the rows that have a value.
fn spread(levels: Option<&[u32]>, codes: &[u32], index: &mut Vec<u32>) {
    match levels {
        None => index.extend_from_slice(codes),
        Some(levels) => {
            let mut next = 0;
            index.extend(levels.iter().map(|&level| {
                let code = codes.get(next).copied().unwrap_or(NULL_INDEX);
                next += level as usize;
                if level == 0 { NULL_INDEX } else { code }
            }));
        }
    }
}

/// Notes which rows of a page have a value.
fn note(valid: &mut Option<Vec<bool>>, before: usize, levels: Option<&[u32]>, rows: usize) {
    match (levels, valid.as_mut()) {
        (None, None) => {}
        (None, Some(valid)) => valid.resize(before + rows, true),
        (Some(levels), _) => {
            let valid = valid.get_or_insert_with(|| vec![true; before]);
            valid.extend(levels.iter().map(|&l| l != 0));
        }
    }
}

/// Gathers a dictionary and an index.
struct DictSink<'a> {
    place: &'a str,
    size: usize,
    entries: Entries,
    convert: Convert,
    index: Vec<u32>,
    codes: Vec<u32>,
}

/// From stored bytes to entries.
enum Convert {
    Text,
    Int32,
    Int64(Long),
    Double(Number<f64>),
}

impl DictSink<'_> {
    /// Appends values as new entries, those equal to the entry before excepted; notes the code
    /// of each in `codes`.
    fn append(
        &mut self,
        bytes: &[u8],
        skip: usize,
        take: usize,
        merge: bool,
    ) -> Result<(), ColumnarError> {
        self.codes.clear();
        macro_rules! numbers {
            ($entries:ident, $number:expr, $same:expr) => {
                for v in fixed(self.place, bytes, self.size, skip, take, $number)? {
                    if !(merge && $entries.last().is_some_and(|l| $same(l, &v))) {
                        $entries.push(v);
                    }
                    self.codes.push($entries.len() as u32 - 1);
                }
            };
        }
        match (&mut self.entries, &self.convert) {
            (Entries::Text { bytes: all, ends }, _) => {
                let mut texts = Texts {
                    place: self.place,
                    bytes,
                };
                texts.skip(skip)?;
                for _ in 0..take {
                    let text = texts.next()?;
                    let last = ends.last().map(|&end| {
                        let start = ends.len().checked_sub(2).map_or(0, |i| ends[i]);
                        &all[start as usize..end as usize]
                    });
                    if !(merge && last == Some(text)) {
                        push_text(self.place, all, ends, text)?;
                    }
                    self.codes.push(ends.len() as u32 - 1);
                }
            }
            (Entries::Int32(v), _) => numbers!(v, int32, |a: &i32, b: &i32| a == b),
            (Entries::Int64(v), Convert::Int64(f)) => numbers!(v, f, |a: &i64, b: &i64| a == b),
            (Entries::Double(v), Convert::Double(f)) => {
                numbers!(v, f, |a: &f64, b: &f64| a.to_bits() == b.to_bits());
            }
            _ => {}
        }
        if self.entries.len() >= NULL_INDEX as usize {
            return Err(ColumnarError::Unsupported {
                place: self.place.to_owned(),
                what: "it has more values than an index can tell apart".to_owned(),
            });
        }
        Ok(())
    }
}

impl Sink for DictSink<'_> {
    fn dictionary(&mut self, bytes: &[u8], values: usize) -> Result<usize, ColumnarError> {
        self.append(bytes, 0, values, false)?;
        Ok(values)
    }

    fn rows(&mut self, rows: Rows<'_>) -> Result<(), ColumnarError> {
        match rows.data {
            Data::Codes(codes) => spread(rows.levels, codes, &mut self.index),
            Data::Plain { bytes, skip, take } => {
                self.append(bytes, skip, take, true)?;
                spread(rows.levels, &self.codes, &mut self.index);
            }
            Data::Bits(_) => {}
        }
        Ok(())
    }
}

/// Gathers one value a row.
struct PlainSink<'a, T, F> {
    place: &'a str,
    size: usize,
    number: F,
    entries: Vec<T>,
    out: PlainColumn<T>,
}

/// Spreads values over the rows that have one.
fn put<T: Default>(levels: Option<&[u32]>, mut values: impl Iterator<Item = T>, out: &mut Vec<T>) {
    match levels {
        None => out.extend(values),
        Some(levels) => out.extend(levels.iter().map(|&level| {
            if level == 0 {
                T::default()
            } else {
                values.next().unwrap_or_default()
            }
        })),
    }
}

impl<T: Copy + Default, F: Fn(&[u8]) -> T> Sink for PlainSink<'_, T, F> {
    fn dictionary(&mut self, bytes: &[u8], values: usize) -> Result<usize, ColumnarError> {
        self.entries = fixed(self.place, bytes, self.size, 0, values, &self.number)?.collect();
        Ok(values)
    }

    fn rows(&mut self, rows: Rows<'_>) -> Result<(), ColumnarError> {
        note(
            &mut self.out.valid,
            self.out.values.len(),
            rows.levels,
            rows.rows,
        );
        let out = &mut self.out.values;
        let number = &self.number;
        match rows.data {
            Data::Codes(codes) => {
                let entries = &self.entries;
                put(rows.levels, codes.iter().map(|&c| entries[c as usize]), out);
            }
            Data::Plain { bytes, skip, take } => {
                let values = fixed(self.place, bytes, self.size, skip, take, number)?;
                put(rows.levels, values, out);
            }
            Data::Bits(bits) => put(rows.levels, bits.iter().map(|&b| number(&[b as u8])), out),
        }
        Ok(())
    }
}

/// Gathers one text a row.
struct TextSink<'a> {
    place: &'a str,
    entries: (Vec<u8>, Vec<u32>),
    out: TextColumn,
}

impl Sink for TextSink<'_> {
    fn dictionary(&mut self, bytes: &[u8], values: usize) -> Result<usize, ColumnarError> {
        let mut texts = Texts {
            place: self.place,
            bytes,
        };
        for _ in 0..values {
            push_text(
                self.place,
                &mut self.entries.0,
                &mut self.entries.1,
                texts.next()?,
            )?;
        }
        Ok(values)
    }

    fn rows(&mut self, rows: Rows<'_>) -> Result<(), ColumnarError> {
        let out = &mut self.out;
        note(&mut out.valid, out.ends.len(), rows.levels, rows.rows);
        let (mut texts, mut codes) = match rows.data {
            Data::Plain { bytes, skip, .. } => {
                let mut texts = Texts {
                    place: self.place,
                    bytes,
                };
                texts.skip(skip)?;
                (Some(texts), [].iter())
            }
            Data::Codes(codes) => (None, codes.iter()),
            Data::Bits(_) => (None, [].iter()),
        };
        for i in 0..rows.rows {
            let text = if rows.levels.is_some_and(|l| l[i] == 0) {
                &[]
            } else if let Some(texts) = &mut texts {
                texts.next()?
            } else {
                let (bytes, ends) = &self.entries;
                let code = codes.next().map_or(0, |&c| c as usize);
                let start = code.checked_sub(1).map_or(0, |c| ends[c]);
                &bytes[start as usize..ends[code] as usize]
            };
            push_text(self.place, &mut out.bytes, &mut out.ends, text)?;
        }
        Ok(())
    }
}

impl FileReader {
    /// The physical type and the divisor of times, if the column has one of these kinds.
    fn stored(
        &self,
        group: usize,
        column: usize,
        kinds: &[Type],
    ) -> Result<(Physical, i64, bool), ColumnarError> {
        let (physical, scale, unsigned, kind) = self.storage(group, column)?;
        if !kinds.contains(&kind) {
            return Err(ColumnarError::Request(format!(
                "{} is of type {kind:?}, which this call does not read",
                self.place(group, column)
            )));
        }
        Ok((physical, scale, unsigned))
    }

    /// How the bytes of a stored value give a 64-bit number.
    fn long(physical: Physical, scale: i64, unsigned: bool) -> (usize, Long) {
        match physical {
            Physical::INT32 if unsigned => (4, Box::new(|b| i64::from(int32(b) as u32))),
            Physical::INT32 => (4, Box::new(|b| i64::from(int32(b)))),
            _ if scale == 1 => (8, Box::new(int64)),
            _ => (8, Box::new(move |b| int64(b).div_euclid(scale))),
        }
    }

    fn double(physical: Physical) -> (usize, Number<f64>) {
        match physical {
            Physical::FLOAT => (4, |b| {
                f64::from(f32::from_le_bytes(b.try_into().unwrap_or_default()))
            }),
            _ => (8, |b| f64::from_le_bytes(b.try_into().unwrap_or_default())),
        }
    }

    /// A column as a dictionary and an index, without any value being made per row. Of a file of
    /// our own the dictionary holds what the row group uses, each value once.
    ///
    /// # Errors
    /// If there is no such column or row group, it holds true and false, or the file is damaged.
    pub fn read_dict(&self, group: usize, column: usize) -> Result<DictColumn, ColumnarError> {
        self.dict(group, column, None)
    }

    /// The same for some rows of the row group; only the pages that hold them are decoded. The
    /// dictionary may hold values that none of the rows use.
    ///
    /// # Errors
    /// As [`Self::read_dict`], or if the rows are not in the row group.
    pub fn read_dict_rows(
        &self,
        group: usize,
        column: usize,
        rows: Range<usize>,
    ) -> Result<DictColumn, ColumnarError> {
        self.dict(group, column, Some(rows))
    }

    fn dict(
        &self,
        group: usize,
        column: usize,
        rows: Option<Range<usize>>,
    ) -> Result<DictColumn, ColumnarError> {
        let (physical, scale, unsigned, kind) = self.storage(group, column)?;
        let (entries, convert, size) = match kind {
            Type::Text => (
                Entries::Text {
                    bytes: Vec::new(),
                    ends: Vec::new(),
                },
                Convert::Text,
                0,
            ),
            Type::Int32 | Type::Date => (Entries::Int32(Vec::new()), Convert::Int32, 4),
            Type::Int64 | Type::Timestamp => {
                let (size, f) = Self::long(physical, scale, unsigned);
                (Entries::Int64(Vec::new()), Convert::Int64(f), size)
            }
            Type::Double => {
                let (size, f) = Self::double(physical);
                (Entries::Double(Vec::new()), Convert::Double(f), size)
            }
            Type::Bool => {
                return Err(ColumnarError::Request(format!(
                    "{} holds true and false, which have no dictionary",
                    self.place(group, column)
                )));
            }
        };
        let place = self.place(group, column);
        let mut sink = DictSink {
            place: &place,
            size,
            entries,
            convert,
            index: Vec::new(),
            codes: Vec::new(),
        };
        self.visit(group, column, rows, &mut sink)?;
        Ok(DictColumn {
            dictionary: sink.entries,
            index: sink.index,
        })
    }

    fn numbers<T: Copy + Default>(
        &self,
        group: usize,
        column: usize,
        rows: Option<Range<usize>>,
        size: usize,
        number: impl Fn(&[u8]) -> T,
    ) -> Result<PlainColumn<T>, ColumnarError> {
        let place = self.place(group, column);
        let mut sink = PlainSink {
            place: &place,
            size,
            number,
            entries: Vec::new(),
            out: PlainColumn {
                values: Vec::new(),
                valid: None,
            },
        };
        self.visit(group, column, rows, &mut sink)?;
        Ok(sink.out)
    }

    /// A column of 32-bit numbers or days; all its rows, or some.
    ///
    /// # Errors
    /// If there is no such column, row group or rows, the type is another, or the file is damaged.
    pub fn read_i32(
        &self,
        group: usize,
        column: usize,
        rows: Option<Range<usize>>,
    ) -> Result<PlainColumn<i32>, ColumnarError> {
        self.stored(group, column, &[Type::Int32, Type::Date])?;
        self.numbers(group, column, rows, 4, int32)
    }

    /// A column of whole numbers, days or times in milliseconds; all its rows, or some.
    ///
    /// # Errors
    /// As [`Self::read_i32`].
    pub fn read_i64(
        &self,
        group: usize,
        column: usize,
        rows: Option<Range<usize>>,
    ) -> Result<PlainColumn<i64>, ColumnarError> {
        let kinds = [Type::Int32, Type::Date, Type::Int64, Type::Timestamp];
        let (physical, scale, unsigned) = self.stored(group, column, &kinds)?;
        if physical == Physical::INT64 && scale == 1 {
            return self.numbers(group, column, rows, 8, int64);
        }
        let (size, number) = Self::long(physical, scale, unsigned);
        self.numbers(group, column, rows, size, number)
    }

    /// A column of floating-point numbers; all its rows, or some.
    ///
    /// # Errors
    /// As [`Self::read_i32`].
    pub fn read_f64(
        &self,
        group: usize,
        column: usize,
        rows: Option<Range<usize>>,
    ) -> Result<PlainColumn<f64>, ColumnarError> {
        let (physical, ..) = self.stored(group, column, &[Type::Double])?;
        let (size, number) = Self::double(physical);
        self.numbers(group, column, rows, size, number)
    }

    /// A column of true and false; all its rows, or some.
    ///
    /// # Errors
    /// As [`Self::read_i32`].
    pub fn read_bool(
        &self,
        group: usize,
        column: usize,
        rows: Option<Range<usize>>,
    ) -> Result<PlainColumn<bool>, ColumnarError> {
        self.stored(group, column, &[Type::Bool])?;
        self.numbers(group, column, rows, 1, |b| b == [1])
    }

    /// A column of text, one text a row; all its rows, or some.
    ///
    /// # Errors
    /// As [`Self::read_i32`].
    pub fn read_text(
        &self,
        group: usize,
        column: usize,
        rows: Option<Range<usize>>,
    ) -> Result<TextColumn, ColumnarError> {
        self.stored(group, column, &[Type::Text])?;
        let place = self.place(group, column);
        let mut sink = TextSink {
            place: &place,
            entries: (Vec::new(), Vec::new()),
            out: TextColumn {
                bytes: Vec::new(),
                ends: Vec::new(),
                valid: None,
            },
        };
        self.visit(group, column, rows, &mut sink)?;
        Ok(sink.out)
    }
}
