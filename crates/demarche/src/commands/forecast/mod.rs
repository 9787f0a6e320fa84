//! `demarche forecast`.

mod ask;
mod evaluate;
mod graph;
mod report;
mod rules;

use demarche_case::Case;
use demarche_events::{Date, Event, Precision};
use demarche_forecast::ForecastError;

pub use ask::{not_after, one_source};
pub use report::{calibration, calibration_json, event, matters, shown};

use crate::args_forecast::{Forecast, ForecastCommand};
use crate::failure::{CASE, Failure, USAGE};
use crate::output::Output;

/// Runs what was asked for.
pub fn run(args: &Forecast, quiet: bool, out: &mut Output) -> Result<(), Failure> {
    match (&args.other, &args.ask) {
        (Some(ForecastCommand::Evaluate(a)), _) => evaluate::run(a, quiet, out),
        (Some(ForecastCommand::Rules(a)), _) => rules::run(a, quiet, out),
        (None, Some(a)) => ask::run(a, &args.from, quiet, out),
        (None, None) => Err(Failure::new(
            USAGE,
            "of which case, or event graph, are forecasts asked for?",
            "name its folder: demarche forecast cases/korea-nato",
        )),
    }
}

/// Nothing is known up to the day that was asked for.
pub fn nothing_known(case: &Case, as_of: Date, error: &ForecastError) -> Failure {
    if !matches!(error, ForecastError::TooFew { .. }) {
        return Failure::new(CASE, error, "");
    }
    let exact = |e: &&Event| e.precision == Precision::Day;
    match case.chronicle.iter().filter(exact).map(|e| e.date).min() {
        None => Failure::new(
            CASE,
            "the case has no event whose day is known, so there is nothing to forecast from",
            "add rows to chronicle.csv, or take the events of a store: --events store --store DIR",
        ),
        Some(first) => Failure::new(
            USAGE,
            format!("there is no event up to {as_of} whose day is known"),
            format!(
                "the first event whose day is known is of {first}: name that day or a later one"
            ),
        ),
    }
}
