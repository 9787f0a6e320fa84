//! The whole of it: lists, a pool of connections, the journal.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, TryLockError};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use crate::client::Client;
use crate::download::{Downloader, Got, Step};
use crate::error::FetchError;
use crate::journal::{FileState, Journal};
use crate::list::{ListTally, Listed};
use crate::list_fetch::{kept_file, read_list};
use crate::options::{MOST_JOBS, Options};
use crate::plan::Plan;
use crate::progress::{Event, Rate, Status};
use crate::retry::Pause;
use crate::summary::{Ending, Preview, Summary, gaps};

/// The folder, within the one that is fetched into, where we keep what is not data.
pub const FOLDER: &str = ".fetch";
/// The journal is written at most this often.
const JOURNAL_EVERY: Duration = Duration::from_secs(3);

/// All lists of a plan, put together.
struct Lists {
    files: BTreeMap<String, Listed>,
    tallies: BTreeMap<String, ListTally>,
}

/// Brings the files of a plan into the folder.
///
/// It may be killed at any moment and run again: what is here and right is not fetched again, and
/// a half file never has its final name. Setting `stop` ends it within a read timeout; the rest is
/// recorded as pending.
pub fn run(
    plan: &Plan,
    options: &Options,
    stop: &AtomicBool,
    tell: &mut dyn FnMut(&Event),
) -> Result<Summary, FetchError> {
    check(options)?;
    let client = Client::new(options)?;
    let folder = options.dir.join(FOLDER);
    fs::create_dir_all(&folder).map_err(FetchError::file(&folder))?;
    let _lock = lock(&options.dir, &folder)?;
    let mut journal = Journal::read(&options.dir)?;
    let stopped = || stop.load(Relaxed);
    let lists = read_lists(&client, plan, (&folder, true), options, &stopped, tell)?;

    let series = plan.series();
    let names: BTreeSet<&str> = series
        .iter()
        .flatten()
        .chain(lists.files.keys())
        .map(String::as_str)
        .collect();
    for &name in &names {
        let state = match lists.files.get(name) {
            Some(_) => FileState::Pending,
            None => FileState::Unlisted,
        };
        journal.files.insert(name.to_owned(), state);
    }
    journal.write(&options.dir)?;

    let mut board = Board::new(&lists.files, journal, options);
    let done = fetch_all(&client, options, &stopped, &mut board, tell);
    board.journal.write(&options.dir)?;
    done?;

    let mut summary = Summary {
        gaps: gaps(&series, &|name| lists.files.contains_key(name)),
        lists: lists.tallies,
        ending: match (board.gave_up, stopped()) {
            (true, _) => Ending::GaveUp,
            (false, true) => Ending::Stopped,
            (false, false) => Ending::Done,
        },
        ..Summary::default()
    };
    for name in names {
        let fetched = board.fetched.contains(name);
        summary.count(name, &board.journal.files[name], fetched);
    }
    if board.contradiction {
        // The list may have been put right, in lines that were read before.
        for list in plan.lists() {
            let file = kept_file(&folder, list);
            crate::disk::remove(&file).map_err(FetchError::file(&file))?;
        }
    }
    if summary.here + summary.fetched == 0 && summary.ending != Ending::Stopped {
        return Err(FetchError::Nothing(Box::new(summary)));
    }
    Ok(summary)
}

