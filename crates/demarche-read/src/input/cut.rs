//! Cutting a run of bytes into blocks of whole lines.

use memchr::{memchr, memchr_iter, memrchr};

use super::HEAD;
use super::stored::Stop;

/// What is cut off next.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Cut {
    /// Whole lines.
    Block {
        first_line: u64,
        lines: u64,
        bytes: Vec<u8>,
        last_without_newline: bool,
    },
    /// A line longer than the limit.
    Oversized {
        line: u64,
        length: u64,
        head: Vec<u8>,
    },
}

/// How far whole lines within the limit reach.
#[derive(Debug, PartialEq, Eq)]
enum Reach {
    /// So many bytes; what follows is the beginning of a line that may still be within the limit.
    Open(usize),
    /// So many bytes; the line that follows is too long.
    Long(usize),
}

/// Looks only for the last newline within each `limit` + 1 bytes, so that the cost does not depend
/// on how many lines there are.
fn reach(bytes: &[u8], limit: usize) -> Reach {
    let window = limit.saturating_add(1);
    let mut start = 0;
    loop {
        let rest = &bytes[start..];
        let seen = &rest[..rest.len().min(window)];
        match memrchr(b'\n', seen) {
            Some(at) => start += at + 1,
            None if seen.len() == window => return Reach::Long(start),
            None => return Reach::Open(start),
        }
    }
}

/// Cuts the content of one member.
pub(super) struct Cutter {
    block: usize,
    limit: usize,
    /// The number of the next line.
    line: u64,
    /// What was read behind the last cut, from `at` on.
    held: Vec<u8>,
    at: usize,
    /// Set once the content has ended, with why if it ended too early.
    over: Option<Result<(), Stop>>,
}

impl Cutter {
    pub(super) fn new(block: usize, limit: usize) -> Cutter {
        Cutter {
            block: block.max(1),
            limit,
            line: 1,
            held: Vec::new(),
            at: 0,
            over: None,
        }
    }

    /// How many lines have been cut off.
    pub(super) fn lines(&self) -> u64 {
        self.line - 1
    }

    /// The next cut, none at the end. A block is made in the buffer left in `spare`, whose old
    /// length spares clearing it. When the content stops early, the whole lines before that come
    /// first, and what was read of a last line does not come at all.
    pub(super) fn next(
        &mut self,
        mut read: impl FnMut(&mut [u8]) -> Result<usize, Stop>,
        spare: &mut Vec<u8>,
    ) -> Result<Option<Cut>, Stop> {
        let held = &self.held[self.at..];
        match reach(held, self.limit) {
            Reach::Long(0) => return Ok(Some(self.skip(read, spare))),
            Reach::Long(end) => {
                let mut bytes = std::mem::take(spare);
                bytes.clear();
                bytes.extend_from_slice(&held[..end]);
                self.at += end;
                return Ok(Some(self.block(bytes, false)));
            }
            Reach::Open(_) => {}
        }

        let mut bytes = std::mem::take(spare);
        let mut n = held.len();
        let mut target = if n < self.block {
            self.block
        } else {
            n + self.block
        };
        if bytes.len() < target {
            bytes.resize(target, 0);
        }
        bytes[..n].copy_from_slice(held);
        self.held.clear();
        self.at = 0;
        loop {
            while n < target && self.over.is_none() {
                match read(&mut bytes[n..target]) {
                    Ok(0) => self.over = Some(Ok(())),
                    Ok(more) => n += more,
                    Err(stop) => self.over = Some(Err(stop)),
                }
            }
            match (reach(&bytes[..n], self.limit), &self.over) {
                (Reach::Long(0), _) => {
                    self.held.extend_from_slice(&bytes[..n]);
                    *spare = bytes;
                    return Ok(Some(self.skip(read, spare)));
                }
                (Reach::Open(0), None) => {
                    // Here n is at most the limit, so the target does grow.
                    target = (n + n.max(self.block)).min(self.limit.saturating_add(1));
                    if bytes.len() < target {
                        bytes.resize(target, 0);
                    }
                }
                (Reach::Open(end), Some(Ok(()))) if end < n => {
                    bytes.truncate(n);
                    return Ok(Some(self.block(bytes, true)));
                }
                (Reach::Open(0), Some(_)) => {
                    *spare = bytes;
                    return match self.over.replace(Ok(())) {
                        Some(Err(stop)) => Err(stop),
                        _ => Ok(None),
                    };
                }
                (Reach::Open(end), Some(Err(_))) => {
                    bytes.truncate(end);
                    return Ok(Some(self.block(bytes, false)));
                }
                (Reach::Open(end) | Reach::Long(end), _) => {
                    self.held.extend_from_slice(&bytes[end..n]);
                    bytes.truncate(end);
                    return Ok(Some(self.block(bytes, false)));
                }
            }
        }
    }

    /// Numbers the lines of `bytes`.
    fn block(&mut self, bytes: Vec<u8>, last_without_newline: bool) -> Cut {
        let newlines = memchr_iter(b'\n', &bytes).count() as u64;
        let lines = newlines + u64::from(last_without_newline);
        let first_line = self.line;
        self.line += lines;
        Cut::Block {
            first_line,
            lines,
            bytes,
            last_without_newline,
        }
    }

    /// Passes over the line that begins what is held and is longer than the limit.
    fn skip(
        &mut self,
        mut read: impl FnMut(&mut [u8]) -> Result<usize, Stop>,
        spare: &mut Vec<u8>,
    ) -> Cut {
        let held = &self.held[self.at..];
        let end = memchr(b'\n', held);
        let begun = &held[..end.unwrap_or(held.len())];
        let mut head = begun[..begun.len().min(HEAD)].to_vec();
        let mut length = begun.len() as u64;
        if let Some(end) = end {
            self.at += end + 1;
        } else {
            self.held.clear();
            self.at = 0;
            if spare.len() < self.block {
                spare.resize(self.block, 0);
            }
            while self.over.is_none() {
                match read(&mut spare[..self.block]) {
                    Ok(0) => self.over = Some(Ok(())),
                    Err(stop) => self.over = Some(Err(stop)),
                    Ok(n) => {
                        let end = memchr(b'\n', &spare[..n]);
                        let more = &spare[..end.unwrap_or(n)];
                        head.extend_from_slice(&more[..more.len().min(HEAD - head.len())]);
                        length += more.len() as u64;
                        if let Some(end) = end {
                            self.held.extend_from_slice(&spare[end + 1..n]);
                            break;
                        }
                    }
                }
            }
        }
        let line = self.line;
        self.line += 1;
        Cut::Oversized { line, length, head }
    }
}
