//! The line of a signpost, learned: where on the training futures the plan is worth most.
//!
//! For a signpost of a trigger, each value that it took in the training futures is tried as its line,
//! and so is a line that is never crossed. The learned line is that with the largest mean worth of the
//! plan, with this trigger alone; of equal ones, the one that is pulled least. Its interval holds the
//! middle 95 % of the lines learned on [`RESAMPLES`] resamples of the training futures (drawn with
//! replacement). What it is worth is told by held-out futures, on which nothing was chosen.

use std::cmp::Ordering;

use demarche_case::LineSide;
use demarche_respond::threads::spread;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::compare::{Difference, Warning, courses};
use super::policy::{Course, Helm};
use super::rules::Rules;
use crate::futures::Future;

/// How often the training futures are resampled.
pub const RESAMPLES: usize = 1000;
/// At most so many lines are tried.
const MOST_LINES: usize = 24;

/// What was learned of a signpost's line.
#[derive(Clone, Debug, PartialEq)]
pub struct Learned {
    /// The trigger, a position in the settings.
    pub trigger: usize,
    /// The signpost, a position in the settings.
    pub signpost: usize,
    /// The lines tried, from the one crossed most easily to the one never crossed.
    pub tried: Vec<Tried>,
    /// The learned line; `None`: it is best never to pull the trigger.
    pub line: Option<f64>,
    /// The ends of its interval, the one crossed more easily first; `None`: never.
    pub interval: [Option<f64>; 2],
    /// The line of the case.
    pub judged: f64,
    /// What the learned line is worth on held-out futures, against no trigger. Points a future.
    pub gain: Difference,
    /// The same of the line of the case.
    pub judged_gain: Difference,
    /// How the learned line warned on held-out futures; `None` where it is not said what is averted.
    pub warning: Option<Warning>,
    /// How many futures it was learned on.
    pub training: usize,
    /// How many it was judged on.
    pub held_out: usize,
}

/// A line that was tried.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tried {
    /// The line; `None`: one that is never crossed.
    pub line: Option<f64>,
    /// What it adds to the worth of the plan on the training futures. Points a future.
    pub gain: Difference,
    /// The share of training futures in which the trigger is pulled.
    pub pulled: f64,
}

impl Learned {
    /// Whether held-out futures show that the learned line gains something, loses something, or
    /// neither.
    #[must_use]
    pub fn verdict(&self) -> Ordering {
        match self.line {
            None => Ordering::Equal,
            Some(_) => self.gain.sign(),
        }
    }

    /// Whether a line lies within the interval of the learned one.
    #[must_use]
    pub fn holds(&self, line: f64) -> bool {
        let at = |line: Option<f64>| self.tried.iter().position(|t| t.line == line);
        match (at(self.interval[0]), at(Some(line)), at(self.interval[1])) {
            (Some(low), Some(at), Some(high)) => (low..=high).contains(&at),
            // A line that was not tried: between the two by its value.
            (_, None, _) => {
                let [easy, hard] = self.interval;
                let (Some(one), Some(other)) = (easy, hard.or(Some(f64::INFINITY))) else {
                    return false;
                };
                (one.min(other)..=one.max(other)).contains(&line)
            }
            _ => false,
        }
    }
}

