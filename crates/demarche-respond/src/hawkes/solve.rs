//! The maximum of `Σ w log(X θ) − c · θ` under `θ ≥ 0`: a concave problem, solved by Newton steps
//! whose quadratic model is itself maximised under the bounds.

use crate::matrix::Matrix;

use super::design::Design;

/// Newton steps before the search counts as failed.
const STEPS: usize = 200;
/// The expected gain of log-likelihood below which one more step ends the search: by then the error
/// of a step is about the square of the last, and gains drown in the rounding of the value.
const GAIN: f64 = 1e-9;

/// Where the maximum lies.
pub(crate) struct Solution {
    pub(crate) theta: Vec<f64>,
    pub(crate) value: f64,
}

/// What is asked besides the design.
#[derive(Default)]
pub(crate) struct Terms<'a> {
    /// Added to the cost of each parameter: a penalty on its absolute value.
    pub(crate) penalty: Option<&'a [f64]>,
    /// A parameter held at a value.
    pub(crate) held: Option<(usize, f64)>,
    /// Where to start.
    pub(crate) start: Option<&'a [f64]>,
}

/// Maximises; the error is the number of steps taken in vain.
pub(crate) fn maximise(design: &Design, terms: &Terms) -> Result<Solution, usize> {
    let width = design.width;
    let mut cost = design.cost.clone();
    if let Some(penalty) = terms.penalty {
        for (cost, penalty) in cost.iter_mut().zip(penalty) {
            *cost += penalty;
        }
    }
    let mut rates = vec![0.0; design.weights.len()];
    let mut theta = match terms.start {
        Some(start) => start.to_vec(),
        None => even(design, &cost),
    };
    let hold = |theta: &mut Vec<f64>| {
        if let Some((at, value)) = terms.held {
            theta[at] = value;
        }
    };
    hold(&mut theta);
    multiply(design, &theta, &mut rates);
    if terms.start.is_some() && rates.iter().any(|rate| *rate <= 0.0) {
        theta = even(design, &cost);
        hold(&mut theta);
        multiply(design, &theta, &mut rates);
    }
    if terms.start.is_none() {
        for _ in 0..3 {
            expect(design, &cost, &mut theta, &rates);
            hold(&mut theta);
            multiply(design, &theta, &mut rates);
        }
    }
    let mut value = objective(design, &cost, &theta, &rates);
    if !value.is_finite() {
        // Only a parameter held at zero can leave an event without intensity.
        return Err(0);
    }
    let mut moves = vec![0.0; design.weights.len()];
    for _ in 0..STEPS {
        let gradient = gradient(design, &cost, &rates);
        let working: Vec<usize> = (0..width)
            .filter(|&p| terms.held.is_none_or(|(held, _)| held != p))
            // Without exposure nothing can be said of a parameter.
            .filter(|&p| design.cost[p] > 0.0)
            .filter(|&p| theta[p] > 0.0 || gradient[p] > 0.0)
            .collect();
        let hessian = information(design, &rates, &working);
        let inner: Vec<f64> = working.iter().map(|&p| theta[p]).collect();
        let slope: Vec<f64> = working.iter().map(|&p| gradient[p]).collect();
        let aim = model_maximum(&hessian, &slope, &inner);
        let mut step = vec![0.0; width];
        for (&p, (aim, from)) in working.iter().zip(aim.iter().zip(&inner)) {
            step[p] = aim - from;
        }
        let gain: f64 = gradient.iter().zip(&step).map(|(g, s)| g * s).sum();
        if gain <= GAIN {
            for (theta, step) in theta.iter_mut().zip(&step) {
                *theta = (*theta + step).max(0.0);
            }
            multiply(design, &theta, &mut rates);
            value = objective(design, &cost, &theta, &rates);
            return Ok(Solution { theta, value });
        }
        multiply(design, &step, &mut moves);
        let mut length = 1.0;
        let mut tried = None;
        while length > 1e-12 {
            let log: f64 = logarithm(design, &rates, &moves, length);
            let linear: f64 = cost
                .iter()
                .zip(theta.iter().zip(&step))
                .map(|(c, (t, s))| c * (t + length * s))
                .sum();
            let there = log - linear;
            if there >= value + 1e-4 * length * gain {
                tried = Some(there);
                break;
            }
            length *= 0.5;
        }
        match tried {
            Some(there) => value = there,
            // The gain is lost in the rounding of the value: this is the maximum to that precision.
            None if gain < 1e-7 => {
                return Ok(Solution { theta, value });
            }
            None => return Err(STEPS),
        }
        for (theta, step) in theta.iter_mut().zip(&step) {
            *theta = (*theta + length * step).max(0.0);
        }
        multiply(design, &theta, &mut rates);
    }
    Err(STEPS)
}

