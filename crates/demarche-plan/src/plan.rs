//! The plan of a case: what is done and when, why, what is left out and why not, and how far the best
//! possible plan could be from it.

mod conflict;
mod told;

use demarche_case::Case;

use crate::bound::{Certificate, bound};
use crate::check::check;
use crate::feasible::{Feasibility, feasibility};
use crate::problem::{Fault, Problem, Schedule};
use crate::scheme::Scheme;
use crate::search::{Effort, Outcome, search};
use conflict::conflict;
pub(crate) use told::Told;

/// How many steps of the bound are made.
const BOUND_STEPS: usize = 2_000;

/// A plan that keeps every rule.
#[derive(Clone, Debug)]
pub struct Plan {
    /// When each activity of the scheme starts, if it does.
    pub schedule: Schedule,
    /// What it is worth. Points.
    pub value: i128,
    /// No plan is worth more. Points.
    pub bound: i128,
    /// What proves the bound, and prices what is scarce.
    pub certificate: Certificate,
    /// What is done, by start and then in the order of the case.
    pub steps: Vec<Step>,
    /// What is left out, in the order of the case.
    pub left_out: Vec<LeftOut>,
    /// What is taken of each resource.
    pub loads: Vec<Load>,
    /// How many plans were tried.
    pub trials: u64,
}

/// Something that is done.
#[derive(Clone, Debug)]
pub struct Step {
    /// The initiative, a position in the case.
    pub initiative: usize,
    /// The quarter in which it starts, counted from 0.
    pub start: usize,
    /// How many quarters it takes of the plan.
    pub duration: usize,
    /// Whether it runs already.
    pub runs: bool,
    /// What the plan would lose without it, what waits for it, and what could not be done without the
    /// people that it gives. Points.
    pub worth: i128,
    /// Why it is there.
    pub why: String,
    /// Why it does not start earlier.
    pub why_then: String,
}

/// Something that is not done.
#[derive(Clone, Debug)]
pub struct LeftOut {
    /// The initiative, a position in the case.
    pub initiative: usize,
    /// Why not.
    pub why: String,
}

/// What is taken of a resource.
#[derive(Clone, Debug)]
pub struct Load {
    /// The resource, a position in the problem.
    pub resource: usize,
    /// What is taken: in each quarter, or once for a limit over all.
    pub taken: Vec<i64>,
    /// What there is, with what the plan's own steps have given by then.
    pub limit: Vec<i64>,
    /// What one unit more would be worth at most, at the prices of the bound. Points.
    pub price: Vec<f64>,
}

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoPlan {
    /// The case's plan makes no sense.
    Faults(Vec<Fault>),
    /// It is proven that these demands can't be met together, in words; without any one of them there
    /// is a plan.
    Impossible(Vec<String>),
    /// No plan was found that meets these demands together, in words; without any one of them there is
    /// a plan. That they can't be met is not proven.
    Conflict(Vec<String>),
}

impl std::fmt::Display for NoPlan {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Faults(faults) => {
                let all: Vec<String> = faults.iter().map(ToString::to_string).collect();
                f.write_str(&all.join("; "))
            }
            Self::Impossible(demands) | Self::Conflict(demands) => {
                f.write_str(match self {
                    Self::Impossible(_) => "no plan can meet all of these:",
                    _ => "no plan was found that meets all of these:",
                })?;
                demands
                    .iter()
                    .try_for_each(|demand| write!(f, "\n  - {demand}"))
            }
        }
    }
}

impl std::error::Error for NoPlan {}

impl Plan {
    /// Makes the plan of a scheme. `before`, if given, is a schedule to begin with.
    ///
    /// # Errors
    /// [`NoPlan`] where the demands can't be met together or the scheme makes no sense.
    pub fn make(
        case: &Case,
        scheme: &Scheme,
        effort: &Effort,
        before: Option<&Schedule>,
    ) -> Result<Self, NoPlan> {
        let (schedule, trials) = seek(case, scheme, &scheme.problem, effort, before)?;
        Ok(Self::of(case, scheme, schedule, trials))
    }

    /// What there is to say of a schedule that keeps every rule; `trials`: how many were tried.
    ///
    /// # Panics
    /// If it breaks a rule: the checker knows nothing of the search, and what it does not pass is not
    /// shown.
    #[must_use]
    pub fn of(case: &Case, scheme: &Scheme, schedule: Schedule, trials: u64) -> Self {
        let problem = &scheme.problem;
        let value = check(problem, &schedule)
            .unwrap_or_else(|broken| panic!("the search broke a rule: {broken:?}"));
        let (bound, certificate) = bound(problem, Some(value), BOUND_STEPS)
            .expect("a problem with a schedule has a bound");
        let told = Told {
            case,
            scheme,
            schedule: &schedule,
            value,
        };
        Self {
            steps: told.steps(),
            left_out: told.left_out(),
            loads: told.loads(&certificate),
            schedule,
            value,
            bound,
            certificate,
            trials,
        }
    }

    /// How far the best possible plan may be above this one, as a share of the bound.
    #[must_use]
    pub fn gap(&self) -> f64 {
        match self.bound {
            0 => 0.0,
            bound => (self.bound - self.value) as f64 / bound.abs() as f64,
        }
    }

    /// How many initiatives start that did not run.
    #[must_use]
    pub fn new_steps(&self) -> usize {
        self.steps.iter().filter(|step| !step.runs).count()
    }

    /// Whether no plan is better: the bound proves it.
    #[must_use]
    pub fn is_proven(&self) -> bool {
        self.value == self.bound
    }
}

/// The best schedule found of a problem that has the rules of a scheme, and how many were tried.
pub(crate) fn seek(
    case: &Case,
    scheme: &Scheme,
    problem: &Problem,
    effort: &Effort,
    before: Option<&Schedule>,
) -> Result<(Schedule, u64), NoPlan> {
    if let Outcome::Found(found) = search(problem, effort, before).map_err(NoPlan::Faults)? {
        return Ok((found.schedule, found.trials));
    }
    // So tight that no list of priorities leads to a schedule; there may be one none the less.
    let Feasibility::Found(tight) = feasibility(problem, effort) else {
        return Err(conflict(case, scheme, effort));
    };
    match search(problem, effort, Some(&tight)).map_err(NoPlan::Faults)? {
        Outcome::Found(found) => Ok((found.schedule, found.trials)),
        Outcome::Missing { .. } => Ok((tight, 0)),
    }
}
