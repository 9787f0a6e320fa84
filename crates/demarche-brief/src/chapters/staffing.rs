//! If more people: what each step of staffing buys, what is short first, and what one more is worth.

use demarche_plan::bottleneck::first_full;
use demarche_plan::plan::{Load, Plan};
use demarche_plan::scheme::Scheme;
use demarche_plan::tables::unit;

use super::common::{heading, initiative_row, note, paragraph, plural};
use super::plan_words::{
    bound_entry, gap_entry, is_full, points, price, quarter, resource_id, resource_row, value_entry,
};
use crate::chart::{Backing, front};
use crate::context::{Context, Entry, text};
use crate::document::{Block, Chapter, DocTable, Figure, Span};
use crate::planned::Planned;
use crate::show;

/// The chapter.
pub fn chapter(cx: &mut Context) -> Option<Chapter> {
    let planned = cx.planned?;
    let plan = planned.plan.as_ref().ok()?;
    if planned.more.is_empty() {
        return None;
    }
    let mut blocks = vec![paragraph(vec![text(
        "The same plan was made again with one and a half, two and three times the people in every pool; money, starts and ceilings stay as they are.",
    )])];
    blocks.extend(gains(cx, planned, plan));
    blocks.push(Block::Figure(curve(cx, planned, plan)));
    blocks.push(Block::Table(sweep(cx, planned, plan)));
    blocks.push(heading("What is short first"));
    blocks.extend(short(cx, &planned.scheme, plan));
    blocks.push(note("More people are counted as if they were there from the first quarter on and as able as those there are. What one more is worth is the price at which the bound holds: it is exact for the bound and a guide for the plan, not a promise."));
    Some(Chapter {
        id: "staffing".to_owned(),
        title: "If more people".to_owned(),
        blocks,
    })
}

/// Staff as a multiple: `1.5 times`, or as now.
fn times(percent: u64) -> String {
    match percent {
        100 => "as now".to_owned(),
        _ => format!("{} times", percent as f64 / 100.0),
    }
}

/// The people of a plan: those there are, or a multiple of them.
fn people(percent: u64) -> String {
    match percent {
        100 => "the people there are".to_owned(),
        _ => format!("{} the people", times(percent)),
    }
}

/// Ids of the value, bound and gap of a plan with so much staff.
fn id(percent: u64, what: &str) -> String {
    match percent {
        100 => format!("plan.{what}"),
        _ => format!("plan.staff-{percent}.{what}"),
    }
}

/// What a plan with so much staff is called.
fn called(percent: u64) -> String {
    match percent {
        100 => "the plan".to_owned(),
        _ => format!("the plan with {} the people", times(percent)),
    }
}

/// All plans of the sweep, that with the people there are first.
fn all<'a>(planned: &'a Planned, plan: &'a Plan) -> Vec<(u64, &'a Plan)> {
    std::iter::once((100, plan))
        .chain(planned.more.iter().map(|m| (m.percent, &m.plan)))
        .collect()
}

/// What each step buys, by what is proven.
fn gains(cx: &mut Context, planned: &Planned, plan: &Plan) -> Vec<Block> {
    let plans = all(planned, plan);
    let mut items = Vec::new();
    for pair in plans.windows(2) {
        let ((from, before), (to, after)) = (pair[0], pair[1]);
        let found = after.value - before.value;
        // The best plans differ at least by this and at most by that.
        let least = (after.value - before.bound).max(0);
        let most = after.bound - before.value;
        let formula = format!(
            "{} − {} found; the best plans differ by at least {} − {} and at most {} − {} (not below 0)",
            points(after.value),
            points(before.value),
            points(after.value),
            points(before.bound),
            points(after.bound),
            points(before.value)
        );
        let entry = Entry::new(
            id(to, "gain"),
            format!("What {} buy beyond {}", people(to), people(from)),
            points(found),
            formula,
        )
        .interval_shown(format!("proven: {} to {}", points(least), points(most)));
        let mut spans = vec![
            text(format!(
                "From {} to {} the people: ",
                times(from),
                times(to)
            )),
            cx.number(entry),
            text(" points more in the plans found"),
        ];
        spans.push(text(match least > 0 {
            true => format!(
                "; the best plans differ by at least {} and at most {}.",
                points(least),
                points(most)
            ),
            false => format!(
                "; that lies within the gaps of the two, so that the best plans may differ by anything from nothing to {}.",
                points(most)
            ),
        }));
        items.push(spans);
    }
    vec![Block::List { items }]
}

