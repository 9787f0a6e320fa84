//! `demarche panel`.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;

use demarche_events::{Date, Period, PeriodUnit};
use demarche_store::Store;
use demarche_store::cube::{self, CubeError, Question, panel_csv, panel_parquet};
use jiff::ToSpan as _;
use serde_json::json;

use crate::args_data::Panel;
use crate::failure::{Failure, USAGE};
use crate::figures::{counted, grouped};
use crate::file::{beside, cannot, put_in_place};
use crate::output::Output;

/// The form in which a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Print,
    Csv,
    Parquet,
}

/// Writes the panel of a store.
pub fn run(args: &Panel, quiet: bool, out: &mut Output) -> Result<(), Failure> {
    let form = form(&args.out)?;
    if form == Form::Print && args.json {
        return Err(Failure::new(
            USAGE,
            "the table and the summary cannot both go to standard output",
            "leave out --json, or name a file with --out",
        ));
    }
    check_days(args.ask.from, args.ask.to)?;
    let store = Store::open(&args.store)?;
    one_format(&store, args.ask.format.as_deref())?;
    let question = Question {
        actors: (!args.actor.is_empty()).then(|| args.actor.clone()),
        domestic: args.domestic,
        unresolved: args.unresolved,
        ..args.ask.question()
    };
    let panel = match form {
        Form::Print => panel_csv(&store, &question, &mut *out)?,
        Form::Csv => {
            let (file, temporary) = beside(&args.out)?;
            let panel = panel_csv(&store, &question, file).map_err(|error| match error {
                CubeError::Sink(e) => cannot(&args.out, e),
                error => error.into(),
            })?;
            put_in_place(temporary, &args.out)?;
            panel
        }
        Form::Parquet => {
            let (_, temporary) = beside(&args.out)?;
            let panel = panel_parquet(&store, &question, temporary.path());
            let panel = panel.map_err(|error| match error {
                CubeError::Io { path, source } if path == temporary.path() => {
                    cannot(&args.out, source)
                }
                CubeError::File { path, what } if path == temporary.path() => {
                    cannot(&args.out, what)
                }
                error => error.into(),
            })?;
            put_in_place(temporary, &args.out)?;
            panel
        }
    };
    let days = panel.periods.map(|(first, last)| (date(first), date(last)));
    if args.json {
        let total = |of: fn(&cube::Total) -> i64| -> i64 {
            panel.totals.iter().map(|t| of(&t.total)).sum()
        };
        let value = json!({
            "format": "demarche-panel/1",
            "file": args.out.to_string_lossy(),
            "rows": panel.rows,
            "events_format": panel.format,
            "by": panel.by.name(),
            "quad": panel.scheme,
            "filter": panel.filter,
            "actors": panel.actors,
            "first": days.map(|(first, _)| first),
            "last": days.map(|(_, last)| last),
            "denominators": {
                "n": total(|t| t.n),
                "rows": total(|t| t.rows),
                "dyadic": total(|t| t.dyadic),
            },
        });
        writeln!(out, "{value:#}")?;
        return Ok(());
    }
    if quiet {
        return Ok(());
    }
    if form != Form::Print {
        writeln!(out, "{}", args.out.display())?;
        writeln!(
            out,
            "{}: {} of {}, by {}{}, from {}",
            counted(panel.rows, "row"),
            counted(panel.dyads, "directed dyad"),
            counted(panel.actors.len() as u64, "actor"),
            panel.by,
            match days {
                Some((first, last)) => spoken(first, last, panel.by),
                None => String::new(),
            },
            panel.format
        )?;
    }
    out.flush()?;
    let all: i64 = panel.totals.iter().map(|t| t.total.n).sum();
    let mut notes = vec![format!(
        "share_of_all is over all {} events read of the periods, share_of_source over all acts of \
         the source: also those that are not rows of the panel",
        grouped(u64::try_from(all).unwrap_or(0))
    )];
    notes.extend(filter_note(&panel.filter));
    if panel.rows == 0 {
        notes = vec!["no event of the store is one of those asked for".to_owned()];
    }
    say(&notes);
    Ok(())
}

/// The form of a file, by its name.
fn form(path: &Path) -> Result<Form, Failure> {
    let extension = path
        .extension()
        .and_then(|e| e.to_str())
        .map(str::to_lowercase);
    match extension.as_deref() {
        _ if path == Path::new("-") => Ok(Form::Print),
        Some("csv") => Ok(Form::Csv),
        Some("parquet") => Ok(Form::Parquet),
        _ => Err(Failure::new(
            USAGE,
            format!("{} is neither .parquet nor .csv", path.display()),
            "let --out end in one of them, or write - for CSV on standard output",
        )),
    }
}

/// Refuses a span that ends before it begins.
pub fn check_days(from: Option<Date>, to: Option<Date>) -> Result<(), Failure> {
    match (from, to) {
        (Some(from), Some(to)) if from > to => Err(Failure::new(
            USAGE,
            format!("--from {from} comes after --to {to}"),
            "exchange them",
        )),
        _ => Ok(()),
    }
}

/// Refuses a store with events of several formats where none is named.
pub fn one_format(store: &Store, named: Option<&str>) -> Result<(), Failure> {
    let runs = store.manifest().runs.iter();
    let formats: BTreeSet<&str> = runs.map(|run| run.format.as_str()).collect();
    let list: Vec<&str> = formats.into_iter().collect();
    match list.as_slice() {
        [first, _, ..] if named.is_none() => Err(Failure::new(
            USAGE,
            format!(
                "the store holds events of several formats ({}), and sources that code \
                 differently do not make one series",
                list.join(", ")
            ),
            format!("name one, for example --format {first}"),
        )),
        _ => Ok(()),
    }
}

/// A day counted from 1970-01-01.
pub fn date(day: i32) -> Date {
    jiff::civil::date(1970, 1, 1).saturating_add(i64::from(day).days())
}

/// First and last period, in words.
fn spoken(first: Date, last: Date, by: PeriodUnit) -> String {
    let (first, last) = (Period::of(first, by), Period::of(last, by));
    if first == last {
        format!(" ({first})")
    } else {
        format!(" ({first} to {last})")
    }
}

/// What is to be known of figures from a store that was filtered.
pub fn filter_note(filter: &str) -> Option<String> {
    (!filter.is_empty()).then(|| {
        format!("only events that passed the filter of the store ({filter}) are counted, also in the denominators")
    })
}

/// Prints notes on standard error.
pub fn say(notes: &[String]) {
    let mut to = anstream::stderr().lock();
    for note in notes {
        // If nobody reads standard error, the table is there all the same.
        let _ = writeln!(to, "note: {note}");
    }
}
