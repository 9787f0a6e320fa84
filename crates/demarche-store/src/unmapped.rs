//! Whom the rows of a store name and nobody knows, by frequency, each with the line that would
//! make it an actor of a case.

use std::collections::HashMap;

use demarche_events::{region, regions};
use demarche_read::layout::{Format, Naming};
use demarche_table::columnar::{ColumnarError, DictColumn, FileReader, NULL_INDEX};
use rustc_hash::FxHashMap;

use crate::actors::{code_parts, folded};
use crate::{Store, StoreError};

/// How many of them are told apart at a time. Beyond that the rarer half is let go, and the counts
/// may be short by as much as [`Unmapped::short_by`] says.
const MOST: usize = 1_000_000;

/// What could not be mapped.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Unmapped {
    /// Those that a line in `actors.csv` would map, most frequent first.
    pub actors: Vec<Unknown>,
    /// Those that are no actors: roles without a country, regions of the world.
    pub others: Vec<Unknown>,
    /// Rows by source, and again by target, that name someone who could not be mapped.
    pub rows: u64,
    /// By how many rows a count may be short, and how many rows something that is not listed may
    /// have; 0: all counts are exact.
    pub short_by: u64,
}

/// Someone, or something, that is not known. What a file gives differently from row to row (the
/// name beside a code) is that of the first row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// Format of the file.
    pub format: String,
    /// Its name as the file gives it.
    pub name: String,
    /// Its code as the file gives it.
    pub code: String,
    /// Its country as the file gives it.
    pub country: String,
    /// Its known group as the file gives it.
    pub group: String,
    /// Rows that name it, as source or target; a row that names it twice counts twice. Rows marked
    /// as duplicates are among them.
    pub rows: u64,
    /// A line that would map it, in the columns of [`ACTOR_COLUMNS`]. Code, names and kind are
    /// proposals.
    pub line: Option<String>,
}

/// The header of the lines.
pub const ACTOR_COLUMNS: &str = "code,name,short,kind,cameo,gdelt_group,icews,cow,note";

/// What a line would have to say to map it. In this order they are listed where counts are equal.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Lack {
    /// A known group of GDELT.
    Group(String),
    /// A country of GDELT's actor columns, or the part of a code that may be one.
    Cameo(String),
    /// A name as ICEWS and POLECAT have them.
    Name(String),
    /// A code as it stands.
    Code(String),
    /// Nothing: a role or region.
    NoActor(String),
}

/// Roles, religions and other parts of CAMEO actor codes that name no one by themselves.
const ROLES: [&str; 76] = [
    "ABR", "ADR", "AGR", "ALE", "AMN", "ATH", "BAH", "BUD", "BUS", "CHR", "CMN", "CON", "COP",
    "CPT", "CRM", "CTH", "CVL", "DEV", "DOX", "EDU", "ELI", "ENV", "GOV", "GRP", "HIN", "HLH",
    "HRI", "HSD", "IGO", "IMG", "INS", "INT", "IRC", "ITR", "JAN", "JEW", "JHW", "JUD", "JUR",
    "LAB", "LDS", "LEG", "LLY", "MED", "MIL", "MNC", "MOD", "MOS", "MRN", "NGM", "NGO", "NRM",
    "OPP", "PAG", "PKO", "PRO", "PTY", "RAD", "REB", "REF", "REL", "SEP", "SET", "SFI", "SHI",
    "SHN", "SIK", "SPY", "SUN", "TAO", "UAF", "UDX", "UIS", "UNS", "ZRO", "FRM",
];

/// What is known of one of them.
struct Entry {
    format: Format,
    fields: [String; 4],
    rows: u64,
}

/// Whom the rows of the store name and could not be mapped: at most `limit` in each of the two
/// lists. Of every segment only the columns that tell are read.
///
/// # Errors
/// If a segment cannot be read, or is damaged.
pub fn unmapped(store: &Store, limit: usize) -> Result<Unmapped, StoreError> {
    let mut tally = Tally::new(MOST);
    for segment in &store.manifest().segments {
        let format = Format::named(&segment.format).unwrap_or(Format::Mapped);
        if !format.holds_events() {
            continue;
        }
        scan(store, &segment.path, format, &mut tally)?;
    }
    Ok(tally.into_list(limit))
}

