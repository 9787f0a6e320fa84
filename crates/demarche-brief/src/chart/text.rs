//! How wide a text will be, and how to make it fit, without a font at hand.
//!
//! The browser picks the font; the PDF uses Noto Sans. Widths are those of Noto Sans or of Arial,
//! whichever is wider for the letter, so the estimate errs on the wide side.

/// Advance widths of U+0020 to U+007E in thousandths of the size: the wider of Noto Sans and the
/// Arial-metric Liberation Sans.
const REGULAR: [u16; 95] = [
    278, 278, 408, 646, 572, 889, 732, 225, 333, 333, 551, 584, 278, 333, 278, 372, 572, 572, 572,
    572, 572, 572, 572, 572, 572, 572, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 730, 667,
    611, 778, 741, 339, 500, 667, 556, 907, 760, 781, 667, 781, 722, 667, 611, 731, 667, 944, 667,
    667, 611, 329, 372, 329, 572, 556, 333, 561, 615, 500, 615, 564, 344, 615, 618, 258, 258, 534,
    258, 935, 618, 605, 615, 615, 413, 500, 361, 618, 508, 786, 529, 510, 500, 380, 551, 380, 584,
];

/// The same for the bold cut.
const BOLD: [u16; 95] = [
    278, 333, 474, 646, 572, 901, 750, 266, 339, 339, 545, 584, 285, 333, 285, 413, 572, 572, 572,
    572, 572, 572, 572, 572, 572, 572, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 740, 667,
    611, 778, 765, 389, 556, 722, 611, 943, 813, 796, 667, 796, 722, 667, 611, 756, 667, 967, 667,
    667, 611, 333, 413, 333, 584, 556, 362, 604, 633, 556, 633, 591, 387, 633, 657, 305, 305, 620,
    305, 982, 657, 619, 633, 633, 454, 556, 434, 657, 569, 856, 578, 569, 500, 394, 551, 394, 584,
];

/// Width of a character in thousandths of the size.
fn advance(c: char, bold: bool) -> f64 {
    let code = c as u32;
    match code {
        0x20..=0x7e => {
            let table = if bold { &BOLD } else { &REGULAR };
            f64::from(table[(code - 0x20) as usize])
        }
        // Marks that sit on the letter before them, joiners and direction marks.
        0x0300..=0x036f | 0x0591..=0x05bd | 0x064b..=0x065f | 0x200b..=0x200f | 0xfe00..=0xfe0f => {
            0.0
        }
        0x2013 => 556.0,
        0x2014 | 0x2026 => 1000.0,
        0x2018..=0x201a => 260.0,
        // Hangul, kana, Han and full-width forms fill the em.
        0x1100..=0x11ff | 0x2e80..=0xa4cf | 0xac00..=0xd7af | 0xf900..=0xfaff | 0xff00..=0xff60 => {
            1000.0
        }
        // Pictures and rare scripts: wide, to be safe.
        0x1f000.. => 1300.0,
        0x2000..=0x206f => 550.0,
        _ if c.is_uppercase() => 800.0,
        _ => {
            if bold {
                660.0
            } else {
                620.0
            }
        }
    }
}

/// Width of a text at a size, in pixels.
pub fn width(text: &str, size: f64, bold: bool) -> f64 {
    text.chars().map(|c| advance(c, bold)).sum::<f64>() * size / 1000.0
}

/// A text fit for one line of XML: white space becomes single spaces, and characters that XML
/// forbids or that would turn the direction of the text around are left out.
pub fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if c.is_whitespace() => {
                if !out.is_empty() && !out.ends_with(' ') {
                    out.push(' ');
                }
            }
            c if c.is_control() => {}
            '\u{fffe}' | '\u{ffff}' | '\u{feff}' => {}
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => {}
            c => out.push(c),
        }
    }
    out.truncate(out.trim_end().len());
    out
}

/// The text if it fits, else as much of it as fits with an ellipsis; and whether it was cut.
pub fn fit(text: &str, max: f64, size: f64, bold: bool) -> (String, bool) {
    if width(text, size, bold) <= max {
        return (text.to_owned(), false);
    }
    let room = max - width("…", size, bold);
    let mut used = 0.0;
    let mut out = String::new();
    for c in text.chars() {
        used += width(c.encode_utf8(&mut [0; 4]), size, bold);
        if used > room {
            break;
        }
        out.push(c);
    }
    out.truncate(out.trim_end().len());
    if out.is_empty() {
        return (String::new(), true);
    }
    out.push('…');
    (out, true)
}

