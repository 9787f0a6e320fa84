//! States and territories, and the codes by which the data sets know them.
//!
//! Our own table, put together from the published lists of each system: ISO 3166-1, CAMEO's
//! country codes, FIPS 10-4 with its change notices, the Correlates of War state system (2016)
//! and the Gleditsch–Ward list of independent states.

use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

use crate::names::Folded;

static TABLE: LazyLock<Table> = LazyLock::new(Table::read);

/// A state or territory, past or present, with its codes.
#[derive(Debug, PartialEq, Eq)]
pub struct Country {
    /// Unique key: ISO 3166 alpha-3 where there is one (`KOR`; `XKX` for Kosovo, which is not
    /// ISO's but in general use; `DDR`, `CSK`, `YMD` for states that are no more), else `COW` or
    /// `GW` and the number (`COW240`, Hanover).
    pub code: &'static str,
    /// ISO 3166 alpha-2, for states that are no more the one they had.
    pub iso2: Option<&'static str>,
    /// Short English name.
    pub name: &'static str,
    /// The name ICEWS gives it, where that is another; see [`Country::icews`].
    icews: Option<&'static str>,
    /// The code in GDELT's actor columns.
    pub cameo: Option<&'static str>,
    /// FIPS 10-4 codes, as in GDELT's places; the first is the country's own, the others are
    /// withdrawn codes or parts with a code of their own (West Bank and Gaza Strip).
    pub fips: Vec<&'static str>,
    /// Correlates of War numbers with the years of membership in the state system, in order of
    /// time.
    pub cow: Vec<Tenure>,
    /// Gleditsch–Ward numbers with their years, in order of time.
    pub gw: Vec<Tenure>,
    /// Alpha-3 codes once in use for it (`ZAR`, `SUN`, `YUG`).
    pub former: Vec<&'static str>,
    /// Other English spellings and former names.
    pub spellings: Vec<&'static str>,
}

/// A number borne from one year to another, both included, if only for a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Tenure {
    /// The country's number in the system.
    pub number: u16,
    /// First year.
    pub from: i16,
    /// Last year; `None` where it goes on.
    pub to: Option<i16>,
}

impl Tenure {
    /// Does any day of that year lie in it?
    pub fn covers(self, year: i16) -> bool {
        self.from <= year && self.to.is_none_or(|to| year <= to)
    }

    /// Reads `255:1816-1945` or `732:1949-`.
    fn read(text: &str) -> Option<Self> {
        let (number, years) = text.split_once(':')?;
        let (from, to) = years.split_once('-')?;
        Some(Self {
            number: number.parse().ok()?,
            from: from.parse().ok()?,
            to: match to {
                "" => None,
                to => Some(to.parse().ok()?),
            },
        })
    }
}

impl Country {
    /// ISO 3166 alpha-3, in use or withdrawn, or `XKX` for Kosovo; none for states that were gone
    /// before ISO made its list.
    pub fn iso3(&self) -> Option<&'static str> {
        (self.code.len() == 3).then_some(self.code)
    }

    /// The name ICEWS gives it.
    pub fn icews(&self) -> &'static str {
        self.icews.unwrap_or(self.name)
    }

    /// Its Correlates of War number in that year, `None` while it was no member of the system.
    /// In the year of a change the later number: Germany is 255 in 1990.
    pub fn cow_on(&self, year: i16) -> Option<u16> {
        on(&self.cow, year)
    }

    /// Its Gleditsch–Ward number in that year, by the same rule.
    pub fn gw_on(&self, year: i16) -> Option<u16> {
        on(&self.gw, year)
    }

    /// All its names: the short one, the one in ICEWS, and the other spellings.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        let others = self.icews.into_iter().chain(self.spellings.iter().copied());
        std::iter::once(self.name).chain(others)
    }

    fn read(line: &'static str) -> Option<Self> {
        let mut fields = line.split('\t');
        let mut next = || fields.next();
        let some = |text: &'static str| (!text.is_empty()).then_some(text);
        let words = |text: &'static str| text.split_ascii_whitespace().collect();
        let tenures = |text: &str| text.split_ascii_whitespace().map(Tenure::read).collect();
        let code = next()?;
        let iso2 = some(next()?);
        let name = next()?;
        let cameo = some(next()?);
        let fips = words(next()?);
        let cow: Option<Vec<Tenure>> = tenures(next()?);
        let gw: Option<Vec<Tenure>> = match next()? {
            "" => cow.clone(),
            text => tenures(text),
        };
        Some(Self {
            code,
            iso2,
            name,
            cameo,
            fips,
            cow: cow?,
            gw: gw?,
            former: words(next()?),
            icews: some(next()?),
            spellings: next()?.split('|').filter(|s| !s.is_empty()).collect(),
        })
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name)
    }
}

