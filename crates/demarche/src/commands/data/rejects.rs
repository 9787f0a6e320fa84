//! `demarche data rejects`.

use std::collections::BTreeMap;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use demarche_read::layout::Wrong;
use demarche_store::{LogEntry, Store};
use serde_json::json;

use super::reasons;
use crate::args_data::Rejects;
use crate::failure::Failure;
use crate::figures::counted;
use crate::listing::{for_people, harmless};
use crate::output::Output;

/// How much of a line is shown to people.
const SHOWN: usize = 160;

/// How many bytes of a line the log keeps.
const KEPT: u64 = 4096;

/// Prints the lines that were rejected, or stored with a value taken as missing.
pub fn run(args: &Rejects, out: &mut Output) -> Result<(), Failure> {
    let store = Store::open(&args.store)?;
    let mut names = BTreeMap::new();
    let mut rejected: BTreeMap<String, u64> = BTreeMap::new();
    let mut mended: BTreeMap<String, u64> = BTreeMap::new();
    for file in store.files() {
        let file = file?;
        for (counts, sums) in [(file.rejected, &mut rejected), (file.mended, &mut mended)] {
            for (fault, n) in counts {
                *sums.entry(fault).or_default() += n;
            }
        }
        names.insert(file.number, file.name);
    }
    let limit = args
        .limit
        .map_or(usize::MAX, |n| usize::try_from(n).unwrap_or(usize::MAX));
    let people = for_people() && !args.json;
    if args.json {
        let head = json!({ "rejected": rejected, "mended": mended });
        write!(
            out,
            "{{\n\"format\": \"demarche-data-rejects/1\",\n\"faults\": {head},\n\"entries\": ["
        )?;
    } else if people {
        let total = |counts: &BTreeMap<String, u64>| counts.values().sum::<u64>();
        writeln!(out, "{}", words("rejected", total(&rejected), &rejected))?;
        if !mended.is_empty() {
            let kept = words("stored with a value missing", total(&mended), &mended);
            writeln!(out, "{kept}")?;
        }
    } else {
        writeln!(out, "file\tline\tfault\tstored\tmeaning\traw")?;
    }
    let mut more = false;
    for (i, entry) in store.log().enumerate() {
        let entry = entry?;
        if i == limit {
            more = true;
            break;
        }
        let name = names.get(&entry.file).map_or("?", String::as_str);
        if args.json {
            let value = json!({
                "file": name,
                "line": entry.line,
                "fault": entry.fault,
                "meaning": meaning(&entry.fault),
                "stored": entry.stored,
                "raw": entry.raw,
                "length": entry.length,
            });
            write!(out, "{}\n{value}", if i == 0 { "" } else { "," })?;
        } else if people {
            show(name, &entry, out)?;
        } else {
            writeln!(
                out,
                "{}\t{}\t{}\t{}\t{}\t{}",
                harmless(name),
                entry.line,
                entry.fault,
                if entry.stored { "yes" } else { "no" },
                meaning(&entry.fault),
                harmless(&entry.raw)
            )?;
        }
    }
    if args.json {
        writeln!(out, "\n]\n}}")?;
    } else if people && more {
        writeln!(out, "… and more, which a higher --limit shows")?;
    }
    Ok(())
}

fn words(what: &str, n: u64, counts: &BTreeMap<String, u64>) -> String {
    match n {
        0 => format!("no line was {what}"),
        1 => format!("1 line {what}: {}", reasons(counts)),
        n => format!("{} {what}: {}", counted(n, "line"), reasons(counts)),
    }
}

/// What a fault means, in words.
fn meaning(fault: &str) -> String {
    let (code, column) = fault.split_once(':').unwrap_or((fault, ""));
    let wrong = Wrong::ALL.into_iter().find(|w| w.code() == code);
    match (wrong, column) {
        (None, _) => String::new(),
        (Some(wrong), "") => wrong.words().to_owned(),
        (Some(wrong), column) => format!("{column}: {}", wrong.words()),
    }
}

fn show(name: &str, entry: &LogEntry, out: &mut Output) -> io::Result<()> {
    let (what, colour) = if entry.stored {
        ("stored", AnsiColor::Yellow)
    } else {
        ("rejected", AnsiColor::Red)
    };
    let style = Style::new().bold().fg_color(Some(colour.into()));
    let dim = Style::new().dimmed();
    writeln!(
        out,
        "{}:{}: {style}{what}[{}]{style:#} {}",
        harmless(name),
        entry.line,
        entry.fault,
        meaning(&entry.fault)
    )?;
    let shown = harmless(&entry.raw);
    let start: String = shown.chars().take(SHOWN).collect();
    let cut = if start.len() < shown.len() || entry.length > KEPT {
        "…"
    } else {
        ""
    };
    writeln!(out, "    {dim}{start}{cut}{dim:#}")
}
