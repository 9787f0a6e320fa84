//! Choosing before the budget is known: a list of priorities of which as much is done as the budget
//! allows, so that what is done with a small budget is done with every larger one too (Koç, Morton,
//! Popova, Hess, Kee & Richards, *The Engineering Economist* 54, 2009).
//!
//! A nested choice is a schedule in disguise: scenarios stand for periods, from the poorest to the
//! richest, and an item that is first done in a scenario is done in all that follow. So the same
//! search finds it, the same tree proves it, and the same checker has the last word.

use crate::branch::branch;
use crate::problem::{Activity, Fault, LARGEST, Limit, Problem, Resource};
use crate::search::{Effort, Outcome, search};

/// Something that may be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// What it is called in messages.
    pub name: String,
    /// What it is worth, in whole units.
    pub value: i64,
    /// What it costs, in each year.
    pub costs: Vec<i64>,
    /// Whether it must be done in every scenario.
    pub mandatory: bool,
}

/// What may come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// How likely it is: a whole number, as a share of the sum of all weights.
    pub weight: i64,
    /// What there is, in each year.
    pub budgets: Vec<i64>,
}

/// Items and scenarios; scenarios from the poorest to the richest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Portfolio {
    /// What may be done.
    pub items: Vec<Item>,
    /// What may come: no year of a scenario may be poorer than that year in the one before.
    pub scenarios: Vec<Scenario>,
}

/// What is done in which scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// `done[s][i]`: whether item `i` is done in scenario `s`.
    pub done: Vec<Vec<bool>>,
    /// The sum over scenarios of weight × value of what is done: the expected value, times the sum of
    /// the weights.
    pub worth: i128,
    /// No choice is worth more.
    pub bound: i128,
}

impl Portfolio {
    /// Whether the portfolio makes sense.
    ///
    /// # Errors
    /// All faults that are found: no scenario, years that do not match, weights or budgets below zero,
    /// scenarios out of order.
    pub fn validate(&self) -> Result<(), Vec<Fault>> {
        let mut faults = Vec::new();
        let years = self.scenarios.first().map_or(0, |s| s.budgets.len());
        if years == 0 {
            faults.push(Fault("there is no scenario, or none has a year".to_owned()));
        }
        for (s, scenario) in self.scenarios.iter().enumerate() {
            if scenario.budgets.len() != years {
                let given = scenario.budgets.len();
                faults.push(Fault(format!(
                    "scenario {}: {given} years of {years}",
                    s + 1
                )));
            }
            if !(0..=1_000_000).contains(&scenario.weight) {
                let weight = scenario.weight;
                faults.push(Fault(format!(
                    "scenario {}: the weight {weight} is not in 0 to 1,000,000",
                    s + 1
                )));
            }
        }
        if self.scenarios.iter().map(|s| s.weight).sum::<i64>() == 0 {
            faults.push(Fault(
                "the weights of the scenarios sum to nothing".to_owned(),
            ));
        }
        for (s, pair) in self.scenarios.windows(2).enumerate() {
            let poorer = pair[0]
                .budgets
                .iter()
                .zip(&pair[1].budgets)
                .any(|(a, b)| b < a);
            if poorer {
                faults.push(Fault(format!(
                    "scenario {} is poorer than scenario {} in some year; they must go from the poorest to the richest",
                    s + 2,
                    s + 1
                )));
            }
        }
        for item in &self.items {
            let name = &item.name;
            if item.costs.len() != years {
                faults.push(Fault(format!(
                    "{name}: {} costs for {years} years",
                    item.costs.len()
                )));
            }
            if item.value.abs() > LARGEST {
                faults.push(Fault(format!(
                    "{name}: the value {} is beyond {LARGEST}",
                    item.value
                )));
            }
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(faults)
        }
    }

    /// The best choice in which what is done in a scenario is done in all richer ones.
    ///
    /// # Errors
    /// The faults of a portfolio that makes no sense, or what must be done and can't be paid.
    pub fn nested(&self, effort: &Effort, nodes: u64) -> Result<Choice, Vec<Fault>> {
        let (problem, scale) = self.as_schedule()?;
        let (starts, bound) = solve(&problem, effort, nodes)?;
        let done: Vec<Vec<bool>> = (0..self.scenarios.len())
            .map(|s| {
                starts
                    .iter()
                    .map(|start| start.is_some_and(|e| e <= s))
                    .collect()
            })
            .collect();
        let worth = self.worth(&done);
        let bound = worth.max(bound * i128::from(scale));
        Ok(Choice { done, worth, bound })
    }

