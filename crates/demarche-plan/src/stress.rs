//! A plan and its alternatives put under stress: futures, goals, what moves the value, where the plan
//! fails, and whether a second sample says the same.

use demarche_case::Case;

use crate::discover::{Condition, Discovery, Meaning, Nothing, discover};
use crate::execute::Execution;
use crate::futures::Uncertainty;
use crate::goals::{Goal, Measure, Planned};
use crate::influence::{Influence, bars, influence};
use crate::plan::{Plan, seek};
use crate::robust::{Candidate, Robustness, Trial, trial};
use crate::sample::Sampling;
use crate::scheme::{Scheme, Wishes};
use crate::search::Effort;

/// What a stress test found.
#[derive(Clone, Debug)]
pub struct Stress {
    /// How many futures each sample has.
    pub futures: usize,
    /// Where the random numbers of the first sample begin.
    pub seed: u64,
    /// How futures were chosen.
    pub sampling: Sampling,
    /// What is uncertain.
    pub uncertainty: Uncertainty,
    /// The goals.
    pub goals: Vec<Goal>,
    /// Whether the case states none, so that one was assumed.
    pub goal_assumed: bool,
    /// The plans tried, the plan itself first.
    pub plans: Vec<Candidate>,
    /// How each of them holds.
    pub robustness: Vec<Robustness>,
    /// What moves the value of the plan.
    pub influence: Influence,
    /// The conditions that futures differ in.
    pub conditions: Vec<Condition>,
    /// In which futures the plan fails.
    pub discovery: Discovery,
    /// Whether a second sample, drawn apart, says the same.
    pub agreement: Agreement,
}

/// What two samples are compared in.
#[derive(Clone, Debug, PartialEq)]
pub struct Agreement {
    /// What was compared, one by one.
    pub checks: Vec<Comparison>,
}

/// A conclusion from both samples.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// Which conclusion.
    pub what: String,
    /// What the first sample says.
    pub first: String,
    /// What the second says.
    pub second: String,
    /// Whether that is the same within what chance does.
    pub same: bool,
}

impl Agreement {
    /// Whether all conclusions are the same.
    #[must_use]
    pub fn is_full(&self) -> bool {
        self.checks.iter().all(|check| check.same)
    }
}

/// Why there is no stress test.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoStress {
    /// Nothing in the case is uncertain.
    NothingUncertain,
    /// Conditions or values can't be used.
    Numbers(String),
}

impl std::fmt::Display for NoStress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NothingUncertain => f.write_str("nothing in case.toml is uncertain"),
            Self::Numbers(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for NoStress {}

/// What to put a plan through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Test {
    /// How many futures a sample has, at least 100.
    pub futures: usize,
    /// Where the random numbers begin.
    pub seed: u64,
    /// How futures are chosen.
    pub sampling: Sampling,
}

/// Plans beside a plan: one that avoids exposure (its cost counts three times) and one that leaves a
/// fifth of the people free. Those that can't be made are left out.
#[must_use]
pub fn alternatives(
    case: &Case,
    wishes: &Wishes,
    effort: &Effort,
    plan: &Plan,
) -> Vec<(String, String, crate::problem::Schedule)> {
    let mut cautious = case.clone();
    cautious.settings.plan.weights.risk *= 3;
    let slack = Wishes {
        staff_percent: Some(80),
        ..wishes.clone()
    };
    // Both begin with what was found for the plan; of them the schedule alone is wanted.
    let make = |case: &Case, wishes: &Wishes| {
        let scheme = Scheme::of(case, wishes);
        let found = seek(case, &scheme, &scheme.problem, effort, Some(&plan.schedule));
        found.ok().map(|(schedule, _)| schedule)
    };
    [
        (
            "cautious",
            "made with the cost of exposure counted three times",
            make(&cautious, wishes),
        ),
        (
            "slack",
            "made with four fifths of the people",
            make(case, &slack),
        ),
    ]
    .into_iter()
    .filter_map(|(name, what, plan)| Some((name.to_owned(), what.to_owned(), plan?)))
    .collect()
}

