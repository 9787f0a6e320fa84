//! The lake problem, 100 scenarios and 100 policies, for timing as a whole process:
//! `cargo run --release -p demarche-plan --example lake`.

use demarche_plan::lake::{Lake, Weather, run_all};
use demarche_plan::sample::Sampling;

fn main() {
    let lakes: Vec<Lake> = (Sampling::LatinHypercube.points(100, 5, 1).iter())
        .map(|u| Lake {
            decay: 0.1 + 0.35 * u[0],
            recycling: 2.0 + 2.5 * u[1],
            mean: 0.01 + 0.04 * u[2],
            deviation: 0.001 + 0.004 * u[3],
            discount: 0.93 + 0.06 * u[4],
            benefit: 0.41,
        })
        .collect();
    let mut policies = Sampling::LatinHypercube.points(100, 100, 2);
    policies.iter_mut().flatten().for_each(|x| *x *= 0.1);
    let all = run_all(&lakes, &policies, &Weather::draw(150, 100, 3));
    let runs: Vec<_> = all.iter().flatten().flatten().collect();
    let mean = |which: fn(&demarche_plan::lake::LakeOutcome) -> f64| {
        runs.iter().map(|run| which(run)).sum::<f64>() / runs.len() as f64
    };
    println!(
        "{} runs: mean peak {:.3}, utility {:.3}, inertia {:.3}, reliability {:.3}",
        runs.len(),
        mean(|run| run.peak),
        mean(|run| run.utility),
        mean(|run| run.inertia),
        mean(|run| run.reliability)
    );
}
