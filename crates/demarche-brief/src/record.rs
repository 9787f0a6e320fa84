//! What the events of a brief come from: the chronicle, machine-coded events in its place, or such
//! events beside it.

use demarche_case::{Case, NamedPeriod};
use demarche_events::{Date, Event, Period, PeriodUnit};
use demarche_measure::{EventIx, Selection};
use serde::Serialize;

/// What the brief is written from, but for the case.
#[derive(Clone, Copy, Debug, Default)]
pub struct Record<'a> {
    /// The events of the case are these and not a chronicle.
    pub coded: Option<&'a Coded>,
    /// Events set beside the chronicle.
    pub beside: Option<&'a Beside>,
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
        let fullest = beside.denominators.iter().map(|d| d.1).max().unwrap_or(0);
        let covered = |d: &&(Date, u64)| d.1 as f64 >= COVERED * fullest as f64 && d.1 > 0;
        let month = |day: Date| Period::of(day, PeriodUnit::Month);
        let mut months = beside.denominators.iter().filter(covered);
        let first = months.next();
        let last = months.next_back().or(first);
        let span = first.zip(last).map(|(first, last)| NamedPeriod {
            name: "both sources".to_owned(),
            from: month(first.0).first().max(case.settings.start),
            to: month(last.0).last().min(case.settings.as_of),
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
        let places = events.iter().filter_map(|e| self.shown.binary_search(e).ok());
        let at = |p: usize| EventIx::try_from(first + p).expect("positions are small");
        places.map(at).collect()
    }
}
