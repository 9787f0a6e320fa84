//! Plans carried out in futures: the certain one gives the plan back; no other overdraws anything.

use std::sync::Arc;

use demarche_plan::check::check;
use demarche_plan::execute::{Action, Execution, NoPolicy, Outcome, Phase, Policy, State};
use demarche_plan::futures::{Delay, Future};
use demarche_plan::problem::{
    Activity, Cell, Gate, Limit, Precedence, Problem, Resource, Schedule,
};
use demarche_plan::search::{Effort, Outcome as Search, search};
use proptest::collection::vec;
use proptest::prelude::*;

prop_compose! {
    fn activity(periods: usize)(
        duration in 1..4_usize,
        demand in vec(vec(0..4_i64, 3), 2),
        worth in 0..100_i64,
        fall in 0..8_i64,
        mandatory in prop::bool::weighted(0.1),
    ) -> Activity {
        Activity {
            name: "an activity".to_owned(),
            duration,
            demand: demand.into_iter().map(|each| each[..duration].to_vec()).collect(),
            value: (0..periods)
                .map(|t| (t + duration <= periods).then_some(worth - fall * t as i64))
                .collect(),
            mandatory,
            ..Activity::default()
        }
    }
}

prop_compose! {
    fn problem()(periods in 3..8_usize)(
        activities in vec(activity(periods), 2..8),
        people in vec(2..7_i64, periods),
        total in 4..40_i64,
        waits in vec((0..8_usize, 0..8_usize, 0..2_usize), 0..5),
        pair in proptest::option::of((0..8_usize, 0..8_usize)),
        cell in vec(any::<bool>(), 8),
        periods in Just(periods),
    ) -> Problem {
        let n = activities.len();
        Problem {
            horizon: periods,
            resources: vec![
                Resource { name: "people".to_owned(), limit: Limit::EachPeriod(people) },
                Resource { name: "money".to_owned(), limit: Limit::Total(total) },
            ],
            activities,
            precedences: (waits.into_iter())
                .filter(|&(before, after, _)| before < after && after < n)
                .map(|(before, after, lag)| Precedence { before, after, lag })
                .collect(),
            exclusions: (pair.into_iter())
                .filter(|&(a, b)| a != b && a < n && b < n)
                .map(|(a, b)| vec![a, b])
                .collect(),
            cells: vec![Cell {
                name: "a cell".to_owned(),
                members: (0..n).filter(|&a| cell[a]).collect(),
                gain: vec![30, 10],
            }],
            ..Problem::default()
        }
    }
}

/// What a future changes, as plain numbers that fit any problem.
#[derive(Clone, Debug)]
struct Change {
    longer: Vec<usize>,
    fails: Vec<bool>,
    capacity: Vec<u32>,
    frozen: Vec<bool>,
    delay: Option<(usize, usize, usize)>,
}

prop_compose! {
    fn change()(
        longer in vec(0..4_usize, 8),
        fails in vec(prop::bool::weighted(0.2), 8),
        capacity in vec(0..1600_u32, 16),
        frozen in vec(prop::bool::weighted(0.1), 64),
        delay in proptest::option::of((0..8_usize, 1..3_usize, 0..8_usize)),
    ) -> Change {
        Change { longer, fails, capacity, frozen, delay }
    }
}

fn changed(execution: &Execution, change: &Change) -> Future {
    let mut future = Future::certain(execution);
    let (n, quarters) = (future.durations.len(), future.quarters);
    for a in 0..n {
        // Also shorter: one to three quarters longer than one less than planned.
        future.durations[a] = (future.durations[a] + change.longer[a])
            .saturating_sub(1)
            .max(1);
        future.delivered[a] = !change.fails[a];
        for quarter in 0..quarters {
            future.frozen[a * quarters + quarter] = change.frozen[a * 8 + quarter];
        }
    }
    for (at, capacity) in future.capacity.iter_mut().enumerate() {
        // Money, which is limited over all quarters, keeps one factor.
        *capacity = change.capacity[if at < quarters { at } else { 15 }];
    }
    if let Some((quarter, longer, a)) = change.delay.filter(|d| d.2 < n) {
        future.delays.push(Delay {
            quarter,
            longer,
            activities: Arc::from([a]),
        });
    }
    future
}

fn planned(problem: &Problem) -> Option<Schedule> {
    const SHORT: Effort = Effort {
        chains: 1,
        trials: 500,
        rounds: 1,
        seed: 7,
    };
    match search(problem, &SHORT, None).unwrap() {
        Search::Found(found) => Some(found.schedule),
        Search::Missing { .. } => None,
    }
}

