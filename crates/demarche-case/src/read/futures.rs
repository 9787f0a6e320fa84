//! `[futures]`, `[[uncertain]]`, `[[scenario]]` and `[[threshold]]` of `case.toml`: what may come
//! otherwise than planned, and what the plan should still come to.

use demarche_events::Period;

use super::settings::each;
use crate::names::{Findings, Kind};
use crate::toml_file::Table;
use crate::{
    EffectWhat, FuturesSettings, Range, SampleKind, Scenario, ScenarioEffect, Scope, Threshold,
    ThresholdMeasure, Uncertain, UncertainWhat,
};

/// The most futures: more would take minutes and show nothing new.
const MOST_FUTURES: u64 = 1_000_000;
/// The most uncertain things and scenarios together: a Sobol' sequence of pairs has no more
/// dimensions.
const MOST_UNCERTAIN: usize = 100;
/// The largest factor.
const MOST_FACTOR: f64 = 10.0;
/// The most quarters that an effect may last.
const MOST_QUARTERS: u64 = 40;

/// Reads the settings of futures; the defaults where there are none.
pub(super) fn read(root: &Table, findings: &mut Findings) -> Option<FuturesSettings> {
    let settings = match root.has("futures") {
        true => read_futures(&root.table("futures", findings)?, findings),
        false => Some(FuturesSettings::default()),
    };
    let uncertain = each(root, "uncertain", findings, read_uncertain);
    let scenarios = each(root, "scenario", findings, read_scenario);
    let thresholds = each(root, "threshold", findings, read_threshold);
    let (uncertain, scenarios) = (uncertain?, scenarios?);
    let count = uncertain.len() + scenarios.len();
    if count > MOST_UNCERTAIN {
        findings.problems.error(
            "out-of-range",
            root.place("uncertain"),
            "",
            format!("{count} uncertain things and scenarios are more than {MOST_UNCERTAIN}"),
            "put initiatives that differ little into one, with each = true",
        );
        return None;
    }
    Some(FuturesSettings {
        uncertain,
        scenarios,
        thresholds: thresholds?,
        ..settings?
    })
}

fn read_futures(table: &Table, findings: &mut Findings) -> Option<FuturesSettings> {
    let default = FuturesSettings::default();
    let count = match table.has("count") {
        true => table.whole("count", 100, MOST_FUTURES, findings),
        false => Some(default.count as u64),
    };
    let seed = match table.has("seed") {
        true => table.whole("seed", 0, 1_000_000_000, findings),
        false => Some(default.seed),
    };
    let sample = match table.has("sample") {
        true => table.choice::<SampleKind>("sample", findings),
        false => Some(default.sample),
    };
    table.report_unknown_keys(findings);
    Some(FuturesSettings {
        count: count? as usize,
        seed: seed?,
        sample: sample?,
        ..default
    })
}

fn read_uncertain(table: &Table, findings: &mut Findings) -> Option<Uncertain> {
    let id = table.define(Kind::Uncertain, "id", findings);
    let name = table.text("name", findings);
    let what = table.choice::<UncertainWhat>("what", findings);
    let wanted: &[&str] = match what {
        Some(UncertainWhat::Staff) => &["pools"],
        Some(UncertainWhat::Money) => &[],
        Some(UncertainWhat::Exposure) => &["actors"],
        Some(_) => &["initiatives", "areas", "pools"],
        None => {
            know(table);
            &[]
        }
    };
    let scope = read_scope(table, wanted, findings);
    let (least, most) = match what {
        Some(UncertainWhat::Delivery) => (0.0, 1.0),
        Some(UncertainWhat::Duration) => (0.1, MOST_FACTOR),
        _ => (0.0, MOST_FACTOR),
    };
    let range = read_range(table, least, most, findings);
    let each = table.flag("each", findings);
    let basis = read_basis(table, findings);
    Some(Uncertain {
        id: id?,
        name: name?,
        what: what?,
        scope,
        range: range?,
        each: each?,
        basis: basis?,
    })
}

