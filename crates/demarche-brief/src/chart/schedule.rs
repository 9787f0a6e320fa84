//! A plan by quarter: what starts when, how long it takes, and what waits for what.

use super::canvas::{Canvas, Path, Text};
use super::legend::{self, Swatch};
use super::scale::Band;
use super::{Backing, Svg, WIDTH, nothing, text};

/// What the chart shows.
#[derive(Clone, Debug)]
pub struct Spec {
    /// Title.
    pub title: String,
    /// The quarters, in order.
    pub quarters: Vec<Quarter>,
    /// Groups of steps, drawn one below the other.
    pub groups: Vec<Group>,
    /// What waits for what.
    pub links: Vec<Link>,
}

/// A quarter of the plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quarter {
    /// Its year.
    pub year: i16,
    /// Which of the year, 1 to 4.
    pub number: u8,
}

/// A group of steps.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its name.
    pub name: String,
    /// Its steps, in the order drawn.
    pub items: Vec<Item>,
}

/// A step.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its title.
    pub title: String,
    /// The quarter in which it starts, a position in [`Spec::quarters`].
    pub start: usize,
    /// How many quarters it takes.
    pub length: usize,
    /// How it stands.
    pub state: State,
    /// What stands behind it.
    pub backing: Backing,
}

/// How a step stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It runs already.
    Runs,
    /// Both sides agreed on it.
    Agreed,
    /// It has been proposed.
    Proposed,
}

/// One step waits for the end of another.
#[derive(Clone, Debug)]
pub struct Link {
    /// The step that comes first: group, and position in it.
    pub before: (usize, usize),
    /// The step that waits.
    pub after: (usize, usize),
    /// Whether the wait holds it up: it starts as soon as the other has ended.
    pub tight: bool,
}

const SIZE: f64 = 11.0;
const LINE: f64 = 13.0;
const NAMES: f64 = 286.0;
/// Rows up to which titles may take two lines.
const ROOMY: usize = 26;

/// Where a step stands.
struct Row<'a> {
    item: &'a Item,
    top: f64,
    high: f64,
    lines: Vec<String>,
}

impl Row<'_> {
    fn middle(&self) -> f64 {
        self.top + self.high / 2.0
    }
}

/// Draws it.
pub fn draw(spec: &Spec) -> Svg {
    let count: usize = spec.groups.iter().map(|g| g.items.len()).sum();
    if count == 0 || spec.quarters.is_empty() {
        return nothing(&spec.title, "No initiatives in the plan.");
    }
    let columns = Band::new(spec.quarters.len(), NAMES, WIDTH - 4.0);
    let most = if count > ROOMY { 1 } else { 2 };
    let mut y = 38.0;
    let mut groups: Vec<(f64, Vec<Row>)> = Vec::new();
    for group in &spec.groups {
        let head = y;
        if !group.items.is_empty() {
            y += 24.0;
        }
        let mut rows = Vec::new();
        for item in &group.items {
            let (mut lines, cut) = text::wrap(&item.title, NAMES - 18.0, SIZE, false, most);
            if cut && most == 1 {
                lines = vec![text::fit(&text::clean(&item.title), NAMES - 18.0, SIZE, false).0];
            }
            let high = 6.0 + LINE * lines.len().max(1) as f64;
            rows.push(Row {
                item,
                top: y,
                high,
                lines,
            });
            y += high;
        }
        if !group.items.is_empty() {
            y += 5.0;
        }
        groups.push((head, rows));
    }
    let bottom = y;

    let mut canvas = Canvas::new(WIDTH);
    heads(&mut canvas, spec, &columns, bottom);
    for (group, (head, rows)) in spec.groups.iter().zip(&groups) {
        if rows.is_empty() {
            continue;
        }
        let name = format!("{} ({})", group.name, group.items.len());
        canvas.rect("band-b", 0.0, *head, WIDTH, 19.0);
        canvas.text(
            Text::new(6.0, head + 14.0, &name)
                .bold(true)
                .fit(WIDTH - 12.0),
        );
    }
    // Waits lie below the bars, those that hold something up above those that do not.
    let row = |(g, i): (usize, usize)| groups.get(g).and_then(|(_, rows)| rows.get(i));
    let mut links: Vec<&Link> = spec.links.iter().collect();
    links.sort_by_key(|link| link.tight);
    for link in links {
        if let (Some(before), Some(after)) = (row(link.before), row(link.after)) {
            wait(&mut canvas, &columns, before, after, link.tight);
        }
    }
    for row in groups.iter().flat_map(|(_, rows)| rows) {
        let item = row.item;
        let last = spec.quarters.len();
        let (from, to) = (
            item.start.min(last),
            (item.start + item.length.max(1)).min(last),
        );
        canvas.mark(&item.backing, |c| {
            c.rect("hit", 0.0, row.top, WIDTH, row.high);
            for (i, line) in row.lines.iter().enumerate() {
                c.text(Text::new(8.0, row.top + 12.5 + LINE * i as f64, line).size(SIZE));
            }
            let (x, w) = (
                columns.start(from) + 1.0,
                columns.start(to) - columns.start(from) - 2.0,
            );
            bar(c, item.state, x, row.middle() - 5.0, w, 10.0);
        });
    }
    let used = key(&mut canvas, spec, bottom + 8.0);
    canvas.finish(bottom + 8.0 + used, &spec.title, &describe(spec))
}

