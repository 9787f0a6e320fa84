//! Who moves first: which acts precede which, among the partners and third actors.

use demarche_case::Case;
use demarche_measure::EventIx;
use demarche_respond::triangle::{Dyad, Response, Verdict};
use demarche_respond::triangles::{CaseTriangle, link_name, verdict_name};

use super::common::{heading, note, paragraph};
use crate::chart::{Backing, Svg, matrix};
use crate::context::{Context, Entry, text};
use crate::document::{Block, Chapter, DocTable, Figure, Span};
use crate::show;

/// The chapter.
pub fn chapter(cx: &mut Context) -> Option<Chapter> {
    let responses = cx.responses?;
    if responses.triangles.is_empty() {
        return None;
    }
    let mut blocks = vec![paragraph(vec![text(
        "Does one actor answer the other, do both answer a third, and in kind or inversely? Each \
         series of who does what to whom, cooperation less conflict, is explained by the past of \
         all six series of a triangle of actors. Thirty tests are made of each triangle; p-values \
         are adjusted for that, and held against permuted dates and against dyads that have no tie \
         with the triangle. To precede is not to cause: two that follow the same calendar of \
         summits will seem to answer each other.",
    )])];
    for t in &responses.triangles {
        blocks.push(heading(&title(cx.case, t)));
        match &t.result {
            Err(error) => blocks.push(paragraph(vec![text(format!("No figures: {error}."))])),
            Ok(found) => {
                blocks.push(paragraph(vec![text(found.sentence.clone())]));
                let known = |r: &&Response| r.verdict != Verdict::TooFew;
                if found.responses.iter().any(|r| known(&r)) {
                    blocks.push(Block::Figure(figure(cx, t)));
                }
                let told: Vec<&Response> = found
                    .responses
                    .iter()
                    .filter(known)
                    .filter(|r| r.verdict != Verdict::None)
                    .collect();
                if !told.is_empty() {
                    blocks.push(Block::Table(table(cx, t, &told)));
                }
            }
        }
    }
    if responses
        .triangles
        .iter()
        .any(|t| t.result.as_ref().is_ok_and(|t| t.explained < 300))
    {
        blocks.push(note(cx.by_record(
            "A chronicle gathered by hand has few acts a month, and who is written about sets what \
             is seen. Read this chapter for what it rules out more than for what it finds; dense \
             event data (demarche data add, then --events store --by week) can say more.",
            "Machine-coded events follow the press: two dyads that are written about in the same \
             weeks seem to answer each other.",
        )));
    }
    Some(Chapter {
        id: "leads".to_owned(),
        title: "Who moves first".to_owned(),
        blocks,
    })
}

fn title(case: &Case, t: &CaseTriangle) -> String {
    let names: Vec<&str> = t.actors.iter().map(|code| case.short(code)).collect();
    show::list(&names)
}

fn id(t: &CaseTriangle) -> String {
    t.actors.join("-")
}

/// A test as an entry of the book.
fn entry(case: &Case, t: &CaseTriangle, r: &Response) -> Option<Entry> {
    let sum = r.sum?;
    let name = |dyad: Dyad| {
        let (source, target) = dyad.ends();
        format!("{}-{}", t.actors[source], t.actors[target])
    };
    let lags = r.coefficients.len();
    let events: Vec<EventIx> = t.events(r.response, r.cause);
    Some(
        Entry::new(
            format!("lead.{}.{}.{}", id(t), name(r.response), name(r.cause)),
            format!(
                "Acts {} after acts {}, by {}",
                t.dyad_name(case, r.response),
                t.dyad_name(case, r.cause),
                t.periods.unit()
            ),
            show::decimal(sum, 2),
            format!(
                "sum of the coefficients of {lags} lag{} in a regression on the lags of all six series, Newey–West errors",
                if lags == 1 { "" } else { "s" }
            ),
        )
        .interval(r.interval, |v| show::decimal(v, 2))
        .events(&events)
        .note(r.sentence.clone()),
    )
}

