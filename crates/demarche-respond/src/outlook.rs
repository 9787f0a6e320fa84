//! What is likely to follow from planned steps: by whom, and in which quarter.

use demarche_case::{Case, StreamRole};
use demarche_events::{Date, Period, PeriodUnit};
use demarche_measure::Interval;
use demarche_table::{Kind, Table};
use jiff::ToSpan as _;
use serde::Serialize;

use crate::hawkes::{Event, Forecast, HawkesError, Resolution, Scenario, Window, forecast};
use crate::responses::Responses;
use crate::streams::{day_number, days};

/// Simulated events at most in one draw.
const LIMIT: usize = 1_000_000;

/// A step that is planned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The day it is planned for.
    #[serde(serialize_with = "day")]
    pub date: Date,
    /// The stream it belongs to: a position in the list of all streams.
    pub stream: usize,
    /// What it is called.
    pub label: String,
}

fn day<S: serde::Serializer>(day: &Date, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(day)
}

/// What is likely to follow.
#[derive(Clone, Debug, Serialize)]
pub struct Outlook {
    /// The quarters looked at; the first begins on the day after the case is written.
    pub quarters: Vec<String>,
    /// How many futures were drawn.
    pub draws: usize,
    /// How many steps are planned.
    pub steps: usize,
    /// By hostile stream and quarter.
    pub rows: Vec<Row>,
    /// All hostile streams together, by quarter.
    pub all: Vec<Row>,
    /// Hostile events of a quarter that count as a spiral.
    pub threshold: u32,
    /// What one step of each kind sets off, and what would pay for it.
    pub kinds: Vec<Kinds>,
    /// Hostile events expected over all quarters without the plan.
    pub expected: f64,
    /// Hostile events that the plan sets off over all quarters.
    pub plan: Drawn,
    /// By what share of what is expected anyway a calming step would have to lower hostile acts
    /// to make up for the plan; `None` where nothing is expected.
    pub break_even: Option<f64>,
}

/// A mean over draws, and the interval that holds 95 % of them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Drawn {
    /// The mean.
    pub mean: f64,
    /// Below it lies one draw in forty.
    pub low: u32,
    /// Above it lies one draw in forty.
    pub high: u32,
}

/// A stream in a quarter.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Row {
    /// Id of the stream; `all` for all hostile ones.
    pub stream: String,
    /// The quarter.
    pub quarter: String,
    /// Events that are likely anyway.
    pub anyway: Drawn,
    /// Events more that the plan sets off.
    pub set_off: Drawn,
    /// Both together.
    pub together: Drawn,
    /// The chance of a spiral without the plan: as many events as the threshold, or more. For
    /// single streams it is not given.
    pub spiral_anyway: Option<f64>,
    /// The same with it.
    pub spiral: Option<f64>,
}

/// What one step of a kind sets off.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Kinds {
    /// Id of the stream.
    pub stream: String,
    /// Hostile events it sets off in the end, by hostile stream.
    pub hostile: Vec<(String, f64, Option<Interval>)>,
    /// All of them together.
    pub total: f64,
    /// Their interval.
    pub interval: Option<Interval>,
    /// By what share of the hostile acts that are expected anyway over the quarters a step of this
    /// kind, taken to calm, would have to lower them to make up for what it sets off.
    pub break_even: Option<f64>,
}

/// Why nothing can be said of what follows.
#[derive(Clone, Debug, PartialEq)]
pub enum OutlookError {
    /// The model could not be fitted.
    NoModel(String),
    /// A step belongs to a stream that has too few events.
    Thin {
        /// The step.
        label: String,
        /// Id of its stream.
        stream: String,
    },
    /// A step lies outside the quarters looked at.
    Outside {
        /// The step.
        label: String,
        /// Its day.
        date: Date,
        /// First day.
        first: Date,
        /// Last day.
        last: Date,
    },
    /// No stream is marked as hostile.
    NoHostile,
    /// The simulation failed.
    Simulation(HawkesError),
}

