//! What an initiative says of itself beyond what it is and when: what it is for, what it begins from,
//! who can take it up, what keeping it up costs, and what else a plan must keep to.

use demarche_events::Date;
use serde::{Deserialize, Serialize};

use crate::FigureBasis;

/// What an initiative says of itself for a plan. All of it may be missing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Terms {
    /// What it is to change.
    pub objective: String,
    /// Where that comes from.
    pub objective_basis: Option<FigureBasis>,
    /// How well the receiving side can take it up: 0 not at all, 1 hardly, 2 with help, 3 by itself.
    pub absorption: Option<u8>,
    /// Why, in words.
    pub absorption_note: String,
    /// Where that comes from.
    pub absorption_basis: Option<FigureBasis>,
    /// How things stand before it.
    pub baseline: String,
    /// Where that comes from.
    pub baseline_basis: Option<FigureBasis>,
    /// Staff that it takes after its end. Full-time equivalents.
    pub upkeep_staff: Option<f64>,
    /// What it costs after its end. Thousand euros a year.
    pub upkeep_keur: Option<f64>,
    /// Where those come from.
    pub upkeep_basis: Option<FigureBasis>,
    /// Which way technology goes.
    pub transfer: Option<Transfer>,
    /// Where that comes from.
    pub transfer_basis: Option<FigureBasis>,
    /// The level of interoperability that it reaches in its area: 0 none, 1 compatible, 2
    /// interchangeable, 3 common.
    pub interoperability: Option<u8>,
    /// Where that comes from.
    pub interoperability_basis: Option<FigureBasis>,
    /// Staff that it adds to pools after its end: ids of pools and full-time equivalents.
    pub gives: Vec<(String, f64)>,
    /// Where that comes from.
    pub gives_basis: Option<FigureBasis>,
    /// The last day of the last quarter in which it may start, or a day in it.
    pub latest: Option<Date>,
    /// Does it start only in a quarter that follows a review of the partnership programme?
    pub at_review: bool,
    /// Does it build confidence, so that exposing initiatives may follow?
    pub calming: bool,
    /// Initiatives of the same group are alternatives: at most one is done.
    pub alternatives: Option<String>,
    /// Initiatives of the same group are done together or not at all.
    pub bundle: Option<String>,
    /// What of its staff it takes in each quarter of its life. Per cent; empty: all in each.
    pub staff_profile: Vec<u32>,
    /// What of its cost is paid in each quarter of its life. Per cent, 100 in all; empty: all at once
    /// in the first.
    pub cost_profile: Vec<u32>,
}

/// Which way technology goes between the partners.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transfer {
    /// From the first partner to the second.
    ToPartner,
    /// From the second partner to the first.
    FromPartner,
    /// Both ways.
    Both,
    /// None is handed over.
    None,
}

impl Transfer {
    /// The name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ToPartner => "to-partner",
            Self::FromPartner => "from-partner",
            Self::Both => "both",
            Self::None => "none",
        }
    }
}

impl Terms {
    /// Which of the four fields are missing that auditors of such programmes look for in vain.
    #[must_use]
    pub fn missing(&self) -> Vec<&'static str> {
        [
            ("objective", self.objective.is_empty()),
            ("absorption", self.absorption.is_none()),
            ("baseline", self.baseline.is_empty()),
            (
                "upkeep",
                self.upkeep_staff.is_none() && self.upkeep_keur.is_none(),
            ),
        ]
        .into_iter()
        .filter_map(|(name, missing)| missing.then_some(name))
        .collect()
    }
}
