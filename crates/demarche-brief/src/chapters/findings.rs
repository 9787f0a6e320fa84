//! Key findings: sentences made from the numbers, each with its evidence, its interval and the
//! caveat that applies.

use demarche_case::BodyMode;
use demarche_measure::{
    Change, CoverageCell, Delivery, Holds, IndexKind, Phases, Relationship, difference,
};

use super::common::{bracket, index_entry, index_span, moved, plural, show_index, span_text};
use super::frameworks::{cell_entry, cell_name, programme_entry};
use super::global::polarisation_entries;
use super::initiatives::state_entry;
use super::relationship::{break_entry, level_entry, partners};
use super::{indo_pacific, threats};
use crate::context::{Context, text};
use crate::document::{Block, Chapter, Span};
use crate::show;

/// A finding: the sentence and its caveat.
type Finding = (Vec<Span>, Vec<Span>);

/// The findings in the order they are read; each is `None` where the case has nothing for it.
const FINDINGS: &[fn(&mut Context) -> Option<Finding>] = &[
    volume,
    with_members,
    share,
    depth,
    breadth,
    reciprocity,
    sides,
    threat,
    third_states,
    frameworks,
    programme,
    deliverables,
    comparators,
];

/// The chapter.
pub fn chapter(cx: &mut Context) -> Option<Chapter> {
    let mut blocks = vec![Block::Paragraph {
        spans: {
            let mut spans = vec![text(format!("{} ", cx.case.settings.summary))];
            if let Some(first) = cx.case.settings.sources.first().map(|s| s.id.clone()) {
                spans.extend(cx.cite(&first));
            }
            spans
        },
    }];
    for finding in FINDINGS {
        if let Some((spans, caveat)) = finding(cx) {
            blocks.push(Block::Finding { spans, caveat });
        }
    }
    (blocks.len() > 1).then(|| Chapter {
        id: "findings".to_owned(),
        title: "Key findings".to_owned(),
        blocks,
    })
}

/// The last two phases, if there are two.
fn last_two(cx: &Context) -> Option<(Relationship, Relationship)> {
    let phases: Vec<&Relationship> = cx.analysis.by_phase().collect();
    match phases.as_slice() {
        [.., before, after] => Some(((*before).clone(), (*after).clone())),
        _ => None,
    }
}

/// An index with its interval in brackets.
fn with_interval(cx: &mut Context, rel: &Relationship, kind: IndexKind) -> Vec<Span> {
    let mut spans = vec![index_span(cx, rel, kind)];
    let estimate = rel.get(kind);
    if estimate.value.is_some() {
        spans.push(text(bracket(estimate.interval, |v| show_index(kind, v))));
    }
    spans
}

/// "Between … and … it rose from x to y" or "shows no change beyond its interval".
fn before_and_after(cx: &mut Context, kind: IndexKind) -> Vec<Span> {
    let Some((before, after)) = last_two(cx) else {
        return Vec::new();
    };
    let change = difference(before.get(kind), after.get(kind)).change();
    match change {
        Change::TooFew => Vec::new(),
        Change::Unclear => {
            let mut spans = vec![text(
                " Between the last two phases it ".to_owned() + moved(change) + ": ",
            )];
            spans.extend(with_interval(cx, &before, kind));
            spans.push(text(format!(" in {}, then ", span_text(&before.span))));
            spans.extend(with_interval(cx, &after, kind));
            spans.push(text(format!(" in {}.", span_text(&after.span))));
            spans
        }
        Change::Higher | Change::Lower => {
            let mut spans = vec![text(format!(" It {} from ", moved(change)))];
            spans.extend(with_interval(cx, &before, kind));
            spans.push(text(format!(" in {} to ", span_text(&before.span))));
            spans.extend(with_interval(cx, &after, kind));
            spans.push(text(format!(" in {}.", span_text(&after.span))));
            spans
        }
    }
}

