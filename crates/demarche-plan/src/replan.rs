//! Planning again from today: what runs is fixed, what is delivered is done, what was dropped is out,
//! and what differs from the earlier plan costs something.
//!
//! Each decision that is made otherwise than in the earlier plan (started in another quarter, left
//! out, taken in) costs a number of points. That is part of the problem itself, in exact integers:
//! to start as before is worth so much more, to take in what was left out so much less. So bound and
//! checker hold for the plan with few changes as for any other.

use demarche_case::{Case, Status};
use demarche_events::Period;
use demarche_table::{Kind as Type, Table};

use crate::bound::bound;
use crate::check::{Violation, check};
use crate::earlier::Earlier;
use crate::plan::{NoPlan, Plan, Told, seek};
use crate::problem::{Fault, LARGEST, Problem, Schedule};
use crate::progress::when;
use crate::scheme::{Outside, Scheme, Wishes};
use crate::search::{Effort, Outcome, search};

/// How many steps of the bound with few changes are made.
const BOUND_STEPS: usize = 1_500;

/// What an earlier plan decided about an activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Before {
    /// To start in that period.
    Start(usize),
    /// To leave it out.
    Out,
    /// Nothing that could be kept: it did not know the activity, or had it start in a period that is
    /// over or was never in this plan. Whatever becomes of it now costs nothing.
    Nothing,
}

/// The problem in which what differs from an earlier plan costs something: for every schedule, its
/// worth there is its worth here, less `keep` for each change, and more by [`head_start`], whatever
/// the schedule.
#[must_use]
pub fn keeping(problem: &Problem, before: &[Before], keep: i64) -> Problem {
    let mut kept = problem.clone();
    for (activity, before) in kept.activities.iter_mut().zip(before) {
        match *before {
            Before::Start(at) => {
                if let Some(Some(value)) = activity.value.get_mut(at) {
                    *value += keep;
                }
            }
            Before::Out => {
                for value in activity.value.iter_mut().flatten() {
                    *value -= keep;
                }
            }
            Before::Nothing => {}
        }
    }
    kept
}

/// Whether a decision of the earlier plan can still be kept.
fn keepable(problem: &Problem, a: usize, before: Before) -> bool {
    match before {
        Before::Start(at) => problem.activities[a]
            .value
            .get(at)
            .copied()
            .flatten()
            .is_some(),
        Before::Out => !problem.activities[a].mandatory,
        Before::Nothing => false,
    }
}

/// By how much the worth of the earlier plan itself is larger in [`keeping`].
#[must_use]
pub fn head_start(problem: &Problem, before: &[Before], keep: i64) -> i128 {
    let mut all = 0;
    for (a, &before) in before.iter().enumerate() {
        if matches!(before, Before::Start(_)) && keepable(problem, a, before) {
            all += i128::from(keep);
        }
    }
    all
}

/// How many decisions differ from the earlier plan, of those that [`keeping`] charges for. What can't
/// be kept at all (a start that is no longer allowed) is no change of the planner's.
#[must_use]
pub fn changed(problem: &Problem, before: &[Before], schedule: &Schedule) -> usize {
    let differs = |a: usize| match before[a] {
        Before::Start(at) => keepable(problem, a, before[a]) && schedule[a] != Some(at),
        Before::Out => schedule[a].is_some(),
        Before::Nothing => false,
    };
    (0..before.len()).filter(|&a| differs(a)).count()
}

/// What became of an initiative against the earlier plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Turn {
    /// It was dropped, as `progress.csv` or `initiatives.csv` says.
    Dropped,
    /// It is delivered already.
    Delivered,
    /// It runs already.
    Began,
    /// It is taken in.
    In,
    /// It is left out.
    Out,
    /// It starts earlier.
    Earlier,
    /// It starts later.
    Later,
}

impl Turn {
    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Dropped => "dropped",
            Self::Delivered => "delivered",
            Self::Began => "began",
            Self::In => "came in",
            Self::Out => "went out",
            Self::Earlier => "earlier",
            Self::Later => "later",
        }
    }
}

/// One difference from the earlier plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The initiative, a position in the case.
    pub initiative: usize,
    /// What became of it.
    pub turn: Turn,
    /// The quarter in which it was to start, if it was.
    pub was: Option<Period>,
    /// The quarter in which it is to start, if it is.
    pub now: Option<Period>,
    /// Why.
    pub why: String,
    /// Whether it is one of those that cost [`Replan::keep`].
    pub charged: bool,
}

