//! What the cube is asked, and which files answer.

use std::collections::BTreeSet;
use std::path::Path;

use demarche_events::{Date, Period, PeriodUnit, QuadScheme};

use super::calendar::{Timetable, day_of};
use super::cell::Counts;
use super::codes::Codes;
use super::cursor::{Chunk, Cursor};
use super::reader::RunReader;
use super::totals::Totals;
use super::{CubeError, MISSING, Measure, Total, vintage};
use crate::{Level, Run, Store};

/// What a panel or a series is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Length of the periods. Weeks begin on Monday.
    pub by: PeriodUnit,
    /// The format of the events, by its name. A store with several has to be told which: counts
    /// of different sources do not make one series.
    pub format: Option<String>,
    /// First day that counts.
    pub from: Option<Date>,
    /// Last day that counts.
    pub to: Option<Date>,
    /// How CAMEO roots are split into quad classes.
    pub quad: QuadScheme,
    /// Only dyads of which at least one end is one of these.
    pub actors: Option<Vec<String>>,
    /// Only this dyad, in both directions.
    pub dyad: Option<(String, String)>,
    /// With acts of an actor towards itself?
    pub domestic: bool,
    /// With acts of which an end is missing?
    pub unresolved: bool,
    /// Only events that had been recorded at this moment, in milliseconds from
    /// 1970-01-01T00:00:00 UTC.
    pub known_on: Option<i64>,
}

impl Question {
    /// All dyads of two known, different actors, over all time.
    pub fn new(by: PeriodUnit) -> Self {
        Self {
            by,
            format: None,
            from: None,
            to: None,
            quad: QuadScheme::default(),
            actors: None,
            dyad: None,
            domestic: false,
            unresolved: false,
            known_on: None,
        }
    }

    /// First and last day that count.
    pub(crate) fn days(&self) -> (i32, i32) {
        (
            self.from.map_or(i32::MIN, day_of),
            self.to.map_or(i32::MAX, day_of),
        )
    }

    /// Can months answer: are periods made of months, and is none of them cut?
    fn by_months(&self) -> bool {
        let month = |day: Date| Period::of(day, PeriodUnit::Month);
        self.by != PeriodUnit::Week
            && self.from.is_none_or(|day| month(day).first() == day)
            && self.to.is_none_or(|day| month(day).last() == day)
    }

    /// The format that is asked, of those the store holds.
    fn format(&self, store: &Store) -> Result<String, CubeError> {
        let manifest = store.manifest();
        let formats: BTreeSet<&str> = manifest.runs.iter().map(|r| r.format.as_str()).collect();
        let list = formats.iter().copied().collect::<Vec<_>>().join(", ");
        let refused = |why: String| Err(CubeError::Question(why));
        match (&self.format, formats.len()) {
            (_, 0) => refused("the store holds no events yet; read some files first".to_owned()),
            (Some(name), _) if formats.contains(name.as_str()) => Ok(name.clone()),
            (Some(name), _) => refused(format!(
                "the store holds no events of format {}; it holds {list}",
                name.escape_default()
            )),
            (None, 1) => Ok(list),
            (None, _) => refused(format!(
                "the store holds events of several formats ({list}), and sources that code \
                 differently do not make one series; name the format"
            )),
        }
    }
}

/// Which cells are read: all, or the pages that may hold acts of these sources.
pub(crate) enum Reach<'a> {
    All,
    Of(&'a [(&'a str, Option<&'a str>)]),
}

/// The cells that answer a question.
pub(crate) struct Answer {
    pub(crate) format: String,
    pub(crate) codes: Codes,
    pub(crate) cursors: Vec<Cursor>,
    /// The periods, with what was read of them.
    pub(crate) timetable: Timetable,
    /// The filter that events went through when they were read; denominators went through it too.
    pub(crate) filter: String,
}

impl Answer {
    pub(crate) fn to(
        question: &Question,
        store: &Store,
        reach: &Reach<'_>,
    ) -> Result<Self, CubeError> {
        let format = question.format(store)?;
        let mut codes = Codes::default();
        let (cursors, totals) = match question.known_on {
            Some(moment) => {
                let (cells, totals) = vintage::cells(store, &format, question, moment, &mut codes)?;
                (vec![Cursor::memory(cells)], totals)
            }
            None => of_cube(question, store, &format, reach)?,
        };
        Ok(Self {
            format,
            codes,
            cursors,
            timetable: Timetable::new(&totals, question.by, question.days())?,
            filter: store.manifest().settings.filter.clone(),
        })
    }
}

