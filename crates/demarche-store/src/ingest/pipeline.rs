//! Readers, workers and the one who commits.

use std::collections::{BTreeMap, HashSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

use demarche_read::input::{Container, InputFile, Limits, Origin, Piece, fingerprint};
use demarche_read::layout::{Fault, Format, Layout, Wrong};

use super::filter::Filter;
use super::keys::Index;
use super::segment::{Builder, Shared};
use super::{encode, lines};
use crate::cube::{CubeBuilder, Tally};
use crate::ledger::{FileFault, FileRecord, LogEntry};
use crate::named::Numbers;
use crate::resolve::Resolve;
use crate::{Commit, Dedup, KeyRun, Kind, Level, Run, Segment, StoreError, Writer};

/// How much goes together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Bytes of input text in a segment. A worker holds about three times as much.
    pub segment: u64,
    /// Bytes of input text after which what was read is committed, at the end of a file.
    pub commit: u64,
    /// Files after which what was read is committed.
    pub files: usize,
}

impl Default for Batch {
    fn default() -> Self {
        Self {
            segment: 64 << 20,
            commit: 512 << 20,
            files: 4000,
        }
    }
}

/// How far the reader may run ahead of a worker, in blocks.
const AHEAD: usize = 4;

/// What to take, and how.
pub struct Options<'a> {
    /// Which rows.
    pub filter: Filter,
    /// Who the actors are.
    pub resolve: &'a dyn Resolve,
    /// What bounds the reading of one file.
    pub limits: Limits,
    /// How much goes together; the same input gives the same files only under the same batch.
    pub batch: Batch,
    /// Threads that make segments; at least one.
    pub workers: usize,
    /// Finds the layout of a file by the head of a member: what is wrong, in words, if it can't.
    pub layout: &'a FindLayout<'a>,
    /// Rows of a Parquet file.
    pub parquet: &'a OpenParquet<'a>,
}

/// Finds the layout of a file by the head of a member.
pub type FindLayout<'a> = dyn Fn(&InputFile, &[u8]) -> Result<Layout, String> + Sync + 'a;

/// Opens a Parquet file.
pub type OpenParquet<'a> = dyn Fn(&Path) -> Result<ParquetRows, String> + Sync + 'a;

/// The layout and the rows of a Parquet file.
pub type ParquetRows = (
    Layout,
    Box<dyn Iterator<Item = Result<Vec<String>, String>>>,
);

/// How far it has come; may be read at any time from another thread.
#[derive(Debug, Default)]
pub struct Gauge {
    /// Bytes of the files as they are stored.
    pub bytes: AtomicU64,
    /// Lines.
    pub lines: AtomicU64,
    /// Files done.
    pub files: AtomicU64,
    /// Set it to stop after what is at hand; nothing uncommitted is kept.
    pub stop: AtomicBool,
}

/// A file that was not read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Its name.
    pub name: String,
    /// Was it in the store already?
    pub known: bool,
    /// Why it was not read.
    pub why: String,
}

/// What was done.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Files read, with what became of their lines.
    pub files: Vec<FileRecord>,
    /// Files not read.
    pub skipped: Vec<Skipped>,
    /// Commits made.
    pub commits: u64,
}

/// Why reading stopped.
#[derive(Debug)]
pub enum IngestError {
    /// The store.
    Store(StoreError),
    /// A file of the store could not be written or read.
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// The user stopped it.
    Stopped,
}

impl From<StoreError> for IngestError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl fmt::Display for IngestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store(e) => e.fmt(f),
            Self::File { path, why } => write!(f, "{}: {why}", path.display()),
            Self::Stopped => f.write_str("stopped; what was not committed is read again next time"),
        }
    }
}

impl std::error::Error for IngestError {}

