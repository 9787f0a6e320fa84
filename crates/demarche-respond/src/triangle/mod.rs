//! Reciprocity and triangularity: of three actors, whose acts follow whose, and in which sense?
//!
//! For each of the six directed dyads of a triangle the series of its acts is explained by `p`
//! lags of all six:
//!
//! `y_t = c + Σ_d Σ_l b_dl x_{d,t−l} + e_t`, `l = 1 … p`,
//!
//! with covariances of Newey and West. Whether acts of dyad `d` precede those of the response is a
//! Wald test that `b_d1 … b_dp` are zero; in which sense, the sign of their sum: in kind if it is
//! above zero, inverse if below. Five tests for each response: its reverse (reciprocity), and the
//! four dyads of either actor with the third (triangularity).
//!
//! A Wald test trusts large samples, and thirty tests at 5 % find one or two by chance. Three
//! guards: adjustment for many tests ([`crate::multiple`]), a null distribution from permuted
//! dates, and placebo dyads, which share the coverage of the data but no tie with the triangle.
//! Without any order in a triangle, Wald tests with covariances of Newey and West, adjusted or not,
//! find one in more than a tenth of triangles of a hundred or two hundred periods; with permuted
//! dates agreeing it is about one in twenty. So a finding must stand both.
//!
//! References: Goldstein and Pevehouse 1997, "Reciprocity, Bullying, and International
//! Cooperation: Time-Series Analysis of the Bosnia Conflict", *American Political Science Review*
//! 91(3); Goldstein, Pevehouse, Gerner and Telhami 2001, "Reciprocity, Triangularity, and
//! Cooperation in the Middle East, 1979–97", *Journal of Conflict Resolution* 45(5); Brandt and
//! Freeman 2006, "Advances in Bayesian Time Series Modeling and the Study of Politics",
//! *Political Analysis* 14(1).

mod equation;
mod null;
mod sentence;
#[cfg(test)]
mod tests;

use std::fmt;

use demarche_measure::Interval;
use demarche_measure::quantile::quantile;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use crate::multiple::{Adjusted, adjust};
use crate::ols::OlsError;

use equation::{Answer, Equation, cross_correlation, lags_by_bic};

/// Residual degrees of freedom below which no equation is estimated.
const LEAST_FREEDOM: usize = 10;

/// One of three actors acting towards another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Dyad {
    /// The first towards the second.
    Ab,
    /// The second towards the first.
    Ba,
    /// The first towards the third.
    Ac,
    /// The third towards the first.
    Ca,
    /// The second towards the third.
    Bc,
    /// The third towards the second.
    Cb,
}

impl Dyad {
    /// All six, in the order in which series are given.
    pub const ALL: [Dyad; 6] = [Dyad::Ab, Dyad::Ba, Dyad::Ac, Dyad::Ca, Dyad::Bc, Dyad::Cb];

    /// Who acts and towards whom: 0, 1 or 2.
    pub fn ends(self) -> (usize, usize) {
        match self {
            Dyad::Ab => (0, 1),
            Dyad::Ba => (1, 0),
            Dyad::Ac => (0, 2),
            Dyad::Ca => (2, 0),
            Dyad::Bc => (1, 2),
            Dyad::Cb => (2, 1),
        }
    }

    /// How the acts of `cause` stand to those of this dyad; `None` if they are the same.
    pub fn link(self, cause: Dyad) -> Option<Link> {
        let (source, target) = self.ends();
        match cause.ends() {
            ends if ends == (source, target) => None,
            ends if ends == (target, source) => Some(Link::Reverse),
            (_, towards) if towards == source => Some(Link::ThirdToSource),
            (by, _) if by == source => Some(Link::SourceToThird),
            (_, towards) if towards == target => Some(Link::ThirdToTarget),
            _ => Some(Link::TargetToThird),
        }
    }
}

/// What a series that may precede another is to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Link {
    /// The target towards the source: reciprocity.
    Reverse,
    /// The third actor towards the source.
    ThirdToSource,
    /// The source towards the third actor.
    SourceToThird,
    /// The third actor towards the target.
    ThirdToTarget,
    /// The target towards the third actor.
    TargetToThird,
}

