//! Learning in one sweep over the training part, in the order of time. Everything that is learned from
//! a step's events is computed from what lay before it, as it will be when the model is asked.

use crate::ForecastError;
use crate::boost::{Bins, Forest, Sample, Settings, boost};
use crate::graph::{EventGraph, Fact};
use crate::history::History;
use crate::question::{Question, questions};
use crate::ranker::Ranker;
use crate::reasons::Kind;
use crate::reasons::features::REASONS;
use crate::reasons::walks::Walks;

use super::Model;
use super::keep_up::{HEAD, Lesson, draw};
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
    /// The share of questions it is learned from; those of the ranker's sample are too.
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
            width: 96,
            close: 48,
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
    /// How far learning is said to be when only the trees are left to grow.
    pub const SWEPT: f64 = 0.8;

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

/// What the ranker is learned from, as it grows.
struct Growing {
    sample: Sample,
    raw: Vec<f32>,
    bins: Bins,
}

impl Growing {
    fn new() -> Self {
        Self {
            sample: Sample {
                columns: vec![Vec::new(); REASONS],
                groups: vec![0],
                ..Sample::default()
            },
            raw: Vec::new(),
            bins: Bins::default(),
        }
    }

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
    /// If there are too few events, or if they are not in order; or if a reason came out as no number.
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
        let (mut model, growing) = Self::sweep(graph, facts, learning, |share| {
            said(Learning::SWEPT * share)
        })?;
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
            |tree| said(Learning::SWEPT + (1.0 - Learning::SWEPT) * tree as f64 / trees),
        );
        model.ranker = match learning.sum {
            true => Ranker::sum(&grown, REASONS),
            false => Ranker::Trees(Forest::new(grown).ok_or_else(|| {
                ForecastError::Model("a reason was no number, and has no bins".to_owned())
            })?),
        };
        Ok(model)
    }

    /// All but the ranker, and what that is to be learned from.
    fn sweep(
        graph: &EventGraph,
        facts: &[Fact],
        learning: &Learning,
        mut said: impl FnMut(f64),
    ) -> Result<(Self, Growing), ForecastError> {
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
        let mut growing = Growing::new();
        let mut done = 0;
        let mut walks = Walks::default();
        for step in EventGraph::steps(facts) {
            let now = step[0].step;
            if now >= vectors_from {
                history.want_vectors();
            }
            if now >= learn_from {
                let asked = questions(step);
                let mut lessons = Vec::new();
                for (question, truth) in &asked {
                    let sampled = now >= sample_from && draw(*question, u32::MAX) < share;
                    if !sampled && !model.wants_to_learn(*question) {
                        continue;
                    }
                    let width = if sampled { model.width } else { HEAD };
                    space.look(&history, &model, *question, width);
                    lessons.push(Lesson::of(*question, &space, truth));
                    if sampled {
                        space.look_closer(&history, &model, *question);
                        growing.add(&space, *question, truth, learning);
                    }
                }
                if let Some(rules) = walks.rules_anew(&history, now) {
                    model.rules = rules;
                }
                space.present.come(&history, now);
                walks.draw(&history, &space.present, &asked);
                model.learn_lessons(&history, &asked, &lessons, &mut space);
            }
            history.add(now, step)?;
            done += step.len();
            said(done as f64 / facts.len() as f64);
        }
        if growing.bins.0.is_empty() {
            growing.bin();
        }
        model.until = last;
        model.rules = walks.rules(&history);
        Ok((model, growing))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sixty days of 24 events among 30 entities, most of which come again.
    fn graph() -> EventGraph {
        let mut graph = EventGraph::default();
        for entity in 0..30 {
            graph
                .entities
                .add(&format!("Actor {entity} (Country {})", entity % 6));
        }
        for act in 0..5 {
            graph.acts.add(&format!("Act {act}"));
        }
        for step in 0..60_u32 {
            let mut day: Vec<Fact> = (0..24)
                .map(|n| {
                    let x = (step / (1 + n % 7))
                        .wrapping_mul(2_654_435_761)
                        .wrapping_add(n * 97);
                    let x = (x ^ (x >> 15)).wrapping_mul(0x2C1B_3C6D) >> 8;
                    Fact {
                        step: step as i32,
                        source: x % 30,
                        act: x / 30 % 5,
                        target: (x + 1 + x / 150 % 29) % 30,
                    }
                })
                .collect();
            day.sort_unstable();
            day.dedup();
            graph.facts.extend(day);
        }
        graph.valid_from = graph.facts.len();
        graph.test_from = graph.facts.len();
        graph
    }

    /// The ranker is learned from what is known before a step, as it will be asked: what a question of
    /// the last step looks like must not depend on the others of that step.
    #[test]
    fn a_question_in_the_sample_knows_nothing_of_the_others_of_its_step() {
        let graph = graph();
        let learning = Learning {
            sample: usize::MAX,
            learn_share: 1.0,
            sample_from: 0.0,
            ..Learning::default()
        };
        let last = graph.facts.last().unwrap().step;
        let until = graph.facts.partition_point(|f| f.step < last);
        let raw_of = |facts: &[Fact]| {
            let (_, growing) = Model::sweep(&graph, facts, &learning, |_| {}).unwrap();
            growing
        };
        let before = raw_of(&graph.facts[..until]).sample;
        let all = raw_of(&graph.facts).sample;
        assert!(all.groups.len() > before.groups.len() + 10);
        // The questions of the last step, as rows of bins, whatever stands beside them.
        let rows = |sample: &Sample, from: usize| -> Vec<Vec<Vec<u8>>> {
            let groups = sample.groups[from..].windows(2);
            let row = |at: u32| sample.columns.iter().map(|c| c[at as usize]).collect();
            groups
                .map(|ends| (ends[0]..ends[1]).map(row).collect())
                .collect()
        };
        let together = rows(&all, before.groups.len() - 1);
        let mut single = 0;
        for fact in graph.facts[until..].iter().step_by(2) {
            let mut facts = graph.facts[..until].to_vec();
            facts.push(*fact);
            let alone = raw_of(&facts).sample;
            for group in rows(&alone, before.groups.len() - 1) {
                // Where a question has another true answer in the whole step, its group is not the same.
                single += usize::from(together.contains(&group));
            }
        }
        assert!(
            2 * single > together.len() * 8 / 10,
            "{single} of {}",
            together.len()
        );
    }
}
