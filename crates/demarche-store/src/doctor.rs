//! The state of a store in words, and what to do about it.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;

use demarche_read::layout::Format;
use demarche_table::columnar::FileReader;

use crate::cube::{TOTALS_KEY, Totals as DayTotals};
use crate::gaps::{self, FileGaps, Series};
use crate::writer::strangers;
use crate::{FileRecord, Level, Run, Store, StoreError, Totals};

/// How many names or ranges a finding lists.
const LISTED: usize = 5;
/// Runs of the cube, of a format and level, from which on merging them is worth while.
const MANY_RUNS: usize = 4;

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Something that figures may depend on.
    Warning,
    /// The store is not as it should be.
    Error,
}

impl Severity {
    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How grave it is.
    pub severity: Severity,
    /// A short name that stays the same from release to release.
    pub code: &'static str,
    /// What was found.
    pub words: String,
    /// What to do; empty where there is nothing to do.
    pub remedy: String,
}

/// Lines rejected for one reason, or rows mended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reason {
    /// How many.
    pub lines: u64,
    /// The files that have most of them, the worst first; no more than five.
    pub worst: Vec<(String, u64)>,
}

impl Reason {
    fn add(&mut self, file: &str, lines: u64) {
        self.lines += lines;
        self.worst.push((file.to_owned(), lines));
        self.worst
            .sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        self.worst.truncate(LISTED);
    }
}

/// What the ledger says of one format.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormatSummary {
    /// Sums over its files.
    pub totals: Totals,
    /// First and last day of its events, counted from 1970-01-01.
    pub days: Option<(i32, i32)>,
}

/// The numbers behind the findings, from the ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Sums over all files.
    pub totals: Totals,
    /// By format.
    pub formats: BTreeMap<String, FormatSummary>,
    /// Lines rejected, by fault.
    pub rejected: BTreeMap<String, Reason>,
    /// Rows stored with a value that could not be read, by fault.
    pub mended: BTreeMap<String, Reason>,
    /// Rows left out, by filter.
    pub filtered: BTreeMap<String, u64>,
    /// Rows of events, duplicates among them; mentions are none.
    pub event_rows: u64,
    /// Rows of events in which both ends are resolved and differ.
    pub dyadic: u64,
    /// Rows of events that name an end that could not be resolved.
    pub unresolved: u64,
    /// Rows whose quad class differs from our table.
    pub quad_differs: u64,
    /// Rows whose scale value differs from our table.
    pub scale_differs: u64,
    /// Rows whose code is not on the list.
    pub code_fallback: u64,
    /// Lines read as Latin-1.
    pub latin1: u64,
    /// Bytes of all files of the store.
    pub bytes: u64,
}

impl Summary {
    fn add(&mut self, file: &FileRecord) {
        self.totals.add(file);
        let format = self.formats.entry(file.format.clone()).or_default();
        format.totals.add(file);
        if let Some((first, last)) = file.days {
            let (a, b) = format.days.unwrap_or((first, last));
            format.days = Some((a.min(first), b.max(last)));
        }
        for (faults, sums) in [
            (&file.rejected, &mut self.rejected),
            (&file.mended, &mut self.mended),
        ] {
            for (fault, &lines) in faults {
                sums.entry(fault.clone())
                    .or_default()
                    .add(&file.name, lines);
            }
        }
        for (filter, rows) in &file.filtered {
            *self.filtered.entry(filter.clone()).or_default() += rows;
        }
        if Format::named(&file.format).is_none_or(Format::holds_events) {
            self.event_rows += file.stored + file.duplicates;
            self.dyadic += file.dyadic;
            self.unresolved += file.unresolved;
        }
        self.quad_differs += file.quad_differs;
        self.scale_differs += file.scale_differs;
        self.code_fallback += file.code_fallback;
        self.latin1 += file.latin1;
    }
}

