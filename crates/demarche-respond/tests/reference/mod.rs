//! Where the published and computed figures lie that the tests compare with.

use std::path::{Path, PathBuf};

/// The folder of that name under `reference` of the shared data; says so and gives none if it is
/// not there.
pub fn reference(folder: &str) -> Option<PathBuf> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let shared = std::env::var_os("DEMARCHE_SHARED")
        .map_or_else(|| workspace.join("../shared"), PathBuf::from);
    let folder = shared.join("reference").join(folder);
    if !folder.is_dir() {
        println!("skipped: no {} (set DEMARCHE_SHARED)", folder.display());
        return None;
    }
    Some(folder)
}
