//! Writing a store: one writer at a time, in commits that happen wholly or not at all.
//!
//! New files are written beside the old ones, under numbers never used before, and made durable.
//! Only then the manifest, which is what makes them exist, is replaced by one rename. A process
//! killed at any moment leaves either the old manifest, and files that nobody names and the next
//! writer sweeps, or the new one with all its files.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use crate::layout::{self, Kind};
use crate::lock::Lock;
use crate::manifest::{Manifest, Part};
use crate::{FileRecord, KeyRun, LogEntry, Run, Segment, Settings, Store, StoreError};

/// What one commit adds: whole files, with all that belongs to them. The reject log is not here,
/// it was written as it came by [`Writer::log`].
#[derive(Clone, Debug, Default)]
pub struct Commit {
    /// Files of rows.
    pub segments: Vec<Segment>,
    /// Runs of the cube.
    pub runs: Vec<Run>,
    /// Runs of keys.
    pub keys: Vec<KeyRun>,
    /// What became of the files that were read.
    pub files: Vec<FileRecord>,
    /// Paths of segments, runs and keys that these supersede.
    pub replaces: Vec<String>,
}

/// The reject log to be committed next.
struct PendingLog {
    path: String,
    out: BufWriter<File>,
    /// For each file, how many entries are of lines that were rejected, and of others.
    entries: BTreeMap<u32, (u64, u64)>,
}

/// The one that writes a store. Dropping it removes what was not committed, and the lock.
pub struct Writer {
    store: Store,
    records: Vec<FileRecord>,
    /// Which record has this fingerprint.
    by_digest: FxHashMap<[u8; 32], usize>,
    /// Which records have this size and time of change.
    by_stamp: FxHashMap<(u64, i64), Vec<usize>>,
    /// The number of the next file of the store; never goes back while this writer lives.
    next_number: u64,
    /// The number of the next file to be read.
    next_file: u32,
    pending: BTreeSet<String>,
    log: Option<PendingLog>,
    log_failed: bool,
    swept: usize,
    // Last, so that the lock is given back after all else is done.
    _lock: Lock,
}

impl Writer {
    /// Opens a store for writing, and makes it if the folder is new or empty. `who` is told to a
    /// second writer, which is refused.
    ///
    /// Removes what a killed run left behind, and files that were superseded before.
    pub fn open(dir: impl AsRef<Path>, settings: &Settings, who: &str) -> Result<Self, StoreError> {
        let dir = dir.as_ref().to_path_buf();
        fs::create_dir_all(&dir).map_err(|e| match e.kind() {
            io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => StoreError::NotAStore {
                path: dir.clone(),
                found: "it is a file, or lies below one".to_owned(),
            },
            _ => StoreError::writing(&dir, e),
        })?;
        let manifest_path = dir.join(layout::MANIFEST);
        // Look before the lock is taken, so that a folder of someone else's is left untouched; and
        // again after, for another writer may have been faster.
        if Manifest::read(&manifest_path)?.is_none() {
            refuse_others(&dir)?;
        }
        let lock = Lock::take(&dir, who)?;
        refuse_links(&dir)?;
        let (manifest, new) = match Manifest::read(&manifest_path)? {
            Some(manifest) => (manifest, false),
            None => (Manifest::new(settings.clone()), true),
        };
        if manifest.settings != *settings {
            return Err(StoreError::Settings {
                path: dir,
                stored: Box::new(manifest.settings),
                asked: Box::new(settings.clone()),
            });
        }
        let swept = sweep(&dir, &manifest)?;
        if new {
            replace_manifest(&dir, &manifest)?;
        }
        let mut writer = Self {
            next_number: manifest.next_number,
            next_file: manifest.next_file,
            store: Store::new(dir, manifest),
            records: Vec::new(),
            by_digest: FxHashMap::default(),
            by_stamp: FxHashMap::default(),
            pending: BTreeSet::new(),
            log: None,
            log_failed: false,
            swept,
            _lock: lock,
        };
        let records: Vec<FileRecord> = writer.store.files().collect::<Result<_, _>>()?;
        writer.learn(records);
        Ok(writer)
    }

    /// The store, as it is after the last commit.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// How many files were removed on opening, because no manifest names them.
    pub fn swept(&self) -> usize {
        self.swept
    }

