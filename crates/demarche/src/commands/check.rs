//! `demarche check`.

use std::io::Write;
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use demarche_case::Severity;
use serde_json::json;

use super::{count, unread};
use crate::args::Check;
use crate::failure::{CASE, FILES, Failure};
use crate::output::Output;

/// Prints every problem of a case; the exit status is 1 if there is an error, 3 if a file could
/// not be read.
pub fn run(args: &Check, quiet: bool, out: &mut Output) -> Result<ExitCode, Failure> {
    let report = demarche_case::read(&args.case).report;
    let (errors, warnings) = (report.errors(), report.warnings());
    if args.json {
        let value = json!({
            "format": "demarche-check/1",
            "errors": errors,
            "warnings": warnings,
            "files": report.rows,
            "problems": report.problems,
        });
        writeln!(out, "{value:#}")?;
    } else {
        for problem in &report.problems {
            let colour = match problem.severity {
                Severity::Error => AnsiColor::Red,
                Severity::Warning => AnsiColor::Yellow,
            };
            if quiet && problem.severity == Severity::Warning {
                continue;
            }
            let style = Style::new().bold().fg_color(Some(colour.into()));
            let mark = format!("{}[{}]", problem.severity, problem.code);
            let shown = format!("{style}{mark}{style:#}");
            writeln!(out, "{}", problem.to_string().replacen(&mark, &shown, 1))?;
        }
        if !quiet {
            for file in &report.rows {
                let read = count(file.read, "row");
                writeln!(out, "{}: {read} read, {} kept", file.file, file.kept)?;
            }
            writeln!(
                out,
                "{}, {}",
                count(errors, "error"),
                count(warnings, "warning")
            )?;
        }
    }
    let failed = errors > 0 || (args.strict && warnings > 0);
    Ok(match failed {
        _ if unread(&report).is_some() => ExitCode::from(FILES),
        true => ExitCode::from(CASE),
        false => ExitCode::SUCCESS,
    })
}
