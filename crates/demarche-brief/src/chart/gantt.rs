//! Initiatives over time, grouped by their status.

use super::canvas::{Canvas, Path, Text};
use super::palette::Shape;
use super::scale::{Linear, year_fraction, year_ticks};
use super::{Backing, Svg, WIDTH, nothing, text};
use jiff::civil::Date;

/// What the chart shows.
#[derive(Clone, Debug)]
pub struct Spec {
    /// Title.
    pub title: String,
    /// The day as of which it is drawn.
    pub as_of: Date,
    /// Time shown; `None` takes it from the data. What starts earlier has an arrow at the left.
    pub span: Option<(Date, Date)>,
    /// Groups, e.g. done, running, agreed, proposed.
    pub groups: Vec<Group>,
}

/// A group of initiatives.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Its initiatives, in the order drawn.
    pub items: Vec<Item>,
}

/// An initiative.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its title.
    pub title: String,
    /// When it starts; `None` where that is not settled.
    pub start: Option<Date>,
    /// The start is known to the month or year only: the left end is drawn soft, this wide.
    pub soft_until: Option<Date>,
    /// When its deliverable is due; `None` for an open end, drawn to the as-of day.
    pub due: Option<Date>,
    /// How its deliverable stands.
    pub outcome: Outcome,
    /// What stands behind it.
    pub backing: Backing,
}

/// How a deliverable stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Delivered, on that day if it is known.
    Delivered(Option<Date>),
    /// Due and not delivered.
    Overdue,
    /// Comes again each period.
    Recurring,
    /// Not due yet, or without a due day.
    Open,
    /// Given up.
    Dropped,
}

const SIZE: f64 = 11.0;
const LINE: f64 = 13.0;
const NAMES: f64 = 292.0;

/// Where an initiative stands, and its title broken into lines.
struct Row {
    top: f64,
    high: f64,
    lines: Vec<String>,
}

/// Draws it.
pub fn draw(spec: &Spec) -> Svg {
    let items = || spec.groups.iter().flat_map(|g| &g.items);
    if items().next().is_none() {
        return nothing(&spec.title, "No initiatives.");
    }
    let days = || {
        items().flat_map(|i| {
            let done = if let Outcome::Delivered(d) = i.outcome {
                d
            } else {
                None
            };
            [i.start, i.due, done].into_iter().flatten()
        })
    };
    let (from, to) = spec.span.unwrap_or_else(|| {
        let all = || days().chain([spec.as_of]);
        (
            all().min().unwrap_or(spec.as_of),
            all().max().unwrap_or(spec.as_of),
        )
    });
    // Whole years, so that the first and last tick stand at the ends.
    let low = year_fraction(from).floor();
    let high = (year_fraction(to) + 0.01).ceil().max(low + 1.0);
    let (left, right) = (NAMES, WIDTH - 16.0);
    let time = Linear::new(low, high, left, right);
    let x = |day: Date| time.at(year_fraction(day));
    let today = x(spec.as_of);

    // Where everything stands, before the lines behind it are drawn.
    let mut y = 40.0;
    let mut plan: Vec<(f64, &Group, Vec<Row>)> = Vec::new();
    for group in spec.groups.iter().filter(|g| !g.items.is_empty()) {
        let head = y;
        y += 26.0;
        let mut rows = Vec::new();
        for item in &group.items {
            let lines = text::wrap(&item.title, NAMES - 22.0, SIZE, false, 2).0;
            let high = 7.0 + LINE * lines.len().max(1) as f64;
            rows.push(Row {
                top: y,
                high,
                lines,
            });
            y += high;
        }
        plan.push((head, group, rows));
        y += 6.0;
    }
    let bottom = y;

    let mut canvas = Canvas::new(WIDTH);
    for year in year_ticks(&time, 36.0) {
        canvas.line(
            "grid",
            time.at(f64::from(year)),
            34.0,
            time.at(f64::from(year)),
            bottom,
        );
    }
    for at in [28.0, bottom + 12.0] {
        for year in year_ticks(&time, 36.0) {
            let label = year.to_string();
            let half = text::width(&label, SIZE, false) / 2.0;
            let mid = time.at(f64::from(year)).min(WIDTH - half);
            canvas.text(
                Text::new(mid, at, &label)
                    .size(SIZE)
                    .middle()
                    .class("muted"),
            );
        }
    }
    let as_of = format!("as of {}", spec.as_of);
    let half = text::width(&as_of, SIZE, true) / 2.0;
    canvas.text(
        Text::new(today.clamp(left + half, WIDTH - half), 12.0, &as_of)
            .size(SIZE)
            .bold(true)
            .middle()
            .class("today-text"),
    );
    canvas.line("today", today, 16.0, today, bottom);

    for (head, group, rows) in &plan {
        let name = format!("{} ({})", group.name, group.items.len());
        canvas.rect("band-b", 0.0, *head, WIDTH, 20.0);
        canvas.text(
            Text::new(6.0, head + 14.5, &name)
                .bold(true)
                .fit(WIDTH - 12.0),
        );
        for (item, Row { top, high, lines }) in group.items.iter().zip(rows) {
            canvas.mark(&item.backing, |c| {
                c.rect("hit", 0.0, *top, WIDTH, *high);
                for (i, line) in lines.iter().enumerate() {
                    c.text(Text::new(6.0, top + 12.0 + LINE * i as f64, line).size(SIZE));
                }
                draw_item(c, item, &x, today, top + high / 2.0 - 1.0, left, right);
            });
        }
    }

    let used = key(&mut canvas, spec, bottom + 22.0);
    canvas.finish(bottom + 22.0 + used, &spec.title, &describe(spec))
}

