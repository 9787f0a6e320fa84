//! Filling the cube while events are read.

use std::path::Path;

use rustc_hash::FxHashMap;

use super::cell::{Cells, Counts};
use super::codes::Codes;
use super::run::RunWriter;
use super::totals::{Total, Totals, is_dyadic};
use super::{CubeError, MISSING, Measure, RunInfo, Tally};

/// A cell as it is kept while reading: a cache line. What does not fit goes to the next cell with
/// the same key; they become one when they are written.
#[derive(Clone, Copy, Debug)]
struct Cell {
    source: u32,
    target: u32,
    day: i32,
    counts: [i32; Measure::COUNT],
}

impl Cell {
    /// The sums, if all fit.
    fn plus(&self, counts: &Counts) -> Option<[i32; Measure::COUNT]> {
        let mut sums = [0; Measure::COUNT];
        for ((sum, old), new) in sums.iter_mut().zip(&self.counts).zip(counts) {
            *sum = i32::try_from(i64::from(*old).checked_add(*new)?).ok()?;
        }
        Some(sums)
    }
}

/// A cell with a count that no [`Cell`] holds: a row that stands for thousands of millions.
#[derive(Clone, Copy, Debug)]
struct Wide {
    source: u32,
    target: u32,
    day: i32,
    counts: Counts,
}

/// Counts rows into cells, and writes them as a run.
#[derive(Clone, Debug, Default)]
pub struct CubeBuilder {
    cells: Vec<Cell>,
    wide: Vec<Wide>,
}

impl CubeBuilder {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts a row: ends as numbers of the table that is given when the run is written, or
    /// [`MISSING`]; the day counted from 1970-01-01.
    ///
    /// Rows may come in any order. Those that follow a row with the same key take no memory.
    pub fn add(&mut self, source: u32, target: u32, day: i32, tally: &Tally) {
        let counts = tally.counts();
        if let Some(last) = self.cells.last_mut()
            && (last.source, last.target, last.day) == (source, target, day)
            && let Some(sums) = last.plus(&counts)
        {
            last.counts = sums;
            return;
        }
        let empty = Cell {
            source,
            target,
            day,
            counts: [0; Measure::COUNT],
        };
        match empty.plus(&counts) {
            Some(counts) => self.cells.push(Cell { counts, ..empty }),
            None => self.wide.push(Wide {
                source,
                target,
                day,
                counts,
            }),
        }
    }

    /// How many cells are held, equal ones that are not yet one counted apart. Each takes 64
    /// bytes.
    pub fn len(&self) -> usize {
        self.cells.len() + self.wide.len()
    }

    /// Is nothing held?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes in what another one, of the same table of actors, holds.
    pub fn absorb(&mut self, mut other: CubeBuilder) {
        if self.cells.is_empty() {
            std::mem::swap(&mut self.cells, &mut other.cells);
        }
        self.cells.append(&mut other.cells);
        self.wide.append(&mut other.wide);
    }

    /// Makes one cell of those with the same key, where it fits.
    pub(crate) fn fold(&mut self) {
        self.cells
            .sort_unstable_by_key(|c| (c.source, c.target, c.day));
        self.cells.dedup_by(|next, cell| {
            if (next.source, next.target, next.day) != (cell.source, cell.target, cell.day) {
                return false;
            }
            match cell.plus(&next.counts.map(i64::from)) {
                Some(sums) => {
                    cell.counts = sums;
                    true
                }
                None => false,
            }
        });
    }

    fn key(&self, i: usize) -> (u32, u32, i32) {
        match self.cells.get(i) {
            Some(c) => (c.source, c.target, c.day),
            None => {
                let w = &self.wide[i - self.cells.len()];
                (w.source, w.target, w.day)
            }
        }
    }

    fn counts(&self, i: usize) -> Counts {
        match self.cells.get(i) {
            Some(c) => c.counts.map(i64::from),
            None => self.wide[i - self.cells.len()].counts,
        }
    }

    /// Writes all cells as a run by day and forgets them: sorted by source, target and day,
    /// missing ends last, one cell a key. `actors` gives the code of each number. The same cells
    /// give the same bytes, whatever the numbers.
    ///
    /// # Errors
    /// If the file can't be written, or a cell names a number that `actors` lacks; then the cells
    /// are still held.
    pub fn write(&mut self, actors: &[String], path: &Path) -> Result<RunInfo, CubeError> {
        let (order, codes, totals) = self.sorted(actors)?;
        let mut run = RunWriter::by_day(path, &totals)?;
        for (dyad, day, i) in order {
            let (source, target) = ends(dyad);
            run.push(source, target, day, &self.counts(i as usize), &codes)?;
        }
        let info = run.finish(&codes)?;
        self.cells.clear();
        self.wide.clear();
        Ok(info)
    }

    /// All cells, sorted as in a run, with the totals by day. Codes are numbered by `codes`.
    pub(crate) fn into_cells(
        self,
        actors: &[String],
        codes: &mut Codes,
    ) -> Result<(Cells, Totals), CubeError> {
        let (order, names, totals) = self.sorted(actors)?;
        let numbers: Vec<u32> = names.iter().map(|name| codes.number(name)).collect();
        let number = |rank: u32| numbers.get(rank as usize).copied().unwrap_or(MISSING);
        let mut cells = Cells::default();
        for (dyad, day, i) in order {
            let (source, target) = ends(dyad);
            cells.fold(
                number(source),
                number(target),
                day,
                &self.counts(i as usize),
            );
        }
        Ok((cells, totals))
    }

    /// The order of the cells, the codes that it counts by, and the totals by day.
    #[allow(clippy::type_complexity)]
    fn sorted<'a>(
        &self,
        actors: &'a [String],
    ) -> Result<(Vec<(u64, i32, u32)>, Vec<&'a str>, Totals), CubeError> {
        let mut by_code: Vec<u32> = (0..actors.len() as u32).collect();
        by_code.sort_unstable_by_key(|&i| &actors[i as usize]);
        // Numbers of one code share a rank, and a rank is the number of the first of them.
        let mut ranks = vec![0; actors.len()];
        let mut codes: Vec<&str> = Vec::new();
        for &id in &by_code {
            let code = actors[id as usize].as_str();
            if codes.last() != Some(&code) {
                codes.push(code);
            }
            ranks[id as usize] = codes.len() as u32 - 1;
        }
        let rank = |id: u32| match ranks.get(id as usize) {
            Some(&rank) => Ok(rank),
            None if id == MISSING => Ok(MISSING),
            None => Err(CubeError::UnknownActor(id)),
        };
        let mut order = Vec::with_capacity(self.len());
        let mut by_day: FxHashMap<i32, Total> = FxHashMap::default();
        for i in 0..self.len() {
            let (source, target, day) = self.key(i);
            let (source, target) = (rank(source)?, rank(target)?);
            let dyad = u64::from(source) << 32 | u64::from(target);
            order.push((dyad, day, i as u32));
            let counts = self.counts(i);
            let n = counts[Measure::N.index()];
            by_day.entry(day).or_default().add(&Total {
                n,
                rows: counts[Measure::Rows.index()],
                dyadic: if is_dyadic(source, target) { n } else { 0 },
            });
        }
        order.sort_unstable();
        let totals = Totals(by_day.into_iter().collect());
        Ok((order, codes, totals))
    }
}

/// Source and target of a dyad packed for sorting.
fn ends(dyad: u64) -> (u32, u32) {
    ((dyad >> 32) as u32, dyad as u32)
}
