//! The event and what it is made of: who did what to whom, on which day, known how exactly.
//!
//! This crate knows nothing of cases, measures or briefs; everything to its right is made of it.

mod cameo;
mod event;
mod period;
mod quad;

pub use cameo::{CameoCode, CameoError, Goldstein, cameo_codes};
pub use event::{Event, Precision};
pub use jiff::civil::Date;
pub use period::{Period, PeriodUnit, Periods};
pub use quad::{QuadClass, QuadScheme};
