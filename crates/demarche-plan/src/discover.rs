//! In which futures does a plan fail? Boxes of conditions, checked on futures that had no part in
//! finding them, and said in a sentence.
//!
//! Bryant and Lempert, *Technological Forecasting and Social Change* 77, 2010: the patient rule
//! induction method of [`crate::prim`] on the futures in which the plan misses its goals, with
//! quasi-p-values for each limit and resampling for each condition. Of the boxes on the way, the one is
//! taken whose share of all failures exceeds its share of all successes by most (Youden's index), so that
//! nobody has to choose; a limit whose quasi-p-value is above 5 % is dropped.

use demarche_respond::threads::spread;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::prim::{Holding, Options, PrimBox, PrimError, trajectory};
use crate::robust::Share;

/// How many times the search is repeated on half of the futures.
pub const RESAMPLES: usize = 10;
/// No more boxes are looked for.
pub const MOST_BOXES: usize = 3;
/// A limit with a larger quasi-p-value is dropped.
const DOUBTFUL: f64 = 0.05;
/// A box must exceed the share of failures of all futures by this much to be worth telling.
const WORTH_TELLING: f64 = 0.05;
/// A further box must hold this share of all failures.
const LEAST_COVERAGE: f64 = 0.1;

/// What a condition's values mean, so that a sentence can be made of its limits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// A factor of what is planned, or a chance: written as per cent.
    Percent,
    /// The quarter in which something happens; their number: never.
    Quarter {
        /// The names of the quarters.
        names: Vec<String>,
        /// The last quarter in which it may happen.
        last: usize,
    },
}

/// A condition that futures differ in.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// Its id in the case.
    pub id: String,
    /// What it is called in a sentence.
    pub name: String,
    /// What its values mean.
    pub meaning: Meaning,
}

/// Where failures are dense.
#[derive(Clone, Debug, PartialEq)]
pub struct Discovery {
    /// The share of all futures in which the plan fails.
    pub fails: Share,
    /// That share in the futures kept apart.
    pub fails_apart: Share,
    /// What was found, the first box first; empty if nothing that holds on the futures kept apart.
    pub boxes: Vec<FailureBox>,
    /// For each condition, the share of the resamples in which the first box restricts it.
    pub reproduced: Vec<f64>,
    /// All boxes on the way to the first, from all futures to the densest: coverage, density, mass.
    pub trajectory: Vec<PrimBox>,
    /// Why nothing is told, where nothing is.
    pub nothing: Option<Nothing>,
}

/// Why nothing is told about failures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nothing {
    /// The plan fails in no future.
    NeverFails,
    /// It fails in all.
    AlwaysFails,
    /// No condition tells failures from successes.
    NoCondition,
    /// A box was found, but on the futures kept apart it is no denser than chance.
    DoesNotHold,
}

/// A box of futures in which the plan fails more often.
#[derive(Clone, Debug, PartialEq)]
pub struct FailureBox {
    /// Its limits, one for each condition that is restricted.
    pub limits: Vec<BoxLimit>,
    /// In the futures it was found in.
    pub found: Holding,
    /// Of all those futures, the share inside.
    pub mass: f64,
    /// In the futures kept apart.
    pub apart: Holding,
    /// The share of failures inside, in the futures kept apart, with its interval.
    pub density_apart: Share,
    /// The least and the largest density and coverage of the first box in the resamples; for later boxes
    /// nothing.
    pub resampled: Option<[(f64, f64); 2]>,
}

/// A condition's part in a box.
#[derive(Clone, Debug, PartialEq)]
pub struct BoxLimit {
    /// The condition, a position among them.
    pub condition: usize,
    /// The least value inside, if that is a limit.
    pub low: Option<f64>,
    /// The largest value inside, if that is a limit.
    pub high: Option<f64>,
    /// The quasi-p-values of the two limits.
    pub quasi_p: [Option<f64>; 2],
    /// In which share of the resamples, which look for the first box only, this condition is restricted.
    pub reproduced: f64,
}

