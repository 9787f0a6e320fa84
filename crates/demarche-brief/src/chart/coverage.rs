//! A grid of two frameworks before and after a plan: how many initiatives serve each cell.

use super::canvas::{Canvas, Text};
use super::grid::{Grid, SIZE};
use super::heatmap::hatch;
use super::palette::{HEAT_STEPS, Shape};
use super::{Backing, Svg, WIDTH, nothing, text};

/// What the chart shows.
#[derive(Clone, Debug)]
pub struct Spec {
    /// Title.
    pub title: String,
    /// What the rows are, e.g. `NATO's themes`.
    pub rows_are: String,
    /// What the columns are, e.g. `Korea's lines of effort`.
    pub columns_are: String,
    /// Names of the rows.
    pub rows: Vec<String>,
    /// Names of the columns.
    pub columns: Vec<String>,
    /// For each row a cell for each column.
    pub cells: Vec<Vec<Cell>>,
    /// How many initiatives a cell needs until a further one counts no more; the fill is full there.
    pub enough: usize,
}

/// A cell of the grid.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    /// Does the crosswalk link the two, or does any initiative serve both?
    pub linked: bool,
    /// How many initiatives serve it that are done or run.
    pub before: usize,
    /// How many serve it at the end of the plan.
    pub after: usize,
    /// What stands behind it.
    pub backing: Backing,
}

const HIGH: f64 = 34.0;

/// Step of the fill: 0 for none, the last from `enough` on.
fn level(count: usize, enough: usize) -> usize {
    let share = count as f64 / enough.max(1) as f64;
    ((share * HEAT_STEPS as f64).ceil() as usize).min(HEAT_STEPS)
}

/// Draws it.
pub fn draw(spec: &Spec) -> Svg {
    if spec.rows.is_empty() || spec.columns.is_empty() {
        return nothing(&spec.title, "No initiatives: the grid has no cells.");
    }
    let blank = Cell::default();
    let cell = |r: usize, c: usize| {
        spec.cells
            .get(r)
            .and_then(|row| row.get(c))
            .unwrap_or(&blank)
    };
    let grid = Grid::new(&spec.rows, &spec.columns);
    let tops = grid.tops(8.0, |_| HIGH);
    let mut canvas = Canvas::new(WIDTH);
    grid.heads(&mut canvas, &spec.rows_are, &spec.columns_are);
    for r in 0..spec.rows.len() {
        let (y, high) = (tops[r], tops[r + 1] - tops[r]);
        grid.row(&mut canvas, r, y, high);
        for column in 0..spec.columns.len() {
            let this = cell(r, column);
            let x = grid.x(column);
            canvas.mark(&this.backing, |c| {
                draw_cell(c, this, spec.enough, [x, y, grid.wide, high]);
            });
        }
    }
    let bottom = tops[spec.rows.len()];
    let used = key(&mut canvas, spec.enough, bottom + 10.0);
    canvas.finish(bottom + 10.0 + used, &spec.title, &describe(spec))
}

/// Two halves: before on the left, after on the right.
fn draw_cell(c: &mut Canvas, cell: &Cell, enough: usize, [x, y, w, h]: [f64; 4]) {
    let half = (w - 3.0) / 2.0;
    for (count, at) in [(cell.before, x + 1.0), (cell.after, x + 2.0 + half)] {
        let fill = level(count, enough);
        c.rect(&format!("heat-{fill}"), at, y + 1.0, half, h - 2.0);
    }
    if !cell.linked && cell.after == 0 {
        hatch(c, x + 2.0, y + 2.0, w - 4.0, h - 4.0);
        return;
    }
    for (count, at, bold) in [
        (cell.before, x + 1.0 + half / 2.0, false),
        (cell.after, x + 2.0 + half * 1.5, cell.after > cell.before),
    ] {
        let ink = if level(count, enough) > 3 {
            "heat-high"
        } else {
            "heat-low"
        };
        let label = if count > 999 {
            "999+".to_owned()
        } else {
            count.to_string()
        };
        if text::width(&label, 12.0, bold) < half {
            c.text(
                Text::new(at, y + h / 2.0 + 4.5, &label)
                    .middle()
                    .bold(bold)
                    .class(ink),
            );
        }
    }
    if cell.after == 0 {
        c.rect("gap", x + 3.0, y + 3.0, w - 6.0, h - 6.0);
        c.shape("gap-sign", Shape::Diamond, x + w / 2.0, y + 8.0, 3.5);
    }
}

fn key(c: &mut Canvas, enough: usize, top: f64) -> f64 {
    let mut x = 2.0;
    let mut word = |c: &mut Canvas, words: &str, class: &str| {
        c.text(Text::new(x, top + 12.0, words).size(SIZE).class(class));
        x += text::width(words, SIZE, false) + 6.0;
        x
    };
    let mut at = word(c, "initiatives before | after the plan:", "muted");
    for count in 0..=enough.clamp(1, 5) {
        let more = count == enough.clamp(1, 5);
        let label = format!("{count}{}", if more { " or more" } else { "" });
        c.rect(
            &format!("heat-{}", level(count, enough)),
            at,
            top + 2.0,
            16.0,
            12.0,
        );
        c.text(
            Text::new(at + 20.0, top + 12.0, &label)
                .size(SIZE)
                .class("muted"),
        );
        at += 20.0 + text::width(&label, SIZE, false) + 10.0;
    }
    let second = top + 19.0;
    c.rect("heat-0", 2.0, second + 2.0, 16.0, 12.0);
    hatch(c, 2.0, second + 2.0, 16.0, 12.0);
    c.text(
        Text::new(22.0, second + 12.0, "not linked, and served by nothing")
            .size(SIZE)
            .class("muted"),
    );
    let at = 22.0 + text::width("not linked, and served by nothing", SIZE, false) + 14.0;
    c.rect("gap", at, second + 3.0, 20.0, 11.0);
    c.shape("gap-sign", Shape::Diamond, at + 10.0, second + 8.5, 3.0);
    c.text(
        Text::new(
            at + 26.0,
            second + 12.0,
            "linked, and still served by nothing",
        )
        .size(SIZE)
        .class("gap-text"),
    );
    second + 18.0 - top
}

fn describe(spec: &Spec) -> String {
    let cells = || {
        spec.rows.iter().enumerate().flat_map(|(r, row)| {
            spec.columns
                .iter()
                .enumerate()
                .filter_map(move |(c, column)| Some((row, column, spec.cells.get(r)?.get(c)?)))
        })
    };
    let more: Vec<String> = cells()
        .filter(|(_, _, cell)| cell.after > cell.before)
        .map(|(row, column, cell)| format!("{row} × {column} {} to {}", cell.before, cell.after))
        .collect();
    let empty: Vec<String> = cells()
        .filter(|(_, _, cell)| cell.linked && cell.after == 0)
        .map(|(row, column, _)| format!("{row} × {column}"))
        .collect();
    let none = |list: Vec<String>| match list.is_empty() {
        true => "none".to_owned(),
        false => list.join("; "),
    };
    format!(
        "Grid: {} ({}) by {} ({}), initiatives before and after the plan. Cells with more: {}. Linked cells served by nothing: {}.",
        text::count(spec.rows.len(), "row"),
        spec.rows_are,
        text::count(spec.columns.len(), "column"),
        spec.columns_are,
        none(more),
        none(empty)
    )
}
