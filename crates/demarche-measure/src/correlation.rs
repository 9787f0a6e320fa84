//! How two series go together.

use demarche_case::MeasureSettings;
use rand::RngExt;

use crate::bootstrap::percentile;
use crate::resample::stream;
use crate::{Estimate, Interval};

/// Spearman's rank correlation of two series over the same periods.
///
/// ρ = Σ (r_i − r̄)(s_i − s̄) / √(Σ (r_i − r̄)² Σ (s_i − s̄)²), where r and s are the ranks within
/// each series and equal values share the mean of their ranks. No unit; from −1 (one falls
/// wherever the other rises) to 1 (both rank the periods alike). It has no value where a series is
/// constant or where there are fewer periods than are needed. Reference: Spearman 1904, "The Proof
/// and Measurement of Association between Two Things", *American Journal of Psychology* 15(1).
///
/// Neighbouring periods are alike, so the interval is a percentile one over circular blocks of
/// ⌈n^⅓⌉ periods drawn with replacement, both series together, and ranked anew in each draw.
/// Reference: Politis and Romano 1992, "A Circular Block-Resampling Procedure for Stationary
/// Data", in LePage and Billard, *Exploring the Limits of Bootstrap*. It holds for series whose
/// level stays; where both follow a common rise the correlation says so and no more.
///
/// `key` names the figure, so that its draws hang on nothing else. `events` of the estimate is
/// left empty: it rests on all periods, those without an event too.
pub fn spearman(first: &[f64], second: &[f64], how: &MeasureSettings, key: &str) -> Estimate {
    let n = first.len().min(second.len());
    let (first, second) = (&first[..n], &second[..n]);
    let needed = how.min_events.max(3);
    let value = (n >= needed)
        .then(|| rank_correlation(first, second))
        .flatten();
    Estimate {
        value,
        interval: value.and_then(|v| interval(first, second, how, key, v)),
        n,
        needed,
        events: Vec::new(),
    }
}

fn interval(
    first: &[f64],
    second: &[f64],
    how: &MeasureSettings,
    key: &str,
    value: f64,
) -> Option<Interval> {
    let n = first.len();
    let block = (n as f64).cbrt().ceil() as usize;
    let mut rng = stream(how.seed, &format!("spearman/{key}"));
    let (mut x, mut y) = (Vec::with_capacity(n), Vec::with_capacity(n));
    let mut drawn: Vec<f64> = (0..how.draws)
        .filter_map(|_| {
            x.clear();
            y.clear();
            while x.len() < n {
                let from = rng.random_range(0..n);
                for i in 0..block.min(n - x.len()) {
                    x.push(first[(from + i) % n]);
                    y.push(second[(from + i) % n]);
                }
            }
            rank_correlation(&x, &y)
        })
        .collect();
    drawn.sort_by(f64::total_cmp);
    // Blocks weaken what holds across their seams; an interval that left out its own value would
    // be told wrongly.
    percentile(&drawn, how.draws).map(|i| Interval {
        low: i.low.min(value),
        high: i.high.max(value),
        level: i.level,
    })
}

/// The correlation of the ranks; `None` where a series is constant.
fn rank_correlation(first: &[f64], second: &[f64]) -> Option<f64> {
    let (r, s) = (ranks(first), ranks(second));
    // Ranks, also shared ones, have this mean.
    let mean = (r.len() as f64 + 1.0) / 2.0;
    let sum = |f: &dyn Fn(f64, f64) -> f64| -> f64 {
        r.iter().zip(&s).map(|(a, b)| f(a - mean, b - mean)).sum()
    };
    let spread = (sum(&|a, _| a * a) * sum(&|_, b| b * b)).sqrt();
    (spread > 0.0).then(|| (sum(&|a, b| a * b) / spread).clamp(-1.0, 1.0))
}

/// The rank of each value, from 1; equal values share the mean of their ranks.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]));
    let mut ranks = vec![0.0; values.len()];
    let mut from = 0;
    while from < order.len() {
        let equal = |&&i: &&usize| values[i] == values[order[from]];
        let n = order[from..].iter().take_while(equal).count();
        let shared = from as f64 + (n as f64 + 1.0) / 2.0;
        for &i in &order[from..from + n] {
            ranks[i] = shared;
        }
        from += n;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::case;
    use proptest::prelude::*;

    fn how(draws: usize) -> MeasureSettings {
        MeasureSettings {
            draws,
            ..case(Vec::new()).settings.measure
        }
    }

    #[test]
    fn as_r_computes_it() {
        // R: cor(x, y, method = "spearman")
        let x = [106., 100., 86., 101., 99., 103., 97., 113., 112., 110.];
        let y = [7., 27., 2., 50., 28., 29., 20., 12., 6., 17.];
        let e = spearman(&x, &y, &how(200), "t");
        assert!((e.value.unwrap() + 29.0 / 165.0).abs() < 1e-12);
        // With ties: Python's statistics.correlation of the ranks 1, 2.5, 2.5, 4, 6, 6, 6 and
        // 2, 1, 3.5, 3.5, 5, 7, 6.
        let x = [1., 2., 2., 3., 5., 5., 5.];
        let y = [2., 1., 3., 3., 4., 6., 5.];
        let e = spearman(&x, &y, &how(200), "t");
        assert!(
            (e.value.unwrap() - 0.877_983_835_257_382_2).abs() < 1e-12,
            "{e:?}"
        );
    }

    #[test]
    fn no_value_for_a_constant_or_a_short_series() {
        assert_eq!(spearman(&[1.0; 9], &[2.0; 9], &how(50), "t").value, None);
        let mut strict = how(50);
        strict.min_events = 20;
        let x: Vec<f64> = (0..19).map(f64::from).collect();
        let e = spearman(&x, &x, &strict, "t");
        assert_eq!((e.value, e.interval, e.n, e.needed), (None, None, 19, 20));
    }

    proptest! {
        #[test]
        fn it_lies_in_its_range_and_is_symmetric(
            pairs in proptest::collection::vec((0_u8..6, 0_u8..6), 3..40)
        ) {
            let x: Vec<f64> = pairs.iter().map(|p| f64::from(p.0)).collect();
            let y: Vec<f64> = pairs.iter().map(|p| f64::from(p.1)).collect();
            let (e, back) = (spearman(&x, &y, &how(40), "t"), spearman(&y, &x, &how(40), "t"));
            prop_assert_eq!(e.value, back.value);
            if let (Some(v), Some(i)) = (e.value, e.interval) {
                prop_assert!(-1.0 <= i.low && i.low <= v && v <= i.high && i.high <= 1.0);
            }
            // Any rising transformation leaves it as it is.
            let cubes: Vec<f64> = x.iter().map(|v| v.powi(3)).collect();
            prop_assert_eq!(spearman(&cubes, &y, &how(40), "t"), e);
        }
    }
}
