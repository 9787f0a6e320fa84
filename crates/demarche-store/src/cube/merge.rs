//! One run of many.

use std::path::{Path, PathBuf};

use demarche_events::PeriodUnit;

use super::calendar::Calendar;
use super::codes::Codes;
use super::cursor::{Cursor, in_order};
use super::reader::{RunReader, Wanted};
use super::run::RunWriter;
use super::totals::Totals;
use super::{CubeError, RunInfo};
use crate::Level;

/// What a merge wrote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// The run by day.
    pub day: RunInfo,
    /// The run by month.
    pub month: RunInfo,
}

/// Makes of runs by day one run by day, and of it one by month, the date of which is the first day
/// of the month. However the rows were spread over the runs, the same rows give the same bytes.
///
/// Reads some thousand cells of each run at a time, so memory does not grow with the runs.
///
/// # Errors
/// If a run can't be read or is not by day, or a new one can't be written.
pub fn merge(inputs: &[PathBuf], day_out: &Path, month_out: &Path) -> Result<Merged, CubeError> {
    let mut totals = Totals::default();
    let mut cursors = Vec::new();
    for path in inputs {
        let reader = RunReader::open(path)?;
        if reader.level() != Level::Day {
            return Err(CubeError::file(path, "it is a run by month, and runs by day are merged"));
        }
        totals.absorb(reader.totals());
        cursors.push(Cursor::all(reader, Wanted::ALL, inputs.len()));
    }
    let mut months = Calendar::new(PeriodUnit::Month);
    let by_month = totals.regroup(|day| months.first_day(day));
    let mut day_run = RunWriter::by_day(day_out, &totals)?;
    let mut month_run = RunWriter::by_month(month_out, &by_month, day_out)?;
    let mut codes = Codes::default();
    in_order(cursors, &mut codes, |codes, source, target, day, counts| {
        day_run.push(source, target, day, counts, codes.all())?;
        month_run.push(source, target, months.first_day(day), counts, codes.all())
    })?;
    Ok(Merged {
        day: day_run.finish(codes.all())?,
        month: month_run.finish(codes.all())?,
    })
}
