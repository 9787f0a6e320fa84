//! The code tables against the published lists and the codes that occur in real files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use demarche_events::{
    CameoCode, Country, by_cameo, by_cow_ever, by_fips, by_icews_name, by_iso2, by_iso3, countries,
    group_by_icews_name, known_group, part, region,
};

fn workspace() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."))
}

/// A file of the reference data as text (Latin-1 where it is not UTF-8), unpacked if gzipped.
fn shared(path: &str) -> Option<String> {
    let path = demarche_shared::shared(&format!("data/{path}"))?;
    let file = File::open(&path).expect("readable");
    let mut bytes = Vec::new();
    let read = match path.extension().is_some_and(|e| e == "gz") {
        true => flate2::read::GzDecoder::new(file).read_to_end(&mut bytes),
        false => std::io::BufReader::new(file).read_to_end(&mut bytes),
    };
    read.expect("readable");
    Some(match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => error.as_bytes().iter().map(|&b| char::from(b)).collect(),
    })
}

/// The fields of a line of CSV in which quotes may enclose commas.
fn csv(line: &str) -> Vec<String> {
    let mut fields = vec![String::new()];
    let mut quoted = false;
    for c in line.chars() {
        match c {
            '"' => quoted = !quoted,
            ',' if !quoted => fields.push(String::new()),
            _ => fields.last_mut().expect("one at least").push(c),
        }
    }
    fields
}

/// The fields of each GDELT row in the samples that are plain or gzipped.
fn gdelt_rows(mut each: impl FnMut(&[&str])) -> Option<usize> {
    let mut rows = 0;
    for path in [
        "gdelt1/gdelt-demo_events_57_and_58.tsv",
        "gdelt1/georgia_201106_201305.tsv.gz",
        "gdelt2/20180326044500.export.CSV",
    ] {
        for line in shared(path)?.lines() {
            let fields: Vec<&str> = line.split('\t').collect();
            assert!(matches!(fields.len(), 57 | 58 | 61), "{path}");
            each(&fields);
            rows += 1;
        }
    }
    Some(rows)
}

fn known_to_cameo(code: &str) -> bool {
    by_cameo(code).is_some() || region(code).is_some() || part(code).is_some()
}

#[test]
fn every_code_of_cameos_list_is_a_country_a_region_or_a_part() {
    let Some(list) = shared("codes/CAMEO.country.txt") else {
        return;
    };
    let codes: BTreeSet<&str> = list
        .lines()
        .skip(1)
        .map(|line| line.split('\t').next().unwrap())
        .filter(|code| *code != "0")
        .collect();
    assert!(codes.len() > 250);
    for code in &codes {
        assert!(known_to_cameo(code), "{code}");
    }
    for c in countries() {
        assert!(c.cameo.is_none_or(|code| codes.contains(code)), "{c}");
    }
}

#[test]
fn codes_in_gdelt_files_are_known() {
    let mut unknown: BTreeMap<(&str, String), usize> = BTreeMap::new();
    let mut groups = BTreeMap::new();
    let rows = gdelt_rows(|fields| {
        for at in [7, 17] {
            if !fields[at].is_empty() && !known_to_cameo(fields[at]) {
                *unknown.entry(("actor", fields[at].into())).or_default() += 1;
            }
            if let Some(group) = known_group(fields[at + 1]) {
                *groups.entry(group.body).or_insert(0) += 1;
            }
        }
        let places = match fields.len() {
            61 => [37, 45, 53],
            _ => [37, 44, 51],
        };
        for code in places.map(|at| fields[at]) {
            if !code.is_empty() && by_fips(code).is_none() {
                *unknown.entry(("place", code.into())).or_default() += 1;
            }
        }
    });
    let Some(rows) = rows else { return };
    assert_eq!(rows, 710 + 105_444 + 1_540);
    // Oceans are nobody's: GDELT writes them OS, or OC with an empty name.
    let unknown: Vec<(&str, &str)> = unknown.keys().map(|(k, c)| (*k, c.as_str())).collect();
    assert_eq!(unknown, [("place", "OC"), ("place", "OS")]);
    assert!(groups["NATO"] >= 1_300, "{groups:?}");
    assert!(groups["EU"] > 1_000 && groups["UN"] > 500 && groups["OSCE"] > 400);
}

#[test]
fn country_names_in_icews_are_known() {
    let Some(text) = shared("icews/events.2018.sample.tab") else {
        return;
    };
    let mut lines = text.lines();
    let header: Vec<&str> = lines.next().unwrap().split('\t').collect();
    let columns: Vec<usize> = (0..header.len())
        .filter(|&i| header[i].ends_with("Country"))
        .collect();
    assert_eq!(columns.len(), 3);
    let (mut known, mut bodies) = (0, 0);
    for line in lines {
        let fields: Vec<&str> = line.split('\t').collect();
        for name in columns.iter().map(|&i| fields[i]) {
            if name == "NA" || name.is_empty() {
                continue;
            }
            let country = by_icews_name(name).unwrap_or_else(|| panic!("{name}"));
            assert_eq!(country.icews(), name);
            known += 1;
        }
        bodies += usize::from(group_by_icews_name(fields[2]).is_some());
    }
    assert!(known > 10_000 && bodies > 50, "{known} {bodies}");
}

