//! `case.toml`: what the case is about and how it is measured.

use std::collections::BTreeMap;

use crate::names::{Findings, Kind};
use crate::problem::Place;
use crate::toml_file::{Table, TomlFile};
use crate::{
    Area, MeasureSettings, Milestone, NamedPeriod, RespondSettings, Settings, Side, Sides, Source,
    Stream,
};
use demarche_events::{Date, Period, PeriodUnit};

pub(super) const FILE: &str = "case.toml";

/// Most draws of a bootstrap: more would take minutes and show nothing new.
const MOST_DRAWS: u64 = 100_000;

pub(super) fn read(text: &str, findings: &mut Findings) -> Option<Settings> {
    let file = TomlFile::read(FILE, text, &mut findings.problems);
    if !file.is_sound {
        let kinds = [Kind::Area, Kind::Source, Kind::Stream, Kind::Pool];
        findings.incomplete.extend(kinds);
        findings.incomplete.insert(Kind::Signpost);
    }
    let root = file.root();
    let case = root.table("case", findings);
    let measure = root.table("measure", findings);
    let sides = root.table("sides", findings);
    let periods = each(&root, "period", findings, read_period);
    let milestones = each(&root, "milestone", findings, read_milestone);
    let areas = each(&root, "area", findings, read_area);
    let sources = each(&root, "source", findings, read_source);
    let respond = match root.has("respond") {
        true => root.table("respond", findings).map(Some),
        false => Some(None),
    };
    let streams = each(&root, "stream", findings, read_stream);
    let plan = super::plan::read(&root, findings);
    root.report_unknown_keys(findings);

    let measure = measure.and_then(|table| read_measure(&table, findings));
    let sides = sides.and_then(|table| read_sides(&table, findings));
    let case = case?;
    let title = case.text("title", findings);
    let summary = case.text("summary", findings);
    let partners = read_partners(&case, findings);
    let comparators = case.texts("comparators", findings);
    for (code, place) in &comparators {
        findings.refer(Kind::Actor, code, place.clone());
        if partners.as_ref().is_some_and(|p| p.contains(code)) {
            findings.problems.error(
                "comparator-is-partner",
                place.clone(),
                code,
                "is a partner and would be compared with itself",
                "take it out of the comparators",
            );
        }
    }
    let as_of = case.date("as_of", findings);
    let start = case.date("start", findings);
    let limits = case.texts("limits", findings);
    case.report_unknown_keys(findings);
    let (as_of, start) = (as_of?, start?);
    if start > as_of {
        findings.problems.error(
            "reversed-dates",
            case.place("start"),
            &start.to_string(),
            format!("is after as_of, which is {as_of}"),
            "let the series start before the day the case is written as of",
        );
    }
    if let Some(plan) = &plan {
        let first = Period::of(as_of, PeriodUnit::Quarter).next();
        super::futures::check_quarters(&root, &plan.futures, first, plan.quarters, findings);
    }
    let respond = match respond? {
        Some(table) => read_respond(&table, start, as_of, findings),
        None => Some(RespondSettings::default()),
    };
    Some(Settings {
        title: title?,
        summary: summary?,
        partners: partners?,
        comparators: comparators.into_iter().map(|(code, _)| code).collect(),
        as_of,
        start,
        measure: measure?,
        sides: sides?,
        periods: periods?,
        milestones: milestones?,
        areas: areas?,
        sources: sources?,
        limits: limits.into_iter().map(|(text, _)| text).collect(),
        respond: respond?,
        streams: streams?,
        plan: plan?,
    })
}

/// Reads each table of a list; `None` if one of them cannot be read.
pub(super) fn each<T>(
    table: &Table,
    key: &'static str,
    findings: &mut Findings,
    read: impl Fn(&Table, &mut Findings) -> Option<T>,
) -> Option<Vec<T>> {
    let read: Vec<Option<T>> = table
        .tables(key, findings)
        .iter()
        .map(|item| {
            let value = read(item, findings);
            item.report_unknown_keys(findings);
            value
        })
        .collect();
    read.into_iter().collect()
}

fn read_partners(case: &Table, findings: &mut Findings) -> Option<[String; 2]> {
    let partners = case.texts("partners", findings);
    for (code, place) in &partners {
        findings.refer(Kind::Actor, code, place.clone());
    }
    let codes: Vec<String> = partners.into_iter().map(|(code, _)| code).collect();
    let why = match <[String; 2]>::try_from(codes) {
        Ok([one, other]) if one != other => return Some([one, other]),
        Ok([one, _]) => format!("{one} is named twice"),
        Err(codes) => format!("{} partner(s) are named", codes.len()),
    };
    findings.problems.error(
        "equal-partners",
        case.place("partners"),
        "",
        why,
        "name two different codes of actors.csv, as in partners = [\"KOR\", \"NATO\"]",
    );
    None
}

fn read_measure(table: &Table, findings: &mut Findings) -> Option<MeasureSettings> {
    let by = table.choice("by", findings);
    let body = table.choice("body", findings);
    let quad = table.choice("quad", findings);
    let min_events = table.whole("min_events", 1, 1_000_000, findings);
    let draws = table.whole("draws", 1, MOST_DRAWS, findings);
    let seed = table.whole("seed", 0, i64::MAX as u64, findings);
    table.report_unknown_keys(findings);
    Some(MeasureSettings {
        by: by?,
        body: body?,
        quad: quad?,
        min_events: min_events? as usize,
        draws: draws? as usize,
        seed: seed?,
    })
}

