//! What is missing between the first file and the last, and between the first day and the last.
//!
//! GDELT names its files by the time they cover, so a file that was never read shows. Other
//! sources are looked at by the days on which they have events.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;

use crate::FileRecord;

/// Seconds of a day.
const DAY: i64 = 86_400;
/// Seconds of a slot of GDELT 2.0.
const SLOT: i64 = 900;

/// Daily files of GDELT 1.0 that were never published.
const NEVER: [(i16, i8, i8); 4] = [(2014, 1, 23), (2014, 1, 24), (2014, 1, 25), (2014, 3, 19)];

/// Name of the series of the event files of GDELT 1.0.
pub const GDELT1: &str = "GDELT 1.0 events";
/// Name of the series of the event files of GDELT 2.0.
pub const GDELT2: &str = "GDELT 2.0 events";

/// What a gap is counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Unit {
    /// A quarter of an hour, counted from 1970-01-01T00:00 UTC.
    Slot,
    /// A day, counted from 1970-01-01.
    Day,
}

/// Consecutive slots or days, both ends among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Range {
    /// The first.
    pub first: i64,
    /// The last.
    pub last: i64,
}

impl Range {
    /// How many.
    pub fn count(self) -> u64 {
        self.last.abs_diff(self.first) + 1
    }

    /// In words: `2025-06-15`, `2025-06-15 10:00 to 2025-06-15 11:45`.
    pub fn words(self, unit: Unit) -> String {
        let whole = |first: i64, last: i64| {
            if first == last {
                day_words(first)
            } else {
                format!("{} to {}", day_words(first), day_words(last))
            }
        };
        match unit {
            Unit::Day => whole(self.first, self.last),
            Unit::Slot => {
                let per_day = DAY / SLOT;
                let start = |slot: i64| slot.rem_euclid(per_day) == 0;
                if start(self.first) && start(self.last + 1) {
                    whole(
                        self.first.div_euclid(per_day),
                        self.last.div_euclid(per_day),
                    )
                } else if self.first == self.last {
                    slot_words(self.first)
                } else {
                    format!("{} to {}", slot_words(self.first), slot_words(self.last))
                }
            }
        }
    }
}

/// Files that follow each other in time, or days with events, and what is missing among them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series {
    /// Which: `GDELT 2.0 events`.
    pub name: String,
    /// What it is counted in.
    pub unit: Unit,
    /// From the first to the last.
    pub span: Range,
    /// How many there are.
    pub present: u64,
    /// What is missing between them.
    pub missing: Vec<Range>,
    /// What is missing and was never published.
    pub never: Vec<Range>,
}

impl Series {
    /// How many are missing that may exist.
    pub fn missing_count(&self) -> u64 {
        self.missing.iter().map(|r| r.count()).sum()
    }

    /// First and last day, counted from 1970-01-01.
    pub fn days(&self) -> (i64, i64) {
        let per_day = match self.unit {
            Unit::Slot => DAY / SLOT,
            Unit::Day => 1,
        };
        (
            self.span.first.div_euclid(per_day),
            self.span.last.div_euclid(per_day),
        )
    }

    /// How many weeks, from Monday to Sunday, are missing as a whole.
    pub fn missing_weeks(&self) -> u64 {
        let day = match self.unit {
            Unit::Day => 1,
            Unit::Slot => DAY / SLOT,
        };
        // Day 0 was a Thursday, so a Monday is day 4.
        let monday = |day: i64| (day - 4).div_euclid(7);
        self.missing
            .iter()
            .map(|r| {
                let first = (r.first + day - 1).div_euclid(day);
                let after = (r.last + 1).div_euclid(day);
                let first_week = monday(first + 6);
                monday(after).saturating_sub(first_week).max(0) as u64
            })
            .sum()
    }
}

/// Finds the gaps between files by their names. Takes records in any order.
#[derive(Clone, Debug, Default)]
pub struct FileGaps {
    /// Ranges covered, by name of the series.
    covered: BTreeMap<(&'static str, Unit), BTreeSet<Range>>,
}

impl FileGaps {
    /// Takes a file into account: its name, and those of its members where it is an archive.
    pub fn add(&mut self, file: &FileRecord) {
        for name in std::iter::once(&file.name).chain(&file.members) {
            if let Some((series, unit, range)) = covers(name, &file.format) {
                let covered = self.covered.entry((series, unit)).or_default();
                covered.insert(range);
            }
        }
    }

