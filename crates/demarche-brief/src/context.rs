//! What a chapter is written from: the case, its measures, and the book of evidence in which
//! every figure it prints is entered.

use std::collections::BTreeMap;

use demarche_case::Case;
use demarche_forecast::watch::Watch;
use demarche_measure::{Analysis, Estimate, EventIx, Interval, areas_known};
use demarche_respond::responses::Responses;

use crate::document::{Evidence, RowRef, SourceRef, Span};
use crate::planned::Planned;
use crate::record::{Coded, Second};

/// The case, its measures, and what has been entered so far.
pub struct Context<'a> {
    /// The case.
    pub case: &'a Case,
    /// Its measures.
    pub analysis: &'a Analysis,
    /// Where its events come from, if they are no chronicle.
    pub coded: Option<&'a Coded>,
    /// What sets off what, if that was worked out.
    pub responses: Option<&'a Responses>,
    /// What comes next, if there is anything to say it from.
    pub watch: Option<&'a Watch>,
    /// The plan, if one was made.
    pub planned: Option<&'a Planned>,
    /// What is set beside the chronicle.
    pub(crate) second: Option<&'a Second<'a>>,
    /// Does any event say its area of policy?
    pub areas_known: bool,
    book: Vec<Evidence>,
    places: BTreeMap<String, usize>,
    sources: Vec<SourceRef>,
}

/// An entry of the book that is being made; see [`Context::enter`].
pub struct Entry {
    evidence: Evidence,
}

impl Entry {
    /// An entry under an id: what the figure is, the figure as shown, and the formula.
    pub fn new(
        id: impl Into<String>,
        label: impl Into<String>,
        value: impl Into<String>,
        formula: impl Into<String>,
    ) -> Self {
        Self {
            evidence: Evidence {
                id: id.into(),
                label: label.into(),
                value: value.into(),
                interval: String::new(),
                formula: formula.into(),
                note: String::new(),
                events: Vec::new(),
                more: 0,
                rows: Vec::new(),
            },
        }
    }

    /// The events behind it.
    #[must_use]
    pub fn events(mut self, events: &[EventIx]) -> Self {
        self.evidence.events = events.iter().map(|&i| i as usize).collect();
        self.evidence.events.sort_unstable();
        self.evidence.events.dedup();
        self
    }

    /// The rows behind it that are no events.
    #[must_use]
    pub fn rows(mut self, rows: Vec<RowRef>) -> Self {
        self.evidence.rows = rows;
        self
    }

    /// Its interval, shown by `show`.
    #[must_use]
    pub fn interval(mut self, interval: Option<Interval>, show: impl Fn(f64) -> String) -> Self {
        if let Some(i) = interval {
            self.evidence.interval = interval_text(i, show);
        }
        self
    }

    /// Its interval as it is to be shown, where it is no interval of numbers.
    #[must_use]
    pub fn interval_shown(mut self, interval: String) -> Self {
        self.evidence.interval = interval;
        self
    }

    /// What must be kept in mind.
    #[must_use]
    pub fn note(mut self, note: impl Into<String>) -> Self {
        self.evidence.note = note.into();
        self
    }
}

/// An interval as text: `95 % interval 0.31 to 0.42`.
pub fn interval_text(i: Interval, show: impl Fn(f64) -> String) -> String {
    let level = crate::show::percent(i.level);
    format!("{level} interval {} to {}", show(i.low), show(i.high))
}

/// Why there is no value: `too few events (n = 7, at least 20 needed)`.
pub fn too_few(estimate: &Estimate) -> String {
    demarche_measure::too_few(estimate, "events")
}

impl<'a> Context<'a> {
    /// A context with an empty book.
    pub fn new(case: &'a Case, analysis: &'a Analysis) -> Self {
        let sources = case.settings.sources.iter();
        Self {
            case,
            analysis,
            coded: None,
            responses: None,
            watch: None,
            planned: None,
            second: None,
            areas_known: areas_known(case),
            book: Vec::new(),
            places: BTreeMap::new(),
            sources: sources
                .map(|s| SourceRef {
                    text: s.citation.clone(),
                    url: s.url.clone().unwrap_or_default(),
                })
                .collect(),
        }
    }

    /// What the events are called: `chronicle`, or `event store` where they are machine-coded.
    pub fn record(&self) -> &'static str {
        self.by_record("chronicle", "event store")
    }

    /// What is to be said of a chronicle gathered by hand, or of events coded by machine.
    pub fn by_record<'t>(&self, gathered: &'t str, coded: &'t str) -> &'t str {
        if self.coded.is_some() {
            coded
        } else {
            gathered
        }
    }

    /// Enters evidence in the book and gives its id. The same question may be entered twice; it
    /// must then be the same entry.
    pub fn enter(&mut self, entry: Entry) -> String {
        let id = entry.evidence.id.clone();
        if let Some(&place) = self.places.get(&id) {
            debug_assert_eq!(
                self.book[place].value, entry.evidence.value,
                "two figures under the id {id}"
            );
        } else {
            self.places.insert(id.clone(), self.book.len());
            self.book.push(entry.evidence);
        }
        id
    }

    /// A figure in prose or a table, entered in the book.
    pub fn number(&mut self, entry: Entry) -> Span {
        let text = entry.evidence.value.clone();
        let evidence = self.enter(entry);
        Span::Number { text, evidence }
    }

    /// A figure shown otherwise than its entry's value (a count in words, say).
    pub fn number_as(&mut self, text: impl Into<String>, entry: Entry) -> Span {
        let evidence = self.enter(entry);
        Span::Number {
            text: text.into(),
            evidence,
        }
    }

    /// The note mark of a source of the case, or nothing where the case has no such source.
    pub fn cite(&self, id: &str) -> Vec<Span> {
        let place = self.case.settings.sources.iter().position(|s| s.id == id);
        place
            .map(|source| Span::Cite { source })
            .into_iter()
            .collect()
    }

    /// The book and the sources, once all chapters are written.
    pub fn into_parts(self) -> (Vec<Evidence>, Vec<SourceRef>) {
        (self.book, self.sources)
    }
}

/// Plain text.
pub fn text(t: impl Into<String>) -> Span {
    Span::Text { text: t.into() }
}

/// Text that matters.
pub fn strong(t: impl Into<String>) -> Span {
    Span::Strong { text: t.into() }
}
