//! Two sources side by side: what the chronicle and machine-coded events tell of the two partners.

use demarche_case::{Case, MeasureSettings, NamedPeriod};
use demarche_events::{Date, Period, PeriodUnit};
use demarche_measure::{
    Analysis, Change, Difference, Estimate, EventIx, IndexKind, Relationship, Selection, Series,
    difference, relationship, relationships, spearman, too_few,
};
use demarche_table::{Cell, Kind, Table};

use super::common::{
    bracket, chart_value, heading, note, paragraph, plural, show_index, span_text,
};
use super::relationship::partners;
use crate::chart::lines;
use crate::context::{Context, Entry, text};
use crate::document::{Block, Chapter, DocTable, Figure, Span};
use crate::record::Second;
use crate::show;

/// The indices that are compared.
const COMPARED: [IndexKind; 5] = [
    IndexKind::Share,
    IndexKind::NetCooperation,
    IndexKind::GoldsteinMean,
    IndexKind::Reciprocity,
    IndexKind::ReciprocityOneSided,
];

/// Quarters that the table of the brief shows; the file holds all.
const QUARTERS: usize = 12;

/// The chapter.
pub fn chapter(cx: &mut Context) -> Option<Chapter> {
    let second = cx.second?;
    let chapter = |blocks| {
        Some(Chapter {
            id: "two-sources".to_owned(),
            title: "Two sources side by side".to_owned(),
            blocks,
        })
    };
    let (a, b) = partners(cx);
    let name = &second.beside.name;
    let mut blocks = vec![paragraph(vec![text(format!(
        "The rest of this brief rests on the chronicle. Here the same measures are taken of the acts of {a} and {b} in {name}. {}",
        second.beside.description
    ))])];
    let Some(span) = second.span.clone() else {
        blocks.push(paragraph(vec![text(format!(
            "{name} covers no part of the time of the case, so there is nothing to compare."
        ))]));
        return chapter(blocks);
    };
    let [p, q] = cx.case.settings.partners.clone();
    let how = cx.case.settings.measure.clone();
    let own = relationship(cx.case, &p, &q, &how, &span);
    let other = relationship(&second.case, &p, &q, &how, &span);
    blocks.push(counts(cx, second, &own, &other));
    blocks.push(Block::Figure(by_year(cx, second, &span)));
    blocks.push(heading("Quarter by quarter"));
    blocks.push(Block::Table(by_quarter(cx, second)));
    blocks.push(heading("What the two say of the relationship"));
    blocks.push(Block::Table(indices(cx, second, &own, &other)));
    blocks.push(paragraph(verdicts(cx, &own, &other)));
    blocks.push(heading("Do they move together?"));
    blocks.push(paragraph(together(cx, second, &span)));
    blocks.push(note(format!(
        "Why they differ: the chronicle was chosen by hand, holds one row for an act, and counts a joint act in both directions. {name} is coded by machine from what the press writes: one act can come back in several reports, a visit is written once for the host and once for the guest, a body counts only where it is named as an organisation, and codes and actors can be wrong. Agreement of the two does not make either right; where they differ, open the events behind the figures."
    )));
    chapter(blocks)
}

