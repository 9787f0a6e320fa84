//! A plan as a project file: the XML Data Interchange format of Microsoft Project (2007, namespace
//! `http://schemas.microsoft.com/project`), which other planners' tools read as well.
//!
//! A step is a task from the first working day of its first quarter to the last working day of its
//! last, at a fixed duration; it starts no earlier than the plan says. A wait is a finish–start link
//! with its lag. What a step takes after its end, to the end of the plan, is a task of its own behind
//! it. A staff pool is a resource with as many units as it has people, by quarter, those that steps
//! have given it too; what a task takes of it is an assignment, at the mean of its quarters. Money is
//! a fixed cost. The order of elements is that of the schema, which is a sequence.

use std::ops::Range;

use demarche_plan::plan::Step;
use demarche_plan::scheme::{Kind, MONEY, TENTHS};
use jiff::civil::Date;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use crate::Planned;
use crate::days::{HOURS, at_or_after, at_or_before, between};
use crate::text::{line, plain};

/// The longest text of most elements (`xsd:maxLength` of the schema).
const LONGEST: usize = 512;
/// The base calendar.
const CALENDAR: &str = "1";
/// Shown as days.
const DAYS: &str = "7";

/// The file under the pen. Writing into memory cannot fail.
struct Xml(quick_xml::Writer<Vec<u8>>);

impl Xml {
    fn put(&mut self, event: Event) {
        self.0.write_event(event).expect("memory takes everything");
    }

    /// An element that holds text alone.
    fn leaf(&mut self, name: &str, value: &str) {
        self.put(Event::Start(BytesStart::new(name)));
        self.put(Event::Text(BytesText::new(value)));
        self.put(Event::End(BytesEnd::new(name)));
    }

    /// An element around others.
    fn around(&mut self, name: &str, inner: impl FnOnce(&mut Self)) {
        self.put(Event::Start(BytesStart::new(name)));
        inner(self);
        self.put(Event::End(BytesEnd::new(name)));
    }
}

fn morning(day: Date) -> String {
    format!("{day}T08:00:00")
}

fn evening(day: Date) -> String {
    format!("{day}T17:00:00")
}

/// Working time as the schema writes it.
fn hours(hours: i64) -> String {
    format!("PT{hours}H0M0S")
}

/// So many tenths of an hour.
fn tenths(tenths: i64) -> String {
    format!("PT{}H{}M0S", tenths / 10, tenths % 10 * 6)
}

/// What a task is made of, worked out once.
struct Task<'a> {
    uid: usize,
    activity: usize,
    step: &'a Step,
    /// Whether it is what the step takes after its end, and not the step.
    upkeep: bool,
    /// Positions in the quarters of the plan.
    quarters: Range<usize>,
    first: Date,
    last: Date,
    days: i64,
}

impl<'a> Task<'a> {
    /// A task over quarters of the plan, with no number yet. `None` where the initiative is no part of
    /// the problem or there is no quarter.
    fn over(
        planned: &Planned<'a>,
        step: &'a Step,
        upkeep: bool,
        quarters: Range<usize>,
    ) -> Option<Self> {
        let each = planned.scheme.quarters.get(quarters.clone())?;
        let first = at_or_after(each.first()?.first());
        let last = at_or_before(each.last()?.last());
        Some(Self {
            uid: 0,
            activity: planned.scheme.activity[step.initiative]?,
            step,
            upkeep,
            quarters,
            first,
            last,
            days: between(first, last),
        })
    }

    /// What it takes of a resource in each of its quarters, in the unit of the problem.
    fn takes(&self, planned: &Planned, k: usize) -> impl Iterator<Item = i64> {
        let (problem, activity) = (&planned.scheme.problem, self.activity);
        let start = self.step.start;
        (self.quarters.clone()).map(move |quarter| problem.takes(activity, start, k, quarter))
    }

    /// Whether it takes people or money at all.
    fn takes_any(&self, planned: &Planned) -> bool {
        let mut kinds = planned.scheme.kinds.iter().enumerate();
        kinds.any(|(k, kind)| {
            matches!(kind, Kind::Pool(_) | Kind::Money | Kind::Year(_))
                && self.takes(planned, k).any(|amount| amount > 0)
        })
    }
}

