//! CAMEO event codes, their names and their places on the Goldstein scale.

use std::collections::HashMap;
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The code list: GDELT's 311 codes with their Goldstein values, and two codes of the CAMEO
/// codebook that GDELT's table lacks a value or an entry for (`176`, cyber attack).
static TABLE: LazyLock<Table> = LazyLock::new(Table::read);

struct Table {
    rows: Vec<Row>,
    by_code: HashMap<CameoCode, usize>,
}

struct Row {
    code: CameoCode,
    label: &'static str,
    goldstein: Option<f64>,
}

impl Table {
    fn read() -> Self {
        let rows: Vec<Row> = include_str!("cameo.tsv")
            .lines()
            .skip(1)
            .map(|line| {
                let mut fields = line.split('\t');
                let mut next = || fields.next().expect("cameo.tsv has three columns");
                Row {
                    code: CameoCode::from_digits(next()).expect("cameo.tsv holds codes"),
                    label: next(),
                    goldstein: next().parse().ok(),
                }
            })
            .collect();
        let by_code = rows.iter().enumerate().map(|(i, r)| (r.code, i)).collect();
        Self { rows, by_code }
    }

    fn row(&self, code: CameoCode) -> Option<&Row> {
        self.by_code.get(&code).map(|&i| &self.rows[i])
    }
}

/// A CAMEO event code: two to four digits, in which a leading zero matters (`010` is not `10`).
///
/// Parsing accepts the codes of the list only; see [`cameo_codes`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CameoCode {
    digits: [u8; 4],
    len: u8,
}

/// Why a text is no CAMEO code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CameoError {
    /// Not two to four digits.
    Form,
    /// Two to four digits, but no such code; holds the nearest code above it that exists, if any.
    Unknown(Option<CameoCode>),
}

impl fmt::Display for CameoError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CameoError::Form => f.write_str("a CAMEO code has two to four digits"),
            CameoError::Unknown(Some(near)) => write!(
                f,
                "no such CAMEO code; the nearest one above it is {near} ({})",
                near.label()
            ),
            CameoError::Unknown(None) => {
                f.write_str("no such CAMEO code; roots go from 01 to 20, with the leading zero")
            }
        }
    }
}

impl std::error::Error for CameoError {}

/// A value on the Goldstein scale and the code it was found under.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Goldstein {
    /// From −10 (most conflictual) to +10 (most cooperative). GDELT's table.
    pub value: f64,
    /// The code whose value this is: the code itself, or its base or root where the table has
    /// no value for the code.
    pub from: CameoCode,
}

impl CameoCode {
    fn from_digits(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        if !(2..=4).contains(&bytes.len()) || !bytes.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let mut digits = [0; 4];
        digits[..bytes.len()].copy_from_slice(bytes);
        Some(Self {
            digits,
            len: bytes.len() as u8,
        })
    }

    /// The code as text, with its leading zero.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.digits[..usize::from(self.len)]).expect("digits are ASCII")
    }

    /// The root category, 1 to 20.
    pub fn root(self) -> u8 {
        (self.digits[0] - b'0') * 10 + (self.digits[1] - b'0')
    }

    /// The code one level up (`0311` → `031` → `03`), or `None` for a root.
    pub fn parent(self) -> Option<Self> {
        (self.len > 2).then(|| {
            let len = self.len - 1;
            let mut digits = self.digits;
            digits[usize::from(len)] = 0;
            Self { digits, len }
        })
    }

    /// The name of the code in the CAMEO codebook.
    pub fn label(self) -> &'static str {
        TABLE.row(self).map_or("", |row| row.label)
    }

    /// The Goldstein value, by GDELT's table (checked against 109,905 rows of GDELT). Where the
    /// table has no value for the code, that of its base, then of its root, and
    /// [`Goldstein::from`] says so.
    ///
    /// Source: Goldstein 1992, "A Conflict-Cooperation Scale for WEIS Events Data", *Journal of
    /// Conflict Resolution* 36(2), carried over to CAMEO by its authors and published by GDELT.
    pub fn goldstein(self) -> Goldstein {
        let mut from = self;
        loop {
            if let Some(value) = TABLE.row(from).and_then(|row| row.goldstein) {
                return Goldstein { value, from };
            }
            from = from.parent().expect("every root has a value");
        }
    }
}

impl FromStr for CameoCode {
    type Err = CameoError;

    fn from_str(text: &str) -> Result<Self, CameoError> {
        let code = Self::from_digits(text).ok_or(CameoError::Form)?;
        if TABLE.row(code).is_some() {
            return Ok(code);
        }
        let mut above = code.parent();
        while let Some(near) = above {
            if TABLE.row(near).is_some() {
                break;
            }
            above = near.parent();
        }
        Err(CameoError::Unknown(above))
    }
}

impl fmt::Display for CameoCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for CameoCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CameoCode({self})")
    }
}

impl Serialize for CameoCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for CameoCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

/// All codes of the list in order, each with its name and its own Goldstein value (`None` where
/// the table has none).
pub fn cameo_codes() -> impl Iterator<Item = (CameoCode, &'static str, Option<f64>)> {
    TABLE.rows.iter().map(|r| (r.code, r.label, r.goldstein))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> CameoCode {
        text.parse().unwrap()
    }

    #[test]
    fn a_leading_zero_matters() {
        assert_eq!(code("010").root(), 1);
        assert_eq!(code("10").root(), 10);
        assert_ne!(code("010"), code("10"));
        assert_eq!("1".parse::<CameoCode>(), Err(CameoError::Form));
        assert_eq!("1O".parse::<CameoCode>(), Err(CameoError::Form));
        assert_eq!("٠١".parse::<CameoCode>(), Err(CameoError::Form));
        assert_eq!("00".parse::<CameoCode>(), Err(CameoError::Unknown(None)));
        assert_eq!(
            "0999".parse::<CameoCode>(),
            Err(CameoError::Unknown(Some(code("09"))))
        );
    }

    #[test]
    fn values_fall_back_to_the_root_and_say_so() {
        let cyber = code("176").goldstein();
        assert_eq!((cyber.value, cyber.from), (-7.0, code("17")));
        let own = code("0874").goldstein();
        assert_eq!((own.value, own.from), (10.0, code("0874")));
    }

    #[test]
    fn every_code_has_a_name_a_parent_and_a_value() {
        for (c, label, _) in cameo_codes() {
            assert!(!label.is_empty(), "{c}");
            assert!((1..=20).contains(&c.root()), "{c}");
            assert!((-10.0..=10.0).contains(&c.goldstein().value), "{c}");
        }
        assert_eq!(cameo_codes().filter(|(_, _, v)| v.is_some()).count(), 311);
    }

    /// Values from the table in GDELT's documentation, a few from each end of the scale.
    #[test]
    fn goldstein_values_are_gdelts() {
        for (text, value) in [
            ("010", 0.0),
            ("018", 3.4),
            ("022", 3.2),
            ("040", 1.0),
            ("051", 3.4),
            ("057", 8.0),
            ("062", 7.4),
            ("090", -2.0),
            ("106", -5.0),
            ("130", -4.4),
            ("150", -7.2),
            ("163", -8.0),
            ("172", -5.0),
            ("190", -10.0),
        ] {
            assert_eq!(code(text).goldstein().value, value, "{text}");
        }
    }
}