fn volume(cx: &mut Context) -> Option<Finding> {
    let (a, b) = partners(cx);
    let found = cx.analysis.phases.clone();
    let rel = cx.analysis.relationship().clone();
    let mut spans = vec![text(format!("The {} records ", cx.record()))];
    spans.push(index_span(cx, &rel, IndexKind::Volume));
    spans.push(text(format!(
        " acts between {a} and {b} from {}.",
        span_text(&rel.span)
    )));
    let mut caveat = vec![text(
        "Coverage grows over the years: part of a rise in counts is that more was written down.",
    )];
    if let Some((i, brk)) = found.breaks.iter().enumerate().next_back() {
        let rises = brk.evidence.after > brk.evidence.before;
        let before = level_entry(cx, i).map(|e| cx.number(e))?;
        let after = level_entry(cx, i + 1).map(|e| cx.number(e))?;
        let date = cx.number(break_entry(cx, i, brk));
        spans.extend([
            text(format!(
                " The monthly count {} from ",
                if rises { "rises" } else { "falls" }
            )),
            before,
            text(format!("{} to ", level_interval(&found, i))),
            after,
            text(format!(
                " a month{}; the break is placed in ",
                level_interval(&found, i + 1)
            )),
            date,
            text(format!(
                ", with an interval from {} to {}.",
                show::month(brk.between.0.first()),
                show::month(brk.between.1.first())
            )),
        ]);
        if found.followed_by(&cx.analysis.share_phases)[i].is_none() {
            caveat.push(text(format!(
                " As a share of all acts of {a} the series has no such break, so this is not evidence that the relationship gained weight among {a}’s relations."
            )));
        }
    } else if found.enough {
        spans.push(text(
            " The monthly count has no break that is worth its penalty.",
        ));
    }
    Some((spans, caveat))
}

/// Whether what an index says of the whole time stays under the other choices, as a caveat.
fn other_choices(cx: &Context, kind: IndexKind) -> Span {
    text(match cx.analysis.robustness.holds(kind) {
        Holds::Yes => " It holds under the other choices of quad classes, bodies and precision.",
        Holds::No => {
            " Its level depends on who counts as a body or which rows are taken: see “Does it hold under other choices?”."
        }
        Holds::TooFew => " Under other choices there are too few events to tell whether it holds.",
    })
}

/// The interval of a phase's level in brackets, or nothing.
fn level_interval(found: &Phases, at: usize) -> String {
    let interval = found.phases[at].interval.filter(|i| i.high.is_finite());
    bracket(interval, |v| show::decimal(v, 2))
}

/// The record if the acts of a body's members count as its own.
fn with_members(cx: &mut Context) -> Option<Finding> {
    let (a, b) = partners(cx);
    let (_, rel) = cx
        .analysis
        .robustness
        .variants
        .iter()
        .find(|(_, r)| r.body == BodyMode::Both && cx.case.settings.measure.body != r.body)?
        .clone();
    // Without these two there is nothing to say beside the other findings.
    rel.get(IndexKind::Share).value?;
    rel.get(IndexKind::Depth).value?;
    let mut spans = vec![text(format!(
        "If the acts of members count beside those of the bodies they belong to, {a} and {b} have "
    ))];
    spans.push(index_span(cx, &rel, IndexKind::Volume));
    spans.push(text(" acts on record, "));
    spans.extend(with_interval(cx, &rel, IndexKind::Share));
    spans.push(text(format!(" of all acts of {a}; deeds are ")));
    spans.extend(with_interval(cx, &rel, IndexKind::Depth));
    spans.push(text(" of the cooperative ones."));
    Some((
        spans,
        vec![text(
            "The other findings count only acts that name the body itself. What single members do is not decided by the body; an act recorded under both is counted once.",
        )],
    ))
}

fn share(cx: &mut Context) -> Option<Finding> {
    let (a, b) = partners(cx);
    let rel = cx.analysis.relationship().clone();
    index_entry(cx, &rel, IndexKind::Share)?;
    let mut spans = vec![text(format!("Acts with {b} are "))];
    spans.extend(with_interval(cx, &rel, IndexKind::Share));
    spans.push(text(format!(" of all acts of {a} on record.")));
    spans.extend(before_and_after(cx, IndexKind::Share));
    Some((
        spans,
        vec![
            text(format!(
                "A share is free of growing coverage only if all of {a}’s acts are covered alike; {}.",
                cx.by_record(
                    "this chronicle was gathered around its two partners",
                    "machine coding follows what the press writes of whom",
                )
            )),
            other_choices(cx, IndexKind::Share),
        ],
    ))
}

