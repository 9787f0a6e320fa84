//! Keeping the number of files small: runs of the cube become one, and so do runs of keys.
//!
//! What a store says does not change by it, only how many files have to be opened for an answer.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::cube::{self, CubeError};
use crate::ingest::merge_keys;
use crate::{Commit, KeyRun, Kind, Level, Manifest, Run, Store, StoreError, Writer};

/// Most runs of keys that are left alone: each is a file that is opened when files are read.
const KEY_RUNS: usize = 64;

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tidied {
    /// Runs of the cube that were replaced.
    pub runs: usize,
    /// Runs of keys that were replaced.
    pub keys: usize,
}

impl Tidied {
    /// Was there nothing to do?
    pub fn nothing(&self) -> bool {
        *self == Self::default()
    }
}

/// Why it could not be done; the store is as it was.
#[derive(Debug)]
pub enum TidyError {
    /// The store.
    Store(StoreError),
    /// A run of the cube.
    Cube(CubeError),
}

impl From<StoreError> for TidyError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl From<CubeError> for TidyError {
    fn from(error: CubeError) -> Self {
        Self::Cube(error)
    }
}

impl fmt::Display for TidyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(e) => e.fmt(f),
            Self::Cube(e) => e.fmt(f),
        }
    }
}

impl std::error::Error for TidyError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Store(e) => Some(e),
            Self::Cube(e) => Some(e),
        }
    }
}

/// Makes one run by day, and one by month, of all runs of the cube of a format, and one run of
/// keys where there are many; all in one commit. Where that is so already, nothing is done.
///
/// # Errors
/// If a run can't be read or the store can't be written.
pub fn tidy(writer: &mut Writer) -> Result<Tidied, TidyError> {
    let manifest = writer.store().manifest().clone();
    let mut tidied = Tidied::default();
    let mut commit = Commit::default();
    for (format, runs) in untidy(&manifest) {
        let days = runs.iter().filter(|r| r.level == Level::Day);
        let inputs: Vec<PathBuf> = days.map(|r| writer.store().path(&r.path)).collect();
        let (day, day_path) = writer.new_path(Kind::Cube(format, Level::Day))?;
        let (month, month_path) = writer.new_path(Kind::Cube(format, Level::Month))?;
        let merged = cube::merge(&inputs, &day_path, &month_path)?;
        let run = |level, path, info: cube::RunInfo| Run {
            path,
            format: format.to_owned(),
            level,
            cells: info.cells,
            bytes: 0,
        };
        commit.runs.push(run(Level::Day, day, merged.day));
        commit.runs.push(run(Level::Month, month, merged.month));
        commit.replaces.extend(runs.iter().map(|r| r.path.clone()));
        tidied.runs += runs.len();
    }
    if manifest.keys.len() > KEY_RUNS {
        let path = |run: &KeyRun| writer.store().path(&run.path);
        let inputs: Vec<PathBuf> = manifest.keys.iter().map(path).collect();
        let (path, absolute) = writer.new_path(Kind::Keys)?;
        let keys = merge_keys(&inputs, &absolute).map_err(|e| StoreError::writing(&absolute, e))?;
        commit.keys.push(KeyRun {
            path,
            keys,
            ..KeyRun::default()
        });
        commit
            .replaces
            .extend(manifest.keys.iter().map(|k| k.path.clone()));
        tidied.keys = manifest.keys.len();
    }
    if !tidied.nothing() {
        writer.commit(commit)?;
    }
    Ok(tidied)
}

/// [`tidy`] for a store by its folder; `who` is told to a second writer. A store in which there is
/// nothing to do is not opened for writing.
///
/// # Errors
/// As [`tidy`]; if there is no store, or somebody else writes it.
pub fn tidy_store(dir: &Path, who: &str) -> Result<Tidied, TidyError> {
    let store = Store::open(dir)?;
    let manifest = store.manifest();
    if untidy(manifest).is_empty() && manifest.keys.len() <= KEY_RUNS {
        return Ok(Tidied::default());
    }
    tidy(&mut Writer::open(dir, &manifest.settings, who)?)
}

/// The formats whose cube is not one run by day and one by month, with their runs.
fn untidy(manifest: &Manifest) -> BTreeMap<&str, Vec<&Run>> {
    let mut formats: BTreeMap<&str, Vec<&Run>> = BTreeMap::new();
    for run in &manifest.runs {
        formats.entry(&run.format).or_default().push(run);
    }
    let is = |run: &Run, level| run.level == level;
    formats.retain(|_, runs| match runs.as_slice() {
        [a, b] => {
            !(is(a, Level::Day) && is(b, Level::Month) || is(a, Level::Month) && is(b, Level::Day))
        }
        _ => true,
    });
    formats
}
