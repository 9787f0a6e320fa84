//! A plan carried out in one future, quarter by quarter.
//!
//! ```text
//! let execution = Execution::of(&case, &scheme);          // once a scheme
//! let future = uncertainty.draw(&execution, 0, &point);    // or Future::certain(&execution)
//! let outcome = execution.run(&plan.schedule, &future, &mut NoPolicy);
//! ```
//!
//! In each quarter, in this order:
//! 1. Delays that become known are added to what has not ended.
//! 2. The [`Policy`] sees the [`State`] and may act.
//! 3. What has been delivered and must be kept up takes what that needs, as far as it is there, and
//!    adds what it gives (people who have been hired).
//! 4. What runs goes on, in plan order (by planned start, then what must be done, then position), as
//!    far as people, money and ceilings of this future reach. What they do not reach for stands still
//!    for the quarter and takes nothing.
//! 5. What is due starts, in plan order: its planned quarter has come, its prerequisites have been
//!    delivered and their lags have passed, each of its gates has a key that has been, nothing that
//!    excludes it runs or is delivered, it is not frozen or paused, it could end within the plan if it
//!    took as long as planned, and its first quarter fits. What can't start yet is tried again in each
//!    later quarter.
//! 6. What has done its last quarter of work has ended: delivered, or not.
//!
//! Nothing is ever overdrawn. Nobody looks ahead: a late start may take the people of a later one.
//! What has not ended within the plan is not credited. In the certain future a plan that the checker
//! passes, and that credits nothing after its horizon, runs exactly as planned and is worth exactly
//! what the checker says.
//!
//! An outcome's value is what was delivered, at its factor in that quarter, less what came off for
//! lateness, less the cost of reactions: half of an initiative's when it starts, the rest in its last
//! quarter, each at the actor's factor in that quarter.

use demarche_case::Case;

use crate::futures::{AS_PLANNED, Future};
use crate::problem::{LARGEST, Limit, Problem, Schedule};
use crate::scheme::{Kind, LEVELS, Scheme};
use crate::worth::Worth;

/// How a resource is taken by an activity that takes longer or shorter than planned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// As long as it lasts (people): the profile is stretched.
    WhileItLasts,
    /// As planned from its start on, and then nothing more (starts, money).
    FromItsStart,
    /// In its first and its last quarter (exposure to the actor at that position).
    AtBothEnds(usize),
    /// All of it when it starts (of a limit over all quarters).
    AtItsStart,
}

/// What there is of something in a period in which nothing limits it.
const NO_LIMIT: i64 = LARGEST * 1024;

/// A problem made ready for being carried out in many futures.
#[derive(Clone, Debug)]
pub struct Execution<'a> {
    problem: &'a Problem,
    actors: Vec<String>,
    uses: Vec<Use>,
    /// For each activity, the resources it takes of.
    takes: Vec<Vec<usize>>,
    /// For each activity and resource, what it takes in each period of its life, where that is always
    /// the same; and what it takes in all.
    level: Vec<Option<i64>>,
    sum: Vec<i64>,
    /// For each activity, the actors it is exposed to: which, levels, points off.
    exposure: Vec<Vec<Exposed>>,
    /// For each activity, its benefit if nothing came off for lateness. Points.
    full: Vec<i64>,
    /// For each activity and quarter after its end (1 to the horizon), its benefit then. Points.
    gross: Vec<i64>,
    before: Vec<Vec<(usize, usize)>>,
    /// For each activity, the keys of each gate before it.
    gates: Vec<Vec<Vec<usize>>>,
    rivals: Vec<Vec<usize>>,
    /// The activities that give something after their end or have to be kept up.
    keeps: Vec<usize>,
    endless: Vec<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Exposed {
    actor: usize,
    tenths: i64,
    points: i64,
}

