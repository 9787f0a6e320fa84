//! The loss: the softmax of the true answer among the candidates of its question.

use super::Sample;
use super::rounds::Sums;

/// The gradient and curvature of the loss for each row. Where a question has several true answers,
/// each is held against the false ones only. `exp` is room for a number for each row.
pub(super) fn gradients(sample: &Sample, scores: &[f32], exp: &mut Vec<f32>, sums: &mut [Sums]) {
    exp.clear();
    let both = scores.iter().zip(&sample.offset);
    exp.extend(both.map(|(score, offset)| exp_of(score + offset)));
    for ends in sample.groups.windows(2) {
        let range = ends[0] as usize..ends[1] as usize;
        let truth = &sample.truth[range.clone()];
        of_question(&exp[range.clone()], truth, &mut sums[range]);
    }
}

fn of_question(exp: &[f32], truth: &[bool], sums: &mut [Sums]) {
    let right = || (0..truth.len()).filter(|&at| truth[at]);
    let wrong: f32 = exp
        .iter()
        .zip(truth)
        .map(|(e, right)| if *right { 0.0 } else { *e })
        .sum();
    // A false answer has the same chance against each true one, but for that one's own weight.
    let by = right().map(|at| 1.0 / (wrong + exp[at]));
    let (sum, squares) = by
        .clone()
        .fold((0.0, 0.0), |(s, q), by| (s + by, q + by * by));
    for (own, e) in sums.iter_mut().zip(exp) {
        own.gradient = e * sum;
        own.curvature = e * (sum - e * squares);
    }
    for (at, by) in right().zip(by) {
        let p = exp[at] * by;
        sums[at] = Sums {
            gradient: p - 1.0,
            curvature: p * (1.0 - p),
        };
    }
}

/// e to a power, to five digits, in steps that a compiler can do for many at once: 2 to the whole part
/// is written into the exponent, 2 to the rest (at most ½ from 0) is its Taylor series. Powers are kept
/// within ±69, so that sums of many stay finite.
#[inline]
fn exp_of(x: f32) -> f32 {
    // So large a number has no digits after the point: adding it rounds, and its last bits are the whole.
    const ROUND: f32 = (3 << 22) as f32;
    let power = (x * std::f32::consts::LOG2_E).clamp(-100.0, 100.0);
    let rounded = power + ROUND;
    let rest = (power - (rounded - ROUND)) * std::f32::consts::LN_2;
    let series = [
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        0.5,
        1.0,
        1.0,
    ];
    let of_rest = series.iter().fold(0.0_f32, |sum, term| sum * rest + term);
    f32::from_bits((rounded.to_bits() << 23).wrapping_add(1.0_f32.to_bits())) * of_rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_is_right_to_five_digits() {
        for step in -150_000..=150_000 {
            let x = step as f32 * 4e-4;
            let right = f64::from(x).exp();
            let off = (f64::from(exp_of(x)) - right).abs();
            assert!(off <= 8e-6 * right, "{x}: {} {right}", exp_of(x));
        }
        assert!(exp_of(-1e9) < 1e-30 && exp_of(1e9).is_finite());
    }

    #[test]
    fn gradients_are_the_slopes_of_the_loss() {
        let sample = Sample {
            groups: vec![0, 3, 7],
            truth: vec![false, true, false, true, false, true, false],
            offset: vec![0.0, 0.0, 1.0, 0.0, 0.5, 0.0, 0.0],
            columns: Vec::new(),
        };
        let scores = [0.1_f32, 0.7, -0.4, 1.2, 0.3, -0.8, 0.9];
        let loss = |scores: &[f64]| {
            let mut loss = 0.0;
            for ends in sample.groups.windows(2) {
                let all = ends[0] as usize..ends[1] as usize;
                let e = |i: usize| (scores[i] + f64::from(sample.offset[i])).exp();
                let wrong: f64 = all.clone().filter(|&i| !sample.truth[i]).map(e).sum();
                for i in all.filter(|&i| sample.truth[i]) {
                    loss -= (e(i) / (wrong + e(i))).ln();
                }
            }
            loss
        };
        let mut sums = vec![Sums::default(); 7];
        gradients(&sample, &scores, &mut Vec::new(), &mut sums);
        for i in 0..7 {
            let moved = |by: f64| {
                let mut all: Vec<f64> = scores.iter().map(|s| f64::from(*s)).collect();
                all[i] += by;
                loss(&all)
            };
            let slope = (moved(1e-4) - moved(-1e-4)) / 2e-4;
            let bend = (moved(1e-3) - 2.0 * moved(0.0) + moved(-1e-3)) / 1e-6;
            assert!(
                (slope - f64::from(sums[i].gradient)).abs() < 1e-5,
                "{i} {slope} {:?}",
                sums[i]
            );
            assert!(
                (bend - f64::from(sums[i].curvature)).abs() < 1e-4,
                "{i} {bend} {:?}",
                sums[i]
            );
        }
    }
}
