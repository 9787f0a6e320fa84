//! Random draws from the distributions that segments are modelled by.
//!
//! All are exact (no normal approximation for large means) and take their randomness from the
//! generator given, so that a seed fixes every draw.

use rand::{Rng, RngExt};

/// A standard normal, by the polar method (Marsaglia and Bray 1964).
pub(crate) fn normal(rng: &mut impl Rng) -> f64 {
    loop {
        let u = 2.0 * rng.random::<f64>() - 1.0;
        let v = 2.0 * rng.random::<f64>() - 1.0;
        let s = u * u + v * v;
        if s > 0.0 && s < 1.0 {
            return u * (-2.0 * s.ln() / s).sqrt();
        }
    }
}

/// A gamma of this shape and scale 1 (Marsaglia and Tsang 2000).
pub(crate) fn gamma(rng: &mut impl Rng, shape: f64) -> f64 {
    if shape < 1.0 {
        let u = 1.0 - rng.random::<f64>();
        return gamma(rng, shape + 1.0) * u.powf(1.0 / shape);
    }
    let d = shape - 1.0 / 3.0;
    let c = 1.0 / (9.0 * d).sqrt();
    loop {
        let x = normal(rng);
        let v = (1.0 + c * x).powi(3);
        let u = 1.0 - rng.random::<f64>();
        if v > 0.0 && u.ln() < 0.5 * x * x + d - d * v + d * v.ln() {
            return d * v;
        }
    }
}

/// A Poisson of this mean: products of uniforms where the mean is small; where it is large, first
/// the time of an early arrival, then the rest (Ahrens and Dieter 1974).
pub(crate) fn poisson(rng: &mut impl Rng, mean: f64) -> u64 {
    let (mut mean, mut count) = (mean, 0);
    while mean > 12.0 {
        let early = (mean * 0.875).floor();
        let time = gamma(rng, early);
        if time > mean {
            return count + binomial(rng, early as u64 - 1, mean / time);
        }
        mean -= time;
        count += early as u64;
    }
    let floor = (-mean).exp();
    let mut product = 1.0 - rng.random::<f64>();
    while product > floor {
        product *= 1.0 - rng.random::<f64>();
        count += 1;
    }
    count
}

/// A negative binomial of this mean and size: variance mean + mean²/size.
pub(crate) fn negative_binomial(rng: &mut impl Rng, mean: f64, size: f64) -> u64 {
    let rate = gamma(rng, size) * mean / size;
    poisson(rng, rate)
}

/// A beta with these two shapes.
pub(crate) fn beta(rng: &mut impl Rng, a: f64, b: f64) -> f64 {
    let (x, y) = (gamma(rng, a), gamma(rng, b));
    // Shapes near zero can leave both gammas at zero: then all weight lies at the two ends.
    if x + y > 0.0 {
        x / (x + y)
    } else {
        f64::from(rng.random::<f64>() * (a + b) < a)
    }
}

/// A binomial of `n` trials with chance `p`: trial by trial where there are few; where there are
/// many, first the place of the middle one among `n` uniforms (Relles 1972).
pub(crate) fn binomial(rng: &mut impl Rng, n: u64, p: f64) -> u64 {
    let (mut n, mut p, mut count) = (n, p, 0);
    while n > 16 {
        let middle = 1 + n / 2;
        let place = beta(rng, middle as f64, (n + 1 - middle) as f64);
        if place > p {
            n = middle - 1;
            p /= place;
        } else {
            count += middle;
            n -= middle;
            p = (p - place) / (1.0 - place);
        }
    }
    count + (0..n).filter(|_| rng.random::<f64>() < p).count() as u64
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::*;

    const N: usize = 40_000;

    /// Mean and variance of many draws lie within five standard errors of theory. The error of
    /// the variance is taken from the draws' own fourth moment.
    fn has_moments(
        name: &str,
        mean: f64,
        variance: f64,
        mut draw: impl FnMut(&mut ChaCha8Rng) -> f64,
    ) {
        let mut rng = ChaCha8Rng::seed_from_u64(7);
        let draws: Vec<f64> = (0..N).map(|_| draw(&mut rng)).collect();
        let n = N as f64;
        let m = draws.iter().sum::<f64>() / n;
        let v = draws.iter().map(|x| (x - m).powi(2)).sum::<f64>() / n;
        let fourth = draws.iter().map(|x| (x - m).powi(4)).sum::<f64>() / n;
        assert!(
            (m - mean).abs() <= 5.0 * (variance / n).sqrt(),
            "{name}: mean {m}, not {mean}"
        );
        let error = ((fourth - v * v) / n).sqrt();
        assert!(
            (v - variance).abs() <= 5.0 * error + 1e-12,
            "{name}: variance {v}, not {variance}"
        );
    }

    #[test]
    fn moments_are_those_of_theory() {
        has_moments("normal", 0.0, 1.0, normal);
        for a in [0.2, 1.0, 7.5] {
            has_moments("gamma", a, a, |r| gamma(r, a));
        }
        for m in [0.0, 0.3, 5.0, 40.0, 900.0] {
            has_moments("poisson", m, m, |r| poisson(r, m) as f64);
        }
        for (m, s) in [(0.5, 0.3), (4.0, 2.0), (60.0, 10.0)] {
            let v = m + m * m / s;
            has_moments("negative binomial", m, v, |r| {
                negative_binomial(r, m, s) as f64
            });
        }
        for (n, p) in [(0, 0.5), (5, 0.2), (16, 1.0), (100, 0.03), (3000, 0.6)] {
            let m = n as f64 * p;
            has_moments("binomial", m, m * (1.0 - p), |r| binomial(r, n, p) as f64);
        }
        let (a, b) = (2.0, 5.0);
        let v = a * b / ((a + b) * (a + b) * (a + b + 1.0));
        has_moments("beta", a / (a + b), v, |r| beta(r, a, b));
    }

    /// The Poisson's chance of zero is exp(−mean), a check of shape that moments do not give.
    #[test]
    fn zeros_are_as_frequent_as_they_should_be() {
        let mut rng = ChaCha8Rng::seed_from_u64(8);
        let zeros = (0..N).filter(|_| poisson(&mut rng, 1.5) == 0).count() as f64 / N as f64;
        assert!((zeros - (-1.5_f64).exp()).abs() < 0.01, "{zeros}");
    }
}
