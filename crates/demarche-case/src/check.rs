//! What must hold across the rows and files of a case.

mod plan;

use std::collections::{BTreeMap, BTreeSet};

use demarche_events::{Date, Event, Precision};

use crate::check_steering::check_steering;
use crate::names::{Findings, Kind};
use crate::problem::{Place, Problems, did_you_mean, shown};
use crate::read::{PlacedCrosswalk, Sheet};
use crate::{
    Actor, ActorKind, Element, Framework, Initiative, Membership, MembershipPrecision, Office,
    ProgressEntry, ProgressState, Resource, Settings, Status,
};

/// The parts of a case, as far as they could be read.
pub(crate) struct Parts<'a, 't> {
    pub settings: Option<&'a Settings>,
    pub actors: &'a Sheet<'t, Actor>,
    pub memberships: &'a Sheet<'t, Membership>,
    pub offices: &'a Sheet<'t, Office>,
    pub frameworks: &'a [Framework],
    /// Could all frameworks be read in full?
    pub frameworks_are_whole: bool,
    pub crosswalk: Option<&'a PlacedCrosswalk>,
    pub initiatives: &'a Sheet<'t, Initiative>,
    pub progress: &'a Sheet<'t, ProgressEntry>,
    pub resources: &'a Sheet<'t, Resource>,
    pub chronicle: &'a Sheet<'t, Event>,
}

/// Adds what is wrong between the parts.
pub(crate) fn check(parts: &Parts, findings: &mut Findings) {
    check_definitions(findings);
    check_references(findings);
    check_use(parts.actors, findings);
    check_parents(parts, findings);
    let problems = &mut findings.problems;
    check_memberships(parts, problems);
    check_offices(parts, problems);
    check_events(parts, problems);
    check_founding(parts, problems);
    check_initiatives(parts, problems);
    plan::check(parts, problems);
    check_progress(parts, problems);
    check_crosswalk(parts, problems);
    check_steering(parts, findings);
}

/// Each id is defined once.
fn check_definitions(findings: &mut Findings) {
    let mut first: BTreeMap<(Kind, &str), &Place> = BTreeMap::new();
    for named in &findings.defined {
        let Some(earlier) = first.get(&(named.kind, named.id.as_str())) else {
            first.insert((named.kind, &named.id), &named.place);
            continue;
        };
        let line = earlier.line.unwrap_or(1);
        findings.problems.error(
            "duplicate-id",
            named.place.clone(),
            &named.id,
            format!("is already taken at {}:{line}", earlier.file),
            "give each its own, or delete one of the two",
        );
    }
}

/// How many known names are compared with unknown ones of a kind, in search of the nearest. Enough
/// for all that a person could mend; a large file full of errors must not take minutes.
const COMPARISONS: usize = 500_000;

/// Each id that is referred to is defined.
fn check_references(findings: &mut Findings) {
    let mut known: BTreeMap<Kind, BTreeSet<&str>> = BTreeMap::new();
    for named in &findings.defined {
        known.entry(named.kind).or_default().insert(&named.id);
    }
    let mut compared: BTreeMap<Kind, usize> = BTreeMap::new();
    for named in &findings.referred {
        let known = known.get(&named.kind);
        if findings.incomplete.contains(&named.kind)
            || known.is_some_and(|ids| ids.contains(named.id.as_str()))
        {
            continue;
        }
        let compared = compared.entry(named.kind).or_default();
        *compared += known.map_or(0, BTreeSet::len);
        let nearest = known
            .filter(|_| *compared <= COMPARISONS)
            .and_then(|ids| did_you_mean(&named.id, ids.iter().copied()));
        let (code, home) = (named.kind.unknown(), named.kind.home());
        let place = named.place.clone();
        let why = format!("is not {home}");
        let remedy = nearest.unwrap_or_else(|| "add it there, or mend it here".into());
        // The address of a source says where to look even if the source is not listed.
        if named.kind == Kind::Source {
            findings
                .problems
                .warning(code, place, &named.id, why, remedy);
        } else {
            findings.problems.error(code, place, &named.id, why, remedy);
        }
    }
}

