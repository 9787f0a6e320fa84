//! Forecasts in words: what `forecast` and `watch` print alike.

use std::io::Write;

use anstyle::Style;
use demarche_case::Case;
use demarche_forecast::ForecastError;
use demarche_forecast::chance::{Assessment, Reliability};
use serde_json::{Value, json};

use crate::failure::Failure;
use crate::listing::{Listing, Side, harmless};
use crate::output::Output;

/// A chance as it is printed.
pub fn shown(chance: f64) -> String {
    match 100.0 * chance {
        0.0 => "0 %".to_owned(),
        p if p < 0.1 => "<0.1 %".to_owned(),
        p if p > 99.5 => ">99.5 %".to_owned(),
        p if p < 9.95 => format!("{p:.1} %"),
        p => format!("{p:.0} %"),
    }
}

/// Does a reason matter so much that its events are printed?
pub fn matters(weight: Option<f64>) -> bool {
    weight.is_none_or(|w| w.abs() >= 0.15)
}

/// An event of a case behind a reason: its day, what was done, and its id.
pub fn event(case: &Case, at: u32, out: &mut Output) -> Result<(), Failure> {
    let dim = Style::new().dimmed();
    let e = &case.chronicle[at as usize];
    let arrow = if e.mutual { "↔" } else { "→" };
    writeln!(
        out,
        "        {:10}  {} {arrow} {}  {} {}  {}  {dim}{}{dim:#}",
        e.shown_date(),
        e.source,
        e.target,
        e.cameo,
        e.cameo.label(),
        harmless(&e.title),
        harmless(&e.id),
    )?;
    Ok(())
}

/// How true chances were, as a table and a sentence.
pub fn calibration(
    horizon: i32,
    unit: &str,
    found: &Result<Assessment, ForecastError>,
    out: &mut Output,
) -> Result<(), Failure> {
    let found = match found {
        Ok(found) => found,
        Err(error) => {
            writeln!(
                out,
                "\nChances within {horizon} {unit} can’t be held against what came: {error}."
            )?;
            return Ok(());
        }
    };
    writeln!(
        out,
        "\nChances within {horizon} {unit}, held against what came in {} windows up to then; what a window was\nforecast by was learned from what lay before it, anew once a year.",
        found.windows
    )?;
    let mut table = Listing::new(&[
        ("acts", Side::Left),
        ("forecasts", Side::Right),
        ("came", Side::Right),
        ("calibration error", Side::Right),
        ("Brier", Side::Right),
        ("last year's rate: error", Side::Right),
        ("Brier", Side::Right),
    ]);
    for (name, of, plain) in [
        ("all asked for", &found.model, &found.last_year),
        ("came before", &found.model_known, &found.last_year_known),
    ] {
        table.row(vec![
            name.to_owned(),
            of.count.to_string(),
            shown(of.came),
            format!("{:.4}", of.ece),
            format!("{:.4}", of.brier),
            format!("{:.4}", plain.ece),
            format!("{:.4}", plain.brier),
        ]);
    }
    table.aligned(out)?;
    writeln!(out)?;
    let mut table = Listing::new(&[
        ("said of those that came before", Side::Left),
        ("forecasts", Side::Right),
        ("mean", Side::Right),
        ("came", Side::Right),
    ]);
    for bin in &found.model_known.bins {
        table.row(vec![
            format!("{} to {}", shown(bin.low), shown(bin.high)),
            bin.count.to_string(),
            shown(bin.said),
            shown(bin.came),
        ]);
    }
    table.aligned(out)?;
    Ok(())
}

/// The same as JSON.
pub fn calibration_json(horizon: i32, found: &Result<Assessment, ForecastError>) -> Value {
    let of = |r: &Reliability| json!(r);
    match found {
        Ok(found) => json!({
            "horizon": horizon,
            "windows": found.windows,
            "all": of(&found.model),
            "all_last_year_rate": of(&found.last_year),
            "came_before": of(&found.model_known),
            "came_before_last_year_rate": of(&found.last_year_known),
        }),
        Err(error) => json!({ "horizon": horizon, "missing": error.to_string() }),
    }
}
