//! Which files are wanted.

use std::collections::BTreeSet;

use jiff::civil::{Date, DateTime, date};
use jiff::{Span, ToSpan};

use crate::error::FetchError;

/// The first slot of GDELT 2.0.
const GDELT2_BEGINS: DateTime = date(2015, 2, 18).at(23, 0, 0, 0);
/// GDELT 1.0 begins with this day; its files are yearly up to 2005.
const GDELT1_BEGINS: Date = date(1979, 1, 1);
/// From here on the files of GDELT 1.0 are monthly.
const GDELT1_MONTHLY: Date = date(2006, 1, 1);
/// From here on the files of GDELT 1.0 are daily.
const GDELT1_DAILY: Date = date(2013, 4, 1);
/// The time between two slots of GDELT 2.0.
const SLOT_MINUTES: i64 = 15;

/// What a file of GDELT 2.0 holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Events.
    Export,
    /// Mentions of events.
    Mentions,
}

/// Which stream of GDELT 2.0 a file belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Language {
    /// Read in English.
    English,
    /// Read in another language and translated by machine.
    Translingual,
}

impl Language {
    fn infix(self) -> &'static str {
        match self {
            Self::English => "",
            Self::Translingual => ".translation",
        }
    }
}

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Export => "export",
            Self::Mentions => "mentions",
        }
    }
}

/// The files of a range of days, both ends included, in UTC: from 00:00:00 of the first day up to
/// and without 24:00:00 of the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    source: Source,
    from: Date,
    to: Date,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Source {
    Gdelt1,
    Gdelt2 {
        kinds: BTreeSet<Kind>,
        languages: BTreeSet<Language>,
    },
}

/// What a name on a list is to a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// Asked for.
    Wanted,
    /// Of a kind that is asked for, but not of the range.
    Outside,
    /// A file of the same publisher that is not asked for.
    Other,
    /// No name this publisher gives to a file.
    Strange,
}

/// How the lines of a list are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ListForm {
    /// `size md5 url`.
    Master,
    /// `md5  name`.
    Checksums,
    /// `size name`.
    Sizes,
}

/// A list to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct List {
    pub name: &'static str,
    pub form: ListForm,
}

impl Plan {
    /// Where GDELT 2.0 is published.
    pub const GDELT2_BASE: &str = "http://data.gdeltproject.org/gdeltv2";
    /// Where GDELT 1.0 is published.
    pub const GDELT1_BASE: &str = "http://data.gdeltproject.org/events";

    /// Files of GDELT 2.0, one every fifteen minutes since 2015-02-18 23:00 for each kind and
    /// language.
    pub fn gdelt2(
        from: Date,
        to: Date,
        kinds: &[Kind],
        languages: &[Language],
    ) -> Result<Self, FetchError> {
        if kinds.is_empty() || languages.is_empty() {
            return Err(FetchError::Plan {
                why: "neither a kind of file nor a language may be left out".into(),
            });
        }
        if to < GDELT2_BEGINS.date() {
            return Err(FetchError::Plan {
                why: format!(
                    "GDELT 2.0 begins on {}; older days are in GDELT 1.0",
                    GDELT2_BEGINS.date()
                ),
            });
        }
        let source = Source::Gdelt2 {
            kinds: kinds.iter().copied().collect(),
            languages: languages.iter().copied().collect(),
        };
        Self::of(source, from, to)
    }

    /// Files of GDELT 1.0: yearly up to 2005, monthly up to March 2013, daily from then on. A
    /// yearly or monthly file is wanted when the range touches it.
    pub fn gdelt1(from: Date, to: Date) -> Result<Self, FetchError> {
        if to < GDELT1_BEGINS {
            return Err(FetchError::Plan {
                why: format!("GDELT 1.0 begins on {GDELT1_BEGINS}"),
            });
        }
        Self::of(Source::Gdelt1, from, to)
    }