/// Each actor is there for something.
fn check_use(actors: &Sheet<Actor>, findings: &mut Findings) {
    let used: BTreeSet<&str> = findings
        .referred
        .iter()
        .filter(|named| named.kind == Kind::Actor)
        .map(|named| named.id.as_str())
        .collect();
    for (i, actor) in actors.values().enumerate() {
        if !used.contains(actor.code.as_str()) {
            findings.problems.warning(
                "unused-actor",
                actors.place(i, "code"),
                &actor.code,
                "is in no event, membership, side, framework or initiative",
                "delete it, or use it",
            );
        }
    }
}

fn kinds_of_actors<'a>(actors: &'a Sheet<Actor>) -> BTreeMap<&'a str, ActorKind> {
    actors.values().map(|a| (a.code.as_str(), a.kind)).collect()
}

/// Memberships begin before they end, are of bodies, and do not overlap.
fn check_memberships(parts: &Parts, problems: &mut Problems) {
    let sheet = parts.memberships;
    let kinds = kinds_of_actors(parts.actors);
    // First day, last day and row of each term, by member and body.
    type Terms = Vec<(Date, Date, usize)>;
    let mut terms: BTreeMap<(&str, &str), Terms> = BTreeMap::new();
    for (i, m) in sheet.values().enumerate() {
        if let Some(to) = m.to
            && to < m.from
        {
            problems.error(
                "reversed-dates",
                sheet.place(i, "to"),
                &to.to_string(),
                format!("is before the membership begins, {}", m.from),
                "put the two dates in order",
            );
            continue;
        }
        if m.actor == m.body {
            problems.error(
                "self-membership",
                sheet.place(i, "body"),
                &m.body,
                "is said to be a member of itself",
                "mend the member or the body",
            );
        }
        if kinds.get(m.body.as_str()) == Some(&ActorKind::State) {
            problems.error(
                "wrong-kind",
                sheet.place(i, "body"),
                &m.body,
                "is a state, which has no members",
                "name a body or an arrangement, or mend its kind in actors.csv",
            );
        }
        check_future(parts, sheet.place(i, "from"), m.from, problems);
        let term = (m.from, m.to.unwrap_or(Date::MAX), i);
        terms.entry((&m.actor, &m.body)).or_default().push(term);
    }
    for ((actor, body), mut terms) in terms {
        terms.sort();
        // The term that reaches furthest so far.
        let mut reach = terms[0];
        for &term in &terms[1..] {
            if term.0 <= reach.1 {
                // Of the two, complain about the one further down.
                let (at, other) = (term.2.max(reach.2), term.2.min(reach.2));
                let line = sheet.place(other, "from").line.unwrap_or(1);
                problems.error(
                    "membership-overlap",
                    sheet.place(at, "from"),
                    &sheet.value(at).from.to_string(),
                    format!("overlaps the membership of {actor} in {body} on line {line}"),
                    "end one before the other begins, or delete one",
                );
            }
            if term.1 > reach.1 {
                reach = term;
            }
        }
    }
}