/// How many acts both hold, and what they are a part of.
fn counts(cx: &mut Context, second: &Second, own: &Relationship, other: &Relationship) -> Block {
    let (a, b) = partners(cx);
    let span = &own.span;
    let name = second.beside.name.clone();
    let first = index(cx, second, own, IndexKind::Volume, false);
    let there = index(cx, second, other, IndexKind::Volume, true);
    let (first, there) = (
        cx.number(first.expect("a count")),
        cx.number(there.expect("a count")),
    );
    let all: u64 = totals(second, span.from, span.to);
    let mut spans = vec![
        text(format!(
            "Both cover {}. In that time the chronicle holds ",
            span_text(span)
        )),
        first,
        text(format!(" of {a} and {b}, {name} ")),
        there,
    ];
    let n = other.get(IndexKind::Volume).n as f64;
    if all > 0 {
        let entry = Entry::new(
            "two.per-100000.store",
            format!("Acts of {a} and {b} per 100,000 events of {name}, {}", span_text(span)),
            show::decimal(n / all as f64 * 1e5, 1),
            format!("100,000 × {n} acts / {} events read of that time", show::count(all as usize)),
        )
        .events(&second.positions(cx.case.chronicle.len(), &other.get(IndexKind::Volume).events))
        .note("The denominator is all that was read of the source, between whomever, duplicates left out.");
        let shown = cx.number(entry);
        spans.extend([
            text(", or "),
            shown,
            text(format!(
                " in 100,000 of all its {} events",
                show::count(all as usize)
            )),
        ]);
    }
    spans.push(text(format!(
        ". Counts follow coverage, which differs between the two and grows over time; below, therefore, acts stand as shares of all acts of {a} towards actors of the case in the same source and the same time."
    )));
    paragraph(spans)
}

/// All events of the source in months that begin within some days.
fn totals(second: &Second, from: Date, to: Date) -> u64 {
    let months = second.beside.denominators.iter();
    let last = |day: Date| Period::of(day, PeriodUnit::Month).last();
    months
        .filter(|d| last(d.0) >= from && d.0 <= to)
        .map(|d| d.1)
        .sum()
}

/// An index of one of the sources as an entry of the book.
fn index(
    cx: &Context,
    second: &Second,
    rel: &Relationship,
    kind: IndexKind,
    store: bool,
) -> Option<Entry> {
    let estimate = rel.get(kind);
    let value = estimate.value?;
    let (a, b) = (cx.case.short(&rel.actor), cx.case.short(&rel.partner));
    let source = if store {
        second.beside.name.as_str()
    } else {
        "the chronicle"
    };
    let shown = if kind == IndexKind::Volume {
        plural(value as usize, "act")
    } else {
        show_index(kind, value)
    };
    let events = if store {
        second.positions(cx.case.chronicle.len(), &estimate.events)
    } else {
        estimate.events.clone()
    };
    Some(
        Entry::new(
            format!(
                "two.{}.{}.{}",
                kind.name(),
                side(store),
                super::common::slug(&rel.span.name)
            ),
            format!(
                "{} of {a} and {b} in {source}, {}",
                kind.label(),
                span_text(&rel.span)
            ),
            shown,
            kind.formula(),
        )
        .interval(estimate.interval, |v| show_index(kind, v))
        .events(&events)
        .note(format!(
            "n = {} {}. Interval: {}.",
            estimate.n,
            kind.observations(),
            kind.interval_method()
        )),
    )
}

fn side(store: bool) -> &'static str {
    if store { "store" } else { "chronicle" }
}

/// The share of the partner in all acts of the first, year by year, with intervals.
fn by_year(cx: &mut Context, second: &Second, span: &NamedPeriod) -> Figure {
    let (a, b) = partners(cx);
    let [p, q] = cx.case.settings.partners.clone();
    let how = cx.case.settings.measure.clone();
    let years: Vec<NamedPeriod> = demarche_measure::calendar_years(cx.case)
        .into_iter()
        .filter(|y| span.from <= y.to && y.from <= span.to)
        .map(|y| NamedPeriod {
            from: y.from.max(span.from),
            to: y.to.min(span.to),
            ..y
        })
        .collect();
    let mut series = Vec::new();
    for store in [false, true] {
        let case = if store { &second.case } else { cx.case };
        let mut points = Vec::new();
        for rel in relationships(case, &p, &q, &how, &years) {
            let entry = index(cx, second, &rel, IndexKind::Share, store);
            let evidence = entry.map(|e| cx.enter(e));
            let estimate = rel.get(IndexKind::Share);
            points.push((
                rel.span.from.year(),
                chart_value(estimate, evidence, show::percent),
            ));
        }
        // The axis counts in per cent.
        for (_, value) in &mut points {
            value.value = value.value.map(|v| v * 100.0);
            value.interval = value.interval.map(|(l, h)| (l * 100.0, h * 100.0));
        }
        series.push(lines::Series {
            name: if store {
                second.beside.name.clone()
            } else {
                "chronicle".to_owned()
            },
            highlight: !store,
            points,
        });
    }
    let svg = lines::draw(&lines::Spec {
        title: format!("Share of {b} in the acts of {a}, by source"),
        unit: format!("% of all acts of {a} towards actors of the case"),
        domain: None,
        reference: None,
        series,
    });
    Figure {
        id: "two-sources".to_owned(),
        caption: format!(
            "Acts with {b} as a share of all acts of {a} in the same source, by year, with 95 % intervals."
        ),
        alt: svg.description.clone(),
        svg,
        note: "Years with fewer acts than a figure needs are left open.".to_owned(),
    }
}

