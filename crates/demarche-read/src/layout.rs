//! How a format's fields become the columns of the schema.
//!
//! A line is cut into fields; fields that belong together (the ten of an actor, the eight of a
//! place) form a *group*. Most groups repeat: a million rows hold some thousand actors. So whoever
//! stores rows keeps each group as one key, and asks [`Group::decode`] once a distinct key, not
//! once a row. All checks of a group's content happen there.

use demarche_events::{CameoCode, PloverType, Precision, QuadClass};

use crate::schema::{Column, Value};

/// A format of event files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Format {
    /// GDELT 1.0 events: 57 or 58 columns, without header.
    Gdelt1,
    /// GDELT 1.0, the reduced file of 17 columns, a row a daily count.
    Gdelt1Reduced,
    /// GDELT 2.0 events: 61 columns, without header.
    Gdelt2,
    /// GDELT 2.0 mentions: 16 columns, without header; no events of their own.
    Gdelt2Mentions,
    /// ICEWS: tab-separated, with header.
    Icews,
    /// POLECAT: tab-separated, with header, columns by name.
    Polecat,
    /// An event graph: subject, relation, object, time, with lists of names beside it.
    Quadruples,
    /// The chronicle of a case.
    Chronicle,
    /// Any table, by a mapping file.
    Mapped,
}

impl Format {
    /// All formats.
    pub const ALL: [Format; 9] = [
        Format::Gdelt1,
        Format::Gdelt1Reduced,
        Format::Gdelt2,
        Format::Gdelt2Mentions,
        Format::Icews,
        Format::Polecat,
        Format::Quadruples,
        Format::Chronicle,
        Format::Mapped,
    ];

    /// The name on the command line, in the ledger and in folder names.
    pub fn name(self) -> &'static str {
        match self {
            Format::Gdelt1 => "gdelt1",
            Format::Gdelt1Reduced => "gdelt1-reduced",
            Format::Gdelt2 => "gdelt2",
            Format::Gdelt2Mentions => "gdelt2-mentions",
            Format::Icews => "icews",
            Format::Polecat => "polecat",
            Format::Quadruples => "quadruples",
            Format::Chronicle => "chronicle",
            Format::Mapped => "mapped",
        }
    }

    /// The format of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.name() == name)
    }

    /// Are its rows events? Mentions are not.
    pub fn holds_events(self) -> bool {
        self != Format::Gdelt2Mentions
    }
}

impl std::fmt::Display for Format {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// What a group tells beyond its columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The id.
    Id,
    /// The day of the event.
    When,
    /// When it was recorded.
    Added,
    /// Who acts.
    Source,
    /// Towards whom.
    Target,
    /// What was done.
    Act,
    /// How many events the row stands for.
    Count,
    /// Number of mentions.
    Mentions,
    /// Whether it is a root event (told in the lead of a report).
    Root,
    /// The page.
    Url,
    /// The story.
    Story,
    /// Nothing that the reading of rows needs to know.
    Other,
}

/// How often the keys of a group repeat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repeats {
    /// Often: each distinct key is decoded once.
    Often,
    /// Hardly ever, like ids: a group of one field and one column, decoded row by row.
    Rarely,
}

/// Fields that are taken together.
pub struct Group {
    /// What it tells.
    pub part: Part,
    /// Positions of its fields in the line, from 0. A position beyond the end of a (shorter) line
    /// is an empty field.
    pub fields: Vec<usize>,
    /// The columns it fills, in the order of the values that `decode` gives.
    pub columns: Vec<Column>,
    /// How often its keys repeat.
    pub repeats: Repeats,
    /// How its fields become values.
    pub decode: Decode,
}

/// Turns the fields of a group into one value for each of its columns, pushed in order, and tells
/// what the group says. Fields are trimmed already. On an error nothing that was pushed counts.
pub type Decode =
    Box<dyn for<'a> Fn(&[&'a str], &mut Vec<Value<'a>>) -> Result<Told, Fault> + Send + Sync>;

/// What a group says, and what was wrong with it that does not cost the row.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Told {
    /// What it says.
    pub fact: Fact,
    /// A value that could not be read and was taken as missing; counted and logged, the row kept.
    pub mended: Option<Fault>,
}

/// What a group says.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Fact {
    /// Nothing beyond its columns.
    #[default]
    None,
    /// The day of the event.
    When {
        /// Counted from 1970-01-01.
        day: i32,
        /// How exactly it is known.
        precision: Precision,
    },
    /// An actor.
    Party(Box<Party>),
    /// What was done.
    Act(Act),
    /// A count, or 0 and 1 for no and yes.
    Count(i64),
}

/// Whose way of naming actors it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Naming {
    /// GDELT: CAMEO codes; country and known group apart.
    Gdelt,
    /// ICEWS: names; countries by English name.
    Icews,
    /// POLECAT: names; countries by ISO alpha-3.
    Polecat,
    /// Codes of a case, or ISO alpha-3.
    #[default]
    Code,
}

