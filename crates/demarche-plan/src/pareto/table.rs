//! The front as tables.

use demarche_case::Case;
use demarche_table::{Cell, Kind as Type, Table};

use super::{Front, Point};
use crate::scheme::Scheme;

/// A number of points as a cell.
fn points(value: i128) -> Cell {
    Cell::Integer(i64::try_from(value).unwrap_or(i64::MAX))
}

/// How many initiatives a plan of the front starts that did not run.
#[must_use]
pub fn started(scheme: &Scheme, point: &Point) -> usize {
    let done = point.schedule.iter().zip(&scheme.runs);
    done.filter(|(start, runs)| start.is_some() && !**runs)
        .count()
}

/// What a plan of the front does otherwise than its neighbour, in a phrase.
#[must_use]
pub fn changed(case: &Case, scheme: &Scheme, point: &Point) -> String {
    point.changes.words(
        |a| case.initiatives[scheme.of[a]].id.as_str(),
        |t| scheme.quarters[t],
    )
}

/// The front as a table, a line for each plan.
#[must_use]
pub fn table(case: &Case, scheme: &Scheme, front: &Front) -> Table {
    let mut table = Table::new(
        "front",
        "Plans of which none is better than another in every respect, and what is proven about each.",
    )
    .column("plan", Type::Integer, "", "Its number.")
    .column(
        "way",
        Type::Text,
        "",
        "Which objective benefit is given up for.",
    )
    .column("benefit", Type::Integer, "points", "What is done counts for so much.")
    .column(
        "bound",
        Type::Integer,
        "points",
        "No plan within the same exposure and load (on the way to earlier deliverables: that is as early) has more benefit.",
    )
    .column("gap", Type::Float, "share", "How far the bound is above the benefit, as a share of the bound.")
    .column("exposure", Type::Integer, "levels", "Exposure to hostile reactions of all that is started.")
    .column("earliness", Type::Integer, "quarters", "Quarters of the plan left after each delivery, summed.")
    .column("peak", Type::Integer, "per cent", "The largest share of a staff pool at work in any quarter.")
    .column("initiatives", Type::Integer, "initiatives", "How many start that did not run.")
    .column("neighbour", Type::Integer, "", "The plan it is compared with: the next one on its way, towards the most benefit.")
    .column(
        "separated",
        Type::Bool,
        "",
        "Whether it is proven that no plan is as good as both it and its neighbour in every respect.",
    )
    .column("changes", Type::Text, "", "What it does otherwise than its neighbour.");
    for (at, point) in front.points.iter().enumerate() {
        let objectives = &point.objectives;
        table.push(vec![
            (at + 1).into(),
            point.way.words().into(),
            points(objectives.benefit),
            points(point.bound),
            point.gap().into(),
            points(objectives.exposure),
            points(objectives.earliness),
            objectives.peak.into(),
            started(scheme, point).into(),
            point.neighbour.map(|at| at + 1).into(),
            point.separated.into(),
            changed(case, scheme, point).into(),
        ]);
    }
    table
}

/// What each plan of the front starts, and when.
#[must_use]
pub fn plans(case: &Case, scheme: &Scheme, front: &Front) -> Table {
    let mut table = Table::new("front_plans", "What each plan of the front does and when.")
        .column("plan", Type::Integer, "", "Its number in the table front.")
        .column("initiative", Type::Text, "", "Id in initiatives.csv.")
        .column("start", Type::Text, "", "Quarter in which it starts.")
        .column("end", Type::Text, "", "Last quarter that it takes.");
    for (at, point) in front.points.iter().enumerate() {
        let done = point.schedule.iter().enumerate();
        for (a, start) in done.filter_map(|(a, start)| Some((a, (*start)?))) {
            let last = start + scheme.problem.activities[a].duration - 1;
            let last = last.min(scheme.quarters.len() - 1);
            table.push(vec![
                (at + 1).into(),
                case.initiatives[scheme.of[a]].id.as_str().into(),
                scheme.quarters[start].to_string().into(),
                scheme.quarters[last].to_string().into(),
            ]);
        }
    }
    table
}
