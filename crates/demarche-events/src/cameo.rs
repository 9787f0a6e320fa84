//! CAMEO event codes, their names and their places on the Goldstein scale.

use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The code list: GDELT's 311 codes with their Goldstein values, and two codes of the CAMEO
/// codebook that GDELT's table lacks a value or an entry for (`176`, cyber attack).
static TABLE: LazyLock<Table> = LazyLock::new(Table::read);

struct Table {
    rows: Vec<Row>,
    /// Place of the row by [`CameoCode::slot`], so that a look-up is one read.
    places: Vec<u16>,
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
                    code: CameoCode::from_digits(next().as_bytes()).expect("cameo.tsv holds codes"),
                    label: next(),
                    goldstein: next().parse().ok(),
                }
            })
            .collect();
        let mut places = vec![u16::MAX; CameoCode::SLOTS];
        for (i, row) in (0..).zip(&rows) {
            places[row.code.slot()] = i;
        }
        Self { rows, places }
    }

    fn row(&self, code: CameoCode) -> Option<&Row> {
        self.rows.get(usize::from(self.places[code.slot()]))
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
    /// Two-digit codes, then three-digit ones, then four-digit ones.
    const SLOTS: usize = 100 + 1_000 + 10_000;

    /// A number of its own for every text of two to four digits.
    fn slot(self) -> usize {
        let digits = &self.digits[..usize::from(self.len)];
        let number = digits.iter().fold(0, |n, d| n * 10 + usize::from(d - b'0'));
        match self.len {
            2 => number,
            3 => 100 + number,
            _ => 1_100 + number,
        }
    }

    fn from_digits(bytes: &[u8]) -> Option<Self> {
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

    /// The code of the list that these bytes spell, without a word on why there is none: the
    /// quick way for readers of large files.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Self::from_digits(bytes).filter(|&code| TABLE.row(code).is_some())
    }

    /// The code of the list nearest to a well-formed one: itself, or where the list lacks it its
    /// base, or its root. The flag tells whether it is the code itself, so that fallbacks can be
    /// counted. `None` where the text is no code or its root does not exist.
    pub fn nearest(text: impl AsRef<[u8]>) -> Option<(Self, bool)> {
        let code = Self::from_digits(text.as_ref())?;
        let found = code.nearest_above()?;
        Some((found, found == code))
    }

    /// The code itself if listed, else the nearest one above it that is.
    fn nearest_above(self) -> Option<Self> {
        std::iter::successors(Some(self), |code| code.parent())
            .find(|&code| TABLE.row(code).is_some())
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

    /// The value ICEWS gives the code. It differs from [`CameoCode::goldstein`] in four codes:
    /// 016 (−5 where GDELT has −2), 022 (3.4, not 3.2), 164 (−6.5, not −7) and 165 (−7, not
    /// −6.5). An ICEWS file carries the value in its column `Intensity`, which goes first.
    pub fn goldstein_icews(self) -> Goldstein {
        let value = match self.as_str() {
            "016" => -5.0,
            "022" => 3.4,
            "164" => -6.5,
            "165" => -7.0,
            _ => return self.goldstein(),
        };
        Goldstein { value, from: self }
    }

    /// Is it a mere statement (root 01)? Schemes of five classes, as against the four of
    /// [`QuadClass`](crate::QuadClass), take statements out of verbal cooperation.
    pub fn is_statement(self) -> bool {
        self.root() == 1
    }
}

impl FromStr for CameoCode {
    type Err = CameoError;

    fn from_str(text: &str) -> Result<Self, CameoError> {
        let code = Self::from_digits(text.as_bytes()).ok_or(CameoError::Form)?;
        match code.nearest_above() {
            Some(found) if found == code => Ok(code),
            above => Err(CameoError::Unknown(above)),
        }
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
    fn a_code_outside_the_list_falls_back_and_says_so() {
        let near = |text: &str| CameoCode::nearest(text).map(|(c, own)| (c.to_string(), own));
        assert_eq!(near("0311"), Some(("0311".into(), true)));
        assert_eq!(near("0319"), Some(("031".into(), false)));
        assert_eq!(near("0999"), Some(("09".into(), false)));
        for text in ["00", "21", "9999", "", "1", "01234", "1O", " 01", "---"] {
            assert_eq!(near(text), None, "{text}");
        }
        assert_eq!(CameoCode::from_bytes(b"0319"), None);
        for (c, _, _) in cameo_codes() {
            assert_eq!(CameoCode::nearest(c.as_str()), Some((c, true)));
            assert_eq!(CameoCode::from_bytes(c.as_str().as_bytes()), Some(c));
        }
    }

    #[test]
    fn icews_differs_in_four_codes() {
        let differing: Vec<String> = cameo_codes()
            .filter(|(c, _, _)| c.goldstein() != c.goldstein_icews())
            .map(|(c, _, _)| c.to_string())
            .collect();
        assert_eq!(differing, ["016", "022", "164", "165"]);
        assert!(code("018").is_statement() && !code("02").is_statement());
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
