//! Any table, by a small mapping file that says which column is which.
//!
//! ```toml
//! delimiter = ","          # one character, or "tab"; tables of Parquet need none
//! header = true            # does the first line name the columns?
//! quotes = true            # do double quotes hold fields together?
//! missing = ["NA"]         # what stands for a missing value, beside nothing
//! dates = "iso"            # iso, compact (YYYYMMDD), american (M/D/YYYY), unix (seconds)
//! codes = "cameo"          # cameo, plover, none
//! naming = "code"          # whose names of actors they are: code, gdelt, icews, polecat
//! keep = true              # keep the columns that are not named below under their own names
//!
//! [columns]                # what = the name of a column, or its number from 1
//! date = "day"
//! source = "from"
//! target = "to"
//! code = "event"
//!
//! [constants]              # what = the same for all rows
//! area = "trade"
//! ```

use std::fmt;
use std::ops::Range;

use demarche_events::Precision;
use jiff::ToSpan as _;
use jiff::civil::date;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::by_name::{Builder, Header, Input, MAX_COLUMNS, intern};
use crate::chronicle::{day_known_as, decode_mutual};
use crate::field::{
    Role, cameo, count, day_of, extra, fault, float, float_value, id, iso_day_of_moment,
    iso_moment, number, party, quad_given, quad_value, some_text, text, told_when,
};
use crate::layout::{Act, Cut, Decode, Fact, Format, Layout, Naming, Part, Repeats, Told, Wrong};
use crate::reduced::decode_count;
use crate::schema::{self, Value};
use crate::value;

/// What a column can be.
const PARTS: [&str; 32] = [
    "id",
    "date",
    "precision",
    "added",
    "source",
    "source_code",
    "source_name",
    "source_country",
    "source_group",
    "source_sector",
    "target",
    "target_code",
    "target_name",
    "target_country",
    "target_group",
    "target_sector",
    "code",
    "quad",
    "scale",
    "count",
    "mentions",
    "sources",
    "articles",
    "root",
    "mutual",
    "area",
    "title",
    "place",
    "place_country",
    "latitude",
    "longitude",
    "url",
];

/// And one that would make the list too long for one line of an error.
const STORY: &str = "story";

const KEYS: [&str; 10] = [
    "delimiter",
    "header",
    "quotes",
    "missing",
    "dates",
    "codes",
    "naming",
    "keep",
    "columns",
    "constants",
];

/// A mapping file, or a table read by it, that is wrong: where, why, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappingError {
    /// The mapping file.
    pub file: String,
    /// Its line, from 1, where one is to blame.
    pub line: Option<usize>,
    /// The key, where one is to blame: `columns.date`.
    pub key: String,
    /// Why.
    pub why: String,
    /// What to do.
    pub remedy: String,
}

impl fmt::Display for MappingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.file)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        if !self.key.is_empty() {
            write!(f, ": {}", self.key)?;
        }
        write!(f, ": {}; {}", self.why, self.remedy)
    }
}

impl std::error::Error for MappingError {}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dates {
    Iso,
    Compact,
    American,
    Unix,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Codes {
    Cameo,
    Plover,
    None,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Named(String),
    Numbered(usize),
}

/// A key of the mapping file with its line.
#[derive(Clone, Debug)]
struct Said<T> {
    part: String,
    line: usize,
    what: T,
}

/// A mapping file.
#[derive(Clone, Debug)]
pub struct Mapping {
    file: String,
    delimiter: Option<u8>,
    header: bool,
    quotes: Option<bool>,
    missing: Vec<&'static str>,
    dates: Dates,
    codes: Codes,
    naming: Naming,
    keep: bool,
    columns: Vec<Said<Place>>,
    constants: Vec<Said<&'static str>>,
}

/// Reads one mapping file; knows where its keys stand.
struct Reader<'t> {
    file: &'t str,
    text: &'t str,
}

