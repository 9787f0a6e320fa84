//! Values in bins.

/// The most bins of a column.
pub const MOST: usize = 64;

/// The upper edges of each column's bins.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Bins(pub Vec<Vec<f32>>);

impl Bins {
    /// Bins of about equal content for a table of so many columns, row by row. Values are never NaN.
    pub fn of(values: &[f32], columns: usize) -> Self {
        let column = |c: usize| {
            let mut all: Vec<f32> = values.iter().skip(c).step_by(columns).copied().collect();
            all.sort_unstable_by(f32::total_cmp);
            let mut edges: Vec<f32> = Vec::new();
            let mut distinct = all.clone();
            distinct.dedup();
            if distinct.len() <= MOST {
                edges.extend(distinct.windows(2).map(|w| middle(w[0], w[1])));
                return edges;
            }
            // A value that fills bins by itself gets one; what is left is cut evenly.
            let mut at = 0;
            while edges.len() + 1 < MOST && at < all.len() {
                let share = (all.len() - at).div_ceil(MOST - edges.len());
                let mut end = (at + share).min(all.len());
                while end < all.len() && all[end] == all[end - 1] {
                    end += 1;
                }
                if end >= all.len() {
                    break;
                }
                edges.push(middle(all[end - 1], all[end]));
                at = end;
            }
            edges
        };
        Self((0..columns).map(column).collect())
    }

    /// Puts the bins of a row at the end of the columns.
    pub fn row(&self, values: &[f32], columns: &mut [Vec<u8>]) {
        for ((edges, value), column) in self.0.iter().zip(values).zip(columns) {
            column.push(edges.partition_point(|edge| edge < value) as u8);
        }
    }
}

/// A value from `low`, included, to `high`, not included.
fn middle(low: f32, high: f32) -> f32 {
    let middle = low + (high - low) / 2.0;
    if middle < high { middle } else { low }
}
