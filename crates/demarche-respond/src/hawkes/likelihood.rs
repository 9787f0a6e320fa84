//! The log-likelihood of a process with given parameters, its parts and its gradient, in one walk
//! through the record.

use serde::Serialize;

use crate::matrix::Matrix;

use super::error::HawkesError;
use super::events::{Record, Resolution};
use super::kernel::Kernel;
use super::past::Past;
use super::process::Process;

/// The log-likelihood of each stream: `Σ_k log λ_i(t_k) − ∫ λ_i(t) dt` over the events of the
/// stream in the window. With days as resolution `λ_i` at an event is its mean over the day; the
/// log-factorials of the counts, which no parameter changes, are left out. The sum over streams is
/// the log-likelihood of the record given its history.
///
/// # Errors
/// If process and record do not fit together, or an event happens where the intensity is zero.
pub fn log_likelihood(process: &Process, record: &Record) -> Result<Vec<f64>, HawkesError> {
    process.check(record)?;
    let streams = record.streams();
    let ratios: Vec<Vec<f64>> = (0..streams).map(|i| process.ratios(i)).collect();
    let mut sums = vec![0.0; streams];
    let mut present = vec![0.0; process.kernel().parts() * streams];
    let mut past = Past::new(record, process.kernel());
    let mut now = f64::NEG_INFINITY;
    for (&time, &mark) in record
        .times()
        .iter()
        .zip(record.marks())
        .skip(record.first())
    {
        let stream = mark as usize;
        if now < time {
            past.move_to(time);
            past.densities(&mut present);
            now = time;
        }
        let rate =
            base(process, stream, time, record.resolution()) + dot(&ratios[stream], &present);
        if rate <= 0.0 {
            return Err(HawkesError::Impossible { stream, time });
        }
        sums[stream] += rate.ln();
    }
    for (sum, whole) in sums.iter_mut().zip(compensator(process, record)?) {
        *sum -= whole;
    }
    Ok(sums)
}

/// The expected number of events of each stream in the window given what came before each moment:
/// `∫ λ_i(t) dt`.
///
/// # Errors
/// If process and record do not fit together.
pub fn compensator(process: &Process, record: &Record) -> Result<Vec<f64>, HawkesError> {
    process.check(record)?;
    let window = record.window();
    let gained = gained(process.kernel(), record);
    Ok((0..record.streams())
        .map(|stream| {
            process.baseline_integral(stream, window.start, window.end)
                + dot(&process.ratios(stream), &gained)
        })
        .collect())
}

/// Derivatives of the log-likelihood.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Gradient {
    /// By the levels of each stream.
    pub levels: Vec<Vec<f64>>,
    /// By `α_ijm`, a matrix for each density.
    pub parts: Vec<Matrix>,
    /// By the decays; none for steps.
    pub decays: Vec<f64>,
}

/// The gradient of the log-likelihood, summed over streams, at the parameters of a process.
///
/// # Errors
/// As for [`log_likelihood`].
pub fn gradient(process: &Process, record: &Record) -> Result<Gradient, HawkesError> {
    process.check(record)?;
    let streams = record.streams();
    let window = record.window();
    let kernel = process.kernel();
    let parts = kernel.parts();
    let ratios: Vec<Vec<f64>> = (0..streams).map(|i| process.ratios(i)).collect();
    let mut levels: Vec<Vec<f64>> = process
        .levels()
        .iter()
        .map(|l| vec![0.0; l.len()])
        .collect();
    let mut sums = vec![vec![0.0; parts * streams]; streams];
    let mut slopes = Slopes::new(record, kernel);
    let mut decays = vec![0.0; slopes.decays.len()];
    let mut present = vec![0.0; parts * streams];
    let mut turning = vec![0.0; slopes.decays.len() * streams];
    let mut past = Past::new(record, kernel);
    let mut now = f64::NEG_INFINITY;
    for (&time, &mark) in record
        .times()
        .iter()
        .zip(record.marks())
        .skip(record.first())
    {
        let stream = mark as usize;
        if now < time {
            past.move_to(time);
            past.densities(&mut present);
            slopes.move_to(time);
            slopes.densities(&mut turning);
            now = time;
        }
        let rate =
            base(process, stream, time, record.resolution()) + dot(&ratios[stream], &present);
        if rate <= 0.0 {
            return Err(HawkesError::Impossible { stream, time });
        }
        let baseline = &process.baselines()[stream];
        levels[stream][baseline.piece(time)] += baseline.shape(record.resolution(), time) / rate;
        for (sum, density) in sums[stream].iter_mut().zip(&present) {
            *sum += density / rate;
        }
        for (part, decay) in decays.iter_mut().enumerate() {
            let range = part * streams..(part + 1) * streams;
            *decay += dot(&ratios[stream][range.clone()], &turning[range]) / rate;
        }
    }
    let gained = gained(kernel, record);
    for (stream, levels) in levels.iter_mut().enumerate() {
        for (piece, whole) in process.baselines()[stream].integrals(window.start, window.end) {
            levels[piece] -= whole;
        }
    }
    for sums in &mut sums {
        for (sum, gained) in sums.iter_mut().zip(&gained) {
            *sum -= gained;
        }
    }
    // The compensator of an event rises with the decay by `s e^(−β s)` at the end of the window,
    // less the same at its start.
    for event in record.events() {
        let effect = record.effect(event.time);
        for (part, slope) in decays.iter_mut().enumerate() {
            let rise = |until: f64| {
                let delay = (until - effect).max(0.0);
                delay * (-slopes.decays[part] * delay).exp()
            };
            let column: f64 = ratios
                .iter()
                .map(|ratios| ratios[part * streams + event.stream])
                .sum();
            *slope -= column * (rise(window.end) - rise(window.start));
        }
    }
    Ok(Gradient {
        levels,
        parts: (0..parts)
            .map(|part| Matrix::from_fn(streams, streams, |i, j| sums[i][part * streams + j]))
            .collect(),
        decays,
    })
}

