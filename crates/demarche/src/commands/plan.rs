//! `demarche plan`.

use std::io::Write;

use demarche_case::{Case, Status};
use demarche_plan::plan::{NoPlan, Plan};
use demarche_plan::scheme::{Kind, Scheme, Wishes};
use demarche_plan::search::Effort;
use demarche_plan::tables;
use demarche_table::{Kind as Type, Table};
use serde_json::{Value, json};

use super::brief::report;
use super::{count, read_case};
use crate::args::Choices;
use crate::args_plan::Plan as Args;
use crate::failure::{CASE, Failure, USAGE};
use crate::figures::grouped;
use crate::folder::{self, NewFile};
use crate::listing::{Listing, Side};
use crate::output::Output;
use crate::progress::Progress;

/// Staff of the sweep, per cent of what there is.
const SWEEP: [u64; 3] = [150, 200, 300];

/// A plan with more people.
struct More {
    percent: u64,
    plan: Plan,
}

/// Says which initiatives to start when.
pub fn run(args: &Args, quiet: bool, out: &mut Output) -> Result<(), Failure> {
    let steps = if args.sweep {
        2 + SWEEP.len() as u64
    } else {
        2
    };
    let progress = Progress::new(steps, quiet || args.json);
    progress.step("reading the case");
    let mut case = read_case(&args.case, &Choices::default())?;
    for change in &args.what_if {
        what_if(&mut case, change)?;
    }
    let mut wishes = Wishes::default();
    let plain = Scheme::of(&case, &wishes);
    if plain.problem.activities.is_empty() {
        return Err(Failure::new(
            CASE,
            format!("{} has no initiatives to plan", args.case.display()),
            "add some to initiatives.csv that are not done or dropped and have duration_quarters",
        ));
    }
    for lock in &args.lock {
        wishes.locked.push(locked(&case, &plain, lock)?);
    }
    for id in &args.forbid {
        wishes.forbidden.push(free(&case, id, "--forbid")?);
    }
    for (i, _) in &wishes.locked {
        if wishes.forbidden.contains(i) {
            let id = &case.initiatives[*i].id;
            return Err(Failure::new(
                USAGE,
                format!("{id} is both locked and forbidden"),
                "drop one of the two",
            ));
        }
    }
    progress.step("planning");
    let effort = Effort {
        trials: u64::from(args.effort) * 1000,
        seed: args.seed,
        ..Effort::default()
    };
    let failed = |error: NoPlan| {
        Failure::new(
            CASE,
            error,
            "change one of them: unlock it, or try --what-if with more of what is short",
        )
    };
    let scheme = Scheme::of(&case, &wishes);
    let plan = Plan::make(&case, &scheme, &effort, None).map_err(failed)?;
    let mut sweep: Vec<More> = Vec::new();
    if args.sweep {
        for percent in SWEEP {
            progress.step(&format!(
                "planning with {} times the people",
                percent as f64 / 100.0
            ));
            let more = Wishes {
                staff_percent: Some(percent),
                ..wishes.clone()
            };
            // A plan for fewer people is one for more: no line of the sweep can be worse than the last.
            let before = sweep
                .last()
                .map_or(&plan, |more| &more.plan)
                .schedule
                .clone();
            let plan = Plan::make(&case, &Scheme::of(&case, &more), &effort, Some(&before))
                .map_err(failed)?;
            sweep.push(More { percent, plan });
        }
    }
    drop(progress);
    let mut all = tables::tables(&case, &scheme, &plan);
    if args.sweep {
        all.push(sweep_table(&case, &plan, &sweep));
    }
    if let Some(dir) = &args.out {
        let files: Vec<NewFile> = demarche_brief::flat_table_files(&all)
            .into_iter()
            .map(|(path, bytes)| NewFile { path, bytes })
            .collect();
        folder::replace(dir, &files)?;
        if !args.json {
            report(out, dir, &files, false, quiet, "plan.csv")?;
        }
    }
    if args.json {
        writeln!(out, "{:#}", value(&case, &scheme, &plan, &sweep, &effort))?;
    } else if !(quiet && args.out.is_some()) {
        print(&case, &scheme, &plan, &sweep, out)?;
    }
    Ok(())
}

