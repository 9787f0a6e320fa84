//! An open input, piece by piece.

use std::collections::VecDeque;
use std::fs::{self, File, Metadata};
use std::io::{self, Cursor, Read};
use std::path::PathBuf;

use super::archive::{self, Archive, Entry, Member};
use super::contents::{LOOK, Within, refuse};
use super::cut::{Cut, Cutter};
use super::gzip::Gzip;
use super::stored::{Content, Stop, Stored};
use super::{BLOCK, Container, Fault, InputError, InputFile, Limits, Origin};

/// The ratio of sizes is looked at once a member has more bytes than this: short runs of like
/// bytes do compress well.
const RATIO_FROM: u64 = 64 << 20;

/// Whole lines of one member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The member they are of.
    pub member: u32,
    /// The number of the first line within the member, from 1.
    pub first_line: u64,
    /// How many lines there are.
    pub lines: u64,
    /// The lines. Each ends in `\n`, but for the last if `last_without_newline`.
    pub bytes: Vec<u8>,
    /// Whether the last line is the last of the member and lacks its newline.
    pub last_without_newline: bool,
}

/// What comes next in an input.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// A member begins. Every input has one at least, unless a fault concerns it as a whole.
    Member {
        /// Its number within the file, from 0; folders of an archive do not count.
        index: u32,
        /// Its name, escaped; the name of the file where the file is no archive.
        name: String,
    },
    /// Whole lines.
    Block(Block),
    /// A line longer than [`Limits::line`], passed over. It counts as a line.
    Oversized {
        /// The member it is of.
        member: u32,
        /// Its number within the member.
        line: u64,
        /// Its length without newline.
        length: u64,
        /// Its first [`HEAD`](super::HEAD) bytes.
        head: Vec<u8>,
    },
    /// Something is wrong. Unless it is a [note](Fault::is_note), the member ends here, and a line
    /// that was cut short by it has not been given.
    Fault {
        /// The member; 0 where the file as a whole is meant.
        member: u32,
        /// How many lines of the member came before.
        after_line: u64,
        /// What.
        what: Fault,
    },
}

/// What was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    /// How many bytes, as stored.
    pub bytes_read: u64,
    /// The SHA-256 of those bytes.
    pub sha256: [u8; 32],
    /// Whether those bytes are the whole input. Always true of a file; of standard input, if it
    /// was read to its end.
    pub complete: bool,
}

/// An open input, made by [`InputFile::open`].
pub struct Stream {
    name: String,
    limits: Limits,
    block: usize,
    body: Body,
    current: Option<Current>,
    /// How many members have begun.
    begun: u32,
    waiting: VecDeque<Piece>,
    spare: Vec<u8>,
    watch: Option<(PathBuf, Metadata)>,
}

enum Body {
    Plain(Stored),
    Gzip(Gzip),
    Zip {
        archive: Archive,
        entries: std::vec::IntoIter<Entry>,
    },
}

/// The member that is being read.
struct Current {
    index: u32,
    cutter: Cutter,
    guard: Guard,
    /// In an archive.
    member: Option<Member>,
}

impl InputFile {
    /// Opens the file.
    ///
    /// A Parquet file is an error, for it has no lines. What is wrong with the content is a
    /// [`Piece::Fault`] of the stream.
    pub fn open(&self, limits: &Limits) -> Result<Stream, InputError> {
        let failed = |doing| {
            move |source| InputError::Io {
                name: self.name.clone(),
                doing,
                source,
            }
        };
        let Origin::Path(path) = &self.origin else {
            return Stream::of_pipe(&self.name, Box::new(io::stdin()), limits);
        };
        if self.container == Container::Parquet {
            let name = self.name.clone();
            return Err(InputError::Parquet { name });
        }
        // Looked at by path first, because to open a pipe is to wait for its other end.
        if !fs::metadata(path).map_err(failed("opening"))?.is_file() {
            return Err(InputError::NotAFile {
                path: self.name.clone(),
            });
        }
        let file = File::open(path).map_err(failed("opening"))?;
        let metadata = file.metadata().map_err(failed("opening"))?;
        let mut stream = match self.container {
            Container::Zip => {
                let archive = Archive::of_file(file, metadata.len()).map_err(failed("reading"))?;
                Stream::of_archive(&self.name, archive, limits)?
            }
            Container::Gzip => {
                let body = Body::Gzip(Gzip::new(Stored::new(Box::new(file))));
                Stream::new(&self.name, body, limits)
            }
            Container::Plain | Container::Parquet => {
                let body = Body::Plain(Stored::new(Box::new(file)));
                Stream::new(&self.name, body, limits)
            }
        };
        stream.watch = Some((path.clone(), metadata));
        Ok(stream)
    }
}

impl Stream {
    fn new(name: &str, body: Body, limits: &Limits) -> Stream {
        Stream {
            name: name.to_owned(),
            limits: *limits,
            block: BLOCK,
            body,
            current: None,
            begun: 0,
            waiting: VecDeque::new(),
            spare: Vec::new(),
            watch: None,
        }
    }