/// Every rule, told from the outcome alone: what was worked on when.
fn sound(problem: &Problem, schedule: &Schedule, future: &Future, outcome: &Outcome) {
    let (n, quarters) = (problem.activities.len(), problem.horizon);
    let worked = |a: usize, q: usize| outcome.worked[a * quarters + q];
    let mut money = 0;
    let mut people = vec![0; quarters];
    for (a, activity) in problem.activities.iter().enumerate() {
        let all: Vec<usize> = (0..quarters).filter(|&q| worked(a, q)).collect();
        assert_eq!(all.first().copied(), outcome.start(a));
        let Some(&start) = all.first() else {
            assert!(matches!(outcome.phases[a], Phase::LeftOut | Phase::Waiting));
            continue;
        };
        let planned = schedule[a].expect("only what is planned is done");
        assert!(planned <= start, "nothing starts before its time");
        assert!(!future.frozen[a * quarters + start]);
        let mut duration = future.durations[a];
        if let Some(delay) = future.delays.iter().find(|d| d.activities.contains(&a)) {
            // It counts if it had not ended before.
            let end = all.get(duration - 1).map_or(quarters, |last| last + 1);
            if end > delay.quarter && delay.quarter < quarters {
                duration += delay.longer;
            }
        }
        match outcome.phases[a] {
            Phase::Delivered { end, .. } | Phase::Failed { end, .. } => {
                assert_eq!((all.len(), all.last()), (duration, Some(&(end - 1))));
                let delivered = matches!(outcome.phases[a], Phase::Delivered { .. });
                assert_eq!(delivered, future.delivered[a]);
                assert_eq!(
                    outcome.late[a],
                    end.saturating_sub(planned + activity.duration)
                );
            }
            Phase::Running { worked, .. } => {
                assert_eq!(worked, all.len());
                assert!(worked < duration);
                assert_eq!(outcome.late[a], quarters - (planned + activity.duration));
            }
            other => panic!("{other:?}"),
        }
        money += activity.demand[1].iter().sum::<i64>();
        for (age, &q) in all.iter().enumerate() {
            let profile = &activity.demand[0];
            // The profile, stretched: with no delay in between, known from the length alone.
            if future.delays.is_empty() {
                people[q] += match duration {
                    1 => *profile.iter().max().unwrap(),
                    _ => profile[age * (profile.len() - 1) / (duration - 1)],
                };
            }
        }
        for wait in problem.precedences.iter().filter(|w| w.after == a) {
            let end = outcome
                .delivered(wait.before)
                .expect("the prerequisite was delivered");
            assert!(end + wait.lag <= start);
        }
    }
    let share = |limit: i64, at: usize| limit * i64::from(future.capacity[at]) / 1000;
    let (Limit::EachPeriod(each), Limit::Total(total)) =
        (&problem.resources[0].limit, &problem.resources[1].limit)
    else {
        unreachable!()
    };
    for q in 0..quarters {
        assert!(people[q] <= share(each[q], q));
        assert!(outcome.taken[q] <= outcome.there[q]);
        if future.delays.is_empty() {
            assert_eq!(people[q], outcome.taken[q]);
        }
    }
    assert!(money <= share(*total, quarters));
    for group in &problem.exclusions {
        let live = |&&a: &&usize| {
            matches!(
                outcome.phases[a],
                Phase::Running { .. } | Phase::Delivered { .. }
            )
        };
        assert!(group.iter().filter(live).count() < 2);
    }
    assert_eq!(n, outcome.phases.len());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn the_certain_future_gives_the_plan_back(problem in problem(), more in 1000..3000_u32) {
        let Some(schedule) = planned(&problem) else { return Ok(()) };
        let execution = Execution::bare(&problem);
        let mut future = Future::certain(&execution);
        let outcome = execution.run(&schedule, &future, &mut NoPolicy);
        for (a, &start) in schedule.iter().enumerate() {
            prop_assert_eq!(outcome.start(a), start);
            prop_assert_eq!(
                outcome.delivered(a),
                start.map(|start| start + problem.activities[a].duration)
            );
        }
        prop_assert!(outcome.late.iter().chain(&outcome.stood).all(|&quarters| quarters == 0));
        let worth = check(&problem, &schedule).unwrap();
        prop_assert_eq!(i128::from(outcome.value.total()), worth);
        // More of everything changes nothing: nobody starts before the plan says so.
        future.capacity.fill(more);
        let rich = execution.run(&schedule, &future, &mut NoPolicy);
        prop_assert_eq!((rich.phases, rich.value), (outcome.phases, outcome.value));
    }

    #[test]
    fn nothing_is_overdrawn_in_any_future(problem in problem(), change in change()) {
        let Some(schedule) = planned(&problem) else { return Ok(()) };
        let execution = Execution::bare(&problem);
        let future = changed(&execution, &change);
        let outcome = execution.run(&schedule, &future, &mut NoPolicy);
        sound(&problem, &schedule, &future, &outcome);
        prop_assert_eq!(&outcome, &execution.run(&schedule, &future, &mut NoPolicy));
        // With no end of people and money, all that waits waits for the plan, for what comes before
        // it, for a freeze or for a rival.
        let mut free = future.clone();
        free.capacity.fill(100_000);
        let outcome = execution.run(&schedule, &free, &mut NoPolicy);
        prop_assert!(outcome.stood.iter().all(|&stood| stood == 0));
    }

    /// A policy that does things at random breaks no rule.
    #[test]
    fn no_policy_overdraws(problem in problem(), change in change(), moves in vec((0..8_usize, 0..6_u8), 16)) {
        struct Restless(Vec<(usize, u8)>);
        impl Policy for Restless {
            fn quarter(&mut self, state: &State<'_>, actions: &mut Vec<Action>) {
                let n = state.execution().problem().activities.len();
                for &(a, what) in self.0.iter().skip(2 * state.quarter()).take(2) {
                    actions.push(match what {
                        0 => Action::Pause(a % n),
                        1 => Action::Resume(a % n),
                        2 => Action::Drop(a % n),
                        3 => Action::Start(a % n),
                        4 => Action::Hold { actor: None, least: 0 },
                        _ => Action::Lift,
                    });
                }
            }
        }
        let Some(schedule) = planned(&problem) else { return Ok(()) };
        let execution = Execution::bare(&problem);
        let future = changed(&execution, &change);
        let outcome = execution.run(&schedule, &future, &mut Restless(moves));
        for (taken, there) in outcome.taken.iter().zip(&outcome.there) {
            prop_assert!(taken <= there);
        }
        let live = |a: usize| {
            matches!(outcome.phases[a], Phase::Running { .. } | Phase::Delivered { .. })
        };
        for group in &problem.exclusions {
            prop_assert!(group.iter().filter(|&&a| live(a)).count() < 2);
        }
        for wait in &problem.precedences {
            if let Some(start) = outcome.start(wait.after) {
                let end = outcome.delivered(wait.before);
                prop_assert!(end.is_some_and(|end| end + wait.lag <= start));
            }
        }
    }
}

