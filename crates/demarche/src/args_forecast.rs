//! What can be asked of forecasts.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand, ValueEnum};

/// Examples of `forecast`.
pub const FORECAST_EXAMPLES: &str = "\
Examples:
  demarche forecast evaluate icews14
  demarche forecast evaluate icews14 --additive --baseline";

/// Examples of `forecast evaluate`.
pub const EVALUATE_EXAMPLES: &str = "\
Examples:
  demarche forecast evaluate icews14
  demarche forecast evaluate icews14 --part valid         what choices are made by
  demarche forecast evaluate icews14 --additive           the score is the sum of its reasons
  demarche forecast evaluate icews14 --protocol multi-step --baseline
  demarche forecast evaluate icews14 --chances            are probabilities true?
  demarche forecast evaluate icews14 --json | jq '.model.all[0].mrr'

The folder holds train.txt, valid.txt and test.txt of “source act target time” as numbers, and the
names in entity2id.txt and relation2id.txt. The model learns from the training part, with --learn-valid
from the validation part too; what happened before a step is known in any case.";

/// Options of `forecast`.
#[derive(Debug, ClapArgs)]
pub struct Forecast {
    /// What to do.
    #[command(subcommand)]
    pub command: ForecastCommand,
}

/// What `forecast` can do.
#[derive(Debug, Subcommand)]
pub enum ForecastCommand {
    /// Say how good forecasts are on an event graph whose future is known.
    #[command(after_help = EVALUATE_EXAMPLES)]
    Evaluate(Evaluate),
}

/// Options of `forecast evaluate`.
#[derive(Debug, ClapArgs)]
pub struct Evaluate {
    /// The folder of the event graph.
    pub dir: PathBuf,
    /// The part that is asked for.
    #[arg(long, value_enum, value_name = "PART", default_value = "test")]
    pub part: AskedPart,
    /// What is known when a step is asked for: all before it, all before the part, or the training
    /// part.
    #[arg(
        long,
        value_enum,
        value_name = "PROTOCOL",
        default_value = "single-step"
    )]
    pub protocol: AskedProtocol,
    /// The additive mode: the score is the sum of the reasons.
    #[arg(long)]
    pub additive: bool,
    /// Learn from the validation part too, where the test part is asked for.
    #[arg(long)]
    pub learn_valid: bool,
    /// The recurrency baseline beside it.
    #[arg(long)]
    pub baseline: bool,
    /// Are the probabilities within 7, 30 and 90 steps true?
    #[arg(long)]
    pub chances: bool,
    /// Number of threads; figures do not depend on it.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub threads: u32,
    /// Print as JSON.
    #[arg(long)]
    pub json: bool,
}

/// Parts of an event graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AskedPart {
    /// The validation part.
    Valid,
    /// The test part.
    Test,
}

/// What is known when a step is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AskedProtocol {
    /// Everything before that step.
    SingleStep,
    /// Everything before the part asked for.
    MultiStep,
    /// The training part.
    FromTraining,
}
