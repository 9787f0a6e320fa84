//! What is known at a moment: everything before it, as counts that grow with each new step.
//!
//! Every event is kept in both directions: an act `r` of `s` towards `o` is also the act `r`
//! *undergone* by `o` from `s`. A direction of an act is called a *way*; it is `2 r` for the act done
//! and `2 r + 1` for the act undergone. So the question for a target, (s, r, ?), and the question for
//! a source, (?, r, o), are one question, (who, way, ?), and have one answer.

mod cell;

pub use cell::{Cell, Fading, HALF_LIVES, NEVER};

use rustc_hash::FxHashMap;

use crate::ForecastError;
use crate::graph::Fact;

/// The way of an act: done, or undergone.
pub fn way(act: u32, undergone: bool) -> u32 {
    2 * act + u32::from(undergone)
}

/// Who acts, and towards whom, where a way leads from one to another.
pub fn ends<T>(way: u32, one: T, other: T) -> (T, T) {
    match way % 2 {
        0 => (one, other),
        _ => (other, one),
    }
}

/// All that happened between one entity and another, seen from the first.
#[derive(Clone, Debug, Default)]
pub struct Pair {
    /// The other one.
    pub other: u32,
    /// Acts of the first towards the other.
    pub done: Cell,
    /// Acts of the other towards the first.
    pub undergone: Cell,
    /// The ways of acts between the two, each with its last step.
    pub ways: Vec<(u32, i32)>,
    /// The events between the two, as places in [`Memory::facts`], in the order of time.
    pub facts: Vec<u32>,
    /// Its place among the first one's pairs.
    at: u32,
}

/// An entry of a list: to whom it leads, when last, and where more is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// Who is at the other end.
    pub other: u32,
    /// The last step.
    pub last: i32,
    /// Where more is kept.
    pub place: u32,
}

/// One way of an entity: what it did, or underwent, and with whom.
#[derive(Clone, Debug, Default)]
pub struct Role {
    /// Whose.
    pub who: u32,
    /// All events of it.
    pub cell: Cell,
    /// With whom, with the place of the [`Memory::triple`].
    pub others: Vec<Link>,
    /// Its place among the actor's roles.
    at: u32,
    /// Its place among the way's roles.
    at_way: u32,
}

/// One entity.
#[derive(Clone, Debug, Default)]
pub struct Actor {
    /// What it did.
    pub done: Cell,
    /// What it underwent.
    pub undergone: Cell,
    /// Its [`Pair`]s, in the order in which they first met.
    pub pairs: Vec<Link>,
    /// Its ways, each with its last step and the place of its [`Role`].
    pub roles: Vec<(u32, i32, u32)>,
}

/// One way of all entities.
#[derive(Clone, Debug, Default)]
pub struct Way {
    /// All events.
    pub cell: Cell,
    /// The [`Role`]s of those whose way it is.
    pub roles: Vec<Link>,
}

/// Everything before a moment, as counts.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    fading: Fading,
    triples: Vec<Cell>,
    /// The place of each triple among its pair's ways and among its role's others.
    at: Vec<(u32, u32)>,
    pairs: Vec<Pair>,
    roles: Vec<Role>,
    actors: Vec<Actor>,
    ways: Vec<Way>,
    of_triple: FxHashMap<u64, u32>,
    of_pair: FxHashMap<u64, u32>,
    of_role: FxHashMap<u64, u32>,
    facts: Vec<Fact>,
    last: Option<i32>,
}

/// Room for numbers of entities in a key.
const BITS: u32 = 21;

fn key2(a: u32, b: u32) -> u64 {
    u64::from(a) << 32 | u64::from(b)
}

fn key3(who: u32, way: u32, other: u32) -> u64 {
    (u64::from(who) << (BITS + 1) | u64::from(way)) << BITS | u64::from(other)
}

impl Memory {
    /// An empty memory with room for so many entities and acts.
    pub fn new(entities: usize, acts: usize) -> Self {
        let mut memory = Self::default();
        memory.make_room(entities, acts);
        memory
    }

    /// Makes room for new entities and acts; never takes any away.
    pub fn make_room(&mut self, entities: usize, acts: usize) {
        let entities = entities.max(self.actors.len()).min(1 << BITS);
        let ways = (2 * acts).max(self.ways.len()).min(1 << (BITS + 1));
        self.actors.resize_with(entities, Actor::default);
        self.ways.resize_with(ways, Way::default);
    }

    /// Adds the events of one step. Their order means nothing.
    ///
    /// # Errors
    /// If the step is not after the last one added, if an event is of another step, or if it names an
    /// entity or an act there is no room for. Nothing is added then.
    pub fn add(&mut self, step: i32, facts: &[Fact]) -> Result<(), ForecastError> {
        if let Some(last) = self.last
            && step <= last
        {
            return Err(ForecastError::Backwards {
                last: last.into(),
                asked: step.into(),
            });
        }
        for fact in facts {
            if fact.step != step {
                return Err(ForecastError::Backwards {
                    last: step.into(),
                    asked: fact.step.into(),
                });
            }
            self.check(fact.source, fact.act)?;
            self.check(fact.target, fact.act)?;
        }
        let mut sorted = facts.to_vec();
        sorted.sort_unstable();
        for fact in sorted {
            let place = self.facts.len() as u32;
            self.facts.push(fact);
            self.add_way(step, fact.source, way(fact.act, false), fact.target, place);
            self.add_way(step, fact.target, way(fact.act, true), fact.source, place);
        }
        self.last = Some(step);
        Ok(())
    }

