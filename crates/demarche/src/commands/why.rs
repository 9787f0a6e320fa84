//! `demarche why`.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anstyle::Style;
use demarche_brief::document::Document;
use demarche_brief::{Planned, Record};

use super::{count, read_case};
use crate::args::Why;
use crate::event_source;
use crate::failure::{Failure, USAGE};
use crate::output::Output;

/// Prints the rows and the formula behind a figure, or the list of all figures.
pub fn run(args: &Why, out: &mut Output) -> Result<(), Failure> {
    let (id, dir) = words(args)?;
    let dir = dir.map_or_else(find_case, Ok)?;
    let mut case = read_case(&dir, &args.choices)?;
    let source = event_source::take(&args.from, &mut case)?;
    // The address bar of the HTML shows `#ev-ID`; take that too.
    let id = id.map(|id| id.trim_start_matches('#').trim_start_matches("ev-"));
    // A plan takes seconds: it is made where its figures are asked for.
    let wanted = id.is_none_or(|id| id == "plan" || id.starts_with("plan."));
    let planned = (wanted && Planned::asked_for(&case)).then(|| {
        let mut planned = Planned::of(&case, &Planned::effort(), |_| {});
        if let Some(wanted) = args.pareto {
            planned.keep_apart(&case, &Planned::effort(), wanted.into(), |_| {});
        }
        planned
    });
    let record = Record {
        planned: planned.as_ref(),
        ..source.record()
    };
    let document = demarche_brief::compose_with(&case, &record).document;
    let Some(id) = id else {
        return list(&document, args.json, out);
    };
    let Some(evidence) = document.evidence.iter().find(|e| e.id == id) else {
        let mut near: Vec<&str> = document.evidence.iter().map(|e| e.id.as_str()).collect();
        near.sort_by(|a, b| {
            let like = |x: &str| strsim::jaro_winkler(x, id);
            like(b).total_cmp(&like(a)).then(a.cmp(b))
        });
        near.truncate(3);
        return Err(Failure::new(
            USAGE,
            format!("the brief has no figure {id:?}"),
            format!(
                "near it: {}; demarche why --list shows all",
                near.join(", ")
            ),
        ));
    };
    if args.json {
        let events: Vec<_> = evidence
            .events
            .iter()
            .map(|&i| &document.events[i])
            .collect();
        let mut value = serde_json::to_value(evidence).expect("evidence is plain data");
        value["events"] = serde_json::to_value(events).expect("events are plain data");
        writeln!(out, "{value:#}")?;
        return Ok(());
    }
    let bold = Style::new().bold();
    let dim = Style::new().dimmed();
    writeln!(out, "{bold}{}{bold:#}", evidence.label)?;
    let interval = if evidence.interval.is_empty() {
        String::new()
    } else {
        format!("  ({})", evidence.interval)
    };
    writeln!(out, "{}{interval}", evidence.value)?;
    writeln!(out, "{dim}formula{dim:#}  {}", evidence.formula)?;
    if !evidence.note.is_empty() {
        writeln!(out, "{dim}note{dim:#}     {}", evidence.note)?;
    }
    if !evidence.rows.is_empty() {
        writeln!(out, "\n{bold}{}{bold:#}", count(evidence.rows.len(), "row"))?;
        for row in &evidence.rows {
            writeln!(out, "{dim}{}{dim:#} {}  {}", row.file, row.id, row.text)?;
            if !row.url.is_empty() {
                writeln!(out, "    {dim}{}{dim:#}", row.url)?;
            }
        }
    }
    writeln!(
        out,
        "\n{bold}{}{bold:#} ({})",
        count(evidence.events.len(), "event"),
        files(&document, &evidence.events)
    )?;
    for &i in &evidence.events {
        let e = &document.events[i];
        let arrow = if e.mutual { "↔" } else { "→" };
        writeln!(
            out,
            "{:10}  {} {arrow} {}  {} {}  {}",
            e.date, e.source, e.target, e.cameo, e.act, e.title
        )?;
        writeln!(out, "    {dim}{}  {}{dim:#}", e.id, e.url)?;
    }
    Ok(())
}

/// Where some events stand: in the chronicle, in the store, or some in each.
fn files(document: &Document, events: &[usize]) -> String {
    let Some(coded) = &document.coded else {
        return "chronicle.csv".to_owned();
    };
    let gathered = events.iter().filter(|&&at| at < coded.first).count();
    let store = format!("store, {}", coded.name);
    match (gathered, events.len() - gathered) {
        (_, 0) if gathered > 0 => "chronicle.csv".to_owned(),
        (0, _) => store,
        (n, m) => format!("{n} in chronicle.csv; {m} in {store}"),
    }
}

/// What the one or two words of the command are: the id, or none with `--list`, and the case.
fn words(args: &Why) -> Result<(Option<&str>, Option<PathBuf>), Failure> {
    let id = args.id.as_deref();
    let dir = args.case.clone();
    if args.list {
        return match (id, dir) {
            (Some(id), Some(_)) => Err(Failure::new(
                USAGE,
                format!("--list shows all figures, not {id:?} alone"),
                "leave out the id, or --list",
            )),
            (word, _) => Ok((None, word.map(PathBuf::from))),
        };
    }
    // Every other command has the case as its first word, so it comes first here too at times.
    let word_is_case = id.is_some_and(|word| is_case(Path::new(word)));
    match (id, dir) {
        (Some(word), None) if word_is_case => Err(Failure::new(
            USAGE,
            format!("{word} is a case; which of its figures?"),
            format!("demarche why --list {word} shows their ids"),
        )),
        (Some(word), Some(dir)) if word_is_case && !is_case(&dir) => Err(Failure::new(
            USAGE,
            "the id of the figure comes before the case",
            format!("demarche why {} {word}", dir.display()),
        )),
        words => Ok(words),
    }
}

/// Prints all ids with what they mean.
fn list(document: &Document, as_json: bool, out: &mut Output) -> Result<(), Failure> {
    if as_json {
        let list: Vec<_> = document
            .evidence
            .iter()
            .map(|e| {
                serde_json::json!({
                    "id": e.id, "label": e.label, "value": e.value,
                    "interval": e.interval, "events": e.events.len(),
                })
            })
            .collect();
        writeln!(out, "{:#}", serde_json::Value::from(list))?;
        return Ok(());
    }
    for e in &document.evidence {
        writeln!(out, "{}\t{}\t{}", e.id, e.value, e.label)?;
    }
    Ok(())
}

fn is_case(dir: &Path) -> bool {
    dir.join("case.toml").is_file()
}

/// The case that is meant when none is named: this folder, or the only one under `cases/`.
fn find_case() -> Result<PathBuf, Failure> {
    if is_case(Path::new(".")) {
        return Ok(PathBuf::from("."));
    }
    let mut found: Vec<PathBuf> = fs::read_dir("cases")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|dir| is_case(dir))
        .collect();
    found.sort();
    let name = "name the case folder after the id: demarche why ID cases/korea-nato";
    match found.len() {
        1 => Ok(found.remove(0)),
        0 => Err(Failure::new(
            USAGE,
            "which case? There is none here and none under cases/",
            name,
        )),
        n => Err(Failure::new(
            USAGE,
            format!("which case? There are {n} under cases/"),
            name,
        )),
    }
}
