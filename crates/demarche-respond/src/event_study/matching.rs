//! Days like a step's day, and steps moved among them.

use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::calendar::Calendar;
use super::{Stretch, StudyInput, StudyOptions, Variant, Weekday};

/// Which days are alike, for one window and variant.
pub(super) struct Matcher<'a> {
    input: &'a StudyInput,
    options: &'a StudyOptions,
    calendar: &'a Calendar,
    window: i32,
    variant: Variant,
    /// Steps that are left out, ascending: no matched day may lie close to them either.
    left_out: Vec<i32>,
}

impl<'a> Matcher<'a> {
    pub(super) fn new(
        input: &'a StudyInput,
        options: &'a StudyOptions,
        calendar: &'a Calendar,
        window: i32,
        variant: Variant,
    ) -> Matcher<'a> {
        Matcher {
            input,
            options,
            calendar,
            window,
            variant,
            left_out: Vec::new(),
        }
    }

    /// Leaves out steps that have nothing to be compared with.
    pub(super) fn leave_out(&mut self, mut days: Vec<i32>) {
        self.left_out.append(&mut days);
        self.left_out.sort_unstable();
    }

    /// First and last day of the window after a day.
    pub(super) fn window_after(&self, day: i32) -> (i32, i32) {
        let begin = day + i32::from(!self.options.same_day);
        (begin, begin + self.window - 1)
    }

    /// Hostile acts in the window after a day.
    pub(super) fn after(&self, day: i32) -> u32 {
        let (from, to) = self.window_after(day);
        self.calendar.acts_in(from, to)
    }

    /// Hostile acts in the window before a day.
    pub(super) fn before(&self, day: i32) -> u32 {
        self.calendar.acts_in(day - self.window, day - 1)
    }

    /// Are both windows of a day observed?
    fn is_observed(&self, day: i32) -> bool {
        day - self.window >= self.calendar.first && self.window_after(day).1 <= self.calendar.last
    }

    /// The days like this one, ascending, itself among them; none if its windows are not
    /// observed.
    fn alike(&self, day: i32) -> Vec<i32> {
        if !self.is_observed(day) {
            return Vec::new();
        }
        let calendar = self.calendar;
        let offset = match self.variant {
            Variant::Plain => None,
            Variant::Matched | Variant::Away => calendar.offset(day),
        };
        let occasion = self.options.occasion;
        let reach = match (offset, self.options.stretch) {
            (Some(_), _) => occasion.reach,
            (None, Stretch::Days(days)) => days,
            (None, Stretch::Year) => 366,
        };
        let week = |day| Calendar::weekday(day);
        let class = |at: i32, classes: &[u32]| classes[(at - calendar.first) as usize];
        (day.saturating_sub(reach).max(calendar.first)
            ..=day.saturating_add(reach).min(calendar.last))
            .filter(|&other| {
                let by_week = match self.options.weekday {
                    Weekday::Any => true,
                    Weekday::Working => (week(day) < 5) == (week(other) < 5),
                    Weekday::Same => week(day) == week(other),
                };
                by_week
                    && self.is_observed(other)
                    && (offset.is_some()
                        || self.options.stretch != Stretch::Year
                        || calendar.year(day) == calendar.year(other))
                    && (self.variant == Variant::Plain
                        || match (offset, calendar.offset(other)) {
                            (None, None) => true,
                            (Some(a), Some(b)) => (a - b).abs() <= occasion.tolerance,
                            _ => false,
                        })
                    && self
                        .input
                        .covariates
                        .iter()
                        .all(|c| class(day, &c.classes) == class(other, &c.classes))
            })
            .collect()
    }

    /// For each of these step days, ascending, the days like it that have no step within a
    /// window's length.
    pub(super) fn matches(&self, days: &[i32]) -> Vec<Vec<i32>> {
        days.iter()
            .map(|&day| {
                let mut alike = self.alike(day);
                alike.retain(|&other| self.is_clear(other, days));
                alike
            })
            .collect()
    }

    /// Is there no step within a window's length of this day?
    fn is_clear(&self, day: i32, steps: &[i32]) -> bool {
        [steps, &self.left_out].into_iter().all(|steps| {
            let next = steps.partition_point(|step| *step < day - self.window);
            steps.get(next).is_none_or(|step| *step > day + self.window)
        })
    }
}

