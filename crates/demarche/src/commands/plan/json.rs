//! The plan for machines.

use demarche_case::Case;
use demarche_plan::bottleneck;
use demarche_plan::counts;
use demarche_plan::plan::Plan;
use demarche_plan::scheme::{Kind, LEVELS, Scheme};
use demarche_plan::search::Effort;
use demarche_plan::sweep::{Bought, More};
use demarche_plan::tables;
use serde_json::{Value, json};

/// A plan as JSON.
pub(super) fn value(
    case: &Case,
    scheme: &Scheme,
    plan: &Plan,
    sweep: &[More],
    effort: &Effort,
) -> Value {
    let quarter = |at: usize| scheme.quarters[at].to_string();
    let points = |points: i128| i64::try_from(points).unwrap_or(i64::MAX);
    let steps: Vec<Value> = (plan.steps.iter())
        .map(|step| {
            json!({
                "initiative": case.initiatives[step.initiative].id,
                "start": quarter(step.start),
                "end": quarter(step.start + step.duration - 1),
                "runs": step.runs,
                "worth": points(step.worth),
                "why": step.why,
                "why_then": step.why_then,
                "objective": case.initiatives[step.initiative].terms.objective,
                "exposure": exposure(scheme, step.initiative),
            })
        })
        .collect();
    let left: Vec<Value> = (plan.left_out.iter())
        .map(|left| json!({ "initiative": case.initiatives[left.initiative].id, "why": left.why }))
        .collect();
    let loads: Vec<Value> = (plan.loads.iter())
        .map(|load| {
            let kind = scheme.kinds[load.resource];
            let (unit, per) = tables::unit(kind);
            let each = |list: &[i64]| list.iter().map(|&x| x as f64 / per).collect::<Vec<_>>();
            json!({
                "resource": scheme.problem.resources[load.resource].name,
                "pool": match kind {
                    Kind::Pool(at) => json!(case.settings.plan.pools[at].id),
                    _ => Value::Null,
                },
                "unit": unit,
                "taken": each(&load.taken),
                "limit": each(&load.limit),
                "price": load.price,
            })
        })
        .collect();
    let mut before = (scheme, plan);
    let more: Vec<Value> = (sweep.iter())
        .map(|more| {
            let bought = Bought::over(before, (&more.scheme, &more.plan));
            before = (&more.scheme, &more.plan);
            json!({
                "staff": more.percent as f64 / 100.0,
                "people": bottleneck::people(&more.scheme, &more.plan),
                "value": points(more.plan.value),
                "bound": points(more.plan.bound),
                "gap": more.plan.gap(),
                "initiatives": more.plan.new_steps(),
                "gained": points(bought.points),
                "gained_at_least": points(bought.at_least),
                "gained_at_most": points(bought.at_most),
                "per_person": bought.per_person(),
                "short_of": short_of(&more.scheme, &more.plan),
            })
        })
        .collect();
    json!({
        "format": "demarche-plan/1",
        "fingerprint": case.fingerprint,
        "seed": effort.seed,
        "quarters": scheme.quarters.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "value": points(plan.value),
        "bound": points(plan.bound),
        "gap": plan.gap(),
        "proven": plan.is_proven(),
        "trials": plan.trials,
        "weights": weights(case),
        "steps": steps,
        "left_out": left,
        "loads": loads,
        "short_of": short_of(scheme, plan),
        "staffing": more,
        "notes": scheme.notes,
    })
}

/// What a plan is short of: the first pool that is full, what is scarcest, and the price of a person
/// in each pool and quarter.
fn short_of(scheme: &Scheme, plan: &Plan) -> Value {
    let name = |k: usize| scheme.problem.resources[k].name.as_str();
    let first = bottleneck::first_full(scheme, plan).map(|full| {
        json!({
            "pool": name(full.resource),
            "from": scheme.quarters[full.quarter].to_string(),
            "price": full.price,
        })
    });
    let pools = plan
        .loads
        .iter()
        .filter(|load| bottleneck::is_pool(scheme, load));
    let prices: Vec<Value> = pools
        .map(|load| {
            json!({
                "pool": name(load.resource),
                "price": load.price,
                "full": bottleneck::full(scheme, plan, load),
            })
        })
        .collect();
    json!({
        "first_full": first,
        "scarcest": bottleneck::scarcest(scheme, plan).map(|(k, _)| name(k)),
        "prices": prices,
        "sentence": bottleneck::sentence(scheme, plan),
    })
}

/// How much an initiative is exposed to each actor's reactions, and where that is from.
fn exposure(scheme: &Scheme, initiative: usize) -> Value {
    let Some(a) = scheme.activity[initiative] else {
        return Value::Null;
    };
    let levels = scheme.exposure[a].iter().map(|(actor, level)| {
        let value = json!({
            "level": level.tenths as f64 / LEVELS as f64,
            "basis": level.to_string(),
        });
        (actor.clone(), value)
    });
    Value::Object(levels.collect())
}

/// What counts, and for how much.
fn weights(case: &Case) -> Value {
    let counts = counts::counts(case).into_iter();
    Value::Object(
        counts
            .map(|count| {
                let value = json!({ "weight": count.weight, "words": count.words });
                (count.key.to_owned(), value)
            })
            .collect(),
    )
}
