//! Who deals with whom: one picture for each phase.

use super::canvas::{Canvas, Text};
use super::legend::{self, Swatch};
use super::palette::{bloc_class, bloc_shape};
use super::place::{Area, Placer};
use super::{Backing, Svg, WIDTH, nothing, text};

/// What the chart shows.
#[derive(Clone, Debug)]
pub struct Spec {
    /// Title.
    pub title: String,
    /// What the size of a node and the width of an edge mean, for the key, e.g.
    /// `size: events of the actor; width: events of the pair`.
    pub reading: String,
    /// Names of the blocs; a node refers to them by position.
    pub blocs: Vec<String>,
    /// The pictures, side by side in twos.
    pub panels: Vec<Panel>,
}

/// One picture.
#[derive(Clone, Debug)]
pub struct Panel {
    /// Its name, e.g. the phase and its years.
    pub name: String,
    /// A remark after the name, e.g. `modularity 0.31`; may be empty.
    pub note: String,
    /// The actors.
    pub nodes: Vec<Node>,
    /// The ties.
    pub edges: Vec<Edge>,
}

/// An actor.
#[derive(Clone, Debug)]
pub struct Node {
    /// Short name.
    pub name: String,
    /// From the left, 0 to 1; stretched to fill the frame, in all panels alike.
    pub x: f64,
    /// From the top, 0 to 1; stretched likewise.
    pub y: f64,
    /// Activity, 0 or more: the area of the mark grows with it.
    pub weight: f64,
    /// Its bloc by position; `None` for an actor of no bloc.
    pub bloc: Option<usize>,
    /// One of the two partners: ringed, with a bold name.
    pub highlight: bool,
    /// What stands behind it.
    pub backing: Backing,
}

/// A tie between two nodes, given by position.
#[derive(Clone, Debug)]
pub struct Edge {
    /// One end.
    pub a: usize,
    /// The other.
    pub b: usize,
    /// Strength, 0 or more.
    pub weight: f64,
    /// Conflictual ties are dashed.
    pub conflict: bool,
    /// What stands behind it.
    pub backing: Backing,
}

const SIZE: f64 = 11.0;

