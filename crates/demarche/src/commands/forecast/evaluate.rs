//! `demarche forecast evaluate`.

use std::io::Write;
use std::time::Instant;

use demarche_forecast::chance::{Assessment, HORIZONS, assess};
use demarche_forecast::evaluate::{
    Figures, Filter, Outcome, Protocol, Score, Stratum, advantage, ask, figures,
};
use demarche_forecast::outlook::Level;
use demarche_forecast::{
    EventGraph, ForecastError, Frozen, Learning, Model, Part, Recurrency, watch,
};
use serde_json::{Value, json};

use super::graph::{is_case, not_of_graphs};
use super::{nothing_known, one_source};
use crate::args::Choices;
use crate::args_forecast::{AskedPart, AskedProtocol, Evaluate};
use crate::commands::{count, read_case};
use crate::event_source;
use crate::failure::{FILES, Failure, USAGE};
use crate::listing::{Listing, Side};
use crate::output::Output;
use crate::progress::Progress;

/// How far a bar of progress goes.
const STEPS: u64 = 1000;

/// What came of one forecaster.
struct Judged {
    name: &'static str,
    outcomes: Vec<Outcome>,
    learned_in: f64,
    asked_in: f64,
}

/// Says how good forecasts are.
pub fn run(args: &Evaluate, quiet: bool, out: &mut Output) -> Result<(), Failure> {
    let progress = Progress::with_share(STEPS, quiet || args.json);
    let fault = |error: ForecastError| failure(args, error);
    let graph = match is_case(&args.dir) {
        true => of_case(args)?,
        false => of_graph(args)?,
    };
    let part = match args.part {
        AskedPart::Valid => Part::Valid,
        AskedPart::Test => Part::Test,
    };
    let protocol = match args.protocol {
        AskedProtocol::SingleStep => Protocol::SingleStep,
        AskedProtocol::MultiStep => Protocol::MultiStep,
        AskedProtocol::FromTraining => Protocol::FromTraining,
    };
    let threads = args.threads as usize;
    let asked = graph.part(part).len();
    if asked == 0 {
        return Err(Failure::new(
            USAGE,
            format!("{} has no events in the part asked for", args.dir.display()),
            "name another --part",
        ));
    }
    let at = |share: f64, what: &str| progress.at((share * STEPS as f64) as u64, what.to_owned());
    if args.learn_valid && part == Part::Valid {
        return Err(Failure::new(
            USAGE,
            "--learn-valid with --part valid would ask for what was learned from",
            "leave one of them out",
        ));
    }
    let learned = match args.learn_valid {
        true => &graph.facts[..graph.test_from],
        false => graph.part(Part::Train),
    };
    let begun = Instant::now();
    let mut learning = if args.additive {
        Learning::additive()
    } else {
        Learning::default()
    };
    learning.trees.threads = threads;
    let model = Model::learn(&graph, learned, &learning, |share| {
        at(share, "learning");
    })
    .map_err(fault)?;
    let learned_in = begun.elapsed().as_secs_f64();
    let begun = Instant::now();
    let share = |done: usize| at(done as f64 / asked as f64, "asking");
    let outcomes = match args.frozen {
        true => ask(&graph, part, protocol, &Frozen(&model), threads, share),
        false => ask(&graph, part, protocol, &model, threads, share),
    }
    .map_err(fault)?;
    let mut judged = vec![Judged {
        name: if args.additive { "additive" } else { "model" },
        outcomes,
        learned_in,
        asked_in: begun.elapsed().as_secs_f64(),
    }];
    if args.baseline {
        let begun = Instant::now();
        let share = |done: usize| at(done as f64 / asked as f64, "asking the baseline");
        let baseline = Recurrency::default();
        let outcomes = ask(&graph, part, protocol, &baseline, threads, share).map_err(fault)?;
        judged.push(Judged {
            name: "recurrency",
            outcomes,
            learned_in: 0.0,
            asked_in: begun.elapsed().as_secs_f64(),
        });
    }
    let mut chances = Vec::new();
    if args.chances {
        for horizon in HORIZONS {
            at(0.0, "learning chances");
            chances.push((horizon, assess(&graph, horizon)));
        }
    }
    drop(progress);
    if args.json {
        writeln!(
            out,
            "{:#}",
            as_json(args, &graph, part, protocol, &judged, &chances)
        )?;
        return Ok(());
    }
    print(args, &graph, part, &judged, out)?;
    if args.chances {
        print_chances(&chances, out)?;
    }
    Ok(())
}

/// Of a case's events, the validation part begins after this share of them, and the test part after that.
const PARTS: [f64; 2] = [0.7, 0.8];

