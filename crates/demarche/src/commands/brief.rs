//! `demarche brief`.

use std::io::Write;
use std::path::{Path, PathBuf};

use demarche_brief::{Planned, Record};
use serde_json::json;

use super::{count, read_case};
use crate::args::Brief;
use crate::event_source;
use crate::failure::{FILES, Failure, USAGE};
use crate::folder::{self, NewFile};
use crate::output::Output;
use crate::progress::Progress;

/// Writes the brief and says where.
pub fn run(args: &Brief, quiet: bool, to: &mut Output) -> Result<(), Failure> {
    let questions = args.pareto.map_or(0, u64::from);
    let progress = Progress::new(14 + questions, quiet || args.json);
    progress.step("reading the case");
    let mut case = read_case(&args.case, &args.choices)?;
    let source = event_source::take(&args.from, &mut case)?;
    let out = args.out.clone().unwrap_or_else(|| default_out(&args.case));
    let has_plan = Planned::asked_for(&case);
    if args.pareto.is_some() && !has_plan {
        return Err(Failure::new(
            USAGE,
            "the case asks for no plan, so there are no objectives to keep apart",
            "leave --pareto out, or say what holds a plan back under [plan] in case.toml",
        ));
    }
    let planned = (!args.no_plan && has_plan).then(|| {
        let effort = Planned::effort();
        let mut planned = Planned::of(&case, &effort, |part| progress.step(part));
        if let Some(wanted) = args.pareto {
            planned.keep_apart(&case, &effort, wanted.into(), |found| {
                progress.step(&format!(
                    "keeping objectives apart: {}",
                    count(found, "plan")
                ));
            });
        }
        planned
    });
    progress.step("measuring");
    let record = Record {
        planned: planned.as_ref(),
        ..source.record()
    };
    let mut brief = demarche_brief::compose_with(&case, &record);
    demarche_brief::thin(&mut brief.document);
    progress.step("writing the tables");
    let mut files = demarche_brief::table_files(&brief.tables);
    progress.step("writing the HTML and the figures");
    files.extend(demarche_brief::page_files(&brief.document));
    if !args.no_pdf {
        progress.step("setting the PDF");
        let pdf = demarche_brief::pdf::to_pdf(&brief.document).map_err(|error| {
            Failure::new(
                FILES,
                format!("the PDF could not be set: {error}"),
                "this is a fault of demarche: --no-pdf leaves the PDF out",
            )
        })?;
        files.push(("brief.pdf".to_owned(), pdf));
    }
    progress.step("putting the folder in place");
    let files: Vec<NewFile> = files
        .into_iter()
        .map(|(path, bytes)| NewFile { path, bytes })
        .collect();
    folder::replace(&out, &files)?;
    drop(progress);
    report(to, &out, &files, args.json, quiet, "brief.html")
}

/// `out/NAME`, named after the case folder.
fn default_out(case: &Path) -> PathBuf {
    let full = case.canonicalize();
    let name = full.as_deref().unwrap_or(case).file_name();
    Path::new("out").join(name.unwrap_or("brief".as_ref()))
}

/// Says what was written.
pub(super) fn report(
    to: &mut Output,
    out: &Path,
    files: &[NewFile],
    as_json: bool,
    quiet: bool,
    first: &str,
) -> Result<(), Failure> {
    if as_json {
        // Lossy, as JSON has no words for a path that is not UTF-8.
        let list: Vec<_> = files
            .iter()
            .map(|f| json!({ "path": out.join(&f.path).to_string_lossy(), "bytes": f.bytes.len() }))
            .collect();
        writeln!(
            to,
            "{:#}",
            json!({ "folder": out.to_string_lossy(), "files": list })
        )?;
    } else if !quiet {
        writeln!(to, "{}", out.join(first).display())?;
        writeln!(to, "{} in {}", count(files.len(), "file"), out.display())?;
    }
    Ok(())
}
