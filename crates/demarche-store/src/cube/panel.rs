//! All dyads over time.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use demarche_events::{PeriodUnit, QuadScheme};
use demarche_table::columnar::{
    ColumnSpec, Compression, Dictionary, FileWriter, NULL_INDEX, Options, RowGroup, Type, Values,
};
use demarche_table::guard_formula;

use super::calendar::date_of;
use super::cell::Cells;
use super::codes::Codes;
use super::cursor::in_order;
use super::question::{Answer, Keep, PeriodTotal, Reach, quads, share};
use super::run::{Distinct, Texts};
use super::{CubeError, Measure, Question};
use crate::Store;

/// What dyads did in each period: one row a source, target and period with at least one event or
/// duplicate, sorted so, missing ends last.
///
/// Volume is normalised by denominators that count all that was read, also what the question left
/// out: acts within a state and acts of which an end could not be resolved. If events were
/// filtered when they were read ([`Panel::filter`]), so were the denominators.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// Length of the periods.
    pub by: PeriodUnit,
    /// The format of the events.
    pub format: String,
    /// How CAMEO roots were split into quad classes.
    pub scheme: QuadScheme,
    /// The filter that events went through when they were read; empty: none.
    pub filter: String,
    /// Codes of the actors that occur, sorted.
    pub actors: Vec<String>,
    /// Who acts: a position in `actors`, or [`MISSING`](super::MISSING).
    pub source: Vec<u32>,
    /// Towards whom.
    pub target: Vec<u32>,
    /// First day of the period, counted from 1970-01-01.
    pub period: Vec<i32>,
    /// Events, duplicates left out.
    pub n: Vec<i64>,
    /// Events, duplicates counted in.
    pub rows: Vec<i64>,
    /// Events by quad class under `scheme`; what is left of `n` has no class.
    pub quad: [Vec<i64>; 4],
    /// Sum of scale values.
    pub scale_sum: Vec<f64>,
    /// Events with a scale value.
    pub scale_n: Vec<i64>,
    /// Events with a scale value other than zero.
    pub scale_nonzero: Vec<i64>,
    /// Sum of mentions.
    pub mentions: Vec<i64>,
    /// `n` over all events of the period, 0 to 1; NaN where there is none.
    pub share_of_all: Vec<f64>,
    /// `n` over all acts of the source in the period, towards anyone, itself, or a target that
    /// could not be resolved; 0 to 1; NaN where there is none.
    pub share_of_source: Vec<f64>,
    /// The denominators by period: periods without any row are not listed.
    pub totals: Vec<PeriodTotal>,
}

impl Panel {
    /// How many rows.
    pub fn len(&self) -> usize {
        self.period.len()
    }

    /// No row at all?
    pub fn is_empty(&self) -> bool {
        self.period.is_empty()
    }
}

