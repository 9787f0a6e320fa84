//! A grid of two frameworks: what has happened and what is planned where they meet.

use super::canvas::{Canvas, Path, Text};
use super::grid::{Grid, LINE, SIZE};
use super::palette::{HEAT_STEPS, Shape};
use super::{Backing, Svg, WIDTH, nothing, text};

/// What the chart shows.
#[derive(Clone, Debug)]
pub struct Spec {
    /// Title.
    pub title: String,
    /// What the fill counts, e.g. `events`.
    pub unit: String,
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
}

/// A cell of the grid.
#[derive(Clone, Debug, Default)]
pub struct Cell {
    /// Does the crosswalk link the two at all?
    pub linked: bool,
    /// How many events, for the fill; written in the cell.
    pub count: usize,
    /// How many initiatives are planned or running; written in the cell.
    pub planned: usize,
    /// Short codes of the policy areas that meet here.
    pub codes: Vec<String>,
    /// Both sides state a priority and nothing has happened or is planned.
    pub gap: bool,
    /// What stands behind it.
    pub backing: Backing,
}

/// Step of the colour scale: 0 for zero, then equal shares of the root of the count, so that a
/// few large cells do not wash out all others.
fn step(count: usize, most: usize) -> usize {
    if count == 0 || most == 0 {
        return 0;
    }
    let share = (count as f64 / most as f64).sqrt();
    ((share * HEAT_STEPS as f64).ceil() as usize).clamp(1, HEAT_STEPS)
}

/// Smallest and largest count that fall into a step.
fn range(level: usize, most: usize) -> Option<(usize, usize)> {
    let mut inside = (1..=most).filter(|c| step(*c, most) == level);
    let first = inside.next()?;
    Some((first, inside.next_back().unwrap_or(first)))
}

/// Draws it.
pub fn draw(spec: &Spec) -> Svg {
    if spec.rows.is_empty() || spec.columns.is_empty() {
        return nothing(&spec.title, "No events: the grid has no cells.");
    }
    let blank = Cell::default();
    let cell = |r: usize, c: usize| {
        spec.cells
            .get(r)
            .and_then(|row| row.get(c))
            .unwrap_or(&blank)
    };
    let grid = || (0..spec.rows.len()).flat_map(|r| (0..spec.columns.len()).map(move |c| (r, c)));
    let most = grid().map(|(r, c)| cell(r, c).count).max().unwrap_or(0);

    let heads = Grid::new(&spec.rows, &spec.columns);
    let wide = heads.wide;
    // Rows are as high as their fullest cell.
    let per_line = |c: &Cell| -> Vec<String> {
        if c.codes.is_empty() {
            Vec::new()
        } else {
            text::wrap(&c.codes.join(" "), wide - 10.0, SIZE, false, 4).0
        }
    };
    let tops = heads.tops(12.0, |r| {
        let lines = (0..spec.columns.len()).map(|c| per_line(cell(r, c)).len());
        34.0 + LINE * lines.max().unwrap_or(0) as f64
    });
    let bottom = tops[spec.rows.len()];

    let mut canvas = Canvas::new(WIDTH);
    heads.heads(&mut canvas, &spec.rows_are, &spec.columns_are);
    for r in 0..spec.rows.len() {
        let (y, high) = (tops[r], tops[r + 1] - tops[r]);
        heads.row(&mut canvas, r, y, high);
        for column in 0..spec.columns.len() {
            let x = heads.x(column);
            let this = cell(r, column);
            canvas.mark(&this.backing, |c| {
                draw_cell(c, this, most, [x, y, wide, high], &per_line(this))
            });
        }
    }

    let used = key(
        &mut canvas,
        spec,
        most,
        bottom + 10.0,
        grid().any(|(r, c)| cell(r, c).gap),
    );
    let gaps: Vec<String> = grid()
        .filter(|&(r, c)| cell(r, c).gap)
        .map(|(r, c)| format!("{} × {}", spec.rows[r], spec.columns[c]))
        .collect();
    let full: usize = grid().filter(|&(r, c)| cell(r, c).count > 0).count();
    let description = format!(
        "Grid: {} rows ({}) by {} columns ({}). {} cells hold {}, the fullest {}. Linked cells where nothing happened or is planned: {}.",
        spec.rows.len(),
        spec.rows_are,
        spec.columns.len(),
        spec.columns_are,
        full,
        spec.unit,
        most,
        if gaps.is_empty() {
            "none".to_owned()
        } else {
            gaps.join("; ")
        }
    );
    canvas.finish(bottom + 10.0 + used + 2.0, &spec.title, &description)
}