fn read_respond(
    table: &Table,
    start: Date,
    as_of: Date,
    findings: &mut Findings,
) -> Option<RespondSettings> {
    let default = RespondSettings::default();
    let fitted_to = match table.has("fitted_to") {
        true => Some(table.date("fitted_to", findings)?),
        false => None,
    };
    if let Some(day) = fitted_to
        && !(start < day && day < as_of)
    {
        findings.problems.error(
            "out-of-range",
            table.place("fitted_to"),
            &day.to_string(),
            format!("does not lie between the start of the series, {start}, and as_of, {as_of}"),
            "choose a day that leaves something before it to fit and after it to judge by",
        );
        return None;
    }
    let vague = match table.has("vague") {
        true => table.choice("vague", findings)?,
        false => default.vague,
    };
    let by = match table.has("by") {
        true => table.choice("by", findings)?,
        false => default.by,
    };
    let thirds = table.refer_list(Kind::Actor, "thirds", findings);
    let occasions = table.dates("occasions", findings);
    table.report_unknown_keys(findings);
    Some(RespondSettings {
        fitted_to,
        vague,
        by,
        thirds,
        occasions,
    })
}

fn read_stream(table: &Table, findings: &mut Findings) -> Option<Stream> {
    let id = table.define(Kind::Stream, "id", findings);
    let name = table.text("name", findings);
    let role = table.choice("role", findings);
    let source = table.refer_list(Kind::Actor, "source", findings);
    let target = table.refer_list(Kind::Actor, "target", findings);
    let either = table.flag("either", findings);
    let acts = table.choice("acts", findings);
    let areas = table.refer_list(Kind::Area, "areas", findings);
    for (key, list) in [("source", &source), ("target", &target)] {
        if list.is_empty() {
            findings.problems.error(
                "missing-value",
                table.place(key),
                "",
                "a stream needs actors on both ends",
                format!("add {key} = [\"…\"] with codes of actors.csv"),
            );
        }
    }
    Some(Stream {
        id: id?,
        name: name?,
        role: role?,
        source,
        target,
        either: either?,
        acts: acts?,
        areas,
    })
}

fn read_sides(table: &Table, findings: &mut Findings) -> Option<Sides> {
    // Where each actor stands already.
    let mut taken: BTreeMap<String, &'static str> = BTreeMap::new();
    let mut place_of = |code: &str, side: &'static str, place: Place, findings: &mut Findings| {
        findings.refer(Kind::Actor, code, place.clone());
        if let Some(first) = taken.insert(code.to_owned(), side) {
            findings.problems.error(
                "overlapping-sides",
                place,
                code,
                format!("stands in {first} already"),
                "leave it in one place only",
            );
        }
    };
    let mut side = |key: &'static str, shown: &'static str, findings: &mut Findings| {
        let table = table.table(key, findings)?;
        let name = table.text("name", findings);
        let actors = table.texts("actors", findings);
        table.report_unknown_keys(findings);
        for (code, place) in &actors {
            place_of(code, shown, place.clone(), findings);
        }
        Some(Side {
            name: name?,
            actors: actors.into_iter().map(|(code, _)| code).collect(),
        })
    };
    let one = side("one", "sides.one", findings);
    let other = side("other", "sides.other", findings);
    let third = table.texts("third", findings);
    for (code, place) in &third {
        place_of(code, "sides.third", place.clone(), findings);
    }
    table.report_unknown_keys(findings);
    Some(Sides {
        one: one?,
        other: other?,
        third: third.into_iter().map(|(code, _)| code).collect(),
    })
}

fn read_period(table: &Table, findings: &mut Findings) -> Option<NamedPeriod> {
    let name = table.text("name", findings);
    let from = table.date("from", findings);
    let to = table.date("to", findings);
    let (from, to) = (from?, to?);
    if to < from {
        findings.problems.error(
            "reversed-dates",
            table.place("to"),
            &to.to_string(),
            format!("is before the first day of the period, {from}"),
            "put the two dates in order",
        );
        return None;
    }
    Some(NamedPeriod {
        name: name?,
        from,
        to,
    })
}

fn read_milestone(table: &Table, findings: &mut Findings) -> Option<Milestone> {
    let label = table.text("label", findings);
    let event = table.refer(Kind::Event, "event", findings);
    Some(Milestone {
        label: label?,
        event: event?,
    })
}

fn read_area(table: &Table, findings: &mut Findings) -> Option<Area> {
    let id = table.define(Kind::Area, "id", findings);
    let name = table.text("name", findings);
    Some(Area {
        id: id?,
        name: name?,
    })
}

fn read_source(table: &Table, findings: &mut Findings) -> Option<Source> {
    let id = table.define(Kind::Source, "id", findings);
    let citation = table.text("citation", findings);
    let url = table.url("url", findings);
    Some(Source {
        id: id?,
        citation: citation?,
        url: url.filter(|u| !u.is_empty()),
    })
}
