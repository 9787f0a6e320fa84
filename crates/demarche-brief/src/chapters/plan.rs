//! The plan: what starts when and why, what is left out and why not, and how good it is.

use demarche_case::{Agreed, Case, Status};
use demarche_plan::plan::{NoPlan, Plan, Step};
use demarche_plan::scheme::Scheme;
use demarche_plan::tables::unit;

use super::apart;
use super::common::{heading, initiative_row, note, paragraph, plural};
use super::plan_words::{
    bound_entry, gap_entry, is_full, load_entry, points, price, quarter, span, value_entry,
};
use crate::chart::{Backing, Svg, coverage, load, schedule};
use crate::context::{Context, Entry, strong, text};
use crate::document::{Block, Chapter, DocTable, Figure, RowRef, Span};
use crate::planned::Planned;
use crate::show;

/// The chapter.
pub fn chapter(cx: &mut Context) -> Option<Chapter> {
    let planned = cx.planned?;
    let blocks = match &planned.plan {
        Ok(plan) => told(cx, planned, plan),
        Err(why) => vec![none(why)],
    };
    Some(Chapter {
        id: "plan".to_owned(),
        title: "The plan".to_owned(),
        blocks,
    })
}

/// Why there is no plan.
fn none(why: &NoPlan) -> Block {
    let items: Vec<String> = match why {
        NoPlan::Faults(faults) => faults.iter().map(ToString::to_string).collect(),
        NoPlan::Conflict(demands) | NoPlan::Impossible(demands) => demands.clone(),
    };
    let how = match why {
        NoPlan::Impossible(_) => "No plan can meet",
        _ => "No plan was found that meets",
    };
    note(format!(
        "{how} all that the case asks for. In conflict are: {}.",
        items.join("; ")
    ))
}

fn told(cx: &mut Context, planned: &Planned, plan: &Plan) -> Vec<Block> {
    let scheme = &planned.scheme;
    let mut blocks = vec![summary(cx, scheme, plan), worth(cx, plan)];
    if plan.new_steps() > 0 {
        blocks.push(heading("What starts when"));
        blocks.push(Block::Figure(when(cx, scheme, plan)));
        blocks.push(Block::Table(steps(cx, scheme, plan)));
    }
    if !plan.left_out.is_empty() {
        blocks.push(heading("What is left out, and why"));
        blocks.push(Block::Table(left_out(cx, plan)));
    }
    let each: Vec<_> = plan.loads.iter().filter(|l| l.taken.len() > 1).collect();
    if !each.is_empty() {
        blocks.push(heading("What it takes"));
        blocks.push(Block::Figure(loads(cx, scheme, plan)));
    }
    if let Some(figure) = before_and_after(cx, plan) {
        blocks.push(heading("What it adds where the two sides’ priorities meet"));
        blocks.push(Block::Figure(figure));
    }
    if let Some(found) = &planned.apart {
        blocks.push(heading("What benefit costs in risk"));
        blocks.extend(apart::told(cx, scheme, found));
    }
    blocks.push(heading("What counts"));
    blocks.extend(weights(cx, scheme, plan));
    for words in &scheme.notes {
        blocks.push(note(format!("{words}.")));
    }
    blocks.push(note(format!(
        "The search tried {} plans from a fixed seed; demarche plan --effort searches as long as one likes, and may find a plan worth a little more.",
        show::count(usize::try_from(plan.trials).unwrap_or(usize::MAX))
    )));
    blocks.push(note("Staff, money, durations and exposure are what case.toml and initiatives.csv say, most of it assumed. The plan itself takes durations as certain. It is a proposal made from weights that can be disputed: change them and plan again."));
    blocks
}

/// The steps that do not run yet, with their rows.
fn new_steps(plan: &Plan) -> impl Iterator<Item = &Step> {
    plan.steps.iter().filter(|step| !step.runs)
}

