//! How much hostile reaction an initiative is exposed to: as the case judges it, or as the past shows.

use demarche_case::{Case, Exposure, StreamRole};
use demarche_respond::excitation::Excitation;
use demarche_respond::streams::StreamEvents;

use super::{LEVELS, Wishes};

/// What the past says one step of a kind sets off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// The areas of policy of such a step; empty: all.
    pub areas: Vec<String>,
    /// What that kind of step is called.
    pub step: String,
    /// The actor that answers.
    pub actor: String,
    /// Hostile acts that one such step sets off. Tenths of an act.
    pub tenths: i64,
    /// Its 95 % interval. Tenths of an act.
    pub interval: (i64, i64),
}

/// An initiative's exposure to an actor, as the plan counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// What the plan counts. Tenths of a level.
    pub tenths: i64,
    /// What the case judges: 0 none to 3 strong.
    pub judged: u8,
    /// What the past says where that was taken: the estimate and its interval, in tenths.
    pub estimated: Option<(i64, i64, i64)>,
}

impl std::fmt::Display for Level {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let tenths = |tenths: i64| tenths as f64 / LEVELS as f64;
        match self.estimated {
            Some((value, low, high)) => write!(
                f,
                "estimated {:.1} ({:.1} to {:.1})",
                tenths(value),
                tenths(low),
                tenths(high)
            ),
            None => write!(f, "judged {}", self.judged),
        }
    }
}

/// The exposure of an initiative to each actor that the case names for it. One hostile act that a step
/// sets off counts as one level, three and more as the highest.
pub(super) fn exposure(case: &Case, i: usize, wishes: &Wishes) -> Vec<(String, Level)> {
    let initiative = &case.initiatives[i];
    let estimated = case.settings.plan.exposure == Exposure::Estimated;
    (initiative.exposure.iter())
        .map(|(actor, judged)| {
            let found = wishes
                .estimates
                .iter()
                .filter(|_| estimated)
                .find(|estimate| {
                    estimate.actor == *actor
                        && (estimate.areas.is_empty() || estimate.areas.contains(&initiative.area))
                });
            let level = match found {
                Some(estimate) => Level {
                    tenths: estimate.tenths.clamp(0, 3 * LEVELS),
                    judged: *judged,
                    estimated: Some((estimate.tenths, estimate.interval.0, estimate.interval.1)),
                },
                None => Level {
                    tenths: i64::from(*judged) * LEVELS,
                    judged: *judged,
                    estimated: None,
                },
            };
            (actor.clone(), level)
        })
        .collect()
}

/// What the fitted responses say that one step of each kind sets off directly in each actor, where that
/// is told from zero after adjustment for all that was asked. Streams of several actors tell nothing of
/// a single one.
#[must_use]
pub fn estimates(streams: &[StreamEvents], fitted: &Excitation) -> Vec<Estimate> {
    let tenths = |events: f64| (events * LEVELS as f64).round() as i64;
    let mut all = Vec::new();
    for (i, &answering) in fitted.streams.iter().enumerate() {
        let hostile = &streams[answering].stream;
        let [actor] = hostile.source.as_slice() else {
            continue;
        };
        if hostile.role != StreamRole::Hostile {
            continue;
        }
        for (j, &answered) in fitted.streams.iter().enumerate() {
            let step = &streams[answered].stream;
            let effect = &fitted.branching[i][j];
            if step.role == StreamRole::Own
                && effect.sure
                && let Some(interval) = effect.interval
            {
                all.push(Estimate {
                    areas: step.areas.clone(),
                    step: step.name.clone(),
                    actor: actor.clone(),
                    tenths: tenths(effect.value),
                    interval: (tenths(interval.low), tenths(interval.high)),
                });
            }
        }
    }
    all
}
