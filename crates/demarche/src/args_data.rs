//! What can be asked of event data: `data`, `panel`, `series`.

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{Args, Subcommand, ValueEnum};
use demarche_events::{Date, PeriodUnit, QuadScheme};
use demarche_read::layout::Format;
use demarche_store::Dedup;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use crate::args::{By, Quad};

pub const DATA_EXAMPLES: &str = "\
Examples:
  demarche data fetch gdelt2 --from 2024-01-01 --to 2024-01-31 --out gdelt
  demarche data add events.store gdelt       read the files into a store
  demarche data doctor events.store          what is in it, and is it sound?
  demarche panel events.store --by month --out panel.parquet
  demarche data add --help                   all options of a command";

/// Options of `data`.
#[derive(Debug, Args)]
pub struct Data {
    /// What to do.
    #[command(subcommand)]
    pub command: DataCommand,
}

/// What can be done with event data.
#[derive(Debug, Subcommand)]
pub enum DataCommand {
    /// Read event files into a store: GDELT, ICEWS, POLECAT, event graphs, any table.
    #[command(after_help = ADD_EXAMPLES)]
    Add(Box<Add>),
    /// Explain the state of a store in words: what it holds, what is wrong, what to do.
    #[command(after_help = DOCTOR_EXAMPLES)]
    Doctor(Doctor),
    /// List the files that were read, with what became of their lines.
    #[command(after_help = FILES_EXAMPLES)]
    Files(Files),
    /// List the lines that were rejected, with file, line and reason.
    #[command(after_help = REJECTS_EXAMPLES)]
    Rejects(Rejects),
    /// List the actors that could not be resolved, the most frequent first.
    #[command(after_help = UNMAPPED_EXAMPLES)]
    Unmapped(Unmapped),
    /// Merge the small files of a store, so that panels are read faster.
    #[command(after_help = TIDY_EXAMPLES)]
    Tidy(Tidy),
    /// Download published event files, checked and resumable.
    #[command(after_help = FETCH_EXAMPLES)]
    Fetch(Fetch),
}

const ADD_EXAMPLES: &str = "\
Examples:
  demarche data add events.store downloads/                  a folder, all formats found in it
  demarche data add events.store 20240101*.export.CSV.zip    files
  zcat big.tsv.gz | demarche data add events.store -         standard input
  demarche data add korea.store gdelt/ --case cases/korea-nato --partners
  demarche data add icews.store icews14/ --origin 2014-01-01
  demarche data add trade.store disputes.csv --mapping disputes.toml

Files are read straight from zip, gzip or plain text. What was read before is not read again, so
the same command may be repeated; a run that is killed leaves a whole store, and the next one goes
on. Lines that cannot be read are kept apart: demarche data rejects lists them.

A store keeps the filter and the key for duplicates it was made with; later runs need not repeat
them.

Exit status: 1 if a file could not be read, 3 if the store could not be written.";

/// Options of `data add`.
#[derive(Debug, Args)]
pub struct Add {
    /// The store, a folder; made if it is not there.
    pub store: PathBuf,
    /// Files and folders to read; - is standard input.
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// The format, if it is not to be found by looking.
    #[arg(long = "as", value_name = "FORMAT", value_parser = formats())]
    pub format: Option<String>,
    /// A mapping file, which says what the columns of a table are.
    #[arg(long, value_name = "FILE.toml", conflicts_with = "format")]
    pub mapping: Option<PathBuf>,
    /// The case whose actors and bodies names are resolved to [default: the states and bodies
    /// that are built in].
    #[arg(long, value_name = "DIR")]
    pub case: Option<PathBuf>,
    /// By which key a row is a duplicate [default: id, or that of the store].
    #[arg(long, value_enum, value_name = "KEY")]
    pub dedup: Option<DedupKey>,
    /// The day on which the time of an event graph begins.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub origin: Option<Date>,
    /// The unit of the time of an event graph.
    #[arg(long, value_enum, value_name = "UNIT")]
    pub unit: Option<Unit>,
    /// Threads [default: one a core].
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub workers: Option<u16>,
    /// Print what was done, as JSON.
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub rows: Rows,
}

