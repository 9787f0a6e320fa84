//! The relationship over time: how much, in which phases, in which areas.

use demarche_events::{Date, Period, PeriodUnit, QuadClass};
use demarche_measure::{Change, EventIx, IndexKind, PhaseBreak, Series, Tally, difference};

use super::common::{
    count_entry, difference_text, heading, index_cell, index_span, moved, note, paragraph, plural,
    slug, span_text,
};
use crate::chart::{Backing, small_multiples, timeline};
use crate::context::{Context, Entry, interval_text, strong, text};
use crate::document::{Block, Chapter, DocTable, Figure, Span};
use crate::show;

/// The indices that the table of phases shows.
const SHOWN: [IndexKind; 8] = [
    IndexKind::Rate,
    IndexKind::Share,
    IndexKind::NetCooperation,
    IndexKind::Depth,
    IndexKind::Breadth,
    IndexKind::Reciprocity,
    IndexKind::Regularity,
    IndexKind::BurstinessFinite,
];

/// The chapter.
pub fn chapter(cx: &mut Context) -> Option<Chapter> {
    if cx.analysis.acts.acts.is_empty() {
        return None;
    }
    let mut blocks = vec![overview(cx), Block::Figure(over_time(cx))];
    blocks.push(heading("Phases"));
    blocks.extend(phases(cx));
    blocks.push(heading("The indices, phase by phase"));
    blocks.extend(indices(cx));
    if !cx.analysis.named.is_empty() {
        blocks.push(heading("Periods that people speak of"));
        blocks.push(Block::Table(named(cx)));
    }
    blocks.push(heading("Areas"));
    blocks.push(if cx.areas_known {
        Block::Figure(areas(cx))
    } else {
        note("The source gives no areas, so it cannot be told in which the two acted.")
    });
    Some(Chapter {
        id: "relationship".to_owned(),
        title: "The relationship over time".to_owned(),
        blocks,
    })
}

/// The names of the two partners.
pub fn partners(cx: &Context) -> (String, String) {
    let [a, b] = &cx.case.settings.partners;
    (cx.case.short(a).to_owned(), cx.case.short(b).to_owned())
}

fn overview(cx: &mut Context) -> Block {
    let (a, b) = partners(cx);
    let rel = cx.analysis.relationship().clone();
    let volume = index_span(cx, &rel, IndexKind::Volume);
    let mut spans = vec![
        text(format!(
            "From {} the {} holds ",
            span_text(&rel.span),
            cx.record()
        )),
        volume,
        text(format!(
            " {} between {a} and {b}",
            if rel.get(IndexKind::Volume).n == 1 {
                "act"
            } else {
                "acts"
            }
        )),
    ];
    if rel.get(IndexKind::Share).value.is_some() {
        let share = index_span(cx, &rel, IndexKind::Share);
        spans.extend([
            text(", "),
            share,
            text(format!(" of all acts of {a} on record")),
        ]);
    }
    spans.push(text("."));
    if rel.get(IndexKind::NetCooperation).value.is_some() {
        let net = index_span(cx, &rel, IndexKind::NetCooperation);
        spans.extend([
            text(" Net cooperation is "),
            net,
            text(" on a scale from −1 to 1."),
        ]);
    }
    if rel.get(IndexKind::Depth).value.is_some() {
        let depth = index_span(cx, &rel, IndexKind::Depth);
        spans.extend([
            text(" Of the cooperative acts "),
            depth,
            text(" are deeds rather than words."),
        ]);
    }
    let merged = cx.analysis.acts.merged_rows();
    if merged > 0 {
        spans.push(text(format!(
            " {} told of an act already counted and were merged.",
            plural(merged, "row")
        )));
    }
    paragraph(spans)
}

/// The series by quarter, for the eye.
fn by_quarter(cx: &Context) -> Series {
    let how = demarche_case::MeasureSettings {
        by: PeriodUnit::Quarter,
        ..cx.case.settings.measure.clone()
    };
    Series::of(cx.case, &cx.analysis.acts, &how)
}

