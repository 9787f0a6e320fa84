//! The shallow lake, a problem that methods for deep uncertainty are tried on: a town lets phosphorus
//! flow into a lake, year by year; beyond a critical level the lake turns and stays turbid.
//!
//! Carpenter, Ludwig and Brock, "Management of eutrophication for lakes subject to potentially
//! irreversible change", *Ecological Applications* 9, 1999; with random natural inflows and four
//! outcomes as in Ward et al., *Environmental Modelling & Software* 69, 2015, and Kwakkel, "The
//! Exploratory Modeling Workbench", *Environmental Modelling & Software* 96, 2017. It is a public
//! reference model: nothing of a case is in it.
//!
//! Within a scenario all policies see the same inflows, so that policies are compared and not their
//! luck. What a lake keeps of its phosphorus from one year to the next, and recycles, is read from a
//! table of cubics, some hundred million times a second and core; its error is below 1e-8.

use demarche_respond::threads::spread;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use statrs::distribution::{ContinuousCDF, Normal};

/// What is uncertain about a lake.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lake {
    /// The share of phosphorus that leaves the lake each year (`b`), above 0 and below 1.
    pub decay: f64,
    /// How sharply recycling sets in (`q`), at least 1.
    pub recycling: f64,
    /// The mean of natural inflows, above 0.
    pub mean: f64,
    /// The standard deviation of natural inflows, at least 0.
    pub deviation: f64,
    /// By which later years are discounted, above 0.
    pub discount: f64,
    /// What a unit of inflow is worth to the town (`alpha`).
    pub benefit: f64,
}

/// What a policy comes to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LakeOutcome {
    /// The largest mean level of phosphorus over the years.
    pub peak: f64,
    /// What the town has of it, discounted.
    pub utility: f64,
    /// The share of years in which the inflow changes by more than 0.02.
    pub inertia: f64,
    /// The share of samples and years in which the level is below the critical one.
    pub reliability: f64,
}

/// Standard normal numbers behind the natural inflows: the same for every scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Weather {
    years: usize,
    samples: usize,
    /// Year by year, all samples of a year together.
    normals: Vec<f64>,
}

impl Weather {
    /// Draws so many samples of so many years.
    #[must_use]
    pub fn draw(samples: usize, years: usize, seed: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let normal = Normal::standard();
        let mut draw = || normal.inverse_cdf(random.random_range(1e-15..1.0));
        Self {
            years,
            samples,
            normals: (0..samples * years).map(|_| draw()).collect(),
        }
    }
}

