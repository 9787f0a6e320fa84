//! The events of a store between the actors of a case, so that a case can be measured on them.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::ops::Range;
use std::path::PathBuf;

use demarche_case::{ActorKind, Case};
use demarche_events::{CameoCode, Event, Precision};
use demarche_read::schema::{self, Column};
use demarche_table::columnar::{ColumnarError, DictColumn, FileReader, NULL_INDEX};
use rustc_hash::FxHashMap;

use crate::cube::{CubeError, KnownOn, date_of, day_of};
use crate::{Segment, Store, StoreError};

/// The most events that are taken unless more are asked for.
pub const LIMIT: usize = 2_000_000;

/// Rows that are left out between two that are read before they are read apart.
const APART: usize = 20_000;

/// Which events of a store are wanted for a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The format of the events, by its name. A store with several has to be told which: events
    /// of different sources, coded by different rules, do not make one record.
    pub format: Option<String>,
    /// Only events that had been recorded at this moment, in milliseconds from
    /// 1970-01-01T00:00:00 UTC.
    pub known_on: Option<i64>,
    /// The most events that are taken; more are an error.
    pub limit: usize,
}

impl Default for Wanted {
    fn default() -> Self {
        Self {
            format: None,
            known_on: None,
            limit: LIMIT,
        }
    }
}

/// Why a row of the store is no event of the case. A row has the first reason that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LeftOut {
    /// Before the first or after the last day of the case.
    OutOfRange,
    /// The same event was read before, by the key of the store.
    Duplicate,
    /// One end or both could not be resolved.
    Unresolved,
    /// Both ends are one actor.
    SameActor,
    /// One end or both are no state and no body of the case.
    NotOfCase,
    /// Not yet recorded at the moment asked for.
    NotKnownThen,
    /// Coded in PLOVER, which can't be turned back into CAMEO.
    Plover,
    /// No CAMEO code, or none whose root exists.
    NoCode,
}

impl LeftOut {
    /// In words, after a number of rows: `12 duplicates`, `12 with an end that …`.
    pub fn label(self) -> &'static str {
        match self {
            Self::OutOfRange => "outside of the time of the case",
            Self::Duplicate => "marked as duplicates",
            Self::Unresolved => "with an end that could not be resolved",
            Self::SameActor => "of an actor towards itself",
            Self::NotOfCase => "with an end that is no actor of the case",
            Self::NotKnownThen => "recorded later",
            Self::Plover => "coded in PLOVER, which has no CAMEO code",
            Self::NoCode => "without a CAMEO code",
        }
    }
}

/// What became of the rows of a format.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows of the format in the store.
    pub read: u64,
    /// Rows that are events of the case.
    pub kept: u64,
    /// Rows that are not, by reason.
    pub left_out: BTreeMap<LeftOut, u64>,
    /// Events made of the rows kept: more than rows where a row stands for several like events.
    pub events: u64,
    /// Events whose code is not in the list of CAMEO codes, so that its base or root stands in.
    pub fallback: u64,
}

impl Counts {
    /// Does every row have its place?
    pub fn adds_up(&self) -> bool {
        self.read == self.kept + self.left_out.values().sum::<u64>()
    }

    fn leave_out(&mut self, why: LeftOut, rows: u64) {
        if rows > 0 {
            *self.left_out.entry(why).or_default() += rows;
        }
    }
}

/// The events of a store between the actors of a case.
#[derive(Clone, Debug, PartialEq)]
pub struct CaseEvents {
    /// Their format.
    pub format: String,
    /// The events, by date and id. Ids are `FORMAT:ID`, or `FORMAT:FILE:LINE` where the source
    /// has none, and unique: those that come again have `/2`, `/3` … behind.
    pub events: Vec<Event>,
    /// What became of the rows.
    pub counts: Counts,
}

