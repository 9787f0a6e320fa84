//! The cube as it would have been at an earlier moment, counted anew from the events.

use demarche_read::schema;
use demarche_table::columnar::{ColumnarError, DictColumn, FileReader, NULL_INDEX, Type};
use jiff::civil::date;

use super::calendar::{date_of, day_of};
use super::cell::Cells;
use super::codes::Codes;
use super::totals::Totals;
use super::{CubeBuilder, CubeError, MISSING, Question, Tally};
use crate::{Segment, Store};

/// Tells which events of a format had been recorded at a moment, by when they were added, and
/// refuses those that do not say so.
pub(crate) struct KnownOn<'a> {
    format: &'a str,
    moment: i64,
    live_since: i64,
}

impl<'a> KnownOn<'a> {
    pub(crate) fn new(format: &'a str, moment: i64) -> Self {
        Self {
            format,
            moment,
            // GDELT 1.0 appears daily since 2013-04-01; what it recorded before then is the back
            // file.
            live_since: if format.starts_with("gdelt1") {
                i64::from(day_of(date(2013, 4, 1))) * DAY
            } else {
                i64::MIN
            },
        }
    }

    /// Had an event of that day, added then, been recorded at the moment?
    ///
    /// # Errors
    /// If it does not say when it was added, or says when the archive was loaded.
    pub(crate) fn knows(&self, day: i32, added: Option<i64>) -> Result<bool, CubeError> {
        match added {
            None => Err(self.unknown(day)),
            Some(added) if added < self.live_since => Err(self.loaded(day, added)),
            Some(added) => Ok(added <= self.moment),
        }
    }

    fn unknown(&self, day: i32) -> CubeError {
        CubeError::Question(format!(
            "what was known when can't be said of {}: an event of {} does not tell when it was \
             recorded; leave the date out, or ask for a source that has one",
            self.format,
            date_of(day)
        ))
    }

    fn loaded(&self, day: i32, added: i64) -> CubeError {
        let added = added.div_euclid(DAY) as i32;
        CubeError::Question(format!(
            "what was known when can't be said of the back file of {} (1979 to March 2013): its \
             event of {} carries {}, the day the archive was loaded and not the day of the news; \
             ask from 2013-04-01 on, where no event of the back file lies",
            self.format,
            date_of(day),
            date_of(added)
        ))
    }
}

const DAY: i64 = 86_400_000;

/// Cells held before those of one key are folded.
const HELD: usize = 1 << 21;

/// Counts the events of a format that had been recorded at a moment.
///
/// # Errors
/// If an event that counts does not say when it was recorded, or says when the archive was loaded.
pub(crate) fn cells(
    store: &Store,
    format: &str,
    question: &Question,
    moment: i64,
    codes: &mut Codes,
) -> Result<(Cells, Totals), CubeError> {
    let (from, to) = question.days();
    let mut scan = Scan {
        days: (from, to),
        known_on: KnownOn::new(format, moment),
        codes,
        builder: CubeBuilder::new(),
    };
    let mut limit = HELD;
    for segment in &store.manifest().segments {
        let apart = |(first, last): (i32, i32)| last < from || first > to;
        if segment.format != format || segment.days.is_some_and(apart) {
            continue;
        }
        scan.segment(store, segment)?;
        if scan.builder.len() > limit {
            scan.builder.fold();
            limit = HELD.max(2 * scan.builder.len());
        }
    }
    let actors = scan.codes.all().to_vec();
    scan.builder.into_cells(&actors, codes)
}

struct Scan<'a> {
    days: (i32, i32),
    known_on: KnownOn<'a>,
    codes: &'a mut Codes,
    builder: CubeBuilder,
}

