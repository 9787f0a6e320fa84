//! What was read of each day, over all dyads: the denominators, kept in the footer of a run.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::MISSING;

/// The key of the totals in the footer of a run.
pub(crate) const KEY: &str = "demarche.totals";

/// Events over all cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Total {
    /// All events.
    pub n: i64,
    /// All rows, duplicates too.
    pub rows: i64,
    /// Events of which both ends are known and differ.
    pub dyadic: i64,
}

impl Total {
    pub(crate) fn add(&mut self, other: &Total) {
        self.n = self.n.saturating_add(other.n);
        self.rows = self.rows.saturating_add(other.rows);
        self.dyadic = self.dyadic.saturating_add(other.dyadic);
    }
}

/// Are both ends known, and not the same?
pub(crate) fn is_dyadic(source: u32, target: u32) -> bool {
    source != target && source != MISSING && target != MISSING
}

/// Totals by day, counted from 1970-01-01.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Totals(pub(crate) BTreeMap<i32, Total>);

impl Totals {
    pub(crate) fn add(&mut self, day: i32, total: &Total) {
        self.0.entry(day).or_default().add(total);
    }

    pub(crate) fn absorb(&mut self, other: &Totals) {
        for (day, total) in &other.0 {
            self.add(*day, total);
        }
    }

    /// As text: a day a semicolon, and in it the days since the one before (the first: since
    /// 1970-01-01), events, rows, dyadic events, parted by commas.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        let mut before = 0;
        for (day, total) in &self.0 {
            let step = i64::from(*day) - before;
            before = i64::from(*day);
            let _ = write!(text, "{step},{},{},{};", total.n, total.rows, total.dyadic);
        }
        text
    }

    /// Totals read back from their text, or `None` if it is none.
    pub(crate) fn parse(text: &str) -> Option<Totals> {
        let mut days = Vec::new();
        let mut day = 0i64;
        for entry in text.split_terminator(';') {
            let mut parts = entry.split(',').map(|p| p.parse::<i64>().ok());
            let mut next = || parts.next().flatten();
            day = day.checked_add(next()?)?;
            let total = Total {
                n: next()?,
                rows: next()?,
                dyadic: next()?,
            };
            days.push((i32::try_from(day).ok()?, total));
        }
        Some(Totals(days.into_iter().collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn totals_come_back_from_their_text(days: Vec<(i32, i64, i64, i64)>) {
            let mut totals = Totals::default();
            for (day, n, rows, dyadic) in days {
                totals.add(day, &Total { n, rows, dyadic });
            }
            prop_assert_eq!(Totals::parse(&totals.text()), Some(totals));
        }

        #[test]
        fn no_text_panics(text: String) {
            let _ = Totals::parse(&text);
        }
    }
}