    fn of_archive(name: &str, mut archive: Archive, limits: &Limits) -> Result<Stream, InputError> {
        let (entries, fault) = match archive.entries(limits) {
            Ok(entries) => (entries, None),
            Err(Stop::Fault(fault)) => (Vec::new(), Some(fault)),
            Err(Stop::Io(source)) => {
                return Err(InputError::Io {
                    name: name.to_owned(),
                    doing: "reading",
                    source,
                });
            }
        };
        let entries = entries.into_iter();
        let mut stream = Stream::new(name, Body::Zip { archive, entries }, limits);
        stream.waiting.extend(fault.map(|what| Piece::Fault {
            member: 0,
            after_line: 0,
            what,
        }));
        Ok(stream)
    }

    /// Opens something that can be read only once, like standard input. What it holds is found by
    /// its first bytes. `name` is how it is shown.
    pub fn of_pipe(
        name: &str,
        mut pipe: Box<dyn Read + Send>,
        limits: &Limits,
    ) -> Result<Stream, InputError> {
        let mut head = Vec::new();
        (&mut pipe)
            .take(4)
            .read_to_end(&mut head)
            .map_err(|source| InputError::Io {
                name: name.to_owned(),
                doing: "reading",
                source,
            })?;
        let container = Container::of(&head);
        let mut stored = Stored::new(Box::new(Cursor::new(head).chain(pipe)));
        match container {
            Container::Plain => Ok(Stream::new(name, Body::Plain(stored), limits)),
            Container::Gzip => Ok(Stream::new(name, Body::Gzip(Gzip::new(stored)), limits)),
            Container::Zip => Stream::of_archive(name, archive::from_pipe(&mut stored)?, limits),
            Container::Parquet => Err(InputError::Parquet {
                name: name.to_owned(),
            }),
        }
    }

    /// The next piece, none at the end. `recycle` is a buffer to make a block in: the bytes of an
    /// earlier block, or an empty one. Its content does not matter, its length saves work.
    pub fn next(&mut self, recycle: Vec<u8>) -> Result<Option<Piece>, InputError> {
        if recycle.capacity() > self.spare.capacity() {
            self.spare = recycle;
        }
        loop {
            if let Some(piece) = self.waiting.pop_front() {
                return Ok(Some(piece));
            }
            if self.current.is_some() {
                self.read_on()?;
            } else if !self.begin()? {
                return Ok(None);
            }
        }
    }

    /// About how many bytes, as stored, have been read so far: for showing progress. Of an archive
    /// only the member at hand is counted.
    pub fn taken(&mut self) -> u64 {
        match (&mut self.body, &self.current) {
            (Body::Plain(stored), _) => stored.count(),
            (Body::Gzip(gzip), _) => gzip.stored().count(),
            (Body::Zip { .. }, Some(current)) => current.member.as_ref().map_or(0, Member::taken),
            (Body::Zip { .. }, None) => 0,
        }
    }

    /// Begins the next member, if there is one.
    fn begin(&mut self) -> Result<bool, InputError> {
        let index = self.begun;
        let (name, within, note, member) = match &mut self.body {
            Body::Zip { archive, entries } => {
                let Some(entry) = entries.next() else {
                    return Ok(false);
                };
                let member = archive.member(&entry);
                (entry.name, Within::Zip, entry.note, Some(member))
            }
            _ if index > 0 => return Ok(false),
            Body::Plain(_) => {
                let named_archive = promises_archive(&self.name);
                let within = Within::File { named_archive };
                (self.name.clone(), within, None, None)
            }
            Body::Gzip(_) => (self.name.clone(), Within::Gzip, None, None),
        };
        self.begun += 1;
        self.waiting.push_back(Piece::Member { index, name });
        self.waiting.extend(note.map(|what| Piece::Fault {
            member: index,
            after_line: 0,
            what,
        }));
        let member = match member.transpose() {
            Ok(member) => member,
            Err(stop) => {
                self.stopped(stop, index, 0)?;
                return Ok(true);
            }
        };
        self.current = Some(Current {
            index,
            cutter: Cutter::new(self.block, self.limits.line),
            guard: Guard {
                within,
                limits: self.limits,
                made: 0,
                note: None,
                stop: None,
                looked: false,
            },
            member,
        });
        Ok(true)
    }

