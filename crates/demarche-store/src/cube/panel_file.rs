//! A panel as a file, written while its cells are read.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use demarche_events::{PeriodUnit, QuadScheme};
use demarche_table::columnar::{
    ColumnSpec, Compression, Dictionary, FileWriter, NULL_INDEX, Options, Type, Values,
};
use demarche_table::guard_formula;

use super::calendar::date_of;
use super::distinct::Distinct;
use super::question::{PeriodTotal, share};
use super::rows::{Rows, Walk};
use super::run::Texts;
use super::{CubeError, MISSING, Measure, Question};
use crate::Store;

/// What was written of a panel. For the terms see [`Panel`](super::Panel).
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// Length of the periods.
    pub by: PeriodUnit,
    /// The format of the events.
    pub format: String,
    /// How CAMEO roots were split into quad classes.
    pub scheme: QuadScheme,
    /// The filter that events went through when they were read; empty: none.
    pub filter: String,
    /// How many rows.
    pub rows: u64,
    /// How many directed dyads.
    pub dyads: u64,
    /// Codes of the actors that occur, sorted.
    pub actors: Vec<String>,
    /// First days of the first and the last period, counted from 1970-01-01.
    pub periods: Option<(i32, i32)>,
    /// The denominators by period: periods without any row are not listed.
    pub totals: Vec<PeriodTotal>,
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

/// Writes the panel that a question asks for as Parquet: one row a source, target and period, all
/// columns as dictionaries. The footer names the format, the periods, the quad scheme and the
/// filter, and describes each column. The same rows give the same bytes. Rows are written while
/// cells are read, so memory does not grow with them.
///
/// # Errors
/// As [`panel`](fn@super::panel), or if the file can't be written.
pub fn panel_parquet(
    store: &Store,
    question: &Question,
    path: &Path,
) -> Result<Summary, CubeError> {
    let walk = Walk::of(store, question)?;
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
        ("demarche.format", walk.format.as_str()),
        ("demarche.by", question.by.name()),
        ("demarche.quad", question.quad.name()),
        ("demarche.filter", walk.filter.as_str()),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()));
    // Indices of a few bits gain little from compression, and are read faster without.
    let options = Options {
        compression: Compression::Uncompressed,
        page_rows: 20_000,
    };
    let mut out =
        FileWriter::new(BufWriter::new(file), &columns, &metadata, options).map_err(failed)?;
    let mut local = Vec::new();
    let mut distinct = Distinct::default();
    let summary = counted(walk, question, |rows| {
        let mut group = out.row_group(rows.len()).map_err(failed)?;
        local.resize(rows.codes.all().len(), MISSING);
        for ends in [rows.source, rows.target] {
            let texts = Texts::of(ends, rows.codes.all(), &mut local);
            group.column(texts.values()).map_err(failed)?;
        }
        distinct.fill(rows.periods().map(i64::from));
        let days: Vec<i32> = distinct.values.iter().map(|&d| d as i32).collect();
        let values = Values::Dict {
            dictionary: Dictionary::Int32(&days),
            index: &distinct.index,
        };
        group.column(values).map_err(failed)?;
        // Few values are distinct: small counts, and shares that small counts have.
        let [q1, q2, q3, q4] = rows.quad;
        let counts = [rows.of(Measure::N), rows.of(Measure::Rows), q1, q2, q3, q4];
        let more = [Measure::ScaleN, Measure::ScaleNonzero, Measure::Mentions];
        let sums = rows.of(Measure::ScaleSum);
        for column in counts
            .into_iter()
            .chain([sums])
            .chain(more.map(|m| rows.of(m)))
        {
            distinct.fill(column.iter().copied());
            let doubles: Vec<f64>;
            let dictionary = if std::ptr::eq(column, sums) {
                let values = distinct.values.iter();
                doubles = values.map(|&v| v as f64 / 1000.0).collect();
                Dictionary::Double(&doubles)
            } else {
                Dictionary::Int64(&distinct.values)
            };
            let index = &distinct.index;
            let values = Values::Dict { dictionary, index };
            group.column(values).map_err(failed)?;
        }
        for whole in [rows.all, rows.acts] {
            let n = rows.of(Measure::N).iter().zip(whole);
            distinct.fill(n.map(|(n, whole)| share(*n, *whole).to_bits() as i64));
            let shares = distinct.values.iter();
            let shares: Vec<f64> = shares.map(|&v| f64::from_bits(v as u64)).collect();
            if let Some(nan) = shares.iter().position(|v| v.is_nan()) {
                for place in &mut distinct.index {
                    if *place as usize == nan {
                        *place = NULL_INDEX;
                    }
                }
            }
            let values = Values::Dict {
                dictionary: Dictionary::Double(&shares),
                index: &distinct.index,
            };
            group.column(values).map_err(failed)?;
        }
        group.finish().map_err(failed)
    })?;
    let written = out.finish().map_err(failed)?;
    let mut sink = written.sink;
    sink.flush().map_err(CubeError::io(path))?;
    Ok(summary)
}

