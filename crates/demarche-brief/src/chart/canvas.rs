//! The pen: writes elements with classes, escapes all text, rounds all numbers.

use super::palette::Shape;
use super::{Backing, Svg, text};
use maud::{Markup, html};

/// A number as it stands in the SVG: two decimals at most, no `-0`, never `NaN`.
pub(crate) fn num(x: f64) -> String {
    let rounded = if x.is_finite() {
        (x * 100.0).round() / 100.0
    } else {
        0.0
    };
    format!("{}", if rounded == 0.0 { 0.0 } else { rounded })
}

/// Where a text is held.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

/// A line of text; `x`, `y` is the end of its baseline that [`Anchor`] names.
pub(crate) struct Text<'a> {
    x: f64,
    y: f64,
    size: f64,
    bold: bool,
    anchor: Anchor,
    class: &'a str,
    /// Longest width; what is longer ends in an ellipsis and has its full text in a title.
    width: Option<f64>,
    turn: f64,
    content: &'a str,
}

impl<'a> Text<'a> {
    pub fn new(x: f64, y: f64, content: &'a str) -> Self {
        Self {
            x,
            y,
            size: 12.0,
            bold: false,
            anchor: Anchor::Start,
            class: "",
            width: None,
            turn: 0.0,
            content,
        }
    }
    pub fn size(mut self, size: f64) -> Self {
        self.size = size;
        self
    }
    pub fn bold(mut self, bold: bool) -> Self {
        self.bold = bold;
        self
    }
    pub fn anchor(mut self, anchor: Anchor) -> Self {
        self.anchor = anchor;
        self
    }
    pub fn middle(self) -> Self {
        self.anchor(Anchor::Middle)
    }
    pub fn end(self) -> Self {
        self.anchor(Anchor::End)
    }
    pub fn class(mut self, class: &'a str) -> Self {
        self.class = class;
        self
    }
    pub fn fit(mut self, width: f64) -> Self {
        self.width = Some(width);
        self
    }
    /// Turned about its anchor by so many degrees, clockwise.
    pub fn turn(mut self, degrees: f64) -> Self {
        self.turn = degrees;
        self
    }
}

/// A path under the pen.
#[derive(Default)]
pub(crate) struct Path(String);

impl Path {
    pub fn to(&mut self, x: f64, y: f64) {
        let letter = if self.0.is_empty() || self.0.ends_with('Z') {
            'M'
        } else {
            'L'
        };
        self.push(letter, x, y);
    }
    pub fn start(&mut self, x: f64, y: f64) {
        self.push('M', x, y);
    }
    pub fn close(&mut self) {
        self.0.push('Z');
    }
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    fn push(&mut self, letter: char, x: f64, y: f64) {
        self.0.push(letter);
        self.0.push_str(&num(x));
        self.0.push(' ');
        self.0.push_str(&num(y));
    }
}

/// A drawing in the making.
pub(crate) struct Canvas {
    pub width: f64,
    body: String,
}

impl Canvas {
    pub fn new(width: f64) -> Self {
        Self {
            width,
            body: String::new(),
        }
    }

    pub fn finish(self, height: f64, title: &str, description: &str) -> Svg {
        Svg {
            width: self.width,
            height: height.ceil(),
            body: self.body,
            title: text::clean(title),
            description: text::clean(description),
        }
    }

    fn push(&mut self, markup: Markup) {
        self.body.push_str(&markup.0);
    }

    /// A rectangle; a negative width or height grows to the other side.
    pub fn rect(&mut self, class: &str, x: f64, y: f64, w: f64, h: f64) {
        let (x, w) = if w < 0.0 { (x + w, -w) } else { (x, w) };
        let (y, h) = if h < 0.0 { (y + h, -h) } else { (y, h) };
        self.push(html! {
            rect class=(class) x=(num(x)) y=(num(y)) width=(num(w)) height=(num(h)) {}
        });
    }

    pub fn line(&mut self, class: &str, x1: f64, y1: f64, x2: f64, y2: f64) {
        self.push(
            html! { line class=(class) x1=(num(x1)) y1=(num(y1)) x2=(num(x2)) y2=(num(y2)) {} },
        );
    }

    /// A line of its own thickness.
    pub fn stroke(&mut self, class: &str, x1: f64, y1: f64, x2: f64, y2: f64, thick: f64) {
        self.push(html! {
            line class=(class) x1=(num(x1)) y1=(num(y1)) x2=(num(x2)) y2=(num(y2)) stroke-width=(num(thick)) {}
        });
    }

