//! `offices.csv`: who speaks for a body, from when to when.

use crate::csv_file::Columns;
use crate::names::Kind;
use crate::row::Row;
use crate::{Office, value};

pub(super) const FILE: &str = "offices.csv";

pub(super) const COLUMNS: Columns = Columns {
    required: &["person", "actor", "from", "to"],
    optional: &["state", "names", "url", "note"],
    family: None,
};

pub(super) fn read(row: &mut Row) -> Option<Office> {
    let person = row.full_text("person");
    let actor = row.refer(Kind::Actor, "actor");
    let from = row.date("from");
    let to = row.optional("to", value::date);
    let state = match row.raw("state") {
        "" => Some(None),
        _ => row.refer(Kind::Actor, "state").map(Some),
    };
    let names = row.list("names");
    let url = row.url("url", true);
    let note = row.text("note");
    Some(Office {
        person: person?,
        actor: actor?,
        from: from?,
        to: to?,
        state: state?,
        names,
        url,
        note,
    })
}
