//! One run of many.

use std::path::{Path, PathBuf};

use demarche_events::PeriodUnit;

use super::calendar::Timetable;
use super::codes::Codes;
use super::cursor::{Cursor, in_order};
use super::reader::RunReader;
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
            return Err(CubeError::file(
                path,
                "it is a run by month, and runs by day are merged",
            ));
        }
        totals.absorb(reader.totals());
        cursors.push(Cursor::all(reader, inputs.len()));
    }
    let months = Timetable::new(&totals, PeriodUnit::Month, (i32::MIN, i32::MAX))?;
    let mut by_month = Totals::default();
    for (month, total) in months.periods.iter().zip(&months.totals) {
        by_month.add(*month, total);
    }
    let mut day_run = RunWriter::by_day(day_out, &totals)?;
    let mut month_run = RunWriter::by_month(month_out, &by_month, day_out)?;
    let mut codes = Codes::default();
    let mut in_month = Vec::new();
    in_order(cursors, &mut codes, |codes, cells, range| {
        in_month.clear();
        for &day in &cells.day[range.clone()] {
            let place = months.place(day)?.ok_or(CubeError::Day(day))?;
            in_month.push(months.periods[place as usize]);
        }
        let start = range.start;
        day_run.push_range(cells, range.clone(), codes.all(), |i| cells.day[i])?;
        month_run.push_range(cells, range, codes.all(), |i| in_month[i - start])
    })?;
    Ok(Merged {
        day: day_run.finish(codes.all())?,
        month: month_run.finish(codes.all())?,
    })
}