/// The initiative of an id that may be chosen or left out.
fn free(case: &Case, id: &str, option: &str) -> Result<usize, Failure> {
    let Some(i) = case.initiatives.iter().position(|other| other.id == id) else {
        let ids = case.initiatives.iter().map(|i| i.id.as_str());
        let near = ids
            .map(|other| (strsim::osa_distance(other, id), other))
            .min()
            .filter(|&(distance, _)| 2 * distance <= id.chars().count())
            .map(|(_, other)| other);
        return Err(Failure::new(
            USAGE,
            format!("{option}: {id:?} is no initiative of this case"),
            near.map_or_else(
                || "initiatives.csv lists them".to_owned(),
                |near| format!("did you mean {near}? initiatives.csv lists them"),
            ),
        ));
    };
    let status = case.initiatives[i].status;
    if matches!(status, Status::Done | Status::Running | Status::Dropped) {
        return Err(Failure::new(
            USAGE,
            format!(
                "{option}: {id} is {} and not for the plan to decide",
                status.name()
            ),
            "change its status in initiatives.csv if that is no longer so",
        ));
    }
    Ok(i)
}

/// An initiative and the quarter it must start in, from `ID@QUARTER`.
fn locked(case: &Case, scheme: &Scheme, text: &str) -> Result<(usize, usize), Failure> {
    let (first, last) = (
        scheme.quarters[0],
        scheme.quarters[scheme.quarters.len() - 1],
    );
    let remedy = format!("write the id and a quarter from {first} to {last}, as in ID@{first}");
    let Some((id, wanted)) = text.split_once('@') else {
        return Err(Failure::new(
            USAGE,
            format!("--lock: {text:?} names no quarter"),
            remedy,
        ));
    };
    let i = free(case, id, "--lock")?;
    let plain = |quarter: &str| quarter.replace('-', "").to_ascii_uppercase();
    let at = scheme
        .quarters
        .iter()
        .position(|q| plain(&q.to_string()) == plain(wanted));
    let Some(at) = at else {
        return Err(Failure::new(
            USAGE,
            format!("--lock: {wanted:?} is no quarter of the plan"),
            remedy,
        ));
    };
    let Some(a) = scheme.activity[i] else {
        return Err(Failure::new(
            USAGE,
            format!("--lock: {id} is outside the plan"),
            "give it a duration in initiatives.csv, and see that what it needs is not dropped",
        ));
    };
    let duration = scheme.problem.activities[a].duration;
    if at + duration > scheme.quarters.len() {
        return Err(Failure::new(
            USAGE,
            format!(
                "--lock: {id} takes {duration} quarters and can't end within the plan from {wanted}"
            ),
            format!("start it earlier, or raise quarters in case.toml; the plan ends with {last}"),
        ));
    }
    Ok((i, at))
}

/// Changes a setting: `staff.mission=+2`, `staff.mission=8`, `budget=30000`, `starts=4`.
fn what_if(case: &mut Case, text: &str) -> Result<(), Failure> {
    let wrong = |what: String, remedy: &str| {
        Failure::new(USAGE, format!("--what-if {text:?}: {what}"), remedy)
    };
    let Some((setting, change)) = text.split_once('=') else {
        return Err(wrong(
            "there is no =".to_owned(),
            "write it as staff.mission=+2 or budget=30000",
        ));
    };
    let settings = &mut case.settings.plan;
    let changed = |now: Option<u64>| -> Result<u64, Failure> {
        let step: i64 = change.parse().map_err(|_| {
            wrong(
                format!("{change:?} is no whole number"),
                "write 8 for a value, +2 or -2 for a change",
            )
        })?;
        let new = match change.starts_with(['+', '-']) {
            true => match now {
                Some(now) => (now as i64).saturating_add(step),
                None => {
                    return Err(wrong(
                        "there is no limit to change".to_owned(),
                        "write the value itself",
                    ));
                }
            },
            false => step,
        };
        match (1..=1_000_000_000).contains(&new) {
            true => Ok(new as u64),
            false => Err(wrong(
                format!("that would be {new}"),
                "what is left must be at least 1 and at most a billion",
            )),
        }
    };
    match setting {
        "budget" => settings.budget_keur = Some(changed(settings.budget_keur)?),
        "starts" => settings.starts = Some(changed(settings.starts)?),
        _ => {
            let ids: Vec<&str> = settings.pools.iter().map(|pool| pool.id.as_str()).collect();
            let known = format!(
                "known are budget, starts{}",
                ids.iter()
                    .map(|id| format!(", staff.{id}"))
                    .collect::<String>()
            );
            let at = setting
                .strip_prefix("staff.")
                .and_then(|id| ids.iter().position(|known| *known == id));
            let Some(at) = at else {
                return Err(wrong(
                    format!("{setting:?} is no setting of the plan"),
                    &known,
                ));
            };
            // No pool is larger than what a case file may hold.
            settings.pools[at].staff = changed(Some(settings.pools[at].staff))?.min(100_000);
        }
    }
    Ok(())
}

