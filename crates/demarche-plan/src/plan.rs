//! The plan of a case: what is done and when, why, what is left out and why not, and how far the best
//! possible plan could be from it.

use demarche_case::{Case, Status};

use crate::bound::{Certificate, bound};
use crate::check::{Violation, check};
use crate::feasible::{Feasibility, feasibility};
use crate::problem::{Fault, LARGEST, Limit, Problem, Schedule};
use crate::scheme::{Kind, Outside, Scheme, TENTHS};
use crate::search::{Effort, Outcome, search};

/// How many steps of the bound are made.
const BOUND_STEPS: usize = 2_000;

/// A plan that keeps every rule.
#[derive(Clone, Debug)]
pub struct Plan {
    /// When each activity of the scheme starts, if it does.
    pub schedule: Schedule,
    /// What it is worth. Points.
    pub value: i128,
    /// No plan is worth more. Points.
    pub bound: i128,
    /// What proves the bound, and prices what is scarce.
    pub certificate: Certificate,
    /// What is done, by start and then in the order of the case.
    pub steps: Vec<Step>,
    /// What is left out, in the order of the case.
    pub left_out: Vec<LeftOut>,
    /// What is taken of each resource.
    pub loads: Vec<Load>,
    /// How many plans were tried.
    pub trials: u64,
}

/// Something that is done.
#[derive(Clone, Debug)]
pub struct Step {
    /// The initiative, a position in the case.
    pub initiative: usize,
    /// The quarter in which it starts, counted from 0.
    pub start: usize,
    /// How many quarters it takes of the plan.
    pub duration: usize,
    /// Whether it runs already.
    pub runs: bool,
    /// What the plan would lose without it and what waits for it. Points.
    pub worth: i128,
    /// Why it is there.
    pub why: String,
    /// Why it does not start earlier.
    pub why_then: String,
}

/// Something that is not done.
#[derive(Clone, Debug)]
pub struct LeftOut {
    /// The initiative, a position in the case.
    pub initiative: usize,
    /// Why not.
    pub why: String,
}

/// What is taken of a resource.
#[derive(Clone, Debug)]
pub struct Load {
    /// The resource, a position in the problem.
    pub resource: usize,
    /// What is taken: in each quarter, or once for a limit over all.
    pub taken: Vec<i64>,
    /// What there is.
    pub limit: Vec<i64>,
    /// What one unit more would be worth at most, at the prices of the bound. Points.
    pub price: Vec<f64>,
}

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoPlan {
    /// The case's plan makes no sense.
    Faults(Vec<Fault>),
    /// It is proven that these demands can't be met together, in words; without any one of them there
    /// is a plan.
    Impossible(Vec<String>),
    /// No plan was found that meets these demands together, in words; without any one of them there is
    /// a plan. That they can't be met is not proven.
    Conflict(Vec<String>),
}

impl std::fmt::Display for NoPlan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Faults(faults) => {
                let all: Vec<String> = faults.iter().map(ToString::to_string).collect();
                f.write_str(&all.join("; "))
            }
            Self::Impossible(demands) | Self::Conflict(demands) => {
                f.write_str(match self {
                    Self::Impossible(_) => "no plan can meet all of these:",
                    _ => "no plan was found that meets all of these:",
                })?;
                demands
                    .iter()
                    .try_for_each(|demand| write!(f, "\n  - {demand}"))
            }
        }
    }
}

impl std::error::Error for NoPlan {}

impl Plan {
    /// Makes the plan of a scheme. `before`, if given, is a schedule to begin with.
    ///
    /// # Errors
    /// [`NoPlan`] where the demands can't be met together or the scheme makes no sense.
    pub fn make(
        case: &Case,
        scheme: &Scheme,
        effort: &Effort,
        before: Option<&Schedule>,
    ) -> Result<Self, NoPlan> {
        let (schedule, trials) = seek(case, scheme, &scheme.problem, effort, before)?;
        Ok(Self::of(case, scheme, schedule, trials))
    }

