//! Small problems at random: what the search finds against all there is, and spoilt schedules
//! against the checker.

use demarche_plan::check::check;
use demarche_plan::problem::{Activity, Cell, Limit, Precedence, Problem, Resource, Schedule};
use demarche_plan::search::{Effort, Outcome, search};
use proptest::collection::vec;
use proptest::prelude::*;

fn activity(periods: usize, mandatory: bool) -> impl Strategy<Value = Activity> {
    (1..4_usize)
        .prop_flat_map(move |duration| {
            (
                Just(duration),
                vec(vec(0..4_i64, duration), 2),
                20..100_i64,
                0..8_i64,
                0..periods,
            )
        })
        .prop_map(move |(duration, demand, worth, fall, from)| Activity {
            name: "an activity".to_owned(),
            duration,
            demand,
            // Worth less the later; the search promises the best for such values only.
            value: (0..periods)
                .map(|t| (t >= from / 2).then_some(worth - fall * t as i64))
                .collect(),
            mandatory,
        })
}

prop_compose! {
    fn problem()(periods in 3..6_usize)(
        activities in vec(activity(periods, false), 2..6),
        first in vec(2..7_i64, periods),
        total in 4..30_i64,
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
        }
    }
}

/// The best of all schedules that keep every rule, by trying them all.
fn exhaustive(problem: &Problem) -> Option<(i128, Schedule)> {
    fn go(
        problem: &Problem,
        schedule: &mut Schedule,
        a: usize,
        best: &mut Option<(i128, Schedule)>,
    ) {
        if a == schedule.len() {
            if let Ok(worth) = check(problem, schedule)
                && best.as_ref().is_none_or(|(most, _)| worth > *most)
            {
                *best = Some((worth, schedule.clone()));
            }
            return;
        }
        for start in std::iter::once(None).chain((0..problem.horizon).map(Some)) {
            schedule[a] = start;
            go(problem, schedule, a + 1, best);
        }
        schedule[a] = None;
    }
    let mut best = None;
    go(
        problem,
        &mut vec![None; problem.activities.len()],
        0,
        &mut best,
    );
    best
}

const SHORT: Effort = Effort {
    chains: 2,
    trials: 3_000,
    rounds: 2,
    seed: 7,
};

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn the_search_finds_the_best_there_is(problem in problem()) {
        let best = exhaustive(&problem);
        match search(&problem, &SHORT, None).unwrap() {
            Outcome::Found(found) => {
                prop_assert_eq!(Some(found.value), best.map(|(worth, _)| worth));
                prop_assert_eq!(check(&problem, &found.schedule), Ok(found.value));
            }
            Outcome::Missing { missing, .. } => {
                prop_assert!(best.is_none());
                prop_assert!(missing.iter().all(|&a| problem.activities[a].mandatory));
            }
        }
    }
}
