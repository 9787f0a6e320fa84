//! Records drawn from a process, by clusters or by thinning.

use std::collections::VecDeque;

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use super::error::HawkesError;
use super::events::{Event, Resolution, Window, effect, whole};
use super::kernel::Kernel;
use super::process::Process;

/// How a record is drawn. Both draw from the same distribution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Method {
    /// By clusters: events of the baseline come first, and each event has a Poisson number of
    /// children. Any kernel; says what each event goes back to. Hawkes and Oakes 1974, "A cluster
    /// process representation of a self-exciting process", *Journal of Applied Probability* 11(3).
    Branching,
    /// By thinning: candidates come at a rate above the intensity and are kept in proportion.
    /// Exponential kernels only. Ogata 1981, "On Lewis' simulation method for point processes",
    /// *IEEE Transactions on Information Theory* 27(1).
    Thinning,
}

/// What is simulated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scenario<'a> {
    /// From when to when.
    pub window: Window,
    /// How finely times are drawn; [`Resolution::Day`] draws whole days.
    pub resolution: Resolution,
    /// What happened before the window.
    pub past: &'a [Event],
    /// What is done within the window whatever else happens. These events excite, but are not
    /// among the events drawn.
    pub planned: &'a [Event],
    /// How many events may be drawn before the simulation counts as exploded.
    pub limit: usize,
}

impl Scenario<'_> {
    /// A window with nothing before it and nothing planned.
    pub fn new(window: Window, resolution: Resolution) -> Scenario<'static> {
        Scenario {
            window,
            resolution,
            past: &[],
            planned: &[],
            limit: 10_000_000,
        }
    }

    pub(crate) fn check(&self, process: &Process) -> Result<(), HawkesError> {
        Window::new(self.window.start, self.window.end)?;
        process.check_resolution(self.resolution)?;
        if self.resolution == Resolution::Day {
            whole("the start of the window", self.window.start)?;
            whole("the end of the window", self.window.end)?;
        }
        for (events, planned) in [(self.past, false), (self.planned, true)] {
            for (at, event) in events.iter().enumerate() {
                let stream = event.stream;
                if stream >= process.streams() {
                    return Err(HawkesError::NoSuchStream {
                        stream,
                        streams: process.streams(),
                    });
                }
                if !event.time.is_finite() {
                    return Err(HawkesError::Time { stream, at });
                }
                let within = self.window.start <= event.time && event.time < self.window.end;
                // An exact window may begin at the very moment of the last past event.
                let before = event.time < self.window.start
                    || event.time == self.window.start && self.resolution == Resolution::Exact;
                if planned && !within || !planned && !before {
                    return Err(HawkesError::Outside {
                        stream,
                        time: event.time,
                    });
                }
                if self.resolution == Resolution::Day {
                    whole("the time of an event", event.time)?;
                }
            }
        }
        Ok(())
    }
}

/// What an event that was drawn goes back to in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Origin {
    /// An event of the baseline within the window.
    Baseline,
    /// An event before the window.
    Past,
    /// A planned event, by its position in the list.
    Planned(usize),
    /// Not known: thinning does not say.
    Unknown,
}

/// A record that was drawn.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Simulated {
    /// Its events, sorted by time; without past and planned ones.
    pub events: Vec<Event>,
    /// What each of them goes back to.
    pub origins: Vec<Origin>,
}

impl Simulated {
    /// The times of each stream.
    pub fn streams(&self, count: usize) -> Vec<Vec<f64>> {
        let mut streams = vec![Vec::new(); count];
        for event in &self.events {
            streams[event.stream].push(event.time);
        }
        streams
    }
}

/// Draws a record from a process.
///
/// # Errors
/// If the scenario does not fit the process, more events are drawn than its limit, or thinning is
/// asked of a process with steps.
pub fn simulate(
    process: &Process,
    scenario: &Scenario,
    method: Method,
    rng: &mut ChaCha8Rng,
) -> Result<Simulated, HawkesError> {
    scenario.check(process)?;
    match method {
        Method::Branching => branching(process, scenario, rng),
        Method::Thinning => thinning(process, scenario, rng),
    }
}

