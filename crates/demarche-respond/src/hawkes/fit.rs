//! Maximum likelihood: levels and ratios by Newton steps, decays by a search over what that gives.

use serde::Serialize;

use crate::matrix::Matrix;

use super::baseline::Baseline;
use super::design::{Design, designs};
use super::error::HawkesError;
use super::events::{Record, Window};
use super::kernel::Kernel;
use super::process::{Process, for_each};
use super::solve::{Solution, Terms, information, maximise, multiply};
use super::stability::half_life;
use crate::threads::spread;

/// How delays are modelled.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub enum Delays {
    /// Nothing excites anything: a Poisson process with the same baseline.
    None,
    /// Exponential densities with these decays, per day.
    Given(Vec<f64>),
    /// Exponential densities whose decays are estimated, common to all pairs of streams.
    Estimated {
        /// How many: 1 to 4.
        count: usize,
        /// Where they are sought, per day. If not given: half-lives from a quarter of a day (half a
        /// day, where days are the resolution) to a quarter of the window.
        bounds: Option<(f64, f64)>,
    },
    /// Steps over bins of delay with these edges, in days.
    Steps(Vec<f64>),
}

/// What is fitted.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Model {
    /// The shape of the baseline of each stream, or a single one for all.
    pub baselines: Vec<Baseline>,
    /// The delays.
    pub delays: Delays,
}

impl Model {
    /// Constant baselines and exponential densities with given decays.
    pub fn exponential(decays: &[f64]) -> Model {
        Model {
            baselines: vec![Baseline::constant()],
            delays: Delays::Given(decays.to_vec()),
        }
    }

    /// The Poisson model with the same baselines.
    #[must_use]
    pub fn poisson(&self) -> Model {
        Model {
            baselines: self.baselines.clone(),
            delays: Delays::None,
        }
    }
}

/// Options of a fit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Options {
    /// How many events each stream needs in the window. With 0 a stream may even be empty.
    pub needed: usize,
}

impl Default for Options {
    fn default() -> Options {
        Options { needed: 30 }
    }
}

/// How far an estimate is free to move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Standing {
    /// It lies within its range; its standard error describes it.
    Free,
    /// It lies at its bound of zero: it has no standard error, and only its upper limit is open
    /// ([`super::profile_interval`]).
    AtZero,
    /// The data say nothing of it.
    Unidentified,
}

/// An estimated figure.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// The estimate.
    pub value: f64,
    /// Its standard error from the observed information, where it is free.
    pub standard_error: Option<f64>,
    /// How far it is free.
    pub standing: Standing,
}

/// A bound that a search ran to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Bound {
    /// The slowest decay sought: what looks like excitation lasts as long as a trend would.
    Lower,
    /// The fastest decay sought: what looks like excitation is finer than the dates.
    Upper,
}

/// A decay, per day.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Decay {
    /// Its value.
    pub value: f64,
    /// Its standard error from the curvature of the profile likelihood; `None` if it was given or
    /// lies at a bound.
    pub standard_error: Option<f64>,
    /// Its half-life `ln 2 / β`, in days.
    pub half_life: f64,
    /// The bound it ran to, if it did: it is then not an estimate.
    pub bound: Option<Bound>,
}

/// A fitted process.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fit {
    /// The process with its estimates.
    pub process: Process,
    /// The window it was fitted to.
    pub window: Window,
    /// Events of each stream in the window.
    pub events: Vec<usize>,
    /// The log-likelihood.
    pub log_likelihood: f64,
    /// The log-likelihood of each stream.
    pub by_stream: Vec<f64>,
    /// Levels of the baseline of each stream.
    pub levels: Vec<Vec<Figure>>,
    /// The branching matrix by rows: how many events of stream `i` (row) one event of stream `j`
    /// (column) sets off directly.
    pub branching: Vec<Vec<Figure>>,
    /// The decays; none for steps.
    pub decays: Vec<Decay>,
    /// The spectral radius of the branching matrix; at 1 or above the fit is unstable.
    pub spectral_radius: f64,
    /// How many parameters were free.
    pub free: usize,
    /// Covariances of the parameters of each answering stream: its levels, then `α_ijm` at
    /// `m · D + j`; zero where a parameter is not free, `None` where the information is singular.
    #[serde(skip)]
    pub covariances: Vec<Option<Matrix>>,
}

impl Fit {
    /// Akaike's criterion `2 k − 2 log L`: smaller is better.
    pub fn aic(&self) -> f64 {
        2.0 * self.free as f64 - 2.0 * self.log_likelihood
    }

