//! What there is: people of each pool, starts, money, exposure that is borne.

use std::collections::BTreeMap;

use demarche_case::{Case, Pool};
use demarche_events::{Date, Period};

use super::{Kind, LEVELS, MONEY, TENTHS, Wishes};
use crate::problem::{LARGEST, Limit, Resource};

/// The resources of a case's plan and what each is.
pub(super) fn resources(
    case: &Case,
    quarters: &[Period],
    wishes: &Wishes,
) -> (Vec<Resource>, Vec<Kind>) {
    let settings = &case.settings.plan;
    let (mut resources, mut kinds) = (Vec::new(), Vec::new());
    let mut add = |name: String, limit, kind| {
        resources.push(Resource { name, limit });
        kinds.push(kind);
    };
    let percent = wishes.staff_percent.unwrap_or(100) as i64;
    for (at, pool) in settings.pools.iter().enumerate() {
        let each = people(case, pool, quarters)
            .into_iter()
            .map(|now| (now * percent / 100).min(LARGEST))
            .collect();
        add(pool.name.clone(), Limit::EachPeriod(each), Kind::Pool(at));
    }
    if let Some(starts) = settings.starts {
        let each = vec![starts as i64; quarters.len()];
        add(
            "starts in a quarter".to_owned(),
            Limit::EachPeriod(each),
            Kind::Starts,
        );
    }
    if let Some(budget) = settings.budget_keur {
        let amount = (budget as i64 * MONEY).min(LARGEST);
        add("money".to_owned(), Limit::Total(amount), Kind::Money);
    }
    let mut years: BTreeMap<i16, (usize, usize)> = BTreeMap::new();
    for (at, quarter) in quarters.iter().enumerate() {
        let span = years.entry(quarter.first().year()).or_insert((at, at));
        span.1 = at;
    }
    for (year, (first, last)) in years {
        let own = settings.years.iter().rev().find(|own| own.year == year);
        let usual = |keur: u64| keur as i64 * (last - first + 1) as i64 * MONEY / 4;
        let amount = match own {
            Some(own) => Some(own.keur as i64 * MONEY),
            None => settings.yearly_keur.map(usual),
        };
        if let Some(amount) = amount {
            let amount = amount.min(LARGEST);
            add(
                format!("money of {year}"),
                Limit::Span {
                    first,
                    last,
                    amount,
                },
                Kind::Year(year),
            );
        }
    }
    for (at, ceiling) in settings.ceilings.iter().enumerate() {
        let each = vec![ceiling.most as i64 * LEVELS; quarters.len()];
        let name = format!("exposure to {}", case.short(&ceiling.actor));
        add(name, Limit::EachPeriod(each), Kind::Ceiling(at));
    }
    (resources, kinds)
}

/// How many people a pool has in each quarter, in tenths: its staff and growth, until the first of
/// its dated sizes is in force.
fn people(case: &Case, pool: &Pool, quarters: &[Period]) -> Vec<i64> {
    let mut sizes: Vec<(Date, i64)> = (pool.ramp.iter())
        .map(|size| (size.from, size.staff as i64 * TENTHS))
        .collect();
    if let Some(wanted) = &pool.from_resources {
        let rows = case.resources.iter();
        sizes.extend(rows.filter_map(|row| {
            let same = row.entity == wanted.entity && row.measure == wanted.measure;
            let staff = row.value.filter(|value| same && *value >= 0.0)?;
            Some((row.date, (staff * TENTHS as f64).round() as i64))
        }));
    }
    // Of two sizes of a day the later in the list is in force.
    sizes.sort_by_key(|&(from, _)| from);
    (quarters.iter().enumerate())
        .map(|(at, quarter)| {
            let begun = sizes
                .iter()
                .rev()
                .find(|(from, _)| *from <= quarter.first());
            begun.map_or_else(
                || pool.staff as i64 * TENTHS + pool.growth as i64 * TENTHS * at as i64 / 4,
                |&(_, tenths)| tenths,
            )
        })
        .collect()
}
