//! Many tests at once: p-values adjusted for how many were made.

use std::fmt;

use serde::Serialize;

/// The p-values of one test, adjusted for the family it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Adjusted {
    /// Benjamini and Hochberg: below `α`, the test is one of a list of which at most the share
    /// `α` is expected to be false.
    pub bh: f64,
    /// Holm: below `α`, the chance that any test of the list is false is at most `α`.
    pub holm: f64,
}

/// A p-value outside 0 to 1, or not a number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NotAProbability {
    /// Which one, counted from 0.
    pub position: usize,
    /// What it was.
    pub value: f64,
}

impl fmt::Display for NotAProbability {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            out,
            "p-value {} is {}: give values from 0 to 1, and leave out tests that could not be made",
            self.position + 1,
            self.value
        )
    }
}

impl std::error::Error for NotAProbability {}

/// Adjusted p-values that bound the false discovery rate, each from 0 to 1: of `m` values in
/// ascending order, `p̃₍ᵢ₎ = min over j ≥ i of min(1, m p₍ⱼ₎ / j)`.
///
/// Benjamini and Hochberg 1995, "Controlling the False Discovery Rate", *Journal of the Royal
/// Statistical Society B* 57(1).
///
/// # Errors
/// A value that is not a probability.
pub fn benjamini_hochberg(p: &[f64]) -> Result<Vec<f64>, NotAProbability> {
    let order = ascending(p)?;
    let mut adjusted = vec![1.0; p.len()];
    let mut least = 1.0_f64;
    for (rank, &at) in order.iter().enumerate().rev() {
        least = least.min(p[at] * (p.len() as f64 / (rank + 1) as f64));
        adjusted[at] = least;
    }
    Ok(adjusted)
}

/// Adjusted p-values that bound the chance of any false discovery, each from 0 to 1: of `m`
/// values in ascending order, `p̃₍ᵢ₎ = max over j ≤ i of min(1, (m − j + 1) p₍ⱼ₎)`.
///
/// Holm 1979, "A Simple Sequentially Rejective Multiple Test Procedure", *Scandinavian Journal of
/// Statistics* 6(2).
///
/// # Errors
/// A value that is not a probability.
pub fn holm(p: &[f64]) -> Result<Vec<f64>, NotAProbability> {
    let order = ascending(p)?;
    let mut adjusted = vec![0.0; p.len()];
    let mut most = 0.0_f64;
    for (rank, &at) in order.iter().enumerate() {
        most = most.max((p[at] * (p.len() - rank) as f64).min(1.0));
        adjusted[at] = most;
    }
    Ok(adjusted)
}

/// Both adjustments. A test that could not be made has no p-value and does not count among them.
///
/// # Errors
/// A value that is not a probability; its position counts only tests that were made.
pub fn adjust(p: &[Option<f64>]) -> Result<Vec<Option<Adjusted>>, NotAProbability> {
    let made: Vec<f64> = p.iter().flatten().copied().collect();
    let mut both = benjamini_hochberg(&made)?.into_iter().zip(holm(&made)?);
    Ok(p.iter()
        .map(|p| {
            let (bh, holm) = p.and_then(|_| both.next())?;
            Some(Adjusted { bh, holm })
        })
        .collect())
}

/// The positions of these p-values, the smallest first; equal ones as they stand.
fn ascending(p: &[f64]) -> Result<Vec<usize>, NotAProbability> {
    if let Some(position) = p.iter().position(|value| !(0.0..=1.0).contains(value)) {
        let value = p[position];
        return Err(NotAProbability { position, value });
    }
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| p[a].total_cmp(&p[b]));
    Ok(order)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn close(left: &[f64], right: &[f64]) {
        assert_eq!(left.len(), right.len());
        for (a, b) in left.iter().zip(right) {
            assert!((a - b).abs() < 1e-12, "{a} is not {b}");
        }
    }

    /// The fifteen p-values of Benjamini and Hochberg 1995, section 4.1: their procedure rejects
    /// four at 0.05, Bonferroni's and Holm's three.
    #[test]
    fn the_published_example() {
        let p = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
            0.5719, 0.6528, 0.7590, 1.0,
        ];
        let below = |p: &[f64]| p.iter().filter(|p| **p <= 0.05).count();
        let bh = benjamini_hochberg(&p).unwrap();
        assert_eq!((below(&bh), below(&holm(&p).unwrap())), (4, 3));
        close(&bh[..4], &[0.0015, 0.003, 0.0095, 0.035_625]);
        // Values 6 to 8: the eighth, 15 / 8 × 0.0344 = 0.0645, is not below the seventh.
        close(&bh[6..8], &[15.0 / 7.0 * 0.0298, 0.0645]);
    }

    /// By hand from the definitions, unsorted and with a tie, as `p.adjust` of R gives them.
    #[test]
    fn the_order_of_the_values_is_kept() {
        let p = [0.04, 0.01, 0.03, 0.005, 0.03];
        close(
            &benjamini_hochberg(&p).unwrap(),
            &[0.04, 0.025, 0.0375, 0.025, 0.0375],
        );
        close(&holm(&p).unwrap(), &[0.09, 0.04, 0.09, 0.025, 0.09]);
    }

    #[test]
    fn tests_not_made_do_not_count() {
        let both = adjust(&[Some(0.02), None, Some(0.5)]).unwrap();
        assert_eq!(both[1], None);
        let first = both[0].unwrap();
        close(&[first.bh, first.holm], &[0.04, 0.04]);
        assert_eq!(adjust(&[]).unwrap(), vec![]);
    }

    #[test]
    fn what_is_not_a_probability_is_refused() {
        for bad in [f64::NAN, -0.1, 1.1] {
            let error = holm(&[0.5, bad]).unwrap_err();
            assert_eq!(error.position, 1);
            assert!(error.to_string().starts_with("p-value 2 is"));
            assert!(benjamini_hochberg(&[bad]).is_err());
        }
    }

    proptest! {
        #[test]
        fn adjusted_values_keep_order_and_bounds(p in prop::collection::vec(0.0..=1.0, 1..30)) {
            let (bh, holm) = (benjamini_hochberg(&p).unwrap(), holm(&p).unwrap());
            for i in 0..p.len() {
                // But for rounding: p times m, divided by m.
                prop_assert!(p[i] <= bh[i] + 1e-12 && bh[i] <= holm[i] + 1e-12 && holm[i] <= 1.0);
                for j in 0..p.len() {
                    prop_assert!(p[i] > p[j] || (bh[i] <= bh[j] && holm[i] <= holm[j]));
                }
            }
        }
    }
}
