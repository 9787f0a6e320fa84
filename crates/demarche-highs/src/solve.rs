//! HiGHS on the model.

use demarche_plan::check::check;
use demarche_plan::problem::{Problem, Schedule};
use highs::{HighsModelStatus, RowProblem, Sense};

use crate::model::{Column, Model};
use crate::{Failure, Proof, Status};

/// By how much a proven bound may be off by rounding, relative to its size.
const ROUNDING: f64 = 1e-9;

pub(crate) fn prove(
    problem: &Problem,
    start: Option<&Schedule>,
    seconds: f64,
) -> Result<Proof, Failure> {
    let model = Model::new(problem);
    let mut proof = Proof {
        status: Status::TimeOut,
        best: None,
        bound: None,
    };
    if model.impossible {
        proof.status = Status::Infeasible;
        return Ok(proof);
    }
    let known = start.and_then(|start| Some((start.clone(), check(problem, start).ok()?)));
    proof.best = known;
    if model.columns.is_empty() {
        let schedule = model.schedule(&[]);
        let worth = check(problem, &schedule).map_err(|broken| solver(format!("{broken:?}")))?;
        proof.status = Status::Optimal;
        proof.best = Some((schedule, worth));
        proof.bound = Some(worth);
        return Ok(proof);
    }
    let mut rows = RowProblem::new();
    let mut columns = Vec::with_capacity(model.columns.len());
    for (column, &worth) in model.columns.iter().zip(&model.worth) {
        columns.push(match column {
            Column::Start { .. } => rows.add_integer_column(worth as f64, 0..=1),
            Column::Gain { .. } => rows.add_column(worth as f64, 0..=1),
        });
    }
    for row in &model.rows {
        let terms: Vec<_> = row
            .terms
            .iter()
            .map(|&(column, weight)| (columns[column], weight as f64))
            .collect();
        match (row.least, row.most) {
            (Some(least), Some(most)) => rows.add_row(least as f64..=most as f64, &terms),
            (Some(least), None) => rows.add_row(least as f64.., &terms),
            (None, Some(most)) => rows.add_row(..=most as f64, &terms),
            (None, None) => {}
        }
    }
    let mut solver_model = rows.try_optimise(Sense::Maximise).map_err(failed)?;
    solver_model.make_quiet();
    // Worth is a whole number: a bound less than one above the value proves it.
    for (name, value) in [
        ("time_limit", seconds),
        ("mip_rel_gap", 0.0),
        ("mip_abs_gap", 0.9),
        ("mip_feasibility_tolerance", 1e-7),
    ] {
        solver_model.try_set_option(name, value).map_err(failed)?;
    }
    solver_model
        .try_set_option("random_seed", 1)
        .map_err(failed)?;
    if let Some((schedule, _)) = &proof.best {
        let point = model.point(problem, schedule);
        solver_model
            .try_set_solution(Some(&point), None, None, None)
            .map_err(failed)?;
    }
    let solved = solver_model.try_solve().map_err(failed)?;
    let status = solved.status();
    if status == HighsModelStatus::Infeasible {
        if let Some((_, worth)) = proof.best {
            return Err(solver(format!(
                "it says that nothing is possible, but {worth} is"
            )));
        }
        proof.status = Status::Infeasible;
        return Ok(proof);
    }
    let bound = solved
        .double_info_value(c"mip_dual_bound")
        .map_err(failed)?;
    if bound.is_finite() {
        proof.bound = Some((bound + ROUNDING * bound.abs().max(1.0)).floor() as i128);
    }
    // What HiGHS found counts only as far as the checker passes it.
    let schedule = model.schedule(solved.get_solution().columns());
    if let Ok(worth) = check(problem, &schedule)
        && proof.best.as_ref().is_none_or(|&(_, best)| worth > best)
    {
        proof.best = Some((schedule, worth));
    }
    if let (Some((_, worth)), Some(bound)) = (&proof.best, proof.bound) {
        if *worth > bound {
            return Err(solver(format!(
                "its bound {bound} is below {worth}, which is possible"
            )));
        }
        if *worth == bound {
            proof.status = Status::Optimal;
        }
    }
    match status {
        HighsModelStatus::Optimal if proof.status != Status::Optimal => Err(solver(format!(
            "it says optimal, but its bound is {:?} and the best that the checker passes is {:?}",
            proof.bound,
            proof.best.as_ref().map(|(_, worth)| worth)
        ))),
        HighsModelStatus::Optimal
        | HighsModelStatus::ReachedTimeLimit
        | HighsModelStatus::ReachedInterrupt => Ok(proof),
        other => Err(solver(format!("{other:?}"))),
    }
}

fn failed(status: impl std::fmt::Debug) -> Failure {
    solver(format!("{status:?}"))
}

fn solver(text: String) -> Failure {
    Failure::Solver(text)
}
