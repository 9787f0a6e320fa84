//! Phases of a relationship: the stretches between the change points of its series of events.
//!
//! [`phases`] takes counts per period, [`phases_of_share`] counts out of totals. The two belong
//! together: more events can mean more contact or only more coverage. A rise in the count that
//! the share does not follow is no evidence that the relation itself has risen; see
//! [`Phases::followed_by`].
//!
//! Periods, counts and events come from the caller. Only events whose date is known as exactly as
//! the period is long belong in them: an event of which only the year is known has no month.

use demarche_events::{Period, Periods};
use demarche_table::{Cell, Kind, Table};
use jiff::civil::Date;
use serde::Serialize;
use statrs::distribution::{ContinuousCDF, Normal};

use crate::breaks::{Break, Resampling, judge_breaks};
use crate::changepoint::{
    Model, Penalty, SegmentCosts, SegmentFit, difference_variance, negative_binomial,
    overdispersed_binomial, pearson_dispersion,
};
use crate::{EventIx, Interval};

/// How phases are sought.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct PhaseOptions {
    /// The least number of periods of a phase. Default 6: with months, half a year, so that a
    /// summit and its follow-up visits do not make a phase.
    pub min_len: usize,
    /// What a break must be worth. Default [`Penalty::Bic`].
    pub penalty: Penalty,
    /// The least number of events of a series that is searched for breaks. Default 30.
    pub needed: usize,
    /// How intervals and p-values are drawn.
    pub resampling: Resampling,
}

impl Default for PhaseOptions {
    fn default() -> Self {
        Self {
            min_len: 6,
            penalty: Penalty::Bic,
            needed: 30,
            resampling: Resampling::default(),
        }
    }
}

/// The family of distributions the values of a phase are taken to come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Family {
    /// Counts: negative binomial of common size ([`negative_binomial`]).
    NegativeBinomial,
    /// Counts: Poisson.
    Poisson,
    /// Counts: Gaussian of common variance ([`difference_variance`]), the "l2" of other programs.
    Gaussian,
    /// Counts: Gaussian whose variance changes with the mean; floor 1/12.
    GaussianVariance,
    /// Shares: binomial with estimated dispersion ([`overdispersed_binomial`]).
    OverdispersedBinomial,
    /// Shares: plain binomial.
    Binomial,
}

impl Family {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Family::NegativeBinomial => "negative-binomial",
            Family::Poisson => "poisson",
            Family::Gaussian => "gaussian",
            Family::GaussianVariance => "gaussian-variance",
            Family::OverdispersedBinomial => "overdispersed-binomial",
            Family::Binomial => "binomial",
        }
    }
}

/// What a series says about each period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quantity {
    /// How many events.
    Count,
    /// Which share of a total of events.
    Share,
}

impl Quantity {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Quantity::Count => "count",
            Quantity::Share => "share",
        }
    }
}

/// A stretch of periods of one level.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Phase {
    /// Its first day.
    pub from: Date,
    /// Its last day.
    pub to: Date,
    /// How many periods.
    pub periods: usize,
    /// How many events.
    pub n: u64,
    /// Out of how many, for a share.
    pub total: Option<u64>,
    /// Events per period, or their share of the total; `None` for a share of nothing.
    pub level: Option<f64>,
    /// Score interval of the level (Wilson 1927, carried over to variance φ(μ + κμ²) with κ = 1/r
    /// for the negative binomial, 0 for the Poisson, −1 for the binomial), with the phase's
    /// borders taken as known. The upper end is infinite where the overdispersion is too large
    /// for so few periods.
    pub interval: Option<Interval>,
    /// The events, ascending.
    pub events: Vec<EventIx>,
}

/// A border between two phases.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PhaseBreak {
    /// The first period of the later phase.
    pub period: Period,
    /// First and last period of the interval for it ([`Break::place`]).
    pub between: (Period, Period),
    /// First and last period that fit nearly as well ([`Break::profile`]).
    pub profile: (Period, Period),
    /// Strength, levels, ratio and p-value; its places are positions in the series.
    pub evidence: Break,
    /// The other families that have a break within `between`.
    pub also_found_by: Vec<Family>,
}

