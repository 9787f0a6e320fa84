//! `demarche data fetch`.

use std::collections::BTreeMap;
use std::env;
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use demarche_fetch::{
    Ending, Event, FetchError, Gap, Kind, Language, ListTally, Options, Plan, Preview, Proxy,
    Redirects, Status, Summary,
};
use serde::Serialize;
use serde_json::{Value, json};

use super::{Account, reasons};
use crate::args_data::{Fetch, FetchKind, FetchLanguage, Source};
use crate::failure::{FILES, Failure, USAGE};
use crate::figures::{counted, grouped, size};
use crate::listing::harmless;
use crate::output::Output;
use crate::progress::Progress;

/// How many of a kind are named.
const NAMED: usize = 10;

/// Brings the files, or says what would be brought.
pub fn run(args: &Fetch, quiet: bool, out: &mut Output) -> Result<(), Failure> {
    let plan = plan(args)?;
    let options = options(args);
    let progress = Progress::bytes(Some(0), quiet || args.json);
    let mut tell = |event: &Event| show(&progress, event);
    let stop = AtomicBool::new(false);
    if args.dry_run {
        let preview = demarche_fetch::preview(&plan, &options, &stop, &mut tell).map_err(failed)?;
        drop(progress);
        return if args.json {
            Ok(json_of(
                "demarche-data-fetch-preview/1",
                args,
                &preview,
                out,
            )?)
        } else {
            Ok(tell_preview(args, &preview, out)?)
        };
    }
    let done = demarche_fetch::run(&plan, &options, &stop, &mut tell);
    drop(progress);
    let (summary, error) = match done {
        Ok(summary) => (summary, None),
        Err(FetchError::Nothing(summary)) => {
            let error = FetchError::Nothing(summary.clone());
            (*summary, Some(error))
        }
        Err(error) => return Err(failed(error)),
    };
    if args.json {
        json_of("demarche-data-fetch/1", args, &summary, out)?;
    } else if !quiet {
        tell_summary(args, &summary, out)?;
    }
    out.flush()?;
    if let Some(error) = error {
        return Err(failed(error));
    }
    let what = match summary.ending {
        Ending::Done if summary.failed == 0 => return Ok(()),
        Ending::Done => format!("{} could not be fetched", counted(summary.failed, "file")),
        Ending::GaveUp => format!(
            "too many files in a row could not be fetched; {} not tried",
            counted(summary.pending, "file")
        ),
        Ending::Stopped => format!("stopped; {} not tried", counted(summary.pending, "file")),
    };
    Err(Failure::new(
        FILES,
        what,
        "run the same command again: what is here is kept",
    ))
}

fn plan(args: &Fetch) -> Result<Plan, Failure> {
    let plan = match args.source {
        Source::Gdelt1 => {
            let refused = [
                (!args.kind.is_empty(), "--kind"),
                (args.language.is_some(), "--language"),
            ];
            if let Some((_, option)) = refused.iter().find(|(given, _)| *given) {
                return Err(Failure::new(
                    USAGE,
                    format!("{option} is for gdelt2: GDELT 1.0 has one kind of files, in English"),
                    format!("leave out {option}"),
                ));
            }
            Plan::gdelt1(args.from, args.to)
        }
        Source::Gdelt2 => {
            let mut kinds: Vec<Kind> = args
                .kind
                .iter()
                .map(|kind| match kind {
                    FetchKind::Export => Kind::Export,
                    FetchKind::Mentions => Kind::Mentions,
                })
                .collect();
            if kinds.is_empty() {
                kinds.push(Kind::Export);
            }
            let languages: &[Language] = match args.language {
                None | Some(FetchLanguage::English) => &[Language::English],
                Some(FetchLanguage::Translingual) => &[Language::Translingual],
                Some(FetchLanguage::Both) => &[Language::English, Language::Translingual],
            };
            Plan::gdelt2(args.from, args.to, &kinds, languages)
        }
    };
    plan.map_err(failed)
}

