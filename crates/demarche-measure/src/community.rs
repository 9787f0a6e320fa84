//! Communities of a signed, weighted graph: groups with many friendly ties inside and hostile
//! ones between, found by maximising signed modularity.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The least gain in (scaled) modularity that counts as one.
const EPSILON: f64 = 1e-10;

/// An undirected graph whose ties have a friendly part, a hostile part, or both.
#[derive(Clone, Debug)]
pub struct SignedGraph {
    /// For each node its neighbours with the net weight of the tie (friendly less hostile).
    links: Vec<Vec<(usize, f64)>>,
    /// Net weight of a node's tie to itself, counted twice, as a sum over ordered pairs does.
    loops: Vec<f64>,
    friendly: Vec<f64>,
    hostile: Vec<f64>,
    all_friendly: f64,
    all_hostile: f64,
}

impl SignedGraph {
    /// A graph of `n` nodes from ties `(a, b, friendly, hostile)`, both weights from 0 up. Ties
    /// between the same two nodes add up.
    ///
    /// # Panics
    /// If a node is not below `n` or a weight is negative.
    pub fn new(n: usize, ties: impl IntoIterator<Item = (usize, usize, f64, f64)>) -> Self {
        let mut graph = Self {
            links: vec![Vec::new(); n],
            loops: vec![0.0; n],
            friendly: vec![0.0; n],
            hostile: vec![0.0; n],
            all_friendly: 0.0,
            all_hostile: 0.0,
        };
        for (a, b, friendly, hostile) in ties {
            assert!(
                friendly >= 0.0 && hostile >= 0.0,
                "weights are not negative"
            );
            if a == b {
                graph.loops[a] += 2.0 * (friendly - hostile);
            } else {
                graph.links[a].push((b, friendly - hostile));
                graph.links[b].push((a, friendly - hostile));
            }
            for end in [a, b] {
                graph.friendly[end] += friendly;
                graph.hostile[end] += hostile;
            }
            graph.all_friendly += 2.0 * friendly;
            graph.all_hostile += 2.0 * hostile;
        }
        graph
    }

