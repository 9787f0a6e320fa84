//! Where to draw the nodes of a network: friends near each other, blocs together, nobody on top of
//! another, and everybody in about the same place from one picture to the next.

use std::collections::BTreeMap;

use crate::SpanBlocs;

/// A tie as a drawing sees it.
#[derive(Clone, Copy, Debug)]
pub struct Tie {
    /// One end.
    pub a: usize,
    /// The other end.
    pub b: usize,
    /// Above zero the ends belong near each other, below far apart.
    pub weight: f64,
}

/// What a layout keeps to.
#[derive(Clone, Debug, Default)]
pub struct LayoutOptions {
    /// For each node half the width and half the height of the room it needs, its name included,
    /// as shares of the picture's.
    pub room: Vec<[f64; 2]>,
    /// For each node the group it belongs to; members of one are drawn together.
    pub groups: Vec<usize>,
}

/// How far apart two nodes belong that no tie and no path of friendly ties joins.
const FAR: f64 = 2.0;

/// Positions in the unit square, without overlap of the nodes' room as long as there is space.
///
/// Stress majorisation: positions are sought whose distances come close to wished ones, the nearer
/// the wish the more it counts (weight 1/d²). Friends are wished nearer the stronger their tie,
/// foes far apart, those without a tie as far as the shortest path of friendly ties between them;
/// members of a group are drawn a quarter nearer. The start is a circle, group after group, so
/// there is no chance in it.
///
/// Reference: Gansner, Koren and North 2005, "Graph Drawing by Stress Majorization", *Graph
/// Drawing 2004*.
///
/// # Panics
/// If room or groups are not given for each node.
pub fn layout(n: usize, ties: &[Tie], options: &LayoutOptions) -> Vec<[f64; 2]> {
    assert!(
        options.room.len() == n && options.groups.len() == n,
        "room and group of each node"
    );
    let wished = wished_distances(n, ties, &options.groups);
    let mut places = circle(&options.groups);
    majorise(&mut places, &wished, None);
    let frame = Frame::around(&places, &options.room);
    places.iter_mut().for_each(|p| *p = frame.fit(*p));
    separate(&mut places, &options.room);
    places
}

/// One layout for each stretch of time, in the order of the nodes of its network. An actor stays
/// near the place it has in the network of all the stretches together. `room` gives for an actor's
/// code half the width and height it needs, as shares of the picture's.
pub fn layouts_of_spans(
    spans: &[SpanBlocs],
    room: impl Fn(&str) -> [f64; 2],
) -> Vec<Vec<[f64; 2]>> {
    let mut index: BTreeMap<&str, usize> = BTreeMap::new();
    for node in spans.iter().flat_map(|s| &s.network.nodes) {
        index.insert(&node.actor, 0);
    }
    for (i, place) in index.values_mut().enumerate() {
        *place = i;
    }
    // In the whole picture an actor belongs to the bloc in which most of its events fell.
    let mut in_bloc: Vec<BTreeMap<usize, usize>> = vec![BTreeMap::new(); index.len()];
    let mut sums: BTreeMap<(usize, usize), f64> = BTreeMap::new();
    for span in spans {
        let at = |i: usize| index[span.network.nodes[i].actor.as_str()];
        for (i, (node, member)) in span.network.nodes.iter().zip(&span.members).enumerate() {
            *in_bloc[at(i)].entry(member.label).or_default() += node.events;
        }
        for edge in &span.network.edges {
            let (a, b) = (at(edge.a), at(edge.b));
            *sums.entry((a.min(b), a.max(b))).or_default() += edge.net();
        }
    }
    let groups: Vec<usize> = in_bloc
        .iter()
        .map(|labels| {
            let most = labels
                .iter()
                .max_by_key(|&(label, n)| (n, std::cmp::Reverse(label)));
            most.map_or(usize::MAX, |(label, _)| *label)
        })
        .collect();
    let ties: Vec<Tie> = sums
        .iter()
        .map(|(&(a, b), &weight)| Tie { a, b, weight })
        .collect();
    let mut whole = circle(&groups);
    majorise(
        &mut whole,
        &wished_distances(index.len(), &ties, &groups),
        None,
    );
    let rooms: Vec<[f64; 2]> = index.keys().map(|code| room(code)).collect();
    let frame = Frame::around(&whole, &rooms);

    spans
        .iter()
        .map(|span| {
            let network = &span.network;
            let at = |i: usize| index[network.nodes[i].actor.as_str()];
            let n = network.nodes.len();
            let ties = network.edges.iter().map(|e| Tie {
                a: e.a,
                b: e.b,
                weight: e.net(),
            });
            let ties: Vec<Tie> = ties.collect();
            let groups: Vec<usize> = match span.members.len() {
                0 => (0..n).map(|i| groups[at(i)]).collect(),
                _ => span.members.iter().map(|m| m.label).collect(),
            };
            let anchors: Vec<[f64; 2]> = (0..n).map(|i| whole[at(i)]).collect();
            let mut places = anchors.clone();
            majorise(
                &mut places,
                &wished_distances(n, &ties, &groups),
                Some(&anchors),
            );
            places.iter_mut().for_each(|p| *p = frame.fit(*p));
            let rooms: Vec<[f64; 2]> = (0..n).map(|i| rooms[at(i)]).collect();
            separate(&mut places, &rooms);
            places
        })
        .collect()
}

