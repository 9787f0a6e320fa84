//! Cells of many runs in one order.

use std::ops::Range;

use super::CubeError;
use super::cell::Cells;
use super::codes::Codes;
use super::reader::RunReader;
use super::run::{GROUP, PAGE};

/// Cells of a run that are read at most at a time: what the processor's cache holds.
const MOST: usize = 1 << 15;

/// Rows of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Chunk {
    pub(crate) group: usize,
    pub(crate) rows: Range<usize>,
}

/// A place in sorted cells, moving on.
pub(crate) struct Cursor {
    from: From,
    batch: Cells,
    at: usize,
}

enum From {
    Run {
        reader: Box<RunReader>,
        chunks: std::vec::IntoIter<Chunk>,
    },
    /// The batch is all there is.
    Memory,
}

impl Cursor {
    /// All cells of a run, one of so many that are read at a time. The more there are, the fewer
    /// cells of each are held.
    pub(crate) fn all(reader: RunReader, of: usize) -> Self {
        let batch = (GROUP / of.max(1)).min(MOST).next_multiple_of(PAGE);
        let mut chunks = Vec::new();
        for group in 0..reader.groups() {
            let rows = reader.rows(group);
            for start in (0..rows).step_by(batch) {
                let rows = start..rows.min(start + batch);
                chunks.push(Chunk { group, rows });
            }
        }
        Self::of(reader, chunks)
    }

    /// Some cells of a run, in its order.
    pub(crate) fn of(reader: RunReader, chunks: Vec<Chunk>) -> Self {
        Self {
            from: From::Run {
                reader: Box::new(reader),
                chunks: chunks.into_iter(),
            },
            batch: Cells::default(),
            at: 0,
        }
    }

    /// Sorted cells in memory.
    pub(crate) fn memory(batch: Cells) -> Self {
        Self {
            from: From::Memory,
            batch,
            at: 0,
        }
    }

    /// Reads on where the batch is used up; says whether there is a cell.
    fn refill(&mut self, codes: &mut Codes) -> Result<bool, CubeError> {
        while self.at == self.batch.len() {
            let From::Run { reader, chunks } = &mut self.from else {
                return Ok(false);
            };
            let Some(chunk) = chunks.next() else {
                return Ok(false);
            };
            reader.read(&chunk, codes, &mut self.batch)?;
            self.at = 0;
        }
        Ok(true)
    }

    fn key(&self, codes: &Codes) -> (u32, u32, i32) {
        let (source, target) = (self.batch.source[self.at], self.batch.target[self.at]);
        (
            codes.rank(source),
            codes.rank(target),
            self.batch.day[self.at],
        )
    }
}

/// Hands on all cells in order of source, target and day, missing ends last, some at a time. Cells
/// of one key from several runs follow each other.
pub(crate) fn in_order(
    mut cursors: Vec<Cursor>,
    codes: &mut Codes,
    mut take: impl FnMut(&Codes, &Cells, Range<usize>) -> Result<(), CubeError>,
) -> Result<(), CubeError> {
    let mut live = Vec::new();
    for mut cursor in cursors.drain(..) {
        if cursor.refill(codes)? {
            live.push(cursor);
        }
    }
    codes.order();
    while !live.is_empty() {
        // Runs differ by days more than by dyads, so mostly many cells of one run follow each
        // other before the next is due.
        let (mut least, mut limit) = (0, None);
        let mut key = live[0].key(codes);
        for (i, cursor) in live.iter().enumerate().skip(1) {
            let other = cursor.key(codes);
            if other < key {
                limit = Some(key);
                (least, key) = (i, other);
            } else if limit.is_none_or(|l| other < l) {
                limit = Some(other);
            }
        }
        let cursor = &mut live[least];
        let start = cursor.at;
        cursor.at = match limit {
            None => cursor.batch.len(),
            Some(limit) => {
                cursor.at += 1;
                while cursor.at < cursor.batch.len() && cursor.key(codes) <= limit {
                    cursor.at += 1;
                }
                cursor.at
            }
        };
        take(codes, &cursor.batch, start..cursor.at)?;
        if cursor.at == cursor.batch.len() {
            match cursor.refill(codes)? {
                true => codes.order(),
                false => drop(live.swap_remove(least)),
            }
        }
    }
    Ok(())
}
