//! Bands about responses, from bootstrap draws.

use demarche_measure::quantile::quantile_unsorted;
use serde::{Deserialize, Serialize};

use crate::matrix::Matrix;

/// How a band is made from draws.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Band {
    /// The draws' quantiles, step by step (Efron).
    #[default]
    Percentile,
    /// The quantiles mirrored at the estimate, step by step (Hall 1992): `2θ - q`.
    Hall,
    /// One band that holds all steps of a response together at the level: the estimate plus and
    /// minus a multiple of the draws' standard deviation (sup-t; Montiel Olea and
    /// Plagborg-Møller 2019).
    SupT,
    /// The same, for all steps of all responses together.
    SupTAll,
    /// Percentiles at a level so strict that all steps of a response hold together (Bonferroni).
    Bonferroni,
}

/// Bands about responses or shares, shaped as they are.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bands {
    /// The series, in order.
    pub names: Vec<String>,
    /// How the band was made.
    pub band: Band,
    /// The level aimed at.
    pub level: f64,
    /// The estimate.
    pub point: Vec<Matrix>,
    /// Lower ends.
    pub low: Vec<Matrix>,
    /// Upper ends.
    pub high: Vec<Matrix>,
}

/// Cells laid out step by step, as one matrix for each step.
pub(super) fn matrices(cells: &[f64], series: usize) -> Vec<Matrix> {
    let step = |cells: &[f64]| Matrix::from_fn(series, series, |r, c| cells[r * series + c]);
    cells.chunks_exact(series * series).map(step).collect()
}

/// Bands from draws, laid out as the estimate, one after another. `pairs` cells make a step.
pub(super) fn band(
    band: Band,
    level: f64,
    point: &[f64],
    draws: &[f64],
    pairs: usize,
) -> (Vec<f64>, Vec<f64>) {
    let (width, steps) = (point.len(), point.len() / pairs);
    let count = draws.len() / width;
    let mut column = vec![0.0; count];
    let gather = |column: &mut [f64], cell: usize| {
        for (value, draw) in column.iter_mut().zip(draws.chunks_exact(width)) {
            *value = draw[cell];
        }
    };
    let (mut low, mut high) = (point.to_vec(), point.to_vec());
    if matches!(band, Band::SupT | Band::SupTAll) {
        let deviations: Vec<f64> = (0..width)
            .map(|cell| {
                gather(&mut column, cell);
                deviation(&column)
            })
            .collect();
        // For each draw and response (or all of them), how far it strays at most.
        let groups = if band == Band::SupT { pairs } else { 1 };
        let mut farthest = vec![0.0_f64; groups * count];
        for (number, draw) in draws.chunks_exact(width).enumerate() {
            for cell in (0..width).filter(|&cell| deviations[cell] > 0.0) {
                let strays = (draw[cell] - point[cell]).abs() / deviations[cell];
                let most = &mut farthest[cell % groups * count + number];
                *most = most.max(strays);
            }
        }
        let reach: Vec<f64> = farthest
            .chunks_exact_mut(count)
            .map(|values| quantile_unsorted(values, level))
            .collect();
        for cell in 0..width {
            low[cell] -= reach[cell % groups] * deviations[cell];
            high[cell] += reach[cell % groups] * deviations[cell];
        }
        return (low, high);
    }
    // Steps that do not vary, such as a response that is zero by construction, need no share of
    // the level.
    let mut varying = vec![steps; pairs];
    if band == Band::Bonferroni {
        varying.fill(0);
        for cell in 0..width {
            gather(&mut column, cell);
            varying[cell % pairs] += usize::from(deviation(&column) > 0.0);
        }
    }
    for cell in 0..width {
        gather(&mut column, cell);
        let shared = if band == Band::Bonferroni {
            varying[cell % pairs].max(1)
        } else {
            1
        };
        let tail = 0.5 * (1.0 - level) / shared as f64;
        let (below, above) = (
            quantile_unsorted(&mut column, tail),
            quantile_unsorted(&mut column, 1.0 - tail),
        );
        (low[cell], high[cell]) = if band == Band::Hall {
            (2.0 * point[cell] - above, 2.0 * point[cell] - below)
        } else {
            (below, above)
        };
    }
    (low, high)
}

/// The standard deviation; zero where it is rounding only.
fn deviation(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let square = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0).max(1.0);
    if square.sqrt() > 1e-12 * mean.abs() {
        square.sqrt()
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Draws of two responses over two steps: one moves, one does not.
    #[test]
    fn bands_follow_their_definitions() {
        let draws: Vec<f64> = (0..101)
            .flat_map(|at| {
                let x = f64::from(at) / 100.0;
                [x, 5.0, 2.0 * x * x, 5.0]
            })
            .collect();
        let point = [0.4, 5.0, 0.5, 5.0];
        let (low, high) = band(Band::Percentile, 0.9, &point, &draws, 2);
        assert!((low[0] - 0.05).abs() < 1e-12 && (high[0] - 0.95).abs() < 1e-12);
        assert_eq!((low[1], high[3]), (5.0, 5.0));
        let (low, high) = band(Band::Hall, 0.9, &point, &draws, 2);
        assert!((low[0] + 0.15).abs() < 1e-12 && (high[0] - 0.75).abs() < 1e-12);
        let (low, high) = band(Band::Bonferroni, 0.9, &point, &draws, 2);
        assert!((low[0] - 0.025).abs() < 1e-12 && (high[0] - 0.975).abs() < 1e-12);
        // A joint band holds whole draws at least as often as the level says.
        for kind in [Band::SupT, Band::SupTAll] {
            let (low, high) = band(kind, 0.9, &point, &draws, 2);
            let held = |draw: &&[f64]| {
                (0..4).all(|cell| low[cell] <= draw[cell] && draw[cell] <= high[cell])
            };
            let share = draws.chunks_exact(4).filter(held).count() as f64 / 101.0;
            assert!((0.89..=0.92).contains(&share), "{share}");
        }
    }
}
