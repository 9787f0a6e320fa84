//! Who fits whom: short vectors of entities and acts, such that whom an act goes to can be told from
//! the product of the vectors, also where the two never met.
//!
//! A candidate's score for a question is `q · v + b`: `v` and `b` belong to the candidate, and
//! `q = u ∘ w + a + n ∘ t` to the question, with `u` of the one who asks, `w`, `a` and `t` of the way,
//! and `n` the mean of those whom the one who asks met lately. (The first term is the product of
//! Yang, Yih, He, Gao and Deng, 2015.) To the vector of an entity those of its bloc and of its sector
//! are added, so that one who is new is not a stranger. Vectors are learned by stochastic gradients of
//! the softmax, with a step that shrinks with the squares of a row's gradients, in the order of time.

use serde::{Deserialize, Serialize};

use crate::history::{History, dot};
use crate::question::Question;

use super::present::Present;

/// The length of a vector.
pub const SIZE: usize = 32;
type Vector = [f32; SIZE];

/// What the squares of gradients begin with.
const SQUARE: f32 = 0.01;
/// How far the first values are from their middle, at most.
const SPREAD: f32 = 0.1;
/// How strongly a value is drawn towards nothing.
const SHRINK: f32 = 1e-3;
/// A candidate whose chance is off by less than this is not learned from.
const SLIGHT: f32 = 0.002;
/// Whom one met longer ago than this is not looked at.
const LATELY: i32 = 30;
/// How many of them are.
const MET: usize = 16;
/// False answers that are drawn for a true one.
const DRAWN: usize = 32;

fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 31)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x ^ (x >> 32)
}

/// A row of a table: a vector and the mean square of its gradients, summed up.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Row {
    vector: Vector,
    square: f32,
}

/// Vectors by number.
#[derive(Clone, Debug)]
struct Table {
    rows: Vec<Row>,
    salt: u64,
    middle: f32,
}

impl Table {
    fn new(salt: u64, middle: f32) -> Self {
        Self {
            rows: Vec::new(),
            salt,
            middle,
        }
    }

    /// A row before anything is learned: it depends on its number alone.
    fn start(&self, row: u64) -> Row {
        let vector = std::array::from_fn(|d| {
            let drawn = mix(self.salt << 48 ^ row << 8 ^ d as u64) >> 40;
            self.middle + SPREAD * (drawn as f32 / (1_u64 << 23) as f32 - 1.0)
        });
        Row {
            vector,
            square: SQUARE,
        }
    }

    fn make_room(&mut self, rows: usize) {
        for row in self.rows.len()..rows {
            self.rows.push(self.start(row as u64));
        }
    }

    fn get(&self, at: u32) -> &Vector {
        static NOTHING: Vector = [0.0; SIZE];
        self.rows
            .get(at as usize)
            .map_or(&NOTHING, |row| &row.vector)
    }

    fn learn(&mut self, at: u32, gradient: &Vector, rate: f32) {
        let row = &mut self.rows[at as usize];
        row.square += dot(gradient, gradient) / SIZE as f32;
        let step = rate / row.square.sqrt();
        for (value, g) in row.vector.iter_mut().zip(gradient) {
            *value -= step * (g + SHRINK * *value);
        }
    }
}

/// What a question asks for.
#[derive(Clone, Debug)]
pub struct Asked {
    query: Vector,
    asker: Vector,
    met: Vector,
}

impl Default for Asked {
    fn default() -> Self {
        Self {
            query: [0.0; SIZE],
            asker: [0.0; SIZE],
            met: [0.0; SIZE],
        }
    }
}

/// Vectors of entities and ways.
#[derive(Clone, Debug)]
pub struct Factors {
    asker: Table,
    asker_label: Table,
    other: Table,
    other_label: Table,
    near: Table,
    way: Table,
    usual: Table,
    turn: Table,
    bias: Vec<(f32, f32)>,
    /// `v` of each entity with those of its labels, as they were after the last step.
    whole: Vec<Vector>,
    rate: f32,
    drawn: u64,
}

fn add(to: &mut Vector, vector: &Vector, by: f32) {
    for (a, b) in to.iter_mut().zip(vector) {
        *a += by * b;
    }
}

fn times(a: &Vector, b: &Vector) -> Vector {
    std::array::from_fn(|d| a[d] * b[d])
}

