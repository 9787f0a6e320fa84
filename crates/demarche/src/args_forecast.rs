//! What can be asked of forecasts.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Subcommand, ValueEnum};
use demarche_events::Date;
use demarche_forecast::outlook::Level;

use crate::args_data::day;
use crate::args_events::Events;

/// Examples of `forecast`.
pub const FORECAST_EXAMPLES: &str = "\
Examples:
  demarche forecast cases/korea-nato --from CHN --to KOR --horizon 30d
  demarche forecast cases/korea-nato --from NATO --to PRK --act 11 --why    the reasons and the events behind them
  demarche forecast cases/korea-nato --from KOR --act 04                    towards whom?
  demarche forecast cases/korea-nato --to KOR --act verbal-conflict         by whom?
  demarche forecast cases/korea-nato --as-of 2024-06-30 --calibration
  demarche forecast cases/korea-nato --from CHN --to KOR --events store --store ~/events
  demarche forecast icews14 --from \"North Korea\" --to \"South Korea\"         an event graph
  demarche forecast evaluate icews14                                        how good it is
  demarche forecast rules cases/korea-nato                                  what usually follows what

A case folder, or one of an event graph (train.txt, valid.txt, test.txt). Nothing after --as-of is
looked at. See docs/forecasting.md.";

/// Examples of `watch`.
pub const WATCH_EXAMPLES: &str = "\
Examples:
  demarche watch cases/korea-nato
  demarche watch cases/korea-nato --why                   every reason with the events behind it
  demarche watch cases/korea-nato --back 8                the lists of the last two years, scored
  demarche watch cases/korea-nato --horizon 30d --top 10 --out watch
  demarche watch cases/korea-nato --events store --store ~/events
  demarche watch cases/korea-nato --json | jq '.next[] | select(.chance > 0.3)'";

/// Examples of `forecast evaluate`.
pub const EVALUATE_EXAMPLES: &str = "\
Examples:
  demarche forecast evaluate icews14
  demarche forecast evaluate icews14 --part valid         what choices are made by
  demarche forecast evaluate icews14 --additive           the score is the sum of its reasons
  demarche forecast evaluate icews14 --protocol multi-step --baseline
  demarche forecast evaluate icews14 --chances            are probabilities true?
  demarche forecast evaluate icews14 --json | jq '.model.all[0].mrr'
  demarche forecast evaluate cases/korea-nato --level code --baseline

The folder holds train.txt, valid.txt and test.txt of “source act target time” as numbers, and the
names in entity2id.txt and relation2id.txt. Of a case, or of a store in its place, the last fifth of the
events is the test part and the tenth before it the validation part. The model learns from the training part, with --learn-valid
from the validation part too; what happened before a step is known in any case, and small weights go on
learning from it unless --frozen is given.";

/// Examples of `forecast rules`.
pub const RULES_EXAMPLES: &str = "\
Examples:
  demarche forecast rules cases/korea-nato
  demarche forecast rules cases/korea-nato --act 15 --by lift       after what is force shown?
  demarche forecast rules cases/korea-nato --top 3 --why            the latest cases, right and wrong
  demarche forecast rules cases/korea-nato --about PRK              rules that name North Korea
  demarche forecast rules icews14 --kind two --least 100 --top 50
  demarche forecast rules icews14 --act Consult --json | jq '.rules[] | select(.lift > 5)'

X is who is known where the rule is asked, Y who is asked for, and Z a third. What a rule goes by was
within 45 steps before, and of two acts the second not before the first. Rules are learned from walks
that begin at the X of every question of the record and are drawn before its step is known: the share
is that of walks which ended at a true answer, drawn towards that of a wider shape where walks are few;
usual is the share of all walks of so many acts, or of an answer that is named its share in the act.";

/// What `forecast` can do: forecast, or say how good that is.
#[derive(Debug, ClapArgs)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Forecast {
    /// What else there is to do than to forecast.
    #[command(subcommand)]
    pub other: Option<ForecastCommand>,
    /// To forecast.
    #[command(flatten)]
    pub ask: Option<Ask>,
    // Not in `Ask`: clap knows by its group whether that is there, and a group holds no other group.
    #[command(flatten)]
    pub from: Events,
}

/// What there is to do with forecasts besides making them.
#[derive(Debug, Subcommand)]
pub enum ForecastCommand {
    /// Say how good forecasts are on a record whose future is known.
    #[command(after_help = EVALUATE_EXAMPLES)]
    Evaluate(Evaluate),
    /// Show what usually follows what: the temporal rules of a record, with how often each was right.
    #[command(after_help = RULES_EXAMPLES)]
    Rules(Rules),
}

