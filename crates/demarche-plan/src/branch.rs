//! Proof by cases: a tree whose branches are cut where prices prove that nothing better is there.
//!
//! At each node the rules that couple activities are priced as in [`crate::bound`]; a start, or the
//! leaving out of an activity, whose worth at these prices would bring the bound down to the best
//! known value is struck off (reduced-cost fixing), and what follows from what is decided is struck
//! off too. The tree proves small problems; of larger ones it lowers the bound a little.

use crate::bound::{Certificate, UNIT, bound_from};
use crate::check::check;
use crate::problem::{Limit, Problem, Schedule};

/// Steps towards good prices at the root, and at each node below.
const STEPS: (usize, usize) = (3_000, 60);

/// What a tree came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tree {
    /// The best schedule known, and its worth; `None` where there is none that keeps every rule, or
    /// none was found.
    pub best: Option<(Schedule, i128)>,
    /// No schedule is worth more; `None` where there is none at all.
    pub bound: Option<i128>,
    /// How many nodes were looked at.
    pub nodes: u64,
}

impl Tree {
    /// Whether the best schedule is proven to be the best there is.
    #[must_use]
    pub fn is_proven(&self) -> bool {
        self.best.as_ref().map(|best| best.1) == self.bound
    }
}

/// Looks for a better schedule than the known one, and for a proof that there is none, with at most
/// so many nodes. The problem must be sound ([`Problem::validate`]).
#[must_use]
pub fn branch(problem: &Problem, known: Option<&Schedule>, nodes: u64) -> Tree {
    let known = known.and_then(|s| Some((s.clone(), check(problem, s).ok()?)));
    let mut search = Search {
        whole: problem,
        room: problem.room(),
        best: known,
        left: nodes,
    };
    let root = search.node(problem.clone(), None, STEPS.0);
    let value = search.best.as_ref().map(|best| best.1);
    Tree {
        bound: value.max(root),
        best: search.best,
        nodes: nodes - search.left,
    }
}

struct Search<'a> {
    whole: &'a Problem,
    /// The most there can be of each resource.
    room: Vec<Vec<i64>>,
    best: Option<(Schedule, i128)>,
    left: u64,
}

/// How two branches part.
enum Parting {
    /// An activity is done, or not.
    Whether(usize),
    /// An activity is done by a period, or later or not at all.
    By(usize, usize),
}

impl Search<'_> {
    fn passes(&self, bound: i128) -> bool {
        self.best.as_ref().is_none_or(|&(_, value)| bound > value)
    }

    /// An upper bound of what lies in this part, `None` where nothing can be better than the best.
    fn node(
        &mut self,
        mut part: Problem,
        prices: Option<&Certificate>,
        steps: usize,
    ) -> Option<i128> {
        if !self.tighten(&mut part) {
            return None;
        }
        let target = self.best.as_ref().map(|best| best.1);
        let (mut bound, mut prices) = bound_from(&part, target, steps, prices)?;
        if self.left == 0 {
            return self.passes(bound).then_some(bound);
        }
        self.left -= 1;
        let mut offers;
        loop {
            if !self.passes(bound) {
                return None;
            }
            let (worth, offered) = prices.offers(&part)?;
            offers = offered;
            if !self.strike(&mut part, worth, &offers) {
                break;
            }
            if !self.tighten(&mut part) {
                return None;
            }
            let target = self.best.as_ref().map(|best| best.1);
            (bound, prices) = bound_from(&part, target, STEPS.1, Some(&prices))?;
        }
        let Some((parting, first)) = parting(&part, &offers) else {
            let only = offers.iter().map(|offers| Some(offers.first()?.0));
            let schedule: Schedule = only.collect();
            if let Ok(value) = check(self.whole, &schedule)
                && self.passes(value)
            {
                self.best = Some((schedule, value));
            }
            return None;
        };
        let mut most = None;
        for side in [first, !first] {
            let below = self.node(parted(&part, &parting, side), Some(&prices), STEPS.1);
            // What lies below can't be worth more than this node.
            most = most.max(below.map(|below| below.min(bound)));
        }
        most.filter(|&most| self.passes(most))
    }

    /// Strikes off what prices prove not to be better than the best; whether anything was.
    fn strike(&self, part: &mut Problem, worth: i128, offers: &[Vec<(usize, i128)>]) -> bool {
        let Some((_, value)) = self.best else {
            return false;
        };
        let unit = i128::from(UNIT);
        let mut struck = false;
        for (activity, offers) in part.activities.iter_mut().zip(offers) {
            let most = offers.iter().map(|offer| offer.1).max();
            let now = match most {
                Some(most) if activity.mandatory => most,
                Some(most) => most.max(0),
                None => 0,
            };
            let falls = |to: i128| (worth - now + to).div_euclid(unit) <= value;
            for start in 0..activity.value.len() {
                if activity.value[start].is_none() {
                    continue;
                }
                let offer = offers.iter().find(|&&(t, _)| t == start);
                if offer.is_none_or(|&(_, offer)| falls(offer)) {
                    activity.value[start] = None;
                    struck = true;
                }
            }
            if !activity.mandatory && falls(0) {
                activity.mandatory = true;
                struck = true;
            }
        }
        struck
    }

    /// Strikes off what what is decided leaves no room for. `false` where that leaves no schedule.
    fn tighten(&self, part: &mut Problem) -> bool {
        loop {
            let mut changed = false;
            if !ordered(part, &mut changed) || !self.roomy(part, &mut changed) {
                return false;
            }
            if !changed {
                return true;
            }
        }
    }

    /// What must be done takes what it takes wherever it starts; the others must fit beside it.
    fn roomy(&self, part: &mut Problem, changed: &mut bool) -> bool {
        let n = part.activities.len();
        for k in 0..part.resources.len() {
            let each = matches!(part.resources[k].limit, Limit::EachPeriod(_));
            let rows = if each { part.horizon } else { 1 };
            let taken = |part: &Problem, a: usize, start: usize, row: usize| match each {
                true => part.takes(a, start, k, row),
                false => part.takes_in_all(a, start, k),
            };
            for row in 0..rows {
                let limit = self.room[k][row];
                let least: Vec<i64> = (0..n)
                    .map(|a| {
                        if !part.activities[a].mandatory {
                            return 0;
                        }
                        let starts = starts(part, a);
                        starts
                            .map(|start| taken(part, a, start, row))
                            .min()
                            .unwrap_or(0)
                    })
                    .collect();
                let sum: i64 = least.iter().sum();
                if sum > limit {
                    return false;
                }
                for (a, least) in least.into_iter().enumerate() {
                    for start in 0..part.horizon {
                        if part.activities[a].value[start].is_some()
                            && taken(part, a, start, row) - least + sum > limit
                        {
                            part.activities[a].value[start] = None;
                            *changed = true;
                        }
                    }
                }
            }
        }
        true
    }
}

