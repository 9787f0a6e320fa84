//! Whether a schedule keeps every rule, and what it is worth: counted anew in exact integers, from
//! the problem alone, by code that knows nothing of how schedules are found.

use std::fmt;

use crate::problem::{Limit, Problem, Schedule};

/// A rule that a schedule breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Violation {
    /// The schedule is for another number of activities.
    Length {
        /// How many the schedule has.
        given: usize,
        /// How many the problem has.
        needed: usize,
    },
    /// An activity starts where it may not.
    Start {
        /// The activity.
        activity: usize,
        /// Its start.
        start: usize,
    },
    /// An activity that must be done is left out.
    Missing {
        /// The activity.
        activity: usize,
    },
    /// An activity is done without its prerequisite.
    Prerequisite {
        /// The prerequisite, which is left out.
        before: usize,
        /// The activity that needs it.
        after: usize,
    },
    /// An activity starts before its prerequisite has ended and the lag has passed.
    TooEarly {
        /// The prerequisite.
        before: usize,
        /// The activity that should wait.
        after: usize,
        /// The first period in which it could start.
        earliest: usize,
    },
    /// More of a resource is taken than there is.
    Overload {
        /// The resource.
        resource: usize,
        /// The period, or `None` for a limit over several periods.
        period: Option<usize>,
        /// What is taken.
        taken: i128,
        /// What there is, with what has been given by then.
        limit: i128,
    },
    /// An activity starts before any of those has ended of which one must have.
    Gate {
        /// The gate's number.
        gate: usize,
        /// The activity that should wait.
        waits: usize,
        /// When the first of those has ended, if one is done at all.
        opens: Option<usize>,
    },
    /// Two of a group are done of which at most one may be.
    Excluded {
        /// The group's number.
        group: usize,
        /// The members that are done.
        done: Vec<usize>,
    },
    /// A bundle is done in part.
    Torn {
        /// The bundle's number.
        bundle: usize,
        /// A member that is done.
        done: usize,
        /// A member that is left out.
        missing: usize,
    },
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

/// The worth of a schedule that keeps every rule.
///
/// # Errors
/// Every rule that it breaks.
pub fn check(problem: &Problem, schedule: &Schedule) -> Result<i128, Vec<Violation>> {
    let needed = problem.activities.len();
    if schedule.len() != needed {
        return Err(vec![Violation::Length {
            given: schedule.len(),
            needed,
        }]);
    }
    let mut broken = Vec::new();
    let mut worth = 0_i128;
    for (a, (activity, start)) in problem.activities.iter().zip(schedule).enumerate() {
        match *start {
            Some(start) => match activity.value.get(start).copied().flatten() {
                Some(value) => worth += i128::from(value),
                None => broken.push(Violation::Start { activity: a, start }),
            },
            None if activity.mandatory => broken.push(Violation::Missing { activity: a }),
            None => {}
        }
    }
    for wait in &problem.precedences {
        match (schedule[wait.before], schedule[wait.after]) {
            (None, Some(_)) => broken.push(Violation::Prerequisite {
                before: wait.before,
                after: wait.after,
            }),
            (Some(first), Some(second)) => {
                let earliest = first + problem.activities[wait.before].duration + wait.lag;
                if second < earliest {
                    broken.push(Violation::TooEarly {
                        before: wait.before,
                        after: wait.after,
                        earliest,
                    });
                }
            }
            _ => {}
        }
    }
    for (gate, rule) in problem.gates.iter().enumerate() {
        let ends = |&key: &usize| Some(schedule[key]? + problem.activities[key].duration);
        let opens = rule.keys.iter().filter_map(ends).min();
        for &waits in &rule.waits {
            if schedule[waits].is_some_and(|start| opens.is_none_or(|opens| start < opens)) {
                broken.push(Violation::Gate { gate, waits, opens });
            }
        }
    }
    for (k, resource) in problem.resources.iter().enumerate() {
        let mut taken = vec![0_i128; problem.horizon];
        let mut given = vec![0_i128; problem.horizon];
        let mut beyond = 0_i128;
        for (activity, start) in problem.activities.iter().zip(schedule) {
            let Some(start) = *start else { continue };
            for (age, &amount) in activity.demand[k].iter().enumerate() {
                match taken.get_mut(start + age) {
                    Some(sum) => *sum += i128::from(amount),
                    None => beyond += i128::from(amount),
                }
            }
            for period in start + activity.duration..problem.horizon {
                taken[period] += i128::from(activity.upkeep.get(k).copied().unwrap_or(0));
                given[period] += i128::from(activity.gives.get(k).copied().unwrap_or(0));
            }
        }
        let mut hold = |period: Option<usize>, taken: i128, limit: i128| {
            if taken > limit {
                broken.push(Violation::Overload {
                    resource: k,
                    period,
                    taken,
                    limit,
                });
            }
        };
        match &resource.limit {
            Limit::EachPeriod(each) => {
                for (period, &limit) in each.iter().enumerate() {
                    let there = i128::from(limit) + given[period];
                    hold(Some(period), taken[period], there);
                }
            }
            Limit::Total(limit) => {
                let whole = taken.iter().sum::<i128>() + beyond;
                hold(None, whole, i128::from(*limit));
            }
            Limit::Span {
                first,
                last,
                amount,
            } => hold(
                None,
                taken[*first..=*last].iter().sum(),
                i128::from(*amount),
            ),
        }
    }
    for (group, members) in problem.exclusions.iter().enumerate() {
        let done: Vec<usize> = members
            .iter()
            .copied()
            .filter(|&a| schedule[a].is_some())
            .collect();
        if done.len() > 1 {
            broken.push(Violation::Excluded { group, done });
        }
    }
    for (bundle, members) in problem.bundles.iter().enumerate() {
        let done = members.iter().copied().find(|&a| schedule[a].is_some());
        let missing = members.iter().copied().find(|&a| schedule[a].is_none());
        if let (Some(done), Some(missing)) = (done, missing) {
            broken.push(Violation::Torn {
                bundle,
                done,
                missing,
            });
        }
    }
    for cell in &problem.cells {
        let served = cell
            .members
            .iter()
            .filter(|&&a| schedule[a].is_some())
            .count();
        worth += cell
            .gain
            .iter()
            .take(served)
            .map(|&gain| i128::from(gain))
            .sum::<i128>();
    }
    if broken.is_empty() {
        Ok(worth)
    } else {
        Err(broken)
    }
}