    /// The Bayesian criterion `k ln n − 2 log L` with the number of events as `n`.
    pub fn bic(&self) -> f64 {
        let events: usize = self.events.iter().sum();
        self.free as f64 * (events.max(1) as f64).ln() - 2.0 * self.log_likelihood
    }

    /// Is the spectral radius of the branching matrix below 1?
    pub fn is_stable(&self) -> bool {
        self.spectral_radius < 1.0
    }
}

/// Fits a model by maximum likelihood.
///
/// For given decays the maximum over levels and ratios is global: the log-likelihood is concave in
/// them. Estimated decays are those with the highest profile likelihood, found by a grid and
/// Brent's method for one and by the simplex method of Nelder and Mead for several; a decay that
/// runs to a bound says so ([`Decay::bound`]). Standard errors come from the observed information
/// of the free parameters and include what the estimation of decays adds.
///
/// # Errors
/// If the model does not fit the record, a stream has too few events, or no maximum is found.
pub fn fit(record: &Record, model: &Model, options: &Options) -> Result<Fit, HawkesError> {
    let baselines = prepared(record, model, options)?;
    let kernel = match &model.delays {
        Delays::None => Kernel::none(),
        Delays::Given(decays) => Kernel::Exponential {
            decays: decays.clone(),
        },
        Delays::Steps(edges) => Kernel::Steps {
            edges: edges.clone(),
        },
        Delays::Estimated { count, bounds } => {
            return estimated(record, &baselines, *count, *bounds);
        }
    };
    let solved = solved(record, &baselines, kernel, None)?;
    Ok(finished(record, &baselines, &solved, None))
}

/// The baselines of each stream, after the checks that come before any fit.
pub(crate) fn prepared(
    record: &Record,
    model: &Model,
    options: &Options,
) -> Result<Vec<Baseline>, HawkesError> {
    for (stream, found) in record.counts().into_iter().enumerate() {
        if found == 0 && options.needed > 0 {
            return Err(HawkesError::Empty { stream });
        }
        if found < options.needed {
            return Err(HawkesError::TooFew {
                stream,
                found,
                needed: options.needed,
            });
        }
    }
    let baselines: Vec<Baseline> = for_each(&model.baselines, record.streams())?
        .iter()
        .map(|baseline| baseline.within(record.window()))
        .collect();
    for baseline in &baselines {
        baseline.check(record.resolution())?;
    }
    Ok(baselines)
}

/// The maximum for one kernel.
pub(crate) struct Solved {
    pub(crate) kernel: Kernel,
    pub(crate) designs: Vec<Design>,
    pub(crate) solutions: Vec<Solution>,
}

impl Solved {
    pub(crate) fn value(&self) -> f64 {
        self.solutions.iter().map(|s| s.value).sum()
    }

    fn thetas(&self) -> Vec<Vec<f64>> {
        self.solutions.iter().map(|s| s.theta.clone()).collect()
    }
}

pub(crate) fn solved(
    record: &Record,
    baselines: &[Baseline],
    kernel: Kernel,
    start: Option<&[Vec<f64>]>,
) -> Result<Solved, HawkesError> {
    kernel.check(record.resolution())?;
    let designs = designs(record, baselines, &kernel)?;
    let solutions = spread(designs.len(), |stream| {
        let terms = Terms {
            start: start.map(|thetas| thetas[stream].as_slice()),
            ..Terms::default()
        };
        maximise(&designs[stream], &terms)
            .map_err(|steps| HawkesError::NotConverged { stream, steps })
    })
    .into_iter()
    .collect::<Result<_, _>>()?;
    Ok(Solved {
        kernel,
        designs,
        solutions,
    })
}

/// The process of the parameters `theta` of each answering stream.
pub(crate) fn process_of(baselines: &[Baseline], kernel: &Kernel, thetas: &[Vec<f64>]) -> Process {
    let streams = thetas.len();
    let levels: Vec<Vec<f64>> = thetas
        .iter()
        .zip(baselines)
        .map(|(theta, baseline)| theta[..baseline.levels()].to_vec())
        .collect();
    let parts = (0..kernel.parts())
        .map(|part| {
            Matrix::from_fn(streams, streams, |i, j| {
                thetas[i][levels[i].len() + part * streams + j]
            })
        })
        .collect();
    Process::new(baselines, levels, kernel.clone(), parts)
        .expect("a solution has the shape of its design and is not negative")
}

