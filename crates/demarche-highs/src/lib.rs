//! Proves plans optimal with HiGHS, a mixed-integer solver (Huangfu & Hall, *Mathematical Programming
//! Computation* 10, 2018).
//!
//! The model ([`model`]) is the pure 0/1 one with a variable for each activity and start (Pritsker,
//! Watters & Wolfe, *Management Science* 16, 1969), with waiting written period by period
//! (Christofides, Alvarez-Valdés & Tamarit, *European Journal of Operational Research* 29, 1987): its
//! relaxation is as tight as such models get, and it needs no large constants.
//!
//! HiGHS is built from source only with the feature `highs`; without it [`prove`] says so.
//! HiGHS counts in floating point, so its bound is proven up to its tolerances; the schedule and its
//! value are counted anew in integers by `demarche_plan::check`.

pub mod model;
#[cfg(feature = "highs")]
mod solve;

use std::fmt;

use demarche_plan::problem::{Fault, Problem, Schedule};

/// How a proof ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The schedule is worth as much as the bound: none is better.
    Optimal,
    /// Time ran out between value and bound.
    TimeOut,
    /// There is no schedule that keeps every rule.
    Infeasible,
}

/// What is known after a proof was tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// How it ended.
    pub status: Status,
    /// The best schedule, which the checker has passed, and its worth.
    pub best: Option<(Schedule, i128)>,
    /// No schedule is worth more, by HiGHS's floating-point proof. `None` where it gives none.
    pub bound: Option<i128>,
}

/// Why nothing was tried or nothing came of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// HiGHS is not built in.
    NotBuilt,
    /// The problem makes no sense.
    Faults(Vec<Fault>),
    /// HiGHS gave up, in its own words.
    Solver(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotBuilt => f.write_str("this program was built without HiGHS"),
            Self::Faults(faults) => {
                let all: Vec<String> = faults.iter().map(ToString::to_string).collect();
                f.write_str(&all.join("; "))
            }
            Self::Solver(text) => write!(f, "HiGHS gave up: {text}"),
        }
    }
}

impl std::error::Error for Failure {}

/// Whether HiGHS is built in.
#[must_use]
pub const fn is_built_in() -> bool {
    cfg!(feature = "highs")
}

/// Seeks the best schedule and proves it, for at most so many seconds. `start` is a schedule to begin
/// with; where time runs out the result depends on the machine.
///
/// # Errors
/// [`Failure`]: HiGHS is not built in, the problem makes no sense, HiGHS gives up.
pub fn prove(problem: &Problem, start: Option<&Schedule>, seconds: f64) -> Result<Proof, Failure> {
    problem.validate().map_err(Failure::Faults)?;
    #[cfg(feature = "highs")]
    return solve::prove(problem, start, seconds);
    #[cfg(not(feature = "highs"))]
    {
        let _ = (start, seconds);
        Err(Failure::NotBuilt)
    }
}
