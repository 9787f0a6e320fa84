//! Event graphs for forecasting research: subject, relation, object, time, as numbers whose names
//! stand in `entity2id.txt` and `relation2id.txt` beside the file, or as names.
//!
//! Names are ICEWS's. Two editions of the same graph differ in underscores for blanks only, so
//! blanks are put back. The country of an actor is what stands in its last bracket ("Citizen
//! (South Korea)") if that is a country, or the name itself if that is one.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use demarche_events::{CameoCode, by_icews_name, cameo_codes};

use crate::by_name::intern;
use crate::detect::{Options, TimeUnit, Undetected, Unfit};
use crate::field::{cameo, extra, fault, float_value, quad_value, some_text, told_when};
use crate::layout::{
    Act, Cut, Decode, Fact, Fault, Format, Group, Layout, Naming, Part, Party, Repeats, Told, Wrong,
};
use crate::schema::{self, Value};
use crate::value;
use demarche_events::Precision;

/// The files that stand beside an event graph and hold no rows of it.
pub(crate) const COMPANIONS: [&str; 3] = ["entity2id.txt", "relation2id.txt", "stat.txt"];

/// The parts that an event graph is split into; they share one unit of time.
const SPLITS: [&str; 3] = ["train.txt", "valid.txt", "test.txt"];

/// Texts of ICEWS that differ from the names of CAMEO's list by more than signs, found in pairs
/// with their codes in ICEWS's own rows and code list.
const ICEWS_TEXTS: [(&str, &str); 16] = [
    ("Make an appeal or request", "020"),
    ("Appeal to engage in or accept mediation", "028"),
    ("Express intent to engage in material cooperation", "031"),
    (
        "Express intent to engage in diplomatic cooperation (such as policy support)",
        "032",
    ),
    ("Express intent to provide material aid", "033"),
    ("Accede to requests or demands for political reform", "083"),
    (
        "Demand diplomatic cooperation (such as policy support)",
        "102",
    ),
    ("Demand material aid", "103"),
    ("Demand settling of dispute", "107"),
    ("Demand mediation", "108"),
    ("Threaten with sanctions, boycott, embargo", "1312"),
    ("Threaten with political dissent, protest", "133"),
    ("Threaten with repression", "137"),
    ("Threaten with military force", "138"),
    ("Reduce or stop material aid", "162"),
    ("Conduct suicide, car, or other non-military bombing", "183"),
];

/// The code of a text by its words, whatever stands between them. Of a root and the code that says
/// no more than the root ("Consult", 04 and 040) the longer, as ICEWS does.
pub(crate) fn code_of_text(text: &str) -> Option<CameoCode> {
    static CODES: LazyLock<BTreeMap<String, CameoCode>> = LazyLock::new(|| {
        let mut codes = BTreeMap::new();
        for (code, label, _) in cameo_codes() {
            let kept = codes.entry(words(label)).or_insert(code);
            if kept.as_str().len() == 2 {
                *kept = code;
            }
        }
        for (text, code) in ICEWS_TEXTS {
            codes.extend(code.parse().ok().map(|code| (words(text), code)));
        }
        codes
    });
    CODES.get(&words(text)).copied()
}

fn words(text: &str) -> String {
    let parts = text.split(|c: char| !c.is_alphanumeric());
    let parts: Vec<String> = parts
        .filter(|w| !w.is_empty())
        .map(str::to_lowercase)
        .collect();
    parts.concat()
}

/// The country that a name of ICEWS tells by itself.
pub(crate) fn country_of_name(name: &str) -> Option<&str> {
    if by_icews_name(name).is_some() {
        return Some(name);
    }
    let inner = name.strip_suffix(')')?;
    let mut open = 1;
    let start = inner.char_indices().rev().find_map(|(i, c)| {
        open += i32::from(c == ')') - i32::from(c == '(');
        (open == 0).then_some(i + 1)
    })?;
    let country = inner[start..].trim();
    by_icews_name(country).is_some().then_some(country)
}

struct Entity {
    name: &'static str,
    country: Option<&'static str>,
}

fn entity(name: &str) -> Entity {
    let name = name.replace('_', " ");
    Entity {
        name: intern(&name),
        country: country_of_name(&name).map(intern),
    }
}

