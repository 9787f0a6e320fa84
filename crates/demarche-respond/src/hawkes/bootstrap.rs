//! The parametric bootstrap: records drawn from a fit, fitted again.

use demarche_measure::quantile::quantile;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use super::error::HawkesError;
use super::events::{Event, Record};
use super::fit::{Fit, Model, Options, fit};
use super::process::Process;
use super::simulate::{Method, Scenario, simulate};
use crate::threads::spread;

/// Fits to records drawn from a fit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bootstrap {
    /// The processes fitted, in the order drawn.
    pub processes: Vec<Process>,
    /// How many records were drawn. Those without a fit are missing from `processes`.
    pub drawn: usize,
}

/// Draws records from a fit, over the same window and after the same history, and fits the model to
/// each. Efron and Tibshirani 1993, *An Introduction to the Bootstrap*, chapter 6.
///
/// # Errors
/// If the fit is unstable, or fewer than half of the records drawn can be fitted.
pub fn bootstrap(
    record: &Record,
    model: &Model,
    fitted: &Fit,
    draws: usize,
    seed: u64,
) -> Result<Bootstrap, HawkesError> {
    fitted.process.check(record)?;
    if fitted.spectral_radius >= 1.0 {
        return Err(HawkesError::Unstable {
            spectral_radius: fitted.spectral_radius,
        });
    }
    let events: Vec<Event> = record.events().collect();
    let past = &events[..record.first()];
    let scenario = Scenario {
        past,
        limit: 100 * events.len() + 10_000,
        ..Scenario::new(record.window(), record.resolution())
    };
    let outcomes = spread(draws, |draw| {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(draw as u64);
        let simulated = simulate(&fitted.process, &scenario, Method::Branching, &mut rng).ok()?;
        let mut all = past.to_vec();
        all.extend(simulated.events);
        let again =
            Record::of_events(record.streams(), &all, record.window(), record.resolution()).ok()?;
        let fitted = fit(&again, model, &Options { needed: 0 }).ok()?;
        Some(fitted.process)
    });
    let processes: Vec<Process> = outcomes.into_iter().flatten().collect();
    if processes.len() * 2 < draws || processes.is_empty() {
        return Err(HawkesError::Draws {
            fitted: processes.len(),
            drawn: draws,
        });
    }
    Ok(Bootstrap {
        processes,
        drawn: draws,
    })
}

impl Bootstrap {
    /// The percentile interval of any figure of the process; `None` if it is not finite in most
    /// draws.
    pub fn interval(&self, level: f64, figure: impl Fn(&Process) -> f64) -> Option<(f64, f64)> {
        let values = self.values(figure)?;
        let tail = (1.0 - level) / 2.0;
        Some((quantile(&values, tail), quantile(&values, 1.0 - tail)))
    }

    /// The standard deviation of any figure of the process over the draws.
    pub fn standard_error(&self, figure: impl Fn(&Process) -> f64) -> Option<f64> {
        let values = self.values(figure)?;
        let n = values.len() as f64;
        if n < 2.0 {
            return None;
        }
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
        Some((squares / (n - 1.0)).sqrt())
    }

    /// The draws whose process is stable, as a forecast needs them.
    pub fn stable(&self) -> Vec<Process> {
        let stable = self.processes.iter().filter(|p| p.is_stable());
        stable.cloned().collect()
    }

    fn values(&self, figure: impl Fn(&Process) -> f64) -> Option<Vec<f64>> {
        let mut values: Vec<f64> = self
            .processes
            .iter()
            .map(figure)
            .filter(|value| value.is_finite())
            .collect();
        values.sort_by(f64::total_cmp);
        (!values.is_empty() && 2 * values.len() >= self.drawn).then_some(values)
    }
}
