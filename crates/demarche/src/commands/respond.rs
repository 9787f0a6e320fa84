//! `demarche respond`.

use std::io::Write;

use demarche_respond::excitation::{Effect, Excitation};
use demarche_respond::responses::{Responses, role_name};
use demarche_respond::triangles::CaseTriangle;
use serde_json::json;

use super::brief::report;
use super::read_case;
use crate::args::Choices;
use crate::args_respond::Respond;
use crate::event_source;
use crate::failure::Failure;
use crate::folder::{self, NewFile};
use crate::listing::{Listing, Side};
use crate::output::Output;
use crate::progress::Progress;

/// Says what sets off what.
pub fn run(args: &Respond, quiet: bool, out: &mut Output) -> Result<(), Failure> {
    let progress = Progress::new(2, quiet || args.json);
    progress.step("reading the case");
    let mut case = read_case(&args.case, &Choices::default())?;
    args.how.apply(&mut case.settings.measure);
    event_source::take(&args.from, &mut case)?;
    progress.step("asking what sets off what");
    let found = Responses::of(&case);
    drop(progress);
    if let Some(dir) = &args.out {
        let files: Vec<NewFile> = demarche_brief::flat_table_files(&found.tables(&case))
            .into_iter()
            .map(|(path, bytes)| NewFile { path, bytes })
            .collect();
        folder::replace(dir, &files)?;
        if !args.json {
            report(out, dir, &files, false, quiet, "responses.csv")?;
        }
    }
    if args.json {
        let streams: Vec<_> = found
            .streams
            .iter()
            .map(|s| {
                json!({
                    "id": s.stream.id,
                    "name": s.stream.name,
                    "role": role_name(s.stream.role),
                    "events": s.events.len(),
                    "left_out": s.left_out.len(),
                })
            })
            .collect();
        let triangles: Vec<_> = found.triangles.iter().map(CaseTriangle::summary).collect();
        let value = json!({
            "format": "demarche-responses/1",
            "streams": streams,
            "excitation": found.excitation.as_ref().ok(),
            "error": found.excitation.as_ref().err(),
            "triangles": triangles,
        });
        writeln!(out, "{value:#}")?;
        return Ok(());
    }
    if quiet && args.out.is_some() {
        return Ok(());
    }
    match &found.excitation {
        Ok(excitation) => print(&found, excitation, out)?,
        Err(why) => writeln!(out, "What sets off what: {why}")?,
    }
    for t in &found.triangles {
        match &t.result {
            Ok(triangle) => writeln!(out, "\n{}", triangle.sentence)?,
            Err(error) => writeln!(out, "\n{}: {error}", t.actors.join(", "))?,
        }
    }
    for v in &found.vars {
        if let Err(error) = &v.result {
            writeln!(out, "\n{}: {error}", v.actors.join(", "))?;
        }
    }
    Ok(())
}

/// The branching matrix and how far it may be trusted.
fn print(found: &Responses, e: &Excitation, out: &mut Output) -> Result<(), Failure> {
    let id = |k: usize| found.streams[e.streams[k]].stream.id.as_str();
    let mut table = Listing::new(&[
        ("after one event of", Side::Left),
        ("events of", Side::Left),
        ("set off", Side::Right),
        ("95 % interval", Side::Right),
        ("p adjusted", Side::Right),
        ("of its events", Side::Right),
    ]);
    let n = e.streams.len();
    let mut cells: Vec<(usize, usize, &Effect)> = (0..n)
        .flat_map(|i| (0..n).map(move |j| (i, j)))
        .map(|(i, j)| (i, j, &e.branching[i][j]))
        .filter(|(_, _, effect)| effect.value >= 0.005)
        .collect();
    cells.sort_by(|a, b| a.2.p.unwrap_or(1.0).total_cmp(&b.2.p.unwrap_or(1.0)));
    for (i, j, effect) in cells {
        table.row(vec![
            id(j).to_owned(),
            id(i).to_owned(),
            format!("{:.2}", effect.value),
            effect
                .interval
                .map_or(String::new(), |v| format!("{:.2} to {:.2}", v.low, v.high)),
            effect.adjusted.map_or(String::new(), |p| format!("{p:.3}")),
            format!("{:.0} %", 100.0 * e.shares[i][j].value),
        ]);
    }
    table.aligned(out)?;
    writeln!(out)?;
    for half in &e.half_lives {
        writeln!(
            out,
            "half-life       {:.1} days{}{}",
            half.days,
            half.interval.map_or(String::new(), |i| format!(
                " ({:.1} to {:.1})",
                i.low, i.high
            )),
            if half.at_bound {
                ", at the bound of the search: no estimate"
            } else {
                ""
            }
        )?;
    }
    writeln!(
        out,
        "spectral radius {:.2}{}: {}",
        e.spectral_radius,
        e.spectral_interval.map_or(String::new(), |i| format!(
            " ({:.2} to {:.2})",
            i.low, i.high
        )),
        if e.spectral_radius < 1.0 {
            "stable"
        } else {
            "unstable"
        }
    )?;
    for (i, c) in e.candidates.iter().enumerate() {
        writeln!(
            out,
            "{} {:<36} log-likelihood {:.1}, AIC {:.1}, BIC {:.1}{}",
            if i == e.chosen { "*" } else { " " },
            c.name,
            c.log_likelihood,
            c.aic,
            c.bic,
            c.held_out
                .map_or(String::new(), |h| format!(", held out {h:+.1}"))
        )?;
    }
    if let Some(h) = &e.held_out {
        writeln!(
            out,
            "fitted up to {}, the model tells the {} events after it {} the Poisson model with the same baseline ({:+.1} nats{})",
            h.fitted_to,
            h.events,
            match h.verdict() {
                1 => "better than",
                -1 => "worse than",
                _ => "no better and no worse, as far as can be told, than",
            },
            h.difference,
            h.standard_error
                .map_or(String::new(), |se| format!(", standard error {se:.1}")),
        )?;
    }
    Ok(())
}
