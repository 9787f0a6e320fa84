//! The table itself.

use jiff::civil::Date;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// A whole number.
    Integer,
    /// A number.
    Float,
    /// A calendar day.
    Date,
    /// True or false.
    Bool,
}

impl Kind {
    /// The name used in `schema.json`.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Text => "text",
            Kind::Integer => "integer",
            Kind::Float => "number",
            Kind::Date => "date",
            Kind::Bool => "boolean",
        }
    }
}

/// One value.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// A number; one that is not finite is written as missing.
    Float(f64),
    /// A calendar day.
    Date(Date),
    /// True or false.
    Bool(bool),
    /// No value.
    Missing,
}

impl Cell {
    fn kind(&self) -> Option<Kind> {
        match self {
            Cell::Text(_) => Some(Kind::Text),
            Cell::Integer(_) => Some(Kind::Integer),
            Cell::Float(_) => Some(Kind::Float),
            Cell::Date(_) => Some(Kind::Date),
            Cell::Bool(_) => Some(Kind::Bool),
            Cell::Missing => None,
        }
    }
}

impl From<&str> for Cell {
    fn from(v: &str) -> Self {
        Cell::Text(v.to_owned())
    }
}

impl From<String> for Cell {
    fn from(v: String) -> Self {
        Cell::Text(v)
    }
}

impl From<f64> for Cell {
    fn from(v: f64) -> Self {
        Cell::Float(v)
    }
}

impl From<i64> for Cell {
    fn from(v: i64) -> Self {
        Cell::Integer(v)
    }
}

impl From<usize> for Cell {
    fn from(v: usize) -> Self {
        Cell::Integer(i64::try_from(v).expect("counts fit"))
    }
}

impl From<bool> for Cell {
    fn from(v: bool) -> Self {
        Cell::Bool(v)
    }
}

impl From<Date> for Cell {
    fn from(v: Date) -> Self {
        Cell::Date(v)
    }
}

impl<T: Into<Cell>> From<Option<T>> for Cell {
    fn from(v: Option<T>) -> Self {
        v.map_or(Cell::Missing, Into::into)
    }
}

/// A described column.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// Its name: lower case, underscores.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
    /// Its unit, where it has one (`events`, `share`, `Goldstein points`).
    pub unit: Option<String>,
    /// What it means, in a sentence.
    pub description: String,
}

/// A tidy table.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// The name of its files, without ending: lower case, underscores.
    pub name: String,
    /// What a row is, in a sentence.
    pub description: String,
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    /// An empty table without columns.
    pub fn new(name: &str, description: &str) -> Self {
        Self {
            name: name.to_owned(),
            description: description.to_owned(),
            columns: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// Adds a column; an empty `unit` means that it has none.
    ///
    /// # Panics
    /// If there are rows already.
    #[must_use]
    pub fn column(mut self, name: &str, kind: Kind, unit: &str, description: &str) -> Self {
        assert!(self.rows.is_empty(), "columns come before rows");
        self.columns.push(Column {
            name: name.to_owned(),
            kind,
            unit: (!unit.is_empty()).then(|| unit.to_owned()),
            description: description.to_owned(),
        });
        self
    }

    /// Adds a row.
    ///
    /// # Panics
    /// If it has not one cell a column, or a cell is of another kind than its column.
    pub fn push(&mut self, row: Vec<Cell>) {
        assert_eq!(row.len(), self.columns.len(), "table {}", self.name);
        for (cell, column) in row.iter().zip(&self.columns) {
            if let Some(kind) = cell.kind() {
                assert_eq!(kind, column.kind, "{}.{}", self.name, column.name);
            }
        }
        self.rows.push(row);
    }

    /// The columns.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The rows.
    pub fn rows(&self) -> &[Vec<Cell>] {
        &self.rows
    }
}
