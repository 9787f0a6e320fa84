//! Whether there is any schedule at all that does what must be done: found, ruled out with a proof, or
//! neither.

use crate::bound::bound;
use crate::check::check;
use crate::problem::{Activity, Limit, Problem, Schedule};
use crate::search::{Effort, Outcome, search};

/// How many steps of the bound are made.
const BOUND_STEPS: usize = 300;

/// How many partial schedules are looked at before it is given up.
const NODES: usize = 200_000;

/// What is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Feasibility {
    /// This schedule keeps every rule.
    Found(Schedule),
    /// No schedule does: it is proven.
    Impossible,
    /// None was found, and none was ruled out.
    Unknown,
}

/// Whether all that must be done can be done. In turn: nothing that must be done lacks a start; the
/// prices of the rules don't rule it out (as many as must be done can't all be); a search finds a
/// schedule; all schedules of what must be done are tried.
#[must_use]
pub fn feasibility(problem: &Problem, effort: &Effort) -> Feasibility {
    let needed = problem.needed();
    if priced_out(problem, &needed) {
        return Feasibility::Impossible;
    }
    match search(problem, effort, None) {
        Ok(Outcome::Found(found)) => return Feasibility::Found(found.schedule),
        Ok(Outcome::Missing { .. }) => {}
        Err(_) => return Feasibility::Unknown,
    }
    Walk::of(problem, needed).go()
}

impl Problem {
    /// What must be done, with all that it needs.
    #[must_use]
    pub fn needed(&self) -> Vec<bool> {
        let mut needed: Vec<bool> = self.activities.iter().map(|a| a.mandatory).collect();
        let count = |needed: &[bool]| needed.iter().filter(|&&n| n).count();
        loop {
            let before = count(&needed);
            for wait in &self.precedences {
                needed[wait.before] |= needed[wait.after];
            }
            for bundle in &self.bundles {
                let whole = bundle.iter().any(|&a| needed[a]);
                bundle.iter().for_each(|&a| needed[a] |= whole);
            }
            if count(&needed) == before {
                return needed;
            }
        }
    }
}

/// Whether the bound proves that not all that is needed can be done: each is worth 1, and no schedule
/// is worth as much as there are.
fn priced_out(problem: &Problem, needed: &[bool]) -> bool {
    let mut counted = problem.clone();
    counted.cells.clear();
    for (activity, &needed) in counted.activities.iter_mut().zip(needed) {
        activity.mandatory = false;
        for value in activity.value.iter_mut().flatten() {
            *value = i64::from(needed) * SCALE;
        }
    }
    let all = needed.iter().filter(|&&n| n).count() as i128 * i128::from(SCALE);
    // What has no start at all is never done.
    let none = |(activity, needed): (&Activity, &bool)| {
        *needed && activity.value.iter().all(Option::is_none)
    };
    problem.activities.iter().zip(needed).any(none)
        || bound(&counted, Some(all), BOUND_STEPS).is_none_or(|(most, _)| most < all)
}

/// What doing one thing is worth where it is only counted: the bound is a whole number.
const SCALE: i64 = 1_000;

/// A walk through all schedules of what is needed and, where that may help, of the rest.
struct Walk<'a> {
    problem: &'a Problem,
    needed: Vec<bool>,
    /// What is walked through, each after what it waits for.
    order: Vec<usize>,
    schedule: Schedule,
    /// What is taken of each resource: in each period, or in the first place in all.
    taken: Vec<Vec<i128>>,
    /// Resources that something adds to, so that what is too much now may do in the end.
    given: Vec<bool>,
    nodes: usize,
}

impl<'a> Walk<'a> {
    fn of(problem: &'a Problem, needed: Vec<bool>) -> Self {
        let order = problem.order().unwrap_or_default();
        let given: Vec<bool> = (0..problem.resources.len())
            .map(|k| {
                let mut all = problem.activities.iter();
                all.any(|activity| activity.gives.get(k).is_some_and(|&given| given > 0))
            })
            .collect();
        // What gives, or opens a gate, may make room for what must be done; nothing else can.
        let helps = given.contains(&true) || !problem.gates.is_empty();
        Self {
            order: order.into_iter().filter(|&a| helps || needed[a]).collect(),
            schedule: vec![None; needed.len()],
            taken: vec![vec![0; problem.horizon]; problem.resources.len()],
            given,
            nodes: 0,
            needed,
            problem,
        }
    }

    fn go(mut self) -> Feasibility {
        match self.place(0) {
            Some(true) => Feasibility::Found(self.schedule),
            Some(false) => Feasibility::Impossible,
            None => Feasibility::Unknown,
        }
    }

    /// Whether what stands from a place on can be scheduled; `None` where it was given up.
    fn place(&mut self, at: usize) -> Option<bool> {
        self.nodes += 1;
        if self.nodes > NODES {
            return None;
        }
        let Some(&a) = self.order.get(at) else {
            return Some(check(self.problem, &self.schedule).is_ok());
        };
        if !self.needed[a] && self.place(at + 1)? {
            return Some(true);
        }
        let mut earliest = Some(0);
        for wait in self.problem.precedences.iter().filter(|p| p.after == a) {
            let duration = self.problem.activities[wait.before].duration;
            let ends = self.schedule[wait.before].map(|start| start + duration + wait.lag);
            earliest = earliest.zip(ends).map(|(one, other)| one.max(other));
        }
        let Some(earliest) = earliest else {
            return Some(false);
        };
        for start in earliest..self.problem.horizon {
            if self.problem.activities[a].value[start].is_none() {
                continue;
            }
            self.take(a, start, 1);
            if self.fits() {
                self.schedule[a] = Some(start);
                if self.place(at + 1)? {
                    return Some(true);
                }
                self.schedule[a] = None;
            }
            self.take(a, start, -1);
        }
        Some(false)
    }

    fn take(&mut self, a: usize, start: usize, sign: i128) {
        let problem = self.problem;
        for (k, taken) in self.taken.iter_mut().enumerate() {
            match problem.resources[k].limit {
                Limit::EachPeriod(_) => {
                    for (period, taken) in taken.iter_mut().enumerate().skip(start) {
                        *taken += sign * i128::from(problem.takes(a, start, k, period));
                    }
                }
                _ => taken[0] += sign * i128::from(problem.takes_in_all(a, start, k)),
            }
        }
    }

    fn fits(&self) -> bool {
        let resources = self.problem.resources.iter().zip(&self.taken);
        let mut fixed = resources.zip(&self.given).filter(|(_, given)| !**given);
        fixed.all(|((resource, taken), _)| match &resource.limit {
            Limit::EachPeriod(each) => {
                let mut pairs = each.iter().zip(taken);
                pairs.all(|(&limit, &taken)| taken <= i128::from(limit))
            }
            Limit::Total(limit) | Limit::Span { amount: limit, .. } => {
                taken[0] <= i128::from(*limit)
            }
        })
    }
}
