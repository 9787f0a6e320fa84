//! Bootstrap of impulse responses and of the variance decomposition.

use std::num::NonZero;
use std::thread;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use super::bands::{band, matrices};
use super::replicate::{Plan, Workspace};
use super::stability::stability;
use super::variance::shares_of;
use super::{Band, Bands, Impulse, Responses, Var, VarError};
use crate::matrix::Matrix;

/// How the errors of a replicate are drawn from the residuals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Resample {
    /// With replacement, period by period: errors are taken as independent.
    #[default]
    Residual,
    /// In place, each period's with a random sign (Rademacher): errors may differ in variance
    /// over time.
    Wild,
    /// In blocks of consecutive periods, centred place by place (Brüggemann, Jentsch and Trenkler
    /// 2016): also right for orthogonal responses where the variance of the errors depends on
    /// their past.
    MovingBlock {
        /// Periods in a block; [`Resample::block_length`] gives a usual one.
        length: usize,
    },
}

impl Resample {
    /// The usual length of a block: `5.03 n^¼`, rounded up (Jentsch and Lunsford 2019).
    pub fn block_length(observations: usize) -> usize {
        ((5.03 * (observations as f64).powf(0.25)).ceil() as usize).clamp(1, observations.max(1))
    }
}

/// What to draw.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct BootstrapOptions {
    /// How many replicates.
    pub draws: usize,
    /// The seed.
    pub seed: u64,
    /// The last step of the responses.
    pub horizon: usize,
    /// The kind of shock.
    pub impulse: Impulse,
    /// How errors are drawn.
    pub resample: Resample,
    /// Correct the slopes' bias, of the estimate and of each replicate, and shrink the correction
    /// where it would make the system unstable (bootstrap after bootstrap; Kilian 1998). As many
    /// replicates again measure the bias. The deterministic terms are fitted anew to the
    /// corrected slopes.
    pub bias_correction: bool,
    /// Go on if the system is unstable; otherwise that is an error.
    pub allow_unstable: bool,
    /// How many threads; `None`: as many as there are cores. Results do not depend on it.
    pub threads: Option<NonZero<usize>>,
}

impl Default for BootstrapOptions {
    fn default() -> BootstrapOptions {
        BootstrapOptions {
            draws: 1000,
            seed: 1,
            horizon: 12,
            impulse: Impulse::Orthogonal,
            resample: Resample::Residual,
            bias_correction: false,
            allow_unstable: false,
            threads: None,
        }
    }
}

/// Bootstrap draws of responses.
///
/// Replicates start from the first periods observed and are estimated as the data were. Their
/// estimates are compared with [`Bootstrap::point`], the responses of the system they were drawn
/// from: the estimate, corrected for bias if that was asked for.
#[derive(Clone, Debug)]
pub struct Bootstrap {
    /// The responses of the system drawn from.
    pub point: Responses,
    /// Replicates without an estimate, left out.
    pub failed: usize,
    /// The slopes corrected for bias, and the largest root they have.
    pub corrected: Option<(Matrix, f64)>,
    /// One draw after another; each step by step, row by row.
    cells: Vec<f64>,
}

