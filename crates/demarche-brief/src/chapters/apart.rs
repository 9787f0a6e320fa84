//! Benefit, exposure, earliness and load kept apart: the plans of which none is better than another in
//! every respect, and what is proven about each.

use demarche_plan::pareto::{Apart, Front, NoFront, Point, Way, changed, started};
use demarche_plan::scheme::Scheme;

use super::common::{initiative_row, note, paragraph, plural};
use super::plan_words::{gap, points};
use crate::chart::{Backing, front};
use crate::context::{Context, Entry, text};
use crate::document::{Block, DocTable, Figure, RowRef, Span};
use crate::show;

/// What was found, or why nothing was.
pub fn told(cx: &mut Context, scheme: &Scheme, found: &Result<Apart, NoFront>) -> Vec<Block> {
    let apart = match found {
        Ok(apart) => apart,
        Err(why) => return vec![note(format!("No such plans are shown: {}.", why.words()))],
    };
    vec![
        summary(cx, scheme, apart),
        Block::Figure(curve(cx, scheme, apart)),
        Block::Table(table(cx, scheme, &apart.front)),
        note(
            "Benefit is what all that is done counts for, whenever it is done and whatever reactions it meets; exposure is the levels of hostile reaction of all that is started; earliness is the quarters left of the plan after each delivery, summed; peak is the fullest pool in its fullest quarter. None of these plans is better than another in all four.",
        ),
    ]
}

/// The initiatives that a plan of the front starts, as rows of evidence.
fn rows(cx: &Context, scheme: &Scheme, point: &Point) -> Vec<RowRef> {
    let done = point.schedule.iter().zip(&scheme.runs).zip(&scheme.of);
    done.filter(|((start, runs), _)| start.is_some() && !**runs)
        .map(|(_, &initiative)| initiative_row(cx, initiative))
        .collect()
}

/// A count of a plan of the front as an entry of the book.
fn entry(
    cx: &Context,
    scheme: &Scheme,
    (at, point): (usize, &Point),
    what: &str,
    value: String,
) -> Entry {
    let formula = match what {
        "benefit" => {
            "sum over initiatives that start of recommendations and agreement + sum over cells of theme and line of what each further initiative adds; nothing off for lateness or exposure"
        }
        "exposure" => "sum over initiatives that start of their levels of exposure to all actors",
        "earliness" => {
            "sum over initiatives that start of the quarters of the plan left once each has delivered"
        }
        "peak" => {
            "largest share of a pool at work in any quarter, rounded up to whole per cent, what runs already included"
        }
        _ => "number of initiatives that did not run and are given a quarter",
    };
    Entry::new(
        format!("plan.front-{}.{what}", at + 1),
        format!("Plan {} of the front: {what}", at + 1),
        value,
        formula,
    )
    .rows(rows(cx, scheme, point))
    .note("Counted for this schedule by code that knows nothing of the search. Its quarters are in the table front_plans.")
}

fn benefit(cx: &Context, scheme: &Scheme, (at, point): (usize, &Point)) -> Entry {
    let value = points(point.objectives.benefit);
    let within = match point.way {
        Way::Earlier => "within the same exposure and load and as early",
        _ => "within the same exposure and load",
    };
    entry(cx, scheme, (at, point), "benefit", value).interval_shown(match point.is_proven() {
        true => format!("proven to be the most {within}"),
        false => format!("no plan {within} has more than {}", points(point.bound)),
    })
}

fn summary(cx: &mut Context, scheme: &Scheme, apart: &Apart) -> Block {
    let front = &apart.front;
    let mut spans = vec![text(format!(
        "Kept apart, the objectives lead to {} of which none is better than another in every respect. ",
        plural(front.points.len(), "plan")
    ))];
    let all = || front.points.iter().enumerate();
    let most = all().max_by_key(|(at, p)| (p.objectives.benefit, std::cmp::Reverse(*at)));
    let safest = all()
        .filter(|(_, p)| p.way == Way::Safer)
        .min_by_key(|(at, p)| (p.objectives.exposure, *at));
    if let (Some(most), Some(safest)) = (most, safest) {
        let exposure = |cx: &mut Context, of: (usize, &Point)| {
            let value = points(of.1.objectives.exposure);
            let entry = entry(cx, scheme, of, "exposure", value);
            cx.number(entry)
        };
        let worth = |cx: &mut Context, of: (usize, &Point)| {
            let entry = benefit(cx, scheme, of);
            cx.number(entry)
        };
        spans.extend([
            text("That with the most benefit has "),
            worth(cx, most),
            text(" points at "),
            exposure(cx, most),
            text(" levels of exposure; with the least exposure that was asked for, "),
            exposure(cx, safest),
            text(", "),
            worth(cx, safest),
            text(" points are left."),
        ]);
    }
    paragraph(spans)
}

