//! How plans hold in many futures: how often each meets its goals, what it is worth there, and what
//! one would regret.
//!
//! Regret in a future is what the best of the plans considered is worth there, less what this plan is
//! worth: Savage, *Journal of the American Statistical Association* 46, 1951. It is no distance to the
//! best plan there could be. The expected shortfall is the mean of the worst tenth: Acerbi and Tasche,
//! *Journal of Banking & Finance* 26, 2002.

use demarche_respond::threads::spread;

use crate::execute::{Execution, NoPolicy};
use crate::futures::Uncertainty;
use crate::goals::{Goal, Planned};
use crate::problem::Schedule;

/// The share of the worst futures whose mean the expected shortfall is.
pub const WORST: f64 = 0.1;
/// Two-sided 95 %.
const Z: f64 = 1.959_963_984_540_054;

/// A plan that is tried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// What it is called, e.g. "cautious".
    pub name: String,
    /// What makes it different, in a few words.
    pub what: String,
    /// When each activity starts.
    pub schedule: Schedule,
    /// What it is worth if all goes as planned. Points.
    pub planned_value: i64,
    /// What it is measured by.
    pub planned: Planned,
}

/// What plans came to in futures.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// How many futures.
    pub futures: usize,
    /// `value[plan][future]`: benefit less lateness less risk. Points.
    pub value: Vec<Vec<f64>>,
    /// `figures[plan][goal][future]`: what each goal measures.
    pub figures: Vec<Vec<Vec<f64>>>,
    /// `meets[plan][future]`: whether it meets all goals.
    pub meets: Vec<Vec<bool>>,
}

/// Tries plans in the futures that points stand for; each future is the same for all plans.
#[must_use]
pub fn trial(
    execution: &Execution,
    uncertainty: &Uncertainty,
    goals: &[Goal],
    plans: &[&Candidate],
    points: &[Vec<f64>],
) -> Trial {
    const BLOCK: usize = 128;
    let blocks = spread(points.len().div_ceil(BLOCK), |block| {
        let first = block * BLOCK;
        let points = &points[first..points.len().min(first + BLOCK)];
        let mut rows = Vec::with_capacity(points.len() * plans.len());
        for (at, point) in points.iter().enumerate() {
            let future = uncertainty.draw(execution, first + at, point);
            for plan in plans {
                let outcome = execution.run(&plan.schedule, &future, &mut NoPolicy);
                let figures: Vec<f64> = (goals.iter())
                    .map(|goal| goal.figure(&plan.planned, &outcome))
                    .collect();
                rows.push((outcome.value.total() as f64, figures));
            }
        }
        rows
    });
    let mut all = Trial {
        futures: points.len(),
        value: vec![Vec::with_capacity(points.len()); plans.len()],
        figures: vec![vec![Vec::with_capacity(points.len()); goals.len()]; plans.len()],
        meets: vec![Vec::with_capacity(points.len()); plans.len()],
    };
    for (at, (value, figures)) in blocks.into_iter().flatten().enumerate() {
        let plan = at % plans.len();
        all.value[plan].push(value);
        let met = goals.iter().zip(&figures).all(|(g, &f)| g.is_met(f));
        all.meets[plan].push(met);
        for (list, figure) in all.figures[plan].iter_mut().zip(figures) {
            list.push(figure);
        }
    }
    all
}

/// A share of futures, with its interval of 95 % (Wilson, *Journal of the American Statistical
/// Association* 22, 1927).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Share {
    /// The share.
    pub value: f64,
    /// Its lower limit.
    pub low: f64,
    /// Its upper limit.
    pub high: f64,
}

impl Share {
    /// `count` of `of`; of nothing, nothing is known.
    #[must_use]
    pub fn new(count: usize, of: usize) -> Self {
        if of == 0 {
            return Self {
                value: 0.0,
                low: 0.0,
                high: 1.0,
            };
        }
        let (k, n) = (count as f64, of as f64);
        let p = k / n;
        let middle = (p + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
        let half = Z / (1.0 + Z * Z / n) * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
        Self {
            value: p,
            low: if count == 0 { 0.0 } else { middle - half },
            high: if count == of { 1.0 } else { middle + half },
        }
    }

    fn of(list: impl Iterator<Item = bool>) -> Self {
        let (mut yes, mut all) = (0, 0);
        for is in list {
            all += 1;
            yes += usize::from(is);
        }
        Self::new(yes, all)
    }
}

/// How a plan holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Robustness {
    /// For each goal, the share of futures in which it is met.
    pub goals: Vec<Share>,
    /// The share of futures in which all goals are met.
    pub all: Share,
    /// What it is worth on average. Points.
    pub mean: f64,
    /// Half the width of the mean's interval of 95 %. Points.
    pub mean_half_width: f64,
    /// The least it is worth in any future. Points.
    pub worst: f64,
    /// The future in which that is.
    pub worst_future: usize,
    /// The mean of the worst tenth of the futures. Points.
    pub shortfall: f64,
    /// The mean regret against the best of the plans tried. Points.
    pub regret: f64,
    /// The regret that nine of ten futures do not pass. Points.
    pub regret_most: f64,
    /// The largest regret. Points.
    pub regret_worst: f64,
    /// The share of futures in which no plan tried is worth more.
    pub best: Share,
}

