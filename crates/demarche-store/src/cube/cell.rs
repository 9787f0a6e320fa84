//! What is counted of a dyad on a day.

use std::ops::Range;

/// An end that is missing: the actor could not be resolved.
pub const MISSING: u32 = u32::MAX;

/// What a cell holds; each is a column of a run.
///
/// Duplicates are left out of all but [`Measure::Rows`]. A row of a reduced file stands for
/// `count` like events and weighs as many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// Events: the sum of the rows' `count`.
    N,
    /// The same with duplicates counted in.
    Rows,
    /// Events of verbal cooperation by GDELT's split.
    Q1,
    /// Events of material cooperation by GDELT's split.
    Q2,
    /// Events of verbal conflict by GDELT's split.
    Q3,
    /// Events of material conflict by GDELT's split.
    Q4,
    /// Events of CAMEO root 01, statements: those that a penta scheme sets apart from `Q1`.
    N01,
    /// Events of CAMEO root 09, investigations: conflict by other splits.
    N09,
    /// Events of CAMEO root 14, protests: material conflict by other splits.
    N14,
    /// Sum of scale values: the file's where it gives one, else the computed one. Thousandths in
    /// memory, so that sums are exact in whatever order they are made; a double in files.
    ScaleSum,
    /// Events with a scale value.
    ScaleN,
    /// Events with a scale value other than zero.
    ScaleNonzero,
    /// Sum of mentions.
    Mentions,
}

impl Measure {
    /// How many there are.
    pub const COUNT: usize = 13;

    /// All, in the order of their columns.
    pub const ALL: [Measure; Measure::COUNT] = [
        Measure::N,
        Measure::Rows,
        Measure::Q1,
        Measure::Q2,
        Measure::Q3,
        Measure::Q4,
        Measure::N01,
        Measure::N09,
        Measure::N14,
        Measure::ScaleSum,
        Measure::ScaleN,
        Measure::ScaleNonzero,
        Measure::Mentions,
    ];

    /// Position in [`Measure::ALL`].
    pub fn index(self) -> usize {
        self as usize
    }

    /// The name of its column.
    pub fn name(self) -> &'static str {
        match self {
            Measure::N => "n",
            Measure::Rows => "rows",
            Measure::Q1 => "q1",
            Measure::Q2 => "q2",
            Measure::Q3 => "q3",
            Measure::Q4 => "q4",
            Measure::N01 => "n01",
            Measure::N09 => "n09",
            Measure::N14 => "n14",
            Measure::ScaleSum => "scale_sum",
            Measure::ScaleN => "scale_n",
            Measure::ScaleNonzero => "scale_nonzero",
            Measure::Mentions => "mentions",
        }
    }

    /// What its column means.
    pub fn description(self) -> &'static str {
        match self {
            Measure::N => "Events, duplicates left out.",
            Measure::Rows => "Events, duplicates counted in.",
            Measure::Q1 => "Events of verbal cooperation, by GDELT's split.",
            Measure::Q2 => "Events of material cooperation, by GDELT's split.",
            Measure::Q3 => "Events of verbal conflict, by GDELT's split.",
            Measure::Q4 => "Events of material conflict, by GDELT's split.",
            Measure::N01 => "Events of CAMEO root 01 (statements).",
            Measure::N09 => "Events of CAMEO root 09 (investigations).",
            Measure::N14 => "Events of CAMEO root 14 (protests).",
            Measure::ScaleSum => {
                "Sum of scale values over events: the file's, else the computed one."
            }
            Measure::ScaleN => "Events with a scale value.",
            Measure::ScaleNonzero => "Events with a scale value other than zero.",
            Measure::Mentions => "Sum of mentions.",
        }
    }
}

/// One value a measure, by [`Measure::index`].
pub(crate) type Counts = [i64; Measure::COUNT];

/// What the cube takes from one row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tally {
    /// How many like events the row stands for.
    pub count: u32,
    /// Was the event read before?
    pub duplicate: bool,
    /// Number of the quad class by GDELT's split, 1 to 4; 0 where there is none.
    pub quad: u8,
    /// CAMEO root, 1 to 20; 0 where there is none.
    pub root: u8,
    /// Scale value: the file's, else the computed one.
    pub scale: Option<f64>,
    /// Mentions.
    pub mentions: u32,
}

