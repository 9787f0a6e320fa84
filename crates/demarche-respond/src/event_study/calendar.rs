//! What a day is: its year, its day of the week, how it lies to the nearest occasion, and how
//! many hostile acts there were up to it.

use jiff::{ToSpan, civil::date};

use super::StudyInput;

/// The days of an observation.
pub(super) struct Calendar {
    pub first: i32,
    pub last: i32,
    /// The year of each day.
    years: Vec<i16>,
    /// Days to the nearest occasion, below zero before it; none if none is near.
    offsets: Vec<Option<i32>>,
    /// How many acts there were up to and on each day, from the day before the first.
    acts: Vec<u32>,
}

impl Calendar {
    pub(super) fn new(input: &StudyInput, within: i32) -> Calendar {
        let (first, last) = (input.first, input.last);
        let length = (last - first) as usize + 1;
        let year = |day: i32| {
            let day = date(1970, 1, 1).checked_add(i64::from(day).days());
            // Beyond the years 9999 and −9999 all days count as one year.
            day.map_or(0, |day| day.year())
        };
        let mut occasions = input.occasions.clone();
        occasions.sort_unstable();
        let offset = |day: i32| {
            let next = occasions.partition_point(|occasion| *occasion < day);
            let near = occasions[next.saturating_sub(1)..].iter().take(2);
            near.map(|occasion| day - occasion)
                .filter(|offset| offset.abs() <= within)
                // Of two as near, the one before: what follows an occasion refers to it.
                .min_by_key(|offset| (offset.abs(), *offset < 0))
        };
        let mut acts = vec![0; length + 1];
        for act in &input.acts {
            acts[(act - first) as usize + 1] += 1;
        }
        for at in 1..acts.len() {
            acts[at] += acts[at - 1];
        }
        Calendar {
            first,
            last,
            years: (first..=last).map(year).collect(),
            offsets: (first..=last).map(offset).collect(),
            acts,
        }
    }

    fn at(&self, day: i32) -> usize {
        (day - self.first) as usize
    }

    pub(super) fn year(&self, day: i32) -> i16 {
        self.years[self.at(day)]
    }

    /// Days from the nearest occasion, if one is near.
    pub(super) fn offset(&self, day: i32) -> Option<i32> {
        self.offsets[self.at(day)]
    }

    /// How many acts fall on the days from one to another, both in the observation.
    pub(super) fn acts_in(&self, from: i32, to: i32) -> u32 {
        self.acts[self.at(to) + 1] - self.acts[self.at(from)]
    }

    /// 0 for Monday to 6 for Sunday. The first of January 1970 was a Thursday.
    pub(super) fn weekday(day: i32) -> i32 {
        (day + 3).rem_euclid(7)
    }
}