    pub fn circle(&mut self, class: &str, x: f64, y: f64, r: f64) {
        self.push(html! { circle class=(class) cx=(num(x)) cy=(num(y)) r=(num(r)) {} });
    }

    pub fn path(&mut self, class: &str, path: &Path) {
        if !path.is_empty() {
            self.push(html! { path class=(class) d=(path.0) {} });
        }
    }

    /// A path of its own thickness.
    pub fn curve(&mut self, class: &str, path: &Path, thick: f64) {
        if !path.is_empty() {
            self.push(html! { path class=(class) d=(path.0) stroke-width=(num(thick)) {} });
        }
    }

    /// A shape with about the area of a circle of radius `r`.
    pub fn shape(&mut self, class: &str, shape: Shape, x: f64, y: f64, r: f64) {
        let ring = |count: usize, first: f64, radius: &dyn Fn(usize) -> f64| {
            let mut path = Path::default();
            for i in 0..count {
                let angle = (first + 360.0 * i as f64 / count as f64).to_radians();
                path.to(x + radius(i) * angle.cos(), y + radius(i) * angle.sin());
            }
            path.close();
            path
        };
        match shape {
            Shape::Circle => self.circle(class, x, y, r),
            Shape::Square => self.rect(class, x - 0.89 * r, y - 0.89 * r, 1.78 * r, 1.78 * r),
            Shape::Triangle => self.path(class, &ring(3, -90.0, &|_| 1.4 * r)),
            Shape::Diamond => self.path(class, &ring(4, -90.0, &|_| 1.25 * r)),
            Shape::Hexagon => self.path(class, &ring(6, 0.0, &|_| 1.1 * r)),
            Shape::Wedge => self.path(class, &ring(3, 90.0, &|_| 1.4 * r)),
            Shape::Star => {
                self.path(
                    class,
                    &ring(10, -90.0, &|i| if i % 2 == 0 { 1.45 * r } else { 0.65 * r }),
                );
            }
        }
    }

    /// Writes a line of text.
    pub fn text(&mut self, t: Text) {
        let full = text::clean(t.content);
        let (shown, cut) = match t.width {
            Some(width) => text::fit(&full, width, t.size, t.bold),
            None => (full.clone(), false),
        };
        if shown.is_empty() {
            return;
        }
        let class = match (t.class, t.bold) {
            ("", true) => "strong".to_owned(),
            (class, true) => format!("{class} strong"),
            (class, false) => class.to_owned(),
        };
        let class = (!class.is_empty()).then_some(class);
        let anchor = match t.anchor {
            Anchor::Start => None,
            Anchor::Middle => Some("middle"),
            Anchor::End => Some("end"),
        };
        let turn =
            (t.turn != 0.0).then(|| format!("rotate({} {} {})", num(t.turn), num(t.x), num(t.y)));
        self.push(html! {
            text class=[class] x=(num(t.x)) y=(num(t.y)) font-size=(num(t.size))
                text-anchor=[anchor] transform=[turn] {
                @if cut { title { (full) } }
                (shown)
            }
        });
    }

    /// A mark: a link to its evidence if it has any, with the text to show on hover.
    pub fn mark(&mut self, backing: &Backing, draw: impl FnOnce(&mut Self)) {
        let tooltip = text::clean(&backing.tooltip);
        let label = (!tooltip.is_empty()).then_some(&tooltip);
        let title = html! { @if let Some(label) = label { title { (label) } } };
        match backing.evidence.as_deref().map(text::clean) {
            Some(id) => {
                let open =
                    html! { a class="mark" href={ "#ev-" (id) } aria-label=[label] { (title) } };
                self.push_raw(&open.0, "</a>", draw);
            }
            None => {
                let open = html! { g class="mark" { (title) } };
                self.push_raw(&open.0, "</g>", draw);
            }
        }
    }

    /// Opens an element (given whole, its end is taken off), draws inside it and closes it.
    fn push_raw(&mut self, element: &str, end: &str, draw: impl FnOnce(&mut Self)) {
        self.body
            .push_str(element.strip_suffix(end).unwrap_or(element));
        draw(self);
        self.body.push_str(end);
    }
}

#[cfg(test)]
mod tests {
    use super::num;

    #[test]
    fn numbers_are_short_and_never_minus_zero() {
        assert_eq!(num(-0.001), "0");
        assert_eq!(num(1.005), "1");
        assert_eq!(num(-2.5), "-2.5");
        assert_eq!(num(1.0 / 3.0), "0.33");
        assert_eq!(num(f64::NAN), "0");
    }
}
