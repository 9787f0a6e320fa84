//! One small panel for each area, all on the same scale.

use super::axis;
use super::canvas::{Canvas, Path, Text};
use super::legend::{self, Swatch};
use super::scale::{Band, Linear, Ticks};
use super::{Backing, Svg, WIDTH, nothing, text};

/// What the chart shows.
#[derive(Clone, Debug)]
pub struct Spec {
    /// Title.
    pub title: String,
    /// What is counted, e.g. `events per year`.
    pub unit: String,
    /// First and last year shown.
    pub years: (i16, i16),
    /// Bars or one area.
    pub look: Look,
    /// The panels, in the order drawn.
    pub panels: Vec<Panel>,
}

/// How values are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// A bar a year.
    Bars,
    /// One area under a line.
    Area,
}

/// One panel.
#[derive(Clone, Debug)]
pub struct Panel {
    /// Its name.
    pub name: String,
    /// Events in all, written in its head.
    pub n: usize,
    /// What stands behind the panel as a whole.
    pub backing: Backing,
    /// Its years, any order; a year left out has no events.
    pub years: Vec<Year>,
}

/// One year of a panel.
#[derive(Clone, Debug)]
pub struct Year {
    /// The year.
    pub year: i16,
    /// Cooperation, above the axis (or simply the value).
    pub value: f64,
    /// Conflict, below the axis; 0 where that is not told apart.
    pub conflict: f64,
    /// What stands behind it.
    pub backing: Backing,
}

