//! Fits to several imputations of the same record, pooled.

use serde::Serialize;
use statrs::distribution::{ContinuousCDF, StudentsT};

use super::error::HawkesError;
use super::events::Record;
use super::fit::{Figure, Fit, Model, Options, Standing, fit};

/// A figure pooled over imputations by the rules of Rubin 1987, *Multiple Imputation for
/// Nonresponse in Surveys*: its variance is the mean of the variances plus `1 + 1/m` times the
/// variance between imputations.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PooledFigure {
    /// The mean estimate.
    pub value: f64,
    /// The standard error; `None` where no imputation gives one.
    pub standard_error: Option<f64>,
    /// The 95 % interval by Student's distribution, cut off at zero.
    pub interval: Option<(f64, f64)>,
    /// The share of the variance that comes from not knowing the dates, from 0 to 1.
    pub missing: Option<f64>,
    /// In how many imputations the estimate lies at zero. These add to the variance between
    /// imputations, but have no variance of their own.
    pub at_zero: usize,
}

/// Pooled fits.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Pooled {
    /// Levels of each stream.
    pub levels: Vec<Vec<PooledFigure>>,
    /// The branching matrix by rows.
    pub branching: Vec<Vec<PooledFigure>>,
    /// Decays, per day.
    pub decays: Vec<PooledFigure>,
    /// The largest spectral radius of the imputations.
    pub spectral_radius: f64,
    /// The fits themselves.
    pub fits: Vec<Fit>,
}

/// Fits a model to each imputation of a record ([`super::impute`]) and pools the fits.
///
/// # Errors
/// If an imputation cannot be fitted, or there is none.
pub fn fit_imputed(
    records: &[Record],
    model: &Model,
    options: &Options,
) -> Result<Pooled, HawkesError> {
    let fits = records
        .iter()
        .map(|record| fit(record, model, options))
        .collect::<Result<Vec<_>, _>>()?;
    pool(fits)
}

/// Pools fits of one model to imputations of one record.
///
/// # Errors
/// If there is no fit, or they are not of one model.
pub fn pool(fits: Vec<Fit>) -> Result<Pooled, HawkesError> {
    let first = fits.first().ok_or(HawkesError::Option {
        what: "at least one imputation is needed",
    })?;
    let shape = |fit: &Fit| -> (Vec<usize>, Vec<usize>, usize) {
        (
            fit.levels.iter().map(Vec::len).collect(),
            fit.branching.iter().map(Vec::len).collect(),
            fit.decays.len(),
        )
    };
    if fits.iter().any(|fit| shape(fit) != shape(first)) {
        return Err(HawkesError::Shape {
            what: "only fits of one model can be pooled",
        });
    }
    let table = |of: &dyn Fn(&Fit) -> &Vec<Vec<Figure>>| -> Vec<Vec<PooledFigure>> {
        of(first)
            .iter()
            .enumerate()
            .map(|(i, row)| {
                (0..row.len())
                    .map(|j| {
                        let figures: Vec<Figure> = fits.iter().map(|fit| of(fit)[i][j]).collect();
                        pooled(&figures)
                    })
                    .collect()
            })
            .collect()
    };
    let levels = table(&|fit| &fit.levels);
    let branching = table(&|fit| &fit.branching);
    let decays = (0..first.decays.len())
        .map(|m| {
            let figures: Vec<Figure> = fits
                .iter()
                .map(|fit| Figure {
                    value: fit.decays[m].value,
                    standard_error: fit.decays[m].standard_error,
                    standing: Standing::Free,
                })
                .collect();
            pooled(&figures)
        })
        .collect();
    Ok(Pooled {
        levels,
        branching,
        decays,
        spectral_radius: fits.iter().map(|f| f.spectral_radius).fold(0.0, f64::max),
        fits,
    })
}

fn pooled(figures: &[Figure]) -> PooledFigure {
    let m = figures.len() as f64;
    let value = figures.iter().map(|f| f.value).sum::<f64>() / m;
    let variances: Vec<f64> = figures
        .iter()
        .filter_map(|f| f.standard_error)
        .map(|error| error * error)
        .collect();
    let between = if figures.len() > 1 {
        figures
            .iter()
            .map(|f| (f.value - value).powi(2))
            .sum::<f64>()
            / (m - 1.0)
    } else {
        0.0
    };
    let within =
        (!variances.is_empty()).then(|| variances.iter().sum::<f64>() / variances.len() as f64);
    let added = (1.0 + 1.0 / m) * between;
    let total = within.map(|within| within + added).filter(|t| *t > 0.0);
    let standard_error = total.map(f64::sqrt);
    let missing = total.map(|total| added / total);
    let interval = standard_error.zip(missing).and_then(|(error, missing)| {
        // The degrees of freedom are without limit where nothing varies between imputations.
        let degrees = ((m - 1.0) / (missing * missing)).min(1e6);
        let degrees = if degrees.is_finite() && degrees > 0.0 {
            degrees
        } else {
            1e6
        };
        let reach = StudentsT::new(0.0, 1.0, degrees).ok()?.inverse_cdf(0.975) * error;
        Some(((value - reach).max(0.0), value + reach))
    });
    PooledFigure {
        value,
        standard_error,
        interval,
        missing,
        at_zero: figures
            .iter()
            .filter(|f| f.standing == Standing::AtZero)
            .count(),
    }
}