fn two() -> Problem {
    let activity = |name: &str, duration: usize, people: i64, worth: i64| Activity {
        name: name.to_owned(),
        duration,
        demand: vec![vec![people; duration]],
        value: (0..8)
            .map(|t| (t + duration <= 8).then_some(worth - t as i64))
            .collect(),
        ..Activity::default()
    };
    Problem {
        horizon: 8,
        resources: vec![Resource {
            name: "people".to_owned(),
            limit: Limit::EachPeriod(vec![10; 8]),
        }],
        activities: vec![
            activity("first", 2, 6, 100),
            activity("second", 2, 4, 50),
            activity("spare", 1, 1, 20),
        ],
        precedences: vec![Precedence {
            before: 0,
            after: 1,
            lag: 0,
        }],
        ..Problem::default()
    }
}

/// By hand: half the people in the second quarter hold the first activity up for a quarter, so the
/// second, which waits for it, starts a quarter late, and both lose a point.
#[test]
fn want_of_people_holds_up_what_waits() {
    let problem = two();
    let execution = Execution::bare(&problem);
    let schedule = vec![Some(0), Some(2), None];
    let mut future = Future::certain(&execution);
    future.capacity[1] = 500;
    let outcome = execution.run(&schedule, &future, &mut NoPolicy);
    assert_eq!(outcome.phases[0], Phase::Delivered { start: 0, end: 3 });
    assert_eq!(outcome.phases[1], Phase::Delivered { start: 3, end: 5 });
    assert_eq!(
        (outcome.late[0], outcome.stood[0], outcome.late[1]),
        (1, 1, 1)
    );
    assert_eq!(
        (outcome.value.benefit, outcome.value.lateness),
        (150, 1 + 3)
    );
    assert_eq!(
        (outcome.need[1], outcome.there[1], outcome.taken[1]),
        (6, 5, 0)
    );

    // If the first delivers nothing, the second never starts.
    future.delivered[0] = false;
    let outcome = execution.run(&schedule, &future, &mut NoPolicy);
    assert_eq!(outcome.phases[0], Phase::Failed { start: 0, end: 3 });
    assert_eq!(outcome.phases[1], Phase::Waiting);
    assert_eq!(outcome.late[1], 8 - 4);
    assert_eq!(outcome.value.total(), 0);

    // What ends after the plan is not credited.
    let mut future = Future::certain(&execution);
    future.durations[1] = 7;
    let outcome = execution.run(&schedule, &future, &mut NoPolicy);
    assert_eq!(
        outcome.phases[1],
        Phase::Running {
            start: 2,
            worked: 6
        }
    );
    assert_eq!(outcome.value.total(), 100);
}