fn wished_distances(n: usize, ties: &[Tie], groups: &[usize]) -> Vec<f64> {
    let mut path = vec![f64::INFINITY; n * n];
    let mut foes = vec![false; n * n];
    for tie in ties.iter().filter(|t| t.a != t.b) {
        for (i, j) in [(tie.a, tie.b), (tie.b, tie.a)] {
            if tie.weight > 0.0 {
                path[i * n + j] = 1.0 / (1.0 + 0.25 * tie.weight.ln_1p());
            } else {
                foes[i * n + j] = tie.weight < 0.0;
            }
        }
    }
    for via in 0..n {
        for i in 0..n {
            for j in 0..n {
                let round = path[i * n + via] + path[via * n + j];
                if i != j && round < path[i * n + j] {
                    path[i * n + j] = round;
                }
            }
        }
    }
    let wish = |k: usize| {
        let (i, j) = (k / n, k % n);
        let near = if groups[i] == groups[j] { 0.75 } else { 1.0 };
        if foes[k] {
            FAR
        } else {
            path[k].min(FAR) * near
        }
    };
    (0..n * n).map(wish).collect()
}

/// A circle, group after group and within a group in order.
fn circle(groups: &[usize]) -> Vec<[f64; 2]> {
    let mut order: Vec<usize> = (0..groups.len()).collect();
    order.sort_by_key(|&i| (groups[i], i));
    let mut places = vec![[0.0; 2]; groups.len()];
    for (k, &i) in order.iter().enumerate() {
        let angle = std::f64::consts::TAU * k as f64 / groups.len() as f64;
        places[i] = [angle.cos(), angle.sin()];
    }
    places
}

/// Moves each node in turn to where its own stress is least, given the others, until all rest. An
/// anchor pulls as much as half of the other nodes together.
fn majorise(places: &mut [[f64; 2]], wished: &[f64], anchors: Option<&[[f64; 2]]>) {
    let n = places.len();
    for _ in 0..200 {
        let mut moved: f64 = 0.0;
        for i in 0..n {
            let (mut sum, mut weights) = ([0.0; 2], 0.0);
            for j in (0..n).filter(|&j| j != i) {
                let wish = wished[i * n + j];
                let weight = 1.0 / (wish * wish);
                let [dx, dy] = [places[i][0] - places[j][0], places[i][1] - places[j][1]];
                let distance = dx.hypot(dy);
                // Two nodes on one spot: any direction will do, and it must be the same each time.
                let [ux, uy] = match distance {
                    d if d > 1e-9 => [dx / d, dy / d],
                    _ => [if i < j { 1.0 } else { -1.0 }, 0.0],
                };
                sum[0] += weight * (places[j][0] + wish * ux);
                sum[1] += weight * (places[j][1] + wish * uy);
                weights += weight;
            }
            if let Some(anchors) = anchors {
                let pull = (0.5 * weights).max(1.0);
                sum[0] += pull * anchors[i][0];
                sum[1] += pull * anchors[i][1];
                weights += pull;
            }
            if weights > 0.0 {
                let new = [sum[0] / weights, sum[1] / weights];
                moved = moved.max((new[0] - places[i][0]).hypot(new[1] - places[i][1]));
                places[i] = new;
            }
        }
        if moved < 1e-4 {
            return;
        }
    }
}

/// How the plane is laid into the unit square.
struct Frame {
    low: [f64; 2],
    high: [f64; 2],
    margin: [f64; 2],
}

impl Frame {
    fn around(places: &[[f64; 2]], room: &[[f64; 2]]) -> Self {
        let fold = |axis: usize, start: f64, pick: fn(f64, f64) -> f64| {
            places.iter().map(|p| p[axis]).fold(start, pick)
        };
        let most = |axis: usize| room.iter().map(|r| r[axis]).fold(0.0, f64::max);
        Self {
            low: [0, 1].map(|a| fold(a, f64::INFINITY, f64::min)),
            high: [0, 1].map(|a| fold(a, f64::NEG_INFINITY, f64::max)),
            margin: [0, 1].map(most),
        }
    }

