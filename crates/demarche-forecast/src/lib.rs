//! Who is likely to do what to whom next, how likely, and because of which past events.
//!
//! From all events before a moment, the candidates for (source, act, ?) and (?, act, target) are
//! ranked. Research calls this temporal knowledge graph forecasting.

pub mod boost;
pub mod chance;
mod error;
pub mod evaluate;
mod graph;
mod history;
mod model;
pub mod outlook;
mod question;
mod ranker;
mod reasons;
mod recurrency;
mod threads;
pub mod watch;

pub use error::ForecastError;
pub use graph::{EventGraph, Fact, Names, Part, bloc_and_sector};
pub use history::{Blocs, History, Vectors, memory};
pub use model::{Explanation, FORMAT, Learning, Model, Reason, Space};
pub use question::{Forecaster, Frozen, Question};
pub use ranker::{Ranker, Shape};
pub use reasons::Kind;
pub use reasons::features::NAMES;
pub use reasons::rules::{Body, Rule, Rules};
pub use reasons::walks::RuleCase;
pub use recurrency::Recurrency;
