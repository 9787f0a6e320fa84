//! `progress.csv`: how initiatives get on.

use std::collections::BTreeMap;

use demarche_events::Precision;

use super::Sheet;
use crate::csv_file::Columns;
use crate::names::Kind;
use crate::problem::Problems;
use crate::progress::{ProgressEntry, ProgressState, status};
use crate::row::Row;
use crate::{Initiative, Settings, Status};

pub(super) const FILE: &str = "progress.csv";

pub(super) const COLUMNS: Columns = Columns {
    required: &["initiative", "date", "state"],
    optional: &["precision", "note", "link"],
    family: None,
};

pub(super) fn read(row: &mut Row) -> Option<ProgressEntry> {
    let initiative = row.refer(Kind::Initiative, "initiative");
    let date = row.date("date");
    let precision = match row.raw("precision") {
        "" => Some(Precision::Day),
        _ => row.choice("precision"),
    };
    let state = row.choice("state");
    let note = row.text("note");
    let link = row.url("link", false);
    let (date, precision) = (date?, precision?);
    let (month, year) = (precision == Precision::Month, precision == Precision::Year);
    row.inexact("date", date, month, year)?;
    Some(ProgressEntry {
        initiative: initiative?,
        date,
        precision,
        state: state?,
        note,
        link,
    })
}

/// Entries come in an order that can be, are not of the future, and agree with `initiatives.csv`.
pub(crate) fn check(
    sheet: &Sheet<ProgressEntry>,
    initiatives: &Sheet<Initiative>,
    settings: Option<&Settings>,
    problems: &mut Problems,
) {
    let known: BTreeMap<&str, &Initiative> = initiatives
        .values()
        .map(|initiative| (initiative.id.as_str(), initiative))
        .collect();
    let mut own: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (i, entry) in sheet.values().enumerate() {
        own.entry(&entry.initiative).or_default().push(i);
        if let Some(settings) = settings
            && entry.date > settings.as_of
        {
            problems.warning(
                "future-date",
                sheet.place(i, "date"),
                &entry.date.to_string(),
                format!(
                    "is after the day the case is written as of, {}, and does not count yet",
                    settings.as_of
                ),
                "mend the date, or as_of in case.toml",
            );
        }
    }
    for (id, mut order) in own {
        let Some(initiative) = known.get(id) else {
            continue;
        };
        order.sort_by_key(|&i| (sheet.value(i).date, i));
        check_order(sheet, initiative, &order, problems);
        let counts = |&&i: &&usize| settings.is_none_or(|s| sheet.value(i).date <= s.as_of);
        if let Some(&last) = order.iter().rev().find(counts) {
            check_status(sheet, initiative, last, problems);
        }
        for (state, column, there) in [
            (ProgressState::Started, "start", initiative.start),
            (ProgressState::Delivered, "delivered", initiative.delivered),
        ] {
            let of = |&&i: &&usize| sheet.value(i).state == state;
            let entry = match state {
                ProgressState::Started => order.iter().find(of),
                _ => order.iter().rev().find(of),
            };
            if let (Some(&i), Some(there)) = (entry, there)
                && there != sheet.value(i).date
                && !initiative.recurring
            {
                problems.warning(
                    "progress-conflict",
                    sheet.place(i, "date"),
                    &sheet.value(i).date.to_string(),
                    format!("is not what initiatives.csv gives as {column} of {id}, {there}; the entry counts"),
                    "make the two agree",
                );
            }
        }
    }
}

/// The entries of one initiative follow each other as they can.
fn check_order(
    sheet: &Sheet<ProgressEntry>,
    initiative: &Initiative,
    order: &[usize],
    problems: &mut Problems,
) {
    for pair in order.windows(2) {
        let (before, after) = (sheet.value(pair[0]), sheet.value(pair[1]));
        let line = sheet.place(pair[0], "state").line.unwrap_or(1);
        let why = match (before.state, after.state) {
            (one, other) if one == other && before.date == after.date => {
                problems.warning(
                    "same-progress-twice",
                    sheet.place(pair[1], "state"),
                    other.name(),
                    format!(
                        "stands for {} and this day on line {line} already",
                        initiative.id
                    ),
                    "delete one of the two",
                );
                continue;
            }
            (ProgressState::Dropped, _) => "it was dropped",
            (ProgressState::Delivered, ProgressState::Delivered | ProgressState::Dropped)
                if initiative.recurring =>
            {
                continue;
            }
            (ProgressState::Delivered, _) if !initiative.recurring => "it had delivered",
            (_, ProgressState::Started) => match before.state {
                // The next round.
                ProgressState::Delivered => continue,
                _ => "it had begun",
            },
            _ => continue,
        };
        problems.error(
            "progress-order",
            sheet.place(pair[1], "state"),
            after.state.name(),
            format!(
                "cannot be what {} did on {} after {why} on {} (line {line})",
                initiative.id,
                after.precision.show(after.date),
                before.precision.show(before.date),
            ),
            match after.state {
                ProgressState::Started => {
                    "write on-track where it goes on after a pause, or mend the dates"
                }
                _ => "mend the dates, or take one of the two out",
            },
        );
    }
}

/// The last state fits the status that `initiatives.csv` gives: what was over by then is not under
/// way.
fn check_status(
    sheet: &Sheet<ProgressEntry>,
    initiative: &Initiative,
    last: usize,
    problems: &mut Problems,
) {
    let state = sheet.value(last).state;
    let over = matches!(initiative.status, Status::Done | Status::Dropped);
    if over && status(initiative, state) != initiative.status {
        problems.warning(
            "progress-conflict",
            sheet.place(last, "state"),
            state.name(),
            format!(
                "is the last that is said of {}, which initiatives.csv has as {}; the entry counts",
                initiative.id,
                initiative.status.name()
            ),
            "make the two agree",
        );
    }
}
