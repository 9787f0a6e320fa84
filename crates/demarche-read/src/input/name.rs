//! Names of files and members as they are shown.

use std::fmt::Write;
use std::path::{Component, Path};

/// `bytes` as text that is safe to print: control characters, marks that turn the direction of
/// writing, and bytes that are not UTF-8 are escaped, so that two names stay two names.
pub(super) fn escape(bytes: &[u8]) -> String {
    let mut shown = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            let turns = matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
            if c.is_control() || turns || c == '\\' {
                shown.extend(c.escape_default());
            } else {
                shown.push(c);
            }
        }
        for byte in chunk.invalid() {
            let _ = write!(shown, "\\x{byte:02x}");
        }
    }
    shown
}

/// `path` escaped, with `/` between its parts on every system.
pub(super) fn of_path(path: &Path) -> String {
    let parts: Vec<String> = path
        .components()
        .filter(|part| matches!(part, Component::Normal(_) | Component::ParentDir))
        .map(|part| escape(part.as_os_str().as_encoded_bytes()))
        .collect();
    parts.join("/")
}

/// Whether a member's name is absolute or climbs out of the folder it would be unpacked in.
pub(super) fn is_odd(name: &[u8]) -> bool {
    let parts = || name.split(|&b| b == b'/' || b == b'\\');
    let drive = name.len() > 1 && name[0].is_ascii_alphabetic() && name[1] == b':';
    drive || parts().next().is_none_or(<[u8]>::is_empty) || parts().any(|part| part == b"..")
}
