//! What the streams of a case set off in each other.

use std::collections::BTreeSet;

use demarche_case::Case;
use demarche_events::Date;
use demarche_measure::{EventIx, Interval};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;
use statrs::distribution::{ContinuousCDF, Normal};

use crate::hawkes::{
    Baseline, Curve, Delays, EmOptions, Event, Fit, HawkesError, Model, Options, Pooled, Process,
    Record, Resolution, Window, attribution, blocks, bootstrap, fit, fit_steps, held_out, pool,
    residuals,
};
use crate::multiple::benjamini_hochberg;
use crate::streams::{StreamEvents, day_number, days, exposure};

/// Random placings of events known to the month.
const IMPUTATIONS: usize = 5;
/// Length of the blocks by which held-out likelihood is judged, days.
const BLOCK: f64 = 30.0;
/// Share of an event from which on it is listed as set off.
const LISTED: f64 = 0.1;
/// Coverage of all intervals.
const LEVEL: f64 = 0.95;
/// What an adjusted p-value must not exceed to be told from zero.
const ALPHA: f64 = 0.05;

/// The fitted process of a case, and how far it may be trusted.
#[derive(Clone, Debug, Serialize)]
pub struct Excitation {
    /// Positions of the streams that have events enough, in the list of all.
    pub streams: Vec<usize>,
    /// Events of each of these.
    pub events: Vec<usize>,
    /// Days that are covered.
    pub days: u32,
    /// Over how many random placings of month-precision events the fits are pooled.
    pub imputations: usize,
    /// The models that were compared, the Poisson model first.
    pub candidates: Vec<Candidate>,
    /// The one that is read: that which best tells what came after the split, or, without one, has
    /// the least AIC. The Poisson model is never read, as it has nothing to say.
    pub chosen: usize,
    /// Half-lives of the delays, days.
    pub half_lives: Vec<HalfLife>,
    /// The spectral radius of the branching matrix: the mean, and the interval of the bootstrap.
    pub spectral_radius: f64,
    /// Its interval.
    pub spectral_interval: Option<Interval>,
    /// By answering stream and stream that is answered: events set off directly by one event.
    pub branching: Vec<Vec<Effect>>,
    /// The same with what these set off in turn.
    pub totals: Vec<Vec<Effect>>,
    /// By stream, the expected share of its events that nothing in the model set off.
    pub baseline: Vec<f64>,
    /// By stream and stream, the expected share of the events of the one that the other set off
    /// directly.
    pub shares: Vec<Vec<Effect>>,
    /// By stream, how well times fit the model: Kolmogorov–Smirnov tests of residual intervals.
    pub fits: Vec<Goodness>,
    /// Points of a quantile plot of all residual intervals of one placing: expected and found.
    pub quantiles: Vec<(f64, f64)>,
    /// How long responses take: of all that is set off, the part per day after so many days.
    pub delay: Vec<(f64, f64)>,
    /// The same without a shape taken for granted: constant between given days, by expectation
    /// and maximisation, of one placing.
    pub delay_steps: Vec<(f64, f64)>,
    /// How the model tells what came after the split, against the Poisson model.
    pub held_out: Option<HeldOut>,
    /// Fits of the bootstrap that are stable, for simulation.
    #[serde(skip)]
    pub draws: Vec<Process>,
    /// The record of one placing, for simulation.
    #[serde(skip)]
    pub record: Record,
}

/// One of the models compared.
#[derive(Clone, Debug, Serialize)]
pub struct Candidate {
    /// What it is called.
    pub name: String,
    /// How many delay densities it has.
    pub delays: usize,
    /// Log-likelihood, the mean over placings.
    pub log_likelihood: f64,
    /// Akaike's criterion.
    pub aic: f64,
    /// The Bayesian criterion.
    pub bic: f64,
    /// Log-likelihood of what came after the split, less that of the Poisson model.
    pub held_out: Option<f64>,
}

