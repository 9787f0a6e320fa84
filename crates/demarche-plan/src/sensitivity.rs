//! What moves an outcome? Variance-based indices of sensitivity, screening by elementary effects, and
//! the samples that both need.
//!
//! Sobol', "Global sensitivity indices for nonlinear mathematical models", *Mathematics and Computers in
//! Simulation* 55, 2001; first-order estimator of Saltelli et al., "Variance based sensitivity analysis of
//! model output", *Computer Physics Communications* 181, 2010, table 2 (b); total-order estimator of
//! Jansen, *Computer Physics Communications* 117, 1999; Morris, "Factorial sampling plans for
//! preliminary computational experiments", *Technometrics* 33, 1991.

use demarche_respond::threads::spread;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use statrs::distribution::{ContinuousCDF, Normal};

/// Why there are no indices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SensitivityError {
    /// The number of outcomes does not fit the number of factors.
    Lengths,
    /// Too few points: at least two are needed.
    TooFew,
    /// An outcome, at that position, is not a finite number.
    NotFinite(usize),
    /// The outcome is always the same: there is nothing to explain.
    Constant,
    /// The level of confidence is not above 0 and below 1.
    Level,
}

impl std::fmt::Display for SensitivityError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Lengths => {
                f.write_str("the number of outcomes does not fit the number of factors")
            }
            Self::TooFew => f.write_str("too few points: at least two are needed"),
            Self::NotFinite(at) => write!(f, "outcome {at} is not a finite number"),
            Self::Constant => {
                f.write_str("the outcome is always the same: there is nothing to explain")
            }
            Self::Level => f.write_str("the level of confidence must be above 0 and below 1"),
        }
    }
}

impl std::error::Error for SensitivityError {}

/// A Latin hypercube: in each dimension, each of `points` equal slices of [0, 1) holds one point, at a
/// random place in it. One row for each point.
#[must_use]
pub fn latin_hypercube(points: usize, dimensions: usize, seed: u64) -> Vec<Vec<f64>> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut rows = vec![vec![0.0; dimensions]; points];
    let mut slices: Vec<usize> = (0..points).collect();
    for j in 0..dimensions {
        for i in (1..points).rev() {
            slices.swap(i, random.random_range(0..=i));
        }
        for (row, &slice) in rows.iter_mut().zip(&slices) {
            // Rounding must not lift the last slice to 1.
            let at = (slice as f64 + random.random::<f64>()) / points as f64;
            row[j] = at.min(1.0 - f64::EPSILON);
        }
    }
    rows
}

/// The points at which a model has to be run for [`sobol`], from rows of twice as many dimensions as
/// there are factors: for each row its first half (A), then A with factor 1, 2, … taken from the
/// second half (B), then B.
#[must_use]
pub fn saltelli(rows: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let mut points = Vec::new();
    for row in rows {
        let (a, b) = row.split_at(row.len() / 2);
        points.push(a.to_vec());
        for j in 0..a.len() {
            let mut mixed = a.to_vec();
            mixed[j] = b[j];
            points.push(mixed);
        }
        points.push(b[..a.len()].to_vec());
    }
    points
}

/// An index and how sure it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Index {
    /// The index: a share of the variance of the outcome.
    pub value: f64,
    /// Half the width of its interval, by the bootstrap's standard deviation.
    pub half_width: f64,
}

/// The indices of one factor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Indices {
    /// First order: what the factor explains by itself.
    pub first: Index,
    /// Total order: what it explains together with others too.
    pub total: Index,
}

/// Sobol' indices of each factor from the outcomes at the points of [`saltelli`], in their order, with
/// intervals at `level` from `resamples` bootstrap samples of the rows.
///
/// # Errors
/// See [`SensitivityError`].
pub fn sobol(
    outcomes: &[f64],
    factors: usize,
    resamples: usize,
    level: f64,
    seed: u64,
) -> Result<Vec<Indices>, SensitivityError> {
    let step = factors + 2;
    if factors == 0 || !outcomes.len().is_multiple_of(step) {
        return Err(SensitivityError::Lengths);
    }
    if outcomes.len() < 2 * step {
        return Err(SensitivityError::TooFew);
    }
    if let Some(at) = outcomes.iter().position(|y| !y.is_finite()) {
        return Err(SensitivityError::NotFinite(at));
    }
    if !(level > 0.0 && level < 1.0) {
        return Err(SensitivityError::Level);
    }
    // In units of its standard deviation around its mean: else a large mean drowns the differences.
    let n = outcomes.len() as f64;
    let mean = outcomes.iter().sum::<f64>() / n;
    let deviation = (outcomes.iter().map(|y| (y - mean).powi(2)).sum::<f64>() / n).sqrt();
    if outcomes.iter().all(|y| *y == outcomes[0]) || !(deviation > 0.0 && deviation.is_finite()) {
        return Err(SensitivityError::Constant);
    }
    let scaled: Vec<f64> = outcomes.iter().map(|y| (y - mean) / deviation).collect();
    let terms = Terms::of(&scaled, factors);
    let rows = scaled.len() / step;
    let values = terms.indices(0..rows);
    let z = Normal::standard().inverse_cdf(0.5 + level / 2.0);
    let drawn = spread(resamples, |resample| {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(resample as u64);
        let rows = rows as u32;
        terms.indices((0..rows).map(|_| random.random_range(0..rows) as usize))
    });
    Ok((0..factors)
        .map(|j| {
            let half = |which: fn(&(f64, f64)) -> f64| {
                z * deviation_of(drawn.iter().map(|all| which(&all[j])))
            };
            Indices {
                first: Index {
                    value: values[j].0,
                    half_width: half(|pair| pair.0),
                },
                total: Index {
                    value: values[j].1,
                    half_width: half(|pair| pair.1),
                },
            }
        })
        .collect())
}

