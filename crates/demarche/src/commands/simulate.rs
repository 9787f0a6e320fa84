//! `demarche simulate`.

use std::io::{Read, Write};
use std::path::Path;

use demarche_case::Case;
use demarche_events::{Date, Period, PeriodUnit};
use demarche_respond::outlook::{Drawn, Outlook, Step, outlook, stream_of_area};
use demarche_respond::responses::Responses;
use serde_json::json;

use super::brief::report;
use super::{count, read_case};
use crate::args::Choices;
use crate::args_respond::Simulate;
use crate::event_source;
use crate::failure::{FILES, Failure, USAGE};
use crate::folder::{self, NewFile};
use crate::listing::{Listing, Side};
use crate::output::Output;
use crate::progress::Progress;

/// Most steps of a plan.
const MOST: usize = 10_000;

/// Says what is likely to follow from planned steps.
pub fn run(args: &Simulate, quiet: bool, out: &mut Output) -> Result<(), Failure> {
    let progress = Progress::new(3, quiet || args.json);
    progress.step("reading the case");
    let mut case = read_case(&args.case, &Choices::default())?;
    args.how.apply(&mut case.settings.measure);
    event_source::take(&args.from, &mut case)?;
    progress.step("asking what sets off what");
    let responses = Responses::of(&case);
    let steps = match &args.steps {
        Some(path) => read_steps(path, &case, &responses)?,
        None => Vec::new(),
    };
    progress.step("simulating");
    let found = outlook(
        &case,
        &responses,
        &steps,
        args.quarters as usize,
        args.threshold,
    )
    .map_err(|error| Failure::new(USAGE, error, ""))?;
    drop(progress);
    if let Some(dir) = &args.out {
        let files: Vec<NewFile> = demarche_brief::flat_table_files(&found.tables())
            .into_iter()
            .map(|(path, bytes)| NewFile { path, bytes })
            .collect();
        folder::replace(dir, &files)?;
        if !args.json {
            report(out, dir, &files, false, quiet, "outlook.csv")?;
        }
    }
    if args.json {
        let value = json!({ "format": "demarche-outlook/1", "steps": steps, "outlook": found });
        writeln!(out, "{value:#}")?;
    } else if !(quiet && args.out.is_some()) {
        print(&found, out)?;
    }
    Ok(())
}

fn print(found: &Outlook, out: &mut Output) -> Result<(), Failure> {
    let shown = |d: &Drawn| format!("{:.1} ({} to {})", d.mean, d.low, d.high);
    let chance = |p: Option<f64>| p.map_or(String::new(), |p| format!("{:.1} %", 100.0 * p));
    let mut table = Listing::new(&[
        ("hostile events of", Side::Left),
        ("quarter", Side::Left),
        ("likely anyway", Side::Right),
        ("set off by the plan", Side::Right),
        ("together", Side::Right),
        ("spiral anyway", Side::Right),
        ("with the plan", Side::Right),
    ]);
    for row in found.rows.iter().chain(&found.all) {
        table.row(vec![
            row.stream.clone(),
            row.quarter.clone(),
            shown(&row.anyway),
            shown(&row.set_off),
            shown(&row.together),
            chance(row.spiral_anyway),
            chance(row.spiral),
        ]);
    }
    table.aligned(out)?;
    writeln!(
        out,
        "\nMeans and 95 % intervals of {} futures; a spiral is a quarter with {} hostile events or more.\n",
        found.draws, found.threshold
    )?;
    let mut kinds = Listing::new(&[
        ("one step of", Side::Left),
        ("hostile events set off", Side::Right),
        ("95 % interval", Side::Right),
        ("has to calm by", Side::Right),
    ]);
    for kind in &found.kinds {
        kinds.row(vec![
            kind.stream.clone(),
            format!("{:.2}", kind.total),
            kind.interval
                .map_or(String::new(), |i| format!("{:.2} to {:.2}", i.low, i.high)),
            kind.break_even
                .map_or(String::new(), |b| format!("{:.2} %", 100.0 * b)),
        ]);
    }
    kinds.aligned(out)?;
    writeln!(
        out,
        "\nA calming step (a hotline, a briefing, a dialogue) pays for itself if it lowers the {:.1} hostile\nevents that are likely anyway over these quarters by more than the last column says.",
        found.expected
    )?;
    if found.steps > 0 {
        writeln!(
            out,
            "The plan of {} sets off {} of them{}.",
            count(found.steps, "step"),
            shown(&found.plan),
            found.break_even.map_or(String::new(), |b| format!(
                ": to make up for it, calming steps would have to lower them by {:.1} %",
                100.0 * b
            ))
        )?;
    }
    Ok(())
}

