//! `demarche data doctor`.

use std::io::{self, Write};
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use demarche_store::Store;
use demarche_store::doctor::{Health, Reason, Severity, examine};
use serde_json::{Map, Value, json};

use crate::args_data::Doctor;
use crate::failure::{CASE, Failure};
use crate::listing::harmless;
use crate::output::Output;

/// Says how a store is; the exit status is 1 if something is damaged.
pub fn run(args: &Doctor, quiet: bool, out: &mut Output) -> Result<ExitCode, Failure> {
    let store = Store::open(&args.store)?;
    let health = examine(&store, args.deep);
    if args.json {
        writeln!(out, "{:#}", value(&store, &health))?;
    } else {
        text(&health, quiet, out)?;
    }
    Ok(match health.worst() {
        Some(Severity::Error) => ExitCode::from(CASE),
        _ => ExitCode::SUCCESS,
    })
}

/// A paragraph for each finding; errors only, where the command is to be quiet.
fn text(health: &Health, quiet: bool, out: &mut Output) -> io::Result<()> {
    for finding in &health.findings {
        let style = match finding.severity {
            Severity::Error => Style::new().bold().fg_color(Some(AnsiColor::Red.into())),
            Severity::Warning => Style::new().bold().fg_color(Some(AnsiColor::Yellow.into())),
            Severity::Note if quiet => continue,
            Severity::Note => Style::new().dimmed(),
        };
        if quiet && finding.severity != Severity::Error {
            continue;
        }
        let name = finding.severity.name();
        writeln!(out, "{style}{name}:{style:#} {}", harmless(&finding.words))?;
        if !finding.remedy.is_empty() {
            writeln!(out, "  {}", harmless(&finding.remedy))?;
        }
    }
    Ok(())
}

fn value(store: &Store, health: &Health) -> Value {
    let findings: Vec<Value> = health
        .findings
        .iter()
        .map(|f| {
            json!({
                "severity": f.severity.name(),
                "code": f.code,
                "words": f.words,
                "remedy": f.remedy,
            })
        })
        .collect();
    let summary = &health.summary;
    let reasons = |reasons: &std::collections::BTreeMap<String, Reason>| {
        let entry = |(fault, reason): (&String, &Reason)| {
            let worst: Map<String, Value> = reason
                .worst
                .iter()
                .map(|(name, n)| (name.clone(), json!(n)))
                .collect();
            (
                fault.clone(),
                json!({ "lines": reason.lines, "worst": worst }),
            )
        };
        reasons.iter().map(entry).collect::<Map<String, Value>>()
    };
    let formats: Map<String, Value> = summary
        .formats
        .iter()
        .map(|(name, f)| {
            let day = |day: i32| crate::commands::panel::date(day);
            let days = f.days.map(|(first, last)| [day(first), day(last)]);
            (name.clone(), json!({ "totals": f.totals, "days": days }))
        })
        .collect();
    let series: Vec<Value> = health
        .series
        .iter()
        .map(|s| {
            let words = |ranges: &[demarche_store::gaps::Range]| -> Vec<String> {
                ranges.iter().map(|range| range.words(s.unit)).collect()
            };
            json!({
                "name": s.name,
                "span": s.span.words(s.unit),
                "present": s.present,
                "missing": s.missing_count(),
                "missing_ranges": words(&s.missing),
                "never_published": words(&s.never),
            })
        })
        .collect();
    json!({
        "format": "demarche-data-doctor/1",
        "worst": health.worst().map(Severity::name),
        "findings": findings,
        "settings": store.manifest().settings,
        "totals": summary.totals,
        "formats": formats,
        "rejected": reasons(&summary.rejected),
        "mended": reasons(&summary.mended),
        "filtered": summary.filtered,
        "event_rows": summary.event_rows,
        "dyadic": summary.dyadic,
        "unresolved": summary.unresolved,
        "quad_differs": summary.quad_differs,
        "scale_differs": summary.scale_differs,
        "code_fallback": summary.code_fallback,
        "latin1": summary.latin1,
        "bytes": summary.bytes,
        "series": series,
    })
}
