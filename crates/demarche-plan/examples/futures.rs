//! Carries a case's plan out in 10,000 futures and says how long that took:
//! `cargo run --release -p demarche-plan --example futures -- cases/korea-nato [COUNT]`.

use std::time::Instant;

use demarche_plan::{
    execute::Execution,
    futures::Uncertainty,
    goals::{Goal, Planned},
    plan::Plan,
    robust::{Candidate, trial},
    sample::Sampling,
    scheme::{Scheme, Wishes},
    search::Effort,
};

fn main() {
    let mut words = std::env::args().skip(1);
    let dir = words.next().expect("a case folder");
    let count = words
        .next()
        .map_or(10_000, |count| count.parse().expect("a number"));
    let case = demarche_case::read(dir.as_ref())
        .case
        .expect("a sound case");
    let scheme = Scheme::of(&case, &Wishes::default());
    let effort = Effort {
        trials: 40_000,
        ..Effort::default()
    };
    let plan = Plan::make(&case, &scheme, &effort, None).unwrap_or_else(|e| panic!("{e}"));
    let execution = Execution::of(&case, &scheme);
    let uncertainty = Uncertainty::of(&case, &scheme, &execution);
    let goals = Goal::all(&case, &scheme, &execution);
    let planned = Planned::of(&execution, &plan.schedule);
    assert_eq!(i128::from(planned.value), plan.value);
    let plan = Candidate {
        name: "plan".to_owned(),
        what: String::new(),
        schedule: plan.schedule,
        planned_value: planned.value,
        planned,
    };
    let mut times: Vec<f64> = (0..5)
        .map(|seed| {
            let begun = Instant::now();
            let points = Sampling::Sobol.points(count, uncertainty.dimensions(), seed);
            let tried = trial(&execution, &uncertainty, &goals, &[&plan], &points);
            let held = &tried.robustness(&goals)[0];
            let took = begun.elapsed().as_secs_f64();
            println!(
                "seed {seed}: {count} futures of {} activities in {took:.3} s; planned {}, mean {:.0} ± {:.0}, all thresholds in {:.1} %",
                plan.schedule.len(),
                plan.planned.value,
                held.mean,
                held.mean_half_width,
                100.0 * held.all.value
            );
            took
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("median {:.3} s", times[times.len() / 2]);
}