fn summary(cx: &mut Context, scheme: &Scheme, plan: &Plan) -> Block {
    let of = |cx: &Context, id: &str, label: &str, formula: &str, list: Vec<usize>| {
        Entry::new(id, label, show::count(list.len()), formula)
            .rows(list.iter().map(|&at| initiative_row(cx, at)).collect())
    };
    let starts: Vec<usize> = new_steps(plan).map(|s| s.initiative).collect();
    let runs: Vec<usize> = (plan.steps.iter().filter(|s| s.runs))
        .map(|s| s.initiative)
        .collect();
    let left: Vec<usize> = plan.left_out.iter().map(|l| l.initiative).collect();
    let (starts, runs, left) = (
        of(
            cx,
            "plan.starts",
            "Initiatives that start in the plan",
            "number of initiatives that did not run and are given a quarter",
            starts,
        ),
        of(
            cx,
            "plan.runs",
            "Initiatives that run already and go on",
            "number of initiatives with the status running",
            runs,
        ),
        of(
            cx,
            "plan.left-out",
            "Initiatives that are left out",
            "number of initiatives not done and given no quarter",
            left,
        ),
    );
    let last = scheme.quarters.len() - 1;
    let (starts, runs, left) = (cx.number(starts), cx.number(runs), cx.number(left));
    paragraph(vec![
        text(format!(
            "Over {}, {} to {}, ",
            plural(scheme.quarters.len(), "quarter"),
            quarter(scheme, 0),
            quarter(scheme, last)
        )),
        starts,
        text(" initiatives start beside "),
        runs,
        text(" that run already; "),
        left,
        text(
            " are left out. In no quarter does the plan take more people, starts or exposure than the case allows, nor more money in all.",
        ),
    ])
}

fn worth(cx: &mut Context, plan: &Plan) -> Block {
    let entry = value_entry(cx, "plan.value", "the plan", plan);
    let value = cx.number(entry);
    let bound = cx.number(bound_entry("plan.bound", "the plan", plan));
    let gap = cx.number(gap_entry("plan.gap", "the plan", plan));
    let mut spans = vec![text("The plan is worth "), value, text(" points. ")];
    if plan.is_proven() {
        spans.extend([
            strong("No plan is worth more: that is proven"),
            text(" (bound "),
            bound,
            text(", gap "),
            gap,
            text(")."),
        ]);
    } else {
        spans.extend([
            text("No plan of these initiatives, within these limits, is worth more than "),
            bound,
            text(": the best there is may be up to "),
            gap,
            text(" better, and is not known."),
        ]);
    }
    paragraph(spans)
}

/// A step as an entry of the book.
fn step_entry(cx: &Context, scheme: &Scheme, step: &Step) -> Entry {
    let initiative = &cx.case.initiatives[step.initiative];
    let mut rows = vec![initiative_row(cx, step.initiative)];
    let needs = initiative.prerequisites.iter();
    rows.extend(needs.filter_map(|id| {
        let at = cx.case.initiatives.iter().position(|i| &i.id == id)?;
        Some(initiative_row(cx, at))
    }));
    Entry::new(
        format!("plan.step.{}", initiative.id),
        initiative.title.clone(),
        span(scheme, step),
        format!(
            "worth {} points: what the plan would lose without it and what waits for it",
            points(step.worth)
        ),
    )
    .rows(rows)
    .note(format!(
        "Why: {}. Why then: {}. Deliverable: {}.",
        step.why, step.why_then, initiative.deliverable
    ))
}

/// The chart of what starts when. `backing` says what stands behind a step.
fn chart(
    case: &Case,
    scheme: &Scheme,
    plan: &Plan,
    mut backing: impl FnMut(&Step) -> Backing,
) -> Svg {
    let mut groups: Vec<(i16, schedule::Group)> = Vec::new();
    // Where each activity stands in the chart.
    let mut places = vec![None; scheme.of.len()];
    let mut ends = vec![0; scheme.of.len()];
    for step in new_steps(plan) {
        let initiative = &case.initiatives[step.initiative];
        let year = scheme.quarters[step.start].first().year();
        let item = schedule::Item {
            title: initiative.title.clone(),
            start: step.start,
            length: step.duration,
            state: match initiative.status {
                Status::Agreed => schedule::State::Agreed,
                Status::Running => schedule::State::Runs,
                _ => schedule::State::Proposed,
            },
            backing: backing(step),
        };
        if groups.last().is_none_or(|(last, _)| *last != year) {
            groups.push((
                year,
                schedule::Group {
                    name: format!("Starts in {year}"),
                    items: Vec::new(),
                },
            ));
        }
        let at = groups.len() - 1;
        groups[at].1.items.push(item);
        if let Some(a) = scheme.activity[step.initiative] {
            places[a] = Some((at, groups[at].1.items.len() - 1));
            ends[a] = step.start + step.duration;
        }
    }
    let links = (scheme.problem.precedences.iter())
        .filter_map(|wait| {
            let (before, after) = (places[wait.before]?, places[wait.after]?);
            let start = plan.schedule[wait.after]?;
            Some(schedule::Link {
                before,
                after,
                tight: start <= ends[wait.before] + wait.lag,
            })
        })
        .collect();
    schedule::draw(&schedule::Spec {
        title: "What starts when".to_owned(),
        quarters: (scheme.quarters.iter())
            .map(|q| schedule::Quarter {
                year: q.first().year(),
                number: (q.first().month() as u8 - 1) / 3 + 1,
            })
            .collect(),
        groups: groups.into_iter().map(|(_, group)| group).collect(),
        links,
    })
}

