//! Resampling of events with replacement: the bootstrap.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The coverage all bootstrap intervals aim at.
pub(crate) const LEVEL: f64 = 0.95;

/// A random stream of its own for each figure: it depends on the seed and on the figure's key,
/// not on what was drawn before, so that leaving one figure out changes no other.
pub(crate) fn stream(seed: u64, key: &str) -> ChaCha8Rng {
    // FNV-1a, a fixed hash: the standard one may change between releases.
    let hash = key.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |h, b| {
        (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)
    });
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    rng.set_stream(hash);
    rng
}

/// How often each of `times.len()` observations is drawn when as many are drawn with replacement.
pub(crate) fn draw(rng: &mut ChaCha8Rng, times: &mut [u32]) {
    times.fill(0);
    for _ in 0..times.len() {
        times[rng.random_range(0..times.len())] += 1;
    }
}

/// The quantile of sorted values, interpolated linearly (type 7 of Hyndman and Fan 1996).
pub(crate) fn quantile(sorted: &[f64], p: f64) -> f64 {
    let place = p * (sorted.len() - 1) as f64;
    let below = place.floor() as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (place - below as f64) * (sorted[above] - sorted[below])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_of_type_7() {
        let v = [1.0, 2.0, 4.0, 8.0];
        // R: quantile(c(1, 2, 4, 8), c(0, .25, .5, .9, 1))
        let want = [1.0, 1.75, 3.0, 6.8, 8.0];
        for (p, w) in [0.0, 0.25, 0.5, 0.9, 1.0].into_iter().zip(want) {
            assert!((quantile(&v, p) - w).abs() < 1e-12);
        }
    }

    #[test]
    fn a_stream_depends_on_seed_and_key_only() {
        let draws = |seed, key| {
            let mut times = [0; 50];
            draw(&mut stream(seed, key), &mut times);
            assert_eq!(times.iter().sum::<u32>(), 50);
            times
        };
        assert_eq!(draws(1, "a"), draws(1, "a"));
        assert_ne!(draws(1, "a"), draws(1, "b"));
        assert_ne!(draws(1, "a"), draws(2, "a"));
    }
}
