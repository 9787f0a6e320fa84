//! Change points: where the level of a series changes, by exact search over all segmentations.
//!
//! A segmentation with breaks τ₁ < … < τₖ (each the first index of a later segment) is judged by
//!
//! > Σ over segments C(segment) + k·β,
//!
//! C being −2 log L of the segment at its own maximum-likelihood parameters (see [`Model`]) and β
//! the penalty of one more break (see [`Penalty`]). [`SegmentCosts::pelt`] finds the least sum
//! over *all* segmentations whose segments are at least `min_len` long: every index may be a
//! break, and nothing is left out by approximation.
//!
//! Reference: Killick, Fearnhead and Eckley 2012, "Optimal Detection of Changepoints With a Linear
//! Computational Cost", *Journal of the American Statistical Association* 107(500).

use serde::Serialize;

/// What the values of one segment are drawn from, independently, with parameters of the
/// segment's own. Terms of −2 log L that are the same for every segmentation are left out of the
/// costs, so costs of different models are not comparable as they stand;
/// [`SegmentCosts::constant`] gives what is missing.
///
/// In the formulas S is the sum of a segment's n values and μ = S/n its mean.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Model {
    /// Gaussian, the mean the segment's own, the variance σ² known and common ("l2"):
    /// C = Σ(x − μ)²/σ². Left out: n·ln 2πσ². With `variance` 1 the cost is the plain sum of
    /// squared deviations. See [`difference_variance`] for a robust σ².
    Mean {
        /// σ², above 0.
        variance: f64,
    },
    /// Gaussian, mean and variance the segment's own: C = n·ln σ̂² + Σ(x − μ)²/σ̂² with
    /// σ̂² = max(Σ(x − μ)²/n, floor), the maximum-likelihood variance among those not below the
    /// floor. Without a floor a run of equal values would be infinitely likely. Left out: n·ln 2π.
    MeanVariance {
        /// The least variance allowed, above 0. For counts 1/12, the variance of rounding to
        /// whole numbers.
        floor: f64,
    },
    /// Poisson: C = −2 S ln μ. Left out: 2S and 2 Σ ln x!.
    Poisson,
    /// Negative binomial of common size r (variance μ + μ²/r): C = 2[n·r·ln(1 + μ/r) −
    /// S·ln(μ/(r + μ))]. Left out: −2 Σ ln(Γ(x + r)/(Γ(r)·x!)). See [`negative_binomial`] for r.
    NegativeBinomial {
        /// r, above 0; the smaller, the more overdispersed.
        size: f64,
    },
    /// Binomial, x out of a known total N, the share p = S/ΣN the segment's own:
    /// C = −(2/φ)[S·ln p + (ΣN − S)·ln(1 − p)], φ being the dispersion (1 for a plain binomial,
    /// above 1 for quasi-likelihood; McCullagh and Nelder 1989, ch. 4). Left out: the binomial
    /// coefficients. See [`overdispersed_binomial`] for φ.
    Binomial {
        /// φ, at least 1.
        dispersion: f64,
    },
}

impl Model {
    /// How many parameters each segment has of its own.
    pub fn parameters(self) -> usize {
        match self {
            Model::MeanVariance { .. } => 2,
            _ => 1,
        }
    }
}

/// What one more break costs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Penalty {
    /// β = (p + 1)·ln n: the Bayesian information criterion, in which each break adds the p
    /// parameters of a segment ([`Model::parameters`]) and its own place to a model of n values
    /// (Yao 1988; Schwarz 1978).
    Bic,
    /// β as given, on the scale of the costs.
    Value(f64),
}

impl Penalty {
    /// β for n values under a model.
    pub fn value(self, model: Model, n: usize) -> f64 {
        match self {
            Penalty::Bic => (model.parameters() + 1) as f64 * (n.max(1) as f64).ln(),
            Penalty::Value(v) => v,
        }
    }
}

/// Sums over a prefix of the series.
#[derive(Clone, Copy, Debug, Default)]
struct Prefix {
    sum: f64,
    square: f64,
    total: f64,
}

/// A series under a model, ready to give the cost of any of its segments in constant time.
#[derive(Clone, Debug)]
pub struct SegmentCosts {
    model: Model,
    values: Vec<f64>,
    totals: Vec<f64>,
    /// Subtracted from Gaussian values before summing, against cancellation; 0 for counts, whose
    /// sums are exact.
    centre: f64,
    prefix: Vec<Prefix>,
}

/// One segment and its parameters.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Segment {
    /// Its first index.
    pub from: usize,
    /// The index after its last.
    pub to: usize,
    /// Its mean; for the binomial its share (NaN if its totals are all 0).
    pub level: f64,
    /// Its variance where the model gives it one of its own.
    pub variance: Option<f64>,
    /// Its cost C.
    pub cost: f64,
}

