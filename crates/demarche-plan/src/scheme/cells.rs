//! Ends that several initiatives serve, each further one adding less.

use std::collections::BTreeMap;

use demarche_case::{Case, Initiative, Status, Transfer};

use super::CellKind;
use crate::problem::Cell;

/// How many initiatives that bring technology one way count, those done or running among them.
const MOST_TRANSFERS: usize = 8;

/// The cells of a case's plan, with what a further initiative adds to what is done or runs.
pub(super) fn cells(case: &Case, of: &[usize], runs: &[bool]) -> (Vec<Cell>, Vec<CellKind>) {
    let mut all = pairs(case, of, runs);
    all.extend(transfers(case, of, runs));
    all.extend(levels(case, of, runs));
    all.retain(|(cell, _)| !cell.members.is_empty() && cell.gain.iter().any(|&gain| gain > 0));
    all.into_iter().unzip()
}

/// One for each pair of theme and line.
fn pairs(case: &Case, of: &[usize], runs: &[bool]) -> Vec<(Cell, CellKind)> {
    let full = case.settings.plan.weights.coverage as i64;
    let mut cells: BTreeMap<(&str, &str), (usize, Vec<usize>)> = BTreeMap::new();
    let pairs = |i: usize| {
        let initiative: &Initiative = &case.initiatives[i];
        (initiative.themes.iter())
            .flat_map(|theme| {
                initiative
                    .lines
                    .iter()
                    .map(move |line| (theme.as_str(), line.as_str()))
            })
            .collect::<Vec<_>>()
    };
    for (i, initiative) in case.initiatives.iter().enumerate() {
        if initiative.status == Status::Done {
            for pair in pairs(i) {
                cells.entry(pair).or_default().0 += 1;
            }
        }
    }
    for (a, &i) in of.iter().enumerate() {
        for pair in pairs(i) {
            let cell = cells.entry(pair).or_default();
            match runs[a] {
                true => cell.0 += 1,
                false => cell.1.push(a),
            }
        }
    }
    cells
        .into_iter()
        .map(|((theme, line), (served, members))| {
            let cell = Cell {
                name: format!("{theme} × {line}"),
                members,
                gain: (served..3).map(|at| full >> at).collect(),
            };
            (cell, CellKind::Pair)
        })
        .collect()
}

/// One for each direction in which technology goes. Each further initiative adds less, so that a plan
/// which brings it both ways is worth more than one that brings as much one way.
fn transfers(case: &Case, of: &[usize], runs: &[bool]) -> Vec<(Cell, CellKind)> {
    let weight = case.settings.plan.weights.transfer as i64;
    let partner = case.short(&case.settings.partners[1]);
    [
        (Transfer::ToPartner, format!("technology to {partner}")),
        (Transfer::FromPartner, format!("technology from {partner}")),
    ]
    .into_iter()
    .map(|(way, name)| {
        let goes = |initiative: &Initiative| {
            let transfer = initiative.terms.transfer;
            transfer == Some(way) || transfer == Some(Transfer::Both)
        };
        let served = there(case, &goes).count();
        let cell = Cell {
            name,
            members: chosen(case, of, runs, &goes),
            gain: (served..MOST_TRANSFERS)
                .map(|at| weight / (at as i64 + 1))
                .collect(),
        };
        (cell, CellKind::Transfer(way))
    })
    .collect()
}

/// One for each level of interoperability in each area above that which is reached.
fn levels(case: &Case, of: &[usize], runs: &[bool]) -> Vec<(Cell, CellKind)> {
    let weight = case.settings.plan.weights.interoperability as i64;
    let mut cells = Vec::new();
    for area in &case.settings.areas {
        let of_area = |initiative: &Initiative| {
            let level = initiative.terms.interoperability.unwrap_or(0);
            if initiative.area == area.id { level } else { 0 }
        };
        let reached = there(case, &|_: &Initiative| true).map(of_area).max();
        for level in reached.unwrap_or(0) + 1..=3 {
            let cell = Cell {
                name: format!("{}: interoperability of level {level}", area.name),
                members: chosen(case, of, runs, &|initiative| of_area(initiative) >= level),
                gain: vec![weight >> (level - 1)],
            };
            cells.push((cell, CellKind::Level(level)));
        }
    }
    cells
}

/// Initiatives that are done or run and of which something holds.
fn there<'a>(
    case: &'a Case,
    holds: &'a impl Fn(&Initiative) -> bool,
) -> impl Iterator<Item = &'a Initiative> {
    let all = case.initiatives.iter();
    all.filter(move |i| matches!(i.status, Status::Done | Status::Running) && holds(i))
}

/// Activities that do not run and of which something holds.
fn chosen(
    case: &Case,
    of: &[usize],
    runs: &[bool],
    holds: &impl Fn(&Initiative) -> bool,
) -> Vec<usize> {
    (0..of.len())
        .filter(|&a| !runs[a] && holds(&case.initiatives[of[a]]))
        .collect()
}
