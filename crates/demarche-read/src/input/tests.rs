use std::fs;
use std::io::{Cursor, Read, Write};
use std::path::{Path, PathBuf};

use flate2::write::GzEncoder;
use flate2::{Compress, Compression, Crc, FlushCompress};
use proptest::prelude::*;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::cut::{Cut, Cutter};
use super::stored::Stop;
use super::*;

// --- Making files -----------------------------------------------------------------------------

fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn put(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    fs::create_dir_all(path.parent().expect("a parent")).expect("the parent is made");
    fs::write(&path, bytes).expect("the file is written");
    path
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).expect("memory takes it");
    encoder.finish().expect("memory takes it")
}

fn zip_with(members: &[(&str, &[u8])], options: SimpleFileOptions) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        if name.ends_with('/') {
            writer.add_directory(*name, options).expect("a folder");
        } else {
            writer.start_file(*name, options).expect("a member");
            writer.write_all(bytes).expect("its bytes");
        }
    }
    writer.finish().expect("a zip").into_inner()
}

fn zip_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    zip_with(members, SimpleFileOptions::default())
}

/// A member of an archive made by hand, right or wrong.
#[derive(Clone)]
struct Raw {
    name: Vec<u8>,
    flags: u16,
    method: u16,
    data: Vec<u8>,
    size: u32,
    crc: u32,
    attributes: u32,
    /// Uses the local header of the first member instead of one of its own.
    shares: bool,
}

impl Raw {
    fn stored(name: &str, data: &[u8]) -> Raw {
        let mut crc = Crc::new();
        crc.update(data);
        Raw {
            name: name.as_bytes().to_vec(),
            flags: 0,
            method: 0,
            size: data.len() as u32,
            crc: crc.sum(),
            data: data.to_vec(),
            attributes: 0,
            shares: false,
        }
    }

    /// `megabytes` MiB of zeros, deflated: one flushed piece over and over.
    fn zeros(name: &str, megabytes: usize) -> Raw {
        let block = vec![0; 1 << 20];
        let mut piece = Vec::with_capacity(1 << 16);
        let mut deflate = Compress::new(Compression::best(), false);
        deflate
            .compress_vec(&block, &mut piece, FlushCompress::Full)
            .expect("deflates");
        assert_eq!(deflate.total_in(), 1 << 20);
        let mut one = Crc::new();
        one.update(&block);
        let mut crc = Crc::new();
        for _ in 0..megabytes {
            crc.combine(&one);
        }
        let mut data = piece.repeat(megabytes);
        data.extend([3, 0]);
        Raw {
            method: 8,
            size: (megabytes << 20) as u32,
            crc: crc.sum(),
            data,
            ..Raw::stored(name, b"")
        }
    }
}

/// An archive of `members`; with `long`, its end is in the zip64 form.
fn craft(members: &[Raw], long: bool) -> Vec<u8> {
    let mut out = Vec::new();
    let mut directory = Vec::new();
    for member in members {
        let fixed = |version: &[u16]| {
            let mut bytes: Vec<u8> = version.iter().flat_map(|v| v.to_le_bytes()).collect();
            for short in [member.flags, member.method, 0, 0x21] {
                bytes.extend(short.to_le_bytes());
            }
            for word in [member.crc, member.data.len() as u32, member.size] {
                bytes.extend(word.to_le_bytes());
            }
            bytes.extend((member.name.len() as u16).to_le_bytes());
            bytes.extend(0u16.to_le_bytes());
            bytes
        };
        let header = if member.shares { 0 } else { out.len() as u32 };
        if !member.shares {
            out.extend(b"PK\x03\x04");
            out.extend(fixed(&[20]));
            out.extend(&member.name);
            out.extend(&member.data);
        }
        directory.extend(b"PK\x01\x02");
        directory.extend(fixed(&[3 << 8 | 20, 20]));
        directory.extend([0; 6]);
        directory.extend(member.attributes.to_le_bytes());
        directory.extend(header.to_le_bytes());
        directory.extend(&member.name);
    }
    let start = out.len() as u64;
    let length = directory.len() as u64;
    out.extend(directory);
    let count = members.len() as u64;
    if long {
        let end = out.len() as u64;
        out.extend(b"PK\x06\x06");
        out.extend(44u64.to_le_bytes());
        out.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        for number in [count, count, length, start] {
            out.extend(number.to_le_bytes());
        }
        out.extend(b"PK\x06\x07");
        out.extend(0u32.to_le_bytes());
        out.extend(end.to_le_bytes());
        out.extend(1u32.to_le_bytes());
    }
    out.extend(b"PK\x05\x06");
    out.extend([0; 4]);
    let short = if long { 0xffff } else { count as u16 };
    out.extend(short.to_le_bytes());
    out.extend(short.to_le_bytes());
    let word = |n: u64| if long { u32::MAX } else { n as u32 };
    out.extend(word(length).to_le_bytes());
    out.extend(word(start).to_le_bytes());
    out.extend(0u16.to_le_bytes());
    out
}

// --- Reading them -----------------------------------------------------------------------------

/// All pieces of the one file, with its receipt checked against the file.
fn pieces_within(path: &Path, limits: &Limits) -> Vec<Piece> {
    let found = find(&[path.to_owned()], limits).expect("found");
    assert_eq!(found.files.len(), 1);
    let mut stream = found.files[0].open(limits).expect("opens");
    let mut pieces = Vec::new();
    while let Some(piece) = stream.next(Vec::new()).expect("reads") {
        pieces.push(piece);
    }
    assert_eq!(stream.next(Vec::new()).expect("reads"), None);
    let receipt = stream.finish().expect("unchanged");
    let bytes = fs::read(path).expect("reads");
    assert!(receipt.complete);
    assert_eq!(receipt.bytes_read, bytes.len() as u64);
    assert_eq!(receipt.sha256, <[u8; 32]>::from(Sha256::digest(&bytes)));
    pieces
}