/// The derivatives of the densities' sums by the decays, carried along like the sums themselves.
struct Slopes<'a> {
    record: &'a Record,
    decays: &'a [f64],
    now: f64,
    next: usize,
    /// `Σ e^(−β s)` and `Σ s e^(−β s)` at `m · D + j`.
    plain: Vec<f64>,
    delayed: Vec<f64>,
}

impl<'a> Slopes<'a> {
    fn new(record: &'a Record, kernel: &'a Kernel) -> Slopes<'a> {
        let decays = match kernel {
            Kernel::Exponential { decays } => decays.as_slice(),
            Kernel::Steps { .. } => &[],
        };
        Slopes {
            record,
            decays,
            now: f64::NEG_INFINITY,
            next: 0,
            plain: vec![0.0; decays.len() * record.streams()],
            delayed: vec![0.0; decays.len() * record.streams()],
        }
    }

    fn move_to(&mut self, time: f64) {
        let streams = self.record.streams();
        let (times, marks) = (self.record.times(), self.record.marks());
        while self.next < times.len() && times[self.next] < time {
            self.pass(times[self.next]);
            for part in 0..self.decays.len() {
                self.plain[part * streams + marks[self.next] as usize] += 1.0;
            }
            self.next += 1;
        }
        self.pass(time);
    }

    fn pass(&mut self, time: f64) {
        if self.now < time && self.now.is_finite() {
            let gap = time - self.now;
            let streams = self.record.streams();
            for (part, decay) in self.decays.iter().enumerate() {
                let factor = (-decay * gap).exp();
                for at in part * streams..(part + 1) * streams {
                    self.delayed[at] = factor * (self.delayed[at] + gap * self.plain[at]);
                    self.plain[at] *= factor;
                }
            }
        }
        self.now = time;
    }

    fn densities(&self, out: &mut [f64]) {
        let streams = self.record.streams();
        for (at, out) in out.iter_mut().enumerate() {
            let decay = self.decays[at / streams];
            let (plain, delayed) = (self.plain[at], self.delayed[at]);
            *out = match self.record.resolution() {
                Resolution::Exact => plain - decay * delayed,
                // Of `(e^β − 1) e^(−β s)`.
                Resolution::Day => decay.exp() * plain - decay.exp_m1() * delayed,
            };
        }
    }
}

/// The sums `Σ_k ∫ f_m` over the window, at `m · D + j`.
pub(crate) fn gained(kernel: &Kernel, record: &Record) -> Vec<f64> {
    let mut before = vec![0.0; kernel.parts() * record.streams()];
    let mut after = before.clone();
    let mut past = Past::new(record, kernel);
    past.move_to(record.window().start);
    past.cumulatives(&mut before);
    past.move_to(record.window().end);
    past.cumulatives(&mut after);
    after.iter().zip(&before).map(|(a, b)| a - b).collect()
}

/// The baseline at an event.
pub(crate) fn base(process: &Process, stream: usize, time: f64, resolution: Resolution) -> f64 {
    let baseline = &process.baselines()[stream];
    process.levels()[stream][baseline.piece(time)] * baseline.shape(resolution, time)
}

pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