/// A start with half of the events from the baseline.
fn even(design: &Design, cost: &[f64]) -> Vec<f64> {
    let events = design.events();
    let total = |range: std::ops::Range<usize>| cost[range].iter().sum::<f64>();
    let base = total(0..design.levels);
    let rest = total(design.levels..design.width);
    let share = if rest > 0.0 && base > 0.0 { 0.5 } else { 1.0 };
    (0..design.width)
        .map(|p| {
            let whole = if p < design.levels { base } else { rest };
            if cost[p] > 0.0 {
                share * events / whole
            } else {
                0.0
            }
        })
        .collect()
}

/// One step of expectation and maximisation: every event is shared out between what may have caused
/// it, and each parameter becomes its share over its exposure.
pub(crate) fn expect(design: &Design, cost: &[f64], theta: &mut [f64], rates: &[f64]) {
    let mut shares = vec![0.0; design.width];
    for ((row, weight), rate) in design
        .rows
        .chunks_exact(design.width)
        .zip(&design.weights)
        .zip(rates)
    {
        let per = weight / rate;
        for (share, x) in shares.iter_mut().zip(row) {
            *share += per * x;
        }
    }
    for ((theta, share), cost) in theta.iter_mut().zip(&shares).zip(cost) {
        *theta = if *cost > 0.0 {
            *theta * share / cost
        } else {
            0.0
        };
    }
}

/// `X θ`.
pub(crate) fn multiply(design: &Design, theta: &[f64], rates: &mut [f64]) {
    for (row, rate) in design.rows.chunks_exact(design.width).zip(rates) {
        *rate = row.iter().zip(theta).map(|(x, t)| x * t).sum();
    }
}

/// The value at given rates.
pub(crate) fn objective(design: &Design, cost: &[f64], theta: &[f64], rates: &[f64]) -> f64 {
    let linear: f64 = cost.iter().zip(theta).map(|(c, t)| c * t).sum();
    let log: f64 = design
        .weights
        .iter()
        .zip(rates)
        .map(|(weight, rate)| weight * rate.ln())
        .sum();
    log - linear
}

/// `Σ w log(rate + length × move)`; minus infinity if one of these is not positive.
fn logarithm(design: &Design, rates: &[f64], moves: &[f64], length: f64) -> f64 {
    let mut sum = 0.0;
    for ((weight, rate), step) in design.weights.iter().zip(rates).zip(moves) {
        let rate = rate + length * step;
        if rate <= 0.0 {
            return f64::NEG_INFINITY;
        }
        sum += weight * rate.ln();
    }
    sum
}

/// The gradient at given rates.
pub(crate) fn gradient(design: &Design, cost: &[f64], rates: &[f64]) -> Vec<f64> {
    let mut gradient = vec![0.0; design.width];
    for ((row, weight), rate) in design
        .rows
        .chunks_exact(design.width)
        .zip(&design.weights)
        .zip(rates)
    {
        let per = weight / rate;
        for (g, x) in gradient.iter_mut().zip(row) {
            *g += per * x;
        }
    }
    for (g, c) in gradient.iter_mut().zip(cost) {
        *g -= c;
    }
    gradient
}

/// The observed information `Σ w x x' / rate²` of some parameters.
pub(crate) fn information(design: &Design, rates: &[f64], of: &[usize]) -> Matrix {
    let size = of.len();
    let mut sums = vec![0.0; size * size];
    let mut scaled = vec![0.0; size];
    let all = size == design.width;
    for ((row, weight), rate) in design
        .rows
        .chunks_exact(design.width)
        .zip(&design.weights)
        .zip(rates)
    {
        let per = weight.sqrt() / rate;
        if all {
            for (s, x) in scaled.iter_mut().zip(row) {
                *s = x * per;
            }
        } else {
            for (s, &p) in scaled.iter_mut().zip(of) {
                *s = row[p] * per;
            }
        }
        for (at, &left) in scaled.iter().enumerate() {
            if left != 0.0 {
                let line = &mut sums[at * size + at..(at + 1) * size];
                for (sum, right) in line.iter_mut().zip(&scaled[at..]) {
                    *sum += left * right;
                }
            }
        }
    }
    Matrix::from_fn(size, size, |a, b| sums[a.min(b) * size + a.max(b)])
}

