//! What is wrong with a case folder: where, why, and what would be right.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::rc::Rc;

use serde::Serialize;

/// How bad a problem is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The case cannot be used until this is mended.
    Error,
    /// Legal but doubtful.
    Warning,
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        })
    }
}

/// One thing that is wrong or doubtful.
///
/// `Display` writes it in one line:
/// `chronicle.csv:17: error[unknown-actor]: column source: "KRO" is not in actors.csv — did you
/// mean "KOR"?`
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Error or warning.
    pub severity: Severity,
    /// A stable name for this kind of problem, one of [`PROBLEM_CODES`].
    pub code: &'static str,
    /// The file, relative to the case folder, with forward slashes; empty for the folder itself.
    pub file: String,
    /// The line, counted from 1.
    pub line: Option<usize>,
    /// The column of a CSV file, or the key of a TOML file.
    pub column: Option<String>,
    /// What stands there: cut to a readable length, invisible characters escaped.
    pub value: String,
    /// What is wrong with it. Reads on from the value where there is one.
    pub why: String,
    /// What would be right.
    pub remedy: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let file = if self.file.is_empty() {
            "case folder"
        } else {
            &self.file
        };
        f.write_str(file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}[{}]: ", self.severity, self.code)?;
        if let Some(column) = &self.column {
            let what = if self.file.ends_with(".csv") {
                "column"
            } else {
                "key"
            };
            write!(f, "{what} {column}: ")?;
        }
        if !self.value.is_empty() {
            write!(f, "\"{}\" ", self.value)?;
        }
        f.write_str(&self.why)?;
        if !self.remedy.is_empty() {
            write!(f, " — {}", self.remedy)?;
        }
        Ok(())
    }
}

impl Problem {
    /// Order of a report: by file, line, column; then by code and value, so that it is total.
    fn key(&self) -> (&str, Option<usize>, Option<&str>, &str, &str) {
        let column = self.column.as_deref();
        (&self.file, self.line, column, self.code, &self.value)
    }
}

/// How many rows of a CSV file were read and how many of them are sound.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FileRows {
    /// The file, relative to the case folder.
    pub file: String,
    /// Rows below the header, empty ones not counted.
    pub read: usize,
    /// Rows without an error.
    pub kept: usize,
}

/// All that was found in reading a case folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The problems, by file, line and column.
    pub problems: Vec<Problem>,
    /// Rows read and kept, by file.
    pub rows: Vec<FileRows>,
}

impl Report {
    /// Number of errors listed.
    pub fn errors(&self) -> usize {
        self.count(Severity::Error)
    }

    /// Number of warnings listed.
    pub fn warnings(&self) -> usize {
        self.count(Severity::Warning)
    }

    fn count(&self, severity: Severity) -> usize {
        let of_it = self.problems.iter().filter(|p| p.severity == severity);
        of_it.count()
    }
}