/// Those whom one met lately, with weights that sum up to less than 1, the weightiest first.
pub fn met(present: &Present, who: u32, out: &mut Vec<(u32, f32)>) {
    out.clear();
    let lately = present.met(who).iter().filter(|m| m.age <= LATELY);
    out.extend(lately.map(|met| (met.other, met.left[0])));
    let order = |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
    if out.len() > MET {
        out.select_nth_unstable_by(MET, order);
        out.truncate(MET);
    }
    out.sort_unstable_by(order);
    let total: f32 = out.iter().map(|m| m.1).sum();
    for (_, weight) in out {
        *weight /= total + 0.5;
    }
}

impl Factors {
    /// Vectors of nobody yet, which are learned with steps of this length.
    pub fn new(rate: f32) -> Self {
        Self {
            asker: Table::new(1, 0.0),
            asker_label: Table::new(2, 0.0),
            other: Table::new(3, 0.0),
            other_label: Table::new(4, 0.0),
            near: Table::new(5, 0.0),
            way: Table::new(6, 1.0),
            usual: Table::new(7, 0.0),
            turn: Table::new(8, 1.0),
            bias: Vec::new(),
            whole: Vec::new(),
            rate,
            drawn: 0,
        }
    }

    /// Makes room for all that a history knows.
    pub fn make_room(&mut self, history: &History) {
        let entities = history.memory.entities();
        let ways = 2 * history.memory.acts();
        let labels = history.blocs.labels();
        for table in [&mut self.asker, &mut self.other, &mut self.near] {
            table.make_room(entities);
        }
        for table in [&mut self.asker_label, &mut self.other_label] {
            table.make_room(labels);
        }
        for table in [&mut self.way, &mut self.usual, &mut self.turn] {
            table.make_room(ways);
        }
        let known = self.bias.len().max(entities);
        self.bias.resize(known, (0.0, SQUARE));
        if self.whole.len() < known {
            self.sum_up(history);
        }
    }

    /// Adds up the vectors of entities and of their labels, when a step is learned: scores are by what was
    /// learned until then.
    pub fn sum_up(&mut self, history: &History) {
        let mut whole = std::mem::take(&mut self.whole);
        whole.clear();
        whole.extend((0..self.bias.len() as u32).map(|e| self.vector(history, e)));
        self.whole = whole;
    }

    fn vector(&self, history: &History, entity: u32) -> Vector {
        with_labels(&self.other, &self.other_label, history, entity)
    }

    /// What a question asks for; `met` is [`met`] of it.
    pub fn ask(&self, history: &History, question: Question, met: &[(u32, f32)]) -> Asked {
        let asker = with_labels(&self.asker, &self.asker_label, history, question.who);
        let mut all = [0.0; SIZE];
        for &(other, weight) in met {
            add(&mut all, self.near.get(other), weight);
        }
        let mut query = times(&asker, self.way.get(question.way));
        add(&mut query, self.usual.get(question.way), 1.0);
        add(&mut query, &times(&all, self.turn.get(question.way)), 1.0);
        Asked {
            query,
            asker,
            met: all,
        }
    }

    /// How well an entity fits, by what was learned up to the last step.
    pub fn score(&self, asked: &Asked, entity: u32) -> f32 {
        let (Some(whole), Some(bias)) = (
            self.whole.get(entity as usize),
            self.bias.get(entity as usize),
        ) else {
            return 0.0;
        };
        dot(&asked.query, whole) + bias.0
    }

    /// One step of learning: the gradients of the loss by the scores of candidates.
    pub fn learn(
        &mut self,
        history: &History,
        question: Question,
        asked: &Asked,
        met: &[(u32, f32)],
        gradients: impl Iterator<Item = (u32, f32)>,
    ) {
        let rate = self.rate;
        let blocs = &history.blocs;
        let mut by_query = [0.0; SIZE];
        for (entity, gradient) in gradients {
            if gradient.abs() < SLIGHT {
                continue;
            }
            add(&mut by_query, &self.vector(history, entity), gradient);
            let by_vector = asked.query.map(|q| gradient * q);
            self.other.learn(entity, &by_vector, rate);
            self.other_label.learn(blocs.bloc(entity), &by_vector, rate);
            self.other_label
                .learn(blocs.sector(entity), &by_vector, rate);
            let (bias, square) = &mut self.bias[entity as usize];
            *square += gradient * gradient;
            *bias -= rate * gradient / square.sqrt();
        }
        let by_asker = times(&by_query, self.way.get(question.way));
        let by_met = times(&by_query, self.turn.get(question.way));
        self.usual.learn(question.way, &by_query, rate);
        self.way
            .learn(question.way, &times(&by_query, &asked.asker), rate);
        self.turn
            .learn(question.way, &times(&by_query, &asked.met), rate);
        self.asker.learn(question.who, &by_asker, rate);
        for label in [blocs.bloc(question.who), blocs.sector(question.who)] {
            self.asker_label.learn(label, &by_asker, rate);
        }
        for &(other, weight) in met {
            self.near.learn(other, &by_met.map(|g| weight * g), rate);
        }
    }