/// The critical level of phosphorus: where what is recycled begins to exceed what leaves, between 0.01
/// and 1.5. `None` where there is no such level or more than one crossing hides it.
#[must_use]
pub fn critical_level(decay: f64, recycling: f64) -> Option<f64> {
    let excess = |x: f64| {
        let power = x.powf(recycling);
        power / (1.0 + power) - decay * x
    };
    let (mut low, mut high) = (0.01, 1.5);
    if !(excess(low) < 0.0 && excess(high) > 0.0) {
        return None;
    }
    while high - low > 1e-15 {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            break;
        }
        if excess(middle) < 0.0 {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(f64::midpoint(low, high))
}

/// A lake in one scenario, ready for many policies.
#[derive(Clone, Debug)]
pub struct Scenario {
    lake: Lake,
    critical: f64,
    years: usize,
    samples: usize,
    /// Year by year, all samples of a year together.
    inflows: Vec<f64>,
    table: Table,
}

impl Scenario {
    /// A lake in some weather. `None` where the lake has no critical level.
    #[must_use]
    pub fn new(lake: Lake, weather: &Weather) -> Option<Self> {
        // The parameters of a lognormal distribution with that mean and deviation.
        let spread = (1.0 + (lake.deviation / lake.mean).powi(2)).ln();
        let (mu, sigma) = (lake.mean.ln() - spread / 2.0, spread.sqrt());
        let inflows = weather.normals.iter().map(|z| (mu + sigma * z).exp());
        Self::with_inflows(lake, inflows.collect(), weather.samples)
    }

    /// A lake with natural inflows as given: year by year, all samples of a year together. `None` where
    /// the lake has no critical level or the inflows are no whole years.
    #[must_use]
    pub fn with_inflows(lake: Lake, inflows: Vec<f64>, samples: usize) -> Option<Self> {
        if samples == 0 || !inflows.len().is_multiple_of(samples) {
            return None;
        }
        Some(Self {
            critical: critical_level(lake.decay, lake.recycling)?,
            years: inflows.len() / samples,
            samples,
            inflows,
            table: Table::new(1.0 - lake.decay, lake.recycling),
            lake,
        })
    }

    /// What a policy comes to: what the town lets in, year by year.
    ///
    /// # Panics
    /// Where there are not as many years as in the weather.
    #[must_use]
    pub fn run(&self, releases: &[f64]) -> LakeOutcome {
        assert_eq!(releases.len(), self.years, "a release for each year");
        // In the first year the lake is empty: below the critical level, and it recycles nothing.
        let mut level = vec![0.0_f64; self.samples];
        let mut reliable = self.samples.min(self.inflows.len());
        let mut peak = 0.0_f64;
        // The last year's inflow shows in the year after, which is not looked at.
        let years = releases.iter().zip(self.inflows.chunks_exact(self.samples));
        let years = years.take(self.years.saturating_sub(1));
        for (year, (release, inflows)) in years.enumerate() {
            if year == 0 {
                for (x, inflow) in level.iter_mut().zip(inflows) {
                    *x = release + inflow;
                }
            } else {
                for (x, inflow) in level.iter_mut().zip(inflows) {
                    *x = self.table.kept(*x) + (release + inflow);
                }
            }
            peak = peak.max(sum(&level) / self.samples as f64);
            // Not in the loop above: alone, it is done for several samples at once.
            let below = |x: &f64| usize::from(*x < self.critical);
            reliable += level.iter().map(below).sum::<usize>();
        }
        let mut utility = 0.0;
        let mut factor = 1.0;
        for release in releases {
            utility += self.lake.benefit * release * factor;
            factor *= self.lake.discount;
        }
        let changes = releases.windows(2).filter(|w| (w[1] - w[0]).abs() > 0.02);
        LakeOutcome {
            peak,
            utility,
            inertia: changes.count() as f64 / (self.years - 1).max(1) as f64,
            reliability: reliable as f64 / (self.samples * self.years) as f64,
        }
    }
}

/// Every policy in every scenario: `[scenario][policy]`; `None` for a lake without a critical level.
#[must_use]
pub fn run_all(
    lakes: &[Lake],
    policies: &[Vec<f64>],
    weather: &Weather,
) -> Vec<Option<Vec<LakeOutcome>>> {
    spread(lakes.len(), |at| {
        let scenario = Scenario::new(lakes[at], weather)?;
        Some(policies.iter().map(|policy| scenario.run(policy)).collect())
    })
}

/// Mantissa bits that choose a cell of the table.
const BITS: u32 = 6;
/// The first octave of the table begins here; below, the power itself is computed.
const LEAST: f64 = 1.0 / 256.0;
/// The last octave ends here; above, too.
const MOST: f64 = 16.0;

/// What a lake keeps of a level x over a year, `s x + x^q / (1 + x^q)`, as cubics over cells that halve
/// with each octave, matched in value and slope at both ends.
#[derive(Clone, Debug)]
struct Table {
    stays: f64,
    power: f64,
    /// For each cell, the coefficients of 1, x, x², x³.
    cells: Vec<[f64; 4]>,
}

impl Table {
    fn new(stays: f64, power: f64) -> Self {
        let first = LEAST.to_bits() >> (52 - BITS);
        let last = MOST.to_bits() >> (52 - BITS);
        let node = |at: u64| {
            let x = f64::from_bits(at << (52 - BITS));
            let value = recycled(x, power);
            (x, value, power * value * (1.0 - value) / x)
        };
        let mut from = node(first);
        let cells = (first..last)
            .map(|at| {
                let to = node(at + 1);
                let (width, rise) = (to.0 - from.0, to.1 - from.1);
                let slope = rise / width;
                let square = (3.0 * slope - 2.0 * from.2 - to.2) / width;
                let cube = (from.2 + to.2 - 2.0 * slope) / (width * width);
                // From a polynomial in x − start to one in x, which spares a subtraction at each look.
                let (start, value, tangent) = from;
                from = to;
                [
                    value - start * (tangent - start * (square - start * cube)),
                    stays + tangent - start * (2.0 * square - start * 3.0 * cube),
                    square - 3.0 * start * cube,
                    cube,
                ]
            })
            .collect();
        Self {
            stays,
            power,
            cells,
        }
    }

    #[inline]
    fn kept(&self, x: f64) -> f64 {
        let first = (LEAST.to_bits() >> (52 - BITS)) as usize;
        let at = ((x.to_bits() >> (52 - BITS)) as usize).wrapping_sub(first);
        let Some([value, slope, square, cube]) = self.cells.get(at) else {
            return self.kept_outside(x);
        };
        value + x * (slope + x * (square + x * cube))
    }

    #[cold]
    #[inline(never)]
    fn kept_outside(&self, x: f64) -> f64 {
        self.stays * x + recycled(x, self.power)
    }
}

/// A sum in four strands, each of which need not wait for the others.
fn sum(list: &[f64]) -> f64 {
    let (fours, rest) = list.as_chunks::<4>();
    let mut strands = [0.0; 4];
    for four in fours {
        for (strand, x) in strands.iter_mut().zip(four) {
            *strand += x;
        }
    }
    strands.iter().sum::<f64>() + rest.iter().sum::<f64>()
}

fn recycled(x: f64, power: f64) -> f64 {
    let power = x.powf(power);
    power / (1.0 + power)
}