impl Reader<'_> {
    fn line(&self, span: &Range<usize>) -> usize {
        let before = &self.text.as_bytes()[..span.start.min(self.text.len())];
        1 + before.iter().filter(|&&b| b == b'\n').count()
    }

    fn error(
        &self,
        span: &Range<usize>,
        key: &str,
        why: impl Into<String>,
        remedy: impl Into<String>,
    ) -> MappingError {
        MappingError {
            file: self.file.to_owned(),
            line: Some(self.line(span)),
            key: key.to_owned(),
            why: why.into(),
            remedy: remedy.into(),
        }
    }

    fn text<'a>(
        &self,
        key: &str,
        value: &'a Spanned<DeValue<'_>>,
    ) -> Result<&'a str, MappingError> {
        match value.get_ref() {
            DeValue::String(text) => Ok(text),
            _ => Err(self.error(
                &value.span(),
                key,
                "is no text",
                "write it in double quotes",
            )),
        }
    }

    fn flag(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Result<bool, MappingError> {
        match value.get_ref() {
            DeValue::Boolean(flag) => Ok(*flag),
            _ => Err(self.error(
                &value.span(),
                key,
                "is not yes or no",
                "write true or false",
            )),
        }
    }

    fn choice<T: Copy>(
        &self,
        key: &str,
        value: &Spanned<DeValue<'_>>,
        choices: &[(&str, T)],
    ) -> Result<T, MappingError> {
        let text = self.text(key, value)?;
        let found = choices.iter().find(|(name, _)| *name == text);
        found.map(|(_, choice)| *choice).ok_or_else(|| {
            let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
            self.error(
                &value.span(),
                key,
                format!("{text:?} is none of its values"),
                format!("write one of {}", names.join(", ")),
            )
        })
    }

    fn table<'a, 'b>(
        &self,
        key: &str,
        value: &'a Spanned<DeValue<'b>>,
    ) -> Result<&'a DeTable<'b>, MappingError> {
        match value.get_ref() {
            DeValue::Table(table) => Ok(table),
            _ => Err(self.error(
                &value.span(),
                key,
                "is no table",
                format!("write [{key}] on a line of its own and its keys below"),
            )),
        }
    }

    fn part(
        &self,
        table: &str,
        key: &Spanned<std::borrow::Cow<'_, str>>,
    ) -> Result<String, MappingError> {
        let part: &str = key.get_ref();
        if PARTS.contains(&part) || part == STORY {
            return Ok(match part {
                "source" => "source_code".to_owned(),
                "target" => "target_code".to_owned(),
                part => part.to_owned(),
            });
        }
        Err(self.error(
            &key.span(),
            &format!("{table}.{part}"),
            "is nothing that a column can be",
            format!("write one of {}, {STORY}", PARTS.join(", ")),
        ))
    }
}