/// The best segmentation.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Segmentation {
    /// The model.
    pub model: Model,
    /// The least length of a segment.
    pub min_len: usize,
    /// β, the penalty of one break.
    pub penalty: f64,
    /// The first index of each segment but the first, ascending.
    pub breaks: Vec<usize>,
    /// The segments in order; none if the series is empty.
    pub segments: Vec<Segment>,
    /// The sum of the segments' costs, without penalties.
    pub cost: f64,
    /// How many segment costs were worked out to find it.
    pub evaluations: u64,
}

impl Segmentation {
    /// The sum that was minimised: cost + penalty × breaks.
    pub fn penalised(&self) -> f64 {
        self.cost + self.penalty * self.breaks.len() as f64
    }
}

/// S ln q with 0 ln 0 = 0.
fn times_ln(s: f64, q: f64) -> f64 {
    if s > 0.0 { s * q.ln() } else { 0.0 }
}

impl SegmentCosts {
    /// A series under any model but the binomial.
    ///
    /// # Panics
    /// If the model is the binomial, a value is not finite, a count is negative, or a parameter of
    /// the model is outside its range.
    pub fn new(values: &[f64], model: Model) -> Self {
        assert!(
            !matches!(model, Model::Binomial { .. }),
            "a binomial needs totals"
        );
        Self::build(values.to_vec(), Vec::new(), model)
    }

    /// Counts out of totals under [`Model::Binomial`].
    ///
    /// # Panics
    /// If there are not as many totals as values, a total is less than its value, or as in
    /// [`SegmentCosts::new`].
    pub fn with_totals(values: &[f64], totals: &[f64], dispersion: f64) -> Self {
        assert_eq!(values.len(), totals.len(), "one total a value");
        Self::build(
            values.to_vec(),
            totals.to_vec(),
            Model::Binomial { dispersion },
        )
    }

    fn build(values: Vec<f64>, totals: Vec<f64>, model: Model) -> Self {
        assert!(values.iter().all(|v| v.is_finite()), "values are finite");
        let gaussian = match model {
            Model::Mean { variance: v } | Model::MeanVariance { floor: v } => {
                assert!(v > 0.0 && v.is_finite(), "a variance is above 0");
                true
            }
            Model::NegativeBinomial { size } => {
                assert!(size > 0.0 && size.is_finite(), "a size is above 0");
                false
            }
            Model::Binomial { dispersion } => {
                assert!(
                    dispersion >= 1.0 && dispersion.is_finite(),
                    "a dispersion is at least 1"
                );
                let covered = values
                    .iter()
                    .zip(&totals)
                    .all(|(v, t)| v <= t && t.is_finite());
                assert!(covered, "no value is above its total");
                false
            }
            Model::Poisson => false,
        };
        let centre = if gaussian && !values.is_empty() {
            values.iter().sum::<f64>() / values.len() as f64
        } else {
            assert!(
                gaussian || values.iter().all(|&v| v >= 0.0),
                "counts are not negative"
            );
            0.0
        };
        let mut at = Prefix::default();
        let mut prefix = Vec::with_capacity(values.len() + 1);
        prefix.push(at);
        for (i, v) in values.iter().enumerate() {
            let v = v - centre;
            at.sum += v;
            at.square += v * v;
            at.total += totals.get(i).copied().unwrap_or(0.0);
            prefix.push(at);
        }
        Self {
            model,
            values,
            totals,
            centre,
            prefix,
        }
    }

    /// The same kind of series with other values: the same model and, for the indices
    /// `from..`, the same totals.
    pub(crate) fn alike(&self, from: usize, values: Vec<f64>) -> Self {
        let totals = match self.model {
            Model::Binomial { .. } => self.totals[from..from + values.len()].to_vec(),
            _ => Vec::new(),
        };
        Self::build(values, totals, self.model)
    }

    /// The model.
    pub fn model(&self) -> Model {
        self.model
    }

    /// How many values.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// None at all?
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The total of the binomial at an index; 0 in other models.
    pub(crate) fn total(&self, index: usize) -> f64 {
        self.totals.get(index).copied().unwrap_or(0.0)
    }

    /// n, S, Σx² (both of centred values) and ΣN of a segment.
    fn sums(&self, from: usize, to: usize) -> (f64, f64, f64, f64) {
        let (a, b) = (self.prefix[from], self.prefix[to]);
        (
            (to - from) as f64,
            b.sum - a.sum,
            b.square - a.square,
            b.total - a.total,
        )
    }

