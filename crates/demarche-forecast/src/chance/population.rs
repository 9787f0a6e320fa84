//! Of which triples chances are asked, what speaks for them, and whether they came.

use crate::graph::Fact;
use crate::history::memory::{Cell, HALF_LIVES, Memory, way};

/// How many hazards there are.
pub(super) const HAZARDS: usize = 22;

/// The most triples of a moment that are looked at.
const MOST: usize = 30_000;

/// How many steps a year has.
const YEAR: i32 = 365;

/// What an expected number of events is counted up by, so that its logarithm has a meaning where it is
/// nothing.
const LITTLE: f64 = 1e-3;

/// The log odds of at least one event where so many are expected, if they came by chance.
fn log_odds(expected: f64) -> f64 {
    (expected.min(20.0) + LITTLE).exp_m1().ln()
}

/// The hazards of a triple at a moment, most of them as log odds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hazards(pub(super) [f64; HAZARDS]);

impl Hazards {
    /// Of what a memory holds.
    pub fn of(memory: &Memory, source: u32, act: u32, target: u32, now: i32, horizon: i32) -> Self {
        let fading = memory.fading();
        let none = Cell::default();
        let pair = memory.find_pair(source, target);
        let triple = memory
            .find_triple(source, way(act, false), target)
            .unwrap_or(&none);
        let answer = memory
            .find_triple(source, way(act, true), target)
            .unwrap_or(&none);
        let doer = memory.find_role(source, way(act, false));
        let done_to = memory.find_role(target, way(act, true));
        let mut values = [0.0; HAZARDS];
        let mut at = 0;
        let mut put = |value: f64| {
            values[at] = value;
            at += 1;
        };
        // A count that fades by half in h steps stands for a rate of count · ln 2 / h a step.
        let rate = |cell: &Cell, half: usize| {
            let per_step = std::f64::consts::LN_2 / f64::from(HALF_LIVES[half]);
            log_odds(f64::from(cell.faded(half, now, fading)) * per_step * f64::from(horizon))
        };
        for half in 0..HALF_LIVES.len() {
            put(rate(triple, half));
        }
        let begun = memory.facts().first().map_or(now, |f| f.step);
        let per_step = f64::from(triple.events) / f64::from((now - begun).max(1));
        put(log_odds(per_step * f64::from(horizon)));
        put(f64::from(triple.events.min(1000)).ln_1p());
        let age = |cell: &Cell| f64::from(cell.age(now).unwrap_or(3650).clamp(0, 3650)).ln_1p();
        put(age(triple));
        let due = triple.mean_gap().map_or(0.0, |gap| {
            let age = f64::from(triple.age(now).unwrap_or(0));
            ((age + 1.0) / (f64::from(gap) + 1.0)).ln()
        });
        put(due);
        let (done, undergone) = pair.map_or((&none, &none), |p| (&p.done, &p.undergone));
        put(rate(done, 1));
        put(rate(done, 3));
        put(rate(undergone, 1));
        put(rate(undergone, 3));
        put(age(done));
        let role = |role: Option<&crate::history::memory::Role>, half| {
            rate(role.map_or(&none, |r| &r.cell), half)
        };
        put(role(doer, 1));
        put(role(doer, 3));
        put(role(done_to, 1));
        put(role(done_to, 3));
        put(rate(answer, 2));
        put(rate(&memory.way(way(act, false)).cell, 3));
        // What two independent rates would come to: how often the pair acts, times how often this act
        // is what the source does.
        let source_done = memory.actor(source).done.faded(3, now, fading).max(0.1);
        let share = f64::from(doer.map_or(0.0, |r| r.cell.faded(3, now, fading)) / source_done);
        let pair_rate = f64::from(done.faded(3, now, fading)) / f64::from(HALF_LIVES[3]);
        put(log_odds(share * pair_rate * f64::from(horizon)));
        // The slowest of all: what the last year alone would say, of the act and of the pair.
        let length = (now - begun).clamp(1, YEAR);
        let facts = memory.facts();
        let (mut same, mut all) = (0_u32, 0_u32);
        for &at in pair.map_or(&[][..], |p| &p.facts).iter().rev() {
            let fact = &facts[at as usize];
            if fact.step < now - length {
                break;
            }
            if fact.source == source {
                all += 1;
                same += u32::from(fact.act == act);
            }
        }
        for count in [same, all] {
            put(log_odds(
                f64::from(count) * f64::from(horizon) / f64::from(length),
            ));
        }
        Self(values)
    }
}

