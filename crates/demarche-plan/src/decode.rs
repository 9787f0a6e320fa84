//! From a list of activities to a schedule: each in turn takes the best start that is left.
//!
//! This is serial schedule generation with optional activities. What is left of all resources in a
//! period is packed side by side into a few machine words, each with a spare bit above it; one
//! subtraction takes an activity's demand from all of them, and a spare bit that goes out says that
//! one of them would not have sufficed. What has ended may give: then there is more for those that
//! come later in the list, and a lane is wide enough for all that can be given.

use crate::problem::{Activity, Limit, Problem, Schedule, net_upkeep};

/// No start.
pub(crate) const OUT: u16 = u16::MAX;

/// Any start, the most valuable that is left.
pub(crate) const ANY: u16 = u16::MAX - 1;

/// A problem laid out for fast decoding.
pub(crate) struct Layout {
    pub activities: usize,
    /// Periods, and one more row for limits over all periods.
    rows: usize,
    horizon: usize,
    words: usize,
    guard: Vec<u64>,
    full: Vec<u64>,
    /// For each activity, its allowed starts, the most valuable first, the earlier first if equal.
    starts: Vec<Vec<(u16, i64)>>,
    /// For each activity and start, its value.
    worth: Vec<i64>,
    durations: Vec<usize>,
    /// For each activity and age, the packed demand.
    demand: Vec<Vec<u64>>,
    /// For each activity, the packed demand on limits over several periods, for each start where it
    /// depends on the start.
    total: Vec<Vec<u64>>,
    /// For each activity that takes or gives something after its end: packed, what it takes and what
    /// it gives in each period; else empty.
    upkeep: Vec<Vec<u64>>,
    gives: Vec<Vec<u64>>,
    has_totals: bool,
    /// Whether an activity takes the same in each period of its life and its starts come in the order
    /// of time, so that a period in which it doesn't fit rules out all starts up to it.
    level: Vec<bool>,
    /// Whether an earlier start may be worse for others: it takes more when it is older, or more in
    /// all when it starts earlier; or it takes part in what can only be done with what others give.
    picky: Vec<bool>,
    pub before: Vec<Vec<(u16, u16)>>,
    pub after: Vec<Vec<u16>>,
    rivals: Vec<Vec<u16>>,
    /// For each activity, the gates it waits at; for each gate, what opens it.
    gates: Vec<Vec<usize>>,
    keys: Vec<Vec<u16>>,
    pub mandatory: Vec<bool>,
    bundles: Vec<Vec<u16>>,
    pub bundle_mates: Vec<Vec<u16>>,
    cells: Vec<(Vec<u16>, Vec<i64>)>,
    /// More than any schedule can be worth.
    pub penalty: i64,
}

