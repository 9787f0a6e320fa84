//! How much a break of a series is worth: its strength, the change of level, an interval for its
//! place, and how often chance alone would do as well.
//!
//! Each break is judged between its two neighbouring segments, with the breaks around them taken
//! as known. That is a condition, and a generous one: the neighbours were chosen from the same
//! data. The penalty decides whether there is a break; these figures say how well it is placed.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use serde::Serialize;

use crate::Interval;
use crate::changepoint::{Model, Segment, SegmentCosts, Segmentation};
use crate::draw;

/// How the series is drawn anew.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Resampling {
    /// How many series are drawn for the interval, and again for the p-value.
    pub replicates: usize,
    /// The coverage aimed at by the intervals.
    pub level: f64,
    /// The seed; the break's number selects a stream of it.
    pub seed: u64,
}

impl Default for Resampling {
    /// 999 series, level 0.95, seed 1.
    fn default() -> Self {
        Self {
            replicates: 999,
            level: 0.95,
            seed: 1,
        }
    }
}

/// One break and what is known of it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Break {
    /// The first index of the later segment.
    pub at: usize,
    /// Level of the segment before it.
    pub before: f64,
    /// Level of the segment after it.
    pub after: f64,
    /// 2ΔlogL = C(both) − C(before) − C(after): how much better two segments fit than one.
    /// At least 0; there is a break where it exceeds the penalty.
    pub strength: f64,
    /// Share of series drawn *without* a break, from the one segment that both would make, whose
    /// best break is at least this strong: (1 + how many)/(1 + replicates). The place of the break
    /// is searched for in each, so the search itself is allowed for; the neighbours are not.
    pub p_value: f64,
    /// after/before, where both are above 0.
    pub ratio: Option<f64>,
    /// Interval of the ratio: the basic bootstrap on the log scale (Davison and Hinkley 1997,
    /// § 5.2) over series drawn *with* the break, in each of which the place of the break is
    /// searched for again. Its upper end can be infinite.
    pub ratio_interval: Option<Interval>,
    /// First and last place of the percentile interval from the same series: the middle `level`
    /// of the places found, stretched to hold `at` where it does not.
    pub place: (usize, usize),
    /// First and last place that fits nearly as well: 2(logL(at) − logL(place)) ≤ c, with c from
    /// the limit law P(X ≤ x) = (1 − e^(−x/2))² for small changes of level (Hansen 2000,
    /// "Sample Splitting and Threshold Estimation", *Econometrica* 68(3)); 7.35 for 0.95. An
    /// account of the place that rests on no draws.
    pub profile: (usize, usize),
}

/// Chances of a count segment in which nothing (or, for shares, everything) happened: a rate of 0
/// would draw nothing but zeros and so claim certainty. It is drawn from half an event instead.
fn drawn_level(costs: &SegmentCosts, segment: &Segment) -> f64 {
    let n = (segment.to - segment.from) as f64;
    match costs.model() {
        Model::Mean { .. } | Model::MeanVariance { .. } => segment.level,
        Model::Poisson | Model::NegativeBinomial { .. } => segment.level.max(0.5 / n),
        Model::Binomial { .. } => {
            let total: f64 = (segment.from..segment.to).map(|i| costs.total(i)).sum();
            if total > 0.0 {
                let half = 0.5 / total.max(1.0);
                segment.level.clamp(half, 1.0 - half)
            } else {
                0.5
            }
        }
    }
}

/// Draws the values of a segment from its model.
fn draw_segment(costs: &SegmentCosts, segment: &Segment, rng: &mut ChaCha8Rng, out: &mut Vec<f64>) {
    let level = drawn_level(costs, segment);
    for i in segment.from..segment.to {
        out.push(match costs.model() {
            Model::Mean { variance } => level + variance.sqrt() * draw::normal(rng),
            Model::MeanVariance { floor } => {
                level + segment.variance.unwrap_or(floor).sqrt() * draw::normal(rng)
            }
            Model::Poisson => draw::poisson(rng, level) as f64,
            Model::NegativeBinomial { size } => draw::negative_binomial(rng, level, size) as f64,
            Model::Binomial { dispersion } => {
                // Beta-binomial with variance φ·N·p(1 − p): correlation ρ = (φ − 1)/(N − 1).
                // A total of 1 cannot be overdispersed, and no ρ goes beyond 1.
                let total = costs.total(i);
                let rho = ((dispersion - 1.0) / (total - 1.0).max(1e-9)).min(0.999);
                let share = if dispersion > 1.0 && total > 1.0 {
                    let weight = 1.0 / rho - 1.0;
                    draw::beta(rng, level * weight, (1.0 - level) * weight)
                } else {
                    level
                };
                draw::binomial(rng, total as u64, share) as f64
            }
        });
    }
}

