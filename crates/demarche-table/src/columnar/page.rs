//! The pages of a column chunk: their headers, and their unpacked bytes.

use super::ColumnarError;
use super::codec::Decompressor;

/// Headers are at most this deep; anything deeper is damage.
const DEPTH: usize = 8;

/// What a page is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PageKind {
    Dictionary,
    Version1,
    Version2,
    /// An index page, which is passed over.
    Other,
}

/// How the values of a page are stored, by the numbers of the format.
pub(super) mod encoding {
    pub const PLAIN: i64 = 0;
    pub const PLAIN_DICTIONARY: i64 = 2;
    pub const RLE: i64 = 3;
    pub const RLE_DICTIONARY: i64 = 8;
}

/// A page header; counts not said are 0.
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    pub kind: PageKind,
    pub uncompressed: usize,
    pub compressed: usize,
    pub values: usize,
    pub encoding: i64,
    pub level_encoding: i64,
    /// Bytes of the definition and of the repetition levels of a version 2 page.
    pub definition: usize,
    pub repetition: usize,
    pub is_compressed: bool,
}

/// Thrift's compact protocol, as much of it as page headers need.
struct Thrift<'a> {
    bytes: &'a [u8],
    at: usize,
}

type Parsed<T> = Result<T, &'static str>;

const SHORT: &str = "a page header is cut short";
const WRONG: &str = "a page header has a number out of range";

impl Thrift<'_> {
    fn byte(&mut self) -> Parsed<u8> {
        let byte = *self.bytes.get(self.at).ok_or(SHORT)?;
        self.at += 1;
        Ok(byte)
    }

    fn varint(&mut self) -> Parsed<u64> {
        let mut n = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            n |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(n);
            }
        }
        Err(WRONG)
    }

    fn number(&mut self) -> Parsed<i64> {
        let n = self.varint()?;
        Ok((n >> 1) as i64 ^ -((n & 1) as i64))
    }

    fn count(&mut self) -> Parsed<usize> {
        let n = self.number()?;
        i32::try_from(n)
            .ok()
            .and_then(|n| usize::try_from(n).ok())
            .ok_or(WRONG)
    }

    fn pass(&mut self, n: u64) -> Parsed<()> {
        let left = (self.bytes.len() - self.at) as u64;
        if n > left {
            return Err(SHORT);
        }
        self.at += n as usize;
        Ok(())
    }

    /// The next field of a struct as its number and type; nothing at its end.
    fn field(&mut self, last: &mut i64) -> Parsed<Option<(i64, u8)>> {
        let byte = self.byte()?;
        if byte == 0 {
            return Ok(None);
        }
        *last = match byte >> 4 {
            0 => self.number()?,
            step => last.checked_add(i64::from(step)).ok_or(WRONG)?,
        };
        Ok(Some((*last, byte & 0x0f)))
    }

    fn skip(&mut self, kind: u8, depth: usize) -> Parsed<()> {
        if depth > DEPTH {
            return Err("a page header is too deep");
        }
        match kind {
            1 | 2 => Ok(()),
            3 => self.pass(1),
            4..=6 => self.varint().map(drop),
            7 => self.pass(8),
            8 => {
                let n = self.varint()?;
                self.pass(n)
            }
            9 | 10 => {
                let head = self.byte()?;
                let n = match head >> 4 {
                    15 => self.varint()?,
                    n => u64::from(n),
                };
                // Booleans take a byte each in a list.
                let item = if head & 0x0f <= 2 { 3 } else { head & 0x0f };
                // An item takes at least a byte, so damage ends this soon.
                for _ in 0..n {
                    self.skip(item, depth + 1)?;
                }
                Ok(())
            }
            12 => {
                let mut last = 0;
                while let Some((_, kind)) = self.field(&mut last)? {
                    self.skip(kind, depth + 1)?;
                }
                Ok(())
            }
            _ => Err("a page header has a field of unknown type"),
        }
    }
}