fn over_time(cx: &mut Context) -> Figure {
    let (a, b) = partners(cx);
    let series = by_quarter(cx);
    let quad = cx.case.settings.measure.quad;
    let mut bars = Vec::new();
    for (period, tally) in series.periods.iter().zip(&series.counts) {
        let part = |cx: &mut Context, class: QuadClass| {
            let events: Vec<EventIx> = of_class(cx, tally, class);
            if events.is_empty() {
                return timeline::Part::default();
            }
            let id = format!("quarter.{}.{}", period, slug(class.label()));
            let label = format!("Acts of {} of {a} and {b}, {period}", class.label());
            let evidence =
                cx.enter(count_entry(id, label, &events).note(format!("Quad classes: {quad}.")));
            timeline::Part {
                count: events.len() as f64,
                backing: Backing {
                    evidence: Some(evidence),
                    tooltip: format!(
                        "{period}: {} of {}",
                        plural(events.len(), "act"),
                        class.label()
                    ),
                },
            }
        };
        bars.push(timeline::Bar {
            from: period.first(),
            to: period.next().first(),
            verbal_cooperation: part(cx, QuadClass::VerbalCooperation),
            material_cooperation: part(cx, QuadClass::MaterialCooperation),
            verbal_conflict: part(cx, QuadClass::VerbalConflict),
            material_conflict: part(cx, QuadClass::MaterialConflict),
        });
    }
    let found = cx.analysis.phases.clone();
    let mut phases = Vec::new();
    for (i, p) in found.phases.iter().enumerate() {
        let evidence = level_entry(cx, i).map(|e| cx.enter(e));
        phases.push(timeline::Phase {
            from: p.from,
            to: tomorrow(p.to),
            name: format!("Phase {}", i + 1),
            // Levels are a month's, bars a quarter's.
            mean: p.level.map(|l| l * 3.0),
            backing: Backing {
                evidence,
                tooltip: format!(
                    "Phase {}: {} a month",
                    i + 1,
                    p.level.map_or_else(String::new, |l| show::decimal(l, 1))
                ),
            },
        });
    }
    let mut breaks = Vec::new();
    for (i, b) in found.breaks.iter().enumerate() {
        let evidence = Some(cx.enter(break_entry(cx, i, b)));
        breaks.push(timeline::Break {
            date: b.period.first(),
            interval: Some((b.between.0.first(), b.between.1.last())),
            backing: Backing {
                evidence,
                tooltip: format!("Break: {}", show::month(b.period.first())),
            },
        });
    }
    let mut milestones = Vec::new();
    for m in &cx.case.settings.milestones.clone() {
        let Some(at) = cx.case.chronicle.iter().position(|e| e.id == m.event) else {
            continue;
        };
        let event = &cx.case.chronicle[at];
        let (date, shown) = (
            event.date,
            format!("{}: {}", event.shown_date(), event.title),
        );
        let ix = EventIx::try_from(at).expect("a chronicle is short");
        let evidence = cx.enter(
            Entry::new(
                format!("milestone.{}", m.event),
                m.label.clone(),
                event.shown_date(),
                "an event of the chronicle, marked in case.toml",
            )
            .events(&[ix]),
        );
        milestones.push(timeline::Milestone {
            date,
            label: m.label.clone(),
            backing: Backing {
                evidence: Some(evidence),
                tooltip: shown,
            },
        });
    }
    let settings = &cx.case.settings;
    let spec = timeline::Spec {
        title: format!("Acts of {a} and {b} by quarter"),
        unit: "acts per quarter".to_owned(),
        from: settings.start,
        to: tomorrow(settings.as_of),
        bars,
        phases,
        breaks,
        milestones,
    };
    let svg = timeline::draw(&spec);
    let left_out = series.excluded.len();
    Figure {
        id: "timeline".to_owned(),
        caption: format!(
            "Acts of {a} and {b} by quarter: cooperation above the axis, conflict below, with the \
             phases of the monthly series and the interval of each break."
        ),
        alt: svg.description.clone(),
        svg,
        note: if left_out == 0 {
            String::new()
        } else {
            format!(
                "{} whose date is known to the year only, or that lie outside the series, are not drawn.",
                plural(left_out, "act")
            )
        },
    }
}

/// The events of a tally that belong to a class.
fn of_class(cx: &Context, tally: &Tally, class: QuadClass) -> Vec<EventIx> {
    let quad = cx.case.settings.measure.quad;
    let events = tally.events.iter().copied();
    events
        .filter(|&ix| quad.class(cx.case.chronicle[ix as usize].cameo) == class)
        .collect()
}

fn tomorrow(day: Date) -> Date {
    day.tomorrow().unwrap_or(day)
}

