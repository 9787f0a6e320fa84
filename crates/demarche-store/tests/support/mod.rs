//! What tests of the store share.

use demarche_store::{Dedup, Settings};

/// The settings of the stores of these tests.
pub fn settings() -> Settings {
    Settings {
        dedup: Dedup::Id,
        actors: "abc".to_owned(),
        filter: String::new(),
    }
}

/// SHA-256 in form only: the name, in hexadecimal and filled up.
pub fn digest(name: &str) -> String {
    let hex: String = name.bytes().map(|b| format!("{b:02x}")).collect();
    format!("{hex:0<64}")
}
