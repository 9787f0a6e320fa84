//! Learning in one sweep over the training part, in the order of time. Everything that is learned from
//! a step's events is computed from what lay before it, as it will be when the model is asked.

use crate::ForecastError;
use crate::boost::{Bins, Sample, Settings, boost};
use crate::graph::{EventGraph, Fact};
use crate::history::History;
use crate::memory::way;
use crate::question::Question;
use crate::ranker::Ranker;
use crate::reasons::Kind;
use crate::reasons::candidates::CHEAP;
use crate::reasons::features::REASONS;

use super::Model;
use super::space::Space;

/// How a model is learned.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Learning {
    /// How many candidates of the first look have their single evidence weighed.
    pub width: usize,
    /// How many of those get a closer look.
    pub close: usize,
    /// The share of the training part's time after which single evidence is learned.
    pub learn_from: f64,
    /// The share of questions it is learned from.
    pub learn_share: f64,
    /// The share of the training part's time after which the ranker's sample begins.
    pub sample_from: f64,
    /// How many questions the ranker's sample has, about.
    pub sample: usize,
    /// The best false candidates of a question that are in the sample.
    pub top: usize,
    /// Further false candidates of a question, drawn.
    pub drawn: usize,
    /// The trees.
    pub trees: Settings,
    /// Is the score to be the plain sum of the reasons?
    pub sum: bool,
    /// A kind of reason to do without, to see what it brings.
    pub without: Option<Kind>,
}

impl Default for Learning {
    fn default() -> Self {
        Self {
            width: 160,
            close: 96,
            learn_from: 0.1,
            learn_share: 0.5,
            sample_from: 0.4,
            sample: 20_000,
            top: 16,
            drawn: 8,
            trees: Settings::default(),
            sum: false,
            without: None,
        }
    }
}

impl Learning {
    /// The setting of the additive mode: one cut a tree, and more of them.
    pub fn additive() -> Self {
        Self {
            sum: true,
            trees: Settings {
                stumps: 600,
                trees: 600,
                leaves: 2,
                rate: 0.15,
                columns: 0.3,
                ..Settings::default()
            },
            ..Self::default()
        }
    }
}

/// The fewest events to learn from.
const FEWEST: usize = 200;
/// How many questions the bins are made of.
const RAW: usize = 1000;
/// The length of a step of learning of the first look.
const RATE: f32 = 0.5;
/// Candidates whose chance is off by less than this are not learned from.
const SLIGHT: f32 = 0.002;

/// The questions of a step with their true answers.
fn questions(step: &[Fact]) -> Vec<(Question, Vec<u32>)> {
    let mut all: Vec<(Question, u32)> = Vec::new();
    for fact in step {
        for undergone in [false, true] {
            let (who, other) = match undergone {
                false => (fact.source, fact.target),
                true => (fact.target, fact.source),
            };
            let question = Question {
                who,
                way: way(fact.act, undergone),
                step: fact.step,
            };
            all.push((question, other));
        }
    }
    all.sort_unstable();
    all.chunk_by(|a, b| a.0 == b.0)
        .map(|group| (group[0].0, group.iter().map(|g| g.1).collect()))
        .collect()
}

