//! `resources.csv`: what is known of staff and money.

use crate::csv_file::Columns;
use crate::row::Row;
use crate::{Resource, value};

pub(super) const FILE: &str = "resources.csv";

pub(super) const COLUMNS: Columns = Columns {
    required: &["entity", "measure", "date", "value", "unit", "url"],
    optional: &["text", "note"],
    family: None,
};

/// Larger than any sum of money in any currency.
const LARGEST: f64 = 1e18;

pub(super) fn read(row: &mut Row) -> Option<Resource> {
    let entity = row.full_text("entity");
    let measure = row.full_text("measure");
    let date = row.date("date");
    let value = row.optional("value", |text| value::number(text, 0.0, LARGEST));
    let text = row.text("text");
    let unit = row.text("unit");
    let url = row.url("url", true);
    let note = row.text("note");
    Some(Resource {
        entity: entity?,
        measure: measure?,
        date: date?,
        value: value?,
        text,
        unit,
        url,
        note,
    })
}