/// Looks for the conditions under which a plan fails. `columns[j][i]` is condition `j` in future `i`,
/// `fails[i]` whether the plan fails there; `apart` is the same for futures that have no part in the
/// search.
///
/// # Errors
/// Columns that are not equally long or hold no numbers.
pub fn discover(
    columns: &[Vec<f64>],
    fails: &[bool],
    apart: (&[Vec<f64>], &[bool]),
    seed: u64,
) -> Result<Discovery, PrimError> {
    let share = |list: &[bool]| Share::new(list.iter().filter(|&&f| f).count(), list.len());
    let mut all = Discovery {
        fails: share(fails),
        fails_apart: share(apart.1),
        boxes: Vec::new(),
        reproduced: vec![0.0; columns.len()],
        trajectory: Vec::new(),
        nothing: None,
    };
    let options = Options::default();
    // What is not restricted anywhere can't be looked at, such as a factor with one value only.
    let boxes = match trajectory(columns, fails, &options) {
        Ok(boxes) => boxes,
        Err(PrimError::NothingToTell) => {
            all.nothing = Some(match all.fails.value {
                0.0 => Nothing::NeverFails,
                1.0 => Nothing::AlwaysFails,
                _ => Nothing::NoCondition,
            });
            return Ok(all);
        }
        Err(error) => return Err(error),
    };
    let whole = boxes[0].clone();
    let mut chosen = choose(&boxes, columns, fails);
    all.trajectory = boxes;
    let drawn = resample(columns, fails, seed);
    for (j, share) in all.reproduced.iter_mut().enumerate() {
        let again = drawn.iter().flatten().filter(|(r, _)| r.contains(&j));
        *share = again.count() as f64 / drawn.len() as f64;
    }
    let mut inside_of_earlier = vec![false; fails.len()];
    while let Some(found) = chosen.take() {
        let first = all.boxes.is_empty();
        let told = describe(&found, &whole, columns, fails, apart, &drawn, first);
        let base = all.fails_apart.value;
        let holds = told.density_apart.low > base
            && told.apart.density > base + WORTH_TELLING * (1.0 - base);
        if !holds {
            if first {
                all.nothing = Some(Nothing::DoesNotHold);
            }
            break;
        }
        all.boxes.push(told);
        if all.boxes.len() == MOST_BOXES {
            break;
        }
        mark(&found, columns, &mut inside_of_earlier);
        chosen = next_box(columns, fails, &inside_of_earlier, &whole);
    }
    if all.boxes.is_empty() && all.nothing.is_none() {
        all.nothing = Some(Nothing::NoCondition);
    }
    Ok(all)
}

/// The next box, among the futures that lie in none of the earlier ones. What it holds is counted over
/// all futures, as of the others.
fn next_box(
    columns: &[Vec<f64>],
    fails: &[bool],
    earlier: &[bool],
    whole: &PrimBox,
) -> Option<PrimBox> {
    let rest: Vec<usize> = (0..fails.len()).filter(|&i| !earlier[i]).collect();
    let columns_left: Vec<Vec<f64>> = (columns.iter())
        .map(|column| rest.iter().map(|&i| column[i]).collect())
        .collect();
    let fails_left: Vec<bool> = rest.iter().map(|&i| fails[i]).collect();
    let boxes = trajectory(&columns_left, &fails_left, &Options::default()).ok()?;
    let chosen = choose(&boxes, &columns_left, &fails_left)?;
    let new = chosen.of_interest as f64 / fails.iter().filter(|&&f| f).count().max(1) as f64;
    // Limits at the edge of what was left are none over all futures.
    let mut wider = chosen;
    for (j, limits) in wider.limits.iter_mut().enumerate() {
        if limits.0 == boxes[0].limits[j].0 {
            limits.0 = whole.limits[j].0;
        }
        if limits.1 == boxes[0].limits[j].1 {
            limits.1 = whole.limits[j].1;
        }
    }
    (new >= LEAST_COVERAGE).then_some(wider)
}