    /// What there is to say of a schedule that keeps every rule; `trials`: how many were tried.
    ///
    /// # Panics
    /// If it breaks a rule: the checker knows nothing of the search, and what it does not pass is not
    /// shown.
    #[must_use]
    pub fn of(case: &Case, scheme: &Scheme, schedule: Schedule, trials: u64) -> Self {
        let problem = &scheme.problem;
        let value = check(problem, &schedule)
            .unwrap_or_else(|broken| panic!("the search broke a rule: {broken:?}"));
        let (bound, certificate) = bound(problem, Some(value), BOUND_STEPS)
            .expect("a problem with a schedule has a bound");
        let told = Told {
            case,
            scheme,
            schedule: &schedule,
            value,
        };
        Self {
            steps: told.steps(),
            left_out: told.left_out(),
            loads: told.loads(&certificate),
            schedule,
            value,
            bound,
            certificate,
            trials,
        }
    }

    /// How far the best possible plan may be above this one, as a share of the bound.
    #[must_use]
    pub fn gap(&self) -> f64 {
        match self.bound {
            0 => 0.0,
            bound => (self.bound - self.value) as f64 / bound.abs() as f64,
        }
    }

    /// How many initiatives start that did not run.
    #[must_use]
    pub fn new_steps(&self) -> usize {
        self.steps.iter().filter(|step| !step.runs).count()
    }

    /// Whether no plan is better: the bound proves it.
    #[must_use]
    pub fn is_proven(&self) -> bool {
        self.value == self.bound
    }
}

/// The best schedule found of a problem that has the rules of a scheme, and how many were tried.
pub(crate) fn seek(
    case: &Case,
    scheme: &Scheme,
    problem: &Problem,
    effort: &Effort,
    before: Option<&Schedule>,
) -> Result<(Schedule, u64), NoPlan> {
    if let Outcome::Found(found) = search(problem, effort, before).map_err(NoPlan::Faults)? {
        return Ok((found.schedule, found.trials));
    }
    // So tight that no list of priorities leads to a schedule; there may be one none the less.
    let Feasibility::Found(tight) = feasibility(problem, effort) else {
        return Err(conflict(case, scheme, effort));
    };
    match search(problem, effort, Some(&tight)).map_err(NoPlan::Faults)? {
        Outcome::Found(found) => Ok((found.schedule, found.trials)),
        Outcome::Missing { .. } => Ok((tight, 0)),
    }
}

/// A set of demands that can't be met together, none of which can be spared: each is taken away for a
/// trial, and stays away if there still is no plan. One that is kept was needed for certain, since
/// without it a plan was found; whether those that are kept can't be met is then proven or not.
fn conflict(case: &Case, scheme: &Scheme, effort: &Effort) -> NoPlan {
    let mut problem = scheme.problem.clone();
    // Dozens of trials, each of which only asks whether all that must be done can be.
    let effort = Effort {
        chains: 4,
        trials: effort.trials.min(2_000),
        rounds: 1,
        ..*effort
    };
    let fails = |problem: &Problem| !matches!(feasibility(problem, &effort), Feasibility::Found(_));
    let mut demands = Vec::new();
    for k in 0..problem.resources.len() {
        let kept = problem.resources[k].limit.clone();
        problem.resources[k].limit = match &kept {
            Limit::EachPeriod(each) => Limit::EachPeriod(vec![LARGEST; each.len()]),
            Limit::Total(_) => Limit::Total(LARGEST),
            Limit::Span { first, last, .. } => Limit::Span {
                first: *first,
                last: *last,
                amount: LARGEST,
            },
        };
        if !fails(&problem) {
            problem.resources[k].limit = kept;
            demands.push(format!(
                "{} is limited as case.toml says",
                problem.resources[k].name
            ));
        }
    }
    for at in (0..problem.gates.len()).rev() {
        let kept = problem.gates.remove(at);
        if !fails(&problem) {
            demands.push(kept.name.clone());
            problem.gates.insert(at, kept);
        }
    }
    for at in (0..problem.precedences.len()).rev() {
        let kept = problem.precedences.remove(at);
        if !fails(&problem) {
            problem.precedences.insert(at, kept);
            let id = |a: usize| &case.initiatives[scheme.of[a]].id;
            demands.push(format!(
                "{} waits for {} to end, which takes {} quarters",
                id(kept.after),
                id(kept.before),
                problem.activities[kept.before].duration
            ));
        }
    }
    for a in 0..problem.activities.len() {
        if !problem.activities[a].mandatory {
            continue;
        }
        problem.activities[a].mandatory = false;
        if !fails(&problem) {
            problem.activities[a].mandatory = true;
            let initiative = &case.initiatives[scheme.of[a]];
            let possible = problem.activities[a].value.iter().flatten().count();
            demands.push(match (scheme.runs[a], possible) {
                (true, _) => format!("{} goes on, since it runs", initiative.id),
                (false, 0) => format!(
                    "{} is carried out, which takes {} quarters and can't end within the plan from the start asked for",
                    initiative.id, problem.activities[a].duration
                ),
                (false, 1) => {
                    let at = problem.activities[a].value.iter().position(Option::is_some);
                    let at = at.map_or_else(String::new, |at| scheme.quarters[at].to_string());
                    format!("{} starts in {at}", initiative.id)
                }
                (false, _) => format!("{} is carried out, since it is agreed", initiative.id),
            });
        }
    }
    match feasibility(&problem, &effort) {
        Feasibility::Impossible => NoPlan::Impossible(demands),
        _ => NoPlan::Conflict(demands),
    }
}

