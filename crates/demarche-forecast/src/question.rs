//! What can be asked, and what an answer is.

use crate::graph::Fact;
use crate::history::History;
use crate::memory::way;

/// Who will be the other one? (source, act, ?) or (?, act, target), at a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Question {
    /// Whose act it is that was asked for, done or undergone.
    pub who: u32,
    /// The act and its direction, see [`way`].
    pub way: u32,
    /// When.
    pub step: i32,
}

impl Question {
    /// The two questions that an event answers, each with its answer: towards whom, then by whom.
    pub(crate) fn both(fact: &Fact) -> [(Self, u32); 2] {
        [
            (Self::target(fact.source, fact.act, fact.step), fact.target),
            (Self::source(fact.act, fact.target, fact.step), fact.source),
        ]
    }

    /// (source, act, ?): towards whom?
    pub fn target(source: u32, act: u32, step: i32) -> Self {
        Self {
            who: source,
            way: way(act, false),
            step,
        }
    }

    /// (?, act, target): who does it?
    pub fn source(act: u32, target: u32, step: i32) -> Self {
        Self {
            who: target,
            way: way(act, true),
            step,
        }
    }
}

/// The questions of a step with their true answers.
pub(crate) fn questions(step: &[Fact]) -> Vec<(Question, Vec<u32>)> {
    let mut all: Vec<(Question, u32)> = step.iter().flat_map(Question::both).collect();
    all.sort_unstable();
    all.chunk_by(|a, b| a.0 == b.0)
        .map(|group| (group[0].0, group.iter().map(|g| g.1).collect()))
        .collect()
}

/// Something that answers questions of what is in a memory, and of nothing else: it never sees the
/// step asked for, nor the other questions of that step.
pub trait Forecaster: Sync {
    /// What it needs room for while it answers questions of one history, which may grow between them.
    /// Answers never depend on its contents.
    type Space;

    /// Does it look at role vectors?
    fn wants_vectors(&self) -> bool {
        false
    }

    /// The last step it has learned from. Where it is asked for a later time, it first keeps up with the
    /// steps between.
    fn learned_until(&self) -> i32 {
        i32::MAX
    }

    /// Learns from the events of a step that has been asked for, before they are added to the history.
    fn keep_up(&mut self, _history: &History, _step: &[Fact]) {}

    /// Makes a workspace.
    fn space(&self, history: &History) -> Self::Space;

    /// Puts the candidates that anything speaks for into `answers`, each once, with its score; larger
    /// is likelier. All others rank after them, those with more events first.
    fn answer(
        &self,
        history: &History,
        question: Question,
        space: &mut Self::Space,
        answers: &mut Vec<(u32, f32)>,
    );
}

/// A forecaster whose weights stay as they are: it knows each new step, and learns from none.
#[derive(Clone, Debug)]
pub struct Frozen<F>(pub F);

impl<F: Forecaster> Forecaster for Frozen<&F> {
    type Space = F::Space;

    fn wants_vectors(&self) -> bool {
        self.0.wants_vectors()
    }

    fn space(&self, history: &History) -> Self::Space {
        self.0.space(history)
    }

    fn answer(
        &self,
        history: &History,
        question: Question,
        space: &mut Self::Space,
        answers: &mut Vec<(u32, f32)>,
    ) {
        self.0.answer(history, question, space, answers);
    }
}