/// A plan made again.
#[derive(Clone, Debug)]
pub struct Replan {
    /// The scheme it is a plan of: that of the case, with what is too late to change fixed.
    pub scheme: Scheme,
    /// The plan. Its value is that of what it does; what changes cost is not in it.
    pub plan: Plan,
    /// What each change costs. Points.
    pub keep: i64,
    /// How many decisions differ that cost something.
    pub charged: usize,
    /// What the plan is worth less what its changes cost. Points.
    pub score: i128,
    /// No plan has a larger score.
    pub score_bound: i128,
    /// What the best plan that was found is worth where changes cost nothing. Points.
    pub free_value: i128,
    /// How many decisions differ in that one.
    pub free_changes: usize,
    /// What differs from the earlier plan, and why: what happened first, then what is planned.
    pub changes: Vec<Change>,
    /// What could not be taken from the earlier plan.
    pub notes: Vec<String>,
}

impl Replan {
    /// What few changes cost: how much more the best plan found without regard to the earlier one is
    /// worth. Points.
    #[must_use]
    pub fn price_of_few_changes(&self) -> i128 {
        self.free_value - self.plan.value
    }

    /// Whether no plan has a larger score: the bound proves it.
    #[must_use]
    pub fn is_proven(&self) -> bool {
        self.score == self.score_bound
    }
}

/// Plans a case again. What the earlier plan starts before quarter `from`, counted from 0, stays as it
/// was, and nothing else starts before it.
///
/// # Errors
/// [`NoPlan`] as [`Plan::make`] gives it.
pub fn replan(
    case: &Case,
    wishes: &Wishes,
    earlier: &Earlier,
    from: usize,
    keep: u64,
    effort: &Effort,
) -> Result<Replan, NoPlan> {
    let mut scheme = Scheme::of(case, wishes);
    let mut notes = Vec::new();
    for decision in &earlier.decisions {
        if !case.initiatives.iter().any(|i| i.id == decision.id) {
            notes.push(format!(
                "the earlier plan names {:?}, which is no initiative of this case any more",
                decision.id
            ));
        }
    }
    let before = decided(case, &scheme, earlier);
    freeze(&mut scheme, wishes, &before, from);
    let problem = &scheme.problem;
    problem.validate().map_err(NoPlan::Faults)?;
    let keep = i64::try_from(keep).unwrap_or(LARGEST).min(LARGEST);
    let kept = keeping(problem, &before, keep);
    kept.validate().map_err(|_| {
        NoPlan::Faults(vec![Fault(format!(
            "a change cannot cost {keep} points: with what initiatives are worth that is beyond {LARGEST}"
        ))])
    })?;
    let start: Schedule = (before.iter().enumerate())
        .map(|(a, before)| match *before {
            Before::Start(at) => Some(at),
            _ => scheme.runs[a].then_some(0),
        })
        .collect();
    let (schedule, mut trials) = seek(case, &scheme, &kept, effort, Some(&start))?;
    // The earlier plan itself, where it still holds and nothing better was found.
    let score_of = |schedule: &Schedule| check(&kept, schedule).ok();
    let schedule = match score_of(&start) >= score_of(&schedule) {
        true => start.clone(),
        false => schedule,
    };
    let head = head_start(problem, &before, keep);
    let score = score_of(&schedule).expect("what is found keeps every rule");
    let (score_bound, _) = bound(&kept, Some(score), BOUND_STEPS).expect("there is a schedule");
    let plan = Plan::of(case, &scheme, schedule, 0);
    let mut free = (plan.value, plan.schedule.clone());
    if keep > 0
        && let Outcome::Found(found) =
            search(problem, effort, Some(&plan.schedule)).map_err(NoPlan::Faults)?
    {
        trials += found.trials;
        if found.value > free.0 {
            free = (found.value, found.schedule);
        }
    }
    let changes = Changed {
        case,
        scheme: &scheme,
        earlier,
        before: &before,
        start: &start,
        plan: &plan,
        from,
    };
    let changes = changes.all();
    Ok(Replan {
        keep,
        charged: changed(problem, &before, &plan.schedule),
        score: score - head,
        score_bound: score_bound - head,
        free_value: free.0,
        free_changes: changed(problem, &before, &free.1),
        changes,
        notes,
        plan: Plan { trials, ..plan },
        scheme,
    })
}