/// The steps, then what is kept up after their end, numbered from 1.
fn tasks<'a>(planned: &Planned<'a>) -> Vec<Task<'a>> {
    let horizon = planned.scheme.quarters.len();
    let end = |step: &Step| (step.start + step.duration.max(1)).min(horizon);
    let steps = planned.plan.steps.iter();
    let own = (steps.clone()).filter_map(|step| {
        let start = step.start.min(horizon.saturating_sub(1));
        Task::over(planned, step, false, start..end(step))
    });
    let kept = steps
        .filter_map(|step| Task::over(planned, step, true, end(step)..horizon))
        .filter(|task| task.takes_any(planned));
    let mut tasks: Vec<Task> = own.chain(kept).collect();
    for (at, task) in tasks.iter_mut().enumerate() {
        task.uid = at + 1;
    }
    tasks
}

/// The project file, UTF-8. Its day of making is the day the case is written as of.
pub fn write(planned: &Planned) -> Vec<u8> {
    let tasks = tasks(planned);
    let mut xml = Xml(quick_xml::Writer::new_with_indent(Vec::new(), b' ', 1));
    xml.put(Event::Decl(BytesDecl::new(
        "1.0",
        Some("UTF-8"),
        Some("yes"),
    )));
    let root = BytesStart::new("Project")
        .with_attributes([("xmlns", "http://schemas.microsoft.com/project")]);
    xml.put(Event::Start(root));
    head(&mut xml, planned, &tasks);
    calendar(&mut xml);
    xml.around("Tasks", |xml| {
        whole(xml, planned, &tasks);
        for task in &tasks {
            write_task(xml, planned, task, &tasks);
        }
    });
    xml.around("Resources", |xml| resources(xml, planned));
    xml.around("Assignments", |xml| assignments(xml, planned, &tasks));
    xml.put(Event::End(BytesEnd::new("Project")));
    let mut bytes = xml.0.into_inner();
    bytes.push(b'\n');
    bytes
}

fn first_day(planned: &Planned) -> Date {
    at_or_after(planned.scheme.quarters[0].first())
}

fn last_day(planned: &Planned, tasks: &[Task]) -> Date {
    let last = tasks.iter().map(|task| task.last).max();
    last.unwrap_or_else(|| first_day(planned))
}

fn head(xml: &mut Xml, planned: &Planned, tasks: &[Task]) {
    let settings = &planned.case.settings;
    let as_of = settings.as_of;
    xml.leaf("SaveVersion", "12");
    xml.leaf("Name", "plan.xml");
    xml.leaf("Title", &line(&settings.title, LONGEST));
    xml.leaf("CreationDate", &format!("{as_of}T00:00:00"));
    xml.leaf("LastSaved", &format!("{as_of}T00:00:00"));
    xml.leaf("ScheduleFromStart", "1");
    xml.leaf("StartDate", &morning(first_day(planned)));
    xml.leaf("FinishDate", &evening(last_day(planned, tasks)));
    xml.leaf("FYStartDate", "1");
    xml.leaf("CurrencyDigits", "0");
    xml.leaf("CurrencySymbol", "€");
    xml.leaf("CurrencyCode", "EUR");
    xml.leaf("CurrencySymbolPosition", "1");
    xml.leaf("CalendarUID", CALENDAR);
    xml.leaf("DefaultStartTime", "08:00:00");
    xml.leaf("DefaultFinishTime", "17:00:00");
    xml.leaf("MinutesPerDay", "480");
    xml.leaf("MinutesPerWeek", "2400");
    xml.leaf("DaysPerMonth", "20");
    xml.leaf("DefaultTaskType", "1");
    xml.leaf("DurationFormat", DAYS);
    xml.leaf("WorkFormat", "2");
    xml.leaf("NewTasksEffortDriven", "0");
    xml.leaf("NewTasksEstimated", "0");
    xml.leaf("WeekStartDay", "1");
    xml.leaf("CurrentDate", &format!("{as_of}T00:00:00"));
}

/// Monday to Friday, 8 to 12 and 13 to 17.
fn calendar(xml: &mut Xml) {
    xml.around("Calendars", |xml| {
        xml.around("Calendar", |xml| {
            xml.leaf("UID", CALENDAR);
            xml.leaf("Name", "Standard");
            xml.leaf("IsBaseCalendar", "1");
            xml.leaf("BaseCalendarUID", "-1");
            xml.around("WeekDays", |xml| {
                // 1 is Sunday.
                for day in 1..=7 {
                    xml.around("WeekDay", |xml| {
                        xml.leaf("DayType", &day.to_string());
                        let works = (2..=6).contains(&day);
                        xml.leaf("DayWorking", if works { "1" } else { "0" });
                        if works {
                            xml.around("WorkingTimes", |xml| {
                                for (from, to) in [("08", "12"), ("13", "17")] {
                                    xml.around("WorkingTime", |xml| {
                                        xml.leaf("FromTime", &format!("{from}:00:00"));
                                        xml.leaf("ToTime", &format!("{to}:00:00"));
                                    });
                                }
                            });
                        }
                    });
                }
            });
        });
    });
}

