//! What a result hangs on most: for each factor the result where the factor is low and where it is
//! high, the widest first.

use super::axis;
use super::canvas::{Canvas, Text};
use super::legend::{self, Swatch};
use super::scale::{Linear, Ticks};
use super::{Backing, Svg, WIDTH, nothing, text};

/// What the chart shows.
#[derive(Clone, Debug)]
pub struct Spec {
    /// Title.
    pub title: String,
    /// What the result is, with its unit.
    pub unit: String,
    /// The result that all are held against.
    pub base: f64,
    /// What that is, e.g. `mean of all futures`.
    pub base_is: String,
    /// What the side of low factors is, e.g. `lowest fifth of the factor`.
    pub low_is: String,
    /// What the side of high factors is.
    pub high_is: String,
    /// Head of the column of remarks at the right; may be empty.
    pub remark_is: String,
    /// The factors, in the order drawn.
    pub rows: Vec<Row>,
}

/// A factor.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// The result where it is low.
    pub low: f64,
    /// The result where it is high.
    pub high: f64,
    /// Written at the right, e.g. its share of the variance; may be empty.
    pub remark: String,
    /// What stands behind it.
    pub backing: Backing,
}

const SIZE: f64 = 11.0;
const ROW: f64 = 22.0;
const NAMES: f64 = 230.0;

/// Draws it.
pub fn draw(spec: &Spec) -> Svg {
    let rows: Vec<&Row> = (spec.rows.iter())
        .filter(|r| r.low.is_finite() && r.high.is_finite())
        .collect();
    if rows.is_empty() || !spec.base.is_finite() {
        return nothing(&spec.title, "No events and no factors that vary.");
    }
    let values = || rows.iter().flat_map(|r| [r.low, r.high]).chain([spec.base]);
    let ticks = Ticks::covering(
        values().fold(f64::INFINITY, f64::min),
        values().fold(f64::NEG_INFINITY, f64::max),
        5,
        false,
    );
    let tail = rows
        .iter()
        .map(|r| text::width(&text::clean(&r.remark), SIZE, false))
        .chain([text::width(&text::clean(&spec.remark_is), SIZE, false)])
        .fold(0.0, f64::max)
        .min(150.0);
    let half = text::width(&ticks.label(ticks.high()), SIZE, false) / 2.0;
    let right = WIDTH - if tail > 0.0 { tail + 14.0 } else { 4.0 } - half;
    let (left, top) = (NAMES + 10.0, 38.0);
    let bottom = top + ROW * rows.len() as f64;
    let x = Linear::new(ticks.low(), ticks.high(), left, right);
    let base = x.at(spec.base);

    let mut canvas = Canvas::new(WIDTH);
    canvas.text(
        Text::new(2.0, 12.0, &spec.unit)
            .size(SIZE)
            .class("muted")
            .fit(WIDTH - 4.0),
    );
    canvas.text(
        Text::new(WIDTH - 2.0, 30.0, &spec.remark_is)
            .size(SIZE)
            .end()
            .class("muted")
            .fit(150.0),
    );
    axis::uprights(&mut canvas, &x, &ticks, top, bottom);
    for (i, row) in rows.iter().enumerate() {
        let y = top + ROW * i as f64;
        canvas.mark(&row.backing, |c| {
            c.rect("hit", 0.0, y, WIDTH, ROW);
            let name = text::clean(&row.name);
            c.text(
                Text::new(2.0, y + ROW / 2.0 + 4.0, &name)
                    .size(SIZE)
                    .fit(NAMES - 4.0),
            );
            // Both on the same side of the base: the nearer lies on the farther, half as high.
            let far = |value: f64| (value - spec.base).abs();
            let mut sides = [(row.low, "side-low"), (row.high, "side-high")];
            sides.sort_by(|a, b| far(b.0).total_cmp(&far(a.0)));
            let same = (row.low - spec.base) * (row.high - spec.base) > 0.0;
            for (k, (value, class)) in sides.into_iter().enumerate() {
                let at = x.at(value);
                let high = if same && k == 1 { 7.0 } else { 14.0 };
                let from = y + (ROW - high) / 2.0;
                c.rect(class, base.min(at), from, (at - base).abs(), high);
            }
            c.text(
                Text::new(WIDTH - 2.0, y + ROW / 2.0 + 4.0, &row.remark)
                    .size(SIZE)
                    .end()
                    .class("muted")
                    .fit(150.0),
            );
        });
    }
    canvas.line("mean", base, top - 4.0, base, bottom + 2.0);
    let entries = [
        (Swatch::Box("side-low".into()), spec.low_is.clone()),
        (Swatch::Box("side-high".into()), spec.high_is.clone()),
        (Swatch::Line("mean".into()), spec.base_is.clone()),
    ];
    let used = legend::draw(&mut canvas, 2.0, bottom + 20.0, WIDTH, &entries);
    canvas.finish(bottom + 22.0 + used, &spec.title, &describe(spec, &rows))
}

fn describe(spec: &Spec, rows: &[&Row]) -> String {
    let list: Vec<String> = rows
        .iter()
        .map(|r| {
            let remark = if r.remark.is_empty() {
                String::new()
            } else {
                format!(" ({})", r.remark)
            };
            format!(
                "{} {} to {}{remark}",
                r.name,
                text::figure(r.low),
                text::figure(r.high)
            )
        })
        .collect();
    format!(
        "{}, from {} to {}, held against {} ({}): {}.",
        spec.unit,
        spec.low_is,
        spec.high_is,
        text::figure(spec.base),
        spec.base_is,
        list.join("; ")
    )
}