/// What the values of the series are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quantity {
    /// Acts of cooperation less acts of conflict.
    Net,
    /// Acts of cooperation.
    Cooperation,
    /// Acts of conflict.
    Conflict,
    /// Goldstein values, summed.
    ScaleSum,
    /// Goldstein values, averaged over the acts of a period.
    ScaleMean,
}

/// What one actor did to another: a value and a number of events for each period.
#[derive(Clone, Debug, PartialEq)]
pub struct Acts {
    /// The value of each period.
    pub values: Vec<f64>,
    /// How many events it rests on.
    pub events: Vec<u32>,
}

impl Acts {
    /// The series of a quantity, from numbers of acts of cooperation and conflict and sums of
    /// Goldstein values. Periods without acts have the mean 0. Slices that end early count as
    /// having no acts from there.
    pub fn of(quantity: Quantity, cooperation: &[f64], conflict: &[f64], scale: &[f64]) -> Acts {
        let length = cooperation.len().max(conflict.len()).max(scale.len());
        let at = |series: &[f64], t: usize| series.get(t).copied().unwrap_or(0.0);
        let acts = |t| {
            let (good, bad, scale) = (at(cooperation, t), at(conflict, t), at(scale, t));
            let all = good + bad;
            match quantity {
                Quantity::Net => (good - bad, all),
                Quantity::Cooperation => (good, good),
                Quantity::Conflict => (bad, bad),
                Quantity::ScaleSum => (scale, all),
                Quantity::ScaleMean => (if all > 0.0 { scale / all } else { 0.0 }, all),
            }
        };
        let (values, events) = (0..length)
            .map(|t| {
                let (value, events) = acts(t);
                (value, events as u32)
            })
            .unzip();
        Acts { values, events }
    }

    /// How many events it rests on.
    pub fn total(&self) -> usize {
        self.events.iter().map(|n| *n as usize).sum()
    }

    /// Does it not vary between its first and last `margin` periods? Then some lag of it may not.
    fn is_constant(&self, margin: usize) -> bool {
        let core = self
            .values
            .get(margin..self.values.len().saturating_sub(margin));
        core.is_none_or(|core| core.iter().all(|value| *value == core[0]))
    }
}

/// Acts that have no tie with the triangle, but come from the same data.
#[derive(Clone, Debug, PartialEq)]
pub struct Placebo {
    /// Whose acts: a name for tables.
    pub name: String,
    /// The acts, period by period.
    pub acts: Acts,
}

/// A triangle of actors and what they did to each other.
#[derive(Clone, Debug, PartialEq)]
pub struct TriangleInput {
    /// The three actors: A, B and C.
    pub actors: [String; 3],
    /// What a period is, in the plural: "weeks".
    pub unit: String,
    /// What the values are.
    pub quantity: Quantity,
    /// The series of the six dyads, in the order of [`Dyad::ALL`].
    pub acts: [Acts; 6],
    /// Dyads without a tie to the triangle.
    pub placebos: Vec<Placebo>,
}

/// How many lags the equations have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lags {
    /// So many.
    Given(usize),
    /// From one to `most`, the number with the least Bayesian information criterion of the whole
    /// system, `ln |Σ| + ln(n) / n · coefficients`, over the same periods. The cross-correlations
    /// use `most`.
    Bic {
        /// The largest number tried; less where the series are short.
        most: usize,
    },
}

impl Lags {
    /// The largest number of lags there may be.
    fn most(self) -> usize {
        match self {
            Lags::Given(lags) => lags,
            Lags::Bic { most } => most,
        }
    }
}

/// What is computed of a response and what may precede it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// The regression, its Wald test, and permuted dates.
    Regression,
    /// For thin data: no model. The statistic is `Σ r_l²`, the sign that of `Σ r_l`, with `r_l`
    /// the correlation of the response with the other series `l` periods before, `l = 1 … p`;
    /// its p-value is that of permuted dates. It does not hold the other series fixed.
    CrossCorrelation,
}

/// How the dates of a series are permuted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Null {
    /// The series is moved along the calendar, its end put before its beginning: what it has of
    /// rhythm and trend is kept. Moves of `p` periods or fewer either way are left out. There
    /// are no more than about as many as periods, which bounds how small the p-value of a single
    /// test can be.
    CircularShift,
    /// The calendar is cut, from a random start, into blocks of so many periods, and these are
    /// put in random order: the rhythm within blocks is kept.
    Blocks(usize),
}

