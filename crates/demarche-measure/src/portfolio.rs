//! Similarity of two portfolios of foreign policy: alliances with, or votes alike, over the same
//! list of states or roll calls.
//!
//! Reference for all: Häge 2011, "Choice or Circumstance? Adjusting Measures of Foreign Policy
//! Similarity for Chance Agreement", *Political Analysis* 19(3).

/// The sums all the measures are made of.
pub(crate) struct Sums {
    /// Columns.
    pub n: f64,
    /// Σ(x−y)².
    pub squared: f64,
    /// Σ|x−y|.
    pub absolute: f64,
    /// Σx.
    pub x: f64,
    /// Σy.
    pub y: f64,
    /// Σx² + Σy².
    pub squares: f64,
}

impl Sums {
    fn of(x: &[f64], y: &[f64]) -> Self {
        assert_eq!(x.len(), y.len(), "portfolios over the same columns");
        let pairs = || x.iter().zip(y);
        Self {
            n: x.len() as f64,
            squared: pairs().map(|(a, b)| (a - b).powi(2)).sum(),
            absolute: pairs().map(|(a, b)| (a - b).abs()).sum(),
            x: x.iter().sum(),
            y: y.iter().sum(),
            squares: pairs().map(|(a, b)| a * a + b * b).sum(),
        }
    }

    /// See [`s_squared`].
    pub(crate) fn s_squared(&self, m: f64) -> Option<f64> {
        (self.n > 0.0).then(|| 1.0 - 2.0 * self.squared / (m * m * self.n))
    }

    /// See [`s_absolute`].
    pub(crate) fn s_absolute(&self, m: f64) -> Option<f64> {
        (self.n > 0.0).then(|| 1.0 - 2.0 * self.absolute / (m * self.n))
    }

    /// See [`cohen_kappa`].
    pub(crate) fn kappa(&self) -> Option<f64> {
        let chance = || self.squares - 2.0 * self.x * self.y / self.n;
        (self.n > 0.0).then(|| beyond_chance(self.squared, chance()))
    }

    /// See [`scott_pi`].
    pub(crate) fn pi(&self) -> Option<f64> {
        let chance = || self.squares - (self.x + self.y).powi(2) / (2.0 * self.n);
        (self.n > 0.0).then(|| beyond_chance(self.squared, chance()))
    }
}

fn beyond_chance(observed: f64, expected: f64) -> f64 {
    if expected > 0.0 {
        1.0 - observed / expected
    } else {
        0.0
    }
}

/// Signorino and Ritter's S with squared distances: `1 − 2 Σ(x−y)² / (m² n)`, where `m` is the
/// largest difference two entries can have. From −1 (as unlike as can be) to 1 (alike); unit:
/// none. `None` for empty portfolios.
///
/// Reference: Signorino and Ritter 1999, "Tau-b or Not Tau-b", *International Studies Quarterly*
/// 43(1).
///
/// # Panics
/// If the portfolios differ in length.
pub fn s_squared(x: &[f64], y: &[f64], m: f64) -> Option<f64> {
    Sums::of(x, y).s_squared(m)
}

/// Signorino and Ritter's S with absolute distances: `1 − 2 Σ|x−y| / (m n)`. Range, unit and
/// reference as for [`s_squared`].
///
/// # Panics
/// If the portfolios differ in length.
pub fn s_absolute(x: &[f64], y: &[f64], m: f64) -> Option<f64> {
    Sums::of(x, y).s_absolute(m)
}

/// Signorino and Ritter's S with absolute distances and a weight for each column, for example
/// the capabilities of the state it stands for: `1 − 2 Σ w|x−y| / (m Σ w)`. Range, unit and
/// reference as for [`s_squared`]; equal weights give [`s_absolute`]. `None` if the weights sum
/// to nothing.
///
/// # Panics
/// If the portfolios and the weights differ in length.
pub fn s_weighted(x: &[f64], y: &[f64], weights: &[f64], m: f64) -> Option<f64> {
    assert_eq!(x.len(), y.len(), "portfolios over the same columns");
    assert_eq!(x.len(), weights.len(), "a weight a column");
    let pairs = x.iter().zip(y).zip(weights);
    let apart: f64 = pairs.map(|((a, b), w)| w * (a - b).abs()).sum();
    weighted(apart, weights.iter().sum(), m)
}

