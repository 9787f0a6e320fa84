//! The initiatives of a case as a problem of choice and schedule.
//!
//! Staff is counted in tenths of a full-time equivalent and money in thousand euros, so that every
//! figure is exact; money is counted in quarters of a thousand, so that a yearly cost has exact quarters,
//! and exposure in tenths of a level. What is done is no activity. What runs is one that must start at once, with what is
//! left of it; what comes round again runs to the end of the plan. The rest may be chosen.

mod activity;
mod cells;
mod exposure;
mod limits;
mod rules;

use std::collections::BTreeMap;

use demarche_case::{Case, PlanSettings, Status, Transfer};
use demarche_events::{Date, Period, PeriodUnit};

use crate::problem::{Activity, Problem};
pub use activity::Barred;
pub(crate) use activity::shares;
pub use exposure::{Estimate, Level, estimates};

/// Tenths in a full-time equivalent.
pub const TENTHS: i64 = 10;
/// Units of money in a thousand euros.
pub const MONEY: i64 = 4;
/// Tenths in a level of exposure.
pub const LEVELS: i64 = 10;

/// A case's initiatives as a problem, and what stands for what.
#[derive(Clone, Debug)]
pub struct Scheme {
    /// The problem.
    pub problem: Problem,
    /// The periods: quarters, the first after the day the case is written as of.
    pub quarters: Vec<Period>,
    /// `of[a]`: the initiative that activity `a` is, a position in the case.
    pub of: Vec<usize>,
    /// `activity[i]`: the activity that initiative `i` is, if it is one.
    pub activity: Vec<Option<usize>>,
    /// Which activities run already.
    pub runs: Vec<bool>,
    /// What each resource is.
    pub kinds: Vec<Kind>,
    /// What each cell of the problem is.
    pub cells: Vec<CellKind>,
    /// `exposure[a]`: how much activity `a` is exposed to the reactions of each actor.
    pub exposure: Vec<Vec<(String, Level)>>,
    /// `barred[a][t]`: why activity `a` may not start in quarter `t`, if it may not.
    pub barred: Vec<Vec<Option<Barred>>>,
    /// Initiatives that are outside the plan, and why.
    pub outside: Vec<(usize, Outside)>,
    /// What the plan has to do without.
    pub notes: Vec<String>,
}

/// What a resource of the problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The staff pool at that position of the settings. Tenths of a full-time equivalent.
    Pool(usize),
    /// Starts of a quarter.
    Starts,
    /// Money over all quarters. Quarters of a thousand euros.
    Money,
    /// Money of a calendar year. Quarters of a thousand euros.
    Year(i16),
    /// The ceiling at that position of the settings. Tenths of a level of exposure.
    Ceiling(usize),
}

/// What a cell of the problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CellKind {
    /// A pair of theme and line.
    Pair,
    /// Technology that goes one way.
    Transfer(Transfer),
    /// A level of interoperability in an area.
    Level(u8),
}

/// Why an initiative is no part of what is to be decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outside {
    /// It is done.
    Done,
    /// It has been given up.
    Dropped,
    /// Nothing says how long it takes.
    NoDuration,
    /// Something it needs is outside the plan for another reason than being done.
    Prerequisite(usize),
    /// An alternative to it is done.
    Alternative(usize),
    /// Something it belongs together with is outside the plan.
    Bundle(usize),
}

/// A change to what a case says, asked for by whoever plans.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Wishes {
    /// Initiatives that must start in that quarter, counted from 0.
    pub locked: Vec<(usize, usize)>,
    /// Initiatives that may not be done.
    pub forbidden: Vec<usize>,
    /// By which staff is multiplied, per cent of it; 100 leaves it as it is.
    pub staff_percent: Option<u64>,
    /// What the past says that steps set off; used where the case asks for it.
    pub estimates: Vec<Estimate>,
}

/// The pool that an entry of a lead belongs to: one that names it whole, else one that names what
/// comes before its bracket.
#[must_use]
pub fn pool_of(settings: &PlanSettings, lead: &str) -> Option<usize> {
    let named = |wanted: &str| {
        let wanted = wanted.trim();
        settings
            .pools
            .iter()
            .position(|pool| pool.leads.iter().any(|l| l == wanted))
    };
    named(lead).or_else(|| named(lead.split('(').next().unwrap_or(lead)))
}

