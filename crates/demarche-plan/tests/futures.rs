//! Futures drawn, plans put under stress, and failures found where they were planted.

use std::path::PathBuf;
use std::sync::Arc;

use demarche_plan::discover::{Condition, Meaning, Nothing, discover};
use demarche_plan::execute::{Execution, NoPolicy};
use demarche_plan::futures::{
    Consequence, Effect, Event, Factor, Future, Law, Subject, Uncertainty,
};
use demarche_plan::plan::Plan;
use demarche_plan::problem::{Activity, Limit, Problem, Resource};
use demarche_plan::sample::Sampling;
use demarche_plan::scheme::{Scheme, Wishes};
use demarche_plan::search::Effort;
use demarche_plan::stress::{Stress, Test, alternatives};
use proptest::prelude::*;

const SHORT: Effort = Effort {
    chains: 2,
    trials: 4_000,
    rounds: 1,
    seed: 1,
};

/// By hand: a triangle from 0 to 4 with its top at 1 has a quarter of its area below the top; its
/// median is 4 − √(½ · 4 · 3).
#[test]
fn laws_give_their_quantiles() {
    let law = Law::Triangular {
        low: 0.0,
        likely: 1.0,
        high: 4.0,
    };
    let near = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} {b}");
    near(law.quantile(0.0), 0.0);
    near(law.quantile(0.25), 1.0);
    near(law.quantile(0.5), 4.0 - 6.0_f64.sqrt());
    near(law.quantile(1.0), 4.0);
    let uniform = Law::Uniform {
        low: 2.0,
        high: 6.0,
    };
    near(uniform.quantile(0.25), 3.0);
    let list = Law::List(vec![1.0, 2.0, 5.0]);
    assert_eq!(
        [0.0, 0.34, 0.99, 1.0].map(|u| list.quantile(u)),
        [1.0, 2.0, 5.0, 5.0]
    );
}

fn problem() -> Problem {
    Problem {
        horizon: 8,
        resources: vec![Resource {
            name: "people".to_owned(),
            limit: Limit::EachPeriod(vec![10; 8]),
        }],
        activities: (0..3)
            .map(|a| Activity {
                name: format!("activity {a}"),
                duration: 2,
                demand: vec![vec![3; 2]],
                value: (0..8).map(|t| (t < 7).then_some(100)).collect(),
                ..Activity::default()
            })
            .collect(),
        ..Problem::default()
    }
}

#[test]
fn events_do_what_they_say_from_their_quarter_on() {
    let problem = problem();
    let execution = Execution::bare(&problem);
    let event = |what, lasts| Event {
        id: "e".to_owned(),
        name: "an event".to_owned(),
        chance: 0.5,
        first: 2,
        last: 5,
        effects: vec![Effect { what, lasts }],
    };
    let all: Arc<[usize]> = Arc::from([0, 1, 2]);
    let draw = |event: Event, u: f64| {
        let uncertainty = Uncertainty {
            factors: Vec::new(),
            events: vec![event],
        };
        assert_eq!(uncertainty.dimensions(), 2);
        uncertainty.draw(&execution, 0, &[u, 0.5])
    };
    // Half of the range is "never"; the other half is shared among four quarters.
    for (u, quarter) in [
        (0.0, Some(2)),
        (0.13, Some(3)),
        (0.49, Some(5)),
        (0.5, None),
    ] {
        let future = draw(event(Consequence::Freeze(all.clone()), Some(2)), u);
        assert_eq!(future.happened, [quarter]);
        for at in 0..8 {
            let frozen = quarter.is_some_and(|q| (q..q + 2).contains(&at));
            assert_eq!(future.frozen[8 + at], frozen);
        }
    }
    let future = draw(event(Consequence::Capacity(Arc::from([0]), 500), None), 0.0);
    assert_eq!(future.capacity, [1000, 1000, 500, 500, 500, 500, 500, 500]);
    let schedule = vec![Some(0), Some(0), Some(2)];
    let future = draw(event(Consequence::Benefit(all.clone(), 0), None), 0.0);
    let outcome = execution.run(&schedule, &future, &mut NoPolicy);
    assert_eq!(
        outcome.value.benefit, 200,
        "the third comes when it no longer counts"
    );
    let future = draw(event(Consequence::Delay(all, 3), None), 0.0);
    let outcome = execution.run(&schedule, &future, &mut NoPolicy);
    assert_eq!(outcome.delivered(0), Some(2), "it had ended before");
    assert_eq!(outcome.delivered(2), Some(7));
    assert_eq!(outcome.late, [0, 0, 3]);
}

