//! What was promised, when it is due, and whether it was delivered.

use demarche_case::{Case, FigureBasis, Initiative, Status};
use demarche_events::{Date, Period, PeriodUnit, Precision};
use demarche_table::{Kind, Table};

/// Where a deliverable stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Delivery {
    /// Delivered.
    Delivered,
    /// Comes round again; the cycle that runs now is due later.
    Recurring,
    /// Due, even on the latest day that its start allows, and not delivered.
    Overdue,
    /// Due later, or perhaps due: its start is known too coarsely to say.
    Open,
    /// Only proposed.
    NotStarted,
    /// Begun or agreed, but its start or duration is not known.
    Unknown,
    /// Given up.
    Dropped,
}

impl Delivery {
    /// All, in the order they are shown.
    pub const ALL: [Delivery; 7] = [
        Delivery::Delivered,
        Delivery::Recurring,
        Delivery::Overdue,
        Delivery::Open,
        Delivery::NotStarted,
        Delivery::Unknown,
        Delivery::Dropped,
    ];

    /// In words.
    pub fn label(self) -> &'static str {
        match self {
            Delivery::Delivered => "delivered",
            Delivery::Recurring => "recurring",
            Delivery::Overdue => "overdue",
            Delivery::Open => "open",
            Delivery::NotStarted => "not started",
            Delivery::Unknown => "unknown",
            Delivery::Dropped => "dropped",
        }
    }
}

/// When something is due.
///
/// Due is the start plus the duration, a quarter being three months. Of something
/// running that recurs it is the end of the cycle that runs on the day of writing; of something
/// agreed that recurs, the end of its first cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The earliest day it can be due.
    pub from: Date,
    /// The latest: the same, unless the start is known only to the month or year.
    pub to: Date,
    /// How exactly it is known: as exactly as the start.
    pub precision: Precision,
    /// Does the duration rest on an assumption or a judgement, not on a source?
    pub assumed: bool,
}

impl Due {
    /// Shown as exactly as it is known.
    pub fn show(&self) -> String {
        self.precision.show(self.from)
    }
}

/// Where the deliverable of one initiative stands.
#[derive(Clone, Debug)]
pub struct Deliverable {
    /// Position in [`Case::initiatives`].
    pub initiative: usize,
    /// Where it stands.
    pub state: Delivery,
    /// When it is or was due, if that is known.
    pub due: Option<Due>,
    /// Delivered after it was due? `None` if not delivered, or one of the days is not known.
    pub late: Option<bool>,
}

/// Where all deliverables stand on the day of writing, in the order of `initiatives.csv`.
#[derive(Clone, Debug)]
pub struct Deliverables {
    /// One for each initiative.
    pub items: Vec<Deliverable>,
}

impl Deliverables {
    /// How many stand there.
    pub fn count(&self, state: Delivery) -> usize {
        self.items.iter().filter(|d| d.state == state).count()
    }

    /// All states with their numbers, in the order of [`Delivery::ALL`].
    pub fn summary(&self) -> [(Delivery, usize); 7] {
        Delivery::ALL.map(|state| (state, self.count(state)))
    }