fn options(args: &Fetch) -> Options {
    let base = args.base.clone().unwrap_or_else(|| {
        let base = match args.source {
            Source::Gdelt1 => Plan::GDELT1_BASE,
            Source::Gdelt2 => Plan::GDELT2_BASE,
        };
        base.to_owned()
    });
    let mut options = Options::new(base, &args.out);
    options.jobs = usize::from(args.jobs);
    if args.any_host {
        options.redirects = Redirects::AnyHost;
    }
    options.proxy = proxy(&options.base, &|name| {
        env::var(name).ok().filter(|value| !value.trim().is_empty())
    });
    options
}

/// The proxy that the environment names for an address.
fn proxy(base: &str, variable: &dyn Fn(&str) -> Option<String>) -> Option<Proxy> {
    // HTTP_PROXY in capitals is set by whoever sends a header `Proxy` to a CGI program, so nobody
    // takes it.
    let names: &[&str] = if base.to_ascii_lowercase().starts_with("https:") {
        &["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"]
    } else {
        &["http_proxy", "all_proxy", "ALL_PROXY"]
    };
    let first = |names: &[&str]| names.iter().find_map(|name| variable(name));
    Some(Proxy {
        url: first(names)?,
        except: first(&["no_proxy", "NO_PROXY"]),
    })
}

fn show(progress: &Progress, event: &Event) {
    match event {
        Event::List { name, bytes, total } => {
            progress.of(total.unwrap_or(*bytes));
            progress.at(*bytes, format!("reading {name}"));
        }
        Event::Files(status) => {
            progress.of(status.bytes);
            progress.at(status.bytes_done, words(status));
        }
        Event::Retry { name, reason, wait } => {
            let wait = duration(*wait);
            progress.note(&format!("{name}: {reason}; again in {wait}"));
        }
    }
}

fn words(status: &Status) -> String {
    let mut words = format!(
        "{} of {} files",
        grouped(status.files_done),
        grouped(status.files)
    );
    if status.bytes_per_second > 0.0 {
        words += &format!("  {}/s", size(status.bytes_per_second as u64));
    }
    if let Some(left) = status.left() {
        words += &format!("  {} left", duration(left));
    }
    words
}

/// A time as people say it.
fn duration(time: Duration) -> String {
    match time.as_secs() {
        s @ 0..100 => format!("{s} s"),
        s @ 100..6_000 => format!("{} min", s.div_ceil(60)),
        s => format!("{} h {} min", s / 3600, s % 3600 / 60),
    }
}

fn failed(error: FetchError) -> Failure {
    let code = match error {
        FetchError::Plan { .. } | FetchError::Option { .. } => USAGE,
        _ => FILES,
    };
    let (text, remedy) = (error.to_string(), error.remedy());
    let what = text.strip_suffix(remedy).unwrap_or(&text);
    Failure::new(code, what.trim_end_matches("; "), remedy)
}

fn tell_summary(args: &Fetch, summary: &Summary, out: &mut Output) -> io::Result<()> {
    let mut account = Account::default();
    account.line("files of the range", grouped(summary.files), "");
    account.line(
        "  fetched",
        grouped(summary.fetched),
        size(summary.bytes_fetched),
    );
    let mut some = |label: &str, n: u64, remark: String| {
        if n > 0 {
            account.line(label, grouped(n), remark);
        }
    };
    some("  here before", summary.here, size(summary.bytes_here));
    let gaps = counted(summary.gaps.len() as u64, "gap");
    some("  not on the list", summary.unlisted, gaps);
    some(
        "  not on the server",
        summary.absent,
        "though on the list".to_owned(),
    );
    some("  failed", summary.failed, String::new());
    some("  not tried", summary.pending, String::new());
    account.print(out)?;
    gap_lines(&summary.gaps, out)?;
    let absent = summary.absent_files.iter();
    named("not on the server", absent.cloned(), out)?;
    let failures = summary.failures.iter();
    let failures = failures.map(|f| {
        let tries = if f.tries == 1 { "try" } else { "tries" };
        format!("{}: {} ({} {tries})", f.name, f.reason, f.tries)
    });
    named("failed", failures, out)?;
    bad_lines(&summary.lists, out)?;
    if summary.fetched + summary.here > 0 {
        let dir = args.out.display();
        writeln!(out, "\nnext: demarche data add STORE {dir}")?;
    }
    Ok(())
}

