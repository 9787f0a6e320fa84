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
        let mut graph = Self {
            unit: 1,
            ..Self::default()
        };
        let mut rows: Vec<(Fact, u32)> = Vec::new();
        let dated = || events.iter().filter(|e| e.precision == Precision::Day);
        let Some(first) = dated().map(|e| e.date).min() else {
            return (graph, events.len());
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
        let acts: Vec<String> = dated().map(|e| e.cameo.to_string()).collect();
        graph.acts = sorted(acts.iter().map(String::as_str).collect());
        let mut left_out = 0;
        for (at, event) in events.iter().enumerate() {
            if event.precision != Precision::Day {
                left_out += 1;
                continue;
            }
            let Ok(step) = i32::try_from(day(event.date) - graph.origin) else {
                left_out += 1;
                continue;
            };
            let act = graph.acts.add(&event.cameo.to_string());
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
fn day(date: Date) -> i64 {
    let since = date.duration_since(Date::constant(1970, 1, 1));
    since.as_hours() / 24
}