    /// The file with these bytes, if it was read before. Of several it is the first with lines.
    pub fn known(&self, sha256: &str) -> Option<&FileRecord> {
        self.by_digest
            .get(&digest(sha256)?)
            .map(|&at| &self.records[at])
    }

    /// The file of this name, if it was read before and neither its size nor its time of change is
    /// another since. Without a time nothing is known.
    pub fn known_unchanged(
        &self,
        name: &str,
        bytes: u64,
        modified: Option<i64>,
    ) -> Option<&FileRecord> {
        self.by_stamp
            .get(&(bytes, modified?))?
            .iter()
            .map(|&at| &self.records[at])
            .find(|record| record.name == name)
    }

    /// The number for the next file to be read. Each call gives another one; numbers that are not
    /// committed may leave holes, which mean nothing.
    pub fn next_file_number(&mut self) -> u32 {
        let number = self.next_file;
        // Four thousand million files are beyond any archive; the commit refuses what repeats.
        self.next_file = self.next_file.saturating_add(1);
        number
    }

    /// Gives out a path for a new file: within the store, and absolute. Its folder is made. The
    /// file is removed again if it is not committed.
    pub fn new_path(&mut self, kind: Kind<'_>) -> Result<(String, PathBuf), StoreError> {
        let relative = kind
            .path(self.next_number)
            .ok_or_else(|| StoreError::Unsound {
                why: format!("there is no folder for {kind:?}"),
            })?;
        let absolute = self.give_out(&relative)?;
        Ok((relative, absolute))
    }

    fn give_out(&mut self, relative: &str) -> Result<PathBuf, StoreError> {
        let absolute = self.store.path(relative);
        if let Some(folder) = absolute.parent() {
            fs::create_dir_all(folder).map_err(|e| StoreError::writing(folder, e))?;
        }
        self.next_number += 1;
        self.pending.insert(relative.to_owned());
        Ok(absolute)
    }

    /// Writes an entry of the reject log. It is committed with the file it belongs to.
    pub fn log(&mut self, entry: &LogEntry) -> Result<(), StoreError> {
        let written = self.write_entry(entry);
        self.log_failed |= written.is_err();
        written
    }

    fn write_entry(&mut self, entry: &LogEntry) -> Result<(), StoreError> {
        if self.log.is_none() {
            let path = layout::rejects(self.next_number);
            let out = create(&self.give_out(&path)?)?;
            self.log = Some(PendingLog {
                path,
                out: BufWriter::with_capacity(1 << 16, out),
                entries: BTreeMap::new(),
            });
        }
        let Some(log) = &mut self.log else {
            return Ok(());
        };
        serde_json::to_writer(&mut log.out, entry)
            .map_err(io::Error::from)
            .and_then(|()| log.out.write_all(b"\n"))
            .map_err(|e| StoreError::writing(&self.store.path(&log.path), e))?;
        let (rejected, mended) = log.entries.entry(entry.file).or_default();
        *if entry.stored { mended } else { rejected } += 1;
        Ok(())
    }

