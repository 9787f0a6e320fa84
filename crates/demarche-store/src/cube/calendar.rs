//! Days as numbers, and the periods they lie in.

use demarche_events::{Date, Period, PeriodUnit};
use jiff::Span;
use jiff::civil::date;

use super::totals::Totals;
use super::{CubeError, Total};

const EPOCH: Date = date(1970, 1, 1);

/// The day of that number, counted from 1970-01-01; the ends of the calendar for days beyond it.
pub(crate) fn date_of(day: i32) -> Date {
    EPOCH.saturating_add(Span::new().days(i64::from(day).clamp(-4_000_000, 4_000_000)))
}

/// The number of a day, counted from 1970-01-01.
pub(crate) fn day_of(date: Date) -> i32 {
    let days = date.duration_since(EPOCH).as_hours().div_euclid(24);
    i32::try_from(days).expect("the calendar has fewer days")
}

/// Finds the period of a day. Days that follow each other mostly lie in one period, so the last
/// one is tried first.
pub(crate) struct Calendar {
    unit: PeriodUnit,
    first: i32,
    last: i32,
}

impl Calendar {
    pub(crate) fn new(unit: PeriodUnit) -> Self {
        Self {
            unit,
            first: 1,
            last: 0,
        }
    }

    /// The first day of the period in which a day lies.
    pub(crate) fn first_day(&mut self, day: i32) -> i32 {
        if day < self.first || day > self.last {
            let date = date_of(day);
            let period = Period::of(date, self.unit);
            self.first = day_of(period.first());
            // The last periods of the calendar end beyond it.
            self.last = match date.year() {
                9999.. => day,
                _ => day_of(period.last()),
            };
        }
        self.first
    }
}

/// The periods that hold rows, what was read of each, and which of them a day lies in.
pub(crate) struct Timetable {
    asked: (i32, i32),
    /// The day of the first place.
    first: i32,
    places: Vec<u32>,
    /// First days of the periods, in order.
    pub(crate) periods: Vec<i32>,
    /// What was read of each period, as far as it was asked for.
    pub(crate) totals: Vec<Total>,
}

/// The place of days that were not asked for.
const OUTSIDE: u32 = u32::MAX;
/// The place of days of which no row was read.
const EMPTY: u32 = u32::MAX - 1;

impl Timetable {
    /// The periods of the days from the first to the last that are asked for.
    ///
    /// # Errors
    /// If the days span more than a calendar.
    pub(crate) fn new(
        totals: &Totals,
        unit: PeriodUnit,
        asked: (i32, i32),
    ) -> Result<Self, CubeError> {
        let days = totals.0.keys();
        let first = days.clone().next().copied().unwrap_or(0);
        let last = days.clone().next_back().copied().unwrap_or(first);
        let span = i64::from(last) - i64::from(first) + 1;
        let span = usize::try_from(span).ok().filter(|s| *s < 8_000_000);
        let span = span.ok_or(CubeError::Day(last))?;
        let mut table = Self {
            asked,
            first,
            places: vec![EMPTY; span],
            periods: Vec::new(),
            totals: Vec::new(),
        };
        let mut calendar = Calendar::new(unit);
        for (&day, total) in &totals.0 {
            let place = &mut table.places[(day - first) as usize];
            if day < asked.0 || day > asked.1 {
                *place = OUTSIDE;
                continue;
            }
            let period = calendar.first_day(day);
            if table.periods.last() != Some(&period) {
                table.periods.push(period);
                table.totals.push(Total::default());
            }
            let at = table.periods.len() - 1;
            table.totals[at].add(total);
            *place = at as u32;
        }
        Ok(table)
    }

    /// The place among the periods of a day, or `None` if it was not asked for.
    ///
    /// # Errors
    /// If no row of the day is known, so that it can't have cells.
    pub(crate) fn place(&self, day: i32) -> Result<Option<u32>, CubeError> {
        let place = usize::try_from(i64::from(day) - i64::from(self.first));
        match place.ok().and_then(|p| self.places.get(p)) {
            Some(&OUTSIDE) => Ok(None),
            Some(&EMPTY) | None if (self.asked.0..=self.asked.1).contains(&day) => {
                Err(CubeError::Day(day))
            }
            Some(&EMPTY) | None => Ok(None),
            Some(&place) => Ok(Some(place)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_lie_in_their_periods_in_any_order() {
        use PeriodUnit::{Month, Quarter, Week, Year};
        for unit in [Week, Month, Quarter, Year] {
            let mut calendar = Calendar::new(unit);
            for i in 0..5000 {
                let day = (i * 7919) % 30_000 - 10_000;
                let want = Period::of(date_of(day), unit).first();
                assert_eq!(calendar.first_day(day), day_of(want), "{day}");
                assert_eq!(day_of(date_of(day)), day);
            }
        }
    }

    #[test]
    fn days_beyond_the_calendar_do_no_harm() {
        for day in [i32::MIN, i32::MAX] {
            for unit in [PeriodUnit::Week, PeriodUnit::Year] {
                Calendar::new(unit).first_day(day);
            }
        }
    }
}
