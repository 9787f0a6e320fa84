//! A run: sorted cells in a Parquet file.

use std::fs::File;
use std::io::BufWriter;
use std::ops::Range;
use std::path::{Path, PathBuf};

use demarche_table::columnar::{
    ColumnSpec, Compression, Dictionary, FileWriter, Options, Type, Values,
};

use super::cell::{Cells, Counts};
use super::distinct::Distinct;
use super::totals::{self, Totals};
use super::{CubeError, MISSING, Measure, RunInfo};
use crate::Level;

/// Cells of a row group.
pub(crate) const GROUP: usize = 1 << 17;
/// Cells of a page: what is read at least for one dyad.
pub(crate) const PAGE: usize = 1 << 12;
/// The key of the unit of time in the footer.
pub(crate) const LEVEL: &str = "demarche.level";
/// The key, in the footer of a run by month, of the name of the run by day it was made with.
pub(crate) const OF: &str = "demarche.of";

fn columns() -> Vec<ColumnSpec> {
    let column = |name: &str, kind, required, description: &str| ColumnSpec {
        name: name.to_owned(),
        kind,
        required,
        description: description.to_owned(),
    };
    let mut all = vec![
        column(
            "source",
            Type::Text,
            false,
            "Who acts; missing where it could not be resolved.",
        ),
        column("target", Type::Text, false, "Towards whom, as `source`."),
        column(
            "date",
            Type::Date,
            true,
            "The day, or the first day of the month.",
        ),
    ];
    all.extend(Measure::ALL.map(|m| {
        let kind = match m {
            Measure::ScaleSum => Type::Double,
            _ => Type::Int64,
        };
        column(m.name(), kind, true, m.description())
    }));
    all
}

/// Writes a run; cells have to come sorted.
pub(crate) struct RunWriter {
    path: PathBuf,
    file: FileWriter<BufWriter<File>>,
    cells: Cells,
    info: RunInfo,
    dictionary: Distinct,
    local: Vec<u32>,
    slots: Vec<u32>,
}

impl RunWriter {
    /// Begins a run by day.
    pub(crate) fn by_day(path: &Path, totals: &Totals) -> Result<Self, CubeError> {
        Self::create(path, Level::Day, totals, None)
    }

    /// Begins a run by month of the same events as a run by day.
    pub(crate) fn by_month(path: &Path, totals: &Totals, of: &Path) -> Result<Self, CubeError> {
        Self::create(path, Level::Month, totals, Some(of))
    }

    fn create(
        path: &Path,
        level: Level,
        totals: &Totals,
        of: Option<&Path>,
    ) -> Result<Self, CubeError> {
        let file = File::create(path).map_err(CubeError::io(path))?;
        let mut metadata = vec![
            (LEVEL.to_owned(), level.name().to_owned()),
            (totals::KEY.to_owned(), totals.text()),
        ];
        if let Some(name) = of.and_then(Path::file_name) {
            metadata.push((OF.to_owned(), name.to_string_lossy().into_owned()));
        }
        // Indices of a few bits gain little from compression, and are read faster without.
        let options = Options {
            compression: Compression::Uncompressed,
            page_rows: PAGE,
        };
        let file = FileWriter::new(BufWriter::new(file), &columns(), &metadata, options)
            .map_err(|e| CubeError::file(path, e))?;
        Ok(Self {
            path: path.to_owned(),
            file,
            cells: Cells::default(),
            info: RunInfo::default(),
            dictionary: Distinct::default(),
            local: Vec::new(),
            slots: Vec::new(),
        })
    }

    /// Adds a cell; it is folded into the last one where the key is the same. Ends are positions
    /// in `codes`.
    pub(crate) fn push(
        &mut self,
        source: u32,
        target: u32,
        day: i32,
        counts: &Counts,
        codes: &[impl AsRef<str>],
    ) -> Result<(), CubeError> {
        self.cells.fold(source, target, day, counts);
        if self.cells.len() > GROUP {
            // The last cell stays: more may be folded into it.
            self.flush(GROUP, codes)?;
        }
        Ok(())
    }