/// Says what [`run`] would do. Reads the lists, and writes nothing.
pub fn preview(
    plan: &Plan,
    options: &Options,
    stop: &AtomicBool,
    tell: &mut dyn FnMut(&Event),
) -> Result<Preview, FetchError> {
    check(options)?;
    let client = Client::new(options)?;
    let folder = options.dir.join(FOLDER);
    let stopped = || stop.load(Relaxed);
    let lists = read_lists(&client, plan, (&folder, false), options, &stopped, tell)?;
    let series = plan.series();
    let is_listed = |name: &str| lists.files.contains_key(name);
    let mut preview = Preview {
        gaps: gaps(&series, &is_listed),
        listed: lists.files.len() as u64,
        ..Preview::default()
    };
    preview.files = preview.listed + preview.gaps.iter().map(|gap| gap.files).sum::<u64>();
    for (name, listed) in &lists.files {
        let size = listed.size.unwrap_or(0);
        preview.bytes += size;
        let found = fs::metadata(options.dir.join(name));
        if found.is_ok_and(|f| f.is_file() && listed.size.is_none_or(|size| size == f.len())) {
            preview.here += 1;
        } else {
            preview.bytes_to_fetch += size;
        }
    }
    preview.lists = lists.tallies;
    Ok(preview)
}

fn check(options: &Options) -> Result<(), FetchError> {
    let bad = |why: String| Err(FetchError::Option { why });
    if !(1..=MOST_JOBS).contains(&options.jobs) {
        return bad(format!(
            "{} connections: there may be from 1 to {MOST_JOBS}",
            options.jobs
        ));
    }
    if options.tries == 0 || options.give_up_after == 0 {
        return bad("a file is tried at least once".into());
    }
    Ok(())
}

/// Two runs at once would write to the same parts.
fn lock(dir: &Path, folder: &Path) -> Result<File, FetchError> {
    let path = folder.join("lock");
    let file = File::options()
        .create(true)
        .write(true)
        .truncate(false)
        .open(&path);
    let file = file.map_err(FetchError::file(&path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(FetchError::Busy {
            dir: dir.to_owned(),
        }),
        Err(TryLockError::Error(error)) => Err(FetchError::File { path, error }),
    }
}

fn read_lists(
    client: &Client,
    plan: &Plan,
    keep: (&Path, bool),
    options: &Options,
    stopped: &dyn Fn() -> bool,
    tell: &mut dyn FnMut(&Event),
) -> Result<Lists, FetchError> {
    let mut files: BTreeMap<String, Listed> = BTreeMap::new();
    let mut tallies = BTreeMap::new();
    for list in plan.lists() {
        let listing = read_list(client, plan, list, keep, options, stopped, tell)?;
        for (name, listed) in listing.files {
            let known = files.entry(name).or_default();
            known.size = listed.size.or(known.size);
            known.md5 = listed.md5.or(known.md5.take());
        }
        tallies.insert(list.name.to_owned(), listing.tally);
    }
    Ok(Lists { files, tallies })
}

/// What the connections report.
enum Message {
    Bytes {
        index: usize,
        at: u64,
        received: u64,
    },
    Retry {
        index: usize,
        reason: String,
        wait: Duration,
    },
    Done {
        index: usize,
        got: Result<Got, FetchError>,
    },
}

/// Where everything stands.
struct Board<'a> {
    files: Vec<(&'a str, &'a Listed)>,
    journal: Journal,
    written: Instant,
    /// How long that took: a long journal is written more seldom.
    writing: Duration,
    fetched: BTreeSet<&'a str>,
    status: Status,
    /// Bytes of the files on their way.
    under_way: BTreeMap<usize, u64>,
    done_bytes: u64,
    rate: Rate,
    failed_in_a_row: u32,
    gave_up: bool,
    /// Whether a file was not the one on the list.
    contradiction: bool,
    options: &'a Options,
}

impl<'a> Board<'a> {
    fn new(files: &'a BTreeMap<String, Listed>, journal: Journal, options: &'a Options) -> Self {
        Self {
            files: files.iter().map(|(n, l)| (n.as_str(), l)).collect(),
            journal,
            written: Instant::now(),
            writing: Duration::ZERO,
            fetched: BTreeSet::new(),
            status: Status {
                files: files.len() as u64,
                bytes: files.values().filter_map(|l| l.size).sum(),
                ..Status::default()
            },
            under_way: BTreeMap::new(),
            done_bytes: 0,
            rate: Rate::new(),
            failed_in_a_row: 0,
            gave_up: false,
            contradiction: false,
            options,
        }
    }