fn curve(cx: &mut Context, planned: &Planned, plan: &Plan) -> Figure {
    let plans = all(planned, plan);
    let points_of: Vec<front::Point> = plans
        .iter()
        .enumerate()
        .map(|(at, &(percent, plan))| {
            let entry = value_entry(cx, &id(percent, "value"), &called(percent), plan);
            let evidence = cx.enter(entry);
            let neighbour = |other: Option<&(u64, &Plan)>, later: bool| {
                other.is_none_or(|(_, o)| match later {
                    true => o.value > plan.bound,
                    false => plan.value > o.bound,
                })
            };
            front::Point {
                name: times(percent),
                x: percent as f64 / 100.0,
                y: plan.value as f64,
                bound: Some(plan.bound as f64),
                separated: neighbour(at.checked_sub(1).and_then(|b| plans.get(b)), false)
                    && neighbour(plans.get(at + 1), true),
                chosen: percent == 100,
                backing: Backing::new(
                    evidence,
                    format!(
                        "{}: {} points, at most {}",
                        people(percent),
                        points(plan.value),
                        points(plan.bound)
                    ),
                ),
            }
        })
        .collect();
    let svg = front::draw(&front::Spec {
        title: "What more people buy".to_owned(),
        across: "people, as a multiple of what there is".to_owned(),
        upwards: "value of the plan, points".to_owned(),
        from_zero: false,
        whisker: "no plan with these people can be above".to_owned(),
        hollow: "within the gap of a neighbour: not separated".to_owned(),
        chosen: "the plan with the people there are".to_owned(),
        points: points_of,
    });
    Figure {
        id: "plan-staffing".to_owned(),
        caption: "The value of the plan with one, one and a half, two and three times the people, and what no plan can exceed.".to_owned(),
        alt: svg.description.clone(),
        svg,
        note: String::new(),
    }
}

fn sweep(cx: &mut Context, planned: &Planned, plan: &Plan) -> DocTable {
    let mut rows = Vec::new();
    let mut before = plan;
    for (percent, plan) in all(planned, plan) {
        let what = called(percent);
        let entry = value_entry(cx, &id(percent, "value"), &what, plan);
        let value = cx.number(entry);
        let bound = cx.number(bound_entry(&id(percent, "bound"), &what, plan));
        let gap = cx.number(gap_entry(&id(percent, "gap"), &what, plan));
        let had = |i: usize| before.steps.iter().any(|step| step.initiative == i);
        let come: Vec<usize> = (plan.steps.iter())
            .map(|step| step.initiative)
            .filter(|&i| !had(i))
            .collect();
        let titles: Vec<&str> = (come.iter())
            .map(|&i| cx.case.initiatives[i].title.as_str())
            .collect();
        let come_in = match (percent, titles.is_empty()) {
            (100, _) => vec![text("–")],
            (_, true) => vec![text("nothing new")],
            _ => {
                let entry = Entry::new(
                    id(percent, "come-in"),
                    format!("What comes in with {} the people", times(percent)),
                    plural(come.len(), "initiative"),
                    "initiatives of this plan that are not in that of the line above",
                )
                .rows(come.iter().map(|&i| initiative_row(cx, i)).collect());
                let list = titles.join("; ");
                vec![cx.number(entry), text(format!(": {list}"))]
            }
        };
        rows.push(vec![
            vec![text(times(percent))],
            vec![value],
            vec![bound],
            vec![gap],
            vec![text(show::count(plan.new_steps()))],
            come_in,
        ]);
        before = plan;
    }
    DocTable {
        id: "plan-staffing".to_owned(),
        caption: "What more people would buy.".to_owned(),
        head: ["People", "Points", "At most", "Gap", "Start", "What comes in"]
            .map(str::to_owned)
            .to_vec(),
        numeric: vec![false, true, true, true, true, false],
        rows,
        note: "At most: no plan with these people is worth more. What comes in is held against the line above.".to_owned(),
    }
}

/// The worth of one more of a resource in all quarters together, at the prices of the bound.
fn in_all(load: &Load) -> f64 {
    load.price.iter().sum()
}

