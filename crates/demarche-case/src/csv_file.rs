//! A strict reader of CSV files (RFC 4180) that knows where everything stands.
//!
//! The `csv` crate reads leniently: a stray quote becomes part of the text and an unclosed one
//! swallows the rest of the file without a word. Here a chronicle must not lose a row in silence,
//! so this scanner reports both and reads on from the next line.
//!
//! Two things go beyond RFC 4180: lines before the header that begin with `#` are comments (a
//! spreadsheet may have put them in quotes), and empty lines do not count.

use std::borrow::Cow;

use crate::problem::{Place, Problems, did_you_mean, shown};
use crate::text::check_characters;

/// The largest field, in bytes.
pub(crate) const FIELD_LIMIT: usize = 64 * 1024;

/// Columns in which a text may go over several lines.
const LONG_TEXTS: &[&str] = &["note", "text", "deliverable", "indicator"];

/// Which columns a file has.
pub(crate) struct Columns {
    /// Those that must be there.
    pub required: &'static [&'static str],
    /// Those that may be.
    pub optional: &'static [&'static str],
    /// How the names of a family of columns begin, e.g. `exposure_` (`exposure_basis` is not of
    /// the family if it is among the optional ones).
    pub family: Option<&'static str>,
}

impl Columns {
    fn names(&self) -> impl Iterator<Item = &'static str> {
        self.required.iter().chain(self.optional).copied()
    }

    fn knows(&self, name: &str) -> bool {
        let of_family = |prefix| name.len() > str::len(prefix) && name.starts_with(prefix);
        self.names().any(|n| n == name) || self.family.is_some_and(of_family)
    }
}

/// A CSV file, cut into records.
pub(crate) struct CsvFile<'t> {
    /// Its name, relative to the case folder.
    pub file: &'static str,
    /// Names of the columns.
    pub header: Vec<String>,
    /// The line the header stands on.
    pub header_line: usize,
    /// Is the header such that rows can be read by it?
    pub header_is_sound: bool,
    /// Records with as many fields as the header.
    pub records: Vec<Record<'t>>,
    /// Records with fewer or more fields, or with a quote that is never closed.
    pub broken: Vec<Record<'t>>,
}

/// A row of fields.
pub(crate) struct Record<'t> {
    pub fields: Vec<Field<'t>>,
    /// First and last line it stands on.
    pub lines: (usize, usize),
}

/// A field and the line it begins on.
pub(crate) struct Field<'t> {
    pub text: Cow<'t, str>,
    pub line: usize,
}

impl<'t> CsvFile<'t> {
    /// Cuts a text into records and reports all that is wrong with its form.
    pub fn read(
        file: &'static str,
        text: &'t str,
        columns: &Columns,
        problems: &mut Problems,
    ) -> Option<Self> {
        let mut scanner = Scanner::new(text);
        scanner.skip_comments();
        if scanner.is_at_end() {
            problems.error(
                "empty-file",
                Place::file(file),
                "",
                "there is nothing in the file but comments",
                format!("write the header: {}", columns.required.join(",")),
            );
            return None;
        }
        if report_separator(file, &scanner, columns, problems) {
            return None;
        }
        let header_line = scanner.line;
        let header = scanner.record(None)?;
        let header_faults = header.faults.len();
        report_faults(file, &header, problems);
        let header: Vec<String> = header
            .record
            .fields
            .into_iter()
            .map(|f| f.text.into_owned())
            .collect();
        let header_is_sound =
            report_header(file, header_line, &header, columns, problems) && header_faults == 0;
        let mut read = Self {
            file,
            header,
            header_line,
            header_is_sound,
            records: Vec::new(),
            broken: Vec::new(),
        };
        let width = read.header.len();
        while let Some(scanned) = scanner.record(Some(width)) {
            read.add(scanned, columns, problems);
        }
        Some(read)
    }