    fn of(source: Source, from: Date, to: Date) -> Result<Self, FetchError> {
        if from > to {
            return Err(FetchError::Plan {
                why: format!("the first day, {from}, is after the last, {to}"),
            });
        }
        // A slip of the pen (a year of 9999) would otherwise become millions of missing slots.
        if to.year() > 2100 {
            return Err(FetchError::Plan {
                why: format!("the last day, {to}, is after the year 2100"),
            });
        }
        Ok(Self { source, from, to })
    }

    /// The first day.
    pub fn from(&self) -> Date {
        self.from
    }

    /// The last day.
    pub fn to(&self) -> Date {
        self.to
    }

    pub(crate) fn lists(&self) -> Vec<List> {
        match &self.source {
            Source::Gdelt1 => vec![
                List {
                    name: "md5sums",
                    form: ListForm::Checksums,
                },
                List {
                    name: "filesizes",
                    form: ListForm::Sizes,
                },
            ],
            Source::Gdelt2 { languages, .. } => languages
                .iter()
                .map(|language| List {
                    name: match language {
                        Language::English => "masterfilelist.txt",
                        Language::Translingual => "masterfilelist-translation.txt",
                    },
                    form: ListForm::Master,
                })
                .collect(),
        }
    }

    /// What is asked for, without the range: a list read for it serves any part of its range.
    pub(crate) fn subject(&self) -> String {
        match &self.source {
            Source::Gdelt1 => "gdelt1".into(),
            Source::Gdelt2 { kinds, .. } => {
                let kinds: Vec<_> = kinds.iter().map(|k| k.word()).collect();
                format!("gdelt2 {}", kinds.join(" "))
            }
        }
    }

    /// The names there would be if no slot were missing, each series by itself and in order.
    pub(crate) fn series(&self) -> Vec<Vec<String>> {
        match &self.source {
            Source::Gdelt1 => vec![self.gdelt1_names()],
            Source::Gdelt2 { kinds, languages } => {
                let stamps = self.slots();
                let mut all = Vec::new();
                for language in languages {
                    for kind in kinds {
                        let end = format!("{}.{}.CSV.zip", language.infix(), kind.word());
                        all.push(stamps.iter().map(|s| format!("{s}{end}")).collect());
                    }
                }
                all
            }
        }
    }

    fn slots(&self) -> Vec<String> {
        let begin = self.from.at(0, 0, 0, 0).max(GDELT2_BEGINS);
        let last = self.to.at(23, 45, 0, 0);
        begin
            .series(Span::new().minutes(SLOT_MINUTES))
            .take_while(|slot| *slot <= last)
            .map(|slot| slot.strftime("%Y%m%d%H%M%S").to_string())
            .collect()
    }

    fn gdelt1_names(&self) -> Vec<String> {
        let mut names = Vec::new();
        let mut day = self.from.max(GDELT1_BEGINS);
        while day <= self.to {
            let (name, next) = if day < GDELT1_MONTHLY {
                let next = day.last_of_year().saturating_add(1.day());
                (format!("{}.zip", day.strftime("%Y")), next)
            } else if day < GDELT1_DAILY {
                let next = day.last_of_month().saturating_add(1.day());
                (format!("{}.zip", day.strftime("%Y%m")), next)
            } else {
                let name = format!("{}.export.CSV.zip", day.strftime("%Y%m%d"));
                (name, day.saturating_add(1.day()))
            };
            names.push(name);
            day = next;
        }
        names
    }

