//! The last step: reasons to a score, by trees or as a plain sum.

use crate::boost::{Forest, LEAF, Tree};

/// Reasons to a score.
#[derive(Clone, Debug, PartialEq)]
pub enum Ranker {
    /// Boosted trees, in which reasons turn each other's weight.
    Trees(Forest),
    /// The score is the sum of the reasons: one step function a column.
    Sum(Vec<Shape>),
}

/// What one reason gives, by its value: a step function.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Shape {
    /// Where the function steps, rising. A value equal to an edge is below it.
    pub edges: Vec<f32>,
    /// Its values between the edges: one more than there are edges.
    pub values: Vec<f32>,
}

impl Shape {
    /// What a value gives.
    pub fn value(&self, at: f32) -> f32 {
        let place = self.edges.partition_point(|edge| *edge < at);
        self.values.get(place).copied().unwrap_or(0.0)
    }
}

impl Default for Ranker {
    fn default() -> Self {
        Self::Trees(Forest::default())
    }
}

impl Ranker {
    /// Sums up trees of one cut each into one step function a column.
    pub(crate) fn sum(stumps: &[Tree], columns: usize) -> Self {
        let mut cuts: Vec<Vec<(f32, f32, f32)>> = vec![Vec::new(); columns];
        for tree in stumps {
            if let [root, left, right] = tree.nodes[..]
                && root.column != LEAF
            {
                cuts[root.column as usize].push((root.value, left.value, right.value));
            }
        }
        let shape = |cuts: &Vec<(f32, f32, f32)>| {
            let mut edges: Vec<f32> = cuts.iter().map(|c| c.0).collect();
            edges.sort_unstable_by(f32::total_cmp);
            edges.dedup();
            let values = (0..=edges.len())
                .map(|place| {
                    // The values of an interval are those of anything in it: at its upper edge.
                    let at = edges.get(place).copied().unwrap_or(f32::INFINITY);
                    cuts.iter().map(|c| if at > c.0 { c.2 } else { c.1 }).sum()
                })
                .collect();
            Shape { edges, values }
        };
        Self::Sum(cuts.iter().map(shape).collect())
    }

    /// Adds the scores of rows, each of so many columns, to `scores`.
    pub fn score(&self, rows: &[f32], columns: usize, scores: &mut [f32]) {
        match self {
            Self::Trees(forest) => forest.score(rows, columns, scores),
            Self::Sum(shapes) => {
                for (column, shape) in shapes.iter().enumerate() {
                    if shape.edges.is_empty() {
                        continue;
                    }
                    for (score, row) in scores.iter_mut().zip(rows.chunks_exact(columns)) {
                        *score += shape.value(row[column]);
                    }
                }
            }
        }
    }

    /// What each column gives to the score of a row; together with what is returned they are the score.
    ///
    /// Of a tree, each cut on the way to the leaf gives its column the difference that it makes to the
    /// mean of those who come there (Saabas, 2014).
    pub fn shares(&self, row: &[f32], out: &mut [f32]) -> f32 {
        out.fill(0.0);
        match self {
            Self::Trees(forest) => {
                let mut base = 0.0;
                for tree in forest.trees() {
                    let mut at = 0;
                    base += tree.nodes[0].mean;
                    while tree.nodes[at].column != LEAF {
                        let node = &tree.nodes[at];
                        let column = node.column as usize;
                        at = node.left as usize + usize::from(row[column] > node.value);
                        out[column] += tree.nodes[at].mean - node.mean;
                    }
                }
                base
            }
            Self::Sum(shapes) => {
                for ((shape, share), value) in shapes.iter().zip(out).zip(row) {
                    if !shape.edges.is_empty() {
                        *share = shape.value(*value);
                    }
                }
                0.0
            }
        }
    }

    /// Is there nothing in it?
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Trees(forest) => forest.trees().is_empty(),
            Self::Sum(shapes) => shapes.is_empty(),
        }
    }
}
