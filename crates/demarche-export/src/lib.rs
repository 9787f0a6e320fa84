//! A plan for the programs that planners use: a workbook (XLSX), a calendar (iCalendar, RFC 5545)
//! and a project file (the XML of Microsoft Project, which others read too).
//!
//! The same plan gives the same bytes: no clock is read, ids come from the ids of initiatives. Text
//! of users is text in every format: no formula, no markup, no line of a calendar.

pub mod calendar;
mod days;
pub mod project;
mod text;
pub mod workbook;

use demarche_case::Case;
use demarche_plan::plan::{Plan, Step};
use demarche_plan::scheme::Scheme;
use demarche_table::Table;

/// What went wrong with a workbook; the other formats can hold any plan.
pub use rust_xlsxwriter::XlsxError;

/// A plan with what it is a plan of.
#[derive(Clone, Copy, Debug)]
pub struct Planned<'a> {
    /// The case.
    pub case: &'a Case,
    /// Its initiatives as a problem.
    pub scheme: &'a Scheme,
    /// The plan.
    pub plan: &'a Plan,
}

impl<'a> Planned<'a> {
    /// First and last day that a step takes of the plan.
    fn days(&self, step: &Step) -> (jiff::civil::Date, jiff::civil::Date) {
        let quarters = &self.scheme.quarters;
        let last = quarters.len() - 1;
        (
            quarters[step.start.min(last)].first(),
            quarters[(step.start + step.duration.max(1) - 1).min(last)].last(),
        )
    }

    /// Ids of what a step needs.
    fn needs(&self, step: &Step) -> &'a [String] {
        &self.case.initiatives[step.initiative].prerequisites
    }

    /// What there is to know of a step, a line each: what it is to bring, why it is there, why then.
    fn notes(&self, step: &Step) -> String {
        let initiative = &self.case.initiatives[step.initiative];
        let mut lines = Vec::new();
        let mut add = |name: &str, value: &str| {
            if !value.trim().is_empty() {
                lines.push(format!("{name}: {value}"));
            }
        };
        add("Deliverable", &initiative.deliverable);
        add("Indicator", &initiative.indicator);
        add("Why", &step.why);
        add("Why then", &step.why_then);
        add("Lead", &initiative.lead);
        add("Counterpart", &initiative.counterpart);
        add("Needs", &self.needs(step).join(", "));
        add("Status", initiative.status.name());
        lines.join("\n")
    }
}

/// `plan.xlsx`, `plan.ics` and `plan.xml`, by name. `tables` are the sheets of the workbook.
///
/// # Errors
/// [`XlsxError`] where a table is too large for a sheet (1,048,576 rows, 16,384 columns).
pub fn files(planned: &Planned, tables: &[Table]) -> Result<Vec<(String, Vec<u8>)>, XlsxError> {
    let settings = &planned.case.settings;
    Ok(vec![
        (
            "plan.xlsx".to_owned(),
            workbook::write(&settings.title, settings.as_of, tables)?,
        ),
        ("plan.ics".to_owned(), calendar::write(planned).into_bytes()),
        ("plan.xml".to_owned(), project::write(planned)),
    ])
}
