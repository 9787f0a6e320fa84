//! Events per period over time, with phases, change points and milestones.

use super::axis;
use super::canvas::{Canvas, Path, Text};
use super::legend::{self, Swatch};
use super::place::{Area, Placer};
use super::scale::{Linear, Ticks, year_fraction};
use super::{Backing, Svg, WIDTH, nothing, text};
use jiff::civil::Date;
use std::cmp::Reverse;

/// What the chart shows.
#[derive(Clone, Debug)]
pub struct Spec {
    /// Title.
    pub title: String,
    /// What one bar counts, e.g. `events per quarter`.
    pub unit: String,
    /// First day shown.
    pub from: Date,
    /// Day after the last day shown.
    pub to: Date,
    /// The bars, any order.
    pub bars: Vec<Bar>,
    /// Phases, ascending.
    pub phases: Vec<Phase>,
    /// Change points.
    pub breaks: Vec<Break>,
    /// Events to name above the plot. What finds no room keeps its dot and its hover text;
    /// earlier entries are placed first, so put what matters most first.
    pub milestones: Vec<Milestone>,
}

/// Events of one period. Cooperation stands above the axis, conflict hangs below.
#[derive(Clone, Debug)]
pub struct Bar {
    /// First day of the period.
    pub from: Date,
    /// Day after its last day.
    pub to: Date,
    /// Verbal cooperation.
    pub verbal_cooperation: Part,
    /// Material cooperation.
    pub material_cooperation: Part,
    /// Verbal conflict.
    pub verbal_conflict: Part,
    /// Material conflict.
    pub material_conflict: Part,
}

/// One part of a bar.
#[derive(Clone, Debug, Default)]
pub struct Part {
    /// How many events.
    pub count: f64,
    /// What stands behind it.
    pub backing: Backing,
}

/// A phase of the relation.
#[derive(Clone, Debug)]
pub struct Phase {
    /// First day.
    pub from: Date,
    /// Day after its last day.
    pub to: Date,
    /// Its name.
    pub name: String,
    /// Mean level, in the unit of the bars (cooperation and conflict taken together).
    pub mean: Option<f64>,
    /// What stands behind it.
    pub backing: Backing,
}

/// A change point.
#[derive(Clone, Debug)]
pub struct Break {
    /// Best estimate of its day.
    pub date: Date,
    /// Interval of that day, where there is one.
    pub interval: Option<(Date, Date)>,
    /// What stands behind it.
    pub backing: Backing,
}

/// A named event.
#[derive(Clone, Debug)]
pub struct Milestone {
    /// Its day.
    pub date: Date,
    /// A few words.
    pub label: String,
    /// What stands behind it.
    pub backing: Backing,
}

const LINE: f64 = 13.0;
/// Most lines of milestone labels one above the other.
const LINES: usize = 14;
/// How far a leader may stand from its day, in pixels.
const BEND: f64 = 7.0;

