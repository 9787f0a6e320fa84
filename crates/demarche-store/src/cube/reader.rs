//! Reading a run, whole or only the pages that may hold a dyad.

use std::cmp::Ordering;
use std::path::{Path, PathBuf};

use demarche_table::columnar::{
    ColumnarError, Entries, FileReader, GroupInfo, NULL_INDEX, PageBounds, Scalar,
};

use super::cell::{Cells, thousandths};
use super::codes::Codes;
use super::cursor::Chunk;
use super::run::{LEVEL, OF};
use super::totals::{self, Totals};
use super::{CubeError, MISSING, Measure};
use crate::Level;

/// An open run.
pub(crate) struct RunReader {
    path: PathBuf,
    file: FileReader,
    groups: Vec<GroupInfo>,
    level: Level,
    of: Option<String>,
    totals: Totals,
    /// Positions of source, target and date, then of the counts.
    columns: [usize; 3 + Measure::COUNT],
    /// Counts that are read.
    wanted: [bool; Measure::COUNT],
}

impl RunReader {
    pub(crate) fn open(path: &Path) -> Result<Self, CubeError> {
        let file = FileReader::open(path).map_err(|e| failed(path, e))?;
        let wrong = |what: &str| CubeError::file(path, what);
        let metadata = file.metadata();
        let find = |key: &str| {
            metadata
                .iter()
                .find(|(k, _)| k == key)
                .map(|(_, v)| v.as_str())
        };
        let level = match find(LEVEL) {
            Some("day") => Level::Day,
            Some("month") => Level::Month,
            _ => return Err(wrong("it is no run of the cube")),
        };
        let totals = find(totals::KEY)
            .and_then(Totals::parse)
            .ok_or_else(|| wrong("its footer lacks the totals by day"))?;
        let names = ["source", "target", "date"].into_iter();
        let names = names.chain(Measure::ALL.map(Measure::name));
        let mut columns = [0; 3 + Measure::COUNT];
        for (place, name) in columns.iter_mut().zip(names) {
            let found = file.column(name);
            *place = found.ok_or_else(|| wrong(&format!("it lacks the column {name}")))?;
        }
        Ok(Self {
            path: path.to_owned(),
            groups: file.row_groups(),
            file,
            level,
            of: find(OF).map(str::to_owned),
            totals,
            columns,
            wanted: [true; Measure::COUNT],
        })
    }

    pub(crate) fn level(&self) -> Level {
        self.level
    }

    /// The name of the run by day that holds the same events, for a run by month.
    pub(crate) fn of(&self) -> Option<&str> {
        self.of.as_deref()
    }

    pub(crate) fn totals(&self) -> &Totals {
        &self.totals
    }

    /// Counts that nobody asks for are not read; their columns stay empty.
    pub(crate) fn leave_out(&mut self, measures: &[Measure]) {
        for measure in measures {
            self.wanted[measure.index()] = false;
        }
    }

    /// How many row groups there are.
    pub(crate) fn groups(&self) -> usize {
        self.groups.len()
    }

    /// Rows of a row group.
    pub(crate) fn rows(&self, group: usize) -> usize {
        self.groups[group].rows
    }

    /// Puts some cells, their ends numbered by `codes`, in the place of what `cells` held.
    pub(crate) fn read(
        &self,
        chunk: &Chunk,
        codes: &mut Codes,
        cells: &mut Cells,
    ) -> Result<(), CubeError> {
        let rows = chunk.rows.len();
        cells.source = self.ends(chunk, 0, codes)?;
        cells.target = self.ends(chunk, 1, codes)?;
        let part = (chunk.rows != (0..self.rows(chunk.group))).then(|| chunk.rows.clone());
        let days = self
            .file
            .read_i32(chunk.group, self.columns[2], part.clone());
        cells.day = days.map_err(|e| failed(&self.path, e))?.values;
        for measure in Measure::ALL {
            if !self.wanted[measure.index()] {
                continue;
            }
            let out = &mut cells.counts[measure.index()];
            let column = self.columns[3 + measure.index()];
            let values = match measure {
                Measure::ScaleSum => self
                    .file
                    .read_f64(chunk.group, column, part.clone())
                    .map(|c| c.values.into_iter().map(thousandths).collect()),
                _ => self
                    .file
                    .read_i64(chunk.group, column, part.clone())
                    .map(|c| c.values),
            };
            *out = values.map_err(|e| failed(&self.path, e))?;
            if out.len() != rows {
                return Err(CubeError::file(&self.path, "its columns differ in length"));
            }
        }
        if [cells.source.len(), cells.target.len(), cells.day.len()] != [rows; 3] {
            return Err(CubeError::file(&self.path, "its columns differ in length"));
        }
        Ok(())
    }

