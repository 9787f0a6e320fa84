//! What stands behind the brief: sources, evidence and the chronicle, readable without the script.

use maud::{Markup, html};

use super::link;
use crate::document::{Document, EventRef, Evidence};
use crate::show;

/// Up to this many events are listed at an evidence entry; beyond it their number must do, or
/// the page would repeat the chronicle hundreds of times.
const LISTED: usize = 12;

/// Anchors and headings of the parts that the document has.
pub(super) fn headings(doc: &Document) -> Vec<(&'static str, &'static str)> {
    [
        (!doc.sources.is_empty(), "appendix-sources", "Sources"),
        (!doc.evidence.is_empty(), "appendix-evidence", "Evidence"),
        (!doc.events.is_empty(), "appendix-chronicle", title(doc)),
    ]
    .into_iter()
    .filter_map(|(there, id, title)| there.then_some((id, title)))
    .collect()
}

/// What the list of events is called.
fn title(doc: &Document) -> &'static str {
    match &doc.coded {
        Some(_) => "Events",
        None => "Chronicle",
    }
}

/// The works cited.
pub(super) fn sources(doc: &Document) -> Markup {
    if doc.sources.is_empty() {
        return html! {};
    }
    html! {
        section.appendix #appendix-sources aria-labelledby="appendix-sources-title" {
            h2 #appendix-sources-title { "Sources" }
            ol.sources {
                @for (i, source) in doc.sources.iter().enumerate() {
                    li id={ "source-" (i + 1) } {
                        (link::text(&source.text))
                        @if !source.url.is_empty() { " " span.address { (link::out(&source.url, &source.url)) } }
                    }
                }
            }
        }
    }
}

/// Every figure with its formula and where its rows are.
pub(super) fn evidence(doc: &Document) -> Markup {
    if doc.evidence.is_empty() {
        return html! {};
    }
    html! {
        section.appendix #appendix-evidence aria-labelledby="appendix-evidence-title" {
            h2 #appendix-evidence-title { "Evidence" }
            p {
                "What stands behind each figure and each mark of this brief. "
                code { "demarche why" } " and an id print the same with all rows."
            }
            details open {
                summary { (count(doc.evidence.len(), "figure")) }
                @for evidence in &doc.evidence { (entry(doc, evidence)) }
            }
        }
    }
}

fn entry(doc: &Document, evidence: &Evidence) -> Markup {
    let events: Vec<&EventRef> = evidence
        .events
        .iter()
        .filter_map(|&i| doc.events.get(i))
        .collect();
    html! {
        section.entry id={ "ev-" (evidence.id) } {
            h3 { (link::text(&evidence.label)) }
            p.value {
                span.figure { (link::text(&evidence.value)) }
                @if !evidence.interval.is_empty() { " " span.interval { (link::text(&evidence.interval)) } }
            }
            @if !evidence.formula.is_empty() { p.formula { (link::text(&evidence.formula)) } }
            @if !evidence.note.is_empty() { p { (link::text(&evidence.note)) } }
            @if !events.is_empty() {
                p {
                    a href="#appendix-chronicle" { (count(events.len() + evidence.more, "event")) }
                    @if events.len() <= LISTED || evidence.more > 0 {
                        ": "
                        @for (i, event) in events.iter().enumerate() {
                            @if i > 0 { ", " }
                            a href={ "#event-" (event.id) } { (event.id) }
                        }
                    }
                    @if evidence.more > 0 {
                        " and " (show::count(evidence.more)) " more: " code { (doc.why(&evidence.id)) }
                    }
                }
            } @else if evidence.more > 0 {
                p { (count(evidence.more, "event")) ": " code { (doc.why(&evidence.id)) } }
            }
            @for row in &evidence.rows {
                p.row {
                    code { (row.file) " " (row.id) } " "
                    (link::text(&row.text)) " " (link::page(&row.url))
                }
            }
            p.command { code { (doc.why(&evidence.id)) } }
        }
    }
}

/// The events that the evidence points at.
pub(super) fn chronicle(doc: &Document) -> Markup {
    if doc.events.is_empty() {
        return html! {};
    }
    html! {
        section.appendix #appendix-chronicle aria-labelledby="appendix-chronicle-title" {
            h2 #appendix-chronicle-title { (title(doc)) }
            p {
                @match &doc.coded {
                    Some(coded) => {
                        "Events that figures of this brief were worked out from, each with the page "
                        "it was read on where its source names one. Of those of " (coded.name)
                        " only some are listed; the command at each figure prints all."
                    }
                    None => {
                        "The events that the figures of this brief were worked out from, each with the page "
                        "it was read on."
                    }
                }
            }
            p.tools hidden {
                button #browse type="button" { "Search the chronicle" }
            }
            details open {
                summary { (count(doc.events.len(), "event")) }
                div.scroll tabindex="0" role="group" aria-label="Table of events" {
                    table.chronicle {
                        thead {
                            tr {
                                th scope="col" { "Date" }
                                th scope="col" { "Actors" }
                                th scope="col" { "Act" }
                                th scope="col" { "Area" }
                                th scope="col" { "What happened" }
                            }
                        }
                        tbody { @for event in &doc.events { (row(event)) } }
                    }
                }
            }
        }
    }
}

fn row(event: &EventRef) -> Markup {
    html! {
        tr id={ "event-" (event.id) } {
            td { (event.date) }
            td {
                (link::text(&event.source))
                @if event.mutual { " ↔ " } @else { " → " }
                (link::text(&event.target))
            }
            td { (event.cameo) " " (event.act) }
            td { (event.area) }
            td { (link::text(&event.title)) " " (link::page(&event.url)) }
        }
    }
}

/// A number of things: `1 event`, `1512 events`.
fn count(n: usize, thing: &str) -> String {
    let plural = if n == 1 { "" } else { "s" };
    format!("{} {thing}{plural}", show::count(n))
}
