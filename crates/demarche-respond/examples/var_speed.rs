//! A thousand bootstrap replicates of orthogonal responses, for timing.
//!
//! ```text
//! cargo run --release -p demarche-respond --example var_speed -- FILE LAGS DRAWS HORIZON
//! ```
//!
//! FILE is a CSV of series with a header. Prints the percentile band of the first series'
//! response to its own shock at the last step.

use std::path::Path;
use std::process::ExitCode;

use demarche_respond::var::{Band, BootstrapOptions, Data, Deterministic, Impulse, Var};

fn main() -> ExitCode {
    match run(&std::env::args().skip(1).collect::<Vec<_>>()) {
        Ok(line) => {
            println!("{line}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<String, Box<dyn std::error::Error>> {
    let [file, lags, draws, horizon] = arguments else {
        return Err("var_speed FILE LAGS DRAWS HORIZON".into());
    };
    let var = Var::fit(
        &read(Path::new(file))?,
        lags.parse()?,
        Deterministic::Constant,
    )?;
    let options = BootstrapOptions {
        draws: draws.parse()?,
        horizon: horizon.parse()?,
        impulse: Impulse::Orthogonal,
        ..BootstrapOptions::default()
    };
    let bands = var.bootstrap(&options)?.bands(Band::Percentile, 0.95)?;
    let last = bands.point.len() - 1;
    let (low, high) = (&bands.low[last], &bands.high[last]);
    Ok(format!(
        "{:.6} [{:.6}, {:.6}]",
        bands.point[last][(0, 0)],
        low[(0, 0)],
        high[(0, 0)]
    ))
}

fn read(path: &Path) -> Result<Data, Box<dyn std::error::Error>> {
    let mut reader = csv::Reader::from_path(path)?;
    let names: Vec<String> = reader.headers()?.iter().map(String::from).collect();
    let mut columns = vec![Vec::new(); names.len()];
    for row in reader.records() {
        for (column, cell) in columns.iter_mut().zip(row?.iter()) {
            column.push(cell.parse()?);
        }
    }
    Ok(Data::new(names.into_iter().zip(columns))?)
}