    fn add(&mut self, scanned: Scanned<'t>, columns: &Columns, problems: &mut Problems) {
        let Scanned { record, faults } = &scanned;
        let (file, line, width) = (self.file, record.lines.0, self.header.len());
        report_faults(file, &scanned, problems);
        if record.fields.len() > 1 && record.fields.iter().all(|f| f.text.trim().is_empty()) {
            problems.warning(
                "empty-row",
                Place::line(file, line),
                "",
                "the row holds nothing but commas",
                "delete it",
            );
            return;
        }
        let found = record.fields.len();
        // A fault of quoting is the better explanation of a wrong number of fields.
        if found != width {
            if faults.is_empty() {
                let (code, remedy) = if found < width {
                    (
                        "too-few-fields",
                        "fill in what is missing; an empty field still needs its comma",
                    )
                } else {
                    (
                        "too-many-fields",
                        "put a text that contains a comma in double quotes",
                    )
                };
                problems.error(
                    code,
                    Place::line(file, line),
                    "",
                    format!("the row has {found} field(s) and the header {width}"),
                    remedy,
                );
            }
            self.broken.push(scanned.record);
            return;
        }
        for (name, field) in self.header.iter().zip(&record.fields) {
            if columns.knows(name) {
                report_text(file, name, field, problems);
            }
        }
        if faults.iter().any(|f| f.kind == FaultKind::Unclosed) {
            self.broken.push(scanned.record);
        } else {
            self.records.push(scanned.record);
        }
    }

    /// What stands in that column of a record; `None` where there is no such column or field.
    pub fn field<'r>(&self, record: &'r Record<'t>, column: &str) -> Option<&'r Field<'t>> {
        let index = self.header.iter().position(|name| name == column)?;
        record.fields.get(index)
    }

    /// The place of that column in a record.
    pub fn place(&self, record: &Record, column: &str) -> Place {
        let field = self.field(record, column);
        let line = field.map_or(record.lines.0, |f| f.line);
        Place::line(self.file, line).column(column)
    }

    /// All records, whole or broken.
    pub fn all(&self) -> impl Iterator<Item = &Record<'t>> {
        self.records.iter().chain(&self.broken)
    }
}

/// Reports a header that is cut by something else than commas.
fn report_separator(
    file: &str,
    scanner: &Scanner,
    columns: &Columns,
    problems: &mut Problems,
) -> bool {
    let line = scanner.rest_of_line();
    let known = |separator: char| {
        line.split(separator)
            .filter(|name| columns.knows(name.trim().trim_matches('"')))
            .count()
    };
    let by_comma = known(',');
    let (count, name) = [(known(';'), "semicolons"), (known('\t'), "tabs")]
        .into_iter()
        .max()
        .expect("there are two");
    if count < 2 || count <= by_comma {
        return false;
    }
    problems.error(
        "wrong-separator",
        Place::line(file, scanner.line),
        line,
        format!("is cut by {name}"),
        "save the file as CSV with commas; no row was read",
    );
    true
}

/// Reports what is wrong with the names of the columns. Can rows be read by this header?
fn report_header(
    file: &str,
    line: usize,
    header: &[String],
    columns: &Columns,
    problems: &mut Problems,
) -> bool {
    if !header.iter().any(|name| columns.knows(name)) {
        problems.error(
            "no-header",
            Place::line(file, line),
            &header.join(","),
            "is the first row and names no column of this file",
            format!("put the header above it: {}", columns.required.join(",")),
        );
        return false;
    }
    let mut sound = true;
    for name in columns.required {
        if !header.iter().any(|h| h == name) {
            sound = false;
            problems.error(
                "missing-column",
                Place::line(file, line).column(*name),
                "",
                "the file has no such column",
                format!("add {name} to the header and to each row"),
            );
        }
    }
    for (i, name) in header.iter().enumerate() {
        let place = || Place::line(file, line).column(shown(name));
        if header[..i].contains(name) {
            sound = false;
            problems.error(
                "duplicate-column",
                place(),
                "",
                "the column appears twice in the header",
                "delete or rename one of them",
            );
        } else if !columns.knows(name) {
            let absent = columns.names().filter(|n| !header.iter().any(|h| h == n));
            problems.warning(
                "unknown-column",
                place(),
                "",
                "the column is not part of this file and was not read",
                did_you_mean(name, absent)
                    .unwrap_or_else(|| "delete it if it is not needed".into()),
            );
        }
    }
    sound
}

