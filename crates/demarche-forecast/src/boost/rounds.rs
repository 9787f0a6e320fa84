//! Round after round: gradients, the rows that matter, a tree, its part of the scores.

use super::grow::{Table, grow};
use super::softmax::gradients;
use super::weigh::weigh;
use super::{Bins, Sample, Tree};

/// How trees are grown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// How many trees of one cut come first: they find what each reason gives by itself.
    pub stumps: usize,
    /// How many trees in all.
    pub trees: usize,
    /// The most leaves of a tree, at most [`MOST_LEAVES`].
    pub leaves: usize,
    /// The share of a tree's correction that is taken.
    pub rate: f32,
    /// The same for the trees of one cut.
    pub stump_rate: f32,
    /// The share of rows that a tree sees, about: those with the largest gradients above all.
    pub rows: f32,
    /// The share of columns that a tree sees.
    pub columns: f64,
    /// What is added to the curvature of a leaf.
    pub ridge: f32,
    /// The least curvature of a leaf.
    pub least: f32,
    /// Threads; the trees do not depend on it.
    pub threads: usize,
}

/// A tree sees at least so many rows, if there are so many.
const FEWEST_ROWS: f32 = 50_000.0;

/// The most leaves of a tree.
pub const MOST_LEAVES: usize = super::MOST_NODES.div_ceil(2);

impl Default for Settings {
    fn default() -> Self {
        Self {
            stumps: 80,
            trees: 460,
            leaves: 16,
            rate: 0.085,
            stump_rate: 0.1,
            rows: 0.08,
            columns: 0.3,
            ridge: 20.0,
            least: 20.0,
            threads: 1,
        }
    }
}

/// The gradient and the curvature of the loss, of a row or summed up.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Sums {
    pub gradient: f32,
    pub curvature: f32,
}

impl Sums {
    pub fn add(&mut self, other: Self) {
        self.gradient += other.gradient;
        self.curvature += other.curvature;
    }

    pub fn without(self, other: Self) -> Self {
        Self {
            gradient: self.gradient - other.gradient,
            curvature: self.curvature - other.curvature,
        }
    }
}

/// Grows trees on a sample, by the columns that are allowed. `said` is told each tree that is begun.
pub fn boost(
    sample: &Sample,
    bins: &Bins,
    settings: &Settings,
    allowed: &dyn Fn(usize) -> bool,
    mut said: impl FnMut(usize),
) -> Vec<Tree> {
    let mut scores = vec![0.0_f32; sample.len()];
    let mut sums = vec![Sums::default(); sample.len()];
    let mut exp = Vec::with_capacity(sample.len());
    let mut trees = Vec::with_capacity(settings.trees);
    let count = sample.columns.len() as u32;
    let share = settings.rows.max(FEWEST_ROWS / sample.len().max(1) as f32);
    let usable = |c: &u32| allowed(*c as usize) && !bins.0[*c as usize].is_empty();
    for tree in 0..settings.trees {
        said(tree);
        gradients(sample, &scores, &mut exp, &mut sums);
        let seen = weigh(&sums, share, tree);
        let seen_columns = |c: &u32| draw(tree, *c as usize) < settings.columns;
        let mut columns: Vec<u32> = (0..count).filter(usable).filter(seen_columns).collect();
        if columns.is_empty() {
            columns.extend((0..count).filter(usable));
        }
        let table = Table::of(sample, bins, seen, columns, settings.threads);
        let stump = tree < settings.stumps;
        let grown = grow(&table, bins, settings, stump);
        add(&grown, sample, &mut scores);
        trees.push(grown);
    }
    trees
}

/// A number from 0 to 1 that is drawn for a tree and a thing.
pub(super) fn draw(tree: usize, thing: usize) -> f64 {
    let mut x = (tree as u64) << 40 ^ (thing as u64) << 2 ^ 2;
    for _ in 0..2 {
        x = (x ^ (x >> 31)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        x = (x ^ (x >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    }
    (x >> 11) as f64 / (1_u64 << 53) as f64
}

/// Rows whose way through a tree is followed at once, so that they stay in the nearest cache.
const BLOCK: usize = 2048;

/// Adds a tree's values to the scores of all rows.
fn add(tree: &Tree, sample: &Sample, scores: &mut [f32]) {
    let mut places = [0; BLOCK];
    for (block, scores) in scores.chunks_mut(BLOCK).enumerate() {
        let from = block * BLOCK;
        let to = from + scores.len();
        let column = |c: usize| &sample.columns[c][from..to];
        tree.add(column, &mut places[..to - from], scores);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A sample of questions with one true answer among four, whose columns are given.
    fn sample(columns: Vec<Vec<u8>>) -> Sample {
        let n = columns[0].len() / 4 * 4;
        Sample {
            columns: columns.into_iter().map(|c| c[..n].to_vec()).collect(),
            groups: (0..=n as u32).step_by(4).collect(),
            truth: (0..n).map(|i| i % 4 == 0).collect(),
            offset: vec![0.0; n],
        }
    }

    proptest! {
        #[test]
        fn rows_go_the_way_that_the_nodes_say(
            columns in proptest::collection::vec(proptest::collection::vec(0_u8..64, 5000), 3),
            leaves in 2_usize..20,
        ) {
            let sample = sample(columns);
            let bins = Bins(vec![(0..63).map(|e| e as f32 + 0.5).collect(); 3]);
            let settings = Settings { stumps: 1, trees: 3, leaves, rows: 1.0, columns: 1.0, least: 0.1, ..Settings::default() };
            let trees = boost(&sample, &bins, &settings, &|_| true, |_| {});
            let mut scores = vec![0.0; sample.len()];
            for tree in &trees {
                prop_assert!(tree.nodes.len() < 2 * leaves.max(2));
                add(tree, &sample, &mut scores);
            }
            for (row, score) in scores.iter().enumerate() {
                let values: Vec<f32> = sample.columns.iter().map(|c| f32::from(c[row])).collect();
                let own = trees.iter().fold(0.0, |sum, tree| sum + tree.value(&values));
                prop_assert_eq!(own, *score);
            }
        }
    }

    #[test]
    fn what_tells_the_answer_is_found_and_threads_change_nothing() {
        // The second column tells the answer three times of four.
        let told = |i: usize| draw(1, i) < 0.75;
        let column = |i: usize| match (i % 4, told(i / 4)) {
            (0, true) => 9,
            _ => (draw(2, i) * 9.0) as u8,
        };
        let noise = |salt: usize| (0..20_000).map(|i| (draw(salt, i) * 10.0) as u8).collect();
        let sample = sample(vec![noise(3), (0..20_000).map(column).collect(), noise(4)]);
        let bins = Bins(vec![(0..9).map(|e| e as f32 + 0.5).collect(); 3]);
        let settings = Settings {
            trees: 40,
            stumps: 20,
            ..Settings::default()
        };
        let grow = |threads| {
            let settings = Settings {
                threads,
                ..settings
            };
            boost(&sample, &bins, &settings, &|_| true, |_| {})
        };
        let trees = grow(1);
        assert_eq!(trees, grow(2));
        let score = |value: f32| {
            let row = [4.0, value, 4.0];
            trees.iter().map(|t| t.value(&row)).sum::<f32>()
        };
        // By Bayes: 9 is seen of no false candidate, all others are of both kinds.
        assert!(
            score(9.0) - score(4.0) > 3.0,
            "{} {}",
            score(9.0),
            score(4.0)
        );
        assert!((score(2.0) - score(6.0)).abs() < 0.3);
    }
}