/// The quarters of a plan.
pub(crate) fn quarters(as_of: Date, count: usize) -> Vec<Period> {
    let mut period = Period::of(as_of, PeriodUnit::Quarter);
    (0..count)
        .map(|_| {
            period = period.next();
            period
        })
        .collect()
}

impl Scheme {
    /// The problem that a case sets.
    #[must_use]
    pub fn of(case: &Case, wishes: &Wishes) -> Self {
        let case = crate::progress::as_planned(case);
        let case = case.as_ref();
        let settings = &case.settings.plan;
        let horizon = settings.quarters as usize;
        let quarters = quarters(case.settings.as_of, horizon);
        let outside = rules::outside(case);
        let mut activity = vec![None; case.initiatives.len()];
        let mut of = Vec::new();
        for (i, slot) in activity.iter_mut().enumerate() {
            if !outside.iter().any(|&(out, _)| out == i) {
                *slot = Some(of.len());
                of.push(i);
            }
        }
        let (resources, kinds) = limits::resources(case, &quarters, wishes);
        let exposure: Vec<Vec<(String, Level)>> = (of.iter())
            .map(|&i| exposure::exposure(case, i, wishes))
            .collect();
        let activities: Vec<_> = (of.iter().zip(&exposure))
            .map(|(&i, exposure)| activity::make(case, i, &quarters, &kinds, exposure, wishes))
            .collect();
        let runs: Vec<bool> = of
            .iter()
            .map(|&i| case.initiatives[i].status == Status::Running)
            .collect();
        let barred = (of.iter().enumerate())
            .map(|(a, &i)| {
                let duration = activities[a].duration;
                let at = |start| activity::barred(case, i, &quarters, wishes, duration, start);
                (0..horizon)
                    .map(|start| at(start).filter(|_| !runs[a]))
                    .collect()
            })
            .collect();
        let (cells, cell_kinds) = cells::cells(case, &of, &runs);
        let exposed = |a: usize| exposure[a].iter().map(|(_, level)| level.tenths).sum();
        let problem = Problem {
            horizon,
            precedences: rules::precedences(case, &of, &activity),
            exclusions: rules::groups(case, &of, |initiative| &initiative.terms.alternatives),
            bundles: rules::groups(case, &of, |initiative| &initiative.terms.bundle),
            gates: rules::gates(case, &of, &activities, exposed),
            cells,
            resources,
            activities,
        };
        let mut notes = notes(case, &of);
        if problem.resources.is_empty() {
            notes.push(
                "nothing is limited: case.toml gives no people, money, starts or ceilings"
                    .to_owned(),
            );
        }
        let worth_nothing =
            |activity: &Activity| activity.value.iter().flatten().all(|&worth| worth <= 0);
        if problem.cells.is_empty() && problem.activities.iter().all(worth_nothing) {
            notes.push(
                "no initiative is worth anything by what counts: any plan is as good as another"
                    .to_owned(),
            );
        }
        Self {
            problem,
            quarters,
            of,
            activity,
            runs,
            kinds,
            cells: cell_kinds,
            exposure,
            barred,
            outside,
            notes,
        }
    }
}

/// What a plan of these initiatives has to do without.
fn notes(case: &Case, of: &[usize]) -> Vec<String> {
    let settings = &case.settings.plan;
    let mut notes = Vec::new();
    let mut unknown: BTreeMap<&str, usize> = BTreeMap::new();
    let (mut no_staff, mut no_cost) = (0, 0);
    for &i in of {
        let initiative = &case.initiatives[i];
        let people = initiative.staff_fte.unwrap_or(0.0);
        for lead in activity::shares(settings, initiative, people).1 {
            *unknown.entry(lead).or_default() += 1;
        }
        no_staff += usize::from(initiative.staff_fte.is_none());
        no_cost += usize::from(initiative.cost_keur.is_none());
    }
    if !settings.pools.is_empty() {
        for (lead, count) in unknown {
            notes.push(format!(
                "“{lead}” leads {count} of the initiatives and belongs to no pool of case.toml: its share of their people is not counted"
            ));
        }
    }
    for (count, what) in [(no_staff, "staff"), (no_cost, "cost")] {
        if count > 0 {
            notes.push(format!(
                "{count} of the initiatives give no {what}, which is taken as none"
            ));
        }
    }
    let calming = |&&i: &&usize| case.initiatives[i].terms.calming;
    if settings.confidence_first && of.iter().find(calming).is_none() {
        notes.push(
            "confidence-building should come first, but no initiative is marked as calming: nothing exposed can start"
                .to_owned(),
        );
    }
    notes
}
