//! `demarche series`.

use std::io::{self, Write};
use std::path::Path;

use demarche_events::Period;
use demarche_store::Store;
use demarche_store::cube::{self, Acts};
use demarche_table::guard_formula;
use serde_json::{Value, json};

use super::panel::{check_days, date, filter_note, one_format, say};
use crate::args_data::Series;
use crate::failure::{Failure, USAGE};
use crate::figures::grouped;
use crate::file::{beside, cannot, put_in_place};
use crate::listing::{Listing, Side, for_people};
use crate::output::Output;

/// Columns of the table for programs: a row for each period and direction.
const COLUMNS: [&str; 14] = [
    "source",
    "target",
    "period",
    "n",
    "rows",
    "q1",
    "q2",
    "q3",
    "q4",
    "scale_sum",
    "scale_n",
    "mentions",
    "share_of_all",
    "share_of_dyadic",
];

/// Prints or writes the series of a dyad.
pub fn run(args: &Series, quiet: bool, out: &mut Output) -> Result<(), Failure> {
    check_days(args.ask.from, args.ask.to)?;
    let file = args.out.as_deref().filter(|path| *path != Path::new("-"));
    let comma = match file
        .and_then(Path::extension)
        .map(|e| e.to_ascii_lowercase())
    {
        None if file.is_none() => false,
        Some(e) if e == "csv" => true,
        Some(e) if e == "tsv" => false,
        _ => {
            return Err(Failure::new(
                USAGE,
                format!(
                    "{} is neither .csv nor .tsv",
                    file.unwrap_or(Path::new("-")).display()
                ),
                "let --out end in one of them; demarche panel --actor writes Parquet",
            ));
        }
    };
    if args.a == args.b {
        return Err(Failure::new(
            USAGE,
            format!("a dyad has two actors, not {} twice", args.a),
            "demarche panel --domestic has acts of an actor towards itself",
        ));
    }
    let store = Store::open(&args.store)?;
    one_format(&store, args.ask.format.as_deref())?;
    let series = cube::series(&store, &args.a, &args.b, &args.ask.question())?;
    match file {
        Some(path) => {
            let (to, temporary) = beside(path)?;
            rows(&series, comma, to).map_err(|e| cannot(path, e))?;
            put_in_place(temporary, path)?;
            if args.json {
                let n = series.periods.len() * 2;
                let value = json!({ "file": path.to_string_lossy(), "rows": n });
                writeln!(out, "{value:#}")?;
            } else if !quiet {
                writeln!(out, "{}", path.display())?;
            }
        }
        None if args.json => writeln!(out, "{:#}", value(&series))?,
        None if for_people() => table(&series, out)?,
        None => rows(&series, comma, &mut *out)?,
    }
    out.flush()?;
    if !quiet && !args.json {
        let mut notes: Vec<String> = filter_note(&series.filter).into_iter().collect();
        let acts = series.forth.iter().chain(&series.back);
        if acts.map(|a| a.rows).sum::<i64>() == 0 {
            notes.insert(
                0,
                format!(
                    "the store has no event between {} and {}; check the codes: demarche panel {} \
                     --by year --out - lists all that occur",
                    args.a,
                    args.b,
                    args.store.display()
                ),
            );
        }
        say(&notes);
    }
    Ok(())
}

/// For people: a line for each period, both directions beside each other.
fn table(series: &cube::Series, out: &mut Output) -> io::Result<()> {
    let forth = format!("{} to {}", series.a, series.b);
    let back = format!("{} to {}", series.b, series.a);
    let mut head = vec![("period", Side::Left)];
    for direction in [&forth, &back] {
        head.push((direction, Side::Right));
        head.extend(["q1", "q2", "q3", "q4", "scale"].map(|name| (name, Side::Right)));
    }
    head.push(("of all dyads", Side::Right));
    let mut listing = Listing::new(&head);
    for (i, &first) in series.periods.iter().enumerate() {
        let mut cells = vec![Period::of(date(first), series.by).to_string()];
        for acts in [&series.forth[i], &series.back[i]] {
            let number = |n: i64| grouped(u64::try_from(n).unwrap_or(0));
            cells.push(number(acts.n));
            cells.extend(acts.quad.map(number));
            cells.push(mean(acts));
        }
        cells.push(share(
            series.forth[i].share_of_dyadic + series.back[i].share_of_dyadic,
        ));
        listing.row(cells);
    }
    listing.aligned(out)?;
    writeln!(
        out,
        "\nevents of {}; q1 verbal cooperation, q2 material cooperation, q3 verbal conflict, q4 \
         material conflict;\nscale: mean; of all dyads: both directions, of all events between two \
         known, different actors",
        series.format
    )
}

