//! A plan as tables.

use demarche_case::Case;
use demarche_table::{Cell, Kind as Type, Table};

use crate::plan::Plan;
use crate::scheme::{Kind, LEVELS, MONEY, Scheme, TENTHS};

/// What is done, what is left out, and what that takes of people, starts, money and ceilings.
#[must_use]
pub fn tables(case: &Case, scheme: &Scheme, plan: &Plan) -> Vec<Table> {
    vec![
        steps(case, scheme, plan),
        left_out(case, plan),
        loads(scheme, plan),
        exposure(case, scheme, plan),
    ]
}

fn steps(case: &Case, scheme: &Scheme, plan: &Plan) -> Table {
    let mut table = Table::new("plan", "What is done and when, and why.")
        .column("initiative", Type::Text, "", "Id in initiatives.csv.")
        .column("title", Type::Text, "", "What it is.")
        .column("status", Type::Text, "", "How far it has come.")
        .column("start", Type::Text, "", "Quarter in which it starts.")
        .column("end", Type::Text, "", "Last quarter that it takes.")
        .column(
            "start_date",
            Type::Date,
            "",
            "First day of the first quarter.",
        )
        .column("end_date", Type::Date, "", "Last day of the last quarter.")
        .column(
            "quarters",
            Type::Integer,
            "quarters",
            "How long it takes of the plan.",
        )
        .column(
            "worth",
            Type::Integer,
            "points",
            "What the plan would lose without it and what waits for it.",
        )
        .column("objective", Type::Text, "", "What it is to change.")
        .column("why", Type::Text, "", "Why it is in the plan.")
        .column("why_then", Type::Text, "", "Why it does not start earlier.");
    for step in &plan.steps {
        let initiative = &case.initiatives[step.initiative];
        let first = scheme.quarters[step.start];
        let last = scheme.quarters[step.start + step.duration - 1];
        table.push(vec![
            initiative.id.as_str().into(),
            initiative.title.as_str().into(),
            initiative.status.name().into(),
            first.to_string().into(),
            last.to_string().into(),
            first.first().into(),
            last.last().into(),
            step.duration.into(),
            Cell::Integer(i64::try_from(step.worth).unwrap_or(i64::MAX)),
            initiative.terms.objective.as_str().into(),
            step.why.as_str().into(),
            step.why_then.as_str().into(),
        ]);
    }
    table
}

fn left_out(case: &Case, plan: &Plan) -> Table {
    let mut table = Table::new("left_out", "What is not done, and why not.")
        .column("initiative", Type::Text, "", "Id in initiatives.csv.")
        .column("title", Type::Text, "", "What it is.")
        .column("status", Type::Text, "", "How far it has come.")
        .column("why", Type::Text, "", "Why it is left out.");
    for left in &plan.left_out {
        let initiative = &case.initiatives[left.initiative];
        table.push(vec![
            initiative.id.as_str().into(),
            initiative.title.as_str().into(),
            initiative.status.name().into(),
            left.why.as_str().into(),
        ]);
    }
    table
}

fn loads(scheme: &Scheme, plan: &Plan) -> Table {
    let mut table = Table::new(
        "loads",
        "What the plan takes of people, starts, money and exposure in each quarter, and what there is.",
    )
    .column("resource", Type::Text, "", "What is taken.")
    .column("quarter", Type::Text, "", "The quarter; missing for what is limited over all quarters.")
    .column("unit", Type::Text, "", "What taken and limit are counted in.")
    .column("taken", Type::Float, "", "What the plan takes.")
    .column("limit", Type::Float, "", "What there is, with what steps of the plan have given by then.")
    .column("price", Type::Float, "points", "What one unit more would be worth, at the prices that prove the bound.");
    for load in &plan.loads {
        let (unit, per) = unit(scheme.kinds[load.resource]);
        for (at, (&taken, &limit)) in load.taken.iter().zip(&load.limit).enumerate() {
            let quarter = match load.taken.len() == scheme.quarters.len() {
                true => scheme.quarters[at].to_string().into(),
                false => Cell::Missing,
            };
            table.push(vec![
                scheme.problem.resources[load.resource].name.as_str().into(),
                quarter,
                unit.into(),
                (taken as f64 / per).into(),
                (limit as f64 / per).into(),
                load.price[at].into(),
            ]);
        }
    }
    table
}

fn exposure(case: &Case, scheme: &Scheme, plan: &Plan) -> Table {
    let mut table = Table::new(
        "exposure",
        "How much hostile reaction each initiative of the plan is exposed to, and where that is from.",
    )
    .column("initiative", Type::Text, "", "Id in initiatives.csv.")
    .column("actor", Type::Text, "", "Who may react.")
    .column("level", Type::Float, "levels", "What the plan counts.")
    .column("basis", Type::Text, "", "judged or estimated.")
    .column("judged", Type::Integer, "levels", "What the case judges.")
    .column("estimate", Type::Float, "events", "Hostile acts that one such step set off in the past, where that was taken.")
    .column("low", Type::Float, "events", "Lower end of its 95 % interval.")
    .column("high", Type::Float, "events", "Upper end.");
    let tenths = |tenths: i64| tenths as f64 / LEVELS as f64;
    for step in plan.steps.iter().filter(|step| !step.runs) {
        let Some(a) = scheme.activity[step.initiative] else {
            continue;
        };
        for (actor, level) in &scheme.exposure[a] {
            table.push(vec![
                case.initiatives[step.initiative].id.as_str().into(),
                actor.as_str().into(),
                tenths(level.tenths).into(),
                if level.estimated.is_some() {
                    "estimated"
                } else {
                    "judged"
                }
                .into(),
                Cell::Integer(i64::from(level.judged)),
                level.estimated.map(|(value, _, _)| tenths(value)).into(),
                level.estimated.map(|(_, low, _)| tenths(low)).into(),
                level.estimated.map(|(_, _, high)| tenths(high)).into(),
            ]);
        }
    }
    table
}

/// What a resource is counted in, and how many of its units make one.
#[must_use]
pub fn unit(kind: Kind) -> (&'static str, f64) {
    match kind {
        Kind::Pool(_) => ("full-time equivalents", TENTHS as f64),
        Kind::Starts => ("starts", 1.0),
        Kind::Money | Kind::Year(_) => ("thousand euros", MONEY as f64),
        Kind::Ceiling(_) => ("levels of exposure", LEVELS as f64),
    }
}
