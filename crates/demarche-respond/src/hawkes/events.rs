//! Records of events: streams of times within a window, and times drawn for events whose dates
//! are vague.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use super::error::HawkesError;

/// The time that is observed, in days: `start` to `end`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Window {
    /// Where it starts.
    pub start: f64,
    /// Where it ends. With days as resolution the last day is `end − 1`.
    pub end: f64,
}

impl Window {
    /// A window of positive, finite length.
    ///
    /// # Errors
    /// If it is not that.
    pub fn new(start: f64, end: f64) -> Result<Window, HawkesError> {
        if start.is_finite() && end.is_finite() && start < end {
            Ok(Window { start, end })
        } else {
            Err(HawkesError::Window { start, end })
        }
    }

    /// Its length in days.
    pub fn length(&self) -> f64 {
        self.end - self.start
    }
}

/// How finely times are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Resolution {
    /// Times are exact. An event excites what comes strictly after it.
    Exact,
    /// Times are whole days; day `d` lasts from `d` to `d + 1`. Events of one day do not excite
    /// each other: an event takes effect from the end of its day. The likelihood is that of the
    /// counts per day, Poisson given earlier days, with the mean `∫ λ` over the day; so no density
    /// is read off at a single point, and ratios keep their meaning. It is a discrete-time Hawkes
    /// process with a geometric delay where the kernel is exponential. An excitation within
    /// the day cannot be seen and goes to the baseline.
    Day,
}

/// One event.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Event {
    /// Its time, in days.
    pub time: f64,
    /// Its stream.
    pub stream: usize,
}

/// Events of several streams, merged in time, and the window they are observed in. Events before
/// the window are its history: they excite, but are not themselves explained.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    streams: usize,
    window: Window,
    resolution: Resolution,
    times: Vec<f64>,
    marks: Vec<u32>,
    first: usize,
}

impl Record {
    /// A record of streams of sorted times, all within the window.
    ///
    /// # Errors
    /// If times are not numbers, not sorted, outside the window, or not whole days where days are
    /// the resolution.
    pub fn new<S: AsRef<[f64]>>(
        streams: &[S],
        window: Window,
        resolution: Resolution,
    ) -> Result<Record, HawkesError> {
        for (stream, times) in streams.iter().enumerate() {
            if let Some(time) = times.as_ref().iter().find(|t| **t < window.start) {
                return Err(HawkesError::Outside {
                    stream,
                    time: *time,
                });
            }
        }
        Record::with_history(streams, window, resolution)
    }

    /// A record of streams of sorted times, where those before the window are its history.
    ///
    /// # Errors
    /// As for [`Record::new`]; only events after the window are outside.
    pub fn with_history<S: AsRef<[f64]>>(
        streams: &[S],
        window: Window,
        resolution: Resolution,
    ) -> Result<Record, HawkesError> {
        let window = Window::new(window.start, window.end)?;
        if streams.is_empty() {
            return Err(HawkesError::NoStreams);
        }
        if resolution == Resolution::Day {
            whole("the start of the window", window.start)?;
            whole("the end of the window", window.end)?;
        }
        let mut events = Vec::with_capacity(streams.iter().map(|s| s.as_ref().len()).sum());
        for (stream, times) in streams.iter().enumerate() {
            let times = times.as_ref();
            for (at, &time) in times.iter().enumerate() {
                if !time.is_finite() {
                    return Err(HawkesError::Time { stream, at });
                }
                if at > 0 && time < times[at - 1] {
                    return Err(HawkesError::Unsorted { stream, at });
                }
                let last = match resolution {
                    Resolution::Exact => window.end,
                    Resolution::Day => {
                        whole("the time of an event", time)?;
                        window.end - 1.0
                    }
                };
                if time > last {
                    return Err(HawkesError::Outside { stream, time });
                }
                events.push((time, stream as u32));
            }
        }
        // Stable, so that events of one time stay in the order of streams.
        events.sort_by(|a, b| a.0.total_cmp(&b.0));
        let first = events.partition_point(|(time, _)| *time < window.start);
        let (times, marks) = events.into_iter().unzip();
        Ok(Record {
            streams: streams.len(),
            window,
            resolution,
            times,
            marks,
            first,
        })
    }

    /// A record of events in any order.
    ///
    /// # Errors
    /// As for [`Record::with_history`], and if a stream does not exist.
    pub fn of_events(
        streams: usize,
        events: &[Event],
        window: Window,
        resolution: Resolution,
    ) -> Result<Record, HawkesError> {
        let mut lists = vec![Vec::new(); streams];
        for event in events {
            lists
                .get_mut(event.stream)
                .ok_or(HawkesError::NoSuchStream {
                    stream: event.stream,
                    streams,
                })?
                .push(event.time);
        }
        for list in &mut lists {
            list.sort_by(f64::total_cmp);
        }
        Record::with_history(&lists, window, resolution)
    }

    /// How many streams it has.
    pub fn streams(&self) -> usize {
        self.streams
    }

    /// Its window.
    pub fn window(&self) -> Window {
        self.window
    }

    /// How finely its times are known.
    pub fn resolution(&self) -> Resolution {
        self.resolution
    }

    /// Times of all events, history first, sorted.
    pub fn times(&self) -> &[f64] {
        &self.times
    }

    /// Streams of all events, as [`Record::times`].
    pub fn marks(&self) -> &[u32] {
        &self.marks
    }

    /// The position in [`Record::times`] of the first event that is not history.
    pub fn first(&self) -> usize {
        self.first
    }