impl Stress {
    /// Puts a plan and its alternatives (name, what makes them different, schedule) to the test. Calls
    /// `begins` before each part of it.
    ///
    /// # Errors
    /// See [`NoStress`].
    pub fn test(
        case: &Case,
        scheme: &Scheme,
        plan: &Plan,
        others: &[(String, String, crate::problem::Schedule)],
        test: &Test,
        mut begins: impl FnMut(&str),
    ) -> Result<Self, NoStress> {
        let execution = Execution::of(case, scheme);
        let uncertainty = Uncertainty::of(case, scheme, &execution);
        if uncertainty.factors.is_empty() && uncertainty.events.is_empty() {
            return Err(NoStress::NothingUncertain);
        }
        let mut goals = Goal::all(case, scheme, &execution);
        let goal_assumed = goals.is_empty();
        if goal_assumed {
            goals.push(Goal {
                id: "benefit".to_owned(),
                name: "four fifths of the benefit planned".to_owned(),
                measure: Measure::Benefit,
                line: 0.8,
            });
        }
        let the_plan = Planned::of(&execution, &plan.schedule);
        let mut plans = vec![Candidate {
            name: "plan".to_owned(),
            what: "the plan".to_owned(),
            schedule: plan.schedule.clone(),
            planned_value: the_plan.value,
            planned: the_plan.clone(),
        }];
        for (name, what, schedule) in others {
            let own = Planned::of(&execution, schedule);
            plans.push(Candidate {
                name: name.clone(),
                what: what.clone(),
                schedule: schedule.clone(),
                planned_value: own.value,
                // All are measured by what the plan promises: else one that promises little would
                // always keep it.
                planned: Planned {
                    deliverables: own.deliverables,
                    ..the_plan.clone()
                },
            });
        }
        let conditions = conditions(&uncertainty, scheme);
        let tried: Vec<&Candidate> = plans.iter().collect();
        let quarters = scheme.quarters.len();
        begins("trying the plans in the futures");
        let mut samples = Vec::new();
        for sample in 0..2 {
            let points = test.sampling.points(
                test.futures,
                uncertainty.dimensions(),
                test.seed.wrapping_add(sample * 1_000_003),
            );
            let trial = trial(&execution, &uncertainty, &goals, &tried, &points);
            samples.push(Sample::new(&uncertainty, points, trial, quarters));
        }
        begins("asking what moves the value");
        let rows = (test.futures / 8)
            .max(1)
            .next_power_of_two()
            .clamp(64, 4096);
        let numbers = |error: &dyn std::fmt::Display| NoStress::Numbers(error.to_string());
        let mut sways = Vec::new();
        for sample in 0..2 {
            let seed = test.seed.wrapping_add(7 + sample * 1_000_003);
            sways.push(
                influence(
                    &execution,
                    &uncertainty,
                    &plans[0],
                    test.sampling,
                    rows,
                    seed,
                )
                .map_err(|error| numbers(&error))?,
            );
        }
        begins("asking where the plan fails");
        let mut found = Vec::new();
        for (one, other) in [(0, 1), (1, 0)] {
            let (one, other) = (&samples[one], &samples[other]);
            found.push(
                discover(
                    &one.columns,
                    &one.fails,
                    (&other.columns, &other.fails),
                    test.seed,
                )
                .map_err(|error| numbers(&error))?,
            );
        }
        let robustness: Vec<Vec<Robustness>> =
            samples.iter().map(|s| s.trial.robustness(&goals)).collect();
        let agreement = Agreement {
            checks: compare(&samples, &robustness, &plans, &sways, &found, &conditions),
        };
        let mut influence = sways.swap_remove(0);
        influence.bars = bars(&uncertainty, &samples[0].points, &samples[0].trial.value[0]);
        Ok(Self {
            futures: test.futures,
            seed: test.seed,
            sampling: test.sampling,
            uncertainty,
            goals,
            goal_assumed,
            robustness: robustness.into_iter().next().unwrap_or_default(),
            plans,
            influence,
            conditions,
            discovery: found.swap_remove(0),
            agreement,
        })
    }
}

/// A sample of futures and what came of it.
struct Sample {
    points: Vec<Vec<f64>>,
    trial: Trial,
    columns: Vec<Vec<f64>>,
    fails: Vec<bool>,
}

impl Sample {
    fn new(
        uncertainty: &Uncertainty,
        points: Vec<Vec<f64>>,
        trial: Trial,
        quarters: usize,
    ) -> Self {
        let mut columns = vec![Vec::with_capacity(points.len()); uncertainty.dimensions() - 1];
        for point in &points {
            let meaning = uncertainty.meaning(point, quarters);
            for (column, value) in columns.iter_mut().zip(meaning) {
                column.push(value);
            }
        }
        Self {
            fails: trial.meets[0].iter().map(|meets| !meets).collect(),
            points,
            trial,
            columns,
        }
    }
}

/// The conditions that futures differ in: all coordinates but luck.
fn conditions(uncertainty: &Uncertainty, scheme: &Scheme) -> Vec<Condition> {
    let quarters: Vec<String> = scheme.quarters.iter().map(ToString::to_string).collect();
    let factors = uncertainty.dimensions() - uncertainty.events.len() - 1;
    (uncertainty.ids().into_iter().zip(uncertainty.names()))
        .take(uncertainty.dimensions() - 1)
        .enumerate()
        .map(|(at, (id, name))| Condition {
            id,
            name,
            meaning: match at < factors {
                true => Meaning::Percent,
                false => Meaning::Quarter {
                    names: quarters.clone(),
                    last: uncertainty.events[at - factors].last,
                },
            },
        })
        .collect()
}

