//! Similarity of the foreign policy of all pairs of states in all years, from a table of
//! alliances or of votes.
//!
//! An entry of a portfolio is a number from 0 to 3. A portfolio is kept as three sets of columns,
//! one bit a column: is the entry there, is its first binary digit one, is its second. All sums
//! over a pair then are counts of bits in whole machine words, exact in integers; the formulas of
//! [`crate::s_squared`], [`crate::s_absolute`], [`crate::s_weighted`], [`crate::cohen_kappa`] and
//! [`crate::scott_pi`] come last.
//!
//! Reference: Häge 2011, "Choice or Circumstance? Adjusting Measures of Foreign Policy Similarity
//! for Chance Agreement", *Political Analysis* 19(3).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::portfolio::{Sums, weighted};

/// Most states in a year. All pairs of them are computed, so a table with a mistaken column of
/// states must not ask for billions.
pub const MAX_STATES: usize = 2_000;
/// Most columns of the portfolios of a year.
pub const MAX_COLUMNS: usize = 100_000;

/// Why the portfolios cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PortfolioError {
    /// An entry is beyond 3.
    Value {
        /// Row of the table, from 0.
        row: usize,
    },
    /// A state votes twice on a roll call.
    Repeated {
        /// Row of the second vote, from 0.
        row: usize,
    },
    /// More states in a year than [`MAX_STATES`].
    States {
        /// The year.
        year: i32,
        /// How many.
        found: usize,
    },
    /// More columns in a year than [`MAX_COLUMNS`].
    Columns {
        /// The year.
        year: i32,
        /// How many.
        found: usize,
    },
}

impl fmt::Display for PortfolioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Value { row } => write!(
                f,
                "row {}: the value is not 0, 1, 2 or 3; recode it",
                row + 1
            ),
            Self::Repeated { row } => write!(
                f,
                "row {}: a second vote of the same state on the same roll call; name a column that tells states apart",
                row + 1
            ),
            Self::States { year, found } => write!(
                f,
                "{found} states in {year}, more than {MAX_STATES}; name the column of states"
            ),
            Self::Columns { year, found } => write!(
                f,
                "{found} roll calls in {year}, more than {MAX_COLUMNS}; name the column of roll calls"
            ),
        }
    }
}

impl std::error::Error for PortfolioError {}

/// The portfolios of a number of states over the same columns.
#[derive(Clone, Debug)]
struct Grid {
    columns: usize,
    /// Machine words a set of columns takes.
    words: usize,
    /// For each state three sets: the first digit, the second digit, what is there.
    sets: Vec<u64>,
}

impl Grid {
    fn new(states: usize, columns: usize) -> Self {
        let words = columns.div_ceil(64);
        Self {
            columns,
            words,
            sets: vec![0; states * words * 3],
        }
    }

    /// Every entry there and zero.
    fn zeros(states: usize, columns: usize) -> Self {
        let mut grid = Self::new(states, columns);
        for state in 0..states {
            for column in 0..columns {
                grid.put(state, column, 0);
            }
        }
        grid
    }

    fn put(&mut self, state: usize, column: usize, value: u8) {
        let at = state * self.words * 3 + column / 64;
        let bit = 1 << (column % 64);
        let digits = [value & 1 != 0, value & 2 != 0, true];
        for (set, on) in digits.into_iter().enumerate() {
            let word = &mut self.sets[at + set * self.words];
            *word = if on { *word | bit } else { *word & !bit };
        }
    }

    fn get(&self, state: usize, column: usize) -> Option<u8> {
        let at = state * self.words * 3 + column / 64;
        let bit = |set| (self.sets[at + set * self.words] >> (column % 64) & 1) as u8;
        (bit(2) == 1).then(|| bit(0) + 2 * bit(1))
    }

