//! The cube against sums made row by row.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use demarche_events::{Date, Period, PeriodUnit, QuadScheme};
use demarche_read::schema;
use demarche_table::columnar::{ColumnSpec, FileReader, FileWriter, Options, Type, Values};
use jiff::civil::date;
use proptest::collection::vec;
use proptest::prelude::*;

use super::calendar::{date_of, day_of};
use super::cell::{Cells, Counts};
use super::codes::Codes;
use super::cursor::{Chunk, Cursor, in_order};
use super::reader::RunReader;
use super::*;
use crate::{Commit, FileRecord, Kind, Level, Run, Segment, Settings, Store, Writer};

/// Numbers are not in the order of codes, and two numbers share a code.
const ACTORS: [&str; 6] = ["USA", "KOR", "=NAT", "日本", "a,\"b", "KOR"];

#[derive(Clone, Debug)]
struct Row {
    source: Option<usize>,
    target: Option<usize>,
    day: i32,
    tally: Tally,
    added: i64,
}

fn actors() -> Vec<String> {
    ACTORS.map(str::to_owned).to_vec()
}

fn end() -> impl Strategy<Value = Option<usize>> {
    proptest::option::weighted(0.8, 0..ACTORS.len())
}

/// Root, quad by GDELT's split, and whether there is a code at all.
fn row() -> impl Strategy<Value = Row> {
    let counts = prop_oneof![20 => Just(1u32), 2 => 0u32..50, 1 => Just(u32::MAX)];
    let scale = proptest::option::weighted(0.9, (-100i32..=100).prop_map(|v| f64::from(v) / 10.0));
    let tally = (
        counts,
        proptest::bool::weighted(0.2),
        0u8..=20,
        scale,
        0u32..100,
    )
        .prop_map(|(count, duplicate, root, scale, mentions)| Tally {
            count,
            duplicate,
            quad: match root {
                0 => 0,
                1..=5 => 1,
                6..=9 => 2,
                10..=14 => 3,
                _ => 4,
            },
            root,
            scale,
            mentions,
        });
    (end(), end(), 16_000i32..16_120, tally, 0i64..100).prop_map(
        |(source, target, day, tally, added)| Row {
            source,
            target,
            day,
            tally,
            added: (16_000 + added) * 86_400_000,
        },
    )
}

type Key = (Option<String>, Option<String>, i32);

fn code(end: Option<usize>) -> Option<String> {
    end.map(|i| ACTORS[i].to_owned())
}

/// Sums row by row, in plain arithmetic.
fn naive(rows: &[Row], period: impl Fn(i32) -> i32) -> BTreeMap<Key, Counts> {
    let mut cells: BTreeMap<Key, Counts> = BTreeMap::new();
    for row in rows {
        let key = (code(row.source), code(row.target), period(row.day));
        let cell = cells.entry(key).or_default();
        let n = i64::from(row.tally.count);
        let mut add = |m: Measure, v: i64| cell[m as usize] += v;
        add(Measure::Rows, n);
        if row.tally.duplicate {
            continue;
        }
        add(Measure::N, n);
        match row.tally.quad {
            1 => add(Measure::Q1, n),
            2 => add(Measure::Q2, n),
            3 => add(Measure::Q3, n),
            4 => add(Measure::Q4, n),
            _ => {}
        }
        match row.tally.root {
            1 => add(Measure::N01, n),
            9 => add(Measure::N09, n),
            14 => add(Measure::N14, n),
            _ => {}
        }
        if let Some(scale) = row.tally.scale {
            add(Measure::ScaleSum, (scale * 10.0).round() as i64 * 100 * n);
            add(Measure::ScaleN, n);
            add(Measure::ScaleNonzero, if scale == 0.0 { 0 } else { n });
        }
        add(Measure::Mentions, i64::from(row.tally.mentions));
    }
    cells
}

fn builder(rows: &[Row]) -> CubeBuilder {
    let mut cube = CubeBuilder::new();
    let number = |end: Option<usize>| end.map_or(MISSING, |i| i as u32);
    for row in rows {
        cube.add(number(row.source), number(row.target), row.day, &row.tally);
    }
    cube
}

