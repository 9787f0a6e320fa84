//! `initiatives.csv`: what could be done, or is being done.

use demarche_events::{Date, Precision};

use crate::csv_file::{Columns, CsvFile};
use crate::names::{Findings, Kind};
use crate::problem::Place;
use crate::row::Row;
use crate::{FigureBasis, Initiative, value};

use super::terms;

pub(super) const FILE: &str = "initiatives.csv";

pub(super) const COLUMNS: Columns = Columns {
    required: &["id", "title", "area", "status"],
    optional: &OPTIONAL,
    family: Some(EXPOSURE),
};

/// The columns of a first version, and those of [`terms`].
const OPTIONAL: [&str; FIRST.len() + terms::COLUMNS.len()] = {
    let mut all = [""; FIRST.len() + terms::COLUMNS.len()];
    let mut at = 0;
    while at < all.len() {
        all[at] = match at < FIRST.len() {
            true => FIRST[at],
            false => terms::COLUMNS[at - FIRST.len()],
        };
        at += 1;
    }
    all
};

const FIRST: [&str; 23] = [
    "recommendation",
    "themes",
    "lines_of_effort",
    "lead",
    "counterpart",
    "start",
    "start_precision",
    "prerequisites",
    "duration_quarters",
    "duration_basis",
    "recurring",
    "staff_fte",
    "staff_basis",
    "cost_keur",
    "cost_basis",
    "exposure_basis",
    "deliverable",
    "indicator",
    "delivered",
    "delivered_precision",
    "evidence",
    "url",
    "note",
];

const EXPOSURE: &str = "exposure_";

/// The columns of exposure with the actors they are about, in order.
fn exposure_columns(header: &[String]) -> impl Iterator<Item = (&str, &str)> {
    let known = header.iter().filter(|name| *name != "exposure_basis");
    known.filter_map(|name| Some((name.as_str(), name.strip_prefix(EXPOSURE)?)))
}

/// Notes the actors that the header names.
pub(super) fn note_header(csv: &CsvFile, findings: &mut Findings) {
    for (column, actor) in exposure_columns(&csv.header) {
        let place = Place::line(csv.file, csv.header_line).column(column);
        findings.refer(Kind::Actor, actor, place);
    }
}

pub(super) fn read(row: &mut Row) -> Option<Initiative> {
    let id = row.define(Kind::Initiative, "id");
    let title = row.full_text("title");
    let recommendations = recommendations(row);
    let area = row.refer(Kind::Area, "area");
    let themes = row.refer_list(Kind::Element, "themes");
    let lines = row.refer_list(Kind::Element, "lines_of_effort");
    let lead = row.text("lead");
    let counterpart = row.text("counterpart");
    let status = row.choice("status");
    let start = inexact(row, "start", "start_precision");
    let prerequisites = prerequisites(row);
    let duration = row.optional("duration_quarters", |t| value::whole(t, 1, 200));
    let duration_basis = basis(row, "duration_basis", "duration_quarters");
    let recurring = row.optional("recurring", value::choice);
    let staff = row.optional("staff_fte", |t| value::number(t, 0.0, 1e6));
    let staff_basis = basis(row, "staff_basis", "staff_fte");
    let cost = row.optional("cost_keur", |t| value::number(t, 0.0, 1e12));
    let cost_basis = basis(row, "cost_basis", "cost_keur");
    let exposure = exposure(row);
    let first_exposure = exposure_columns(row.header()).find(|(c, _)| !row.raw(c).is_empty());
    let first_exposure = first_exposure.map_or("exposure_basis", |(column, _)| column);
    let exposure_basis = basis(row, "exposure_basis", first_exposure);
    let deliverable = row.text("deliverable");
    let indicator = row.text("indicator");
    let delivered = inexact(row, "delivered", "delivered_precision");
    let evidence = row.refer_list(Kind::Event, "evidence");
    let url = row.url("url", false);
    let note = row.text("note");
    let terms = terms::read(row, duration.flatten());
    let (prerequisites, lags) = prerequisites?;
    let ((start, start_precision), (delivered, delivered_precision)) = (start?, delivered?);
    Some(Initiative {
        id: id?,
        title: title?,
        recommendations: recommendations?,
        area: area?,
        themes,
        lines,
        lead,
        counterpart,
        status: status?,
        start,
        start_precision,
        prerequisites,
        lags,
        duration_quarters: duration?,
        duration_basis: duration_basis?,
        recurring: recurring?.unwrap_or(false),
        staff_fte: staff?,
        staff_basis: staff_basis?,
        cost_keur: cost?,
        cost_basis: cost_basis?,
        exposure: exposure?,
        exposure_basis: exposure_basis?,
        deliverable,
        indicator,
        delivered,
        delivered_precision,
        evidence,
        url,
        note,
        terms: terms?,
    })
}

