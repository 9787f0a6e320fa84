//! In which futures does it happen? Boxes of conditions under which cases of interest are dense: the
//! patient rule induction method.
//!
//! Friedman & Fisher, "Bump hunting in high-dimensional data", *Statistics and Computing* 9, 1999; as
//! scenario discovery: Bryant & Lempert, "Thinking inside the box", *Technological Forecasting and
//! Social Change* 77, 2010. A step cuts off a thin slice at one end of one condition, the one that
//! raises the density most for each case it gives up (the more lenient criterion).

use std::fmt::Write as _;

use statrs::distribution::{Binomial, DiscreteCDF};

/// How to peel and paste.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// What share of the cases in the box a slice takes, above 0 and below 0.5.
    pub peel: f64,
    /// What share of the cases beyond a limit is pasted on again, above 0 and below 0.5.
    pub paste: f64,
    /// The least share of all cases that a box may hold.
    pub least_mass: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            peel: 0.05,
            paste: 0.05,
            least_mass: 0.05,
        }
    }
}

/// One box on the way from all cases to the densest.
#[derive(Clone, Debug, PartialEq)]
pub struct PrimBox {
    /// For each condition, the least and the largest value inside.
    pub limits: Vec<(f64, f64)>,
    /// How many cases are inside.
    pub cases: usize,
    /// How many of them are of interest.
    pub of_interest: usize,
    /// Of all cases of interest, the share inside.
    pub coverage: f64,
    /// Of the cases inside, the share of interest.
    pub density: f64,
    /// Of all cases, the share inside.
    pub mass: f64,
    /// Conditions with a limit narrower than the data.
    pub restricted: Vec<usize>,
}

/// What a box holds of some cases.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Holding {
    /// Cases inside.
    pub cases: usize,
    /// Cases of interest inside.
    pub of_interest: usize,
    /// Of all cases of interest, the share inside; `NaN` if there are none.
    pub coverage: f64,
    /// Of the cases inside, the share of interest; `NaN` if there are none.
    pub density: f64,
}

/// Why no box can be sought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PrimError {
    /// Columns and outcomes are not equally long.
    Lengths,
    /// A value is not a finite number: its column and row.
    NotFinite(usize, usize),
    /// No case is of interest, or every case is.
    NothingToTell,
    /// A share is out of its range.
    Options(&'static str),
}

impl std::fmt::Display for PrimError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Lengths => f.write_str("conditions and outcomes are not equally long"),
            Self::NotFinite(column, row) => {
                write!(f, "condition {column}, case {row}: not a finite number")
            }
            Self::NothingToTell => f.write_str("no case is of interest, or every case is"),
            Self::Options(which) => write!(f, "{which} must be above 0 and below 0.5"),
        }
    }
}

impl std::error::Error for PrimError {}

/// All boxes from that of all cases to the densest: first by peeling, then by pasting.
///
/// `columns[j][i]` is condition `j` in case `i`; `interest[i]` says whether the case is one of those
/// looked for.
///
/// # Errors
/// See [`PrimError`].
pub fn trajectory(
    columns: &[Vec<f64>],
    interest: &[bool],
    options: &Options,
) -> Result<Vec<PrimBox>, PrimError> {
    for (share, name) in [
        (options.peel, "the share to peel"),
        (options.paste, "the share to paste"),
        (options.least_mass, "the least mass"),
    ] {
        if !(share > 0.0 && share < 0.5) {
            return Err(PrimError::Options(name));
        }
    }
    if columns.iter().any(|column| column.len() != interest.len()) {
        return Err(PrimError::Lengths);
    }
    for (j, column) in columns.iter().enumerate() {
        if let Some(i) = column.iter().position(|value| !value.is_finite()) {
            return Err(PrimError::NotFinite(j, i));
        }
    }
    let sought = interest.iter().filter(|&&yes| yes).count();
    if sought == 0 || sought == interest.len() || columns.is_empty() {
        return Err(PrimError::NothingToTell);
    }
    let mut hunt = Hunt::new(columns, interest, sought);
    let mut boxes = vec![hunt.describe()];
    while hunt.peel(options) {
        boxes.push(hunt.describe());
    }
    while hunt.paste(options) {
        boxes.push(hunt.describe());
    }
    Ok(boxes)
}

struct Hunt<'a> {
    columns: &'a [Vec<f64>],
    interest: &'a [bool],
    sought: usize,
    /// For each condition, the cases in the order of its values.
    sorted: Vec<Vec<u32>>,
    inside: Vec<bool>,
    whole: Vec<(f64, f64)>,
    limits: Vec<(f64, f64)>,
}

/// A change of one limit, and what the box would hold then.
struct Candidate {
    score: f64,
    free: usize,
    column: usize,
    upper: bool,
    limit: f64,
    cases: usize,
    of_interest: usize,
}