    /// C of the segment of indices `from..to`; 0 if it is empty. Constant time.
    pub fn cost(&self, from: usize, to: usize) -> f64 {
        let (n, s, square, total) = self.sums(from, to);
        if n == 0.0 {
            return 0.0;
        }
        match self.model {
            Model::Mean { variance } => (square - s * s / n).max(0.0) / variance,
            Model::MeanVariance { floor } => {
                let deviations = (square - s * s / n).max(0.0);
                let variance = (deviations / n).max(floor);
                n * variance.ln() + deviations / variance
            }
            Model::Poisson => -2.0 * times_ln(s, s / n),
            Model::NegativeBinomial { size } => {
                let mean = s / n;
                2.0 * (n * size * (mean / size).ln_1p() - times_ln(s, mean / (size + mean)))
            }
            Model::Binomial { dispersion } => {
                let rest = total - s;
                -2.0 * (times_ln(s, s / total) + times_ln(rest, rest / total)) / dispersion
            }
        }
    }

    /// The segment of indices `from..to` with its parameters.
    ///
    /// # Panics
    /// If it is empty.
    pub fn segment(&self, from: usize, to: usize) -> Segment {
        assert!(from < to, "a segment holds something");
        let (n, s, square, total) = self.sums(from, to);
        let level = match self.model {
            Model::Binomial { .. } => s / total,
            _ => s / n + self.centre,
        };
        let variance = match self.model {
            Model::MeanVariance { floor } => Some(((square - s * s / n) / n).max(floor)),
            _ => None,
        };
        Segment {
            from,
            to,
            level,
            variance,
            cost: self.cost(from, to),
        }
    }

    /// What the costs leave out of −2 log L, the same for every segmentation. `None` for
    /// quasi-likelihood (dispersion above 1), which has no likelihood to complete.
    pub fn constant(&self) -> Option<f64> {
        use std::f64::consts::PI;

        use statrs::function::gamma::ln_gamma;
        let factorials = || self.values.iter().map(|x| ln_gamma(x + 1.0)).sum::<f64>();
        let n = self.values.len() as f64;
        match self.model {
            Model::Mean { variance } => Some(n * (2.0 * PI * variance).ln()),
            Model::MeanVariance { .. } => Some(n * (2.0 * PI).ln()),
            Model::Poisson => Some(2.0 * (self.values.iter().sum::<f64>() + factorials())),
            Model::NegativeBinomial { size } => {
                Some(2.0 * (factorials() - rising(&self.values, size)))
            }
            Model::Binomial { dispersion } => (dispersion == 1.0).then(|| {
                let choices =
                    self.values.iter().zip(&self.totals).map(|(k, n)| {
                        ln_gamma(n + 1.0) - ln_gamma(k + 1.0) - ln_gamma(n - k + 1.0)
                    });
                -2.0 * choices.sum::<f64>()
            }),
        }
    }

    /// The segmentation with the given breaks.
    fn segmentation(
        &self,
        breaks: Vec<usize>,
        min_len: usize,
        penalty: f64,
        evaluations: u64,
    ) -> Segmentation {
        let starts = std::iter::once(0).chain(breaks.iter().copied());
        let ends = breaks.iter().copied().chain([self.len()]);
        let segments: Vec<Segment> = starts
            .zip(ends)
            .filter(|(from, to)| from < to)
            .map(|(from, to)| self.segment(from, to))
            .collect();
        let cost = segments.iter().map(|s| s.cost).sum();
        Segmentation {
            model: self.model,
            min_len,
            penalty,
            breaks,
            segments,
            cost,
            evaluations,
        }
    }