/// The level of a phase.
pub fn level_entry(cx: &Context, at: usize) -> Option<Entry> {
    let [a, b] = &cx.case.settings.partners;
    let found = &cx.analysis.phases;
    let p = found.phases.get(at)?;
    let level = p.level?;
    let label = format!(
        "Acts of {} and {} a month in phase {}, {} to {}",
        cx.case.short(a),
        cx.case.short(b),
        at + 1,
        show::month(p.from),
        show::month(p.to)
    );
    Some(
        Entry::new(
            format!("level.{a}-{b}.phase-{}", at + 1),
            label,
            show::decimal(level, 2),
            format!("{} acts / {} months", p.n, p.periods),
        )
        .interval(p.interval.filter(|i| i.high.is_finite()), |v| show::decimal(v, 2))
        .events(&p.events)
        .note("Acts known to the year only are in no month. The borders of the phase are taken as known for the interval."),
    )
}

/// A break of the series of counts.
pub fn break_entry(cx: &Context, at: usize, b: &PhaseBreak) -> Entry {
    let [x, y] = &cx.case.settings.partners;
    let found = &cx.analysis.phases;
    let e = &b.evidence;
    let penalty = found.by_family.first().map_or(0.0, |f| f.penalty);
    let ratio = match (e.ratio, e.ratio_interval) {
        (Some(r), Some(i)) if i.high.is_finite() => format!(
            " The level changes by a factor of {} ({}).",
            show::decimal(r, 1),
            interval_text(i, |v| show::decimal(v, 1))
        ),
        (Some(r), _) => format!(" The level changes by a factor of {}.", show::decimal(r, 1)),
        _ => String::new(),
    };
    let mut events: Vec<EventIx> = found.phases[at].events.clone();
    events.extend(&found.phases[at + 1].events);
    Entry::new(
        format!("break.{x}-{y}.{}", at + 1),
        format!(
            "Break {} in the monthly acts of {} and {}",
            at + 1,
            cx.case.short(x),
            cx.case.short(y)
        ),
        show::month(b.period.first()),
        format!(
            "exact PELT, {} likelihood, BIC penalty {} a break; strength 2ΔlogL = {}, p = {}",
            found.family.name(),
            show::decimal(penalty, 1),
            show::decimal(e.strength, 1),
            show::decimal(e.p_value, 3)
        ),
    )
    .interval_shown(format!(
        "95\u{a0}% interval {} to {}",
        show::month(b.between.0.first()),
        show::month(b.between.1.first())
    ))
    .events(&events)
    .note(format!(
        "Interval and p-value from a parametric bootstrap of the two phases beside the break.{ratio} Also found by: {}.",
        if b.also_found_by.is_empty() {
            "no other family".to_owned()
        } else {
            show::list(&b.also_found_by.iter().map(|f| f.name()).collect::<Vec<_>>())
        }
    ))
}

fn phases(cx: &mut Context) -> Vec<Block> {
    let found = cx.analysis.phases.clone();
    let (a, b) = partners(cx);
    if !found.enough {
        return vec![paragraph(vec![text(format!(
            "The monthly series of {a} and {b} is not searched for phases: too few events (n = {}, at least {} needed).",
            found.n, found.needed
        ))])];
    }
    if found.breaks.is_empty() {
        return vec![paragraph(vec![text(format!(
            "The monthly series of {a} and {b} has no break that is worth its penalty: its level may be the same throughout."
        ))])];
    }
    let mut blocks = Vec::new();
    let shares = cx.analysis.share_phases.clone();
    let followed = found.followed_by(&shares);
    for (i, brk) in found.breaks.iter().enumerate() {
        let date = cx.number(break_entry(cx, i, brk));
        let before = level_entry(cx, i).map(|e| cx.number(e));
        let after = level_entry(cx, i + 1).map(|e| cx.number(e));
        let mut spans = vec![
            strong(format!("Break {}: ", i + 1)),
            date,
            text(format!(
                " (interval {} to {}). ",
                show::month(brk.between.0.first()),
                show::month(brk.between.1.first())
            )),
        ];
        if let (Some(before), Some(after)) = (before, after) {
            spans.extend([
                text("The mean goes from "),
                before,
                text(" to "),
                after,
                text(" acts a month. "),
            ]);
        }
        spans.push(text(match followed[i] {
            Some(at) => {
                let s = &shares.breaks[at];
                format!(
                    "As a share of all acts of {a} the series breaks in the same direction, in {} (interval {} to {}).",
                    show::month(s.period.first()),
                    show::month(s.between.0.first()),
                    show::month(s.between.1.first())
                )
            }
            None => format!(
                "As a share of all acts of {a} the series has no such break: the change in the count may be one of coverage only."
            ),
        }));
        blocks.push(paragraph(spans));
    }
    blocks.push(Block::Table(families(cx)));
    blocks.push(note(
        "Phases rest on months, so acts known to the year only are left out. The phases were chosen from the same data that are then compared between them; the change in volume at a break is no independent test.",
    ));
    blocks
}

