//! The model against the checker, and, where HiGHS is built in, proofs of optima that other solvers
//! have proven. The instances are no part of the repository; where they are absent the tests are
//! skipped with a reason.

use std::path::PathBuf;

use demarche_highs::model::{Column, Model};
use demarche_highs::{Failure, is_built_in, prove};
use demarche_plan::check::check;
use demarche_plan::problem::{
    Activity, Cell, Gate, Limit, Precedence, Problem, Resource, Schedule,
};

/// Four activities over four periods with every kind of rule.
fn small() -> Problem {
    let activity = |name: &str, duration: usize, demand: i64, value: i64| Activity {
        name: name.to_owned(),
        duration,
        demand: vec![vec![demand; duration], vec![1; duration]],
        value: (0..4)
            .map(|t| (t + duration <= 4).then_some(value - t as i64))
            .collect(),
        ..Activity::default()
    };
    let mut hire = activity("hire", 1, 2, 1);
    hire.gives = vec![1, 0];
    let mut keep = activity("keep", 1, 1, 6);
    keep.upkeep = vec![1, 0];
    Problem {
        horizon: 4,
        resources: vec![
            Resource {
                name: "people".to_owned(),
                limit: Limit::EachPeriod(vec![2, 2, 2, 2]),
            },
            Resource {
                name: "money".to_owned(),
                limit: Limit::Total(5),
            },
        ],
        activities: vec![
            hire,
            keep,
            activity("talk", 2, 1, 9),
            activity("build", 2, 2, 11),
        ],
        precedences: vec![Precedence {
            before: 1,
            after: 3,
            lag: 0,
        }],
        exclusions: vec![vec![0, 2]],
        cells: vec![Cell {
            name: "ties".to_owned(),
            members: vec![1, 2, 3],
            gain: vec![5, 2],
        }],
        gates: vec![Gate {
            name: "door".to_owned(),
            keys: vec![0, 1],
            waits: vec![2],
        }],
        ..Problem::default()
    }
}

/// All schedules of four activities over four periods.
fn all() -> impl Iterator<Item = Schedule> {
    (0..5_usize.pow(4)).map(|code| {
        let digit = |a: u32| code / 5_usize.pow(a) % 5;
        (0..4).map(|a| digit(a).checked_sub(1)).collect()
    })
}

#[test]
fn the_model_keeps_the_schedules_that_the_checker_passes_and_no_other() {
    let problem = small();
    problem.validate().unwrap();
    let model = Model::new(&problem);
    let (mut passed, mut refused) = (0, 0);
    for schedule in all() {
        let possible = schedule.iter().enumerate().all(|(a, start)| {
            start.is_none_or(|start| {
                model
                    .columns
                    .contains(&Column::Start { activity: a, start })
            })
        });
        let point = model.point(&problem, &schedule);
        match check(&problem, &schedule) {
            Ok(value) => {
                assert!(possible, "{schedule:?}");
                assert_eq!(
                    model.worth_of(&point, 1e-9),
                    Some(value as f64),
                    "{schedule:?}"
                );
                assert_eq!(model.schedule(&point), schedule);
                passed += 1;
            }
            Err(broken) => {
                assert!(
                    !possible || model.worth_of(&point, 1e-9).is_none(),
                    "{broken:?}"
                );
                refused += 1;
            }
        }
    }
    assert!(passed > 10 && refused > 100, "{passed} {refused}");
}

#[test]
fn without_highs_it_says_so() {
    if is_built_in() {
        println!("skipped: HiGHS is built in");
        return;
    }
    assert_eq!(prove(&small(), None, 1.0), Err(Failure::NotBuilt));
}

#[test]
fn a_problem_that_makes_no_sense_is_told() {
    let mut problem = small();
    problem.activities[0].duration = 0;
    assert!(matches!(
        prove(&problem, None, 1.0),
        Err(Failure::Faults(_))
    ));
}

fn plans() -> Option<PathBuf> {
    demarche_shared::shared("data/plans")
}

#[cfg(feature = "highs")]
mod with_highs {
    use super::*;
    use demarche_highs::Status;
    use demarche_plan::instance::read;

    #[test]
    fn a_small_problem_is_proven_as_by_trying_all() {
        let problem = small();
        let best = all()
            .filter_map(|schedule| check(&problem, &schedule).ok())
            .max();
        let proof = prove(&problem, None, 30.0).unwrap();
        assert_eq!(proof.status, Status::Optimal);
        assert_eq!(proof.best.map(|best| best.1), best);
        assert_eq!(proof.bound, best);
    }

    #[test]
    fn what_can_not_be_is_proven_impossible() {
        let mut problem = small();
        for a in [0, 2] {
            problem.activities[a].mandatory = true;
        }
        assert_eq!(
            prove(&problem, None, 30.0).unwrap().status,
            Status::Infeasible
        );
    }

    fn proven(name: &str, value: i128) {
        let Some(folder) = plans() else { return };
        let text = std::fs::read_to_string(folder.join(format!("{name}.txt"))).unwrap();
        let problem = read(&text).unwrap();
        let effort = demarche_plan::search::Effort {
            trials: 200_000,
            ..Default::default()
        };
        let found = demarche_plan::search::search(&problem, &effort, None).unwrap();
        let demarche_plan::search::Outcome::Found(found) = found else {
            panic!("nothing must be done")
        };
        let begin = std::time::Instant::now();
        // Patience enough for a machine that others use too; how long it took is printed.
        let proof = prove(&problem, Some(&found.schedule), 600.0).unwrap();
        println!(
            "{name}: {:?} in {:.1} s",
            proof.status,
            begin.elapsed().as_secs_f64()
        );
        assert_eq!(proof.status, Status::Optimal);
        assert_eq!(proof.bound, Some(value));
        let (schedule, worth) = proof.best.unwrap();
        assert_eq!((check(&problem, &schedule), worth), (Ok(value), value));
    }

    #[test]
    fn b30_is_proven() {
        proven("B30T12_s1", 39_919);
    }

    #[test]
    fn l30_is_proven() {
        proven("L30T12_s1", 56_519);
    }
}

#[test]
fn instances_have_models_that_hold_what_the_search_finds() {
    let Some(folder) = plans() else { return };
    let text = std::fs::read_to_string(folder.join("L30T12_s1.txt")).unwrap();
    let problem = demarche_plan::instance::read(&text).unwrap();
    let effort = demarche_plan::search::Effort {
        trials: 2_000,
        ..Default::default()
    };
    let found = demarche_plan::search::search(&problem, &effort, None).unwrap();
    let demarche_plan::search::Outcome::Found(found) = found else {
        panic!("nothing must be done")
    };
    let model = Model::new(&problem);
    let point = model.point(&problem, &found.schedule);
    assert_eq!(model.worth_of(&point, 1e-9), Some(found.value as f64));
}
