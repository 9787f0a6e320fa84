//! `demarche measure`.

use demarche_case::Case;

use super::{brief::report, read_case};
use crate::args::Measure;
use crate::event_source;
use crate::failure::{Failure, USAGE};
use crate::folder::{self, NewFile};
use crate::output::Output;
use crate::progress::Progress;

/// Writes the tables and says where.
pub fn run(args: &Measure, quiet: bool, out: &mut Output) -> Result<(), Failure> {
    let progress = Progress::new(3, quiet || args.json);
    progress.step("reading the case");
    let mut case = read_case(&args.case, &args.choices)?;
    if let Some(dyad) = &args.dyad {
        for code in dyad {
            known_actor(&case, code)?;
        }
        if dyad[0] == dyad[1] {
            return Err(Failure::new(
                USAGE,
                format!("a dyad has two actors, not {} twice", dyad[0]),
                "name two different codes of actors.csv",
            ));
        }
        case.settings.partners = [dyad[0].clone(), dyad[1].clone()];
        case.settings.comparators.retain(|c| !dyad.contains(c));
    }
    let source = event_source::take(&args.from, &mut case)?;
    progress.step("measuring");
    let analysis = demarche_measure::Analysis::of(&case);
    let mut tables = analysis.tables(&case);
    if let Some(beside) = source.beside() {
        tables.push(demarche_brief::two_sources_table(&case, &analysis, beside));
    }
    progress.step("writing the tables");
    let files: Vec<NewFile> = demarche_brief::flat_table_files(&tables)
        .into_iter()
        .map(|(path, bytes)| NewFile { path, bytes })
        .collect();
    folder::replace(&args.out, &files)?;
    drop(progress);
    report(out, &args.out, &files, args.json, quiet, "schema.json")
}

/// Refuses a code that is no actor of the case.
pub(super) fn known_actor(case: &Case, code: &str) -> Result<(), Failure> {
    if case.actor(code).is_some() {
        return Ok(());
    }
    let away = |actor: &str| strsim::osa_distance(actor, &code.to_uppercase());
    let codes = case.actors.iter().map(|a| a.code.as_str());
    let near = codes.min_by_key(|c| (away(c), *c)).unwrap_or("");
    Err(Failure::new(
        USAGE,
        format!("{code:?} is no actor of this case"),
        format!("actors.csv lists the codes; did you mean {near}?"),
    ))
}
