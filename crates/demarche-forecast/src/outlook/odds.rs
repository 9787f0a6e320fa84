//! By what chances are said.

use super::Outlook;
use crate::ForecastError;
use crate::chance::Chance;

/// By what the chances of a horizon are said.
#[derive(Clone, Debug)]
pub struct Odds {
    /// Within how many steps.
    pub horizon: i32,
    /// A learned model, or what stands in for it.
    pub kind: OddsKind,
}

/// A learned model, or what stands in for it.
#[derive(Clone, Debug)]
pub enum OddsKind {
    /// A model learned from the past.
    Learned(Chance),
    /// The rate of the last year, and why nothing could be learned.
    LastYear(ForecastError),
}

impl Outlook {
    /// Learns the chances of a horizon. Where there is too little to learn from, the rate of the last
    /// year stands in.
    pub fn odds(&self, horizon: i32) -> Odds {
        let horizon = horizon.max(1);
        let learned = Chance::learn(&self.graph, &self.graph.facts, horizon, self.now());
        Odds {
            horizon,
            kind: match learned {
                Ok(chance) => OddsKind::Learned(chance),
                Err(error) => OddsKind::LastYear(error),
            },
        }
    }
}

impl Odds {
    /// By what the chances are said, in a sentence.
    pub fn said_by(&self) -> String {
        match &self.kind {
            OddsKind::Learned(chance) => format!(
                "Chances are learned from {} earlier windows of the same length: {} acts were looked at in them, of which {} came.",
                chance.windows,
                grouped(chance.looked_at),
                grouped(chance.came)
            ),
            OddsKind::LastYear(error) => format!(
                "No chances can be learned ({error}); the rate of the last year stands in their place."
            ),
        }
    }

    /// Could chances be learned?
    pub fn is_learned(&self) -> bool {
        matches!(self.kind, OddsKind::Learned(_))
    }
}

/// A number with commas between thousands.
fn grouped(n: usize) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