/// Why the events of a case could not be taken from a store.
#[derive(Debug)]
pub enum CaseEventsError {
    /// What was asked can't be answered from this store; in words, with a remedy.
    Question(String),
    /// The store.
    Store(StoreError),
    /// A file of the store can't be read.
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        why: String,
    },
}

impl fmt::Display for CaseEventsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Question(why) => f.write_str(why),
            Self::Store(error) => error.fmt(f),
            Self::File { path, why } => write!(
                f,
                "{}: {why}; the file is damaged, and what it held has to be read into the store anew",
                path.display()
            ),
        }
    }
}

impl std::error::Error for CaseEventsError {}

impl From<CubeError> for CaseEventsError {
    fn from(error: CubeError) -> Self {
        match error {
            CubeError::Store(error) => Self::Store(error),
            error => Self::Question(error.to_string()),
        }
    }
}

/// The events of a store of which both ends are actors of the case (states or bodies) and differ,
/// duplicates left out, from the first day of the case to the day as of which it is written.
///
/// Codes are taken leniently: one that the list lacks stands for its base or its root, and is
/// counted. Where a row stands for several like events, as in GDELT's reduced file, it gives as
/// many.
///
/// # Errors
/// If the store holds several formats and none is named; if the format has no CAMEO codes; if
/// there are more events than the limit; if it is asked what was known when and the source can't
/// say; if a file can't be read.
pub fn case_events(
    store: &Store,
    case: &Case,
    wanted: &Wanted,
) -> Result<CaseEvents, CaseEventsError> {
    let format = chosen(store, wanted.format.as_deref())?;
    let actors = case
        .actors
        .iter()
        .filter(|a| a.kind != ActorKind::Arrangement);
    let mut taken = Taken {
        actors: actors.map(|a| a.code.as_str()).collect(),
        days: (day_of(case.settings.start), day_of(case.settings.as_of)),
        known_on: wanted.known_on.map(|moment| KnownOn::new(&format, moment)),
        limit: wanted.limit,
        events: Vec::new(),
        counts: Counts::default(),
        format: &format,
    };
    for segment in segments(store).filter(|s| s.format == format) {
        taken.counts.read += segment.rows;
        let apart = |(first, last)| last < taken.days.0 || first > taken.days.1;
        if segment.days.is_some_and(apart) {
            taken.counts.leave_out(LeftOut::OutOfRange, segment.rows);
        } else {
            taken.segment(store, segment)?;
        }
    }
    let Taken {
        mut events, counts, ..
    } = taken;
    if counts.kept == 0 && counts.left_out.contains_key(&LeftOut::Plover) {
        return Err(CaseEventsError::Question(format!(
            "{format} is coded in PLOVER, and its types can't be turned back into the CAMEO codes \
             that the measures of the brief rest on; name a format coded in CAMEO, or ask the \
             panel, which counts quad classes"
        )));
    }
    events.sort_by(|a, b| (a.date, &a.id).cmp(&(b.date, &b.id)));
    tell_apart(&mut events);
    debug_assert!(counts.adds_up(), "{counts:?}");
    Ok(CaseEvents {
        format,
        events,
        counts,
    })
}

/// The segments that hold events, not mentions of them.
fn segments(store: &Store) -> impl Iterator<Item = &Segment> {
    let segments = store.manifest().segments.iter();
    segments.filter(|s| s.path.starts_with("events/"))
}

/// The format that is meant, of those the store holds.
///
/// # Errors
/// If it holds none, or not the one that is asked for; if it holds several and none is asked for.
pub fn chosen(store: &Store, asked: Option<&str>) -> Result<String, CaseEventsError> {
    let formats: BTreeSet<&str> = segments(store).map(|s| s.format.as_str()).collect();
    let list = formats.iter().copied().collect::<Vec<_>>().join(", ");
    let refused = |why: String| Err(CaseEventsError::Question(why));
    match (asked, formats.len()) {
        (_, 0) => refused("the store holds no events yet; read some files first".to_owned()),
        (Some(name), _) if formats.contains(name) => Ok(name.to_owned()),
        (Some(name), _) => refused(format!(
            "the store holds no events of format {}; it holds {list}",
            name.escape_default()
        )),
        (None, 1) => Ok(list),
        (None, _) => refused(format!(
            "the store holds events of several formats ({list}), and sources that code \
             differently do not make one record; name the format"
        )),
    }
}

