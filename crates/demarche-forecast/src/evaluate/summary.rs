//! Outcomes in a few figures, with intervals.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use super::{Filter, Outcome, Stratum};
use crate::graph::EventGraph;

/// How often steps are drawn anew for an interval.
const DRAWS: usize = 1000;
/// Where the draws begin.
const SEED: u64 = 1;

/// A range that holds the true value in 95 of 100 cases.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

/// A share of 1 with its interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Score {
    /// The value, from 0 to 1.
    pub value: f64,
    /// By bootstrap over steps, since the events of one day are not independent; `None` under two
    /// steps.
    pub interval: Option<Interval>,
}

/// What is said of a set of questions.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Figures {
    /// How many questions.
    pub questions: usize,
    /// The mean of 1 / rank.
    pub mrr: Score,
    /// The share of questions with rank 1.
    pub hits1: Score,
    /// The share with rank 3 or better.
    pub hits3: Score,
    /// The share with rank 10 or better.
    pub hits10: Score,
}

/// The figures of a set of outcomes by one filter; `None` where there are none.
pub fn figures(
    graph: &EventGraph,
    outcomes: &[Outcome],
    filter: Filter,
    stratum: Option<Stratum>,
) -> Option<Figures> {
    let place = Filter::ALL.iter().position(|f| *f == filter)?;
    let asked = |o: &&Outcome| stratum.is_none_or(|s| s == o.stratum);
    // Sums of each step: questions, then 1/rank and hits.
    let mut steps: Vec<(i32, [f64; 5])> = Vec::new();
    for outcome in outcomes.iter().filter(asked) {
        let step = graph.facts[outcome.fact as usize].step;
        let rank = outcome.ranks[place];
        let hit = |n: f64| f64::from(u8::from(rank <= n));
        let row = [1.0, 1.0 / rank, hit(1.0), hit(3.0), hit(10.0)];
        match steps.last_mut() {
            Some((last, sums)) if *last == step => {
                for (sum, value) in sums.iter_mut().zip(row) {
                    *sum += value;
                }
            }
            _ => steps.push((step, row)),
        }
    }
    let sum = |rows: &mut dyn Iterator<Item = &[f64; 5]>| {
        rows.fold([0.0; 5], |mut all, row| {
            for (sum, value) in all.iter_mut().zip(row) {
                *sum += value;
            }
            all
        })
    };
    let all = sum(&mut steps.iter().map(|s| &s.1));
    if all[0] == 0.0 {
        return None;
    }
    let mut draws: Vec<[f64; 4]> = Vec::new();
    if steps.len() > 1 {
        let mut random = ChaCha8Rng::seed_from_u64(SEED);
        for _ in 0..DRAWS {
            let drawn =
                sum(&mut (0..steps.len()).map(|_| &steps[random.random_range(0..steps.len())].1));
            draws.push([1, 2, 3, 4].map(|at| drawn[at] / drawn[0]));
        }
    }
    let score = |at: usize| {
        let mut values: Vec<f64> = draws.iter().map(|d| d[at - 1]).collect();
        values.sort_unstable_by(f64::total_cmp);
        let quantile = |q: f64| values[(q * (values.len() - 1) as f64).round() as usize];
        Score {
            value: all[at] / all[0],
            interval: (!values.is_empty()).then(|| Interval {
                low: quantile(0.025),
                high: quantile(0.975),
            }),
        }
    };
    Some(Figures {
        questions: all[0] as usize,
        mrr: score(1),
        hits1: score(2),
        hits3: score(3),
        hits10: score(4),
    })
}