/// What the earlier plan decided about each activity of a scheme.
fn decided(case: &Case, scheme: &Scheme, earlier: &Earlier) -> Vec<Before> {
    let of = |a: usize| {
        let id = &case.initiatives[scheme.of[a]].id;
        let decision = earlier.of(id).filter(|_| !scheme.runs[a]);
        match decision.map(|decision| decision.start) {
            None => Before::Nothing,
            Some(None) => Before::Out,
            Some(Some(start)) => {
                let at = scheme.quarters.iter().position(|&quarter| quarter == start);
                at.map_or(Before::Nothing, Before::Start)
            }
        }
    };
    (0..scheme.of.len()).map(of).collect()
}

/// Fixes what the earlier plan starts before `from`; nothing else starts so early. What was asked for
/// expressly goes ahead.
fn freeze(scheme: &mut Scheme, wishes: &Wishes, before: &[Before], from: usize) {
    for (a, activity) in scheme.problem.activities.iter_mut().enumerate() {
        let i = scheme.of[a];
        let asked = wishes.forbidden.contains(&i) || wishes.locked.iter().any(|&(l, _)| l == i);
        if scheme.runs[a] || asked {
            continue;
        }
        match before[a] {
            Before::Start(at) if at < from => {
                for (start, value) in activity.value.iter_mut().enumerate() {
                    if start != at {
                        *value = None;
                    }
                }
                activity.mandatory = true;
            }
            _ => activity.value.iter_mut().take(from).for_each(|v| *v = None),
        }
    }
}

/// Two plans and what is told of their differences.
struct Changed<'a> {
    case: &'a Case,
    scheme: &'a Scheme,
    earlier: &'a Earlier,
    before: &'a [Before],
    /// The earlier plan, as far as it is one of this scheme.
    start: &'a Schedule,
    plan: &'a Plan,
    from: usize,
}

