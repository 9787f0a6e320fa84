//! What can be asked of a plan.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand};

pub const PLAN_EXAMPLES: &str = "\
Examples:
  demarche plan cases/korea-nato
  demarche plan cases/korea-nato --out plan              tables (CSV, Parquet, XLSX), calendar, project file, chart
  demarche plan cases/korea-nato --sweep                 what one, one and a half, two, three times the people buy
  demarche plan cases/korea-nato --pareto                about 20 plans that weigh benefit, risk, earliness and load otherwise
  demarche plan cases/korea-nato --replan plan --forbid niag-studies
                                                         again from the plan in the folder, with few changes, and why
  demarche plan cases/korea-nato --what-if staff.mission=+2 --what-if budget=30000
  demarche plan cases/korea-nato --lock liaison-office@2027-Q1 --forbid niag-studies
  demarche plan cases/korea-nato --futures               how it holds in the futures that case.toml allows
  demarche plan cases/korea-nato --prove 60              say “optimal” if HiGHS proves it in a minute
  demarche plan cases/korea-nato --json | jq '.gap'
  demarche plan cases/korea-nato --triggers              what the triggers add, in 2,000 futures
  demarche plan status cases/korea-nato                  where the signposts stand today

Length, money, weights, staff pools and ceilings stand in case.toml ([plan], [[pool]], [[ceiling]]),
what is uncertain too ([futures], [[uncertain]], [[scenario]], [[threshold]]).";

/// A number of futures; 0 stands for what the case says.
fn futures_count(text: &str) -> Result<u32, String> {
    match text.parse() {
        Ok(0) => Ok(0),
        Ok(count @ 100..=1_000_000) => Ok(count),
        _ => Err("write a whole number from 100 to 1000000".to_owned()),
    }
}

/// What `plan` can do: plan, or look at where a plan stands.
#[derive(Debug, ClapArgs)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Planning {
    /// What else there is to do than to plan.
    #[command(subcommand)]
    pub other: Option<Other>,
    /// To plan.
    #[command(flatten)]
    pub plan: Option<Plan>,
}

/// What there is to do with a plan besides making one.
#[derive(Debug, Subcommand)]
pub enum Other {
    /// Say where the case's signposts stand today, and which triggers are pulled.
    #[command(after_help = crate::args_status::STATUS_EXAMPLES)]
    Status(crate::args_status::Status),
}

/// Options of `plan`.
#[derive(Debug, ClapArgs)]
pub struct Plan {
    /// The case folder.
    pub case: PathBuf,
    /// A folder to write the plan into; made or replaced as a whole: tables as CSV, Parquet and XLSX,
    /// plan.ics for calendars, plan.xml for project planners (Microsoft Project XML), plan.svg, plan.json.
    #[arg(long, short, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Print as JSON.
    #[arg(long)]
    pub json: bool,
    /// Plan again with 1.5, 2 and 3 times the people.
    #[arg(long)]
    pub sweep: bool,
    /// Carry the plan out in so many futures: how it holds, what moves it, where it fails. Without a
    /// number, as many as case.toml says.
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "0", value_parser = futures_count)]
    pub futures: Option<u32>,
    /// Keep benefit, exposure, earliness and load apart: about N plans of which none is better than
    /// another in every respect, each with its proven gap (20 unless said otherwise).
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "20", value_parser = clap::value_parser!(u16).range(1..=200))]
    pub pareto: Option<u16>,
    /// Plan again from an earlier plan: the folder that --out wrote, its plan.csv, or what --json
    /// printed. What runs is fixed, what was delivered or dropped since is done or out, and each
    /// decision that differs costs points.
    #[arg(long, value_name = "EARLIER", conflicts_with_all = ["sweep", "pareto"])]
    pub replan: Option<PathBuf>,
    /// With --replan: the first quarter in which something new may start, as in 2027-Q1; what the
    /// earlier plan starts before it stays.
    #[arg(long, value_name = "QUARTER", requires = "replan")]
    pub from: Option<String>,
    /// With --replan: what each decision that differs from the earlier plan costs, in points; else
    /// `keep` under `[plan]` of case.toml says it.
    #[arg(long, value_name = "POINTS", requires = "replan", value_parser = clap::value_parser!(u64).range(0..=1_000_000))]
    pub keep: Option<u64>,
    /// Carry the plan out in so many futures with and without its triggers: what they add, how well
    /// they warn, and which lines would have been best. Without a number, in 2,000.
    #[arg(long, value_name = "N", num_args = 0..=1, require_equals = true, default_missing_value = "2000", value_parser = clap::value_parser!(u32).range(100..=100_000))]
    pub triggers: Option<u32>,
    /// An initiative that must start in a quarter, as in liaison-office@2027-Q1. May be repeated.
    #[arg(long, value_name = "ID@QUARTER")]
    pub lock: Vec<String>,
    /// An initiative that may not be done. May be repeated.
    #[arg(long, value_name = "ID")]
    pub forbid: Vec<String>,
    /// A setting that is different, as in staff.mission=+2, staff.mission=8, budget=30000, yearly=8000,
    /// starts=4, ceiling.CHN=6, exposure=estimated, confidence_first=true. May be repeated.
    #[arg(long, value_name = "SETTING=VALUE", allow_hyphen_values = true)]
    pub what_if: Vec<String>,
    /// Seek a proof for so many seconds with HiGHS, where it is built in (cargo build --features highs);
    /// a better plan that it meets on the way is taken.
    #[arg(long, value_name = "SECONDS", conflicts_with = "replan", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub prove: Option<u32>,
    /// How many thousand plans each of the 32 chains of the search tries.
    #[arg(long, value_name = "N", default_value_t = demarche_plan::search::THOUSANDS_FOR_A_CASE, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub effort: u32,
    /// Seed of the search.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(0..=1_000_000_000))]
    pub seed: u64,
}