fn of_case(args: &Evaluate) -> Result<EventGraph, Failure> {
    let mut case = read_case(&args.dir, &Choices::default())?;
    one_source(&args.events)?;
    event_source::take(&args.events, &mut case)?;
    let as_of = case.settings.as_of;
    let level = args.level.map_or(Level::default(), Level::from);
    let outlook =
        watch::outlook(&case, level, as_of).map_err(|error| nothing_known(&case, as_of, &error))?;
    let mut graph = outlook.graph;
    let step = |share: f64| {
        let at = (share * graph.facts.len() as f64) as usize;
        graph.facts.get(at).map_or(i32::MAX, |fact| fact.step)
    };
    let [valid, test] = PARTS.map(step);
    graph.cut(valid, test);
    Ok(graph)
}

fn of_graph(args: &Evaluate) -> Result<EventGraph, Failure> {
    not_of_graphs(args.level, &args.events)?;
    EventGraph::read(&args.dir).map_err(|error| failure(args, error))
}

fn failure(args: &Evaluate, error: ForecastError) -> Failure {
    let place = args.dir.display();
    match error {
        ForecastError::File { .. } => Failure::new(
            FILES,
            format!("{place}: {error}"),
            "name a case folder, or one with train.txt, valid.txt and test.txt; see demarche forecast evaluate --help",
        ),
        ForecastError::Line { .. } => Failure::new(FILES, format!("{place}: {error}"), ""),
        _ => Failure::new(USAGE, format!("{place}: {error}"), ""),
    }
}

const STRATA: [(Option<Stratum>, &str); 5] = [
    (None, "all"),
    (Some(Stratum::SeenBefore), "seen before"),
    (Some(Stratum::DyadSeen), "dyad seen"),
    (Some(Stratum::New), "new"),
    (Some(Stratum::NeverSeen), "entity never seen"),
];

const FILTERS: [(Filter, &str); 3] = [
    (Filter::TimeAware, "time-aware"),
    (Filter::Static, "static"),
    (Filter::Raw, "raw"),
];

fn hundredths(score: Score) -> String {
    let interval = score.interval.map_or(String::new(), |i| {
        format!(" ({:.1}–{:.1})", 100.0 * i.low, 100.0 * i.high)
    });
    format!("{:.2}{interval}", 100.0 * score.value)
}

fn print(
    args: &Evaluate,
    graph: &EventGraph,
    part: Part,
    judged: &[Judged],
    out: &mut Output,
) -> Result<(), Failure> {
    let learned = learned_from(args, graph);
    writeln!(
        out,
        "{} learned from, {} asked for in both directions; {}, {}.\n",
        count(learned, "event"),
        count(graph.part(part).len(), "event"),
        count(graph.entities.len(), "entity").replace("entitys", "entities"),
        count(graph.acts.len(), "act"),
    )?;
    let mut table = Listing::new(&[
        ("forecaster", Side::Left),
        ("filter", Side::Left),
        ("questions", Side::Left),
        ("number", Side::Right),
        ("MRR", Side::Right),
        ("Hits@1", Side::Right),
        ("Hits@3", Side::Right),
        ("Hits@10", Side::Right),
    ]);
    let mut row = |name: &str, filter: &str, stratum: &str, f: Figures| {
        table.row(vec![
            name.to_owned(),
            filter.to_owned(),
            stratum.to_owned(),
            f.questions.to_string(),
            hundredths(f.mrr),
            hundredths(f.hits1),
            hundredths(f.hits3),
            hundredths(f.hits10),
        ]);
    };
    for of in judged {
        for (filter, name) in FILTERS {
            // Strata are shown by the first filter, which is the one that counts.
            let strata = if filter == Filter::TimeAware {
                &STRATA[..]
            } else {
                &STRATA[..1]
            };
            for (stratum, words) in strata {
                if let Some(f) = figures(graph, &of.outcomes, filter, *stratum) {
                    row(of.name, name, words, f);
                }
            }
        }
    }
    table.aligned(out)?;
    writeln!(
        out,
        "\nMRR and hits of 100, with 95 % intervals by drawing whole steps anew; ties count as the mean of\ntheir places. {}",
        match args.protocol {
            AskedProtocol::SingleStep =>
                "Known is everything before the step asked for, and nothing of that step.",
            AskedProtocol::MultiStep =>
                "Known is everything before the part asked for, and nothing of it.",
            AskedProtocol::FromTraining => "Known is the training part, and nothing after it.",
        }
    )?;
    if let Some((model, baseline, score)) = beside(graph, judged) {
        writeln!(
            out,
            "{model} above {baseline} in MRR, question by question: {}.",
            hundredths(score)
        )?;
    }
    for of in judged {
        write!(
            out,
            "{}: learned in {:.1} s, asked in {:.1} s",
            of.name, of.learned_in, of.asked_in
        )?;
        writeln!(
            out,
            " ({:.2} ms a question)",
            1000.0 * of.asked_in / of.outcomes.len().max(1) as f64
        )?;
    }
    if let Some(most) = most_memory() {
        writeln!(out, "Most memory: {most} MB.")?;
    }
    Ok(())
}

