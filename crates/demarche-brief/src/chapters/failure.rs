//! Where it fails: how the plan holds in futures that come otherwise, what moves it, and in which
//! futures it fails.

use demarche_plan::discover::{FailureBox, Meaning};
use demarche_plan::robust::{Robustness, Share};
use demarche_plan::sample::Sampling;
use demarche_plan::stress::Stress;

use super::common::{heading, note, paragraph, plural};
use super::plan_words::points;
use crate::chart::{Backing, boxes, tornado};
use crate::context::{Context, Entry, strong, text};
use crate::document::{Block, Chapter, DocTable, Figure, RowRef, Span};
use crate::show;

/// The chapter.
pub fn chapter(cx: &mut Context) -> Option<Chapter> {
    let planned = cx.planned?;
    let stress = planned.stress.as_ref()?;
    let quarters = planned.scheme.quarters.len();
    let mut blocks = vec![summary(cx, stress)];
    blocks.push(Block::Table(held(cx, stress)));
    blocks.push(heading("In which futures it fails"));
    blocks.extend(failing(cx, stress, quarters));
    blocks.push(heading("What moves its value"));
    blocks.push(Block::Figure(moves(cx, stress)));
    blocks.push(heading("A second sample"));
    blocks.extend(again(cx, stress));
    blocks.push(note("A future is drawn from the ranges and scenarios of the case, nearly all of them judged. Shares are of these futures: they say how the plan stands against what was thought of, not how likely anything is. The brief draws at most 3,000; demarche plan --futures draws as many as one likes."));
    Some(Chapter {
        id: "failure".to_owned(),
        title: "Where it fails".to_owned(),
        blocks,
    })
}

/// A share with its interval, as entries want it.
fn ends(share: Share) -> String {
    format!(
        "95\u{a0}% interval {} to {}",
        show::percent(share.low),
        show::percent(share.high)
    )
}

/// Goals of the case as rows of evidence.
fn goal_rows(stress: &Stress) -> Vec<RowRef> {
    let goals = stress.goals.iter();
    goals
        .map(|goal| RowRef {
            file: "case.toml".to_owned(),
            id: format!("threshold {}", goal.id),
            text: goal.name.clone(),
            url: String::new(),
        })
        .collect()
}

/// What is uncertain, as rows of evidence.
fn uncertain_rows(stress: &Stress) -> Vec<RowRef> {
    let row = |(id, name): (&String, &String)| RowRef {
        file: "case.toml".to_owned(),
        id: id.clone(),
        text: name.clone(),
        url: String::new(),
    };
    stress
        .influence
        .ids
        .iter()
        .zip(&stress.influence.names)
        .map(row)
        .collect()
}

/// How the futures were chosen.
fn sampling(stress: &Stress) -> &'static str {
    match stress.sampling {
        Sampling::LatinHypercube => "a Latin hypercube",
        Sampling::Sobol => "a scrambled Sobol’ sequence",
    }
}

/// What a condition may be, lowest and highest; of an event, its first quarter and never.
fn range(stress: &Stress, at: usize, quarters: usize) -> (f64, f64) {
    let dimensions = stress.uncertainty.dimensions();
    let end = |u: f64| stress.uncertainty.meaning(&vec![u; dimensions], quarters)[at];
    let (one, other) = (end(0.0), end(1.0 - 1e-9));
    (one.min(other), one.max(other))
}

/// Whole points.
fn whole(value: f64) -> String {
    points(value.round() as i128)
}

fn share_entry(id: String, label: String, share: Share, formula: &str, stress: &Stress) -> Entry {
    Entry::new(id, label, show::percent(share.value), formula)
        .interval_shown(ends(share))
        .rows(goal_rows(stress))
        .note(format!(
            "{} futures by {}, seed {}. Interval: Wilson.",
            show::count(stress.futures),
            sampling(stress),
            stress.seed
        ))
}

