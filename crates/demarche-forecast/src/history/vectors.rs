//! Who plays a role like whose: short vectors such that those of entities that do and undergo the same
//! things, with the same others, point the same way.
//!
//! The matrix of entities and of what they did and underwent (an act with someone, anything with
//! someone, an act with anyone, anything with someone's bloc), weighted as words in documents are, is
//! taken down to its leading singular vectors by subspace iteration (Halko, Martinsson and Tropp,
//! 2011). It depends on the counts alone, and not on earlier vectors.

use rustc_hash::FxHashMap;

use super::Blocs;
use super::memory::Memory;

/// The length of a role vector.
pub const DIM: usize = 32;
/// Steps of the subspace iteration.
const ROUNDS: usize = 3;

/// Role vectors of all entities, of length one; zero for those of whom nothing is known.
#[derive(Clone, Debug, Default)]
pub struct Vectors(Vec<[f32; DIM]>);

impl Vectors {
    /// The vector of an entity.
    pub fn of_entity(&self, entity: u32) -> &[f32; DIM] {
        static ZERO: [f32; DIM] = [0.0; DIM];
        self.0.get(entity as usize).unwrap_or(&ZERO)
    }

    /// The cosine of the vectors of two entities, −1 to 1.
    pub fn likeness(&self, a: u32, b: u32) -> f32 {
        dot(self.of_entity(a), self.of_entity(b))
    }

    /// The vectors of what a memory holds.
    pub(super) fn of(memory: &Memory, blocs: &Blocs) -> Self {
        let (rows, columns) = matrix(memory, blocs);
        let n = memory.entities();
        // A fixed start that no direction is missing from: a hash of place and dimension.
        let mut left: Vec<[f32; DIM]> = (0..n as u64)
            .map(|row| {
                std::array::from_fn(|d| {
                    let mixed =
                        (row * DIM as u64 + d as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
                    let mixed = (mixed ^ (mixed >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
                    (mixed >> 40) as f32 / (1_u64 << 23) as f32 - 1.0
                })
            })
            .collect();
        let mut right = vec![[0.0_f32; DIM]; columns];
        for round in 1..=ROUNDS {
            orthonormal(&mut left);
            right.fill([0.0; DIM]);
            for (row, vector) in rows.iter().zip(&left) {
                for &(column, weight) in row {
                    add(&mut right[column as usize], vector, weight);
                }
            }
            if round == ROUNDS {
                orthonormal(&mut right);
            }
            for (row, vector) in rows.iter().zip(&mut left) {
                *vector = [0.0; DIM];
                for &(column, weight) in row {
                    add(vector, &right[column as usize], weight);
                }
            }
        }
        for vector in &mut left {
            scale_to_one(vector);
        }
        Self(left)
    }
}

/// The rows of the weighted matrix, and the number of its columns.
fn matrix(memory: &Memory, blocs: &Blocs) -> (Vec<Vec<(u32, f32)>>, usize) {
    let mut numbers: FxHashMap<(u8, u32, u32), u32> = FxHashMap::default();
    let mut rows: Vec<Vec<(u32, f32)>> = Vec::with_capacity(memory.entities());
    let mut entries: FxHashMap<u32, f32> = FxHashMap::default();
    for who in 0..memory.entities() as u32 {
        entries.clear();
        let actor = memory.actor(who);
        for &(way, _, role) in &actor.roles {
            for link in &memory.role(role).others {
                let other = link.other;
                let events = memory.triple(link.place).events as f32;
                for (key, weight) in [
                    ((0, way, other), events),
                    ((1, way & 1, other), events),
                    ((2, way, 0), events),
                    ((3, 0, blocs.bloc(other)), events),
                ] {
                    let next = numbers.len() as u32;
                    let column = *numbers.entry(key).or_insert(next);
                    *entries.entry(column).or_insert(0.0) += weight;
                }
            }
        }
        let mut row: Vec<(u32, f32)> = entries.iter().map(|(&c, &w)| (c, w.ln_1p())).collect();
        row.sort_unstable_by_key(|e| e.0);
        rows.push(row);
    }
    let mut rows_with = vec![0_u32; numbers.len()];
    for &(column, _) in rows.iter().flatten() {
        rows_with[column as usize] += 1;
    }
    let all = rows.iter().filter(|r| !r.is_empty()).count().max(1) as f32;
    for row in &mut rows {
        let mut square = 0.0;
        for (column, weight) in row.iter_mut() {
            *weight *= (all / rows_with[*column as usize] as f32).ln();
            square += *weight * *weight;
        }
        if square > 0.0 {
            let by = 1.0 / square.sqrt();
            row.iter_mut().for_each(|e| e.1 *= by);
        }
    }
    (rows, numbers.len())
}

/// Makes the columns of a tall matrix orthonormal, by the Cholesky factor of their Gram matrix; a
/// column that hangs on those before it becomes zero.
fn orthonormal(rows: &mut [[f32; DIM]]) {
    let mut gram = [[0.0_f64; DIM]; DIM];
    for row in rows.iter() {
        // The lower half is all that is looked at; it is made in whole eights.
        for (at, (a, line)) in row.iter().zip(&mut gram).enumerate() {
            let needed = at / 8 * 8 + 8;
            for (b, sum) in row[..needed].iter().zip(line) {
                *sum += f64::from(a * b);
            }
        }
    }
    // gram = L Lᵀ; then rows · L⁻ᵀ has orthonormal columns.
    let mut lower = [[0.0_f64; DIM]; DIM];
    for i in 0..DIM {
        for j in 0..=i {
            let sum: f64 = (0..j).map(|k| lower[i][k] * lower[j][k]).sum();
            let rest = gram[i][j] - sum;
            if i == j {
                lower[i][i] = if rest > 1e-9 * gram[i][i].max(1e-30) {
                    rest.sqrt()
                } else {
                    0.0
                };
            } else if lower[j][j] > 0.0 {
                lower[i][j] = rest / lower[j][j];
            }
        }
    }
    for row in rows {
        let mut solved = [0.0_f64; DIM];
        for i in 0..DIM {
            let sum: f64 = (0..i).map(|k| lower[i][k] * solved[k]).sum();
            if lower[i][i] > 0.0 {
                solved[i] = (f64::from(row[i]) - sum) / lower[i][i];
            }
        }
        *row = solved.map(|v| v as f32);
    }
}

fn add(to: &mut [f32; DIM], vector: &[f32; DIM], weight: f32) {
    for (a, b) in to.iter_mut().zip(vector) {
        *a += weight * b;
    }
}

/// The inner product of two vectors.
#[inline]
pub fn dot(a: &[f32; DIM], b: &[f32; DIM]) -> f32 {
    let mut sums = [0.0_f32; 8];
    for (a, b) in a.chunks_exact(8).zip(b.chunks_exact(8)) {
        for ((sum, a), b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    sums.iter().sum()
}

/// Makes a vector one long, unless it is zero.
pub fn scale_to_one(vector: &mut [f32; DIM]) {
    let square = dot(vector, vector);
    if square > 0.0 {
        let by = 1.0 / square.sqrt();
        vector.iter_mut().for_each(|v| *v *= by);
    }
}
