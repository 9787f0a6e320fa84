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

#[cfg(test)]
mod tests {
    use super::*;

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
