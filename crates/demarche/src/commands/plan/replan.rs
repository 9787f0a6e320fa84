//! `demarche plan --replan`: the plan made again from today, and what changed.

use std::fs;
use std::io::Write;
use std::path::Path;

use demarche_case::Case;
use demarche_plan::earlier::{self, Decision, Earlier, Unreadable};
use demarche_plan::plan::NoPlan;
use demarche_plan::progress::{self, Tracked, Verdict};
use demarche_plan::replan::{self, Replan};
use demarche_plan::scheme::{Scheme, Wishes};
use demarche_plan::search::Effort;
use serde_json::{Value, json};

use super::super::count;
use crate::args_plan::Plan as Args;
use crate::failure::{FILES, Failure, USAGE};
use crate::listing::{Listing, Side, harmless};
use crate::output::Output;

/// The largest plan on file that is read.
const FILE_LIMIT: u64 = 64 << 20;

/// Reads an earlier plan: a folder that `--out` wrote, its `plan.csv`, or what `--json` printed.
pub(super) fn earlier(path: &Path) -> Result<Earlier, Failure> {
    let mut earlier = Earlier::default();
    if path.is_dir() {
        let plan = path.join("plan.csv");
        let bytes = bytes(&plan)?;
        earlier.read_csv(&bytes).map_err(|e| told(&plan, &e))?;
        let left = path.join("left_out.csv");
        if left.is_file() {
            let bytes = self::bytes(&left)?;
            earlier.read_csv(&bytes).map_err(|e| told(&left, &e))?;
        }
        return Ok(earlier);
    }
    let bytes = bytes(path)?;
    let json = bytes.iter().find(|b| !b.is_ascii_whitespace()) == Some(&b'{');
    let read = match json {
        true => read_json(&mut earlier, &bytes),
        false => earlier.read_csv(&bytes),
    };
    read.map_err(|e| told(path, &e))?;
    Ok(earlier)
}

fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let cannot = |error: std::io::Error| {
        Failure::new(
            FILES,
            format!("cannot read {}: {error}", path.display()),
            "name the folder that demarche plan --out wrote, or a plan.csv or plan.json",
        )
    };
    let length = fs::metadata(path).map_err(cannot)?.len();
    if length > FILE_LIMIT {
        return Err(Failure::new(
            FILES,
            format!("{} has {length} bytes, too many for a plan", path.display()),
            "name the folder that demarche plan --out wrote, or a plan.csv or plan.json",
        ));
    }
    fs::read(path).map_err(cannot)
}

fn told(path: &Path, error: &Unreadable) -> Failure {
    let place = match error.line {
        0 => path.display().to_string(),
        line => format!("{}:{line}", path.display()),
    };
    let what = harmless(&error.what).into_owned();
    Failure::new(FILES, format!("{place}: {what}"), &error.remedy)
}

fn read_json(earlier: &mut Earlier, bytes: &[u8]) -> Result<(), Unreadable> {
    let wrong = |line: u64, what: String| Unreadable {
        line,
        what,
        remedy: "name a plan.json that demarche plan wrote".to_owned(),
    };
    let value: Value = serde_json::from_slice(bytes)
        .map_err(|e| wrong(e.line() as u64, format!("it is no JSON: {e}")))?;
    if value["format"] != "demarche-plan/1" {
        return Err(wrong(0, "it is JSON, but no plan".to_owned()));
    }
    for (list, starts) in [("steps", true), ("left_out", false)] {
        let Some(all) = value[list].as_array() else {
            return Err(wrong(0, format!("it has no list {list}")));
        };
        for one in all {
            let id = one["initiative"].as_str().unwrap_or_default().to_owned();
            let quarter = |key: &str| match &one[key] {
                Value::String(text) if starts => earlier::quarter(text)
                    .map(Some)
                    .ok_or_else(|| wrong(0, format!("{id}: {text:?} is no quarter"))),
                _ if starts && key == "start" => Err(wrong(0, format!("{id} has no start"))),
                _ => Ok(None),
            };
            let (start, end) = (quarter("start")?, quarter("end")?);
            earlier.push(Decision { id, start, end }, 0)?;
        }
    }
    Ok(())
}

/// The first quarter in which something new may start, from `--from`.
fn from(args: &Args, scheme: &Scheme) -> Result<usize, Failure> {
    let Some(text) = &args.from else {
        return Ok(0);
    };
    let quarter = earlier::quarter(text);
    let at = quarter.and_then(|wanted| scheme.quarters.iter().position(|&q| q == wanted));
    at.ok_or_else(|| {
        let (first, last) = (
            scheme.quarters[0],
            scheme.quarters[scheme.quarters.len() - 1],
        );
        Failure::new(
            USAGE,
            format!("--from: {text:?} is no quarter of the plan"),
            format!(
                "write a quarter from {first} to {last}; the plan begins after as_of of case.toml"
            ),
        )
    })
}

/// Prints what changed and why.
pub(super) fn print(case: &Case, replan: &Replan, out: &mut Output) -> Result<(), Failure> {
    writeln!(out, "\nWhat changed against the earlier plan:")?;
    if replan.changes.is_empty() {
        writeln!(out, "nothing.")?;
    } else {
        let mut list = Listing::new(&[
            ("initiative", Side::Left),
            ("change", Side::Left),
            ("was", Side::Left),
            ("now", Side::Left),
            ("why", Side::Left),
        ]);
        for change in &replan.changes {
            let shown = |q: Option<demarche_events::Period>| {
                q.map_or_else(|| "–".to_owned(), |quarter| quarter.to_string())
            };
            list.row(vec![
                case.initiatives[change.initiative].id.clone(),
                change.turn.words().to_owned(),
                shown(change.was),
                shown(change.now),
                harmless(&change.why).into_owned(),
            ]);
        }
        list.aligned(out)?;
    }
    writeln!(out, "{}", sentence(replan))?;
    for note in &replan.notes {
        writeln!(out, "Note: {}.", harmless(note))?;
    }
    Ok(())
}