    /// The series, by name.
    pub fn finish(self) -> Vec<Series> {
        self.covered
            .into_iter()
            .filter_map(|((name, unit), covered)| {
                let mut series = between(name.to_owned(), unit, covered)?;
                if name == GDELT1 {
                    set_never_apart(&mut series);
                }
                Some(series)
            })
            .collect()
    }
}

/// The days without any event, of the days that have some.
pub fn empty_days(name: String, days: impl IntoIterator<Item = i32>) -> Option<Series> {
    let days: BTreeSet<Range> = days
        .into_iter()
        .map(|day| Range {
            first: i64::from(day),
            last: i64::from(day),
        })
        .collect();
    between(name, Unit::Day, days)
}

/// What lies between ranges that are sorted by their first.
fn between(name: String, unit: Unit, covered: BTreeSet<Range>) -> Option<Series> {
    let mut ranges = covered.into_iter();
    let mut span = ranges.next()?;
    let mut missing = Vec::new();
    for range in ranges {
        if range.first > span.last + 1 {
            missing.push(Range {
                first: span.last + 1,
                last: range.first - 1,
            });
        }
        span.last = span.last.max(range.last);
    }
    let gone: u64 = missing.iter().map(|r| r.count()).sum();
    Some(Series {
        name,
        unit,
        span,
        present: span.count() - gone,
        missing,
        never: Vec::new(),
    })
}

/// Moves the days that were never published from the missing to the others.
fn set_never_apart(series: &mut Series) {
    let never: BTreeSet<i64> = NEVER
        .iter()
        .filter_map(|&(y, m, d)| Date::new(y, m, d).ok())
        .map(day_number)
        .collect();
    let mut missing = Vec::new();
    for range in std::mem::take(&mut series.missing) {
        let mut first = range.first;
        for &day in never.range(range.first..=range.last) {
            if first < day {
                missing.push(Range {
                    first,
                    last: day - 1,
                });
            }
            first = day + 1;
            match series.never.last_mut() {
                Some(before) if before.last + 1 == day => before.last = day,
                _ => series.never.push(Range {
                    first: day,
                    last: day,
                }),
            }
        }
        if first <= range.last {
            missing.push(Range {
                first,
                last: range.last,
            });
        }
    }
    series.missing = missing;
}

/// What time a file covers, by its name.
fn covers(path: &str, format: &str) -> Option<(&'static str, Unit, Range)> {
    let name = path.rsplit(['/', '\\']).next()?.to_ascii_lowercase();
    let name = name
        .strip_suffix(".zip")
        .or_else(|| name.strip_suffix(".gz"))
        .unwrap_or(&name);
    let digits = name.bytes().take_while(u8::is_ascii_digit).count();
    let (stamp, rest) = name.split_at(digits);
    let number = |range: std::ops::Range<usize>| stamp.get(range)?.parse::<i16>().ok();
    let date = || {
        let (month, day) = (number(4..6)?, number(6..8)?);
        Date::new(number(0..4)?, month.try_into().ok()?, day.try_into().ok()?).ok()
    };
    match (digits, rest) {
        (14, _) => {
            let series = match rest {
                ".export.csv" => GDELT2,
                ".mentions.csv" => "GDELT 2.0 mentions",
                ".translation.export.csv" => "GDELT 2.0 translated events",
                ".translation.mentions.csv" => "GDELT 2.0 translated mentions",
                _ => return None,
            };
            let (hour, minute, second) = (number(8..10)?, number(10..12)?, number(12..14)?);
            if hour > 23 || minute > 59 || minute % 15 != 0 || second != 0 {
                return None;
            }
            let slot = day_number(date()?) * (DAY / SLOT)
                + i64::from(hour) * (3_600 / SLOT)
                + i64::from(minute) / (SLOT / 60);
            let range = Range {
                first: slot,
                last: slot,
            };
            Some((series, Unit::Slot, range))
        }
        (8, ".export.csv") => {
            let day = day_number(date()?);
            let range = Range {
                first: day,
                last: day,
            };
            Some((GDELT1, Unit::Day, range))
        }
        // Names as plain as `1999.zip` could be anything.
        (4 | 6, "" | ".csv") if format == "gdelt1" => {
            let year = number(0..4)?;
            let (first, last) = if digits == 4 {
                (Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?)
            } else {
                let first = Date::new(year, number(4..6)?.try_into().ok()?, 1).ok()?;
                (first, first.last_of_month())
            };
            let range = Range {
                first: day_number(first),
                last: day_number(last),
            };
            Some((GDELT1, Unit::Day, range))
        }
        _ => None,
    }
}

fn day_number(date: Date) -> i64 {
    let epoch = Date::constant(1970, 1, 1);
    date.duration_since(epoch).as_hours() / 24
}

/// A day of the calendar; a count beyond it as it stands.
pub(crate) fn day_words(day: i64) -> String {
    let date = jiff::Span::new()
        .try_days(day)
        .and_then(|span| Date::constant(1970, 1, 1).checked_add(span));
    date.map_or_else(|_| format!("day {day}"), |date| date.to_string())
}

fn slot_words(slot: i64) -> String {
    let per_day = DAY / SLOT;
    let minutes = slot.rem_euclid(per_day) * (SLOT / 60);
    format!(
        "{} {:02}:{:02}",
        day_words(slot.div_euclid(per_day)),
        minutes / 60,
        minutes % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(format: &str, names: &[&str]) -> Vec<Series> {
        let mut gaps = FileGaps::default();
        for name in names {
            gaps.add(&FileRecord {
                name: (*name).to_owned(),
                format: format.to_owned(),
                ..FileRecord::default()
            });
        }
        gaps.finish()
    }

    fn words(series: &Series, ranges: &[Range]) -> Vec<String> {
        ranges.iter().map(|r| r.words(series.unit)).collect()
    }

    #[test]
    fn missing_slots_are_named_over_midnight() {
        let all = of(
            "gdelt2",
            &[
                "2015/20150218230000.export.CSV.zip",
                "20150218231500.export.CSV.zip",
                "20150219001500.export.CSV",
                "20150219003000.EXPORT.csv.gz",
                "20150218230000.mentions.CSV.zip",
                "20150219000000.translation.export.CSV.zip",
                "20150219000100.export.CSV.zip",
                "20150231000000.export.CSV.zip",
                "notes.txt",
            ],
        );
        let names: Vec<&str> = all.iter().map(|s| s.name.as_str()).collect();
        assert_eq!(
            names,
            [
                "GDELT 2.0 events",
                "GDELT 2.0 mentions",
                "GDELT 2.0 translated events"
            ]
        );
        assert_eq!(all[0].present, 4);
        assert_eq!(all[0].missing_count(), 3);
        assert_eq!(
            words(&all[0], &all[0].missing),
            ["2015-02-18 23:30 to 2015-02-19 00:00"]
        );
        assert!(all[1].missing.is_empty());
    }

    #[test]
    fn a_whole_missing_day_is_a_day() {
        let all = of(
            "gdelt2",
            &[
                "20250614234500.export.CSV.zip",
                "20250616000000.export.CSV.zip",
            ],
        );
        assert_eq!(all[0].missing_count(), 96);
        assert_eq!(words(&all[0], &all[0].missing), ["2025-06-15"]);
    }

    #[test]
    fn years_months_and_days_of_gdelt_1_follow_each_other() {
        let all = of(
            "gdelt1",
            &["2004.zip", "2005.zip", "200601.zip", "200603.csv"],
        );
        assert_eq!(all.len(), 1);
        assert_eq!(
            words(&all[0], &all[0].missing),
            ["2006-02-01 to 2006-02-28"]
        );
        assert_eq!(all[0].missing_weeks(), 3, "6, 13 and 20 February");
        assert!(of("gdelt2", &["2004.zip"]).is_empty());
        let joined = of("gdelt1", &["201303.zip", "20130401.export.CSV.zip"]);
        assert!(joined[0].missing.is_empty());
    }

    #[test]
    fn days_that_were_never_published_are_no_gap() {
        let all = of(
            "gdelt1",
            &[
                "20140121.export.CSV.zip",
                "20140126.export.CSV.zip",
                "20140127.export.CSV.zip",
            ],
        );
        assert_eq!(words(&all[0], &all[0].missing), ["2014-01-22"]);
        assert_eq!(words(&all[0], &all[0].never), ["2014-01-23 to 2014-01-25"]);
    }

    #[test]
    fn members_tell_where_the_archive_does_not() {
        let mut gaps = FileGaps::default();
        gaps.add(&FileRecord {
            name: "download.zip".to_owned(),
            members: vec![
                "20150218230000.export.CSV".to_owned(),
                "20150218233000.export.CSV".to_owned(),
            ],
            format: "gdelt2".to_owned(),
            ..FileRecord::default()
        });
        let all = gaps.finish();
        assert_eq!(words(&all[0], &all[0].missing), ["2015-02-18 23:15"]);
    }

    #[test]
    fn whole_weeks_begin_on_monday() {
        // 2026-11-23, a Monday, is day 20780.
        assert_eq!(day_words(20_780), "2026-11-23");
        let weeks = |first: i32, last: i32| {
            let days = [first - 1, last + 1];
            empty_days("x".to_owned(), days).unwrap().missing_weeks()
        };
        assert_eq!(weeks(20_780, 20_786), 1);
        assert_eq!(weeks(20_781, 20_787), 0);
        assert_eq!(weeks(20_780, 20_785), 0);
        assert_eq!(weeks(20_779, 20_793), 2);
    }

    proptest! {
        #[test]
        fn present_and_missing_make_the_span(days in prop::collection::btree_set(-9000i32..9000, 1..80)) {
            let series = empty_days("x".to_owned(), days.iter().copied()).unwrap();
            prop_assert_eq!(series.present, days.len() as u64);
            prop_assert_eq!(series.present + series.missing_count(), series.span.count());
            for range in &series.missing {
                for day in range.first..=range.last {
                    prop_assert!(!days.contains(&(day as i32)));
                }
            }
        }

        #[test]
        fn no_name_panics(name: String, stamp in "[0-9]{0,16}", rest in "[.a-z]{0,12}") {
            covers(&name, "gdelt1");
            covers(&format!("{stamp}{rest}"), "gdelt1");
            covers(&format!("{stamp}.export.CSV.zip"), "gdelt2");
        }
    }
}
