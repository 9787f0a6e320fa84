//! For tests only: where the reference data lie that the repository may not ship.
//!
//! They are in the folder named by `DEMARCHE_SHARED`, or in `shared` beside the checkout.

use std::path::{Path, PathBuf};

/// A file or folder of the reference data, by its path below their folder (`data/psplib`). `None` where
/// it is not there: the reason is printed, and the test that asks is to end.
#[must_use]
pub fn shared(below: &str) -> Option<PathBuf> {
    let path = root().join(below);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: no {} (set DEMARCHE_SHARED)", path.display());
    None
}

fn root() -> PathBuf {
    std::env::var_os("DEMARCHE_SHARED").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    )
}

#[cfg(test)]
mod tests {
    use super::shared;

    #[test]
    fn what_is_not_there_is_not_given() {
        assert_eq!(shared("no such folder/no such file"), None);
    }
}
