//! The members of a zip archive.
//!
//! The `zip` crate reads the directory; the members are decoded here, so that what they take and
//! what they grow to can be watched while they are read.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read, Seek, SeekFrom};

use flate2::{Crc, Decompress, FlushDecompress, Status};
use memchr::memmem;
use sha2::{Digest, Sha256};
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use super::stored::{Content, Stop, Stored};
use super::{Fault, InputError, Limits, name};

/// Archives up to this size are held whole and so read once. Larger ones are read twice: to hash
/// them, then member by member.
const HELD: u64 = 8 << 20;

/// Bytes that can be read from anywhere.
enum Bytes {
    Held(Cursor<Vec<u8>>),
    File(File),
}

impl Read for Bytes {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Bytes::Held(bytes) => bytes.read(into),
            Bytes::File(file) => file.read(into),
        }
    }
}

impl Seek for Bytes {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Bytes::Held(bytes) => bytes.seek(to),
            Bytes::File(file) => file.seek(to),
        }
    }
}

/// A member as the directory describes it.
pub(super) struct Entry {
    /// Its name, escaped.
    pub(super) name: String,
    /// What is to be known before it is read.
    pub(super) note: Option<Fault>,
    how: Result<How, Fault>,
    start: u64,
    stored: u64,
    size: u64,
    crc: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Stored,
    Deflated,
}

/// An open archive.
pub(super) struct Archive {
    reader: BufReader<Bytes>,
    pub(super) bytes: u64,
    pub(super) sha256: [u8; 32],
}

