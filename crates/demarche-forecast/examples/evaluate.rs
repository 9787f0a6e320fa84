//! How good a model is on the validation and the test part of an event graph, with settings of choice.
//!
//!     cargo run --release -p demarche-forecast --example evaluate -- FOLDER [KEY=VALUE]...
//!
//! Keys: `additive=1`, `valid=1`, `test=1` (ask for that part only), `refit=1` (learn from the validation part too, ask for the test part only), `without=KIND` (such as `same-act`), `frozen=1` (weights stay as they are), `multi=1` (multi-step), and those of
//! `Learning` and its trees, such as `sample=20000` or `trees=160`.

use std::path::Path;
use std::time::Instant;

use demarche_forecast::evaluate::{Filter, Outcome, Protocol, Stratum, ask, figures};
use demarche_forecast::{EventGraph, Frozen, Kind, Learning, Model, Part};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let folder = args.next().unwrap_or("../shared/data/icews14".to_owned());
    let mut learning = Learning::default();
    let mut protocol = Protocol::SingleStep;
    let (mut refit, mut valid_only, mut test_only, mut frozen) = (false, false, false, false);
    for arg in args {
        let (key, value) = arg.split_once('=').ok_or("KEY=VALUE")?;
        if key == "without" {
            let kind = |k: &&Kind| serde_json::to_value(k).is_ok_and(|v| v == value);
            learning.without = Some(*Kind::ALL.iter().find(kind).ok_or("no such kind")?);
            continue;
        }
        let number: f64 = value.parse()?;
        match key {
            "additive" => learning = Learning::additive(),
            "frozen" => frozen = number > 0.0,
            "refit" => refit = number > 0.0,
            "test" => test_only = number > 0.0,
            "valid" => valid_only = number > 0.0,
            "multi" => protocol = Protocol::MultiStep,
            "width" => learning.width = number as usize,
            "close" => learning.close = number as usize,
            "sample_from" => learning.sample_from = number,
            "learn_share" => learning.learn_share = number,
            "sample" => learning.sample = number as usize,
            "top" => learning.top = number as usize,
            "drawn" => learning.drawn = number as usize,
            "stumps" => learning.trees.stumps = number as usize,
            "trees" => learning.trees.trees = number as usize,
            "leaves" => learning.trees.leaves = number as usize,
            "rate" => learning.trees.rate = number as f32,
            "stump_rate" => learning.trees.stump_rate = number as f32,
            "rows" => learning.trees.rows = number as f32,
            "ridge" => learning.trees.ridge = number as f32,
            "least" => learning.trees.least = number as f32,
            "columns" => learning.trees.columns = number,
            "threads" => learning.trees.threads = number as usize,
            _ => return Err(format!("no key {key}").into()),
        }
    }
    let graph = EventGraph::read(Path::new(&folder))?;
    let learned = match refit {
        true => &graph.facts[..graph.test_from],
        false => graph.part(Part::Train),
    };
    let begun = Instant::now();
    // How long it took until the first tree.
    let mut looked = 0.0;
    let model = Model::learn(&graph, learned, &learning, |share| {
        if share <= Learning::SWEPT {
            looked = begun.elapsed().as_secs_f64();
        }
    })?;
    let whole = begun.elapsed().as_secs_f64();
    println!(
        "learned in {whole:.1} s, {:.1} s of it trees",
        whole - looked
    );
    for part in [Part::Valid, Part::Test] {
        if (refit || test_only) && part == Part::Valid || valid_only && part == Part::Test {
            continue;
        }
        let begun = Instant::now();
        let threads = learning.trees.threads;
        let outcomes = match frozen {
            true => ask(&graph, part, protocol, &Frozen(&model), threads, |_| {})?,
            false => ask(&graph, part, protocol, &model, threads, |_| {})?,
        };
        println!("{part:?}, asked in {:.1} s", begun.elapsed().as_secs_f64());
        print(&graph, &outcomes);
    }
    Ok(())
}

fn print(graph: &EventGraph, outcomes: &[Outcome]) {
    let strata = [
        (None, "all"),
        (Some(Stratum::SeenBefore), "seen before"),
        (Some(Stratum::DyadSeen), "dyad seen"),
        (Some(Stratum::New), "new"),
        (Some(Stratum::NeverSeen), "entity never seen"),
    ];
    for (stratum, words) in strata {
        if let Some(f) = figures(graph, outcomes, Filter::TimeAware, stratum) {
            let [mrr, one, three, ten] =
                [f.mrr, f.hits1, f.hits3, f.hits10].map(|s| 100.0 * s.value);
            println!(
                "  {words:18} {:6}  MRR {mrr:.2}  Hits@1 {one:.2}  @3 {three:.2}  @10 {ten:.2}",
                f.questions
            );
        }
    }
}