/// Years and quarters above, with a line at the beginning of each year.
fn heads(canvas: &mut Canvas, spec: &Spec, columns: &Band, bottom: f64) {
    let wide = columns.width();
    for (at, quarter) in spec.quarters.iter().enumerate() {
        let x = columns.start(at);
        if at % 2 == 1 {
            canvas.rect("band-a", x, 20.0, wide, bottom - 20.0);
        }
        let label = if wide >= 20.0 {
            format!("Q{}", quarter.number)
        } else {
            quarter.number.to_string()
        };
        if text::width(&label, SIZE, false) < wide {
            canvas.text(
                Text::new(columns.middle(at), 31.0, &label)
                    .size(SIZE)
                    .middle()
                    .class("muted"),
            );
        }
        if at > 0 && spec.quarters[at - 1].year == quarter.year {
            continue;
        }
        canvas.line("tick", x, 4.0, x, bottom);
        let length = spec.quarters[at..]
            .iter()
            .take_while(|q| q.year == quarter.year)
            .count();
        let year = quarter.year.to_string();
        if text::width(&year, SIZE, true) + 6.0 < wide * length as f64 {
            canvas.text(
                Text::new(x + 4.0, 14.0, &year)
                    .size(SIZE)
                    .bold(true)
                    .class("muted"),
            );
        }
    }
}

fn bar(c: &mut Canvas, state: State, x: f64, y: f64, w: f64, h: f64) {
    match state {
        State::Runs => c.rect("bar-idle", x, y, w, h),
        State::Agreed => {
            c.rect("bar", x, y, w, h);
            c.rect("bar-edge", x + 0.5, y + 0.5, w - 1.0, h - 1.0);
        }
        State::Proposed => {
            c.rect("bar-soft", x, y, w, h);
            c.rect("bar-edge", x + 0.5, y + 0.5, w - 1.0, h - 1.0);
        }
    }
}

/// A line from the end of one bar down (or up) to the level of the other and on to its beginning.
fn wait(canvas: &mut Canvas, columns: &Band, before: &Row, after: &Row, tight: bool) {
    let end = before.item.start + before.item.length.max(1);
    let x = columns.start(end) - 4.0;
    let start = columns.start(after.item.start) + 1.0;
    if start < x + 3.0 {
        return;
    }
    let (from, to) = (before.middle(), after.middle());
    let (line, head) = if tight {
        ("wait-tight", "wait-head-tight")
    } else {
        ("wait", "wait-head")
    };
    let mut path = Path::default();
    path.to(x, from);
    path.to(x, to);
    path.to(start - 2.0, to);
    canvas.path(line, &path);
    let mut arrow = Path::default();
    arrow.to(start - 4.0, to - 3.2);
    arrow.to(start + 0.5, to);
    arrow.to(start - 4.0, to + 3.2);
    arrow.close();
    canvas.path(head, &arrow);
}

fn key(canvas: &mut Canvas, spec: &Spec, top: f64) -> f64 {
    let states = || spec.groups.iter().flat_map(|g| &g.items).map(|i| i.state);
    let mut entries = Vec::new();
    for (state, class, label) in [
        (State::Runs, "bar-idle", "runs already"),
        (State::Agreed, "bar", "agreed"),
        (State::Proposed, "bar-soft", "proposed"),
    ] {
        if states().any(|s| s == state) {
            entries.push((Swatch::Box(class.to_owned()), label.to_owned()));
        }
    }
    for (tight, class, label) in [
        (true, "wait-tight", "starts as soon as this ends"),
        (false, "wait", "waits for it, with time to spare"),
    ] {
        if spec.links.iter().any(|l| l.tight == tight) {
            entries.push((Swatch::Line(class.to_owned()), label.to_owned()));
        }
    }
    legend::draw(canvas, 2.0, top, WIDTH, &entries)
}

fn describe(spec: &Spec) -> String {
    let name = |at: usize| {
        spec.quarters.get(at).map_or("the end".to_owned(), |q| {
            format!("{}-Q{}", q.year, q.number)
        })
    };
    let mut out = format!(
        "Bars over {}, {} to {}.",
        text::count(spec.quarters.len(), "quarter"),
        name(0),
        name(spec.quarters.len() - 1)
    );
    for group in spec.groups.iter().filter(|g| !g.items.is_empty()) {
        let items: Vec<String> = group
            .items
            .iter()
            .map(|i| {
                let last = (i.start + i.length.max(1) - 1).min(spec.quarters.len() - 1);
                format!("{} ({} to {})", i.title, name(i.start), name(last))
            })
            .collect();
        out.push_str(&format!(" {}: {}.", group.name, items.join("; ")));
    }
    let tight = spec.links.iter().filter(|l| l.tight).count();
    if !spec.links.is_empty() {
        out.push_str(&format!(
            " {} between steps, of which {tight} hold a step up.",
            text::count(spec.links.len(), "wait")
        ));
    }
    out
}
