//! One response, explained: the regression and its test, the correlations, the choice of lags.

use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::matrix::{Matrix, dot};
use crate::ols::{Covariance, Design, OlsError, f_above};

/// How a response follows a series.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Answer {
    /// One for each lag, the shortest first.
    pub coefficients: Vec<f64>,
    /// Their sum.
    pub sum: f64,
    /// The standard error of the sum; none for correlations.
    pub error: Option<f64>,
    /// What is compared with permuted dates and placebos: F, or the squared correlations.
    pub statistic: f64,
    /// F, its p-value and the degrees of freedom; none for correlations.
    pub test: Option<(f64, f64, usize)>,
}

/// The equation of a response with all that it holds fixed; the series that may precede it is
/// put in last, so that many can be tried.
///
/// By the theorem of Frisch, Waugh and Lovell, the coefficients of that series, and their block of
/// the covariance, are those of a regression of what the rest leaves of the response on what it
/// leaves of the series.
pub(super) struct Equation {
    others: Design,
    response: Vec<f64>,
    lags: usize,
    newey_west: usize,
}

/// A share of the length of a column below which what the rest leaves of it is rounding.
const NOTHING_LEFT: f64 = 1e-9;

impl Equation {
    /// An equation of constant, trend and lags of the other series.
    pub(super) fn new(
        response: &[f64],
        others: &[&[f64]],
        names: &[String],
        lags: usize,
        trend: bool,
        newey_west: usize,
    ) -> Result<Equation, OlsError> {
        let others = design(others, names, response.len(), lags, lags, trend)?;
        let response = others.fit(&response[lags..])?.residuals;
        Ok(Equation {
            others,
            response,
            lags,
            newey_west,
        })
    }

    /// Puts in the lags of a series.
    pub(super) fn answer(&self, series: &[f64]) -> Result<Answer, OlsError> {
        let name = |lag: usize| format!("lag {lag} of what may precede");
        let mut columns = Vec::with_capacity(self.lags);
        for lag in 1..=self.lags {
            let column = lagged(series, lag, self.lags);
            let left = self.others.fit(column)?.residuals;
            let length = dot(column, column);
            if dot(&left, &left) <= NOTHING_LEFT * NOTHING_LEFT * length {
                return Err(OlsError::Collinear { column: name(lag) });
            }
            columns.push(left);
        }
        let names: Vec<String> = (1..=self.lags).map(name).collect();
        let design = Design::new(&columns, Some(&names))?;
        let fit = design.fit(&self.response)?;
        let n = self.response.len();
        let freedom = n - self.lags - self.others.matrix().cols();
        let covariance = fit
            .covariance(Covariance::NeweyWest {
                lag: self.newey_west,
                small_sample: false,
            })
            .scaled(n as f64 / freedom as f64);
        let inverse = covariance
            .inverse_positive()
            .ok_or(OlsError::SingularCovariance)?;
        let coefficients = fit.coefficients;
        let wald = dot(&coefficients, &inverse.times_vector(&coefficients));
        let f = wald / self.lags as f64;
        let variance: f64 = covariance.as_slice().iter().sum();
        if !f.is_finite() || !variance.is_finite() {
            return Err(OlsError::SingularCovariance);
        }
        Ok(Answer {
            sum: coefficients.iter().sum(),
            error: Some(variance.max(0.0).sqrt()),
            statistic: f,
            test: Some((f, f_above(f, self.lags, freedom), freedom)),
            coefficients,
        })
    }
}

/// The correlations of a response with the values of a series 1, 2, … periods before.
pub(super) fn cross_correlation(
    response: &[f64],
    series: &[f64],
    lags: usize,
) -> Result<Answer, OlsError> {
    let response = centred(&response[lags..], "the response")?;
    let coefficients = (1..=lags)
        .map(|lag| {
            let column = centred(lagged(series, lag, lags), "what may precede")?;
            Ok(dot(&response, &column).clamp(-1.0, 1.0))
        })
        .collect::<Result<Vec<f64>, OlsError>>()?;
    Ok(Answer {
        sum: coefficients.iter().sum(),
        error: None,
        statistic: dot(&coefficients, &coefficients),
        test: None,
        coefficients,
    })
}

/// Values less their mean, of length one.
fn centred(values: &[f64], name: &str) -> Result<Vec<f64>, OlsError> {
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let mut centred: Vec<f64> = values.iter().map(|value| value - mean).collect();
    let length = dot(&centred, &centred).sqrt();
    if length <= 1e-12 * dot(values, values).sqrt() {
        let column = name.into();
        return Err(OlsError::Constant { column });
    }
    centred.iter_mut().for_each(|value| *value /= length);
    Ok(centred)
}

/// The values `lag` periods before those from period `first` on.
fn lagged(series: &[f64], lag: usize, first: usize) -> &[f64] {
    &series[first - lag..series.len() - lag]
}

/// Constant, trend and lags of all series, for the periods from `first` on.
fn design(
    series: &[&[f64]],
    names: &[String],
    periods: usize,
    lags: usize,
    first: usize,
    trend: bool,
) -> Result<Design, OlsError> {
    let mut columns = vec![vec![1.0; periods - first]];
    let mut titles = vec!["the constant".to_owned()];
    if trend {
        columns.push((first..periods).map(|t| t as f64).collect());
        titles.push("the trend".into());
    }
    for (series, name) in series.iter().zip(names) {
        for lag in 1..=lags {
            columns.push(lagged(series, lag, first).to_vec());
            titles.push(format!("{name}, lag {lag},"));
        }
    }
    Design::new(&columns, Some(&titles))
}

/// The number of lags from 1 to `most` with the least Bayesian information criterion of the
/// system, and all criteria.
pub(super) fn lags_by_bic(
    series: &[&[f64]],
    names: &[String],
    most: usize,
    trend: bool,
) -> Result<(usize, Vec<f64>), OlsError> {
    let periods = series[0].len();
    let n = (periods - most) as f64;
    let mut criteria = Vec::with_capacity(most);
    for lags in 1..=most {
        let design = design(series, names, periods, lags, most, trend)?;
        let residuals = series
            .iter()
            .map(|response| Ok(design.fit(&response[most..])?.residuals))
            .collect::<Result<Vec<_>, OlsError>>()?;
        let sigma = Matrix::from_fn(series.len(), series.len(), |r, c| {
            dot(&residuals[r], &residuals[c]) / n
        });
        let lower = sigma.cholesky().ok_or(OlsError::SingularCovariance)?;
        let log_determinant: f64 = lower.diagonal().iter().map(|d| 2.0 * d.ln()).sum();
        let coefficients = (design.matrix().cols() * series.len()) as f64;
        criteria.push(log_determinant + n.ln() / n * coefficients);
    }
    let best = (0..most).min_by(|&a, &b| criteria[a].total_cmp(&criteria[b]));
    Ok((best.map_or(1, |at| at + 1), criteria))
}

/// How many standard errors an interval of this coverage reaches either way.
pub(super) fn student(level: f64, freedom: usize) -> f64 {
    let above = (1.0 + level) / 2.0;
    // Only a number of degrees of freedom below 1 is refused.
    StudentsT::new(0.0, 1.0, freedom.max(1) as f64).map_or(0.0, |law| law.inverse_cdf(above))
}
