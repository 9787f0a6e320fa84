//! What is said of a plan: why each step is there and why then, and why the rest is left out.

use demarche_case::{Case, Status};

use super::{LeftOut, Load, Step};
use crate::bound::Certificate;
use crate::check::{Violation, check};
use crate::problem::{Limit, Schedule};
use crate::scheme::{Barred, CellKind, Kind, Outside, Scheme, TENTHS};

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
                    Kind::Pool(_) => {
                        let hired = self.hired(a, *resource, period.unwrap_or(0));
                        format!("{name}: its people are all at work in {at}{hired}")
                    }
                    Kind::Starts => format!("as much starts in {at} as may"),
                    Kind::Money => "there is not enough money".to_owned(),
                    Kind::Year(year) => format!("the money of {year} is spent"),
                    Kind::Ceiling(_) => format!("{name} would pass its ceiling in {at}"),
                }
            }
            Violation::Gate { gate, waits, .. } => self.gate(*gate, *waits == a),
            Violation::Start { activity, start } => self.barred(*activity, *start),
            Violation::Missing { activity } => format!("{} must be done", self.id(*activity)),
            Violation::Excluded { done, .. } => {
                let other = done.iter().find(|&&other| other != a);
                let other = other.map_or("", |&other| self.id(other));
                format!("its alternative {other} is chosen")
            }
            Violation::Torn { missing, .. } => {
                format!(
                    "it goes together with {}, which is left out",
                    self.id(*missing)
                )
            }
            Violation::Length { .. } => "the schedule is for another plan".to_owned(),
        }
    }

    /// Why an activity may not start in a quarter, in words that follow "not earlier: ".
    fn barred(&self, a: usize, start: usize) -> String {
        let why = self.scheme.barred[a].get(start).copied().flatten();
        match why {
            Some(Barred::NoReview) => {
                let mut later = (start..self.scheme.quarters.len())
                    .filter(|&at| self.scheme.barred[a][at].is_none());
                match later.next().and_then(|at| self.review_before(at)) {
                    Some(review) => format!("it starts only after the review of {review}"),
                    None => "it starts only after a review of the programme".to_owned(),
                }
            }
            Some(Barred::Late) => "its latest start has passed".to_owned(),
            Some(Barred::Locked) => "that quarter was asked for".to_owned(),
            Some(Barred::Forbidden) => "it was ruled out".to_owned(),
            Some(Barred::TooLong) | None => "it could not end within the plan".to_owned(),
        }
    }

    /// The review in the quarter before the `at`-th.
    fn review_before(&self, at: usize) -> Option<String> {
        let mut reviews = self.case.settings.plan.reviews.iter();
        let found = reviews.find(|review| review.next() == self.scheme.quarters[at]);
        found.map(ToString::to_string)
    }

    /// What an exposed activity waits for, or what waits for a calming one.
    fn gate(&self, gate: usize, waits: bool) -> String {
        let gate = &self.scheme.problem.gates[gate];
        let ends = |&&key: &&usize| {
            self.schedule[key].map(|start| start + self.scheme.problem.activities[key].duration)
        };
        let first = gate
            .keys
            .iter()
            .filter(|key| ends(key).is_some())
            .min_by_key(ends);
        match (waits, first) {
            (true, Some(&key)) => format!(
                "it is exposed, and {} must have ended first, to build confidence",
                self.id(key)
            ),
            (true, None) => "it is exposed, and nothing that builds confidence is done".to_owned(),
            (false, _) => "what is exposed waits for it".to_owned(),
        }
    }

    /// Who gives people to a pool after a period and before an activity starts, in words that go on.
    fn hired(&self, a: usize, resource: usize, period: usize) -> String {
        let problem = &self.scheme.problem;
        let Some(starts) = self.schedule[a] else {
            return String::new();
        };
        let gives = |a: usize| {
            let start = self.schedule[a]?;
            let from = start + problem.activities[a].duration;
            let tenths = problem.activities[a].gives.get(resource).copied()?;
            (tenths > 0 && from > period && from <= starts).then_some((from, tenths, a))
        };
        match (0..problem.activities.len()).filter_map(gives).min() {
            Some((from, tenths, a)) => format!(
                "; hiring in {} gives {} from {}",
                self.id(a),
                people(tenths),
                self.quarter(from)
            ),
            None => String::new(),
        }
    }

    pub fn steps(&self) -> Vec<Step> {
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

    /// The schedule without an activity, without all that waits for it or goes with it, and without the
    /// least valuable of what its people are needed for.
    fn without(&self, a: usize) -> Schedule {
        let problem = &self.scheme.problem;
        let mut rest = self.schedule.clone();
        rest[a] = None;
        // Each turn takes something out.
        while let Err(broken) = check(problem, &rest) {
            let drop = broken.iter().find_map(|violation| match *violation {
                Violation::Prerequisite { after, .. } => Some(after),
                Violation::Gate { waits, .. } => Some(waits),
                Violation::Torn { done, .. } => Some(done),
                Violation::Overload {
                    resource, period, ..
                } => {
                    let period = period?;
                    let takes = |&b: &usize| {
                        !self.scheme.runs[b]
                            && rest[b].is_some_and(|s| problem.takes(b, s, resource, period) > 0)
                    };
                    let worth = |b: &usize| rest[*b].and_then(|s| problem.activities[*b].value[s]);
                    (0..rest.len()).filter(takes).min_by_key(worth)
                }
                _ => None,
            });
            let Some(drop) = drop else { break };
            rest[drop] = None;
        }
        rest
    }

    /// What the plan is worth without an activity and without all that hangs on it.
    fn value_without(&self, a: usize) -> i128 {
        let problem = &self.scheme.problem;
        let rest = self.without(a);
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
        let serves = |wanted: fn(CellKind) -> bool| -> Vec<&str> {
            (problem.cells.iter().zip(&self.scheme.cells))
                .filter(|&(_, &kind)| wanted(kind))
                .map(|(cell, _)| cell)
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
                .collect()
        };
        let pairs = serves(|kind| kind == CellKind::Pair);
        if !pairs.is_empty() {
            reasons.push(format!("it serves {}", pairs.join(", ")));
        }
        let ways = serves(|kind| matches!(kind, CellKind::Transfer(_)));
        if !ways.is_empty() {
            reasons.push(format!("it brings {}", ways.join(" and ")));
        }
        let levels = serves(|kind| matches!(kind, CellKind::Level(_)));
        if let Some(level) = levels.last() {
            reasons.push(format!("it reaches {level}"));
        }
        for (k, resource) in problem.resources.iter().enumerate() {
            let tenths = problem.activities[a].gives.get(k).copied().unwrap_or(0);
            let from = self.schedule[a].map(|start| start + problem.activities[a].duration);
            if let Some(from) = from.filter(|&from| tenths > 0 && from < problem.horizon) {
                reasons.push(format!(
                    "it gives {} to {} from {}",
                    people(tenths),
                    resource.name,
                    self.quarter(from)
                ));
            }
        }
        let opens = problem.gates.iter().find(|gate| {
            gate.keys.contains(&a) && gate.waits.iter().any(|&b| self.schedule[b].is_some())
        });
        if opens.is_some() {
            reasons.push("it builds confidence before what is exposed".to_owned());
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
                Some(Violation::Start { activity, start })
                    if self.scheme.barred[*activity][*start] == Some(Barred::Locked) =>
                {
                    self.barred(*activity, *start)
                }
                Some(first) => format!("not earlier: {}", self.words(a, first)),
                None => String::new(),
            },
            Ok(value) if value < self.value => "it is worth more then".to_owned(),
            Ok(_) => "an earlier start would gain nothing".to_owned(),
        }
    }

    pub fn left_out(&self) -> Vec<LeftOut> {
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
                    Outside::Alternative(p) => format!("its alternative {} is done", title(p)),
                    Outside::Bundle(p) => {
                        format!(
                            "it goes together with {}, which is outside the plan",
                            title(p)
                        )
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
            let barred = &self.scheme.barred[a];
            let latest = self.case.initiatives[self.scheme.of[a]].terms.latest;
            return if barred.contains(&Some(Barred::Forbidden)) {
                "it was ruled out".to_owned()
            } else if duration > problem.horizon {
                format!("it takes {duration} quarters, longer than the plan")
            } else if barred.first() == Some(&Some(Barred::Late)) {
                let latest = latest.map_or_else(String::new, |day| format!(", {day},"));
                format!("its latest start{latest} has passed")
            } else if !barred.contains(&Some(Barred::NoReview)) {
                "it was ruled out".to_owned()
            } else {
                "it starts only after a review of the programme, and after none in time to end within the plan"
                    .to_owned()
            };
        }
        let missing = problem
            .precedences
            .iter()
            .find(|p| p.after == a && self.schedule[p.before].is_none());
        if let Some(missing) = missing {
            return format!("it needs {}, which is left out", self.id(missing.before));
        }
        let chosen = (problem.exclusions.iter())
            .filter(|group| group.contains(&a))
            .find_map(|group| {
                group
                    .iter()
                    .find(|&&b| b != a && self.schedule[b].is_some())
            });
        if let Some(&chosen) = chosen {
            return format!("its alternative {} is chosen", self.id(chosen));
        }
        if let Some(bundle) = problem.bundles.iter().find(|bundle| bundle.contains(&a)) {
            let mates = bundle.iter().filter(|&&b| b != a);
            let mates: Vec<&str> = mates.map(|&b| self.id(b)).collect();
            return format!(
                "it is done only together with {}, and not all of them fit or pay",
                mates.join(", ")
            );
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
                                Kind::Year(_) => "the money of the year is spent".to_owned(),
                                Kind::Ceiling(_) => format!("{name} would pass its ceiling"),
                            }
                        }
                        // That it waits is no reason by itself: later it could start.
                        Some(Violation::TooEarly { before, .. }) => {
                            waits.get_or_insert(*before);
                            continue;
                        }
                        Some(Violation::Gate { opens: Some(_), .. }) => continue,
                        Some(Violation::Gate { gate, waits, .. }) => {
                            return self.gate(*gate, *waits == a);
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
            (None, Some(before)) if self.scheme.barred[a].contains(&Some(Barred::Late)) => {
                format!(
                    "its latest start has passed once {} has ended",
                    self.id(before)
                )
            }
            (None, Some(before)) => format!(
                "it takes {} quarters and could not end within the plan once {} has ended",
                problem.activities[a].duration,
                self.id(before)
            ),
            (None, None) => "it can't start in any quarter".to_owned(),
        }
    }

    pub fn loads(&self, certificate: &Certificate) -> Vec<Load> {
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

/// Tenths of full-time equivalents in words.
fn people(tenths: i64) -> String {
    match tenths {
        TENTHS => "1 person".to_owned(),
        _ => format!("{} people", tenths as f64 / TENTHS as f64),
    }
}
