//! Which rows a tree sees: those that matter surely, of the others some, which count for more.
//!
//! A row is kept with a chance in proportion to its gradient and counts for as many as it stands for;
//! sums over the kept rows are then right on average, with the least variance that so many rows allow
//! (minimal variance sampling: Ibragimov and Gusev, 2019).

use super::rounds::{Sums, draw};

/// Rows that a tree sees, with their gradients as they count.
pub(super) struct Seen {
    pub rows: Vec<u32>,
    pub sums: Vec<Sums>,
}

/// Sums of chances, side by side.
const LANES: usize = 8;
/// A row stands for at most so many.
const MOST: f32 = 64.0;
/// Of how many rows one is asked when the line is sought above which a row is kept surely.
const EVERY: usize = 127;

fn weight(sums: Sums) -> f32 {
    sums.gradient.abs() + sums.curvature
}

/// The rows that a tree sees: about this share of all.
pub(super) fn weigh(sums: &[Sums], share: f32, tree: usize) -> Seen {
    if share >= 1.0 {
        return Seen {
            rows: (0..sums.len() as u32).collect(),
            sums: sums.to_vec(),
        };
    }
    let line = line(sums, share);
    let room = (sums.len() as f32 * share * 1.1) as usize;
    let mut seen = Seen {
        rows: Vec::with_capacity(room),
        sums: Vec::with_capacity(room),
    };
    // Systematic drawing: one is kept whenever the chances so far pass another whole number. Rows take
    // turns in several sums, so that one need not wait for the other.
    let by = 1.0 / line;
    let mut passed: [f32; LANES] = std::array::from_fn(|lane| draw(tree, usize::MAX - lane) as f32);
    for (first, sums) in (0..).step_by(LANES).zip(sums.chunks(LANES)) {
        let mut chances = [0.0; LANES];
        for (chance, sum) in chances.iter_mut().zip(sums) {
            *chance = (weight(*sum) * by).clamp(1.0 / MOST, 1.0);
        }
        let mut any = false;
        for (passed, chance) in passed.iter_mut().zip(chances) {
            *passed += chance;
            any |= *passed >= 1.0;
        }
        if !any {
            continue;
        }
        for (lane, sum) in sums.iter().enumerate() {
            if passed[lane] >= 1.0 {
                passed[lane] -= 1.0;
                let by = 1.0 / chances[lane];
                seen.rows.push(first + lane as u32);
                seen.sums.push(Sums {
                    gradient: sum.gradient * by,
                    curvature: sum.curvature * by,
                });
            }
        }
    }
    seen
}

/// The line such that the chances sum up to the share.
fn line(sums: &[Sums], share: f32) -> f32 {
    let weights: Vec<f32> = sums.iter().step_by(EVERY).map(|s| weight(*s)).collect();
    let wanted = f64::from(share) * weights.len() as f64;
    let kept = |line: f32| -> f64 {
        let by = 1.0 / line;
        let chance = |w: &f32| f64::from((w * by).clamp(1.0 / MOST, 1.0));
        weights.iter().map(chance).sum()
    };
    let (mut low, mut high) = (1e-9_f32, 2.0_f32);
    for _ in 0..20 {
        let middle = (low * high).sqrt();
        if kept(middle) > wanted {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sums_stay_about_the_same_and_the_largest_are_kept() {
        let sums: Vec<Sums> = (0..100_000)
            .map(|i| {
                let p = draw(5, i).powi(40) as f32;
                Sums {
                    gradient: p,
                    curvature: p * (1.0 - p),
                }
            })
            .collect();
        let seen = weigh(&sums, 0.1, 3);
        assert!(
            (9_000..11_000).contains(&seen.rows.len()),
            "{}",
            seen.rows.len()
        );
        let total = |all: &[Sums]| all.iter().map(|s| f64::from(s.gradient)).sum::<f64>();
        assert!((total(&seen.sums) / total(&sums) - 1.0).abs() < 0.01);
        let line = line(&sums, 0.1);
        let sure = (0..).zip(&sums).filter(|(_, sum)| weight(**sum) > line);
        let mut surely = 0;
        for (row, sum) in sure {
            let at = seen.rows.binary_search(&row).expect("it is kept");
            assert_eq!(seen.sums[at], *sum);
            surely += 1;
        }
        assert!(surely > 100 && surely < seen.rows.len(), "{surely}");
        assert_eq!(weigh(&sums, 1.0, 3).sums, sums);
    }
}