fn pieces(path: &Path) -> Vec<Piece> {
    pieces_within(path, &Limits::default())
}

/// The pieces of a file with these bytes.
fn pieces_of(name: &str, bytes: &[u8]) -> Vec<Piece> {
    let folder = folder();
    pieces(&put(folder.path(), name, bytes))
}

/// The text of each member that began.
fn texts(pieces: &[Piece]) -> Vec<(String, Vec<u8>)> {
    let mut texts: Vec<(String, Vec<u8>)> = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Member { index, name } => {
                assert_eq!(*index as usize, texts.len());
                texts.push((name.clone(), Vec::new()));
            }
            Piece::Block(block) => texts[block.member as usize].1.extend(&block.bytes),
            _ => {}
        }
    }
    texts
}

/// The members and codes of all faults. Each has words with a remedy.
fn faults(pieces: &[Piece]) -> Vec<(u32, &'static str)> {
    let faults = pieces.iter().filter_map(|piece| match piece {
        Piece::Fault { member, what, .. } => Some((*member, what)),
        _ => None,
    });
    faults
        .map(|(member, what)| {
            assert!(what.to_string().contains(';'), "no remedy in: {what}");
            (member, what.code())
        })
        .collect()
}

fn rows(n: usize) -> Vec<u8> {
    let mut bytes = Vec::new();
    for row in 0..n {
        // Numbers that do not repeat, so that they do not deflate to nothing.
        writeln!(
            bytes,
            "{row}\t{:016x}",
            (row as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15)
        )
        .expect("memory takes it");
    }
    bytes
}

/// Checks that blocks follow each other without a gap and say how many lines they hold.
fn check_numbers(pieces: &[Piece]) -> u64 {
    let (mut member, mut next, mut total) = (0, 1, 0);
    for piece in pieces {
        match piece {
            Piece::Member { index, .. } => (member, next) = (*index, 1),
            Piece::Block(block) => {
                assert_eq!((block.member, block.first_line), (member, next));
                let newlines = block.bytes.iter().filter(|&&b| b == b'\n').count() as u64;
                assert_eq!(
                    block.lines,
                    newlines + u64::from(block.last_without_newline)
                );
                assert_eq!(
                    block.last_without_newline,
                    block.bytes.last() != Some(&b'\n')
                );
                next += block.lines;
                total += block.lines;
            }
            Piece::Oversized { line, .. } => {
                assert_eq!(*line, next);
                next += 1;
                total += 1;
            }
            Piece::Fault { .. } => {}
        }
    }
    total
}

// --- Plain, gzip, zip -------------------------------------------------------------------------

#[test]
fn every_container_gives_the_same_lines() {
    let text = rows(100_000);
    assert!(text.len() > 2 * BLOCK);
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let long = SimpleFileOptions::default().large_file(true);
    for (name, bytes) in [
        ("a.csv", text.clone()),
        ("a.csv.gz", gz(&text)),
        ("a.zip", zip_of(&[("a.csv", &text)])),
        ("stored.zip", zip_with(&[("a.csv", &text)], stored)),
        ("zip64.zip", zip_with(&[("a.csv", &text)], long)),
        ("end64.zip", craft(&[Raw::stored("a.csv", &text)], true)),
        // The name does not decide.
        ("zipped.csv", zip_of(&[("b.csv", &text)])),
        ("gzipped.zip", gz(&text)),
    ] {
        let pieces = pieces_of(name, &bytes);
        assert_eq!(faults(&pieces), [], "{name}");
        assert!(texts(&pieces)[0].1 == text, "{name}");
        assert_eq!(check_numbers(&pieces), 100_000, "{name}");
        assert!(pieces.len() > 3, "{name}: blocks are about a mebibyte");
    }
}

#[test]
fn a_zip_too_large_to_hold_is_read_twice_and_gives_the_same() {
    let text = rows(700_000);
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    let bytes = zip_with(&[("a", &text), ("b", b"end\n")], stored);
    assert!(bytes.len() > 9 << 20);
    let pieces = pieces_of("big.zip", &bytes);
    assert_eq!(faults(&pieces), []);
    let texts = texts(&pieces);
    assert!(texts[0].1 == text && texts[1].1 == b"end\n");
}

#[test]
fn bytes_other_than_the_newline_are_content() {
    let text = b"a\r\nb\0\rc\n\n\xff\xfe\n\xef\xbb\xbflast";
    let pieces = pieces_of("a.csv", text);
    let [Piece::Member { .. }, Piece::Block(block)] = &pieces[..] else {
        panic!("{pieces:?}");
    };
    assert_eq!(block.bytes, text);
    assert_eq!((block.first_line, block.lines), (1, 5));
    assert!(block.last_without_newline);
}

#[test]
fn members_come_in_order_and_folders_do_not_count() {
    let bytes = zip_of(&[
        ("f/", b""),
        ("f/z.csv", b"1\n2"),
        ("a.csv", b""),
        ("b.csv", b"3\n"),
    ]);
    let pieces = pieces_of("a.zip", &bytes);
    let want = [("f/z.csv", &b"1\n2"[..]), ("a.csv", b""), ("b.csv", b"3\n")];
    let want: Vec<_> = want.map(|(n, t)| (n.to_owned(), t.to_vec())).to_vec();
    assert_eq!(texts(&pieces), want);
    assert_eq!(faults(&pieces), []);
    assert_eq!(check_numbers(&pieces), 3);
}