/// A half-life.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct HalfLife {
    /// Days.
    pub days: f64,
    /// Its interval.
    pub interval: Option<Interval>,
    /// Did the search run to its bound in at least one placing? It is then no estimate.
    pub at_bound: bool,
}

/// What one stream does to another.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Effect {
    /// Events, or a share.
    pub value: f64,
    /// Its interval.
    pub interval: Option<Interval>,
    /// The probability of such an estimate if there were nothing; one-sided.
    pub p: Option<f64>,
    /// The same, adjusted for all cells after Benjamini and Hochberg.
    pub adjusted: Option<f64>,
    /// Is it told from zero after that?
    pub sure: bool,
    /// Events that are likely to have been set off, and those likely to have set them off.
    #[serde(skip)]
    pub evidence: Vec<EventIx>,
}

/// How well the times of a stream fit.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Goodness {
    /// Largest distance of the distribution functions; the median over placings.
    pub distance: Option<f64>,
    /// Its p-value under the model; the median over placings.
    pub p: Option<f64>,
    /// The p-value under the Poisson model with the same baseline.
    pub poisson: Option<f64>,
}

/// How the model tells what it was not fitted to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct HeldOut {
    /// The last day it was fitted to.
    #[serde(serialize_with = "day")]
    pub fitted_to: Date,
    /// Events after that day.
    pub events: usize,
    /// Log-likelihood less that of the Poisson model with the same baseline, nats.
    pub difference: f64,
    /// Its standard error, from months and placings.
    pub standard_error: Option<f64>,
}

impl HeldOut {
    /// Does the model tell more (1), less (−1), or can it not be told (0)?
    pub fn verdict(&self) -> i8 {
        match self.standard_error {
            Some(se) if self.difference > 1.96 * se => 1,
            Some(se) if self.difference < -1.96 * se => -1,
            _ => 0,
        }
    }
}

fn day<S: serde::Serializer>(day: &Date, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(day)
}

/// A record with every date drawn, and the event behind each time.
struct Placed {
    record: Record,
    /// By stream and position in it.
    events: Vec<Vec<EventIx>>,
}

fn place(
    streams: &[&StreamEvents],
    window: Window,
    seed: u64,
    draw: usize,
) -> Result<Placed, HawkesError> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(draw as u64);
    let mut times = Vec::new();
    let mut events = Vec::new();
    for stream in streams {
        let mut placed: Vec<(u32, EventIx)> = stream
            .events
            .iter()
            .map(|e| {
                (
                    e.day
                        + if e.days > 1 {
                            rng.random_range(0..e.days)
                        } else {
                            0
                        },
                    e.event,
                )
            })
            .collect();
        placed.sort_unstable();
        times.push(placed.iter().map(|p| f64::from(p.0)).collect::<Vec<f64>>());
        events.push(placed.into_iter().map(|p| p.1).collect());
    }
    Ok(Placed {
        record: Record::new(&times, window, Resolution::Day)?,
        events,
    })
}

/// Fits the streams of a case.
///
/// # Errors
/// A sentence that says why nothing can be fitted: no streams, too few events, an unstable fit.
pub fn excitation(case: &Case, all: &[StreamEvents]) -> Result<Excitation, String> {
    let how = &case.settings.measure;
    if all.is_empty() {
        return Err("the case names no streams: add [[stream]] tables to case.toml".to_owned());
    }
    let chosen: Vec<usize> = (0..all.len())
        .filter(|&i| all[i].events.len() >= how.min_events)
        .collect();
    if chosen.is_empty() {
        let most = all.iter().map(|s| s.events.len()).max().unwrap_or(0);
        return Err(format!(
            "too few events (n = {most} in the fullest stream, at least {} needed)",
            how.min_events
        ));
    }
    let streams: Vec<&StreamEvents> = chosen.iter().map(|&i| &all[i]).collect();
    fitted(case, chosen, &streams).map_err(|error| error.to_string())
}

