//! An event graph made of a list of events, such as a chronicle.

use demarche_events::{Date, Event, Precision};

use super::{EventGraph, Fact, Names};

impl EventGraph {
    /// A graph of the events whose day is known, one step a day: source, CAMEO code, target. A mutual
    /// event counts once in each direction. All is training part; [`EventGraph::cut`] cuts it.
    ///
    /// The second value is how many events were left out because only their month or year is known:
    /// what came first within a month cannot be asked of them.
    pub fn of_events(events: &[Event]) -> (Self, usize) {
        Self::of_events_until(events, None, |event| event.cameo.to_string())
    }

    /// The same of the events up to the end of a day, of which nothing later leaves a trace; `act`
    /// names what an event is taken for.
    pub fn of_events_until(
        events: &[Event],
        until: Option<Date>,
        act: impl Fn(&Event) -> String,
    ) -> (Self, usize) {
        let known = |event: &Event| until.is_none_or(|day| event.date <= day);
        let mut graph = Self {
            unit: 1,
            ..Self::default()
        };
        let mut rows: Vec<(Fact, u32)> = Vec::new();
        let dated = || {
            let exact = |e: &&Event| e.precision == Precision::Day && known(e);
            events.iter().filter(exact)
        };
        let Some(first) = dated().map(|e| e.date).min() else {
            return (graph, events.iter().filter(|e| known(e)).count());
        };
        graph.origin = day(first);
        // Numbers go by name and not by place, so that the order of the events means nothing.
        let sorted = |names: Vec<&str>| {
            let mut names = names;
            names.sort_unstable();
            names.into_iter().collect::<Names>()
        };
        graph.entities = sorted(
            dated()
                .flat_map(|e| [e.source.as_str(), e.target.as_str()])
                .collect(),
        );
        let acts: Vec<String> = dated().map(&act).collect();
        graph.acts = sorted(acts.iter().map(String::as_str).collect());
        let mut left_out = 0;
        for (at, event) in events.iter().enumerate().filter(|(_, e)| known(e)) {
            if event.precision != Precision::Day {
                left_out += 1;
                continue;
            }
            let Ok(step) = i32::try_from(day(event.date) - graph.origin) else {
                left_out += 1;
                continue;
            };
            let act = graph.acts.add(&act(event));
            for (source, target) in event.directions() {
                let fact = Fact {
                    step,
                    source: graph.entities.add(source),
                    act,
                    target: graph.entities.add(target),
                };
                rows.push((fact, at as u32));
            }
        }
        rows.sort_unstable();
        let before = rows.len();
        rows.dedup_by_key(|r| r.0);
        graph.repeated = before - rows.len();
        graph.of_event = rows.iter().map(|r| r.1).collect();
        graph.facts = rows.into_iter().map(|r| r.0).collect();
        graph.valid_from = graph.facts.len();
        graph.test_from = graph.facts.len();
        (graph, left_out)
    }

    /// Cuts the graph anew: the validation part begins at one step, the test part at another.
    pub fn cut(&mut self, valid: i32, test: i32) {
        self.test_from = self.facts.partition_point(|f| f.step < test);
        let valid_from = self.facts.partition_point(|f| f.step < valid);
        self.valid_from = valid_from.min(self.test_from);
    }
}

/// Days since 1 January 1970.
pub(crate) fn day(date: Date) -> i64 {
    let since = date.duration_since(Date::constant(1970, 1, 1));
    since.as_hours() / 24
}

/// The day so many days after 1 January 1970; the last one that there is, if it is beyond.
pub(crate) fn date(days: i64) -> Date {
    let span = jiff::Span::new().try_days(days).unwrap_or_default();
    Date::constant(1970, 1, 1).saturating_add(span)
}
