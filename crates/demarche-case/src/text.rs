//! From bytes to text: UTF-8 without byte order mark, NUL bytes and old line ends.

use std::borrow::Cow;

use crate::problem::{Place, Problems, is_bidi_control, is_invisible_control};

/// The text of a file, with every doubt about its bytes reported. `None` if there is no use in
/// reading on.
///
/// Bytes that are not UTF-8 are errors, but the rest of the file is still read, so that all its
/// problems come at once.
pub(crate) fn text<'a>(
    file: &str,
    bytes: &'a [u8],
    problems: &mut Problems,
) -> Option<Cow<'a, str>> {
    if matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) {
        problems.error(
            "utf-16",
            Place::file(file),
            "",
            "the file is UTF-16, as some spreadsheets write \"Unicode text\"",
            "save it as UTF-8",
        );
        return None;
    }
    let whole = bytes;
    let bytes = match bytes {
        [0xef, 0xbb, 0xbf, rest @ ..] => {
            problems.warning(
                "bom",
                Place::line(file, 1),
                "",
                "the file begins with a byte order mark, which some programs take for text",
                "save it as UTF-8 without BOM",
            );
            rest
        }
        _ => bytes,
    };
    if bytes.iter().all(u8::is_ascii_whitespace) {
        problems.error(
            "empty-file",
            Place::file(file),
            "",
            "there is nothing in the file",
            "write at least the header, or delete the file if the case can do without",
        );
        return None;
    }
    if bytes.contains(&0) {
        report_nul(file, bytes, problems);
    }
    if bytes.contains(&b'\r') {
        report_carriage_returns(file, bytes, problems);
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Some(Cow::Borrowed(text)),
        Err(_) => {
            report_not_utf8(file, bytes, whole.len() - bytes.len(), problems);
            Some(String::from_utf8_lossy(bytes))
        }
    }
}

/// The lines of a file with their numbers, as the CSV reader counts them: line feed, carriage
/// return, or both end a line.
pub(crate) fn lines(bytes: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut rest = Some(bytes);
    let cut = move || {
        let now = rest?;
        let end = now.iter().position(|b| matches!(b, b'\n' | b'\r'));
        rest = end.map(|at| {
            let crlf = now[at..].starts_with(b"\r\n");
            &now[at + 1 + usize::from(crlf)..]
        });
        Some(&now[..end.unwrap_or(now.len())])
    };
    (1..).zip(std::iter::from_fn(cut))
}

fn report_nul(file: &str, bytes: &[u8], problems: &mut Problems) {
    for (line, content) in lines(bytes) {
        let count = content.iter().filter(|&&b| b == 0).count();
        if count > 0 {
            problems.error(
                "nul",
                Place::line(file, line),
                "",
                format!("the line holds {count} NUL byte(s), which no text has"),
                "write the line anew; the file may be damaged",
            );
        }
    }
}

fn report_carriage_returns(file: &str, bytes: &[u8], problems: &mut Problems) {
    let (mut with, mut alone) = (0, 0);
    let mut first_alone = 1;
    let mut line = 1;
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], bytes.get(at + 1)) {
            (b'\r', Some(b'\n')) => {
                with += 1;
                at += 1;
            }
            (b'\r', _) => {
                alone += 1;
                if alone == 1 {
                    first_alone = line;
                }
            }
            (b'\n', _) => {}
            _ => {
                at += 1;
                continue;
            }
        }
        line += 1;
        at += 1;
    }
    if with > 0 {
        problems.warning(
            "crlf",
            Place::file(file),
            "",
            format!("{with} line(s) end with carriage return and line feed, as on Windows"),
            "read all the same; save with line feeds alone (\"Unix line ends\")",
        );
    }
    if alone > 0 {
        problems.error(
            "bare-cr",
            Place::line(file, first_alone),
            "",
            format!("{alone} line(s) end with a carriage return alone, the first one here"),
            "end lines with line feeds (\"Unix line ends\")",
        );
    }
}

/// `skipped` bytes of the file stand before `bytes`.
fn report_not_utf8(file: &str, bytes: &[u8], skipped: usize, problems: &mut Problems) {
    for (line, content) in lines(bytes) {
        if let Err(error) = std::str::from_utf8(content) {
            let at = error.valid_up_to();
            // Both are slices of the same file, so the difference is the offset in it.
            let offset = content.as_ptr() as usize - bytes.as_ptr() as usize + skipped + at;
            problems.error(
                "not-utf-8",
                Place::line(file, line),
                &String::from_utf8_lossy(&content[at.saturating_sub(20)..(at + 20).min(content.len())]),
                format!(
                    "is not UTF-8: byte {:#04x} at position {} of the line, offset {offset} in the file",
                    content[at],
                    at + 1,
                ),
                "save the file as UTF-8",
            );
        }
    }
}

/// Reports characters that a text may not have. Letters of any script and direction are fine.
pub(crate) fn check_characters(
    text: &str,
    place: impl Fn() -> Place,
    may_break: bool,
    problems: &mut Problems,
) {
    let allowed = |c: char| may_break && matches!(c, '\n' | '\r');
    if let Some(c) = text
        .chars()
        .find(|&c| is_invisible_control(c) && !allowed(c))
    {
        problems.error(
            "control-character",
            place(),
            text,
            format!("holds the control character U+{:04X}", u32::from(c)),
            "delete it, or write a blank in its place",
        );
    }
    if let Some(c) = text.chars().find(|&c| is_bidi_control(c)) {
        problems.error(
            "bidi-control",
            place(),
            text,
            format!(
                "holds U+{:04X}, which makes the text around it appear in another order than it is",
                u32::from(c)
            ),
            "delete it; right-to-left letters find their order by themselves",
        );
    }
}
