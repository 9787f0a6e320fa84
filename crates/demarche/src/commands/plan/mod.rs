//! `demarche plan`.

mod futures;
mod json;
mod options;
mod print;
mod status;

use std::io::Write;
use std::process::ExitCode;

use demarche_plan::plan::{NoPlan, Plan};
use demarche_plan::scheme::Scheme;
use demarche_plan::search::Effort;
use demarche_plan::{stress_tables, sweep, tables};

use super::brief::report;
use super::read_case;
use crate::args::Choices;
use crate::args_plan::{Other, Plan as Args, Planning};
use crate::failure::{CASE, Failure, USAGE};
use crate::folder::{self, NewFile};
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
    let mut steps = 2;
    if args.sweep {
        steps += sweep::PERCENT.len() as u64;
    }
    if args.futures.is_some() {
        steps += futures::STEPS;
    }
    let progress = Progress::new(steps, quiet || args.json);
    progress.step("reading the case");
    let mut case = read_case(&args.case, &Choices::default())?;
    for change in &args.what_if {
        options::what_if(&mut case, change)?;
    }
    let wishes = options::wishes(args, &case)?;
    let scheme = Scheme::of(&case, &wishes);
    if scheme.problem.activities.is_empty() {
        return Err(Failure::new(
            CASE,
            format!("{} has no initiatives to plan", args.case.display()),
            "add some to initiatives.csv that are not done or dropped and have duration_quarters",
        ));
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
    let plan = Plan::make(&case, &scheme, &effort, None).map_err(failed)?;
    let mut more_people = Vec::new();
    if args.sweep {
        more_people = sweep::sweep(&case, &wishes, &effort, &plan, |percent| {
            progress.step(&format!(
                "planning with {} times the people",
                percent as f64 / 100.0
            ));
        })
        .map_err(failed)?;
    }
    let stress = futures::test(args, &case, &scheme, &wishes, &effort, &plan, &progress)?;
    drop(progress);
    let mut all = tables::tables(&case, &scheme, &plan);
    if args.sweep {
        all.push(sweep::table(&case, &plan, &more_people));
    }
    if let Some(stress) = &stress {
        all.extend(stress_tables::tables(stress));
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
        let mut value = json::value(&case, &scheme, &plan, &more_people, &effort);
        if let Some(stress) = &stress {
            value["futures"] = futures::value(stress);
        }
        writeln!(out, "{value:#}")?;
    } else if !(quiet && args.out.is_some()) {
        print::print(&case, &scheme, &plan, &more_people, out)?;
        if let Some(stress) = &stress {
            futures::print(stress, out)?;
        }
    }
    Ok(())
}
