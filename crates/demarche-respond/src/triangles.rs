//! The triangles of a case: who answers whom among three of its actors.

use std::collections::BTreeMap;

use demarche_case::{ActorKind, Case};
use demarche_events::{PeriodUnit, Periods};
use demarche_measure::EventIx;
use demarche_table::{Kind, Table};
use serde::Serialize;

use crate::dyads::{Directed, directed};
use crate::triangle::{
    Acts, Dyad, Link, Placebo, Quantity, Triangle, TriangleError, TriangleInput, TriangleOptions,
    Verdict, triangle,
};

/// Dyads without a tie to the triangle that are tried in the place of a cause.
const PLACEBOS: usize = 40;

/// A triangle of a case with the events behind it.
#[derive(Clone, Debug)]
pub struct CaseTriangle {
    /// The three actors.
    pub actors: [String; 3],
    /// The periods of the series.
    pub periods: Periods,
    /// What the values are.
    pub quantity: Quantity,
    /// The series of the six dyads, in the order of [`Dyad::ALL`].
    pub series: [Directed; 6],
    /// Names of the placebo dyads.
    pub placebos: Vec<String>,
    /// What was found, or why nothing could be.
    pub result: Result<Triangle, TriangleError>,
}

/// A triangle of a case as plain data, for programs.
#[derive(Clone, Debug, Serialize)]
pub struct Summary<'a> {
    /// The three actors.
    pub actors: &'a [String; 3],
    /// Length of the periods.
    pub by: &'static str,
    /// What the values are.
    pub quantity: Quantity,
    /// Events of the six dyads: AB, BA, AC, CA, BC, CB.
    pub events: [usize; 6],
    /// Names of the placebo dyads.
    pub placebos: &'a [String],
    /// What was found.
    pub triangle: Option<&'a Triangle>,
    /// Why nothing could be.
    pub error: Option<String>,
}

impl CaseTriangle {
    /// The actor that one of the three ends stands for.
    fn name(&self, case: &Case, end: usize) -> String {
        case.short(&self.actors[end]).to_owned()
    }

    /// `Korea → NATO`.
    pub fn dyad_name(&self, case: &Case, dyad: Dyad) -> String {
        let (source, target) = dyad.ends();
        format!("{} → {}", self.name(case, source), self.name(case, target))
    }

    /// The series of a dyad.
    pub fn of(&self, dyad: Dyad) -> &Directed {
        &self.series[dyad as usize]
    }

    /// Events of two dyads together, ascending.
    pub fn events(&self, response: Dyad, cause: Dyad) -> Vec<EventIx> {
        let mut all = self.of(response).all_events();
        all.extend(self.of(cause).all_events());
        all.sort_unstable();
        all.dedup();
        all
    }

    /// As plain data.
    pub fn summary(&self) -> Summary<'_> {
        Summary {
            actors: &self.actors,
            by: self.periods.unit().name(),
            quantity: self.quantity,
            events: self.series.each_ref().map(Directed::total),
            placebos: &self.placebos,
            triangle: self.result.as_ref().ok(),
            error: self.result.as_ref().err().map(ToString::to_string),
        }
    }
}

/// Analyses the triangle of three actors of a case, period by period.
pub fn triangle_of(
    case: &Case,
    actors: &[String; 3],
    by: PeriodUnit,
    quantity: Quantity,
    options: &TriangleOptions,
) -> CaseTriangle {
    let [a, b, c] = actors;
    let (periods, [ab, ba]) = directed(case, a, b, by);
    let (_, [ac, ca]) = directed(case, a, c, by);
    let (_, [bc, cb]) = directed(case, b, c, by);
    let series = [ab, ba, ac, ca, bc, cb];
    let acts = |d: &Directed| Acts::of(quantity, &d.cooperation, &d.conflict, &d.scale);
    let placebos: Vec<Placebo> = untied(case, actors, by, options.needed)
        .iter()
        .map(|d| Placebo {
            name: format!("{} → {}", case.short(&d.source), case.short(&d.target)),
            acts: acts(d),
        })
        .collect();
    let names = placebos.iter().map(|p| p.name.clone()).collect();
    let input = TriangleInput {
        actors: actors.each_ref().map(|code| case.short(code).to_owned()),
        unit: format!("{}s", by.name()),
        quantity,
        acts: series.each_ref().map(acts),
        placebos,
    };
    CaseTriangle {
        actors: actors.clone(),
        periods,
        quantity,
        series,
        placebos: names,
        result: triangle(&input, options),
    }
}

/// The directed dyads of the case that share no actor with the triangle and have events enough,
/// those with most events first.
fn untied(case: &Case, actors: &[String; 3], by: PeriodUnit, needed: usize) -> Vec<Directed> {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for event in &case.chronicle {
        let (a, b) = (event.source.as_str(), event.target.as_str());
        let tied = |code: &str| {
            actors.iter().any(|actor| actor == code)
                || case
                    .actor(code)
                    .is_none_or(|a| a.kind == ActorKind::Arrangement)
        };
        if !tied(a) && !tied(b) && a != b {
            *counts.entry((a.min(b), a.max(b))).or_default() += 1;
        }
    }
    let mut found: Vec<Directed> = counts
        .into_iter()
        .filter(|(_, n)| *n >= needed)
        .flat_map(|((a, b), _)| directed(case, a, b, by).1)
        .filter(|d| d.total() >= needed)
        .collect();
    found.sort_by_key(|d| std::cmp::Reverse(d.total()));
    found.truncate(PLACEBOS);
    found
}

