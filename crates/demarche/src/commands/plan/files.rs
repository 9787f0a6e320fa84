//! The plan as files: tables, JSON, the chart, and what planners' programs read.

use demarche_brief::chart::style;
use demarche_case::Case;
use demarche_export::Planned;
use demarche_plan::plan::Plan;
use demarche_plan::scheme::Scheme;
use demarche_table::Table;
use serde_json::Value;

use crate::failure::{FILES, Failure};
use crate::folder::NewFile;

/// All files of the plan, by name.
pub(super) fn all(
    case: &Case,
    scheme: &Scheme,
    plan: &Plan,
    tables: &[Table],
    value: &Value,
) -> Result<Vec<NewFile>, Failure> {
    let mut files = demarche_brief::flat_table_files(tables);
    files.push(("plan.json".to_owned(), format!("{value:#}\n").into_bytes()));
    let svg = demarche_brief::plan_picture(case, scheme, plan);
    files.push(("plan.svg".to_owned(), style::standalone(&svg).into_bytes()));
    let planned = Planned { case, scheme, plan };
    files.extend(demarche_export::files(&planned, tables).map_err(|error| {
        Failure::new(
            FILES,
            format!("the workbook could not be made: {error}"),
            "this is a fault of demarche: --json prints the plan without files",
        )
    })?);
    let files = files.into_iter();
    Ok(files.map(|(path, bytes)| NewFile { path, bytes }).collect())
}
