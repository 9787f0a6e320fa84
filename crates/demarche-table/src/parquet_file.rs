//! Tables as Parquet, through the plain column writers (no Arrow).

use std::sync::Arc;

use jiff::civil::date;
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int32Type, Int64Type};
use parquet::errors::Result;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{Type, TypePtr};

use crate::{Cell, Column, Kind, Table};

fn field(column: &Column) -> Result<TypePtr> {
    let (physical, logical) = match column.kind {
        Kind::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Kind::Integer => (Physical::INT64, None),
        Kind::Float => (Physical::DOUBLE, None),
        Kind::Date => (Physical::INT32, Some(LogicalType::Date)),
        Kind::Bool => (Physical::BOOLEAN, None),
    };
    Type::primitive_type_builder(&column.name, physical)
        .with_repetition(Repetition::OPTIONAL)
        .with_logical_type(logical)
        .build()
        .map(Arc::new)
}

/// The present values of a column and, for each row, whether it has one.
fn split<T>(table: &Table, index: usize, pick: impl Fn(&Cell) -> Option<T>) -> (Vec<T>, Vec<i16>) {
    let mut values = Vec::new();
    let levels = table
        .rows()
        .iter()
        .map(|row| match pick(&row[index]) {
            Some(v) => {
                values.push(v);
                1
            }
            None => 0,
        })
        .collect();
    (values, levels)
}

/// The table as a Parquet file: one row group, Snappy, all columns optional, text as UTF-8 and
/// days as `DATE`. Holds no clock; the same table gives the same bytes.
///
/// # Errors
/// If the Parquet writer refuses the table; none is known.
pub fn to_parquet(table: &Table) -> Result<Vec<u8>> {
    let fields = table.columns().iter().map(field).collect::<Result<_>>()?;
    let schema = Type::group_type_builder("table")
        .with_fields(fields)
        .build()?;
    let properties = WriterProperties::builder()
        .set_compression(Compression::SNAPPY)
        .set_created_by("demarche".to_owned())
        .build();
    let mut bytes = Vec::new();
    let mut file = SerializedFileWriter::new(&mut bytes, Arc::new(schema), Arc::new(properties))?;
    let mut group = file.next_row_group()?;
    for (i, column) in table.columns().iter().enumerate() {
        let mut out = group.next_column()?.expect("one writer a column");
        match column.kind {
            Kind::Text => {
                let (values, levels) = split(table, i, |c| match c {
                    Cell::Text(v) => Some(ByteArray::from(v.as_str())),
                    _ => None,
                });
                out.typed::<ByteArrayType>()
                    .write_batch(&values, Some(&levels), None)?;
            }
            Kind::Integer => {
                let (values, levels) = split(table, i, |c| match c {
                    Cell::Integer(v) => Some(*v),
                    _ => None,
                });
                out.typed::<Int64Type>()
                    .write_batch(&values, Some(&levels), None)?;
            }
            Kind::Float => {
                let (values, levels) = split(table, i, |c| match c {
                    Cell::Float(v) if v.is_finite() => Some(*v + 0.0),
                    _ => None,
                });
                out.typed::<DoubleType>()
                    .write_batch(&values, Some(&levels), None)?;
            }
            Kind::Date => {
                let epoch = date(1970, 1, 1);
                let (values, levels) = split(table, i, |c| match c {
                    Cell::Date(v) => {
                        let days = v.duration_since(epoch).as_hours().div_euclid(24);
                        i32::try_from(days).ok()
                    }
                    _ => None,
                });
                out.typed::<Int32Type>()
                    .write_batch(&values, Some(&levels), None)?;
            }
            Kind::Bool => {
                let (values, levels) = split(table, i, |c| match c {
                    Cell::Bool(v) => Some(*v),
                    _ => None,
                });
                out.typed::<BoolType>()
                    .write_batch(&values, Some(&levels), None)?;
            }
        }
        out.close()?;
    }
    group.close()?;
    file.close()?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;

    use super::*;

    #[test]
    fn what_is_written_can_be_read() {
        let mut t = Table::new("t", "a row a test")
            .column("title", Kind::Text, "", "text")
            .column("n", Kind::Integer, "events", "count")
            .column("x", Kind::Float, "", "number")
            .column("day", Kind::Date, "", "day")
            .column("yes", Kind::Bool, "", "flag");
        let day = date(2023, 7, 11);
        t.push(vec![
            "한국".into(),
            7_usize.into(),
            0.5.into(),
            day.into(),
            true.into(),
        ]);
        t.push(vec![
            Cell::Missing,
            Cell::Missing,
            f64::INFINITY.into(),
            date(1949, 4, 4).into(),
            Cell::Missing,
        ]);
        let bytes = to_parquet(&t).unwrap();
        assert_eq!(bytes, to_parquet(&t).unwrap());
        let reader = SerializedFileReader::new(bytes::Bytes::from(bytes)).unwrap();
        let rows: Vec<Vec<Field>> = reader
            .get_row_iter(None)
            .unwrap()
            .map(|r| {
                r.unwrap()
                    .get_column_iter()
                    .map(|(_, f)| f.clone())
                    .collect()
            })
            .collect();
        assert_eq!(
            rows[0],
            [
                Field::Str("한국".into()),
                Field::Long(7),
                Field::Double(0.5),
                Field::Date(19549),
                Field::Bool(true)
            ]
        );
        assert_eq!(
            rows[1],
            [
                Field::Null,
                Field::Null,
                Field::Null,
                Field::Date(-7577),
                Field::Null
            ]
        );
    }
}