/// Offices begin before they end, and a person holds one at a time: else an act of his would be an
/// act of two.
fn check_offices(parts: &Parts, problems: &mut Problems) {
    let sheet = parts.offices;
    let kinds = kinds_of_actors(parts.actors);
    // Those of a person so far: first day, last day and row.
    let mut terms: BTreeMap<&str, Vec<(Date, Date, usize)>> = BTreeMap::new();
    for (i, office) in sheet.values().enumerate() {
        let last = office.to.unwrap_or(Date::MAX);
        if last < office.from {
            problems.error(
                "reversed-dates",
                sheet.place(i, "to"),
                &last.to_string(),
                format!("is before the office begins, {}", office.from),
                "put the two dates in order",
            );
            continue;
        }
        if let Some(state) = &office.state
            && kinds
                .get(state.as_str())
                .is_some_and(|&k| k != ActorKind::State)
        {
            problems.error(
                "wrong-kind",
                sheet.place(i, "state"),
                state,
                "is no state, and a person is a national of one",
                "name the person's state, or leave the field empty",
            );
        }
        check_future(parts, sheet.place(i, "from"), office.from, problems);
        let held = terms.entry(&office.person).or_default();
        let clash = held.iter().find(|t| t.0 <= last && office.from <= t.1);
        if let Some(&(.., other)) = clash {
            let line = sheet.place(other, "from").line.unwrap_or(1);
            problems.error(
                "office-overlap",
                sheet.place(i, "from"),
                &office.from.to_string(),
                format!("overlaps the office of {} on line {line}", office.person),
                "end one before the other begins, or delete one",
            );
        }
        held.push((office.from, last, i));
    }
}

/// Warns of a day after the one as of which the case is written.
fn check_future(parts: &Parts, place: Place, day: Date, problems: &mut Problems) {
    let Some(settings) = parts.settings else {
        return;
    };
    if day > settings.as_of {
        problems.warning(
            "future-date",
            place,
            &day.to_string(),
            format!(
                "is after the day the case is written as of, {}",
                settings.as_of
            ),
            "mend the date, or as_of in case.toml",
        );
    }
}

/// The last day on which something known this exactly can have been.
fn last_day(date: Date, precision: Precision) -> Date {
    match precision {
        Precision::Day => date,
        Precision::Month => date.last_of_month(),
        Precision::Year => date.last_of_year(),
    }
}

/// Events lie in the time of the case, are not there twice, and have actors that act.
///
/// The same event twice: equal in date, source, target, code and area, both dates known to the
/// day; for a mutual event the order of the two actors does not matter. The same title twice: on
/// one day, between the same two actors, whatever the code.
fn check_events(parts: &Parts, problems: &mut Problems) {
    let sheet = parts.chronicle;
    let kinds = kinds_of_actors(parts.actors);
    let mut seen = BTreeMap::new();
    let mut titles = BTreeMap::new();
    for (i, event) in sheet.values().enumerate() {
        check_future(parts, sheet.place(i, "date"), event.date, problems);
        if let Some(settings) = parts.settings
            && last_day(event.date, event.precision) < settings.start
        {
            problems.warning(
                "before-start",
                sheet.place(i, "date"),
                &event.date.to_string(),
                format!("is before the first day of the series, {}", settings.start),
                "mend the date, or start in case.toml, or leave it as background",
            );
        }
        for (column, code) in [("source", &event.source), ("target", &event.target)] {
            if kinds.get(code.as_str()) == Some(&ActorKind::Arrangement) {
                problems.warning(
                    "arrangement-acts",
                    sheet.place(i, column),
                    code,
                    "is an arrangement, which does not act",
                    "name who acts, or mend its kind in actors.csv",
                );
            }
        }
        if event.source == event.target
            && kinds.get(event.source.as_str()) == Some(&ActorKind::State)
        {
            problems.warning(
                "acts-on-itself",
                sheet.place(i, "target"),
                &event.target,
                "is both source and target",
                "name towards whom it was done",
            );
        }

        let pair = (event.source.as_str(), event.target.as_str());
        let unordered = (pair.0.min(pair.1), pair.0.max(pair.1));
        let directed = if event.mutual { unordered } else { pair };
        let key = (
            event.date,
            directed,
            event.mutual,
            event.cameo,
            event.area.as_str(),
        );
        let twin = (event.precision == Precision::Day)
            .then(|| seen.insert(key, event.id.as_str()))
            .flatten();
        let title_key = (event.date, unordered, event.title.as_str());
        let namesake = titles.insert(title_key, event.id.as_str());
        if let Some(other) = twin {
            problems.warning(
                "same-event-twice",
                sheet.place(i, "id"),
                &event.id,
                format!("has the date, actors, code and area of {other}"),
                "delete one of them, unless it happened twice on that day",
            );
        } else if let Some(other) = namesake {
            problems.warning(
                "same-title-twice",
                sheet.place(i, "title"),
                &event.title,
                format!("is also the title of {other}, of the same day and actors"),
                "say what is different, or delete one of them",
            );
        }
    }
}

