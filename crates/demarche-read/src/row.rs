//! A plain reader, one line after the other, for tests and small tools. It reads a line exactly as
//! the store does, only without haste.

use std::borrow::Cow;

use memchr::memchr;

use crate::layout::{Cut, Fault, Layout, Part, Told, Wrong};
use crate::schema::{Column, Value};

/// A value that stands on its own.
#[derive(Clone, Debug, PartialEq)]
pub enum OwnedValue {
    /// Missing.
    Null,
    /// Text.
    Text(String),
    /// A whole number.
    Int(i64),
    /// A number, finite.
    Float(f64),
    /// A calendar day, counted from 1970-01-01.
    Date(i32),
    /// A moment in UTC, milliseconds from 1970-01-01T00:00:00.
    Timestamp(i64),
    /// True or false.
    Bool(bool),
}

impl From<Value<'_>> for OwnedValue {
    fn from(value: Value<'_>) -> Self {
        match value {
            Value::Null => OwnedValue::Null,
            Value::Text(text) => OwnedValue::Text(text.to_owned()),
            Value::Int(n) => OwnedValue::Int(n),
            Value::Float(x) => OwnedValue::Float(x),
            Value::Date(day) => OwnedValue::Date(day),
            Value::Timestamp(moment) => OwnedValue::Timestamp(moment),
            Value::Bool(flag) => OwnedValue::Bool(flag),
        }
    }
}

/// A row that was read.
#[derive(Clone, Debug, Default)]
pub struct Row {
    /// Its columns, in the order of the layout.
    pub values: Vec<(Column, OwnedValue)>,
    /// What its groups say, in the order of the layout.
    pub told: Vec<(Part, Told)>,
}

impl Row {
    /// The value of the column of that name; missing where there is none.
    pub fn value(&self, name: &str) -> &OwnedValue {
        let found = self.values.iter().find(|(column, _)| column.name == name);
        found.map_or(&OwnedValue::Null, |(_, value)| value)
    }

    /// The text of the column of that name; empty where it is missing or no text.
    pub fn text(&self, name: &str) -> &str {
        match self.value(name) {
            OwnedValue::Text(text) => text,
            _ => "",
        }
    }
}

/// Reads one line, without its newline, into the columns of its layout.
///
/// # Errors
/// What is wrong with the line, if it is no row.
pub fn read_line(layout: &Layout, line: &[u8]) -> Result<Vec<(Column, OwnedValue)>, Fault> {
    read_row(layout, line).map(|row| row.values)
}

/// Reads one line, without its newline: its columns and what they say.
///
/// # Errors
/// What is wrong with the line, if it is no row.
pub fn read_row(layout: &Layout, line: &[u8]) -> Result<Row, Fault> {
    let text = as_text(line);
    let fields = cut(layout.cut, &text)?;
    let fields: Vec<&str> = fields.iter().map(AsRef::as_ref).collect();
    read_fields(layout, &fields)
}

/// Reads a row that is cut already, as those of Parquet files are.
///
/// # Errors
/// What is wrong with the row.
pub fn read_fields(layout: &Layout, fields: &[&str]) -> Result<Row, Fault> {
    let fault = |what| Fault { what, column: "" };
    if fields.len() < layout.min_fields {
        return Err(fault(Wrong::TooFewFields));
    }
    if let Some(extra) = fields.get(layout.max_fields..) {
        let harmless = layout.extra_empty && extra.iter().all(|f| f.trim_ascii().is_empty());
        if !extra.is_empty() && !harmless {
            return Err(fault(Wrong::TooManyFields));
        }
    }
    let mut row = Row::default();
    for group in &layout.groups {
        let given: Vec<&str> = group
            .fields
            .iter()
            .map(|&f| fields.get(f).map_or("", |f| f.trim_ascii()))
            .collect();
        let mut values = Vec::with_capacity(group.columns.len());
        let told = (group.decode)(&given, &mut values)?;
        debug_assert_eq!(values.len(), group.columns.len(), "{:?}", group.columns);
        let values = values.into_iter().map(OwnedValue::from);
        row.values.extend(group.columns.iter().cloned().zip(values));
        row.told.push((group.part, told));
    }
    Ok(row)
}

/// A line as text, without the `\r` at its end. Bytes that are not UTF-8 are read as Latin-1, in
/// which each byte is the character of its number.
pub fn as_text(line: &[u8]) -> Cow<'_, str> {
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    match std::str::from_utf8(line) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) => Cow::Owned(line.iter().map(|&b| char::from(b)).collect()),
    }
}

/// Cuts a line into fields, which are not trimmed yet.
///
/// # Errors
/// Where a quoted field does not end.
pub fn cut(cut: Cut, line: &str) -> Result<Vec<Cow<'_, str>>, Fault> {
    match cut {
        Cut::At(separator) => {
            let mut fields = Vec::new();
            let mut rest = line;
            while let Some(at) = memchr(separator, rest.as_bytes()) {
                fields.push(Cow::Borrowed(&rest[..at]));
                rest = &rest[at + 1..];
            }
            fields.push(Cow::Borrowed(rest));
            Ok(fields)
        }
        Cut::Quoted(separator) => cut_quoted(separator, line),
        // A row of a Parquet file comes in fields.
        Cut::Parquet => Ok(vec![Cow::Borrowed(line)]),
    }
}

/// A field that begins with a quote ends with one, and two quotes within it are one. Elsewhere a
/// quote is an ordinary character.
fn cut_quoted(separator: u8, line: &str) -> Result<Vec<Cow<'_, str>>, Fault> {
    let mut fields = Vec::new();
    let mut rest = line;
    loop {
        let mut field = Cow::Borrowed("");
        if let Some(mut inner) = rest.strip_prefix('"') {
            loop {
                let quote = memchr(b'"', inner.as_bytes()).ok_or(Fault {
                    what: Wrong::OpenQuote,
                    column: "",
                })?;
                field += &inner[..quote];
                inner = &inner[quote + 1..];
                let Some(more) = inner.strip_prefix('"') else {
                    break;
                };
                field += "\"";
                inner = more;
            }
            rest = inner;
        }
        match memchr(separator, rest.as_bytes()) {
            Some(at) => {
                field += &rest[..at];
                fields.push(field);
                rest = &rest[at + 1..];
            }
            None => {
                field += rest;
                fields.push(field);
                return Ok(fields);
            }
        }
    }
}
