//! What is to be decided: activities that may be chosen and started, and what holds them back.
//!
//! Everything is an exact integer, so that what a search finds can be checked without rounding.

use std::fmt;

/// A choice of activities and of their starts: `starts[a]` is the period in which activity `a`
/// starts, counted from 0, or `None` where it is left out.
pub type Schedule = Vec<Option<usize>>;

/// What there is of something that activities use up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Limit {
    /// So much in each period; what is not used in a period is lost (people, a yearly budget).
    EachPeriod(Vec<i64>),
    /// So much over all periods together (a budget that keeps, a ceiling for a total).
    Total(i64),
}

/// Something that activities use up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resource {
    /// What it is called in messages.
    pub name: String,
    /// How much there is, in the unit of the demands.
    pub limit: Limit,
}

/// Something that may be done once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// What it is called in messages.
    pub name: String,
    /// How many periods it takes, at least 1.
    pub duration: usize,
    /// `demand[k][age]`: what it takes of resource `k` in its first, second, … period of life.
    /// What would fall after the horizon counts towards a limit over all periods only.
    pub demand: Vec<Vec<i64>>,
    /// `value[t]`: what it is worth if it starts in period `t`; `None` where it may not.
    pub value: Vec<Option<i64>>,
    /// Whether it must be done.
    pub mandatory: bool,
}

/// One activity waits for the end of another, and needs that other to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Precedence {
    /// The activity that comes first.
    pub before: usize,
    /// The activity that waits.
    pub after: usize,
    /// How many periods lie at least between the end of the one and the start of the other.
    pub lag: usize,
}

/// Activities that serve the same end, so that each further one adds less.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// What it is called in messages.
    pub name: String,
    /// The activities that serve it.
    pub members: Vec<usize>,
    /// `gain[m]`: what the `m + 1`-th chosen member adds; none is larger than the one before, none
    /// is below zero. Further members add nothing.
    pub gain: Vec<i64>,
}

/// A choice and schedule to be made so that the sum of the values is largest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problem {
    /// How many periods there are.
    pub horizon: usize,
    /// What is used up.
    pub resources: Vec<Resource>,
    /// What may be done.
    pub activities: Vec<Activity>,
    /// Who waits for whom.
    pub precedences: Vec<Precedence>,
    /// Groups of which at most one may be done.
    pub exclusions: Vec<Vec<usize>>,
    /// Groups of which all or none are done.
    pub bundles: Vec<Vec<usize>>,
    /// Ends that several activities serve.
    pub cells: Vec<Cell>,
}

/// Why a problem makes no sense, in words that name the part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault(pub String);

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Fault {}

/// The longest horizon: starts are kept in two bytes.
pub const LONGEST_HORIZON: usize = 10_000;
/// The most activities: they are numbered in two bytes.
pub const MOST_ACTIVITIES: usize = 10_000;
/// The most resources.
pub const MOST_RESOURCES: usize = 32;
/// No single quantity may be larger, so that no sum can overflow.
pub const LARGEST: i64 = 1 << 32;

impl Problem {
    /// What activity `a`, started in period `start`, takes of resource `k` in period `period`.
    #[must_use]
    pub fn takes(&self, a: usize, start: usize, k: usize, period: usize) -> i64 {
        match period.checked_sub(start) {
            Some(age) if age < self.activities[a].duration => self.activities[a].demand[k][age],
            _ => 0,
        }
    }

    /// What activity `a` takes of resource `k` in its whole life, as a limit over all periods counts it.
    #[must_use]
    pub fn takes_in_all(&self, a: usize, k: usize) -> i64 {
        self.activities[a].demand[k].iter().sum()
    }

    /// Whether activity `a`, started in period `start` and all by itself, keeps every limit.
    #[must_use]
    pub fn fits_alone(&self, a: usize, start: usize) -> bool {
        self.resources
            .iter()
            .enumerate()
            .all(|(k, resource)| match &resource.limit {
                Limit::EachPeriod(each) => self.activities[a].demand[k]
                    .iter()
                    .zip(&each[start..])
                    .all(|(demand, limit)| demand <= limit),
                Limit::Total(limit) => self.takes_in_all(a, k) <= *limit,
            })
    }

