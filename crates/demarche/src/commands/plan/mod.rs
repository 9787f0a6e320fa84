//! `demarche plan`.

mod files;
mod futures;
mod json;
mod options;
mod pareto;
mod print;
mod prove;
mod replan;
mod status;
mod triggers;

use std::io::Write;
use std::process::ExitCode;

use demarche_case::Exposure;
use demarche_plan::plan::{NoPlan, Plan};
use demarche_plan::scheme::Scheme;
use demarche_plan::search::Effort;
use demarche_plan::{stress_tables, sweep, tables};

use super::brief::report;
use super::read_case_telling;
use crate::args::Choices;
use crate::args_plan::{Other, Plan as Args, Planning};
use crate::failure::{CASE, Failure, USAGE};
use crate::folder;
use crate::output::Output;
use crate::progress::Progress;

/// Plans, or says where a plan stands.
pub fn run(args: &Planning, quiet: bool, out: &mut Output) -> Result<ExitCode, Failure> {
    match (&args.other, &args.plan) {
        (Some(Other::Status(args)), _) => return status::run(args, quiet, out),
        (None, Some(args)) => plan(args, quiet, out)?,
        (None, None) => {
            return Err(Failure::new(
                USAGE,
                "which case is to be planned?",
                "name its folder: demarche plan cases/korea-nato",
            ));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Says which initiatives to start when.
fn plan(args: &Args, quiet: bool, out: &mut Output) -> Result<(), Failure> {
    let mut steps = 3;
    if args.sweep {
        steps += sweep::PERCENT.len() as u64;
    }
    if args.futures.is_some() {
        steps += futures::STEPS;
    }
    steps += args.pareto.map_or(0, u64::from);
    if args.prove.is_some() {
        prove::is_possible()?;
        steps += 1;
    }
    let progress = Progress::new(steps, quiet || args.json);
    progress.step("reading the case");
    let (mut case, unread) = read_case_telling(&args.case, &Choices::default())?;
    for change in &args.what_if {
        options::what_if(&mut case, change)?;
    }
    let mut wishes = options::wishes(args, &case)?;
    let mut told = None;
    if case.settings.plan.exposure == Exposure::Estimated {
        progress.step("asking what the past says of reactions");
        told = Some(options::estimate(&case, &mut wishes));
    }
    let mut scheme = Scheme::of(&case, &wishes);
    scheme.notes.extend(told);
    scheme.notes.extend(unread);
    if scheme.problem.activities.is_empty() {
        return Err(Failure::new(
            CASE,
            format!("{} has no initiatives to plan", args.case.display()),
            "add some to initiatives.csv that are not done or dropped and have duration_quarters",
        ));
    }
    let earlier = args.replan.as_deref().map(replan::earlier).transpose()?;
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
    let again = match &earlier {
        Some(earlier) => Some(replan::again(
            args, &case, &wishes, &scheme, earlier, &effort, failed,
        )?),
        None => None,
    };
    let mut fresh = match again {
        Some(_) => None,
        None => Some(Plan::make(&case, &scheme, &effort, None).map_err(failed)?),
    };
    if let Some(seconds) = args.prove
        && let Some(plan) = fresh.take()
    {
        progress.step("proving");
        fresh = Some(prove::prove(&case, &scheme, plan, seconds)?);
    }
    let (scheme, plan) = match (&again, &fresh) {
        (Some(again), _) => (&again.scheme, &again.plan),
        (None, fresh) => (&scheme, fresh.as_ref().expect("one of the two was made")),
    };
    let tracked = replan::tracked(&case, earlier.as_ref());
    let mut more_people = Vec::new();
    if args.sweep {
        more_people = sweep::sweep(&case, &wishes, &effort, plan, |percent| {
            progress.step(&format!(
                "planning with {} times the people",
                percent as f64 / 100.0
            ));
        })
        .map_err(failed)?;
    }
    let stress = futures::test(args, &case, scheme, &wishes, &effort, plan, &progress)?;
    let apart = match args.pareto {
        Some(wanted) => {
            let before = steps - u64::from(wanted);
            let begins = |found: usize| {
                let what = format!("keeping the objectives apart: {found} of about {wanted} plans");
                progress.at(before + found as u64, what);
            };
            let wanted = usize::from(wanted);
            Some(pareto::seek(&case, &wishes, &effort, plan, wanted, begins)?)
        }
        None => None,
    };
    drop(progress);
    let mut all = tables::tables(&case, scheme, plan);
    if args.sweep {
        all.push(sweep::table(&case, scheme, plan, &more_people));
        all.push(sweep::prices(scheme, plan, &more_people));
    }
    if let Some(stress) = &stress {
        all.extend(stress_tables::tables(stress));
    }
    let study = triggers::study(args, &case, scheme, plan)?;
    if let Some(study) = &study {
        all.extend(study.tables(&case));
    }
    if let Some(apart) = &apart {
        all.push(demarche_plan::pareto::table(&case, scheme, &apart.front));
        all.push(demarche_plan::pareto::plans(&case, scheme, &apart.front));
    }
    if let Some(again) = &again {
        all.push(demarche_plan::replan::table(&case, again));
    }
    if !tracked.is_empty() {
        all.push(demarche_plan::progress::table(&case, &tracked));
    }
    let mut value = json::value(&case, scheme, plan, &more_people, &effort);
    value["front"] = apart
        .as_ref()
        .map(|apart| pareto::value(&case, scheme, apart))
        .into();
    value["replan"] = again
        .as_ref()
        .map(|again| replan::value(&case, again))
        .into();
    value["progress"] = replan::progress_value(&case, &tracked);
    if let Some(stress) = &stress {
        value["futures"] = futures::value(stress);
    }
    if let Some(study) = &study {
        value["triggers"] = triggers::json(&case, study);
    }
    if let Some(dir) = &args.out {
        let files = files::all(&case, scheme, plan, &all, &value)?;
        folder::replace(dir, &files)?;
        if !args.json {
            report(out, dir, &files, false, quiet, "plan.csv")?;
        }
    }
    if args.json {
        writeln!(out, "{value:#}")?;
    } else if !(quiet && args.out.is_some()) {
        print::print(&case, scheme, plan, &more_people, out)?;
        if let Some(stress) = &stress {
            futures::print(stress, out)?;
        }
        if let Some(apart) = &apart {
            pareto::print(&case, scheme, apart, out)?;
        }
        replan::print_progress(&case, &tracked, out)?;
        if let Some(again) = &again {
            replan::print(&case, again, out)?;
        }
        if let Some(study) = &study {
            triggers::print(&case, study, out)?;
        }
    }
    Ok(())
}
