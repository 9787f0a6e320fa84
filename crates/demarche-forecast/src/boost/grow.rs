//! Growing the trees.

use super::{Bins, LEAF, Node, Sample, Tree};

/// How trees are grown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Settings {
    /// How many trees of one cut come first: they find what each reason gives by itself.
    pub stumps: usize,
    /// How many trees in all.
    pub trees: usize,
    /// The most leaves of a tree.
    pub leaves: usize,
    /// The share of a tree's correction that is taken.
    pub rate: f32,
    /// The share of questions that a tree sees.
    pub questions: f64,
    /// The share of columns that a tree sees.
    pub columns: f64,
    /// What is added to the curvature of a leaf.
    pub ridge: f32,
    /// The least curvature of a leaf.
    pub least: f32,
    /// Threads; the trees do not depend on it.
    pub threads: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            stumps: 400,
            trees: 520,
            leaves: 16,
            rate: 0.1,
            questions: 0.5,
            columns: 0.5,
            ridge: 5.0,
            least: 5.0,
            threads: 1,
        }
    }
}

/// How many columns are counted in one pass over the rows.
const BLOCK: usize = 32;

#[derive(Clone, Copy, Debug, Default)]
struct Sums {
    gradient: f32,
    curvature: f32,
}

struct Leaf {
    node: u32,
    rows: Vec<u32>,
    histogram: Vec<Sums>,
    best: Option<Cut>,
}

#[derive(Clone, Copy, Debug)]
struct Cut {
    gain: f32,
    column: usize,
    bin: u8,
}

/// Grows trees on a sample, by the columns that are allowed. `said` is told each tree that is begun.
pub fn boost(
    sample: &Sample,
    bins: &Bins,
    settings: &Settings,
    allowed: &dyn Fn(usize) -> bool,
    mut said: impl FnMut(usize),
) -> Vec<Tree> {
    let n = sample.len();
    let mut scores = vec![0.0_f32; n];
    let mut sums = vec![Sums::default(); n];
    let mut trees = Vec::with_capacity(settings.trees);
    for tree in 0..settings.trees {
        gradients(sample, &scores, &mut sums);
        said(tree);
        let (mut rows, mut others): (Vec<u32>, Vec<u32>) =
            (Vec::with_capacity(n), Vec::with_capacity(n));
        for (group, ends) in sample.groups.windows(2).enumerate() {
            let seen = draw(tree, group, 1) < settings.questions;
            let side = if seen { &mut rows } else { &mut others };
            side.extend(ends[0]..ends[1]);
        }
        let mut columns: Vec<u32> = (0..sample.columns as u32)
            .filter(|&c| {
                allowed(c as usize)
                    && !bins.0[c as usize].is_empty()
                    && draw(tree, c as usize, 2) < settings.columns
            })
            .collect();
        if columns.is_empty() {
            columns.extend((0..sample.columns as u32).filter(|&c| allowed(c as usize)));
        }
        let most = if tree < settings.stumps {
            2
        } else {
            settings.leaves
        };
        let (grown, leaves) = grow(sample, bins, settings, most, &sums, rows, &columns);
        for (value, rows) in leaves {
            for row in rows {
                scores[row as usize] += value;
            }
        }
        for row in others {
            let start = row as usize * sample.columns;
            scores[row as usize] += binned(&grown, &sample.rows[start..start + sample.columns]);
        }
        trees.push(grown);
    }
    trees
}

