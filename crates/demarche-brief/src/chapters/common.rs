//! What several chapters need: indices as entries of the book, and words for differences.

use demarche_case::NamedPeriod;
use demarche_measure::{
    Change, Difference, Estimate, EventIx, IndexKind, Interval, NO_AREAS, Relationship,
};

use crate::chart::{Backing, Value};
use crate::context::{Context, Entry, text, too_few};
use crate::document::{Block, RowRef, Span};
use crate::show;

/// A name as a part of an id: lower case letters, digits, single hyphens.
pub fn slug(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    out.trim_end_matches('-').to_owned()
}

/// How a value of an index is shown.
pub fn show_index(kind: IndexKind, value: f64) -> String {
    match kind {
        IndexKind::Volume => show::decimal(value, 0),
        IndexKind::Rate | IndexKind::Breadth | IndexKind::GoldsteinMean => show::decimal(value, 1),
        IndexKind::Share | IndexKind::Depth | IndexKind::Regularity => show::percent(value),
        _ => show::decimal(value, 2),
    }
}

/// The id of an index in the book; one measured under another choice of bodies says so.
fn index_id(cx: &Context, rel: &Relationship, kind: IndexKind) -> String {
    let mut id = format!(
        "{}.{}-{}.{}",
        kind.name(),
        rel.actor,
        rel.partner,
        slug(&rel.span.name)
    );
    if rel.body != cx.case.settings.measure.body {
        id.push('.');
        id.push_str(rel.body.name());
    }
    id
}

/// An index of a relationship as an entry of the book; `None` where there are too few events.
pub fn index_entry(cx: &Context, rel: &Relationship, kind: IndexKind) -> Option<Entry> {
    let estimate = rel.get(kind);
    let value = estimate.value?;
    let (a, b) = (cx.case.short(&rel.actor), cx.case.short(&rel.partner));
    let label = format!("{} of {a} and {b}, {}", kind.label(), span_text(&rel.span));
    let mut note = format!(
        "n = {} {}; bodies: {}; quad classes: {}. Interval: {}.",
        estimate.n,
        kind.observations(),
        rel.body.name(),
        rel.quad,
        kind.interval_method()
    );
    if !rel.unsure.is_empty() {
        note.push_str(&format!(
            " Left out: {} whose date is too coarse to say whether it lies in the span.",
            plural(rel.unsure.len(), "event")
        ));
    }
    if !kind.reference().is_empty() {
        note.push_str(&format!(" Reference: {}.", kind.reference()));
    }
    Some(
        Entry::new(
            index_id(cx, rel, kind),
            label,
            show_index(kind, value),
            kind.formula(),
        )
        .interval(estimate.interval, |v| show_index(kind, v))
        .events(&estimate.events)
        .note(note),
    )
}

/// An index in prose or a table: the figure, or why there is none.
pub fn index_span(cx: &mut Context, rel: &Relationship, kind: IndexKind) -> Span {
    match index_entry(cx, rel, kind) {
        Some(entry) => cx.number(entry),
        None if rel.why_none(kind) == NO_AREAS => text(NO_AREAS),
        None => text(too_few(rel.get(kind))),
    }
}

/// Why an index has no value, in the few words that a table has room for.
pub fn none_shown(rel: &Relationship, kind: IndexKind) -> String {
    if rel.why_none(kind) == NO_AREAS {
        NO_AREAS.to_owned()
    } else {
        format!("too few (n = {})", rel.get(kind).n)
    }
}

/// An index with its interval behind it, as a cell of a table.
pub fn index_cell(cx: &mut Context, rel: &Relationship, kind: IndexKind) -> Vec<Span> {
    let estimate = rel.get(kind);
    let mut cell = Vec::new();
    if estimate.value.is_none() {
        cell.push(text(none_shown(rel, kind)));
        return cell;
    }
    cell.push(index_span(cx, rel, kind));
    cell.extend(ends(estimate.interval, |v| show_index(kind, v)));
    cell
}