/// Which adjustment for many tests the verdict goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Correction {
    /// Benjamini and Hochberg: the share of false findings.
    Bh,
    /// Holm: the chance of any false finding.
    Holm,
}

impl Correction {
    fn of(self, adjusted: Adjusted) -> f64 {
        match self {
            Correction::Bh => adjusted.bh,
            Correction::Holm => adjusted.holm,
        }
    }
}

/// How the triangle is analysed.
#[derive(Clone, Debug, PartialEq)]
pub struct TriangleOptions {
    /// Number of lags.
    pub lags: Lags,
    /// Regression, or correlations alone.
    pub method: Method,
    /// Whether the equations have a linear trend.
    pub trend: bool,
    /// Lags of the Newey–West covariance; without, `⌊4 (n / 100)^(2/9)⌋`.
    pub newey_west: Option<usize>,
    /// How dates are permuted.
    pub null: Null,
    /// How many permutations.
    pub permutations: usize,
    /// Seed of the permutations.
    pub seed: u64,
    /// Coverage of intervals.
    pub level: f64,
    /// What a p-value must not exceed.
    pub alpha: f64,
    /// Which adjustment the verdict goes by.
    pub correction: Correction,
    /// How many events a series must rest on.
    pub needed: usize,
}

impl Default for TriangleOptions {
    fn default() -> Self {
        TriangleOptions {
            lags: Lags::Bic { most: 4 },
            method: Method::Regression,
            trend: false,
            newey_west: None,
            null: Null::CircularShift,
            permutations: 999,
            seed: 1,
            level: 0.95,
            alpha: 0.05,
            correction: Correction::Bh,
            needed: 30,
        }
    }
}

/// Why a triangle could not be analysed.
#[derive(Clone, Debug, PartialEq)]
pub enum TriangleError {
    /// Series of different lengths.
    Unequal {
        /// Whose series.
        name: String,
        /// Its length.
        length: usize,
        /// The length of the first series.
        expected: usize,
    },
    /// A value that is missing or not finite.
    NotFinite {
        /// Whose series.
        name: String,
        /// The period, counted from 0.
        period: usize,
    },
    /// Not enough periods for the lags.
    TooShort {
        /// How many periods there are.
        periods: usize,
        /// How many there must be.
        needed: usize,
        /// For how many lags.
        lags: usize,
    },
    /// An option out of its range.
    Option(String),
    /// A system that cannot be estimated.
    Regression(OlsError),
}

impl fmt::Display for TriangleError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TriangleError::Unequal {
                name,
                length,
                expected,
            } => write!(
                out,
                "the series of {name} has {length} periods, the first series {expected}: give \
                 all series over the same periods"
            ),
            TriangleError::NotFinite { name, period } => write!(
                out,
                "the series of {name} has no finite value in period {}: fill the gap, or begin \
                 after it",
                period + 1
            ),
            TriangleError::TooShort {
                periods,
                needed,
                lags,
            } => write!(
                out,
                "too few periods ({periods}, at least {needed} needed for {lags} lags): use \
                 shorter periods or fewer lags"
            ),
            TriangleError::Option(what) => out.write_str(what),
            TriangleError::Regression(error) => write!(
                out,
                "{error}; or use cross-correlations, which need no regression"
            ),
        }
    }
}

impl std::error::Error for TriangleError {}

/// What is found of one series preceding another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// More is followed by more.
    InKind,
    /// More is followed by less.
    Inverse,
    /// Something follows, but the lags differ in sign and their sum may be zero.
    Mixed,
    /// No sign that anything follows.
    None,
    /// The Wald test and the permuted dates disagree, each adjusted for all tests.
    Disagree,
    /// Too few events, or a series that does not vary.
    TooFew,
}

impl Verdict {
    /// Is something found to follow?
    pub fn holds(self) -> bool {
        matches!(self, Verdict::InKind | Verdict::Inverse | Verdict::Mixed)
    }
}

/// The Wald test that all lags of a series are zero.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Wald {
    /// The statistic divided by the number of lags.
    pub f: f64,
    /// How many lags are tested.
    pub lags: usize,
    /// Degrees of freedom of the residuals.
    pub freedom: usize,
    /// Its probability under the null, from the F distribution.
    pub p: f64,
    /// The same, adjusted for all tests of the triangle.
    pub adjusted: Adjusted,
}