/// Whether the plan is the best there is, in words.
fn verdict(plan: &Plan) -> String {
    match plan.is_proven() {
        true => format!("{} points: optimal, proven", plan.value),
        false => format!(
            "{} points; no plan has more than {}: gap {:.1} %",
            plan.value,
            plan.bound,
            100.0 * plan.gap()
        ),
    }
}

/// How many initiatives start that did not run.
fn new_steps(plan: &Plan) -> usize {
    plan.steps.iter().filter(|step| !step.runs).count()
}

fn print(
    case: &Case,
    scheme: &Scheme,
    plan: &Plan,
    sweep: &[More],
    out: &mut Output,
) -> Result<(), Failure> {
    let mut table = Listing::new(&[
        ("start", Side::Left),
        ("end", Side::Left),
        ("initiative", Side::Left),
        ("worth", Side::Right),
        ("why then", Side::Left),
    ]);
    for step in plan.steps.iter().filter(|step| !step.runs) {
        table.row(vec![
            scheme.quarters[step.start].to_string(),
            scheme.quarters[step.start + step.duration - 1].to_string(),
            case.initiatives[step.initiative].id.clone(),
            step.worth.to_string(),
            step.why_then.clone(),
        ]);
    }
    table.aligned(out)?;
    writeln!(out, "\nLeft out:")?;
    let mut left = Listing::new(&[("initiative", Side::Left), ("why not", Side::Left)]);
    for item in &plan.left_out {
        left.row(vec![
            case.initiatives[item.initiative].id.clone(),
            item.why.clone(),
        ]);
    }
    left.aligned(out)?;
    writeln!(out, "\nPeople, starts, money and exposure:")?;
    let mut loads = Listing::new(&[
        ("what", Side::Left),
        ("full in", Side::Left),
        ("busiest", Side::Right),
        ("one more for a quarter is worth", Side::Right),
    ]);
    for load in &plan.loads {
        let (unit, per) = tables::unit(scheme.kinds[load.resource]);
        let of_quarters = load.taken.len() == scheme.quarters.len();
        let share = |at: usize| load.taken[at] as f64 / load.limit[at].max(1) as f64;
        let full: Vec<String> = (0..load.taken.len())
            .filter(|&at| share(at) > 0.97)
            .map(|at| {
                if of_quarters {
                    scheme.quarters[at].to_string()
                } else {
                    "all".to_owned()
                }
            })
            .collect();
        let full = match full.as_slice() {
            [] => "never".to_owned(),
            [one] => one.clone(),
            [first, .., last] => format!("{} quarters, {first} to {last}", full.len()),
        };
        let most =
            (0..load.taken.len()).max_by(|&a, &b| share(a).total_cmp(&share(b)).then(b.cmp(&a)));
        let most = most.map_or_else(String::new, |at| {
            format!(
                "{} of {} {unit}",
                load.taken[at] as f64 / per,
                load.limit[at] as f64 / per
            )
        });
        let price = load.price.iter().copied().fold(0.0, f64::max);
        let price = match price < 0.05 {
            true => "nothing".to_owned(),
            false => format!("up to {:.*} points", usize::from(price < 10.0), price),
        };
        loads.row(vec![
            scheme.problem.resources[load.resource].name.clone(),
            full,
            most,
            price,
        ]);
    }
    loads.aligned(out)?;
    if !sweep.is_empty() {
        writeln!(out, "\nIf there were more people:")?;
        let mut more = Listing::new(&[
            ("people", Side::Left),
            ("points", Side::Right),
            ("gap", Side::Right),
            ("new initiatives", Side::Right),
            ("that come in", Side::Left),
        ]);
        let first = (1.0, plan, String::new());
        let rows = std::iter::once(first).chain(sweep.iter().enumerate().map(|(at, more)| {
            let before = if at == 0 { plan } else { &sweep[at - 1].plan };
            (
                more.percent as f64 / 100.0,
                &more.plan,
                come_in(case, before, &more.plan),
            )
        }));
        for (times, plan, come) in rows {
            more.row(vec![
                format!("{times} times"),
                plan.value.to_string(),
                format!("{:.1} %", 100.0 * plan.gap()),
                new_steps(plan).to_string(),
                come,
            ]);
        }
        more.aligned(out)?;
    }
    let running = plan.steps.len() - new_steps(plan);
    writeln!(
        out,
        "\n{} to start beside {running} that run, over {} quarters: {}.",
        count(new_steps(plan), "initiative"),
        scheme.quarters.len(),
        verdict(plan)
    )?;
    writeln!(
        out,
        "{} plans were tried; the plan was checked apart from the search.",
        grouped(plan.trials)
    )?;
    for note in &scheme.notes {
        writeln!(out, "Note: {note}.")?;
    }
    Ok(())
}

