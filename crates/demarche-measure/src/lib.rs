//! What a relation is: panels, indices, phases, shared threats, blocs, coverage.
//!
//! Every measure is a summary of events and says which ones; it knows nothing of how a brief
//! shows it.

mod estimate;

pub use estimate::{Estimate, EventIx, Interval};
