//! `memberships.csv`: who belongs to which body, from when to when.

use crate::csv_file::Columns;
use crate::names::Kind;
use crate::row::Row;
use crate::{Membership, MembershipPrecision, value};

pub(super) const FILE: &str = "memberships.csv";

pub(super) const COLUMNS: Columns = Columns {
    required: &["actor", "body", "from", "to", "precision"],
    optional: &["url", "note"],
    family: None,
};

pub(super) fn read(row: &mut Row) -> Option<Membership> {
    let actor = row.refer(Kind::Actor, "actor");
    let body = row.refer(Kind::Actor, "body");
    let from = row.date("from");
    let to = row.optional("to", value::date);
    let precision: Option<MembershipPrecision> = row.choice("precision");
    let url = row.url("url", true);
    let note = row.text("note");
    let (from, precision) = (from?, precision?);
    let (month, year) = (
        precision == MembershipPrecision::Month,
        precision == MembershipPrecision::Year,
    );
    row.inexact("from", from, month, year)?;
    Some(Membership {
        actor: actor?,
        body: body?,
        from,
        to: to?,
        precision,
        url,
        note,
    })
}