    /// The best segmentation into segments of at least `min_len` values, by PELT. A series too
    /// short for two such segments is one segment, however short.
    ///
    /// Let F(t) be the least sum for the first t values. A last break s can be left out of the
    /// search for F(T) if F(s) + C(s..t) ≥ F(t) for some t with s < t ≤ T − `min_len`: splitting
    /// a segment never raises −2 log L at the maximum, so F(t) + β + C(t..T) ≤ F(s) + β + C(s..T),
    /// and the segment t..T is long enough to be allowed. Such an s is therefore kept until
    /// T = t + `min_len`, not dropped at t; dropping it at once (as is common) can miss the best
    /// segmentation as soon as `min_len` is above 1. Rounding is allowed for: s is left out only
    /// where it is worse by more than a part in 10¹⁰. Of equally good breaks the earliest is
    /// taken.
    ///
    /// # Panics
    /// If `min_len` is 0 or the penalty is negative or not finite.
    pub fn pelt(&self, penalty: Penalty, min_len: usize) -> Segmentation {
        assert!(min_len > 0, "a segment holds something");
        let n = self.len();
        let beta = penalty.value(self.model, n);
        assert!(beta >= 0.0 && beta.is_finite(), "a penalty is not negative");
        if n < 2 * min_len {
            return self.segmentation(Vec::new(), min_len, beta, u64::from(n > 0));
        }
        struct Candidate {
            start: usize,
            /// The last T for which it must be tried.
            until: usize,
            /// F(start) + C(start..t) at the present t.
            sum: f64,
        }
        let mut best = vec![f64::INFINITY; n + 1];
        best[0] = -beta;
        let mut last = vec![0; n + 1];
        let mut candidates: Vec<Candidate> = Vec::new();
        let mut evaluations = 0;
        for t in min_len..=n {
            let start = t - min_len;
            if best[start].is_finite() {
                candidates.push(Candidate {
                    start,
                    until: usize::MAX,
                    sum: 0.0,
                });
            }
            let (mut least, mut from) = (f64::INFINITY, 0);
            candidates.retain_mut(|c| {
                if c.until < t {
                    return false;
                }
                c.sum = best[c.start] + self.cost(c.start, t);
                evaluations += 1;
                if c.sum < least {
                    (least, from) = (c.sum, c.start);
                }
                true
            });
            best[t] = least + beta;
            last[t] = from;
            let worse = best[t] + 1e-10 * (1.0 + best[t].abs());
            for c in &mut candidates {
                if c.sum > worse {
                    c.until = c.until.min(t + min_len - 1);
                }
            }
        }
        let mut breaks = Vec::new();
        let mut at = last[n];
        while at > 0 {
            breaks.push(at);
            at = last[at];
        }
        breaks.reverse();
        self.segmentation(breaks, min_len, beta, evaluations)
    }

    /// The best single break of `from..to` with `min_len` values on both sides: its index and
    /// 2ΔlogL = C(whole) − C(before) − C(after). `None` if there is no room for one.
    pub(crate) fn best_split(
        &self,
        from: usize,
        to: usize,
        min_len: usize,
    ) -> Option<(usize, f64)> {
        let whole = self.cost(from, to);
        let mut best: Option<(usize, f64)> = None;
        for at in from + min_len..=to.saturating_sub(min_len) {
            let gain = whole - self.cost(from, at) - self.cost(at, to);
            if best.is_none_or(|(_, g)| gain > g) {
                best = Some((at, gain));
            }
        }
        best
    }
}

/// Robust variance of the noise of a series with rare breaks: (1.4826 · median |xᵢ₊₁ − xᵢ|)²/2.
/// A difference of neighbours holds the noise twice and a break in few places only, so the median
/// does not see the breaks. Where more than half of the differences are 0 (sparse counts), their
/// mean square over two instead (von Neumann 1941); where all are, 1.
pub fn difference_variance(values: &[f64]) -> f64 {
    let mut steps: Vec<f64> = values.windows(2).map(|w| (w[1] - w[0]).abs()).collect();
    if steps.is_empty() {
        return 1.0;
    }
    steps.sort_by(f64::total_cmp);
    let k = steps.len() / 2;
    let median = if steps.len() % 2 == 1 {
        steps[k]
    } else {
        0.5 * (steps[k - 1] + steps[k])
    };
    let robust = (1.4826 * median).powi(2) / 2.0;
    let plain = steps.iter().map(|d| d * d).sum::<f64>() / (2.0 * steps.len() as f64);
    [robust, plain]
        .into_iter()
        .find(|&v| v > 0.0)
        .unwrap_or(1.0)
}

/// Σ ln(Γ(x + r)/Γ(r)) over whole numbers x, as Σⱼ #{x > j} · ln(r + j).
fn rising(values: &[f64], size: f64) -> f64 {
    above(values)
        .iter()
        .enumerate()
        .map(|(j, &count)| count * (size + j as f64).ln())
        .sum()
}

/// For j = 0, 1, …: how many values are above j.
fn above(values: &[f64]) -> Vec<f64> {
    let most = values.iter().copied().fold(0.0, f64::max) as usize;
    let mut counts = vec![0.0; most];
    for &v in values {
        for c in &mut counts[..v as usize] {
            *c += 1.0;
        }
    }
    counts
}

/// Sizes above this are the Poisson for every purpose: variance exceeds the mean by less than a
/// thousandth of it at means up to 100.
const LARGEST_SIZE: f64 = 1e5;
const SMALLEST_SIZE: f64 = 1e-3;

