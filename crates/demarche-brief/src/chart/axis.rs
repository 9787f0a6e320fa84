//! Axes: lines to read values off, with their units.

use super::canvas::{Canvas, Text};
use super::scale::{Linear, Ticks, year_ticks};

/// Size of axis labels.
pub(crate) const SIZE: f64 = 11.0;

/// Room an axis of values needs at its left.
pub(crate) fn room(ticks: &Ticks) -> f64 {
    let widest = ticks
        .values
        .iter()
        .map(|v| super::text::width(&ticks.label(*v), SIZE, false))
        .fold(0.0, f64::max);
    widest + 8.0
}

/// Level lines from `left` to `right`, with their values left of them. `show` makes the label.
pub(crate) fn levels(
    canvas: &mut Canvas,
    scale: &Linear,
    ticks: &Ticks,
    left: f64,
    right: f64,
    show: impl Fn(f64) -> String,
) {
    for &value in &ticks.values {
        let y = scale.at(value);
        let zero = value.abs() < ticks.step / 1e6;
        canvas.line(if zero { "zero" } else { "grid" }, left, y, right, y);
        let label = show(value);
        canvas.text(
            Text::new(left - 5.0, y + 4.0, &label)
                .size(SIZE)
                .end()
                .class("muted"),
        );
    }
}

/// Upright lines from `top` to `bottom`, with their values below.
pub(crate) fn uprights(canvas: &mut Canvas, scale: &Linear, ticks: &Ticks, top: f64, bottom: f64) {
    for &value in &ticks.values {
        let x = scale.at(value);
        let zero = value.abs() < ticks.step / 1e6;
        canvas.line(if zero { "zero" } else { "grid" }, x, top, x, bottom);
        let label = ticks.label(value);
        canvas.text(
            Text::new(x, bottom + 13.0, &label)
                .size(SIZE)
                .middle()
                .class("muted"),
        );
    }
}

/// Years below an axis of time, each at its first day, with a small stroke.
pub(crate) fn years(canvas: &mut Canvas, scale: &Linear, y: f64) {
    for year in year_ticks(scale, 36.0) {
        let x = scale.at(f64::from(year));
        canvas.line("tick", x, y, x, y + 4.0);
        let label = year.to_string();
        // The outermost labels must not leave the drawing.
        let half = super::text::width(&label, SIZE, false) / 2.0;
        let x = x.clamp(half, canvas.width - half);
        canvas.text(
            Text::new(x, y + 16.0, &label)
                .size(SIZE)
                .middle()
                .class("muted"),
        );
    }
}
