//! The first partner's own perspective: its ledger by partner and by area.

use demarche_events::QuadClass;
use demarche_measure::{EventIx, LedgerRow};

use super::common::{heading, note, paragraph, plural, slug};
use crate::chart::{Backing, diverging};
use crate::context::{Context, Entry, text};
use crate::document::{Block, Chapter, Figure};
use crate::show;

/// The chapter.
pub fn chapter(cx: &mut Context) -> Option<Chapter> {
    let ledger = cx.analysis.ledgers.first()?.clone();
    if ledger.total == 0 {
        return None;
    }
    let name = cx.case.short(&ledger.actor).to_owned();
    let top: Vec<&LedgerRow> = ledger.partners.iter().take(3).collect();
    let mut spans = vec![text(format!(
        "All {} of {name} on record, each once. ",
        plural(ledger.total, "act")
    ))];
    for (i, row) in top.iter().enumerate() {
        let shown = cx.number(share_entry(&name, "partner", row));
        spans.extend([
            text(match i {
                0 => format!("{} is the other end of ", row.label),
                _ => format!("; {} of ", row.label),
            }),
            shown,
        ]);
    }
    spans.push(text(". "));
    // The most conflictual among the partners that have a share worth the name.
    let worst = ledger
        .partners
        .iter()
        .filter(|r| r.tally.total() >= cx.case.settings.measure.min_events)
        .filter_map(|r| Some((r.tally.goldstein_mean()?, r)))
        .filter(|(mean, _)| *mean < 0.0)
        .min_by(|x, y| x.0.total_cmp(&y.0));
    if let Some((mean, row)) = worst {
        let entry = Entry::new(
            format!("goldstein.{}.{}", ledger.actor, slug(&row.key)),
            format!("Goldstein mean of the acts of {name} and {}", row.label),
            show::decimal(mean, 1),
            "sum of the Goldstein values of the acts / acts",
        )
        .events(&row.tally.events);
        let shown = cx.number(entry);
        spans.extend([
            text(format!(
                "Of those with at least {} acts the ledger is lowest on the Goldstein scale with {}: ",
                cx.case.settings.measure.min_events, row.label
            )),
            shown,
            text("."),
        ]);
    }
    let mut partners = ledger.partners.clone();
    partners.extend(ledger.others.clone());
    let mut areas = ledger.areas.clone();
    areas.sort_by_key(|r| std::cmp::Reverse(r.tally.total()));
    let blocks = vec![
        paragraph(spans),
        heading("By partner"),
        Block::Figure(chart(cx, &name, "partner", &partners)),
        heading("By area"),
        if cx.areas_known {
            Block::Figure(chart(cx, &name, "area", &areas))
        } else {
            note("The source gives no areas, so there is no ledger by area.")
        },
    ];
    Some(Chapter {
        id: "ledger".to_owned(),
        title: format!("{name}’s perspective: its own ledger"),
        blocks,
    })
}

fn share_entry(name: &str, what: &str, row: &LedgerRow) -> Entry {
    Entry::new(
        format!("ledger.{what}.{}", slug(&row.label)),
        format!("Share of {} in all acts of {name}", row.label),
        show::percent(row.share),
        format!("{} acts / all acts of {name}", row.tally.total()),
    )
    .interval(row.interval, show::percent)
    .events(&row.tally.events)
}

fn chart(cx: &mut Context, name: &str, what: &str, rows: &[LedgerRow]) -> Figure {
    let quad = cx.case.settings.measure.quad;
    let mut lines = Vec::new();
    for row in rows {
        let half = |cx: &mut Context, cooperation: bool| {
            let case = cx.case;
            let of_half = |ix: &&EventIx| {
                quad.class(case.chronicle[**ix as usize].cameo)
                    .is_cooperation()
                    == cooperation
            };
            let events: Vec<EventIx> = row.tally.events.iter().filter(of_half).copied().collect();
            if events.is_empty() {
                return Backing::default();
            }
            let word = if cooperation {
                "cooperation"
            } else {
                "conflict"
            };
            let evidence = cx.enter(
                super::common::count_entry(
                    format!("ledger.{what}.{}.{word}", slug(&row.label)),
                    format!("Acts of {word} of {name}: {}", row.label),
                    &events,
                )
                .note(format!("Quad classes: {quad}.")),
            );
            Backing {
                evidence: Some(evidence),
                tooltip: format!("{}: {} of {word}", row.label, plural(events.len(), "act")),
            }
        };
        let count = |class: QuadClass| row.tally.quad[class.index()] as f64;
        lines.push(diverging::Row {
            name: row.label.clone(),
            highlight: cx.case.settings.partners.contains(&row.key),
            verbal_cooperation: count(QuadClass::VerbalCooperation),
            material_cooperation: count(QuadClass::MaterialCooperation),
            cooperation: half(cx, true),
            verbal_conflict: count(QuadClass::VerbalConflict),
            material_conflict: count(QuadClass::MaterialConflict),
            conflict: half(cx, false),
        });
    }
    let svg = diverging::draw(&diverging::Spec {
        title: format!("Acts of {name} by {what}"),
        unit: "acts".to_owned(),
        rows: lines,
    });
    Figure {
        id: format!("ledger-{what}"),
        caption: format!(
            "All acts of {name} by {what}, {} to {}: cooperation to the right, conflict to the left.",
            cx.case.settings.start.year(),
            show::month(cx.case.settings.as_of)
        ),
        alt: svg.description.clone(),
        svg,
        note: if what == "partner" {
            format!(
                "Partners as the {} writes them: a body and its members stand side by side.",
                cx.record()
            )
        } else {
            String::new()
        },
    }
}
