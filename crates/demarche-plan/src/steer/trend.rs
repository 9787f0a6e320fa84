//! Whether counts have changed, and how unusual the last of them is.

use statrs::distribution::{Beta, ContinuousCDF, DiscreteCDF, NegativeBinomial};

/// Coverage of the intervals.
const LEVEL: f64 = 0.95;

/// What can be said of two counts over equally long times.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Trend {
    /// The later rate over the earlier one, with its 95 % interval.
    Ratio {
        /// The ratio; infinite where nothing happened in the earlier time.
        ratio: f64,
        /// Lower end of the interval.
        low: f64,
        /// Upper end; infinite where the earlier count is 0.
        high: f64,
    },
    /// Too few events for one.
    TooFew {
        /// How many there are.
        n: usize,
        /// How many are needed.
        needed: usize,
    },
}

impl Trend {
    /// Compares a later count with an earlier one, both over equally long times.
    ///
    /// Given their sum, the later count of two Poisson variables is binomial with the share of its
    /// rate in both; the interval of that share is the exact one of Clopper and Pearson (1934,
    /// Biometrika 26), and `share / (1 - share)` carries it over to the ratio.
    #[must_use]
    pub fn between(earlier: usize, later: usize, needed: usize) -> Self {
        let n = earlier + later;
        if n < needed.max(1) {
            return Self::TooFew { n, needed };
        }
        let (low, high) = clopper_pearson(later, n, LEVEL);
        let odds = |share: f64| match share {
            share if share >= 1.0 => f64::INFINITY,
            share => share / (1.0 - share),
        };
        Self::Ratio {
            ratio: match earlier {
                0 => f64::INFINITY,
                earlier => later as f64 / earlier as f64,
            },
            low: odds(low),
            high: odds(high),
        }
    }

    /// In a word or two: no more than the interval says.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match *self {
            Self::TooFew { .. } => "too few events",
            Self::Ratio { low, .. } if low > 1.0 => "rose",
            Self::Ratio { high, .. } if high < 1.0 => "fell",
            Self::Ratio { .. } => "no change shown",
        }
    }
}

/// The exact interval of a share of `k` out of `n` (Clopper and Pearson 1934).
#[must_use]
pub fn clopper_pearson(k: usize, n: usize, level: f64) -> (f64, f64) {
    let tail = (1.0 - level) / 2.0;
    let quantile = |a: usize, b: usize, p: f64| {
        Beta::new(a as f64, b as f64).map_or(f64::NAN, |law| law.inverse_cdf(p))
    };
    let low = match k {
        0 => 0.0,
        k => quantile(k, n - k + 1, tail),
    };
    let high = match n - k {
        0 => 1.0,
        others => quantile(k + 1, others, 1.0 - tail),
    };
    (low, high)
}

/// The chance of `count` acts or more in a quarter, after `before` acts in `quarters` quarters of the
/// same unknown rate.
///
/// The rate is that of a Poisson process with Jeffreys' prior, so the count is negative binomial with
/// `before + 1/2` successes and success probability `quarters / (quarters + 1)`.
#[must_use]
pub fn chance_of(count: usize, before: usize, quarters: usize) -> Option<f64> {
    if quarters == 0 {
        return None;
    }
    let Some(less) = count.checked_sub(1) else {
        return Some(1.0);
    };
    let quarters = quarters as f64;
    let law = NegativeBinomial::new(before as f64 + 0.5, quarters / (quarters + 1.0)).ok()?;
    Some(law.sf(less as u64))
}
