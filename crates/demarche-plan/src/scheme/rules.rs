//! Who waits for whom, who excludes whom, who goes together.

use std::collections::BTreeMap;

use demarche_case::{Case, Initiative, Status};

use super::Outside;
use crate::problem::{Activity, Gate, Precedence};

/// What is no part of the decision: done, dropped, of unknown length, or kept out by such.
pub(super) fn outside(case: &Case) -> Vec<(usize, Outside)> {
    let position = |id: &str| case.initiatives.iter().position(|other| other.id == id);
    let mut why: Vec<Option<Outside>> = (case.initiatives.iter())
        .map(|initiative| match initiative.status {
            Status::Done => Some(Outside::Done),
            Status::Dropped => Some(Outside::Dropped),
            _ if initiative.duration_quarters.is_none() => Some(Outside::NoDuration),
            _ => None,
        })
        .collect();
    let open =
        |initiative: &Initiative| matches!(initiative.status, Status::Agreed | Status::Proposed);
    // One that falls out may take others along, in any order of the file.
    loop {
        let falls = |(i, initiative): (usize, &Initiative)| {
            if why[i].is_some() || !open(initiative) {
                return None;
            }
            let mates = |group: &dyn Fn(&Initiative) -> &Option<String>| -> Vec<usize> {
                let own = group(initiative);
                let all = case.initiatives.iter().enumerate();
                all.filter(|(j, other)| *j != i && own.is_some() && group(other) == own)
                    .map(|(j, _)| j)
                    .collect()
            };
            let done = |j: &usize| case.initiatives[*j].status == Status::Done;
            let mut needed = initiative
                .prerequisites
                .iter()
                .filter_map(|id| position(id));
            if let Some(p) = needed.find(|&p| why[p].is_some_and(|w| w != Outside::Done)) {
                return Some((i, Outside::Prerequisite(p)));
            }
            if let Some(p) = mates(&|i| &i.terms.alternatives).into_iter().find(done) {
                return Some((i, Outside::Alternative(p)));
            }
            let mut bound = mates(&|i| &i.terms.bundle).into_iter();
            let torn = bound.find(|&p| why[p].is_some_and(|w| w != Outside::Done))?;
            Some((i, Outside::Bundle(torn)))
        };
        let fallen = case.initiatives.iter().enumerate().find_map(falls);
        let Some((i, reason)) = fallen else { break };
        why[i] = Some(reason);
    }
    why.into_iter()
        .enumerate()
        .filter_map(|(i, why)| Some((i, why?)))
        .collect()
}

/// Who waits for whom. What is done or runs holds nothing up, but a lag counts from the end of what
/// runs and does not come round again.
pub(super) fn precedences(
    case: &Case,
    of: &[usize],
    activity: &[Option<usize>],
) -> Vec<Precedence> {
    let mut all = Vec::new();
    for (after, &i) in of.iter().enumerate() {
        let initiative = &case.initiatives[i];
        if initiative.status == Status::Running {
            continue;
        }
        for (id, &lag) in initiative.prerequisites.iter().zip(&initiative.lags) {
            let Some(p) = case.initiatives.iter().position(|other| &other.id == id) else {
                continue;
            };
            let first = &case.initiatives[p];
            let counts = match first.status {
                Status::Done => false,
                Status::Running => lag > 0 && !first.recurring,
                _ => true,
            };
            if let Some(before) = activity[p]
                && counts
            {
                all.push(Precedence {
                    before,
                    after,
                    lag: lag as usize,
                });
            }
        }
    }
    all
}

/// Groups of activities whose initiatives carry the same name, of two or more.
pub(super) fn groups(
    case: &Case,
    of: &[usize],
    name: impl Fn(&Initiative) -> &Option<String>,
) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (a, &i) in of.iter().enumerate() {
        if let Some(name) = name(&case.initiatives[i]) {
            groups.entry(name).or_default().push(a);
        }
    }
    groups
        .into_values()
        .filter(|group| group.len() > 1)
        .collect()
}

/// Confidence-building first: what is exposed waits until something calming has ended in the plan.
pub(super) fn gates(
    case: &Case,
    of: &[usize],
    activities: &[Activity],
    tenths: impl Fn(usize) -> i64,
) -> Vec<Gate> {
    let settings = &case.settings.plan;
    if !settings.confidence_first {
        return Vec::new();
    }
    let calming = |a: usize| case.initiatives[of[a]].terms.calming;
    let runs = |a: usize| case.initiatives[of[a]].status == Status::Running;
    let most = settings.confidence_exposure as i64 * super::LEVELS;
    let waits: Vec<usize> = (0..activities.len())
        .filter(|&a| !runs(a) && !calming(a) && tenths(a) >= most)
        .collect();
    if waits.is_empty() {
        return Vec::new();
    }
    vec![Gate {
        name: "something calming must have ended first".to_owned(),
        keys: (0..activities.len()).filter(|&a| calming(a)).collect(),
        waits,
    }]
}
