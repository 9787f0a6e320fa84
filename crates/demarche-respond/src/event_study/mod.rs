//! Event study: how many hostile acts fall in the days after a step, against matched days without
//! one.
//!
//! For each kind of step and each window of `h` days: the number of hostile acts in the `h` days
//! after each day with such a step, less the mean number after its matched days. Matched days are
//! of the same stretch of the calendar, the same day of the week, as near to an occasion, and
//! alike in every covariate that is given; none has a step of that kind within `h` days. Steps that
//! follow each other within `h` days share windows, so that a figure holds what they draw together.
//!
//! `difference = 1/n Σ_i (a_i − mean over matched days d of i of a_d)`
//!
//! The same before the step is a check: a difference there cannot be a reaction. What drives both,
//! such as a summit on which announcements and criticism fall together, is looked at in three
//! variants: without regard to occasions, days matched by how they lie to an occasion, and only
//! steps away from all occasions.
//!
//! References: MacKinlay 1997, "Event Studies in Economics and Finance", *Journal of Economic
//! Literature* 35(1); Rosenbaum 2002, *Observational Studies*, chapters 2 and 3 (permutation
//! within matched sets).

mod calendar;
mod matching;
mod sentence;
#[cfg(test)]
mod tests;

use std::fmt;

use demarche_measure::Interval;
use demarche_measure::quantile::quantile;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use crate::multiple::{Adjusted, adjust};

use calendar::Calendar;
use matching::{Matcher, Moves};

/// A kind of step and the days on which such steps were taken.
#[derive(Clone, Debug, PartialEq)]
pub struct StepKind {
    /// Its name, as in "3 steps of the kind …".
    pub name: String,
    /// The day of each step, in any order; a day may come more than once.
    pub days: Vec<i32>,
}

/// A property of each day in which matched days must agree.
#[derive(Clone, Debug, PartialEq)]
pub struct Covariate {
    /// Its name.
    pub name: String,
    /// Its class on each day of the observation, the first day first.
    pub classes: Vec<u32>,
}

/// What happened on which day. Days are counted from 1 January 1970.
#[derive(Clone, Debug, PartialEq)]
pub struct StudyInput {
    /// First day of the observation.
    pub first: i32,
    /// Last day of the observation.
    pub last: i32,
    /// The kinds of steps.
    pub kinds: Vec<StepKind>,
    /// The day of each hostile act, in any order.
    pub acts: Vec<i32>,
    /// The days of occasions that may drive both, such as summits; they may lie outside the
    /// observation.
    pub occasions: Vec<i32>,
    /// Other properties in which matched days must agree.
    pub covariates: Vec<Covariate>,
}

/// From which stretch of the calendar matched days are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stretch {
    /// The calendar year.
    Year,
    /// So many days either way.
    Days(i32),
}

/// How days of the week are matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weekday {
    /// Not at all.
    Any,
    /// Monday to Friday, or the weekend.
    Working,
    /// The same day.
    Same,
}

/// How days near an occasion are matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OccasionMatch {
    /// A day is near an occasion if it lies no more days from it, either way.
    pub within: i32,
    /// By how many days the distances of two matched days, counted with their sign, may differ.
    pub tolerance: i32,
    /// How many days either way a matched day may lie from a day near an occasion: more than
    /// elsewhere, since occasions are rare. The calendar year does not bind here.
    pub reach: i32,
}

/// How a study is made.
#[derive(Clone, Debug, PartialEq)]
pub struct StudyOptions {
    /// Lengths of the windows in days, ascending.
    pub windows: Vec<i32>,
    /// The stretch of the calendar that is matched.
    pub stretch: Stretch,
    /// The day of the week.
    pub weekday: Weekday,
    /// How days near an occasion are matched.
    pub occasion: OccasionMatch,
    /// Does the window after a step begin on its day? Which came first is not known within a day.
    pub same_day: bool,
    /// How many permutations, and as many draws of the bootstrap.
    pub draws: usize,
    /// Seed of both.
    pub seed: u64,
    /// Coverage of intervals.
    pub level: f64,
    /// What an adjusted p-value must not exceed.
    pub alpha: f64,
    /// How many days with a step, matched, a figure needs.
    pub needed_steps: usize,
    /// How many hostile acts in the whole observation.
    pub needed_acts: usize,
}

