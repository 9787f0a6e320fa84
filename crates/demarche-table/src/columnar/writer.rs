//! A Parquet file written row group by row group, column by column.

use std::io::Write;
use std::sync::Arc;

use parquet::basic::{LogicalType, Repetition, TimeUnit, Type as Physical};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{Type as SchemaType, TypePtr};

use super::{ColumnSpec, ColumnarError, EncodedColumn, Encoder, Options, Type, Values};

/// Written into every file as its maker.
const CREATED_BY: &str = concat!("demarche version ", env!("CARGO_PKG_VERSION"));

/// The physical type of a kind of column.
pub(super) fn physical(kind: Type) -> Physical {
    match kind {
        Type::Text => Physical::BYTE_ARRAY,
        Type::Int32 | Type::Date => Physical::INT32,
        Type::Int64 | Type::Timestamp => Physical::INT64,
        Type::Double => Physical::DOUBLE,
        Type::Bool => Physical::BOOLEAN,
    }
}

fn field(column: &ColumnSpec) -> Result<TypePtr, ColumnarError> {
    let logical = match column.kind {
        Type::Text => Some(LogicalType::String),
        Type::Date => Some(LogicalType::Date),
        Type::Timestamp => Some(LogicalType::timestamp(true, TimeUnit::MILLIS)),
        _ => None,
    };
    let field = SchemaType::primitive_type_builder(&column.name, physical(column.kind))
        .with_repetition(if column.required {
            Repetition::REQUIRED
        } else {
            Repetition::OPTIONAL
        })
        .with_logical_type(logical)
        .build()?;
    Ok(Arc::new(field))
}

/// What a finished file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written<W> {
    /// The sink, flushed.
    pub sink: W,
    /// Rows in all row groups.
    pub rows: u64,
    /// Bytes of the file.
    pub bytes: u64,
}

/// A sink that counts what it takes, footer included.
struct Counted<W> {
    sink: W,
    bytes: u64,
}

impl<W: Write> Write for Counted<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let n = self.sink.write(bytes)?;
        self.bytes += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.sink.flush()
    }
}

/// Writes a Parquet file.
pub struct FileWriter<W: Write + Send> {
    file: SerializedFileWriter<Counted<W>>,
    encoder: Encoder,
    rows: u64,
}

impl<W: Write + Send> FileWriter<W> {
    /// Begins a file with these columns and key-value pairs of the caller's.
    ///
    /// # Errors
    /// If two columns have one name, an option is out of range, or the sink refuses.
    pub fn new(
        sink: W,
        columns: &[ColumnSpec],
        metadata: &[(String, String)],
        options: Options,
    ) -> Result<Self, ColumnarError> {
        for (i, column) in columns.iter().enumerate() {
            if columns[..i].iter().any(|c| c.name == column.name) {
                return Err(ColumnarError::values(&column.name, "its name occurs twice"));
            }
        }
        let fields = columns.iter().map(field).collect::<Result<_, _>>()?;
        let schema = SchemaType::group_type_builder("schema")
            .with_fields(fields)
            .build()?;
        let mut pairs: Vec<KeyValue> = metadata
            .iter()
            .map(|(key, value)| KeyValue::new(key.clone(), value.clone()))
            .collect();
        pairs.extend(
            columns
                .iter()
                .filter(|c| !c.description.is_empty())
                .map(|c| KeyValue::new(format!("description.{}", c.name), c.description.clone())),
        );
        let properties = WriterProperties::builder()
            .set_created_by(CREATED_BY.to_owned())
            .set_key_value_metadata((!pairs.is_empty()).then_some(pairs))
            .build();
        let sink = Counted { sink, bytes: 0 };
        let file = SerializedFileWriter::new(sink, Arc::new(schema), Arc::new(properties))?;
        let encoder = Encoder::new(columns, file.schema_descr(), options)?;
        Ok(Self {
            file,
            encoder,
            rows: 0,
        })
    }

    /// Begins a row group of so many rows; give it each column in order, then finish it.
    ///
    /// # Errors
    /// If the sink refused before.
    pub fn row_group(&mut self, rows: usize) -> Result<RowGroup<'_, W>, ColumnarError> {
        // Parquet readers differ over empty row groups, so none is written.
        let group = if rows == 0 {
            None
        } else {
            Some(self.file.next_row_group()?)
        };
        Ok(RowGroup {
            group,
            encoder: &mut self.encoder,
            total: &mut self.rows,
            rows,
            column: 0,
        })
    }

    /// Another encoder for the columns of this file, for use on a thread of its own; what it
    /// encodes goes to [`RowGroup::append`].
    ///
    /// # Errors
    /// If the compressor cannot be set up.
    pub fn encoder(&self) -> Result<Encoder, ColumnarError> {
        self.encoder.another()
    }

    /// Writes the footer.
    ///
    /// # Errors
    /// If the sink refuses.
    pub fn finish(self) -> Result<Written<W>, ColumnarError> {
        let mut counted = self.file.into_inner()?;
        counted.flush()?;
        Ok(Written {
            sink: counted.sink,
            rows: self.rows,
            bytes: counted.bytes,
        })
    }
}

/// A row group being written.
pub struct RowGroup<'a, W: Write + Send> {
    group: Option<SerializedRowGroupWriter<'a, Counted<W>>>,
    encoder: &'a mut Encoder,
    total: &'a mut u64,
    rows: usize,
    column: usize,
}

impl<W: Write + Send> RowGroup<'_, W> {
    /// Writes the next column.
    ///
    /// # Errors
    /// If the values do not fit the column, or the sink refuses.
    pub fn column(&mut self, values: Values<'_>) -> Result<(), ColumnarError> {
        let encoded = self.encoder.encode(self.column, self.rows, values)?;
        self.append(encoded)
    }

    /// Writes the next column, encoded before.
    ///
    /// # Errors
    /// If it is another column or has other rows, or the sink refuses.
    pub fn append(&mut self, column: EncodedColumn) -> Result<(), ColumnarError> {
        if column.column != self.column || column.rows != self.rows {
            return Err(ColumnarError::values(
                &column.name,
                format!(
                    "column {} of {} rows was given where column {} of {} rows is due",
                    column.column, column.rows, self.column, self.rows
                ),
            ));
        }
        if let (Some(group), Some((bytes, close))) = (&mut self.group, column.chunk) {
            group.append_column(&bytes, close)?;
        }
        self.column += 1;
        Ok(())
    }

    /// Ends the row group.
    ///
    /// # Errors
    /// If a column is missing, or the sink refuses.
    pub fn finish(self) -> Result<(), ColumnarError> {
        if self.column != self.encoder.columns() {
            return Err(ColumnarError::values(
                &format!("number {}", self.column + 1),
                "the row group was ended before it",
            ));
        }
        if let Some(group) = self.group {
            group.close()?;
            *self.total += self.rows as u64;
        }
        Ok(())
    }
}