    /// A graph of `n` nodes from ties `(a, b, weight)`: friendly where the weight is above zero,
    /// hostile where it is below.
    ///
    /// # Panics
    /// If a node is not below `n`.
    pub fn signed(n: usize, ties: impl IntoIterator<Item = (usize, usize, f64)>) -> Self {
        let parts = ties
            .into_iter()
            .map(|(a, b, w)| (a, b, w.max(0.0), (-w).max(0.0)));
        Self::new(n, parts)
    }

    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.links.len()
    }

    /// No node at all?
    pub fn is_empty(&self) -> bool {
        self.links.is_empty()
    }

    /// Signed modularity of a partition given as one label a node:
    ///
    /// `Q = 1/(2w⁺+2w⁻) Σ_ij [w_ij − γ (w⁺_i w⁺_j / 2w⁺ − w⁻_i w⁻_j / 2w⁻)] δ(c_i, c_j)`
    ///
    /// where `w_ij` is the net weight of a tie, `w±_i` the friendly or hostile strength of a node,
    /// `2w±` its sum over all nodes and γ the resolution: the friendly weight inside communities
    /// beyond chance less the hostile weight inside beyond chance, each weighted by its share of
    /// all. Without hostile ties it is Newman's modularity. Below 1; 0 for one community of all at
    /// γ = 1; unit: none. 0 for a graph without ties.
    ///
    /// Reference: Gómez, Jensen and Arenas 2009, "Analysis of community structure in networks of
    /// correlated data", *Physical Review E* 80, 016114; resolution: Reichardt and Bornholdt 2006,
    /// *Physical Review E* 74, 016110.
    ///
    /// # Panics
    /// If there is not one label a node.
    pub fn modularity(&self, labels: &[usize], resolution: f64) -> f64 {
        assert_eq!(labels.len(), self.len(), "one label a node");
        let weight = self.all_friendly + self.all_hostile;
        if weight == 0.0 {
            return 0.0;
        }
        let (labels, count) = canonical(labels);
        let mut inside = 0.0;
        let mut sums = vec![(0.0, 0.0); count];
        for (i, links) in self.links.iter().enumerate() {
            inside += self.loops[i];
            let same = links.iter().filter(|&&(j, _)| labels[j] == labels[i]);
            inside += same.map(|&(_, w)| w).sum::<f64>();
            sums[labels[i]].0 += self.friendly[i];
            sums[labels[i]].1 += self.hostile[i];
        }
        let chance: f64 = sums.iter().map(|&s| self.chance(s, s)).sum();
        (inside - resolution * chance) / weight
    }

    /// A partition with each community split into the parts that ties of net friendship hold
    /// together. Maximal modularity may put two in one community only because they have the same
    /// foes, or because a chance tie that was to be expected is missing.
    ///
    /// # Panics
    /// If there is not one label a node.
    pub fn held_together(&self, labels: &[usize]) -> Vec<usize> {
        assert_eq!(labels.len(), self.len(), "one label a node");
        let mut parts = vec![usize::MAX; self.len()];
        let mut count = 0;
        for first in 0..self.len() {
            if parts[first] != usize::MAX {
                continue;
            }
            parts[first] = count;
            let mut reached = vec![first];
            while let Some(i) = reached.pop() {
                for &(j, weight) in &self.links[i] {
                    if weight > 0.0 && labels[j] == labels[i] && parts[j] == usize::MAX {
                        parts[j] = count;
                        reached.push(j);
                    }
                }
            }
            count += 1;
        }
        parts
    }

    /// The net weight expected by chance between groups of these friendly and hostile strengths.
    fn chance(&self, (f, h): (f64, f64), (g, k): (f64, f64)) -> f64 {
        let part = |product: f64, all: f64| if all > 0.0 { product / all } else { 0.0 };
        part(f * g, self.all_friendly) - part(h * k, self.all_hostile)
    }

    fn strength(&self, node: usize) -> (f64, f64) {
        (self.friendly[node], self.hostile[node])
    }

    /// The graph of which each group of nodes is one node.
    fn merged(&self, labels: &[usize], count: usize) -> Self {
        let mut merged = Self {
            links: vec![Vec::new(); count],
            loops: vec![0.0; count],
            friendly: vec![0.0; count],
            hostile: vec![0.0; count],
            all_friendly: self.all_friendly,
            all_hostile: self.all_hostile,
        };
        let mut members = vec![Vec::new(); count];
        for (i, &label) in labels.iter().enumerate() {
            members[label].push(i);
            merged.loops[label] += self.loops[i];
            merged.friendly[label] += self.friendly[i];
            merged.hostile[label] += self.hostile[i];
        }
        let mut scratch = Scratch::new(count);
        for (label, members) in members.iter().enumerate() {
            for &(j, weight) in members.iter().flat_map(|&i| &self.links[i]) {
                scratch.add(labels[j], weight);
            }
            for &other in &scratch.touched {
                if other == label {
                    merged.loops[label] += scratch.sums[other];
                } else {
                    merged.links[label].push((other, scratch.sums[other]));
                }
            }
            scratch.clear();
        }
        merged
    }
}

/// Sums by community, cleared in the time it took to fill them.
struct Scratch {
    sums: Vec<f64>,
    seen: Vec<bool>,
    touched: Vec<usize>,
}

impl Scratch {
    fn new(n: usize) -> Self {
        Self {
            sums: vec![0.0; n],
            seen: vec![false; n],
            touched: Vec::new(),
        }
    }

    fn add(&mut self, at: usize, weight: f64) {
        if !self.seen[at] {
            self.seen[at] = true;
            self.touched.push(at);
        }
        self.sums[at] += weight;
    }

    fn clear(&mut self) {
        for at in self.touched.drain(..) {
            self.sums[at] = 0.0;
            self.seen[at] = false;
        }
    }
}

/// Labels renumbered 0, 1, … in the order in which they first occur, and how many there are.
pub(crate) fn canonical(labels: &[usize]) -> (Vec<usize>, usize) {
    let most = labels.iter().max().map_or(0, |m| m + 1);
    let mut new = vec![usize::MAX; most];
    let mut count = 0;
    let labels = labels
        .iter()
        .map(|&old| {
            if new[old] == usize::MAX {
                new[old] = count;
                count += 1;
            }
            new[old]
        })
        .collect();
    (labels, count)
}

