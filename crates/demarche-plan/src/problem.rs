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
    /// So much over the periods from the first to the last, both included (the budget of a year).
    Span {
        /// The first period.
        first: usize,
        /// The last period, not before the first.
        last: usize,
        /// How much there is in all of them together.
        amount: i64,
    },
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
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Activity {
    /// What it is called in messages.
    pub name: String,
    /// How many periods it takes, at least 1.
    pub duration: usize,
    /// `demand[k][age]`: what it takes of resource `k` in its first, second, … period of life.
    /// What would fall after the horizon counts towards a limit over all periods only.
    pub demand: Vec<Vec<i64>>,
    /// `upkeep[k]`: what it takes of resource `k` in each period after its end, up to the horizon.
    /// Empty: nothing.
    pub upkeep: Vec<i64>,
    /// `gives[k]`: what it adds to resource `k`, which must be limited in each period, from the period
    /// after its end up to the horizon (people who have been hired). Empty: nothing.
    pub gives: Vec<i64>,
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

/// Some activities wait for at least one of others to have ended, whichever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gate {
    /// What it is called in messages.
    pub name: String,
    /// Of these at least one must have ended …
    pub keys: Vec<usize>,
    /// … before any of these starts.
    pub waits: Vec<usize>,
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
    /// Who waits for any one of several.
    pub gates: Vec<Gate>,
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
pub const LARGEST: i64 = 1 << 40;

impl Problem {
    /// What activity `a`, started in period `start`, takes of resource `k` in period `period`: its
    /// demand while it lasts, its upkeep afterwards.
    #[must_use]
    pub fn takes(&self, a: usize, start: usize, k: usize, period: usize) -> i64 {
        let activity = &self.activities[a];
        match period.checked_sub(start) {
            Some(age) if age < activity.duration => activity.demand[k][age],
            Some(_) => activity.upkeep.get(k).copied().unwrap_or(0),
            None => 0,
        }
    }

    /// What activity `a`, started in period `start`, adds to resource `k` in period `period`.
    #[must_use]
    pub fn adds(&self, a: usize, start: usize, k: usize, period: usize) -> i64 {
        let activity = &self.activities[a];
        match start + activity.duration <= period {
            true => activity.gives.get(k).copied().unwrap_or(0),
            false => 0,
        }
    }

    /// What activity `a`, started in period `start`, takes of a resource that is limited over several
    /// periods together. Where the limit is over all, what its life takes beyond the horizon counts.
    #[must_use]
    pub fn takes_in_all(&self, a: usize, start: usize, k: usize) -> i64 {
        let activity = &self.activities[a];
        let (from, to) = match self.resources[k].limit {
            Limit::Total(_) => (0, usize::MAX),
            Limit::Span { first, last, .. } => (first, last),
            Limit::EachPeriod(_) => (0, self.horizon - 1),
        };
        let demand = activity.demand[k].iter().enumerate();
        let life: i64 = demand
            .filter(|(age, _)| (from..=to).contains(&(start + age)))
            .map(|(_, amount)| amount)
            .sum();
        let kept =
            (to.min(self.horizon - 1) + 1).saturating_sub(from.max(start + activity.duration));
        life + activity.upkeep.get(k).copied().unwrap_or(0) * kept as i64
    }

    /// The most there can be of each resource in each period, if everything that could have ended by
    /// then has given what it gives; one figure for a limit over several periods.
    #[must_use]
    pub fn room(&self) -> Vec<Vec<i64>> {
        let mut room: Vec<Vec<i64>> = (self.resources.iter())
            .map(|resource| match &resource.limit {
                Limit::EachPeriod(each) => each.clone(),
                Limit::Total(amount) | Limit::Span { amount, .. } => vec![*amount],
            })
            .collect();
        for activity in &self.activities {
            let Some(first) = activity.value.iter().position(Option::is_some) else {
                continue;
            };
            for (room, &given) in room.iter_mut().zip(&activity.gives) {
                for there in room.iter_mut().skip(first + activity.duration) {
                    *there += given;
                }
            }
        }
        room
    }

    /// Whether activity `a`, started in period `start`, keeps every limit by itself, where `room` is
    /// what there can be at most ([`Problem::room`]).
    #[must_use]
    pub fn fits_alone(&self, room: &[Vec<i64>], a: usize, start: usize) -> bool {
        let activity = &self.activities[a];
        let after = start + activity.duration;
        (self.resources.iter().zip(room).enumerate()).all(|(k, (resource, room))| {
            match &resource.limit {
                Limit::EachPeriod(_) => {
                    let upkeep = activity.upkeep.get(k).copied().unwrap_or(0);
                    (activity.demand[k].iter().zip(&room[start..]))
                        .all(|(demand, limit)| demand <= limit)
                        && (room.iter().skip(after)).all(|limit| upkeep <= *limit)
                }
                Limit::Total(limit) | Limit::Span { amount: limit, .. } => {
                    self.takes_in_all(a, start, k) <= *limit
                }
            }
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
                Limit::Span {
                    first,
                    last,
                    amount,
                } => {
                    if first > last || *last >= periods {
                        fault(format!(
                            "{name}: periods {first} to {last} are no part of {periods} periods"
                        ));
                    }
                    std::slice::from_ref(amount)
                }
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
            for (what, list) in [
                ("upkeep", &activity.upkeep),
                ("what it gives", &activity.gives),
            ] {
                if !list.is_empty() && list.len() != self.resources.len() {
                    fault(format!(
                        "{name}: {what} is given for {} resources where there are {}",
                        list.len(),
                        self.resources.len()
                    ));
                }
                for (amount, resource) in list.iter().zip(&self.resources) {
                    if !(0..=LARGEST).contains(amount) {
                        fault(format!(
                            "{name}: {what}, {amount} of {}, is not in 0 to {LARGEST}",
                            resource.name
                        ));
                    }
                }
            }
            for (&given, resource) in activity.gives.iter().zip(&self.resources) {
                if given != 0 && !matches!(resource.limit, Limit::EachPeriod(_)) {
                    fault(format!(
                        "{name}: {} is limited over several periods, so nothing can be given to it",
                        resource.name
                    ));
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
        for gate in &self.gates {
            for (at, &a) in gate.keys.iter().enumerate() {
                if a >= n {
                    fault(format!("{}: there is no activity number {a}", gate.name));
                } else if gate.keys[..at].contains(&a) {
                    fault(format!("{}: {} stands there twice", gate.name, named(a)));
                }
            }
            for (at, &a) in gate.waits.iter().enumerate() {
                if a >= n {
                    fault(format!("{}: there is no activity number {a}", gate.name));
                } else if gate.waits[..at].contains(&a) {
                    fault(format!("{}: {} stands there twice", gate.name, named(a)));
                } else if gate.keys.contains(&a) {
                    fault(format!("{}: {} would wait for itself", gate.name, named(a)));
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

/// What an activity takes of a resource in each period after its end, less what it gives.
pub(crate) fn net_upkeep(activity: &Activity, k: usize) -> i64 {
    let of = |list: &[i64]| list.get(k).copied().unwrap_or(0);
    of(&activity.upkeep) - of(&activity.gives)
}