/// The text broken into at most `lines` lines; and whether something had to be cut.
///
/// Breaks between words, and inside a word only where the word alone is too long for a line.
pub fn wrap(text: &str, max: f64, size: f64, bold: bool, lines: usize) -> (Vec<String>, bool) {
    let text = clean(text);
    let fits = |s: &str| width(s, size, bold) <= max;
    let mut out: Vec<String> = Vec::new();
    let mut rest = text.as_str();
    while !rest.is_empty() {
        if out.len() + 1 == lines.max(1) {
            let (last, cut) = fit(rest, max, size, bold);
            out.push(last);
            return (out, cut);
        }
        let mut end = 0;
        for (i, c) in rest.char_indices() {
            let next = i + c.len_utf8();
            // Break after a space, a hyphen or a slash, or at the end.
            if (next == rest.len() || matches!(c, ' ' | '-' | '/')) && fits(rest[..next].trim_end())
            {
                end = next;
            }
        }
        if end == 0 {
            // Not one word fits: break it where it must be.
            for (i, c) in rest.char_indices() {
                let next = i + c.len_utf8();
                if end > 0 && !fits(&rest[..next]) {
                    break;
                }
                end = next;
            }
        }
        out.push(rest[..end].trim_end().to_owned());
        rest = rest[end..].trim_start();
    }
    (out, false)
}

/// A figure for axis, label or description: two decimals at most, a true minus sign.
pub fn figure(value: f64) -> String {
    super::canvas::num(value).replace('-', "\u{2212}")
}

/// Decimals that tell these values apart: none if all are whole, two if they lie within one
/// unit, else one.
pub fn decimals(values: &[f64]) -> usize {
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if values.iter().all(|v| v.fract() == 0.0) {
        0
    } else if high - low < 2.0 {
        2
    } else {
        1
    }
}

/// A figure with so many decimals and a true minus sign.
pub fn fixed(value: f64, decimals: usize) -> String {
    let shown = format!("{value:.decimals$}");
    let zero = shown.chars().all(|c| matches!(c, '-' | '0' | '.'));
    if zero {
        shown.replace('-', "")
    } else {
        shown.replace('-', "\u{2212}")
    }
}

/// `1 event`, `2 events`.
pub fn count(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn wide_and_narrow() {
        assert!((width("00", 10.0, false) - 11.44).abs() < 1e-9);
        assert_eq!(width("한국", 10.0, false), 20.0);
        assert!(width("iiii", 12.0, false) < width("MMMM", 12.0, false));
    }

    #[test]
    fn wraps_between_words_and_cuts_the_last_line() {
        let (lines, cut) = wrap(
            "Open a Korean diplomatic mission to NATO",
            90.0,
            12.0,
            false,
            2,
        );
        assert_eq!(lines.len(), 2);
        assert!(cut && lines[1].ends_with('…'));
        assert!(!lines[0].ends_with(' '));
    }

    proptest! {
        #[test]
        fn what_is_fitted_fits(text in "\\PC{0,60}", max in 5.0..300.0f64) {
            let (shown, cut) = fit(&clean(&text), max, 12.0, false);
            prop_assert!(width(&shown, 12.0, false) <= max);
            prop_assert!(cut || shown == clean(&text));
        }

        #[test]
        fn what_is_wrapped_fits_and_loses_nothing(text in "[a-zA-Z가-힣 /-]{0,80}", max in 20.0..200.0f64) {
            let (lines, cut) = wrap(&text, max, 12.0, false, 200);
            for line in &lines {
                prop_assert!(width(line, 12.0, false) <= max, "{line:?}");
            }
            prop_assert!(!cut);
            let squeeze = |s: &str| s.replace(' ', "");
            prop_assert_eq!(squeeze(&lines.concat()), squeeze(&text));
        }

        #[test]
        fn clean_text_is_legal_xml(text in any::<String>()) {
            for c in clean(&text).chars() {
                prop_assert!(!c.is_control());
                let forbidden = ['\u{fffe}', '\u{ffff}', '\u{202e}'];
                prop_assert!(!forbidden.contains(&c));
            }
        }
    }
}
