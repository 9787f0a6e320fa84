//! `demarche data tidy`.

use std::io::Write;
use std::path::Path;

use demarche_store::{Tidied, TidyError};
use serde_json::json;

use crate::args_data::Tidy;
use crate::failure::Failure;
use crate::figures::counted;
use crate::output::Output;

/// Merges the runs of a store.
pub fn run(args: &Tidy, quiet: bool, out: &mut Output) -> Result<(), Failure> {
    let tidied = tidy(&args.store, "demarche data tidy")?;
    if args.json {
        let value = json!({
            "format": "demarche-data-tidy/1",
            "runs": tidied.runs,
            "keys": tidied.keys,
        });
        writeln!(out, "{value:#}")?;
    } else if !quiet {
        if tidied.nothing() {
            writeln!(
                out,
                "{} is in order; nothing was done",
                args.store.display()
            )?;
        }
        if tidied.runs > 0 {
            let runs = counted(tidied.runs as u64, "file");
            writeln!(out, "{runs} of the cube merged")?;
        }
        if tidied.keys > 0 {
            let keys = counted(tidied.keys as u64, "file");
            writeln!(out, "{keys} of keys merged")?;
        }
    }
    Ok(())
}

/// Merges the runs of a store, on behalf of a command.
pub fn tidy(store: &Path, who: &str) -> Result<Tidied, Failure> {
    demarche_store::tidy_store(store, who).map_err(|error| match error {
        TidyError::Store(error) => error.into(),
        TidyError::Cube(error) => error.into(),
    })
}
