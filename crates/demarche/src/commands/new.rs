//! `demarche new`.

use crate::args::New;
use crate::failure::{FILES, Failure};

/// Makes an empty case and says what to do next.
pub fn run(args: &New, quiet: bool) -> Result<(), Failure> {
    let files = demarche_case::new_case(&args.case).map_err(|error| {
        Failure::new(
            FILES,
            format!("cannot make {}: {error}", args.case.display()),
            "name a folder that does not exist yet, in a place where you may write",
        )
    })?;
    if !quiet {
        for file in files {
            println!("{}", file.display());
        }
        println!(
            "Each file explains itself. When you have filled them in: demarche check {}",
            args.case.display()
        );
    }
    Ok(())
}