impl<'a> Execution<'a> {
    /// A case's scheme. Actors are those that any of its initiatives is exposed to, in the order in which
    /// they come up.
    #[must_use]
    pub fn of(case: &Case, scheme: &'a Scheme) -> Self {
        let problem = &scheme.problem;
        let mut all = Self::bare(problem);
        let horizon = problem.horizon;
        for &i in &scheme.of {
            for (actor, _) in &case.initiatives[i].exposure {
                if !all.actors.contains(actor) {
                    all.actors.push(actor.clone());
                }
            }
        }
        let actors = all.actors.clone();
        let actor = |code: &str| actors.iter().position(|a| a == code);
        all.uses = (scheme.kinds.iter().zip(&all.uses))
            .map(|(kind, bare)| match *kind {
                _ if *bare == Use::AtItsStart => Use::AtItsStart,
                Kind::Pool(_) => Use::WhileItLasts,
                Kind::Starts | Kind::Money | Kind::Year(_) => Use::FromItsStart,
                Kind::Ceiling(at) => actor(&case.settings.plan.ceilings[at].actor)
                    .map_or(Use::FromItsStart, Use::AtBothEnds),
            })
            .collect();
        for (a, &i) in scheme.of.iter().enumerate() {
            all.endless[a] = scheme.runs[a]
                && problem.activities[a].duration == horizon
                && case.initiatives[i].recurring;
            let gross = &mut all.gross[a * (horizon + 1)..][..=horizon];
            if scheme.runs[a] {
                // What runs was counted when it began: it is worth nothing more, and was answered then.
                gross.fill(0);
                all.full[a] = 0;
                continue;
            }
            let worth = Worth::of(case, i, &scheme.exposure[a]);
            all.full[a] = worth.points + worth.early;
            for (end, gross) in gross.iter_mut().enumerate() {
                *gross = worth.at(end);
            }
            all.exposure[a] = (worth.risk.iter())
                .filter_map(|(code, tenths, points)| {
                    Some(Exposed {
                        actor: actor(code)?,
                        tenths: *tenths,
                        points: *points,
                    })
                })
                .collect();
        }
        all
    }

    /// A problem without a case: no actors, every resource is taken while an activity lasts, and what
    /// ends in a quarter is worth what it would be worth if it had started so as to end then as planned.
    #[must_use]
    pub fn bare(problem: &'a Problem) -> Self {
        let (n, horizon) = (problem.activities.len(), problem.horizon);
        let mut before = vec![Vec::new(); n];
        for wait in &problem.precedences {
            before[wait.after].push((wait.before, wait.lag));
        }
        let mut rivals = vec![Vec::new(); n];
        for group in &problem.exclusions {
            for &a in group {
                rivals[a].extend(group.iter().copied().filter(|&b| b != a));
            }
        }
        let mut gates = vec![Vec::new(); n];
        for gate in &problem.gates {
            for &a in &gate.waits {
                gates[a].push(gate.keys.clone());
            }
        }
        let keeps = (0..n)
            .filter(|&a| {
                let activity = &problem.activities[a];
                activity
                    .gives
                    .iter()
                    .chain(&activity.upkeep)
                    .any(|&amount| amount != 0)
            })
            .collect();
        let mut full = vec![0; n];
        let mut gross = vec![0; n * (horizon + 1)];
        for (a, activity) in problem.activities.iter().enumerate() {
            full[a] = activity.value.iter().flatten().copied().max().unwrap_or(0);
            for end in 1..=horizon {
                let start = end.saturating_sub(activity.duration).min(horizon - 1);
                let near = activity.value[..=start].iter().rev().flatten().next();
                let near = near.or_else(|| activity.value[start..].iter().flatten().next());
                gross[a * (horizon + 1) + end] = near.copied().unwrap_or(0);
            }
        }
        Self {
            problem,
            actors: Vec::new(),
            uses: (problem.resources.iter())
                .map(|resource| match resource.limit {
                    Limit::Total(_) => Use::AtItsStart,
                    _ => Use::WhileItLasts,
                })
                .collect(),
            takes: (problem.activities.iter())
                .map(|activity| {
                    let some = |k: &usize| activity.demand[*k].iter().any(|&amount| amount > 0);
                    (0..problem.resources.len()).filter(some).collect()
                })
                .collect(),
            level: (problem.activities.iter())
                .flat_map(|activity| {
                    let level = |each: &Vec<i64>| {
                        let first = each.first().copied();
                        first.filter(|first| each.iter().all(|amount| amount == first))
                    };
                    activity.demand.iter().map(level)
                })
                .collect(),
            sum: (problem.activities.iter())
                .flat_map(|activity| activity.demand.iter().map(|each| each.iter().sum()))
                .collect(),
            exposure: vec![Vec::new(); n],
            full,
            gross,
            before,
            gates,
            rivals,
            keeps,
            endless: vec![false; n],
        }
    }

