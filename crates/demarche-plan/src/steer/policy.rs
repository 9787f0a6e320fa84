//! A plan steered by its triggers through one future.
//!
//! At the beginning of each quarter, what the last one was is measured: the acts that came, what is
//! late, short, spent and delivered. What was paused for a time goes on where the time is over. Then
//! each trigger whose signposts are passed, and which does not rest, is pulled, in the order of the
//! case. Before the first quarter the signposts stand where they stand on the day of writing, so a
//! trigger that is pulled today is pulled in the first quarter.

use super::money::YEAR;
use super::rules::{Move, Rules, Sees};
use super::world::{Channel, Tide, World};
use crate::execute::{Action, Execution, Outcome, Phase, Policy, State};
use crate::futures::{AS_PLANNED, Future};
use crate::problem::Schedule;
use demarche_case::Needs;

/// How a plan went in one future.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    /// What it came to.
    pub outcome: Outcome,
    /// What harms cost. Points.
    pub harm: i64,
    /// For each signpost, the quarters in which it was newly passed, from 0: those that cost something
    /// and the others.
    pub passed: Vec<Vec<usize>>,
    /// For each signpost and quarter, its value.
    pub values: Vec<Vec<Option<f64>>>,
    /// For each trigger, the quarters at whose beginning it was pulled.
    pub pulled: Vec<Vec<usize>>,
}

impl Course {
    /// What the plan was worth, harms taken off. Points.
    #[must_use]
    pub fn worth(&self) -> i64 {
        self.outcome.value.total() - self.harm
    }

    /// The first quarter in which one of some signposts was newly passed.
    #[must_use]
    pub fn first_of(&self, posts: &[usize]) -> Option<usize> {
        let first = |&post: &usize| self.passed[post].first().copied();
        posts.iter().filter_map(first).min()
    }
}

/// What a plan is steered with.
#[derive(Clone, Copy, Debug)]
pub struct Helm<'a> {
    /// What is carried out.
    pub execution: &'a Execution<'a>,
    /// The plan.
    pub schedule: &'a Schedule,
    /// Who answers it.
    pub world: &'a World,
    /// The seed of the luck of acts.
    pub seed: u64,
}

impl Helm<'_> {
    /// Carries the plan out in a future. `active` says which triggers may be pulled.
    #[must_use]
    pub fn run(&self, future: &Future, rules: &Rules, active: &[bool]) -> Course {
        let quarters = future.quarters;
        let mut steered = Steered {
            helm: self,
            rules,
            active,
            luck: self.world.luck(self.seed, future.number, quarters),
            quarters,
            tides: vec![Tide::default(); self.world.channels.len()],
            values: vec![Vec::with_capacity(quarters); rules.posts.len()],
            passed: vec![Vec::new(); rules.posts.len()],
            pulled: vec![Vec::new(); rules.pulls.len()],
            until: vec![None; self.schedule.len()],
            due: vec![None; self.schedule.len()],
        };
        let outcome = self.execution.run(self.schedule, future, &mut steered);
        let end = End {
            outcome: &outcome,
            future,
            execution: self.execution,
        };
        steered.close(quarters, &end);
        let Steered {
            values,
            passed,
            pulled,
            ..
        } = steered;
        let harm = (rules.posts.iter().zip(&passed))
            .filter_map(|(post, passed)| Some(post.costs? * passed.len() as i64))
            .sum();
        Course {
            outcome,
            harm,
            passed,
            values,
            pulled,
        }
    }
}

/// How things stand at the beginning of a quarter, or after the last.
trait Sight {
    fn phase(&self, a: usize) -> Phase;
    fn worked(&self, a: usize, quarter: usize) -> bool;
    fn late(&self, a: usize) -> usize;
    /// What is needed of a resource above what there is.
    fn short(&self, k: usize) -> Option<i64>;
    /// Thousandths of a level.
    fn exposure(&self, actor: usize, quarter: usize) -> i64;
    /// Thousandths.
    fn strength(&self, actor: usize, quarter: usize) -> u32;
}

impl Sight for State<'_> {
    fn phase(&self, a: usize) -> Phase {
        State::phase(self, a)
    }

    fn worked(&self, a: usize, quarter: usize) -> bool {
        State::worked(self, a, quarter)
    }

    fn late(&self, a: usize) -> usize {
        State::late(self, a)
    }

    fn short(&self, k: usize) -> Option<i64> {
        Some(self.need(k) - self.there(k))
    }

    fn exposure(&self, actor: usize, quarter: usize) -> i64 {
        State::exposure(self, actor, quarter)
    }

    fn strength(&self, actor: usize, quarter: usize) -> u32 {
        self.hostility_in(actor, quarter)
    }
}

