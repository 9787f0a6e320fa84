//! How likely it is that an act comes within so many steps.
//!
//! For a triple (source, act, target) and a moment, hazards are taken from the counts before it: how
//! often the triple comes now, by several half-lives, the pair, the source and the target in this act,
//! and how the age of the last one stands to its rhythm. A logistic model of their log odds is fitted
//! to windows that ended before the moment of learning; where enough came in the later ones of these, they
//! are kept back, and the outcome is made true to frequency by isotonic regression on them (Zadrozny and
//! Elkan, 2002).

mod fit;
mod ground;
mod population;
mod reliability;

pub use ground::{Ground, Shares};
pub use population::{Hazards, Population};
pub use reliability::{Bin, Reliability, reliability};

use serde::{Deserialize, Serialize};

use crate::ForecastError;
use crate::graph::{EventGraph, Fact};
use crate::history::History;
use fit::{Isotonic, SLIGHT, STRONG, logistic};
use population::{HAZARDS, sample};

/// How many steps ahead it is asked for, where nothing else is said: a week, a month, a quarter.
pub const HORIZONS: [i32; 3] = [7, 30, 90];

/// How many windows one horizon is learned from.
const WINDOWS: usize = 16;
/// The most where those hold fewer than [`ENOUGH`] events.
const MOST_WINDOWS: usize = 120;
/// For so many events it is worth while to look further back.
const ENOUGH: usize = 300;
/// The share of the windows, the later ones, that calibrate.
const CALIBRATE: f64 = 0.4;
/// The fewest triples that came within a window, in all windows together, to learn from.
const FEWEST: usize = 20;
/// The fewest that came in the windows that calibrate. With fewer, isotonic regression would learn
/// noise: then all windows fit, weights are held back more, and the logistic model has the last word.
const CALIBRATED: usize = 500;

/// A learned chance model of one horizon.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Chance {
    /// Within how many steps.
    pub horizon: i32,
    /// The weights of the hazards; the constant first.
    weights: Vec<f64>,
    /// The mean of each hazard over what the weights were fitted to.
    means: Vec<f64>,
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
        let seen = |cut: i32| facts.len() - facts.partition_point(|f| f.step < cut);
        let mut cuts: Vec<i32> = Vec::new();
        let mut cut = until - horizon;
        while cut >= earliest
            && (cuts.len() < WINDOWS || (cuts.len() < MOST_WINDOWS && seen(cut) < ENOUGH))
        {
            cuts.push(cut);
            // Further back they do not lap over each other, so that there are not too many.
            cut -= if cuts.len() < WINDOWS {
                stride
            } else {
                horizon
            };
        }
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
        let later = came[ends..].iter().filter(|c| **c).count();
        let (ends, ridge) = match later < CALIBRATED {
            true => (rows.len(), STRONG),
            false => (ends, SLIGHT),
        };
        let weights = logistic(&rows[..ends], &came[..ends], ridge);
        let said: Vec<f64> = rows[ends..].iter().map(|r| fit::say(&weights, r)).collect();
        let mean = |at: usize| rows[..ends].iter().map(|r| r[at]).sum::<f64>() / ends.max(1) as f64;
        Ok(Self {
            horizon,
            means: (0..HAZARDS).map(mean).collect(),
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

    /// What the probability is made of, see [`Shares`].
    pub fn shares(
        &self,
        history: &History,
        source: u32,
        act: u32,
        target: u32,
        step: i32,
    ) -> Shares {
        let hazards = Hazards::of(&history.memory, source, act, target, step, self.horizon);
        let mut weights = [0.0; Ground::ALL.len()];
        let own = self.weights.iter().skip(1).zip(&self.means);
        for ((weight, mean), (value, ground)) in own.zip(hazards.0.iter().zip(Ground::OF_HAZARD)) {
            weights[ground as usize] += weight * (value - mean);
        }
        let constant = self.weights.first().copied().unwrap_or(0.0);
        let at_mean = self.weights.iter().skip(1).zip(&self.means);
        Shares {
            mean: constant + at_mean.map(|(w, m)| w * m).sum::<f64>(),
            weights,
        }
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
    assess_between(graph, horizon, test.min(end - horizon), end, None)
}

/// The same in the windows between two steps, the second of which is not counted. With `anew` the model
/// is learned again after so many windows, from all that lies before the next.
///
/// # Errors
/// As [`assess`].
pub fn assess_between(
    graph: &EventGraph,
    horizon: i32,
    begin: i32,
    end: i32,
    anew: Option<usize>,
) -> Result<Assessment, ForecastError> {
    let horizon = horizon.max(1);
    let mut model = Chance::learn(graph, &graph.facts, horizon, begin)?;
    let population = Population::of(&graph.facts);
    let mut history = History::new(&graph.entities, graph.acts.len(), false);
    let mut left = &graph.facts[..];
    let (mut said, mut plain, mut came, mut known) = (vec![], vec![], vec![], vec![]);
    let mut cut = begin;
    let mut windows = 0;
    while cut.saturating_add(horizon) <= end {
        if windows > 0 && anew.is_some_and(|every| windows % every.max(1) == 0) {
            model = Chance::learn(graph, &graph.facts, horizon, cut)?;
        }
        let at = left.partition_point(|f| f.step < cut);
        for step in EventGraph::steps(&left[..at]) {
            history.add(step[0].step, step)?;
        }
        left = &left[at..];
        for (source, act, target) in sample(&history.memory, cut) {
            said.push(model.of(&history, source, act, target, cut));
            plain.push(population.last_year(source, act, target, cut, horizon));
            came.push(population.came(source, act, target, cut, horizon));
            let triple = history.memory.find_triple(source, 2 * act, target);
            known.push(triple.is_some());
        }
        cut += horizon;
        windows += 1;
    }
    if windows == 0 {
        return Err(ForecastError::TooFew {
            what: "windows to be judged by",
            found: 0,
            needed: 1,
        });
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
