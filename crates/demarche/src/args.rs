//! What can be asked on the command line.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use demarche_case::BodyMode;
use demarche_events::{PeriodUnit, QuadScheme};

use crate::args_events::Events;

const EXAMPLES: &str = "\
Examples:
  demarche brief cases/korea-nato            write the brief into out/korea-nato
  demarche check cases/korea-nato            report every problem of a case, file and line
  demarche why share.KOR-NATO.all            the rows and the formula behind a figure
  demarche measure cases/korea-nato --dyad JPN NATO --by quarter --out tables
  demarche watch cases/korea-nato            what is likely to come next, and why
  demarche new cases/my-case                 an empty case that explains its own files
  demarche data add events.store gdelt/      read event data into a store
  demarche series events.store KOR PRK --by month

Exit status:
  0  done          1  the case has errors     2  the command was misused
  3  a file or folder could not be read or written
  4  a trigger of the plan is pulled (plan status --fail-if-pulled)

Colours follow NO_COLOR and CLICOLOR; progress is shown on a terminal only.";

/// How a relationship between states evolves, measured from plain files, and the brief that
/// says so: every number in it opens the events behind it.
#[derive(Debug, Parser)]
#[command(name = "demarche", version, after_help = EXAMPLES, arg_required_else_help = true)]
pub struct Args {
    /// Say nothing but errors.
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write the brief: HTML, PDF, figures, tables, JSON.
    #[command(after_help = BRIEF_EXAMPLES)]
    Brief(Brief),
    /// Read a case and report every problem in it, with file, line and remedy.
    #[command(after_help = CHECK_EXAMPLES)]
    Check(Check),
    /// Write the measures of a case as tidy tables (CSV and Parquet, with a schema).
    #[command(after_help = MEASURE_EXAMPLES)]
    Measure(Measure),
    /// Event data: read files into a store, look after it, download files.
    #[command(after_help = crate::args_data::DATA_EXAMPLES)]
    Data(crate::args_data::Data),
    /// Write what each actor did to each other, by period, from a store of events.
    #[command(after_help = crate::args_data::PANEL_EXAMPLES)]
    Panel(Box<crate::args_data::Panel>),
    /// Print what two actors did to each other, by period, from a store of events.
    #[command(after_help = crate::args_data::SERIES_EXAMPLES)]
    Series(Box<crate::args_data::Series>),
    /// Compute how alike the alliances or votes of all pairs of states are, from a table of them.
    #[command(after_help = crate::commands::similarity::EXAMPLES)]
    Similarity(crate::commands::similarity::Similarity),
    /// Say what sets off what: the branching matrix of the case's streams of events, and triangles.
    #[command(after_help = crate::args_respond::RESPOND_EXAMPLES)]
    Respond(Box<crate::args_respond::Respond>),
    /// Say what is likely to follow from planned steps, from whom, and in which quarter.
    #[command(after_help = crate::args_respond::SIMULATE_EXAMPLES)]
    Simulate(Box<crate::args_respond::Simulate>),
    /// Say which initiatives to start when with the people there are, why, and what is left out.
    #[command(after_help = crate::args_plan::PLAN_EXAMPLES)]
    Plan(Box<crate::args_plan::Planning>),
    /// Say what comes next, how likely, and because of which past events; and how good that is.
    #[command(after_help = crate::args_forecast::FORECAST_EXAMPLES)]
    Forecast(Box<crate::args_forecast::Forecast>),
    /// List the acts to watch for in a case's dyads in the next quarter, and score the last list.
    #[command(after_help = crate::args_forecast::WATCH_EXAMPLES)]
    Watch(Box<crate::args_forecast::Watch>),
    /// Ask who answers whom among three actors, in kind or inversely.
    #[command(after_help = crate::args_respond::TRIANGLE_EXAMPLES)]
    Triangle(Box<crate::args_respond::Triangle>),
    /// Show the rows and the formula behind a figure of the brief.
    #[command(after_help = WHY_EXAMPLES)]
    Why(Why),
    /// Make an empty case that passes the check and explains each file.
    #[command(after_help = NEW_EXAMPLES)]
    New(New),
    /// Print a completion script for a shell.
    #[command(after_help = COMPLETION_EXAMPLES)]
    Completions {
        /// Which shell.
        shell: Shell,
    },
}

const BRIEF_EXAMPLES: &str = "\
Examples:
  demarche brief cases/korea-nato
  demarche brief cases/korea-nato --out ~/briefs/korea --body both --quad alt
  demarche brief cases/korea-nato --pareto                what benefit costs in risk
  demarche brief cases/korea-nato --events both --store ~/events --format gdelt2
  demarche brief cases/korea-nato --json | jq -r '.files[].path'";

/// Options of `brief`.
#[derive(Debug, ClapArgs)]
pub struct Brief {
    /// The case folder.
    pub case: PathBuf,
    /// The folder to write; made or replaced as a whole [default: out/NAME-OF-THE-CASE].
    #[arg(long, short, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Leave the PDF out.
    #[arg(long)]
    pub no_pdf: bool,
    /// Make no plan: its chapters and tables are left out.
    #[arg(long)]
    pub no_plan: bool,
    /// Keep benefit, exposure, earliness and load of the plan apart: about N plans of which none is
    /// better than another in every respect (12 unless said otherwise; it takes half a minute).
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "12", value_parser = clap::value_parser!(u16).range(1..=200), conflicts_with = "no_plan")]
    pub pareto: Option<u16>,
    /// Print what was written, as JSON.
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub choices: Choices,
    #[command(flatten)]
    pub from: Events,
}

const CHECK_EXAMPLES: &str = "\
Examples:
  demarche check cases/korea-nato
  demarche check cases/korea-nato --json | jq '.problems[] | select(.severity == \"error\")'";

