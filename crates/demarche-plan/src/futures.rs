//! Futures: what may come otherwise than planned, and worlds drawn from it.
//!
//! A [`Future`] is one world in plain integers: how long everything takes, what is delivered, what it
//! is then worth, who is there, and what happens. [`Uncertainty`] says which of these are uncertain
//! and within which ranges, and makes a future of a point of the unit cube, so that any sample of
//! points (`crate::sample`) is a sample of futures, and the same point always the same future.

use std::sync::Arc;

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::execute::Execution;

/// As planned, in a future: a thousand thousandths.
pub const AS_PLANNED: u32 = 1000;

/// No factor is larger than this. Thousandths.
pub const LARGEST_FACTOR: u32 = 100_000;

/// One world in which a plan may be carried out. Activities, resources and actors are positions in the
/// [`Execution`] it is for; quarters count from 0. Factors are thousandths of what is planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Future {
    /// Which of a sample it is, from 0.
    pub number: usize,
    /// How many quarters there are.
    pub quarters: usize,
    /// For each activity, how many quarters of work it takes.
    pub durations: Vec<usize>,
    /// For each activity, whether what it promises is delivered when its work is done.
    pub delivered: Vec<bool>,
    /// For each activity and quarter of delivery (`a * quarters + quarter`), the factor of its
    /// benefit.
    pub benefit: Vec<u32>,
    /// For each activity and quarter (`a * quarters + quarter`), whether it may not start then.
    pub frozen: Vec<bool>,
    /// For each resource and quarter (`k * quarters + quarter`), the factor of what there is.
    pub capacity: Vec<u32>,
    /// For each actor and quarter (`actor * quarters + quarter`), the factor of exposure to it: how
    /// strongly it reacts, and so how much of a ceiling a step takes. It is also the rate of hostile
    /// events against the usual one.
    pub exposure: Vec<u32>,
    /// What makes activities take longer from some quarter on.
    pub delays: Vec<Delay>,
    /// For each event that may happen, the quarter in which it does.
    pub happened: Vec<Option<usize>>,
}

/// Activities that take longer from some quarter on, such as those that end with a summit that slips.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delay {
    /// The quarter at whose beginning it becomes known.
    pub quarter: usize,
    /// How many quarters longer.
    pub longer: usize,
    /// Which activities, if they have not ended by then.
    pub activities: Arc<[usize]>,
}

impl Future {
    /// The future in which all comes as planned.
    #[must_use]
    pub fn certain(execution: &Execution) -> Self {
        let problem = execution.problem();
        let (n, quarters) = (problem.activities.len(), problem.horizon);
        Self {
            number: 0,
            quarters,
            durations: problem.activities.iter().map(|a| a.duration).collect(),
            delivered: vec![true; n],
            benefit: vec![AS_PLANNED; n * quarters],
            frozen: vec![false; n * quarters],
            capacity: vec![AS_PLANNED; problem.resources.len() * quarters],
            exposure: vec![AS_PLANNED; execution.actors().len() * quarters],
            delays: Vec::new(),
            happened: Vec::new(),
        }
    }
}

/// How likely each value of something uncertain is.
#[derive(Clone, Debug, PartialEq)]
pub enum Law {
    /// Every value from low to high alike.
    Uniform {
        /// The least.
        low: f64,
        /// The most.
        high: f64,
    },
    /// Most likely in between, falling in straight lines to nothing at both ends.
    Triangular {
        /// The least.
        low: f64,
        /// The most likely.
        likely: f64,
        /// The most.
        high: f64,
    },
    /// One of these, each alike; never empty.
    List(Vec<f64>),
}

impl Law {
    /// The value below which a share `u` of all values lies (the quantile function), `u` in [0, 1].
    #[must_use]
    pub fn quantile(&self, u: f64) -> f64 {
        let u = u.clamp(0.0, 1.0);
        match self {
            Self::Uniform { low, high } => low + u * (high - low),
            Self::Triangular { low, likely, high } => {
                let width = high - low;
                if width <= 0.0 {
                    return *low;
                }
                let mode = (likely - low) / width;
                if u <= mode {
                    low + (u * width * (likely - low)).sqrt()
                } else {
                    high - ((1.0 - u) * width * (high - likely)).sqrt()
                }
            }
            Self::List(values) => {
                let at = (u * values.len() as f64) as usize;
                values[at.min(values.len() - 1)]
            }
        }
    }
}