#[test]
fn factors_scale_what_they_name_and_luck_is_fair() {
    let problem = problem();
    let execution = Execution::bare(&problem);
    let factor = |subject, law, each| Factor {
        id: "f".to_owned(),
        name: "a factor".to_owned(),
        subject,
        law,
        each,
    };
    let fixed = |value: f64| Law::List(vec![value]);
    let all: Arc<[usize]> = Arc::from([0, 1, 2]);
    let uncertainty = Uncertainty {
        factors: vec![
            factor(Subject::Capacity(Arc::from([0])), fixed(0.6), false),
            factor(Subject::Duration(all.clone()), fixed(1.2), true),
            factor(Subject::Delivery(all), fixed(0.7), false),
        ],
        events: Vec::new(),
    };
    assert_eq!(
        uncertainty.dimensions(),
        3,
        "what is drawn for each is luck"
    );
    let (mut longer, mut delivered) = (0, 0);
    let points = Sampling::LatinHypercube.points(4_000, 3, 1);
    for (number, point) in points.iter().enumerate() {
        let future = uncertainty.draw(&execution, number, point);
        assert_eq!(future, uncertainty.draw(&execution, number, point));
        assert!(future.capacity.iter().all(|&c| c == 600));
        longer += future.durations.iter().map(|d| d - 2).sum::<usize>();
        delivered += future.delivered.iter().filter(|&&d| d).count();
    }
    // 2.4 quarters: 3 in two of five; 12,000 draws, standard errors 0.0045 and 0.0042.
    assert!((longer as f64 / 12_000.0 - 0.4).abs() < 0.018, "{longer}");
    assert!(
        (delivered as f64 / 12_000.0 - 0.7).abs() < 0.017,
        "{delivered}"
    );
}

fn condition(name: &str) -> Condition {
    Condition {
        id: name.to_owned(),
        name: name.to_owned(),
        meaning: Meaning::Percent,
    }
}

/// Failures planted in a corner, with some noise: the corner comes out, in both samples.
#[test]
fn planted_failures_are_found_and_hold_apart() {
    let sample = |seed: u64| {
        let points = Sampling::Sobol.points(4_096, 6, seed);
        let columns: Vec<Vec<f64>> = (0..5)
            .map(|j| points.iter().map(|p| p[j]).collect())
            .collect();
        // Nine in ten of the corner, one in twenty elsewhere.
        let fails: Vec<bool> = (points.iter())
            .map(|p| p[5] < if p[1] < 0.4 && p[3] > 0.5 { 0.9 } else { 0.05 })
            .collect();
        (columns, fails)
    };
    let (one, two) = (sample(1), sample(2));
    let found = discover(&one.0, &one.1, (&two.0, &two.1), 1).unwrap();
    assert_eq!(found.nothing, None);
    let corner = &found.boxes[0];
    let which: Vec<usize> = corner.limits.iter().map(|l| l.condition).collect();
    assert_eq!(which, [1, 3]);
    assert!(
        (corner.limits[0].high.unwrap() - 0.4).abs() < 0.03,
        "{corner:?}"
    );
    assert!(
        (corner.limits[1].low.unwrap() - 0.5).abs() < 0.03,
        "{corner:?}"
    );
    assert!((corner.density_apart.low..=corner.density_apart.high).contains(&corner.found.density));
    assert!(
        corner.apart.density > 0.85 && corner.apart.coverage > 0.75,
        "{corner:?}"
    );
    assert!(corner.limits.iter().all(|l| l.reproduced == 1.0));
    let names: Vec<Condition> = ["a", "staff", "b", "delay", "c"].map(condition).to_vec();
    let sentence = corner.sentence(&names);
    assert!(
        sentence.contains("staff is at most 40 %") || sentence.contains("staff is at most 39 %"),
        "{sentence}"
    );
    assert_eq!(
        found,
        discover(&one.0, &one.1, (&two.0, &two.1), 1).unwrap()
    );
}