/// An index as a value of a chart.
pub fn index_value(cx: &mut Context, rel: &Relationship, kind: IndexKind) -> Value {
    let estimate = rel.get(kind).clone();
    let evidence = index_entry(cx, rel, kind).map(|e| cx.enter(e));
    let mut value = chart_value(&estimate, evidence, |v| show_index(kind, v));
    if rel.why_none(kind) == NO_AREAS {
        value.backing.tooltip = NO_AREAS.to_owned();
    }
    value
}

/// An estimate as a value of a chart.
pub fn chart_value(
    estimate: &Estimate,
    evidence: Option<String>,
    show: impl Fn(f64) -> String,
) -> Value {
    let tooltip = match (estimate.value, estimate.interval) {
        (Some(v), Some(i)) => {
            format!("{} ({} to {})", show(v), show(i.low), show(i.high))
        }
        (Some(v), None) => show(v),
        (None, _) => too_few(estimate),
    };
    Value {
        value: estimate.value,
        interval: estimate.interval.map(|i| (i.low, i.high)),
        n: estimate.n,
        backing: Backing { evidence, tooltip },
    }
}

/// A count of events as an entry of the book.
pub fn count_entry(id: impl Into<String>, label: impl Into<String>, events: &[EventIx]) -> Entry {
    Entry::new(
        id,
        label,
        show::count(events.len()),
        "number of events listed",
    )
    .events(events)
}

/// A span in words: `July 2023 to June 2026`, or with days where it does not cover whole months.
pub fn span_text(span: &NamedPeriod) -> String {
    let whole = span.from.day() == 1 && span.to == span.to.last_of_month();
    if whole {
        format!("{} to {}", show::month(span.from), show::month(span.to))
    } else {
        format!("{} to {}", show::day(span.from), show::day(span.to))
    }
}

/// `1 event`, `12 events`.
pub fn plural(n: usize, noun: &str) -> String {
    format!("{} {noun}{}", show::count(n), if n == 1 { "" } else { "s" })
}

/// What may be said of a difference: a verb only where its interval leaves out zero.
pub fn moved(change: Change) -> &'static str {
    match change {
        Change::Higher => "rose",
        Change::Lower => "fell",
        Change::Unclear => "shows no change beyond its interval",
        Change::TooFew => "cannot be compared",
    }
}

/// The ends of an interval behind its figure in a cell of a table, or nothing.
pub fn ends(interval: Option<Interval>, show: impl Fn(f64) -> String) -> Option<Span> {
    interval.map(|i| text(format!(" [{}; {}]", show(i.low), show(i.high))))
}

/// An interval in brackets after its figure, or nothing.
pub fn bracket(interval: Option<Interval>, show: impl Fn(f64) -> String) -> String {
    interval.map_or_else(String::new, |i| {
        format!(" (interval {} to {})", show(i.low), show(i.high))
    })
}

/// A difference of an index with its interval in words; of shares in percentage points.
pub fn difference_text(kind: IndexKind, d: &Difference) -> String {
    let shares = matches!(
        kind,
        IndexKind::Share | IndexKind::Depth | IndexKind::Regularity
    );
    let show = |v: f64| {
        if shares {
            show::decimal(v * 100.0, 1)
        } else {
            show_index(kind, v)
        }
    };
    let unit = if shares { " percentage points" } else { "" };
    match (d.value, d.interval) {
        (Some(v), Some(i)) => format!(
            "difference {}{unit}, interval {} to {}",
            show(v),
            show(i.low),
            show(i.high)
        ),
        _ => "no interval: too few events".to_owned(),
    }
}

/// A paragraph.
pub fn paragraph(spans: Vec<Span>) -> Block {
    Block::Paragraph { spans }
}

/// A heading below the chapter's.
pub fn heading(text: &str) -> Block {
    Block::Heading {
        text: text.to_owned(),
    }
}

/// A remark set apart.
pub fn note(t: impl Into<String>) -> Block {
    Block::Note {
        spans: vec![text(t)],
    }
}

/// An initiative as a row of evidence.
pub fn initiative_row(cx: &Context, at: usize) -> RowRef {
    let i = &cx.case.initiatives[at];
    RowRef {
        file: "initiatives.csv".to_owned(),
        id: i.id.clone(),
        text: format!("{} ({})", i.title, i.status.name()),
        url: i.url.clone(),
    }
}
