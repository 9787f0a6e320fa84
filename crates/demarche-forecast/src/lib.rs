//! Who is likely to do what to whom next, how likely, and because of which past events.
//!
//! From all events before a moment, the candidates for (source, act, ?) and (?, act, target) are
//! ranked. Research calls this temporal knowledge graph forecasting.

mod error;
pub mod evaluate;
mod graph;
pub mod memory;
mod question;
mod recurrency;
mod threads;

pub use error::ForecastError;
pub use graph::{EventGraph, Fact, Names, Part, bloc_and_sector};
pub use question::{Forecaster, Question};
pub use recurrency::Recurrency;