    /// Is there room for an entity and an act?
    ///
    /// # Errors
    /// If there is none.
    pub fn check(&self, entity: u32, act: u32) -> Result<(), ForecastError> {
        let range = |what, id: u32, known: usize| match (id as usize) < known {
            true => Ok(()),
            false => Err(ForecastError::OutOfRange {
                what,
                id,
                known: known as u32,
            }),
        };
        range("entity", entity, self.actors.len())?;
        range("act", act, self.ways.len() / 2)
    }

    fn add_way(&mut self, step: i32, who: u32, way: u32, other: u32, fact: u32) {
        let fading = &self.fading;
        let triples = &mut self.triples;
        let mut new = false;
        let triple = *self
            .of_triple
            .entry(key3(who, way, other))
            .or_insert_with(|| {
                new = true;
                triples.push(Cell::default());
                triples.len() as u32 - 1
            });
        triples[triple as usize].add(step, fading);

        let pairs = &mut self.pairs;
        let actor = &mut self.actors[who as usize];
        let place = *self.of_pair.entry(key2(who, other)).or_insert_with(|| {
            let place = pairs.len() as u32;
            pairs.push(Pair {
                other,
                at: actor.pairs.len() as u32,
                ..Pair::default()
            });
            actor.pairs.push(Link {
                other,
                last: step,
                place,
            });
            place
        });
        let pair = &mut pairs[place as usize];
        actor.pairs[pair.at as usize].last = step;
        let undergone = way % 2 == 1;
        if undergone {
            pair.undergone.add(step, fading);
            actor.undergone.add(step, fading);
        } else {
            pair.done.add(step, fading);
            actor.done.add(step, fading);
        }
        // What an entity does to itself comes here twice.
        if pair.facts.last() != Some(&fact) {
            pair.facts.push(fact);
        }

        let roles = &mut self.roles;
        let all = &mut self.ways[way as usize];
        let place = *self.of_role.entry(key2(who, way)).or_insert_with(|| {
            let place = roles.len() as u32;
            roles.push(Role {
                who,
                at: actor.roles.len() as u32,
                at_way: all.roles.len() as u32,
                ..Role::default()
            });
            all.roles.push(Link {
                other: who,
                last: step,
                place,
            });
            actor.roles.push((way, step, place));
            place
        });
        let role = &mut roles[place as usize];
        role.cell.add(step, fading);
        actor.roles[role.at as usize].1 = step;
        all.roles[role.at_way as usize].last = step;
        if new {
            self.at
                .push((pair.ways.len() as u32, role.others.len() as u32));
            pair.ways.push((way, step));
            role.others.push(Link {
                other,
                last: step,
                place: triple,
            });
        } else {
            let (of_pair, of_role) = self.at[triple as usize];
            pair.ways[of_pair as usize].1 = step;
            role.others[of_role as usize].last = step;
        }
        all.cell.add(step, fading);
    }

    /// How many entities there is room for.
    pub fn entities(&self) -> usize {
        self.actors.len()
    }

    /// How many acts there is room for.
    pub fn acts(&self) -> usize {
        self.ways.len() / 2
    }

    /// The last step that was added.
    pub fn last(&self) -> Option<i32> {
        self.last
    }

    /// All events, in the order in which they came.
    pub fn facts(&self) -> &[Fact] {
        &self.facts
    }

    /// How events fade.
    pub fn fading(&self) -> &Fading {
        &self.fading
    }

    /// The counts of one triple, by its place.
    pub fn triple(&self, place: u32) -> &Cell {
        &self.triples[place as usize]
    }

    /// The counts of all triples, by their places.
    pub fn triples(&self) -> &[Cell] {
        &self.triples
    }

    /// The counts of a triple, if it ever was.
    pub fn find_triple(&self, who: u32, way: u32, other: u32) -> Option<&Cell> {
        let place = self.of_triple.get(&key3(who, way, other))?;
        Some(self.triple(*place))
    }

    /// One pair, by its place.
    pub fn pair(&self, place: u32) -> &Pair {
        &self.pairs[place as usize]
    }

    /// What was between two entities, if anything.
    pub fn find_pair(&self, who: u32, other: u32) -> Option<&Pair> {
        let place = self.of_pair.get(&key2(who, other))?;
        Some(self.pair(*place))
    }

    /// One role, by its place.
    pub fn role(&self, place: u32) -> &Role {
        &self.roles[place as usize]
    }

    /// One way of an entity, if it ever was.
    pub fn find_role(&self, who: u32, way: u32) -> Option<&Role> {
        let place = self.of_role.get(&key2(who, way))?;
        Some(self.role(*place))
    }

    /// One entity; an empty one if there is no such.
    pub fn actor(&self, who: u32) -> &Actor {
        static NONE: Actor = Actor {
            done: Cell::EMPTY,
            undergone: Cell::EMPTY,
            pairs: Vec::new(),
            roles: Vec::new(),
        };
        self.actors.get(who as usize).unwrap_or(&NONE)
    }

    /// One way of all; an empty one if there is no such.
    pub fn way(&self, way: u32) -> &Way {
        static NONE: Way = Way {
            cell: Cell::EMPTY,
            roles: Vec::new(),
        };
        self.ways.get(way as usize).unwrap_or(&NONE)
    }
}
