//! The baseline: what was comes again.
//!
//! After Gastinger, Meilicke, Errica, Sztyler, Schuelke and Stuckenschmidt, *History repeats itself: a
//! baseline for temporal knowledge graph forecasting* (IJCAI 2024): a strict part that looks at when
//! the same triple last was, and a relaxed part that looks at how often someone was the other one of
//! this act, whoever the first one was.

use crate::history::History;
use crate::question::{Forecaster, Question};

/// The recurrency baseline. Both parameters are chosen on the validation part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Recurrency {
    /// How fast the strict part fades, λ of 2^(−λ · age).
    pub fading: f32,
    /// The share α of the strict part in the score; the relaxed part has the rest.
    pub strict: f32,
}

impl Default for Recurrency {
    fn default() -> Self {
        Self {
            fading: 0.03,
            strict: 0.999,
        }
    }
}

impl Forecaster for Recurrency {
    type Space = ();

    fn space(&self, _: &History) {}

    fn answer(
        &self,
        history: &History,
        question: Question,
        (): &mut (),
        answers: &mut Vec<(u32, f32)>,
    ) {
        answers.clear();
        let memory = &history.memory;
        let count = memory.way(question.way).cell.events.max(1) as f32;
        // Who can be the other one has the same act in the opposite direction.
        let opposite = memory.way(question.way ^ 1);
        for link in &opposite.roles {
            let role = memory.role(link.place);
            let relaxed = role.cell.events as f32 / count;
            let strict = memory
                .find_triple(question.who, question.way, role.who)
                .and_then(|cell| cell.age(question.step))
                .map_or(0.0, |age| (-self.fading * age as f32).exp2());
            answers.push((
                role.who,
                self.strict * strict + (1.0 - self.strict) * relaxed,
            ));
        }
    }
}
