//! Dictionaries as they are written: the order of their values, the bounds of codes.

use std::cmp::Ordering;

use super::{Dictionary, Scalar};

/// The present values of a dictionary, in the order of their codes.
pub(super) struct Entries<'a> {
    pub dictionary: Dictionary<'a>,
    pub used: &'a [u32],
    /// Whether a smaller code is a smaller value; NaN comes last.
    pub sorted: bool,
    /// How many entries are not NaN, if sorted.
    pub numbers: usize,
}

pub(super) fn text<'a>(bytes: &'a [u8], ends: &[u32], i: usize) -> &'a [u8] {
    let start = if i == 0 { 0 } else { ends[i - 1] as usize };
    &bytes[start..ends[i] as usize]
}

/// Numbers in order, NaN of whatever sign last.
fn compare_doubles(a: f64, b: f64) -> Ordering {
    a.is_nan().cmp(&b.is_nan()).then(a.total_cmp(&b))
}

/// Parquet wants a zero bound to include both zeros.
pub(super) fn widen(low: f64, high: f64) -> (Scalar, Scalar) {
    let low = if low == 0.0 { -0.0 } else { low };
    let high = if high == 0.0 { 0.0 } else { high };
    (Scalar::Double(low), Scalar::Double(high))
}

impl Dictionary<'_> {
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Text { ends, .. } => ends.len(),
            Self::Int32(v) => v.len(),
            Self::Int64(v) => v.len(),
            Self::Double(v) => v.len(),
        }
    }

    fn compare(&self, a: u32, b: u32) -> Ordering {
        let (a, b) = (a as usize, b as usize);
        match *self {
            Self::Text { bytes, ends } => text(bytes, ends, a).cmp(text(bytes, ends, b)),
            Self::Int32(v) => v[a].cmp(&v[b]),
            Self::Int64(v) => v[a].cmp(&v[b]),
            Self::Double(v) => compare_doubles(v[a], v[b]),
        }
    }

    pub(super) fn sort(&self, places: &mut [u32]) {
        match *self {
            // The first eight bytes settle most comparisons.
            Self::Text { bytes, ends } => {
                let mut keyed: Vec<(u64, u32)> = places
                    .iter()
                    .map(|&p| {
                        let text = text(bytes, ends, p as usize);
                        let mut head = [0; 8];
                        let n = text.len().min(8);
                        head[..n].copy_from_slice(&text[..n]);
                        (u64::from_be_bytes(head), p)
                    })
                    .collect();
                keyed.sort_unstable_by(|a, b| {
                    a.0.cmp(&b.0)
                        .then_with(|| self.compare(a.1, b.1))
                        .then(a.1.cmp(&b.1))
                });
                for (place, (_, p)) in places.iter_mut().zip(keyed) {
                    *place = p;
                }
            }
            _ => places.sort_unstable_by(|&a, &b| self.compare(a, b).then(a.cmp(&b))),
        }
    }

    pub(super) fn is_nan(&self, place: u32) -> bool {
        matches!(self, Self::Double(v) if v[place as usize].is_nan())
    }

    fn range(&self, low: u32, high: u32) -> (Scalar, Scalar) {
        let (a, b) = (low as usize, high as usize);
        match *self {
            Self::Text { bytes, ends } => (
                Scalar::Text(text(bytes, ends, a).to_vec()),
                Scalar::Text(text(bytes, ends, b).to_vec()),
            ),
            Self::Int32(v) => (Scalar::Int32(v[a]), Scalar::Int32(v[b])),
            Self::Int64(v) => (Scalar::Int64(v[a]), Scalar::Int64(v[b])),
            Self::Double(v) => widen(v[a], v[b]),
        }
    }
}

impl Entries<'_> {
    /// The least and greatest value among these codes, and how many are NaN.
    pub fn bounds(&self, codes: &[u32]) -> (Option<(Scalar, Scalar)>, usize) {
        if codes.is_empty() {
            return (None, 0);
        }
        let found = if self.sorted && self.numbers == self.used.len() {
            let low = codes.iter().copied().fold(u32::MAX, u32::min);
            let high = codes.iter().copied().fold(0, u32::max);
            (Some((low, high)), 0)
        } else {
            let mut range: Option<(u32, u32)> = None;
            let mut nans = 0;
            let mut last = u32::MAX;
            for &code in codes {
                let place = self.used[code as usize];
                if self.dictionary.is_nan(place) {
                    nans += 1;
                    continue;
                }
                if code == last {
                    continue;
                }
                last = code;
                match &mut range {
                    None => range = Some((code, code)),
                    Some((low, high)) => {
                        let is = |other: u32, order| {
                            self.dictionary.compare(place, self.used[other as usize]) == order
                        };
                        if is(*low, Ordering::Less) {
                            *low = code;
                        } else if is(*high, Ordering::Greater) {
                            *high = code;
                        }
                    }
                }
            }
            (range, nans)
        };
        let range = found.0.map(|(low, high)| {
            self.dictionary
                .range(self.used[low as usize], self.used[high as usize])
        });
        (range, found.1)
    }
}
