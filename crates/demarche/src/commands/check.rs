//! `demarche check`.

use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use demarche_case::Severity;
use serde_json::json;

use crate::args::Check;
use crate::failure::{CASE, Failure};

/// Prints every problem of a case; the exit status is 1 if there is an error.
pub fn run(args: &Check, quiet: bool) -> Result<ExitCode, Failure> {
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
        println!("{value:#}");
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
            anstream::println!("{}", problem.to_string().replacen(&mark, &shown, 1));
        }
        if !quiet {
            for file in &report.rows {
                println!("{}: {} rows read, {} kept", file.file, file.read, file.kept);
            }
            println!(
                "{errors} {}, {warnings} {}",
                if errors == 1 { "error" } else { "errors" },
                if warnings == 1 { "warning" } else { "warnings" }
            );
        }
    }
    let failed = errors > 0 || (args.strict && warnings > 0);
    Ok(if failed {
        ExitCode::from(CASE)
    } else {
        ExitCode::SUCCESS
    })
}