/// One source's acts of the two and of the first partner, by quarter.
struct Quarters {
    dyad: Series,
    all: Vec<usize>,
}

impl Quarters {
    fn of(case: &Case, acts: &Selection) -> Self {
        let [p, _] = &case.settings.partners;
        let how = MeasureSettings {
            by: PeriodUnit::Quarter,
            ..case.settings.measure.clone()
        };
        Self {
            dyad: Series::of(case, acts, &how),
            all: Series::of(case, &Selection::of(case, p, how.body), &how).total(),
        }
    }

    fn share(&self, at: usize) -> Option<f64> {
        let n = self.dyad.counts[at].total();
        // Acts between members that stand for the first actor are not among all of its acts.
        let all = self.all[at].max(n);
        (all > 0).then(|| n as f64 / all as f64)
    }
}

fn by_quarter(cx: &mut Context, second: &Second) -> DocTable {
    let (a, b) = partners(cx);
    let span = second.span.clone().expect("there is a common time");
    let both = [
        Quarters::of(cx.case, &cx.analysis.acts),
        Quarters::of(&second.case, &second.acts),
    ];
    let periods = both[0].dyad.periods;
    let within: Vec<usize> = (0..periods.len())
        .filter(|&i| periods.get(i).last() >= span.from && periods.get(i).first() <= span.to)
        .collect();
    let mut rows = Vec::new();
    for &at in within.iter().rev().take(QUARTERS).rev() {
        let period = periods.get(at);
        let mut row = vec![vec![text(period.to_string())]];
        for (quarters, store) in both.iter().zip([false, true]) {
            let tally = &quarters.dyad.counts[at];
            let events: Vec<EventIx> = if store {
                second.positions(cx.case.chronicle.len(), &tally.events)
            } else {
                tally.events.clone()
            };
            let n = tally.total();
            let source = if store {
                second.beside.name.clone()
            } else {
                "the chronicle".to_owned()
            };
            let shown = match quarters.share(at) {
                Some(share) => show::percent(share),
                None => "no act".to_owned(),
            };
            let entry = Entry::new(
                format!("two.quarter.{}.{period}", side(store)),
                format!("Share of {b} in the acts of {a} in {source}, {period}"),
                shown,
                format!(
                    "{n} acts of {a} and {b} / {} acts of {a} of that quarter",
                    quarters.all[at].max(n)
                ),
            )
            .events(&events);
            row.push(vec![text(show::count(n))]);
            row.push(vec![text(show::count(quarters.all[at].max(n)))]);
            row.push(vec![cx.number(entry)]);
        }
        let all = totals(second, period.first(), period.last());
        row.push(vec![text(show::count(all as usize))]);
        rows.push(row);
    }
    let name = &second.beside.name;
    DocTable {
        id: "two-sources-quarters".to_owned(),
        caption: format!(
            "Acts of {a} and {b}, all acts of {a}, and the one as a share of the other, in both sources."
        ),
        head: vec![
            "Quarter".to_owned(),
            "Chronicle: acts".to_owned(),
            format!("of all of {a}"),
            "share".to_owned(),
            format!("{name}: acts"),
            format!("of all of {a}"),
            "share".to_owned(),
            format!("{name}: all events"),
        ],
        numeric: (0..8).map(|i| i > 0).collect(),
        rows,
        note: format!(
            "{}Shares of one quarter rest on few acts and have wide intervals; do not read single quarters. A joint act counts once.",
            if within.len() > QUARTERS {
                format!(
                    "The last {QUARTERS} quarters that both cover; tables/two_sources.csv holds all. "
                )
            } else {
                String::new()
            }
        ),
    }
}