impl Default for StudyOptions {
    fn default() -> Self {
        StudyOptions {
            windows: vec![7, 14, 30],
            stretch: Stretch::Days(120),
            weekday: Weekday::Same,
            occasion: OccasionMatch {
                within: 7,
                tolerance: 2,
                reach: 1100,
            },
            same_day: false,
            draws: 999,
            seed: 1,
            level: 0.95,
            alpha: 0.05,
            needed_steps: 10,
            needed_acts: 10,
        }
    }
}

/// Why a study could not be made.
#[derive(Clone, Debug, PartialEq)]
pub enum StudyError {
    /// An observation that ends before it begins, or is shorter than a window on either side.
    Observation {
        /// How many days it has.
        days: i64,
        /// How many it must have.
        needed: i64,
    },
    /// A day outside the observation.
    Outside {
        /// Of what.
        what: String,
        /// The day.
        day: i32,
    },
    /// A covariate that has not one class for each day.
    Covariate {
        /// Its name.
        name: String,
        /// How many classes it has.
        length: usize,
        /// How many days there are.
        days: usize,
    },
    /// An option out of its range.
    Option(String),
}

impl fmt::Display for StudyError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StudyError::Observation { days, needed } => write!(
                out,
                "the observation has {days} days, at least {needed} are needed: observe longer \
                 or use shorter windows"
            ),
            StudyError::Outside { what, day } => write!(
                out,
                "{what} has day {day}, outside the observation: leave it out or observe longer"
            ),
            StudyError::Covariate { name, length, days } => write!(
                out,
                "the covariate {name} has {length} classes for {days} days: give one for each day"
            ),
            StudyError::Option(what) => out.write_str(what),
        }
    }
}

impl std::error::Error for StudyError {}

/// What is done about occasions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Variant {
    /// Nothing.
    Plain,
    /// Matched days lie to an occasion as the step does.
    Matched,
    /// Steps and matched days near an occasion are left out.
    Away,
}

/// What is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// More hostile acts after the steps than after matched days.
    More,
    /// Fewer.
    Fewer,
    /// A difference after the steps, but one in the same sense before them too.
    Before,
    /// No sign of a difference.
    None,
    /// Too few steps or acts.
    TooFew,
}

/// A step day and what it is compared with.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MatchedSet {
    /// The day.
    pub day: i32,
    /// The steps of that day, by position in [`StepKind::days`].
    pub steps: Vec<usize>,
    /// Hostile acts in the window after it, by position in [`StudyInput::acts`].
    pub after: Vec<usize>,
    /// Those in the window before it.
    pub before: Vec<usize>,
    /// The matched days, ascending.
    pub matched: Vec<i32>,
    /// The mean number of acts after a matched day.
    pub matched_after: f64,
    /// And before.
    pub matched_before: f64,
}

/// The mean number of hostile acts in a window by the steps, against that by matched days.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Contrast {
    /// Mean number by a step.
    pub steps: f64,
    /// Mean number by a matched day.
    pub matched: f64,
    /// Their difference.
    pub difference: f64,
    /// Its percentile interval, from resampling clusters of steps; none from fewer than five, or
    /// where all agree. It takes the matched days as given, so that it is on the narrow side where
    /// many steps share them; what is found goes by the moved dates.
    pub interval: Option<Interval>,
    /// The share of permutations, the true dates among them, whose difference is no smaller
    /// either way.
    pub p: f64,
    /// The same, adjusted for all kinds and windows of this variant and side.
    pub adjusted: Adjusted,
}

/// One kind of step, one window, one variant.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Study {
    /// The kind, by position in the input.
    pub kind: usize,
    /// Length of the window in days.
    pub window: i32,
    /// What is done about occasions.
    pub variant: Variant,
    /// Days with a step.
    pub step_days: usize,
    /// Of these, without a matched day, or too near the ends of the observation.
    pub unmatched: usize,
    /// Of these, left out because they are near an occasion.
    pub near_occasion: usize,
    /// Clusters: steps whose windows overlap are moved and resampled together.
    pub clusters: usize,
    /// After the steps.
    pub after: Option<Contrast>,
    /// Before the steps.
    pub before: Option<Contrast>,
    /// What is found.
    pub finding: Finding,
    /// Why there is no figure, where there is none.
    pub why: Option<String>,
    /// The step days and what each is compared with.
    pub sets: Vec<MatchedSet>,
}

/// What may be said of one kind of step and one window, all variants together.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reading {
    /// The kind, by position in the input.
    pub kind: usize,
    /// Length of the window in days.
    pub window: i32,
    /// The sentence.
    pub sentence: String,
}