/// All cells of a run, and whether they are in order, each key once.
fn cells(path: &Path) -> (BTreeMap<Key, Counts>, bool) {
    let mut codes = Codes::default();
    let cursor = Cursor::all(RunReader::open(path).unwrap(), 40);
    let mut all: Vec<(Key, Counts)> = Vec::new();
    in_order(vec![cursor], &mut codes, |codes, cells, range| {
        let code = |end: u32| codes.all().get(end as usize).cloned();
        for i in range {
            let key = (code(cells.source[i]), code(cells.target[i]), cells.day[i]);
            all.push((key, cells.counts(i)));
        }
        Ok(())
    })
    .unwrap();
    let order = |(s, t, d): &Key| (s.is_none(), s.clone(), t.is_none(), t.clone(), *d);
    let sorted = all.windows(2).all(|w| order(&w[0].0) < order(&w[1].0));
    (all.into_iter().collect(), sorted)
}

fn month(day: i32) -> i32 {
    day_of(Period::of(date_of(day), PeriodUnit::Month).first())
}

fn numbered(dir: &Path, i: usize) -> PathBuf {
    dir.join(format!("run-{i}.parquet"))
}

/// A store with one run by day for each part, merged if asked, and the events as segments.
fn store(dir: &Path, parts: &[&[Row]], merged: bool, format: &str) -> Store {
    let mut writer = Writer::open(dir, &Settings::default(), "test").unwrap();
    let mut commit = Commit::default();
    let run = |path: String, level| Run {
        path,
        format: format.to_owned(),
        level,
        cells: 0,
        bytes: 0,
    };
    let mut paths = Vec::new();
    for (i, part) in parts.iter().enumerate() {
        let (name, path) = writer.new_path(Kind::Segment(format)).unwrap();
        segment(part, &path);
        let rows = part.len() as u64;
        let duplicates = part.iter().filter(|r| r.tally.duplicate).count() as u64;
        commit.segments.push(Segment {
            path: name.clone(),
            format: format.to_owned(),
            rows,
            duplicates,
            ..Segment::default()
        });
        commit.files.push(FileRecord {
            number: writer.next_file_number(),
            name,
            sha256: format!("{:032x}{i:032x}", format.len()),
            format: format.to_owned(),
            lines: rows,
            stored: rows - duplicates,
            duplicates,
            ..FileRecord::default()
        });
        let (name, path) = writer.new_path(Kind::Cube(format, Level::Day)).unwrap();
        builder(part).write(&actors(), &path).unwrap();
        commit.runs.push(run(name, Level::Day));
        paths.push(path);
    }
    writer.commit(commit).unwrap();
    if merged {
        // The last run stays beside the merged ones, as after another commit.
        let old: Vec<String> = writer
            .store()
            .manifest()
            .runs
            .iter()
            .map(|r| r.path.clone())
            .collect();
        let old = &old[..old.len() - 1];
        let (month, month_path) = writer.new_path(Kind::Cube(format, Level::Month)).unwrap();
        let (day, day_path) = writer.new_path(Kind::Cube(format, Level::Day)).unwrap();
        merge(&paths[..paths.len() - 1], &day_path, &month_path).unwrap();
        let commit = Commit {
            runs: vec![run(day, Level::Day), run(month, Level::Month)],
            replaces: old.to_vec(),
            ..Commit::default()
        };
        writer.commit(commit).unwrap();
    }
    drop(writer);
    Store::open(dir).unwrap()
}

