//! How the plan holds in the futures, on the terminal and for machines.

use std::io::Write;

use demarche_case::Case;
use demarche_plan::plan::Plan;
use demarche_plan::robust::Share;
use demarche_plan::sample::Sampling;
use demarche_plan::scheme::{Scheme, Wishes};
use demarche_plan::search::Effort;
use demarche_plan::stress::{NoStress, Stress, Test, alternatives};
use serde_json::{Value, json};

use crate::args_plan::Plan as Args;
use crate::failure::{CASE, Failure};
use crate::figures::grouped;
use crate::listing::{Listing, Side};
use crate::output::Output;
use crate::progress::Progress;

/// How many parts a stress test has, for the progress bar.
pub(super) const STEPS: u64 = 4;

/// Puts the plan to the test, if that was asked for.
pub(super) fn test(
    args: &Args,
    case: &Case,
    scheme: &Scheme,
    wishes: &Wishes,
    effort: &Effort,
    plan: &Plan,
    progress: &Progress,
) -> Result<Option<Stress>, Failure> {
    let Some(count) = args.futures else {
        return Ok(None);
    };
    let settings = &case.settings.plan.futures;
    let test = Test {
        futures: match count {
            0 => settings.count,
            count => count as usize,
        },
        seed: settings.seed,
        sampling: Sampling::from(settings.sample),
    };
    progress.step("making other plans to compare with");
    // They need not be the last word: a quarter of the effort.
    let effort = Effort {
        trials: (effort.trials / 4).max(1),
        ..*effort
    };
    let others = alternatives(case, wishes, &effort, plan);
    let stress = Stress::test(case, scheme, plan, &others, &test, |part| progress.step(part))
        .map_err(|error| {
            let remedy = match error {
                NoStress::NothingUncertain => {
                    "add [[uncertain]] or [[scenario]] to it; demarche new writes a case.toml that shows how"
                }
                NoStress::Numbers(_) => "look at the ranges in case.toml",
            };
            Failure::new(CASE, error, remedy)
        })?;
    Ok(Some(stress))
}

fn percent(share: Share) -> String {
    format!(
        "{:.1} % ({:.1}–{:.1})",
        100.0 * share.value,
        100.0 * share.low,
        100.0 * share.high
    )
}

/// Prints a stress test.
pub(super) fn print(stress: &Stress, out: &mut Output) -> Result<(), Failure> {
    let how = match stress.sampling {
        Sampling::LatinHypercube => "a Latin hypercube",
        Sampling::Sobol => "a scrambled Sobol' sequence",
    };
    writeln!(
        out,
        "\nIn {} futures ({how}, seed {}), with the share of futures and its interval of 95 %:",
        grouped(stress.futures as u64),
        stress.seed
    )?;
    let mut heads = vec![("threshold", Side::Left)];
    heads.extend(
        stress
            .plans
            .iter()
            .map(|plan| (plan.name.as_str(), Side::Right)),
    );
    let mut table = Listing::new(&heads);
    for (at, goal) in stress.goals.iter().enumerate() {
        let mut row = vec![goal.name.clone()];
        row.extend(stress.robustness.iter().map(|held| percent(held.goals[at])));
        table.row(row);
    }
    let mut row = |name: &str, cell: &dyn Fn(usize) -> String| {
        let mut row = vec![name.to_owned()];
        row.extend((0..stress.plans.len()).map(cell));
        table.row(row);
    };
    let held = &stress.robustness;
    let points = |value: f64| format!("{value:.0}");
    row("all of them", &|at| percent(held[at].all));
    row("value if all goes as planned", &|at| {
        stress.plans[at].planned_value.to_string()
    });
    row("mean value", &|at| {
        format!("{:.0} ± {:.0}", held[at].mean, held[at].mean_half_width)
    });
    row("mean of the worst tenth", &|at| points(held[at].shortfall));
    row("worst", &|at| points(held[at].worst));
    row("mean regret", &|at| points(held[at].regret));
    row("largest regret", &|at| points(held[at].regret_worst));
    table.aligned(out)?;
    for plan in &stress.plans[1..] {
        writeln!(out, "{}: {}.", plan.name, plan.what)?;
    }
    writeln!(
        out,
        "Regret is against the best of these plans in each future, not against the best there could be."
    )?;
    if stress.goal_assumed {
        writeln!(
            out,
            "Note: case.toml states no [[threshold]]; four fifths of the planned benefit was taken."
        )?;
    }
    writeln!(out, "\nWhat moves the value of the plan:")?;
    let mut table = Listing::new(&[
        ("", Side::Left),
        ("by itself", Side::Right),
        ("in all", Side::Right),
        ("effect", Side::Right),
        ("value, low to high", Side::Right),
    ]);
    let influence = &stress.influence;
    let mut order: Vec<usize> = (0..influence.ids.len()).collect();
    let total = |at: usize| {
        influence
            .indices
            .as_ref()
            .map_or(0.0, |all| all[at].total.value)
    };
    order.sort_by(|&a, &b| total(b).total_cmp(&total(a)).then(a.cmp(&b)));
    for at in order {
        let index = |which: fn(
            &demarche_plan::sensitivity::Indices,
        ) -> demarche_plan::sensitivity::Index| {
            influence.indices.as_ref().map_or_else(String::new, |all| {
                let index = which(&all[at]);
                // An estimate may fall a little below 0, where the share can't be.
                format!("{:.2} ± {:.2}", index.value.max(0.0), index.half_width)
            })
        };
        let bar = influence.bars.iter().find(|bar| bar.coordinate == at);
        table.row(vec![
            match influence.ids[at].as_str() {
                "luck" => "luck: what each initiative has of its own".to_owned(),
                _ => influence.names[at].clone(),
            },
            index(|i| i.first),
            index(|i| i.total),
            format!("{:.0}", influence.effects[at].mean_size),
            bar.map_or_else(String::new, |bar| {
                format!("{:.0} → {:.0}", bar.low, bar.high)
            }),
        ]);
    }
    table.aligned(out)?;
    writeln!(out, "\nWhere the plan fails:")?;
    for sentence in stress.discovery.sentences(&stress.conditions) {
        writeln!(out, "{sentence}")?;
    }
    let differ: Vec<_> = stress.agreement.checks.iter().filter(|c| !c.same).collect();
    if differ.is_empty() {
        writeln!(
            out,
            "\nA second sample of {} futures, drawn apart, gives the same conclusions.",
            grouped(stress.futures as u64)
        )?;
    } else {
        writeln!(
            out,
            "\nThe sample is too small: a second one, drawn apart, says otherwise. Ask for more futures with --futures {}.",
            4 * stress.futures
        )?;
        for check in differ {
            writeln!(out, "  {}: {} / {}", check.what, check.first, check.second)?;
        }
    }
    Ok(())
}