/// A body does not act before it has a member.
///
/// Asked only of bodies with members on record. An event known to the month or year is given the
/// benefit of its last day; a membership of precision `by` may have begun at any time before. A
/// state that meets a body it joins later is no doubt at all: that is how states join.
fn check_founding(parts: &Parts, problems: &mut Problems) {
    let mut terms: BTreeMap<&str, Vec<(Date, Date)>> = BTreeMap::new();
    for m in parts.memberships.values() {
        let from = match m.precision {
            MembershipPrecision::By => Date::MIN,
            _ => m.from,
        };
        let term = (from, m.to.unwrap_or(Date::MAX));
        terms.entry(&m.body).or_default().push(term);
    }
    let sheet = parts.chronicle;
    for (i, event) in sheet.values().enumerate() {
        let (first, last) = (event.date, last_day(event.date, event.precision));
        let mut columns = vec![("source", &event.source)];
        if event.target != event.source {
            columns.push(("target", &event.target));
        }
        for (column, code) in columns {
            let Some(terms) = terms.get(code.as_str()) else {
                continue;
            };
            if !terms.iter().any(|&(from, to)| from <= last && first <= to) {
                problems.warning(
                    "before-joining",
                    sheet.place(i, column),
                    code,
                    format!(
                        "has no member on {} by memberships.csv",
                        event.precision.show(event.date)
                    ),
                    "name the states that acted, or mend the membership",
                );
            }
        }
    }
}

/// Initiatives wait for each other in some order, and serve elements of the right kind.
fn check_initiatives(parts: &Parts, problems: &mut Problems) {
    let sheet = parts.initiatives;
    let index: BTreeMap<&str, usize> = sheet
        .values()
        .enumerate()
        .map(|(i, initiative)| (initiative.id.as_str(), i))
        .collect();
    let edges: Vec<Vec<usize>> = sheet
        .values()
        .map(|initiative| {
            let ids = initiative.prerequisites.iter();
            ids.filter_map(|id| index.get(id.as_str()).copied())
                .collect()
        })
        .collect();
    for cycle in cycles(&edges) {
        let names = cycle.iter().map(|&i| sheet.value(i).id.as_str());
        problems.error(
            "prerequisite-cycle",
            sheet.place(cycle[0], "prerequisites"),
            &sheet.value(cycle[0]).prerequisites.join(";"),
            format!("makes initiatives wait for each other: {}", round(names)),
            "take one of these prerequisites out",
        );
    }

    let Some(placed) = parts.crosswalk else {
        return;
    };
    let kinds = kinds_of_elements(parts.frameworks);
    for (i, initiative) in sheet.values().enumerate() {
        for (column, ids, wanted) in [
            ("themes", &initiative.themes, &placed.crosswalk.rows),
            (
                "lines_of_effort",
                &initiative.lines,
                &placed.crosswalk.columns,
            ),
        ] {
            for id in ids {
                if let Some(kind) = kinds.get(id.as_str())
                    && kind != wanted
                {
                    problems.warning(
                        "wrong-kind",
                        sheet.place(i, column),
                        id,
                        format!("is of the kind {kind} and not {wanted}"),
                        "name an element that the crosswalk knows, or it will count nowhere",
                    );
                }
            }
        }
    }
}