/// Choices of [`communities`].
#[derive(Clone, Copy, Debug)]
pub struct CommunityOptions {
    /// Resolution γ: above 1 more and smaller communities, below 1 fewer and larger ones.
    pub resolution: f64,
    /// How many searches start from nothing, each in an order of its own; the best is kept.
    pub starts: usize,
    /// How often the best partition is shaken and searched on from there.
    pub shakes: usize,
    /// Seed of all orders.
    pub seed: u64,
}

impl Default for CommunityOptions {
    fn default() -> Self {
        Self {
            resolution: 1.0,
            starts: 8,
            shakes: 16,
            seed: 0,
        }
    }
}

/// A graph divided into communities.
#[derive(Clone, Debug, PartialEq)]
pub struct Partition {
    /// For each node its community: 0, 1, … in the order of their first nodes.
    pub labels: Vec<usize>,
    /// Number of communities.
    pub count: usize,
    /// Signed modularity; see [`SignedGraph::modularity`].
    pub modularity: f64,
}

/// The division of a graph with the greatest signed modularity that is found.
///
/// The search is the Leiden scheme: nodes move to the community where they gain most until none
/// gains; each community is then built up again from its nodes, so that badly joined parts come
/// apart; the parts become the nodes of a smaller graph, and so on until nothing changes. Then
/// whole communities are joined, and chains of single moves tried that may lose at first (Kernighan
/// and Lin's idea), as long as either gains. The best of several starts is shaken a few times. The
/// same options give the same result. A node without ties is a community of its own.
///
/// Reference: Traag, Waltman and van Eck 2019, "From Louvain to Leiden", *Scientific Reports* 9,
/// 5233; chains of moves: Newman 2006, *PNAS* 103(23).
pub fn communities(graph: &SignedGraph, options: &CommunityOptions) -> Partition {
    let mut rng = ChaCha8Rng::seed_from_u64(options.seed);
    let n = graph.len();
    let resolution = options.resolution;
    let mut best: Option<Partition> = None;
    for turn in 0..options.starts.max(1) + options.shakes {
        let from = match &best {
            Some(best) if turn >= options.starts => shaken(best, n, &mut rng),
            _ => (0..n).collect(),
        };
        let labels = search(graph, from, resolution, &mut rng);
        let modularity = graph.modularity(&labels, resolution);
        if best
            .as_ref()
            .is_none_or(|b| modularity > b.modularity + EPSILON)
        {
            let (labels, count) = canonical(&labels);
            best = Some(Partition {
                labels,
                count,
                modularity,
            });
        }
    }
    let mut best = best.expect("there is at least one start");
    let alone = |i: usize| graph.links[i].is_empty();
    if (0..n).any(alone) {
        for (next, i) in (n..).zip((0..n).filter(|&i| alone(i))) {
            best.labels[i] = next;
        }
        (best.labels, best.count) = canonical(&best.labels);
        best.modularity = graph.modularity(&best.labels, resolution);
    }
    best
}

/// The partition with a few of its communities broken up into single nodes.
fn shaken(best: &Partition, n: usize, rng: &mut ChaCha8Rng) -> Vec<usize> {
    let broken: Vec<bool> = (0..best.count).map(|_| rng.random_bool(0.3)).collect();
    let mut labels = best.labels.clone();
    for (i, label) in labels.iter_mut().enumerate() {
        if broken[*label] || rng.random_bool(0.05) {
            *label = n + i;
        }
    }
    canonical(&labels).0
}

/// One search from a given partition to one that nothing tried here betters.
fn search(
    graph: &SignedGraph,
    mut labels: Vec<usize>,
    resolution: f64,
    rng: &mut ChaCha8Rng,
) -> Vec<usize> {
    loop {
        let before = graph.modularity(&labels, resolution);
        labels = leiden(graph, labels, resolution, rng);
        join(graph, &mut labels, resolution);
        chain(graph, &mut labels, resolution);
        if graph.modularity(&labels, resolution) <= before + EPSILON {
            return labels;
        }
    }
}