/// Events with the columns that are counted.
fn segment(rows: &[Row], path: &Path) {
    let kind = |c: &schema::Column| match c.kind {
        schema::Kind::Text => Type::Text,
        schema::Kind::Int => Type::Int64,
        schema::Kind::Float => Type::Double,
        schema::Kind::Date => Type::Date,
        schema::Kind::Timestamp => Type::Timestamp,
        schema::Kind::Bool => Type::Bool,
    };
    let columns: Vec<ColumnSpec> = schema::CORE
        .iter()
        .map(|c| ColumnSpec {
            name: c.name.to_owned(),
            kind: kind(c),
            required: false,
            description: String::new(),
        })
        .collect();
    let file = File::create(path).unwrap();
    let mut out = FileWriter::new(file, &columns, &[], Options::default()).unwrap();
    let mut group = out.row_group(rows.len()).unwrap();
    for column in schema::CORE {
        let text = |row: &Row| match column.name {
            "source" => code(row.source),
            "target" => code(row.target),
            "code" if row.tally.quad > 0 => Some(format!("{:02}0", row.tally.root)),
            "code_system" => Some("cameo".to_owned()),
            _ => None,
        };
        let number = |row: &Row| match column.name {
            "date" => Some(i64::from(row.day)),
            "added" => Some(row.added),
            "quad" => Some(i64::from(row.tally.quad)).filter(|q| *q > 0),
            "count" => Some(i64::from(row.tally.count)),
            "mentions" => Some(i64::from(row.tally.mentions)),
            "duplicate" => Some(i64::from(row.tally.duplicate)),
            _ => None,
        };
        let double = |row: &Row| match (column.name, row.day % 2) {
            ("scale_given", 0) | ("scale", 1) => row.tally.scale,
            _ => None,
        };
        match kind(column) {
            Type::Text => {
                let (mut bytes, mut ends, mut valid) = (Vec::new(), Vec::new(), Vec::new());
                for value in rows.iter().map(text) {
                    valid.push(value.is_some());
                    bytes.extend_from_slice(value.unwrap_or_default().as_bytes());
                    ends.push(bytes.len() as u32);
                }
                let valid = Some(valid.as_slice());
                group
                    .column(Values::Text {
                        bytes: &bytes,
                        ends: &ends,
                        valid,
                    })
                    .unwrap();
            }
            Type::Double => {
                let values: Vec<f64> = rows.iter().map(|r| double(r).unwrap_or(0.0)).collect();
                let valid: Vec<bool> = rows.iter().map(|r| double(r).is_some()).collect();
                let valid = Some(valid.as_slice());
                group
                    .column(Values::Double {
                        values: &values,
                        valid,
                    })
                    .unwrap();
            }
            other => {
                let numbers: Vec<i64> = rows.iter().map(|r| number(r).unwrap_or(0)).collect();
                let valid: Vec<bool> = rows.iter().map(|r| number(r).is_some()).collect();
                let valid = Some(valid.as_slice());
                match other {
                    Type::Date => {
                        let values: Vec<i32> = numbers.iter().map(|&v| v as i32).collect();
                        group
                            .column(Values::Int32 {
                                values: &values,
                                valid,
                            })
                            .unwrap();
                    }
                    Type::Bool => {
                        let values: Vec<bool> = numbers.iter().map(|&v| v != 0).collect();
                        group
                            .column(Values::Bool {
                                values: &values,
                                valid,
                            })
                            .unwrap();
                    }
                    _ => group
                        .column(Values::Int64 {
                            values: &numbers,
                            valid,
                        })
                        .unwrap(),
                }
            }
        }
    }
    group.finish().unwrap();
    out.finish().unwrap();
}

/// Cuts rows into parts at some places.
fn cut<'a>(rows: &'a [Row], cuts: &[prop::sample::Index]) -> Vec<&'a [Row]> {
    let mut at: Vec<usize> = cuts.iter().map(|c| c.index(rows.len() + 1)).collect();
    at.extend([0, rows.len()]);
    at.sort_unstable();
    at.windows(2).map(|w| &rows[w[0]..w[1]]).collect()
}

fn everything(by: PeriodUnit) -> Question {
    Question {
        domestic: true,
        unresolved: true,
        ..Question::new(by)
    }
}

/// The rows of a panel as a table of cells, by what was counted.
fn table(panel: &Panel) -> BTreeMap<Key, [i64; 10]> {
    let code = |end: u32| panel.actors.get(end as usize).cloned();
    (0..panel.len())
        .map(|i| {
            let key = (
                code(panel.source[i]),
                code(panel.target[i]),
                panel.period[i],
            );
            let q = |k: usize| panel.quad[k][i];
            let scale = (panel.scale_sum[i] * 1000.0).round() as i64;
            let values = [
                panel.n[i],
                panel.rows[i],
                q(0),
                q(1),
                q(2),
                q(3),
                scale,
                panel.scale_n[i],
                panel.scale_nonzero[i],
                panel.mentions[i],
            ];
            (key, values)
        })
        .collect()
}