/// Takes all keys for known in a table of which it can't be said which keys it should have.
fn know(table: &Table) {
    for key in [
        "initiatives",
        "areas",
        "pools",
        "actors",
        "actor",
        "factor",
        "quarters",
        "least",
        "most",
        "by",
    ] {
        table.has(key);
    }
}

/// Where an assumption comes from; what is missing is taken for a judgement, with a warning.
fn read_basis(table: &Table, findings: &mut Findings) -> Option<String> {
    match table.has("basis") {
        true => table.text("basis", findings),
        false => {
            findings.problems.warning(
                "missing-basis",
                table.place("basis"),
                "",
                "nothing says where this comes from",
                "add basis = \"judgement\", or name the source",
            );
            Some("judgement".to_owned())
        }
    }
}

/// Reads which initiatives, pools or actors are meant. Only the keys wanted may stand there.
fn read_scope(table: &Table, wanted: &[&str], findings: &mut Findings) -> Scope {
    let mut list = |kind, key: &'static str| match wanted.contains(&key) {
        true => table.refer_list(kind, key, findings),
        false => Vec::new(),
    };
    Scope {
        initiatives: list(Kind::Initiative, "initiatives"),
        areas: list(Kind::Area, "areas"),
        pools: list(Kind::Pool, "pools"),
        actors: list(Kind::Actor, "actors"),
    }
}

fn read_range(table: &Table, least: f64, most: f64, findings: &mut Findings) -> Option<Range> {
    if table.has("values") {
        for key in ["low", "likely", "high"] {
            if table.has(key) {
                findings.problems.error(
                    "range-unclear",
                    table.place(key),
                    "",
                    "there is a list of values as well",
                    "write either values = […] or low and high",
                );
                return None;
            }
        }
        let values = table.numbers("values", least, most, findings)?;
        if values.is_empty() {
            findings.problems.error(
                "missing-value",
                table.place("values"),
                "",
                "the list is empty",
                "fill it in, or write low and high instead",
            );
            return None;
        }
        return Some(Range::List(values));
    }
    let low = table.number("low", least, most, findings);
    let high = table.number("high", least, most, findings);
    let likely = match table.has("likely") {
        true => table.number("likely", least, most, findings).map(Some),
        false => Some(None),
    };
    let (low, high, likely) = (low?, high?, likely?);
    if low > high {
        findings.problems.error(
            "range-reversed",
            table.place("low"),
            &low.to_string(),
            format!("is more than high, which is {high}"),
            "let low be the least and high the most",
        );
        return None;
    }
    let Some(likely) = likely else {
        return Some(Range::Uniform { low, high });
    };
    if !(low..=high).contains(&likely) {
        findings.problems.error(
            "range-reversed",
            table.place("likely"),
            &likely.to_string(),
            format!("is not between low, {low}, and high, {high}"),
            "let the likely value lie between the two",
        );
        return None;
    }
    Some(Range::Triangular { low, likely, high })
}

fn read_scenario(table: &Table, findings: &mut Findings) -> Option<Scenario> {
    let id = table.define(Kind::Scenario, "id", findings);
    let name = table.text("name", findings);
    let chance = table.number("chance", 0.0, 1.0, findings);
    let earliest = table.quarter("earliest", findings);
    let latest = table.quarter("latest", findings);
    let effects = each(table, "effect", findings, read_effect);
    let basis = read_basis(table, findings);
    if let (Some(earliest), Some(latest)) = (earliest, latest)
        && latest < earliest
    {
        findings.problems.error(
            "reversed-dates",
            table.place("latest"),
            &latest.to_string(),
            format!("is before earliest, which is {earliest}"),
            "let the last quarter come after the first",
        );
        return None;
    }
    if effects.as_ref().is_some_and(Vec::is_empty) {
        findings.problems.error(
            "missing-value",
            table.place("effect"),
            "",
            "the scenario does nothing",
            "add [[scenario.effect]] below it, with what = \"freeze\" and quarters = 2, for one",
        );
        return None;
    }
    Some(Scenario {
        id: id?,
        name: name?,
        chance: chance?,
        earliest: earliest?,
        latest: latest?,
        effects: effects?,
        basis: basis?,
    })
}