impl Mapping {
    /// Reads a mapping file. `file` is how it is named in errors.
    ///
    /// # Errors
    /// The first thing that is wrong with it.
    pub fn read(file: &str, text: &str) -> Result<Self, MappingError> {
        let reader = Reader { file, text };
        let root = DeTable::parse(text).map_err(|e| {
            let span = e.span().unwrap_or(0..0);
            let remedy = "texts stand in double quotes, lists in square brackets";
            reader.error(
                &span,
                "",
                format!("is not TOML here: {}", e.message()),
                remedy,
            )
        })?;
        let mut mapping = Mapping {
            file: file.to_owned(),
            delimiter: None,
            header: true,
            quotes: None,
            missing: Vec::new(),
            dates: Dates::Iso,
            codes: Codes::Cameo,
            naming: Naming::Code,
            keep: true,
            columns: Vec::new(),
            constants: Vec::new(),
        };
        for (key, value) in root.get_ref() {
            let name: &str = key.get_ref();
            match name {
                "delimiter" => {
                    let text = reader.text(name, value)?;
                    mapping.delimiter = Some(match text.as_bytes() {
                        b"tab" => b'\t',
                        [byte] if byte.is_ascii() && !b"\"\r\n".contains(byte) => *byte,
                        _ => {
                            return Err(reader.error(
                                &value.span(),
                                name,
                                format!("{text:?} can't stand between fields"),
                                "write one character, as in \",\" or \";\", or \"tab\"",
                            ));
                        }
                    });
                }
                "header" => mapping.header = reader.flag(name, value)?,
                "quotes" => mapping.quotes = Some(reader.flag(name, value)?),
                "keep" => mapping.keep = reader.flag(name, value)?,
                "missing" => {
                    let DeValue::Array(list) = value.get_ref() else {
                        return Err(reader.error(
                            &value.span(),
                            name,
                            "is no list",
                            "write [\"NA\"]",
                        ));
                    };
                    for item in list.iter() {
                        mapping
                            .missing
                            .push(intern(reader.text(name, item)?.trim()));
                    }
                }
                "dates" => {
                    mapping.dates = reader.choice(
                        name,
                        value,
                        &[
                            ("iso", Dates::Iso),
                            ("compact", Dates::Compact),
                            ("american", Dates::American),
                            ("unix", Dates::Unix),
                        ],
                    )?;
                }
                "codes" => {
                    mapping.codes = reader.choice(
                        name,
                        value,
                        &[
                            ("cameo", Codes::Cameo),
                            ("plover", Codes::Plover),
                            ("none", Codes::None),
                        ],
                    )?;
                }
                "naming" => {
                    mapping.naming = reader.choice(
                        name,
                        value,
                        &[
                            ("code", Naming::Code),
                            ("gdelt", Naming::Gdelt),
                            ("icews", Naming::Icews),
                            ("polecat", Naming::Polecat),
                        ],
                    )?;
                }
                "columns" => {
                    for (key, value) in reader.table(name, value)? {
                        let part = reader.part(name, key)?;
                        let what = reader.place(&part, value)?;
                        let line = reader.line(&key.span());
                        mapping.columns.push(Said { part, line, what });
                    }
                }
                "constants" => {
                    for (key, value) in reader.table(name, value)? {
                        let part = reader.part(name, key)?;
                        let full = format!("constants.{part}");
                        let what = intern(reader.text(&full, value)?.trim());
                        let line = reader.line(&key.span());
                        mapping.constants.push(Said { part, line, what });
                    }
                }
                _ => {
                    return Err(reader.error(
                        &key.span(),
                        name,
                        "is no key of a mapping file",
                        format!("write one of {}", KEYS.join(", ")),
                    ));
                }
            }
        }
        mapping.check()?;
        Ok(mapping)
    }

    fn error(
        &self,
        line: Option<usize>,
        key: &str,
        why: impl Into<String>,
        remedy: impl Into<String>,
    ) -> MappingError {
        MappingError {
            file: self.file.clone(),
            line,
            key: key.to_owned(),
            why: why.into(),
            remedy: remedy.into(),
        }
    }

    fn check(&self) -> Result<(), MappingError> {
        let columns = self.columns.iter().map(|s| (&s.part, s.line));
        let constants = self.constants.iter().map(|s| (&s.part, s.line));
        let mut said: Vec<(&String, usize)> = columns.chain(constants).collect();
        said.sort();
        if let Some(twice) = said.windows(2).find(|w| w[0].0 == w[1].0) {
            return Err(self.error(
                Some(twice[1].1),
                twice[1].0,
                format!("is said twice, first in line {}", twice[0].1),
                "keep one of the two (`source` and `source_code` are the same)",
            ));
        }
        let has = |parts: &[&str]| said.iter().any(|(p, _)| parts.contains(&p.as_str()));
        for (what, parts) in [
            ("date", &["date"][..]),
            (
                "source",
                &[
                    "source_code",
                    "source_name",
                    "source_country",
                    "source_group",
                ],
            ),
            (
                "target",
                &[
                    "target_code",
                    "target_name",
                    "target_country",
                    "target_group",
                ],
            ),
        ] {
            if !has(parts) {
                return Err(self.error(
                    None,
                    "columns",
                    format!("nothing is said of the {what}"),
                    format!("add {what} = \"NAME OF THE COLUMN\" below [columns]"),
                ));
            }
        }
        if !self.header
            && let Some(named) = self
                .columns
                .iter()
                .find(|s| matches!(s.what, Place::Named(_)))
        {
            return Err(self.error(
                Some(named.line),
                &format!("columns.{}", named.part),
                "is a name, and header = false",
                "write the number of the column, from 1",
            ));
        }
        Ok(())
    }

