//! What more people would buy: the same plan with a multiple of the staff.

use demarche_case::Case;
use demarche_table::{Kind as Type, Table};

use crate::bottleneck::{self, first_full, full, is_pool, people, scarcest};
use crate::plan::{NoPlan, Plan};
use crate::scheme::{Scheme, Wishes};
use crate::search::Effort;
use crate::tables::unit;

/// Staff of the sweep, per cent of what there is.
pub const PERCENT: [u64; 3] = [150, 200, 300];

/// A plan with more people.
#[derive(Clone, Debug)]
pub struct More {
    /// Staff, per cent of what there is.
    pub percent: u64,
    /// The scheme with so many.
    pub scheme: Scheme,
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
        let scheme = Scheme::of(case, &more);
        // A plan for fewer people is one for more: no line of the sweep can be worse than the last.
        let before = all.last().map_or(plan, |more| &more.plan);
        let mut plan = Plan::make(case, &scheme, effort, Some(&before.schedule))?;
        if plan.value < before.value {
            plan = Plan::of(case, &scheme, before.schedule.clone(), plan.trials);
        }
        all.push(More {
            percent,
            scheme,
            plan,
        });
    }
    Ok(all)
}

/// What a step of staffing buys over the one before it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bought {
    /// How many people more there are, in all pools, on average over the quarters.
    pub people: f64,
    /// How much more the plan is worth. Points.
    pub points: i128,
    /// The best plans possible with either staff differ by no less than this. Points; may be below
    /// zero, where nothing is proven.
    pub at_least: i128,
    /// And by no more than this. Points.
    pub at_most: i128,
}

impl Bought {
    /// What `more` buys over `less`; each with its scheme.
    #[must_use]
    pub fn over(less: (&Scheme, &Plan), more: (&Scheme, &Plan)) -> Self {
        Self {
            people: people(more.0, more.1) - people(less.0, less.1),
            points: more.1.value - less.1.value,
            at_least: more.1.value - less.1.bound,
            at_most: more.1.bound - less.1.value,
        }
    }

    /// Points for each person more; nothing where there is nobody more.
    #[must_use]
    pub fn per_person(&self) -> Option<f64> {
        (self.people > 0.0).then(|| self.points as f64 / self.people)
    }
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

/// The lines of the sweep: staff in per cent, scheme and plan, that with the people there are first.
pub fn lines<'a>(
    scheme: &'a Scheme,
    plan: &'a Plan,
    sweep: &'a [More],
) -> impl Iterator<Item = (u64, &'a Scheme, &'a Plan)> {
    let more = sweep.iter().map(|m| (m.percent, &m.scheme, &m.plan));
    std::iter::once((100, scheme, plan)).chain(more)
}

/// The sweep as a table, the plan with the people there are first.
#[must_use]
pub fn table(case: &Case, scheme: &Scheme, plan: &Plan, sweep: &[More]) -> Table {
    let mut table = Table::new("staffing", "What more people would buy.")
        .column(
            "staff",
            Type::Float,
            "times",
            "People in every pool, as a multiple of what there is.",
        )
        .column(
            "people",
            Type::Float,
            "full-time equivalents",
            "People in all pools, on average over the quarters.",
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
            "gained",
            Type::Integer,
            "points",
            "How much more it is worth than the line above.",
        )
        .column(
            "gained_at_least",
            Type::Integer,
            "points",
            "By how much the best possible plans of the two lines differ at least, as the bounds prove.",
        )
        .column(
            "gained_at_most",
            Type::Integer,
            "points",
            "And at most.",
        )
        .column(
            "per_person",
            Type::Float,
            "points",
            "What each person more than in the line above buys.",
        )
        .column(
            "first_full",
            Type::Text,
            "",
            "The pool that is the first to be full where one more person would be worth something.",
        )
        .column(
            "first_full_from",
            Type::Text,
            "",
            "The first quarter in which it is.",
        )
        .column(
            "scarcest",
            Type::Text,
            "",
            "What holds the plan back most: people, starts, money or a ceiling.",
        )
        .column(
            "come_in",
            Type::Text,
            "",
            "What it does that the line above does not.",
        );
    let whole = |points: i128| i64::try_from(points).unwrap_or(i64::MAX);
    let mut before: Option<(&Scheme, &Plan)> = None;
    for (percent, scheme, plan) in lines(scheme, plan, sweep) {
        let name = |k: usize| scheme.problem.resources[k].name.as_str();
        let bought = before.map(|less| Bought::over(less, (scheme, plan)));
        let first = first_full(scheme, plan);
        table.push(vec![
            (percent as f64 / 100.0).into(),
            people(scheme, plan).into(),
            whole(plan.value).into(),
            whole(plan.bound).into(),
            plan.new_steps().into(),
            bought.map(|b| whole(b.points)).into(),
            bought.map(|b| whole(b.at_least)).into(),
            bought.map(|b| whole(b.at_most)).into(),
            bought.and_then(|b| b.per_person()).into(),
            first.map(|full| name(full.resource)).into(),
            first
                .map(|full| scheme.quarters[full.quarter].to_string())
                .into(),
            scarcest(scheme, plan).map(|(k, _)| name(k)).into(),
            before
                .map_or_else(String::new, |(_, less)| come_in(case, less, plan))
                .into(),
        ]);
        before = Some((scheme, plan));
    }
    table
}

/// What one more person would be worth in each pool and quarter, for each line of the sweep.
#[must_use]
pub fn prices(scheme: &Scheme, plan: &Plan, sweep: &[More]) -> Table {
    let mut table = Table::new(
        "staffing_prices",
        "People at work in each pool and quarter, and what one more would be worth.",
    )
    .column(
        "staff",
        Type::Float,
        "times",
        "People in every pool, as a multiple of what there is.",
    )
    .column("pool", Type::Text, "", "Whose people.")
    .column("quarter", Type::Text, "", "When.")
    .column(
        "at_work",
        Type::Float,
        "full-time equivalents",
        "People the plan takes.",
    )
    .column(
        "people",
        Type::Float,
        "full-time equivalents",
        "People there are.",
    )
    .column(
        "full",
        Type::Bool,
        "",
        "Whether nothing that waits or is left out could be put there.",
    )
    .column(
        "price",
        Type::Float,
        "points",
        "What one person more for that quarter would be worth, at the prices that prove the bound.",
    );
    for (percent, scheme, plan) in lines(scheme, plan, sweep) {
        for load in plan.loads.iter().filter(|load| is_pool(scheme, load)) {
            let (_, per) = unit(scheme.kinds[load.resource]);
            for (at, full) in full(scheme, plan, load).into_iter().enumerate() {
                table.push(vec![
                    (percent as f64 / 100.0).into(),
                    scheme.problem.resources[load.resource].name.as_str().into(),
                    scheme.quarters[at].to_string().into(),
                    (load.taken[at] as f64 / per).into(),
                    (load.limit[at] as f64 / per).into(),
                    full.into(),
                    load.price[at].into(),
                ]);
            }
        }
    }
    table
}

/// What each line of the sweep is short of, a sentence each.
#[must_use]
pub fn sentences(scheme: &Scheme, plan: &Plan, sweep: &[More]) -> Vec<String> {
    lines(scheme, plan, sweep)
        .map(|(percent, scheme, plan)| {
            let times = percent as f64 / 100.0;
            let short = bottleneck::sentence(scheme, plan);
            format!(
                "With {times} times the people ({:.0}): {short}.",
                people(scheme, plan)
            )
        })
        .collect()
}