/// The state of a store. Its [`Display`](fmt::Display) is one paragraph a finding.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Health {
    /// The numbers.
    pub summary: Summary,
    /// Files in their order in time, and days with events, with what is missing.
    pub series: Vec<Series>,
    /// What was found, in the order in which it is to be read.
    pub findings: Vec<Finding>,
}

impl Health {
    /// The gravest finding.
    pub fn worst(&self) -> Option<Severity> {
        self.findings.iter().map(|f| f.severity).max()
    }

    fn say(
        &mut self,
        severity: Severity,
        code: &'static str,
        words: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.findings.push(Finding {
            severity,
            code,
            words: words.into(),
            remedy: remedy.into(),
        });
    }

    fn fail(&mut self, code: &'static str, error: &StoreError) {
        self.say(Severity::Error, code, error.what(), error.remedy());
    }
}

impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for finding in &self.findings {
            writeln!(f, "{}: {}", finding.severity.name(), finding.words)?;
            if !finding.remedy.is_empty() {
                writeln!(f, "  {}", finding.remedy)?;
            }
        }
        Ok(())
    }
}

/// Looks at a store: its ledger, whether all its files are there, and what is missing between
/// them. `deep` also opens every Parquet file and reads the whole reject log, and compares their
/// numbers with the manifest.
///
/// What cannot be read is a finding, not an error.
pub fn examine(store: &Store, deep: bool) -> Health {
    let mut health = Health::default();
    let mut files = FileGaps::default();
    let mut damaged = Vec::new();
    let mut unsound = Vec::new();
    let mut whole = true;
    for file in store.files() {
        match file {
            Ok(file) => {
                health.summary.add(&file);
                files.add(&file);
                if !file.adds_up() {
                    unsound.push(file.name.clone());
                }
                if file.faults.iter().any(|f| is_damage(&f.code)) {
                    damaged.push(file);
                }
            }
            Err(error) => {
                whole = false;
                health.fail("ledger", &error);
            }
        }
    }
    health.summary.bytes = store.manifest().paths().map(|(_, bytes)| bytes).sum();
    health.series = files.finish();

    counts(&mut health, store, whole, &unsound);
    lost(&mut health, &damaged);
    quality(&mut health, store);
    stored_files(&mut health, store);
    let day_runs = store.manifest().runs.iter();
    days(
        &mut health,
        store,
        day_runs.filter(|r| r.level == Level::Day),
    );
    if deep {
        contents(&mut health, store);
    }
    gaps_in_words(&mut health);
    cube_runs(&mut health, store);
    health
}

/// Are rows missing after this fault of a file? The others are worth knowing only; their words
/// are in the ledger.
fn is_damage(code: &str) -> bool {
    !matches!(
        code,
        "empty-file" | "odd-name" | "not-data" | "trailing-bytes" | "not-an-archive"
    )
}

