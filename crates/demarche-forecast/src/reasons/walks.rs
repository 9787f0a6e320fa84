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

/// A walk: from the one who asks to a third, and perhaps on.
type Walk = (Leg, Option<Leg>);

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

/// The walks of a question; one counts once, however often it is drawn. The present has come to its
/// step, of which nothing is in the history.
fn draw(history: &History, present: &Present, question: Question) -> Vec<Walk> {
    let mut draws = Draws::of(question);
    let mut drawn: Vec<Walk> = Vec::new();
    let mut keep = |walk| {
        if !drawn.contains(&walk) {
            drawn.push(walk);
        }
    };
    let ways = |pair: u32| history.memory.pair(pair).ways.as_slice();
    for _ in 0..WALKS {
        let Some(met) = present.meet(question.who, draws.next()) else {
            break;
        };
        let third = met.other;
        let Some((way, then)) = draws.way(ways(met.pair), question.step - LATELY) else {
            continue;
        };
        let first = (way, third);
        keep((first, None));
        let on = (third != question.who).then(|| present.meet(third, draws.next()));
        let Some(end) = on.flatten() else { continue };
        if end.other == question.who || end.other == third {
            continue;
        }
        if let Some((way, _)) = draws.way(ways(end.pair), then) {
            keep((first, Some((way, end.other))));
        }
    }
    drawn
}

impl Walks {
    /// Draws the walks of the questions of a step, see [`draw`].
    pub fn draw(
        &mut self,
        history: &History,
        present: &Present,
        questions: &[(Question, Vec<u32>)],
    ) {
        for (question, truth) in questions {
            for (first, second) in draw(history, present, *question) {
                match second {
                    None => self.count_one(question.way, first, truth),
                    Some(second) => self.count_two(question.way, first.0, second, truth),
                }
            }
        }
    }

    fn count_one(&mut self, asked: u32, (way, third): Leg, truth: &[u32]) {
        let hit = truth.contains(&third);
        self.all.entry(asked).or_default()[0].add(hit);
        self.one.entry((asked, way)).or_default().add(hit);
        let with = self.named.entry((asked, way, third)).or_default();
        with.walks += 1;
        for &answer in truth.iter().filter(|answer| **answer != third) {
            match with.answers.iter_mut().find(|a| a.0 == answer) {
                Some(found) => found.1 += 1,
                None => with.answers.push((answer, 1)),
            }
        }
    }

    fn count_two(&mut self, asked: u32, first: u32, (second, end): Leg, truth: &[u32]) {
        let hit = truth.contains(&end);
        self.all.entry(asked).or_default()[1].add(hit);
        self.second.entry((asked, second)).or_default().add(hit);
        let two = self.two.entry((asked, first, second)).or_default();
        two.add(hit);
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

/// Goes through a list of events in the order of time: each step with the history before it.
fn go_through(
    graph: &EventGraph,
    facts: &[Fact],
    mut said: impl FnMut(f64),
    mut at: impl FnMut(&History, &Present, &[(Question, Vec<u32>)]),
) -> Result<History, ForecastError> {
    let mut history = History::new(&graph.entities, graph.acts.len(), false);
    let mut present = Present::default();
    let mut done = 0;
    for step in EventGraph::steps(facts) {
        let now = step[0].step;
        present.come(&history, now);
        at(&history, &present, &questions(step));
        history.add(now, step)?;
        done += step.len();
        said(done as f64 / facts.len() as f64);
    }
    Ok(history)
}

/// A walk of a rule's shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RuleCase {
    /// The question it was drawn for.
    pub question: Question,
    /// Over whom it led, or whom the rule names.
    pub third: u32,
    /// Who would be the answer by the rule.
    pub answer: u32,
    /// Was it one?
    pub right: bool,
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
        said: impl FnMut(f64),
    ) -> Result<Self, ForecastError> {
        let mut walks = Walks::default();
        let history = go_through(graph, facts, said, |history, present, questions| {
            walks.draw(history, present, questions);
        })?;
        Ok(walks.rules(&history))
    }

    /// All walks of the shapes of some rules, in the order of time: those that [`Rules::learn`] counted.
    ///
    /// # Errors
    /// If the events are not in order.
    pub fn cases(
        graph: &EventGraph,
        facts: &[Fact],
        rules: &[&Rule],
        said: impl FnMut(f64),
    ) -> Result<Vec<Vec<RuleCase>>, ForecastError> {
        let mut of_way: FxHashMap<u32, Vec<usize>> = FxHashMap::default();
        for (at, rule) in rules.iter().enumerate() {
            of_way.entry(rule.asked).or_default().push(at);
        }
        let mut cases = vec![Vec::new(); rules.len()];
        go_through(graph, facts, said, |history, present, questions| {
            for (question, truth) in questions {
                let Some(wanted) = of_way.get(&question.way) else {
                    continue;
                };
                for walk in draw(history, present, *question) {
                    for &at in wanted {
                        if let Some((third, answer)) = follows(rules[at].body, walk) {
                            cases[at].push(RuleCase {
                                question: *question,
                                third,
                                answer,
                                right: truth.contains(&answer),
                            });
                        }
                    }
                }
            }
        })?;
        Ok(cases)
    }
}

/// Over whom a walk leads by a rule with this body, and to whom; nothing if it has another shape.
fn follows(body: Body, (first, second): Walk) -> Option<(u32, u32)> {
    match (body, second) {
        (Body::One { way }, None) => (way == first.0).then_some((first.1, first.1)),
        (Body::Named { way, with, answer }, None) => {
            ((way, with) == first).then_some((with, answer))
        }
        (
            Body::Two {
                first: a,
                second: b,
            },
            Some(second),
        ) => ((a, b) == (first.0, second.0)).then_some((first.1, second.1)),
        _ => None,
    }
}