/// What each family of distributions finds.
fn families(cx: &mut Context) -> DocTable {
    let found = [&cx.analysis.phases, &cx.analysis.share_phases];
    let periods = cx.analysis.monthly.periods;
    let mut rows = Vec::new();
    for p in found {
        for f in &p.by_family {
            let dates: Vec<String> = f
                .breaks
                .iter()
                .map(|&at| periods.get(at).to_string())
                .collect();
            let levels: Vec<String> = f
                .levels
                .iter()
                .map(|&l| match p.quantity {
                    demarche_measure::Quantity::Share => show::percent(l),
                    demarche_measure::Quantity::Count => show::decimal(l, 2),
                })
                .collect();
            let used = f.family == p.family;
            rows.push(vec![
                vec![text(p.quantity.name())],
                vec![if used {
                    strong(f.family.name())
                } else {
                    text(f.family.name())
                }],
                vec![text(if dates.is_empty() {
                    "none".to_owned()
                } else {
                    dates.join(", ")
                })],
                vec![text(levels.join(" → "))],
            ]);
        }
    }
    DocTable {
        id: "breaks-by-family".to_owned(),
        caption: "Breaks found under each family of distributions; the one used stands out."
            .to_owned(),
        head: [
            "Series",
            "Family",
            "First month of each later phase",
            "Levels",
        ]
        .map(str::to_owned)
        .to_vec(),
        numeric: vec![false; 4],
        rows,
        note: "Counts are acts a month, shares are shares of all acts of the first partner."
            .to_owned(),
    }
}

fn indices(cx: &mut Context) -> Vec<Block> {
    let mut relationships = vec![cx.analysis.relationship().clone()];
    let by_phase: Vec<_> = cx.analysis.by_phase().cloned().collect();
    if by_phase.len() > 1 {
        relationships.extend(by_phase.iter().cloned());
    }
    let mut head = vec!["Index".to_owned(), "Whole time".to_owned()];
    head.extend(relationships[1..].iter().map(|r| r.span.name.clone()));
    let mut rows = Vec::new();
    for kind in SHOWN {
        let mut row = vec![vec![text(format!("{} ({})", kind.label(), kind.unit()))]];
        for rel in &relationships {
            row.push(index_cell(cx, rel, kind));
        }
        rows.push(row);
    }
    let mut blocks = vec![Block::Table(DocTable {
        id: "indices".to_owned(),
        caption: "Indices of the relationship, with 95 % bootstrap intervals in brackets."
            .to_owned(),
        numeric: std::iter::once(false)
            .chain(relationships.iter().map(|_| true))
            .collect(),
        head,
        rows,
        note: format!(
            "{} What each index means and how it is made: chapter on data and method.",
            by_phase
                .iter()
                .map(|r| format!("{}: {}.", r.span.name, span_text(&r.span)))
                .collect::<Vec<_>>()
                .join(" ")
        ),
    })];
    if let [.., before, after] = by_phase.as_slice() {
        let mut items: Vec<Vec<Span>> = Vec::new();
        for kind in &SHOWN[1..] {
            let d = difference(before.get(*kind), after.get(*kind));
            if matches!(d.change(), Change::Higher | Change::Lower) {
                let from = index_span(cx, before, *kind);
                let to = index_span(cx, after, *kind);
                items.push(vec![
                    text(format!("{} {} from ", kind.label(), moved(d.change()))),
                    from,
                    text(" to "),
                    to,
                    text(format!(" ({}).", difference_text(*kind, &d))),
                ]);
            }
        }
        let lead = format!("Between {} and {}", before.span.name, after.span.name);
        if items.is_empty() {
            blocks.push(paragraph(vec![text(format!(
                "{lead} no index of the quality of the relationship changes beyond its interval."
            ))]));
        } else {
            blocks.push(paragraph(vec![text(format!(
                "{lead} these changed beyond their intervals; the others did not:"
            ))]));
            blocks.push(Block::List { items });
        }
    }
    blocks
}