/// Options of `forecast`.
#[derive(Debug, ClapArgs)]
pub struct Ask {
    /// The case folder, or the folder of an event graph.
    pub case: PathBuf,
    /// Who acts [default: anyone].
    #[arg(long, value_name = "ACTOR")]
    pub from: Option<String>,
    /// Towards whom [default: anyone].
    #[arg(long, value_name = "ACTOR")]
    pub to: Option<String>,
    /// What is done: a CAMEO root (11), a CAMEO code (111), or a quad class (verbal-conflict); of an
    /// event graph the name of an act [default: any].
    #[arg(long, value_name = "ACT")]
    pub act: Option<String>,
    /// How finely acts are told apart [default: as --act is, else root].
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub level: Option<ActLevel>,
    /// Within how many days (30d) or weeks (4w); of an event graph in how many steps.
    #[arg(long, value_name = "TIME", default_value = "30d", value_parser = horizon)]
    pub horizon: u32,
    /// How many forecasts are printed.
    #[arg(long, value_name = "N", default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub top: u32,
    /// The last day that is known; of an event graph the last time of its files [default: that of
    /// the case, or the end].
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// Show every reason with the past events behind it.
    #[arg(long, visible_alias = "explain")]
    pub why: bool,
    /// Hold chances of this horizon against what came in the last two years.
    #[arg(long)]
    pub calibration: bool,
    /// Print as JSON.
    #[arg(long)]
    pub json: bool,
}

/// Options of `watch`.
#[derive(Debug, ClapArgs)]
pub struct Watch {
    /// The case folder.
    pub case: PathBuf,
    /// Within how many days (90d) or weeks (13w).
    #[arg(long, value_name = "TIME", default_value = "90d", value_parser = horizon)]
    pub horizon: u32,
    /// How many acts of conflict, and how many of cooperation, are listed.
    #[arg(long, value_name = "N", default_value_t = 6, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub top: u32,
    /// How finely acts are told apart.
    #[arg(long, value_enum, value_name = "LEVEL", default_value_t)]
    pub level: ActLevel,
    /// The last day that is known [default: that of the case].
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub as_of: Option<Date>,
    /// How many earlier lists, one horizon apart, are held against what came.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(0..=100))]
    pub back: u32,
    /// Show every reason with the past events behind it.
    #[arg(long, visible_alias = "explain")]
    pub why: bool,
    /// A folder to write the tables into; made or replaced as a whole.
    #[arg(long, short, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Print as JSON.
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub events: Events,
}

/// How finely acts are told apart.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ActLevel {
    /// By CAMEO code.
    Code,
    /// By CAMEO root, 01 to 20.
    #[default]
    Root,
    /// By quad class.
    Class,
}

impl From<ActLevel> for Level {
    fn from(level: ActLevel) -> Self {
        match level {
            ActLevel::Code => Level::Code,
            ActLevel::Root => Level::Root,
            ActLevel::Class => Level::Class,
        }
    }
}

/// A number of days.
fn horizon(text: &str) -> Result<u32, String> {
    let (digits, unit) = match text.strip_suffix('w') {
        Some(weeks) => (weeks, 7),
        None => (text.strip_suffix('d').unwrap_or(text), 1),
    };
    let number = digits.bytes().all(|b| b.is_ascii_digit());
    let days = number.then(|| digits.parse::<u32>().ok()).flatten();
    let days = days.and_then(|n| n.checked_mul(unit));
    days.filter(|days| (1..=3650).contains(days))
        .ok_or_else(|| {
            "write 1 to 3650 days, for example 30d, or weeks, for example 13w".to_owned()
        })
}

/// Options of `forecast evaluate`.
#[derive(Debug, ClapArgs)]
pub struct Evaluate {
    /// The folder of the event graph, or of a case.
    pub dir: PathBuf,
    /// How finely the acts of a case are told apart [default: root].
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub level: Option<ActLevel>,
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
    /// Leave the weights as the training part made them. Else, single-step, they go on learning from each
    /// step after it was asked for.
    #[arg(long)]
    pub frozen: bool,
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
    #[command(flatten)]
    pub events: Events,
}

/// Options of `forecast rules`.
#[derive(Debug, ClapArgs)]
pub struct Rules {
    /// The case folder, or the folder of an event graph.
    pub case: PathBuf,
    /// The act that comes: a CAMEO root, a CAMEO code or a quad class; of an event graph the name of an
    /// act [default: any].
    #[arg(long, value_name = "ACT")]
    pub act: Option<String>,
    /// Only rules that name this actor.
    #[arg(long, value_name = "ACTOR")]
    pub about: Option<String>,
    /// Only rules of one act, of two, or those that name who they are about [default: all].
    #[arg(long, value_enum, value_name = "KIND")]
    pub kind: Option<RuleKind>,
    /// Which come first.
    #[arg(long, value_enum, value_name = "ORDER", default_value_t)]
    pub by: RuleOrder,
    /// The fewest walks of a rule that is shown.
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub least: u32,
    /// How many rules are printed.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub top: u32,
    /// Show the latest cases of each rule, right and wrong, with the events behind them.
    #[arg(long, visible_alias = "explain")]
    pub why: bool,
    /// How finely acts are told apart [default: as --act is, else root].
    #[arg(long, value_enum, value_name = "LEVEL")]
    pub level: Option<ActLevel>,
    /// The last day that is known; of an event graph the last time of its files [default: that of
    /// the case, or the end].
    #[arg(long, value_name = "DATE")]
    pub as_of: Option<String>,
    /// Print as JSON.
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub events: Events,
}

/// Kinds of rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RuleKind {
    /// After one act between the two (cyclic).
    One,
    /// After two acts that lead over a third (cyclic).
    Two,
    /// About actors that are named (acyclic).
    Named,
}

/// What rules are put in order by, the largest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum RuleOrder {
    /// The share of walks that ended at an answer.
    #[default]
    Share,
    /// How many times the usual share that is.
    Lift,
    /// The number of walks.
    Walks,
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