fn draw_item(
    c: &mut Canvas,
    item: &Item,
    x: &dyn Fn(Date) -> f64,
    today: f64,
    y: f64,
    left: f64,
    right: f64,
) {
    const H: f64 = 9.0;
    let delivered = match item.outcome {
        Outcome::Delivered(day) => Some(day.or(item.due).or(item.start)),
        _ => None,
    };
    let Some(start) = item.start else {
        match (item.due, delivered) {
            (Some(due), _) => sign(c, item.outcome, x(due).clamp(left, right), y),
            (None, Some(Some(day))) => sign(c, item.outcome, x(day), y),
            _ => c.text(
                Text::new(left + 6.0, y + 4.0, "start not settled")
                    .size(SIZE)
                    .class("muted"),
            ),
        }
        return;
    };
    let from = x(start);
    let done = if let Outcome::Delivered(Some(day)) = item.outcome {
        Some(x(day))
    } else {
        None
    };
    let end = match (item.due, done) {
        (Some(due), _) => x(due),
        (None, Some(done)) => done,
        (None, None) if matches!(item.outcome, Outcome::Delivered(None)) => from,
        (None, None) => today,
    };
    let class = if matches!(item.outcome, Outcome::Dropped) {
        "bar-idle"
    } else {
        "bar"
    };
    let (a, b) = (from.min(end), end.max(from));
    if b - a >= 1.0 {
        let soft = item
            .soft_until
            .map(|d| x(d).min(b))
            .filter(|s| *s > a + 0.5);
        match soft {
            Some(soft) => {
                c.rect("bar-soft", a, y - H / 2.0, soft - a, H);
                c.rect(class, soft, y - H / 2.0, b - soft, H);
            }
            None => c.rect(class, a, y - H / 2.0, b - a, H),
        }
        if item.due.is_none() && done.is_none() {
            // An open end points on.
            let mut arrow = Path::default();
            arrow.to(b, y - H / 2.0);
            arrow.to((b + 6.0).min(WIDTH), y);
            arrow.to(b, y + H / 2.0);
            arrow.close();
            c.path(class, &arrow);
        }
    } else if matches!(item.outcome, Outcome::Open) {
        c.rect(class, a - 2.0, y - H / 2.0, 4.0, H);
    }
    if let Outcome::Overdue = item.outcome
        && item.due.is_some()
        && today > b
    {
        c.line("today", b, y, today, y);
    }
    let at = match item.outcome {
        Outcome::Delivered(_) => done.unwrap_or(b),
        _ => b,
    };
    sign(c, item.outcome, at, y);
}