/// How few changes there are and what that costs, in words.
fn sentence(replan: &Replan) -> String {
    let kept = match replan.is_proven() {
        true => "no plan does better by that measure: proven".to_owned(),
        false => format!(
            "by that measure no plan does better by more than {} points",
            replan.score_bound - replan.score
        ),
    };
    let free = match (replan.keep, replan.price_of_few_changes()) {
        (0, _) => return format!("Changes cost nothing; {kept}."),
        (_, 0) => "planning without regard to the earlier plan found nothing worth more".to_owned(),
        (_, more) => format!(
            "planning without regard to the earlier plan would be worth {more} points more, with {}",
            count(replan.free_changes, "change")
        ),
    };
    format!(
        "{} at {} points each; {kept}; {free}.",
        count(replan.charged, "change"),
        replan.keep
    )
}

/// What changed, for machines.
pub(super) fn value(case: &Case, replan: &Replan) -> Value {
    let points = |points: i128| i64::try_from(points).unwrap_or(i64::MAX);
    let changes = replan.changes.iter().map(|change| {
        json!({
            "initiative": case.initiatives[change.initiative].id,
            "change": change.turn.words(),
            "was": change.was.map(|quarter| quarter.to_string()),
            "now": change.now.map(|quarter| quarter.to_string()),
            "why": change.why,
            "charged": change.charged,
        })
    });
    json!({
        "keep": replan.keep,
        "changes": changes.collect::<Vec<_>>(),
        "charged": replan.charged,
        "score": points(replan.score),
        "score_bound": points(replan.score_bound),
        "proven": replan.is_proven(),
        "free_value": points(replan.free_value),
        "free_changes": replan.free_changes,
        "price_of_few_changes": points(replan.price_of_few_changes()),
        "notes": replan.notes,
    })
}

/// Prints how what began stands, if there is something to tell.
pub(super) fn print_progress(
    case: &Case,
    tracked: &[Tracked],
    out: &mut Output,
) -> Result<(), Failure> {
    if tracked.is_empty() {
        return Ok(());
    }
    let mut counts: Vec<(Verdict, usize)> = Vec::new();
    for one in tracked {
        match counts
            .iter_mut()
            .find(|(verdict, _)| *verdict == one.verdict)
        {
            Some((_, count)) => *count += 1,
            None => counts.push((one.verdict, 1)),
        }
    }
    counts.sort();
    let counts = counts.iter().map(|(v, n)| format!("{n} {}", v.words()));
    let counts: Vec<String> = counts.collect();
    writeln!(
        out,
        "\nPlan against actual on {}: {}.",
        case.settings.as_of,
        counts.join(", ")
    )?;
    let quiet = [Verdict::Delivered, Verdict::OnTrack, Verdict::Ahead];
    let told: Vec<&Tracked> = (tracked.iter())
        .filter(|one| !quiet.contains(&one.verdict))
        .collect();
    if told.is_empty() {
        return Ok(());
    }
    let mut list = Listing::new(&[
        ("initiative", Side::Left),
        ("stands", Side::Left),
        ("start: plan", Side::Left),
        ("actual", Side::Left),
        ("end: plan", Side::Left),
        ("actual", Side::Left),
        ("quarters late", Side::Right),
        ("note", Side::Left),
    ]);
    for one in told {
        let shown = |q: Option<demarche_events::Period>| {
            q.map_or_else(|| "–".to_owned(), |quarter| quarter.to_string())
        };
        let late = one.end_slip.or(one.start_slip);
        list.row(vec![
            case.initiatives[one.initiative].id.clone(),
            one.verdict.words().to_owned(),
            shown(one.planned_start),
            shown(one.start),
            shown(one.planned_end),
            shown(one.end),
            late.map_or_else(|| "–".to_owned(), |late| late.to_string()),
            harmless(&one.note).into_owned(),
        ]);
    }
    list.aligned(out)?;
    Ok(())
}

/// Plan against actual, for machines.
pub(super) fn progress_value(case: &Case, tracked: &[Tracked]) -> Value {
    let shown = |q: Option<demarche_events::Period>| q.map(|quarter| quarter.to_string());
    let all = tracked.iter().map(|one| {
        json!({
            "initiative": case.initiatives[one.initiative].id,
            "stands": one.verdict.words(),
            "planned_start": shown(one.planned_start),
            "start": shown(one.start),
            "start_slip": one.start_slip,
            "planned_end": shown(one.planned_end),
            "end": shown(one.end),
            "end_slip": one.end_slip,
            "note": one.note,
        })
    });
    all.collect()
}

/// How what began stands; nothing where there are no entries and no earlier plan to hold it against.
pub(super) fn tracked(case: &Case, earlier: Option<&Earlier>) -> Vec<Tracked> {
    if case.progress.is_empty() && earlier.is_none() {
        return Vec::new();
    }
    progress::track(case, earlier)
}

/// Plans again.
pub(super) fn again(
    args: &Args,
    case: &Case,
    wishes: &Wishes,
    scheme: &Scheme,
    earlier: &Earlier,
    effort: &Effort,
    failed: impl Fn(NoPlan) -> Failure,
) -> Result<Replan, Failure> {
    let from = from(args, scheme)?;
    let keep = args.keep.unwrap_or(case.settings.plan.keep);
    // It begins with a good plan, so less does.
    let effort = Effort {
        trials: (effort.trials / 8).max(1),
        ..*effort
    };
    replan::replan(case, wishes, earlier, from, keep, &effort).map_err(failed)
}
