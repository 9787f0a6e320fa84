//! Walks through what was lately, from which temporal rules are learned.
//!
//! A walk begins at the one who asks and goes to one of those it met lately, the more is left between
//! the two the likelier; from there, along something that was not before, to one whom that one met. It
//! is drawn before anything of its step is known, and then either ends at an answer or does not: so the
//! share of hits among the walks of a shape is the confidence of the rule, with all cases counted in
//! which the rule is wrong.

use rustc_hash::FxHashMap;

use crate::ForecastError;
use crate::graph::{EventGraph, Fact};
use crate::history::History;
use crate::question::{Question, questions};

use super::present::{LATELY, Present};
use super::rules::{Body, Rule, Rules};

/// How many walks a question draws.
const WALKS: u32 = 8;
/// A shape is thought to have had so many more walks, of which as many ended at an answer as of the
/// next wider shape.
const PRIOR: f32 = 20.0;
/// The fewest hits of a rule.
const FEWEST: u32 = 3;
/// How many times as likely an answer is with a rule as without, at least.
const LIFT: f32 = 1.5;
/// After how many steps rules are made anew while walks are drawn.
const ANEW: i32 = 21;

/// How many walks of a shape were drawn, and how many ended at an answer.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    walks: u32,
    hits: u32,
}

impl Tally {
    fn add(&mut self, hit: bool) {
        self.walks += 1;
        self.hits += u32::from(hit);
    }

    fn confidence(self, wider: f32) -> f32 {
        (self.hits as f32 + PRIOR * wider) / (self.walks as f32 + PRIOR)
    }

    /// The rule, if it holds often enough.
    fn rule(self, asked: u32, body: Body, wider: f32, usual: f32) -> Option<Rule> {
        let rule = Rule {
            asked,
            body,
            walks: self.walks,
            hits: self.hits,
            confidence: self.confidence(wider),
            usual,
        };
        (self.hits >= FEWEST && rule.lift() >= LIFT).then_some(rule)
    }
}

/// The walks along one way with someone, and the answers then, with their number.
#[derive(Clone, Debug, Default)]
struct With {
    walks: u32,
    answers: Vec<(u32, u32)>,
}

/// The walks that were drawn so far, by shape.
#[derive(Clone, Debug, Default)]
pub struct Walks {
    /// By the way asked for: walks of one act, and of two.
    all: FxHashMap<u32, [Tally; 2]>,
    /// By the way asked for and the only way of the body.
    one: FxHashMap<(u32, u32), Tally>,
    /// By the way asked for and the second way of the body, whatever the first.
    second: FxHashMap<(u32, u32), Tally>,
    /// By the way asked for and the two ways of the body.
    two: FxHashMap<(u32, u32, u32), Tally>,
    /// By the way asked for, the way of the body, and with whom.
    named: FxHashMap<(u32, u32, u32), With>,
    /// When rules were last made.
    turn: Option<i32>,
}

/// A way, and to whom it leads.
type Leg = (u32, u32);

/// A question that draws walks.
struct Walker<'a> {
    question: Question,
    truth: &'a [u32],
    draws: Draws,
    /// What was gone before: a walk counts once a question, however often it is drawn.
    gone: Vec<(Leg, Option<Leg>)>,
}

impl Walker<'_> {
    fn is_new(&mut self, first: Leg, second: Option<Leg>) -> bool {
        let walk = (first, second);
        let new = !self.gone.contains(&walk);
        if new {
            self.gone.push(walk);
        }
        new
    }
}

/// Numbers from 0 to 1 that are a question's own.
struct Draws(u64);

impl Draws {
    fn of(question: Question) -> Self {
        let asked = u64::from(question.who) << 32 | u64::from(question.way);
        Self(asked ^ u64::from(question.step.unsigned_abs()).rotate_left(21))
    }

    /// The next number (SplitMix64: Steele, Lea and Flood, 2014).
    fn next(&mut self) -> f32 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((x ^ (x >> 31)) >> 40) as f32 / (1_u32 << 24) as f32
    }

    /// One of the ways between two that were taken at a step or after it, with its last step.
    fn way(&mut self, ways: &[(u32, i32)], since: i32) -> Option<(u32, i32)> {
        let fit = || ways.iter().filter(|way| way.1 >= since);
        let at = (self.next() * fit().count() as f32) as usize;
        fit().nth(at).copied()
    }
}

