//! Quantiles of draws.

/// The quantile of sorted values, of which there is at least one, interpolated linearly (type 7 of Hyndman and Fan 1996).
pub(crate) fn quantile(sorted: &[f64], p: f64) -> f64 {
    let place = p * (sorted.len() - 1) as f64;
    let below = place as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
}

#[cfg(test)]
mod tests {
    use super::quantile;

    /// R: `quantile(c(1, 2, 4, 8), c(0, .25, .5, .9, 1))`.
    #[test]
    fn quantiles_are_of_type_7() {
        let want = [1.0, 1.75, 3.0, 6.8, 8.0];
        for (p, want) in [0.0, 0.25, 0.5, 0.9, 1.0].into_iter().zip(want) {
            assert!((quantile(&[1.0, 2.0, 4.0, 8.0], p) - want).abs() < 1e-12);
        }
    }
}