/// The task of the project as a whole, which has the number 0.
fn whole(xml: &mut Xml, planned: &Planned, tasks: &[Task]) {
    let (first, last) = (first_day(planned), last_day(planned, tasks));
    xml.around("Task", |xml| {
        xml.leaf("UID", "0");
        xml.leaf("ID", "0");
        xml.leaf("Name", &line(&planned.case.settings.title, LONGEST));
        xml.leaf("Type", "1");
        xml.leaf("IsNull", "0");
        xml.leaf("WBS", "0");
        xml.leaf("OutlineNumber", "0");
        xml.leaf("OutlineLevel", "0");
        xml.leaf("Priority", "500");
        xml.leaf("Start", &morning(first));
        xml.leaf("Finish", &evening(last));
        xml.leaf("Duration", &hours(between(first, last) * HOURS));
        xml.leaf("DurationFormat", DAYS);
        xml.leaf("Estimated", "0");
        xml.leaf("Milestone", "0");
        xml.leaf("Summary", "1");
    });
}

fn write_task(xml: &mut Xml, planned: &Planned, task: &Task, tasks: &[Task]) {
    let scheme = planned.scheme;
    let initiative = &planned.case.initiatives[task.step.initiative];
    let number = task.uid.to_string();
    xml.around("Task", |xml| {
        xml.leaf("UID", &number);
        xml.leaf("ID", &number);
        let (name, code) = match task.upkeep {
            true => (
                format!("Upkeep: {}", initiative.title),
                format!("{}.upkeep", initiative.id),
            ),
            false => (initiative.title.clone(), initiative.id.clone()),
        };
        xml.leaf("Name", &line(&name, LONGEST));
        xml.leaf("Type", "1");
        xml.leaf("IsNull", "0");
        xml.leaf("WBS", &line(&code, LONGEST));
        xml.leaf("OutlineNumber", &number);
        xml.leaf("OutlineLevel", "1");
        xml.leaf("Priority", "500");
        xml.leaf("Start", &morning(task.first));
        xml.leaf("Finish", &evening(task.last));
        xml.leaf("Duration", &hours(task.days * HOURS));
        xml.leaf("DurationFormat", DAYS);
        xml.leaf("EffortDriven", "0");
        xml.leaf("Estimated", "0");
        xml.leaf("Milestone", "0");
        xml.leaf("Summary", "0");
        // Money of all quarters and of a year are the same money: it is counted once.
        let money = (scheme.kinds.iter()).position(|k| matches!(k, Kind::Money | Kind::Year(_)));
        if let Some(money) = money {
            let units: i64 = task.takes(planned, money).sum();
            // The format wants hundredths of the currency's unit.
            xml.leaf("FixedCost", &(units * 100_000 / MONEY).to_string());
            xml.leaf("FixedCostAccrual", "1");
        }
        // Nothing of it is done: schedulers want to be told.
        xml.leaf("PercentComplete", "0");
        xml.leaf("ActualDuration", &hours(0));
        xml.leaf("RemainingDuration", &hours(task.days * HOURS));
        // Starts no earlier than.
        xml.leaf("ConstraintType", "4");
        xml.leaf("CalendarUID", "-1");
        xml.leaf("ConstraintDate", &morning(task.first));
        xml.leaf("IgnoreResourceCalendar", "0");
        if task.upkeep {
            let what = "What it takes after its end, to the end of the plan.";
            xml.leaf("Notes", what);
            if let Some(own) = tasks.iter().find(|t| t.activity == task.activity) {
                link(xml, own, 0);
            }
            return;
        }
        let notes = planned.notes(task.step);
        xml.leaf("Notes", &plain(&notes));
        for wait in scheme.problem.precedences.iter() {
            if wait.after != task.activity {
                continue;
            }
            // The first task of an activity is its step.
            if let Some(before) = tasks.iter().find(|t| t.activity == wait.before) {
                link(xml, before, lag(planned, before, wait.lag));
            }
        }
    });
}

/// That a task begins after the end of another, and so many working days.
fn link(xml: &mut Xml, before: &Task, days: i64) {
    xml.around("PredecessorLink", |xml| {
        xml.leaf("PredecessorUID", &before.uid.to_string());
        // Finish to start.
        xml.leaf("Type", "1");
        xml.leaf("CrossProject", "0");
        // In tenths of a minute.
        xml.leaf("LinkLag", &(days * HOURS * 60 * 10).to_string());
        xml.leaf("LagFormat", DAYS);
    });
}

