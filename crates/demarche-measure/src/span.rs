//! Stretches of time, and which events surely lie in one.

use demarche_case::{Case, NamedPeriod};
use demarche_events::{Date, Event, Period, PeriodUnit, Periods, Precision};

/// Where an event lies, seen from a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Placement {
    /// On every day it may have happened.
    Inside,
    /// On no day it may have happened.
    Outside,
    /// On some of them: its date is known too coarsely to say.
    Unsure,
}

/// Where an event lies, seen from `span`. An event known to the month or year may have happened
/// on any day of it up to `as_of`, since nobody writes down what is yet to come.
pub fn placement(event: &Event, span: &NamedPeriod, as_of: Date) -> Placement {
    let whole = |unit| Period::of(event.date, unit).last();
    let last = match event.precision {
        Precision::Day => event.date,
        Precision::Month => whole(PeriodUnit::Month),
        Precision::Year => whole(PeriodUnit::Year),
    };
    let last = last.min(as_of).max(event.date);
    if span.from <= event.date && last <= span.to {
        Placement::Inside
    } else if last < span.from || span.to < event.date {
        Placement::Outside
    } else {
        Placement::Unsure
    }
}

/// The whole time of a case, from its start to the day as of which it is written.
pub fn whole_span(case: &Case) -> NamedPeriod {
    let (from, to) = (case.settings.start, case.settings.as_of);
    NamedPeriod {
        name: format!("{from} to {to}"),
        from,
        to,
    }
}

/// The calendar years of the case, from its start to the day as of which it is written, named
/// by their numbers; the first and the last may be cut short.
pub fn calendar_years(case: &Case) -> Vec<NamedPeriod> {
    let (start, as_of) = (case.settings.start, case.settings.as_of);
    Periods::covering(start, as_of, PeriodUnit::Year)
        .iter()
        .map(|year| NamedPeriod {
            name: year.to_string(),
            from: year.first().max(start),
            to: year.last().min(as_of),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{case, day, event};

    #[test]
    fn a_coarse_date_is_placed_only_where_it_surely_lies() {
        let month = event("2022-06", "A", "<>", "B", "040", "cyber");
        let since = |from| NamedPeriod {
            name: String::new(),
            from: day(from),
            to: day("2022-08-15"),
        };
        let place = |e: &Event, from| placement(e, &since(from), day("2022-08-15"));
        assert_eq!(place(&month, "2022-06-01"), Placement::Inside);
        assert_eq!(place(&month, "2022-06-29"), Placement::Unsure);
        assert_eq!(place(&month, "2022-07-01"), Placement::Outside);
        let exact = event("2022-06-01", "A", "<>", "B", "040", "cyber");
        assert_eq!(place(&exact, "2022-06-29"), Placement::Outside);
        // A year that is not over yet ends, for what is known, with the day of writing.
        let year = event("2022", "A", "<>", "B", "040", "cyber");
        assert_eq!(place(&year, "2022-01-01"), Placement::Inside);
        assert_eq!(place(&year, "2022-02-01"), Placement::Unsure);
    }

    #[test]
    fn years_are_cut_to_the_time_of_the_case() {
        let mut case = case(Vec::new());
        case.settings.start = day("2020-03-01");
        let years = calendar_years(&case);
        let names: Vec<&str> = years.iter().map(|y| y.name.as_str()).collect();
        assert_eq!(names, ["2020", "2021", "2022", "2023"]);
        assert_eq!(
            (years[0].from, years[0].to),
            (day("2020-03-01"), day("2020-12-31"))
        );
    }
}