#[test]
fn gzip_streams_in_a_row_are_one_member() {
    let mut bytes = gz(b"a\nb");
    bytes.extend(gz(b""));
    bytes.extend(gz(b"c\nd\n"));
    bytes.extend([0; 512]);
    let pieces = pieces_of("a.gz", &bytes);
    assert_eq!(
        texts(&pieces),
        [("a.gz".to_owned(), b"a\nbc\nd\n".to_vec())]
    );
    assert_eq!(faults(&pieces), []);
    bytes.extend(b"and then some");
    let pieces = pieces_of("a.gz", &bytes);
    assert_eq!(texts(&pieces)[0].1, b"a\nbc\nd\n");
    assert_eq!(faults(&pieces), [(0, "trailing-bytes")]);
    // A note does not cost the last line its life, newline or not.
    let bytes = [gz(b"a\nb"), b"junk".to_vec()].concat();
    assert_eq!(texts(&pieces_of("a.gz", &bytes))[0].1, b"a\nb");
}

#[test]
fn buffers_are_used_again() {
    let folder = folder();
    let path = put(folder.path(), "a.csv", &rows(300_000));
    let limits = Limits::default();
    let mut stream = find(&[path], &limits).expect("found").files[0]
        .open(&limits)
        .expect("opens");
    let mut recycle = Vec::new();
    let mut places = Vec::new();
    while let Some(piece) = stream.next(std::mem::take(&mut recycle)).expect("reads") {
        if let Piece::Block(block) = piece {
            places.push(block.bytes.as_ptr());
            recycle = block.bytes;
        }
    }
    assert!(places.len() > 5);
    assert!(places.windows(2).all(|pair| pair[0] == pair[1]));
}

// --- Faults -----------------------------------------------------------------------------------

#[test]
fn wrong_checksums_are_told_after_the_blocks() {
    let text = rows(100_000);
    let mut raw = Raw::stored("a", &text);
    raw.crc ^= 1;
    let bytes = craft(&[raw, Raw::stored("b", b"next\n")], false);
    let pieces = pieces_of("a.zip", &bytes);
    assert_eq!(faults(&pieces), [(0, "bad-checksum")]);
    assert!(texts(&pieces)[0].1 == text);
    assert_eq!(texts(&pieces)[1].1, b"next\n");

    let mut bytes = gz(&text);
    let crc = bytes.len() - 8;
    bytes[crc] ^= 1;
    let pieces = pieces_of("a.gz", &bytes);
    assert_eq!(faults(&pieces), [(0, "bad-checksum")]);
    assert!(texts(&pieces)[0].1 == text);

    // A size that is wrong is as bad as a checksum that is.
    let mut raw = Raw::stored("a", b"row\n");
    raw.size += 1;
    let pieces = pieces_of("a.zip", &craft(&[raw], false));
    assert_eq!(faults(&pieces), [(0, "bad-checksum")]);
}

#[test]
fn truncation_is_told_and_a_broken_line_is_not_given() {
    let text = rows(70_000);
    let (gzipped, zipped) = (gz(&text), zip_of(&[("a", &text)]));
    for cut in [3, 11, 30, 100, 5_000, 500_000] {
        let pieces = pieces_of("a.gz", &gzipped[..cut]);
        assert_eq!(faults(&pieces), [(0, "truncated")], "gzip at {cut}");
        let given = &texts(&pieces)[0].1;
        assert!(text.starts_with(given) && given.last().is_none_or(|&b| b == b'\n'));
        assert!(given.len() + 2_000 > cut, "{} at {cut}", given.len());
        let lines = check_numbers(&pieces);
        assert!(
            pieces.iter().any(
                |piece| matches!(piece, Piece::Fault { after_line, .. } if *after_line == lines)
            )
        );
        let most = zipped.len() - 21;
        assert_eq!(
            faults(&pieces_of("a.zip", &zipped[..most])),
            [(0, "truncated")]
        );
        if cut >= 4 {
            assert_eq!(
                faults(&pieces_of("a.zip", &zipped[..cut])),
                [(0, "truncated")]
            );
        }
    }
    // A member that claims less compressed data than it needs.
    let mut raw = Raw::zeros("a", 1);
    raw.data.truncate(raw.data.len() / 2);
    assert_eq!(
        faults(&pieces_of("a.zip", &craft(&[raw], false))),
        [(0, "truncated")]
    );
}

#[test]
fn few_rows_before_a_fault_are_given() {
    let bytes = gz(b"one\ntwo\nthree");
    let pieces = pieces_of("a.gz", &bytes[..bytes.len() - 3]);
    assert_eq!(texts(&pieces)[0].1, b"one\ntwo\n");
    assert_eq!(faults(&pieces), [(0, "truncated")]);
}

#[test]
fn damage_is_told() {
    let mut bytes = gz(&rows(10_000));
    bytes[20..60].fill(0xff);
    assert_eq!(faults(&pieces_of("a.gz", &bytes)), [(0, "damaged")]);
    let raw = Raw {
        method: 8,
        ..Raw::stored("a", &[0xff; 40])
    };
    assert_eq!(
        faults(&pieces_of("a.zip", &craft(&[raw], false))),
        [(0, "damaged")]
    );
    let mut bytes = zip_of(&[("a", b"1\n")]);
    let at = bytes
        .windows(4)
        .position(|w| w == b"PK\x01\x02")
        .expect("a directory");
    bytes[at..at + 4].fill(0);
    assert_eq!(faults(&pieces_of("a.zip", &bytes)), [(0, "damaged")]);
}