/// A whole event study.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EventStudy {
    /// By variant, kind and window. Without occasions, [`Variant::Plain`] alone.
    pub studies: Vec<Study>,
    /// By kind and window.
    pub readings: Vec<Reading>,
    /// What holds of all figures.
    pub caution: String,
}

impl EventStudy {
    /// The study of a kind, a window and a variant.
    pub fn study(&self, kind: usize, window: i32, variant: Variant) -> Option<&Study> {
        self.studies
            .iter()
            .find(|s| (s.kind, s.window, s.variant) == (kind, window, variant))
    }
}

/// Compares the days after steps with matched days.
///
/// The permutation test moves each step, those of a cluster together, to a day like its own
/// (stretch, day of the week, occasion, covariates), matches anew and takes the difference again.
///
/// # Errors
/// Days outside the observation, an observation shorter than the windows, covariates of the wrong
/// length, options out of range. Too few steps or acts are no error: the studies say so.
pub fn event_study(input: &StudyInput, options: &StudyOptions) -> Result<EventStudy, StudyError> {
    check(input, options)?;
    let variants: &[Variant] = match input.occasions.is_empty() {
        true => &[Variant::Plain],
        false => &[Variant::Plain, Variant::Matched, Variant::Away],
    };
    let calendar = Calendar::new(input, options.occasion.within);
    let mut studies = Vec::new();
    for &variant in variants {
        let mut drafts = Vec::new();
        for kind in 0..input.kinds.len() {
            for &window in &options.windows {
                drafts.push(study(input, options, &calendar, kind, window, variant));
            }
        }
        let [after, before] = [0, 1].map(|side| {
            let all: Vec<Option<f64>> = drafts
                .iter()
                .map(|(_, figures)| figures[side].as_ref().map(|f: &Figures| f.p))
                .collect();
            // p-values of tests are probabilities.
            adjust(&all).unwrap_or_else(|_| vec![None; all.len()])
        });
        for (at, (mut study, [a, b])) in drafts.into_iter().enumerate() {
            study.after = a.zip(after[at]).map(|(f, adjusted)| f.adjusted(adjusted));
            study.before = b.zip(before[at]).map(|(f, adjusted)| f.adjusted(adjusted));
            study.finding = finding(&study, options.alpha);
            studies.push(study);
        }
    }
    let lead = sentence::main_variant(input);
    let tests = studies
        .iter()
        .filter(|s| s.variant == lead && s.after.is_some())
        .count();
    let mut readings = Vec::new();
    for kind in 0..input.kinds.len() {
        for &window in &options.windows {
            let all: Vec<&Study> = studies
                .iter()
                .filter(|s| (s.kind, s.window) == (kind, window))
                .collect();
            let sentence = sentence::of_window(&all, tests, input, options);
            readings.push(Reading {
                kind,
                window,
                sentence,
            });
        }
    }
    Ok(EventStudy {
        studies,
        readings,
        caution: sentence::caution(!input.occasions.is_empty()),
    })
}

fn check(input: &StudyInput, options: &StudyOptions) -> Result<(), StudyError> {
    let fault = |what: &str| Err(StudyError::Option(what.into()));
    let ascending = options.windows.windows(2).all(|pair| pair[0] < pair[1]);
    if options.windows.is_empty() || !ascending || options.windows[0] < 1 {
        return fault("windows are lengths in days, from 1 up, ascending");
    }
    if options.draws == 0 {
        return fault("at least one permutation is needed; 999 are usual");
    }
    if !(options.level > 0.0 && options.level < 1.0) {
        return fault("the coverage of intervals lies between 0 and 1");
    }
    if !(options.alpha > 0.0 && options.alpha < 1.0) {
        return fault("the level of tests lies between 0 and 1");
    }
    let OccasionMatch {
        within,
        tolerance,
        reach,
    } = options.occasion;
    let stretch = match options.stretch {
        Stretch::Year => 1,
        Stretch::Days(days) => days,
    };
    if within < 0 || tolerance < 0 || reach < 1 || stretch < 1 {
        return fault("distances in days are not negative, and the stretch has at least one day");
    }
    if options.needed_steps < 2 || options.needed_acts < 1 {
        return fault("at least two steps and one act are needed for a difference");
    }
    let days = i64::from(input.last) - i64::from(input.first) + 1;
    let longest = options.windows.last().copied().unwrap_or(1);
    let needed = 2 * i64::from(longest) + 2;
    if days < needed {
        return Err(StudyError::Observation { days, needed });
    }
    let outside = |days: &[i32], what: &dyn Fn() -> String| {
        let strange = days
            .iter()
            .find(|day| !(input.first..=input.last).contains(day));
        strange.map_or(Ok(()), |&day| {
            Err(StudyError::Outside { what: what(), day })
        })
    };
    for kind in &input.kinds {
        outside(&kind.days, &|| format!("the kind of step {}", kind.name))?;
    }
    outside(&input.acts, &|| "the list of hostile acts".into())?;
    for covariate in &input.covariates {
        if covariate.classes.len() as i64 != days {
            return Err(StudyError::Covariate {
                name: covariate.name.clone(),
                length: covariate.classes.len(),
                days: days as usize,
            });
        }
    }
    Ok(())
}