/// What is uncertain, and of whom: positions in the [`Execution`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// How long activities take: a factor of the planned quarters. What comes round again to the end of
    /// the plan is not touched.
    Duration(Arc<[usize]>),
    /// How likely activities are to deliver: a chance. Several on the same activity multiply.
    Delivery(Arc<[usize]>),
    /// What activities are worth: a factor of their benefit.
    Benefit(Arc<[usize]>),
    /// How much there is of resources (people of a pool, money): a factor.
    Capacity(Arc<[usize]>),
    /// How strongly actors react: a factor of exposure.
    Exposure(Arc<[usize]>),
}

/// Something uncertain.
#[derive(Clone, Debug, PartialEq)]
pub struct Factor {
    /// What it is called in tables.
    pub id: String,
    /// What it is called in a sentence, e.g. "staff of the mission against plan".
    pub name: String,
    /// What.
    pub subject: Subject,
    /// Which values.
    pub law: Law,
    /// Whether each of them has a value of its own, drawn apart. Then it is no coordinate of a future
    /// but part of its luck.
    pub each: bool,
}

/// What an event does from the quarter on in which it happens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// What it does.
    pub what: Consequence,
    /// For how many quarters; `None`: to the end of the plan. Delays ignore it.
    pub lasts: Option<usize>,
}

/// What an event may do. Factors are thousandths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Consequence {
    /// What these activities deliver meanwhile is worth a factor of their benefit; 0: it no longer
    /// counts.
    Benefit(Arc<[usize]>, u32),
    /// These activities may not start meanwhile.
    Freeze(Arc<[usize]>),
    /// These activities, if they have not ended, take so many quarters longer.
    Delay(Arc<[usize]>, usize),
    /// Of these resources there is a factor meanwhile.
    Capacity(Arc<[usize]>, u32),
    /// These actors react by a factor meanwhile.
    Exposure(Arc<[usize]>, u32),
}

/// Something that may happen once.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// What it is called in tables.
    pub id: String,
    /// What it is called in a sentence, e.g. "a new government in Seoul".
    pub name: String,
    /// How likely it happens at all, 0 to 1.
    pub chance: f64,
    /// The first quarter in which it may; all from there to the last are alike.
    pub first: usize,
    /// The last quarter in which it may.
    pub last: usize,
    /// What it does then.
    pub effects: Vec<Effect>,
}

/// All that is uncertain about a plan.
///
/// A future is a point of the unit cube: a coordinate for each factor whose value is shared, one for
/// each event (whether and when), and a last one for luck, from which everything is drawn that each
/// activity has of its own.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Uncertainty {
    /// Factors.
    pub factors: Vec<Factor>,
    /// Events.
    pub events: Vec<Event>,
}

impl Uncertainty {
    /// How many coordinates a future has.
    #[must_use]
    pub fn dimensions(&self) -> usize {
        self.shared().count() + self.events.len() + 1
    }

    fn shared(&self) -> impl Iterator<Item = &Factor> {
        self.factors.iter().filter(|factor| !factor.each)
    }