/// Which rows are taken.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Rows to take (else all, or as the store was made)")]
pub struct Rows {
    /// Rows with one of these actors at an end.
    #[arg(long, value_name = "CODE", num_args = 1.., value_delimiter = ',')]
    pub actor: Vec<String>,
    /// Rows between two actors, in either direction; may be repeated.
    #[arg(long, num_args = 2, value_names = ["A", "B"])]
    pub dyad: Vec<String>,
    /// Rows between the two partners of the case.
    #[arg(long, requires = "case")]
    pub partners: bool,
    /// Rows with one of these countries at an end, as the file writes them.
    #[arg(long, value_name = "COUNTRY", num_args = 1.., value_delimiter = ',')]
    pub country: Vec<String>,
    /// Rows from this day on.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub from: Option<Date>,
    /// Rows up to this day.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub to: Option<Date>,
    /// Rows with these CAMEO roots, 01 to 20.
    #[arg(long, value_name = "ROOT", num_args = 1.., value_delimiter = ',', value_parser = clap::value_parser!(u8).range(1..=20))]
    pub root: Vec<u8>,
    /// Rows told in the lead of a report, where the file says so.
    #[arg(long)]
    pub root_events: bool,
}

impl Rows {
    /// Is nothing asked?
    pub fn is_empty(&self) -> bool {
        self.actor.is_empty()
            && self.dyad.is_empty()
            && !self.partners
            && self.country.is_empty()
            && self.from.is_none()
            && self.to.is_none()
            && self.root.is_empty()
            && !self.root_events
    }
}

/// Keys for duplicates.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum DedupKey {
    /// No row is a duplicate.
    None,
    /// The event's id.
    Id,
    /// Date, both actors, code and page: one article, several sentences.
    Url,
    /// Date, both actors and code: several articles, one event.
    Report,
}

impl From<DedupKey> for Dedup {
    fn from(key: DedupKey) -> Self {
        match key {
            DedupKey::None => Dedup::None,
            DedupKey::Id => Dedup::Id,
            DedupKey::Url => Dedup::Url,
            DedupKey::Report => Dedup::Report,
        }
    }
}

/// Units of the time of an event graph.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Unit {
    /// Days.
    Days,
    /// Hours.
    Hours,
}

const DOCTOR_EXAMPLES: &str = "\
Examples:
  demarche data doctor events.store
  demarche data doctor events.store --deep   read every file of the store, too
  demarche data doctor events.store --json

Exit status: 1 if something is damaged.";

/// Options of `data doctor`.
#[derive(Debug, Args)]
pub struct Doctor {
    /// The store.
    pub store: PathBuf,
    /// Read every file of the store and count it again.
    #[arg(long)]
    pub deep: bool,
    /// Print as JSON.
    #[arg(long)]
    pub json: bool,
}

const FILES_EXAMPLES: &str = "\
Examples:
  demarche data files events.store
  demarche data files events.store | awk -F'\\t' '$8 > 0'      files with rejected lines
  demarche data files events.store --json | jq '.files[].sha256'";

/// Options of `data files`.
#[derive(Debug, Args)]
pub struct Files {
    /// The store.
    pub store: PathBuf,
    /// Print the whole ledger as JSON.
    #[arg(long)]
    pub json: bool,
}

const REJECTS_EXAMPLES: &str = "\
Examples:
  demarche data rejects events.store
  demarche data rejects events.store --limit 20
  demarche data rejects events.store | cut -f 1-3";

/// Options of `data rejects`.
#[derive(Debug, Args)]
pub struct Rejects {
    /// The store.
    pub store: PathBuf,
    /// Show at most so many [default: all].
    #[arg(long, value_name = "N")]
    pub limit: Option<u64>,
    /// Print as JSON.
    #[arg(long)]
    pub json: bool,
}

const UNMAPPED_EXAMPLES: &str = "\
Examples:
  demarche data unmapped events.store --limit 20
  demarche data unmapped events.store --csv >> more-actors.csv     lines for actors.csv";