/// Draws it.
pub fn draw(spec: &Spec) -> Svg {
    if spec.panels.iter().all(|p| p.nodes.is_empty()) {
        return nothing(&spec.title, "No events: there is no network to draw.");
    }
    let columns = spec.panels.len().min(2);
    const GAP: f64 = 16.0;
    let wide = (WIDTH - GAP * (columns as f64 - 1.0)) / columns as f64;
    let crowd = spec.panels.iter().map(|p| p.nodes.len()).max().unwrap_or(0);
    let high = if columns == 1 || crowd > 25 {
        440.0
    } else {
        330.0
    };
    const HEAD: f64 = 24.0;

    let good = |v: f64| if v.is_finite() { v.max(0.0) } else { 0.0 };
    let heaviest = spec
        .panels
        .iter()
        .flat_map(|p| &p.nodes)
        .map(|n| good(n.weight))
        .fold(0.0, f64::max);
    let strongest = spec
        .panels
        .iter()
        .flat_map(|p| &p.edges)
        .map(|e| good(e.weight))
        .fold(0.0, f64::max);
    let share = |v: f64, most: f64| if most > 0.0 { good(v) / most } else { 0.0 };
    let radius = |n: &Node| 4.5 + 10.5 * share(n.weight, heaviest).sqrt();
    // What a mark covers, with its ring; corners of shapes stand out from the circle.
    let reach = |n: &Node| {
        if n.highlight {
            radius(n) + 5.0
        } else {
            radius(n) * 1.2
        }
    };

    // Positions are stretched to fill the frames, in all pictures alike so that they compare.
    let part = |v: f64| {
        if v.is_finite() {
            v.clamp(0.0, 1.0)
        } else {
            0.5
        }
    };
    let stretch = |of: &dyn Fn(&Node) -> f64| {
        let all = || {
            spec.panels
                .iter()
                .flat_map(|p| &p.nodes)
                .map(|n| part(of(n)))
        };
        let (low, high) = (all().fold(1.0, f64::min), all().fold(0.0, f64::max));
        if high - low < 0.2 {
            (0.0, 1.0)
        } else {
            (low, high)
        }
    };
    let (across, down) = (stretch(&|n| n.x), stretch(&|n| n.y));
    let within = |v: f64, (low, high): (f64, f64)| (part(v) - low) / (high - low);

    let mut canvas = Canvas::new(WIDTH);
    let mut silent = 0;
    for (i, panel) in spec.panels.iter().enumerate() {
        let left = (i % columns) as f64 * (wide + GAP);
        let top = (i / columns) as f64 * (HEAD + high + GAP);
        let frame = Area::new(left, top + HEAD, left + wide, top + HEAD + high);
        let name = text::fit(&text::clean(&panel.name), wide, 12.0, true).0;
        canvas.text(
            Text::new(left, top + 15.0, &panel.name)
                .bold(true)
                .fit(wide),
        );
        let after = text::width(&name, 12.0, true) + 10.0;
        if wide - after > 40.0 {
            canvas.text(
                Text::new(left + after, top + 15.0, &panel.note)
                    .size(SIZE)
                    .class("muted")
                    .fit(wide - after),
            );
        }
        canvas.rect(
            "frame",
            frame.left + 0.5,
            frame.top + 0.5,
            wide - 1.0,
            high - 1.0,
        );

        // Room at the rim for the largest mark and for labels.
        let spots = relax(
            panel.nodes.iter().map(|n| {
                (
                    frame.left + 34.0 + within(n.x, across) * (wide - 68.0),
                    frame.top + 24.0 + within(n.y, down) * (high - 48.0),
                    reach(n),
                )
            }),
            frame,
        );

        let mut edges: Vec<&Edge> = panel
            .edges
            .iter()
            .filter(|e| e.a < spots.len() && e.b < spots.len() && e.a != e.b)
            .collect();
        // Heavy ties last, so that they lie on top.
        edges.sort_by(|p, q| p.weight.total_cmp(&q.weight));
        for edge in edges {
            let ((ax, ay, _), (bx, by, _)) = (spots[edge.a], spots[edge.b]);
            let thick = 0.8 + 5.2 * share(edge.weight, strongest);
            let class = if edge.conflict {
                "conf-line"
            } else {
                "coop-line"
            };
            // Ties of both kinds between the same two lie side by side.
            let long = ((bx - ax).powi(2) + (by - ay).powi(2)).sqrt().max(1.0);
            let side = if edge.conflict { 2.5 } else { -1.0 };
            let (dx, dy) = (-(by - ay) / long * side, (bx - ax) / long * side);
            canvas.mark(&edge.backing, |c| {
                c.stroke(class, ax + dx, ay + dy, bx + dx, by + dy, thick);
                // Thin ties are hard to hit.
                c.stroke(
                    "hit-line",
                    ax + dx,
                    ay + dy,
                    bx + dx,
                    by + dy,
                    thick.max(9.0),
                );
            });
        }

        let mut placer = Placer::new(frame);
        for &(x, y, r) in &spots {
            placer.block(Area::new(x - r, y - r, x + r, y + r));
        }
        // Names of the partners first, then of those who do most.
        let mut order: Vec<usize> = (0..panel.nodes.len()).collect();
        order.sort_by(|&p, &q| {
            let (p_node, q_node) = (&panel.nodes[p], &panel.nodes[q]);
            q_node
                .highlight
                .cmp(&p_node.highlight)
                .then(q_node.weight.total_cmp(&p_node.weight))
                .then(p.cmp(&q))
        });
        let mut names: Vec<Option<(Area, String)>> = vec![None; panel.nodes.len()];
        for &k in &order {
            let node = &panel.nodes[k];
            let (x, y, r) = spots[k];
            let shown = text::fit(&text::clean(&node.name), 110.0, SIZE, node.highlight).0;
            let w = text::width(&shown, SIZE, node.highlight) + 4.0;
            let h = 13.0;
            let mut candidates = Vec::new();
            for far in [1.0, 7.0, 14.0] {
                let d = r + far;
                candidates.extend([
                    (x + d, y - h / 2.0),
                    (x - d - w, y - h / 2.0),
                    (x - w / 2.0, y - d - h),
                    (x - w / 2.0, y + d),
                    (x + d * 0.7, y - d * 0.7 - h),
                    (x + d * 0.7, y + d * 0.7),
                    (x - d * 0.7 - w, y - d * 0.7 - h),
                    (x - d * 0.7 - w, y + d * 0.7),
                ]);
            }
            let area = placer.place(
                candidates
                    .into_iter()
                    .map(|(l, t)| Area::new(l, t, l + w, t + h)),
            );
            silent += usize::from(area.is_none());
            names[k] = area.map(|a| (a, shown));
        }

        for &k in order.iter().rev() {
            let node = &panel.nodes[k];
            let ((x, y, _), r) = (spots[k], radius(node));
            canvas.mark(&node.backing, |c| {
                if node.highlight {
                    c.shape("halo", bloc_shape(node.bloc), x, y, r + 3.5);
                }
                c.shape(&bloc_class(node.bloc), bloc_shape(node.bloc), x, y, r);
                if r < 10.0 {
                    c.circle("hit", x, y, 10.0);
                }
                if let Some((area, shown)) = &names[k] {
                    // A name that found no room beside its mark is led back to it.
                    let near = (
                        x.clamp(area.left, area.right),
                        y.clamp(area.top, area.bottom),
                    );
                    let (dx, dy) = (near.0 - x, near.1 - y);
                    let far = (dx * dx + dy * dy).sqrt();
                    if far > reach(node) + 4.0 {
                        let rim = reach(node) / far;
                        c.line("leader", x + dx * rim, y + dy * rim, near.0, near.1);
                    }
                    c.rect(
                        "label-ground",
                        area.left,
                        area.top,
                        area.right - area.left,
                        area.bottom - area.top,
                    );
                    c.text(
                        Text::new(area.left + 2.0, area.top + 10.5, shown)
                            .size(SIZE)
                            .bold(node.highlight),
                    );
                }
            });
        }
        if panel.nodes.is_empty() {
            canvas.text(
                Text::new(left + wide / 2.0, top + HEAD + high / 2.0, "No events")
                    .middle()
                    .class("muted"),
            );
        }
    }

    let rows = spec.panels.len().div_ceil(columns);
    let bottom = rows as f64 * (HEAD + high + GAP) - GAP;
    let used: Vec<usize> = (0..spec.blocs.len())
        .filter(|b| {
            spec.panels
                .iter()
                .flat_map(|p| &p.nodes)
                .any(|n| n.bloc == Some(*b))
        })
        .collect();
    let mut entries: Vec<(Swatch, String)> = used
        .iter()
        .map(|&b| {
            (
                Swatch::Shape(bloc_class(Some(b)), bloc_shape(Some(b))),
                spec.blocs[b].clone(),
            )
        })
        .collect();
    if spec
        .panels
        .iter()
        .flat_map(|p| &p.nodes)
        .any(|n| n.bloc.is_none())
    {
        entries.push((
            Swatch::Shape(bloc_class(None), bloc_shape(None)),
            "no bloc".into(),
        ));
    }
    entries.push((
        Swatch::Line("coop-line key-line".into()),
        "cooperation".into(),
    ));
    entries.push((Swatch::Line("conf-line key-line".into()), "conflict".into()));
    let mut y = bottom + 8.0;
    y += legend::draw(&mut canvas, 2.0, y, WIDTH, &entries);
    let mut reading = spec.reading.clone();
    if silent > 0 {
        reading.push_str(&format!(
            " {} left out for want of room.",
            text::count(silent, "name")
        ));
    }
    for line in text::wrap(&reading, WIDTH - 4.0, SIZE, false, 3).0 {
        canvas.text(Text::new(2.0, y + 12.0, &line).size(SIZE).class("muted"));
        y += 15.0;
    }
    canvas.finish(y + 4.0, &spec.title, &describe(spec))
}

