//! Goodness of fit by time rescaling.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use crate::matrix::Matrix;

use super::error::HawkesError;
use super::events::{Record, Resolution};
use super::likelihood::{base, dot};
use super::past::Past;
use super::process::Process;

/// Residuals of a process on a record.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Residuals {
    /// For each stream the intervals between its events on the clock of its own intensity,
    /// `∫ λ_i(t) dt` from each event to the next, the first from the start of the window. If the
    /// process is right they are independent and exponential with mean 1.
    pub intervals: Vec<Vec<f64>>,
    /// The test of each stream's intervals; `None` with fewer than 5.
    pub tests: Vec<Option<KolmogorovSmirnov>>,
    /// The test of all intervals together.
    pub pooled: Option<KolmogorovSmirnov>,
}

impl Residuals {
    /// Points of a quantile plot of one stream: the quantile of the exponential distribution at
    /// `(k − 1/2) / n`, and the `k`-th smallest interval.
    pub fn quantiles(&self, stream: usize) -> Vec<(f64, f64)> {
        let mut sorted = self.intervals[stream].clone();
        sorted.sort_by(f64::total_cmp);
        let n = sorted.len() as f64;
        sorted
            .into_iter()
            .enumerate()
            .map(|(k, interval)| (-(-(k as f64 + 0.5) / n).ln_1p(), interval))
            .collect()
    }
}

/// Residual intervals of a process and their tests.
///
/// With days as resolution the events of a day are placed at random, uniformly, within that day's
/// share of the clock; given the count this is what a Poisson number of events would do, so the
/// intervals are exponential under the model though dates are coarse. `seed` is for these places.
/// Where parameters were estimated from the same record the p-values are too high, the more so
/// the more parameters there are: a rejection counts, a pass says little.
///
/// Brown, Barbieri, Ventura, Kass and Frank 2002, "The time-rescaling theorem and its application
/// to neural spike train data analysis", *Neural Computation* 14(2).
///
/// # Errors
/// If process and record do not fit together.
pub fn residuals(process: &Process, record: &Record, seed: u64) -> Result<Residuals, HawkesError> {
    process.check(record)?;
    let streams = record.streams();
    let start = record.window().start;
    let ratios: Vec<Vec<f64>> = (0..streams).map(|i| process.ratios(i)).collect();
    let width = process.kernel().parts() * streams;
    let (mut before, mut upto, mut present) =
        (vec![0.0; width], vec![0.0; width], vec![0.0; width]);
    let mut past = Past::new(record, process.kernel());
    past.move_to(start);
    past.cumulatives(&mut before);
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut intervals: Vec<Vec<f64>> = vec![Vec::new(); streams];
    // Each stream's clock: at its last event, and at the last time its baseline was integrated to.
    let mut last = vec![0.0; streams];
    let mut summed = vec![0.0; streams];
    let mut reached = vec![start; streams];
    let (times, marks) = (record.times(), record.marks());
    let mut at = record.first();
    while at < times.len() {
        let time = times[at];
        let mut count = vec![0_usize; streams];
        while at < times.len() && times[at] == time {
            count[marks[at] as usize] += 1;
            at += 1;
        }
        past.move_to(time);
        past.cumulatives(&mut upto);
        past.densities(&mut present);
        for (stream, &count) in count.iter().enumerate().filter(|(_, count)| **count > 0) {
            summed[stream] += process.baseline_integral(stream, reached[stream], time);
            reached[stream] = time;
            let excited: f64 = ratios[stream]
                .iter()
                .zip(upto.iter().zip(&before))
                .map(|(ratio, (upto, before))| ratio * (upto - before))
                .sum();
            let clock = summed[stream] + excited;
            let span = match record.resolution() {
                Resolution::Exact => 0.0,
                Resolution::Day => {
                    base(process, stream, time, record.resolution())
                        + dot(&ratios[stream], &present)
                }
            };
            let mut places: Vec<f64> = (0..count)
                .map(|_| match record.resolution() {
                    Resolution::Exact => clock,
                    Resolution::Day => clock + span * rng.random::<f64>(),
                })
                .collect();
            places.sort_by(f64::total_cmp);
            for place in places {
                intervals[stream].push((place - last[stream]).max(0.0));
                last[stream] = place;
            }
        }
    }
    let test = |intervals: &[f64]| {
        (intervals.len() >= 5)
            .then(|| kolmogorov_smirnov(intervals, |x| -(-x).exp_m1()))
            .flatten()
    };
    let all: Vec<f64> = intervals.iter().flatten().copied().collect();
    Ok(Residuals {
        tests: intervals.iter().map(|i| test(i)).collect(),
        pooled: test(&all),
        intervals,
    })
}

