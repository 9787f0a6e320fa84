//! Days as numbers, and the periods they lie in.

use demarche_events::{Date, Period, PeriodUnit};
use jiff::Span;
use jiff::civil::date;

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
