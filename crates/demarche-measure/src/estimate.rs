//! A figure with what is needed to believe it: its interval, its events, or why there is none.

use serde::Serialize;

/// Position of an event in [`demarche_case::Case::chronicle`].
pub type EventIx = u32;

/// An interval with its level.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Coverage aimed at, e.g. 0.95.
    pub level: f64,
}

impl Interval {
    /// Does it hold this value?
    pub fn contains(&self, value: f64) -> bool {
        self.low <= value && value <= self.high
    }

    /// Do the two have a value in common?
    pub fn overlaps(&self, other: &Interval) -> bool {
        self.low <= other.high && other.low <= self.high
    }
}

/// One estimated figure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Estimate {
    /// The value; `None` where there are too few events for one.
    pub value: Option<f64>,
    /// Its interval, where one could be computed.
    pub interval: Option<Interval>,
    /// How many observations it rests on (events, periods or gaps, as the measure says).
    pub n: usize,
    /// How many it needs.
    pub needed: usize,
    /// The events behind it, ascending.
    pub events: Vec<EventIx>,
}
