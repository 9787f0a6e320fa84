//! Keeping a document small that rests on hundreds of thousands of events.

use std::collections::BTreeMap;

use crate::document::Document;

/// Machine-coded events listed at one entry of the book.
const LISTED: usize = 50;

/// Machine-coded events in the document.
const EMBEDDED: usize = 5_000;

/// Leaves at each entry the first machine-coded events, and in the document those that an entry
/// still lists, in the order of their first use as long as there is room. What is left out is
/// counted in [`Evidence::more`](crate::document::Evidence::more). A document of a chronicle alone
/// stays as it is.
pub fn thin(document: &mut Document) {
    let Some(first) = document.coded.as_ref().map(|c| c.first) else {
        return;
    };
    let mut places: BTreeMap<usize, usize> = BTreeMap::new();
    let mut order: Vec<usize> = Vec::new();
    for evidence in &mut document.evidence {
        let events = std::mem::take(&mut evidence.events);
        let all = events.len();
        let mut listed = 0;
        for at in events {
            if at < first {
                evidence.events.push(at);
                continue;
            }
            if listed == LISTED {
                continue;
            }
            let place = match places.get(&at) {
                Some(&place) => place,
                None if order.len() < EMBEDDED => {
                    let place = first + order.len();
                    places.insert(at, place);
                    order.push(at);
                    place
                }
                None => continue,
            };
            listed += 1;
            evidence.events.push(place);
        }
        evidence.more += all - evidence.events.len();
    }
    // In the order of time, as they came.
    let mut sorted = order.clone();
    sorted.sort_unstable();
    let rank: BTreeMap<usize, usize> = (first..).zip(&sorted).map(|(to, &at)| (at, to)).collect();
    for place in document.evidence.iter_mut().flat_map(|e| &mut e.events) {
        if *place >= first {
            *place = rank[&order[*place - first]];
        }
    }
    for evidence in &mut document.evidence {
        evidence.events.sort_unstable();
    }
    let kept: Vec<_> = sorted
        .iter()
        .map(|&at| document.events[at].clone())
        .collect();
    document.events.truncate(first);
    document.events.extend(kept);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::{EventRef, Evidence};
    use crate::record::Coded;

    fn document(first: usize, events: usize, evidence: Vec<Vec<usize>>) -> Document {
        let event = |at: usize| EventRef {
            id: format!("e{at}"),
            date: String::new(),
            source: String::new(),
            target: String::new(),
            mutual: false,
            cameo: String::new(),
            act: String::new(),
            area: String::new(),
            title: String::new(),
            url: String::new(),
        };
        let entry = |(at, events): (usize, Vec<usize>)| Evidence {
            id: format!("f{at}"),
            label: String::new(),
            value: String::new(),
            interval: String::new(),
            formula: String::new(),
            note: String::new(),
            events,
            more: 0,
            rows: Vec::new(),
        };
        Document {
            title: String::new(),
            subtitle: String::new(),
            as_of: String::new(),
            fingerprint: String::new(),
            options: String::new(),
            coded: Some(Coded {
                name: "gdelt2".to_owned(),
                first,
                why: String::new(),
            }),
            chapters: Vec::new(),
            evidence: evidence.into_iter().enumerate().map(entry).collect(),
            events: (0..events).map(event).collect(),
            sources: Vec::new(),
        }
    }

    /// What an entry lists, by id, and how many more there are.
    fn listed(document: &Document, at: usize) -> (Vec<&str>, usize) {
        let evidence = &document.evidence[at];
        let ids = evidence
            .events
            .iter()
            .map(|&e| document.events[e].id.as_str());
        (ids.collect(), evidence.more)
    }

    #[test]
    fn entries_list_the_first_and_count_the_rest() {
        let all = (0..200).collect::<Vec<_>>();
        let mut thin_one = document(100, 200, vec![vec![150, 199], all]);
        thin(&mut thin_one);
        assert_eq!(listed(&thin_one, 0), (vec!["e150", "e199"], 0));
        let (ids, more) = listed(&thin_one, 1);
        assert_eq!((ids.len(), more), (150, 50));
        assert_eq!(
            (ids[0], ids[99], ids[100], ids[149]),
            ("e0", "e99", "e100", "e149")
        );
        // The chronicle stays, and of the others what is listed.
        assert_eq!(thin_one.events.len(), 100 + 52);
    }

    #[test]
    fn no_more_than_there_is_room_for() {
        let entries = (0..200).map(|i| (i * 50..(i + 1) * 50).collect()).collect();
        let mut big = document(0, 10_000, entries);
        thin(&mut big);
        assert_eq!(big.events.len(), EMBEDDED);
        assert_eq!(listed(&big, 99).1, 0);
        assert_eq!(listed(&big, 100), (vec![], 50));
        let all: usize = big.evidence.iter().map(|e| e.events.len() + e.more).sum();
        assert_eq!(all, 10_000);
    }

    #[test]
    fn a_chronicle_stays_as_it_is() {
        let mut plain = document(0, 200, vec![(0..200).collect()]);
        plain.coded = None;
        thin(&mut plain);
        assert_eq!((plain.events.len(), listed(&plain, 0).0.len()), (200, 200));
    }
}
