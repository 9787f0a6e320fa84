//! What sets off what, and who fits an act: a log-linear model over single past events, learned by
//! stochastic gradients of the softmax over candidates, each weight drawn towards nothing.

use crate::history::History;
use crate::question::Question;

use super::candidates::{Candidate, NONE};

/// Groups of evidence, each with a sum of its own.
pub const GROUPS: usize = 6;
/// The group of what [`Factors`](super::factors::Factors) say of what the others leave open.
pub const OPEN: usize = 5;

/// The oldest role that is looked at.
const ROLE: i32 = 14;
const SLOTS: usize = 1 << 19;
/// The length of a step of learning.
const RATE: f32 = 0.008;
/// How strongly a weight is drawn towards nothing.
const SHRINK: f32 = 1e-4;
/// What the squares of gradients begin with.
const SQUARE: f32 = 1e-4;

/// The lag class of an age in steps.
pub fn lag(age: i32) -> u32 {
    match age {
        ..=1 => 0,
        2..=3 => 1,
        4..=7 => 2,
        8..=14 => 3,
        15..=30 => 4,
        31..=90 => 5,
        _ => 6,
    }
}

/// The weights of single pieces of evidence.
#[derive(Clone, Debug)]
pub struct Excitation {
    weights: Vec<f32>,
    /// The sum of the squares of each one's gradients.
    squares: Vec<f32>,
}

impl Default for Excitation {
    fn default() -> Self {
        Self {
            weights: vec![0.0; SLOTS],
            squares: vec![SQUARE; SLOTS],
        }
    }
}

/// The evidence that one way between two, of an age in steps, is for another.
pub fn pair_evidence(question: Question, way: u32, age: i32) -> (u32, u8) {
    let lag = lag(age);
    (slot(0, question.way, way, lag), u8::from(lag > 2))
}

fn slot(group: u32, a: u32, b: u32, c: u32) -> u32 {
    let mut hash = u64::from(group).wrapping_add(0x51_7C_C1_B7);
    for part in [a, b, c] {
        hash = (hash.rotate_left(23) ^ u64::from(part)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
    (hash >> (64 - SLOTS.trailing_zeros())) as u32
}

/// The evidence for one candidate: slot and group.
pub fn evidence(
    history: &History,
    question: Question,
    candidate: &Candidate,
    out: &mut Vec<(u32, u8)>,
) {
    out.clear();
    let memory = &history.memory;
    let now = question.step;
    if candidate.pair != NONE {
        for &(way, last) in &memory.pair(candidate.pair).ways {
            out.push(pair_evidence(question, way, now - last));
        }
    }
    for &(way, last, _) in &memory.actor(candidate.entity).roles {
        let age = now - last;
        if age <= ROLE {
            out.push((slot(1, question.way, way, lag(age)), 2));
        }
    }
    let blocs = &history.blocs;
    let (sector, other) = (blocs.sector(question.who), blocs.sector(candidate.entity));
    let same = u32::from(blocs.bloc(question.who) == blocs.bloc(candidate.entity));
    out.push((slot(2, question.way, other, same), 3));
    out.push((slot(3, question.way, other, sector), 3));
    out.push((slot(4, same, other, sector), 3));
    out.push((slot(5, question.way, candidate.entity, 0), 4));
    out.push((slot(6, blocs.bloc(question.who), candidate.entity, 0), 4));
}

impl Excitation {
    /// All weights that were learned: slot, weight, sum of squares.
    pub fn all(&self) -> impl Iterator<Item = (u32, f32, f32)> {
        let weights = (0..).zip(&self.weights).zip(&self.squares);
        weights
            .filter(|(_, square)| **square > SQUARE)
            .map(|((slot, weight), square)| (slot, *weight, *square))
    }

    /// From weights with their slots; `None` if a slot is out of range.
    pub fn from_all(all: &[(u32, f32, f32)]) -> Option<Self> {
        let mut found = Self::default();
        for &(slot, weight, square) in all {
            *found.weights.get_mut(slot as usize)? = weight;
            found.squares[slot as usize] = square.max(SQUARE);
        }
        Some(found)
    }

    /// The weight of one piece of evidence.
    pub fn weight(&self, evidence: (u32, u8)) -> f32 {
        self.weights[evidence.0 as usize]
    }

    /// The sums of each group.
    pub fn sums(&self, evidence: &[(u32, u8)]) -> [f32; GROUPS] {
        let mut sums = [0.0; GROUPS];
        for &(slot, group) in evidence {
            sums[group as usize] += self.weights[slot as usize];
        }
        sums
    }

    /// One step of learning: the gradient of the loss by the score of a candidate with this evidence.
    pub fn learn(&mut self, evidence: &[(u32, u8)], gradient: f32) {
        for &(slot, _) in evidence {
            let slot = slot as usize;
            let (weight, square) = (&mut self.weights[slot], &mut self.squares[slot]);
            let g = gradient + SHRINK * *weight;
            *square += g * g;
            *weight -= RATE * g / square.sqrt();
        }
    }
}
