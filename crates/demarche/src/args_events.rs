//! Which events a case is measured on: options that several commands share.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};
use demarche_events::Date;

use crate::args_data::{day, formats};

/// Which events are measured.
#[derive(Debug, Default, ClapArgs)]
#[command(next_help_heading = "Which events are measured")]
pub struct Events {
    /// The case's own chronicle, machine-coded events of a store in its place, or both side by
    /// side: then the brief rests on the chronicle and has one chapter more.
    #[arg(long, value_enum, value_name = "FROM", default_value_t)]
    pub events: EventsFrom,
    /// The store, as `demarche data add` makes it.
    #[arg(long, value_name = "DIR")]
    pub store: Option<PathBuf>,
    /// The format of the events, where the store holds several (gdelt2, icews …).
    #[arg(long, value_name = "FORMAT", value_parser = formats())]
    pub format: Option<String>,
    /// Only events that had been recorded by the end of that day, UTC.
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub as_known_on: Option<Date>,
}

/// Where events come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum EventsFrom {
    /// chronicle.csv of the case.
    #[default]
    Chronicle,
    /// A store of machine-coded events.
    Store,
    /// The chronicle, and the store beside it.
    Both,
}
