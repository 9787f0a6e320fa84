//! Several actors on several measures: dots with their intervals, or two dots joined.

use super::axis;
use super::canvas::{Canvas, Path, Text};
use super::legend::{self, Swatch};
use super::palette::Shape;
use super::scale::{Linear, Ticks};
use super::{Svg, Value, WIDTH, nothing, text};

/// What the chart shows.
#[derive(Clone, Debug)]
pub struct Spec {
    /// Title.
    pub title: String,
    /// What the dot is, for the key, e.g. `2022–2026`.
    pub now: String,
    /// What the hollow dot is, e.g. `2012–2021`; empty where rows have no [`Row::before`].
    pub before: String,
    /// What the whisker is, e.g. `95 % interval`.
    pub whisker: String,
    /// A panel for each measure.
    pub panels: Vec<Panel>,
}

/// One measure.
#[derive(Clone, Debug)]
pub struct Panel {
    /// Its name.
    pub name: String,
    /// Its unit or direction, e.g. `share of all events`, `0 to 1`.
    pub unit: String,
    /// Ends of the axis; `None` takes them from the data.
    pub domain: Option<(f64, f64)>,
    /// One row for each actor.
    pub rows: Vec<Row>,
}

/// One actor on one measure.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its short name.
    pub name: String,
    /// Is this the actor the brief is about?
    pub highlight: bool,
    /// The figure.
    pub now: Value,
    /// An earlier figure to compare with.
    pub before: Option<Value>,
}

const ROW: f64 = 24.0;
const HEAD: f64 = 34.0;
const FOOT: f64 = 30.0;

/// Draws it.
pub fn draw(spec: &Spec) -> Svg {
    if spec.panels.iter().all(|p| p.rows.is_empty()) {
        return nothing(&spec.title, "No events to compare.");
    }
    let columns = spec.panels.len().min(2);
    const GAP: f64 = 28.0;
    let wide = (WIDTH - GAP * (columns as f64 - 1.0)) / columns as f64;
    let mut canvas = Canvas::new(WIDTH);
    let mut top = 0.0;
    for pair in spec.panels.chunks(columns) {
        let rows = pair.iter().map(|p| p.rows.len()).max().unwrap_or(0);
        for (i, panel) in pair.iter().enumerate() {
            draw_panel(&mut canvas, panel, i as f64 * (wide + GAP), top, wide);
        }
        top += HEAD + rows as f64 * ROW + FOOT;
    }

    let rows = || spec.panels.iter().flat_map(|p| &p.rows);
    let mut entries = vec![(
        Swatch::Shape("point".into(), Shape::Circle),
        spec.now.clone(),
    )];
    if rows().any(|r| r.highlight) {
        entries[0].0 = Swatch::Shape("point-main".into(), Shape::Circle);
    }
    if rows().any(|r| r.before.is_some()) {
        entries.push((
            Swatch::Shape("point-before".into(), Shape::Circle),
            spec.before.clone(),
        ));
    }
    if rows().any(|r| r.now.span().is_some()) {
        entries.push((Swatch::Line("whisker".into()), spec.whisker.clone()));
    }
    entries.retain(|(_, label)| !label.is_empty());
    let used = legend::draw(&mut canvas, 2.0, top, WIDTH, &entries);
    canvas.finish(top + used + 2.0, &spec.title, &describe(spec))
}