fn branching(
    process: &Process,
    scenario: &Scenario,
    rng: &mut ChaCha8Rng,
) -> Result<Simulated, HawkesError> {
    let Window { start, end } = scenario.window;
    let streams = process.streams();
    let kernel = process.kernel();
    // For each density and parent stream, sums over child streams up to each of them.
    let summed: Vec<Vec<Vec<f64>>> = process
        .parts()
        .iter()
        .map(|part| {
            (0..streams)
                .map(|parent| {
                    (0..streams)
                        .scan(0.0, |sum, child| {
                            *sum += part[(child, parent)];
                            Some(*sum)
                        })
                        .collect()
                })
                .collect()
        })
        .collect();
    let day = |time: f64| match scenario.resolution {
        Resolution::Exact => time,
        Resolution::Day => time.floor(),
    };
    let mut drawn: Vec<(Event, Origin)> = Vec::new();
    let mut parents: Vec<(Event, Origin)> = Vec::new();
    parents.extend(scenario.past.iter().map(|event| (*event, Origin::Past)));
    let planned = scenario.planned.iter().enumerate();
    parents.extend(planned.map(|(at, event)| (*event, Origin::Planned(at))));
    for stream in 0..streams {
        let mut edges = vec![start];
        edges.extend(process.baselines()[stream].changes(start, end));
        edges.push(end);
        for edge in edges.windows(2) {
            let rate = process.baseline(stream, edge[0]);
            if rate <= 0.0 {
                continue;
            }
            let mut time = edge[0];
            loop {
                time += exponential(rng) / rate;
                if time >= edge[1] {
                    break;
                }
                let event = Event {
                    time: day(time),
                    stream,
                };
                drawn.push((event, Origin::Baseline));
                if drawn.len() > scenario.limit {
                    return Err(HawkesError::Exploded {
                        limit: scenario.limit,
                    });
                }
            }
        }
    }
    parents.extend_from_slice(&drawn);
    while let Some((parent, origin)) = parents.pop() {
        let from = effect(scenario.resolution, parent.time);
        let (near, far) = (start - from, end - from);
        for (part, summed) in summed.iter().enumerate() {
            let sums = &summed[parent.stream];
            let total = sums[streams - 1];
            if total <= 0.0 {
                continue;
            }
            for _ in 0..poisson(total * kernel.share(part, near, far), rng) {
                let pick = rng.random::<f64>() * total;
                let stream = sums.partition_point(|sum| *sum <= pick).min(streams - 1);
                let delay = kernel.delay(part, near, far, rng.random());
                let time = day(from + delay);
                if time >= end {
                    continue;
                }
                let child = (
                    Event {
                        time: time.max(start),
                        stream,
                    },
                    origin,
                );
                drawn.push(child);
                parents.push(child);
                if drawn.len() > scenario.limit {
                    return Err(HawkesError::Exploded {
                        limit: scenario.limit,
                    });
                }
            }
        }
    }
    drawn.sort_by(|(a, _), (b, _)| a.time.total_cmp(&b.time).then(a.stream.cmp(&b.stream)));
    let (events, origins) = drawn.into_iter().unzip();
    Ok(Simulated { events, origins })
}