    /// Commits. Afterwards all of it is stored, and survives a loss of power; or, with an error,
    /// nothing is. What was given out and is not named in the commit stays for a later one.
    pub fn commit(&mut self, commit: Commit) -> Result<(), StoreError> {
        self.check(&commit)?;
        let dir = self.store.dir().to_path_buf();
        let mut next = self.store.manifest().clone();
        let mut done = BTreeSet::new();

        next.segments.retain(|s| !commit.replaces.contains(&s.path));
        next.runs.retain(|r| !commit.replaces.contains(&r.path));
        next.keys.retain(|k| !commit.replaces.contains(&k.path));
        for mut segment in commit.segments {
            segment.bytes = self.make_durable(&segment.path, &mut done)?;
            next.segments.push(segment);
        }
        for mut run in commit.runs {
            run.bytes = self.make_durable(&run.path, &mut done)?;
            next.runs.push(run);
        }
        for mut keys in commit.keys {
            keys.bytes = self.make_durable(&keys.path, &mut done)?;
            next.keys.push(keys);
        }
        if let Some(log) = &mut self.log {
            let path = log.path.clone();
            let entries = log.entries.values().map(|(r, m)| r + m).sum();
            let flushed = log.out.flush();
            flushed.map_err(|e| {
                self.log_failed = true;
                StoreError::writing(&dir.join(&path), e)
            })?;
            let bytes = self.make_durable(&path, &mut done)?;
            next.rejects.push(Part {
                path,
                entries,
                bytes,
            });
        }
        if !commit.files.is_empty() {
            let path = self.write_ledger(&commit.files)?;
            let bytes = self.make_durable(&path, &mut done)?;
            next.ledgers.push(Part {
                path,
                entries: commit.files.len() as u64,
                bytes,
            });
        }
        for file in &commit.files {
            next.totals.add(file);
            next.next_file = next.next_file.max(file.number.saturating_add(1));
        }
        next.next_number = self.next_number;
        next.version += 1;
        // What could not be read again must not be written.
        next.check().map_err(|why| StoreError::Unsound { why })?;
        let folders: BTreeSet<&Path> = done
            .iter()
            .flat_map(|p| Path::new(p).ancestors().skip(1))
            .collect();
        for folder in folders {
            sync_folder(&dir.join(folder))?;
        }
        write_manifest(&dir, &next)?;
        rename_manifest(&dir)?;

        // From here on it is stored.
        for path in &done {
            self.pending.remove(path);
        }
        self.log = None;
        self.store.set_manifest(next);
        self.learn(commit.files);
        sync_folder(&dir)
    }

    /// Refuses what would lose rows or count them twice. All of it would be a fault of the caller,
    /// so it is better found here than in somebody's figures.
    fn check(&self, commit: &Commit) -> Result<(), StoreError> {
        let unsound = |why: String| Err(StoreError::Unsound { why });
        if self.log_failed {
            return unsound("an entry of the reject log could not be written before".to_owned());
        }
        let manifest = self.store.manifest();
        let mut named = BTreeSet::new();
        let segments = commit.segments.iter().map(|s| &s.path);
        let runs = commit.runs.iter().map(|r| &r.path);
        let keys = commit.keys.iter().map(|k| &k.path);
        for path in segments.chain(runs).chain(keys) {
            if !self.pending.contains(path) || !named.insert(path) {
                return unsound(format!("{path} was not given out for this commit"));
            }
        }

        let live: BTreeSet<&str> = manifest
            .segments
            .iter()
            .map(|s| s.path.as_str())
            .chain(manifest.runs.iter().map(|r| r.path.as_str()))
            .chain(manifest.keys.iter().map(|k| k.path.as_str()))
            .collect();
        let mut replaced = BTreeSet::new();
        for path in &commit.replaces {
            if !live.contains(path.as_str()) || !replaced.insert(path.as_str()) {
                return unsound(format!("{path} is to be replaced, but is not in the store"));
            }
        }

        let none = BTreeMap::new();
        let logged = self.log.as_ref().map_or(&none, |log| &log.entries);
        let mut numbers = BTreeSet::new();
        let mut digests = BTreeSet::new();
        for file in &commit.files {
            let name = &file.name;
            if !file.adds_up() {
                return unsound(format!(
                    "{name}: {} lines, but {} stored, {} duplicates, {} rejected, {} filtered",
                    file.lines,
                    file.stored,
                    file.duplicates,
                    file.rejected_lines(),
                    file.filtered_rows(),
                ));
            }
            if file.number < manifest.next_file
                || file.number >= self.next_file
                || !numbers.insert(file.number)
            {
                return unsound(format!("{name}: {} is no number for it", file.number));
            }
            let Some(digest) = digest(&file.sha256) else {
                return unsound(format!("{name}: “{}” is no SHA-256", file.sha256));
            };
            // The same bytes under another name may be noted, but add no lines.
            if file.lines > 0
                && (self.known(&file.sha256).is_some_and(|k| k.lines > 0)
                    || !digests.insert(digest))
            {
                return unsound(format!("{name}: these bytes were read before"));
            }
            let (entries, _) = logged.get(&file.number).copied().unwrap_or_default();
            if entries != file.rejected_lines() {
                return unsound(format!(
                    "{name}: {} lines rejected, but {entries} in the reject log",
                    file.rejected_lines()
                ));
            }
        }
        if let Some(number) = logged.keys().find(|n| !numbers.contains(n)) {
            return unsound(format!(
                "the reject log has lines of file {number}, which is not in the commit"
            ));
        }

        // Rows of the segments, as they are, with those that come and without those that go.
        let sums = |all: &mut dyn Iterator<Item = &Segment>| {
            all.fold((0u64, 0u64), |(r, d), s| (r + s.rows, d + s.duplicates))
        };
        let come = sums(&mut commit.segments.iter());
        let go = sums(
            &mut manifest
                .segments
                .iter()
                .filter(|s| replaced.contains(s.path.as_str())),
        );
        let duplicates: u64 = commit.files.iter().map(|f| f.duplicates).sum();
        let stored: u64 = commit.files.iter().map(|f| f.stored).sum();
        if come != (go.0 + stored + duplicates, go.1 + duplicates) {
            return unsound(format!(
                "the segments have {} rows, {} of them duplicates, where the ledger says {} and {}",
                come.0,
                come.1,
                go.0 + stored + duplicates,
                go.1 + duplicates
            ));
        }
        Ok(())
    }

