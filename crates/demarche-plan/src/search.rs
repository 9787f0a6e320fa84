//! A good schedule: simulated annealing, in many chains.
//!
//! The first chain changes the order in which activities are considered: each list of them stands for
//! the schedule in which every one takes, in turn, the best start left to it, and keeps every limit.
//! The others change the schedule itself and may overdraw on the way (`overdraft`): they come further.
//! Where there are too many periods or too large amounts for that, all go by lists. Chains with seeds of their own run side by side; how many there are and how far each
//! goes is fixed in advance, so the result is the same with any number of threads.

use std::num::NonZero;
use std::thread;

use demarche_respond::threads::spread_over;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::check::check;
use crate::decode::{ANY, Decoder, Layout, OUT, schedule};
use crate::overdraft::{Ground, Overdraft};
use crate::problem::{Fault, Problem, Schedule};

/// The first temperature of a search, as a share of what a typical activity is worth.
const HOT: f64 = 0.10;
/// The last temperature of every stage, in the same measure.
const COLD: f64 = 0.008;
/// The last temperature is no higher than this share of what a small activity is worth.
const COLD_SMALL: f64 = 0.05;
/// How much cooler each stage begins than the one before.
const COOLER: f64 = 0.5;
/// How much warmer the last temperature is where limits may be overdrawn.
const WARMER: f64 = 5.0;
/// For what share of the way it is so; then all cools to this share of it, so that little things count.
const WARM: f64 = 0.9;
const CHILL: f64 = 0.05;
/// In place of how many steps with overdraft a chain tries one list, which takes longer.
const LIST: u64 = 4;
/// How many wishes change at once at most.
const MOST_WISHES: usize = 4;

/// How many thousand schedules each chain tries for the plan of a case, if nothing else is asked for.
pub const THOUSANDS_FOR_A_CASE: u32 = 100;

/// How long to search. The result depends on all four, and on nothing of the machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effort {
    /// How many chains; the first, and where need be all, go by lists.
    pub chains: usize,
    /// How many schedules each chain tries in all stages together; one that goes by lists tries a
    /// quarter of them, since each takes it several times as long.
    pub trials: u64,
    /// In how many stages; after each, the better half of the chains goes on.
    pub rounds: u64,
    /// Where the random numbers begin.
    pub seed: u64,
}

impl Default for Effort {
    fn default() -> Self {
        Self {
            chains: 32,
            trials: 1_000_000,
            rounds: 1,
            seed: 1,
        }
    }
}

/// The best schedule of a search.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// The schedule; it keeps every rule.
    pub schedule: Schedule,
    /// What it is worth, as the checker counts it.
    pub value: i128,
    /// How many schedules were tried.
    pub trials: u64,
}

/// What a search comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A schedule that keeps every rule.
    Found(Found),
    /// Every schedule that was tried leaves out something that must be done: the one that leaves out
    /// least, and what it leaves out.
    Missing {
        /// The activities that must be done and are not.
        missing: Vec<usize>,
        /// A schedule that keeps every other rule.
        schedule: Schedule,
    },
}

/// Searches for a schedule of the largest value. `start`, if given, is a schedule to begin with.
///
/// # Errors
/// The faults of a problem that makes no sense.
pub fn search(
    problem: &Problem,
    effort: &Effort,
    start: Option<&Schedule>,
) -> Result<Outcome, Vec<Fault>> {
    let threads = thread::available_parallelism().map_or(1, NonZero::get);
    search_over(problem, effort, start, threads)
}

