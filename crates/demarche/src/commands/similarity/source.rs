//! Tables of others: which of their columns are meant, and what their codes are.

use std::collections::BTreeMap;
use std::path::Path;

use demarche_read::table_file::{As, Columns, TableFile, TableFileError, TextColumn};

use crate::failure::{CASE, FILES, Failure, USAGE};

/// A role that a column can have, and the names by which it is known.
pub struct Role {
    pub name: &'static str,
    pub usual: &'static [&'static str],
    pub read: As,
}

/// A table that was read, its columns by role.
pub struct Source {
    file: TableFile,
    columns: Columns,
    /// The roles there are, each with its place in `columns`.
    places: BTreeMap<&'static str, usize>,
    /// The name of the column of each role.
    names: BTreeMap<&'static str, String>,
}

impl Source {
    /// Reads those columns that have one of the roles. A role the user gave a column holds before
    /// the usual names.
    pub fn read(path: &Path, roles: &[Role], given: &[(String, String)]) -> Result<Self, Failure> {
        let file = TableFile::open(path).map_err(unreadable)?;
        if let Some((role, _)) = given
            .iter()
            .find(|(r, _)| roles.iter().all(|k| k.name != r))
        {
            let roles: Vec<&str> = roles.iter().map(|r| r.name).collect();
            return Err(Failure::new(
                USAGE,
                format!(
                    "a column of {} cannot have the role {role:?}",
                    path.display()
                ),
                format!("the roles are {}", roles.join(", ")),
            ));
        }
        let mut wanted: Vec<(&str, As)> = Vec::new();
        let mut places = BTreeMap::new();
        let mut names = BTreeMap::new();
        for role in roles {
            let name = match given.iter().rev().find(|(r, _)| r == role.name) {
                Some((_, name)) => Some(name.as_str()),
                None => role.usual.iter().find_map(|usual| {
                    let mut names = file.names().iter();
                    names
                        .find(|n| n.eq_ignore_ascii_case(usual))
                        .map(String::as_str)
                }),
            };
            if let Some(name) = name {
                places.insert(role.name, wanted.len());
                names.insert(role.name, name.to_owned());
                wanted.push((name, role.read));
            }
        }
        let columns = file.read(&wanted).map_err(unreadable)?;
        Ok(Self {
            columns,
            places,
            names,
            file,
        })
    }

    /// Is there a column of this role?
    pub fn has(&self, role: &str) -> bool {
        self.places.contains_key(role)
    }

    /// The name of the column of a role.
    pub fn name(&self, role: &str) -> &str {
        self.names.get(role).map_or("", String::as_str)
    }

    /// How many rows.
    pub fn rows(&self) -> usize {
        self.columns.rows()
    }

    /// The column of text of a role.
    pub fn text(&self, role: &str) -> Result<&TextColumn, Failure> {
        Ok(self.columns.text(self.place(role)?))
    }

    /// The column of numbers of a role.
    pub fn numbers(&self, role: &str) -> Result<&[f64], Failure> {
        Ok(self.columns.numbers(self.place(role)?))
    }

    fn place(&self, role: &str) -> Result<usize, Failure> {
        self.places.get(role).copied().ok_or_else(|| {
            Failure::new(
                USAGE,
                format!(
                    "{} has no column known as its {role}",
                    self.file.path().display()
                ),
                format!(
                    "name it: {role}=NAME; the columns are: {}",
                    self.file.list_names()
                ),
            )
        })
    }

    /// The column of a role as whole years.
    pub fn years(&self, role: &str) -> Result<Vec<i32>, Failure> {
        let numbers = self.numbers(role)?;
        let years = numbers.iter().enumerate().map(|(row, &year)| {
            if year.fract() == 0.0 && year.abs() <= 9999.0 {
                Ok(year as i32)
            } else {
                Err(self.wrong(
                    row,
                    role,
                    "is no year",
                    "write it as a whole number, for example 1990",
                ))
            }
        });
        years.collect()
    }

    /// A failure for the value of a role in a row.
    pub fn wrong(&self, row: usize, role: &str, why: &str, remedy: &str) -> Failure {
        let place = format!("{}, column {}", self.columns.place(row), self.name(role));
        bad_value(self.file.error(place, why, remedy))
    }
}

fn unreadable(error: TableFileError) -> Failure {
    failure(FILES, error)
}

fn bad_value(error: TableFileError) -> Failure {
    failure(CASE, error)
}

fn failure(code: u8, error: TableFileError) -> Failure {
    let place = match error.place.as_str() {
        "" => String::new(),
        place => format!(", {place}"),
    };
    let what = format!("{}{place}: {}", error.path.display(), error.why);
    Failure::new(code, what, error.remedy)
}

/// A code as all tables should have it: 2.0, as some programs write whole numbers, is 2.
pub fn code(text: &str) -> &str {
    match text.strip_suffix(".0") {
        Some(whole) if whole.bytes().all(|b| b.is_ascii_digit()) && !whole.is_empty() => whole,
        _ => text,
    }
}

/// All states, in the order in which a dyad names them: numbers by value, else by text.
pub struct States {
    pub codes: Vec<String>,
    places: BTreeMap<String, u32>,
}

impl States {
    /// The states of several columns.
    pub fn of(columns: &[&TextColumn]) -> Self {
        let texts = columns.iter().flat_map(|c| &c.texts).map(|t| code(t));
        let mut codes: Vec<String> = texts.filter(|t| !t.is_empty()).map(str::to_owned).collect();
        codes.sort();
        codes.dedup();
        if let Some(mut numbers) = numbered(&codes) {
            numbers.sort_unstable();
            codes = numbers.iter().map(ToString::to_string).collect();
        }
        let places = codes.iter().zip(0..).map(|(c, i)| (c.clone(), i)).collect();
        Self { codes, places }
    }

    /// The codes as numbers, if all of them are.
    pub fn numbers(&self) -> Option<Vec<i32>> {
        numbered(&self.codes)
    }

    /// For each text of a column the place of the state; `None` for missing ones.
    pub fn places(&self, column: &TextColumn) -> Vec<Option<u32>> {
        let place = |text: &String| self.places.get(code(text)).copied();
        column.texts.iter().map(place).collect()
    }

    /// The place of a state that the user names.
    pub fn place(&self, name: &str) -> Result<u32, Failure> {
        self.places.get(code(name)).copied().ok_or_else(|| {
            let away = |c: &str| strsim::osa_distance(&c.to_lowercase(), &name.to_lowercase());
            let near = self.codes.iter().min_by_key(|c| (away(c), (*c).clone()));
            Failure::new(
                USAGE,
                format!("{name:?} is no state of these tables"),
                format!(
                    "write it as they do; did you mean {}?",
                    near.map_or("", String::as_str)
                ),
            )
        })
    }
}

fn numbered(codes: &[String]) -> Option<Vec<i32>> {
    let number = |c: &String| c.parse::<i32>().ok().filter(|n| n.to_string() == *c);
    codes.iter().map(number).collect()
}

/// The place of the state in each row; a row without one is refused.
pub fn state_rows(source: &Source, role: &str, states: &States) -> Result<Vec<u32>, Failure> {
    let column = source.text(role)?;
    let places = states.places(column);
    if let Some(at) = places.iter().position(Option::is_none) {
        return Err(source.wrong(
            column.first[at],
            role,
            "names no state",
            "fill it in, or remove the row",
        ));
    }
    Ok(column
        .codes
        .iter()
        .filter_map(|&c| places[c as usize])
        .collect())
}