    /// As a table named `deliverables`: a row for each initiative.
    pub fn table(&self, case: &Case) -> Table {
        let mut table = Table::new(
            "deliverables",
            "What each initiative is to deliver, when, and where it stands on the day of writing.",
        )
        .column("initiative", Kind::Text, "", "Id of the initiative.")
        .column("title", Kind::Text, "", "What it is.")
        .column("deliverable", Kind::Text, "", "What it is to produce.")
        .column("indicator", Kind::Text, "", "How one can tell.")
        .column(
            "status",
            Kind::Text,
            "",
            "How far the initiative has come, as the case says.",
        )
        .column(
            "state",
            Kind::Text,
            "",
            "delivered, recurring, overdue, open, not started, unknown or dropped.",
        )
        .column(
            "start",
            Kind::Date,
            "",
            "Start; the first day where only month or year is known.",
        )
        .column(
            "start_precision",
            Kind::Text,
            "",
            "How exactly the start is known.",
        )
        .column(
            "duration_quarters",
            Kind::Integer,
            "quarters",
            "Duration, or length of a cycle.",
        )
        .column(
            "duration_basis",
            Kind::Text,
            "",
            "Where the duration comes from.",
        )
        .column(
            "due_from",
            Kind::Date,
            "",
            "Earliest day it can be due; of something recurring, the end of the running cycle.",
        )
        .column("due_to", Kind::Date, "", "Latest day it can be due.")
        .column(
            "due_assumed",
            Kind::Bool,
            "",
            "Does the due date rest on an assumed or judged duration?",
        )
        .column("delivered", Kind::Date, "", "Day of delivery, where known.")
        .column("late", Kind::Bool, "", "Delivered after it was due?")
        .column("note", Kind::Text, "", "What to be careful about.");
        for item in &self.items {
            let i = &case.initiatives[item.initiative];
            let note = caution(item, case.settings.as_of);
            table.push(vec![
                i.id.as_str().into(),
                i.title.as_str().into(),
                i.deliverable.as_str().into(),
                i.indicator.as_str().into(),
                i.status.name().into(),
                item.state.label().into(),
                i.start.into(),
                i.start_precision.map(Precision::name).into(),
                i.duration_quarters.map(i64::from).into(),
                i.duration_basis.map(figure_basis).into(),
                item.due.map(|d| d.from).into(),
                item.due.map(|d| d.to).into(),
                item.due.map(|d| d.assumed).into(),
                i.delivered.into(),
                item.late.into(),
                (!note.is_empty()).then_some(note).into(),
            ]);
        }
        table
    }
}

/// What to be careful about in a due date; empty where there is nothing.
pub fn caution(item: &Deliverable, as_of: Date) -> String {
    let Some(due) = item.due else {
        return String::new();
    };
    let mut parts: Vec<String> = Vec::new();
    if due.precision != Precision::Day {
        parts.push(format!(
            "start and so due date known only to the {}",
            due.precision
        ));
    }
    if item.state == Delivery::Open && due.from < as_of && as_of <= due.to {
        parts.push("may be overdue already".to_owned());
    }
    if due.assumed {
        parts.push("duration assumed".to_owned());
    }
    parts.join("; ")
}

fn figure_basis(basis: FigureBasis) -> &'static str {
    match basis {
        FigureBasis::Source => "source",
        FigureBasis::Assumption => "assumption",
        FigureBasis::Judgement => "judgement",
    }
}

/// Where all deliverables stand on the day as of which the case is written.
pub fn deliverables(case: &Case) -> Deliverables {
    let as_of = case.settings.as_of;
    let items = case.initiatives.iter().enumerate().map(|(at, initiative)| {
        let due = due(initiative, as_of);
        Deliverable {
            initiative: at,
            state: state(initiative, due, as_of),
            due,
            late: late(initiative, due),
        }
    });
    Deliverables {
        items: items.collect(),
    }
}

fn state(i: &Initiative, due: Option<Due>, as_of: Date) -> Delivery {
    match (i.status, due) {
        (Status::Dropped, _) => Delivery::Dropped,
        (Status::Done, _) => Delivery::Delivered,
        (Status::Running | Status::Agreed, _) if !i.recurring && i.delivered.is_some() => {
            Delivery::Delivered
        }
        (Status::Proposed, _) => Delivery::NotStarted,
        (_, None) => Delivery::Unknown,
        (Status::Running, _) if i.recurring => Delivery::Recurring,
        (_, Some(due)) if due.to < as_of => Delivery::Overdue,
        (_, Some(_)) => Delivery::Open,
    }
}

fn due(i: &Initiative, as_of: Date) -> Option<Due> {
    let (start, quarters) = i.start.zip(i.duration_quarters.filter(|&q| q > 0))?;
    let precision = i.start_precision.unwrap_or(Precision::Day);
    let latest = match precision {
        Precision::Day => start,
        Precision::Month => Period::of(start, PeriodUnit::Month).last(),
        Precision::Year => Period::of(start, PeriodUnit::Year).last(),
    };
    let after = |day: Date, cycles: i64| {
        let months = i64::from(quarters) * 3 * cycles;
        jiff::Span::new()
            .try_months(months)
            .map_or(Date::MAX, |span| day.saturating_add(span))
    };
    let mut cycles = 1;
    if i.status == Status::Running && i.recurring {
        // The first end of a cycle that is surely not over.
        while after(latest, cycles) < as_of {
            cycles += 1;
        }
    }
    Some(Due {
        from: after(start, cycles),
        to: after(latest, cycles),
        precision,
        assumed: i.duration_basis != Some(FigureBasis::Source),
    })
}

