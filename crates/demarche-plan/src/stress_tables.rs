//! A stress test as tables.

use demarche_table::{Cell, Kind as Type, Table};

use crate::stress::Stress;

/// How the plans hold, what moves the value, where the plan fails, and whether a second sample says the
/// same.
#[must_use]
pub fn tables(stress: &Stress) -> Vec<Table> {
    vec![
        robustness(stress),
        sensitivity(stress),
        boxes(stress),
        agreement(stress),
    ]
}

fn robustness(stress: &Stress) -> Table {
    let mut table = Table::new(
        "futures_robustness",
        "How the plan and its alternatives hold in the futures: the share of futures in which each threshold is met, and figures of the value.",
    )
    .column("plan", Type::Text, "", "Which plan.")
    .column("measure", Type::Text, "", "The id of a threshold, all for all of them together, or a figure of the value.")
    .column("what", Type::Text, "", "What that is.")
    .column("unit", Type::Text, "", "What it is counted in.")
    .column("value", Type::Float, "", "The figure.")
    .column("low", Type::Float, "", "Lower limit of its interval of 95 %, where it has one.")
    .column("high", Type::Float, "", "Upper limit of that interval.");
    for (plan, held) in stress.plans.iter().zip(&stress.robustness) {
        let mut row =
            |measure: &str, what: &str, unit: &str, value: f64, range: Option<(f64, f64)>| {
                let limit = |limit: Option<f64>| limit.map_or(Cell::Missing, Cell::from);
                table.push(vec![
                    plan.name.as_str().into(),
                    measure.into(),
                    what.into(),
                    unit.into(),
                    value.into(),
                    limit(range.map(|r| r.0)),
                    limit(range.map(|r| r.1)),
                ]);
            };
        for (goal, share) in stress.goals.iter().zip(&held.goals) {
            let range = Some((share.low, share.high));
            row(&goal.id, &goal.name, "share of futures", share.value, range);
        }
        let all = held.all;
        row(
            "all",
            "all thresholds",
            "share of futures",
            all.value,
            Some((all.low, all.high)),
        );
        let best = held.best;
        row(
            "best",
            "no plan tried is worth more",
            "share of futures",
            best.value,
            Some((best.low, best.high)),
        );
        let around = (
            held.mean - held.mean_half_width,
            held.mean + held.mean_half_width,
        );
        row(
            "planned",
            "value if all goes as planned",
            "points",
            plan.planned_value as f64,
            None,
        );
        row("mean", "mean value", "points", held.mean, Some(around));
        row(
            "shortfall",
            "mean value of the worst tenth of the futures",
            "points",
            held.shortfall,
            None,
        );
        row(
            "worst",
            "value in the worst future",
            "points",
            held.worst,
            None,
        );
        row(
            "regret",
            "mean regret against the best of the plans tried",
            "points",
            held.regret,
            None,
        );
        row(
            "regret_90",
            "regret that nine of ten futures do not pass",
            "points",
            held.regret_most,
            None,
        );
        row(
            "regret_worst",
            "largest regret",
            "points",
            held.regret_worst,
            None,
        );
    }
    table
}

fn sensitivity(stress: &Stress) -> Table {
    let mut table = Table::new(
        "futures_sensitivity",
        "What moves the value of the plan: Sobol' indices with half widths of 95 %, elementary effects, and the mean value at both ends.",
    )
    .column("factor", Type::Text, "", "Its id in case.toml; luck is what each initiative has of its own.")
    .column("name", Type::Text, "", "What it is.")
    .column("first", Type::Float, "share of variance", "What it explains by itself.")
    .column("first_half_width", Type::Float, "share of variance", "Half the width of that interval.")
    .column("total", Type::Float, "share of variance", "What it explains together with others too.")
    .column("total_half_width", Type::Float, "share of variance", "Half the width of that interval.")
    .column("effect_size", Type::Float, "points", "Mean size of its elementary effects.")
    .column("effect_mean", Type::Float, "points", "Mean of its elementary effects.")
    .column("effect_deviation", Type::Float, "points", "How much they differ.")
    .column("value_low", Type::Float, "points", "Mean value in the tenth of futures where it is lowest; of an event, where it does not happen.")
    .column("value_high", Type::Float, "points", "Mean value in the tenth where it is highest; of an event, where it happens.");
    let influence = &stress.influence;
    for at in 0..influence.ids.len() {
        let indices = influence.indices.as_ref().map(|all| all[at]);
        let number = |value: Option<f64>| value.map_or(Cell::Missing, Cell::from);
        let bar = influence.bars.iter().find(|bar| bar.coordinate == at);
        let effects = influence.effects[at];
        table.push(vec![
            influence.ids[at].as_str().into(),
            influence.names[at].as_str().into(),
            number(indices.map(|i| i.first.value)),
            number(indices.map(|i| i.first.half_width)),
            number(indices.map(|i| i.total.value)),
            number(indices.map(|i| i.total.half_width)),
            effects.mean_size.into(),
            effects.mean.into(),
            effects.deviation.into(),
            number(bar.map(|b| b.low)),
            number(bar.map(|b| b.high)),
        ]);
    }
    table
}