/// What one family finds.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FamilyBreaks {
    /// The family.
    pub family: Family,
    /// The model with its common parameter as estimated.
    pub model: Model,
    /// β, the penalty of one break.
    pub penalty: f64,
    /// −2 log L + k·β (+ ln n for an estimated size); comparable between the families of counts.
    /// `None` for quasi-likelihood.
    pub criterion: Option<f64>,
    /// The first position of each phase but the first.
    pub breaks: Vec<usize>,
    /// The level of each phase.
    pub levels: Vec<f64>,
}

/// The phases of a series.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Phases {
    /// Of counts or of shares?
    pub quantity: Quantity,
    /// Was there enough to search for breaks: `needed` events, and room for two phases? If not,
    /// the whole is one phase, and that is no finding.
    pub enough: bool,
    /// How many events.
    pub n: u64,
    /// How many events it needs.
    pub needed: usize,
    /// The family the phases rest on. For counts the negative binomial where its criterion is
    /// lower than the Poisson's, else the Poisson; for shares the overdispersed binomial.
    pub family: Family,
    /// Size r of the negative binomial, whichever family is used; `None` for shares, and where
    /// the counts vary no more than a Poisson's.
    pub size: Option<f64>,
    /// [`pearson_dispersion`] of the values within the phases: about 1 if they vary as the Poisson
    /// (or binomial) says, above 1 if events come in clusters. `None` if it can't be told.
    pub dispersion: Option<f64>,
    /// The phases in order.
    pub phases: Vec<Phase>,
    /// The borders between them; one less.
    pub breaks: Vec<PhaseBreak>,
    /// What each family finds, the one used first.
    pub by_family: Vec<FamilyBreaks>,
}

impl Phases {
    /// For each break, the position of a break of `other` that changes the level in the same
    /// direction and whose interval has a period in common with its own; the strongest such.
    ///
    /// With counts here and shares there (of the same periods) `None` marks a change of the count
    /// that may be one of coverage only.
    pub fn followed_by(&self, other: &Phases) -> Vec<Option<usize>> {
        let rises = |b: &PhaseBreak| b.evidence.after > b.evidence.before;
        self.breaks
            .iter()
            .map(|b| {
                let near = other.breaks.iter().enumerate().filter(|(_, o)| {
                    rises(b) == rises(o) && b.between.0 <= o.between.1 && o.between.0 <= b.between.1
                });
                near.max_by(|x, y| x.1.evidence.strength.total_cmp(&y.1.evidence.strength))
                    .map(|(i, _)| i)
            })
            .collect()
    }
}

/// The phases of a series of counts.
///
/// The breaks are those of least −2 log L + k·β over all segmentations (see
/// [`SegmentCosts::pelt`]), under a negative binomial or a Poisson, whichever has the lower
/// criterion; the other families are worked out beside it for comparison.
///
/// # Panics
/// If there is not one count and one list of events a period, or the least length is 0.
pub fn phases(
    periods: &Periods,
    counts: &[u32],
    events: &[Vec<EventIx>],
    options: &PhaseOptions,
) -> Phases {
    let values: Vec<f64> = counts.iter().map(|&c| f64::from(c)).collect();
    let search = Search {
        periods,
        values: &values,
        totals: None,
        events,
        options,
    };
    search.check();
    if !search.enough() {
        let model = Model::Poisson;
        let costs = SegmentCosts::new(&values, model);
        let (_, poisson) = search.fit(Family::Poisson, costs);
        return search.phases(vec![(Family::Poisson, poisson)], None);
    }
    let fit = |family, model| search.fit(family, SegmentCosts::new(&values, model));
    let variance = difference_variance(&values);
    let mut fits = vec![
        fit(Family::Poisson, Model::Poisson),
        fit(Family::Gaussian, Model::Mean { variance }),
        fit(
            Family::GaussianVariance,
            Model::MeanVariance { floor: 1.0 / 12.0 },
        ),
    ];
    let overdispersed = negative_binomial(&values, options.penalty, options.min_len);
    let size = overdispersed
        .as_ref()
        .and_then(|f| match f.segmentation.model {
            Model::NegativeBinomial { size } => Some(size),
            _ => None,
        });
    if let Some(fit) = overdispersed {
        let better = criterion(&fit) < criterion(&fits[0].1);
        fits.insert(usize::from(!better), (Family::NegativeBinomial, fit));
    }
    search.phases(fits, size)
}