/// The size r of greatest likelihood with each value's mean given, or `None` if the values vary no
/// more than a Poisson's (Σ(x − μ)² ≤ Σx: the likelihood has no rise towards finite r).
fn most_likely_size(values: &[f64], means: &[f64]) -> Option<f64> {
    let excess: f64 = values
        .iter()
        .zip(means)
        .map(|(x, m)| (x - m).powi(2) - x)
        .sum();
    if excess <= 0.0 {
        return None;
    }
    let above = above(values);
    let log_likelihood = |log_size: f64| {
        let r = log_size.exp();
        let rise: f64 = above
            .iter()
            .enumerate()
            .map(|(j, c)| c * (r + j as f64).ln())
            .sum();
        let rest: f64 = values
            .iter()
            .zip(means)
            .map(|(&x, &m)| r * (m / r).ln_1p() + if x > 0.0 { x * (r + m).ln() } else { 0.0 })
            .sum();
        rise - rest
    };
    // A coarse look finds the hill, golden sections its top.
    let (low, high) = (SMALLEST_SIZE.ln(), LARGEST_SIZE.ln());
    let step = (high - low) / 40.0;
    let mut peak = (f64::NEG_INFINITY, low);
    for i in 0..=40 {
        let at = low + step * f64::from(i);
        let value = log_likelihood(at);
        if value > peak.0 {
            peak = (value, at);
        }
    }
    let (mut a, mut b) = ((peak.1 - step).max(low), (peak.1 + step).min(high));
    let golden = 0.5 * (5.0_f64.sqrt() - 1.0);
    for _ in 0..60 {
        let (x, y) = (b - golden * (b - a), a + golden * (b - a));
        if log_likelihood(x) < log_likelihood(y) {
            a = x;
        } else {
            b = y;
        }
    }
    let size = (0.5 * (a + b)).exp();
    (size < 0.99 * LARGEST_SIZE).then_some(size)
}

/// The level of each value's segment.
fn levels(segmentation: &Segmentation, n: usize) -> Vec<f64> {
    let mut levels = vec![0.0; n];
    for s in &segmentation.segments {
        levels[s.from..s.to].fill(s.level);
    }
    levels
}

/// How often a dispersion and a segmentation are fitted in turn before giving up on a standstill.
const ROUNDS: usize = 50;

/// The best segmentation of counts under a negative binomial whose common size r is estimated
/// with it. `None` if the counts are not overdispersed: the Poisson is then the limit.
///
/// −2 log L + k·β is lowered in turn over the breaks (PELT at given r) and over r (maximum
/// likelihood within the segments) until the breaks stay as they are; each step can only lower
/// it, so this ends (at most 50 rounds). It may end in a local minimum; so it is started from the
/// size without breaks and from 1, 2, 4, … 64, and the lowest end is taken.
///
/// # Panics
/// As [`SegmentCosts::new`], and if a value is not a whole number.
pub fn negative_binomial(values: &[f64], penalty: Penalty, min_len: usize) -> Option<SegmentFit> {
    assert!(
        values.iter().all(|v| v.fract() == 0.0),
        "counts are whole numbers"
    );
    let n = values.len();
    let mean = values.iter().sum::<f64>() / n.max(1) as f64;
    let first = most_likely_size(values, &vec![mean; n])?;
    let mut best: Option<(f64, SegmentFit)> = None;
    for start in std::iter::once(first).chain((0..7).map(|i| f64::from(1 << i))) {
        let mut costs = SegmentCosts::new(values, Model::NegativeBinomial { size: start });
        let mut found = costs.pelt(penalty, min_len);
        let mut evaluations = found.evaluations;
        let mut overdispersed = true;
        for _ in 0..ROUNDS {
            let Some(size) = most_likely_size(values, &levels(&found, n)) else {
                overdispersed = false;
                break;
            };
            costs = SegmentCosts::new(values, Model::NegativeBinomial { size });
            let next = costs.pelt(penalty, min_len);
            evaluations += next.evaluations;
            let still = next.breaks == found.breaks;
            found = next;
            if still {
                break;
            }
        }
        if !overdispersed {
            continue;
        }
        found.evaluations = evaluations;
        let sum = found.penalised() + costs.constant().expect("a likelihood");
        if best.as_ref().is_none_or(|(b, _)| sum < *b) {
            best = Some((
                sum,
                SegmentFit {
                    costs,
                    segmentation: found,
                },
            ));
        }
    }
    best.map(|(_, fit)| fit)
}

/// The best segmentation of counts out of totals under a binomial whose common dispersion φ is
/// estimated with it: [`pearson_dispersion`], not below 1 (McCullagh and Nelder 1989, § 4.5), and
/// PELT at that φ, in turn until the breaks stay as they are (at most 50 rounds). It starts without
/// breaks, at the largest φ, so as not to take clusters of events for changes of level.
///
/// # Panics
/// As [`SegmentCosts::with_totals`].
pub fn overdispersed_binomial(
    values: &[f64],
    totals: &[f64],
    penalty: Penalty,
    min_len: usize,
) -> SegmentFit {
    let mut costs = SegmentCosts::with_totals(values, totals, 1.0);
    let mut found = costs.segmentation(Vec::new(), min_len, 0.0, 0);
    let mut evaluations = 0;
    for _ in 0..ROUNDS {
        let dispersion = pearson_dispersion(values, Some(totals), &found)
            .unwrap_or(1.0)
            .max(1.0);
        costs = SegmentCosts::with_totals(values, totals, dispersion);
        let next = costs.pelt(penalty, min_len);
        evaluations += next.evaluations;
        let still = next.breaks == found.breaks;
        found = next;
        if still {
            break;
        }
    }
    found.evaluations = evaluations;
    SegmentFit {
        costs,
        segmentation: found,
    }
}

