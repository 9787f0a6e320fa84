//! Actor codes and their numbers: rows hold numbers, files hold codes.

use std::collections::HashMap;
use std::sync::RwLock;

/// The number of an actor that is not known.
pub const NOBODY: u32 = u32::MAX;

/// Numbers for actor codes, given in the order of first use and shared between threads.
#[derive(Debug, Default)]
pub struct Numbers {
    inner: RwLock<(HashMap<String, u32>, Vec<String>)>,
}

impl Numbers {
    /// The number of a code; a new one where it has none.
    pub fn of(&self, code: &str) -> u32 {
        if let Some(&number) = self.read().0.get(code) {
            return number;
        }
        let mut inner = self.inner.write().unwrap_or_else(|e| e.into_inner());
        if let Some(&number) = inner.0.get(code) {
            return number;
        }
        let number = u32::try_from(inner.1.len()).expect("fewer than 2³² actors");
        inner.0.insert(code.to_owned(), number);
        inner.1.push(code.to_owned());
        number
    }

    /// All codes, by number.
    pub fn codes(&self) -> Vec<String> {
        self.read().1.clone()
    }

    fn read(&self) -> std::sync::RwLockReadGuard<'_, (HashMap<String, u32>, Vec<String>)> {
        self.inner.read().unwrap_or_else(|e| e.into_inner())
    }
}
