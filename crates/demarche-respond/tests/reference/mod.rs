//! Where the published and computed figures lie that the tests compare with.

use std::path::PathBuf;

/// The folder of that name under `reference` of the shared data; says so and gives none if it is
/// not there.
pub fn reference(folder: &str) -> Option<PathBuf> {
    demarche_shared::shared(&format!("reference/{folder}"))
}
