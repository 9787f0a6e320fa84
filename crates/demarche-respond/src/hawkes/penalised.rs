//! A fit for many streams: ratios are held down by a penalty on their sum, so that most are zero.

use serde::Serialize;

use super::design::{Design, designs};
use super::error::HawkesError;
use super::events::Record;
use super::fit::{Delays, Model, Options, prepared, process_of};
use super::kernel::Kernel;
use super::likelihood::log_likelihood;
use super::process::Process;
use super::solve::{Terms, gradient, maximise, multiply};
use crate::threads::spread;

/// How the penalty is sought.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Path {
    /// Penalties tried, from the smallest that makes all ratios zero downwards.
    pub points: usize,
    /// The last penalty as a share of the first.
    pub reach: f64,
    /// Where the window is split: the path is fitted before it and scored after it.
    pub split: f64,
}

/// One point of a path.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PathPoint {
    /// The penalty `κ`, per event.
    pub penalty: f64,
    /// Ratios above zero, over all densities.
    pub ratios: usize,
    /// The log-likelihood before the split, without the penalty.
    pub fitted: f64,
    /// The log-likelihood after the split, given what came before.
    pub held_out: f64,
}

/// A penalised fit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Penalised {
    /// The path, from the largest penalty to the smallest.
    pub path: Vec<PathPoint>,
    /// The position on the path with the highest held-out likelihood; of equals, the larger
    /// penalty.
    pub chosen: usize,
    /// The process fitted to the whole window with that penalty. Its ratios are drawn towards zero
    /// and have no standard errors.
    pub process: Process,
}

/// Fits a model under the penalty `κ n_i Σ_jm α_ijm` on the log-likelihood of each stream `i` with
/// `n_i` events, for a falling path of `κ`, and chooses `κ` by the likelihood of what comes after a
/// split in time. As ratios are not negative the penalty is that of the lasso: Tibshirani 1996;
/// Hansen, Reynaud-Bouret and Rivoirard 2015, "Lasso and probabilistic inequalities for
/// multivariate point processes", *Bernoulli* 21(1).
///
/// # Errors
/// If the delays of the model are not given, the split leaves a stream without events before it,
/// an event after it is impossible under the fit, or an option is outside its range.
pub fn penalised_path(
    record: &Record,
    model: &Model,
    options: &Options,
    path: &Path,
) -> Result<Penalised, HawkesError> {
    let kernel = match &model.delays {
        Delays::Given(decays) if !decays.is_empty() => Kernel::Exponential {
            decays: decays.clone(),
        },
        Delays::Steps(edges) => Kernel::Steps {
            edges: edges.clone(),
        },
        _ => {
            return Err(HawkesError::Option {
                what: "a penalised fit needs given decays or steps",
            });
        }
    };
    if path.points < 2 || !(path.reach > 0.0 && path.reach < 1.0) {
        return Err(HawkesError::Option {
            what: "a path needs two or more penalties and a reach between 0 and 1",
        });
    }
    kernel.check(record.resolution())?;
    let window = record.window();
    let split = HawkesError::Split { at: path.split };
    if !(window.start < path.split && path.split < window.end) {
        return Err(split);
    }
    let before = record.between(window.start, path.split)?;
    let after = record.between(path.split, window.end)?;
    if before.counts().contains(&0) {
        return Err(split);
    }
    let baselines = prepared(&before, model, &Options { needed: 0 })?;
    let fitted = designs(&before, &baselines, &kernel)?;
    let mut thetas: Vec<Vec<f64>> = fitted.iter().map(plain).collect();
    let first = fitted
        .iter()
        .zip(&thetas)
        .map(|(design, theta)| steepest(design, theta))
        .fold(0.0, f64::max);
    let first = if first > 0.0 { first } else { 1.0 };
    let mut points = Vec::with_capacity(path.points);
    let penalties: Vec<f64> = (0..path.points)
        .map(|at| first * path.reach.powf(at as f64 / (path.points - 1) as f64))
        .collect();
    for &penalty in &penalties {
        thetas = solve(&fitted, penalty, Some(&thetas))?;
        let process = process_of(&baselines, &kernel, &thetas);
        points.push(PathPoint {
            penalty,
            ratios: process
                .parts()
                .iter()
                .flat_map(|part| part.as_slice())
                .filter(|ratio| **ratio > 0.0)
                .count(),
            fitted: log_likelihood(&process, &before)?.iter().sum(),
            held_out: log_likelihood(&process, &after)?.iter().sum(),
        });
    }
    let mut chosen = 0;
    for (at, point) in points.iter().enumerate() {
        if point.held_out > points[chosen].held_out {
            chosen = at;
        }
    }
    let baselines = prepared(record, model, options)?;
    let whole = designs(record, &baselines, &kernel)?;
    let thetas = solve(&whole, penalties[chosen], None)?;
    Ok(Penalised {
        path: points,
        chosen,
        process: process_of(&baselines, &kernel, &thetas),
    })
}

fn solve(
    designs: &[Design],
    penalty: f64,
    start: Option<&[Vec<f64>]>,
) -> Result<Vec<Vec<f64>>, HawkesError> {
    spread(designs.len(), |stream| {
        let design = &designs[stream];
        let mut penalties = vec![penalty * design.events(); design.width];
        penalties[..design.levels].fill(0.0);
        let terms = Terms {
            penalty: Some(&penalties),
            start: start.map(|thetas| thetas[stream].as_slice()),
            ..Terms::default()
        };
        maximise(design, &terms)
            .map(|solution| solution.theta)
            .map_err(|steps| HawkesError::NotConverged { stream, steps })
    })
    .into_iter()
    .collect()
}

/// The maximum without excitation: the level of each piece is its events over its exposure.
fn plain(design: &Design) -> Vec<f64> {
    let mut events = vec![0.0; design.width];
    for (row, weight) in design.rows.chunks_exact(design.width).zip(&design.weights) {
        for (events, x) in events.iter_mut().zip(&row[..design.levels]) {
            if *x > 0.0 {
                *events += weight;
            }
        }
    }
    for (events, cost) in events.iter_mut().zip(&design.cost) {
        *events = if *cost > 0.0 { *events / cost } else { 0.0 };
    }
    events
}

/// The steepest slope of the log-likelihood, per event, by a ratio that is zero.
fn steepest(design: &Design, theta: &[f64]) -> f64 {
    let mut rates = vec![0.0; design.weights.len()];
    multiply(design, theta, &mut rates);
    if rates.iter().any(|rate| *rate <= 0.0) {
        return 0.0;
    }
    gradient(design, &design.cost, &rates)[design.levels..]
        .iter()
        .fold(0.0, |most: f64, slope| most.max(slope / design.events()))
}
