//! A good schedule by way of schedules that overdraw: more people and money may be taken than there
//! are, and a bundle may be done in part, at a price.
//!
//! What stands between two good schedules is often only that a resource does not suffice halfway.
//! Here it need not: each resource has a price in each period, paid for what is taken beyond the
//! limit. A price rises while there is an overdraft and falls while there is none, so that a share of
//! limits is overdrawn that shrinks as the search cools (strategic oscillation; Glover & Kochenberger,
//! in *Meta-Heuristics*, 1996). An activity is given its start, or is left out, by a draw from what
//! each choice is worth at these prices and this temperature, all others kept (Gibbs sampling; Geman &
//! Geman, *IEEE Transactions on Pattern Analysis and Machine Intelligence* 6, 1984). Only schedules
//! without overdraft and with whole bundles count.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use wide::CmpGt;

use self::ground::{Four, Need};
use crate::decode::{Layout, OUT};
use crate::tally::Tally;

mod ground;

pub(crate) use self::ground::Ground;

/// A choice whose chance is smaller than e to this power, measured by the best, is not drawn.
const HOPELESS: f64 = -20.0;
/// Of how many steps one moves a single activity; the others move two.
const SINGLE: u32 = 5;
/// How far back what an activity waits for is brought in with it.
const FAR: usize = 16;
/// How often an activity is drawn until one is found that is done.
const TRIES: usize = 8;
/// After how many steps at most each limit is looked at, and after how many looks prices change.
const LOOK: u64 = 64;
const LOOKS: u64 = 16;
/// How many looks there are at least, as far as there are steps.
const MIN_LOOKS: u64 = 15_000;
/// By how much an overdraft seen in one look raises the logarithm of a price.
const RISE: f64 = 0.01;
/// How many times its even share in what all is worth a price is at first, and at least and at most.
const FIRST: f64 = 6.0;
const LEAST: f64 = 0.0025;
const MOST: f64 = 50.0;
/// The share of limits that are to be overdrawn, at first and at last.
const OVERDRAWN: (f64, f64) = (0.2, 0.005);

/// A schedule that keeps every rule but may overdraw and tear bundles, and may leave out what must be
/// done.
pub(crate) struct Overdraft<'a> {
    ground: &'a Ground,
    layout: &'a Layout,
    pub starts: Vec<u16>,
    tally: Tally,
    /// What is taken beyond each limit; below zero, what is left of it.
    beyond: Vec<Four>,
    price: Vec<Four>,
    /// The logarithm of how many times its share each price is.
    weight: Vec<Four>,
    /// For each bundle, how many of its members are done, the price and the logarithm as above.
    done: Vec<u16>,
    tear: Vec<f64>,
    strain: Vec<f64>,
    /// What all overdrafts and torn bundles cost.
    cost: f64,
    /// What the last step changed, and what the starts were.
    log: Vec<(u16, u16)>,
    /// Room for sums over periods, and for choices and their chances.
    sums: Vec<f64>,
    ends: Vec<f64>,
    choices: Vec<(u16, f64)>,
}

/// What lies above zero.
#[inline]
fn above(amount: Four) -> Four {
    amount.fast_max(Four::ZERO)
}

/// The sum of four, in the same order on every machine.
#[inline]
fn total(four: Four) -> f64 {
    let [a, b, c, d] = four.to_array();
    (a + b) + (c + d)
}

/// What it costs more if so much is taken besides.
#[inline]
fn more(beyond: &[Four], price: &[Four], need: &[Four]) -> f64 {
    let mut cost = Four::ZERO;
    for ((&beyond, &price), &need) in beyond.iter().zip(price).zip(need) {
        cost += price * (above(beyond + need) - above(beyond));
    }
    total(cost)
}

impl<'a> Overdraft<'a> {
    /// Nothing is done yet.
    pub(crate) fn new(ground: &'a Ground, layout: &'a Layout) -> Self {
        let mut overdraft = Self {
            ground,
            layout,
            starts: vec![OUT; layout.activities],
            tally: Tally::new(layout),
            beyond: ground.limits.iter().map(|&four| -four).collect(),
            price: ground.share.clone(),
            weight: vec![Four::splat(FIRST.ln()); ground.limits.len()],
            done: vec![0; layout.bundles.len()],
            tear: vec![0.0; layout.bundles.len()],
            strain: vec![FIRST.ln(); layout.bundles.len()],
            cost: 0.0,
            log: Vec::new(),
            sums: vec![0.0; ground.periods + 1],
            ends: vec![0.0; ground.periods + 1],
            choices: Vec::new(),
        };
        overdraft.set_prices();
        overdraft
    }

