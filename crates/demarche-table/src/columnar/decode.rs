//! Pages into codes and plain values, with the rows that lack one.

use std::ops::Range;

use bytes::Bytes;
use parquet::basic::{Encoding, Type as Physical};
use parquet::column::page::Page;
use parquet::schema::types::ColumnDescPtr;

use super::codec::Decompressor;
use super::page::{PageKind, RawPage, encoding};
use super::{ColumnarError, foreign, hybrid};

/// Some rows of a page, decoded as far as the encoding allows.
pub(super) struct Rows<'a> {
    /// One level a row, 1 for a value and 0 for none; nothing if all rows have one.
    pub levels: Option<&'a [u32]>,
    pub rows: usize,
    pub data: Data<'a>,
}

/// The values of the rows that have one.
pub(super) enum Data<'a> {
    /// Places in the dictionary, each checked.
    Codes(&'a [u32]),
    /// Plain bytes: pass over so many values, then take so many.
    Plain {
        bytes: &'a [u8],
        skip: usize,
        take: usize,
    },
    /// True and false as 1 and 0.
    Bits(&'a [u32]),
}

/// What takes the decoded parts of a column.
pub(super) trait Sink {
    /// The dictionary, in plain form; comes first, if at all. Gives the number of its values.
    fn dictionary(&mut self, bytes: &[u8], values: usize) -> Result<usize, ColumnarError>;
    /// The rows of the next page.
    fn rows(&mut self, rows: Rows<'_>) -> Result<(), ColumnarError>;
}

/// A column whose pages are at hand.
pub(super) struct Column<'a> {
    pub place: &'a str,
    pub descr: ColumnDescPtr,
    /// The rows of the row group that are wanted.
    pub wanted: Range<usize>,
}

impl Column<'_> {
    fn corrupt(&self, what: &str) -> ColumnarError {
        ColumnarError::corrupt(self.place, what)
    }

    /// Decodes the pages, which hold wanted rows all, into the sink.
    pub fn decode(
        &self,
        dictionary: Option<RawPage<'_>>,
        pages: &[RawPage<'_>],
        codec: &mut Decompressor,
        sink: &mut dyn Sink,
    ) -> Result<(), ColumnarError> {
        let is_bool = self.descr.physical_type() == Physical::BOOLEAN;
        let known = |page: &RawPage<'_>| match page.header.encoding {
            encoding::PLAIN => true,
            encoding::RLE => is_bool,
            encoding::PLAIN_DICTIONARY | encoding::RLE_DICTIONARY => !is_bool,
            _ => false,
        };
        if !pages.iter().all(known) {
            return self.decode_foreign(dictionary, pages, codec, sink);
        }
        let mut entries = None;
        if let Some(page) = dictionary {
            if page.header.kind != PageKind::Dictionary {
                return Err(self.corrupt("its dictionary is not where it should be"));
            }
            let bytes = page.unpack(self.place, codec)?;
            entries = Some(sink.dictionary(&bytes, page.header.values)?);
        }
        let mut levels = Vec::new();
        let mut codes = Vec::new();
        for page in pages {
            let bytes = page.unpack(self.place, codec)?;
            self.decode_page(page, &bytes, entries, &mut levels, &mut codes, sink)?;
        }
        Ok(())
    }

    fn decode_page(
        &self,
        page: &RawPage<'_>,
        bytes: &[u8],
        entries: Option<usize>,
        levels: &mut Vec<u32>,
        codes: &mut Vec<u32>,
        sink: &mut dyn Sink,
    ) -> Result<(), ColumnarError> {
        let header = &page.header;
        let wrong = |what: &str| self.corrupt(what);
        let optional = self.descr.max_def_level() > 0;
        let cut = || wrong("the levels of a page are cut short");
        let (definition, body) = match header.kind {
            PageKind::Version2 => {
                let rest = bytes.get(header.repetition..).ok_or_else(cut)?;
                rest.split_at_checked(header.definition).ok_or_else(cut)?
            }
            _ if optional => {
                if header.level_encoding != encoding::RLE {
                    return Err(ColumnarError::Unsupported {
                        place: self.place.to_owned(),
                        what: "its levels have an encoding long out of use".to_owned(),
                    });
                }
                let (length, rest) = bytes.split_first_chunk().ok_or_else(cut)?;
                let length = u32::from_le_bytes(*length) as usize;
                rest.split_at_checked(length).ok_or_else(cut)?
            }
            _ => (&[][..], bytes),
        };
        // The rows of this page that are wanted.
        let from = self.wanted.start.saturating_sub(page.first);
        let to = (self.wanted.end - page.first).min(header.values);
        let (levels, skip, take) = if optional {
            hybrid::decode(definition, 1, header.values, levels).map_err(wrong)?;
            let ones = |l: &[u32]| l.iter().map(|&l| l as usize).sum::<usize>();
            let (skip, take) = (ones(&levels[..from]), ones(&levels[from..to]));
            let all = take == to - from;
            ((!all).then_some(&levels[from..to]), skip, take)
        } else {
            (None, from, to - from)
        };
        let data = match header.encoding {
            encoding::PLAIN if self.descr.physical_type() == Physical::BOOLEAN => {
                codes.clear();
                if body.len() < (skip + take).div_ceil(8) {
                    return Err(wrong("the values of a page are cut short"));
                }
                codes.extend((skip..skip + take).map(|i| u32::from(body[i / 8] >> (i % 8) & 1)));
                Data::Bits(codes)
            }
            encoding::PLAIN => Data::Plain {
                bytes: body,
                skip,
                take,
            },
            encoding::RLE => {
                let body = body
                    .get(4..)
                    .ok_or_else(|| wrong("the values of a page are cut short"))?;
                hybrid::decode(body, 1, skip + take, codes).map_err(wrong)?;
                Data::Bits(&codes[skip..])
            }
            _ => {
                let entries = entries.ok_or_else(|| wrong("its dictionary is missing"))?;
                codes.clear();
                if take > 0 {
                    let (&width, body) = body
                        .split_first()
                        .ok_or_else(|| wrong("the values of a page are cut short"))?;
                    hybrid::decode(body, u32::from(width), skip + take, codes).map_err(wrong)?;
                }
                let codes = codes.get(skip..).unwrap_or_default();
                let most = codes.iter().copied().fold(0, u32::max);
                if !codes.is_empty() && most as usize >= entries {
                    return Err(wrong("a code points past the dictionary"));
                }
                Data::Codes(codes)
            }
        };
        sink.rows(Rows {
            levels,
            rows: to - from,
            data,
        })
    }

    /// Reads encodings that are not decoded here with the library.
    fn decode_foreign(
        &self,
        dictionary: Option<RawPage<'_>>,
        pages: &[RawPage<'_>],
        codec: &mut Decompressor,
        sink: &mut dyn Sink,
    ) -> Result<(), ColumnarError> {
        let first = pages.first().map_or(0, |p| p.first);
        let rows = pages.iter().map(|p| p.header.values).sum::<usize>();
        let mut unpacked = Vec::with_capacity(pages.len() + 1);
        for page in dictionary.iter().chain(pages) {
            let header = page.header;
            let buf = Bytes::from(page.unpack(self.place, codec)?);
            let encoding = i32::try_from(header.encoding)
                .ok()
                .and_then(named)
                .ok_or_else(|| self.corrupt("a page has an unknown encoding"))?;
            let num_values = header.values as u32;
            unpacked.push(match header.kind {
                PageKind::Dictionary => Page::DictionaryPage {
                    buf,
                    num_values,
                    encoding: Encoding::PLAIN,
                    is_sorted: false,
                },
                PageKind::Version2 => Page::DataPageV2 {
                    buf,
                    num_values,
                    encoding,
                    num_nulls: 0,
                    num_rows: num_values,
                    def_levels_byte_len: header.definition as u32,
                    rep_levels_byte_len: header.repetition as u32,
                    is_compressed: false,
                    statistics: None,
                },
                _ => Page::DataPage {
                    buf,
                    num_values,
                    encoding,
                    def_level_encoding: Encoding::RLE,
                    rep_level_encoding: Encoding::RLE,
                    statistics: None,
                },
            });
        }
        let (levels, bytes) = foreign::plain(self.place, &self.descr, unpacked, rows)?;
        let from = self.wanted.start.saturating_sub(first);
        let to = (self.wanted.end - first).min(rows);
        let ones = |l: &[u32]| l.iter().map(|&l| l as usize).sum::<usize>();
        let (skip, take) = match &levels {
            Some(levels) => (ones(&levels[..from]), ones(&levels[from..to])),
            None => (from, to - from),
        };
        sink.rows(Rows {
            levels: levels
                .as_deref()
                .map(|l| &l[from..to])
                .filter(|_| take < to - from),
            rows: to - from,
            data: Data::Plain {
                bytes: &bytes,
                skip,
                take,
            },
        })
    }
}

/// The library's name of an encoding.
fn named(number: i32) -> Option<Encoding> {
    Some(match number {
        0 => Encoding::PLAIN,
        2 => Encoding::PLAIN_DICTIONARY,
        3 => Encoding::RLE,
        5 => Encoding::DELTA_BINARY_PACKED,
        6 => Encoding::DELTA_LENGTH_BYTE_ARRAY,
        7 => Encoding::DELTA_BYTE_ARRAY,
        8 => Encoding::RLE_DICTIONARY,
        9 => Encoding::BYTE_STREAM_SPLIT,
        _ => return None,
    })
}
