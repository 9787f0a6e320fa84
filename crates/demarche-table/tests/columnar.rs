//! Columnar files: what is written comes back, through our reader and through the Parquet
//! library's; statistics are right; parts equal the whole; damage is an error.

use std::collections::HashMap;
use std::sync::Arc;

use demarche_table::columnar::{
    ColumnSpec, ColumnarError, Compression, Dictionary, Encoder, Entries, FileReader, FileWriter,
    NULL_INDEX, Options, Scalar, Type, Values,
};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::file::properties::{WriterProperties, WriterVersion};
use parquet::file::reader::{FileReader as _, SerializedFileReader};
use parquet::file::writer::SerializedFileWriter;
use parquet::record::Field;
use parquet::schema::parser::parse_message_type;
use proptest::prelude::*;

/// One value of any type.
#[derive(Clone, Debug, PartialEq)]
enum Cell {
    None,
    Text(String),
    Int32(i32),
    Int64(i64),
    /// By its bits, so that NaN equals itself.
    Double(u64),
    Bool(bool),
}

#[derive(Clone, Debug)]
struct Column {
    kind: Type,
    dictionary: bool,
    required: bool,
    cells: Vec<Cell>,
}

/// Texts one after the other.
fn join<'a>(texts: impl Iterator<Item = &'a str>) -> (Vec<u8>, Vec<u32>) {
    let mut bytes = Vec::new();
    let ends = texts
        .map(|t| {
            bytes.extend_from_slice(t.as_bytes());
            bytes.len() as u32
        })
        .collect();
    (bytes, ends)
}

fn int32(cell: &Cell) -> i32 {
    if let Cell::Int32(v) = cell { *v } else { 0 }
}

fn int64(cell: &Cell) -> i64 {
    if let Cell::Int64(v) = cell { *v } else { 0 }
}

fn double(cell: &Cell) -> f64 {
    if let Cell::Double(v) = cell {
        f64::from_bits(*v)
    } else {
        0.0
    }
}

fn text(cell: &Cell) -> &str {
    if let Cell::Text(v) = cell { v } else { "" }
}

