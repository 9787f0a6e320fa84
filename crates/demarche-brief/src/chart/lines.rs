//! Several series by year, each with its interval and its name at its end.

use super::axis;
use super::canvas::{Canvas, Path, Text};
use super::palette::{BLOCS, bloc_shape};
use super::place::{Area, Placer, spread};
use super::scale::{Linear, Ticks};
use super::{Svg, Value, WIDTH, nothing, text};

/// What the chart shows.
#[derive(Clone, Debug)]
pub struct Spec {
    /// Title.
    pub title: String,
    /// Unit of the values.
    pub unit: String,
    /// Ends of the axis; `None` takes them from the data and zero.
    pub domain: Option<(f64, f64)>,
    /// A level to compare with, and its name.
    pub reference: Option<(f64, String)>,
    /// The series.
    pub series: Vec<Series>,
}

/// One series.
#[derive(Clone, Debug)]
pub struct Series {
    /// Its name.
    pub name: String,
    /// Drawn strong.
    pub highlight: bool,
    /// Its years, ascending. A year left out or without a value is a gap in the line.
    pub points: Vec<(i16, Value)>,
}

/// Draws it.
pub fn draw(spec: &Spec) -> Svg {
    let points = || spec.series.iter().flat_map(|s| &s.points);
    let known = || points().filter(|p| p.1.get().is_some());
    if known().next().is_none() {
        let why = if points().next().is_none() {
            "No events in these years."
        } else {
            "Too few events in these years."
        };
        return nothing(&spec.title, why);
    }
    let first = points().map(|p| p.0).min().unwrap_or(0);
    let last = points().map(|p| p.0).max().unwrap_or(0);
    let level = spec
        .reference
        .as_ref()
        .map(|r| r.0)
        .filter(|r| r.is_finite());
    let values = || points().flat_map(|p| p.1.extent()).chain(level);
    let (low, high) = spec
        .domain
        .unwrap_or_else(|| (values().fold(0.0, f64::min), values().fold(0.0, f64::max)));
    let ticks = Ticks::covering(low, high, 5, false);

    const GAP: f64 = 14.0;
    let named: Vec<usize> = (0..spec.series.len())
        .filter(|&i| spec.series[i].points.iter().any(|p| p.1.get().is_some()))
        .collect();
    let plot = (named.len() as f64 * GAP).max(230.0);
    let (top, bottom) = (24.0, 24.0 + plot);
    let left = axis::room(&ticks).max(30.0);
    let names = named
        .iter()
        .map(|&i| {
            text::width(
                &text::clean(&spec.series[i].name),
                12.0,
                spec.series[i].highlight,
            )
        })
        .fold(20.0, f64::max)
        .min(170.0);
    let right = WIDTH - names - 22.0;
    // Half a year of air on both sides, so that one year is a chart too.
    let time = Linear::new(f64::from(first) - 0.4, f64::from(last) + 0.4, left, right);
    let scale = Linear::new(ticks.low(), ticks.high(), bottom, top);
    let x = |year: i16| time.at(f64::from(year));

    let mut canvas = Canvas::new(WIDTH);
    canvas.text(
        Text::new(2.0, 12.0, &spec.unit)
            .size(axis::SIZE)
            .fit(WIDTH - 4.0)
            .class("muted"),
    );
    axis::levels(&mut canvas, &scale, &ticks, left, right, |v| ticks.label(v));
    axis::years(&mut canvas, &time, bottom);
    if let Some(at) = level {
        canvas.line("reference", left, scale.at(at), right, scale.at(at));
    }

    let runs = |s: &Series| -> Vec<Vec<(i16, Value)>> {
        let mut runs: Vec<Vec<(i16, Value)>> = Vec::new();
        for (year, value) in &s.points {
            if value.get().is_none() {
                continue;
            }
            match runs.last_mut() {
                Some(run) if run.last().is_some_and(|p| p.0 + 1 == *year) => {
                    run.push((*year, value.clone()))
                }
                _ => runs.push(vec![(*year, value.clone())]),
            }
        }
        runs
    };
    let mut order = named.clone();
    order.sort_by_key(|&i| (spec.series[i].highlight, i));
    for &i in &order {
        for run in runs(&spec.series[i]) {
            for part in run.split(|p| p.1.span().is_none()).filter(|p| p.len() > 1) {
                let mut ribbon = Path::default();
                for (year, value) in part {
                    ribbon.to(x(*year), scale.at(value.span().map_or(0.0, |s| s.1)));
                }
                for (year, value) in part.iter().rev() {
                    ribbon.to(x(*year), scale.at(value.span().map_or(0.0, |s| s.0)));
                }
                ribbon.close();
                canvas.path(&format!("ribbon-{}", i % BLOCS), &ribbon);
            }
        }
    }
    for &i in &order {
        let series = &spec.series[i];
        let hue = i % BLOCS;
        let thick = if series.highlight { 3.0 } else { 1.7 };
        for run in runs(series) {
            let mut path = Path::default();
            for (year, value) in &run {
                path.to(x(*year), scale.at(value.get().unwrap_or(0.0)));
            }
            if run.len() > 1 {
                canvas.curve(&format!("line-{hue}"), &path, thick);
            }
            // A year that stands alone shows its interval as a whisker.
            if let [(year, value)] = run.as_slice()
                && let Some((low, high)) = value.span()
            {
                canvas.line("whisker", x(*year), scale.at(low), x(*year), scale.at(high));
            }
            for (year, value) in &run {
                let y = scale.at(value.get().unwrap_or(0.0));
                canvas.mark(&value.backing, |c| {
                    c.shape(
                        &format!("bloc-{hue}"),
                        bloc_shape(Some(i)),
                        x(*year),
                        y,
                        if series.highlight { 4.5 } else { 3.5 },
                    );
                    c.circle("hit", x(*year), y, 9.0);
                });
            }
        }
    }

    // The name of the level goes where no line runs, or below the axis.
    let mut foot = bottom + 24.0;
    if let (Some(at), Some((_, name))) = (level, &spec.reference) {
        let y = scale.at(at);
        let name = text::fit(&text::clean(name), right - left - 8.0, axis::SIZE, false).0;
        let wide = text::width(&name, axis::SIZE, false);
        let mut placer = Placer::new(Area::new(left, top, right, bottom));
        for series in &spec.series {
            for run in runs(series) {
                let spots: Vec<(f64, f64)> = run
                    .iter()
                    .map(|(year, v)| (x(*year), scale.at(v.get().unwrap_or(0.0))))
                    .collect();
                let mut block = |px: f64, py: f64| {
                    placer.block(Area::new(px - 5.0, py - 5.0, px + 5.0, py + 5.0))
                };
                spots.iter().for_each(|s| block(s.0, s.1));
                for pair in spots.windows(2) {
                    let long = (pair[1].0 - pair[0].0)
                        .abs()
                        .max((pair[1].1 - pair[0].1).abs());
                    let steps = (long / 6.0).ceil().max(1.0);
                    for k in 1..steps as usize {
                        let t = k as f64 / steps;
                        block(
                            pair[0].0 + t * (pair[1].0 - pair[0].0),
                            pair[0].1 + t * (pair[1].1 - pair[0].1),
                        );
                    }
                }
            }
        }
        let free = (right - left - wide - 8.0).max(0.0);
        let candidates = (0..=24).flat_map(|k| {
            let from = left + 4.0 + free * f64::from(k) / 24.0;
            [y - 16.0, y + 3.0].map(|t| Area::new(from, t, from + wide, t + 13.0))
        });
        match placer.place(candidates) {
            Some(area) => {
                canvas.text(
                    Text::new(area.left, area.top + 10.5, &name)
                        .size(axis::SIZE)
                        .class("muted"),
                );
            }
            None => {
                canvas.line("reference", left, foot + 8.0, left + 16.0, foot + 8.0);
                canvas.text(
                    Text::new(left + 22.0, foot + 12.0, &name)
                        .size(axis::SIZE)
                        .class("muted"),
                );
                foot += 18.0;
            }
        }
    }

    let ends: Vec<(f64, f64)> = named
        .iter()
        .filter_map(|&i| {
            let (year, value) = spec.series[i]
                .points
                .iter()
                .rev()
                .find(|p| p.1.get().is_some())?;
            Some((x(*year), scale.at(value.get()?)))
        })
        .collect();
    let wanted: Vec<f64> = ends.iter().map(|e| e.1).collect();
    for ((&i, end), y) in named
        .iter()
        .zip(&ends)
        .zip(spread(&wanted, GAP, top, bottom))
    {
        let series = &spec.series[i];
        if (end.1 - y).abs() > 2.0 || right - end.0 > 30.0 {
            canvas.line("leader", end.0 + 6.0, end.1, right + 8.0, y);
        }
        let class = format!("name-{}", i % BLOCS);
        canvas.shape(
            &format!("bloc-{}", i % BLOCS),
            bloc_shape(Some(i)),
            right + 13.0,
            y,
            3.5,
        );
        canvas.text(
            Text::new(right + 20.0, y + 4.0, &series.name)
                .bold(series.highlight)
                .class(&class)
                .fit(names + 1.0),
        );
    }

    let told: Vec<String> = spec
        .series
        .iter()
        .map(
            |s| match s.points.iter().rev().find(|p| p.1.get().is_some()) {
                Some((year, value)) => {
                    let early = s
                        .points
                        .iter()
                        .find(|p| p.1.get().is_some())
                        .map_or(String::new(), |p| {
                            format!("{} in {}, ", super::dumbbell::told(&p.1), p.0)
                        });
                    // The highest point of each: what the eye sees first.
                    let top = s
                        .points
                        .iter()
                        .filter_map(|p| p.1.get().map(|v| (v, p)))
                        .max_by(|x, y| x.0.total_cmp(&y.0))
                        .map_or(String::new(), |(_, p)| {
                            format!("at most {} in {}, ", super::dumbbell::told(&p.1), p.0)
                        });
                    format!(
                        "{}: {early}{top}{} in {year}",
                        s.name,
                        super::dumbbell::told(value)
                    )
                }
                None => format!("{}: too few events", s.name),
            },
        )
        .collect();
    let description = format!("{}, {first} to {last}. {}.", spec.unit, told.join("; "));
    canvas.finish(foot, &spec.title, &description)
}
