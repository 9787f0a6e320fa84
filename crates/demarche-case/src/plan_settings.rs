//! What a case says about its plan: for how long, with whom, at what price, and what counts.

use demarche_events::{Date, Period};

/// `[plan]`, `[[pool]]`, `[[ceiling]]` and `[[review]]` of `case.toml`.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanSettings {
    /// How many quarters are planned; the first begins after the day the case is written as of.
    pub quarters: u32,
    /// Whether initiatives that both sides agreed on must be carried out.
    pub agreed: Agreed,
    /// Money for all quarters together. Thousand euros; `None`: no limit.
    pub budget_keur: Option<u64>,
    /// Money for each calendar year, as much of it as the year has quarters in the plan. Thousand
    /// euros; `None`: no limit.
    pub yearly_keur: Option<u64>,
    /// Years that have other money than that.
    pub years: Vec<YearBudget>,
    /// How many initiatives may start in a quarter; `None`: no limit.
    pub starts: Option<u64>,
    /// What counts for how much.
    pub weights: Weights,
    /// What each decision that differs from an earlier plan costs when it is planned again. Points.
    pub keep: u64,
    /// The staff pools.
    pub pools: Vec<Pool>,
    /// How much exposure to hostile reactions is borne.
    pub ceilings: Vec<Ceiling>,
    /// How it is steered once it runs.
    pub steering: crate::Steering,
    /// What may come otherwise.
    pub futures: crate::FuturesSettings,
    /// The quarters in which the partnership programme is reviewed.
    pub reviews: Vec<Period>,
    /// Whether exposure is as the case judges it, or as the past shows where it shows anything.
    pub exposure: Exposure,
    /// Whether exposing initiatives wait until a calming one has ended.
    pub confidence_first: bool,
    /// From which sum of levels of exposure on an initiative waits for that.
    pub confidence_exposure: u64,
}

/// Money of one calendar year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct YearBudget {
    /// The year.
    pub year: i16,
    /// Thousand euros, for those of its quarters that the plan covers.
    pub keur: u64,
}

/// Where exposure to hostile reactions is taken from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Exposure {
    /// The levels that stand in the case.
    #[default]
    Judged,
    /// What the fitted responses say, where they tell it from zero; else the levels of the case.
    Estimated,
}

impl Default for PlanSettings {
    fn default() -> Self {
        Self {
            quarters: 16,
            agreed: Agreed::Free,
            budget_keur: None,
            yearly_keur: None,
            years: Vec::new(),
            starts: None,
            weights: Weights::default(),
            keep: 50,
            pools: Vec::new(),
            ceilings: Vec::new(),
            steering: crate::Steering::default(),
            futures: crate::FuturesSettings::default(),
            reviews: Vec::new(),
            exposure: Exposure::default(),
            confidence_first: false,
            confidence_exposure: 4,
        }
    }
}

/// What becomes of initiatives that both sides agreed on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Agreed {
    /// They are chosen or left out like those that are only proposed, but count for more.
    #[default]
    Free,
    /// They are carried out.
    Must,
}

/// What counts for how much: points of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Weights {
    /// For the first initiative in a pair of theme and line that nothing served; the second adds half
    /// of it, the third a quarter, further ones nothing.
    pub coverage: u64,
    /// For each recommendation that an initiative answers.
    pub recommendations: u64,
    /// For an initiative that both sides agreed on.
    pub agreed: u64,
    /// Off the points of recommendations and agreement, for each quarter that delivery takes.
    /// Per cent.
    pub lateness: u64,
    /// Off, for each level of exposure to each actor.
    pub risk: u64,
    /// For the first initiative that brings technology from one partner to the other, for each
    /// direction; the second adds half of it, the third a third, and so on.
    pub transfer: u64,
    /// For reaching the first level of interoperability in an area; the second adds half of it, the
    /// third a quarter.
    pub interoperability: u64,
    /// For an initiative with a deliverable that one can check, if it were delivered at once; for one
    /// delivered at the end of the plan nothing, in between in proportion.
    pub earliness: u64,
}

impl Default for Weights {
    fn default() -> Self {
        Self {
            coverage: 100,
            recommendations: 100,
            agreed: 100,
            lateness: 3,
            risk: 10,
            transfer: 50,
            interoperability: 50,
            earliness: 0,
        }
    }
}

/// People who can be put to work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pool {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// Those in the `lead` of initiatives whose people these are. An entry that stands there with more
    /// in brackets, `MOFA (mission to NATO)`, belongs to the pool that names it whole, else to that
    /// which names what comes before the bracket.
    pub leads: Vec<String>,
    /// How many there are for the plan in its first quarter. Full-time equivalents.
    pub staff: u64,
    /// How many come on top each year, a quarter of them each quarter. Full-time equivalents.
    pub growth: u64,
    /// Sizes from certain days on, in order of time; from the first of them on, `staff` and `growth`
    /// count no longer. A quarter has what is in force on its first day.
    pub ramp: Vec<Size>,
    /// Rows of `resources.csv` that give such sizes.
    pub from_resources: Option<FromResources>,
}

/// How many people there are from a day on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// The day.
    pub from: Date,
    /// How many. Full-time equivalents.
    pub staff: u64,
}

/// Rows of `resources.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FromResources {
    /// Whose.
    pub entity: String,
    /// Of what.
    pub measure: String,
}

/// How much exposure to one actor's reactions is borne in a quarter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ceiling {
    /// The actor.
    pub actor: String,
    /// The most that the levels of exposure of all initiatives that start or deliver in a quarter may
    /// come to.
    pub most: u64,
}
