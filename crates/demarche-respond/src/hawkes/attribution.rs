//! What set off what: for each event the probability that it belongs to the baseline or was set off
//! by each earlier event.

use serde::Serialize;

use super::error::HawkesError;
use super::events::{Event, Record};
use super::kernel::Kernel;
use super::likelihood::{base, dot};
use super::past::Past;
use super::process::Process;

/// An earlier event that may have set off another.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Parent {
    /// Its position in [`Record::times`].
    pub position: usize,
    /// The event.
    pub event: Event,
    /// The probability that it did.
    pub probability: f64,
}

/// Where an event comes from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AttributedEvent {
    /// Its position in [`Record::times`].
    pub position: usize,
    /// The event.
    pub event: Event,
    /// The probability that it belongs to the baseline.
    pub baseline: f64,
    /// The probability that an event of each stream set it off. With the baseline they sum to 1.
    pub by_stream: Vec<f64>,
    /// Earlier events whose probability reaches the threshold, the most likely first.
    pub parents: Vec<Parent>,
}

/// Where the events of a record come from.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Attribution {
    /// Each event in the window.
    pub events: Vec<AttributedEvent>,
    /// For each stream the expected share of its events that belong to the baseline; `None` for a
    /// stream without events.
    pub baseline: Vec<Option<f64>>,
    /// For each stream (row) the expected share of its events that events of each stream (column)
    /// set off directly; `None` for a stream without events.
    pub shares: Vec<Option<Vec<f64>>>,
}

/// Attributes each event of a record to what may have set it off:
/// `P(k set off n) = φ_ij(t_n − t_k) / λ_i(t_n)`, and `μ_i(t_n) / λ_i(t_n)` for the baseline. Only
/// parents whose probability is at least `threshold` are listed; the shares count all. Zhuang,
/// Ogata and Vere-Jones 2002, "Stochastic declustering of space-time earthquake occurrences",
/// *Journal of the American Statistical Association* 97(458).
///
/// # Errors
/// If process and record do not fit together, an event happens where the intensity is zero, or the
/// threshold is not above 0 and at most 1.
pub fn attribution(
    process: &Process,
    record: &Record,
    threshold: f64,
) -> Result<Attribution, HawkesError> {
    process.check(record)?;
    if !(threshold > 0.0 && threshold <= 1.0) {
        return Err(HawkesError::Option {
            what: "the threshold of attribution must be above 0 and at most 1",
        });
    }
    let streams = record.streams();
    let parts = process.kernel().parts();
    let resolution = record.resolution();
    let ratios: Vec<Vec<f64>> = (0..streams).map(|i| process.ratios(i)).collect();
    let (times, marks) = (record.times(), record.marks());
    let mut present = vec![0.0; parts * streams];
    let mut past = Past::new(record, process.kernel());
    let mut events = Vec::with_capacity(times.len() - record.first());
    let mut own = vec![0.0; streams];
    let mut given = vec![vec![0.0; streams]; streams];
    for position in record.first()..times.len() {
        let (time, stream) = (times[position], marks[position] as usize);
        past.move_to(time);
        past.densities(&mut present);
        let rate = base(process, stream, time, resolution) + dot(&ratios[stream], &present);
        if rate <= 0.0 {
            return Err(HawkesError::Impossible { stream, time });
        }
        let by_stream: Vec<f64> = (0..streams)
            .map(|j| {
                let pulls = (0..parts).map(|m| m * streams + j);
                pulls
                    .map(|at| ratios[stream][at] * present[at])
                    .sum::<f64>()
                    / rate
            })
            .collect();
        let response = |answered: usize, delay: f64| -> f64 {
            (0..parts)
                .map(|m| {
                    ratios[stream][m * streams + answered]
                        * process.kernel().density(m, delay, resolution)
                })
                .sum()
        };
        let mut parents = Vec::new();
        for earlier in (0..position).rev() {
            let delay = time - times[earlier];
            if delay <= 0.0 {
                continue;
            }
            let over = match process.kernel() {
                // These fall with the delay: what is further back has less still.
                Kernel::Exponential { .. } => {
                    (0..streams).all(|j| response(j, delay) < threshold * rate)
                }
                Kernel::Steps { edges } => edges.last().is_none_or(|last| delay > *last),
            };
            if over {
                break;
            }
            let answered = marks[earlier] as usize;
            let probability = response(answered, delay) / rate;
            if probability >= threshold {
                parents.push(Parent {
                    position: earlier,
                    event: Event {
                        time: times[earlier],
                        stream: answered,
                    },
                    probability,
                });
            }
        }
        parents.sort_by(|a, b| b.probability.total_cmp(&a.probability));
        let baseline = base(process, stream, time, resolution) / rate;
        own[stream] += baseline;
        for (sum, share) in given[stream].iter_mut().zip(&by_stream) {
            *sum += share;
        }
        events.push(AttributedEvent {
            position,
            event: Event { time, stream },
            baseline,
            by_stream,
            parents,
        });
    }
    let counts = record.counts();
    let mean = |sum: f64, stream: usize| (counts[stream] > 0).then(|| sum / counts[stream] as f64);
    Ok(Attribution {
        events,
        baseline: (0..streams).map(|i| mean(own[i], i)).collect(),
        shares: given
            .iter()
            .enumerate()
            .map(|(i, sums)| sums.iter().map(|sum| mean(*sum, i)).collect())
            .collect(),
    })
}