/// The phases of a series of shares: counts out of totals, such as the events of a dyad out of
/// all events of one of its actors in the same period. A period without any event in the total
/// says nothing and counts for neither side.
///
/// # Panics
/// As [`phases`], and if a total is less than its count.
pub fn phases_of_share(
    periods: &Periods,
    counts: &[u32],
    totals: &[u32],
    events: &[Vec<EventIx>],
    options: &PhaseOptions,
) -> Phases {
    let values: Vec<f64> = counts.iter().map(|&c| f64::from(c)).collect();
    let totals: Vec<f64> = totals.iter().map(|&c| f64::from(c)).collect();
    let search = Search {
        periods,
        values: &values,
        totals: Some(&totals),
        events,
        options,
    };
    search.check();
    let plain = search.fit(
        Family::Binomial,
        SegmentCosts::with_totals(&values, &totals, 1.0),
    );
    if !search.enough() {
        return search.phases(vec![plain], None);
    }
    let fit = overdispersed_binomial(&values, &totals, options.penalty, options.min_len);
    search.phases(vec![(Family::OverdispersedBinomial, fit), plain], None)
}

/// −2 log L + k·β (+ ln n for an estimated size).
fn criterion(fit: &SegmentFit) -> Option<f64> {
    let size = match fit.segmentation.model {
        Model::NegativeBinomial { .. } => (fit.costs.len() as f64).ln(),
        _ => 0.0,
    };
    Some(fit.segmentation.penalised() + fit.costs.constant()? + size)
}

/// What is searched, and how.
struct Search<'a> {
    periods: &'a Periods,
    values: &'a [f64],
    totals: Option<&'a [f64]>,
    events: &'a [Vec<EventIx>],
    options: &'a PhaseOptions,
}

