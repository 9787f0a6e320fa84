//! What a case says of signposts, of what is done when they are passed, and of how others answer.

use crate::{FigureBasis, Stream};

/// `[[signpost]]`, `[[trigger]]` and `[[reaction]]` of `case.toml`: how a plan is steered once it runs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Steering {
    /// What is watched.
    pub signposts: Vec<Signpost>,
    /// What is done when it crosses its line.
    pub triggers: Vec<Trigger>,
    /// How others are taken to answer the plan where it is simulated.
    pub reactions: Vec<Reaction>,
}

/// A measure that is watched quarter by quarter, and the line that it should not cross.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signpost {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// What is measured of each quarter.
    pub measure: Measure,
    /// On which side of the line it counts as crossed.
    pub side: LineSide,
    /// The line, in the unit of the measure. It is crossed where the value lies beyond it, not on it.
    pub line: u64,
    /// For how many quarters running it must be crossed to count.
    pub quarters: u32,
    /// What a plan loses each time it comes to this, where crossing it is itself the harm. Points.
    pub costs: Option<u64>,
    /// Where the line comes from.
    pub basis: FigureBasis,
    /// What else is to be said.
    pub note: String,
}

/// What is measured of a quarter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Measure {
    /// Acts of the quarter. Acts.
    Events(Watched),
    /// How late the latest of these is: whole quarters since it was due, 0 where all came in time.
    /// Quarters.
    Late(Vec<String>),
    /// What the running initiatives need of a pool above what it has. Full-time equivalents.
    Staff(String),
    /// What the initiatives that started in the last four quarters cost. Per cent of a year's part of
    /// the budget.
    Money,
    /// How much of what was due by the end of the quarter has been delivered. Per cent.
    Delivered,
    /// Levels of exposure to an actor of all initiatives that start or deliver in the quarter. Levels.
    Exposure(String),
}

impl Measure {
    /// The word in `case.toml`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Events(_) => "events",
            Self::Late(_) => "late",
            Self::Staff(_) => "staff",
            Self::Money => "money",
            Self::Delivered => "delivered",
            Self::Exposure(_) => "exposure",
        }
    }

    /// What it is counted in.
    #[must_use]
    pub fn unit(&self) -> &'static str {
        match self {
            Self::Events(_) => "acts",
            Self::Late(_) => "quarters",
            Self::Staff(_) => "full-time equivalents",
            Self::Money | Self::Delivered => "per cent",
            Self::Exposure(_) => "levels",
        }
    }
}

/// Which acts are counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Watched {
    /// Those of a stream of the case: its id.
    Stream(String),
    /// Those described with the signpost itself, as a stream that has its id and name.
    Own(Box<Stream>),
}

/// On which side of a line something counts as crossed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LineSide {
    /// A larger value.
    Above,
    /// A smaller value.
    Below,
}

impl LineSide {
    /// The word in `case.toml`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Above => "above",
            Self::Below => "below",
        }
    }

    /// Whether a value lies beyond a line.
    #[must_use]
    pub fn is_beyond(self, value: f64, line: f64) -> bool {
        match self {
            Self::Above => value > line,
            Self::Below => value < line,
        }
    }
}

/// What is done when signposts are passed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trigger {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// The signposts that pull it: ids.
    pub when: Vec<String>,
    /// Whether all of them must be passed or one will do.
    pub needs: Needs,
    /// What is done, in order.
    pub actions: Vec<Action>,
    /// The harms it is meant to avert: ids of signposts that cost something. May be empty.
    pub averts: Vec<String>,
    /// For how many quarters it rests after it was pulled before it can be pulled again.
    pub rest: u32,
    /// Where it comes from.
    pub basis: FigureBasis,
}

/// Whether all signposts of a trigger must be passed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Needs {
    /// All.
    #[default]
    All,
    /// One is enough.
    Any,
}

/// A step that a trigger takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// What runs stands still, and what has not begun does not start, for so many quarters.
    Pause(Aim, u32),
    /// What was paused goes on.
    Resume(Aim),
    /// Given up, whether it runs or has not begun.
    Drop(Aim),
    /// Initiatives that the plan left out are swapped in, as soon as they may start: ids.
    Start(Vec<String>),
    /// Initiatives that were to start later start as soon as they may, at most so many quarters
    /// earlier: ids.
    Advance(Vec<String>, u32),
    /// Nothing that exposes to the actor at that level or more starts for so many quarters.
    Freeze {
        /// The actor.
        actor: String,
        /// From which level on.
        level: u8,
        /// For how long.
        quarters: u32,
    },
}

impl Action {
    /// The word in `case.toml`.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Pause(..) => "pause",
            Self::Resume(_) => "resume",
            Self::Drop(_) => "drop",
            Self::Start(_) => "start",
            Self::Advance(..) => "advance",
            Self::Freeze { .. } => "freeze",
        }
    }
}

/// Which initiatives a step is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Aim {
    /// These: ids.
    Named(Vec<String>),
    /// All that expose to an actor at that level or more.
    Exposed {
        /// The actor.
        actor: String,
        /// From which level on.
        level: u8,
    },
}

/// How an actor is taken to answer the plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reaction {
    /// The actor.
    pub actor: String,
    /// How much of its hostile acts answers what the partners do. Per cent.
    pub answering: u64,
    /// The acts of a quarter beyond which it escalates if nothing is done; `None`: it does not.
    pub tipping: Option<u64>,
    /// Where this comes from.
    pub basis: FigureBasis,
}
