//! `demarche data add`.

mod account;
mod layouts;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use demarche_case::Case;
use demarche_read::input::{self, Found, InputError, InputFile, Limits, Origin};
use demarche_read::layout::{Naming, Party};
use demarche_store::ingest::{self, Batch, Filter, Gauge, IngestError, Options};
use demarche_store::{Actors, Dedup, Named, Resolve, Settings, Store, StoreError, Writer};

use super::tidy;
use crate::args::Choices;
use crate::args_data::Add;
use crate::commands::read_case;
use crate::failure::{CASE, FILES, Failure, USAGE};
use crate::figures::counted;
use crate::output::Output;
use crate::progress::Progress;
use account::Done;
use layouts::Layouts;

/// Who writes, for a second writer.
const WHO: &str = "demarche data add";

/// How often the bar moves.
const TICK: Duration = Duration::from_millis(100);

/// Reads event files into a store; the exit status is 1 if one of them could not be read.
pub fn run(args: &Add, quiet: bool, out: &mut Output) -> Result<ExitCode, Failure> {
    let limits = Limits::default();
    let found = find(args, &limits)?;
    let case = match &args.case {
        Some(dir) => Some(read_case(dir, &Choices::default())?),
        None => None,
    };
    let actors = case.as_ref().map_or_else(Actors::builtin, Actors::of);
    let layouts = Layouts::new(args)?;
    let stored = match Store::open(&args.store) {
        Ok(store) => Some(store.manifest().settings.clone()),
        Err(StoreError::Absent { .. } | StoreError::NotAStore { .. }) => None,
        Err(error) => return Err(error.into()),
    };
    let asked = filter(args, case.as_ref(), &actors)?;
    let (settings, filter) = settings(args, asked, stored, &actors)?;
    let writer = Writer::open(&args.store, &settings, WHO)?;

    let workers = args.workers.map_or_else(cores, usize::from);
    let options = Options {
        filter,
        resolve: &actors,
        limits,
        batch: Batch::default(),
        workers,
        layout: &|file: &InputFile, head: &[u8]| layouts.of_text(file, head),
        parquet: &|path: &Path| layouts.of_parquet(path),
    };
    let gauge = Gauge::default();
    let progress = Progress::bytes(total(&found.files), quiet || args.json);
    let read = watched(&gauge, &progress, found.files.len(), || {
        ingest::ingest(writer, &found.files, &options, &gauge)
    });
    let mut summary = read.map_err(failed)?;
    // Known bytes under a new name stand in the ledger, too, but were not read.
    let known = summary.skipped.iter().filter(|s| s.known);
    let known: BTreeSet<&str> = known.map(|s| s.name.as_str()).collect();
    summary.files.retain(|f| !known.contains(f.name.as_str()));
    progress.at(gauge.bytes.load(Ordering::Relaxed), "merging".to_owned());
    tidy::tidy(&args.store, WHO)?;
    drop(progress);

    let done = Done {
        store: &args.store,
        settings: &settings,
        summary: &summary,
        passed_over: &found.skipped,
        harmless: layouts.harmless(),
    };
    if args.json {
        done.json(out)?;
    } else if !quiet {
        done.text(out)?;
    }
    Ok(if done.all_read() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(CASE)
    })
}

/// The files behind the paths. Standard input comes last: only when it has been read is it known
/// whether it was read before.
fn find(args: &Add, limits: &Limits) -> Result<Found, Failure> {
    let mut found = input::find(&args.paths, limits).map_err(|error| {
        let code = match error {
            InputError::Nothing | InputError::StdinTwice => USAGE,
            _ => FILES,
        };
        let text = error.to_string();
        match text.rsplit_once(": ") {
            Some((what, remedy)) => Failure::new(code, what, remedy),
            None => Failure::new(code, text, ""),
        }
    })?;
    // What `data fetch` keeps beside the files it fetched is nobody's data.
    let base = |name: &str| name.rsplit('/').next().unwrap_or(name).to_owned();
    found
        .files
        .retain(|file| base(&file.name) != demarche_fetch::JOURNAL);
    found
        .skipped
        .retain(|(name, ..)| base(name) != demarche_fetch::FOLDER);
    found.files.sort_by_key(|file| file.origin == Origin::Stdin);
    if found.files.is_empty() && found.skipped.is_empty() {
        return Err(Failure::new(
            FILES,
            "there are no files below the paths given",
            "check the paths; demarche data fetch downloads files",
        ));
    }
    Ok(found)
}