    /// Takes over a schedule that keeps the rules between activities.
    pub(crate) fn begin_with(&mut self, starts: &[u16]) {
        let mut order: Vec<usize> = (0..starts.len()).filter(|&a| starts[a] != OUT).collect();
        order.sort_by_key(|&a| starts[a]);
        for a in order {
            // It may be that of another problem, in which more was allowed.
            let mut allowed = self.ground.needs[a].starts.iter();
            if allowed.any(|&(start, _)| start == starts[a])
                && self
                    .layout
                    .earliest(&self.starts, a)
                    .is_some_and(|first| first <= starts[a])
            {
                self.change(a, starts[a]);
            }
        }
        self.set_prices();
    }

    /// What the schedule is worth, overdrafts not counted.
    pub(crate) fn score(&self) -> i64 {
        self.tally.score
    }

    /// Whether every limit is kept and every bundle whole.
    pub(crate) fn is_sound(&self) -> bool {
        self.beyond
            .iter()
            .all(|&beyond| above(beyond) == Four::ZERO)
            && (0..self.done.len()).all(|bundle| self.astray(bundle, self.done[bundle]) == 0.0)
    }

    /// By how many members a bundle is torn if so many are done.
    fn astray(&self, bundle: usize, done: u16) -> f64 {
        f64::from(done.min(self.layout.bundles[bundle].len() as u16 - done))
    }

    /// Goes so many steps at the temperature for each share of the way, and calls `see` after each
    /// that changed something.
    pub(crate) fn walk(
        &mut self,
        steps: u64,
        heat: impl Fn(f64) -> f64,
        random: &mut ChaCha8Rng,
        mut see: impl FnMut(&Self),
    ) {
        let look = (steps / MIN_LOOKS).clamp(1, LOOK);
        // Where there are too few steps for so many looks, each weighs more.
        let looks = (steps / look).max(1);
        let rise = RISE * (MIN_LOOKS as f64 / looks as f64).max(1.0);
        let mut now = heat(0.0);
        for step in 0..steps {
            if step % look == 0 {
                let share = step as f64 / steps as f64;
                now = heat(share);
                self.look(rise, OVERDRAWN.0 * (OVERDRAWN.1 / OVERDRAWN.0).powf(share));
                if (step / look).is_multiple_of(LOOKS) {
                    self.set_prices();
                }
            }
            self.step(now, random);
            if !self.log.is_empty() {
                see(self);
            }
        }
    }

    /// Lets prices rise where there is an overdraft and fall where there is none.
    fn look(&mut self, rise: f64, overdrawn: f64) {
        let (low, high) = (Four::splat(LEAST.ln()), Four::splat(MOST.ln()));
        let (up, down) = (Four::splat(rise), Four::splat(rise * overdrawn));
        for (weight, beyond) in self.weight.iter_mut().zip(&self.beyond) {
            let moved = *weight + (beyond.cmp_gt(Four::ZERO) & up) - down;
            *weight = moved.fast_max(low).fast_min(high);
        }
        for bundle in 0..self.done.len() {
            let torn = f64::from(u8::from(self.astray(bundle, self.done[bundle]) > 0.0));
            let moved = self.strain[bundle] + rise * (torn - overdrawn);
            self.strain[bundle] = moved.clamp(LEAST.ln(), MOST.ln());
        }
    }

    /// Puts prices into force, and counts anew what overdrafts cost.
    fn set_prices(&mut self) {
        for at in 0..self.price.len() {
            let weight = self.weight[at].to_array().map(f64::exp);
            self.price[at] = self.ground.share[at] * Four::from(weight);
        }
        for bundle in 0..self.done.len() {
            self.tear[bundle] = self.ground.torn * self.strain[bundle].exp();
        }
        self.cost = self.count();
    }

    /// What overdrafts and torn bundles cost, counted anew.
    fn count(&self) -> f64 {
        let limits = self.price.iter().zip(&self.beyond);
        let limits = limits.map(|(&price, &beyond)| total(price * above(beyond)));
        let bundles = self.done.iter().zip(&self.tear).enumerate();
        let bundles = bundles.map(|(bundle, (&done, tear))| tear * self.astray(bundle, done));
        limits.sum::<f64>() + bundles.sum::<f64>()
    }