fn fitted(
    case: &Case,
    chosen: Vec<usize>,
    streams: &[&StreamEvents],
) -> Result<Excitation, HawkesError> {
    let how = &case.settings.measure;
    let window = Window::new(0.0, f64::from(days(case)))?;
    let vague = streams.iter().any(|s| s.events.iter().any(|e| e.days > 1));
    let imputations = if vague { IMPUTATIONS } else { 1 };
    let placed: Vec<Placed> = (0..imputations)
        .map(|draw| place(streams, window, how.seed, draw))
        .collect::<Result<_, _>>()?;
    let coverage = exposure(case);
    let curve = Curve::new(
        &coverage.iter().map(|e| e.from).collect::<Vec<f64>>(),
        &coverage.iter().map(|e| e.level).collect::<Vec<f64>>(),
    )?
    .scaled(window)?;
    let model = |delays: usize| Model {
        baselines: vec![Baseline::proportional(curve.clone())],
        delays: match delays {
            0 => Delays::None,
            count => Delays::Estimated {
                count,
                bounds: None,
            },
        },
    };
    let options = Options { needed: 0 };
    let split = case
        .settings
        .respond
        .fitted_to
        .map(|day| day_number(case, day) as f64 + 1.0);
    let edges = split.map(|split| blocks(split, window.end, BLOCK));

    let mut candidates = Vec::new();
    let mut fits: Vec<Vec<Fit>> = Vec::new();
    let mut told: Vec<Option<HeldOut>> = Vec::new();
    for delays in 0..=2 {
        let model = model(delays);
        let of: Vec<Fit> = placed
            .iter()
            .map(|p| fit(&p.record, &model, &options))
            .collect::<Result<_, _>>()?;
        let mean = |f: &dyn Fn(&Fit) -> f64| of.iter().map(f).sum::<f64>() / of.len() as f64;
        let held = match (split, &edges, delays) {
            (Some(split), Some(edges), 1..) => judged(case, &placed, &model, split, edges),
            _ => None,
        };
        candidates.push(Candidate {
            name: match delays {
                0 => "nothing sets off anything (Poisson)".to_owned(),
                1 => "one delay".to_owned(),
                n => format!("{n} delays"),
            },
            delays,
            log_likelihood: mean(&|f| f.log_likelihood),
            aic: mean(&Fit::aic),
            bic: mean(&Fit::bic),
            held_out: if delays == 0 && split.is_some() {
                Some(0.0)
            } else {
                held.map(|h| h.difference)
            },
        });
        told.push(held);
        fits.push(of);
    }
    let stable = |i: &usize| fits[*i].iter().all(Fit::is_stable);
    let better = |a: &usize, b: &usize| match (candidates[*a].held_out, candidates[*b].held_out) {
        (Some(x), Some(y)) => y.total_cmp(&x),
        _ => candidates[*a].aic.total_cmp(&candidates[*b].aic),
    };
    let best = (1..candidates.len()).filter(stable).min_by(better);
    let Some(best) = best else {
        return Err(HawkesError::Unstable {
            spectral_radius: fits[1]
                .iter()
                .map(|f| f.spectral_radius)
                .fold(0.0, f64::max),
        });
    };
    let held_out = told[best];
    let poisson = std::mem::take(&mut fits[0]);
    let pooled = pool(std::mem::take(&mut fits[best]))?;
    let draws = drawn(&placed, &pooled, how.draws, how.seed)?;
    read(
        chosen, candidates, best, held_out, &placed, &poisson, pooled, draws, how.seed,
    )
}