/// The periods that the case names, one a row.
fn named(cx: &mut Context) -> DocTable {
    const COLUMNS: [IndexKind; 6] = [
        IndexKind::Volume,
        IndexKind::Rate,
        IndexKind::Share,
        IndexKind::NetCooperation,
        IndexKind::Depth,
        IndexKind::Breadth,
    ];
    let relationships = cx.analysis.named.clone();
    let mut rows = Vec::new();
    for rel in &relationships {
        let mut row = vec![vec![
            strong(rel.span.name.clone()),
            text(format!(", {}", span_text(&rel.span))),
        ]];
        for kind in COLUMNS {
            row.push(index_cell(cx, rel, kind));
        }
        rows.push(row);
    }
    let mut head = vec!["Period".to_owned()];
    head.extend(
        COLUMNS
            .iter()
            .map(|k| format!("{} ({})", k.label(), k.unit())),
    );
    DocTable {
        id: "periods".to_owned(),
        caption: "The relationship in the periods that the case names, with 95 % intervals in brackets."
            .to_owned(),
        numeric: std::iter::once(false).chain(COLUMNS.iter().map(|_| true)).collect(),
        head,
        rows,
        note: "These periods were set beforehand, not found in the series. Rates grow with coverage. An act whose date is too coarse for a period is in none.".to_owned(),
    }
}

fn areas(cx: &mut Context) -> Figure {
    let (a, b) = partners(cx);
    let how = demarche_case::MeasureSettings {
        by: PeriodUnit::Year,
        ..cx.case.settings.measure.clone()
    };
    let series = Series::of(cx.case, &cx.analysis.acts, &how);
    let quad = how.quad;
    let year_of = |p: Period| p.first().year();
    let mut panels = Vec::new();
    for area in cx.case.settings.areas.clone() {
        let mut years = Vec::new();
        let mut all: Vec<EventIx> = Vec::new();
        for (period, tally) in series.periods.iter().zip(&series.counts) {
            let case = cx.case;
            let of_area = |ix: &&EventIx| case.chronicle[**ix as usize].area == area.id;
            let events: Vec<EventIx> = tally.events.iter().filter(of_area).copied().collect();
            if events.is_empty() {
                continue;
            }
            let cooperative = |ix: &&EventIx| {
                quad.class(case.chronicle[**ix as usize].cameo)
                    .is_cooperation()
            };
            let cooperation = events.iter().filter(cooperative).count();
            let evidence = cx.enter(count_entry(
                format!("area.{}.{}", area.id, period),
                format!("Acts of {a} and {b} in {}, {period}", area.name),
                &events,
            ));
            years.push(small_multiples::Year {
                year: year_of(period),
                value: cooperation as f64,
                conflict: (events.len() - cooperation) as f64,
                backing: Backing {
                    evidence: Some(evidence),
                    tooltip: format!("{}, {period}: {}", area.name, plural(events.len(), "act")),
                },
            });
            all.extend(events);
        }
        if all.is_empty() {
            continue;
        }
        let evidence = cx.enter(count_entry(
            format!("area.{}.all", area.id),
            format!("Acts of {a} and {b} in {}", area.name),
            &all,
        ));
        panels.push(small_multiples::Panel {
            name: area.name.clone(),
            n: all.len(),
            backing: Backing {
                evidence: Some(evidence),
                tooltip: format!("{}: {}", area.name, plural(all.len(), "act")),
            },
            years,
        });
    }
    panels.sort_by_key(|p| std::cmp::Reverse(p.n));
    let silent = cx.case.settings.areas.len() - panels.len();
    let settings = &cx.case.settings;
    let svg = small_multiples::draw(&small_multiples::Spec {
        title: format!("Acts of {a} and {b} by area and year"),
        unit: "acts per year".to_owned(),
        years: (settings.start.year(), settings.as_of.year()),
        look: small_multiples::Look::Bars,
        panels,
    });
    Figure {
        id: "areas".to_owned(),
        caption: format!("Acts of {a} and {b} by area and year, all panels on one scale."),
        alt: svg.description.clone(),
        svg,
        note: format!(
            "{} without any act {} left out. The last year ends on {}.",
            plural(silent, "area"),
            if silent == 1 { "is" } else { "are" },
            show::day(settings.as_of)
        ),
    }
}
