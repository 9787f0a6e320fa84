//! The `demarche` command: a thin layer over the crates that do the work.

mod args;
mod args_data;
mod args_events;
mod args_forecast;
mod args_plan;
mod args_respond;
mod args_status;
mod commands;
mod event_source;
mod failure;
mod figures;
mod file;
mod folder;
mod listing;
mod output;
mod progress;

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let args = args::Args::parse();
    let mut out = output::open();
    let done = commands::run(args, &mut out).and_then(|code| {
        out.flush()?;
        Ok(code)
    });
    match done {
        Ok(code) => code,
        Err(failure) => failure.report(),
    }
}