impl Layout {
    /// Lays out a problem that has been validated.
    pub(crate) fn new(problem: &Problem) -> Self {
        let n = problem.activities.len();
        let horizon = problem.horizon;
        // A lane is as wide as the most there can ever be, and one bit more.
        let room = problem.room();
        let mut lanes = Vec::new();
        let (mut word, mut used) = (0_usize, 0_u32);
        for room in &room {
            let most = room.iter().copied().max().unwrap_or(0);
            let width = 64 - most.unsigned_abs().leading_zeros() + 1;
            if used + width > 64 {
                word += 1;
                used = 0;
            }
            lanes.push((word, used, width));
            used += width;
        }
        // Widths that the search is compiled for.
        let words = match word + 1 {
            few @ 1..=4 => few,
            5..=8 => 8,
            9..=16 => 16,
            _ => 32,
        };
        let rows = horizon + 1;
        let mut guard = vec![0_u64; words];
        for &(word, shift, width) in &lanes {
            guard[word] |= 1 << (shift + width - 1);
        }
        let mut full: Vec<u64> = (0..rows).flat_map(|_| guard.iter().copied()).collect();
        for (resource, &(word, shift, _)) in problem.resources.iter().zip(&lanes) {
            match &resource.limit {
                Limit::EachPeriod(each) => {
                    for (period, &amount) in each.iter().enumerate() {
                        full[period * words + word] |= amount.unsigned_abs() << shift;
                    }
                }
                Limit::Total(amount) | Limit::Span { amount, .. } => {
                    full[horizon * words + word] |= amount.unsigned_abs() << shift;
                }
            }
        }
        let of_periods = |k: usize| matches!(problem.resources[k].limit, Limit::EachPeriod(_));
        let has_totals = (0..problem.resources.len()).any(|k| !of_periods(k));
        let mut layout = Self {
            activities: n,
            rows,
            horizon,
            words,
            guard,
            full,
            starts: Vec::with_capacity(n),
            worth: problem
                .activities
                .iter()
                .flat_map(|activity| activity.value.iter().map(|value| value.unwrap_or(0)))
                .collect(),
            durations: problem.activities.iter().map(|a| a.duration).collect(),
            demand: vec![Vec::new(); n],
            total: vec![Vec::new(); n],
            has_totals,
            level: vec![false; n],
            upkeep: vec![Vec::new(); n],
            gives: vec![Vec::new(); n],
            picky: picky(problem),
            before: vec![Vec::new(); n],
            after: vec![Vec::new(); n],
            rivals: vec![Vec::new(); n],
            gates: vec![Vec::new(); n],
            keys: problem
                .gates
                .iter()
                .map(|gate| narrow(&gate.keys))
                .collect(),
            mandatory: problem.activities.iter().map(|a| a.mandatory).collect(),
            bundles: problem.bundles.iter().map(|b| narrow(b)).collect(),
            bundle_mates: vec![Vec::new(); n],
            cells: problem
                .cells
                .iter()
                .map(|cell| (narrow(&cell.members), cell.gain.clone()))
                .collect(),
            penalty: 1,
        };
        for (a, activity) in problem.activities.iter().enumerate() {
            let mut starts: Vec<(u16, i64)> = Vec::new();
            for (start, value) in activity.value.iter().enumerate() {
                let Some(value) = *value else { continue };
                if problem.fits_alone(&room, a, start) {
                    starts.push((start as u16, value));
                }
            }
            starts.sort_by_key(|&(start, value)| (std::cmp::Reverse(value), start));
            layout.penalty += starts
                .iter()
                .map(|(_, value)| value.abs())
                .max()
                .unwrap_or(0);
            layout.starts.push(starts);
            // Demands above the limit are in no allowed start, so they may be cut off to fit.
            let cut = |amount: i64, width: u32| amount.unsigned_abs().min((1 << (width - 1)) - 1);
            let mut packed = vec![0_u64; activity.duration * words];
            let (mut upkeep, mut gives) = (vec![0_u64; words], vec![0_u64; words]);
            for (k, &(word, shift, width)) in lanes.iter().enumerate() {
                if of_periods(k) {
                    for (age, &amount) in activity.demand[k].iter().enumerate() {
                        packed[age * words + word] |= cut(amount, width) << shift;
                    }
                    let net = net_upkeep(activity, k);
                    let side = if net > 0 { &mut upkeep } else { &mut gives };
                    side[word] |= cut(net.abs(), width) << shift;
                }
            }
            if upkeep.iter().chain(&gives).any(|&word| word != 0) {
                layout.upkeep[a] = upkeep;
                layout.gives[a] = gives;
            }
            // One row where the start does not matter, as for a limit over all without upkeep.
            let matters = |k: usize| match problem.resources[k].limit {
                Limit::EachPeriod(_) => false,
                Limit::Total(_) => activity.upkeep.get(k).is_some_and(|&amount| amount > 0),
                Limit::Span { .. } => true,
            };
            let by_start = (0..lanes.len()).any(matters);
            let mut total = vec![0_u64; words * if by_start { horizon } else { 1 }];
            for start in 0..total.len() / words {
                for (k, &(word, shift, width)) in lanes.iter().enumerate() {
                    if !of_periods(k) {
                        let amount = problem.takes_in_all(a, start, k);
                        total[start * words + word] |= cut(amount, width) << shift;
                    }
                }
            }
            layout.level[a] = packed.chunks(words).all(|age| *age == packed[..words])
                && layout.starts[a].is_sorted_by_key(|&(start, _)| start);
            layout.demand[a] = packed;
            layout.total[a] = total;
        }
        for cell in &problem.cells {
            layout.penalty += cell.gain.iter().sum::<i64>();
        }
        for wait in &problem.precedences {
            let offset = problem.activities[wait.before].duration + wait.lag;
            layout.before[wait.after].push((wait.before as u16, offset as u16));
            layout.after[wait.before].push(wait.after as u16);
        }
        for (g, gate) in problem.gates.iter().enumerate() {
            for &a in &gate.waits {
                layout.gates[a].push(g);
            }
        }
        for (groups, lists) in [
            (&problem.exclusions, &mut layout.rivals),
            (&problem.bundles, &mut layout.bundle_mates),
        ] {
            for group in groups {
                for &a in group {
                    lists[a].extend(group.iter().filter(|&&b| b != a).map(|&b| b as u16));
                }
            }
        }
        layout
    }