/// The panel that a question asks for.
///
/// # Errors
/// If the store holds several formats and none is named, or can't say what was known when; if a
/// file can't be read.
pub fn panel(store: &Store, question: &Question) -> Result<Panel, CubeError> {
    let ends;
    let reach = match &question.dyad {
        None => Reach::All,
        // All acts of both are read for their denominators.
        Some((a, b)) => {
            ends = [(a.as_str(), None), (b.as_str(), None)];
            Reach::Of(&ends)
        }
    };
    let answer = Answer::to(question, store, &reach)?;
    let mut codes = answer.codes;
    let timetable = answer.timetable;
    let mut keep = Keep::of(question);
    // Until the end the day of a row is the place of its period.
    let mut rows = Cells::default();
    let mut acts = Acts::new(timetable.periods.len());
    let (mut places, mut slots) = (Vec::new(), Vec::new());
    in_order(answer.cursors, &mut codes, |codes, cells, range| {
        let mut start = range.start;
        while start < range.end {
            let source = cells.source[start];
            let same = cells.source[start..range.end]
                .iter()
                .take_while(|s| **s == source);
            let block = start..start + same.count();
            acts.begin(source, &rows);
            places.clear();
            for i in block.clone() {
                let place = timetable.place(cells.day[i])?;
                if let Some(place) = place {
                    acts.add(place, cells.counts[Measure::N.index()][i]);
                }
                places.push(place);
            }
            rows.fold_range(cells, block.clone(), &mut slots, |i| {
                let kept = keep.keeps(codes, source, cells.target[i]);
                places[i - block.start]
                    .filter(|_| kept)
                    .map(|place| place as i32)
            });
            start = block.end;
        }
        Ok(())
    })?;
    acts.close(&rows);
    let scheme = question.quad;
    let (actors, places) = used(&codes, &rows);
    let place = |ends: Vec<u32>| -> Vec<u32> {
        let place = |end| places.get(end as usize).copied().unwrap_or(super::MISSING);
        ends.into_iter().map(place).collect()
    };
    let mut quad = [Measure::Q1, Measure::Q2, Measure::Q3, Measure::Q4]
        .map(|m| std::mem::take(&mut rows.counts[m.index()]));
    if scheme != QuadScheme::Gdelt {
        for i in 0..rows.day.len() {
            let mut counts = rows.counts(i);
            for (q, column) in quad.iter().enumerate() {
                counts[Measure::Q1.index() + q] = column[i];
            }
            for (column, value) in quad.iter_mut().zip(quads(&counts, scheme)) {
                column[i] = value;
            }
        }
    }
    let mut take = |m: Measure| std::mem::take(&mut rows.counts[m.index()]);
    let n = take(Measure::N);
    let scale_sum = take(Measure::ScaleSum);
    let share_of_all = n.iter().zip(&rows.day);
    let share_of_all = share_of_all.map(|(n, p)| share(*n, timetable.totals[*p as usize].n));
    let share_of_all = share_of_all.collect();
    let share_of_source = n.iter().zip(&acts.of_row);
    let share_of_source = share_of_source.map(|(n, all)| share(*n, *all)).collect();
    let mut take = |m: Measure| std::mem::take(&mut rows.counts[m.index()]);
    Ok(Panel {
        by: question.by,
        format: answer.format,
        scheme,
        filter: answer.filter,
        share_of_all,
        share_of_source,
        n,
        rows: take(Measure::Rows),
        quad,
        scale_sum: scale_sum.into_iter().map(|v| v as f64 / 1000.0).collect(),
        scale_n: take(Measure::ScaleN),
        scale_nonzero: take(Measure::ScaleNonzero),
        mentions: take(Measure::Mentions),
        source: place(rows.source),
        target: place(rows.target),
        period: rows
            .day
            .iter()
            .map(|&p| timetable.periods[p as usize])
            .collect(),
        actors,
        totals: (timetable.periods.iter().zip(&timetable.totals))
            .map(|(&period, &total)| PeriodTotal { period, total })
            .collect(),
    })
}

/// The codes that occur, sorted, and the place of each number among them.
fn used(codes: &Codes, rows: &Cells) -> (Vec<String>, Vec<u32>) {
    let mut occurs = vec![false; codes.all().len()];
    for end in rows.source.iter().chain(&rows.target) {
        if let Some(occurs) = occurs.get_mut(*end as usize) {
            *occurs = true;
        }
    }
    let mut order: Vec<u32> = (0..codes.all().len() as u32).collect();
    order.retain(|&i| occurs[i as usize]);
    order.sort_unstable_by_key(|&i| codes.rank(i));
    let mut places = vec![super::MISSING; codes.all().len()];
    for (place, &number) in order.iter().enumerate() {
        places[number as usize] = place as u32;
    }
    let code = |i: u32| codes.all()[i as usize].clone();
    (order.into_iter().map(code).collect(), places)
}

/// All acts of a source by place of the period: known when its last cell is read.
struct Acts {
    source: Option<u32>,
    by_place: Vec<i64>,
    /// One a row, for the sources before.
    of_row: Vec<i64>,
}

