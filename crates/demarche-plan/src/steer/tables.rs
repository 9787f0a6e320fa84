//! Signposts and triggers as tables.

use demarche_case::{Case, FigureBasis};
use demarche_table::{Cell, Kind, Table};

use super::standing::{Pull, Standing};
use super::trend::Trend;
use super::words;

/// Where every signpost stands: a row each.
#[must_use]
pub fn signposts(case: &Case, standings: &[Standing]) -> Table {
    let mut table = Table::new(
        "signposts",
        "What is watched, its line, and where it stands on the day of writing.",
    )
    .column("signpost", Kind::Text, "", "Its id.")
    .column("name", Kind::Text, "", "What it is called.")
    .column("measured", Kind::Text, "", "What is measured of a quarter.")
    .column(
        "line",
        Kind::Text,
        "",
        "The line and how long it must be crossed.",
    )
    .column("basis", Kind::Text, "", "Where the line comes from.")
    .column("quarter", Kind::Text, "", "The quarter of the value.")
    .column(
        "value",
        Kind::Float,
        "",
        "The value; missing where nothing can be measured.",
    )
    .column(
        "room",
        Kind::Float,
        "",
        "How far the value is from the line; below 0 beyond it.",
    )
    .column(
        "run",
        Kind::Integer,
        "quarters",
        "For how long it has been beyond the line.",
    )
    .column("passed", Kind::Bool, "", "Whether that is long enough.")
    .column(
        "trend",
        Kind::Text,
        "",
        "Acts of the last four whole quarters against the four before.",
    )
    .column(
        "ratio",
        Kind::Float,
        "",
        "Their ratio; missing with too few events.",
    )
    .column(
        "ratio_low",
        Kind::Float,
        "",
        "Lower end of its 95 % interval.",
    )
    .column(
        "ratio_high",
        Kind::Float,
        "",
        "Upper end of its 95 % interval.",
    )
    .column(
        "chance",
        Kind::Float,
        "",
        "How often a quarter has as many acts or more at the level of those before.",
    )
    .column(
        "events",
        Kind::Text,
        "",
        "Ids of the events behind the value.",
    )
    .column(
        "initiatives",
        Kind::Text,
        "",
        "Ids of the initiatives behind the value.",
    )
    .column("notes", Kind::Text, "", "What must be known to read it.");
    for standing in standings {
        let signpost = &case.settings.plan.steering.signposts[standing.signpost];
        let ratio = |part: fn(f64, f64, f64) -> f64| match standing.trend {
            Some(Trend::Ratio { ratio, low, high }) => finite(part(ratio, low, high)),
            _ => Cell::Missing,
        };
        table.push(vec![
            signpost.id.as_str().into(),
            signpost.name.as_str().into(),
            words::measured(case, signpost).into(),
            words::line(signpost).into(),
            basis(signpost.basis).into(),
            standing.of.map(|q| q.to_string()).into(),
            standing.value.into(),
            standing.room.into(),
            standing.run.into(),
            standing.passed.into(),
            standing.trend.map(|t| t.word()).into(),
            ratio(|r, _, _| r),
            ratio(|_, l, _| l),
            ratio(|_, _, h| h),
            standing.chance.into(),
            event_ids(case, standing).join(";").into(),
            initiative_ids(case, standing).join(";").into(),
            standing.notes.join("; ").into(),
        ]);
    }
    table
}

/// What every signpost was in each of the last quarters: a row for each pair.
#[must_use]
pub fn quarters(case: &Case, standings: &[Standing]) -> Table {
    let mut table = Table::new(
        "signpost_quarters",
        "What each signpost was in the last quarters.",
    )
    .column("signpost", Kind::Text, "", "Its id.")
    .column("quarter", Kind::Text, "", "The quarter.")
    .column(
        "whole",
        Kind::Bool,
        "",
        "Whether it is over, or the value does not grow with the days.",
    )
    .column("value", Kind::Float, "", "The value.")
    .column("beyond", Kind::Bool, "", "Whether that is beyond the line.");
    for standing in standings {
        let signpost = &case.settings.plan.steering.signposts[standing.signpost];
        for quarter in &standing.quarters {
            let beyond = |v| signpost.side.is_beyond(v, signpost.line as f64);
            table.push(vec![
                signpost.id.as_str().into(),
                quarter.quarter.to_string().into(),
                quarter.is_whole.into(),
                quarter.value.into(),
                quarter.value.map(beyond).into(),
            ]);
        }
    }
    table
}

/// Which triggers are pulled: a row each.
#[must_use]
pub fn triggers(case: &Case, pulls: &[Pull]) -> Table {
    let mut table = Table::new(
        "triggers",
        "What is done when signposts are passed, and whether they are.",
    )
    .column("trigger", Kind::Text, "", "Its id.")
    .column("name", Kind::Text, "", "What it is called.")
    .column(
        "pulled",
        Kind::Bool,
        "",
        "Whether it is pulled on the day of writing.",
    )
    .column(
        "passed",
        Kind::Text,
        "",
        "Those of its signposts that are passed.",
    )
    .column("not_passed", Kind::Text, "", "Those that are not.")
    .column("steps", Kind::Text, "", "What is done when it is pulled.")
    .column("averts", Kind::Text, "", "The harms it is meant to avert.")
    .column("basis", Kind::Text, "", "Where it comes from.");
    let steering = &case.settings.plan.steering;
    for pull in pulls {
        let trigger = &steering.triggers[pull.trigger];
        let ids = |list: &[usize]| {
            let ids: Vec<&str> = list
                .iter()
                .map(|&at| steering.signposts[at].id.as_str())
                .collect();
            ids.join(";")
        };
        table.push(vec![
            trigger.id.as_str().into(),
            trigger.name.as_str().into(),
            pull.pulled.into(),
            ids(&pull.by).into(),
            ids(&pull.not_yet).into(),
            words::steps(case, &trigger.actions).into(),
            trigger.averts.join(";").into(),
            basis(trigger.basis).into(),
        ]);
    }
    table
}

/// Ids of the events behind a standing.
#[must_use]
pub fn event_ids<'a>(case: &'a Case, standing: &Standing) -> Vec<&'a str> {
    (standing.events.iter())
        .map(|&ix| case.chronicle[ix as usize].id.as_str())
        .collect()
}

/// Ids of the initiatives behind a standing.
#[must_use]
pub fn initiative_ids<'a>(case: &'a Case, standing: &Standing) -> Vec<&'a str> {
    (standing.initiatives.iter())
        .map(|&i| case.initiatives[i].id.as_str())
        .collect()
}

/// The word for where a figure comes from.
#[must_use]
pub fn basis(basis: FigureBasis) -> &'static str {
    match basis {
        FigureBasis::Source => "source",
        FigureBasis::Assumption => "assumption",
        FigureBasis::Judgement => "judgement",
    }
}

/// A cell of a number that may be infinite: then it is missing.
fn finite(value: f64) -> Cell {
    match value.is_finite() {
        true => value.into(),
        false => Cell::Missing,
    }
}