/// What the estimation of decays adds.
struct Searched {
    decays: Vec<Decay>,
    /// Covariance of the logarithms of the decays that are free.
    covariance: Option<Matrix>,
    /// For each answering stream the derivatives of its parameters by those logarithms.
    slopes: Vec<Matrix>,
    free: usize,
}

fn finished(
    record: &Record,
    baselines: &[Baseline],
    solved: &Solved,
    searched: Option<Searched>,
) -> Fit {
    let streams = record.streams();
    let parts = solved.kernel.parts();
    let process = process_of(baselines, &solved.kernel, &solved.thetas());
    let mut free = searched.as_ref().map_or(0, |s| s.free);
    let mut covariances = Vec::with_capacity(streams);
    let mut levels = Vec::with_capacity(streams);
    let mut branching = Vec::with_capacity(streams);
    for (stream, (design, solution)) in solved.designs.iter().zip(&solved.solutions).enumerate() {
        let theta = &solution.theta;
        let standing: Vec<Standing> = (0..design.width)
            .map(|p| {
                if design.cost[p] <= 0.0 {
                    Standing::Unidentified
                } else if theta[p] > 0.0 {
                    Standing::Free
                } else {
                    Standing::AtZero
                }
            })
            .collect();
        let moving: Vec<usize> = (0..design.width)
            .filter(|&p| standing[p] == Standing::Free)
            .collect();
        free += moving.len();
        let covariance = covariance(design, theta, &moving).map(|mut covariance| {
            if let Some(searched) = &searched
                && let Some(decays) = &searched.covariance
            {
                let slopes = &searched.slopes[stream];
                let added = slopes.sandwich(decays);
                for &a in &moving {
                    for &b in &moving {
                        covariance[(a, b)] += added[(a, b)];
                    }
                }
            }
            covariance
        });
        let error_of = |which: &[usize]| -> Option<f64> {
            let covariance = covariance.as_ref()?;
            let variance: f64 = which
                .iter()
                .flat_map(|&a| which.iter().map(move |&b| (a, b)))
                .map(|at| covariance[at])
                .sum();
            (variance > 0.0 && variance.is_finite()).then(|| variance.sqrt())
        };
        levels.push(
            (0..design.levels)
                .map(|p| Figure {
                    value: theta[p],
                    standard_error: error_of(&[p]),
                    standing: standing[p],
                })
                .collect(),
        );
        let ratio = |j: usize| {
            let of: Vec<usize> = (0..parts)
                .map(|m| design.levels + m * streams + j)
                .collect();
            let inner: Vec<usize> = of
                .iter()
                .copied()
                .filter(|&p| standing[p] == Standing::Free)
                .collect();
            Figure {
                value: of.iter().map(|&p| theta[p]).sum(),
                standard_error: error_of(&inner),
                standing: if !inner.is_empty() {
                    Standing::Free
                } else if of.iter().any(|&p| standing[p] == Standing::AtZero) {
                    Standing::AtZero
                } else {
                    Standing::Unidentified
                },
            }
        };
        branching.push(if parts == 0 {
            Vec::new()
        } else {
            (0..streams).map(ratio).collect()
        });
        covariances.push(covariance);
    }
    let decays = match (searched, &solved.kernel) {
        (Some(searched), _) => searched.decays,
        (None, Kernel::Exponential { decays }) => decays
            .iter()
            .map(|&value| Decay {
                value,
                standard_error: None,
                half_life: half_life(value),
                bound: None,
            })
            .collect(),
        (None, Kernel::Steps { .. }) => Vec::new(),
    };
    Fit {
        spectral_radius: process.spectral_radius(),
        process,
        window: record.window(),
        events: record.counts(),
        log_likelihood: solved.value(),
        by_stream: solved.solutions.iter().map(|s| s.value).collect(),
        levels,
        branching,
        decays,
        free,
        covariances,
    }
}

/// The inverse of the observed information of the free parameters, with zeros for the others.
fn covariance(design: &Design, theta: &[f64], free: &[usize]) -> Option<Matrix> {
    let mut rates = vec![0.0; design.weights.len()];
    multiply(design, theta, &mut rates);
    let information = information(design, &rates, free);
    // Scaled to a unit diagonal, so that it is judged by correlations and not by units.
    let scale: Vec<f64> = information.diagonal().iter().map(|d| d.sqrt()).collect();
    if scale.iter().any(|s| *s <= 0.0 || !s.is_finite()) {
        return None;
    }
    let unit = Matrix::from_fn(free.len(), free.len(), |a, b| {
        information[(a, b)] / (scale[a] * scale[b])
    });
    let inverse = unit.inverse_positive()?;
    let mut covariance = Matrix::zeros(design.width, design.width);
    for (a, &p) in free.iter().enumerate() {
        for (b, &q) in free.iter().enumerate() {
            covariance[(p, q)] = inverse[(a, b)] / (scale[a] * scale[b]);
        }
    }
    covariance.is_finite().then_some(covariance)
}