fn of_counts(counts: &Counts) -> [i64; 10] {
    [0, 1, 2, 3, 4, 5, 9, 10, 11, 12].map(|i| counts[i])
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// However rows are spread over segments, threads, runs and merges, the cells are the sums.
    #[test]
    fn cells_are_the_sums_of_rows(rows in vec(row(), 0..300), cuts in vec(any::<prop::sample::Index>(), 0..6), groups in 1usize..4) {
        let dir = tempfile::tempdir().unwrap();
        let day = naive(&rows, |d| d);
        let whole = dir.path().join("whole.parquet");
        let info = builder(&rows).write(&actors(), &whole).unwrap();
        prop_assert_eq!(info.cells, day.len() as u64);
        let days = rows.iter().map(|r| r.day);
        prop_assert_eq!(info.days, days.clone().min().zip(days.max()));
        prop_assert_eq!(cells(&whole), (day.clone(), true));

        // Builders of several threads, written as several runs, merged in groups, merged again.
        let parts = cut(&rows, &cuts);
        let mut firsts = Vec::new();
        for (i, group) in parts.chunks(groups).enumerate() {
            let mut cube = CubeBuilder::new();
            for part in group {
                cube.absorb(builder(part));
            }
            if i % 2 == 1 {
                cube.fold();
            }
            let path = numbered(dir.path(), i);
            cube.write(&actors(), &path).unwrap();
            prop_assert!(cube.is_empty());
            firsts.push(path);
        }
        let mut seconds = Vec::new();
        for (i, group) in firsts.chunks(groups).enumerate() {
            let path = numbered(dir.path(), 100 + i);
            merge(group, &path, &dir.path().join("unused.parquet")).unwrap();
            seconds.push(path);
        }
        let (last, months) = (dir.path().join("day.parquet"), dir.path().join("month.parquet"));
        let merged = merge(&seconds, &last, &months).unwrap();
        prop_assert_eq!(cells(&last), (day, true));
        let by_month = naive(&rows, month);
        prop_assert_eq!(merged.month.cells, by_month.len() as u64);
        prop_assert_eq!(cells(&months), (by_month, true));
        prop_assert_eq!(std::fs::read(&whole).unwrap(), std::fs::read(&last).unwrap());
    }

    /// Panels from the cube and from the events are the sums, for every length of period, range
    /// and scheme, and the denominators add up.
    #[test]
    fn panels_are_the_sums_of_rows(
        rows in vec(row(), 1..200),
        cuts in vec(any::<prop::sample::Index>(), 1..4),
        unit in 0usize..4,
        from in proptest::option::of(15_980i32..16_130),
        to in proptest::option::of(15_980i32..16_130),
        whole_months: bool,
        alt: bool,
    ) {
        let unit = [PeriodUnit::Week, PeriodUnit::Month, PeriodUnit::Quarter, PeriodUnit::Year][unit];
        let month_of = |d: i32| Period::of(date_of(d), PeriodUnit::Month);
        let from: Option<Date> = from.map(|d| if whole_months { month_of(d).first() } else { date_of(d) });
        let to: Option<Date> = to.map(|d| if whole_months { month_of(d).last() } else { date_of(d) });
        let parts = cut(&rows, &cuts);
        let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let plain = store(one.path(), &parts, false, "gdelt2");
        let merged = store(two.path(), &parts, true, "gdelt2");
        let scheme = if alt { QuadScheme::Alt } else { QuadScheme::Gdelt };
        let question = Question { from, to, quad: scheme, ..everything(unit) };

        let inside: Vec<Row> = rows.iter().filter(|r| {
            let day = date_of(r.day);
            from.is_none_or(|f| day >= f) && to.is_none_or(|t| day <= t)
        }).cloned().collect();
        let period = |d| day_of(Period::of(date_of(d), unit).first());
        // Under the other scheme the classes are recounted from the roots.
        let mut recounted = inside.clone();
        for row in &mut recounted {
            match (scheme, row.tally.root) {
                (QuadScheme::Alt, 9) => row.tally.quad = 3,
                (QuadScheme::Alt, 14) => row.tally.quad = 4,
                _ => {}
            }
        }
        let want = naive(&recounted, period);
        let all = panel(&plain, &question).unwrap();
        let counted: BTreeMap<Key, [i64; 10]> = want.iter().map(|(k, v)| (k.clone(), of_counts(v))).collect();
        prop_assert_eq!(table(&all), counted);
        // As text, in which what is not a number equals itself.
        let shown = format!("{all:?}");
        prop_assert_eq!(format!("{:?}", panel(&merged, &question).unwrap()), &shown[..]);
        let known = Question { known_on: Some(i64::MAX), ..question.clone() };
        prop_assert_eq!(format!("{:?}", panel(&plain, &known).unwrap()), &shown[..]);

        // As known on a day: the rows that had been added.
        let moment = 16_050 * 86_400_000;
        let known = Question { known_on: Some(moment), ..question.clone() };
        let then: Vec<Row> = recounted.iter().filter(|r| r.added <= moment).cloned().collect();
        let then: BTreeMap<Key, [i64; 10]> = naive(&then, period).iter().map(|(k, v)| (k.clone(), of_counts(v))).collect();
        prop_assert_eq!(table(&panel(&plain, &known).unwrap()), then);

        // Denominators: over all cells of a period, all acts of a source.
        let mut totals: BTreeMap<i32, Total> = BTreeMap::new();
        let mut acts: BTreeMap<(u32, i32), i64> = BTreeMap::new();
        for i in 0..all.len() {
            let (s, t, p, n) = (all.source[i], all.target[i], all.period[i], all.n[i]);
            let total = totals.entry(p).or_default();
            total.n += n;
            total.rows += all.rows[i];
            total.dyadic += if s != t && s != MISSING && t != MISSING { n } else { 0 };
            *acts.entry((s, p)).or_default() += n;
        }
        let told: BTreeMap<i32, Total> = all.totals.iter().map(|t| (t.period, t.total)).collect();
        prop_assert_eq!(&told, &totals);
        for i in 0..all.len() {
            let (s, p, n) = (all.source[i], all.period[i], all.n[i] as f64);
            let same = |share: f64, whole: i64| if whole == 0 { share.is_nan() } else { share == n / whole as f64 };
            prop_assert!(same(all.share_of_all[i], totals[&p].n));
            prop_assert!(same(all.share_of_source[i], acts[&(s, p)]));
        }

        // Leaving rows out changes no number of those that stay, shares included.
        for (domestic, unresolved) in [(false, false), (true, false), (false, true)] {
            let fewer = panel(&merged, &Question { domestic, unresolved, ..question.clone() }).unwrap();
            prop_assert_eq!(&fewer.totals, &all.totals);
            let stays = |(s, t, _): &Key| match (s, t) {
                (Some(s), Some(t)) => s != t || domestic,
                _ => unresolved,
            };
            let want: Shown = values(&all).into_iter().filter(|(key, _)| stays(key)).collect();
            prop_assert_eq!(values(&fewer), want);
        }
        // So does a list of actors, and a dyad.
        let (a, b) = ("KOR".to_owned(), "=NAT".to_owned());
        let of_one = panel(&merged, &Question { actors: Some(vec![a.clone()]), ..question.clone() }).unwrap();
        let is = |end: &Option<String>, code: &String| end.as_ref() == Some(code);
        prop_assert_eq!(values(&of_one), values(&all).into_iter().filter(|((s, t, _), _)| is(s, &a) || is(t, &a)).collect::<BTreeMap<_, _>>());
        let of_two = panel(&merged, &Question { dyad: Some((a.clone(), b.clone())), ..question.clone() }).unwrap();
        let pair: BTreeMap<_, _> = values(&all).into_iter().filter(|((s, t, _), _)| is(s, &a) && is(t, &b) || is(s, &b) && is(t, &a)).collect();
        prop_assert_eq!(values(&of_two), pair.clone());

        // A series is that dyad, with the empty periods.
        let one = series(&merged, &a, &b, &question).unwrap();
        let again = Question { known_on: Some(i64::MAX), ..question.clone() };
        let again = series(&plain, &a, &b, &again).unwrap();
        prop_assert_eq!(format!("{one:?}"), format!("{again:?}"));
        prop_assert!(one.periods.windows(2).all(|w| Period::of(date_of(w[0]), unit).next().first() == date_of(w[1])));
        if question.from.is_none() && question.to.is_none() {
            let seen = pair.keys().map(|k| k.2);
            prop_assert_eq!(one.periods.first().copied(), seen.clone().min());
            prop_assert_eq!(one.periods.last().copied(), seen.max());
        }
        let mut listed = 0;
        for (acts, s, t) in [(&one.forth, &a, &b), (&one.back, &b, &a)] {
            prop_assert_eq!(acts.len(), one.periods.len());
            for (i, act) in acts.iter().enumerate() {
                let key = (Some(s.clone()), Some(t.clone()), one.periods[i]);
                let got = [act.n, act.rows, act.quad[0], act.quad[1], act.quad[2], act.quad[3], (act.scale_sum * 1000.0).round() as i64, act.scale_n, act.scale_nonzero, act.mentions];
                match pair.get(&key) {
                    Some((want, share)) => {
                        listed += 1;
                        prop_assert_eq!(&got, want);
                        prop_assert_eq!(act.share_of_all.to_bits(), share[0]);
                    }
                    None => prop_assert_eq!(got, [0; 10]),
                }
                prop_assert_eq!(one.totals[i], totals.get(&one.periods[i]).copied().unwrap_or_default());
            }
        }
        prop_assert_eq!(listed, pair.len());
    }
}