/// Working days of the quarters that must lie between the end of a task and what waits for it.
fn lag(planned: &Planned, before: &Task, quarters: usize) -> i64 {
    let ends = before.step.start + before.step.duration;
    let between_them = planned.scheme.quarters.iter().skip(ends).take(quarters);
    between_them
        .map(|quarter| between(quarter.first(), quarter.last()))
        .sum()
}

/// The staff pools, in the order of the case: the number of the resource is that of the pool, from 1.
fn resources(xml: &mut Xml, planned: &Planned) {
    let scheme = planned.scheme;
    for load in &planned.plan.loads {
        let (k, each) = (load.resource, &load.limit);
        let Kind::Pool(pool) = scheme.kinds[k] else {
            continue;
        };
        let number = (pool + 1).to_string();
        let units = |tenths: i64| (tenths as f64 / TENTHS as f64).to_string();
        xml.around("Resource", |xml| {
            xml.leaf("UID", &number);
            xml.leaf("ID", &number);
            xml.leaf("Name", &line(&scheme.problem.resources[k].name, LONGEST));
            // Work, not material.
            xml.leaf("Type", "1");
            xml.leaf("IsNull", "0");
            let most = each.iter().copied().max().unwrap_or(0);
            xml.leaf("MaxUnits", &units(most));
            xml.leaf("CalendarUID", CALENDAR);
            xml.leaf("IsGeneric", "1");
            xml.around("AvailabilityPeriods", |xml| {
                for run in runs(each) {
                    xml.around("AvailabilityPeriod", |xml| {
                        let (from, to) = (scheme.quarters[run.0], scheme.quarters[run.1]);
                        xml.leaf("AvailableFrom", &format!("{}T00:00:00", from.first()));
                        xml.leaf("AvailableTo", &format!("{}T23:59:00", to.last()));
                        xml.leaf("AvailableUnits", &units(each[run.0]));
                    });
                }
            });
        });
    }
}

/// First and last position of each run of equal values.
fn runs(each: &[i64]) -> Vec<(usize, usize)> {
    let mut out: Vec<(usize, usize)> = Vec::new();
    for (at, value) in each.iter().enumerate() {
        match out.last_mut() {
            Some(run) if each[run.0] == *value => run.1 = at,
            _ => out.push((at, at)),
        }
    }
    out
}

fn assignments(xml: &mut Xml, planned: &Planned, tasks: &[Task]) {
    let scheme = planned.scheme;
    let mut number = 0;
    for task in tasks {
        for (k, kind) in scheme.kinds.iter().enumerate() {
            let Kind::Pool(pool) = *kind else { continue };
            if task.takes(planned, k).all(|people| people == 0) {
                continue;
            }
            number += 1;
            // Tenths of people in each quarter times its working hours: work, exact.
            let work: i64 = (task
                .takes(planned, k)
                .zip(&scheme.quarters[task.quarters.clone()]))
            .map(|(tenths, quarter)| tenths * between(quarter.first(), quarter.last()) * HOURS)
            .sum();
            let mean = work as f64 / TENTHS as f64 / (task.days * HOURS).max(1) as f64;
            xml.around("Assignment", |xml| {
                xml.leaf("UID", &number.to_string());
                xml.leaf("TaskUID", &task.uid.to_string());
                xml.leaf("ResourceUID", &(pool + 1).to_string());
                xml.leaf("Finish", &evening(task.last));
                xml.leaf("Start", &morning(task.first));
                xml.leaf("Units", &format!("{mean:.4}"));
                xml.leaf("Work", &tenths(work));
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::ToSpan;
    use jiff::civil::date;

    #[test]
    fn what_waits_can_start_on_the_first_working_day_of_the_next_quarter() {
        for year in 2024..2040 {
            for month in [1, 4, 7, 10] {
                let first = date(year, month, 1);
                let before = at_or_before(first.saturating_sub(1.day()));
                assert_eq!(
                    at_or_after(before.saturating_add(1.day())),
                    at_or_after(first)
                );
            }
        }
    }

    #[test]
    fn runs_join_equal_neighbours() {
        assert_eq!(runs(&[4, 4, 5, 5, 5, 4]), [(0, 1), (2, 4), (5, 5)]);
        assert_eq!(runs(&[]), []);
        assert_eq!(tenths(123), "PT12H18M0S");
    }
}
