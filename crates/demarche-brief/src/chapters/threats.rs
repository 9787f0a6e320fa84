//! Shared threats: how alike two actors' conflicts with third parties are.

use demarche_measure::Similarity;

use super::common::{chart_value, ends, note, paragraph, slug, span_text};
use crate::chart::lines;
use crate::context::{Context, Entry, text, too_few};
use crate::document::{Block, Chapter, DocTable, Figure};
use crate::show;

/// Third parties named in the profile.
const NAMED: usize = 5;

/// The chapter.
pub fn chapter(cx: &mut Context) -> Option<Chapter> {
    let all = cx.analysis.similarity.clone();
    if all.is_empty() {
        return None;
    }
    let mut blocks = vec![paragraph(vec![text(
        "How far two actors direct their acts of conflict at the same third parties: the cosine of \
         their profiles is 1 where they do so in the same proportions, 0 where they have no third \
         party in common. Acts of conflict are mostly statements; they are a sign of shared threat, \
         not a measure of how it is perceived.",
    )])];
    let (enough, thin): (Vec<&Similarity>, Vec<&Similarity>) =
        all.iter().partition(|s| s.cosine.value.is_some());
    let mut rows = Vec::new();
    for s in &enough {
        let Some(entry) = entry(cx, s) else { continue };
        let mut value = vec![cx.number(entry)];
        value.extend(ends(s.cosine.interval, |v| show::decimal(v, 2)));
        let profile: Vec<String> = s
            .profile
            .iter()
            .take(NAMED)
            .map(|t| {
                format!(
                    "{} {}/{}",
                    cx.case.short(&t.actor),
                    show::decimal(t.a, 0),
                    show::decimal(t.b, 0)
                )
            })
            .collect();
        rows.push(vec![
            vec![text(format!(
                "{} and {}",
                cx.case.short(&s.a),
                cx.case.short(&s.b)
            ))],
            vec![text(span_text(&s.span))],
            value,
            vec![text(format!("{}/{}", s.n_a, s.n_b))],
            vec![text(profile.join(", "))],
        ]);
    }
    if rows.is_empty() {
        blocks.push(paragraph(vec![text(format!(
            "No pair has enough acts of conflict on both sides: {}.",
            too_few(&all[0].cosine)
        ))]));
    } else {
        blocks.push(Block::Table(DocTable {
            id: "similarity".to_owned(),
            caption: "Similarity of conflict profiles, with 95 % intervals.".to_owned(),
            head: [
                "Pair",
                "Time",
                "Cosine",
                "Acts of conflict",
                "Towards whom (acts of the first/second)",
            ]
            .map(str::to_owned)
            .to_vec(),
            numeric: vec![false, false, true, true, false],
            rows,
            note: "Acts of an actor against third parties; acts against it are not among them."
                .to_owned(),
        }));
    }
    if let Some(figure) = by_year(cx) {
        blocks.push(Block::Figure(figure));
    }
    if !thin.is_empty() {
        let mut pairs: Vec<String> = Vec::new();
        for s in thin.iter().filter(|s| s.span.name == "all") {
            pairs.push(format!(
                "{} and {} (n = {} and {})",
                cx.case.short(&s.a),
                cx.case.short(&s.b),
                s.n_a,
                s.n_b
            ));
        }
        if !pairs.is_empty() {
            blocks.push(note(format!(
                "Too few events over the whole time (at least {} acts of conflict needed on either side) for {}.{}",
                thin[0].cosine.needed,
                show::list(&pairs),
                cx.by_record(
                    " The chronicle records conflicts of the comparators only where they touch the partners.",
                    "",
                )
            )));
        }
    }
    Some(Chapter {
        id: "threats".to_owned(),
        title: "Shared threats".to_owned(),
        blocks,
    })
}

/// A similarity as an entry of the book.
pub fn entry(cx: &Context, s: &Similarity) -> Option<Entry> {
    let value = s.cosine.value?;
    let (a, b) = (cx.case.short(&s.a), cx.case.short(&s.b));
    Some(
        Entry::new(
            format!("similarity.{}-{}.{}", s.a, s.b, slug(&s.span.name)),
            format!(
                "Similarity of the conflict profiles of {a} and {b}, {}",
                span_text(&s.span)
            ),
            show::decimal(value, 2),
            "x·y / (|x| |y|), x and y the acts of conflict towards each third party",
        )
        .interval(s.cosine.interval, |v| show::decimal(v, 2))
        .events(&s.cosine.events)
        .note(format!(
            "{} acts of conflict of {a}, {} of {b}; {} third parties.",
            s.n_a,
            s.n_b,
            s.profile.len()
        )),
    )
}

/// The partners' similarity year by year, where at least two years have enough.
fn by_year(cx: &mut Context) -> Option<Figure> {
    let [a, b] = cx.case.settings.partners.clone();
    let years: Vec<Similarity> = cx
        .analysis
        .similarity_yearly
        .iter()
        .filter(|s| s.a == a && s.b == b)
        .cloned()
        .collect();
    if years.iter().filter(|s| s.cosine.value.is_some()).count() < 2 {
        return None;
    }
    let mut points = Vec::new();
    for s in &years {
        let evidence = entry(cx, s).map(|e| cx.enter(e));
        points.push((
            s.span.from.year(),
            chart_value(&s.cosine, evidence, |v| show::decimal(v, 2)),
        ));
    }
    let name = format!("{} and {}", cx.case.short(&a), cx.case.short(&b));
    let svg = lines::draw(&lines::Spec {
        title: format!("Similarity of the conflict profiles of {name}, by year"),
        unit: "cosine".to_owned(),
        domain: Some((0.0, 1.0)),
        reference: None,
        series: vec![lines::Series {
            name,
            highlight: true,
            points,
        }],
    });
    Some(Figure {
        id: "similarity-years".to_owned(),
        caption: "Similarity of the partners' conflict profiles by year; years with too few events are left open."
            .to_owned(),
        alt: svg.description.clone(),
        svg,
        note: String::new(),
    })
}