fn on(tenures: &[Tenure], year: i16) -> Option<u16> {
    let last = tenures.iter().rev().find(|t| t.covers(year))?;
    Some(last.number)
}

/// The rows, and for each system the place of the row by its code: letters and numbers are
/// indices themselves, so that a look-up is one read.
struct Table {
    rows: Vec<Country>,
    iso3: Codes<3>,
    iso2: Codes<2>,
    cameo: Codes<3>,
    fips: Codes<2>,
    cow: [u16; 1000],
    gw: [u16; 1000],
    names: HashMap<Vec<u8>, u16>,
}

/// No row.
const NONE: u16 = u16::MAX;

impl Table {
    fn read() -> Self {
        let rows: Vec<Country> = include_str!("countries.tsv")
            .lines()
            .skip(1)
            .map(|line| Country::read(line).expect("countries.tsv has ten columns"))
            .collect();
        let mut table = Self {
            rows: Vec::new(),
            iso3: Codes::new(),
            iso2: Codes::new(),
            cameo: Codes::new(),
            fips: Codes::new(),
            cow: [NONE; 1000],
            gw: [NONE; 1000],
            names: HashMap::new(),
        };
        for (i, row) in (0..).zip(&rows) {
            table.iso3.insert(row.code, i);
            table.cameo.insert(row.cameo.unwrap_or(""), i);
            table.iso2.insert(row.iso2.unwrap_or(""), i);
            row.fips.iter().for_each(|code| table.fips.insert(code, i));
            for t in &row.cow {
                table.cow[usize::from(t.number)] = i;
            }
            for t in &row.gw {
                table.gw[usize::from(t.number)] = i;
            }
            for name in row.names() {
                let folded = Folded::new(name.as_bytes()).expect("our names are Latin");
                table.names.insert(folded.as_bytes().to_vec(), i);
            }
        }
        // Codes of another system or time come last: they never take the place of a code in use.
        for (i, row) in (0..).zip(&rows) {
            row.former
                .iter()
                .for_each(|code| table.iso3.insert(code, i));
            for code in row.iso3().into_iter().chain(row.former.iter().copied()) {
                table.cameo.insert(code, i);
            }
        }
        Self { rows, ..table }
    }

    fn row(&self, place: u16) -> Option<&Country> {
        self.rows.get(usize::from(place))
    }
}

/// Places of rows by codes of `N` letters.
struct Codes<const N: usize>(Vec<u16>);

impl<const N: usize> Codes<N> {
    fn new() -> Self {
        Self(vec![NONE; 26_usize.pow(N as u32)])
    }

    fn slot(code: &[u8]) -> Option<usize> {
        if code.len() != N {
            return None;
        }
        code.iter().try_fold(0, |slot, b| {
            let letter = b.to_ascii_uppercase().wrapping_sub(b'A');
            (letter < 26).then(|| slot * 26 + usize::from(letter))
        })
    }

    /// The first to take a code keeps it.
    fn insert(&mut self, code: &str, place: u16) {
        if let Some(slot) = Self::slot(code.as_bytes())
            && self.0[slot] == NONE
        {
            self.0[slot] = place;
        }
    }

    fn get(&self, code: &[u8]) -> u16 {
        Self::slot(code).map_or(NONE, |slot| self.0[slot])
    }
}

/// All states and territories: those with a three-letter code in its order, then the others.
pub fn countries() -> impl ExactSizeIterator<Item = &'static Country> {
    TABLE.rows.iter()
}

/// The country of an ISO 3166 alpha-3 code, in use or withdrawn (`ZAR`, `SUN`, `YUG`), in any
/// case.
pub fn by_iso3(code: impl AsRef<[u8]>) -> Option<&'static Country> {
    TABLE.row(TABLE.iso3.get(code.as_ref()))
}

/// The country of an ISO 3166 alpha-2 code, in any case.
pub fn by_iso2(code: impl AsRef<[u8]>) -> Option<&'static Country> {
    TABLE.row(TABLE.iso2.get(code.as_ref()))
}

/// The country of a CAMEO country code, as in GDELT's actor columns, in any case. Where CAMEO
/// differs from ISO (`ROM`, `TMP`, `MTN`, `IMY`) the ISO code is found too. The codes of regions
/// and of parts of countries are not countries: see [`region`](crate::region) and
/// [`part`](crate::part).
pub fn by_cameo(code: impl AsRef<[u8]>) -> Option<&'static Country> {
    TABLE.row(TABLE.cameo.get(code.as_ref()))
}

