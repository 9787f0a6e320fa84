//! The dyad-day cube: how much each actor did to each other actor on each day, counted once so
//! that panels and series are read and not scanned for.
//!
//! A *cell* is all rows of one (source, target, day) of one format. A missing end is a value of
//! its own, and acts of an actor towards itself are kept, so that the sum over all cells of a day
//! is all that was read of that day: the denominators are exact.
//!
//! Cells are kept in *runs*: Parquet files sorted by source, target and day, missing ends last.
//! Whoever reads events fills a [`CubeBuilder`] and writes a run now and then; [`merge`] makes one
//! run of many, and of it a second one by month. [`panel`](fn@panel) and [`series`](fn@series)
//! ask the runs.

mod builder;
mod calendar;
mod cell;
mod codes;
mod cursor;
mod distinct;
mod error;
mod merge;
mod panel;
mod panel_file;
mod question;
mod reader;
mod rows;
mod run;
mod series;
mod totals;
mod vintage;

pub use builder::CubeBuilder;
pub(crate) use calendar::{date_of, day_of};
pub use cell::{MISSING, Measure, RunInfo, Tally};
pub use error::CubeError;
pub use merge::{Merged, merge};
pub use panel::{Panel, panel};
pub use panel_file::{Summary, panel_csv, panel_parquet};
pub use question::{PeriodTotal, Question};
pub use series::{Acts, Series, series};
pub use totals::Total;
pub(crate) use totals::{KEY as TOTALS_KEY, Totals};
pub(crate) use vintage::KnownOn;

#[cfg(test)]
mod tests;