/// Reads a list of names and their numbers, in either order.
fn list(file: &str, bytes: &[u8]) -> Result<BTreeMap<u32, String>, Undetected> {
    let text = crate::row::as_text(bytes);
    let mut names = BTreeMap::new();
    for (i, line) in text.lines().enumerate() {
        let line = line.trim_end_matches('\r');
        if line.trim().is_empty() {
            continue;
        }
        let number = |t: &str| t.trim().parse::<u32>().ok();
        let read = line.rsplit_once('\t').and_then(|(a, b)| match number(b) {
            Some(n) => Some((n, a)),
            None => number(a).map(|n| (n, b)),
        });
        match read {
            Some((n, name)) => {
                names.insert(n, name.trim().to_owned());
            }
            // The number of entries, which some editions put first.
            None if i == 0 && number(line).is_some() => {}
            None => {
                return Err(Undetected::new(
                    Unfit::BadList,
                    format!(
                        "line {} of {file} is no name and number with a tab between",
                        i + 1
                    ),
                    format!("write each line of {file} as NAME, tab, NUMBER"),
                ));
            }
        }
    }
    Ok(names)
}

/// Are these fields those of an event graph of numbers?
pub(crate) fn is_numbers(fields: &[&str]) -> bool {
    (4..=5).contains(&fields.len())
        && fields
            .iter()
            .all(|f| value::int(f.as_bytes()).is_some_and(|n| n >= 0))
}

/// Are these fields those of an event graph of names?
pub(crate) fn is_names(fields: &[&str]) -> bool {
    (4..=5).contains(&fields.len())
        && value::iso_day(fields[3].as_bytes()).is_some()
        && code_of_text(fields[1]).is_some()
}

/// The layout of an event graph whose rows hold names and days.
pub(crate) fn named() -> Layout {
    let end = |column| -> Decode {
        Box::new(move |fields, out| {
            let name = fields[0];
            if name.is_empty() {
                return Err(fault(Wrong::Missing, column));
            }
            let country = country_of_name(name);
            out.push(Value::Text(name));
            out.push(country.map_or(Value::Null, Value::Text));
            Ok(told_actor(name, country))
        })
    };
    let relation: Decode =
        Box::new(|fields, out| Ok(act(code_of_text(fields[0]), some_text(fields[0]), out)));
    layout(
        [end("source_name"), end("target_name")],
        relation,
        crate::field::when(value::iso_day),
    )
}

/// The layout of an event graph of numbers.
pub(crate) fn numbered(
    name: &str,
    times: &[i64],
    beside: &dyn Fn(&str) -> Option<Vec<u8>>,
    options: &Options,
) -> Result<Layout, Undetected> {
    let find = |file: &str| {
        beside(file).ok_or_else(|| {
            Undetected::new(
                Unfit::MissingList,
                format!("{name} holds numbers for its actors and relations, and {file}, which names them, is not beside it"),
                format!("put {file} into the same folder"),
            )
        })
    };
    let entities = list("entity2id.txt", &find("entity2id.txt")?)?;
    let relations = list("relation2id.txt", &find("relation2id.txt")?)?;
    let folded = name.to_lowercase().replace(['-', '_'], "");
    let is_icews14 = folded.contains("icews14") || (entities.len(), relations.len()) == (7128, 230);
    let origin = match options.origin {
        Some(day) => day,
        None if is_icews14 => value::iso_day(b"2014-01-01").unwrap_or_default(),
        None => {
            return Err(Undetected::new(
                Unfit::NoOrigin,
                format!("{name} counts its time from a day that it does not tell"),
                "name the first day, as in --origin 2014-01-01".to_owned(),
            ));
        }
    };
    let unit = match options.unit {
        Some(unit) => unit,
        None => unit(name, times, beside)?,
    };
    let (min, max) = value::day(1, 1, 1)
        .zip(value::day(9999, 12, 31))
        .unwrap_or_default();
    let when: Decode = Box::new(move |fields, out| {
        if fields[0].is_empty() {
            return Err(fault(Wrong::Missing, "date"));
        }
        let time = value::int(fields[0].as_bytes()).ok_or(fault(Wrong::BadDate, "date"))?;
        let days = match unit {
            TimeUnit::Days => Some(time),
            TimeUnit::Hours if time % 24 == 0 => Some(time / 24),
            TimeUnit::Hours => None,
        };
        let day = days
            .and_then(|d| d.checked_add(i64::from(origin)))
            .and_then(|d| i32::try_from(d).ok())
            .filter(|d| (min..=max).contains(d))
            .ok_or(fault(Wrong::BadDate, "date"))?;
        Ok(told_when(day, Precision::Day, out))
    });
    let entities: BTreeMap<u32, Entity> =
        entities.into_iter().map(|(n, e)| (n, entity(&e))).collect();
    let relations: BTreeMap<u32, (Option<CameoCode>, &'static str)> = relations
        .into_iter()
        .map(|(n, r)| (n, (code_of_text(&r), intern(&r.replace('_', " ")))))
        .collect();
    let entities = std::sync::Arc::new(entities);
    let end = |column: &'static str| -> Decode {
        let entities = std::sync::Arc::clone(&entities);
        Box::new(move |fields, out| {
            let entity = number(fields[0], column)
                .and_then(|n| entities.get(&n).ok_or(fault(Wrong::UnknownId, column)))?;
            Ok(actor(entity, out))
        })
    };
    let relation: Decode = Box::new(move |fields, out| {
        let (code, title) = number(fields[0], "code")
            .and_then(|n| relations.get(&n).ok_or(fault(Wrong::UnknownId, "code")))?;
        Ok(act(*code, some_text(title), out))
    });
    Ok(layout(
        [end("source_name"), end("target_name")],
        relation,
        when,
    ))
}

