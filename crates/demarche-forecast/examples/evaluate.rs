//! How good the forecasters are on an event graph.
//!
//!     cargo run --release -p demarche-forecast --example evaluate -- FOLDER [valid|test]

use std::path::Path;
use std::time::Instant;

use demarche_forecast::evaluate::{Filter, Protocol, Stratum, ask, figures};
use demarche_forecast::{EventGraph, ForecastError, Part, Recurrency};

fn main() -> Result<(), ForecastError> {
    let args: Vec<String> = std::env::args().collect();
    let folder = args.get(1).map_or("../shared/data/icews14", String::as_str);
    let part = match args.get(2).map(String::as_str) {
        Some("test") => Part::Test,
        _ => Part::Valid,
    };
    let graph = EventGraph::read(Path::new(folder))?;
    println!(
        "{} events, {} entities, {} acts, unit {}",
        graph.facts.len(),
        graph.entities.len(),
        graph.acts.len(),
        graph.unit
    );
    for fading in [0.03, 0.1, 0.3] {
        for strict in [0.99, 0.999, 0.9999] {
            let begin = Instant::now();
            let outcomes = ask(
                &graph,
                part,
                Protocol::SingleStep,
                &Recurrency { fading, strict },
                1,
                |_| {},
            )?;
            println!(
                "recurrency, {fading} {strict} {part:?}: {:.1} s",
                begin.elapsed().as_secs_f64()
            );
            let strata = [
                None,
                Some(Stratum::SeenBefore),
                Some(Stratum::DyadSeen),
                Some(Stratum::New),
                Some(Stratum::NeverSeen),
            ];
            for stratum in strata {
                if let Some(f) = figures(&graph, &outcomes, Filter::TimeAware, stratum) {
                    println!(
                        "{stratum:?} {} MRR {:.2} H1 {:.2} H3 {:.2} H10 {:.2}",
                        f.questions,
                        100.0 * f.mrr.value,
                        100.0 * f.hits1.value,
                        100.0 * f.hits3.value,
                        100.0 * f.hits10.value
                    );
                }
            }
        }
    }
    Ok(())
}
