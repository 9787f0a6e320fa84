//! Small cases made by hand, and the worked case, for the tests of this crate.

use std::path::Path;

use demarche_case::{
    Actor, ActorKind, Area, Basis, BodyMode, Case, Element, Framework, Initiative, MeasureSettings,
    Membership, MembershipPrecision, Settings, Side, Sides, Status,
};
use demarche_events::{Date, Event, PeriodUnit, Precision, QuadScheme};
use proptest::prelude::*;

/// The areas of the worked case.
pub const AREAS: [&str; 20] = [
    "political-dialogue",
    "public-diplomacy",
    "military-cooperation",
    "interoperability",
    "defence-industry",
    "science-technology",
    "cyber",
    "maritime",
    "space",
    "nuclear-nonproliferation",
    "counter-terrorism",
    "crisis-management",
    "women-peace-security",
    "climate-energy",
    "supply-chain",
    "health",
    "human-resources",
    "threat",
    "economic-coercion",
    "arms-transfer",
];

pub fn day(text: &str) -> Date {
    text.parse().expect("a date")
}

pub fn actor(code: &str, kind: ActorKind) -> Actor {
    Actor {
        code: code.to_owned(),
        name: code.to_owned(),
        short: code.to_owned(),
        kind,
        cameo: None,
        gdelt_group: None,
        icews: None,
        cow: None,
    }
}

pub fn membership(actor: &str, body: &str, from: &str, to: Option<&str>) -> Membership {
    Membership {
        actor: actor.to_owned(),
        body: body.to_owned(),
        from: day(from),
        to: to.map(day),
        precision: MembershipPrecision::Day,
        url: String::new(),
        note: String::new(),
    }
}

/// An event whose date is known as exactly as it is written (`2021`, `2021-06`, `2021-06-15`);
/// `how` is `->` for one-sided and `<>` for mutual.
pub fn event(date: &str, source: &str, how: &str, target: &str, cameo: &str, area: &str) -> Event {
    let (date, precision) = match date.len() {
        4 => (format!("{date}-01-01"), Precision::Year),
        7 => (format!("{date}-01"), Precision::Month),
        _ => (date.to_owned(), Precision::Day),
    };
    Event {
        id: String::new(),
        date: day(&date),
        precision,
        source: source.to_owned(),
        target: target.to_owned(),
        mutual: how == "<>",
        cameo: cameo.parse().expect("a CAMEO code"),
        area: area.to_owned(),
        title: String::new(),
        url: String::new(),
    }
}

/// A case from 2020-01-01 to 2023-12-31 with the states A to F, the bodies X (members A, and B
/// from 2021-01-01) and Y (members C and D), and these events.
pub fn case(events: Vec<Event>) -> Case {
    let mut chronicle = events;
    for (i, e) in chronicle.iter_mut().enumerate() {
        e.id = format!("e{i}");
    }
    let mut actors: Vec<Actor> = ["A", "B", "C", "D", "E", "F"]
        .map(|code| actor(code, ActorKind::State))
        .into();
    actors.extend(["X", "Y"].map(|code| actor(code, ActorKind::Body)));
    let side = |name: &str, actors: &[&str]| Side {
        name: name.to_owned(),
        actors: actors.iter().map(|&a| a.to_owned()).collect(),
    };
    Case {
        settings: Settings {
            title: "Test".to_owned(),
            summary: String::new(),
            partners: ["E".to_owned(), "X".to_owned()],
            comparators: vec!["F".to_owned()],
            as_of: day("2023-12-31"),
            start: day("2020-01-01"),
            measure: MeasureSettings {
                by: PeriodUnit::Month,
                body: BodyMode::Itself,
                quad: QuadScheme::Gdelt,
                min_events: 1,
                draws: 1000,
                seed: 7,
            },
            sides: Sides {
                one: side("one", &["E", "X"]),
                other: side("other", &["Y"]),
                third: Vec::new(),
            },
            periods: Vec::new(),
            milestones: Vec::new(),
            areas: AREAS
                .iter()
                .map(|&id| Area {
                    id: id.to_owned(),
                    name: id.to_owned(),
                })
                .collect(),
            sources: Vec::new(),
            limits: Vec::new(),
            respond: Default::default(),
            streams: Vec::new(),
            plan: demarche_case::PlanSettings::default(),
        },
        actors,
        memberships: vec![
            membership("A", "X", "2000-01-01", None),
            membership("B", "X", "2021-01-01", None),
            membership("C", "Y", "2000-01-01", None),
            membership("D", "Y", "2000-01-01", Some("2022-06-30")),
        ],
        offices: Vec::new(),
        frameworks: Vec::new(),
        crosswalk: None,
        initiatives: Vec::new(),
        progress: Vec::new(),
        resources: Vec::new(),
        chronicle,
        fingerprint: String::new(),
    }
}