/// What a plan does that the one before it does not.
fn come_in(case: &Case, before: &Plan, plan: &Plan) -> String {
    let had = |i: usize| before.steps.iter().any(|step| step.initiative == i);
    let new = plan.steps.iter().filter(|step| !had(step.initiative));
    new.map(|step| case.initiatives[step.initiative].id.as_str())
        .collect::<Vec<_>>()
        .join(", ")
}

fn sweep_table(case: &Case, plan: &Plan, sweep: &[More]) -> Table {
    let mut table = Table::new("staffing", "What more people would buy.")
        .column(
            "staff",
            Type::Float,
            "times",
            "People in every pool, as a multiple of what there is.",
        )
        .column("value", Type::Integer, "points", "What the plan is worth.")
        .column("bound", Type::Integer, "points", "No plan is worth more.")
        .column(
            "initiatives",
            Type::Integer,
            "initiatives",
            "How many start that did not run.",
        )
        .column(
            "come_in",
            Type::Text,
            "",
            "What it does that the line above does not.",
        );
    let whole = |points: i128| i64::try_from(points).unwrap_or(i64::MAX);
    let mut before = plan;
    for (percent, plan) in
        std::iter::once((100, plan)).chain(sweep.iter().map(|m| (m.percent, &m.plan)))
    {
        table.push(vec![
            (percent as f64 / 100.0).into(),
            whole(plan.value).into(),
            whole(plan.bound).into(),
            new_steps(plan).into(),
            come_in(case, before, plan).into(),
        ]);
        before = plan;
    }
    table
}

fn value(case: &Case, scheme: &Scheme, plan: &Plan, sweep: &[More], effort: &Effort) -> Value {
    let quarter = |at: usize| scheme.quarters[at].to_string();
    let points = |points: i128| i64::try_from(points).unwrap_or(i64::MAX);
    let steps: Vec<Value> = (plan.steps.iter())
        .map(|step| {
            json!({
                "initiative": case.initiatives[step.initiative].id,
                "start": quarter(step.start),
                "end": quarter(step.start + step.duration - 1),
                "runs": step.runs,
                "worth": points(step.worth),
                "why": step.why,
                "why_then": step.why_then,
            })
        })
        .collect();
    let left: Vec<Value> = (plan.left_out.iter())
        .map(|left| json!({ "initiative": case.initiatives[left.initiative].id, "why": left.why }))
        .collect();
    let loads: Vec<Value> = (plan.loads.iter())
        .map(|load| {
            let kind = scheme.kinds[load.resource];
            let (unit, per) = tables::unit(kind);
            let each = |list: &[i64]| list.iter().map(|&x| x as f64 / per).collect::<Vec<_>>();
            json!({
                "resource": scheme.problem.resources[load.resource].name,
                "pool": match kind {
                    Kind::Pool(at) => json!(case.settings.plan.pools[at].id),
                    _ => Value::Null,
                },
                "unit": unit,
                "taken": each(&load.taken),
                "limit": each(&load.limit),
                "price": load.price,
            })
        })
        .collect();
    let more: Vec<Value> = (sweep.iter())
        .map(|more| {
            json!({
                "staff": more.percent as f64 / 100.0,
                "value": points(more.plan.value),
                "bound": points(more.plan.bound),
                "gap": more.plan.gap(),
                "initiatives": new_steps(&more.plan),
            })
        })
        .collect();
    json!({
        "format": "demarche-plan/1",
        "fingerprint": case.fingerprint,
        "seed": effort.seed,
        "quarters": scheme.quarters.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "value": points(plan.value),
        "bound": points(plan.bound),
        "gap": plan.gap(),
        "proven": plan.is_proven(),
        "trials": plan.trials,
        "steps": steps,
        "left_out": left,
        "loads": loads,
        "staffing": more,
        "notes": scheme.notes,
    })
}