/// Draws it.
pub fn draw(spec: &Spec) -> Svg {
    let count = |p: &Part| {
        if p.count.is_finite() {
            p.count.max(0.0)
        } else {
            0.0
        }
    };
    let up = |b: &Bar| count(&b.verbal_cooperation) + count(&b.material_cooperation);
    let down = |b: &Bar| count(&b.verbal_conflict) + count(&b.material_conflict);
    let total: f64 = spec.bars.iter().map(|b| up(b) + down(b)).sum();
    if total == 0.0 && spec.milestones.is_empty() {
        return nothing(&spec.title, "No events in this period.");
    }

    let mut canvas = Canvas::new(WIDTH);
    let most = spec.bars.iter().map(up).fold(0.0, f64::max);
    let least = spec.bars.iter().map(down).fold(0.0, f64::max);
    let mean = spec
        .phases
        .iter()
        .filter_map(|p| p.mean)
        .filter(|m| m.is_finite())
        .fold(0.0, f64::max);
    let ticks = Ticks::covering(-least, most.max(mean).max(1.0), 5, true);
    let left = axis::room(&ticks).max(30.0);
    let right = WIDTH - 12.0;
    let time = Linear::new(
        year_fraction(spec.from),
        year_fraction(spec.to),
        left,
        right,
    );
    let x = |day: Date| time.at(year_fraction(day));

    // Labels first: the plot begins below as many lines as they take.
    let (labels, lines) = milestone_labels(spec, &x);
    let strip = if spec.phases.is_empty() { 0.0 } else { 18.0 };
    let labels_top = 20.0;
    let labels_bottom = labels_top + lines as f64 * LINE + if lines > 0 { 8.0 } else { 0.0 };
    let dots = if spec.milestones.is_empty() {
        0.0
    } else {
        16.0
    };
    let strip_top = labels_bottom + dots;
    let top = strip_top + strip + 2.0;
    let bottom = top + 250.0;
    let level = Linear::new(ticks.low(), ticks.high(), bottom, top);

    canvas.text(
        Text::new(2.0, 12.0, &spec.unit)
            .size(axis::SIZE)
            .fit(WIDTH - 4.0)
            .class("muted"),
    );

    for (i, phase) in spec.phases.iter().enumerate() {
        let (from, to) = (x(phase.from), x(phase.to));
        canvas.mark(&phase.backing, |c| {
            c.rect(
                if i % 2 == 0 { "band-a" } else { "band-b" },
                from,
                strip_top,
                to - from,
                bottom - strip_top,
            );
            let name = &phase.name;
            let room = to - from - 6.0;
            // A name that would be cut to a stump gives way to its number.
            let stump = room < 60.0 && text::width(name, axis::SIZE, true) > room;
            let shown = if stump {
                (i + 1).to_string()
            } else {
                name.clone()
            };
            c.text(
                Text::new((from + to) / 2.0, strip_top + 13.0, &shown)
                    .size(axis::SIZE)
                    .bold(true)
                    .middle()
                    .fit(room.max(0.0)),
            );
        });
    }
    for found in &spec.breaks {
        if let Some((low, high)) = found.interval {
            let (low, high) = (x(low), x(high));
            canvas.mark(&found.backing, |c| {
                c.rect("break-span", low, top, (high - low).max(2.0), bottom - top)
            });
        }
    }

    axis::levels(&mut canvas, &level, &ticks, left, right, |v| {
        ticks.label(v.abs())
    });

    for bar in &spec.bars {
        let (from, to) = (x(bar.from), x(bar.to));
        let gap = if to - from > 4.0 { 1.0 } else { 0.2 };
        let stack = |canvas: &mut Canvas, parts: [(&str, &Part); 2], sign: f64| {
            let mut base = 0.0;
            for (class, part) in parts {
                let n = count(part);
                if n > 0.0 {
                    let (a, b) = (level.at(sign * base), level.at(sign * (base + n)));
                    canvas.mark(&part.backing, |c| {
                        c.rect(class, from + gap / 2.0, a, to - from - gap, b - a)
                    });
                    base += n;
                }
            }
        };
        // What is material stands next to the axis, where lengths compare best.
        stack(
            &mut canvas,
            [
                ("coop-material", &bar.material_cooperation),
                ("coop-verbal", &bar.verbal_cooperation),
            ],
            1.0,
        );
        stack(
            &mut canvas,
            [
                ("conf-material", &bar.material_conflict),
                ("conf-verbal", &bar.verbal_conflict),
            ],
            -1.0,
        );
    }
    canvas.line("zero", left, level.at(0.0), right, level.at(0.0));

    for phase in &spec.phases {
        if let Some(mean) = phase.mean.filter(|m| m.is_finite()) {
            let (from, to, y) = (x(phase.from), x(phase.to), level.at(mean));
            canvas.mark(&phase.backing, |c| {
                c.line("mean-halo", from, y, to, y);
                c.line("mean", from, y, to, y);
            });
        }
    }
    for found in &spec.breaks {
        let at = x(found.date);
        canvas.mark(&found.backing, |c| {
            c.line("break-line", at, top, at, bottom);
            c.shape(
                "break-cap",
                super::palette::Shape::Wedge,
                at,
                top + 3.0,
                4.0,
            );
            c.rect("hit", at - 6.0, top, 12.0, 24.0);
        });
    }

    // A dot for every milestone above the strip, a label for those that found room.
    let dot_y = labels_bottom + 9.0;
    let foot = labels_bottom - 8.0;
    for (milestone, label) in spec.milestones.iter().zip(&labels) {
        let at = x(milestone.date);
        canvas.mark(&milestone.backing, |c| {
            if let Some(label) = label {
                let y = labels_top + label.area.top;
                let mut leader = Path::default();
                leader.to(label.at, y);
                leader.to(label.at, foot);
                leader.to(at, dot_y);
                c.path("leader", &leader);
                for (i, line) in label.lines.iter().enumerate() {
                    let y = y + LINE * i as f64 + 10.0;
                    let text = if label.rightward {
                        Text::new(label.at + 4.0, y, line)
                    } else {
                        Text::new(label.at - 4.0, y, line).end()
                    };
                    c.text(text.size(axis::SIZE));
                }
            }
            c.circle("dot", at, dot_y, 3.2);
            c.circle("hit", at, dot_y, 8.0);
        });
    }

    axis::years(&mut canvas, &time, bottom);

    let mut entries = Vec::new();
    let mut has = |on: bool, swatch: Swatch, label: &str| {
        if on {
            entries.push((swatch, label.to_owned()));
        }
    };
    let fill = |class: &str| Swatch::Box(class.to_owned());
    has(true, fill("coop-verbal"), "verbal cooperation");
    has(true, fill("coop-material"), "material cooperation");
    has(true, fill("conf-verbal"), "verbal conflict (below)");
    has(true, fill("conf-material"), "material conflict (below)");
    has(
        spec.phases.iter().any(|p| p.mean.is_some()),
        Swatch::Line("mean".into()),
        "mean of the phase",
    );
    has(
        !spec.breaks.is_empty(),
        Swatch::Line("break-line".into()),
        "change point",
    );
    has(
        spec.breaks.iter().any(|b| b.interval.is_some()),
        fill("break-span"),
        "interval of its date",
    );
    let silent = labels.iter().filter(|l| l.is_none()).count();
    has(
        silent > 0,
        Swatch::Shape("dot".into(), super::palette::Shape::Circle),
        &format!(
            "{} without a label, for want of room",
            text::count(silent, "milestone")
        ),
    );
    let used = legend::draw(&mut canvas, left, bottom + 26.0, right, &entries);

    canvas.finish(
        bottom + 26.0 + used + 4.0,
        &spec.title,
        &describe(spec, total, &up),
    )
}