fn boxes(stress: &Stress) -> Table {
    let mut table = Table::new(
        "futures_boxes",
        "The futures in which the plan fails: boxes of conditions, a row for each condition.",
    )
    .column("box", Type::Integer, "", "Which box, from 1.")
    .column("factor", Type::Text, "", "The condition's id in case.toml.")
    .column("condition", Type::Text, "", "The condition in words.")
    .column(
        "low",
        Type::Float,
        "",
        "Its lower limit; of an event, the quarter counted from 0.",
    )
    .column("high", Type::Float, "", "Its upper limit.")
    .column(
        "quasi_p_low",
        Type::Float,
        "",
        "Quasi-p-value of the lower limit.",
    )
    .column(
        "quasi_p_high",
        Type::Float,
        "",
        "Quasi-p-value of the upper limit.",
    )
    .column(
        "reproduced",
        Type::Float,
        "share of resamples",
        "How often it is restricted in resamples; of the first box only.",
    )
    .column(
        "density",
        Type::Float,
        "share of futures",
        "Of the futures inside, those in which the plan fails.",
    )
    .column(
        "coverage",
        Type::Float,
        "share of failures",
        "Of all failures, those inside.",
    )
    .column(
        "mass",
        Type::Float,
        "share of futures",
        "Of all futures, those inside.",
    )
    .column(
        "density_apart",
        Type::Float,
        "share of futures",
        "Density on futures that had no part in finding the box.",
    )
    .column(
        "density_apart_low",
        Type::Float,
        "share of futures",
        "Lower limit of its interval of 95 %.",
    )
    .column(
        "density_apart_high",
        Type::Float,
        "share of futures",
        "Upper limit of that interval.",
    )
    .column(
        "coverage_apart",
        Type::Float,
        "share of failures",
        "Coverage on those futures.",
    );
    for (number, found) in stress.discovery.boxes.iter().enumerate() {
        for limit in &found.limits {
            let cell = |value: Option<f64>| value.map_or(Cell::Missing, Cell::from);
            table.push(vec![
                (number + 1).into(),
                stress.conditions[limit.condition].id.as_str().into(),
                limit.words(&stress.conditions).into(),
                cell(limit.low),
                cell(limit.high),
                cell(limit.quasi_p[0]),
                cell(limit.quasi_p[1]),
                // The resamples look for the first box only.
                cell((number == 0).then_some(limit.reproduced)),
                found.found.density.into(),
                found.found.coverage.into(),
                found.mass.into(),
                found.apart.density.into(),
                found.density_apart.low.into(),
                found.density_apart.high.into(),
                found.apart.coverage.into(),
            ]);
        }
    }
    table
}

fn agreement(stress: &Stress) -> Table {
    let mut table = Table::new(
        "futures_agreement",
        "What a second sample of futures, drawn apart, says.",
    )
    .column("conclusion", Type::Text, "", "What is compared.")
    .column("first", Type::Text, "", "What the first sample says.")
    .column("second", Type::Text, "", "What the second sample says.")
    .column(
        "same",
        Type::Text,
        "",
        "Whether that is the same within what chance does: yes or no.",
    );
    for check in &stress.agreement.checks {
        table.push(vec![
            check.what.as_str().into(),
            check.first.as_str().into(),
            check.second.as_str().into(),
            if check.same { "yes" } else { "no" }.into(),
        ]);
    }
    table
}