/// The k-th smallest and k-th largest of B sorted draws, k = (B + 1)·(1 − level)/2, at least 1.
fn quantiles<T: Copy>(sorted: &[T], level: f64) -> (T, T) {
    let k = ((sorted.len() + 1) as f64 * (1.0 - level) / 2.0).round() as usize;
    let k = k.clamp(1, sorted.len());
    (sorted[k - 1], sorted[sorted.len() - k])
}

/// Judges every break of a segmentation of this series.
///
/// # Panics
/// If no replicates are asked for, or the level is not between 0 and 1.
pub fn judge_breaks(
    costs: &SegmentCosts,
    segmentation: &Segmentation,
    resampling: &Resampling,
) -> Vec<Break> {
    assert!(resampling.replicates > 0, "at least one series is drawn");
    assert!(
        resampling.level > 0.0 && resampling.level < 1.0,
        "a level is a share"
    );
    segmentation
        .segments
        .windows(2)
        .enumerate()
        .map(|(i, pair)| {
            let mut rng = ChaCha8Rng::seed_from_u64(resampling.seed);
            rng.set_stream(i as u64);
            judge(
                costs,
                &pair[0],
                &pair[1],
                segmentation.min_len,
                resampling,
                &mut rng,
            )
        })
        .collect()
}

