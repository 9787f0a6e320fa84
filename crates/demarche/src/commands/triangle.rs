//! `demarche triangle`.

use std::io::Write;

use demarche_brief::chart::style;
use demarche_case::Case;
use demarche_events::PeriodUnit;
use demarche_respond::triangle::{Lags, Method, Quantity, TriangleOptions};
use demarche_respond::triangles::{
    CaseTriangle, link_name, triangle_of, triangles_table, verdict_name,
};

use super::brief::report;
use super::measure::known_actor;
use super::read_case;
use crate::args::Choices;
use crate::args_respond::{QuantityOf, Triangle};
use crate::event_source;
use crate::failure::{Failure, USAGE};
use crate::folder::{self, NewFile};
use crate::listing::{Listing, Side};
use crate::output::Output;
use crate::progress::Progress;

/// Asks who answers whom among three actors.
pub fn run(args: &Triangle, quiet: bool, out: &mut Output) -> Result<(), Failure> {
    let progress = Progress::new(2, quiet || args.json);
    progress.step("reading the case");
    let mut case = read_case(&args.case, &Choices::default())?;
    args.how.apply(&mut case.settings.measure);
    let actors: [String; 3] = args.actors.clone().try_into().map_err(|_| {
        Failure::new(
            USAGE,
            "a triangle has three actors",
            "name three codes of actors.csv",
        )
    })?;
    for code in &actors {
        known_actor(&case, code)?;
    }
    if actors[0] == actors[1] || actors[0] == actors[2] || actors[1] == actors[2] {
        return Err(Failure::new(
            USAGE,
            format!("the three actors must differ: {}", actors.join(", ")),
            "name three different codes of actors.csv",
        ));
    }
    event_source::take(&args.from, &mut case)?;
    progress.step("asking who answers whom");
    let options = TriangleOptions {
        lags: match args.lags {
            Some(n) => Lags::Given(n as usize),
            None => TriangleOptions::default().lags,
        },
        method: match args.correlation {
            true => Method::CrossCorrelation,
            false => Method::Regression,
        },
        permutations: args.permutations as usize,
        needed: case.settings.measure.min_events,
        seed: case.settings.measure.seed,
        ..TriangleOptions::default()
    };
    let quantity = match args.quantity {
        QuantityOf::Net => Quantity::Net,
        QuantityOf::Cooperation => Quantity::Cooperation,
        QuantityOf::Conflict => Quantity::Conflict,
        QuantityOf::ScaleSum => Quantity::ScaleSum,
        QuantityOf::ScaleMean => Quantity::ScaleMean,
    };
    let by = args.by.map_or(case.settings.respond.by, PeriodUnit::from);
    let found = triangle_of(&case, &actors, by, quantity, &options);
    drop(progress);
    if let Err(error) = &found.result
        && !args.json
    {
        return Err(Failure::new(USAGE, error, ""));
    }
    if let Some(dir) = &args.out {
        let mut files: Vec<NewFile> =
            demarche_brief::flat_table_files(&[triangles_table(std::slice::from_ref(&found))])
                .into_iter()
                .map(|(path, bytes)| NewFile { path, bytes })
                .collect();
        if let Some(svg) = demarche_brief::triangle_picture(&case, &found) {
            files.push(NewFile {
                path: "triangle.svg".to_owned(),
                bytes: style::standalone(&svg).into_bytes(),
            });
        }
        folder::replace(dir, &files)?;
        if !args.json {
            report(out, dir, &files, false, quiet, "triangle.svg")?;
        }
    }
    if args.json {
        let value = serde_json::to_value(found.summary()).map_err(std::io::Error::from)?;
        writeln!(out, "{value:#}")?;
    } else {
        print(&case, &found, out)?;
    }
    Ok(())
}

/// The table and the sentence, for people.
fn print(case: &Case, found: &CaseTriangle, out: &mut Output) -> Result<(), Failure> {
    let Ok(triangle) = &found.result else {
        return Ok(());
    };
    let mut table = Listing::new(&[
        ("acts of", Side::Left),
        ("after acts of", Side::Left),
        ("link", Side::Left),
        ("n", Side::Right),
        ("sum", Side::Right),
        ("95 % interval", Side::Right),
        ("p adjusted", Side::Right),
        ("p permuted", Side::Right),
        ("placebos", Side::Right),
        ("found", Side::Left),
    ]);
    let number = |v: Option<f64>| v.map_or(String::new(), |v| format!("{v:.2}"));
    let p = |v: Option<f64>| v.map_or(String::new(), |v| format!("{v:.3}"));
    for r in &triangle.responses {
        table.row(vec![
            found.dyad_name(case, r.response),
            found.dyad_name(case, r.cause),
            link_name(r.link).to_owned(),
            format!("{}/{}", r.events.0, r.events.1),
            number(r.sum),
            r.interval
                .map_or(String::new(), |i| format!("{:.2} to {:.2}", i.low, i.high)),
            p(r.wald.map(|w| w.adjusted.bh)),
            p(r.permuted.map(|p| p.p)),
            r.placebos.as_ref().map_or(String::new(), |p| {
                format!("{}/{}", p.as_strong.len(), p.tried.len())
            }),
            verdict_name(r.verdict).to_owned(),
        ]);
    }
    table.aligned(out)?;
    writeln!(out, "\n{}", triangle.sentence)?;
    Ok(())
}