/// As [`search`], over so many threads. What is found does not depend on how many.
///
/// # Errors
/// As [`search`].
pub fn search_over(
    problem: &Problem,
    effort: &Effort,
    start: Option<&Schedule>,
    threads: usize,
) -> Result<Outcome, Vec<Fault>> {
    problem.validate()?;
    if problem.activities.is_empty() {
        // Nothing to decide: the empty plan is the best.
        return Ok(Outcome::Found(Found {
            schedule: Vec::new(),
            value: 0,
            trials: 0,
        }));
    }
    let layout = Layout::new(problem);
    let order = problem.order().map_err(|_| Vec::new())?;
    let rounds = effort.rounds.max(1);
    let chains = effort.chains.max(1);
    let ground = Ground::new(problem, &layout);
    // How many chains go by lists; the others may overdraw.
    let lists = if ground.is_some() { 1 } else { chains };
    let many = [lists, chains - lists];
    // The two ways don't share what they find: the one would soon crowd out the other.
    let mut pools: [Vec<Best>; 2] = [Vec::new(), Vec::new()];
    let mut trials = 0;
    for round in 0..rounds {
        let stage = Stage {
            seed: (effort.seed << 20) + (round * chains as u64),
            trials: (effort.trials / rounds).max(1),
            heat: COOLER.powi(round as i32),
        };
        let run = |chain: usize| {
            let (way, nth) = match chain.checked_sub(lists) {
                None => (0, chain),
                Some(nth) => (1, nth),
            };
            let pool = &pools[way];
            let from = (!pool.is_empty()).then(|| &pool[nth % pool.len()]);
            let task = (&layout, order.as_slice(), &stage, chain, start, from);
            if let Some(ground) = ground.as_ref().filter(|_| way == 1) {
                return overdraw(ground, task);
            }
            match layout.words() {
                1 => anneal::<1>(task),
                2 => anneal::<2>(task),
                3 => anneal::<3>(task),
                4 => anneal::<4>(task),
                8 => anneal::<8>(task),
                16 => anneal::<16>(task),
                _ => anneal::<32>(task),
            }
        };
        let done = spread_over(threads, chains, run);
        trials += done.iter().map(|best| best.trials).sum::<u64>();
        for (chain, best) in done.into_iter().enumerate() {
            pools[usize::from(chain >= lists)].push(best);
        }
        // The better half goes on; a tie goes to the earlier, so that threads don't matter.
        for (pool, many) in pools.iter_mut().zip(many) {
            pool.sort_by_key(|best| std::cmp::Reverse(best.score));
            pool.dedup_by(|a, b| a.starts == b.starts);
            pool.truncate((many >> (round + 1)).max(1));
        }
    }
    let mut firsts = pools.iter().filter_map(|pool| pool.first());
    let first = firsts.next().expect("there is a chain");
    let best = firsts.fold(first, |best, other| match other.score > best.score {
        true => other,
        false => best,
    });
    let schedule = schedule(&best.starts);
    let missing: Vec<usize> = (0..schedule.len())
        .filter(|&a| problem.activities[a].mandatory && schedule[a].is_none())
        .collect();
    if !missing.is_empty() {
        return Ok(Outcome::Missing { missing, schedule });
    }
    match check(problem, &schedule) {
        Ok(value) => Ok(Outcome::Found(Found {
            schedule,
            value,
            trials,
        })),
        Err(broken) => unreachable!("the search broke a rule: {broken:?}"),
    }
}

/// One stage of a search: how far each chain goes, and from what warmth.
struct Stage {
    seed: u64,
    trials: u64,
    heat: f64,
}

impl Stage {
    /// The temperature at each share of the stage, which ends so many times as warm as it might.
    fn heat(&self, layout: &Layout, warmer: f64) -> impl Fn(f64) -> f64 {
        let (scale, small) = typical(layout);
        let hot = HOT * scale * self.heat;
        // Where a few are worth far more than the rest, the rest still counts at the end.
        let cold = warmer * (COLD * scale).min(COLD_SMALL * small);
        move |share| hot * (cold / hot).powf(share)
    }
}

/// The problem and an order of its activities, the stage, the chain, a schedule to begin with, and the
/// best of the stage before to go on from.
type Task<'a> = (
    &'a Layout,
    &'a [usize],
    &'a Stage,
    usize,
    Option<&'a Schedule>,
    Option<&'a Best>,
);

/// The best that a chain met; with its list and wishes, if it goes by lists.
struct Best {
    score: i64,
    starts: Vec<u16>,
    list: Vec<u16>,
    wish: Vec<u16>,
    trials: u64,
}

