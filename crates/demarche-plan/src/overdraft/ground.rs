//! A problem laid out for annealing with overdraft.

use wide::f64x4;

use crate::decode::{Layout, MOST_ROWS, narrow};
use crate::problem::{Limit, Problem, net_upkeep};

/// Resources are reckoned with four at a time.
pub(super) type Four = f64x4;

/// No sum of amounts may be larger: up to here floating point counts whole numbers exactly.
const EXACT: f64 = (1_u64 << 52) as f64;

/// What an activity takes.
pub(super) struct Need {
    pub duration: usize,
    /// For each period of its life; for one where all are alike.
    pub life: Vec<Four>,
    /// In each period after its end, less what it gives; empty: nothing.
    pub after: Vec<Four>,
    /// Of limits over several periods; for each start, or for one where all are alike.
    whole: Vec<Four>,
    /// Its possible starts in the order of time, and what each is worth.
    pub starts: Vec<(u16, f64)>,
}

impl Need {
    fn of(problem: &Problem, layout: &Layout, kinds: &Kinds, a: usize) -> Self {
        let activity = &problem.activities[a];
        // One row stands for all where all are alike.
        let alike = |mut rows: Vec<Four>, width: usize| {
            if rows.chunks(width.max(1)).all(|row| rows.starts_with(row)) {
                rows.truncate(width);
            }
            rows
        };
        let life = (0..activity.duration)
            .flat_map(|age| pack(&kinds.each, move |k| activity.demand[k][age]))
            .collect();
        let mut after: Vec<Four> = pack(&kinds.each, |k| net_upkeep(activity, k)).collect();
        if after.iter().all(|&four| four == Four::ZERO) {
            after.clear();
        }
        let whole = (0..problem.horizon)
            .flat_map(|t| pack(&kinds.spans, move |k| problem.takes_in_all(a, t, k)))
            .collect();
        let mut starts: Vec<(u16, f64)> = (layout.starts(a).iter())
            .map(|&(start, value)| (start, value as f64))
            .collect();
        starts.sort_by_key(|&(start, _)| start);
        Self {
            duration: activity.duration,
            life: alike(life, kinds.each.len().div_ceil(4)),
            after,
            whole: alike(whole, kinds.spans.len().div_ceil(4)),
            starts,
        }
    }

    /// What it takes of limits over several periods, which fill so many fours, if it starts so.
    #[inline]
    pub fn whole(&self, start: usize, spans: usize) -> &[Four] {
        match self.whole.len() == spans {
            true => &self.whole,
            false => &self.whole[start * spans..][..spans],
        }
    }

    /// The most that it is worth by itself, or nothing.
    fn best(&self) -> f64 {
        self.starts
            .iter()
            .fold(0.0, |best, start| best.max(start.1))
    }

    /// No amount or worth in it is larger than this.
    fn largest(&self) -> f64 {
        let values = self
            .starts
            .iter()
            .fold(0.0, |most: f64, start| most.max(start.1.abs()));
        values + largest(&self.life) + largest(&self.after) + largest(&self.whole)
    }
}

/// Which resources are limited in each period, and which over several.
struct Kinds {
    each: Vec<usize>,
    spans: Vec<usize>,
}

/// An amount of each of these resources, four by four.
fn pack(kinds: &[usize], amount: impl Fn(usize) -> i64) -> impl Iterator<Item = Four> {
    kinds.chunks(4).map(move |four| {
        let mut packed = [0.0; 4];
        for (packed, &k) in packed.iter_mut().zip(four) {
            *packed = amount(k) as f64;
        }
        Four::from(packed)
    })
}

fn largest(fours: &[Four]) -> f64 {
    let amounts = fours.iter().flat_map(|four| four.to_array());
    amounts.fold(0.0, |most, amount| most.max(amount.abs()))
}

/// A problem laid out for annealing with overdraft.
pub(crate) struct Ground {
    pub(super) periods: usize,
    /// How many fours the limits of a period fill, and how many those over several periods.
    pub(super) each: usize,
    pub(super) spans: usize,
    /// For each period, the fours of its limits; then those over several periods.
    pub(super) limits: Vec<Four>,
    /// The even share of each limit in what all is worth, for one unit beyond it.
    pub(super) share: Vec<Four>,
    pub(super) needs: Vec<Need>,
    /// For each activity, who waits for it and how long from its start.
    pub(super) after: Vec<Vec<(u16, u16)>>,
    /// For each activity, the gates that it opens; for each gate, who waits at it.
    pub(super) opens: Vec<Vec<usize>>,
    pub(super) waits: Vec<Vec<u16>>,
    /// For each activity, its bundles; and what one member too few or too many costs by even shares.
    pub(super) bundles: Vec<Vec<usize>>,
    pub(super) torn: f64,
}

impl Ground {
    /// `None` where schedules can't be sought so, because there are more periods or larger amounts than
    /// can be reckoned with, or nothing to exchange.
    pub(crate) fn new(problem: &Problem, layout: &Layout) -> Option<Self> {
        let n = layout.activities;
        if n < 2 || layout.rows() > MOST_ROWS {
            return None;
        }
        let periods = problem.horizon;
        let (each, spans) = (0..problem.resources.len())
            .partition(|&k| matches!(problem.resources[k].limit, Limit::EachPeriod(_)));
        let kinds = Kinds { each, spans };
        // What a limit is in a period; one over several periods is the same in all.
        let limit = |k: usize, t: usize| match &problem.resources[k].limit {
            Limit::EachPeriod(limit) => limit[t],
            Limit::Total(amount) | Limit::Span { amount, .. } => *amount,
        };
        let mut limits: Vec<Four> = (0..periods)
            .flat_map(|t| pack(&kinds.each, move |k| limit(k, t)))
            .collect();
        let in_periods = limits.len();
        limits.extend(pack(&kinds.spans, |k| limit(k, 0)));
        let needs: Vec<Need> = (0..n)
            .map(|a| Need::of(problem, layout, &kinds, a))
            .collect();
        if needs.iter().map(Need::largest).sum::<f64>() + largest(&limits) > EXACT {
            return None;
        }
        // Half of what all would be worth that could be done alone.
        let gains = layout.cells.iter().flatten().sum::<i64>() as f64;
        let all = (needs.iter().map(Need::best).sum::<f64>() + gains).max(1.0) / 2.0;
        let resources = problem.resources.len().max(1) as f64;
        let share = limits.iter().enumerate().map(|(at, limit)| {
            let rows = if at < in_periods { periods } else { 1 };
            Four::splat(all / (resources * rows as f64)) / limit.max(Four::splat(1.0))
        });
        let mut after = vec![Vec::new(); n];
        for (a, waits) in layout.before.iter().enumerate() {
            for &(b, offset) in waits {
                after[usize::from(b)].push((a as u16, offset));
            }
        }
        Some(Self {
            periods,
            each: kinds.each.len().div_ceil(4),
            spans: kinds.spans.len().div_ceil(4),
            share: share.collect(),
            limits,
            needs,
            after,
            opens: groups_of(n, &layout.keys),
            waits: problem.gates.iter().map(|g| narrow(&g.waits)).collect(),
            bundles: groups_of(n, &layout.bundles),
            torn: all / n as f64,
        })
    }
}

/// For each activity, the groups that it is in.
fn groups_of(n: usize, groups: &[Vec<u16>]) -> Vec<Vec<usize>> {
    let mut of = vec![Vec::new(); n];
    for (group, members) in groups.iter().enumerate() {
        for &a in members {
            of[usize::from(a)].push(group);
        }
    }
    of
}
