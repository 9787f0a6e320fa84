//! `demarche similarity`.

mod alliances;
mod args;
mod source;
mod votes;
mod writing;

use std::collections::BTreeSet;
use std::io::Write;
use std::path::Path;

use demarche_measure::portfolios::YearPortfolios;
use serde_json::{Value, json};

use args::{Common, Of};
pub use args::{EXAMPLES, Similarity};

use crate::failure::{Failure, USAGE};
use crate::output::Output;
use crate::progress::Progress;
use source::States;
use writing::Writing;

use super::count;

/// What a table of ties or votes was made into.
struct Made {
    years: Vec<YearPortfolios>,
    /// The states that the places in the years stand for.
    states: States,
    /// For each of the years the weights of its columns, if there are any.
    weights: Option<Vec<Vec<f64>>>,
    /// What the reader should know of how it was made, for people.
    notes: Vec<String>,
    /// The same and more for programs.
    facts: Value,
}

/// Computes the similarity of all dyads and writes it.
pub fn run(args: &Similarity, quiet: bool, out: &mut Output) -> Result<(), Failure> {
    let common = args.common();
    let piped = common.out == Path::new("-");
    if piped && common.json {
        return Err(Failure::new(
            USAGE,
            "the table and the summary cannot both go to standard output",
            "leave out --json, or name a file with --out",
        ));
    }
    if let (Some(from), Some(to)) = (common.year_from, common.year_to)
        && from > to
    {
        return Err(Failure::new(
            USAGE,
            format!("--year-from {from} comes after --year-to {to}"),
            "exchange them",
        ));
    }
    let progress = Progress::new(2, quiet || common.json || piped);
    progress.step("reading");
    let made = match &args.of {
        Of::Alliances(a) => alliances::read(a)?,
        Of::Votes(a) => votes::read(a)?,
    };
    progress.step("computing and writing");
    let keep = Keep::new(common, &made.states)?;
    let mut years: Vec<i32> = Vec::new();
    let mut writing = Writing::open(&common.out, &made.states, made.weights.is_some(), out)?;
    for (i, year) in made.years.iter().enumerate() {
        if !common.wants(year.year) {
            continue;
        }
        years.push(year.year);
        let weights = made.weights.as_ref().map(|w| w[i].as_slice());
        let dyads = year.dyads(weights, |a, b| keep.wants(a, b));
        writing.add(year.year, dyads, common.both_directions)?;
    }
    let rows = writing.finish()?;
    drop(progress);
    let mut notes = made.notes;
    let gaps = gaps(common, &years);
    if !gaps.is_empty() {
        notes.push(format!(
            "missing, because the data do not cover them: {}",
            gaps.join(", ")
        ));
    }
    if years.is_empty() {
        notes.push("no year has data: nothing was computed".to_owned());
    }
    if common.json {
        let mut summary = json!({
            "file": common.out.to_string_lossy(),
            "rows": rows,
            "years": { "n": years.len(), "from": years.first(), "to": years.last(), "missing": gaps },
            "states": made.states.codes.len(),
            "notes": notes,
        });
        if let (Some(summary), Value::Object(facts)) = (summary.as_object_mut(), made.facts) {
            summary.extend(facts);
        }
        writeln!(out, "{summary:#}")?;
    } else if !quiet {
        if !piped {
            writeln!(out, "{}", common.out.display())?;
            writeln!(out, "{} in {}", count(rows, "row"), span(&years))?;
        }
        out.flush()?;
        let mut to = anstream::stderr().lock();
        for note in notes {
            // If nobody reads standard error, the table is there all the same.
            let _ = writeln!(to, "note: {note}");
        }
    }
    Ok(())
}

/// The years as people write them.
fn span(years: &[i32]) -> String {
    match years {
        [] => "no year".to_owned(),
        [one] => one.to_string(),
        [first, .., last] => format!("{} years, {first} to {last}", years.len()),
    }
}

/// The years that are missing, as runs: those asked for, or between the first and the last, that
/// the data say nothing of.
fn gaps(common: &Common, years: &[i32]) -> Vec<String> {
    let (Some(&first), Some(&last)) = (years.first(), years.last()) else {
        return Vec::new();
    };
    let from = common.year_from.unwrap_or(first);
    let to = common.year_to.unwrap_or(last);
    let mut runs = Vec::new();
    let mut next = from;
    for &year in years.iter().chain([&(to + 1)]) {
        match year - next {
            0 => {}
            1 => runs.push(next.to_string()),
            _ => runs.push(format!("{next}–{}", year - 1)),
        }
        next = year + 1;
    }
    runs
}

/// Which dyads are wanted.
struct Keep {
    state: Option<BTreeSet<u32>>,
    with: Option<BTreeSet<u32>>,
}

impl Keep {
    fn new(common: &Common, states: &States) -> Result<Self, Failure> {
        let places = |codes: &[String]| -> Result<Option<BTreeSet<u32>>, Failure> {
            let places: BTreeSet<u32> = codes
                .iter()
                .map(|code| states.place(code))
                .collect::<Result<_, _>>()?;
            Ok((!places.is_empty()).then_some(places))
        };
        Ok(Self {
            state: places(&common.state)?,
            with: places(&common.with)?,
        })
    }

    fn wants(&self, a: u32, b: u32) -> bool {
        let any =
            |set: &Option<BTreeSet<u32>>, state| set.as_ref().is_none_or(|s| s.contains(&state));
        any(&self.state, a) && any(&self.with, b) || any(&self.state, b) && any(&self.with, a)
    }
}