    fn worth(&self, a: usize, start: u16) -> i64 {
        self.worth[a * self.horizon + start as usize]
    }

    /// The most that an activity can be worth by itself, or `None` where it can never start.
    pub(crate) fn best(&self, a: usize) -> Option<i64> {
        self.starts[a].first().map(|&(_, value)| value)
    }

    /// What an activity may wish for besides [`ANY`]: to be left out, where it may be worth nothing or
    /// less; and a start of its own, where an earlier one is not always at least as good, because its
    /// value does not fall with time or an earlier start may be worse for others.
    pub(crate) fn wishes(&self, a: usize) -> Vec<u16> {
        let mut wishes = Vec::new();
        let starts = &self.starts[a];
        if !self.mandatory[a] && starts.last().is_some_and(|&(_, value)| value <= 0) {
            wishes.push(OUT);
        }
        let early = starts.is_sorted_by_key(|&(start, _)| start);
        if !early || self.picky[a] {
            wishes.extend(starts.iter().map(|&(start, _)| start));
        }
        wishes
    }

    /// Whether something gives to others after its end.
    pub(crate) fn has_gifts(&self) -> bool {
        self.gives.iter().flatten().any(|&word| word != 0)
    }

    pub(crate) fn has_bundles(&self) -> bool {
        !self.bundles.is_empty()
    }

    pub(crate) fn words(&self) -> usize {
        self.words
    }
}

/// Which activities may need a start of their own.
///
/// Without gifts, a list in the order of the starts of a schedule stands for one at least as good,
/// if each activity takes its earliest start and never takes more when it is older or starts
/// earlier: whoever comes later in the list has not started before. With gifts a list must name who
/// gives before who takes, whatever their starts; so those, and all they wait for, keep their starts.
/// Ordered by their ends they then fit one after the other, unless a limit falls with time and only
/// a later gift carries the upkeep of what the giver waits for.
fn picky(problem: &Problem) -> Vec<bool> {
    let grows = |activity: &Activity| {
        (problem.resources.iter().enumerate()).any(|(k, resource)| {
            let demand = &activity.demand[k];
            let net = net_upkeep(activity, k);
            match resource.limit {
                Limit::EachPeriod(_) => {
                    !demand.is_sorted_by(|x, y| x >= y) || demand.last().is_some_and(|&d| d < net)
                }
                Limit::Total(_) => net > 0,
                Limit::Span { .. } => net > 0 || demand.iter().skip(1).any(|&d| d > 0),
            }
        })
    };
    let mut picky: Vec<bool> = problem.activities.iter().map(grows).collect();
    let given: Vec<bool> = (0..problem.resources.len())
        .map(|k| {
            let mut all = problem.activities.iter();
            all.any(|a| a.gives.get(k).is_some_and(|&amount| amount > 0))
        })
        .collect();
    if !given.contains(&true) {
        return picky;
    }
    for (activity, picky) in problem.activities.iter().zip(&mut picky) {
        *picky |= activity.gives.iter().any(|&amount| amount > 0);
        *picky |= (given.iter().enumerate()).any(|(k, &given)| {
            given && (net_upkeep(activity, k) > 0 || activity.demand[k].iter().any(|&d| d > 0))
        });
    }
    loop {
        let mut more = Vec::new();
        for wait in &problem.precedences {
            if picky[wait.after] && !picky[wait.before] {
                more.push(wait.before);
            }
        }
        for gate in &problem.gates {
            if gate.waits.iter().any(|&a| picky[a]) {
                more.extend(gate.keys.iter().filter(|&&a| !picky[a]));
            }
        }
        if more.is_empty() {
            return picky;
        }
        for a in more {
            picky[a] = true;
        }
    }
}