    /// Forces a file to the disk; gives its size.
    fn make_durable(&self, relative: &str, done: &mut BTreeSet<String>) -> Result<u64, StoreError> {
        let path = self.store.path(relative);
        let size = File::open(&path).and_then(|file| {
            file.sync_all()?;
            file.metadata()
        });
        let size = size.map_err(|e| StoreError::writing(&path, e))?.len();
        done.insert(relative.to_owned());
        Ok(size)
    }

    /// One file a line, so that a ledger can be compared and searched with plain tools.
    fn write_ledger(&mut self, files: &[FileRecord]) -> Result<String, StoreError> {
        let relative = layout::ledger(self.next_number);
        let path = self.give_out(&relative)?;
        let mut out = BufWriter::new(create(&path)?);
        let mut write = || {
            for (i, file) in files.iter().enumerate() {
                out.write_all(if i == 0 { b"[\n" } else { b",\n" })?;
                serde_json::to_writer(&mut out, file)?;
            }
            out.write_all(b"\n]\n")?;
            out.flush()
        };
        write().map_err(|e: io::Error| StoreError::writing(&path, e))?;
        Ok(relative)
    }

    /// Removes all that was not committed. Also done when dropped.
    pub fn rollback(&mut self) {
        self.log = None;
        self.log_failed = false;
        for path in std::mem::take(&mut self.pending) {
            // What cannot be removed now is swept by the next writer.
            let _ = fs::remove_file(self.store.path(&path));
        }
        self.next_file = self.store.manifest().next_file;
    }

    fn learn(&mut self, records: Vec<FileRecord>) {
        for record in records {
            let at = self.records.len();
            if let Some(digest) = digest(&record.sha256) {
                let first = *self.by_digest.entry(digest).or_insert(at);
                if first != at && self.records[first].lines == 0 {
                    self.by_digest.insert(digest, at);
                }
            }
            if let Some(modified) = record.modified {
                let stamp = (record.bytes, modified);
                self.by_stamp.entry(stamp).or_default().push(at);
            }
            self.records.push(record);
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.rollback();
    }
}

/// A SHA-256 from its hexadecimal.
fn digest(hex: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    let hex = hex.as_bytes();
    if hex.len() != 64 {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(hex.chunks_exact(2)) {
        let digit = |c: u8| char::from(c).to_digit(16);
        *byte = (digit(pair[0])? * 16 + digit(pair[1])?) as u8;
    }
    Some(bytes)
}

fn create(path: &Path) -> Result<File, StoreError> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)
        .map_err(|e| StoreError::writing(path, e))
}

/// A folder that is no store must be empty, but for what a run killed right at the start leaves
/// and what systems put into folders.
fn refuse_others(dir: &Path) -> Result<(), StoreError> {
    for entry in fs::read_dir(dir).map_err(|e| StoreError::reading(dir, e))? {
        let name = entry.map_err(|e| StoreError::reading(dir, e))?.file_name();
        let name = name.to_string_lossy();
        if name != layout::LOCK && name != layout::MANIFEST_TMP && !name.starts_with('.') {
            return Err(StoreError::NotAStore {
                path: dir.to_path_buf(),
                found: format!(
                    "it has no manifest.json, and is not empty (“{}”)",
                    name.escape_default()
                ),
            });
        }
    }
    Ok(())
}

