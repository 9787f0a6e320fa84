//! Alliance portfolios from tables of ties, members and weights.

use std::collections::{BTreeMap, BTreeSet};

use demarche_measure::portfolios::{self, AllianceOptions, Ties, YearPortfolios};
use demarche_read::table_file::{As, TextColumn};
use serde_json::json;

use super::Made;
use super::args::Alliances;
use super::source::{Role, Source, States, state_rows};
use crate::commands::count;
use crate::failure::{CASE, Failure, USAGE};

const fn number(name: &'static str, usual: &'static [&'static str]) -> Role {
    Role {
        name,
        usual,
        read: As::Number,
    }
}

const fn text(name: &'static str, usual: &'static [&'static str]) -> Role {
    Role {
        name,
        usual,
        read: As::Text,
    }
}

const ROLES: [Role; 10] = [
    text(
        "a",
        &["ccode1", "statea", "state_a", "state1", "country1", "a"],
    ),
    text(
        "b",
        &["ccode2", "stateb", "state_b", "state2", "country2", "b"],
    ),
    number("year", &["year"]),
    number("value", &["value", "tie"]),
    number("defence", &["atop_defense", "defense", "defence"]),
    number("offence", &["atop_offense", "offense", "offence"]),
    number("neutrality", &["atop_neutral", "neutral", "neutrality"]),
    number("consultation", &["atop_consul", "consul", "consultation"]),
    number("nonaggression", &["atop_nonagg", "nonagg", "nonaggression"]),
    number("entente", &["entente"]),
];

const MEMBER_ROLES: [Role; 4] = [
    text("state", &["ccode", "state", "country", "code"]),
    number("year", &["year"]),
    number("from", &["styear", "start_year", "startyear", "from"]),
    number("to", &["endyear", "end_year", "to"]),
];

const WEIGHT_ROLES: [Role; 3] = [
    text("state", &["ccode", "state", "country", "code"]),
    number("year", &["year"]),
    number("weight", &["weight", "cinc"]),
];

/// What each obligation counts for, in ATOP's terms.
const ATOP: [(&str, u8); 5] = [
    ("defence", 3),
    ("offence", 3),
    ("neutrality", 2),
    ("consultation", 2),
    ("nonaggression", 1),
];

/// The same in COW's terms, which know ententes: types I, II and III.
const COW: [(&str, u8); 4] = [
    ("defence", 3),
    ("neutrality", 2),
    ("nonaggression", 2),
    ("entente", 1),
];

/// Reads the tables.
pub fn read(args: &Alliances) -> Result<Made, Failure> {
    let ties = Source::read(&args.file, &ROLES, &args.common.columns)?;
    let list = match &args.members {
        Some(path) => Some(Source::read(path, &MEMBER_ROLES, &args.member_columns)?),
        None => None,
    };
    let mut notes = Vec::new();
    let mut columns: Vec<&TextColumn> = vec![ties.text("a")?, ties.text("b")?];
    if let Some(list) = &list {
        columns.push(list.text("state")?);
    }
    let states = States::of(&columns);
    let (a, b) = (
        state_rows(&ties, "a", &states)?,
        state_rows(&ties, "b", &states)?,
    );
    let year = ties.years("year")?;
    let (value, scale) = values(&ties, args, &mut notes)?;
    let members = match &list {
        Some(list) => {
            let named: BTreeSet<u32> = a.iter().chain(&b).copied().collect();
            Some(members(list, args, &states, &named, &year)?)
        }
        None => None,
    };
    let options = AllianceOptions {
        binary: args.binary,
        symmetric: args.symmetric,
        self_tie: !args.no_self_tie,
    };
    let table = Ties {
        a: &a,
        b: &b,
        year: &year,
        value: &value,
    };
    let years = portfolios::alliances(table, members.as_ref(), options).map_err(|error| {
        Failure::new(
            CASE,
            format!("{}: {error}", args.file.display()),
            "see --columns",
        )
    })?;
    let of_years: Vec<&YearPortfolios> =
        years.iter().filter(|y| args.common.wants(y.year)).collect();
    let of_no_member: usize = of_years.iter().map(|y| y.of_no_member).sum();
    let one_sided: usize = of_years.iter().map(|y| y.one_sided).sum();
    if of_no_member > 0 {
        notes.push(format!(
            "{} left out, for naming a state that was no member that year",
            count(of_no_member, "row")
        ));
    }
    if one_sided > 0 && !args.symmetric {
        notes.push(format!(
            "{} not the same in both directions, kept as given; --symmetric lets the stronger hold",
            count(one_sided, "dyad-year")
        ));
    }
    let without: BTreeSet<i32> = members
        .iter()
        .flat_map(|members| year.iter().filter(|y| !members.contains_key(y)))
        .copied()
        .filter(|&y| args.common.wants(y))
        .collect();
    if let (Some(first), Some(last)) = (without.first(), without.last()) {
        notes.push(format!(
            "{} of the ties left out, {first} to {last}: the list has no members then; \
             --carry-members keeps its last ones",
            count(without.len(), "year")
        ));
    }
    let weights = weights(args, &states, &years, &mut notes)?;
    Ok(Made {
        weights,
        facts: json!({
            "of": "alliances",
            "scale": scale,
            "binary": args.binary,
            "symmetric": args.symmetric,
            "self_tie": !args.no_self_tie,
            "rows_read": ties.rows(),
            "rows_of_no_member": of_no_member,
            "one_sided": one_sided,
        }),
        years,
        states,
        notes,
    })
}

/// The value of the tie in each row, and in words where it comes from.
fn values(
    ties: &Source,
    args: &Alliances,
    notes: &mut Vec<String>,
) -> Result<(Vec<u8>, String), Failure> {
    if ties.has("value") {
        let mut missing = 0;
        let mut values = Vec::with_capacity(ties.rows());
        for (row, &value) in ties.numbers("value")?.iter().enumerate() {
            values.push(match value {
                v if v.is_nan() => {
                    missing += 1;
                    0
                }
                v if [0.0, 1.0, 2.0, 3.0].contains(&v) => v as u8,
                _ => {
                    return Err(ties.wrong(
                        row,
                        "value",
                        "is not 0, 1, 2 or 3",
                        "code the tie as 3 defence or offence, 2 neutrality or consultation, 1 non-aggression, 0 none",
                    ));
                }
            });
        }
        if missing > 0 {
            notes.push(format!(
                "{} without a value, taken for no tie",
                count(missing, "row")
            ));
        }
        return Ok((values, format!("column {}", ties.name("value"))));
    }
    let scheme: &[(&str, u8)] = if ties.has("entente") { &COW } else { &ATOP };
    let mut values = vec![0_u8; ties.rows()];
    let mut used = Vec::new();
    for &(role, worth) in scheme.iter().filter(|(role, _)| ties.has(role)) {
        used.push(format!("{} {worth}", ties.name(role)));
        for (value, &flag) in values.iter_mut().zip(ties.numbers(role)?) {
            // A missing flag is none: a pact that is not known to oblige does not.
            if flag > 0.0 {
                *value = (*value).max(worth);
            }
        }
    }
    if used.is_empty() {
        let columns = ties.text("a").and(ties.numbers("value"));
        return Err(columns.err().unwrap_or_else(|| {
            Failure::new(
                USAGE,
                format!("{} has no ties", args.file.display()),
                "see --columns",
            )
        }));
    }
    Ok((values, used.join(", ")))
}

/// The members of each year.
fn members(
    list: &Source,
    args: &Alliances,
    states: &States,
    named: &BTreeSet<u32>,
    years: &[i32],
) -> Result<BTreeMap<i32, BTreeSet<u32>>, Failure> {
    let state = state_rows(list, "state", states)?;
    if state.iter().all(|s| !named.contains(s)) {
        let path = args.members.as_deref().unwrap_or(&args.file);
        return Err(Failure::new(
            CASE,
            format!(
                "no state of {} is one of {}",
                args.file.display(),
                path.display()
            ),
            "both must use the same codes; --member-columns state=NAME names another column",
        ));
    }
    let (from, mut to) = if list.has("year") {
        let year = list.years("year")?;
        (year.clone(), year)
    } else {
        (list.years("from")?, list.years("to")?)
    };
    let (Some(&last), Some(&end)) = (years.iter().max(), to.iter().max()) else {
        return Ok(BTreeMap::new());
    };
    if args.carry_members && end < last {
        for to in to.iter_mut().filter(|to| **to == end) {
            *to = last;
        }
    }
    let wanted: BTreeSet<i32> = years.iter().copied().collect();
    let mut members: BTreeMap<i32, BTreeSet<u32>> = BTreeMap::new();
    for ((&state, &from), &to) in state.iter().zip(&from).zip(&to) {
        if from > to {
            continue;
        }
        for &year in wanted.range(from..=to) {
            members.entry(year).or_default().insert(state);
        }
    }
    Ok(members)
}

/// The weights of the columns of each year.
fn weights(
    args: &Alliances,
    states: &States,
    years: &[YearPortfolios],
    notes: &mut Vec<String>,
) -> Result<Option<Vec<Vec<f64>>>, Failure> {
    let Some(path) = &args.common.weights else {
        return Ok(None);
    };
    let table = Source::read(path, &WEIGHT_ROLES, &args.common.weight_columns)?;
    let column = table.text("state")?;
    let places = states.places(column);
    let (year, weight) = (table.years("year")?, table.numbers("weight")?);
    let mut known: BTreeMap<(i32, u32), f64> = BTreeMap::new();
    for row in 0..table.rows() {
        let Some(state) = places[column.codes[row] as usize] else {
            continue;
        };
        if weight[row].is_nan() {
            continue;
        }
        if weight[row] < 0.0 {
            return Err(table.wrong(
                row,
                "weight",
                "is negative",
                "weights are 0 or more; leave a missing one empty",
            ));
        }
        if known.insert((year[row], state), weight[row]).is_some() {
            return Err(table.wrong(
                row,
                "state",
                "has a second weight for the same state and year",
                "remove one of them",
            ));
        }
    }
    let mut without = 0;
    let of_year = |year: &YearPortfolios| {
        let weight = |state: &u32| {
            known.get(&(year.year, *state)).copied().unwrap_or_else(|| {
                without += usize::from(args.common.wants(year.year));
                0.0
            })
        };
        year.columns().iter().map(weight).collect()
    };
    let weights = years.iter().map(of_year).collect();
    if without > 0 {
        notes.push(format!(
            "{} without a weight, left out of the weighted S",
            count(without, "state-year")
        ));
    }
    Ok(Some(weights))
}