/// An actor as a file gives it; what it does not give is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Party {
    /// Whose way of naming it is.
    pub naming: Naming,
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its country.
    pub country: String,
    /// Its known group.
    pub group: String,
    /// Its roles or sectors.
    pub sectors: Vec<String>,
    /// Correlates of War number.
    pub cow: Option<u16>,
}

impl Party {
    /// Does the file say nothing of it?
    pub fn is_empty(&self) -> bool {
        self.code.is_empty()
            && self.name.is_empty()
            && self.country.is_empty()
            && self.group.is_empty()
            && self.sectors.is_empty()
            && self.cow.is_none()
    }
}

/// What was done.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Act {
    /// The CAMEO code, or the nearest one above it that the list has.
    pub cameo: Option<CameoCode>,
    /// The PLOVER type.
    pub plover: Option<PloverType>,
    /// Was the code not on the list, and one above it taken?
    pub fallback: bool,
    /// Quad class as the file gives it.
    pub quad_given: Option<u8>,
    /// Quad class by our table.
    pub quad: Option<QuadClass>,
    /// Scale value as the file gives it.
    pub scale_given: Option<f64>,
    /// Scale value by our table.
    pub scale: Option<f64>,
}

/// Why a row, or a value of it, could not be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fault {
    /// What is wrong.
    pub what: Wrong,
    /// The column it is wrong in; empty for the line as a whole.
    pub column: &'static str,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.what.code())?;
        if !self.column.is_empty() {
            write!(f, ":{}", self.column)?;
        }
        Ok(())
    }
}

/// What can be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Wrong {
    /// Fewer fields than the format has.
    TooFewFields,
    /// More fields than the format has.
    TooManyFields,
    /// The line is longer than is allowed.
    TooLong,
    /// A field that the row can't do without is empty.
    Missing,
    /// No date.
    BadDate,
    /// No number.
    BadNumber,
    /// No event code.
    BadCode,
    /// A number out of its range.
    OutOfRange,
    /// An entity or relation that the list beside the file does not hold.
    UnknownId,
    /// A quoted field that does not end.
    OpenQuote,
}

impl Wrong {
    /// All of them.
    pub const ALL: [Wrong; 10] = [
        Wrong::TooFewFields,
        Wrong::TooManyFields,
        Wrong::TooLong,
        Wrong::Missing,
        Wrong::BadDate,
        Wrong::BadNumber,
        Wrong::BadCode,
        Wrong::OutOfRange,
        Wrong::UnknownId,
        Wrong::OpenQuote,
    ];

    /// Its code in ledger and reject log.
    pub fn code(self) -> &'static str {
        match self {
            Wrong::TooFewFields => "too-few-fields",
            Wrong::TooManyFields => "too-many-fields",
            Wrong::TooLong => "too-long",
            Wrong::Missing => "missing",
            Wrong::BadDate => "bad-date",
            Wrong::BadNumber => "bad-number",
            Wrong::BadCode => "bad-code",
            Wrong::OutOfRange => "out-of-range",
            Wrong::UnknownId => "unknown-id",
            Wrong::OpenQuote => "open-quote",
        }
    }

    /// What it means, in words.
    pub fn words(self) -> &'static str {
        match self {
            Wrong::TooFewFields => "the line has fewer fields than the format",
            Wrong::TooManyFields => {
                "the line has more fields than the format, as a tab within a field makes them"
            }
            Wrong::TooLong => "the line is longer than is allowed",
            Wrong::Missing => "a field that the row can't do without is empty",
            Wrong::BadDate => "this is no date",
            Wrong::BadNumber => "this is no number",
            Wrong::BadCode => "this is no event code",
            Wrong::OutOfRange => "the number is out of its range",
            Wrong::UnknownId => "the list of names beside the file does not hold this id",
            Wrong::OpenQuote => "a quoted field does not end",
        }
    }
}

/// How lines are cut into fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// At every byte of this value; a quote is an ordinary character.
    At(u8),
    /// At every byte of this value outside double quotes, as in CSV.
    Quoted(u8),
    /// Rows come from a Parquet file.
    Parquet,
}

/// How a file of some format is read.
pub struct Layout {
    /// The format.
    pub format: Format,
    /// How lines are cut.
    pub cut: Cut,
    /// Fewest fields of a line.
    pub min_fields: usize,
    /// Most fields of a line; more are allowed only where `extra_empty` and those are empty.
    pub max_fields: usize,
    /// Do empty fields beyond the last do no harm (trailing tabs)?
    pub extra_empty: bool,
    /// Is the first line of each member a header, not a row?
    pub header: bool,
    /// The groups.
    pub groups: Vec<Group>,
}

impl Layout {
    /// The columns that rows fill, in the order of the groups.
    pub fn columns(&self) -> impl Iterator<Item = &Column> {
        self.groups.iter().flat_map(|g| &g.columns)
    }

    /// The position of the first group that tells this.
    pub fn group(&self, part: Part) -> Option<usize> {
        self.groups.iter().position(|g| g.part == part)
    }
}