/// How a model tells what came after the split, over all placings; `None` if it can't be fitted to
/// what came before.
fn judged(
    case: &Case,
    placed: &[Placed],
    model: &Model,
    split: f64,
    edges: &[f64],
) -> Option<HeldOut> {
    let options = Options { needed: 0 };
    let each: Vec<_> = placed
        .iter()
        .map(|p| held_out(&p.record, model, &options, split, edges).ok())
        .collect::<Option<_>>()?;
    let m = each.len() as f64;
    let difference = each.iter().map(|h| h.difference).sum::<f64>() / m;
    let within: Option<Vec<f64>> = each.iter().map(|h| h.standard_error).collect();
    let between = match each.len() {
        1 => 0.0,
        _ => {
            each.iter()
                .map(|h| (h.difference - difference).powi(2))
                .sum::<f64>()
                / (m - 1.0)
        }
    };
    Some(HeldOut {
        fitted_to: case.settings.respond.fitted_to?,
        events: each[0].events.iter().sum(),
        difference,
        standard_error: within.map(|w| {
            let within = w.iter().map(|se| se * se).sum::<f64>() / m;
            (within + (1.0 + 1.0 / m) * between).sqrt()
        }),
    })
}

/// Fits to records drawn from the fits, some of each placing. Delays are taken as they are.
fn drawn(
    placed: &[Placed],
    pooled: &Pooled,
    draws: usize,
    seed: u64,
) -> Result<Vec<Process>, HawkesError> {
    let each = draws.div_ceil(placed.len());
    let mut all = Vec::new();
    for (i, (placed, fit)) in placed.iter().zip(&pooled.fits).enumerate() {
        let model = Model {
            baselines: vec![fit.process.baselines()[0].clone()],
            delays: Delays::Given(fit.decays.iter().map(|d| d.value).collect()),
        };
        let seed = seed.wrapping_add(i as u64 + 1);
        all.extend(bootstrap(&placed.record, &model, fit, each, seed)?.processes);
    }
    Ok(all)
}

pub(crate) fn percentile(mut values: Vec<f64>) -> Option<Interval> {
    values.retain(|v| v.is_finite());
    if values.len() < 40 {
        return None;
    }
    values.sort_by(f64::total_cmp);
    let at = |p: f64| {
        let h = p * (values.len() - 1) as f64;
        let (low, part) = (h.floor() as usize, h.fract());
        let high = (low + 1).min(values.len() - 1);
        values[low] + part * (values[high] - values[low])
    };
    let tail = (1.0 - LEVEL) / 2.0;
    Some(Interval {
        low: at(tail),
        high: at(1.0 - tail),
        level: LEVEL,
    })
}

/// An interval that holds its own value.
pub(crate) fn around(value: f64, interval: Option<Interval>) -> Option<Interval> {
    interval.map(|i| Interval {
        low: i.low.min(value),
        high: i.high.max(value),
        level: i.level,
    })
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let n = values.len();
    (n > 0).then(|| (values[(n - 1) / 2] + values[n / 2]) / 2.0)
}

/// Events behind the shares: by answering stream and answered stream.
type Behind = Vec<Vec<BTreeSet<EventIx>>>;

