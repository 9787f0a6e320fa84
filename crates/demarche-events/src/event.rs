//! The event: the one thing everything is made of.

use std::fmt;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::{CameoCode, PeriodUnit};

/// How exactly the date of an event is known. Ordered from fine to coarse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// The day is known.
    Day,
    /// Only the month is known; the date is its first day.
    Month,
    /// Only the year is known; the date is its first day.
    Year,
}

impl Precision {
    /// Can an event known this exactly be placed in a period of this length? A month-precision
    /// event is never shown in a week, a year-precision one never in a month or a quarter.
    pub fn fits(self, unit: PeriodUnit) -> bool {
        match self {
            Precision::Day => true,
            Precision::Month => unit >= PeriodUnit::Month,
            Precision::Year => unit >= PeriodUnit::Year,
        }
    }

    /// The name in files: `day`, `month`, `year`.
    pub fn name(self) -> &'static str {
        match self {
            Precision::Day => "day",
            Precision::Month => "month",
            Precision::Year => "year",
        }
    }

    /// A date shown as exactly as it is known: `2023-07-11`, `2023-07`, `2023`.
    pub fn show(self, date: Date) -> String {
        match self {
            Precision::Day => date.to_string(),
            Precision::Month => format!("{:04}-{:02}", date.year(), date.month()),
            Precision::Year => format!("{:04}", date.year()),
        }
    }
}

impl fmt::Display for Precision {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// On this day, this actor did this to that actor, in this area; here is where we read it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Unique in its chronicle.
    pub id: String,
    /// The day, or the first day of the month or year where only that is known.
    pub date: Date,
    /// How exactly the date is known.
    pub precision: Precision,
    /// Who acts: an actor's code.
    pub source: String,
    /// Towards whom: an actor's code.
    pub target: String,
    /// Done together (a meeting, a signature): counts once in each direction.
    pub mutual: bool,
    /// What was done.
    pub cameo: CameoCode,
    /// The area of policy, an id of the case's list.
    pub area: String,
    /// What happened, in a line.
    pub title: String,
    /// The page it was read on.
    pub url: String,
}

impl Event {
    /// The directed pairs this event counts for: one, or both directions where it is mutual.
    pub fn directions(&self) -> impl Iterator<Item = (&str, &str)> {
        let there = (self.source.as_str(), self.target.as_str());
        let back = self.mutual.then_some((there.1, there.0));
        std::iter::once(there).chain(back)
    }

    /// The date shown as exactly as it is known.
    pub fn shown_date(&self) -> String {
        self.precision.show(self.date)
    }
}