/// A milestone's label, its box measured from the top of the labels.
#[derive(Clone)]
struct Label {
    area: Area,
    lines: Vec<String>,
    rightward: bool,
    /// Where its leader stands; within a few pixels of its day.
    at: f64,
}

/// The lines of a label, the room they need beside the leader, and whether something was cut.
struct Form {
    lines: Vec<String>,
    wide: f64,
    cut: bool,
}

/// How good a stacking is: milestones named, names not cut, lines taken.
type Score = (usize, usize, Reverse<usize>);

/// Finds room for labels above the plot, so that neither texts nor leaders cross; gives them with
/// the number of lines they take together.
///
/// Labels left of some point run to the right of their leaders, the others to the left. A label
/// that lies across the leader of another must stand above it, which orders the labels; each then
/// takes the lowest free place. Of all such points, and of long and short forms of the labels, the
/// one that names most milestones, cuts the fewest names and takes the fewest lines wins.
fn milestone_labels(spec: &Spec, x: &dyn Fn(Date) -> f64) -> (Vec<Option<Label>>, usize) {
    let days: Vec<f64> = spec.milestones.iter().map(|m| x(m.date)).collect();
    let mut order: Vec<usize> = (0..days.len()).collect();
    order.sort_by(|&a, &b| days[a].total_cmp(&days[b]).then(a.cmp(&b)));
    // Neighbours share a leader, which bends a little at its foot.
    let mut stands = days.clone();
    for pair in order.windows(2) {
        let before = stands[pair[0]];
        if days[pair[1]] - before <= BEND {
            stands[pair[1]] = before;
        }
    }
    let mut best: Option<(Score, Vec<Option<Label>>)> = None;
    for (max, most) in [(250.0, 1), (170.0, 2), (120.0, 3)] {
        let forms: Vec<Form> = spec
            .milestones
            .iter()
            .map(|m| {
                let (lines, cut) = text::wrap(&m.label, max, axis::SIZE, false, most);
                let wide = lines
                    .iter()
                    .map(|l| text::width(l, axis::SIZE, false))
                    .fold(0.0, f64::max);
                Form {
                    lines,
                    wide: wide + 9.0,
                    cut,
                }
            })
            .collect();
        for split in 0..=order.len() {
            let mut rightward = vec![false; days.len()];
            for &i in &order[..split] {
                rightward[i] = true;
            }
            let labels = stack(&stands, &forms, &rightward);
            let named = labels.iter().flatten().count();
            let whole = labels
                .iter()
                .zip(&forms)
                .filter(|(l, f)| l.is_some() && !f.cut)
                .count();
            let lines = labels
                .iter()
                .flatten()
                .map(|l| (-l.area.top / LINE).round() as usize)
                .max();
            let score = (named, whole, Reverse(lines.unwrap_or(0)));
            if best.as_ref().is_none_or(|b| score > b.0) {
                best = Some((score, labels));
            }
        }
    }
    let Some(((_, _, Reverse(lines)), mut labels)) = best else {
        return (Vec::new(), 0);
    };
    for label in labels.iter_mut().flatten() {
        label.area.top += lines as f64 * LINE;
        label.area.bottom += lines as f64 * LINE;
    }
    (labels, lines)
}

