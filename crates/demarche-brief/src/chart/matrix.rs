//! A matrix of estimates: what each column does to each row, with intervals.

use super::canvas::{Canvas, Text};
use super::palette::HEAT_STEPS;
use super::{Backing, Svg, WIDTH, nothing, text};

/// What the chart shows.
#[derive(Clone, Debug)]
pub struct Spec {
    /// Title.
    pub title: String,
    /// What a cell gives, e.g. `events set off by one event`.
    pub unit: String,
    /// What the rows are, e.g. `events that answer`.
    pub rows_are: String,
    /// What the columns are, e.g. `events that set off`.
    pub columns_are: String,
    /// Names of the rows.
    pub rows: Vec<String>,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// For each row a cell for each column.
    pub cells: Vec<Vec<Cell>>,
}

/// A cell.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    /// The value, zero or above; `None` where it is not known.
    pub value: Option<f64>,
    /// The value as shown; where there is none, why, in a word or two.
    pub shown: String,
    /// Its interval as shown; may be empty.
    pub interval: String,
    /// Is it told from zero? Set in bold, with a frame.
    pub sure: bool,
    /// What stands behind it.
    pub backing: Backing,
}

impl Cell {
    fn get(&self) -> Option<f64> {
        self.value.filter(|v| v.is_finite() && *v >= 0.0)
    }
}

/// Step of the colour scale: equal shares of the largest value.
fn step(value: f64, most: f64) -> usize {
    if value <= 0.0 || most <= 0.0 {
        return 0;
    }
    ((value / most * HEAT_STEPS as f64).ceil() as usize).clamp(1, HEAT_STEPS)
}

/// Draws it.
pub fn draw(spec: &Spec) -> Svg {
    if spec.rows.is_empty() || spec.columns.is_empty() {
        return nothing(
            &spec.title,
            "No events: no kinds of them are named to set against each other.",
        );
    }
    const SIZE: f64 = 11.0;
    const LINE: f64 = 13.5;
    const HIGH: f64 = 40.0;
    let blank = Cell::default();
    let cell = |r: usize, c: usize| {
        let row = spec.cells.get(r);
        row.and_then(|row| row.get(c)).unwrap_or(&blank)
    };
    let grid = || (0..spec.rows.len()).flat_map(|r| (0..spec.columns.len()).map(move |c| (r, c)));
    let most = grid()
        .filter_map(|(r, c)| cell(r, c).get())
        .fold(0.0, f64::max);

    let left = 150.0;
    let wide = (WIDTH - left - 2.0) / spec.columns.len() as f64;
    let heads: Vec<Vec<String>> = spec
        .columns
        .iter()
        .map(|name| {
            text::wrap(
                name,
                110.0,
                SIZE,
                false,
                (wide / LINE).floor().clamp(1.0, 3.0) as usize,
            )
            .0
        })
        .collect();
    let tallest = heads
        .iter()
        .flatten()
        .map(|line| text::width(line, SIZE, false))
        .fold(0.0, f64::max);
    let top = 20.0 + tallest + 10.0;
    let bottom = top + HIGH * spec.rows.len() as f64;

    let mut canvas = Canvas::new(WIDTH);
    let across = format!("{} →", spec.columns_are);
    let down = format!("{} ↓", spec.rows_are);
    canvas.text(
        Text::new(left + 2.0, 12.0, &across)
            .size(SIZE)
            .class("muted")
            .fit(WIDTH - left - 4.0),
    );
    canvas.text(
        Text::new(2.0, top - 8.0, &down)
            .size(SIZE)
            .class("muted")
            .fit(left - 12.0),
    );
    for (c, lines) in heads.iter().enumerate() {
        let x = left + wide * c as f64;
        let start = x + wide / 2.0 - LINE * (lines.len() as f64 - 1.0) / 2.0 + 4.0;
        canvas.mark(&Backing::note(&spec.columns[c]), |canvas| {
            for (i, line) in lines.iter().enumerate() {
                canvas.text(
                    Text::new(start + LINE * i as f64, top - 6.0, line)
                        .size(SIZE)
                        .turn(-90.0),
                );
            }
        });
    }
    for r in 0..spec.rows.len() {
        let y = top + HIGH * r as f64;
        let name = text::wrap(&spec.rows[r], left - 12.0, SIZE, true, 3).0;
        canvas.mark(&Backing::note(&spec.rows[r]), |c| {
            for (i, line) in name.iter().enumerate() {
                let middle = y + HIGH / 2.0 - LINE * (name.len() as f64 - 1.0) / 2.0 + 4.0;
                c.text(
                    Text::new(2.0, middle + LINE * i as f64, line)
                        .size(SIZE)
                        .bold(true),
                );
            }
        });
        for column in 0..spec.columns.len() {
            let x = left + wide * column as f64;
            let this = cell(r, column);
            canvas.mark(&this.backing, |c| {
                let level = this.get().map_or(0, |v| step(v, most));
                c.rect(
                    &format!("heat-{level}"),
                    x + 1.0,
                    y + 1.0,
                    wide - 2.0,
                    HIGH - 2.0,
                );
                if this.sure {
                    c.rect("gap", x + 2.5, y + 2.5, wide - 5.0, HIGH - 5.0);
                }
                let ink = match this.get() {
                    None => "muted",
                    Some(_) if level > 3 => "heat-high",
                    Some(_) => "heat-low",
                };
                let line = |c: &mut Canvas, t: &str, y: f64, size: f64, bold: bool| {
                    c.text(
                        Text::new(x + wide / 2.0, y, t)
                            .size(size)
                            .bold(bold)
                            .middle()
                            .class(ink)
                            .fit(wide - 6.0),
                    );
                };
                let alone = this.interval.is_empty();
                line(
                    c,
                    &this.shown,
                    y + if alone { 24.0 } else { 17.0 },
                    SIZE,
                    this.sure,
                );
                if !alone {
                    line(c, &this.interval, y + 33.0, SIZE, false);
                }
            });
        }
    }
    let mut foot = bottom + 16.0;
    canvas.text(
        Text::new(
            2.0,
            foot,
            &format!("{}; below it the 95 % interval.", spec.unit),
        )
        .size(SIZE)
        .class("muted")
        .fit(WIDTH - 4.0),
    );
    if grid().any(|(r, c)| cell(r, c).sure) {
        foot += 18.0;
        canvas.rect("gap", 3.0, foot - 10.0, 18.0, 11.0);
        canvas.text(
            Text::new(
                27.0,
                foot,
                "told from zero, with allowance for the number of cells",
            )
            .size(SIZE)
            .class("muted"),
        );
    }
    let mut told: Vec<(f64, String)> = grid()
        .filter_map(|(r, c)| {
            let value = cell(r, c).get()?;
            Some((
                value,
                format!(
                    "{} after {}: {} {}",
                    spec.rows[r],
                    spec.columns[c],
                    cell(r, c).shown,
                    cell(r, c).interval
                ),
            ))
        })
        .collect();
    told.sort_by(|a, b| b.0.total_cmp(&a.0));
    let description = format!(
        "Matrix: {} rows ({}) by {} columns ({}); {}. The largest: {}.",
        spec.rows.len(),
        spec.rows_are,
        spec.columns.len(),
        spec.columns_are,
        spec.unit,
        match told
            .iter()
            .take(5)
            .map(|t| t.1.as_str())
            .collect::<Vec<_>>()
        {
            largest if largest.is_empty() => "none is known".to_owned(),
            largest => largest.join("; "),
        }
    );
    canvas.finish(foot + 6.0, &spec.title, &description)
}
