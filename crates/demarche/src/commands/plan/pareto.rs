//! `demarche plan --pareto`: the objectives kept apart.

use std::io::Write;

use demarche_case::Case;
use demarche_plan::objectives::Objectives;
use demarche_plan::pareto::{self, Apart, Point};
use demarche_plan::plan::Plan;
use demarche_plan::scheme::{Scheme, Wishes};
use demarche_plan::search::Effort;
use serde_json::{Value, json};

use crate::failure::{CASE, Failure};
use crate::listing::{Listing, Side};
use crate::output::Output;

/// Seeks the front. Calls `begins` before each question, with how many plans there are.
pub(super) fn seek(
    case: &Case,
    wishes: &Wishes,
    effort: &Effort,
    plan: &Plan,
    wanted: usize,
    begins: impl FnMut(usize),
) -> Result<Apart, Failure> {
    Apart::seek(case, wishes, effort, &plan.schedule, wanted, begins).map_err(|error| {
        Failure::new(
            CASE,
            error.words(),
            "smaller weights in case.toml, or a larger --effort, may help",
        )
    })
}

fn gap(point: &Point) -> String {
    match point.is_proven() {
        true => "proven".to_owned(),
        false => format!("{:.1} %", 100.0 * point.gap()),
    }
}

/// Prints the front.
pub(super) fn print(
    case: &Case,
    scheme: &Scheme,
    apart: &Apart,
    out: &mut Output,
) -> Result<(), Failure> {
    let front = &apart.front;
    writeln!(
        out,
        "\nPlans of which none is better than another in every respect:"
    )?;
    let mut list = Listing::new(&[
        ("", Side::Right),
        ("way", Side::Left),
        ("benefit", Side::Right),
        ("gap", Side::Right),
        ("exposure", Side::Right),
        ("earliness", Side::Right),
        ("peak", Side::Right),
        ("new", Side::Right),
        ("than", Side::Right),
        ("separated", Side::Left),
        ("in", Side::Right),
        ("out", Side::Right),
        ("moved", Side::Right),
    ]);
    for (at, point) in front.points.iter().enumerate() {
        let objectives = &point.objectives;
        let changes = &point.changes;
        let (than, separated) = match point.neighbour {
            None => (String::new(), ""),
            Some(next) => (
                (next + 1).to_string(),
                if point.separated { "yes" } else { "no" },
            ),
        };
        list.row(vec![
            (at + 1).to_string(),
            point.way.words().to_owned(),
            objectives.benefit.to_string(),
            gap(point),
            objectives.exposure.to_string(),
            objectives.earliness.to_string(),
            format!("{} %", objectives.peak),
            pareto::started(scheme, point).to_string(),
            than,
            separated.to_owned(),
            changes.came_in.len().to_string(),
            changes.went_out.len().to_string(),
            changes.moved.len().to_string(),
        ]);
    }
    list.aligned(out)?;
    let plan = &apart.plan;
    writeln!(
        out,
        "The plan by the weights of case.toml, for comparison: benefit {}, exposure {}, earliness {}, peak {} %.",
        plan.benefit, plan.exposure, plan.earliness, plan.peak
    )?;
    writeln!(
        out,
        "Benefit: points of all that is done, whenever. Exposure: levels of hostile reaction, summed. Earliness: quarters left after each delivery, summed. Peak: the fullest pool in its fullest quarter."
    )?;
    writeln!(
        out,
        "Separated: the bounds prove that no plan is as good as both it and its neighbour in every respect; where they don't, the difference lies inside the gap."
    )?;
    let moves: Vec<String> = (front.points.iter().enumerate())
        .filter_map(|(at, point)| {
            let next = point.neighbour? + 1;
            let what = pareto::changed(case, scheme, point);
            Some(format!("  {} against {next}: {what}", at + 1))
        })
        .collect();
    if !moves.is_empty() {
        writeln!(out, "What changes from plan to plan:\n{}", moves.join("\n"))?;
    }
    Ok(())
}

/// The front for machines.
pub(super) fn value(case: &Case, scheme: &Scheme, apart: &Apart) -> Value {
    let id = |a: usize| &case.initiatives[scheme.of[a]].id;
    let ids = |all: &[usize]| all.iter().map(|&a| id(a)).collect::<Vec<_>>();
    let quarter = |t: usize| scheme.quarters[t].to_string();
    let number = |value: i128| i64::try_from(value).unwrap_or(i64::MAX);
    let objectives = |o: &Objectives| {
        json!({
            "benefit": number(o.benefit),
            "exposure": number(o.exposure),
            "earliness": number(o.earliness),
            "peak": o.peak,
        })
    };
    let points = apart.front.points.iter().map(|point| {
        let starts: serde_json::Map<String, Value> = (point.schedule.iter().enumerate())
            .filter_map(|(a, start)| Some((id(a).clone(), quarter((*start)?).into())))
            .collect();
        let moved = point.changes.moved.iter().map(|&(a, then, now)| {
            json!({ "initiative": id(a), "from": quarter(then), "to": quarter(now) })
        });
        json!({
            "way": point.way.words(),
            "objectives": objectives(&point.objectives),
            "bound": number(point.bound),
            "gap": point.gap(),
            "proven": point.is_proven(),
            "most_exposure": point.question.exposure,
            "most_peak": point.question.peak,
            "points_for_a_quarter": point.question.earlier as f64 / apart.front.scale as f64,
            "neighbour": point.neighbour,
            "separated": point.separated,
            "came_in": ids(&point.changes.came_in),
            "went_out": ids(&point.changes.went_out),
            "moved": moved.collect::<Vec<_>>(),
            "starts": starts,
        })
    });
    json!({
        "plan": objectives(&apart.plan),
        "asked": apart.front.asked,
        "points": points.collect::<Vec<_>>(),
    })
}