fn draw_panel(canvas: &mut Canvas, panel: &Panel, left: f64, top: f64, wide: f64) {
    let right = left + wide;
    canvas.text(
        Text::new(left, top + 14.0, &panel.name)
            .bold(true)
            .fit(wide),
    );
    canvas.text(
        Text::new(left, top + 28.0, &panel.unit)
            .size(axis::SIZE)
            .class("muted")
            .fit(wide),
    );
    let names = panel
        .rows
        .iter()
        .map(|r| text::width(&text::clean(&r.name), 12.0, r.highlight))
        .fold(0.0, f64::max)
        .min(wide * 0.34);
    let values = || {
        panel.rows.iter().flat_map(|r| {
            r.now
                .extent()
                .chain(r.before.iter().flat_map(Value::extent))
        })
    };
    let (low, high) = panel.domain.unwrap_or_else(|| {
        // Zero belongs on the axis: lengths are compared.
        (values().fold(0.0, f64::min), values().fold(0.0, f64::max))
    });
    let ticks = match panel.domain {
        Some(_) => Ticks::within(low, high, 4, false),
        None => Ticks::covering(low, high, 4, false),
    };
    let (low, high) = if panel.domain.is_some() {
        (low, high)
    } else {
        (ticks.low(), ticks.high())
    };
    let counts: Vec<String> = panel
        .rows
        .iter()
        .map(|r| format!("n = {}", r.now.n))
        .collect();
    let tail = counts
        .iter()
        .map(|n| text::width(n, axis::SIZE, false))
        .fold(0.0, f64::max);
    // Half an axis label may stand out at either end.
    let (from, to) = (left + names + 14.0, right - tail - 16.0);
    let scale = Linear::new(low, high, from, to);
    let first = top + HEAD;
    let bottom = first + panel.rows.len() as f64 * ROW;
    axis::uprights(canvas, &scale, &ticks, first, bottom);

    for (i, row) in panel.rows.iter().enumerate() {
        let y = first + ROW * (i as f64 + 0.5);
        let (dot, hollow) = if row.highlight {
            ("point-main", "point-before-main")
        } else {
            ("point", "point-before")
        };
        let was = row.before.as_ref().and_then(Value::get);
        canvas.mark(&row.now.backing, |c| {
            c.rect("hit", left, y - ROW / 2.0, wide, ROW);
            c.text(
                Text::new(left, y + 4.0, &row.name)
                    .bold(row.highlight)
                    .fit(names + 1.0),
            );
            c.text(
                Text::new(right, y + 4.0, &counts[i])
                    .size(axis::SIZE)
                    .end()
                    .class("muted"),
            );
            let Some(value) = row.now.get() else {
                // On the wider side of the earlier dot, if there is one.
                let (a, b) = match was.map(|w| scale.at(w)) {
                    Some(x) if x - from > to - x => (from, x - 12.0),
                    Some(x) => (x + 12.0, to),
                    None => (from, to),
                };
                let room = b - a - 8.0;
                let fits = |words: &&str| text::width(words, axis::SIZE, false) <= room;
                let words = ["too few events", "too few"]
                    .into_iter()
                    .find(fits)
                    .unwrap_or("–");
                let w = text::width(words, axis::SIZE, false);
                c.rect("label-ground", a + 2.0, y - 8.0, w + 6.0, 16.0);
                c.text(
                    Text::new(a + 5.0, y + 4.0, words)
                        .size(axis::SIZE)
                        .class("muted"),
                );
                return;
            };
            if let Some(was) = was {
                way(c, scale.at(was), scale.at(value), y);
            }
            if let Some((low, high)) = row.now.span() {
                c.line("whisker", scale.at(low), y, scale.at(high), y);
                for end in [low, high] {
                    c.line("whisker", scale.at(end), y - 4.0, scale.at(end), y + 4.0);
                }
            }
            c.circle(dot, scale.at(value), y, 5.5);
        });
        if let (Some(before), Some(was)) = (row.before.as_ref(), was) {
            canvas.mark(&before.backing, |c| {
                c.circle(hollow, scale.at(was), y, 4.5);
                c.circle("hit", scale.at(was), y, 9.0);
            });
        }
    }
}

/// A broad arrow from the earlier dot to the later one, where there is room for it.
fn way(c: &mut Canvas, from: f64, to: f64, y: f64) {
    let sign = (to - from).signum();
    if (to - from).abs() < 18.0 {
        return;
    }
    let (start, tip) = (from + 4.5 * sign, to - 5.0 * sign);
    let neck = tip - 8.0 * sign;
    let mut arrow = Path::default();
    for (x, dy) in [
        (start, -2.5),
        (neck, -2.5),
        (neck, -6.0),
        (tip, 0.0),
        (neck, 6.0),
        (neck, 2.5),
        (start, 2.5),
    ] {
        arrow.to(x, y + dy);
    }
    arrow.close();
    c.path("way", &arrow);
}

fn describe(spec: &Spec) -> String {
    let mut out = format!(
        "{} for the same actors.",
        text::count(spec.panels.len(), "measure")
    );
    for panel in &spec.panels {
        out.push_str(&format!(" {} ({}):", panel.name, panel.unit));
        for (i, row) in panel.rows.iter().enumerate() {
            out.push_str(if i > 0 { ", " } else { " " });
            out.push_str(&row.name);
            out.push(' ');
            out.push_str(&told(&row.now));
            if let Some(before) = &row.before {
                out.push_str(&format!(" (before: {})", told(before)));
            }
        }
        out.push('.');
    }
    out
}

/// A figure in words, for descriptions.
pub(crate) fn told(value: &Value) -> String {
    match (value.get(), value.span()) {
        (Some(v), Some((low, high))) => {
            format!(
                "{} [{}, {}]",
                text::figure(v),
                text::figure(low),
                text::figure(high)
            )
        }
        (Some(v), None) => text::figure(v),
        (None, _) => format!("too few events (n = {})", value.n),
    }
}
