//! `demarche forecast`.

mod evaluate;

use crate::args_forecast::{Forecast, ForecastCommand};
use crate::failure::Failure;
use crate::output::Output;

/// Runs what was asked for.
pub fn run(args: &Forecast, quiet: bool, out: &mut Output) -> Result<(), Failure> {
    match &args.command {
        ForecastCommand::Evaluate(a) => evaluate::run(a, quiet, out),
    }
}
