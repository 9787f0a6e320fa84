//! Values of several actors in two or more periods, joined by lines and named at both ends.

use super::axis;
use super::canvas::{Canvas, Text};
use super::palette::{BLOCS, bloc_shape};
use super::place::spread;
use super::scale::{Band, Linear};
use super::{Svg, Value, WIDTH, nothing, text};

/// What the chart shows.
#[derive(Clone, Debug)]
pub struct Spec {
    /// Title.
    pub title: String,
    /// Unit of the values.
    pub unit: String,
    /// Names of the periods, from left to right.
    pub periods: Vec<String>,
    /// The actors.
    pub actors: Vec<Actor>,
}

/// One actor.
#[derive(Clone, Debug)]
pub struct Actor {
    /// Its short name.
    pub name: String,
    /// Drawn strong.
    pub highlight: bool,
    /// Its value in each period.
    pub values: Vec<Value>,
}

/// Draws it.
pub fn draw(spec: &Spec) -> Svg {
    let count = spec.periods.len();
    let all: Vec<f64> = spec
        .actors
        .iter()
        .flat_map(|a| a.values.iter().take(count).filter_map(Value::get))
        .collect();
    if all.is_empty() {
        let why = if spec.actors.is_empty() {
            "No events in these periods."
        } else {
            "Too few events in these periods."
        };
        return nothing(&spec.title, why);
    }
    const GAP: f64 = 15.0;
    let high = (spec.actors.len() as f64 * GAP).max(240.0);
    let places_after = text::decimals(&all);
    let shown = |v: f64| text::fixed(v, places_after);
    let label = |a: &Actor, v: f64| format!("{} {}", text::clean(&a.name), shown(v));
    let widest = |p: usize| {
        spec.actors
            .iter()
            .filter_map(|a| {
                a.values
                    .get(p)
                    .and_then(Value::get)
                    .map(|v| text::width(&label(a, v), 12.0, a.highlight))
            })
            .fold(20.0, f64::max)
            .min(210.0)
            + 2.0
    };
    let (room_left, room_right) = (widest(0), widest(count - 1));
    let (left, right) = (room_left + 20.0, WIDTH - room_right - 20.0);
    let top = 44.0;
    let bottom = top + high;
    let low = all.iter().copied().fold(f64::INFINITY, f64::min);
    let most = all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    // A lone level lies in the middle.
    let pad = if most > low { (most - low) * 0.04 } else { 0.5 };
    let scale = Linear::new(low - pad, most + pad, bottom, top);
    let places = Band::new(count.max(2) - 1, left, right);

    let mut canvas = Canvas::new(WIDTH);
    canvas.text(
        Text::new(2.0, 12.0, &spec.unit)
            .size(axis::SIZE)
            .fit(WIDTH - 4.0)
            .class("muted"),
    );
    for (p, period) in spec.periods.iter().enumerate() {
        let x = places.start(p);
        canvas.line("grid", x, top - 4.0, x, bottom + 4.0);
        let room = if p == 0 || p + 1 == count {
            2.0 * room_left.min(room_right).max(50.0)
        } else {
            places.width() - 8.0
        };
        let half = text::width(
            &text::fit(&text::clean(period), room, 12.0, true).0,
            12.0,
            true,
        ) / 2.0;
        let middle = x.clamp(half, WIDTH - half);
        canvas.text(
            Text::new(middle, top - 14.0, period)
                .bold(true)
                .middle()
                .fit(room),
        );
    }

    // Actors that matter last, on top of the others.
    let mut order: Vec<usize> = (0..spec.actors.len()).collect();
    order.sort_by_key(|&i| (spec.actors[i].highlight, i));
    for &i in &order {
        let actor = &spec.actors[i];
        let hue = i % BLOCS;
        let points: Vec<(usize, &Value, f64)> = actor
            .values
            .iter()
            .take(count)
            .enumerate()
            .filter_map(|(p, v)| v.get().map(|y| (p, v, y)))
            .collect();
        let thick = if actor.highlight { 3.2 } else { 1.6 };
        for pair in points.windows(2) {
            // A period without a value is a gap, not a straight line across it.
            if pair[1].0 == pair[0].0 + 1 {
                canvas.stroke(
                    &format!("line-{hue}"),
                    places.start(pair[0].0),
                    scale.at(pair[0].2),
                    places.start(pair[1].0),
                    scale.at(pair[1].2),
                    thick,
                );
            }
        }
        for (p, value, v) in points {
            let (x, y) = (places.start(p), scale.at(v));
            canvas.mark(&value.backing, |c| {
                c.shape(
                    &format!("bloc-{hue}"),
                    bloc_shape(Some(i)),
                    x,
                    y,
                    if actor.highlight { 6.0 } else { 4.5 },
                );
                c.circle("hit", x, y, 10.0);
            });
        }
    }

    // Only actors with a value at an end are named there; the others are named by the note below.
    for (p, x, rightward) in [(0, left - 12.0, false), (count - 1, right + 12.0, true)] {
        if p == 0 && rightward {
            break;
        }
        let here: Vec<(usize, f64)> = (0..spec.actors.len())
            .filter_map(|i| {
                spec.actors[i]
                    .values
                    .get(p)
                    .and_then(Value::get)
                    .map(|v| (i, v))
            })
            .collect();
        let wanted: Vec<f64> = here.iter().map(|h| scale.at(h.1)).collect();
        for ((i, v), y) in here.iter().zip(spread(&wanted, GAP, top, bottom)) {
            let actor = &spec.actors[*i];
            let (at, dot) = (scale.at(*v), if rightward { right } else { left });
            if (at - y).abs() > 2.0 {
                let away = if rightward { 7.0 } else { -7.0 };
                canvas.line("leader", dot + away, at, x - away * 0.2, y);
            }
            // A long name is cut, never its value.
            let value = shown(*v);
            let room = if rightward { room_right } else { room_left }
                - text::width(&value, 12.0, actor.highlight)
                - 4.0;
            let name = text::fit(&text::clean(&actor.name), room, 12.0, actor.highlight).0;
            let words = if rightward {
                format!("{value} {name}")
            } else {
                format!("{name} {value}")
            };
            let class = format!("name-{}", i % BLOCS);
            let t = Text::new(x, y + 4.0, &words)
                .bold(actor.highlight)
                .class(&class);
            let t = if rightward { t } else { t.end() };
            canvas.mark(&actor.values[p].backing, |c| c.text(t));
        }
    }

    let mut y = bottom + 12.0;
    let missing: Vec<String> = spec
        .actors
        .iter()
        .filter(|a| (0..count).any(|p| a.values.get(p).and_then(Value::get).is_none()))
        .map(|a| {
            let gaps: Vec<&str> = (0..count)
                .filter(|&p| a.values.get(p).and_then(Value::get).is_none())
                .map(|p| spec.periods[p].as_str())
                .collect();
            format!("{} ({})", a.name, gaps.join(", "))
        })
        .collect();
    if !missing.is_empty() {
        let note = format!("Too few events: {}.", missing.join("; "));
        for line in text::wrap(&note, WIDTH - 4.0, axis::SIZE, false, 3).0 {
            canvas.text(
                Text::new(2.0, y + 10.0, &line)
                    .size(axis::SIZE)
                    .class("muted"),
            );
            y += 15.0;
        }
    }

    let lines: Vec<String> = spec
        .actors
        .iter()
        .map(|a| {
            let values: Vec<String> = a
                .values
                .iter()
                .take(count)
                .map(super::dumbbell::told)
                .collect();
            format!("{}: {}", a.name, values.join(" → "))
        })
        .collect();
    let description = format!(
        "{} in {}. {}.",
        spec.unit,
        spec.periods.join(", "),
        lines.join("; ")
    );
    canvas.finish(y + 4.0, &spec.title, &description)
}