fn refuse_links(dir: &Path) -> Result<(), StoreError> {
    let mut folders: Vec<PathBuf> = layout::FOLDERS.iter().map(|f| dir.join(f)).collect();
    while let Some(path) = folders.pop() {
        let Ok(metadata) = fs::symlink_metadata(&path) else {
            continue;
        };
        if metadata.is_symlink() {
            return Err(StoreError::Link { path });
        }
        if metadata.is_dir() {
            for entry in fs::read_dir(&path).map_err(|e| StoreError::reading(&path, e))? {
                let entry = entry.map_err(|e| StoreError::reading(&path, e))?;
                if entry
                    .file_type()
                    .is_ok_and(|t| t.is_symlink() || t.is_dir())
                {
                    folders.push(entry.path());
                }
            }
        }
    }
    Ok(())
}

/// The files in the folders of a store that its manifest does not name. `true`: by its path, it
/// would be one of ours.
pub(crate) fn strangers(
    dir: &Path,
    manifest: &Manifest,
) -> Result<Vec<(String, bool)>, StoreError> {
    let named: BTreeSet<&str> = manifest.paths().map(|(path, _)| path).collect();
    let mut found = Vec::new();
    let mut folders: Vec<String> = layout::FOLDERS.iter().map(|f| f.to_string()).collect();
    while let Some(folder) = folders.pop() {
        let absolute = dir.join(&folder);
        let entries = match fs::read_dir(&absolute) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(StoreError::reading(&absolute, error)),
        };
        for entry in entries {
            let entry = entry.map_err(|e| StoreError::reading(&absolute, e))?;
            let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
            // Links are never followed.
            let kind = entry
                .file_type()
                .map_err(|e| StoreError::reading(&entry.path(), e))?;
            if kind.is_dir() {
                folders.push(path);
            } else if !named.contains(path.as_str()) {
                let ours = kind.is_file() && layout::number_of(&path).is_some();
                found.push((path, ours));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Removes what no manifest names: left by a killed run, or superseded. Only files with names that
/// a writer gives; whatever else lies in the folder is somebody's.
fn sweep(dir: &Path, manifest: &Manifest) -> Result<usize, StoreError> {
    let mut paths: Vec<PathBuf> = strangers(dir, manifest)?
        .into_iter()
        .filter(|(_, ours)| *ours)
        .map(|(path, _)| dir.join(path))
        .collect();
    paths.push(dir.join(layout::MANIFEST_TMP));
    let mut swept = 0;
    for path in paths {
        match fs::remove_file(&path) {
            Ok(()) => swept += 1,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(StoreError::writing(&path, error)),
        }
    }
    Ok(swept)
}

fn replace_manifest(dir: &Path, manifest: &Manifest) -> Result<(), StoreError> {
    write_manifest(dir, manifest)?;
    rename_manifest(dir)?;
    sync_folder(dir)
}

fn write_manifest(dir: &Path, manifest: &Manifest) -> Result<(), StoreError> {
    let path = dir.join(layout::MANIFEST_TMP);
    let write = || {
        // A commit that failed may have left one.
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .open(&path)?;
        let mut out = BufWriter::new(file);
        serde_json::to_writer_pretty(&mut out, manifest)?;
        out.write_all(b"\n")?;
        out.into_inner()?.sync_all()
    };
    write().map_err(|e: io::Error| {
        let _ = fs::remove_file(&path);
        StoreError::writing(&path, e)
    })
}

fn rename_manifest(dir: &Path) -> Result<(), StoreError> {
    let path = dir.join(layout::MANIFEST);
    fs::rename(dir.join(layout::MANIFEST_TMP), &path).map_err(|e| StoreError::writing(&path, e))
}

/// Forces the names in a folder to the disk. Some file systems cannot, and say so.
fn sync_folder(path: &Path) -> Result<(), StoreError> {
    if !cfg!(unix) {
        return Ok(());
    }
    match File::open(path).and_then(|folder| folder.sync_all()) {
        Err(error)
            if !matches!(
                error.kind(),
                io::ErrorKind::InvalidInput | io::ErrorKind::Unsupported
            ) =>
        {
            Err(StoreError::writing(path, error))
        }
        _ => Ok(()),
    }
}
