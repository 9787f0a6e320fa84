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

    /// Counts an activity with another start.
    #[inline]
    pub(crate) fn count(&mut self, layout: &Layout, a: usize, before: u16, now: u16) {
        if before == now {
            return;
        }
        match before {
            OUT if layout.mandatory[a] => self.score += layout.penalty,
            OUT => {}
            start => self.score -= layout.worth(a, start),
        }
        match now {
            OUT if layout.mandatory[a] => self.score -= layout.penalty,
            OUT => {}
            start => self.score += layout.worth(a, start),
        }
        for &cell in &layout.serves[a] {
            let gain = |served: u16| layout.cells[cell].get(usize::from(served)).copied();
            if before == OUT {
                self.score += gain(self.served[cell]).unwrap_or(0);
                self.served[cell] += 1;
            } else if now == OUT {
                self.served[cell] -= 1;
                self.score -= gain(self.served[cell]).unwrap_or(0);
            }
        }
    }
}