/// The chart by itself, its marks explained but linked to nothing.
pub fn picture(case: &Case, scheme: &Scheme, plan: &Plan) -> Svg {
    chart(case, scheme, plan, |step| {
        Backing::note(format!(
            "{}, {}: {}",
            case.initiatives[step.initiative].title,
            span(scheme, step),
            step.why_then
        ))
    })
}

fn when(cx: &mut Context, scheme: &Scheme, plan: &Plan) -> Figure {
    let case = cx.case;
    let svg = chart(case, scheme, plan, |step| {
        let entry = step_entry(cx, scheme, step);
        let evidence = cx.enter(entry);
        Backing::new(
            evidence,
            format!(
                "{}, {}: {}",
                case.initiatives[step.initiative].title,
                span(scheme, step),
                step.why_then
            ),
        )
    });
    Figure {
        id: "plan-schedule".to_owned(),
        caption: "What starts in which quarter, how long it takes, and what waits for what.".to_owned(),
        alt: svg.description.clone(),
        svg,
        note: "Initiatives that run already are not drawn; their people are counted. Whole titles stand in the table below.".to_owned(),
    }
}

fn steps(cx: &mut Context, scheme: &Scheme, plan: &Plan) -> DocTable {
    let mut rows = Vec::new();
    for step in new_steps(plan) {
        let title = cx.case.initiatives[step.initiative].title.clone();
        let entry = step_entry(cx, scheme, step);
        rows.push(vec![
            vec![cx.number_as(title, entry)],
            vec![text(span(scheme, step))],
            vec![text(points(step.worth))],
            vec![text(step.why.clone())],
            vec![text(step.why_then.clone())],
        ]);
    }
    DocTable {
        id: "plan-steps".to_owned(),
        caption: "What starts, by quarter, and why.".to_owned(),
        head: ["Initiative", "Quarters", "Worth", "Why it is there", "Why then"]
            .map(str::to_owned)
            .to_vec(),
        numeric: vec![false, false, true, false, false],
        rows,
        note: "Worth: what the plan would lose without the initiative and what waits for it, in points. They do not add up, since what two serve is lost only when both go.".to_owned(),
    }
}

fn left_out(cx: &mut Context, plan: &Plan) -> DocTable {
    let mut rows = Vec::new();
    for left in &plan.left_out {
        let initiative = &cx.case.initiatives[left.initiative];
        let entry = Entry::new(
            format!("plan.left-out.{}", initiative.id),
            initiative.title.clone(),
            "left out",
            "put at every quarter where it may start, beside all that is done: what stands in its way most often",
        )
        .rows(vec![initiative_row(cx, left.initiative)])
        .note(format!("Why not: {}.", left.why));
        let (title, status) = (initiative.title.clone(), initiative.status.name());
        rows.push(vec![
            vec![cx.number_as(title, entry)],
            vec![text(status)],
            vec![text(left.why.clone())],
        ]);
    }
    DocTable {
        id: "plan-left-out".to_owned(),
        caption: "What is not done within the plan, and why not.".to_owned(),
        head: ["Initiative", "Status", "Why not"]
            .map(str::to_owned)
            .to_vec(),
        numeric: vec![false; 3],
        rows,
        note: String::new(),
    }
}