/// A number from 0 to 1 that is drawn for a question, or for a candidate of it.
fn draw(question: Question, candidate: u32) -> f64 {
    let mut x = u64::from(question.who) << 32 | u64::from(question.way);
    for part in [u64::from(question.step.unsigned_abs()), candidate.into()] {
        x = (x ^ part ^ (x >> 31)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        x = (x ^ (x >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    }
    ((x ^ (x >> 32)) >> 11) as f64 / (1_u64 << 53) as f64
}

/// What is learned from, as it grows.
struct Growing {
    sample: Sample,
    raw: Vec<f32>,
    bins: Bins,
}

impl Growing {
    fn add(&mut self, space: &Space, question: Question, truth: &[u32], learning: &Learning) {
        let close = &space.close;
        let right = close.iter().filter(|c| truth.contains(&c.entity)).count();
        if right == 0 || right == close.len() {
            return;
        }
        let rest = close.len().saturating_sub(learning.top).max(1);
        let chance = (learning.drawn as f64 / rest as f64).min(1.0);
        for (place, candidate) in close.iter().enumerate() {
            let right = truth.contains(&candidate.entity);
            let drawn = place >= learning.top && !right;
            if drawn && draw(question, candidate.entity) >= chance {
                continue;
            }
            self.sample.truth.push(right);
            // A drawn candidate stands for those that were not.
            let stands_for = if drawn { -chance.ln() as f32 } else { 0.0 };
            self.sample.offset.push(stands_for);
            let row = &space.rows[place * REASONS..(place + 1) * REASONS];
            if self.bins.0.is_empty() {
                self.raw.extend_from_slice(row);
            } else {
                self.bins.row(row, &mut self.sample.rows);
            }
        }
        self.sample.groups.push(self.sample.truth.len() as u32);
        if self.bins.0.is_empty() && self.sample.groups.len() > RAW {
            self.bin();
        }
    }

    fn bin(&mut self) {
        self.bins = Bins::of(&self.raw, REASONS);
        for row in self.raw.chunks_exact(REASONS) {
            self.bins.row(row, &mut self.sample.rows);
        }
        self.raw = Vec::new();
    }
}

impl Model {
    /// Learns from a list of events in the order of time.
    ///
    /// `said` is told how far it is, from 0 to 1.
    ///
    /// # Errors
    /// If there are too few events, or if they are not in order.
    pub fn learn(
        graph: &EventGraph,
        facts: &[Fact],
        learning: &Learning,
        mut said: impl FnMut(f64),
    ) -> Result<Self, ForecastError> {
        if facts.len() < FEWEST {
            return Err(ForecastError::TooFew {
                what: "events to learn from",
                found: facts.len(),
                needed: FEWEST,
            });
        }
        let mut model = Self::unlearned(learning);
        let mut history = History::new(&graph.entities, graph.acts.len(), false);
        let first = facts.first().map_or(0, |f| f.step);
        let last = facts.last().map_or(0, |f| f.step);
        let at = |share: f64| first + (f64::from(last - first) * share) as i32;
        let (learn_from, sample_from) = (at(learning.learn_from), at(learning.sample_from));
        let vectors_from = at(0.3).min(sample_from);
        let later = facts.len() - facts.partition_point(|f| f.step < sample_from);
        let share = learning.sample as f64 / (2 * later).max(1) as f64;
        let mut space = Space::default();
        let mut squares = [1e-3_f32; CHEAP];
        let mut growing = Growing {
            sample: Sample {
                columns: REASONS,
                groups: vec![0],
                ..Sample::default()
            },
            raw: Vec::new(),
            bins: Bins::default(),
        };
        let mut done = 0;
        for step in EventGraph::steps(facts) {
            let now = step[0].step;
            if now >= vectors_from {
                history.want_vectors();
            }
            if now >= learn_from {
                for (question, truth) in questions(step) {
                    let mark = draw(question, u32::MAX);
                    let sampled = now >= sample_from && mark < share;
                    let learned = 1.0 - mark < learning.learn_share;
                    if !sampled && !learned {
                        continue;
                    }
                    space.look(&history, &model, question);
                    if sampled {
                        space.look_closer(&history, &model, question);
                        growing.add(&space, question, &truth, learning);
                    }
                    if learned {
                        model.learn_first(&space, &truth, &mut squares, learning);
                        model.learn_evidence(&space, &truth);
                    }
                }
            }
            history.add(now, step)?;
            done += step.len();
            said(0.6 * done as f64 / facts.len() as f64);
        }
        if growing.bins.0.is_empty() {
            growing.bin();
        }
        if growing.sample.is_empty() {
            return Err(ForecastError::TooFew {
                what: "questions with an answer that anything spoke for",
                found: 0,
                needed: 1,
            });
        }
        let allowed = |column: usize| learning.without != Some(Kind::of_column(column));
        let trees = learning.trees.trees.max(1) as f64;
        let grown = boost(
            &growing.sample,
            &growing.bins,
            &learning.trees,
            &allowed,
            |tree| said(0.6 + 0.4 * tree as f64 / trees),
        );
        model.ranker = match learning.sum {
            true => Ranker::sum(&grown, REASONS),
            false => Ranker::Trees(grown),
        };
        Ok(model)
    }

    /// One step of learning of the first look's weights, by all candidates.
    fn learn_first(
        &mut self,
        space: &Space,
        truth: &[u32],
        squares: &mut [f32; CHEAP],
        learning: &Learning,
    ) {
        let all = &space.candidates.found;
        let most = all.iter().map(|c| c.score).fold(f32::MIN, f32::max);
        let mut wrong = 0.0;
        let mut mean = [0.0_f32; CHEAP];
        for candidate in all.iter().filter(|c| !truth.contains(&c.entity)) {
            let e = (candidate.score - most).exp();
            wrong += e;
            for (mean, x) in mean.iter_mut().zip(&candidate.cheap) {
                *mean += e * x;
            }
        }
        for candidate in all.iter().filter(|c| truth.contains(&c.entity)) {
            let e = (candidate.score - most).exp();
            for at in 0..CHEAP {
                if learning.without == Some(Kind::OF_CHEAP[at]) {
                    continue;
                }
                let x = candidate.cheap[at];
                let g = (mean[at] + e * x) / (wrong + e) - x;
                squares[at] += g * g;
                self.first[at] -= RATE * g / squares[at].sqrt();
            }
        }
    }

    /// One step of learning of the weights of single evidence, by the candidates of the first look.
    fn learn_evidence(&mut self, space: &Space, truth: &[u32]) {
        let found = space.candidates.close();
        let right: Vec<bool> = found.iter().map(|c| truth.contains(&c.entity)).collect();
        if !right.contains(&true) {
            return;
        }
        let scores = &space.scores;
        let most = scores.iter().copied().fold(f32::MIN, f32::max);
        let exp: Vec<f32> = scores.iter().map(|s| (s - most).exp()).collect();
        let of_wrong = exp.iter().zip(&right).filter(|(_, right)| !**right);
        let wrong: f32 = of_wrong.map(|(e, _)| e).sum();
        let mut gradients = vec![0.0_f32; found.len()];
        for at in (0..found.len()).filter(|&at| right[at]) {
            let all = wrong + exp[at];
            gradients[at] -= 1.0 - exp[at] / all;
            for other in (0..found.len()).filter(|&other| !right[other]) {
                gradients[other] += exp[other] / all;
            }
        }
        for (own, gradient) in space.evidence.iter().zip(gradients) {
            if gradient.abs() > SLIGHT {
                self.excitation.learn(own, gradient);
            }
        }
    }
}
