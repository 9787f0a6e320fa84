//! Why there is no plan: the smallest set of demands that can't be met together.

use demarche_case::Case;

use crate::feasible::{Feasibility, feasibility};
use crate::problem::{LARGEST, Limit, Problem};
use crate::scheme::{Barred, Scheme};
use crate::search::Effort;

use super::NoPlan;

/// A set of demands that can't be met together, none of which can be spared: each is taken away for a
/// trial, and stays away if there still is no plan. One that is kept was needed for certain, since
/// without it a plan was found; whether those that are kept can't be met is then proven or not.
pub(super) fn conflict(case: &Case, scheme: &Scheme, effort: &Effort) -> NoPlan {
    let mut problem = scheme.problem.clone();
    // Dozens of trials, each of which only asks whether all that must be done can be.
    let effort = Effort {
        chains: 4,
        trials: effort.trials.min(2_000),
        rounds: 1,
        ..*effort
    };
    let fails = |problem: &Problem| !matches!(feasibility(problem, &effort), Feasibility::Found(_));
    let mut demands = Vec::new();
    for k in 0..problem.resources.len() {
        let kept = problem.resources[k].limit.clone();
        problem.resources[k].limit = match &kept {
            Limit::EachPeriod(each) => Limit::EachPeriod(vec![LARGEST; each.len()]),
            Limit::Total(_) => Limit::Total(LARGEST),
            Limit::Span { first, last, .. } => Limit::Span {
                first: *first,
                last: *last,
                amount: LARGEST,
            },
        };
        if !fails(&problem) {
            problem.resources[k].limit = kept;
            demands.push(format!(
                "{} is limited as case.toml says",
                problem.resources[k].name
            ));
        }
    }
    for at in (0..problem.gates.len()).rev() {
        let kept = problem.gates.remove(at);
        if !fails(&problem) {
            demands.push(kept.name.clone());
            problem.gates.insert(at, kept);
        }
    }
    let id = |a: usize| case.initiatives[scheme.of[a]].id.as_str();
    let names = |group: &[usize]| group.iter().map(|&a| id(a)).collect::<Vec<_>>().join(", ");
    for at in (0..problem.exclusions.len()).rev() {
        let kept = problem.exclusions.remove(at);
        if !fails(&problem) {
            demands.push(format!("at most one of {} is done", names(&kept)));
            problem.exclusions.insert(at, kept);
        }
    }
    for at in (0..problem.bundles.len()).rev() {
        let kept = problem.bundles.remove(at);
        if !fails(&problem) {
            demands.push(format!("{} are done together or not at all", names(&kept)));
            problem.bundles.insert(at, kept);
        }
    }
    for a in 0..problem.activities.len() {
        for why in [Barred::Late, Barred::NoReview] {
            let here = |at: &usize| scheme.barred[a][*at] == Some(why);
            let starts: Vec<usize> = (0..problem.horizon).filter(here).collect();
            if starts.is_empty() {
                continue;
            }
            let kept = problem.activities[a].value.clone();
            for &at in &starts {
                problem.activities[a].value[at] = Some(0);
            }
            if !fails(&problem) {
                problem.activities[a].value = kept;
                demands.push(match (why, starts.first()) {
                    (Barred::Late, Some(&0)) => {
                        format!("{} may no longer start: its latest start has passed", id(a))
                    }
                    (Barred::Late, Some(&at)) => {
                        format!("{} starts no later than {}", id(a), scheme.quarters[at - 1])
                    }
                    _ => format!("{} starts only in a quarter after a review", id(a)),
                });
            }
        }
    }
    for at in (0..problem.precedences.len()).rev() {
        let kept = problem.precedences.remove(at);
        if !fails(&problem) {
            problem.precedences.insert(at, kept);
            let lag = match kept.lag {
                0 => String::new(),
                lag => format!(" and {lag} more to pass"),
            };
            demands.push(format!(
                "{} waits for {} to end, which takes {} quarters{lag}",
                id(kept.after),
                id(kept.before),
                problem.activities[kept.before].duration
            ));
        }
    }
    for a in 0..problem.activities.len() {
        if !problem.activities[a].mandatory {
            continue;
        }
        problem.activities[a].mandatory = false;
        if !fails(&problem) {
            problem.activities[a].mandatory = true;
            let locked = (0..problem.horizon)
                .find(|&at| scheme.barred[a][at] != Some(Barred::Locked))
                .filter(|_| scheme.barred[a].contains(&Some(Barred::Locked)));
            let takes = problem.activities[a].duration;
            demands.push(match (scheme.runs[a], locked) {
                (true, _) => format!("{} goes on, since it runs", id(a)),
                (false, Some(at)) => {
                    let quarter = scheme.quarters[at];
                    match scheme.barred[a][at] {
                        Some(Barred::TooLong) => format!(
                            "{} starts in {quarter}, though it takes {takes} quarters and could not end within the plan",
                            id(a)
                        ),
                        _ => format!("{} starts in {quarter}", id(a)),
                    }
                }
                (false, None) if takes > problem.horizon => format!(
                    "{} is carried out, though it takes {takes} quarters and the plan has {}",
                    id(a),
                    problem.horizon
                ),
                (false, None) => format!("{} is carried out, since it is agreed", id(a)),
            });
        }
    }
    match feasibility(&problem, &effort) {
        Feasibility::Impossible => NoPlan::Impossible(demands),
        _ => NoPlan::Conflict(demands),
    }
}
