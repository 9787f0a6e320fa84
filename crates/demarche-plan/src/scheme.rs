//! The initiatives of a case as a problem of choice and schedule.
//!
//! Staff is counted in tenths of a full-time equivalent and money in thousand euros, so that every
//! figure is exact. What is done is no activity. What runs is one that must start at once, with what is
//! left of it; what comes round again runs to the end of the plan. The rest may be chosen.

use std::collections::BTreeMap;

use demarche_case::{Agreed, Case, Initiative, PlanSettings, Status};
use demarche_events::{Date, Period, PeriodUnit};

use crate::problem::{Activity, Cell, LARGEST, Limit, Precedence, Problem, Resource};
use crate::worth::Worth;

/// Tenths in a full-time equivalent.
pub const TENTHS: i64 = 10;

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
    /// Money over all quarters. Thousand euros.
    Money,
    /// The ceiling at that position of the settings. Levels of exposure.
    Ceiling(usize),
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

/// How staff of an initiative falls on the pools: tenths for each, shared evenly among the entries of
/// its lead, each share rounded up. Entries that no pool names are given back.
pub(crate) fn shares<'a>(
    settings: &PlanSettings,
    initiative: &'a Initiative,
) -> (Vec<i64>, Vec<&'a str>) {
    let mut tenths = vec![0; settings.pools.len()];
    let entries: Vec<&str> = initiative
        .lead
        .split(';')
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
        .collect();
    let all = (initiative.staff_fte.unwrap_or(0.0) * TENTHS as f64).round() as i64;
    let share = all.checked_div(entries.len() as i64).unwrap_or(0)
        + i64::from(!entries.is_empty() && all % entries.len().max(1) as i64 != 0);
    let mut unknown = Vec::new();
    for entry in entries {
        match pool_of(settings, entry) {
            Some(pool) => tenths[pool] += share,
            None => unknown.push(entry),
        }
    }
    (tenths, unknown)
}

/// The quarters of a plan.
fn quarters(as_of: Date, count: usize) -> Vec<Period> {
    let mut period = Period::of(as_of, PeriodUnit::Quarter);
    (0..count)
        .map(|_| {
            period = period.next();
            period
        })
        .collect()
}

/// Whole quarters from the start of an initiative to the first quarter of the plan.
fn quarters_behind(start: Date, first: Period) -> usize {
    let mut period = Period::of(start, PeriodUnit::Quarter);
    let mut behind = 0;
    while period.first() < first.first() && behind < 10_000 {
        period = period.next();
        behind += 1;
    }
    behind
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
        let mut notes = Vec::new();
        let outside = outside(case);
        let mut activity = vec![None; case.initiatives.len()];
        let mut of = Vec::new();
        for (i, slot) in activity.iter_mut().enumerate() {
            if !outside.iter().any(|&(out, _)| out == i) {
                *slot = Some(of.len());
                of.push(i);
            }
        }
        let (resources, kinds) = resources(settings, horizon, wishes);
        let mut unknown: BTreeMap<&str, usize> = BTreeMap::new();
        let (mut no_staff, mut no_cost) = (0, 0);
        let mut activities = Vec::new();
        for &i in &of {
            let initiative = &case.initiatives[i];
            let (staff, without) = shares(settings, initiative);
            for lead in without {
                *unknown.entry(lead).or_default() += 1;
            }
            no_staff += usize::from(initiative.staff_fte.is_none());
            no_cost += usize::from(initiative.cost_keur.is_none());
            activities.push(make(case, i, &quarters, &kinds, &staff, wishes));
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
        let runs: Vec<bool> = of
            .iter()
            .map(|&i| case.initiatives[i].status == Status::Running)
            .collect();
        let problem = Problem {
            horizon,
            precedences: precedences(case, &of, &activity),
            cells: cells(case, &of, &runs),
            resources,
            activities,
            ..Problem::default()
        };
        Self {
            problem,
            quarters,
            of,
            activity,
            runs,
            kinds,
            outside,
            notes,
        }
    }
}

/// What is no part of the decision: done, dropped, of unknown length, or waiting for such.
fn outside(case: &Case) -> Vec<(usize, Outside)> {
    let position = |id: &str| case.initiatives.iter().position(|other| other.id == id);
    let mut why: Vec<Option<Outside>> = (case.initiatives.iter())
        .map(|initiative| match initiative.status {
            Status::Done => Some(Outside::Done),
            Status::Dropped => Some(Outside::Dropped),
            _ if initiative.duration_quarters.is_none() => Some(Outside::NoDuration),
            _ => None,
        })
        .collect();
    // One that falls out may take others along, in any order of the file.
    loop {
        let falls = case
            .initiatives
            .iter()
            .enumerate()
            .find_map(|(i, initiative)| {
                if why[i].is_some() || initiative.status == Status::Running {
                    return None;
                }
                let needed = initiative
                    .prerequisites
                    .iter()
                    .filter_map(|id| position(id));
                let mut missing = needed.filter(|&p| why[p].is_some_and(|w| w != Outside::Done));
                Some((i, missing.next()?))
            });
        let Some((i, missing)) = falls else { break };
        why[i] = Some(Outside::Prerequisite(missing));
    }
    why.into_iter()
        .enumerate()
        .filter_map(|(i, why)| Some((i, why?)))
        .collect()
}

