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

/// A share of 1, or the difference of two, with its interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Score {
    /// The value, from 0 to 1; of a difference from −1.
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
    let asked = outcomes
        .iter()
        .filter(|o| stratum.is_none_or(|s| s == o.stratum));
    let rows = asked.clone().map(|outcome| {
        let rank = outcome.ranks[place];
        let hit = |n: f64| f64::from(u8::from(rank <= n));
        (outcome.fact, [1.0 / rank, hit(1.0), hit(3.0), hit(10.0)])
    });
    let [mrr, hits1, hits3, hits10] = means(graph, rows)?;
    Some(Figures {
        questions: asked.count(),
        mrr,
        hits1,
        hits3,
        hits10,
    })
}

/// By how much the MRR of one forecaster is above that of another who was asked the same; `None` if
/// there are no outcomes, or not of the same questions.
pub fn advantage(
    graph: &EventGraph,
    one: &[Outcome],
    other: &[Outcome],
    filter: Filter,
) -> Option<Score> {
    let place = Filter::ALL.iter().position(|f| *f == filter)?;
    let question = |o: &Outcome| (o.fact, o.source_asked);
    if !one.iter().map(question).eq(other.iter().map(question)) {
        return None;
    }
    let both = one.iter().zip(other);
    let rows = both.map(|(a, b)| (a.fact, [1.0 / a.ranks[place] - 1.0 / b.ranks[place]]));
    means(graph, rows).map(|[difference]| difference)
}

/// Means over questions, each of an event, with intervals by drawing whole steps anew.
fn means<const N: usize>(
    graph: &EventGraph,
    rows: impl Iterator<Item = (u32, [f64; N])>,
) -> Option<[Score; N]> {
    // Of each step: how many questions, and the sums of their values.
    let mut steps: Vec<(i32, f64, [f64; N])> = Vec::new();
    for (fact, row) in rows {
        let step = graph.facts[fact as usize].step;
        match steps.last_mut() {
            Some((last, count, sums)) if *last == step => {
                *count += 1.0;
                for (sum, value) in sums.iter_mut().zip(row) {
                    *sum += value;
                }
            }
            _ => steps.push((step, 1.0, row)),
        }
    }
    if steps.is_empty() {
        return None;
    }
    let mean = |chosen: &mut dyn Iterator<Item = usize>| {
        let mut all = [0.0; N];
        let mut questions = 0.0;
        for at in chosen {
            let (_, count, sums) = &steps[at];
            questions += count;
            for (sum, value) in all.iter_mut().zip(sums) {
                *sum += value;
            }
        }
        all.map(|sum| sum / questions)
    };
    let values = mean(&mut (0..steps.len()));
    let mut draws: Vec<[f64; N]> = Vec::new();
    if steps.len() > 1 {
        let mut random = ChaCha8Rng::seed_from_u64(SEED);
        for _ in 0..DRAWS {
            draws.push(mean(
                &mut (0..steps.len()).map(|_| random.random_range(0..steps.len())),
            ));
        }
    }
    Some(std::array::from_fn(|at| {
        let mut drawn: Vec<f64> = draws.iter().map(|d| d[at]).collect();
        drawn.sort_unstable_by(f64::total_cmp);
        let quantile = |q: f64| drawn[(q * (drawn.len() - 1) as f64).round() as usize];
        Score {
            value: values[at],
            interval: (!drawn.is_empty()).then(|| Interval {
                low: quantile(0.025),
                high: quantile(0.975),
            }),
        }
    }))
}