/// Where every line went.
fn counts(health: &mut Health, store: &Store, whole: bool, unsound: &[String]) {
    let totals = health.summary.totals.clone();
    if store.manifest().totals.files == 0 {
        health.say(
            Severity::Note,
            "empty",
            "The store is empty: no file was read yet.",
            "Read event files with `demarche data add`.",
        );
        return;
    }
    health.say(
        Severity::Note,
        "read",
        format!(
            "{} read, {}: {} stored, {} stored and marked as duplicates, {} rejected, {} left out by a filter.",
            many(totals.files, "file"),
            many(totals.lines, "line"),
            number(totals.stored),
            number(totals.duplicates),
            number(totals.rejected),
            number(totals.filtered),
        ),
        "",
    );
    let sums_agree = totals == store.manifest().totals;
    let rows: u64 = store.manifest().segments.iter().map(|s| s.rows).sum();
    let rows_agree = rows == store.manifest().totals.stored + store.manifest().totals.duplicates;
    if !totals.adds_up() || !unsound.is_empty() {
        health.say(
            Severity::Error,
            "does-not-add-up",
            format!(
                "The ledger does not add up: not every line has its place, in {}.",
                list(unsound)
            ),
            "Read these files into a new store, and report it: a commit refuses such a ledger, so it was changed from outside.",
        );
    } else if whole && !sums_agree {
        health.say(
            Severity::Error,
            "totals-differ",
            "The sums over the ledger are not those of the manifest.",
            "The ledger or the manifest was changed from outside: restore them from a copy, or read the files into a new store.",
        );
    } else if !rows_agree {
        health.say(
            Severity::Error,
            "rows-differ",
            format!(
                "The files of rows have {} by the manifest, {} by the ledger.",
                many(rows, "row"),
                number(totals.stored + totals.duplicates)
            ),
            "The manifest was changed from outside: restore it from a copy, or read the files into a new store.",
        );
    } else if whole {
        health.say(
            Severity::Note,
            "adds-up",
            "Every line has its place: stored + duplicates + rejected + left out = lines, in every file.",
            "",
        );
    }
    let formats: Vec<(String, FormatSummary)> = health
        .summary
        .formats
        .iter()
        .map(|(name, format)| (name.clone(), format.clone()))
        .collect();
    for (name, format) in formats {
        let days = format.days.map_or_else(
            || "no day".to_owned(),
            |(a, b)| {
                let words = |day: i32| gaps::day_words(i64::from(day));
                format!("events from {} to {}", words(a), words(b))
            },
        );
        health.say(
            Severity::Note,
            "format",
            format!(
                "{name}: {}, {}, {days}.",
                many(format.totals.files, "file"),
                many(format.totals.stored + format.totals.duplicates, "row"),
            ),
            "",
        );
    }
}

/// What was not stored, or not whole.
fn lost(health: &mut Health, damaged: &[FileRecord]) {
    let lines = health.summary.totals.lines;
    for (fault, reason) in health.summary.rejected.clone() {
        // A stray broken line is the way of such files; more is worth a look.
        let severity = if reason.lines * 100 >= lines {
            Severity::Warning
        } else {
            Severity::Note
        };
        health.say(
            severity,
            "rejected",
            format!(
                "{} ({}) rejected as {fault}; most in {}.",
                many(reason.lines, "line"),
                share(reason.lines, lines),
                worst(&reason.worst),
            ),
            "They are in the folder rejects of the store, each with its file, line and reason.",
        );
    }
    for (fault, reason) in health.summary.mended.clone() {
        health.say(
            Severity::Note,
            "mended",
            format!(
                "{} stored with a value that could not be read and is missing now ({fault}); most in {}.",
                many(reason.lines, "row"),
                worst(&reason.worst),
            ),
            "",
        );
    }
    for (filter, rows) in health.summary.filtered.clone() {
        health.say(
            Severity::Note,
            "filtered",
            format!(
                "{} ({}) left out by the filter “{filter}”.",
                many(rows, "row"),
                share(rows, lines)
            ),
            "",
        );
    }
    if !damaged.is_empty() {
        let names: Vec<String> = damaged
            .iter()
            .map(|file| {
                let codes: Vec<&str> = file
                    .faults
                    .iter()
                    .map(|f| f.code.as_str())
                    .filter(|code| is_damage(code))
                    .collect();
                format!("{} ({})", file.name, codes.join(", "))
            })
            .collect();
        health.say(
            Severity::Warning,
            "damaged",
            format!(
                "{} damaged, or could be read only in part: {}.",
                many(damaged.len() as u64, "file"),
                list(&names)
            ),
            "Fetch them again. What could be read of them is stored, so read them into a new store, or with a key for duplicates.",
        );
    }
}