/// What permuted dates say.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Permuted {
    /// The share of permutations, the true order among them, whose statistic is no smaller.
    pub p: f64,
    /// The same among the permutations of all tests of the triangle, each statistic divided by
    /// the mean of its test: what is left has one distribution, and its tail is known well enough
    /// to stand adjustment, which the few shifts of a single series cannot.
    pub pooled: f64,
    /// The pooled p-value, adjusted for all tests of the triangle.
    pub adjusted: Adjusted,
    /// How many permutations.
    pub count: usize,
    /// Between which bounds the sum lies in the central share of permutations.
    pub band: Interval,
}

/// How the placebo dyads did in the place of the series that may precede.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Placebos {
    /// Placebos that could be tried, by position in the input.
    pub tried: Vec<usize>,
    /// Those whose statistic was no smaller, by position in the input.
    pub as_strong: Vec<usize>,
    /// `(1 + as strong) / (1 + tried)`.
    pub rank: f64,
}

/// Whether the acts of one dyad precede those of another.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Response {
    /// Whose acts follow.
    pub response: Dyad,
    /// Whose acts precede.
    pub cause: Dyad,
    /// How the two stand to each other.
    pub link: Link,
    /// Events of the response and of what precedes.
    pub events: (usize, usize),
    /// The coefficient (or correlation) of each lag, the shortest first; empty if there is none.
    pub coefficients: Vec<f64>,
    /// Their sum.
    pub sum: Option<f64>,
    /// The interval of the sum; none for correlations.
    pub interval: Option<Interval>,
    /// The Wald test; none for correlations.
    pub wald: Option<Wald>,
    /// The test with permuted dates.
    pub permuted: Option<Permuted>,
    /// The placebo dyads, where there are any.
    pub placebos: Option<Placebos>,
    /// What is found.
    pub verdict: Verdict,
    /// Why there is no figure, where there is none.
    pub why: Option<String>,
    /// What may be said.
    pub sentence: String,
}

/// The analysis of a triangle.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Triangle {
    /// How many periods the series have.
    pub periods: usize,
    /// How many of them are explained: those with all lags.
    pub explained: usize,
    /// How many lags.
    pub lags: usize,
    /// The Bayesian information criterion of 1, 2, … lags; empty where the lags were given.
    pub bic: Vec<f64>,
    /// Lags of the Newey–West covariance.
    pub newey_west: usize,
    /// Dyads whose series do not vary, and which are therefore in no equation.
    pub constant: Vec<Dyad>,
    /// All thirty tests, by response and cause.
    pub responses: Vec<Response>,
    /// What may be said of the triangle as a whole.
    pub sentence: String,
}

impl Triangle {
    /// The test of a response and what may precede it; `None` for a dyad and itself.
    pub fn response(&self, response: Dyad, cause: Dyad) -> Option<&Response> {
        self.responses
            .iter()
            .find(|r| (r.response, r.cause) == (response, cause))
    }
}