/// Reads a plan: a CSV file with a head.
fn read_steps(path: &Path, case: &Case, responses: &Responses) -> Result<Vec<Step>, Failure> {
    let name = match path == Path::new("-") {
        true => "standard input".to_owned(),
        false => path.display().to_string(),
    };
    let mut text = String::new();
    let read = match path == Path::new("-") {
        true => std::io::stdin().lock().read_to_string(&mut text),
        false => std::fs::File::open(path).and_then(|mut f| f.read_to_string(&mut text)),
    };
    read.map_err(|e| {
        Failure::new(
            FILES,
            format!("cannot read {name}: {e}"),
            "name a CSV file in UTF-8; see demarche simulate --help",
        )
    })?;
    let mut rows = csv::ReaderBuilder::new()
        .trim(csv::Trim::All)
        .comment(Some(b'#'))
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    let wrong = |line: u64, what: String, remedy: &str| {
        Failure::new(USAGE, format!("{name}: line {line}: {what}"), remedy)
    };
    let head = rows
        .headers()
        .map_err(|e| wrong(1, e.to_string(), ""))?
        .clone();
    let column = |wanted: &str| head.iter().position(|h| h.eq_ignore_ascii_case(wanted));
    let (date, stream, initiative, many) = (
        column("date"),
        column("stream"),
        column("initiative"),
        column("count"),
    );
    let Some(date) = date.filter(|_| stream.is_some() || initiative.is_some()) else {
        return Err(wrong(
            1,
            "the head must name the columns date, and stream or initiative".to_owned(),
            "see demarche simulate --help",
        ));
    };
    let mut steps = Vec::new();
    for row in rows.records() {
        let row = row.map_err(|e| {
            let line = e.position().map_or(0, csv::Position::line);
            wrong(
                line,
                e.to_string(),
                "each row needs as many fields as the head",
            )
        })?;
        let line = row.position().map_or(0, csv::Position::line);
        let cell = |at: Option<usize>| at.and_then(|at| row.get(at)).unwrap_or("");
        let day = day_of(cell(Some(date))).ok_or_else(|| {
            wrong(
                line,
                format!("{:?} is no day and no quarter", cell(Some(date))),
                "write a day as 2026-09-15 or a quarter as 2026-Q4",
            )
        })?;
        let (at, label) = match (cell(stream), cell(initiative)) {
            ("", "") => {
                return Err(wrong(
                    line,
                    "neither a stream nor an initiative is named".to_owned(),
                    "name one of them",
                ));
            }
            (id, "") => {
                let found = responses.streams.iter().position(|s| s.stream.id == id);
                let ids = responses.streams.iter().map(|s| s.stream.id.as_str());
                let near = ids.min_by_key(|s| (strsim::osa_distance(s, id), *s));
                let at = found.ok_or_else(|| {
                    wrong(
                        line,
                        format!("{id:?} is no stream of this case"),
                        &near.map_or("case.toml names no streams".to_owned(), |n| {
                            format!("did you mean {n}?")
                        }),
                    )
                })?;
                (at, id.to_owned())
            }
            (_, id) => {
                let initiative = case.initiatives.iter().find(|i| i.id == id);
                let initiative = initiative.ok_or_else(|| {
                    wrong(
                        line,
                        format!("{id:?} is no initiative of this case"),
                        "initiatives.csv lists them",
                    )
                })?;
                let at = stream_of_area(responses, &initiative.area).ok_or_else(|| {
                    wrong(
                        line,
                        format!(
                            "no stream with role = \"own\" holds the area {} of {id}",
                            initiative.area
                        ),
                        "add the area to one in case.toml",
                    )
                })?;
                (at, id.to_owned())
            }
        };
        let n = match cell(many) {
            "" => 1,
            n => n
                .parse::<usize>()
                .ok()
                .filter(|n| *n <= MOST)
                .ok_or_else(|| {
                    wrong(
                        line,
                        format!("{n:?} is no number of steps"),
                        "write a whole number up to 10000",
                    )
                })?,
        };
        for _ in 0..n {
            steps.push(Step {
                date: day,
                stream: at,
                label: label.clone(),
            });
        }
        if steps.len() > MOST {
            return Err(wrong(line, format!("more than {MOST} steps"), "plan fewer"));
        }
    }
    Ok(steps)
}

/// A day, or the middle of a quarter.
fn day_of(text: &str) -> Option<Date> {
    if let Ok(day) = text.parse() {
        return Some(day);
    }
    let (year, quarter) = text.split_once("-Q")?;
    let (year, quarter): (i16, i8) = (year.parse().ok()?, quarter.parse().ok()?);
    (1..=4).contains(&quarter).then_some(())?;
    let first = Date::new(year, quarter * 3 - 2, 1).ok()?;
    let period = Period::of(first, PeriodUnit::Quarter);
    Date::new(year, quarter * 3 - 1, 15)
        .ok()
        .filter(|d| period.first() <= *d && *d <= period.last())
}
