//! Logistic and isotonic regression.

use serde::{Deserialize, Serialize};

/// The weight of the ridge penalty that keeps weights finite.
pub(super) const SLIGHT: f64 = 1.0;
/// The weight of one that holds them back where little came to learn from.
pub(super) const STRONG: f64 = 300.0;
/// The most steps of Newton's method.
const STEPS: usize = 60;

/// The probability that weights give a row; the constant is the first weight.
pub(super) fn say<const N: usize>(weights: &[f64], row: &[f64; N]) -> f64 {
    let sum: f64 = weights.iter().skip(1).zip(row).map(|(w, x)| w * x).sum();
    let sum = sum + weights.first().copied().unwrap_or(0.0);
    1.0 / (1.0 + (-sum).exp())
}

/// Logistic regression by Newton's method with a ridge penalty on everything but the constant.
pub(super) fn logistic<const N: usize>(rows: &[[f64; N]], came: &[bool], ridge: f64) -> Vec<f64> {
    let size = N + 1;
    let mut weights = vec![0.0; size];
    let share = (came.iter().filter(|c| **c).count() as f64 + 0.5) / (came.len() as f64 + 1.0);
    weights[0] = (share / (1.0 - share)).ln();
    let mut last = f64::INFINITY;
    let mut before = weights.clone();
    for _ in 0..STEPS {
        let mut gradient = vec![0.0; size];
        let mut curvature = vec![0.0; size * size];
        let mut loss = 0.0;
        for (row, came) in rows.iter().zip(came) {
            let p = say(&weights, row).clamp(1e-12, 1.0 - 1e-12);
            loss -= if *came { p.ln() } else { (1.0 - p).ln() };
            let error = p - f64::from(u8::from(*came));
            let bend = (p * (1.0 - p)).max(1e-9);
            let x = |at: usize| if at == 0 { 1.0 } else { row[at - 1] };
            for a in 0..size {
                gradient[a] += error * x(a);
                for b in 0..=a {
                    curvature[a * size + b] += bend * x(a) * x(b);
                }
            }
        }
        for a in 1..size {
            gradient[a] += ridge * weights[a];
            curvature[a * size + a] += ridge;
            loss += 0.5 * ridge * weights[a] * weights[a];
        }
        if loss > last + 1e-9 * last.abs() {
            // Too far: half the way back.
            for (weight, before) in weights.iter_mut().zip(&before) {
                *weight = (*weight + before) / 2.0;
            }
            continue;
        }
        if last - loss < 1e-9 * loss.abs().max(1.0) {
            break;
        }
        last = loss;
        before.clone_from(&weights);
        if !solve(&mut curvature, &mut gradient, size) {
            break;
        }
        for (weight, step) in weights.iter_mut().zip(&gradient) {
            *weight -= step;
        }
    }
    before
}

/// Solves a symmetric positive definite system, given by its lower triangle, in place.
fn solve(matrix: &mut [f64], right: &mut [f64], size: usize) -> bool {
    for i in 0..size {
        for j in 0..=i {
            let sum: f64 = (0..j)
                .map(|k| matrix[i * size + k] * matrix[j * size + k])
                .sum();
            let rest = matrix[i * size + j] - sum;
            if i == j {
                if rest <= 0.0 || !rest.is_finite() {
                    return false;
                }
                matrix[i * size + i] = rest.sqrt();
            } else {
                matrix[i * size + j] = rest / matrix[j * size + j];
            }
        }
    }
    for i in 0..size {
        let sum: f64 = (0..i).map(|k| matrix[i * size + k] * right[k]).sum();
        right[i] = (right[i] - sum) / matrix[i * size + i];
    }
    for i in (0..size).rev() {
        let sum: f64 = (i + 1..size).map(|k| matrix[k * size + i] * right[k]).sum();
        right[i] = (right[i] - sum) / matrix[i * size + i];
    }
    true
}

/// A rising map from what was said to what came.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Isotonic {
    /// Pairs of what was said and what came, both rising; between them the map is a straight line.
    points: Vec<(f64, f64)>,
}

impl Isotonic {
    /// Fits by pooling neighbours that fall. Each block is drawn towards the share of all by one
    /// observation, so that nothing is ever certain.
    pub(super) fn of(said: &[f64], came: &[bool]) -> Self {
        let mut order: Vec<usize> = (0..said.len()).collect();
        order.sort_by(|&a, &b| said[a].total_cmp(&said[b]));
        // Blocks: how many, the sum of what was said, how many came.
        let mut blocks: Vec<(f64, f64, f64)> = Vec::new();
        for at in order {
            blocks.push((1.0, said[at], f64::from(u8::from(came[at]))));
            while let [.., (n, s, c), (m, t, d)] = blocks[..]
                && c * m >= d * n
            {
                blocks.truncate(blocks.len() - 2);
                blocks.push((n + m, s + t, c + d));
            }
        }
        // Of nothing, nothing is learned: what is said stays.
        let all: f64 = blocks.iter().map(|b| b.2).sum();
        let share = (all + 0.5) / (said.len() as f64 + 1.0);
        let mut points: Vec<(f64, f64)> = blocks
            .iter()
            .map(|(n, s, c)| (s / n, (c + share) / (n + 1.0)))
            .collect();
        // Drawing towards the share can turn neighbours around by a little.
        for at in 1..points.len() {
            points[at].1 = points[at].1.max(points[at - 1].1);
        }
        Self { points }
    }

    /// The value of the map; flat beyond its ends.
    pub(super) fn value(&self, said: f64) -> f64 {
        let at = self.points.partition_point(|p| p.0 < said);
        match (
            at.checked_sub(1).map(|a| self.points[a]),
            self.points.get(at),
        ) {
            (None, None) => said,
            (None, Some(next)) => next.1,
            (Some(last), None) => last.1,
            (Some(last), Some(next)) => {
                let width = next.0 - last.0;
                let share = if width > 0.0 {
                    (said - last.0) / width
                } else {
                    0.0
                };
                last.1 + share * (next.1 - last.1)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn logistic_finds_log_odds() {
        // 30 of 100 come without, 80 of 100 with: the weights are log odds and their difference.
        let mut rows = Vec::new();
        let mut came = Vec::new();
        for n in 0..10_000 {
            rows.push([f64::from(n % 2)]);
            came.push(if n % 2 == 0 {
                n / 2 % 10 < 3
            } else {
                n / 2 % 10 < 8
            });
        }
        let weights = logistic(&rows, &came, SLIGHT);
        assert!(
            (weights[0] - (0.3_f64 / 0.7).ln()).abs() < 0.01,
            "{weights:?}"
        );
        let difference = (0.8_f64 / 0.2).ln() - (0.3_f64 / 0.7).ln();
        assert!((weights[1] - difference).abs() < 0.01, "{weights:?}");
    }

    #[test]
    fn isotonic_pools_what_falls() {
        // Means 0, 1, 0, 1: the middle two fall and are pooled.
        let said = [0.1, 0.2, 0.3, 0.4];
        let map = Isotonic::of(&said, &[false, true, false, true]);
        assert_eq!(map.points.len(), 3);
        assert!((map.points[1].0 - 0.25).abs() < 1e-12);
        let values: Vec<f64> = said.iter().map(|s| map.value(*s)).collect();
        assert!(values.is_sorted(), "{values:?}");
        assert!(values.iter().all(|v| *v > 0.0 && *v < 1.0));
    }
}
