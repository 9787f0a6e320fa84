//! What sets off what, and who fits an act: a log-linear model over single past events, learned by
//! stochastic gradients of the softmax over candidates, each weight drawn towards nothing.

use crate::history::History;
use crate::question::Question;

use super::candidates::{Candidate, NONE};
use super::present::Present;

/// Groups of evidence, each with a sum of its own.
pub const GROUPS: usize = 6;
/// The group of what [`Factors`](super::factors::Factors) say of what the others leave open.
pub const OPEN: usize = 5;

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

/// Room for the lag classes of a way, side by side.
const LAGS: usize = 8;

/// The evidence that one way between two, of an age in steps, is for another.
pub fn pair_evidence(question: Question, way: u32, age: i32) -> u32 {
    block(0, question.way, way) + lag(age)
}

/// Where the lag classes of a way begin that speaks, in a group, for another.
fn block(group: u32, way: u32, by: u32) -> u32 {
    slot(group, way, by, 0) & !(LAGS as u32 - 1)
}

fn slot(group: u32, a: u32, b: u32, c: u32) -> u32 {
    let mut hash = u64::from(group).wrapping_add(0x51_7C_C1_B7);
    for part in [a, b, c] {
        hash = (hash.rotate_left(23) ^ u64::from(part)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    }
    (hash >> (64 - SLOTS.trailing_zeros())) as u32
}

/// The group of the way of a pair: what is old has one of its own.
fn of_pair(lag: u32) -> usize {
    usize::from(lag > 2)
}

/// What speaks for a candidate by who it is: slot and group.
fn of_labels(history: &History, question: Question, entity: u32) -> [(u32, usize); 5] {
    let blocs = &history.blocs;
    let (sector, other) = (blocs.sector(question.who), blocs.sector(entity));
    let (bloc, its) = (blocs.bloc(question.who), blocs.bloc(entity));
    let same = u32::from(bloc == its);
    [
        (slot(2, question.way, other, same), 3),
        (slot(3, question.way, other, sector), 3),
        (slot(4, same, other, sector), 3),
        (slot(5, question.way, entity, 0), 4),
        (slot(6, bloc, entity, 0), 4),
    ]
}

/// The slots of the evidence for one candidate.
pub fn evidence(
    history: &History,
    present: &Present,
    question: Question,
    entity: u32,
    pair: u32,
    out: &mut Vec<u32>,
) {
    out.clear();
    if pair != NONE {
        let ways = history.memory.pair(pair).ways.iter();
        out.extend(ways.map(|&(way, last)| pair_evidence(question, way, question.step - last)));
    }
    let roles = present.roles(entity).iter();
    out.extend(roles.map(|(way, lag)| block(1, question.way, *way) + lag));
    out.extend(of_labels(history, question, entity).map(|l| l.0));
}

/// The weights of all that may speak in a question by its way, laid out by way and lag.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pair: Vec<[f32; LAGS]>,
    role: Vec<[f32; LAGS]>,
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
    pub fn weight(&self, slot: u32) -> f32 {
        self.weights[slot as usize]
    }

    /// Lays out what may speak in a question.
    pub fn ask(&self, history: &History, question: Question, asked: &mut Asked) {
        let ways = 2 * history.memory.acts() as u32;
        for (group, table) in [(0, &mut asked.pair), (1, &mut asked.role)] {
            table.clear();
            table.extend((0..ways).map(|way| {
                let from = block(group, question.way, way) as usize;
                let mut weights = [0.0; LAGS];
                weights.copy_from_slice(&self.weights[from..from + LAGS]);
                weights
            }));
        }
    }

    /// The sums of the weights of the evidence for a candidate, by group.
    pub fn sums(
        &self,
        history: &History,
        present: &Present,
        question: Question,
        asked: &Asked,
        candidate: &Candidate,
    ) -> [f32; GROUPS] {
        let mut sums = [0.0; GROUPS];
        if candidate.pair != NONE {
            for &(way, last) in &history.memory.pair(candidate.pair).ways {
                let lag = lag(question.step - last);
                sums[of_pair(lag)] += asked.pair[way as usize][lag as usize];
            }
        }
        for &(way, lag) in present.roles(candidate.entity) {
            sums[2] += asked.role[way as usize][lag as usize];
        }
        for (slot, group) in of_labels(history, question, candidate.entity) {
            sums[group] += self.weights[slot as usize];
        }
        sums
    }

    /// One step of learning: the gradient of the loss by the score of a candidate with this evidence.
    pub fn learn(&mut self, evidence: &[u32], gradient: f32) {
        for &slot in evidence {
            let slot = slot as usize;
            let (weight, square) = (&mut self.weights[slot], &mut self.squares[slot]);
            let g = gradient + SHRINK * *weight;
            *square += g * g;
            *weight -= RATE * g / square.sqrt();
        }
    }
}