/// Dates and status of an initiative fit together.
fn check_progress(parts: &Parts, problems: &mut Problems) {
    let sheet = parts.initiatives;
    let events: BTreeMap<&str, &Event> = parts
        .chronicle
        .values()
        .map(|e| (e.id.as_str(), e))
        .collect();
    let entered = |id: &str, state: ProgressState| {
        let mut entries = parts.progress.values();
        entries.any(|entry| entry.initiative == id && entry.state == state)
    };
    for (i, initiative) in sheet.values().enumerate() {
        let status = initiative.status;
        if let Some(start) = initiative.start {
            check_future(parts, sheet.place(i, "start"), start, problems);
        } else if matches!(status, Status::Done | Status::Running)
            && !entered(&initiative.id, ProgressState::Started)
        {
            problems.warning(
                "no-start",
                sheet.place(i, "start"),
                "",
                format!("the initiative is {} but has no start", status.name()),
                "write when it began",
            );
        }
        if let Some(delivered) = initiative.delivered {
            check_future(parts, sheet.place(i, "delivered"), delivered, problems);
            let precision = initiative.delivered_precision.unwrap_or(Precision::Day);
            if let Some(start) = initiative.start
                && last_day(delivered, precision) < start
            {
                problems.error(
                    "reversed-dates",
                    sheet.place(i, "delivered"),
                    &delivered.to_string(),
                    format!("is before the initiative starts, {start}"),
                    "put the two dates in order",
                );
            }
        } else if status == Status::Done && !entered(&initiative.id, ProgressState::Delivered) {
            problems.warning(
                "done-without-delivery",
                sheet.place(i, "delivered"),
                "",
                "the initiative is done but has no day of delivery",
                "write when the deliverable was delivered, if it can be found",
            );
        }
        for id in &initiative.evidence {
            if let (Some(start), Some(event)) = (initiative.start, events.get(id.as_str()))
                && last_day(event.date, event.precision) < start
            {
                problems.warning(
                    "evidence-before-start",
                    sheet.place(i, "evidence"),
                    id,
                    format!(
                        "is of {}, before the initiative starts, {start}",
                        event.shown_date()
                    ),
                    "mend the start, or take the event out",
                );
            }
        }
    }
}

fn kinds_of_elements(frameworks: &[Framework]) -> BTreeMap<&str, &str> {
    let elements = frameworks.iter().flat_map(|f| &f.elements);
    elements.map(|e| (e.id.as_str(), e.kind.as_str())).collect()
}

/// No element stands under itself, at whatever remove.
fn check_parents(parts: &Parts, findings: &mut Findings) {
    let elements: Vec<&Element> = parts.frameworks.iter().flat_map(|f| &f.elements).collect();
    let index: BTreeMap<&str, usize> = elements
        .iter()
        .enumerate()
        .map(|(i, e)| (e.id.as_str(), i))
        .collect();
    let parent = |e: &&Element| e.parent.as_deref().and_then(|id| index.get(id).copied());
    let edges: Vec<Vec<usize>> = elements
        .iter()
        .map(|e| parent(e).into_iter().collect())
        .collect();
    for cycle in cycles(&edges) {
        let names = cycle.iter().map(|&i| elements[i].id.as_str());
        let first = elements[cycle[0]].id.as_str();
        let place = findings
            .defined
            .iter()
            .find(|named| named.kind == Kind::Element && named.id == first)
            .map_or_else(|| Place::file("frameworks"), |named| named.place.clone());
        findings.problems.error(
            "parent-cycle",
            place,
            first,
            format!("stands under itself: {}", round(names)),
            "take one of these parents out",
        );
    }
}

