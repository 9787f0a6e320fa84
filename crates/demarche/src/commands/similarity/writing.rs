//! The table of similarities, written as it is computed.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use demarche_measure::portfolios::Dyads;
use demarche_table::columnar::{ColumnSpec, Dictionary, FileWriter, Options, Type, Values};
use demarche_table::guard_formula;
use tempfile::NamedTempFile;

use super::source::States;
use crate::failure::{Failure, USAGE};
use crate::file::{beside, cannot, put_in_place};
use crate::output::Output;

/// Rows gathered before they are written as a row group.
const GROUP: usize = 1 << 17;

/// The table, half written.
pub struct Writing<'a> {
    path: PathBuf,
    codes: Codes,
    to: To<'a>,
    rows: usize,
    /// Rows of Parquet that wait for their row group.
    years: Vec<i32>,
    waiting: Dyads,
}

enum To<'a> {
    Csv(Box<csv::Writer<Box<dyn Write + 'a>>>, Option<NamedTempFile>),
    Parquet(Box<FileWriter<BufWriter<File>>>, NamedTempFile),
}

/// How the states are written.
struct Codes {
    numbers: Option<Vec<i32>>,
    /// All texts, one after the other, and where each ends.
    bytes: Vec<u8>,
    ends: Vec<u32>,
    guarded: Vec<String>,
}

impl Codes {
    fn of(states: &States) -> Self {
        let mut bytes = Vec::new();
        let mut ends = Vec::new();
        for code in &states.codes {
            bytes.extend_from_slice(code.as_bytes());
            ends.push(u32::try_from(bytes.len()).unwrap_or(u32::MAX));
        }
        let numbers = states.numbers();
        let plain = numbers.is_some();
        let guard = |c: &String| {
            if plain {
                c.clone()
            } else {
                guard_formula(c).into_owned()
            }
        };
        Self {
            guarded: states.codes.iter().map(guard).collect(),
            numbers,
            bytes,
            ends,
        }
    }
}

impl<'a> Writing<'a> {
    /// Begins the table: CSV on standard output for `-`, else a file in the format of its name,
    /// which is put in place when all is written.
    pub fn open(
        path: &Path,
        states: &States,
        weighted: bool,
        out: &'a mut Output,
    ) -> Result<Self, Failure> {
        let codes = Codes::of(states);
        let extension = path
            .extension()
            .and_then(|e| e.to_str())
            .map(str::to_lowercase);
        let to = match extension.as_deref() {
            _ if path == Path::new("-") => To::Csv(csv_writer(Box::new(out)), None),
            Some("csv") => {
                let (file, temporary) = beside(path)?;
                let to = BufWriter::with_capacity(1 << 16, file);
                To::Csv(csv_writer(Box::new(to)), Some(temporary))
            }
            Some("parquet") => {
                let (file, temporary) = beside(path)?;
                let specs = specs(codes.numbers.is_some(), weighted);
                let writer = FileWriter::new(BufWriter::new(file), &specs, &[], Options::default());
                To::Parquet(Box::new(writer.map_err(|e| cannot(path, e))?), temporary)
            }
            _ => {
                return Err(Failure::new(
                    USAGE,
                    format!("{} is neither .parquet nor .csv", path.display()),
                    "let --out end in one of them, or write - for CSV on standard output",
                ));
            }
        };
        let mut writing = Self {
            path: path.to_path_buf(),
            codes,
            to,
            rows: 0,
            years: Vec::new(),
            waiting: Dyads::default(),
        };
        if let To::Csv(writer, _) = &mut writing.to {
            let names = specs(true, weighted).into_iter().map(|s| s.name);
            let done = writer.write_record(names);
            done.map_err(|e| cannot(path, e))?;
        }
        Ok(writing)
    }

    /// Adds the dyads of a year.
    pub fn add(&mut self, year: i32, mut dyads: Dyads, both: bool) -> Result<(), Failure> {
        if both {
            twice(&mut dyads);
        }
        self.rows += dyads.a.len();
        match &mut self.to {
            To::Csv(writer, _) => {
                csv_rows(writer, &self.codes, year, &dyads).map_err(|e| cannot(&self.path, e))
            }
            To::Parquet(..) => {
                self.years.resize(self.years.len() + dyads.a.len(), year);
                append(&mut self.waiting, &mut dyads);
                if self.years.len() >= GROUP {
                    self.group()?;
                }
                Ok(())
            }
        }
    }