/// By how much the first forecaster is above the second, where there are two.
fn beside(graph: &EventGraph, judged: &[Judged]) -> Option<(&'static str, &'static str, Score)> {
    let [model, baseline] = judged else {
        return None;
    };
    let filter = Filter::TimeAware;
    let score = advantage(graph, &model.outcomes, &baseline.outcomes, filter)?;
    Some((model.name, baseline.name, score))
}

fn print_chances(
    chances: &[(i32, Result<Assessment, ForecastError>)],
    out: &mut Output,
) -> Result<(), Failure> {
    writeln!(out)?;
    let mut table = Listing::new(&[
        ("within", Side::Left),
        ("of", Side::Left),
        ("triples", Side::Right),
        ("came", Side::Right),
        ("Brier", Side::Right),
        ("last year's rate", Side::Right),
        ("skill", Side::Right),
        ("calibration error", Side::Right),
        ("last year's", Side::Right),
    ]);
    let mut missing = Vec::new();
    for (horizon, found) in chances {
        let found = match found {
            Ok(found) => found,
            Err(error) => {
                missing.push(format!("No chances within {horizon} steps: {error}."));
                continue;
            }
        };
        for (of, model, year) in [
            ("all looked at", &found.model, &found.last_year),
            (
                "those that were before",
                &found.model_known,
                &found.last_year_known,
            ),
        ] {
            table.row(vec![
                format!("{horizon} steps"),
                of.to_owned(),
                model.count.to_string(),
                format!("{:.2} %", 100.0 * model.came),
                format!("{:.5}", model.brier),
                format!("{:.5}", year.brier),
                format!("{:.1} %", 100.0 * (1.0 - model.brier / year.brier)),
                format!("{:.4}", model.ece),
                format!("{:.4}", year.ece),
            ]);
        }
    }
    table.aligned(out)?;
    writeln!(
        out,
        "\nSkill is by how much the Brier score is better than that of last year's rate; the calibration error is\nover ten bins of equal width. Everything learned lies before the windows that are judged."
    )?;
    for line in missing {
        writeln!(out, "{line}")?;
    }
    Ok(())
}

fn as_json(
    args: &Evaluate,
    graph: &EventGraph,
    part: Part,
    protocol: Protocol,
    judged: &[Judged],
    chances: &[(i32, Result<Assessment, ForecastError>)],
) -> Value {
    let of_filters = |outcomes: &[Outcome], stratum| -> Vec<Value> {
        FILTERS
            .iter()
            .filter_map(|(filter, name)| {
                let found = figures(graph, outcomes, *filter, stratum)?;
                let mut value = json!(found);
                value["filter"] = json!(name);
                Some(value)
            })
            .collect()
    };
    let mut value = json!({
        "format": "demarche-forecast-evaluation/1",
        "events": graph.facts.len(),
        "learned_from": learned_from(args, graph),
        "asked_for": graph.part(part).len(),
        "entities": graph.entities.len(),
        "acts": graph.acts.len(),
        "part": match args.part { AskedPart::Valid => "valid", AskedPart::Test => "test" },
        "protocol": protocol,
        "frozen": args.frozen,
    });
    for of in judged {
        let strata: serde_json::Map<String, Value> = STRATA
            .iter()
            .map(|(stratum, words)| {
                (
                    (*words).replace(' ', "_"),
                    json!(of_filters(&of.outcomes, *stratum)),
                )
            })
            .collect();
        let mut found = Value::Object(strata);
        found["seconds"] = json!({ "learned": of.learned_in, "asked": of.asked_in });
        value[of.name] = found;
    }
    if let Some((_, _, score)) = beside(graph, judged) {
        value["mrr_above_baseline"] = json!(score);
    }
    if let Some(most) = most_memory() {
        value["most_memory_mb"] = json!(most);
    }
    if !chances.is_empty() {
        let rows: Vec<Value> = chances
            .iter()
            .map(|(horizon, found)| match found {
                Ok(found) => json!(found),
                Err(error) => json!({ "horizon": horizon, "missing": error.to_string() }),
            })
            .collect();
        value["chances"] = json!(rows);
    }
    value
}

fn learned_from(args: &Evaluate, graph: &EventGraph) -> usize {
    if args.learn_valid {
        graph.test_from
    } else {
        graph.valid_from
    }
}

/// The most memory that was held so far, in MB, where the system tells.
fn most_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes.div_ceil(1024))
}
