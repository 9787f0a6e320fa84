//! What can be asked of the signposts of a plan.

use std::path::PathBuf;

use clap::Args as ClapArgs;

use crate::args::Quad;
use crate::args_events::Events;

pub const STATUS_EXAMPLES: &str = "\
Examples:
  demarche plan status cases/korea-nato
  demarche plan status cases/korea-nato --why china-heat          the acts behind a value
  demarche plan status cases/korea-nato --out status              tables, as CSV and Parquet
  demarche plan status cases/korea-nato --events store --store ~/events
  demarche plan status cases/korea-nato --json | jq '.triggers[] | select(.pulled) | .id'
  demarche plan status cases/korea-nato --fail-if-pulled || mail -s 'a trigger is pulled' desk

Signposts and triggers stand in case.toml ([[signpost]], [[trigger]]).

Exit status: as of all commands; with --fail-if-pulled it is 4 where a trigger is pulled.";

/// Options of `plan status`.
#[derive(Debug, ClapArgs)]
pub struct Status {
    /// The case folder.
    pub case: PathBuf,
    /// Show what is behind the value of a signpost, event by event.
    #[arg(long, value_name = "SIGNPOST")]
    pub why: Option<String>,
    /// A folder to write the tables into; made or replaced as a whole.
    #[arg(long, short, value_name = "DIR", conflicts_with = "why")]
    pub out: Option<PathBuf>,
    /// Print as JSON.
    #[arg(long)]
    pub json: bool,
    /// End with exit status 4 if a trigger is pulled.
    #[arg(long)]
    pub fail_if_pulled: bool,
    /// How codes are split into quad classes: GDELT's way, or with codes 09 and 14 moved to the next
    /// class [default: as case.toml says].
    #[arg(long, value_enum, value_name = "SCHEME")]
    pub quad: Option<Quad>,
    /// Fewest acts for which it is said how usual they are [default: as case.toml says].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub min_events: Option<u32>,
    #[command(flatten)]
    pub from: Events,
}