/// A schedule and what is said about it.
pub(crate) struct Told<'a> {
    pub case: &'a Case,
    pub scheme: &'a Scheme,
    pub schedule: &'a Schedule,
    pub value: i128,
}

impl Told<'_> {
    fn id(&self, a: usize) -> &str {
        &self.case.initiatives[self.scheme.of[a]].id
    }

    fn quarter(&self, at: usize) -> String {
        self.scheme
            .quarters
            .get(at)
            .map_or_else(|| "the end".to_owned(), ToString::to_string)
    }

    /// A broken rule in words that go on from "not earlier: " or "not done: ".
    pub(crate) fn words(&self, a: usize, violation: &Violation) -> String {
        match violation {
            Violation::TooEarly { before, after, .. } => match *after == a {
                true => format!("it waits for {} to end", self.id(*before)),
                false => format!("{} waits for it", self.id(*after)),
            },
            Violation::Prerequisite { before, .. } => {
                format!("it needs {}, which is left out", self.id(*before))
            }
            Violation::Overload {
                resource, period, ..
            } => {
                let name = &self.scheme.problem.resources[*resource].name;
                let at = period.map(|at| self.quarter(at)).unwrap_or_default();
                match self.scheme.kinds[*resource] {
                    Kind::Pool(_) => format!("{name}: its people are all at work in {at}"),
                    Kind::Starts => format!("as much starts in {at} as may"),
                    Kind::Money => "there is not enough money".to_owned(),
                    Kind::Ceiling(_) => format!("{name} would pass its ceiling in {at}"),
                }
            }
            Violation::Gate { gate, .. } => self.scheme.problem.gates[*gate].name.clone(),
            Violation::Start { .. } => "it could not end within the plan".to_owned(),
            Violation::Missing { activity } => format!("{} must be done", self.id(*activity)),
            Violation::Excluded { .. } => "something that excludes it is done".to_owned(),
            Violation::Torn { .. } => "it belongs together with something left out".to_owned(),
            Violation::Length { .. } => "the schedule is for another plan".to_owned(),
        }
    }

    fn steps(&self) -> Vec<Step> {
        let mut steps: Vec<Step> = (self.schedule.iter().enumerate())
            .filter_map(|(a, start)| Some(self.step(a, (*start)?)))
            .collect();
        steps.sort_by_key(|step| (step.start, step.initiative));
        steps
    }

    fn step(&self, a: usize, start: usize) -> Step {
        let worth = self.value - self.value_without(a);
        let initiative = self.scheme.of[a];
        let duration = self.scheme.problem.activities[a].duration;
        let runs = self.scheme.runs[a];
        let why_then = if runs {
            "it runs already".to_owned()
        } else {
            self.why_then(a, start)
        };
        Step {
            initiative,
            start,
            duration,
            runs,
            worth,
            why: self.why(a),
            why_then,
        }
    }

    /// What the plan is worth without an activity and without all that waits for it.
    fn value_without(&self, a: usize) -> i128 {
        let problem = &self.scheme.problem;
        let mut rest = self.schedule.clone();
        rest[a] = None;
        loop {
            let hangs = (problem.precedences.iter())
                .find(|p| rest[p.after].is_some() && rest[p.before].is_none());
            let Some(hangs) = hangs else { break };
            rest[hangs.after] = None;
        }
        let own =
            |a: usize, start: usize| i128::from(problem.activities[a].value[start].unwrap_or(0));
        let alone: i128 = rest
            .iter()
            .enumerate()
            .filter_map(|(a, s)| Some(own(a, (*s)?)))
            .sum();
        let cells: i128 = (problem.cells.iter())
            .map(|cell| {
                let served = cell.members.iter().filter(|&&m| rest[m].is_some()).count();
                cell.gain
                    .iter()
                    .take(served)
                    .map(|&g| i128::from(g))
                    .sum::<i128>()
            })
            .sum();
        alone + cells
    }

    fn why(&self, a: usize) -> String {
        if self.scheme.runs[a] {
            return "it runs already, and its people are at work".to_owned();
        }
        let problem = &self.scheme.problem;
        let initiative = &self.case.initiatives[self.scheme.of[a]];
        let mut reasons = Vec::new();
        if initiative.status == Status::Agreed {
            reasons.push("both sides agreed on it".to_owned());
        }
        match initiative.recommendations.as_slice() {
            [] => {}
            [one] => reasons.push(format!("it answers recommendation {one}")),
            more => {
                let all: Vec<String> = more.iter().map(ToString::to_string).collect();
                reasons.push(format!("it answers recommendations {}", all.join(", ")));
            }
        }
        let serves: Vec<&str> = (problem.cells.iter())
            .filter(|cell| cell.members.contains(&a) && !cell.gain.is_empty())
            .filter(|cell| {
                let served = cell
                    .members
                    .iter()
                    .filter(|&&m| self.schedule[m].is_some())
                    .count();
                served <= cell.gain.len()
            })
            .map(|cell| cell.name.as_str())
            .collect();
        if !serves.is_empty() {
            reasons.push(format!("it serves {}", serves.join(", ")));
        }
        let waits: Vec<&str> = (problem.precedences.iter())
            .filter(|p| p.before == a && self.schedule[p.after].is_some())
            .map(|p| self.id(p.after))
            .collect();
        if !waits.is_empty() {
            reasons.push(format!(
                "{} need{} it",
                waits.join(", "),
                if waits.len() == 1 { "s" } else { "" }
            ));
        }
        if reasons.is_empty() {
            "it was asked for".to_owned()
        } else {
            reasons.join("; ")
        }
    }

    fn why_then(&self, a: usize, start: usize) -> String {
        let mut moved = self.schedule.clone();
        let Some(earlier) = start.checked_sub(1) else {
            return "it starts as early as it can".to_owned();
        };
        moved[a] = Some(earlier);
        match check(&self.scheme.problem, &moved) {
            Err(broken) => match broken.first() {
                Some(Violation::Start { .. }) => "that quarter was asked for".to_owned(),
                Some(first) => format!("not earlier: {}", self.words(a, first)),
                None => String::new(),
            },
            Ok(value) if value < self.value => "it is worth more then".to_owned(),
            Ok(_) => "an earlier start would gain nothing".to_owned(),
        }
    }

    fn left_out(&self) -> Vec<LeftOut> {
        let title = |i: usize| &self.case.initiatives[i].id;
        let mut all: Vec<LeftOut> = (self.scheme.outside.iter())
            .filter_map(|&(initiative, why)| {
                let why = match why {
                    Outside::Done => return None,
                    Outside::Dropped => "it has been dropped".to_owned(),
                    Outside::NoDuration => "nothing says how long it takes".to_owned(),
                    Outside::Prerequisite(p) => {
                        format!("it needs {}, which is outside the plan", title(p))
                    }
                };
                Some(LeftOut { initiative, why })
            })
            .collect();
        for (a, start) in self.schedule.iter().enumerate() {
            if start.is_none() {
                all.push(LeftOut {
                    initiative: self.scheme.of[a],
                    why: self.why_not(a),
                });
            }
        }
        all.sort_by_key(|left| left.initiative);
        all
    }

    /// Why an activity is not done, given all that is.
    fn why_not(&self, a: usize) -> String {
        let problem = &self.scheme.problem;
        if problem.activities[a].value.iter().all(Option::is_none) {
            let duration = problem.activities[a].duration;
            return match duration > problem.horizon {
                true => format!("it takes {duration} quarters, longer than the plan"),
                false => "it was ruled out".to_owned(),
            };
        }
        let missing = problem
            .precedences
            .iter()
            .find(|p| p.after == a && self.schedule[p.before].is_none());
        if let Some(missing) = missing {
            return format!("it needs {}, which is left out", self.id(missing.before));
        }
        // Put it everywhere it may start: what stands in the way most often?
        let mut ways: Vec<(String, usize)> = Vec::new();
        let mut best: Option<i128> = None;
        let mut waits = None;
        for start in 0..problem.horizon {
            if problem.activities[a].value[start].is_none() {
                continue;
            }
            let mut with = self.schedule.clone();
            with[a] = Some(start);
            match check(problem, &with) {
                Ok(value) => best = best.max(Some(value)),
                Err(broken) => {
                    let first = match broken.first() {
                        Some(Violation::Overload { resource, .. }) => {
                            let name = &problem.resources[*resource].name;
                            match self.scheme.kinds[*resource] {
                                Kind::Pool(_) => format!("{name} has not enough people left"),
                                Kind::Starts => "as much starts as may".to_owned(),
                                Kind::Money => "there is not enough money left".to_owned(),
                                Kind::Ceiling(_) => format!("{name} would pass its ceiling"),
                            }
                        }
                        // That it waits is no reason by itself: later it could start.
                        Some(Violation::TooEarly { before, .. }) => {
                            waits.get_or_insert(*before);
                            continue;
                        }
                        Some(other) => self.words(a, other),
                        None => continue,
                    };
                    match ways.iter_mut().find(|(way, _)| *way == first) {
                        Some((_, count)) => *count += 1,
                        None => ways.push((first, 1)),
                    }
                }
            }
        }
        if best.is_some() {
            return "the exposure it brings costs more than it adds".to_owned();
        }
        let most = ways.iter().map(|&(_, count)| count).max();
        let most = ways.into_iter().find(|&(_, count)| Some(count) == most);
        match (most, waits) {
            (Some((way, _)), _) => {
                format!("{way} wherever it could start, and what is done instead is worth more")
            }
            (None, Some(before)) => format!(
                "it takes {} quarters and could not end within the plan once {} has ended",
                problem.activities[a].duration,
                self.id(before)
            ),
            (None, None) => "it can't start in any quarter".to_owned(),
        }
    }

    fn loads(&self, certificate: &Certificate) -> Vec<Load> {
        let problem = &self.scheme.problem;
        let started = || {
            self.schedule
                .iter()
                .enumerate()
                .filter_map(|(a, s)| Some((a, (*s)?)))
        };
        (problem.resources.iter().enumerate())
            .map(|(k, resource)| {
                let (taken, limit) = match &resource.limit {
                    Limit::EachPeriod(each) => {
                        let at = |t| started().map(|(a, s)| problem.takes(a, s, k, t)).sum();
                        let given = |t| {
                            started()
                                .map(|(a, s)| problem.adds(a, s, k, t))
                                .sum::<i64>()
                        };
                        let there = each.iter().enumerate();
                        (
                            (0..problem.horizon).map(at).collect(),
                            there.map(|(t, limit)| limit + given(t)).collect(),
                        )
                    }
                    Limit::Total(limit) | Limit::Span { amount: limit, .. } => (
                        vec![started().map(|(a, s)| problem.takes_in_all(a, s, k)).sum()],
                        vec![*limit],
                    ),
                };
                // People are counted in tenths, but priced each.
                let unit = if matches!(self.scheme.kinds[k], Kind::Pool(_)) {
                    TENTHS as f64
                } else {
                    1.0
                };
                let price = certificate
                    .shadow_prices(k)
                    .iter()
                    .map(|p| p * unit)
                    .collect();
                Load {
                    resource: k,
                    taken,
                    limit,
                    price,
                }
            })
            .collect()
    }
}
