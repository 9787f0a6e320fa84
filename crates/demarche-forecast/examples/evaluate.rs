//! How good the forecasters are on an event graph.
//!
//!     cargo run --release -p demarche-forecast --example evaluate -- FOLDER [valid|test] [key=value]...

use std::path::Path;
use std::time::Instant;

use demarche_forecast::evaluate::{Filter, Outcome, Protocol, Stratum, ask, figures};
use demarche_forecast::{EventGraph, ForecastError, Learning, Model, Part, Recurrency};

fn main() -> Result<(), ForecastError> {
    let args: Vec<String> = std::env::args().collect();
    let folder = args.get(1).map_or("../shared/data/icews14", String::as_str);
    let part = match args.get(2).map(String::as_str) {
        Some("test") => Part::Test,
        _ => Part::Valid,
    };
    let mut l = if args.iter().any(|a| a == "sum=1") {
        Learning::additive()
    } else {
        Learning::default()
    };
    for arg in args.iter().skip(3) {
        let (k, v) = arg.split_once('=').unwrap();
        let x: f64 = v.parse().unwrap();
        match k {
            "close" => l.close = x as usize,
            "width" => l.width = x as usize,
            "learn_from" => l.learn_from = x,
            "learn_share" => l.learn_share = x,
            "sample_from" => l.sample_from = x,
            "sample" => l.sample = x as usize,
            "top" => l.top = x as usize,
            "drawn" => l.drawn = x as usize,
            "trees" => l.trees.trees = x as usize,
            "leaves" => l.trees.leaves = x as usize,
            "rate" => l.trees.rate = x as f32,
            "questions" => l.trees.questions = x,
            "columns" => l.trees.columns = x,
            "ridge" => l.trees.ridge = x as f32,
            "least" => l.trees.least = x as f32,
            "sum" => {}
            "threads" => l.trees.threads = x as usize,
            _ => panic!("{k}"),
        }
    }
    let graph = EventGraph::read(Path::new(folder))?;
    println!(
        "{} events, {} entities, {} acts, unit {}",
        graph.facts.len(),
        graph.entities.len(),
        graph.acts.len(),
        graph.unit
    );
    let begin = Instant::now();
    let model = Model::learn(&graph, graph.part(Part::Train), &l, |_| {})?;
    println!("learned in {:.1} s", begin.elapsed().as_secs_f64());
    let mut gains = vec![0usize; 200];
    if let demarche_forecast::Ranker::Trees(trees) = model.ranker() {
        for t in trees {
            for n in &t.nodes {
                if n.column != demarche_forecast::boost::LEAF {
                    gains[n.column as usize] += 1;
                }
            }
        }
    }
    let mut g: Vec<_> = gains.iter().zip(demarche_forecast::NAMES).collect();
    g.sort_by(|a, b| b.0.cmp(a.0));
    for (n, name) in g {
        print!("{name}:{n} ");
    }
    println!();
    let begin = Instant::now();
    let outcomes = ask(
        &graph,
        part,
        Protocol::SingleStep,
        &model,
        l.trees.threads,
        |_| {},
    )?;
    say("model", part, begin, &graph, &outcomes);
    for k in [20.0, 40.0, 60.0, 90.0, 120.0, 200.0] {
        let n = outcomes.iter().filter(|o| o.ranks[0] <= k).count();
        print!("H@{k} {:.2} ", 100.0 * n as f64 / outcomes.len() as f64);
    }
    println!();
    if args.len() == 3 {
        let begin = Instant::now();
        let outcomes = ask(
            &graph,
            part,
            Protocol::SingleStep,
            &Recurrency::default(),
            1,
            |_| {},
        )?;
        say("recurrency", part, begin, &graph, &outcomes);
    }
    Ok(())
}

fn say(what: &str, part: Part, begin: Instant, graph: &EventGraph, outcomes: &[Outcome]) {
    println!("{what} {part:?}: {:.1} s", begin.elapsed().as_secs_f64());
    let strata = [
        None,
        Some(Stratum::SeenBefore),
        Some(Stratum::DyadSeen),
        Some(Stratum::New),
        Some(Stratum::NeverSeen),
    ];
    for stratum in strata {
        if let Some(f) = figures(graph, outcomes, Filter::TimeAware, stratum) {
            println!(
                "{:12} {} MRR {:.2} H1 {:.2} H3 {:.2} H10 {:.2}",
                stratum.map_or("all".to_owned(), |s| format!("{s:?}")),
                f.questions,
                100.0 * f.mrr.value,
                100.0 * f.hits1.value,
                100.0 * f.hits3.value,
                100.0 * f.hits10.value
            );
        }
    }
}
