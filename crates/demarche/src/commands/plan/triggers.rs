//! What the triggers of a plan are worth, on the terminal and for machines.

use std::io::Write;

use demarche_case::Case;
use demarche_plan::plan::Plan;
use demarche_plan::scheme::Scheme;
use demarche_plan::steer::compare::{Difference, Share, Warning};
use demarche_plan::steer::study::{Study, verdict};
use serde_json::{Value, json};

use crate::args_plan::Plan as Args;
use crate::failure::{CASE, Failure};
use crate::figures::grouped;
use crate::listing::{Listing, Side};
use crate::output::Output;

/// Asks what the triggers are worth, if that was asked for.
pub(super) fn study(
    args: &Args,
    case: &Case,
    scheme: &Scheme,
    plan: &Plan,
) -> Result<Option<Study>, Failure> {
    let Some(count) = args.triggers else {
        return Ok(None);
    };
    let seed = case.settings.plan.futures.seed;
    match Study::of(case, scheme, &plan.schedule, count as usize, seed) {
        Some(study) => Ok(Some(study)),
        None => Err(Failure::new(
            CASE,
            format!("{} has no triggers", args.case.display()),
            "add a [[trigger]] to case.toml; demarche new writes an example of one",
        )),
    }
}

/// Prints it.
pub(super) fn print(case: &Case, study: &Study, out: &mut Output) -> Result<(), Failure> {
    let c = &study.comparison;
    writeln!(
        out,
        "\nTriggers, in {} futures (seed {}):",
        grouped(c.futures as u64),
        study.seed
    )?;
    let mut table = Listing::new(&[
        ("", Side::Left),
        ("without", Side::Right),
        ("with", Side::Right),
        ("difference (95 %)", Side::Left),
    ]);
    for (name, without, with, found) in study.accounts() {
        table.row(vec![
            format!("{name}, points"),
            figure(without),
            figure(with),
            found.map(difference).unwrap_or_default(),
        ]);
    }
    for (kind, list) in [("meets", &c.goals), ("comes to", &c.harms)] {
        for share in list {
            let name = match share.id.as_str() {
                "" => "meets all thresholds".to_owned(),
                id => format!("{kind} {id}"),
            };
            table.row(vec![
                name,
                percent(share.without),
                percent(share.with),
                difference(times_100(share)) + " percentage points",
            ]);
        }
    }
    table.aligned(out)?;
    writeln!(out)?;
    let steering = &case.settings.plan.steering;
    let mut table = Listing::new(&[
        ("trigger", Side::Left),
        ("pulled", Side::Right),
        ("alone it adds (95 %)", Side::Left),
        ("hits", Side::Right),
        ("misses", Side::Right),
        ("false alarms", Side::Right),
        ("averted", Side::Right),
        ("lead, quarters", Side::Left),
    ]);
    for tally in &c.triggers {
        let mut row = vec![
            steering.triggers[tally.trigger].id.clone(),
            percent(tally.pulled as f64 / c.futures.max(1) as f64),
            difference(tally.alone),
        ];
        row.extend(warned(tally.warning.as_ref()));
        table.row(row);
    }
    table.aligned(out)?;
    writeln!(
        out,
        "\nLines learned on other futures, judged on others again:"
    )?;
    let mut table = Listing::new(&[
        ("signpost", Side::Left),
        ("trigger", Side::Left),
        ("line of the case", Side::Left),
        ("learned (95 %)", Side::Left),
        ("gain (95 %)", Side::Left),
        ("what that shows", Side::Left),
    ]);
    for found in &study.learned {
        let post = &steering.signposts[found.signpost];
        let side = post.side.word();
        let line = |line: Option<f64>| line.map_or("never".to_owned(), figure);
        let learned = match found.line {
            None => "never".to_owned(),
            some => format!("{side} {}", line(some)),
        };
        table.row(vec![
            post.id.clone(),
            steering.triggers[found.trigger].id.clone(),
            format!("{side} {}", post.line),
            match found.interval {
                [None, _] => learned,
                [low, high] => format!("{learned} ({} to {})", line(low), line(high)),
            },
            difference(found.gain),
            verdict(found).to_owned(),
        ]);
    }
    table.aligned(out)?;
    for note in &study.notes {
        writeln!(out, "note: {note}")?;
    }
    Ok(())
}

