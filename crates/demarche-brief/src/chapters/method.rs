//! Data, method, limits and sources.

use std::collections::BTreeMap;

use demarche_case::BodyMode;
use demarche_events::Precision;
use demarche_measure::{Holds, IndexKind, Reason};

use super::common::{heading, index_cell, none_shown, paragraph, plural, show_index};
use super::relationship::partners;
use crate::context::{Context, Entry, text};
use crate::document::{Block, Chapter, DocTable, Span};
use crate::show;

/// The chapter.
pub fn chapter(cx: &mut Context) -> Option<Chapter> {
    let mut blocks = vec![heading("Data"), data(cx)];
    blocks.push(heading("Limits"));
    let mut limits: Vec<Vec<Span>> = cx
        .case
        .settings
        .limits
        .iter()
        .map(|l| vec![text(l.clone())])
        .collect();
    limits.push(vec![text(
        "Nothing here shows cause. Two things that change together may both follow a third, such as the calendar of summits.",
    )]);
    blocks.push(Block::List { items: limits });
    if !cx.analysis.acts.acts.is_empty() {
        blocks.push(heading("Does it hold under other choices?"));
        blocks.extend(robustness(cx));
    }
    blocks.push(heading("Measures"));
    blocks.push(Block::Table(definitions()));
    blocks.push(paragraph(method(cx)));
    blocks.push(heading("Sources"));
    let mut spans = vec![text(cx.by_record(
        "Each event names the page it was read on; the evidence behind each figure lists them.",
        "Events name the page or the story they were read on where their source does.",
    ))];
    let sources = cx.case.settings.sources.len();
    if sources > 0 {
        spans.push(text(" The case rests on these works:"));
    }
    for source in 0..sources {
        spans.push(text(" "));
        spans.push(Span::Cite { source });
    }
    blocks.push(paragraph(spans));
    let known = cx
        .case
        .resources
        .iter()
        .filter(|r| r.value.is_some() || !r.text.is_empty())
        .count();
    if !cx.case.resources.is_empty() {
        blocks.push(paragraph(vec![text(format!(
            "Of staff and money {} are on record in resources.csv; for {} a figure was looked for and not found.",
            plural(known, "fact"),
            show::words(cx.case.resources.len() - known)
        ))]));
    }
    Some(Chapter {
        id: "method".to_owned(),
        title: "Data, method, limits, sources".to_owned(),
        blocks,
    })
}

fn data(cx: &mut Context) -> Block {
    let events = &cx.case.chronicle;
    let of = |p: Precision| events.iter().filter(|e| e.precision == p).count();
    let mutual = events.iter().filter(|e| e.mutual).count();
    let mut pages: Vec<&str> = events.iter().map(|e| e.url.as_str()).collect();
    pages.sort_unstable();
    pages.dedup();
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, reason) in &cx.analysis.panel.excluded {
        *reasons.entry(Reason::label(*reason)).or_default() += 1;
    }
    let left_out: Vec<String> = reasons.iter().map(|(r, n)| format!("{n} {r}")).collect();
    let fallback: Vec<u32> = (0u32..)
        .zip(events)
        .filter(|(_, e)| e.cameo.goldstein().from != e.cameo)
        .map(|(ix, _)| ix)
        .collect();
    let mut spans = vec![text(format!(
        "The {} holds {} from {} pages: {} dated to the day, {} to the month, {} to the year; {} were done together and count once in each direction. ",
        cx.record(),
        plural(events.len(), "event"),
        show::count(pages.len()),
        show::count(of(Precision::Day)),
        show::count(of(Precision::Month)),
        show::count(of(Precision::Year)),
        show::count(mutual),
    ))];
    if !left_out.is_empty() {
        spans.push(text(format!(
            "In the panel by {} some are left out ({}); tables/excluded.csv lists them. ",
            cx.case.settings.measure.by,
            left_out.join("; ")
        )));
    }
    if !fallback.is_empty() {
        let entry = Entry::new(
            "goldstein.fallback",
            "Events whose code has no Goldstein value of its own",
            show::count(fallback.len()),
            "the value of the base code or the root stands in",
        )
        .events(&fallback);
        let shown = cx.number(entry);
        spans.extend([
            text("For "),
            shown,
            text(" events the Goldstein table has no value for the code itself, and that of its base or root is used."),
        ]);
    }
    paragraph(spans)
}