/// Cursors over the runs that hold all events of a format once.
fn of_cube(
    question: &Question,
    store: &Store,
    format: &str,
    reach: &Reach<'_>,
) -> Result<(Vec<Cursor>, Totals), CubeError> {
    let runs = &store.manifest().runs;
    let of_level = |level| {
        let runs = runs.iter();
        runs.filter(move |r| r.format == format && r.level == level)
    };
    let mut days: Vec<&Run> = of_level(Level::Day).collect();
    let mut readers = Vec::new();
    if question.by_months() {
        for month in of_level(Level::Month) {
            let reader = open(store, month)?;
            // A run by month takes the place of the run by day it was made with.
            let same = |day: &&Run| {
                Path::new(&day.path).file_name().and_then(|n| n.to_str()) == reader.of()
            };
            if let Some(at) = days.iter().position(same) {
                days.swap_remove(at);
                readers.push(reader);
            }
        }
    }
    for day in days {
        readers.push(open(store, day)?);
    }
    let mut totals = Totals::default();
    let mut cursors = Vec::new();
    let of = readers.len();
    for mut reader in readers {
        if question.quad == QuadScheme::Gdelt {
            reader.leave_out(&[Measure::N01, Measure::N09, Measure::N14]);
        }
        totals.absorb(reader.totals());
        cursors.push(match reach {
            Reach::All => Cursor::all(reader, of),
            Reach::Of(dyads) => {
                let mut chunks: Vec<Chunk> = Vec::new();
                for (source, target) in *dyads {
                    chunks.extend(reader.locate(source, *target)?);
                }
                Cursor::of(reader, apart(chunks))
            }
        });
    }
    Ok((cursors, totals))
}

fn open(store: &Store, run: &Run) -> Result<RunReader, CubeError> {
    RunReader::open(&store.path(&run.path)).map_err(|error| match error {
        CubeError::Io { path, source } => CubeError::Store(store.explain(path, source)),
        error => error,
    })
}

/// The same rows in order, each once.
fn apart(mut chunks: Vec<Chunk>) -> Vec<Chunk> {
    chunks.sort_by_key(|c| (c.group, c.rows.start));
    let mut out: Vec<Chunk> = Vec::new();
    for chunk in chunks {
        match out.last_mut() {
            Some(last) if last.group == chunk.group && last.rows.end >= chunk.rows.start => {
                last.rows.end = last.rows.end.max(chunk.rows.end);
            }
            _ => out.push(chunk),
        }
    }
    out
}

/// Which dyads are kept.
pub(crate) struct Keep {
    actors: Option<BTreeSet<String>>,
    dyad: Option<(String, String)>,
    domestic: bool,
    unresolved: bool,
    /// The verdicts on the last dyad, and on actors by number.
    last: (u32, u32, bool),
    known: Vec<Option<bool>>,
}

impl Keep {
    pub(crate) fn of(question: &Question) -> Self {
        Self {
            actors: question.actors.clone().map(BTreeSet::from_iter),
            dyad: question.dyad.clone(),
            domestic: question.domestic,
            unresolved: question.unresolved,
            last: (super::codes::NONE, super::codes::NONE, false),
            known: Vec::new(),
        }
    }

    pub(crate) fn keeps(&mut self, codes: &Codes, source: u32, target: u32) -> bool {
        if self.last.0 != source || self.last.1 != target {
            self.last = (source, target, self.verdict(codes, source, target));
        }
        self.last.2
    }

    fn verdict(&mut self, codes: &Codes, source: u32, target: u32) -> bool {
        let missing = source == MISSING || target == MISSING;
        if missing && !self.unresolved || !missing && source == target && !self.domestic {
            return false;
        }
        if self.actors.is_some() && !self.listed(codes, source) && !self.listed(codes, target) {
            return false;
        }
        let code = |end: u32| codes.all().get(end as usize).map(String::as_str);
        match &self.dyad {
            None => true,
            Some((a, b)) => {
                let (a, b) = (Some(a.as_str()), Some(b.as_str()));
                let ends = (code(source), code(target));
                ends == (a, b) || ends == (b, a)
            }
        }
    }

    fn listed(&mut self, codes: &Codes, end: u32) -> bool {
        let Some(code) = codes.all().get(end as usize) else {
            return false;
        };
        self.known.resize(codes.all().len(), None);
        let actors = &self.actors;
        *self.known[end as usize]
            .get_or_insert_with(|| actors.as_ref().is_some_and(|a| a.contains(code)))
    }
}

/// Counts by quad class under a scheme.
pub(crate) fn quads(counts: &Counts, scheme: QuadScheme) -> [i64; 4] {
    let of = |m: Measure| counts[m.index()];
    let [q1, q2, q3, q4] = [Measure::Q1, Measure::Q2, Measure::Q3, Measure::Q4].map(of);
    match scheme {
        QuadScheme::Gdelt => [q1, q2, q3, q4],
        QuadScheme::Alt => {
            let (n09, n14) = (of(Measure::N09), of(Measure::N14));
            [q1, q2 - n09, q3 + n09 - n14, q4 + n14]
        }
    }
}

/// The denominators of one period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeriodTotal {
    /// Its first day, counted from 1970-01-01.
    pub period: i32,
    /// What was read of it, over all dyads.
    pub total: Total,
}

/// A part of a whole; nothing of nothing is not a number.
pub(crate) fn share(part: i64, whole: i64) -> f64 {
    if whole == 0 {
        f64::NAN
    } else {
        part as f64 / whole as f64
    }
}
