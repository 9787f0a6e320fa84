//! The rank of a true answer.

use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::graph::Fact;
use crate::memory::{Memory, way};
use crate::question::Question;

/// Which other true answers are set aside before the rank is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Filter {
    /// Those of the same step: the usual way for events in time.
    TimeAware,
    /// Those of any step of the whole graph.
    Static,
    /// None.
    Raw,
}

impl Filter {
    /// All of them, in the order of [`super::Outcome::ranks`].
    pub const ALL: [Self; 3] = [Self::TimeAware, Self::Static, Self::Raw];
}

/// The true answers of each question, at any step.
#[derive(Clone, Debug, Default)]
pub struct TrueAnswers(FxHashMap<(u32, u32), Vec<u32>>);

impl TrueAnswers {
    /// Those of a list of events.
    pub fn of(facts: &[Fact]) -> Self {
        let mut all: FxHashMap<(u32, u32), Vec<u32>> = FxHashMap::default();
        for fact in facts {
            let done = (fact.source, way(fact.act, false));
            all.entry(done).or_default().push(fact.target);
            let undergone = (fact.target, way(fact.act, true));
            all.entry(undergone).or_default().push(fact.source);
        }
        for answers in all.values_mut() {
            answers.sort_unstable();
            answers.dedup();
        }
        Self(all)
    }

    /// Those of one question, in the order of their numbers.
    pub fn of_question(&self, question: Question) -> &[u32] {
        let found = self.0.get(&(question.who, question.way));
        found.map_or(&[], Vec::as_slice)
    }
}

/// The expected rank of `answer` among all entities if equal ones are put in any order: 1, and 1 for
/// each that is better, and one half for each that is equal. `others` are set aside, wherever they are.
///
/// Entities that are not among `answers` come after all that are; among them, more events are better.
pub fn rank(memory: &Memory, answers: &[(u32, f32)], answer: u32, others: &[u32]) -> f64 {
    let aside = |entity: u32| others.contains(&entity);
    let (mut better, mut equal) = (0_u32, 0_u32);
    if let Some(&(_, own)) = answers.iter().find(|a| a.0 == answer) {
        for &(entity, score) in answers {
            if score < own || entity == answer || aside(entity) {
                continue;
            }
            // Where there is no number, nothing is known to be worse: that is never to one's good.
            match score == own {
                true => equal += 1,
                false => better += 1,
            }
        }
    } else {
        let events = |entity: u32| {
            let actor = memory.actor(entity);
            actor.done.events + actor.undergone.events
        };
        let own = events(answer);
        let mut given = vec![false; memory.entities()];
        for &(entity, _) in answers {
            given[entity as usize] = true;
            better += u32::from(!aside(entity));
        }
        for (entity, given) in (0..).zip(given) {
            if given || entity == answer || aside(entity) {
                continue;
            }
            let theirs = events(entity);
            better += u32::from(theirs > own);
            equal += u32::from(theirs == own);
        }
    }
    f64::from(1 + better) + 0.5 * f64::from(equal)
}
