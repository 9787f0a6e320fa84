//! Where actors stand between two sides, −1 to 1, with intervals.

use super::axis;
use super::canvas::{Canvas, Text};
use super::scale::{Linear, Ticks};
use super::{Svg, Value, WIDTH, nothing, text};

/// What the chart shows.
#[derive(Clone, Debug)]
pub struct Spec {
    /// Title.
    pub title: String,
    /// What the value is, e.g. `balance of cooperation`.
    pub unit: String,
    /// Who stands at −1.
    pub left: String,
    /// Who stands at 1.
    pub right: String,
    /// The actors, in the order drawn.
    pub rows: Vec<Row>,
}

/// An actor between the sides.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its short name.
    pub name: String,
    /// Drawn strong.
    pub highlight: bool,
    /// Its balance, −1 to 1.
    pub value: Value,
}

/// Draws it.
pub fn draw(spec: &Spec) -> Svg {
    if spec.rows.is_empty() {
        return nothing(&spec.title, "No events between these sides.");
    }
    const ROW: f64 = 24.0;
    let names = spec
        .rows
        .iter()
        .map(|r| text::width(&text::clean(&r.name), 12.0, r.highlight))
        .fold(20.0, f64::max)
        .min(200.0);
    let counts: Vec<String> = spec
        .rows
        .iter()
        .map(|r| format!("n = {}", r.value.n))
        .collect();
    let tail = counts
        .iter()
        .map(|n| text::width(n, axis::SIZE, false))
        .fold(0.0, f64::max);
    let (left, right) = (names + 24.0, WIDTH - tail - 20.0);
    let ticks = Ticks {
        values: vec![-1.0, -0.5, 0.0, 0.5, 1.0],
        step: 0.5,
    };
    let scale = Linear::new(-1.0, 1.0, left, right);
    let (top, bottom) = (42.0, 42.0 + ROW * spec.rows.len() as f64);
    let zero = scale.at(0.0);

    let mut canvas = Canvas::new(WIDTH);
    canvas.text(
        Text::new(2.0, 12.0, &spec.unit)
            .size(axis::SIZE)
            .fit(WIDTH - 4.0)
            .class("muted"),
    );
    let half = (right - left) / 2.0 - 10.0;
    let (to_left, to_right) = (format!("← {}", spec.left), format!("{} →", spec.right));
    canvas.text(Text::new(left, top - 10.0, &to_left).bold(true).fit(half));
    canvas.text(
        Text::new(right, top - 10.0, &to_right)
            .bold(true)
            .end()
            .fit(half),
    );
    axis::uprights(&mut canvas, &scale, &ticks, top, bottom);
    for (i, row) in spec.rows.iter().enumerate() {
        let y = top + ROW * (i as f64 + 0.5);
        let hue = if row.highlight { "point-main" } else { "point" };
        canvas.mark(&row.value.backing, |c| {
            c.rect("hit", 0.0, y - ROW / 2.0, WIDTH, ROW);
            c.text(
                Text::new(2.0, y + 4.0, &row.name)
                    .bold(row.highlight)
                    .fit(names + 2.0),
            );
            c.text(
                Text::new(WIDTH - 2.0, y + 4.0, &counts[i])
                    .size(axis::SIZE)
                    .end()
                    .class("muted"),
            );
            let Some(value) = row.value.get() else {
                let words = "too few events";
                let w = text::width(words, axis::SIZE, false) + 8.0;
                c.rect("label-ground", zero - w / 2.0, y - 9.0, w, 18.0);
                c.text(
                    Text::new(zero, y + 4.0, words)
                        .size(axis::SIZE)
                        .middle()
                        .class("muted"),
                );
                return;
            };
            c.rect("bar-soft", zero, y - 5.0, scale.at(value) - zero, 10.0);
            if let Some((low, high)) = row.value.span() {
                c.line("whisker", scale.at(low), y, scale.at(high), y);
                for end in [low, high] {
                    c.line("whisker", scale.at(end), y - 4.0, scale.at(end), y + 4.0);
                }
            }
            c.circle(hue, scale.at(value), y, 5.0);
        });
    }
    let told: Vec<String> = spec
        .rows
        .iter()
        .map(|r| format!("{} {}", r.name, super::dumbbell::told(&r.value)))
        .collect();
    let description = format!(
        "{}, from \u{2212}1 ({}) to 1 ({}): {}.",
        spec.unit,
        spec.left,
        spec.right,
        told.join("; ")
    );
    canvas.finish(bottom + 20.0, &spec.title, &description)
}