    /// The three sets of a state.
    fn of(&self, state: usize) -> [&[u64]; 3] {
        let of_state = &self.sets[state * self.words * 3..][..self.words * 3];
        [0, 1, 2].map(|set| &of_state[set * self.words..][..self.words])
    }

    /// The sums over the columns that both have, and the number in which they agree.
    ///
    /// With `a` the entries that differ in the first digit and `b` those that differ by two or
    /// three, the distance of two entries has the digits `a` and `b`. It is odd where the first
    /// digits differ. Where the second digits differ, it is 2 if the first are equal, 3 if the
    /// larger entry has the larger first digit, else 1.
    fn pair(&self, x: usize, y: usize) -> (Sums, u64) {
        let ([x0, x1, xs], [y0, y1, ys]) = (self.of(x), self.of(y));
        let mut n = 0;
        let mut agree = 0;
        let [mut odd, mut large, mut three] = [0_u64; 3];
        // How many entries have the first digit, the second, both: of either portfolio.
        let [mut p0, mut p1, mut p01] = [0_u64; 3];
        let [mut q0, mut q1, mut q01] = [0_u64; 3];
        let count = |set: u64| u64::from(set.count_ones());
        for w in 0..self.words {
            let both = xs[w] & ys[w];
            let [u0, u1, v0, v1] = [x0[w] & both, x1[w] & both, y0[w] & both, y1[w] & both];
            let a = u0 ^ v0;
            let c = u1 ^ v1;
            let b = c & (!a | !(u0 ^ u1));
            n += count(both);
            agree += count(both & !(a | c));
            odd += count(a);
            large += count(b);
            three += count(a & b);
            p0 += count(u0);
            p1 += count(u1);
            p01 += count(u0 & u1);
            q0 += count(v0);
            q1 += count(v1);
            q01 += count(v0 & v1);
        }
        let squares = |first: u64, second: u64, both: u64| first + 4 * second + 4 * both;
        let sums = Sums {
            n: n as f64,
            squared: squares(odd, large, three) as f64,
            absolute: (odd + 2 * large) as f64,
            x: (p0 + 2 * p1) as f64,
            y: (q0 + 2 * q1) as f64,
            squares: (squares(p0, p1, p01) + squares(q0, q1, q01)) as f64,
        };
        (sums, agree)
    }

    /// The weighted sum of the absolute distances, and the weight of the columns both have.
    fn weighted(&self, x: usize, y: usize, weights: &[f64]) -> (f64, f64) {
        let ([x0, x1, xs], [y0, y1, ys]) = (self.of(x), self.of(y));
        let (mut apart, mut all) = (0.0, 0.0);
        for w in 0..self.words {
            let mut both = xs[w] & ys[w];
            let a = (x0[w] ^ y0[w]) & both;
            let b = (x1[w] ^ y1[w]) & both & (!a | !(x0[w] ^ x1[w]));
            while both != 0 {
                let bit = both.trailing_zeros() as usize;
                let weight = weights[w * 64 + bit];
                all += weight;
                apart += weight * ((a >> bit & 1) + 2 * (b >> bit & 1)) as f64;
                both &= both - 1;
            }
        }
        (apart, all)
    }
}

/// The portfolios of all states in a year.
#[derive(Clone, Debug)]
pub struct YearPortfolios {
    /// The year.
    pub year: i32,
    /// The states, ascending: their places in the caller's list.
    pub states: Vec<u32>,
    /// Ties left out because they name a state that is no member that year.
    pub of_no_member: usize,
    /// Pairs of members whose tie is not the same in both directions, before any of it is changed.
    pub one_sided: usize,
    /// What the columns are, in the terms of the caller: states, or roll calls.
    columns: Vec<u32>,
    grid: Grid,
    /// The largest difference two entries can have.
    m: f64,
}