/// How near to a bound, in the logarithm, a decay counts as having run to it.
const NEAR: f64 = 2e-3;

fn estimated(
    record: &Record,
    baselines: &[Baseline],
    count: usize,
    bounds: Option<(f64, f64)>,
) -> Result<Fit, HawkesError> {
    if !(1..=4).contains(&count) {
        return Err(HawkesError::Option {
            what: "one to four decays can be estimated",
        });
    }
    let (low, high) = bounds.unwrap_or_else(|| {
        let finest = match record.resolution() {
            super::Resolution::Exact => 0.25,
            super::Resolution::Day => 0.5,
        };
        let slow = half_life(record.window().length() / 4.0);
        (slow.min(half_life(finest) / 16.0), half_life(finest))
    });
    if !(low > 0.0 && low < high && high.is_finite()) {
        return Err(HawkesError::Bounds { low, high });
    }
    let (floor, ceiling) = (low.ln(), high.ln());
    let mut best: Option<Solved> = None;
    let mut failure = None;
    let (from, to, grid) = if count == 1 {
        narrowed(record, baselines, (floor, ceiling))
    } else {
        (floor, ceiling, GRID)
    };
    let mut profile = |logs: &[f64]| -> f64 {
        let mut sorted: Vec<f64> = logs.iter().map(|l| l.clamp(floor, ceiling)).collect();
        sorted.sort_by(|a, b| b.total_cmp(a));
        if sorted.windows(2).any(|pair| pair[0] - pair[1] < 1e-2) {
            return f64::NEG_INFINITY;
        }
        let kernel = Kernel::Exponential {
            decays: sorted.iter().map(|l| l.exp()).collect(),
        };
        let start = best.as_ref().map(Solved::thetas);
        match solved(record, baselines, kernel, start.as_deref()) {
            Ok(found) => {
                let value = found.value();
                if best.as_ref().is_none_or(|best| value > best.value()) {
                    best = Some(found);
                }
                value
            }
            Err(error) => {
                failure = Some(error);
                f64::NEG_INFINITY
            }
        }
    };
    if count == 1 {
        let top = line_search(from, to, grid, &mut |log| profile(&[log]));
        // The part of the window misled the search.
        if grid != GRID && (top - from < NEAR || to - top < NEAR) {
            line_search(floor, ceiling, GRID, &mut |log| profile(&[log]));
        }
    } else {
        // From decays spread over the range, and from the same with half the spread.
        for spread in [0.6, 0.3] {
            let middle = f64::midpoint(floor, ceiling);
            let start: Vec<f64> = (0..count)
                .map(|at| {
                    let place = at as f64 / (count - 1) as f64 - 0.5;
                    middle - place * spread * (ceiling - floor)
                })
                .collect();
            simplex(&start, 0.1 * (ceiling - floor), &mut profile);
        }
    }
    let Some(best) = best else {
        return Err(failure.unwrap_or(HawkesError::Bounds { low, high }));
    };
    let searched = curvature(record, baselines, &best, (floor, ceiling));
    Ok(finished(record, baselines, &best, Some(searched)))
}

/// More events than this, and a decay is first sought in a part of the window.
const MANY: usize = 50_000;
/// Steps of the grid over the whole range.
const GRID: usize = 12;

/// Where the decay of a long record is to be sought: about the value that a part of the window
/// gives, a tenth of the range wide; the whole range if that finds none within it.
fn narrowed(
    record: &Record,
    baselines: &[Baseline],
    (floor, ceiling): (f64, f64),
) -> (f64, f64, usize) {
    let whole = (floor, ceiling, GRID);
    let window = record.window();
    let events: usize = record.counts().iter().sum();
    if events <= MANY {
        return whole;
    }
    let days = (window.length() * MANY as f64 / (2 * events) as f64).ceil();
    let Ok(part) = record.between(window.start, (window.start + days).min(window.end)) else {
        return whole;
    };
    let top = line_search(floor, ceiling, GRID, &mut |log| {
        let kernel = Kernel::Exponential {
            decays: vec![log.exp()],
        };
        solved(&part, baselines, kernel, None).map_or(f64::NEG_INFINITY, |s| s.value())
    });
    let half = 0.05 * (ceiling - floor);
    if top - half <= floor || top + half >= ceiling {
        return whole;
    }
    (top - half, top + half, 2)
}

