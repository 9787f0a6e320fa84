//! Pathways through time in the manner of a metro map: each way of going on is a line, each change
//! from one to another a pair of stations.

use super::canvas::{Canvas, Path, Text};
use super::legend::{self, Swatch};
use super::palette::{BLOCS, Shape};
use super::place::{Area, Placer};
use super::scale::Band;
use super::{Backing, Svg, WIDTH, nothing, text};

/// What the chart shows.
#[derive(Clone, Debug)]
pub struct Spec {
    /// Title.
    pub title: String,
    /// Names of the quarters, e.g. `2026-Q2`.
    pub quarters: Vec<String>,
    /// The lines, from above.
    pub lines: Vec<Line>,
    /// Changes from one line to another.
    pub changes: Vec<Change>,
    /// Head of the column of scores at the right; may be empty.
    pub score_is: String,
}

/// A way of going on.
#[derive(Clone, Debug)]
pub struct Line {
    /// Its name.
    pub name: String,
    /// Where it begins, in quarters from the start of the plan.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
    /// Whether it goes on beyond that; else it ends there for good.
    pub open: bool,
    /// Written at the right, e.g. a share of futures; may be empty.
    pub score: String,
    /// What stands behind it.
    pub backing: Backing,
}

/// A change from one line to another.
#[derive(Clone, Debug)]
pub struct Change {
    /// When, in quarters from the start of the plan.
    pub at: f64,
    /// The line that is left.
    pub from: usize,
    /// The line that is taken.
    pub to: usize,
    /// What brings it about; may be empty.
    pub name: String,
    /// What stands behind it.
    pub backing: Backing,
}

const SIZE: f64 = 11.0;
const ROW: f64 = 46.0;
const NAMES: f64 = 188.0;
const THICK: f64 = 5.0;