    /// The problem.
    #[must_use]
    pub fn problem(&self) -> &'a Problem {
        self.problem
    }

    /// The codes of the actors that exposure is counted for.
    #[must_use]
    pub fn actors(&self) -> &[String] {
        &self.actors
    }

    /// Whether an activity runs to the end of the plan because it comes round again: it never ends, so
    /// it is never delivered or late.
    #[must_use]
    pub fn is_endless(&self, a: usize) -> bool {
        self.endless[a]
    }

    /// The exposure to all actors that an activity brings. Tenths of a level.
    #[must_use]
    pub fn levels(&self, a: usize) -> i64 {
        self.exposure[a].iter().map(|exposed| exposed.tenths).sum()
    }

    /// The exposure to one actor that an activity brings. Tenths of a level.
    #[must_use]
    pub fn level(&self, a: usize, actor: usize) -> i64 {
        let mut exposed = self.exposure[a].iter();
        exposed.find(|e| e.actor == actor).map_or(0, |e| e.tenths)
    }

    /// Carries a schedule out in a future. The schedule must have a place for each activity of the
    /// problem, and the future must be for this execution.
    ///
    /// # Panics
    /// Where they are not.
    #[must_use]
    pub fn run(&self, schedule: &Schedule, future: &Future, policy: &mut impl Policy) -> Outcome {
        let (n, quarters) = (self.problem.activities.len(), self.problem.horizon);
        assert_eq!(schedule.len(), n, "a schedule for this problem");
        assert_eq!(future.durations.len(), n, "a future for this problem");
        let mut run = Run::new(self, schedule, future);
        let mut actions = Vec::new();
        for quarter in 0..quarters {
            run.quarter = quarter;
            run.open_quarter();
            policy.quarter(&State { run: &run }, &mut actions);
            for action in actions.drain(..) {
                run.act(action);
            }
            run.keep_up();
            run.go_on();
            run.start_what_is_due();
            run.close_quarter();
        }
        run.outcome()
    }
}

/// What is done about how things go: called at the beginning of each quarter.
pub trait Policy {
    /// Looks at how things stand and puts what is to be done into `actions`, which comes empty. They are
    /// carried out in their order, before anything goes on or starts. What can't be done (pausing what
    /// has ended) is ignored.
    fn quarter(&mut self, state: &State<'_>, actions: &mut Vec<Action>);
}

/// Does nothing: the plan is followed as well as it can be.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoPolicy;

impl Policy for NoPolicy {
    fn quarter(&mut self, _: &State<'_>, _: &mut Vec<Action>) {}
}

/// Something that a policy may do. Activities and actors are positions in the [`Execution`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// An activity stands still, or does not start, until it is resumed. It takes nothing meanwhile.
    Pause(usize),
    /// A paused activity may go on or start.
    Resume(usize),
    /// An activity is given up: it takes nothing more and delivers nothing. What it was answered for
    /// when it began stays.
    Drop(usize),
    /// An activity is due from now on: one planned for later is brought forward, one left out is taken
    /// in (unless the problem rules it out altogether). It comes after what was due before.
    Start(usize),
    /// Nothing starts, until lifted, that brings at least so many levels of exposure: to that actor, or
    /// to all together where there is none. A later one replaces an earlier one.
    Hold {
        /// To whom; `None`: to all together.
        actor: Option<usize>,
        /// From how many levels on.
        least: i64,
    },
    /// The hold is lifted.
    Lift,
}

/// How far an activity has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It is no part of the plan.
    LeftOut,
    /// It has not started.
    Waiting,
    /// It has started.
    Running {
        /// The quarter in which it started.
        start: usize,
        /// How many quarters of work are done.
        worked: usize,
    },
    /// Its work is done and what it promised is there.
    Delivered {
        /// The quarter in which it started.
        start: usize,
        /// The first quarter after its end.
        end: usize,
    },
    /// Its work is done and what it promised is not there.
    Failed {
        /// The quarter in which it started.
        start: usize,
        /// The first quarter after its end.
        end: usize,
    },
    /// It was given up.
    Dropped {
        /// The quarter in which it started, if it had.
        start: Option<usize>,
        /// The quarter in which it was given up.
        quarter: usize,
    },
}

/// How things stand at the beginning of a quarter, as those who carry out the plan can see it: what has
/// happened so far, and who is there now; nothing of what is to come.
#[derive(Clone, Copy, Debug)]
pub struct State<'s> {
    run: &'s Run<'s>,
}