    fn take(&mut self, message: Message, tell: &mut dyn FnMut(&Event)) -> Result<(), FetchError> {
        match message {
            Message::Bytes {
                index,
                at,
                received,
            } => {
                self.under_way.insert(index, at);
                self.rate.add(received);
            }
            Message::Retry {
                index,
                reason,
                wait,
            } => tell(&Event::Retry {
                name: self.files[index].0,
                reason: &reason,
                wait,
            }),
            Message::Done { index, got } => self.done(index, got?)?,
        }
        self.status.bytes_done = self.done_bytes + self.under_way.values().sum::<u64>();
        self.status.bytes_per_second = self.rate.per_second();
        tell(&Event::Files(self.status));
        Ok(())
    }

    fn done(&mut self, index: usize, got: Got) -> Result<(), FetchError> {
        let (name, listed) = self.files[index];
        let state = match got {
            Got::Have {
                bytes,
                md5,
                fetched,
            } => {
                if fetched {
                    self.fetched.insert(name);
                }
                FileState::Have { bytes, md5 }
            }
            Got::Absent => FileState::Absent,
            Got::Failed {
                reason,
                tries,
                contradiction,
            } => {
                self.contradiction |= contradiction;
                FileState::Failed { reason, tries }
            }
            Got::Stopped => return Ok(()),
        };
        self.failed_in_a_row = match state {
            FileState::Failed { .. } => self.failed_in_a_row + 1,
            _ => 0,
        };
        self.gave_up |= self.failed_in_a_row >= self.options.give_up_after;
        self.under_way.remove(&index);
        self.done_bytes += listed.size.unwrap_or(0);
        self.status.files_done += 1;
        self.journal.files.insert(name.to_owned(), state);
        if self.written.elapsed() > JOURNAL_EVERY.max(self.writing * 50) {
            let begun = Instant::now();
            self.journal.write(&self.options.dir)?;
            self.written = Instant::now();
            self.writing = self.written - begun;
        }
        Ok(())
    }
}

/// Has the pool work through the files, until all are dealt with or one of the reasons to stop
/// has come.
fn fetch_all(
    client: &Client,
    options: &Options,
    stopped: &(dyn Fn() -> bool + Sync),
    board: &mut Board,
    tell: &mut dyn FnMut(&Event),
) -> Result<(), FetchError> {
    let files = board.files.clone();
    let next = AtomicUsize::new(0);
    let halt = AtomicBool::new(false);
    let pause = Pause::default();
    let over = || halt.load(Relaxed) || stopped();
    let downloader = Downloader {
        client,
        options,
        pause: &pause,
        stopped: &over,
    };
    let work = |to: mpsc::Sender<Message>| {
        // The receiver outlives the workers.
        let send = |message| {
            let _ = to.send(message);
        };
        loop {
            let index = next.fetch_add(1, Relaxed);
            let Some(&(name, listed)) = files.get(index).filter(|_| !over()) else {
                return;
            };
            let got = downloader.obtain(name, listed, &mut |step| match step {
                Step::Bytes { at, received } => send(Message::Bytes {
                    index,
                    at,
                    received,
                }),
                Step::Retry { reason, wait } => send(Message::Retry {
                    index,
                    reason: reason.to_owned(),
                    wait,
                }),
            });
            send(Message::Done { index, got });
        }
    };
    thread::scope(|scope| {
        let (to, from) = mpsc::channel();
        for _ in 0..options.jobs.min(files.len()) {
            let to = to.clone();
            scope.spawn(|| work(to));
        }
        drop(to);
        let mut first = Ok(());
        for message in from {
            let taken = board.take(message, tell);
            if taken.is_err() || board.gave_up {
                halt.store(true, Relaxed);
            }
            first = first.and(taken);
        }
        first
    })
}