/// A stress test as JSON.
pub(super) fn value(stress: &Stress) -> Value {
    let share =
        |share: Share| json!({ "value": share.value, "low": share.low, "high": share.high });
    let plans: Vec<Value> = (stress.plans.iter().zip(&stress.robustness))
        .map(|(plan, held)| {
            let goals: Vec<Value> = (stress.goals.iter().zip(&held.goals))
                .map(|(goal, met)| json!({ "threshold": goal.id, "met": share(*met) }))
                .collect();
            json!({
                "plan": plan.name,
                "what": plan.what,
                "planned": plan.planned_value,
                "thresholds": goals,
                "all": share(held.all),
                "mean": held.mean,
                "mean_half_width": held.mean_half_width,
                "shortfall": held.shortfall,
                "worst": held.worst,
                "regret": held.regret,
                "regret_90": held.regret_most,
                "regret_worst": held.regret_worst,
                "best": share(held.best),
            })
        })
        .collect();
    let influence = &stress.influence;
    let sensitivity: Vec<Value> = (0..influence.ids.len())
        .map(|at| {
            let indices = influence.indices.as_ref().map(|all| all[at]);
            let bar = influence.bars.iter().find(|bar| bar.coordinate == at);
            json!({
                "factor": influence.ids[at],
                "name": influence.names[at],
                "first": indices.map(|i| i.first.value),
                "first_half_width": indices.map(|i| i.first.half_width),
                "total": indices.map(|i| i.total.value),
                "total_half_width": indices.map(|i| i.total.half_width),
                "effect_size": influence.effects[at].mean_size,
                "value_low": bar.map(|b| b.low),
                "value_high": bar.map(|b| b.high),
            })
        })
        .collect();
    let found = &stress.discovery;
    let boxes: Vec<Value> = (found.boxes.iter())
        .map(|b| {
            let limits: Vec<Value> = (b.limits.iter())
                .map(|limit| {
                    json!({
                        "factor": stress.conditions[limit.condition].id,
                        "low": limit.low,
                        "high": limit.high,
                        "quasi_p": limit.quasi_p,
                        "reproduced": limit.reproduced,
                        "words": limit.words(&stress.conditions),
                    })
                })
                .collect();
            json!({
                "limits": limits,
                "density": b.found.density,
                "coverage": b.found.coverage,
                "mass": b.mass,
                "density_apart": share(b.density_apart),
                "coverage_apart": b.apart.coverage,
                "sentence": b.sentence(&stress.conditions),
            })
        })
        .collect();
    let checks: Vec<Value> = (stress.agreement.checks.iter())
        .map(|c| json!({ "what": c.what, "first": c.first, "second": c.second, "same": c.same }))
        .collect();
    json!({
        "count": stress.futures,
        "seed": stress.seed,
        "plans": plans,
        "sensitivity": sensitivity,
        "fails": share(found.fails),
        "boxes": boxes,
        "sentences": found.sentences(&stress.conditions),
        "agreement": { "same": stress.agreement.is_full(), "checks": checks },
    })
}