/// Stacks labels of known form and direction; what finds no place is `None`. Boxes are measured
/// upwards from the foot of the labels, so their tops are negative.
fn stack(stands: &[f64], forms: &[Form], rightward: &[bool]) -> Vec<Option<Label>> {
    let span = |i: usize| {
        let (at, wide) = (stands[i], forms[i].wide);
        if rightward[i] {
            (at + 1.0, at + wide)
        } else {
            (at - wide, at - 1.0)
        }
    };
    let mut out: Vec<Option<Label>> = vec![None; stands.len()];
    let mut left: Vec<usize> = (0..stands.len())
        .filter(|&i| span(i).0 >= 0.0 && span(i).1 <= WIDTH)
        .collect();
    let mut placer = Placer::new(Area::new(0.0, -(LINES as f64) * LINE, WIDTH, 0.5));
    let mut leaders: Vec<Area> = Vec::new();
    while !left.is_empty() {
        // Next comes a label that lies across no leader still to come. Where each lies across
        // another's, the last in the list, which matters least, gives way.
        let across = |i: usize, j: usize| {
            let (from, to) = span(i);
            from < stands[j] + 1.0 && stands[j] - 1.0 < to
        };
        let Some(k) = left
            .iter()
            .position(|&i| left.iter().all(|&j| i == j || !across(i, j)))
        else {
            left.pop();
            continue;
        };
        let i = left.remove(k);
        let (from, to) = span(i);
        let high = LINE * forms[i].lines.len() as f64;
        out[i] = (0..LINES)
            .map(|row| -(row as f64) * LINE)
            .map(|bottom| Area::new(from, bottom - high, to, bottom))
            .find(|area| {
                let leader = Area::new(stands[i] - 1.0, area.bottom, stands[i] + 1.0, 0.4);
                placer.free(area)
                    && placer.free(&leader)
                    && !leaders.iter().any(|l| l.overlaps(area))
            })
            .map(|area| {
                placer.block(area);
                leaders.push(Area::new(stands[i] - 1.0, area.top, stands[i] + 1.0, 0.4));
                Label {
                    area,
                    lines: forms[i].lines.clone(),
                    rightward: rightward[i],
                    at: stands[i],
                }
            });
    }
    out
}

fn describe(spec: &Spec, total: f64, up: &dyn Fn(&Bar) -> f64) -> String {
    let mut out = format!(
        "Bars of {} from {} to {}: cooperation above the axis, conflict below; {} in all.",
        spec.unit,
        spec.from,
        spec.to,
        text::figure(total)
    );
    if let Some(bar) = spec
        .bars
        .iter()
        .max_by(|a, b| up(a).total_cmp(&up(b)).then(b.from.cmp(&a.from)))
        && up(bar) > 0.0
    {
        out.push_str(&format!(
            " Most cooperation: {} in the period from {}.",
            text::figure(up(bar)),
            bar.from
        ));
    }
    for phase in &spec.phases {
        out.push_str(&format!(" Phase {} from {}", phase.name, phase.from));
        if let Some(mean) = phase.mean {
            out.push_str(&format!(", mean {}", text::figure(mean)));
        }
        out.push('.');
    }
    for found in &spec.breaks {
        out.push_str(&format!(" Change point {}", found.date));
        if let Some((low, high)) = found.interval {
            out.push_str(&format!(" (between {low} and {high})"));
        }
        out.push('.');
    }
    if !spec.milestones.is_empty() {
        out.push_str(&format!(
            " {} marked.",
            text::count(spec.milestones.len(), "milestone")
        ));
    }
    out
}
