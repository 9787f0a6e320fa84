//! The distinct values of a column.

use super::MISSING;

/// The distinct values of a column in order of their first use, and one index a row. Keeps its
/// memory from column to column.
#[derive(Default)]
pub(crate) struct Distinct {
    pub(crate) values: Vec<i64>,
    pub(crate) index: Vec<u32>,
    /// Places of the values from [`Distinct::LOW`] on, as nearly all are.
    near: Vec<u32>,
    /// Places of the others by their hash, the next free one taken; a power of two of them, at
    /// most half of which are used.
    far: Vec<u32>,
    /// How many of the others there are.
    used: usize,
}

impl Distinct {
    /// Days of three centuries and scale sums of a few events lie within.
    const LOW: i64 = -(1 << 16);
    const WIDTH: usize = 1 << 17;

    pub(crate) fn fill(&mut self, column: impl Iterator<Item = i64>) {
        self.near.resize(Self::WIDTH, MISSING);
        for value in self.values.drain(..) {
            if let Some(place) = self.near.get_mut(value.wrapping_sub(Self::LOW) as usize) {
                *place = MISSING;
            }
        }
        self.far.fill(MISSING);
        self.used = 0;
        self.index.clear();
        for value in column {
            let next = self.values.len() as u32;
            let place = match self.near.get_mut(value.wrapping_sub(Self::LOW) as usize) {
                Some(place) if *place != MISSING => *place,
                Some(place) => {
                    *place = next;
                    self.values.push(value);
                    next
                }
                None => self.far(value, next),
            };
            self.index.push(place);
        }
    }

    /// The place of a value that is not near, which is `next` if it is new.
    fn far(&mut self, value: i64, next: u32) -> u32 {
        if self.far.len() <= 2 * self.used {
            self.grow();
        }
        let slot = self.slot(value);
        if self.far[slot] == MISSING {
            self.far[slot] = next;
            self.values.push(value);
            self.used += 1;
        }
        self.far[slot]
    }

    /// The slot of a value, or the free one where it belongs.
    fn slot(&self, value: i64) -> usize {
        let mask = self.far.len() - 1;
        // Fibonacci hashing: the high bits of the product depend on all bits of the value.
        let hash = (value as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let mut slot = (hash >> 32) as usize & mask;
        loop {
            let place = self.far[slot];
            if place == MISSING || self.values[place as usize] == value {
                return slot;
            }
            slot = (slot + 1) & mask;
        }
    }

    fn grow(&mut self) {
        let old = std::mem::take(&mut self.far);
        self.far = vec![MISSING; (old.len() * 2).max(1 << 10)];
        for place in old {
            if place != MISSING {
                let slot = self.slot(self.values[place as usize]);
                self.far[slot] = place;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn index_and_values_give_the_column(
            columns in prop::collection::vec(
                prop::collection::vec(prop_oneof![-5_i64..5, -100_000_i64..100_000, any::<i64>()], 0..3000),
                1..4,
            ),
        ) {
            let mut distinct = Distinct::default();
            for column in columns {
                distinct.fill(column.iter().copied());
                let back: Vec<i64> = distinct.index.iter().map(|&i| distinct.values[i as usize]).collect();
                prop_assert_eq!(&back, &column);
                let mut first = Vec::new();
                for value in column {
                    if !first.contains(&value) {
                        first.push(value);
                    }
                }
                prop_assert_eq!(&distinct.values, &first);
            }
        }
    }
}
