//! What many questions of one step ask of a history, reckoned once: how much is left of everything by
//! then does not depend on the question.

use rustc_hash::FxHashMap;

use crate::history::memory::Cell;
use crate::history::{DIM, History, scale_to_one};

use super::excite::lag;

/// What is older than this does not count along a path.
pub const LATELY: i32 = 45;

/// What is older than this does not count for partners, blocs and what is usual.
pub const LONG_AGO: i32 = 120;

/// Those who take a way most, at most: with many entities there are many who took it once.
const USUAL: usize = 200;

/// The oldest role that is looked at.
const ROLE: i32 = 14;

/// One whom an entity had to do with lately, and what is left of it.
#[derive(Clone, Copy, Debug)]
pub struct Met {
    /// Who.
    pub other: u32,
    /// The place of the [`Pair`](crate::history::memory::Pair).
    pub pair: u32,
    /// Steps since they last met.
    pub age: i32,
    /// What is left of all that was between them, for the three shortest half-lives.
    pub left: [f32; 3],
}

/// One whose way it was not long ago.
#[derive(Clone, Copy, Debug)]
pub struct Taker {
    /// Who.
    pub who: u32,
    /// The place of its [`Role`](crate::history::memory::Role).
    pub role: u32,
    /// Steps since it last took that way.
    pub age: i32,
    /// What is left of its events of that way, for the second and the longest half-life.
    pub left: [f32; 2],
}

/// The direction of the role vectors of many.
type Centre = [f32; DIM];

/// A history as it stands at a step. It follows one history as that grows.
#[derive(Debug, Default)]
pub struct Present {
    /// The step, and how many events are known then.
    of: Option<(i32, usize)>,
    long_left: Vec<f32>,
    activity: Vec<f32>,
    // Of each list, where an entity's part, or a way's, begins.
    met_starts: Vec<u32>,
    met: Vec<Met>,
    /// Of each, what is left between it and those before it of the same entity.
    met_sums: Vec<f32>,
    role_starts: Vec<u32>,
    roles: Vec<(u32, u32)>,
    taker_starts: Vec<u32>,
    takers: Vec<Taker>,
    of_way: FxHashMap<u32, Centre>,
    of_partners: Option<(u32, Centre)>,
    near: Near,
}

/// How like one entity others are, kept while that one asks.
#[derive(Debug, Default)]
struct Near {
    of: Option<u32>,
    /// Whose turn it is: what was kept in an earlier turn no longer counts.
    turn: u32,
    kept: Vec<(u32, f32)>,
}

impl Present {
    /// Comes to a step of the history.
    pub fn come(&mut self, history: &History, now: i32) {
        let memory = &history.memory;
        let of = Some((now, memory.facts().len()));
        if self.of == of {
            return;
        }
        self.of = of;
        self.of_partners = None;
        self.near.of = None;
        let left = |cell: &Cell| cell.faded(3, now, memory.fading());
        self.long_left.clear();
        self.long_left.extend(memory.triples().iter().map(left));
        self.come_to_ways(history, now);
        self.come_to_entities(history, now);
    }

    fn come_to_ways(&mut self, history: &History, now: i32) {
        let memory = &history.memory;
        self.of_way.clear();
        self.takers.clear();
        self.taker_starts.clear();
        self.taker_starts.push(0);
        for way in 0..2 * memory.acts() as u32 {
            let roles = memory.way(way).roles.iter();
            for link in roles.filter(|l| now - l.last <= LONG_AGO) {
                let cell = &memory.role(link.place).cell;
                self.takers.push(Taker {
                    who: link.other,
                    role: link.place,
                    age: now - link.last,
                    left: [1, 3].map(|half| cell.faded(half, now, memory.fading())),
                });
            }
            let from = *self.taker_starts.last().unwrap_or(&0) as usize;
            let all = &mut self.takers[from..];
            if all.len() > USUAL {
                let order = |a: &Taker, b: &Taker| {
                    let much = |t: &Taker| t.left[0] + t.left[1];
                    much(b).total_cmp(&much(a)).then(a.who.cmp(&b.who))
                };
                all.select_nth_unstable_by(USUAL, order);
            }
            self.taker_starts.push(self.takers.len() as u32);
        }
    }

    fn come_to_entities(&mut self, history: &History, now: i32) {
        let memory = &history.memory;
        let fading = memory.fading();
        self.activity.clear();
        self.met.clear();
        self.met_sums.clear();
        self.roles.clear();
        for starts in [&mut self.met_starts, &mut self.role_starts] {
            starts.clear();
            starts.push(0);
        }
        for who in 0..memory.entities() as u32 {
            let actor = memory.actor(who);
            let both = actor.done.faded(3, now, fading) + actor.undergone.faded(3, now, fading);
            self.activity.push(both.sqrt());
            for link in actor.pairs.iter().filter(|l| now - l.last <= LATELY) {
                let pair = memory.pair(link.place);
                let done = pair.done.decayed(now, fading);
                let undergone = pair.undergone.decayed(now, fading);
                self.met.push(Met {
                    other: link.other,
                    pair: link.place,
                    age: now - link.last,
                    left: std::array::from_fn(|half| done[half] + undergone[half]),
                });
            }
            let mut sum = 0.0;
            for met in &self.met[self.met_sums.len()..] {
                sum += met.left[2];
                self.met_sums.push(sum);
            }
            self.met_starts.push(self.met.len() as u32);
            let aged = actor.roles.iter().map(|&(way, last, _)| (way, now - last));
            let lately = aged.filter(|(_, age)| *age <= ROLE);
            self.roles.extend(lately.map(|(way, age)| (way, lag(age))));
            self.role_starts.push(self.roles.len() as u32);
        }
    }

