//! Intervals of figures, each by resampling the observations it is made of.
//!
//! The unit that is resampled is what makes an interval right: events for how they are composed,
//! periods for counts, for a share of all acts and for regularity, gaps for
//! burstiness. Each treats its units as if their order did not matter.

use rand_chacha::ChaCha8Rng;
use statrs::distribution::{Binomial, ContinuousCDF, DiscreteCDF, Normal};

use crate::Interval;
use crate::quantile::quantile;
use crate::resample::{LEVEL, draw};

/// The percentile interval of a proportion, `k` of `n` observations.
///
/// Resampling `n` observations of which `k` count gives a binomial number of them, so the
/// quantiles are taken from that distribution instead of from draws: the limit of infinitely many.
/// Where all observations agree, resampling cannot show how sure that is; the open end is then the
/// exact bound of Clopper and Pearson 1934, `1 − 0.025^(1/n)` away.
pub(crate) fn proportion(k: usize, n: usize) -> Option<Interval> {
    if n == 0 {
        return None;
    }
    let tail = (1.0 - LEVEL) / 2.0;
    let reach = 1.0 - tail.powf(1.0 / n as f64);
    let (low, high) = if k == 0 {
        (0.0, reach)
    } else if k == n {
        (1.0 - reach, 1.0)
    } else {
        let times = Binomial::new(k as f64 / n as f64, n as u64).ok()?;
        let at = |p| times.inverse_cdf(p) as f64 / n as f64;
        (at(tail), at(1.0 - tail))
    };
    Some(Interval {
        low,
        high,
        level: LEVEL,
    })
}

/// The sorted bootstrap values of a figure of `n` observations; `figure` is given how often each
/// was drawn and says `None` where it is not defined.
pub(crate) fn values(
    n: usize,
    draws: usize,
    mut rng: ChaCha8Rng,
    mut figure: impl FnMut(&[u32]) -> Option<f64>,
) -> Vec<f64> {
    let mut times = vec![0; n];
    let mut values: Vec<f64> = (0..draws)
        .filter_map(|_| {
            draw(&mut rng, &mut times);
            figure(&times)
        })
        .collect();
    values.sort_by(f64::total_cmp);
    values
}

/// The percentile interval of sorted bootstrap values; `None` where most draws had no value, or
/// all had the same, which says nothing of how sure the figure is.
pub(crate) fn percentile(values: &[f64], draws: usize) -> Option<Interval> {
    let spread = values.first() < values.last();
    (spread && 2 * values.len() >= draws).then(|| Interval {
        low: quantile(values, (1.0 - LEVEL) / 2.0),
        high: quantile(values, (1.0 + LEVEL) / 2.0),
        level: LEVEL,
    })
}

/// The bias-corrected percentile interval: its ends are the percentiles that would be the usual
/// ones if the value lay in the middle of the bootstrap values. It stays in the range of the figure,
/// as the basic interval does not, and suits figures that sampling pushes to one side, such as a
/// cosine near 1. Efron 1981, "Nonparametric standard errors and confidence intervals", *Canadian
/// Journal of Statistics* 9(2).
pub(crate) fn bias_corrected(value: f64, values: &[f64], draws: usize) -> Option<Interval> {
    let usual = percentile(values, draws)?;
    let n = values.len() as f64;
    let below = values.iter().filter(|v| **v < value).count() as f64;
    let equal = values.iter().filter(|v| **v == value).count() as f64;
    let share = ((below + 0.5 * equal) / n).clamp(0.5 / n, 1.0 - 0.5 / n);
    let normal = Normal::standard();
    let shift = 2.0 * normal.inverse_cdf(share);
    let reach = normal.inverse_cdf((1.0 + LEVEL) / 2.0);
    Some(Interval {
        low: quantile(values, normal.cdf(shift - reach)),
        high: quantile(values, normal.cdf(shift + reach)),
        ..usual
    })
}

/// The basic (reverse percentile) interval: the percentile one mirrored at the value, which
/// undoes a bias that resampling repeats. Davison and Hinkley 1997, *Bootstrap Methods and their
/// Application*, section 5.2.
pub(crate) fn basic(value: f64, values: &[f64], draws: usize) -> Option<Interval> {
    percentile(values, draws).map(|i| Interval {
        low: 2.0 * value - i.high,
        high: 2.0 * value - i.low,
        level: i.level,
    })
}