fn loads(cx: &mut Context, scheme: &Scheme, plan: &Plan) -> Figure {
    let mut panels = Vec::new();
    for of in plan.loads.iter().filter(|l| l.taken.len() > 1) {
        let name = scheme.problem.resources[of.resource].name.clone();
        let (what, per) = unit(scheme.kinds[of.resource]);
        let entry = load_entry(cx, scheme, plan, of);
        let evidence = cx.enter(entry);
        let full = (0..of.taken.len()).filter(|&at| is_full(of, at)).count();
        let bars = (0..of.taken.len())
            .map(|at| {
                let (taken, limit) = (of.taken[at] as f64 / per, of.limit[at] as f64 / per);
                let worth = match of.price[at] > 0.05 {
                    true => format!("; one more is worth up to {} points", price(of.price[at])),
                    false => String::new(),
                };
                load::Bar {
                    taken,
                    limit,
                    price: if of.price[at] > 0.05 {
                        of.price[at]
                    } else {
                        0.0
                    },
                    backing: Backing::new(
                        evidence.clone(),
                        format!(
                            "{name}, {}: {taken} of {limit} {what}{worth}",
                            quarter(scheme, at)
                        ),
                    ),
                }
            })
            .collect();
        panels.push(load::Panel {
            backing: Backing::new(
                evidence.clone(),
                format!("{name}: full in {}", plural(full, "quarter")),
            ),
            name: capital(&name),
            unit: format!("{what}, by quarter"),
            bars,
        });
    }
    let svg = load::draw(&load::Spec {
        title: "What the plan takes against what there is".to_owned(),
        quarters: (0..scheme.quarters.len())
            .map(|at| quarter(scheme, at))
            .collect(),
        panels,
    });
    Figure {
        id: "plan-loads".to_owned(),
        caption: "People, starts and exposure that the plan takes in each quarter, against what there is.".to_owned(),
        alt: svg.description.clone(),
        svg,
        note: "What one more would be worth is the price at which the bound holds: exact for the bound, a guide for the plan.".to_owned(),
    }
}

/// The grid of the two frameworks with what serves each cell before and after the plan.
fn before_and_after(cx: &mut Context, plan: &Plan) -> Option<Figure> {
    let grid = cx.analysis.coverage.clone();
    if grid.cells.is_empty() {
        return None;
    }
    let named = |cx: &Context, id: &str| {
        let found = cx.case.element(id);
        found.map_or(id.to_owned(), |(_, e)| e.short.clone())
    };
    let owner = |cx: &Context, id: Option<&String>| {
        let found = id.and_then(|id| cx.case.element(id));
        found.map_or(String::new(), |(f, _)| cx.case.short(&f.owner).to_owned())
    };
    let new: Vec<usize> = new_steps(plan).map(|step| step.initiative).collect();
    let mut cells = Vec::new();
    for (r, row) in grid.rows.iter().enumerate() {
        let mut line = Vec::new();
        for (c, column) in grid.columns.iter().enumerate() {
            let serves = |at: &usize| {
                let i = &cx.case.initiatives[*at];
                i.themes.contains(row) && i.lines.contains(column)
            };
            let before: Vec<usize> = (0..cx.case.initiatives.len())
                .filter(|&at| {
                    let status = cx.case.initiatives[at].status;
                    matches!(status, Status::Done | Status::Running)
                })
                .filter(serves)
                .collect();
            let added: Vec<usize> = new.iter().copied().filter(serves).collect();
            let (n, m) = (before.len(), before.len() + added.len());
            let rows: Vec<RowRef> = (before.iter().chain(&added))
                .map(|&at| initiative_row(cx, at))
                .collect();
            let linked = grid.cell(r, c).priority();
            let name = format!("{} × {}", named(cx, row), named(cx, column));
            let backing = match m == 0 {
                true => Backing::note(format!(
                    "{name}: served by nothing{}",
                    if linked { "" } else { ", not linked" }
                )),
                false => {
                    let entry = Entry::new(
                        format!("plan.cell.{row}-{column}"),
                        format!("Initiatives that serve {name}, before and after the plan"),
                        format!("{n} to {m}"),
                        "done and running; and these with those that start in the plan",
                    )
                    .rows(rows);
                    Backing::new(cx.enter(entry), format!("{name}: {n} before, {m} after"))
                }
            };
            line.push(coverage::Cell {
                linked,
                before: n,
                after: m,
                backing,
            });
        }
        cells.push(line);
    }
    let svg = coverage::draw(&coverage::Spec {
        title: "Initiatives that serve each pair of priorities, before and after the plan"
            .to_owned(),
        rows_are: owner(cx, grid.rows.first()),
        columns_are: owner(cx, grid.columns.first()),
        rows: grid.rows.iter().map(|id| named(cx, id)).collect(),
        columns: grid.columns.iter().map(|id| named(cx, id)).collect(),
        cells,
        enough: 3,
    });
    Some(Figure {
        id: "plan-coverage".to_owned(),
        caption: "How many initiatives serve each pair of theme and line: done or running on the left, with the plan on the right.".to_owned(),
        alt: svg.description.clone(),
        svg,
        note: "A pair counts for what its first initiative brings, half of it again for the second and a quarter for the third; further ones add nothing.".to_owned(),
    })
}

