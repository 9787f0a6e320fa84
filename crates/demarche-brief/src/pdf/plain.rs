//! Makes any text fit to be set: no control characters, and directions that stay inside it.

use serde_json::Value;

use crate::direction::{isolates_are_closed, set_apart};

/// Keys whose values are not read by people but used as they are.
const NOT_PROSE: [&str; 4] = ["id", "url", "evidence", "why"];

/// Makes every text in a JSON value fit to be set.
pub(super) fn make_plain(value: &mut Value) {
    match value {
        Value::String(text) => {
            if let Some(plain) = plain(text) {
                *text = plain;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(make_plain),
        Value::Object(fields) => {
            for (key, field) in fields.iter_mut() {
                if !NOT_PROSE.contains(&key.as_str()) {
                    make_plain(field);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The text as it can be set, or nothing where it can be set as it is.
///
/// Line breaks and tabs become spaces, other control characters the replacement character.
/// Marks that turn the direction of what follows are left out, since an unclosed one would
/// turn the rest of the paragraph; isolates that are all closed stay. A text with right-to-left
/// letters is set apart by isolates (Unicode Standard Annex 9), so that it keeps its own order and
/// no more. A word too long for any line may break every [`BREAK`] letters.
fn plain(text: &str) -> Option<String> {
    let long = text.split(' ').any(|word| word.chars().count() > 2 * BREAK);
    if text.is_ascii() && !long && !text.bytes().any(|byte| byte.is_ascii_control()) {
        return None;
    }
    let isolates = isolates_are_closed(text);
    let mut out = String::with_capacity(text.len() + 6);
    let mut letters = 0;
    for c in text.chars() {
        letters = if c == ' ' { 0 } else { letters + 1 };
        if long && letters > 0 && letters % BREAK == 0 {
            out.push('\u{200b}');
        }
        match c {
            '\u{2068}' | '\u{2069}' if isolates => out.push(c),
            '\n' | '\r' | '\t' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                out.push(' ');
            }
            c if c.is_control() => out.push('\u{fffd}'),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => {}
            c => out.push(c),
        }
    }
    set_apart(&mut out);
    (out != text).then_some(out)
}

/// Letters after which a word too long for a line may break.
const BREAK: usize = 30;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closed_isolates_stay_and_open_ones_go() {
        let name = "\u{2068}ישראל\u{2069} 3, then 4";
        assert_eq!(plain(name), Some(format!("\u{2068}{name}\u{2069}")));
        assert_eq!(plain("a\u{2068}b"), Some("ab".to_owned()));
        assert_eq!(plain("a\u{2069}b\u{2068}"), Some("ab".to_owned()));
    }

    #[test]
    fn a_word_too_long_for_a_line_may_break() {
        let word = "x".repeat(100);
        let shown = plain(&word).unwrap();
        assert_eq!(shown.replace('\u{200b}', ""), word);
        assert_eq!(shown.matches('\u{200b}').count(), 3);
    }

    #[test]
    fn ordinary_text_stays_as_it_is() {
        for text in [
            "Korea and NATO",
            "한국과 나토",
            "Défense – «да»",
            "$#[*_`<script>=HYPERLINK(",
        ] {
            assert_eq!(plain(text), None, "{text}");
        }
    }

    #[test]
    fn controls_go_and_directions_stay_inside() {
        assert_eq!(plain("a\u{0}b\tc\r\nd").as_deref(), Some("a\u{fffd}b c  d"));
        assert_eq!(plain("x\u{202e}evil").as_deref(), Some("xevil"));
        assert_eq!(plain("שלום").as_deref(), Some("\u{2068}שלום\u{2069}"));
        assert_eq!(plain("\u{2068}سلام").as_deref(), Some("\u{2068}سلام\u{2069}"));
    }

    #[test]
    fn addresses_and_ids_are_left_alone() {
        let mut value = serde_json::json!({"url": "https://a/\u{5d0}", "list": [{"text": "a\nb"}]});
        make_plain(&mut value);
        assert_eq!(value["url"], "https://a/\u{5d0}");
        assert_eq!(value["list"][0]["text"], "a b");
    }
}