impl Header {
    /// Parses the header at the start of `bytes`; gives it and its length.
    pub fn parse(bytes: &[u8]) -> Parsed<(Self, usize)> {
        let mut thrift = Thrift { bytes, at: 0 };
        let mut header = Self {
            kind: PageKind::Other,
            uncompressed: 0,
            compressed: 0,
            values: 0,
            encoding: encoding::PLAIN,
            level_encoding: encoding::RLE,
            definition: 0,
            repetition: 0,
            is_compressed: true,
        };
        let mut said = None;
        let mut last = 0;
        while let Some((id, kind)) = thrift.field(&mut last)? {
            match (id, kind) {
                (1, 5) => {
                    header.kind = match thrift.number()? {
                        0 => PageKind::Version1,
                        2 => PageKind::Dictionary,
                        3 => PageKind::Version2,
                        _ => PageKind::Other,
                    }
                }
                (2, 5) => header.uncompressed = thrift.count()?,
                (3, 5) => header.compressed = thrift.count()?,
                (5, 12) => said = header.details(&mut thrift, PageKind::Version1)?,
                (7, 12) => said = header.details(&mut thrift, PageKind::Dictionary)?,
                (8, 12) => said = header.details(&mut thrift, PageKind::Version2)?,
                _ => thrift.skip(kind, 0)?,
            }
        }
        if header.kind != PageKind::Other && said != Some(header.kind) {
            return Err("a page header does not say what its page is");
        }
        Ok((header, thrift.at))
    }

    /// Parses the part that is peculiar to a kind of page.
    fn details(&mut self, thrift: &mut Thrift<'_>, of: PageKind) -> Parsed<Option<PageKind>> {
        let mut last = 0;
        while let Some((id, kind)) = thrift.field(&mut last)? {
            match (of, id, kind) {
                (_, 1, 5) => self.values = thrift.count()?,
                (PageKind::Version2, 4, 5) | (PageKind::Version1 | PageKind::Dictionary, 2, 5) => {
                    self.encoding = thrift.number()?;
                }
                (PageKind::Version1, 3, 5) => self.level_encoding = thrift.number()?,
                (PageKind::Version2, 5, 5) => self.definition = thrift.count()?,
                (PageKind::Version2, 6, 5) => self.repetition = thrift.count()?,
                (PageKind::Version2, 7, 1 | 2) => self.is_compressed = kind == 1,
                _ => thrift.skip(kind, 0)?,
            }
        }
        Ok(Some(of))
    }
}

/// A page in the bytes of its chunk.
pub(super) struct RawPage<'a> {
    pub header: Header,
    pub body: &'a [u8],
    /// The row of the row group at which a data page begins.
    pub first: usize,
}

/// The page at the start of `bytes`, and how many bytes it takes.
pub(super) fn page_at<'a>(
    place: &str,
    bytes: &'a [u8],
) -> Result<(RawPage<'a>, usize), ColumnarError> {
    let (header, length) = Header::parse(bytes).map_err(|e| ColumnarError::corrupt(place, e))?;
    let rest = &bytes[length..];
    let body = rest
        .get(..header.compressed)
        .ok_or_else(|| ColumnarError::corrupt(place, "a page is cut short"))?;
    let page = RawPage {
        header,
        body,
        first: 0,
    };
    Ok((page, length + header.compressed))
}

impl RawPage<'_> {
    /// The page unpacked: levels and values, one after the other.
    pub fn unpack(&self, place: &str, codec: &mut Decompressor) -> Result<Vec<u8>, ColumnarError> {
        let header = &self.header;
        let levels = match header.kind {
            PageKind::Version2 => header.definition + header.repetition,
            _ => 0,
        };
        let wrong = |what: &str| ColumnarError::corrupt(place, what);
        if levels > self.body.len() || levels > header.uncompressed {
            return Err(wrong("the levels of a page are longer than the page"));
        }
        let (head, values) = self.body.split_at(levels);
        let size = header.uncompressed - levels;
        let packed = header.kind != PageKind::Version2 || header.is_compressed;
        codec
            .unpack(head, values, size, packed)
            .map_err(|e| wrong(&format!("a page does not unpack: {e}")))
    }
}
