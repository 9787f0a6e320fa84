//! `demarche new`.

use std::io::Write;

use crate::args::New;
use crate::failure::{FILES, Failure};
use crate::output::Output;

/// Makes an empty case and says what to do next.
pub fn run(args: &New, quiet: bool, out: &mut Output) -> Result<(), Failure> {
    let files = demarche_case::new_case(&args.case).map_err(|error| {
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
