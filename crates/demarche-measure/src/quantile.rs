//! Quantiles of draws: type 7 of Hyndman and Fan (*The American Statistician* 50, 1996), linear between
//! order statistics, as R and NumPy have it.

/// The quantile of sorted values, of which there is at least one.
#[must_use]
pub fn quantile(sorted: &[f64], p: f64) -> f64 {
    let place = p.clamp(0.0, 1.0) * (sorted.len() - 1) as f64;
    let below = place as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
}

/// The quantile of values in any order, of which there is at least one; their order is changed.
#[must_use]
pub fn quantile_unsorted(values: &mut [f64], p: f64) -> f64 {
    let place = p.clamp(0.0, 1.0) * (values.len() - 1) as f64;
    let (_, low, above) = values.select_nth_unstable_by(place as usize, f64::total_cmp);
    let low = *low;
    let next = above.iter().copied().min_by(f64::total_cmp).unwrap_or(low);
    low + place.fract() * (next - low)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R: `quantile(c(1, 2, 4, 8), c(0, .25, .5, .9, 1))`.
    #[test]
    fn quantiles_are_of_type_7() {
        let want = [1.0, 1.75, 3.0, 6.8, 8.0];
        for (p, want) in [0.0, 0.25, 0.5, 0.9, 1.0].into_iter().zip(want) {
            assert!((quantile(&[1.0, 2.0, 4.0, 8.0], p) - want).abs() < 1e-12);
            assert!((quantile_unsorted(&mut [4.0, 1.0, 8.0, 2.0], p) - want).abs() < 1e-12);
        }
    }
}
