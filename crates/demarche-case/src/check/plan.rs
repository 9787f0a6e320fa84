//! What a plan needs of initiatives and settings.

use std::collections::BTreeMap;

use crate::problem::{Place, Problems};
use crate::{Initiative, Status};

use super::Parts;

/// Adds what is wrong with what a plan is made of.
pub(super) fn check(parts: &Parts, problems: &mut Problems) {
    check_prerequisites(parts, problems);
    check_groups(parts, problems);
    check_reviews(parts, problems);
    check_fields(parts, problems);
    check_pools(parts, problems);
}

/// Whether an initiative is still to be decided on or carried out.
fn planned(initiative: &Initiative) -> bool {
    !matches!(initiative.status, Status::Done | Status::Dropped)
}

/// Nothing waits for what will never end.
fn check_prerequisites(parts: &Parts, problems: &mut Problems) {
    let sheet = parts.initiatives;
    let by_id: BTreeMap<&str, &Initiative> = sheet.values().map(|i| (i.id.as_str(), i)).collect();
    let quarters = parts.settings.map(|settings| settings.plan.quarters);
    for (i, initiative) in sheet.values().enumerate() {
        if !matches!(initiative.status, Status::Agreed | Status::Proposed) {
            continue;
        }
        for id in &initiative.prerequisites {
            let Some(first) = by_id.get(id.as_str()) else {
                continue;
            };
            let place = || sheet.place(i, "prerequisites");
            match (first.status, first.duration_quarters) {
                (Status::Dropped, _) => problems.error(
                    "impossible-prerequisite",
                    place(),
                    id,
                    format!("has been dropped, so {} could never begin", initiative.id),
                    "take the prerequisite out, or drop this initiative as well",
                ),
                (Status::Agreed | Status::Proposed, None) => problems.warning(
                    "impossible-prerequisite",
                    place(),
                    id,
                    "has no duration, so no plan can say when it ends",
                    "give it duration_quarters",
                ),
                (Status::Agreed | Status::Proposed, Some(takes))
                    if quarters.is_some_and(|quarters| takes > quarters) =>
                {
                    let quarters = quarters.unwrap_or_default();
                    problems.warning(
                        "impossible-prerequisite",
                        place(),
                        id,
                        format!("takes {takes} quarters, but the plan has {quarters}"),
                        "shorten it, or raise quarters in [plan] of case.toml",
                    );
                }
                _ => {}
            }
        }
    }
}

/// A group has more than one member.
fn check_groups(parts: &Parts, problems: &mut Problems) {
    let sheet = parts.initiatives;
    // A row that could not be read may be the other one.
    if problems.any_error_in("initiatives.csv") {
        return;
    }
    for (column, what) in [
        (
            "alternatives",
            "is the only one in this group of alternatives",
        ),
        ("bundle", "is the only one in this bundle"),
    ] {
        let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (i, initiative) in sheet.values().enumerate() {
            let name = match column {
                "bundle" => &initiative.terms.bundle,
                _ => &initiative.terms.alternatives,
            };
            if let Some(name) = name {
                groups.entry(name).or_default().push(i);
            }
        }
        for (name, members) in groups {
            if let [only] = members[..] {
                problems.warning(
                    "lonely-group",
                    sheet.place(only, column),
                    name,
                    format!("groups nothing: {} {what}", sheet.value(only).id),
                    "give the others the same name here, or leave the field empty",
                );
            }
        }
    }
}

/// Who starts only after a review needs one.
fn check_reviews(parts: &Parts, problems: &mut Problems) {
    let Some(settings) = parts.settings else {
        return;
    };
    for (i, initiative) in parts.initiatives.values().enumerate() {
        if initiative.terms.at_review && planned(initiative) && settings.plan.reviews.is_empty() {
            problems.error(
                "no-review",
                parts.initiatives.place(i, "at_review"),
                "true",
                "can't be kept: case.toml names no review of the programme",
                "add [[review]] with quarter = \"2027-Q1\" to case.toml, or write false",
            );
        }
    }
}

/// Everything still to be done says what it is for, who can take it up, what it begins from and what
/// it costs afterwards.
fn check_fields(parts: &Parts, problems: &mut Problems) {
    let sheet = parts.initiatives;
    let Some(header) = sheet.header() else {
        return;
    };
    let known = |name: &str| {
        let upkeep = name == "upkeep"
            && header
                .iter()
                .any(|h| h == "upkeep_staff" || h == "upkeep_keur");
        upkeep || header.iter().any(|h| h == name)
    };
    let absent: Vec<&str> = ["objective", "absorption", "baseline", "upkeep"]
        .into_iter()
        .filter(|name| !known(name))
        .collect();
    let to_do = sheet.values().filter(|i| planned(i)).count();
    if !absent.is_empty() && to_do > 0 {
        problems.warning(
            "missing-field",
            sheet.header_place(),
            "",
            format!(
                "no column says {} of the {to_do} initiatives still to be done",
                words(&absent)
            ),
            format!("add {}", columns(&absent)),
        );
    }
    for (i, initiative) in sheet.values().enumerate() {
        if !planned(initiative) {
            continue;
        }
        let missing = initiative.terms.missing();
        let missing: Vec<&str> = missing.into_iter().filter(|name| known(name)).collect();
        if let Some(first) = missing.first() {
            let column = match *first {
                "upkeep" => "upkeep_keur",
                other => other,
            };
            problems.warning(
                "missing-field",
                sheet.place(i, column),
                "",
                format!("nothing says {} of {}", words(&missing), initiative.id),
                format!("fill in {}; 0 where there is none", columns(&missing)),
            );
        }
    }
}

fn words(fields: &[&str]) -> String {
    let words: Vec<&str> = fields
        .iter()
        .map(|field| match *field {
            "objective" => "the objective",
            "absorption" => "how well the receiving side can take it up",
            "baseline" => "the baseline",
            _ => "what keeping it up costs",
        })
        .collect();
    match words.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => words.concat(),
    }
}

fn columns(fields: &[&str]) -> String {
    let names: Vec<&str> = fields
        .iter()
        .map(|field| match *field {
            "upkeep" => "upkeep_staff or upkeep_keur",
            other => other,
        })
        .collect();
    names.join(", ")
}

/// A pool that follows rows of another file finds some.
fn check_pools(parts: &Parts, problems: &mut Problems) {
    let Some(settings) = parts.settings else {
        return;
    };
    for pool in &settings.plan.pools {
        let Some(wanted) = &pool.from_resources else {
            continue;
        };
        let found = parts.resources.values().any(|row| {
            row.entity == wanted.entity && row.measure == wanted.measure && row.value.is_some()
        });
        if !found {
            problems.error(
                "no-such-rows",
                Place::file("case.toml").column("pool.from_resources"),
                &format!("{}: {}", wanted.entity, wanted.measure),
                "has no row with a value in resources.csv",
                "write entity and measure as they stand there",
            );
        }
    }
}
