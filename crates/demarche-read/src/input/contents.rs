//! What a run of bytes is, by how it begins.

use super::Fault;

/// What holds the rows of a file, found by its first bytes, never by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Container {
    /// The bytes of the file are the text.
    Plain,
    /// One gzip stream, or several in a row.
    Gzip,
    /// A zip archive.
    Zip,
    /// A Parquet file, which is not read by lines.
    Parquet,
}

impl Container {
    /// The container whose files begin with `head`; four bytes are enough.
    pub fn of(head: &[u8]) -> Container {
        match head {
            [0x1f, 0x8b, ..] => Container::Gzip,
            [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] | [b'P', b'K', 7, 8, ..] => {
                Container::Zip
            }
            [b'P', b'A', b'R', b'1', ..] => Container::Parquet,
            _ => Container::Plain,
        }
    }
}

/// How many bytes [`refuse`] wants to see: a tar header.
pub(super) const LOOK: usize = 512;

/// Where bytes were found, which decides what they may not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Within {
    /// A file as stored; `named_archive` when its name promises a zip or gzip file.
    File { named_archive: bool },
    /// The content of a gzip stream.
    Gzip,
    /// The content of a zip member.
    Zip,
}

/// The fault of content that begins with `head` and is not lines of text.
pub(super) fn refuse(head: &[u8], within: Within) -> Option<Fault> {
    let named_archive = Within::File {
        named_archive: true,
    } == within;
    if is_page(head) || (named_archive && head.first() == Some(&b'<')) {
        return Some(Fault::HtmlPage);
    }
    if head.get(257..262) == Some(b"ustar") {
        return Some(Fault::Tar);
    }
    let what = match head {
        [0x1f, 0x8b, 8, ..] => "gzip",
        [b'P', b'K', 3, 4, ..] | [b'P', b'K', 5, 6, ..] | [b'P', b'K', 7, 8, ..] => "zip",
        [b'P', b'A', b'R', b'1', ..] => "Parquet",
        [b'7', b'z', 0xbc, 0xaf, 0x27, 0x1c, ..] => "7z",
        [b'B', b'Z', b'h', b'1'..=b'9', b'1', b'A', b'Y', ..] => "bzip2",
        [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => "xz",
        [0x28, 0xb5, 0x2f, 0xfd, ..] => "zstd",
        [b'R', b'a', b'r', b'!', 0x1a, 7, ..] => "rar",
        _ => return None,
    };
    Some(match within {
        Within::File { .. } => Fault::Compression { what },
        Within::Gzip | Within::Zip => Fault::NestedArchive { what },
    })
}

/// Whether `head` begins a web page or the XML with which file servers report an error.
fn is_page(head: &[u8]) -> bool {
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let text = text.trim_ascii_start();
    [&b"<!doctype html"[..], b"<html", b"<?xml"]
        .iter()
        .any(|tag| {
            text.get(..tag.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(tag))
        })
}