impl Var {
    /// Draws bootstrap replicates and their responses.
    ///
    /// # Errors
    /// No draw, a block longer than the data, an unstable system unless allowed, one in ten
    /// replicates or more without an estimate.
    pub fn bootstrap(&self, options: &BootstrapOptions) -> Result<Bootstrap, VarError> {
        if options.draws < 2 {
            return Err(VarError::Option(
                "a bootstrap needs at least two draws".into(),
            ));
        }
        if let Resample::MovingBlock { length } = options.resample
            && !(1..=self.observations()).contains(&length)
        {
            return Err(VarError::Option(format!(
                "a block of {length} periods does not fit {} observations",
                self.observations()
            )));
        }
        if !options.allow_unstable {
            self.stability().require()?;
        }
        let (series, lagged) = (self.series(), self.series() * self.lags());
        let estimate = self.coefficients().block(0, 0, series, lagged);
        let mut slopes = estimate.clone();
        let mut bias = None;
        if options.bias_correction {
            let plan = Plan::new(self, &estimate, options.resample)?;
            let (cells, _) = run(&plan, options, 0, series * lagged, |work, out| {
                out.copy_from_slice(&work.coefficients[..out.len()]);
                true
            })?;
            let count = (cells.len() / (series * lagged)) as f64;
            let mean = Matrix::from_fn(series, lagged, |row, col| {
                let cell = col * series + row;
                cells
                    .iter()
                    .skip(cell)
                    .step_by(series * lagged)
                    .sum::<f64>()
                    / count
            });
            let found = mean.minus(&estimate);
            slopes = corrected(&estimate, &found, self.lags())?;
            bias = Some(found);
        }
        let plan = Plan::new(self, &slopes, options.resample)?;
        let width = (options.horizon + 1) * series * series;
        let lags = self.lags();
        let (cells, failed) = run(&plan, options, 1, width, |work, out| {
            if let Some(bias) = &bias {
                let drawn = Matrix::from_fn(series, lagged, |row, col| {
                    work.coefficients[col * series + row]
                });
                let Ok(slopes) = corrected(&drawn, bias, lags) else {
                    return false;
                };
                work.coefficients[..series * lagged].copy_from_slice(slopes.transpose().as_slice());
            }
            respond(work, options.impulse, series, lags, out);
            true
        })?;
        let mut source = self.clone();
        for row in 0..series {
            source.coefficients.row_mut(row)[..lagged].copy_from_slice(slopes.row(row));
        }
        let mut point = source.responses(options.horizon, options.impulse)?;
        let corrected = if options.bias_correction {
            let roots = stability(&slopes, lags)?;
            point.stable = roots.stable;
            Some((slopes, roots.largest))
        } else {
            None
        };
        Ok(Bootstrap {
            point,
            failed,
            corrected,
            cells,
        })
    }
}

impl Bootstrap {
    /// How many draws there are.
    pub fn draws(&self) -> usize {
        self.cells.len() / self.width()
    }

    /// One draw: step by step, row by row (row: the series that responds).
    pub fn draw(&self, number: usize) -> &[f64] {
        &self.cells[number * self.width()..(number + 1) * self.width()]
    }

    /// Bands about the responses.
    ///
    /// # Errors
    /// A level outside 0 to 1.
    pub fn bands(&self, kind: Band, level: f64) -> Result<Bands, VarError> {
        self.bands_of(kind, level, flat(&self.point.steps), &self.cells)
    }

    /// Bands about the responses summed up over the steps; the sums are taken draw by draw.
    ///
    /// # Errors
    /// A level outside 0 to 1.
    pub fn cumulative_bands(&self, kind: Band, level: f64) -> Result<Bands, VarError> {
        let pairs = self.pairs();
        let mut cells = self.cells.clone();
        for draw in cells.chunks_exact_mut(self.width()) {
            for at in pairs..draw.len() {
                draw[at] += draw[at - pairs];
            }
        }
        self.bands_of(kind, level, flat(&self.point.accumulated().steps), &cells)
    }

    /// Bands about the shares of forecast error variance, from the same draws: horizons 1 to the
    /// number of steps.
    ///
    /// # Errors
    /// Responses that are not orthogonal, a level outside 0 to 1.
    pub fn variance_bands(&self, kind: Band, level: f64) -> Result<Bands, VarError> {
        if self.point.impulse != Impulse::Orthogonal {
            return Err(VarError::Option(
                "variance is decomposed by orthogonal shocks: draw orthogonal responses".into(),
            ));
        }
        let series = self.point.names.len();
        let mut cells = vec![0.0; self.cells.len()];
        let width = self.width();
        for (shares, draw) in cells
            .chunks_exact_mut(width)
            .zip(self.cells.chunks_exact(width))
        {
            shares_of(draw, series, shares);
        }
        let mut point = vec![0.0; width];
        shares_of(&flat(&self.point.steps), series, &mut point);
        self.bands_of(kind, level, point, &cells)
    }

    fn pairs(&self) -> usize {
        self.point.names.len().pow(2)
    }

    fn width(&self) -> usize {
        self.point.steps.len() * self.pairs()
    }

    fn bands_of(
        &self,
        kind: Band,
        level: f64,
        point: Vec<f64>,
        cells: &[f64],
    ) -> Result<Bands, VarError> {
        if !(level > 0.0 && level < 1.0) {
            return Err(VarError::Option(format!(
                "the level {level} is not between 0 and 1"
            )));
        }
        let (low, high) = band(kind, level, &point, cells, self.pairs());
        let series = self.point.names.len();
        Ok(Bands {
            names: self.point.names.clone(),
            band: kind,
            level,
            point: matrices(&point, series),
            low: matrices(&low, series),
            high: matrices(&high, series),
        })
    }
}