/// Draws it.
pub fn draw(spec: &Spec) -> Svg {
    if spec.lines.is_empty() || spec.quarters.is_empty() {
        return nothing(&spec.title, "No events and no pathways.");
    }
    let tail = (spec.lines.iter().map(|l| &l.score))
        .chain([&spec.score_is])
        .map(|s| text::width(&text::clean(s), SIZE, false))
        .fold(0.0, f64::max)
        .min(150.0);
    let (left, right) = (NAMES + 10.0, WIDTH - tail - 26.0);
    let count = spec.quarters.len();
    let places = Band::new(count, left, right);
    let x = |at: f64| {
        let at = if at.is_finite() { at } else { 0.0 };
        places.start(0) + places.width() * at.clamp(0.0, count as f64)
    };
    let top = 38.0;
    let y = |line: usize| top + ROW * (line as f64 + 0.5);
    let bottom = top + ROW * spec.lines.len() as f64;

    let mut canvas = Canvas::new(WIDTH);
    // A label for every quarter, every second, every fourth …
    let wide = text::width("2026-Q4", SIZE, false) + 10.0;
    let every = [1, 2, 4, 8, 16]
        .into_iter()
        .find(|&n| n as f64 * places.width() >= wide)
        .unwrap_or(32);
    for (at, name) in spec.quarters.iter().enumerate() {
        let strong = at % every == 0;
        canvas.line(
            "grid",
            places.start(at),
            top - 4.0,
            places.start(at),
            bottom,
        );
        if strong && places.start(at) + wide < right + 26.0 {
            let shown = text::fit(&text::clean(name), wide * every as f64, SIZE, false).0;
            canvas.text(
                Text::new(places.start(at) + 2.0, 30.0, &shown)
                    .size(SIZE)
                    .class("muted")
                    .fit(places.width() * every as f64 - 4.0),
            );
        }
    }
    canvas.line("grid", right, top - 4.0, right, bottom);
    canvas.text(
        Text::new(WIDTH - 2.0, 14.0, &spec.score_is)
            .size(SIZE)
            .end()
            .class("muted")
            .fit(150.0),
    );

    let mut placer = Placer::new(Area::new(left, top, right, bottom));
    for (i, line) in spec.lines.iter().enumerate() {
        placer.block(Area::new(x(line.from), y(i) - 4.0, x(line.to), y(i) + 4.0));
        canvas.mark(&line.backing, |c| {
            c.rect("hit", 0.0, y(i) - ROW / 2.0, WIDTH, ROW);
            let lines = text::wrap(&line.name, NAMES - 6.0, SIZE, i == 0, 3).0;
            for (k, words) in lines.iter().enumerate() {
                let first = y(i) + 4.0 - 13.0 * (lines.len() as f64 - 1.0) / 2.0;
                c.text(
                    Text::new(2.0, first + 13.0 * k as f64, words)
                        .size(SIZE)
                        .bold(i == 0),
                );
            }
            let mut path = Path::default();
            path.to(x(line.from), y(i));
            path.to(x(line.to), y(i));
            c.curve(&format!("track-{}", i % BLOCS), &path, THICK);
            let end = x(line.to);
            if line.open {
                let mut arrow = Path::default();
                arrow.to(end, y(i) - 7.0);
                arrow.to(end + 9.0, y(i));
                arrow.to(end, y(i) + 7.0);
                arrow.close();
                c.path(&format!("name-{}", i % BLOCS), &arrow);
            } else {
                c.line("terminal", end, y(i) - 8.0, end, y(i) + 8.0);
            }
            c.text(
                Text::new(WIDTH - 2.0, y(i) + 4.0, &line.score)
                    .size(SIZE)
                    .end()
                    .fit(150.0),
            );
        });
    }
    let known =
        |c: &&Change| c.from < spec.lines.len() && c.to < spec.lines.len() && c.from != c.to;
    for change in spec.changes.iter().filter(known) {
        let (at, a, b) = (x(change.at), y(change.from), y(change.to));
        placer.block(Area::new(at - 6.0, a - 6.0, at + 6.0, a + 6.0));
        placer.block(Area::new(at - 6.0, b - 6.0, at + 6.0, b + 6.0));
        placer.block(Area::new(at - 2.0, a.min(b), at + 2.0, a.max(b)));
    }
    for change in spec.changes.iter().filter(known) {
        let (at, a, b) = (x(change.at), y(change.from), y(change.to));
        let name = text::clean(&change.name);
        let words = text::wrap(&name, 150.0, SIZE, false, 1).0;
        let shown = words.first().cloned().unwrap_or_default();
        let wide = text::width(&shown, SIZE, false);
        let down = if b > a { 1.0 } else { -1.0 };
        let label = (!shown.is_empty())
            .then(|| {
                placer.place(
                    [
                        (at + 8.0, b - 12.0 * down),
                        (at + 8.0, f64::midpoint(a, b) + 4.0),
                        (at - wide - 8.0, b - 12.0 * down),
                        (at + 8.0, a + 15.0 * down),
                        (at - wide - 8.0, a + 15.0 * down),
                        (at - wide - 8.0, f64::midpoint(a, b) + 4.0),
                        (at + 8.0, b + 17.0 * down),
                        (at - wide - 8.0, b + 17.0 * down),
                    ]
                    .map(|(l, base)| Area::new(l, base - 9.0, l + wide, base + 2.0)),
                )
            })
            .flatten();
        canvas.mark(&change.backing, |c| {
            c.line("change", at, a, at, b);
            c.circle("station", at, a, 5.0);
            c.circle("station", at, b, 5.0);
            c.rect("hit", at - 7.0, a.min(b) - 7.0, 14.0, (b - a).abs() + 14.0);
            if let Some(area) = label {
                c.text(Text::new(area.left, area.bottom - 2.0, &shown).size(SIZE));
            }
        });
    }
    let mut entries = vec![(
        Swatch::Shape("station".into(), Shape::Circle),
        "change from one line to another".to_owned(),
    )];
    if spec.lines.iter().any(|l| !l.open) {
        entries.push((Swatch::Line("terminal".into()), "ends for good".to_owned()));
    }
    let used = legend::draw(&mut canvas, 2.0, bottom + 8.0, WIDTH, &entries);
    canvas.finish(bottom + 10.0 + used, &spec.title, &describe(spec))
}

fn describe(spec: &Spec) -> String {
    let quarter = |at: f64| {
        let at = if at.is_finite() { at.max(0.0) } else { 0.0 };
        let last = spec.quarters.len() - 1;
        spec.quarters[(at.floor() as usize).min(last)].clone()
    };
    let lines: Vec<String> = spec
        .lines
        .iter()
        .map(|l| {
            let score = if l.score.is_empty() {
                String::new()
            } else {
                format!(" ({})", l.score)
            };
            format!("{} from {}{score}", l.name, quarter(l.from))
        })
        .collect();
    let changes: Vec<String> = spec
        .changes
        .iter()
        .filter_map(|c| {
            let (from, to) = (spec.lines.get(c.from)?, spec.lines.get(c.to)?);
            let name = if c.name.is_empty() {
                String::new()
            } else {
                format!(" ({})", c.name)
            };
            Some(format!(
                "in {} from {} to {}{name}",
                quarter(c.at),
                from.name,
                to.name
            ))
        })
        .collect();
    format!(
        "Lines over time: {}. Changes: {}.",
        lines.join("; "),
        if changes.is_empty() {
            "none".to_owned()
        } else {
            changes.join("; ")
        }
    )
}
