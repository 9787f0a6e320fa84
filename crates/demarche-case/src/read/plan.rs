//! `[plan]`, `[[pool]]` and `[[ceiling]]` of `case.toml`: what holds a plan back and what counts.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::settings::each;
use crate::names::{Findings, Kind};
use crate::problem::Place;
use crate::toml_file::Table;
use crate::{Ceiling, PlanSettings, Pool, Weights};

/// The longest plan: ten years.
const MOST_QUARTERS: u64 = 40;
/// The largest pool.
const MOST_STAFF: u64 = 100_000;
/// The largest weight.
const MOST_WEIGHT: u64 = 1_000_000;

/// Names that stand in a table already.
type Taken = RefCell<BTreeSet<String>>;

/// Reads the settings of the plan; the defaults where there are none.
pub(super) fn read(root: &Table, findings: &mut Findings) -> Option<PlanSettings> {
    let plan = match root.has("plan") {
        true => read_plan(&root.table("plan", findings)?, findings),
        false => Some(PlanSettings::default()),
    };
    let (leads, actors) = (Taken::default(), Taken::default());
    let pools = each(root, "pool", findings, |table, findings| {
        read_pool(table, &leads, findings)
    });
    let ceilings = each(root, "ceiling", findings, |table, findings| {
        read_ceiling(table, &actors, findings)
    });
    let has_budget = root.has("plan") && plan.as_ref().is_none_or(|p| p.budget_keur.is_some());
    let steering = super::signposts::read(root, has_budget, findings);
    let futures = super::futures::read(root, findings);
    Some(PlanSettings {
        pools: pools?,
        ceilings: ceilings?,
        steering: steering?,
        futures: futures?,
        ..plan?
    })
}

fn read_plan(table: &Table, findings: &mut Findings) -> Option<PlanSettings> {
    let default = PlanSettings::default();
    let mut sound = true;
    let mut whole = |table: &Table, key, low, high, or: Option<u64>, findings: &mut Findings| {
        if !table.has(key) {
            return or;
        }
        let read = table.whole(key, low, high, findings);
        sound &= read.is_some();
        read
    };
    let quarters = u64::from(default.quarters);
    let quarters = whole(
        table,
        "quarters",
        4,
        MOST_QUARTERS,
        Some(quarters),
        findings,
    );
    let budget_keur = whole(table, "budget_keur", 1, 1_000_000_000, None, findings);
    let starts = whole(table, "starts_per_quarter", 1, 1_000, None, findings);
    let keep = whole(table, "keep", 0, MOST_WEIGHT, Some(default.keep), findings);
    let mut weights = default.weights;
    if table.has("weights")
        && let Some(below) = table.table("weights", findings)
    {
        let mut weight = |key, most, at: &mut u64| {
            if let Some(read) = whole(&below, key, 0, most, Some(*at), findings) {
                *at = read;
            }
        };
        weight("coverage", MOST_WEIGHT, &mut weights.coverage);
        weight("recommendations", MOST_WEIGHT, &mut weights.recommendations);
        weight("agreed", MOST_WEIGHT, &mut weights.agreed);
        weight("lateness", 100, &mut weights.lateness);
        weight("risk", MOST_WEIGHT, &mut weights.risk);
        below.report_unknown_keys(findings);
        let Weights {
            coverage,
            recommendations,
            agreed,
            ..
        } = weights;
        if coverage + recommendations + agreed == 0 {
            findings.problems.error(
                "weights-nothing",
                table.place("weights"),
                "",
                "nothing an initiative brings counts: coverage, recommendations and agreed are 0",
                "give one of them a weight, else the best plan is to do nothing",
            );
            sound = false;
        }
    }
    let agreed = match table.has("agreed") {
        true => table.choice("agreed", findings),
        false => Some(default.agreed),
    };
    table.report_unknown_keys(findings);
    Some(PlanSettings {
        quarters: quarters.filter(|_| sound)? as u32,
        agreed: agreed?,
        budget_keur,
        starts,
        weights,
        keep: keep?,
        ..default
    })
}

fn read_pool(table: &Table, taken: &Taken, findings: &mut Findings) -> Option<Pool> {
    let id = table.define(Kind::Pool, "id", findings);
    let name = table.text("name", findings);
    let leads = table.texts("leads", findings);
    if leads.is_empty() {
        findings.problems.error(
            "missing-value",
            table.place("leads"),
            "",
            "nobody's people are in this pool",
            "add leads = [\"…\"] with entries of the column lead of initiatives.csv",
        );
    }
    for (lead, place) in &leads {
        once(lead, "pool", place.clone(), taken, findings);
    }
    let staff = table.whole("staff", 1, MOST_STAFF, findings);
    let growth = match table.has("growth") {
        true => table.whole("growth", 0, MOST_STAFF, findings),
        false => Some(0),
    };
    Some(Pool {
        id: id?,
        name: name?,
        leads: leads.into_iter().map(|(lead, _)| lead).collect(),
        staff: staff?,
        growth: growth?,
    })
}

fn read_ceiling(table: &Table, taken: &Taken, findings: &mut Findings) -> Option<Ceiling> {
    let actor = table.refer(Kind::Actor, "actor", findings);
    if let Some(actor) = &actor {
        once(actor, "ceiling", table.place("actor"), taken, findings);
    }
    let most = table.whole("most", 1, MOST_WEIGHT, findings);
    Some(Ceiling {
        actor: actor?,
        most: most?,
    })
}

/// Reports a name that stands in an earlier table of the list as well.
fn once(name: &str, list: &str, place: Place, taken: &Taken, findings: &mut Findings) {
    if !taken.borrow_mut().insert(name.to_owned()) {
        findings.problems.error(
            "duplicate-entry",
            place,
            name,
            format!("stands in a [[{list}]] already"),
            "leave it in one place only",
        );
    }
}