fn number(text: &str, column: &'static str) -> Result<u32, Fault> {
    if text.is_empty() {
        return Err(fault(Wrong::Missing, column));
    }
    let n = value::int(text.as_bytes()).ok_or(fault(Wrong::BadNumber, column))?;
    u32::try_from(n).map_err(|_| fault(Wrong::UnknownId, column))
}

/// Days or hours. Where all times are whole days in hours, and there are two at least that are not
/// zero, they are hours; one of them alone may be by chance.
fn unit(
    name: &str,
    times: &[i64],
    beside: &dyn Fn(&str) -> Option<Vec<u8>>,
) -> Result<TimeUnit, Undetected> {
    let whole = |t: &i64| t % 24 == 0;
    if !times.iter().all(whole) {
        return Ok(TimeUnit::Days);
    }
    let mut seen: std::collections::BTreeSet<i64> = times.iter().copied().collect();
    for split in SPLITS {
        let Some(bytes) = beside(split) else { continue };
        for line in bytes.split(|&b| b == b'\n') {
            let field = line.split(|&b| b == b'\t').nth(3).unwrap_or_default();
            if let Some(time) = value::int(field.trim_ascii()) {
                seen.insert(time);
            }
        }
        if !seen.iter().all(whole) {
            return Ok(TimeUnit::Days);
        }
    }
    if seen.iter().filter(|t| **t != 0).count() >= 2 {
        return Ok(TimeUnit::Hours);
    }
    Err(Undetected::new(
        Unfit::NoOrigin,
        format!("the times of {name} may be days or hours"),
        "name the unit, as in --time-unit hours".to_owned(),
    ))
}

fn actor(entity: &Entity, out: &mut Vec<Value<'_>>) -> Told {
    out.push(some_text(entity.name));
    out.push(entity.country.map_or(Value::Null, Value::Text));
    told_actor(entity.name, entity.country)
}

fn told_actor(name: &str, country: Option<&str>) -> Told {
    Told {
        fact: Fact::Party(Box::new(Party {
            naming: Naming::Icews,
            name: name.replace('_', " "),
            country: country.unwrap_or_default().replace('_', " "),
            ..Party::default()
        })),
        mended: None,
    }
}

fn act<'a>(code: Option<CameoCode>, title: Value<'a>, out: &mut Vec<Value<'a>>) -> Told {
    let mut mended = None;
    let act = match code {
        Some(code) => {
            let mut act = cameo(code.as_str(), &mut mended);
            act.scale = Some(code.goldstein_icews().value);
            act
        }
        None => {
            mended = Some(fault(Wrong::BadCode, "code"));
            Act::default()
        }
    };
    out.push(code.map_or(Value::Null, |code| Value::Text(intern(code.as_str()))));
    out.push(Value::Text("cameo"));
    out.push(quad_value(act.quad.map(|q| q.number())));
    out.push(float_value(act.scale));
    out.push(title);
    Told {
        fact: Fact::Act(act),
        mended,
    }
}

fn layout([source, target]: [Decode; 2], relation: Decode, when: Decode) -> Layout {
    let group = |part, field, columns, decode| Group {
        part,
        fields: vec![field],
        columns,
        repeats: Repeats::Often,
        decode,
    };
    Layout {
        format: Format::Quadruples,
        cut: Cut::At(b'\t'),
        min_fields: 4,
        max_fields: 5,
        extra_empty: true,
        header: false,
        groups: vec![
            group(Part::When, 3, vec![schema::DATE, schema::PRECISION], when),
            group(
                Part::Source,
                0,
                vec![schema::SOURCE_NAME, schema::SOURCE_COUNTRY],
                source,
            ),
            group(
                Part::Target,
                2,
                vec![schema::TARGET_NAME, schema::TARGET_COUNTRY],
                target,
            ),
            group(
                Part::Act,
                1,
                vec![
                    schema::CODE,
                    schema::CODE_SYSTEM,
                    schema::QUAD,
                    schema::SCALE,
                    schema::TITLE,
                ],
                relation,
            ),
            group(
                Part::Other,
                4,
                vec![extra!(
                    "fifth",
                    Text,
                    "The fifth column, which some editions have; without a meaning."
                )],
                crate::field::text(),
            ),
        ],
    }
}