/// Gives events of one id, which come of ids that repeat in the source, ids of their own.
fn tell_apart(events: &mut [Event]) {
    let mut times: FxHashMap<&str, u32> = FxHashMap::default();
    let mut again: Vec<(usize, u32)> = Vec::new();
    for (at, event) in events.iter().enumerate() {
        let n = times.entry(event.id.as_str()).or_default();
        *n += 1;
        if *n > 1 {
            again.push((at, *n));
        }
    }
    let taken: BTreeSet<String> = if again.is_empty() {
        return;
    } else {
        let ids = times.keys().filter(|id| id.contains('/'));
        ids.map(|id| (*id).to_owned()).collect()
    };
    for (at, mut n) in again {
        let mut id = format!("{}/{n}", events[at].id);
        while taken.contains(&id) {
            n += 1_000_000;
            id = format!("{}/{n}", events[at].id);
        }
        events[at].id = id;
    }
}

/// What was taken so far, and what decides.
struct Taken<'a> {
    actors: BTreeSet<&'a str>,
    days: (i32, i32),
    known_on: Option<KnownOn<'a>>,
    limit: usize,
    format: &'a str,
    events: Vec<Event>,
    counts: Counts,
}

/// Who an entry of a dictionary of actors is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    /// The actor of that number among those of the case.
    OfCase(u32),
    /// Somebody else.
    Other(u32),
}