    /// Reads on in the member that has begun.
    fn read_on(&mut self) -> Result<(), InputError> {
        let Some(current) = &mut self.current else {
            return Ok(());
        };
        let Current {
            index,
            cutter,
            guard,
            member,
        } = current;
        let body = &mut self.body;
        let cut = cutter.next(
            |into| match (&mut *body, member.as_mut()) {
                (Body::Plain(stored), _) => guard.read(stored, into),
                (Body::Gzip(gzip), _) => guard.read(gzip, into),
                (Body::Zip { archive, .. }, Some(member)) => {
                    guard.read(&mut member.with(archive), into)
                }
                (Body::Zip { .. }, None) => Ok(0),
            },
            &mut self.spare,
        );
        let index = *index;
        let after_line = cutter.lines();
        let note = guard.note.take().map(|what| Piece::Fault {
            member: index,
            after_line,
            what,
        });
        match cut {
            Ok(Some(Cut::Block {
                first_line,
                lines,
                bytes,
                last_without_newline,
            })) => self.waiting.push_back(Piece::Block(Block {
                member: index,
                first_line,
                lines,
                bytes,
                last_without_newline,
            })),
            Ok(Some(Cut::Oversized { line, length, head })) => {
                self.waiting.push_back(Piece::Oversized {
                    member: index,
                    line,
                    length,
                    head,
                });
            }
            Ok(None) => self.current = None,
            Err(stop) => {
                self.current = None;
                self.stopped(stop, index, after_line)?;
            }
        }
        self.waiting.extend(note);
        Ok(())
    }

    /// Turns the early end of a member into a piece or an error.
    fn stopped(&mut self, stop: Stop, member: u32, after_line: u64) -> Result<(), InputError> {
        match stop {
            Stop::Fault(what) => {
                self.waiting.push_back(Piece::Fault {
                    member,
                    after_line,
                    what,
                });
                Ok(())
            }
            Stop::Io(source) => Err(InputError::Io {
                name: self.name.clone(),
                doing: "reading",
                source,
            }),
        }
    }

    /// Ends the reading. Of a file, what is left is read to hash it, so that the receipt is of the
    /// whole; standard input, which may have no end, is left alone.
    pub fn finish(mut self) -> Result<Receipt, InputError> {
        let failed = |source| InputError::Io {
            name: self.name.clone(),
            doing: "reading",
            source,
        };
        let is_file = self.watch.is_some();
        let stored = match &mut self.body {
            Body::Plain(stored) => Some(stored),
            Body::Gzip(gzip) => Some(gzip.stored()),
            Body::Zip { .. } => None,
        };
        if let Some(stored) = stored
            && is_file
            && !stored.ended()
        {
            stored.drain().map_err(failed)?;
        }
        if let Some((path, before)) = &self.watch {
            let after = fs::metadata(path).map_err(failed)?;
            if after.len() != before.len() || after.modified().ok() != before.modified().ok() {
                return Err(InputError::Changed { name: self.name });
            }
        }
        let receipt = |stored: &Stored| Receipt {
            bytes_read: stored.count(),
            sha256: stored.sha256(),
            complete: stored.ended(),
        };
        Ok(match &mut self.body {
            Body::Plain(stored) => receipt(stored),
            Body::Gzip(gzip) => receipt(gzip.stored()),
            Body::Zip { archive, .. } => Receipt {
                bytes_read: archive.bytes,
                sha256: archive.sha256,
                complete: true,
            },
        })
    }
}

/// Watches what a member is and grows to.
struct Guard {
    within: Within,
    limits: Limits,
    /// How many bytes have passed.
    made: u64,
    note: Option<Fault>,
    /// Why the content ends, where that is known before it is told.
    stop: Option<Stop>,
    looked: bool,
}

impl Guard {
    fn read(&mut self, content: &mut impl Content, into: &mut [u8]) -> Result<usize, Stop> {
        if let Some(stop) = self.stop.take() {
            return Err(stop);
        }
        let mut n = content.more(into)?;
        if !self.looked {
            self.looked = true;
            let mut ended = n == 0;
            let enough = LOOK.min(into.len());
            while n < enough && !ended {
                match content.more(&mut into[n..]) {
                    Ok(more) => {
                        n += more;
                        ended = more == 0;
                    }
                    // What was read before it goes first.
                    Err(stop) => {
                        self.stop = Some(stop);
                        ended = true;
                    }
                }
            }
            self.look(&into[..n])?;
        }
        self.made += n as u64;
        if let Some(note) = content.note() {
            self.note = Some(note);
        }
        if let Within::Gzip | Within::Zip = self.within {
            let Limits { member, ratio, .. } = self.limits;
            if self.made > member {
                return Err(Stop::Fault(Fault::TooLarge { limit: member }));
            }
            if self.made > RATIO_FROM && self.made / ratio.max(1) > content.taken() {
                return Err(Stop::Fault(Fault::Ratio { limit: ratio }));
            }
        }
        Ok(n)
    }

    /// Judges the content by how it begins.
    fn look(&mut self, head: &[u8]) -> Result<(), Stop> {
        if let Some(fault) = refuse(head, self.within) {
            return Err(Stop::Fault(fault));
        }
        if let Within::File { named_archive } = self.within {
            if head.is_empty() {
                self.note = Some(Fault::EmptyFile);
            } else if named_archive {
                self.note = Some(Fault::NotAnArchive);
            }
        }
        Ok(())
    }
}

/// Whether a file's name says that it is a zip or gzip file.
fn promises_archive(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    [".zip", ".gz", ".tgz"]
        .iter()
        .any(|end| name.ends_with(end))
}
