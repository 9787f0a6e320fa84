//! Points of the unit cube to try a model at: Latin hypercubes and Sobol' sequences.
//!
//! A Sobol' sequence fills the cube more evenly than chance: Sobol', *USSR Computational Mathematics and
//! Mathematical Physics* 7, 1967, with the direction numbers of Joe and Kuo, *SIAM Journal on Scientific
//! Computing* 30, 2008. Scrambled by a random lower triangular matrix and a random shift of the digits
//! (Matoušek, *Journal of Complexity* 14, 1998), it stays as even, and different seeds give samples
//! that can be compared.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::sensitivity::latin_hypercube;

/// The most dimensions of a Sobol' sequence.
pub const MOST_DIMENSIONS: usize = 256;

/// How points are chosen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Sampling {
    /// A Latin hypercube: even in each dimension by itself.
    #[default]
    LatinHypercube,
    /// A scrambled Sobol' sequence: even in all dimensions together.
    Sobol,
}

impl Sampling {
    /// So many points of the unit cube, one row each; each coordinate in [0, 1).
    ///
    /// # Panics
    /// For a Sobol' sequence of more than [`MOST_DIMENSIONS`].
    #[must_use]
    pub fn points(self, points: usize, dimensions: usize, seed: u64) -> Vec<Vec<f64>> {
        match self {
            Self::LatinHypercube => latin_hypercube(points, dimensions, seed),
            Self::Sobol => sobol_points(points, dimensions, Some(seed)),
        }
    }
}

/// The first points of a Sobol' sequence, in the order of Gray code: unscrambled, where it begins with
/// the corner at 0, or scrambled by a seed.
///
/// # Panics
/// For more than [`MOST_DIMENSIONS`].
#[must_use]
pub fn sobol_points(points: usize, dimensions: usize, seed: Option<u64>) -> Vec<Vec<f64>> {
    assert!(
        dimensions <= MOST_DIMENSIONS,
        "at most {MOST_DIMENSIONS} dimensions"
    );
    let mut random = seed.map(ChaCha8Rng::seed_from_u64);
    let mut directions = directions(dimensions);
    let mut at = vec![0_u32; dimensions];
    if let Some(random) = &mut random {
        for (numbers, at) in directions.iter_mut().zip(&mut at) {
            let rows = lower_triangular(random);
            for number in numbers {
                *number = times(&rows, *number);
            }
            *at = random.next_u32();
        }
    }
    let mut all = Vec::with_capacity(points);
    for index in 0..points {
        if index > 0 {
            let digit = index.trailing_zeros() as usize;
            for (at, numbers) in at.iter_mut().zip(&directions) {
                *at ^= numbers[digit];
            }
        }
        all.push(
            at.iter()
                .map(|&at| f64::from(at) / 2.0_f64.powi(32))
                .collect(),
        );
    }
    all
}

/// The direction numbers of each dimension, the highest digit first.
fn directions(dimensions: usize) -> Vec<[u32; 32]> {
    let first = std::array::from_fn(|j| 1 << (31 - j));
    let table = include_str!("data/joe-kuo-256.txt");
    let lines = table.lines().filter(|line| !line.starts_with('#'));
    std::iter::once(first)
        .chain(lines.map(|line| {
            let mut words = line.split(' ').map(|word| word.parse::<u32>().unwrap_or(0));
            let mut word = || words.next().unwrap_or(0);
            let (_, degree, inner) = (word(), word() as usize, word());
            let mut numbers = [0_u32; 32];
            for (j, number) in numbers.iter_mut().enumerate().take(degree) {
                *number = word() << (31 - j);
            }
            for j in degree..32 {
                // The recurrence of the primitive polynomial.
                let mut number = numbers[j - degree] ^ (numbers[j - degree] >> degree);
                for k in 1..degree {
                    if inner >> (degree - 1 - k) & 1 == 1 {
                        number ^= numbers[j - k];
                    }
                }
                numbers[j] = number;
            }
            numbers
        }))
        .take(dimensions)
        .collect()
}

/// A random lower triangular matrix of digits with ones on its diagonal: row by row, highest digit
/// first.
fn lower_triangular(random: &mut ChaCha8Rng) -> [u32; 32] {
    std::array::from_fn(|row| {
        let diagonal = 1 << (31 - row);
        let left_of_it = !(u32::MAX >> row);
        random.next_u32() & left_of_it | diagonal
    })
}

fn times(rows: &[u32; 32], digits: u32) -> u32 {
    let digit = |row: &u32| (row & digits).count_ones() & 1;
    rows.iter().fold(0, |all, row| all << 1 | digit(row))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first points of three dimensions, as printed on the web page of Joe and Kuo.
    #[test]
    fn the_first_points_are_as_printed() {
        let printed = [
            [0.0, 0.0, 0.0],
            [0.5, 0.5, 0.5],
            [0.75, 0.25, 0.25],
            [0.25, 0.75, 0.75],
            [0.375, 0.375, 0.625],
            [0.875, 0.875, 0.125],
            [0.625, 0.125, 0.875],
            [0.125, 0.625, 0.375],
            [0.1875, 0.3125, 0.9375],
            [0.6875, 0.8125, 0.4375],
        ];
        for (ours, printed) in sobol_points(10, 3, None).iter().zip(printed) {
            assert_eq!(ours.as_slice(), printed);
        }
    }

    #[test]
    fn far_points_and_dimensions_are_those_of_scipy() {
        let points = sobol_points(1024, MOST_DIMENSIONS, None);
        let mut seen = 0;
        for line in include_str!("../tests/sobol_scipy.csv").lines() {
            if line.starts_with('#') {
                continue;
            }
            let cells: Vec<&str> = line.split(',').collect();
            let (i, j): (usize, usize) = (cells[0].parse().unwrap(), cells[1].parse().unwrap());
            assert_eq!(points[i][j - 1], cells[2].parse::<f64>().unwrap(), "{line}");
            seen += 1;
        }
        assert_eq!(seen, 84);
    }

    /// Each dimension of each aligned block of 2^k points has one point in each of 2^k slices, scrambled
    /// or not; a seed gives the same points again, another seed others.
    #[test]
    fn every_slice_holds_one_point() {
        for seed in [None, Some(1), Some(2)] {
            let points = sobol_points(256, MOST_DIMENSIONS, seed);
            for j in 0..MOST_DIMENSIONS {
                for block in points.chunks(64) {
                    let mut slices: Vec<usize> =
                        block.iter().map(|p| (p[j] * 64.0) as usize).collect();
                    slices.sort_unstable();
                    assert!(slices.into_iter().eq(0..64), "dimension {j}, {seed:?}");
                }
            }
            assert_eq!(points, sobol_points(256, MOST_DIMENSIONS, seed));
        }
        assert_ne!(sobol_points(4, 3, Some(1)), sobol_points(4, 3, Some(2)));
    }

    /// The first two dimensions are a (0, 2)-sequence: each box of 2^-a by 2^-b, a + b = 6, holds one of
    /// the first 64 points. Scrambling keeps that.
    #[test]
    fn pairs_are_even_too() {
        for seed in [None, Some(5), Some(6)] {
            let points = sobol_points(64, 2, seed);
            for a in 0..=6 {
                let b = 6 - a;
                let mut boxes: Vec<usize> = (points.iter())
                    .map(|p| {
                        let (x, y) = (p[0] * f64::from(1 << a), p[1] * f64::from(1 << b));
                        ((x as usize) << b) + y as usize
                    })
                    .collect();
                boxes.sort_unstable();
                assert!(boxes.into_iter().eq(0..64), "{a} {seed:?}");
            }
        }
    }
}