impl Search<'_> {
    fn check(&self) {
        assert_eq!(self.values.len(), self.periods.len(), "one count a period");
        assert_eq!(
            self.events.len(),
            self.periods.len(),
            "one list of events a period"
        );
        assert!(self.options.min_len > 0, "a phase has a length");
    }

    fn n(&self) -> u64 {
        self.values.iter().sum::<f64>() as u64
    }

    fn enough(&self) -> bool {
        self.n() >= self.options.needed as u64 && self.values.len() >= 2 * self.options.min_len
    }

    /// The best segmentation of a family; the whole as one where there is too little for more.
    fn fit(&self, family: Family, costs: SegmentCosts) -> (Family, SegmentFit) {
        let least = if self.enough() {
            self.options.min_len
        } else {
            self.values.len().max(1)
        };
        let segmentation = costs.pelt(self.options.penalty, least);
        (
            family,
            SegmentFit {
                costs,
                segmentation,
            },
        )
    }

    /// The level's score interval, see [`Phase::interval`].
    fn score_interval(&self, model: Model, level: f64, weight: f64, dispersion: f64) -> Interval {
        let kappa = match model {
            Model::NegativeBinomial { size } => 1.0 / size,
            Model::Binomial { .. } => -1.0,
            _ => 0.0,
        };
        let coverage = self.options.resampling.level;
        let z = Normal::standard().inverse_cdf(0.5 + coverage / 2.0);
        // Borders of (level − μ)² ≤ c(μ + κμ²), in the form that loses no digits.
        let c = z * z * dispersion / weight;
        let (a, b) = (1.0 - c * kappa, 2.0 * level + c);
        let root = (b * b - 4.0 * a * level * level).max(0.0).sqrt();
        Interval {
            low: 2.0 * level * level / (b + root),
            high: if a > 0.0 {
                (b + root) / (2.0 * a)
            } else {
                f64::INFINITY
            },
            level: coverage,
        }
    }

    /// Puts the result together; the first fit is the one used.
    fn phases(&self, fits: Vec<(Family, SegmentFit)>, size: Option<f64>) -> Phases {
        let (family, used) = &fits[0];
        let model = used.segmentation.model;
        let phases = used
            .segmentation
            .segments
            .iter()
            .map(|s| {
                let total = self.totals.map(|t| t[s.from..s.to].iter().sum::<f64>());
                let weight = total.unwrap_or((s.to - s.from) as f64);
                let dispersion = match model {
                    Model::Binomial { dispersion } => dispersion,
                    _ => 1.0,
                };
                let mut events = self.events[s.from..s.to].concat();
                events.sort_unstable();
                events.dedup();
                Phase {
                    from: self.periods.get(s.from).first(),
                    to: self.periods.get(s.to - 1).last(),
                    periods: s.to - s.from,
                    n: self.values[s.from..s.to].iter().sum::<f64>() as u64,
                    total: total.map(|t| t as u64),
                    level: (weight > 0.0).then_some(s.level),
                    interval: (weight > 0.0)
                        .then(|| self.score_interval(model, s.level, weight, dispersion)),
                    events,
                }
            })
            .collect();
        let span = |(a, b): (usize, usize)| (self.periods.get(a), self.periods.get(b));
        let breaks = judge_breaks(&used.costs, &used.segmentation, &self.options.resampling)
            .into_iter()
            .map(|evidence| PhaseBreak {
                period: self.periods.get(evidence.at),
                between: span(evidence.place),
                profile: span(evidence.profile),
                also_found_by: fits[1..]
                    .iter()
                    .filter(|(_, other)| {
                        let within = evidence.place.0..=evidence.place.1;
                        other.segmentation.breaks.iter().any(|b| within.contains(b))
                    })
                    .map(|(family, _)| *family)
                    .collect(),
                evidence,
            })
            .collect();
        Phases {
            quantity: if self.totals.is_some() {
                Quantity::Share
            } else {
                Quantity::Count
            },
            enough: self.enough(),
            n: self.n(),
            needed: self.options.needed,
            family: *family,
            size,
            dispersion: pearson_dispersion(self.values, self.totals, &used.segmentation),
            phases,
            breaks,
            by_family: fits
                .iter()
                .map(|(family, fit)| FamilyBreaks {
                    family: *family,
                    model: fit.segmentation.model,
                    penalty: fit.segmentation.penalty,
                    criterion: criterion(fit),
                    breaks: fit.segmentation.breaks.clone(),
                    levels: fit.segmentation.segments.iter().map(|s| s.level).collect(),
                })
                .collect(),
        }
    }
}

/// The first columns of each table: which series, and what of it.
fn head(name: &str, description: &str) -> Table {
    Table::new(name, description)
        .column("series", Kind::Text, "", "The series, such as a dyad.")
        .column(
            "quantity",
            Kind::Text,
            "",
            "count: events per period; share: their part of a total of events.",
        )
        .column(
            "family",
            Kind::Text,
            "",
            "Family of distributions of the values within a phase.",
        )
}

fn lead(series: &str, found: &Phases, family: Family) -> Vec<Cell> {
    vec![
        series.into(),
        found.quantity.name().into(),
        family.name().into(),
    ]
}