impl Walks {
    /// Draws the walks of the questions of a step. The present has come to it; nothing of it is in the
    /// history.
    pub fn draw(
        &mut self,
        history: &History,
        present: &Present,
        questions: &[(Question, Vec<u32>)],
    ) {
        for (question, truth) in questions {
            let mut asked = Walker {
                question: *question,
                truth,
                draws: Draws::of(*question),
                gone: Vec::new(),
            };
            for _ in 0..WALKS {
                self.walk(history, present, &mut asked);
            }
        }
    }

    fn walk(&mut self, history: &History, present: &Present, walker: &mut Walker) {
        let Question { who, way, step } = walker.question;
        let ways = |pair: u32| history.memory.pair(pair).ways.as_slice();
        let Some(met) = present.meet(who, walker.draws.next()) else {
            return;
        };
        let third = met.other;
        let Some((first, then)) = walker.draws.way(ways(met.pair), step - LATELY) else {
            return;
        };
        if walker.is_new((first, third), None) {
            let hit = walker.truth.contains(&third);
            self.all.entry(way).or_default()[0].add(hit);
            self.one.entry((way, first)).or_default().add(hit);
            let with = self.named.entry((way, first, third)).or_default();
            with.walks += 1;
            for &answer in walker.truth.iter().filter(|answer| **answer != third) {
                match with.answers.iter_mut().find(|a| a.0 == answer) {
                    Some(found) => found.1 += 1,
                    None => with.answers.push((answer, 1)),
                }
            }
        }
        if third == who {
            return;
        }
        let Some(end) = present.meet(third, walker.draws.next()) else {
            return;
        };
        if end.other == who || end.other == third {
            return;
        }
        let Some((second, _)) = walker.draws.way(ways(end.pair), then) else {
            return;
        };
        if walker.is_new((first, third), Some((second, end.other))) {
            let hit = walker.truth.contains(&end.other);
            self.all.entry(way).or_default()[1].add(hit);
            self.second.entry((way, second)).or_default().add(hit);
            self.two.entry((way, first, second)).or_default().add(hit);
        }
    }

    /// The rules that hold often enough by now.
    pub fn rules(&self, history: &History) -> Rules {
        let memory = &history.memory;
        let all = |asked: u32, acts: usize| {
            let tally = self
                .all
                .get(&asked)
                .map_or(Tally::default(), |t| t[acts - 1]);
            tally.hits as f32 / tally.walks.max(1) as f32
        };
        let mut found = Vec::new();
        for (&(asked, way), tally) in &self.one {
            let usual = all(asked, 1);
            found.extend(tally.rule(asked, Body::One { way }, usual, usual));
        }
        for (&(asked, first, second), tally) in &self.two {
            let usual = all(asked, 2);
            let wider = self.second.get(&(asked, second));
            let wider = wider.map_or(usual, |tally| tally.confidence(usual));
            found.extend(tally.rule(asked, Body::Two { first, second }, wider, usual));
        }
        for (&(asked, way, with), walks) in &self.named {
            let events = memory.way(asked ^ 1).cell.events.max(1) as f32;
            for &(answer, hits) in &walks.answers {
                let own = memory.find_role(answer, asked ^ 1);
                let usual = own.map_or(0.0, |role| role.cell.events as f32 / events);
                let body = Body::Named { way, with, answer };
                let walks = walks.walks;
                let tally = Tally { walks, hits };
                found.extend(tally.rule(asked, body, usual, usual));
            }
        }
        Rules::new(found)
    }

    /// The rules by now, if it is time to make them anew.
    pub fn rules_anew(&mut self, history: &History, now: i32) -> Option<Rules> {
        let turn = Some(now.div_euclid(ANEW));
        (self.turn != turn).then(|| {
            self.turn = turn;
            self.rules(history)
        })
    }
}

impl Rules {
    /// Learns rules from a list of events in the order of time, and nothing else. `said` is told how far
    /// it is, from 0 to 1.
    ///
    /// # Errors
    /// If the events are not in order.
    pub fn learn(
        graph: &EventGraph,
        facts: &[Fact],
        mut said: impl FnMut(f64),
    ) -> Result<Self, ForecastError> {
        let mut history = History::new(&graph.entities, graph.acts.len(), false);
        let mut present = Present::default();
        let mut walks = Walks::default();
        let mut done = 0;
        for step in EventGraph::steps(facts) {
            let now = step[0].step;
            present.come(&history, now);
            walks.draw(&history, &present, &questions(step));
            history.add(now, step)?;
            done += step.len();
            said(done as f64 / facts.len() as f64);
        }
        Ok(walks.rules(&history))
    }
}