/// Entities such as `Police_(South_Korea)` name their country in brackets.
#[test]
fn most_bracketed_names_of_icews14_are_countries() {
    let Some(text) = shared("icews14/entity2id.txt") else {
        return;
    };
    let (mut all, mut known) = (0, 0);
    for entity in text.lines().filter_map(|line| line.split('\t').next()) {
        let Some((_, name)) = entity.strip_suffix(')').and_then(|e| e.rsplit_once('(')) else {
            continue;
        };
        all += 1;
        known += usize::from(by_icews_name(name).is_some());
    }
    // The rest are parties, peoples, armed groups, regions and provinces.
    assert!(all > 3_500 && known * 100 > all * 92, "{known} of {all}");
}

#[test]
fn iso_codes_agree_with_the_list_of_names() {
    let Some(list) = shared("codes/countries.csv") else {
        return;
    };
    for line in list.lines().skip(1) {
        let fields = csv(line);
        let [iso2, name, iso3] = [&fields[0], &fields[1], &fields[2]];
        // Two bodies and the breakaway regions share the list.
        if iso3.len() != 3 || iso3 == "EUR" || iso3 == "UNO" {
            continue;
        }
        let country = by_iso3(iso3);
        assert!(country.is_some(), "{iso3}");
        assert_eq!(by_iso2(iso2), country, "{iso2}");
        assert_eq!(by_icews_name(name), country, "{name}");
    }
}

#[test]
fn correlates_of_war_numbers_agree_with_the_table_of_trade_data() {
    let Some(list) = shared("codes/cow2iso.txt") else {
        return;
    };
    let mut checked = 0;
    for line in list.lines().skip(1) {
        let fields = csv(line);
        let Ok(number) = fields[0].parse() else {
            continue;
        };
        let country = by_cow_ever(number).unwrap_or_else(|| panic!("{number}"));
        let iso3 = match (number, fields[4].as_str()) {
            // No ISO code in that list.
            (_, "") => continue,
            // Its slips: Antarctica for Antigua, Macao for Macedonia (both COW's `MAC`), and
            // South Vietnam's number for Vietnam.
            (58, "ATA") | (343, "MAC") | (817, "VNM") => continue,
            (_, iso3) => by_iso3(iso3).map(|c: &Country| c.code),
        };
        assert_eq!(Some(country.code), iso3, "{number}");
        checked += 1;
    }
    assert!(checked > 190, "{checked}");
}

#[test]
fn goldstein_values_are_those_of_both_tables() {
    let (Some(gdelt), Some(icews)) = (
        shared("codes/CAMEO.goldsteinscale.txt"),
        shared("codes/icews_cameo-codes.csv"),
    ) else {
        return;
    };
    let mut checked = (0, 0);
    for line in gdelt.lines().skip(1) {
        let (text, value) = line.split_once('\t').unwrap();
        let code: CameoCode = text.parse().unwrap();
        assert_eq!(
            code.goldstein().value,
            value.trim().parse().unwrap(),
            "{code}"
        );
        checked.0 += 1;
    }
    // Its long texts hold line ends; a row starts with its number in quotes.
    for line in icews.lines().skip(1) {
        let fields = csv(line);
        let is_row = line.starts_with('"') && fields.len() > 4 && fields[1].parse::<u16>().is_ok();
        if let (true, Ok(value)) = (is_row, fields.get(4).map_or("", |f| f).parse::<f64>()) {
            let code: CameoCode = fields[3].parse().unwrap();
            assert_eq!(code.goldstein_icews().value, value, "{code}");
            checked.1 += 1;
        }
    }
    assert!(checked.0 == 311 && checked.1 > 290, "{checked:?}");
}

/// The worked case names its actors by the codes of this table.
#[test]
fn actors_of_the_worked_case_are_found() {
    let path = workspace().join("cases/korea-nato/actors.csv");
    let list = std::fs::read_to_string(path).unwrap();
    let (mut states, mut bodies) = (0, 0);
    for line in list.lines().skip(1) {
        let fields = csv(line);
        let [code, cameo, group, icews, cow] = [0, 4, 5, 6, 7].map(|i| fields[i].as_str());
        if !cameo.is_empty() {
            let country = by_cameo(cameo).unwrap_or_else(|| panic!("{cameo}"));
            assert_eq!(country.code, code);
            assert_eq!(by_icews_name(icews), Some(country), "{icews}");
            assert!(
                country.cow_on(2024).is_some_and(|n| n.to_string() == cow),
                "{cow}"
            );
            states += 1;
        }
        if !group.is_empty() {
            let found = known_group(group).unwrap_or_else(|| panic!("{group}"));
            assert_eq!((found.body, found.icews), (code, Some(icews)));
            bodies += 1;
        }
    }
    assert!(states > 50 && bodies == 4, "{states} {bodies}");
}
