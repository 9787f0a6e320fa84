//! Which format a file has, by looking at its beginning.

use std::collections::BTreeMap;
use std::fmt;

use crate::by_name::{Header, MAX_COLUMNS, plain};
use crate::field::any_day;
use crate::layout::{Cut, Format, Layout};
use crate::{chronicle, icews, mentions, polecat, quadruples, reduced, reexport, row, value};
use crate::{gdelt1, gdelt2};

/// How many bytes of a file are looked at.
pub const LOOK: usize = 1 << 16;

/// How many lines of a file are looked at.
const LINES: usize = 200;

/// What the user knows of a file and the file does not tell.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// The day from which an event graph counts its time, from 1970-01-01.
    pub origin: Option<i32>,
    /// The unit in which it counts.
    pub unit: Option<TimeUnit>,
}

/// The unit of time of an event graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeUnit {
    /// Days.
    Days,
    /// Hours, of which only whole days occur.
    Hours,
}

impl TimeUnit {
    /// The unit of that name: `days` or `hours`.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "days" => Some(TimeUnit::Days),
            "hours" => Some(TimeUnit::Hours),
            _ => None,
        }
    }
}

/// A file that can't be read as events: why, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undetected {
    /// What it is instead.
    pub what: Unfit,
    /// Why, in words.
    pub why: String,
    /// What to do.
    pub remedy: String,
}

/// What a file is that can't be read as events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// It holds nothing.
    Empty,
    /// A page of a server, mostly one that tells of an error.
    WebPage,
    /// Not text.
    Binary,
    /// A list that belongs to an event graph, read together with it.
    Companion,
    /// Known, but without events.
    NoEvents,
    /// A known format that lacks a column which it can't do without.
    MissingColumn,
    /// An event graph without the lists of names beside it.
    MissingList,
    /// A list of names that can't be read.
    BadList,
    /// An event graph whose first day, or unit of time, is not known.
    NoOrigin,
    /// Nothing known.
    Unknown,
}

impl Undetected {
    pub(crate) fn new(what: Unfit, why: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            what,
            why: why.into(),
            remedy: remedy.into(),
        }
    }

    /// May it be passed over without a word of warning? Companions of event graphs and empty
    /// files may.
    pub fn is_harmless(&self) -> bool {
        matches!(self.what, Unfit::Companion | Unfit::Empty)
    }
}

impl fmt::Display for Undetected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.why, self.remedy)
    }
}

impl std::error::Error for Undetected {}

const MAP: &str = "describe its columns in a mapping file and give that";

/// Fails unless the header has all of these columns.
pub(crate) fn need(header: &Header, format: Format, names: &[&str]) -> Result<(), Undetected> {
    let lacking: Vec<&str> = names
        .iter()
        .copied()
        .filter(|name| !header.has(&[&plain(name)]))
        .collect();
    if lacking.is_empty() {
        return Ok(());
    }
    Err(Undetected::new(
        Unfit::MissingColumn,
        format!(
            "the header looks like that of {format} and lacks {}",
            lacking.join(", ")
        ),
        format!("name the columns as {format} does, or {MAP}"),
    ))
}

/// The layout of a file by its name and its beginning, which may be cut anywhere: up to
/// [`LOOK`] bytes of its first member. `beside` reads a file of the same folder.
///
/// # Errors
/// What the file is instead, if it is no event file that can be read.
pub fn detect(
    name: &str,
    head: &[u8],
    beside: &dyn Fn(&str) -> Option<Vec<u8>>,
) -> Result<Layout, Undetected> {
    detect_with(name, head, beside, &Options::default())
}

