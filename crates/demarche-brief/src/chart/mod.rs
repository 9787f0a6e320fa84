//! Charts as SVG, drawn for three places: inside the HTML page, as a file, and in the PDF.

/// A drawn chart, still without its colours.
#[derive(Clone, Debug)]
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