impl Taken<'_> {
    fn segment(&mut self, store: &Store, segment: &Segment) -> Result<(), CaseEventsError> {
        let path = store.path(&segment.path);
        let failed = |error: ColumnarError| match error {
            ColumnarError::Io(error) => CaseEventsError::Store(store.explain(path.clone(), error)),
            error => CaseEventsError::File {
                path: path.clone(),
                why: error.to_string(),
            },
        };
        let file = FileReader::open(&path).map_err(failed)?;
        if file.rows() != segment.rows {
            return Err(CaseEventsError::File {
                path: path.clone(),
                why: format!("it has {} rows, not {}", file.rows(), segment.rows),
            });
        }
        for group in 0..file.groups() {
            let rows = self.candidates(&file, group).map_err(failed)?;
            for span in spans(&rows) {
                let first = rows[span.start];
                let range = first..rows[span.end - 1] + 1;
                let columns = Columns::read(&file, group, range).map_err(failed)?;
                for &row in &rows[span] {
                    self.row(&columns, row - first)?;
                }
            }
        }
        Ok(())
    }

    /// The rows that pass by date, duplicate and ends; the others are counted. Only four columns
    /// are read for it.
    fn candidates(&mut self, file: &FileReader, group: usize) -> Result<Vec<usize>, ColumnarError> {
        let read = |column: &Column| match file.column(column.name) {
            Some(at) => Ok(at),
            None => Err(lacks(column)),
        };
        let source = file.read_dict(group, read(&schema::SOURCE)?)?;
        let target = file.read_dict(group, read(&schema::TARGET)?)?;
        let date = file.read_i32(group, read(&schema::DATE)?, None)?;
        let duplicate = file.read_bool(group, read(&schema::DUPLICATE)?, None)?;
        let mut others: FxHashMap<String, u32> = FxHashMap::default();
        let ends = self.ends(&source, &mut others);
        let towards = self.ends(&target, &mut others);
        let mut kept = Vec::new();
        let mut left: [u64; 5] = [0; 5];
        for (row, &day) in date.values.iter().enumerate() {
            if day < self.days.0 || day > self.days.1 {
                left[0] += 1;
                continue;
            }
            if duplicate.values[row] {
                left[1] += 1;
                continue;
            }
            let (a, b) = (source.index[row], target.index[row]);
            if a == NULL_INDEX || b == NULL_INDEX {
                left[2] += 1;
                continue;
            }
            match (ends[a as usize], towards[b as usize]) {
                (a, b) if a == b => left[3] += 1,
                (End::OfCase(_), End::OfCase(_)) => kept.push(row),
                _ => left[4] += 1,
            }
        }
        let reasons = [
            LeftOut::OutOfRange,
            LeftOut::Duplicate,
            LeftOut::Unresolved,
            LeftOut::SameActor,
            LeftOut::NotOfCase,
        ];
        for (why, rows) in reasons.into_iter().zip(left) {
            self.counts.leave_out(why, rows);
        }
        Ok(kept)
    }

    fn ends(&self, column: &DictColumn, others: &mut FxHashMap<String, u32>) -> Vec<End> {
        let end = |i| {
            let code = column.dictionary.text(i).unwrap_or_default();
            if let Some(at) = self.actors.iter().position(|a| *a == code) {
                return End::OfCase(at as u32);
            }
            let next = others.len() as u32;
            End::Other(*others.entry(code.to_owned()).or_insert(next))
        };
        (0..column.dictionary.len()).map(end).collect()
    }

    fn row(&mut self, columns: &Columns, row: usize) -> Result<(), CaseEventsError> {
        let day = columns.date[row];
        if let Some(known_on) = &self.known_on
            && !known_on.knows(day, columns.added.get(row))?
        {
            self.counts.leave_out(LeftOut::NotKnownThen, 1);
            return Ok(());
        }
        if columns.code_system.get(row) == Some("plover") {
            self.counts.leave_out(LeftOut::Plover, 1);
            return Ok(());
        }
        let Some((cameo, own)) = columns.code.get(row).and_then(CameoCode::nearest) else {
            self.counts.leave_out(LeftOut::NoCode, 1);
            return Ok(());
        };
        let text = |column: &Texts| column.get(row).unwrap_or_default().to_owned();
        let first = |columns: [&Texts; 2]| {
            let texts = columns.into_iter().filter_map(|c| c.get(row));
            texts
                .map(str::trim)
                .find(|t| !t.is_empty())
                .unwrap_or_default()
                .to_owned()
        };
        let id = match columns.id.get(row).filter(|id| !id.is_empty()) {
            Some(id) => format!("{}:{id}", self.format),
            None => format!(
                "{}:{}:{}",
                self.format,
                columns.file.get(row).unwrap_or(0),
                columns.line.get(row).unwrap_or(0)
            ),
        };
        let mut title = text(&columns.title);
        if title.trim().is_empty() {
            title = cameo.label().to_owned();
            if let Some(place) = columns.place.get(row).filter(|p| !p.is_empty()) {
                title.push_str(" (");
                title.push_str(place);
                title.push(')');
            }
        }
        let event = Event {
            id,
            date: date_of(day),
            precision: match columns.precision.get(row) {
                Some("year") => Precision::Year,
                Some("month") => Precision::Month,
                _ => Precision::Day,
            },
            source: text(&columns.source),
            target: text(&columns.target),
            mutual: columns.mutual.get(row).is_some_and(|m| m != 0),
            cameo,
            area: text(&columns.area),
            title,
            url: first([&columns.url, &columns.story]),
        };
        let times = columns.count.get(row).unwrap_or(1).max(1) as usize;
        if self.events.len().saturating_add(times) > self.limit {
            return Err(CaseEventsError::Question(format!(
                "the store holds more than {} events between the actors of the case; make a store \
                 with a filter (of the actors, the dyad, the dates or the event roots that \
                 matter), or a case with fewer actors or a shorter time",
                self.limit
            )));
        }
        self.counts.kept += 1;
        self.counts.events += times as u64;
        self.counts.fallback += if own { 0 } else { times as u64 };
        self.events.extend(std::iter::repeat_n(event, times));
        Ok(())
    }
}

