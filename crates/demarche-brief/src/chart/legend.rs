//! The key: what a colour, a line or a shape means.

use super::canvas::{Canvas, Text};
use super::palette::Shape;
use super::text;

/// How an entry looks.
pub(crate) enum Swatch {
    /// A filled box of this class.
    Box(String),
    /// A line of this class.
    Line(String),
    /// A shape of this class.
    Shape(String, Shape),
}

/// Writes the entries from left to right, in as many rows as they need; gives the height used.
pub(crate) fn draw(
    canvas: &mut Canvas,
    left: f64,
    top: f64,
    right: f64,
    entries: &[(Swatch, String)],
) -> f64 {
    const SIZE: f64 = 11.0;
    const ROW: f64 = 18.0;
    if entries.is_empty() {
        return 0.0;
    }
    let (mut x, mut y) = (left, top);
    for (swatch, label) in entries {
        let label = text::clean(label);
        let room = right - left - 24.0;
        let wide = 22.0 + text::width(&label, SIZE, false).min(room);
        if x > left && x + wide > right {
            x = left;
            y += ROW;
        }
        match swatch {
            Swatch::Box(class) => canvas.rect(class, x, y + 3.0, 14.0, 11.0),
            Swatch::Line(class) => canvas.line(class, x, y + 8.5, x + 16.0, y + 8.5),
            Swatch::Shape(class, shape) => canvas.shape(class, *shape, x + 8.0, y + 8.5, 5.0),
        }
        canvas.text(
            Text::new(x + 21.0, y + 12.5, &label)
                .size(SIZE)
                .fit(room)
                .class("muted"),
        );
        x += wide + 16.0;
    }
    y + ROW - top
}
