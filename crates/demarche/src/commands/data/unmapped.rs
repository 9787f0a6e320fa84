//! `demarche data unmapped`.

use std::io::{self, Write};

use anstyle::Style;
use demarche_store::{ACTOR_COLUMNS, Store, Unknown, unmapped};
use serde_json::{Value, json};

use crate::args_data::Unmapped;
use crate::failure::Failure;
use crate::figures::{counted, grouped};
use crate::listing::{Listing, Side, for_people, harmless};
use crate::output::Output;
use crate::progress::Progress;

/// Prints whom the rows of a store name and nobody knows.
pub fn run(args: &Unmapped, quiet: bool, out: &mut Output) -> Result<(), Failure> {
    let store = Store::open(&args.store)?;
    let progress = Progress::new(1, quiet || args.json || args.csv);
    progress.step("reading the actors of all rows");
    let limit = usize::try_from(args.limit).unwrap_or(usize::MAX);
    let found = unmapped(&store, limit)?;
    drop(progress);
    if args.json {
        let value = json!({
            "format": "demarche-data-unmapped/1",
            "rows": found.rows,
            "short_by": found.short_by,
            "actors": values(&found.actors),
            "others": values(&found.others),
        });
        writeln!(out, "{value:#}")?;
    } else if args.csv {
        writeln!(out, "{ACTOR_COLUMNS}")?;
        for line in found.actors.iter().filter_map(|actor| actor.line.as_ref()) {
            writeln!(out, "{line}")?;
        }
    } else if for_people() {
        people(&found, quiet, out)?;
    } else {
        table(found.actors.iter().chain(&found.others), false).tabbed(out)?;
    }
    Ok(())
}

fn people(found: &demarche_store::Unmapped, quiet: bool, out: &mut Output) -> io::Result<()> {
    if found.rows == 0 {
        return writeln!(out, "every actor that a row names is known");
    }
    let bold = Style::new().bold();
    if !found.actors.is_empty() {
        writeln!(out, "{bold}could be actors of a case{bold:#}")?;
        table(found.actors.iter(), true).aligned(out)?;
        writeln!(out)?;
    }
    if !found.others.is_empty() {
        writeln!(out, "{bold}roles and regions: nobody in particular{bold:#}")?;
        table(found.others.iter(), true).aligned(out)?;
        writeln!(out)?;
    }
    if quiet {
        return Ok(());
    }
    writeln!(
        out,
        "ends of rows that name someone not known: {} in all",
        grouped(found.rows)
    )?;
    if found.short_by > 0 {
        let rows = counted(found.short_by, "row");
        writeln!(out, "counts may be short by as much as {rows}")?;
    }
    if !found.actors.is_empty() {
        writeln!(
            out,
            "next: --csv prints lines for actors.csv; complete them, and read the files into a new store with --case"
        )?;
    }
    Ok(())
}

fn table<'a>(unknown: impl Iterator<Item = &'a Unknown>, people: bool) -> Listing {
    let mut table = Listing::new(&[
        ("rows", Side::Right),
        ("format", Side::Left),
        ("code", Side::Left),
        ("name", Side::Left),
        ("country", Side::Left),
        ("group", Side::Left),
    ]);
    for one in unknown {
        let rows = if people {
            grouped(one.rows)
        } else {
            one.rows.to_string()
        };
        let texts = [&one.format, &one.code, &one.name, &one.country, &one.group];
        let mut cells = vec![rows];
        cells.extend(texts.map(|text| harmless(text).into_owned()));
        table.row(cells);
    }
    table
}

fn values(unknown: &[Unknown]) -> Vec<Value> {
    unknown
        .iter()
        .map(|one| {
            json!({
                "rows": one.rows,
                "format": one.format,
                "code": one.code,
                "name": one.name,
                "country": one.country,
                "group": one.group,
                "line": one.line,
            })
        })
        .collect()
}