fn read_effect(table: &Table, findings: &mut Findings) -> Option<ScenarioEffect> {
    let Some(what) = table.choice::<EffectWhat>("what", findings) else {
        know(table);
        return None;
    };
    let wanted: &[&str] = match what {
        EffectWhat::Staff => &["pools"],
        EffectWhat::Exposure => &["actors"],
        _ => &["initiatives", "areas", "pools"],
    };
    let scope = read_scope(table, wanted, findings);
    let factor = match what {
        EffectWhat::Freeze | EffectWhat::Delay => Some(1.0),
        _ => table.number("factor", 0.0, MOST_FACTOR, findings),
    };
    let quarters = match table.has("quarters") || what == EffectWhat::Delay {
        true => table
            .whole("quarters", 1, MOST_QUARTERS, findings)
            .map(|quarters| Some(quarters as u32)),
        false => Some(None),
    };
    Some(ScenarioEffect {
        what,
        scope,
        factor: factor?,
        quarters: quarters?,
    })
}

/// What a threshold measures, as the word in the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ThresholdWord {
    Benefit,
    Value,
    Delivered,
    DeliveredBy,
    Exposure,
    Late,
}

fn read_threshold(table: &Table, findings: &mut Findings) -> Option<Threshold> {
    let id = table.define(Kind::Threshold, "id", findings);
    let name = table.text("name", findings);
    let share = |findings: &mut Findings| table.number("least", 0.0, 1.0, findings);
    let Some(word) = table.choice::<ThresholdWord>("measure", findings) else {
        know(table);
        return None;
    };
    let measure = match word {
        ThresholdWord::Benefit => share(findings).map(ThresholdMeasure::Benefit),
        ThresholdWord::Value => share(findings).map(ThresholdMeasure::Value),
        ThresholdWord::Delivered => share(findings).map(ThresholdMeasure::Delivered),
        ThresholdWord::DeliveredBy => {
            let initiatives = table.refer_list(Kind::Initiative, "initiatives", findings);
            if initiatives.is_empty() {
                findings.problems.error(
                    "missing-value",
                    table.place("initiatives"),
                    "",
                    "no initiative is named",
                    "add initiatives = [\"…\"] with ids of initiatives.csv",
                );
                return None;
            }
            let by = table.quarter("by", findings);
            by.map(|by| ThresholdMeasure::DeliveredBy(initiatives, by))
        }
        ThresholdWord::Exposure => {
            let actor = table.refer(Kind::Actor, "actor", findings);
            let most = table.number("most", 0.0, 1_000.0, findings);
            actor
                .zip(most)
                .map(|(a, m)| ThresholdMeasure::Exposure(a, m))
        }
        ThresholdWord::Late => table
            .number("most", 0.0, 100.0, findings)
            .map(ThresholdMeasure::Late),
    };
    Some(Threshold {
        id: id?,
        name: name?,
        measure: measure?,
    })
}

/// Reports quarters that lie outside the plan, whose first quarter is `first`.
pub(super) fn check_quarters(
    root: &Table,
    settings: &FuturesSettings,
    first: Period,
    quarters: u32,
    findings: &mut Findings,
) {
    let mut last = first;
    for _ in 1..quarters {
        last = last.next();
    }
    let mut outside = |table: &Table, key: &'static str, at: Period| {
        if !(first..=last).contains(&at) {
            findings.problems.error(
                "quarter-outside",
                table.place(key),
                &at.to_string(),
                format!("is no quarter of the plan, which goes from {first} to {last}"),
                "choose another quarter, or change quarters in [plan]",
            );
        }
    };
    let mut ignore = Findings::default();
    for (table, scenario) in root
        .tables("scenario", &mut ignore)
        .iter()
        .zip(&settings.scenarios)
    {
        outside(table, "earliest", scenario.earliest);
        outside(table, "latest", scenario.latest);
    }
    for (table, threshold) in root
        .tables("threshold", &mut ignore)
        .iter()
        .zip(&settings.thresholds)
    {
        if let ThresholdMeasure::DeliveredBy(_, by) = threshold.measure {
            outside(table, "by", by);
        }
    }
}
