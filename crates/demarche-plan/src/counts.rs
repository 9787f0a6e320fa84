//! What counts in a plan, and for how much: the user's weights in words and figures.

use demarche_case::{Case, Exposure};

/// One thing that counts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Count {
    /// Its key in `[plan.weights]`.
    pub key: &'static str,
    /// Its weight. Points, or per cent of them for lateness.
    pub weight: u64,
    /// What it is for, in a sentence without its full stop.
    pub words: String,
}

/// What counts, in the order of the settings; what has no weight is not among it.
#[must_use]
pub fn counts(case: &Case) -> Vec<Count> {
    let weights = case.settings.plan.weights;
    let partner = case.short(&case.settings.partners[1]);
    let all = [
        (
            "coverage",
            weights.coverage,
            format!(
                "{} points for the first initiative that serves a pair of theme and line, half of them for the second, a quarter for the third, whenever it comes",
                weights.coverage
            ),
        ),
        (
            "recommendations",
            weights.recommendations,
            format!(
                "{} for each recommendation that an initiative answers",
                weights.recommendations
            ),
        ),
        (
            "agreed",
            weights.agreed,
            format!(
                "{} for an initiative that both sides agreed on",
                weights.agreed
            ),
        ),
        (
            "lateness",
            weights.lateness,
            format!(
                "{} % off the last two for each quarter until it delivers",
                weights.lateness
            ),
        ),
        (
            "transfer",
            weights.transfer,
            format!(
                "{} for the first initiative that brings technology to {partner}, half of them for the second, a third for the third, and the same from {partner}",
                weights.transfer
            ),
        ),
        (
            "interoperability",
            weights.interoperability,
            format!(
                "{} for the first level of interoperability reached in an area, half of them for the second, a quarter for the third",
                weights.interoperability
            ),
        ),
        (
            "earliness",
            weights.earliness,
            format!(
                "{} for a deliverable that one can check if it came at once, less in proportion until the end of the plan",
                weights.earliness
            ),
        ),
        (
            "risk",
            weights.risk,
            format!(
                "{} off for each level of exposure to each actor, as {}",
                weights.risk,
                match case.settings.plan.exposure {
                    Exposure::Judged => "the case judges it",
                    Exposure::Estimated => "the past shows it, or the case judges it",
                }
            ),
        ),
    ];
    all.into_iter()
        .filter(|(_, weight, _)| *weight > 0)
        .map(|(key, weight, words)| Count { key, weight, words })
        .collect()
}

/// What counts, in one paragraph.
#[must_use]
pub fn paragraph(case: &Case) -> String {
    let words: Vec<String> = counts(case).into_iter().map(|count| count.words).collect();
    format!("What counts: {}.", words.join("; "))
}
