//! Vector autoregression: several series, each explained by the past of all.
//!
//! `y_t = A₁ y_{t-1} + … + A_p y_{t-p} + D d_t + u_t`, with deterministic terms `d_t` (none,
//! constant, trend, both) and errors `u_t` of covariance `Σ`. Estimated equation by equation by
//! least squares (Lütkepohl 2005, *New Introduction to Multiple Time Series Analysis*, ch. 3).
//!
//! The statistics follow the conventions of R's package `vars` (Pfaff 2008), so that figures can
//! be compared.

mod bands;
mod bootstrap;
mod data;
mod diagnostics;
mod error;
mod fit;
mod forecast;
mod granger;
mod impulse;
mod lags;
mod paths;
mod projection;
mod replicate;
mod stability;
mod variance;

pub use bands::{Band, Bands};
pub use bootstrap::{Bootstrap, BootstrapOptions, Resample};
pub use data::Data;
pub use diagnostics::{FTest, JarqueBera, Portmanteau, SerialCorrelation, Test};
pub use error::VarError;
pub use fit::{Deterministic, Var};
pub use forecast::{Forecast, ForecastStep};
pub use granger::Causality;
pub use impulse::{Impulse, Responses};
pub use lags::{LagRow, LagTable, lag_table};
pub use paths::{Errors, PathOptions, Paths, Shock};
pub use projection::{Projection, ProjectionOptions, local_projections};
pub use stability::{Root, Stability};
pub use variance::VarianceShares;