/// Of the boxes on the way, the one that tells failures from successes best, without its doubtful
/// limits; `None` if that is the box of all.
fn choose(boxes: &[PrimBox], columns: &[Vec<f64>], fails: &[bool]) -> Option<PrimBox> {
    let whole = &boxes[0];
    let (failures, futures) = (whole.of_interest as f64, whole.cases as f64);
    let youden = |b: &PrimBox| {
        let successes = (b.cases - b.of_interest) as f64;
        b.coverage - successes / (futures - failures)
    };
    // The first of equals: the one with fewest limits.
    let mut best = whole;
    for candidate in boxes {
        if youden(candidate) > youden(best) {
            best = candidate;
        }
    }
    let mut best = best.clone();
    loop {
        let doubtful = (best.quasi_p(whole, columns, fails).iter())
            .flat_map(|&(j, [low, high])| [(j, false, low), (j, true, high)])
            .filter_map(|(j, upper, p)| Some((j, upper, p?)))
            .filter(|&(_, _, p)| p > DOUBTFUL)
            .max_by(|a, b| a.2.total_cmp(&b.2));
        let Some((j, upper, _)) = doubtful else { break };
        match upper {
            true => best.limits[j].1 = whole.limits[j].1,
            false => best.limits[j].0 = whole.limits[j].0,
        }
        recount(&mut best, whole, columns, fails);
    }
    (!best.restricted.is_empty()).then_some(best)
}

fn recount(found: &mut PrimBox, whole: &PrimBox, columns: &[Vec<f64>], fails: &[bool]) {
    let held = found.holding(columns, fails);
    found.cases = held.cases;
    found.of_interest = held.of_interest;
    found.coverage = held.coverage;
    found.density = held.density;
    found.mass = held.cases as f64 / fails.len() as f64;
    found.restricted = (0..found.limits.len())
        .filter(|&j| found.limits[j] != whole.limits[j])
        .collect();
}

fn mark(found: &PrimBox, columns: &[Vec<f64>], inside: &mut [bool]) {
    for (i, inside) in inside.iter_mut().enumerate() {
        *inside |= (found.restricted.iter()).all(|&j| {
            let (low, high) = found.limits[j];
            (low..=high).contains(&columns[j][i])
        });
    }
}

/// The box found in each of some random halves of the futures, with what it holds of all of them.
fn resample(columns: &[Vec<f64>], fails: &[bool], seed: u64) -> Vec<Option<(Vec<usize>, Holding)>> {
    spread(RESAMPLES, |resample| {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(resample as u64);
        let mut order: Vec<usize> = (0..fails.len()).collect();
        let half = order.len() / 2;
        for i in 0..half {
            order.swap(i, random.random_range(i..fails.len()));
        }
        let drawn = &mut order[..half];
        drawn.sort_unstable();
        let columns_drawn: Vec<Vec<f64>> = (columns.iter())
            .map(|column| drawn.iter().map(|&i| column[i]).collect())
            .collect();
        let fails_drawn: Vec<bool> = drawn.iter().map(|&i| fails[i]).collect();
        let boxes = trajectory(&columns_drawn, &fails_drawn, &Options::default()).ok()?;
        let found = choose(&boxes, &columns_drawn, &fails_drawn)?;
        let mut wider = found.clone();
        for (j, limits) in wider.limits.iter_mut().enumerate() {
            if !found.restricted.contains(&j) {
                *limits = (f64::NEG_INFINITY, f64::INFINITY);
            }
        }
        let held = wider.holding(columns, fails);
        Some((found.restricted, held))
    })
}

fn describe(
    found: &PrimBox,
    whole: &PrimBox,
    columns: &[Vec<f64>],
    fails: &[bool],
    apart: (&[Vec<f64>], &[bool]),
    drawn: &[Option<(Vec<usize>, Holding)>],
    first: bool,
) -> FailureBox {
    // The edges of the data are no limits: other futures may lie a little beyond them.
    let mut open = found.clone();
    for (limits, edge) in open.limits.iter_mut().zip(&whole.limits) {
        if limits.0 == edge.0 {
            limits.0 = f64::NEG_INFINITY;
        }
        if limits.1 == edge.1 {
            limits.1 = f64::INFINITY;
        }
    }
    let held = open.holding(columns, fails);
    let held_apart = open.holding(apart.0, apart.1);
    let mut counted = found.clone();
    recount(&mut counted, whole, columns, fails);
    let limits = (counted.quasi_p(whole, columns, fails).into_iter())
        .map(|(j, quasi_p)| {
            let (low, high) = open.limits[j];
            let again = drawn.iter().flatten().filter(|(r, _)| r.contains(&j));
            BoxLimit {
                condition: j,
                low: low.is_finite().then_some(low),
                high: high.is_finite().then_some(high),
                quasi_p,
                reproduced: again.count() as f64 / drawn.len().max(1) as f64,
            }
        })
        .collect();
    let range = |which: fn(&Holding) -> f64| {
        let all = drawn.iter().flatten().map(|(_, held)| which(held));
        all.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), x| {
            (low.min(x), high.max(x))
        })
    };
    let some = first && drawn.iter().any(Option::is_some);
    FailureBox {
        limits,
        found: held,
        mass: held.cases as f64 / fails.len().max(1) as f64,
        apart: held_apart,
        density_apart: Share::new(held_apart.of_interest, held_apart.cases),
        resampled: some.then(|| [range(|h| h.density), range(|h| h.coverage)]),
    }
}

