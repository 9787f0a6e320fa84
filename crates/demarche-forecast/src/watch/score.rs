//! Earlier watch lists, held against what came.

use demarche_case::Case;
use demarche_events::{Date, Precision};
use serde::Serialize;

use super::{Item, Settings, after, best, is_hostile, listed};
use crate::ForecastError;
use crate::graph::events::day;
use crate::outlook::{Forecast, Outlook};

/// An act of an earlier list, and whether it came.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ScoredItem {
    /// As it stood on the list.
    pub item: Item,
    /// The events that it came by, as places in the chronicle, in the order of time; none if it did not
    /// come.
    pub came: Vec<u32>,
}

/// An earlier list, made from what was known then, and held against what came.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scored {
    /// The last day that was known.
    pub as_of: Date,
    /// The last day of the time that it was about.
    pub until: Date,
    /// Could chances be learned?
    pub learned: bool,
    /// The acts of the list: conflict, then cooperation, each likeliest first.
    pub items: Vec<ScoredItem>,
    /// How many of them came.
    pub hits: usize,
    /// How many were expected to come: the sum of the chances.
    pub expected: f64,
    /// How many would have come of a list as long, made by the rate of the last year.
    pub hits_last_year: usize,
    /// The Brier score of the chances of the list: the mean squared error.
    pub brier: f64,
    /// The same if the rate of the last year had been said of the same acts.
    pub brier_last_year: f64,
    /// All acts that were there to be listed.
    pub asked: usize,
    /// How many of those came.
    pub came: usize,
    /// The Brier score over all of them.
    pub brier_all: f64,
    /// The same by the rate of the last year.
    pub brier_all_last_year: f64,
    /// Events of that time that count for nothing here, as their day is not known.
    pub vague: usize,
}

/// The lists of one, two … horizons ago, as far as there is something to make them from.
pub(super) fn earlier(
    case: &Case,
    settings: &Settings,
    now: &Outlook,
) -> Result<Vec<Scored>, ForecastError> {
    let mut all = Vec::new();
    for n in 1..=settings.back {
        let days = i32::try_from(n)
            .unwrap_or(i32::MAX)
            .saturating_mul(settings.horizon);
        match scored(
            case,
            settings,
            after(settings.as_of, days.saturating_neg()),
            now,
        ) {
            Ok(found) => all.push(found),
            Err(error) if all.is_empty() => return Err(error),
            Err(_) => break,
        }
    }
    Ok(all)
}

/// The list of an earlier day, held against what is known now.
fn scored(
    case: &Case,
    settings: &Settings,
    as_of: Date,
    now: &Outlook,
) -> Result<Scored, ForecastError> {
    let (outlook, odds, all) = listed(case, settings, as_of)?;
    let from = i32::try_from(day(as_of) + 1 - now.graph.origin).unwrap_or(i32::MAX);
    let to = from.saturating_add(settings.horizon);
    // Numbers differ from day to day, for they are those of what was known; names do not.
    let came = |source: &str, act: &str, target: &str| -> Vec<u32> {
        let (entities, acts) = (&now.graph.entities, &now.graph.acts);
        let (Some(source), Some(act), Some(target)) = (
            entities.number(source),
            acts.number(act),
            entities.number(target),
        ) else {
            return Vec::new();
        };
        let mut events: Vec<u32> = now.events_of(source, act, target, from);
        events.retain(|&at| now.fact(at).step < to);
        events.reverse();
        events.into_iter().filter_map(|at| now.event(at)).collect()
    };
    let names = &outlook.graph;
    let of = |f: &Forecast| {
        let (entities, acts) = (&names.entities, &names.acts);
        !came(
            entities.name(f.source),
            acts.name(f.act),
            entities.name(f.target),
        )
        .is_empty()
    };
    let outcomes: Vec<bool> = all.iter().map(of).collect();
    let squared = |p: f64, came: bool| (p - f64::from(u8::from(came))).powi(2);
    let mean = |sum: f64, n: usize| if n == 0 { 0.0 } else { sum / n as f64 };
    let items: Vec<ScoredItem> = best(case, settings, &outlook, &odds, &all)
        .into_iter()
        .flatten()
        .map(|item| ScoredItem {
            came: came(&item.source, &item.act, &item.target),
            item,
        })
        .collect();
    let brier = |by: fn(&Item) -> f64| {
        let sum = items
            .iter()
            .map(|i| squared(by(&i.item), !i.came.is_empty()))
            .sum();
        mean(sum, items.len())
    };
    let brier_all = |by: fn(&Forecast) -> f64| {
        let sum = all
            .iter()
            .zip(&outcomes)
            .map(|(f, came)| squared(by(f), *came))
            .sum();
        mean(sum, all.len())
    };
    let mut by_rate: Vec<(&Forecast, bool)> = all.iter().zip(outcomes.iter().copied()).collect();
    by_rate.sort_by(|a, b| b.0.last_year.total_cmp(&a.0.last_year));
    let hits_last_year = [true, false]
        .map(|hostile| {
            let of_kind = by_rate.iter().filter(|(f, _)| {
                is_hostile(case, settings.level, names.acts.name(f.act)) == hostile
            });
            of_kind.take(settings.top).filter(|(_, came)| *came).count()
        })
        .iter()
        .sum();
    let until = after(as_of, settings.horizon);
    let in_time = |e: &&demarche_events::Event| {
        e.precision != Precision::Day && e.date > as_of && e.date <= until
    };
    Ok(Scored {
        as_of,
        until,
        learned: odds.is_learned(),
        hits: items.iter().filter(|i| !i.came.is_empty()).count(),
        expected: items.iter().map(|i| i.item.chance).sum(),
        hits_last_year,
        brier: brier(|i| i.chance),
        brier_last_year: brier(|i| i.last_year),
        asked: all.len(),
        came: outcomes.iter().filter(|came| **came).count(),
        brier_all: brier_all(|f| f.chance),
        brier_all_last_year: brier_all(|f| f.last_year),
        vague: case.chronicle.iter().filter(in_time).count(),
        items,
    })
}