    /// Whether the problem makes sense: all faults that are found.
    ///
    /// # Errors
    /// Lengths that do not fit, negative demands or limits, unknown activities, circles of
    /// prerequisites, gains that grow, quantities beyond [`LARGEST`].
    pub fn validate(&self) -> Result<(), Vec<Fault>> {
        let mut faults = Vec::new();
        let mut fault = |text: String| faults.push(Fault(text));
        let (n, periods) = (self.activities.len(), self.horizon);
        if periods == 0 || periods > LONGEST_HORIZON {
            fault(format!(
                "the horizon is {periods} periods; it must be 1 to {LONGEST_HORIZON}"
            ));
        }
        if n > MOST_ACTIVITIES {
            fault(format!("{n} activities are more than {MOST_ACTIVITIES}"));
        }
        if self.resources.len() > MOST_RESOURCES {
            let given = self.resources.len();
            fault(format!("{given} resources are more than {MOST_RESOURCES}"));
        }
        for resource in &self.resources {
            let name = &resource.name;
            let amounts = match &resource.limit {
                Limit::EachPeriod(each) => {
                    if each.len() != periods {
                        fault(format!(
                            "{name}: {} limits for {periods} periods",
                            each.len()
                        ));
                    }
                    each.as_slice()
                }
                Limit::Total(total) => std::slice::from_ref(total),
            };
            for (period, &amount) in amounts.iter().enumerate() {
                if !(0..=LARGEST).contains(&amount) {
                    fault(format!(
                        "{name}: the limit {amount} in period {period} is not in 0 to {LARGEST}"
                    ));
                }
            }
        }
        for activity in &self.activities {
            let name = &activity.name;
            if activity.duration == 0 || activity.duration > LONGEST_HORIZON {
                fault(format!(
                    "{name}: takes {} periods; it must be 1 to {LONGEST_HORIZON}",
                    activity.duration
                ));
            }
            if activity.demand.len() != self.resources.len() {
                fault(format!(
                    "{name}: demands for {} resources where there are {}",
                    activity.demand.len(),
                    self.resources.len()
                ));
            }
            for (demand, resource) in activity.demand.iter().zip(&self.resources) {
                if demand.len() != activity.duration {
                    fault(format!(
                        "{name}: demand for {} is given for {} periods of {}",
                        resource.name,
                        demand.len(),
                        activity.duration
                    ));
                }
                for &amount in demand {
                    if !(0..=LARGEST).contains(&amount) {
                        fault(format!(
                            "{name}: the demand {amount} for {} is not in 0 to {LARGEST}",
                            resource.name
                        ));
                    }
                }
            }
            if activity.value.len() != periods {
                fault(format!(
                    "{name}: {} values for {periods} periods",
                    activity.value.len()
                ));
            }
            for value in activity.value.iter().flatten() {
                if value.abs() > LARGEST {
                    fault(format!("{name}: the value {value} is beyond {LARGEST}"));
                }
            }
        }
        let named = |a: usize| {
            self.activities
                .get(a)
                .map_or_else(|| format!("number {a}"), |activity| activity.name.clone())
        };
        let mut sound = true;
        for wait in &self.precedences {
            if wait.before >= n || wait.after >= n || wait.lag > LONGEST_HORIZON {
                sound = false;
                fault(format!(
                    "{} cannot wait for {} with a lag of {}: no such activity, or a lag beyond {LONGEST_HORIZON}",
                    named(wait.after),
                    named(wait.before),
                    wait.lag
                ));
            }
        }
        for (kind, groups) in [
            ("at most one of", &self.exclusions),
            ("all or none of", &self.bundles),
        ] {
            for group in groups {
                for (at, &a) in group.iter().enumerate() {
                    if a >= n {
                        fault(format!("{kind}: there is no activity number {a}"));
                    } else if group[..at].contains(&a) {
                        fault(format!("{kind}: {} stands there twice", named(a)));
                    }
                }
            }
        }
        for cell in &self.cells {
            for (at, &a) in cell.members.iter().enumerate() {
                if a >= n {
                    fault(format!("{}: there is no activity number {a}", cell.name));
                } else if cell.members[..at].contains(&a) {
                    fault(format!("{}: {} stands there twice", cell.name, named(a)));
                }
            }
            let falls = cell.gain.windows(2).all(|pair| pair[0] >= pair[1]);
            let within = cell.gain.iter().all(|gain| (0..=LARGEST).contains(gain));
            if !(falls && within) {
                fault(format!(
                    "{}: gains must fall and lie in 0 to {LARGEST}",
                    cell.name
                ));
            }
        }
        if sound && let Err(circle) = self.order() {
            let names: Vec<String> = circle.iter().map(|&a| named(a)).collect();
            fault(format!(
                "prerequisites run in a circle: {} → {}",
                names.join(" → "),
                names[0]
            ));
        }
        if faults.is_empty() {
            Ok(())
        } else {
            Err(faults)
        }
    }

    /// The activities in an order in which each comes after its prerequisites, lower numbers first
    /// where there is a choice.
    ///
    /// # Errors
    /// A circle of activities, each a prerequisite of the next and the last of the first.
    pub fn order(&self) -> Result<Vec<usize>, Vec<usize>> {
        let n = self.activities.len();
        let mut waits_for: Vec<Vec<usize>> = vec![Vec::new(); n];
        for wait in &self.precedences {
            waits_for[wait.after].push(wait.before);
        }
        let mut open: Vec<usize> = waits_for.iter().map(Vec::len).collect();
        let mut frees: Vec<Vec<usize>> = vec![Vec::new(); n];
        for wait in &self.precedences {
            frees[wait.before].push(wait.after);
        }
        let mut ready: std::collections::BTreeSet<usize> =
            (0..n).filter(|&a| open[a] == 0).collect();
        let mut order = Vec::with_capacity(n);
        while let Some(a) = ready.pop_first() {
            order.push(a);
            for &b in &frees[a] {
                open[b] -= 1;
                if open[b] == 0 {
                    ready.insert(b);
                }
            }
        }
        if order.len() == n {
            return Ok(order);
        }
        // Whoever is still open has an open prerequisite: walking back must meet itself.
        let mut path = Vec::new();
        let mut at = (0..n).find(|&a| open[a] > 0).unwrap_or(0);
        loop {
            if let Some(from) = path.iter().position(|&seen| seen == at) {
                let mut circle = path.split_off(from);
                circle.reverse();
                return Err(circle);
            }
            path.push(at);
            let Some(&before) = waits_for[at].iter().find(|&&b| open[b] > 0) else {
                return Err(path);
            };
            at = before;
        }
    }
}