/// A contrast before it is adjusted.
struct Figures {
    steps: f64,
    matched: f64,
    interval: Option<Interval>,
    p: f64,
}

impl Figures {
    fn adjusted(self, adjusted: Adjusted) -> Contrast {
        Contrast {
            steps: self.steps,
            matched: self.matched,
            difference: self.steps - self.matched,
            interval: self.interval,
            p: self.p,
            adjusted,
        }
    }
}

/// One study without its adjusted figures.
fn study(
    input: &StudyInput,
    options: &StudyOptions,
    calendar: &Calendar,
    kind: usize,
    window: i32,
    variant: Variant,
) -> (Study, [Option<Figures>; 2]) {
    let mut matcher = Matcher::new(input, options, calendar, window, variant);
    let mut days = input.kinds[kind].days.clone();
    days.sort_unstable();
    days.dedup();
    let step_days = days.len();
    if variant == Variant::Away {
        let (near, away) = days
            .into_iter()
            .partition(|day| calendar.offset(*day).is_some());
        matcher.leave_out(near);
        days = away;
    }
    let near_occasion = step_days - days.len();
    let matches = matcher.matches(&days);
    let (days, matches, unmatched) = part(days, matches);
    matcher.leave_out(unmatched.clone());
    let mut sets = Vec::new();
    let mut clusters: Vec<usize> = Vec::new();
    let mut differences: Vec<[f64; 2]> = Vec::new();
    for (&day, matched) in days.iter().zip(&matches) {
        let mean = |count: &dyn Fn(i32) -> u32| {
            matched
                .iter()
                .map(|day| f64::from(count(*day)))
                .sum::<f64>()
                / matched.len() as f64
        };
        let (matched_after, matched_before) = (
            mean(&|day| matcher.after(day)),
            mean(&|day| matcher.before(day)),
        );
        let same_cluster = sets
            .last()
            .is_some_and(|set: &MatchedSet| day - set.day <= window);
        clusters.push(
            clusters
                .last()
                .map_or(0, |c| c + usize::from(!same_cluster)),
        );
        differences.push([
            f64::from(matcher.after(day)) - matched_after,
            f64::from(matcher.before(day)) - matched_before,
        ]);
        let on = |list: &[i32], from: i32, to: i32| -> Vec<usize> {
            (0..list.len())
                .filter(|at| (from..=to).contains(&list[*at]))
                .collect()
        };
        let (from, to) = matcher.window_after(day);
        sets.push(MatchedSet {
            day,
            steps: on(&input.kinds[kind].days, day, day),
            after: on(&input.acts, from, to),
            before: on(&input.acts, day - window, day - 1),
            matched: matched.clone(),
            matched_after,
            matched_before,
        });
    }
    let count = clusters.last().map_or(0, |last| last + 1);
    let mut made = Study {
        kind,
        window,
        variant,
        step_days,
        unmatched: unmatched.len(),
        near_occasion,
        clusters: count,
        after: None,
        before: None,
        finding: Finding::TooFew,
        why: None,
        sets,
    };
    let n = made.sets.len();
    if n < options.needed_steps {
        let needed = options.needed_steps;
        made.why = Some(format!(
            "too few steps with matched days (n = {n}, at least {needed} needed)"
        ));
        return (made, [None, None]);
    }
    if input.acts.len() < options.needed_acts {
        made.why = Some(format!(
            "too few events (n = {}, at least {} needed)",
            input.acts.len(),
            options.needed_acts
        ));
        return (made, [None, None]);
    }
    let mut rng = ChaCha8Rng::seed_from_u64(options.seed);
    // A stream of its own for each study: none depends on which others are made.
    rng.set_stream((kind as u64) << 32 | (window as u64) << 2 | variant as u64);
    let found = mean_of(&differences);
    let intervals = bootstrap(&differences, &clusters, count, options, &mut rng);
    let larger = permute(&matcher, &days, found, options, &mut rng);
    let figures = [0, 1].map(|side| {
        let count = |set: &MatchedSet| [set.after.len(), set.before.len()][side] as f64;
        let matched = |set: &MatchedSet| [set.matched_after, set.matched_before][side];
        Some(Figures {
            steps: made.sets.iter().map(count).sum::<f64>() / n as f64,
            matched: made.sets.iter().map(matched).sum::<f64>() / n as f64,
            interval: intervals[side],
            p: (1 + larger[side]) as f64 / (1 + options.draws) as f64,
        })
    });
    (made, figures)
}