/// How far the rows can be relied on.
fn quality(health: &mut Health, store: &Store) {
    let summary = health.summary.clone();
    let rows = summary.totals.stored + summary.totals.duplicates;
    let events = summary.event_rows;
    let dedup = store.manifest().settings.dedup;
    if rows > 0 {
        health.say(
            Severity::Note,
            "duplicates",
            format!(
                "{} ({}) of the rows are marked as duplicates; the key is {}.",
                number(summary.totals.duplicates),
                share(summary.totals.duplicates, rows),
                dedup.words()
            ),
            "",
        );
    }
    if events > 0 {
        health.say(
            Severity::Note,
            "dyadic",
            format!(
                "{} ({}) of the rows of events have two different actors that are both resolved: only these can stand in a panel of dyads. {} ({}) name an actor that could not be resolved.",
                number(summary.dyadic),
                share(summary.dyadic, events),
                number(summary.unresolved),
                share(summary.unresolved, events),
            ),
            if summary.unresolved > 0 {
                "Actors that are not resolved can be added to actors.csv of a case; a new store is then needed."
            } else {
                ""
            },
        );
    }
    for (count, code, words) in [
        (
            summary.quad_differs,
            "quad-differs",
            "give a quad class that is not that of our table",
        ),
        (
            summary.scale_differs,
            "scale-differs",
            "give a scale value that is not that of our table",
        ),
        (
            summary.code_fallback,
            "code-fallback",
            "have a code that is on no list; the code above it was taken",
        ),
    ] {
        if count > 0 {
            health.say(
                Severity::Note,
                code,
                format!(
                    "{} ({}) {words}.",
                    many(count, "row"),
                    share(count, events.max(count))
                ),
                "",
            );
        }
    }
    if summary.latin1 > 0 {
        health.say(
            Severity::Note,
            "latin1",
            format!(
                "{} were not UTF-8 and were read as Latin-1.",
                many(summary.latin1, "line")
            ),
            "",
        );
    }
}

/// Are all files there that the manifest names, and no others?
fn stored_files(health: &mut Health, store: &Store) {
    let mut missing = Vec::new();
    let mut wrong = Vec::new();
    for (path, bytes) in store.manifest().paths() {
        let absolute = store.path(path);
        match fs::metadata(&absolute) {
            Ok(found) if found.len() == bytes => {}
            Ok(found) => wrong.push(format!(
                "{path} (has {}, should have {})",
                many(found.len(), "byte"),
                number(bytes)
            )),
            Err(error) => match store.explain(absolute, error) {
                error @ StoreError::Changed { .. } => return health.fail("changed", &error),
                StoreError::Corrupt { .. } => missing.push(path.to_owned()),
                error => return health.fail("unreadable", &error),
            },
        }
    }
    for (paths, code, words) in [
        (&missing, "missing", "missing"),
        (&wrong, "wrong-size", "of a wrong size"),
    ] {
        if !paths.is_empty() {
            health.say(
                Severity::Error,
                code,
                format!(
                    "{} of the store {words}: {}.",
                    many(paths.len() as u64, "file"),
                    list(paths)
                ),
                "The folder was changed from outside: restore them from a copy, or read the event files into a new store.",
            );
        }
    }
    match strangers(store.dir(), store.manifest()) {
        Ok(found) => {
            let (orphans, foreign): (Vec<_>, Vec<_>) =
                found.into_iter().partition(|(_, ours)| *ours);
            let paths = |all: Vec<(String, bool)>| -> Vec<String> {
                all.into_iter().map(|(path, _)| path).collect()
            };
            if !orphans.is_empty() {
                health.say(
                    Severity::Note,
                    "orphans",
                    format!(
                        "{} in the folder that the manifest does not name: {}. They were superseded, or left by a run that was stopped, or are being written now; nobody reads them.",
                        many(orphans.len() as u64, "file"),
                        list(&paths(orphans))
                    ),
                    "Nothing to do: the next run that writes removes them.",
                );
            }
            if !foreign.is_empty() {
                health.say(
                    Severity::Note,
                    "foreign",
                    format!(
                        "{} in the folder that demarche did not write: {}.",
                        many(foreign.len() as u64, "file"),
                        list(&paths(foreign))
                    ),
                    "Keep other files elsewhere: programs that read the folder as a whole may take them for data.",
                );
            }
        }
        Err(error) => health.fail("unreadable", &error),
    }
}

