//! What a plan is short of: which pool is the first to be full, and what is scarcest.

use crate::plan::{Load, Plan};
use crate::scheme::{Kind, Scheme};
use crate::tables::unit;

/// A pool that is full.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bottleneck {
    /// The resource, a position in the problem.
    pub resource: usize,
    /// The first quarter in which it is full, counted from 0.
    pub quarter: usize,
    /// What one more person in that quarter would be worth at the prices of the bound. Points.
    pub price: f64,
}

/// Prices below this are nothing. Points.
const NOTHING: f64 = 0.05;

/// In which quarters a pool is full: less is free than the least that anything which is left out or
/// starts later takes of it in a quarter. Nothing more could be put there.
#[must_use]
pub fn full(scheme: &Scheme, plan: &Plan, load: &Load) -> Vec<bool> {
    let problem = &scheme.problem;
    let full_at = |quarter: usize| {
        let waits =
            |a: &usize| !scheme.runs[*a] && plan.schedule[*a].is_none_or(|start| start > quarter);
        let waiting = (0..problem.activities.len()).filter(waits);
        let least = waiting
            .flat_map(|a| &problem.activities[a].demand[load.resource])
            .filter(|&&demand| demand > 0)
            .min();
        least.is_some_and(|&least| load.limit[quarter] - load.taken[quarter] < least)
    };
    (0..load.taken.len()).map(full_at).collect()
}

/// The pool that is the first to be full in a quarter in which one more person would be worth
/// something; of several in the same quarter, that in which a person would be worth most.
#[must_use]
pub fn first_full(scheme: &Scheme, plan: &Plan) -> Option<Bottleneck> {
    let pools = plan.loads.iter().filter(|load| is_pool(scheme, load));
    let firsts = pools.filter_map(|load| {
        let full = full(scheme, plan, load);
        let quarter = (0..full.len()).find(|&t| full[t] && load.price[t] > NOTHING)?;
        Some(Bottleneck {
            resource: load.resource,
            quarter,
            price: load.price[quarter],
        })
    });
    firsts.min_by(|a, b| {
        let earlier = a.quarter.cmp(&b.quarter);
        let dearer = b.price.total_cmp(&a.price);
        earlier.then(dearer).then(a.resource.cmp(&b.resource))
    })
}

/// The resource to which most of the bound is owed: what there is of it in all quarters, at its
/// prices, is worth most. With that worth in points; `None` where nothing is scarce.
#[must_use]
pub fn scarcest(scheme: &Scheme, plan: &Plan) -> Option<(usize, f64)> {
    let owed = plan.loads.iter().map(|load| {
        let (_, per) = unit(scheme.kinds[load.resource]);
        let each = load.limit.iter().zip(&load.price);
        let worth: f64 = each.map(|(&limit, price)| limit as f64 / per * price).sum();
        (load.resource, worth)
    });
    owed.filter(|&(_, worth)| worth > NOTHING)
        .max_by(|a, b| a.1.total_cmp(&b.1).then(b.0.cmp(&a.0)))
}

/// People in all pools, on average over the quarters. Full-time equivalents.
#[must_use]
pub fn people(scheme: &Scheme, plan: &Plan) -> f64 {
    let pools = plan.loads.iter().filter(|load| is_pool(scheme, load));
    let tenths: i64 = pools.flat_map(|load| &load.limit).sum();
    let (_, per) = unit(Kind::Pool(0));
    tenths as f64 / per / scheme.quarters.len().max(1) as f64
}

/// Whether a load is that of a pool.
#[must_use]
pub fn is_pool(scheme: &Scheme, load: &Load) -> bool {
    matches!(scheme.kinds[load.resource], Kind::Pool(_))
}

/// What a plan is short of, in a sentence.
#[must_use]
pub fn sentence(scheme: &Scheme, plan: &Plan) -> String {
    let name = |k: usize| scheme.problem.resources[k].name.as_str();
    let first = first_full(scheme, plan);
    let scarcest = scarcest(scheme, plan);
    let people = match first {
        Some(full) => format!(
            "{} is the first to be full, from {}: one more person there in that quarter would be worth up to {:.0} points",
            name(full.resource),
            scheme.quarters[full.quarter],
            full.price.max(1.0)
        ),
        None => "no pool is short of people".to_owned(),
    };
    match scarcest {
        Some((k, _)) if first.is_none_or(|full| full.resource != k) => {
            format!("{people}; what holds the plan back most is {}", name(k))
        }
        _ => people,
    }
}
