//! What comes next, seen from a day: acts with their chances, what speaks for each, and the past events
//! behind that. Nothing after the day is looked at.

mod because;
mod level;
mod odds;
mod rules;
mod who;

pub use because::Because;
pub use level::Level;
pub use odds::{Odds, OddsKind};
pub use rules::{RuleAct, ToldRule};
pub use who::{Candidate, Who};

use demarche_events::{Date, Event};
use serde::Serialize;

use crate::ForecastError;
use crate::chance::Population;
use crate::graph::events::{date, day};
use crate::graph::{EventGraph, Fact, Names};
use crate::history::History;
use crate::memory::way;

/// Everything up to a day, and how its actors and acts are called.
pub struct Outlook {
    /// The events up to the day.
    pub graph: EventGraph,
    /// Events up to the day that are left out, for only their month or year is known.
    pub vague: usize,
    history: History,
    population: Population,
    now: i32,
    /// The names of entities and acts in sentences.
    called: [Names; 2],
}

/// One act that may come.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Forecast {
    /// Who acts: a number of the graph's entities.
    pub source: u32,
    /// What is done: a number of the graph's acts.
    pub act: u32,
    /// Towards whom.
    pub target: u32,
    /// The probability that it comes within the horizon.
    pub chance: f64,
    /// The probability if it came by chance at the rate of the last year.
    pub last_year: f64,
    /// How many days of the last year had it.
    pub in_last_year: usize,
    /// How many days had it before.
    pub before: usize,
    /// By which forecasts of one chance are put in order.
    order: f64,
}

/// Of which acts it is asked; `None` is any.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wanted {
    /// Who acts.
    pub source: Option<u32>,
    /// What is done.
    pub act: Option<u32>,
    /// Towards whom.
    pub target: Option<u32>,
}

impl Outlook {
    /// What is known at the end of a day of a list of events; `act` says what an event is taken for.
    ///
    /// # Errors
    /// If there is no event whose day is known up to then.
    pub fn of_events(
        events: &[Event],
        as_of: Date,
        act: impl Fn(&Event) -> String,
    ) -> Result<Self, ForecastError> {
        let (graph, vague) = EventGraph::of_events_until(events, Some(as_of), act);
        let now = i32::try_from(day(as_of) + 1 - graph.origin).unwrap_or(i32::MAX);
        Self::at(graph, now, vague)
    }

    /// What is known of an event graph up to a time of its files, itself included; without one, all.
    ///
    /// # Errors
    /// If there is no event up to then.
    pub fn of_graph(mut graph: EventGraph, until: Option<i64>) -> Result<Self, ForecastError> {
        let now = match until {
            Some(time) => {
                let steps = (time - graph.origin).div_euclid(graph.unit.max(1)) + 1;
                i32::try_from(steps.max(-1)).unwrap_or(i32::MAX)
            }
            None => graph.facts.last().map_or(0, |f| f.step + 1),
        };
        graph
            .facts
            .truncate(graph.facts.partition_point(|f| f.step < now));
        let end = graph.facts.len();
        (graph.valid_from, graph.test_from) = (end, end);
        Self::at(graph, now, 0)
    }

    fn at(graph: EventGraph, now: i32, vague: usize) -> Result<Self, ForecastError> {
        if graph.facts.is_empty() {
            return Err(ForecastError::TooFew {
                what: "events up to that day",
                found: 0,
                needed: 1,
            });
        }
        let plain = |names: &Names| {
            let shown: Vec<String> = names.iter().map(|n| n.replace('_', " ")).collect();
            apart(&shown, names)
        };
        Ok(Self {
            called: [plain(&graph.entities), plain(&graph.acts)],
            history: History::of(&graph, &graph.facts, false)?,
            population: Population::of(&graph.facts),
            graph,
            vague,
            now,
        })
    }

    /// Gives entities and acts the names that sentences call them by.
    #[must_use]
    pub fn called(mut self, entity: impl Fn(&str) -> String, act: impl Fn(&str) -> String) -> Self {
        let entities: Vec<String> = self.graph.entities.iter().map(entity).collect();
        let acts: Vec<String> = self.graph.acts.iter().map(act).collect();
        self.called = [
            apart(&entities, &self.graph.entities),
            apart(&acts, &self.graph.acts),
        ];
        self
    }

    /// What an entity is called in sentences.
    pub fn entity(&self, number: u32) -> &str {
        self.called[0].name(number)
    }

    /// What an act is called in sentences.
    pub fn act(&self, number: u32) -> &str {
        self.called[1].name(number)
    }

    /// The first step that is not known.
    pub fn now(&self) -> i32 {
        self.now
    }

    /// A step as a day, or as a time of the graph's files.
    pub fn when(&self, step: i32) -> String {
        self.graph.when(step)
    }

    /// An event by its place in the history's facts.
    pub fn fact(&self, place: u32) -> Fact {
        self.graph.facts[place as usize]
    }