/// `phases`: the phases of each series, one row a phase.
pub fn phases_table(found: &[(&str, &Phases)]) -> Table {
    let mut table = head(
        "phases",
        "One row is a phase of a series: a stretch of periods of one level.",
    )
    .column(
        "phase",
        Kind::Integer,
        "",
        "Number of the phase in its series, from 1.",
    )
    .column("from", Kind::Date, "", "First day.")
    .column("to", Kind::Date, "", "Last day.")
    .column("periods", Kind::Integer, "periods", "Length.")
    .column("events", Kind::Integer, "events", "Events in the phase.")
    .column(
        "total",
        Kind::Integer,
        "events",
        "Events the share is taken of; missing for counts.",
    )
    .column(
        "level",
        Kind::Float,
        "events per period, or share",
        "Mean number of events per period, or share of the total.",
    )
    .column(
        "level_low",
        Kind::Float,
        "events per period, or share",
        "Lower end of the score interval, borders of the phase taken as known.",
    )
    .column(
        "level_high",
        Kind::Float,
        "events per period, or share",
        "Upper end; missing where there is none.",
    )
    .column(
        "enough",
        Kind::Bool,
        "",
        "Whether the series had events and periods enough to be searched for breaks.",
    );
    for (series, p) in found {
        for (i, phase) in p.phases.iter().enumerate() {
            let mut row = lead(series, p, p.family);
            row.extend([
                (i + 1).into(),
                phase.from.into(),
                phase.to.into(),
                phase.periods.into(),
                integer(phase.n),
                phase.total.map_or(Cell::Missing, integer),
                phase.level.into(),
                phase.interval.map(|i| i.low).into(),
                finite(phase.interval.map(|i| i.high)),
                p.enough.into(),
            ]);
            table.push(row);
        }
    }
    table
}

/// `breaks`: the borders between phases, one row a break, of the family used.
pub fn breaks_table(found: &[(&str, &Phases)]) -> Table {
    let mut table = head(
        "breaks",
        "One row is a break of a series: the border between two phases.",
    )
    .column(
        "break",
        Kind::Integer,
        "",
        "Number of the break in its series, from 1.",
    )
    .column("period", Kind::Text, "", "First period of the later phase.")
    .column("date", Kind::Date, "", "First day of that period.")
    .column(
        "date_low",
        Kind::Date,
        "",
        "First day of the first period of the bootstrap interval for the \
         break.",
    )
    .column(
        "date_high",
        Kind::Date,
        "",
        "First day of the last period of that interval.",
    )
    .column(
        "profile_low",
        Kind::Date,
        "",
        "First day of the first period that fits nearly as well (likelihood \
         set).",
    )
    .column(
        "profile_high",
        Kind::Date,
        "",
        "First day of the last period that fits nearly as well.",
    )
    .column(
        "before",
        Kind::Float,
        "events per period, or share",
        "Level of the earlier phase.",
    )
    .column(
        "after",
        Kind::Float,
        "events per period, or share",
        "Level of the later phase.",
    )
    .column(
        "ratio",
        Kind::Float,
        "",
        "after / before; missing where one of them is 0.",
    )
    .column(
        "ratio_low",
        Kind::Float,
        "",
        "Lower end of the bootstrap interval of the ratio.",
    )
    .column(
        "ratio_high",
        Kind::Float,
        "",
        "Upper end; missing where there is none.",
    )
    .column(
        "strength",
        Kind::Float,
        "",
        "2ΔlogL of two phases against one.",
    )
    .column(
        "penalty",
        Kind::Float,
        "",
        "What the strength of a break must exceed.",
    )
    .column(
        "p_value",
        Kind::Float,
        "",
        "Share of series drawn without a break whose best break is as \
         strong, given the neighbouring breaks.",
    )
    .column(
        "also_found_by",
        Kind::Text,
        "",
        "Other families with a break inside the interval, separated by \
         spaces.",
    );
    for (series, p) in found {
        for (i, b) in p.breaks.iter().enumerate() {
            let e = &b.evidence;
            let also: Vec<&str> = b.also_found_by.iter().map(|f| f.name()).collect();
            let mut row = lead(series, p, p.family);
            row.extend([
                (i + 1).into(),
                b.period.to_string().into(),
                b.period.first().into(),
                b.between.0.first().into(),
                b.between.1.first().into(),
                b.profile.0.first().into(),
                b.profile.1.first().into(),
                e.before.into(),
                e.after.into(),
                e.ratio.into(),
                e.ratio_interval.map(|i| i.low).into(),
                finite(e.ratio_interval.map(|i| i.high)),
                e.strength.into(),
                p.by_family[0].penalty.into(),
                e.p_value.into(),
                also.join(" ").into(),
            ]);
            table.push(row);
        }
    }
    table
}