    fn fit(&self, place: [f64; 2]) -> [f64; 2] {
        [0, 1].map(|a| {
            let width = self.high[a] - self.low[a];
            let share = if width > 1e-9 {
                (place[a] - self.low[a]) / width
            } else {
                0.5
            };
            self.margin[a] + share * (1.0 - 2.0 * self.margin[a])
        })
    }
}

/// Pushes nodes apart until no two rooms overlap, inside the unit square.
fn separate(places: &mut [[f64; 2]], room: &[[f64; 2]]) {
    let inside = |p: f64, room: f64| {
        if room < 0.5 {
            p.clamp(room, 1.0 - room)
        } else {
            0.5
        }
    };
    for (place, room) in places.iter_mut().zip(room) {
        *place = [0, 1].map(|a| inside(place[a], room[a]));
    }
    for _ in 0..2000 {
        let mut clear = true;
        for i in 0..places.len() {
            for j in i + 1..places.len() {
                let gap = |places: &[[f64; 2]], axis: usize| {
                    room[i][axis] + room[j][axis] - (places[i][axis] - places[j][axis]).abs()
                };
                let depth = [gap(places, 0), gap(places, 1)];
                if depth[0] <= 1e-9 || depth[1] <= 1e-9 {
                    continue;
                }
                clear = false;
                let first = usize::from(depth[1] < depth[0]);
                for axis in [first, 1 - first] {
                    // A little more than needed, so that the pushing comes to an end.
                    let push = gap(places, axis) / 2.0 + 1e-6;
                    let sign = if places[i][axis] < places[j][axis] {
                        -1.0
                    } else {
                        1.0
                    };
                    places[i][axis] = inside(places[i][axis] + sign * push, room[i][axis]);
                    places[j][axis] = inside(places[j][axis] - sign * push, room[j][axis]);
                    if gap(places, axis) <= 1e-9 {
                        break; // else the border was in the way: try the other axis too
                    }
                }
            }
        }
        if clear {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn overlap(places: &[[f64; 2]], room: &[[f64; 2]]) -> bool {
        (0..places.len()).any(|i| {
            (0..i).any(|j| {
                [0, 1]
                    .iter()
                    .all(|&a| (places[i][a] - places[j][a]).abs() < room[i][a] + room[j][a] - 1e-6)
            })
        })
    }

    fn distance(a: [f64; 2], b: [f64; 2]) -> f64 {
        (a[0] - b[0]).hypot(a[1] - b[1])
    }

    #[test]
    fn forty_nodes_find_room_and_stay_inside() {
        let n = 40;
        let ties: Vec<Tie> = (1..n)
            .map(|b| Tie {
                a: b % 3,
                b,
                weight: 5.0,
            })
            .collect();
        let options = LayoutOptions {
            room: vec![[0.05, 0.03]; n],
            groups: (0..n).map(|i| i % 3).collect(),
        };
        let places = layout(n, &ties, &options);
        assert!(!overlap(&places, &options.room));
        for p in &places {
            assert!(
                (0.05..=0.95).contains(&p[0]) && (0.03..=0.97).contains(&p[1]),
                "{p:?}"
            );
        }
        assert_eq!(places, layout(n, &ties, &options));
    }

    #[test]
    fn friends_are_near_and_foes_far() {
        let tie = |a, b, weight| Tie { a, b, weight };
        let ties = [
            tie(0, 1, 5.0),
            tie(1, 2, 5.0),
            tie(0, 2, 5.0),
            tie(3, 4, 5.0),
            tie(4, 5, 5.0),
            tie(3, 5, 5.0),
            tie(0, 3, -5.0),
        ];
        let options = LayoutOptions {
            room: vec![[0.02; 2]; 6],
            groups: vec![0, 0, 0, 1, 1, 1],
        };
        let p = layout(6, &ties, &options);
        let within = [(0, 1), (1, 2), (0, 2), (3, 4), (4, 5), (3, 5)];
        let most = within
            .map(|(i, j)| distance(p[i], p[j]))
            .into_iter()
            .fold(0.0, f64::max);
        let between = (0..3).flat_map(|i| (3..6).map(move |j| (i, j)));
        let least = between
            .map(|(i, j)| distance(p[i], p[j]))
            .fold(2.0, f64::min);
        assert!(most < least, "{most} {least}");
    }

    #[test]
    fn few_or_no_nodes() {
        assert!(layout(0, &[], &LayoutOptions::default()).is_empty());
        let one = LayoutOptions {
            room: vec![[0.1; 2]],
            groups: vec![0],
        };
        assert_eq!(layout(1, &[], &one), [[0.5, 0.5]]);
        // More than there is room for: it ends, and all are inside.
        let crowd = LayoutOptions {
            room: vec![[0.3; 2]; 9],
            groups: vec![0; 9],
        };
        for p in layout(9, &[], &crowd) {
            assert!(p.iter().all(|x| (0.3..=0.7).contains(x)));
        }
    }
}