/// Similarity of pairs of states in a year, a row a pair. NaN is missing: the two have no column
/// in common.
#[derive(Clone, Debug, Default)]
pub struct Dyads {
    /// The first state: its place in the caller's list.
    pub a: Vec<u32>,
    /// The second state.
    pub b: Vec<u32>,
    /// Columns that both have.
    pub n: Vec<u32>,
    /// Share of these in which the entries are the same, from 0 to 1.
    pub agree: Vec<f64>,
    /// S with squared distances.
    pub s_squared: Vec<f64>,
    /// S with absolute distances.
    pub s_absolute: Vec<f64>,
    /// S with absolute distances and weights; empty if none were given.
    pub s_weighted: Vec<f64>,
    /// Cohen's κ with quadratic weights.
    pub kappa: Vec<f64>,
    /// Scott's π with quadratic weights.
    pub pi: Vec<f64>,
}

impl YearPortfolios {
    /// How many columns a portfolio has: system members, or roll calls.
    pub fn columns(&self) -> &[u32] {
        &self.columns
    }

    /// The entry of a state (by its place in [`Self::states`]) in a column; `None` if absent.
    pub fn entry(&self, state: usize, column: usize) -> Option<u8> {
        self.grid.get(state, column)
    }

    /// All pairs of states that `keep` wants, `a` before `b` in the order of the caller's list.
    ///
    /// `weights` gives the weight of each column in the order of [`Self::columns`].
    ///
    /// # Panics
    /// If there are weights but not one a column.
    pub fn dyads(&self, weights: Option<&[f64]>, keep: impl Fn(u32, u32) -> bool) -> Dyads {
        if let Some(weights) = weights {
            assert_eq!(weights.len(), self.grid.columns, "a weight a column");
        }
        let mut dyads = Dyads::default();
        let or_missing = |value: Option<f64>| value.unwrap_or(f64::NAN);
        for x in 0..self.states.len() {
            for y in x + 1..self.states.len() {
                let (a, b) = (self.states[x], self.states[y]);
                if !keep(a, b) {
                    continue;
                }
                let (sums, agree) = self.grid.pair(x, y);
                dyads.a.push(a);
                dyads.b.push(b);
                dyads.n.push(sums.n as u32);
                let share = (sums.n > 0.0).then(|| agree as f64 / sums.n);
                dyads.agree.push(or_missing(share));
                dyads.s_squared.push(or_missing(sums.s_squared(self.m)));
                dyads.s_absolute.push(or_missing(sums.s_absolute(self.m)));
                dyads.kappa.push(or_missing(sums.kappa()));
                dyads.pi.push(or_missing(sums.pi()));
                if let Some(weights) = weights {
                    let (apart, all) = self.grid.weighted(x, y, weights);
                    dyads
                        .s_weighted
                        .push(or_missing(weighted(apart, all, self.m)));
                }
            }
        }
        dyads
    }
}

/// A table of ties, a row a directed pair of states and year. The strongest of several rows for
/// the same pair and year counts.
#[derive(Clone, Copy, Debug)]
pub struct Ties<'a> {
    /// Whose tie it is: the place in the caller's list of states.
    pub a: &'a [u32],
    /// With whom.
    pub b: &'a [u32],
    /// The year.
    pub year: &'a [i32],
    /// How strong, 0 to 3: by custom 3 defence or offence, 2 neutrality or consultation,
    /// 1 non-aggression, 0 none.
    pub value: &'a [u8],
}

/// Choices of [`alliances`].
#[derive(Clone, Copy, Debug)]
pub struct AllianceOptions {
    /// Does only whether there is a tie count, and not how strong it is?
    pub binary: bool,
    /// Does the stronger of the two directions hold for both? Some data sets have a tie in one
    /// direction only, be it by design or by mistake.
    pub symmetric: bool,
    /// Is the tie of a state to itself the strongest there is? By custom it is; else there is
    /// none.
    pub self_tie: bool,
}

impl Default for AllianceOptions {
    fn default() -> Self {
        Self {
            binary: false,
            symmetric: false,
            self_tie: true,
        }
    }
}