/// A list in which every activity stands after its prerequisites, and the place of each in it.
struct List {
    list: Vec<u16>,
    place: Vec<u16>,
}

impl List {
    fn renumber(&mut self, from: usize, to: usize) {
        for at in from..=to {
            self.place[self.list[at] as usize] = at as u16;
        }
    }

    /// Moves the activity at place `from` to place `to`.
    fn shift(&mut self, from: usize, to: usize) {
        if from <= to {
            self.list[from..=to].rotate_left(1);
            self.renumber(from, to);
        } else {
            self.list[to..=from].rotate_right(1);
            self.renumber(to, from);
        }
    }

    /// The places to which the activity at `at` may move alone.
    fn room(&self, layout: &Layout, at: usize) -> (usize, usize) {
        let a = self.list[at] as usize;
        let low = layout.before[a]
            .iter()
            .map(|&(b, _)| self.place[b as usize] as usize + 1)
            .max()
            .unwrap_or(0);
        let high = layout.after[a]
            .iter()
            .map(|&b| self.place[b as usize] as usize - 1)
            .min()
            .unwrap_or(self.list.len() - 1);
        (low, high)
    }

    /// Brings an activity to place `to`, and what it needs ahead of it.
    fn promote(&mut self, layout: &Layout, a: usize, to: usize) {
        let from = self.place[a] as usize;
        if from <= to {
            return;
        }
        let mut needed: Vec<u16> = vec![a as u16];
        let mut at = 0;
        while at < needed.len() {
            for &(b, _) in &layout.before[needed[at] as usize] {
                if self.place[b as usize] as usize >= to && !needed.contains(&b) {
                    needed.push(b);
                }
            }
            at += 1;
        }
        needed.sort_by_key(|&b| self.place[b as usize]);
        for (step, &b) in needed.iter().enumerate() {
            self.shift(self.place[b as usize] as usize, to + step);
        }
    }
}

fn anneal<const W: usize>((layout, order, stage, chain, start, from): Task) -> Best {
    let n = layout.activities;
    let mut random = ChaCha8Rng::seed_from_u64(stage.seed + chain as u64);
    let mut now = first_list(layout, order, start, chain, &mut random);
    let choices: Vec<Vec<u16>> = (0..n).map(|a| layout.wishes(a)).collect();
    let mut wish = vec![ANY; n];
    if let Some(start) = start {
        for a in 0..n {
            match start[a] {
                None if choices[a].contains(&OUT) => wish[a] = OUT,
                Some(start) if choices[a].contains(&(start as u16)) => wish[a] = start as u16,
                _ => {}
            }
        }
    }
    if let Some(from) = from {
        now.list.copy_from_slice(&from.list);
        now.renumber(0, n - 1);
        wish.copy_from_slice(&from.wish);
    }
    let choosy: Vec<usize> = (0..n).filter(|&a| !choices[a].is_empty()).collect();
    let picks = layout.has_gifts();
    let mut decoder = Decoder::<W>::new(layout);
    let mut undo = Vec::new();
    let (mut score, _) = decoder.attempt(&now.list, &wish, (0, n), &mut undo);
    decoder.keep(&now.list, &wish, (0, n));
    let mut best = Best {
        score,
        starts: decoder.starts.clone(),
        list: now.list.clone(),
        wish: wish.clone(),
        trials: 1,
    };
    if n < 2 && choosy.is_empty() {
        return best;
    }
    let mut tried = List {
        list: now.list.clone(),
        place: now.place.clone(),
    };
    let heat = stage.heat(layout, 1.0);
    let mut outside: Vec<u16> = Vec::new();
    let mut switched: Vec<(usize, u16)> = Vec::new();
    let all = (stage.trials / LIST).max(1);
    for trial in 0..all {
        let heat = heat(trial as f64 / all as f64);
        switched.clear();
        let (low, high) = if !choosy.is_empty() && random.random_range(0..6) == 0 {
            // Several at once now and then: one comes in as another goes out.
            let (mut low, mut high) = (n, 0);
            for more in 0..MOST_WISHES {
                if more > 0 && random.random_range(0..3) != 0 {
                    break;
                }
                let a = choosy[random.random_range(0..choosy.len())];
                switched.push((a, wish[a]));
                let pick = random.random_range(0..=choices[a].len());
                wish[a] = choices[a].get(pick).copied().unwrap_or(ANY);
                let at = tried.place[a] as usize;
                (low, high) = (low.min(at), high.max(at));
                if picks && random.random_range(0..3) == 0 {
                    // Who gives is wanted ahead of who takes.
                    let (first, last) = tried.room(layout, at);
                    let to = random.random_range(first..=last);
                    tried.shift(at, to);
                    (low, high) = (low.min(to), high.max(to));
                }
            }
            (low, high)
        } else {
            step(
                layout,
                &mut tried,
                &decoder.starts,
                &mut outside,
                &mut random,
            )
        };
        if low > high {
            continue;
        }
        let from = if layout.has_bundles() { 0 } else { low };
        let (next, end) = decoder.attempt(&tried.list, &wish, (from, high), &mut undo);
        best.trials += 1;
        if passes(next - score, heat, &mut random) {
            now.list[low..=high].copy_from_slice(&tried.list[low..=high]);
            now.renumber(low, high);
            score = next;
            decoder.keep(&now.list, &wish, (from, end));
            if score > best.score {
                best.score = score;
                best.starts.copy_from_slice(&decoder.starts);
                best.list.copy_from_slice(&now.list);
                best.wish.copy_from_slice(&wish);
            }
        } else {
            decoder.undo(&undo);
            for &(a, before) in switched.iter().rev() {
                wish[a] = before;
            }
            tried.list[low..=high].copy_from_slice(&now.list[low..=high]);
            tried.renumber(low, high);
        }
    }
    best
}