    /// The place of a fact in the list of events that the graph was made of, if it was.
    pub fn event(&self, place: u32) -> Option<u32> {
        self.graph.of_event.get(place as usize).copied()
    }

    /// The same places, but only one of each event: one that was done together is there twice.
    pub fn distinct(&self, facts: &[u32]) -> Vec<u32> {
        let mut kept: Vec<u32> = Vec::with_capacity(facts.len());
        for &at in facts {
            let event = self.event(at);
            if event.is_none() || kept.iter().all(|&k| self.event(k) != event) {
                kept.push(at);
            }
        }
        kept
    }

    /// The latest events of a triple from a step on, as places in the history's facts, latest first.
    pub fn events_of(&self, source: u32, act: u32, target: u32, from: i32) -> Vec<u32> {
        let pair = self.history.memory.find_pair(source, target);
        let all = pair.map_or(&[][..], |p| &p.facts).iter().rev().copied();
        all.take_while(|&at| self.fact(at).step >= from)
            .filter(|&at| {
                let fact = self.fact(at);
                (fact.source, fact.act) == (source, act)
            })
            .collect()
    }

    /// The acts of which chances are asked: for every pair with an act from the one to the other before,
    /// each act that the source has done before, to anyone. What is asked for by name is there even if
    /// the two never met.
    pub fn candidates(&self, wanted: Wanted) -> Vec<(u32, u32, u32)> {
        let memory = &self.history.memory;
        let mut all = Vec::new();
        for source in 0..memory.entities() as u32 {
            if wanted.source.is_some_and(|s| s != source) {
                continue;
            }
            let actor = memory.actor(source);
            let mut targets: Vec<u32> = (actor.pairs.iter())
                .filter(|link| memory.pair(link.place).done.events > 0)
                .map(|link| link.other)
                .filter(|other| wanted.target.is_none_or(|t| t == *other))
                .collect();
            if let (Some(_), Some(target), []) = (wanted.source, wanted.target, &targets[..]) {
                targets.push(target);
            }
            let mut acts: Vec<u32> = (actor.roles.iter())
                .filter(|role| role.0 % 2 == 0)
                .map(|role| role.0 / 2)
                .filter(|act| wanted.act.is_none_or(|a| a == *act))
                .collect();
            if let (Some(_), Some(_), Some(act), []) =
                (wanted.source, wanted.target, wanted.act, &acts[..])
            {
                acts.push(act);
            }
            for &target in &targets {
                all.extend(acts.iter().map(|&act| (source, act, target)));
            }
        }
        all.sort_unstable();
        all
    }

    /// The forecasts of some triples, likeliest first.
    pub fn forecasts(&self, odds: &Odds, triples: &[(u32, u32, u32)]) -> Vec<Forecast> {
        let mut all: Vec<Forecast> = (triples.iter())
            .map(|&(source, act, target)| self.forecast(odds, source, act, target))
            .collect();
        all.sort_by(|a, b| {
            b.chance
                .total_cmp(&a.chance)
                .then(b.order.total_cmp(&a.order))
                .then(b.last_year.total_cmp(&a.last_year))
                .then(b.before.cmp(&a.before))
                .then((a.source, a.act, a.target).cmp(&(b.source, b.act, b.target)))
        });
        all
    }

    fn forecast(&self, odds: &Odds, source: u32, act: u32, target: u32) -> Forecast {
        let (now, horizon) = (self.now, odds.horizon);
        let last_year = (self.population).last_year(source, act, target, now, horizon);
        let (chance, order) = match &odds.kind {
            OddsKind::Learned(chance) => (
                chance.of(&self.history, source, act, target, now),
                (chance.shares(&self.history, source, act, target, now)).log_odds(),
            ),
            OddsKind::LastYear(_) => (last_year, 0.0),
        };
        let year = now.saturating_sub(365);
        let before = (self.history.memory)
            .find_triple(source, way(act, false), target)
            .map_or(0, |cell| cell.events as usize);
        Forecast {
            source,
            act,
            target,
            chance,
            last_year,
            in_last_year: self.population.count(source, act, target, year, now),
            before,
            order,
        }
    }
}

/// Names in sentences; where two are alike, their codes tell them apart.
fn apart(shown: &[String], codes: &Names) -> Names {
    let mut names = Names::default();
    for (shown, code) in shown.iter().zip(codes.iter()) {
        let mut name = shown.clone();
        while names.number(&name).is_some() {
            name = format!("{name} ({code})");
        }
        names.add(&name);
    }
    names
}

impl EventGraph {
    /// A step as a day, or as a time of the graph's files.
    pub fn when(&self, step: i32) -> String {
        match self.of_event.is_empty() {
            true => format!("time {}", self.time(step)),
            false => date(self.time(step)).to_string(),
        }
    }
}
