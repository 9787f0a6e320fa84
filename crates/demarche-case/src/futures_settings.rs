//! What a case says about all that may come otherwise than planned.

use demarche_events::Period;

/// `[futures]`, `[[uncertain]]`, `[[scenario]]` and `[[threshold]]` of `case.toml`.
#[derive(Clone, Debug, PartialEq)]
pub struct FuturesSettings {
    /// How many futures are drawn where nothing else is asked for.
    pub count: usize,
    /// Where the random numbers begin.
    pub seed: u64,
    /// How futures are chosen.
    pub sample: SampleKind,
    /// What is uncertain, in file order.
    pub uncertain: Vec<Uncertain>,
    /// What may happen, in file order.
    pub scenarios: Vec<Scenario>,
    /// What the plan should come to, in file order.
    pub thresholds: Vec<Threshold>,
}

impl Default for FuturesSettings {
    fn default() -> Self {
        Self {
            count: 10_000,
            seed: 1,
            sample: SampleKind::LatinHypercube,
            uncertain: Vec::new(),
            scenarios: Vec::new(),
            thresholds: Vec::new(),
        }
    }
}

/// How futures are chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SampleKind {
    /// A Latin hypercube.
    #[default]
    LatinHypercube,
    /// A scrambled Sobol' sequence.
    Sobol,
}

/// Something uncertain: a range of values, for some initiatives, pools or actors.
#[derive(Clone, Debug, PartialEq)]
pub struct Uncertain {
    /// Its id.
    pub id: String,
    /// What it is called in a sentence, e.g. "staff of the mission against plan".
    pub name: String,
    /// What is uncertain.
    pub what: UncertainWhat,
    /// Of what.
    pub scope: Scope,
    /// The values.
    pub range: Range,
    /// Whether each of the initiatives, pools or actors has a value of its own, instead of one for
    /// all.
    pub each: bool,
    /// Where the range comes from: a source, or `judgement`.
    pub basis: String,
}

/// What may be uncertain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum UncertainWhat {
    /// How long initiatives take: a factor of the quarters planned.
    Duration,
    /// How likely initiatives deliver: a chance.
    Delivery,
    /// What initiatives are worth: a factor of their benefit.
    Benefit,
    /// How many people there are in pools: a factor of those planned.
    Staff,
    /// How much money there is: a factor of the budget.
    Money,
    /// How strongly actors react: a factor of the exposure judged.
    Exposure,
}

/// Which initiatives, pools or actors are meant. What is empty does not narrow it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// These initiatives …
    pub initiatives: Vec<String>,
    /// … and those of these areas.
    pub areas: Vec<String>,
    /// These staff pools; for an initiative: those whose people work on it.
    pub pools: Vec<String>,
    /// These actors.
    pub actors: Vec<String>,
}

/// A range of values.
#[derive(Clone, Debug, PartialEq)]
pub enum Range {
    /// From low to high, all alike.
    Uniform {
        /// The least.
        low: f64,
        /// The most.
        high: f64,
    },
    /// From low to high, most likely in between.
    Triangular {
        /// The least.
        low: f64,
        /// The most likely.
        likely: f64,
        /// The most.
        high: f64,
    },
    /// One of a list, all alike; never empty.
    List(Vec<f64>),
}

/// Something political that may happen once.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    /// Its id.
    pub id: String,
    /// What it is called in a sentence, e.g. "a new government in Seoul".
    pub name: String,
    /// How likely it happens at all, 0 to 1.
    pub chance: f64,
    /// The first quarter in which it may.
    pub earliest: Period,
    /// The last quarter in which it may.
    pub latest: Period,
    /// What it does, never empty.
    pub effects: Vec<ScenarioEffect>,
    /// Where this comes from: a source, or `judgement`.
    pub basis: String,
}

/// What something that happens does from its quarter on.
#[derive(Clone, Debug, PartialEq)]
pub struct ScenarioEffect {
    /// What it does.
    pub what: EffectWhat,
    /// To what.
    pub scope: Scope,
    /// By which factor, where there is one.
    pub factor: f64,
    /// For how many quarters, or by how many; `None`: to the end of the plan.
    pub quarters: Option<u32>,
}

/// What something that happens may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EffectWhat {
    /// What initiatives deliver is worth a factor of it; 0: they no longer count.
    Benefit,
    /// Initiatives may not start.
    Freeze,
    /// Initiatives that have not ended take so many quarters longer.
    Delay,
    /// There is a factor of the people in pools.
    Staff,
    /// Actors react by a factor.
    Exposure,
}

/// A line that the plan should not cross.
#[derive(Clone, Debug, PartialEq)]
pub struct Threshold {
    /// Its id.
    pub id: String,
    /// What it is called in a sentence, e.g. "four fifths of the benefit".
    pub name: String,
    /// What is measured, and the line.
    pub measure: ThresholdMeasure,
}

/// What is measured of an outcome, and the line it should keep to.
#[derive(Clone, Debug, PartialEq)]
pub enum ThresholdMeasure {
    /// Benefit less lateness, as a share of what is planned, is at least this.
    Benefit(f64),
    /// Benefit less lateness less risk, as a share of what is planned, is at least this.
    Value(f64),
    /// Of the initiatives planned, the share delivered within the plan is at least this.
    Delivered(f64),
    /// These initiatives are delivered by the end of that quarter.
    DeliveredBy(Vec<String>, Period),
    /// Levels of exposure to that actor in a quarter are at most this.
    Exposure(String, f64),
    /// The mean number of quarters by which the initiatives planned are late is at most this.
    Late(f64),
}