    /// Moves an activity, or two.
    fn step(&mut self, heat: f64, random: &mut ChaCha8Rng) {
        self.log.clear();
        let n = self.layout.activities as u32;
        let a = random.random_range(0..n) as usize;
        let before = self.tally.score as f64 - self.cost;
        if random.random_range(0..SINGLE) != 0 {
            let mut draws = (0..TRIES).map(|_| random.random_range(0..n) as usize);
            match draws.find(|&b| self.starts[b] != OUT) {
                Some(b) if b != a => self.two(a, b, heat, random),
                _ => return,
            }
        } else if self.one(a, heat, random) {
            return;
        }
        let change = self.tally.score as f64 - self.cost - before;
        if change < 0.0 && random.random::<f64>() >= (change / heat).exp() {
            self.undo();
        }
    }

    fn undo(&mut self) {
        while let Some((a, start)) = self.log.pop() {
            self.change(usize::from(a), start);
        }
    }

    /// Moves one activity. Whether nothing else moved: then the draw itself decides.
    fn one(&mut self, a: usize, heat: f64, random: &mut ChaCha8Rng) -> bool {
        let layout = self.layout;
        if self.starts[a] != OUT {
            let end = self.end(a);
            if end.is_some() && random.random_range(0..8_u32) == 0 {
                // With all that wait for it.
                self.put_out(a);
                self.draw(a, false, None, heat, random);
                return false;
            }
            self.set(a, OUT);
            if !self.draw(a, end.is_some(), end, heat, random) {
                self.undo();
            }
            return true;
        }
        for &rival in &layout.rivals[a] {
            self.put_out(usize::from(rival));
        }
        let brought = self.bring_before(a, FAR, heat, random);
        let alone = self.log.is_empty();
        if !brought || !self.draw(a, !alone, None, heat, random) {
            self.undo();
            return true;
        }
        alone
    }

    /// Puts `b` out with all that wait for it, gives `a` another start, and offers `b` what is left.
    fn two(&mut self, a: usize, b: usize, heat: f64, random: &mut ChaCha8Rng) {
        self.put_out(b);
        let end = self.end(a);
        self.set(a, OUT);
        for &rival in &self.layout.rivals[a] {
            self.put_out(usize::from(rival));
        }
        if !self.draw(a, end.is_some(), end, heat, random) && end.is_some() {
            self.undo();
            return;
        }
        self.draw(b, false, None, heat, random);
    }

    /// Brings in what an activity waits for, no further back than so many; whether that can be.
    fn bring_before(&mut self, a: usize, far: usize, heat: f64, random: &mut ChaCha8Rng) -> bool {
        let layout = self.layout;
        for &(b, _) in &layout.before[a] {
            if !self.bring(usize::from(b), far, heat, random) {
                return false;
            }
        }
        layout.gates[a].iter().all(|&gate| {
            let keys = &layout.keys[gate];
            layout.opening(&self.starts, gate, a).is_some()
                || (!keys.is_empty() && {
                    let key = keys[random.random_range(0..keys.len())];
                    self.bring(usize::from(key), far, heat, random)
                })
        })
    }

    /// Brings an activity in, and before it what it waits for, unless it is done; whether it is then.
    fn bring(&mut self, a: usize, far: usize, heat: f64, random: &mut ChaCha8Rng) -> bool {
        self.starts[a] != OUT
            || (far > 0
                && self.bring_before(a, far - 1, heat, random)
                && self.draw(a, true, None, heat, random))
    }

    /// Puts an activity out, and what waits for it.
    fn put_out(&mut self, a: usize) {
        if self.starts[a] == OUT {
            return;
        }
        self.set(a, OUT);
        for &b in &self.layout.after[a] {
            self.put_out(usize::from(b));
        }
        for &gate in &self.ground.opens[a] {
            let open = self.layout.opening(&self.starts, gate, a).unwrap_or(OUT);
            for &b in &self.ground.waits[gate] {
                let start = self.starts[usize::from(b)];
                if start != OUT && start < open {
                    self.put_out(usize::from(b));
                }
            }
        }
    }