fn report_text(file: &str, column: &str, field: &Field, problems: &mut Problems) {
    let text = &*field.text;
    let place = || Place::line(file, field.line).column(column);
    if text.len() > FIELD_LIMIT {
        problems.error(
            "huge-field",
            place(),
            text,
            format!(
                "is {} bytes long; a field may have {FIELD_LIMIT}",
                text.len()
            ),
            "shorten it, or look for a quote that closes too late",
        );
    }
    let has_break = text.contains(['\n', '\r']);
    let may_break = LONG_TEXTS.contains(&column);
    if has_break && may_break {
        let count = text.lines().count();
        problems.warning(
            "multi-line-field",
            place(),
            text,
            format!("goes over {count} lines"),
            "make it one line, unless it is meant so",
        );
    }
    check_characters(text, place, may_break, problems);
}

/// What can be wrong with the quotes of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FaultKind {
    Stray,
    AfterQuote,
    Unclosed,
}

struct Fault<'t> {
    kind: FaultKind,
    code: &'static str,
    line: usize,
    value: &'t str,
    why: String,
    remedy: &'static str,
}

struct Scanned<'t> {
    record: Record<'t>,
    faults: Vec<Fault<'t>>,
}

fn report_faults(file: &str, scanned: &Scanned, problems: &mut Problems) {
    for fault in &scanned.faults {
        problems.error(
            fault.code,
            Place::line(file, fault.line),
            fault.value,
            fault.why.clone(),
            fault.remedy,
        );
    }
}

/// Goes through a text from record to record.
struct Scanner<'t> {
    text: &'t str,
    at: usize,
    line: usize,
}

/// How a quoted field ends.
enum Ending {
    /// Before a comma or the end of the line: offset of the closing quote.
    Closed(usize),
    /// Before something else: offset of the closing quote.
    Text(usize),
    /// Not at all.
    Never,
}

