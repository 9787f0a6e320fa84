//! `chronicle.csv`: the dated events.

use demarche_events::{Event, Precision};

use crate::csv_file::Columns;
use crate::names::Kind;
use crate::row::Row;
use crate::value;

pub(super) const FILE: &str = "chronicle.csv";

pub(super) const COLUMNS: Columns = Columns {
    required: &[
        "id",
        "date",
        "precision",
        "source",
        "target",
        "mutual",
        "cameo",
        "area",
        "title",
        "url",
    ],
    optional: &[],
    family: None,
};

pub(super) fn read(row: &mut Row) -> Option<Event> {
    let id = row.define(Kind::Event, "id");
    let date = row.date("date");
    let precision = row.choice("precision");
    let source = row.refer(Kind::Actor, "source");
    let target = row.refer(Kind::Actor, "target");
    let mutual = row.choice("mutual");
    let cameo = row.required("cameo", value::cameo);
    let area = row.refer(Kind::Area, "area");
    let title = row.full_text("title");
    let url = row.url("url", true);
    let (date, precision) = (date?, precision?);
    let (month, year) = (precision == Precision::Month, precision == Precision::Year);
    row.inexact("date", date, month, year)?;
    Some(Event {
        id: id?,
        date,
        precision,
        source: source?,
        target: target?,
        mutual: mutual?,
        cameo: cameo?,
        area: area?,
        title: title?,
        url,
    })
}
