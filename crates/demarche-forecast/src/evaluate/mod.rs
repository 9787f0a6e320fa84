//! How good a forecaster is, as the field asks it.
//!
//! For each event of a part, two questions: (source, act, ?, t) and (?, act, target, t). The answer's
//! rank among all entities is what counts. The forecaster is given a memory of everything *before* t
//! and the question, and nothing else: it cannot see the step asked for, nor what else is asked of it.

mod rank;
mod summary;

pub use rank::{Filter, TrueAnswers, rank};
pub use summary::{Figures, Interval, Score, advantage, figures};

use serde::Serialize;

use crate::ForecastError;
use crate::graph::{EventGraph, Fact, Part};
use crate::history::History;
use crate::memory::Memory;
use crate::question::{Forecaster, Question};
use crate::threads::spread;

/// What is known when a step is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Protocol {
    /// Everything before that step, also of the part that is judged.
    SingleStep,
    /// Everything before the part that is judged, and nothing of it.
    MultiStep,
    /// The training part only.
    FromTraining,
}

/// How much was known of an answer before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stratum {
    /// This source did this to this target before.
    SeenBefore,
    /// Something was between the two before, but not this.
    DyadSeen,
    /// Nothing was between the two before, but both were there.
    New,
    /// One of the two was never there.
    NeverSeen,
}

/// What came of one question.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// The event asked for, by its place in [`EventGraph::facts`].
    pub fact: u32,
    /// Was the source asked for, and not the target?
    pub source_asked: bool,
    /// The score of the true answer; `None` if nothing spoke for it.
    pub score: Option<f32>,
    /// The expected rank of the true answer among all entities, by [`Filter`]: ties count half.
    pub ranks: [f64; 3],
    /// How much was known of it.
    pub stratum: Stratum,
}

/// Asks for every event of a part, in both directions. The forecaster first keeps up with what lies
/// between what it has learned from and the part ([`Forecaster::keep_up`]), and single-step it then
/// learns from each step after it was asked for; put it into [`Frozen`](crate::Frozen) where it must not.
///
/// Outcomes are in the order of the events, the
/// question for the target first.
///
/// `known` is told, after each step, how many of the part's events are done.
///
/// # Errors
/// If the graph's events cannot be added in their order.
pub fn ask<F: Forecaster + Clone>(
    graph: &EventGraph,
    part: Part,
    protocol: Protocol,
    forecaster: &F,
    threads: usize,
    mut known: impl FnMut(usize),
) -> Result<Vec<Outcome>, ForecastError> {
    let mut forecaster = forecaster.clone();
    let from = match part {
        Part::Train => 0,
        Part::Valid => graph.valid_from,
        Part::Test => graph.test_from,
    };
    let asked = graph.part(part);
    let until = match protocol {
        Protocol::FromTraining => from.min(graph.valid_from),
        _ => from,
    };
    let (learned, since) = graph.facts[..until]
        .split_at(graph.facts[..until].partition_point(|f| f.step <= forecaster.learned_until()));
    let mut history = History::of(graph, learned, forecaster.wants_vectors())?;
    for step in EventGraph::steps(since) {
        forecaster.keep_up(&history, step);
        history.add(step[0].step, step)?;
    }
    let truth = TrueAnswers::of(&graph.facts);
    let mut outcomes = Vec::with_capacity(2 * asked.len());
    let mut at = from;
    for step in EventGraph::steps(asked) {
        outcomes.extend(ask_step(
            &history,
            step,
            at as u32,
            &forecaster,
            &truth,
            threads,
        ));
        at += step.len();
        if protocol == Protocol::SingleStep {
            forecaster.keep_up(&history, step);
            history.add(step[0].step, step)?;
        }
        known(at - from);
    }
    Ok(outcomes)
}

/// Asks for the events of one step, the first of which has the number `first`.
fn ask_step<F: Forecaster>(
    history: &History,
    step: &[Fact],
    first: u32,
    forecaster: &F,
    truth: &TrueAnswers,
    threads: usize,
) -> Vec<Outcome> {
    // Equal questions have equal answers, so each is asked once; its true answers are ranked one by one.
    let mut all: Vec<(Question, u32, u32, bool)> = Vec::with_capacity(2 * step.len());
    for (fact, place) in step.iter().zip(first..) {
        let [(towards, target), (by, source)] = Question::both(fact);
        all.push((towards, target, place, false));
        all.push((by, source, place, true));
    }
    all.sort_unstable();
    let groups: Vec<_> = all.chunk_by(|a, b| a.0 == b.0).collect();
    let answered = spread(
        threads,
        &groups,
        || (forecaster.space(history), Vec::new()),
        |(space, answers), group| {
            let question = group[0].0;
            forecaster.answer(history, question, space, answers);
            let now: Vec<u32> = group.iter().map(|g| g.1).collect();
            let outcome = |&(_, other, fact, source_asked): &(Question, u32, u32, bool)| {
                let found = answers.iter().find(|a| a.0 == other);
                Outcome {
                    fact,
                    source_asked,
                    score: found.map(|a| a.1),
                    ranks: Filter::ALL.map(|filter| {
                        let others: &[u32] = match filter {
                            Filter::TimeAware => &now,
                            Filter::Static => truth.of_question(question),
                            Filter::Raw => &[],
                        };
                        rank(&history.memory, answers, other, others)
                    }),
                    stratum: stratum(&history.memory, question, other),
                }
            };
            group.iter().map(outcome).collect::<Vec<_>>()
        },
    );
    let mut outcomes: Vec<Outcome> = answered.into_iter().flatten().collect();
    outcomes.sort_unstable_by_key(|o| (o.fact, o.source_asked));
    outcomes
}

fn stratum(memory: &Memory, question: Question, other: u32) -> Stratum {
    let there = |who: u32| {
        let actor = memory.actor(who);
        actor.done.events + actor.undergone.events > 0
    };
    if !there(question.who) || !there(other) {
        Stratum::NeverSeen
    } else if memory
        .find_triple(question.who, question.way, other)
        .is_some()
    {
        Stratum::SeenBefore
    } else if memory.find_pair(question.who, other).is_some() {
        Stratum::DyadSeen
    } else {
        Stratum::New
    }
}
