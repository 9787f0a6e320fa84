//! The least and the greatest value of a page or a column chunk.

use std::cmp::Ordering;

use parquet::data_type::ByteArray;
use parquet::file::statistics::{Statistics, ValueStatistics};

use super::Type;

/// Longer texts are cut in statistics.
const LONGEST: usize = 64;

/// One value, as statistics give it.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// A 32-bit number or a day.
    Int32(i32),
    /// A 64-bit number or a time in milliseconds.
    Int64(i64),
    /// A floating-point number, never NaN.
    Double(f64),
    /// True or false.
    Bool(bool),
    /// A text; one cut short is a bound, not a value.
    Text(Vec<u8>),
}

impl Scalar {
    /// The order of Parquet statistics; values of different types do not compare.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Int32(a), Self::Int32(b)) => Some(a.cmp(b)),
            (Self::Int64(a), Self::Int64(b)) => Some(a.cmp(b)),
            (Self::Double(a), Self::Double(b)) => a.partial_cmp(b),
            (Self::Bool(a), Self::Bool(b)) => Some(a.cmp(b)),
            (Self::Text(a), Self::Text(b)) => Some(a.cmp(b)),
            _ => None,
        }
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        match self {
            Self::Int32(v) => v.to_le_bytes().to_vec(),
            Self::Int64(v) => v.to_le_bytes().to_vec(),
            Self::Double(v) => v.to_le_bytes().to_vec(),
            Self::Bool(v) => vec![u8::from(*v)],
            Self::Text(v) => v.clone(),
        }
    }
}

/// A text not above `text`, of at most [`LONGEST`] bytes.
fn floor(text: &[u8]) -> &[u8] {
    if text.len() <= LONGEST {
        return text;
    }
    let end = std::str::from_utf8(text).map_or(0, |t| t.floor_char_boundary(LONGEST));
    &text[..end]
}

/// A text not below `text`, of at most [`LONGEST`] bytes, if there is one.
fn ceiling(text: &[u8]) -> Option<Vec<u8>> {
    if text.len() <= LONGEST {
        return Some(text.to_vec());
    }
    let mut cut = std::str::from_utf8(floor(text)).ok()?;
    // The last character that has a successor of the same length is raised, the rest dropped.
    while let Some(last) = cut.chars().next_back() {
        cut = &cut[..cut.len() - last.len_utf8()];
        let next = match last {
            '\u{d7ff}' => Some('\u{e000}'),
            c => char::from_u32(c as u32 + 1),
        };
        if let Some(next) = next.filter(|n| n.len_utf8() == last.len_utf8()) {
            return Some(format!("{cut}{next}").into_bytes());
        }
    }
    None
}

/// What is known of a page, or of a whole chunk.
#[derive(Clone, Debug, Default)]
pub(super) struct Bounds {
    pub range: Option<(Scalar, Scalar)>,
    pub rows: usize,
    pub nulls: usize,
    pub nans: usize,
}

impl Bounds {
    /// Whether every value is missing.
    pub fn is_null(&self) -> bool {
        self.nulls == self.rows
    }

    /// Takes the bounds of the next page in.
    pub fn extend(&mut self, page: &Self) {
        self.rows += page.rows;
        self.nulls += page.nulls;
        self.nans += page.nans;
        let Some((low, high)) = &page.range else {
            return;
        };
        match &mut self.range {
            None => self.range = page.range.clone(),
            Some((min, max)) => {
                if low.compare(min) == Some(Ordering::Less) {
                    *min = low.clone();
                }
                if high.compare(max) == Some(Ordering::Greater) {
                    *max = high.clone();
                }
            }
        }
    }

    /// The range with long texts cut; nothing if no upper bound can be given.
    pub fn cut(&self) -> Option<(Scalar, Scalar)> {
        match self.range.clone()? {
            (Scalar::Text(low), Scalar::Text(high)) => Some((
                Scalar::Text(floor(&low).to_vec()),
                Scalar::Text(ceiling(&high)?),
            )),
            range => Some(range),
        }
    }

    /// As chunk statistics.
    pub fn statistics(&self, kind: Type) -> Statistics {
        let nulls = Some(self.nulls as u64);
        let cut = self.cut();
        macro_rules! of {
            ($kind:ident) => {{
                let (min, max) = match cut {
                    Some((Scalar::$kind(min), Scalar::$kind(max))) => (Some(min), Some(max)),
                    _ => (None, None),
                };
                ValueStatistics::new(min, max, None, nulls, false)
            }};
        }
        match kind {
            Type::Int32 | Type::Date => Statistics::Int32(of!(Int32)),
            Type::Int64 | Type::Timestamp => Statistics::Int64(of!(Int64)),
            Type::Double => Statistics::Double(of!(Double).with_nan_count(Some(self.nans as u64))),
            Type::Bool => Statistics::Boolean(of!(Bool)),
            Type::Text => {
                let exact =
                    |pick: fn(&(Scalar, Scalar)) -> &Scalar| match self.range.as_ref().map(pick) {
                        Some(Scalar::Text(v)) => v.len() <= LONGEST,
                        _ => true,
                    };
                let (min, max) = match cut {
                    Some((Scalar::Text(min), Scalar::Text(max))) => {
                        (Some(ByteArray::from(min)), Some(ByteArray::from(max)))
                    }
                    _ => (None, None),
                };
                let (low, high) = (
                    min.is_some() && exact(|r| &r.0),
                    max.is_some() && exact(|r| &r.1),
                );
                Statistics::ByteArray(
                    ValueStatistics::new(min, max, None, nulls, false)
                        .with_min_is_exact(low)
                        .with_max_is_exact(high),
                )
            }
        }
    }
}
