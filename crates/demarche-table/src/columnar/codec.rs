//! Page compression, with contexts kept from page to page.

use std::io;

use parquet::basic::CompressionCodec;

use super::Compression;

/// Compresses pages.
pub(super) enum Compressor {
    Uncompressed,
    Snappy(Box<snap::raw::Encoder>),
    Zstd(zstd::bulk::Compressor<'static>),
}

impl Compressor {
    pub fn new(compression: Compression) -> io::Result<Self> {
        Ok(match compression {
            Compression::Uncompressed => Self::Uncompressed,
            Compression::Snappy => Self::Snappy(Box::new(snap::raw::Encoder::new())),
            Compression::Zstd(level) => Self::Zstd(zstd::bulk::Compressor::new(level)?),
        })
    }

    /// The bytes that go to the file; `scratch` holds them if they are compressed.
    pub fn compress<'a>(
        &mut self,
        page: &'a [u8],
        scratch: &'a mut Vec<u8>,
    ) -> io::Result<&'a [u8]> {
        match self {
            Self::Uncompressed => Ok(page),
            Self::Snappy(encoder) => {
                scratch.resize(snap::raw::max_compress_len(page.len()), 0);
                let n = encoder.compress(page, scratch).map_err(io::Error::other)?;
                Ok(&scratch[..n])
            }
            Self::Zstd(compressor) => {
                scratch.clear();
                scratch.reserve(zstd::zstd_safe::compress_bound(page.len()));
                compressor.compress_to_buffer(page, scratch)?;
                Ok(scratch)
            }
        }
    }
}

/// Unpacks pages.
pub(super) enum Decompressor {
    Uncompressed,
    Snappy(snap::raw::Decoder),
    Zstd(zstd::bulk::Decompressor<'static>),
}

impl Decompressor {
    /// Nothing for a codec that is not read here.
    pub fn new(codec: CompressionCodec) -> io::Result<Option<Self>> {
        Ok(Some(match codec {
            CompressionCodec::UNCOMPRESSED => Self::Uncompressed,
            CompressionCodec::SNAPPY => Self::Snappy(snap::raw::Decoder::new()),
            CompressionCodec::ZSTD => Self::Zstd(zstd::bulk::Decompressor::new()?),
            _ => return Ok(None),
        }))
    }

    /// `head` as it is, then `packed` unpacked to exactly `size` bytes.
    ///
    /// The size is first held against what the packed bytes can yield at most, so that a damaged
    /// header cannot make us reserve much memory.
    pub fn unpack(
        &mut self,
        head: &[u8],
        packed: &[u8],
        size: usize,
        is_packed: bool,
    ) -> io::Result<Vec<u8>> {
        let wrong = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what);
        let most = match self {
            _ if !is_packed => 1,
            Self::Uncompressed => 1,
            // Three bytes copy at most 64.
            Self::Snappy(_) => 32,
            // A block of four bytes stands for at most 128 KiB.
            Self::Zstd(_) => 32 * 1024,
        };
        if size > packed.len().saturating_mul(most) {
            return Err(wrong("it would be larger than its bytes can yield"));
        }
        let mut out = Vec::new();
        out.try_reserve_exact(head.len() + size)
            .map_err(io::Error::other)?;
        out.extend_from_slice(head);
        if size == 0 {
            return Ok(out);
        }
        match self {
            Self::Snappy(decoder) if is_packed => {
                if snap::raw::decompress_len(packed).map_err(io::Error::other)? != size {
                    return Err(wrong("it is not as long as its header says"));
                }
                out.resize(head.len() + size, 0);
                decoder
                    .decompress(packed, &mut out[head.len()..])
                    .map_err(io::Error::other)?;
            }
            Self::Zstd(decoder) if is_packed => {
                let mut cursor = io::Cursor::new(&mut out);
                cursor.set_position(head.len() as u64);
                decoder.decompress_to_buffer(packed, &mut cursor)?;
            }
            _ => out.extend_from_slice(packed),
        }
        if out.len() != head.len() + size {
            return Err(wrong("it is not as long as its header says"));
        }
        Ok(out)
    }
}