/// Steps moved among the days like their own.
pub(super) struct Moves<'a> {
    matcher: &'a Matcher<'a>,
    days: &'a [i32],
    /// How many steps each cluster has, in order.
    clusters: Vec<usize>,
    /// The days like each day, once they were asked for.
    alike: Vec<Option<Vec<i32>>>,
    /// The steps where they were moved to, ascending.
    moved: Vec<i32>,
}

impl<'a> Moves<'a> {
    /// Step days, ascending; those whose windows overlap are one cluster.
    pub(super) fn new(matcher: &'a Matcher<'a>, days: &'a [i32]) -> Moves<'a> {
        let length = (matcher.calendar.last - matcher.calendar.first) as usize + 1;
        Moves {
            matcher,
            days,
            clusters: days
                .chunk_by(|a, b| b - a <= matcher.window)
                .map(<[i32]>::len)
                .collect(),
            alike: vec![None; length],
            moved: Vec::with_capacity(days.len()),
        }
    }

    fn at(&self, day: i32) -> usize {
        (day - self.matcher.calendar.first) as usize
    }

    fn learn(&mut self, day: i32) {
        let at = self.at(day);
        if self.alike[at].is_none() {
            self.alike[at] = Some(self.matcher.alike(day));
        }
    }

    /// The days like one that was learnt, itself among them.
    fn alike(&self, day: i32) -> &[i32] {
        self.alike[self.at(day)].as_deref().unwrap_or(&[])
    }

    /// Moves the steps and takes the mean difference after and before; `None` where no step has
    /// a matched day left.
    ///
    /// The first step of a cluster goes to any day like its own; the others go as far, to the
    /// nearest day like theirs, so that what lies close together stays so.
    pub(super) fn draw(&mut self, rng: &mut ChaCha8Rng) -> Option<[f64; 2]> {
        self.moved.clear();
        let mut at = 0;
        for cluster in 0..self.clusters.len() {
            let first = self.days[at];
            self.learn(first);
            let alike = self.alike(first);
            let shift = alike[rng.random_range(0..alike.len())] - first;
            for _ in 0..self.clusters[cluster] {
                let aim = self.days[at] + shift;
                self.learn(self.days[at]);
                let alike = self.alike(self.days[at]);
                let next = alike.partition_point(|day| *day < aim);
                let near = &alike[next.saturating_sub(1)..alike.len().min(next + 1)];
                let goal = near.iter().min_by_key(|day| (*day - aim).abs());
                self.moved.push(goal.copied().unwrap_or(self.days[at]));
                at += 1;
            }
        }
        self.moved.sort_unstable();
        for at in 0..self.moved.len() {
            self.learn(self.moved[at]);
        }
        self.mean_difference()
    }

    fn mean_difference(&self) -> Option<[f64; 2]> {
        let (mut total, mut steps) = ([0.0; 2], 0);
        for &day in &self.moved {
            let (mut after, mut before, mut days) = (0, 0, 0);
            for &other in self.alike(day) {
                if self.matcher.is_clear(other, &self.moved) {
                    after += self.matcher.after(other);
                    before += self.matcher.before(other);
                    days += 1;
                }
            }
            if days > 0 {
                let days = f64::from(days);
                total[0] += f64::from(self.matcher.after(day)) - f64::from(after) / days;
                total[1] += f64::from(self.matcher.before(day)) - f64::from(before) / days;
                steps += 1;
            }
        }
        (steps > 0).then(|| total.map(|sum| sum / f64::from(steps)))
    }
}