/// Tests reciprocity and triangularity.
///
/// # Errors
/// Series of different lengths, with gaps, too short for the lags, or collinear; options out of
/// range. A series that does not vary or rests on too few events is no error: its tests say so.
pub fn triangle(
    input: &TriangleInput,
    options: &TriangleOptions,
) -> Result<Triangle, TriangleError> {
    check_series(input)?;
    check_options(options)?;
    let periods = input.acts[0].values.len();
    let (constant, varied): (Vec<Dyad>, Vec<Dyad>) = Dyad::ALL
        .into_iter()
        .partition(|dyad| input.acts[*dyad as usize].is_constant(options.lags.most()));
    let (lags, bic) = choose_lags(input, options, &varied)?;
    let explained = periods - lags;
    let newey_west = options
        .newey_west
        .unwrap_or_else(|| (4.0 * (explained as f64 / 100.0).powf(2.0 / 9.0)) as usize)
        .min(explained - 1);
    let analysis = Analysis {
        input,
        options,
        varied: &varied,
        lags,
        newey_west,
    };
    let mut figures = Vec::new();
    for response in Dyad::ALL {
        for cause in Dyad::ALL {
            if let Some(link) = response.link(cause) {
                figures.push((response, cause, link, analysis.figures(response, cause)?));
            }
        }
    }
    let mut pool: Vec<f64> = Vec::new();
    for (.., figures) in &mut figures {
        if let Ok(Figures {
            permuted: Some(permuted),
            ..
        }) = figures
        {
            pool.append(&mut permuted.relative);
        }
    }
    pool.sort_by(f64::total_cmp);
    let family = |p: &dyn Fn(&Figures) -> Option<f64>| {
        let all: Vec<_> = figures
            .iter()
            .map(|(.., figures)| figures.as_ref().ok().and_then(p))
            .collect();
        // p-values of tests are probabilities.
        adjust(&all).unwrap_or_else(|_| vec![None; all.len()])
    };
    let walds = family(&|figures| figures.wald.map(|(_, p, _)| p));
    let permuted = family(&|figures| Some(figures.permuted.as_ref()?.pooled(&pool)));
    let tests = walds.iter().zip(&permuted);
    let mut responses: Vec<Response> = figures
        .into_iter()
        .zip(tests)
        .map(|((response, cause, link, figures), (wald, permuted))| {
            let events = [response, cause].map(|dyad| input.acts[dyad as usize].total());
            let mut made = Response {
                response,
                cause,
                link,
                events: events.into(),
                coefficients: Vec::new(),
                sum: None,
                interval: None,
                wald: None,
                permuted: None,
                placebos: None,
                verdict: Verdict::TooFew,
                why: None,
                sentence: String::new(),
            };
            match figures {
                Ok(figures) => analysis.judge(&mut made, figures, *wald, *permuted, &pool),
                Err(why) => made.why = Some(why),
            }
            made
        })
        .collect();
    let count = responses.iter().filter(|r| r.why.is_none()).count();
    for response in &mut responses {
        response.sentence = sentence::of_response(response, &analysis, count);
    }
    let sentence = sentence::of_triangle(&responses, &analysis);
    Ok(Triangle {
        periods,
        explained,
        lags,
        bic,
        newey_west,
        constant,
        responses,
        sentence,
    })
}

fn check_series(input: &TriangleInput) -> Result<(), TriangleError> {
    let dyads = Dyad::ALL.map(|dyad| dyad_name(input, dyad));
    let named = dyads.iter().zip(&input.acts);
    let placebos = input.placebos.iter().map(|p| (&p.name, &p.acts));
    let expected = input.acts[0].values.len();
    for (name, acts) in named.chain(placebos) {
        if let Some(&length) = [acts.values.len(), acts.events.len()]
            .iter()
            .find(|length| **length != expected)
        {
            let name = name.clone();
            return Err(TriangleError::Unequal {
                name,
                length,
                expected,
            });
        }
        if let Some(period) = acts.values.iter().position(|value| !value.is_finite()) {
            let name = name.clone();
            return Err(TriangleError::NotFinite { name, period });
        }
    }
    Ok(())
}

fn check_options(options: &TriangleOptions) -> Result<(), TriangleError> {
    let fault = if matches!(options.lags, Lags::Given(0) | Lags::Bic { most: 0 }) {
        "at least one lag is needed: what precedes is what is tested"
    } else if options.permutations == 0 {
        "at least one permutation is needed; 999 are usual"
    } else if options.null == Null::Blocks(0) {
        "a block has at least one period"
    } else if !(options.level > 0.0 && options.level < 1.0) {
        "the coverage of intervals lies between 0 and 1"
    } else if !(options.alpha > 0.0 && options.alpha < 1.0) {
        "the level of tests lies between 0 and 1"
    } else {
        return Ok(());
    };
    Err(TriangleError::Option(fault.into()))
}