/// A number from 0 to 1 that is drawn for a tree and a thing.
fn draw(tree: usize, thing: usize, salt: u64) -> f64 {
    let mut x = (tree as u64) << 40 ^ (thing as u64) << 2 ^ salt;
    for _ in 0..2 {
        x = (x ^ (x >> 31)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        x = (x ^ (x >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    }
    (x >> 11) as f64 / (1_u64 << 53) as f64
}

fn binned(tree: &Tree, row: &[u8]) -> f32 {
    let mut at = 0;
    loop {
        let node = &tree.nodes[at];
        if node.column == LEAF {
            return node.value;
        }
        at = node.left as usize + usize::from(row[node.column as usize] > node.bin);
    }
}

/// The gradient and curvature of the loss for each row. Where a question has several true answers,
/// each is held against the false ones only.
fn gradients(sample: &Sample, scores: &[f32], sums: &mut [Sums]) {
    sums.fill(Sums::default());
    for ends in sample.groups.windows(2) {
        let range = ends[0] as usize..ends[1] as usize;
        let truth = &sample.truth[range.clone()];
        let with = |at: usize| scores[range.start + at] + sample.offset[range.start + at];
        let most = (0..truth.len()).map(with).fold(f32::MIN, f32::max);
        let exp: Vec<f32> = (0..truth.len()).map(|at| (with(at) - most).exp()).collect();
        let wrong: f32 = exp
            .iter()
            .zip(truth)
            .filter(|(_, t)| !**t)
            .map(|(e, _)| e)
            .sum();
        for (at, _) in truth.iter().enumerate().filter(|(_, t)| **t) {
            let total = wrong + exp[at];
            let sums = &mut sums[range.clone()];
            for (other, sum) in sums.iter_mut().enumerate() {
                if other != at && truth[other] {
                    continue;
                }
                let p = exp[other] / total;
                sum.gradient += p - f32::from(u8::from(other == at));
                sum.curvature += p * (1.0 - p);
            }
        }
    }
}

fn grow(
    sample: &Sample,
    bins: &Bins,
    settings: &Settings,
    most: usize,
    sums: &[Sums],
    rows: Vec<u32>,
    columns: &[u32],
) -> (Tree, Vec<(f32, Vec<u32>)>) {
    let width: usize = super::bins::MOST;
    let histogram = |rows: &[u32]| {
        let mut all = vec![Sums::default(); columns.len() * width];
        // A few columns at a time, so that their sums stay in the nearest cache.
        let fill = |columns: &[u32], part: &mut [Sums]| {
            let blocks = columns.chunks(BLOCK);
            for (columns, part) in blocks.zip(part.chunks_mut(BLOCK * width)) {
                for &row in rows {
                    let sum = sums[row as usize];
                    let start = row as usize * sample.columns;
                    let cells = &sample.rows[start..start + sample.columns];
                    for (&column, bins) in columns.iter().zip(part.chunks_exact_mut(width)) {
                        let cell = &mut bins[cells[column as usize] as usize & (width - 1)];
                        cell.gradient += sum.gradient;
                        cell.curvature += sum.curvature;
                    }
                }
            }
        };
        if settings.threads > 1 && rows.len() > 4096 {
            let chunk = columns.len().div_ceil(settings.threads);
            std::thread::scope(|scope| {
                for (columns, part) in columns.chunks(chunk).zip(all.chunks_mut(chunk * width)) {
                    scope.spawn(move || fill(columns, part));
                }
            });
        } else {
            fill(columns, &mut all);
        }
        all
    };
    let score = |s: Sums| s.gradient * s.gradient / (s.curvature + settings.ridge);
    let best = |histogram: &[Sums]| -> Option<Cut> {
        let mut best: Option<Cut> = None;
        for (place, bins_of) in histogram.chunks_exact(width).enumerate() {
            let column = columns[place] as usize;
            let all = bins_of.iter().fold(Sums::default(), |a, b| Sums {
                gradient: a.gradient + b.gradient,
                curvature: a.curvature + b.curvature,
            });
            let base = score(all);
            let mut left = Sums::default();
            for (bin, cell) in bins_of.iter().enumerate().take(bins.0[column].len()) {
                left.gradient += cell.gradient;
                left.curvature += cell.curvature;
                let right = Sums {
                    gradient: all.gradient - left.gradient,
                    curvature: all.curvature - left.curvature,
                };
                if left.curvature < settings.least || right.curvature < settings.least {
                    continue;
                }
                let gain = score(left) + score(right) - base;
                if gain > best.map_or(1e-6, |b| b.gain) {
                    best = Some(Cut {
                        gain,
                        column,
                        bin: bin as u8,
                    });
                }
            }
        }
        best
    };
    let mut tree = Tree::default();
    let value = |rows: &[u32]| {
        let (mut g, mut h) = (0.0_f64, 0.0_f64);
        for &row in rows {
            g += f64::from(sums[row as usize].gradient);
            h += f64::from(sums[row as usize].curvature);
        }
        (-g / (h + f64::from(settings.ridge))) as f32 * settings.rate
    };
    let leaf = |value| Node {
        column: LEAF,
        bin: 0,
        value,
        mean: value,
        left: 0,
    };
    tree.nodes.push(leaf(value(&rows)));
    let first = histogram(&rows);
    let mut leaves = vec![Leaf {
        node: 0,
        best: best(&first),
        rows,
        histogram: first,
    }];
    while leaves.len() < most {
        let Some((at, cut)) = leaves
            .iter()
            .enumerate()
            .filter_map(|(at, leaf)| leaf.best.map(|best| (at, best)))
            .reduce(|a, b| if b.1.gain > a.1.gain { b } else { a })
        else {
            break;
        };
        let mut old = leaves.swap_remove(at);
        let (mut left, mut right) = (Vec::new(), Vec::new());
        for row in old.rows {
            let cell = sample.rows[row as usize * sample.columns + cut.column];
            if cell <= cut.bin {
                left.push(row)
            } else {
                right.push(row)
            }
        }
        let child = tree.nodes.len() as u32;
        tree.nodes.push(leaf(value(&left)));
        tree.nodes.push(leaf(value(&right)));
        tree.nodes[old.node as usize] = Node {
            column: cut.column as u16,
            bin: cut.bin,
            value: bins.0[cut.column][cut.bin as usize],
            mean: tree.nodes[old.node as usize].mean,
            left: child,
        };
        if leaves.len() + 2 >= most {
            // Nothing is cut after this: no need to know how.
            for (node, rows) in [(child, left), (child + 1, right)] {
                leaves.push(Leaf {
                    node,
                    best: None,
                    rows,
                    histogram: Vec::new(),
                });
            }
            break;
        }
        let small_left = left.len() <= right.len();
        let small = histogram(if small_left { &left } else { &right });
        for (all, part) in old.histogram.iter_mut().zip(&small) {
            all.gradient -= part.gradient;
            all.curvature -= part.curvature;
        }
        let (lh, rh) = if small_left {
            (small, old.histogram)
        } else {
            (old.histogram, small)
        };
        leaves.push(Leaf {
            node: child,
            best: best(&lh),
            rows: left,
            histogram: lh,
        });
        leaves.push(Leaf {
            node: child + 1,
            best: best(&rh),
            rows: right,
            histogram: rh,
        });
    }
    let values = leaves
        .into_iter()
        .map(|leaf| (tree.nodes[leaf.node as usize].value, leaf.rows))
        .collect();
    (tree, values)
}