fn narrow(list: &[usize]) -> Vec<u16> {
    list.iter().map(|&a| a as u16).collect()
}

/// A list of activities, the schedule it stands for, and what was left of the resources on the way.
#[derive(Clone)]
pub(crate) struct Decoder<'a, const W: usize> {
    layout: &'a Layout,
    /// What is left before the activity at each place of the list is placed.
    left: Vec<[u64; W]>,
    scratch: Vec<[u64; W]>,
    pub starts: Vec<u16>,
    disabled: Vec<bool>,
}

impl<'a, const W: usize> Decoder<'a, W> {
    pub(crate) fn new(layout: &'a Layout) -> Self {
        assert_eq!(layout.words, W);
        let rows = layout.rows;
        let mut left = vec![[0; W]; rows * (layout.activities + 1)];
        for (row, words) in left.iter_mut().take(rows).enumerate() {
            words.copy_from_slice(&layout.full[row * W..][..W]);
        }
        Self {
            layout,
            left,
            scratch: vec![[0; W]; rows],
            starts: vec![OUT; layout.activities],
            disabled: vec![false; layout.activities],
        }
    }

    /// Decodes `list` from place `from` on, where everything before is as at the last `KEEP`. The
    /// starts are changed, and what they were is appended to `undo`. Where `KEEP`, what is left at
    /// each place is written down, up to place `to`. Else, once place `same` is reached and nothing
    /// has moved, the rest is left as it was. Returns the place at which it stopped.
    fn place<const KEEP: bool>(
        &mut self,
        list: &[u16],
        wish: &[u16],
        from: usize,
        same: usize,
        undo: &mut Vec<(u16, u16)>,
    ) -> usize {
        let layout = self.layout;
        let rows = layout.rows;
        let mut guard = [0_u64; W];
        guard.copy_from_slice(&layout.guard);
        self.scratch
            .copy_from_slice(&self.left[from * rows..][..rows]);
        let first = undo.len();
        for &a in &list[from..] {
            undo.push((a, self.starts[a as usize]));
            self.starts[a as usize] = OUT;
        }
        let mut moved = false;
        for (at, &a) in list.iter().enumerate().skip(from) {
            if at >= same && (KEEP || !moved) {
                for &(b, start) in &undo[first + at - from..] {
                    self.starts[b as usize] = start;
                }
                undo.truncate(first + at - from);
                return at;
            }
            let a = a as usize;
            if wish[a] != OUT && !self.disabled[a] {
                self.place_one(a, wish[a], &guard);
            }
            if KEEP {
                self.left[(at + 1) * rows..][..rows].copy_from_slice(&self.scratch);
            }
            moved |= self.starts[a] != undo[first + at - from].1;
        }
        list.len()
    }