impl std::fmt::Display for OutlookError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoModel(why) => write!(f, "nothing can be simulated: {why}"),
            Self::Thin { label, stream } => write!(
                f,
                "{label}: the stream {stream} has too few events, so nothing is known of what its \
                 steps set off; choose another stream, or lower --min-events"
            ),
            Self::Outside {
                label,
                date,
                first,
                last,
            } => write!(
                f,
                "{label}: {date} does not lie between {first} and {last}; change the date, or look \
                 further ahead with --quarters"
            ),
            Self::NoHostile => write!(
                f,
                "no stream with events enough has role = \"hostile\"; name one in case.toml"
            ),
            Self::Simulation(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for OutlookError {}

/// The stream of the partnership's own steps to which an area belongs.
pub fn stream_of_area(responses: &Responses, area: &str) -> Option<usize> {
    let own = |s: &demarche_case::Stream| s.role == StreamRole::Own;
    let streams = || responses.streams.iter().map(|s| &s.stream);
    streams()
        .position(|s| own(s) && s.areas.iter().any(|a| a == area))
        .or_else(|| streams().position(|s| own(s) && s.areas.is_empty()))
}

fn drawn(counts: &[u32]) -> Drawn {
    let (low, high) = Forecast::interval(counts, 0.95);
    Drawn {
        mean: Forecast::mean(counts),
        low,
        high,
    }
}

fn less(all: &[u32], part: &[u32]) -> Vec<u32> {
    all.iter()
        .zip(part)
        .map(|(a, b)| a.saturating_sub(*b))
        .collect()
}

fn chance(counts: &[u32], at_least: u32) -> f64 {
    counts.iter().filter(|n| **n >= at_least).count() as f64 / counts.len().max(1) as f64
}

/// Simulates the quarters ahead of a case, with and without a plan.
///
/// Each draw takes one fit of the bootstrap, so that what is not known of the model widens the
/// intervals with what is left to chance. The levels of streams stay as they were last, coverage
/// included. A planned step is one more event of its stream, whatever else happens.
///
/// `threshold` is how many hostile events of a quarter count as a spiral; without one, twice the
/// most of any quarter that the case covers.
///
/// # Errors
/// See [`OutlookError`].
pub fn outlook(
    case: &Case,
    responses: &Responses,
    steps: &[Step],
    quarters: usize,
    threshold: Option<u32>,
) -> Result<Outlook, OutlookError> {
    let e = responses
        .excitation
        .as_ref()
        .map_err(|why| OutlookError::NoModel(why.clone()))?;
    let id = |k: usize| responses.streams[e.streams[k]].stream.id.clone();
    let of_role = |role: StreamRole| -> Vec<usize> {
        (0..e.streams.len())
            .filter(|&k| responses.streams[e.streams[k]].stream.role == role)
            .collect()
    };
    let hostile = of_role(StreamRole::Hostile);
    if hostile.is_empty() {
        return Err(OutlookError::NoHostile);
    }
    if e.draws.is_empty() {
        return Err(OutlookError::NoModel(
            "no draw of the fit is stable".to_owned(),
        ));
    }
    let start = f64::from(days(case));
    let first = case.settings.as_of.saturating_add(1.day());
    let mut spans = vec![Period::of(first, PeriodUnit::Quarter)];
    while spans.len() < quarters {
        spans.push(spans[spans.len() - 1].next());
    }
    let last = spans[spans.len() - 1].last();
    let mut cuts = vec![start];
    cuts.extend(
        spans
            .iter()
            .map(|p| day_number(case, p.last()) as f64 + 1.0),
    );
    let planned: Vec<Event> = steps
        .iter()
        .map(|step| {
            let stream = e.place_of(step.stream).ok_or_else(|| OutlookError::Thin {
                label: step.label.clone(),
                stream: responses.streams[step.stream].stream.id.clone(),
            })?;
            if !(first <= step.date && step.date <= last) {
                return Err(OutlookError::Outside {
                    label: step.label.clone(),
                    date: step.date,
                    first,
                    last,
                });
            }
            Ok(Event {
                time: day_number(case, step.date) as f64,
                stream,
            })
        })
        .collect::<Result<_, _>>()?;
    let past = e.past();
    let window = Window::new(start, cuts[cuts.len() - 1]).map_err(OutlookError::Simulation)?;
    let scenario = Scenario {
        past: &past,
        planned: &planned,
        limit: LIMIT,
        ..Scenario::new(window, Resolution::Day)
    };
    let draws = case.settings.measure.draws;
    let found = forecast(
        &e.draws,
        &scenario,
        &cuts[1..cuts.len() - 1],
        draws,
        case.settings.measure.seed,
    )
    .map_err(OutlookError::Simulation)?;
    let threshold = threshold.unwrap_or_else(|| 2 * fullest(case, responses, &hostile, e).max(1));
    let row = |streams: &[usize], name: String, at: usize, spiral: bool| {
        let together = found.counts(streams, at..at + 1);
        let set_off = found.set_off(streams, at..at + 1);
        let anyway = less(&together, &set_off);
        Row {
            stream: name,
            quarter: spans[at].to_string(),
            spiral_anyway: spiral.then(|| chance(&anyway, threshold)),
            spiral: spiral.then(|| chance(&together, threshold)),
            anyway: drawn(&anyway),
            set_off: drawn(&set_off),
            together: drawn(&together),
        }
    };
    let mut rows = Vec::new();
    for &k in &hostile {
        for at in 0..spans.len() {
            rows.push(row(&[k], id(k), at, false));
        }
    }
    let all = (0..spans.len())
        .map(|at| row(&hostile, "all".to_owned(), at, true))
        .collect();
    let whole = 0..spans.len();
    let together = found.counts(&hostile, whole.clone());
    let set_off = found.set_off(&hostile, whole);
    let expected = Forecast::mean(&less(&together, &set_off));
    let plan = drawn(&set_off);
    let pays = |cost: f64| (expected > 0.0).then(|| cost / expected);
    let kinds = of_role(StreamRole::Own)
        .into_iter()
        .map(|j| {
            let sum = |process: &crate::hawkes::Process| {
                let effects = process.total_effects().ok()?;
                Some(hostile.iter().map(|&i| effects[(i, j)]).sum::<f64>())
            };
            let total = hostile.iter().map(|&i| e.totals[i][j].value).sum();
            let interval = crate::excitation::percentile(e.draws.iter().filter_map(sum).collect());
            Kinds {
                stream: id(j),
                hostile: hostile
                    .iter()
                    .map(|&i| (id(i), e.totals[i][j].value, e.totals[i][j].interval))
                    .collect(),
                total,
                interval: crate::excitation::around(total, interval),
                break_even: pays(total),
            }
        })
        .collect();
    Ok(Outlook {
        quarters: spans.iter().map(ToString::to_string).collect(),
        draws,
        steps: steps.len(),
        rows,
        all,
        threshold,
        kinds,
        expected,
        break_even: pays(plan.mean),
        plan,
    })
}

/// The most hostile events of any quarter so far.
fn fullest(
    case: &Case,
    responses: &Responses,
    hostile: &[usize],
    e: &crate::excitation::Excitation,
) -> u32 {
    let mut counts = std::collections::BTreeMap::<Period, u32>::new();
    for &k in hostile {
        for event in &responses.streams[e.streams[k]].events {
            let date = case.chronicle[event.event as usize].date;
            *counts
                .entry(Period::of(date, PeriodUnit::Quarter))
                .or_default() += 1;
        }
    }
    counts.values().copied().max().unwrap_or(0)
}

impl Outlook {
    /// The quarters and the kinds of steps as tidy tables.
    pub fn tables(&self) -> Vec<Table> {
        let mut quarters = Table::new(
            "outlook",
            "Hostile events that are likely in the quarters ahead, with and without the plan: \
             means and 95 % intervals over simulated futures.",
        )
        .column(
            "stream",
            Kind::Text,
            "",
            "Hostile stream; `all` for all of them.",
        )
        .column("quarter", Kind::Text, "", "The quarter.")
        .column(
            "anyway",
            Kind::Float,
            "events",
            "Events that are likely anyway, the mean.",
        )
        .column(
            "anyway_low",
            Kind::Integer,
            "events",
            "Lower end of the interval.",
        )
        .column("anyway_high", Kind::Integer, "events", "Upper end.")
        .column(
            "set_off",
            Kind::Float,
            "events",
            "Events more that the plan sets off, the mean.",
        )
        .column(
            "set_off_low",
            Kind::Integer,
            "events",
            "Lower end of the interval.",
        )
        .column("set_off_high", Kind::Integer, "events", "Upper end.")
        .column("together", Kind::Float, "events", "Both, the mean.")
        .column(
            "together_low",
            Kind::Integer,
            "events",
            "Lower end of the interval.",
        )
        .column("together_high", Kind::Integer, "events", "Upper end.")
        .column(
            "spiral_anyway",
            Kind::Float,
            "",
            "Chance of a spiral without the plan.",
        )
        .column("spiral", Kind::Float, "", "Chance of a spiral with it.");
        for row in self.rows.iter().chain(&self.all) {
            quarters.push(vec![
                row.stream.as_str().into(),
                row.quarter.as_str().into(),
                row.anyway.mean.into(),
                i64::from(row.anyway.low).into(),
                i64::from(row.anyway.high).into(),
                row.set_off.mean.into(),
                i64::from(row.set_off.low).into(),
                i64::from(row.set_off.high).into(),
                row.together.mean.into(),
                i64::from(row.together.low).into(),
                i64::from(row.together.high).into(),
                row.spiral_anyway.into(),
                row.spiral.into(),
            ]);
        }
        let mut kinds = Table::new(
            "step_effects",
            "Hostile events that one step of each kind sets off.",
        )
        .column(
            "step",
            Kind::Text,
            "",
            "Stream of the partnership's own steps.",
        )
        .column(
            "hostile",
            Kind::Text,
            "",
            "Hostile stream; `all` for all of them.",
        )
        .column(
            "set_off",
            Kind::Float,
            "events",
            "Events that one step sets off in the end.",
        )
        .column(
            "low",
            Kind::Float,
            "events",
            "Lower end of the 95 % interval.",
        )
        .column("high", Kind::Float, "events", "Upper end.")
        .column(
            "break_even",
            Kind::Float,
            "share",
            "By what share a calming step of this kind would have to lower the hostile acts \
                 expected anyway to make up for what it sets off.",
        );
        for kind in &self.kinds {
            for (name, value, interval) in &kind.hostile {
                kinds.push(vec![
                    kind.stream.as_str().into(),
                    name.as_str().into(),
                    (*value).into(),
                    interval.map(|i| i.low).into(),
                    interval.map(|i| i.high).into(),
                    demarche_table::Cell::Missing,
                ]);
            }
            kinds.push(vec![
                kind.stream.as_str().into(),
                "all".into(),
                kind.total.into(),
                kind.interval.map(|i| i.low).into(),
                kind.interval.map(|i| i.high).into(),
                kind.break_even.into(),
            ]);
        }
        vec![quarters, kinds]
    }
}
