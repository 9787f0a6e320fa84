//! What an initiative takes, gives and is worth.

use demarche_case::{Agreed, Case, Initiative, PlanSettings, Status};
use demarche_events::{Date, Period, PeriodUnit};

use super::exposure::Level;
use super::{Kind, MONEY, TENTHS, Wishes, pool_of};
use crate::problem::{Activity, LARGEST};
use crate::worth::Worth;

/// How people of an initiative fall on the pools: tenths for each, shared evenly among the entries of
/// its lead, each share rounded up. Entries that no pool names are given back.
pub(crate) fn shares<'a>(
    settings: &PlanSettings,
    initiative: &'a Initiative,
    people: f64,
) -> (Vec<i64>, Vec<&'a str>) {
    let mut tenths = vec![0; settings.pools.len()];
    let entries: Vec<&str> = initiative
        .lead
        .split(';')
        .map(str::trim)
        .filter(|entry| !entry.is_empty())
        .collect();
    let all = (people * TENTHS as f64).round() as i64;
    let share = all.checked_div(entries.len() as i64).unwrap_or(0)
        + i64::from(!entries.is_empty() && all % entries.len().max(1) as i64 != 0);
    let mut unknown = Vec::new();
    for entry in entries {
        match pool_of(settings, entry) {
            Some(pool) => tenths[pool] += share,
            None => unknown.push(entry),
        }
    }
    (tenths, unknown)
}

/// Whole quarters from the start of an initiative to the first quarter of the plan.
fn quarters_behind(start: Date, first: Period) -> usize {
    let mut period = Period::of(start, PeriodUnit::Quarter);
    let mut behind = 0;
    while period.first() < first.first() && behind < 10_000 {
        period = period.next();
        behind += 1;
    }
    behind
}

/// Why an initiative may not start in a quarter, whatever else is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Barred {
    /// It could not end within the plan.
    TooLong,
    /// The last quarter in which it may start is past.
    Late,
    /// It starts only in a quarter that follows a review of the programme.
    NoReview,
    /// Another quarter was asked for.
    Locked,
    /// It was ruled out.
    Forbidden,
}

/// Why an initiative that does not run may not start in quarter `start`, if so.
pub(super) fn barred(
    case: &Case,
    i: usize,
    quarters: &[Period],
    wishes: &Wishes,
    duration: usize,
    start: usize,
) -> Option<Barred> {
    let terms = &case.initiatives[i].terms;
    let locked = wishes.locked.iter().find(|&&(locked, _)| locked == i);
    let reviewed = || {
        let mut reviews = case.settings.plan.reviews.iter();
        reviews.any(|review| review.next() == quarters[start])
    };
    let late = terms
        .latest
        .is_some_and(|latest| quarters[start].first() > latest);
    if wishes.forbidden.contains(&i) {
        Some(Barred::Forbidden)
    } else if locked.is_some_and(|&(_, at)| at != start) {
        Some(Barred::Locked)
    } else if start + duration > quarters.len() {
        Some(Barred::TooLong)
    } else if late {
        Some(Barred::Late)
    } else if terms.at_review && !reviewed() {
        Some(Barred::NoReview)
    } else {
        None
    }
}

/// The activity that an initiative is. `exposure` is that to each actor.
pub(super) fn make(
    case: &Case,
    i: usize,
    quarters: &[Period],
    kinds: &[Kind],
    exposure: &[(String, Level)],
    wishes: &Wishes,
) -> Activity {
    let initiative = &case.initiatives[i];
    let terms = &initiative.terms;
    let settings = &case.settings.plan;
    let horizon = quarters.len();
    let length = initiative.duration_quarters.unwrap_or(1) as usize;
    let runs = initiative.status == Status::Running;
    let duration = match (runs, initiative.recurring) {
        (true, true) => horizon,
        (true, false) => {
            let behind = initiative
                .start
                .map_or(0, |start| quarters_behind(start, quarters[0]));
            length.saturating_sub(behind).clamp(1, horizon)
        }
        (false, _) => length,
    };
    // A profile belongs to the whole life; of what runs, the last quarters are left.
    let percent = |profile: &[u32], age: usize| {
        let behind = profile.len().saturating_sub(duration);
        profile.get(behind + age).map(|&percent| i64::from(percent))
    };
    let (staff, _) = shares(settings, initiative, initiative.staff_fte.unwrap_or(0.0));
    let (kept, _) = shares(settings, initiative, terms.upkeep_staff.unwrap_or(0.0));
    let cost = money(initiative.cost_keur.unwrap_or(0.0));
    let paid = |age: usize| match terms.cost_profile.is_empty() {
        true => cost * i64::from(age == 0),
        // Rounded so that the quarters add up to the whole.
        false => {
            let so_far = |ages: usize| {
                let first: i64 = (0..ages)
                    .filter_map(|a| percent(&terms.cost_profile, a))
                    .sum();
                cost * first / 100
            };
            so_far(age + 1) - so_far(age)
        }
    };
    let level = |at: usize| {
        let actor = &settings.ceilings[at].actor;
        let found = exposure.iter().find(|(code, _)| code == actor);
        found.map_or(0, |(_, level)| level.tenths)
    };
    let demand = kinds
        .iter()
        .map(|kind| {
            let mut each = vec![0; duration];
            match *kind {
                Kind::Pool(pool) => {
                    for (age, each) in each.iter_mut().enumerate() {
                        let percent = percent(&terms.staff_profile, age).unwrap_or(100);
                        *each = (staff[pool] * percent + 99) / 100;
                    }
                }
                // What runs has started, has been paid for, and was answered when it began.
                _ if runs => {}
                Kind::Starts => each[0] = 1,
                Kind::Money | Kind::Year(_) => {
                    for (age, each) in each.iter_mut().enumerate() {
                        *each = paid(age);
                    }
                }
                Kind::Ceiling(at) => {
                    each[0] = level(at);
                    each[duration - 1] = level(at);
                }
            }
            each
        })
        .collect();
    let upkeep = kinds
        .iter()
        .map(|kind| match *kind {
            Kind::Pool(pool) => kept[pool],
            // So much a year is a quarter of it each quarter.
            Kind::Money | Kind::Year(_) => money(terms.upkeep_keur.unwrap_or(0.0) / 4.0),
            Kind::Starts | Kind::Ceiling(_) => 0,
        })
        .collect();
    let gives = kinds
        .iter()
        .map(|kind| match *kind {
            Kind::Pool(pool) => {
                let id = &settings.pools[pool].id;
                let given = terms.gives.iter().filter(|(pool, _)| pool == id);
                given
                    .map(|&(_, people)| (people * TENTHS as f64).round() as i64)
                    .sum()
            }
            _ => 0,
        })
        .collect();
    let worth = Worth::of(case, i, exposure);
    let value = (0..horizon)
        .map(|start| {
            if runs {
                return (start == 0).then_some(0);
            }
            if barred(case, i, quarters, wishes, duration, start).is_some() {
                return None;
            }
            Some(worth.at(start + duration) - worth.cost())
        })
        .collect();
    let locked = wishes.locked.iter().any(|&(locked, _)| locked == i);
    let must = settings.agreed == Agreed::Must && initiative.status == Status::Agreed;
    Activity {
        name: initiative.id.clone(),
        duration,
        demand,
        upkeep,
        gives,
        value,
        mandatory: runs || must || locked,
    }
}

/// Thousand euros in the unit of the problem, rounded up.
fn money(keur: f64) -> i64 {
    ((keur * MONEY as f64).ceil() as i64).min(LARGEST)
}