/// Learns the line of a signpost of a trigger. Luck is drawn by `helm`'s seed and the numbers of the
/// futures, so those of training and held-out ones must differ.
#[must_use]
pub fn learn(
    helm: &Helm,
    rules: &Rules,
    (trigger, signpost): (usize, usize),
    training: &[Future],
    held_out: &[Future],
) -> Learned {
    let none = vec![false; rules.pulls.len()];
    let alone: Vec<bool> = (0..rules.pulls.len()).map(|at| at == trigger).collect();
    let without = courses(helm, training, rules, &none);
    let post = &rules.posts[signpost];
    let lines = lines(post.side, &without, signpost);
    // For each line, for each future: what the trigger adds.
    let mut gains: Vec<Vec<f64>> = Vec::with_capacity(lines.len());
    let mut tried = Vec::with_capacity(lines.len());
    // Where a trigger is not pulled under a line, nothing differs, and under a line that is crossed less
    // easily it is not pulled either: those futures need not be run again.
    let mut open: Vec<usize> = (0..training.len()).collect();
    for &line in &lines {
        let Some(value) = line else {
            gains.push(vec![0.0; training.len()]);
            tried.push(Tried {
                line,
                gain: Difference::default(),
                pulled: 0.0,
            });
            continue;
        };
        let changed = rules.with_line(signpost, value);
        let found = spread(open.len(), |at| {
            let course = helm.run(&training[open[at]], &changed, &alone);
            let pulled = !course.pulled[trigger].is_empty();
            pulled.then(|| (course.worth() - without[open[at]].worth()) as f64)
        });
        let mut gain = vec![0.0; training.len()];
        for (&at, found) in open.iter().zip(&found) {
            gain[at] = found.unwrap_or(0.0);
        }
        let mut found = found.into_iter();
        open.retain(|_| found.next().flatten().is_some());
        let pulled = open.len();
        tried.push(Tried {
            line,
            gain: Difference::of(&gain),
            pulled: pulled as f64 / training.len().max(1) as f64,
        });
        gains.push(gain);
    }
    let chosen = best(gains.iter().map(|gain| gain.iter().sum()));
    let ends = interval(&gains, helm.seed);
    let line = lines[chosen];
    let without = courses(helm, held_out, rules, &none);
    let judge = |line: Option<f64>| -> (Difference, Vec<Course>) {
        let changed = rules.with_line(signpost, line.unwrap_or(never(post.side)));
        let with = courses(helm, held_out, &changed, &alone);
        let gain: Vec<f64> = (without.iter().zip(&with))
            .map(|(one, other)| (other.worth() - one.worth()) as f64)
            .collect();
        (Difference::of(&gain), with)
    };
    let (gain, with) = judge(line);
    let pairs: Vec<_> = without.iter().zip(&with).collect();
    let averts = &rules.pulls[trigger].averts;
    Learned {
        trigger,
        signpost,
        line,
        interval: ends.map(|at| lines[at]),
        judged: post.line,
        gain,
        judged_gain: judge(Some(post.line)).0,
        warning: (!averts.is_empty()).then(|| Warning::of(trigger, averts, &pairs)),
        training: training.len(),
        held_out: held_out.len(),
        tried,
    }
}

/// A line that no value lies beyond.
fn never(side: LineSide) -> f64 {
    match side {
        LineSide::Above => f64::INFINITY,
        LineSide::Below => f64::NEG_INFINITY,
    }
}

/// The lines to try: from the one crossed most easily to the one never crossed. Values are thinned to
/// equal steps of their ranks where there are many.
fn lines(side: LineSide, courses: &[Course], signpost: usize) -> Vec<Option<f64>> {
    let mut values: Vec<f64> = (courses.iter())
        .flat_map(|course| course.values[signpost].iter().flatten().copied())
        .filter(|value| value.is_finite())
        .collect();
    values.sort_unstable_by(f64::total_cmp);
    values.dedup();
    if side == LineSide::Below {
        values.reverse();
    }
    // Beyond the last value lies nothing: that line is never crossed.
    values.pop();
    let n = values.len();
    let kept: Vec<f64> = match n > MOST_LINES {
        true => (0..MOST_LINES)
            .map(|at| values[at * (n - 1) / (MOST_LINES - 1)])
            .collect(),
        false => values,
    };
    kept.into_iter().map(Some).chain([None]).collect()
}

/// The position of the largest; of equal ones, the last: the one crossed least easily.
fn best(sums: impl Iterator<Item = f64>) -> usize {
    let mut found = (0, f64::NEG_INFINITY);
    for (at, sum) in sums.enumerate() {
        if sum >= found.1 {
            found = (at, sum);
        }
    }
    found.0
}

/// The positions between which the middle 95 % of the lines learned on resamples lie.
fn interval(gains: &[Vec<f64>], seed: u64) -> [usize; 2] {
    let n = gains.first().map_or(0, Vec::len);
    let mut learned: Vec<usize> = spread(RESAMPLES, |resample| {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(u64::MAX - resample as u64);
        let mut times = vec![0_u32; n];
        for _ in 0..n {
            times[random.random_range(0..n)] += 1;
        }
        best(gains.iter().map(|gain| {
            (gain.iter().zip(&times))
                .map(|(gain, &times)| gain * f64::from(times))
                .sum()
        }))
    });
    learned.sort_unstable();
    let at = |share: f64| {
        let at = (share * RESAMPLES as f64).ceil() as usize;
        learned[at.clamp(1, RESAMPLES) - 1]
    };
    [at(0.025), at(0.975)]
}
