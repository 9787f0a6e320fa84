//! The table of actors: who a party of an event file is.
//!
//! The actors of a case come first, by their codes in the other systems; then the built-in tables
//! of countries and bodies, whose codes are ISO 3166 alpha-3 and the usual short names (`NATO`).
//!
//! - **GDELT.** The known group decides, whatever the country: NATO is `NAT`, though its country
//!   code `WST` also stands for the West at large, and the European Union is `EEC` of `EUR`. Where
//!   both a state and the group of a body are given, the body is the narrower statement. Then the
//!   country; a region is nobody. The parts of the actor code are looked at only where country and
//!   group are empty, since files leave out countries that joined CAMEO's list late (`ROU`, `SSD`).
//!   Whatever carries the code of a state counts for it (`KORGOV`, `KORMIL`, also `AFGREBTAL`), as
//!   is usual; sectors are kept beside it for those who want less.
//! - **ICEWS.** The country by its name; where there is none, a body by its name. Acts of organs
//!   (the European Commission) are acts of the body, as in GDELT, unless the case has an actor of
//!   that name.
//! - **POLECAT.** The country by its code, else by Correlates of War number, else as in ICEWS.
//! - **Codes.** An actor of the case, an ISO code in use or a body's code, each as it stands.
//!
//! A person with an office (`offices.csv`) counts for the body between its dates and else as the
//! file has it. The name must be one of the spellings in the case, whatever its case, accents,
//! hyphens and order (`STOLTENBERG, JENS`). Where case and file both know the person's state, they
//! must agree. A spelling of a single word asks for more: it is taken only where both know it.
//! Surnames are not derived from names, since two prime ministers of Denmark share one with a
//! secretary general of NATO.

use std::collections::{BTreeMap, HashMap};
use std::fmt::Write as _;

use demarche_case::{ActorKind, Case};
use demarche_events::{
    Country, Date, KnownGroup, by_cameo, by_cow_ever, by_icews_name, by_iso3, group_by_icews_name,
    group_of_body, group_of_organ, known_group, part,
};
use demarche_read::layout::{Naming, Party};
use sha2::{Digest, Sha256};

use crate::resolve::{Named, Resolve};

/// The table of actors.
#[derive(Clone, Debug, Default)]
pub struct Actors {
    /// Whether a case stands behind it.
    of_case: bool,
    /// The case's actors by their own code.
    kinds: BTreeMap<String, ActorKind>,
    /// Codes of the case by those of other systems.
    cameo: BTreeMap<String, String>,
    groups: BTreeMap<String, String>,
    names: BTreeMap<String, String>,
    cow: BTreeMap<u16, String>,
    /// Codes of the case by those of the built-in tables, where they are the same actor.
    countries: BTreeMap<&'static str, String>,
    bodies: BTreeMap<&'static str, String>,
    /// Offices by the spellings of their holder.
    offices: BTreeMap<String, Vec<Term>>,
}

/// A term of office.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Term {
    from: i32,
    to: i32,
    actor: String,
    state: Option<String>,
}

/// An actor, and whether he was found as the holder of a country code or name.
struct Found {
    code: String,
    by_country: bool,
}

impl Actors {
    /// The built-in tables alone.
    pub fn builtin() -> Self {
        Self::default()
    }

