//! The columns of `initiatives.csv` that say what a plan must keep to.

use crate::Terms;
use crate::names::Kind;
use crate::row::Row;
use crate::value::{self, Fault};

use super::initiatives::basis;

/// Names of the columns.
pub(super) const COLUMNS: [&str; 23] = [
    "objective",
    "objective_basis",
    "absorption",
    "absorption_note",
    "absorption_basis",
    "baseline",
    "baseline_basis",
    "upkeep_staff",
    "upkeep_keur",
    "upkeep_basis",
    "transfer",
    "transfer_basis",
    "interoperability",
    "interoperability_basis",
    "gives",
    "gives_basis",
    "latest",
    "at_review",
    "calming",
    "alternatives",
    "bundle",
    "staff_profile",
    "cost_profile",
];

/// Reads them; `duration` is how many quarters the initiative takes, where that is known.
pub(super) fn read(row: &mut Row, duration: Option<u32>) -> Option<Terms> {
    let objective = row.text("objective");
    let objective_basis = basis(row, "objective_basis", "objective");
    let absorption = level(row, "absorption");
    let absorption_note = row.text("absorption_note");
    let absorption_basis = basis(row, "absorption_basis", "absorption");
    let baseline = row.text("baseline");
    let baseline_basis = basis(row, "baseline_basis", "baseline");
    let upkeep_staff = row.optional("upkeep_staff", |t| value::number(t, 0.0, 1e6));
    let upkeep_keur = row.optional("upkeep_keur", |t| value::number(t, 0.0, 1e12));
    let upkeep = match row.raw("upkeep_staff").is_empty() {
        true => "upkeep_keur",
        false => "upkeep_staff",
    };
    let upkeep_basis = basis(row, "upkeep_basis", upkeep);
    let transfer = row.optional("transfer", value::choice);
    let transfer_basis = basis(row, "transfer_basis", "transfer");
    let interoperability = level(row, "interoperability");
    let interoperability_basis = basis(row, "interoperability_basis", "interoperability");
    let gives = gives(row);
    let gives_basis = basis(row, "gives_basis", "gives");
    let latest = row.optional("latest", value::date);
    let at_review = row.optional("at_review", value::choice);
    let calming = row.optional("calming", value::choice);
    let alternatives = row.code("alternatives");
    let bundle = row.code("bundle");
    let staff_profile = profile(row, "staff_profile", duration, false);
    let cost_profile = profile(row, "cost_profile", duration, true);
    Some(Terms {
        objective,
        objective_basis: objective_basis?,
        absorption: absorption?,
        absorption_note,
        absorption_basis: absorption_basis?,
        baseline,
        baseline_basis: baseline_basis?,
        upkeep_staff: upkeep_staff?,
        upkeep_keur: upkeep_keur?,
        upkeep_basis: upkeep_basis?,
        transfer: transfer?,
        transfer_basis: transfer_basis?,
        interoperability: interoperability?,
        interoperability_basis: interoperability_basis?,
        gives: gives?,
        gives_basis: gives_basis?,
        latest: latest?,
        at_review: at_review?.unwrap_or(false),
        calming: calming?.unwrap_or(false),
        alternatives,
        bundle,
        staff_profile: staff_profile?,
        cost_profile: cost_profile?,
    })
}

fn level(row: &mut Row, column: &str) -> Option<Option<u8>> {
    let read = row.optional(column, |text| value::whole(text, 0, 3))?;
    Some(read.map(|level| level as u8))
}

/// Pools and how many people they get: `mission:6;defence:2`.
fn gives(row: &mut Row) -> Option<Vec<(String, f64)>> {
    let parts = row.list("gives");
    let mut out = Some(Vec::new());
    for part in &parts {
        let split = part.split_once(':').ok_or_else(|| {
            Fault::new(
                "bad-list",
                "names no pool and number of people",
                "write the id of a pool and full-time equivalents, as in mission:6",
            )
        });
        let Some((pool, people)) = row.part("gives", part, split) else {
            out = None;
            continue;
        };
        let (pool, people) = (pool.trim(), people.trim());
        row.refer_part(Kind::Pool, "gives", pool);
        match row.part("gives", people, value::number(people, 0.0, 1e6)) {
            Some(people) => out
                .iter_mut()
                .for_each(|v| v.push((pool.to_owned(), people))),
            None => out = None,
        }
    }
    out
}

/// Per cent for each quarter of its life: `50;100;100;50`.
fn profile(row: &mut Row, column: &str, duration: Option<u32>, whole: bool) -> Option<Vec<u32>> {
    let parts = row.list(column);
    let read: Option<Vec<u32>> = parts
        .iter()
        .map(|part| row.part(column, part, value::whole(part, 0, 1000)))
        .collect();
    let read = read?;
    if read.is_empty() {
        return Some(read);
    }
    let quarters = duration.map_or(0, |quarters| quarters as usize);
    let text = parts.join(";");
    let fault = if quarters != read.len() {
        Some((
            format!(
                "has {} figures, but the initiative takes {quarters} quarters",
                read.len()
            ),
            "give one figure for each quarter of duration_quarters",
        ))
    } else if whole && read.iter().sum::<u32>() != 100 {
        Some((
            format!("adds up to {} per cent", read.iter().sum::<u32>()),
            "let the quarters add up to 100, the whole of cost_keur",
        ))
    } else {
        None
    };
    match fault {
        Some((why, remedy)) => {
            row.part::<()>(column, &text, Err(Fault::new("bad-profile", why, remedy)))?;
            None
        }
        None => Some(read),
    }
}
