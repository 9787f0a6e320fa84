//! The plan on the terminal.

use std::io::Write;

use demarche_case::Case;
use demarche_plan::counts;
use demarche_plan::plan::Plan;
use demarche_plan::scheme::Scheme;
use demarche_plan::sweep::{self, Bought, More};
use demarche_plan::tables;

use super::super::count;
use crate::failure::Failure;
use crate::figures::grouped;
use crate::listing::{Listing, Side};
use crate::output::Output;

/// Whether the plan is the best there is, in words.
fn verdict(plan: &Plan) -> String {
    match plan.is_proven() {
        true => format!("{} points: optimal, proven", plan.value),
        false => format!(
            "{} points; no plan has more than {}: gap {:.1} %",
            plan.value,
            plan.bound,
            100.0 * plan.gap()
        ),
    }
}

/// Prints a plan.
pub(super) fn print(
    case: &Case,
    scheme: &Scheme,
    plan: &Plan,
    more_people: &[More],
    out: &mut Output,
) -> Result<(), Failure> {
    let mut table = Listing::new(&[
        ("start", Side::Left),
        ("end", Side::Left),
        ("initiative", Side::Left),
        ("worth", Side::Right),
        ("why then", Side::Left),
    ]);
    for step in plan.steps.iter().filter(|step| !step.runs) {
        table.row(vec![
            scheme.quarters[step.start].to_string(),
            scheme.quarters[step.start + step.duration - 1].to_string(),
            case.initiatives[step.initiative].id.clone(),
            step.worth.to_string(),
            step.why_then.clone(),
        ]);
    }
    table.aligned(out)?;
    if !plan.left_out.is_empty() {
        print_left_out(case, plan, out)?;
    }
    if !plan.loads.is_empty() {
        print_loads(scheme, plan, out)?;
    }
    if !more_people.is_empty() {
        print_sweep(case, scheme, plan, more_people, out)?;
    }
    let running = plan.steps.len() - plan.new_steps();
    writeln!(
        out,
        "\n{} to start beside {running} that run, over {} quarters: {}.",
        count(plan.new_steps(), "initiative"),
        scheme.quarters.len(),
        verdict(plan)
    )?;
    writeln!(
        out,
        "{} plans were tried; the plan was checked apart from the search.",
        grouped(plan.trials)
    )?;
    writeln!(out, "{}", counts::paragraph(case))?;
    for note in &scheme.notes {
        writeln!(out, "Note: {note}.")?;
    }
    Ok(())
}

/// Prints what is not done, and why.
fn print_left_out(case: &Case, plan: &Plan, out: &mut Output) -> Result<(), Failure> {
    writeln!(out, "\nLeft out:")?;
    let mut left = Listing::new(&[("initiative", Side::Left), ("why not", Side::Left)]);
    for item in &plan.left_out {
        left.row(vec![
            case.initiatives[item.initiative].id.clone(),
            item.why.clone(),
        ]);
    }
    Ok(left.aligned(out)?)
}

/// Prints what is taken of what there is.
fn print_loads(scheme: &Scheme, plan: &Plan, out: &mut Output) -> Result<(), Failure> {
    writeln!(out, "\nPeople, starts, money and exposure:")?;
    let mut loads = Listing::new(&[
        ("what", Side::Left),
        ("full in", Side::Left),
        ("busiest", Side::Right),
        ("one more for a quarter is worth", Side::Right),
    ]);
    for load in &plan.loads {
        let (unit, per) = tables::unit(scheme.kinds[load.resource]);
        let of_quarters = load.taken.len() == scheme.quarters.len();
        let share = |at: usize| load.taken[at] as f64 / load.limit[at].max(1) as f64;
        let full: Vec<String> = (0..load.taken.len())
            .filter(|&at| share(at) > 0.97)
            .map(|at| {
                if of_quarters {
                    scheme.quarters[at].to_string()
                } else {
                    "all".to_owned()
                }
            })
            .collect();
        let full = match full.as_slice() {
            [] => "never".to_owned(),
            [one] => one.clone(),
            [first, .., last] => format!("{} quarters, {first} to {last}", full.len()),
        };
        let most =
            (0..load.taken.len()).max_by(|&a, &b| share(a).total_cmp(&share(b)).then(b.cmp(&a)));
        let most = most.map_or_else(String::new, |at| {
            format!(
                "{} of {} {unit}",
                load.taken[at] as f64 / per,
                load.limit[at] as f64 / per
            )
        });
        let price = load.price.iter().copied().fold(0.0, f64::max);
        let price = match price < 0.05 {
            true => "nothing".to_owned(),
            false => format!("up to {:.*} points", usize::from(price < 10.0), price),
        };
        loads.row(vec![
            scheme.problem.resources[load.resource].name.clone(),
            full,
            most,
            price,
        ]);
    }
    Ok(loads.aligned(out)?)
}

/// Prints what more people would buy.
fn print_sweep(
    case: &Case,
    scheme: &Scheme,
    plan: &Plan,
    more_people: &[More],
    out: &mut Output,
) -> Result<(), Failure> {
    writeln!(out, "\nIf there were more people:")?;
    let mut more = Listing::new(&[
        ("people", Side::Left),
        ("points", Side::Right),
        ("gap", Side::Right),
        ("more by", Side::Right),
        ("for each person", Side::Right),
        ("new initiatives", Side::Right),
        ("that come in", Side::Left),
    ]);
    let mut before: Option<(&Scheme, &Plan)> = None;
    for (percent, scheme, plan) in sweep::lines(scheme, plan, more_people) {
        let bought = before.map(|less| Bought::over(less, (scheme, plan)));
        let each = bought.and_then(|bought| bought.per_person());
        more.row(vec![
            format!("{} times", percent as f64 / 100.0),
            plan.value.to_string(),
            format!("{:.1} %", 100.0 * plan.gap()),
            bought.map_or_else(String::new, |bought| bought.points.to_string()),
            each.map_or_else(String::new, |each| format!("{each:.1}")),
            plan.new_steps().to_string(),
            before.map_or_else(String::new, |(_, less)| sweep::come_in(case, less, plan)),
        ]);
        before = Some((scheme, plan));
    }
    more.aligned(out)?;
    for sentence in sweep::sentences(scheme, plan, more_people) {
        writeln!(out, "{sentence}")?;
    }
    Ok(())
}