/// `breaks_by_family`: what each family of distributions finds in the same series, one row a
/// break, and one without a date for a family that finds none. `periods` are those of the series.
pub fn breaks_by_family_table(periods: &Periods, found: &[(&str, &Phases)]) -> Table {
    let mut table = head(
        "breaks_by_family",
        "One row is a break that a family of distributions finds in a \
         series; a family that finds none has one row without a date.",
    )
    .column(
        "used",
        Kind::Bool,
        "",
        "Whether the phases rest on this family.",
    )
    .column(
        "parameter",
        Kind::Float,
        "",
        "The common parameter: size of the negative binomial, variance of \
         the Gaussian, least variance of the Gaussian of changing variance, \
         dispersion of the binomial; missing for the Poisson.",
    )
    .column(
        "penalty",
        Kind::Float,
        "",
        "Penalty of a break on the scale of −2 log L.",
    )
    .column(
        "criterion",
        Kind::Float,
        "",
        "−2 log L and penalties, of families of counts comparable; missing \
         for quasi-likelihood.",
    )
    .column(
        "breaks",
        Kind::Integer,
        "breaks",
        "How many breaks the family finds.",
    )
    .column("break", Kind::Integer, "", "Number of the break, from 1.")
    .column("period", Kind::Text, "", "First period of the later phase.")
    .column("date", Kind::Date, "", "First day of that period.")
    .column(
        "before",
        Kind::Float,
        "events per period, or share",
        "Level before it.",
    )
    .column(
        "after",
        Kind::Float,
        "events per period, or share",
        "Level after it.",
    )
    .column(
        "agrees",
        Kind::Bool,
        "",
        "Whether the break lies in the interval of a break of the family \
         used.",
    );
    for (series, p) in found {
        for (k, f) in p.by_family.iter().enumerate() {
            let parameter = match f.model {
                Model::Mean { variance } => Some(variance),
                Model::MeanVariance { floor } => Some(floor),
                Model::Poisson => None,
                Model::NegativeBinomial { size } => Some(size),
                Model::Binomial { dispersion } => Some(dispersion),
            };
            let mut first = lead(series, p, f.family);
            first.extend([
                (k == 0).into(),
                parameter.into(),
                f.penalty.into(),
                f.criterion.into(),
                f.breaks.len().into(),
            ]);
            if f.breaks.is_empty() {
                let mut row = first.clone();
                row.extend(std::iter::repeat_n(Cell::Missing, 6));
                table.push(row);
            }
            for (i, &at) in f.breaks.iter().enumerate() {
                let period = periods.get(at);
                let agrees = p
                    .breaks
                    .iter()
                    .any(|b| b.between.0 <= period && period <= b.between.1);
                let mut row = first.clone();
                row.extend([
                    (i + 1).into(),
                    period.to_string().into(),
                    period.first().into(),
                    f.levels[i].into(),
                    f.levels[i + 1].into(),
                    agrees.into(),
                ]);
                table.push(row);
            }
        }
    }
    table
}

fn integer(v: u64) -> Cell {
    Cell::Integer(i64::try_from(v).expect("counts fit"))
}

/// An infinite end is no number for a table.
fn finite(v: Option<f64>) -> Cell {
    v.filter(|v| v.is_finite()).into()
}

#[cfg(test)]
mod tests {
    use demarche_events::PeriodUnit;
    use jiff::civil::date;

    use super::*;

    fn months(n: usize) -> Periods {
        let first = date(2010, 1, 1);
        let all = Periods::covering(first, date(2060, 1, 1), PeriodUnit::Month);
        Periods::covering(first, all.get(n - 1).first(), PeriodUnit::Month)
    }

