//! One bootstrap replicate: errors drawn, series simulated, system estimated. The hot path: one
//! workspace for each thread, no allocation in a replicate.
//!
//! Values are kept latest period first, so that the past of a period is one slice. The
//! cross-products of the regressors come from those of lag 0: the block for lags (a + 1, b + 1)
//! is that for (a, b) with one period added and one taken away.

use rand::{Rng, RngExt};
use rand_chacha::ChaCha8Rng;

use super::{Resample, Var, VarError};
use crate::matrix::Matrix;
use crate::ols::Design;

/// What all replicates share.
pub(super) struct Plan {
    series: usize,
    lags: usize,
    /// Periods explained.
    rows: usize,
    /// Deterministic columns, one value for each period explained, earliest first.
    terms: Vec<Vec<f64>>,
    /// The cross-product of the deterministic columns.
    term_products: Matrix,
    /// The deterministic part of each period explained, latest first.
    base: Vec<f64>,
    /// The residuals, centred, earliest first.
    pool: Vec<f64>,
    /// For blocks: the mean residual at each place of a block.
    block_means: Vec<f64>,
    /// The observed start: the first `lags` periods, latest first.
    start: Vec<f64>,
    /// Slopes: the row of each lagged series holds its coefficient in each equation.
    slopes: Vec<f64>,
    resample: Resample,
}

/// The buffers of one thread, and the estimate of the last replicate.
pub(super) struct Workspace {
    /// Values, latest first.
    values: Vec<f64>,
    /// Cross-products of the series at lags (a, b), in blocks.
    products: Vec<f64>,
    /// Cross-products of the series at each lag with the deterministic columns.
    with_terms: Vec<f64>,
    /// The normal matrix, then its lower Cholesky factor.
    normal: Vec<f64>,
    right: Vec<f64>,
    /// The coefficients: one row for each regressor, one column for each equation.
    pub(super) coefficients: Vec<f64>,
    /// The covariance of the errors.
    pub(super) sigma: Vec<f64>,
    /// Its lower Cholesky factor.
    pub(super) factor: Vec<f64>,
}

impl Plan {
    /// A plan to draw from this system, with these slopes (one row for each equation) in place
    /// of its own. The deterministic part is fitted to them.
    pub(super) fn new(var: &Var, slopes: &Matrix, resample: Resample) -> Result<Plan, VarError> {
        let (series, lags, rows) = (var.series(), var.lags(), var.observations());
        let values = var.data().values();
        let deterministic = var.deterministic();
        // Series less their means and terms of size one: the normal equations keep their digits,
        // and slopes do not change.
        let mean = |at: usize| {
            if deterministic.has_constant() {
                values.column(at).iter().sum::<f64>() / values.rows() as f64
            } else {
                0.0
            }
        };
        let means: Vec<f64> = (0..series).map(mean).collect();
        let at_time = |t: usize, at: usize| values[(t, at)] - means[at];
        let mut terms = Vec::new();
        if deterministic.has_constant() {
            terms.push(vec![1.0; rows]);
        }
        if deterministic.has_trend() {
            let middle = if deterministic.has_constant() {
                0.5 * (rows as f64 - 1.0)
            } else {
                0.0
            };
            let first = if deterministic.has_constant() {
                0.0
            } else {
                lags as f64 + 1.0
            };
            terms.push(
                (0..rows)
                    .map(|t| (t as f64 + first - middle) / rows as f64)
                    .collect(),
            );
        }
        let mut base = vec![0.0; rows * series];
        let mut term_products = Matrix::zeros(0, 0);
        if !terms.is_empty() {
            let design = Design::new(&terms, None)?;
            term_products = design.matrix().transposed_times(design.matrix());
            for equation in 0..series {
                let unexplained: Vec<f64> = (lags..values.rows())
                    .map(|t| {
                        let past = (0..lags * series).map(|z| {
                            slopes[(equation, z)] * at_time(t - 1 - z / series, z % series)
                        });
                        at_time(t, equation) - past.sum::<f64>()
                    })
                    .collect();
                let fit = design.fit(&unexplained)?;
                for (t, (value, rest)) in unexplained.iter().zip(&fit.residuals).enumerate() {
                    base[(rows - 1 - t) * series + equation] = value - rest;
                }
            }
        }
        let pool = var.centred_residuals().as_slice().to_vec();
        let mut block_means = Vec::new();
        if let Resample::MovingBlock { length } = resample {
            let starts = rows - length + 1;
            for place in 0..length {
                for at in 0..series {
                    let sum: f64 = (0..starts).map(|s| pool[(s + place) * series + at]).sum();
                    block_means.push(sum / starts as f64);
                }
            }
        }
        let start = (0..lags)
            .rev()
            .flat_map(|t| (0..series).map(move |at| (t, at)))
            .collect::<Vec<_>>();
        Ok(Plan {
            series,
            lags,
            rows,
            terms,
            term_products,
            base,
            pool,
            block_means,
            start: start.into_iter().map(|(t, at)| at_time(t, at)).collect(),
            slopes: slopes
                .block(0, 0, series, series * lags)
                .transpose()
                .as_slice()
                .to_vec(),
            resample,
        })
    }