fn judge(
    costs: &SegmentCosts,
    before: &Segment,
    after: &Segment,
    min_len: usize,
    resampling: &Resampling,
    rng: &mut ChaCha8Rng,
) -> Break {
    let (from, at, to) = (before.from, after.from, after.to);
    let whole = costs.segment(from, to);
    let strength = (whole.cost - before.cost - after.cost).max(0.0);
    let replicates = resampling.replicates;

    let mut draw = |segments: &[&Segment]| {
        let mut values = Vec::with_capacity(to - from);
        for segment in segments {
            draw_segment(costs, segment, rng, &mut values);
        }
        let drawn = costs.alike(from, values);
        let split = drawn
            .best_split(0, to - from, min_len)
            .expect("there was room before");
        (drawn, split)
    };

    let mut places = Vec::with_capacity(replicates);
    let mut log_ratios = Vec::with_capacity(replicates);
    for _ in 0..replicates {
        let (drawn, (place, _)) = draw(&[before, after]);
        places.push(from + place);
        let a = drawn.segment(0, place).level;
        let b = drawn.segment(place, to - from).level;
        if a > 0.0 || b > 0.0 {
            log_ratios.push((b / a).ln());
        }
    }
    // A little slack, so that the same value reached by another order of sums counts as reached.
    let reached = strength * (1.0 - 1e-9);
    let as_strong = (0..replicates)
        .filter(|_| draw(&[&whole]).1.1 >= reached)
        .count();

    places.sort_unstable();
    let (low, high) = quantiles(&places, resampling.level);
    log_ratios.retain(|r| !r.is_nan());
    log_ratios.sort_by(f64::total_cmp);
    let ratio = (before.level > 0.0 && after.level > 0.0).then(|| after.level / before.level);
    let ratio_interval = ratio.filter(|_| !log_ratios.is_empty()).map(|r| {
        let (low, high) = quantiles(&log_ratios, resampling.level);
        Interval {
            low: r * r / high.exp(),
            high: r * r / low.exp(),
            level: resampling.level,
        }
    });
    let near = -2.0 * (1.0 - resampling.level.sqrt()).ln();
    let fits: Vec<usize> = (from + min_len..=to - min_len)
        .filter(|&s| whole.cost - costs.cost(from, s) - costs.cost(s, to) >= strength - near)
        .collect();
    Break {
        at,
        before: before.level,
        after: after.level,
        strength,
        p_value: (1 + as_strong) as f64 / (1 + replicates) as f64,
        ratio,
        ratio_interval,
        place: (low.min(at), high.max(at)),
        profile: (
            fits.first().map_or(at, |&s| s.min(at)),
            fits.last().map_or(at, |&s| s.max(at)),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::changepoint::Penalty;

    fn drawn(seed: u64, levels: &[(usize, f64)], size: Option<f64>) -> Vec<f64> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut values = Vec::new();
        for &(n, mean) in levels {
            for _ in 0..n {
                values.push(match size {
                    Some(r) => draw::negative_binomial(&mut rng, mean, r),
                    None => draw::poisson(&mut rng, mean),
                } as f64);
            }
        }
        values
    }

    fn judged(costs: &SegmentCosts, breaks: Penalty, replicates: usize) -> Vec<Break> {
        let found = costs.pelt(breaks, 6);
        judge_breaks(
            costs,
            &found,
            &Resampling {
                replicates,
                ..Resampling::default()
            },
        )
    }

    /// Over many series with a known break, the interval for its place holds it about as often
    /// as it says, and so does the likelihood set.
    #[test]
    fn places_are_covered() {
        let (mut inside, mut in_profile, mut ratios, mut found) = (0, 0, 0, 0);
        for seed in 0..200 {
            let values = drawn(seed, &[(40, 2.0), (30, 5.0)], None);
            let costs = SegmentCosts::new(&values, Model::Poisson);
            let breaks = judged(&costs, Penalty::Bic, 199);
            if let [b] = &breaks[..] {
                found += 1;
                inside += usize::from(b.place.0 <= 40 && 40 <= b.place.1);
                in_profile += usize::from(b.profile.0 <= 40 && 40 <= b.profile.1);
                ratios += usize::from(b.ratio_interval.unwrap().contains(2.5));
            }
        }
        assert!(found >= 180, "{found}");
        let share = |k: usize| k as f64 / found as f64;
        assert!(share(inside) >= 0.92, "{}", share(inside));
        assert!(share(in_profile) >= 0.92, "{}", share(in_profile));
        assert!((0.90..=0.99).contains(&share(ratios)), "{}", share(ratios));
    }

    /// Without a break, the p-value of the best split is uniform: a tenth lies below a tenth.
    #[test]
    fn p_values_are_fair_without_a_break() {
        let (mut low, n) = (0, 300);
        for seed in 0..n {
            let values = drawn(1000 + seed, &[(50, 3.0)], None);
            let costs = SegmentCosts::new(&values, Model::Poisson);
            let (at, _) = costs.best_split(0, 50, 6).unwrap();
            let (a, b) = (costs.segment(0, at), costs.segment(at, 50));
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let options = Resampling {
                replicates: 99,
                ..Resampling::default()
            };
            low += u32::from(judge(&costs, &a, &b, 6, &options, &mut rng).p_value <= 0.1);
        }
        let share = f64::from(low) / n as f64;
        assert!((0.05..=0.15).contains(&share), "{share}");
    }

    #[test]
    fn strong_breaks_are_tight_and_silence_is_not_certain() {
        let values: Vec<f64> = drawn(3, &[(30, 0.0), (30, 8.0)], None);
        let costs = SegmentCosts::new(&values, Model::Poisson);
        let breaks = judged(&costs, Penalty::Bic, 499);
        assert_eq!(breaks.len(), 1);
        let b = &breaks[0];
        assert_eq!(b.at, 30);
        assert!(b.place.0 >= 29 && b.place.1 <= 31, "{:?}", b.place);
        assert_eq!((b.before, b.ratio), (0.0, None));
        assert_eq!(b.p_value, 1.0 / 500.0);
        // By hand: the merged rate is half of the later one, so 2ΔlogL = 2 S ln 2.
        let s: f64 = values.iter().sum();
        assert!((b.strength - 2.0 * s * std::f64::consts::LN_2).abs() < 1e-9);
    }

    #[test]
    fn the_same_seed_gives_the_same_figures() {
        let values = drawn(5, &[(30, 2.0), (30, 9.0), (30, 3.0)], Some(3.0));
        let costs = SegmentCosts::new(&values, Model::NegativeBinomial { size: 3.0 });
        let breaks = judged(&costs, Penalty::Bic, 99);
        assert_eq!(breaks, judged(&costs, Penalty::Bic, 99));
        assert_eq!(breaks.len(), 2);
        for b in &breaks {
            assert!(b.place.0 <= b.at && b.at <= b.place.1);
            assert!(b.profile.0 <= b.at && b.at <= b.profile.1);
            assert!(b.ratio_interval.unwrap().contains(b.ratio.unwrap()));
        }
    }

    /// Overdispersed shares are drawn with the variance they are meant to have.
    #[test]
    fn drawn_shares_are_overdispersed() {
        let (n, total, share, dispersion) = (20_000, 12.0, 0.3, 2.5);
        let values = vec![total * share; n];
        let costs = SegmentCosts::with_totals(&values, &vec![total; n], dispersion);
        let mut rng = ChaCha8Rng::seed_from_u64(9);
        let mut out = Vec::new();
        draw_segment(&costs, &costs.segment(0, n), &mut rng, &mut out);
        let mean = out.iter().sum::<f64>() / n as f64;
        let variance = out.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / n as f64;
        assert!((mean - total * share).abs() < 0.08, "{mean}");
        let theory = dispersion * total * share * (1.0 - share);
        assert!(
            (variance / theory - 1.0).abs() < 0.05,
            "{variance} {theory}"
        );
    }
}
