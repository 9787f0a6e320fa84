//! What money there is for a year of the plan, against which a signpost holds what is spent.

use demarche_case::Case;
use demarche_events::{Period, PeriodUnit};
use jiff::Span;

/// Quarters of a year.
pub(super) const YEAR: usize = 4;

/// The money for the four quarters before this one. Thousand euros; `None` where nothing limits that of
/// one of them.
pub(super) fn of_the_year_before(case: &Case, quarters: &[Period], next: Period) -> Option<f64> {
    (1..=YEAR as i64)
        .map(|back| {
            let day = next.first().saturating_sub(Span::new().months(3 * back));
            of_a_quarter(case, quarters, Period::of(day, PeriodUnit::Quarter))
        })
        .sum()
}

/// The money for a quarter: its part of the budget for all quarters of the plan, or of the money of its
/// calendar year, whichever is less.
fn of_a_quarter(case: &Case, quarters: &[Period], quarter: Period) -> Option<f64> {
    let settings = &case.settings.plan;
    let year = quarter.first().year();
    let covered = quarters.iter().filter(|q| q.first().year() == year).count();
    let own = settings.years.iter().rev().find(|own| own.year == year);
    // What is given for a year is for those of its quarters that the plan covers.
    let of_year = match own.filter(|_| covered > 0) {
        Some(own) => Some(own.keur as f64 / covered as f64),
        None => settings.yearly_keur.map(|keur| keur as f64 / YEAR as f64),
    };
    let of_all = (settings.budget_keur).map(|keur| keur as f64 / f64::from(settings.quarters));
    match (of_year, of_all) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    }
}