/// All quarters of both sources as a table named `two_sources`.
pub fn table(case: &Case, analysis: &Analysis, second: &Second) -> Table {
    let mut table = Table::new(
        "two_sources",
        "Acts of the two partners by quarter, in the chronicle and in the source beside it.",
    )
    .column(
        "source",
        Kind::Text,
        "",
        "The chronicle, or the name of the other source.",
    )
    .column("period", Kind::Text, "", "The quarter.")
    .column("from", Kind::Date, "", "Its first day.")
    .column("to", Kind::Date, "", "Its last day.")
    .column(
        "common",
        Kind::Bool,
        "",
        "Does it lie, at least in part, in the time that both sources cover?",
    )
    .column(
        "acts",
        Kind::Integer,
        "acts",
        "Acts between the two partners, in either direction, a joint act once.",
    )
    .column(
        "acts_of_first",
        Kind::Integer,
        "acts",
        "All acts of the first partner with actors of the case.",
    )
    .column(
        "share",
        Kind::Float,
        "share",
        "The one over the other; missing where there is no act.",
    )
    .column(
        "events_read",
        Kind::Integer,
        "events",
        "All events of the source in the quarter, between whomever; missing for the chronicle.",
    )
    .column(
        "per_100000",
        Kind::Float,
        "acts per 100,000 events",
        "Acts between the two over all events of the source.",
    );
    let both = [
        ("chronicle", Quarters::of(case, &analysis.acts)),
        (
            second.beside.name.as_str(),
            Quarters::of(&second.case, &second.acts),
        ),
    ];
    for (at, (source, quarters)) in both.iter().enumerate() {
        let periods = quarters.dyad.periods;
        for i in 0..periods.len() {
            let period = periods.get(i);
            let n = quarters.dyad.counts[i].total();
            let all = (at == 1).then(|| totals(second, period.first(), period.last()));
            let common = |s: &NamedPeriod| period.last() >= s.from && period.first() <= s.to;
            let per = all.filter(|&t| t > 0).map(|t| n as f64 / t as f64 * 1e5);
            table.push(vec![
                (*source).into(),
                period.to_string().into(),
                period.first().into(),
                period.last().into(),
                second.span.as_ref().is_some_and(common).into(),
                n.into(),
                quarters.all[i].max(n).into(),
                quarters.share(i).into(),
                all.map(|t| i64::try_from(t).expect("counts fit"))
                    .map_or(Cell::Missing, Cell::from),
                per.into(),
            ]);
        }
    }
    table
}

