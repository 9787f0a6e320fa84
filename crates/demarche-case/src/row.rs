//! A record of a CSV file read field by field, every problem noted on the way.

use demarche_events::Date;

use crate::csv_file::{CsvFile, Field, Record};
use crate::names::{Findings, Kind};
use crate::problem::Place;
use crate::value::{self, Choice, Fault, Url};

/// A record and where to note what is found in it.
///
/// The methods give `None` where a value is missing or cannot be read, and have said so.
pub(crate) struct Row<'a, 't> {
    file: &'a CsvFile<'t>,
    record: &'a Record<'t>,
    /// What was found.
    pub findings: &'a mut Findings,
}

impl<'a, 't> Row<'a, 't> {
    /// To read that record.
    pub fn new(file: &'a CsvFile<'t>, record: &'a Record<'t>, findings: &'a mut Findings) -> Self {
        Self {
            file,
            record,
            findings,
        }
    }

    /// What stands in that column; empty where there is no such column.
    pub fn raw(&self, column: &str) -> &'a str {
        let field: Option<&'a Field<'t>> = self.file.field(self.record, column);
        field.map_or("", |f| &*f.text)
    }

    /// Names of the columns.
    pub fn header(&self) -> &'a [String] {
        &self.file.header
    }

    /// The place of that column.
    pub fn place(&self, column: &str) -> Place {
        self.file.place(self.record, column)
    }

    fn report(&mut self, column: &str, value: &str, fault: Fault) {
        let place = self.place(column);
        let Fault { code, why, remedy } = fault;
        self.findings
            .problems
            .error(code, place, value, why, remedy);
    }

    fn checked<T>(&mut self, column: &str, value: &str, read: Result<T, Fault>) -> Option<T> {
        read.map_err(|fault| self.report(column, value, fault)).ok()
    }

    /// A part of what stands in that column, as it was read.
    pub fn part<T>(&mut self, column: &str, part: &str, read: Result<T, Fault>) -> Option<T> {
        self.checked(column, part, read)
    }

    /// What stands in that column, which must not be empty.
    fn filled(&mut self, column: &str) -> Option<&'a str> {
        let text = self.raw(column);
        if !text.trim().is_empty() {
            return Some(text);
        }
        // A missing column is reported once, at the header.
        if self.file.field(self.record, column).is_some() {
            let fault = Fault::new("missing-value", "the field is empty", "fill it in");
            self.report(column, "", fault);
        }
        None
    }

    /// A text, which may be empty.
    pub fn text(&mut self, column: &str) -> String {
        let text = self.raw(column);
        if text.trim() != text {
            self.findings.problems.warning(
                "outer-blank",
                self.file.place(self.record, column),
                text,
                "begins or ends with a blank",
                "delete the blank",
            );
        }
        text.to_owned()
    }

    /// A text that must not be empty.
    pub fn full_text(&mut self, column: &str) -> Option<String> {
        self.filled(column)?;
        Some(self.text(column))
    }

    /// A code of another system, if there is one.
    pub fn code(&mut self, column: &str) -> Option<String> {
        let text = self.text(column);
        (!text.is_empty()).then_some(text)
    }

    /// The id of this row, which defines a thing.
    pub fn define(&mut self, kind: Kind, column: &str) -> Option<String> {
        let id = self.filled(column)?;
        let place = self.place(column);
        self.findings.define(kind, id, place);
        self.checked(column, id, value::id(id))?;
        Some(id.to_owned())
    }

    /// The id of something defined elsewhere.
    pub fn refer(&mut self, kind: Kind, column: &str) -> Option<String> {
        let id = self.filled(column)?;
        let place = self.place(column);
        self.findings.refer(kind, id, place);
        Some(id.to_owned())
    }

    /// The parts of a list separated by semicolons.
    pub fn list(&self, column: &str) -> Vec<String> {
        let parts = self.raw(column).split(';').map(str::trim);
        parts.filter(|p| !p.is_empty()).map(str::to_owned).collect()
    }

    /// A part of what stands in that column is the id of something defined elsewhere.
    pub fn refer_part(&mut self, kind: Kind, column: &str, id: &str) {
        let place = self.place(column);
        self.findings.refer(kind, id, place);
    }

    /// A list of ids of things defined elsewhere.
    pub fn refer_list(&mut self, kind: Kind, column: &str) -> Vec<String> {
        let ids = self.list(column);
        for id in &ids {
            let place = self.place(column);
            self.findings.refer(kind, id, place);
        }
        ids
    }

    /// A date.
    pub fn date(&mut self, column: &str) -> Option<Date> {
        let text = self.filled(column)?;
        self.checked(column, text, value::date(text))
    }

    /// A word of a list.
    pub fn choice<T: Choice>(&mut self, column: &str) -> Option<T> {
        let text = self.filled(column)?;
        self.checked(column, text, value::choice(text))
    }

    /// A value that may be absent: `Some(None)` where the field is empty, `None` where it cannot
    /// be read.
    pub fn optional<T>(
        &mut self,
        column: &str,
        read: impl FnOnce(&str) -> Result<T, Fault>,
    ) -> Option<Option<T>> {
        let text = self.raw(column);
        if text.is_empty() {
            return Some(None);
        }
        self.checked(column, text, read(text)).map(Some)
    }

    /// A value that must be there.
    pub fn required<T>(
        &mut self,
        column: &str,
        read: impl FnOnce(&str) -> Result<T, Fault>,
    ) -> Option<T> {
        let text = self.filled(column)?;
        self.checked(column, text, read(text))
    }

    /// Reports an inexact date that is not the first day of its month or year.
    pub fn inexact(&mut self, column: &str, day: Date, month: bool, year: bool) -> Option<()> {
        let text = self.raw(column);
        self.checked(column, text, value::inexact_date(day, month, year))
    }

    /// Where it was read. `needed`: a fact without a page is doubtful.
    pub fn url(&mut self, column: &str, needed: bool) -> String {
        let text = self.raw(column);
        if text.is_empty() {
            // A missing column is not worth a warning for each row.
            if needed && self.file.field(self.record, column).is_some() {
                self.findings.problems.warning(
                    "no-source",
                    self.file.place(self.record, column),
                    "",
                    "nothing says where this was read",
                    "give the address of the page, or a source of the case as in brief:CSDS-02-2023",
                );
            }
        } else {
            let place = self.place(column);
            note_url(self.findings, text, place);
        }
        text.to_owned()
    }
}

/// Notes what there is to say of an address.
pub(crate) fn note_url(findings: &mut Findings, text: &str, place: Place) {
    match value::url(text) {
        Ok(Url::Web) => {}
        Ok(Url::Source(id)) => findings.refer(Kind::Source, id, place),
        Err(fault) if fault.code == "unsafe-url" => {
            let Fault { code, why, remedy } = fault;
            findings.problems.error(code, place, text, why, remedy);
        }
        Err(Fault { code, why, remedy }) => {
            findings.problems.warning(code, place, text, why, remedy);
        }
    }
}