/// The country of a FIPS 10-4 code, as in GDELT's places, in any case. Never to be mixed with
/// ISO alpha-2: `CH` is China here and Switzerland there.
pub fn by_fips(code: impl AsRef<[u8]>) -> Option<&'static Country> {
    TABLE.row(TABLE.fips.get(code.as_ref()))
}

/// The country of an English name in any spelling of the table: those of ICEWS ("Russian
/// Federation", "Occupied Palestinian Territory"), short and usual ones, former names. Case,
/// accents and blanks written as underscores do not matter.
pub fn by_icews_name(name: impl AsRef<[u8]>) -> Option<&'static Country> {
    let folded = Folded::new(name.as_ref())?;
    TABLE.row(*TABLE.names.get(folded.as_bytes())?)
}

/// The country with that Correlates of War number, if it was a member of the state system on any
/// day of that year.
pub fn by_cow(number: u16, year: i16) -> Option<&'static Country> {
    by_cow_ever(number).filter(|c| bears(&c.cow, number, year))
}

/// The country with that Correlates of War number in any year: for files whose rows lie outside
/// the years of membership. No number ever passed from one country to another.
pub fn by_cow_ever(number: u16) -> Option<&'static Country> {
    TABLE.row(*TABLE.cow.get(usize::from(number))?)
}

/// The country with that Gleditsch–Ward number, if independent on any day of that year.
pub fn by_gw(number: u16, year: i16) -> Option<&'static Country> {
    by_gw_ever(number).filter(|c| bears(&c.gw, number, year))
}

/// The country with that Gleditsch–Ward number in any year. It is not always the one with the
/// same Correlates of War number: 970 is Kiribati here and Nauru there.
pub fn by_gw_ever(number: u16) -> Option<&'static Country> {
    TABLE.row(*TABLE.gw.get(usize::from(number))?)
}

