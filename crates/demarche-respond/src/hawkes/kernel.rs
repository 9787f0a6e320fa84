//! The densities of the delay between an event and what it sets off.

use serde::Serialize;

use super::baseline::rising;
use super::error::HawkesError;
use super::events::{Resolution, whole};

/// The largest decay per day that can be computed with: a half-life of two minutes.
const MOST_DECAY: f64 = 500.0;

/// The densities `f_m(s)` of the delay `s`, in days, common to all pairs of streams. Each has an
/// integral of 1.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Kernel {
    /// `f_m(s) = β_m e^(−β_m s)`. Without decays nothing excites anything: a Poisson process.
    Exponential {
        /// The decays `β_m`, per day.
        decays: Vec<f64>,
    },
    /// `f_m(s) = 1 / (e_(m+1) − e_m)` for `e_m < s ≤ e_(m+1)`, else 0. With days as resolution `s`
    /// is the difference of the days, and events of one day still do not excite each other.
    Steps {
        /// The edges `e_m` of the bins of delay, in days, the first at least 0.
        edges: Vec<f64>,
    },
}

impl Kernel {
    /// No excitation.
    pub fn none() -> Kernel {
        Kernel::Exponential { decays: Vec::new() }
    }

    /// How many densities there are.
    pub fn parts(&self) -> usize {
        match self {
            Kernel::Exponential { decays } => decays.len(),
            Kernel::Steps { edges } => edges.len().saturating_sub(1),
        }
    }

    /// An error unless it can be used.
    pub(crate) fn check(&self, resolution: Resolution) -> Result<(), HawkesError> {
        match self {
            Kernel::Exponential { decays } => {
                for (at, &value) in decays.iter().enumerate() {
                    if !(value > 0.0 && value <= MOST_DECAY) {
                        return Err(HawkesError::Decay { value });
                    }
                    for &other in &decays[..at] {
                        if (value / other).ln().abs() < 1e-6 {
                            return Err(HawkesError::SameDecays {
                                first: other,
                                second: value,
                            });
                        }
                    }
                }
            }
            Kernel::Steps { edges } => {
                rising("edges of bins", edges)?;
                if edges.len() < 2 || edges[0] < 0.0 {
                    return Err(HawkesError::Edges {
                        what: "edges of bins, two or more and the first not negative,",
                    });
                }
                if resolution == Resolution::Day {
                    for edge in edges {
                        whole("an edge of a bin", *edge)?;
                    }
                }
            }
        }
        Ok(())
    }

    /// `f_m(s)` for a delay `s` of exact times; for days its mean over the day that lies `s` days
    /// after the event's.
    pub fn density(&self, part: usize, delay: f64, resolution: Resolution) -> f64 {
        if delay <= 0.0 {
            return 0.0;
        }
        match self {
            Kernel::Exponential { decays } => {
                let decay = decays[part];
                match resolution {
                    Resolution::Exact => decay * (-decay * delay).exp(),
                    Resolution::Day => -(-decay).exp_m1() * (-decay * (delay - 1.0)).exp(),
                }
            }
            Kernel::Steps { edges } => {
                if edges[part] < delay && delay <= edges[part + 1] {
                    1.0 / (edges[part + 1] - edges[part])
                } else {
                    0.0
                }
            }
        }
    }

    /// `∫_0^s f_m`: the share of what is set off that has come `s` days after it could begin.
    pub fn cumulative(&self, part: usize, delay: f64) -> f64 {
        if delay <= 0.0 {
            return 0.0;
        }
        match self {
            Kernel::Exponential { decays } => -(-decays[part] * delay).exp_m1(),
            Kernel::Steps { edges } => {
                ((delay - edges[part]) / (edges[part + 1] - edges[part])).clamp(0.0, 1.0)
            }
        }
    }

    /// The share of what is set off that comes between two delays.
    pub(crate) fn share(&self, part: usize, from: f64, to: f64) -> f64 {
        let from = from.max(0.0);
        if to <= from {
            return 0.0;
        }
        match self {
            // Without the difference of two numbers near 1.
            Kernel::Exponential { decays } => {
                let decay = decays[part];
                -(-decay * from).exp() * (-decay * (to - from)).exp_m1()
            }
            Kernel::Steps { .. } => self.cumulative(part, to) - self.cumulative(part, from),
        }
    }

    /// The delay by which a fraction of that share has come.
    pub(crate) fn delay(&self, part: usize, from: f64, to: f64, fraction: f64) -> f64 {
        let from = from.max(0.0);
        match self {
            Kernel::Exponential { decays } => {
                let decay = decays[part];
                from - (fraction * (-decay * (to - from)).exp_m1()).ln_1p() / decay
            }
            Kernel::Steps { edges } => {
                let from = from.clamp(edges[part], edges[part + 1]);
                let to = to.clamp(edges[part], edges[part + 1]);
                from + fraction * (to - from)
            }
        }
    }

    /// The mean delay `∫ s f_m(s) ds`, in days.
    pub fn mean_delay(&self, part: usize) -> f64 {
        match self {
            Kernel::Exponential { decays } => 1.0 / decays[part],
            Kernel::Steps { edges } => f64::midpoint(edges[part], edges[part + 1]),
        }
    }
}