    /// The actors and offices of a case, and behind them the built-in tables.
    pub fn of(case: &Case) -> Self {
        let mut table = Self {
            of_case: true,
            ..Self::default()
        };
        // Where two actors claim a code, the first keeps it.
        for a in &case.actors {
            let code = || a.code.clone();
            table.kinds.entry(code()).or_insert(a.kind);
            if let Some(cameo) = &a.cameo {
                table.cameo.entry(upper(cameo)).or_insert_with(code);
            }
            if let Some(group) = &a.gdelt_group {
                table.groups.entry(upper(group)).or_insert_with(code);
            }
            if let Some(name) = &a.icews {
                table.names.entry(folded(name)).or_insert_with(code);
            }
            if let Some(cow) = a.cow {
                table.cow.entry(cow).or_insert_with(code);
            }
        }
        // An actor's own code says best who it is, so that goes first.
        let own = case.actors.iter().map(|a| {
            let country = iso(&a.code);
            (a, country, group_of_body(&a.code))
        });
        let other = case.actors.iter().flat_map(|a| {
            let cameo = a.cameo.as_deref();
            let icews = a.icews.as_deref();
            let group = a.gdelt_group.as_deref();
            [
                (
                    a,
                    cameo.and_then(country_of_cameo),
                    group.and_then(known_group),
                ),
                (
                    a,
                    icews.and_then(by_icews_name),
                    icews.and_then(group_by_icews_name),
                ),
                (a, a.cow.and_then(by_cow_ever), None),
            ]
        });
        for (a, country, group) in own.chain(other) {
            match a.kind {
                ActorKind::State => {
                    if let Some(c) = country {
                        let entry = table.countries.entry(c.code);
                        entry.or_insert_with(|| a.code.clone());
                    }
                }
                ActorKind::Body => {
                    if let Some(g) = group {
                        let entry = table.bodies.entry(g.body);
                        entry.or_insert_with(|| a.code.clone());
                    }
                }
                ActorKind::Arrangement => {}
            }
        }
        for office in &case.offices {
            let term = Term {
                from: day_number(office.from),
                to: office.to.map_or(i32::MAX, day_number),
                actor: office.actor.clone(),
                state: office.state.clone(),
            };
            for spelling in std::iter::once(&office.person).chain(&office.names) {
                let terms = table.offices.entry(folded(spelling)).or_default();
                if !terms.contains(&term) {
                    terms.push(term.clone());
                }
            }
        }
        table.offices.remove("");
        table.names.remove("");
        table
    }