/// S from a weighted sum of absolute distances and the sum of the weights.
pub(crate) fn weighted(apart: f64, weights: f64, m: f64) -> Option<f64> {
    (weights > 0.0).then(|| 1.0 - 2.0 * apart / (m * weights))
}

/// Cohen's κ with quadratic weights: agreement beyond what two portfolios with these totals
/// would show by chance, `1 − Σ(x−y)² / (Σx² + Σy² − 2 Σx Σy / n)`.
///
/// The values themselves are used, not the ranks of those that occur: the two differ where a
/// category is absent. At most 1 (alike), 0 at chance, negative below it; 0 where the chance
/// term vanishes. Unit: none. `None` for empty portfolios.
///
/// # Panics
/// If the portfolios differ in length.
pub fn cohen_kappa(x: &[f64], y: &[f64]) -> Option<f64> {
    Sums::of(x, y).kappa()
}

/// Scott's π with quadratic weights: as [`cohen_kappa`], but chance is reckoned from what both
/// portfolios hold together, `1 − Σ(x−y)² / (Σx² + Σy² − (Σx + Σy)² / (2n))`, so that a
/// difference in totals counts as disagreement. Range and unit as for [`cohen_kappa`].
///
/// # Panics
/// If the portfolios differ in length.
pub fn scott_pi(x: &[f64], y: &[f64]) -> Option<f64> {
    Sums::of(x, y).pi()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand() {
        // Differences 0, 1, 0, 2; totals 6 and 7, squares 14 and 17.
        let (x, y) = ([3.0, 1.0, 2.0, 0.0], [3.0, 0.0, 2.0, 2.0]);
        let near = |got: Option<f64>, want: f64| assert!((got.unwrap() - want).abs() < 1e-12);
        near(s_squared(&x, &y, 3.0), 1.0 - 2.0 * 5.0 / 36.0);
        near(s_absolute(&x, &y, 3.0), 1.0 - 2.0 * 3.0 / 12.0);
        // Weighted 0·1 + 1·2 + 0·3 + 2·4 of 3·10 at most.
        near(
            s_weighted(&x, &y, &[1.0, 2.0, 3.0, 4.0], 3.0),
            1.0 - 2.0 * 10.0 / 30.0,
        );
        near(cohen_kappa(&x, &y), 1.0 - 5.0 / (31.0 - 21.0));
        near(scott_pi(&x, &y), 1.0 - 5.0 / (31.0 - 169.0 / 8.0));
    }

    #[test]
    fn alike_unlike_and_empty() {
        let (x, y) = ([3.0, 0.0], [0.0, 3.0]);
        assert_eq!(
            (s_squared(&x, &x, 3.0), s_squared(&x, &y, 3.0)),
            (Some(1.0), Some(-1.0))
        );
        assert_eq!(
            (s_absolute(&x, &x, 3.0), s_absolute(&x, &y, 3.0)),
            (Some(1.0), Some(-1.0))
        );
        assert_eq!(
            (cohen_kappa(&x, &x), cohen_kappa(&x, &y)),
            (Some(1.0), Some(-1.0))
        );
        assert_eq!(
            (scott_pi(&x, &x), scott_pi(&x, &y)),
            (Some(1.0), Some(-1.0))
        );
        // All the same in both: no difference to be had by chance.
        assert_eq!(
            (
                cohen_kappa(&[1.0; 2], &[1.0; 2]),
                scott_pi(&[1.0; 2], &[1.0; 2])
            ),
            (Some(0.0), Some(0.0))
        );
        assert_eq!((s_squared(&[], &[], 3.0), scott_pi(&[], &[])), (None, None));
    }
}
