//! What a probability is made of.

use serde::{Deserialize, Serialize};

use super::population::HAZARDS;

/// What speaks for an act of a source towards a target, or against it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Ground {
    /// The same act between the same two before: how often, how lately, in which rhythm.
    SameAct,
    /// Everything that the source did to the target.
    Pair,
    /// What the target did to the source, and the same act the other way round.
    Answer,
    /// How often the source does this, to whomever.
    Source,
    /// How often this is done to the target, by whomever.
    Target,
    /// How usual the act is, between whomever.
    Act,
}

impl Ground {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::SameAct,
        Self::Pair,
        Self::Answer,
        Self::Source,
        Self::Target,
        Self::Act,
    ];

    /// The ground of each hazard, in the order in which [`super::Hazards`] puts them.
    pub(super) const OF_HAZARD: [Self; HAZARDS] = [
        Self::SameAct,
        Self::SameAct,
        Self::SameAct,
        Self::SameAct,
        Self::SameAct,
        Self::SameAct,
        Self::SameAct,
        Self::SameAct,
        Self::Pair,
        Self::Pair,
        Self::Answer,
        Self::Answer,
        Self::Pair,
        Self::Source,
        Self::Source,
        Self::Target,
        Self::Target,
        Self::Answer,
        Self::Act,
        Self::Pair,
        Self::SameAct,
        Self::Pair,
    ];

    /// The ground in a few words.
    pub fn words(self) -> &'static str {
        match self {
            Self::SameAct => "the same act before",
            Self::Pair => "all that it did to the target",
            Self::Answer => "what the target did to it",
            Self::Source => "its habit towards anyone",
            Self::Target => "what anyone does to the target",
            Self::Act => "how usual the act is",
        }
    }
}

/// A probability taken apart: log odds of the mean triple, and how far each ground moves them. Together
/// they are the log odds that the logistic model says; these are then made true to frequency.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Shares {
    /// The log odds of a triple whose hazards are all at their mean.
    pub mean: f64,
    /// By [`Ground::ALL`].
    pub weights: [f64; Ground::ALL.len()],
}

impl Shares {
    /// The log odds of the triple.
    pub fn log_odds(&self) -> f64 {
        self.mean + self.weights.iter().sum::<f64>()
    }

    /// The weight of a ground.
    pub fn of(&self, ground: Ground) -> f64 {
        self.weights[ground as usize]
    }
}