impl<'s> State<'s> {
    /// The quarter that begins, from 0.
    #[must_use]
    pub fn quarter(&self) -> usize {
        self.run.quarter
    }

    /// Which of its sample the future is. To draw noise from, not to look anything up by.
    #[must_use]
    pub fn number(&self) -> usize {
        self.run.future.number
    }

    /// What is carried out.
    #[must_use]
    pub fn execution(&self) -> &'s Execution<'s> {
        self.run.execution
    }

    /// How far an activity has come.
    #[must_use]
    pub fn phase(&self, a: usize) -> Phase {
        self.run.phase[a]
    }

    /// Whether an activity is paused.
    #[must_use]
    pub fn is_paused(&self, a: usize) -> bool {
        self.run.paused[a]
    }

    /// The quarter in which an activity is due to start, as planned or as changed since.
    #[must_use]
    pub fn planned(&self, a: usize) -> Option<usize> {
        self.run.planned[a]
    }

    /// How many quarters ago an activity should have ended by the plan it began with and as long as it
    /// was planned to take; 0 if it has ended, is not due yet, was given up or never ends.
    #[must_use]
    pub fn late(&self, a: usize) -> usize {
        self.run.late(a, self.run.quarter)
    }

    /// What activities that run, or are due and have not started, would take of a resource this quarter
    /// if all went on, in its unit (ceilings: thousandths of a level at this quarter's factor).
    #[must_use]
    pub fn need(&self, k: usize) -> i64 {
        self.run.need[k * self.run.future.quarters + self.run.quarter]
    }

    /// What there is of a resource this quarter, in the same unit: for a limit over all quarters, what
    /// is left of it.
    #[must_use]
    pub fn there(&self, k: usize) -> i64 {
        self.run.room[k]
    }

    /// How strongly an actor reacts this quarter, and so the rate of hostile events against the usual
    /// one. Thousandths.
    #[must_use]
    pub fn hostility(&self, actor: usize) -> u32 {
        let run = self.run;
        run.future.exposure[actor * run.future.quarters + run.quarter]
    }

    /// The same in a past quarter. Thousandths.
    #[must_use]
    pub fn hostility_in(&self, actor: usize, quarter: usize) -> u32 {
        self.run.future.exposure[actor * self.run.future.quarters + quarter]
    }

    /// Whether an activity was worked on in a past quarter.
    #[must_use]
    pub fn worked(&self, a: usize, quarter: usize) -> bool {
        self.run.worked[a * self.run.future.quarters + quarter]
    }

    /// Exposure to an actor that starts and last quarters brought in a past quarter. Thousandths of a
    /// level.
    #[must_use]
    pub fn exposure(&self, actor: usize, quarter: usize) -> i64 {
        self.run.exposure[actor * self.run.future.quarters + quarter]
    }

    /// Whether an event of the uncertainty has happened by now.
    #[must_use]
    pub fn has_happened(&self, event: usize) -> bool {
        self.run.future.happened[event].is_some_and(|quarter| quarter <= self.run.quarter)
    }

    /// The hold that is in force.
    #[must_use]
    pub fn hold(&self) -> Option<(Option<usize>, i64)> {
        self.run.hold
    }
}

/// What a plan came to in a future.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// How many quarters there are.
    pub quarters: usize,
    /// For each activity, how far it came.
    pub phases: Vec<Phase>,
    /// For each activity, how many quarters after its planned end it ended, as [`State::late`] counts:
    /// for what has not ended, up to the end of the plan; for what is no part of the plan, 0.
    pub late: Vec<usize>,
    /// For each activity, how many quarters it stood still for want of something or by a pause.
    pub stood: Vec<usize>,
    /// For each activity and quarter (`a * quarters + quarter`), whether it was worked on.
    pub worked: Vec<bool>,
    /// What it was worth.
    pub value: Value,
    /// For each actor and quarter (`actor * quarters + quarter`), exposure. Thousandths of a level.
    pub exposure: Vec<i64>,
    /// For each resource and quarter (`k * quarters + quarter`), what was taken, in its unit; of a
    /// limit over all quarters, what was taken up in that quarter. Ceilings: thousandths of a level.
    pub taken: Vec<i64>,
    /// For each resource and quarter, what was needed when the quarter began: [`State::need`].
    pub need: Vec<i64>,
    /// For each resource and quarter, what was there when it began: [`State::there`].
    pub there: Vec<i64>,
}