    /// Regressors of each equation.
    fn regressors(&self) -> usize {
        self.series * self.lags + self.terms.len()
    }

    pub(super) fn workspace(&self) -> Workspace {
        let (k, m) = (self.series, self.regressors());
        Workspace {
            values: vec![0.0; (self.rows + self.lags) * k],
            products: vec![0.0; (self.lags + 1) * (self.lags + 1) * k * k],
            with_terms: vec![0.0; (self.lags + 1) * k * self.terms.len()],
            normal: vec![0.0; m * m],
            right: vec![0.0; m * k],
            coefficients: vec![0.0; m * k],
            sigma: vec![0.0; k * k],
            factor: vec![0.0; k * k],
        }
    }

    /// Draws one replicate and estimates it; `false` if it has no estimate.
    pub(super) fn replicate(&self, rng: &mut ChaCha8Rng, work: &mut Workspace) -> bool {
        self.draw_errors(rng, &mut work.values);
        work.values[self.rows * self.series..].copy_from_slice(&self.start);
        // Small systems have their inner loops compiled for their size.
        match self.series {
            1 => self.simulate_and_multiply::<1>(work),
            2 => self.simulate_and_multiply::<2>(work),
            3 => self.simulate_and_multiply::<3>(work),
            4 => self.simulate_and_multiply::<4>(work),
            5 => self.simulate_and_multiply::<5>(work),
            6 => self.simulate_and_multiply::<6>(work),
            7 => self.simulate_and_multiply::<7>(work),
            8 => self.simulate_and_multiply::<8>(work),
            _ => {
                self.simulate(&mut work.values);
                self.multiply(&work.values, &mut work.products);
            }
        }
        self.shift_products(work);
        self.multiply_terms(work);
        self.estimate(work)
    }

    fn simulate_and_multiply<const K: usize>(&self, work: &mut Workspace) {
        simulate_small::<K>(&mut work.values, &self.slopes, self.rows, self.lags);
        multiply_small::<K>(&work.values, &mut work.products, self.rows, self.lags);
    }

    /// Fills the periods explained with their deterministic part and a drawn error.
    fn draw_errors(&self, rng: &mut ChaCha8Rng, values: &mut [f64]) {
        let (k, rows) = (self.series, self.rows);
        let base = self.base.chunks_exact(k);
        let cells = values.chunks_exact_mut(k).zip(base);
        match self.resample {
            Resample::Residual => {
                for (cell, base) in cells {
                    let drawn = below(rng, rows) * k;
                    let error = &self.pool[drawn..drawn + k];
                    for ((cell, base), error) in cell.iter_mut().zip(base).zip(error) {
                        *cell = base + error;
                    }
                }
            }
            Resample::Wild => {
                for ((cell, base), error) in cells.zip(self.pool.chunks_exact(k).rev()) {
                    let sign = if rng.random::<bool>() { 1.0 } else { -1.0 };
                    for ((cell, base), error) in cell.iter_mut().zip(base).zip(error) {
                        *cell = base + sign * error;
                    }
                }
            }
            Resample::MovingBlock { length } => {
                let mut block = 0;
                for (t, (cell, base)) in cells.rev().enumerate() {
                    let place = t % length;
                    if place == 0 {
                        block = below(rng, rows - length + 1);
                    }
                    let error = &self.pool[(block + place) * k..];
                    let mean = &self.block_means[place * k..];
                    for at in 0..k {
                        cell[at] = base[at] + error[at] - mean[at];
                    }
                }
            }
        }
    }