/// The triangles that the case asks for: the two partners and each of its third actors.
pub fn triangles(case: &Case) -> Vec<CaseTriangle> {
    let [a, b] = &case.settings.partners;
    let how = &case.settings.measure;
    let options = TriangleOptions {
        needed: how.min_events,
        seed: how.seed,
        ..TriangleOptions::default()
    };
    let thirds = case.settings.respond.thirds.iter();
    thirds
        .filter(|c| *c != a && *c != b)
        .map(|c| {
            let actors = [a.clone(), b.clone(), c.clone()];
            triangle_of(
                case,
                &actors,
                case.settings.respond.by,
                Quantity::Net,
                &options,
            )
        })
        .collect()
}

/// What a verdict is called in tables.
pub fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::InKind => "in kind",
        Verdict::Inverse => "inverse",
        Verdict::Mixed => "mixed",
        Verdict::None => "no sign",
        Verdict::Disagree => "tests disagree",
        Verdict::TooFew => "too few",
    }
}

/// What a link is called in tables.
pub fn link_name(link: Link) -> &'static str {
    match link {
        Link::Reverse => "reverse",
        Link::ThirdToSource => "third to source",
        Link::SourceToThird => "source to third",
        Link::ThirdToTarget => "third to target",
        Link::TargetToThird => "target to third",
    }
}

/// All tests of some triangles as a table named `triangles`.
pub fn triangles_table(triangles: &[CaseTriangle]) -> Table {
    let mut table = Table::new(
        "triangles",
        "Whether acts of one dyad precede those of another among three actors: regressions on the \
         lags of all six directed dyads.",
    )
    .column("a", Kind::Text, "", "First actor.")
    .column("b", Kind::Text, "", "Second actor.")
    .column("c", Kind::Text, "", "Third actor.")
    .column("by", Kind::Text, "", "Length of the periods.")
    .column("source", Kind::Text, "", "Who acts in the response.")
    .column("target", Kind::Text, "", "Towards whom.")
    .column("cause_source", Kind::Text, "", "Who acts in what precedes.")
    .column("cause_target", Kind::Text, "", "Towards whom.")
    .column(
        "link",
        Kind::Text,
        "",
        "How the two dyads stand to each other.",
    )
    .column("events", Kind::Integer, "acts", "Acts of the response.")
    .column(
        "cause_events",
        Kind::Integer,
        "acts",
        "Acts of what precedes.",
    )
    .column(
        "periods",
        Kind::Integer,
        "periods",
        "Periods that are explained.",
    )
    .column("lags", Kind::Integer, "periods", "Lags of each series.")
    .column(
        "sum",
        Kind::Float,
        "",
        "Sum of the lag coefficients: above zero in kind, below inverse.",
    )
    .column(
        "low",
        Kind::Float,
        "",
        "Lower end of its 95 % interval, Newey–West.",
    )
    .column("high", Kind::Float, "", "Upper end.")
    .column(
        "f",
        Kind::Float,
        "",
        "Wald statistic that all lags are zero, over their number.",
    )
    .column("p", Kind::Float, "", "Its probability under the null.")
    .column(
        "p_bh",
        Kind::Float,
        "",
        "The same, adjusted after Benjamini and Hochberg.",
    )
    .column("p_holm", Kind::Float, "", "The same, adjusted after Holm.")
    .column(
        "p_permuted",
        Kind::Float,
        "",
        "Share of permuted dates with a statistic no smaller.",
    )
    .column("placebos", Kind::Integer, "dyads", "Placebo dyads tried.")
    .column(
        "placebos_as_strong",
        Kind::Integer,
        "dyads",
        "Placebo dyads with a statistic no smaller.",
    )
    .column("verdict", Kind::Text, "", "What is found.")
    .column("sentence", Kind::Text, "", "What may be said.");
    for t in triangles {
        let Ok(found) = &t.result else { continue };
        for r in &found.responses {
            let end = |dyad: Dyad| {
                let (source, target) = dyad.ends();
                [t.actors[source].as_str(), t.actors[target].as_str()]
            };
            let ([source, target], [cause_source, cause_target]) = (end(r.response), end(r.cause));
            table.push(vec![
                t.actors[0].as_str().into(),
                t.actors[1].as_str().into(),
                t.actors[2].as_str().into(),
                t.periods.unit().name().into(),
                source.into(),
                target.into(),
                cause_source.into(),
                cause_target.into(),
                link_name(r.link).into(),
                r.events.0.into(),
                r.events.1.into(),
                found.explained.into(),
                found.lags.into(),
                r.sum.into(),
                r.interval.map(|i| i.low).into(),
                r.interval.map(|i| i.high).into(),
                r.wald.map(|w| w.f).into(),
                r.wald.map(|w| w.p).into(),
                r.wald.map(|w| w.adjusted.bh).into(),
                r.wald.map(|w| w.adjusted.holm).into(),
                r.permuted.map(|p| p.p).into(),
                r.placebos.as_ref().map(|p| p.tried.len()).into(),
                r.placebos.as_ref().map(|p| p.as_strong.len()).into(),
                verdict_name(r.verdict).into(),
                r.sentence.as_str().into(),
            ]);
        }
    }
    table
}