/// The test of Kolmogorov and Smirnov of one sample.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct KolmogorovSmirnov {
    /// How many values.
    pub count: usize,
    /// The largest distance between the two distribution functions, from 0 to 1.
    pub distance: f64,
    /// The probability of such a distance or a larger one if the distribution is right: exact up
    /// to 100 values (Marsaglia, Tsang and Wang 2003, *Journal of Statistical Software* 8(18)),
    /// beyond that the limit with the correction of Stephens 1970.
    pub p_value: f64,
}

/// Tests whether values come from a continuous distribution; `None` if there are no values or one
/// is not a number.
pub fn kolmogorov_smirnov(
    values: &[f64],
    distribution: impl Fn(f64) -> f64,
) -> Option<KolmogorovSmirnov> {
    if values.is_empty() || values.iter().any(|v| !v.is_finite()) {
        return None;
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len() as f64;
    let distance = sorted
        .iter()
        .enumerate()
        .map(|(k, value)| {
            let share = distribution(*value);
            ((k as f64 + 1.0) / n - share).max(share - k as f64 / n)
        })
        .fold(0.0, f64::max);
    let p_value = if sorted.len() <= 100 {
        1.0 - within(sorted.len(), distance)
    } else {
        let scaled = (n.sqrt() + 0.12 + 0.11 / n.sqrt()) * distance;
        beyond(scaled)
    };
    Some(KolmogorovSmirnov {
        count: sorted.len(),
        distance,
        p_value: p_value.clamp(0.0, 1.0),
    })
}

/// `2 Σ (−1)^(k−1) e^(−2 k² x²)`.
fn beyond(x: f64) -> f64 {
    if x < 0.2 {
        return 1.0;
    }
    2.0 * (1..=100)
        .map(|k| {
            let k = f64::from(k);
            let sign = if k as i32 % 2 == 1 { 1.0 } else { -1.0 };
            sign * (-2.0 * k * k * x * x).exp()
        })
        .sum::<f64>()
}

/// The exact probability that the distance of `n` values stays below `distance`.
fn within(n: usize, distance: f64) -> f64 {
    let reach = n as f64 * distance;
    let k = reach.floor() as usize + 1;
    let size = 2 * k - 1;
    let h = k as f64 - reach;
    let mut matrix = Matrix::from_fn(size, size, |i, j| if i + 1 >= j { 1.0 } else { 0.0 });
    for i in 0..size {
        matrix[(i, 0)] -= h.powi(i as i32 + 1);
        matrix[(size - 1, i)] -= h.powi((size - i) as i32);
    }
    if 2.0 * h - 1.0 > 0.0 {
        matrix[(size - 1, 0)] += (2.0 * h - 1.0).powi(size as i32);
    }
    for i in 0..size {
        for j in 0..size {
            for g in 1..=(i + 1).saturating_sub(j) {
                matrix[(i, j)] /= g as f64;
            }
        }
    }
    // The power times n! / nⁿ, both taken step by step so that neither overflows.
    let mut row: Vec<f64> = matrix.row(k - 1).to_vec();
    for step in 1..=n {
        if step > 1 {
            row = matrix.transpose().times_vector(&row);
        }
        let factor = step as f64 / n as f64;
        row.iter_mut().for_each(|cell| *cell *= factor);
    }
    row[k - 1]
}