fn indices(
    cx: &mut Context,
    second: &Second,
    own: &Relationship,
    other: &Relationship,
) -> DocTable {
    let mut rows = Vec::new();
    for kind in COMPARED {
        let mut row = vec![vec![text(format!("{} ({})", kind.label(), kind.unit()))]];
        for (rel, store) in [(own, false), (other, true)] {
            row.push(match index(cx, second, rel, kind, store) {
                Some(entry) => {
                    let shown = cx.number(entry);
                    let ends = super::common::ends(rel.get(kind).interval, |v| show_index(kind, v));
                    std::iter::once(shown).chain(ends).collect()
                }
                None => vec![text(super::common::none_shown(rel, kind))],
            });
        }
        let d = difference(own.get(kind), other.get(kind));
        row.push(vec![text(match (d.value, d.interval) {
            (Some(v), Some(i)) => format!(
                "{} [{}; {}]",
                points(kind, v),
                points(kind, i.low),
                points(kind, i.high)
            ),
            _ => "–".to_owned(),
        })]);
        row.push(vec![text(match d.change() {
            Change::Higher => "higher in the second",
            Change::Lower => "lower in the second",
            Change::Unclear => "no difference told",
            Change::TooFew => "too few",
        })]);
        rows.push(row);
    }
    DocTable {
        id: "two-sources-indices".to_owned(),
        caption: format!(
            "The same indices from both sources, {}, with 95 % intervals in brackets.",
            span_text(&own.span)
        ),
        head: vec![
            "Index".to_owned(),
            "Chronicle".to_owned(),
            second.beside.name.clone(),
            "Difference".to_owned(),
            "Told apart?".to_owned(),
        ],
        numeric: vec![false, true, true, true, false],
        rows,
        note: "Net cooperation is 2 × the share of cooperation − 1. Differences of shares in percentage points. The interval of a difference takes the two sources as independent; where both record the same acts it is wider than it need be. No correction is made for the number of comparisons.".to_owned(),
    }
}

/// A difference as it is shown; of shares in percentage points.
fn points(kind: IndexKind, value: f64) -> String {
    if kind == IndexKind::Share {
        show::decimal(value * 100.0, 1)
    } else {
        show_index(kind, value)
    }
}

/// What the intervals allow to be said.
fn verdicts(cx: &Context, own: &Relationship, other: &Relationship) -> Vec<Span> {
    let changes: Vec<(IndexKind, Difference)> = COMPARED
        .iter()
        .map(|&k| (k, difference(own.get(k), other.get(k))))
        .collect();
    let name = cx.second.map_or("", |s| s.beside.name.as_str());
    let named = |wanted: &[Change]| -> Vec<String> {
        let of = changes.iter().filter(|(_, d)| wanted.contains(&d.change()));
        of.map(|(k, _)| in_prose(*k)).collect()
    };
    let mut sentences = Vec::new();
    for (change, word) in [(Change::Higher, "higher"), (Change::Lower, "lower")] {
        let kinds = named(&[change]);
        if !kinds.is_empty() {
            sentences.push(format!(
                "In {name} {} {} {word} than in the chronicle, beyond the intervals.",
                show::list(&kinds),
                if kinds.len() == 1 { "is" } else { "are" }
            ));
        }
    }
    let unclear = named(&[Change::Unclear]);
    if !unclear.is_empty() {
        sentences.push(format!(
            "For {} the intervals do not tell the two sources apart, which is not to say that they agree.",
            show::list(&unclear)
        ));
    }
    let few = named(&[Change::TooFew]);
    if !few.is_empty() {
        sentences.push(format!(
            "For {} one of the two has too few acts to compare.",
            show::list(&few)
        ));
    }
    let net = [own, other].map(|r| r.get(IndexKind::NetCooperation).interval);
    if let [Some(x), Some(y)] = net {
        if x.low > 0.0 && y.low > 0.0 {
            sentences.push("Both show more cooperation than conflict.".to_owned());
        } else if (x.low > 0.0 && y.high < 0.0) || (x.high < 0.0 && y.low > 0.0) {
            sentences.push(
                "One shows more cooperation than conflict, the other more conflict.".to_owned(),
            );
        }
    }
    vec![text(sentences.join(" "))]
}

/// The name of an index within a sentence.
fn in_prose(kind: IndexKind) -> String {
    match kind {
        IndexKind::GoldsteinMean => "the Goldstein mean".to_owned(),
        IndexKind::Share => "the share of all acts".to_owned(),
        IndexKind::ReciprocityOneSided => "reciprocity of one-sided acts".to_owned(),
        _ => kind.label().to_lowercase(),
    }
}

