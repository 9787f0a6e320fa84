//! Who could be the other one: everyone for whom anything speaks, and the first, cheap look at how much.

use crate::history::History;
use crate::history::memory::Link;
use crate::question::Question;

use super::present::{LATELY, LONG_AGO, Present};

/// How many things a first look sees.
pub const CHEAP: usize = 21;
/// Which of them is how well the candidate fits by [`Factors`](super::factors::Factors).
pub const FIT: usize = 20;

/// One candidate at first look.
#[derive(Clone, Copy, Debug)]
pub struct Candidate {
    /// Who.
    pub entity: u32,
    /// What the first look sees.
    pub cheap: [f32; CHEAP],
    /// Its weighted sum.
    pub score: f32,
    /// The place of the pair with the one who asks, or [`NONE`].
    pub pair: u32,
    /// The place of the triple, or [`NONE`].
    pub triple: u32,
    /// The place of its role in the act asked for, or [`NONE`].
    pub role: u32,
}

/// No place.
pub const NONE: u32 = u32::MAX;

/// Partners over whom paths are followed, at most.
const PARTNERS: usize = 24;
/// A partner with more partners than this leads everywhere, and so nowhere.
const HUB: usize = 600;
/// Others whose bloc is looked at, at most.
const KIN: usize = 30;
/// Those who play a like role, at most.
const KINDRED: usize = 16;
/// An act of an age over this no longer says who usually is at its other end.
const USUAL: i32 = 90;
/// What those in a like role did longer ago than this does not count.
const FRESH: i32 = 14;

/// Room for candidates.
#[derive(Clone, Debug, Default)]
pub struct Candidates {
    /// For each entity, the question it was last found for, and its place then.
    slots: Vec<(u32, u32)>,
    epoch: u32,
    /// The candidates found.
    pub found: Vec<Candidate>,
    /// Score, entity and place of each, the best first in front.
    order: Vec<(f32, u32, u32)>,
    close: Vec<Candidate>,
    partners: Vec<(f32, u32, u32)>,
}

impl Candidates {
    fn at(&mut self, entity: u32) -> &mut Candidate {
        let (stamp, slot) = &mut self.slots[entity as usize];
        if *stamp != self.epoch {
            *stamp = self.epoch;
            *slot = self.found.len() as u32;
            self.found.push(Candidate {
                entity,
                cheap: [0.0; CHEAP],
                score: 0.0,
                pair: NONE,
                triple: NONE,
                role: NONE,
            });
        }
        &mut self.found[*slot as usize]
    }

    /// Finds the candidates of a question; the present has come to its step.
    pub fn find(&mut self, history: &History, present: &mut Present, question: Question) {
        let memory = &history.memory;
        let fading = memory.fading();
        let now = question.step;
        self.slots.resize(memory.entities(), (0, 0));
        self.found.clear();
        self.order.clear();
        self.close.clear();
        self.epoch = self.epoch.wrapping_add(1);
        if self.epoch == 0 {
            self.slots.fill((0, 0));
            self.epoch = 1;
        }

        // Those one had to do with.
        self.partners.clear();
        let actor = memory.actor(question.who);
        for link in &actor.pairs {
            let place = link.place;
            let pair = memory.pair(place);
            let mut strength = 0.0;
            let mut seen = [0.0; 4];
            for (side, cell) in [&pair.done, &pair.undergone].into_iter().enumerate() {
                if let Some(age) = cell.age(now) {
                    let faded = cell.faded(2, now, fading);
                    seen[2 * side] = fading.after(age)[2];
                    seen[2 * side + 1] = faded.sqrt();
                    strength += faded;
                }
            }
            let found = self.at(pair.other);
            found.pair = place;
            found.cheap[3..7].copy_from_slice(&seen);
            self.partners.push((strength, pair.other, place));
        }
        // The same act, the same other.
        let role = memory.find_role(question.who, question.way);
        for &Link { other, place, .. } in role.map_or(&[][..], |r| &r.others) {
            let cell = memory.triple(place);
            let age = cell.age(now).unwrap_or(0);
            let recent = fading.after(age)[2];
            let faded = cell.faded(2, now, fading);
            let found = self.at(other);
            found.triple = place;
            found.cheap[0] = recent;
            found.cheap[1] = faded.sqrt();
            found.cheap[2] = (cell.events as f32).sqrt();
            found.cheap[15] = fading.after(age)[1];
        }
        // Those whom the act usually meets.
        let usual = present.usual(question.way ^ 1).iter();
        for taker in usual.filter(|t| t.age <= USUAL) {
            let found = self.at(taker.who);
            found.role = taker.role;
            found.cheap[7] = taker.left[0].sqrt();
            found.cheap[8] = taker.left[1].sqrt();
        }
        // Those whom a partner does it to, and the partners of partners.
        self.partners
            .sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        self.partners.truncate(PARTNERS);
        let total: f32 = self.partners.iter().map(|p| p.0).sum::<f32>().max(1e-9);
        for at in 0..self.partners.len() {
            let (strength, partner, place) = self.partners[at];
            let own = memory.pair(place);
            let fresh = own.done.faded(0, now, fading) + own.undergone.faded(0, now, fading);
            let share = strength / total;
            if let Some(role) = memory.find_role(partner, question.way) {
                let all = role.cell.faded(3, now, fading).max(1.0);
                for &Link { other, place, last } in &role.others {
                    if now - last > LONG_AGO {
                        continue;
                    }
                    let faded = present.long_left(place);
                    self.at(other).cheap[9] += share * faded / all;
                }
            }
            let pairs = &memory.actor(partner).pairs;
            if pairs.len() > HUB {
                continue;
            }
            let of = memory.actor(partner);
            let all = (of.done.faded(2, now, fading) + of.undergone.faded(2, now, fading)).max(1.0);
            let each = share / all;
            for met in present.met(partner).iter().filter(|m| m.left[2] > 0.05) {
                let found = self.at(met.other);
                found.cheap[10] += each * met.left[2];
                found.cheap[17] += fresh * met.left[0];
            }
        }
        // One's own bloc: its members, and those whom they do it to.
        let blocs = &history.blocs;
        let own = blocs.bloc(question.who);
        for &member in blocs.members(own) {
            if present.is_known(member) {
                self.at(member).cheap[11] = 1.0;
            }
        }
        for taker in present.takers(question.way) {
            if taker.who == question.who || blocs.bloc(taker.who) != own {
                continue;
            }
            for link in &memory.role(taker.role).others {
                if now - link.last <= LONG_AGO {
                    self.at(link.other).cheap[12] += present.long_left(link.place);
                }
            }
        }
        // The kin of those whom one does it to.
        let mut kin: Vec<(f32, u32)> = Vec::new();
        for &Link { other, place, .. } in role.map_or(&[][..], |r| &r.others) {
            let faded = present.long_left(place);
            kin.push((faded, other));
        }
        kin.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        kin.truncate(KIN);
        for (faded, other) in kin {
            for &member in blocs.members(blocs.bloc(other)) {
                if member != other && present.is_known(member) {
                    self.at(member).cheap[13] += faded;
                }
            }
        }
        self.kindred(history, present, question);
        for found in &mut self.found {
            found.cheap[14] = present.activity(found.entity);
            for at in [9, 10] {
                found.cheap[at] = (found.cheap[at] * 20.0).sqrt();
            }
            for at in [12, 13, 17, 18, 19] {
                found.cheap[at] = found.cheap[at].sqrt();
            }
            found.cheap[16] = f32::from(u8::from(found.entity == question.who));
        }
    }

