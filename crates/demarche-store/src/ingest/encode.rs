//! A segment as a Parquet file: rows sorted by source, target and day.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use demarche_read::layout::{Fact, Format};
use demarche_read::schema::{self, Column, Kind, Value};
use demarche_table::columnar::{
    ColumnSpec, ColumnarError, Dictionary as Distinct, FileWriter, Options, Type, Values as Encoded,
};

use super::group::{Dictionary, MISSING, Values};
use super::rare::Rare;
use super::segment::{Builder, State};
use crate::named::NOBODY;

/// Where a column's values come from.
enum From {
    /// A group that repeats, and the position of the column in it.
    Often(usize, usize),
    /// A group that does not repeat.
    Rarely(usize),
    /// The engine.
    Ours,
}

/// The columns of a layout in the order of the store: those of the schema, then its own.
fn columns(builder: &Builder) -> Vec<(Column, From)> {
    let mut own: Vec<(Column, From)> = Vec::new();
    for (g, group) in builder.layout.groups.iter().enumerate() {
        for (c, column) in group.columns.iter().enumerate() {
            let from = match builder.states[g] {
                State::Often { .. } => From::Often(g, c),
                State::Rarely(_) => From::Rarely(g),
            };
            own.push((column.clone(), from));
        }
    }
    let mut all = Vec::new();
    for core in schema::CORE {
        match own.iter().position(|(c, _)| c.name == core.name) {
            Some(i) => all.push(own.remove(i)),
            None => all.push((core.clone(), From::Ours)),
        }
    }
    all.extend(own);
    all
}

fn type_of(kind: Kind) -> Type {
    match kind {
        Kind::Text => Type::Text,
        Kind::Int => Type::Int64,
        Kind::Float => Type::Double,
        Kind::Date => Type::Date,
        Kind::Timestamp => Type::Timestamp,
        Kind::Bool => Type::Bool,
    }
}

/// The order in which rows are stored: by source, target and day; nobody comes last.
pub(super) fn order(builder: &Builder, codes: &[String]) -> Vec<u32> {
    let mut sorted: Vec<u32> = (0..codes.len() as u32).collect();
    sorted.sort_unstable_by(|&a, &b| codes[a as usize].cmp(&codes[b as usize]));
    let mut rank = vec![0u32; codes.len()];
    for (place, &number) in sorted.iter().enumerate() {
        rank[number as usize] = place as u32;
    }
    let of = |number: u32| u128::from(rank.get(number as usize).copied().unwrap_or(NOBODY));
    let mut keys: Vec<(u128, u32)> = (0..builder.rows())
        .map(|row| {
            let day = (builder.day[row] as u32) ^ (1 << 31);
            let key =
                of(builder.source[row]) << 64 | of(builder.target[row]) << 32 | u128::from(day);
            (key, row as u32)
        })
        .collect();
    keys.sort_unstable();
    keys.into_iter().map(|(_, row)| row).collect()
}

/// Writes the segment and gives its size in bytes.
pub(super) fn write(
    builder: &Builder,
    order: &[u32],
    duplicate: &[bool],
    codes: &[String],
    path: &Path,
) -> Result<u64, ColumnarError> {
    let columns = columns(builder);
    let specs: Vec<ColumnSpec> = columns
        .iter()
        .map(|(c, _)| ColumnSpec {
            name: c.name.to_owned(),
            kind: type_of(c.kind),
            required: false,
            description: c.description.to_owned(),
        })
        .collect();
    let metadata = [
        (
            "demarche.format".to_owned(),
            builder.layout.format.name().to_owned(),
        ),
        (
            "demarche.sorted".to_owned(),
            "source,target,date".to_owned(),
        ),
    ];
    let file = BufWriter::with_capacity(1 << 18, File::create_new(path)?);
    let mut writer = FileWriter::new(file, &specs, &metadata, Options::default())?;
    let mut group = writer.row_group(order.len())?;
    let mut index: Vec<u32> = Vec::with_capacity(order.len());
    for (column, from) in &columns {
        match from {
            From::Often(g, c) => {
                let State::Often { keys, ids } = &builder.states[*g] else {
                    unreachable!("a group keeps its kind");
                };
                let map = &keys.maps[*c];
                index.clear();
                index.extend(order.iter().map(|&row| map[ids[row as usize] as usize]));
                dictionary(&mut group, &keys.columns[*c], &index)?;
            }
            From::Rarely(g) => {
                let State::Rarely(rare) = &builder.states[*g] else {
                    unreachable!("a group keeps its kind");
                };
                plain(&mut group, rare, order)?;
            }
            From::Ours => ours(
                &mut group, builder, column, order, duplicate, codes, &mut index,
            )?,
        }
    }
    group.finish()?;
    let written = writer.finish()?;
    Ok(written.bytes)
}

type Group<'a> = demarche_table::columnar::RowGroup<'a, BufWriter<File>>;

