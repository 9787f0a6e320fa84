//! `demarche data files`.

use std::io::Write;

use demarche_store::{FileRecord, Store};

use crate::args_data::Files;
use crate::failure::Failure;
use crate::figures::grouped;
use crate::listing::{Listing, Side, for_people};
use crate::output::Output;

/// Prints the ledger of a store.
pub fn run(args: &Files, out: &mut Output) -> Result<(), Failure> {
    let store = Store::open(&args.store)?;
    if args.json {
        return json(&store, out);
    }
    let people = for_people();
    let number = |n: u64| if people { grouped(n) } else { n.to_string() };
    let mut table = Listing::new(&[
        ("file", Side::Left),
        ("format", Side::Left),
        ("bytes", Side::Right),
        ("lines", Side::Right),
        ("stored", Side::Right),
        ("duplicates", Side::Right),
        ("filtered", Side::Right),
        ("rejected", Side::Right),
        ("damage", Side::Left),
    ]);
    let mut files = 0u64;
    for file in store.files() {
        let file = file?;
        files += 1;
        table.row(vec![
            crate::listing::harmless(&file.name).into_owned(),
            file.format.clone(),
            number(file.bytes),
            number(file.lines),
            number(file.stored),
            number(file.duplicates),
            number(file.filtered_rows()),
            number(file.rejected_lines()),
            damage(&file),
        ]);
    }
    if !people {
        table.tabbed(out)?;
    } else if files == 0 {
        writeln!(out, "no file was read into {} yet", args.store.display())?;
    } else {
        table.aligned(out)?;
    }
    Ok(())
}

/// What was wrong with a file as a whole.
fn damage(file: &FileRecord) -> String {
    let codes: Vec<&str> = file.faults.iter().map(|f| f.code.as_str()).collect();
    codes.join(", ")
}

/// Written as it is read: a ledger can be long.
fn json(store: &Store, out: &mut Output) -> Result<(), Failure> {
    write!(
        out,
        "{{\n\"format\": \"demarche-data-files/1\",\n\"files\": ["
    )?;
    for (i, file) in store.files().enumerate() {
        let file = serde_json::to_string(&file?).map_err(std::io::Error::from)?;
        write!(out, "{}\n{file}", if i == 0 { "" } else { "," })?;
    }
    writeln!(out, "\n]\n}}")?;
    Ok(())
}