/// How the months of the two go together.
fn together(cx: &mut Context, second: &Second, span: &NamedPeriod) -> Vec<Span> {
    let (a, b) = partners(cx);
    let how = MeasureSettings {
        by: PeriodUnit::Month,
        ..cx.case.settings.measure.clone()
    };
    let [p, _] = cx.case.settings.partners.clone();
    let monthly = |case: &Case, acts: &Selection| -> (Series, Vec<usize>) {
        let all = Series::of(case, &Selection::of(case, &p, how.body), &how);
        (Series::of(case, acts, &how), all.total())
    };
    let (own, own_all) = monthly(cx.case, &cx.analysis.acts);
    let (other, other_all) = monthly(&second.case, &second.acts);
    let months: Vec<usize> = (0..own.periods.len())
        .filter(|&i| {
            own.periods.get(i).first() >= span.from && own.periods.get(i).last() <= span.to
        })
        .collect();
    let counts =
        |s: &Series| -> Vec<f64> { months.iter().map(|&i| s.counts[i].total() as f64).collect() };
    let raw = spearman(&counts(&own), &counts(&other), &how, "two.counts");
    // A share needs an act of the first partner in both.
    let shared: Vec<usize> = months
        .iter()
        .copied()
        .filter(|&i| own_all[i] > 0 && other_all[i] > 0)
        .collect();
    let shares = |s: &Series, all: &[usize]| -> Vec<f64> {
        let share =
            |&i: &usize| s.counts[i].total() as f64 / all[i].max(s.counts[i].total()) as f64;
        shared.iter().map(share).collect()
    };
    let part = spearman(
        &shares(&own, &own_all),
        &shares(&other, &other_all),
        &how,
        "two.shares",
    );
    let first = cx.case.chronicle.len();
    let mut events: Vec<EventIx> = Vec::new();
    for &i in &months {
        events.extend(&own.counts[i].events);
        events.extend(second.positions(first, &other.counts[i].events));
    }
    let mut spans = told(
        cx,
        &raw,
        &events,
        "counts",
        &format!("the monthly counts of acts of {a} and {b}"),
    );
    spans.push(text(" "));
    spans.extend(told(
        cx,
        &part,
        &events,
        "shares",
        &format!("their monthly shares in all acts of {a} (free of what coverage does to counts)"),
    ));
    spans
}

/// A rank correlation in a sentence that says no more than its interval.
fn told(cx: &mut Context, rho: &Estimate, events: &[EventIx], id: &str, what: &str) -> Vec<Span> {
    let Some(value) = rho.value else {
        let why = if rho.n < rho.needed {
            too_few(rho, "months")
        } else {
            "one of the two series does not vary".to_owned()
        };
        return vec![text(format!(
            "The rank correlation of {what} is not given: {why}."
        ))];
    };
    let shown = |v: f64| show::decimal(v, 2);
    let entry = Entry::new(
        format!("two.spearman.{id}"),
        format!("Rank correlation of {what} in the two sources"),
        shown(value),
        "Spearman's ρ: the correlation of the ranks of the months, equal ones sharing the mean of their ranks",
    )
    .interval(rho.interval, shown)
    .events(events)
    .note(format!(
        "n = {} months. Interval: percentile bootstrap over circular blocks of ⌈n^⅓⌉ months, since neighbouring months are alike. Reference: Spearman 1904, American Journal of Psychology 15(1); Politis and Romano 1992.",
        rho.n
    ));
    let number = cx.number(entry);
    let says = match rho.interval {
        Some(i) if i.low > 0.0 => "months that rank high in one tend to rank high in the other",
        Some(i) if i.high < 0.0 => "months that rank high in one tend to rank low in the other",
        _ => "the interval holds zero or is not known, so no tie between the two is told",
    };
    vec![
        text(format!("The rank correlation of {what} is ")),
        number,
        text(format!(
            "{} over {} months: {says}.",
            bracket(rho.interval, shown),
            rho.n
        )),
    ]
}
