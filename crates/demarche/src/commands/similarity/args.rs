//! What can be asked of `demarche similarity`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

pub const EXAMPLES: &str = "\
Examples:
  demarche similarity alliances atop_dyads.csv --members system.csv --out similarity.parquet
  demarche similarity votes un_votes.csv.gz --roll-calls un_roll_calls.csv.gz --out votes.parquet
  demarche similarity votes --help           all options";

const ALLIANCE_EXAMPLES: &str = "\
Examples:
  demarche similarity alliances atop.parquet --members states.csv --out similarity.parquet
  demarche similarity alliances atop.csv --members states.csv --state 732 --out - | head
  demarche similarity alliances ties.tsv --columns a=from,b=to,value=strength --out s.csv
  demarche similarity alliances atop.csv --members states.csv --weights cinc.csv --out s.csv

FILE has a row for each directed pair of states and year: two states, the year, and either a
value from 0 to 3 or columns of obligations as ATOP and COW have them. CSV, TSV, either packed by
gzip, or Parquet. The table written has, for each dyad and year: n (columns compared), agree (the
share of them that is the same), s_squared, s_absolute, s_weighted (with --weights), kappa, pi.";

const VOTE_EXAMPLES: &str = "\
Examples:
  demarche similarity votes un_votes.csv.gz --roll-calls un_roll_calls.csv.gz --out votes.parquet
  demarche similarity votes votes.csv --state 'South Korea' --out - | head
  demarche similarity votes votes.csv --columns state=country_code --state US --with KR --out s.csv

FILE has a row for each state and roll call. Absences are left out pair by pair. The table written
has, for each dyad and calendar year: n (roll calls on which both voted), agree (the share on which
alike), s_squared, s_absolute, s_weighted (with --weights), kappa, pi.";

/// Options of `similarity`.
#[derive(Debug, Args)]
pub struct Similarity {
    /// Of what.
    #[command(subcommand)]
    pub of: Of,
}

/// What portfolios are made of.
#[derive(Debug, Subcommand)]
pub enum Of {
    /// Of alliances: with whom a state is allied, and how closely.
    #[command(after_help = ALLIANCE_EXAMPLES)]
    Alliances(Alliances),
    /// Of votes: how a state votes on each roll call.
    #[command(after_help = VOTE_EXAMPLES)]
    Votes(Votes),
}

impl Similarity {
    /// The options that both have.
    pub fn common(&self) -> &Common {
        match &self.of {
            Of::Alliances(a) => &a.common,
            Of::Votes(a) => &a.common,
        }
    }
}

/// Options of both.
#[derive(Debug, Args)]
pub struct Common {
    /// The file to write, .parquet or .csv; - prints CSV.
    #[arg(long, short, value_name = "FILE")]
    pub out: PathBuf,
    /// First year.
    #[arg(long, value_name = "YEAR", value_parser = clap::value_parser!(i32).range(-9999..=9999), allow_negative_numbers = true)]
    pub year_from: Option<i32>,
    /// Last year. Years the data do not cover are missing, not zero.
    #[arg(long, value_name = "YEAR", value_parser = clap::value_parser!(i32).range(-9999..=9999), allow_negative_numbers = true)]
    pub year_to: Option<i32>,
    /// Only dyads with one of these states.
    #[arg(long, value_name = "CODE", num_args = 1.., value_delimiter = ',')]
    pub state: Vec<String>,
    /// Only dyads whose other state is one of these.
    #[arg(long, value_name = "CODE", num_args = 1.., value_delimiter = ',')]
    pub with: Vec<String>,
    /// Write each dyad twice, in both directions; all measures are the same in both.
    #[arg(long)]
    pub both_directions: bool,
    /// Which columns of FILE to read, as ROLE=NAME [default: the usual names].
    #[arg(long, value_name = "ROLE=NAME", value_delimiter = ',', value_parser = role)]
    pub columns: Vec<(String, String)>,
    /// A table of weights, for the weighted S: of the third states by year (state, year, weight),
    /// or of the roll calls (rcid, weight).
    #[arg(long, value_name = "FILE")]
    pub weights: Option<PathBuf>,
    /// Which columns of the weights to read, as ROLE=NAME.
    #[arg(long, value_name = "ROLE=NAME", value_delimiter = ',', value_parser = role, requires = "weights")]
    pub weight_columns: Vec<(String, String)>,
    /// Print a summary as JSON.
    #[arg(long)]
    pub json: bool,
}

impl Common {
    /// Is a year among those asked for?
    pub fn wants(&self, year: i32) -> bool {
        self.year_from.is_none_or(|from| from <= year) && self.year_to.is_none_or(|to| year <= to)
    }
}

/// Options of `similarity alliances`.
#[derive(Debug, Args)]
pub struct Alliances {
    /// The table of ties. Roles of columns: a, b, year, and value, or any of defence, offence,
    /// neutrality, consultation, nonaggression, entente.
    pub file: PathBuf,
    /// The members of the system of states: state and year, or state, first and last year
    /// [default: the states that FILE names in the year].
    #[arg(long, value_name = "FILE")]
    pub members: Option<PathBuf>,
    /// Which columns of the members to read, as ROLE=NAME: state, year, from, to.
    #[arg(long, value_name = "ROLE=NAME", value_delimiter = ',', value_parser = role, requires = "members")]
    pub member_columns: Vec<(String, String)>,
    /// Where the list of members ends before FILE does, keep its last members.
    #[arg(long, requires = "members")]
    pub carry_members: bool,
    /// Count whether there is a tie, not how strong it is.
    #[arg(long)]
    pub binary: bool,
    /// Let the stronger of the two directions hold for both; needed where FILE has each pair once.
    #[arg(long)]
    pub symmetric: bool,
    /// Count no tie of a state to itself, where custom has the strongest.
    #[arg(long)]
    pub no_self_tie: bool,
    #[command(flatten)]
    pub common: Common,
}

/// Options of `similarity votes`.
#[derive(Debug, Args)]
pub struct Votes {
    /// The table of votes. Roles of columns: state, call, vote, and year or date.
    pub file: PathBuf,
    /// A table of the roll calls, where FILE has no year: their identifier and year or date.
    #[arg(long, value_name = "FILE")]
    pub roll_calls: Option<PathBuf>,
    /// Which columns of the roll calls to read, as ROLE=NAME: call, year, date.
    #[arg(long, value_name = "ROLE=NAME", value_delimiter = ',', value_parser = role, requires = "roll_calls")]
    pub roll_call_columns: Vec<(String, String)>,
    #[command(flatten)]
    pub common: Common,
}

fn role(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((role, name)) if !role.is_empty() && !name.is_empty() => {
            Ok((role.trim().to_owned(), name.trim().to_owned()))
        }
        _ => Err("write ROLE=NAME, for example year=yr".to_owned()),
    }
}