    /// Adds the past to each period, earliest first.
    fn simulate(&self, values: &mut [f64]) {
        let (k, lagged) = (self.series, self.series * self.lags);
        for row in (0..self.rows).rev() {
            let (now, past) = values[row * k..].split_at_mut(k);
            for (value, slopes) in past[..lagged].iter().zip(self.slopes.chunks_exact(k)) {
                for (cell, slope) in now.iter_mut().zip(slopes) {
                    *cell += value * slope;
                }
            }
        }
    }

    /// The cross-products of lag 0 with all lags.
    fn multiply(&self, values: &[f64], products: &mut [f64]) {
        let k = self.series;
        for (lag, block) in products
            .chunks_exact_mut(k * k)
            .take(self.lags + 1)
            .enumerate()
        {
            block.fill(0.0);
            for row in 0..self.rows {
                let (now, past) = (&values[row * k..][..k], &values[(row + lag) * k..][..k]);
                for (value, cells) in now.iter().zip(block.chunks_exact_mut(k)) {
                    for (cell, other) in cells.iter_mut().zip(past) {
                        *cell += value * other;
                    }
                }
            }
        }
    }

    /// The cross-products of all lags from those of lag 0.
    fn shift_products(&self, work: &mut Workspace) {
        let (k, width) = (self.series, self.lags + 1);
        for a in 1..width {
            for b in a..width {
                let (from, to) = (((a - 1) * width + b - 1) * k * k, (a * width + b) * k * k);
                // The period before the first explained comes in, the last goes out.
                let at = |row: usize| &work.values[row * k..(row + 1) * k];
                let (first, first_past) = (at(self.rows + a - 1), at(self.rows + b - 1));
                let (last, last_past) = (at(a - 1), at(b - 1));
                for row in 0..k {
                    for col in 0..k {
                        let cell = row * k + col;
                        work.products[to + cell] = work.products[from + cell]
                            + first[row] * first_past[col]
                            - last[row] * last_past[col];
                    }
                }
            }
        }
    }

    /// The cross-products of the series at each lag with the deterministic columns.
    fn multiply_terms(&self, work: &mut Workspace) {
        let (k, rows) = (self.series, self.rows);
        for (number, term) in self.terms.iter().enumerate() {
            for lag in 0..=self.lags {
                let at = (number * (self.lags + 1) + lag) * k;
                let sums = &mut work.with_terms[at..at + k];
                sums.fill(0.0);
                let periods = work.values[lag * k..(lag + rows) * k].chunks_exact(k);
                for (period, term) in periods.zip(term.iter().rev()) {
                    for (sum, value) in sums.iter_mut().zip(period) {
                        *sum += term * value;
                    }
                }
            }
        }
    }

