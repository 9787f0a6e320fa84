//! How initiatives get on: entries of `progress.csv`, and where each initiative stands by them.

use demarche_events::{Date, Precision};
use serde::{Deserialize, Serialize};

use crate::{Case, Initiative, Status};

/// How an initiative gets on, on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProgressState {
    /// Work begins.
    Started,
    /// It goes on, and will deliver when it was to.
    OnTrack,
    /// It goes on, and will deliver later than it was to.
    Late,
    /// It stands still.
    Paused,
    /// Its deliverable is there; of something that recurs, that of one round.
    Delivered,
    /// It has been given up.
    Dropped,
}

impl ProgressState {
    /// The name in files.
    pub fn name(self) -> &'static str {
        match self {
            ProgressState::Started => "started",
            ProgressState::OnTrack => "on-track",
            ProgressState::Late => "late",
            ProgressState::Paused => "paused",
            ProgressState::Delivered => "delivered",
            ProgressState::Dropped => "dropped",
        }
    }
}

/// An entry of `progress.csv`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProgressEntry {
    /// The initiative, an id of `initiatives.csv`.
    pub initiative: String,
    /// When.
    pub date: Date,
    /// How exactly that is known.
    pub precision: Precision,
    /// How it gets on.
    pub state: ProgressState,
    /// What is to be said.
    pub note: String,
    /// Where it was read, or what shows it.
    pub link: String,
}

/// A day and how exactly it is known.
pub type Day = (Date, Precision);

/// Where an initiative stands by the entries up to a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// The last state.
    pub state: ProgressState,
    /// Since when.
    pub since: Day,
    /// When work began, if an entry says so.
    pub started: Option<Day>,
    /// When it last delivered, if it did.
    pub delivered: Option<Day>,
    /// When it was given up, if it was.
    pub dropped: Option<Day>,
    /// Days that it stood still so far.
    pub paused_days: u32,
}

impl Case {
    /// Where an initiative stands by the entries of `progress.csv` up to the day the case is written
    /// as of; `None` where there are none.
    pub fn standing(&self, id: &str) -> Option<Standing> {
        standing(&self.progress, id, self.settings.as_of)
    }
}

/// The entries of one initiative in order of time; of a day, in the order of the file.
pub(crate) fn entries_of<'a>(entries: &'a [ProgressEntry], id: &str) -> Vec<&'a ProgressEntry> {
    let mut own: Vec<&ProgressEntry> = entries.iter().filter(|e| e.initiative == id).collect();
    own.sort_by_key(|entry| entry.date);
    own
}

fn standing(entries: &[ProgressEntry], id: &str, as_of: Date) -> Option<Standing> {
    let mut own = entries_of(entries, id);
    own.retain(|entry| entry.date <= as_of);
    let last = own.last()?;
    let day = |entry: &ProgressEntry| (entry.date, entry.precision);
    let latest = |state: ProgressState| own.iter().rev().find(|e| e.state == state);
    let first = own.iter().find(|e| e.state == ProgressState::Started);
    // From each pause to what comes after it.
    let mut paused_days = 0;
    for (at, entry) in own.iter().enumerate() {
        if entry.state == ProgressState::Paused {
            let until = own.get(at + 1).map_or(as_of, |next| next.date);
            let days = until.duration_since(entry.date).as_hours() / 24;
            paused_days += u32::try_from(days).unwrap_or(0);
        }
    }
    Some(Standing {
        state: last.state,
        since: day(last),
        started: first.map(|e| day(e)),
        delivered: latest(ProgressState::Delivered).map(|e| day(e)),
        dropped: latest(ProgressState::Dropped).map(|e| day(e)),
        paused_days,
    })
}

/// Brings status, start and delivery of initiatives up to what the entries say. `initiatives.csv`
/// says how things were when it was written; what is entered since then goes ahead of it.
pub(crate) fn apply(initiatives: &mut [Initiative], entries: &[ProgressEntry], as_of: Date) {
    for initiative in initiatives {
        let Some(standing) = standing(entries, &initiative.id, as_of) else {
            continue;
        };
        initiative.status = status(initiative, standing.state);
        // One that goes on without an entry of its start began no later than its first entry.
        let first = entries_of(entries, &initiative.id)[0];
        let began = (initiative.start.is_none() && first.state != ProgressState::Dropped)
            .then_some((first.date, first.precision));
        if let Some((date, precision)) = standing.started.or(began) {
            initiative.start = Some(date);
            initiative.start_precision = Some(precision);
        }
        if let Some((date, precision)) = standing.delivered.filter(|_| !initiative.recurring) {
            initiative.delivered = Some(date);
            initiative.delivered_precision = Some(precision);
        }
    }
}

/// The status that goes with a state.
pub(crate) fn status(initiative: &Initiative, state: ProgressState) -> Status {
    match state {
        ProgressState::Dropped => Status::Dropped,
        // A round of something that recurs may be its last or not: initiatives.csv says which.
        ProgressState::Delivered if initiative.recurring => match initiative.status {
            Status::Done => Status::Done,
            _ => Status::Running,
        },
        ProgressState::Delivered => Status::Done,
        _ => Status::Running,
    }
}