#[test]
fn what_is_no_data_is_named() {
    let page = b"<!DOCTYPE html>\n<html><body>404</body></html>\n";
    let mut tar = vec![b'x'; 1024];
    tar[257..262].copy_from_slice(b"ustar");
    let row = b"1\t2\n";
    type Case<'a> = (&'a str, Vec<u8>, &'a [(u32, &'a str)]);
    let cases: [Case; 19] = [
        ("a.zip", page.to_vec(), &[(0, "html-page")]),
        ("a.csv", page.to_vec(), &[(0, "html-page")]),
        (
            "b.zip",
            b"<Error>no such key</Error>".to_vec(),
            &[(0, "html-page")],
        ),
        (
            "c.csv",
            b"\xef\xbb\xbf \n<HTML>".to_vec(),
            &[(0, "html-page")],
        ),
        ("d.gz", gz(page), &[(0, "html-page")]),
        ("empty.csv", Vec::new(), &[(0, "empty-file")]),
        ("empty.zip", Vec::new(), &[(0, "empty-file")]),
        ("none.zip", zip_of(&[]), &[(0, "empty-archive")]),
        (
            "folder.zip",
            zip_of(&[("f/", b"")]),
            &[(0, "empty-archive")],
        ),
        ("text.zip", row.to_vec(), &[(0, "not-an-archive")]),
        ("a.tar", tar.clone(), &[(0, "tar")]),
        ("a.tar.gz", gz(&tar), &[(0, "tar")]),
        (
            "zz.gz",
            gz(&zip_of(&[("a", row)])),
            &[(0, "nested-archive")],
        ),
        (
            "nest.zip",
            zip_of(&[
                ("a.zip", &zip_of(&[("a", row)])),
                ("b.gz", &gz(row)),
                ("c", row),
            ]),
            &[(0, "nested-archive"), (1, "nested-archive")],
        ),
        ("a.bz2", b"BZh91AY&SY".to_vec(), &[(0, "compression")]),
        ("a.xz", b"\xfd7zXZ\0\0".to_vec(), &[(0, "compression")]),
        (
            "a.zst",
            b"\x28\xb5\x2f\xfd\0\0".to_vec(),
            &[(0, "compression")],
        ),
        (
            "a.7z",
            b"7z\xbc\xaf\x27\x1c\0".to_vec(),
            &[(0, "compression")],
        ),
        ("less.csv", b"<5\t6\n".to_vec(), &[]),
    ];
    for (name, bytes, want) in cases {
        let pieces = pieces_of(name, &bytes);
        assert_eq!(faults(&pieces), want, "{name}");
        let rows_lost = pieces
            .iter()
            .any(|piece| matches!(piece, Piece::Fault { what, .. } if !what.is_note()));
        let plain = matches!(name, "text.zip" | "less.csv");
        assert!(!plain || texts(&pieces)[0].1 == bytes, "{name}");
        assert_eq!(rows_lost, !plain && !bytes.is_empty(), "{name}");
    }
}

#[test]
fn members_that_cannot_be_read_do_not_hide_the_others() {
    let row = b"1\t2\n";
    let with = |name: &str, change: fn(&mut Raw)| {
        let mut raw = Raw::stored(name, row);
        change(&mut raw);
        raw
    };
    let members = [
        with("locked", |raw| raw.flags = 1),
        with("bzip2", |raw| raw.method = 12),
        with("../../etc/passwd", |_| ()),
        with("/etc/x", |_| ()),
        with("C:\\x", |_| ()),
        with("__MACOSX/._x", |_| ()),
        with("link", |raw| raw.attributes = 0o120_777 << 16),
        with("bell\u{7}\u{202e}x", |raw| raw.flags = 1 << 11),
        with("last", |_| ()),
    ];
    let pieces = pieces_of("a.zip", &craft(&members, false));
    let want = [
        (0, "encrypted"),
        (1, "method"),
        (2, "odd-name"),
        (3, "odd-name"),
        (4, "odd-name"),
        (5, "not-data"),
        (6, "not-data"),
    ];
    assert_eq!(faults(&pieces), want);
    let texts = texts(&pieces);
    assert_eq!(texts[2], ("../../etc/passwd".to_owned(), row.to_vec()));
    assert_eq!(texts[7], ("bell\\u{7}\\u{202e}x".to_owned(), row.to_vec()));
    assert_eq!(texts[8], ("last".to_owned(), row.to_vec()));
    assert!(texts[0].1.is_empty() && texts[1].1.is_empty() && texts[5].1.is_empty());
}

// --- Bombs ------------------------------------------------------------------------------------

