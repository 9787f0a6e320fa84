//! What a plan takes of people and other means in each quarter, against what there is.

use super::axis;
use super::canvas::{Canvas, Path, Text};
use super::legend::{self, Swatch};
use super::palette::{HEAT_STEPS, Shape};
use super::scale::{Band, Linear, Ticks};
use super::{Backing, Svg, WIDTH, nothing, text};

/// What the chart shows.
#[derive(Clone, Debug)]
pub struct Spec {
    /// Title.
    pub title: String,
    /// Names of the quarters, e.g. `2026-Q2`.
    pub quarters: Vec<String>,
    /// What is taken, a panel each.
    pub panels: Vec<Panel>,
}

/// A pool of people or another means.
#[derive(Clone, Debug)]
pub struct Panel {
    /// Its name.
    pub name: String,
    /// What it is counted in.
    pub unit: String,
    /// What is taken and what there is in each quarter.
    pub bars: Vec<Bar>,
    /// What stands behind the panel as a whole.
    pub backing: Backing,
}

/// One quarter of a panel.
#[derive(Clone, Debug)]
pub struct Bar {
    /// What is taken.
    pub taken: f64,
    /// What there is.
    pub limit: f64,
    /// What one more would be worth; 0 where it is worth nothing.
    pub price: f64,
    /// What stands behind it.
    pub backing: Backing,
}

impl Bar {
    /// Whether hardly anything is left.
    fn full(&self) -> bool {
        self.limit > 0.0 && self.taken / self.limit > 0.97
    }
}

/// A value that can be drawn: not below zero, a number.
fn good(value: f64) -> f64 {
    if value.is_finite() {
        value.max(0.0)
    } else {
        0.0
    }
}

const GAP: f64 = 26.0;
const PLOT: f64 = 92.0;
/// Room for two lines and for the signs above full bars.
const HEAD: f64 = 45.0;
const FOOT: f64 = 44.0;

/// Draws it.
pub fn draw(spec: &Spec) -> Svg {
    if spec.quarters.is_empty() || spec.panels.is_empty() {
        return nothing(&spec.title, "No initiatives take people or money.");
    }
    let columns = spec.panels.len().min(2);
    let wide = (WIDTH - GAP * (columns as f64 - 1.0)) / columns as f64;
    let mut canvas = Canvas::new(WIDTH);
    for (i, panel) in spec.panels.iter().enumerate() {
        let (row, column) = (i / columns, i % columns);
        let left = column as f64 * (wide + GAP);
        let top = row as f64 * (HEAD + PLOT + FOOT);
        draw_panel(&mut canvas, spec, panel, left, top, wide);
    }
    let bottom = spec.panels.len().div_ceil(columns) as f64 * (HEAD + PLOT + FOOT);
    let bars = || spec.panels.iter().flat_map(|p| &p.bars);
    let mut entries = vec![
        (Swatch::Box("bar".into()), "taken".to_owned()),
        (Swatch::Line("capacity".into()), "what there is".to_owned()),
    ];
    if bars().any(Bar::full) {
        entries.push((
            Swatch::Shape("load-full".into(), Shape::Wedge),
            "full".to_owned(),
        ));
    }
    if bars().any(|b| good(b.price) > 0.0) {
        entries.push((
            Swatch::Box(format!("heat-{}", HEAT_STEPS - 1)),
            "below the bars: what one more would be worth; dark is most in its panel".to_owned(),
        ));
    }
    let used = legend::draw(&mut canvas, 2.0, bottom, WIDTH, &entries);
    canvas.finish(bottom + used + 2.0, &spec.title, &describe(spec))
}

fn draw_panel(canvas: &mut Canvas, spec: &Spec, panel: &Panel, left: f64, top: f64, wide: f64) {
    let right = left + wide;
    canvas.mark(&panel.backing, |c| {
        c.rect("hit", left, top, wide, 32.0);
        c.text(
            Text::new(left, top + 13.0, &panel.name)
                .bold(true)
                .fit(wide),
        );
        c.text(
            Text::new(left, top + 27.0, &panel.unit)
                .size(axis::SIZE)
                .class("muted")
                .fit(wide),
        );
    });
    let most = panel
        .bars
        .iter()
        .flat_map(|b| [good(b.taken), good(b.limit)])
        .fold(0.0, f64::max);
    let ticks = Ticks::covering(0.0, most.max(1.0), 3, true);
    let room = axis::room(&ticks);
    let (from, head, foot) = (left + room, top + HEAD, top + HEAD + PLOT);
    let level = Linear::new(0.0, ticks.high(), foot, head);
    let places = Band::new(spec.quarters.len(), from, right);
    axis::levels(canvas, &level, &ticks, from, right, |v| ticks.label(v));
    let dearest = panel.bars.iter().map(|b| good(b.price)).fold(0.0, f64::max);
    let gap = if places.width() > 5.0 { 2.0 } else { 0.5 };
    for (at, bar) in panel.bars.iter().enumerate().take(spec.quarters.len()) {
        let (x, w) = (places.start(at) + gap / 2.0, places.width() - gap);
        canvas.mark(&bar.backing, |c| {
            c.rect("hit", x, head, w, PLOT + 14.0);
            let class = if bar.full() { "load-full" } else { "bar" };
            let height = foot - level.at(good(bar.taken));
            if height > 0.0 {
                c.rect(class, x, foot - height, w, height);
            }
            if bar.full() {
                let y = level.at(good(bar.taken).max(good(bar.limit)));
                c.shape("load-full", Shape::Wedge, places.middle(at), y - 6.5, 2.4);
            }
            if dearest > 0.0 {
                let share = (good(bar.price) / dearest * HEAT_STEPS as f64).ceil() as usize;
                c.rect(
                    &format!("heat-{}", share.min(HEAT_STEPS)),
                    x,
                    foot + 4.0,
                    w,
                    7.0,
                );
            }
        });
    }
    // What there is, as a line of steps over the bars.
    let mut path = Path::default();
    for (at, bar) in panel.bars.iter().enumerate().take(spec.quarters.len()) {
        let y = level.at(good(bar.limit));
        path.to(places.start(at), y);
        path.to(places.start(at + 1), y);
    }
    canvas.path("capacity", &path);
    for (at, end) in [(0, false), (spec.quarters.len() - 1, true)] {
        if end && at == 0 {
            break;
        }
        let label = spec.quarters[at].as_str();
        let label = if end {
            Text::new(right, foot + 25.0, label).end()
        } else {
            Text::new(from, foot + 25.0, label)
        };
        canvas.text(label.size(axis::SIZE).class("muted").fit(wide / 2.0 - 20.0));
    }
}

fn describe(spec: &Spec) -> String {
    let mut out = format!(
        "{}, a bar for each of {} and a line for what there is.",
        text::count(spec.panels.len(), "panel"),
        text::count(spec.quarters.len(), "quarter")
    );
    for panel in &spec.panels {
        let full: Vec<&str> = panel
            .bars
            .iter()
            .zip(&spec.quarters)
            .filter(|(b, _)| b.full())
            .map(|(_, q)| q.as_str())
            .collect();
        out.push_str(&format!(
            " {} ({}): {}.",
            panel.name,
            panel.unit,
            if full.is_empty() {
                "never full".to_owned()
            } else {
                format!("full in {}", full.join(", "))
            }
        ));
    }
    out
}