fn curve(cx: &mut Context, scheme: &Scheme, apart: &Apart) -> Figure {
    let front = &apart.front;
    let on_the_way = |point: &Point| matches!(point.way, Way::Most | Way::Safer);
    let mut shown: Vec<front::Point> = Vec::new();
    for (at, point) in front.points.iter().enumerate() {
        if !on_the_way(point) {
            continue;
        }
        let entry = benefit(cx, scheme, (at, point));
        let evidence = cx.enter(entry);
        let o = &point.objectives;
        shown.push(front::Point {
            name: (at + 1).to_string(),
            x: o.exposure as f64,
            y: o.benefit as f64,
            bound: Some(point.bound as f64),
            separated: point.separated,
            chosen: false,
            backing: Backing::new(
                evidence,
                format!(
                    "plan {}: {} points at {} levels of exposure, at most {}",
                    at + 1,
                    points(o.benefit),
                    points(o.exposure),
                    points(point.bound)
                ),
            ),
        });
    }
    let svg = front::draw(&front::Spec {
        title: "What benefit costs in risk".to_owned(),
        across: "exposure to hostile reactions, levels".to_owned(),
        upwards: "benefit, points".to_owned(),
        from_zero: false,
        whisker: "no plan within that exposure and load is above".to_owned(),
        hollow: "within the gap of its neighbour: not separated".to_owned(),
        chosen: String::new(),
        points: shown,
    });
    Figure {
        id: "plan-front".to_owned(),
        caption: format!(
            "The most benefit that was found for each exposure, and what no plan can exceed. The plan of this chapter, by the weights of the case, has {} points of benefit at {} levels of exposure.",
            points(apart.plan.benefit),
            points(apart.plan.exposure)
        ),
        alt: svg.description.clone(),
        svg,
        note: String::new(),
    }
}

fn table(cx: &mut Context, scheme: &Scheme, front: &Front) -> DocTable {
    let mut rows_of_table = Vec::new();
    for (at, point) in front.points.iter().enumerate() {
        let o = &point.objectives;
        let number = |cx: &mut Context, what: &str, value: String| {
            let entry = entry(cx, scheme, (at, point), what, value);
            vec![cx.number(entry)]
        };
        let worth = benefit(cx, scheme, (at, point));
        let how_far = Entry::new(
            format!("plan.front-{}.gap", at + 1),
            format!(
                "How far the best answer may be above plan {} of the front",
                at + 1
            ),
            gap(point.gap()),
            format!(
                "(bound − benefit) / bound = ({} − {}) / {}",
                points(point.bound),
                points(o.benefit),
                points(point.bound)
            ),
        )
        .note("The bound holds for every plan within the same exposure and load; on the way to earlier deliverables, for every plan that is as early.");
        let gap = match point.is_proven() {
            true => cx.number_as("proven", how_far),
            false => cx.number(how_far),
        };
        rows_of_table.push(vec![
            vec![text((at + 1).to_string())],
            vec![text(point.way.words())],
            vec![cx.number(worth)],
            vec![gap],
            number(cx, "exposure", points(o.exposure)),
            number(cx, "earliness", points(o.earliness)),
            number(cx, "peak", format!("{}\u{a0}%", o.peak)),
            number(cx, "starts", show::count(started(scheme, point))),
            otherwise(cx, scheme, (at, point)),
        ]);
    }
    DocTable {
        id: "plan-front-table".to_owned(),
        caption: "Plans of which none is better than another in every respect.".to_owned(),
        head: [
            "Plan",
            "Way",
            "Benefit",
            "Gap",
            "Exposure",
            "Earliness",
            "Peak",
            "Starts",
            "Against its neighbour",
        ]
        .map(str::to_owned)
        .to_vec(),
        numeric: vec![
            false, false, true, true, true, true, true, true, false,
        ],
        rows: rows_of_table,
        note: "Way: what benefit is given up for, from the plan of the most benefit on. Not separated: the bounds do not prove that no plan is as good as both it and its neighbour in every respect, so that the difference lies inside the gap.".to_owned(),
    }
}

/// What a plan does otherwise than its neighbour, and whether that is more than the gap.
fn otherwise(cx: &mut Context, scheme: &Scheme, (at, point): (usize, &Point)) -> Vec<Span> {
    let Some(neighbour) = point.neighbour else {
        return vec![text("–")];
    };
    let changes = &point.changes;
    let moved = changes.moved.iter().map(|change| change.0);
    let of = (changes.came_in.iter().copied())
        .chain(changes.went_out.iter().copied())
        .chain(moved);
    let entry = Entry::new(
        format!("plan.front-{}.changes", at + 1),
        format!(
            "What plan {} of the front does otherwise than plan {}",
            at + 1,
            neighbour + 1
        ),
        plural(changes.count(), "change"),
        "initiatives that come in, go out or start in another quarter",
    )
    .rows(of.map(|a| initiative_row(cx, scheme.of[a])).collect())
    .note(format!("{}.", changed(cx.case, scheme, point)));
    let counts = format!(
        "{} in, {} out, {} moved",
        changes.came_in.len(),
        changes.went_out.len(),
        changes.moved.len()
    );
    let mut spans = vec![
        text(format!("{}: ", neighbour + 1)),
        cx.number_as(counts, entry),
    ];
    if !point.separated {
        spans.push(text("; not separated"));
    }
    spans
}
