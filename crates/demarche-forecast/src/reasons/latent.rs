//! Who fits a question: a factor model of who does what to whom, learned from the past as it comes.

use crate::history::History;
use crate::question::Question;

/// The length of a vector.
pub const SIZE: usize = 32;
type Vector = [f32; SIZE];

/// A table of vectors with the sums of squares of their gradients.
#[derive(Clone, Debug, Default)]
struct Table {
    rows: Vec<(Vector, Vector)>,
    salt: u64,
    middle: f32,
    spread: f32,
    square: f32,
    shrink: f32,
}

fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 31)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x ^ (x >> 32)
}

impl Table {
    fn new(salt: u64, middle: f32, spread: f32) -> Self {
        Self { rows: Vec::new(), salt, middle, spread, square: env("LSQ", 0.01), shrink: env("LWD", 1e-5) }
    }
    fn make_room(&mut self, n: usize) {
        while self.rows.len() < n {
            let row = self.rows.len() as u64;
            let v = std::array::from_fn(|d| {
                let r = mix(self.salt << 48 ^ row << 8 ^ d as u64) >> 40;
                self.middle + self.spread * (r as f32 / (1_u64 << 23) as f32 - 1.0)
            });
            self.rows.push((v, [self.square; SIZE]));
        }
    }
    fn get(&self, at: u32) -> &Vector {
        &self.rows[at as usize].0
    }
    fn learn(&mut self, at: u32, gradient: &Vector, rate: f32) {
        let (v, s) = &mut self.rows[at as usize];
        for d in 0..SIZE {
            let g = gradient[d] + self.shrink * v[d];
            s[d] += g * g;
            v[d] -= rate * g / s[d].sqrt();
        }
    }
}

pub fn env(name: &str, or: f32) -> f32 {
    use std::sync::Mutex;
    use std::collections::HashMap;
    static MEMO: Mutex<Option<HashMap<String, f32>>> = Mutex::new(None);
    let mut memo = MEMO.lock().unwrap();
    let map = memo.get_or_insert_with(HashMap::new);
    *map.entry(name.to_owned()).or_insert_with(|| std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(or))
}

#[derive(Clone, Debug)]
pub struct Latent {
    who: Table,
    who_label: Table,
    other: Table,
    other_label: Table,
    near: Table,
    way: Table,
    usual: Table,
    turn: Table,
    bias: Vec<(f32, f32)>,
    past: Vec<(Question, u32, Vec<(u32, f32)>)>,
    drawn: u64,
    rate: f32,
    pub replay: usize,
    negatives: usize,
}

impl Default for Latent {
    fn default() -> Self {
        Self {
            who: Table::new(1, 0.0, env("LI", 0.1)),
            who_label: Table::new(2, 0.0, env("LI", 0.1)),
            other: Table::new(3, 0.0, env("LI", 0.1)),
            other_label: Table::new(4, 0.0, env("LI", 0.1)),
            near: Table::new(5, 0.0, env("LI", 0.1)),
            way: Table::new(6, env("LW", 1.0), env("LI", 0.1)),
            usual: Table::new(7, 0.0, env("LI", 0.1)),
            turn: Table::new(8, env("LW", 1.0), env("LI", 0.1)),
            bias: Vec::new(),
            past: Vec::new(),
            drawn: 0,
            rate: env("LR", 0.03),
            replay: env("LREP", 3.0) as usize,
            negatives: env("LNEG", 64.0) as usize,
        }
    }
}

/// What a question asks for.
pub struct Asked {
    query: Vector,
    u: Vector,
    ctx: Vector,
}

fn add(to: &mut Vector, v: &Vector, by: f32) {
    for (a, b) in to.iter_mut().zip(v) {
        *a += by * b;
    }
}

fn times(a: &Vector, b: &Vector) -> Vector {
    std::array::from_fn(|d| a[d] * b[d])
}