/// Gives the column's cells, in the form it asks for, to `put`.
fn give<R>(column: &Column, cells: &[Cell], put: impl FnOnce(Values<'_>) -> R) -> R {
    if column.dictionary && column.kind != Type::Bool {
        let mut distinct: Vec<&Cell> = Vec::new();
        let mut seen = HashMap::new();
        // A value that no row uses, and the values backwards, so that order is not a given.
        for cell in column.cells.iter().rev().filter(|c| **c != Cell::None) {
            seen.entry(format!("{cell:?}")).or_insert_with(|| {
                distinct.push(cell);
                distinct.len() as u32 - 1
            });
        }
        let index: Vec<u32> = cells
            .iter()
            .map(|c| seen.get(&format!("{c:?}")).copied().unwrap_or(NULL_INDEX))
            .collect();
        let index = &index;
        return match column.kind {
            Type::Text => {
                let (bytes, ends) = join(distinct.iter().map(|c| text(c)).chain(["unused"]));
                let dictionary = Dictionary::Text {
                    bytes: &bytes,
                    ends: &ends,
                };
                put(Values::Dict { dictionary, index })
            }
            Type::Int32 | Type::Date => {
                let v: Vec<i32> = distinct.iter().map(|c| int32(c)).collect();
                put(Values::Dict {
                    dictionary: Dictionary::Int32(&v),
                    index,
                })
            }
            Type::Double => {
                let v: Vec<f64> = distinct.iter().map(|c| double(c)).collect();
                put(Values::Dict {
                    dictionary: Dictionary::Double(&v),
                    index,
                })
            }
            _ => {
                let v: Vec<i64> = distinct.iter().map(|c| int64(c)).collect();
                put(Values::Dict {
                    dictionary: Dictionary::Int64(&v),
                    index,
                })
            }
        };
    }
    let flags: Vec<bool> = cells.iter().map(|c| *c != Cell::None).collect();
    let valid = flags.contains(&false).then_some(&flags[..]);
    match column.kind {
        Type::Text => {
            let (bytes, ends) = join(cells.iter().map(text));
            put(Values::Text {
                bytes: &bytes,
                ends: &ends,
                valid,
            })
        }
        Type::Int32 | Type::Date => {
            let values: Vec<i32> = cells.iter().map(int32).collect();
            put(Values::Int32 {
                values: &values,
                valid,
            })
        }
        Type::Int64 | Type::Timestamp => {
            let values: Vec<i64> = cells.iter().map(int64).collect();
            put(Values::Int64 {
                values: &values,
                valid,
            })
        }
        Type::Double => {
            let values: Vec<f64> = cells.iter().map(double).collect();
            put(Values::Double {
                values: &values,
                valid,
            })
        }
        Type::Bool => {
            let values: Vec<bool> = cells.iter().map(|c| *c == Cell::Bool(true)).collect();
            put(Values::Bool {
                values: &values,
                valid,
            })
        }
    }
}

fn specs(columns: &[Column]) -> Vec<ColumnSpec> {
    columns
        .iter()
        .enumerate()
        .map(|(i, c)| ColumnSpec {
            name: format!("c{i}"),
            kind: c.kind,
            required: c.required,
            description: format!("Column {i}."),
        })
        .collect()
}

fn write(columns: &[Column], group: usize, options: Options) -> Vec<u8> {
    let pairs = [("made for".to_owned(), "a test".to_owned())];
    let mut writer = FileWriter::new(Vec::new(), &specs(columns), &pairs, options).unwrap();
    let rows = columns[0].cells.len();
    for start in (0..rows).step_by(group) {
        let end = rows.min(start + group);
        let mut out = writer.row_group(end - start).unwrap();
        for column in columns {
            give(column, &column.cells[start..end], |v| out.column(v)).unwrap();
        }
        out.finish().unwrap();
    }
    let written = writer.finish().unwrap();
    assert_eq!(written.rows, rows as u64);
    assert_eq!(written.bytes, written.sink.len() as u64);
    written.sink
}

fn wrap<T: Copy>(values: &[T], valid: Option<&Vec<bool>>, cell: impl Fn(T) -> Cell) -> Vec<Cell> {
    let present = |i: usize| valid.is_none_or(|v| v[i]);
    values
        .iter()
        .enumerate()
        .map(|(i, &v)| if present(i) { cell(v) } else { Cell::None })
        .collect()
}

type Rows = Option<std::ops::Range<usize>>;

/// The cells by the call that gives one value a row.
fn read_plain(
    file: &FileReader,
    kind: Type,
    group: usize,
    column: usize,
    rows: Rows,
) -> Result<Vec<Cell>, ColumnarError> {
    Ok(match kind {
        Type::Text => {
            let read = file.read_text(group, column, rows)?;
            (0..read.ends.len())
                .map(|i| read.get(i).map_or(Cell::None, |t| Cell::Text(t.to_owned())))
                .collect()
        }
        Type::Int32 | Type::Date => {
            let read = file.read_i32(group, column, rows)?;
            wrap(&read.values, read.valid.as_ref(), Cell::Int32)
        }
        Type::Int64 | Type::Timestamp => {
            let read = file.read_i64(group, column, rows)?;
            wrap(&read.values, read.valid.as_ref(), Cell::Int64)
        }
        Type::Double => {
            let read = file.read_f64(group, column, rows)?;
            wrap(&read.values, read.valid.as_ref(), |v| {
                Cell::Double(v.to_bits())
            })
        }
        Type::Bool => {
            let read = file.read_bool(group, column, rows)?;
            wrap(&read.values, read.valid.as_ref(), Cell::Bool)
        }
    })
}

/// The cells by the call that gives a dictionary.
fn read_dict(
    file: &FileReader,
    group: usize,
    column: usize,
    rows: Rows,
) -> Result<Vec<Cell>, ColumnarError> {
    let read = match rows {
        None => file.read_dict(group, column)?,
        Some(rows) => file.read_dict_rows(group, column, rows)?,
    };
    Ok(read
        .index
        .iter()
        .map(|&i| match &read.dictionary {
            _ if i == NULL_INDEX => Cell::None,
            Entries::Int32(v) => Cell::Int32(v[i as usize]),
            Entries::Int64(v) => Cell::Int64(v[i as usize]),
            Entries::Double(v) => Cell::Double(v[i as usize].to_bits()),
            texts @ Entries::Text { .. } => Cell::Text(texts.text(i as usize).unwrap().to_owned()),
        })
        .collect())
}

fn cell(kind: Type) -> BoxedStrategy<Cell> {
    match kind {
        Type::Text => prop_oneof![
            Just(Cell::Text(String::new())),
            "[a-c]{1,2}".prop_map(Cell::Text),
            "\\PC{0,12}".prop_map(Cell::Text),
            "(대한민국|NATO|é){20,40}".prop_map(Cell::Text),
        ]
        .boxed(),
        Type::Int32 | Type::Date => prop_oneof![-3..3_i32, any::<i32>()]
            .prop_map(Cell::Int32)
            .boxed(),
        Type::Int64 | Type::Timestamp => prop_oneof![-3..3_i64, any::<i64>()]
            .prop_map(Cell::Int64)
            .boxed(),
        Type::Double => prop_oneof![
            Just(f64::NAN),
            Just(-f64::NAN),
            Just(0.0),
            Just(-0.0),
            Just(f64::NEG_INFINITY),
            any::<f64>()
        ]
        .prop_map(|v| Cell::Double(v.to_bits()))
        .boxed(),
        Type::Bool => any::<bool>().prop_map(Cell::Bool).boxed(),
    }
}

fn column(rows: usize) -> impl Strategy<Value = Column> {
    let kind = prop::sample::select(vec![
        Type::Text,
        Type::Int32,
        Type::Int64,
        Type::Double,
        Type::Bool,
        Type::Date,
        Type::Timestamp,
    ]);
    (kind, any::<bool>(), any::<bool>(), 0..4_u32).prop_flat_map(
        move |(kind, dictionary, required, nulls)| {
            let one = if required {
                cell(kind)
            } else {
                prop_oneof![3 - nulls.min(2) => cell(kind), nulls => Just(Cell::None)].boxed()
            };
            // Stretches of one value as well as mixed ones.
            prop::collection::vec((one, 1..30_usize), 1..=rows.max(1)).prop_map(move |parts| {
                Column {
                    kind,
                    dictionary,
                    required,
                    cells: parts
                        .into_iter()
                        .enumerate()
                        .flat_map(|(i, (c, n))| vec![c; if i % 3 == 0 { n } else { 1 }])
                        .chain(std::iter::repeat(if required {
                            default(kind)
                        } else {
                            Cell::None
                        }))
                        .take(rows)
                        .collect(),
                }
            })
        },
    )
}

fn default(kind: Type) -> Cell {
    match kind {
        Type::Text => Cell::Text("x".to_owned()),
        Type::Int32 | Type::Date => Cell::Int32(7),
        Type::Int64 | Type::Timestamp => Cell::Int64(7),
        Type::Double => Cell::Double(7.0_f64.to_bits()),
        Type::Bool => Cell::Bool(true),
    }
}

fn table() -> impl Strategy<Value = Vec<Column>> {
    (0..120_usize).prop_flat_map(|rows| prop::collection::vec(column(rows), 1..5))
}

fn options() -> impl Strategy<Value = Options> {
    let compression = prop::sample::select(vec![
        Compression::Uncompressed,
        Compression::Snappy,
        Compression::Zstd(1),
    ]);
    (compression, 1..60_usize).prop_map(|(compression, page_rows)| Options {
        compression,
        page_rows,
    })
}

/// Whether the bounds hold all of these cells, NaN excepted.
fn holds(range: Option<&(Scalar, Scalar)>, cells: &[Cell]) -> bool {
    cells.iter().all(|cell| {
        let value = match cell {
            Cell::None => return true,
            Cell::Double(v) if f64::from_bits(*v).is_nan() => return true,
            Cell::Text(v) => Scalar::Text(v.clone().into_bytes()),
            Cell::Int32(v) => Scalar::Int32(*v),
            Cell::Int64(v) => Scalar::Int64(*v),
            Cell::Double(v) => Scalar::Double(f64::from_bits(*v)),
            Cell::Bool(v) => Scalar::Bool(*v),
        };
        let (low, high) = range.expect("bounds");
        low.compare(&value).unwrap().is_le() && high.compare(&value).unwrap().is_ge()
    })
}

/// Short values give exact bounds.
fn exact(range: Option<&(Scalar, Scalar)>, cells: &[Cell]) -> bool {
    let texts = |c: &Cell| matches!(c, Cell::Text(t) if t.len() <= 64);
    let Some((Scalar::Text(low), Scalar::Text(high))) = range else {
        return true;
    };
    if !cells.iter().all(|c| *c == Cell::None || texts(c)) {
        return low.len() <= 64 && high.len() <= 64;
    }
    let has = |t: &[u8]| {
        cells
            .iter()
            .any(|c| matches!(c, Cell::Text(x) if x.as_bytes() == t))
    };
    has(low) && has(high)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_table_comes_back(columns in table(), options in options(), group in 1..150_usize) {
        let bytes = write(&columns, group, options);
        prop_assert_eq!(&bytes, &write(&columns, group, options), "the same rows, the same bytes");
        let file = FileReader::from_bytes(bytes).unwrap();
        let rows = columns[0].cells.len();
        prop_assert_eq!(file.rows(), rows as u64);
        prop_assert!(file.metadata().contains(&("made for".to_owned(), "a test".to_owned())));
        for (spec, info) in specs(&columns).iter().zip(file.columns()) {
            prop_assert_eq!(&spec.name, &info.name);
            prop_assert_eq!(Some(spec.kind), info.kind);
            prop_assert_eq!(spec.required, info.required);
            prop_assert_eq!(&spec.description, &info.description);
        }
        let groups = file.row_groups();
        prop_assert_eq!(groups.len(), rows.div_ceil(group));
        for (g, info) in groups.iter().enumerate() {
            let start = g * group;
            for (c, column) in columns.iter().enumerate() {
                let cells = &column.cells[start..start + info.rows];
                prop_assert_eq!(&read_plain(&file, column.kind, g, c, None).unwrap(), cells);
                if column.kind != Type::Bool {
                    prop_assert_eq!(&read_dict(&file, g, c, None).unwrap(), cells);
                }

                let chunk = &info.columns[c];
                let nulls = |cells: &[Cell]| cells.iter().filter(|c| **c == Cell::None).count() as u64;
                prop_assert_eq!(chunk.nulls, Some(nulls(cells)));
                // A text of the highest characters has no short upper bound; none occur here.
                prop_assert!(holds(chunk.range.as_ref(), cells));
                prop_assert!(exact(chunk.range.as_ref(), cells));
                let pages = file.page_bounds(g, c).unwrap();
                prop_assert_eq!(pages.iter().map(|p| p.rows).sum::<usize>(), info.rows);
                let all_nan = |cells: &[Cell]| cells.iter().all(|c| match c {
                    Cell::Double(v) => f64::from_bits(*v).is_nan(),
                    _ => *c == Cell::None,
                });
                let known = pages.iter().all(|p| p.nulls.is_some());
                let hard = pages.iter().any(|p| {
                    let cells = &cells[p.first..p.first + p.rows];
                    all_nan(cells) && nulls(cells) < p.rows as u64
                });
                prop_assert_eq!(known, !hard);
                for page in pages.iter().filter(|_| known) {
                    let cells = &cells[page.first..page.first + page.rows];
                    prop_assert_eq!(page.nulls, Some(nulls(cells)));
                    prop_assert!(holds(page.range.as_ref(), cells));
                    prop_assert!(exact(page.range.as_ref(), cells));
                }
            }
        }
    }

    #[test]
    fn parts_equal_the_whole(
        columns in table(),
        options in options(),
        a in 0..120_usize,
        b in 0..120_usize,
    ) {
        let rows = columns[0].cells.len();
        prop_assume!(rows > 0);
        let (a, b) = (a.min(b).min(rows), a.max(b).min(rows));
        let file = FileReader::from_bytes(write(&columns, rows, options)).unwrap();
        for (c, column) in columns.iter().enumerate() {
            let cells = &column.cells[a..b];
            prop_assert_eq!(&read_plain(&file, column.kind, 0, c, Some(a..b)).unwrap(), cells);
            if column.kind != Type::Bool {
                prop_assert_eq!(&read_dict(&file, 0, c, Some(a..b)).unwrap(), cells);
            }
        }
    }

    #[test]
    fn the_parquet_library_reads_the_same(columns in table(), options in options(), group in 1..150_usize) {
        let bytes = write(&columns, group, options);
        let file = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
        prop_assert!(file.metadata().file_metadata().created_by().unwrap().starts_with("demarche version "));
        let mut seen = 0;
        for (i, row) in file.get_row_iter(None).unwrap().enumerate() {
            for ((_, field), column) in row.unwrap().get_column_iter().zip(&columns) {
                let cell = match field {
                    Field::Null => Cell::None,
                    Field::Str(v) => Cell::Text(v.clone()),
                    Field::Int(v) | Field::Date(v) => Cell::Int32(*v),
                    Field::Long(v) | Field::TimestampMillis(v) => Cell::Int64(*v),
                    Field::Double(v) => Cell::Double(v.to_bits()),
                    Field::Bool(v) => Cell::Bool(*v),
                    other => panic!("{other:?}"),
                };
                prop_assert_eq!(&cell, &column.cells[i]);
            }
            seen += 1;
        }
        prop_assert_eq!(seen, columns[0].cells.len());
    }
}

/// A small deterministic source of numbers.
fn shuffle(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

fn sample() -> Vec<Column> {
    let mut state = 7;
    let mut make = |kind, dictionary, required, f: &dyn Fn(u64) -> Cell| Column {
        kind,
        dictionary,
        required,
        cells: (0..400)
            .map(|_| {
                let r = shuffle(&mut state);
                if !required && r.is_multiple_of(5) {
                    Cell::None
                } else {
                    f(r >> 8)
                }
            })
            .collect(),
    };
    vec![
        make(Type::Text, true, false, &|r| {
            Cell::Text(format!("value {}", r % 40))
        }),
        make(Type::Text, false, true, &|r| {
            Cell::Text(format!("text {}", r % 10_000))
        }),
        make(Type::Int32, true, true, &|r| Cell::Int32(r as i32 % 9)),
        make(Type::Int64, false, false, &|r| Cell::Int64(r as i64)),
        make(Type::Double, true, false, &|r| {
            Cell::Double((r as f64).to_bits())
        }),
        make(Type::Bool, false, false, &|r| Cell::Bool(r % 3 == 0)),
    ]
}

/// Reads all that can be read; damage may give errors or other values, never a panic.
fn read_all(bytes: Vec<u8>) {
    let Ok(file) = FileReader::from_bytes(bytes) else {
        return;
    };
    for (g, info) in file.row_groups().iter().enumerate() {
        for (c, column) in file.columns().iter().enumerate() {
            let _ = file.page_bounds(g, c);
            let Some(kind) = column.kind else { continue };
            let _ = read_dict(&file, g, c, None);
            let _ = read_plain(&file, kind, g, c, None);
            let _ = read_plain(&file, kind, g, c, Some(info.rows / 3..info.rows / 2));
            let _ = read_dict(&file, g, c, Some(info.rows / 3..info.rows / 2));
        }
    }
}

#[test]
fn damage_is_an_error_and_never_a_panic() {
    let mut state = 99;
    for compression in [
        Compression::Uncompressed,
        Compression::Snappy,
        Compression::Zstd(1),
    ] {
        let options = Options {
            compression,
            page_rows: 64,
        };
        let bytes = write(&sample(), 250, options);
        // The footer and the page indices are in the last part; there more bytes are tried.
        let dense = bytes.len() * 2 / 3;
        let chosen = (0..dense)
            .step_by(23)
            .chain((dense..bytes.len()).step_by(3));
        for i in chosen {
            let mut broken = bytes.clone();
            broken[i] ^= 1 << (shuffle(&mut state) % 8);
            read_all(broken.clone());
            broken[i] = shuffle(&mut state) as u8;
            read_all(broken);
        }
        for end in (0..bytes.len()).step_by(7) {
            assert!(FileReader::from_bytes(bytes[..end].to_vec()).is_err());
        }
    }
}

#[test]
fn sorted_and_constant_columns_take_next_to_nothing() {
    let rows = 200_000;
    let names: Vec<String> = (0..50).map(|i| format!("state {i}")).collect();
    let (bytes, ends) = join(names.iter().map(String::as_str));
    let dictionary = Dictionary::Text {
        bytes: &bytes,
        ends: &ends,
    };
    let size = |index: Vec<u32>| {
        let spec = ColumnSpec {
            name: "c".to_owned(),
            kind: Type::Text,
            required: false,
            description: String::new(),
        };
        let mut writer = FileWriter::new(Vec::new(), &[spec], &[], Options::default()).unwrap();
        let mut group = writer.row_group(rows).unwrap();
        group
            .column(Values::Dict {
                dictionary,
                index: &index,
            })
            .unwrap();
        group.finish().unwrap();
        writer.finish().unwrap().bytes
    };
    assert!(size((0..rows as u32).map(|i| i / 4000).collect()) < 3_500);
    assert!(size(vec![7; rows]) < 2_000);
    assert!(size(vec![NULL_INDEX; rows]) < 2_000);
}

#[test]
fn a_part_is_read_without_the_rest() {
    // The bytes of all pages but the one wanted are spoilt.
    let column = Column {
        kind: Type::Text,
        dictionary: true,
        required: true,
        cells: (0..1000)
            .map(|i| Cell::Text(format!("{}", i * 7919 % 300)))
            .collect(),
    };
    let options = Options {
        compression: Compression::Uncompressed,
        page_rows: 100,
    };
    let mut bytes = write(std::slice::from_ref(&column), 1000, options);
    let info = FileReader::from_bytes(bytes.clone()).unwrap().row_groups();
    let end = 4 + info[0].columns[0].bytes as usize;
    bytes[end - 60..end].fill(0xff);
    let file = FileReader::from_bytes(bytes).unwrap();
    assert_eq!(
        read_dict(&file, 0, 0, Some(420..480)).unwrap(),
        &column.cells[420..480]
    );
    assert!(read_dict(&file, 0, 0, None).is_err());
}

#[test]
fn encoders_on_threads_give_the_same_file() {
    let columns = sample();
    let options = Options {
        page_rows: 64,
        ..Options::default()
    };
    let pairs = [("made for".to_owned(), "a test".to_owned())];
    let mut writer = FileWriter::new(Vec::new(), &specs(&columns), &pairs, options).unwrap();
    let mut encoders: Vec<Encoder> = columns.iter().map(|_| writer.encoder().unwrap()).collect();
    let encoded: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = columns
            .iter()
            .zip(&mut encoders)
            .enumerate()
            .map(|(i, (column, encoder))| {
                scope.spawn(move || {
                    give(column, &column.cells, |v| encoder.encode(i, 400, v)).unwrap()
                })
            })
            .collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    let mut group = writer.row_group(400).unwrap();
    for column in encoded {
        group.append(column).unwrap();
    }
    group.finish().unwrap();
    assert_eq!(writer.finish().unwrap().sink, write(&columns, 400, options));
}

#[test]
fn values_that_do_not_fit_are_refused() {
    let spec = |kind, required| ColumnSpec {
        name: "c".to_owned(),
        kind,
        required,
        description: String::new(),
    };
    let refuses = |kind, required, rows, values: Values<'_>| {
        let mut writer =
            FileWriter::new(Vec::new(), &[spec(kind, required)], &[], Options::default()).unwrap();
        let mut group = writer.row_group(rows).unwrap();
        matches!(group.column(values), Err(ColumnarError::Values { .. }))
    };
    let numbers = |index| Values::Dict {
        dictionary: Dictionary::Int32(&[1, 2]),
        index,
    };
    assert!(!refuses(Type::Int32, true, 2, numbers(&[0, 1])));
    assert!(
        refuses(Type::Int32, true, 2, numbers(&[0, 2])),
        "past the dictionary"
    );
    assert!(
        refuses(Type::Int32, true, 2, numbers(&[0, NULL_INDEX])),
        "missing"
    );
    assert!(refuses(Type::Int32, true, 3, numbers(&[0, 1])), "rows");
    assert!(refuses(Type::Int64, true, 2, numbers(&[0, 1])), "type");
    let text = |bytes, ends| Values::Text {
        bytes,
        ends,
        valid: None,
    };
    assert!(
        refuses(Type::Text, true, 1, text(b"\xff", &[1])),
        "not UTF-8"
    );
    assert!(
        refuses(Type::Text, true, 2, text("é".as_bytes(), &[1, 2])),
        "a cut character"
    );
    assert!(
        refuses(Type::Text, true, 1, text(b"a", &[2])),
        "past the bytes"
    );
    assert!(
        refuses(Type::Text, true, 2, text(b"ab", &[2, 1])),
        "ends that fall"
    );

    let twice = [spec(Type::Text, true), spec(Type::Text, true)];
    assert!(FileWriter::new(Vec::new(), &twice, &[], Options::default()).is_err());
    let mut writer = FileWriter::new(
        Vec::new(),
        &[spec(Type::Bool, true)],
        &[],
        Options::default(),
    )
    .unwrap();
    assert!(
        writer.row_group(1).unwrap().finish().is_err(),
        "a column is missing"
    );
}

/// Files of other writers: version 2 pages and encodings that we do not write.
#[test]
fn other_encodings_are_read() {
    use parquet::basic::Encoding;
    let schema = "message m {
        optional int32 a; required int64 b; optional binary c (UTF8); required binary d (UTF8);
        optional double e; required int64 f (TIMESTAMP(MICROS, true)); required int32 g (INTEGER(32, false));
    }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let n = 5000_i32;
    for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
        for encoding in [
            None,
            Some((
                Encoding::DELTA_BINARY_PACKED,
                Encoding::DELTA_LENGTH_BYTE_ARRAY,
            )),
            Some((Encoding::BYTE_STREAM_SPLIT, Encoding::DELTA_BYTE_ARRAY)),
        ] {
            let mut properties = WriterProperties::builder()
                .set_writer_version(version)
                .set_data_page_row_count_limit(700)
                .set_write_batch_size(100);
            if let Some((numbers, texts)) = encoding {
                properties = properties.set_dictionary_enabled(false);
                for name in ["a", "b", "f", "g"] {
                    properties = properties.set_column_encoding(name.into(), numbers);
                }
                for name in ["c", "d"] {
                    properties = properties.set_column_encoding(name.into(), texts);
                }
                if numbers == Encoding::BYTE_STREAM_SPLIT {
                    properties = properties.set_column_encoding("e".into(), numbers);
                }
            }
            let mut file =
                SerializedFileWriter::new(Vec::new(), schema.clone(), Arc::new(properties.build()))
                    .unwrap();
            let mut group = file.next_row_group().unwrap();
            let has = |i: &i32| i % 7 != 3;
            let levels: Vec<i16> = (0..n).map(|i| i16::from(has(&i))).collect();
            let name = |i: i32| ByteArray::from(format!("name {}", i % 900).as_str());
            macro_rules! put {
                ($kind:ty, $levels:expr, $values:expr) => {{
                    let mut out = group.next_column().unwrap().unwrap();
                    let values: Vec<_> = $values.collect();
                    out.typed::<$kind>()
                        .write_batch(&values, $levels, None)
                        .unwrap();
                    out.close().unwrap();
                }};
            }
            put!(
                Int32Type,
                Some(&levels[..]),
                (0..n).filter(has).map(|i| i - 2000)
            );
            put!(Int64Type, None, (0..n).map(|i| i64::from(i) * 1_000_003));
            put!(
                ByteArrayType,
                Some(&levels[..]),
                (0..n).filter(has).map(name)
            );
            put!(ByteArrayType, None, (0..n).map(name));
            put!(
                DoubleType,
                Some(&levels[..]),
                (0..n).filter(has).map(|i| f64::from(i) / 8.0)
            );
            put!(
                Int64Type,
                None,
                (0..n).map(|i| i64::from(i) * 1500 - 1_000_000)
            );
            put!(Int32Type, None, (0..n).map(|i| i - 2));
            group.close().unwrap();
            let bytes = file.into_inner().unwrap();

            let file = FileReader::from_bytes(bytes.clone()).unwrap();
            assert_eq!(
                file.columns()
                    .iter()
                    .map(|c| c.kind.unwrap())
                    .collect::<Vec<_>>(),
                [
                    Type::Int32,
                    Type::Int64,
                    Type::Text,
                    Type::Text,
                    Type::Double,
                    Type::Timestamp,
                    Type::Int64
                ]
            );
            for rows in [None, Some(1234..3456), Some(0..1), Some(4999..5000)] {
                let span = rows.clone().unwrap_or(0..5000);
                let expect = |c: usize| -> Vec<Cell> {
                    (span.start as i32..span.end as i32)
                        .map(|i| match c {
                            0 | 2 | 4 if !has(&i) => Cell::None,
                            0 => Cell::Int32(i - 2000),
                            1 => Cell::Int64(i64::from(i) * 1_000_003),
                            2 | 3 => Cell::Text(format!("name {}", i % 900)),
                            4 => Cell::Double((f64::from(i) / 8.0).to_bits()),
                            // Microseconds are given as whole milliseconds.
                            5 => Cell::Int64((i64::from(i) * 1500 - 1_000_000).div_euclid(1000)),
                            _ => Cell::Int64(i64::from((i - 2) as u32)),
                        })
                        .collect()
                };
                for (c, column) in file.columns().iter().enumerate() {
                    let read = read_plain(&file, column.kind.unwrap(), 0, c, rows.clone()).unwrap();
                    assert_eq!(read, expect(c), "column {c} {version:?} {encoding:?}");
                    assert_eq!(read_dict(&file, 0, c, rows.clone()).unwrap(), expect(c));
                }
            }
            let mut state = 5;
            for _ in 0..60 {
                let mut broken = bytes.clone();
                let i = shuffle(&mut state) as usize % bytes.len();
                broken[i] = shuffle(&mut state) as u8;
                read_all(broken);
            }
        }
    }
}

