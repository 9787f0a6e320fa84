//! Why a candidate stands where it does: each kind of reason with its weight.

use serde::Serialize;

use crate::graph::EventGraph;
use crate::history::History;
use crate::question::Question;
use crate::reasons::Kind;
use crate::reasons::candidates::CHEAP;
use crate::reasons::excite::GROUPS;
use crate::reasons::features::{NAMES, REASONS};

use super::told::Told;
use super::{Model, Space};

/// Why a candidate stands where it does.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// The candidate.
    pub entity: u32,
    /// Its place among the candidates, from 1.
    pub place: usize,
    /// Its share of the softmax over all candidates that got a closer look.
    pub share: f64,
    /// Its score.
    pub score: f64,
    /// The mean score of the candidates that got a closer look. The weights of the reasons add up to
    /// the score less this.
    pub mean: f64,
    /// The reasons, the weightiest first.
    pub reasons: Vec<Reason>,
}

/// One kind of reason.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reason {
    /// Which.
    pub kind: Kind,
    /// How much it speaks for the candidate, or against it, in log odds against the mean candidate.
    pub weight: f64,
    /// The weight in words.
    pub strength: &'static str,
    /// The reason in words.
    pub words: String,
    /// The latest events behind it, as places in the history's
    /// [`facts`](crate::memory::Memory::facts), latest first.
    pub events: Vec<u32>,
}

/// A weight in words.
pub(crate) fn strength(weight: f64) -> &'static str {
    match weight {
        2.0.. => "speaks strongly for it",
        0.7.. => "speaks for it",
        0.15.. => "speaks a little for it",
        -0.15.. => "hardly matters",
        -0.7.. => "speaks a little against it",
        -2.0.. => "speaks against it",
        _ => "speaks strongly against it",
    }
}

impl Model {
    /// Why an entity stands where it does in the answer to a question; `None` if it is not among the
    /// candidates that get a closer look.
    pub fn explain(
        &self,
        graph: &EventGraph,
        history: &History,
        question: Question,
        entity: u32,
        space: &mut Space,
    ) -> Option<Explanation> {
        space.look(history, self, question, self.width);
        space.look_closer(history, self, question);
        let at = space.close.iter().position(|c| c.entity == entity)?;
        let mut scores = vec![0.0; space.close.len()];
        self.ranker.score(&space.rows, REASONS, &mut scores);
        let own = scores[at];
        let most = scores.iter().copied().fold(f32::MIN, f32::max);
        let exp = |score: f32| f64::from(score - most).exp();
        let weights = self.weights(space);
        let n = scores.len() as f64;
        let candidate = &space.close[at];
        let rule = self
            .rules
            .best(history, &space.present, question, candidate);
        let mut reasons: Vec<Reason> = Kind::ALL
            .iter()
            .enumerate()
            .map(|(place, &kind)| {
                let mean = weights.iter().map(|w| w[place]).sum::<f64>() / n;
                let weight = weights[at][place] - mean;
                let told = Told {
                    graph,
                    history,
                    question,
                    candidate,
                    rule,
                };
                let (words, events) = told.tell(self, kind);
                Reason {
                    kind,
                    weight,
                    strength: strength(weight),
                    words,
                    events,
                }
            })
            .collect();
        reasons.sort_by(|a, b| {
            b.weight
                .abs()
                .total_cmp(&a.weight.abs())
                .then(a.kind.cmp(&b.kind))
        });
        Some(Explanation {
            entity,
            place: 1 + scores.iter().filter(|s| **s > own).count(),
            share: exp(own) / scores.iter().map(|s| exp(*s)).sum::<f64>(),
            score: own.into(),
            mean: scores.iter().map(|s| f64::from(*s)).sum::<f64>() / n,
            reasons,
        })
    }

    /// The weight of each kind of reason for each candidate that got a closer look. For each, they add
    /// up to its score, but for a constant.
    pub(super) fn weights(&self, space: &Space) -> Vec<[f64; Kind::ALL.len()]> {
        let place = |kind: Kind| Kind::ALL.iter().position(|k| *k == kind);
        let n = space.close.len().max(1) as f32;
        let mut mean_cheap = [0.0_f32; CHEAP];
        let mut mean_sums = [0.0_f32; GROUPS];
        for (candidate, sums) in space.close.iter().zip(&space.sums) {
            for (mean, x) in mean_cheap.iter_mut().zip(&candidate.cheap) {
                *mean += x / n;
            }
            for (mean, x) in mean_sums.iter_mut().zip(sums) {
                *mean += x / n;
            }
        }
        let mut shares = vec![0.0; REASONS];
        let all = space
            .close
            .iter()
            .zip(&space.sums)
            .zip(space.rows.chunks_exact(REASONS));
        all.map(|((candidate, sums), row)| {
            let mut weights = [0.0; Kind::ALL.len()];
            self.ranker.shares(row, &mut shares);
            // What a sum over several kinds is made of, as far as it differs from the mean candidate.
            let mut first = [0.0_f64; Kind::ALL.len()];
            let mut single = [0.0_f64; Kind::ALL.len()];
            for (at, kind) in Kind::OF_CHEAP.iter().enumerate() {
                if let Some(place) = place(*kind) {
                    first[place] +=
                        f64::from(self.first[at] * (candidate.cheap[at] - mean_cheap[at]));
                }
            }
            for (at, kind) in Kind::OF_GROUP.iter().enumerate() {
                if let Some(place) = place(*kind) {
                    single[place] += f64::from(sums[at] - mean_sums[at]);
                }
            }
            for (column, &share) in shares.iter().enumerate() {
                let share = f64::from(share);
                if share == 0.0 {
                    continue;
                }
                let kind = Kind::of_column(column);
                if let Some(place) = place(kind) {
                    weights[place] += share;
                    continue;
                }
                let name = NAMES[column]
                    .trim_start_matches("k.")
                    .trim_start_matches("m.");
                let parts: [f64; Kind::ALL.len()] = std::array::from_fn(|at| match name {
                    "first" => first[at].abs(),
                    "e.sum" => single[at].abs(),
                    _ => (first[at] + single[at]).abs(),
                });
                let total: f64 = parts.iter().sum();
                for (weight, part) in weights.iter_mut().zip(parts) {
                    *weight += if total > 0.0 {
                        share * part / total
                    } else {
                        share / Kind::ALL.len() as f64
                    };
                }
            }
            weights
        })
        .collect()
    }
}
