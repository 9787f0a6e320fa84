//! Confirms published makespans, our search and our bounds with another solver: `FOLDER [STEP] [SET]`.

use std::error::Error;
use std::path::Path;
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use demarche_plan::makespan::{Effort, Project, shortest};
use demarche_plan::psplib::read;
use huub::model::Model;
use huub::solver::{Solver, Status, TerminationSignal};

/// The other solver may take so long for a project.
const PATIENCE: Duration = Duration::from_secs(60);

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("oracle: {error}");
            ExitCode::from(2)
        }
    }
}

fn run() -> Result<bool, Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("which folder holds j30.tar.gz and j30-optimum.csv?")?;
    let folder = Path::new(&folder);
    let step: usize = arguments.next().map_or(Ok(1), |text| text.parse())?;
    let set = arguments.next().unwrap_or_else(|| "j30".to_owned());
    let table = folder.join(format!("{set}-optimum.csv"));
    let table = std::fs::read_to_string(&table).map_err(|e| format!("{}: {e}", table.display()))?;
    let effort = Effort { schedules: 10_000, ..Effort::default() };
    let (mut confirmed, mut open, mut wrong, mut optimal) = (0, 0, 0, 0);
    let begin = Instant::now();
    for line in table.lines().skip(1).step_by(step.max(1)) {
        let (name, published) = line.split_once(',').ok_or("a row without a comma")?;
        let published: usize = published.trim().parse()?;
        let text = member(&folder.join(format!("{set}.tar.gz")), &format!("{set}/{name}"))?;
        let project = read(&text).map_err(|fault| format!("{name}: {fault}"))?;
        let ours = shortest(&project, &effort).map_err(|faults| faults[0].clone())?;
        let Some(truth) = prove(&project, ours.makespan)? else {
            println!("{name}: not proven in {} s", PATIENCE.as_secs());
            open += 1;
            continue;
        };
        optimal += usize::from(ours.makespan == truth);
        if truth == published && ours.makespan >= truth && ours.bound <= truth {
            confirmed += 1;
        } else {
            wrong += 1;
            println!(
                "{name}: published {published}, proven {truth}; ours {} with bound {}",
                ours.makespan, ours.bound
            );
        }
    }
    println!(
        "{set}: {confirmed} published optima confirmed, our makespan at {optimal} of them, none below, no bound above; {wrong} wrong, {open} open; {:.0} s",
        begin.elapsed().as_secs_f64()
    );
    Ok(wrong == 0)
}

/// A file of an archive.
fn member(archive: &Path, name: &str) -> Result<String, Box<dyn Error>> {
    let out = Command::new("tar").arg("xzOf").arg(archive).arg(name).output()?;
    if !out.status.success() {
        return Err(format!("{} holds no {name}", archive.display()).into());
    }
    Ok(String::from_utf8(out.stdout)?)
}

/// The shortest time, proven, given that some schedule takes `makespan`; `None` where time runs out.
fn prove(project: &Project, makespan: usize) -> Result<Option<usize>, Box<dyn Error>> {
    let mut model = Model::default();
    let length = |j: usize| project.jobs[j].duration as i64;
    let mut starts = Vec::with_capacity(project.jobs.len());
    let whole = model.new_int_decision(0..=makespan as i64);
    for j in 0..project.jobs.len() {
        let start = model.new_int_decision(0..=makespan as i64 - length(j));
        model.linear(whole).ge(start + length(j)).post()?;
        starts.push(start);
    }
    for wait in &project.precedences {
        let least = starts[wait.before] + (length(wait.before) + wait.lag as i64);
        model.linear(starts[wait.after]).ge(least).post()?;
    }
    for (k, &capacity) in project.capacities.iter().enumerate() {
        let users: Vec<usize> =
            (0..project.jobs.len()).filter(|&j| project.jobs[j].demand[k] > 0).collect();
        if users.is_empty() {
            continue;
        }
        model
            .cumulative()
            .start_times(users.iter().map(|&j| starts[j]).collect::<Vec<_>>())
            .durations(users.iter().map(|&j| length(j)).collect::<Vec<_>>())
            .usages(users.iter().map(|&j| project.jobs[j].demand[k]).collect::<Vec<_>>())
            .capacity(capacity)
            .post()?;
    }
    let (mut solver, map): (Solver, _) = model.lower().to_solver()?;
    let objective = map.get(&mut solver, whole);
    let begin = Instant::now();
    solver.set_terminate_callback(Some(move || {
        if begin.elapsed() > PATIENCE {
            TerminationSignal::Terminate
        } else {
            TerminationSignal::Continue
        }
    }));
    let (status, best) = solver.solve().minimize(objective);
    match (status, best) {
        (Status::Complete, Some(best)) => Ok(Some(usize::try_from(best)?)),
        (Status::Unsatisfiable, _) => Err(format!("it finds no schedule of {makespan} periods").into()),
        _ => Ok(None),
    }
}