/// The filter that the options ask for, if they ask for one.
fn filter(args: &Add, case: Option<&Case>, actors: &Actors) -> Result<Option<Filter>, Failure> {
    let rows = &args.rows;
    if rows.is_empty() {
        return Ok(None);
    }
    if let (Some(from), Some(to)) = (rows.from, rows.to)
        && from > to
    {
        return Err(Failure::new(
            USAGE,
            format!("--from {from} comes after --to {to}"),
            "exchange them",
        ));
    }
    let mut dyads = BTreeSet::new();
    for pair in rows.dyad.chunks_exact(2) {
        dyads.insert((known(&pair[0], actors)?, known(&pair[1], actors)?));
    }
    if let (true, Some(case)) = (rows.partners, case) {
        let [a, b] = case.settings.partners.clone();
        dyads.insert((a, b));
    }
    if let Some((a, _)) = dyads.iter().find(|(a, b)| a == b) {
        return Err(Failure::new(
            USAGE,
            format!("a dyad has two actors, not {a} twice"),
            "--actor takes all rows of one actor",
        ));
    }
    let ordered = |(a, b): (String, String)| if a <= b { (a, b) } else { (b, a) };
    let codes = rows.actor.iter().map(|code| known(code, actors));
    Ok(Some(Filter {
        actors: codes.collect::<Result<_, _>>()?,
        dyads: dyads.into_iter().map(ordered).collect(),
        countries: rows.country.iter().cloned().collect(),
        roots: rows.root.iter().copied().collect(),
        root_events: rows.root_events,
        from: rows.from,
        to: rows.to,
    }))
}

/// The settings to write the store with. What is not asked for is as the store has it.
fn settings(
    args: &Add,
    asked: Option<Filter>,
    stored: Option<Settings>,
    actors: &Actors,
) -> Result<(Settings, Filter), Failure> {
    let dedup = args.dedup.map(Dedup::from);
    let fingerprint = actors.fingerprint();
    if let Some(stored) = &stored
        && stored.actors != fingerprint
    {
        let what = format!(
            "{} was made with other actors than {}",
            args.store.display(),
            match &args.case {
                Some(case) => format!("{} has now", case.display()),
                None => "are built in".to_owned(),
            }
        );
        let remedy = match &args.case {
            Some(_) => "read the files into a new store, so that all rows are resolved alike",
            None => "name the case that it was made with: --case DIR",
        };
        return Err(Failure::new(USAGE, what, remedy));
    }
    let filter = match (asked, &stored) {
        (Some(filter), _) => filter,
        (None, None) => Filter::default(),
        (None, Some(stored)) => Filter::parse(&stored.filter).ok_or_else(|| {
            Failure::new(
                FILES,
                format!(
                    "{} has a filter that this version does not know: {}",
                    args.store.display(),
                    stored.filter.escape_debug()
                ),
                "use the version of demarche that made the store",
            )
        })?,
    };
    let settings = Settings {
        dedup: dedup.unwrap_or_else(|| stored.map_or_else(Dedup::default, |s| s.dedup)),
        actors: fingerprint,
        filter: filter.text(),
    };
    Ok((settings, filter))
}

/// The code of an actor that the store can know.
fn known(code: &str, actors: &Actors) -> Result<String, Failure> {
    let party = Party {
        naming: Naming::Code,
        code: code.to_owned(),
        ..Party::default()
    };
    match actors.resolve(&party) {
        Named::Always(known) => Ok(known),
        _ => Err(Failure::new(
            USAGE,
            format!("{} is no actor", code.escape_debug()),
            "write an ISO code of a state (KOR), a body (NATO), or a code of the actors.csv of --case",
        )),
    }
}

fn cores() -> usize {
    thread::available_parallelism().map_or(1, usize::from)
}

/// All bytes to be read, if that is known.
fn total(files: &[InputFile]) -> Option<u64> {
    files.iter().map(|f| f.size).sum()
}

/// Works, and shows meanwhile how far it has come.
fn watched<T: Send>(
    gauge: &Gauge,
    progress: &Progress,
    files: usize,
    work: impl FnOnce() -> T + Send,
) -> T {
    thread::scope(|scope| {
        let (done, wait) = channel::<()>();
        let working = scope.spawn(move || {
            // Dropped at the end, however it ends.
            let _done = done;
            work()
        });
        while wait.recv_timeout(TICK) == Err(RecvTimeoutError::Timeout) {
            let read = gauge.files.load(Ordering::Relaxed);
            let words = format!("{read} of {}", counted(files as u64, "file"));
            progress.at(gauge.bytes.load(Ordering::Relaxed), words);
        }
        working
            .join()
            .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

fn failed(error: IngestError) -> Failure {
    match error {
        IngestError::Store(error) => error.into(),
        error => Failure::new(
            FILES,
            error,
            "check that the disk has room and run the same command again: what was committed is kept",
        ),
    }
}
