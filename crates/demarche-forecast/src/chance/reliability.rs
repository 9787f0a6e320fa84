//! Are probabilities true to what came?

use serde::Serialize;

/// How many bins a reliability diagram has.
const BINS: usize = 10;

/// One bin of a reliability diagram.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Bin {
    /// The lowest probability in it.
    pub low: f64,
    /// The highest.
    pub high: f64,
    /// How many forecasts.
    pub count: usize,
    /// The mean of what was said.
    pub said: f64,
    /// The share that came.
    pub came: f64,
}

/// How true probabilities are.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Reliability {
    /// How many forecasts.
    pub count: usize,
    /// The share that came.
    pub came: f64,
    /// The Brier score: the mean squared error, 0 to 1, smaller is better.
    pub brier: f64,
    /// The Brier score of saying the share that came every time.
    pub brier_constant: f64,
    /// The expected calibration error over ten bins of equal width (Naeini, Cooper and Hauskrecht,
    /// 2015): how far what was said is from what came, on average.
    pub ece: f64,
    /// The same over ten bins of equal content, which rare events do not all fall into one of.
    pub ece_equal: f64,
    /// The ten bins of equal width; empty ones are left out.
    pub bins: Vec<Bin>,
    /// The ten bins of equal content.
    pub bins_equal: Vec<Bin>,
}

/// Holds probabilities against what came.
pub fn reliability(said: &[f64], came: &[bool]) -> Reliability {
    let n = said.len().min(came.len());
    if n == 0 {
        return Reliability::default();
    }
    let mut all: Vec<(f64, bool)> = said.iter().copied().zip(came.iter().copied()).collect();
    all.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let share = all.iter().filter(|a| a.1).count() as f64 / n as f64;
    let square = |p: f64, came: bool| (p - f64::from(u8::from(came))).powi(2);
    let bin = |part: &[(f64, bool)]| -> Option<Bin> {
        let (first, last) = (part.first()?, part.last()?);
        let count = part.len() as f64;
        Some(Bin {
            low: first.0,
            high: last.0,
            count: part.len(),
            said: part.iter().map(|p| p.0).sum::<f64>() / count,
            came: part.iter().filter(|p| p.1).count() as f64 / count,
        })
    };
    let at = |p: f64| ((p * BINS as f64) as usize).min(BINS - 1);
    let bins: Vec<Bin> = all
        .chunk_by(|a, b| at(a.0) == at(b.0))
        .filter_map(bin)
        .collect();
    let ends = |k: usize| k * n / BINS;
    let bins_equal: Vec<Bin> = (0..BINS)
        .filter_map(|k| bin(&all[ends(k)..ends(k + 1)]))
        .collect();
    let error = |bins: &[Bin]| {
        bins.iter()
            .map(|b| b.count as f64 / n as f64 * (b.said - b.came).abs())
            .sum()
    };
    Reliability {
        count: n,
        came: share,
        brier: all.iter().map(|a| square(a.0, a.1)).sum::<f64>() / n as f64,
        brier_constant: share * (1.0 - share),
        ece: error(&bins),
        ece_equal: error(&bins_equal),
        bins,
        bins_equal,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_by_hand() {
        let said = [0.05, 0.05, 0.85, 0.85];
        let found = reliability(&said, &[false, false, true, false]);
        // Squares: 0.0025, 0.0025, 0.0225, 0.7225.
        assert!((found.brier - 0.1875).abs() < 1e-12);
        // Bins: 0.05 against 0, 0.85 against 0.5, half of the forecasts each.
        assert!((found.ece - 0.5 * 0.05 - 0.5 * 0.35).abs() < 1e-12);
        assert_eq!(found.bins.len(), 2);
        assert!((found.brier_constant - 0.1875).abs() < 1e-12);
    }
}
