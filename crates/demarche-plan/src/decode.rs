//! From a list of activities to a schedule: each in turn takes the best start that is left.
//!
//! This is serial schedule generation with optional activities. What is left of all resources in a
//! period is packed side by side into a few machine words, each with a spare bit above it; one
//! subtraction takes an activity's demand from all of them, and a spare bit that goes out says that
//! one of them would not have sufficed. What has ended may give: then there is more for those that
//! come later in the list, and a lane is wide enough for all that can be given.

use crate::problem::{Activity, Limit, Problem, Schedule, net_upkeep};
use crate::tally::Tally;

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
    /// Whether they come in the order of time; and if so, for each period how many come before it.
    early: Vec<bool>,
    from: Vec<u16>,
    /// For each activity and start, its value.
    worth: Vec<i64>,
    durations: Vec<usize>,
    /// For each activity, a bit for each period that it takes from or gives to, if it starts in the
    /// first; to the end where it takes or gives something after its own.
    span: Vec<u64>,
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
    pub rivals: Vec<Vec<u16>>,
    /// For each activity, the gates it waits at; for each gate, what opens it.
    pub gates: Vec<Vec<usize>>,
    pub keys: Vec<Vec<u16>>,
    pub mandatory: Vec<bool>,
    pub bundles: Vec<Vec<u16>>,
    pub bundle_mates: Vec<Vec<u16>>,
    /// What the first, the second … that serves each cell gains; for each activity, the cells that it
    /// serves.
    pub cells: Vec<Vec<i64>>,
    pub serves: Vec<Vec<usize>>,
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
            early: Vec::with_capacity(n),
            from: Vec::with_capacity(n * (horizon + 1)),
            worth: problem
                .activities
                .iter()
                .flat_map(|activity| activity.value.iter().map(|value| value.unwrap_or(0)))
                .collect(),
            durations: problem.activities.iter().map(|a| a.duration).collect(),
            span: vec![u64::MAX; n],
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
            cells: problem.cells.iter().map(|cell| cell.gain.clone()).collect(),
            serves: vec![Vec::new(); n],
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
            for period in 0..=horizon {
                let sooner = starts.iter().filter(|s| usize::from(s.0) < period);
                layout.from.push(sooner.count() as u16);
            }
            layout
                .early
                .push(starts.is_sorted_by_key(|&(start, _)| start));
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
            } else if activity.duration < MOST_ROWS {
                layout.span[a] = !(u64::MAX << activity.duration);
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
            layout.level[a] =
                layout.early[a] && packed.chunks(words).all(|age| *age == packed[..words]);
            layout.demand[a] = packed;
            layout.total[a] = total;
        }
        for (c, cell) in problem.cells.iter().enumerate() {
            layout.penalty += cell.gain.iter().sum::<i64>();
            for &a in &cell.members {
                layout.serves[a].push(c);
            }
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

    pub(crate) fn worth(&self, a: usize, start: u16) -> i64 {
        self.worth[a * self.horizon + start as usize]
    }

    /// From which of an activity's starts on one may be as late as this.
    #[inline]
    fn first(&self, a: usize, earliest: u16) -> usize {
        match self.early[a] {
            true => usize::from(
                self.from[a * (self.horizon + 1) + usize::from(earliest).min(self.horizon)],
            ),
            false => 0,
        }
    }

    /// A bit for each period that an activity takes from or gives to if it starts so. For no more than
    /// [`MOST_ROWS`] rows.
    #[inline]
    fn window(&self, a: usize, start: u16) -> u64 {
        (self.span[a] << start) & !(u64::MAX << self.horizon)
    }

    /// Calls `take` with each row that an activity takes from if it starts so, and with what it takes;
    /// where it gives, less than nothing, modulo 2⁶⁴.
    #[inline]
    fn taken<const W: usize>(&self, a: usize, start: u16, mut take: impl FnMut(usize, &[u64; W])) {
        let start = usize::from(start);
        let end = start + self.durations[a].min(self.horizon - start);
        let (demand, _) = self.demand[a].as_chunks::<W>();
        for (row, need) in (start..end).zip(demand) {
            take(row, need);
        }
        if self.has_totals {
            let (total, _) = self.total[a].as_chunks::<W>();
            take(
                self.horizon,
                &total[if total.len() > 1 { start } else { 0 }],
            );
        }
        let (upkeep, _) = self.upkeep[a].as_chunks::<W>();
        let (gives, _) = self.gives[a].as_chunks::<W>();
        if let (Some(upkeep), Some(gives)) = (upkeep.first(), gives.first()) {
            let net = std::array::from_fn(|w| upkeep[w].wrapping_sub(gives[w]));
            for row in end..self.horizon {
                take(row, &net);
            }
        }
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
        if !self.early[a] || self.picky[a] {
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

    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    /// An activity's possible starts and their values, the most valuable first.
    pub(crate) fn starts(&self, a: usize) -> &[(u16, i64)] {
        &self.starts[a]
    }

    /// Before which what an activity waits for does not let it start; `None` where it can't.
    #[inline]
    pub(crate) fn earliest(&self, starts: &[u16], a: usize) -> Option<u16> {
        let mut earliest = 0;
        for &(before, offset) in &self.before[a] {
            let start = starts[before as usize];
            if start == OUT {
                return None;
            }
            earliest = earliest.max(start + offset);
        }
        let mut rivals = self.rivals[a].iter();
        if rivals.any(|&b| starts[b as usize] != OUT) {
            return None;
        }
        for &gate in &self.gates[a] {
            // Nothing waits at a gate that it opens itself.
            earliest = earliest.max(self.opening(starts, gate, a)?);
        }
        Some(earliest)
    }

    /// When a gate opens without this activity; `None` if it stays shut.
    #[inline]
    pub(crate) fn opening(&self, starts: &[u16], gate: usize, without: usize) -> Option<u16> {
        let keys = self.keys[gate].iter().map(|&key| usize::from(key));
        let done = keys.filter(|&key| key != without && starts[key] != OUT);
        done.map(|key| starts[key] + self.durations[key] as u16)
            .min()
    }

    /// A bit for each row that an activity takes from if it starts so. For no more than
    /// [`MOST_ROWS`] rows.
    #[inline]
    fn rows_of(&self, a: usize, start: u16) -> u64 {
        self.window(a, start) | (u64::from(self.has_totals) << self.horizon)
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

pub(crate) fn narrow(list: &[usize]) -> Vec<u16> {
    list.iter().map(|&a| a as u16).collect()
}

/// The most rows whose changes fit into the bits of one word.
pub(crate) const MOST_ROWS: usize = 64;
/// Over how many activities at most that come later now the next one is looked for.
const NEAR: usize = 3;

/// What is known of an activity from the list that was kept.
#[derive(Clone, Copy)]
struct Kept {
    place: u16,
    start: u16,
    /// Before which what it waits for did not let it start; [`OUT`] where it could not start at all.
    earliest: u16,
    wish: u16,
    /// Whether a limit over several periods let it start nowhere.
    short: bool,
}

/// In which rows there is more, and in which less, of some resource than there was at a place of the
/// list that was kept.
#[derive(Clone, Copy, Default)]
struct Change {
    more: u64,
    less: u64,
}

/// A list of activities, the schedule it stands for, and what was left of the resources on the way.
///
/// A list differs little from the one before. What each activity found there is kept, and only how what
/// is left differs from that is carried along: a start that was refused is looked at again where there
/// is more now in the row that refused it, and one that was taken only in the rows where there is less.
#[derive(Clone)]
pub(crate) struct Decoder<'a, const W: usize> {
    layout: &'a Layout,
    guard: [u64; W],
    /// The list that was kept, what is left before each place of it, and what is known of each activity.
    list: Vec<u16>,
    left: Vec<[u64; W]>,
    kept: Vec<Kept>,
    /// For each activity and start that was refused, a row that refused it.
    refused: Vec<u8>,
    /// What the last attempt would change in that.
    fresh: Vec<(usize, u8)>,
    /// What is left now beyond what was left at a place of the list that was kept.
    delta: Vec<[u64; W]>,
    pub starts: Vec<u16>,
    earliest: Vec<u16>,
    short: Vec<bool>,
    disabled: Vec<bool>,
    /// In which attempt each activity was placed last.
    placed: Vec<u64>,
    attempts: u64,
    /// Whether anything is known of the list before that can be relied on; and whether it may be.
    relies: bool,
    follows: bool,
    tally: Tally,
}

impl<'a, const W: usize> Decoder<'a, W> {
    pub(crate) fn new(layout: &'a Layout) -> Self {
        assert_eq!(layout.words, W);
        let (n, rows) = (layout.activities, layout.rows);
        let mut left = vec![[0; W]; rows * (n + 1)];
        for (row, words) in left.iter_mut().take(rows).enumerate() {
            words.copy_from_slice(&layout.full[row * W..][..W]);
        }
        let mut guard = [0; W];
        guard.copy_from_slice(&layout.guard);
        let nothing = Kept {
            place: 0,
            start: OUT,
            earliest: OUT,
            wish: ANY,
            short: false,
        };
        Self {
            layout,
            guard,
            list: vec![0; n],
            left,
            kept: vec![nothing; n],
            refused: vec![0; n * layout.horizon],
            fresh: Vec::new(),
            delta: vec![[0; W]; rows],
            starts: vec![OUT; n],
            earliest: vec![OUT; n],
            short: vec![false; n],
            disabled: vec![false; n],
            placed: vec![0; n],
            attempts: 0,
            relies: false,
            // Bundles are placed in several goes, of which only the last is kept.
            follows: rows <= MOST_ROWS && !layout.has_bundles(),
            tally: Tally::new(layout),
        }
    }

    /// Decodes `list` from place `from` on, where everything before is as in the list that was kept.
    /// The starts are changed, and what they were is appended to `undo`. Once place `same` is reached
    /// and nothing has moved, the rest is left as it was. Returns the place at which it stopped.
    fn place(
        &mut self,
        list: &[u16],
        wish: &[u16],
        from: usize,
        same: usize,
        undo: &mut Vec<(u16, u16)>,
    ) -> usize {
        self.attempts += 1;
        self.delta.fill([0; W]);
        let first = undo.len();
        for &a in &list[from..] {
            undo.push((a, self.starts[a as usize]));
            self.starts[a as usize] = OUT;
        }
        let mut moved = false;
        // What is left is what was left before place `next` of the list that was kept, and the delta.
        let (mut change, mut next) = (Change::default(), from);
        for (at, &a) in list.iter().enumerate().skip(from) {
            if at >= same && !moved {
                for &(b, start) in &undo[first + at - from..] {
                    self.starts[b as usize] = start;
                }
                undo.truncate(first + at - from);
                return at;
            }
            let a = a as usize;
            let was = self.kept[a];
            let in_line = self.relies && self.is_next(a, &mut next, &mut change);
            self.earliest[a] = OUT;
            self.short[a] = false;
            if wish[a] != OUT
                && !self.disabled[a]
                && let Some(earliest) = self.layout.earliest(&self.starts, a)
            {
                self.earliest[a] = earliest;
                // What was refused then was refused for want of room.
                let alike = in_line && was.wish == wish[a] && was.earliest <= earliest;
                let then = alike.then_some((was, change));
                self.place_one(a, wish[a], earliest, next, then);
            }
            let start = self.starts[a];
            moved |= start != undo[first + at - from].1;
            if in_line {
                next += 1;
                if start != was.start {
                    self.alter(a, was.start, next, &mut change, u64::wrapping_add);
                    self.alter(a, start, next, &mut change, u64::wrapping_sub);
                }
            } else {
                self.alter(a, start, next, &mut change, u64::wrapping_sub);
            }
        }
        list.len()
    }

    /// Whether the activity that is placed now stood at place `next` of the list that was kept, or a
    /// little after. `next` moves on over those that have left their places.
    #[inline]
    fn is_next(&mut self, a: usize, next: &mut usize, change: &mut Change) -> bool {
        let place = usize::from(self.kept[a].place);
        loop {
            if place == *next {
                self.placed[a] = self.attempts;
                return true;
            }
            let Some(&b) = self.list.get(*next) else {
                break;
            };
            let b = usize::from(b);
            let gone = self.placed[b] == self.attempts;
            if !gone && !(*next..=*next + NEAR).contains(&place) {
                break;
            }
            *next += 1;
            self.alter(b, self.kept[b].start, *next, change, u64::wrapping_add);
        }
        self.placed[a] = self.attempts;
        false
    }

    /// Changes what is left by what an activity takes if it starts so.
    #[inline]
    fn alter(
        &mut self,
        a: usize,
        start: u16,
        next: usize,
        change: &mut Change,
        by: impl Fn(u64, u64) -> u64,
    ) {
        if start == OUT {
            return;
        }
        let layout = self.layout;
        layout.taken(a, start, |row, need: &[u64; W]| {
            for (delta, need) in self.delta[row].iter_mut().zip(need) {
                *delta = by(*delta, *need);
            }
        });
        if !self.relies {
            return;
        }
        let mut rows = layout.rows_of(a, start);
        change.more &= !rows;
        change.less &= !rows;
        let then = &self.left[next * layout.rows..][..layout.rows];
        while rows != 0 {
            let row = rows.trailing_zeros() as usize;
            rows &= rows - 1;
            let (then, delta) = (&then[row], &self.delta[row]);
            let (mut more, mut less) = (0, 0);
            for w in 0..W {
                // A spare bit goes out where the one is smaller than the other.
                let (guard, now) = (self.guard[w], then[w].wrapping_add(delta[w]));
                less |= !now.wrapping_sub(then[w] & !guard) & guard;
                more |= !then[w].wrapping_sub(now & !guard) & guard;
            }
            change.more |= u64::from(more != 0) << row;
            change.less |= u64::from(less != 0) << row;
        }
    }

    /// Gives an activity the best start from `earliest` on that is left. What is left is what was left
    /// before place `next` of the list that was kept, and the delta. `then`, if given, is what it found
    /// there, with the same wish and no later earliest start, and where the delta is.
    #[inline]
    fn place_one(
        &mut self,
        a: usize,
        wish: u16,
        earliest: u16,
        next: usize,
        mut then: Option<(Kept, Change)>,
    ) {
        let layout = self.layout;
        let horizon = layout.horizon;
        let (left, delta) = (&self.left[next * layout.rows..], &self.delta[..layout.rows]);
        let left = &left[..layout.rows];
        let guard = self.guard;
        // Without a branch from row to row: most that is tried fits.
        let fits = |first: usize, needs: &[[u64; W]]| {
            let rows = left[first..].iter().zip(&delta[first..]).zip(needs);
            let mut kept = [u64::MAX; W];
            for ((left, delta), need) in rows {
                for w in 0..W {
                    kept[w] &= left[w].wrapping_add(delta[w]).wrapping_sub(need[w]);
                }
            }
            (0..W).all(|w| kept[w] & guard[w] == guard[w])
        };
        let covers = |row: usize, need: &[u64; W]| fits(row, std::slice::from_ref(need));
        let (total, _) = layout.total[a].as_chunks::<W>();
        // What it takes of limits over several periods often does not depend on the start.
        let by_start = layout.has_totals && total.len() > 1;
        if layout.has_totals && !by_start {
            let as_then = then.filter(|&(was, change)| {
                let changed = if was.short { change.more } else { change.less };
                (changed >> horizon) & 1 == 0
            });
            self.short[a] =
                as_then.map_or_else(|| !covers(horizon, &total[0]), |(was, _)| was.short);
            if self.short[a] {
                return;
            }
            then = then.filter(|(was, _)| !was.short);
        }
        let level = layout.level[a];
        let (demand, _) = layout.demand[a].as_chunks::<W>();
        let (upkeep, _) = layout.upkeep[a].as_chunks::<W>();
        let (taken, change) = then.map_or((OUT, Change::default()), |(was, change)| {
            (was.start, change)
        });
        // Whether starts are considered that the activity did not come to then.
        let mut beyond = then.is_none() || (layout.early[a] && taken < earliest);
        // A row that refuses all starts before it.
        let mut wall = None;
        let starts = &layout.starts[a];
        for &(start, _) in &starts[layout.first(a, earliest)..] {
            let again = start == taken;
            let before = !beyond && !again;
            beyond |= again;
            if start < earliest || (wish != ANY && start != wish) {
                continue;
            }
            let at = start as usize;
            let refused = a * horizon + at;
            if before && (change.more >> self.refused[refused]) & 1 == 0 {
                continue;
            }
            let end = horizon.min(at + layout.durations[a]);
            // Where there is no less than there was, there is enough.
            let known = again && layout.window(a, start) & change.less == 0;
            let wanting = match wall {
                Some(wall) if at <= wall => Some(wall),
                _ if known => None,
                _ => {
                    let demand = &demand[..end - at];
                    let in_life = match fits(at, demand) {
                        true => None,
                        false => (at..end).rev().find(|&row| !covers(row, &demand[row - at])),
                    };
                    in_life.or_else(|| {
                        let upkeep = upkeep.first()?;
                        (end..horizon).find(|&row| !covers(row, upkeep))
                    })
                }
            };
            let wanting =
                wanting.or_else(|| (by_start && !covers(horizon, &total[at])).then_some(horizon));
            let Some(row) = wanting else {
                self.starts[a] = start;
                return;
            };
            if level && row < end {
                wall = wall.max(Some(row));
            }
            if self.follows {
                self.fresh.push((refused, row as u8));
            }
        }
    }

    /// Decodes the list from place `from` on and returns the score of the whole and the place up to
    /// which something was decoded. The list may differ from the one that was kept up to place `high`.
    /// With bundles, those that came out in part are left out and the rest is placed anew.
    pub(crate) fn attempt(
        &mut self,
        list: &[u16],
        wish: &[u16],
        (from, high): (usize, usize),
        undo: &mut Vec<(u16, u16)>,
    ) -> (i64, usize) {
        undo.clear();
        self.fresh.clear();
        let end = if self.layout.has_bundles() {
            self.place_whole(list, wish, from, undo);
            list.len()
        } else {
            self.place(list, wish, from, high + 1, undo)
        };
        for &(a, before) in &*undo {
            let a = usize::from(a);
            self.tally.count(self.layout, a, before, self.starts[a]);
        }
        (self.tally.score, end)
    }

    /// Keeps what the last attempt came to, which decoded from place `from` to place `to`.
    pub(crate) fn keep(&mut self, list: &[u16], wish: &[u16], (from, to): (usize, usize)) {
        let layout = self.layout;
        let rows = layout.rows;
        for (at, &a) in list.iter().enumerate().take(to).skip(from) {
            self.list[at] = a;
            let a = usize::from(a);
            self.kept[a] = Kept {
                place: at as u16,
                start: self.starts[a],
                earliest: self.earliest[a],
                wish: wish[a],
                short: self.short[a],
            };
            let (now, next) = self.left[at * rows..].split_at_mut(rows);
            let next = &mut next[..rows];
            next.copy_from_slice(now);
            if self.starts[a] != OUT {
                layout.taken(a, self.starts[a], |row, need: &[u64; W]| {
                    for w in 0..W {
                        next[row][w] = next[row][w].wrapping_sub(need[w]);
                    }
                });
            }
        }
        for &(refused, row) in &self.fresh {
            self.refused[refused] = row;
        }
        self.relies = self.follows;
    }

    fn place_whole(&mut self, list: &[u16], wish: &[u16], from: usize, undo: &mut Vec<(u16, u16)>) {
        let whole = list.len();
        self.place(list, wish, from, whole, undo);
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
            self.place(list, wish, from, whole, undo);
            undo.truncate(first);
        }
        self.disabled.fill(false);
    }

    /// Takes the last attempt back.
    pub(crate) fn undo(&mut self, undo: &[(u16, u16)]) {
        for &(a, start) in undo {
            let a = usize::from(a);
            self.tally.count(self.layout, a, self.starts[a], start);
            self.starts[a] = start;
        }
    }
}

/// The starts as a schedule.
pub(crate) fn schedule(starts: &[u16]) -> Schedule {
    starts
        .iter()
        .map(|&start| (start != OUT).then_some(start as usize))
        .collect()
}

#[cfg(test)]
pub(crate) mod tests {
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use super::*;
    use crate::problem::{Cell, Gate, Precedence, Resource};

    const N: usize = 14;
    const PERIODS: usize = 9;

    /// A problem with everything but bundles, which are always placed from the beginning.
    pub(crate) fn problem(random: &mut ChaCha8Rng) -> Problem {
        let mut some = |below: i64| random.random_range(0..below);
        let of_periods = |limit: i64| Limit::EachPeriod(vec![limit; PERIODS]);
        let limits = [
            of_periods(6 + some(6)),
            of_periods(8 + some(9)),
            Limit::Total(20 + some(60)),
            Limit::Span {
                first: 2,
                last: 5,
                amount: 5 + some(40),
            },
        ];
        let activities = (0..N).map(|_| {
            let duration = 1 + some(4) as usize;
            let level = some(2) == 0;
            let demand = (0..4).map(|_| match level {
                true => vec![some(4); duration],
                false => (0..duration).map(|_| some(5)).collect(),
            });
            let demand = demand.collect();
            let upkeep = match some(4) {
                0 => (0..4).map(|_| some(2)).collect(),
                _ => Vec::new(),
            };
            let gives = match some(5) {
                0 => vec![some(4), 0, 0, 0],
                _ => Vec::new(),
            };
            let (worth, fall) = (some(100), some(12) - 3);
            let value = (0..PERIODS as i64).map(|t| (some(8) > 0).then_some(worth - fall * t));
            Activity {
                name: String::new(),
                duration,
                demand,
                upkeep,
                gives,
                value: value.collect(),
                mandatory: some(10) == 0,
            }
        });
        let activities = activities.collect();
        let waits = (0..5).map(|_| (some(N as i64) as usize, some(N as i64) as usize, some(2)));
        let waits: Vec<_> = waits.filter(|&(one, two, _)| one < two).collect();
        let name = String::new();
        Problem {
            horizon: PERIODS,
            resources: (limits.into_iter())
                .map(|limit| Resource {
                    name: name.clone(),
                    limit,
                })
                .collect(),
            activities,
            precedences: (waits.into_iter())
                .map(|(before, after, lag)| Precedence {
                    before,
                    after,
                    lag: lag as usize,
                })
                .collect(),
            exclusions: vec![vec![1, 5]],
            bundles: Vec::new(),
            cells: vec![Cell {
                name: name.clone(),
                members: vec![0, 3, 6, 7],
                gain: vec![30, 10],
            }],
            gates: vec![Gate {
                name,
                keys: vec![2, 4],
                waits: vec![8, 9],
            }],
        }
    }

    #[test]
    fn what_is_carried_along_is_what_is_found_anew() {
        let mut random = ChaCha8Rng::seed_from_u64(3);
        let (mut kept, mut moved) = (0, 0);
        for _ in 0..60 {
            let problem = problem(&mut random);
            problem.validate().unwrap();
            let layout = Layout::new(&problem);
            match layout.words() {
                1 => walk::<1>(&layout, &mut random, &mut kept, &mut moved),
                _ => walk::<2>(&layout, &mut random, &mut kept, &mut moved),
            }
        }
        assert!(kept > 5_000 && moved > 5_000, "{kept} kept, {moved} moved");
    }

    fn walk<const W: usize>(
        layout: &Layout,
        random: &mut ChaCha8Rng,
        kept: &mut usize,
        moved: &mut usize,
    ) {
        let mut decoder = Decoder::<W>::new(layout);
        let mut list: Vec<u16> = (0..N as u16).collect();
        let mut wish = vec![ANY; N];
        let mut undo = Vec::new();
        decoder.attempt(&list, &wish, (0, N), &mut undo);
        decoder.keep(&list, &wish, (0, N));
        for _ in 0..400 {
            let before = (list.clone(), wish.clone(), decoder.starts.clone());
            let (mut low, mut high) = (N, 0);
            for _ in 0..random.random_range(1..4) {
                let (from, to) = (random.random_range(0..N), random.random_range(0..N));
                if random.random_range(0..4) == 0 {
                    let a = usize::from(list[from]);
                    let wishes = [ANY, OUT, random.random_range(0..PERIODS as u16)];
                    wish[a] = wishes[random.random_range(0..3)];
                    (low, high) = (low.min(from), high.max(from));
                } else {
                    let a = list.remove(from);
                    list.insert(to, a);
                    (low, high) = (low.min(from.min(to)), high.max(from.max(to)));
                }
            }
            let (score, end) = decoder.attempt(&list, &wish, (low, high), &mut undo);
            let mut anew = Decoder::<W>::new(layout);
            let (whole, _) = anew.attempt(&list, &wish, (0, N), &mut Vec::new());
            assert_eq!(decoder.starts, anew.starts);
            assert_eq!(score, whole);
            *moved += usize::from(decoder.starts != before.2);
            if random.random_range(0..3) == 0 {
                decoder.keep(&list, &wish, (low, end));
                *kept += 1;
            } else {
                decoder.undo(&undo);
                (list, wish) = (before.0, before.1);
                assert_eq!(decoder.starts, before.2);
            }
        }
    }
}