impl Tally {
    /// What the row adds to its cell.
    pub(crate) fn counts(&self) -> Counts {
        let mut counts = [0; Measure::COUNT];
        let n = i64::from(self.count);
        counts[Measure::Rows.index()] = n;
        if self.duplicate {
            return counts;
        }
        counts[Measure::N.index()] = n;
        if let quad @ 1..=4 = self.quad {
            counts[Measure::Q1.index() + usize::from(quad) - 1] = n;
        }
        match self.root {
            1 => counts[Measure::N01.index()] = n,
            9 => counts[Measure::N09.index()] = n,
            14 => counts[Measure::N14.index()] = n,
            _ => {}
        }
        if let Some(scale) = self.scale {
            counts[Measure::ScaleSum.index()] = thousandths(scale).saturating_mul(n);
            counts[Measure::ScaleN.index()] = n;
            counts[Measure::ScaleNonzero.index()] = if scale != 0.0 { n } else { 0 };
        }
        counts[Measure::Mentions.index()] = i64::from(self.mentions);
        counts
    }
}

/// A scale value in thousandths, the nearest one.
pub(crate) fn thousandths(scale: f64) -> i64 {
    (scale * 1000.0).round() as i64
}

/// What a run holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RunInfo {
    /// How many cells.
    pub cells: u64,
    /// First and last day, counted from 1970-01-01.
    pub days: Option<(i32, i32)>,
}

/// Cells in columns. Ends are numbers of a table of actors, or [`MISSING`].
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Cells {
    pub(crate) source: Vec<u32>,
    pub(crate) target: Vec<u32>,
    pub(crate) day: Vec<i32>,
    pub(crate) counts: [Vec<i64>; Measure::COUNT],
}

impl Cells {
    pub(crate) fn len(&self) -> usize {
        self.day.len()
    }

    /// Adds cells of another, which come in order, column by column: each to the day that `day`
    /// gives for its position, or to none. Cells of one key become one. `slots` is working memory.
    pub(crate) fn fold_range(
        &mut self,
        from: &Cells,
        range: Range<usize>,
        slots: &mut Vec<u32>,
        mut day: impl FnMut(usize) -> Option<i32>,
    ) {
        const NOWHERE: u32 = u32::MAX;
        let before = self.len();
        let mut last = before
            .checked_sub(1)
            .map(|i| (self.source[i], self.target[i], self.day[i]));
        slots.clear();
        for i in range.clone() {
            let Some(day) = day(i) else {
                slots.push(NOWHERE);
                continue;
            };
            let key = (from.source[i], from.target[i], day);
            if last != Some(key) {
                last = Some(key);
                self.source.push(key.0);
                self.target.push(key.1);
                self.day.push(key.2);
            }
            slots.push(self.day.len() as u32 - 1);
        }
        let after = self.len();
        let all_new = after - before == range.len();
        for (to, from) in self.counts.iter_mut().zip(&from.counts) {
            let Some(from) = from.get(range.clone()) else {
                to.resize(after, 0);
                continue;
            };
            if all_new {
                to.extend_from_slice(from);
                continue;
            }
            to.resize(after, 0);
            for (slot, value) in slots.iter().zip(from) {
                if let Some(sum) = to.get_mut(*slot as usize) {
                    *sum = sum.saturating_add(*value);
                }
            }
        }
    }

    /// The counts of a cell; zero where a column was not read.
    pub(crate) fn counts(&self, position: usize) -> Counts {
        let mut counts = [0; Measure::COUNT];
        for (count, column) in counts.iter_mut().zip(&self.counts) {
            *count = column.get(position).copied().unwrap_or(0);
        }
        counts
    }

    /// Drops all cells, and keeps the memory.
    pub(crate) fn clear(&mut self) {
        self.keep_from(self.len());
    }

    /// Drops the cells before a position.
    pub(crate) fn keep_from(&mut self, position: usize) {
        self.source.drain(..position);
        self.target.drain(..position);
        self.day.drain(..position);
        for column in &mut self.counts {
            column.drain(..position);
        }
    }

    /// Adds a cell; its counts go to the last one where the key is the same.
    pub(crate) fn fold(&mut self, source: u32, target: u32, day: i32, counts: &Counts) {
        let last = self.len().wrapping_sub(1);
        if self.day.last() == Some(&day)
            && self.target[last] == target
            && self.source[last] == source
        {
            for (column, value) in self.counts.iter_mut().zip(counts) {
                column[last] = column[last].saturating_add(*value);
            }
        } else {
            self.source.push(source);
            self.target.push(target);
            self.day.push(day);
            for (column, value) in self.counts.iter_mut().zip(counts) {
                column.push(*value);
            }
        }
    }
}