fn dictionary(
    group: &mut Group<'_>,
    dictionary: &Dictionary,
    index: &[u32],
) -> Result<(), ColumnarError> {
    let distinct = match &dictionary.values {
        Values::Text(arena) => Distinct::Text {
            bytes: &arena.bytes,
            ends: &arena.ends,
        },
        Values::Int(values) if dictionary.kind == Kind::Bool => {
            let at = |&i: &u32| values.get(i as usize).is_some_and(|&v| v != 0);
            let bools: Vec<bool> = index.iter().map(at).collect();
            let valid: Vec<bool> = index.iter().map(|&i| i != MISSING).collect();
            return group.column(Encoded::Bool {
                values: &bools,
                valid: Some(&valid),
            });
        }
        Values::Int(values) => Distinct::Int64(values),
        Values::Float(values) => Distinct::Double(values),
        Values::Date(values) => Distinct::Int32(values),
    };
    group.column(Encoded::Dict {
        dictionary: distinct,
        index,
    })
}

fn plain(group: &mut Group<'_>, rare: &Rare, order: &[u32]) -> Result<(), ColumnarError> {
    let rows = || order.iter().map(|&r| r as usize);
    let valid: Option<Vec<bool>> = rare.holes.then(|| rows().map(|r| rare.valid[r]).collect());
    let valid = valid.as_deref();
    match rare.kind {
        Kind::Text => {
            let mut bytes = Vec::with_capacity(rare.text.bytes.len());
            let mut ends = Vec::with_capacity(order.len());
            for &row in order {
                bytes.extend_from_slice(rare.text.get(row));
                ends.push(bytes.len() as u32);
            }
            group.column(Encoded::Text {
                bytes: &bytes,
                ends: &ends,
                valid,
            })
        }
        Kind::Float => {
            let values: Vec<f64> = rows().map(|r| rare.floats[r]).collect();
            group.column(Encoded::Double {
                values: &values,
                valid,
            })
        }
        Kind::Bool => {
            let values: Vec<bool> = rows().map(|r| rare.ints[r] != 0).collect();
            group.column(Encoded::Bool {
                values: &values,
                valid,
            })
        }
        Kind::Date => {
            let values: Vec<i32> = rows().map(|r| rare.ints[r] as i32).collect();
            group.column(Encoded::Int32 {
                values: &values,
                valid,
            })
        }
        Kind::Int | Kind::Timestamp => {
            let values: Vec<i64> = rows().map(|r| rare.ints[r]).collect();
            group.column(Encoded::Int64 {
                values: &values,
                valid,
            })
        }
    }
}

/// Columns that the engine fills, or that the format does not have.
fn ours(
    group: &mut Group<'_>,
    builder: &Builder,
    column: &Column,
    order: &[u32],
    duplicate: &[bool],
    codes: &[String],
    index: &mut Vec<u32>,
) -> Result<(), ColumnarError> {
    let rows = || order.iter().map(|&r| r as usize);
    index.clear();
    let name = column.name;
    if name == schema::SOURCE.name || name == schema::TARGET.name {
        let numbers = if name == schema::SOURCE.name {
            &builder.source
        } else {
            &builder.target
        };
        let mut texts = Dictionary::new(Kind::Text);
        let by_number: Vec<u32> = codes.iter().map(|c| texts.index(&Value::Text(c))).collect();
        index.extend(rows().map(|r| {
            by_number
                .get(numbers[r] as usize)
                .copied()
                .unwrap_or(MISSING)
        }));
        return dictionary(group, &texts, index);
    }
    if name == schema::SOURCE_SECTOR.name || name == schema::TARGET_SECTOR.name {
        let mut texts = Dictionary::new(Kind::Text);
        if let Some((keys, ids)) = builder.sectors(name == schema::SOURCE_SECTOR.name) {
            let by_key: Vec<u32> = keys
                .facts
                .iter()
                .map(|fact| match fact {
                    Fact::Party(party) if !party.sectors.is_empty() => {
                        let mut sectors = party.sectors.clone();
                        sectors.sort_unstable();
                        sectors.dedup();
                        texts.index(&Value::Text(&sectors.join(";")))
                    }
                    _ => MISSING,
                })
                .collect();
            index.extend(rows().map(|r| by_key[ids[r] as usize]));
        } else {
            index.resize(order.len(), MISSING);
        }
        return dictionary(group, &texts, index);
    }
    if name == schema::DUPLICATE.name {
        let values: Vec<bool> = rows().map(|r| duplicate[r]).collect();
        return group.column(Encoded::Bool {
            values: &values,
            valid: None,
        });
    }
    if name == schema::LINE.name {
        let values: Vec<i64> = rows().map(|r| builder.line[r] as i64).collect();
        return group.column(Encoded::Int64 {
            values: &values,
            valid: None,
        });
    }
    let mut values = Dictionary::new(column.kind);
    if name == schema::FILE.name {
        let mut last = (MISSING, MISSING);
        for row in rows() {
            let file = builder.file[row];
            if file != last.0 {
                last = (file, values.index(&Value::Int(i64::from(file))));
            }
            index.push(last.1);
        }
    } else if name == schema::COUNT.name && builder.layout.format.holds_events() {
        let one = values.index(&Value::Int(1));
        index.resize(order.len(), one);
    } else if name == schema::PRECISION.name && builder.layout.format != Format::Gdelt2Mentions {
        let day = values.index(&Value::Text("day"));
        index.resize(order.len(), day);
    } else {
        index.resize(order.len(), MISSING);
    }
    dictionary(group, &values, index)
}