impl Scan<'_> {
    fn segment(&mut self, store: &Store, segment: &Segment) -> Result<(), CubeError> {
        let path = store.path(&segment.path);
        let failed = |e: ColumnarError| match e {
            ColumnarError::Io(e) => CubeError::Store(store.explain(path.clone(), e)),
            e => CubeError::file(&path, e),
        };
        let file = FileReader::open(&path).map_err(failed)?;
        for group in 0..file.groups() {
            let columns = Columns::read(&file, group).map_err(failed)?;
            self.group(&columns).map_err(|why| {
                why.unwrap_or_else(|| CubeError::file(&path, "a row has no date"))
            })?;
        }
        Ok(())
    }

    fn group(&mut self, columns: &Columns) -> Result<(), Option<CubeError>> {
        let source = self.numbers(&columns.source);
        let target = self.numbers(&columns.target);
        let roots = columns.roots();
        for row in 0..columns.date.0.len() {
            let day = columns.date.get(row).ok_or(None)? as i32;
            if day < self.days.0 || day > self.days.1 {
                continue;
            }
            if !self
                .known_on
                .knows(day, columns.added.get(row))
                .map_err(Some)?
            {
                continue;
            }
            let end = |numbers: &[u32], index: &[u32]| match index[row] {
                NULL_INDEX => MISSING,
                i => numbers[i as usize],
            };
            let (plover, root) = columns.system(row, &roots);
            let given = columns.quad_given.get(row);
            let computed = columns.quad.get(row);
            let quad = if plover {
                given.or(computed)
            } else {
                computed.or(given)
            };
            let number = |value: Option<i64>, none| match value {
                Some(value) => u32::try_from(value).unwrap_or(0),
                None => none,
            };
            let tally = Tally {
                count: number(columns.count.get(row), 1),
                duplicate: columns.duplicate.get(row).is_some_and(|d| d != 0),
                quad: quad.and_then(|q| u8::try_from(q).ok()).unwrap_or(0),
                root,
                scale: columns.scale_given.get(row).or(columns.scale.get(row)),
                mentions: number(columns.mentions.get(row), 0),
            };
            let source = end(&source, &columns.source.index);
            let target = end(&target, &columns.target.index);
            self.builder.add(source, target, day, &tally);
        }
        Ok(())
    }

    fn numbers(&mut self, column: &DictColumn) -> Vec<u32> {
        let texts = (0..column.dictionary.len()).map(|i| column.dictionary.text(i));
        let number = |text: Option<&str>| text.map_or(MISSING, |t| self.codes.number(t));
        texts.map(number).collect()
    }
}

/// A column of numbers, some of them missing; a column that the file lacks has none.
struct Sparse<T>(Vec<T>, Option<Vec<bool>>);

impl<T: Copy> Sparse<T> {
    fn get(&self, row: usize) -> Option<T> {
        match &self.1 {
            Some(valid) if !valid.get(row).copied().unwrap_or(false) => None,
            _ => self.0.get(row).copied(),
        }
    }
}

/// What is read of a row group.
struct Columns {
    source: DictColumn,
    target: DictColumn,
    date: Sparse<i64>,
    added: Sparse<i64>,
    code: DictColumn,
    code_system: DictColumn,
    quad_given: Sparse<i64>,
    quad: Sparse<i64>,
    scale_given: Sparse<f64>,
    scale: Sparse<f64>,
    count: Sparse<i64>,
    mentions: Sparse<i64>,
    duplicate: Sparse<i64>,
}

impl Columns {
    fn read(file: &FileReader, group: usize) -> Result<Self, ColumnarError> {
        let place = |column: &schema::Column| {
            let place = file.column(column.name);
            place.ok_or_else(|| {
                ColumnarError::Request(format!("it lacks the column {}", column.name))
            })
        };
        let text = |column| file.read_dict(group, place(column)?);
        let number = |column| -> Result<Sparse<i64>, ColumnarError> {
            let at = place(column)?;
            if file.columns()[at].kind == Some(Type::Bool) {
                let read = file.read_bool(group, at, None)?;
                let values = read.values.into_iter().map(i64::from).collect();
                return Ok(Sparse(values, read.valid));
            }
            let read = file.read_i64(group, at, None)?;
            Ok(Sparse(read.values, read.valid))
        };
        let double = |column| -> Result<Sparse<f64>, ColumnarError> {
            let read = file.read_f64(group, place(column)?, None)?;
            Ok(Sparse(read.values, read.valid))
        };
        Ok(Self {
            source: text(&schema::SOURCE)?,
            target: text(&schema::TARGET)?,
            date: number(&schema::DATE)?,
            added: number(&schema::ADDED)?,
            code: text(&schema::CODE)?,
            code_system: text(&schema::CODE_SYSTEM)?,
            quad_given: number(&schema::QUAD_GIVEN)?,
            quad: number(&schema::QUAD)?,
            scale_given: double(&schema::SCALE_GIVEN)?,
            scale: double(&schema::SCALE)?,
            count: number(&schema::COUNT)?,
            mentions: number(&schema::MENTIONS)?,
            duplicate: number(&schema::DUPLICATE)?,
        })
    }

    /// The CAMEO root of each code, 0 for none.
    fn roots(&self) -> Vec<u8> {
        let root = |i| {
            let text: &str = self.code.dictionary.text(i).unwrap_or_default();
            let two = text
                .get(..2)
                .filter(|t| t.bytes().all(|b| b.is_ascii_digit()));
            two.and_then(|t| t.parse().ok())
                .filter(|r| (1..=20).contains(r))
                .unwrap_or(0)
        };
        (0..self.code.dictionary.len()).map(root).collect()
    }

    /// Is the code of a row one of PLOVER, and what is its CAMEO root?
    fn system(&self, row: usize, roots: &[u8]) -> (bool, u8) {
        let system = match self.code_system.index[row] {
            NULL_INDEX => None,
            i => self.code_system.dictionary.text(i as usize),
        };
        match system {
            Some("plover") => (true, 0),
            _ => match self.code.index[row] {
                NULL_INDEX => (false, 0),
                i => (false, roots[i as usize]),
            },
        }
    }
}
