//! Where the signposts of a case stand on the day it is written as of, and which triggers are pulled.

use std::borrow::Cow;

use demarche_case::{
    Case, Initiative, LineSide, Measure, Needs, ProgressState, Signpost, Status, Stream, Trigger,
    Watched,
};
use demarche_events::{Date, Period, PeriodUnit, Precision};
use demarche_measure::{Deliverables, EventIx, case_periods, deliverables, place};
use demarche_respond::streams::belongs;

use super::money::{self, of_the_year_before};
use super::trend::{Trend, chance_of};
use crate::scheme::{self, TENTHS, shares};

/// How many quarters are looked at.
pub const LOOKED: usize = 8;
/// Quarters in which started initiatives count as spending of a year.
const YEAR: i32 = money::YEAR as i32;

/// Where a signpost stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The signpost, a position in the settings.
    pub signpost: usize,
    /// The last quarters, oldest first; the last may still run.
    pub quarters: Vec<Quarter>,
    /// The value that counts: that of the last quarter that is over, or that is beyond the line
    /// already. `None` where nothing can be measured.
    pub value: Option<f64>,
    /// The quarter of that value.
    pub of: Option<Period>,
    /// How far the value is on the safe side of the line; below 0 where it is beyond it.
    pub room: Option<f64>,
    /// For how many quarters running, up to that one, the value has been beyond the line.
    pub run: usize,
    /// Whether that is as many as the signpost asks for.
    pub passed: bool,
    /// The events behind the value, and behind those of the run where it is beyond the line.
    pub events: Vec<EventIx>,
    /// The initiatives behind the value.
    pub initiatives: Vec<usize>,
    /// The last four whole quarters against the four before, for acts.
    pub trend: Option<Trend>,
    /// For acts: how often a quarter of as many or more comes at the level of the quarters before it.
    pub chance: Option<f64>,
    /// What must be known to read the value.
    pub notes: Vec<String>,
}

/// A quarter of a signpost.
#[derive(Clone, Debug, PartialEq)]
pub struct Quarter {
    /// The quarter.
    pub quarter: Period,
    /// The value; `None` where nothing can be measured.
    pub value: Option<f64>,
    /// Whether it is over, or its value is a state that does not grow with the days.
    pub is_whole: bool,
    /// The events behind it.
    pub events: Vec<EventIx>,
    /// The initiatives behind it.
    pub initiatives: Vec<usize>,
}

/// Where a trigger stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pull {
    /// The trigger, a position in the settings.
    pub trigger: usize,
    /// Whether it is pulled.
    pub pulled: bool,
    /// Those of its signposts that are passed, positions in the settings.
    pub by: Vec<usize>,
    /// Those that are not.
    pub not_yet: Vec<usize>,
}

/// Where all signposts of a case stand, in its order.
#[must_use]
pub fn standings(case: &Case) -> Vec<Standing> {
    let delivered = deliverables(case);
    let look = Look {
        case,
        deliverables: &delivered,
        quarters: last_quarters(case),
    };
    (case.settings.plan.steering.signposts.iter().enumerate())
        .map(|(at, signpost)| look.standing(at, signpost))
        .collect()
}

/// Which triggers of a case are pulled, in its order.
#[must_use]
pub fn pulls(case: &Case, standings: &[Standing]) -> Vec<Pull> {
    let steering = &case.settings.plan.steering;
    (steering.triggers.iter().enumerate())
        .map(|(at, trigger)| {
            let of = |id: &String| steering.signposts.iter().position(|s| &s.id == id);
            let (by, not_yet): (Vec<usize>, Vec<usize>) = (trigger.when.iter().filter_map(of))
                .partition(|&signpost| standings[signpost].passed);
            Pull {
                trigger: at,
                pulled: is_pulled(trigger, by.len()),
                by,
                not_yet,
            }
        })
        .collect()
}

