//! The Indo-Pacific perspective: third states between the sides, and those who object.

use demarche_measure::{EventIx, Hedging, Selection};

use super::common::{chart_value, count_entry, heading, note, paragraph, plural, slug, span_text};
use crate::chart::{Backing, Value, balance, lines};
use crate::context::{Context, Entry, text, too_few};
use crate::document::{Block, Chapter, Figure};
use crate::show;

/// The chapter.
pub fn chapter(cx: &mut Context) -> Option<Chapter> {
    let sides = cx.case.settings.sides.clone();
    if cx.analysis.hedging.iter().all(Vec::is_empty) && sides.other.actors.is_empty() {
        return None;
    }
    let mut blocks = Vec::new();
    if !cx.analysis.hedging[0].is_empty() {
        blocks.push(heading("Third parties between the sides"));
        blocks.extend(third_states(cx));
    }
    if !sides.other.actors.is_empty() {
        let towards = show::list(&watched(cx).1);
        blocks.push(heading(&format!(
            "What {} direct at {towards}",
            sides.other.name
        )));
        blocks.extend(hostile(cx));
    }
    (!blocks.is_empty()).then(|| Chapter {
        id: "indo-pacific".to_owned(),
        title: "Indo-Pacific perspective: third parties and objections".to_owned(),
        blocks,
    })
}

/// The balance of a third party as an entry of the book.
pub fn balance_entry(cx: &Context, h: &Hedging) -> Option<Entry> {
    let value = h.balance.value?;
    let sides = &cx.case.settings.sides;
    Some(
        Entry::new(
            format!("balance.{}.{}", h.actor, slug(&h.span.name)),
            format!(
                "Balance of cooperation of {} between the sides, {}",
                cx.case.short(&h.actor),
                span_text(&h.span)
            ),
            show::decimal(value, 2),
            format!(
                "(c₁ − c₂) / (c₁ + c₂) with c₁ = {} cooperative acts with {}, c₂ = {} with {}",
                h.cooperation[0], sides.one.name, h.cooperation[1], sides.other.name
            ),
        )
        .interval(h.balance.interval, |v| show::decimal(v, 2))
        .events(&h.balance.events)
        .note("After Kuik 2008, The Essence of Hedging: returns sought from both sides at once. Either direction counts, a mutual act once."),
    )
}

fn third_states(cx: &mut Context) -> Vec<Block> {
    let all = cx.analysis.hedging[0].clone();
    let sides = cx.case.settings.sides.clone();
    let (enough, thin): (Vec<_>, Vec<_>) = all.iter().partition(|h| h.balance.value.is_some());
    let mut blocks = Vec::new();
    let thin_words: Vec<String> = thin
        .iter()
        .map(|h| format!("{} (n = {})", cx.case.short(&h.actor), h.balance.n))
        .collect();
    let mut spans = vec![text(format!(
        "Hedging is cooperation with both sides at once. For {} third {} the {} holds enough acts of cooperation with either side to tell.",
        show::words(enough.len()),
        if enough.len() == 1 {
            "party"
        } else {
            "parties"
        },
        cx.record()
    ))];
    for h in &enough {
        if let Some(entry) = balance_entry(cx, h) {
            let n = h.cooperation;
            let shown = cx.number(entry);
            spans.extend([
                text(format!(" {}: balance ", cx.case.short(&h.actor))),
                shown,
                text(format!(
                    " ({} with {}, {} with {}).",
                    plural(n[0], "act"),
                    sides.one.name,
                    n[1],
                    sides.other.name
                )),
            ]);
        }
    }
    if let Some(first) = thin.first() {
        spans.push(text(format!(
            " Too few events (at least {} needed) for {}.",
            first.balance.needed,
            show::list(&thin_words)
        )));
    }
    blocks.push(paragraph(spans));
    let mut rows = Vec::new();
    for h in &all {
        let evidence = balance_entry(cx, h).map(|e| cx.enter(e));
        let mut value = chart_value(&h.balance, evidence, |v| show::decimal(v, 2));
        if value.value.is_none() {
            value.backing.tooltip = too_few(&h.balance);
        }
        rows.push(balance::Row {
            name: cx.case.short(&h.actor).to_owned(),
            highlight: false,
            value,
        });
    }
    let svg = balance::draw(&balance::Spec {
        title: "Third parties between the sides".to_owned(),
        unit: "balance of cooperation".to_owned(),
        left: sides.other.name.clone(),
        right: sides.one.name.clone(),
        rows,
    });
    blocks.push(Block::Figure(Figure {
        id: "hedging".to_owned(),
        caption:
            "Balance of third parties' cooperation between the two sides, with 95 % intervals."
                .to_owned(),
        alt: svg.description.clone(),
        svg,
        note: format!(
            "−1: only with {}; 1: only with {}; 0: with both alike.",
            sides.other.name, sides.one.name
        ),
    }));
    blocks.push(note(match cx.coded {
        None => format!(
            "The chronicle records what touches the two partners. Cooperation of third parties with {} is hardly collected, so a balance near 1 says more about what was collected than about the third party. Wider event data would be needed to measure hedging.",
            sides.other.name
        ),
        Some(_) => "The events follow what the press writes: a third party of which little is written in the languages that were read is seen less than it acts.".to_owned(),
    }));
    blocks
}

