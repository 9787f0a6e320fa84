//! The kinds of reasons.

use serde::{Deserialize, Serialize};

use super::candidates::CHEAP;
use super::features::NAMES;

/// What a reason is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// The same act between the same two, in the same direction: how lately, how often, in which
    /// rhythm.
    SameAct,
    /// Anything that the one who asks did to the candidate.
    OtherActs,
    /// Anything that the candidate did to the one who asks, and the same act the other way round.
    Answer,
    /// Single past acts between the two that make this one likelier, by act and lag.
    SetsOff,
    /// How usual the candidate is at the other end of this act, now.
    Usual,
    /// How active the candidate is, now, and in what.
    Activity,
    /// Temporal rules: acts, over a third too, after which this one came often.
    Rule,
    /// Paths over a third: to whom a partner does it, partners of partners.
    Path,
    /// What those with a like role do, and to whom.
    Likeness,
    /// What members of the same bloc or sector do.
    Bloc,
    /// What is the same for all candidates, and only turns the others' weight.
    Question,
    /// A sum over several kinds, which is shared out among them before it is shown.
    Sum,
}

impl Kind {
    /// All kinds that are shown.
    pub const ALL: [Self; 11] = [
        Self::SameAct,
        Self::OtherActs,
        Self::Answer,
        Self::SetsOff,
        Self::Usual,
        Self::Activity,
        Self::Rule,
        Self::Path,
        Self::Likeness,
        Self::Bloc,
        Self::Question,
    ];

    /// The kind in a few words.
    pub fn words(self) -> &'static str {
        match self {
            Self::SameAct => "the same act before",
            Self::OtherActs => "other acts towards it",
            Self::Answer => "what it did itself",
            Self::SetsOff => "acts that set it off",
            Self::Usual => "usual in this act",
            Self::Activity => "active now",
            Self::Rule => "temporal rules",
            Self::Path => "over a third",
            Self::Likeness => "those in a like role",
            Self::Bloc => "bloc and sector",
            Self::Question => "the question itself",
            Self::Sum => "all together",
        }
    }

    /// The kind of a column of reasons.
    pub fn of_column(column: usize) -> Self {
        let name = NAMES.get(column).copied().unwrap_or("");
        // A standing among the candidates is of the kind of what it is a standing in.
        let name = name
            .strip_prefix("k.")
            .or(name.strip_prefix("m."))
            .unwrap_or(name);
        match name {
            "first" | "e.sum" | "pre" => Self::Sum,
            "e.pair" | "e.pair_old" => Self::SetsOff,
            "e.role" => Self::Activity,
            "e.sector" => Self::Bloc,
            "e.identity" => Self::Usual,
            "e.fit" => Self::Likeness,
            _ => match name.split('.').next().unwrap_or("") {
                "t" => Self::SameAct,
                "pd" | "p" => Self::OtherActs,
                "pu" | "i" => Self::Answer,
                "r" => Self::Usual,
                "a" => Self::Activity,
                "u" => Self::Rule,
                "w" => Self::Path,
                "n" | "l" => Self::Likeness,
                "b" => Self::Bloc,
                _ => Self::Question,
            },
        }
    }

    /// The kind of each thing a first look sees.
    pub(crate) const OF_CHEAP: [Self; CHEAP] = [
        Self::SameAct,
        Self::SameAct,
        Self::SameAct,
        Self::OtherActs,
        Self::OtherActs,
        Self::Answer,
        Self::Answer,
        Self::Usual,
        Self::Usual,
        Self::Path,
        Self::Path,
        Self::Bloc,
        Self::Bloc,
        Self::Bloc,
        Self::Activity,
        Self::SameAct,
        Self::Question,
        Self::Path,
        Self::Likeness,
        Self::Likeness,
        Self::Likeness,
    ];

    /// The kind of each group of single evidence.
    pub(crate) const OF_GROUP: [Self; super::excite::GROUPS] = [
        Self::SetsOff,
        Self::SetsOff,
        Self::Activity,
        Self::Bloc,
        Self::Usual,
        Self::Likeness,
    ];
}