/// Days without events, from the totals by day that each run of the cube has in its footer.
fn days<'a>(health: &mut Health, store: &Store, runs: impl Iterator<Item = &'a Run>) {
    let mut formats: BTreeMap<&str, Vec<i32>> = BTreeMap::new();
    // One that is gone was told of before.
    for run in runs.filter(|run| store.path(&run.path).exists()) {
        let days = FileReader::open(store.path(&run.path))
            .ok()
            .and_then(|file| {
                let metadata = file.metadata().into_iter();
                let (_, text) = metadata.into_iter().find(|(key, _)| key == TOTALS_KEY)?;
                DayTotals::parse(&text)
            });
        match days {
            Some(totals) => {
                let with_events = totals.0.iter().filter(|(_, total)| total.rows > 0);
                formats
                    .entry(&run.format)
                    .or_default()
                    .extend(with_events.map(|(day, _)| *day));
            }
            None => health.say(
                Severity::Error,
                "cube",
                format!("{} cannot be read.", run.path),
                "Restore it from a copy, or read the event files into a new store.",
            ),
        }
    }
    for (format, mut days) in formats {
        match format {
            // These need not have an event every day.
            "chronicle" | "mapped" | "quadruples" => continue,
            // An event can be reported ten years late, so the first day with events says nothing:
            // only the time that the files cover counts.
            _ if format.starts_with("gdelt") => {
                let files = if format.starts_with("gdelt1") {
                    gaps::GDELT1
                } else {
                    gaps::GDELT2
                };
                let Some(span) = health.series.iter().find(|s| s.name == files) else {
                    continue;
                };
                let (first, last) = span.days();
                days.retain(|&day| (first..=last).contains(&i64::from(day)));
            }
            _ => {}
        }
        let series = gaps::empty_days(format!("{format}: days with events"), days);
        health.series.extend(series);
    }
}

/// Opens all that can be opened.
fn contents(health: &mut Health, store: &Store) {
    let manifest = store.manifest();
    let segments = manifest.segments.iter().map(|s| (&s.path, s.rows));
    let runs = manifest.runs.iter().map(|r| (&r.path, r.cells));
    let mut opened = 0;
    for (path, rows) in segments.chain(runs) {
        let wrong = match FileReader::open(store.path(path)) {
            Ok(file) if file.rows() == rows => {
                opened += 1;
                continue;
            }
            Ok(file) => format!(
                "{path} has {}, the manifest says {}.",
                many(file.rows(), "row"),
                number(rows)
            ),
            Err(error) => format!("{path} cannot be read: {error}"),
        };
        health.say(
            Severity::Error,
            "contents",
            wrong,
            "Restore it from a copy, or read the event files into a new store.",
        );
    }
    let mut rejected = 0;
    for entry in store.log() {
        match entry {
            Ok(entry) => rejected += u64::from(!entry.stored),
            Err(error) => return health.fail("reject-log", &error),
        }
    }
    if rejected != manifest.totals.rejected {
        health.say(
            Severity::Error,
            "reject-log",
            format!(
                "The reject log has {}, the ledger says {}.",
                many(rejected, "rejected line"),
                number(manifest.totals.rejected)
            ),
            "The folder rejects was changed from outside: restore it from a copy.",
        );
    }
    health.say(
        Severity::Note,
        "opened",
        format!(
            "{} opened and found to have the rows that the manifest says.",
            many(opened, "Parquet file")
        ),
        "",
    );
}