/// How sharp the maximum over the decays is, and how the other parameters follow them.
fn curvature(
    record: &Record,
    baselines: &[Baseline],
    best: &Solved,
    (floor, ceiling): (f64, f64),
) -> Searched {
    let Kernel::Exponential { decays } = &best.kernel else {
        unreachable!("only exponential densities have decays");
    };
    let logs: Vec<f64> = decays.iter().map(|d| d.ln()).collect();
    let bounds: Vec<Option<Bound>> = logs
        .iter()
        .map(|log| {
            if log - floor < NEAR {
                Some(Bound::Lower)
            } else if ceiling - log < NEAR {
                Some(Bound::Upper)
            } else {
                None
            }
        })
        .collect();
    let free: Vec<usize> = (0..logs.len()).filter(|&m| bounds[m].is_none()).collect();
    let start = best.thetas();
    let at = |moves: &[(usize, f64)]| -> Option<Solved> {
        let mut moved = logs.clone();
        for (which, by) in moves {
            moved[*which] += by;
        }
        let kernel = Kernel::Exponential {
            decays: moved.iter().map(|l| l.exp()).collect(),
        };
        solved(record, baselines, kernel, Some(&start)).ok()
    };
    let centre = best.value();
    let size = free.len();
    let outcome = (|| {
        let mut steps = Vec::new();
        let mut sides = Vec::new();
        let mut hessian = Matrix::zeros(size, size);
        for (a, &which) in free.iter().enumerate() {
            // A step that lowers the likelihood by about a tenth.
            let trial = 0.01;
            let drop =
                2.0 * centre - at(&[(which, trial)])?.value() - at(&[(which, -trial)])?.value();
            let step = if drop > 1e-9 {
                (trial * (0.2 / drop).sqrt()).clamp(1e-4, 0.1)
            } else {
                0.05
            };
            let (up, down) = (at(&[(which, step)])?, at(&[(which, -step)])?);
            hessian[(a, a)] = (2.0 * centre - up.value() - down.value()) / (step * step);
            steps.push(step);
            sides.push((up, down));
        }
        for a in 0..size {
            for b in 0..a {
                let corner = |sa: f64, sb: f64| {
                    at(&[(free[a], sa * steps[a]), (free[b], sb * steps[b])]).map(|s| s.value())
                };
                let mixed = corner(1.0, 1.0)? - corner(1.0, -1.0)? - corner(-1.0, 1.0)?
                    + corner(-1.0, -1.0)?;
                let cell = -mixed / (4.0 * steps[a] * steps[b]);
                hessian[(a, b)] = cell;
                hessian[(b, a)] = cell;
            }
        }
        let covariance = hessian.inverse_positive().filter(Matrix::is_finite)?;
        let slopes = (0..record.streams())
            .map(|stream| {
                Matrix::from_fn(best.designs[stream].width, size, |p, a| {
                    let (up, down) = &sides[a];
                    (up.solutions[stream].theta[p] - down.solutions[stream].theta[p])
                        / (2.0 * steps[a])
                })
            })
            .collect();
        Some((covariance, slopes))
    })();
    let (covariance, slopes) = match outcome {
        Some((covariance, slopes)) => (Some(covariance), slopes),
        None => (None, Vec::new()),
    };
    let decays = logs
        .iter()
        .enumerate()
        .map(|(m, log)| {
            let value = log.exp();
            let place = free.iter().position(|&f| f == m);
            Decay {
                value,
                standard_error: place
                    .zip(covariance.as_ref())
                    .map(|(a, covariance)| value * covariance[(a, a)].sqrt()),
                half_life: half_life(value),
                bound: bounds[m],
            }
        })
        .collect();
    Searched {
        decays,
        covariance: covariance.filter(|c| c.rows() > 0),
        slopes,
        free: size,
    }
}