#[test]
fn a_bomb_is_stopped_by_its_ratio() {
    let raw = Raw::zeros("zeros", 200);
    assert!(raw.data.len() < 400_000);
    let after = Raw::stored("after", b"row\n");
    let pieces = pieces_of("bomb.zip", &craft(&[raw.clone(), after], false));
    assert_eq!(faults(&pieces), [(0, "ratio")]);
    assert_eq!(texts(&pieces)[1].1, b"row\n");
    let [_, Piece::Oversized { length, head, .. }, ..] = &pieces[..] else {
        panic!("{pieces:?}");
    };
    assert!(
        (60 << 20..=64 << 20).contains(length),
        "{length} of 200 MiB"
    );
    assert_eq!(head.len(), HEAD);

    // The like behind a gzip header.
    let raw = Raw::zeros("", 68);
    let mut bytes = vec![0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    bytes.extend(&raw.data);
    bytes.extend(raw.crc.to_le_bytes());
    bytes.extend(raw.size.to_le_bytes());
    let folder = folder();
    let path = put(folder.path(), "bomb.gz", &bytes);
    assert_eq!(
        faults(&pieces_within(&path, &Limits::default())),
        [(0, "ratio")]
    );
}

#[test]
fn sizes_and_counts_are_bounded() {
    let folder = folder();
    let text = rows(100_000);
    let limits = Limits {
        member: 1 << 20,
        members: 3,
        ..Limits::default()
    };
    for (name, bytes) in [("a.gz", gz(&text)), ("a.zip", zip_of(&[("a", &text)]))] {
        let pieces = pieces_within(&put(folder.path(), name, &bytes), &limits);
        assert_eq!(faults(&pieces), [(0, "too-large")]);
        let given = &texts(&pieces)[0].1;
        assert!(given.len() <= 1 << 20 && text.starts_with(given));
    }
    // A plain file is as large as it is.
    let pieces = pieces_within(&put(folder.path(), "a.csv", &text), &limits);
    assert_eq!(faults(&pieces), []);

    let many: Vec<Raw> = (0..4)
        .map(|i| Raw::stored(&format!("{i}"), b"1\n"))
        .collect();
    for long in [false, true] {
        let path = put(folder.path(), "many.zip", &craft(&many, long));
        assert_eq!(faults(&pieces_within(&path, &limits)), [(0, "members")]);
        let path = put(folder.path(), "three.zip", &craft(&many[1..], long));
        assert_eq!(faults(&pieces_within(&path, &limits)), []);
    }
}

#[test]
fn members_that_share_bytes_or_names_are_refused() {
    let kernel = Raw::stored("a", b"1\n");
    let mut second = kernel.clone();
    second.name = b"b".to_vec();
    second.shares = true;
    let bytes = craft(&[kernel.clone(), second], false);
    assert_eq!(faults(&pieces_of("a.zip", &bytes)), [(0, "overlap")]);
    let bytes = craft(&[kernel.clone(), kernel], false);
    assert_eq!(faults(&pieces_of("a.zip", &bytes)), [(0, "duplicate-name")]);
}

// --- Long lines -------------------------------------------------------------------------------

#[test]
fn a_gigabyte_line_costs_no_memory() {
    let before = b"first\n";
    let mut left = 1u64 << 30;
    let mut begun = 0;
    let tail = b"end\nlast";
    let mut told = 0;
    let mut cutter = Cutter::new(BLOCK, 1 << 20);
    let mut spare = Vec::new();
    let mut cuts = Vec::new();
    let mut most = 0;
    let mut read = |into: &mut [u8]| -> Result<usize, Stop> {
        most = most.max(into.len());
        if begun < before.len() {
            begun = before.len();
            into[..begun].copy_from_slice(before);
            return Ok(begun);
        }
        if left > 0 {
            let n = into.len().min(left as usize);
            into[..n].fill(b'x');
            left -= n as u64;
            return Ok(n);
        }
        let n = into.len().min(tail.len() - told);
        into[..n].copy_from_slice(&tail[told..told + n]);
        told += n;
        Ok(n)
    };
    while let Some(cut) = cutter.next(&mut read, &mut spare).expect("no stop") {
        cuts.push(cut);
    }
    assert!(most <= 2 * BLOCK && spare.capacity() <= 2 * BLOCK + 1);
    let [
        Cut::Block { bytes: first, .. },
        Cut::Oversized { line, length, head },
        Cut::Block {
            first_line, bytes, ..
        },
    ] = &cuts[..]
    else {
        panic!("{} cuts", cuts.len());
    };
    assert_eq!(first, before);
    assert_eq!((*line, *length), (2, (1 << 30) + 3));
    assert_eq!((head.len(), *first_line), (HEAD, 3));
    assert_eq!(bytes, b"last");
}

#[test]
fn a_line_at_the_limit_is_kept_and_one_beyond_is_not() {
    let folder = folder();
    let limits = Limits::default();
    let mut text = vec![b'a'; limits.line];
    text.extend(b"\nshort\n");
    text.extend(vec![b'b'; limits.line + 1]);
    text.extend(b"\n");
    text.extend(vec![b'c'; limits.line]);
    let pieces = pieces_within(&put(folder.path(), "a.csv", &text), &limits);
    let long: Vec<_> = pieces
        .iter()
        .filter_map(|piece| match piece {
            Piece::Oversized {
                line, length, head, ..
            } => Some((*line, *length, head[0])),
            _ => None,
        })
        .collect();
    assert_eq!(long, [(3, limits.line as u64 + 1, b'b')]);
    assert_eq!(check_numbers(&pieces), 4);
    let given = &texts(&pieces)[0].1;
    assert_eq!(given.len(), text.len() - limits.line - 2);
}

/// A line as it should be given.
#[derive(Debug, PartialEq, Eq)]
enum Line {
    Whole(Vec<u8>),
    Long(u64, Vec<u8>),
}

fn lines_of(bytes: &[u8], limit: usize) -> Vec<Line> {
    bytes
        .split_inclusive(|&b| b == b'\n')
        .map(|line| {
            let content = line.strip_suffix(b"\n").unwrap_or(line);
            if content.len() > limit {
                let head = content[..content.len().min(HEAD)].to_vec();
                Line::Long(content.len() as u64, head)
            } else {
                Line::Whole(line.to_vec())
            }
        })
        .collect()
}

/// Cuts `bytes`, given in reads of at most `step`, and checks numbers and sizes on the way.
fn cut_all(
    bytes: &[u8],
    block: usize,
    limit: usize,
    step: usize,
    mut end: Option<Fault>,
) -> (Vec<Line>, Option<Fault>) {
    let mut cutter = Cutter::new(block, limit);
    let mut at = 0;
    let mut lines = Vec::new();
    let mut spare = Vec::new();
    let mut read = |into: &mut [u8]| {
        assert!(!into.is_empty());
        let n = into.len().min(step).min(bytes.len() - at);
        into[..n].copy_from_slice(&bytes[at..at + n]);
        at += n;
        match end.take_if(|_| n == 0) {
            Some(fault) => Err(Stop::Fault(fault)),
            None => Ok(n),
        }
    };
    loop {
        assert_eq!(cutter.lines(), lines.len() as u64);
        match cutter.next(&mut read, &mut spare) {
            Ok(Some(Cut::Block {
                first_line,
                lines: count,
                bytes,
                last_without_newline,
            })) => {
                assert_eq!(first_line, lines.len() as u64 + 1);
                assert_eq!(last_without_newline, bytes.last() != Some(&b'\n'));
                assert!(bytes.len() <= block.max(limit + 1) + block);
                lines.extend(
                    bytes
                        .split_inclusive(|&b| b == b'\n')
                        .map(|l| Line::Whole(l.to_vec())),
                );
                assert_eq!(lines.len() as u64, first_line - 1 + count);
                spare = bytes;
            }
            Ok(Some(Cut::Oversized { line, length, head })) => {
                assert_eq!(line, lines.len() as u64 + 1);
                lines.push(Line::Long(length, head));
            }
            Ok(None) => return (lines, None),
            Err(Stop::Fault(fault)) => {
                assert!(matches!(cutter.next(&mut read, &mut spare), Ok(None)));
                return (lines, Some(fault));
            }
            Err(Stop::Io(error)) => panic!("{error}"),
        }
    }
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    let byte = prop_oneof![3 => Just(b'x'), 2 => Just(b'\n'), 1 => Just(b'\r'), 1 => any::<u8>()];
    let sparse = prop_oneof![40 => Just(b'y'), 1 => Just(b'\n'), 1 => any::<u8>()];
    prop_oneof![
        prop::collection::vec(byte, 0..300),
        prop::collection::vec(sparse, 0..600)
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn blocks_hold_exactly_the_lines(
        bytes in text(), block in 1usize..40, limit in 0usize..60, step in 1usize..50,
    ) {
        let (lines, fault) = cut_all(&bytes, block, limit, step, None);
        prop_assert_eq!(fault, None);
        let newlines = bytes.iter().filter(|&&b| b == b'\n').count();
        let open = bytes.last().is_some_and(|&b| b != b'\n');
        prop_assert_eq!(lines.len(), newlines + usize::from(open));
        prop_assert_eq!(lines, lines_of(&bytes, limit));
    }

    #[test]
    fn a_fault_comes_after_all_whole_lines(
        bytes in text(), block in 1usize..40, limit in 0usize..60, step in 1usize..50,
    ) {
        let (lines, fault) = cut_all(&bytes, block, limit, step, Some(Fault::Truncated));
        prop_assert_eq!(fault, Some(Fault::Truncated));
        let mut want = lines_of(&bytes, limit);
        // A line without end is not given, unless it was too long already.
        if matches!(want.last(), Some(Line::Whole(line)) if line.last() != Some(&b'\n')) {
            want.pop();
        }
        prop_assert_eq!(lines, want);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_bytes_make_the_reader_panic(
        mut bytes in prop::collection::vec(any::<u8>(), 0..400), kind in 0usize..6,
        flips in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..6),
    ) {
        let row = b"1\t2\t3\nfour\n";
        bytes = match kind {
            0 => bytes,
            1 => gz(&bytes),
            2 => zip_of(&[("a", &bytes), ("b", row)]),
            3 => craft(&[Raw::stored("a", &bytes), Raw::stored("b", row)], true),
            4 => [&b"PK\x03\x04"[..], &bytes].concat(),
            _ => [&b"\x1f\x8b\x08"[..], &bytes].concat(),
        };
        for (at, byte) in flips {
            if !bytes.is_empty() {
                let at = at.index(bytes.len());
                bytes[at] = byte;
            }
        }
        if let Ok(mut stream) = Stream::of_pipe("-", Box::new(Cursor::new(bytes)), &Limits::default()) {
            let mut read = Vec::new();
            while let Some(piece) = stream.next(Vec::new()).expect("memory does not fail") {
                read.push(piece);
            }
            check_numbers(&read);
            stream.finish().expect("memory does not fail");
        }
    }
}

// --- Standard input ---------------------------------------------------------------------------

fn pipe(bytes: impl Read + Send + 'static) -> Result<Stream, InputError> {
    Stream::of_pipe("-", Box::new(bytes), &Limits::default())
}

#[test]
fn a_pipe_is_looked_at_by_its_first_bytes() {
    let text = rows(50_000);
    for bytes in [text.clone(), gz(&text), zip_of(&[("a", &text)])] {
        let mut stream = pipe(Cursor::new(bytes.clone())).expect("opens");
        let mut pieces = Vec::new();
        while let Some(piece) = stream.next(Vec::new()).expect("reads") {
            pieces.push(piece);
        }
        assert!(texts(&pieces)[0].1 == text);
        let receipt = stream.finish().expect("finishes");
        assert!(receipt.complete);
        assert_eq!(receipt.bytes_read, bytes.len() as u64);
        assert_eq!(receipt.sha256, <[u8; 32]>::from(Sha256::digest(&bytes)));
    }
    let refused = pipe(Cursor::new(b"PAR1....".to_vec()));
    assert!(matches!(refused, Err(InputError::Parquet { .. })));
    let endless = Cursor::new(b"PK\x03\x04".to_vec()).chain(std::io::repeat(b'x'));
    assert!(matches!(
        pipe(endless),
        Err(InputError::StdinTooLarge { .. })
    ));
}

#[test]
fn a_pipe_without_end_can_be_left() {
    let mut stream =
        pipe(Cursor::new(b"row\n".to_vec()).chain(std::io::repeat(b'\n'))).expect("opens");
    for _ in 0..3 {
        stream.next(Vec::new()).expect("reads").expect("goes on");
    }
    assert!(!stream.finish().expect("finishes").complete);
}

#[test]
fn a_failing_system_is_an_error_and_no_fault() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
            Err(std::io::Error::from_raw_os_error(5))
        }
    }
    let half = gz(&rows(1_000));
    let half = half[..half.len() / 2].to_vec();
    for bytes in [b"row\nrow\n".to_vec(), half] {
        let mut stream = pipe(Cursor::new(bytes).chain(Failing)).expect("opens");
        let error = loop {
            match stream.next(Vec::new()) {
                Ok(Some(Piece::Fault { what, .. })) => panic!("{what}"),
                Ok(Some(_)) => {}
                Ok(None) => panic!("no error"),
                Err(error) => break error,
            }
        };
        assert!(matches!(error, InputError::Io { .. }));
    }
}

