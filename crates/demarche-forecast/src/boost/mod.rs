//! Boosted trees that rank: the loss is the softmax of the true answer among its question's candidates.

mod bins;
mod forest;
mod grow;
mod rounds;
mod softmax;
mod weigh;

pub use bins::Bins;
pub use forest::Forest;
pub use rounds::{MOST_LEAVES, Settings, boost};

/// Candidates of many questions with their reasons, binned.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    /// Each column's bins, one for each candidate.
    pub columns: Vec<Vec<u8>>,
    /// Where each question's candidates begin; one more at the end.
    pub groups: Vec<u32>,
    /// Is it a true answer?
    pub truth: Vec<bool>,
    /// What is added to a score in the softmax: the logarithm of how many candidates a row stands for.
    pub offset: Vec<f32>,
}

impl Sample {
    /// How many rows.
    pub fn len(&self) -> usize {
        self.truth.len()
    }

    /// Is there none?
    pub fn is_empty(&self) -> bool {
        self.truth.is_empty()
    }
}

/// A node of a tree.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Node {
    /// The reason looked at; [`LEAF`] for a leaf.
    pub column: u16,
    /// Up to this bin one goes left.
    pub bin: u8,
    /// Up to this value one goes left; the value of a leaf.
    pub value: f32,
    /// What those who come here get on average.
    pub mean: f32,
    /// The left child; the right one follows it.
    pub left: u32,
}

/// Marks a leaf.
pub const LEAF: u16 = u16::MAX;

/// The most nodes of a tree: a number of one fits a byte.
pub const MOST_NODES: usize = 255;

/// A regression tree of at most [`MOST_NODES`] nodes.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tree {
    /// The root first.
    pub nodes: Vec<Node>,
}

impl Tree {
    /// The value for a row of reasons.
    pub fn value(&self, row: &[f32]) -> f32 {
        let mut at = 0;
        loop {
            let node = &self.nodes[at];
            if node.column == LEAF {
                return node.value;
            }
            let right = usize::from(row[node.column as usize] > node.value);
            at = node.left as usize + right;
        }
    }

    /// Adds the tree's values for many rows to their scores. `column` has each row's bin of a column;
    /// `places` is room for a node's number for each row.
    ///
    /// Every node is looked at for every row, without a branch: that goes for many rows at once.
    pub(crate) fn add<'a>(
        &self,
        column: impl Fn(usize) -> &'a [u8],
        places: &mut [u8],
        scores: &mut [f32],
    ) {
        places.fill(0);
        for (number, node) in (0..).zip(&self.nodes) {
            if node.column == LEAF {
                continue;
            }
            let (cut, left) = (node.bin, node.left as u8);
            for (place, bin) in places.iter_mut().zip(column(node.column.into())) {
                let next = left + u8::from(*bin > cut);
                *place = if *place == number { next } else { *place };
            }
        }
        // A byte is always a place of this, so that no place has to be checked.
        let mut values = [0.0; MOST_NODES + 1];
        for (value, node) in values.iter_mut().zip(&self.nodes) {
            *value = node.value;
        }
        for (score, place) in scores.iter_mut().zip(places) {
            *score += values[usize::from(*place)];
        }
    }
}