    /// Those whose way it was not long ago, in no order.
    pub fn takers(&self, way: u32) -> &[Taker] {
        span(&self.taker_starts, &self.takers, way)
    }

    /// Those of them whose way it usually is, in no order.
    pub fn usual(&self, way: u32) -> &[Taker] {
        let all = self.takers(way);
        &all[..all.len().min(USUAL)]
    }

    /// Was an entity there before?
    pub fn is_known(&self, who: u32) -> bool {
        self.activity(who) > 0.0
    }

    /// How active an entity is: the root of what is left of all its events, by the longest half-life.
    pub fn activity(&self, who: u32) -> f32 {
        self.activity.get(who as usize).copied().unwrap_or(0.0)
    }

    /// What is left of a triple, by its place, for the longest half-life.
    pub fn long_left(&self, triple: u32) -> f32 {
        self.long_left[triple as usize]
    }

    /// The ways that an entity took in the last fortnight, each with its lag class.
    pub fn roles(&self, who: u32) -> &[(u32, u32)] {
        span(&self.role_starts, &self.roles, who)
    }

    /// Those whom an entity had to do with lately, in the order in which they first met.
    pub fn met(&self, who: u32) -> &[Met] {
        span(&self.met_starts, &self.met, who)
    }

    /// One of those, as `share`, drawn from 0 to 1, says: the more is left between the two the likelier.
    pub fn meet(&self, who: u32, share: f32) -> Option<Met> {
        let sums = span(&self.met_starts, &self.met_sums, who);
        let wanted = share * sums.last()?;
        let at = sums.partition_point(|sum| *sum <= wanted);
        Some(self.met(who)[at.min(sums.len() - 1)])
    }

    /// How like one is another by what they do and undergo: the cosine of their role vectors.
    pub fn likeness(&mut self, history: &History, one: u32, other: u32) -> f32 {
        let near = &mut self.near;
        if near.of != Some(one) {
            near.of = Some(one);
            near.turn = near.turn.wrapping_add(1);
            if near.turn == 0 || near.kept.len() < history.memory.entities() {
                near.turn = 1;
                near.kept.clear();
                near.kept.resize(history.memory.entities(), (0, 0.0));
            }
        }
        match near.kept.get_mut(other as usize) {
            Some((turn, like)) if *turn == near.turn => *like,
            Some(kept) => {
                *kept = (near.turn, history.vectors.likeness(one, other));
                kept.1
            }
            None => history.vectors.likeness(one, other),
        }
    }

    /// The direction of those whose way it is.
    pub fn of_way(&mut self, history: &History, way: u32, now: i32) -> Centre {
        let memory = &history.memory;
        let make = || {
            let of = |place| memory.role(place);
            let roles = memory.way(way).roles.iter().map(|link| of(link.place));
            centre(
                history,
                roles.map(|role| (role.cell.faded(2, now, memory.fading()), role.who)),
            )
        };
        *self.of_way.entry(way).or_insert_with(make)
    }

    /// The direction of those whom one had to do with.
    pub fn of_partners(&mut self, history: &History, who: u32, now: i32) -> Centre {
        if let Some((of, centre)) = self.of_partners
            && of == who
        {
            return centre;
        }
        let memory = &history.memory;
        let fading = memory.fading();
        let pairs = memory.actor(who).pairs.iter();
        let partners = pairs.map(|link| {
            let pair = memory.pair(link.place);
            let left = pair.done.faded(3, now, fading) + pair.undergone.faded(3, now, fading);
            (left, link.other)
        });
        let centre = centre(history, partners);
        self.of_partners = Some((who, centre));
        centre
    }
}

/// What belongs to an entity in a list of all.
fn span<'a, T>(starts: &[u32], all: &'a [T], who: u32) -> &'a [T] {
    match starts.get(who as usize..who as usize + 2) {
        Some(&[from, to]) => &all[from as usize..to as usize],
        _ => &[],
    }
}

/// The direction of the weighted sum of role vectors.
pub fn centre(history: &History, weighted: impl Iterator<Item = (f32, u32)>) -> Centre {
    let mut sum = [0.0; DIM];
    for (weight, entity) in weighted {
        for (a, b) in sum.iter_mut().zip(history.vectors.of_entity(entity)) {
            *a += weight * b;
        }
    }
    scale_to_one(&mut sum);
    sum
}