type Shown = BTreeMap<Key, ([i64; 10], [u64; 2])>;

/// The rows of a panel with their shares, bit by bit.
fn values(panel: &Panel) -> Shown {
    let code = |end: u32| panel.actors.get(end as usize).cloned();
    let counts = table(panel);
    (0..panel.len())
        .map(|i| {
            let key = (
                code(panel.source[i]),
                code(panel.target[i]),
                panel.period[i],
            );
            let bits = [panel.share_of_all[i], panel.share_of_source[i]].map(f64::to_bits);
            (key.clone(), (counts[&key], bits))
        })
        .collect()
}

/// Many dyads over several row groups: the pages that are read for one hold all its cells.
#[test]
fn the_pages_of_a_dyad_hold_all_its_cells() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("day.parquet");
    let names: Vec<String> = (0..60u32)
        .map(|i| format!("A{:02}", (i * 37) % 60))
        .collect();
    let mut cube = CubeBuilder::new();
    let tally = Tally {
        count: 1,
        duplicate: false,
        quad: 1,
        root: 4,
        scale: Some(1.0),
        mentions: 3,
    };
    for i in 0..300_000u32 {
        let end = |n: u32| if n % 61 == 60 { MISSING } else { n % 61 };
        cube.add(end(i * 7 % 61), end(i / 61 * 11), (i / 3700) as i32, &tally);
    }
    let cells = cube.write(&names, &path).unwrap().cells;
    assert!(cells > 2 * (1 << 17), "{cells}");
    let all = |reader: RunReader| Cursor::all(reader, 1);
    let collect = |cursor: Cursor, keep: &dyn Fn(Option<&str>, Option<&str>) -> bool| {
        let mut found: Vec<(String, String, i32, Counts)> = Vec::new();
        let mut codes = Codes::default();
        in_order(vec![cursor], &mut codes, |codes, cells, range| {
            let code = |end: u32| codes.all().get(end as usize).map(String::as_str);
            for i in range {
                let (s, t) = (cells.source[i], cells.target[i]);
                if keep(code(s), code(t)) {
                    let own = |end| code(end).unwrap_or("").to_owned();
                    found.push((own(s), own(t), cells.day[i], cells.counts(i)));
                }
            }
            Ok(())
        })
        .unwrap();
        found
    };
    let open = || RunReader::open(&path).unwrap();
    for (a, b) in [
        ("A00", "A01"),
        ("A59", "A59"),
        ("A30", "A00"),
        ("A17", "A58"),
    ] {
        let keep = |s: Option<&str>, t: Option<&str>| s == Some(a) && t == Some(b);
        let chunks = open().locate(a, Some(b)).unwrap();
        let rows: usize = chunks.iter().map(|c| c.rows.len()).sum();
        assert!(rows <= 3 << 12, "{rows} rows are read for {a} to {b}");
        let want = collect(all(open()), &keep);
        assert!(!want.is_empty());
        assert_eq!(collect(Cursor::of(open(), chunks), &keep), want);

        let keep = |s: Option<&str>, _: Option<&str>| s == Some(a);
        let chunks = open().locate(a, None).unwrap();
        let want = collect(all(open()), &keep);
        assert_eq!(collect(Cursor::of(open(), chunks), &keep), want);
    }
    assert_eq!(open().locate("nobody", None).unwrap(), Vec::<Chunk>::new());
    assert_eq!(
        open().locate("A00", Some("nobody")).unwrap(),
        Vec::<Chunk>::new()
    );

    // Cells that are read in parts are those that are read at once.
    let (mut codes, mut whole, mut part) = (Codes::default(), Cells::default(), Cells::default());
    let reader = open();
    let rows = 0..reader.rows(1);
    reader
        .read(
            &Chunk {
                group: 1,
                rows: rows.clone(),
            },
            &mut codes,
            &mut whole,
        )
        .unwrap();
    for start in rows.step_by(10_000) {
        let rows = start..(start + 10_000).min(reader.rows(1));
        reader
            .read(
                &Chunk {
                    group: 1,
                    rows: rows.clone(),
                },
                &mut codes,
                &mut part,
            )
            .unwrap();
        assert_eq!(part.source, whole.source[rows.clone()]);
        assert_eq!(part.day, whole.day[rows.clone()]);
        assert_eq!(part.counts[12], whole.counts[12][rows]);
    }
}

