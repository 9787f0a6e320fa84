//! Intervals from the profile of the likelihood.

use serde::Serialize;
use statrs::distribution::{ChiSquared, ContinuousCDF};

use super::design::designs;
use super::error::HawkesError;
use super::events::Record;
use super::fit::Fit;
use super::solve::{Terms, maximise};

/// An interval of one ratio.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ProfileInterval {
    /// The estimate.
    pub value: f64,
    /// Its lower end, 0 if the likelihood does not rule out zero.
    pub low: f64,
    /// Its upper end.
    pub high: f64,
    /// The coverage it is made for.
    pub level: f64,
    /// Is it one-sided, from zero up, because the estimate lies at zero?
    pub one_sided: bool,
}

/// The interval of `α_ijm`, from which the likelihood, maximised over all other parameters of the
/// answering stream, falls by no more than half the quantile of the chi-squared distribution. It
/// is not symmetric and stays above zero. Decays are taken as they are; where they were estimated,
/// a bootstrap is wider.
///
/// # Errors
/// If a stream or part does not exist, the data say nothing of the ratio, or a fit fails.
pub fn profile_interval(
    record: &Record,
    fit: &Fit,
    answering: usize,
    answered: usize,
    part: usize,
    level: f64,
) -> Result<ProfileInterval, HawkesError> {
    let process = &fit.process;
    process.check(record)?;
    let streams = process.streams();
    for stream in [answering, answered] {
        if stream >= streams {
            return Err(HawkesError::NoSuchStream { stream, streams });
        }
    }
    if part >= process.kernel().parts() {
        return Err(HawkesError::Shape {
            what: "the kernel has no such density",
        });
    }
    if !(level > 0.0 && level < 1.0) {
        return Err(HawkesError::Option {
            what: "the level of an interval must lie between 0 and 1",
        });
    }
    let design = designs(record, process.baselines(), process.kernel())?.swap_remove(answering);
    let at = design.levels + part * streams + answered;
    if design.cost[at] <= 0.0 {
        return Err(HawkesError::Option {
            what: "the record says nothing of this ratio: no event of that stream leaves time to answer",
        });
    }
    let failed = |steps| HawkesError::NotConverged {
        stream: answering,
        steps,
    };
    let best = maximise(&design, &Terms::default()).map_err(failed)?;
    let value = best.theta[at];
    let one_sided = value <= 0.0;
    // At the bound the statistic is zero half of the time.
    let share = if one_sided { 2.0 * level - 1.0 } else { level };
    let quantile = ChiSquared::new(1.0)
        .ok()
        .map_or(0.0, |chi| chi.inverse_cdf(share.max(0.0)));
    let excess = |held: f64| -> Result<f64, HawkesError> {
        let terms = Terms {
            held: Some((at, held)),
            start: Some(&best.theta),
            ..Terms::default()
        };
        match maximise(&design, &terms) {
            Ok(solution) => Ok(2.0 * (best.value - solution.value) - quantile),
            // Without this ratio an event would be impossible.
            Err(0) => Ok(f64::INFINITY),
            Err(steps) => Err(failed(steps)),
        }
    };
    let crossing = |mut inside: f64, mut outside: f64| -> Result<f64, HawkesError> {
        for _ in 0..60 {
            let middle = f64::midpoint(inside, outside);
            if (outside - inside).abs() <= 1e-9 * middle.max(1e-6) {
                break;
            }
            if excess(middle)? > 0.0 {
                outside = middle;
            } else {
                inside = middle;
            }
        }
        Ok(f64::midpoint(inside, outside))
    };
    let low = if one_sided || excess(0.0)? <= 0.0 {
        0.0
    } else {
        crossing(value, 0.0)?
    };
    let mut outside = value + (design.events().sqrt().max(1.0) / design.cost[at]).max(1e-6);
    while excess(outside)? <= 0.0 {
        outside = 2.0 * outside - value;
    }
    Ok(ProfileInterval {
        value,
        low,
        high: crossing(value, outside)?,
        level,
        one_sided,
    })
}
