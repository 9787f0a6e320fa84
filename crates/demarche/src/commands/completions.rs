//! `demarche completions`.

use std::io::Write;

use clap::CommandFactory;
use clap_complete::Shell;

use crate::failure::Failure;
use crate::output::Output;

/// Prints the completion script of a shell.
pub fn run(shell: Shell, out: &mut Output) -> Result<(), Failure> {
    let mut command = crate::args::Args::command();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, "demarche", &mut script);
    out.write_all(&script)?;
    Ok(())
}