/// Step days with matched days, these, and step days without.
fn part(days: Vec<i32>, matches: Vec<Vec<i32>>) -> (Vec<i32>, Vec<Vec<i32>>, Vec<i32>) {
    let (mut with, mut theirs, mut without) = (Vec::new(), Vec::new(), Vec::new());
    for (day, matched) in days.into_iter().zip(matches) {
        if matched.is_empty() {
            without.push(day);
        } else {
            with.push(day);
            theirs.push(matched);
        }
    }
    (with, theirs, without)
}

fn mean_of(differences: &[[f64; 2]]) -> [f64; 2] {
    [0, 1].map(|side| {
        differences.iter().map(|d| d[side]).sum::<f64>() / differences.len().max(1) as f64
    })
}

/// Percentile intervals of the mean difference, after and before: whole clusters are drawn.
fn bootstrap(
    differences: &[[f64; 2]],
    clusters: &[usize],
    count: usize,
    options: &StudyOptions,
    rng: &mut ChaCha8Rng,
) -> [Option<Interval>; 2] {
    if count < 5 {
        return [None, None];
    }
    let mut sums = vec![([0.0; 2], 0_usize); count];
    for (difference, &cluster) in differences.iter().zip(clusters) {
        let (sum, size) = &mut sums[cluster];
        sum[0] += difference[0];
        sum[1] += difference[1];
        *size += 1;
    }
    let mut values = [Vec::new(), Vec::new()];
    for _ in 0..options.draws {
        let (mut total, mut size) = ([0.0; 2], 0);
        for _ in 0..count {
            let (sum, steps) = sums[rng.random_range(0..count)];
            total[0] += sum[0];
            total[1] += sum[1];
            size += steps;
        }
        values[0].push(total[0] / size as f64);
        values[1].push(total[1] / size as f64);
    }
    values.map(|mut values| {
        values.sort_by(f64::total_cmp);
        let tail = (1.0 - options.level) / 2.0;
        let spread = values.first() < values.last();
        spread.then(|| Interval {
            low: quantile(&values, tail),
            high: quantile(&values, 1.0 - tail),
            level: options.level,
        })
    })
}

/// How many permutations have a difference no smaller than that found, after and before.
fn permute(
    matcher: &Matcher<'_>,
    days: &[i32],
    found: [f64; 2],
    options: &StudyOptions,
    rng: &mut ChaCha8Rng,
) -> [usize; 2] {
    let mut moves = Moves::new(matcher, days);
    let mut larger = [0; 2];
    for _ in 0..options.draws {
        let difference = moves.draw(rng);
        for side in 0..2 {
            // Equal but for rounding counts as no smaller, and so does what cannot be compared.
            let no_smaller = |d: [f64; 2]| d[side].abs() >= found[side].abs() - 1e-9;
            larger[side] += usize::from(difference.is_none_or(no_smaller));
        }
    }
    larger
}

/// What one study finds.
fn finding(study: &Study, alpha: f64) -> Finding {
    let Some((after, before)) = study.after.zip(study.before) else {
        return Finding::TooFew;
    };
    // The check errs on the side of caution: a difference before needs no adjustment to count.
    let trend = before.p <= alpha && before.difference * after.difference > 0.0;
    match after.adjusted.bh <= alpha {
        false => Finding::None,
        true if trend => Finding::Before,
        true if after.difference > 0.0 => Finding::More,
        true => Finding::Fewer,
    }
}