/// The number of lags, and the criteria it was chosen by.
fn choose_lags(
    input: &TriangleInput,
    options: &TriangleOptions,
    varied: &[Dyad],
) -> Result<(usize, Vec<f64>), TriangleError> {
    let periods = input.acts[0].values.len();
    let fixed = 1 + usize::from(options.trend) + LEAST_FREEDOM;
    // Each lag costs a coefficient for each series, and a period.
    let room = periods.saturating_sub(fixed) / (varied.len() + 1);
    let lags = match options.lags {
        Lags::Given(lags) => lags,
        Lags::Bic { most } => most.min(room.max(1)),
    };
    if lags > room {
        return Err(TriangleError::TooShort {
            periods,
            needed: fixed + lags * (varied.len() + 1),
            lags,
        });
    }
    let by_bic = matches!(options.lags, Lags::Bic { .. }) && options.method == Method::Regression;
    if !by_bic || varied.is_empty() {
        return Ok((lags, Vec::new()));
    }
    let series: Vec<&[f64]> = varied
        .iter()
        .map(|dyad| input.acts[*dyad as usize].values.as_slice())
        .collect();
    let names: Vec<String> = varied.iter().map(|dyad| dyad_name(input, *dyad)).collect();
    lags_by_bic(&series, &names, lags, options.trend).map_err(TriangleError::Regression)
}

/// "RUS→GEO".
fn dyad_name(input: &TriangleInput, dyad: Dyad) -> String {
    let (source, target) = dyad.ends();
    format!("{}→{}", input.actors[source], input.actors[target])
}

/// What an analysis rests on.
struct Analysis<'a> {
    input: &'a TriangleInput,
    options: &'a TriangleOptions,
    /// Dyads whose series vary.
    varied: &'a [Dyad],
    lags: usize,
    newey_west: usize,
}

/// The figures of one test, before those of all tests are known.
struct Figures {
    answer: Answer,
    /// F, its p-value and the degrees of freedom.
    wald: Option<(f64, f64, usize)>,
    permuted: Option<Draws>,
    placebos: Option<Placebos>,
}

/// What permuted dates gave in one test.
struct Draws {
    p: f64,
    count: usize,
    band: Interval,
    /// The true statistic divided by the mean of the permuted ones.
    found: f64,
    /// The permuted ones, divided likewise.
    relative: Vec<f64>,
}

impl Draws {
    /// The p-value among the sorted draws of all tests.
    fn pooled(&self, pool: &[f64]) -> f64 {
        let smaller = pool.partition_point(|draw| *draw < self.found);
        (1 + pool.len() - smaller) as f64 / (1 + pool.len()) as f64
    }
}