    /// What tells this table from another in whom it finds: SHA-256 over codes and offices, in
    /// hexadecimal; `builtin` without a case. Names, notes and the order of the file are left out.
    pub fn fingerprint(&self) -> String {
        if !self.of_case {
            return "builtin".to_owned();
        }
        let mut text = String::new();
        let mut line = |parts: &[&str]| {
            // Codes and names hold no control characters: the case was checked.
            let _ = writeln!(text, "{}", parts.join("\u{1f}"));
        };
        for (code, kind) in &self.kinds {
            line(&["actor", code, &format!("{kind:?}")]);
        }
        for (system, map) in [
            ("cameo", &self.cameo),
            ("group", &self.groups),
            ("name", &self.names),
        ] {
            map.iter().for_each(|(k, v)| line(&[system, k, v]));
        }
        for (number, code) in &self.cow {
            line(&["cow", &number.to_string(), code]);
        }
        for (system, map) in [("country", &self.countries), ("body", &self.bodies)] {
            map.iter().for_each(|(k, v)| line(&[system, k, v]));
        }
        for (spelling, terms) in &self.offices {
            for t in terms {
                let state = t.state.as_deref().unwrap_or_default();
                let (from, to) = (t.from.to_string(), t.to.to_string());
                line(&["office", spelling, &from, &to, &t.actor, state]);
            }
        }
        let hash = Sha256::digest(text.as_bytes());
        hash.iter().fold(String::new(), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
    }

    fn country(&self, country: &'static Country) -> Found {
        let code = self.countries.get(country.code).cloned();
        Found {
            code: code.unwrap_or_else(|| country.code.to_owned()),
            by_country: true,
        }
    }

    fn body(&self, group: &'static KnownGroup) -> Found {
        let code = self.bodies.get(group.body).cloned();
        Found {
            code: code.unwrap_or_else(|| group.body.to_owned()),
            by_country: false,
        }
    }

    /// An actor of the case.
    fn own(&self, code: &str) -> Found {
        Found {
            code: code.to_owned(),
            by_country: self.kinds.get(code) == Some(&ActorKind::State),
        }
    }

    fn gdelt(&self, party: &Party) -> Option<Found> {
        let group = upper(&party.group);
        let country = upper(&party.country);
        if let Some(found) = self.gdelt_group(&group) {
            return Some(found);
        }
        if !country.is_empty() {
            return self.gdelt_country(&country);
        }
        // A group that is no body (a party, a company) is nobody, whatever the code says.
        if !group.is_empty() {
            return None;
        }
        let parts = code_parts(&party.code)?;
        let first = *parts.first()?;
        let by_first = || {
            self.gdelt_country(first)
                .or_else(|| self.gdelt_group(first))
        };
        if first == "IGO" {
            parts.iter().find_map(|p| self.gdelt_group(p))
        } else {
            by_first()
        }
    }

    fn gdelt_group(&self, code: &str) -> Option<Found> {
        let own = self.groups.get(code).map(|c| self.own(c));
        own.or_else(|| known_group(code).map(|g| self.body(g)))
    }

    fn gdelt_country(&self, code: &str) -> Option<Found> {
        let own = self.cameo.get(code).map(|c| self.own(c));
        let builtin = || country_of_cameo(code).or_else(|| part(code).map(|(_, c)| c));
        own.or_else(|| builtin().map(|c| self.country(c)))
    }

    fn icews(&self, party: &Party) -> Option<Found> {
        self.own_body(&party.name).or_else(|| {
            let country = match self.names.get(&folded(&party.country)) {
                Some(code) => Some(self.own(code)),
                None => by_icews_name(&party.country).map(|c| self.country(c)),
            };
            country.or_else(|| self.by_name(&party.name, party.country.is_empty()))
        })
    }

    fn polecat(&self, party: &Party) -> Option<Found> {
        self.own_body(&party.name)
            .or_else(|| self.iso_or_own(&party.country))
            .or_else(|| self.by_number(party.cow))
            .or_else(|| self.by_name(&party.name, party.country.is_empty()))
    }

    fn code(&self, party: &Party) -> Option<Found> {
        self.iso_or_own(&party.code)
            .or_else(|| {
                let group = group_of_body(&party.code).filter(|g| g.body == party.code);
                group.map(|g| self.body(g))
            })
            .or_else(|| self.iso_or_own(&party.country))
            .or_else(|| self.by_number(party.cow))
    }

    fn by_number(&self, cow: Option<u16>) -> Option<Found> {
        let cow = cow?;
        let own = self.cow.get(&cow).map(|c| self.own(c));
        own.or_else(|| by_cow_ever(cow).map(|c| self.country(c)))
    }

    fn iso_or_own(&self, code: &str) -> Option<Found> {
        if self.kinds.contains_key(code) {
            return Some(self.own(code));
        }
        iso(code).map(|c| self.country(c))
    }

    /// A body or arrangement of the case by its name. States are not looked for: a person or town
    /// may be called like one.
    fn own_body(&self, name: &str) -> Option<Found> {
        let code = self.names.get(&folded(name))?;
        Some(self.own(code)).filter(|f| !f.by_country)
    }

    /// Anyone by his name; a state only where no country stands beside it.
    fn by_name(&self, name: &str, states: bool) -> Option<Found> {
        let own = self.names.get(&folded(name)).map(|c| self.own(c));
        own.filter(|f| states || !f.by_country)
            .or_else(|| group_by_icews_name(name).map(|g| self.body(g)))
            .or_else(|| {
                let country = by_icews_name(name).filter(|_| states);
                country.map(|c| self.country(c))
            })
            .or_else(|| group_of_organ(name).map(|g| self.body(g)))
    }

    /// The terms of office of a party that stands in the file as a person of that state, or of
    /// none.
    fn terms(&self, name: &str, state: Option<&str>) -> Vec<(i32, i32, String)> {
        if self.offices.is_empty() || name.is_empty() {
            return Vec::new();
        }
        let spelling = folded(name);
        let alone = !spelling.contains(' ');
        let terms = self.offices.get(&spelling).into_iter().flatten();
        terms
            .filter(|t| match (state, t.state.as_deref()) {
                (Some(given), Some(known)) => given == known,
                _ => !alone,
            })
            .map(|t| (t.from, t.to, t.actor.clone()))
            .collect()
    }
}

impl Resolve for Actors {
    fn resolve(&self, party: &Party) -> Named {
        let found = match party.naming {
            Naming::Gdelt => self.gdelt(party),
            Naming::Icews => self.icews(party),
            Naming::Polecat => self.polecat(party),
            Naming::Code => self.code(party),
        };
        let terms = match &found {
            Some(found) if !found.by_country => Vec::new(),
            found => self.terms(&party.name, found.as_ref().map(|f| f.code.as_str())),
        };
        let otherwise = found.map(|f| f.code);
        if !terms.is_empty() {
            return Named::Office { terms, otherwise };
        }
        otherwise.map_or(Named::Nobody, Named::Always)
    }
}

/// The parts of a CAMEO actor code. Ethnic groups are in small letters and no part of it: nothing
/// is said of a code that holds one before the end of its actor.
pub(crate) fn code_parts(code: &str) -> Option<Vec<&str>> {
    let code = code.trim();
    let plain = code.len().is_multiple_of(3) && code.bytes().all(|b| b.is_ascii_alphanumeric());
    if !plain {
        return None;
    }
    let parts = (0..code.len()).step_by(3).map(|at| &code[at..at + 3]);
    let parts = parts.take_while(|p| p.bytes().all(|b| b.is_ascii_uppercase()));
    Some(parts.collect())
}

/// The country of a CAMEO or ISO code in use. Codes out of use are left aside: CAMEO's `SUN` is a
/// religion.
pub(crate) fn country_of_cameo(code: &str) -> Option<&'static Country> {
    by_cameo(code).filter(|c| c.cameo == Some(code) || c.code == code)
}