fn draw_cell(c: &mut Canvas, cell: &Cell, most: usize, [x, y, w, h]: [f64; 4], codes: &[String]) {
    let level = step(cell.count, most);
    c.rect(&format!("heat-{level}"), x + 1.0, y + 1.0, w - 2.0, h - 2.0);
    if !cell.linked {
        hatch(c, x + 2.0, y + 2.0, w - 4.0, h - 4.0);
    }
    let ink = if level > 3 { "heat-high" } else { "heat-low" };
    if cell.linked || cell.count > 0 {
        let n = short(cell.count);
        c.text(
            Text::new(x + 6.0, y + 16.0, &n)
                .size(13.0)
                .bold(true)
                .class(ink),
        );
        if cell.planned > 0 {
            let planned = format!("+{}", short(cell.planned));
            c.text(
                Text::new(x + w - 6.0, y + 16.0, &planned)
                    .size(SIZE)
                    .end()
                    .class(ink),
            );
        }
    }
    for (i, line) in codes.iter().enumerate() {
        c.text(
            Text::new(x + 6.0, y + 31.0 + 13.5 * i as f64, line)
                .size(SIZE)
                .class(ink),
        );
    }
    if cell.gap {
        c.rect("gap", x + 3.0, y + 3.0, w - 6.0, h - 6.0);
        c.shape("gap-sign", Shape::Diamond, x + w - 13.0, y + 13.0, 4.5);
    }
}

/// A count in at most four letters.
fn short(count: usize) -> String {
    match count {
        0..10_000 => count.to_string(),
        10_000..1_000_000 => format!("{}k", count / 1_000),
        _ => format!("{}M", count / 1_000_000),
    }
}

/// Slanting lines over a box, cut at its edges.
pub(crate) fn hatch(c: &mut Canvas, x: f64, y: f64, w: f64, h: f64) {
    let mut path = Path::default();
    let mut k = 7.0;
    while k < w + h {
        // The line u + v = k inside 0..w × 0..h.
        let (u1, u2) = ((k - h).max(0.0), k.min(w));
        path.start(x + u1, y + k - u1);
        path.to(x + u2, y + k - u2);
        k += 7.0;
    }
    c.path("hatch", &path);
}

/// The key of fills and signs; gives its height.
fn key(c: &mut Canvas, spec: &Spec, most: usize, top: f64, gaps: bool) -> f64 {
    let mut x = 2.0;
    let title = format!("{}:", spec.unit);
    c.text(
        Text::new(x, top + 12.0, &title)
            .size(SIZE)
            .class("muted")
            .fit(180.0),
    );
    x += text::width(&title, SIZE, false).min(180.0) + 8.0;
    for level in 0..=HEAT_STEPS {
        let label = if level == 0 {
            "0".to_owned()
        } else {
            match range(level, most) {
                Some((a, b)) if a == b => short(a),
                Some((a, b)) => format!("{}–{}", short(a), short(b)),
                None => continue,
            }
        };
        c.rect(&format!("heat-{level}"), x, top + 2.0, 16.0, 12.0);
        c.text(
            Text::new(x + 20.0, top + 12.0, &label)
                .size(SIZE)
                .class("muted"),
        );
        x += 20.0 + text::width(&label, SIZE, false) + 10.0;
    }
    let second = top + 20.0;
    c.rect("heat-0", 2.0, second + 2.0, 16.0, 12.0);
    hatch(c, 2.0, second + 2.0, 16.0, 12.0);
    c.text(
        Text::new(22.0, second + 12.0, "not linked")
            .size(SIZE)
            .class("muted"),
    );
    c.text(Text::new(96.0, second + 12.0, "+2").size(SIZE));
    c.text(
        Text::new(114.0, second + 12.0, "initiatives, done to proposed")
            .size(SIZE)
            .class("muted"),
    );
    if gaps {
        c.rect("gap", 351.0, second + 3.0, 20.0, 11.0);
        c.shape("gap-sign", Shape::Diamond, 361.0, second + 8.5, 3.0);
        c.text(
            Text::new(
                377.0,
                second + 12.0,
                "both state a priority; nothing happened or planned",
            )
            .size(SIZE)
            .class("gap-text")
            .fit(WIDTH - 379.0),
        );
    }
    second + 18.0 - top
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_cover_all_counts_once() {
        for most in 1..60 {
            assert_eq!(step(0, most), 0);
            assert_eq!(step(most, most), HEAT_STEPS);
            let covered: usize = (1..=HEAT_STEPS)
                .filter_map(|l| range(l, most))
                .map(|(a, b)| b - a + 1)
                .sum();
            assert_eq!(covered, most);
        }
    }
}
