//! The pages of a column chunk put together: bytes, metadata, statistics, indices.

use std::cmp::Ordering;

use bytes::Bytes;
use parquet::basic::{BoundaryOrder, Compression as Codec, Encoding, PageType};
use parquet::column::page::{CompressedPage, Page, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::file::metadata::{
    ColumnChunkMetaData, ColumnIndexBuilder, OffsetIndexBuilder, PageEncodingStats,
};
use parquet::file::page_index::column_index::ColumnIndexMetaData;
use parquet::file::writer::{SerializedPageWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;

use super::bounds::Bounds;
use super::codec::Compressor;
use super::writer::physical;
use super::{ColumnSpec, ColumnarError, Scalar, Type};

/// The column that a chunk belongs to.
#[derive(Clone)]
pub(super) struct Target {
    pub spec: ColumnSpec,
    pub descr: ColumnDescPtr,
}

/// The pages of one chunk as they come.
pub(super) struct Chunk<'e> {
    compressor: &'e mut Compressor,
    compressed: &'e mut Vec<u8>,
    sink: TrackedWrite<Vec<u8>>,
    uncompressed: usize,
    dictionary: Option<i64>,
    data: Option<i64>,
    encoding: Encoding,
    offsets: OffsetIndexBuilder,
    pages: Vec<Bounds>,
}

impl<'e> Chunk<'e> {
    /// A chunk without pages yet; `pages` are expected.
    pub fn new(compressor: &'e mut Compressor, compressed: &'e mut Vec<u8>, pages: usize) -> Self {
        Self {
            compressor,
            compressed,
            sink: TrackedWrite::new(Vec::new()),
            uncompressed: 0,
            dictionary: None,
            data: None,
            encoding: Encoding::PLAIN,
            offsets: OffsetIndexBuilder::new(),
            pages: Vec::with_capacity(pages),
        }
    }

    fn write(
        &mut self,
        page: &[u8],
        wrap: impl FnOnce(Bytes) -> Page,
    ) -> Result<(u64, usize), ColumnarError> {
        let bytes = self.compressor.compress(page, self.compressed)?;
        let wrapped = CompressedPage::new(wrap(Bytes::copy_from_slice(bytes)), page.len());
        let written = SerializedPageWriter::new(&mut self.sink).write_page(wrapped)?;
        self.uncompressed += written.uncompressed_size;
        Ok((written.offset, written.compressed_size))
    }

    pub fn dictionary(
        &mut self,
        page: &[u8],
        entries: usize,
        is_sorted: bool,
    ) -> Result<(), ColumnarError> {
        let (offset, _) = self.write(page, |buf| Page::DictionaryPage {
            buf,
            num_values: entries as u32,
            encoding: Encoding::PLAIN,
            is_sorted,
        })?;
        self.dictionary = Some(offset as i64);
        self.encoding = Encoding::RLE_DICTIONARY;
        Ok(())
    }

    pub fn data(&mut self, page: &[u8], bounds: Bounds) -> Result<(), ColumnarError> {
        let encoding = self.encoding;
        let (offset, size) = self.write(page, |buf| Page::DataPage {
            buf,
            num_values: bounds.rows as u32,
            encoding,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        })?;
        let size = i32::try_from(size)
            .map_err(|_| ColumnarError::values("", "a page is longer than 2 GiB"))?;
        self.data.get_or_insert(offset as i64);
        self.offsets.append_row_count(bounds.rows as i64);
        self.offsets.append_offset_and_size(offset as i64, size);
        self.pages.push(bounds);
        Ok(())
    }

    pub fn finish(
        self,
        target: &Target,
        codec: Codec,
        rows: usize,
    ) -> Result<(Bytes, ColumnCloseResult), ColumnarError> {
        let kind = target.spec.kind;
        let mut whole = Bounds::default();
        for page in &self.pages {
            whole.extend(page);
        }
        let bytes = Bytes::from(self.sink.into_inner()?);
        let count = |page_type, encoding, count: usize| PageEncodingStats {
            page_type,
            encoding,
            count: count as i32,
        };
        let mut encodings = vec![Encoding::RLE];
        let mut pages = vec![count(PageType::DATA_PAGE, self.encoding, self.pages.len())];
        if self.dictionary.is_some() {
            encodings.push(Encoding::PLAIN);
            pages.insert(0, count(PageType::DICTIONARY_PAGE, Encoding::PLAIN, 1));
        }
        encodings.push(self.encoding);
        let metadata = ColumnChunkMetaData::builder(target.descr.clone())
            .set_compression(codec)
            .set_encodings(encodings)
            .set_page_encoding_stats(pages)
            .set_num_values(rows as i64)
            .set_total_compressed_size(bytes.len() as i64)
            .set_total_uncompressed_size(self.uncompressed as i64)
            .set_data_page_offset(self.data.unwrap_or_default())
            .set_dictionary_page_offset(self.dictionary)
            .set_statistics(whole.statistics(kind))
            .build()?;
        let close = ColumnCloseResult {
            bytes_written: bytes.len() as u64,
            rows_written: rows as u64,
            metadata,
            bloom_filter: None,
            column_index: column_index(kind, &self.pages)?,
            offset_index: Some(self.offsets.build()),
        };
        Ok((bytes, close))
    }
}

/// The bounds of each page; nothing if a page with values has none (all NaN, or a text that no
/// short text exceeds), since the format cannot say so.
fn column_index(
    kind: Type,
    pages: &[Bounds],
) -> Result<Option<ColumnIndexMetaData>, ColumnarError> {
    let mut index = ColumnIndexBuilder::new(physical(kind));
    let mut ranges = Vec::with_capacity(pages.len());
    for page in pages {
        let nans = (kind == Type::Double).then_some(page.nans as i64);
        let nulls = page.nulls as i64;
        match page.cut() {
            Some((low, high)) => {
                index.append(false, low.to_bytes(), high.to_bytes(), nulls, nans);
                ranges.push((low, high));
            }
            None if page.is_null() => index.append(true, Vec::new(), Vec::new(), nulls, nans),
            None => return Ok(None),
        }
    }
    let holds = |order: Ordering| {
        ranges.windows(2).all(|w| {
            let fits = |a: &Scalar, b: &Scalar| {
                a.compare(b)
                    .is_some_and(|o| o == order || o == Ordering::Equal)
            };
            fits(&w[0].0, &w[1].0) && fits(&w[0].1, &w[1].1)
        })
    };
    index.set_boundary_order(if holds(Ordering::Less) {
        BoundaryOrder::ASCENDING
    } else if holds(Ordering::Greater) {
        BoundaryOrder::DESCENDING
    } else {
        BoundaryOrder::UNORDERED
    });
    Ok(Some(index.build()?))
}
