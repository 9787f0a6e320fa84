//! The objectives of a plan kept apart: benefit, risk, earliness, evenness of load.
//!
//! Each is an exact whole number, counted for any schedule from what activities are worth and take,
//! by code that knows nothing of how schedules are found.

use demarche_case::Case;

use crate::problem::{Limit, Problem, Schedule};
use crate::scheme::{Kind, Scheme, Wishes};

/// What a schedule comes to in each respect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Objectives {
    /// What is done counts for so much, whenever it is done and whatever reactions it meets: coverage
    /// of themes and lines, recommendations answered, agreements kept. Points; more is better.
    pub benefit: i128,
    /// Exposure to hostile reactions: the levels of all that is started, over all actors. Less is
    /// better.
    pub exposure: i128,
    /// For each initiative that is started, the quarters that are left of the plan once it has
    /// delivered, summed. Quarters; more is better.
    pub earliness: i128,
    /// The largest share of a staff pool that is at work in any quarter, rounded up. Per cent; less
    /// leaves more to spare and is more even.
    pub peak: i64,
}

impl Objectives {
    /// Whether this is nowhere worse than the other.
    #[must_use]
    pub fn as_good_as(&self, other: &Self) -> bool {
        self.benefit >= other.benefit
            && self.exposure <= other.exposure
            && self.earliness >= other.earliness
            && self.peak <= other.peak
    }

    /// Whether this is nowhere worse than the other and somewhere better.
    #[must_use]
    pub fn dominates(&self, other: &Self) -> bool {
        self != other && self.as_good_as(other)
    }

    /// The better of the two in every respect: what a schedule would come to that had all that
    /// either has. There need not be one.
    #[must_use]
    pub fn ideal(&self, other: &Self) -> Self {
        Self {
            benefit: self.benefit.max(other.benefit),
            exposure: self.exposure.min(other.exposure),
            earliness: self.earliness.max(other.earliness),
            peak: self.peak.min(other.peak),
        }
    }
}

/// What objectives are counted with.
#[derive(Clone, Debug)]
pub struct Yardstick {
    /// The rules, with what each activity and cell adds to the benefit as its value.
    pub problem: Problem,
    /// The levels of exposure that each activity brings.
    pub levels: Vec<i64>,
    /// Activities that run already. They are in every plan, and add to no objective but the peak.
    pub runs: Vec<bool>,
    /// The resources that are staff pools.
    pub pools: Vec<usize>,
}

impl Yardstick {
    /// The yardstick of a case: its benefit is what its plan is worth with `lateness` and `risk` at
    /// nought, and its exposure what one point of `risk` would take off.
    #[must_use]
    pub fn of(case: &Case, wishes: &Wishes) -> Self {
        let with = |risk: u64| {
            let mut case = case.clone();
            case.settings.plan.weights.lateness = 0;
            case.settings.plan.weights.risk = risk;
            Scheme::of(&case, wishes)
        };
        let (plain, risky) = (with(0), with(1));
        let activities = plain.problem.activities.iter();
        let levels = activities
            .zip(&risky.problem.activities)
            .map(|(plain, risky)| {
                let starts = plain.value.iter().zip(&risky.value);
                let off = starts.filter_map(|(plain, risky)| Some((*plain)? - (*risky)?));
                // One that would lower exposure lowers it by no more than nothing.
                off.max().unwrap_or(0).max(0)
            });
        let pools = (0..plain.kinds.len()).filter(|&k| matches!(plain.kinds[k], Kind::Pool(_)));
        Self {
            levels: levels.collect(),
            pools: pools.collect(),
            runs: plain.runs,
            problem: plain.problem,
        }
    }

    /// What a schedule comes to in each respect.
    ///
    /// # Panics
    /// If the schedule is for another number of activities, or starts one after the horizon.
    #[must_use]
    pub fn measure(&self, schedule: &Schedule) -> Objectives {
        let problem = &self.problem;
        assert_eq!(schedule.len(), problem.activities.len());
        let done = || (schedule.iter().enumerate()).filter_map(|(a, start)| Some((a, (*start)?)));
        let mut benefit = 0;
        let (mut exposure, mut earliness) = (0, 0);
        for (a, start) in done() {
            let activity = &problem.activities[a];
            benefit += i128::from(activity.value[start].unwrap_or(0));
            if !self.runs[a] {
                exposure += i128::from(self.levels[a]);
                let left = problem.horizon.saturating_sub(start + activity.duration);
                earliness += left as i128;
            }
        }
        for cell in &problem.cells {
            let served = cell.members.iter().filter(|&&a| schedule[a].is_some());
            let gains = cell.gain.iter().take(served.count());
            benefit += gains.map(|&gain| i128::from(gain)).sum::<i128>();
        }
        let mut peak = 0;
        for &k in &self.pools {
            let Limit::EachPeriod(each) = &problem.resources[k].limit else {
                continue;
            };
            for (period, &limit) in each.iter().enumerate() {
                let taken = done().map(|(a, start)| i128::from(problem.takes(a, start, k, period)));
                let taken: i128 = taken.sum();
                let added = done().map(|(a, start)| i128::from(problem.adds(a, start, k, period)));
                let limit = i128::from(limit) + added.sum::<i128>();
                if taken > 0 {
                    // Rounded up.
                    let limit = limit.max(1);
                    let share = (100 * taken + limit - 1) / limit;
                    peak = peak.max(i64::try_from(share).unwrap_or(i64::MAX));
                }
            }
        }
        Objectives {
            benefit,
            exposure,
            earliness,
            peak,
        }
    }
}
