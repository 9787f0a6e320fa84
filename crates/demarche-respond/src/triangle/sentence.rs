//! What may be said: order in time, never cause.

use super::{
    Analysis, Correction, Dyad, Link, Method, Null, Quantity, Response, Verdict, dyad_name,
};
use crate::words::{counted, figure, listed, p_value, percent, probability};

impl Quantity {
    fn words(self) -> &'static str {
        match self {
            Quantity::Net => "net cooperation",
            Quantity::Cooperation => "cooperation",
            Quantity::Conflict => "conflict",
            Quantity::ScaleSum => "net cooperation on the Goldstein scale",
            Quantity::ScaleMean => "mean Goldstein value",
        }
    }
}

fn count_of_lags(analysis: &Analysis) -> String {
    counted(analysis.lags, "lag", "lags")
}

/// The sentence of one of `tests` tests.
pub(super) fn of_response(response: &Response, analysis: &Analysis, tests: usize) -> String {
    let name = |dyad| dyad_name(analysis.input, dyad);
    let (after, before) = (name(response.response), name(response.cause));
    let what = analysis.input.quantity.words();
    if let Some(why) = &response.why {
        return format!("{after} after {before}: {why}.");
    }
    let finding = match response.verdict {
        Verdict::InKind => format!("more {what} {before} is followed by more {after}"),
        Verdict::Inverse => format!("more {what} {before} is followed by less {after}"),
        Verdict::Mixed => format!(
            "{what} {before} precedes that of {after}, but in which sense is open: its lags \
             differ in sign"
        ),
        Verdict::None if response.wald.is_some_and(|w| w.p <= analysis.options.alpha) => format!(
            "the sign that {what} {before} precedes that of {after} does not stand adjustment for \
             many tests"
        ),
        Verdict::None => format!("no sign that {what} {before} precedes that of {after}"),
        Verdict::Disagree => format!(
            "whether {what} {before} precedes that of {after} is open: the two tests disagree"
        ),
        Verdict::TooFew => return format!("{after} after {before}: too few events."),
    };
    format!(
        "Over {} {} with {}, {finding} ({}).",
        analysis.input.acts[0].values.len(),
        analysis.input.unit,
        count_of_lags(analysis),
        evidence(response, analysis, tests).join("; "),
    )
}

/// The figures behind a finding.
fn evidence(response: &Response, analysis: &Analysis, tests: usize) -> Vec<String> {
    let mut figures = Vec::new();
    if let Some(sum) = response.sum {
        let of = match analysis.options.method {
            Method::Regression => "coefficients",
            Method::CrossCorrelation => "correlations",
        };
        let interval = response.interval.map(|interval| {
            let (low, high) = (figure(interval.low), figure(interval.high));
            format!(", {} interval {low} to {high}", percent(interval.level))
        });
        figures.push(format!(
            "sum of the lags' {of} {}{}",
            figure(sum),
            interval.unwrap_or_default()
        ));
    }
    let adjusted = |bh, holm| {
        format!(
            "{} (Benjamini–Hochberg) and {} (Holm) after adjustment for {}",
            probability(bh),
            probability(holm),
            counted(tests, "test", "tests")
        )
    };
    if let Some(wald) = response.wald {
        let (bh, holm) = (wald.adjusted.bh, wald.adjusted.holm);
        figures.push(format!("Wald {}, {}", p_value(wald.p), adjusted(bh, holm)));
    }
    if let Some(permuted) = response.permuted {
        let p = p_value(permuted.p);
        let (bh, holm) = (permuted.adjusted.bh, permuted.adjusted.holm);
        let all = match response.wald {
            Some(_) => format!("{} and {} adjusted", probability(bh), probability(holm)),
            None => adjusted(bh, holm),
        };
        let text = format!("{} permuted orders of dates {p}, {all}", permuted.count);
        figures.push(text);
    }
    if let Some(placebos) = &response.placebos {
        figures.push(format!(
            "{} of {} did as well",
            placebos.as_strong.len(),
            counted(placebos.tried.len(), "placebo dyad", "placebo dyads")
        ));
    }
    figures
}

/// Fewer placebo dyads than this are a weak guard.
const FEW_PLACEBOS: usize = 5;