fn tell_preview(args: &Fetch, preview: &Preview, out: &mut Output) -> io::Result<()> {
    let mut account = Account::default();
    account.line("files of the range", grouped(preview.files), "");
    account.line(
        "  on the list",
        grouped(preview.listed),
        size(preview.bytes),
    );
    account.line("  here", grouped(preview.here), "");
    let left = preview.listed.saturating_sub(preview.here);
    account.line(
        "  to be fetched",
        grouped(left),
        size(preview.bytes_to_fetch),
    );
    account.print(out)?;
    gap_lines(&preview.gaps, out)?;
    bad_lines(&preview.lists, out)?;
    let dir = args.out.display();
    writeln!(
        out,
        "\nnothing was fetched; without --dry-run the files go to {dir}"
    )
}

fn gap_lines(gaps: &[Gap], out: &mut Output) -> io::Result<()> {
    let lines = gaps.iter().map(|gap| {
        if gap.first == gap.last {
            gap.first.clone()
        } else {
            let files = counted(gap.files, "file");
            format!("{} to {}, {files}", gap.first, gap.last)
        }
    });
    named("not on the list", lines, out)
}

/// A heading and the first of some lines.
fn named(
    head: &str,
    lines: impl ExactSizeIterator<Item = String>,
    out: &mut Output,
) -> io::Result<()> {
    if lines.len() == 0 {
        return Ok(());
    }
    let more = lines.len().saturating_sub(NAMED);
    writeln!(out, "\n{head}")?;
    for line in lines.take(NAMED) {
        writeln!(out, "  {}", harmless(&line))?;
    }
    if more > 0 {
        writeln!(
            out,
            "  … and {} more; --json lists all",
            grouped(more as u64)
        )?;
    }
    Ok(())
}

fn bad_lines(lists: &BTreeMap<String, ListTally>, out: &mut Output) -> io::Result<()> {
    for (name, tally) in lists {
        if tally.bad_lines() > 0 {
            let lines = counted(tally.bad_lines(), "line");
            writeln!(
                out,
                "\n{name}: {lines} could not be used: {}",
                reasons(&tally.bad)
            )?;
        }
    }
    Ok(())
}

fn json_of(format: &str, args: &Fetch, what: &impl Serialize, out: &mut Output) -> io::Result<()> {
    let mut value = json!({ "format": format, "folder": folder(&args.out) });
    let facts = serde_json::to_value(what).map_err(io::Error::from)?;
    if let (Some(value), Value::Object(facts)) = (value.as_object_mut(), facts) {
        value.extend(facts);
    }
    writeln!(out, "{value:#}")
}

/// Lossy, as JSON has no words for a path that is not UTF-8.
fn folder(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(base: &str, set: &[(&str, &str)]) -> Option<(String, Option<String>)> {
        let variable = |name: &str| {
            let found = set.iter().find(|(n, _)| *n == name);
            found.map(|(_, value)| (*value).to_owned())
        };
        proxy(base, &variable).map(|p| (p.url, p.except))
    }

    #[test]
    fn the_proxy_is_that_of_the_scheme() {
        let set = [
            ("http_proxy", "http://a"),
            ("HTTPS_PROXY", "http://b"),
            ("NO_PROXY", "localhost"),
        ];
        let except = Some("localhost".to_owned());
        assert_eq!(
            taken("http://x", &set),
            Some(("http://a".into(), except.clone()))
        );
        assert_eq!(taken("HTTPS://x", &set), Some(("http://b".into(), except)));
        assert_eq!(taken("http://x", &[("HTTP_PROXY", "http://c")]), None);
        let all = [("ALL_PROXY", "http://d")];
        assert_eq!(taken("https://x", &all), Some(("http://d".into(), None)));
    }

    #[test]
    fn times_are_said_as_people_do() {
        for (seconds, words) in [
            (0, "0 s"),
            (99, "99 s"),
            (100, "2 min"),
            (7_260, "2 h 1 min"),
        ] {
            assert_eq!(duration(Duration::from_secs(seconds)), words);
        }
    }
}