/// The six dyads against each other.
pub fn picture(
    case: &Case,
    t: &CaseTriangle,
    open: impl Fn(&Response) -> Option<String>,
) -> Option<Svg> {
    let found = t.result.as_ref().ok()?;
    let cells = Dyad::ALL
        .iter()
        .map(|&response| {
            Dyad::ALL
                .iter()
                .map(|&cause| {
                    let Some(r) = found.response(response, cause) else {
                        return matrix::Cell {
                            shown: "own past".to_owned(),
                            ..matrix::Cell::default()
                        };
                    };
                    let tooltip = r.sentence.clone();
                    matrix::Cell {
                        value: r.sum.map(f64::abs),
                        shown: match r.sum {
                            Some(sum) => show::decimal(sum, 2),
                            None => "too few".to_owned(),
                        },
                        interval: r.interval.map_or(String::new(), |i| {
                            format!(
                                "{} to {}",
                                show::decimal(i.low, 1),
                                show::decimal(i.high, 1)
                            )
                        }),
                        sure: r.verdict.holds(),
                        backing: match open(r) {
                            Some(evidence) => Backing::new(evidence, tooltip),
                            None => Backing::note(tooltip),
                        },
                    }
                })
                .collect()
        })
        .collect();
    let names: Vec<String> = Dyad::ALL.iter().map(|&d| t.dyad_name(case, d)).collect();
    Some(matrix::draw(&matrix::Spec {
        title: format!("Who answers whom: {}", title(case, t)),
        unit: "sum of the lag coefficients: above zero in kind, below zero inverse".to_owned(),
        rows_are: "acts that follow".to_owned(),
        columns_are: "acts that precede".to_owned(),
        rows: names.clone(),
        columns: names,
        cells,
    }))
}

fn figure(cx: &mut Context, t: &CaseTriangle) -> Figure {
    let mut entered: Vec<(Dyad, Dyad, String)> = Vec::new();
    if let Ok(found) = &t.result {
        for r in &found.responses {
            if let Some(e) = entry(cx.case, t, r) {
                entered.push((r.response, r.cause, cx.enter(e)));
            }
        }
    }
    let svg = picture(cx.case, t, |r| {
        let entry = entered.iter().find(|e| (e.0, e.1) == (r.response, r.cause));
        entry.map(|e| e.2.clone())
    })
    .expect("the triangle has figures");
    Figure {
        id: format!("leads-{}", id(t).to_lowercase()),
        caption: format!(
            "{}: how far acts in the rows follow acts in the columns, by {}.",
            title(cx.case, t),
            t.periods.unit()
        ),
        alt: svg.description.clone(),
        svg,
        note: "Framed cells pass the test, adjusted for all thirty, and the permuted dates."
            .to_owned(),
    }
}

fn table(cx: &mut Context, t: &CaseTriangle, told: &[&Response]) -> DocTable {
    let p = |v: Option<f64>| match v {
        Some(v) if v < 0.001 => "< 0.001".to_owned(),
        Some(v) => show::decimal(v, 3),
        None => "–".to_owned(),
    };
    let rows = told
        .iter()
        .map(|r| {
            let mut value: Vec<Span> = match entry(cx.case, t, r) {
                Some(e) => vec![cx.number(e)],
                None => vec![text("–")],
            };
            if let Some(i) = r.interval {
                let (low, high) = (show::decimal(i.low, 2), show::decimal(i.high, 2));
                value.push(text(format!(" [{low}; {high}]")));
            }
            vec![
                vec![text(t.dyad_name(cx.case, r.response))],
                vec![text(t.dyad_name(cx.case, r.cause))],
                vec![text(link_name(r.link))],
                value,
                vec![text(p(r.wald.map(|w| w.adjusted.bh)))],
                vec![text(p(r.permuted.map(|p| p.p)))],
                vec![text(r.placebos.as_ref().map_or("–".to_owned(), |p| {
                    format!("{} of {}", p.as_strong.len(), p.tried.len())
                }))],
                vec![text(verdict_name(r.verdict))],
            ]
        })
        .collect();
    DocTable {
        id: format!("leads-table-{}", id(t).to_lowercase()),
        caption: format!("{}: what was found.", title(cx.case, t)),
        head: [
            "Acts",
            "after acts",
            "Link",
            "Sum [95 %]",
            "p, adjusted",
            "p, permuted dates",
            "Placebos as strong",
            "Found",
        ]
        .map(str::to_owned)
        .to_vec(),
        numeric: vec![false, false, false, true, true, true, true, false],
        rows,
        note: "Pairs without any sign are left out; tables/triangles.csv holds all. p adjusted after Benjamini and Hochberg. Where the two tests disagree, nothing is claimed."
            .to_owned(),
    }
}