// --- Finding ----------------------------------------------------------------------------------

fn names(found: &Found) -> Vec<&str> {
    found.files.iter().map(|file| &file.name[..]).collect()
}

fn reasons(found: &Found) -> Vec<(&str, &str)> {
    found
        .skipped
        .iter()
        .map(|(name, code, words)| {
            assert!(words.contains(';'), "no remedy in: {words}");
            (&name[..], *code)
        })
        .collect()
}

fn look(paths: &[&Path]) -> Result<Found, InputError> {
    let paths: Vec<PathBuf> = paths.iter().map(|path| path.to_path_buf()).collect();
    find(&paths, &Limits::default())
}

#[test]
fn a_folder_is_walked_and_sorted() {
    let folder = folder();
    let root = folder.path();
    for name in ["b.csv", "a/z.csv", "a/b/c.csv", "a.csv", "empty.csv"] {
        put(root, name, if name == "empty.csv" { b"" } else { b"1\n" });
    }
    put(root, "p.parquet", b"PAR1xxxx");
    put(root, "g.csv", &gz(b"1\n"));
    put(root, "z.txt", &zip_of(&[("a", b"1\n")]));
    for name in [".hidden", ".git/config", "a/x.zip.part", "y.TMP"] {
        put(root, name, b"1\n");
    }
    let found = look(&[root]).expect("found");
    let want = [
        "a.csv",
        "a/b/c.csv",
        "a/z.csv",
        "b.csv",
        "empty.csv",
        "g.csv",
        "p.parquet",
        "z.txt",
    ];
    assert_eq!(names(&found), want);
    let want = [
        (".git", "hidden"),
        (".hidden", "hidden"),
        ("a/x.zip.part", "unfinished"),
        ("y.TMP", "unfinished"),
    ];
    assert_eq!(reasons(&found), want);
    let containers: Vec<_> = found.files[5..].iter().map(|file| file.container).collect();
    assert_eq!(
        containers,
        [Container::Gzip, Container::Parquet, Container::Zip]
    );
    assert_eq!(
        (found.files[0].size, found.files[4].size),
        (Some(2), Some(0))
    );
    let modified = fs::metadata(root.join("a.csv"))
        .and_then(|m| m.modified())
        .expect("a time");
    let modified = modified
        .duration_since(std::time::UNIX_EPOCH)
        .expect("after 1970");
    assert_eq!(found.files[0].modified, Some(modified.as_nanos() as i64));
    assert_eq!(look(&[root]).expect("found"), found);
    let opened = found.files[6].open(&Limits::default());
    assert!(matches!(opened, Err(InputError::Parquet { .. })));
}