/// The sign of an outcome.
fn sign(c: &mut Canvas, outcome: Outcome, x: f64, y: f64) {
    match outcome {
        Outcome::Delivered(_) => {
            c.shape("good", Shape::Circle, x, y, 6.0);
            let mut tick = Path::default();
            tick.to(x - 3.0, y);
            tick.to(x - 0.8, y + 2.4);
            tick.to(x + 3.2, y - 2.4);
            c.path("tick-sign", &tick);
        }
        Outcome::Overdue => c.shape("late", Shape::Diamond, x, y, 5.6),
        Outcome::Recurring => {
            let r = 4.4;
            c.circle("again-ground", x, y, r + 1.6);
            c.circle("again", x, y, r);
            let mut head = Path::default();
            head.to(x + r - 3.4, y - 1.0);
            head.to(x + r + 3.4, y - 1.0);
            head.to(x + r, y + 3.4);
            head.close();
            c.path("again-head", &head);
        }
        Outcome::Dropped => {
            let mut cross = Path::default();
            cross.start(x - 4.0, y - 4.0);
            cross.to(x + 4.0, y + 4.0);
            cross.start(x - 4.0, y + 4.0);
            cross.to(x + 4.0, y - 4.0);
            c.path("dropped", &cross);
        }
        Outcome::Open => {}
    }
}

fn key(c: &mut Canvas, spec: &Spec, top: f64) -> f64 {
    let items = || spec.groups.iter().flat_map(|g| &g.items);
    let has = |test: &dyn Fn(&Item) -> bool| items().any(test);
    let signs: [(bool, Outcome, &str); 4] = [
        (
            has(&|i| matches!(i.outcome, Outcome::Delivered(_))),
            Outcome::Delivered(None),
            "delivered",
        ),
        (
            has(&|i| i.outcome == Outcome::Overdue),
            Outcome::Overdue,
            "overdue",
        ),
        (
            has(&|i| i.outcome == Outcome::Recurring),
            Outcome::Recurring,
            "recurring",
        ),
        (
            has(&|i| i.outcome == Outcome::Dropped),
            Outcome::Dropped,
            "given up",
        ),
    ];
    let (mut x, mid) = (2.0, top + 9.0);
    c.rect("bar", x, mid - 4.5, 26.0, 9.0);
    c.text(
        Text::new(x + 32.0, mid + 4.0, "start to due date")
            .size(SIZE)
            .class("muted"),
    );
    x += 32.0 + text::width("start to due date", SIZE, false) + 16.0;
    if has(&|i| i.soft_until.is_some()) {
        let label = "start known to the month or year only";
        c.rect("bar-soft", x, mid - 4.5, 14.0, 9.0);
        c.rect("bar", x + 14.0, mid - 4.5, 12.0, 9.0);
        c.text(
            Text::new(x + 32.0, mid + 4.0, label)
                .size(SIZE)
                .class("muted"),
        );
        x += 32.0 + text::width(label, SIZE, false) + 16.0;
    }
    let mut mid = mid;
    for (_, outcome, label) in signs.into_iter().filter(|s| s.0) {
        let wide = 16.0 + text::width(label, SIZE, false);
        if x + wide > WIDTH {
            x = 2.0;
            mid += 18.0;
        }
        sign(c, outcome, x + 6.0, mid);
        c.text(
            Text::new(x + 16.0, mid + 4.0, label)
                .size(SIZE)
                .class("muted"),
        );
        x += wide + 16.0;
    }
    mid + 13.0 - top
}

fn describe(spec: &Spec) -> String {
    let mut out = format!("Initiatives over time, as of {}.", spec.as_of);
    for group in &spec.groups {
        let of = |test: &dyn Fn(&Item) -> bool| group.items.iter().filter(|i| test(i)).count();
        out.push_str(&format!(
            " {}: {}, of them {} delivered, {} overdue, {} recurring.",
            group.name,
            text::count(group.items.len(), "initiative"),
            of(&|i| matches!(i.outcome, Outcome::Delivered(_))),
            of(&|i| i.outcome == Outcome::Overdue),
            of(&|i| i.outcome == Outcome::Recurring)
        ));
    }
    out
}