    /// Number the events one after the other, as they fall into the months.
    fn number(counts: &[u32]) -> Vec<Vec<EventIx>> {
        let mut next = 0;
        counts
            .iter()
            .map(|&c| {
                next += c;
                (next - c..next).collect()
            })
            .collect()
    }

    fn wobble(level: u32, i: usize) -> u32 {
        level + [0, 1, 0, 2, 1, 0, 1][i % 7]
    }

    #[test]
    fn two_phases_with_their_events() {
        let counts: Vec<u32> = (0..72)
            .map(|i| wobble(if i < 40 { 1 } else { 7 }, i))
            .collect();
        let periods = months(72);
        let found = phases(
            &periods,
            &counts,
            &number(&counts),
            &PhaseOptions::default(),
        );
        assert!(found.enough);
        assert_eq!(found.family, Family::Poisson, "no overdispersion here");
        assert_eq!(found.breaks.len(), 1);
        let b = &found.breaks[0];
        assert_eq!(b.period.to_string(), "2013-05");
        assert!(b.between.0 <= b.period && b.period <= b.between.1);
        assert_eq!(
            b.also_found_by,
            [Family::Gaussian, Family::GaussianVariance]
        );
        let [a, z] = &found.phases[..] else {
            panic!("two phases")
        };
        assert_eq!((a.from, a.to), (date(2010, 1, 1), date(2013, 4, 30)));
        assert_eq!((z.from, z.to), (date(2013, 5, 1), date(2015, 12, 31)));
        let first: u32 = counts[..40].iter().sum();
        assert_eq!(a.n, u64::from(first));
        assert_eq!(a.events, (0..first).collect::<Vec<_>>());
        assert_eq!(a.events.len() + z.events.len(), found.n as usize);
        assert_eq!(a.level, Some(f64::from(first) / 40.0));
    }

    /// Ever more events, of which the dyad has its even part: the count breaks, the share does not.
    #[test]
    fn a_rise_in_coverage_is_no_rise_of_the_share() {
        let totals: Vec<u32> = (0..96).map(|i| if i < 50 { 8 } else { 40 }).collect();
        let counts: Vec<u32> = totals
            .iter()
            .enumerate()
            .map(|(i, t)| t / 4 - 1 + [0, 1, 2, 1][i % 4])
            .collect();
        let (periods, events) = (months(96), number(&counts));
        let options = PhaseOptions::default();
        let by_count = phases(&periods, &counts, &events, &options);
        let by_share = phases_of_share(&periods, &counts, &totals, &events, &options);
        assert_eq!(by_count.breaks.len(), 1);
        assert!(by_share.breaks.is_empty(), "{:?}", by_share.by_family);
        assert_eq!(by_count.followed_by(&by_share), [None]);
        assert_eq!(by_share.phases[0].total, Some(50 * 8 + 46 * 40));
        // A rise of both is recognised as one.
        let counts: Vec<u32> = (0..96)
            .map(|i| if i < 50 { wobble(0, i) } else { wobble(9, i) })
            .collect();
        let events = number(&counts);
        let totals = vec![30; 96];
        let by_count = phases(&periods, &counts, &events, &options);
        let by_share = phases_of_share(&periods, &counts, &totals, &events, &options);
        assert_eq!(by_count.followed_by(&by_share), [Some(0)]);
        // A fall does not follow a rise.
        let falling: Vec<u32> = counts.iter().map(|c| 30 - c).collect();
        let fall = phases_of_share(&periods, &falling, &totals, &number(&falling), &options);
        assert_eq!(by_count.followed_by(&fall), [None]);
    }

    /// Clusters: now and then a month with a summit of ten rows. The Poisson takes chance heaps
    /// for phases, the negative binomial does not.
    #[test]
    fn clusters_are_not_phases() {
        let counts: Vec<u32> = (0..120_u32)
            .map(|i| {
                if (i * i * 31 + i * 17) % 11 < 2 {
                    9
                } else {
                    i % 2
                }
            })
            .collect();
        let found = phases(
            &months(120),
            &counts,
            &number(&counts),
            &PhaseOptions::default(),
        );
        assert_eq!(found.family, Family::NegativeBinomial);
        assert!(found.breaks.is_empty());
        assert!(found.dispersion.unwrap() > 2.0);
        let poisson = found
            .by_family
            .iter()
            .find(|f| f.family == Family::Poisson)
            .unwrap();
        assert!(found.by_family[0].criterion < poisson.criterion);
        assert!(!poisson.breaks.is_empty(), "otherwise this proves nothing");
    }

