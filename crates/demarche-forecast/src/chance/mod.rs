//! How likely it is that an act comes within so many steps.
//!
//! For a triple (source, act, target) and a moment, hazards are taken from the counts before it: how
//! often the triple comes now, by several half-lives, the pair, the source and the target in this act,
//! and how the age of the last one stands to its rhythm. A logistic model of their log odds is fitted
//! to windows that ended before the moment of learning; its outcome is then made true to frequency by
//! isotonic regression (Zadrozny and Elkan, 2002) on later windows, which also ended before it.

mod fit;
mod population;
mod reliability;

pub use population::{Hazards, Population};
pub use reliability::{Bin, Reliability, reliability};

use serde::{Deserialize, Serialize};

use crate::ForecastError;
use crate::graph::{EventGraph, Fact};
use crate::history::History;
use fit::{Isotonic, logistic};
use population::{HAZARDS, sample};

/// How many steps ahead it is asked for, where nothing else is said: a week, a month, a quarter.
pub const HORIZONS: [i32; 3] = [7, 30, 90];

/// The most windows that one horizon is learned from.
const WINDOWS: i32 = 16;
/// The share of the windows, the later ones, that calibrate.
const CALIBRATE: f64 = 0.4;
/// The fewest triples that came within a window, in all windows together, to learn from.
const FEWEST: usize = 20;

/// A learned chance model of one horizon.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chance {
    /// Within how many steps.
    pub horizon: i32,
    /// The weights of the hazards; the constant first.
    weights: Vec<f64>,
    /// What the logistic model says, made true to frequency.
    isotonic: Isotonic,
    /// How many windows it was learned from.
    pub windows: usize,
    /// How many triples were looked at in them.
    pub looked_at: usize,
    /// How many of those came.
    pub came: usize,
}

impl Chance {
    /// Learns from the events before `until`, which are in the order of time. Every window that is
    /// learned from ends before `until`.
    ///
    /// # Errors
    /// If there are no two such windows, or too few triples came in them.
    pub fn learn(
        graph: &EventGraph,
        facts: &[Fact],
        horizon: i32,
        until: i32,
    ) -> Result<Self, ForecastError> {
        let facts = &facts[..facts.partition_point(|f| f.step < until)];
        let first = facts.first().map_or(until, |f| f.step);
        let horizon = horizon.max(1);
        let stride = (horizon / 3).max(1);
        // Not before a window's length, or a tenth of all, has been seen.
        let earliest = first + horizon.min((until - first) / 3).max((until - first) / 10);
        let mut cuts: Vec<i32> = (0..WINDOWS)
            .map(|n| until - horizon - n * stride)
            .filter(|&cut| cut >= earliest)
            .collect();
        cuts.reverse();
        if cuts.len() < 2 {
            return Err(ForecastError::TooFew {
                what: "windows to learn chances from",
                found: cuts.len(),
                needed: 2,
            });
        }
        let calibrate = ((cuts.len() as f64 * CALIBRATE) as usize).max(1);
        let fit = cuts.len() - calibrate;
        let population = Population::of(facts);
        let (mut rows, mut came): (Vec<[f64; HAZARDS]>, Vec<bool>) = (Vec::new(), Vec::new());
        let mut ends = 0;
        let mut history = History::new(&graph.entities, graph.acts.len(), false);
        let mut left = facts;
        for (at, &cut) in cuts.iter().enumerate() {
            let end = left.partition_point(|f| f.step < cut);
            for step in EventGraph::steps(&left[..end]) {
                history.add(step[0].step, step)?;
            }
            left = &left[end..];
            for (source, act, target) in sample(&history.memory, cut) {
                let hazards = Hazards::of(&history.memory, source, act, target, cut, horizon);
                rows.push(hazards.0);
                came.push(population.came(source, act, target, cut, horizon));
            }
            if at + 1 == fit {
                ends = rows.len();
            }
        }
        let positive = came.iter().filter(|c| **c).count();
        if positive < FEWEST {
            return Err(ForecastError::TooFew {
                what: "events within the windows to learn chances from",
                found: positive,
                needed: FEWEST,
            });
        }
        let weights = logistic(&rows[..ends], &came[..ends]);
        let said: Vec<f64> = rows[ends..].iter().map(|r| fit::say(&weights, r)).collect();
        Ok(Self {
            horizon,
            isotonic: Isotonic::of(&said, &came[ends..]),
            weights,
            windows: cuts.len(),
            looked_at: rows.len(),
            came: positive,
        })
    }