#[allow(clippy::too_many_arguments)]
fn read(
    streams: Vec<usize>,
    candidates: Vec<Candidate>,
    chosen: usize,
    held_out: Option<HeldOut>,
    placed: &[Placed],
    poisson: &[Fit],
    pooled: Pooled,
    draws: Vec<Process>,
    seed: u64,
) -> Result<Excitation, HawkesError> {
    let n = streams.len();
    let m = placed.len() as f64;
    let mut shares = vec![vec![0.0; n]; n];
    let mut baseline = vec![0.0; n];
    let mut behind: Behind = vec![vec![BTreeSet::new(); n]; n];
    let mut tests: Vec<Vec<(f64, f64)>> = vec![Vec::new(); n];
    let mut poisson_tests: Vec<Vec<f64>> = vec![Vec::new(); n];
    let mut quantiles = Vec::new();
    let mut totals = vec![vec![0.0; n]; n];
    for (k, (placed, fit)) in placed.iter().zip(&pooled.fits).enumerate() {
        let found = attribution(&fit.process, &placed.record, LISTED)?;
        let positions = placed.record.positions();
        let event = |position: usize, stream: usize| placed.events[stream][positions[position]];
        for i in 0..n {
            baseline[i] += found.baseline[i].unwrap_or(1.0) / m;
            if let Some(row) = &found.shares[i] {
                for (sum, share) in shares[i].iter_mut().zip(row) {
                    *sum += share / m;
                }
            }
        }
        for e in &found.events {
            for parent in &e.parents {
                let (i, j) = (e.event.stream, parent.event.stream);
                behind[i][j].insert(event(e.position, i));
                behind[i][j].insert(event(parent.position, j));
            }
        }
        let seed = seed.wrapping_add(k as u64);
        let ours = residuals(&fit.process, &placed.record, seed)?;
        let theirs = residuals(&poisson[k].process, &placed.record, seed)?;
        for i in 0..n {
            tests[i].extend(ours.tests[i].map(|t| (t.distance, t.p_value)));
            poisson_tests[i].extend(theirs.tests[i].map(|t| t.p_value));
        }
        if k == 0 {
            let mut all: Vec<f64> = ours.intervals.iter().flatten().copied().collect();
            all.sort_by(f64::total_cmp);
            let count = all.len() as f64;
            quantiles = all
                .iter()
                .enumerate()
                .map(|(at, v)| (-(1.0 - (at as f64 + 0.5) / count).ln(), *v))
                .collect();
        }
        let effects = fit.process.total_effects()?;
        for (i, row) in totals.iter_mut().enumerate() {
            for (j, sum) in row.iter_mut().enumerate() {
                *sum += effects[(i, j)] / m;
            }
        }
    }
    let stable: Vec<Process> = draws.iter().filter(|p| p.is_stable()).cloned().collect();
    let drawn_totals: Vec<_> = stable
        .iter()
        .filter_map(|p| p.total_effects().ok())
        .collect();
    let drawn_direct: Vec<_> = draws.iter().map(Process::branching).collect();

    let normal = Normal::standard();
    let p_of = |i: usize, j: usize| {
        let cell = pooled.branching[i][j];
        Some(match cell.standard_error {
            Some(se) if se > 0.0 => 1.0 - normal.cdf(cell.value / se),
            _ => 1.0,
        })
    };
    let cells = || (0..n).flat_map(move |i| (0..n).map(move |j| (i, j)));
    let p: Vec<f64> = cells().map(|(i, j)| p_of(i, j).unwrap_or(1.0)).collect();
    let adjusted = benjamini_hochberg(&p).expect("probabilities");
    let effect = |i: usize, j: usize, value: f64, interval: Option<Interval>| {
        let at = i * n + j;
        Effect {
            value,
            interval: around(value, interval),
            p: Some(p[at]),
            adjusted: Some(adjusted[at]),
            sure: adjusted[at] <= ALPHA,
            evidence: behind[i][j].iter().copied().collect(),
        }
    };
    let grid = |f: &dyn Fn(usize, usize) -> Effect| -> Vec<Vec<Effect>> {
        (0..n).map(|i| (0..n).map(|j| f(i, j)).collect()).collect()
    };
    let branching = grid(&|i, j| {
        let drawn = drawn_direct.iter().map(|b| b[(i, j)]).collect();
        effect(i, j, pooled.branching[i][j].value, percentile(drawn))
    });
    let totals = grid(&|i, j| {
        let drawn = drawn_totals.iter().map(|t| t[(i, j)]).collect();
        effect(i, j, totals[i][j], percentile(drawn))
    });
    let counts = placed[0].record.counts();
    let shares = grid(&|i, j| {
        // What one event sets off, times how many there are, over how many there are to explain.
        let scale = counts[j] as f64 / counts[i].max(1) as f64;
        let interval = branching[i][j].interval.map(|v| Interval {
            low: (v.low * scale).min(1.0),
            high: (v.high * scale).min(1.0),
            level: v.level,
        });
        effect(i, j, shares[i][j], interval)
    });
    let longest = pooled
        .decays
        .iter()
        .map(|d| std::f64::consts::LN_2 / d.value)
        .fold(0.0, f64::max);
    let reach = (6.0 * longest).clamp(7.0, 90.0);
    let grid_of_days: Vec<f64> = (0..=120)
        .map(|k| (reach * f64::from(k) / 120.0).max(1e-6))
        .collect();
    let first = &pooled.fits[0];
    let delay = delay_density(&first.process, &counts, &grid_of_days);
    let options = EmOptions {
        needed: 0,
        ..EmOptions::default()
    };
    let baselines = first.process.baselines();
    let delay_steps = match fit_steps(&placed[0].record, baselines, &STEPS, &options) {
        Ok(steps) => delay_density(&steps.process, &counts, &grid_of_days),
        Err(_) => Vec::new(),
    };
    let radii: Vec<f64> = pooled.fits.iter().map(|f| f.spectral_radius).collect();
    let spectral_radius = radii.iter().sum::<f64>() / m;
    let half_lives = pooled
        .decays
        .iter()
        .enumerate()
        .map(|(k, decay)| {
            let days = std::f64::consts::LN_2 / decay.value;
            HalfLife {
                days,
                interval: decay
                    .interval
                    .filter(|i| i.0 > 0.0)
                    .map(|(low, high)| Interval {
                        low: std::f64::consts::LN_2 / high,
                        high: std::f64::consts::LN_2 / low,
                        level: LEVEL,
                    }),
                at_bound: pooled
                    .fits
                    .iter()
                    .any(|f| f.decays.get(k).is_some_and(|d| d.bound.is_some())),
            }
        })
        .collect();
    Ok(Excitation {
        events: counts,
        days: placed[0].record.window().length() as u32,
        imputations: placed.len(),
        candidates,
        chosen,
        half_lives,
        spectral_radius,
        spectral_interval: around(
            spectral_radius,
            percentile(draws.iter().map(Process::spectral_radius).collect()),
        ),
        branching,
        totals,
        baseline,
        shares,
        fits: (0..n)
            .map(|i| Goodness {
                distance: median(tests[i].iter().map(|t| t.0).collect()),
                p: median(tests[i].iter().map(|t| t.1).collect()),
                poisson: median(poisson_tests[i].clone()),
            })
            .collect(),
        quantiles,
        delay,
        delay_steps,
        held_out,
        draws: stable,
        record: placed[0].record.clone(),
        streams,
    })
}