/// How things stand after the last quarter.
struct End<'a> {
    outcome: &'a Outcome,
    future: &'a Future,
    execution: &'a Execution<'a>,
}

impl Sight for End<'_> {
    fn phase(&self, a: usize) -> Phase {
        self.outcome.phases[a]
    }

    fn worked(&self, a: usize, quarter: usize) -> bool {
        self.outcome.worked[a * self.outcome.quarters + quarter]
    }

    fn late(&self, a: usize) -> usize {
        match self.outcome.phases[a] {
            Phase::Waiting | Phase::Running { .. } if !self.execution.is_endless(a) => {
                self.outcome.late[a]
            }
            _ => 0,
        }
    }

    fn short(&self, _: usize) -> Option<i64> {
        // Nobody is needed after the plan.
        None
    }

    fn exposure(&self, actor: usize, quarter: usize) -> i64 {
        self.outcome.exposure[actor * self.outcome.quarters + quarter]
    }

    fn strength(&self, actor: usize, quarter: usize) -> u32 {
        self.future.exposure[actor * self.future.quarters + quarter]
    }
}

struct Steered<'h> {
    helm: &'h Helm<'h>,
    rules: &'h Rules,
    active: &'h [bool],
    luck: Vec<f64>,
    quarters: usize,
    tides: Vec<Tide>,
    values: Vec<Vec<Option<f64>>>,
    passed: Vec<Vec<usize>>,
    pulled: Vec<Vec<usize>>,
    /// The quarter in which what is paused goes on.
    until: Vec<Option<usize>>,
    /// The quarter in which what is brought forward is due.
    due: Vec<Option<usize>>,
}

impl Policy for Steered<'_> {
    fn quarter(&mut self, state: &State<'_>, actions: &mut Vec<Action>) {
        let quarter = state.quarter();
        if quarter > 0 {
            self.close(quarter, state);
        }
        for a in 0..self.until.len() {
            if self.until[a] == Some(quarter) {
                self.until[a] = None;
                actions.push(Action::Resume(a));
            }
            if self.due[a] == Some(quarter) {
                self.due[a] = None;
                actions.push(Action::Start(a));
            }
        }
        for at in 0..self.rules.pulls.len() {
            if self.active[at] && self.is_pulled(at, quarter) {
                self.pulled[at].push(quarter);
                let rules = self.rules;
                for step in &rules.pulls[at].moves {
                    self.step(step, state, actions);
                }
            }
        }
    }
}