fn starts(part: &Problem, a: usize) -> impl DoubleEndedIterator<Item = usize> {
    let values = part.activities[a].value.iter().enumerate();
    values
        .filter(|(_, value)| value.is_some())
        .map(|(start, _)| start)
}

/// Waiting, bundles and exclusions of what is decided. `false` where no schedule is left.
fn ordered(part: &mut Problem, changed: &mut bool) -> bool {
    let drop = |part: &mut Problem, a: usize, changed: &mut bool| {
        if part.activities[a].value.iter().any(Option::is_some) {
            part.activities[a].value.fill(None);
            *changed = true;
        }
    };
    let must = |part: &mut Problem, a: usize, changed: &mut bool| {
        *changed |= !part.activities[a].mandatory;
        part.activities[a].mandatory = true;
    };
    for wait in part.precedences.clone() {
        let offset = part.activities[wait.before].duration + wait.lag;
        let Some(first) = starts(part, wait.before).next() else {
            drop(part, wait.after, changed);
            continue;
        };
        for start in 0..part.horizon.min(first + offset) {
            *changed |= part.activities[wait.after].value[start].take().is_some();
        }
        if part.activities[wait.after].mandatory {
            must(part, wait.before, changed);
            let Some(last) = starts(part, wait.after).next_back() else {
                return false;
            };
            for start in 0..part.horizon {
                if start + offset > last {
                    *changed |= part.activities[wait.before].value[start].take().is_some();
                }
            }
        }
    }
    for group in part.exclusions.clone() {
        if let Some(&done) = group.iter().find(|&&a| part.activities[a].mandatory) {
            for &other in group.iter().filter(|&&a| a != done) {
                drop(part, other, changed);
            }
        }
    }
    for bundle in part.bundles.clone() {
        let gone = bundle.iter().any(|&a| starts(part, a).next().is_none());
        let done = bundle.iter().any(|&a| part.activities[a].mandatory);
        for &a in &bundle {
            if gone {
                drop(part, a, changed);
            }
            if done {
                must(part, a, changed);
            }
        }
    }
    (part.activities.iter()).all(|a| !a.mandatory || a.value.iter().any(Option::is_some))
}

/// Where to part: at the activity that is least decided at these prices, the one that is worth most if
/// several are; and the side on which its best choice lies. `None` where all is decided.
fn parting(part: &Problem, offers: &[Vec<(usize, i128)>]) -> Option<(Parting, bool)> {
    let mut best: Option<((i128, i64), Parting, bool)> = None;
    for (a, offers) in offers.iter().enumerate() {
        // Choices with their worth; leaving out is worth nothing.
        let mut choices: Vec<(Option<usize>, i128)> = offers
            .iter()
            .map(|&(start, worth)| (Some(start), worth))
            .collect();
        if !part.activities[a].mandatory {
            choices.push((None, 0));
        }
        if choices.len() < 2 {
            continue;
        }
        choices.sort_by_key(|&(_, worth)| std::cmp::Reverse(worth));
        let (one, two) = (choices[0], choices[1]);
        let value = part.activities[a].value.iter().flatten().max().copied();
        let rank = (one.1 - two.1, -value.unwrap_or(0));
        if best.as_ref().is_some_and(|(other, ..)| *other <= rank) {
            continue;
        }
        best = Some(match (one.0, two.0) {
            (Some(first), Some(second)) => {
                let by = first.min(second);
                (rank, Parting::By(a, by), first == by)
            }
            (first, _) => (rank, Parting::Whether(a), first.is_some()),
        });
    }
    best.map(|(_, parting, first)| (parting, first))
}

/// One of two parts: the activity is done (by a period), or it is not (by then).
fn parted(part: &Problem, parting: &Parting, done: bool) -> Problem {
    let mut part = part.clone();
    match *parting {
        Parting::Whether(a) if done => part.activities[a].mandatory = true,
        Parting::Whether(a) => part.activities[a].value.fill(None),
        Parting::By(a, by) => {
            let value = &mut part.activities[a].value;
            if done {
                value[by + 1..].fill(None);
                part.activities[a].mandatory = true;
            } else {
                value[..=by].fill(None);
            }
        }
    }
    part
}
