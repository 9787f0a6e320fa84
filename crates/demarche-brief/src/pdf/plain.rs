//! Makes any text fit to be set: no control characters, and directions that stay inside it.

use serde_json::Value;

/// Keys whose values are not read by people but used as they are.
const NOT_PROSE: [&str; 3] = ["id", "url", "evidence"];

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
/// turn the rest of the paragraph. A text with right-to-left letters is set apart by isolates
/// (Unicode Standard Annex 9) instead, so that it keeps its own order and no more.
fn plain(text: &str) -> Option<String> {
    if text.is_ascii() && !text.bytes().any(|byte| byte.is_ascii_control()) {
        return None;
    }
    let mut out = String::with_capacity(text.len() + 6);
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => {
                out.push(' ');
            }
            c if c.is_control() => out.push('\u{fffd}'),
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}' => {}
            c => out.push(c),
        }
    }
    if out.chars().any(is_right_to_left) {
        out.insert(0, '\u{2068}');
        out.push('\u{2069}');
    }
    (out != text).then_some(out)
}

/// Whether a character lies in a block of a script written from right to left.
fn is_right_to_left(c: char) -> bool {
    matches!(c,
        '\u{590}'..='\u{8ff}'
        | '\u{fb1d}'..='\u{fdff}'
        | '\u{fe70}'..='\u{feff}'
        | '\u{10800}'..='\u{10fff}'
        | '\u{1e800}'..='\u{1efff}')
}

#[cfg(test)]
mod tests {
    use super::*;

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
