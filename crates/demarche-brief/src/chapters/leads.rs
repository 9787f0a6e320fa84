//! Who moves first: which acts precede which, among the partners and third actors.

use demarche_case::Case;
use demarche_measure::EventIx;
use demarche_respond::dense::{CaseVar, HORIZON};
use demarche_respond::triangle::{Dyad, Response, Verdict};
use demarche_respond::triangles::{CaseTriangle, link_name, verdict_name};

use super::common::{heading, note, paragraph};
use crate::chart::{Backing, Svg, curves, matrix};
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
    for v in &responses.vars {
        blocks.extend(autoregression(cx, v));
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

/// The dyads of a dense triangle as one system.
fn autoregression(cx: &mut Context, v: &CaseVar) -> Vec<Block> {
    let names: Vec<&str> = v.actors.iter().map(|code| cx.case.short(code)).collect();
    let dyad = |k: usize| format!("{}–{}", names[v.dyads[k].0], names[v.dyads[k].1]);
    let key = v.actors.join("-");
    let mut blocks = vec![heading(&format!(
        "{}: the three dyads as one system",
        show::list(&names)
    ))];
    let found = match &v.result {
        Ok(found) => found,
        Err(error) => {
            blocks.push(paragraph(vec![text(format!("No figures: {error}."))]));
            return blocks;
        }
    };
    blocks.push(paragraph(vec![text(format!(
        "Events are dense enough, at least one a {unit} in each dyad, for a vector autoregression of the three series over {} {unit}s: {} lag{} after Schwarz (Akaike would take {}, Hannan and Quinn {}). The largest root is {}{}. {}",
        v.periods,
        found.lags,
        if found.lags == 1 { "" } else { "s" },
        found.other_lags[0],
        found.other_lags[1],
        show::decimal(found.largest_root, 2),
        if found.largest_root < 1.0 { ", so that shocks die out" } else { ": the system is not stable" },
        match found.serial_p {
            Some(p) if p < 0.05 => "Its residuals are still correlated over time (Breusch–Godfrey), so the p-values are rough.",
            Some(_) => "Its residuals show no correlation over time (Breusch–Godfrey).",
            None => "",
        },
        unit = v.by,
    ))]));
    let mut rows = Vec::new();
    for cause in 0..3 {
        for effect in 0..3 {
            let Some(p) = found.granger[cause][effect] else {
                continue;
            };
            let mut events: Vec<EventIx> = v.events[cause].clone();
            events.extend(&v.events[effect]);
            let entry = Entry::new(
                format!("var.{key}.{}.{}", cause + 1, effect + 1),
                format!(
                    "Share of what cannot be foretold of {} that goes back to {}",
                    dyad(effect),
                    dyad(cause)
                ),
                show::percent(found.shares[effect][cause]),
                format!(
                    "forecast error variance decomposition after {HORIZON} {}s, Cholesky order as listed",
                    v.by
                ),
            )
            .events(&events)
            .note(format!("Granger test, adjusted: p {}.", show_p(p)));
            rows.push(vec![
                vec![text(dyad(cause))],
                vec![text(dyad(effect))],
                vec![text(show_p(p))],
                vec![cx.number(entry)],
            ]);
        }
    }
    blocks.push(Block::Table(DocTable {
        id: format!("var-{}", key.to_lowercase()),
        caption: "Does the one help to foretell the other?".to_owned(),
        head: ["Dyad", "foretells", "p (Granger), adjusted", "Share of its error"]
            .map(str::to_owned)
            .to_vec(),
        numeric: vec![false, false, true, true],
        rows,
        note: "p adjusted for the six tests (Benjamini–Hochberg). Shares of the forecast error hang on the order of the dyads, which is that of the list."
            .to_owned(),
    }));
    let curve = |cause: usize| curves::Curve {
        name: format!("after {}", dyad(cause)),
        highlight: cause == 2,
        dots: false,
        points: found.responses[0][cause]
            .iter()
            .enumerate()
            .map(|(step, &(y, low, high))| curves::Point {
                x: step as f64,
                y,
                band: Some((low, high)),
            })
            .collect(),
        backing: Backing::note(format!("{} after a shock to {}", dyad(0), dyad(cause))),
    };
    let svg = curves::draw(&curves::Spec {
        title: format!("{} after a shock to another dyad", dyad(0)),
        unit: "acts of cooperation less conflict".to_owned(),
        across: format!("{}s since the shock", v.by),
        diagonal: false,
        curves: vec![curve(1), curve(2)],
    });
    blocks.push(Block::Figure(Figure {
        id: format!("var-responses-{}", key.to_lowercase()),
        caption: format!(
            "How {} moves after a shock of one standard deviation to another dyad.",
            dyad(0)
        ),
        alt: svg.description.clone(),
        svg,
        note: "Orthogonal impulse responses; the bands hold for all steps together with 95 % (sup-t, moving-block bootstrap)."
            .to_owned(),
    }));
    blocks
}

fn show_p(p: f64) -> String {
    if p < 0.001 {
        "< 0.001".to_owned()
    } else {
        show::decimal(p, 3)
    }
}
