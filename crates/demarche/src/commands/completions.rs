//! `demarche completions`.

use std::io;

use clap::CommandFactory;
use clap_complete::Shell;

/// Prints the completion script of a shell.
pub fn run(shell: Shell) {
    let mut command = crate::args::Args::command();
    clap_complete::generate(shell, &mut command, "demarche", &mut io::stdout());
}