fn summary(cx: &mut Context, stress: &Stress) -> Block {
    let plan = &stress.robustness[0];
    let all = cx.number(share_entry(
        "plan.futures.all".to_owned(),
        "Share of futures in which the plan meets all its thresholds".to_owned(),
        plan.all,
        "futures in which every threshold is met / all futures",
        stress,
    ));
    let worst = value_entry(
        "plan.futures.worst",
        "What the plan is worth in the worst future",
        plan.worst,
        "least value over the futures",
        stress,
    );
    let worst = cx.number(worst);
    let shortfall = value_entry(
        "plan.futures.shortfall",
        "What the plan is worth on average in the worst tenth of futures (expected shortfall)",
        plan.shortfall,
        "mean value over the tenth of futures in which it is least",
        stress,
    );
    let shortfall = cx.number(shortfall);
    let mean = value_entry(
        "plan.futures.mean",
        "What the plan is worth on average over the futures",
        plan.mean,
        "mean value over the futures",
        stress,
    )
    .interval_shown(format!(
        "95\u{a0}% interval {} to {}",
        whole(plan.mean - plan.mean_half_width),
        whole(plan.mean + plan.mean_half_width)
    ));
    let mean = cx.number(mean);
    let mut spans = vec![
        text(format!(
            "The plan was carried out in {} futures that come otherwise than planned. It meets all its thresholds in ",
            show::count(stress.futures)
        )),
        all,
        text(format!(" of them ({}). It is worth ", ends(plan.all))),
        mean,
        text(" points on average, "),
        shortfall,
        text(" in the worst tenth, and "),
        worst,
        text(" in the worst of all."),
    ];
    if stress.goal_assumed {
        spans.push(text(
            " The case states no threshold, so four fifths of the benefit planned was taken for one.",
        ));
    }
    paragraph(spans)
}

fn value_entry(id: &str, label: &str, value: f64, formula: &str, stress: &Stress) -> Entry {
    Entry::new(id, label, whole(value), formula)
        .rows(uncertain_rows(stress))
        .note(format!(
            "Points; {} futures, seed {}.",
            show::count(stress.futures),
            stress.seed
        ))
}

/// How each plan that was tried holds: a row for each threshold, then worth and regret.
fn held(cx: &mut Context, stress: &Stress) -> DocTable {
    let mut rows: Vec<Vec<Vec<Span>>> = Vec::new();
    let shares = |cx: &mut Context, name: String, id: &str, of: &dyn Fn(&Robustness) -> Share| {
        let mut row = vec![vec![text(name.clone())]];
        for (plan, held) in stress.plans.iter().zip(&stress.robustness) {
            let share = of(held);
            let id = match plan.name.as_str() {
                "plan" => format!("plan.futures.{id}"),
                other => format!("plan.futures.{other}.{id}"),
            };
            let entry = share_entry(
                id,
                format!("Share of futures, {}: {name}", plan.what),
                share,
                "futures in which it is so / all futures",
                stress,
            );
            row.push(vec![
                cx.number(entry),
                text(format!(
                    " [{}; {}]",
                    show::percent(share.low),
                    show::percent(share.high)
                )),
            ]);
        }
        row
    };
    for (at, goal) in stress.goals.iter().enumerate() {
        let name = goal.name.clone();
        let row = shares(cx, name, &format!("goal.{}", goal.id), &|r| r.goals[at]);
        rows.push(row);
    }
    let row = shares(cx, "all thresholds".to_owned(), "all", &|r| r.all);
    rows.push(row);
    let row = shares(
        cx,
        "none of the plans tried is worth more".to_owned(),
        "best",
        &|r| r.best,
    );
    rows.push(row);
    type Figure = fn(&Robustness) -> f64;
    let figures: [(&str, &str, Figure); 5] = [
        ("worth on average, points", "mean", |r| r.mean),
        ("worth in the worst tenth, points", "shortfall", |r| {
            r.shortfall
        }),
        ("worth in the worst future, points", "worst", |r| r.worst),
        ("regret on average, points", "regret", |r| r.regret),
        ("largest regret, points", "regret-worst", |r| r.regret_worst),
    ];
    for (name, id, figure) in figures {
        let mut row = vec![vec![text(name)]];
        for (plan, held) in stress.plans.iter().zip(&stress.robustness) {
            let id = match plan.name.as_str() {
                "plan" => format!("plan.futures.{id}"),
                other => format!("plan.futures.{other}.{id}"),
            };
            let entry = value_entry(
                &id,
                &format!("{}: {name}", plan.what),
                figure(held),
                "regret: what the best of the plans tried is worth in a future, less what this one is; value: benefit less lateness less exposure",
                stress,
            );
            row.push(vec![cx.number(entry)]);
        }
        rows.push(row);
    }
    let mut head = vec!["In how many futures, or how much".to_owned()];
    head.extend(stress.plans.iter().map(|p| match p.name.as_str() {
        "plan" => "The plan".to_owned(),
        _ => format!("{}: {}", p.name, p.what),
    }));
    DocTable {
        id: "plan-futures".to_owned(),
        caption: "How the plan and its alternatives hold in the same futures.".to_owned(),
        numeric: std::iter::once(false).chain(stress.plans.iter().map(|_| true)).collect(),
        head,
        rows,
        note: "In brackets: 95 % interval of the share (Wilson). All plans are measured by what the plan promises.".to_owned(),
    }
}

