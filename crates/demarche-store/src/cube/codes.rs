//! Codes of actors met in several runs, numbered, with their order.

use rustc_hash::FxHashMap;

use super::MISSING;

/// Codes, numbered as they are met, and where each stands in their order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Codes {
    codes: Vec<String>,
    numbers: FxHashMap<String, u32>,
    ranks: Vec<u32>,
}

impl Codes {
    /// The number of a code; a new one where it has none.
    pub(crate) fn number(&mut self, code: &str) -> u32 {
        if let Some(&number) = self.numbers.get(code) {
            return number;
        }
        let number = self.codes.len() as u32;
        self.codes.push(code.to_owned());
        self.numbers.insert(code.to_owned(), number);
        number
    }

    /// The number of a code that was met, or [`MISSING`]'s neighbour, which no code has.
    pub(crate) fn find(&self, code: &str) -> u32 {
        self.numbers.get(code).copied().unwrap_or(NONE)
    }

    /// All, by number.
    pub(crate) fn all(&self) -> &[String] {
        &self.codes
    }

    /// Orders the codes that are new since it was last called. The order of those before stays.
    pub(crate) fn order(&mut self) {
        if self.ranks.len() < self.codes.len() {
            let mut sorted: Vec<u32> = (0..self.codes.len() as u32).collect();
            sorted.sort_unstable_by_key(|&i| &self.codes[i as usize]);
            self.ranks.resize(self.codes.len(), 0);
            for (rank, number) in sorted.into_iter().enumerate() {
                self.ranks[number as usize] = rank as u32;
            }
        }
    }

    /// Where a number stands in the order as of the last [`Codes::order`]; missing is last.
    pub(crate) fn rank(&self, number: u32) -> u32 {
        match number {
            MISSING => MISSING,
            number => self.ranks[number as usize],
        }
    }
}

/// The number that no code has.
pub(crate) const NONE: u32 = MISSING - 1;
