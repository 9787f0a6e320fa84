//! Growing one tree, the best leaf first.

use super::rounds::{MOST_LEAVES, Settings, Sums};
use super::weigh::Seen;
use super::{Bins, LEAF, Node, Sample, Tree};

/// The bins of a column.
const WIDTH: usize = super::bins::MOST;

/// The rows and columns that a tree sees, column by column.
pub(super) struct Table {
    columns: Vec<u32>,
    /// How many bins each column has.
    edges: Vec<usize>,
    cells: Vec<Vec<u8>>,
    sums: Vec<Sums>,
    threads: usize,
}

/// Under so many cells threads are not worth it.
const FEW: usize = 1 << 18;

impl Table {
    pub fn of(sample: &Sample, bins: &Bins, seen: Seen, columns: Vec<u32>, threads: usize) -> Self {
        let rows = &seen.rows;
        let cells = spread(threads, &columns, rows.len(), |&column| {
            let all = &sample.columns[column as usize];
            rows.iter().map(|&row| all[row as usize]).collect()
        });
        Self {
            edges: columns.iter().map(|&c| bins.0[c as usize].len()).collect(),
            columns,
            cells,
            sums: seen.sums,
            threads,
        }
    }

    /// For some rows, the sums of each bin of each column.
    fn histogram(&self, rows: &Rows) -> Histogram {
        let sums: Vec<Sums>;
        let own = match rows {
            Rows::All => &self.sums,
            Rows::Some(rows) => {
                sums = rows.iter().map(|&row| self.sums[row as usize]).collect();
                &sums
            }
        };
        spread(self.threads, &self.cells, own.len(), |cells| {
            // Neighbours often fall into one bin; two tables keep one from waiting for the other.
            let mut both = [[Sums::default(); WIDTH]; 2];
            let mut put = |at: usize, cell: u8, sum: &Sums| {
                both[at % 2][cell as usize % WIDTH].add(*sum);
            };
            match rows {
                Rows::All => {
                    for (at, (cell, sum)) in cells.iter().zip(own).enumerate() {
                        put(at, *cell, sum);
                    }
                }
                Rows::Some(rows) => {
                    for (at, (row, sum)) in rows.iter().zip(own).enumerate() {
                        put(at, cells[*row as usize], sum);
                    }
                }
            }
            let [mut first, second] = both;
            for (a, b) in first.iter_mut().zip(second) {
                a.add(b);
            }
            first
        })
    }

    fn total(&self, rows: &Rows) -> (f64, f64) {
        let add = |(g, h): (f64, f64), sum: &Sums| {
            (g + f64::from(sum.gradient), h + f64::from(sum.curvature))
        };
        match rows {
            Rows::All => self.sums.iter().fold((0.0, 0.0), add),
            Rows::Some(rows) => {
                let all = rows.iter().map(|&row| &self.sums[row as usize]);
                all.fold((0.0, 0.0), add)
            }
        }
    }

    fn split(&self, rows: Rows, cut: Cut) -> (Vec<u32>, Vec<u32>) {
        let cells = &self.cells[cut.place];
        let goes_left = |row: &u32| cells[*row as usize] <= cut.bin;
        match rows {
            Rows::All => (0..self.sums.len() as u32).partition(goes_left),
            Rows::Some(rows) => rows.into_iter().partition(goes_left),
        }
    }
}

/// Does the work for each item, with threads where there is much of it.
fn spread<T: Sync, R: Send>(
    threads: usize,
    items: &[T],
    rows: usize,
    work: impl Fn(&T) -> R + Sync,
) -> Vec<R> {
    let threads = if rows * items.len() < FEW { 1 } else { threads };
    crate::threads::spread(threads, items, || (), |(), item| work(item))
}

type Histogram = Vec<[Sums; WIDTH]>;

/// Rows by their places in a table.
enum Rows {
    All,
    Some(Vec<u32>),
}

struct Leaf {
    node: u32,
    rows: Rows,
    histogram: Histogram,
    best: Option<Cut>,
}

#[derive(Clone, Copy, Debug)]
struct Cut {
    gain: f32,
    /// The column's place in the table.
    place: usize,
    bin: u8,
}

/// The cut that gains most, if any gains.
fn best(table: &Table, settings: &Settings, histogram: &Histogram) -> Option<Cut> {
    let score = |s: Sums| s.gradient * s.gradient / (s.curvature + settings.ridge);
    let mut best: Option<Cut> = None;
    for (place, (cells, edges)) in histogram.iter().zip(&table.edges).enumerate() {
        let mut all = Sums::default();
        cells.iter().for_each(|cell| all.add(*cell));
        let base = score(all);
        let mut left = Sums::default();
        for (bin, cell) in cells.iter().enumerate().take(*edges) {
            left.add(*cell);
            let right = all.without(left);
            if left.curvature < settings.least || right.curvature < settings.least {
                continue;
            }
            let gain = score(left) + score(right) - base;
            if gain > best.map_or(1e-6, |b| b.gain) {
                let bin = bin as u8;
                best = Some(Cut { gain, place, bin });
            }
        }
    }
    best
}

/// Grows a tree, of one cut if it is to be a stump.
pub(super) fn grow(table: &Table, bins: &Bins, settings: &Settings, stump: bool) -> Tree {
    let (most, rate) = match stump {
        true => (2, settings.stump_rate),
        false => (settings.leaves.min(MOST_LEAVES), settings.rate),
    };
    let leaf = |rows: &Rows| {
        let (g, h) = table.total(rows);
        let value = (-g / (h + f64::from(settings.ridge))) as f32 * rate;
        Node {
            column: LEAF,
            bin: 0,
            value,
            mean: value,
            left: 0,
        }
    };
    let mut tree = Tree::default();
    tree.nodes.push(leaf(&Rows::All));
    let histogram = table.histogram(&Rows::All);
    let mut leaves = vec![Leaf {
        node: 0,
        rows: Rows::All,
        best: best(table, settings, &histogram),
        histogram,
    }];
    let gain = |leaf: &Leaf| leaf.best.map_or(0.0, |cut| cut.gain);
    for made in 2..=most {
        let by_gain = leaves.iter().enumerate().map(|(at, leaf)| (at, gain(leaf)));
        let Some((at, _)) = by_gain.reduce(|a, b| if b.1 > a.1 { b } else { a }) else {
            break;
        };
        let old = leaves.swap_remove(at);
        let Some(cut) = old.best else { break };
        let (left, right) = table.split(old.rows, cut);
        let small_left = left.len() <= right.len();
        let (left, right) = (Rows::Some(left), Rows::Some(right));
        let child = tree.nodes.len() as u32;
        tree.nodes.push(leaf(&left));
        tree.nodes.push(leaf(&right));
        let column = table.columns[cut.place];
        let node = &mut tree.nodes[old.node as usize];
        node.column = column as u16;
        node.bin = cut.bin;
        node.value = bins.0[column as usize][cut.bin as usize];
        node.left = child;
        if made == most {
            // Nothing is cut after this.
            break;
        }
        let small = table.histogram(if small_left { &left } else { &right });
        let mut large = old.histogram;
        for (all, part) in large.iter_mut().flatten().zip(small.iter().flatten()) {
            *all = all.without(*part);
        }
        let (of_left, of_right) = if small_left {
            (small, large)
        } else {
            (large, small)
        };
        for (node, rows, histogram) in [(child, left, of_left), (child + 1, right, of_right)] {
            leaves.push(Leaf {
                node,
                rows,
                best: best(table, settings, &histogram),
                histogram,
            });
        }
    }
    tree
}