    #[test]
    fn too_few_events_give_no_phases() {
        let counts: Vec<u32> = (0..60).map(|i| u32::from(i >= 40)).collect();
        let found = phases(
            &months(60),
            &counts,
            &number(&counts),
            &PhaseOptions::default(),
        );
        assert!(!found.enough);
        assert_eq!((found.n, found.needed), (20, 30));
        assert_eq!((found.phases.len(), found.breaks.len()), (1, 0));
        let totals = vec![5; 60];
        let share = phases_of_share(
            &months(60),
            &counts,
            &totals,
            &number(&counts),
            &PhaseOptions::default(),
        );
        assert!(!share.enough && share.breaks.is_empty());
        // A month without any total, and a share of nothing.
        let empty = phases_of_share(
            &months(12),
            &[0; 12],
            &[0; 12],
            &number(&[0; 12]),
            &PhaseOptions::default(),
        );
        assert_eq!(empty.phases[0].level, None);
        assert_eq!(empty.phases[0].interval, None);
    }

    /// Wilson's interval for 10 of 40 is 0.1419 to 0.4019 (z = 1.96); the Poisson score interval
    /// for a mean of 10 events in 1 period is 5.433 to 18.41 (R: by μ + z²/2 ± z√(μ + z²/4)).
    #[test]
    fn score_intervals_are_the_known_ones() {
        let options = PhaseOptions::default();
        let periods = months(1);
        let search = Search {
            periods: &periods,
            values: &[1.0],
            totals: None,
            events: &[vec![]],
            options: &options,
        };
        let wilson = search.score_interval(Model::Binomial { dispersion: 1.0 }, 0.25, 40.0, 1.0);
        assert!(
            (wilson.low - 0.1419).abs() < 1e-4 && (wilson.high - 0.4019).abs() < 1e-4,
            "{wilson:?}"
        );
        let poisson = search.score_interval(Model::Poisson, 10.0, 1.0, 1.0);
        assert!(
            (poisson.low - 5.433).abs() < 1e-2 && (poisson.high - 18.41).abs() < 1e-2,
            "{poisson:?}"
        );
        let clustered =
            search.score_interval(Model::NegativeBinomial { size: 2.0 }, 10.0, 30.0, 1.0);
        assert!(clustered.contains(10.0) && clustered.high - clustered.low > 5.0);
        let unbounded =
            search.score_interval(Model::NegativeBinomial { size: 0.1 }, 10.0, 6.0, 1.0);
        assert!(unbounded.high.is_infinite() && unbounded.low > 0.0);
    }

    #[test]
    fn tables_have_a_row_for_each() {
        let counts: Vec<u32> = (0..72)
            .map(|i| wobble(if i < 40 { 1 } else { 7 }, i))
            .collect();
        let (periods, events) = (months(72), number(&counts));
        let options = PhaseOptions::default();
        let by_count = phases(&periods, &counts, &events, &options);
        let by_share = phases_of_share(&periods, &counts, &[100; 72], &events, &options);
        let all = [("A-B", &by_count), ("A-B", &by_share)];
        assert_eq!(
            phases_table(&all).rows().len(),
            by_count.phases.len() + by_share.phases.len()
        );
        assert_eq!(
            breaks_table(&all).rows().len(),
            by_count.breaks.len() + by_share.breaks.len()
        );
        let families = breaks_by_family_table(&periods, &all);
        let expected: usize = [&by_count, &by_share]
            .iter()
            .flat_map(|p| &p.by_family)
            .map(|f| f.breaks.len().max(1))
            .sum();
        assert_eq!(families.rows().len(), expected);
    }
}
