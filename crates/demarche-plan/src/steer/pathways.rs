//! The data of a pathways map: which plan, which branch, from when each is open, until when it holds.
//!
//! After Haasnoot et al. (2013, Global Environmental Change 23), drawn like a map of underground
//! lines: a *line* is a way to go on; a *transfer* leads from one to another where a trigger is pulled;
//! a line ends where it no longer holds (its *sell-by date*). Quarters are counted from 0, the first of
//! the plan.

use demarche_case::Case;
use demarche_events::Period;

use super::compare::Runs;
use super::policy::Course;
use super::rules::Rules;
use super::words;

/// A pathways map.
#[derive(Clone, Debug, PartialEq)]
pub struct Pathways {
    /// The quarters of the plan.
    pub quarters: Vec<Period>,
    /// How many futures it rests on.
    pub futures: usize,
    /// The lines: first the plan as it stands, then the plan with each trigger alone in the order of
    /// the case, and last, where there are several triggers, the plan with all of them.
    pub lines: Vec<Line>,
    /// Where one changes from the plan as it stands to the branch of a trigger.
    pub transfers: Vec<Transfer>,
    /// The harms that end a line, ids of signposts; where there is none, lines hold to the end.
    pub harms: Vec<String>,
}

/// A way to go on.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    /// `plan`, the id of a trigger, or `all`.
    pub id: String,
    /// What to write beside it.
    pub name: String,
    /// What is done on it that the plan does not do, in words; empty for the plan.
    pub steps: String,
    /// The first quarter in which one can change to it: 0 for the plan; the earliest in which its
    /// trigger is pulled in any future; `None` where it never is.
    pub opens: Option<usize>,
    /// For each quarter, the share of futures in which no harm has come by its end. Never rises.
    pub holds: Vec<f64>,
    /// The quarter in which a harm has come in 10, 50 and 90 % of the futures; `None`: in fewer.
    pub sell_by: [Option<usize>; 3],
    /// Mean worth over all futures. Points.
    pub worth: f64,
}

/// A change from one line to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Transfer {
    /// The line left, a position.
    pub from: usize,
    /// The line joined, a position.
    pub to: usize,
    /// The trigger that leads there, a position in the settings.
    pub trigger: usize,
    /// For each quarter, the share of futures in which it is first pulled at its beginning.
    pub first_pulled: Vec<f64>,
    /// The share of futures in which it is pulled at all.
    pub pulled: f64,
    /// The quarter by which it has been pulled in half of the futures in which it is.
    pub median: Option<usize>,
}

impl Pathways {
    /// The map of runs.
    #[must_use]
    pub fn of(case: &Case, quarters: &[Period], rules: &Rules, runs: &Runs) -> Self {
        let steering = &case.settings.plan.steering;
        let harms: Vec<usize> = (0..rules.posts.len())
            .filter(|&at| rules.posts[at].costs.is_some())
            .collect();
        let count = quarters.len();
        let mut lines = vec![Line {
            id: "plan".to_owned(),
            name: "The plan as it stands".to_owned(),
            steps: String::new(),
            opens: Some(0),
            ..Line::of(&runs.without, &harms, count)
        }];
        let mut transfers = Vec::new();
        for (at, trigger) in steering.triggers.iter().enumerate() {
            let transfer = Transfer::of(at, lines.len(), &runs.alone[at], count);
            lines.push(Line {
                id: trigger.id.clone(),
                name: trigger.name.clone(),
                steps: words::steps(case, &trigger.actions),
                opens: transfer.first_pulled.iter().position(|&share| share > 0.0),
                ..Line::of(&runs.alone[at], &harms, count)
            });
            transfers.push(transfer);
        }
        if steering.triggers.len() > 1 {
            let opens = lines[1..].iter().filter_map(|line| line.opens).min();
            lines.push(Line {
                id: "all".to_owned(),
                name: "All triggers".to_owned(),
                steps: "whatever is pulled".to_owned(),
                opens,
                ..Line::of(&runs.with, &harms, count)
            });
        }
        Self {
            quarters: quarters.to_vec(),
            futures: runs.without.len(),
            lines,
            transfers,
            harms: harms
                .iter()
                .map(|&at| steering.signposts[at].id.clone())
                .collect(),
        }
    }
}

impl Line {
    fn of(courses: &[Course], harms: &[usize], quarters: usize) -> Self {
        let n = courses.len().max(1) as f64;
        let mut ends = vec![0_usize; quarters];
        for end in courses.iter().filter_map(|course| course.first_of(harms)) {
            ends[end] += 1;
        }
        let mut gone = 0;
        let holds: Vec<f64> = (ends.iter())
            .map(|&ended| {
                gone += ended;
                (courses.len() - gone) as f64 / n
            })
            .collect();
        let by = |share: f64| holds.iter().position(|&left| left <= 1.0 - share);
        Self {
            id: String::new(),
            name: String::new(),
            steps: String::new(),
            opens: None,
            sell_by: [by(0.1), by(0.5), by(0.9)],
            worth: courses.iter().map(|c| c.worth() as f64).sum::<f64>() / n,
            holds,
        }
    }
}

impl Transfer {
    fn of(trigger: usize, to: usize, courses: &[Course], quarters: usize) -> Self {
        let n = courses.len().max(1) as f64;
        let mut first = vec![0_usize; quarters];
        for &quarter in courses.iter().filter_map(|c| c.pulled[trigger].first()) {
            first[quarter] += 1;
        }
        let pulled: usize = first.iter().sum();
        let mut seen = 0;
        let median = first.iter().position(|&count| {
            seen += count;
            pulled > 0 && 2 * seen >= pulled
        });
        Self {
            from: 0,
            to,
            trigger,
            first_pulled: first.iter().map(|&count| count as f64 / n).collect(),
            pulled: pulled as f64 / n,
            median,
        }
    }
}
