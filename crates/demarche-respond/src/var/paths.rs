//! Simulated futures of a fitted vector autoregression.

use demarche_measure::quantile::quantile_unsorted;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::forecast::push_past;
use super::replicate::below;
use super::{Impulse, Var, VarError};
use crate::matrix::Matrix;

/// Where future errors come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Errors {
    /// Normal with the estimated covariance.
    Gaussian,
    /// Drawn with replacement from the residuals.
    #[default]
    Residuals,
}

/// A shock given, on top of the errors drawn.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Shock {
    /// The step it happens in; the first after the data is 0.
    pub step: usize,
    /// The series shocked.
    pub series: String,
    /// Its size: in units of the series for [`Impulse::Plain`], in standard deviations otherwise.
    pub size: f64,
    /// What moves with it at once.
    pub impulse: Impulse,
}

/// What to simulate.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PathOptions {
    /// How many steps.
    pub horizon: usize,
    /// How many paths.
    pub paths: usize,
    /// The seed. Two simulations with one seed share their errors, so that their difference is
    /// the effect of the shocks.
    pub seed: u64,
    /// Where errors come from.
    pub errors: Errors,
    /// Shocks on top of them.
    pub shocks: Vec<Shock>,
}

/// Simulated paths.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Paths {
    /// The series, in order.
    pub names: Vec<String>,
    /// Is the system stable?
    pub stable: bool,
    /// One matrix for each path; row: step, column: series.
    pub paths: Vec<Matrix>,
}

impl Paths {
    /// The mean over the paths of a series in a step.
    pub fn mean(&self, step: usize, series: usize) -> f64 {
        self.values(step, series).sum::<f64>() / self.paths.len() as f64
    }

    /// The quantile over the paths of a series in a step.
    pub fn quantile(&self, step: usize, series: usize, share: f64) -> f64 {
        quantile_unsorted(&mut self.values(step, series).collect::<Vec<_>>(), share)
    }

    /// The share of paths in which a series goes above a threshold in any step: the risk that a
    /// spiral passes it.
    pub fn share_above(&self, series: usize, threshold: f64) -> f64 {
        let above = |path: &&Matrix| (0..path.rows()).any(|step| path[(step, series)] > threshold);
        self.paths.iter().filter(above).count() as f64 / self.paths.len() as f64
    }

    fn values(&self, step: usize, series: usize) -> impl Iterator<Item = f64> {
        self.paths.iter().map(move |path| path[(step, series)])
    }
}

impl Var {
    /// Simulates paths from the last period on. Each path has a random stream of its own, so
    /// that more paths do not change the first ones.
    ///
    /// # Errors
    /// No path or step, a shock to a series or a step that is not there, an explosive system.
    pub fn simulate(&self, options: &PathOptions) -> Result<Paths, VarError> {
        if options.paths == 0 || options.horizon == 0 {
            return Err(VarError::Option(
                "simulate at least one path and one step".into(),
            ));
        }
        let series = self.series();
        let mut given = Matrix::zeros(options.horizon, series);
        for shock in &options.shocks {
            if shock.step >= options.horizon || !shock.size.is_finite() {
                return Err(VarError::Option(format!(
                    "a shock of size {} in step {} does not fit a horizon of {}",
                    shock.size, shock.step, options.horizon
                )));
            }
            let column = self
                .impact(shock.impulse)
                .column(self.data.position(&shock.series)?);
            for (cell, share) in given.row_mut(shock.step).iter_mut().zip(column) {
                *cell += shock.size * share;
            }
        }
        let residuals = self.centred_residuals();
        let mut paths = Vec::with_capacity(options.paths);
        for number in 0..options.paths {
            let mut rng = ChaCha8Rng::seed_from_u64(options.seed);
            rng.set_stream(number as u64);
            let mut past = self.last_values();
            let mut path = Matrix::zeros(options.horizon, series);
            for step in 0..options.horizon {
                let error = match options.errors {
                    Errors::Residuals => residuals.row(below(&mut rng, residuals.rows())).to_vec(),
                    Errors::Gaussian => {
                        let standard: Vec<f64> = (0..series).map(|_| normal(&mut rng)).collect();
                        self.factor.times_vector(&standard)
                    }
                };
                let mut now = self.expected(&past, self.data.periods() + step);
                for ((cell, error), given) in now.iter_mut().zip(error).zip(given.row(step)) {
                    *cell += error + given;
                }
                path.row_mut(step).copy_from_slice(&now);
                push_past(&mut past, &now);
            }
            if !path.is_finite() {
                return Err(VarError::Overflow {
                    what: "a simulated path".into(),
                });
            }
            paths.push(path);
        }
        Ok(Paths {
            names: self.names().to_vec(),
            stable: self.stability().stable,
            paths,
        })
    }
}

/// A standard normal number, by the polar method (Marsaglia and Bray 1964).
fn normal(rng: &mut ChaCha8Rng) -> f64 {
    loop {
        let [a, b] =
            [(); 2].map(|()| 2.0 * ((rng.next_u64() >> 11) as f64 / (1_u64 << 53) as f64) - 1.0);
        let square = a * a + b * b;
        if square > 0.0 && square < 1.0 {
            return a * (-2.0 * square.ln() / square).sqrt();
        }
    }
}
