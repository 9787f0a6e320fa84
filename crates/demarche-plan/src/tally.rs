//! What a schedule is worth, carried along as starts change.

use crate::decode::{Layout, OUT};

/// How many serve each cell, and what all are worth together.
#[derive(Clone)]
pub(crate) struct Tally {
    served: Vec<u16>,
    /// The worth, less a penalty for each that must be done and is not.
    pub score: i64,
}

impl Tally {
    /// Nothing is done.
    pub(crate) fn new(layout: &Layout) -> Self {
        let missing = layout.mandatory.iter().filter(|&&must| must).count();
        Self {
            served: vec![0; layout.cells.len()],
            score: -layout.penalty * missing as i64,
        }
    }

    /// What an activity that is not done would add besides the worth of its start.
    #[inline]
    pub(crate) fn entry(&self, layout: &Layout, a: usize) -> i64 {
        let must = if layout.mandatory[a] {
            layout.penalty
        } else {
            0
        };
        let cells = layout.serves[a].iter();
        let gains = cells.filter_map(|&cell| layout.cells[cell].get(self.served[cell] as usize));
        must + gains.sum::<i64>()
    }

    /// Counts an activity with another start.
    #[inline]
    pub(crate) fn count(&mut self, layout: &Layout, a: usize, before: u16, now: u16) {
        if before == now {
            return;
        }
        match before {
            OUT => {
                self.score += self.entry(layout, a);
                for &cell in &layout.serves[a] {
                    self.served[cell] += 1;
                }
            }
            start => self.score -= layout.worth(a, start),
        }
        match now {
            OUT => {
                for &cell in &layout.serves[a] {
                    self.served[cell] -= 1;
                }
                self.score -= self.entry(layout, a);
            }
            start => self.score += layout.worth(a, start),
        }
    }
}