fn thinning(
    process: &Process,
    scenario: &Scenario,
    rng: &mut ChaCha8Rng,
) -> Result<Simulated, HawkesError> {
    let Kernel::Exponential { decays } = process.kernel() else {
        return Err(HawkesError::NeedsExponential);
    };
    let Window { start, end } = scenario.window;
    let streams = process.streams();
    let ratios: Vec<Vec<f64>> = (0..streams).map(|i| process.ratios(i)).collect();
    // Sums `Σ e^(−β (now − t))` over the events in effect, at `m · D + j`.
    let mut sums = vec![0.0; decays.len() * streams];
    for event in scenario.past {
        let gap = start - effect(scenario.resolution, event.time);
        for (part, decay) in decays.iter().enumerate() {
            sums[part * streams + event.stream] += (-decay * gap).exp();
        }
    }
    let mut changes: Vec<f64> = process
        .baselines()
        .iter()
        .flat_map(|baseline| baseline.changes(start, end))
        .collect();
    changes.sort_by(f64::total_cmp);
    changes.dedup();
    let mut changes: VecDeque<f64> = changes.into();
    let mut planned: Vec<Event> = scenario.planned.to_vec();
    planned.sort_by(|a, b| a.time.total_cmp(&b.time));
    let mut planned: VecDeque<Event> = planned.into();
    // Events of a day that take effect when it ends.
    let mut pending: VecDeque<Event> = VecDeque::new();
    let mut events = Vec::new();
    let mut now = start;
    let base =
        |time: f64| -> Vec<f64> { (0..streams).map(|i| process.baseline(i, time)).collect() };
    let mut baseline = base(now);
    let rate = |baseline: &[f64], sums: &[f64], stream: usize| -> f64 {
        let mut rate = baseline[stream];
        for (part, decay) in decays.iter().enumerate() {
            let range = part * streams..(part + 1) * streams;
            let pull = ratios[stream][range.clone()].iter().zip(&sums[range]);
            rate += decay * pull.map(|(a, s)| a * s).sum::<f64>();
        }
        rate
    };
    let fade = |sums: &mut [f64], gap: f64| {
        for (sums, decay) in sums.chunks_exact_mut(streams).zip(decays) {
            let factor = (-decay * gap).exp();
            sums.iter_mut().for_each(|sum| *sum *= factor);
        }
    };
    let add = |sums: &mut [f64], stream: usize| {
        for sums in sums.chunks_exact_mut(streams) {
            sums[stream] += 1.0;
        }
    };
    loop {
        let of = |event: Option<&Event>| {
            event.map_or(f64::INFINITY, |e| effect(scenario.resolution, e.time))
        };
        let barrier = end
            .min(changes.front().copied().unwrap_or(f64::INFINITY))
            .min(of(planned.front()))
            .min(of(pending.front()));
        let bound: f64 = (0..streams).map(|i| rate(&baseline, &sums, i)).sum();
        let gap = if bound > 0.0 {
            exponential(rng) / bound
        } else {
            f64::INFINITY
        };
        if now + gap >= barrier {
            fade(&mut sums, barrier - now);
            now = barrier;
            if now >= end {
                break;
            }
            while changes.front().is_some_and(|time| *time <= now) {
                changes.pop_front();
            }
            baseline = base(now);
            for queue in [&mut planned, &mut pending] {
                while of(queue.front()) <= now {
                    if let Some(event) = queue.pop_front() {
                        add(&mut sums, event.stream);
                    }
                }
            }
            continue;
        }
        now += gap;
        fade(&mut sums, gap);
        let mut pick = rng.random::<f64>() * bound;
        for stream in 0..streams {
            let here = rate(&baseline, &sums, stream);
            if pick >= here {
                pick -= here;
                continue;
            }
            let event = match scenario.resolution {
                Resolution::Exact => Event { time: now, stream },
                Resolution::Day => Event {
                    time: now.floor(),
                    stream,
                },
            };
            match scenario.resolution {
                Resolution::Exact => add(&mut sums, stream),
                Resolution::Day => pending.push_back(event),
            }
            events.push(event);
            if events.len() > scenario.limit {
                return Err(HawkesError::Exploded {
                    limit: scenario.limit,
                });
            }
            break;
        }
    }
    events.sort_by(|a: &Event, b| a.time.total_cmp(&b.time).then(a.stream.cmp(&b.stream)));
    let origins = vec![Origin::Unknown; events.len()];
    Ok(Simulated { events, origins })
}

/// A number from the exponential distribution with mean 1.
pub(crate) fn exponential(rng: &mut ChaCha8Rng) -> f64 {
    -(1.0 - rng.random::<f64>()).ln()
}

/// A number from the Poisson distribution.
fn poisson(mean: f64, rng: &mut ChaCha8Rng) -> usize {
    // The sum of two is a Poisson number too, and keeps `e^(−mean)` from vanishing.
    if mean > 30.0 {
        return poisson(0.5 * mean, rng) + poisson(0.5 * mean, rng);
    }
    let floor = (-mean).exp();
    let mut product: f64 = rng.random();
    let mut count = 0;
    while product > floor {
        product *= rng.random::<f64>();
        count += 1;
    }
    count
}
