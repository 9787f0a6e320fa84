//! Tables as CSV.

use std::borrow::Cow;

use crate::{Cell, Table};

/// Text that a spreadsheet would take for a formula, made plain by a leading apostrophe.
///
/// A cell that begins with `=`, `+`, `-`, `@`, a tab or a carriage return is run as a formula by
/// common spreadsheets, so a title on a hostile page could fetch an address or start a program.
pub fn guard_formula(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// A number as short as it can be written without loss; empty if it is not finite.
fn number(v: f64) -> String {
    if v.is_finite() {
        // "-0" would differ from "0" for no reason that a reader could see.
        (v + 0.0).to_string()
    } else {
        String::new()
    }
}

/// The table as CSV: UTF-8, commas, LF, a header; a missing value is empty; text goes through
/// [`guard_formula`].
pub fn to_csv(table: &Table) -> Vec<u8> {
    let mut out = csv::Writer::from_writer(Vec::new());
    let names = table.columns().iter().map(|c| c.name.as_str());
    out.write_record(names).expect("a vector takes all");
    for row in table.rows() {
        let fields = row.iter().map(|cell| match cell {
            Cell::Text(v) => guard_formula(v),
            Cell::Integer(v) => Cow::Owned(v.to_string()),
            Cell::Float(v) => Cow::Owned(number(*v)),
            Cell::Date(v) => Cow::Owned(v.to_string()),
            Cell::Bool(v) => Cow::Borrowed(if *v { "true" } else { "false" }),
            Cell::Missing => Cow::Borrowed(""),
        });
        out.write_record(fields.map(|f| f.into_owned().into_bytes()))
            .expect("a vector takes all");
    }
    out.into_inner().expect("a vector takes all")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Kind;

    #[test]
    fn formulas_quotes_and_gaps() {
        let mut t = Table::new("t", "a row a test")
            .column("title", Kind::Text, "", "text")
            .column("value", Kind::Float, "", "number");
        t.push(vec!["=HYPERLINK(\"http://x\")".into(), Cell::Float(-1.5)]);
        t.push(vec!["a \"b\", c".into(), Cell::Float(f64::NAN)]);
        t.push(vec!["한국".into(), Cell::Float(-0.0)]);
        assert_eq!(
            String::from_utf8(to_csv(&t)).unwrap(),
            "title,value\n\"'=HYPERLINK(\"\"http://x\"\")\",-1.5\n\"a \"\"b\"\", c\",\n한국,0\n"
        );
    }
}