/// Runs of positions in `rows` between which few rows lie that are not wanted.
fn spans(rows: &[usize]) -> Vec<Range<usize>> {
    let mut out: Vec<Range<usize>> = Vec::new();
    for (at, &row) in rows.iter().enumerate() {
        match out.last_mut() {
            Some(last) if row - rows[last.end - 1] <= APART => last.end = at + 1,
            _ => out.push(at..at + 1),
        }
    }
    out
}

fn lacks(column: &Column) -> ColumnarError {
    ColumnarError::Request(format!("it lacks the column {}", column.name))
}

/// A column of texts; nothing where the file lacks it.
struct Texts(Option<DictColumn>);

impl Texts {
    fn get(&self, row: usize) -> Option<&str> {
        let column = self.0.as_ref()?;
        match column.index[row] {
            NULL_INDEX => None,
            at => column.dictionary.text(at as usize),
        }
    }
}

/// A column of numbers; nothing where the file lacks it.
struct Numbers(Option<(Vec<i64>, Option<Vec<bool>>)>);

impl Numbers {
    fn get(&self, row: usize) -> Option<i64> {
        let (values, valid) = self.0.as_ref()?;
        valid.as_ref().is_none_or(|v| v[row]).then(|| values[row])
    }
}

/// What is read of some rows of a row group.
struct Columns {
    date: Vec<i32>,
    source: Texts,
    target: Texts,
    precision: Texts,
    added: Numbers,
    id: Texts,
    code: Texts,
    code_system: Texts,
    count: Numbers,
    mutual: Numbers,
    area: Texts,
    title: Texts,
    place: Texts,
    url: Texts,
    story: Texts,
    file: Numbers,
    line: Numbers,
}

impl Columns {
    fn read(file: &FileReader, group: usize, rows: Range<usize>) -> Result<Self, ColumnarError> {
        let text = |column: &Column| -> Result<Texts, ColumnarError> {
            let at = file.column(column.name);
            let read = at.map(|at| file.read_dict_rows(group, at, rows.clone()));
            read.transpose().map(Texts)
        };
        let number = |column: &Column| -> Result<Numbers, ColumnarError> {
            let at = file.column(column.name);
            let read = at.map(|at| file.read_i64(group, at, Some(rows.clone())));
            Ok(Numbers(read.transpose()?.map(|r| (r.values, r.valid))))
        };
        let flag = |column: &Column| -> Result<Numbers, ColumnarError> {
            let at = file.column(column.name);
            let read = at.map(|at| file.read_bool(group, at, Some(rows.clone())));
            let values = |v: Vec<bool>| v.into_iter().map(i64::from).collect();
            Ok(Numbers(
                read.transpose()?.map(|r| (values(r.values), r.valid)),
            ))
        };
        let date = file
            .column(schema::DATE.name)
            .ok_or_else(|| lacks(&schema::DATE))?;
        Ok(Self {
            date: file.read_i32(group, date, Some(rows.clone()))?.values,
            source: text(&schema::SOURCE)?,
            target: text(&schema::TARGET)?,
            precision: text(&schema::PRECISION)?,
            added: number(&schema::ADDED)?,
            id: text(&schema::ID)?,
            code: text(&schema::CODE)?,
            code_system: text(&schema::CODE_SYSTEM)?,
            count: number(&schema::COUNT)?,
            mutual: flag(&schema::MUTUAL)?,
            area: text(&schema::AREA)?,
            title: text(&schema::TITLE)?,
            place: text(&schema::PLACE)?,
            url: text(&schema::URL)?,
            story: text(&schema::STORY)?,
            file: number(&schema::FILE)?,
            line: number(&schema::LINE)?,
        })
    }
}