/// Moves, refinement and merging down to a graph that gets no smaller.
fn leiden(
    graph: &SignedGraph,
    labels: Vec<usize>,
    resolution: f64,
    rng: &mut ChaCha8Rng,
) -> Vec<usize> {
    let mut nodes: Vec<usize> = (0..graph.len()).collect(); // node of the merged graph by node
    let mut owned; // the merged graph, once there is one
    let mut level = graph;
    let mut labels = labels;
    loop {
        move_nodes(level, &mut labels, resolution, rng);
        let (parts, count) = canonical(&refine(level, &labels, resolution, rng));
        if count == level.len() {
            return nodes.iter().map(|&node| labels[node]).collect();
        }
        let mut merged = vec![0; count];
        for (i, &part) in parts.iter().enumerate() {
            merged[part] = labels[i];
        }
        for node in &mut nodes {
            *node = parts[*node];
        }
        owned = level.merged(&parts, count);
        level = &owned;
        labels = canonical(&merged).0;
    }
}

fn shuffled(n: usize, rng: &mut ChaCha8Rng) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    for i in (1..n).rev() {
        order.swap(i, rng.random_range(0..=i));
    }
    order
}

/// Moves single nodes to where they gain most until no move gains.
fn move_nodes(graph: &SignedGraph, labels: &mut [usize], resolution: f64, rng: &mut ChaCha8Rng) {
    let n = graph.len();
    let mut strength = vec![(0.0, 0.0); n];
    let mut size = vec![0_usize; n];
    for (i, &label) in labels.iter().enumerate() {
        strength[label].0 += graph.friendly[i];
        strength[label].1 += graph.hostile[i];
        size[label] += 1;
    }
    let mut empty: Vec<usize> = (0..n).rev().filter(|&c| size[c] == 0).collect();
    let mut scratch = Scratch::new(n);
    let order = shuffled(n, rng);
    loop {
        let mut moved = false;
        for &i in &order {
            let from = labels[i];
            let own = graph.strength(i);
            strength[from].0 -= own.0;
            strength[from].1 -= own.1;
            size[from] -= 1;
            scratch.add(from, 0.0);
            for &(j, weight) in &graph.links[i] {
                scratch.add(labels[j], weight);
            }
            if graph.all_hostile > 0.0 {
                // Sharing enemies joins even those without a tie.
                for community in (0..n).filter(|&c| size[c] > 0) {
                    scratch.add(community, 0.0);
                }
            }
            let gain =
                |c: usize, s: &Scratch| s.sums[c] - resolution * graph.chance(own, strength[c]);
            let mut to = from;
            let mut most = gain(from, &scratch);
            for &community in &scratch.touched {
                let g = gain(community, &scratch);
                if g > most + EPSILON {
                    (to, most) = (community, g);
                }
            }
            if most < -EPSILON
                && size[from] > 0
                && let Some(&community) = empty.last()
            {
                to = community; // alone is better
            }
            scratch.clear();
            if to != from {
                if empty.last() == Some(&to) {
                    empty.pop();
                }
                if size[from] == 0 {
                    empty.push(from);
                }
                labels[i] = to;
                moved = true;
            }
            strength[to].0 += own.0;
            strength[to].1 += own.1;
            size[to] += 1;
        }
        if !moved {
            return;
        }
    }
}