    /// Is the first line of the table its header?
    pub fn has_header(&self) -> bool {
        self.header
    }

    /// The layout of a table of text that begins like this.
    ///
    /// # Errors
    /// If a column that the mapping names is not there.
    pub fn layout(&self, head: &[u8]) -> Result<Layout, MappingError> {
        let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
        let first = head.split(|&b| b == b'\n').next().unwrap_or_default();
        let delimiter = self.delimiter.unwrap_or_else(|| {
            let tabs = first.contains(&b'\t');
            if tabs { b'\t' } else { b',' }
        });
        let cut = if self.quotes.unwrap_or(delimiter != b'\t') {
            Cut::Quoted(delimiter)
        } else {
            Cut::At(delimiter)
        };
        let header = Header::read(first, cut).ok_or_else(|| {
            self.error(
                None,
                "quotes",
                "the first line of the table has a quote that does not end",
                "write quotes = false if quotes are ordinary characters in it",
            )
        })?;
        if self.header {
            return self.build(header, cut);
        }
        // Without names only the number of columns is of use, and empty ones at the end count.
        let text = crate::row::as_text(first);
        let width = crate::row::cut(cut, &text).map_or(0, |fields| fields.len());
        self.build(Header::of((1..=width).map(|n| format!("column_{n}"))), cut)
    }

    /// The layout of a Parquet file with these columns.
    ///
    /// # Errors
    /// As [`Mapping::layout`].
    pub fn layout_of_parquet(&self, names: &[String]) -> Result<Layout, MappingError> {
        let mut layout = self.build(Header::of(names.iter().cloned()), Cut::Parquet)?;
        layout.header = false;
        Ok(layout)
    }

