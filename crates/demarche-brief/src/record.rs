//! What the events of a brief come from: the chronicle, machine-coded events in its place, or such
//! events beside it.

use demarche_case::{Case, NamedPeriod};
use demarche_events::{Date, Event, Period, PeriodUnit};
use demarche_measure::{EventIx, Selection};
use serde::Serialize;

use crate::planned::Planned;

/// What the brief is written from, but for the case.
#[derive(Clone, Copy, Debug, Default)]
pub struct Record<'a> {
    /// The events of the case are these and not a chronicle.
    pub coded: Option<&'a Coded>,
    /// Events set beside the chronicle.
    pub beside: Option<&'a Beside>,
    /// The plan that the brief tells of.
    pub planned: Option<&'a Planned>,
}

/// Where machine-coded events in a document come from.
#[derive(Clone, Debug, Serialize)]
pub struct Coded {
    /// What the source is called, e.g. `gdelt2`.
    pub name: String,
    /// The position of its first event in [`Document::events`](crate::document::Document::events).
    pub first: usize,
    /// What `demarche why ID` needs besides to find them, e.g. `--events store --store DIR`.
    pub why: String,
}

/// Machine-coded events to be set beside the chronicle.
#[derive(Clone, Debug)]
pub struct Beside {
    /// What the source is called, e.g. `gdelt2`.
    pub name: String,
    /// What the reader must know of it, in whole sentences.
    pub description: String,
    /// What `demarche why ID` needs besides to find them.
    pub why: String,
    /// Its events between actors of the case.
    pub events: Vec<Event>,
    /// How many events it holds in all, between whomever, by the first day of the month,
    /// ascending: its coverage.
    pub denominators: Vec<(Date, u64)>,
}

/// A month belongs to what a source covers if it has this share of the fullest month: sources
/// date some events ten years back, and such echoes are no coverage.
const COVERED: f64 = 0.02;

/// First and last day of the months that a source covers, given how many events it holds of each
/// month (by its first day, ascending); `None` where it holds none. A month is covered if it has
/// at least a fiftieth of the events of the fullest one.
pub fn covered(denominators: &[(Date, u64)]) -> Option<(Date, Date)> {
    let fullest = denominators.iter().map(|d| d.1).max()?;
    let holds = |d: &&(Date, u64)| d.1 > 0 && d.1 as f64 >= COVERED * fullest as f64;
    let mut months = denominators.iter().filter(holds);
    let first = months.next()?.0;
    let last = months.next_back().map_or(first, |d| d.0);
    let month = |day: Date| Period::of(day, PeriodUnit::Month);
    Some((month(first).first(), month(last).last()))
}

/// The source beside, made ready to be measured by the same measures.
pub(crate) struct Second<'a> {
    pub(crate) beside: &'a Beside,
    /// The case with the events of the source for a chronicle.
    pub(crate) case: Case,
    /// The acts of the two partners.
    pub(crate) acts: Selection,
    /// Its events that stand in the document, ascending.
    pub(crate) shown: Vec<EventIx>,
    /// The time that both sources cover; `None` where there is none.
    pub(crate) span: Option<NamedPeriod>,
}

impl<'a> Second<'a> {
    pub(crate) fn of(case: &Case, beside: &'a Beside) -> Self {
        let mut case = case.clone();
        case.chronicle = beside.events.clone();
        let [a, b] = case.settings.partners.clone();
        let acts = Selection::dyad(&case, &a, &b, case.settings.measure.body);
        let span = covered(&beside.denominators).map(|(first, last)| NamedPeriod {
            name: "both sources".to_owned(),
            from: first.max(case.settings.start),
            to: last.min(case.settings.as_of),
        });
        Self {
            beside,
            shown: acts.events(),
            acts,
            span: span.filter(|s| s.from < s.to),
            case,
        }
    }

    /// The positions in the document of some events of the two partners' acts.
    pub(crate) fn positions(&self, first: usize, events: &[EventIx]) -> Vec<EventIx> {
        let places = events
            .iter()
            .filter_map(|e| self.shown.binary_search(e).ok());
        let at = |p: usize| EventIx::try_from(first + p).expect("positions are small");
        places.map(at).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn echoes_are_no_coverage() {
        let months = |list: &[(&str, u64)]| -> Vec<(Date, u64)> {
            list.iter().map(|(d, n)| (d.parse().unwrap(), *n)).collect()
        };
        let held = [
            ("2009-01-01", 5),
            ("2019-01-01", 900),
            ("2019-02-01", 3),
            ("2019-03-01", 1000),
        ];
        let days = |a: &str, b: &str| Some((a.parse().unwrap(), b.parse().unwrap()));
        assert_eq!(covered(&months(&held)), days("2019-01-01", "2019-03-31"));
        assert_eq!(
            covered(&months(&held[..1])),
            days("2009-01-01", "2009-01-31")
        );
        assert_eq!(covered(&[]), None);
    }
}
