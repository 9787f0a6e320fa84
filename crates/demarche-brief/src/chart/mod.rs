//! Charts as SVG, drawn for three places: inside the HTML page, as a file, and in the PDF.
//!
//! Drawn here and not by a plotting library, because every mark is an element of its own: it has
//! a class, a text to show on hover and a link to the evidence behind it. Each kind of chart is
//! one file with a plain `Spec` and a `draw`. A drawing knows classes but no colours; those come
//! from [`style`], one way for each of the three places.

mod axis;
pub mod balance;
pub mod boxes;
mod canvas;
pub mod coverage;
pub mod curves;
pub mod diverging;
pub mod dumbbell;
pub mod front;
pub mod gantt;
mod grid;
pub mod heatmap;
mod legend;
pub mod lines;
pub mod load;
pub mod matrix;
pub mod network;
pub mod palette;
pub mod pathways;
pub mod place;
pub mod scale;
pub mod schedule;
pub mod slope;
pub mod small_multiples;
pub mod style;
pub mod text;
pub mod timeline;
pub mod tornado;

/// Width all charts are designed for, in pixels.
pub const WIDTH: f64 = 720.0;

/// A drawn chart, still without its colours.
#[derive(Clone, Debug, PartialEq)]
pub struct Svg {
    /// Width of the drawing, in pixels.
    pub width: f64,
    /// Height of the drawing, in pixels.
    pub height: f64,
    /// What stands inside the `svg` element: marks with classes, no colours, already escaped.
    pub body: String,
    /// Title for screen readers.
    pub title: String,
    /// Long description for screen readers.
    pub description: String,
}

/// What stands behind a mark: the evidence it opens, and the text shown on hover.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Backing {
    /// Id of the evidence; `None` makes a mark that opens nothing.
    pub evidence: Option<String>,
    /// Shown on hover and read aloud; may be empty.
    pub tooltip: String,
}

impl Backing {
    /// A mark that opens this evidence.
    pub fn new(evidence: impl Into<String>, tooltip: impl Into<String>) -> Self {
        Self {
            evidence: Some(evidence.into()),
            tooltip: tooltip.into(),
        }
    }

    /// A mark that explains itself but opens nothing.
    pub fn note(tooltip: impl Into<String>) -> Self {
        Self {
            evidence: None,
            tooltip: tooltip.into(),
        }
    }
}

/// A figure to draw: a value with its interval, or the news that there are too few events.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Value {
    /// The value; `None` (or a value that is no number) is drawn as "too few events".
    pub value: Option<f64>,
    /// Lower and upper end of its interval.
    pub interval: Option<(f64, f64)>,
    /// How many observations it rests on.
    pub n: usize,
    /// What stands behind it.
    pub backing: Backing,
}

impl Value {
    /// The figure of an estimate.
    pub fn of(estimate: &demarche_measure::Estimate, backing: Backing) -> Self {
        Self {
            value: estimate.value,
            interval: estimate.interval.map(|i| (i.low, i.high)),
            n: estimate.n,
            backing,
        }
    }

    /// The value, if it is a number.
    fn get(&self) -> Option<f64> {
        self.value.filter(|v| v.is_finite())
    }

    /// The interval, if there is a value and both ends are numbers.
    fn span(&self) -> Option<(f64, f64)> {
        self.get()?;
        let (low, high) = self.interval?;
        (low.is_finite() && high.is_finite()).then_some((low.min(high), low.max(high)))
    }

    /// Everything of it that must fit on an axis.
    fn extent(&self) -> impl Iterator<Item = f64> {
        let span = self.span();
        [self.get(), span.map(|s| s.0), span.map(|s| s.1)]
            .into_iter()
            .flatten()
    }
}

/// The chart of nothing: a frame that says so.
fn nothing(title: &str, what: &str) -> Svg {
    let mut canvas = canvas::Canvas::new(WIDTH);
    canvas.rect("empty", 0.5, 0.5, WIDTH - 1.0, 79.0);
    canvas.text(
        canvas::Text::new(WIDTH / 2.0, 45.0, what)
            .middle()
            .class("muted"),
    );
    canvas.finish(80.0, title, what)
}