/// Draws it.
pub fn draw(spec: &Spec) -> Svg {
    let good = |v: f64| if v.is_finite() { v.max(0.0) } else { 0.0 };
    let all = || {
        spec.panels
            .iter()
            .flat_map(|p| &p.years)
            .filter(|y| y.year >= spec.years.0 && y.year <= spec.years.1)
    };
    let most = all().map(|y| good(y.value)).fold(0.0, f64::max);
    let least = all().map(|y| good(y.conflict)).fold(0.0, f64::max);
    if spec.panels.is_empty() || most + least == 0.0 {
        return nothing(&spec.title, "No events in these years.");
    }

    let columns = match spec.panels.len() {
        1 => 1,
        2..=4 => 2,
        5..=9 => 3,
        _ => 4,
    };
    const GAP: f64 = 14.0;
    let plot = if columns < 3 { 110.0 } else { 72.0 };
    const FOOT: f64 = 24.0;
    let (low, high) = (-least, most.max(1.0));
    let ticks = Ticks::within(low, high, 3, true);
    let room = axis::room(&ticks);
    let places = Band::new(columns, 0.0, WIDTH + GAP);
    let count = usize::try_from(i32::from(spec.years.1) - i32::from(spec.years.0) + 1)
        .unwrap_or(1)
        .max(1);
    let top = 20.0;

    let mut canvas = Canvas::new(WIDTH);
    let same = if spec.panels.len() > 1 {
        format!("{}; the same scale in all panels", spec.unit)
    } else {
        spec.unit.clone()
    };
    canvas.text(
        Text::new(2.0, 12.0, &same)
            .size(axis::SIZE)
            .fit(WIDTH - 4.0)
            .class("muted"),
    );

    let head_of = |panel: &Panel| {
        let n = format!("n = {}", panel.n);
        let room = places.width() - GAP - text::width(&n, axis::SIZE, false) - 8.0;
        (text::wrap(&panel.name, room, 12.0, true, 2).0, n)
    };
    // Where each row of panels begins: heads of two lines make their row higher.
    let mut tops = vec![top];
    let mut heads = Vec::new();
    for row in spec.panels.chunks(columns) {
        let lines = row.iter().map(|p| head_of(p).0.len()).max().unwrap_or(1);
        let head = 11.0 + 14.0 * lines.max(1) as f64;
        tops.push(tops[heads.len()] + head + plot + FOOT);
        heads.push(head);
    }
    for (i, panel) in spec.panels.iter().enumerate() {
        let (row, column) = (i / columns, i % columns);
        let left = places.start(column);
        let right = left + places.width() - GAP;
        let head = tops[row];
        let (plot_top, plot_bottom) = (head + heads[row], head + heads[row] + plot);
        let from = left + room;
        let level = Linear::new(low, high, plot_bottom, plot_top);
        let years = Band::new(count, from, right);

        let (name, n) = head_of(panel);
        canvas.mark(&panel.backing, |c| {
            c.rect("hit", left, head, right - left, heads[row]);
            for (k, line) in name.iter().enumerate() {
                c.text(Text::new(left, head + 13.0 + 14.0 * k as f64, line).bold(true));
            }
            c.text(
                Text::new(right, head + 13.0, &n)
                    .size(axis::SIZE)
                    .end()
                    .class("muted"),
            );
        });
        axis::levels(&mut canvas, &level, &ticks, from, right, |v| {
            ticks.label(v.abs())
        });

        let place = |y: &Year| {
            usize::try_from(i32::from(y.year) - i32::from(spec.years.0))
                .ok()
                .filter(|p| *p < count)
        };
        if spec.look == Look::Area {
            let mut values = vec![0.0; count];
            for y in &panel.years {
                if let Some(p) = place(y) {
                    values[p] += good(y.value);
                }
            }
            let mut path = Path::default();
            path.start(years.middle(0), level.at(0.0));
            for (p, v) in values.iter().enumerate() {
                path.to(years.middle(p), level.at(*v));
            }
            path.to(years.middle(count - 1), level.at(0.0));
            path.close();
            if panel.n > 0 {
                canvas.path("coop-area", &path);
            }
        }
        for y in &panel.years {
            let Some(p) = place(y) else { continue };
            let gap = if years.width() > 4.0 { 1.0 } else { 0.2 };
            let (x, w) = (years.start(p) + gap / 2.0, years.width() - gap);
            let (value, conflict) = (good(y.value), good(y.conflict));
            if value + conflict == 0.0 {
                continue;
            }
            canvas.mark(&y.backing, |c| {
                match spec.look {
                    Look::Bars => {
                        c.rect("bar", x, level.at(0.0), w, level.at(value) - level.at(0.0))
                    }
                    Look::Area => c.rect("hit", x, plot_top, w, plot),
                }
                if conflict > 0.0 {
                    c.rect(
                        "conf-verbal",
                        x,
                        level.at(0.0),
                        w,
                        level.at(-conflict) - level.at(0.0),
                    );
                }
            });
        }
        canvas.line("zero", from, level.at(0.0), right, level.at(0.0));
        for (p, year, end) in [(0, spec.years.0, false), (count - 1, spec.years.1, true)] {
            if end && count == 1 {
                break;
            }
            let label = year.to_string();
            let t = if end {
                Text::new(right, plot_bottom + 14.0, &label).end()
            } else {
                Text::new(from, plot_bottom + 14.0, &label)
            };
            canvas.line(
                "tick",
                years.middle(p),
                plot_bottom,
                years.middle(p),
                plot_bottom + 3.0,
            );
            canvas.text(t.size(axis::SIZE).class("muted"));
        }
    }
    let mut bottom = tops[heads.len()];
    if least > 0.0 {
        let entries = [
            (Swatch::Box("bar".into()), "cooperation".to_owned()),
            (
                Swatch::Box("conf-verbal".into()),
                "conflict (below the axis)".to_owned(),
            ),
        ];
        bottom += legend::draw(&mut canvas, room, bottom, WIDTH, &entries);
    }

    let totals: Vec<String> = spec
        .panels
        .iter()
        .map(|p| format!("{} {}", p.name, p.n))
        .collect();
    let description = format!(
        "{} panels of {}, {} to {}, on one scale up to {}. Totals: {}.",
        spec.panels.len(),
        spec.unit,
        spec.years.0,
        spec.years.1,
        text::figure(high),
        totals.join("; ")
    );
    canvas.finish(bottom + 2.0, &spec.title, &description)
}
