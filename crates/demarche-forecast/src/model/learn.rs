//! Learning in one sweep over the training part, in the order of time. Everything that is learned from
//! a step's events is computed from what lay before it, as it will be when the model is asked.

use crate::ForecastError;
use crate::boost::{Bins, Sample, Settings, boost};
use crate::graph::{EventGraph, Fact};
use crate::history::History;
use crate::question::Question;
use crate::ranker::Ranker;
use crate::reasons::Kind;
use crate::reasons::features::REASONS;

use super::Model;
use super::keep_up::{draw, questions};
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
            sample_from: 0.6,
            sample: 40_000,
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
                stump_rate: 0.15,
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
                self.bins.row(row, &mut self.sample.columns);
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
            self.bins.row(row, &mut self.sample.columns);
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
        model.beside.make_room(&history);
        model.alone.make_room(&history);
        let mut space = Space::default();
        let mut growing = Growing {
            sample: Sample {
                columns: vec![Vec::new(); REASONS],
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
                let asked = questions(step);
                // The sample is taken before anything is learned from the step: else what one question
                // taught would help another of the same step, as it never can when the model is asked.
                for (question, truth) in &asked {
                    if now >= sample_from && draw(*question, u32::MAX) < share {
                        space.look(&history, &model, *question);
                        space.look_closer(&history, &model, *question);
                        growing.add(&space, *question, truth, learning);
                    }
                }
                model.learn_step(&history, &asked, &mut space);
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
        model.until = last;
        model.ranker = match learning.sum {
            true => Ranker::sum(&grown, REASONS),
            false => Ranker::Trees(grown),
        };
        Ok(model)
    }
}
