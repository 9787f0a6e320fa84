//! Estimation of a vector autoregression by least squares.

use std::f64::consts::TAU;

use serde::{Deserialize, Serialize};

use super::stability::stability;
use super::{Data, Stability, VarError};
use crate::matrix::Matrix;
use crate::ols::Design;

/// The deterministic terms of each equation.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deterministic {
    /// None.
    None,
    /// A constant.
    #[default]
    Constant,
    /// A linear trend: the number of the period, from 1.
    Trend,
    /// A constant and a linear trend.
    Both,
}

impl Deterministic {
    /// How many terms there are.
    pub fn count(self) -> usize {
        usize::from(self.has_constant()) + usize::from(self.has_trend())
    }

    /// Is there a constant?
    pub fn has_constant(self) -> bool {
        matches!(self, Deterministic::Constant | Deterministic::Both)
    }

    /// Is there a trend?
    pub fn has_trend(self) -> bool {
        matches!(self, Deterministic::Trend | Deterministic::Both)
    }

    /// The terms in a period, counted from 0.
    pub(super) fn terms(self, period: usize) -> impl Iterator<Item = f64> {
        let constant = self.has_constant().then_some(1.0);
        constant
            .into_iter()
            .chain(self.has_trend().then_some((period + 1) as f64))
    }

    /// The names of the terms.
    fn names(self) -> impl Iterator<Item = String> {
        let constant = self.has_constant().then(|| "constant".to_owned());
        constant
            .into_iter()
            .chain(self.has_trend().then(|| "trend".to_owned()))
    }
}

/// The regressors of a data set: `lags` lags of all series, then the deterministic terms, for
/// the periods from `first` on.
pub(super) fn regressors(
    data: &Data,
    lags: usize,
    deterministic: Deterministic,
    first: usize,
) -> Result<Design, VarError> {
    let (series, periods) = (data.series(), data.periods());
    let count = series * lags + deterministic.count();
    // One row more than there are coefficients is a fit; as many again as series is an error
    // covariance of full rank.
    let needed = first + count + series;
    if periods < needed {
        return Err(VarError::TooFew { periods, needed });
    }
    let mut names = Vec::with_capacity(count);
    let mut columns: Vec<Vec<f64>> = Vec::with_capacity(count);
    for lag in 1..=lags {
        for (at, name) in data.names().iter().enumerate() {
            names.push(format!("{name}.l{lag}"));
            columns.push(
                (first..periods)
                    .map(|t| data.values()[(t - lag, at)])
                    .collect(),
            );
        }
    }
    names.extend(deterministic.names());
    for term in 0..deterministic.count() {
        let value = |t| deterministic.terms(t).nth(term).unwrap_or_default();
        columns.push((first..periods).map(value).collect());
    }
    // The deterministic terms are factorised first, so that a fault is laid on a series.
    let turn = deterministic.count();
    columns.rotate_right(turn);
    names.rotate_right(turn);
    Ok(Design::new(&columns, Some(&names))?)
}

/// A vector autoregression, estimated.
#[derive(Clone, Debug)]
pub struct Var {
    pub(super) data: Data,
    pub(super) lags: usize,
    pub(super) deterministic: Deterministic,
    /// One row for each equation; columns: lag 1 of all series, lag 2, …, deterministic terms.
    pub(super) coefficients: Matrix,
    /// One row for each period from `lags` on.
    pub(super) residuals: Matrix,
    /// `(X'X)⁻¹`, in the order of the coefficients.
    pub(super) inverse: Matrix,
    /// The residuals' cross-product over `n - k`.
    pub(super) sigma: Matrix,
    /// The lower Cholesky factor of `sigma`.
    pub(super) factor: Matrix,
    stability: Stability,
}

impl Var {
    /// Estimates a vector autoregression with so many lags.
    ///
    /// # Errors
    /// No lag, too few periods, collinear regressors, linearly dependent errors.
    pub fn fit(data: &Data, lags: usize, deterministic: Deterministic) -> Result<Var, VarError> {
        if lags == 0 {
            return Err(VarError::Option(
                "a vector autoregression needs at least one lag".into(),
            ));
        }
        let design = regressors(data, lags, deterministic, lags)?;
        let (series, terms) = (data.series(), deterministic.count());
        let count = design.matrix().cols();
        let (mut rows, mut columns) = (Vec::new(), Vec::new());
        for at in 0..series {
            let fit = design.fit(&data.values().column(at)[lags..])?;
            let mut row = fit.coefficients;
            row.rotate_left(terms);
            rows.push(row);
            columns.push(fit.residuals);
        }
        let residuals = Matrix::from_columns(&columns);
        let freedom = (residuals.rows() - count) as f64;
        let sigma = residuals.transposed_times(&residuals).scaled(1.0 / freedom);
        // A perfect fit leaves rounding only, which has a covariance but no meaning.
        for (at, name) in data.names().iter().enumerate() {
            let values = data.values().column(at);
            let size = values.iter().fold(0.0_f64, |most, v| most.max(v.abs()));
            let spread = sigma[(at, at)].sqrt();
            if spread.is_nan() || spread <= 1e-13 * size {
                return Err(VarError::Collinear {
                    regressor: format!("{name} (lag 0)"),
                });
            }
        }
        let factor = sigma.cholesky().ok_or(VarError::SingularErrors)?;
        let inverse = design.inverse_cross_product();
        let coefficients = Matrix::from_rows(&rows);
        Ok(Var {
            stability: stability(&coefficients, lags)?,
            data: data.clone(),
            lags,
            deterministic,
            coefficients,
            residuals,
            inverse: Matrix::from_fn(count, count, |r, c| {
                inverse[((r + terms) % count, (c + terms) % count)]
            }),
            sigma,
            factor,
        })
    }