impl<'a> Hunt<'a> {
    fn new(columns: &'a [Vec<f64>], interest: &'a [bool], sought: usize) -> Self {
        let n = interest.len();
        let sorted: Vec<Vec<u32>> = columns
            .iter()
            .map(|column| {
                let mut order: Vec<u32> = (0..n as u32).collect();
                order.sort_by(|&a, &b| column[a as usize].total_cmp(&column[b as usize]));
                order
            })
            .collect();
        let whole: Vec<(f64, f64)> = columns
            .iter()
            .zip(&sorted)
            .map(|(column, order)| (column[order[0] as usize], column[order[n - 1] as usize]))
            .collect();
        Self {
            columns,
            interest,
            sought,
            sorted,
            inside: vec![true; n],
            limits: whole.clone(),
            whole,
        }
    }

    fn count(&self) -> (usize, usize) {
        let mut counts = (0, 0);
        for (&inside, &yes) in self.inside.iter().zip(self.interest) {
            counts.0 += usize::from(inside);
            counts.1 += usize::from(inside && yes);
        }
        counts
    }

    fn restricted(&self) -> Vec<usize> {
        (0..self.limits.len())
            .filter(|&j| self.limits[j] != self.whole[j])
            .collect()
    }

    fn describe(&self) -> PrimBox {
        let (cases, of_interest) = self.count();
        PrimBox {
            limits: self.limits.clone(),
            cases,
            of_interest,
            coverage: of_interest as f64 / self.sought as f64,
            density: of_interest as f64 / cases as f64,
            mass: cases as f64 / self.interest.len() as f64,
            restricted: self.restricted(),
        }
    }

    /// How many conditions stay free if one limit becomes `limit`.
    fn free_with(&self, column: usize, upper: bool, limit: f64) -> usize {
        let mut limits = self.limits[column];
        if upper {
            limits.1 = limit;
        } else {
            limits.0 = limit;
        }
        let others = self.restricted().iter().filter(|&&j| j != column).count();
        self.limits.len() - others - usize::from(limits != self.whole[column])
    }

    fn peel(&mut self, options: &Options) -> bool {
        let (cases, of_interest) = self.count();
        let density = of_interest as f64 / cases as f64;
        let mut best: Option<Candidate> = None;
        for (column, values) in self.columns.iter().enumerate() {
            let order: Vec<u32> = (self.sorted[column].iter().copied())
                .filter(|&i| self.inside[i as usize])
                .collect();
            let data: Vec<f64> = order.iter().map(|&i| values[i as usize]).collect();
            for upper in [true, false] {
                let limit = quantile(
                    &data,
                    if upper {
                        1.0 - options.peel
                    } else {
                        options.peel
                    },
                );
                let kept: &[u32] = if upper {
                    &order[..data.partition_point(|&value| value <= limit)]
                } else {
                    &order[data.partition_point(|&value| value < limit)..]
                };
                let yes = kept.iter().filter(|&&i| self.interest[i as usize]).count();
                let candidate = Candidate {
                    score: gain(density, cases, yes, kept.len()),
                    free: self.free_with(column, upper, limit),
                    column,
                    upper,
                    limit,
                    cases: kept.len(),
                    of_interest: yes,
                };
                if best.as_ref().is_none_or(|best| beats(&candidate, best)) {
                    best = Some(candidate);
                }
            }
        }
        let Some(best) = best else { return false };
        let mass = best.cases as f64 / self.interest.len() as f64;
        if mass < options.least_mass || best.cases >= cases || best.score <= 0.0 {
            return false;
        }
        self.take(&best);
        true
    }

    fn paste(&mut self, options: &Options) -> bool {
        let (cases, of_interest) = self.count();
        let density = of_interest as f64 / cases as f64;
        let mut best: Option<Candidate> = None;
        for column in self.restricted() {
            let values = &self.columns[column];
            let elsewhere = |i: usize| {
                (0..self.limits.len()).all(|j| {
                    let (low, high) = self.limits[j];
                    j == column || (low..=high).contains(&self.columns[j][i])
                })
            };
            let order: Vec<usize> = (self.sorted[column].iter().map(|&i| i as usize))
                .filter(|&i| elsewhere(i))
                .collect();
            for upper in [false, true] {
                let (low, high) = self.limits[column];
                let beyond: Vec<f64> = (order.iter().map(|&i| values[i]))
                    .filter(|&value| if upper { value >= high } else { value <= low })
                    .collect();
                let limit = match (beyond.is_empty(), upper) {
                    (true, true) => self.whole[column].1,
                    (true, false) => self.whole[column].0,
                    (false, true) => quantile(&beyond, options.paste),
                    (false, false) => quantile(&beyond, 1.0 - options.paste),
                };
                let range = if upper { low..=limit } else { limit..=high };
                let mut counts = (0, 0);
                for &i in order.iter().filter(|&&i| range.contains(&values[i])) {
                    counts.0 += 1;
                    counts.1 += usize::from(self.interest[i]);
                }
                let candidate = Candidate {
                    score: gain(density, cases, counts.1, counts.0),
                    free: self.free_with(column, upper, limit),
                    column,
                    upper,
                    limit,
                    cases: counts.0,
                    of_interest: counts.1,
                };
                if best.as_ref().is_none_or(|best| beats(&candidate, best)) {
                    best = Some(candidate);
                }
            }
        }
        let Some(best) = best else { return false };
        let denser = best.of_interest as f64 / best.cases as f64 > density;
        if best.cases <= cases || best.score <= 0.0 || !denser {
            return false;
        }
        self.take(&best);
        true
    }