/// What an outcome is worth, by part. Points.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Value {
    /// What was delivered, as if nothing were ever late, with what ends served add.
    pub benefit: i64,
    /// What came off because it took time.
    pub lateness: i64,
    /// What reactions cost.
    pub risk: i64,
}

impl Value {
    /// Benefit less lateness less risk.
    #[must_use]
    pub fn total(&self) -> i64 {
        self.benefit - self.lateness - self.risk
    }
}

impl Outcome {
    /// When an activity started.
    #[must_use]
    pub fn start(&self, a: usize) -> Option<usize> {
        match self.phases[a] {
            Phase::Running { start, .. }
            | Phase::Delivered { start, .. }
            | Phase::Failed { start, .. } => Some(start),
            Phase::Dropped { start, .. } => start,
            Phase::LeftOut | Phase::Waiting => None,
        }
    }

    /// The first quarter after the delivery of an activity, if it delivered.
    #[must_use]
    pub fn delivered(&self, a: usize) -> Option<usize> {
        match self.phases[a] {
            Phase::Delivered { end, .. } => Some(end),
            _ => None,
        }
    }

    /// How many activities delivered.
    #[must_use]
    pub fn deliveries(&self) -> usize {
        let all = self.phases.iter();
        all.filter(|phase| matches!(phase, Phase::Delivered { .. }))
            .count()
    }

    /// The largest exposure to an actor in any quarter. Thousandths of a level.
    #[must_use]
    pub fn peak(&self, actor: usize) -> i64 {
        let each = &self.exposure[actor * self.quarters..][..self.quarters];
        each.iter().copied().max().unwrap_or(0)
    }
}

/// A plan on its way through a future.
#[derive(Debug)]
struct Run<'s> {
    execution: &'s Execution<'s>,
    future: &'s Future,
    schedule: &'s Schedule,
    quarter: usize,
    /// Activities that have a place in the plan, in plan order.
    order: Vec<usize>,
    planned: Vec<Option<usize>>,
    phase: Vec<Phase>,
    paused: Vec<bool>,
    durations: Vec<usize>,
    stood: Vec<usize>,
    worked: Vec<bool>,
    hold: Option<(Option<usize>, i64)>,
    /// What is left of each resource in this quarter.
    room: Vec<i64>,
    /// What limits over all quarters have been drawn by.
    spent: Vec<i64>,
    /// What all that is delivered takes and gives of each resource in a quarter.
    upkeep: Vec<i64>,
    gives: Vec<i64>,
    /// For each activity, in which quarter and at which quarter of its work it was asked what it takes,
    /// and what that is of each resource that it takes of.
    asked: Vec<(usize, usize)>,
    amounts: Vec<i64>,
    exposure: Vec<i64>,
    taken: Vec<i64>,
    need: Vec<i64>,
    there: Vec<i64>,
    risk: i64,
}

impl<'s> Run<'s> {
    fn new(execution: &'s Execution<'s>, schedule: &'s Schedule, future: &'s Future) -> Self {
        let problem = execution.problem;
        let (n, quarters) = (problem.activities.len(), problem.horizon);
        let resources = problem.resources.len();
        let phase = (schedule.iter())
            .map(|start| match start {
                Some(_) => Phase::Waiting,
                None => Phase::LeftOut,
            })
            .collect();
        let mut run = Self {
            execution,
            future,
            schedule,
            quarter: 0,
            order: (0..n).filter(|&a| schedule[a].is_some()).collect(),
            planned: schedule.clone(),
            phase,
            paused: vec![false; n],
            durations: future.durations.clone(),
            stood: vec![0; n],
            worked: vec![false; n * quarters],
            hold: None,
            room: vec![0; resources],
            spent: vec![0; resources],
            upkeep: vec![0; resources],
            gives: vec![0; resources],
            asked: vec![(usize::MAX, 0); n],
            amounts: vec![0; n * resources],
            exposure: vec![0; execution.actors.len() * quarters],
            taken: vec![0; resources * quarters],
            need: vec![0; resources * quarters],
            there: vec![0; resources * quarters],
            risk: 0,
        };
        run.sort();
        run
    }