/// For machines.
pub(super) fn json(case: &Case, study: &Study) -> Value {
    let c = &study.comparison;
    let steering = &case.settings.plan.steering;
    let share = |share: &Share| {
        json!({
            "id": share.id, "without": share.without, "with": share.with,
            "difference": of(share.difference),
        })
    };
    let accounts: Vec<Value> = (study.accounts().iter())
        .map(|(name, without, with, found)| {
            json!({
                "figure": name, "without": without, "with": with,
                "difference": found.map(of),
            })
        })
        .collect();
    let triggers: Vec<Value> = (c.triggers.iter())
        .map(|tally| {
            json!({
                "id": steering.triggers[tally.trigger].id,
                "pulled": tally.pulled,
                "pulls": tally.pulls,
                "alone": of(tally.alone),
                "warning": tally.warning.as_ref().map(warning),
            })
        })
        .collect();
    let learned: Vec<Value> = (study.learned.iter())
        .map(|found| {
            json!({
                "trigger": steering.triggers[found.trigger].id,
                "signpost": steering.signposts[found.signpost].id,
                "judged": found.judged,
                "learned": found.line,
                "from": found.interval[0],
                "to": found.interval[1],
                "training": found.training,
                "held_out": found.held_out,
                "gain": of(found.gain),
                "judged_gain": of(found.judged_gain),
                "verdict": verdict(found),
                "warning": found.warning.as_ref().map(warning),
                "tried": found.tried.iter().map(|tried| json!({
                    "line": tried.line, "gain": of(tried.gain), "pulled": tried.pulled,
                })).collect::<Vec<_>>(),
            })
        })
        .collect();
    let map = &study.pathways;
    let quarter = |at: Option<usize>| at.map(|at| map.quarters[at].to_string());
    json!({
        "futures": c.futures,
        "seed": study.seed,
        "worth": accounts,
        "thresholds": c.goals.iter().map(share).collect::<Vec<_>>(),
        "harms": c.harms.iter().map(share).collect::<Vec<_>>(),
        "triggers": triggers,
        "learned": learned,
        "pathways": {
            "harms": map.harms,
            "lines": map.lines.iter().map(|line| json!({
                "id": line.id, "name": line.name, "steps": line.steps,
                "opens": quarter(line.opens), "holds": line.holds,
                "sell_by": line.sell_by.map(quarter), "worth": line.worth,
            })).collect::<Vec<_>>(),
            "transfers": map.transfers.iter().map(|transfer| json!({
                "from": map.lines[transfer.from].id,
                "to": map.lines[transfer.to].id,
                "first_pulled": transfer.first_pulled,
                "pulled": transfer.pulled,
                "median": quarter(transfer.median),
            })).collect::<Vec<_>>(),
        },
        "notes": study.notes,
    })
}

fn of(difference: Difference) -> Value {
    json!({ "mean": difference.mean, "low": difference.low, "high": difference.high })
}

fn warning(warning: &Warning) -> Value {
    json!({
        "hits": warning.hits,
        "misses": warning.misses,
        "false_alarms": warning.false_alarms,
        "quiet": warning.quiet,
        "averted": warning.averted,
        "lead": [warning.lead_at(0.1), warning.lead_at(0.5), warning.lead_at(0.9)],
    })
}

/// Hits, misses, false alarms, averted, lead; dashes where nothing is to be averted.
fn warned(warning: Option<&Warning>) -> [String; 5] {
    let Some(warning) = warning else {
        return ["–", "–", "–", "–", "nothing is to be averted"].map(str::to_owned);
    };
    let lead = match (
        warning.lead_at(0.1),
        warning.lead_at(0.5),
        warning.lead_at(0.9),
    ) {
        (Some(low), Some(mid), Some(high)) => format!("{mid} ({low} to {high})"),
        _ => "–".to_owned(),
    };
    [
        grouped(warning.hits as u64),
        grouped(warning.misses as u64),
        grouped(warning.false_alarms as u64),
        grouped(warning.averted as u64),
        lead,
    ]
}

fn times_100(share: &Share) -> Difference {
    let d = share.difference;
    Difference {
        mean: 100.0 * d.mean,
        low: 100.0 * d.low,
        high: 100.0 * d.high,
    }
}

fn difference(difference: Difference) -> String {
    let Difference { mean, low, high } = difference;
    format!("{} ({} to {})", signed(mean), signed(low), signed(high))
}

fn signed(value: f64) -> String {
    match figure(value).as_str() {
        "0" | "-0" | "0.0" | "-0.0" => "0".to_owned(),
        text if value > 0.0 => format!("+{text}"),
        text => text.replace('-', "−"),
    }
}

/// Whole where it is large, else with a decimal.
fn figure(value: f64) -> String {
    match value {
        value if value.abs() >= 100.0 || value.fract() == 0.0 => format!("{value:.0}"),
        value => format!("{value:.1}"),
    }
}

fn percent(share: f64) -> String {
    format!("{:.1} %", 100.0 * share)
}
