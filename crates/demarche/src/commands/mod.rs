//! The commands, one file each.

mod brief;
mod check;
mod completions;
mod measure;
mod new;
mod why;

use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

use demarche_case::{Case, Severity};

use crate::args::{Args, Choices, Command};
use crate::failure::{CASE, Failure};

/// Runs the command that was asked for.
pub fn run(args: Args) -> Result<ExitCode, Failure> {
    match args.command {
        Command::Brief(a) => brief::run(&a, args.quiet)?,
        Command::Check(a) => return check::run(&a, args.quiet),
        Command::Measure(a) => measure::run(&a, args.quiet)?,
        Command::Why(a) => why::run(&a)?,
        Command::New(a) => new::run(&a, args.quiet)?,
        Command::Completions { shell } => completions::run(shell),
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads a case that is to be worked with: one with errors is refused, with the first of them.
fn read_case(dir: &Path, choices: &Choices) -> Result<Case, Failure> {
    let reading = demarche_case::read(dir);
    if let Some(mut case) = reading.case {
        choices.apply(&mut case.settings.measure);
        return Ok(case);
    }
    const SHOWN: usize = 3;
    let problems = reading.report.problems.iter();
    let errors: Vec<_> = problems.filter(|p| p.severity == Severity::Error).collect();
    let mut what = format!(
        "{} has {} error{}",
        dir.display(),
        errors.len(),
        if errors.len() == 1 { "" } else { "s" }
    );
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