    /// The nested choice as a problem whose periods are the scenarios and whose activities go on to
    /// the end; and by what the values were divided, rounding up, to keep within [`LARGEST`].
    ///
    /// # Errors
    /// The faults of a portfolio that makes no sense.
    pub fn as_schedule(&self) -> Result<(Problem, i64), Vec<Fault>> {
        self.validate()?;
        let scenarios = self.scenarios.len();
        // What it is worth to do an item from a scenario on.
        let tails: Vec<i128> = (0..scenarios)
            .map(|s| {
                self.scenarios[s..]
                    .iter()
                    .map(|s| i128::from(s.weight))
                    .sum()
            })
            .collect();
        let most = self
            .items
            .iter()
            .map(|item| i128::from(item.value.abs()) * tails[0])
            .max();
        let scale = most.unwrap_or(0) / i128::from(LARGEST) + 1;
        let up = |worth: i128| -((-worth).div_euclid(scale)) as i64;
        let activity = |item: &Item| Activity {
            name: item.name.clone(),
            duration: scenarios,
            demand: item
                .costs
                .iter()
                .map(|&cost| vec![cost; scenarios])
                .collect(),
            value: (0..scenarios)
                .map(|s| (s == 0 || !item.mandatory).then(|| up(i128::from(item.value) * tails[s])))
                .collect(),
            mandatory: item.mandatory,
            ..Activity::default()
        };
        let years = self.scenarios[0].budgets.len();
        let problem = Problem {
            horizon: scenarios,
            resources: (0..years)
                .map(|year| Resource {
                    name: format!("year {}", year + 1),
                    limit: Limit::EachPeriod(
                        self.scenarios.iter().map(|s| s.budgets[year]).collect(),
                    ),
                })
                .collect(),
            activities: self.items.iter().map(activity).collect(),
            ..Problem::default()
        };
        Ok((problem, scale as i64))
    }

    /// The best choice in each scenario by itself: what could be had if the budget were known first.
    ///
    /// # Errors
    /// As [`Self::nested`].
    pub fn apart(&self, effort: &Effort, nodes: u64) -> Result<Choice, Vec<Fault>> {
        self.validate()?;
        let mut done = Vec::with_capacity(self.scenarios.len());
        let mut bound = 0;
        for scenario in &self.scenarios {
            let alone = Self {
                items: self.items.clone(),
                scenarios: vec![Scenario {
                    weight: 1,
                    budgets: scenario.budgets.clone(),
                }],
            };
            let best = alone.nested(effort, nodes)?;
            bound += best.bound * i128::from(scenario.weight);
            done.extend(best.done);
        }
        let worth = self.worth(&done);
        Ok(Choice { done, worth, bound })
    }

    fn worth(&self, done: &[Vec<bool>]) -> i128 {
        let of = |done: &Vec<bool>| -> i128 {
            let values = self.items.iter().zip(done).filter(|(_, done)| **done);
            values.map(|(item, _)| i128::from(item.value)).sum()
        };
        let each = self.scenarios.iter().zip(done);
        each.map(|(scenario, done)| i128::from(scenario.weight) * of(done))
            .sum()
    }
}

impl Choice {
    /// Items in the order in which they are done: by the poorest scenario in which each is done, then
    /// as given. Those that are done in none are left out.
    #[must_use]
    pub fn priorities(&self) -> Vec<usize> {
        let items = self.done.first().map_or(0, Vec::len);
        let first = |i: usize| self.done.iter().position(|done| done[i]);
        let mut list: Vec<usize> = (0..items).filter(|&i| first(i).is_some()).collect();
        list.sort_by_key(|&i| first(i));
        list
    }
}

fn solve(
    problem: &Problem,
    effort: &Effort,
    nodes: u64,
) -> Result<(crate::problem::Schedule, i128), Vec<Fault>> {
    let known = match search(problem, effort, None)? {
        Outcome::Found(found) => Some(found.schedule),
        Outcome::Missing { .. } => None,
    };
    let tree = branch(problem, known.as_ref(), nodes);
    match (tree.best, tree.bound) {
        (Some((schedule, _)), Some(bound)) => Ok((schedule, bound)),
        _ => Err(vec![Fault(
            "what must be done was not found to be payable in the poorest scenario".to_owned(),
        )]),
    }
}