/// The mean scale value; empty if no event has one.
fn mean(acts: &Acts) -> String {
    if acts.scale_n == 0 {
        return String::new();
    }
    let mean = format!("{:.1}", acts.scale_sum / acts.scale_n as f64);
    // "-0.0" would differ from "0.0" for no reason that a reader could see.
    if mean == "-0.0" {
        "0.0".to_owned()
    } else {
        mean
    }
}

/// A small share in per cent, to two figures.
fn share(share: f64) -> String {
    let percent = share * 100.0;
    match percent {
        p if p.is_nan() => String::new(),
        0.0 => "0 %".to_owned(),
        p if p >= 9.95 => format!("{p:.0} %"),
        p if p >= 0.995 => format!("{p:.1} %"),
        p if p >= 0.0995 => format!("{p:.2} %"),
        p if p >= 0.001 => format!("{p:.3} %"),
        _ => "< 0.001 %".to_owned(),
    }
}

/// For programs: a line for each period and direction.
fn rows(series: &cube::Series, comma: bool, to: impl Write) -> io::Result<()> {
    let delimiter = if comma { b',' } else { b'\t' };
    let mut to = csv::WriterBuilder::new()
        .delimiter(delimiter)
        .from_writer(to);
    to.write_record(COLUMNS)?;
    let number = |v: f64| {
        if v.is_finite() {
            (v + 0.0).to_string()
        } else {
            String::new()
        }
    };
    for (source, target, acts, at) in directed(series) {
        let [q1, q2, q3, q4] = acts.quad;
        to.write_record(&[
            guard_formula(source).into_owned(),
            guard_formula(target).into_owned(),
            date(series.periods[at]).to_string(),
            acts.n.to_string(),
            acts.rows.to_string(),
            q1.to_string(),
            q2.to_string(),
            q3.to_string(),
            q4.to_string(),
            number(acts.scale_sum),
            acts.scale_n.to_string(),
            acts.mentions.to_string(),
            number(acts.share_of_all),
            number(acts.share_of_dyadic),
        ])?;
    }
    to.flush()
}

/// Each direction of each period: who, towards whom, what, and the number of the period.
fn directed(series: &cube::Series) -> impl Iterator<Item = (&str, &str, &Acts, usize)> {
    let (a, b) = (series.a.as_str(), series.b.as_str());
    let both = series.forth.iter().zip(&series.back).enumerate();
    both.flat_map(move |(i, (forth, back))| [(a, b, forth, i), (b, a, back, i)])
}

fn value(series: &cube::Series) -> Value {
    let rows: Vec<Value> = directed(series)
        .map(|(source, target, acts, at)| {
            let [q1, q2, q3, q4] = acts.quad;
            let share = |v: f64| v.is_finite().then_some(v);
            json!({
                "source": source,
                "target": target,
                "period": date(series.periods[at]),
                "n": acts.n,
                "rows": acts.rows,
                "q1": q1,
                "q2": q2,
                "q3": q3,
                "q4": q4,
                "scale_sum": acts.scale_sum,
                "scale_n": acts.scale_n,
                "mentions": acts.mentions,
                "share_of_all": share(acts.share_of_all),
                "share_of_dyadic": share(acts.share_of_dyadic),
            })
        })
        .collect();
    json!({
        "format": "demarche-series/1",
        "events_format": series.format,
        "by": series.by.name(),
        "quad": series.scheme,
        "filter": series.filter,
        "rows": rows,
    })
}