    /// The last start that those allow that wait for an activity and are done; `None` where none is.
    fn end(&self, a: usize) -> Option<u16> {
        let ground = self.ground;
        let waits = ground.after[a].iter();
        let starts = waits.map(|&(b, offset)| (self.starts[usize::from(b)], offset));
        let done = starts.filter(|&(start, _)| start != OUT);
        let mut end = done.map(|(start, offset)| start - offset).min();
        if self.starts[a] != OUT {
            for &gate in &ground.opens[a] {
                // Who starts before any other opens the gate waits for this one.
                let open = self.layout.opening(&self.starts, gate, a).unwrap_or(OUT);
                let starts = ground.waits[gate]
                    .iter()
                    .map(|&b| self.starts[usize::from(b)]);
                let first = starts.min().filter(|&start| start < open);
                let last = first.map(|start| start - ground.needs[a].duration as u16);
                end = [end, last].into_iter().flatten().min();
            }
        }
        end
    }

    /// Gives what is left out a start, or leaves it out unless it `must` be done, by a draw; the start
    /// is no later than `last`. Whether it could.
    fn draw(
        &mut self,
        a: usize,
        must: bool,
        last: Option<u16>,
        heat: f64,
        random: &mut ChaCha8Rng,
    ) -> bool {
        let Some(first) = self.layout.earliest(&self.starts, a) else {
            return false;
        };
        let ground = self.ground;
        let need = &ground.needs[a];
        let starts = &need.starts;
        let from = starts.partition_point(|&(start, _)| start < first);
        let to = last.map_or(starts.len(), |last| {
            starts.partition_point(|&(start, _)| start <= last)
        });
        let Some(&(latest, _)) = starts[..to].last().filter(|_| from < to) else {
            return false;
        };
        self.sum(need, usize::from(starts[from].0), usize::from(latest));
        let mut entry = self.tally.entry(self.layout, a) as f64;
        for &bundle in &ground.bundles[a] {
            let done = self.done[bundle];
            entry -=
                self.tear[bundle] * (self.astray(bundle, done + 1) - self.astray(bundle, done));
        }
        let last = ground.periods * ground.each;
        self.choices.clear();
        let mut top = f64::NEG_INFINITY;
        if !must {
            top = 0.0;
            self.choices.push((OUT, 0.0));
        }
        let level = need.life.len() == ground.each;
        for &(start, value) in &starts[from..to] {
            let at = usize::from(start);
            let end = ground.periods.min(at + need.duration);
            let mut gain = value + entry;
            if level {
                gain -= self.sums[end] - self.sums[at];
            } else {
                let rows = at * ground.each..end * ground.each;
                let (beyond, price) = (&self.beyond[rows.clone()], &self.price[rows.clone()]);
                gain -= more(beyond, price, &need.life[..rows.len()]);
            }
            if !need.after.is_empty() {
                gain -= self.ends[end];
            }
            if ground.spans > 0 {
                let whole = need.whole(at, ground.spans);
                gain -= more(&self.beyond[last..], &self.price[last..], whole);
            }
            if gain >= top + HOPELESS * heat {
                if gain > top {
                    top = gain;
                }
                self.choices.push((start, gain));
            }
        }
        if let [(start, _)] = self.choices[..] {
            self.set(a, start);
            return true;
        }
        let mut sum = 0.0;
        for choice in &mut self.choices {
            sum += ((choice.1 - top) / heat).exp();
            choice.1 = sum;
        }
        let drawn = random.random::<f64>() * sum;
        let drawn = self.choices.iter().find(|choice| drawn < choice.1);
        let (start, _) = *drawn.or(self.choices.last()).expect("there is a choice");
        self.set(a, start);
        true
    }

    /// Sums over the periods in which an activity may live what one period of its life would cost, if
    /// all are alike; and over those after it, from the end, what they would.
    fn sum(&mut self, need: &Need, first: usize, latest: usize) {
        let ground = self.ground;
        let (each, periods) = (ground.each, ground.periods);
        let row = |t: usize| (&self.beyond[t * each..], &self.price[t * each..]);
        if need.life.len() == each {
            let mut sum = 0.0;
            self.sums[first] = 0.0;
            for t in first..periods.min(latest + need.duration) {
                let (beyond, price) = row(t);
                sum += more(beyond, price, &need.life);
                self.sums[t + 1] = sum;
            }
        }
        if !need.after.is_empty() {
            let mut sum = 0.0;
            self.ends[periods] = 0.0;
            for t in (periods.min(first + need.duration)..periods).rev() {
                let (beyond, price) = row(t);
                sum += more(beyond, price, &need.after);
                self.ends[t] = sum;
            }
        }
    }

