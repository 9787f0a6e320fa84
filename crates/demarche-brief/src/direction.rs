//! The direction of text: which letters run from right to left, and what turns the rest of a line.

/// Is this a letter of a script written from right to left?
pub(crate) fn is_right_to_left(c: char) -> bool {
    matches!(c,
        '\u{590}'..='\u{8ff}'
        | '\u{fb1d}'..='\u{fdff}'
        | '\u{fe70}'..='\u{feff}'
        | '\u{10800}'..='\u{10fff}'
        | '\u{1e800}'..='\u{1efff}')
}

/// Could this character turn the direction of what follows it?
pub(crate) fn turns(c: char) -> bool {
    is_right_to_left(c)
        || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Are all isolates (U+2068 … U+2069) that a text opens closed again, and none closed that it does
/// not open?
pub(crate) fn isolates_are_closed(text: &str) -> bool {
    let mut depth = 0_i32;
    for c in text.chars() {
        match c {
            '\u{2068}' => depth += 1,
            '\u{2069}' => depth -= 1,
            _ => {}
        }
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}

/// Sets a text with right-to-left letters apart by isolates (Unicode Standard Annex 9), so that it
/// keeps its own order within a sentence and no more.
pub(crate) fn set_apart(text: &mut String) {
    if text.chars().any(is_right_to_left) {
        text.insert(0, '\u{2068}');
        text.push('\u{2069}');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn isolates() {
        assert!(isolates_are_closed("a \u{2068}b\u{2069} c"));
        assert!(!isolates_are_closed("a \u{2068}b"));
        assert!(!isolates_are_closed("a\u{2069}b\u{2068}"));
        let mut name = "ישראל".to_owned();
        set_apart(&mut name);
        assert!(isolates_are_closed(&name) && name.starts_with('\u{2068}'));
        let mut plain = "Korea".to_owned();
        set_apart(&mut plain);
        assert_eq!(plain, "Korea");
    }
}