#[test]
fn nested_columns_are_named_as_unread() {
    let schema =
        "message m { required int32 a; repeated int32 b; optional group g { optional int32 c; } }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let file = SerializedFileWriter::new(Vec::new(), schema, Arc::default()).unwrap();
    let mut file = file;
    let mut group = file.next_row_group().unwrap();
    for levels in [
        None,
        Some((vec![1_i16, 1], vec![0_i16, 1])),
        Some((vec![2], vec![])),
    ] {
        let mut out = group.next_column().unwrap().unwrap();
        let column = out.typed::<Int32Type>();
        match &levels {
            None => column.write_batch(&[1], None, None).unwrap(),
            Some((d, r)) => column
                .write_batch(
                    &vec![5; d.len()],
                    Some(d),
                    (!r.is_empty()).then_some(&r[..]),
                )
                .unwrap(),
        };
        out.close().unwrap();
    }
    group.close().unwrap();
    let file = FileReader::from_bytes(file.into_inner().unwrap()).unwrap();
    let kinds: Vec<_> = file.columns().iter().map(|c| c.kind).collect();
    assert_eq!(kinds, [Some(Type::Int32), None, None]);
    assert_eq!(file.read_i32(0, 0, None).unwrap().values, [1]);
    for c in [1, 2] {
        assert!(matches!(
            file.read_dict(0, c),
            Err(ColumnarError::Unsupported { .. })
        ));
    }
    assert!(matches!(
        file.read_dict(0, 3),
        Err(ColumnarError::Request(_))
    ));
    assert!(matches!(
        file.read_dict(1, 0),
        Err(ColumnarError::Request(_))
    ));
    assert!(matches!(
        file.read_text(0, 0, None),
        Err(ColumnarError::Request(_))
    ));
    assert!(matches!(
        file.read_i32(0, 0, Some(0..2)),
        Err(ColumnarError::Request(_))
    ));
}