/// Ids of what comes first, each with the quarters that must pass after its end: `desk;office+2`.
fn prerequisites(row: &mut Row) -> Option<(Vec<String>, Vec<u32>)> {
    let (mut ids, mut lags) = (Vec::new(), Some(Vec::new()));
    for part in row.list("prerequisites") {
        let (id, lag) = match part.split_once('+') {
            Some((id, lag)) => {
                let lag = lag.trim();
                let read = row.part("prerequisites", lag, value::whole(lag, 0, 40));
                (id.trim().to_owned(), read)
            }
            None => (part, Some(0)),
        };
        row.refer_part(Kind::Initiative, "prerequisites", &id);
        ids.push(id);
        match lag {
            Some(lag) => lags.iter_mut().for_each(|lags| lags.push(lag)),
            None => lags = None,
        }
    }
    Some((ids, lags?))
}

fn recommendations(row: &mut Row) -> Option<Vec<u8>> {
    let parts = row.list("recommendation");
    let numbers: Vec<Option<u8>> = parts
        .iter()
        .map(|part| row.part("recommendation", part, value::whole(part, 1, 99)))
        .map(|number| number.map(|n| n as u8))
        .collect();
    numbers.into_iter().collect()
}

fn exposure(row: &mut Row) -> Option<Vec<(String, u8)>> {
    let columns: Vec<(String, String)> = exposure_columns(row.header())
        .map(|(column, actor)| (column.to_owned(), actor.to_owned()))
        .collect();
    let mut out = Some(Vec::new());
    for (column, actor) in columns {
        match row.optional(&column, |t| value::whole(t, 0, 3)) {
            Some(Some(level)) => out
                .iter_mut()
                .for_each(|v| v.push((actor.clone(), level as u8))),
            Some(None) => {}
            None => out = None,
        }
    }
    out
}

/// Where a figure comes from; a figure that does not say so is doubtful.
pub(super) fn basis(row: &mut Row, column: &str, figure: &str) -> Option<Option<FigureBasis>> {
    let read = row.optional(column, value::choice)?;
    if read.is_none() && figure != column && !row.raw(figure).is_empty() {
        let place = row.place(column);
        row.findings.problems.warning(
            "missing-basis",
            place,
            "",
            format!("nothing says where the figure in {figure} comes from"),
            "write source, assumption or judgement",
        );
    }
    Some(read)
}

/// A date with its precision, both or neither. Without a column of precision, days are meant.
fn inexact(
    row: &mut Row,
    column: &str,
    precision: &str,
) -> Option<(Option<Date>, Option<Precision>)> {
    if row.raw(column).is_empty() {
        row.optional(precision, value::choice::<Precision>)?;
        return Some((None, None));
    }
    let date = row.date(column);
    let known = if row.header().iter().any(|name| name == precision) {
        row.choice(precision)
    } else {
        Some(Precision::Day)
    };
    let (date, known) = (date?, known?);
    let (month, year) = (known == Precision::Month, known == Precision::Year);
    row.inexact(column, date, month, year)?;
    Some((Some(date), Some(known)))
}