/// Pearson's dispersion within the segments: Σ(x − μ)²/V(μ) over the values less the segments, with
/// V(μ) = μ for counts and Np(1 − p) for counts out of totals; about 1 if the values vary as a
/// Poisson or a binomial would. Values without a total, and segments whose level is 0 (or whose
/// share is 1), say nothing about it and are left out; `None` if nothing is left.
pub fn pearson_dispersion(
    values: &[f64],
    totals: Option<&[f64]>,
    found: &Segmentation,
) -> Option<f64> {
    let (mut sum, mut freedom) = (0.0, 0.0);
    for s in &found.segments {
        let spread = if totals.is_some() { 1.0 - s.level } else { 1.0 };
        let telling = s.level > 0.0 && spread > 0.0;
        if !telling {
            continue;
        }
        freedom -= 1.0;
        for i in s.from..s.to {
            let expected = s.level * totals.map_or(1.0, |t| t[i]);
            if expected > 0.0 {
                sum += (values[i] - expected).powi(2) / (expected * spread);
                freedom += 1.0;
            }
        }
    }
    (freedom > 0.0).then(|| sum / freedom)
}

/// A segmentation with the costs it rests on.
#[derive(Clone, Debug)]
pub struct SegmentFit {
    /// The series under the model, its common parameter estimated.
    pub costs: SegmentCosts,
    /// The best segmentation; its evaluations are those of all rounds that led to it.
    pub segmentation: Segmentation,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Plain optimal partitioning (Jackson et al. 2005): every last segment tried for every end.
    fn plain(costs: &SegmentCosts, beta: f64, min_len: usize) -> f64 {
        let n = costs.len();
        let mut best = vec![f64::INFINITY; n + 1];
        best[0] = -beta;
        for t in min_len..=n {
            for s in 0..=t - min_len {
                best[t] = best[t].min(best[s] + costs.cost(s, t) + beta);
            }
        }
        best[n]
    }

    /// The cost worked out value by value from the textbook likelihood, its maximum included as
    /// given parameters: an account of the formulas independent of the prefix sums.
    fn by_hand(model: Model, x: &[f64], totals: &[f64]) -> f64 {
        use statrs::distribution::{
            Binomial, Continuous, Discrete, NegativeBinomial, Normal, Poisson,
        };
        let n = x.len() as f64;
        let mean = x.iter().sum::<f64>() / n;
        let squares = x.iter().map(|v| (v - mean).powi(2)).sum::<f64>();
        let log_l: f64 = match model {
            Model::Mean { variance } => {
                let d = Normal::new(mean, variance.sqrt()).unwrap();
                x.iter().map(|&v| d.ln_pdf(v)).sum()
            }
            Model::MeanVariance { floor } => {
                let d = Normal::new(mean, (squares / n).max(floor).sqrt()).unwrap();
                x.iter().map(|&v| d.ln_pdf(v)).sum()
            }
            Model::Poisson if mean == 0.0 => 0.0,
            Model::Poisson => {
                let d = Poisson::new(mean).unwrap();
                x.iter().map(|&v| d.ln_pmf(v as u64)).sum()
            }
            Model::NegativeBinomial { size } => {
                let d = NegativeBinomial::new(size, size / (size + mean)).unwrap();
                if mean == 0.0 {
                    0.0
                } else {
                    x.iter().map(|&v| d.ln_pmf(v as u64)).sum()
                }
            }
            Model::Binomial { .. } => {
                // Out of nothing, any share is as likely.
                let p = x.iter().sum::<f64>() / totals.iter().sum::<f64>().max(1.0);
                x.iter()
                    .zip(totals)
                    .map(|(&k, &n)| {
                        let d = Binomial::new(p, n as u64).unwrap();
                        if p == 0.0 || p == 1.0 {
                            0.0
                        } else {
                            d.ln_pmf(k as u64)
                        }
                    })
                    .sum()
            }
        };
        -2.0 * log_l
    }

