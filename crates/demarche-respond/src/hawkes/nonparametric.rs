//! A kernel without a shape: steps over bins of delay, estimated by expectation and maximisation.

use serde::Serialize;

use super::baseline::Baseline;
use super::design::designs;
use super::error::HawkesError;
use super::events::Record;
use super::fit::{Delays, Model, Options, prepared, process_of};
use super::kernel::Kernel;
use super::process::Process;
use super::solve::{expect, multiply, objective};
use crate::threads::spread;

/// Options of the iteration.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct EmOptions {
    /// How many events each stream needs in the window.
    pub needed: usize,
    /// Steps at most.
    pub steps: usize,
    /// The iteration ends when a step raises the log-likelihood of a stream by less than this.
    pub gain: f64,
}

impl Default for EmOptions {
    fn default() -> EmOptions {
        EmOptions {
            needed: 30,
            steps: 5000,
            gain: 1e-8,
        }
    }
}

/// A process with step kernels.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StepFit {
    /// The process; [`Process::response`] gives its kernels.
    pub process: Process,
    /// The log-likelihood.
    pub log_likelihood: f64,
    /// Steps taken, for each stream.
    pub steps: Vec<usize>,
    /// Did every stream reach the gain asked for within the steps allowed?
    pub converged: bool,
}

/// Fits kernels that are constant within bins of delay, by expectation and maximisation: every
/// event is shared out between the baseline and earlier events by the present estimate, and each
/// parameter becomes its share over its exposure. Each step raises the likelihood; the limit is
/// the maximum that [`super::fit`] finds with [`Delays::Steps`], but a few hundred steps smooth
/// bins with few events where that follows them closely.
///
/// Marsan and Lengliné 2008, "Extending earthquakes' reach through cascading", *Science* 319(5866);
/// Lewis and Mohler 2011, "A nonparametric EM algorithm for multiscale Hawkes processes".
///
/// # Errors
/// If the edges do not rise, the baselines do not fit, or a stream has too few events.
pub fn fit_steps(
    record: &Record,
    baselines: &[Baseline],
    edges: &[f64],
    options: &EmOptions,
) -> Result<StepFit, HawkesError> {
    let model = Model {
        baselines: baselines.to_vec(),
        delays: Delays::Steps(edges.to_vec()),
    };
    let needed = Options {
        needed: options.needed,
    };
    let baselines = prepared(record, &model, &needed)?;
    let kernel = Kernel::Steps {
        edges: edges.to_vec(),
    };
    kernel.check(record.resolution())?;
    let designs = designs(record, &baselines, &kernel)?;
    let outcomes = spread(designs.len(), |stream| {
        let design = &designs[stream];
        let exposed = design.cost.iter().filter(|cost| **cost > 0.0).count();
        let mut theta: Vec<f64> = design
            .cost
            .iter()
            .map(|cost| {
                if *cost > 0.0 {
                    design.events() / (cost * exposed as f64)
                } else {
                    0.0
                }
            })
            .collect();
        let mut rates = vec![0.0; design.weights.len()];
        multiply(design, &theta, &mut rates);
        let mut value = objective(design, &design.cost, &theta, &rates);
        for step in 1..=options.steps {
            expect(design, &design.cost, &mut theta, &rates);
            multiply(design, &theta, &mut rates);
            let next = objective(design, &design.cost, &theta, &rates);
            let gain = next - value;
            value = next;
            if gain < options.gain {
                return (theta, value, step, true);
            }
        }
        (theta, value, options.steps, false)
    });
    let thetas: Vec<Vec<f64>> = outcomes.iter().map(|o| o.0.clone()).collect();
    Ok(StepFit {
        process: process_of(&baselines, &kernel, &thetas),
        log_likelihood: outcomes.iter().map(|o| o.1).sum(),
        steps: outcomes.iter().map(|o| o.2).collect(),
        converged: outcomes.iter().all(|o| o.3),
    })
}