/// What a worker is told.
enum Message {
    Lines {
        file: u32,
        first: u64,
        bytes: Vec<u8>,
    },
    Rows {
        file: u32,
        first: u64,
        rows: Vec<Vec<String>>,
    },
    TooLong {
        file: u32,
        line: u64,
        length: u64,
        head: Vec<u8>,
    },
}

/// A segment to be made.
struct Job {
    ordinal: u64,
    layout: Arc<Layout>,
    messages: Receiver<Message>,
    path: (String, PathBuf),
    keys: Option<(String, PathBuf)>,
}

/// A segment that was made.
struct Done {
    ordinal: u64,
    segment: Option<Segment>,
    keys: Option<KeyRun>,
    format: Format,
    cells: CubeBuilder,
    counts: BTreeMap<u32, super::segment::Counts>,
    log: Vec<LogEntry>,
}

/// What the one who commits is told.
enum News {
    Done(Box<Result<Done, IngestError>>),
    /// All segments before this one belong to these files: commit.
    Commit {
        before: u64,
        files: Vec<FileRecord>,
        done: SyncSender<()>,
    },
}

/// Lets the workers look for duplicates one after the other, in the order of the input.
struct Turns<T> {
    state: Mutex<(u64, T)>,
    changed: Condvar,
}

impl<T> Turns<T> {
    fn take<R>(&self, ordinal: u64, work: impl FnOnce(&mut T) -> R) -> R {
        let mut state = lock(&self.state);
        while state.0 != ordinal {
            state = self.changed.wait(state).unwrap_or_else(|e| e.into_inner());
        }
        let result = work(&mut state.1);
        state.0 += 1;
        drop(state);
        self.changed.notify_all();
        result
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|e| e.into_inner())
}

/// Reads files into the store. Files that are there already, by their bytes, are skipped.
///
/// # Errors
/// If the store can't be written. What was committed before stays.
pub fn ingest(
    writer: Writer,
    files: &[InputFile],
    options: &Options<'_>,
    gauge: &Gauge,
) -> Result<Summary, IngestError> {
    let numbers = Numbers::default();
    let filter = options.filter.numbered(&numbers);
    let dedup = writer.store().manifest().settings.dedup;
    let mut index = Index::default();
    if dedup != Dedup::None {
        for run in &writer.store().manifest().keys {
            let path = writer.store().path(&run.path);
            index.open(&path).map_err(|e| file_error(&path, e))?;
        }
    }
    let turns = Turns {
        state: Mutex::new((0, index)),
        changed: Condvar::new(),
    };
    let mut sizes = HashSet::new();
    let mut names = HashSet::new();
    for record in writer.store().files() {
        let record = record?;
        sizes.insert(record.bytes);
        names.insert((record.name, record.sha256));
    }
    let writer = Mutex::new(writer);
    let shared = Shared {
        numbers: &numbers,
        resolve: options.resolve,
        filter: &filter,
        dedup,
    };
    std::thread::scope(|scope| {
        let (news, heard) = channel::<News>();
        let (spare, spares) = channel::<Vec<u8>>();
        let workers: Vec<SyncSender<Job>> = (0..options.workers.max(1))
            .map(|_| {
                let (jobs, orders) = sync_channel::<Job>(1);
                let (news, spare) = (news.clone(), spare.clone());
                let (shared, turns, gauge) = (&shared, &turns, gauge);
                scope.spawn(move || work(&orders, shared, turns, gauge, &news, &spare));
                jobs
            })
            .collect();
        let committer = {
            let (writer, numbers) = (&writer, &numbers);
            scope.spawn(move || commit_all(&heard, writer, numbers, gauge))
        };
        let mut reader = Reader {
            writer: &writer,
            options,
            gauge,
            dedup,
            workers,
            news,
            spares,
            ordinal: 0,
            open: None,
            layout: None,
            bytes: 0,
            text: 0,
            pending: Vec::new(),
            seen: HashSet::new(),
            sizes,
            names,
            skipped: Vec::new(),
        };
        let read = reader.run(files);
        let skipped = std::mem::take(&mut reader.skipped);
        drop(reader);
        let done = committer
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        let mut summary = done?;
        match read {
            // Standard input turned out to be known: that is a file skipped, not a stop.
            Err(IngestError::Stopped) if !gauge.stop.load(Ordering::Relaxed) => {}
            read => read?,
        }
        summary.skipped = skipped;
        Ok(summary)
    })
}

