//! What can be asked of responses.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};

use crate::args::By;
use crate::args_events::Events;

pub const RESPOND_EXAMPLES: &str = "\
Examples:
  demarche respond cases/korea-nato
  demarche respond cases/korea-nato --out responses      all tables, as CSV and Parquet
  demarche respond cases/korea-nato --json | jq '.excitation.spectral_radius'
  demarche respond cases/georgia --events store --store georgia.store

The streams of events stand in case.toml ([[stream]]).";

/// Options of `respond`.
#[derive(Debug, ClapArgs)]
pub struct Respond {
    /// The case folder.
    pub case: PathBuf,
    /// A folder to write the tables into; made or replaced as a whole.
    #[arg(long, short, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Print as JSON.
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub how: How,
    #[command(flatten)]
    pub from: Events,
}

/// Choices that all commands on responses share.
#[derive(Debug, Default, ClapArgs)]
#[command(next_help_heading = "Choices (else those of case.toml hold)")]
pub struct How {
    /// Fewest events for which a figure is given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub min_events: Option<u32>,
    /// Number of draws of simulations and bootstraps.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub draws: Option<u32>,
    /// Seed of every random draw.
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
}

impl How {
    /// Puts the choices made in the place of those of the case.
    pub fn apply(&self, measure: &mut demarche_case::MeasureSettings) {
        if let Some(n) = self.min_events {
            measure.min_events = n as usize;
        }
        if let Some(n) = self.draws {
            measure.draws = n as usize;
        }
        if let Some(seed) = self.seed {
            measure.seed = seed;
        }
    }
}

pub const TRIANGLE_EXAMPLES: &str = "\
Examples:
  demarche triangle cases/korea-nato KOR NATO CHN
  demarche triangle cases/korea-nato KOR NATO RUS --by quarter --quantity conflict
  demarche triangle cases/georgia GEO RUS USA --by week --events store --store georgia.store
  demarche triangle cases/korea-nato KOR NATO PRK --correlation --out triangle

Of three actors: does one answer the other, and do both answer the third, in kind or inversely?";

/// Options of `triangle`.
#[derive(Debug, ClapArgs)]
pub struct Triangle {
    /// The case folder.
    pub case: PathBuf,
    /// The three actors, by their codes in actors.csv.
    #[arg(num_args = 3, value_names = ["A", "B", "C"], required = true)]
    pub actors: Vec<String>,
    /// Length of a period [default: that of case.toml].
    #[arg(long, value_enum, value_name = "PERIOD")]
    pub by: Option<By>,
    /// What of the acts is explained.
    #[arg(long, value_enum, value_name = "WHAT", default_value_t)]
    pub quantity: QuantityOf,
    /// Lags of each series [default: chosen by the Bayesian criterion, up to 4].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=52))]
    pub lags: Option<u32>,
    /// For thin data: correlations and permuted dates only, no regression.
    #[arg(long)]
    pub correlation: bool,
    /// Number of permutations of dates.
    #[arg(long, value_name = "N", default_value_t = 999, value_parser = clap::value_parser!(u32).range(19..=100_000))]
    pub permutations: u32,
    /// A folder to write the table and the picture into; made or replaced as a whole.
    #[arg(long, short, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Print as JSON.
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub how: How,
    #[command(flatten)]
    pub from: Events,
}

/// What of the acts is explained.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum QuantityOf {
    /// Acts of cooperation less acts of conflict.
    #[default]
    Net,
    /// Acts of cooperation.
    Cooperation,
    /// Acts of conflict.
    Conflict,
    /// Goldstein values, summed.
    ScaleSum,
    /// Goldstein values, averaged.
    ScaleMean,
}

pub const SIMULATE_EXAMPLES: &str = "\
Examples:
  demarche simulate cases/korea-nato                     what one step of each kind sets off
  demarche simulate cases/korea-nato --steps steps.csv --quarters 6
  demarche simulate cases/korea-nato --threshold 25 --json

steps.csv has the columns date (2026-09-15, or 2026-Q4 for the middle of a quarter) and stream (the
id of a stream of case.toml) or initiative (the id of one, whose area says the stream), and may
have count.";

/// Options of `simulate`.
#[derive(Debug, ClapArgs)]
pub struct Simulate {
    /// The case folder.
    pub case: PathBuf,
    /// The planned steps, a CSV file; - is standard input.
    #[arg(long, value_name = "FILE")]
    pub steps: Option<PathBuf>,
    /// How many quarters to look ahead.
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=40))]
    pub quarters: u32,
    /// Hostile events of a quarter that count as a spiral [default: twice the most of any quarter
    /// so far, or what would be expected, if that is more].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub threshold: Option<u32>,
    /// A folder to write the tables into; made or replaced as a whole.
    #[arg(long, short, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Print as JSON.
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub how: How,
    #[command(flatten)]
    pub from: Events,
}