/// Every code a problem can carry and what it means. Codes are stable: scripts may rely on them.
pub const PROBLEM_CODES: &[(&str, &str)] = &[
    // The folder and its files.
    ("no-folder", "there is no such folder"),
    ("missing-file", "a file that every case needs is not there"),
    (
        "not-a-regular-file",
        "a file of the case is a folder, a link or a device, and is not read",
    ),
    ("unreadable", "the system does not let the file be read"),
    (
        "unknown-file",
        "a CSV or TOML file that is not part of a case",
    ),
    (
        "huge-file",
        "the file is larger than any chronicle should be, and is not read",
    ),
    ("empty-file", "there is nothing in the file"),
    ("bom", "the file begins with a byte order mark"),
    ("crlf", "lines end with carriage return and line feed"),
    ("bare-cr", "a line ends with a carriage return alone"),
    ("utf-16", "the file is UTF-16"),
    ("not-utf-8", "bytes that are not UTF-8"),
    ("nul", "a NUL byte"),
    (
        "too-many-problems",
        "further problems of the file are counted but not listed",
    ),
    // The form of a CSV file.
    (
        "wrong-separator",
        "fields are separated by something else than commas",
    ),
    ("no-header", "the first row names no column of the file"),
    ("missing-column", "a column that is needed is not there"),
    ("duplicate-column", "a column appears twice"),
    (
        "unknown-column",
        "a column that is not part of the file and is not read",
    ),
    ("too-few-fields", "a row has fewer fields than the header"),
    ("too-many-fields", "a row has more fields than the header"),
    ("stray-quote", "a quote within a field that is not quoted"),
    (
        "text-after-quote",
        "text between a closing quote and the next comma",
    ),
    (
        "unclosed-quote",
        "a quote that is never closed, or closed lines later in the wrong place",
    ),
    (
        "swallowed-row",
        "a quoted field that holds what looks like another row",
    ),
    (
        "multi-line-field",
        "a quoted field that goes over several lines",
    ),
    ("huge-field", "a field larger than 64 KiB"),
    ("empty-row", "a row of commas only"),
    // The form of a TOML file.
    ("toml-syntax", "not TOML"),
    ("missing-key", "a key that is needed is not there"),
    (
        "unknown-key",
        "a key that is not part of the file and is not read",
    ),
    (
        "wrong-type",
        "a value of another type than the key asks for",
    ),
    // One value.
    ("missing-value", "an empty field that must be filled"),
    ("control-character", "a control character in a text"),
    (
        "bidi-control",
        "a character that changes the direction of the text around it",
    ),
    ("outer-blank", "a text begins or ends with a blank"),
    (
        "bad-id",
        "an id or code with characters that ids may not have",
    ),
    ("bad-date", "not a date, or a day that does not exist"),
    (
        "inexact-date",
        "a date known to the month or year that is not its first day",
    ),
    ("bad-choice", "not one of the words that may stand there"),
    ("bad-number", "not a number"),
    ("out-of-range", "a number outside of what makes sense"),
    ("bad-cameo", "not a CAMEO code"),
    (
        "bad-url",
        "neither a web address nor a reference to a source of the case",
    ),
    (
        "unsafe-url",
        "an address that would run a script or open a file",
    ),
    ("no-source", "a fact without the page it was read on"),
    // References from one place to another.
    ("unknown-actor", "an actor that is not in actors.csv"),
    ("unknown-area", "an area that is not listed in case.toml"),
    ("unknown-event", "an event that is not in chronicle.csv"),
    ("unknown-element", "an element that is in no framework"),
    (
        "unknown-policy",
        "a policy area that is not in the crosswalk",
    ),
    (
        "unknown-initiative",
        "an initiative that is not in initiatives.csv",
    ),
    ("unknown-source", "a source that is not listed in case.toml"),
    ("unknown-stream", "a stream that is not listed in case.toml"),
    (
        "unknown-pool",
        "a staff pool that is not listed in case.toml",
    ),
    (
        "unknown-signpost",
        "a signpost that is not listed in case.toml",
    ),
    ("duplicate-id", "an id or code that is already taken"),
    (
        "duplicate-entry",
        "a lead or actor that stands in another table of the same list",
    ),
    (
        "weights-nothing",
        "weights of the plan under which nothing is worth doing",
    ),
    (
        "wrong-kind",
        "the thing referred to is of another kind than is needed here",
    ),
    // What does not fit together.
    (
        "contradiction",
        "two keys that say different things about the same",
    ),
    (
        "nothing-measured",
        "a signpost for which there is nothing to measure",
    ),
    ("no-harm", "something to be averted that costs nothing"),
    ("useless-action", "a step of a trigger that can do nothing"),
    ("equal-partners", "a case needs two different partners"),
    (
        "comparator-is-partner",
        "a partner cannot be its own comparator",
    ),
    (
        "overlapping-sides",
        "an actor is on two sides, or on a side and between them",
    ),
    ("reversed-dates", "an end before its beginning"),
    (
        "range-reversed",
        "a range whose least is more than its most, or whose likely value lies outside",
    ),
    (
        "range-unclear",
        "a range that is given both as a list and by its ends",
    ),
    ("quarter-outside", "a quarter outside the plan"),
    ("self-membership", "a body that is its own member"),
    ("membership-overlap", "the same membership twice at a time"),
    ("office-overlap", "a person with two offices at a time"),
    (
        "impossible-prerequisite",
        "an initiative that waits for one that will never end",
    ),
    (
        "bad-list",
        "an entry of a list that is not written as it should be",
    ),
    (
        "bad-profile",
        "a profile over the quarters of an initiative that does not fit its length or whole",
    ),
    (
        "lonely-group",
        "a group of alternatives, or a bundle, of a single initiative",
    ),
    (
        "missing-field",
        "an initiative of the plan that does not say what it is for, who can take it up, what it begins from, or what it costs afterwards",
    ),
    (
        "no-review",
        "an initiative that waits for a review, where the case names none",
    ),
    (
        "no-such-rows",
        "rows of resources.csv that are asked for and not there",
    ),
    ("prerequisite-cycle", "initiatives that wait for each other"),
    ("parent-cycle", "elements that stand under each other"),
    (
        "duplicate-link",
        "a link of the crosswalk that is there already",
    ),
    (
        "missing-basis",
        "a figure or placing that does not say where it comes from",
    ),
    // Legal but doubtful.
    (
        "future-date",
        "a date after the day as of which the case is written",
    ),
    (
        "before-start",
        "an event before the first day of the series",
    ),
    (
        "same-event-twice",
        "two events equal in date, actors, code and area",
    ),
    (
        "same-title-twice",
        "two events of a day with the same title",
    ),
    ("before-joining", "a body acts before it has a member"),
    (
        "arrangement-acts",
        "an arrangement appears as an actor in an event",
    ),
    ("acts-on-itself", "a state is both source and target"),
    ("unused-actor", "an actor that nothing refers to"),
    (
        "done-without-delivery",
        "an initiative is done but has no day of delivery",
    ),
    ("no-start", "an initiative is under way but has no start"),
    (
        "progress-order",
        "an entry of progress that can't follow the one before it",
    ),
    (
        "same-progress-twice",
        "two entries of progress equal in initiative, day and state",
    ),
    (
        "progress-conflict",
        "an entry of progress says otherwise than initiatives.csv",
    ),
    (
        "evidence-before-start",
        "an event shows an initiative running before its start",
    ),
];