/// Whether a change of the score is accepted at this temperature.
fn passes(change: i64, heat: f64, random: &mut ChaCha8Rng) -> bool {
    change >= 0 || {
        let chance = change as f64 / heat;
        chance > -30.0 && random.random::<f64>() < chance.exp()
    }
}

/// As [`anneal`], over schedules that may overdraw.
fn overdraw(ground: &Ground, (layout, _, stage, chain, start, from): Task) -> Best {
    let mut random = ChaCha8Rng::seed_from_u64(stage.seed + chain as u64);
    let mut overdraft = Overdraft::new(ground, layout);
    // To leave out all keeps every limit; a schedule to begin with may be that of another problem.
    let (mut score, mut starts) = (overdraft.score(), overdraft.starts.clone());
    if let Some(from) = from {
        overdraft.begin_with(&from.starts);
    } else if let Some(start) = start {
        let starts = start.iter().map(|start| start.map_or(OUT, |t| t as u16));
        overdraft.begin_with(&starts.collect::<Vec<_>>());
    }
    let mut see = |now: &Overdraft| {
        if now.score() > score && now.is_sound() {
            score = now.score();
            starts.copy_from_slice(&now.starts);
        }
    };
    see(&overdraft);
    let heat = stage.heat(layout, WARMER);
    let heat = |share: f64| match (share - WARM) / (1.0 - WARM) {
        rest if rest > 0.0 => heat(1.0) * CHILL.powf(rest),
        _ => heat(share / WARM),
    };
    overdraft.walk(stage.trials, heat, &mut random, see);
    Best {
        score,
        starts,
        list: Vec::new(),
        wish: Vec::new(),
        trials: stage.trials,
    }
}

