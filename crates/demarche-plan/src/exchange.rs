//! A good schedule by exchange: something comes in, what is in its way goes out, and what room that
//! leaves is filled.
//!
//! Where [`crate::decode`] places everything after a change anew, an exchange touches only what it
//! moves, so that many more can be tried in the same time; but it never sees what the order of the
//! whole list brings about. Each finds plans that the other misses.

use rand::{Rng, RngExt};
use rand_chacha::ChaCha8Rng;

use crate::decode::{Layout, MOST_ROWS, OUT};
use crate::tally::Tally;

/// How many of those that are left out are offered what room an exchange leaves.
const OFFERS: usize = 6;
/// How far a start moves when it moves a little.
const NEAR: usize = 3;
/// Steps through the activities; a prime one that does not divide their number visits each once.
const STRIDES: [usize; 6] = [1, 7, 11, 13, 17, 19];

/// Whether schedules of a problem can be sought by exchange: nothing is given, so that whatever goes
/// out leaves room and never takes it; nothing waits for one of several; nothing is bundled.
pub(crate) fn is_possible(layout: &Layout) -> bool {
    layout.activities > 1
        && layout.rows() <= MOST_ROWS
        && !layout.has_gifts()
        && !layout.has_gates()
        && !layout.has_bundles()
}

/// A schedule that keeps every rule, but may leave out what must be done.
pub(crate) struct Exchange<'a, const W: usize> {
    layout: &'a Layout,
    guard: [u64; W],
    /// What is left of all resources in each row, now and before the last exchange.
    left: Vec<[u64; W]>,
    before: Vec<[u64; W]>,
    pub starts: Vec<u16>,
    tally: Tally,
    /// For each activity, the spare bits of the resources that it ever takes.
    uses: Vec<[u64; W]>,
    strides: Vec<usize>,
    /// What the last exchange changed, and what the starts were; and what it put out.
    log: Vec<(u16, u16)>,
    gone: Vec<u16>,
}

impl<'a, const W: usize> Exchange<'a, W> {
    /// Nothing is done yet. The problem must be one for which it [`is_possible`].
    pub(crate) fn new(layout: &'a Layout) -> Self {
        let n = layout.activities;
        let (guard, left) = layout.whole::<W>();
        let uses = (0..n).map(|a| {
            let mut uses = [0; W];
            for &(start, _) in layout.starts(a) {
                layout.taken(a, start, |_, need: &[u64; W]| {
                    for w in 0..W {
                        // A spare bit goes out where something is taken from it.
                        uses[w] |= !guard[w].wrapping_sub(need[w]) & guard[w];
                    }
                });
            }
            uses
        });
        let visits_each =
            |&stride: &usize| stride == 1 || (stride < n && !n.is_multiple_of(stride));
        Self {
            layout,
            guard,
            before: left.clone(),
            left,
            starts: vec![OUT; n],
            tally: Tally::new(layout),
            uses: uses.collect(),
            strides: STRIDES.into_iter().filter(visits_each).collect(),
            log: Vec::new(),
            gone: Vec::new(),
        }
    }

    /// What the schedule is worth.
    pub(crate) fn score(&self) -> i64 {
        self.tally.score
    }

    /// Takes over a schedule that keeps every rule, as far as it can.
    pub(crate) fn begin_with(&mut self, starts: &[u16]) {
        let mut order: Vec<usize> = (0..starts.len()).filter(|&a| starts[a] != OUT).collect();
        order.sort_by_key(|&a| starts[a]);
        for a in order {
            // It may be that of another problem, in which more was allowed.
            let mut allowed = self.layout.starts(a).iter();
            let free = allowed.any(|&(start, _)| start == starts[a])
                && self.earliest(a).is_some_and(|first| first <= starts[a]);
            if free && !self.has_rival(a) && self.fits(a, starts[a]) {
                self.set(a, starts[a]);
            }
        }
    }

    /// Tries one exchange; whether anything changed.
    pub(crate) fn attempt(&mut self, random: &mut ChaCha8Rng) -> bool {
        self.log.clear();
        self.gone.clear();
        self.before.copy_from_slice(&self.left);
        let a = random.random_range(0..self.layout.activities);
        if self.starts[a] == OUT {
            self.bring_in(a, random);
        } else {
            self.shift(a, random);
        }
        if self.log.is_empty() {
            return false;
        }
        self.fill(random);
        true
    }

    /// Takes the last exchange back.
    pub(crate) fn undo(&mut self) {
        while let Some((a, start)) = self.log.pop() {
            self.change(usize::from(a), start);
        }
    }

