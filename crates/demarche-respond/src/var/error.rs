//! Why a vector autoregression, or a figure of one, cannot be given.

use std::fmt;

use crate::ols::OlsError;

/// Why a vector autoregression, or a figure of one, cannot be given.
#[derive(Clone, Debug, PartialEq)]
pub enum VarError {
    /// Series without names, of unequal length, or with a name given twice.
    Shape(String),
    /// A series with a value that is missing or not finite.
    Gap {
        /// The series.
        series: String,
        /// The period, counted from 0.
        period: usize,
    },
    /// A series that never changes.
    Constant {
        /// The series.
        series: String,
    },
    /// A series that repeats another, or a sum of others.
    Collinear {
        /// The regressor at fault, as "series.l1" for lag 1.
        regressor: String,
    },
    /// Not enough periods.
    TooFew {
        /// Periods there are.
        periods: usize,
        /// Periods needed.
        needed: usize,
    },
    /// The errors of the equations are linearly dependent: one series is known from the others.
    SingularErrors,
    /// A choice that makes no sense, such as zero lags or a level above one.
    Option(String),
    /// A series named that is not there.
    UnknownSeries(String),
    /// A root on or outside the unit circle, where the figure asked for needs a stable system.
    Unstable {
        /// The largest modulus of the companion matrix's eigenvalues.
        largest: f64,
    },
    /// A figure that outgrew the range of numbers, as an explosive system's do.
    Overflow {
        /// What outgrew it.
        what: String,
    },
    /// The eigenvalues of the companion matrix could not be found.
    NoRoots,
    /// Too many bootstrap replicates had no estimate.
    FailedReplicates {
        /// How many had none.
        failed: usize,
        /// How many were drawn.
        draws: usize,
    },
}

impl fmt::Display for VarError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            VarError::Shape(what) => write!(out, "the series do not form a panel: {what}"),
            VarError::Gap { series, period } => write!(
                out,
                "the series {series} has no value in period {}: fill the gap or choose a period \
                 without one",
                period + 1
            ),
            VarError::Constant { series } => {
                write!(out, "the series {series} is constant: leave it out")
            }
            VarError::Collinear { regressor } => write!(
                out,
                "{regressor} is a linear combination of the other regressors: leave a series out \
                 or use fewer lags"
            ),
            VarError::TooFew { periods, needed } => write!(
                out,
                "too few periods: {periods}, and {needed} are needed; use fewer lags or series, \
                 or a longer span"
            ),
            VarError::SingularErrors => write!(
                out,
                "the errors are linearly dependent: one series follows from the others; leave it \
                 out"
            ),
            VarError::Option(what) => out.write_str(what),
            VarError::UnknownSeries(series) => write!(out, "there is no series {series}"),
            VarError::Unstable { largest } => write!(
                out,
                "the system is unstable: its largest root is {largest:.4}; difference the \
                 series, add a trend, or use fewer lags"
            ),
            VarError::Overflow { what } => write!(
                out,
                "{what} outgrew the range of numbers: the system is explosive; use a shorter \
                 horizon or difference the series"
            ),
            VarError::NoRoots => {
                write!(
                    out,
                    "the roots of the system could not be found: rescale the series"
                )
            }
            VarError::FailedReplicates { failed, draws } => write!(
                out,
                "{failed} of {draws} bootstrap replicates had no estimate: use fewer lags or \
                 series"
            ),
        }
    }
}

impl std::error::Error for VarError {}

impl From<OlsError> for VarError {
    fn from(error: OlsError) -> VarError {
        match error {
            OlsError::Constant { column } | OlsError::Collinear { column } => {
                VarError::Collinear { regressor: column }
            }
            OlsError::TooFew { rows, columns } => VarError::TooFew {
                periods: rows,
                needed: columns + 1,
            },
            OlsError::SingularCovariance => VarError::SingularErrors,
            other => VarError::Shape(other.to_string()),
        }
    }
}
