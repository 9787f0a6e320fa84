//! How a plan is steered once it runs: what is watched, what is done when a line is crossed.

pub mod standing;
pub mod tables;
pub mod trend;
pub mod words;