/// Counts those of a segment.
fn scan(store: &Store, path: &str, format: Format, tally: &mut Tally) -> Result<(), StoreError> {
    let place = store.path(path);
    let failed = |error| match error {
        ColumnarError::Io(error) => store.explain(place.clone(), error),
        error => StoreError::Corrupt {
            path: place.clone(),
            why: error.to_string(),
        },
    };
    let reader = FileReader::open(&place).map_err(failed)?;
    for group in 0..reader.groups() {
        for side in ["source", "target"] {
            let read = |name: &str| match reader.column(name) {
                Some(column) => reader.read_dict(group, column).map(Some),
                None => Ok(None),
            };
            let Some(resolved) = read(side).map_err(failed)? else {
                return Err(StoreError::Corrupt {
                    path: place.clone(),
                    why: format!("it has no column {side}"),
                });
            };
            if !resolved.index.contains(&NULL_INDEX) {
                continue;
            }
            let mut given: [Option<DictColumn>; 4] = Default::default();
            for (column, what) in given.iter_mut().zip(["code", "name", "country", "group"]) {
                *column = read(&format!("{side}_{what}")).map_err(failed)?;
            }
            count(&resolved, &given, format, tally);
        }
    }
    Ok(())
}

/// Counts those of one side of a row group.
fn count(
    resolved: &DictColumn,
    given: &[Option<DictColumn>; 4],
    format: Format,
    tally: &mut Tally,
) {
    // Equal rows first, by the places of their values: texts are looked at once for each kind.
    let mut kinds: FxHashMap<[u32; 4], (usize, u64)> = FxHashMap::default();
    for (row, _) in resolved
        .index
        .iter()
        .enumerate()
        .filter(|(_, i)| **i == NULL_INDEX)
    {
        let place = |c: &Option<DictColumn>| c.as_ref().and_then(|c| c.index.get(row).copied());
        let key = given.each_ref().map(|c| place(c).unwrap_or(NULL_INDEX));
        if key != [NULL_INDEX; 4] {
            kinds.entry(key).or_insert((row, 0)).1 += 1;
        }
    }
    // In the order of the rows, so that the first of each is the same in every run.
    let mut kinds: Vec<_> = kinds.into_iter().collect();
    kinds.sort_unstable_by_key(|&(_, (first, _))| first);
    for (key, (_, rows)) in kinds {
        let mut fields = [""; 4];
        for ((field, column), place) in fields.iter_mut().zip(given).zip(key) {
            let text = column
                .as_ref()
                .and_then(|c| c.dictionary.text(place as usize));
            *field = text.unwrap_or_default().trim();
        }
        tally.add(format, fields, rows);
    }
}

/// Counts by what is lacking, in bounded memory.
struct Tally {
    most: usize,
    entries: HashMap<(Naming, Lack), Entry>,
    rows: u64,
    short_by: u64,
}

impl Tally {
    fn new(most: usize) -> Self {
        Self {
            most: most.max(2),
            entries: HashMap::new(),
            rows: 0,
            short_by: 0,
        }
    }

    fn add(&mut self, format: Format, fields: [&str; 4], rows: u64) {
        let Some(lack) = lack(format, fields) else {
            return;
        };
        self.rows += rows;
        let entry = self.entries.entry((naming(format), lack));
        entry
            .and_modify(|e| e.rows += rows)
            .or_insert_with(|| Entry {
                format,
                fields: fields.map(str::to_owned),
                rows,
            });
        if self.entries.len() > self.most {
            self.prune();
        }
    }

    /// Lets the rarer half go. One that comes back later has lost at most the largest count that
    /// went, each time.
    fn prune(&mut self) {
        let mut counts: Vec<u64> = self.entries.values().map(|e| e.rows).collect();
        let middle = counts.len() / 2;
        let (_, &mut cut, _) = counts.select_nth_unstable(middle);
        self.entries.retain(|_, e| e.rows > cut);
        self.short_by += cut;
    }

    fn into_list(self, limit: usize) -> Unmapped {
        let mut all: Vec<_> = self.entries.into_iter().collect();
        all.sort_unstable_by(|((n, a), x), ((m, b), y)| {
            let key = |n: &Naming| *n as u8;
            (y.rows.cmp(&x.rows)).then_with(|| (a, key(n)).cmp(&(b, key(m))))
        });
        let mut list = Unmapped {
            rows: self.rows,
            short_by: self.short_by,
            ..Unmapped::default()
        };
        for ((_, lack), entry) in all {
            let line = line(&lack, &entry);
            let to = match line {
                Some(_) => &mut list.actors,
                None => &mut list.others,
            };
            if to.len() < limit {
                let [code, name, country, group] = entry.fields;
                to.push(Unknown {
                    format: entry.format.name().to_owned(),
                    name,
                    code,
                    country,
                    group,
                    rows: entry.rows,
                    line,
                });
            }
        }
        list
    }
}

