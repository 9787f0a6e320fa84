//! `demarche new`.

use std::io::{ErrorKind, Write};

use crate::args::New;
use crate::failure::{FILES, Failure, USAGE};
use crate::output::Output;

/// Makes an empty case and says what to do next.
pub fn run(args: &New, quiet: bool, out: &mut Output) -> Result<(), Failure> {
    let files = demarche_case::new_case(&args.case).map_err(|error| {
        if error.kind() == ErrorKind::AlreadyExists {
            return Failure::new(
                USAGE,
                format!(
                    "{} is there already and is not an empty folder",
                    args.case.display()
                ),
                "name a folder that does not exist yet",
            );
        }
        Failure::new(
            FILES,
            format!("cannot make {}: {error}", args.case.display()),
            "name a folder that does not exist yet, in a place where you may write",
        )
    })?;
    if !quiet {
        for file in files {
            writeln!(out, "{}", file.display())?;
        }
        writeln!(
            out,
            "Each file explains itself. When you have filled them in: demarche check {}",
            args.case.display()
        )?;
    }
    Ok(())
}