#[test]
fn what_is_given_itself_is_read() {
    let folder = folder();
    let root = folder.path();
    let hidden = put(root, "d/.hidden", b"1\n");
    let part = put(root, "d/x.part", b"1\n");
    let found = look(&[&hidden, &part, &hidden]).expect("found");
    assert_eq!(names(&found), [".hidden", "x.part"]);
    assert_eq!(reasons(&found), [(".hidden", "twice")]);
    // A folder after one of its files, or twice, adds no file a second time.
    put(root, "d/y", b"1\n");
    let d = root.join("d");
    let found = look(&[&part, &d, &d]).expect("found");
    assert_eq!(names(&found), ["x.part", "y"]);
}

#[test]
fn files_of_one_name_are_told_apart() {
    let folder = folder();
    let root = folder.path();
    let one = put(root, "one/a.csv", b"1\n");
    put(root, "two/a.csv", b"2\n");
    put(root, "more/two/a.csv", b"3\n");
    let paths = [root.join("one"), root.join("two"), root.join("more/two")];
    let found = find(&paths, &Limits::default()).expect("found");
    assert_eq!(names(&found), ["one/a.csv", "two/a.csv", "two/a.csv (2)"]);
    let found = look(&[&one, &root.join("two/a.csv")]).expect("found");
    assert_eq!(names(&found), ["a.csv (2)", "a.csv (3)"]);
}

#[test]
fn what_is_not_there_is_an_error() {
    assert!(matches!(look(&[]), Err(InputError::Nothing)));
    let stdin = Path::new("-");
    assert!(matches!(look(&[stdin, stdin]), Err(InputError::StdinTwice)));
    assert_eq!(
        look(&[stdin]).expect("found").files[0].origin,
        Origin::Stdin
    );
    let folder = folder();
    let missing = look(&[&folder.path().join("none\u{1b}[2J.csv")]).expect_err("missing");
    assert!(matches!(missing, InputError::NotFound { .. }));
    assert!(!missing.to_string().contains('\u{1b}'), "{missing}");
}

#[test]
fn a_file_that_grows_while_it_is_read_is_an_error() {
    let folder = folder();
    for bytes in [rows(10), gz(&rows(10)), zip_of(&[("a", &rows(10))])] {
        let path = put(folder.path(), "a", &bytes);
        let limits = Limits::default();
        let found = find(std::slice::from_ref(&path), &limits).expect("found");
        let mut stream = found.files[0].open(&limits).expect("opens");
        while stream.next(Vec::new()).expect("reads").is_some() {}
        put(folder.path(), "a", &[&bytes[..], b"more\n"].concat());
        let changed = stream.finish().expect_err("changed");
        assert!(matches!(changed, InputError::Changed { .. }), "{changed}");
    }
}

