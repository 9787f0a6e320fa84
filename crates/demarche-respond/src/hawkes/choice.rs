//! The choice of a model by how well it tells what comes next.

use serde::Serialize;

use super::error::HawkesError;
use super::events::{Record, Resolution};
use super::fit::{Fit, Model, Options, fit};
use super::likelihood::log_likelihood;

/// How a model and the Poisson model with the same baseline tell what comes after a split.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HeldOut {
    /// Where the record is split.
    pub split: f64,
    /// Events of each stream after the split.
    pub events: Vec<usize>,
    /// The log-likelihood of what comes after the split, given what came before each moment, under
    /// the model fitted before it.
    pub model: f64,
    /// The same under the Poisson model.
    pub poisson: f64,
    /// The first less the second: above zero the model tells more. In nats; divided by the number
    /// of events it is the gain per event.
    pub difference: f64,
    /// The standard error of the difference from its spread over blocks of time, taken as
    /// independent; `None` with fewer than four blocks.
    pub standard_error: Option<f64>,
    /// The difference in each block.
    pub blocks: Vec<f64>,
    /// The model fitted before the split.
    pub fit: Fit,
}

/// Edges of blocks of so many days between two days; the last block takes what is left if that is
/// less than half a block.
pub fn blocks(from: f64, to: f64, days: f64) -> Vec<f64> {
    let count = if days > 0.0 {
        ((to - from) / days).round()
    } else {
        1.0
    };
    let count = count.max(1.0) as usize;
    let mut edges: Vec<f64> = (0..count).map(|at| from + at as f64 * days).collect();
    edges.push(to);
    edges
}

/// Fits a model and its Poisson counterpart to what comes before a split and scores both on what
/// comes after. `edges` are those of the blocks for the standard error, such as months, from the
/// split to the end of the window ([`blocks`]).
///
/// # Errors
/// If the split or the edges do not fit the window, or a fit fails.
pub fn held_out(
    record: &Record,
    model: &Model,
    options: &Options,
    split: f64,
    edges: &[f64],
) -> Result<HeldOut, HawkesError> {
    let window = record.window();
    if !(window.start < split && split < window.end) {
        return Err(HawkesError::Split { at: split });
    }
    super::baseline::rising("edges of blocks", edges)?;
    if edges.len() < 2 || edges[0] != split || edges[edges.len() - 1] != window.end {
        return Err(HawkesError::Edges {
            what: "edges of blocks, from the split to the end of the window,",
        });
    }
    let before = record.between(window.start, split)?;
    let fitted = fit(&before, model, options)?;
    let poisson = fit(&before, &model.poisson(), options)?;
    let mut sums = (0.0, 0.0);
    let mut differences = Vec::with_capacity(edges.len() - 1);
    for edge in edges.windows(2) {
        if record.resolution() == Resolution::Day {
            super::events::whole("an edge of a block", edge[1])?;
        }
        let block = record.between(edge[0], edge[1])?;
        let ours: f64 = log_likelihood(&fitted.process, &block)?.iter().sum();
        let theirs: f64 = log_likelihood(&poisson.process, &block)?.iter().sum();
        sums = (sums.0 + ours, sums.1 + theirs);
        differences.push(ours - theirs);
    }
    let count = differences.len() as f64;
    let difference = sums.0 - sums.1;
    let mean = difference / count;
    let squares: f64 = differences.iter().map(|d| (d - mean).powi(2)).sum();
    Ok(HeldOut {
        split,
        events: record.between(split, window.end)?.counts(),
        model: sums.0,
        poisson: sums.1,
        difference,
        standard_error: (count >= 4.0).then(|| (count * squares / (count - 1.0)).sqrt()),
        blocks: differences,
        fit: fitted,
    })
}

/// One of several models.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Candidate {
    /// The model.
    pub model: Model,
    /// Its fit to the whole window, with Akaike's and the Bayesian criterion.
    pub fit: Fit,
    /// How it tells what comes after the split.
    pub held_out: HeldOut,
}

/// Models compared.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Choice {
    /// The models, in the order given.
    pub candidates: Vec<Candidate>,
    /// The position of the one with the highest held-out log-likelihood.
    pub best: usize,
}

/// Compares models by held-out likelihood in time.
///
/// # Errors
/// If there are no models, or one cannot be fitted.
pub fn choose(
    record: &Record,
    models: &[Model],
    options: &Options,
    split: f64,
    edges: &[f64],
) -> Result<Choice, HawkesError> {
    let candidates = models
        .iter()
        .map(|model| {
            Ok(Candidate {
                model: model.clone(),
                fit: fit(record, model, options)?,
                held_out: held_out(record, model, options, split, edges)?,
            })
        })
        .collect::<Result<Vec<Candidate>, HawkesError>>()?;
    let best = (0..candidates.len())
        .max_by(|a, b| {
            let score = |at: usize| candidates[at].held_out.model;
            score(*a).total_cmp(&score(*b)).then(b.cmp(a))
        })
        .ok_or(HawkesError::Option {
            what: "at least one model is needed",
        })?;
    Ok(Choice { candidates, best })
}
