//! Breeding of schedules.
//!
//! Populations of schedules are turned over from one direction of time to the other: each child keeps
//! what its mother does in her busiest stretch and takes the rest from its father, and is scheduled
//! backward where they were scheduled forward, so that every generation also pushes jobs together
//! (justification). After Debels & Vanhoucke, *Lecture Notes in Computer Science* 3483, 2005, and
//! *Operations Research* 55, 2007; Valls, Ballestín & Quintanilla, *European Journal of Operational
//! Research* 165, 2005.

use std::sync::Mutex;

use demarche_respond::threads::spread;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::Effort;
use super::decode::{Decoder, Layout};

/// Schedules in a population.
const MEMBERS: usize = 20;
/// After so many generations without a better schedule a population begins anew.
const IDLE: usize = 100;
/// Of a hundred children, how many are shaken by chance besides.
const SHAKEN: u32 = 10;

/// A schedule and how long it takes.
#[derive(Clone, Debug)]
pub(super) struct Best {
    pub makespan: usize,
    pub starts: Vec<u16>,
}

/// Populations side by side.
pub(super) struct Islands<'a, const W: usize> {
    populations: Vec<Mutex<Population<'a, W>>>,
    /// The best schedule of all, forward in time.
    pub best: Best,
    /// How many schedules were made.
    pub tried: u64,
}

impl<'a, const W: usize> Islands<'a, W> {
    pub(super) fn new(layout: &'a Layout, effort: &Effort) -> Self {
        let count = effort.populations.max(1) as u64;
        let populations: Vec<_> = (0..count)
            .map(|number| Population::new(layout, (effort.seed << 16) + number))
            .collect();
        let mut islands = Self {
            best: populations[0].best.clone(),
            tried: 0,
            populations: populations.into_iter().map(Mutex::new).collect(),
        };
        islands.gather();
        islands
    }

    /// Lets each population make so many schedules more, or fewer if it meets the bound.
    pub(super) fn advance(&mut self, bound: usize, schedules: u64) {
        spread(self.populations.len(), |number| {
            if let Ok(mut population) = self.populations[number].lock() {
                population.advance(bound, schedules);
            }
        });
        self.gather();
    }

    /// The best of all; of equals that of the first population, so that threads don't matter.
    fn gather(&mut self) {
        self.tried = 0;
        for population in &mut self.populations {
            let Ok(population) = population.get_mut() else {
                continue;
            };
            self.tried += population.tried;
            if population.best.makespan < self.best.makespan {
                self.best = population.best.clone();
            }
        }
    }
}

struct Population<'a, const W: usize> {
    layout: &'a Layout,
    decoder: Decoder<'a, W>,
    random: ChaCha8Rng,
    /// The direction of time in which the members are scheduled.
    way: usize,
    members: Vec<Best>,
    children: Vec<Best>,
    best: Best,
    tried: u64,
    /// The shortest since the last new beginning, and generations since.
    lately: usize,
    idle: usize,
    keys: Vec<i32>,
    load: Vec<u64>,
}

impl<'a, const W: usize> Population<'a, W> {
    fn new(layout: &'a Layout, seed: u64) -> Self {
        let none = Best {
            makespan: usize::MAX,
            starts: vec![0; layout.jobs],
        };
        let mut population = Self {
            layout,
            decoder: Decoder::new(layout),
            random: ChaCha8Rng::seed_from_u64(seed),
            way: 0,
            members: vec![none.clone(); MEMBERS],
            children: vec![none.clone(); MEMBERS],
            best: none,
            tried: 0,
            lately: usize::MAX,
            idle: 0,
            keys: vec![0; layout.jobs],
            load: Vec::new(),
        };
        population.begin();
        population
    }

    /// New members: by latest start, each with more or less chance.
    fn begin(&mut self) {
        let layout = self.layout;
        let mut tail = vec![0_i32; layout.jobs];
        let other = &layout.directions[1 - self.way];
        for &j in in_order(layout, 1 - self.way).iter() {
            let j = j as usize;
            for &(b, offset) in &other.before[j] {
                tail[j] = tail[j].max(tail[b as usize] + i32::from(offset));
            }
        }
        for (tail, &duration) in tail.iter_mut().zip(&layout.durations) {
            *tail += i32::from(duration);
        }
        let longest = tail.iter().copied().max().unwrap_or(0).max(1);
        self.lately = usize::MAX;
        self.idle = 0;
        for number in 0..self.members.len() {
            let spread = longest * number as i32 / self.members.len() as i32;
            for (key, tail) in self.keys.iter_mut().zip(&tail) {
                *key = -tail * 4 + self.random.random_range(0..=spread * 4);
            }
            let mut member = std::mem::replace(
                &mut self.members[number],
                Best {
                    makespan: 0,
                    starts: Vec::new(),
                },
            );
            member.makespan = self
                .decoder
                .schedule(self.way, &self.keys, &mut member.starts);
            self.tried += 1;
            self.note(&member);
            self.members[number] = member;
        }
    }