    /// Writes what waits.
    fn group(&mut self) -> Result<(), Failure> {
        let To::Parquet(writer, _) = &mut self.to else {
            return Ok(());
        };
        if self.years.is_empty() {
            return Ok(());
        }
        let d = std::mem::take(&mut self.waiting);
        let years = std::mem::take(&mut self.years);
        let mut write = || {
            let mut group = writer.row_group(years.len())?;
            let whole = |values| Values::Int32 {
                values,
                valid: None,
            };
            group.column(whole(&years))?;
            for state in [&d.a, &d.b] {
                let dictionary = match &self.codes.numbers {
                    Some(numbers) => Dictionary::Int32(numbers),
                    None => Dictionary::Text {
                        bytes: &self.codes.bytes,
                        ends: &self.codes.ends,
                    },
                };
                group.column(Values::Dict {
                    dictionary,
                    index: state,
                })?;
            }
            let n: Vec<i32> =
                d.n.iter()
                    .map(|&n| i32::try_from(n).unwrap_or(i32::MAX))
                    .collect();
            group.column(whole(&n))?;
            for values in measures(&d) {
                let valid: Vec<bool> = values.iter().map(|v| !v.is_nan()).collect();
                group.column(Values::Double {
                    values,
                    valid: Some(&valid),
                })?;
            }
            group.finish()
        };
        write().map_err(|e| cannot(&self.path, e))
    }

    /// Ends the table, puts it in place and says how many rows it has.
    pub fn finish(mut self) -> Result<usize, Failure> {
        self.group()?;
        let path = self.path;
        let temporary = match self.to {
            To::Csv(mut writer, temporary) => {
                writer.flush().map_err(|e| cannot(&path, e))?;
                temporary
            }
            To::Parquet(writer, temporary) => {
                writer.finish().map_err(|e| cannot(&path, e))?;
                Some(temporary)
            }
        };
        if let Some(temporary) = temporary {
            put_in_place(temporary, &path)?;
        }
        Ok(self.rows)
    }
}

fn csv_writer<'a>(to: Box<dyn Write + 'a>) -> Box<csv::Writer<Box<dyn Write + 'a>>> {
    Box::new(
        csv::WriterBuilder::new()
            .buffer_capacity(1 << 16)
            .from_writer(to),
    )
}

/// The columns of the table.
fn specs(numbered: bool, weighted: bool) -> Vec<ColumnSpec> {
    let state = if numbered { Type::Int32 } else { Type::Text };
    let mut columns = vec![
        ("year", Type::Int32, "The year."),
        ("a", state, "Code of the first state."),
        ("b", state, "Code of the second state."),
        (
            "n",
            Type::Int32,
            "Columns compared: system members, or roll calls on which both voted.",
        ),
        (
            "agree",
            Type::Double,
            "Share of the columns in which both are the same, 0 to 1.",
        ),
        (
            "s_squared",
            Type::Double,
            "S with squared distances, -1 to 1.",
        ),
        (
            "s_absolute",
            Type::Double,
            "S with absolute distances, -1 to 1.",
        ),
    ];
    if weighted {
        columns.push((
            "s_weighted",
            Type::Double,
            "S with absolute distances and weights, -1 to 1.",
        ));
    }
    columns.push((
        "kappa",
        Type::Double,
        "Cohen's kappa with quadratic weights, at most 1.",
    ));
    columns.push((
        "pi",
        Type::Double,
        "Scott's pi with quadratic weights, at most 1.",
    ));
    columns
        .into_iter()
        .map(|(name, kind, description)| ColumnSpec {
            name: name.to_owned(),
            kind,
            required: kind != Type::Double,
            description: description.to_owned(),
        })
        .collect()
}

/// The measures in the order of [`specs`].
fn measures(d: &Dyads) -> impl Iterator<Item = &Vec<f64>> {
    let weighted = (d.s_weighted.len() == d.a.len()).then_some(&d.s_weighted);
    [&d.agree, &d.s_squared, &d.s_absolute]
        .into_iter()
        .chain(weighted)
        .chain([&d.kappa, &d.pi])
}

fn append(to: &mut Dyads, from: &mut Dyads) {
    to.a.append(&mut from.a);
    to.b.append(&mut from.b);
    to.n.append(&mut from.n);
    to.agree.append(&mut from.agree);
    to.s_squared.append(&mut from.s_squared);
    to.s_absolute.append(&mut from.s_absolute);
    to.s_weighted.append(&mut from.s_weighted);
    to.kappa.append(&mut from.kappa);
    to.pi.append(&mut from.pi);
}

/// Adds every dyad in the other direction.
fn twice(d: &mut Dyads) {
    let mut turned = d.clone();
    std::mem::swap(&mut turned.a, &mut turned.b);
    append(d, &mut turned);
}

fn csv_rows<W: Write>(
    to: &mut csv::Writer<W>,
    codes: &Codes,
    year: i32,
    d: &Dyads,
) -> csv::Result<()> {
    let columns: Vec<&Vec<f64>> = measures(d).collect();
    let year = year.to_string();
    let mut field = Vec::with_capacity(32);
    for row in 0..d.a.len() {
        to.write_field(&year)?;
        to.write_field(&codes.guarded[d.a[row] as usize])?;
        to.write_field(&codes.guarded[d.b[row] as usize])?;
        field.clear();
        write!(field, "{}", d.n[row])?;
        to.write_field(&field)?;
        for column in &columns {
            field.clear();
            if !column[row].is_nan() {
                // "-0" would differ from "0" for no reason that a reader could see.
                write!(field, "{}", column[row] + 0.0)?;
            }
            to.write_field(&field)?;
        }
        to.write_record(None::<&[u8]>)?;
    }
    Ok(())
}
