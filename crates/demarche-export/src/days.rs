//! Working days: Monday to Friday, eight hours each. Holidays are not known.

use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

/// Hours of a working day.
pub(crate) const HOURS: i64 = 8;

fn works(day: Date) -> bool {
    !matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday)
}

/// The day itself or the first working day after it.
pub(crate) fn at_or_after(mut day: Date) -> Date {
    while !works(day) {
        day = day.saturating_add(1.day());
    }
    day
}

/// The day itself or the last working day before it.
pub(crate) fn at_or_before(mut day: Date) -> Date {
    while !works(day) {
        day = day.saturating_sub(1.day());
    }
    day
}

/// How many working days there are from one day to another, both included; 0 where the second is
/// the earlier.
pub(crate) fn between(first: Date, last: Date) -> i64 {
    let mut count = 0;
    let mut day = first;
    while day <= last {
        count += i64::from(works(day));
        match day.checked_add(1.day()) {
            Ok(next) => day = next,
            Err(_) => break,
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn weeks_have_five_days() {
        // 1 January 2027 is a Friday.
        assert_eq!(between(date(2027, 1, 1), date(2027, 1, 1)), 1);
        assert_eq!(between(date(2027, 1, 1), date(2027, 1, 7)), 5);
        assert_eq!(between(date(2027, 1, 2), date(2027, 1, 3)), 0);
        assert_eq!(between(date(2027, 1, 3), date(2027, 1, 2)), 0);
        // 365 days from a Friday to a Friday: 52 weeks and that Friday.
        assert_eq!(between(date(2027, 1, 1), date(2027, 12, 31)), 261);
        assert_eq!(at_or_after(date(2027, 1, 2)), date(2027, 1, 4));
        assert_eq!(at_or_before(date(2027, 1, 3)), date(2027, 1, 1));
    }
}