/// What is short: the pool that is full first, then everything by quarter.
fn short(cx: &mut Context, scheme: &Scheme, plan: &Plan) -> Vec<Block> {
    let mut blocks = Vec::new();
    match first_full(scheme, plan) {
        None => blocks.push(paragraph(vec![text(
            "No pool holds the plan back: at the prices of the bound one more person is worth nothing anywhere. What limits it is something else in the table below.",
        )])),
        Some(found) => {
            let name = scheme.problem.resources[found.resource].name.clone();
            let kind = scheme.kinds[found.resource];
            let entry = Entry::new(
                "plan.bottleneck",
                "The first pool that is full in a quarter in which one more person would be worth something",
                format!("{name}, {}", quarter(scheme, found.quarter)),
                "full: less is free than the least that anything left out or starting later takes of it in a quarter",
            )
            .rows(vec![resource_row(cx, kind)])
            .note(format!("Price of one more person in that quarter: {} points.", price(found.price)));
            let mut spans = vec![
                text("The first bottleneck is "),
                cx.number(entry),
                text(format!(
                    ", where one more person for that quarter would be worth {} points at the prices of the bound.",
                    price(found.price)
                )),
            ];
            let load = plan.loads.iter().find(|load| load.resource == found.resource);
            if let Some(load) = load {
                let entry = price_entry(cx, scheme, load);
                spans.extend([
                    text(" One person more there throughout would lift the bound by "),
                    cx.number(entry),
                    text(" points."),
                ]);
            }
            blocks.push(paragraph(spans));
        }
    }
    let mut rows = Vec::new();
    for load in &plan.loads {
        rows.push(row(cx, scheme, load));
    }
    blocks.push(Block::Table(DocTable {
        id: "plan-prices".to_owned(),
        caption: "What is short, when, and what one more would be worth.".to_owned(),
        head: ["What", "Full in", "Busiest", "One more throughout", "One more for its dearest quarter"]
            .map(str::to_owned)
            .to_vec(),
        numeric: vec![false, false, false, true, true],
        rows,
        note: "Points, at the prices of the bound. Full: more than 97 % of it is taken. One more is a person, a start, a level of exposure or a thousand euros.".to_owned(),
    }));
    blocks
}

/// The shadow price of a resource as an entry of the book.
fn price_entry(cx: &Context, scheme: &Scheme, load: &Load) -> Entry {
    let kind = scheme.kinds[load.resource];
    let name = &scheme.problem.resources[load.resource].name;
    let of_quarters = load.taken.len() == scheme.quarters.len();
    let by_quarter: Vec<String> = (load.price.iter().enumerate())
        .filter(|(_, p)| **p > 0.05)
        .map(|(at, &p)| match of_quarters {
            true => format!("{} {}", quarter(scheme, at), price(p)),
            false => price(p),
        })
        .collect();
    let sum = match by_quarter.is_empty() {
        true => "nothing in any quarter".to_owned(),
        false => by_quarter.join(" + "),
    };
    Entry::new(
        format!("plan.price.{}", resource_id(cx, kind)),
        format!("What one more of {name} throughout adds to the bound"),
        price(in_all(load)),
        format!("sum over quarters of the price of the limit in the bound: {sum}"),
    )
    .rows(vec![resource_row(cx, kind)])
    .note("A Lagrange multiplier: at these prices the bound rises by this with one more throughout, so that no plan can gain more than this and the gap.")
}

fn row(cx: &mut Context, scheme: &Scheme, load: &Load) -> Vec<Vec<Span>> {
    let (what, per) = unit(scheme.kinds[load.resource]);
    let of_quarters = load.taken.len() == scheme.quarters.len();
    let full: Vec<usize> = (0..load.taken.len())
        .filter(|&at| is_full(load, at))
        .collect();
    let full = match (of_quarters, full.as_slice()) {
        (_, []) => "never".to_owned(),
        (false, _) => "all".to_owned(),
        (true, [one]) => quarter(scheme, *one),
        (true, [first, .., last]) => format!(
            "{}, {} to {}",
            plural(full.len(), "quarter"),
            quarter(scheme, *first),
            quarter(scheme, *last)
        ),
    };
    let share = |at: usize| load.taken[at] as f64 / load.limit[at].max(1) as f64;
    let busiest =
        (0..load.taken.len()).max_by(|&a, &b| share(a).total_cmp(&share(b)).then(b.cmp(&a)));
    let busiest = busiest.map_or_else(String::new, |at| {
        let shown = format!(
            "{} of {} {what}",
            load.taken[at] as f64 / per,
            load.limit[at] as f64 / per
        );
        match of_quarters {
            true => format!("{}: {shown}", quarter(scheme, at)),
            false => shown,
        }
    });
    let dearest = load.price.iter().copied().fold(0.0, f64::max);
    let entry = price_entry(cx, scheme, load);
    vec![
        vec![text(scheme.problem.resources[load.resource].name.clone())],
        vec![text(full)],
        vec![text(busiest)],
        vec![cx.number(entry)],
        vec![text(price(dearest))],
    ]
}