/// Links join an element of the rows with one of the columns, each pair and policy once.
fn check_crosswalk(parts: &Parts, problems: &mut Problems) {
    let Some(placed) = parts.crosswalk else {
        return;
    };
    let crosswalk = &placed.crosswalk;
    let kinds = kinds_of_elements(parts.frameworks);
    let all: BTreeSet<&str> = kinds.values().copied().collect();
    for (place, kind) in [
        (&placed.rows, &crosswalk.rows),
        (&placed.columns, &crosswalk.columns),
    ] {
        if parts.frameworks_are_whole && !all.contains(kind.as_str()) {
            problems.error(
                "wrong-kind",
                place.clone(),
                kind,
                "is the kind of no element of a framework",
                did_you_mean(kind, all.iter().copied())
                    .unwrap_or_else(|| "write the kind of the elements that stand there".into()),
            );
        }
    }
    let mut seen = BTreeSet::new();
    for (link, (row, column)) in crosswalk.links.iter().zip(&placed.links) {
        for (place, id, wanted) in [
            (row, &link.row, &crosswalk.rows),
            (column, &link.column, &crosswalk.columns),
        ] {
            if let Some(kind) = kinds.get(id.as_str())
                && kind != wanted
            {
                problems.error(
                    "wrong-kind",
                    place.clone(),
                    id,
                    format!("is of the kind {kind} and not {wanted}"),
                    "mend the link, or the rows and columns of the crosswalk",
                );
            }
        }
        if !seen.insert((&link.row, &link.column, &link.policy)) {
            problems.warning(
                "duplicate-link",
                row.clone(),
                &link.row,
                format!(
                    "is linked with {} under {} already",
                    link.column, link.policy
                ),
                "delete one of the two links",
            );
        }
    }
}

/// The names of a cycle, back to the first one; those of a long one in part.
fn round<'a>(names: impl ExactSizeIterator<Item = &'a str> + Clone) -> String {
    const SHOWN: usize = 12;
    let first = names.clone().next().map(shown).unwrap_or_default();
    let more = names.len().saturating_sub(SHOWN);
    let mut steps: Vec<String> = names.take(SHOWN).map(shown).collect();
    if more > 0 {
        steps.push(format!("… {more} more"));
    }
    steps.push(first);
    steps.join(" → ")
}

/// How many cycles are looked for: naming each takes as long as it is.
const CYCLES: usize = 100;

/// The cycles of a directed graph that a walk in order of the nodes closes, each from its first
/// node on. Every graph with a cycle yields at least one.
fn cycles(edges: &[Vec<usize>]) -> Vec<Vec<usize>> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        OnPath,
        Left,
    }
    let mut state = vec![State::New; edges.len()];
    let mut found = Vec::new();
    for root in 0..edges.len() {
        if state[root] != State::New {
            continue;
        }
        // Nodes of the path, each with the next of its edges to follow. No recursion: a chain may
        // be as long as the file.
        let mut path = vec![(root, 0)];
        state[root] = State::OnPath;
        while let Some((node, next)) = path.last_mut() {
            let Some(&to) = edges[*node].get(*next) else {
                state[*node] = State::Left;
                path.pop();
                continue;
            };
            *next += 1;
            match state[to] {
                State::New => {
                    state[to] = State::OnPath;
                    path.push((to, 0));
                }
                State::OnPath => {
                    let from = path
                        .iter()
                        .position(|&(n, _)| n == to)
                        .expect("it is on the path");
                    let mut cycle: Vec<usize> = path[from..].iter().map(|&(n, _)| n).collect();
                    let first = (0..cycle.len())
                        .min_by_key(|&i| cycle[i])
                        .expect("not empty");
                    cycle.rotate_left(first);
                    found.push(cycle);
                    if found.len() == CYCLES {
                        return found;
                    }
                }
                State::Left => {}
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cycles_are_found_and_begin_at_their_first_node() {
        assert_eq!(
            cycles(&[vec![1], vec![2], vec![]]),
            Vec::<Vec<usize>>::new()
        );
        assert_eq!(cycles(&[vec![0]]), [[0]]);
        // 3 leads into the cycle 1, 2 but is not of it.
        assert_eq!(cycles(&[vec![3], vec![2], vec![1], vec![2]]), [[1, 2]]);
        // Two ways to the same node are no cycle.
        assert_eq!(
            cycles(&[vec![1, 2], vec![3], vec![3], vec![]]),
            Vec::<Vec<usize>>::new()
        );
    }

    #[test]
    fn a_chain_as_long_as_a_file_is_no_trouble() {
        let n = 300_000;
        let ring: Vec<Vec<usize>> = (0..n).map(|i| vec![(i + 1) % n]).collect();
        assert_eq!(cycles(&ring)[0].len(), n);
    }
}