    fn sort(&mut self) {
        let (planned, activities) = (&self.planned, &self.execution.problem.activities);
        self.order
            .sort_unstable_by_key(|&a| (planned[a], !activities[a].mandatory, a));
    }

    fn open_quarter(&mut self) {
        let (future, quarter) = (self.future, self.quarter);
        for delay in future.delays.iter().filter(|d| d.quarter == quarter) {
            for &a in delay.activities.iter() {
                if matches!(
                    self.phase[a],
                    Phase::Waiting | Phase::Running { .. } | Phase::LeftOut
                ) {
                    self.durations[a] += delay.longer;
                }
            }
        }
        for k in 0..self.room.len() {
            let factor = i64::from(future.capacity[k * future.quarters + quarter]);
            let limit = match &self.execution.problem.resources[k].limit {
                Limit::EachPeriod(each) => each[quarter] + self.gives[k],
                Limit::Total(total) => *total,
                Limit::Span { first, last, .. } if !(first..=last).contains(&&quarter) => NO_LIMIT,
                Limit::Span { amount, .. } => *amount,
            };
            let there = match self.execution.uses[k] {
                // A ceiling is counted in thousandths of a level, as exposure is.
                Use::AtBothEnds(_) => limit * factor / LEVELS,
                _ => limit * factor / i64::from(AS_PLANNED),
            };
            self.room[k] = (there - self.spent[k]).max(0);
        }
        for k in 0..self.room.len() {
            self.need[k * future.quarters + quarter] = self.upkeep[k];
            self.there[k * future.quarters + quarter] = self.room[k];
        }
        for at in 0..self.order.len() {
            let a = self.order[at];
            let next = match self.phase[a] {
                Phase::Running { worked, .. } if worked < self.durations[a] => worked,
                Phase::Waiting if self.is_due(a) && self.may_start(a) => 0,
                _ => continue,
            };
            if !self.paused[a] {
                let from = self.ask(a, next);
                for (at, &k) in self.execution.takes[a].iter().enumerate() {
                    self.need[k * future.quarters + quarter] += self.amounts[from + at];
                }
            }
        }
    }

    /// Sees what an activity takes in this quarter; where in `amounts` that begins.
    fn ask(&mut self, a: usize, worked: usize) -> usize {
        let from = a * self.room.len();
        if self.asked[a] != (self.quarter, worked) {
            self.asked[a] = (self.quarter, worked);
            for (at, &k) in self.execution.takes[a].iter().enumerate() {
                self.amounts[from + at] = self.takes(a, k, worked);
            }
        }
        from
    }

    fn keep_up(&mut self) {
        if self.execution.keeps.is_empty() {
            return;
        }
        for k in 0..self.room.len() {
            let amount = self.upkeep[k].min(self.room[k]);
            self.draw(k, amount);
        }
    }

    fn draw(&mut self, k: usize, amount: i64) {
        self.room[k] -= amount;
        self.taken[k * self.future.quarters + self.quarter] += amount;
        match self.execution.problem.resources[k].limit {
            Limit::EachPeriod(_) => {}
            Limit::Total(_) => self.spent[k] += amount,
            Limit::Span { first, last, .. } => {
                if (first..=last).contains(&self.quarter) {
                    self.spent[k] += amount;
                }
            }
        }
    }

    /// What an activity takes of a resource in the quarter of its work that comes next.
    fn takes(&self, a: usize, k: usize, worked: usize) -> i64 {
        if self.execution.uses[k] == Use::WhileItLasts
            && let Some(always) = self.execution.level[a * self.room.len() + k]
        {
            // Nearly always, and a division is what takes longest here.
            return always;
        }
        let demand = &self.execution.problem.activities[a].demand[k];
        let (planned, duration) = (demand.len(), self.durations[a]);
        match self.execution.uses[k] {
            Use::AtItsStart => match worked {
                0 => self.execution.sum[a * self.room.len() + k],
                _ => 0,
            },
            Use::WhileItLasts if duration == planned => demand[worked],
            Use::WhileItLasts if duration < 2 => demand.iter().copied().max().unwrap_or(0),
            Use::WhileItLasts => demand[worked * (planned - 1) / (duration - 1)],
            // Who is done early still pays what was agreed.
            Use::FromItsStart if worked + 1 == duration && duration < planned => {
                demand[worked..].iter().sum()
            }
            Use::FromItsStart => demand.get(worked).copied().unwrap_or(0),
            Use::AtBothEnds(actor) => {
                let level = match (worked, worked + 1 == duration) {
                    (0, _) => demand[0],
                    (_, true) => demand[planned - 1],
                    _ => 0,
                };
                level * i64::from(self.factor(actor)) / LEVELS
            }
        }
    }

