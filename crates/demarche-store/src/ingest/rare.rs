//! Columns whose values hardly repeat: ids, tones.

use demarche_read::schema::{Kind, Value};

use super::group::Arena;

/// A column of such values, a row each.
#[derive(Debug)]
pub(super) struct Rare {
    pub kind: Kind,
    pub text: Arena,
    pub floats: Vec<f64>,
    pub ints: Vec<i64>,
    pub valid: Vec<bool>,
    /// Whether any value is missing.
    pub holes: bool,
}

impl Rare {
    pub fn new(kind: Kind) -> Self {
        Self {
            kind,
            text: Arena::default(),
            floats: Vec::new(),
            ints: Vec::new(),
            valid: Vec::new(),
            holes: false,
        }
    }

    pub fn push(&mut self, value: &Value<'_>) {
        let valid = !matches!(value, Value::Null);
        match self.kind {
            Kind::Text => self.text.push(match value {
                Value::Text(t) => t.as_bytes(),
                _ => b"",
            }),
            Kind::Float => self.floats.push(match value {
                Value::Float(x) => *x,
                _ => 0.0,
            }),
            _ => self.ints.push(match value {
                Value::Int(n) | Value::Timestamp(n) => *n,
                Value::Date(n) => i64::from(*n),
                Value::Bool(b) => i64::from(*b),
                _ => 0,
            }),
        }
        self.valid.push(valid);
        self.holes |= !valid;
    }

    /// Takes the last rows back, so that `rows` are left.
    pub fn truncate(&mut self, rows: usize) {
        if self.valid.len() <= rows {
            return;
        }
        self.valid.truncate(rows);
        match self.kind {
            Kind::Text => {
                self.text.ends.truncate(rows);
                let end = self.text.ends.last().copied().unwrap_or(0);
                self.text.bytes.truncate(end as usize);
            }
            Kind::Float => self.floats.truncate(rows),
            _ => self.ints.truncate(rows),
        }
    }

    pub fn clear(&mut self) {
        self.truncate(0);
        self.holes = false;
    }
}
