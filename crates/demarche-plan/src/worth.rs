//! What an initiative brings and what it costs in reactions, apart.

use demarche_case::{Case, Status};

use crate::scheme::{LEVELS, Level};

/// What an initiative brings and costs by itself, whatever ends it serves with others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worth {
    /// What it brings if it takes no time at all, earliness apart. Points.
    pub points: i64,
    /// What comes off those for each quarter from the beginning of the plan to its end. Per cent.
    pub lateness: i64,
    /// What comes on top if it delivers at once something that can be checked; less in proportion
    /// until the end of the plan. Points.
    pub early: i64,
    /// Quarters of the plan.
    pub quarters: i64,
    /// For each actor that it is exposed to: the code, the level in tenths, and what that costs.
    /// Points.
    pub risk: Vec<(String, i64, i64)>,
}

impl Worth {
    /// That of the initiative at a position in the case, with the exposure that a plan counts.
    #[must_use]
    pub fn of(case: &Case, i: usize, exposure: &[(String, Level)]) -> Self {
        let (initiative, settings) = (&case.initiatives[i], &case.settings.plan);
        let weights = settings.weights;
        let agreed = i64::from(initiative.status == Status::Agreed);
        let tangible = !initiative.deliverable.is_empty() && !initiative.indicator.is_empty();
        Self {
            points: weights.recommendations as i64 * initiative.recommendations.len() as i64
                + weights.agreed as i64 * agreed,
            lateness: weights.lateness as i64,
            early: weights.earliness as i64 * i64::from(tangible),
            quarters: i64::from(settings.quarters),
            risk: (exposure.iter())
                .map(|(actor, level)| {
                    let points = level.tenths * weights.risk as i64 / LEVELS;
                    (actor.clone(), level.tenths, points)
                })
                .collect(),
        }
    }

    /// What it brings if it ends before the quarter `end`, counted from 0. Points.
    #[must_use]
    pub fn at(&self, end: usize) -> i64 {
        let left = 100 - (self.lateness * end as i64).min(100);
        let ahead = (self.quarters - end as i64).max(0);
        self.points * left / 100 + self.early * ahead / self.quarters.max(1)
    }

    /// What its exposure costs. Points.
    #[must_use]
    pub fn cost(&self) -> i64 {
        self.risk.iter().map(|(_, _, points)| points).sum()
    }
}