/// Coverage and density of a box in a few words.
fn holds(found: &FailureBox) -> String {
    format!(
        "{} of the failures; {} of its futures fail",
        show::percent(found.found.coverage),
        show::percent(found.found.density)
    )
}

fn failing(cx: &mut Context, stress: &Stress, quarters: usize) -> Vec<Block> {
    let discovery = &stress.discovery;
    let mut blocks = Vec::new();
    let fails = cx.number(share_entry(
        "plan.futures.fails".to_owned(),
        "Share of futures in which the plan misses a threshold".to_owned(),
        discovery.fails,
        "futures in which some threshold is missed / all futures",
        stress,
    ));
    blocks.push(paragraph(vec![
        text("The plan misses some threshold in "),
        fails,
        text(format!(" of the futures ({}).", ends(discovery.fails))),
    ]));
    let sentences = discovery.sentences(&stress.conditions);
    let mut items = Vec::new();
    for (at, sentence) in sentences.into_iter().enumerate() {
        let Some(found) = discovery.boxes.get(at) else {
            items.push(vec![text(sentence)]);
            continue;
        };
        let entry = Entry::new(
            format!("plan.box.{}", at + 1),
            format!("Where failures are dense, box {}", at + 1),
            show::percent(found.found.density),
            "density = failures inside / futures inside; coverage = failures inside / all failures; mass = futures inside / all futures",
        )
        .interval_shown(format!(
            "on futures kept apart {}, {}",
            show::percent(found.apart.density),
            ends(found.density_apart)
        ))
        .rows(uncertain_rows(stress))
        .note(format!(
            "Patient rule induction (PRIM). Coverage {}, mass {}.",
            show::percent(found.found.coverage),
            show::percent(found.mass)
        ));
        items.push(vec![
            strong(format!("Box {}", at + 1)),
            text(" ("),
            cx.number(entry),
            text(format!(" dense): {sentence}")),
        ]);
    }
    blocks.push(Block::List { items });
    if !discovery.boxes.is_empty() {
        blocks.push(Block::Figure(picture(stress, quarters)));
    }
    blocks
}

fn picture(stress: &Stress, quarters: usize) -> Figure {
    let mut found = Vec::new();
    for (at, one) in stress.discovery.boxes.iter().enumerate() {
        let evidence = format!("plan.box.{}", at + 1);
        let factors = (one.limits.iter())
            .map(|limit| {
                let condition = &stress.conditions[limit.condition];
                let (low, high) = range(stress, limit.condition, quarters);
                let limits = (limit.low.unwrap_or(low), limit.high.unwrap_or(high));
                let p = limit
                    .quasi_p
                    .iter()
                    .flatten()
                    .copied()
                    .fold(f64::NAN, f64::min);
                let (scale, shown, unit) = match &condition.meaning {
                    Meaning::Percent => (100.0, String::new(), ", %"),
                    Meaning::Quarter { names, .. } => {
                        let name = |v: f64| {
                            let v = v.max(0.0).round() as usize;
                            names.get(v).cloned().unwrap_or_else(|| "never".to_owned())
                        };
                        (
                            1.0,
                            format!("{} to {}", name(limits.0), name(limits.1)),
                            ", quarter",
                        )
                    }
                };
                boxes::Factor {
                    name: format!("{}{unit}", condition.name),
                    range: (low * scale, high * scale),
                    limits: (limits.0 * scale, limits.1 * scale),
                    shown,
                    remark: match p.is_finite() {
                        true if p < 0.001 => "p < 0.001".to_owned(),
                        true => format!("p = {}", show::decimal(p, 3)),
                        false => String::new(),
                    },
                    backing: Backing::new(
                        evidence.clone(),
                        format!(
                            "{}: restricted in {} of the resamples",
                            condition.name,
                            show::percent(limit.reproduced)
                        ),
                    ),
                }
            })
            .collect();
        found.push(boxes::Found {
            name: format!("Box {}", at + 1),
            remark: holds(one),
            factors,
            backing: Backing::new(evidence, holds(one)),
        });
    }
    let svg = boxes::draw(&boxes::Spec {
        title: "Where failures are dense".to_owned(),
        boxes: found,
    });
    Figure {
        id: "plan-boxes".to_owned(),
        caption: "The limits within which the plan fails most, within what each thing may be.".to_owned(),
        alt: svg.description.clone(),
        svg,
        note: "p: quasi-p-value of the stronger limit, the chance that so dense a box comes of a limit that means nothing.".to_owned(),
    }
}