    /// Least squares from the cross-products.
    fn estimate(&self, work: &mut Workspace) -> bool {
        let (k, width, m) = (self.series, self.lags + 1, self.regressors());
        let lagged = k * self.lags;
        for b in 1..width {
            for col in 0..k {
                let row = (b - 1) * k + col;
                for a in 1..=b {
                    let block = (a * width + b) * k * k;
                    for at in 0..k {
                        work.normal[row * m + (a - 1) * k + at] =
                            work.products[block + at * k + col];
                    }
                }
                for at in 0..k {
                    work.right[row * k + at] = work.products[b * k * k + at * k + col];
                }
            }
        }
        for term in 0..self.terms.len() {
            let row = lagged + term;
            let sums = &work.with_terms[term * width * k..];
            work.right[row * k..(row + 1) * k].copy_from_slice(&sums[..k]);
            work.normal[row * m..row * m + lagged].copy_from_slice(&sums[k..k + lagged]);
            for other in 0..=term {
                work.normal[row * m + lagged + other] = self.term_products[(term, other)];
            }
        }
        if !factorise(&mut work.normal, m) {
            return false;
        }
        work.coefficients.copy_from_slice(&work.right);
        solve(&work.normal, m, &mut work.coefficients, k);
        let freedom = (self.rows - m) as f64;
        // Y'Y - B'X'Y, both of whose halves are summed.
        for row in 0..k {
            for col in 0..k {
                work.sigma[row * k + col] = work.products[row * k + col];
            }
        }
        for (weights, products) in work
            .coefficients
            .chunks_exact(k)
            .zip(work.right.chunks_exact(k))
        {
            for (weight, cells) in weights.iter().zip(work.sigma.chunks_exact_mut(k)) {
                for (cell, product) in cells.iter_mut().zip(products) {
                    *cell -= weight * product;
                }
            }
        }
        for cell in &mut work.sigma {
            *cell /= freedom;
        }
        work.factor.copy_from_slice(&work.sigma);
        factorise(&mut work.factor, k)
    }
}

/// [`Plan::simulate`] for `K` series: the sums stay in registers. Two of them, so that the
/// additions do not wait for each other.
fn simulate_small<const K: usize>(values: &mut [f64], slopes: &[f64], rows: usize, lags: usize) {
    for row in (0..rows).rev() {
        let (now, past) = values[row * K..].split_at_mut(K);
        let (mut even, mut odd) = ([0.0; K], [0.0; K]);
        even.copy_from_slice(now);
        let add = |sums: &mut [f64; K], value: f64, slopes: &[f64]| {
            for at in 0..K {
                sums[at] += value * slopes[at];
            }
        };
        let mut values = past[..K * lags].chunks_exact(2);
        let mut slopes = slopes.chunks_exact(2 * K);
        for (pair, slopes) in (&mut values).zip(&mut slopes) {
            add(&mut even, pair[0], &slopes[..K]);
            add(&mut odd, pair[1], &slopes[K..2 * K]);
        }
        if let [value] = values.remainder() {
            add(&mut even, *value, &slopes.remainder()[..K]);
        }
        for at in 0..K {
            now[at] = even[at] + odd[at];
        }
    }
}

/// [`Plan::multiply`] for `K` series: three rows of a block at a time stay in registers.
fn multiply_small<const K: usize>(values: &[f64], products: &mut [f64], rows: usize, lags: usize) {
    for (lag, block) in products.chunks_exact_mut(K * K).take(lags + 1).enumerate() {
        for first in (0..K).step_by(3) {
            let three = [first, (first + 1).min(K - 1), (first + 2).min(K - 1)];
            let mut sums = [[0.0; K]; 3];
            let now = values[..rows * K].chunks_exact(K);
            let past = values[lag * K..(lag + rows) * K].chunks_exact(K);
            for (now, past) in now.zip(past) {
                for (sums, row) in sums.iter_mut().zip(three) {
                    let value = now[row];
                    for at in 0..K {
                        sums[at] += value * past[at];
                    }
                }
            }
            for (sums, row) in sums.iter().zip(three) {
                block[row * K..(row + 1) * K].copy_from_slice(sums);
            }
        }
    }
}

/// The lower Cholesky factor of a matrix given by its lower half, in its place; the upper half
/// is cleared. `false` if it is not positive definite.
fn factorise(matrix: &mut [f64], size: usize) -> bool {
    for row in 0..size {
        let (above, rest) = matrix.split_at_mut(row * size);
        let current = &mut rest[..size];
        let full = current[row];
        for col in 0..row {
            let other = &above[col * size..col * size + col + 1];
            let sum: f64 = current[..col].iter().zip(other).map(|(a, b)| a * b).sum();
            current[col] = (current[col] - sum) / other[col];
        }
        let rest = full - current[..row].iter().map(|v| v * v).sum::<f64>();
        if !rest.is_finite() || rest <= 1e-13 * full.abs() {
            return false;
        }
        current[row] = rest.sqrt();
        current[row + 1..].fill(0.0);
    }
    true
}