fn depth(cx: &mut Context) -> Option<Finding> {
    let rel = cx.analysis.relationship().clone();
    index_entry(cx, &rel, IndexKind::Depth)?;
    let mut spans = vec![text(
        "The relationship is cooperative, and mostly in words: net cooperation is ",
    )];
    let net = rel.get(IndexKind::NetCooperation);
    let cooperative = net.interval.is_some_and(|i| i.low > 0.0);
    let mostly_words = rel
        .get(IndexKind::Depth)
        .interval
        .is_some_and(|i| i.high < 0.5);
    if !(cooperative && mostly_words) {
        spans = vec![text("Net cooperation is ")];
    }
    spans.extend(with_interval(cx, &rel, IndexKind::NetCooperation));
    spans.push(text(", and deeds are "));
    spans.extend(with_interval(cx, &rel, IndexKind::Depth));
    spans.push(text(" of the cooperative acts."));
    let mut more = before_and_after(cx, IndexKind::Depth);
    if let Some(Span::Text { text }) = more.first_mut() {
        *text = text.replace(" It ", " Depth ").replace(" it ", " depth ");
    }
    spans.extend(more);
    Some((
        spans,
        vec![
            text(
                "Agreements count as words in the quad classes, their execution as deeds; what is agreed and carried out quietly is not seen.",
            ),
            other_choices(cx, IndexKind::Depth),
        ],
    ))
}

fn breadth(cx: &mut Context) -> Option<Finding> {
    let rel = cx.analysis.relationship().clone();
    index_entry(cx, &rel, IndexKind::Breadth)?;
    let mut spans = vec![text("The acts are spread as if over ")];
    spans.extend(with_interval(cx, &rel, IndexKind::Breadth));
    spans.push(text(format!(
        " equally busy areas, of {} that the case knows.",
        show::count(cx.case.settings.areas.len())
    )));
    let mut more = before_and_after(cx, IndexKind::Breadth);
    if let Some(Span::Text { text }) = more.first_mut() {
        *text = text
            .replace(" It ", " Breadth ")
            .replace(" it ", " breadth ");
    }
    spans.extend(more);
    Some((
        spans,
        vec![
            text(
                "Breadth tends to grow with the number of acts, and its interval covers somewhat less than it says where acts are few.",
            ),
            other_choices(cx, IndexKind::Breadth),
        ],
    ))
}

fn reciprocity(cx: &mut Context) -> Option<Finding> {
    let (a, b) = partners(cx);
    let rel = cx.analysis.relationship().clone();
    index_entry(cx, &rel, IndexKind::ReciprocityOneSided)?;
    let even = rel
        .get(IndexKind::ReciprocityOneSided)
        .interval
        .is_some_and(|i| i.low >= 0.8);
    let mut spans = vec![text(if even {
        format!(
            "{a} and {b} act towards each other about as often: reciprocity of the acts that one side does alone is "
        )
    } else {
        format!("Reciprocity of the acts that {a} or {b} does alone is ")
    })];
    spans.extend(with_interval(cx, &rel, IndexKind::ReciprocityOneSided));
    spans.push(text(
        ", where 1 means as many each and 0 means one side only.",
    ));
    Some((
        spans,
        vec![
            text("Which side is written down as the first depends on the page that was read."),
            other_choices(cx, IndexKind::ReciprocityOneSided),
        ],
    ))
}

fn sides(cx: &mut Context) -> Option<Finding> {
    let spans_of = cx.analysis.blocs.clone();
    let [.., before, after] = spans_of.as_slice() else {
        return None;
    };
    let sides = cx.case.settings.sides.clone();
    let [_, first] = polarisation_entries(cx, before);
    let [_, second] = polarisation_entries(cx, after);
    let d = difference(&before.sides.hostility, &after.sides.hostility);
    let (first, second) = (cx.number(first?), cx.number(second?));
    let verb = match d.change() {
        Change::Higher => "rose",
        Change::Lower => "fell",
        Change::Unclear | Change::TooFew => "shows no change beyond its interval:",
    };
    Some((
        vec![
            text(format!(
                "Of all acts between {} on one side and {} on the other, the share that is conflict {verb} from ",
                lower_first(&sides.one.name),
                sides.other.name
            )),
            first,
            text(format!(
                "{} in {} to ",
                bracket(before.sides.hostility.interval, show::percent),
                span_text(&before.sides.span)
            )),
            second,
            text(format!(
                "{} in {}.",
                bracket(after.sides.hostility.interval, show::percent),
                span_text(&after.sides.span)
            )),
        ],
        vec![text(format!(
            "{}The change is one between two phases of the partners’ record; it does not say which came first, or that one led to the other.",
            cx.by_record(
                "What the chronicle gathered of the other side is mostly its objections. ",
                "",
            )
        ))],
    ))
}

/// Names that begin a list in a sentence stay as they are; only an article is lowered.
fn lower_first(name: &str) -> String {
    name.strip_prefix("The ")
        .map_or_else(|| name.to_owned(), |rest| format!("the {rest}"))
}