    fn build(&self, mut header: Header, cut: Cut) -> Result<Layout, MappingError> {
        if header.names().len() > MAX_COLUMNS {
            return Err(self.error(
                None,
                "delimiter",
                format!("the table has {} columns", header.names().len()),
                format!("at most {MAX_COLUMNS} can be read; is the delimiter right?"),
            ));
        }
        let mut inputs: Vec<(&str, Input)> = Vec::new();
        for said in &self.columns {
            let found = match &said.what {
                Place::Named(name) => header.take_exact(name),
                Place::Numbered(n) => header.take_number(n - 1),
            };
            let Some(found) = found else {
                let names = header.names().iter().map(|n| format!("{n:?}")).take(40);
                let names: Vec<String> = names.collect();
                let wanted = match &said.what {
                    Place::Named(name) => format!("the table has no column {name:?}"),
                    Place::Numbered(n) => {
                        format!(
                            "the table has {} columns and no {n}th",
                            header.names().len()
                        )
                    }
                };
                return Err(self.error(
                    Some(said.line),
                    &format!("columns.{}", said.part),
                    wanted,
                    format!("its columns are {}", names.join(", ")),
                ));
            };
            inputs.push((&said.part, found));
        }
        for said in &self.constants {
            inputs.push((&said.part, Input::Always(said.what)));
        }
        let input = |part: &str| {
            let found = inputs.iter().find(|(p, _)| *p == part);
            found.map_or(Input::Absent, |(_, input)| *input)
        };
        let mut build = Builder::new(header.width(), &self.missing);
        // A constant repeats as often as can be, but its key is read once.
        let repeats = |input: Input| match input {
            Input::At(_) => Repeats::Rarely,
            _ => Repeats::Often,
        };
        build.add(
            Part::Id,
            repeats(input("id")),
            &[input("id")],
            vec![schema::ID],
            id(),
        );
        build.add(
            Part::When,
            Repeats::Often,
            &[input("date"), input("precision")],
            vec![schema::DATE, schema::PRECISION],
            self.when(),
        );
        build.one(Part::Added, input("added"), schema::ADDED, self.added());
        let roles = &[
            Role::Code,
            Role::Name,
            Role::Country,
            Role::Group,
            Role::Sectors,
        ];
        let ends = ["code", "name", "country", "group", "sector"];
        build.add(
            Part::Source,
            Repeats::Often,
            &ends.map(|what| input(&format!("source_{what}"))),
            vec![
                schema::SOURCE_CODE,
                schema::SOURCE_NAME,
                schema::SOURCE_COUNTRY,
                schema::SOURCE_GROUP,
                extra!(
                    "source_sectors_given",
                    Text,
                    "The source's sectors as the file gives them."
                ),
            ],
            party(self.naming, roles),
        );
        build.add(
            Part::Target,
            Repeats::Often,
            &ends.map(|what| input(&format!("target_{what}"))),
            vec![
                schema::TARGET_CODE,
                schema::TARGET_NAME,
                schema::TARGET_COUNTRY,
                schema::TARGET_GROUP,
                extra!(
                    "target_sectors_given",
                    Text,
                    "The target's sectors as the file gives them."
                ),
            ],
            party(self.naming, roles),
        );
        build.add(
            Part::Act,
            Repeats::Often,
            &[input("code"), input("quad"), input("scale")],
            vec![
                schema::CODE,
                schema::CODE_SYSTEM,
                schema::QUAD_GIVEN,
                schema::QUAD,
                schema::SCALE_GIVEN,
                schema::SCALE,
            ],
            self.act(),
        );
        build.one(
            Part::Count,
            input("count"),
            schema::COUNT,
            Box::new(decode_count),
        );
        build.one(
            Part::Mentions,
            input("mentions"),
            schema::MENTIONS,
            count("mentions"),
        );
        build.one(
            Part::Other,
            input("sources"),
            schema::SOURCES,
            count("sources"),
        );
        build.one(
            Part::Other,
            input("articles"),
            schema::ARTICLES,
            count("articles"),
        );
        build.one(
            Part::Root,
            input("root"),
            extra!(
                "is_root",
                Int,
                "1 where the event stands in the lead of a report."
            ),
            Box::new(decode_root),
        );
        build.one(
            Part::Other,
            input("mutual"),
            schema::MUTUAL,
            Box::new(decode_mutual),
        );
        for (part, name, column) in [
            (Part::Other, "area", schema::AREA),
            (Part::Other, "title", schema::TITLE),
            (Part::Other, "place", schema::PLACE),
            (Part::Other, "place_country", schema::PLACE_COUNTRY),
            (Part::Url, "url", schema::URL),
            (Part::Story, STORY, schema::STORY),
        ] {
            build.one(part, input(name), column, text());
        }
        build.one(
            Part::Other,
            input("latitude"),
            schema::LATITUDE,
            float("latitude", -90.0..=90.0),
        );
        build.one(
            Part::Other,
            input("longitude"),
            schema::LONGITUDE,
            float("longitude", -180.0..=180.0),
        );
        if self.keep {
            build.keep_rest(&header);
        }
        Ok(Layout {
            format: Format::Mapped,
            cut,
            min_fields: header.width(),
            max_fields: header.width(),
            extra_empty: true,
            header: self.header,
            groups: build.groups,
        })
    }

    fn when(&self) -> Decode {
        let dates = self.dates;
        Box::new(move |fields, out| {
            if fields[0].is_empty() {
                return Err(fault(Wrong::Missing, "date"));
            }
            let known = match dates {
                Dates::Iso => day_known_as(fields[0], fields[1])
                    .or_else(|| begin(iso_day_of_moment(fields[0].as_bytes())?, fields[1])),
                Dates::Compact => {
                    let moment = value::compact_moment(fields[0].as_bytes());
                    moment
                        .and_then(day_of)
                        .and_then(|day| begin(day, fields[1]))
                }
                Dates::American => {
                    value::american_day(fields[0].as_bytes()).and_then(|day| begin(day, fields[1]))
                }
                Dates::Unix => unix(fields[0])
                    .and_then(day_of)
                    .and_then(|day| begin(day, fields[1])),
            };
            let (day, precision) = known.ok_or(fault(Wrong::BadDate, "date"))?;
            Ok(told_when(day, precision, out))
        })
    }