/// The conflictual acts of an actor towards each of the targets, in their order.
fn conflict_towards(
    cx: &Context,
    source: &str,
    acts: &Selection,
    targets: &[String],
) -> Vec<Vec<EventIx>> {
    let quad = cx.case.settings.measure.quad;
    let mut found = vec![Vec::new(); targets.len()];
    for act in acts.acts.iter().filter(|a| a.there()) {
        let e = &cx.case.chronicle[act.event as usize];
        let other = if e.source == source {
            &e.target
        } else {
            &e.source
        };
        let at = targets.iter().position(|t| t == other);
        if let Some(at) = at.filter(|_| !quad.class(e.cameo).is_cooperation()) {
            found[at].push(act.event);
        }
    }
    found
}

/// The partners and comparators: their codes and their names.
fn watched(cx: &Context) -> (Vec<String>, Vec<String>) {
    let settings = &cx.case.settings;
    let codes: Vec<String> = settings
        .partners
        .iter()
        .chain(&settings.comparators)
        .cloned()
        .collect();
    let names = codes.iter().map(|c| cx.case.short(c).to_owned()).collect();
    (codes, names)
}

fn hostile(cx: &mut Context) -> Vec<Block> {
    let years = demarche_measure::calendar_years(cx.case);
    let sides = cx.case.settings.sides.clone();
    let (targets, names) = watched(cx);
    let towards = show::list(&names);
    let mut series = Vec::new();
    let mut items = Vec::new();
    for source in &sides.other.actors {
        let name = cx.case.short(source).to_owned();
        let acts = Selection::of(cx.case, source, demarche_case::BodyMode::Itself);
        let mut points = Vec::new();
        let mut total = 0;
        for year in &years {
            let in_year = acts.within(cx.case, year);
            let events = conflict_towards(cx, source, &in_year, &targets).concat();
            total += events.len();
            let entry = count_entry(
                format!("hostile.{source}.{}", year.name),
                format!(
                    "Conflictual acts of {name} towards {towards}, {}",
                    year.name
                ),
                &events,
            );
            let evidence = cx.enter(entry);
            points.push((
                year.from.year(),
                Value {
                    value: Some(events.len() as f64),
                    interval: None,
                    n: events.len(),
                    backing: Backing {
                        evidence: Some(evidence),
                        tooltip: format!("{name}, {}: {}", year.name, plural(events.len(), "act")),
                    },
                },
            ));
        }
        if total == 0 {
            continue;
        }
        let whole = acts.within(cx.case, &cx.analysis.whole);
        let found = conflict_towards(cx, source, &whole, &targets);
        let events = found.concat();
        let mut by_target: Vec<(usize, &String)> = found
            .iter()
            .map(Vec::len)
            .zip(&names)
            .filter(|(n, _)| *n > 0)
            .collect();
        by_target.sort_by_key(|(n, _)| std::cmp::Reverse(*n));
        let shown = cx.number(count_entry(
            format!("hostile.{source}.all"),
            format!("Conflictual acts of {name} towards {towards}"),
            &events,
        ));
        let parts: Vec<String> = by_target.iter().map(|(n, t)| format!("{t} {n}")).collect();
        items.push(vec![
            text(format!("{name}: ")),
            shown,
            text(format!(
                " acts of conflict, by target: {}.",
                parts.join(", ")
            )),
        ]);
        series.push(lines::Series {
            name,
            highlight: false,
            points,
        });
    }
    let svg = lines::draw(&lines::Spec {
        title: format!("Conflictual acts towards {towards}, by year"),
        unit: "acts per year".to_owned(),
        domain: None,
        reference: None,
        series,
    });
    vec![
        Block::List { items },
        Block::Figure(Figure {
            id: "hostile".to_owned(),
            caption: format!(
                "Acts of verbal and material conflict by {} towards {towards}, by year.",
                sides.other.name
            ),
            alt: svg.description.clone(),
            svg,
            note: format!(
                "Counts rise with coverage. The last year ends on {}. Which of these acts answer steps of the partners is a question of timing that this chapter does not take up.",
                show::day(cx.case.settings.as_of)
            ),
        }),
    ]
}
