//! Solves projects of PSPLIB and says what was found, a line each:
//! `psplib [--schedules N] [--nodes N] [--seed N] FILE...`
//!
//! Columns: file, makespan, bound, schedules tried, CPU seconds of this process.

use std::error::Error;

use demarche_plan::makespan::{Effort, shortest};
use demarche_plan::psplib::read;

fn main() -> Result<(), Box<dyn Error>> {
    let mut effort = Effort::default();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || -> Result<u64, Box<dyn Error>> {
            let value = arguments.next().ok_or("a number is missing")?;
            Ok(value.parse()?)
        };
        match argument.as_str() {
            "--schedules" => effort.schedules = number()?,
            "--nodes" => effort.nodes = number()?,
            "--seed" => effort.seed = number()?,
            path => {
                let text = std::fs::read_to_string(path)?;
                let project = read(&text).map_err(|fault| format!("{path}: {fault}"))?;
                let before = cpu();
                let found = shortest(&project, &effort).map_err(|faults| faults[0].clone())?;
                println!(
                    "{path} {} {} {} {:.2}",
                    found.makespan,
                    found.bound,
                    found.tried,
                    cpu() - before
                );
            }
        }
    }
    Ok(())
}

/// CPU seconds of this process so far, to a hundredth; 0 where the system doesn't say.
fn cpu() -> f64 {
    let text = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let rest = text.rsplit(')').next().unwrap_or("");
    let ticks = rest.split_whitespace().skip(11).take(2);
    ticks.filter_map(|t| t.parse::<f64>().ok()).sum::<f64>() / 100.0
}