    fn take(&mut self, candidate: &Candidate) {
        let limits = &mut self.limits[candidate.column];
        if candidate.upper {
            limits.1 = candidate.limit;
        } else {
            limits.0 = candidate.limit;
        }
        for (i, inside) in self.inside.iter_mut().enumerate() {
            *inside = (self.columns.iter().zip(&self.limits))
                .all(|(column, &(low, high))| (low..=high).contains(&column[i]));
        }
    }
}

/// The rise of density for each case given up or taken on.
fn gain(density: f64, cases: usize, of_interest: usize, left: usize) -> f64 {
    let new = if left == 0 {
        0.0
    } else {
        of_interest as f64 / left as f64
    };
    if left == cases || new == density {
        return 0.0;
    }
    (new - density) / cases.abs_diff(left) as f64
}

/// Whether a candidate is better: by score, then by leaving more conditions free; the first of
/// equals stays.
fn beats(candidate: &Candidate, best: &Candidate) -> bool {
    (candidate.score, candidate.free) > (best.score, best.free)
}

/// A quantile of sorted data between two different values, so that a cut never runs through ties.
fn quantile(data: &[f64], share: f64) -> f64 {
    let last = data.len() - 1;
    let at = last as f64 * share;
    let (mut low, mut high) = (at.floor() as usize, (at.ceil() as usize).min(last));
    if share > 0.5 {
        while data[low] == data[high] && low > 0 {
            low -= 1;
        }
    } else {
        while data[low] == data[high] && high < last {
            high += 1;
        }
    }
    f64::midpoint(data[low], data[high])
}

impl PrimBox {
    /// What the box holds of cases, such as ones that had no part in finding it.
    #[must_use]
    pub fn holding(&self, columns: &[Vec<f64>], interest: &[bool]) -> Holding {
        let (mut cases, mut yes, mut all) = (0, 0, 0);
        for (i, &of_interest) in interest.iter().enumerate() {
            let inside = (columns.iter().zip(&self.limits))
                .all(|(column, &(low, high))| (low..=high).contains(&column[i]));
            all += usize::from(of_interest);
            cases += usize::from(inside);
            yes += usize::from(inside && of_interest);
        }
        Holding {
            cases,
            of_interest: yes,
            coverage: yes as f64 / all as f64,
            density: yes as f64 / cases as f64,
        }
    }

    /// For each restricted condition and each of its two limits, how likely it is to find at least as
    /// many cases of interest in the box by chance if that limit told nothing: the one-sided binomial
    /// test of Bryant and Lempert against the density of the box without the limit. `whole` is the box
    /// of all cases, the first of the trajectory. `None` where there is no limit.
    ///
    /// These are no proper p-values: the limits were chosen on the same cases.
    #[must_use]
    pub fn quasi_p(
        &self,
        whole: &Self,
        columns: &[Vec<f64>],
        interest: &[bool],
    ) -> Vec<(usize, [Option<f64>; 2])> {
        let without = |j: usize, upper: bool| {
            let mut wider = self.clone();
            if upper {
                wider.limits[j].1 = whole.limits[j].1;
            } else {
                wider.limits[j].0 = whole.limits[j].0;
            }
            let share = wider.holding(columns, interest).density;
            let binomial = Binomial::new(share, self.cases as u64).ok()?;
            Some(match self.of_interest {
                0 => 1.0,
                yes => binomial.sf(yes as u64 - 1),
            })
        };
        self.restricted
            .iter()
            .map(|&j| {
                let low = (self.limits[j].0 != whole.limits[j].0).then(|| without(j, false));
                let high = (self.limits[j].1 != whole.limits[j].1).then(|| without(j, true));
                (j, [low.flatten(), high.flatten()])
            })
            .collect()
    }

    /// The box in words: which conditions hold in it, joined by "and". `whole` is the box of all cases.
    #[must_use]
    pub fn words(&self, whole: &Self, names: &[String]) -> String {
        let mut words = String::new();
        for &j in &self.restricted {
            let (low, high) = self.limits[j];
            let join = if words.is_empty() { "" } else { " and " };
            let name = &names[j];
            let _ = match (low != whole.limits[j].0, high != whole.limits[j].1) {
                (true, true) => write!(words, "{join}{name} is between {low:.4} and {high:.4}"),
                (true, false) => write!(words, "{join}{name} is at least {low:.4}"),
                _ => write!(words, "{join}{name} is at most {high:.4}"),
            };
        }
        if words.is_empty() {
            words.push_str("no condition tells them from the rest");
        }
        words
    }
}