#[test]
fn a_fingerprint_is_that_of_the_receipt() {
    let folder = folder();
    let bytes = gz(&rows(100_000));
    let path = put(folder.path(), "a.gz", &bytes);
    let want = (bytes.len() as u64, <[u8; 32]>::from(Sha256::digest(&bytes)));
    assert_eq!(fingerprint(&path).expect("reads"), want);
    // A stream that is left early hashes the whole file all the same.
    let limits = Limits::default();
    let mut stream = find(&[path], &limits).expect("found").files[0]
        .open(&limits)
        .expect("opens");
    stream.next(Vec::new()).expect("reads");
    let receipt = stream.finish().expect("finishes");
    assert_eq!((receipt.bytes_read, receipt.sha256), want);
    assert!(receipt.complete);
}

#[cfg(unix)]
mod unix {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;
    use std::process::Command;

    use super::*;

    #[test]
    fn links_do_not_lead_out_nor_in_circles() {
        let folder = folder();
        let (inside, outside) = (folder.path().join("in"), folder.path().join("out"));
        put(&outside, "secret.csv", b"1\n");
        put(&outside, "deep/secret.csv", b"1\n");
        put(&inside, "a.csv", b"1\n");
        put(&inside, "d/b.csv", b"1\n");
        put(&inside, ".annex/object", b"2\n");
        put(&inside, ".annex/more/c.csv", b"3\n");
        for (to, name) in [
            ("../out/secret.csv", "file-out"),
            ("../out", "folder-out"),
            ("..", "up"),
            (".", "loop"),
            ("../", "d/loop"),
            ("self", "self"),
            ("nowhere", "broken"),
            ("a.csv", "again.csv"),
            (".annex/object", "annexed.csv"),
            (".annex/more", "annexed"),
            ("d", "d-again"),
        ] {
            symlink(to, inside.join(name)).expect("a link");
        }
        let found = look(&[&inside]).expect("found");
        // A folder that a link leads to keeps the name of its place.
        let want = [".annex/more/c.csv", "a.csv", "annexed.csv", "d/b.csv"];
        assert_eq!(names(&found), want);
        let want = [
            (".annex", "hidden"),
            ("again.csv", "twice"),
            ("broken", "link-broken"),
            ("d-again", "twice"),
            ("d/loop", "twice"),
            ("file-out", "link-outside"),
            ("folder-out", "link-outside"),
            ("loop", "twice"),
            ("self", "link-broken"),
            ("up", "link-outside"),
        ];
        assert_eq!(reasons(&found), want);
        // A link that is given itself is followed.
        symlink(&outside, folder.path().join("given")).expect("a link");
        let found = look(&[&folder.path().join("given")]).expect("found");
        assert_eq!(names(&found), ["deep/secret.csv", "secret.csv"]);
    }

    #[test]
    fn pipes_sockets_and_devices_are_refused() {
        let folder = folder();
        let socket = folder.path().join("socket");
        let _listener = UnixListener::bind(&socket).expect("a socket");
        let fifo = folder.path().join("fifo");
        let made = Command::new("mkfifo").arg(&fifo).status();
        assert!(
            made.is_ok_and(|status| status.success()),
            "mkfifo is at hand"
        );
        let found = look(&[folder.path()]).expect("found");
        assert_eq!(names(&found), Vec::<&str>::new());
        assert_eq!(
            reasons(&found),
            [("fifo", "not-a-file"), ("socket", "not-a-file")]
        );
        for path in [&socket, &fifo, Path::new("/dev/null")] {
            assert!(matches!(look(&[path]), Err(InputError::NotAFile { .. })));
        }
        // A pipe put in the place of a file that was found does not hang the reader.
        let path = put(folder.path(), "file", b"1\n");
        let found = look(&[&path]).expect("found");
        fs::remove_file(&path).expect("removed");
        fs::rename(&fifo, &path).expect("renamed");
        let opened = found.files[0].open(&Limits::default());
        assert!(matches!(opened, Err(InputError::NotAFile { .. })));
    }

    #[test]
    fn names_are_safe_to_print_and_stay_apart() {
        let folder = folder();
        let names_given: [&[u8]; 5] = [
            b"a\x1b[31m\n.csv",
            b"a\xff.csv",
            b"a\\xff.csv",
            "a\u{202e}vsc.csv".as_bytes(),
            "북대서양.csv".as_bytes(),
        ];
        for name in names_given {
            fs::write(folder.path().join(OsStr::from_bytes(name)), b"1\n").expect("written");
        }
        let found = look(&[folder.path()]).expect("found");
        let want = [
            "a\\\\xff.csv",
            "a\\u{1b}[31m\\n.csv",
            "a\\u{202e}vsc.csv",
            "a\\xff.csv",
            "북대서양.csv",
        ];
        assert_eq!(names(&found), want);
        for file in &found.files {
            file.open(&Limits::default())
                .expect("the name shown is not the path");
        }
    }
}

// --- Real files -------------------------------------------------------------------------------

#[test]
fn real_files_are_read_whole() {
    let cases = [
        ("gdelt1/20141124.export.CSV.zip", None),
        ("gdelt1/gdelt-demo_events_57_and_58.tsv", None),
        ("gdelt1/georgia_201106_201305.tsv.gz", Some(105_444)),
        ("gdelt2/20180326044500.export.CSV", None),
        ("gdelt2/mentions_sample.csv", None),
    ];
    for (name, want) in cases {
        let Some(path) = demarche_shared::shared(&format!("data/{name}")) else {
            continue;
        };
        let pieces = pieces(&path);
        assert_eq!(faults(&pieces), [], "{name}");
        let lines = check_numbers(&pieces);
        println!("{name}: {lines} lines");
        assert!(lines > 0);
        if let Some(want) = want {
            assert_eq!(lines, want, "{name}");
        }
    }
}