/// Was it delivered after it was due? Only where the answer is the same on all days that the two
/// may have been.
fn late(i: &Initiative, due: Option<Due>) -> Option<bool> {
    let (delivered, due) = i.delivered.zip(due).filter(|_| !i.recurring)?;
    let last = match i.delivered_precision.unwrap_or(Precision::Day) {
        Precision::Day => delivered,
        Precision::Month => Period::of(delivered, PeriodUnit::Month).last(),
        Precision::Year => Period::of(delivered, PeriodUnit::Year).last(),
    };
    if delivered > due.to {
        Some(true)
    } else if last <= due.from {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{case, day, initiative};

    /// The state and due date of one initiative on 2023-12-31, and whether it was late.
    fn judge(change: impl FnOnce(&mut Initiative)) -> (Delivery, String, Option<bool>, String) {
        let mut case = case(Vec::new());
        let mut i = initiative("i", Status::Agreed, "cyber", &[], &[]);
        i.start = Some(day("2022-07-01"));
        i.start_precision = Some(Precision::Day);
        i.duration_quarters = Some(4);
        i.duration_basis = Some(FigureBasis::Source);
        change(&mut i);
        case.initiatives = vec![i];
        let all = deliverables(&case);
        assert_eq!(all.table(&case).rows().len(), 1);
        let item = &all.items[0];
        assert_eq!(all.count(item.state), 1);
        let shown = item.due.map(|d| d.show()).unwrap_or_default();
        (
            item.state,
            shown,
            item.late,
            caution(item, case.settings.as_of),
        )
    }

    #[test]
    fn states_by_hand() {
        let text = str::to_owned;
        assert_eq!(
            judge(|_| ()),
            (Delivery::Overdue, text("2023-07-01"), None, text(""))
        );
        assert_eq!(
            judge(|i| i.duration_quarters = Some(8)),
            (Delivery::Open, text("2024-07-01"), None, text(""))
        );
        assert_eq!(judge(|i| i.status = Status::Done).0, Delivery::Delivered);
        assert_eq!(judge(|i| i.status = Status::Dropped).0, Delivery::Dropped);
        assert_eq!(judge(|i| i.start = None).0, Delivery::Unknown);
        assert_eq!(judge(|i| i.duration_quarters = None).0, Delivery::Unknown);
        let proposed = judge(|i| (i.status, i.start) = (Status::Proposed, None));
        assert_eq!(proposed.0, Delivery::NotStarted);
    }

    #[test]
    fn a_coarse_start_makes_a_coarse_due_date() {
        // Begun some day in 2022, a year long: due some day in 2023, so perhaps overdue.
        let (state, due, _, note) = judge(|i| {
            i.start = Some(day("2022-01-01"));
            i.start_precision = Some(Precision::Year);
            i.duration_basis = Some(FigureBasis::Assumption);
        });
        assert_eq!((state, due.as_str()), (Delivery::Open, "2023"));
        assert_eq!(
            note,
            "start and so due date known only to the year; may be overdue already; duration assumed"
        );
        let earlier = judge(|i| {
            i.start = Some(day("2021-01-01"));
            i.start_precision = Some(Precision::Year);
        });
        assert_eq!(earlier.0, Delivery::Overdue);
    }

    #[test]
    fn what_recurs_is_due_at_the_end_of_the_running_cycle() {
        let (state, due, ..) = judge(|i| {
            i.status = Status::Running;
            i.recurring = true;
            i.start = Some(day("2008-03-01"));
        });
        assert_eq!((state, due.as_str()), (Delivery::Recurring, "2024-03-01"));
    }

    #[test]
    fn late_is_said_only_where_it_is_sure() {
        let delivered = |on: &str, precision| {
            judge(|i| {
                i.status = Status::Done;
                i.delivered = Some(day(on));
                i.delivered_precision = Some(precision);
            })
            .2
        };
        assert_eq!(delivered("2023-07-01", Precision::Day), Some(false));
        assert_eq!(delivered("2023-07-02", Precision::Day), Some(true));
        assert_eq!(delivered("2023-07-01", Precision::Month), None);
        assert_eq!(delivered("2023-01-01", Precision::Year), None);
        assert_eq!(delivered("2022-01-01", Precision::Year), Some(false));
    }
}