impl Steered<'_> {
    /// Measures the quarter before.
    fn close(&mut self, quarter: usize, sight: &impl Sight) {
        let world = self.helm.world;
        let last = quarter - 1;
        for (at, (channel, tide)) in world.channels.iter().zip(&mut self.tides).enumerate() {
            let (at_work, own) = at_work(channel, world, |a| sight.worked(a, last));
            let strength: f64 = (channel.actors.iter())
                .map(|&actor| f64::from(sight.strength(actor, last)) / f64::from(AS_PLANNED))
                .sum::<f64>()
                / channel.actors.len().max(1) as f64;
            let strength = if channel.actors.is_empty() {
                1.0
            } else {
                strength
            };
            let luck = self.luck[at * self.quarters + last];
            tide.flow(channel, at_work, own, strength, luck);
        }
        for post in 0..self.rules.posts.len() {
            let before = self.is_passed(post);
            let value = self.value(&self.rules.posts[post].sees, quarter, sight);
            self.values[post].push(value);
            if !before && self.is_passed(post) {
                self.passed[post].push(last);
            }
        }
    }

    /// What a signpost sees of the quarter before.
    fn value(&self, sees: &Sees, quarter: usize, sight: &impl Sight) -> Option<f64> {
        let last = quarter - 1;
        let schedule = self.helm.schedule;
        match sees {
            Sees::Acts(channel) => self.tides[*channel].counts.last().copied(),
            Sees::Late(activities) => {
                let planned = activities.iter().filter(|&&a| schedule[a].is_some());
                planned.map(|&a| sight.late(a) as f64).reduce(f64::max)
            }
            Sees::Short(k, parts) => sight.short(*k).map(|short| short as f64 / parts),
            Sees::Money => {
                let began = |a: usize| match sight.phase(a) {
                    Phase::Running { start, .. }
                    | Phase::Delivered { start, .. }
                    | Phase::Failed { start, .. } => Some(start),
                    Phase::Dropped { start, .. } => start,
                    Phase::LeftOut | Phase::Waiting => None,
                };
                let of_plan: f64 = (0..schedule.len())
                    .filter(|&a| began(a).is_some_and(|start| start + YEAR >= quarter))
                    .map(|a| self.rules.costs[a])
                    .sum();
                let of_before: f64 = (self.rules.spent.iter())
                    .filter(|(ago, _)| ago + quarter <= YEAR)
                    .map(|(_, cost)| cost)
                    .sum();
                self.rules.money[quarter].map(|money| 100.0 * (of_plan + of_before) / money)
            }
            Sees::Delivered => {
                let activities = &self.helm.execution.problem().activities;
                let (mut due, mut there) = (0, 0);
                for (a, start) in schedule.iter().enumerate() {
                    let over = start.is_some_and(|s| s + activities[a].duration <= quarter);
                    if over && !self.helm.execution.is_endless(a) {
                        due += 1;
                        there += usize::from(matches!(sight.phase(a), Phase::Delivered { .. }));
                    }
                }
                (due > 0).then(|| 100.0 * f64::from(there as u32) / f64::from(due as u32))
            }
            Sees::Exposure(actor) => Some(sight.exposure(*actor, last) as f64 / 1000.0),
            Sees::Nothing => None,
        }
    }

    /// Whether a signpost has been beyond its line for as long as it asks for.
    fn is_passed(&self, post: usize) -> bool {
        let (rule, values) = (&self.rules.posts[post], &self.values[post]);
        let mut all = values.iter().rev().chain(rule.before.iter().rev());
        (0..rule.quarters).all(|_| rule.is_beyond(all.next().copied().flatten()))
    }

    fn is_pulled(&self, at: usize, quarter: usize) -> bool {
        let rule = &self.rules.pulls[at];
        let rests = (self.pulled[at].last()).is_some_and(|&last| quarter < last + rule.rest);
        let mut posts = rule.when.iter();
        !rests
            && match rule.needs {
                Needs::All => !rule.when.is_empty() && posts.all(|&post| self.is_passed(post)),
                Needs::Any => posts.any(|&post| self.is_passed(post)),
            }
    }

    fn step(&mut self, step: &Move, state: &State<'_>, actions: &mut Vec<Action>) {
        let quarter = state.quarter();
        match step {
            Move::Pause(activities, quarters) => {
                for &a in activities {
                    self.pause(a, quarter + quarters, actions);
                }
            }
            Move::Freeze(activities, quarters) => {
                for &a in activities {
                    if matches!(state.phase(a), Phase::Waiting) {
                        self.pause(a, quarter + quarters, actions);
                    }
                }
            }
            Move::Resume(activities) => {
                for &a in activities {
                    self.until[a] = None;
                    actions.push(Action::Resume(a));
                }
            }
            Move::Drop(activities) => actions.extend(activities.iter().map(|&a| Action::Drop(a))),
            Move::Start(activities) => {
                for &a in activities {
                    if matches!(state.phase(a), Phase::LeftOut) {
                        actions.push(Action::Start(a));
                    }
                }
            }
            Move::Advance(activities, quarters) => {
                for &a in activities {
                    if !matches!(state.phase(a), Phase::Waiting) {
                        continue;
                    }
                    let earlier = state.planned(a).map(|p| p.saturating_sub(*quarters));
                    match earlier {
                        Some(earlier) if earlier > quarter => self.due[a] = Some(earlier),
                        Some(_) => actions.push(Action::Start(a)),
                        None => {}
                    }
                }
            }
        }
    }

    /// Pauses to a quarter, or on to it where it is paused already.
    fn pause(&mut self, a: usize, until: usize, actions: &mut Vec<Action>) {
        self.until[a] = self.until[a].max(Some(until));
        actions.push(Action::Pause(a));
    }
}

/// The levels at work in a channel in a quarter, and those of them that are the plan's own.
fn at_work(channel: &Channel, world: &World, worked: impl Fn(usize) -> bool) -> (i64, i64) {
    let (mut all, mut own) = (0, 0);
    for (a, &level) in channel.levels.iter().enumerate() {
        if level > 0 && worked(a) {
            all += level;
            own += if world.ran[a] { 0 } else { level };
        }
    }
    (all, own)
}