    /// Those to whom it is done, lately, by those who play a role like the one who asks.
    fn kindred(&mut self, history: &History, present: &mut Present, question: Question) {
        let memory = &history.memory;
        let fading = memory.fading();
        let now = question.step;
        let mut kindred: Vec<(f32, u32)> = Vec::new();
        for found in &self.found {
            let like = present.likeness(history, question.who, found.entity);
            if like > 0.4 && found.entity != question.who {
                kindred.push((like, found.entity));
            }
        }
        let order = |a: &(f32, u32), b: &(f32, u32)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
        if kindred.len() > KINDRED {
            kindred.select_nth_unstable_by(KINDRED, order);
            kindred.truncate(KINDRED);
        }
        kindred.sort_unstable_by(order);
        for (like, near) in kindred {
            if let Some(role) = memory.find_role(near, question.way) {
                for &Link { other, place, last } in &role.others {
                    if now - last > LATELY {
                        continue;
                    }
                    let faded = memory.triple(place).faded(2, now, fading);
                    if faded > 0.02 {
                        self.at(other).cheap[18] += like * like * faded;
                    }
                }
            }
            let pairs = &memory.actor(near).pairs;
            if pairs.len() > HUB {
                continue;
            }
            let fresh = present.met(near).iter();
            for met in fresh.filter(|m| m.age <= FRESH && m.left[1] > 0.05) {
                self.at(met.other).cheap[19] += like * like * met.left[1];
            }
        }
    }

    /// Scores the candidates by the weights of the first look, keeps the best `most`, best first;
    /// equal ones by number.
    pub fn best(&mut self, weights: &[f32; CHEAP], most: usize) {
        self.order.clear();
        for (place, found) in (0..).zip(&mut self.found) {
            found.score = found.cheap.iter().zip(weights).map(|(a, b)| a * b).sum();
            self.order.push((found.score, found.entity, place));
        }
        let order =
            |a: &(f32, u32, u32), b: &(f32, u32, u32)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
        let close = most.min(self.order.len());
        if close < self.order.len() {
            self.order.select_nth_unstable_by(close, order);
        }
        self.order[..close].sort_unstable_by(order);
        self.close.clear();
        let best = self.order[..close].iter();
        self.close.extend(best.map(|o| self.found[o.2 as usize]));
    }

    /// The candidates that get a closer look, best first.
    pub fn close(&self) -> &[Candidate] {
        &self.close
    }

    /// The others, in no order: who, and the score.
    pub fn rest(&self) -> impl Iterator<Item = (u32, f32)> {
        self.order[self.close.len()..].iter().map(|o| (o.1, o.0))
    }
}
