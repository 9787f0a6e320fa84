//! The `demarche` command: a thin layer over the crates that do the work.

mod args;
mod commands;
mod failure;
mod folder;
mod progress;

use std::process::ExitCode;

use clap::Parser;

fn main() -> ExitCode {
    let args = args::Args::parse();
    match commands::run(args) {
        Ok(code) => code,
        Err(failure) => failure.report(),
    }
}