/// Changes the list a little; the first and the last place that may differ.
fn step(
    layout: &Layout,
    list: &mut List,
    starts: &[u16],
    outside: &mut Vec<u16>,
    random: &mut ChaCha8Rng,
) -> (usize, usize) {
    let n = layout.activities;
    let kind = random.next_u32() % 8;
    if kind < 4 {
        // Something left out is considered before something that stands further ahead.
        outside.clear();
        outside.extend((0..n as u16).filter(|&a| starts[a as usize] == OUT));
        if !outside.is_empty() {
            let a = outside[random.random_range(0..outside.len())] as usize;
            let from = list.place[a] as usize;
            if from > 0 {
                let mut to = random.random_range(0..from);
                if kind >= 2 {
                    for _ in 0..4 {
                        if starts[list.list[to] as usize] != OUT {
                            break;
                        }
                        to = random.random_range(0..from);
                    }
                }
                let gone = list.list[to] as usize;
                list.promote(layout, a, to);
                if kind >= 2 && starts[gone] != OUT {
                    // In exchange: what stood there is considered when the other was.
                    let at = list.place[gone] as usize;
                    let (_, high) = list.room(layout, at);
                    list.shift(at, high.min(from));
                }
                for &b in &layout.bundle_mates[a] {
                    let at = list.place[a] as usize;
                    list.promote(layout, b as usize, at);
                }
                let high = if layout.bundle_mates[a].is_empty() {
                    from
                } else {
                    n - 1
                };
                let low = if layout.bundle_mates[a].is_empty() {
                    to
                } else {
                    0
                };
                return (low, high);
            }
        }
    }
    let at = random.random_range(0..n);
    let (low, high) = list.room(layout, at);
    if low >= high {
        return (1, 0);
    }
    let reach = if kind.is_multiple_of(2) { n } else { 6 };
    let low = low.max(at.saturating_sub(reach));
    let high = high.min(at + reach);
    let mut to = random.random_range(low..high);
    if to >= at {
        to += 1;
    }
    list.shift(at, to);
    (at.min(to), at.max(to))
}

/// What a typical activity is worth, as a scale for the temperature; and what a small one is, below
/// which a tenth of them lie.
fn typical(layout: &Layout) -> (f64, f64) {
    let mut values: Vec<f64> = (0..layout.activities)
        .filter_map(|a| layout.best(a))
        .map(|value| value.abs() as f64)
        .collect();
    let mean = values.iter().sum::<f64>() / values.len().max(1) as f64;
    values.retain(|&value| value > 0.0);
    values.sort_by(f64::total_cmp);
    let small = values.get(values.len() / 10).copied().unwrap_or(1.0);
    (mean.max(1.0), small.max(1.0))
}

/// The list to begin with: that of a given schedule by its starts, or what must be done first and
/// the rest by value, with some chance in every chain but the first.
fn first_list(
    layout: &Layout,
    order: &[usize],
    start: Option<&Schedule>,
    chain: usize,
    random: &mut ChaCha8Rng,
) -> List {
    let n = layout.activities;
    let mut wish: Vec<f64> = (0..n)
        .map(|a| {
            if let Some(start) = start.and_then(|starts| starts[a]) {
                return -(start as f64) - 1e12;
            }
            let must = if layout.mandatory[a] { -1e9 } else { 0.0 };
            let noise: f64 = if chain == 0 {
                1.0
            } else {
                0.25 + random.random::<f64>()
            };
            must - layout.best(a).unwrap_or(0) as f64 * noise
        })
        .collect();
    // Given starts: earlier ones first.
    if start.is_some() {
        for value in &mut wish {
            if *value <= -1e12 {
                *value = -2e12 - (*value + 1e12);
            }
        }
    }
    // What something urgent needs is as urgent.
    for &a in order.iter().rev() {
        for &(b, _) in &layout.before[a] {
            if wish[a] < wish[b as usize] {
                wish[b as usize] = wish[a];
            }
        }
    }
    let mut rank = vec![0; n];
    for (at, &a) in order.iter().enumerate() {
        rank[a] = at;
    }
    let mut list: Vec<u16> = (0..n as u16).collect();
    list.sort_by(|&a, &b| {
        let (a, b) = (a as usize, b as usize);
        wish[a].total_cmp(&wish[b]).then(rank[a].cmp(&rank[b]))
    });
    let mut place = vec![0; n];
    for (at, &a) in list.iter().enumerate() {
        place[a as usize] = at as u16;
    }
    List { list, place }
}
