//! Small problems at random: what the search finds against all there is, and spoilt schedules
//! against the checker.

mod all;

use all::{problem, sought};
use demarche_plan::bound::bound;
use demarche_plan::branch::branch;
use demarche_plan::check::check;
use demarche_plan::problem::{Limit, Problem, Schedule};
use demarche_plan::search::{Effort, Outcome, search, search_over};
use proptest::collection::vec;
use proptest::prelude::*;

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

/// Several chains: the first goes by lists, the others may overdraw.
const SHORT: Effort = Effort {
    chains: 4,
    trials: 6_000,
    rounds: 2,
    seed: 7,
};

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn the_search_finds_the_best_there_is(problem in problem()) {
        let best = exhaustive(&problem);
        let most = best.as_ref().map(|(worth, _)| *worth);
        match sought(&problem, &SHORT, most) {
            Outcome::Found(found) => {
                prop_assert_eq!(Some(found.value), most);
                prop_assert_eq!(check(&problem, &found.schedule), Ok(found.value));
            }
            Outcome::Missing { missing, .. } => {
                prop_assert!(best.is_none());
                prop_assert!(missing.iter().all(|&a| problem.activities[a].mandatory));
            }
        }
    }

    #[test]
    fn the_tree_proves_the_best_there_is(problem in problem(), known in any::<bool>()) {
        let best = exhaustive(&problem).map(|(worth, _)| worth);
        let start = match search(&problem, &SHORT, None).unwrap() {
            Outcome::Found(found) if known => Some(found.schedule),
            _ => None,
        };
        let tree = branch(&problem, start.as_ref(), 100_000);
        prop_assert!(tree.is_proven());
        prop_assert_eq!(tree.bound, best);
        // With hardly any nodes it must still not say too little.
        let tree = branch(&problem, start.as_ref(), 2);
        prop_assert!(tree.bound >= best);
    }

    #[test]
    fn the_checker_agrees_with_a_walk_through_the_periods(
        problem in problem(),
        starts in vec(proptest::option::of(0..6_usize), 6),
    ) {
        let schedule: Schedule = starts[..problem.activities.len()].to_vec();
        prop_assert_eq!(check(&problem, &schedule).is_ok(), walk(&problem, &schedule));
    }

    #[test]
    fn the_checker_rejects_what_was_spoilt(problem in problem()) {
        let Outcome::Found(found) = search(&problem, &SHORT, None).unwrap() else {
            return Ok(());
        };
        let mut spoilt: Vec<Schedule> = Vec::new();
        let mut with = |a: usize, start: Option<usize>| {
            let mut schedule = found.schedule.clone();
            schedule[a] = start;
            spoilt.push(schedule);
        };
        for (a, activity) in problem.activities.iter().enumerate() {
            with(a, Some(problem.horizon));
            for start in 0..problem.horizon {
                if activity.value[start].is_none() {
                    with(a, Some(start));
                }
            }
            if activity.mandatory {
                with(a, None);
            }
        }
        for wait in &problem.precedences {
            if let Some(start) = found.schedule[wait.after] {
                with(wait.before, None);
                with(wait.before, Some(start));
            }
        }
        for bundle in &problem.bundles {
            for &a in bundle {
                if found.schedule[a].is_some() {
                    with(a, None);
                }
            }
        }
        for group in &problem.exclusions {
            if group.iter().any(|&a| found.schedule[a].is_some()) {
                for &a in group {
                    if found.schedule[a].is_none() {
                        with(a, Some(0));
                    }
                }
            }
        }
        for gate in &problem.gates {
            for &a in &gate.waits {
                if found.schedule[a].is_none() {
                    continue;
                }
                // Without what opens it, or before that has ended.
                let mut schedule = found.schedule.clone();
                for &key in &gate.keys {
                    schedule[key] = None;
                }
                spoilt.push(schedule.clone());
                for &key in &gate.keys {
                    schedule[key] = found.schedule[a];
                }
                spoilt.push(schedule);
            }
        }
        for schedule in &spoilt {
            prop_assert!(check(&problem, schedule).is_err(), "{:?}", schedule);
        }
        // A limit below what is taken.
        for (k, resource) in problem.resources.iter().enumerate() {
            let mut tight = problem.clone();
            let whole: i64 = (0..found.schedule.len())
                .filter_map(|a| Some(problem.takes_in_all(a, found.schedule[a]?, k)))
                .sum();
            match &resource.limit {
                Limit::EachPeriod(each) => {
                    for period in 0..each.len() {
                        let taken: i64 = taken(&problem, &found.schedule, k, period);
                        let added: i64 = (0..found.schedule.len())
                            .filter_map(|a| Some(problem.adds(a, found.schedule[a]?, k, period)))
                            .sum();
                        if taken > added {
                            let mut less = each.clone();
                            less[period] = taken - added - 1;
                            tight.resources[k].limit = Limit::EachPeriod(less);
                            prop_assert!(check(&tight, &found.schedule).is_err());
                        }
                    }
                }
                Limit::Total(_) => {
                    if whole > 0 {
                        tight.resources[k].limit = Limit::Total(whole - 1);
                        prop_assert!(check(&tight, &found.schedule).is_err());
                    }
                }
                &Limit::Span { first, last, .. } => {
                    if whole > 0 {
                        tight.resources[k].limit = Limit::Span { first, last, amount: whole - 1 };
                        prop_assert!(check(&tight, &found.schedule).is_err());
                    }
                }
            }
        }
        let mut short = found.schedule.clone();
        short.pop();
        prop_assert!(check(&problem, &short).is_err());
    }

    #[test]
    fn no_schedule_is_worth_more_than_the_bound(problem in problem(), good in any::<bool>()) {
        let best = exhaustive(&problem);
        let target = best.as_ref().filter(|_| good).map(|(worth, _)| *worth);
        match bound(&problem, target, 300) {
            Some((proven, certificate)) => {
                prop_assert_eq!(certificate.bound(&problem), Ok(Some(proven)));
                if let Some((worth, _)) = best {
                    prop_assert!(worth <= proven, "{} is more than {}", worth, proven);
                }
            }
            None => prop_assert!(best.is_none()),
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_plan(problem in problem()) {
        let found = search(&problem, &SHORT, None);
        prop_assert_eq!(&found, &search(&problem, &SHORT, None));
        for threads in [1, 2, 5] {
            prop_assert_eq!(&found, &search_over(&problem, &SHORT, None, threads));
        }
    }
}

fn taken(problem: &Problem, schedule: &Schedule, k: usize, period: usize) -> i64 {
    (0..schedule.len())
        .filter_map(|a| schedule[a].map(|start| problem.takes(a, start, k, period)))
        .sum()
}

/// Whether a schedule keeps every rule, told period by period: what runs, what has ended.
fn walk(problem: &Problem, schedule: &Schedule) -> bool {
    let done = |a: usize| schedule[a].is_some();
    let mut fine = true;
    // What the periods so far have taken of each resource.
    let mut purse = vec![0_i64; problem.resources.len()];
    for period in 0..problem.horizon {
        let ended = |a: usize| {
            schedule[a].is_some_and(|start| start + problem.activities[a].duration <= period)
        };
        for (k, resource) in problem.resources.iter().enumerate() {
            let (mut taken, mut there) = (0, 0);
            for (a, activity) in problem.activities.iter().enumerate() {
                let of = |list: &Vec<i64>| if list.is_empty() { 0 } else { list[k] };
                if ended(a) {
                    taken += of(&activity.upkeep);
                    there += of(&activity.gives);
                } else if let Some(age) = schedule[a].and_then(|start| period.checked_sub(start)) {
                    taken += activity.demand[k][age];
                }
            }
            match &resource.limit {
                Limit::EachPeriod(each) => fine &= taken <= each[period] + there,
                Limit::Total(_) => purse[k] += taken,
                Limit::Span { first, last, .. } => {
                    if (first..=last).contains(&&period) {
                        purse[k] += taken;
                    }
                }
            }
        }
        for wait in &problem.precedences {
            // Nothing runs whose prerequisite has not ended long enough ago.
            if schedule[wait.after] == Some(period) {
                fine &= schedule[wait.before].is_some_and(|start| {
                    start + problem.activities[wait.before].duration + wait.lag <= period
                });
            }
        }
        for gate in &problem.gates {
            if gate.waits.iter().any(|&a| schedule[a] == Some(period)) {
                fine &= gate.keys.iter().any(|&key| ended(key));
            }
        }
    }
    for (activity, start) in problem.activities.iter().zip(schedule) {
        fine &= start.is_some() || !activity.mandatory;
        if let Some(start) = *start {
            fine &= start < problem.horizon && activity.value[start].is_some();
            // A limit over all counts what lies beyond the horizon as well.
            for (k, resource) in problem.resources.iter().enumerate() {
                if let Limit::Total(_) = resource.limit {
                    let demand = activity.demand[k].iter().enumerate();
                    purse[k] += demand
                        .filter(|(age, _)| start + age >= problem.horizon)
                        .map(|(_, amount)| amount)
                        .sum::<i64>();
                }
            }
        }
    }
    for (resource, &taken) in problem.resources.iter().zip(&purse) {
        match resource.limit {
            Limit::EachPeriod(_) => {}
            Limit::Total(most) | Limit::Span { amount: most, .. } => fine &= taken <= most,
        }
    }
    let count = |group: &[usize]| group.iter().filter(|&&a| done(a)).count();
    fine &= problem.exclusions.iter().all(|group| count(group) < 2);
    fine &= problem
        .bundles
        .iter()
        .all(|group| count(group) == 0 || count(group) == group.len());
    fine
}