/// Options of `check`.
#[derive(Debug, ClapArgs)]
pub struct Check {
    /// The case folder.
    pub case: PathBuf,
    /// Print the report as JSON.
    #[arg(long)]
    pub json: bool,
    /// Count warnings as errors.
    #[arg(long)]
    pub strict: bool,
}

const MEASURE_EXAMPLES: &str = "\
Examples:
  demarche measure cases/korea-nato --out tables
  demarche measure cases/korea-nato --dyad KOR POL --by quarter --out tables
  demarche measure cases/korea-nato --body both --quad alt --out tables
  demarche measure cases/korea-nato --events store --store ~/events --out tables";

/// Options of `measure`.
#[derive(Debug, ClapArgs)]
pub struct Measure {
    /// The case folder.
    pub case: PathBuf,
    /// The two actors whose relation is measured [default: the partners of the case].
    #[arg(long, num_args = 2, value_names = ["A", "B"])]
    pub dyad: Option<Vec<String>>,
    /// The folder to write; made or replaced as a whole.
    #[arg(long, short, value_name = "DIR")]
    pub out: PathBuf,
    /// Print what was written, as JSON.
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub choices: Choices,
    #[command(flatten)]
    pub from: Events,
}

const WHY_EXAMPLES: &str = "\
Examples:
  demarche why --list                        all ids, with what they mean
  demarche why --list cases/korea-nato | grep reciprocity
  demarche why share.KOR-NATO.all
  demarche why share.KOR-NATO.all cases/korea-nato --json
  demarche why share.KOR-NATO.all --events store --store ~/events";

/// Options of `why`.
#[derive(Debug, ClapArgs)]
pub struct Why {
    /// The id of a figure, as the brief shows it.
    #[arg(required_unless_present = "list")]
    pub id: Option<String>,
    /// The case folder [default: here, or the only one under cases/].
    pub case: Option<PathBuf>,
    /// List the ids of all figures, with what they mean.
    #[arg(long)]
    pub list: bool,
    /// As of a brief that was written with --pareto N.
    #[arg(long, value_name = "N", num_args = 0..=1, default_missing_value = "12", value_parser = clap::value_parser!(u16).range(1..=200))]
    pub pareto: Option<u16>,
    /// Print as JSON.
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub choices: Choices,
    #[command(flatten)]
    pub from: Events,
}

const NEW_EXAMPLES: &str = "\
Examples:
  demarche new cases/my-case
  demarche check cases/my-case";

/// Options of `new`.
#[derive(Debug, ClapArgs)]
pub struct New {
    /// The folder to make; one that exists must be empty.
    pub case: PathBuf,
}

const COMPLETION_EXAMPLES: &str = "\
Examples:
  demarche completions bash > ~/.local/share/bash-completion/completions/demarche
  demarche completions zsh > ~/.zfunc/_demarche
  demarche completions fish > ~/.config/fish/completions/demarche.fish";

/// Choices of measurement; each takes the place of the one in case.toml.
#[derive(Debug, Default, ClapArgs)]
#[command(next_help_heading = "Choices of measurement (else those of case.toml hold)")]
pub struct Choices {
    /// Length of a period in panels.
    #[arg(long, value_enum, value_name = "PERIOD")]
    pub by: Option<By>,
    /// Whose acts are a body's: its own, its members' by date, or both.
    #[arg(long, value_enum, value_name = "WHO")]
    pub body: Option<Body>,
    /// How codes are split into quad classes: GDELT's way, or with codes 09 and
    /// 14 moved to the next class.
    #[arg(long, value_enum, value_name = "SCHEME")]
    pub quad: Option<Quad>,
    /// Fewest observations for which a figure is given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub min_events: Option<u32>,
    /// Number of bootstrap draws.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub draws: Option<u32>,
    /// Seed of every random draw.
    #[arg(long, value_name = "N")]
    pub seed: Option<u64>,
}

/// Period lengths.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum By {
    /// Weeks, Monday to Sunday.
    Week,
    /// Calendar months.
    Month,
    /// Calendar quarters.
    Quarter,
    /// Calendar years.
    Year,
}

/// Whose acts are a body's acts.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Body {
    /// Only rows that name the body.
    #[value(name = "self")]
    Itself,
    /// Only rows that name a state that is a member on the day.
    Members,
    /// Either, a joint act recorded both ways counted once.
    Both,
}

/// Quad schemes.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Quad {
    /// 01–05, 06–09, 10–14, 15–20.
    Gdelt,
    /// 01–05, 06–08, 09–13, 14–20.
    Alt,
}

impl From<By> for PeriodUnit {
    fn from(by: By) -> Self {
        match by {
            By::Week => PeriodUnit::Week,
            By::Month => PeriodUnit::Month,
            By::Quarter => PeriodUnit::Quarter,
            By::Year => PeriodUnit::Year,
        }
    }
}

impl From<Quad> for QuadScheme {
    fn from(quad: Quad) -> Self {
        match quad {
            Quad::Gdelt => QuadScheme::Gdelt,
            Quad::Alt => QuadScheme::Alt,
        }
    }
}

impl Choices {
    /// Puts the choices made in the place of those of the case.
    pub fn apply(&self, measure: &mut demarche_case::MeasureSettings) {
        if let Some(by) = self.by {
            measure.by = by.into();
        }
        if let Some(body) = self.body {
            measure.body = match body {
                Body::Itself => BodyMode::Itself,
                Body::Members => BodyMode::Members,
                Body::Both => BodyMode::Both,
            };
        }
        if let Some(quad) = self.quad {
            measure.quad = quad.into();
        }
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
