//! The model: what speaks for whom, and how much.

mod explain;
mod keep_up;
mod learn;
mod save;
mod space;
mod told;

pub(crate) use explain::strength;
pub use explain::{Explanation, Reason};
pub use learn::Learning;
pub use save::FORMAT;
pub use space::Space;
pub(crate) use told::rhythm;

use crate::graph::Fact;
use crate::history::History;
use crate::question::{Forecaster, Question, questions};
use crate::ranker::Ranker;
use crate::reasons::Kind;
use crate::reasons::candidates::CHEAP;
use crate::reasons::excite::{Excitation, GROUPS, OPEN};
use crate::reasons::factors::Factors;
use crate::reasons::features::REASONS;
use crate::reasons::rules::Rules;

/// A learned model.
#[derive(Clone, Debug)]
pub struct Model {
    /// Weights of the first look.
    first: [f32; CHEAP],
    /// Weights of single evidence.
    excitation: Excitation,
    /// Who fits whom, beside the single evidence: what that leaves open.
    beside: Factors,
    /// Who fits whom, by itself.
    alone: Factors,
    /// Rules of two acts, and of those they name.
    rules: Rules,
    /// Which things of the first look count.
    cheap: [bool; CHEAP],
    /// The sums of squares of the gradients of the first look.
    squares: [f32; CHEAP],
    /// The share of questions that single evidence is learned from.
    learn_share: f64,
    /// Which groups of single evidence count.
    groups: [bool; GROUPS],
    /// The last step that anything was learned from.
    until: i32,
    /// Reasons to a score.
    ranker: Ranker,
    /// How many candidates of the first look have their single evidence weighed.
    width: usize,
    /// How many of those get a closer look.
    close: usize,
}

/// The weights of the first look before anything is learned.
const START: [f32; CHEAP] = [
    2.0, 0.0, 0.5, 2.0, 0.0, 2.0, 0.0, 0.3, 0.1, 0.5, 1.0, 1.5, 0.1, 0.1, 0.1, 1.0, -5.0, 0.1, 0.1,
    0.1, 0.0,
];

/// The length of a step of learning of the factors beside single evidence, and of those alone.
const BESIDE: f32 = 0.06;
const ALONE: f32 = 0.03;

/// What a candidate that got no closer look is behind those that did.
const BEHIND: f32 = 1000.0;

impl Model {
    /// A model that knows nothing yet.
    fn unlearned(learning: &Learning) -> Self {
        let kept = |kind: &Kind| learning.without != Some(*kind);
        let mut first = START;
        for (weight, kind) in first.iter_mut().zip(&Kind::OF_CHEAP) {
            if !kept(kind) {
                *weight = 0.0;
            }
        }
        Self {
            first,
            excitation: Excitation::default(),
            beside: Factors::new(BESIDE),
            alone: Factors::new(ALONE),
            rules: Rules::default(),
            cheap: std::array::from_fn(|at| kept(&Kind::OF_CHEAP[at])),
            squares: [1e-3; CHEAP],
            learn_share: learning.learn_share,
            groups: std::array::from_fn(|at| kept(&Kind::OF_GROUP[at])),
            until: i32::MIN,
            ranker: Ranker::default(),
            width: learning.width.max(1),
            close: learning.close.max(1),
        }
    }

    /// The sums of single evidence by group, with what it leaves open: without those that do not count.
    fn counted(&self, mut sums: [f32; GROUPS], open: f32) -> [f32; GROUPS] {
        sums[OPEN] = open;
        for (sum, counts) in sums.iter_mut().zip(self.groups) {
            if !counts {
                *sum = 0.0;
            }
        }
        sums
    }

    /// The temporal rules that were learned.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// How the ranker comes to its scores.
    pub fn ranker(&self) -> &Ranker {
        &self.ranker
    }
}

impl Forecaster for Model {
    type Space = Space;

    fn learned_until(&self) -> i32 {
        self.until
    }

    fn keep_up(&mut self, history: &History, step: &[Fact]) {
        self.until = step.first().map_or(self.until, |f| f.step.max(self.until));
        self.beside.make_room(history);
        self.alone.make_room(history);
        self.learn_step(history, &questions(step), &mut Space::default());
    }

    fn wants_vectors(&self) -> bool {
        true
    }

    fn space(&self, _: &History) -> Space {
        Space::default()
    }

    fn answer(
        &self,
        history: &History,
        question: Question,
        space: &mut Space,
        answers: &mut Vec<(u32, f32)>,
    ) {
        answers.clear();
        space.look(history, self, question, self.width);
        let found = space.candidates.close();
        if self.ranker.is_empty() {
            answers.extend(found.iter().zip(&space.scores).map(|(c, s)| (c.entity, *s)));
        } else {
            space.look_closer(history, self, question);
            let mut scores = vec![0.0; space.close.len()];
            self.ranker.score(&space.rows, REASONS, &mut scores);
            answers.extend(space.close.iter().zip(scores).map(|(c, s)| (c.entity, s)));
            for &place in space.order.iter().skip(self.close) {
                let candidate = &space.candidates.close()[place as usize];
                answers.push((candidate.entity, space.scores[place as usize] - BEHIND));
            }
        }
        let rest = space.candidates.rest();
        answers.extend(rest.map(|(entity, score)| (entity, score - 2.0 * BEHIND)));
    }
}
