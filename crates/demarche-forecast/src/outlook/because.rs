//! What speaks for an act, in words, and the past events behind it.

use serde::Serialize;

use super::{Forecast, Odds, OddsKind, Outlook};
use crate::chance::Ground;
use crate::memory::{Cell, Link, Pair, way};
use crate::model::{rhythm, strength};

/// The most events that are named behind a reason.
const EVENTS: usize = 5;

/// One reason for a chance, or against it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Because {
    /// What it is about.
    pub ground: Ground,
    /// How far it moves the log odds from those of the mean act that was learned from; `None` where
    /// nothing was learned.
    pub weight: Option<f64>,
    /// The weight in words; empty where there is none.
    pub strength: &'static str,
    /// The reason in words.
    pub words: String,
    /// The latest events behind it, as places in the graph's facts, latest first.
    pub events: Vec<u32>,
}

impl Outlook {
    /// Why a chance is what it is: the weightiest first. Where nothing was learned, what is known of the
    /// same act alone.
    pub fn because(&self, odds: &Odds, forecast: &Forecast) -> Vec<Because> {
        let &Forecast {
            source,
            act,
            target,
            ..
        } = forecast;
        let shares = match &odds.kind {
            OddsKind::Learned(chance) => {
                Some(chance.shares(&self.history, source, act, target, self.now))
            }
            OddsKind::LastYear(_) => None,
        };
        let grounds = match shares {
            Some(_) => &Ground::ALL[..],
            None => &[Ground::SameAct],
        };
        let mut all: Vec<Because> = grounds
            .iter()
            .map(|&ground| {
                let (words, events) = self.tell(ground, source, act, target);
                let weight = shares.map(|s| s.of(ground));
                Because {
                    ground,
                    weight,
                    strength: weight.map_or("", strength),
                    words,
                    events: self.distinct(&events),
                }
            })
            .collect();
        let heavy = |b: &Because| b.weight.unwrap_or(0.0).abs();
        all.sort_by(|a, b| heavy(b).total_cmp(&heavy(a)).then(a.ground.cmp(&b.ground)));
        all
    }

    /// A ground in words, and the latest events behind it.
    fn tell(&self, ground: Ground, source: u32, act: u32, target: u32) -> (String, Vec<u32>) {
        let memory = &self.history.memory;
        let (one, other) = (self.entity(source), self.entity(target));
        let pair = memory.find_pair(source, target);
        match ground {
            Ground::SameAct => {
                let Some(cell) = memory.find_triple(source, way(act, false), target) else {
                    return (format!("{one} has not done this to {other} before"), vec![]);
                };
                let rhythm = rhythm(&self.graph, cell);
                let words = format!(
                    "{one} did this to {other} {} before, {}{rhythm}",
                    times(cell),
                    self.last(cell)
                );
                (
                    words,
                    self.latest(pair, |f| (f.source, f.act) == (source, act)),
                )
            }
            Ground::Pair => {
                let Some(cell) = pair.map(|p| &p.done).filter(|c| c.events > 0) else {
                    return (format!("{one} has done nothing to {other} before"), vec![]);
                };
                let words = format!(
                    "{one} acted {} towards {other} in one way or another, {}",
                    times(cell),
                    self.last(cell)
                );
                (words, self.latest(pair, |f| f.source == source))
            }
            Ground::Answer => {
                let Some(cell) = pair.map(|p| &p.undergone).filter(|c| c.events > 0) else {
                    return (format!("{other} has done nothing to {one} before"), vec![]);
                };
                let same = match memory.find_triple(source, way(act, true), target) {
                    Some(cell) => format!(", this very act {}", times(cell)),
                    None => String::new(),
                };
                let words = format!(
                    "{other} acted {} towards {one}{same}, {}",
                    times(cell),
                    self.last(cell)
                );
                (words, self.latest(pair, |f| f.source == target))
            }
            Ground::Source => {
                let Some(role) = memory.find_role(source, way(act, false)) else {
                    return (format!("{one} has done this to nobody before"), vec![]);
                };
                let words = format!(
                    "{one} did this {}, to {}, {}",
                    times(&role.cell),
                    others(role.others.len()),
                    self.last(&role.cell)
                );
                let events =
                    self.over(source, &role.others, |f| (f.source, f.act) == (source, act));
                (words, events)
            }
            Ground::Target => {
                let Some(role) = memory.find_role(target, way(act, true)) else {
                    return (format!("nobody has done this to {other} before"), vec![]);
                };
                let words = format!(
                    "this was done to {other} {}, by {}, {}",
                    times(&role.cell),
                    others(role.others.len()),
                    self.last(&role.cell)
                );
                let events =
                    self.over(target, &role.others, |f| (f.target, f.act) == (target, act));
                (words, events)
            }
            Ground::Act => {
                let cell = &memory.way(way(act, false)).cell;
                let facts = memory.facts();
                let events = (0..facts.len() as u32).rev();
                let events = events
                    .filter(|&at| facts[at as usize].act == act)
                    .take(EVENTS)
                    .collect();
                let words = match cell.events {
                    0 => format!("“{}” has not come before", self.act(act)),
                    _ => format!(
                        "“{}” came {} between anyone, {}",
                        self.act(act),
                        times(cell),
                        self.last(cell)
                    ),
                };
                (words, events)
            }
        }
    }

    fn last(&self, cell: &Cell) -> String {
        match self.graph.of_event.is_empty() {
            true => match self.now - cell.last {
                1 => "last one step ago".to_owned(),
                n => format!("last {n} steps ago"),
            },
            false => format!("last on {}", self.when(cell.last)),
        }
    }

    /// The latest events between two that are wanted.
    fn latest(&self, pair: Option<&Pair>, wanted: impl Fn(&crate::Fact) -> bool) -> Vec<u32> {
        let all = pair.map_or(&[][..], |p| &p.facts).iter().rev().copied();
        all.filter(|&at| wanted(&self.graph.facts[at as usize]))
            .take(EVENTS)
            .collect()
    }

    /// The latest events of one with several others that are wanted.
    fn over(&self, who: u32, links: &[Link], wanted: impl Fn(&crate::Fact) -> bool) -> Vec<u32> {
        let mut links: Vec<Link> = links.to_vec();
        links.sort_unstable_by(|a, b| b.last.cmp(&a.last).then(a.other.cmp(&b.other)));
        links.truncate(EVENTS);
        let mut events: Vec<u32> = (links.iter())
            .flat_map(|link| {
                let pair = self.history.memory.find_pair(who, link.other);
                self.latest(pair, &wanted)
            })
            .collect();
        events.sort_unstable_by(|a, b| b.cmp(a));
        events.dedup();
        events.truncate(EVENTS);
        events
    }
}

fn times(cell: &Cell) -> String {
    match cell.events {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        n => format!("{n} times"),
    }
}

fn others(n: usize) -> String {
    match n {
        1 => "one other".to_owned(),
        n => format!("{n} others"),
    }
}
