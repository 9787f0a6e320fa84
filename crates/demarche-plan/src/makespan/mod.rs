//! The shortest time in which all of a project can be done with the people there are: no choice of
//! what to do, only of when (the resource-constrained project scheduling problem).
//!
//! A search breeds schedules (`genetic`), the time windows that a deadline leaves prove that none
//! is shorter (`windows`), and a schedule is shown only if the checker of plans passes it.

mod decode;
mod genetic;
mod windows;

use crate::check::check;
use crate::problem::{
    Activity, Fault, LONGEST_HORIZON, Limit, MOST_ACTIVITIES, Precedence, Problem, Resource,
    Schedule,
};
use decode::Layout;

/// Something that must be done once, without a break.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// What it is called in messages.
    pub name: String,
    /// How many periods it takes, at least 1.
    pub duration: usize,
    /// What it takes of each resource in each of its periods.
    pub demand: Vec<i64>,
}

/// Jobs that must all be done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Project {
    /// What must be done.
    pub jobs: Vec<Job>,
    /// Who waits for whom.
    pub precedences: Vec<Precedence>,
    /// How much there is of each resource in each period.
    pub capacities: Vec<i64>,
}

/// How long to search. The result depends on nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    /// How many populations.
    pub populations: usize,
    /// How many schedules each population tries.
    pub schedules: u64,
    /// After so many parts of the search the populations meet, and all end where the bound is met.
    pub rounds: u64,
    /// How many nodes of a search tree each proof may take.
    pub nodes: u64,
    /// Where the random numbers begin.
    pub seed: u64,
}

impl Default for Effort {
    fn default() -> Self {
        Self {
            populations: 4,
            schedules: 60_000,
            rounds: 12,
            nodes: 2_000,
            seed: 1,
        }
    }
}

/// What is known of the shortest time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shortest {
    /// `starts[j]`: the period in which job `j` starts, counted from 0.
    pub starts: Vec<usize>,
    /// In how many periods all is done; the checker has passed it.
    pub makespan: usize,
    /// No schedule takes fewer periods. The makespan is optimal where it is as large.
    pub bound: usize,
    /// How many schedules were tried.
    pub tried: u64,
}

impl Shortest {
    /// Whether it is proven that no schedule is shorter.
    #[must_use]
    pub fn is_optimal(&self) -> bool {
        self.makespan == self.bound
    }
}

impl Project {
    /// The same as a problem of choice and schedule in which all must be done and must have ended
    /// after `deadline` periods: the schedules that its checker passes are those that take no longer.
    #[must_use]
    pub fn within(&self, deadline: usize) -> Problem {
        let activities = self.jobs.iter().map(|job| Activity {
            name: job.name.clone(),
            duration: job.duration,
            demand: job.demand.iter().map(|&d| vec![d; job.duration]).collect(),
            value: (0..deadline)
                .map(|start| (start + job.duration <= deadline).then_some(0))
                .collect(),
            mandatory: true,
            ..Activity::default()
        });
        let resources = self.capacities.iter().enumerate();
        Problem {
            horizon: deadline,
            resources: resources
                .map(|(k, &capacity)| Resource {
                    name: format!("resource {}", k + 1),
                    limit: Limit::EachPeriod(vec![capacity; deadline]),
                })
                .collect(),
            activities: activities.collect(),
            precedences: self.precedences.clone(),
            ..Problem::default()
        }
    }

    /// Whether the project makes sense and can be done at all.
    ///
    /// # Errors
    /// All faults that are found: demands above the capacity besides those of
    /// [`Problem::validate`].
    pub fn validate(&self) -> Result<(), Vec<Fault>> {
        let lags = self.precedences.iter().map(|wait| wait.lag);
        let durations = self.jobs.iter().map(|job| job.duration);
        let longest = durations.chain(lags).fold(0_usize, usize::saturating_add);
        if longest > LONGEST_HORIZON || self.jobs.len() > MOST_ACTIVITIES {
            return Err(vec![Fault(format!(
                "{} jobs take {longest} periods one after the other; at most {MOST_ACTIVITIES} and {LONGEST_HORIZON} can be planned",
                self.jobs.len()
            ))]);
        }
        self.within(1).validate()?;
        let mut faults = Vec::new();
        for job in &self.jobs {
            for (k, (demand, capacity)) in job.demand.iter().zip(&self.capacities).enumerate() {
                if demand > capacity {
                    faults.push(Fault(format!(
                        "{}: needs {demand} of resource {} where there are {capacity}",
                        job.name,
                        k + 1
                    )));
                }
            }
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(faults)
        }
    }

    /// Whether these starts keep every rule, and in how many periods all is done then; `None` where a
    /// rule is broken. Counted by [`check`], which knows nothing of the search.
    #[must_use]
    pub fn makespan(&self, starts: &[usize]) -> Option<usize> {
        if starts.len() != self.jobs.len() {
            return None;
        }
        let ends = self.jobs.iter().zip(starts).map(|(j, s)| j.duration + s);
        let makespan = ends.max().unwrap_or(0);
        let schedule: Schedule = starts.iter().map(|&start| Some(start)).collect();
        (check(&self.within(makespan), &schedule) == Ok(0)).then_some(makespan)
    }
}

/// Seeks the shortest schedule, and proves how short any can be.
///
/// # Errors
/// The faults of a project that makes no sense or can't be done.
pub fn shortest(project: &Project, effort: &Effort) -> Result<Shortest, Vec<Fault>> {
    project.validate()?;
    let layout = Layout::new(project);
    let found = match layout.words() {
        1 => solve::<1>(&layout, effort),
        2 => solve::<2>(&layout, effort),
        4 => solve::<4>(&layout, effort),
        8 => solve::<8>(&layout, effort),
        _ => solve::<32>(&layout, effort),
    };
    match project.makespan(&found.starts) {
        Some(makespan) if makespan == found.makespan && found.bound <= makespan => Ok(found),
        counted => unreachable!("the search says {found:?}, the checker {counted:?}"),
    }
}

fn solve<const W: usize>(layout: &Layout, effort: &Effort) -> Shortest {
    let rounds = effort.rounds.max(1);
    let mut bound = windows::quick_bound(layout);
    let mut islands = genetic::Islands::<W>::new(layout, effort);
    let mut tree = None;
    for round in 0..rounds {
        if islands.best.makespan <= bound {
            break;
        }
        islands.advance(bound, effort.schedules / rounds);
        // A first part of the search finds a good schedule; only then is a proof worth its time.
        if round == 0 && islands.best.makespan > bound {
            let proof = windows::prove(layout, bound, islands.best.makespan, effort.nodes);
            bound = proof.bound;
            tree = proof.starts;
        }
        if let Some((makespan, starts)) = tree.take()
            && makespan < islands.best.makespan
        {
            islands.best.makespan = makespan;
            islands.best.starts = starts;
        }
    }
    Shortest {
        starts: islands.best.starts.iter().map(|&s| s as usize).collect(),
        makespan: islands.best.makespan,
        bound,
        tried: islands.tried,
    }
}
