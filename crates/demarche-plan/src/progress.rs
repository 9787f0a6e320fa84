//! Plan against actual: when initiatives were to start and deliver, and when they do.

use std::borrow::Cow;

use demarche_case::{Case, Day, Initiative, ProgressState, Status};
use demarche_events::{Date, Period, PeriodUnit, Precision};
use demarche_table::{Kind as Type, Table};
use jiff::Span;

use crate::earlier::Earlier;

/// How an initiative stands against its plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Delivered in the quarter it was to, or earlier; or nothing says when it was to.
    Delivered,
    /// Delivered later than it was to.
    DeliveredLate,
    /// Under way, and to deliver as planned; of what recurs, under way.
    OnTrack,
    /// Under way, and behind: an entry says so, or it should have delivered.
    Late,
    /// It stands still.
    Paused,
    /// It should have begun and has not.
    NotBegun,
    /// It is to begin later.
    Ahead,
    /// It has been given up.
    Dropped,
}

impl Verdict {
    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Delivered => "delivered",
            Self::DeliveredLate => "delivered late",
            Self::OnTrack => "on track",
            Self::Late => "late",
            Self::Paused => "paused",
            Self::NotBegun => "not begun",
            Self::Ahead => "to come",
            Self::Dropped => "dropped",
        }
    }
}

/// One initiative against its plan. All periods are quarters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tracked {
    /// The initiative, a position in the case.
    pub initiative: usize,
    /// How it stands.
    pub verdict: Verdict,
    /// The quarter it was to start in: of the plan on file, else its start itself.
    pub planned_start: Option<Period>,
    /// The last quarter it was to take: of the plan on file, else its start and duration.
    pub planned_end: Option<Period>,
    /// The quarter in which it began.
    pub start: Option<Period>,
    /// The quarter in which it delivered or, while it is under way, is now to deliver: its duration
    /// from its start on, with what it stood still, but not before the day of writing.
    pub end: Option<Period>,
    /// How many quarters it began after the planned one; below zero, before.
    pub start_slip: Option<i32>,
    /// How many quarters it delivers after the planned one; below zero, before.
    pub end_slip: Option<i32>,
    /// The note of the last entry.
    pub note: String,
}

/// All initiatives of a case that began, were to begin or were given up, in the order of the case.
/// `earlier`: the plan on file that they are held against.
#[must_use]
pub fn track(case: &Case, earlier: Option<&Earlier>) -> Vec<Tracked> {
    (0..case.initiatives.len())
        .filter_map(|i| one(case, earlier, i))
        .collect()
}

fn quarter(day: Date) -> Period {
    Period::of(day, PeriodUnit::Quarter)
}

/// The quarter of a day, where it is known exactly enough.
fn sharp(date: Option<Date>, precision: Option<Precision>) -> Option<Period> {
    let known = precision.unwrap_or(Precision::Day) != Precision::Year;
    date.filter(|_| known).map(quarter)
}

/// The quarter in which something is due, a quarter being three months: of something known to the
/// month, as late as it can be.
fn due(initiative: &Initiative, stood: u32) -> Option<Period> {
    let start = initiative.start?;
    let start = match initiative.start_precision.unwrap_or(Precision::Day) {
        Precision::Day => start,
        Precision::Month => start.last_of_month(),
        Precision::Year => return None,
    };
    // Nothing that comes round again is ever due for good.
    let quarters = initiative
        .duration_quarters
        .filter(|_| !initiative.recurring)?;
    let months = Span::new().months(i64::from(quarters) * 3);
    let days = Span::new().days(i64::from(stood) - 1);
    Some(quarter(start.saturating_add(months).saturating_add(days)))
}

fn one(case: &Case, earlier: Option<&Earlier>, i: usize) -> Option<Tracked> {
    let initiative = &case.initiatives[i];
    let today = quarter(case.settings.as_of);
    let standing = case.standing(&initiative.id);
    let decision = earlier.and_then(|earlier| earlier.of(&initiative.id));
    let begun = matches!(initiative.status, Status::Running | Status::Done);
    let start = sharp(initiative.start, initiative.start_precision).filter(|_| begun);
    let planned_start = decision.and_then(|d| d.start).or(start);
    let planned_end = match decision.filter(|d| d.start.is_some()) {
        Some(decision) => decision.end.filter(|_| !initiative.recurring),
        None => due(initiative, 0).filter(|_| begun),
    };
    let stood = standing.as_ref().map_or(0, |standing| standing.paused_days);
    let end = match initiative.status {
        Status::Done => sharp(initiative.delivered, initiative.delivered_precision),
        Status::Running => due(initiative, stood).map(|due| due.max(today)),
        _ => None,
    };
    let state = standing.as_ref().map(|standing| standing.state);
    let past = |quarter: Option<Period>| quarter.is_some_and(|quarter| quarter < today);
    let verdict = match initiative.status {
        Status::Dropped => Verdict::Dropped,
        Status::Done if end.zip(planned_end).is_some_and(|(end, due)| end > due) => {
            Verdict::DeliveredLate
        }
        Status::Done => Verdict::Delivered,
        Status::Running if state == Some(ProgressState::Paused) => Verdict::Paused,
        Status::Running if state == Some(ProgressState::Late) || past(planned_end) => Verdict::Late,
        Status::Running => Verdict::OnTrack,
        Status::Agreed | Status::Proposed => {
            let planned = decision?.start?;
            match planned <= today {
                true => Verdict::NotBegun,
                false => Verdict::Ahead,
            }
        }
    };
    let slip =
        |planned: Option<Period>, real: Option<Period>| Some(real?.index() - planned?.index());
    let mut entries = case.progress.iter().rev();
    let last = standing.and_then(|standing| {
        entries.find(|e| e.initiative == initiative.id && e.date == standing.since.0)
    });
    Some(Tracked {
        initiative: i,
        verdict,
        start_slip: slip(planned_start, start),
        end_slip: slip(planned_end, end),
        planned_start,
        planned_end,
        start,
        end,
        note: last.map_or_else(String::new, |entry| entry.note.clone()),
    })
}

