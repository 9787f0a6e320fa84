//! What the chapters on the plan share: its figures as entries of the book, and how they are shown.

use demarche_plan::plan::{Load, Plan, Step};
use demarche_plan::scheme::{Kind, Scheme};
use demarche_plan::tables::unit;

use super::common::initiative_row;
use crate::context::{Context, Entry};
use crate::document::RowRef;
use crate::show;

/// Points with a true minus sign and grouped digits.
pub fn points(value: i128) -> String {
    let digits = show::count(usize::try_from(value.unsigned_abs()).unwrap_or(usize::MAX));
    match value < 0 {
        true => format!("−{digits}"),
        false => digits,
    }
}

/// A price in points: a decimal below ten.
pub fn price(value: f64) -> String {
    show::decimal(value, usize::from(value.abs() < 10.0))
}

/// A quarter of the plan by its position.
pub fn quarter(scheme: &Scheme, at: usize) -> String {
    let last = scheme.quarters.len() - 1;
    scheme.quarters[at.min(last)].to_string()
}

/// From the first to the last quarter that a step takes.
pub fn span(scheme: &Scheme, step: &Step) -> String {
    let first = quarter(scheme, step.start);
    let last = quarter(scheme, step.start + step.duration.max(1) - 1);
    match first == last {
        true => first,
        false => format!("{first} to {last}"),
    }
}

/// How a gap, a share of the bound, is shown.
pub fn gap(share: f64) -> String {
    format!("{}\u{a0}%", show::decimal(100.0 * share, 1))
}

/// The value of a plan as an entry of the book. `id` is `plan.value` or that of a plan with more
/// people.
pub fn value_entry(cx: &Context, id: &str, what: &str, plan: &Plan) -> Entry {
    let rows = plan.steps.iter().filter(|step| !step.runs);
    let rows: Vec<RowRef> = rows.map(|s| initiative_row(cx, s.initiative)).collect();
    Entry::new(
        id,
        format!("What {what} is worth"),
        points(plan.value),
        "sum over initiatives that start of (recommendations and agreement, less a share for each quarter until delivery, less exposure) + sum over cells of theme and line of what each further initiative adds",
    )
    .rows(rows)
    .note("Points, by the weights of case.toml. Counted by a checker that knows nothing of the search, in whole numbers.")
}

/// The bound of a plan as an entry of the book.
pub fn bound_entry(id: &str, what: &str, plan: &Plan) -> Entry {
    Entry::new(
        id,
        format!("What no plan in place of {what} can exceed"),
        points(plan.bound),
        "sum over initiatives of the best that each could do alone at the prices, + what all there is costs at the prices (Lagrangian relaxation)",
    )
    .note("Holds at any prices not below zero; the prices are whole numbers, so nothing is rounded.")
}

/// The gap of a plan as an entry of the book.
pub fn gap_entry(id: &str, what: &str, plan: &Plan) -> Entry {
    Entry::new(
        id,
        format!("How far the best possible plan may be above {what}"),
        gap(plan.gap()),
        format!(
            "(bound − value) / bound = ({} − {}) / {}",
            points(plan.bound),
            points(plan.value),
            points(plan.bound)
        ),
    )
}

/// An id for what a plan takes: `mission`, `starts`, `money`, `exposure.CHN`.
pub fn resource_id(cx: &Context, kind: Kind) -> String {
    let settings = &cx.case.settings.plan;
    match kind {
        Kind::Pool(at) => settings.pools[at].id.clone(),
        Kind::Starts => "starts".to_owned(),
        Kind::Money => "money".to_owned(),
        Kind::Year(year) => format!("money.{year}"),
        Kind::Ceiling(at) => format!("exposure.{}", settings.ceilings[at].actor),
    }
}

/// What the case says of a resource, as a row of evidence.
pub fn resource_row(cx: &Context, kind: Kind) -> RowRef {
    let settings = &cx.case.settings.plan;
    let (id, text) = match kind {
        Kind::Pool(at) => {
            let pool = &settings.pools[at];
            (
                format!("pool {}", pool.id),
                match pool.ramp.is_empty() {
                    true => format!(
                        "{}: {} people, {} more in a year",
                        pool.name, pool.staff, pool.growth
                    ),
                    false => format!("{}: sizes from day to day", pool.name),
                },
            )
        }
        Kind::Starts => (
            "plan.starts_per_quarter".to_owned(),
            format!("{} starts a quarter", settings.starts.unwrap_or(0)),
        ),
        Kind::Money => (
            "plan.budget_keur".to_owned(),
            format!("{} thousand euros", settings.budget_keur.unwrap_or(0)),
        ),
        Kind::Year(year) => {
            let own = settings.years.iter().rev().find(|own| own.year == year);
            match (own, settings.yearly_keur) {
                (Some(own), _) => (
                    format!("year_budget {year}"),
                    format!("{} thousand euros in {year}", own.keur),
                ),
                (None, keur) => (
                    "plan.yearly_keur".to_owned(),
                    format!("{} thousand euros a year", keur.unwrap_or(0)),
                ),
            }
        }
        Kind::Ceiling(at) => {
            let ceiling = &settings.ceilings[at];
            (
                format!("ceiling {}", ceiling.actor),
                format!("at most {} levels of exposure a quarter", ceiling.most),
            )
        }
    };
    RowRef {
        file: "case.toml".to_owned(),
        id,
        text,
        url: String::new(),
    }
}

/// Whether hardly anything of a resource is left at a position.
pub fn is_full(load: &Load, at: usize) -> bool {
    load.limit[at] > 0 && load.taken[at] as f64 / load.limit[at] as f64 > 0.97
}

/// What a plan takes of a resource, as an entry of the book.
pub fn load_entry(cx: &Context, scheme: &Scheme, plan: &Plan, load: &Load) -> Entry {
    let kind = scheme.kinds[load.resource];
    let (what, per) = unit(kind);
    let name = &scheme.problem.resources[load.resource].name;
    let taken: i64 = load.taken.iter().sum();
    let limit: i64 = load.limit.iter().sum();
    let by_quarter: Vec<String> = (load.taken.iter().zip(&load.limit).enumerate())
        .map(|(at, (&taken, &limit))| {
            let shown = format!("{} of {}", taken as f64 / per, limit as f64 / per);
            match load.taken.len() == scheme.quarters.len() {
                true => format!("{} {shown}", quarter(scheme, at)),
                false => shown,
            }
        })
        .collect();
    let mut rows = vec![resource_row(cx, kind)];
    rows.extend(
        plan.steps
            .iter()
            .filter(|step| {
                let a = scheme.activity[step.initiative];
                a.is_some_and(|a| scheme.problem.takes_in_all(a, step.start, load.resource) > 0)
            })
            .map(|step| initiative_row(cx, step.initiative)),
    );
    Entry::new(
        format!("plan.load.{}", resource_id(cx, kind)),
        format!("What the plan takes of {name}, of all there is"),
        show::percent(taken as f64 / limit.max(1) as f64),
        format!(
            "sum of what is taken / sum of what there is, {what}: {}",
            by_quarter.join("; ")
        ),
    )
    .rows(rows)
}
