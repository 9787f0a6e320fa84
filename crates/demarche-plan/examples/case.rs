//! Plans a case and prints it: `cargo run --release -p demarche-plan --example case -- cases/korea-nato`,
//! and the plans that each chain of the search tries, if not as many as it does by itself.

use demarche_plan::{
    plan::Plan,
    scheme::{Scheme, Wishes},
    search::Effort,
};

fn main() {
    let dir = std::env::args().nth(1).expect("a case folder");
    let case = demarche_case::read(dir.as_ref())
        .case
        .expect("a sound case");
    let scheme = Scheme::of(&case, &Wishes::default());
    let mut effort = Effort::default();
    if let Some(trials) = std::env::args().nth(2) {
        effort.trials = trials.parse().expect("a number of plans");
    }
    let plan = Plan::make(&case, &scheme, &effort, None).unwrap_or_else(|e| panic!("{e}"));
    for step in &plan.steps {
        println!(
            "{} {} +{} {} | {} | {}",
            scheme.quarters[step.start],
            case.initiatives[step.initiative].id,
            step.duration,
            step.worth,
            step.why,
            step.why_then
        );
    }
    for left in &plan.left_out {
        println!("- {}: {}", case.initiatives[left.initiative].id, left.why);
    }
    for load in &plan.loads {
        println!(
            "{} {:?} of {:?} at {:.0?}",
            scheme.problem.resources[load.resource].name, load.taken, load.limit, load.price
        );
    }
    println!("{} {} {:.2} %", plan.value, plan.bound, 100.0 * plan.gap());
}