fn simple(source: usize, target: usize, day: i32, added: i64) -> Row {
    Row {
        source: Some(source),
        target: Some(target),
        day,
        tally: Tally {
            count: 1,
            duplicate: false,
            quad: 1,
            root: 4,
            scale: Some(1.9),
            mentions: 1,
        },
        added,
    }
}

fn refusal(store: &Store, question: &Question) -> String {
    match panel(store, question) {
        Err(CubeError::Question(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_store_of_several_formats_wants_one_named() {
    let dir = tempfile::tempdir().unwrap();
    let rows = [simple(0, 1, 16_000, 0)];
    let question = Question::new(PeriodUnit::Month);
    drop(Writer::open(dir.path(), &Settings::default(), "test").unwrap());
    let why = refusal(&Store::open(dir.path()).unwrap(), &question);
    assert!(why.contains("no events yet"), "{why}");
    store(dir.path(), &[&rows], false, "icews");
    let both = store(dir.path(), &[&rows, &rows], false, "gdelt2");
    let why = refusal(&both, &question);
    assert!(why.contains("gdelt2, icews"), "{why}");
    let of = |name: &str| Question {
        format: Some(name.to_owned()),
        ..question.clone()
    };
    assert_eq!(panel(&both, &of("icews")).unwrap().n, [1]);
    assert_eq!(panel(&both, &of("gdelt2")).unwrap().n, [2]);
    assert!(refusal(&both, &of("polecat")).contains("polecat"));
    assert!(series(&both, "KOR", "KOR", &of("icews")).is_err());
}

#[test]
fn what_was_known_is_refused_where_the_source_cant_say() {
    let day = |y, m, d| day_of(date(y, m, d));
    let moment = |y, m, d| i64::from(day(y, m, d)) * 86_400_000;
    let back = simple(0, 1, day(1982, 1, 3), moment(2013, 2, 3));
    let late = simple(0, 1, day(2012, 11, 22), moment(2013, 11, 22));
    let question = |from| Question {
        known_on: Some(moment(2014, 1, 1)),
        from,
        ..Question::new(PeriodUnit::Month)
    };
    let dir = tempfile::tempdir().unwrap();
    let old = store(
        dir.path(),
        &[&[back.clone(), late.clone()]],
        false,
        "gdelt1",
    );
    let why = refusal(&old, &question(None));
    assert!(
        why.contains("1982-01-03") && why.contains("2013-02-03"),
        "{why}"
    );
    // An event of the live file may be late by a year; that is what the question is for.
    assert_eq!(
        panel(&old, &question(Some(date(2012, 1, 1)))).unwrap().n,
        [1]
    );
    let dir = tempfile::tempdir().unwrap();
    let new = store(dir.path(), &[&[back]], false, "gdelt2");
    assert_eq!(panel(&new, &question(None)).unwrap().n, [1]);

    // A column of which all is missing.
    let dir = tempfile::tempdir().unwrap();
    let blank = store(dir.path(), &[&[late]], false, "icews");
    let path = blank.path(&blank.manifest().segments[0].path);
    without_added(&path);
    let why = refusal(&blank, &question(None));
    assert!(why.contains("icews") && why.contains("2012-11-22"), "{why}");
}

/// Writes a file anew with no value in `added`.
fn without_added(path: &Path) {
    let file = FileReader::open(path).unwrap();
    let columns: Vec<ColumnSpec> = file
        .columns()
        .iter()
        .map(|c| ColumnSpec {
            name: c.name.clone(),
            kind: c.kind.unwrap(),
            required: false,
            description: String::new(),
        })
        .collect();
    let rows = file.row_groups()[0].rows;
    let mut bytes = Vec::new();
    let mut out = FileWriter::new(&mut bytes, &columns, &[], Options::default()).unwrap();
    let mut group = out.row_group(rows).unwrap();
    for (i, column) in columns.iter().enumerate() {
        if column.kind == Type::Bool {
            let read = file.read_bool(0, i, None).unwrap();
            let valid = read.valid.as_deref();
            group
                .column(Values::Bool {
                    values: &read.values,
                    valid,
                })
                .unwrap();
            continue;
        }
        let mut read = file.read_dict(0, i).unwrap();
        if column.name == "added" {
            read.index.fill(MISSING);
        }
        let dictionary = read.dictionary.as_dictionary();
        group
            .column(Values::Dict {
                dictionary,
                index: &read.index,
            })
            .unwrap();
    }
    group.finish().unwrap();
    out.finish().unwrap();
    std::fs::write(path, bytes).unwrap();
}

#[test]
fn panels_are_written_for_others_to_read() {
    let dir = tempfile::tempdir().unwrap();
    let rows = [
        simple(2, 4, 16_000, 0),
        simple(2, 4, 16_001, 0),
        simple(1, 2, 16_040, 0),
        Row {
            target: None,
            ..simple(2, 4, 16_000, 0)
        },
    ];
    let store = store(dir.path(), &[&rows], false, "gdelt2");
    let question = everything(PeriodUnit::Month);
    let mut csv = Vec::new();
    let summary = panel_csv(&store, &question, &mut csv).unwrap();
    assert_eq!(
        String::from_utf8(csv).unwrap(),
        "source,target,period,n,rows,q1,q2,q3,q4,scale_sum,scale_n,scale_nonzero,mentions,share_of_all,share_of_source\n\
         '=NAT,\"a,\"\"b\",2013-10-01,2,2,2,0,0,0,3.8,2,2,2,0.6666666666666666,0.6666666666666666\n\
         '=NAT,,2013-10-01,1,1,1,0,0,0,1.9,1,1,1,0.3333333333333333,0.3333333333333333\n\
         KOR,'=NAT,2013-12-01,1,1,1,0,0,0,1.9,1,1,1,1,1\n"
    );
    let path = dir.path().join("panel.parquet");
    assert_eq!(panel_parquet(&store, &question, &path).unwrap(), summary);
    assert_eq!((summary.rows, summary.dyads), (3, 3));
    assert_eq!(summary.actors, ["=NAT", "KOR", "a,\"b"]);
    let panel = panel(&store, &question).unwrap();
    assert_eq!(panel.totals, summary.totals);
    assert_eq!(
        summary.periods,
        panel
            .period
            .iter()
            .min()
            .copied()
            .zip(panel.period.iter().max().copied())
    );
    let again = dir.path().join("again.parquet");
    panel_parquet(&store, &question, &again).unwrap();
    assert_eq!(
        std::fs::read(&path).unwrap(),
        std::fs::read(&again).unwrap()
    );
    // Read by another reader than ours.
    use parquet::file::reader::FileReader as _;
    let file =
        parquet::file::reader::SerializedFileReader::new(File::open(&path).unwrap()).unwrap();
    let shown: Vec<String> = file
        .get_row_iter(None)
        .unwrap()
        .map(|row| row.unwrap().to_string())
        .collect();
    assert_eq!(shown.len(), 3);
    assert!(
        shown[0].contains("source: \"=NAT\", target: \"a,\"b\", period: 2013-10-01"),
        "{shown:?}"
    );
    assert!(shown[1].contains("target: null"), "{shown:?}");
    assert!(shown[2].contains("share_of_source: 1.0"), "{shown:?}");
}

#[test]
fn damaged_runs_are_told_and_do_no_harm() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("day.parquet");
    let rows: Vec<Row> = (0..50)
        .map(|i| simple(i % 3, 3, 16_000 + i as i32, 0))
        .collect();
    builder(&rows).write(&actors(), &path).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    let out = |name: &str| dir.path().join(name);
    for at in (0..bytes.len()).step_by(7) {
        let mut spoilt = bytes.clone();
        spoilt[at] ^= 0x55;
        std::fs::write(&path, &spoilt).unwrap();
        let _ = merge(std::slice::from_ref(&path), &out("d"), &out("m"));
        std::fs::write(&path, &bytes[..at]).unwrap();
        let error = merge(std::slice::from_ref(&path), &out("d"), &out("m")).unwrap_err();
        assert!(error.to_string().contains("day.parquet"), "{error}");
    }
    let mut cube = builder(&rows);
    assert!(matches!(
        cube.write(&actors()[..2], &path),
        Err(CubeError::UnknownActor(_))
    ));
    assert_eq!(cube.len(), 50);
    let missing = merge(&[dir.path().join("none")], &out("d"), &out("m")).unwrap_err();
    assert!(matches!(missing, CubeError::Io { .. }));
}