/// Searches the maximum of a function of one number: the best point of a grid, then Brent's method
/// (1973, *Algorithms for Minimization without Derivatives*) between its neighbours.
fn line_search(low: f64, high: f64, grid: usize, value: &mut impl FnMut(f64) -> f64) -> f64 {
    let place = |at: usize| low + (high - low) * at as f64 / grid as f64;
    let values: Vec<f64> = (0..=grid).map(|at| value(place(at))).collect();
    let top = (0..=grid)
        .max_by(|a, b| values[*a].total_cmp(&values[*b]))
        .unwrap_or(0);
    let (mut a, mut b) = (place(top.saturating_sub(1)), place((top + 1).min(grid)));
    let golden = 0.5 * (3.0 - 5.0_f64.sqrt());
    let (mut x, mut fx) = (place(top), -values[top]);
    if top == 0 || top == grid {
        x = a + golden * (b - a);
        fx = -value(x);
    }
    let (mut w, mut v, mut fw, mut fv) = (x, x, fx, fx);
    let (mut step, mut last) = (0.0_f64, 0.0_f64);
    for _ in 0..60 {
        let middle = f64::midpoint(a, b);
        let tolerance = 1e-7;
        if (x - middle).abs() <= 2.0 * tolerance - 0.5 * (b - a) {
            break;
        }
        let mut parabola = None;
        if last.abs() > tolerance {
            let r = (x - w) * (fx - fv);
            let q = (x - v) * (fx - fw);
            let p = (x - v) * q - (x - w) * r;
            let q = 2.0 * (q - r);
            let p = if q > 0.0 { -p } else { p };
            let q = q.abs();
            if p.abs() < (0.5 * q * last).abs() && p > q * (a - x) && p < q * (b - x) {
                parabola = Some(p / q);
            }
        }
        last = step;
        step = match parabola {
            Some(step) => step,
            None => {
                last = if x < middle { b - x } else { a - x };
                golden * last
            }
        };
        let u = if step.abs() >= tolerance {
            x + step
        } else {
            x + tolerance.copysign(step)
        };
        let fu = -value(u);
        if fu <= fx {
            if u < x {
                b = x;
            } else {
                a = x;
            }
            (v, fv, w, fw, x, fx) = (w, fw, x, fx, u, fu);
        } else {
            if u < x {
                a = u;
            } else {
                b = u;
            }
            if fu <= fw || w == x {
                (v, fv, w, fw) = (w, fw, u, fu);
            } else if fu <= fv || v == x || v == w {
                (v, fv) = (u, fu);
            }
        }
    }
    x
}

/// Searches the maximum of a function of a few numbers. Nelder and Mead 1965, "A simplex method for
/// function minimization", *The Computer Journal* 7(4).
fn simplex(start: &[f64], size: f64, value: &mut impl FnMut(&[f64]) -> f64) {
    let n = start.len();
    let mut corners: Vec<(f64, Vec<f64>)> = (0..=n)
        .map(|at| {
            let mut corner = start.to_vec();
            if at > 0 {
                corner[at - 1] += size;
            }
            (value(&corner), corner)
        })
        .collect();
    for _ in 0..150 * n {
        corners.sort_by(|a, b| b.0.total_cmp(&a.0));
        let (best, worst) = (corners[0].0, corners[n].0);
        let wide = (0..n)
            .map(|d| (corners[0].1[d] - corners[n].1[d]).abs())
            .fold(0.0, f64::max);
        if worst.is_finite() && best - worst < 1e-9 && wide < 1e-4 {
            break;
        }
        let middle: Vec<f64> = (0..n)
            .map(|d| corners[..n].iter().map(|c| c.1[d]).sum::<f64>() / n as f64)
            .collect();
        let toward = |by: f64| -> Vec<f64> {
            (0..n)
                .map(|d| middle[d] + by * (corners[n].1[d] - middle[d]))
                .collect()
        };
        let mirrored = toward(-1.0);
        let mirror = value(&mirrored);
        if mirror > best {
            let further = toward(-2.0);
            let far = value(&further);
            corners[n] = if far > mirror {
                (far, further)
            } else {
                (mirror, mirrored)
            };
        } else if mirror > corners[n - 1].0 {
            corners[n] = (mirror, mirrored);
        } else {
            let nearer = toward(if mirror > worst { -0.5 } else { 0.5 });
            let near = value(&nearer);
            if near > worst.max(mirror) {
                corners[n] = (near, nearer);
            } else {
                let first = corners[0].1.clone();
                for corner in &mut corners[1..] {
                    for (x, best) in corner.1.iter_mut().zip(&first) {
                        *x = f64::midpoint(*x, *best);
                    }
                    corner.0 = value(&corner.1);
                }
            }
        }
    }
}
