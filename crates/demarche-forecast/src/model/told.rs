//! A reason in words, and the past events behind it.

use crate::graph::{EventGraph, Fact};
use crate::history::History;
use crate::history::memory::{Cell, Link, Pair, ends};
use crate::question::Question;
use crate::reasons::Kind;
use crate::reasons::candidates::Candidate;
use crate::reasons::excite::pair_evidence;
use crate::reasons::rules::{Body, Spoken};

use super::Model;

/// The most events that are named behind a reason.
const EVENTS: usize = 5;

/// The mean gap between events as the end of a sentence; nothing where there is none.
pub(crate) fn rhythm(graph: &EventGraph, cell: &Cell) -> String {
    cell.mean_gap().map_or(String::new(), |gap| {
        let unit = match graph.of_event.is_empty() {
            true => "steps",
            false => "days",
        };
        format!(", every {gap:.0} {unit} on average")
    })
}

/// A candidate and all that is needed to speak of it.
pub(super) struct Told<'a> {
    pub(super) graph: &'a EventGraph,
    pub(super) history: &'a History,
    pub(super) question: Question,
    pub(super) candidate: &'a Candidate,
    pub(super) rule: Option<Spoken<'a>>,
}

impl Told<'_> {
    fn name(&self, entity: u32) -> String {
        self.graph.entities.name(entity).replace('_', " ")
    }

    fn act(&self, way: u32) -> String {
        self.graph.acts.name(way / 2).replace('_', " ")
    }

    /// An act between two as a sentence would have it: who, what, whom.
    fn act_of(&self, way: u32, who: u32, other: u32) -> String {
        let (source, target) = ends(way, who, other);
        format!(
            "“{}” by {} towards {}",
            self.act(way),
            self.name(source),
            self.name(target)
        )
    }

    /// The last act of a way from one to another, in words; its events are put to the others.
    fn past_act(&self, way: u32, last: i32, one: u32, other: u32, events: &mut Vec<u32>) -> String {
        let pair = self.history.memory.find_pair(one, other);
        events.extend(self.events(pair, |f| f.step == last && Self::is_of(f, way, one)));
        format!("{} {}", self.act_of(way, one, other), self.ago(last))
    }

    fn ago(&self, last: i32) -> String {
        if !self.graph.of_event.is_empty() {
            return format!("on {}", self.graph.when(last));
        }
        match self.question.step - last {
            1 => "one step ago".to_owned(),
            n => format!("{n} steps ago"),
        }
    }

    /// Is it an event of this way of someone?
    fn is_of(fact: &Fact, way: u32, who: u32) -> bool {
        let doer = match way % 2 {
            0 => fact.source,
            _ => fact.target,
        };
        fact.act == way / 2 && doer == who
    }

    fn times(cell: &Cell) -> String {
        match cell.events {
            1 => "once".to_owned(),
            2 => "twice".to_owned(),
            n => format!("{n} times"),
        }
    }

    /// The latest events between two that are wanted.
    fn events(&self, pair: Option<&Pair>, wanted: impl Fn(&Fact) -> bool) -> Vec<u32> {
        let facts = self.history.memory.facts();
        let all = pair.map_or(&[][..], |p| &p.facts).iter().rev().copied();
        all.filter(|&at| wanted(&facts[at as usize]))
            .take(EVENTS)
            .collect()
    }

    /// A kind of reason in words, and the events behind it.
    pub(super) fn tell(&self, model: &Model, kind: Kind) -> (String, Vec<u32>) {
        let memory = &self.history.memory;
        let (who, way) = (self.question.who, self.question.way);
        let other = self.candidate.entity;
        let pair = memory.find_pair(who, other);
        let act = way / 2;
        let done_by_who = |fact: &Fact| match way % 2 {
            0 => fact.source == who,
            _ => fact.target == who,
        };
        match kind {
            Kind::SameAct => {
                let Some(cell) = memory.find_triple(who, way, other) else {
                    let what = self.act_of(way, who, other);
                    return (format!("{what} never was before"), Vec::new());
                };
                let rhythm = rhythm(self.graph, cell);
                let words = format!(
                    "{} {} before, last {}{rhythm}",
                    self.act_of(way, who, other),
                    Self::times(cell),
                    self.ago(cell.last)
                );
                (words, self.events(pair, |f| f.act == act && done_by_who(f)))
            }
            Kind::OtherActs | Kind::Answer => {
                let own = kind == Kind::OtherActs;
                let cell = pair.map(|p| if own { &p.done } else { &p.undergone });
                let (from, to) = if own { (who, other) } else { (other, who) };
                let Some(cell) = cell.filter(|c| c.events > 0) else {
                    let (from, to) = (self.name(from), self.name(to));
                    return (format!("no act of {from} towards {to} before"), Vec::new());
                };
                let words = format!(
                    "{} acted {} towards {}, last {}",
                    self.name(from),
                    Self::times(cell),
                    self.name(to),
                    self.ago(cell.last)
                );
                (
                    words,
                    self.events(pair, |f| f.source == from && f.target == to),
                )
            }
            Kind::SetsOff => self.sets_off(model, pair),
            Kind::Usual => {
                let role = memory.find_role(other, way ^ 1);
                let end = if way % 2 == 0 { "target" } else { "source" };
                let Some(role) = role else {
                    let (name, act) = (self.name(other), self.act(way));
                    return (format!("{name} never was the {end} of “{act}”"), Vec::new());
                };
                let words = format!(
                    "{} was the {end} of “{}” {}, with {} others, last {}",
                    self.name(other),
                    self.act(way),
                    Self::times(&role.cell),
                    role.others.len(),
                    self.ago(role.cell.last)
                );
                let mut events = Vec::new();
                for link in latest(&role.others) {
                    let pair = memory.find_pair(other, link.other);
                    events.extend(self.events(pair, |f| {
                        f.act == act
                            && match way % 2 {
                                0 => f.target == other,
                                _ => f.source == other,
                            }
                    }));
                }
                events.sort_unstable_by(|a, b| b.cmp(a));
                events.truncate(EVENTS);
                (words, events)
            }
            Kind::Activity => {
                let actor = memory.actor(other);
                let all = actor.done.events + actor.undergone.events;
                if all == 0 {
                    return (
                        format!("nothing is known of {}", self.name(other)),
                        Vec::new(),
                    );
                }
                let last = actor.done.last.max(actor.undergone.last);
                let words = format!(
                    "{} was in {all} events before, last {}",
                    self.name(other),
                    self.ago(last)
                );
                let mut events = Vec::new();
                for link in latest(&actor.pairs) {
                    events.extend(self.events(Some(memory.pair(link.place)), |_| true));
                }
                events.sort_unstable_by(|a, b| b.cmp(a));
                events.truncate(EVENTS);
                (words, events)
            }
            Kind::Rule => self.by_rule(),
            Kind::Path => self.path(),
            Kind::Likeness => self.likeness(),
            Kind::Bloc => self.bloc(),
            Kind::Question | Kind::Sum => (
                "how this question is usually answered".to_owned(),
                Vec::new(),
            ),
        }
    }

    /// The single past acts between the two that make this one likelier.
    fn sets_off(&self, model: &Model, pair: Option<&Pair>) -> (String, Vec<u32>) {
        let (who, other) = (self.question.who, self.candidate.entity);
        let mut found: Vec<(f32, u32, i32)> = Vec::new();
        for &(way, last) in pair.map_or(&[][..], |p| &p.ways) {
            let evidence = pair_evidence(self.question, way, self.question.step - last);
            found.push((model.excitation.weight(evidence), way, last));
        }
        found.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let strong: Vec<_> = found.iter().filter(|f| f.0 > 0.05).take(2).collect();
        if strong.is_empty() {
            return (
                "no act between the two that usually sets it off".to_owned(),
                Vec::new(),
            );
        }
        let mut events = Vec::new();
        let mut told = Vec::new();
        for (_, way, last) in strong {
            told.push(self.past_act(*way, *last, who, other, &mut events));
        }
        events.truncate(EVENTS);
        (format!("it often follows {}", told.join(", and ")), events)
    }

    /// The rule that speaks most for the candidate.
    fn by_rule(&self) -> (String, Vec<u32>) {
        let Some(Spoken { rule, third }) = self.rule else {
            return ("no rule speaks for it".to_owned(), Vec::new());
        };
        let (who, other) = (self.question.who, self.candidate.entity);
        let mut events = Vec::new();
        let acts = rule.body.acts(who, third, other).into_iter();
        let told = acts.map(|(way, one, two)| {
            let pair = self.history.memory.find_pair(one, two);
            let ways = pair.map_or(&[][..], |pair| &pair.ways);
            let last = ways.iter().find(|w| w.0 == way).map_or(0, |w| w.1);
            self.past_act(way, last, one, two, &mut events)
        });
        let told: Vec<String> = told.collect();
        let of_what = match rule.body {
            Body::One { .. } => "the two",
            Body::Two { .. } => "any three",
            Body::Named { .. } => "anyone and these two",
        };
        events.truncate(EVENTS);
        let words = format!(
            "after {}: of {} walks of this shape between {of_what}, {} end so, where {} would be usual",
            told.join(", then "),
            rule.walks,
            percent(rule.confidence),
            percent(rule.usual),
        );
        (words, events)
    }

    /// The partner over whom the candidate is reached best.
    fn path(&self) -> (String, Vec<u32>) {
        let memory = &self.history.memory;
        let fading = memory.fading();
        let now = self.question.step;
        let (who, other) = (self.question.who, self.candidate.entity);
        let near =
            |pair: &Pair| pair.done.faded(2, now, fading) + pair.undergone.faded(2, now, fading);
        let mut best: Option<(f32, u32)> = None;
        for link in &memory.actor(who).pairs {
            if link.other == other || link.other == who {
                continue;
            }
            if let Some(second) = memory.find_pair(link.other, other) {
                let weight = near(memory.pair(link.place)) * near(second);
                if weight > best.map_or(0.0, |b| b.0) {
                    best = Some((weight, link.other));
                }
            }
        }
        let Some((_, third)) = best else {
            return (
                "no partner of the one is a partner of the other".to_owned(),
                Vec::new(),
            );
        };
        let words = format!(
            "{} has to do with {} and {} with {}",
            self.name(who),
            self.name(third),
            self.name(third),
            self.name(other)
        );
        let mut events = self.events(memory.find_pair(who, third), |_| true);
        events.truncate(EVENTS / 2);
        events.extend(self.events(memory.find_pair(third, other), |_| true));
        events.truncate(EVENTS);
        (words, events)
    }

    /// Those in a like role who do it to the candidate, or have to do with it.
    fn likeness(&self) -> (String, Vec<u32>) {
        let memory = &self.history.memory;
        let (who, way, other) = (self.question.who, self.question.way, self.candidate.entity);
        let like = |entity: u32| self.history.vectors.likeness(who, entity);
        let others = memory
            .find_role(other, way ^ 1)
            .map_or(&[][..], |r| &r.others);
        let best = others
            .iter()
            .filter(|l| l.other != who && l.other != other)
            .max_by(|a, b| {
                like(a.other)
                    .total_cmp(&like(b.other))
                    .then(b.other.cmp(&a.other))
            });
        let Some(best) = best.filter(|b| like(b.other) > 0.2) else {
            return (
                format!("nobody in a role like that of {} does it", self.name(who)),
                Vec::new(),
            );
        };
        let words = format!(
            "{}, in a role like that of {} (likeness {:.2}): {}",
            self.name(best.other),
            self.name(who),
            like(best.other),
            self.act_of(way, best.other, other)
        );
        let pair = memory.find_pair(best.other, other);
        (
            words,
            self.events(pair, |f| Self::is_of(f, way, best.other)),
        )
    }

    /// What others of one's own bloc do to the candidate.
    fn bloc(&self) -> (String, Vec<u32>) {
        let memory = &self.history.memory;
        let blocs = &self.history.blocs;
        let (who, way, other) = (self.question.who, self.question.way, self.candidate.entity);
        if blocs.bloc(who) == blocs.bloc(other) && who != other {
            let words = format!(
                "{} and {} are of one bloc",
                self.name(who),
                self.name(other)
            );
            return (words, Vec::new());
        }
        let mut best: Option<(u32, u32, u32)> = None;
        for &member in blocs.members(blocs.bloc(who)).iter().filter(|m| **m != who) {
            if let Some(cell) = memory.find_triple(member, way, other)
                && best.is_none_or(|b| cell.events > b.0)
            {
                best = Some((cell.events, member, other));
            }
        }
        for &member in blocs
            .members(blocs.bloc(other))
            .iter()
            .filter(|m| **m != other)
        {
            if let Some(cell) = memory.find_triple(who, way, member)
                && best.is_none_or(|b| cell.events > b.0)
            {
                best = Some((cell.events, who, member));
            }
        }
        let Some((events, from, to)) = best else {
            return ("no other of either bloc did it".to_owned(), Vec::new());
        };
        let words = format!(
            "{} {} before, of the same bloc",
            self.act_of(way, from, to),
            if events == 1 {
                "once".to_owned()
            } else {
                format!("{events} times")
            }
        );
        (
            words,
            self.events(memory.find_pair(from, to), |f| Self::is_of(f, way, from)),
        )
    }
}

/// A share as it is written: whole per cent, below ten with one decimal.
fn percent(share: f32) -> String {
    match 100.0 * share {
        p if p < 9.95 => format!("{p:.1} %"),
        p => format!("{p:.0} %"),
    }
}

/// The latest entries of a list, latest first.
fn latest(links: &[Link]) -> Vec<Link> {
    let mut all: Vec<Link> = links.to_vec();
    all.sort_unstable_by(|a, b| b.last.cmp(&a.last).then(a.other.cmp(&b.other)));
    all.truncate(EVENTS);
    all
}
