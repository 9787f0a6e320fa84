//! Forecasts with intervals.

use serde::Serialize;
use statrs::distribution::{ContinuousCDF, Normal};

use super::{Impulse, Var, VarError};
use crate::matrix::{Matrix, dot};

/// One step of a forecast; one value for each series.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ForecastStep {
    /// The expected values.
    pub mean: Vec<f64>,
    /// Lower ends of the intervals.
    pub low: Vec<f64>,
    /// Upper ends of the intervals.
    pub high: Vec<f64>,
    /// The covariance of the forecast errors: `Σ Φ_i Σ Φ_i'`.
    pub covariance: Matrix,
}

/// A forecast from the last period on.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Forecast {
    /// The series, in order.
    pub names: Vec<String>,
    /// The level of the intervals.
    pub level: f64,
    /// Is the system stable?
    pub stable: bool,
    /// The steps, the first one period after the data.
    pub steps: Vec<ForecastStep>,
}

impl Var {
    /// Forecasts so many steps, with normal intervals of this level. The intervals allow for
    /// future errors, not for the uncertainty of the coefficients.
    ///
    /// # Errors
    /// A level outside 0 to 1, an explosive system.
    pub fn forecast(&self, horizon: usize, level: f64) -> Result<Forecast, VarError> {
        if !(level > 0.0 && level < 1.0) {
            return Err(VarError::Option(format!(
                "the level {level} is not between 0 and 1"
            )));
        }
        let reach = Normal::standard().inverse_cdf(0.5 + level / 2.0);
        let phi = self
            .responses(horizon.saturating_sub(1), Impulse::Plain)?
            .steps;
        let mut past = self.last_values();
        let mut covariance = Matrix::zeros(self.series(), self.series());
        let mut steps = Vec::with_capacity(horizon);
        for (step, phi) in phi.iter().enumerate().take(horizon) {
            let mean = self.expected(&past, self.data.periods() + step);
            covariance = covariance.plus(&phi.sandwich(&self.sigma));
            if !covariance.is_finite() || mean.iter().any(|value| !value.is_finite()) {
                return Err(VarError::Overflow {
                    what: format!("the forecast of step {}", step + 1),
                });
            }
            let end = |sign: f64| {
                let cells = mean.iter().zip(covariance.diagonal());
                cells
                    .map(|(mean, variance)| mean + sign * reach * variance.sqrt())
                    .collect()
            };
            let (low, high) = (end(-1.0), end(1.0));
            push_past(&mut past, &mean);
            steps.push(ForecastStep {
                mean,
                low,
                high,
                covariance: covariance.clone(),
            });
        }
        let stable = self.stability().stable;
        Ok(Forecast {
            names: self.names().to_vec(),
            level,
            stable,
            steps,
        })
    }

    /// The last `lags` periods, the latest first.
    pub(super) fn last_values(&self) -> Vec<f64> {
        let periods = self.data.periods();
        (1..=self.lags)
            .flat_map(|back| self.data.values().row(periods - back).iter().copied())
            .collect()
    }

    /// The values expected in a period after this past (the latest first).
    pub(super) fn expected(&self, past: &[f64], period: usize) -> Vec<f64> {
        let lagged = past.len();
        (0..self.series())
            .map(|equation| {
                let row = self.coefficients.row(equation);
                let terms = self.deterministic.terms(period).zip(&row[lagged..]);
                dot(&row[..lagged], past) + terms.map(|(term, weight)| term * weight).sum::<f64>()
            })
            .collect()
    }
}

/// Moves the past on by one period.
pub(super) fn push_past(past: &mut [f64], latest: &[f64]) {
    past.rotate_right(latest.len());
    past[..latest.len()].copy_from_slice(latest);
}
