//! A case as a folder of plain files: reading it, checking it with every problem at once, and
//! making a new one.
//!
//! [`read`] reads a folder. What is wrong with it is a list of [`Problem`]s, each with file, line,
//! column, value, reason and remedy; [`PROBLEM_CODES`] lists their kinds. [`new_case`] makes an
//! empty case that explains itself.

mod case;
mod check;
mod check_steering;
mod csv_file;
mod futures_settings;
mod names;
mod new;
mod plan_settings;
mod problem;
mod progress;
mod read;
mod row;
mod signposts;
mod terms;
mod text;
mod toml_file;
mod value;

pub use case::*;
pub use futures_settings::{
    EffectWhat, FuturesSettings, Range, SampleKind, Scenario, ScenarioEffect, Scope, Threshold,
    ThresholdMeasure, Uncertain, UncertainWhat,
};
pub use new::{FolderTaken, new_case};
pub use plan_settings::{
    Agreed, Ceiling, Exposure, FromResources, PlanSettings, Pool, Size, Weights, YearBudget,
};
pub use problem::{FileRows, PROBLEM_CODES, Problem, Report, Severity};
pub use progress::{Day, ProgressEntry, ProgressState, Standing};
pub use read::{FILE_LIMIT, Reading, read, read_files};
pub use signposts::{
    Action, Aim, LineSide, Measure, Needs, Reaction, Signpost, Steering, Trigger, Watched,
};
pub use terms::{Terms, Transfer};
