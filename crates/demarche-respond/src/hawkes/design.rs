//! The likelihood of one answering stream as a linear problem: its intensity at its events is
//! `X θ` and its compensator `c · θ`, where `θ` holds the levels of its baseline and its ratios.

use super::baseline::Baseline;
use super::error::HawkesError;
use super::events::Record;
use super::kernel::Kernel;
use super::past::Past;

/// `Σ_k w_k log(x_k · θ) − c · θ`. Parameters are the levels of the pieces and then `α_ijm` at
/// `m · D + j`.
pub(crate) struct Design {
    /// How many parameters.
    pub(crate) width: usize,
    /// How many of them are levels.
    pub(crate) levels: usize,
    /// One row for each distinct time.
    pub(crate) rows: Vec<f64>,
    /// How many events a row stands for.
    pub(crate) weights: Vec<f64>,
    /// The compensator of each parameter.
    pub(crate) cost: Vec<f64>,
}

impl Design {
    /// How many events there are.
    pub(crate) fn events(&self) -> f64 {
        self.weights.iter().sum()
    }
}

/// The designs of all answering streams, in one walk through the record.
pub(crate) fn designs(
    record: &Record,
    baselines: &[Baseline],
    kernel: &Kernel,
) -> Result<Vec<Design>, HawkesError> {
    let window = record.window();
    let streams = record.streams();
    let ratios = kernel.parts() * streams;
    let mut past = Past::new(record, kernel);
    past.move_to(window.start);
    let mut before = vec![0.0; ratios];
    past.cumulatives(&mut before);

    let counts = record.counts();
    let mut designs: Vec<Design> = baselines
        .iter()
        .zip(&counts)
        .map(|(baseline, count)| {
            let levels = baseline.levels();
            let mut cost = vec![0.0; levels + ratios];
            for (piece, whole) in baseline.integrals(window.start, window.end) {
                cost[piece] = whole;
            }
            Design {
                width: levels + ratios,
                levels,
                rows: Vec::with_capacity(count * (levels + ratios)),
                weights: Vec::with_capacity(*count),
                cost,
            }
        })
        .collect();

    let mut present = vec![0.0; ratios];
    let mut last = vec![f64::NEG_INFINITY; streams];
    let mut now = f64::NEG_INFINITY;
    for (&time, &mark) in record
        .times()
        .iter()
        .zip(record.marks())
        .skip(record.first())
    {
        if now < time {
            past.move_to(time);
            past.densities(&mut present);
            now = time;
        }
        let stream = mark as usize;
        let design = &mut designs[stream];
        if last[stream] == time {
            if let Some(weight) = design.weights.last_mut() {
                *weight += 1.0;
            }
            continue;
        }
        last[stream] = time;
        let shape = baselines[stream].shape(record.resolution(), time);
        if shape <= 0.0 && present.iter().all(|density| *density <= 0.0) {
            return Err(HawkesError::Impossible { stream, time });
        }
        let start = design.rows.len();
        design.rows.resize(start + design.levels, 0.0);
        design.rows[start + baselines[stream].piece(time)] = shape;
        design.rows.extend_from_slice(&present);
        design.weights.push(1.0);
    }

    past.move_to(window.end);
    past.cumulatives(&mut present);
    for design in &mut designs {
        let levels = design.levels;
        for (cost, (after, before)) in design.cost[levels..]
            .iter_mut()
            .zip(present.iter().zip(&before))
        {
            // Rounding must not make an empty exposure look like one.
            let gained = after - before;
            *cost = if gained > 1e-12 * after.max(1.0) {
                gained
            } else {
                0.0
            };
        }
    }
    Ok(designs)
}
