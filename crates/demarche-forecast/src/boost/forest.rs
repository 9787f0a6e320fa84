//! Trees that are asked together: a value is put into its bin once, for all of them.

use super::{LEAF, Tree};

/// Trees that were grown on the same bins.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Forest {
    trees: Vec<Tree>,
    /// Of each column, the edges at which any tree cuts, rising, each with how many bins further a value
    /// above it is.
    edges: Vec<Vec<(f32, u8)>>,
}

impl Forest {
    /// Of trees; `None` if what they say of the bins of a column does not fit together.
    pub fn new(trees: Vec<Tree>) -> Option<Self> {
        let nodes = trees.iter().flat_map(|tree| &tree.nodes);
        let mut cuts: Vec<(u16, u8, f32)> = nodes
            .filter(|node| node.column != LEAF)
            .map(|node| (node.column, node.bin, node.value))
            .collect();
        cuts.sort_unstable_by(|a, b| (a.0, a.1).cmp(&(b.0, b.1)).then(a.2.total_cmp(&b.2)));
        cuts.dedup();
        let columns = cuts.last().map_or(0, |cut| usize::from(cut.0) + 1);
        let mut edges: Vec<Vec<(f32, u8)>> = vec![Vec::new(); columns];
        let mut before: Option<(u16, u8, f32)> = None;
        for (column, bin, edge) in cuts {
            let below = before.filter(|before| before.0 == column);
            let rises = below.is_none_or(|(_, low, value)| low < bin && value < edge);
            if !rises || edge.is_nan() || bin == u8::MAX {
                return None;
            }
            let further = below.map_or(bin + 1, |(_, low, _)| bin - low);
            edges[usize::from(column)].push((edge, further));
            before = Some((column, bin, edge));
        }
        Some(Self { trees, edges })
    }

    /// The trees.
    pub fn trees(&self) -> &[Tree] {
        &self.trees
    }

    /// Adds the scores of rows, each of so many columns, to `scores`.
    pub fn score(&self, rows: &[f32], columns: usize, scores: &mut [f32]) {
        let n = scores.len();
        if n == 0 {
            return;
        }
        let mut bins = vec![0_u8; self.edges.len() * n];
        let mut values = vec![0.0_f32; n];
        let mut passed = vec![0_u32; n];
        for (column, (edges, bins)) in self.edges.iter().zip(bins.chunks_exact_mut(n)).enumerate() {
            if edges.is_empty() {
                continue;
            }
            for (value, row) in values.iter_mut().zip(rows.chunks_exact(columns)) {
                *value = row[column];
            }
            // Every edge is held against every value, without a branch.
            passed.fill(0);
            for &(edge, further) in edges {
                for (passed, value) in passed.iter_mut().zip(&values) {
                    *passed += if *value > edge { u32::from(further) } else { 0 };
                }
            }
            for (bin, passed) in bins.iter_mut().zip(&passed) {
                *bin = *passed as u8;
            }
        }
        let mut places = vec![0; n];
        for tree in &self.trees {
            tree.add(|column| &bins[column * n..][..n], &mut places, scores);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::boost::{Bins, Node, Sample, Settings, boost};
    use proptest::prelude::*;

    fn stump(column: u16, bin: u8, value: f32) -> Tree {
        let leaf = |value| Node {
            column: LEAF,
            bin: 0,
            value,
            mean: value,
            left: 0,
        };
        let root = Node {
            column,
            bin,
            value,
            mean: 0.0,
            left: 1,
        };
        Tree {
            nodes: vec![root, leaf(-1.0), leaf(1.0)],
        }
    }

    proptest! {
        #[test]
        fn together_is_one_by_one(
            table in proptest::collection::vec(-6_i32..6, 3 * 400),
            asked in proptest::collection::vec(-14_i32..14, 0..3 * 70),
            leaves in 2_usize..20,
        ) {
            // Values meet edges, which lie half-way between those of the table, and lie beyond them.
            let values: Vec<f32> = table.iter().map(|&v| v as f32).collect();
            let bins = Bins::of(&values, 3);
            let mut sample = Sample {
                columns: vec![Vec::new(); 3],
                groups: (0..=400).step_by(4).collect(),
                truth: (0..400).map(|i| i % 4 == 0).collect(),
                offset: vec![0.0; 400],
            };
            for row in values.chunks_exact(3) {
                bins.row(row, &mut sample.columns);
            }
            let settings = Settings { stumps: 1, trees: 6, leaves, columns: 0.7, least: 0.1, ..Settings::default() };
            let trees = boost(&sample, &bins, &settings, &|_| true, |_| {});
            let forest = Forest::new(trees.clone()).unwrap();
            let rows: Vec<f32> = asked.chunks_exact(3).flatten().map(|&v| v as f32 / 2.0).collect();
            let mut scores = vec![0.5; rows.len() / 3];
            forest.score(&rows, 3, &mut scores);
            for (row, score) in rows.chunks_exact(3).zip(scores) {
                let one_by_one = trees.iter().fold(0.5, |sum, tree| sum + tree.value(row));
                prop_assert_eq!(one_by_one, score);
            }
        }
    }

    #[test]
    fn bins_that_do_not_fit_together_are_refused() {
        let fits = |cuts: &[(u16, u8, f32)]| {
            let trees = cuts.iter().map(|&(c, bin, value)| stump(c, bin, value));
            Forest::new(trees.collect()).is_some()
        };
        assert!(fits(&[]));
        assert!(fits(&[
            (0, 3, 1.0),
            (0, 1, 0.5),
            (0, 3, 1.0),
            (2, 0, 9.0),
            (2, 254, f32::INFINITY)
        ]));
        assert!(!fits(&[(0, 3, 1.0), (0, 1, 1.5)]));
        assert!(!fits(&[(0, 3, 1.0), (0, 3, 1.5)]));
        assert!(!fits(&[(0, 3, 1.0), (0, 4, 1.0)]));
        assert!(!fits(&[(0, 3, f32::NAN)]));
        assert!(!fits(&[(0, 255, 1.0)]));
    }
}