/// Builds each community up again from single nodes: a node that is still alone joins a part of
/// its community at random, more likely where it gains more.
fn refine(
    graph: &SignedGraph,
    labels: &[usize],
    resolution: f64,
    rng: &mut ChaCha8Rng,
) -> Vec<usize> {
    let n = graph.len();
    let weight = graph.all_friendly + graph.all_hostile;
    let mut parts: Vec<usize> = (0..n).collect();
    let mut strength: Vec<(f64, f64)> = (0..n).map(|i| graph.strength(i)).collect();
    let mut size = vec![1_usize; n];
    let mut scratch = Scratch::new(n);
    let mut choices: Vec<(usize, f64)> = Vec::new();
    for i in shuffled(n, rng) {
        if size[parts[i]] > 1 {
            continue;
        }
        for &(j, w) in graph.links[i]
            .iter()
            .filter(|&&(j, _)| labels[j] == labels[i])
        {
            scratch.add(parts[j], w);
        }
        choices.clear();
        for &part in &scratch.touched {
            let gain =
                scratch.sums[part] - resolution * graph.chance(graph.strength(i), strength[part]);
            if part != parts[i] && gain > EPSILON {
                choices.push((part, gain));
            }
        }
        scratch.clear();
        let most = choices.iter().map(|c| c.1).fold(0.0, f64::max);
        // The temperature of the Leiden paper, on the scale of modularity.
        let odds = |gain: f64| ((gain - most) * 2.0 / (weight * 0.01)).exp();
        let total: f64 = choices.iter().map(|c| odds(c.1)).sum();
        let mut left = rng.random_range(0.0..1.0) * total;
        let chosen = choices.iter().find(|c| {
            left -= odds(c.1);
            left <= 0.0
        });
        if let Some(&(part, _)) = chosen.or(choices.last()) {
            let own = graph.strength(i);
            size[parts[i]] = 0;
            parts[i] = part;
            size[part] += 1;
            strength[part].0 += own.0;
            strength[part].1 += own.1;
        }
    }
    parts
}

/// Joins the two communities that gain most by it, as long as any gain.
fn join(graph: &SignedGraph, labels: &mut Vec<usize>, resolution: f64) {
    loop {
        let (new, count) = canonical(labels);
        let merged = graph.merged(&new, count);
        *labels = new;
        let mut best = (EPSILON, 0, 0);
        let mut scratch = Scratch::new(count);
        for a in 0..count {
            for &(b, weight) in &merged.links[a] {
                scratch.add(b, weight);
            }
            for b in 0..a {
                let chance = graph.chance(merged.strength(a), merged.strength(b));
                let gain = scratch.sums[b] - resolution * chance;
                if gain > best.0 {
                    best = (gain, a, b);
                }
            }
            scratch.clear();
        }
        let (_, a, b) = best;
        if a == b {
            return;
        }
        labels.iter_mut().filter(|l| **l == a).for_each(|l| *l = b);
    }
}

/// Moves each node once, always the one that gains most or loses least, and keeps the best state
/// on the way; again as long as that gains.
fn chain(graph: &SignedGraph, labels: &mut Vec<usize>, resolution: f64) {
    let n = graph.len();
    loop {
        let (mut state, count) = canonical(labels);
        if count == n {
            return; // no tie inside any community
        }
        // One community more than there are, for a node that is better alone.
        let width = count + 1;
        let mut strength = vec![(0.0, 0.0); width];
        let mut size = vec![0_usize; width];
        let mut linked = vec![0.0; n * width];
        for i in 0..n {
            strength[state[i]].0 += graph.friendly[i];
            strength[state[i]].1 += graph.hostile[i];
            size[state[i]] += 1;
            for &(j, weight) in &graph.links[i] {
                linked[i * width + state[j]] += weight;
            }
        }
        let mut free: Vec<usize> = (0..n).collect();
        let (mut gained, mut most) = (0.0, EPSILON);
        let mut best: Option<Vec<usize>> = None;
        while !free.is_empty() {
            let mut choice = (f64::NEG_INFINITY, 0, 0);
            for (at, &i) in free.iter().enumerate() {
                let (f, h) = graph.strength(i);
                let from = state[i];
                let rest = (strength[from].0 - f, strength[from].1 - h);
                let row = &linked[i * width..(i + 1) * width];
                let stay = row[from] - resolution * graph.chance((f, h), rest);
                for to in (0..width).filter(|&c| c != from) {
                    if size[to] == 0 && size[from] == 1 {
                        continue; // alone already
                    }
                    let go = row[to] - resolution * graph.chance((f, h), strength[to]);
                    if go - stay > choice.0 {
                        choice = (go - stay, at, to);
                    }
                }
            }
            let (gain, at, to) = choice;
            if gain == f64::NEG_INFINITY {
                break;
            }
            let i = free.swap_remove(at);
            let from = state[i];
            let own = graph.strength(i);
            strength[from].0 -= own.0;
            strength[from].1 -= own.1;
            strength[to].0 += own.0;
            strength[to].1 += own.1;
            size[from] -= 1;
            size[to] += 1;
            for &(j, weight) in &graph.links[i] {
                linked[j * width + from] -= weight;
                linked[j * width + to] += weight;
            }
            state[i] = to;
            gained += gain;
            if gained > most {
                most = gained;
                best = Some(state.clone());
            }
        }
        match best {
            Some(state) => *labels = state,
            None => return,
        }
    }
}

