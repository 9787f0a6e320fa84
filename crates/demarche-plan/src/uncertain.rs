//! What a case says is uncertain, as coordinates of its futures.

use std::sync::Arc;

use demarche_case::{Case, EffectWhat, Range, SampleKind, Scope, UncertainWhat};
use demarche_events::Period;

use crate::execute::Execution;
use crate::futures::{AS_PLANNED, Consequence, Effect, Event, Factor, Law, Subject, Uncertainty};
use crate::sample::Sampling;
use crate::scheme::{Kind, Scheme, pool_of};

impl From<SampleKind> for Sampling {
    fn from(kind: SampleKind) -> Self {
        match kind {
            SampleKind::LatinHypercube => Self::LatinHypercube,
            SampleKind::Sobol => Self::Sobol,
        }
    }
}

impl From<&Range> for Law {
    fn from(range: &Range) -> Self {
        match *range {
            Range::Uniform { low, high } => Self::Uniform { low, high },
            Range::Triangular { low, likely, high } => Self::Triangular { low, likely, high },
            Range::List(ref values) => Self::List(values.clone()),
        }
    }
}

/// Whose names stand for which positions.
struct Names<'a> {
    case: &'a Case,
    scheme: &'a Scheme,
    execution: &'a Execution<'a>,
}

impl Names<'_> {
    /// The activities that a scope means: those named, those of the areas, those that people of the
    /// pools work on; all, where it names none. What stands in several lists must be in each.
    fn activities(&self, scope: &Scope) -> Arc<[usize]> {
        let settings = &self.case.settings.plan;
        let pools: Vec<usize> = positions(&settings.pools, &scope.pools, |pool| &pool.id);
        (self.scheme.of.iter().enumerate())
            .filter(|&(_, &i)| {
                let initiative = &self.case.initiatives[i];
                let named =
                    scope.initiatives.is_empty() || scope.initiatives.contains(&initiative.id);
                let area = scope.areas.is_empty() || scope.areas.contains(&initiative.area);
                let pool = scope.pools.is_empty()
                    || (initiative.lead.split(';'))
                        .filter_map(|lead| pool_of(settings, lead.trim()))
                        .any(|pool| pools.contains(&pool));
                named && area && pool
            })
            .map(|(a, _)| a)
            .collect()
    }

    /// The resources that are the people of the pools; of all, where none is named.
    fn pools(&self, scope: &Scope) -> Arc<[usize]> {
        let pools = positions(&self.case.settings.plan.pools, &scope.pools, |p| &p.id);
        self.resources(
            |kind| matches!(kind, Kind::Pool(at) if scope.pools.is_empty() || pools.contains(&at)),
        )
    }

    fn resources(&self, is: impl Fn(Kind) -> bool) -> Arc<[usize]> {
        (self.scheme.kinds.iter().enumerate())
            .filter(|&(_, &kind)| is(kind))
            .map(|(k, _)| k)
            .collect()
    }

    fn actors(&self, scope: &Scope) -> Arc<[usize]> {
        (self.execution.actors().iter().enumerate())
            .filter(|(_, code)| scope.actors.is_empty() || scope.actors.contains(code))
            .map(|(at, _)| at)
            .collect()
    }

    fn quarter(&self, at: Period) -> Option<usize> {
        self.scheme.quarters.iter().position(|&q| q == at)
    }
}

fn positions<T>(all: &[T], ids: &[String], id: impl Fn(&T) -> &String) -> Vec<usize> {
    (0..all.len())
        .filter(|&at| ids.contains(id(&all[at])))
        .collect()
}

impl Uncertainty {
    /// All that a case says is uncertain about its plan. Scenarios outside the plan's quarters, which a
    /// sound case has none of, never happen.
    #[must_use]
    pub fn of(case: &Case, scheme: &Scheme, execution: &Execution) -> Self {
        let names = Names {
            case,
            scheme,
            execution,
        };
        let thousandths = |factor: f64| (factor * f64::from(AS_PLANNED)).round() as u32;
        let settings = &case.settings.plan.futures;
        let factors = (settings.uncertain.iter())
            .map(|uncertain| {
                let scope = &uncertain.scope;
                let subject = match uncertain.what {
                    UncertainWhat::Duration => Subject::Duration(names.activities(scope)),
                    UncertainWhat::Delivery => Subject::Delivery(names.activities(scope)),
                    UncertainWhat::Benefit => Subject::Benefit(names.activities(scope)),
                    UncertainWhat::Staff => Subject::Capacity(names.pools(scope)),
                    UncertainWhat::Money => Subject::Capacity(
                        names.resources(|kind| matches!(kind, Kind::Money | Kind::Year(_))),
                    ),
                    UncertainWhat::Exposure => Subject::Exposure(names.actors(scope)),
                };
                Factor {
                    id: uncertain.id.clone(),
                    name: uncertain.name.clone(),
                    subject,
                    law: (&uncertain.range).into(),
                    each: uncertain.each,
                }
            })
            .collect();
        let events = (settings.scenarios.iter())
            .map(|scenario| {
                let (first, last) = (
                    names.quarter(scenario.earliest),
                    names.quarter(scenario.latest),
                );
                let effects = (scenario.effects.iter())
                    .map(|effect| {
                        let (scope, by) = (&effect.scope, thousandths(effect.factor));
                        let lasts = effect.quarters.map(|quarters| quarters as usize);
                        let what = match effect.what {
                            EffectWhat::Benefit => {
                                Consequence::Benefit(names.activities(scope), by)
                            }
                            EffectWhat::Freeze => Consequence::Freeze(names.activities(scope)),
                            EffectWhat::Delay => {
                                Consequence::Delay(names.activities(scope), lasts.unwrap_or(0))
                            }
                            EffectWhat::Staff => Consequence::Capacity(names.pools(scope), by),
                            EffectWhat::Exposure => Consequence::Exposure(names.actors(scope), by),
                        };
                        Effect { what, lasts }
                    })
                    .collect();
                Event {
                    id: scenario.id.clone(),
                    name: scenario.name.clone(),
                    chance: if first.is_some() && last.is_some() {
                        scenario.chance
                    } else {
                        0.0
                    },
                    first: first.unwrap_or(0),
                    last: last.unwrap_or(0),
                    effects,
                }
            })
            .collect();
        Self { factors, events }
    }
}