/// As [`detect`], with what the user knows of the file.
///
/// # Errors
/// As [`detect`].
pub fn detect_with(
    name: &str,
    head: &[u8],
    beside: &dyn Fn(&str) -> Option<Vec<u8>>,
    options: &Options,
) -> Result<Layout, Undetected> {
    let lines = lines(head);
    if lines.is_empty() && head.iter().all(u8::is_ascii_whitespace) {
        return Err(Undetected::new(
            Unfit::Empty,
            format!("{name} is empty"),
            "there is nothing to do if its source was empty too, as GDELT's slots can be; else fetch it again",
        ));
    }
    no_events(name, head)?;
    if let Some(layout) = by_header(&lines) {
        return layout;
    }
    if let Some(layout) = by_fields(name, &lines, beside, options) {
        return layout;
    }
    Err(unknown(name, head, &lines))
}

/// The layout of a file whose format the user names.
///
/// # Errors
/// If the file is not of that format, as far as its beginning tells.
pub fn layout_for(
    format: Format,
    name: &str,
    head: &[u8],
    beside: &dyn Fn(&str) -> Option<Vec<u8>>,
    options: &Options,
) -> Result<Layout, Undetected> {
    let lines = lines(head);
    no_events(name, head)?;
    if let Some(layout) = by_header(&lines) {
        let layout = layout?;
        if layout.format == format {
            return Ok(layout);
        }
        return Err(Undetected::new(
            Unfit::Unknown,
            format!(
                "{name} has a header of {} and was said to be {format}",
                layout.format
            ),
            format!("name it {}, or let the format be found", layout.format),
        ));
    }
    let no_header = |first: &str| {
        Err(Undetected::new(
            Unfit::MissingColumn,
            format!("{name} does not begin with the header of {format}"),
            format!(
                "its first line names the columns, {first} among them; if it has other columns, {MAP}"
            ),
        ))
    };
    match format {
        Format::Gdelt1 => Ok(gdelt1()),
        Format::Gdelt2 => Ok(gdelt2()),
        Format::Gdelt2Mentions => Ok(mentions()),
        Format::Gdelt1Reduced => reduced::reduced(None, Cut::At(b'\t')),
        Format::Icews => no_header("Event Date"),
        Format::Polecat => no_header("Event Date"),
        Format::Chronicle => no_header("date"),
        Format::Quadruples => {
            let first = lines.first().copied().unwrap_or_default();
            let text = row::as_text(first);
            let fields: Vec<&str> = text.split('\t').map(str::trim).collect();
            if quadruples::is_names(&fields) {
                Ok(quadruples::named())
            } else {
                quadruples::numbered(name, &times(&lines), beside, options)
            }
        }
        Format::Mapped => Err(Undetected::new(
            Unfit::Unknown,
            format!("{name} can't be read without its mapping file"),
            MAP,
        )),
    }
}

/// The whole lines of the beginning of a file, without empty ones.
fn lines(head: &[u8]) -> Vec<&[u8]> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let mut lines: Vec<&[u8]> = head
        .split_inclusive(|&b| b == b'\n')
        .take(LINES + 1)
        .collect();
    // The last line may be cut, unless it is the only one.
    if lines.len() > 1 && lines.last().is_some_and(|l| !l.ends_with(b"\n")) {
        lines.pop();
    }
    lines
        .into_iter()
        .map(|l| l.strip_suffix(b"\n").unwrap_or(l))
        .map(|l| l.strip_suffix(b"\r").unwrap_or(l))
        .filter(|l| !l.trim_ascii().is_empty())
        .collect()
}