fn resources(
    settings: &PlanSettings,
    horizon: usize,
    wishes: &Wishes,
) -> (Vec<Resource>, Vec<Kind>) {
    let (mut resources, mut kinds) = (Vec::new(), Vec::new());
    let mut add = |name: String, limit, kind| {
        resources.push(Resource { name, limit });
        kinds.push(kind);
    };
    let percent = wishes.staff_percent.unwrap_or(100) as i64;
    for (at, pool) in settings.pools.iter().enumerate() {
        let each = (0..horizon as i64)
            .map(|quarter| {
                let now = pool.staff as i64 * TENTHS + pool.growth as i64 * TENTHS * quarter / 4;
                (now * percent / 100).min(LARGEST)
            })
            .collect();
        add(pool.name.clone(), Limit::EachPeriod(each), Kind::Pool(at));
    }
    if let Some(starts) = settings.starts {
        let each = vec![starts as i64; horizon];
        add(
            "starts in a quarter".to_owned(),
            Limit::EachPeriod(each),
            Kind::Starts,
        );
    }
    if let Some(budget) = settings.budget_keur {
        add("money".to_owned(), Limit::Total(budget as i64), Kind::Money);
    }
    for (at, ceiling) in settings.ceilings.iter().enumerate() {
        let each = vec![ceiling.most as i64; horizon];
        let name = format!("exposure to {}", ceiling.actor);
        add(name, Limit::EachPeriod(each), Kind::Ceiling(at));
    }
    (resources, kinds)
}

/// The activity that an initiative is.
fn make(
    case: &Case,
    i: usize,
    quarters: &[Period],
    kinds: &[Kind],
    staff: &[i64],
    wishes: &Wishes,
) -> Activity {
    let initiative = &case.initiatives[i];
    let settings = &case.settings.plan;
    let horizon = quarters.len();
    let length = initiative.duration_quarters.unwrap_or(1) as usize;
    let runs = initiative.status == Status::Running;
    let duration = match (runs, initiative.recurring) {
        (true, true) => horizon,
        (true, false) => {
            let behind = initiative
                .start
                .map_or(0, |start| quarters_behind(start, quarters[0]));
            length.saturating_sub(behind).clamp(1, horizon)
        }
        (false, _) => length,
    };
    let exposure = |actor: &str| {
        let mut levels = initiative.exposure.iter();
        levels
            .find(|(code, _)| code == actor)
            .map_or(0, |&(_, level)| i64::from(level))
    };
    let demand = kinds
        .iter()
        .map(|kind| {
            let mut each = vec![0; duration];
            match *kind {
                Kind::Pool(pool) => each.fill(staff[pool]),
                // What runs has started, has been paid for, and was answered when it began.
                _ if runs => {}
                Kind::Starts => each[0] = 1,
                Kind::Money => {
                    each[0] = (initiative.cost_keur.unwrap_or(0.0).ceil() as i64).min(LARGEST)
                }
                Kind::Ceiling(at) => {
                    let level = exposure(&settings.ceilings[at].actor);
                    each[0] = level;
                    each[duration - 1] = level;
                }
            }
            each
        })
        .collect();
    let worth = Worth::of(case, i);
    let locked = wishes
        .locked
        .iter()
        .find(|&&(locked, _)| locked == i)
        .map(|&(_, at)| at);
    let value = (0..horizon)
        .map(|start| {
            let here = match (runs, locked) {
                (true, _) => start == 0,
                (false, Some(at)) => start == at,
                (false, None) => !wishes.forbidden.contains(&i),
            };
            if !here || start + duration > horizon {
                return None;
            }
            if runs {
                return Some(0);
            }
            Some(worth.at(start + duration) - worth.cost())
        })
        .collect();
    let must = settings.agreed == Agreed::Must && initiative.status == Status::Agreed;
    Activity {
        name: initiative.id.clone(),
        duration,
        demand,
        value,
        mandatory: runs || must || locked.is_some(),
        ..Activity::default()
    }
}

/// Who waits for whom. What is done or runs holds nothing up.
fn precedences(case: &Case, of: &[usize], activity: &[Option<usize>]) -> Vec<Precedence> {
    let mut all = Vec::new();
    for (after, &i) in of.iter().enumerate() {
        let initiative = &case.initiatives[i];
        if initiative.status == Status::Running {
            continue;
        }
        for id in &initiative.prerequisites {
            let Some(p) = case.initiatives.iter().position(|other| &other.id == id) else {
                continue;
            };
            if matches!(case.initiatives[p].status, Status::Done | Status::Running) {
                continue;
            }
            if let Some(before) = activity[p] {
                all.push(Precedence {
                    before,
                    after,
                    lag: 0,
                });
            }
        }
    }
    all
}

/// A cell for each pair of theme and line, with what a further initiative adds to what is done or runs.
fn cells(case: &Case, of: &[usize], runs: &[bool]) -> Vec<Cell> {
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
        .filter_map(|((theme, line), (served, members))| {
            let gain: Vec<i64> = (served..3).map(|at| full >> at).collect();
            (!members.is_empty() && gain.iter().any(|&g| g > 0)).then(|| Cell {
                name: format!("{theme} × {line}"),
                members,
                gain,
            })
        })
        .collect()
}