    /// What a name is to this plan. Only a name of the publisher's own pattern passes, so that a
    /// list can neither climb out of the folder nor name a file of its own choice.
    pub(crate) fn standing(&self, name: &str) -> Standing {
        match &self.source {
            Source::Gdelt1 => self.standing1(name),
            Source::Gdelt2 { kinds, languages } => {
                let Some((stamp, end)) = name.split_at_checked(14) else {
                    return Standing::Strange;
                };
                let Some(slot) = slot(stamp) else {
                    return Standing::Strange;
                };
                let (language, end) = match end.strip_prefix(".translation") {
                    Some(end) => (Language::Translingual, end),
                    None => (Language::English, end),
                };
                let kind = match end {
                    ".export.CSV.zip" => Kind::Export,
                    ".mentions.CSV.zip" => Kind::Mentions,
                    ".gkg.csv.zip" => return Standing::Other,
                    _ => return Standing::Strange,
                };
                if !kinds.contains(&kind) || !languages.contains(&language) {
                    return Standing::Other;
                }
                self.within(slot.date(), slot.date())
            }
        }
    }

    fn standing1(&self, name: &str) -> Standing {
        const REDUCED: &str = "GDELT.MASTERREDUCEDV2.1979-2013.zip";
        if name == REDUCED {
            return Standing::Other;
        }
        let span = match name.split_once('.') {
            Some((day, "export.CSV.zip")) if day.len() == 8 => calendar_day(day)
                .map(|d| (d, d))
                .filter(|d| d.0 >= GDELT1_DAILY),
            Some((month, "zip")) if month.len() == 6 => calendar_day(&format!("{month}01"))
                .map(|d| (d, d.last_of_month()))
                .filter(|d| d.0 >= GDELT1_MONTHLY && d.0 < GDELT1_DAILY),
            Some((year, "zip")) if year.len() == 4 => calendar_day(&format!("{year}0101"))
                .map(|d| (d, d.last_of_year()))
                .filter(|d| d.0 >= GDELT1_BEGINS && d.0 < GDELT1_MONTHLY),
            _ => None,
        };
        match span {
            Some((first, last)) => self.within(first, last),
            None => Standing::Strange,
        }
    }

    fn within(&self, first: Date, last: Date) -> Standing {
        if last < self.from || first > self.to {
            Standing::Outside
        } else {
            Standing::Wanted
        }
    }
}

/// The moment that fourteen digits name.
fn slot(stamp: &str) -> Option<DateTime> {
    let (day, time) = stamp.split_at_checked(8)?;
    let day = calendar_day(day)?;
    let time = digits(time).filter(|_| time.len() == 6)?;
    let part = |n: u32| i8::try_from(n % 100).ok();
    let time = (part(time / 10_000)?, part(time / 100)?, part(time)?);
    let time = jiff::civil::Time::new(time.0, time.1, time.2, 0).ok()?;
    Some(day.to_datetime(time))
}

/// The day that eight digits name.
fn calendar_day(text: &str) -> Option<Date> {
    let number = digits(text).filter(|_| text.len() == 8)?;
    let year = i16::try_from(number / 10_000).ok()?;
    let month = i8::try_from(number / 100 % 100).ok()?;
    let day = i8::try_from(number % 100).ok()?;
    Date::new(year, month, day).ok()
}