/// What the plan's value is made of, and the weights of the case.
fn weights(cx: &mut Context, scheme: &Scheme, plan: &Plan) -> Vec<Block> {
    let problem = &scheme.problem;
    let cells: i128 = (problem.cells.iter())
        .map(|cell| {
            let members = cell.members.iter();
            let served = members.filter(|&&m| plan.schedule[m].is_some()).count();
            let gains = cell.gain.iter().take(served);
            gains.map(|&g| i128::from(g)).sum::<i128>()
        })
        .sum();
    let own = plan.value - cells;
    let entry = |id: &str, label: &str, value: i128, formula: &str| {
        Entry::new(id, label, points(value), formula)
    };
    let cells = cx.number(entry(
        "plan.part.coverage",
        "What the plan is worth for the ends that its initiatives serve together",
        cells,
        "sum over pairs of theme and line, ways of transfer and levels of interoperability of what the first, second … further initiative adds",
    ));
    let own = cx.number(entry(
        "plan.part.own",
        "What the plan is worth for its initiatives by themselves",
        own,
        "sum over initiatives that start of recommendations, agreement and earliness, less lateness, less exposure",
    ));
    let settings = &cx.case.settings.plan;
    let w = settings.weights;
    let rows: Vec<(&str, String, &str)> = vec![
        (
            "coverage",
            points(i128::from(w.coverage)),
            "points for the first initiative that serves a pair of theme and line; half for the second, a quarter for the third",
        ),
        (
            "recommendations",
            points(i128::from(w.recommendations)),
            "points for each recommendation of the policy brief that an initiative answers",
        ),
        (
            "agreed",
            points(i128::from(w.agreed)),
            "points for an initiative that both sides agreed on",
        ),
        (
            "lateness",
            format!("{}\u{a0}%", w.lateness),
            "of the points for recommendations and agreement lost for each quarter until delivery",
        ),
        (
            "risk",
            points(i128::from(w.risk)),
            "points lost for each level of exposure to each actor",
        ),
        (
            "transfer",
            points(i128::from(w.transfer)),
            "points for the first initiative that brings technology one way, for each of the two ways; half for the second, a third for the third, and so on",
        ),
        (
            "interoperability",
            points(i128::from(w.interoperability)),
            "points for the first level of interoperability reached in an area; half for the second, a quarter for the third",
        ),
        (
            "earliness",
            points(i128::from(w.earliness)),
            "points for a deliverable that one can check if it came at once; less in proportion until the end of the plan",
        ),
    ];
    let rows: Vec<Vec<Vec<Span>>> = rows
        .into_iter()
        .map(|(name, value, what)| {
            let entry = Entry::new(
                format!("plan.weight.{name}"),
                format!("Weight of {name} in the plan"),
                value,
                "as case.toml says",
            )
            .rows(vec![RowRef {
                file: "case.toml".to_owned(),
                id: format!("plan.weights.{name}"),
                text: what.to_owned(),
                url: String::new(),
            }]);
            vec![vec![text(name)], vec![cx.number(entry)], vec![text(what)]]
        })
        .collect();
    let agreed = match settings.agreed {
        Agreed::Must => "What both sides agreed on must be carried out.",
        Agreed::Free => "What both sides agreed on is chosen like the rest, but counts for more.",
    };
    vec![
        paragraph(vec![
            text("Of its points the plan has "),
            cells,
            text(
                " for the ends that its initiatives serve together (pairs of theme and line, technology both ways, levels of interoperability), and ",
            ),
            own,
            text(format!(
                " for its initiatives by themselves: the recommendations they answer, the agreements they keep and what can be checked early, less what lateness and exposure cost. {agreed}"
            )),
        ]),
        Block::Table(DocTable {
            id: "plan-weights".to_owned(),
            caption: "The weights of the case.".to_owned(),
            head: ["Weight", "Value", "What it means"]
                .map(str::to_owned)
                .to_vec(),
            numeric: vec![false, true, false],
            rows,
            note: "They stand in case.toml under [plan.weights].".to_owned(),
        }),
    ]
}

/// With a capital at the beginning.
fn capital(name: &str) -> String {
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| {
        first.to_uppercase().chain(chars).collect()
    })
}