/// Plan against actual as a table.
#[must_use]
pub fn table(case: &Case, tracked: &[Tracked]) -> Table {
    let mut table = Table::new(
        "progress",
        "Plan against actual: how what began, was to begin or was given up stands.",
    )
    .column("initiative", Type::Text, "", "Id in initiatives.csv.")
    .column("title", Type::Text, "", "What it is.")
    .column("stands", Type::Text, "", "How it stands against its plan.")
    .column(
        "planned_start",
        Type::Text,
        "",
        "Quarter it was to start in: of the plan on file, else its start itself.",
    )
    .column("start", Type::Text, "", "Quarter in which it began.")
    .column(
        "start_slip",
        Type::Integer,
        "quarters",
        "How much later it began; below zero, earlier.",
    )
    .column(
        "planned_end",
        Type::Text,
        "",
        "Last quarter it was to take: of the plan on file, else its start and duration.",
    )
    .column(
        "end",
        Type::Text,
        "",
        "Quarter in which it delivered or, while it is under way, is now to deliver.",
    )
    .column(
        "end_slip",
        Type::Integer,
        "quarters",
        "How much later it delivers; below zero, earlier.",
    )
    .column(
        "note",
        Type::Text,
        "",
        "Note of the last entry in progress.csv.",
    );
    let shown = |quarter: Option<Period>| quarter.map(|quarter| quarter.to_string());
    for one in tracked {
        let initiative = &case.initiatives[one.initiative];
        table.push(vec![
            initiative.id.as_str().into(),
            initiative.title.as_str().into(),
            one.verdict.words().into(),
            shown(one.planned_start).into(),
            shown(one.start).into(),
            one.start_slip.map(i64::from).into(),
            shown(one.planned_end).into(),
            shown(one.end).into(),
            one.end_slip.map(i64::from).into(),
            one.note.as_str().into(),
        ]);
    }
    table
}

/// The case as a plan takes it: what has stood still began that much later; what stands still is
/// free to be taken up again, with what is left of its work and its money paid.
pub(crate) fn as_planned(case: &Case) -> Cow<'_, Case> {
    let stood = |i: usize| {
        let standing = case.standing(&case.initiatives[i].id)?;
        (standing.paused_days > 0).then_some(standing)
    };
    if case.progress.is_empty() || !(0..case.initiatives.len()).any(|i| stood(i).is_some()) {
        return Cow::Borrowed(case);
    }
    let mut planned = case.clone();
    let today = quarter(case.settings.as_of);
    for i in 0..case.initiatives.len() {
        let Some(standing) = stood(i) else { continue };
        let initiative = &mut planned.initiatives[i];
        let days = Span::new().days(i64::from(standing.paused_days));
        let start = initiative.start.map(|start| start.saturating_add(days));
        initiative.start = start;
        if initiative.status != Status::Running || standing.state != ProgressState::Paused {
            continue;
        }
        initiative.status = Status::Agreed;
        initiative.cost_keur = initiative.cost_keur.map(|_| 0.0);
        if let (Some(length), Some(start), false) =
            (initiative.duration_quarters, start, initiative.recurring)
        {
            let behind = i64::from(today.next().index()) - i64::from(quarter(start).index());
            let left = i64::from(length) - behind.max(0);
            initiative.duration_quarters = Some(u32::try_from(left.max(1)).unwrap_or(1));
        }
    }
    Cow::Owned(planned)
}

/// The last day an entry says something of an initiative, as words: `on 2026-05-04`, `in 2026-05`.
pub(crate) fn when(day: Day) -> String {
    let (date, precision) = day;
    match precision {
        Precision::Day => format!("on {date}"),
        other => format!("in {}", other.show(date)),
    }
}