/// The maximum over `u ≥ 0` of `g · (u − from) − (u − from)' H (u − from) / 2`, by the active-set
/// method of Lawson and Hanson 1974, *Solving Least Squares Problems*, started from `from`.
fn model_maximum(hessian: &Matrix, slope: &[f64], from: &[f64]) -> Vec<f64> {
    let size = from.len();
    let target: Vec<f64> = hessian
        .times_vector(from)
        .iter()
        .zip(slope)
        .map(|(h, g)| h + g)
        .collect();
    let mut at = from.to_vec();
    let mut passive: Vec<bool> = at.iter().map(|u| *u > 0.0).collect();
    let mut entered = None;
    for _ in 0..6 * size + 10 {
        let set: Vec<usize> = (0..size).filter(|&p| passive[p]).collect();
        let Some(found) = solve(hessian, &target, &set) else {
            break;
        };
        // The length of the way to `found` that keeps all positive.
        let mut length = 1.0_f64;
        for (&p, &to) in set.iter().zip(&found) {
            if to <= 0.0 {
                length = length.min(at[p] / (at[p] - to));
            }
        }
        if length < 1.0 || found.iter().any(|to| *to <= 0.0) {
            if let Some(p) = entered.take()
                && length <= 0.0
            {
                // Rounding let it in: it goes out again, and that is the maximum.
                at[p] = 0.0;
                break;
            }
            for (&p, &to) in set.iter().zip(&found) {
                at[p] += length * (to - at[p]);
                if to <= 0.0 && at[p] <= 1e-14 * (to.abs() + from[p]) {
                    at[p] = 0.0;
                    passive[p] = false;
                }
            }
            continue;
        }
        for (&p, &to) in set.iter().zip(&found) {
            at[p] = to;
        }
        let pull = hessian.times_vector(&at);
        let best = (0..size)
            .filter(|&p| !passive[p])
            .map(|p| (p, target[p] - pull[p]))
            .filter(|&(p, w)| w > 1e-12 * target[p].abs().max(1e-300))
            .max_by(|a, b| a.1.total_cmp(&b.1));
        match best {
            Some((p, _)) => {
                passive[p] = true;
                entered = Some(p);
            }
            None => break,
        }
    }
    at
}

/// `H_SS u = t_S`, with a touch of ridge where `H_SS` is singular.
fn solve(hessian: &Matrix, target: &[f64], set: &[usize]) -> Option<Vec<f64>> {
    if set.is_empty() {
        return Some(Vec::new());
    }
    // Scaled to a unit diagonal, so that pivots are judged alike.
    let scale: Vec<f64> = set
        .iter()
        .map(|&p| hessian[(p, p)].max(1e-300).sqrt())
        .collect();
    let right = Matrix::from_fn(set.len(), 1, |a, _| target[set[a]] / scale[a]);
    for ridge in [0.0, 1e-10, 1e-6] {
        let part = Matrix::from_fn(set.len(), set.len(), |a, b| {
            let unit = if a == b { ridge } else { 0.0 };
            hessian[(set[a], set[b])] / (scale[a] * scale[b]) + unit
        });
        if let Some(lower) = part.cholesky() {
            let half = lower.solve_lower(&right);
            return Some(
                back(&lower, &half.column(0))
                    .iter()
                    .zip(&scale)
                    .map(|(u, s)| u / s)
                    .collect(),
            );
        }
    }
    None
}

/// `L' x = b`.
fn back(lower: &Matrix, right: &[f64]) -> Vec<f64> {
    let mut x = right.to_vec();
    for row in (0..x.len()).rev() {
        for below in row + 1..x.len() {
            x[row] -= lower[(below, row)] * x[below];
        }
        x[row] /= lower[(row, row)];
    }
    x
}
