//! `demarche data`: event files and the store they are read into.

mod add;
mod doctor;
mod fetch;
mod files;
mod rejects;
mod tidy;
mod unmapped;

use std::io::{self, Write};
use std::process::ExitCode;

use crate::args_data::DataCommand;
use crate::failure::Failure;
use crate::output::Output;

/// Runs the command that was asked for.
pub fn run(command: DataCommand, quiet: bool, out: &mut Output) -> Result<ExitCode, Failure> {
    match command {
        DataCommand::Add(a) => return add::run(&a, quiet, out),
        DataCommand::Doctor(a) => return doctor::run(&a, quiet, out),
        DataCommand::Files(a) => files::run(&a, out)?,
        DataCommand::Rejects(a) => rejects::run(&a, out)?,
        DataCommand::Unmapped(a) => unmapped::run(&a, quiet, out)?,
        DataCommand::Tidy(a) => tidy::run(&a, quiet, out)?,
        DataCommand::Fetch(a) => fetch::run(&a, quiet, out)?,
    }
    Ok(ExitCode::SUCCESS)
}

/// An account: a line each for a label, a number below the numbers, and a remark.
#[derive(Default)]
struct Account {
    lines: Vec<(String, String, String)>,
}

impl Account {
    fn line(&mut self, label: &str, number: String, remark: impl Into<String>) {
        self.lines.push((label.to_owned(), number, remark.into()));
    }

    fn print(&self, to: &mut impl Write) -> io::Result<()> {
        let width = |text: &str| text.chars().count();
        let label = self.lines.iter().map(|l| width(&l.0)).max().unwrap_or(0);
        let number = self.lines.iter().map(|l| width(&l.1)).max().unwrap_or(0);
        for (name, n, remark) in &self.lines {
            let line = format!("{name:label$}  {n:>number$}  {remark}");
            writeln!(to, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// Counts by reason, the most frequent first: "bad-date 10, missing 2".
fn reasons<'a>(counts: impl IntoIterator<Item = (&'a String, &'a u64)>) -> String {
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(a.1).then(a.0.cmp(b.0)));
    let words: Vec<String> = counts
        .into_iter()
        .map(|(reason, n)| format!("{reason} {}", crate::figures::grouped(*n)))
        .collect();
    words.join(", ")
}
