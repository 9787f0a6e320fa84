//! The front of a case beside its plan.

use demarche_case::Case;

use super::{Front, NoFront, front};
use crate::objectives::{Objectives, Yardstick};
use crate::problem::Schedule;
use crate::scheme::Wishes;
use crate::search::Effort;

/// The objectives of a case kept apart: the front, and what the plan by the weights comes to.
#[derive(Clone, Debug)]
pub struct Apart {
    /// Plans of which none is better than another in every respect.
    pub front: Front,
    /// What the plan by the weights of the case comes to.
    pub plan: Objectives,
}

impl Apart {
    /// Seeks about `wanted` plans, beginning with `plan`; each question gets a quarter of the effort,
    /// since it begins with what earlier ones found. Calls `begins` before each question, with how many
    /// plans there are.
    ///
    /// # Errors
    /// As [`front`].
    pub fn seek(
        case: &Case,
        wishes: &Wishes,
        effort: &Effort,
        plan: &Schedule,
        wanted: usize,
        begins: impl FnMut(usize),
    ) -> Result<Self, NoFront> {
        let yard = Yardstick::of(case, wishes);
        let effort = Effort {
            trials: (effort.trials / 4).max(1),
            ..*effort
        };
        let front = front(&yard, std::slice::from_ref(plan), &effort, wanted, begins)?;
        Ok(Self {
            front,
            plan: yard.measure(plan),
        })
    }
}

impl NoFront {
    /// Why, in words.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Faults(faults) => {
                let all: Vec<String> = faults.iter().map(ToString::to_string).collect();
                format!("the objectives cannot be kept apart: {}", all.join("; "))
            }
            Self::NoPlan => "no plan was found that does all that must be done".to_owned(),
        }
    }
}
