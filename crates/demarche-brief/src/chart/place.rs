//! Places for labels, so that none lies on another.

/// A box on the page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Area {
    /// Left edge.
    pub left: f64,
    /// Upper edge.
    pub top: f64,
    /// Right edge.
    pub right: f64,
    /// Lower edge.
    pub bottom: f64,
}

impl Area {
    /// A box from two opposite corners.
    pub fn new(left: f64, top: f64, right: f64, bottom: f64) -> Self {
        Self {
            left,
            top,
            right,
            bottom,
        }
    }

    /// Do the two have some area in common? Touching is allowed.
    pub fn overlaps(&self, other: &Area) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    /// Does this one hold all of the other?
    pub fn holds(&self, other: &Area) -> bool {
        self.left <= other.left
            && self.top <= other.top
            && self.right >= other.right
            && self.bottom >= other.bottom
    }
}

/// Takes candidates in order of preference and gives each label the first place that is free.
#[derive(Clone, Debug)]
pub struct Placer {
    bounds: Area,
    taken: Vec<Area>,
}

impl Placer {
    /// All labels lie within these bounds.
    pub fn new(bounds: Area) -> Self {
        Self {
            bounds,
            taken: Vec::new(),
        }
    }

    /// Keeps labels off this box.
    pub fn block(&mut self, area: Area) {
        self.taken.push(area);
    }

    /// Is this box within bounds and free?
    pub fn free(&self, area: &Area) -> bool {
        self.bounds.holds(area) && !self.taken.iter().any(|t| t.overlaps(area))
    }

    /// Takes the first free candidate; `None` if there is none.
    pub fn place(&mut self, candidates: impl IntoIterator<Item = Area>) -> Option<Area> {
        let area = candidates.into_iter().find(|a| self.free(a))?;
        self.taken.push(area);
        Some(area)
    }
}

/// Moves points along a line as little as it takes (in least squares) to keep them `gap` apart
/// and between `low` and `high`. Order is kept; equal points keep the order given. Where there
/// is not room for all at that gap, they are spread evenly.
pub fn spread(wanted: &[f64], gap: f64, low: f64, high: f64) -> Vec<f64> {
    let count = wanted.len();
    if count == 0 {
        return Vec::new();
    }
    let gap = if count > 1 {
        gap.min((high - low) / (count - 1) as f64)
    } else {
        gap
    };
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by(|&a, &b| wanted[a].total_cmp(&wanted[b]).then(a.cmp(&b)));

    // With the k-th point shifted back by k gaps the task is isotonic regression, which pooling
    // of neighbours that stand in the wrong order solves exactly.
    let mut pools: Vec<(f64, usize)> = Vec::new();
    for (k, &i) in order.iter().enumerate() {
        pools.push((wanted[i] - gap * k as f64, 1));
        while pools.len() > 1 {
            let (b, nb) = pools[pools.len() - 1];
            let (a, na) = pools[pools.len() - 2];
            if a <= b {
                break;
            }
            pools.pop();
            let last = pools.len() - 1;
            pools[last] = ((a * na as f64 + b * nb as f64) / (na + nb) as f64, na + nb);
        }
    }
    let top = (high - gap * (count - 1) as f64).max(low);
    let mut out = vec![0.0; count];
    let mut k = 0;
    for (level, size) in pools {
        for _ in 0..size {
            out[order[k]] = level.clamp(low, top) + gap * k as f64;
            k += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn apart_already_stays() {
        assert_eq!(spread(&[50.0, 10.0], 12.0, 0.0, 100.0), [50.0, 10.0]);
    }

    #[test]
    fn equal_points_part_evenly() {
        assert_eq!(
            spread(&[50.0, 50.0, 50.0], 10.0, 0.0, 100.0),
            [40.0, 50.0, 60.0]
        );
        assert_eq!(spread(&[0.0, 0.0], 10.0, 0.0, 100.0), [0.0, 10.0]);
    }

    proptest! {
        #[test]
        fn spread_keeps_order_gap_and_bounds(
            wanted in prop::collection::vec(0.0..300.0f64, 1..40),
        ) {
            let (gap, low, high) = (12.0, 0.0, 500.0);
            let out = spread(&wanted, gap, low, high);
            let mut order: Vec<usize> = (0..wanted.len()).collect();
            order.sort_by(|&a, &b| wanted[a].total_cmp(&wanted[b]).then(a.cmp(&b)));
            for pair in order.windows(2) {
                prop_assert!(out[pair[1]] - out[pair[0]] >= gap - 1e-6);
            }
            for y in out {
                prop_assert!(y >= low - 1e-6 && y <= high + 1e-6);
            }
        }

        #[test]
        fn placed_labels_never_overlap(
            wanted in prop::collection::vec((0.0..500.0f64, 0.0..300.0f64, 5.0..120.0f64), 0..80),
        ) {
            let bounds = Area::new(0.0, 0.0, 500.0, 300.0);
            let mut placer = Placer::new(bounds);
            let placed: Vec<Area> = wanted
                .iter()
                .filter_map(|&(x, y, w)| {
                    placer.place([
                        Area::new(x, y, x + w, y + 12.0),
                        Area::new(x - w, y, x, y + 12.0),
                        Area::new(x, y - 12.0, x + w, y),
                    ])
                })
                .collect();
            for (i, a) in placed.iter().enumerate() {
                prop_assert!(bounds.holds(a));
                for b in &placed[i + 1..] {
                    prop_assert!(!a.overlaps(b));
                }
            }
        }
    }
}