/// The alliance portfolios of all years that the table has rows of, ascending.
///
/// The columns of a year are the members of the system: those listed for it, or, without a list,
/// the states the table names in it. A year without members or without rows is not there: that a
/// table says nothing of a year does not mean that there were no alliances. A pair the table does
/// not name in a year it has rows of has no tie.
///
/// Unit of an entry: the value of the tie, 0 to 3; `m` is 3, or 1 if `binary`.
///
/// # Errors
/// If a value is beyond 3, or a year has too many states.
///
/// # Panics
/// If the columns of the table differ in length.
pub fn alliances(
    ties: Ties<'_>,
    members: Option<&BTreeMap<i32, BTreeSet<u32>>>,
    options: AllianceOptions,
) -> Result<Vec<YearPortfolios>, PortfolioError> {
    let rows = ties.year.len();
    let lengths = [ties.a.len(), ties.b.len(), ties.value.len()];
    assert_eq!(lengths, [rows; 3], "columns of the same length");
    if let Some(row) = ties.value.iter().position(|&v| v > 3) {
        return Err(PortfolioError::Value { row });
    }
    let mut by_year: BTreeMap<i32, Vec<usize>> = BTreeMap::new();
    for (row, &year) in ties.year.iter().enumerate() {
        by_year.entry(year).or_default().push(row);
    }
    let mut years = Vec::new();
    for (year, rows) in by_year {
        let states: Vec<u32> = match members {
            Some(members) => members.get(&year).into_iter().flatten().copied().collect(),
            None => {
                let named = rows.iter().flat_map(|&r| [ties.a[r], ties.b[r]]);
                named.collect::<BTreeSet<u32>>().into_iter().collect()
            }
        };
        let n = states.len();
        if n == 0 {
            continue;
        }
        if n > MAX_STATES {
            return Err(PortfolioError::States { year, found: n });
        }
        let mut values = vec![0_u8; n * n];
        let mut of_no_member = 0;
        for row in rows {
            let place = |state: u32| states.binary_search(&state).ok();
            match (place(ties.a[row]), place(ties.b[row])) {
                (Some(a), Some(b)) => {
                    let value = match ties.value[row] {
                        v if options.binary => v.min(1),
                        v => v,
                    };
                    values[a * n + b] = values[a * n + b].max(value);
                }
                _ => of_no_member += 1,
            }
        }
        let mut one_sided = 0;
        for a in 0..n {
            for b in a + 1..n {
                let (to, from) = (values[a * n + b], values[b * n + a]);
                one_sided += usize::from(to != from);
                if options.symmetric {
                    values[a * n + b] = to.max(from);
                    values[b * n + a] = to.max(from);
                }
            }
        }
        let most = if options.binary { 1 } else { 3 };
        let mut grid = Grid::zeros(n, n);
        for a in 0..n {
            values[a * n + a] = if options.self_tie { most } else { 0 };
            for b in 0..n {
                if values[a * n + b] > 0 {
                    grid.put(a, b, values[a * n + b]);
                }
            }
        }
        years.push(YearPortfolios {
            year,
            columns: states.clone(),
            states,
            of_no_member,
            one_sided,
            grid,
            m: f64::from(most),
        });
    }
    Ok(years)
}

/// A vote that counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Vote {
    /// For.
    Yes = 1,
    /// Abstention.
    Abstain = 2,
    /// Against.
    No = 3,
}

/// A table of votes, a row a state and roll call. `None` is an absence.
#[derive(Clone, Copy, Debug)]
pub struct Votes<'a> {
    /// Who votes: the place in the caller's list of states.
    pub state: &'a [u32],
    /// On what: the place in the caller's list of roll calls.
    pub call: &'a [u32],
    /// The year of the vote; a row without one is left out.
    pub year: &'a [Option<i32>],
    /// How.
    pub vote: &'a [Option<Vote>],
}