fn moves(cx: &mut Context, stress: &Stress) -> Figure {
    let influence = &stress.influence;
    let mean = stress.robustness[0].mean;
    let mut rows = Vec::new();
    for bar in &influence.bars {
        let name = influence.names[bar.coordinate].clone();
        let id = &influence.ids[bar.coordinate];
        let total = influence
            .indices
            .as_ref()
            .map(|all| all[bar.coordinate].total);
        let remark = total.map_or(String::new(), |t| {
            format!(
                "{} [{}; {}]",
                show::decimal(t.value, 2),
                show::decimal((t.value - t.half_width).max(0.0), 2),
                show::decimal((t.value + t.half_width).min(1.0), 2)
            )
        });
        let entry = Entry::new(
            format!("plan.moves.{id}"),
            format!("How far the plan’s value moves with {name}"),
            format!("{} to {}", whole(bar.low), whole(bar.high)),
            "mean value in the tenth of futures where it is lowest, and in the tenth where it is highest; of an event, where it does not happen and where it does",
        )
        .rows(uncertain_rows(stress).into_iter().filter(|r| &r.id == id).collect())
        .note(match remark.is_empty() {
            true => "The value never varies.".to_owned(),
            false => format!("Total-order Sobol’ index {remark}, 95 % interval."),
        });
        let evidence = cx.enter(entry);
        rows.push(tornado::Row {
            backing: Backing::new(
                evidence,
                format!("{name}: {} to {}", whole(bar.low), whole(bar.high)),
            ),
            name,
            low: bar.low,
            high: bar.high,
            remark,
        });
    }
    let svg = tornado::draw(&tornado::Spec {
        title: "What moves the value of the plan".to_owned(),
        unit: "value of the plan, points".to_owned(),
        base: mean,
        base_is: "mean of all futures".to_owned(),
        low_is: "where it is low, or does not happen".to_owned(),
        high_is: "where it is high, or happens".to_owned(),
        remark_is: "total effect [interval]".to_owned(),
        rows,
    });
    Figure {
        id: "plan-tornado".to_owned(),
        caption: "The mean value of the plan where each uncertain thing is low and where it is high.".to_owned(),
        alt: svg.description.clone(),
        svg,
        note: "Total effect: the share of the value’s variance in which the thing has a part (Sobol’ index of total order).".to_owned(),
    }
}

fn again(cx: &mut Context, stress: &Stress) -> Vec<Block> {
    let checks = &stress.agreement.checks;
    let same = checks.iter().filter(|c| c.same).count();
    let rows = (checks.iter().filter(|c| !c.same))
        .map(|c| RowRef {
            file: "case.toml".to_owned(),
            id: "futures".to_owned(),
            text: format!("{}: {} against {}", c.what, c.first, c.second),
            url: String::new(),
        })
        .collect();
    let entry = Entry::new(
        "plan.futures.agreement",
        "Conclusions that a second sample of futures confirms",
        show::count(same),
        format!(
            "conclusions that are the same in both samples, within what chance does, of {}",
            checks.len()
        ),
    )
    .rows(rows);
    let mut spans = vec![
        text("Another sample of as many futures, drawn apart, gives the same in "),
        cx.number(entry),
        text(format!(" of {}.", plural(checks.len(), "conclusion"))),
    ];
    let apart: Vec<String> = (checks.iter().filter(|c| !c.same))
        .map(|c| format!("{}: {} against {}", c.what, c.first, c.second))
        .collect();
    if !apart.is_empty() {
        spans.push(strong(" The sample is too small for: "));
        spans.push(text(format!("{}.", apart.join("; "))));
    }
    vec![paragraph(spans)]
}