/// Options of `data unmapped`.
#[derive(Debug, Args)]
pub struct Unmapped {
    /// The store.
    pub store: PathBuf,
    /// Show at most so many.
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: u64,
    /// Print lines for actors.csv, to be completed.
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,
    /// Print as JSON.
    #[arg(long)]
    pub json: bool,
}

const TIDY_EXAMPLES: &str = "\
Examples:
  demarche data tidy events.store";

/// Options of `data tidy`.
#[derive(Debug, Args)]
pub struct Tidy {
    /// The store.
    pub store: PathBuf,
    /// Print what was done, as JSON.
    #[arg(long)]
    pub json: bool,
}

const FETCH_EXAMPLES: &str = "\
Examples:
  demarche data fetch gdelt2 --from 2024-01-01 --to 2024-01-31 --out gdelt
  demarche data fetch gdelt2 --from 2024-01-01 --to 2024-01-07 --language both --out gdelt
  demarche data fetch gdelt1 --from 1995-01-01 --to 2012-12-31 --out gdelt1
  demarche data fetch gdelt2 --from 2024-01-01 --to 2024-01-02 --out gdelt --dry-run

Days are in UTC, both included. Each file is checked against the publisher's list; what is here is
not fetched again. The proxy is taken from https_proxy, http_proxy, ALL_PROXY and NO_PROXY.";

/// Options of `data fetch`.
#[derive(Debug, Args)]
pub struct Fetch {
    /// Which data.
    pub source: Source,
    /// First day, UTC.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub from: Date,
    /// Last day, UTC.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub to: Date,
    /// The folder the files go to; made if it is not there.
    #[arg(long, short, value_name = "DIR")]
    pub out: PathBuf,
    /// The address that files are joined to, for a mirror [default: the publisher's].
    #[arg(long, value_name = "URL")]
    pub base: Option<String>,
    /// What the files hold (gdelt2); may be repeated [default: export].
    #[arg(long, value_enum, value_name = "KIND", value_delimiter = ',')]
    pub kind: Vec<FetchKind>,
    /// Which stream (gdelt2) [default: english].
    #[arg(long, value_enum, value_name = "WHICH")]
    pub language: Option<FetchLanguage>,
    /// Connections at a time.
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=demarche_fetch::MOST_JOBS as i64))]
    pub jobs: u8,
    /// Follow redirections to other hosts.
    #[arg(long)]
    pub any_host: bool,
    /// Only say what would be fetched; the list is read, nothing is written.
    #[arg(long)]
    pub dry_run: bool,
    /// Print what was done, as JSON.
    #[arg(long)]
    pub json: bool,
}

/// Publishers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Source {
    /// GDELT 2.0, every fifteen minutes since 2015-02-18.
    Gdelt2,
    /// GDELT 1.0, by year, month and day since 1979.
    Gdelt1,
}

/// Kinds of files of GDELT 2.0.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum FetchKind {
    /// Events.
    Export,
    /// Mentions of events.
    Mentions,
}

/// Streams of GDELT 2.0.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum FetchLanguage {
    /// Read in English.
    English,
    /// Read in other languages, translated by machine.
    Translingual,
    /// Both.
    Both,
}

pub const PANEL_EXAMPLES: &str = "\
Examples:
  demarche panel events.store --by month --out panel.parquet
  demarche panel events.store --by year --actor KOR NATO --out - | head
  demarche panel events.store --by quarter --from 2015-01-01 --to 2024-12-31 --out panel.csv
  demarche panel events.store --by month --as-known-on 2022-02-24 --out then.parquet

A row is what one actor did to another in one period. share_of_all is over all events of the
period, share_of_source over all acts of the source, whether the panel shows them or not, so that
growing coverage is not taken for growing activity.";