impl Analysis<'_> {
    /// The figures of a test, or why there are none.
    fn figures(
        &self,
        response: Dyad,
        cause: Dyad,
    ) -> Result<Result<Figures, String>, TriangleError> {
        for dyad in [response, cause] {
            let acts = &self.input.acts[dyad as usize];
            let n = acts.total();
            if n < self.options.needed {
                let needed = self.options.needed;
                return Ok(Err(format!(
                    "too few events of {} (n = {n}, at least {needed} needed)",
                    dyad_name(self.input, dyad)
                )));
            }
            if !self.varied.contains(&dyad) {
                return Ok(Err(format!(
                    "the series of {} does not vary",
                    dyad_name(self.input, dyad)
                )));
            }
        }
        let y = &self.input.acts[response as usize].values;
        Ok(match self.options.method {
            Method::Regression => {
                let equation = self
                    .equation(response, cause)
                    .map_err(TriangleError::Regression)?;
                self.compare(response, cause, |x| equation.answer(x))
            }
            Method::CrossCorrelation => {
                self.compare(response, cause, |x| cross_correlation(y, x, self.lags))
            }
        })
    }

    /// The equation of a response, with all series but the cause.
    fn equation(&self, response: Dyad, cause: Dyad) -> Result<Equation, OlsError> {
        let (mut others, mut names): (Vec<&[f64]>, Vec<String>) = (Vec::new(), Vec::new());
        for &dyad in self.varied.iter().filter(|dyad| **dyad != cause) {
            others.push(&self.input.acts[dyad as usize].values);
            names.push(dyad_name(self.input, dyad));
        }
        Equation::new(
            &self.input.acts[response as usize].values,
            &others,
            &names,
            self.lags,
            self.options.trend,
            self.newey_west,
        )
    }

    /// The true series that may precede, against the same with permuted dates and the placebos.
    fn compare(
        &self,
        response: Dyad,
        cause: Dyad,
        answer: impl Fn(&[f64]) -> Result<Answer, OlsError>,
    ) -> Result<Figures, String> {
        let x = &self.input.acts[cause as usize].values;
        let found = answer(x).map_err(|error| error.to_string())?;
        // A stream of its own for each test: none depends on which others are made.
        let mut rng = ChaCha8Rng::seed_from_u64(self.options.seed);
        rng.set_stream((response as u64) * 6 + cause as u64);
        let permutations = self.options.permutations;
        let (mut sums, mut statistics) = (Vec::new(), Vec::new());
        null::permuted(
            x,
            self.options.null,
            permutations,
            self.lags,
            &mut rng,
            |x| {
                if let Ok(answer) = answer(x) {
                    statistics.push(answer.statistic);
                    sums.push(answer.sum);
                }
            },
        );
        let permuted = self.draws(found.statistic, statistics, sums);
        let (mut tried, mut as_strong) = (Vec::new(), Vec::new());
        for (at, placebo) in self.input.placebos.iter().enumerate() {
            if placebo.acts.total() < self.options.needed {
                continue;
            }
            if let Ok(other) = answer(&placebo.acts.values) {
                tried.push(at);
                if other.statistic >= found.statistic {
                    as_strong.push(at);
                }
            }
        }
        let rank = (1 + as_strong.len()) as f64 / (1 + tried.len()) as f64;
        Ok(Figures {
            wald: found.test,
            permuted,
            placebos: (!tried.is_empty()).then_some(Placebos {
                tried,
                as_strong,
                rank,
            }),
            answer: found,
        })
    }

    /// The true statistic among the permuted ones; `None` where these are all zero.
    fn draws(&self, found: f64, mut relative: Vec<f64>, mut sums: Vec<f64>) -> Option<Draws> {
        let count = relative.len();
        let mean = relative.iter().sum::<f64>() / count.max(1) as f64;
        // Below: what rounding leaves.
        if mean <= 1e-300 {
            return None;
        }
        let as_large = relative.iter().filter(|draw| **draw >= found).count();
        relative.iter_mut().for_each(|draw| *draw /= mean);
        sums.sort_by(f64::total_cmp);
        let tail = (1.0 - self.options.level) / 2.0;
        Some(Draws {
            p: (1 + as_large) as f64 / (1 + count) as f64,
            count,
            band: Interval {
                low: quantile(&sums, tail),
                high: quantile(&sums, 1.0 - tail),
                level: self.options.level,
            },
            found: found / mean,
            relative,
        })
    }

    /// The verdict, once all tests are known.
    fn judge(
        &self,
        response: &mut Response,
        figures: Figures,
        wald: Option<Adjusted>,
        permuted: Option<Adjusted>,
        pool: &[f64],
    ) {
        let level = self.options.level;
        let small = |adjusted: Adjusted| self.options.correction.of(adjusted) <= self.options.alpha;
        let Answer {
            coefficients,
            sum,
            error,
            ..
        } = figures.answer;
        response.interval = error.zip(figures.wald).map(|(error, (_, _, freedom))| {
            let reach = equation::student(level, freedom) * error;
            Interval {
                low: sum - reach,
                high: sum + reach,
                level,
            }
        });
        response.wald = figures
            .wald
            .zip(wald)
            .map(|((f, p, freedom), adjusted)| Wald {
                f,
                lags: self.lags,
                freedom,
                p,
                adjusted,
            });
        response.permuted = figures
            .permuted
            .zip(permuted)
            .map(|(draws, adjusted)| Permuted {
                p: draws.p,
                pooled: draws.pooled(pool),
                adjusted,
                count: draws.count,
                band: draws.band,
            });
        response.placebos = figures.placebos;
        response.coefficients = coefficients;
        response.sum = Some(sum);
        let by_dates = response.permuted.is_some_and(|t| small(t.adjusted));
        let holds = match response.wald {
            Some(wald) => Some(by_dates).filter(|by_dates| *by_dates == small(wald.adjusted)),
            None => Some(by_dates),
        };
        let settled = match (response.interval, response.permuted) {
            (Some(interval), _) => !interval.contains(0.0),
            (None, Some(permuted)) => !permuted.band.contains(sum),
            (None, None) => false,
        };
        response.verdict = match holds {
            None => Verdict::Disagree,
            Some(false) => Verdict::None,
            Some(true) if !settled => Verdict::Mixed,
            Some(true) if sum > 0.0 => Verdict::InKind,
            Some(true) => Verdict::Inverse,
        };
    }
}