fn robustness(cx: &mut Context) -> Vec<Block> {
    let (a, b) = partners(cx);
    let robust = cx.analysis.robustness.clone();
    let mut head = vec!["Index".to_owned(), "As measured".to_owned()];
    head.extend(robust.variants.iter().map(|(v, _)| v.label().to_owned()));
    head.push("Holds".to_owned());
    let mut rows = Vec::new();
    for kind in IndexKind::ALL {
        let mut row = vec![vec![text(kind.label())], index_cell(cx, &robust.base, kind)];
        for (_, rel) in &robust.variants {
            let e = rel.get(kind);
            row.push(vec![text(match (e.value, e.interval) {
                (Some(v), Some(i)) => format!(
                    "{} [{}; {}]",
                    show_index(kind, v),
                    show_index(kind, i.low),
                    show_index(kind, i.high)
                ),
                (Some(v), None) => show_index(kind, v),
                (None, _) => none_shown(rel, kind),
            })]);
        }
        row.push(vec![text(match robust.holds(kind) {
            _ if matches!(kind, IndexKind::Volume | IndexKind::Rate) => "–",
            Holds::Yes => "yes",
            Holds::No => "no",
            Holds::TooFew => "too few",
        })]);
        rows.push(row);
    }
    vec![Block::Table(DocTable {
        id: "robustness".to_owned(),
        caption: format!("Indices of {a} and {b} over the whole time under other choices."),
        numeric: head.iter().enumerate().map(|(i, _)| i > 0 && i + 1 < head.len()).collect(),
        head,
        rows,
        note: "Holds: the sign stays, or, for an index without a sign, the intervals meet under every choice. Volume and rate differ by what is counted. Other quad classes change nothing where no investigation (09) or protest (14) is on record.".to_owned(),
    })]
}

fn definitions() -> DocTable {
    let rows = IndexKind::ALL
        .into_iter()
        .map(|k| {
            let (low, high) = k.range();
            let range = if high.is_finite() {
                format!("{} to {}", show::decimal(low, 0), show::decimal(high, 0))
            } else {
                format!("from {}", show::decimal(low, 0))
            };
            vec![
                vec![text(k.label())],
                vec![text(k.formula())],
                vec![text(format!("{}, {range}", k.unit()))],
                vec![text(k.interval_method())],
            ]
        })
        .collect();
    DocTable {
        id: "definitions".to_owned(),
        caption: "What the indices mean.".to_owned(),
        head: ["Index", "Formula", "Unit and range", "Interval"]
            .map(str::to_owned)
            .to_vec(),
        numeric: vec![false; 4],
        rows,
        note: "N: acts between the two; C, K: cooperative and conflictual acts by quad class."
            .to_owned(),
    }
}

fn method(cx: &Context) -> Vec<Span> {
    let m = &cx.case.settings.measure;
    vec![text(format!(
        "Choices: bodies {}; quad classes as {}; intervals at 95 % from {} bootstrap draws, seed {}; no figure from fewer than {} observations. Phases: exact PELT on the monthly series with a BIC penalty, negative binomial where the counts vary more than chance (Poisson) would have them; blocs: signed modularity; every formula with a worked example stands in the method page of the software.",
        bodies(m.body),
        m.quad,
        show::count(m.draws),
        m.seed,
        m.min_events
    ))]
}

/// Whose acts are a body's, in words.
fn bodies(mode: BodyMode) -> &'static str {
    match mode {
        BodyMode::Itself => "only where they are named themselves",
        BodyMode::Members => "by the acts of their members",
        BodyMode::Both => "by their own acts and those of their members",
    }
}