impl Acts {
    fn new(periods: usize) -> Self {
        Self {
            source: None,
            by_place: vec![0; periods],
            of_row: Vec::new(),
        }
    }

    /// Cells of a source follow; those of the one before are complete if it is another.
    fn begin(&mut self, source: u32, rows: &Cells) {
        if self.source != Some(source) {
            self.close(rows);
            self.source = Some(source);
        }
    }

    fn add(&mut self, place: u32, n: i64) {
        let acts = &mut self.by_place[place as usize];
        *acts = acts.saturating_add(n);
    }

    /// Gives the rows of the source what it did.
    fn close(&mut self, rows: &Cells) {
        let done = self.of_row.len();
        let of_row = rows.day[done..].iter().map(|&p| self.by_place[p as usize]);
        self.of_row.extend(of_row);
        self.by_place.fill(0);
    }
}

/// The columns of a panel in files, with what they mean.
const COLUMNS: [(&str, Type, &str); 15] = [
    (
        "source",
        Type::Text,
        "Who acts; missing where it could not be resolved.",
    ),
    ("target", Type::Text, "Towards whom, as `source`."),
    (
        "period",
        Type::Date,
        "First day of the period; weeks begin on Monday.",
    ),
    ("n", Type::Int64, "Events, duplicates left out."),
    ("rows", Type::Int64, "Events, duplicates counted in."),
    ("q1", Type::Int64, "Events of verbal cooperation."),
    ("q2", Type::Int64, "Events of material cooperation."),
    ("q3", Type::Int64, "Events of verbal conflict."),
    ("q4", Type::Int64, "Events of material conflict."),
    (
        "scale_sum",
        Type::Double,
        "Sum of scale values over events.",
    ),
    ("scale_n", Type::Int64, "Events with a scale value."),
    (
        "scale_nonzero",
        Type::Int64,
        "Events with a scale value other than zero.",
    ),
    ("mentions", Type::Int64, "Sum of mentions."),
    (
        "share_of_all",
        Type::Double,
        "n over all events that were read of the period, 0 to 1.",
    ),
    (
        "share_of_source",
        Type::Double,
        "n over all acts of the source in the period, towards anyone, 0 to 1.",
    ),
];

type Group<'a> = RowGroup<'a, BufWriter<File>>;

/// Rows of a row group of a panel.
const GROUP: usize = 1 << 17;

