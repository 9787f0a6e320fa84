//! Local projections (Jordà 2005): responses by one regression for each step, which lean less on
//! the system being right than iterated ones.

use serde::Serialize;

use super::fit::regressors;
use super::{Data, Deterministic, Impulse, Var, VarError};
use crate::matrix::Matrix;
use crate::ols::{Covariance, Design};

/// What to project.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ProjectionOptions {
    /// Lags of all series allowed for.
    pub lags: usize,
    /// The last step.
    pub horizon: usize,
    /// The kind of shock. Plain: the coefficients on the series themselves. Otherwise the shock,
    /// from a vector autoregression with as many lags, is a regressor.
    pub impulse: Impulse,
    /// Deterministic terms.
    pub deterministic: Deterministic,
    /// The lag of the Newey–West errors; `None`: the step, since the errors of a projection over
    /// `h` steps are a moving average of that order.
    pub newey_west: Option<usize>,
    /// Multiply the covariance by `n / (n - k)`.
    pub small_sample: bool,
}

/// Responses by local projection, with their standard errors.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Projection {
    /// The series, in order.
    pub names: Vec<String>,
    /// The kind of shock.
    pub impulse: Impulse,
    /// One matrix for each step from 0; row: the series that responds, column: the one shocked.
    pub steps: Vec<Matrix>,
    /// Newey–West standard errors, of the same shape. Errors of shocks that were estimated do not
    /// allow for their estimation.
    pub errors: Vec<Matrix>,
    /// Periods that each step rests on.
    pub observations: Vec<usize>,
}

/// Projects each series on the shocks of all, step by step.
///
/// # Errors
/// As [`Var::fit`]; too few periods for the last step.
pub fn local_projections(data: &Data, options: &ProjectionOptions) -> Result<Projection, VarError> {
    let ProjectionOptions {
        lags,
        horizon,
        impulse,
        deterministic,
        ..
    } = *options;
    let (series, periods) = (data.series(), data.periods());
    let var = Var::fit(data, lags, deterministic)?;
    let needed = lags + horizon + var.regressors() + 2;
    if periods < needed {
        return Err(VarError::TooFew { periods, needed });
    }
    let design = regressors(data, lags, deterministic, lags)?;
    let controls: Vec<Vec<f64>> = (0..design.matrix().cols())
        .map(|at| design.matrix().column(at))
        .collect();
    let shocks = shocks(&var, impulse);
    let mut projection = Projection {
        names: data.names().to_vec(),
        impulse,
        steps: Vec::new(),
        errors: Vec::new(),
        observations: Vec::new(),
    };
    for step in 0..=horizon {
        let covariance = Covariance::NeweyWest {
            lag: options.newey_west.unwrap_or(step),
            small_sample: options.small_sample,
        };
        let mut steps = Matrix::zeros(series, series);
        let mut errors = Matrix::zeros(series, series);
        let rows;
        if impulse == Impulse::Plain {
            // y_{t+h} on y_t and its past: the controls of the period after t.
            rows = periods - lags + 1 - step.max(1);
            if step == 0 {
                steps = Matrix::identity(series);
            } else {
                let design = Design::new(&cut(&controls, rows), None)?;
                for row in 0..series {
                    let ahead = &data.values().column(row)[lags + step - 1..];
                    let fit = design.fit(ahead)?;
                    let error = fit.standard_errors(covariance);
                    for col in 0..series {
                        let at = deterministic.count() + col;
                        steps[(row, col)] = fit.coefficients[at];
                        errors[(row, col)] = error[at];
                    }
                }
            }
        } else {
            rows = periods - lags - step;
            for col in 0..series {
                let mut columns = cut(&controls, rows);
                columns.push(&shocks[col][..rows]);
                let design = Design::new(&columns, None)?;
                for row in 0..series {
                    let fit = design.fit(&data.values().column(row)[lags + step..])?;
                    steps[(row, col)] = fit.coefficients[columns.len() - 1];
                    errors[(row, col)] = fit.standard_errors(covariance)[columns.len() - 1];
                }
            }
        }
        projection.steps.push(steps);
        projection.errors.push(errors);
        projection.observations.push(rows);
    }
    Ok(projection)
}

/// The first rows of each column.
fn cut(columns: &[Vec<f64>], rows: usize) -> Vec<&[f64]> {
    columns.iter().map(|column| &column[..rows]).collect()
}

/// The shocks of each series, of variance 1: `P⁻¹ u` or `u / σ`.
fn shocks(var: &Var, impulse: Impulse) -> Vec<Vec<f64>> {
    let errors = var.residuals().transpose();
    let shocks = if impulse == Impulse::Orthogonal {
        var.cholesky().solve_lower(&errors)
    } else {
        Matrix::from_fn(errors.rows(), errors.cols(), |row, col| {
            errors[(row, col)] / var.covariance()[(row, row)].sqrt()
        })
    };
    (0..shocks.rows())
        .map(|at| shocks.row(at).to_vec())
        .collect()
}