impl Archive {
    /// Hashes `file`, of `size` bytes as far as is known.
    pub(super) fn of_file(mut file: File, size: u64) -> io::Result<Archive> {
        if size <= HELD {
            let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0) + 1);
            // One byte more than expected shows that the file has grown meanwhile.
            (&mut file).take(HELD + 1).read_to_end(&mut bytes)?;
            if bytes.len() as u64 <= HELD {
                return Ok(Archive::of_bytes(bytes));
            }
            file.rewind()?;
        }
        let mut stored = Stored::new(Box::new(file.try_clone()?));
        stored.drain()?;
        file.rewind()?;
        Ok(Archive {
            reader: BufReader::with_capacity(1 << 16, Bytes::File(file)),
            bytes: stored.count(),
            sha256: stored.sha256(),
        })
    }

    pub(super) fn of_bytes(bytes: Vec<u8>) -> Archive {
        Archive {
            bytes: bytes.len() as u64,
            sha256: Sha256::digest(&bytes).into(),
            reader: BufReader::with_capacity(1 << 16, Bytes::Held(Cursor::new(bytes))),
        }
    }

    /// The members in the order of the directory, folders left out.
    pub(super) fn entries(&mut self, limits: &Limits) -> Result<Vec<Entry>, Stop> {
        let count = self.count().map_err(Stop::Io)?;
        match count {
            None => return Err(Stop::Fault(Fault::Truncated)),
            Some(0) => return Err(Stop::Fault(Fault::EmptyArchive)),
            // Before the directory is read, because reading it takes memory for each member.
            Some(count) if count > limits.members as u64 => {
                let limit = limits.members;
                return Err(Stop::Fault(Fault::Members { count, limit }));
            }
            Some(_) => {}
        }
        let mut zip = ZipArchive::new(&mut self.reader).map_err(stop)?;
        if zip.len() > limits.members {
            return Err(Stop::Fault(Fault::Members {
                count: zip.len() as u64,
                limit: limits.members,
            }));
        }
        if zip.has_duplicate_names() {
            return Err(Stop::Fault(Fault::DuplicateName));
        }
        let end = zip.central_directory_start();
        let mut spans = Vec::with_capacity(zip.len());
        let mut entries = Vec::with_capacity(zip.len());
        for index in 0..zip.len() {
            let member = zip.by_index_raw(index).map_err(stop)?;
            let stored = member.compressed_size();
            let header = member.header_start();
            let start = member.data_start().unwrap_or(header);
            spans.push((header, start.saturating_add(stored)));
            if member.is_dir() {
                continue;
            }
            let raw = member.name_raw();
            let shown = match member.name() {
                Ok(text) => name::escape(text.as_bytes()),
                Err(_) => name::escape(raw),
            };
            let base = raw.rsplit(|&byte| byte == b'/').next().unwrap_or(raw);
            let companion = raw.starts_with(b"__MACOSX/") || base == b".DS_Store";
            let how = if companion || member.is_symlink() {
                Err(Fault::NotData)
            } else if member.encrypted() {
                Err(Fault::Encrypted)
            } else {
                match member.compression() {
                    CompressionMethod::Stored => Ok(How::Stored),
                    CompressionMethod::Deflated => Ok(How::Deflated),
                    method => Err(Fault::Method {
                        method: method.to_string(),
                    }),
                }
            };
            entries.push(Entry {
                name: shown,
                note: name::is_odd(raw).then_some(Fault::OddName),
                how,
                start,
                stored,
                size: member.size(),
                crc: member.crc32(),
            });
        }
        spans.sort_unstable();
        let beyond = spans.last().is_some_and(|span| span.1 > end);
        if beyond || spans.windows(2).any(|pair| pair[0].1 > pair[1].0) {
            return Err(Stop::Fault(Fault::Overlap));
        }
        if entries.is_empty() {
            return Err(Stop::Fault(Fault::EmptyArchive));
        }
        Ok(entries)
    }

    /// How many members the end of the archive says there are; none when there is no such end.
    fn count(&mut self) -> io::Result<Option<u64>> {
        /// The end record and the longest comment behind it.
        const END: u64 = 22 + 0xffff;
        /// The pointer to the long form of the end record, which stands before the short one.
        const POINTER: usize = 20;
        let from = self.bytes.saturating_sub(END + POINTER as u64);
        self.reader.seek(SeekFrom::Start(from))?;
        let mut tail = Vec::new();
        (&mut self.reader)
            .take(END + POINTER as u64)
            .read_to_end(&mut tail)?;
        let Some(at) = memmem::rfind(&tail, b"PK\x05\x06") else {
            return Ok(None);
        };
        let Some(end) = tail.get(at..at + 22) else {
            return Ok(None);
        };
        let short = |i: usize| u64::from(u16::from_le_bytes([end[i], end[i + 1]]));
        let count = short(8).max(short(10));
        let pointer = at.checked_sub(POINTER).map(|start| &tail[start..at]);
        let Some(pointer) = pointer.filter(|bytes| bytes.starts_with(b"PK\x06\x07")) else {
            return Ok(Some(count));
        };
        let place = u64::from_le_bytes(pointer[8..16].try_into().unwrap_or_default());
        self.reader.seek(SeekFrom::Start(place))?;
        let mut long = [0; 40];
        match self.reader.read_exact(&mut long) {
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(Some(count)),
            other => other?,
        }
        if !long.starts_with(b"PK\x06\x06") {
            return Ok(Some(count));
        }
        let number = |i: usize| u64::from_le_bytes(long[i..i + 8].try_into().unwrap_or_default());
        Ok(Some(number(24).max(number(32))))
    }

    /// Begins a member.
    pub(super) fn member(&mut self, entry: &Entry) -> Result<Member, Stop> {
        let how = entry.how.clone().map_err(Stop::Fault)?;
        self.reader
            .seek(SeekFrom::Start(entry.start))
            .map_err(Stop::Io)?;
        Ok(Member {
            inflate: (how == How::Deflated).then(|| Decompress::new(false)),
            left: entry.stored,
            stored: entry.stored,
            made: 0,
            size: entry.size,
            crc: Crc::new(),
            expected: entry.crc,
            ended: false,
        })
    }
}

/// A member that is being read.
pub(super) struct Member {
    inflate: Option<Decompress>,
    left: u64,
    stored: u64,
    made: u64,
    size: u64,
    crc: Crc,
    expected: u32,
    ended: bool,
}