/// Moves marks apart that would lie on each other, and keeps them inside the frame.
fn relax(spots: impl Iterator<Item = (f64, f64, f64)>, frame: Area) -> Vec<(f64, f64, f64)> {
    let mut spots: Vec<(f64, f64, f64)> = spots.collect();
    for _ in 0..200 {
        let mut moved = false;
        for i in 0..spots.len() {
            for j in i + 1..spots.len() {
                let ((ax, ay, ar), (bx, by, br)) = (spots[i], spots[j]);
                let (dx, dy) = (bx - ax, by - ay);
                let far = (dx * dx + dy * dy).sqrt();
                let least = ar + br + 5.0;
                if far >= least {
                    continue;
                }
                moved = true;
                // Two on the same spot part in a direction that depends on who they are.
                let (ux, uy) = if far < 1e-6 {
                    let angle = 2.399963 * (i * 31 + j) as f64;
                    (angle.cos(), angle.sin())
                } else {
                    (dx / far, dy / far)
                };
                let push = (least - far) / 2.0 + 0.01;
                spots[i].0 -= ux * push;
                spots[i].1 -= uy * push;
                spots[j].0 += ux * push;
                spots[j].1 += uy * push;
            }
        }
        for (x, y, r) in &mut spots {
            let rim = *r * 1.25 + 4.0;
            *x = x.clamp(frame.left + rim, frame.right - rim);
            *y = y.clamp(frame.top + rim, frame.bottom - rim);
        }
        if !moved {
            break;
        }
    }
    spots
}

fn describe(spec: &Spec) -> String {
    let mut out = format!(
        "Network of actors, {}.",
        text::count(spec.panels.len(), "picture")
    );
    for panel in &spec.panels {
        let conflict = panel.edges.iter().filter(|e| e.conflict).count();
        out.push_str(&format!(
            " {}: {}, {} of cooperation, {} of conflict.",
            panel.name,
            text::count(panel.nodes.len(), "actor"),
            text::count(panel.edges.len() - conflict, "tie"),
            text::count(conflict, "tie")
        ));
        for (b, bloc) in spec.blocs.iter().enumerate() {
            let names: Vec<&str> = panel
                .nodes
                .iter()
                .filter(|n| n.bloc == Some(b))
                .map(|n| n.name.as_str())
                .collect();
            if !names.is_empty() {
                out.push_str(&format!(" {bloc}: {}.", names.join(", ")));
            }
        }
    }
    out
}
