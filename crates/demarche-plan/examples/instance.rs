//! Solves a plain-text instance and says what was found: `instance FILE [TRIALS] [CHAINS] [ROUNDS]
//! [SEED]`.

use std::time::Instant;

use demarche_plan::bound::bound;
use demarche_plan::search::{Effort, Outcome, search};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("which file?")?;
    let mut effort = Effort::default();
    if let Some(trials) = arguments.next() {
        effort.trials = trials.parse()?;
    }
    if let Some(chains) = arguments.next() {
        effort.chains = chains.parse()?;
    }
    if let Some(rounds) = arguments.next() {
        effort.rounds = rounds.parse()?;
    }
    if let Some(seed) = arguments.next() {
        effort.seed = seed.parse()?;
    }
    let text = std::fs::read_to_string(&path)?;
    let problem =
        demarche_plan::instance::read(&text).map_err(|faults| format!("{path}: {}", faults[0]))?;
    let begin = Instant::now();
    match search(&problem, &effort, None).map_err(|faults| faults[0].clone())? {
        Outcome::Found(found) => {
            let sought = begin.elapsed().as_secs_f64();
            let begin = Instant::now();
            let bound = bound(&problem, Some(found.value), 4_000).map_or(found.value, |b| b.0);
            println!(
                "{path}: {} in {} trials, {sought:.2} s; at most {bound} (gap {:.2} %), {:.2} s",
                found.value,
                found.trials,
                100.0 * (bound - found.value) as f64 / bound as f64,
                begin.elapsed().as_secs_f64()
            );
        }
        Outcome::Missing { missing, .. } => println!("{path}: nothing keeps {missing:?}"),
    }
    Ok(())
}
