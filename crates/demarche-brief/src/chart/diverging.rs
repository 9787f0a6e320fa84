//! A ledger: cooperation to the right, conflict to the left.

use super::axis;
use super::canvas::{Canvas, Text};
use super::legend::{self, Swatch};
use super::scale::{Linear, Ticks};
use super::{Backing, Svg, WIDTH, nothing, text};

/// What the chart shows.
#[derive(Clone, Debug)]
pub struct Spec {
    /// Title.
    pub title: String,
    /// What is counted, e.g. `events since 2022`.
    pub unit: String,
    /// The rows, in the order drawn.
    pub rows: Vec<Row>,
}

/// A partner or an area.
#[derive(Clone, Debug)]
pub struct Row {
    /// Its name.
    pub name: String,
    /// Drawn with a bold name.
    pub highlight: bool,
    /// Cooperation: how much of it is verbal.
    pub verbal_cooperation: f64,
    /// Cooperation: how much of it is material.
    pub material_cooperation: f64,
    /// What stands behind cooperation.
    pub cooperation: Backing,
    /// Conflict: how much of it is verbal.
    pub verbal_conflict: f64,
    /// Conflict: how much of it is material.
    pub material_conflict: f64,
    /// What stands behind conflict.
    pub conflict: Backing,
}

/// Draws it.
pub fn draw(spec: &Spec) -> Svg {
    let good = |v: f64| if v.is_finite() { v.max(0.0) } else { 0.0 };
    let up = |r: &Row| good(r.verbal_cooperation) + good(r.material_cooperation);
    let down = |r: &Row| good(r.verbal_conflict) + good(r.material_conflict);
    let most = spec.rows.iter().map(up).fold(0.0, f64::max);
    let least = spec.rows.iter().map(down).fold(0.0, f64::max);
    if most + least == 0.0 {
        return nothing(&spec.title, "No events to set against each other.");
    }
    const ROW: f64 = 22.0;
    let names = spec
        .rows
        .iter()
        .map(|r| text::width(&text::clean(&r.name), 12.0, r.highlight))
        .fold(20.0, f64::max)
        .min(210.0);
    let number = |v: f64| text::width(&text::figure(v), axis::SIZE, false) + 8.0;
    let end = number(most).max(number(least)).max(16.0);
    let (left, right) = (names + 12.0 + end, WIDTH - end);
    // Bars end at the data, not at the tick beyond, so that there is no empty side.
    let scale = Linear::new(-least, most, left, right);
    let ticks = Ticks::within(-least, most, 7, true);
    let (top, bottom) = (24.0, 24.0 + ROW * spec.rows.len() as f64);

    let mut canvas = Canvas::new(WIDTH);
    let zero = scale.at(0.0);
    canvas.text(
        Text::new(2.0, 12.0, &spec.unit)
            .size(axis::SIZE)
            .fit((left - 40.0).max(150.0))
            .class("muted"),
    );
    let (coop, conf) = ("cooperation →", "← conflict");
    if least > 0.0
        && zero - 8.0 - text::width(conf, axis::SIZE, false)
            > text::width(&spec.unit, axis::SIZE, false) + 8.0
    {
        canvas.text(
            Text::new(zero - 8.0, 12.0, conf)
                .size(axis::SIZE)
                .end()
                .class("muted"),
        );
    }
    if zero + 8.0 + text::width(coop, axis::SIZE, false) < WIDTH
        && zero + 8.0 > text::width(&spec.unit, axis::SIZE, false) + 8.0
    {
        canvas.text(
            Text::new(zero + 8.0, 12.0, coop)
                .size(axis::SIZE)
                .class("muted"),
        );
    }
    for &value in &ticks.values {
        let x = scale.at(value);
        canvas.line("grid", x, top, x, bottom);
        let label = ticks.label(value.abs());
        canvas.text(
            Text::new(x, bottom + 13.0, &label)
                .size(axis::SIZE)
                .middle()
                .class("muted"),
        );
    }
    for (i, row) in spec.rows.iter().enumerate() {
        let y = top + ROW * i as f64;
        canvas.text(
            Text::new(2.0, y + 15.0, &row.name)
                .bold(row.highlight)
                .fit(names + 2.0),
        );
        let mut side = |backing: &Backing, parts: [(&str, f64); 2], sign: f64| {
            let sum: f64 = parts.iter().map(|p| good(p.1)).sum();
            if sum == 0.0 {
                return;
            }
            canvas.mark(backing, |c| {
                c.rect("hit", zero, y, scale.at(sign * sum) - zero, ROW);
                let mut base = 0.0;
                for (class, part) in parts {
                    let part = good(part);
                    if part > 0.0 {
                        let (a, b) = (scale.at(sign * base), scale.at(sign * (base + part)));
                        c.rect(class, a, y + 3.0, b - a, ROW - 6.0);
                        base += part;
                    }
                }
                let label = text::figure(sum);
                let t =
                    Text::new(scale.at(sign * sum) + 4.0 * sign, y + 15.0, &label).size(axis::SIZE);
                c.text(if sign < 0.0 { t.end() } else { t });
            });
        };
        side(
            &row.cooperation,
            [
                ("coop-material", row.material_cooperation),
                ("coop-verbal", row.verbal_cooperation),
            ],
            1.0,
        );
        side(
            &row.conflict,
            [
                ("conf-material", row.material_conflict),
                ("conf-verbal", row.verbal_conflict),
            ],
            -1.0,
        );
    }
    canvas.line("zero", zero, top, zero, bottom);

    let fill = |class: &str| Swatch::Box(class.to_owned());
    let mut entries = vec![
        (fill("coop-material"), "material cooperation".to_owned()),
        (fill("coop-verbal"), "verbal cooperation".to_owned()),
    ];
    if least > 0.0 {
        entries.push((fill("conf-material"), "material conflict".to_owned()));
        entries.push((fill("conf-verbal"), "verbal conflict".to_owned()));
    }
    let used = legend::draw(&mut canvas, 2.0, bottom + 20.0, WIDTH, &entries);

    let told: Vec<String> = spec
        .rows
        .iter()
        .map(|r| {
            format!(
                "{} {} to {}",
                r.name,
                text::figure(up(r)),
                text::figure(down(r))
            )
        })
        .collect();
    let description = format!(
        "{}, cooperation to conflict: {}.",
        spec.unit,
        told.join("; ")
    );
    canvas.finish(bottom + 20.0 + used + 2.0, &spec.title, &description)
}
