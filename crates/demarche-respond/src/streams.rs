//! The streams of a case: which events are of which kind, and when they happened.

use demarche_case::{Case, Stream, StreamActs, VagueDates};
use demarche_events::{Date, Event, Precision};
use demarche_measure::EventIx;

/// A kind of events with those of the chronicle that are of it.
#[derive(Clone, Debug, PartialEq)]
pub struct StreamEvents {
    /// The kind.
    pub stream: Stream,
    /// Its events within the time of the case, by date and place in the file.
    pub events: Vec<StreamEvent>,
    /// Events of this kind of which the date is too vague, ascending.
    pub left_out: Vec<EventIx>,
}

/// An event of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamEvent {
    /// The event.
    pub event: EventIx,
    /// Its day, counted from the first day of the case.
    pub day: u32,
    /// Days that it may have happened on, from `day` on: 1 where the day is known, else those of
    /// its month.
    pub days: u32,
}

/// Days from the first day of the series to another, 0 for that day itself.
pub fn day_number(case: &Case, day: Date) -> i64 {
    i64::from(
        case.settings
            .start
            .until(day)
            .map_or(0, |span| span.get_days()),
    )
}

/// How many days the case covers.
pub fn days(case: &Case) -> u32 {
    u32::try_from(day_number(case, case.settings.as_of) + 1).unwrap_or(0)
}

/// Does an event belong to a stream?
pub fn belongs(case: &Case, stream: &Stream, event: &Event) -> bool {
    let holds = |list: &[String], code: &str| list.iter().any(|c| c == code);
    let there = holds(&stream.source, &event.source) && holds(&stream.target, &event.target);
    let back = holds(&stream.source, &event.target) && holds(&stream.target, &event.source);
    let acts = match stream.acts {
        StreamActs::Any => true,
        acts => {
            let cooperation = case
                .settings
                .measure
                .quad
                .class(event.cameo)
                .is_cooperation();
            cooperation == (acts == StreamActs::Cooperation)
        }
    };
    let area = stream.areas.is_empty() || stream.areas.contains(&event.area);
    (there || (stream.either || event.mutual) && back) && acts && area
}

/// The streams of a case with their events. An event may belong to several. Events before the
/// first day or after the last are not among them; those known to the year only are left out,
/// those known to the month as the case says.
pub fn streams(case: &Case) -> Vec<StreamEvents> {
    let last = i64::from(days(case));
    let vague = case.settings.respond.vague;
    case.settings
        .streams
        .iter()
        .map(|stream| {
            let mut out = StreamEvents {
                stream: stream.clone(),
                events: Vec::new(),
                left_out: Vec::new(),
            };
            for (i, event) in case.chronicle.iter().enumerate() {
                let day = day_number(case, event.date);
                if !belongs(case, stream, event) || !(0..last).contains(&day) {
                    continue;
                }
                let ix = EventIx::try_from(i).expect("a chronicle is small");
                let days = match (event.precision, vague) {
                    (Precision::Day, _) => 1,
                    (Precision::Month, VagueDates::Spread) => {
                        i64::from(event.date.days_in_month()).min(last - day)
                    }
                    _ => {
                        out.left_out.push(ix);
                        continue;
                    }
                };
                out.events.push(StreamEvent {
                    event: ix,
                    day: u32::try_from(day).expect("a day of the case"),
                    days: u32::try_from(days).expect("a month is short"),
                });
            }
            out.events.sort_by_key(|e| (e.day, e.event));
            out
        })
        .collect()
}

/// How much the chronicle covers each day, as a multiple of its mean: all its events of the
/// calendar year, of whomever, over the days of the year. A baseline in proportion to it takes a
/// year that is gathered more densely for what it is.
pub fn exposure(case: &Case) -> Vec<Exposure> {
    let (start, end) = (case.settings.start, case.settings.as_of);
    let years: Vec<i16> = (start.year()..=end.year()).collect();
    let mut out: Vec<Exposure> = years
        .iter()
        .map(|&year| {
            let first = Date::constant(year, 1, 1).max(start);
            let last = Date::constant(year, 12, 31).min(end);
            let held = case.chronicle.iter();
            let held = held.filter(|e| first <= e.date && e.date <= last).count();
            let from = day_number(case, first) as f64;
            let to = day_number(case, last) as f64 + 1.0;
            Exposure {
                from,
                to,
                level: held as f64 / (to - from),
            }
        })
        .collect();
    let all: f64 = out.iter().map(|e| e.level * (e.to - e.from)).sum();
    let mean = all / f64::from(days(case)).max(1.0);
    for part in &mut out {
        part.level = if mean > 0.0 { part.level / mean } else { 1.0 };
    }
    out
}

/// A time of one level of coverage.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Exposure {
    /// Its begin, in days from the first day of the case.
    pub from: f64,
    /// Its end.
    pub to: f64,
    /// Coverage as a multiple of its mean.
    pub level: f64,
}