/// Whether a trigger is pulled where so many of its signposts are passed.
#[must_use]
pub fn is_pulled(trigger: &Trigger, passed: usize) -> bool {
    match trigger.needs {
        Needs::All => passed == trigger.when.len(),
        Needs::Any => passed > 0,
    }
}

/// Which acts a signpost counts: a stream.
#[must_use]
pub fn stream_of<'a>(case: &'a Case, watched: &'a Watched) -> Option<Cow<'a, Stream>> {
    match watched {
        Watched::Own(stream) => Some(Cow::Borrowed(stream)),
        Watched::Stream(id) => {
            let mut all = case.settings.streams.iter();
            all.find(|stream| &stream.id == id).map(Cow::Borrowed)
        }
    }
}

/// The last quarters of the case, oldest first; the last is that of the day of writing.
fn last_quarters(case: &Case) -> Vec<Period> {
    let all = case_periods(case, PeriodUnit::Quarter);
    let from = all.len().saturating_sub(LOOKED);
    (from..all.len()).map(|at| all.get(at)).collect()
}

struct Look<'a> {
    case: &'a Case,
    deliverables: &'a Deliverables,
    quarters: Vec<Period>,
}

impl Look<'_> {
    fn standing(&self, at: usize, signpost: &Signpost) -> Standing {
        let mut notes = Vec::new();
        let quarters = match &signpost.measure {
            Measure::Events(watched) => self.events(watched, &mut notes),
            Measure::Late(ids) => self.late(ids, &mut notes),
            Measure::Staff(pool) => self.staff(pool, &mut notes),
            Measure::Money => self.money(&mut notes),
            Measure::Delivered => self.delivered(&mut notes),
            Measure::Exposure(actor) => self.exposure(actor, &mut notes),
        };
        let line = signpost.line as f64;
        let beyond = |q: &Quarter| q.value.is_some_and(|v| signpost.side.is_beyond(v, line));
        // A quarter that still runs tells of a crossing, never of none.
        let counted = |q: &&Quarter| q.is_whole || (signpost.side == LineSide::Above && beyond(q));
        let counting: Vec<&Quarter> = quarters.iter().filter(counted).collect();
        let run = counting.iter().rev().take_while(|q| beyond(q)).count();
        let last = counting.last();
        let value = last.and_then(|q| q.value);
        let behind = counting.len() - run.max(1).min(counting.len());
        let gather = |list: fn(&Quarter) -> &[u32]| {
            let mut all: Vec<u32> = (counting[behind..].iter())
                .flat_map(|q| list(q).iter().copied())
                .collect();
            all.sort_unstable();
            all.dedup();
            all
        };
        let (mut trend, mut chance) = (None, None);
        if matches!(signpost.measure, Measure::Events(_)) {
            (trend, chance) = self.history(&quarters, &counting, &mut notes);
        }
        if let Some(running) = quarters.last().filter(|q| !q.is_whole)
            && let Some(value) = running.value
        {
            notes.push(format!("{} is not over: {value} so far", running.quarter));
        }
        Standing {
            signpost: at,
            value,
            of: last.map(|q| q.quarter),
            room: value.map(|value| match signpost.side {
                LineSide::Above => line - value,
                LineSide::Below => value - line,
            }),
            run,
            passed: run >= signpost.quarters as usize,
            events: gather(|q| &q.events),
            initiatives: last.map_or_else(Vec::new, |q| q.initiatives.clone()),
            trend,
            chance,
            notes,
            quarters,
        }
    }

    /// What the quarters before say of acts: the trend, and the chance of the last quarter.
    fn history(
        &self,
        quarters: &[Quarter],
        counting: &[&Quarter],
        notes: &mut Vec<String>,
    ) -> (Option<Trend>, Option<f64>) {
        let needed = self.case.settings.measure.min_events;
        let counts: Vec<usize> = (quarters.iter())
            .filter(|q| q.is_whole)
            .map(|q| q.events.len())
            .collect();
        let sum = |list: &[usize]| list.iter().sum::<usize>();
        let trend = (counts.len() >= 8).then(|| {
            let late = counts.len() - 4;
            Trend::between(sum(&counts[late - 4..late]), sum(&counts[late..]), needed)
        });
        if trend.is_none() {
            notes.push(format!(
                "{} whole quarters are known, and a trend needs 8",
                counts.len()
            ));
        }
        let Some((last, before)) = counting.split_last() else {
            return (trend, None);
        };
        let seen: usize = before.iter().map(|q| q.events.len()).sum();
        if seen < needed {
            notes.push(format!(
                "too few events in the {} quarters before (n = {seen}, at least {needed} needed) to say how unusual this is",
                before.len()
            ));
            return (trend, None);
        }
        (trend, chance_of(last.events.len(), seen, before.len()))
    }

    fn quarter(&self, quarter: Period, value: Option<f64>) -> Quarter {
        Quarter {
            quarter,
            value,
            is_whole: quarter.last() <= self.case.settings.as_of,
            events: Vec::new(),
            initiatives: Vec::new(),
        }
    }

    /// Of a state, the value on the last day known is the value of the quarter.
    fn states(&self, value: impl Fn(Date, Period) -> (Option<f64>, Vec<usize>)) -> Vec<Quarter> {
        let as_of = self.case.settings.as_of;
        (self.quarters.iter())
            .map(|&quarter| {
                let (value, initiatives) = value(quarter.last().min(as_of), quarter);
                Quarter {
                    is_whole: true,
                    initiatives,
                    ..self.quarter(quarter, value)
                }
            })
            .collect()
    }

    fn events(&self, watched: &Watched, notes: &mut Vec<String>) -> Vec<Quarter> {
        let case = self.case;
        let all = case_periods(case, PeriodUnit::Quarter);
        let first = all.len() - self.quarters.len();
        let mut quarters: Vec<Quarter> = (self.quarters.iter())
            .map(|&quarter| self.quarter(quarter, Some(0.0)))
            .collect();
        let Some(stream) = stream_of(case, watched) else {
            return quarters;
        };
        let mut vague = 0;
        for (ix, event) in (0..).zip(&case.chronicle) {
            if !belongs(case, &stream, event) {
                continue;
            }
            if event.precision == Precision::Year {
                let year = event.date.year();
                vague += usize::from(self.quarters.iter().any(|q| q.first().year() == year));
                continue;
            }
            let Ok(at) = place(case, event, &all) else {
                continue;
            };
            if let Some(at) = at.checked_sub(first) {
                quarters[at].events.push(ix);
                quarters[at].value = Some(quarters[at].events.len() as f64);
            }
        }
        if vague > 0 {
            notes.push(format!(
                "{vague} more of these years {} known to the year only, and in no quarter",
                if vague == 1 { "is" } else { "are" }
            ));
        }
        if let Some(first) = quarters.first_mut()
            && first.quarter.first() < case.settings.start
        {
            first.is_whole = false;
        }
        quarters
    }

    fn late(&self, ids: &[String], notes: &mut Vec<String>) -> Vec<Quarter> {
        let named: Vec<usize> = (self.case.initiatives.iter().enumerate())
            .filter(|(_, initiative)| ids.contains(&initiative.id))
            .map(|(i, _)| i)
            .collect();
        let mut dated = Vec::new();
        for &i in &named {
            let initiative = &self.case.initiatives[i];
            match self.deliverables.items[i].due {
                Some(due) if !initiative.recurring => dated.push((i, Some(due.to))),
                _ if self.entered_late(i) => dated.push((i, None)),
                Some(_) => notes.push(format!(
                    "{} comes round again and is never late",
                    initiative.id
                )),
                None => notes.push(format!(
                    "{} has no start or duration, so nothing says when it is due",
                    initiative.id
                )),
            }
        }
        let late = |&(i, due): &(usize, Option<Date>), day: Date| {
            let delivered = self.case.initiatives[i].delivered;
            let past = due.map_or(0, |due| quarters_after(due, day));
            match self.entered(i, day) {
                _ if delivered.is_some_and(|delivered| delivered <= day) => 0,
                Some(ProgressState::Dropped) => 0,
                // It is said to be late before its day has come: how late is not said.
                Some(ProgressState::Late) => past.max(1),
                _ => past,
            }
        };
        let today = self.case.settings.as_of;
        for &(i, due) in &dated {
            let early = due.is_none_or(|due| quarters_after(due, today) == 0);
            if early && late(&(i, due), today) > 0 {
                notes.push(format!(
                    "{} is entered as late in progress.csv, which counts as one quarter until more have passed",
                    self.case.initiatives[i].id
                ));
            }
        }
        self.states(|day, _| {
            let late = |dated: &(usize, Option<Date>)| (late(dated, day), dated.0);
            let most = dated.iter().map(|d| late(d).0).max();
            let behind = (dated.iter().map(late))
                .filter(|&(late, _)| late > 0 && Some(late) == most)
                .map(|(_, i)| i)
                .collect();
            (most.map(|most| most as f64), behind)
        })
    }

    /// What the last entry of `progress.csv` up to a day says of an initiative; of a day, the last in
    /// the file.
    fn entered(&self, i: usize, day: Date) -> Option<ProgressState> {
        let id = &self.case.initiatives[i].id;
        let entries = (self.case.progress.iter())
            .filter(|entry| &entry.initiative == id && entry.date <= day);
        entries
            .max_by_key(|entry| entry.date)
            .map(|entry| entry.state)
    }

    /// Whether an entry up to today says that it is late.
    fn entered_late(&self, i: usize) -> bool {
        let id = &self.case.initiatives[i].id;
        (self.case.progress.iter()).any(|entry| {
            &entry.initiative == id
                && entry.date <= self.case.settings.as_of
                && entry.state == ProgressState::Late
        })
    }

    fn staff(&self, pool: &str, notes: &mut Vec<String>) -> Vec<Quarter> {
        let settings = &self.case.settings.plan;
        let Some(at) = settings.pools.iter().position(|p| p.id == pool) else {
            return Vec::new();
        };
        notes.push("counted against the staff that case.toml gives for today".to_owned());
        self.states(|day, quarter| {
            let mut need = 0;
            let mut behind = Vec::new();
            for (i, initiative) in self.case.initiatives.iter().enumerate() {
                let people = initiative.staff_fte.unwrap_or(0.0);
                let takes = shares(settings, initiative, people).0[at];
                if takes > 0 && at_work(initiative, quarter, day) {
                    need += takes;
                    behind.push(i);
                }
            }
            let spare = need - settings.pools[at].staff as i64 * TENTHS;
            (Some(spare as f64 / TENTHS as f64), behind)
        })
    }

    fn money(&self, notes: &mut Vec<String>) -> Vec<Quarter> {
        let settings = &self.case.settings.plan;
        let plan = scheme::quarters(self.case.settings.as_of, settings.quarters as usize);
        let unknown = (self.case.initiatives.iter())
            .filter(|i| begun(i).is_some() && i.cost_keur.is_none())
            .count();
        if unknown > 0 {
            notes.push(format!(
                "{unknown} of what has begun give no cost, which is taken as none"
            ));
        }
        self.states(|day, quarter| {
            let mut spent = 0.0;
            let mut behind = Vec::new();
            for (i, initiative) in self.case.initiatives.iter().enumerate() {
                let Some(start) = begun(initiative).filter(|&start| start <= day) else {
                    continue;
                };
                let age = quarter.index() - Period::of(start, PeriodUnit::Quarter).index();
                let cost = initiative.cost_keur.unwrap_or(0.0);
                if age < YEAR && cost > 0.0 {
                    spent += cost;
                    behind.push(i);
                }
            }
            let money = of_the_year_before(self.case, &plan, quarter.next());
            (money.map(|money| 100.0 * spent / money), behind)
        })
    }

    fn delivered(&self, notes: &mut Vec<String>) -> Vec<Quarter> {
        // The day each was due; what was delivered earlier was due no later than that.
        let due: Vec<(usize, Date, Option<Date>)> = (self.deliverables.items.iter())
            .filter_map(|item| {
                let initiative = &self.case.initiatives[item.initiative];
                if initiative.recurring
                    || matches!(initiative.status, Status::Dropped | Status::Proposed)
                {
                    return None;
                }
                let due = item.due.map(|due| due.to);
                let delivered = initiative.delivered;
                let day = match (due, delivered) {
                    (Some(due), Some(delivered)) => due.min(delivered),
                    (one, other) => one.or(other)?,
                };
                Some((item.initiative, day, delivered))
            })
            .collect();
        if due.is_empty() {
            notes.push("nothing has come due".to_owned());
        }
        self.states(|day, _| {
            let so_far: Vec<_> = due.iter().filter(|&&(_, by, _)| by <= day).collect();
            let open: Vec<usize> = (so_far.iter())
                .filter(|(_, _, delivered)| delivered.is_none_or(|d| d > day))
                .map(|&&(i, ..)| i)
                .collect();
            let share = (!so_far.is_empty())
                .then(|| 100.0 * (so_far.len() - open.len()) as f64 / so_far.len() as f64);
            (share, open)
        })
    }

    fn exposure(&self, actor: &str, _notes: &mut [String]) -> Vec<Quarter> {
        (self.quarters.iter())
            .map(|&quarter| {
                let mut out = self.quarter(quarter, None);
                let mut sum = 0;
                for (i, initiative) in self.case.initiatives.iter().enumerate() {
                    let level = level(initiative, actor);
                    let in_it = |day: Option<Date>| {
                        day.is_some_and(|day| Period::of(day, PeriodUnit::Quarter) == quarter)
                    };
                    let times = usize::from(in_it(begun(initiative)))
                        + usize::from(in_it(initiative.delivered));
                    if level > 0 && times > 0 {
                        sum += usize::from(level) * times;
                        out.initiatives.push(i);
                    }
                }
                out.value = Some(sum as f64);
                out
            })
            .collect()
    }
}