/// Solves `L L' X = B` in the place of `B`, which has `width` columns.
fn solve(factor: &[f64], size: usize, right: &mut [f64], width: usize) {
    for row in 0..size {
        let (above, rest) = right.split_at_mut(row * width);
        let current = &mut rest[..width];
        for (weight, other) in factor[row * size..row * size + row]
            .iter()
            .zip(above.chunks_exact(width))
        {
            for (cell, other) in current.iter_mut().zip(other) {
                *cell -= weight * other;
            }
        }
        for cell in current {
            *cell /= factor[row * size + row];
        }
    }
    for row in (0..size).rev() {
        let (above, rest) = right.split_at_mut(row * width);
        let current = &mut rest[..width];
        for cell in current.iter_mut() {
            *cell /= factor[row * size + row];
        }
        for (weight, other) in factor[row * size..row * size + row]
            .iter()
            .zip(above.chunks_exact_mut(width))
        {
            for (cell, current) in other.iter_mut().zip(&*current) {
                *cell -= weight * current;
            }
        }
    }
}

/// A number below `count`, from 32 random bits: no count here comes near 2³², so the share of
/// each number is even to one in millions.
pub(super) fn below(rng: &mut ChaCha8Rng, count: usize) -> usize {
    ((u64::from(rng.next_u32()) * count as u64) >> 32) as usize
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;
    use crate::var::{Data, Deterministic};

    /// A made panel with several series.
    fn panel(series: usize, periods: usize) -> Data {
        let mut rng = ChaCha8Rng::seed_from_u64(9);
        let mut columns = vec![vec![0.0; periods]; series];
        for t in 1..periods {
            for at in 0..series {
                let noise = f64::from(rng.next_u32()) / f64::from(u32::MAX) - 0.5;
                columns[at][t] =
                    0.5 * columns[at][t - 1] - 0.2 * columns[(at + 1) % series][t - 1] + noise;
            }
        }
        let shifted = columns
            .into_iter()
            .map(|c| c.iter().map(|v| v + 50.0).collect::<Vec<_>>());
        Data::new(
            shifted
                .enumerate()
                .map(|(at, values)| (format!("y{at}"), values)),
        )
        .unwrap()
    }

    /// A replicate's estimate is that of `Var::fit` on the replicate's values.
    #[test]
    fn a_replicate_is_estimated_as_any_series() {
        for (series, deterministic) in [
            (1, Deterministic::Constant),
            (2, Deterministic::Both),
            (3, Deterministic::None),
            (4, Deterministic::Trend),
            (5, Deterministic::Constant),
            (6, Deterministic::Constant),
            (7, Deterministic::None),
            (8, Deterministic::Both),
            (9, Deterministic::Constant),
        ] {
            for resample in [
                Resample::Residual,
                Resample::Wild,
                Resample::MovingBlock { length: 7 },
            ] {
                let var = Var::fit(&panel(series, 150), 3, deterministic).unwrap();
                let plan = Plan::new(&var, var.coefficients(), resample).unwrap();
                let mut work = plan.workspace();
                assert!(plan.replicate(&mut ChaCha8Rng::seed_from_u64(1), &mut work));
                let periods: Vec<&[f64]> = work.values.chunks_exact(series).rev().collect();
                let values = Matrix::from_rows(&periods);
                let columns = (0..series).map(|at| (format!("y{at}"), values.column(at)));
                let again = Var::fit(&Data::new(columns).unwrap(), 3, deterministic).unwrap();
                for equation in 0..series {
                    for z in 0..3 * series {
                        let ours = work.coefficients[z * series + equation];
                        let theirs = again.coefficients()[(equation, z)];
                        assert!((ours - theirs).abs() < 1e-8, "{ours} {theirs}");
                    }
                    for other in 0..=equation {
                        let ours = work.factor[equation * series + other];
                        assert!((ours - again.cholesky()[(equation, other)]).abs() < 1e-9);
                    }
                }
            }
        }
    }
}