    /// The factor of exposure to an actor in this quarter.
    fn factor(&self, actor: usize) -> u32 {
        self.future.exposure[actor * self.future.quarters + self.quarter]
    }

    fn act(&mut self, action: Action) {
        let open = |phase| matches!(phase, Phase::Waiting | Phase::Running { .. });
        match action {
            Action::Pause(a) if open(self.phase[a]) => self.paused[a] = true,
            Action::Resume(a) => self.paused[a] = false,
            Action::Drop(a) if open(self.phase[a]) => {
                let start = match self.phase[a] {
                    Phase::Running { start, .. } => Some(start),
                    _ => None,
                };
                let quarter = self.quarter;
                self.phase[a] = Phase::Dropped { start, quarter };
            }
            Action::Start(a) => {
                let possible = self.execution.problem.activities[a]
                    .value
                    .iter()
                    .any(Option::is_some);
                let later = self.planned[a].is_none_or(|planned| planned > self.quarter);
                match self.phase[a] {
                    Phase::Waiting if later => {}
                    Phase::LeftOut if possible => {
                        self.phase[a] = Phase::Waiting;
                        self.order.push(a);
                    }
                    _ => return,
                }
                self.planned[a] = Some(self.quarter);
                self.sort();
            }
            Action::Hold { actor, least } => self.hold = Some((actor, least)),
            Action::Lift => self.hold = None,
            Action::Pause(_) | Action::Drop(_) => {}
        }
    }

    fn is_due(&self, a: usize) -> bool {
        self.planned[a].is_some_and(|planned| planned <= self.quarter)
    }

    /// Whether nothing but want of resources keeps an activity from starting now.
    fn may_start(&self, a: usize) -> bool {
        let (execution, quarter) = (self.execution, self.quarter);
        let held = self.hold.is_some_and(|(actor, least)| {
            least * LEVELS
                <= match actor {
                    Some(actor) => execution.level(a, actor),
                    None => execution.levels(a),
                }
        });
        let rival = |&b: &usize| {
            matches!(
                self.phase[b],
                Phase::Running { .. } | Phase::Delivered { .. }
            )
        };
        !held
            && !self.future.frozen[a * self.future.quarters + quarter]
            && quarter + execution.problem.activities[a].duration <= execution.problem.horizon
            && execution.before[a].iter().all(|&(before, lag)| {
                matches!(self.phase[before], Phase::Delivered { end, .. } if end + lag <= quarter)
            })
            && execution.gates[a].iter().all(|keys| {
                let open = |&key: &usize| matches!(self.phase[key], Phase::Delivered { .. });
                keys.iter().any(open)
            })
            && !execution.rivals[a].iter().any(rival)
    }

    /// Takes what the next quarter of an activity's work needs, if it is there.
    fn take(&mut self, a: usize, worked: usize) -> bool {
        let takes = &self.execution.takes[a];
        let from = self.ask(a, worked);
        let amounts = from..from + takes.len();
        let enough = (self.amounts[amounts.clone()].iter().zip(takes))
            .all(|(&amount, &k)| amount <= self.room[k]);
        if enough {
            for (at, &k) in amounts.zip(takes) {
                self.draw(k, self.amounts[at]);
            }
        }
        enough
    }

    /// An activity does a quarter of work.
    fn work(&mut self, a: usize, start: usize, worked: usize) {
        let last = worked + 1 >= self.durations[a];
        let (execution, quarters) = (self.execution, self.future.quarters);
        self.worked[a * quarters + self.quarter] = true;
        if worked == 0 || last {
            for exposed in &execution.exposure[a] {
                let factor = i64::from(self.factor(exposed.actor));
                self.exposure[exposed.actor * quarters + self.quarter] +=
                    exposed.tenths * factor / LEVELS;
                let first_half = exposed.points / 2;
                let points = match (worked == 0, last) {
                    (true, true) => exposed.points,
                    (true, false) => first_half,
                    _ => exposed.points - first_half,
                };
                self.risk += points * factor / i64::from(AS_PLANNED);
            }
        }
        self.phase[a] = Phase::Running {
            start,
            worked: worked + 1,
        };
    }

