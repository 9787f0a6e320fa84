//! Initiatives under way and what they have delivered.

use demarche_case::Status;
use demarche_events::{Date, Period, PeriodUnit, Precision};
use demarche_measure::{Delivery, EventIx, caution};

use super::common::{heading, initiative_row, note, paragraph};
use crate::chart::{Backing, gantt};
use crate::context::{Context, Entry, text};
use crate::document::{Block, Chapter, DocTable, Figure, Span};
use crate::show;

/// The chapter.
pub fn chapter(cx: &mut Context) -> Option<Chapter> {
    if cx.case.initiatives.is_empty() {
        return None;
    }
    let mut blocks = vec![summary(cx)];
    // Two charts: one would be too small to read on a page.
    for (id, title, statuses) in [
        (
            "initiatives-under-way",
            "Initiatives done and running",
            &[Status::Done, Status::Running][..],
        ),
        (
            "initiatives-agreed",
            "Initiatives agreed",
            &[Status::Agreed],
        ),
    ] {
        if cx
            .case
            .initiatives
            .iter()
            .any(|i| statuses.contains(&i.status))
        {
            blocks.push(Block::Figure(schedule(cx, id, title, statuses)));
        }
    }
    for (state, title) in [
        (Delivery::Overdue, "Due and not seen delivered"),
        (Delivery::Delivered, "Delivered"),
        (Delivery::Open, "Due later"),
        (Delivery::Recurring, "Meant to recur"),
    ] {
        if cx.analysis.deliverables.count(state) > 0 {
            blocks.push(heading(title));
            blocks.push(Block::Table(table(cx, state)));
        }
    }
    blocks.push(note(cx.by_record(
        "Most due dates rest on assumed durations, and some work is not public: “due and not seen delivered” means that no page in the chronicle shows the delivery, not that it did not take place.",
        "Most due dates rest on assumed durations, and some work is not public. What is delivered is read from initiatives.csv; machine-coded events show no delivery of an initiative, so none stands behind it here.",
    )));
    Some(Chapter {
        id: "initiatives".to_owned(),
        title: "Initiatives under way and what they have delivered".to_owned(),
        blocks,
    })
}

/// The initiatives that stand in a state, in file order.
fn in_state(cx: &Context, state: Delivery) -> Vec<usize> {
    let items = cx.analysis.deliverables.items.iter();
    items
        .filter(|d| d.state == state)
        .map(|d| d.initiative)
        .collect()
}

/// How many initiatives stand in a state.
pub fn state_entry(cx: &Context, state: Delivery) -> Entry {
    let items = in_state(cx, state);
    let events: Vec<EventIx> = items
        .iter()
        .flat_map(|&at| evidence_events(cx, at))
        .collect();
    Entry::new(
        format!("deliverables.{}", state.label().replace(' ', "-")),
        format!(
            "Initiatives whose deliverable is {} on {}",
            state.label(),
            show::day(cx.case.settings.as_of)
        ),
        show::count(items.len()),
        "due = start + duration; overdue if the latest day on which it can be due has passed and no delivery is on record",
    )
    .rows(items.iter().map(|&at| initiative_row(cx, at)).collect())
    .events(&events)
}

/// The events that the case names as showing an initiative.
fn evidence_events(cx: &Context, at: usize) -> Vec<EventIx> {
    let wanted = &cx.case.initiatives[at].evidence;
    (0u32..)
        .zip(&cx.case.chronicle)
        .filter(|(_, e)| wanted.contains(&e.id))
        .map(|(ix, _)| ix)
        .collect()
}

fn summary(cx: &mut Context) -> Block {
    let mut spans: Vec<Span> = vec![text(format!(
        "{} initiatives are on record as of {}: ",
        show::count(cx.case.initiatives.len()),
        show::day(cx.case.settings.as_of)
    ))];
    let states: Vec<Delivery> = Delivery::ALL
        .into_iter()
        .filter(|s| cx.analysis.deliverables.count(*s) > 0)
        .collect();
    for (i, state) in states.iter().enumerate() {
        if i > 0 {
            spans.push(text(if i + 1 == states.len() { " and " } else { ", " }));
        }
        let shown = cx.number(state_entry(cx, *state));
        spans.extend([
            shown,
            text(match state {
                Delivery::NotStarted => " only proposed".to_owned(),
                Delivery::Open => " due later".to_owned(),
                Delivery::Overdue => " due and not seen delivered".to_owned(),
                Delivery::Unknown => " without a known date".to_owned(),
                Delivery::Recurring => " meant to recur".to_owned(),
                other => format!(" {}", other.label()),
            }),
        ]);
    }
    spans.push(text("."));
    paragraph(spans)
}

/// An initiative as an entry of the book.
fn initiative_entry(cx: &Context, at: usize) -> Entry {
    let i = &cx.case.initiatives[at];
    let item = &cx.analysis.deliverables.items[at];
    let due = item.due.map_or("not known".to_owned(), |d| d.show());
    Entry::new(
        format!("initiative.{}", i.id),
        i.title.clone(),
        item.state.label(),
        format!(
            "due {due} = start + duration; delivered: {}",
            delivered(cx, at)
        ),
    )
    .rows(vec![initiative_row(cx, at)])
    .events(&evidence_events(cx, at))
    .note(
        [caution(item, cx.case.settings.as_of), i.note.clone()]
            .into_iter()
            .filter(|t| !t.is_empty())
            .collect::<Vec<_>>()
            .join(". "),
    )
}