/// Of all that is set off, the part per day after some days.
fn delay_density(process: &Process, counts: &[usize], at: &[f64]) -> Vec<(f64, f64)> {
    let n = counts.len();
    let branching = process.branching();
    let pairs = || (0..n).flat_map(|i| (0..n).map(move |j| (i, j)));
    let all: f64 = pairs()
        .map(|(i, j)| counts[j] as f64 * branching[(i, j)])
        .sum();
    if all <= 0.0 {
        return Vec::new();
    }
    let density = |delay: f64| {
        let sum = pairs().map(|(i, j)| counts[j] as f64 * process.response(i, j, delay));
        sum.sum::<f64>() / all
    };
    at.iter().map(|&x| (x, density(x))).collect()
}

/// Edges of the steps of the kernel without a shape, days.
const STEPS: [f64; 9] = [0.0, 1.0, 2.0, 3.0, 5.0, 8.0, 14.0, 30.0, 60.0];

impl Excitation {
    /// The place, among the streams that are fitted, of a stream of the list of all.
    pub fn place_of(&self, stream: usize) -> Option<usize> {
        self.streams.iter().position(|&s| s == stream)
    }

    /// All events of the record, as history of what is simulated.
    pub fn past(&self) -> Vec<Event> {
        self.record.events().collect()
    }
}
