//! Change points of the numbers in a file, one a line:
//!
//! ```text
//! changepoint FILE [MODEL] [PENALTY] [MIN_LEN] [RUNS]
//! ```
//!
//! MODEL is `mean` (variance 1: the plain sum of squares, the default), `mean-variance`,
//! `poisson`, or `negative-binomial` (size estimated); PENALTY a number or `bic` (the default);
//! MIN_LEN 1 by default. Prints the breaks, the cost without penalties, how many segment costs
//! were worked out, and the least time of RUNS searches (default 1), in one JSON object.

use std::process::ExitCode;
use std::time::Instant;

use demarche_measure::{Model, Penalty, SegmentCosts, negative_binomial};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("changepoint: {why}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), String> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let argument = |i: usize, default: &str| arguments.get(i).map_or(default, |s| s).to_owned();
    let file = arguments.first().ok_or("which file?")?;
    let text = std::fs::read_to_string(file).map_err(|e| format!("{file}: {e}"))?;
    let values = text
        .lines()
        .map(|l| {
            l.trim()
                .parse()
                .map_err(|_| format!("{file}: {l:?} is no number"))
        })
        .collect::<Result<Vec<f64>, String>>()?;
    let number = |i: usize, default: &str| {
        let text = argument(i, default);
        text.parse::<usize>()
            .map_err(|_| format!("{text:?} is no whole number"))
    };
    let penalty = match argument(2, "bic").as_str() {
        "bic" => Penalty::Bic,
        text => Penalty::Value(
            text.parse()
                .map_err(|_| format!("{text:?} is no penalty"))?,
        ),
    };
    let (min_len, runs) = (number(3, "1")?, number(4, "1")?.max(1));

    let model = argument(1, "mean");
    let search = || -> Result<_, String> {
        let model = match model.as_str() {
            "mean" => Model::Mean { variance: 1.0 },
            "mean-variance" => Model::MeanVariance { floor: 1.0 / 12.0 },
            "poisson" => Model::Poisson,
            "negative-binomial" => {
                return negative_binomial(&values, penalty, min_len)
                    .map(|fit| fit.segmentation)
                    .ok_or_else(|| "the counts are not overdispersed: use poisson".to_owned());
            }
            other => return Err(format!("no model {other:?}")),
        };
        Ok(SegmentCosts::new(&values, model).pelt(penalty, min_len))
    };
    let mut least = f64::INFINITY;
    for _ in 1..runs {
        let start = Instant::now();
        search()?;
        least = least.min(start.elapsed().as_secs_f64());
    }
    let start = Instant::now();
    let found = search()?;
    least = least.min(start.elapsed().as_secs_f64());
    println!(
        "{{\"breaks\": {:?}, \"cost\": {}, \"evaluations\": {}, \"seconds\": {least}}}",
        found.breaks, found.cost, found.evaluations
    );
    Ok(())
}
