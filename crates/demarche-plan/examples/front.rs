//! How long planning, the staffing sweep, the front and planning again take on a case:
//! `cargo run --release -p demarche-plan --example front -- cases/korea-nato`.

use std::time::Instant;

use demarche_plan::earlier::{Decision, Earlier};
use demarche_plan::objectives::Yardstick;
use demarche_plan::pareto::front;
use demarche_plan::plan::Plan;
use demarche_plan::replan::replan;
use demarche_plan::scheme::{Scheme, Wishes};
use demarche_plan::search::Effort;
use demarche_plan::sweep;

fn main() {
    let dir = std::env::args().nth(1).expect("a case folder");
    let case = demarche_case::read(dir.as_ref())
        .case
        .expect("a sound case");
    let wishes = Wishes::default();
    let scheme = Scheme::of(&case, &wishes);
    // As the command does it.
    let effort = Effort {
        trials: 400_000,
        ..Effort::default()
    };
    let begun = Instant::now();
    let plan = Plan::make(&case, &scheme, &effort, None).unwrap_or_else(|e| panic!("{e}"));
    println!(
        "plan: {} of {}, gap {:.2} %, {:.1} s",
        plan.value,
        plan.bound,
        100.0 * plan.gap(),
        begun.elapsed().as_secs_f64()
    );

    let begun = Instant::now();
    let more = sweep::sweep(&case, &wishes, &effort, &plan, |_| ()).expect("a sweep");
    println!("sweep: {:.1} s", begun.elapsed().as_secs_f64());
    for sentence in sweep::sentences(&scheme, &plan, &more) {
        println!("  {sentence}");
    }

    let begun = Instant::now();
    let yard = Yardstick::of(&case, &wishes);
    let quarter = Effort {
        trials: effort.trials / 4,
        ..effort
    };
    let known = std::slice::from_ref(&plan.schedule);
    let front = front(&yard, known, &quarter, 20, |_| ()).expect("a front");
    println!(
        "front: {} plans, {} questions, {:.1} s",
        front.points.len(),
        front.asked,
        begun.elapsed().as_secs_f64()
    );
    for point in &front.points {
        println!(
            "  {:13} {:?} bound {} gap {:.2} % separated {} changes {}",
            point.way.words(),
            point.objectives,
            point.bound,
            100.0 * point.gap(),
            point.separated,
            point.changes.count()
        );
    }

    let mut earlier = Earlier::default();
    for (a, start) in plan.schedule.iter().enumerate() {
        let decision = Decision {
            id: case.initiatives[scheme.of[a]].id.clone(),
            start: start.map(|at| scheme.quarters[at]),
            end: None,
        };
        earlier.push(decision, 0).expect("each once");
    }
    let step = plan.steps.iter().find(|step| !step.runs);
    let forbidden = Wishes {
        forbidden: step.map(|step| step.initiative).into_iter().collect(),
        ..Wishes::default()
    };
    let begun = Instant::now();
    let eighth = Effort {
        trials: effort.trials / 8,
        ..effort
    };
    let again = replan(
        &case,
        &forbidden,
        &earlier,
        0,
        case.settings.plan.keep,
        &eighth,
    )
    .unwrap_or_else(|e| panic!("{e}"));
    println!(
        "again, one thing forbidden: {} (score {} of {}), {} changes, {:.1} s",
        again.plan.value,
        again.score,
        again.score_bound,
        again.changes.len(),
        begun.elapsed().as_secs_f64()
    );
    for change in &again.changes {
        println!(
            "  {} {} {:?} -> {:?}: {}",
            case.initiatives[change.initiative].id,
            change.turn.words(),
            change.was.map(|q| q.to_string()),
            change.now.map(|q| q.to_string()),
            change.why
        );
    }
    println!("few changes cost {} points", again.price_of_few_changes());
}