/// Writes a panel as Parquet: one row a source, target and period, all columns as dictionaries.
/// The footer names the format, the periods, the quad scheme and the filter, and describes each
/// column. The same panel gives the same bytes.
///
/// # Errors
/// If the file can't be written.
pub fn panel_parquet(panel: &Panel, path: &Path) -> Result<(), CubeError> {
    let failed = |e| CubeError::file(path, e);
    let file = File::create(path).map_err(CubeError::io(path))?;
    let columns = COLUMNS.map(|(name, kind, description)| ColumnSpec {
        name: name.to_owned(),
        kind,
        required: !matches!(
            name,
            "source" | "target" | "share_of_all" | "share_of_source"
        ),
        description: description.to_owned(),
    });
    let metadata = [
        ("demarche.format", panel.format.as_str()),
        ("demarche.by", panel.by.name()),
        ("demarche.quad", panel.scheme.name()),
        ("demarche.filter", panel.filter.as_str()),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()));
    let options = Options {
        compression: Compression::Snappy,
        page_rows: 20_000,
    };
    let mut out =
        FileWriter::new(BufWriter::new(file), &columns, &metadata, options).map_err(failed)?;
    let mut local = vec![super::MISSING; panel.actors.len()];
    let mut distinct = Distinct::default();
    for start in (0..panel.len()).step_by(GROUP) {
        let rows = start..panel.len().min(start + GROUP);
        let mut group = out.row_group(rows.len()).map_err(failed)?;
        for ends in [&panel.source, &panel.target] {
            let texts = Texts::of(&ends[rows.clone()], &panel.actors, &mut local);
            group.column(texts.values()).map_err(failed)?;
        }
        distinct.fill(panel.period[rows.clone()].iter().map(|&d| i64::from(d)));
        let days: Vec<i32> = distinct.values.iter().map(|&d| d as i32).collect();
        let values = Values::Dict {
            dictionary: Dictionary::Int32(&days),
            index: &distinct.index,
        };
        group.column(values).map_err(failed)?;
        // Few values are distinct: small counts, and shares that small counts have.
        let whole = |column: &[i64], distinct: &mut Distinct, group: &mut Group<'_>| {
            distinct.fill(column[rows.clone()].iter().copied());
            let values = Values::Dict {
                dictionary: Dictionary::Int64(&distinct.values),
                index: &distinct.index,
            };
            group.column(values).map_err(failed)
        };
        let double = |column: &[f64], distinct: &mut Distinct, group: &mut Group<'_>| {
            let bits = column[rows.clone()].iter();
            distinct.fill(bits.map(|v| (v + 0.0).to_bits() as i64));
            let values: Vec<f64> = distinct
                .values
                .iter()
                .map(|&v| f64::from_bits(v as u64))
                .collect();
            if values.iter().any(|v| v.is_nan()) {
                for place in &mut distinct.index {
                    if values[*place as usize].is_nan() {
                        *place = NULL_INDEX;
                    }
                }
            }
            let values = Values::Dict {
                dictionary: Dictionary::Double(&values),
                index: &distinct.index,
            };
            group.column(values).map_err(failed)
        };
        let [q1, q2, q3, q4] = &panel.quad;
        for column in [&panel.n, &panel.rows, q1, q2, q3, q4] {
            whole(column, &mut distinct, &mut group)?;
        }
        double(&panel.scale_sum, &mut distinct, &mut group)?;
        for column in [&panel.scale_n, &panel.scale_nonzero, &panel.mentions] {
            whole(column, &mut distinct, &mut group)?;
        }
        for column in [&panel.share_of_all, &panel.share_of_source] {
            double(column, &mut distinct, &mut group)?;
        }
        group.finish().map_err(failed)?;
    }
    let written = out.finish().map_err(failed)?;
    let mut sink = written.sink;
    sink.flush().map_err(CubeError::io(path))
}

/// Writes a panel as CSV, row by row: a header, UTF-8, commas, LF; missing values are empty; text
/// that a spreadsheet would run as a formula begins with an apostrophe.
///
/// # Errors
/// If the sink refuses.
pub fn panel_csv(panel: &Panel, sink: impl Write) -> std::io::Result<()> {
    let mut out = BufWriter::new(sink);
    let names = COLUMNS.map(|(name, ..)| name);
    writeln!(out, "{}", names.join(","))?;
    let codes: Vec<String> = panel.actors.iter().map(|code| quoted(code)).collect();
    let code = |end: u32| codes.get(end as usize).map_or("", String::as_str);
    let number = |v: f64| {
        if v.is_finite() {
            (v + 0.0).to_string()
        } else {
            String::new()
        }
    };
    let mut last = (i32::MIN, String::new());
    for i in 0..panel.len() {
        if last.0 != panel.period[i] {
            last = (panel.period[i], date_of(panel.period[i]).to_string());
        }
        let [q1, q2, q3, q4] = [0, 1, 2, 3].map(|q: usize| panel.quad[q][i]);
        writeln!(
            out,
            "{},{},{},{},{},{q1},{q2},{q3},{q4},{},{},{},{},{},{}",
            code(panel.source[i]),
            code(panel.target[i]),
            last.1,
            panel.n[i],
            panel.rows[i],
            number(panel.scale_sum[i]),
            panel.scale_n[i],
            panel.scale_nonzero[i],
            panel.mentions[i],
            number(panel.share_of_all[i]),
            number(panel.share_of_source[i]),
        )?;
    }
    out.flush()
}

/// Text as a field of CSV.
fn quoted(text: &str) -> String {
    let text = guard_formula(text);
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.into_owned()
    }
}