    fn all_models(values: &[f64], extra: &[f64]) -> Vec<SegmentCosts> {
        let totals: Vec<f64> = values.iter().zip(extra).map(|(v, e)| v + e).collect();
        vec![
            SegmentCosts::new(values, Model::Mean { variance: 1.7 }),
            SegmentCosts::new(values, Model::MeanVariance { floor: 1.0 / 12.0 }),
            SegmentCosts::new(values, Model::Poisson),
            SegmentCosts::new(values, Model::NegativeBinomial { size: 0.8 }),
            SegmentCosts::with_totals(values, &totals, 1.0),
            SegmentCosts::with_totals(values, &totals, 2.5),
        ]
    }

    fn counts(n: std::ops::Range<usize>) -> impl Strategy<Value = Vec<(f64, f64)>> {
        // Runs of a common level, so that there is something to find, and many zeros.
        let value = (prop_oneof![3 => 0..3_u32, 1 => 0..30_u32], 0..9_u32);
        prop::collection::vec((value, 1..9_usize), n).prop_map(|runs| {
            runs.into_iter()
                .flat_map(|((level, extra), len)| {
                    (0..len).map(move |i| {
                        let wobble = (i * 7 + len) % 3;
                        (f64::from(level) + wobble as f64, f64::from(extra))
                    })
                })
                .collect()
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            cases: 256,
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        /// PELT's sum is that of the search without pruning, for every model and least length,
        /// and the segmentation it returns has that sum and those lengths.
        #[test]
        fn pelt_is_exact(
            pairs in counts(1..16),
            min_len in 1..=6_usize,
            beta in prop_oneof![Just(0.0), 0.1..3.0_f64, 3.0..40.0_f64],
        ) {
            let (values, extra): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
            // A shorter series is one segment by rule and no matter of search.
            let min_len = min_len.min(values.len() / 2).max(1);
            for costs in all_models(&values, &extra) {
                let found = costs.pelt(Penalty::Value(beta), min_len);
                let least = plain(&costs, beta, min_len);
                let tolerance = 1e-9 * (1.0 + least.abs());
                let sum = found.penalised();
                prop_assert!((sum - least).abs() < tolerance, "{:?}: {sum} {least}", found.model);
                prop_assert!(found.segments.iter().all(|s| s.to - s.from >= min_len));
                prop_assert_eq!(found.segments.last().unwrap().to, values.len());
            }
        }

        /// The same on noise without any runs, where pruning is rare and ties are none.
        #[test]
        fn pelt_is_exact_on_noise(
            values in prop::collection::vec(0.0..20.0_f64, 12..70),
            min_len in 1..=6_usize,
            beta in 0.0..30.0_f64,
        ) {
            for model in [
                Model::Mean { variance: 4.0 },
                Model::MeanVariance { floor: 0.01 },
                Model::Poisson,
                Model::NegativeBinomial { size: 3.0 },
            ] {
                let costs = SegmentCosts::new(&values, model);
                let found = costs.pelt(Penalty::Value(beta), min_len);
                let least = plain(&costs, beta, min_len);
                prop_assert!((found.penalised() - least).abs() < 1e-9 * (1.0 + least.abs()));
            }
        }

        /// Costs from prefix sums, completed by the constant, are −2 log L by the book.
        #[test]
        fn costs_are_likelihoods(pairs in counts(1..4), cut in 0.0..1.0_f64) {
            let (values, extra): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
            let totals: Vec<f64> = values.iter().zip(&extra).map(|(v, e)| v + e).collect();
            let n = values.len();
            let at = (cut * n as f64) as usize;
            for costs in all_models(&values, &extra) {
                let Some(constant) = costs.constant() else { continue };
                let ours = costs.cost(0, at) + costs.cost(at, n) + constant;
                let book: f64 = [0..at, at..n]
                    .into_iter()
                    .filter(|r| !r.is_empty())
                    .map(|r| by_hand(costs.model(), &values[r.clone()], &totals[r]))
                    .sum();
                let tolerance = 1e-6 * (1.0 + book.abs());
                let model = costs.model();
                prop_assert!((ours - book).abs() < tolerance, "{model:?}: {ours} {book}");
            }
        }
    }

    /// Dropping a candidate at once, the common short cut, is wrong with a least length; the
    /// property above would not prove much if no series could tell the two apart.
    #[test]
    fn early_pruning_would_fail() {
        fn early(costs: &SegmentCosts, beta: f64, m: usize) -> f64 {
            let n = costs.len();
            let mut best = vec![f64::INFINITY; n + 1];
            best[0] = -beta;
            let mut candidates = Vec::new();
            for t in m..=n {
                if best[t - m].is_finite() {
                    candidates.push(t - m);
                }
                let sum = |s: usize| best[s] + costs.cost(s, t);
                let least = candidates
                    .iter()
                    .map(|&s| sum(s))
                    .fold(f64::INFINITY, f64::min);
                let keep: Vec<usize> = candidates
                    .iter()
                    .copied()
                    .filter(|&s| sum(s) <= least + beta)
                    .collect();
                candidates = keep;
                best[t] = least + beta;
            }
            best[n]
        }
        let mut state = 1_u64;
        let mut missed = 0;
        for _ in 0..200 {
            let values: Vec<f64> = (0..40)
                .map(|_| {
                    state = state
                        .wrapping_mul(6_364_136_223_846_793_005)
                        .wrapping_add(1);
                    ((state >> 40) % 20) as f64
                })
                .collect();
            let costs = SegmentCosts::new(&values, Model::Mean { variance: 1.0 });
            let exact = plain(&costs, 30.0, 5);
            assert!((costs.pelt(Penalty::Value(30.0), 5).penalised() - exact).abs() < 1e-9);
            missed += usize::from(early(&costs, 30.0, 5) > exact + 1e-6);
        }
        assert!(
            missed > 0,
            "no series tells the short cut from the exact search"
        );
    }

    #[test]
    fn short_series() {
        let costs = |n: usize| SegmentCosts::new(&vec![1.0; n], Model::Poisson);
        let none = costs(0).pelt(Penalty::Bic, 6);
        assert!(none.segments.is_empty() && none.breaks.is_empty());
        let one = costs(11).pelt(Penalty::Bic, 6);
        assert_eq!((one.segments.len(), one.segments[0].to), (1, 11));
        let equal = costs(100).pelt(Penalty::Bic, 6);
        assert!(equal.breaks.is_empty());
    }

    #[test]
    fn a_break_in_the_middle_is_found_where_it_is() {
        let values: Vec<f64> = (0..40).map(|i| if i < 23 { 1.0 } else { 6.0 }).collect();
        let totals = vec![20.0; 40];
        for costs in [
            SegmentCosts::new(&values, Model::Mean { variance: 1.0 }),
            SegmentCosts::new(&values, Model::MeanVariance { floor: 1.0 / 12.0 }),
            SegmentCosts::new(&values, Model::Poisson),
            SegmentCosts::new(&values, Model::NegativeBinomial { size: 5.0 }),
            SegmentCosts::with_totals(&values, &totals, 1.0),
        ] {
            assert_eq!(
                costs.pelt(Penalty::Bic, 6).breaks,
                [23],
                "{:?}",
                costs.model()
            );
        }
    }

    /// Means, cost and penalty of a series small enough for pencil and paper.
    #[test]
    fn an_example_by_hand() {
        let costs = SegmentCosts::new(
            &[0.0, 2.0, 1.0, 9.0, 11.0, 10.0],
            Model::Mean { variance: 1.0 },
        );
        let found = costs.pelt(Penalty::Bic, 1);
        assert_eq!(found.breaks, [3]);
        assert_eq!(
            found.segments.iter().map(|s| s.level).collect::<Vec<_>>(),
            [1.0, 10.0]
        );
        assert!((found.cost - 4.0).abs() < 1e-12);
        assert!((found.penalty - 2.0 * 6.0_f64.ln()).abs() < 1e-12);
        // One mean: deviations from 5.5, Σ = 125.5.
        assert_eq!(
            costs
                .best_split(0, 6, 1)
                .map(|(at, g)| (at, (g * 1e9).round() / 1e9)),
            Some((3, 121.5))
        );
    }

    #[test]
    fn pruning_saves_work() {
        let values: Vec<f64> = (0..2000)
            .map(|i| f64::from((i / 100) % 2 * 8 + i * 7 % 3))
            .collect();
        let found = SegmentCosts::new(&values, Model::Poisson).pelt(Penalty::Bic, 1);
        assert_eq!(found.breaks.len(), 19);
        assert!(
            found.evaluations < 2000 * 2001 / 2 / 4,
            "{}",
            found.evaluations
        );
    }

    #[test]
    fn differences_do_not_see_breaks() {
        let noise = [0.0, 1.0, -1.0, 2.0, 0.0, -2.0, 1.0, 0.0, -1.0, 2.0];
        let flat: Vec<f64> = (0..200).map(|i| noise[i % 10]).collect();
        let broken: Vec<f64> = flat
            .iter()
            .enumerate()
            .map(|(i, v)| if i < 100 { *v } else { v + 50.0 })
            .collect();
        assert_eq!(difference_variance(&flat), difference_variance(&broken));
        assert_eq!(difference_variance(&[3.0; 9]), 1.0);
        // Four of five differences are 0: 1² + 1² over 2 × 9 differences.
        let sparse = [0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0];
        assert!((difference_variance(&sparse) - 2.0 / 18.0).abs() < 1e-12);
    }
}
