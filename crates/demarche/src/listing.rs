//! Tables on standard output: aligned for people, separated by tabs for programs.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};

use anstyle::Style;

/// Does a person read standard output?
pub fn for_people() -> bool {
    io::stdout().is_terminal()
}

/// On which side a column stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// A table of text.
pub struct Listing {
    head: Vec<(String, Side)>,
    rows: Vec<Vec<String>>,
}

impl Listing {
    /// A table of these columns.
    pub fn new(head: &[(&str, Side)]) -> Self {
        Self {
            head: head
                .iter()
                .map(|(name, side)| ((*name).to_owned(), *side))
                .collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row.
    pub fn row(&mut self, cells: Vec<String>) {
        debug_assert_eq!(cells.len(), self.head.len());
        self.rows.push(cells);
    }

    /// Prints it aligned, its head set off.
    pub fn aligned(&self, to: &mut impl Write) -> io::Result<()> {
        let width = |text: &str| text.chars().count();
        let mut widths: Vec<usize> = self.head.iter().map(|(name, _)| width(name)).collect();
        for row in &self.rows {
            for (most, cell) in widths.iter_mut().zip(row) {
                *most = (*most).max(width(cell));
            }
        }
        let line = |cells: &mut dyn Iterator<Item = &str>| {
            let mut line = String::new();
            for ((cell, (_, side)), most) in cells.zip(&self.head).zip(&widths) {
                if !line.is_empty() {
                    line.push_str("  ");
                }
                let _ = match side {
                    Side::Left => write!(line, "{cell:<most$}"),
                    Side::Right => write!(line, "{cell:>most$}"),
                };
            }
            line.truncate(line.trim_end().len());
            line
        };
        let bold = Style::new().bold();
        let head = line(&mut self.head.iter().map(|(name, _)| name.as_str()));
        writeln!(to, "{bold}{head}{bold:#}")?;
        for row in &self.rows {
            writeln!(to, "{}", line(&mut row.iter().map(String::as_str)))?;
        }
        Ok(())
    }

    /// Prints it separated by tabs.
    pub fn tabbed(&self, to: &mut impl Write) -> io::Result<()> {
        let head: Vec<&str> = self.head.iter().map(|(name, _)| name.as_str()).collect();
        writeln!(to, "{}", head.join("\t"))?;
        for row in &self.rows {
            writeln!(to, "{}", row.join("\t"))?;
        }
        Ok(())
    }
}

/// Text of others that can neither steer a terminal nor end a line: what is not shown is escaped.
pub fn harmless(text: &str) -> Cow<'_, str> {
    let steers = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if !text.contains(steers) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            c if steers(c) => shown.extend(c.escape_default()),
            c => shown.push(c),
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Listing {
        let mut listing = Listing::new(&[("name", Side::Left), ("n", Side::Right)]);
        listing.row(vec!["대한민국".to_owned(), "7".to_owned()]);
        listing.row(vec!["a".to_owned(), "1,000".to_owned()]);
        listing
    }

    #[test]
    fn numbers_stand_below_each_other() {
        let mut out = Vec::new();
        sample().aligned(&mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let lines: Vec<&str> = text.lines().skip(1).collect();
        assert_eq!(lines, ["대한민국      7", "a     1,000"]);
    }

    #[test]
    fn tabs_for_programs() {
        let mut out = Vec::new();
        sample().tabbed(&mut out).unwrap();
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "name\tn\n대한민국\t7\na\t1,000\n"
        );
    }

    #[test]
    fn nothing_steers_the_terminal() {
        assert_eq!(
            harmless("a\u{1b}[31m\tb\u{202e}c"),
            "a\\u{1b}[31m\\tb\\u{202e}c"
        );
        assert_eq!(harmless("\"quoted\" \\ café"), "\"quoted\" \\ café");
    }
}