/// Fails for what holds no events, whatever its lines look like.
fn no_events(name: &str, head: &[u8]) -> Result<(), Undetected> {
    let base = name.rsplit(['/', '\\']).next().unwrap_or(name);
    if quadruples::COMPANIONS.contains(&base) {
        return Err(Undetected::new(
            Unfit::Companion,
            format!("{name} belongs to an event graph and is read together with it"),
            "there is nothing to do",
        ));
    }
    let text = head
        .strip_prefix(b"\xef\xbb\xbf")
        .unwrap_or(head)
        .trim_ascii_start();
    let begins = |with: &str| {
        text.get(..with.len())
            .is_some_and(|t| t.eq_ignore_ascii_case(with.as_bytes()))
    };
    if [
        "<!doctype",
        "<html",
        "<head",
        "<body",
        "<?xml",
        "<error",
        "<!--",
    ]
    .into_iter()
    .any(begins)
    {
        return Err(Undetected::new(
            Unfit::WebPage,
            format!(
                "{name} is a web page, most likely an error page of the server saved under the name of the file"
            ),
            "delete it and fetch it again",
        ));
    }
    let binary = |what: &str, remedy: &str| {
        Err(Undetected::new(
            Unfit::Binary,
            format!("{name} is {what}"),
            remedy,
        ))
    };
    let again = "it may be damaged; fetch it again";
    match head {
        [b'P', b'A', b'R', b'1', ..] => binary("a Parquet file", MAP),
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            binary("text in UTF-16", "save it as UTF-8 and read it again")
        }
        [b'P', b'K', 3..=8, 4..=9, ..] => binary(
            "a zip archive within another, or a workbook",
            "unpack it, or save the workbook as text",
        ),
        [0x1f, 0x8b, ..] => binary("packed twice by gzip", "unpack it once"),
        [b'%', b'P', b'D', b'F', ..] => {
            binary("a PDF document", "give the data that it was made of")
        }
        _ => {
            let odd = |b: &u8| *b < 9 || (14..32).contains(b);
            if head.iter().filter(|b| odd(b)).count() * 50 > head.len() {
                return binary("not text", again);
            }
            Ok(())
        }
    }
}

/// The layout by the names in the first line, if they are those of a known format.
fn by_header(lines: &[&[u8]]) -> Option<Result<Layout, Undetected>> {
    let first = lines.first()?;
    let quoted = first.contains(&b'"');
    let tab = if quoted {
        Cut::Quoted(b'\t')
    } else {
        Cut::At(b'\t')
    };
    [tab, Cut::Quoted(b','), Cut::Quoted(b';')]
        .into_iter()
        .find_map(|cut| {
            let mut header = Header::read(first, cut)?;
            if header.names().len() > MAX_COLUMNS {
                return None;
            }
            type Make = fn(Header, Cut) -> Result<Layout, Undetected>;
            let (date, make): (&[&str], Make) = if reexport::is_header(&header) {
                (&["sqldate", "day", "mentiontimedate"], reexport::reexport)
            } else if polecat::is_header(&header) {
                (&["eventdate"], polecat::polecat)
            } else if reduced::is_header(&header) {
                (&["date"], |header, cut| reduced::reduced(Some(header), cut))
            } else if icews::is_header(&header) {
                (&["eventdate"], icews::icews)
            } else if chronicle::is_header(&header) {
                (&["date"], chronicle::chronicle)
            } else {
                return None;
            };
            header.before = before(&header, date, cut, &lines[1..]);
            Some(make(header, cut))
        })
}

/// How many fields the rows have before those that the header names: one where dates are found
/// one field further than the header says, and the rows are longer by one.
fn before(header: &Header, date: &[&str], cut: Cut, lines: &[&[u8]]) -> usize {
    let crate::by_name::Input::At(at) = header.clone().take(date) else {
        return 0;
    };
    let (mut here, mut further) = (0, 0);
    for line in lines.iter().take(50) {
        let text = row::as_text(line);
        let Ok(fields) = row::cut(cut, &text) else {
            continue;
        };
        let is_date = |i: usize| {
            fields.get(i).is_some_and(|f| {
                let f = f.trim().as_bytes();
                any_day(f).or(value::compact_moment(f).map(|_| 0)).is_some()
            })
        };
        here += usize::from(is_date(at));
        further += usize::from(fields.len() == header.width() + 1 && is_date(at + 1));
    }
    usize::from(further > here)
}

