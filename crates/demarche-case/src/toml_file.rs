//! A TOML file read key by key, with the line of everything.

use std::cell::RefCell;
use std::collections::BTreeSet;

use demarche_events::{Date, Period};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::names::{Findings, Kind};
use crate::problem::{Place, Problems, did_you_mean};
use crate::row::note_url;
use crate::text::check_characters;
use crate::value::{self, Choice, Fault};

/// Keys whose text may go over several lines.
const LONG_TEXTS: &[&str] = &["summary", "reason", "citation", "limits"];

/// A TOML file. What cannot be parsed is reported and left out; the rest can still be read.
pub(crate) struct TomlFile<'t> {
    file: String,
    text: &'t str,
    /// Offsets of the line feeds.
    line_feeds: Vec<usize>,
    root: Spanned<DeTable<'t>>,
    /// Was all of it TOML?
    pub is_sound: bool,
}

impl<'t> TomlFile<'t> {
    /// Parses a file.
    pub fn read(file: &str, text: &'t str, problems: &mut Problems) -> Self {
        let (root, errors) = DeTable::parse_recoverable(text);
        let read = Self {
            file: file.to_owned(),
            text,
            line_feeds: text.match_indices('\n').map(|(at, _)| at).collect(),
            root,
            is_sound: errors.is_empty(),
        };
        for error in errors {
            let start = error.span().map(|span| span.start);
            let line = start.map(|at| read.line_of(at));
            let there = start.map_or("", |at| read.rest_of_line(at));
            let place = Place {
                line,
                ..Place::file(file)
            };
            // Of a day that does not exist, our own reader says more than the parser.
            let word: &str = there
                .split(|c: char| !c.is_ascii_digit() && c != '-')
                .next()
                .unwrap_or_default();
            match value::date(word) {
                Err(Fault { code, why, remedy }) if word.len() == 10 && word.contains('-') => {
                    problems.error(code, place, word, why, remedy);
                }
                _ => problems.error(
                    "toml-syntax",
                    place,
                    there,
                    format!("is not TOML here: {}", error.message()),
                    "texts stand in double quotes, lists in square brackets",
                ),
            }
        }
        read
    }

    /// The table that holds the whole file.
    pub fn root(&self) -> Table<'_, 't> {
        Table {
            file: self,
            path: String::new(),
            table: self.root.get_ref(),
            start: None,
            asked: RefCell::default(),
        }
    }

    fn line_of(&self, offset: usize) -> usize {
        self.line_feeds.partition_point(|&at| at < offset) + 1
    }

    fn rest_of_line(&self, offset: usize) -> &'t str {
        let rest = self.text.get(offset..).unwrap_or_default();
        rest.lines().next().unwrap_or_default()
    }
}

/// A table of a TOML file. Remembers which keys were asked for: the others are unknown.
pub(crate) struct Table<'a, 't> {
    file: &'a TomlFile<'t>,
    path: String,
    table: &'a DeTable<'t>,
    start: Option<usize>,
    asked: RefCell<BTreeSet<&'static str>>,
}

impl<'a, 't> Table<'a, 't> {
    fn get(&self, key: &'static str) -> Option<&'a Spanned<DeValue<'t>>> {
        self.asked.borrow_mut().insert(key);
        self.table.get(key)
    }

    fn place_at(&self, offset: Option<usize>, key: &str) -> Place {
        let path = match self.path.as_str() {
            "" => key.to_owned(),
            path if key.is_empty() => path.to_owned(),
            path => format!("{path}.{key}"),
        };
        Place {
            line: offset.map(|at| self.file.line_of(at)),
            ..Place::file(&self.file.file)
        }
        .column(path)
    }

    /// The place of a key, or that of the table where there is no such key.
    pub fn place(&self, key: &str) -> Place {
        let value = self.table.get(key);
        self.place_at(value.map(|v| v.span().start).or(self.start), key)
    }

    fn report(&self, key: &str, value: &str, fault: Fault, findings: &mut Findings) {
        let Fault { code, why, remedy } = fault;
        let place = self.place(key);
        findings.problems.error(code, place, value, why, remedy);
    }

    fn missing<T>(&self, key: &str, remedy: &str, findings: &mut Findings) -> Option<T> {
        let fault = Fault::new("missing-key", "the key is not there", remedy);
        self.report(key, "", fault, findings);
        None
    }

