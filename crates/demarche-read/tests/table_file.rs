//! Tables of others: what is read, and what is said of those that cannot be.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use demarche_read::table_file::{As, TableFile, TableFileError, TextColumn};
use flate2::Compression;
use flate2::write::GzEncoder;
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use proptest::prelude::*;

fn file(dir: &Path, bytes: &[u8]) -> PathBuf {
    let path = dir.join("table");
    fs::write(&path, bytes).unwrap();
    path
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut to = GzEncoder::new(Vec::new(), Compression::fast());
    to.write_all(bytes).unwrap();
    to.finish().unwrap()
}

fn texts(column: &TextColumn) -> Vec<&str> {
    let codes = column.codes.iter();
    codes.map(|&c| column.texts[c as usize].as_str()).collect()
}

fn fails(bytes: &[u8], wanted: &[(&str, As)]) -> TableFileError {
    let dir = tempfile::tempdir().unwrap();
    let path = file(dir.path(), bytes);
    TableFile::open(&path)
        .and_then(|table| table.read(wanted))
        .expect_err("a broken table")
}

/// Quotes, a line break in a field, a byte order mark, the missing, the end of line of either kind.
#[test]
fn text_of_all_kinds() {
    let dir = tempfile::tempdir().unwrap();
    let text = "\u{feff}name,year,\"x, y\"\r\n\"Korea, South\",1990,-1.5e1\r\n\"two\nlines\",NA,.\r\nNA,1991,\r\n";
    let tabs = "name\tyear\tx, y\nKorea, South\t1990\t-15\n\"two\nlines\"\tNA\t.\nNA\t1991\t\n";
    for bytes in [
        text.as_bytes().to_vec(),
        packed(text.as_bytes()),
        tabs.into(),
        packed(tabs.as_bytes()),
    ] {
        let table = TableFile::open(&file(dir.path(), &bytes)).unwrap();
        assert_eq!(table.names(), ["name", "year", "x, y"]);
        let wanted = [
            ("x, y", As::Number),
            ("name", As::Text),
            ("year", As::Number),
        ];
        let got = table.read(&wanted).unwrap();
        assert_eq!(got.rows(), 3);
        assert_eq!(texts(got.text(1)), ["Korea, South", "two\nlines", "NA"]);
        assert_eq!(got.text(1).first, [0, 1, 2]);
        assert_eq!((got.numbers(0)[0], got.numbers(2)[0]), (-15.0, 1990.0));
        assert!(got.numbers(0)[1].is_nan() && got.numbers(0)[2].is_nan());
        assert!(got.numbers(2)[1].is_nan());
        assert_eq!(
            (got.place(1), got.place(2)),
            ("line 3".into(), "line 5".into())
        );
    }
}

#[test]
fn a_text_is_kept_once() {
    let dir = tempfile::tempdir().unwrap();
    let table = TableFile::open(&file(dir.path(), b"s;v\nA;1\nB;2\nA;3\nA;4\n")).unwrap();
    let got = table.read(&[("s", As::Text)]).unwrap();
    assert_eq!(got.text(0).codes, [0, 1, 0, 0]);
    assert_eq!(got.text(0).texts, ["A", "B"]);
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    use As::{Number, Text};
    let said = |bytes: &[u8], wanted: &[(&str, As)]| fails(bytes, wanted).to_string();
    let has = |text: String, parts: &[&str]| {
        for part in parts {
            assert!(text.contains(part), "{text}");
        }
    };
    has(
        said(b"a,b\n1,2\n3,x\n", &[("b", Number)]),
        &["line 3, column b", "\"x\" is no number"],
    );
    has(
        said(b"a,b\n1,inf\n", &[("b", Number)]),
        &["line 2", "is no number"],
    );
    has(
        said(b"a,b\n1,2\n3\n", &[("b", Number)]),
        &["line 3", "1 fields", "2"],
    );
    has(
        said(b"a,b\n1,2\n", &[("c", Text)]),
        &["no column c", "a, b"],
    );
    has(
        said(b"a,a\n1,2\n", &[("a", Text)]),
        &["more than one column a"],
    );
    has(said(b"", &[("a", Text)]), &["no columns", "header"]);
    has(said(b"PK\x03\x04rest", &[("a", Text)]), &["zip", "unpack"]);
    has(
        said(b"\x00\x01\x02\n", &[("a", Text)]),
        &["neither text nor Parquet"],
    );
    has(
        said(b"PAR1 and no more", &[("a", Text)]),
        &["cannot be read"],
    );
    let mut cut = packed("a,b\n1,2\n".repeat(1000).as_bytes());
    cut.truncate(cut.len() / 2);
    has(said(&cut, &[("a", Text)]), &["check that"]);
    let path = Path::new("no such folder/table.csv");
    has(
        TableFile::open(path).unwrap_err().to_string(),
        &["table.csv", "check that the file is there"],
    );
}