    /// Gives an activity a start, and notes what it was.
    fn set(&mut self, a: usize, start: u16) {
        let before = self.starts[a];
        if before != start {
            self.log.push((a as u16, before));
            self.change(a, start);
        }
    }

    fn change(&mut self, a: usize, start: u16) {
        let before = self.starts[a];
        self.tally.count(self.layout, a, before, start);
        if before != OUT {
            self.take(a, usize::from(before), -1.0);
        }
        if start != OUT {
            self.take(a, usize::from(start), 1.0);
        }
        if (before == OUT) != (start == OUT) {
            for &bundle in &self.ground.bundles[a] {
                let was = self.done[bundle];
                let now = if start == OUT { was - 1 } else { was + 1 };
                let change = self.astray(bundle, now) - self.astray(bundle, was);
                self.cost += self.tear[bundle] * change;
                self.done[bundle] = now;
            }
        }
        self.starts[a] = start;
    }

    /// Takes what an activity needs if it starts so, so many times.
    fn take(&mut self, a: usize, start: usize, times: f64) {
        let ground = self.ground;
        let need = &ground.needs[a];
        let (each, periods) = (ground.each, ground.periods);
        let end = periods.min(start + need.duration);
        let times = Four::splat(times);
        let mut cost = Four::ZERO;
        let mut add = |at: usize, needs: &[Four]| {
            let price = &self.price[at..][..needs.len()];
            let beyond = &mut self.beyond[at..][..needs.len()];
            for ((beyond, &price), &need) in beyond.iter_mut().zip(price).zip(needs) {
                let now = *beyond + times * need;
                cost += price * (above(now) - above(*beyond));
                *beyond = now;
            }
        };
        if need.life.len() == each {
            for t in start..end {
                add(t * each, &need.life);
            }
        } else {
            add(start * each, &need.life[..(end - start) * each]);
        }
        if !need.after.is_empty() {
            for t in end..periods {
                add(t * each, &need.after);
            }
        }
        if ground.spans > 0 {
            add(periods * each, need.whole(start, ground.spans));
        }
        self.cost += total(cost);
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;
    use crate::check::{Violation, check};
    use crate::decode::{schedule, tests::problem};

    #[test]
    fn only_limits_and_bundles_are_broken_and_what_is_carried_is_what_is_counted_anew() {
        let mut random = ChaCha8Rng::seed_from_u64(5);
        let (mut sound, mut over, mut torn) = (0, 0, 0);
        for round in 0..60 {
            let mut problem = problem(&mut random);
            if round % 2 == 0 {
                problem.bundles = vec![vec![3, 10], vec![0, 10, 12]];
            }
            problem.validate().unwrap();
            let layout = Layout::new(&problem);
            let ground = Ground::new(&problem, &layout).unwrap();
            let mut overdraft = Overdraft::new(&ground, &layout);
            for heat in [40.0, 10.0, 1.0] {
                for _ in 0..200 {
                    overdraft.look(0.05, 0.2);
                    overdraft.set_prices();
                    for _ in 0..5 {
                        overdraft.step(heat, &mut random);
                    }
                    let anew = overdraft.count();
                    assert!((overdraft.cost - anew).abs() < 1e-9 * (1.0 + anew));
                    match check(&problem, &schedule(&overdraft.starts)) {
                        Ok(value) => {
                            assert!(overdraft.is_sound());
                            assert_eq!(i128::from(overdraft.score()), value);
                            sound += 1;
                        }
                        Err(broken) => {
                            let missing = |v: &Violation| matches!(v, Violation::Missing { .. });
                            let amount = |v: &Violation| matches!(v, Violation::Overload { .. });
                            let bundle = |v: &Violation| matches!(v, Violation::Torn { .. });
                            assert!(broken.iter().all(|v| missing(v) || amount(v) || bundle(v)));
                            assert_eq!(overdraft.is_sound(), broken.iter().all(missing));
                            over += usize::from(broken.iter().any(amount));
                            torn += usize::from(broken.iter().any(bundle));
                        }
                    }
                }
            }
        }
        assert!(
            sound > 1_000 && over > 1_000 && torn > 1_000,
            "{sound} {over} {torn}"
        );
    }
}