fn flat(steps: &[Matrix]) -> Vec<f64> {
    steps
        .iter()
        .flat_map(|step| step.as_slice().iter().copied())
        .collect()
}

/// Slopes less their bias; the correction shrinks by hundredths until the system is stable. An
/// unstable estimate is left as it is.
fn corrected(slopes: &Matrix, bias: &Matrix, lags: usize) -> Result<Matrix, VarError> {
    if !stability(slopes, lags)?.stable {
        return Ok(slopes.clone());
    }
    // The shrinking is cumulative: the factors are 1, 0.99, 0.99 · 0.98, ….
    let (mut correction, mut factor) = (bias.clone(), 1.0);
    while factor > 0.0 {
        let shrunk = slopes.minus(&correction);
        if stability(&shrunk, lags)?.stable {
            return Ok(shrunk);
        }
        factor -= 0.01;
        correction = correction.scaled(factor);
    }
    Ok(slopes.clone())
}

/// The responses of the last replicate, step by step.
fn respond(work: &Workspace, impulse: Impulse, series: usize, lags: usize, out: &mut [f64]) {
    let size = series * series;
    for row in 0..series {
        for col in 0..series {
            let cell = row * series + col;
            out[cell] = match impulse {
                Impulse::Plain => f64::from(u8::from(row == col)),
                Impulse::Orthogonal => work.factor[cell],
                Impulse::Generalised => work.sigma[cell] / work.sigma[col * series + col].sqrt(),
            };
        }
    }
    for step in 1..out.len() / size {
        let (past, now) = out.split_at_mut(step * size);
        let now = &mut now[..size];
        now.fill(0.0);
        for lag in 1..=lags.min(step) {
            let before = past[(step - lag) * size..(step - lag + 1) * size].chunks_exact(series);
            let slopes = work.coefficients[(lag - 1) * size..lag * size].chunks_exact(series);
            for (before, slopes) in before.zip(slopes) {
                for (slope, cells) in slopes.iter().zip(now.chunks_exact_mut(series)) {
                    for (cell, value) in cells.iter_mut().zip(before) {
                        *cell += slope * value;
                    }
                }
            }
        }
    }
}

/// Draws the replicates of a stage on several threads and keeps `width` figures of each; those
/// without an estimate, or with a figure that is not finite, are left out and counted.
fn run(
    plan: &Plan,
    options: &BootstrapOptions,
    stage: u64,
    width: usize,
    figures: impl Fn(&mut Workspace, &mut [f64]) -> bool + Sync,
) -> Result<(Vec<f64>, usize), VarError> {
    let threads = options
        .threads
        .or_else(|| thread::available_parallelism().ok());
    let threads = threads.map_or(1, NonZero::get).min(options.draws);
    let share = options.draws.div_ceil(threads);
    let mut cells = vec![0.0; options.draws * width];
    let mut good = vec![false; options.draws];
    thread::scope(|scope| {
        let parts = cells
            .chunks_mut(share * width)
            .zip(good.chunks_mut(share))
            .enumerate();
        for (part, (cells, good)) in parts {
            let figures = &figures;
            scope.spawn(move || {
                let mut work = plan.workspace();
                for (at, (out, good)) in cells.chunks_exact_mut(width).zip(good).enumerate() {
                    let mut rng = ChaCha8Rng::seed_from_u64(options.seed);
                    rng.set_stream((stage << 32) + (part * share + at) as u64);
                    *good = plan.replicate(&mut rng, &mut work)
                        && figures(&mut work, out)
                        && out.iter().all(|cell| cell.is_finite());
                }
            });
        }
    });
    let failed = good.iter().filter(|good| !**good).count();
    if failed * 10 >= options.draws {
        return Err(VarError::FailedReplicates {
            failed,
            draws: options.draws,
        });
    }
    if failed > 0 {
        let mut good = good.iter();
        let kept = cells
            .chunks_exact(width)
            .filter(|_| good.next() == Some(&true));
        cells = kept.flatten().copied().collect();
    }
    Ok((cells, failed))
}