/// The layout by the number of fields and what stands in the first of them. The format that most
/// lines fit is taken if it is at least every other line; lines that do not fit are rejected one
/// by one when the file is read.
fn by_fields(
    name: &str,
    lines: &[&[u8]],
    beside: &dyn Fn(&str) -> Option<Vec<u8>>,
    options: &Options,
) -> Option<Result<Layout, Undetected>> {
    #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
    enum Shape {
        Gdelt1,
        Gdelt2,
        Mentions,
        Reduced,
        Numbers,
        Names,
        Knowledge,
    }
    let mut counts: BTreeMap<Shape, usize> = BTreeMap::new();
    for line in lines {
        let text = row::as_text(line);
        let fields: Vec<&str> = text.split('\t').map(str::trim).collect();
        let digits = |i: usize, n: usize| {
            fields
                .get(i)
                .is_some_and(|f| f.len() == n && f.bytes().all(|b| b.is_ascii_digit()))
        };
        let id = || value::int(fields[0].as_bytes()).is_some();
        let shape = match fields.len() {
            57 | 58 if id() && digits(1, 8) => Shape::Gdelt1,
            61 if id() && digits(1, 8) => Shape::Gdelt2,
            15 | 16 if id() && digits(1, 14) && digits(2, 14) => Shape::Mentions,
            17 if digits(0, 8) && (2..=4).any(|n| digits(3, n)) => Shape::Reduced,
            4 | 5 if quadruples::is_numbers(&fields) => Shape::Numbers,
            4 | 5 if quadruples::is_names(&fields) => Shape::Names,
            27 if fields[0].contains('-') && digits(1, 14) => Shape::Knowledge,
            _ => continue,
        };
        *counts.entry(shape).or_default() += 1;
    }
    let (&shape, &n) = counts.iter().max_by_key(|(_, n)| **n)?;
    if n * 2 < lines.len() {
        return None;
    }
    Some(match shape {
        Shape::Gdelt1 => Ok(gdelt1()),
        Shape::Gdelt2 => Ok(gdelt2()),
        Shape::Mentions => Ok(mentions()),
        Shape::Reduced => reduced::reduced(None, Cut::At(b'\t')),
        Shape::Numbers => quadruples::numbered(name, &times(lines), beside, options),
        Shape::Names => Ok(quadruples::named()),
        Shape::Knowledge => Err(Undetected::new(
            Unfit::NoEvents,
            format!(
                "{name} is of GDELT's knowledge graph, which holds themes and tones and no events"
            ),
            "give the file of the same time whose name has `export`",
        )),
    })
}

/// The times of the rows of an event graph.
fn times(lines: &[&[u8]]) -> Vec<i64> {
    lines
        .iter()
        .filter_map(|l| l.split(|&b| b == b'\t').nth(3))
        .filter_map(|t| value::int(t.trim_ascii()))
        .collect()
}

fn unknown(name: &str, head: &[u8], lines: &[&[u8]]) -> Undetected {
    let first = row::as_text(lines.first().copied().unwrap_or(head));
    let mut tabs: Vec<usize> = lines
        .iter()
        .map(|l| 1 + l.iter().filter(|&&b| b == b'\t').count())
        .collect();
    tabs.sort_unstable();
    tabs.dedup();
    let found = match tabs.as_slice() {
        [] => "no whole line".to_owned(),
        [1] => "no tabs".to_owned(),
        [n] => format!("{n} fields with tabs between"),
        [a, .., b] => format!("{a} to {b} fields with tabs between"),
    };
    let shown: String = first.chars().filter(|c| !c.is_control()).take(60).collect();
    Undetected::new(
        Unfit::Unknown,
        format!(
            "{name} is of no known format: its lines have {found}, and the first begins {shown:?}"
        ),
        format!(
            "known are GDELT events (57, 58 or 61 fields), reduced (17) and mentions (16), ICEWS and POLECAT with their headers, event graphs (4 or 5) and chronicles; for anything else {MAP}"
        ),
    )
}