/// The interval of `second − first`, built from the intervals of two independent figures by
/// squaring and adding the distances to their ends.
///
/// References: Newcombe 1998, "Interval Estimation for the Difference Between Independent
/// Proportions", *Statistics in Medicine* 17(8); Zou and Donner 2008, "Construction of Confidence
/// Limits about Effect Measures", *Statistics in Medicine* 27(10).
pub(crate) fn of_difference(first: (f64, Interval), second: (f64, Interval)) -> Interval {
    let ((x, a), (y, b)) = (first, second);
    let value = y - x;
    Interval {
        low: value - (y - b.low).hypot(a.high - x),
        high: value + (b.high - y).hypot(x - a.low),
        level: a.level,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resample::stream;

    fn near(a: f64, b: f64, by: f64) -> bool {
        (a - b).abs() <= by
    }

    #[test]
    fn a_proportion_has_the_quantiles_of_the_binomial() {
        // R: qbinom(c(.025, .975), 100, .3) / 100
        let i = proportion(30, 100).unwrap();
        assert!(
            near(i.low, 0.21, 1e-12) && near(i.high, 0.39, 1e-12),
            "{i:?}"
        );
        // R: binom.test(0, 20)$conf.int
        let none = proportion(0, 20).unwrap();
        assert!(near(none.low, 0.0, 0.0) && near(none.high, 0.168_433_5, 1e-6));
        let all = proportion(20, 20).unwrap();
        assert!(near(all.low, 0.831_566_5, 1e-6) && near(all.high, 1.0, 0.0));
        assert_eq!(proportion(0, 0), None);
    }

    #[test]
    fn the_exact_quantiles_are_those_of_many_draws() {
        let share = |t: &[u32]| Some(f64::from(t[..30].iter().sum::<u32>()) / 100.0);
        let drawn = percentile(&values(100, 20_000, stream(3, "t"), share), 20_000).unwrap();
        let exact = proportion(30, 100).unwrap();
        assert!(near(drawn.low, exact.low, 0.0101) && near(drawn.high, exact.high, 0.0101));
    }

    #[test]
    fn no_interval_from_draws_that_all_agree() {
        let same = values(10, 50, stream(1, "same"), |_| Some(2.0));
        assert_eq!(percentile(&same, 50), None);
    }

    #[test]
    fn a_difference_as_newcombe_prints_it() {
        // Newcombe 1998, table II, method 10, case (a): 56/70 − 48/80 = 0.2, Wilson score limits
        // 0.6879 to 0.8764 hold for 56/70 and 0.4904 to 0.7003 for 48/80; 0.0524 to 0.3339.
        let interval = |low, high| Interval {
            low,
            high,
            level: 0.95,
        };
        let wilson = |k: f64, n: f64| {
            let z = 1.959_963_984_540_054_f64;
            let mid = (2.0 * k + z * z) / (2.0 * (n + z * z));
            let half = z * (z * z + 4.0 * k * (1.0 - k / n)).sqrt() / (2.0 * (n + z * z));
            interval(mid - half, mid + half)
        };
        let d = of_difference(
            (48.0 / 80.0, wilson(48.0, 80.0)),
            (56.0 / 70.0, wilson(56.0, 70.0)),
        );
        assert!(
            near(d.low, 0.0524, 5e-5) && near(d.high, 0.3339, 5e-5),
            "{d:?}"
        );
    }

    #[test]
    fn the_bias_correction_of_an_even_spread() {
        // Values 0, 0.01, … 1. At the middle it corrects nothing; at 0.84, one standard deviation
        // up (0.9807, of 84½ in 101), the ends are the percentiles Φ(1.9614 ∓ 1.96), 0.5006 and
        // 0.99996, by SciPy.
        let v: Vec<f64> = (0..=100).map(|i| f64::from(i) / 100.0).collect();
        let usual = percentile(&v, 101).unwrap();
        let same = bias_corrected(0.5, &v, 101).unwrap();
        assert!(near(same.low, usual.low, 1e-9) && near(same.high, usual.high, 1e-9));
        let up = bias_corrected(0.84, &v, 101).unwrap();
        assert!(
            near(up.low, 0.5006, 1e-4) && near(up.high, 0.99996, 1e-4),
            "{up:?}"
        );
        assert_eq!(bias_corrected(1.0, &[1.0; 9], 9), None);
    }
}