fn dot(a: &Vector, b: &Vector) -> f32 {
    let mut sums = [0.0_f32; 8];
    for (a, b) in a.chunks_exact(8).zip(b.chunks_exact(8)) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    sums.iter().sum()
}

/// The ones one lately had to do with, with weights.
pub fn context(history: &History, question: Question) -> Vec<(u32, f32)> {
    let memory = &history.memory;
    let fading = memory.fading();
    let now = question.step;
    let half = env("LH", 1.0) as usize;
    let mut all: Vec<(u32, f32)> = memory
        .actor(question.who)
        .pairs
        .iter()
        .filter(|l| now - l.last <= 30)
        .map(|l| {
            let pair = memory.pair(l.place);
            (l.other, pair.done.faded(half, now, fading) + pair.undergone.faded(half, now, fading))
        })
        .collect();
    all.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    all.truncate(16);
    let total: f32 = all.iter().map(|a| a.1).sum();
    for a in &mut all {
        a.1 /= total + 0.5;
    }
    all
}

impl Latent {
    pub fn own() -> Self {
        Self { rate: env("OLR", 0.03), replay: env("OREP", 0.0) as usize, ..Self::default() }
    }

    pub fn make_room(&mut self, history: &History) {
        let n = history.memory.entities();
        let labels = history.blocs.labels();
        self.who.make_room(n);
        self.other.make_room(n);
        self.near.make_room(n);
        self.who_label.make_room(labels);
        self.other_label.make_room(labels);
        let ways = 2 * history.memory.acts();
        self.way.make_room(ways);
        self.usual.make_room(ways);
        self.turn.make_room(ways);
        self.bias.resize(n, (0.0, 0.01));
    }

    pub fn ask(&self, history: &History, question: Question, context: &[(u32, f32)]) -> Asked {
        let blocs = &history.blocs;
        let mut u = *self.who.get(question.who);
        add(&mut u, self.who_label.get(blocs.bloc(question.who)), 1.0);
        add(&mut u, self.who_label.get(blocs.sector(question.who)), 1.0);
        let mut ctx = [0.0; SIZE];
        for &(other, weight) in context {
            add(&mut ctx, self.near.get(other), weight);
        }
        let mut query = times(&u, self.way.get(question.way));
        add(&mut query, self.usual.get(question.way), 1.0);
        add(&mut query, &times(&ctx, self.turn.get(question.way)), 1.0);
        Asked { query, u, ctx }
    }

    fn vector(&self, history: &History, entity: u32) -> Vector {
        let blocs = &history.blocs;
        let mut v = *self.other.get(entity);
        add(&mut v, self.other_label.get(blocs.bloc(entity)), 1.0);
        add(&mut v, self.other_label.get(blocs.sector(entity)), 1.0);
        v
    }

    pub fn score(&self, history: &History, asked: &Asked, entity: u32) -> f32 {
        dot(&asked.query, &self.vector(history, entity)) + self.bias[entity as usize].0
    }

    fn one(&mut self, history: &History, question: Question, answer: u32, context: &[(u32, f32)], others: &[u32]) {
        let asked = self.ask(history, question, context);
        let mut list: Vec<u32> = vec![answer];
        list.extend(others.iter().filter(|o| **o != answer));
        let vectors: Vec<Vector> = list.iter().map(|&e| self.vector(history, e)).collect();
        let scores: Vec<f32> = list.iter().zip(&vectors).map(|(&e, v)| dot(&asked.query, v) + self.bias[e as usize].0).collect();
        let most = scores.iter().copied().fold(f32::MIN, f32::max);
        let exp: Vec<f32> = scores.iter().map(|s| (s - most).exp()).collect();
        let total: f32 = exp.iter().sum();
        let mut gq = [0.0; SIZE];
        let rate = self.rate;
        for (at, (&entity, v)) in list.iter().zip(&vectors).enumerate() {
            let g = exp[at] / total - f32::from(u8::from(at == 0));
            if g.abs() < 0.002 {
                continue;
            }
            add(&mut gq, v, g);
            let gv: Vector = std::array::from_fn(|d| g * asked.query[d]);
            self.other.learn(entity, &gv, rate);
            let blocs = &history.blocs;
            self.other_label.learn(blocs.bloc(entity), &gv, rate);
            self.other_label.learn(blocs.sector(entity), &gv, rate);
            let (b, s) = &mut self.bias[entity as usize];
            *s += g * g;
            *b -= rate * g / s.sqrt();
        }
        self.finish(history, question, &asked, context, gq);
    }

