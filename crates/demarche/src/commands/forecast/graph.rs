//! What is asked of an event graph: names and times as its files have them.

use std::path::Path;

use demarche_forecast::outlook::Outlook;
use demarche_forecast::{EventGraph, ForecastError, Names};

use crate::args_events::{Events, EventsFrom};
use crate::args_forecast::ActLevel;
use crate::failure::{FILES, Failure, USAGE};

/// Is a folder that of an event graph?
pub(super) fn is_graph(dir: &Path) -> bool {
    dir.join("train.txt").is_file() && !is_case(dir)
}

/// Is a folder that of a case?
pub(super) fn is_case(dir: &Path) -> bool {
    dir.join("case.toml").exists()
}

/// Refuses what may be asked of cases only.
pub(super) fn not_of_graphs(level: Option<ActLevel>, events: &Events) -> Result<(), Failure> {
    if events.events != EventsFrom::Chronicle || events.store.is_some() {
        return Err(Failure::new(
            USAGE,
            "an event graph is no case: it has no store beside it",
            "leave --events and --store out",
        ));
    }
    if level.is_some() {
        return Err(Failure::new(
            USAGE,
            "--level is for cases: the acts of an event graph are as its files name them",
            "leave it out",
        ));
    }
    Ok(())
}

/// What is known of an event graph.
pub(super) fn outlook(dir: &Path, as_of: Option<&str>) -> Result<Outlook, Failure> {
    let place = dir.display();
    let until = match as_of {
        None => None,
        Some(text) => Some(text.parse::<i64>().map_err(|_| {
            Failure::new(
                USAGE,
                format!("{text:?} is no time of an event graph"),
                "its times are whole numbers, the fourth column of its files: --as-of 7000",
            )
        })?),
    };
    let graph = EventGraph::read(dir)
        .map_err(|error| Failure::new(FILES, format!("{place}: {error}"), ""))?;
    let first = graph.origin;
    Outlook::of_graph(graph, until).map_err(|error| match error {
        ForecastError::TooFew { .. } => Failure::new(
            USAGE,
            format!("{place} has no event up to the time that is to be known"),
            format!("its first time is {first}"),
        ),
        error => Failure::new(FILES, format!("{place}: {error}"), ""),
    })
}

/// The number of a name, which may have blanks for underscores and other capitals, or is a number.
pub(super) fn number(names: &Names, name: &str, what: &str) -> Result<u32, Failure> {
    let plain = |text: &str| text.replace('_', " ").to_lowercase();
    if let Some(number) = names.number(name) {
        return Ok(number);
    }
    let wanted = plain(name);
    if let Some(at) = names.iter().position(|n| plain(n) == wanted) {
        return Ok(at as u32);
    }
    let like = |n: &str| strsim::jaro_winkler(&plain(n), &wanted);
    let near = names
        .iter()
        .max_by(|a, b| like(a).total_cmp(&like(b)).then(b.cmp(a)));
    Err(Failure::new(
        USAGE,
        format!("{name:?} is no {what} of this event graph"),
        format!(
            "did you mean {:?}?",
            near.unwrap_or_default().replace('_', " ")
        ),
    ))
}
