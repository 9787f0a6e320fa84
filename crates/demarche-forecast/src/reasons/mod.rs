//! The reasons for and against a candidate.

pub mod candidates;
pub mod excite;
pub mod factors;
pub mod features;
mod kind;
pub mod present;
pub mod rules;
pub mod walks;

pub use kind::Kind;