    /// Learns the true answers of a step's questions against others that are drawn: three of four are
    /// answers of the past, the fourth is anyone.
    pub fn learn_all(
        &mut self,
        history: &History,
        present: &Present,
        questions: &[(Question, Vec<u32>)],
    ) {
        let facts = history.memory.facts();
        let anyone = history.memory.entities() as u64;
        let mut around = Vec::new();
        let mut list: Vec<(u32, f32)> = Vec::new();
        for (question, truth) in questions {
            met(present, question.who, &mut around);
            for &answer in truth {
                list.clear();
                list.push((answer, 0.0));
                for at in 0..DRAWN {
                    self.drawn += 1;
                    let drawn = mix(self.drawn.wrapping_mul(0xD6E8_FEB8_6659_FD93));
                    let entity = match (facts.len() as u64, at % 4) {
                        (0, _) | (_, 0) => (drawn % anyone.max(1)) as u32,
                        (all, _) => {
                            let fact = facts[(drawn / 2 % all) as usize];
                            if drawn.is_multiple_of(2) {
                                fact.source
                            } else {
                                fact.target
                            }
                        }
                    };
                    if entity != answer {
                        list.push((entity, 0.0));
                    }
                }
                let asked = self.ask(history, *question, &around);
                for (entity, score) in &mut list {
                    let own = dot(&asked.query, &self.vector(history, *entity));
                    *score = own + self.bias[*entity as usize].0;
                }
                let most = list.iter().map(|l| l.1).fold(f32::MIN, f32::max);
                let mut total = 0.0;
                for (_, score) in &mut list {
                    *score = (*score - most).exp();
                    total += *score;
                }
                for (at, (_, score)) in list.iter_mut().enumerate() {
                    *score = *score / total - f32::from(u8::from(at == 0));
                }
                self.learn(history, *question, &asked, &around, list.iter().copied());
            }
        }
        self.sum_up(history);
    }

    fn tables(&mut self) -> [&mut Table; 8] {
        [
            &mut self.asker,
            &mut self.asker_label,
            &mut self.other,
            &mut self.other_label,
            &mut self.near,
            &mut self.way,
            &mut self.usual,
            &mut self.turn,
        ]
    }

    /// What was learned, to be written down.
    pub fn saved(&self) -> Saved {
        let mut all = self.clone();
        let tables = all.tables().map(|table| {
            let learned = |(at, row): (usize, &Row)| {
                (*row != table.start(at as u64)).then(|| Learned {
                    row: at as u32,
                    square: row.square,
                    vector: row.vector.to_vec(),
                })
            };
            table.rows.iter().enumerate().filter_map(learned).collect()
        });
        Saved {
            rate: self.rate,
            drawn: self.drawn,
            tables: tables.into(),
            bias: self.bias.clone(),
        }
    }

    /// From what was written down, for the entities and acts of a history; `None` if it is not whole.
    pub fn from_saved(saved: &Saved, history: &History) -> Option<Self> {
        let mut found = Self::new(saved.rate);
        found.drawn = saved.drawn;
        found.make_room(history);
        if saved.tables.len() != 8 || saved.bias.len() > found.bias.len() {
            return None;
        }
        for (table, learned) in found.tables().into_iter().zip(&saved.tables) {
            for one in learned {
                let row = table.rows.get_mut(one.row as usize)?;
                row.vector = Vector::try_from(one.vector.as_slice()).ok()?;
                row.square = one.square;
            }
        }
        found.bias[..saved.bias.len()].copy_from_slice(&saved.bias);
        found.sum_up(history);
        Some(found)
    }
}

/// Factors as they are written down: only what was learned.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Saved {
    rate: f32,
    drawn: u64,
    tables: Vec<Vec<Learned>>,
    bias: Vec<(f32, f32)>,
}

/// A row that was learned.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Learned {
    row: u32,
    square: f32,
    vector: Vec<f32>,
}

/// The vector of an entity with those of its labels.
fn with_labels(own: &Table, labels: &Table, history: &History, entity: u32) -> Vector {
    let mut vector = *own.get(entity);
    add(&mut vector, labels.get(history.blocs.bloc(entity)), 1.0);
    add(&mut vector, labels.get(history.blocs.sector(entity)), 1.0);
    vector
}