    /// The probability, from 0 to 1, that a source does this to a target within the horizon, counted
    /// from `step` on.
    pub fn of(&self, history: &History, source: u32, act: u32, target: u32, step: i32) -> f64 {
        let hazards = Hazards::of(&history.memory, source, act, target, step, self.horizon);
        self.isotonic.value(fit::say(&self.weights, &hazards.0))
    }
}

/// How true the chances of a horizon are in windows that were not learned from.
///
/// The model is learned from what lies before the first window. The windows follow each other without
/// a gap up to the end of the events; the first begins where the test part does, or earlier if no whole
/// window fits in it.
///
/// # Errors
/// As [`Chance::learn`]; and if the events are too short for one window.
pub fn assess(graph: &EventGraph, horizon: i32) -> Result<Assessment, ForecastError> {
    let end = graph.facts.last().map_or(0, |f| f.step + 1);
    let test = graph.facts.get(graph.test_from).map_or(end, |f| f.step);
    let begin = test.min(end - horizon);
    let model = Chance::learn(graph, &graph.facts, horizon, begin)?;
    let population = Population::of(&graph.facts);
    let mut history = History::new(&graph.entities, graph.acts.len(), false);
    let mut left = &graph.facts[..];
    let (mut said, mut plain, mut came, mut known) = (vec![], vec![], vec![], vec![]);
    let mut cut = begin;
    let mut windows = 0;
    while cut + horizon <= end {
        let at = left.partition_point(|f| f.step < cut);
        for step in EventGraph::steps(&left[..at]) {
            history.add(step[0].step, step)?;
        }
        left = &left[at..];
        for (source, act, target) in sample(&history.memory, cut) {
            let hazards = Hazards::of(&history.memory, source, act, target, cut, horizon);
            said.push(model.isotonic.value(fit::say(&model.weights, &hazards.0)));
            plain.push(population.last_year(source, act, target, cut, horizon));
            came.push(population.came(source, act, target, cut, horizon));
            known.push(
                history
                    .memory
                    .find_triple(source, 2 * act, target)
                    .is_some(),
            );
        }
        cut += horizon;
        windows += 1;
    }
    let only = |values: &[f64]| -> Vec<f64> {
        let of = values.iter().zip(&known).filter(|(_, k)| **k);
        of.map(|(v, _)| *v).collect()
    };
    let came_known: Vec<bool> = came
        .iter()
        .zip(&known)
        .filter(|(_, k)| **k)
        .map(|(c, _)| *c)
        .collect();
    Ok(Assessment {
        horizon,
        begins: begin,
        windows,
        model: reliability(&said, &came),
        last_year: reliability(&plain, &came),
        model_known: reliability(&only(&said), &came_known),
        last_year_known: reliability(&only(&plain), &came_known),
    })
}

/// How true chances were.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Assessment {
    /// Within how many steps.
    pub horizon: i32,
    /// The step where the first window begins; everything learned lies before it.
    pub begins: i32,
    /// How many windows.
    pub windows: usize,
    /// The model, over all triples looked at.
    pub model: Reliability,
    /// The baseline, the rate in the last year, over the same.
    pub last_year: Reliability,
    /// The model, over the triples that had come before.
    pub model_known: Reliability,
    /// The baseline, over the same.
    pub last_year_known: Reliability,
}
