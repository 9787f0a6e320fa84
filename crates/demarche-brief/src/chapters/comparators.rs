//! The comparators on the same axes.

use demarche_measure::{Change, IndexKind};

use super::common::{
    difference_text, heading, index_cell, index_span, index_value, note, paragraph, span_text,
};
use crate::chart::{dumbbell, slope};
use crate::context::{Context, text};
use crate::document::{Block, Chapter, DocTable, Figure, Span};
use crate::show;

/// Indices on which partners are compared. The share of all of an actor's acts is not one: of the
/// comparators the chronicle holds little but their acts with the partner.
const SHOWN: [IndexKind; 7] = [
    IndexKind::Rate,
    IndexKind::NetCooperation,
    IndexKind::Depth,
    IndexKind::Breadth,
    IndexKind::Reciprocity,
    IndexKind::Regularity,
    IndexKind::BurstinessFinite,
];

/// The chapter.
pub fn chapter(cx: &mut Context) -> Option<Chapter> {
    let comparison = cx.analysis.comparison.clone();
    if comparison.actors.len() < 2 {
        return None;
    }
    let partner = cx.case.short(&comparison.partner).to_owned();
    let names: Vec<String> = comparison
        .actors
        .iter()
        .map(|a| cx.case.short(a).to_owned())
        .collect();
    let mut blocks = vec![
        paragraph(vec![text(format!(
            "{} in their relations with {partner}, by the same measures.",
            show::list(&names)
        ))]),
        Block::Figure(axes(cx, &names, &partner)),
        Block::Table(table(cx, &names)),
    ];
    blocks.push(heading("What differs"));
    let mut items: Vec<Vec<Span>> = Vec::new();
    for kind in SHOWN {
        for (at, name) in names.iter().enumerate().skip(1) {
            let d = comparison.from_first(0, at, kind);
            let word = match d.change() {
                Change::Higher => "higher",
                Change::Lower => "lower",
                Change::Unclear | Change::TooFew => continue,
            };
            let own = index_span(cx, &comparison.relationships[0][at], kind);
            let first = index_span(cx, &comparison.relationships[0][0], kind);
            items.push(vec![
                text(format!(
                    "{} of {name} is {word} than that of {}: ",
                    kind.label(),
                    names[0]
                )),
                own,
                text(" against "),
                first,
                text(format!(" ({}).", difference_text(kind, &d))),
            ]);
        }
    }
    if items.is_empty() {
        blocks.push(paragraph(vec![text(
            "No index of a comparator differs from the first partner’s beyond its interval.",
        )]));
    } else {
        blocks.push(Block::List { items });
    }
    if comparison.spans.len() > 2 {
        blocks.push(heading("Before and after"));
        blocks.push(Block::Figure(rates(cx, &names, &partner)));
    }
    let covered = match cx.coded {
        None => format!(
            "The chronicle was gathered for {} first; the comparators’ relations with {partner} may be covered less.",
            names[0]
        ),
        Some(_) => "The press writes more of some actors than of others.".to_owned(),
    };
    blocks.push(note(format!(
        "{covered} Rates compare coverage as well as contact. Net cooperation, depth and reciprocity depend less on it; breadth tends to grow with the number of acts. Many comparisons are made and none is corrected for their number, so a difference that only just leaves out zero is weak."
    )));
    Some(Chapter {
        id: "comparators".to_owned(),
        title: "Comparators".to_owned(),
        blocks,
    })
}

fn axes(cx: &mut Context, names: &[String], partner: &str) -> Figure {
    let comparison = cx.analysis.comparison.clone();
    let mut panels = Vec::new();
    for kind in SHOWN {
        let mut rows = Vec::new();
        for (at, name) in names.iter().enumerate() {
            rows.push(dumbbell::Row {
                name: name.clone(),
                highlight: at == 0,
                now: index_value(cx, &comparison.relationships[0][at], kind),
                before: None,
            });
        }
        panels.push(dumbbell::Panel {
            name: kind.label().to_owned(),
            unit: kind.unit().to_owned(),
            domain: match kind {
                IndexKind::Rate | IndexKind::Breadth | IndexKind::Depth | IndexKind::Regularity => {
                    None
                }
                _ => Some(kind.range()).filter(|(low, high)| low.is_finite() && high.is_finite()),
            },
            rows,
        });
    }
    let svg = dumbbell::draw(&dumbbell::Spec {
        title: format!("Relations with {partner} on the same axes"),
        now: "whole time".to_owned(),
        before: String::new(),
        whisker: "95 % interval".to_owned(),
        panels,
    });
    Figure {
        id: "comparators".to_owned(),
        caption: format!(
            "Indices of relations with {partner}, {}, with 95 % bootstrap intervals.",
            span_text(&comparison.spans[0])
        ),
        alt: svg.description.clone(),
        svg,
        note: String::new(),
    }
}

fn table(cx: &mut Context, names: &[String]) -> DocTable {
    let comparison = cx.analysis.comparison.clone();
    let mut rows = Vec::new();
    for kind in [IndexKind::Volume].into_iter().chain(SHOWN) {
        let mut row = vec![vec![text(format!("{} ({})", kind.label(), kind.unit()))]];
        for rel in &comparison.relationships[0] {
            row.push(index_cell(cx, rel, kind));
        }
        rows.push(row);
    }
    let mut head = vec!["Index".to_owned()];
    head.extend(names.iter().cloned());
    DocTable {
        id: "comparison".to_owned(),
        caption: "The same indices for each partner over the whole time, with 95 % intervals in brackets."
            .to_owned(),
        numeric: std::iter::once(false).chain(names.iter().map(|_| true)).collect(),
        head,
        rows,
        note: String::new(),
    }
}

/// Acts a year in each phase.
fn rates(cx: &mut Context, names: &[String], partner: &str) -> Figure {
    let comparison = cx.analysis.comparison.clone();
    let mut actors = Vec::new();
    for (at, name) in names.iter().enumerate() {
        let mut values = Vec::new();
        for row in &comparison.relationships[1..] {
            values.push(index_value(cx, &row[at], IndexKind::Rate));
        }
        actors.push(slope::Actor {
            name: name.clone(),
            highlight: at == 0,
            values,
        });
    }
    let svg = slope::draw(&slope::Spec {
        title: format!("Acts a year with {partner}, phase by phase"),
        unit: "acts a year".to_owned(),
        periods: comparison.spans[1..]
            .iter()
            .map(|s| format!("{} to {}", show::month(s.from), show::month(s.to)))
            .collect(),
        actors,
    });
    Figure {
        id: "rates".to_owned(),
        caption: format!(
            "Acts a year with {partner} in the phases of {}’s series.",
            names[0]
        ),
        alt: svg.description.clone(),
        svg,
        note: "The phases were found in the first partner’s series, so its own step between them is in part a result of that choice; those of the comparators are not.".to_owned(),
    }
}
