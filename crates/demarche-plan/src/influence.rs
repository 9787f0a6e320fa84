//! What moves a plan's value: each uncertain thing's share in its variance, its elementary effects, and
//! how the value differs between its low and its high end.

use crate::execute::{Execution, NoPolicy};
use crate::futures::Uncertainty;
use crate::robust::Candidate;
use crate::sample::Sampling;
use crate::sensitivity::{
    Effects, Indices, SensitivityError, morris, morris_paths, saltelli, sobol,
};
use demarche_respond::threads::spread;

/// Resamples for the intervals of the indices.
const RESAMPLES: usize = 200;
/// Paths of the screening.
const PATHS: usize = 50;
/// Values a coordinate takes on the grid of the screening.
const LEVELS: usize = 4;

/// What moves a plan's value.
#[derive(Clone, Debug, PartialEq)]
pub struct Influence {
    /// What each coordinate of a future is called; the last is luck.
    pub names: Vec<String>,
    /// The ids of the coordinates.
    pub ids: Vec<String>,
    /// For each coordinate, its indices, with intervals of 95 %; `None` where the value never varies.
    pub indices: Option<Vec<Indices>>,
    /// For each coordinate, its elementary effects. Points over its whole range.
    pub effects: Vec<Effects>,
    /// For each coordinate but luck, its bar.
    pub bars: Vec<Bar>,
    /// How many points the indices rest on: rows of as many runs as there are coordinates, and two.
    pub rows: usize,
}

/// A bar of a tornado chart: the mean value of the plan at both ends of something uncertain, all else as
/// it comes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bar {
    /// The coordinate.
    pub coordinate: usize,
    /// The mean value of the plan in the tenth of futures where it is lowest; of an event, where it
    /// does not happen. Points.
    pub low: f64,
    /// The mean value in the tenth where it is highest; of an event, where it happens. Points.
    pub high: f64,
}

/// Asks what moves the value of a plan. `rows` is a power of two; the more, the narrower the intervals.
///
/// # Errors
/// See [`SensitivityError`].
pub fn influence(
    execution: &Execution,
    uncertainty: &Uncertainty,
    plan: &Candidate,
    sampling: Sampling,
    rows: usize,
    seed: u64,
) -> Result<Influence, SensitivityError> {
    let dimensions = uncertainty.dimensions();
    let value = |point: &[f64]| {
        let future = uncertainty.draw(execution, 0, point);
        let outcome = execution.run(&plan.schedule, &future, &mut NoPolicy);
        outcome.value.total() as f64
    };
    let all = |points: &[Vec<f64>]| -> Vec<f64> {
        const BLOCK: usize = 256;
        let blocks: Vec<&[Vec<f64>]> = points.chunks(BLOCK).collect();
        let done = spread(blocks.len(), |block| {
            blocks[block].iter().map(|p| value(p)).collect::<Vec<_>>()
        });
        done.concat()
    };
    let points = saltelli(&sampling.points(rows, 2 * dimensions, seed));
    let indices = match sobol(&all(&points), dimensions, RESAMPLES, 0.95, seed) {
        Ok(indices) => Some(indices),
        Err(SensitivityError::Constant) => None,
        Err(error) => return Err(error),
    };
    let paths = morris_paths(PATHS, dimensions, LEVELS, seed);
    let along: Vec<Vec<f64>> = paths.iter().map(|path| all(path)).collect();
    Ok(Influence {
        names: uncertainty.names(),
        ids: uncertainty.ids(),
        indices,
        effects: morris(&paths, &along)?,
        bars: Vec::new(),
        rows,
    })
}

/// The bars of a tornado chart, from futures and the values of a plan in them: the widest first.
#[must_use]
pub fn bars(uncertainty: &Uncertainty, points: &[Vec<f64>], values: &[f64]) -> Vec<Bar> {
    let factors = uncertainty.dimensions() - uncertainty.events.len() - 1;
    let mean =
        |list: &[usize]| list.iter().map(|&i| values[i]).sum::<f64>() / list.len().max(1) as f64;
    let mut bars: Vec<Bar> = (0..uncertainty.dimensions() - 1)
        .filter_map(|coordinate| {
            let mut order: Vec<usize> = (0..points.len()).collect();
            order.sort_by(|&a, &b| points[a][coordinate].total_cmp(&points[b][coordinate]));
            let (low, high) = match coordinate.checked_sub(factors) {
                None => {
                    let tenth = points.len().div_ceil(10);
                    let (low, high) = (&order[..tenth], &order[points.len() - tenth..]);
                    (low.to_vec(), high.to_vec())
                }
                // An event happens below its chance.
                Some(event) => {
                    let chance = uncertainty.events[event].chance;
                    let happens = order.partition_point(|&i| points[i][coordinate] < chance);
                    (order[happens..].to_vec(), order[..happens].to_vec())
                }
            };
            (!low.is_empty() && !high.is_empty()).then(|| Bar {
                coordinate,
                low: mean(&low),
                high: mean(&high),
            })
        })
        .collect();
    bars.sort_by(|a, b| {
        let width = |bar: &Bar| (bar.high - bar.low).abs();
        width(b)
            .total_cmp(&width(a))
            .then(a.coordinate.cmp(&b.coordinate))
    });
    bars
}