    fn go_on(&mut self) {
        for at in 0..self.order.len() {
            let a = self.order[at];
            let Phase::Running { start, worked } = self.phase[a] else {
                continue;
            };
            if !self.paused[a] && self.take(a, worked) {
                self.work(a, start, worked);
            } else {
                self.stood[a] += 1;
            }
        }
    }

    fn start_what_is_due(&mut self) {
        for at in 0..self.order.len() {
            let a = self.order[at];
            if !self.is_due(a) {
                break;
            }
            if self.phase[a] == Phase::Waiting
                && !self.paused[a]
                && self.may_start(a)
                && self.take(a, 0)
            {
                self.work(a, self.quarter, 0);
            }
        }
    }

    fn close_quarter(&mut self) {
        let end = self.quarter + 1;
        for at in 0..self.order.len() {
            let a = self.order[at];
            if let Phase::Running { start, worked } = self.phase[a]
                && worked >= self.durations[a]
                && !self.execution.endless[a]
            {
                self.phase[a] = Phase::Failed { start, end };
                if self.future.delivered[a] {
                    self.phase[a] = Phase::Delivered { start, end };
                    let activity = &self.execution.problem.activities[a];
                    let add = |sums: &mut [i64], amounts: &[i64]| {
                        (sums.iter_mut().zip(amounts)).for_each(|(sum, amount)| *sum += amount);
                    };
                    add(&mut self.upkeep, &activity.upkeep);
                    add(&mut self.gives, &activity.gives);
                }
            }
        }
    }

    /// How late an activity is at the beginning of a quarter, or was when it ended.
    fn late(&self, a: usize, quarter: usize) -> usize {
        let Some(planned) = self.schedule[a].filter(|_| !self.execution.endless[a]) else {
            return 0;
        };
        let due = planned + self.execution.problem.activities[a].duration;
        let at = match self.phase[a] {
            Phase::Delivered { .. } | Phase::Failed { .. } | Phase::Dropped { .. } => return 0,
            _ => quarter,
        };
        at.saturating_sub(due)
    }

    fn outcome(self) -> Outcome {
        let execution = self.execution;
        let problem = execution.problem;
        let quarters = self.future.quarters;
        let factor = |a: usize, end: usize| i64::from(self.future.benefit[a * quarters + end - 1]);
        let end = |a: usize| match self.phase[a] {
            Phase::Delivered { end, .. } => Some(end),
            _ => None,
        };
        // A bundle counts as a whole or not at all.
        let torn = |a: usize| {
            let mut bundles = problem.bundles.iter().filter(|b| b.contains(&a));
            bundles.any(|bundle| bundle.iter().any(|&b| end(b).is_none()))
        };
        let counts = |a: usize| end(a).filter(|_| !torn(a));
        let one = i64::from(AS_PLANNED);
        let mut value = Value {
            risk: self.risk,
            ..Value::default()
        };
        for &a in &self.order {
            let Some(end) = counts(a) else { continue };
            let gross = execution.gross[a * (problem.horizon + 1) + end] * factor(a, end) / one;
            let full = execution.full[a] * factor(a, end) / one;
            value.benefit += full;
            value.lateness += full - gross;
        }
        let mut served: Vec<(usize, usize)> = Vec::new();
        for cell in &problem.cells {
            served.clear();
            served.extend(cell.members.iter().filter_map(|&a| Some((counts(a)?, a))));
            served.sort_unstable();
            for (&(end, a), gain) in served.iter().zip(&cell.gain) {
                value.benefit += gain * factor(a, end) / one;
            }
        }
        let due = |a: usize| self.schedule[a].map(|s| s + problem.activities[a].duration);
        let late = (0..self.phase.len())
            .map(|a| match (self.phase[a], due(a)) {
                (Phase::Delivered { end, .. } | Phase::Failed { end, .. }, Some(due)) => {
                    end.saturating_sub(due)
                }
                _ => self.late(a, quarters),
            })
            .collect();
        Outcome {
            quarters,
            late,
            value,
            phases: self.phase,
            stood: self.stood,
            worked: self.worked,
            exposure: self.exposure,
            taken: self.taken,
            need: self.need,
            there: self.there,
        }
    }
}