    fn finish(&mut self, history: &History, question: Question, asked: &Asked, context: &[(u32, f32)], gq: Vector) {
        let rate = self.rate;
        let way = *self.way.get(question.way);
        let turn = *self.turn.get(question.way);
        let gu = times(&gq, &way);
        self.usual.learn(question.way, &gq, rate);
        self.way.learn(question.way, &times(&gq, &asked.u), rate);
        self.turn.learn(question.way, &times(&gq, &asked.ctx), rate);
        self.who.learn(question.who, &gu, rate);
        let blocs = &history.blocs;
        self.who_label.learn(blocs.bloc(question.who), &gu, rate);
        self.who_label.learn(blocs.sector(question.who), &gu, rate);
        let gc = times(&gq, &turn);
        for &(other, weight) in context {
            let g: Vector = std::array::from_fn(|d| weight * gc[d]);
            self.near.learn(other, &g, rate);
        }
    }

    pub fn step(&mut self, history: &History, question: Question, found: &[super::candidates::Candidate], gradients: &[f32], context: &[(u32, f32)]) {
        let asked = self.ask(history, question, context);
        let mut gq = [0.0; SIZE];
        for (c, &g) in found.iter().zip(gradients) {
            if g.abs() < 0.002 {
                continue;
            }
            add(&mut gq, &self.vector(history, c.entity), g);
            self.back(history, &asked, c.entity, g);
        }
        self.finish(history, question, &asked, context, gq);
    }

    fn back(&mut self, history: &History, asked: &Asked, entity: u32, g: f32) {
        let rate = self.rate;
        let gv: Vector = std::array::from_fn(|d| g * asked.query[d]);
        self.other.learn(entity, &gv, rate);
        let blocs = &history.blocs;
        self.other_label.learn(blocs.bloc(entity), &gv, rate);
        self.other_label.learn(blocs.sector(entity), &gv, rate);
        let (b, s) = &mut self.bias[entity as usize];
        *s += g * g;
        *b -= rate * g / s.sqrt();
    }

    fn draw(&mut self) -> u64 {
        self.drawn += 1;
        mix(self.drawn.wrapping_mul(0xD6E8_FEB8_6659_FD93))
    }

    /// Learns from the questions of a step, before the step is added.
    pub fn learn(&mut self, history: &History, questions: &[(Question, Vec<u32>)]) {
        self.make_room(history);
        let from = self.past.len();
        for (question, truth) in questions {
            let context = context(history, *question);
            for &answer in truth {
                self.past.push((*question, answer, context.clone()));
            }
        }
        let until = self.past.len();
        let mut negatives = Vec::new();
        for at in from..until {
            for round in 0..=self.replay {
                let place = if round == 0 { at } else { (self.draw() % until as u64) as usize };
                negatives.clear();
                for n in 0..self.negatives {
                    let r = self.draw();
                    negatives.push(if n % 4 != 0 {
                        self.past[(r % until as u64) as usize].1
                    } else {
                        (r % self.bias.len() as u64) as u32
                    });
                }
                let (question, answer) = (self.past[place].0, self.past[place].1);
                let context = std::mem::take(&mut self.past[place].2);
                self.one(history, question, answer, &context, &negatives);
                self.past[place].2 = context;
            }
        }
    }
}
