//! What the files of a case define and what they refer to.
//!
//! Readers write down, with its place, every id they meet: where a thing is defined and where it
//! is named. Whether the two fit together is then one question for the whole case.

use std::collections::BTreeSet;

use crate::problem::{Place, Problems};

/// The kinds of things that have an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Actor,
    Area,
    Source,
    Event,
    Initiative,
    Framework,
    Element,
    Policy,
    Stream,
    Pool,
    Signpost,
    Trigger,
    Uncertain,
    Scenario,
    Threshold,
}

impl Kind {
    /// Where things of this kind are defined, as words of a message.
    pub fn home(self) -> &'static str {
        match self {
            Kind::Actor => "in actors.csv",
            Kind::Area => "among the areas of case.toml",
            Kind::Source => "among the sources of case.toml",
            Kind::Event => "an event of chronicle.csv",
            Kind::Initiative => "in initiatives.csv",
            Kind::Framework => "a framework",
            Kind::Element => "an element of a framework",
            Kind::Policy => "a policy area of frameworks/crosswalk.toml",
            Kind::Stream => "among the streams of case.toml",
            Kind::Pool => "among the pools of case.toml",
            Kind::Signpost => "among the signposts of case.toml",
            Kind::Trigger => "among the triggers of case.toml",
            Kind::Uncertain => "among the uncertain things of case.toml",
            Kind::Scenario => "among the scenarios of case.toml",
            Kind::Threshold => "among the thresholds of case.toml",
        }
    }

    /// Code of the problem that something of this kind is not defined.
    pub fn unknown(self) -> &'static str {
        match self {
            Kind::Actor => "unknown-actor",
            Kind::Area => "unknown-area",
            Kind::Source => "unknown-source",
            Kind::Event => "unknown-event",
            Kind::Initiative => "unknown-initiative",
            Kind::Framework | Kind::Element => "unknown-element",
            Kind::Policy => "unknown-policy",
            Kind::Stream => "unknown-stream",
            Kind::Pool => "unknown-pool",
            Kind::Signpost => "unknown-signpost",
            Kind::Trigger => "unknown-trigger",
            Kind::Uncertain => "unknown-uncertain",
            Kind::Scenario => "unknown-scenario",
            Kind::Threshold => "unknown-threshold",
        }
    }
}

/// A name at its place.
#[derive(Clone, Debug)]
pub(crate) struct Named {
    pub kind: Kind,
    pub id: String,
    pub place: Place,
}

/// What reading the files brings to light.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// What is wrong so far.
    pub problems: Problems,
    /// Where things are defined.
    pub defined: Vec<Named>,
    /// Where they are referred to.
    pub referred: Vec<Named>,
    /// Kinds whose definitions could not be read in full, so that nothing can be said of a
    /// reference to them.
    pub incomplete: BTreeSet<Kind>,
}

impl Findings {
    /// Notes that a thing is defined here.
    pub fn define(&mut self, kind: Kind, id: &str, place: Place) {
        if !id.is_empty() {
            let id = id.to_owned();
            self.defined.push(Named { kind, id, place });
        }
    }

    /// Notes that a thing is referred to here.
    pub fn refer(&mut self, kind: Kind, id: &str, place: Place) {
        let id = id.to_owned();
        self.referred.push(Named { kind, id, place });
    }
}