fn file_error(path: &Path, error: impl fmt::Display) -> IngestError {
    IngestError::File {
        path: path.to_owned(),
        why: error.to_string(),
    }
}

/// The thread that reads.
struct Reader<'a> {
    writer: &'a Mutex<Writer>,
    options: &'a Options<'a>,
    gauge: &'a Gauge,
    dedup: Dedup,
    workers: Vec<SyncSender<Job>>,
    news: Sender<News>,
    spares: Receiver<Vec<u8>>,
    ordinal: u64,
    open: Option<SyncSender<Message>>,
    layout: Option<Arc<Layout>>,
    /// Bytes of text in the open segment, and since the last commit.
    bytes: u64,
    text: u64,
    pending: Vec<FileRecord>,
    /// Fingerprints of the files read in this run; sizes of all files ever read.
    seen: HashSet<String>,
    sizes: HashSet<u64>,
    /// Names of all files ever read, with their fingerprints.
    names: HashSet<(String, String)>,
    skipped: Vec<Skipped>,
}

impl Reader<'_> {
    fn run(&mut self, files: &[InputFile]) -> Result<(), IngestError> {
        for file in files {
            if self.gauge.stop.load(Ordering::Relaxed) {
                return Err(IngestError::Stopped);
            }
            if let Some(why) = self.known(file) {
                self.skip(file, true, why);
            } else if file.container == Container::Parquet {
                self.read_parquet(file)?;
            } else if !self.read(file)? {
                break;
            }
            self.gauge.files.fetch_add(1, Ordering::Relaxed);
            let batch = &self.options.batch;
            if self.text >= batch.commit || self.pending.len() >= batch.files {
                self.commit();
            }
        }
        self.commit();
        Ok(())
    }

    fn skip(&mut self, file: &InputFile, known: bool, why: String) {
        if let (Some(size), true) = (file.size, known) {
            self.gauge.bytes.fetch_add(size, Ordering::Relaxed);
        }
        self.skipped.push(Skipped {
            name: file.name.clone(),
            known,
            why,
        });
    }

    /// Whether a file is in the store already. Its bytes are only looked at where a file of the
    /// same size was read before. Known bytes under a new name are entered in the ledger, without
    /// lines, so that the name is not taken for missing.
    fn known(&mut self, file: &InputFile) -> Option<String> {
        let size = file.size?;
        let Origin::Path(path) = &file.origin else {
            return None;
        };
        if let Some(modified) = file.modified
            && lock(self.writer)
                .known_unchanged(&file.name, size, Some(modified))
                .is_some()
        {
            return Some("it is in the store and has not changed since".to_owned());
        }
        if !self.sizes.contains(&size) {
            return None;
        }
        let (bytes, sha256) = fingerprint(path).ok()?;
        let sha256 = hex(&sha256);
        let why = self.known_bytes(&sha256)?;
        if !self.names.contains(&(file.name.clone(), sha256.clone())) {
            let format = self.format_of(&sha256);
            let record = FileRecord {
                sha256,
                bytes,
                format,
                ..self.record(file)
            };
            self.finish_file(record);
        }
        Some(why)
    }

    /// The format that known bytes were read as.
    fn format_of(&self, sha256: &str) -> String {
        let pending = self.pending.iter().find(|f| f.sha256 == sha256);
        let known = || lock(self.writer).known(sha256).map(|f| f.format.clone());
        pending
            .map(|f| f.format.clone())
            .or_else(known)
            .unwrap_or_else(|| "empty".to_owned())
    }

    fn known_bytes(&self, sha256: &str) -> Option<String> {
        if self.seen.contains(sha256) {
            return Some("the same bytes were read under another name".to_owned());
        }
        let writer = lock(self.writer);
        let record = writer.known(sha256)?;
        Some(format!(
            "the same bytes are in the store as {}",
            record.name
        ))
    }

    /// Reads a file; false if nothing must be read after it.
    fn read(&mut self, file: &InputFile) -> Result<bool, IngestError> {
        if file.origin == Origin::Stdin {
            // What comes in can't be looked at twice: if it turns out to be known, nothing but
            // itself must be lost.
            self.commit();
        }
        let mut stream = match file.open(&self.options.limits) {
            Ok(stream) => stream,
            Err(error) => {
                self.skip(file, false, error.to_string());
                return Ok(true);
            }
        };
        let mut record = self.record(file);
        let number = record.number;
        // Lines of members that came before; members are counted on.
        let (mut before, mut last) = (0u64, 0u64);
        let (mut known_format, mut damaged) = (false, false);
        // Bytes of this file that the gauge shows already.
        let mut shown = 0u64;
        loop {
            if self.gauge.stop.load(Ordering::Relaxed) {
                return Err(IngestError::Stopped);
            }
            let recycle = self.spares.try_recv().unwrap_or_default();
            let piece = match stream.next(recycle) {
                Ok(Some(piece)) => piece,
                Ok(None) => break,
                Err(error) => {
                    record.faults.push(FileFault {
                        code: "unreadable".to_owned(),
                        words: error.to_string(),
                        after_line: last,
                    });
                    break;
                }
            };
            let taken = stream.taken();
            if taken > shown {
                self.gauge.bytes.fetch_add(taken - shown, Ordering::Relaxed);
                shown = taken;
            }
            match piece {
                Piece::Member { name, .. } => {
                    before = last;
                    known_format = false;
                    if file.container == Container::Zip {
                        record.members.push(name);
                    }
                }
                Piece::Block(block) => {
                    let mut bytes = block.bytes;
                    let mut first = before + block.first_line;
                    last = before + block.first_line + block.lines - 1;
                    if !known_format {
                        // A byte order mark, as some re-exports begin with, is none of the content.
                        if bytes.starts_with(b"\xef\xbb\xbf") {
                            bytes.drain(..3);
                        }
                        match (self.options.layout)(file, &bytes) {
                            Ok(layout) => {
                                record.format = layout.format.name().to_owned();
                                if layout.header {
                                    let end = memchr::memchr(b'\n', &bytes)
                                        .map_or(bytes.len(), |e| e + 1);
                                    bytes.drain(..end);
                                    record.headers += 1;
                                    first += 1;
                                }
                                self.begin(layout)?;
                                known_format = true;
                            }
                            Err(why) if record.format.is_empty() => {
                                // Nothing of it was taken in.
                                self.skip(file, false, why);
                                return Ok(true);
                            }
                            Err(why) => {
                                record.faults.push(FileFault {
                                    code: "unknown-member".to_owned(),
                                    words: why,
                                    after_line: last,
                                });
                                break;
                            }
                        }
                    }
                    self.gauge.lines.fetch_add(block.lines, Ordering::Relaxed);
                    if !bytes.is_empty() {
                        self.send(Message::Lines {
                            file: number,
                            first,
                            bytes,
                        })?;
                    }
                }
                Piece::Oversized {
                    line, length, head, ..
                } => {
                    last = before + line;
                    if !known_format {
                        self.skip(
                            file,
                            false,
                            format!("its first line is {length} bytes long: this is no event file"),
                        );
                        return Ok(true);
                    }
                    self.send(Message::TooLong {
                        file: number,
                        line: last,
                        length,
                        head,
                    })?;
                }
                Piece::Fault {
                    after_line, what, ..
                } => {
                    damaged |= !what.is_note();
                    record.faults.push(FileFault {
                        code: what.code().to_owned(),
                        words: what.to_string(),
                        after_line: before + after_line,
                    });
                }
            }
        }
        if record.format.is_empty() && !damaged {
            record.format = "empty".to_owned();
        }
        match stream.finish() {
            Ok(receipt) => {
                record.bytes = receipt.bytes_read;
                record.sha256 = hex(&receipt.sha256);
            }
            // Its rows are on their way, so it must have a record; without a fingerprint it will be
            // read again.
            Err(error) => record.faults.push(FileFault {
                code: "changed".to_owned(),
                words: error.to_string(),
                after_line: last,
            }),
        }
        let rest = record.bytes.saturating_sub(shown);
        self.gauge.bytes.fetch_add(rest, Ordering::Relaxed);
        if file.origin == Origin::Stdin
            && let Some(why) = self.known_bytes(&record.sha256)
        {
            // The segments of this file are dropped with the run: nothing else is uncommitted.
            self.skip(file, true, why);
            return Ok(false);
        }
        if record.format.is_empty() {
            // A damaged archive of which nothing could be read: not known, so that it is read
            // again once it has been mended.
            let why = record
                .faults
                .iter()
                .map(|f| f.words.as_str())
                .collect::<Vec<_>>();
            self.skip(file, false, why.join("; "));
            return Ok(true);
        }
        self.finish_file(record);
        Ok(true)
    }

    fn read_parquet(&mut self, file: &InputFile) -> Result<(), IngestError> {
        let Origin::Path(path) = &file.origin else {
            self.skip(
                file,
                false,
                "a Parquet file can't be read from standard input".to_owned(),
            );
            return Ok(());
        };
        let (layout, rows) = match (self.options.parquet)(path) {
            Ok(opened) => opened,
            Err(why) => {
                self.skip(file, false, why);
                return Ok(());
            }
        };
        let (bytes, sha256) = match fingerprint(path) {
            Ok(found) => found,
            Err(error) => {
                self.skip(file, false, error.to_string());
                return Ok(());
            }
        };
        let mut record = self.record(file);
        record.bytes = bytes;
        record.sha256 = hex(&sha256);
        record.format = layout.format.name().to_owned();
        self.begin(layout)?;
        let (mut chunk, mut first, mut size) = (Vec::new(), 1u64, 0usize);
        for row in rows {
            match row {
                Ok(row) => {
                    size += row.iter().map(|f| f.len() + 1).sum::<usize>();
                    chunk.push(row);
                }
                Err(words) => {
                    record.faults.push(FileFault {
                        code: "unreadable".to_owned(),
                        words,
                        after_line: first + chunk.len() as u64 - 1,
                    });
                    break;
                }
            }
            if size >= demarche_read::input::BLOCK {
                let n = chunk.len() as u64;
                self.gauge.lines.fetch_add(n, Ordering::Relaxed);
                let rows = std::mem::take(&mut chunk);
                self.send(Message::Rows {
                    file: record.number,
                    first,
                    rows,
                })?;
                (first, size) = (first + n, 0);
            }
        }
        if !chunk.is_empty() {
            self.gauge
                .lines
                .fetch_add(chunk.len() as u64, Ordering::Relaxed);
            self.send(Message::Rows {
                file: record.number,
                first,
                rows: chunk,
            })?;
        }
        self.gauge.bytes.fetch_add(bytes, Ordering::Relaxed);
        self.finish_file(record);
        Ok(())
    }

    fn record(&self, file: &InputFile) -> FileRecord {
        FileRecord {
            number: lock(self.writer).next_file_number(),
            name: file.name.clone(),
            modified: file.modified,
            ..FileRecord::default()
        }
    }

    fn finish_file(&mut self, record: FileRecord) {
        self.seen.insert(record.sha256.clone());
        self.names
            .insert((record.name.clone(), record.sha256.clone()));
        self.sizes.insert(record.bytes);
        self.pending.push(record);
    }

    /// Makes sure that a segment of this layout is open.
    fn begin(&mut self, layout: Layout) -> Result<(), IngestError> {
        if self.layout.as_ref().is_some_and(|old| alike(old, &layout)) {
            return Ok(());
        }
        self.end();
        self.layout = Some(Arc::new(layout));
        Ok(())
    }

    fn send(&mut self, message: Message) -> Result<(), IngestError> {
        let size = match &message {
            Message::Lines { bytes, .. } => bytes.len(),
            Message::Rows { rows, .. } => rows.iter().flatten().map(|f| f.len() + 1).sum(),
            Message::TooLong { head, .. } => head.len(),
        } as u64;
        if self.bytes >= self.options.batch.segment {
            self.end();
        }
        if self.open.is_none() {
            let layout = Arc::clone(self.layout.as_ref().expect("a layout was begun"));
            let kind = if layout.format.holds_events() {
                Kind::Segment(layout.format.name())
            } else {
                Kind::Mentions(layout.format.name())
            };
            let mut writer = lock(self.writer);
            let path = writer.new_path(kind)?;
            let keys = match self.dedup {
                Dedup::None => None,
                _ if !layout.format.holds_events() => None,
                _ => Some(writer.new_path(Kind::Keys)?),
            };
            drop(writer);
            let (messages, inbox) = sync_channel(AHEAD);
            let job = Job {
                ordinal: self.ordinal,
                layout,
                messages: inbox,
                path,
                keys,
            };
            let worker = (self.ordinal % self.workers.len() as u64) as usize;
            self.ordinal += 1;
            self.workers[worker]
                .send(job)
                .map_err(|_| IngestError::Stopped)?;
            self.open = Some(messages);
        }
        self.bytes += size;
        self.text += size;
        let open = self.open.as_ref().expect("just opened");
        open.send(message).map_err(|_| IngestError::Stopped)
    }

    /// Ends the open segment.
    fn end(&mut self) {
        self.open = None;
        self.bytes = 0;
    }

    /// Ends the open segment and has all that was read committed.
    fn commit(&mut self) {
        self.end();
        self.text = 0;
        if self.pending.is_empty() {
            return;
        }
        let files = std::mem::take(&mut self.pending);
        // Files are numbered as they are made, by this thread and by the one who commits: so that
        // the same input gives the same names, this one waits. If the other is gone, it has told why.
        let (done, wait) = sync_channel(1);
        let _ = self.news.send(News::Commit {
            before: self.ordinal,
            files,
            done,
        });
        let _ = wait.recv();
    }
}

