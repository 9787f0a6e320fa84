//! Voting portfolios from tables of votes, roll calls and weights.

use std::collections::BTreeMap;

use demarche_measure::portfolios::{self, PortfolioError, Vote};
use demarche_read::table_file::{As, TextColumn};
use serde_json::json;

use super::Made;
use super::args::Votes;
use super::source::{Role, Source, States, code};
use crate::commands::count;
use crate::failure::{CASE, Failure, USAGE};

const fn role(name: &'static str, usual: &'static [&'static str], read: As) -> Role {
    Role { name, usual, read }
}

const CALLS: &[&str] = &["rcid", "roll_call", "rollcall", "call", "resid"];

const ROLES: [Role; 5] = [
    // Names and numbers before letters: one well-known file has no letters for former states.
    role(
        "state",
        &["ccode", "country", "countryname", "state", "country_code"],
        As::Text,
    ),
    role("call", CALLS, As::Text),
    role("vote", &["vote"], As::Text),
    role("year", &["year"], As::Number),
    role("date", &["date"], As::Text),
];

const CALL_ROLES: [Role; 3] = [
    role("call", CALLS, As::Text),
    role("year", &["year"], As::Number),
    role("date", &["date"], As::Text),
];

const WEIGHT_ROLES: [Role; 2] = [
    role("call", CALLS, As::Text),
    role("weight", &["weight"], As::Number),
];

/// Reads the tables.
pub fn read(args: &Votes) -> Result<Made, Failure> {
    let table = Source::read(&args.file, &ROLES, &args.common.columns)?;
    let (state, call, vote) = (
        table.text("state")?,
        table.text("call")?,
        table.text("vote")?,
    );
    let states = States::of(&[state]);
    let mut notes = Vec::new();
    let years: Vec<Option<i32>> = match &args.roll_calls {
        Some(path) => {
            let calls = Source::read(path, &CALL_ROLES, &args.roll_call_columns)?;
            let by_row = years_of(&calls)?;
            let list = calls.text("call")?;
            let mut by_call: BTreeMap<&str, i32> = BTreeMap::new();
            for (row, &year) in by_row.iter().enumerate() {
                let id = code(&list.texts[list.codes[row] as usize]);
                if by_call
                    .insert(id, year)
                    .is_some_and(|before| before != year)
                {
                    return Err(calls.wrong(
                        row,
                        "call",
                        "is listed a second time, in another year",
                        "remove one of them",
                    ));
                }
            }
            let of_call: Vec<Option<i32>> = call
                .texts
                .iter()
                .map(|id| by_call.get(code(id)).copied())
                .collect();
            if of_call.iter().all(Option::is_none) {
                return Err(Failure::new(
                    CASE,
                    format!(
                        "no roll call of {} is listed in {}",
                        args.file.display(),
                        path.display()
                    ),
                    "both must use the same identifiers; --roll-call-columns call=NAME names another column",
                ));
            }
            call.codes.iter().map(|&c| of_call[c as usize]).collect()
        }
        None if table.has("year") || table.has("date") => {
            years_of(&table)?.into_iter().map(Some).collect()
        }
        None => {
            return Err(Failure::new(
                USAGE,
                format!("{} has neither year nor date", args.file.display()),
                "give a table of roll calls with --roll-calls, or name the column: --columns year=NAME",
            ));
        }
    };
    let dateless = years.iter().filter(|y| y.is_none()).count();
    if dateless > 0 {
        notes.push(format!(
            "{} left out, on roll calls without a known year",
            count(dateless, "vote")
        ));
    }
    let cast = cast(&table, vote)?;
    // Where only dyads among some states are wanted, the votes of others are of no consequence.
    let common = &args.common;
    let mut of_text = states.places(state);
    if !common.state.is_empty() && !common.with.is_empty() {
        let wanted: Vec<u32> = common
            .state
            .iter()
            .chain(&common.with)
            .map(|name| states.place(name))
            .collect::<Result<_, _>>()?;
        for place in &mut of_text {
            *place = place.filter(|p| wanted.contains(p));
        }
    }
    let stateless = of_text
        .iter()
        .zip(&state.texts)
        .position(|(_, t)| t.is_empty());
    if let Some(at) = stateless {
        notes.push(format!(
            "{} left out, without a state",
            count(
                state.codes.iter().filter(|&&c| c as usize == at).count(),
                "vote"
            )
        ));
    }
    let mut rows = Vec::new();
    let [mut who, mut on] = [Vec::new(), Vec::new()];
    let (mut when, mut how) = (Vec::new(), Vec::new());
    for row in 0..table.rows() {
        let place = of_text[state.codes[row] as usize];
        let known = years[row].filter(|&y| common.wants(y));
        if let (Some(place), Some(_)) = (place, known) {
            rows.push(row);
            who.push(place);
            on.push(call.codes[row]);
            when.push(known);
            how.push(cast[vote.codes[row] as usize]);
        }
    }
    let absent = how.iter().filter(|v| v.is_none()).count();
    let years = portfolios::votes(portfolios::Votes {
        state: &who,
        call: &on,
        year: &when,
        vote: &how,
    })
    .map_err(|error| match error {
        PortfolioError::Repeated { row } => table.wrong(
            rows[row],
            "state",
            &format!(
                "is {} for a second time on roll call {}",
                states.codes[who[row] as usize], call.texts[on[row] as usize]
            ),
            &other_names(&table, &args.file.to_string_lossy()),
        ),
        error => Failure::new(
            CASE,
            format!("{}: {error}", args.file.display()),
            "see --columns",
        ),
    })?;
    let weights = match &common.weights {
        Some(_) => Some(weights(args, call, &years, &mut notes)?),
        None => None,
    };
    Ok(Made {
        weights,
        facts: json!({
            "of": "votes",
            "scale": "yes 1, abstain 2, no 3; absences left out pair by pair",
            "rows_read": table.rows(),
            "absences": absent,
            "without_year": dateless,
        }),
        years,
        states,
        notes,
    })
}

fn other_names(table: &Source, file: &str) -> String {
    format!(
        "the column {} does not tell the states of {file} apart; name another one: --columns state=NAME",
        table.name("state")
    )
}

/// The year of each row, from its year or its date.
fn years_of(table: &Source) -> Result<Vec<i32>, Failure> {
    if table.has("year") {
        return table.years("year");
    }
    let dates = table.text("date")?;
    let of_text: Vec<i32> = dates
        .texts
        .iter()
        .zip(&dates.first)
        .map(|(date, &row)| {
            year_of(date).ok_or_else(|| {
                table.wrong(
                    row,
                    "date",
                    "is no date",
                    "write it as 1990-12-20, or give a column of years",
                )
            })
        })
        .collect::<Result<_, _>>()?;
    Ok(dates.codes.iter().map(|&c| of_text[c as usize]).collect())
}

/// The year of a date, written with the year first or last.
fn year_of(date: &str) -> Option<i32> {
    let parts: Vec<&str> = date.split(['-', '/', 'T', ' ']).collect();
    let year = |part: &str| -> Option<i32> {
        let four = part.len() == 4 && part.bytes().all(|b| b.is_ascii_digit());
        four.then(|| part.parse().ok()).flatten()
    };
    match parts.as_slice() {
        [first, _, _, ..] => year(first).or_else(|| year(parts[2])),
        _ => None,
    }
}

/// How each distinct text of the column of votes counts.
fn cast(table: &Source, vote: &TextColumn) -> Result<Vec<Option<Vote>>, Failure> {
    let each = vote.texts.iter().zip(&vote.first).map(|(text, &row)| {
        match code(text).to_lowercase().as_str() {
            "yes" | "y" | "1" => Ok(Some(Vote::Yes)),
            "abstain" | "abstention" | "a" | "2" => Ok(Some(Vote::Abstain)),
            "no" | "n" | "3" => Ok(Some(Vote::No)),
            "" | "na" | "absent" | "8" | "not a member" | "9" => Ok(None),
            _ => Err(table.wrong(
                row,
                "vote",
                "is no known vote",
                "write yes, abstain or no (1, 2, 3); absent (8), not a member (9) or nothing for no vote",
            )),
        }
    });
    each.collect()
}

/// The weights of the roll calls of each year.
fn weights(
    args: &Votes,
    call: &TextColumn,
    years: &[portfolios::YearPortfolios],
    notes: &mut Vec<String>,
) -> Result<Vec<Vec<f64>>, Failure> {
    let path = args.common.weights.as_deref().unwrap_or(&args.file);
    let table = Source::read(path, &WEIGHT_ROLES, &args.common.weight_columns)?;
    let (id, weight) = (table.text("call")?, table.numbers("weight")?);
    let mut known: BTreeMap<&str, f64> = BTreeMap::new();
    for (row, &weight) in weight.iter().enumerate() {
        if weight.is_nan() {
            continue;
        }
        if weight < 0.0 {
            return Err(table.wrong(
                row,
                "weight",
                "is negative",
                "weights are 0 or more; leave a missing one empty",
            ));
        }
        if known
            .insert(code(&id.texts[id.codes[row] as usize]), weight)
            .is_some()
        {
            return Err(table.wrong(row, "call", "has a second weight", "remove one of them"));
        }
    }
    let mut without = 0;
    let weights = years.iter().map(|year| {
        let weight = |c: &u32| {
            known
                .get(code(&call.texts[*c as usize]))
                .copied()
                .unwrap_or_else(|| {
                    without += 1;
                    0.0
                })
        };
        year.columns().iter().map(weight).collect()
    });
    let weights = weights.collect();
    if without > 0 {
        notes.push(format!(
            "{} without a weight, left out of the weighted S",
            count(without, "roll call")
        ));
    }
    Ok(weights)
}

#[cfg(test)]
mod tests {
    use super::year_of;

    #[test]
    fn years_of_dates() {
        assert_eq!(year_of("1990-12-20"), Some(1990));
        assert_eq!(year_of("1990-12-20T00:00:00Z"), Some(1990));
        assert_eq!(year_of("12/20/1990"), Some(1990));
        assert_eq!(year_of("1990"), None);
        assert_eq!(year_of("20-12-90"), None);
        assert_eq!(year_of(""), None);
    }
}