impl Member {
    /// How many bytes of the archive it has taken so far.
    pub(super) fn taken(&self) -> u64 {
        self.stored.saturating_sub(self.left)
    }

    /// Reads on, from the archive the member is of.
    pub(super) fn with<'a>(&'a mut self, archive: &'a mut Archive) -> MemberContent<'a> {
        MemberContent {
            member: self,
            reader: &mut archive.reader,
        }
    }

    /// Reads without minding the checksum.
    fn decode(&mut self, reader: &mut BufReader<Bytes>, into: &mut [u8]) -> Result<usize, Stop> {
        loop {
            let input = match reader.fill_buf() {
                Ok(input) => input,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(Stop::Io(error)),
            };
            let most = usize::try_from(self.left).unwrap_or(usize::MAX);
            let input = &input[..input.len().min(most)];
            let dry = input.is_empty();
            let Some(inflate) = &mut self.inflate else {
                if dry {
                    return if self.left == 0 {
                        Ok(0)
                    } else {
                        Err(Stop::Fault(Fault::Truncated))
                    };
                }
                let n = input.len().min(into.len());
                into[..n].copy_from_slice(&input[..n]);
                reader.consume(n);
                self.left -= n as u64;
                return Ok(n);
            };
            let (took, made) = (inflate.total_in(), inflate.total_out());
            let status = inflate.decompress(input, into, FlushDecompress::None);
            let took = inflate.total_in() - took;
            let made = inflate.total_out() - made;
            reader.consume(took as usize);
            self.left -= took;
            match status {
                Err(error) => {
                    return Err(Stop::Fault(Fault::Damaged {
                        detail: error.to_string(),
                    }));
                }
                Ok(_) if made > 0 => return Ok(made as usize),
                Ok(Status::StreamEnd) => return Ok(0),
                Ok(_) if dry => return Err(Stop::Fault(Fault::Truncated)),
                Ok(_) if took == 0 => {
                    return Err(Stop::Fault(Fault::Damaged {
                        detail: "the compressed data does not go on".to_owned(),
                    }));
                }
                Ok(_) => {}
            }
        }
    }
}

/// The content of a [`Member`].
pub(super) struct MemberContent<'a> {
    member: &'a mut Member,
    reader: &'a mut BufReader<Bytes>,
}

impl Content for MemberContent<'_> {
    fn more(&mut self, into: &mut [u8]) -> Result<usize, Stop> {
        let member = &mut *self.member;
        if member.ended {
            return Ok(0);
        }
        let n = member.decode(self.reader, into)?;
        member.crc.update(&into[..n]);
        member.made += n as u64;
        if n == 0 {
            member.ended = true;
            if member.made != member.size || member.crc.sum() != member.expected {
                return Err(Stop::Fault(Fault::BadChecksum));
            }
        }
        Ok(n)
    }

    fn taken(&self) -> u64 {
        self.member.stored - self.member.left
    }
}

fn stop(error: ZipError) -> Stop {
    match error {
        ZipError::Io(error) if error.raw_os_error().is_some() => Stop::Io(error),
        ZipError::Io(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
            Stop::Fault(Fault::Truncated)
        }
        other => Stop::Fault(Fault::Damaged {
            detail: other.to_string(),
        }),
    }
}

/// Reads a zip archive from standard input, which cannot be rewound.
pub(super) fn from_pipe(stored: &mut Stored) -> Result<Archive, InputError> {
    let limit = super::STDIN_ZIP;
    let mut bytes = Vec::new();
    let read = stored.take(limit + 1).read_to_end(&mut bytes);
    read.map_err(|source| InputError::Io {
        name: "-".to_owned(),
        doing: "reading",
        source,
    })?;
    if bytes.len() as u64 > limit {
        return Err(InputError::StdinTooLarge { limit });
    }
    Ok(Archive::of_bytes(bytes))
}