/// Walks, and counts what passes.
fn counted(
    walk: Walk,
    question: &Question,
    mut take: impl FnMut(&Rows<'_>) -> Result<(), CubeError>,
) -> Result<Summary, CubeError> {
    let (mut rows, mut dyads) = (0, 0);
    let mut periods: Option<(i32, i32)> = None;
    let (format, filter) = (walk.format.clone(), walk.filter.clone());
    let walked = walk.run(|some| {
        rows += some.len() as u64;
        // Rows of a dyad follow each other, and those of a source come together.
        let ends = || some.source.iter().zip(some.target);
        dyads += 1 + ends().zip(ends().skip(1)).filter(|(a, b)| a != b).count() as u64;
        for day in some.periods() {
            let (first, last) = periods.unwrap_or((day, day));
            periods = Some((first.min(day), last.max(day)));
        }
        take(some)
    })?;
    Ok(Summary {
        by: question.by,
        format,
        scheme: question.quad,
        filter,
        rows,
        dyads,
        actors: walked.actors(),
        periods,
        totals: walked.totals(),
    })
}

/// Writes the panel that a question asks for as CSV, row by row: a header, UTF-8, commas, LF;
/// missing values are empty; text that a spreadsheet would run as a formula begins with an
/// apostrophe.
///
/// # Errors
/// As [`panel`](fn@super::panel); [`CubeError::Sink`] if the sink refuses.
pub fn panel_csv(
    store: &Store,
    question: &Question,
    sink: impl Write,
) -> Result<Summary, CubeError> {
    let walk = Walk::of(store, question)?;
    let mut out = BufWriter::new(sink);
    let names = COLUMNS.map(|(name, ..)| name);
    writeln!(out, "{}", names.join(",")).map_err(CubeError::Sink)?;
    let mut codes: Vec<String> = Vec::new();
    let number = |v: f64| {
        if v.is_finite() {
            (v + 0.0).to_string()
        } else {
            String::new()
        }
    };
    let mut last = (i32::MIN, String::new());
    let summary = counted(walk, question, |rows| {
        let new = &rows.codes.all()[codes.len()..];
        codes.extend(new.iter().map(|code| quoted(code)));
        let code = |end: u32| codes.get(end as usize).map_or("", String::as_str);
        for (i, period) in rows.periods().enumerate() {
            if last.0 != period {
                last = (period, date_of(period).to_string());
            }
            let of = |m: Measure| rows.of(m)[i];
            let [q1, q2, q3, q4] = rows.quad.map(|quad| quad[i]);
            writeln!(
                out,
                "{},{},{},{},{},{q1},{q2},{q3},{q4},{},{},{},{},{},{}",
                code(rows.source[i]),
                code(rows.target[i]),
                last.1,
                of(Measure::N),
                of(Measure::Rows),
                number(of(Measure::ScaleSum) as f64 / 1000.0),
                of(Measure::ScaleN),
                of(Measure::ScaleNonzero),
                of(Measure::Mentions),
                number(share(of(Measure::N), rows.all[i])),
                number(share(of(Measure::N), rows.acts[i])),
            )
            .map_err(CubeError::Sink)?;
        }
        Ok(())
    })?;
    out.flush().map_err(CubeError::Sink)?;
    Ok(summary)
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