impl Changed<'_> {
    fn all(&self) -> Vec<Change> {
        let mut all: Vec<Change> = (0..self.case.initiatives.len())
            .filter_map(|i| self.one(i))
            .collect();
        all.sort_by_key(|change| (change.turn > Turn::Began, change.turn, change.initiative));
        all
    }

    fn one(&self, i: usize) -> Option<Change> {
        let initiative = &self.case.initiatives[i];
        let decision = self.earlier.of(&initiative.id);
        let was = decision.and_then(|decision| decision.start);
        let change = |turn, now, why: String| {
            Some(Change {
                initiative: i,
                turn,
                was,
                now,
                why,
                charged: false,
            })
        };
        let Some(a) = self.scheme.activity[i] else {
            let (_, outside) = self.scheme.outside.iter().find(|(out, _)| *out == i)?;
            was?;
            return match outside {
                Outside::Done => change(Turn::Delivered, None, self.happened(i, "delivered")),
                Outside::Dropped => change(Turn::Dropped, None, self.happened(i, "dropped")),
                Outside::NoDuration => {
                    change(Turn::Out, None, "nothing says how long it takes".to_owned())
                }
                Outside::Prerequisite(p) => {
                    let needs = &self.case.initiatives[*p];
                    let why = match needs.status {
                        Status::Dropped => "was dropped",
                        _ => "is outside the plan",
                    };
                    change(
                        Turn::Out,
                        None,
                        format!("it needs {}, which {why}", needs.id),
                    )
                }
                Outside::Alternative(p) => change(
                    Turn::Out,
                    None,
                    format!("its alternative {} is done", self.case.initiatives[*p].id),
                ),
                Outside::Bundle(p) => change(
                    Turn::Out,
                    None,
                    format!(
                        "it goes together with {}, which is outside the plan",
                        self.case.initiatives[*p].id
                    ),
                ),
            };
        };
        let quarter = |at: usize| self.scheme.quarters[at];
        let now = self.plan.schedule[a].map(quarter);
        if self.scheme.runs[a] {
            // What ran already when the earlier plan was made stands there from its first quarter.
            let first = self.scheme.quarters[0];
            let new = decision.is_none_or(|d| d.start.is_none_or(|start| start > first));
            return match decision {
                Some(_) if new => change(Turn::Began, now, self.happened(i, "began")),
                _ => None,
            };
        }
        decision?;
        let charged = match self.before[a] {
            Before::Start(at) => {
                keepable(&self.scheme.problem, a, self.before[a])
                    && self.plan.schedule[a] != Some(at)
            }
            Before::Out => now.is_some(),
            Before::Nothing => false,
        };
        let turned = match (was, now) {
            (Some(was), Some(now)) if was < now => {
                change(Turn::Later, Some(now), self.why_moved(a))
            }
            (Some(was), Some(now)) if now < was => {
                change(Turn::Earlier, Some(now), self.why_moved(a))
            }
            (Some(_), None) => change(Turn::Out, None, self.why_out(a)),
            (None, Some(now)) => change(Turn::In, Some(now), self.why_in(a)),
            _ => None,
        };
        turned.map(|change| Change { charged, ..change })
    }

    /// What the last entry says of what happened.
    fn happened(&self, i: usize, what: &str) -> String {
        let initiative = &self.case.initiatives[i];
        let Some(standing) = self.case.standing(&initiative.id) else {
            return format!("initiatives.csv has it as {}", initiative.status.name());
        };
        let (words, day) = match what {
            "delivered" => ("it was delivered", standing.delivered),
            "dropped" => ("it was dropped", standing.dropped),
            _ => ("it began", standing.started),
        };
        let day = when(day.unwrap_or(standing.since));
        let mut entries = self.case.progress.iter().rev();
        let note = entries
            .find(|e| e.initiative == initiative.id && e.date == standing.since.0)
            .map_or("", |entry| entry.note.as_str());
        match note {
            "" => format!("{words} {day}"),
            note => format!("{words} {day}: {note}"),
        }
    }

    fn told(&self) -> Told<'_> {
        Told {
            case: self.case,
            scheme: self.scheme,
            schedule: &self.plan.schedule,
            value: self.plan.value,
        }
    }

    /// Why an activity does not start when it was to.
    fn why_moved(&self, a: usize) -> String {
        let Before::Start(at) = self.before[a] else {
            return "the quarter it was to start in is over, and nothing says that it began"
                .to_owned();
        };
        let problem = &self.scheme.problem;
        if problem.activities[a].value[at].is_none() {
            let asked = problem.activities[a].value.iter().flatten().count() == 1;
            return match (asked, at < self.from) {
                (true, _) => "another quarter was asked for".to_owned(),
                (false, true) => "nothing new starts so early".to_owned(),
                (false, false) => "it could not end within the plan".to_owned(),
            };
        }
        let mut back = self.plan.schedule.clone();
        back[a] = Some(at);
        match check(problem, &back) {
            Err(broken) => match broken.first() {
                Some(first) => format!(
                    "in {} {}",
                    self.scheme.quarters[at],
                    self.told().words(a, first)
                ),
                None => String::new(),
            },
            Ok(value) => format!(
                "it is worth {} points more then",
                (self.plan.value - value).max(0)
            ),
        }
    }

    /// Why an activity is left out that was in.
    fn why_out(&self, a: usize) -> String {
        let mut left = self.plan.left_out.iter();
        let why = left.find(|left| left.initiative == self.scheme.of[a]);
        why.map_or_else(String::new, |left| left.why.clone())
    }

    /// Why an activity is in that was left out.
    fn why_in(&self, a: usize) -> String {
        let mut steps = self.plan.steps.iter();
        let step = steps.find(|step| step.initiative == self.scheme.of[a]);
        let worth = step.map_or(0, |step| step.worth);
        let mut with = self.start.clone();
        with[a] = self.plan.schedule[a];
        let old = check(&self.scheme.problem, self.start).err();
        let old = old.unwrap_or_default();
        let new = check(&self.scheme.problem, &with).err().unwrap_or_default();
        let stood: Option<&Violation> = new.iter().find(|broken| !old.contains(broken));
        match stood {
            None => format!("there was room for it, and it is worth {worth} points"),
            Some(broken) => format!(
                "it is worth {worth} points, and now there is room for it (in the earlier plan: {})",
                self.told().words(a, broken)
            ),
        }
    }
}

/// What changed and why, as a table.
#[must_use]
pub fn table(case: &Case, replan: &Replan) -> Table {
    let mut table = Table::new("changes", "What changed against the earlier plan, and why.")
        .column("initiative", Type::Text, "", "Id in initiatives.csv.")
        .column("title", Type::Text, "", "What it is.")
        .column("change", Type::Text, "", "What became of it.")
        .column("was", Type::Text, "", "Quarter in which it was to start.")
        .column("now", Type::Text, "", "Quarter in which it is to start.")
        .column("why", Type::Text, "", "Why.")
        .column(
            "charged",
            Type::Bool,
            "",
            "Whether it is one of the changes that cost points.",
        );
    let shown = |quarter: Option<Period>| quarter.map(|quarter| quarter.to_string());
    for change in &replan.changes {
        let initiative = &case.initiatives[change.initiative];
        table.push(vec![
            initiative.id.as_str().into(),
            initiative.title.as_str().into(),
            change.turn.words().into(),
            shown(change.was).into(),
            shown(change.now).into(),
            change.why.as_str().into(),
            change.charged.into(),
        ]);
    }
    table
}
