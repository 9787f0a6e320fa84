//! Boxes of futures in which something fails: for each the limits on the factors that bound it,
//! within the range each factor may take.

use super::canvas::{Canvas, Text};
use super::legend::{self, Swatch};
use super::scale::Linear;
use super::{Backing, Svg, WIDTH, nothing, text};

/// What the chart shows.
#[derive(Clone, Debug)]
pub struct Spec {
    /// Title.
    pub title: String,
    /// The boxes, the first found first.
    pub boxes: Vec<Found>,
}

/// A box.
#[derive(Clone, Debug)]
pub struct Found {
    /// Its name.
    pub name: String,
    /// What is said of it at the right, e.g. coverage and density; may be empty.
    pub remark: String,
    /// The factors that bound it.
    pub factors: Vec<Factor>,
    /// What stands behind it.
    pub backing: Backing,
}

/// A factor that bounds a box.
#[derive(Clone, Debug)]
pub struct Factor {
    /// Its name, with its unit where it has one.
    pub name: String,
    /// What it may be, lowest and highest.
    pub range: (f64, f64),
    /// What it is in the box, lowest and highest.
    pub limits: (f64, f64),
    /// How those are written, where figures do not do: `late`, `yes, no`; empty for figures.
    pub shown: String,
    /// Written at the right, e.g. a quasi-p-value; may be empty.
    pub remark: String,
    /// What stands behind it.
    pub backing: Backing,
}

const SIZE: f64 = 11.0;
const ROW: f64 = 34.0;
const HEAD: f64 = 24.0;
const NAMES: f64 = 236.0;

/// Draws it.
pub fn draw(spec: &Spec) -> Svg {
    // A factor without numbers can't be drawn.
    let mut spec = spec.clone();
    for found in &mut spec.boxes {
        found.factors.retain(|f| {
            let (range, limits) = (f.range, f.limits);
            [range.0, range.1, limits.0, limits.1]
                .iter()
                .all(|v| v.is_finite())
        });
    }
    let spec = &spec;
    if spec.boxes.iter().all(|b| b.factors.is_empty()) {
        return nothing(
            &spec.title,
            "No events and no box: nothing bounds the failures.",
        );
    }
    let tail = (spec.boxes.iter())
        .flat_map(|b| &b.factors)
        .map(|f| text::width(&text::clean(&f.remark), SIZE, false))
        .fold(0.0, f64::max)
        .min(150.0);
    let (left, right) = (NAMES + 12.0, WIDTH - tail - 16.0);
    let mut canvas = Canvas::new(WIDTH);
    let mut y = 2.0;
    for found in &spec.boxes {
        canvas.mark(&found.backing, |c| {
            c.rect("band-b", 0.0, y, WIDTH, 19.0);
            let remark = text::clean(&found.remark);
            let used = text::width(&remark, SIZE, false).min(WIDTH * 0.6);
            c.text(
                Text::new(6.0, y + 14.0, &found.name)
                    .bold(true)
                    .fit(WIDTH - used - 24.0),
            );
            c.text(
                Text::new(WIDTH - 6.0, y + 14.0, &remark)
                    .size(SIZE)
                    .end()
                    .class("muted")
                    .fit(WIDTH * 0.6),
            );
        });
        y += HEAD;
        for factor in &found.factors {
            canvas.mark(&factor.backing, |c| {
                row(c, factor, y, left, right);
            });
            y += ROW;
        }
        y += 4.0;
    }
    let entries = [
        (
            Swatch::Box("way".into()),
            "what the factor may be".to_owned(),
        ),
        (
            Swatch::Box("failure".into()),
            "what it is in the box".to_owned(),
        ),
    ];
    let used = legend::draw(&mut canvas, 2.0, y, WIDTH, &entries);
    canvas.finish(y + used + 2.0, &spec.title, &describe(spec))
}

fn row(c: &mut Canvas, factor: &Factor, y: f64, left: f64, right: f64) {
    c.rect("hit", 0.0, y, WIDTH, ROW);
    let lines = text::wrap(&factor.name, NAMES - 4.0, SIZE, false, 2).0;
    for (i, line) in lines.iter().enumerate() {
        let first = if lines.len() == 1 { 17.0 } else { 11.0 };
        c.text(Text::new(6.0, y + first + 13.0 * i as f64, line).size(SIZE));
    }
    let (low, high) = factor.range;
    let x = Linear::new(low, high, left, right);
    let mid = y + 11.0;
    c.rect("way", left, mid - 3.0, right - left, 6.0);
    let (from, to) = (x.at(factor.limits.0), x.at(factor.limits.1));
    // A box of one value is still to be seen.
    let (from, to) = match to - from < 4.0 {
        true => {
            let middle = f64::midpoint(from, to).clamp(left + 2.0, right - 2.0);
            (middle - 2.0, middle + 2.0)
        }
        false => (from, to),
    };
    c.rect("failure", from, mid - 6.0, to - from, 12.0);
    for end in [left, right] {
        c.line("tick", end, mid - 6.0, end, mid + 6.0);
    }
    // The ends of the range, and between them what the box says.
    let digits = text::decimals(&[low, high, factor.limits.0, factor.limits.1]);
    let shown = match factor.shown.is_empty() {
        false => text::clean(&factor.shown),
        true => format!(
            "{} to {}",
            text::fixed(factor.limits.0, digits),
            text::fixed(factor.limits.1, digits)
        ),
    };
    let (low, high) = (text::fixed(low, digits), text::fixed(high, digits));
    let sides = text::width(&low, SIZE, false).max(text::width(&high, SIZE, false)) + 10.0;
    let (first, last) = (left + sides, right - sides);
    let shown = text::fit(&shown, (last - first).max(0.0), SIZE, true).0;
    let half = text::width(&shown, SIZE, true) / 2.0;
    let middle = f64::midpoint(from, to).max(first + half).min(last - half);
    c.text(Text::new(left, y + 29.0, &low).size(SIZE).class("muted"));
    c.text(
        Text::new(right, y + 29.0, &high)
            .size(SIZE)
            .end()
            .class("muted"),
    );
    c.text(
        Text::new(middle, y + 29.0, &shown)
            .size(SIZE)
            .bold(true)
            .middle(),
    );
    c.text(
        Text::new(WIDTH - 4.0, y + 15.0, &factor.remark)
            .size(SIZE)
            .end()
            .class("muted")
            .fit(150.0),
    );
}

fn describe(spec: &Spec) -> String {
    let boxes: Vec<String> = spec
        .boxes
        .iter()
        .map(|found| {
            let factors: Vec<String> = found
                .factors
                .iter()
                .map(|f| {
                    let limits = if f.shown.is_empty() {
                        format!(
                            "{} to {}",
                            text::figure(f.limits.0),
                            text::figure(f.limits.1)
                        )
                    } else {
                        f.shown.clone()
                    };
                    format!(
                        "{} {limits} (may be {} to {})",
                        f.name,
                        text::figure(f.range.0),
                        text::figure(f.range.1)
                    )
                })
                .collect();
            format!("{} ({}): {}", found.name, found.remark, factors.join("; "))
        })
        .collect();
    format!(
        "{}. {}.",
        text::count(spec.boxes.len(), "box").replace("boxs", "boxes"),
        boxes.join(". ")
    )
}