#[test]
fn where_nothing_is_planted_nothing_is_told() {
    for seed in 1..9 {
        let sample = |seed: u64| {
            let points = Sampling::LatinHypercube.points(1_000, 6, seed);
            let columns: Vec<Vec<f64>> = (0..5)
                .map(|j| points.iter().map(|p| p[j]).collect())
                .collect();
            let fails: Vec<bool> = points.iter().map(|p| p[5] < 0.3).collect();
            (columns, fails)
        };
        let (one, two) = (sample(seed), sample(100 + seed));
        let found = discover(&one.0, &one.1, (&two.0, &two.1), seed).unwrap();
        assert!(found.boxes.is_empty(), "{found:?}");
        assert!(matches!(
            found.nothing,
            Some(Nothing::DoesNotHold | Nothing::NoCondition)
        ));
    }
    let columns = vec![vec![0.1, 0.2, 0.3, 0.4]];
    for (fails, why) in [(false, Nothing::NeverFails), (true, Nothing::AlwaysFails)] {
        let fails = vec![fails; 4];
        let found = discover(&columns, &fails, (&columns, &fails), 1).unwrap();
        assert_eq!(found.nothing, Some(why));
        assert_eq!(found.sentences(&[condition("a")]).len(), 1);
    }
}

fn korea() -> demarche_case::Case {
    let dir = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../cases/korea-nato");
    demarche_case::read(&dir)
        .case
        .expect("the worked case is sound")
}

#[test]
fn the_plan_of_the_worked_case_is_carried_out_as_planned_and_put_to_the_test() {
    let case = korea();
    let scheme = Scheme::of(&case, &Wishes::default());
    let plan = Plan::make(&case, &scheme, &SHORT, None).expect("a plan");
    let execution = Execution::of(&case, &scheme);
    let certain = Future::certain(&execution);
    let outcome = execution.run(&plan.schedule, &certain, &mut NoPolicy);
    assert_eq!(i128::from(outcome.value.total()), plan.value);
    assert!(outcome.late.iter().chain(&outcome.stood).all(|&q| q == 0));
    for (a, &start) in plan.schedule.iter().enumerate() {
        assert_eq!(
            outcome.start(a),
            start,
            "{}",
            scheme.problem.activities[a].name
        );
    }
    for (taken, there) in outcome.taken.iter().zip(&outcome.there) {
        assert!(taken <= there);
    }
    let others = alternatives(&case, &Wishes::default(), &SHORT, &plan);
    assert_eq!(others.len(), 2);
    let test = Test {
        futures: 512,
        seed: 3,
        sampling: Sampling::Sobol,
    };
    let stress = Stress::test(&case, &scheme, &plan, &others, &test, |_| {}).expect("a test");
    for held in &stress.robustness {
        assert!(held.worst <= held.shortfall && held.shortfall <= held.mean);
        assert!(held.regret >= 0.0 && held.regret <= held.regret_worst);
        // All thresholds together are met no more often than any one of them.
        assert!(held.goals.iter().all(|goal| held.all.value <= goal.value));
    }
    let best: f64 = stress.robustness.iter().map(|held| held.best.value).sum();
    assert!(best >= 1.0, "one of them is the best in each future");
    assert!(stress.robustness[0].mean < plan.value as f64);
    assert_eq!(
        stress.influence.ids.len(),
        stress.influence.indices.as_ref().unwrap().len()
    );
    assert!(!stress.discovery.sentences(&stress.conditions).is_empty());
    let again = Stress::test(&case, &scheme, &plan, &others, &test, |_| {}).expect("a test");
    assert_eq!(
        (
            stress.robustness,
            stress.discovery,
            stress.agreement,
            stress.influence
        ),
        (
            again.robustness,
            again.discovery,
            again.agreement,
            again.influence
        )
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    /// Any point of the cube is a future in which nothing of the worked case's plan is overdrawn.
    #[test]
    fn any_point_is_a_future(u in proptest::collection::vec(0.0..1.0_f64, 16)) {
        thread_local! {
            static CASE: demarche_case::Case = korea();
        }
        CASE.with(|case| {
            let scheme = Scheme::of(case, &Wishes::default());
            let execution = Execution::of(case, &scheme);
            let uncertainty = Uncertainty::of(case, &scheme, &execution);
            let future = uncertainty.draw(&execution, 0, &u);
            // Everything at once, which no sound plan does.
            let schedule = vec![Some(0); scheme.problem.activities.len()];
            let outcome = execution.run(&schedule, &future, &mut NoPolicy);
            for (taken, there) in outcome.taken.iter().zip(&outcome.there) {
                assert!(taken <= there);
            }
            for wait in &scheme.problem.precedences {
                if let Some(start) = outcome.start(wait.after) {
                    assert!(outcome.delivered(wait.before).is_some_and(|end| end <= start));
                }
            }
        });
    }
}