/// The sentences of the whole triangle.
pub(super) fn of_triangle(responses: &[Response], analysis: &Analysis) -> String {
    let actors = analysis.input.actors.join("–");
    let made: Vec<&Response> = responses.iter().filter(|r| r.why.is_none()).collect();
    let mut text = format!(
        "Triangle {actors}, {} {}, {}: of {} tests {} could be made.",
        analysis.input.acts[0].values.len(),
        analysis.input.unit,
        count_of_lags(analysis),
        responses.len(),
        made.len(),
    );
    if made.is_empty() {
        text.push_str(" Too few events to say who moves first.");
        return text;
    }
    text.push_str(&findings(&made, analysis));
    text.push_str(&reciprocity(responses, analysis));
    let open = made
        .iter()
        .filter(|r| r.verdict == Verdict::Disagree)
        .count();
    if open > 0 {
        text.push_str(&format!(
            " In {} the tests disagree, and nothing is concluded.",
            counted(open, "case", "cases")
        ));
    }
    // A series found to precede is worth little if unrelated dyads do as well.
    let held: Vec<&&Response> = made.iter().filter(|r| r.verdict.holds()).collect();
    let as_strong = |r: &Response| {
        let placebos = r.placebos.as_ref();
        placebos.is_some_and(|p| !p.as_strong.is_empty() && 5 * p.as_strong.len() >= p.tried.len())
    };
    let matched = held.iter().filter(|r| as_strong(r)).count();
    if matched > 0 {
        text.push_str(&format!(
            " In {matched} of the findings a fifth of the placebo dyads or more did as well: that \
             speaks for a common calendar or for coverage, not for a tie."
        ));
    }
    let tried = |r: &Response| r.placebos.as_ref().map_or(0, |p| p.tried.len());
    if let Some(fewest) = held.iter().map(|r| tried(r)).min()
        && fewest < FEW_PLACEBOS
    {
        text.push_str(&match fewest {
            0 => " No dyad without a tie to the triangle has events enough to serve as a placebo, \
                  so that guard is missing."
                .to_owned(),
            n => format!(
                " Only {} could be tried, so that guard is weak.",
                counted(n, "placebo dyad", "placebo dyads")
            ),
        });
    }
    text.push_str(
        " What precedes need not cause: a common calendar, a fourth actor, or coverage that \
         rises and falls may move all series; and no sign of an order is no proof that there is \
         none.",
    );
    text
}

/// Which tests hold, in which sense.
fn findings(made: &[&Response], analysis: &Analysis) -> String {
    let correction = match analysis.options.correction {
        Correction::Bh => "Benjamini–Hochberg",
        Correction::Holm => "Holm",
    };
    let dates = match analysis.options.null {
        Null::CircularShift => "dates shifted along the calendar",
        Null::Blocks(_) => "dates permuted in blocks",
    };
    let by = match analysis.options.method {
        Method::Regression => {
            format!("by the Wald test and by {dates}, after adjustment ({correction})")
        }
        Method::CrossCorrelation => format!("by {dates}, after adjustment ({correction})"),
    };
    let list = |verdict| -> Vec<String> {
        made.iter()
            .filter(|r| r.verdict == verdict)
            .map(|r| {
                let name = |dyad| dyad_name(analysis.input, dyad);
                format!("{} after {}", name(r.response), name(r.cause))
            })
            .collect()
    };
    let parts: Vec<String> = [
        (Verdict::InKind, "in kind"),
        (Verdict::Inverse, "inversely"),
        (Verdict::Mixed, "without a settled sense"),
    ]
    .into_iter()
    .filter_map(|(verdict, words)| {
        let found = list(verdict);
        (!found.is_empty()).then(|| format!("{words}: {}", listed(&found)))
    })
    .collect();
    match parts.is_empty() {
        true => format!(" None holds {by}."),
        false => format!(
            " {} {by}; {}.",
            match made.iter().filter(|r| r.verdict.holds()).count() {
                1 => "1 holds".to_owned(),
                n => format!("{n} hold"),
            },
            parts.join("; ")
        ),
    }
}

/// What is found for each pair of actors and its two directions.
fn reciprocity(responses: &[Response], analysis: &Analysis) -> String {
    let pairs = [Dyad::Ab, Dyad::Ac, Dyad::Bc].map(|dyad| {
        let (one, other) = dyad.ends();
        let actors = &analysis.input.actors;
        let both: Vec<&Response> = responses
            .iter()
            .filter(|r| {
                let (source, target) = r.response.ends();
                r.link == Link::Reverse
                    && [(source, target), (target, source)].contains(&dyad.ends())
            })
            .collect();
        let kind = both.iter().filter(|r| r.verdict == Verdict::InKind).count();
        let found = if both.iter().all(|r| r.verdict == Verdict::TooFew) {
            "too few events"
        } else {
            match kind {
                2 => "in both directions",
                1 => "in one direction",
                _ => "not found",
            }
        };
        format!("{}–{} {found}", actors[one], actors[other])
    });
    format!(" Reciprocity in kind: {}.", pairs.join(", "))
}
