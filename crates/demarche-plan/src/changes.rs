//! What one schedule does that another does not.

use crate::problem::Schedule;

/// The differences between two schedules of the same activities.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Activities that are done and were not.
    pub came_in: Vec<usize>,
    /// Activities that were done and are not.
    pub went_out: Vec<usize>,
    /// Activities that start in another period: activity, then, now.
    pub moved: Vec<(usize, usize, usize)>,
}

impl Changes {
    /// What `after` does otherwise than `before`.
    ///
    /// # Panics
    /// If the two are of different lengths.
    #[must_use]
    pub fn between(before: &Schedule, after: &Schedule) -> Self {
        assert_eq!(before.len(), after.len());
        let mut changes = Self::default();
        for (a, pair) in before.iter().zip(after).enumerate() {
            match pair {
                (None, Some(_)) => changes.came_in.push(a),
                (Some(_), None) => changes.went_out.push(a),
                (Some(then), Some(now)) if then != now => changes.moved.push((a, *then, *now)),
                _ => {}
            }
        }
        changes
    }

    /// How many activities are decided otherwise.
    #[must_use]
    pub fn count(&self) -> usize {
        self.came_in.len() + self.went_out.len() + self.moved.len()
    }

    /// The changes in a phrase: `in: a, b; out: c; moved: d (2027-Q1 → 2027-Q3)`. `name` and `period`
    /// say what activities and periods are called.
    pub fn words<'n, P: std::fmt::Display>(
        &self,
        name: impl Fn(usize) -> &'n str,
        period: impl Fn(usize) -> P,
    ) -> String {
        let list = |all: &[usize]| all.iter().map(|&a| name(a)).collect::<Vec<_>>().join(", ");
        let moved: Vec<String> = (self.moved.iter())
            .map(|&(a, then, now)| format!("{} ({} → {})", name(a), period(then), period(now)))
            .collect();
        let parts = [
            ("in", list(&self.came_in)),
            ("out", list(&self.went_out)),
            ("moved", moved.join(", ")),
        ];
        let parts = parts.into_iter().filter(|(_, what)| !what.is_empty());
        let all: Vec<String> = parts.map(|(how, what)| format!("{how}: {what}")).collect();
        all.join("; ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_difference_is_told_once() {
        let before = vec![None, Some(1), Some(2), Some(3), None];
        let after = vec![Some(0), None, Some(4), Some(3), None];
        let changes = Changes::between(&before, &after);
        assert_eq!(changes.came_in, [0]);
        assert_eq!(changes.went_out, [1]);
        assert_eq!(changes.moved, [(2, 2, 4)]);
        assert_eq!(changes.count(), 3);
        let names = ["a", "b", "c", "d", "e"];
        assert_eq!(
            changes.words(|a| names[a], |t| t + 1),
            "in: a; out: b; moved: c (3 → 5)"
        );
        assert_eq!(Changes::between(&after, &after).count(), 0);
    }
}