/// What each row adds to the sums behind the indices, so that a resample only adds.
struct Terms {
    factors: usize,
    /// For each row: A + B, A² + B², then for each factor the two products.
    rows: Vec<f64>,
}

impl Terms {
    fn of(outcomes: &[f64], factors: usize) -> Self {
        let mut rows = Vec::with_capacity(outcomes.len() / (factors + 2) * (2 + 2 * factors));
        for row in outcomes.chunks_exact(factors + 2) {
            let (a, b) = (row[0], row[factors + 1]);
            rows.extend([a + b, a * a + b * b]);
            for &mixed in &row[1..=factors] {
                rows.extend([b * (mixed - a), (a - mixed) * (a - mixed)]);
            }
        }
        Self { factors, rows }
    }

    /// First and total order of each factor over the rows named.
    fn indices(&self, chosen: impl Iterator<Item = usize>) -> Vec<(f64, f64)> {
        let width = 2 + 2 * self.factors;
        let mut sums = vec![0.0; width];
        let mut count = 0.0;
        for row in chosen {
            count += 1.0;
            for (sum, term) in sums
                .iter_mut()
                .zip(&self.rows[row * width..(row + 1) * width])
            {
                *sum += term;
            }
        }
        let mean = sums[0] / (2.0 * count);
        let variance = sums[1] / (2.0 * count) - mean * mean;
        sums[2..]
            .chunks_exact(2)
            .map(|pair| (pair[0] / count / variance, 0.5 * pair[1] / count / variance))
            .collect()
    }
}

/// The standard deviation of a sample; 0 of fewer than two.
fn deviation_of(sample: impl Iterator<Item = f64> + Clone) -> f64 {
    let n = sample.clone().count() as f64;
    if n < 2.0 {
        return 0.0;
    }
    let mean = sample.clone().sum::<f64>() / n;
    (sample.map(|x| (x - mean).powi(2)).sum::<f64>() / (n - 1.0)).sqrt()
}

/// The elementary effects of one factor.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effects {
    /// Their mean.
    pub mean: f64,
    /// The mean of their sizes (μ*): how much the factor matters.
    pub mean_size: f64,
    /// Their standard deviation (σ): how much that depends on the other factors or on where it stands.
    pub deviation: f64,
}

/// Paths for [`morris`]: each begins at a random point of a grid of `levels` (even, at least 2) values a
/// factor in [0, 1], and moves one factor after the other, in random order, by half the grid's range.
#[must_use]
pub fn morris_paths(paths: usize, factors: usize, levels: usize, seed: u64) -> Vec<Vec<Vec<f64>>> {
    let levels = levels.max(2).next_multiple_of(2);
    let jump = levels / 2;
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    (0..paths)
        .map(|_| {
            let mut at: Vec<usize> = (0..factors)
                .map(|_| random.random_range(0..levels))
                .collect();
            let mut order: Vec<usize> = (0..factors).collect();
            for i in (1..factors).rev() {
                order.swap(i, random.random_range(0..=i));
            }
            let place = |at: &[usize]| {
                at.iter()
                    .map(|&a| a as f64 / (levels - 1) as f64)
                    .collect::<Vec<f64>>()
            };
            let mut path = vec![place(&at)];
            for j in order {
                at[j] = if at[j] < jump {
                    at[j] + jump
                } else {
                    at[j] - jump
                };
                path.push(place(&at));
            }
            path
        })
        .collect()
}

/// Elementary effects of each factor, from the outcomes along paths of [`morris_paths`].
///
/// # Errors
/// See [`SensitivityError`].
pub fn morris(
    paths: &[Vec<Vec<f64>>],
    outcomes: &[Vec<f64>],
) -> Result<Vec<Effects>, SensitivityError> {
    if paths.len() != outcomes.len() || paths.iter().zip(outcomes).any(|(p, y)| p.len() != y.len())
    {
        return Err(SensitivityError::Lengths);
    }
    if paths.len() < 2 {
        return Err(SensitivityError::TooFew);
    }
    if let Some(at) = outcomes.iter().flatten().position(|y| !y.is_finite()) {
        return Err(SensitivityError::NotFinite(at));
    }
    let factors = paths[0].first().map_or(0, Vec::len);
    let mut effects = vec![Vec::new(); factors];
    for (path, outcomes) in paths.iter().zip(outcomes) {
        for (points, outcomes) in path.windows(2).zip(outcomes.windows(2)) {
            let moved = (0..factors).find(|&j| points[0][j] != points[1][j]);
            let Some(j) = moved else {
                return Err(SensitivityError::Lengths);
            };
            effects[j].push((outcomes[1] - outcomes[0]) / (points[1][j] - points[0][j]));
        }
    }
    Ok(effects
        .iter()
        .map(|all: &Vec<f64>| {
            let n = all.len() as f64;
            Effects {
                mean: all.iter().sum::<f64>() / n,
                mean_size: all.iter().map(|e| e.abs()).sum::<f64>() / n,
                deviation: deviation_of(all.iter().copied()),
            }
        })
        .collect())
}