/// Hired people are there after the hiring has delivered, and have to be kept; a gate opens with
/// either key; a year's budget is lost with the year.
#[test]
fn what_is_delivered_gives_takes_and_opens() {
    let mut problem = two();
    problem.activities[0].gives = vec![5, 0];
    problem.activities[0].upkeep = vec![0, 3];
    problem.activities[1].demand[0] = vec![14, 14];
    problem.precedences.clear();
    problem.gates.push(Gate {
        name: "a gate".to_owned(),
        keys: vec![0, 2],
        waits: vec![1],
    });
    for (a, cost) in [(0, 4), (1, 2), (2, 0)] {
        let duration = problem.activities[a].duration;
        problem.activities[a].demand.push(vec![cost; duration]);
    }
    problem.resources.push(Resource {
        name: "a year's money".to_owned(),
        limit: Limit::Span {
            first: 0,
            last: 3,
            amount: 18,
        },
    });
    let schedule = vec![Some(0), Some(2), None];
    let worth = check(&problem, &schedule).expect("a sound schedule");
    let execution = Execution::bare(&problem);
    let mut future = Future::certain(&execution);
    let outcome = execution.run(&schedule, &future, &mut NoPolicy);
    assert_eq!(i128::from(outcome.value.total()), worth);
    assert_eq!(outcome.start(1), Some(2));
    assert_eq!(outcome.there[..4], [10, 10, 15, 15]);
    // Two quarters of 4, then upkeep of 3 beside 2, to the end of the year.
    assert_eq!(outcome.taken[8..13], [4, 4, 5, 5, 3]);

    // Nobody is hired: the gate stays shut.
    future.delivered[0] = false;
    let outcome = execution.run(&schedule, &future, &mut NoPolicy);
    assert_eq!(outcome.phases[1], Phase::Waiting);
    assert_eq!(outcome.there[..4], [10, 10, 10, 10]);

    // Less money: what there is goes to upkeep first, and the second waits for the next year.
    let mut future = Future::certain(&execution);
    future.capacity[8..].fill(700);
    let outcome = execution.run(&schedule, &future, &mut NoPolicy);
    assert_eq!(outcome.taken[8..12], [4, 4, 3, 1]);
    assert_eq!(outcome.start(1), Some(4));
}

#[test]
fn a_policy_can_pause_drop_and_take_in() {
    struct Script;
    impl Policy for Script {
        fn quarter(&mut self, state: &State<'_>, actions: &mut Vec<Action>) {
            match state.quarter() {
                1 => {
                    assert_eq!(
                        state.phase(0),
                        Phase::Running {
                            start: 0,
                            worked: 1
                        }
                    );
                    assert_eq!((state.need(0), state.there(0)), (6, 10));
                    actions.extend([Action::Pause(0), Action::Start(2)]);
                }
                2 => {
                    assert!(state.is_paused(0));
                    assert_eq!(state.phase(2), Phase::Delivered { start: 1, end: 2 });
                    assert_eq!(state.late(0), 0);
                }
                3 => {
                    assert_eq!(state.late(0), 1);
                    actions.push(Action::Resume(0));
                }
                5 => actions.push(Action::Drop(1)),
                _ => {}
            }
        }
    }
    let problem = two();
    let execution = Execution::bare(&problem);
    let future = Future::certain(&execution);
    let outcome = execution.run(&vec![Some(0), Some(2), None], &future, &mut Script);
    assert_eq!(outcome.phases[0], Phase::Delivered { start: 0, end: 4 });
    assert_eq!(
        outcome.phases[1],
        Phase::Dropped {
            start: Some(4),
            quarter: 5
        }
    );
    assert_eq!(outcome.phases[2], Phase::Delivered { start: 1, end: 2 });
    assert_eq!(outcome.value.total(), (100 - 2) + (20 - 1));
}
