//! How dyads with dense events move together: a vector autoregression of a triangle's dyads.

use demarche_case::Case;
use demarche_events::PeriodUnit;
use demarche_measure::EventIx;
use demarche_table::{Kind, Table};

use crate::dyads::directed;
use crate::multiple::adjust;
use crate::var::{
    Band, BootstrapOptions, Data, Deterministic, Impulse, Resample, Var, VarError, lag_table,
};

/// Lags tried at most.
const MOST_LAGS: usize = 6;
/// Periods for which responses are followed.
pub const HORIZON: usize = 8;
/// Coverage of bands.
const LEVEL: f64 = 0.95;

/// A vector autoregression of the three dyads of a triangle, both directions of each together.
#[derive(Clone, Debug)]
pub struct CaseVar {
    /// The three actors.
    pub actors: [String; 3],
    /// Length of the periods.
    pub by: PeriodUnit,
    /// How many periods.
    pub periods: usize,
    /// The dyads, by positions among the actors, in the order of the series.
    pub dyads: [(usize, usize); 3],
    /// Events of each dyad.
    pub events: [Vec<EventIx>; 3],
    /// What was found, or why nothing could be.
    pub result: Result<Found, VarError>,
}

/// What a vector autoregression says.
#[derive(Clone, Debug)]
pub struct Found {
    /// Lags, chosen by the Bayesian criterion of Schwarz.
    pub lags: usize,
    /// What the other criteria would choose: Akaike, Hannan and Quinn.
    pub other_lags: [usize; 2],
    /// The largest root of the companion matrix; below 1 shocks die out.
    pub largest_root: f64,
    /// p-value of the test of Breusch and Godfrey that residuals are not correlated over time.
    pub serial_p: Option<f64>,
    /// By cause and effect, the p-value that the one does not help to foretell the other (Granger),
    /// adjusted for the six tests after Benjamini and Hochberg.
    pub granger: [[Option<f64>; 3]; 3],
    /// By effect and cause, the response to a shock of one standard deviation, step by step, with
    /// a band that holds for all steps together.
    pub responses: [[Vec<(f64, f64, f64)>; 3]; 3],
    /// By dyad and source, the share of its forecast error after all steps.
    pub shares: [[f64; 3]; 3],
    /// Draws of the bootstrap that could not be fitted.
    pub failed: usize,
}

/// The autoregression of a triangle, where its dyads have at least one event a period on average;
/// `None` where they are thinner.
pub fn case_var(case: &Case, actors: &[String; 3], by: PeriodUnit) -> Option<CaseVar> {
    let dyads = [(0, 1), (0, 2), (1, 2)];
    let both = dyads.map(|(a, b)| directed(case, &actors[a], &actors[b], by));
    let periods = both[0].0.len();
    let dense = |d: &[crate::dyads::Directed; 2]| d[0].total() + d[1].total() >= periods;
    if !both.iter().all(|(_, d)| dense(d)) {
        return None;
    }
    let names =
        dyads.map(|(a, b)| format!("{}–{}", case.short(&actors[a]), case.short(&actors[b])));
    let series = both.iter().zip(&names).map(|((_, [forth, back]), name)| {
        let sum = forth
            .net()
            .iter()
            .zip(back.net())
            .map(|(a, b)| a + b)
            .collect::<Vec<f64>>();
        (name.clone(), sum)
    });
    let result = Data::new(series).and_then(|data| found(&data, case));
    let events = both.each_ref().map(|(_, [forth, back])| {
        let mut all = forth.all_events();
        all.extend(back.all_events());
        all.sort_unstable();
        all.dedup();
        all
    });
    Some(CaseVar {
        actors: actors.clone(),
        by,
        periods,
        dyads,
        events,
        result,
    })
}