/// The voting portfolios of all calendar years that the table has votes of, ascending.
///
/// The columns of a year are its roll calls. Where a state is absent it has no entry, and a pair
/// is compared over the roll calls on which both voted. A state is there in the years in which it
/// voted at all. Unit of an entry: 1 yes, 2 abstain, 3 no; `m` is 2.
///
/// # Errors
/// If a state votes twice on a roll call, or a year has too many states or roll calls.
///
/// # Panics
/// If the columns of the table differ in length.
pub fn votes(table: Votes<'_>) -> Result<Vec<YearPortfolios>, PortfolioError> {
    let rows = table.vote.len();
    let lengths = [table.state.len(), table.call.len(), table.year.len()];
    assert_eq!(lengths, [rows; 3], "columns of the same length");
    let mut by_year: BTreeMap<i32, Vec<usize>> = BTreeMap::new();
    for row in 0..rows {
        if let (Some(year), Some(_)) = (table.year[row], table.vote[row]) {
            by_year.entry(year).or_default().push(row);
        }
    }
    let distinct = |rows: &[usize], of: &[u32]| -> Vec<u32> {
        let mut list: Vec<u32> = rows.iter().map(|&r| of[r]).collect();
        list.sort_unstable();
        list.dedup();
        list
    };
    let mut years = Vec::new();
    for (year, rows) in by_year {
        let states = distinct(&rows, table.state);
        let columns = distinct(&rows, table.call);
        if states.len() > MAX_STATES {
            let found = states.len();
            return Err(PortfolioError::States { year, found });
        }
        if columns.len() > MAX_COLUMNS {
            let found = columns.len();
            return Err(PortfolioError::Columns { year, found });
        }
        let mut grid = Grid::new(states.len(), columns.len());
        for row in rows {
            let place = |list: &[u32], item| list.binary_search(&item).expect("listed above");
            let state = place(&states, table.state[row]);
            let column = place(&columns, table.call[row]);
            if grid.get(state, column).is_some() {
                return Err(PortfolioError::Repeated { row });
            }
            if let Some(vote) = table.vote[row] {
                grid.put(state, column, vote as u8);
            }
        }
        years.push(YearPortfolios {
            year,
            states,
            of_no_member: 0,
            one_sided: 0,
            columns,
            grid,
            m: 2.0,
        });
    }
    Ok(years)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{cohen_kappa, s_absolute, s_squared, s_weighted, scott_pi};

    fn near(got: f64, want: Option<f64>) -> Result<(), TestCaseError> {
        match want {
            Some(want) => prop_assert!((got - want).abs() < 1e-12, "{got}, not {want}"),
            None => prop_assert!(got.is_nan()),
        }
        Ok(())
    }

    /// Entries of a few states over the same columns; 4 stands for an absence.
    fn entries() -> impl Strategy<Value = (Vec<Vec<u8>>, Vec<f64>)> {
        (2_usize..5, 0_usize..140).prop_flat_map(|(states, columns)| {
            let row = proptest::collection::vec(0_u8..5, columns);
            let weights = proptest::collection::vec(0.0..3.0, columns);
            (proptest::collection::vec(row, states), weights)
        })
    }

    fn of(entries: &[Vec<u8>]) -> YearPortfolios {
        let columns = entries[0].len();
        let mut grid = Grid::new(entries.len(), columns);
        for (state, row) in entries.iter().enumerate() {
            for (column, &value) in row.iter().enumerate().filter(|(_, v)| **v < 4) {
                grid.put(state, column, value);
            }
        }
        YearPortfolios {
            year: 1,
            states: (0..entries.len() as u32).collect(),
            of_no_member: 0,
            one_sided: 0,
            columns: (0..columns as u32).collect(),
            grid,
            m: 3.0,
        }
    }

    proptest! {
        /// Counting bits gives what the plain formulas give over the columns both have.
        #[test]
        fn bits_and_plain_formulas((entries, weights) in entries()) {
            let dyads = of(&entries).dyads(Some(&weights), |_, _| true);
            prop_assert_eq!(dyads.a.len(), entries.len() * (entries.len() - 1) / 2);
            for i in 0..dyads.a.len() {
                let (a, b) = (&entries[dyads.a[i] as usize], &entries[dyads.b[i] as usize]);
                let both: Vec<usize> = (0..a.len()).filter(|&c| a[c] < 4 && b[c] < 4).collect();
                let pick = |of: &[u8]| -> Vec<f64> { both.iter().map(|&c| f64::from(of[c])).collect() };
                let (x, y) = (pick(a), pick(b));
                let w: Vec<f64> = both.iter().map(|&c| weights[c]).collect();
                prop_assert_eq!(dyads.n[i] as usize, both.len());
                let same = both.iter().filter(|&&c| a[c] == b[c]).count() as f64;
                near(dyads.agree[i], (!both.is_empty()).then(|| same / both.len() as f64))?;
                near(dyads.s_squared[i], s_squared(&x, &y, 3.0))?;
                near(dyads.s_absolute[i], s_absolute(&x, &y, 3.0))?;
                near(dyads.s_weighted[i], s_weighted(&x, &y, &w, 3.0))?;
                near(dyads.kappa[i], cohen_kappa(&x, &y))?;
                near(dyads.pi[i], scott_pi(&x, &y))?;
                if !both.is_empty() {
                    prop_assert!((-1.0..=1.0).contains(&dyads.s_squared[i]));
                    prop_assert!((-1.0..=1.0).contains(&dyads.s_absolute[i]));
                    prop_assert!(dyads.kappa[i] <= 1.0 && dyads.pi[i] <= dyads.kappa[i] + 1e-12);
                }
            }
        }

        /// The order of the states and of the columns is of no consequence, and neither is who
        /// of a pair comes first.
        #[test]
        fn order_is_of_no_consequence((entries, _) in entries(), turn in 0_usize..140) {
            let turned: Vec<Vec<u8>> = entries.iter().rev().map(|row| {
                let mut row = row.clone();
                let by = turn % row.len().max(1);
                row.rotate_left(by);
                row
            }).collect();
            let (one, other) = (of(&entries).dyads(None, |_, _| true), of(&turned).dyads(None, |_, _| true));
            let last = entries.len() as u32 - 1;
            for i in 0..one.a.len() {
                let j = (0..other.a.len())
                    .find(|&j| (other.a[j], other.b[j]) == (last - one.b[i], last - one.a[i]))
                    .unwrap();
                let all = |d: &Dyads, i: usize| {
                    [d.agree[i], d.s_squared[i], d.s_absolute[i], d.kappa[i], d.pi[i]].map(f64::to_bits)
                };
                prop_assert_eq!(all(&one, i), all(&other, j));
            }
        }
    }

    const TIES: Ties<'_> = Ties {
        a: &[0, 1, 0, 2, 0, 9],
        b: &[1, 0, 2, 0, 1, 0],
        year: &[1914; 6],
        value: &[3, 2, 1, 1, 1, 3],
    };

    fn members() -> BTreeMap<i32, BTreeSet<u32>> {
        BTreeMap::from([(1914, BTreeSet::from([0, 1, 2, 5]))])
    }

    fn rows(of: &YearPortfolios) -> Vec<Vec<u8>> {
        let entry = |s, c| of.entry(s, c).expect("alliances have no gaps");
        let row = |s| (0..of.columns().len()).map(|c| entry(s, c)).collect();
        (0..of.states.len()).map(row).collect()
    }

    /// Members that the table does not name are columns too, states that are no members are not;
    /// the self tie is the strongest; directions are kept as they are; the strongest row holds.
    #[test]
    fn ties_as_given() {
        let got = alliances(TIES, Some(&members()), AllianceOptions::default()).unwrap();
        assert_eq!(got.len(), 1);
        assert_eq!(got[0].states, [0, 1, 2, 5]);
        assert_eq!((got[0].of_no_member, got[0].one_sided), (1, 1));
        let want = [[3, 3, 1, 0], [2, 3, 0, 0], [1, 0, 3, 0], [0, 0, 0, 3]];
        assert_eq!(rows(&got[0]), want.map(Vec::from));
    }

    #[test]
    fn ties_made_symmetric_or_binary_or_without_self() {
        let with = |options| rows(&alliances(TIES, Some(&members()), options).unwrap()[0]);
        let symmetric = AllianceOptions {
            symmetric: true,
            ..AllianceOptions::default()
        };
        assert_eq!(with(symmetric)[1], [3, 3, 0, 0]);
        let binary = AllianceOptions {
            binary: true,
            ..AllianceOptions::default()
        };
        assert_eq!(with(binary)[0], [1, 1, 1, 0]);
        let alone = AllianceOptions {
            self_tie: false,
            ..AllianceOptions::default()
        };
        assert_eq!(with(alone)[0], [0, 3, 1, 0]);
    }

    /// A year the table says nothing of is missing, though members are known.
    #[test]
    fn no_rows_no_year() {
        let mut members = members();
        members.insert(1915, BTreeSet::from([0, 1]));
        let got = alliances(TIES, Some(&members), AllianceOptions::default()).unwrap();
        assert_eq!(got.iter().map(|y| y.year).collect::<Vec<_>>(), [1914]);
        // Without a list, the states that the table names are the members.
        let got = alliances(TIES, None, AllianceOptions::default()).unwrap();
        assert_eq!(got[0].states, [0, 1, 2, 9]);
    }

    #[test]
    fn values_beyond_the_scale() {
        let ties = Ties {
            value: &[0, 0, 4, 0, 0, 0],
            ..TIES
        };
        let got = alliances(ties, None, AllianceOptions::default());
        assert_eq!(got.unwrap_err(), PortfolioError::Value { row: 2 });
    }

    #[test]
    fn absences_and_second_votes() {
        use Vote::{Abstain, No, Yes};
        let table = Votes {
            state: &[0, 1, 0, 1, 0, 1, 2],
            call: &[0, 0, 1, 1, 2, 2, 3],
            year: &[Some(1990); 7],
            vote: &[
                Some(Yes),
                Some(No),
                Some(Abstain),
                None,
                Some(No),
                Some(No),
                Some(Yes),
            ],
        };
        let got = votes(table).unwrap();
        assert_eq!((got.len(), got[0].columns()), (1, &[0, 1, 2, 3][..]));
        let dyads = got[0].dyads(None, |_, _| true);
        assert_eq!(dyads.n, [2, 0, 0]);
        assert_eq!((dyads.agree[0], dyads.s_squared[0]), (0.5, 0.0));
        assert!(dyads.kappa[1].is_nan() && dyads.agree[2].is_nan());
        // Roll calls that took place in no known year are left out.
        let dateless = Votes {
            year: &[None; 7],
            ..table
        };
        assert!(votes(dateless).unwrap().is_empty());
        let twice = Votes {
            call: &[0, 0, 0, 1, 2, 2, 3],
            ..table
        };
        assert_eq!(
            votes(twice).unwrap_err(),
            PortfolioError::Repeated { row: 2 }
        );
    }

    #[test]
    fn too_many_states() {
        let many: Vec<u32> = (0..=MAX_STATES as u32).collect();
        let ties = Ties {
            a: &many,
            b: &many,
            year: &vec![1; many.len()],
            value: &vec![0; many.len()],
        };
        let got = alliances(ties, None, AllianceOptions::default());
        assert!(matches!(got, Err(PortfolioError::States { year: 1, .. })));
    }
}
