//! What an initiative brings and what it costs in reactions, apart.

use demarche_case::{Case, Status};

/// What an initiative brings and costs by itself, whatever ends it serves with others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worth {
    /// What it brings if it takes no time at all. Points.
    pub points: i64,
    /// What comes off for each quarter from the beginning of the plan to its end. Per cent.
    pub lateness: i64,
    /// For each actor that it is exposed to: the code, the level, and what that costs. Points.
    pub risk: Vec<(String, i64, i64)>,
}

impl Worth {
    /// That of the initiative at a position in the case.
    #[must_use]
    pub fn of(case: &Case, i: usize) -> Self {
        let (initiative, weights) = (&case.initiatives[i], case.settings.plan.weights);
        let agreed = i64::from(initiative.status == Status::Agreed);
        Self {
            points: weights.recommendations as i64 * initiative.recommendations.len() as i64
                + weights.agreed as i64 * agreed,
            lateness: weights.lateness as i64,
            risk: (initiative.exposure.iter())
                .map(|(actor, level)| {
                    let level = i64::from(*level);
                    (actor.clone(), level, level * weights.risk as i64)
                })
                .collect(),
        }
    }

    /// What it brings if it ends before the quarter `end`, counted from 0. Points.
    #[must_use]
    pub fn at(&self, end: usize) -> i64 {
        let left = 100 - (self.lateness * end as i64).min(100);
        self.points * left / 100
    }

    /// What its exposure costs. Points.
    #[must_use]
    pub fn cost(&self) -> i64 {
        self.risk.iter().map(|(_, _, points)| points).sum()
    }
}