fn found(data: &Data, case: &Case) -> Result<Found, VarError> {
    let how = &case.settings.measure;
    let table = lag_table(data, MOST_LAGS, Deterministic::Constant)?;
    let lags = table.bic;
    let var = Var::fit(data, lags, Deterministic::Constant)?;
    let names: Vec<String> = data.names().to_vec();
    let mut p = Vec::new();
    for cause in 0..3 {
        for effect in 0..3 {
            let test = match cause == effect {
                true => None,
                false => {
                    let (cause, effect) = ([names[cause].as_str()], [names[effect].as_str()]);
                    Some(var.granger(&cause, &effect)?.p)
                }
            };
            p.push(test);
        }
    }
    let adjusted = adjust(&p).expect("probabilities");
    let granger = std::array::from_fn(|cause| {
        std::array::from_fn(|effect| adjusted[cause * 3 + effect].map(|a| a.bh))
    });
    let draws = var.bootstrap(&BootstrapOptions {
        draws: how.draws,
        seed: how.seed,
        horizon: HORIZON,
        impulse: Impulse::Orthogonal,
        resample: Resample::MovingBlock {
            length: Resample::block_length(var.observations()),
        },
        ..BootstrapOptions::default()
    })?;
    let bands = draws.bands(Band::SupT, LEVEL)?;
    let responses = std::array::from_fn(|effect| {
        std::array::from_fn(|cause| {
            (0..=HORIZON)
                .map(|step| {
                    (
                        bands.point[step][(effect, cause)],
                        bands.low[step][(effect, cause)],
                        bands.high[step][(effect, cause)],
                    )
                })
                .collect()
        })
    });
    let shares = var.variance_shares(HORIZON)?;
    let last = &shares.steps[HORIZON - 1];
    Ok(Found {
        lags,
        other_lags: [table.aic, table.hq],
        largest_root: var.stability().largest,
        serial_p: var
            .serial_correlation(lags + 4)
            .ok()
            .map(|t| t.breusch_godfrey.p),
        granger,
        responses,
        shares: std::array::from_fn(|i| std::array::from_fn(|j| last[(i, j)])),
        failed: draws.failed,
    })
}

/// All autoregressions as tables: `var_responses` and `var_tests`.
pub fn var_tables(case: &Case, all: &[CaseVar]) -> Vec<Table> {
    let mut responses = Table::new(
        "var_responses",
        "How a dyad moves after a shock of one standard deviation to another: orthogonal impulse \
         responses of vector autoregressions.",
    )
    .column("triangle", Kind::Text, "", "The three actors.")
    .column("by", Kind::Text, "", "Length of the periods.")
    .column("shock", Kind::Text, "", "Dyad that is shocked.")
    .column("response", Kind::Text, "", "Dyad that answers.")
    .column("step", Kind::Integer, "periods", "Periods after the shock.")
    .column(
        "value",
        Kind::Float,
        "acts",
        "Acts of cooperation less conflict.",
    )
    .column(
        "low",
        Kind::Float,
        "acts",
        "Lower end of a 95 % band for all steps together.",
    )
    .column("high", Kind::Float, "acts", "Upper end.")
    .column(
        "share",
        Kind::Float,
        "share",
        "Share of the forecast error after all steps.",
    );
    let mut tests = Table::new("var_tests", "Granger tests of vector autoregressions.")
        .column("triangle", Kind::Text, "", "The three actors.")
        .column("by", Kind::Text, "", "Length of the periods.")
        .column("periods", Kind::Integer, "periods", "How many.")
        .column("lags", Kind::Integer, "periods", "Lags, after Schwarz.")
        .column(
            "largest_root",
            Kind::Float,
            "",
            "Largest root; below 1 shocks die out.",
        )
        .column(
            "serial_p",
            Kind::Float,
            "",
            "Breusch and Godfrey: residuals not correlated.",
        )
        .column("cause", Kind::Text, "", "Dyad that may help to foretell.")
        .column("effect", Kind::Text, "", "Dyad that is foretold.")
        .column(
            "p",
            Kind::Float,
            "",
            "p-value that it does not help, adjusted for the six tests (Benjamini–Hochberg).",
        );
    for t in all {
        let Ok(found) = &t.result else { continue };
        let triangle = t.actors.join("-");
        let name = |k: usize| {
            let (a, b) = t.dyads[k];
            format!("{}–{}", case.short(&t.actors[a]), case.short(&t.actors[b]))
        };
        for cause in 0..3 {
            for effect in 0..3 {
                for (step, (value, low, high)) in found.responses[effect][cause].iter().enumerate()
                {
                    responses.push(vec![
                        triangle.as_str().into(),
                        t.by.name().into(),
                        name(cause).into(),
                        name(effect).into(),
                        step.into(),
                        (*value).into(),
                        (*low).into(),
                        (*high).into(),
                        (step == HORIZON)
                            .then_some(found.shares[effect][cause])
                            .into(),
                    ]);
                }
                if cause != effect {
                    tests.push(vec![
                        triangle.as_str().into(),
                        t.by.name().into(),
                        t.periods.into(),
                        found.lags.into(),
                        found.largest_root.into(),
                        found.serial_p.into(),
                        name(cause).into(),
                        name(effect).into(),
                        found.granger[cause][effect].into(),
                    ]);
                }
            }
        }
    }
    vec![responses, tests]
}
