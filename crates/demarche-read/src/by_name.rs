//! Columns found by their names in a header, whatever their order.

use std::collections::{BTreeSet, HashSet};
use std::sync::{LazyLock, Mutex, PoisonError};

use crate::field::text;
use crate::layout::{Cut, Decode, Group, Part, Repeats};
use crate::row;
use crate::schema::{self, Column, Kind};

/// The most columns of a header.
pub(crate) const MAX_COLUMNS: usize = 1000;

/// The most fields of a group that is put together here.
const MAX_FIELDS: usize = 16;

/// The text, kept for the rest of the process.
///
/// Names of columns and of entities live as long as the layouts they stand in, and those as long
/// as the process. Each distinct text is kept once, however many files are read, and only what
/// stands in a header or in a list beside the file comes here, never what stands in a row.
pub(crate) fn intern(text: &str) -> &'static str {
    static TEXTS: LazyLock<Mutex<HashSet<&'static str>>> = LazyLock::new(Mutex::default);
    // A set of texts is whole after any panic.
    let mut texts = TEXTS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = texts.get(text) {
        return found;
    }
    let kept: &'static str = Box::leak(text.into());
    texts.insert(kept);
    kept
}

/// Letters and digits in lower case: `Event ID`, `event_id`, `Event.ID` and `EventID` are one name.
pub(crate) fn plain(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The names in the first line of a file, and which of them are spoken for.
#[derive(Clone, Debug)]
pub(crate) struct Header {
    /// The names as they stand.
    names: Vec<String>,
    /// The names as they are compared.
    plain: Vec<String>,
    taken: Vec<bool>,
    /// How many fields of a row come before the first that the header names: row names that R
    /// writes without a name of their own.
    pub before: usize,
}

impl Header {
    /// Reads a header line. Empty names at its end are those of trailing separators.
    pub fn read(line: &[u8], cut: Cut) -> Option<Self> {
        let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
        let text = row::as_text(line);
        let fields = row::cut(cut, &text).ok()?;
        Some(Self::of(fields.iter().map(|f| {
            let f = f.trim();
            let inner = f.strip_prefix('"').and_then(|f| f.strip_suffix('"'));
            inner.unwrap_or(f).trim().to_owned()
        })))
    }

    /// The header of these names.
    pub fn of(names: impl IntoIterator<Item = String>) -> Self {
        let mut names: Vec<String> = names.into_iter().collect();
        while names.last().is_some_and(String::is_empty) {
            names.pop();
        }
        Self {
            plain: names.iter().map(|n| plain(n)).collect(),
            taken: vec![false; names.len()],
            names,
            before: 0,
        }
    }

    /// How many fields a row has.
    pub fn width(&self) -> usize {
        self.names.len() + self.before
    }

    /// The names as they stand.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Is there a column of one of these names? They are given in their plain form.
    pub fn has(&self, names: &[&str]) -> bool {
        names.iter().any(|n| self.plain.iter().any(|p| p == n))
    }

    /// The column of the first of these names that there is.
    pub fn take(&mut self, names: &[&str]) -> Input {
        let found = names
            .iter()
            .find_map(|n| self.plain.iter().position(|p| p == n));
        found.map_or(Input::Absent, |i| self.take_at(i))
    }

    /// The column whose name is exactly this.
    pub fn take_exact(&mut self, name: &str) -> Option<Input> {
        let found = self.names.iter().position(|n| n == name)?;
        Some(self.take_at(found))
    }

    /// The column of that number, from 0.
    pub fn take_number(&mut self, i: usize) -> Option<Input> {
        (i < self.names.len()).then(|| self.take_at(i))
    }

    fn take_at(&mut self, i: usize) -> Input {
        self.taken[i] = true;
        Input::At(i + self.before)
    }

    /// The columns that nobody took, with their fields: nothing of a file is lost.
    pub fn rest(&self) -> impl Iterator<Item = (usize, &str)> {
        let numbered = self.names.iter().zip(&self.taken).enumerate();
        numbered
            .filter(|(_, (_, taken))| !**taken)
            .map(|(i, (name, _))| (i + self.before, name.as_str()))
    }
}

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Input {
    /// A field of the row.
    At(usize),
    /// The same for all rows.
    Always(&'static str),
    /// Nowhere: always missing.
    Absent,
}

impl Input {
    pub fn is_absent(self) -> bool {
        self == Input::Absent
    }
}

/// Puts groups together from inputs in any order.
///
/// A decoder wants its fields in an order of its own, while the fields of a group ascend, so that
/// whoever keeps keys may take them as they lie in the line.
pub(crate) struct Builder {
    /// Texts that stand for a missing value.
    pub missing: Vec<&'static str>,
    /// How many fields a row has.
    pub width: usize,
    pub groups: Vec<Group>,
}

impl Builder {
    pub fn new(width: usize, missing: &[&'static str]) -> Self {
        Self {
            missing: missing.to_vec(),
            width,
            groups: Vec::new(),
        }
    }

    /// Adds a group, unless none of its inputs is there.
    pub fn add(
        &mut self,
        part: Part,
        repeats: Repeats,
        inputs: &[Input],
        columns: Vec<Column>,
        decode: Decode,
    ) {
        if inputs.iter().all(|i| i.is_absent()) {
            return;
        }
        let (fields, decode) = self.arrange(inputs, decode);
        self.groups.push(Group {
            part,
            fields,
            columns,
            repeats,
            decode,
        });
    }

    /// Adds a group of one field, if it is there.
    pub fn one(&mut self, part: Part, input: Input, column: Column, decode: Decode) {
        self.add(part, Repeats::Often, &[input], vec![column], decode);
    }

    /// Adds a group of one field that hardly ever repeats, if it is there.
    pub fn rare(&mut self, part: Part, input: Input, column: Column, decode: Decode) {
        self.add(part, Repeats::Rarely, &[input], vec![column], decode);
    }

    /// Adds what is left of a header, each column under its own name.
    pub fn keep_rest(&mut self, header: &Header) {
        for (field, name) in header.rest() {
            let name = if name.is_empty() {
                format!("column_{}", field + 1)
            } else {
                name.to_owned()
            };
            let column = self.own_column(&name, Kind::Text);
            self.one(Part::Other, Input::At(field), column, text());
        }
    }

    /// A column of the file's own, under a name that no other column has.
    pub fn own_column(&self, name: &str, kind: Kind) -> Column {
        let mut stem: String = name
            .chars()
            .map(|c| if c.is_alphanumeric() { c } else { '_' })
            .flat_map(char::to_lowercase)
            .collect();
        stem.truncate(stem.floor_char_boundary(200));
        let mut taken: BTreeSet<&str> = schema::CORE.iter().map(|c| c.name).collect();
        taken.extend(self.groups.iter().flat_map(|g| &g.columns).map(|c| c.name));
        let mut free = stem.clone();
        let mut n = 2;
        while taken.contains(free.as_str()) {
            free = format!("{stem}_{n}");
            n += 1;
        }
        Column {
            name: intern(&free),
            kind,
            description: intern(&format!("Column {name:?} of the file, kept as it is.")),
        }
    }

    fn arrange(&self, inputs: &[Input], decode: Decode) -> (Vec<usize>, Decode) {
        assert!(inputs.len() <= MAX_FIELDS, "a group has few fields");
        let positions: BTreeSet<usize> = inputs
            .iter()
            .filter_map(|input| match input {
                Input::At(at) => Some(*at),
                _ => None,
            })
            .collect();
        let mut fields: Vec<usize> = positions.into_iter().collect();
        let order: Vec<Result<usize, &'static str>> = inputs
            .iter()
            .map(|input| match input {
                Input::At(at) => Ok(fields.iter().position(|f| f == at).unwrap_or_default()),
                Input::Always(text) => Err(*text),
                Input::Absent => Err(""),
            })
            .collect();
        if fields.is_empty() {
            // Beyond the end of every row, so always empty.
            fields.push(self.width);
        }
        let missing = self.missing.clone();
        let decode: Decode = Box::new(move |given, out| {
            let mut wanted = [""; MAX_FIELDS];
            for (slot, from) in wanted.iter_mut().zip(&order) {
                *slot = match from {
                    Ok(i) if missing.contains(&given[*i]) => "",
                    Ok(i) => given[*i],
                    Err(always) => always,
                };
            }
            decode(&wanted[..order.len()], out)
        });
        (fields, decode)
    }
}