    fn note(&mut self, member: &Best) {
        if member.makespan < self.lately {
            self.lately = member.makespan;
            self.idle = 0;
        }
        if member.makespan < self.best.makespan {
            self.best.makespan = member.makespan;
            for ((best, &start), &duration) in self
                .best
                .starts
                .iter_mut()
                .zip(&member.starts)
                .zip(&self.layout.durations)
            {
                *best = if self.way == 0 {
                    start
                } else {
                    member.makespan as u16 - start - duration
                };
            }
        }
    }

    fn advance(&mut self, bound: usize, schedules: u64) {
        if self.layout.jobs < 2 {
            return;
        }
        let end = self.tried + schedules;
        while self.tried < end && self.best.makespan > bound {
            self.generation();
            self.idle += 1;
            if self.idle > IDLE {
                self.begin();
            }
        }
    }

    fn generation(&mut self) {
        let shortest = (0..self.members.len()).min_by_key(|&m| self.members[m].makespan);
        self.way = 1 - self.way;
        for mother in 0..self.members.len() {
            if Some(mother) == shortest {
                // Turned over as it is, so that the best is never lost.
                for j in 0..self.layout.jobs {
                    self.keys[j] = -self.end(mother, j);
                }
            } else {
                let father = self.tournament(mother);
                self.cross(mother, father);
            }
            let mut child = std::mem::replace(
                &mut self.children[mother],
                Best {
                    makespan: 0,
                    starts: Vec::new(),
                },
            );
            child.makespan = self
                .decoder
                .schedule(self.way, &self.keys, &mut child.starts);
            self.tried += 1;
            self.note(&child);
            self.children[mother] = child;
        }
        std::mem::swap(&mut self.members, &mut self.children);
    }

    /// When a job of a member ends, in the member's direction of time.
    fn end(&self, member: usize, j: usize) -> i32 {
        i32::from(self.members[member].starts[j]) + i32::from(self.layout.durations[j])
    }

    fn tournament(&mut self, mother: usize) -> usize {
        let count = self.members.len();
        let mut pick = || {
            let other = self.random.random_range(0..count - 1);
            other + usize::from(other >= mother)
        };
        let (one, two) = (pick(), pick());
        if self.members[two].makespan < self.members[one].makespan {
            two
        } else {
            one
        }
    }

    /// Keys of a child, for the other direction of time.
    fn cross(&mut self, mother: usize, father: usize) {
        let layout = self.layout;
        let length = self.members[mother].makespan;
        let stretch = self.random.random_range(length / 4..=length * 3 / 4).max(1);
        let from = self.busiest(mother, stretch) as i32;
        let to = from + stretch as i32;
        let far = 2 * layout.horizon as i32;
        for j in 0..layout.jobs {
            let hers = self.end(mother, j);
            let his = self.end(father, j);
            let key = if (from..=to).contains(&hers) {
                hers
            } else if his < from {
                his - far
            } else {
                his + far
            };
            self.keys[j] = -key;
        }
        if self.random.random_range(0..100) < SHAKEN {
            let reach = (length as i32 / 8).max(2);
            for _ in 0..(layout.jobs / 10).max(1) {
                let j = self.random.random_range(0..layout.jobs);
                self.keys[j] += self.random.random_range(-reach..=reach);
            }
        }
    }

    /// Where the stretch of so many periods begins in which a member takes most.
    fn busiest(&mut self, member: usize, stretch: usize) -> usize {
        let layout = self.layout;
        let length = self.members[member].makespan;
        // What starts and ends taking, then summed twice.
        self.load.clear();
        self.load.resize(length + 2, 0);
        for j in 0..layout.jobs {
            let start = self.members[member].starts[j] as usize;
            let weight = u64::from(layout.weight[j]);
            self.load[start + 1] = self.load[start + 1].wrapping_add(weight);
            let end = start + layout.durations[j] as usize;
            self.load[end + 1] = self.load[end + 1].wrapping_sub(weight);
        }
        for _ in 0..2 {
            let mut sum = 0_u64;
            for load in &mut self.load {
                sum = sum.wrapping_add(*load);
                *load = sum;
            }
        }
        let mut best = (0, 0);
        for from in 0..=length - stretch {
            let taken = self.load[from + stretch] - self.load[from];
            if taken > best.0 {
                best = (taken, from);
            }
        }
        best.1
    }
}

/// The jobs, each after those it waits for in a direction of time.
fn in_order(layout: &Layout, way: usize) -> Vec<u16> {
    let mut order = layout.order.clone();
    if way == 1 {
        order.reverse();
    }
    order
}