impl<'t> Scanner<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            at: 0,
            line: 1,
        }
    }

    fn is_at_end(&self) -> bool {
        self.at == self.text.len()
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest_of_line(&self) -> &'t str {
        let rest = &self.text[self.at..];
        &rest[..rest.find(['\n', '\r']).unwrap_or(rest.len())]
    }

    /// Steps over a line end, if one stands here.
    fn line_end(&mut self) -> bool {
        let rest = &self.text.as_bytes()[self.at..];
        let step = match rest {
            [b'\r', b'\n', ..] => 2,
            [b'\r' | b'\n', ..] => 1,
            _ => return false,
        };
        self.at += step;
        self.line += 1;
        true
    }

    fn skip_empty_lines(&mut self) {
        while self.line_end() {}
    }

    fn skip_comments(&mut self) {
        self.skip_empty_lines();
        while self.rest_of_line().starts_with('#') || self.rest_of_line().starts_with("\"#") {
            self.at += self.rest_of_line().len();
            self.skip_empty_lines();
        }
    }

    /// The next record. With the number of columns, if it is known: without, no field may go over
    /// the end of its line.
    fn record(&mut self, width: Option<usize>) -> Option<Scanned<'t>> {
        self.skip_empty_lines();
        if self.is_at_end() {
            return None;
        }
        let first = self.line;
        let mut fields = Vec::new();
        let mut faults = Vec::new();
        loop {
            let line = self.line;
            let text = if self.peek() == Some(b'"') {
                self.quoted(width, &mut faults)
            } else {
                self.bare(&mut faults)
            };
            fields.push(Field { text, line });
            if self.peek() == Some(b',') {
                self.at += 1;
                continue;
            }
            let lines = (first, self.line);
            self.line_end();
            let record = Record { fields, lines };
            return Some(Scanned { record, faults });
        }
    }

    /// A field without quotes: all up to the next comma or line end.
    fn bare(&mut self, faults: &mut Vec<Fault<'t>>) -> Cow<'t, str> {
        let text = self.up_to_comma();
        if text.contains('"') {
            faults.push(Fault {
                kind: FaultKind::Stray,
                code: "stray-quote",
                line: self.line,
                value: text,
                why: "has a double quote in a field that does not begin with one".into(),
                remedy: "put the whole field in double quotes and write each quote within it twice",
            });
        }
        Cow::Borrowed(text)
    }

    fn up_to_comma(&mut self) -> &'t str {
        let rest = &self.text[self.at..];
        let end = rest.find([',', '\n', '\r']).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    /// A field that begins with a quote.
    fn quoted(&mut self, width: Option<usize>, faults: &mut Vec<Fault<'t>>) -> Cow<'t, str> {
        let open = self.at;
        let ending = self.ending(open + 1);
        let (close, closed) = match ending {
            Ending::Closed(close) => (close, true),
            Ending::Text(close) => (close, false),
            Ending::Never => (self.text.len(), false),
        };
        let inside = &self.text[open + 1..close];
        let breaks = line_breaks(inside);
        let never = matches!(ending, Ending::Never);
        if breaks > 0 || never {
            let rest = &self.text[close..];
            let line_end = close + rest.find(['\n', '\r']).unwrap_or(rest.len());
            let mut lines = self.text[open..line_end].split(['\n', '\r']).skip(1);
            let swallowed = closed && lines.any(|line| looks_like_a_row(line, width));
            if !closed || swallowed {
                return self.unclosed(never, swallowed, breaks, faults);
            }
        }
        self.line += breaks;
        self.at = (close + 1).min(self.text.len());
        if !closed {
            let after = self.up_to_comma();
            faults.push(Fault {
                kind: FaultKind::AfterQuote,
                code: "text-after-quote",
                line: self.line,
                value: after,
                why: "stands between a closing quote and the next comma".into(),
                remedy: "write a quote within a quoted field twice, or delete the text",
            });
            return Cow::Borrowed(&self.text[open + 1..self.at]);
        }
        if inside.contains('"') {
            Cow::Owned(inside.replace("\"\"", "\""))
        } else {
            Cow::Borrowed(inside)
        }
    }

    /// A field whose quote closes never or in the wrong place: its line is taken as it stands and
    /// the next line read as a row, so that no row is swallowed.
    fn unclosed(
        &mut self,
        never: bool,
        swallowed: bool,
        breaks: usize,
        faults: &mut Vec<Fault<'t>>,
    ) -> Cow<'t, str> {
        let text = self.rest_of_line();
        let why = if never {
            format!(
                "opens a quote that is never closed; read literally it would swallow {breaks} \
                 more line(s), up to the end of the file"
            )
        } else {
            format!(
                "opens a quote that would swallow {breaks} more line(s), up to line {}",
                self.line + breaks
            )
        };
        faults.push(Fault {
            kind: FaultKind::Unclosed,
            code: if swallowed {
                "swallowed-row"
            } else {
                "unclosed-quote"
            },
            line: self.line,
            value: text,
            why,
            remedy: "close the quote on this line, or delete it; the lines below were read as rows",
        });
        self.at += text.len();
        Cow::Borrowed(text)
    }

    /// Where the quoted field ends whose content begins at `from`.
    fn ending(&self, from: usize) -> Ending {
        let bytes = self.text.as_bytes();
        let mut at = from;
        while let Some(offset) = self.text[at..].find('"') {
            let quote = at + offset;
            match bytes.get(quote + 1) {
                Some(b'"') => at = quote + 2,
                None | Some(b',' | b'\n' | b'\r') => return Ending::Closed(quote),
                Some(_) => return Ending::Text(quote),
            }
        }
        Ending::Never
    }
}

