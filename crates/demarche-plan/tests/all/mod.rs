//! Small problems at random, and all their schedules.

// Each file of tests is a program of its own and uses a part of this.
#![allow(dead_code)]

use demarche_plan::check::check;
use demarche_plan::problem::{
    Activity, Cell, Gate, Limit, Precedence, Problem, Resource, Schedule,
};
use demarche_plan::search::{Effort, Outcome, search};
use proptest::collection::vec;
use proptest::prelude::*;

/// Where a short effort has missed the best.
const LONG: Effort = Effort {
    chains: 8,
    trials: 400_000,
    rounds: 2,
    seed: 8,
};

/// What a search finds. A local search may miss the best of some problems (`most` is known to be that);
/// with more effort it must not.
pub fn sought(problem: &Problem, short: &Effort, most: Option<i128>) -> Outcome {
    let outcome = search(problem, short, None).unwrap();
    match &outcome {
        Outcome::Found(found) if Some(found.value) != most => search(problem, &LONG, None).unwrap(),
        _ => outcome,
    }
}

fn activity(periods: usize, mandatory: bool) -> impl Strategy<Value = Activity> {
    (1..4_usize)
        .prop_flat_map(move |duration| {
            (
                Just(duration),
                vec(vec(0..4_i64, duration), 3),
                (vec(0..3_i64, 3), 0..4_i64, any::<[bool; 2]>()),
                -20..100_i64,
                -8..12_i64,
                0..periods,
            )
        })
        .prop_map(
            move |(duration, demand, after, worth, fall, from)| Activity {
                name: "an activity".to_owned(),
                duration,
                demand,
                // Some are kept up, some give, some both, some neither.
                upkeep: if after.2[0] { after.0 } else { Vec::new() },
                gives: if after.2[1] {
                    vec![after.1, 0, 0]
                } else {
                    Vec::new()
                },
                value: (0..periods)
                    .map(|t| (t >= from / 2).then_some(worth - fall * t as i64))
                    .collect(),
                mandatory,
            },
        )
}

prop_compose! {
    pub fn problem()(periods in 3..6_usize)(
        activities in vec(activity(periods, false), 2..6),
        first in vec(2..7_i64, periods),
        total in 4..30_i64,
        span in (0..periods, 0..periods, 0..12_i64),
        gate in (vec(0..3_u8, 6), any::<bool>()),
        waits in vec((0..6_usize, 0..6_usize, 0..2_usize), 0..4),
        pair in proptest::option::of((0..6_usize, 0..6_usize)),
        bundle in proptest::option::of((0..6_usize, 0..6_usize)),
        cell in vec(any::<bool>(), 6),
        must in proptest::option::of(0..6_usize),
        periods in Just(periods),
    ) -> Problem {
        let n = activities.len();
        let two = |pair: Option<(usize, usize)>| -> Vec<Vec<usize>> {
            pair.filter(|&(a, b)| a != b && a < n && b < n)
                .map(|(a, b)| vec![a, b])
                .into_iter()
                .collect()
        };
        let mut activities = activities;
        if let Some(must) = must.filter(|&must| must < n) {
            activities[must].mandatory = true;
        }
        Problem {
            horizon: periods,
            resources: vec![
                Resource { name: "people".to_owned(), limit: Limit::EachPeriod(first) },
                Resource { name: "money".to_owned(), limit: Limit::Total(total) },
                Resource {
                    name: "money of a year".to_owned(),
                    limit: Limit::Span {
                        first: span.0.min(span.1),
                        last: span.0.max(span.1),
                        amount: span.2,
                    },
                },
            ],
            activities,
            precedences: waits
                .into_iter()
                .filter(|&(before, after, _)| before < after && after < n)
                .map(|(before, after, lag)| Precedence { before, after, lag })
                .collect(),
            exclusions: two(pair),
            bundles: two(bundle),
            cells: vec![Cell {
                name: "a cell".to_owned(),
                members: (0..n).filter(|&a| cell[a]).collect(),
                gain: vec![30, 10],
            }],
            gates: gate.1.then(|| Gate {
                name: "a gate".to_owned(),
                keys: (0..n).filter(|&a| gate.0[a] == 1).collect(),
                waits: (0..n).filter(|&a| gate.0[a] == 2).collect(),
            }).into_iter().collect(),
        }
    }
}

/// Every schedule that keeps every rule.
pub fn schedules(problem: &Problem) -> Vec<Schedule> {
    fn go(problem: &Problem, schedule: &mut Schedule, a: usize, all: &mut Vec<Schedule>) {
        if a == schedule.len() {
            if check(problem, schedule).is_ok() {
                all.push(schedule.clone());
            }
            return;
        }
        for start in std::iter::once(None).chain((0..problem.horizon).map(Some)) {
            schedule[a] = start;
            go(problem, schedule, a + 1, all);
        }
        schedule[a] = None;
    }
    let mut all = Vec::new();
    let mut schedule = vec![None; problem.activities.len()];
    go(problem, &mut schedule, 0, &mut all);
    all
}
