//! What is likely to follow: expected numbers of events by stream and period, with intervals, and
//! the probability that a threshold is passed.

use std::ops::Range;

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use super::baseline::rising;
use super::error::HawkesError;
use super::events::Resolution;
use super::process::Process;
use super::simulate::{Method, Origin, Scenario, simulate};
use crate::threads::spread;

/// Counts of simulated events by draw, period and stream.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Forecast {
    /// How many streams.
    pub streams: usize,
    /// Edges of the periods, in days.
    pub edges: Vec<f64>,
    /// How many futures were drawn.
    pub draws: usize,
    /// All events drawn, at `(draw · periods + period) · streams + stream`.
    #[serde(skip)]
    counts: Vec<u32>,
    /// Those that go back to a planned event.
    #[serde(skip)]
    set_off: Vec<u32>,
}

/// Simulates a scenario many times, by clusters, and counts events in the periods between `cuts`.
///
/// Draw `d` uses `processes[d mod n]`: one process gives the uncertainty of what happens given the
/// estimates, draws of a bootstrap add the uncertainty of the estimates themselves. Planned events
/// are not counted, only what they and everything else set off.
///
/// # Errors
/// If a process is unstable, the scenario does not fit, or the cuts do not rise within the window.
pub fn forecast(
    processes: &[Process],
    scenario: &Scenario,
    cuts: &[f64],
    draws: usize,
    seed: u64,
) -> Result<Forecast, HawkesError> {
    let first = processes.first().ok_or(HawkesError::Option {
        what: "a forecast needs at least one process",
    })?;
    if draws == 0 {
        return Err(HawkesError::Option {
            what: "a forecast needs at least one draw",
        });
    }
    let streams = first.streams();
    for process in processes {
        if process.streams() != streams {
            return Err(HawkesError::Shape {
                what: "the processes have different numbers of streams",
            });
        }
        let spectral_radius = process.spectral_radius();
        if spectral_radius >= 1.0 {
            return Err(HawkesError::Unstable { spectral_radius });
        }
        scenario.check(process)?;
    }
    let mut edges = vec![scenario.window.start];
    edges.extend_from_slice(cuts);
    edges.push(scenario.window.end);
    rising("cuts, within the window,", &edges)?;
    let periods = edges.len() - 1;
    // What happened so long ago that it sets off less than one event in 10⁹ is left out.
    let recent: Vec<_> = scenario
        .past
        .iter()
        .copied()
        .filter(|event| {
            let delay = scenario.window.start
                - event.time
                - f64::from(u8::from(scenario.resolution == Resolution::Day));
            processes.iter().any(|process| {
                let due = |(part, matrix): (usize, &crate::matrix::Matrix)| {
                    let column: f64 = (0..streams).map(|i| matrix[(i, event.stream)]).sum();
                    column * process.kernel().share(part, delay, f64::MAX)
                };
                process.parts().iter().enumerate().map(due).sum::<f64>() > 1e-9
            })
        })
        .collect();
    let scenario = Scenario {
        past: &recent,
        ..*scenario
    };
    let outcomes = spread(draws, |draw| {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(draw as u64);
        let process = &processes[draw % processes.len()];
        let simulated = simulate(process, &scenario, Method::Branching, &mut rng)?;
        let mut counts = vec![0_u32; periods * streams];
        let mut set_off = counts.clone();
        for (event, origin) in simulated.events.iter().zip(&simulated.origins) {
            let period = edges.partition_point(|edge| *edge <= event.time) - 1;
            let cell = period.min(periods - 1) * streams + event.stream;
            counts[cell] += 1;
            if matches!(origin, Origin::Planned(_)) {
                set_off[cell] += 1;
            }
        }
        Ok((counts, set_off))
    });
    let mut counts = Vec::with_capacity(draws * periods * streams);
    let mut set_off = Vec::with_capacity(draws * periods * streams);
    for outcome in outcomes {
        let (all, planned) = outcome?;
        counts.extend(all);
        set_off.extend(planned);
    }
    Ok(Forecast {
        streams,
        edges,
        draws,
        counts,
        set_off,
    })
}

impl Forecast {
    /// How many periods.
    pub fn periods(&self) -> usize {
        self.edges.len() - 1
    }

    /// The number of events of some streams in some periods, in each draw.
    pub fn counts(&self, streams: &[usize], periods: Range<usize>) -> Vec<u32> {
        self.sums(&self.counts, streams, periods)
    }

    /// The same, of the events that go back to a planned event: what the plan sets off.
    pub fn set_off(&self, streams: &[usize], periods: Range<usize>) -> Vec<u32> {
        self.sums(&self.set_off, streams, periods)
    }

    /// The probability that some streams have so many events or more in some periods, over the
    /// draws.
    pub fn chance(&self, streams: &[usize], periods: Range<usize>, at_least: u32) -> f64 {
        let counts = self.counts(streams, periods);
        let passed = counts.iter().filter(|count| **count >= at_least).count();
        passed as f64 / self.draws as f64
    }

    /// The mean of counts over draws.
    pub fn mean(counts: &[u32]) -> f64 {
        counts.iter().map(|c| f64::from(*c)).sum::<f64>() / counts.len().max(1) as f64
    }

    /// The interval that holds a share `level` of the draws, as many above as below.
    pub fn interval(counts: &[u32], level: f64) -> (u32, u32) {
        let mut sorted = counts.to_vec();
        sorted.sort_unstable();
        let last = sorted.len().saturating_sub(1);
        let at = |share: f64| {
            let place = (share * sorted.len() as f64).ceil() as usize;
            sorted.get(place.saturating_sub(1).min(last)).copied()
        };
        let tail = (1.0 - level) / 2.0;
        (at(tail).unwrap_or(0), at(1.0 - tail).unwrap_or(0))
    }

    fn sums(&self, of: &[u32], streams: &[usize], periods: Range<usize>) -> Vec<u32> {
        let all = self.periods();
        (0..self.draws)
            .map(|draw| {
                periods
                    .clone()
                    .filter(|period| *period < all)
                    .flat_map(|period| {
                        streams
                            .iter()
                            .filter(|stream| **stream < self.streams)
                            .map(move |stream| of[(draw * all + period) * self.streams + stream])
                    })
                    .sum()
            })
            .collect()
    }
}