    /// The names of the coordinates, in their order: factors, events, luck.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        (self.shared().map(|factor| factor.name.clone()))
            .chain(self.events.iter().map(|event| event.name.clone()))
            .chain(std::iter::once("luck".to_owned()))
            .collect()
    }

    /// The ids of the coordinates, in their order; the last is `luck`.
    #[must_use]
    pub fn ids(&self) -> Vec<String> {
        (self.shared().map(|factor| factor.id.clone()))
            .chain(self.events.iter().map(|event| event.id.clone()))
            .chain(std::iter::once("luck".to_owned()))
            .collect()
    }

    /// What the coordinates of a point mean: the value of each factor, and for each event the quarter in
    /// which it happens, or the number of quarters where it never does. Luck, which means nothing by
    /// itself, is left out.
    #[must_use]
    pub fn meaning(&self, point: &[f64], quarters: usize) -> Vec<f64> {
        let mut at = point.iter();
        let mut next = || at.next().copied().unwrap_or(0.5);
        let mut values: Vec<f64> = self.shared().map(|f| f.law.quantile(next())).collect();
        for event in &self.events {
            values.push(event.at(next(), quarters).unwrap_or(quarters) as f64);
        }
        values
    }

    /// The future that a point of the unit cube stands for. A coordinate that is not there counts as
    /// one half.
    #[must_use]
    pub fn draw(&self, execution: &Execution, number: usize, point: &[f64]) -> Future {
        let mut future = Future::certain(execution);
        future.number = number;
        let (n, quarters) = (future.durations.len(), future.quarters);
        let mut at = point.iter();
        let mut next = || at.next().copied().unwrap_or(0.5);
        let mut shared: Vec<Option<f64>> = Vec::with_capacity(self.factors.len());
        for factor in &self.factors {
            shared.push((!factor.each).then(|| factor.law.quantile(next())));
        }
        future.happened = self.events.iter().map(|e| e.at(next(), quarters)).collect();
        let mut luck = ChaCha8Rng::seed_from_u64(next().to_bits());
        let mut duration: Vec<f64> = (future.durations.iter()).map(|&d| d as f64).collect();
        let mut chance = vec![1.0_f64; n];
        for (factor, shared) in self.factors.iter().zip(shared) {
            let mut value = || shared.unwrap_or_else(|| factor.law.quantile(luck.random::<f64>()));
            match &factor.subject {
                Subject::Duration(activities) => {
                    for &a in activities.iter() {
                        let value = value();
                        if !execution.is_endless(a) {
                            duration[a] *= value;
                        }
                    }
                }
                Subject::Delivery(activities) => {
                    activities.iter().for_each(|&a| chance[a] *= value());
                }
                Subject::Benefit(activities) => {
                    for &a in activities.iter() {
                        let value = value();
                        scale(&mut future.benefit[a * quarters..][..quarters], value);
                    }
                }
                Subject::Capacity(resources) => {
                    for &k in resources.iter() {
                        let value = value();
                        scale(&mut future.capacity[k * quarters..][..quarters], value);
                    }
                }
                Subject::Exposure(actors) => {
                    for &c in actors.iter() {
                        let value = value();
                        scale(&mut future.exposure[c * quarters..][..quarters], value);
                    }
                }
            }
        }
        for a in 0..n {
            // Rounded up as often as the fraction says, so that a small factor on a short activity is
            // not lost. Two draws for each activity, whatever is uncertain: the luck of one does not
            // depend on what is said of another.
            let (up, delivers) = (luck.random::<f64>(), luck.random::<f64>());
            future.durations[a] = ((duration[a] + up).floor().min(10_000.0) as usize).max(1);
            future.delivered[a] = delivers < chance[a];
        }
        for (event, happened) in self.events.iter().zip(future.happened.clone()) {
            if let Some(quarter) = happened {
                for effect in &event.effects {
                    effect.set(&mut future, quarter);
                }
            }
        }
        future
    }
}

impl Event {
    /// The quarter in which it happens at a coordinate, if it does: below the chance it happens, and
    /// the place below it says when.
    fn at(&self, u: f64, quarters: usize) -> Option<usize> {
        if u >= self.chance || self.last < self.first {
            return None;
        }
        let count = self.last - self.first + 1;
        let at = (u / self.chance * count as f64) as usize;
        Some(self.first + at.min(count - 1)).filter(|&quarter| quarter < quarters)
    }
}

impl Effect {
    fn set(&self, future: &mut Future, quarter: usize) {
        let quarters = future.quarters;
        let until = self
            .lasts
            .map_or(quarters, |lasts| (quarter + lasts).min(quarters));
        let mut each = |list: &[usize], factors: fn(&mut Future) -> &mut Vec<u32>, by: u32| {
            for &at in list {
                for factor in &mut factors(future)[at * quarters..][quarter..until] {
                    let product = u64::from(*factor) * u64::from(by) / u64::from(AS_PLANNED);
                    *factor = product.min(u64::from(LARGEST_FACTOR)) as u32;
                }
            }
        };
        match &self.what {
            Consequence::Benefit(list, by) => each(list, |f| &mut f.benefit, *by),
            Consequence::Capacity(list, by) => each(list, |f| &mut f.capacity, *by),
            Consequence::Exposure(list, by) => each(list, |f| &mut f.exposure, *by),
            Consequence::Freeze(list) => {
                for &a in list.iter() {
                    future.frozen[a * quarters..][quarter..until].fill(true);
                }
            }
            Consequence::Delay(list, longer) => future.delays.push(Delay {
                quarter,
                longer: *longer,
                activities: list.clone(),
            }),
        }
    }
}

fn scale(factors: &mut [u32], by: f64) {
    for factor in factors {
        *factor = (f64::from(*factor) * by)
            .round()
            .clamp(0.0, f64::from(LARGEST_FACTOR)) as u32;
    }
}