fn threat(cx: &mut Context) -> Option<Finding> {
    let [a, b] = cx.case.settings.partners.clone();
    let own: Vec<_> = cx
        .analysis
        .similarity
        .iter()
        .filter(|s| s.a == a && s.b == b && s.cosine.value.is_some())
        .cloned()
        .collect();
    let s = own.last()?;
    let whole = own.first().filter(|w| w.span.name != s.span.name);
    let entry = threats::entry(cx, s)?;
    let shown = cx.number(entry);
    Some((
        vec![
            text(format!(
                "In {} the acts of conflict of {} and {} go to third parties in proportions that agree to ",
                span_text(&s.span),
                cx.case.short(&a),
                cx.case.short(&b)
            )),
            shown,
            text(bracket(s.cosine.interval, |v| show::decimal(v, 2))),
            text(" on a scale from 0 (none in common) to 1 (the same)"),
            text(whole.and_then(|w| Some((w, w.cosine.value?))).map_or_else(
                || ".".to_owned(),
                |(w, v)| {
                    format!(
                        "; over the whole time to {}{}.",
                        show::decimal(v, 2),
                        bracket(w.cosine.interval, |v| show::decimal(v, 2))
                    )
                },
            )),
        ],
        vec![text(format!(
            "It rests on {} and {} acts of conflict; words and deeds weigh alike.",
            s.n_a, s.n_b
        ))],
    ))
}

fn third_states(cx: &mut Context) -> Option<Finding> {
    let all = cx.analysis.hedging.first()?.clone();
    if all.is_empty() {
        return None;
    }
    let enough: Vec<_> = all.iter().filter(|h| h.balance.value.is_some()).collect();
    let mut spans = vec![text(format!(
        "Whether third parties hedge cannot be told from this {} for {} of {}: it holds too few of their acts.",
        cx.record(),
        show::words(all.len() - enough.len()),
        show::words(all.len())
    ))];
    if enough.len() == all.len() {
        spans = vec![text("Third parties between the sides:")];
    }
    for h in enough {
        if let Some(entry) = indo_pacific::balance_entry(cx, h) {
            let shown = cx.number(entry);
            let interval = bracket(h.balance.interval, |v| show::decimal(v, 2));
            spans.extend([
                text(format!(" {} has a balance of ", cx.case.short(&h.actor))),
                shown,
                text(format!("{interval}; 0 would be both sides alike.")),
            ]);
        }
    }
    Some((
        spans,
        vec![text(cx.by_record(
            "Acts of third parties with the other side are hardly collected, so a balance near 1 is what the collection makes likely.",
            "What is not reported in the languages that were read is not seen.",
        ))],
    ))
}

fn frameworks(cx: &mut Context) -> Option<Finding> {
    let coverage = cx.analysis.coverage.clone();
    let priorities: Vec<_> = coverage.cells.iter().filter(|c| c.priority()).collect();
    if priorities.is_empty() || !cx.areas_known {
        return None;
    }
    let gaps: Vec<_> = coverage.gaps().collect();
    let silent: Vec<_> = priorities
        .iter()
        .copied()
        .filter(|c| c.events.is_empty() && !c.gap())
        .collect();
    let mut spans = vec![text(format!(
        "The case sees the two frameworks meet in {} of {}.",
        show::words(priorities.len()),
        plural(coverage.cells.len(), "cell"),
    ))];
    if gaps.is_empty() {
        spans.push(text(
            " None of them is without an act of the two partners or an initiative.",
        ));
    } else {
        spans.push(text(format!(
            " In {} of them nothing has happened and nothing is planned: ",
            show::words(gaps.len())
        )));
        spans.extend(cell_names(cx, &gaps));
    }
    if !silent.is_empty() {
        spans.push(text(format!(
            " In {} there are initiatives but no act yet: ",
            show::words(silent.len())
        )));
        spans.extend(cell_names(cx, &silent));
    }
    Some((
        spans,
        vec![text(
            "That the policy areas belong in these cells is the case’s judgement, and a framework is what one side has written, not what both have agreed; an event is filed under one area only.",
        )],
    ))
}

/// Areas of a partnership programme without an act since it was agreed.
fn programme(cx: &mut Context) -> Option<Finding> {
    if !cx.areas_known {
        return None;
    }
    let areas = cx.analysis.coverage.programme.clone();
    let first = areas.first()?;
    let (framework, _) = cx.case.element(&first.element)?;
    let (name, date) = (framework.name.clone(), framework.date);
    let silent: Vec<_> = areas.iter().filter(|a| a.since.is_empty()).collect();
    let mut spans = vec![text(format!(
        "Since {} ({name}) {} of its {} areas {} no act of the two partners on record",
        show::day(date),
        show::words(silent.len()),
        areas.len(),
        if silent.len() == 1 { "has" } else { "have" },
    ))];
    for (i, area) in silent.iter().enumerate() {
        spans.push(text(if i == 0 { ": " } else { "; " }));
        let title = cx.case.element(&area.element)?.1.name.clone();
        let entry = programme_entry(cx, area)?;
        spans.push(cx.number_as(title, entry));
    }
    spans.push(text("."));
    Some((
        spans,
        vec![text(
            "Acts are filed by area, and much of a programme is not public; an act that no page shows is not seen.",
        )],
    ))
}