/// The level of exposure to an actor that an initiative brings.
#[must_use]
pub fn level(initiative: &Initiative, actor: &str) -> u8 {
    let mut levels = initiative.exposure.iter();
    levels
        .find(|(code, _)| code == actor)
        .map_or(0, |&(_, level)| level)
}

/// When work on it began, if it did: what is only agreed has not.
fn begun(initiative: &Initiative) -> Option<Date> {
    match initiative.status {
        Status::Running | Status::Done => initiative.start,
        _ => None,
    }
}

/// Whether people are at work on it in a quarter.
fn at_work(initiative: &Initiative, quarter: Period, day: Date) -> bool {
    let begun = begun(initiative).is_some_and(|start| start <= day);
    match initiative.status {
        Status::Running => begun,
        // Of what is done without a day nobody knows until when people were at work.
        Status::Done => begun && initiative.delivered.is_some_and(|d| d >= quarter.first()),
        _ => false,
    }
}

/// Whole quarters from a day to the end of another; 0 where it is not past.
fn quarters_after(due: Date, day: Date) -> usize {
    let end = day.tomorrow().unwrap_or(day);
    let months = |d: Date| i32::from(d.year()) * 12 + i32::from(d.month());
    let whole = months(end) - months(due) - i32::from(end.day() < due.day());
    usize::try_from(whole / 3).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_quarters_by_hand() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        for (due, on, wanted) in [
            ("2026-04-01", "2026-06-30", 1),
            ("2026-04-01", "2026-06-29", 0),
            ("2026-04-02", "2026-06-30", 0),
            ("2025-12-31", "2026-06-30", 2),
            ("2026-06-30", "2026-06-30", 0),
            ("2027-01-01", "2026-06-30", 0),
            ("2024-02-29", "2025-02-27", 3),
            ("2024-02-29", "2025-02-28", 4),
        ] {
            assert_eq!(quarters_after(day(due), day(on)), wanted, "{due} {on}");
        }
    }
}