/// The country of an ISO alpha-3 code in use, as it stands.
fn iso(code: &str) -> Option<&'static Country> {
    by_iso3(code).filter(|c| c.code == code)
}

fn upper(code: &str) -> String {
    code.trim().to_ascii_uppercase()
}

fn day_number(date: Date) -> i32 {
    let epoch = Date::constant(1970, 1, 1);
    epoch.until(date).map_or(0, |span| span.get_days())
}

/// A name made comparable: small letters without accents, single blanks for blanks, hyphens,
/// underscores and full stops, `LAST, FIRST` turned round.
pub(crate) fn folded(name: &str) -> String {
    let turned;
    let name = match name.split_once(',') {
        Some((last, first)) if !first.contains(',') => {
            turned = format!("{first} {last}");
            &turned
        }
        _ => name,
    };
    let mut out = String::with_capacity(name.len());
    for c in name.chars().flat_map(char::to_lowercase) {
        match c {
            // Combining accents.
            '\u{300}'..='\u{36f}' | '\'' | '’' | '‘' | '`' => {}
            '_' | '-' | '.' | '‐' | '‑' => out.push(' '),
            c if c.is_whitespace() => out.push(' '),
            c if c.is_ascii() => out.push(c),
            c => match ACCENTS.with(|a| a.get(&c).copied()) {
                Some(plain) => out.push_str(plain),
                None => out.push(c),
            },
        }
    }
    out.split_ascii_whitespace().collect::<Vec<_>>().join(" ")
}

thread_local! {
    static ACCENTS: HashMap<char, &'static str> = ACCENTED
        .iter()
        .flat_map(|&(plain, letters)| letters.chars().map(move |c| (c, plain)))
        .collect();
}

/// Small letters with accents, as names in Latin script have them, by the plain letter.
const ACCENTED: [(&str, &str); 28] = [
    ("a", "àáâãäåāăąǎạảấầẩẫậắằẳẵặ"),
    ("ae", "æ"),
    ("c", "çćĉċč"),
    ("d", "ďđð"),
    ("e", "èéêëēĕėęěẹẻẽếềểễệə"),
    ("g", "ĝğġģ"),
    ("h", "ĥħ"),
    ("i", "ìíîïĩīĭįıǐịỉ"),
    ("j", "ĵ"),
    ("k", "ķ"),
    ("l", "ĺļľŀł"),
    ("n", "ñńņňŋ"),
    ("o", "òóôõöøōŏőǒơọỏốồổỗộớờởỡợ"),
    ("oe", "œ"),
    ("p", "ṗ"),
    ("r", "ŕŗř"),
    ("s", "śŝşšș"),
    ("ss", "ß"),
    ("t", "ţťŧț"),
    ("th", "þ"),
    ("u", "ùúûüũūŭůűųǔưụủứừửữự"),
    ("v", "ṽ"),
    ("w", "ŵẁẃẅ"),
    ("x", "ẋ"),
    ("y", "ýÿŷỳỵỷỹ"),
    ("z", "źżž"),
    ("b", "ḃ"),
    ("f", "ḟ"),
];

#[cfg(test)]
mod tests;