impl Trial {
    /// How each plan holds, in their order.
    #[must_use]
    pub fn robustness(&self, goals: &[Goal]) -> Vec<Robustness> {
        let best: Vec<f64> = (0..self.futures)
            .map(|f| (self.value.iter().map(|v| v[f])).fold(f64::NEG_INFINITY, f64::max))
            .collect();
        (0..self.value.len())
            .map(|plan| {
                let value = &self.value[plan];
                let n = value.len().max(1) as f64;
                let mean = value.iter().sum::<f64>() / n;
                let variance = value.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n;
                let mut sorted: Vec<usize> = (0..value.len()).collect();
                sorted.sort_by(|&a, &b| value[a].total_cmp(&value[b]).then(a.cmp(&b)));
                let tail = ((WORST * n).ceil() as usize).clamp(1, value.len().max(1));
                let worst = sorted.first().copied().unwrap_or(0);
                let shortfall =
                    sorted.iter().take(tail).map(|&f| value[f]).sum::<f64>() / tail as f64;
                let mut regret: Vec<f64> = value.iter().zip(&best).map(|(v, b)| b - v).collect();
                let is_best = Share::of(regret.iter().map(|&r| r <= 0.0));
                let mean_regret = regret.iter().sum::<f64>() / n;
                regret.sort_by(f64::total_cmp);
                let most = ((0.9 * n).ceil() as usize).clamp(1, value.len().max(1)) - 1;
                Robustness {
                    goals: (goals.iter().zip(&self.figures[plan]))
                        .map(|(goal, figures)| Share::of(figures.iter().map(|&f| goal.is_met(f))))
                        .collect(),
                    all: Share::of(self.meets[plan].iter().copied()),
                    mean,
                    mean_half_width: Z * (variance / n).sqrt(),
                    worst: value.get(worst).copied().unwrap_or(0.0),
                    worst_future: worst,
                    shortfall,
                    regret: mean_regret,
                    regret_most: regret.get(most).copied().unwrap_or(0.0),
                    regret_worst: regret.last().copied().unwrap_or(0.0),
                    best: is_best,
                }
            })
            .collect()
    }

    /// By how much one plan meets all goals more often than another in the same futures, as a share of
    /// them, and half the width of that difference's interval of 95 %. Futures in which both meet them
    /// or both fail tell nothing.
    #[must_use]
    pub fn more_often(&self, one: usize, other: usize) -> (f64, f64) {
        let n = self.futures.max(1) as f64;
        let (mut only_one, mut only_other) = (0.0, 0.0);
        for (&a, &b) in self.meets[one].iter().zip(&self.meets[other]) {
            only_one += f64::from(u8::from(a && !b));
            only_other += f64::from(u8::from(b && !a));
        }
        let difference = (only_one - only_other) / n;
        let variance = ((only_one + only_other) / n - difference * difference) / n;
        (difference, Z * variance.max(0.0).sqrt())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Newcombe, *Statistics in Medicine* 17, 1998, table I, method 3: 81 of 263, 15 of 148, 0 of 20, 1
    /// of 29.
    #[test]
    fn intervals_of_shares_are_as_printed() {
        for (count, of, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0000, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let share = Share::new(count, of);
            assert!((share.low - low).abs() < 5e-5, "{share:?}");
            assert!((share.high - high).abs() < 5e-5, "{share:?}");
        }
    }

    /// Two plans in ten futures, by hand.
    #[test]
    fn regret_shortfall_and_worst_are_what_they_say() {
        let steady = vec![5.0; 10];
        let bold: Vec<f64> = (0..10).map(f64::from).collect();
        let meets = |list: &[f64]| list.iter().map(|&v| v >= 4.0).collect::<Vec<_>>();
        let trial = Trial {
            futures: 10,
            meets: vec![meets(&steady), meets(&bold)],
            figures: vec![Vec::new(), Vec::new()],
            value: vec![steady, bold],
        };
        let held = trial.robustness(&[]);
        assert_eq!((held[0].mean, held[1].mean), (5.0, 4.5));
        assert_eq!(
            (held[0].worst, held[1].worst, held[1].worst_future),
            (5.0, 0.0, 0)
        );
        assert_eq!((held[0].shortfall, held[1].shortfall), (5.0, 0.0));
        // The bold plan is ahead by 1 to 4 in four futures, behind by 1 to 5 in five.
        assert_eq!((held[0].regret, held[0].regret_worst), (1.0, 4.0));
        assert_eq!(
            (held[1].regret, held[1].regret_most, held[1].regret_worst),
            (1.5, 4.0, 5.0)
        );
        assert_eq!((held[0].best.value, held[1].best.value), (0.6, 0.5));
        assert_eq!((held[0].all.value, held[1].all.value), (1.0, 0.6));
        let (more, half) = trial.more_often(0, 1);
        assert_eq!(more, 0.4);
        assert!((half - Z * (0.24_f64 / 10.0).sqrt()).abs() < 1e-12);
    }
}