    fn wrong_type<T>(
        &self,
        key: &str,
        value: &Spanned<DeValue>,
        wanted: &str,
        findings: &mut Findings,
    ) -> Option<T> {
        let text = self.file.text.get(value.span()).unwrap_or_default();
        // The message puts quotes around what stands there.
        let text = text.trim_matches('"');
        let place = self.place_at(Some(value.span().start), key);
        findings.problems.error(
            "wrong-type",
            place,
            text,
            format!("is a TOML {} and not {wanted}", value.get_ref().type_str()),
            format!("write {wanted}"),
        );
        None
    }

    /// A text, if the key is there.
    pub fn optional_text(&self, key: &'static str, findings: &mut Findings) -> Option<String> {
        let value = self.get(key)?;
        let Some(text) = value.get_ref().as_str() else {
            return self.wrong_type(key, value, "a text in double quotes", findings);
        };
        let long = LONG_TEXTS.contains(&key);
        check_characters(text, || self.place(key), long, &mut findings.problems);
        Some(text.to_owned())
    }

    /// A text that must be there and not empty.
    pub fn text(&self, key: &'static str, findings: &mut Findings) -> Option<String> {
        if self.get(key).is_none() {
            return self.missing(key, &format!("add {key} = \"…\""), findings);
        }
        let text = self.optional_text(key, findings)?;
        if text.trim().is_empty() {
            let fault = Fault::new("missing-value", "the text is empty", "fill it in");
            self.report(key, "", fault, findings);
            return None;
        }
        Some(text)
    }

    /// The id that this table defines.
    pub fn define(&self, kind: Kind, key: &'static str, findings: &mut Findings) -> Option<String> {
        let id = self.text(key, findings)?;
        findings.define(kind, &id, self.place(key));
        match value::id(&id) {
            Ok(()) => Some(id),
            Err(fault) => {
                self.report(key, &id, fault, findings);
                None
            }
        }
    }

    /// The id of something defined elsewhere.
    pub fn refer(&self, kind: Kind, key: &'static str, findings: &mut Findings) -> Option<String> {
        let id = self.text(key, findings)?;
        findings.refer(kind, &id, self.place(key));
        Some(id)
    }

    /// The id of something defined elsewhere, if the key is there.
    pub fn optional_refer(
        &self,
        kind: Kind,
        key: &'static str,
        findings: &mut Findings,
    ) -> Option<String> {
        let id = self.optional_text(key, findings)?;
        findings.refer(kind, &id, self.place(key));
        Some(id)
    }

    /// A web address or a reference to a source, if the key is there.
    pub fn url(&self, key: &'static str, findings: &mut Findings) -> Option<String> {
        let url = self.optional_text(key, findings)?;
        if !url.is_empty() {
            note_url(findings, &url, self.place(key));
        }
        Some(url)
    }

    /// A word of a list.
    pub fn choice<T: Choice>(&self, key: &'static str, findings: &mut Findings) -> Option<T> {
        let text = self.text(key, findings)?;
        value::choice(&text)
            .map_err(|fault| self.report(key, &text, fault, findings))
            .ok()
    }

    /// Is the key there?
    pub fn has(&self, key: &'static str) -> bool {
        self.get(key).is_some()
    }

    /// `true` or `false`; `false` where there is no such key.
    pub fn flag(&self, key: &'static str, findings: &mut Findings) -> Option<bool> {
        let Some(value) = self.get(key) else {
            return Some(false);
        };
        match value.get_ref().as_bool() {
            Some(flag) => Some(flag),
            None => self.wrong_type(key, value, "true or false, without quotes", findings),
        }
    }

    /// A date, with or without quotes.
    pub fn date(&self, key: &'static str, findings: &mut Findings) -> Option<Date> {
        let remedy = format!("add {key} = 2023-07-11, with the day you mean");
        let Some(value) = self.get(key) else {
            return self.missing(key, &remedy, findings);
        };
        let text = match value.get_ref() {
            DeValue::String(text) => text.to_string(),
            DeValue::Datetime(at) if at.time.is_none() && at.date.is_some() => at.to_string(),
            _ => return self.wrong_type(key, value, "a date as 2023-07-11", findings),
        };
        value::date(&text)
            .map_err(|fault| self.report(key, &text, fault, findings))
            .ok()
    }