    fn ends(&self, chunk: &Chunk, which: usize, codes: &mut Codes) -> Result<Vec<u32>, CubeError> {
        let column = self.columns[which];
        let read = match chunk.rows == (0..self.rows(chunk.group)) {
            true => self.file.read_dict(chunk.group, column),
            false => self
                .file
                .read_dict_rows(chunk.group, column, chunk.rows.clone()),
        };
        let mut column = read.map_err(|e| failed(&self.path, e))?;
        let mut numbers = Vec::with_capacity(column.dictionary.len());
        for i in 0..column.dictionary.len() {
            let text = column.dictionary.text(i);
            let text = text.ok_or_else(|| CubeError::file(&self.path, "a code is no text"))?;
            numbers.push(codes.number(text));
        }
        debug_assert!(matches!(column.dictionary, Entries::Text { .. }));
        for index in &mut column.index {
            *index = match *index {
                NULL_INDEX => MISSING,
                i => numbers[i as usize],
            };
        }
        Ok(column.index)
    }

    /// The pages that may hold acts of a source, towards one target or towards all, by the
    /// statistics of row groups and pages.
    pub(crate) fn locate(
        &self,
        source: &str,
        target: Option<&str>,
    ) -> Result<Vec<Chunk>, CubeError> {
        let mut chunks: Vec<Chunk> = Vec::new();
        for (group, info) in self.groups.iter().enumerate() {
            let may = |which: usize, code: &str| {
                let column = &info.columns[self.columns[which]];
                holds(column.range.as_ref(), column.nulls, info.rows, code)
            };
            if !may(0, source) || target.is_some_and(|t| !may(1, t)) {
                continue;
            }
            let bounds = |which: usize| -> Result<Vec<PageBounds>, CubeError> {
                let bounds = self.file.page_bounds(group, self.columns[which]);
                bounds.map_err(|e| failed(&self.path, e))
            };
            let sources = bounds(0)?;
            let targets = match target {
                Some(_) => bounds(1)?,
                None => Vec::new(),
            };
            for (i, page) in sources.iter().enumerate() {
                if !page_holds(page, source) {
                    continue;
                }
                // Pages of all columns of our own files hold the same rows; of others the
                // target says nothing.
                if let (Some(target), Some(other)) = (target, targets.get(i))
                    && (other.first, other.rows) == (page.first, page.rows)
                    && !page_holds(other, target)
                {
                    continue;
                }
                let rows = page.first..page.first + page.rows;
                match chunks.last_mut() {
                    Some(last) if last.group == group && last.rows.end == rows.start => {
                        last.rows.end = rows.end;
                    }
                    _ => chunks.push(Chunk { group, rows }),
                }
            }
        }
        Ok(chunks)
    }
}

/// May a text be among values with these bounds, so many of which are missing? Without bounds it
/// may, unless all are.
fn holds(range: Option<&(Scalar, Scalar)>, nulls: Option<u64>, rows: usize, text: &str) -> bool {
    let text = Scalar::Text(text.as_bytes().to_vec());
    match range {
        Some((low, high)) => {
            low.compare(&text) != Some(Ordering::Greater)
                && high.compare(&text) != Some(Ordering::Less)
        }
        None => nulls != Some(rows as u64),
    }
}

fn page_holds(page: &PageBounds, text: &str) -> bool {
    holds(page.range.as_ref(), page.nulls, page.rows, text)
}

fn failed(path: &Path, error: ColumnarError) -> CubeError {
    match error {
        ColumnarError::Io(e) => CubeError::io(path)(e),
        error => CubeError::file(path, error),
    }
}