/// A quote without its partner, or a small packed file that unpacks to one long line, must not
/// fill the memory.
#[test]
fn a_row_has_an_end() {
    let open = format!("a,b\n1,\"2\n{}", "3,4\n".repeat(1 << 20));
    let error = fails(open.as_bytes(), &[("a", As::Text)]).to_string();
    assert!(
        error.contains("longer than 1048576 bytes") && error.contains("double quote"),
        "{error}"
    );
    let bomb = packed(&vec![b'x'; 64 << 20]);
    assert!(bomb.len() < 1 << 20);
    let error = fails(&bomb, &[("a", As::Text)]).to_string();
    assert!(error.contains("longer than"), "{error}");
    let wide = format!("{}\n", ",".repeat(20_000));
    let error = fails(wide.as_bytes(), &[("a", As::Text)]).to_string();
    assert!(error.contains("20001 columns"), "{error}");
}

const SCHEMA: &str = "message t {
    optional double code; required int32 year; optional binary name (UTF8);
    optional int32 day (DATE); required int64 id; }";

fn parquet_bytes() -> Vec<u8> {
    let schema = Arc::new(parse_message_type(SCHEMA).unwrap());
    let properties = Arc::new(WriterProperties::builder().build());
    let mut bytes = Vec::new();
    let mut to = SerializedFileWriter::new(&mut bytes, schema, properties).unwrap();
    for group in 0..2 {
        let mut rows = to.next_row_group().unwrap();
        let mut column = rows.next_column().unwrap().unwrap();
        let levels = [1, 0, 1];
        column
            .typed::<DoubleType>()
            .write_batch(&[2.0, 20.5], Some(&levels), None)
            .unwrap();
        column.close().unwrap();
        let mut column = rows.next_column().unwrap().unwrap();
        column
            .typed::<Int32Type>()
            .write_batch(&[1990 + group, 1991, 1992], None, None)
            .unwrap();
        column.close().unwrap();
        let mut column = rows.next_column().unwrap().unwrap();
        let names = [ByteArray::from("한국"), ByteArray::from("NA")];
        column
            .typed::<ByteArrayType>()
            .write_batch(&names, Some(&levels), None)
            .unwrap();
        column.close().unwrap();
        let mut column = rows.next_column().unwrap().unwrap();
        column
            .typed::<Int32Type>()
            .write_batch(&[0, -1], Some(&levels), None)
            .unwrap();
        column.close().unwrap();
        let mut column = rows.next_column().unwrap().unwrap();
        let ids = [(1 << 53) + 1, 1 << 53, -4];
        column
            .typed::<Int64Type>()
            .write_batch(&ids, None, None)
            .unwrap();
        column.close().unwrap();
        rows.close().unwrap();
    }
    to.close().unwrap();
    bytes
}

#[test]
fn parquet() {
    let dir = tempfile::tempdir().unwrap();
    let table = TableFile::open(&file(dir.path(), &parquet_bytes())).unwrap();
    assert_eq!(table.names(), ["code", "year", "name", "day", "id"]);
    let wanted = [
        ("code", As::Text),
        ("year", As::Number),
        ("name", As::Text),
        ("day", As::Text),
        ("code", As::Number),
        ("id", As::Text),
    ];
    let got = table.read(&wanted).unwrap();
    assert_eq!(texts(got.text(0))[..3], ["2", "", "20.5"]);
    assert_eq!(
        got.numbers(1),
        [1990.0, 1991.0, 1992.0, 1991.0, 1991.0, 1992.0]
    );
    assert_eq!(texts(got.text(2))[3..], ["한국", "", "NA"]);
    assert_eq!(texts(got.text(3))[..3], ["1970-01-01", "", "1969-12-31"]);
    assert!(got.numbers(4)[1].is_nan());
    assert_eq!(
        texts(got.text(5))[..3],
        ["9007199254740993", "9007199254740992", "-4"]
    );
    assert_eq!(got.place(4), "row 5");
    let error = table.read(&[("name", As::Number)]).unwrap_err().to_string();
    assert!(
        error.contains("row 1, column name") && error.contains("no number"),
        "{error}"
    );
}

proptest! {
    /// Whatever the bytes, reading ends in columns of one length or in an error.
    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let dir = tempfile::tempdir().unwrap();
        if let Ok(table) = TableFile::open(&file(dir.path(), &bytes)) {
            let name = table.names()[0].clone();
            if let Ok(got) = table.read(&[(&name, As::Text)]) {
                prop_assert_eq!(got.text(0).codes.len(), got.rows());
            }
        }
    }

    /// Neither does a Parquet file with a few bytes changed bring the program down. What the test
    /// prints of panics are those of the library, which are caught.
    #[test]
    fn spoilt_parquet(changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..4)) {
        let mut bytes = parquet_bytes();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let dir = tempfile::tempdir().unwrap();
        if let Ok(table) = TableFile::open(&file(dir.path(), &bytes)) {
            for name in table.names().to_vec() {
                if let Ok(got) = table.read(&[(&name, As::Text)]) {
                    prop_assert_eq!(got.text(0).codes.len(), got.rows());
                }
            }
        }
    }
}
