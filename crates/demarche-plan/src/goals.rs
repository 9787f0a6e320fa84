//! What a plan should come to, whatever happens: lines that an outcome keeps to or crosses.

use demarche_case::{Case, ThresholdMeasure};
use demarche_events::Period;

use crate::execute::{Execution, Outcome};
use crate::problem::Schedule;
use crate::scheme::Scheme;

/// Something that a plan should come to.
#[derive(Clone, Debug, PartialEq)]
pub struct Goal {
    /// Its id in the case.
    pub id: String,
    /// What it is called in a sentence.
    pub name: String,
    /// What is measured.
    pub measure: Measure,
    /// The line. A share, quarters or levels, as the measure is.
    pub line: f64,
}

/// What is measured of an outcome.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Benefit less lateness, as a share of what is planned; at least the line.
    Benefit,
    /// Benefit less lateness less risk, as a share of what is planned; at least the line.
    Value,
    /// How many activities deliver, as a share of how many are planned to; at least the line.
    Delivered,
    /// The share of these activities delivered by the end of that quarter; at least the line, which is
    /// 1. `None` stands for an initiative that is no activity and not done.
    DeliveredBy(Vec<Option<usize>>, usize),
    /// The largest levels of exposure to that actor in a quarter; at most the line. `None`: nothing is
    /// exposed to it.
    Exposure(Option<usize>),
    /// By how many quarters what is planned is late, on average; at most the line.
    Late,
}

impl Goal {
    /// The thresholds of a case.
    #[must_use]
    pub fn all(case: &Case, scheme: &Scheme, execution: &Execution) -> Vec<Self> {
        let position = |id: &str| case.initiatives.iter().position(|other| other.id == id);
        let quarter = |at: Period| scheme.quarters.iter().position(|&q| q == at);
        (case.settings.plan.futures.thresholds.iter())
            .map(|threshold| {
                let (measure, line) = match &threshold.measure {
                    ThresholdMeasure::Benefit(line) => (Measure::Benefit, *line),
                    ThresholdMeasure::Value(line) => (Measure::Value, *line),
                    ThresholdMeasure::Delivered(line) => (Measure::Delivered, *line),
                    ThresholdMeasure::DeliveredBy(ids, by) => {
                        let activities = (ids.iter().filter_map(|id| position(id)))
                            // What is done already is delivered.
                            .filter(|&i| case.initiatives[i].status != demarche_case::Status::Done)
                            .map(|i| scheme.activity[i])
                            .collect();
                        let by = quarter(*by).unwrap_or(scheme.quarters.len() - 1);
                        (Measure::DeliveredBy(activities, by), 1.0)
                    }
                    ThresholdMeasure::Exposure(code, line) => {
                        let actor = execution.actors().iter().position(|a| a == code);
                        (Measure::Exposure(actor), *line)
                    }
                    ThresholdMeasure::Late(line) => (Measure::Late, *line),
                };
                Self {
                    id: threshold.id.clone(),
                    name: threshold.name.clone(),
                    measure,
                    line,
                }
            })
            .collect()
    }

    /// What is measured of an outcome. `planned` is what the plan comes to if all goes as planned.
    #[must_use]
    pub fn figure(&self, planned: &Planned, outcome: &Outcome) -> f64 {
        let share = |part: i64, whole: i64| match whole {
            // Of a plan that brings nothing, nothing is missing.
            0 => 1.0,
            _ => part as f64 / whole as f64,
        };
        let value = outcome.value;
        match &self.measure {
            Measure::Benefit => share(value.benefit - value.lateness, planned.benefit),
            Measure::Value => share(value.total(), planned.value),
            Measure::Delivered => share(outcome.deliveries() as i64, planned.deliveries as i64),
            Measure::DeliveredBy(activities, by) => {
                let in_time = |a: &Option<usize>| {
                    a.and_then(|a| outcome.delivered(a))
                        .is_some_and(|end| end <= by + 1)
                };
                let count = activities.iter().filter(|a| in_time(a)).count();
                share(count as i64, activities.len() as i64)
            }
            Measure::Exposure(actor) => actor.map_or(0.0, |a| outcome.peak(a) as f64 / 1000.0),
            Measure::Late => {
                let late: usize = planned.deliverables.iter().map(|&a| outcome.late[a]).sum();
                late as f64 / planned.deliverables.len().max(1) as f64
            }
        }
    }

    /// Whether a figure keeps to the line.
    #[must_use]
    pub fn is_met(&self, figure: f64) -> bool {
        match self.measure {
            Measure::Exposure(_) | Measure::Late => figure <= self.line,
            _ => figure >= self.line,
        }
    }
}

/// What a plan comes to if all goes as planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Planned {
    /// Benefit less lateness. Points.
    pub benefit: i64,
    /// Benefit less lateness less risk. Points.
    pub value: i64,
    /// How many activities are to deliver within the plan.
    pub deliveries: usize,
    /// Which.
    pub deliverables: Vec<usize>,
}

impl Planned {
    /// That of a schedule.
    #[must_use]
    pub fn of(execution: &Execution, schedule: &Schedule) -> Self {
        let certain = crate::futures::Future::certain(execution);
        let outcome = execution.run(schedule, &certain, &mut crate::execute::NoPolicy);
        Self {
            deliveries: outcome.deliveries(),
            benefit: outcome.value.benefit - outcome.value.lateness,
            value: outcome.value.total(),
            deliverables: (0..schedule.len())
                .filter(|&a| outcome.delivered(a).is_some())
                .collect(),
        }
    }
}
