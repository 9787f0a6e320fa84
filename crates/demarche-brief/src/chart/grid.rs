//! The heads and row names of a grid of two frameworks, and where its cells lie.

use super::canvas::{Canvas, Text};
use super::{Backing, WIDTH, text};

/// Size of the heads of columns.
pub(super) const SIZE: f64 = 11.0;
/// Height of a line of them.
pub(super) const LINE: f64 = 13.5;
/// Where the cells begin.
const LEFT: f64 = 112.0;

/// A grid of which the columns and the height of their heads are known.
pub(super) struct Grid<'a> {
    rows: &'a [String],
    columns: &'a [String],
    /// How wide a cell is.
    pub wide: f64,
    /// Where the first row begins.
    top: f64,
    /// Heads of columns lie flat if their words fit, else they are turned.
    flat: bool,
    heads: Vec<Vec<String>>,
}

impl<'a> Grid<'a> {
    pub fn new(rows: &'a [String], columns: &'a [String]) -> Self {
        let wide = (WIDTH - LEFT - 2.0) / columns.len() as f64;
        let flat = columns.iter().all(|name| {
            name.split([' ', '-', '/'])
                .all(|word| text::width(word, SIZE, false) <= wide - 6.0)
                && text::wrap(name, wide - 6.0, SIZE, false, 100).0.len() <= 6
        });
        let heads: Vec<Vec<String>> = (columns.iter())
            .map(|name| match flat {
                true => text::wrap(name, wide - 6.0, SIZE, false, 6).0,
                false => {
                    let lines = ((wide / LINE).floor() as usize).clamp(1, 3);
                    text::wrap(name, 150.0, SIZE, false, lines).0
                }
            })
            .collect();
        let height = match flat {
            true => heads.iter().map(Vec::len).max().unwrap_or(1) as f64 * LINE,
            false => (heads.iter().flatten())
                .map(|line| text::width(line, SIZE, false))
                .fold(0.0, f64::max),
        };
        Self {
            rows,
            columns,
            wide,
            top: 20.0 + height + 8.0,
            flat,
            heads,
        }
    }

    fn name(&self, row: usize) -> Vec<String> {
        text::wrap(&self.rows[row], LEFT - 12.0, 12.0, true, 5).0
    }

    /// Where each row begins and the last one ends. A row is as high as `least` says of it, or as its
    /// name and `beside` it need.
    pub fn tops(&self, beside: f64, least: impl Fn(usize) -> f64) -> Vec<f64> {
        let mut tops = vec![self.top];
        for row in 0..self.rows.len() {
            let name = self.name(row).len() as f64 * 15.0 + beside;
            tops.push(tops[row] + least(row).max(name));
        }
        tops
    }

    /// Draws what the rows and columns are, and the heads of the columns.
    pub fn heads(&self, canvas: &mut Canvas, rows_are: &str, columns_are: &str) {
        let across = format!("{columns_are} →");
        canvas.text(
            Text::new(LEFT + 2.0, 12.0, &across)
                .size(SIZE)
                .class("muted")
                .fit(WIDTH - LEFT - 4.0),
        );
        let down = format!("{rows_are} ↓");
        let down = text::wrap(&down, LEFT - 12.0, SIZE, false, 3).0;
        for (i, line) in down.iter().rev().enumerate() {
            canvas.text(
                Text::new(2.0, self.top - 8.0 - LINE * i as f64, line)
                    .size(SIZE)
                    .class("muted"),
            );
        }
        for (c, lines) in self.heads.iter().enumerate() {
            let x = self.x(c);
            canvas.mark(&Backing::note(&self.columns[c]), |canvas| {
                for (i, line) in lines.iter().enumerate() {
                    if self.flat {
                        let y = self.top - 8.0 - LINE * (lines.len() - 1 - i) as f64;
                        canvas.text(Text::new(x + 4.0, y, line).size(SIZE));
                    } else {
                        let middle = LINE * (lines.len() as f64 - 1.0) / 2.0;
                        let start = x + self.wide / 2.0 - middle + 4.0;
                        canvas.text(
                            Text::new(start + LINE * i as f64, self.top - 6.0, line)
                                .size(SIZE)
                                .turn(-90.0),
                        );
                    }
                }
            });
        }
    }

    /// Draws the name of a row that begins at `y`.
    pub fn row(&self, canvas: &mut Canvas, row: usize, y: f64, high: f64) {
        let name = self.name(row);
        canvas.mark(&Backing::note(&self.rows[row]), |c| {
            for (i, line) in name.iter().enumerate() {
                let middle = y + high / 2.0 - 15.0 * (name.len() as f64 - 1.0) / 2.0 + 4.0;
                c.text(Text::new(2.0, middle + 15.0 * i as f64, line).bold(true));
            }
        });
    }

    /// Where a column begins.
    pub fn x(&self, column: usize) -> f64 {
        LEFT + self.wide * column as f64
    }
}
