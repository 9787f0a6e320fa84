//! CAMEO's country codes that are no country: regions of the world, and parts of countries.

use crate::Country;
use crate::countries::by_iso3;

/// Regions, in order of their codes.
const REGIONS: [(&str, &str); 25] = [
    ("AFR", "Africa"),
    ("ASA", "Asia"),
    ("BLK", "Balkans"),
    ("CAS", "Central Asia"),
    ("CAU", "Caucasus"),
    ("CEU", "Central Europe"),
    ("CFR", "Central Africa"),
    ("CRB", "Caribbean"),
    ("EAF", "East Africa"),
    ("EEU", "Eastern Europe"),
    ("EIN", "East Indies"),
    ("EUR", "Europe"),
    ("LAM", "Latin America"),
    ("MDT", "Mediterranean"),
    ("MEA", "Middle East"),
    ("NAF", "North Africa"),
    ("NMR", "North America"),
    ("PGS", "Persian Gulf"),
    ("SAF", "Southern Africa"),
    ("SAM", "South America"),
    ("SAS", "South Asia"),
    ("SCN", "Scandinavia"),
    ("SEA", "Southeast Asia"),
    ("WAF", "West Africa"),
    ("WST", "the West"),
];

/// Parts: code, name, ISO alpha-3 of the country.
const PARTS: [(&str, &str, &str); 3] = [
    ("BAG", "Baghdad", "IRQ"),
    ("GZS", "Gaza Strip", "PSE"),
    ("WSB", "West Bank", "PSE"),
];

/// The name of a region that CAMEO lists among the countries (`AFR`, `EUR`, `WST`), in any case.
///
/// NATO's events carry `WST` and the European Union's `EUR` in GDELT's country column: they are
/// told by the known group, never by the region. See [`known_group`](crate::known_group).
pub fn region(code: impl AsRef<[u8]>) -> Option<&'static str> {
    let code = code.as_ref();
    let found = REGIONS.iter().find(|(c, _)| same(c, code));
    found.map(|(_, name)| *name)
}

/// All regions in order of their codes, each with its name.
pub fn regions() -> impl ExactSizeIterator<Item = (&'static str, &'static str)> {
    REGIONS.into_iter()
}

/// The name of a part of a country that has a CAMEO code of its own (`WSB`, `GZS`, `BAG`), in any
/// case, and the country.
pub fn part(code: impl AsRef<[u8]>) -> Option<(&'static str, &'static Country)> {
    let code = code.as_ref();
    let (_, name, of) = PARTS.iter().find(|(c, _, _)| same(c, code))?;
    Some((name, by_iso3(of)?))
}

fn same(listed: &str, code: &[u8]) -> bool {
    listed.as_bytes().eq_ignore_ascii_case(code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::by_cameo;

    #[test]
    fn regions_and_parts_are_no_countries() {
        for (code, name) in regions() {
            assert!(by_cameo(code).is_none(), "{code}");
            assert!(part(code).is_none(), "{code}");
            assert_eq!(region(code.to_lowercase()), Some(name));
        }
        for (code, name, of) in PARTS {
            assert!(by_cameo(code).is_none() && region(code).is_none(), "{code}");
            assert_eq!(part(code).map(|(n, c)| (n, c.code)), Some((name, of)));
        }
        assert!(region("KOR").is_none() && region("").is_none());
    }

    #[test]
    fn regions_stand_in_order_and_once() {
        assert!(REGIONS.is_sorted_by(|a, b| a.0 < b.0));
    }
}