/// A number written in digits alone: no sign, no blank.
fn digits(text: &str) -> Option<u32> {
    let plain = text.bytes().all(|b| b.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gdelt2(from: Date, to: Date) -> Plan {
        Plan::gdelt2(from, to, &[Kind::Export], &[Language::English]).unwrap()
    }

    #[test]
    fn a_day_has_ninety_six_slots_and_the_last_is_at_a_quarter_to_midnight() {
        let plan = gdelt2(date(2024, 1, 1), date(2024, 1, 31));
        let series = plan.series();
        assert_eq!(series.len(), 1);
        assert_eq!(series[0].len(), 31 * 96);
        assert_eq!(series[0][0], "20240101000000.export.CSV.zip");
        assert_eq!(series[0].last().unwrap(), "20240131234500.export.CSV.zip");
        assert_eq!(
            plan.standing("20240131234500.export.CSV.zip"),
            Standing::Wanted
        );
        assert_eq!(
            plan.standing("20240201000000.export.CSV.zip"),
            Standing::Outside
        );
        assert_eq!(
            plan.standing("20231231234500.export.CSV.zip"),
            Standing::Outside
        );
    }

    #[test]
    fn nothing_is_missing_before_gdelt_2_began() {
        let plan = gdelt2(date(2015, 1, 1), date(2015, 2, 18));
        assert_eq!(plan.series()[0].len(), 4);
        assert!(
            Plan::gdelt2(
                date(2014, 1, 1),
                date(2014, 1, 2),
                &[Kind::Export],
                &[Language::English]
            )
            .is_err()
        );
        assert!(
            Plan::gdelt2(
                date(2024, 1, 2),
                date(2024, 1, 1),
                &[Kind::Export],
                &[Language::English]
            )
            .is_err()
        );
        assert!(
            Plan::gdelt2(
                date(2024, 1, 2),
                date(9999, 1, 1),
                &[Kind::Export],
                &[Language::English]
            )
            .is_err()
        );
        assert!(
            Plan::gdelt2(
                date(2024, 1, 2),
                date(2024, 1, 3),
                &[],
                &[Language::English]
            )
            .is_err()
        );
    }

    #[test]
    fn only_the_publishers_own_pattern_passes() {
        let plan = gdelt2(date(2024, 1, 1), date(2024, 12, 31));
        for strange in [
            "",
            "..",
            "../20240101000000.export.CSV.zip",
            "20240101000000.export.CSV.zip/..",
            "20240101000000.export.csv.zip",
            "20240101000000.Export.CSV.zip",
            "20240101000000.export.CSV.zip ",
            "20240101000000.export.CSV.zip.exe",
            "20240101000000.translation.translation.export.CSV.zip",
            "20240001000000.export.CSV.zip",
            "20240230000000.export.CSV.zip",
            "20240101240000.export.CSV.zip",
            "20240101006000.export.CSV.zip",
            "2024010100000.export.CSV.zip",
            "+0240101000000.export.CSV.zip",
            "２0240101000000.export.CSV.zip",
            "2024010100000é.export.CSV.zip",
        ] {
            assert_eq!(plan.standing(strange), Standing::Strange, "{strange:?}");
        }
        for other in [
            "20240101000000.gkg.csv.zip",
            "20240101000000.mentions.CSV.zip",
            "20240101000000.translation.export.CSV.zip",
        ] {
            assert_eq!(plan.standing(other), Standing::Other, "{other:?}");
        }
    }

    #[test]
    fn gdelt_1_is_yearly_then_monthly_then_daily() {
        let plan = Plan::gdelt1(date(2004, 5, 5), date(2013, 4, 2)).unwrap();
        let names = plan.gdelt1_names();
        assert_eq!(names.len(), 2 + 7 * 12 + 3 + 2);
        assert_eq!(names[..3], ["2004.zip", "2005.zip", "200601.zip"]);
        assert_eq!(
            names[names.len() - 3..],
            [
                "201303.zip",
                "20130401.export.CSV.zip",
                "20130402.export.CSV.zip"
            ]
        );
        for name in &names {
            assert_eq!(plan.standing(name), Standing::Wanted, "{name}");
        }
        let whole = Plan::gdelt1(date(1979, 1, 1), date(2013, 3, 31)).unwrap();
        assert_eq!(whole.gdelt1_names().len(), 27 + 87);
        for (name, standing) in [
            ("2003.zip", Standing::Outside),
            ("20130403.export.CSV.zip", Standing::Outside),
            ("GDELT.MASTERREDUCEDV2.1979-2013.zip", Standing::Other),
            ("2006.zip", Standing::Strange),
            ("201304.zip", Standing::Strange),
            ("20130331.export.CSV.zip", Standing::Strange),
            ("../2004.zip", Standing::Strange),
        ] {
            assert_eq!(plan.standing(name), standing, "{name}");
        }
    }
}