/// How many errors, and how many warnings, are listed for one file; more are only counted.
const LISTED: usize = 1000;

/// Where something stands.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    pub file: Rc<str>,
    pub line: Option<usize>,
    pub column: Option<String>,
}

impl Place {
    /// A whole file.
    pub fn file(file: &str) -> Self {
        Self {
            file: file.into(),
            line: None,
            column: None,
        }
    }

    /// A line of a file.
    pub fn line(file: &str, line: usize) -> Self {
        Self {
            line: Some(line),
            ..Self::file(file)
        }
    }

    /// A column or key there.
    pub fn column(mut self, column: impl Into<String>) -> Self {
        self.column = Some(column.into());
        self
    }
}

/// The problems found so far.
#[derive(Debug, Default)]
pub(crate) struct Problems {
    listed: Vec<Problem>,
    /// Errors and warnings by file, listed or not.
    counts: BTreeMap<String, [usize; 2]>,
    /// The lines of each file that have an error, listed or not.
    error_lines: BTreeMap<String, BTreeSet<usize>>,
}

impl Problems {
    /// Adds an error. `value` is what stands there, as it stands there.
    pub fn error(
        &mut self,
        code: &'static str,
        place: Place,
        value: &str,
        why: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.push(
            Severity::Error,
            code,
            place,
            value,
            why.into(),
            remedy.into(),
        );
    }