/// Cells by name, each opening its evidence, as the end of a sentence.
fn cell_names(cx: &mut Context, cells: &[&CoverageCell]) -> Vec<Span> {
    let mut spans = Vec::new();
    for (i, cell) in cells.iter().enumerate() {
        if i > 0 {
            spans.push(text("; "));
        }
        let name = cell_name(cx, cell);
        spans.push(cx.number_as(name, cell_entry(cx, cell)));
    }
    spans.push(text("."));
    spans
}

fn deliverables(cx: &mut Context) -> Option<Finding> {
    if cx.case.initiatives.is_empty() {
        return None;
    }
    let items = &cx.analysis.deliverables;
    let assumed = items
        .items
        .iter()
        .filter(|d| d.state == Delivery::Overdue && d.due.is_some_and(|due| due.assumed))
        .count();
    let overdue_n = items.count(Delivery::Overdue);
    let delivered = cx.number(state_entry(cx, Delivery::Delivered));
    let overdue = cx.number(state_entry(cx, Delivery::Overdue));
    let open = cx.number(state_entry(cx, Delivery::Open));
    let recurring = cx.number(state_entry(cx, Delivery::Recurring));
    let proposed = cx.number(state_entry(cx, Delivery::NotStarted));
    Some((
        vec![
            text(format!(
                "Of {} on record ",
                plural(cx.case.initiatives.len(), "initiative")
            )),
            delivered,
            text(" have delivered, "),
            recurring,
            text(" are meant to recur, "),
            open,
            text(" are due later, "),
            overdue,
            text(" are due without a delivery on record, and "),
            proposed,
            text(" are proposals."),
        ],
        vec![text(format!(
            "{} of those that are due {} on an assumed duration; a delivery that no page shows counts as not seen. Whether each round of what recurs took place is not checked.",
            if assumed == overdue_n {
                "All".to_owned()
            } else {
                capital(&show::words(assumed))
            },
            if assumed == 1 && overdue_n > 1 {
                "rests"
            } else {
                "rest"
            },
        ))],
    ))
}

/// The words with a capital at the beginning.
fn capital(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(letters).collect()
    })
}

fn comparators(cx: &mut Context) -> Option<Finding> {
    let comparison = cx.analysis.comparison.clone();
    if comparison.actors.len() < 2 {
        return None;
    }
    let (a, b) = partners(cx);
    let mut spans = Vec::new();
    for kind in [IndexKind::Depth, IndexKind::Breadth] {
        let mut differing = Vec::new();
        let mut alike = Vec::new();
        for at in 1..comparison.actors.len() {
            let name = cx.case.short(&comparison.actors[at]).to_owned();
            match comparison.from_first(0, at, kind).change() {
                Change::Higher => differing.push((at, name, "above")),
                Change::Lower => differing.push((at, name, "below")),
                Change::Unclear => alike.push(name),
                Change::TooFew => {}
            }
        }
        if differing.is_empty() && alike.is_empty() {
            continue;
        }
        spans.push(text(format!(
            "{}In {} of relations with {b} {a} stands at ",
            if spans.is_empty() { "" } else { " " },
            kind.label().to_lowercase()
        )));
        spans.extend(with_interval(cx, &comparison.relationships[0][0], kind));
        for (at, name, word) in differing {
            spans.push(text(format!("; {name} stands {word} it at ")));
            spans.extend(with_interval(cx, &comparison.relationships[0][at], kind));
        }
        if !alike.is_empty() {
            spans.push(text(format!(
                "; {} {} not differ beyond the interval",
                show::list(&alike),
                if alike.len() == 1 { "does" } else { "do" }
            )));
        }
        spans.push(text("."));
    }
    (!spans.is_empty()).then(|| {
        (
            spans,
            vec![text(match cx.coded {
                None => format!(
                    "{a}’s relations were gathered first; those of the comparators may be covered less, and breadth tends to grow with the number of acts."
                ),
                Some(_) => "The press writes more of some actors than of others.".to_owned(),
            })],
        )
    })
}