/// Number of line ends in a text, `\r\n` counted once.
fn line_breaks(text: &str) -> usize {
    let bytes = text.as_bytes();
    let ends = |i: usize| match bytes[i] {
        b'\n' => true,
        b'\r' => bytes.get(i + 1) != Some(&b'\n'),
        _ => false,
    };
    (0..bytes.len()).filter(|&i| ends(i)).count()
}

/// Would this line, taken by itself, fill all columns? For the header, whose width is not known
/// yet, any second line is one too many.
fn looks_like_a_row(line: &str, width: Option<usize>) -> bool {
    let fields = line.matches(',').count() + 1;
    !line.is_empty() && width.is_none_or(|width| fields >= width)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The records of a text, and whether the scanner found nothing wrong with their quotes.
    fn scan(text: &str) -> (Vec<Vec<String>>, bool) {
        let mut scanner = Scanner::new(text);
        let mut records = Vec::new();
        let mut faultless = true;
        // So wide that no line within a field is taken for a row.
        while let Some(scanned) = scanner.record(Some(usize::MAX)) {
            faultless &= scanned.faults.is_empty();
            let fields = scanned.record.fields.into_iter();
            records.push(fields.map(|f| f.text.into_owned()).collect());
        }
        (records, faultless)
    }

    fn by_the_csv_crate(text: &str) -> Vec<Vec<String>> {
        let mut builder = csv::ReaderBuilder::new();
        let mut reader = builder
            .has_headers(false)
            .flexible(true)
            .from_reader(text.as_bytes());
        let records = reader.records().map(|r| r.unwrap());
        records
            .map(|r| r.iter().map(str::to_owned).collect())
            .collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        /// What the csv crate writes, this scanner reads without complaint.
        #[test]
        fn reads_what_the_csv_crate_writes(
            rows in prop::collection::vec(prop::collection::vec("[a,\"\n\r 한]{0,6}", 2..5), 0..5)
        ) {
            let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
            for row in &rows {
                writer.write_record(row).unwrap();
            }
            let text = String::from_utf8(writer.into_inner().unwrap()).unwrap();
            prop_assert_eq!(scan(&text), (rows, true), "{:?}", text);
        }

        /// Where this scanner has no complaint, the csv crate reads the same.
        #[test]
        fn agrees_with_the_csv_crate_where_nothing_is_wrong(text in "[a\",\n\r]{0,24}") {
            let (records, faultless) = scan(&text);
            if faultless {
                prop_assert_eq!(records, by_the_csv_crate(&text));
            }
        }

        /// Whatever the quotes, each line is part of a record, and every line without a quote is a
        /// record of its own unless it lies within a field that is rightly quoted.
        #[test]
        fn no_line_is_swallowed(text in "[a\",\n]{0,40}") {
            let mut scanner = Scanner::new(&text);
            let mut covered = std::collections::BTreeSet::new();
            while let Some(scanned) = scanner.record(Some(1)) {
                // With a width of one, any line within a field looks like a row.
                prop_assert_eq!(scanned.record.lines.0, scanned.record.lines.1);
                prop_assert!(covered.insert(scanned.record.lines.0));
            }
            let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.is_empty());
            prop_assert_eq!(covered, lines.map(|(n, _)| n).collect());
        }
    }

    #[test]
    fn lines_are_right_behind_a_field_of_several_lines() {
        let mut scanner = Scanner::new("a,\"b\r\nc\nd\",e\nf,g,h\n");
        let first = scanner.record(Some(9)).unwrap().record;
        let lines: Vec<usize> = first.fields.iter().map(|f| f.line).collect();
        assert_eq!((lines, first.lines), (vec![1, 1, 3], (1, 3)));
        assert_eq!(scanner.record(Some(9)).unwrap().record.lines, (4, 4));
    }
}