/// Options of `panel`.
#[derive(Debug, Args)]
pub struct Panel {
    /// The store.
    pub store: PathBuf,
    /// The file to write, .parquet or .csv; - prints CSV.
    #[arg(long, short, value_name = "FILE")]
    pub out: PathBuf,
    /// Only dyads with one of these actors at an end.
    #[arg(long, value_name = "CODE", num_args = 1.., value_delimiter = ',')]
    pub actor: Vec<String>,
    /// Also acts of an actor towards itself.
    #[arg(long)]
    pub domestic: bool,
    /// Also acts of which an end could not be resolved.
    #[arg(long)]
    pub unresolved: bool,
    #[command(flatten)]
    pub ask: Ask,
    /// Print a summary as JSON.
    #[arg(long)]
    pub json: bool,
}

pub const SERIES_EXAMPLES: &str = "\
Examples:
  demarche series events.store KOR NATO --by quarter
  demarche series events.store USA CHN --by week --out usa-chn.csv
  demarche series events.store KOR PRK --by month --json | jq '.rows[].n'

The columns n, q1–q4 and scale_mean are given for both directions: the first actor towards the
second, and back. share_of_dyadic is over all events between two known, different actors.";

/// Options of `series`.
#[derive(Debug, Args)]
pub struct Series {
    /// The store.
    pub store: PathBuf,
    /// One actor.
    pub a: String,
    /// The other.
    pub b: String,
    /// The file to write, .csv or .tsv; - prints [default: -].
    #[arg(long, short, value_name = "FILE")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub ask: Ask,
    /// Print as JSON.
    #[arg(long)]
    pub json: bool,
}

/// What `panel` and `series` are both asked.
#[derive(Debug, Args)]
pub struct Ask {
    /// Length of a period.
    #[arg(long, value_enum, value_name = "PERIOD")]
    pub by: By,
    /// The format of the events, where the store holds several.
    #[arg(long, value_name = "FORMAT", value_parser = formats())]
    pub format: Option<String>,
    /// First day that counts.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub from: Option<Date>,
    /// Last day that counts.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub to: Option<Date>,
    /// How codes are split into quad classes: GDELT's way, or with codes 09 and 14 moved to the
    /// next class.
    #[arg(long, value_enum, value_name = "SCHEME", default_value = "gdelt")]
    pub quad: Quad,
    /// Only events that were recorded by then, UTC; a day counts to its end.
    #[arg(long, value_name = "DATE[THH:MM]", value_parser = moment)]
    pub as_known_on: Option<i64>,
}

impl Ask {
    /// The question, of all dyads.
    pub fn question(&self) -> demarche_store::cube::Question {
        demarche_store::cube::Question {
            format: self.format.clone(),
            from: self.from,
            to: self.to,
            quad: QuadScheme::from(self.quad),
            known_on: self.as_known_on,
            ..demarche_store::cube::Question::new(PeriodUnit::from(self.by))
        }
    }
}

/// The names of all formats.
pub fn formats() -> PossibleValuesParser {
    PossibleValuesParser::new(Format::ALL.map(Format::name))
}

/// A day as it is written everywhere.
pub fn day(text: &str) -> Result<Date, String> {
    let plain = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let date = if plain { text.parse().ok() } else { None };
    date.ok_or_else(|| "write a day as YYYY-MM-DD, for example 2024-02-29".to_owned())
}

/// Milliseconds from 1970-01-01T00:00:00 UTC.
fn moment(text: &str) -> Result<i64, String> {
    let utc = |moment: DateTime| {
        let timestamp = TimeZone::UTC.to_timestamp(moment);
        timestamp
            .map(|t| t.as_millisecond())
            .map_err(|e| e.to_string())
    };
    if let Ok(day) = day(text) {
        return utc(day.at(23, 59, 59, 999_000_000));
    }
    let (_, time) = text.split_once('T').unwrap_or_default();
    match text.parse::<DateTime>() {
        Ok(moment) if time.len() >= 5 && time.bytes().all(|b| b.is_ascii_digit() || b == b':') => {
            utc(moment)
        }
        _ => Err(
            "write a day or a moment in UTC, for example 2022-02-24 or 2022-02-24T06:00".to_owned(),
        ),
    }
}
