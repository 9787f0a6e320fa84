//! Calendar periods: weeks, months, quarters, years.

use std::fmt;
use std::str::FromStr;

use jiff::Span;
use jiff::civil::{Date, date};
use serde::{Deserialize, Serialize, Serializer};

/// The length of a period. Ordered from short to long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PeriodUnit {
    /// Seven days from Monday to Sunday (ISO 8601).
    Week,
    /// A calendar month.
    Month,
    /// A calendar quarter.
    Quarter,
    /// A calendar year.
    Year,
}

impl PeriodUnit {
    /// The name on the command line and in tables.
    pub fn name(self) -> &'static str {
        match self {
            PeriodUnit::Week => "week",
            PeriodUnit::Month => "month",
            PeriodUnit::Quarter => "quarter",
            PeriodUnit::Year => "year",
        }
    }
}

impl fmt::Display for PeriodUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for PeriodUnit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "week" => Ok(PeriodUnit::Week),
            "month" => Ok(PeriodUnit::Month),
            "quarter" => Ok(PeriodUnit::Quarter),
            "year" => Ok(PeriodUnit::Year),
            _ => Err(format!("{text:?} is not week, month, quarter or year")),
        }
    }
}

/// One calendar period: the `index`-th of its unit since the one that holds 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period {
    unit: PeriodUnit,
    index: i32,
}

/// The Monday of the week that holds 1970-01-01.
const FIRST_MONDAY: Date = date(1969, 12, 29);

impl Period {
    /// The period of that length in which a day lies.
    pub fn of(day: Date, unit: PeriodUnit) -> Self {
        let months = (i32::from(day.year()) - 1970) * 12 + i32::from(day.month()) - 1;
        let index = match unit {
            PeriodUnit::Week => {
                let days = day.duration_since(FIRST_MONDAY).as_hours().div_euclid(24);
                i32::try_from(days.div_euclid(7)).expect("civil dates span few weeks")
            }
            PeriodUnit::Month => months,
            PeriodUnit::Quarter => months.div_euclid(3),
            PeriodUnit::Year => months.div_euclid(12),
        };
        Self { unit, index }
    }

    /// Its length.
    pub fn unit(self) -> PeriodUnit {
        self.unit
    }

    /// Its number, counted from the period that holds 1970-01-01.
    pub fn index(self) -> i32 {
        self.index
    }

    /// Its first day.
    pub fn first(self) -> Date {
        let months = match self.unit {
            PeriodUnit::Week => {
                let days = i64::from(self.index) * 7;
                return FIRST_MONDAY.saturating_add(Span::new().days(days));
            }
            PeriodUnit::Month => self.index,
            PeriodUnit::Quarter => self.index * 3,
            PeriodUnit::Year => self.index * 12,
        };
        let year = i16::try_from(1970 + months.div_euclid(12)).expect("civil dates fit");
        let month = i8::try_from(months.rem_euclid(12) + 1).expect("1 to 12");
        date(year, month, 1)
    }

    /// Its last day.
    pub fn last(self) -> Date {
        self.next().first().saturating_sub(Span::new().days(1))
    }

    /// The one after it.
    pub fn next(self) -> Self {
        Self {
            index: self.index + 1,
            ..self
        }
    }

    /// The year of its first day; for a week, the ISO week-year.
    fn label(self) -> String {
        let first = self.first();
        match self.unit {
            PeriodUnit::Week => {
                let iso = first.iso_week_date();
                format!("{:04}-W{:02}", iso.year(), iso.week())
            }
            PeriodUnit::Month => format!("{:04}-{:02}", first.year(), first.month()),
            PeriodUnit::Quarter => format!("{:04}-Q{}", first.year(), (first.month() - 1) / 3 + 1),
            PeriodUnit::Year => format!("{:04}", first.year()),
        }
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.label())
    }
}

impl Serialize for Period {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// An unbroken run of periods of one length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Periods {
    first: Period,
    len: usize,
}

impl Periods {
    /// All periods that hold a day from `first` to `last`, both included. Empty if `last` is
    /// before `first`.
    pub fn covering(first: Date, last: Date, unit: PeriodUnit) -> Self {
        let (a, b) = (Period::of(first, unit), Period::of(last, unit));
        let len = if last < first {
            0
        } else {
            b.index - a.index + 1
        };
        Self {
            first: a,
            len: usize::try_from(len).unwrap_or(0),
        }
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.len
    }

    /// None at all?
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The length of each.
    pub fn unit(&self) -> PeriodUnit {
        self.first.unit
    }

    /// The period at a position; positions past the end go on in time.
    pub fn get(&self, position: usize) -> Period {
        Period {
            unit: self.first.unit,
            index: self.first.index + i32::try_from(position).expect("positions are small"),
        }
    }

    /// The position of the period that holds a day, if it is in the run.
    pub fn position(&self, day: Date) -> Option<usize> {
        let offset = Period::of(day, self.first.unit).index - self.first.index;
        usize::try_from(offset).ok().filter(|&i| i < self.len)
    }

    /// One after the other.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Period> + '_ {
        (0..self.len).map(|i| self.get(i))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const UNITS: [PeriodUnit; 4] = [
        PeriodUnit::Week,
        PeriodUnit::Month,
        PeriodUnit::Quarter,
        PeriodUnit::Year,
    ];

    #[test]
    fn labels() {
        let day = date(2024, 12, 30);
        let shown = UNITS.map(|u| Period::of(day, u).to_string());
        // ISO 8601: Monday 30 December 2024 opens week 1 of 2025.
        assert_eq!(shown, ["2025-W01", "2024-12", "2024-Q4", "2024"]);
    }

    #[test]
    fn a_day_lies_in_its_period_and_periods_follow_without_gap() {
        let mut day = date(1968, 1, 1);
        while day < date(1973, 1, 1) {
            for unit in UNITS {
                let p = Period::of(day, unit);
                assert!(p.first() <= day && day <= p.last(), "{day} {unit}");
                assert_eq!(Period::of(p.first(), unit), p);
                assert_eq!(Period::of(p.last(), unit), p);
                assert_eq!(p.last().tomorrow().unwrap(), p.next().first());
            }
            day = day.tomorrow().unwrap();
        }
    }

    #[test]
    fn a_run_covers_both_ends() {
        let run = Periods::covering(date(2005, 1, 31), date(2005, 3, 1), PeriodUnit::Month);
        let labels: Vec<String> = run.iter().map(|p| p.to_string()).collect();
        assert_eq!(labels, ["2005-01", "2005-02", "2005-03"]);
        assert_eq!(run.position(date(2005, 2, 28)), Some(1));
        assert_eq!(run.position(date(2005, 4, 1)), None);
        assert_eq!(run.position(date(2004, 12, 31)), None);
        let none = Periods::covering(date(2005, 2, 1), date(2005, 1, 1), PeriodUnit::Month);
        assert!(none.is_empty());
    }
}