fn bears(tenures: &[Tenure], number: u16, year: i16) -> bool {
    tenures.iter().any(|t| t.number == number && t.covers(year))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn code(found: Option<&Country>) -> &str {
        found.map_or("-", |c| c.code)
    }

    /// Every code of a system belongs to one country; numbers, besides, to one a year.
    #[test]
    fn no_code_stands_twice_in_a_system() {
        let mut seen = BTreeMap::new();
        let mut take = |system: &'static str, key: String, country: &'static str| {
            let before = seen.insert((system, key.clone()), country);
            assert!(
                before.is_none_or(|b| b == country),
                "{system} {key}: {before:?}, {country}"
            );
        };
        for c in countries() {
            take("code", c.code.into(), c.code);
            for former in &c.former {
                take("code", (*former).into(), c.code);
            }
            for (system, own) in [("iso2", c.iso2), ("cameo", c.cameo)] {
                own.into_iter()
                    .for_each(|own| take(system, own.into(), c.code));
            }
            c.fips
                .iter()
                .for_each(|own| take("fips", (*own).into(), c.code));
            for name in c.names() {
                let folded = Folded::new(name.as_bytes()).expect("Latin");
                let key = String::from_utf8(folded.as_bytes().to_vec()).unwrap();
                take("name", key, c.code);
            }
            for (system, tenures) in [("cow", &c.cow), ("gw", &c.gw)] {
                assert!(tenures.is_sorted_by_key(|t| t.from), "{c}: {system}");
                for t in tenures {
                    assert!((1816..=2020).contains(&t.from) && t.to.is_none_or(|to| t.from <= to));
                    take(system, t.number.to_string(), c.code);
                }
            }
        }
    }

    #[test]
    fn every_code_finds_its_country() {
        for c in countries() {
            let own = Some(c);
            if let Some(iso3) = c.iso3() {
                assert_eq!(by_iso3(iso3.to_lowercase()), own);
                assert_eq!(
                    by_cameo(iso3),
                    own,
                    "ISO codes are read in CAMEO columns too"
                );
            }
            c.former
                .iter()
                .for_each(|code| assert_eq!(by_iso3(code), own));
            c.iso2
                .iter()
                .for_each(|code| assert_eq!(by_iso2(code), own));
            c.cameo
                .iter()
                .for_each(|code| assert_eq!(by_cameo(code), own));
            c.fips
                .iter()
                .for_each(|code| assert_eq!(by_fips(code), own));
            c.names()
                .for_each(|name| assert_eq!(by_icews_name(name), own));
            assert_eq!(
                by_icews_name(c.icews().replace(' ', "_").to_uppercase()),
                own
            );
            for t in &c.cow {
                assert_eq!(by_cow(t.number, t.from), own);
                assert_eq!(by_cow_ever(t.number), own);
            }
            for t in &c.gw {
                assert_eq!(by_gw(t.number, t.from), own);
                assert_eq!(by_gw_ever(t.number), own);
            }
        }
    }

    #[test]
    fn what_is_no_code_finds_nothing() {
        for text in ["", "K", "KO", "KORE", "K1R", "\u{e9}a", "WST", "EUR", "0"] {
            assert_eq!(by_cameo(text), None, "{text}");
        }
        assert_eq!(by_iso2("KOR"), None);
        assert_eq!(by_fips([0xff, 0xff]), None);
        assert_eq!(by_icews_name("Atlantis"), None);
        assert_eq!(by_icews_name(""), None);
        assert_eq!(
            (by_cow_ever(0), by_cow_ever(999), by_cow_ever(u16::MAX)),
            (None, None, None)
        );
        assert_eq!(
            (by_cow(732, i16::MIN), by_gw(732, i16::MAX).is_some()),
            (None, true)
        );
    }

    /// GDELT uses two systems side by side, which must not be mixed.
    #[test]
    fn fips_is_not_iso() {
        for (fips, country) in [
            ("KS", "KOR"),
            ("KN", "PRK"),
            ("GM", "DEU"),
            ("CH", "CHN"),
            ("SZ", "CHE"),
            ("UK", "GBR"),
            ("RS", "RUS"),
            ("GZ", "PSE"),
        ] {
            assert_eq!(code(by_fips(fips)), country);
        }
        assert_eq!(code(by_iso2("CH")), "CHE");
        assert_eq!([by_cameo("ROM"), by_cameo("ROU")].map(code), ["ROU", "ROU"]);
        assert_eq!([by_cameo("TMP"), by_cameo("MTN")].map(code), ["TLS", "MNE"]);
    }

    #[test]
    fn numbers_follow_history() {
        let numbers = |iso3| {
            let c = by_iso3(iso3).unwrap();
            let years = [1900, 1948, 1950, 1980, 1990, 2000];
            years.map(|year| (c.cow_on(year).unwrap_or(0), c.gw_on(year).unwrap_or(0)))
        };
        let same = |number| (number, number);
        assert_eq!(
            numbers("DEU"),
            [
                same(255),
                same(0),
                (0, 260),
                same(260),
                (255, 260),
                (255, 260)
            ]
        );
        assert_eq!(numbers("DDR")[3..], [same(265), same(265), same(0)]);
        assert_eq!(numbers("KOR")[1..3], [(0, 732), same(732)]);
        assert_eq!(numbers("YEM")[3..], [same(678), (679, 678), (679, 678)]);
        assert_eq!(
            numbers("SRB"),
            [
                (345, 340),
                same(345),
                same(345),
                same(345),
                same(345),
                same(345)
            ]
        );
        assert_eq!(by_iso3("SRB").unwrap().gw_on(2010), Some(340));
        assert_eq!(by_iso3("SUN").unwrap().cow_on(1980), Some(365));
        assert_eq!(
            (code(by_cow(970, 2000)), code(by_gw(970, 2000))),
            ("NRU", "KIR")
        );
        assert_eq!(
            (code(by_cow(817, 1970)), by_cow(817, 1980)),
            ("COW817", None)
        );
        assert_eq!(code(by_cow(255, 2026)), "DEU");
    }

    #[test]
    fn names_in_icews_are_read_in_their_spellings() {
        for (name, country) in [
            ("South Korea", "KOR"),
            ("Russian Federation", "RUS"),
            ("Occupied Palestinian Territory", "PSE"),
            ("Palestinian_Territory,_Occupied", "PSE"),
            ("the former Yugoslav Republic of Macedonia", "MKD"),
            ("Moldova, Republic of", "MDA"),
            ("Congo", "COG"),
            ("Democratic Republic of Congo", "COD"),
            ("T\u{fc}rkiye", "TUR"),
            ("Turkey", "TUR"),
        ] {
            assert_eq!(code(by_icews_name(name)), country, "{name}");
        }
        assert_eq!(by_iso3("CZE").unwrap().icews(), "Czech Republic");
        assert_eq!(by_iso3("FRA").unwrap().icews(), "France");
    }
}