fn naming(format: Format) -> Naming {
    match format {
        Format::Gdelt1 | Format::Gdelt1Reduced | Format::Gdelt2 | Format::Gdelt2Mentions => {
            Naming::Gdelt
        }
        Format::Icews | Format::Quadruples => Naming::Icews,
        Format::Polecat => Naming::Polecat,
        Format::Chronicle | Format::Mapped => Naming::Code,
    }
}

/// What is missing to map this party; `None` where the file says nothing of it.
fn lack(format: Format, [code, name, country, group]: [&str; 4]) -> Option<Lack> {
    let none = |text: &str| matches!(text, "" | "NA" | "None" | "NULL");
    let text = |text: &str| text.to_owned();
    Some(match naming(format) {
        Naming::Gdelt if !group.is_empty() => Lack::Group(group.to_ascii_uppercase()),
        Naming::Gdelt if !country.is_empty() && region(country).is_some() => {
            Lack::NoActor(country.to_ascii_uppercase())
        }
        Naming::Gdelt if !country.is_empty() => Lack::Cameo(country.to_ascii_uppercase()),
        Naming::Gdelt => {
            let parts = code_parts(code).unwrap_or_default();
            match parts.first() {
                Some(first) if ROLES.contains(first) || region(first).is_some() => {
                    Lack::NoActor(text(first))
                }
                Some(first) => Lack::Cameo(text(first)),
                // Ethnic groups in small letters, and what is no code.
                None if !code.is_empty() => Lack::NoActor(text(code)),
                None if !none(name) => Lack::NoActor(String::new()),
                None => return None,
            }
        }
        Naming::Icews if !none(country) => Lack::Name(text(country)),
        Naming::Icews | Naming::Polecat if is_no_one(name) => Lack::NoActor(text(name)),
        Naming::Polecat if !none(country) && none(name) => Lack::Code(text(country)),
        Naming::Icews | Naming::Polecat if !none(name) => Lack::Name(text(name)),
        Naming::Code if !none(code) => Lack::Code(text(code)),
        Naming::Code if !none(country) => Lack::Code(text(country)),
        Naming::Code if !none(name) => Lack::NoActor(text(name)),
        _ => return None,
    })
}

/// A name that stands for a region, or for nobody in particular.
fn is_no_one(name: &str) -> bool {
    let name = folded(name);
    name == "unspecified actor" || regions().any(|(_, region)| folded(region) == name)
}

/// The line of `actors.csv` that would map it.
fn line(lack: &Lack, entry: &Entry) -> Option<String> {
    let [_, name, country, _] = &entry.fields;
    let (mut cameo, mut group, mut icews) = ("", "", "");
    let (wanted, kind) = match lack {
        Lack::Group(code) => {
            group = code;
            (id(code), "body")
        }
        Lack::Cameo(code) => {
            cameo = code;
            (id(code), "state")
        }
        Lack::Name(own) => {
            icews = own;
            let is_country = own == country;
            (initials(own), if is_country { "state" } else { "body" })
        }
        // A code with signs that no code may have can only be mended in the file.
        Lack::Code(code) if id(code) == *code => (id(code), "body"),
        Lack::Code(_) | Lack::NoActor(_) => return None,
    };
    let name = match lack {
        Lack::Name(own) => own,
        _ if name.is_empty() => &wanted,
        _ => name,
    };
    if wanted.is_empty() || !printable(name) || !printable(icews) || icews.contains('\u{fffd}') {
        return None;
    }
    let fields = [&wanted, name, name, kind, cameo, group, icews, "", ""];
    Some(fields.map(quoted).join(","))
}

/// The letters and digits of a code.
fn id(code: &str) -> String {
    let code = code.trim();
    let good = |c: &char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    let kept: String = code.chars().filter(good).collect();
    kept.trim_start_matches(['-', '_', '.']).to_owned()
}

/// A code made of a name: its initials, or itself where it is one word.
fn initials(name: &str) -> String {
    let plain = folded(name);
    let small = ["of", "the", "and", "for", "in", "on", "de", "la"];
    let words: Vec<&str> = plain.split(' ').filter(|w| !small.contains(w)).collect();
    if let [word] = words[..] {
        return id(word).to_uppercase();
    }
    let first = words
        .iter()
        .filter_map(|w| w.chars().find(|c| c.is_alphanumeric()));
    first.flat_map(char::to_uppercase).collect()
}

/// May it stand in a case? Control characters and marks of direction may not.
fn printable(text: &str) -> bool {
    let bad = |c: char| {
        c.is_control()
            || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    !text.chars().any(bad)
}

fn quoted(field: &str) -> String {
    if field.contains([',', '"', '\n', '\r']) || field.starts_with('#') {
        format!("\"{}\"", field.replace('"', "\"\""))
    } else {
        field.to_owned()
    }
}

#[cfg(test)]
mod tests;