impl BoxLimit {
    /// The limit in words, e.g. "staff of the mission against plan is at most 82 %" or "a new government
    /// comes by 2028-Q1".
    #[must_use]
    pub fn words(&self, conditions: &[Condition]) -> String {
        let condition = &conditions[self.condition];
        let name = &condition.name;
        match &condition.meaning {
            Meaning::Percent => {
                let percent = |value: f64| format!("{:.0} %", 100.0 * value);
                match (self.low, self.high) {
                    (Some(low), Some(high)) => {
                        format!("{name} is between {} and {}", percent(low), percent(high))
                    }
                    (Some(low), None) => format!("{name} is at least {}", percent(low)),
                    (None, Some(high)) => format!("{name} is at most {}", percent(high)),
                    (None, None) => name.clone(),
                }
            }
            Meaning::Quarter { names, last } => {
                let quarter = |at: f64| &names[(at as usize).min(names.len() - 1)];
                let late = |at: f64| at >= *last as f64;
                match (self.low, self.high) {
                    (Some(low), _) if late(low) => format!("{name} does not happen"),
                    (None, Some(high)) if late(high) => format!("{name} happens"),
                    (None, Some(high)) => {
                        format!("{name} happens by {}", quarter(high.floor()))
                    }
                    (Some(low), None) => {
                        format!("{name} does not happen before {}", quarter(low.ceil()))
                    }
                    (Some(low), Some(high)) if late(high) => {
                        format!("{name} happens from {} on", quarter(low.ceil()))
                    }
                    (Some(low), Some(high)) => format!(
                        "{name} happens between {} and {}",
                        quarter(low.ceil()),
                        quarter(high.floor())
                    ),
                    (None, None) => name.clone(),
                }
            }
        }
    }
}

impl FailureBox {
    /// The conditions in words, joined.
    #[must_use]
    pub fn conditions(&self, conditions: &[Condition]) -> String {
        let words: Vec<String> = self.limits.iter().map(|l| l.words(conditions)).collect();
        match words.split_last() {
            None => String::new(),
            Some((last, [])) => last.clone(),
            Some((last, others)) => format!("{} and {last}", others.join(", ")),
        }
    }

    /// The box in a sentence.
    #[must_use]
    pub fn sentence(&self, conditions: &[Condition]) -> String {
        let percent = |share: f64| format!("{:.0} %", 100.0 * share);
        format!(
            "The plan fails in {} of the futures in which {}; these are {} of all its failures and {} of all futures. On futures that had no part in finding this it fails in {} of them.",
            percent(self.found.density),
            self.conditions(conditions),
            percent(self.found.coverage),
            percent(self.mass),
            percent(self.apart.density),
        )
    }
}

impl Discovery {
    /// What was found, a sentence each; or that nothing was, and why.
    #[must_use]
    pub fn sentences(&self, conditions: &[Condition]) -> Vec<String> {
        let fails = 100.0 * self.fails.value;
        match self.nothing {
            None => (self.boxes.iter().map(|b| b.sentence(conditions))).collect(),
            Some(Nothing::NeverFails) => {
                vec!["The plan fails in none of the futures, so there is nothing to find.".to_owned()]
            }
            Some(Nothing::AlwaysFails) => vec![
                "The plan fails in every future: no condition tells when. Its thresholds are out of reach as it stands.".to_owned(),
            ],
            Some(Nothing::NoCondition) => vec![format!(
                "The plan fails in {fails:.0} % of the futures, and nothing that is uncertain tells in which: no box of conditions is denser in failures than all futures are."
            )],
            Some(Nothing::DoesNotHold) => vec![format!(
                "The plan fails in {fails:.0} % of the futures. Conditions were found that seem to tell in which, but on futures that had no part in finding them they tell too little to be reported."
            )],
        }
    }
}