/// The worked case. `None` where it is not to be found.
pub fn korea_nato() -> Option<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases/korea-nato");
    let there = folder.join("case.toml").exists();
    there.then(|| {
        demarche_case::read(&folder)
            .case
            .expect("the worked case is sound")
    })
}

/// Events at random among the actors and bodies of [`case`], on few days and in few areas so that
/// rows coincide.
pub fn sample_events(most: usize) -> impl Strategy<Value = Vec<Event>> {
    let actor = prop::sample::select(vec!["A", "B", "C", "D", "E", "F", "X", "Y"]);
    let date = prop::sample::select(vec![
        "2020-02-03",
        "2020-02-04",
        "2020-12-31",
        "2021-01-01",
        "2021-06-15",
        "2021-06-16",
        "2021-06",
        "2022-07",
        "2021",
        "2023",
        "2023-12-31",
        "2019-05-05",
        "2024-01-01",
    ]);
    let code = prop::sample::select(vec![
        "010", "022", "030", "040", "041", "057", "062", "071", "090", "111", "130", "145", "150",
        "172", "190",
    ]);
    let area = prop::sample::select(vec!["cyber", "maritime", "space"]);
    let row = (date, actor.clone(), prop::bool::ANY, actor, code, area);
    let row = row.prop_filter_map("nobody acts towards itself", |(d, a, m, b, c, r)| {
        (a != b).then(|| event(d, a, if m { "<>" } else { "->" }, b, c, r))
    });
    prop::collection::vec(row, 0..most)
}

pub fn element(id: &str, kind: &str, areas: &[&str]) -> Element {
    Element {
        id: id.to_owned(),
        kind: kind.to_owned(),
        name: id.to_owned(),
        short: id.to_owned(),
        summary: String::new(),
        basis: Basis::Read,
        url: None,
        parent: None,
        parent_basis: None,
        areas: areas.iter().map(|&a| a.to_owned()).collect(),
    }
}

pub fn framework(id: &str, owner: &str, elements: &[Element]) -> Framework {
    Framework {
        id: id.to_owned(),
        owner: owner.to_owned(),
        name: id.to_owned(),
        date: day("2022-01-01"),
        url: String::new(),
        elements: elements.to_vec(),
    }
}

pub fn initiative(
    id: &str,
    status: Status,
    area: &str,
    themes: &[&str],
    lines: &[&str],
) -> Initiative {
    Initiative {
        id: id.to_owned(),
        title: id.to_owned(),
        recommendations: Vec::new(),
        area: area.to_owned(),
        themes: themes.iter().map(|&t| t.to_owned()).collect(),
        lines: lines.iter().map(|&l| l.to_owned()).collect(),
        lead: String::new(),
        counterpart: String::new(),
        status,
        start: None,
        start_precision: None,
        prerequisites: Vec::new(),
        lags: Vec::new(),
        duration_quarters: None,
        duration_basis: None,
        recurring: false,
        staff_fte: None,
        staff_basis: None,
        cost_keur: None,
        cost_basis: None,
        exposure: Vec::new(),
        exposure_basis: None,
        deliverable: String::new(),
        indicator: String::new(),
        delivered: None,
        delivered_precision: None,
        evidence: Vec::new(),
        url: String::new(),
        note: String::new(),
        terms: Default::default(),
    }
}