    #[inline]
    fn place_one(&mut self, a: usize, wish: u16, guard: &[u64; W]) {
        let layout = self.layout;
        let mut earliest = 0;
        for &(before, offset) in &layout.before[a] {
            let start = self.starts[before as usize];
            if start == OUT {
                return;
            }
            earliest = earliest.max(start + offset);
        }
        if layout.rivals[a]
            .iter()
            .any(|&b| self.starts[b as usize] != OUT)
        {
            return;
        }
        for &gate in &layout.gates[a] {
            let open = (layout.keys[gate].iter())
                .filter(|&&key| self.starts[key as usize] != OUT)
                .map(|&key| self.starts[key as usize] + layout.durations[key as usize] as u16)
                .min();
            let Some(open) = open else { return };
            earliest = earliest.max(open);
        }
        let demand = &layout.demand[a];
        let upkeep = &layout.upkeep[a];
        let level = layout.level[a];
        'starts: for &(start, _) in &layout.starts[a] {
            if start < earliest || (wish != ANY && start != wish) {
                continue;
            }
            let at = start as usize;
            let life = layout.durations[a].min(layout.horizon - at);
            for age in (0..life).rev() {
                let left = &self.scratch[at + age];
                let mut kept = true;
                for w in 0..W {
                    kept &= (left[w].wrapping_sub(demand[age * W + w]) & guard[w]) == guard[w];
                }
                if !kept {
                    if level {
                        earliest = (at + age + 1) as u16;
                    }
                    continue 'starts;
                }
            }
            if !upkeep.is_empty() {
                for left in &self.scratch[at + life..layout.horizon] {
                    for w in 0..W {
                        if (left[w].wrapping_sub(upkeep[w]) & guard[w]) != guard[w] {
                            continue 'starts;
                        }
                    }
                }
            }
            if layout.has_totals {
                let left = &mut self.scratch[layout.horizon];
                let total = &layout.total[a];
                let total = if total.len() > W {
                    &total[at * W..]
                } else {
                    total
                };
                if (0..W).any(|w| (left[w].wrapping_sub(total[w]) & guard[w]) != guard[w]) {
                    continue 'starts;
                }
                for w in 0..W {
                    left[w] -= total[w];
                }
            }
            for age in 0..life {
                for w in 0..W {
                    self.scratch[at + age][w] -= demand[age * W + w];
                }
            }
            if !upkeep.is_empty() {
                let gives = &layout.gives[a];
                for left in &mut self.scratch[at + life..layout.horizon] {
                    for w in 0..W {
                        left[w] = left[w] - upkeep[w] + gives[w];
                    }
                }
            }
            self.starts[a] = start;
            return;
        }
    }

    /// Decodes the list from place `from` on and returns the score of the whole and the place up to
    /// which something was decoded. `now` is the score of the schedule before; the list may differ
    /// from the one before up to place `high`. With bundles, those that came out in part are left
    /// out and the rest is placed anew.
    pub(crate) fn attempt(
        &mut self,
        list: &[u16],
        wish: &[u16],
        (from, high): (usize, usize),
        now: i64,
        undo: &mut Vec<(u16, u16)>,
    ) -> (i64, usize) {
        undo.clear();
        if self.layout.has_bundles() {
            self.place_whole::<false>(list, wish, from, undo);
            return (self.score(), list.len());
        }
        let end = self.place::<false>(list, wish, from, high + 1, undo);
        if end < list.len() {
            (now, end)
        } else {
            (self.score(), end)
        }
    }

    /// Decodes the list from place `from` up to place `to`, after which all is as before, and keeps
    /// what is left of the resources on the way. Returns the score of the whole.
    pub(crate) fn keep(
        &mut self,
        list: &[u16],
        wish: &[u16],
        (from, to): (usize, usize),
        undo: &mut Vec<(u16, u16)>,
    ) -> i64 {
        undo.clear();
        if self.layout.has_bundles() {
            self.place_whole::<true>(list, wish, from, undo);
        } else {
            self.place::<true>(list, wish, from, to, undo);
        }
        self.score()
    }

    fn place_whole<const KEEP: bool>(
        &mut self,
        list: &[u16],
        wish: &[u16],
        from: usize,
        undo: &mut Vec<(u16, u16)>,
    ) {
        let whole = list.len();
        self.place::<KEEP>(list, wish, from, whole, undo);
        let first = undo.len();
        loop {
            let mut torn = false;
            for bundle in &self.layout.bundles {
                let done = bundle
                    .iter()
                    .filter(|&&a| self.starts[a as usize] != OUT)
                    .count();
                if done > 0 && done < bundle.len() {
                    torn = true;
                    for &a in bundle {
                        self.disabled[a as usize] = true;
                    }
                }
            }
            if !torn {
                break;
            }
            self.place::<KEEP>(list, wish, from, whole, undo);
            undo.truncate(first);
        }
        self.disabled.fill(false);
    }

    /// Takes the last decoding back.
    pub(crate) fn undo(&mut self, undo: &[(u16, u16)]) {
        for &(a, start) in undo {
            self.starts[a as usize] = start;
        }
    }

    fn score(&self) -> i64 {
        let layout = self.layout;
        let mut score = 0;
        for (a, &start) in self.starts.iter().enumerate() {
            if start == OUT {
                if layout.mandatory[a] {
                    score -= layout.penalty;
                }
            } else {
                score += layout.worth(a, start);
            }
        }
        for (members, gain) in &layout.cells {
            let served = members
                .iter()
                .filter(|&&a| self.starts[a as usize] != OUT)
                .count();
            score += gain.iter().take(served).sum::<i64>();
        }
        score
    }
}

/// The starts as a schedule.
pub(crate) fn schedule(starts: &[u16]) -> Schedule {
    starts
        .iter()
        .map(|&start| (start != OUT).then_some(start as usize))
        .collect()
}