    /// The series it explains.
    pub fn data(&self) -> &Data {
        &self.data
    }

    /// The names of the series.
    pub fn names(&self) -> &[String] {
        self.data.names()
    }

    /// How many series there are.
    pub fn series(&self) -> usize {
        self.data.series()
    }

    /// How many lags there are.
    pub fn lags(&self) -> usize {
        self.lags
    }

    /// The deterministic terms.
    pub fn deterministic(&self) -> Deterministic {
        self.deterministic
    }

    /// How many periods were explained: all but the first `lags`.
    pub fn observations(&self) -> usize {
        self.residuals.rows()
    }

    /// How many coefficients each equation has.
    pub fn regressors(&self) -> usize {
        self.coefficients.cols()
    }

    /// The names of the regressors, in the order of [`Var::coefficients`].
    pub fn terms(&self) -> Vec<String> {
        let lagged = (1..=self.lags).flat_map(|lag| {
            self.names()
                .iter()
                .map(move |name| format!("{name}.l{lag}"))
        });
        lagged.chain(self.deterministic.names()).collect()
    }

    /// The coefficients: one row for each equation, columns as [`Var::terms`].
    pub fn coefficients(&self) -> &Matrix {
        &self.coefficients
    }

    /// Standard errors of the coefficients, classical: `√(σ_ii (X'X)⁻¹_jj)`.
    pub fn standard_errors(&self) -> Matrix {
        Matrix::from_fn(self.series(), self.regressors(), |equation, term| {
            (self.sigma[(equation, equation)] * self.inverse[(term, term)]).sqrt()
        })
    }

    /// The matrix `A_lag`, for a lag from 1 to [`Var::lags`].
    pub fn lag_matrix(&self, lag: usize) -> Matrix {
        self.coefficients
            .block(0, (lag - 1) * self.series(), self.series(), self.series())
    }

    /// The roots of the system and whether it is stable. An unstable system is estimated all the
    /// same: look here before its responses are believed.
    pub fn stability(&self) -> &Stability {
        &self.stability
    }

    /// The residuals: one row for each period from number `lags` on.
    pub fn residuals(&self) -> &Matrix {
        &self.residuals
    }

    /// The covariance of the errors: the residuals' cross-product over `n - k`.
    pub fn covariance(&self) -> &Matrix {
        &self.sigma
    }

    /// The covariance of the errors by maximum likelihood: the cross-product over `n`.
    pub fn covariance_ml(&self) -> Matrix {
        let freedom = (self.observations() - self.regressors()) as f64;
        self.sigma.scaled(freedom / self.observations() as f64)
    }

    /// The lower Cholesky factor of [`Var::covariance`]: what one standard shock to each series
    /// does at once, in the order of the series.
    pub fn cholesky(&self) -> &Matrix {
        &self.factor
    }

    /// The Gaussian log-likelihood at the estimate, errors' covariance by maximum likelihood.
    pub fn log_likelihood(&self) -> f64 {
        let (n, series) = (self.observations() as f64, self.series() as f64);
        let ratio = (n - self.regressors() as f64) / n;
        let ln_det: f64 = self.factor.diagonal().iter().map(|v| 2.0 * v.ln()).sum();
        -0.5 * n * (series * (TAU.ln() + 1.0) + ln_det + series * ratio.ln())
    }

    /// The share of each series' variance that is explained: `1 - RSS / TSS`,
    /// about the mean if there is a constant.
    pub fn r_squared(&self) -> Vec<f64> {
        (0..self.series())
            .map(|at| {
                let values = &self.data.values().column(at)[self.lags..];
                let n = values.len() as f64;
                let constant = self.deterministic.has_constant();
                let mean = if constant {
                    values.iter().sum::<f64>() / n
                } else {
                    0.0
                };
                let total: f64 = values.iter().map(|v| (v - mean).powi(2)).sum();
                let freedom = n - self.regressors() as f64;
                // A series that is level after the first periods has nothing to explain.
                if total > 0.0 {
                    1.0 - self.sigma[(at, at)] * freedom / total
                } else {
                    0.0
                }
            })
            .collect()
    }
}
