//! Self- and mutually exciting point processes (Hawkes) over streams of dated events.
//!
//! In a process of `D` streams the intensity of stream `i`, in events per day, is
//!
//! `λ_i(t) = μ_i(t) + Σ_j Σ_k φ_ij(t − t_k)`, the inner sum over the events `k` of stream `j`
//! before `t`, with `φ_ij(s) = Σ_m α_ijm f_m(s)`.
//!
//! - `μ_i(t)` is the baseline: what would happen anyway. It is constant, constant between given
//!   cuts, proportional to a given curve (such as how much the sources cover), or both of these, so
//!   that a rise in coverage is not read as excitation ([`Baseline`]).
//! - `f_m` are densities of the delay, common to all pairs: exponential, `β_m e^(−β_m s)`, with
//!   given or estimated decays `β_m` per day, or steps over given bins of delay ([`Kernel`]).
//! - `α_ijm ≥ 0` is a number of events: how many of stream `i` one event of stream `j` sets off
//!   directly with that delay. Their sum over `m` is the branching ratio; the matrix of these is
//!   the branching matrix, its row the stream that answers, its column the stream answered to.
//!
//! Given the densities, the log-likelihood
//! `Σ_k log λ_{i_k}(t_k) − Σ_i ∫ λ_i(t) dt` falls apart by answering stream, and each part is
//! concave in its levels and ratios; it is maximised by Newton steps under the bounds `≥ 0`.
//!
//! What is found is excitation in the sense of prediction: what both streams owe to a third that
//! is not in the model is credited to whichever of them comes first. A fit says nothing of causes
//! by itself.
//!
//! References: Hawkes 1971, "Spectra of some self-exciting and mutually exciting point processes",
//! *Biometrika* 58(1); Ozaki 1979, "Maximum likelihood estimation of Hawkes' self-exciting point
//! processes", *Annals of the Institute of Statistical Mathematics* 31; Daley and Vere-Jones 2003,
//! *An Introduction to the Theory of Point Processes*, volume I.

mod attribution;
mod baseline;
mod bootstrap;
mod choice;
mod design;
mod error;
mod events;
mod fit;
mod forecast;
mod interval;
mod kernel;
mod likelihood;
mod nonparametric;
mod past;
mod penalised;
mod pool;
mod process;
mod residuals;
mod simulate;
mod solve;
mod stability;

pub use attribution::{AttributedEvent, Attribution, Parent, attribution};
pub use baseline::{Baseline, Curve};
pub use bootstrap::{Bootstrap, bootstrap};
pub use choice::{Candidate, Choice, HeldOut, blocks, choose, held_out};
pub use error::HawkesError;
pub use events::{Dated, Event, Record, Resolution, Ties, Vague, Window, impute};
pub use fit::{Bound, Decay, Delays, Figure, Fit, Model, Options, Standing, fit};
pub use forecast::{Forecast, forecast};
pub use interval::{ProfileInterval, profile_interval};
pub use kernel::Kernel;
pub use likelihood::{Gradient, compensator, gradient, log_likelihood};
pub use nonparametric::{EmOptions, StepFit, fit_steps};
pub use penalised::{Path, PathPoint, Penalised, penalised_path};
pub use pool::{Pooled, PooledFigure, fit_imputed, pool};
pub use process::Process;
pub use residuals::{KolmogorovSmirnov, Residuals, kolmogorov_smirnov, residuals};
pub use simulate::{Method, Origin, Scenario, Simulated, simulate};
pub use stability::{half_life, mean_delay};
