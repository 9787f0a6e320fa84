//! What more people would buy: the same plan with a multiple of the staff.

use demarche_case::Case;
use demarche_table::{Kind as Type, Table};

use crate::plan::{NoPlan, Plan};
use crate::scheme::{Scheme, Wishes};
use crate::search::Effort;

/// Staff of the sweep, per cent of what there is.
pub const PERCENT: [u64; 3] = [150, 200, 300];

/// A plan with more people.
#[derive(Clone, Debug)]
pub struct More {
    /// Staff, per cent of what there is.
    pub percent: u64,
    /// What could be done with them.
    pub plan: Plan,
}

/// Plans again with each multiple of [`PERCENT`]; `plan` is that with the people there are. Calls
/// `begins` before each.
///
/// # Errors
/// [`NoPlan`] as [`Plan::make`] gives it.
pub fn sweep(
    case: &Case,
    wishes: &Wishes,
    effort: &Effort,
    plan: &Plan,
    mut begins: impl FnMut(u64),
) -> Result<Vec<More>, NoPlan> {
    let mut all: Vec<More> = Vec::new();
    for percent in PERCENT {
        begins(percent);
        let more = Wishes {
            staff_percent: Some(percent),
            ..wishes.clone()
        };
        // A plan for fewer people is one for more: no line of the sweep can be worse than the last.
        let before = all.last().map_or(plan, |more| &more.plan).schedule.clone();
        let plan = Plan::make(case, &Scheme::of(case, &more), effort, Some(&before))?;
        all.push(More { percent, plan });
    }
    Ok(all)
}

/// What a plan does that the one before it does not.
#[must_use]
pub fn come_in(case: &Case, before: &Plan, plan: &Plan) -> String {
    let had = |i: usize| before.steps.iter().any(|step| step.initiative == i);
    let new = plan.steps.iter().filter(|step| !had(step.initiative));
    new.map(|step| case.initiatives[step.initiative].id.as_str())
        .collect::<Vec<_>>()
        .join(", ")
}

/// The sweep as a table, the plan with the people there are first.
#[must_use]
pub fn table(case: &Case, plan: &Plan, sweep: &[More]) -> Table {
    let mut table = Table::new("staffing", "What more people would buy.")
        .column(
            "staff",
            Type::Float,
            "times",
            "People in every pool, as a multiple of what there is.",
        )
        .column("value", Type::Integer, "points", "What the plan is worth.")
        .column("bound", Type::Integer, "points", "No plan is worth more.")
        .column(
            "initiatives",
            Type::Integer,
            "initiatives",
            "How many start that did not run.",
        )
        .column(
            "come_in",
            Type::Text,
            "",
            "What it does that the line above does not.",
        );
    let whole = |points: i128| i64::try_from(points).unwrap_or(i64::MAX);
    let mut before = plan;
    for (percent, plan) in
        std::iter::once((100, plan)).chain(sweep.iter().map(|m| (m.percent, &m.plan)))
    {
        table.push(vec![
            (percent as f64 / 100.0).into(),
            whole(plan.value).into(),
            whole(plan.bound).into(),
            plan.new_steps().into(),
            come_in(case, before, plan).into(),
        ]);
        before = plan;
    }
    table
}