    fn added(&self) -> Decode {
        let dates = self.dates;
        Box::new(move |fields, out| {
            let bytes = fields[0].as_bytes();
            let moment = match dates {
                Dates::Iso => iso_moment(bytes),
                Dates::Compact => value::compact_moment(bytes),
                Dates::American => {
                    value::american_day(bytes).map(|day| i64::from(day) * 86_400_000)
                }
                Dates::Unix => unix(fields[0]),
            };
            let mut told = Told::default();
            out.push(moment.map_or(Value::Null, Value::Timestamp));
            match moment {
                Some(moment) => told.fact = Fact::Count(moment),
                None if bytes.is_empty() => {}
                None => told.mended = Some(fault(Wrong::BadDate, "added")),
            }
            Ok(told)
        })
    }

    fn act(&self) -> Decode {
        let codes = self.codes;
        Box::new(move |fields, out| {
            let mut mended = None;
            let (mut act, system) = match codes {
                Codes::Cameo => (cameo(fields[0], &mut mended), Some("cameo")),
                Codes::Plover => (
                    crate::polecat::plover(fields[0], "", &mut mended),
                    Some("plover"),
                ),
                Codes::None => (Act::default(), None),
            };
            act.quad_given = quad_given(fields[1], &mut mended);
            out.push(
                act.plover
                    .map_or(some_text(fields[0]), |p| Value::Text(p.name())),
            );
            out.push(system.map_or(Value::Null, Value::Text));
            out.push(quad_value(act.quad_given));
            out.push(quad_value(act.quad.map(|q| q.number())));
            act.scale_given = number(fields[2], -1e6..=1e6, "scale_given", out, &mut mended);
            out.push(float_value(act.scale));
            Ok(Told {
                fact: Fact::Act(act),
                mended,
            })
        })
    }
}

impl Reader<'_> {
    fn place(&self, part: &str, value: &Spanned<DeValue<'_>>) -> Result<Place, MappingError> {
        match value.get_ref() {
            DeValue::String(name) => Ok(Place::Named(name.clone().into_owned())),
            DeValue::Integer(n) if n.as_str().parse().is_ok_and(|n: usize| n > 0) => {
                Ok(Place::Numbered(n.as_str().parse().unwrap_or(1)))
            }
            _ => Err(self.error(
                &value.span(),
                &format!("columns.{part}"),
                "is neither the name of a column nor its number",
                "write the name in double quotes, or the number from 1",
            )),
        }
    }
}

/// Seconds since 1970-01-01 as milliseconds; whole ones or with a fraction.
fn unix(text: &str) -> Option<i64> {
    let seconds = value::float(text.as_bytes())?;
    let bound = 253_402_300_800.0; // the year 10000
    (seconds.abs() < bound).then_some((seconds * 1000.0).floor() as i64)
}

/// The first day of what is known of a day.
fn begin(day: i32, precision: &str) -> Option<(i32, Precision)> {
    let precision = match precision {
        "" | "day" => return Some((day, Precision::Day)),
        "month" => Precision::Month,
        "year" => Precision::Year,
        _ => return None,
    };
    let that = date(1970, 1, 1).checked_add(day.days()).ok()?;
    let month = if precision == Precision::Year {
        1
    } else {
        that.month()
    };
    Some((
        value::day(i64::from(that.year()), i64::from(month), 1)?,
        precision,
    ))
}

/// Whether it is a root event, as yes and no or as 1 and 0.
fn decode_root<'a>(
    fields: &[&'a str],
    out: &mut Vec<Value<'a>>,
) -> Result<Told, crate::layout::Fault> {
    let mut flag = Vec::with_capacity(1);
    let mut told = decode_mutual(fields, &mut flag)?;
    told.mended = told.mended.map(|f| fault(f.what, "is_root"));
    out.push(match told.fact {
        Fact::Count(n) => Value::Int(n),
        _ => Value::Null,
    });
    Ok(told)
}
