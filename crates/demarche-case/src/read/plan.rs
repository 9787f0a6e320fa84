//! `[plan]`, `[[pool]]`, `[[ceiling]]`, `[[review]]` and `[[year_budget]]` of `case.toml`: what holds a plan back and what counts.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::settings::each;
use crate::names::{Findings, Kind};
use crate::problem::Place;
use crate::toml_file::Table;
use crate::{Ceiling, FromResources, PlanSettings, Pool, Size, YearBudget};
use demarche_events::{Date, Period, PeriodUnit};

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
    let has_budget = (root.has("plan")
        && (plan.as_ref()).is_none_or(|plan| plan.budget_keur.or(plan.yearly_keur).is_some()))
        || root.has("year_budget");
    let steering = super::signposts::read(root, has_budget, findings);
    let futures = super::futures::read(root, findings);
    let reviews = each(root, "review", findings, |table, findings| {
        quarter(table, "quarter", findings)
    });
    let years = each(root, "year_budget", findings, read_year);
    let mut reviews = reviews?;
    reviews.sort_by_key(|quarter| quarter.first());
    reviews.dedup();
    Some(PlanSettings {
        pools: pools?,
        ceilings: ceilings?,
        steering: steering?,
        futures: futures?,
        reviews,
        years: years?,
        ..plan?
    })
}

/// A quarter, written `2027-Q1` or as a day in it.
fn quarter(table: &Table, key: &'static str, findings: &mut Findings) -> Option<Period> {
    let text = match table.day_or_text(key, findings)? {
        Ok(day) => return Some(Period::of(day, PeriodUnit::Quarter)),
        Err(text) => text,
    };
    let plain = text.replace('-', "").to_ascii_uppercase();
    let parts = plain.split_once('Q');
    let read = parts.and_then(|(year, quarter)| {
        let year: i16 = year
            .parse()
            .ok()
            .filter(|year| (1900..=2200).contains(year))?;
        let quarter: i8 = quarter.parse().ok().filter(|q| (1..=4).contains(q))?;
        Date::new(year, 3 * quarter - 2, 1).ok()
    });
    if read.is_none() {
        findings.problems.error(
            "bad-date",
            table.place(key),
            &text,
            "is no quarter",
            "write it as in \"2027-Q1\"",
        );
    }
    Some(Period::of(read?, PeriodUnit::Quarter))
}

fn read_year(table: &Table, findings: &mut Findings) -> Option<YearBudget> {
    let year = table.whole("year", 1900, 2200, findings);
    let keur = table.whole("keur", 0, 1_000_000_000, findings);
    Some(YearBudget {
        year: year? as i16,
        keur: keur?,
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
    let yearly_keur = whole(table, "yearly_keur", 1, 1_000_000_000, None, findings);
    let confidence_exposure = whole(
        table,
        "confidence_exposure",
        1,
        MOST_WEIGHT,
        Some(default.confidence_exposure),
        findings,
    );
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
        weight("transfer", MOST_WEIGHT, &mut weights.transfer);
        weight(
            "interoperability",
            MOST_WEIGHT,
            &mut weights.interoperability,
        );
        weight("earliness", MOST_WEIGHT, &mut weights.earliness);
        below.report_unknown_keys(findings);
        // What counts only where columns of initiatives.csv say something is asked for by name.
        let named = |key, weight| if below.has(key) { weight } else { 0 };
        let all = weights.coverage
            + weights.recommendations
            + weights.agreed
            + named("transfer", weights.transfer)
            + named("interoperability", weights.interoperability)
            + named("earliness", weights.earliness);
        if all == 0 {
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
    let exposure = match table.has("exposure") {
        true => table.choice("exposure", findings),
        false => Some(default.exposure),
    };
    let confidence_first = table.flag("confidence_first", findings);
    table.report_unknown_keys(findings);
    Some(PlanSettings {
        quarters: quarters.filter(|_| sound)? as u32,
        agreed: agreed?,
        budget_keur,
        yearly_keur,
        starts,
        weights,
        keep: keep?,
        exposure: exposure?,
        confidence_first: confidence_first?,
        confidence_exposure: confidence_exposure?,
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
    let ramp = read_ramp(table, findings);
    let from_resources = match table.has("from_resources") {
        true => {
            let below = table.table("from_resources", findings)?;
            let entity = below.text("entity", findings);
            let measure = below.text("measure", findings);
            below.report_unknown_keys(findings);
            Some(FromResources {
                entity: entity?,
                measure: measure?,
            })
        }
        false => None,
    };
    Some(Pool {
        id: id?,
        name: name?,
        leads: leads.into_iter().map(|(lead, _)| lead).collect(),
        staff: staff?,
        growth: growth?,
        ramp: ramp?,
        from_resources,
    })
}

/// Dated sizes of a pool, in order of time.
fn read_ramp(table: &Table, findings: &mut Findings) -> Option<Vec<Size>> {
    let last = RefCell::new(None::<Date>);
    each(table, "ramp", findings, |size, findings| {
        let from = size.date("from", findings);
        let staff = size.whole("staff", 0, MOST_STAFF, findings);
        let from = from?;
        if let Some(before) = last.replace(Some(from))
            && before >= from
        {
            findings.problems.error(
                "reversed-dates",
                size.place("from"),
                &from.to_string(),
                format!("is not after the size before it, of {before}"),
                "put the sizes of a pool in order of time, one a day",
            );
        }
        Some(Size {
            from,
            staff: staff?,
        })
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
