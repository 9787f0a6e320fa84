//! Encodings that only other writers use (the `DELTA` ones, split bytes), read with the Parquet
//! library and put into plain form.

use std::panic::{AssertUnwindSafe, catch_unwind};

use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::column::reader::{ColumnReader, get_column_reader};
use parquet::data_type::AsBytes;
use parquet::errors::Result as ParquetResult;
use parquet::schema::types::ColumnDescPtr;

use super::ColumnarError;

/// Pages unpacked already.
struct Unpacked(std::vec::IntoIter<Page>);

impl Iterator for Unpacked {
    type Item = ParquetResult<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next().map(Ok)
    }
}

impl PageReader for Unpacked {
    fn get_next_page(&mut self) -> ParquetResult<Option<Page>> {
        Ok(self.0.next())
    }

    fn peek_next_page(&mut self) -> ParquetResult<Option<PageMetadata>> {
        Ok(self.0.as_slice().first().map(|page| PageMetadata {
            num_rows: match page {
                Page::DataPageV2 { num_rows, .. } => Some(*num_rows as usize),
                _ => None,
            },
            num_levels: page.is_data_page().then(|| page.num_values() as usize),
            is_dict: page.is_dictionary_page(),
        }))
    }

    fn skip_next_page(&mut self) -> ParquetResult<()> {
        self.0.next();
        Ok(())
    }
}

/// The values of these pages in plain form, and one level a row if the column may lack values.
pub(super) fn plain(
    place: &str,
    descr: &ColumnDescPtr,
    pages: Vec<Page>,
    rows: usize,
) -> Result<(Option<Vec<u32>>, Vec<u8>), ColumnarError> {
    let optional = descr.max_def_level() > 0;
    let read = || -> ParquetResult<(Vec<i16>, Vec<u8>, usize)> {
        let reader = get_column_reader(descr.clone(), Box::new(Unpacked(pages.into_iter())));
        let mut levels = Vec::new();
        let mut bytes = Vec::new();
        let mut records = 0;
        macro_rules! of {
            ($reader:ident, $put:expr) => {{
                let mut values = Vec::new();
                // A page may end a batch early.
                while records < rows {
                    let wanted = optional.then_some(&mut levels);
                    let (n, ..) =
                        $reader.read_records(rows - records, wanted, None, &mut values)?;
                    if n == 0 {
                        break;
                    }
                    records += n;
                }
                for value in &values {
                    $put(&mut bytes, value);
                }
            }};
        }
        let fixed = |out: &mut Vec<u8>, bytes: &[u8]| out.extend_from_slice(bytes);
        match reader {
            ColumnReader::Int32ColumnReader(mut r) => {
                of!(r, |out, v: &i32| fixed(out, v.as_bytes()));
            }
            ColumnReader::Int64ColumnReader(mut r) => {
                of!(r, |out, v: &i64| fixed(out, v.as_bytes()));
            }
            ColumnReader::FloatColumnReader(mut r) => {
                of!(r, |out, v: &f32| fixed(out, v.as_bytes()));
            }
            ColumnReader::DoubleColumnReader(mut r) => {
                of!(r, |out, v: &f64| fixed(out, v.as_bytes()));
            }
            ColumnReader::ByteArrayColumnReader(mut r) => {
                of!(r, |out: &mut Vec<u8>, v: &parquet::data_type::ByteArray| {
                    out.extend_from_slice(&(v.len() as u32).to_le_bytes());
                    out.extend_from_slice(v.data());
                });
            }
            // True and false have no other encoding than those read here; the rest has no type.
            _ => {}
        }
        Ok((levels, bytes, records))
    };
    // The library's decoders are not proof against every damage; a panic in them is damage too.
    let (levels, bytes, records) = catch_unwind(AssertUnwindSafe(read))
        .map_err(|_| ColumnarError::corrupt(place, "its values cannot be decoded"))??;
    if records != rows || (optional && levels.len() != rows) {
        return Err(ColumnarError::corrupt(
            place,
            format!("{records} values were found for {rows} rows"),
        ));
    }
    let levels = optional.then(|| levels.iter().map(|&l| u32::from(l > 0)).collect());
    Ok((levels, bytes))
}