    /// Brings an activity in, and before it what it waits for.
    fn bring_in(&mut self, a: usize, random: &mut ChaCha8Rng) {
        let layout = self.layout;
        for &(b, _) in &layout.before[a] {
            if self.starts[usize::from(b)] == OUT {
                self.bring_in(usize::from(b), random);
            }
        }
        let Some(earliest) = self.earliest(a) else {
            return;
        };
        let starts = &layout.starts(a)[layout.first(a, earliest)..];
        if starts.is_empty() {
            return;
        }
        // The best starts are as likely as all others together.
        let among = match random.random_range(0..2) {
            0 => starts.len().min(NEAR),
            _ => starts.len(),
        };
        let start = starts[random.random_range(0..among)].0;
        if start >= earliest {
            self.force(a, start, random);
        }
    }

    /// Moves something that is done to another start, or out.
    fn shift(&mut self, a: usize, random: &mut ChaCha8Rng) {
        let kind = random.next_u32() % 8;
        if kind == 0 {
            self.put_out(a);
            return;
        }
        let layout = self.layout;
        let starts = layout.starts(a);
        let (low, high) = match kind {
            1 | 2 => (0, starts.len() - 1),
            _ => {
                let now = starts
                    .iter()
                    .position(|&(start, _)| start == self.starts[a]);
                let now = now.unwrap_or(0);
                (now.saturating_sub(NEAR), starts.len().min(now + NEAR) - 1)
            }
        };
        let start = starts[random.random_range(low..=high)].0;
        let earliest = self.earliest(a);
        if start != self.starts[a] && earliest.is_some_and(|earliest| earliest <= start) {
            self.force(a, start, random);
        }
    }

    /// Gives an activity a start, and puts out what is in its way.
    fn force(&mut self, a: usize, start: u16, random: &mut ChaCha8Rng) {
        let layout = self.layout;
        for &rival in &layout.rivals[a] {
            self.put_out(usize::from(rival));
        }
        for &b in &layout.after[a] {
            let b = usize::from(b);
            let (mut waits, then) = (layout.before[b].iter(), self.starts[b]);
            if then != OUT
                && waits.any(|&(first, offset)| usize::from(first) == a && then < start + offset)
            {
                self.put_out(b);
            }
        }
        self.set(a, OUT);
        let mut rows = layout.rows_of(a, start);
        while rows != 0 {
            let row = rows.trailing_zeros() as usize;
            let mut bad = [0; W];
            layout.taken(a, start, |at, need: &[u64; W]| {
                if at == row {
                    for w in 0..W {
                        bad[w] = !self.left[row][w].wrapping_sub(need[w]) & self.guard[w];
                    }
                }
            });
            if bad == [0; W] {
                rows &= rows - 1;
                continue;
            }
            // Any that takes there of what is short, with the same chance.
            let (mut chosen, mut seen) = (None, 0);
            for b in 0..layout.activities {
                if self.starts[b] != OUT
                    && (0..W).any(|w| self.uses[b][w] & bad[w] != 0)
                    && (layout.rows_of(b, self.starts[b]) >> row) & 1 == 1
                {
                    seen += 1;
                    if random.random_range(0..seen) == 0 {
                        chosen = Some(b);
                    }
                }
            }
            let Some(chosen) = chosen else { break };
            self.put_out(chosen);
        }
        let earliest = self.earliest(a);
        if rows == 0 && earliest.is_some_and(|earliest| earliest <= start) {
            self.set(a, start);
        } else {
            self.gone.push(a as u16);
        }
    }

    /// Puts an activity out, and what waits for it.
    fn put_out(&mut self, a: usize) {
        if self.starts[a] == OUT {
            return;
        }
        self.set(a, OUT);
        self.gone.push(a as u16);
        let layout = self.layout;
        for &b in &layout.after[a] {
            self.put_out(usize::from(b));
        }
    }

    /// Gives room to what went out, then to what stands better sooner, then to others.
    fn fill(&mut self, random: &mut ChaCha8Rng) {
        let n = self.layout.activities;
        for at in 0..self.gone.len() {
            let other = random.random_range(at..self.gone.len());
            self.gone.swap(at, other);
            let a = usize::from(self.gone[at]);
            self.place(a, u64::MAX);
        }
        let mut rows = self.freed();
        if rows == 0 {
            return;
        }
        if random.random_range(0..2) == 0 {
            for a in 0..n {
                if self.starts[a] != OUT {
                    self.improve(a, rows);
                }
            }
            rows = self.freed();
        }
        let stride = self.strides[random.random_range(0..self.strides.len())];
        let mut a = random.random_range(0..n);
        let mut offers = 0;
        for _ in 0..n {
            a += stride;
            a -= if a >= n { n } else { 0 };
            if self.starts[a] == OUT && !self.layout.starts(a).is_empty() {
                self.place(a, rows);
                offers += 1;
                if offers == OFFERS {
                    break;
                }
            }
        }
    }