/// The triples of a moment that chances are asked of: every pair with an act from the one to the other
/// before, and every act that the source has done before, to anyone. Where there are too many, triples
/// that were before and such that were not are drawn alike.
pub(super) fn sample(memory: &Memory, cut: i32) -> Vec<(u32, u32, u32)> {
    let mut all = Vec::new();
    let count: usize = (0..memory.entities() as u32)
        .map(|who| {
            let actor = memory.actor(who);
            let roles = actor.roles.iter().filter(|r| r.0 % 2 == 0).count();
            let pairs = actor
                .pairs
                .iter()
                .filter(|p| memory.pair(p.place).done.events > 0);
            roles * pairs.count()
        })
        .sum();
    let share = MOST as f64 / count.max(1) as f64;
    for who in 0..memory.entities() as u32 {
        let actor = memory.actor(who);
        for link in &actor.pairs {
            let pair = memory.pair(link.place);
            if pair.done.events == 0 {
                continue;
            }
            for &(way, _, _) in actor.roles.iter().filter(|r| r.0 % 2 == 0) {
                if share >= 1.0 || draw(who, way, pair.other, cut) < share {
                    all.push((who, way / 2, pair.other));
                }
            }
        }
    }
    all
}

fn draw(a: u32, b: u32, c: u32, d: i32) -> f64 {
    let mut x = u64::from(a) << 32 ^ u64::from(b) << 8;
    for part in [u64::from(c), u64::from(d.unsigned_abs())] {
        x = (x ^ part ^ (x >> 31)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        x = (x ^ (x >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    }
    ((x ^ (x >> 32)) >> 11) as f64 / (1_u64 << 53) as f64
}

/// All events by triple, to see what came.
#[derive(Clone, Debug)]
pub struct Population {
    facts: Vec<(u32, u32, u32, i32)>,
    first: i32,
}

impl Population {
    /// Of a list of events.
    pub fn of(facts: &[Fact]) -> Self {
        let mut all: Vec<_> = facts
            .iter()
            .map(|f| (f.source, f.act, f.target, f.step))
            .collect();
        all.sort_unstable();
        Self {
            first: facts.iter().map(|f| f.step).min().unwrap_or(0),
            facts: all,
        }
    }

    /// How many events of a triple there are from one step to another, which is not counted.
    pub fn count(&self, source: u32, act: u32, target: u32, from: i32, to: i32) -> usize {
        let before = |step: i32| {
            self.facts
                .partition_point(|f| *f < (source, act, target, step))
        };
        before(to).saturating_sub(before(from))
    }

    /// Does a triple come within a window?
    pub fn came(&self, source: u32, act: u32, target: u32, cut: i32, horizon: i32) -> bool {
        self.count(source, act, target, cut, cut.saturating_add(horizon)) > 0
    }

    /// The baseline: the chance of at least one event in a window if events came by chance at the rate
    /// of the last 365 steps, or of the time since the first event where that is shorter.
    pub fn last_year(&self, source: u32, act: u32, target: u32, cut: i32, horizon: i32) -> f64 {
        let length = (cut - self.first).clamp(1, YEAR);
        let events = self.count(source, act, target, cut - length, cut);
        1.0 - (-(events as f64) * f64::from(horizon) / f64::from(length)).exp()
    }
}
