//! Permuted dates: what a series would look like had its calendar no bearing on the response.

use rand::RngExt;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::Null;

/// Calls `each` with the series in up to `count` permuted orders. Of circular shifts no two are
/// alike; where there are no more than `count`, all are tried.
pub(super) fn permuted(
    series: &[f64],
    null: Null,
    count: usize,
    lags: usize,
    rng: &mut ChaCha8Rng,
    mut each: impl FnMut(&[f64]),
) {
    let length = series.len();
    match null {
        Null::CircularShift => {
            let mut shifts: Vec<usize> = (lags + 1..length.saturating_sub(lags)).collect();
            if shifts.len() > count {
                shifts.shuffle(rng);
                shifts.truncate(count);
            }
            let mut moved = series.to_vec();
            for shift in shifts {
                moved.copy_from_slice(series);
                moved.rotate_right(shift);
                each(&moved);
            }
        }
        Null::Blocks(size) => {
            let mut turned = series.to_vec();
            let mut moved = Vec::with_capacity(length);
            for _ in 0..count {
                turned.copy_from_slice(series);
                turned.rotate_left(rng.random_range(0..length));
                let mut blocks: Vec<&[f64]> = turned.chunks(size).collect();
                blocks.shuffle(rng);
                moved.clear();
                moved.extend(blocks.into_iter().flatten());
                each(&moved);
            }
        }
    }
}