    /// A date, or a text that is none; `None` where there is no such key or it is neither.
    pub fn day_or_text(
        &self,
        key: &'static str,
        findings: &mut Findings,
    ) -> Option<Result<Date, String>> {
        if let Some(value) = self.get(key)
            && value.get_ref().as_str().is_none()
        {
            return self.date(key, findings).map(Ok);
        }
        let text = self.text(key, findings)?;
        Some(value::date(&text).map_err(|_| text))
    }

    /// The dates of a list; nothing where there is no such key.
    pub fn dates(&self, key: &'static str, findings: &mut Findings) -> Vec<Date> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        let Some(items) = value.get_ref().as_array() else {
            self.wrong_type::<()>(key, value, "a list of dates in square brackets", findings);
            return Vec::new();
        };
        let mut out = Vec::new();
        for item in items.iter() {
            let text = match item.get_ref() {
                DeValue::String(text) => text.to_string(),
                DeValue::Datetime(at) if at.time.is_none() && at.date.is_some() => at.to_string(),
                _ => {
                    self.wrong_type::<()>(key, item, "a date as 2023-07-11", findings);
                    continue;
                }
            };
            match value::date(&text) {
                Ok(day) => out.push(day),
                Err(Fault { code, why, remedy }) => {
                    let place = self.place_at(Some(item.span().start), key);
                    findings.problems.error(code, place, &text, why, remedy);
                }
            }
        }
        out
    }

    /// A whole number within bounds.
    pub fn whole(
        &self,
        key: &'static str,
        low: u64,
        high: u64,
        findings: &mut Findings,
    ) -> Option<u64> {
        let wanted = format!("a whole number from {low} to {high}");
        let Some(value) = self.get(key) else {
            return self.missing(key, &format!("add {key} = {low}"), findings);
        };
        let Some(integer) = value.get_ref().as_integer() else {
            return self.wrong_type(key, value, &wanted, findings);
        };
        let read = i128::from_str_radix(integer.as_str(), integer.radix()).ok();
        if let Some(number) = read.and_then(|n| u64::try_from(n).ok())
            && (low..=high).contains(&number)
        {
            return Some(number);
        }
        let fault = Fault::new(
            "out-of-range",
            format!("is not {wanted}"),
            format!("write {wanted}"),
        );
        self.report(key, &integer.to_string(), fault, findings);
        None
    }

    /// A number within bounds, with or without decimals.
    pub fn number(
        &self,
        key: &'static str,
        low: f64,
        high: f64,
        findings: &mut Findings,
    ) -> Option<f64> {
        let Some(value) = self.get(key) else {
            let remedy = format!("add {key} = …, a number from {low} to {high}");
            return self.missing(key, &remedy, findings);
        };
        self.number_of(key, value, low, high, findings)
    }

    fn number_of(
        &self,
        key: &'static str,
        value: &Spanned<DeValue>,
        low: f64,
        high: f64,
        findings: &mut Findings,
    ) -> Option<f64> {
        let wanted = format!("a number from {low} to {high}");
        let number = match value.get_ref() {
            DeValue::Integer(integer) => i128::from_str_radix(integer.as_str(), integer.radix())
                .ok()
                .map(|whole| whole as f64),
            DeValue::Float(float) => float.as_str().parse().ok(),
            _ => return self.wrong_type(key, value, &wanted, findings),
        };
        if let Some(number) = number
            && (low..=high).contains(&number)
        {
            return Some(number);
        }
        let text = self.file.text.get(value.span()).unwrap_or_default();
        let place = self.place_at(Some(value.span().start), key);
        findings.problems.error(
            "out-of-range",
            place,
            text,
            format!("is not {wanted}"),
            format!("write {wanted}"),
        );
        None
    }

    /// The numbers of a list, each within bounds; `None` where one is not.
    pub fn numbers(
        &self,
        key: &'static str,
        low: f64,
        high: f64,
        findings: &mut Findings,
    ) -> Option<Vec<f64>> {
        let value = self.get(key)?;
        let Some(items) = value.get_ref().as_array() else {
            return self.wrong_type(key, value, "a list of numbers in square brackets", findings);
        };
        let read: Vec<Option<f64>> = (items.iter())
            .map(|item| self.number_of(key, item, low, high, findings))
            .collect();
        read.into_iter().collect()
    }

    /// A quarter, written as in 2027-Q1.
    pub fn quarter(&self, key: &'static str, findings: &mut Findings) -> Option<Period> {
        let text = self.text(key, findings)?;
        value::quarter(&text)
            .map_err(|fault| self.report(key, &text, fault, findings))
            .ok()
    }

    /// The texts of a list with their places; nothing where there is no such key.
    pub fn texts(&self, key: &'static str, findings: &mut Findings) -> Vec<(String, Place)> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        let Some(items) = value.get_ref().as_array() else {
            self.wrong_type::<()>(key, value, "a list of texts in square brackets", findings);
            return Vec::new();
        };
        let mut out = Vec::new();
        for item in items.iter() {
            let place = self.place_at(Some(item.span().start), key);
            match item.get_ref().as_str() {
                Some(text) if text.trim().is_empty() => findings.problems.error(
                    "missing-value",
                    place,
                    "",
                    "an entry of the list is empty",
                    "fill it in or delete it",
                ),
                Some(text) => {
                    let long = LONG_TEXTS.contains(&key);
                    check_characters(text, || place.clone(), long, &mut findings.problems);
                    out.push((text.to_owned(), place));
                }
                None => {
                    self.wrong_type::<()>(key, item, "a text in double quotes", findings);
                }
            }
        }
        out
    }

    /// A list of ids of things defined elsewhere.
    pub fn refer_list(
        &self,
        kind: Kind,
        key: &'static str,
        findings: &mut Findings,
    ) -> Vec<String> {
        let texts = self.texts(key, findings).into_iter();
        texts
            .map(|(id, place)| {
                findings.refer(kind, &id, place);
                id
            })
            .collect()
    }

    /// A table that must be there.
    pub fn table(&self, key: &'static str, findings: &mut Findings) -> Option<Table<'a, 't>> {
        let Some(value) = self.get(key) else {
            return self.missing(key, &format!("add the table [{key}]"), findings);
        };
        match value.get_ref().as_table() {
            Some(table) => Some(self.below(key.to_owned(), value, table)),
            None => self.wrong_type(key, value, "a table in brackets", findings),
        }
    }

    /// The tables of a list, `[[key]]`; nothing where there is none.
    pub fn tables(&self, key: &'static str, findings: &mut Findings) -> Vec<Table<'a, 't>> {
        let Some(value) = self.get(key) else {
            return Vec::new();
        };
        let wanted = format!("a list of tables, each beginning with [[{key}]]");
        let Some(items) = value.get_ref().as_array() else {
            self.wrong_type::<()>(key, value, &wanted, findings);
            return Vec::new();
        };
        let mut out = Vec::new();
        for item in items.iter() {
            match item.get_ref().as_table() {
                Some(table) => out.push(self.below(key.to_owned(), item, table)),
                None => {
                    self.wrong_type::<()>(key, item, &wanted, findings);
                }
            }
        }
        out
    }

    fn below(
        &self,
        key: String,
        value: &Spanned<DeValue<'t>>,
        table: &'a DeTable<'t>,
    ) -> Table<'a, 't> {
        let path = match self.path.as_str() {
            "" => key,
            path => format!("{path}.{key}"),
        };
        Table {
            file: self.file,
            path,
            table,
            start: Some(value.span().start),
            asked: RefCell::default(),
        }
    }

    /// Reports the keys that nobody asked for.
    pub fn report_unknown_keys(&self, findings: &mut Findings) {
        let asked = self.asked.borrow();
        for key in self.table.keys() {
            let name: &str = key.get_ref();
            if asked.contains(name) {
                continue;
            }
            let absent = asked.iter().filter(|k| !self.table.contains_key(**k));
            let remedy = did_you_mean(name, absent.copied());
            findings.problems.warning(
                "unknown-key",
                self.place_at(Some(key.span().start), &crate::problem::shown(name)),
                "",
                "the key is not part of this file and was not read",
                remedy.unwrap_or_else(|| "delete it if it is not needed".into()),
            );
        }
    }
}
