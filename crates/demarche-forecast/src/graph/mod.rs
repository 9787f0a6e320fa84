//! Events as a graph in time: who did what to whom, when, each as a number.

pub(crate) mod events;
mod names;
mod read;

pub use names::{Names, bloc_and_sector};

/// One event of the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fact {
    /// When, in steps since the graph's origin.
    pub step: i32,
    /// Who acts: a number of [`EventGraph::entities`].
    pub source: u32,
    /// What is done: a number of [`EventGraph::acts`].
    pub act: u32,
    /// Towards whom: a number of [`EventGraph::entities`].
    pub target: u32,
}

/// The three parts of a graph, in the order of time: to learn from, to choose by, to be judged by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// What a model learns from.
    Train,
    /// What choices and probabilities are made by.
    Valid,
    /// What a model is judged by.
    Test,
}

/// Events in the order of time, cut into three parts, with the names of their numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventGraph {
    /// The names of sources and targets.
    pub entities: Names,
    /// The names of acts.
    pub acts: Names,
    /// All events, by step; within a step by source, act and target. Each is there once.
    pub facts: Vec<Fact>,
    /// Where in [`EventGraph::facts`] the validation part begins.
    pub valid_from: usize,
    /// Where in [`EventGraph::facts`] the test part begins.
    pub test_from: usize,
    /// The file's time of step 0.
    pub origin: i64,
    /// How much of the file's time one step is, at least 1.
    pub unit: i64,
    /// Rows that were there twice and are counted once.
    pub repeated: usize,
    /// For a graph made of a list of events: the place in that list of each of [`EventGraph::facts`].
    pub of_event: Vec<u32>,
}

impl EventGraph {
    /// The events of a part.
    pub fn part(&self, part: Part) -> &[Fact] {
        match part {
            Part::Train => &self.facts[..self.valid_from],
            Part::Valid => &self.facts[self.valid_from..self.test_from],
            Part::Test => &self.facts[self.test_from..],
        }
    }

    /// The file's time of a step.
    pub fn time(&self, step: i32) -> i64 {
        self.origin + i64::from(step) * self.unit
    }

    /// The events of each step that has any, in the order of time.
    pub fn steps(facts: &[Fact]) -> impl Iterator<Item = &[Fact]> {
        facts.chunk_by(|a, b| a.step == b.step)
    }
}
