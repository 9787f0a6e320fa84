//! Plans against each other on two counts, with how far a better one could be from each.

use super::axis;
use super::canvas::{Canvas, Path, Text};
use super::legend::{self, Swatch};
use super::palette::Shape;
use super::place::{Area, Placer};
use super::scale::{Linear, Ticks};
use super::{Backing, Svg, WIDTH, nothing, text};

/// What the chart shows.
#[derive(Clone, Debug)]
pub struct Spec {
    /// Title.
    pub title: String,
    /// What is counted across, with its unit.
    pub across: String,
    /// What is counted upwards, with its unit.
    pub upwards: String,
    /// Whether the axis upwards begins at zero.
    pub from_zero: bool,
    /// What the whiskers are, e.g. `no plan can be above this`; empty where there are none.
    pub whisker: String,
    /// What hollow points are, e.g. `not separated from its neighbour`.
    pub hollow: String,
    /// What the point marked as chosen is.
    pub chosen: String,
    /// The plans, in any order.
    pub points: Vec<Point>,
}

/// A plan.
#[derive(Clone, Debug)]
pub struct Point {
    /// What is written beside it; may be empty.
    pub name: String,
    /// Across.
    pub x: f64,
    /// Upwards.
    pub y: f64,
    /// No plan of this kind is above this, where that is known.
    pub bound: Option<f64>,
    /// Whether it differs from its neighbours by more than the gap.
    pub separated: bool,
    /// Whether it is the plan that the brief is about.
    pub chosen: bool,
    /// What stands behind it.
    pub backing: Backing,
}

const HIGH: f64 = 300.0;

/// Draws it.
pub fn draw(spec: &Spec) -> Svg {
    let mut points: Vec<&Point> = (spec.points.iter())
        .filter(|p| p.x.is_finite() && p.y.is_finite())
        .collect();
    if points.is_empty() {
        return nothing(&spec.title, "No initiatives, so no plans to compare.");
    }
    points.sort_by(|a, b| a.x.total_cmp(&b.x).then(a.y.total_cmp(&b.y)));
    let bound = |p: &Point| p.bound.filter(|b| b.is_finite()).map(|b| b.max(p.y));
    let xs = || points.iter().map(|p| p.x);
    let ys = || points.iter().flat_map(|p| [Some(p.y), bound(p)]).flatten();
    let least = |values: &mut dyn Iterator<Item = f64>| values.fold(f64::INFINITY, f64::min);
    let most = |values: &mut dyn Iterator<Item = f64>| values.fold(f64::NEG_INFINITY, f64::max);
    let across = Ticks::covering(least(&mut xs()), most(&mut xs()), 6, false);
    let floor = match spec.from_zero {
        true => least(&mut ys()).min(0.0),
        false => least(&mut ys()),
    };
    let upwards = Ticks::covering(floor, most(&mut ys()), 5, false);
    let (left, right, top, bottom) = (axis::room(&upwards) + 4.0, WIDTH - 14.0, 26.0, 26.0 + HIGH);
    // Points at either end keep clear of the axis.
    let x = Linear::new(across.low(), across.high(), left + 16.0, right - 16.0);
    let y = Linear::new(upwards.low(), upwards.high(), bottom, top);

    let mut canvas = Canvas::new(WIDTH);
    canvas.text(
        Text::new(2.0, 12.0, &spec.upwards)
            .size(axis::SIZE)
            .class("muted")
            .fit(WIDTH - 4.0),
    );
    axis::levels(&mut canvas, &y, &upwards, left, right, |v| upwards.label(v));
    axis::uprights(&mut canvas, &x, &across, top, bottom);
    canvas.text(
        Text::new(right, bottom + 29.0, &spec.across)
            .size(axis::SIZE)
            .end()
            .class("muted")
            .fit(right - 4.0),
    );

    // What can't be ruled out lies between the plans and their bounds.
    let mut front = Path::default();
    for point in &points {
        front.to(x.at(point.x), y.at(point.y));
    }
    if points.len() > 1 {
        canvas.curve("line-0", &front, 1.6);
    }
    let mut placer = Placer::new(Area::new(left, top, right, bottom));
    for point in &points {
        let (px, py) = (x.at(point.x), y.at(point.y));
        placer.block(Area::new(px - 7.0, py - 7.0, px + 7.0, py + 7.0));
        if let Some(b) = bound(point) {
            placer.block(Area::new(px - 5.0, y.at(b) - 2.0, px + 5.0, py));
        }
    }
    for point in &points {
        let (px, py) = (x.at(point.x), y.at(point.y));
        let wide = text::width(&text::clean(&point.name), axis::SIZE, point.chosen);
        let label = (!point.name.is_empty())
            .then(|| {
                placer.place(
                    [
                        (px + 10.0, py + 12.0),
                        (px - wide - 10.0, py - 1.0),
                        (px + 10.0, py - 1.0),
                        (px - wide / 2.0, py + 24.0),
                        (px - wide - 10.0, py + 14.0),
                        (px - wide / 2.0, py - 12.0),
                    ]
                    .map(|(a, b)| Area::new(a, b - 9.0, a + wide, b + 2.0)),
                )
            })
            .flatten();
        canvas.mark(&point.backing, |c| {
            if let Some(b) = bound(point) {
                let at = y.at(b);
                c.line("whisker", px, py, px, at);
                c.line("whisker", px - 4.0, at, px + 4.0, at);
            }
            let class = if point.separated {
                "point-main"
            } else {
                "point-before-main"
            };
            match point.chosen {
                true => c.shape(class, Shape::Star, px, py, 6.0),
                false => c.circle(class, px, py, 5.0),
            }
            c.circle("hit", px, py, 10.0);
            if let Some(area) = label {
                c.text(
                    Text::new(area.left, area.bottom - 2.0, &point.name)
                        .size(axis::SIZE)
                        .bold(point.chosen),
                );
            }
        });
    }

    let mut entries = vec![(
        Swatch::Shape("point-main".into(), Shape::Circle),
        "a plan".to_owned(),
    )];
    if points.iter().any(|p| !p.separated) {
        entries.push((
            Swatch::Shape("point-before-main".into(), Shape::Circle),
            spec.hollow.clone(),
        ));
    }
    if points.iter().any(|p| p.chosen) {
        entries.push((
            Swatch::Shape("point-main".into(), Shape::Star),
            spec.chosen.clone(),
        ));
    }
    if points.iter().any(|p| bound(p).is_some()) {
        entries.push((Swatch::Line("whisker".into()), spec.whisker.clone()));
    }
    entries.retain(|(_, label)| !label.is_empty());
    let used = legend::draw(&mut canvas, 2.0, bottom + 38.0, WIDTH, &entries);
    canvas.finish(bottom + 40.0 + used, &spec.title, &describe(spec, &points))
}

fn describe(spec: &Spec, points: &[&Point]) -> String {
    let list: Vec<String> = points
        .iter()
        .map(|p| {
            let bound = p
                .bound
                .filter(|b| b.is_finite())
                .map_or(String::new(), |b| format!(", at most {}", text::figure(b)));
            let name = if p.name.is_empty() {
                String::new()
            } else {
                format!("{}: ", p.name)
            };
            format!(
                "{name}{} across, {} upwards{bound}{}{}",
                text::figure(p.x),
                text::figure(p.y),
                if p.separated { "" } else { " (not separated)" },
                if p.chosen { " (chosen)" } else { "" }
            )
        })
        .collect();
    format!(
        "{}; across: {}; upwards: {}. {}.",
        text::count(points.len(), "plan"),
        spec.across,
        spec.upwards,
        list.join("; ")
    )
}