/// The adjusted Rand index of two partitions of the same things: how often they agree on whether
/// two things belong together, beyond chance. 1 if they are the same, 0 on average at chance,
/// negative below it; unit: none. 1 where both put all together or all apart.
///
/// Reference: Hubert and Arabie 1985, "Comparing Partitions", *Journal of Classification* 2.
///
/// # Panics
/// If the partitions differ in length.
pub fn adjusted_rand(x: &[usize], y: &[usize]) -> f64 {
    assert_eq!(x.len(), y.len(), "partitions of the same things");
    let ((x, rows), (y, columns)) = (canonical(x), canonical(y));
    let mut cells = vec![0_usize; rows * columns];
    let (mut by_row, mut by_column) = (vec![0_usize; rows], vec![0_usize; columns]);
    for (&a, &b) in x.iter().zip(&y) {
        cells[a * columns + b] += 1;
        by_row[a] += 1;
        by_column[b] += 1;
    }
    let pairs = |counts: &[usize]| {
        let pairs = |n: usize| n * n.saturating_sub(1) / 2;
        counts.iter().map(|&n| pairs(n)).sum::<usize>() as f64
    };
    let (together, in_x, in_y) = (pairs(&cells), pairs(&by_row), pairs(&by_column));
    let all = pairs(&[x.len()]);
    let chance = if all > 0.0 { in_x * in_y / all } else { 0.0 };
    let most = (in_x + in_y) / 2.0;
    if most == chance {
        1.0
    } else {
        (together - chance) / (most - chance)
    }
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use super::*;

    fn find(graph: &SignedGraph) -> Partition {
        communities(graph, &CommunityOptions::default())
    }

    fn clique(nodes: std::ops::Range<usize>, weight: f64) -> Vec<(usize, usize, f64)> {
        let pairs = nodes
            .clone()
            .flat_map(|a| nodes.clone().map(move |b| (a, b)));
        pairs
            .filter(|(a, b)| a < b)
            .map(|(a, b)| (a, b, weight))
            .collect()
    }

    /// All partitions of `n` things, as restricted growth strings.
    fn all_partitions(n: usize) -> Vec<Vec<usize>> {
        let mut all = vec![Vec::new()];
        for _ in 0..n {
            let longer = all.iter().flat_map(|labels: &Vec<usize>| {
                let next = labels.iter().max().map_or(0, |m| m + 1);
                (0..=next).map(move |label| [labels.as_slice(), &[label]].concat())
            });
            all = longer.collect();
        }
        all
    }

    #[test]
    fn two_cliques_with_a_bridge() {
        // Two triangles and one tie between them, 7 ties: Q = 6/7 − 2·(7/14)² = 5/14.
        let mut ties = clique(0..3, 1.0);
        ties.extend(clique(3..6, 1.0));
        ties.push((2, 3, 1.0));
        let found = find(&SignedGraph::signed(6, ties));
        assert_eq!(found.labels, [0, 0, 0, 1, 1, 1]);
        assert!((found.modularity - 5.0 / 14.0).abs() < 1e-12);
    }

    #[test]
    fn two_friendly_camps_that_are_foes() {
        // Inside 2·3 friendly ties, between 9 hostile ones: w⁺ = 6, w⁻ = 9, and of either the two
        // camps hold half the strength each. Q⁺ = 1 − ½, Q⁻ = 0 − ½, Q = 6/15·½ + 9/15·½ = ½.
        let mut ties = clique(0..3, 1.0);
        ties.extend(clique(3..6, 1.0));
        ties.extend((0..3).flat_map(|a| (3..6).map(move |b| (a, b, -1.0))));
        let graph = SignedGraph::signed(6, ties);
        let found = find(&graph);
        assert_eq!(found.labels, [0, 0, 0, 1, 1, 1]);
        assert!((found.modularity - 0.5).abs() < 1e-12);
        assert!(graph.modularity(&[0; 6], 1.0).abs() < 1e-12);
    }

    #[test]
    fn common_foes_join_those_without_a_tie() {
        // 0 and 1 have no tie, but both are foes of 2 and 3.
        let ties = [(0, 2, -1.0), (0, 3, -1.0), (1, 2, -1.0), (1, 3, -1.0)];
        let graph = SignedGraph::signed(4, ties);
        let found = find(&graph);
        assert_eq!(found.labels, [0, 0, 1, 1]);
        assert_eq!(graph.held_together(&found.labels), [0, 1, 2, 3]);
        // A friendly chain within one community and a foe at its end.
        let chain = SignedGraph::signed(4, [(0, 2, 1.0), (2, 1, 1.0), (1, 3, -1.0)]);
        assert_eq!(chain.held_together(&[7, 7, 7, 7]), [0, 0, 0, 1]);
        assert_eq!(chain.held_together(&[7, 3, 7, 7]), [0, 1, 0, 2]);
    }

    #[test]
    fn degenerate_graphs() {
        let none = find(&SignedGraph::signed(3, []));
        assert_eq!((none.labels, none.modularity), (vec![0, 1, 2], 0.0));
        assert_eq!(find(&SignedGraph::signed(0, [])).count, 0);
        // A node without ties belongs to nobody.
        let ties = [(0, 2, 1.0), (2, 3, 1.0), (0, 3, 1.0)];
        assert_eq!(find(&SignedGraph::signed(4, ties)).labels, [0, 1, 0, 0]);
    }

    /// Against the definition, summed over all ordered pairs.
    #[test]
    fn modularity_is_its_definition() {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        for _ in 0..50 {
            let n = 7;
            let (mut w, mut ties) = (vec![0.0_f64; n * n], Vec::new());
            for (a, b, _) in clique(0..n, 0.0).into_iter().chain([(2, 2, 0.0)]) {
                let weight = f64::from(rng.random_range(-3..=3));
                ties.push((a, b, weight));
                w[a * n + b] += weight;
                w[b * n + a] += weight;
            }
            let labels: Vec<usize> = (0..n).map(|_| rng.random_range(0..3)).collect();
            let gamma = 1.3;
            let part = |sign: f64| w.iter().map(|v| (v * sign).max(0.0)).collect::<Vec<_>>();
            let quality = |w: &[f64]| {
                let total: f64 = w.iter().sum();
                let k: Vec<f64> = (0..n).map(|i| w[i * n..(i + 1) * n].iter().sum()).collect();
                let mut sum = 0.0;
                for i in 0..n {
                    for j in (0..n).filter(|&j| labels[i] == labels[j]) {
                        sum += w[i * n + j] - gamma * k[i] * k[j] / total;
                    }
                }
                (sum, total)
            };
            let ((friendly, f), (hostile, h)) = (quality(&part(1.0)), quality(&part(-1.0)));
            let want = (friendly - hostile) / (f + h);
            let graph = SignedGraph::signed(n, ties);
            assert!((graph.modularity(&labels, gamma) - want).abs() < 1e-12);
        }
    }

    /// networkx 3.6.1, `community.modularity(karate_club_graph(), …, weight=None)` of the
    /// two clubs; the best known unweighted division has 0.4198 (Brandes et al. 2008).
    #[test]
    fn zachary() {
        let ties = KARATE.split(' ').map(|tie| {
            let mut ends = tie.split('-').map(|n| n.parse::<usize>().unwrap());
            (ends.next().unwrap(), ends.next().unwrap(), 1.0)
        });
        let graph = SignedGraph::signed(34, ties);
        let officer = [
            9, 14, 15, 18, 20, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33,
        ];
        let clubs: Vec<usize> = (0..34).map(|i| usize::from(officer.contains(&i))).collect();
        assert!((graph.modularity(&clubs, 1.0) - KARATE_CLUBS).abs() < 1e-12);
        let found = find(&graph);
        assert!(
            (found.modularity - 0.419_789_612_097).abs() < 1e-9,
            "{}",
            found.modularity
        );
        assert_eq!(found.count, 4);
    }

    const KARATE: &str = "0-1 0-2 0-3 0-4 0-5 0-6 0-7 0-8 0-10 0-11 0-12 0-13 0-17 0-19 0-21 0-31 1-2 1-3 1-7 \
        1-13 1-17 1-19 1-21 1-30 2-3 2-7 2-8 2-9 2-13 2-27 2-28 2-32 3-7 3-12 3-13 4-6 4-10 \
        5-6 5-10 5-16 6-16 8-30 8-32 8-33 9-33 13-33 14-32 14-33 15-32 15-33 18-32 18-33 \
        19-33 20-32 20-33 22-32 22-33 23-25 23-27 23-29 23-32 23-33 24-25 24-27 24-31 25-31 \
        26-29 26-33 27-33 28-31 28-33 29-32 29-33 30-32 30-33 31-32 31-33 32-33";
    const KARATE_CLUBS: f64 = 0.3582347140039448;

    /// The search finds the best of all partitions of small signed graphs.
    #[test]
    fn small_graphs_are_divided_as_well_as_can_be() {
        let mut rng = ChaCha8Rng::seed_from_u64(11);
        for turn in 0..240 {
            let n = 3 + turn % 6;
            let signed = turn % 2 == 0;
            let mut ties = Vec::new();
            for (a, b, _) in clique(0..n, 0.0) {
                if rng.random_bool(0.5) {
                    let weight: f64 = rng.random_range(0.1..4.0);
                    let sign = if signed && rng.random_bool(0.4) {
                        -1.0
                    } else {
                        1.0
                    };
                    ties.push((a, b, sign * weight));
                }
            }
            let graph = SignedGraph::signed(n, ties);
            let best = all_partitions(n)
                .iter()
                .map(|labels| graph.modularity(labels, 1.0))
                .fold(f64::NEG_INFINITY, f64::max);
            let found = find(&graph);
            assert!(
                (found.modularity - best).abs() < 1e-9,
                "{n}: {found:?}, best {best}"
            );
            assert_eq!(graph.modularity(&found.labels, 1.0), found.modularity);
        }
    }

    #[test]
    fn the_adjusted_rand_index() {
        assert_eq!(adjusted_rand(&[0, 0, 1, 1], &[5, 5, 2, 2]), 1.0);
        assert_eq!(adjusted_rand(&[0, 0, 0], &[1, 1, 1]), 1.0);
        assert!((adjusted_rand(&[0, 0, 1, 1], &[0, 1, 0, 1]) + 0.5).abs() < 1e-12);
        // scikit-learn's documentation: 0.57 for these two.
        let got = adjusted_rand(&[0, 0, 1, 2], &[0, 0, 1, 1]);
        assert!((got - 4.0 / 7.0).abs() < 1e-12);
    }

    /// 200 weighted graphs of 200 nodes, on which igraph and networkx reach 0.3632 on average.
    #[test]
    fn as_good_as_other_programs() {
        let Some(path) = demarche_shared::shared("reference/communities/graphs200.csv.gz") else {
            return;
        };
        let text = Command::new("gzip").arg("-dc").arg(&path).output();
        let Some(text) = text.ok().filter(|o| o.status.success()).map(|o| o.stdout) else {
            println!("skipped: no gzip, or {} is none", path.display());
            return;
        };
        let mut graphs = vec![Vec::new(); 200];
        for line in String::from_utf8(text).unwrap().lines() {
            let f: Vec<usize> = line.split(',').map(|f| f.parse().unwrap()).collect();
            graphs[f[0]].push((f[1], f[2], f[3] as f64));
        }
        let options = CommunityOptions {
            starts: 2,
            shakes: 4,
            ..Default::default()
        };
        let sum: f64 = graphs
            .into_iter()
            .map(|ties| communities(&SignedGraph::signed(200, ties), &options).modularity)
            .sum();
        let mean = sum / 200.0;
        println!("mean modularity {mean:.5}");
        assert!(mean >= 0.3632, "{mean}");
    }
}