fn gaps_in_words(health: &mut Health) {
    for series in health.series.clone() {
        let (unit, by_file) = match series.unit {
            gaps::Unit::Slot => ("slot", true),
            gaps::Unit::Day => ("day", !series.name.ends_with("days with events")),
        };
        let ranges = |all: &[gaps::Range]| {
            let words: Vec<String> = all.iter().map(|r| r.words(series.unit)).collect();
            list(&words)
        };
        let span = series.span.words(series.unit);
        if !series.never.is_empty() {
            health.say(
                Severity::Note,
                "never-published",
                format!(
                    "{}: {} never published.",
                    series.name,
                    ranges(&series.never)
                ),
                "",
            );
        }
        let count = series.missing_count();
        if count == 0 {
            let words = format!("{}: {span}, without a gap.", series.name);
            health.say(Severity::Note, "no-gap", words, "");
            continue;
        }
        let weeks = match series.missing_weeks() {
            0 => String::new(),
            weeks => format!(", {} as a whole among them", many(weeks, "week")),
        };
        health.say(
            // Reports look back, so days far from the rest hold an echo now and then and a gap
            // around it: only missing files are a reason to act.
            if by_file {
                Severity::Warning
            } else {
                Severity::Note
            },
            if by_file { "gap" } else { "empty-days" },
            format!(
                "{}: {span}; {} of {} missing ({}){weeks}: {}.",
                series.name,
                many(count, unit),
                number(series.span.count()),
                share(count, series.span.count()),
                ranges(&series.missing)
            ),
            if by_file {
                "Fetch and read them; some were never published, and then a figure for the time has to say so."
            } else {
                "See whether files are missing; a count of zero on these days means that nothing was read, not that nothing happened."
            },
        );
    }
}

/// Runs of the cube that could be one.
fn cube_runs(health: &mut Health, store: &Store) {
    let mut runs: BTreeMap<(&str, Level), usize> = BTreeMap::new();
    for run in &store.manifest().runs {
        *runs.entry((&run.format, run.level)).or_default() += 1;
    }
    for ((format, level), count) in runs {
        if count >= MANY_RUNS {
            health.say(
                Severity::Note,
                "cube-runs",
                format!(
                    "The cube of {format} by {level} lies in {} runs, which makes panels slower than they could be.",
                    number(count as u64)
                ),
                "Merge them with `demarche data tidy`.",
            );
        }
    }
}

/// A number with separators of thousands: `1,234,567`.
pub fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

fn many(n: u64, thing: &str) -> String {
    let s = if n == 1 { "" } else { "s" };
    format!("{} {thing}{s}", number(n))
}

/// A share in per cent; a small one is not shown as none, nor a large one as all.
fn share(part: u64, whole: u64) -> String {
    if whole == 0 || part == 0 {
        return "0 %".to_owned();
    }
    if part == whole {
        return "100 %".to_owned();
    }
    let percent = 100.0 * part as f64 / whole as f64;
    if percent < 0.1 {
        "under 0.1 %".to_owned()
    } else if percent > 99.9 {
        "over 99.9 %".to_owned()
    } else {
        format!("{percent:.1} %")
    }
}

fn list(all: &[String]) -> String {
    let mut text = all[..all.len().min(LISTED)].join(", ");
    if all.len() > LISTED {
        text += &format!(" and {} more", number((all.len() - LISTED) as u64));
    }
    text
}

fn worst(files: &[(String, u64)]) -> String {
    let files: Vec<String> = files
        .iter()
        .take(3)
        .map(|(name, lines)| format!("{name} ({})", number(*lines)))
        .collect();
    list(&files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_shares_can_be_read() {
        let all = [0, 7, 999, 1_000, 1_234_567].map(number);
        assert_eq!(all, ["0", "7", "999", "1,000", "1,234,567"]);
        assert_eq!(share(0, 10), "0 %");
        assert_eq!(share(1, 3), "33.3 %");
        assert_eq!(share(1, 1_000_000), "under 0.1 %");
        assert_eq!(share(999_999, 1_000_000), "over 99.9 %");
        assert_eq!(share(3, 3), "100 %");
        assert_eq!(many(1, "file"), "1 file");
        assert_eq!(many(2_000, "file"), "2,000 files");
    }
}
