//! How fast columns are written: 5 million rows of 60 columns in row groups of 160,000, each
//! column with as many distinct values as event data commonly has.
//!
//! Run with `cargo run --release -p demarche-table --example columnar_speed -- <file> [rows]`.

use std::fs::File;
use std::time::{Duration, Instant};

use demarche_table::columnar::{
    ColumnSpec, Dictionary, FileReader, FileWriter, NULL_INDEX, Options, Type, Values,
};

/// Distinct values, share of missing values in percent, and how rows lie.
#[derive(Clone, Copy)]
enum Shape {
    Random(u32, u64),
    Sorted(u32),
    Constant,
    Missing,
    Number,
}

fn next(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

fn main() {
    let path = std::env::args().nth(1).expect("give the file to write");
    let rows: usize = std::env::args()
        .nth(2)
        .map_or(5_000_000, |n| n.parse().expect("rows"));
    let group = 160_000;
    let mut shapes = vec![Shape::Number, Shape::Sorted(1_000), Shape::Sorted(100_000)];
    shapes.extend([Shape::Constant; 5]);
    shapes.extend([Shape::Missing; 6]);
    shapes.extend([Shape::Random(2, 0); 4]);
    shapes.extend([Shape::Random(20, 0); 8]);
    shapes.extend([Shape::Random(250, 10); 12]);
    shapes.extend([Shape::Random(300, 70); 10]);
    shapes.extend([Shape::Random(2_000, 20); 6]);
    shapes.extend([Shape::Random(10_000, 30); 4]);
    shapes.extend([Shape::Random(60_000, 0), Shape::Sorted(200_000)]);
    assert_eq!(shapes.len(), 60);
    let columns: Vec<ColumnSpec> = shapes
        .iter()
        .enumerate()
        .map(|(i, shape)| ColumnSpec {
            name: format!("c{i}"),
            kind: match shape {
                Shape::Number => Type::Int64,
                _ => Type::Text,
            },
            required: false,
            description: String::new(),
        })
        .collect();
    let mut bytes = Vec::new();
    let mut ends = Vec::new();
    for i in 0..200_000_u32 {
        bytes.extend_from_slice(format!("value {i:06}").as_bytes());
        ends.push(bytes.len() as u32);
    }
    let sink = File::create(&path).expect("the file can be made");
    let mut writer = FileWriter::new(sink, &columns, &[], Options::default()).expect("a writer");
    let mut times = vec![Duration::ZERO; shapes.len()];
    let mut state = 0x9e37_79b9_7f4a_7c15;
    let mut index = vec![0_u32; group];
    let mut numbers = vec![0_i64; group];
    let mut done = 0;
    while done < rows {
        let n = group.min(rows - done);
        let mut out = writer.row_group(n).expect("a row group");
        for (shape, time) in shapes.iter().zip(&mut times) {
            let distinct = match *shape {
                Shape::Random(d, _) | Shape::Sorted(d) => d,
                _ => 1,
            };
            for i in 0..n {
                index[i] = match *shape {
                    Shape::Random(d, missing) => {
                        let r = next(&mut state);
                        if (r >> 32) % 100 < missing {
                            NULL_INDEX
                        } else {
                            // Squared, so that some values are common and most rare.
                            let u = (r & 0xffff_ffff) as f64 / 4_294_967_296.0;
                            (u * u * f64::from(d)) as u32
                        }
                    }
                    Shape::Sorted(d) => ((done + i) as u64 * u64::from(d) / rows as u64) as u32,
                    Shape::Constant | Shape::Number => 0,
                    Shape::Missing => NULL_INDEX,
                };
                numbers[i] = (done + i) as i64 + 1_000_000_000;
            }
            let values = match shape {
                Shape::Number => Values::Int64 {
                    values: &numbers[..n],
                    valid: None,
                },
                _ => Values::Dict {
                    dictionary: Dictionary::Text {
                        bytes: &bytes,
                        ends: &ends[..distinct as usize],
                    },
                    index: &index[..n],
                },
            };
            let start = Instant::now();
            out.column(values).expect("a column");
            *time += start.elapsed();
        }
        out.finish().expect("a row group");
        done += n;
    }
    let written = writer.finish().expect("a file");
    for (i, (shape, time)) in shapes.iter().zip(&times).enumerate() {
        let name = match shape {
            Shape::Random(d, m) => format!("{d} values, {m} % missing"),
            Shape::Sorted(d) => format!("{d} values, sorted"),
            Shape::Constant => "one value".to_owned(),
            Shape::Missing => "all missing".to_owned(),
            Shape::Number => "numbers, one a row".to_owned(),
        };
        println!(
            "c{i} {name}: {:.2} ns a value",
            time.as_nanos() as f64 / rows as f64
        );
    }
    let total: Duration = times.iter().sum();
    println!(
        "{rows} rows x {} columns: {:.2} s, {:.2} ns a value, {} bytes",
        shapes.len(),
        total.as_secs_f64(),
        total.as_nanos() as f64 / (rows * shapes.len()) as f64,
        written.bytes
    );

    // Eleven columns of 430,000 rows, as a case asks for them.
    let file = FileReader::open(&path).expect("the file");
    let asked = [0, 1, 2, 8, 14, 18, 26, 27, 38, 48, 54];
    let mut left = 430_000_usize.min(rows);
    let mut sum = 0_u64;
    let start = Instant::now();
    for (group, info) in file.row_groups().iter().enumerate() {
        let n = left.min(info.rows);
        left -= n;
        for column in asked {
            if n == 0 {
                break;
            }
            if column == 0 {
                let read = file.read_i64(group, column, Some(0..n)).expect("a column");
                sum = read
                    .values
                    .iter()
                    .fold(sum, |s, &v| s.wrapping_add(v as u64));
            } else {
                let read = file.read_dict_rows(group, column, 0..n).expect("a column");
                sum = sum.wrapping_add(read.index.iter().map(|&i| u64::from(i)).sum());
            }
        }
    }
    println!(
        "11 columns of 430000 rows read in {:?} (sum {sum})",
        start.elapsed()
    );
    let start = Instant::now();
    for column in asked {
        let read = file
            .read_dict_rows(0, column, 80_000..80_100)
            .expect("rows");
        assert_eq!(read.index.len(), 100);
    }
    println!("11 columns of 100 rows read in {:?}", start.elapsed());
}
