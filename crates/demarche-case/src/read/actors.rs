//! `actors.csv`: states, bodies and arrangements.

use crate::csv_file::Columns;
use crate::names::Kind;
use crate::row::Row;
use crate::{Actor, value};

pub(super) const FILE: &str = "actors.csv";

pub(super) const COLUMNS: Columns = Columns {
    required: &["code", "name", "short", "kind"],
    optional: &["cameo", "gdelt_group", "icews", "cow", "note"],
    family: None,
};

pub(super) fn read(row: &mut Row) -> Option<Actor> {
    let code = row.define(Kind::Actor, "code");
    let name = row.full_text("name");
    let short = row.full_text("short");
    let kind = row.choice("kind");
    let cameo = row.code("cameo");
    let gdelt_group = row.code("gdelt_group");
    let icews = row.code("icews");
    let cow = row.optional("cow", |text| value::whole(text, 1, 999));
    Some(Actor {
        code: code?,
        name: name?,
        short: short?,
        kind: kind?,
        cameo,
        gdelt_group,
        icews,
        cow: cow?.map(|number| number as u16),
    })
}
