//! Blocks of lines cut into rows.

use demarche_read::layout::{Cut, Fault, Wrong};
use memchr::{memchr, memchr2_iter};

use super::segment::{Builder, Row, Shared};

/// Feeds a block of whole lines to the builder. `first` is the number of its first line.
pub(super) fn feed(
    builder: &mut Builder,
    shared: &Shared<'_>,
    file: u32,
    first: u64,
    bytes: &[u8],
    spans: &mut Vec<(u32, u32)>,
) {
    match builder.layout.cut {
        Cut::At(separator) if std::str::from_utf8(bytes).is_ok() => {
            cut_block(builder, shared, file, first, bytes, separator, spans);
        }
        cut => {
            for (i, raw) in lines(bytes).enumerate() {
                let line = first + i as u64;
                match std::str::from_utf8(raw) {
                    Ok(_) => cut_line(builder, shared, file, line, raw, raw, cut, spans),
                    Err(_) => {
                        // Latin-1: each byte is the character of that number.
                        let text: String = raw.iter().map(|&b| char::from(b)).collect();
                        builder.latin1(file);
                        cut_line(
                            builder,
                            shared,
                            file,
                            line,
                            text.as_bytes(),
                            raw,
                            cut,
                            spans,
                        );
                    }
                }
            }
        }
    }
}

/// The lines of a block, without their ends.
fn lines(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let end = memchr(b'\n', rest);
        let line = &rest[..end.unwrap_or(rest.len())];
        rest = end.map_or(&[], |e| &rest[e + 1..]);
        Some(line.strip_suffix(b"\r").unwrap_or(line))
    })
}

/// Cuts all lines of a block in one pass.
fn cut_block(
    builder: &mut Builder,
    shared: &Shared<'_>,
    file: u32,
    first: u64,
    bytes: &[u8],
    separator: u8,
    spans: &mut Vec<(u32, u32)>,
) {
    let (mut line, mut begin, mut start) = (first, 0usize, 0usize);
    spans.clear();
    let mut end_line =
        |begin: usize, start: usize, end: usize, line: u64, spans: &mut Vec<(u32, u32)>| {
            let end = end - usize::from(end > start && bytes[end - 1] == b'\r');
            spans.push((start as u32, end as u32));
            builder.row(
                &Row {
                    text: bytes,
                    spans,
                    adjacent: true,
                    file,
                    line,
                    raw: &bytes[begin..end],
                },
                shared,
            );
            spans.clear();
        };
    for at in memchr2_iter(separator, b'\n', bytes) {
        if bytes[at] == separator {
            spans.push((start as u32, at as u32));
        } else {
            end_line(begin, start, at, line, spans);
            line += 1;
            begin = at + 1;
        }
        start = at + 1;
    }
    if begin < bytes.len() {
        end_line(begin, start, bytes.len(), line, spans);
    }
}

#[expect(clippy::too_many_arguments, reason = "one call, all of it plain data")]
fn cut_line(
    builder: &mut Builder,
    shared: &Shared<'_>,
    file: u32,
    line: u64,
    text: &[u8],
    raw: &[u8],
    cut: Cut,
    spans: &mut Vec<(u32, u32)>,
) {
    spans.clear();
    let mut unquoted = Vec::new();
    let (text, adjacent) = match cut {
        Cut::At(separator) => {
            let mut start = 0;
            for at in memchr::memchr_iter(separator, text) {
                spans.push((start, at as u32));
                start = at as u32 + 1;
            }
            spans.push((start, text.len() as u32));
            (text, true)
        }
        Cut::Quoted(separator) => {
            if !unquote(text, separator, &mut unquoted, spans) {
                let fault = Fault {
                    what: Wrong::OpenQuote,
                    column: "",
                };
                builder.reject(file, line, fault, raw, raw.len() as u64);
                return;
            }
            (unquoted.as_slice(), false)
        }
        Cut::Parquet => return,
    };
    let row = Row {
        text,
        spans,
        adjacent,
        file,
        line,
        raw,
    };
    builder.row(&row, shared);
}

/// Feeds a row whose fields are known already.
pub(super) fn feed_fields(
    builder: &mut Builder,
    shared: &Shared<'_>,
    file: u32,
    line: u64,
    fields: &[String],
    spans: &mut Vec<(u32, u32)>,
) {
    let mut text = Vec::new();
    spans.clear();
    for field in fields {
        let start = text.len() as u32;
        text.extend_from_slice(field.as_bytes());
        spans.push((start, text.len() as u32));
    }
    let raw = fields.join("\t");
    let row = Row {
        text: &text,
        spans,
        adjacent: false,
        file,
        line,
        raw: raw.as_bytes(),
    };
    builder.row(&row, shared);
}

/// Cuts a line of CSV; a doubled quote within quotes is one quote. False where a quote stays open.
fn unquote(line: &[u8], separator: u8, out: &mut Vec<u8>, spans: &mut Vec<(u32, u32)>) -> bool {
    let mut at = 0;
    loop {
        let start = out.len() as u32;
        if line.get(at) == Some(&b'"') {
            at += 1;
            loop {
                let Some(quote) = memchr(b'"', &line[at..]) else {
                    return false;
                };
                out.extend_from_slice(&line[at..at + quote]);
                at += quote + 1;
                if line.get(at) != Some(&b'"') {
                    break;
                }
                out.push(b'"');
                at += 1;
            }
        }
        let end = memchr(separator, &line[at..]).map_or(line.len(), |e| at + e);
        out.extend_from_slice(&line[at..end]);
        spans.push((start, out.len() as u32));
        if end == line.len() {
            return true;
        }
        at = end + 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_lines_are_cut_outside_quotes() {
        let cut = |line: &str| {
            let (mut out, mut spans) = (Vec::new(), Vec::new());
            unquote(line.as_bytes(), b',', &mut out, &mut spans).then(|| {
                spans
                    .iter()
                    .map(|&(a, b)| {
                        String::from_utf8_lossy(&out[a as usize..b as usize]).into_owned()
                    })
                    .collect::<Vec<_>>()
            })
        };
        assert_eq!(cut("a,\"b,\"\"c\"\"\",").unwrap(), ["a", "b,\"c\"", ""]);
        assert_eq!(cut("").unwrap(), [""]);
        assert_eq!(cut("a,\"b"), None);
        assert_eq!(cut("a\"b,c").unwrap(), ["a\"b", "c"]);
    }
}
