//! A problem as a 0/1 model: columns, rows, and the way back from a point to a schedule.

use demarche_plan::problem::{Limit, Problem, Schedule};

/// What a column stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// Activity `activity` starts in period `start`: 0 or 1.
    Start {
        /// The activity.
        activity: usize,
        /// Its start.
        start: usize,
    },
    /// Cell `cell` has its gain number `gain`, counted from 0: between 0 and 1, and 0 or 1 by itself
    /// where starts are.
    Gain {
        /// The cell.
        cell: usize,
        /// The gain.
        gain: usize,
    },
}

/// A rule: the weighted sum of columns lies between two ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The lower end, if there is one.
    pub least: Option<i64>,
    /// The upper end, if there is one.
    pub most: Option<i64>,
    /// Columns and their weights.
    pub terms: Vec<(usize, i64)>,
}

/// A 0/1 model, to be maximised.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Model {
    /// What each column stands for.
    pub columns: Vec<Column>,
    /// What each column is worth.
    pub worth: Vec<i64>,
    /// The rules.
    pub rows: Vec<Row>,
    /// Whether something that must be done has no start at all.
    pub impossible: bool,
    activities: usize,
}

impl Model {
    /// The model of a problem that has been validated.
    #[must_use]
    pub fn new(problem: &Problem) -> Self {
        let n = problem.activities.len();
        let mut model = Self {
            activities: n,
            ..Self::default()
        };
        let room = problem.room();
        let mut starts: Vec<Vec<(usize, usize)>> = vec![Vec::new(); n];
        for (a, activity) in problem.activities.iter().enumerate() {
            for (start, value) in activity.value.iter().enumerate() {
                let Some(value) = *value else { continue };
                if problem.fits_alone(&room, a, start) {
                    starts[a].push((start, model.columns.len()));
                    model.columns.push(Column::Start { activity: a, start });
                    model.worth.push(value);
                }
            }
            let each = starts[a].iter().map(|&(_, column)| (column, 1)).collect();
            model.impossible |= activity.mandatory && starts[a].is_empty();
            model.row(activity.mandatory.then_some(1), Some(1), each);
        }
        model.limits(problem, &starts);
        // Nobody has started by a period whose prerequisite has not ended before it.
        let begun = |a: usize, by: usize, sign: i64| {
            let until = starts[a].iter().take_while(move |&&(start, _)| start <= by);
            until.map(move |&(_, column)| (column, sign))
        };
        for wait in &problem.precedences {
            let offset = problem.activities[wait.before].duration + wait.lag;
            for &(period, _) in &starts[wait.after] {
                let mut terms: Vec<(usize, i64)> = begun(wait.after, period, 1).collect();
                if let Some(by) = period.checked_sub(offset) {
                    terms.extend(begun(wait.before, by, -1));
                }
                model.row(None, Some(0), terms);
            }
        }
        for gate in &problem.gates {
            for &after in &gate.waits {
                for &(period, _) in &starts[after] {
                    let mut terms: Vec<(usize, i64)> = begun(after, period, 1).collect();
                    for &key in &gate.keys {
                        if let Some(by) = period.checked_sub(problem.activities[key].duration) {
                            terms.extend(begun(key, by, -1));
                        }
                    }
                    model.row(None, Some(0), terms);
                }
            }
        }
        let whole = |a: usize, sign: i64| starts[a].iter().map(move |&(_, column)| (column, sign));
        for group in &problem.exclusions {
            let terms = group.iter().flat_map(|&a| whole(a, 1)).collect();
            model.row(None, Some(1), terms);
        }
        for bundle in &problem.bundles {
            for pair in bundle.windows(2) {
                let terms = whole(pair[0], 1).chain(whole(pair[1], -1)).collect();
                model.row(Some(0), Some(0), terms);
            }
        }
        for (c, cell) in problem.cells.iter().enumerate() {
            let mut terms: Vec<(usize, i64)> =
                cell.members.iter().flat_map(|&a| whole(a, -1)).collect();
            for (gain, &worth) in cell.gain.iter().take(cell.members.len()).enumerate() {
                terms.push((model.columns.len(), 1));
                model.columns.push(Column::Gain { cell: c, gain });
                model.worth.push(worth);
            }
            model.row(None, Some(0), terms);
        }
        model
    }

    /// What there is of each resource.
    fn limits(&mut self, problem: &Problem, starts: &[Vec<(usize, usize)>]) {
        for (k, resource) in problem.resources.iter().enumerate() {
            let all = || {
                let each = starts.iter().enumerate();
                each.flat_map(|(a, list)| {
                    list.iter().map(move |&(start, column)| (a, start, column))
                })
            };
            match &resource.limit {
                Limit::EachPeriod(each) => {
                    for (period, &limit) in each.iter().enumerate() {
                        let terms = all().map(|(a, start, column)| {
                            let taken = problem.takes(a, start, k, period);
                            (column, taken - problem.adds(a, start, k, period))
                        });
                        let terms = terms.collect();
                        self.row(None, Some(limit), terms);
                    }
                }
                Limit::Total(amount) | Limit::Span { amount, .. } => {
                    let terms = all()
                        .map(|(a, start, column)| (column, problem.takes_in_all(a, start, k)))
                        .collect();
                    self.row(None, Some(*amount), terms);
                }
            }
        }
    }

    fn row(&mut self, least: Option<i64>, most: Option<i64>, mut terms: Vec<(usize, i64)>) {
        terms.retain(|&(_, weight)| weight != 0);
        if !terms.is_empty() {
            self.rows.push(Row { least, most, terms });
        }
    }

    /// The point of a schedule: a value for each column.
    #[must_use]
    pub fn point(&self, problem: &Problem, schedule: &Schedule) -> Vec<f64> {
        let on = |column: &Column| match *column {
            Column::Start { activity, start } => schedule[activity] == Some(start),
            Column::Gain { cell, gain } => {
                let members = problem.cells[cell].members.iter();
                members.filter(|&&a| schedule[a].is_some()).count() > gain
            }
        };
        self.columns
            .iter()
            .map(|column| f64::from(u8::from(on(column))))
            .collect()
    }

    /// The schedule of a point, whose values may be off by rounding.
    #[must_use]
    pub fn schedule(&self, point: &[f64]) -> Schedule {
        let mut schedule = vec![None; self.activities];
        for (column, &value) in self.columns.iter().zip(point) {
            if let Column::Start { activity, start } = *column
                && value > 0.5
            {
                schedule[activity] = Some(start);
            }
        }
        schedule
    }

    /// What a point is worth, if it keeps every row up to `slack`.
    #[must_use]
    pub fn worth_of(&self, point: &[f64], slack: f64) -> Option<f64> {
        let kept = self.rows.iter().all(|row| {
            let sum: f64 = row.terms.iter().map(|&(c, w)| w as f64 * point[c]).sum();
            row.least.is_none_or(|least| sum >= least as f64 - slack)
                && row.most.is_none_or(|most| sum <= most as f64 + slack)
        });
        let worth = self.worth.iter().zip(point);
        kept.then(|| worth.map(|(&worth, value)| worth as f64 * value).sum())
    }
}
