//! The choice of the number of lags.

use serde::Serialize;

use super::fit::regressors;
use super::{Data, Deterministic, VarError};
use crate::matrix::Matrix;

/// The criteria of one number of lags.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct LagRow {
    /// The number of lags.
    pub lags: usize,
    /// Akaike: `ln|Σ| + 2 m / n`, with `m` coefficients in all equations.
    pub aic: f64,
    /// Hannan and Quinn: `ln|Σ| + 2 ln(ln n) m / n`.
    pub hq: f64,
    /// Schwarz (Bayesian): `ln|Σ| + ln n · m / n`.
    pub bic: f64,
    /// Akaike's final prediction error: `((n + k) / (n - k))^K |Σ|`.
    pub fpe: f64,
}

/// The criteria of all numbers of lags up to a largest, and the best by each.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LagTable {
    /// One row for each number of lags, from 1.
    pub rows: Vec<LagRow>,
    /// Periods explained, the same for all rows.
    pub observations: usize,
    /// The number of lags with the least AIC.
    pub aic: usize,
    /// The number of lags with the least HQ.
    pub hq: usize,
    /// The number of lags with the least BIC.
    pub bic: usize,
    /// The number of lags with the least FPE.
    pub fpe: usize,
}

/// Compares numbers of lags from 1 to `most`, all on the periods that the largest leaves, with
/// `|Σ|` by maximum likelihood (the convention of `VARselect` in R's `vars`).
///
/// # Errors
/// As [`super::Var::fit`], for the largest number of lags.
pub fn lag_table(
    data: &Data,
    most: usize,
    deterministic: Deterministic,
) -> Result<LagTable, VarError> {
    if most == 0 {
        return Err(VarError::Option(
            "compare at least one number of lags".into(),
        ));
    }
    let series = data.series();
    let mut rows = Vec::with_capacity(most);
    for lags in 1..=most {
        let design = regressors(data, lags, deterministic, most)?;
        let residuals = (0..series)
            .map(|at| Ok(design.fit(&data.values().column(at)[most..])?.residuals))
            .collect::<Result<Vec<_>, VarError>>()?;
        let residuals = Matrix::from_columns(&residuals);
        let (n, k) = (residuals.rows() as f64, design.matrix().cols() as f64);
        let sigma = residuals.transposed_times(&residuals).scaled(1.0 / n);
        let factor = sigma.cholesky().ok_or(VarError::SingularErrors)?;
        let ln_det: f64 = factor.diagonal().iter().map(|cell| 2.0 * cell.ln()).sum();
        let penalty = k * series as f64 / n;
        rows.push(LagRow {
            lags,
            aic: ln_det + 2.0 * penalty,
            hq: ln_det + 2.0 * n.ln().ln() * penalty,
            bic: ln_det + n.ln() * penalty,
            fpe: ((n + k) / (n - k)).powi(series as i32) * ln_det.exp(),
        });
    }
    let best = |value: fn(&LagRow) -> f64| {
        let least = rows.iter().min_by(|a, b| value(a).total_cmp(&value(b)));
        least.map_or(1, |row| row.lags)
    };
    Ok(LagTable {
        aic: best(|row| row.aic),
        hq: best(|row| row.hq),
        bic: best(|row| row.bic),
        fpe: best(|row| row.fpe),
        observations: data.periods() - most,
        rows,
    })
}