    /// How many events of each stream lie in the window.
    pub fn counts(&self) -> Vec<usize> {
        let mut counts = vec![0; self.streams];
        for &mark in &self.marks[self.first..] {
            counts[mark as usize] += 1;
        }
        counts
    }

    /// All events, history first.
    pub fn events(&self) -> impl Iterator<Item = Event> {
        self.times
            .iter()
            .zip(&self.marks)
            .map(|(&time, &mark)| Event {
                time,
                stream: mark as usize,
            })
    }

    /// For each event, in the order of [`Record::times`], its position within its own stream.
    pub fn positions(&self) -> Vec<usize> {
        let mut seen = vec![0; self.streams];
        self.marks
            .iter()
            .map(|&mark| {
                seen[mark as usize] += 1;
                seen[mark as usize] - 1
            })
            .collect()
    }

    /// The same events observed from `start` to `end`: those before are history, those after are
    /// left out. An event at `start` itself counts as before with exact times, so that windows
    /// put end to end share no event.
    ///
    /// # Errors
    /// If the part is not within the window or has no length, or not of whole days where days are
    /// the resolution.
    pub fn between(&self, start: f64, end: f64) -> Result<Record, HawkesError> {
        let window = Window::new(start, end)?;
        if start < self.window.start || end > self.window.end {
            return Err(HawkesError::Window { start, end });
        }
        if self.resolution == Resolution::Day {
            whole("the start of the window", start)?;
            whole("the end of the window", end)?;
        }
        let before = |limit: f64| match self.resolution {
            Resolution::Exact => self.times.partition_point(|t| *t <= limit),
            Resolution::Day => self.times.partition_point(|t| *t < limit),
        };
        let first = if start == self.window.start {
            self.first
        } else {
            before(start)
        };
        let after = before(end);
        Ok(Record {
            streams: self.streams,
            window,
            resolution: self.resolution,
            times: self.times[..after].to_vec(),
            marks: self.marks[..after].to_vec(),
            first,
        })
    }

    /// From when an event at `time` excites.
    pub(crate) fn effect(&self, time: f64) -> f64 {
        effect(self.resolution, time)
    }
}

/// From when an event at `time` excites.
pub(crate) fn effect(resolution: Resolution, time: f64) -> f64 {
    match resolution {
        Resolution::Exact => time,
        Resolution::Day => time + 1.0,
    }
}

/// An error unless the value is a whole number.
pub(crate) fn whole(what: &'static str, value: f64) -> Result<(), HawkesError> {
    if value.fract() == 0.0 {
        Ok(())
    } else {
        Err(HawkesError::NotWholeDay { what, value })
    }
}

/// What is done with events of one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Ties {
    /// They do not excite each other; the day is the resolution ([`Resolution::Day`]).
    SameDayIgnored,
    /// Each gets a time drawn uniformly within its day, and times are then treated as exact. The
    /// order within a day is invented, so draw several times, fit each, and pool.
    SpreadWithinDay,
}

/// What is done with events known only to a month or a longer span of days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Vague {
    /// They are left out.
    LeftOut,
    /// Each gets a day drawn uniformly from its span. Draw several times, fit each, and pool.
    Spread,
}

/// An event known to lie within whole days.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Dated {
    /// The first day it may have happened on.
    pub day: f64,
    /// How many days it may have happened on: 1 if its day is known, 30 for the month of June.
    pub days: u32,
}

/// Records with every date drawn: as many as `imputations`, or a single one where nothing needs to
/// be drawn. Days drawn outside the window make the event one of the history if before it, and
/// leave it out if after it; the same goes for events dated outside.
///
/// # Errors
/// If a day is not a number or not whole, a span has no days, or `imputations` is 0.
pub fn impute(
    streams: &[Vec<Dated>],
    window: Window,
    ties: Ties,
    vague: Vague,
    imputations: usize,
    seed: u64,
) -> Result<Vec<Record>, HawkesError> {
    if imputations == 0 {
        return Err(HawkesError::Option {
            what: "at least one imputation is needed",
        });
    }
    for (stream, events) in streams.iter().enumerate() {
        for (at, event) in events.iter().enumerate() {
            if !event.day.is_finite() {
                return Err(HawkesError::Time { stream, at });
            }
            whole("the day of an event", event.day)?;
            if event.days == 0 {
                return Err(HawkesError::Option {
                    what: "an event needs a span of at least one day",
                });
            }
        }
    }
    let drawn = ties == Ties::SpreadWithinDay
        || vague == Vague::Spread && streams.iter().flatten().any(|e| e.days > 1);
    let resolution = match ties {
        Ties::SameDayIgnored => Resolution::Day,
        Ties::SpreadWithinDay => Resolution::Exact,
    };
    (0..if drawn { imputations } else { 1 })
        .map(|draw| {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            rng.set_stream(draw as u64);
            let lists: Vec<Vec<f64>> = streams
                .iter()
                .map(|events| {
                    let mut times: Vec<f64> = events
                        .iter()
                        .filter(|e| e.days == 1 || vague == Vague::Spread)
                        .map(|e| {
                            let day = e.day + f64::from(rng.random_range(0..e.days));
                            match ties {
                                Ties::SameDayIgnored => day,
                                Ties::SpreadWithinDay => day + rng.random::<f64>(),
                            }
                        })
                        .filter(|time| *time < window.end)
                        .collect();
                    times.sort_by(f64::total_cmp);
                    times
                })
                .collect();
            Record::with_history(&lists, window, resolution)
        })
        .collect()
}