fn delivered(cx: &Context, at: usize) -> String {
    let i = &cx.case.initiatives[at];
    match i.delivered {
        Some(day) => i.delivered_precision.unwrap_or(Precision::Day).show(day),
        None if i.status == Status::Done => "yes, day not known".to_owned(),
        None => "not seen".to_owned(),
    }
}

fn table(cx: &mut Context, state: Delivery) -> DocTable {
    let items = in_state(cx, state);
    let mut rows = Vec::new();
    for at in items {
        let i = &cx.case.initiatives[at];
        let item = &cx.analysis.deliverables.items[at];
        let star = item.due.is_some_and(|d| d.assumed);
        let unsure = caution(item, cx.case.settings.as_of).contains("may be overdue");
        let due = item.due.map_or("–".to_owned(), |d| {
            format!(
                "{}{}{}",
                d.show(),
                if star { "\u{a0}*" } else { "" },
                if unsure { " (may be overdue)" } else { "" }
            )
        });
        let shown = match state {
            Delivery::Delivered => delivered(cx, at),
            _ => due.clone(),
        };
        let (title, deliverable) = (i.title.clone(), i.deliverable.clone());
        let entry = initiative_entry(cx, at);
        let mut cells = vec![
            vec![cx.number_as(title, entry)],
            vec![text(deliverable)],
            vec![text(i_start(cx, at))],
            vec![text(shown)],
        ];
        if state == Delivery::Delivered {
            cells.push(vec![text(match item.late {
                _ if star => "cannot be told: duration assumed *",
                Some(true) => "after it was due",
                Some(false) => "in time",
                None => "cannot be told",
            })]);
        }
        if state == Delivery::Recurring {
            let rounds = evidence_events(cx, at);
            let last = rounds.iter().map(|&ix| &cx.case.chronicle[ix as usize]);
            let last = last.max_by_key(|e| e.date).map(|e| e.shown_date());
            cells.push(vec![text(show::count(rounds.len()))]);
            cells.push(vec![text(last.unwrap_or("–".to_owned()))]);
        }
        rows.push(cells);
    }
    let last = match state {
        Delivery::Delivered => "Delivered",
        Delivery::Recurring => "Cycle ends",
        _ => "Due",
    };
    let mut head = vec!["Initiative", "Deliverable", "Start", last];
    if state == Delivery::Delivered {
        head.push("Against its date");
    }
    if state == Delivery::Recurring {
        head.extend(["Events on record", "Last seen"]);
    }
    DocTable {
        id: format!("deliverables-{}", state.label().replace(' ', "-")),
        caption: match state {
            Delivery::Overdue => "Due on the day of writing, no delivery on record.",
            Delivery::Delivered => "Delivered.",
            Delivery::Open => "Agreed or running, due later.",
            Delivery::Recurring => cx.by_record(
                "Meant to recur: the cycle that runs now, and what the chronicle shows of it.",
                "Meant to recur: the cycle that runs now.",
            ),
            Delivery::NotStarted => "Only proposed.",
            Delivery::Unknown => "Without a known date.",
            Delivery::Dropped => "Given up.",
        }
        .to_owned(),
        numeric: vec![false; head.len()],
        head: head.into_iter().map(str::to_owned).collect(),
        rows,
        note: "* the duration is assumed, not read on a page. Dates are shown as exactly as they are known.".to_owned(),
    }
}

fn i_start(cx: &Context, at: usize) -> String {
    let i = &cx.case.initiatives[at];
    i.start.map_or("–".to_owned(), |day| {
        i.start_precision.unwrap_or(Precision::Day).show(day)
    })
}

fn schedule(cx: &mut Context, id: &str, heading: &str, statuses: &[Status]) -> Figure {
    let mut groups = Vec::new();
    for &status in statuses {
        let mut items = Vec::new();
        for at in 0..cx.case.initiatives.len() {
            let i = &cx.case.initiatives[at];
            if i.status != status {
                continue;
            }
            let item = cx.analysis.deliverables.items[at].clone();
            let soft_until: Option<Date> = i.start.and_then(|day| match i.start_precision {
                Some(Precision::Month) => Some(Period::of(day, PeriodUnit::Month).last()),
                Some(Precision::Year) => Some(Period::of(day, PeriodUnit::Year).last()),
                _ => None,
            });
            let (title, start, on) = (i.title.clone(), i.start, i.delivered);
            let outcome = match item.state {
                Delivery::Delivered => gantt::Outcome::Delivered(on),
                Delivery::Overdue => gantt::Outcome::Overdue,
                Delivery::Recurring => gantt::Outcome::Recurring,
                Delivery::Dropped => gantt::Outcome::Dropped,
                _ => gantt::Outcome::Open,
            };
            let tooltip = format!("{title}: {}", item.state.label());
            let evidence = cx.enter(initiative_entry(cx, at));
            items.push(gantt::Item {
                title,
                start,
                soft_until,
                due: item.due.map(|d| d.to),
                outcome,
                backing: Backing {
                    evidence: Some(evidence),
                    tooltip,
                },
            });
        }
        if !items.is_empty() {
            items.sort_by_key(|i| i.start);
            let name = match status {
                Status::Done => "Done",
                Status::Running => "Running",
                _ => "Agreed",
            };
            groups.push(gantt::Group {
                name: name.to_owned(),
                items,
            });
        }
    }
    let svg = gantt::draw(&gantt::Spec {
        title: heading.to_owned(),
        as_of: cx.case.settings.as_of,
        span: None,
        groups,
    });
    Figure {
        id: id.to_owned(),
        caption: format!("{heading}, from start to due date, and where their deliverables stand."),
        alt: svg.description.clone(),
        svg,
        note: "Proposals have no dates and are not drawn; they are in tables/deliverables.csv."
            .to_owned(),
    }
}