    /// The rows in which there is more of something than before the exchange.
    fn freed(&self) -> u64 {
        let mut rows = 0;
        for (row, (now, then)) in self.left.iter().zip(&self.before).enumerate() {
            let more = (0..W).any(|w| {
                let guard = self.guard[w];
                !then[w].wrapping_sub(now[w] & !guard) & guard != 0
            });
            rows |= u64::from(more) << row;
        }
        rows
    }

    /// Gives what is left out its best start that touches one of these rows, if that is worth it.
    fn place(&mut self, a: usize, rows: u64) {
        if self.starts[a] != OUT || self.has_rival(a) {
            return;
        }
        let Some(earliest) = self.earliest(a) else {
            return;
        };
        let layout = self.layout;
        for &(start, _) in &layout.starts(a)[layout.first(a, earliest)..] {
            if start >= earliest && layout.rows_of(a, start) & rows != 0 && self.fits(a, start) {
                let before = self.tally.score;
                self.set(a, start);
                if self.tally.score < before {
                    self.set(a, OUT);
                }
                return;
            }
        }
    }

    /// Gives what is done a better start that touches one of these rows, if there is one.
    fn improve(&mut self, a: usize, rows: u64) {
        let now = self.starts[a];
        let Some(earliest) = self
            .earliest(a)
            .filter(|&earliest| earliest < now || !self.layout.is_early(a))
        else {
            return;
        };
        let layout = self.layout;
        let better = (layout.starts(a)[layout.first(a, earliest)..].iter())
            .map(|&(start, _)| start)
            .take_while(|&start| start != now);
        let mut out = false;
        for start in better {
            if start < earliest
                || layout.rows_of(a, start) & rows == 0
                || self.is_too_late(a, start)
            {
                continue;
            }
            if !out {
                self.take(a, now, u64::wrapping_add);
                out = true;
            }
            if self.fits(a, start) {
                self.take(a, now, u64::wrapping_sub);
                self.set(a, start);
                return;
            }
        }
        if out {
            self.take(a, now, u64::wrapping_sub);
        }
    }

    /// Whether what waits for an activity would start too early.
    fn is_too_late(&self, a: usize, start: u16) -> bool {
        start > self.starts[a]
            && self.layout.after[a].iter().any(|&b| {
                let then = self.starts[usize::from(b)];
                let mut waits = self.layout.before[usize::from(b)].iter();
                then != OUT
                    && waits
                        .any(|&(first, offset)| usize::from(first) == a && then < start + offset)
            })
    }

    fn has_rival(&self, a: usize) -> bool {
        let mut rivals = self.layout.rivals[a].iter();
        rivals.any(|&b| self.starts[usize::from(b)] != OUT)
    }

    /// Before which what an activity waits for does not let it start; `None` where it can't.
    fn earliest(&self, a: usize) -> Option<u16> {
        let mut earliest = 0;
        for &(b, offset) in &self.layout.before[a] {
            let start = self.starts[usize::from(b)];
            if start == OUT {
                return None;
            }
            earliest = earliest.max(start + offset);
        }
        Some(earliest)
    }

    fn fits(&self, a: usize, start: u16) -> bool {
        let mut kept = [u64::MAX; W];
        self.layout.taken(a, start, |row, need: &[u64; W]| {
            for w in 0..W {
                kept[w] &= self.left[row][w].wrapping_sub(need[w]);
            }
        });
        (0..W).all(|w| kept[w] & self.guard[w] == self.guard[w])
    }

    /// Gives an activity another start, and remembers which it had.
    fn set(&mut self, a: usize, start: u16) {
        if self.starts[a] != start {
            self.log.push((a as u16, self.starts[a]));
            self.change(a, start);
        }
    }

    fn change(&mut self, a: usize, start: u16) {
        let now = self.starts[a];
        self.take(a, now, u64::wrapping_add);
        self.take(a, start, u64::wrapping_sub);
        self.tally.count(self.layout, a, now, start);
        self.starts[a] = start;
    }

    fn take(&mut self, a: usize, start: u16, by: impl Fn(u64, u64) -> u64) {
        if start == OUT {
            return;
        }
        self.layout.taken(a, start, |row, need: &[u64; W]| {
            for (left, need) in self.left[row].iter_mut().zip(need) {
                *left = by(*left, *need);
            }
        });
    }
}