/// Can rows of these two layouts stand in one segment?
fn alike(a: &Layout, b: &Layout) -> bool {
    let fixed = !matches!(a.format, Format::Mapped | Format::Quadruples);
    fixed
        && a.format == b.format
        && a.cut == b.cut
        && a.min_fields == b.min_fields
        && a.max_fields == b.max_fields
        && a.groups.len() == b.groups.len()
        && a.groups.iter().zip(&b.groups).all(|(x, y)| {
            x.part == y.part
                && x.fields == y.fields
                && x.columns == y.columns
                && x.repeats == y.repeats
        })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// A worker: makes one segment after the other.
fn work(
    orders: &Receiver<Job>,
    shared: &Shared<'_>,
    turns: &Turns<Index>,
    gauge: &Gauge,
    news: &Sender<News>,
    spare: &Sender<Vec<u8>>,
) {
    let mut builder: Option<Builder> = None;
    let mut spans = Vec::new();
    for job in orders {
        let builder = match builder.as_mut() {
            Some(b) if Arc::ptr_eq(&b.layout, &job.layout) => {
                b.clear();
                b
            }
            _ => builder.insert(Builder::new(Arc::clone(&job.layout))),
        };
        for message in &job.messages {
            match message {
                Message::Lines { file, first, bytes } => {
                    lines::feed(builder, shared, file, first, &bytes, &mut spans);
                    let _ = spare.send(bytes);
                }
                Message::Rows { file, first, rows } => {
                    for (i, row) in rows.iter().enumerate() {
                        let line = first + i as u64;
                        lines::feed_fields(builder, shared, file, line, row, &mut spans);
                    }
                }
                Message::TooLong {
                    file,
                    line,
                    length,
                    head,
                } => {
                    let fault = Fault {
                        what: Wrong::TooLong,
                        column: "",
                    };
                    builder.reject(file, line, fault, &head, length);
                }
            }
        }
        let done = make(&job, builder, shared, turns, gauge);
        if news.send(News::Done(Box::new(done))).is_err() {
            return;
        }
    }
}

/// Finds duplicates, sorts and writes the segment.
fn make(
    job: &Job,
    builder: &mut Builder,
    shared: &Shared<'_>,
    turns: &Turns<Index>,
    gauge: &Gauge,
) -> Result<Done, IngestError> {
    // Every segment takes its turn, or the next would wait for ever.
    let duplicate = turns.take(job.ordinal, |index| match &job.keys {
        Some((_, path)) if !gauge.stop.load(Ordering::Relaxed) => index
            .add(&builder.keys, path)
            .map_err(|e| file_error(path, e)),
        _ => Ok(vec![false; builder.rows()]),
    })?;
    let mut done = Done {
        ordinal: job.ordinal,
        segment: None,
        keys: None,
        format: job.layout.format,
        cells: CubeBuilder::new(),
        counts: std::mem::take(&mut builder.counts),
        log: std::mem::take(&mut builder.log),
    };
    for (row, _) in duplicate.iter().enumerate().filter(|(_, d)| **d) {
        let counts = done.counts.entry(builder.file[row]).or_default();
        counts.stored -= 1;
        counts.duplicates += 1;
    }
    if let Some((rel, _)) = &job.keys {
        let fresh = duplicate.iter().filter(|d| !**d).count() as u64;
        done.keys = Some(KeyRun {
            path: rel.clone(),
            keys: fresh,
            ..KeyRun::default()
        });
    }
    let rows = builder.rows();
    if rows == 0 {
        return Ok(done);
    }
    let codes = shared.numbers.codes();
    let order = encode::order(builder, &codes);
    let (rel, path) = &job.path;
    let bytes = encode::write(builder, &order, &duplicate, &codes, path)
        .map_err(|e| file_error(path, e))?;
    let days = builder
        .day
        .iter()
        .fold(None, |days: Option<(i32, i32)>, &d| {
            Some(days.map_or((d, d), |(a, b)| (a.min(d), b.max(d))))
        });
    if job.layout.format.holds_events() {
        for &row in &order {
            let row = row as usize;
            let deed = builder.deed(row);
            let (count, mentions) = builder.weight(row);
            let tally = Tally {
                count: u32::try_from(count).unwrap_or(0),
                duplicate: duplicate[row],
                quad: deed.quad,
                root: deed.root,
                scale: deed.scale,
                mentions: u32::try_from(mentions).unwrap_or(0),
            };
            done.cells.add(
                builder.source[row],
                builder.target[row],
                builder.day[row],
                &tally,
            );
        }
    }
    done.segment = Some(Segment {
        path: rel.clone(),
        format: job.layout.format.name().to_owned(),
        rows: rows as u64,
        duplicates: duplicate.iter().filter(|d| **d).count() as u64,
        days,
        bytes,
    });
    Ok(done)
}

/// The thread that commits, in the order of the input.
fn commit_all(
    heard: &Receiver<News>,
    writer: &Mutex<Writer>,
    numbers: &Numbers,
    gauge: &Gauge,
) -> Result<Summary, IngestError> {
    let mut summary = Summary::default();
    let mut waiting: BTreeMap<u64, Done> = BTreeMap::new();
    let mut asked: Vec<(u64, Vec<FileRecord>, SyncSender<()>)> = Vec::new();
    let mut next = 0u64;
    let mut batch: Vec<Done> = Vec::new();
    let mut result = Ok(());
    for news in heard {
        if result.is_err() {
            // Go on listening, so that nobody waits for us; the first error is the one to tell.
            continue;
        }
        match news {
            News::Done(done) => match *done {
                Ok(done) => {
                    waiting.insert(done.ordinal, done);
                }
                Err(error) => {
                    gauge.stop.store(true, Ordering::Relaxed);
                    result = Err(error);
                    asked.clear();
                    continue;
                }
            },
            News::Commit {
                before,
                files,
                done,
            } => asked.push((before, files, done)),
        }
        while !asked.is_empty() {
            let before = asked[0].0;
            while next < before
                && let Some(done) = waiting.remove(&next)
            {
                batch.push(done);
                next += 1;
            }
            if next < before {
                break;
            }
            let (_, files, committed) = asked.remove(0);
            match commit(
                &mut lock(writer),
                std::mem::take(&mut batch),
                files,
                numbers,
            ) {
                Ok(files) => {
                    summary.files.extend(files);
                    summary.commits += 1;
                    let _ = committed.send(());
                }
                Err(error) => {
                    gauge.stop.store(true, Ordering::Relaxed);
                    result = Err(error);
                    break;
                }
            }
        }
    }
    result.map(|()| summary)
}

/// Commits a batch of segments with the files they were made of.
fn commit(
    writer: &mut Writer,
    batch: Vec<Done>,
    mut files: Vec<FileRecord>,
    numbers: &Numbers,
) -> Result<Vec<FileRecord>, IngestError> {
    let mut commit = Commit::default();
    let mut cubes: BTreeMap<Format, CubeBuilder> = BTreeMap::new();
    for done in batch {
        for (number, counts) in done.counts {
            // Every file of which lines were sent has a record; numbers grow, with holes.
            if let Ok(at) = files.binary_search_by_key(&number, |f| f.number) {
                let file = &mut files[at];
                add(file, counts);
            }
        }
        for entry in done.log {
            writer.log(&entry)?;
        }
        commit.segments.extend(done.segment);
        commit.keys.extend(done.keys);
        cubes.entry(done.format).or_default().absorb(done.cells);
    }
    let codes = numbers.codes();
    for (format, mut cube) in cubes {
        if cube.is_empty() {
            continue;
        }
        let (rel, path) = writer.new_path(Kind::Cube(format.name(), Level::Day))?;
        let run = cube
            .write(&codes, &path)
            .map_err(|e| file_error(&path, e))?;
        let bytes = std::fs::metadata(&path)
            .map_err(|e| file_error(&path, e))?
            .len();
        commit.runs.push(Run {
            path: rel,
            format: format.name().to_owned(),
            level: Level::Day,
            cells: run.cells,
            bytes,
        });
    }
    commit.files = files.clone();
    writer.commit(commit)?;
    Ok(files)
}

fn add(file: &mut FileRecord, counts: super::segment::Counts) {
    file.lines += counts.lines;
    file.stored += counts.stored;
    file.duplicates += counts.duplicates;
    for (fault, n) in counts.rejected {
        *file.rejected.entry(fault.to_string()).or_default() += n;
    }
    for (why, n) in counts.filtered {
        *file.filtered.entry(why.to_owned()).or_default() += n;
    }
    for (fault, n) in counts.mended {
        *file.mended.entry(fault.to_string()).or_default() += n;
    }
    file.latin1 += counts.latin1;
    file.quad_differs += counts.quad_differs;
    file.scale_differs += counts.scale_differs;
    file.code_fallback += counts.code_fallback;
    file.unresolved += counts.unresolved;
    file.dyadic += counts.dyadic;
    file.days = match (file.days, counts.days) {
        (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
        (a, b) => a.or(b),
    };
}