    /// Adds a warning.
    pub fn warning(
        &mut self,
        code: &'static str,
        place: Place,
        value: &str,
        why: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        self.push(
            Severity::Warning,
            code,
            place,
            value,
            why.into(),
            remedy.into(),
        );
    }

    fn push(
        &mut self,
        severity: Severity,
        code: &'static str,
        place: Place,
        value: &str,
        why: String,
        remedy: String,
    ) {
        debug_assert!(PROBLEM_CODES.iter().any(|&(c, _)| c == code), "{code}");
        let file = visible(&place.file, 200);
        if severity == Severity::Error
            && let Some(line) = place.line
        {
            self.error_lines
                .entry(file.clone())
                .or_default()
                .insert(line);
        }
        let count = &mut self.counts.entry(file.clone()).or_default()[severity as usize];
        *count += 1;
        if *count <= LISTED {
            self.listed.push(Problem {
                severity,
                code,
                file,
                line: place.line,
                column: place.column.map(|name| shown(&name)),
                value: shown(value),
                // Names from the files may be part of a sentence.
                why: visible(&why, 400),
                remedy: visible(&remedy, 400),
            });
        }
    }

    /// Is there an error?
    pub fn any_error(&self) -> bool {
        self.counts.values().any(|&[errors, _]| errors > 0)
    }

    /// Is there an error in that file?
    pub fn any_error_in(&self, file: &str) -> bool {
        self.counts.get(file).is_some_and(|&[errors, _]| errors > 0)
    }

    /// Is there an error on one of these lines of the file?
    pub fn any_error_on(&self, file: &str, lines: std::ops::RangeInclusive<usize>) -> bool {
        self.error_lines
            .get(file)
            .is_some_and(|set| set.range(lines).next().is_some())
    }

    /// All of them in order, those not listed summed up by file.
    pub fn into_sorted(mut self) -> Vec<Problem> {
        for (file, counts) in std::mem::take(&mut self.counts) {
            for (severity, count) in [Severity::Error, Severity::Warning].into_iter().zip(counts) {
                if let Some(more) = count.checked_sub(LISTED).filter(|&more| more > 0) {
                    self.listed.push(Problem {
                        severity,
                        code: "too-many-problems",
                        file: file.clone(),
                        line: None,
                        column: None,
                        value: String::new(),
                        why: format!("{more} more {severity}s in this file are not listed"),
                        remedy: "mend the first ones and check again".into(),
                    });
                }
            }
        }
        self.listed.sort_by(|a, b| a.key().cmp(&b.key()));
        self.listed
    }
}

/// A value fit for a message: at most 60 characters, those that cannot be seen escaped.
pub(crate) fn shown(value: &str) -> String {
    visible(value, 60)
}

fn visible(text: &str, most: usize) -> String {
    let mut out = String::new();
    for (i, c) in text.chars().enumerate() {
        if i == most {
            out.push('…');
            break;
        }
        if is_invisible_control(c) || is_bidi_control(c) || c == '\u{feff}' {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    out
}

/// A control character, or one of the two separators that Unicode counts as line ends.
pub(crate) fn is_invisible_control(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}')
}

/// A character that embeds, overrides or isolates the direction of the text around it.
pub(crate) fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// `did you mean "KOR"?`, if one of the names is near enough to what was written.
pub(crate) fn did_you_mean<'a>(
    written: &str,
    names: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    // Long texts are no misspelt names, and comparing them would take long.
    if written.is_empty() || written.len() > 200 {
        return None;
    }
    let folded = written.trim().to_lowercase();
    let nearest = names
        .into_iter()
        .map(|name| {
            (
                strsim::damerau_levenshtein(&folded, &name.to_lowercase()),
                name,
            )
        })
        .min()?;
    let (distance, name) = nearest;
    let allowed = folded.chars().count().max(name.chars().count()).div_ceil(3);
    (distance <= allowed).then(|| format!("did you mean \"{}\"?", shown(name)))
}