/// What both samples say, one conclusion after the other, and whether it is the same:
///
/// - a share or mean: within what two samples of this size differ by in 99 of 100 cases;
/// - that one plan meets the goals more often than another, or is worth more: where both samples tell
///   them apart, the same way round;
/// - what moves the value most: the same, unless the intervals of the two overlap;
/// - whether conditions of failure are found, and which: none that at least eight of ten resamples of
///   one sample restrict is restricted in less than half of those of the other.
fn compare(
    samples: &[Sample],
    held: &[Vec<Robustness>],
    plans: &[Candidate],
    sways: &[Influence],
    found: &[Discovery],
    conditions: &[Condition],
) -> Vec<Comparison> {
    let mut checks = Vec::new();
    let n = samples[0].trial.futures as f64;
    let percent = |share: f64| format!("{:.1} %", 100.0 * share);
    for (at, plan) in plans.iter().enumerate() {
        let (one, two) = (held[0][at].all.value, held[1][at].all.value);
        let mean = f64::midpoint(one, two);
        let most = 2.576 * (2.0 * mean * (1.0 - mean) / n).sqrt() + 1.0 / n;
        checks.push(Comparison {
            what: format!("{}: share of futures that meet all thresholds", plan.name),
            first: percent(one),
            second: percent(two),
            same: (one - two).abs() <= most,
        });
        let (one, two) = (&held[0][at], &held[1][at]);
        // Half widths are 1.96 standard errors.
        let error = one.mean_half_width.hypot(two.mean_half_width) / 1.96;
        checks.push(Comparison {
            what: format!("{}: mean value", plan.name),
            first: format!("{:.1}", one.mean),
            second: format!("{:.1}", two.mean),
            same: (one.mean - two.mean).abs() <= 2.576 * error + 1e-9,
        });
    }
    for one in 0..plans.len() {
        for other in one + 1..plans.len() {
            let told = |sample: &Sample| {
                let (difference, half) = sample.trial.more_often(one, other);
                match (difference > half, -difference > half) {
                    (true, _) => Some(one),
                    (_, true) => Some(other),
                    _ => None,
                }
            };
            let (first, second) = (told(&samples[0]), told(&samples[1]));
            let words = |which: Option<usize>| {
                which.map_or("not told apart".to_owned(), |at| plans[at].name.clone())
            };
            checks.push(Comparison {
                what: format!(
                    "meets all thresholds more often: {} or {}",
                    plans[one].name, plans[other].name
                ),
                first: words(first),
                second: words(second),
                same: first == second,
            });
        }
    }
    if let (Some(one), Some(two)) = (&sways[0].indices, &sways[1].indices) {
        let top = |indices: &[crate::sensitivity::Indices]| {
            (0..indices.len())
                .max_by(|&a, &b| {
                    indices[a]
                        .total
                        .value
                        .total_cmp(&indices[b].total.value)
                        .then(b.cmp(&a))
                })
                .unwrap_or(0)
        };
        let (first, second) = (top(one), top(two));
        let overlap = |indices: &[crate::sensitivity::Indices]| {
            let (a, b) = (indices[first].total, indices[second].total);
            (a.value - b.value).abs() <= a.half_width + b.half_width
        };
        checks.push(Comparison {
            what: "what moves the value most".to_owned(),
            first: sways[0].names[first].clone(),
            second: sways[1].names[second].clone(),
            same: first == second || (overlap(one) && overlap(two)),
        });
    }
    let tells = |found: &Discovery| match found.nothing {
        None => found.boxes[0].conditions(conditions),
        Some(Nothing::NeverFails) => "it never fails".to_owned(),
        Some(Nothing::AlwaysFails) => "it always fails".to_owned(),
        Some(_) => "nothing tells".to_owned(),
    };
    let agree = |one: &Discovery, two: &Discovery| match (one.boxes.first(), two.boxes.first()) {
        (None, None) => true,
        (Some(_), Some(_)) => {
            let kept = |a: &Discovery, b: &Discovery| {
                let mut pairs = a.reproduced.iter().zip(&b.reproduced);
                pairs.all(|(&a, &b)| a < 0.8 || b >= 0.5)
            };
            kept(one, two) && kept(two, one)
        }
        _ => false,
    };
    checks.push(Comparison {
        what: "where the plan fails".to_owned(),
        first: tells(&found[0]),
        second: tells(&found[1]),
        same: agree(&found[0], &found[1]),
    });
    checks
}
