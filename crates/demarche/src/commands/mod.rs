//! The commands, one file each.

mod brief;
mod check;
mod completions;
mod data;
mod forecast;
mod measure;
mod new;
mod panel;
mod plan;
mod respond;
mod series;
pub mod similarity;
mod simulate;
mod triangle;
mod watch;
mod why;

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use demarche_case::{Case, Problem, Report, Severity};

use crate::args::{Args, Choices, Command};
use crate::failure::{CASE, FILES, Failure};
use crate::output::Output;

/// Runs the command that was asked for.
pub fn run(args: Args, out: &mut Output) -> Result<ExitCode, Failure> {
    match args.command {
        Command::Brief(a) => brief::run(&a, args.quiet, out)?,
        Command::Check(a) => return check::run(&a, args.quiet, out),
        Command::Measure(a) => measure::run(&a, args.quiet, out)?,
        Command::Data(a) => return data::run(a.command, args.quiet, out),
        Command::Panel(a) => panel::run(&a, args.quiet, out)?,
        Command::Series(a) => series::run(&a, args.quiet, out)?,
        Command::Similarity(a) => similarity::run(&a, args.quiet, out)?,
        Command::Respond(a) => respond::run(&a, args.quiet, out)?,
        Command::Simulate(a) => simulate::run(&a, args.quiet, out)?,
        Command::Plan(a) => return plan::run(&a, args.quiet, out),
        Command::Forecast(a) => forecast::run(&a, args.quiet, out)?,
        Command::Watch(a) => watch::run(&a, args.quiet, out)?,
        Command::Triangle(a) => triangle::run(&a, args.quiet, out)?,
        Command::Why(a) => why::run(&a, out)?,
        Command::New(a) => new::run(&a, args.quiet, out)?,
        Command::Completions { shell } => completions::run(shell, out)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads a case that is to be worked with: one with errors is refused, with the first of them.
fn read_case(dir: &Path, choices: &Choices) -> Result<Case, Failure> {
    Ok(read_case_telling(dir, choices)?.0)
}

/// The same, with a sentence for each key and column that was not read: whoever misspells one gets what
/// is usual instead of what they wrote.
fn read_case_telling(dir: &Path, choices: &Choices) -> Result<(Case, Vec<String>), Failure> {
    let reading = demarche_case::read(dir);
    if let Some(mut case) = reading.case {
        choices.apply(&mut case.settings.measure);
        let is_unknown = |p: &&Problem| matches!(p.code, "unknown-key" | "unknown-column");
        let problems = reading.report.problems.iter().filter(is_unknown);
        return Ok((case, problems.map(unknown_words).collect()));
    }
    if let Some(problem) = unread(&reading.report) {
        let place = match problem.file.as_str() {
            "" => dir.to_path_buf(),
            file => dir.join(file),
        };
        return Err(Failure::new(
            FILES,
            format!("{} {}", place.display(), problem.why),
            &problem.remedy,
        ));
    }
    const SHOWN: usize = 3;
    let problems = reading.report.problems.iter();
    let errors: Vec<_> = problems.filter(|p| p.severity == Severity::Error).collect();
    let mut what = format!("{} has {}", dir.display(), count(errors.len(), "error"));
    for problem in errors.iter().take(SHOWN) {
        let _ = write!(what, "\n  {problem}");
    }
    if errors.len() > SHOWN {
        let _ = write!(what, "\n  …");
    }
    Err(Failure::new(
        CASE,
        what,
        format!("demarche check {} shows all of them", dir.display()),
    ))
}

/// Where a key or column stands that was not read, and what may have been meant.
fn unknown_words(problem: &Problem) -> String {
    let line = problem
        .line
        .map_or_else(String::new, |line| format!(":{line}"));
    let name = problem.column.as_deref().unwrap_or_default();
    let (file, why) = (&problem.file, &problem.why);
    match problem.remedy.is_empty() {
        true => format!("{file}{line}: {name}: {why}"),
        false => format!("{file}{line}: {name}: {why} ({})", problem.remedy),
    }
}

/// The first problem that is one of the file system and not of the case, if there is any.
fn unread(report: &Report) -> Option<&Problem> {
    let mut problems = report.problems.iter();
    problems.find(|p| matches!(p.code, "no-folder" | "unreadable"))
}

/// A number with its noun, for example "1 row", "2 rows".
fn count(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}
