//! How a plan is steered once it runs: what is watched, what is done when a line is crossed.

pub mod compare;
pub mod learn;
mod money;
pub mod pathways;
pub mod policy;
pub mod rules;
pub mod standing;
pub mod study;
pub mod tables;
pub mod trend;
pub mod words;
pub mod world;