    /// Adds cells that come in order, each on the day that is given for its position.
    pub(crate) fn push_range(
        &mut self,
        cells: &Cells,
        range: Range<usize>,
        codes: &[impl AsRef<str>],
        day: impl Fn(usize) -> i32,
    ) -> Result<(), CubeError> {
        self.cells
            .fold_range(cells, range, &mut self.slots, |i| Some(day(i)));
        while self.cells.len() > GROUP {
            self.flush(GROUP, codes)?;
        }
        Ok(())
    }

    fn flush(&mut self, rows: usize, codes: &[impl AsRef<str>]) -> Result<(), CubeError> {
        if rows == 0 {
            return Ok(());
        }
        let Self {
            path,
            file,
            cells,
            info,
            dictionary,
            local,
            ..
        } = self;
        let failed = |e| CubeError::file(path, e);
        info.cells += rows as u64;
        for &day in &cells.day[..rows] {
            let (first, last) = info.days.unwrap_or((day, day));
            info.days = Some((first.min(day), last.max(day)));
        }
        let mut group = file.row_group(rows).map_err(failed)?;
        local.resize(codes.len(), MISSING);
        for ends in [&cells.source[..rows], &cells.target[..rows]] {
            let texts = Texts::of(ends, codes, local);
            group.column(texts.values()).map_err(failed)?;
        }
        dictionary.fill(cells.day[..rows].iter().map(|&d| i64::from(d)));
        let days: Vec<i32> = dictionary.values.iter().map(|&d| d as i32).collect();
        let values = Values::Dict {
            dictionary: Dictionary::Int32(&days),
            index: &dictionary.index,
        };
        group.column(values).map_err(failed)?;
        for measure in Measure::ALL {
            let column = &cells.counts[measure.index()][..rows];
            dictionary.fill(column.iter().copied());
            let doubles: Vec<f64>;
            let values = match measure {
                Measure::ScaleSum => {
                    doubles = dictionary
                        .values
                        .iter()
                        .map(|&v| v as f64 / 1000.0)
                        .collect();
                    Dictionary::Double(&doubles)
                }
                _ => Dictionary::Int64(&dictionary.values),
            };
            let values = Values::Dict {
                dictionary: values,
                index: &dictionary.index,
            };
            group.column(values).map_err(failed)?;
        }
        group.finish().map_err(failed)?;
        cells.keep_from(rows);
        Ok(())
    }

    /// Writes what is left, and makes sure that it is on the disk.
    pub(crate) fn finish(mut self, codes: &[impl AsRef<str>]) -> Result<RunInfo, CubeError> {
        self.flush(self.cells.len(), codes)?;
        let path = &self.path;
        let written = self.file.finish().map_err(|e| CubeError::file(path, e))?;
        let file = written.sink.into_inner();
        let file = file.map_err(|e| CubeError::io(path)(e.into_error()))?;
        file.sync_all().map_err(CubeError::io(path))?;
        Ok(self.info)
    }
}

/// Ends of a row group: the codes that occur, sorted, and one index a row.
pub(crate) struct Texts {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    index: Vec<u32>,
}

impl Texts {
    /// `local` has a place for each code; all hold [`MISSING`], before and after.
    pub(crate) fn of(ids: &[u32], codes: &[impl AsRef<str>], local: &mut [u32]) -> Self {
        let mut used: Vec<u32> = Vec::new();
        for &id in ids {
            if id != MISSING && local[id as usize] == MISSING {
                local[id as usize] = 0;
                used.push(id);
            }
        }
        used.sort_unstable_by_key(|&id| codes[id as usize].as_ref());
        let (mut bytes, mut ends) = (Vec::new(), Vec::new());
        for (i, &id) in used.iter().enumerate() {
            bytes.extend_from_slice(codes[id as usize].as_ref().as_bytes());
            ends.push(bytes.len() as u32);
            local[id as usize] = i as u32;
        }
        let place = |&id: &u32| match id {
            MISSING => MISSING,
            id => local[id as usize],
        };
        let index = ids.iter().map(place).collect();
        for id in used {
            local[id as usize] = MISSING;
        }
        Self { bytes, ends, index }
    }

    /// As a column.
    pub(crate) fn values(&self) -> Values<'_> {
        Values::Dict {
            dictionary: Dictionary::Text {
                bytes: &self.bytes,
                ends: &self.ends,
            },
            index: &self.index,
        }
    }
}
