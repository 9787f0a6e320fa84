//! Curves over a number: kernels, impulse responses, quantiles, with bands where there are any.

use super::axis;
use super::canvas::{Canvas, Path, Text};
use super::palette::{BLOCS, bloc_shape};
use super::scale::{Linear, Ticks};
use super::{Backing, Svg, WIDTH, nothing, text};

/// What the chart shows.
#[derive(Clone, Debug)]
pub struct Spec {
    /// Title.
    pub title: String,
    /// What the upright axis gives, with its unit.
    pub unit: String,
    /// What the level axis gives, with its unit.
    pub across: String,
    /// Whether the line on which both axes give the same is drawn.
    pub diagonal: bool,
    /// The curves.
    pub curves: Vec<Curve>,
}

/// One curve.
#[derive(Clone, Debug)]
pub struct Curve {
    /// Its name.
    pub name: String,
    /// Drawn strong.
    pub highlight: bool,
    /// Drawn as points and not as a line.
    pub dots: bool,
    /// Its points, by ascending place.
    pub points: Vec<Point>,
    /// What stands behind it.
    pub backing: Backing,
}

/// A point of a curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    /// Where.
    pub x: f64,
    /// The value there.
    pub y: f64,
    /// Lower and upper end of its band.
    pub band: Option<(f64, f64)>,
}

/// Draws it.
pub fn draw(spec: &Spec) -> Svg {
    let finite = |p: &&Point| p.x.is_finite() && p.y.is_finite();
    let points = || {
        spec.curves
            .iter()
            .flat_map(|c| c.points.iter().filter(finite))
    };
    if points().next().is_none() {
        return nothing(&spec.title, "Too few events for a curve.");
    }
    let ends = |v: &mut dyn Iterator<Item = f64>| {
        v.fold((0.0_f64, 0.0_f64), |(low, high), x| {
            (low.min(x), high.max(x))
        })
    };
    let (x_low, x_high) = ends(&mut points().map(|p| p.x));
    let (y_low, y_high) = ends(&mut points().flat_map(|p| {
        let band = p.band.filter(|b| b.0.is_finite() && b.1.is_finite());
        [Some(p.y), band.map(|b| b.0), band.map(|b| b.1)]
            .into_iter()
            .flatten()
    }));
    let ticks = Ticks::covering(y_low, y_high, 5, false);
    let below = Ticks::within(x_low, x_high, 8, false);

    let named = spec.curves.len() > 1;
    let (top, bottom) = (24.0, 24.0 + 220.0);
    let left = axis::room(&ticks).max(30.0);
    let right = WIDTH - 12.0;
    let across = Linear::new(x_low, x_high, left, right);
    let scale = Linear::new(ticks.low(), ticks.high(), bottom, top);
    let mut canvas = Canvas::new(WIDTH);
    canvas.text(
        Text::new(2.0, 12.0, &spec.unit)
            .size(axis::SIZE)
            .fit(WIDTH - 4.0)
            .class("muted"),
    );
    axis::levels(&mut canvas, &scale, &ticks, left, right, |v| ticks.label(v));
    axis::uprights(&mut canvas, &across, &below, top, bottom);
    canvas.text(
        Text::new(right, bottom + 29.0, &spec.across)
            .size(axis::SIZE)
            .end()
            .class("muted")
            .fit(right - left),
    );
    if spec.diagonal {
        let end = x_high.min(ticks.high());
        canvas.line(
            "reference",
            across.at(0.0),
            scale.at(0.0),
            across.at(end),
            scale.at(end),
        );
    }
    for (i, curve) in spec.curves.iter().enumerate() {
        let band: Vec<&Point> = curve
            .points
            .iter()
            .filter(finite)
            .filter(|p| p.band.is_some())
            .collect();
        if band.len() > 1 {
            let mut ribbon = Path::default();
            for p in &band {
                ribbon.to(across.at(p.x), scale.at(p.band.map_or(p.y, |b| b.1)));
            }
            for p in band.iter().rev() {
                ribbon.to(across.at(p.x), scale.at(p.band.map_or(p.y, |b| b.0)));
            }
            ribbon.close();
            canvas.path(&format!("ribbon-{}", i % BLOCS), &ribbon);
        }
    }
    for (i, curve) in spec.curves.iter().enumerate() {
        let hue = i % BLOCS;
        canvas.mark(&curve.backing, |c| {
            if curve.dots {
                // Dots that would cover each other are drawn once.
                let mut last: Option<(f64, f64)> = None;
                for p in curve.points.iter().filter(finite) {
                    let (x, y) = (across.at(p.x), scale.at(p.y));
                    if last.is_some_and(|l| (l.0 - x).abs() + (l.1 - y).abs() < 3.0) {
                        continue;
                    }
                    last = Some((x, y));
                    c.shape(&format!("bloc-{hue}"), bloc_shape(Some(i)), x, y, 2.5);
                }
            } else {
                let mut path = Path::default();
                for p in curve.points.iter().filter(finite) {
                    path.to(across.at(p.x), scale.at(p.y));
                }
                c.curve(
                    &format!("line-{hue}"),
                    &path,
                    if curve.highlight { 3.0 } else { 1.8 },
                );
            }
        });
    }
    let mut foot = bottom + 36.0;
    if named {
        let mut x = left;
        foot += 14.0;
        for (i, curve) in spec.curves.iter().enumerate() {
            let name = text::clean(&curve.name);
            let wide = text::width(&name, axis::SIZE, curve.highlight) + 34.0;
            if x + wide > right && x > left {
                x = left;
                foot += 17.0;
            }
            let hue = i % BLOCS;
            if curve.dots {
                canvas.shape(
                    &format!("bloc-{hue}"),
                    bloc_shape(Some(i)),
                    x + 9.0,
                    foot - 4.0,
                    3.5,
                );
            } else {
                canvas.stroke(
                    &format!("line-{hue}"),
                    x,
                    foot - 4.0,
                    x + 18.0,
                    foot - 4.0,
                    3.0,
                );
            }
            canvas.text(
                Text::new(x + 23.0, foot, &name)
                    .size(axis::SIZE)
                    .bold(curve.highlight)
                    .fit(right - x - 23.0),
            );
            x += wide;
        }
    }
    let told: Vec<String> = spec
        .curves
        .iter()
        .filter_map(|curve| {
            let known = || curve.points.iter().filter(finite);
            let (first, last) = (known().next()?, known().next_back()?);
            let top = known().max_by(|a, b| a.y.total_cmp(&b.y))?;
            Some(format!(
                "{}: {:.3} at {:.2}, at most {:.3} at {:.2}, {:.3} at {:.2}",
                curve.name, first.y, first.x, top.y, top.x, last.y, last.x
            ))
        })
        .collect();
    let description = format!("{} over {}. {}.", spec.unit, spec.across, told.join("; "));
    canvas.finish(foot + 8.0, &spec.title, &description)
}
