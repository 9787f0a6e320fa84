//! Reads an event graph from the folder that the field shares its data in: `train.txt`, `valid.txt`
//! and `test.txt` of `source act target time` as numbers, further columns unused, and the names in
//! `entity2id.txt` and `relation2id.txt`.

use std::path::Path;

use super::{EventGraph, Fact, Names};
use crate::ForecastError;

/// The largest number of an entity or an act: keys of the history have room for so many.
const MOST: u32 = 1 << 21;

struct Row {
    source: u32,
    act: u32,
    target: u32,
    time: i64,
}

impl EventGraph {
    /// Reads a folder. `valid.txt` may be absent or empty, and so may the names.
    ///
    /// Time is counted in steps: the largest unit that all times of the folder are multiples of,
    /// counted from the first. Rows that are there twice are counted once.
    ///
    /// # Errors
    /// A file that cannot be read, a row that is not four numbers, a number that is out of range, and
    /// a part that begins before the one before it ends: each with file and line.
    pub fn read(folder: &Path) -> Result<Self, ForecastError> {
        let mut graph = Self {
            entities: names(folder, "entity2id.txt")?,
            acts: names(folder, "relation2id.txt")?,
            ..Self::default()
        };
        let parts = [
            ("train.txt", true),
            ("valid.txt", false),
            ("test.txt", true),
        ];
        let mut rows: Vec<Vec<Row>> = Vec::new();
        let mut end: Option<(i64, &str)> = None;
        for (file, must) in parts {
            let part = rows_of(folder, file, must)?;
            if let Some((end, of)) = end
                && let Some((at, row)) = part.iter().enumerate().find(|(_, r)| r.time <= end)
            {
                return Err(ForecastError::Line {
                    file: file.to_owned(),
                    line: at + 1,
                    why: format!(
                        "time {} is not after {end}, where {of} ends: the parts have to follow each other in time",
                        row.time
                    ),
                });
            }
            let last = part.iter().map(|r| r.time).max();
            end = last.map(|t| (t, file)).or(end);
            rows.push(part);
        }
        let all = || rows.iter().flatten();
        graph.origin = all().map(|r| r.time).min().unwrap_or(0);
        let origin = graph.origin;
        let unit = all().fold(0, |unit, r| gcd(unit, r.time.abs_diff(origin)));
        graph.unit = i64::try_from(unit.max(1)).unwrap_or(i64::MAX);
        for (known, most) in [
            (
                &mut graph.entities,
                all().map(|r| r.source.max(r.target)).max(),
            ),
            (&mut graph.acts, all().map(|r| r.act).max()),
        ] {
            // A number without a name is known by its number.
            for number in 0..most.map_or(0, |m| m + 1) {
                if known.name(number).is_empty() {
                    known.put(number, &number.to_string());
                }
            }
        }
        for (part, (file, _)) in rows.iter().zip(parts) {
            let mut facts = Vec::with_capacity(part.len());
            for (at, row) in part.iter().enumerate() {
                let steps = row.time.abs_diff(origin) / graph.unit.unsigned_abs();
                let step = i32::try_from(steps).map_err(|_| ForecastError::Line {
                    file: file.to_owned(),
                    line: at + 1,
                    why: format!(
                        "time {} is {steps} steps of {} after the first: too far",
                        row.time, graph.unit
                    ),
                })?;
                facts.push(Fact {
                    step,
                    source: row.source,
                    act: row.act,
                    target: row.target,
                });
            }
            facts.sort_unstable();
            let before = facts.len();
            facts.dedup();
            graph.repeated += before - facts.len();
            graph.facts.append(&mut facts);
            match file {
                "train.txt" => graph.valid_from = graph.facts.len(),
                "valid.txt" => graph.test_from = graph.facts.len(),
                _ => {}
            }
        }
        Ok(graph)
    }
}

fn gcd(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { gcd(b, a % b) }
}

fn text(folder: &Path, file: &str, must: bool) -> Result<String, ForecastError> {
    match std::fs::read(folder.join(file)) {
        Ok(bytes) => String::from_utf8(bytes).map_err(|e| {
            let good = &e.as_bytes()[..e.utf8_error().valid_up_to()];
            ForecastError::Line {
                file: file.to_owned(),
                line: good.iter().filter(|&&b| b == b'\n').count() + 1,
                why: "is not UTF-8; save the file as UTF-8".to_owned(),
            }
        }),
        Err(e) if !must && e.kind() == std::io::ErrorKind::NotFound => Ok(String::new()),
        Err(e) => Err(ForecastError::File {
            file: file.to_owned(),
            why: e.to_string(),
        }),
    }
}

fn names(folder: &Path, file: &str) -> Result<Names, ForecastError> {
    let text = text(folder, file, false)?;
    let mut names = Names::default();
    for (at, line) in text.lines().enumerate() {
        if line.trim().is_empty() {
            continue;
        }
        let fault = |why: &str| ForecastError::Line {
            file: file.to_owned(),
            line: at + 1,
            why: why.to_owned(),
        };
        // Some folders have a third column, which is not needed.
        let mut cells = line.split('\t');
        let (Some(name), Some(number)) = (cells.next(), cells.next()) else {
            // The first line of some folders is the number of lines.
            if at == 0 && line.trim().parse::<u64>().is_ok() {
                continue;
            }
            return Err(fault("has no tab; expected a name, a tab and a number"));
        };
        let number: u32 = number
            .trim()
            .parse()
            .map_err(|_| fault("the second column is not a whole number from 0"))?;
        if number >= MOST {
            return Err(fault("the number is too large: at most 2,097,151"));
        }
        if !names.name(number).is_empty() {
            return Err(fault("the number is there twice"));
        }
        names.put(number, name.trim());
    }
    Ok(names)
}

fn rows_of(folder: &Path, file: &str, must: bool) -> Result<Vec<Row>, ForecastError> {
    let text = text(folder, file, must)?;
    let mut rows = Vec::new();
    for (at, line) in text.lines().enumerate() {
        let fault = |why: String| ForecastError::Line {
            file: file.to_owned(),
            line: at + 1,
            why,
        };
        let mut cells = line.split_ascii_whitespace();
        let mut cell = |what: &str| {
            cells.next().ok_or_else(|| {
                fault(format!(
                    "has no {what}; expected four numbers: source, act, target, time"
                ))
            })
        };
        let id = |text: &str, what: &str| match text.parse::<u32>() {
            Ok(n) if n < MOST => Ok(n),
            Ok(n) => Err(fault(format!("{what} {n} is too large: at most 2,097,151"))),
            Err(_) => Err(fault(format!(
                "{what} {text:?} is not a whole number from 0"
            ))),
        };
        let source = id(cell("source")?, "source")?;
        let act = id(cell("act")?, "act")?;
        let target = id(cell("target")?, "target")?;
        let time = cell("time")?;
        let time = time
            .parse::<i64>()
            .ok()
            .filter(|t| t.unsigned_abs() < 1 << 52)
            .ok_or_else(|| fault(format!("time {time:?} is not a whole number in range")))?;
        rows.push(Row {
            source,
            act,
            target,
            time,
        });
    }
    Ok(rows)
}
