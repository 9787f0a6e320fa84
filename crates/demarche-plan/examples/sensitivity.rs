//! Sobol' indices of the Ishigami function with 1,000 resamples at N = 2^14, for timing as a whole
//! process: `cargo run --release -p demarche-plan --example sensitivity`.

use std::f64::consts::PI;

use demarche_plan::sensitivity::{latin_hypercube, saltelli, sobol};

fn main() {
    let rows = latin_hypercube(1 << 14, 6, 1);
    let outcomes: Vec<f64> = (saltelli(&rows).iter())
        .map(|at| {
            let x: Vec<f64> = at.iter().map(|u| -PI + 2.0 * PI * u).collect();
            x[0].sin() + 7.0 * x[1].sin().powi(2) + 0.1 * x[2].powi(4) * x[0].sin()
        })
        .collect();
    let found = sobol(&outcomes, 3, 1000, 0.95, 1).expect("indices");
    for (j, indices) in found.iter().enumerate() {
        println!(
            "x{}: first {:.4} ± {:.4}, total {:.4} ± {:.4}",
            j + 1,
            indices.first.value,
            indices.first.half_width,
            indices.total.value,
            indices.total.half_width
        );
    }
}
