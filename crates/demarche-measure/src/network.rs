//! The network of a stretch of time: who cooperates and who clashes with whom, and how much.

use std::collections::{BTreeMap, BTreeSet};

use demarche_case::{ActorKind, Case, NamedPeriod};
use demarche_events::{Date, Event, QuadScheme};
use demarche_table::{Kind, Table};

use crate::{EventIx, Placement, Weighting, placement};

/// Choices of [`network`].
#[derive(Clone, Debug)]
pub struct NetworkOptions {
    /// Bodies whose members, from day to day, are drawn as the body itself. A state that belongs
    /// to several is drawn as the first. Acts between two that are drawn as one are left out.
    pub fold: Vec<String>,
    /// Actors that stay themselves although they belong to such a body.
    pub keep: Vec<String>,
    /// What an act counts for.
    pub weighting: Weighting,
    /// What counts as conflict, where acts count one each.
    pub quad: QuadScheme,
    /// Fewest events an actor must have with the other actors of the network to be in it.
    pub min_events: usize,
}

impl NetworkOptions {
    /// Bodies among the partners stand for their members, but for partners, comparators and actors
    /// that take part in at least a twentieth of all events (an ally of that weight is an actor of
    /// its own in the picture); an actor needs three events; the rest as the case says.
    pub fn of(case: &Case) -> Self {
        let s = &case.settings;
        let is_body = |code: &&String| case.actor(code).is_some_and(|a| a.kind == ActorKind::Body);
        let weighty = case.actors.iter().map(|a| &a.code).filter(|code| {
            let takes_part = |e: &&Event| e.source == **code || e.target == **code;
            20 * case.chronicle.iter().filter(takes_part).count() >= case.chronicle.len()
        });
        let keep: BTreeSet<&String> = s
            .partners
            .iter()
            .chain(&s.comparators)
            .chain(weighty)
            .collect();
        Self {
            fold: s.partners.iter().filter(is_body).cloned().collect(),
            keep: keep.into_iter().cloned().collect(),
            weighting: Weighting::Acts,
            quad: s.measure.quad,
            min_events: 3,
        }
    }

    /// The actor as which `code` is drawn on a day.
    fn drawn_as<'a>(&'a self, case: &Case, code: &'a str, day: Date) -> &'a str {
        if self.keep.iter().any(|k| k == code) {
            return code;
        }
        let body = self
            .fold
            .iter()
            .find(|body| case.is_member(code, body, day));
        body.map_or(code, |body| body)
    }

    /// What an event adds: above zero to the cooperative part of a tie, below to the conflictual.
    pub fn weight(&self, event: &Event) -> f64 {
        match self.weighting {
            Weighting::Acts if self.quad.class(event.cameo).is_cooperation() => 1.0,
            Weighting::Acts => -1.0,
            Weighting::Goldstein => event.cameo.goldstein().value,
        }
    }
}

/// An actor in the network.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its code.
    pub actor: String,
    /// Its events with other nodes.
    pub events: usize,
    /// Sum of the cooperative parts of its ties. Acts or Goldstein points.
    pub cooperation: f64,
    /// Sum of the conflictual parts of its ties, as a positive number. Acts or Goldstein points.
    pub conflict: f64,
    /// Its share of all cooperation: `cooperation` over the sum of it over all nodes, i.e. over
    /// twice the cooperation in the network. From 0 to ½, since each act has two ends. The
    /// weighted degree centrality of Barrat et al. 2004, "The architecture of complex weighted
    /// networks", *PNAS* 101(11), as a share.
    pub share: f64,
    /// Eigenvector centrality in the cooperative network: who cooperates much with those who
    /// cooperate much. From 0 to 1, the most central actor being 1; unit: none. See
    /// [`eigenvector_centrality`].
    pub centrality: f64,
}

/// A tie between two actors, without direction.
#[derive(Clone, Debug)]
pub struct Edge {
    /// Position of the first actor in [`Network::nodes`].
    pub a: usize,
    /// Position of the second, greater than that of the first.
    pub b: usize,
    /// Its cooperative part. Acts or Goldstein points.
    pub cooperation: f64,
    /// Its conflictual part, as a positive number. Acts or Goldstein points.
    pub conflict: f64,
    /// The events behind it, ascending.
    pub events: Vec<EventIx>,
}

impl Edge {
    /// Cooperation less conflict: the signed weight of the tie.
    pub fn net(&self) -> f64 {
        self.cooperation - self.conflict
    }
}

/// Who cooperates and who clashes with whom in a stretch of time.
#[derive(Clone, Debug)]
pub struct Network {
    /// The stretch of time.
    pub span: NamedPeriod,
    /// The actors, in the order of `actors.csv`.
    pub nodes: Vec<Node>,
    /// The ties, ascending by their two ends.
    pub edges: Vec<Edge>,
    /// All events behind the ties, ascending.
    pub events: Vec<EventIx>,
    /// Actors that took part but have too few events, with how many they have.
    pub left_out: Vec<(String, usize)>,
    /// Events between actors that are drawn as one.
    pub internal: usize,
    /// Events left out because their date is too coarse to say whether they lie in the stretch.
    pub unsure: usize,
    /// The choices made.
    pub options: NetworkOptions,
}

/// The signed, weighted network of a stretch of time.
///
/// Nodes are the actors that take part. The tie between two of them has a cooperative part, the
/// sum of their cooperative acts in either direction, and a conflictual part, the sum of their
/// conflictual acts; an act done together counts once, since a tie has no direction. With
/// [`Weighting::Goldstein`] an act adds its Goldstein value to the one or the other by its sign.
/// The signed weight of the tie is the first less the second. Unit: acts or Goldstein points.
///
/// Reference: Wasserman and Faust 1994, *Social Network Analysis*, chapter 4, for valued and
/// signed graphs; Maoz 2010, *Networks of Nations*, for their use on states.
pub fn network(case: &Case, span: &NamedPeriod, options: &NetworkOptions) -> Network {
    let mut internal = 0;
    let mut unsure = 0;
    let mut acts: BTreeMap<(usize, usize), Vec<EventIx>> = BTreeMap::new();
    // Actors by their place in the case, so that nodes keep their order from span to span.
    let place_of: BTreeMap<&str, usize> = case
        .actors
        .iter()
        .enumerate()
        .map(|(i, a)| (a.code.as_str(), i))
        .collect();
    for (i, event) in case.chronicle.iter().enumerate() {
        match placement(event, span, case.settings.as_of) {
            Placement::Inside => {}
            Placement::Outside => continue,
            Placement::Unsure => {
                unsure += 1;
                continue;
            }
        }
        let place = |code| place_of.get(options.drawn_as(case, code, event.date));
        let (Some(&a), Some(&b)) = (place(&event.source), place(&event.target)) else {
            continue; // a case found sound has no such event
        };
        if a == b {
            internal += 1;
            continue;
        }
        let event = EventIx::try_from(i).expect("chronicles are small");
        acts.entry((a.min(b), a.max(b))).or_default().push(event);
    }

    let count = |acts: &BTreeMap<(usize, usize), Vec<EventIx>>| {
        let mut counts: BTreeMap<usize, usize> = BTreeMap::new();
        for (&(a, b), events) in acts {
            *counts.entry(a).or_default() += events.len();
            *counts.entry(b).or_default() += events.len();
        }
        counts
    };
    // To take an actor out takes events from others, so it is done until all have enough.
    let all = count(&acts);
    loop {
        let few: Vec<usize> = count(&acts)
            .into_iter()
            .filter(|&(_, n)| n < options.min_events)
            .map(|(actor, _)| actor)
            .collect();
        if few.is_empty() {
            break;
        }
        acts.retain(|(a, b), _| !few.contains(a) && !few.contains(b));
    }
    let kept = count(&acts);
    let code = |place: usize| case.actors[place].code.clone();
    let left_out = all
        .iter()
        .filter(|(place, _)| !kept.contains_key(place))
        .map(|(&place, &n)| (code(place), n))
        .collect();

    let order: Vec<usize> = kept.keys().copied().collect();
    let position = |place: &usize| order.binary_search(place).expect("kept actors have a node");
    let edges: Vec<Edge> = acts
        .into_iter()
        .map(|((a, b), events)| {
            let weights = events
                .iter()
                .map(|&e| options.weight(&case.chronicle[e as usize]));
            let (mut cooperation, mut conflict) = (0.0, 0.0);
            for weight in weights {
                if weight > 0.0 {
                    cooperation += weight;
                } else {
                    conflict -= weight;
                }
            }
            Edge {
                a: position(&a),
                b: position(&b),
                cooperation,
                conflict,
                events,
            }
        })
        .collect();
    let mut nodes: Vec<Node> = kept
        .into_iter()
        .map(|(place, events)| Node {
            actor: code(place),
            events,
            cooperation: 0.0,
            conflict: 0.0,
            share: 0.0,
            centrality: 0.0,
        })
        .collect();
    for edge in &edges {
        for end in [edge.a, edge.b] {
            nodes[end].cooperation += edge.cooperation;
            nodes[end].conflict += edge.conflict;
        }
    }
    let total: f64 = nodes.iter().map(|n| n.cooperation).sum();
    let ties: Vec<_> = edges.iter().map(|e| (e.a, e.b, e.cooperation)).collect();
    let centrality = eigenvector_centrality(nodes.len(), &ties);
    for (node, centrality) in nodes.iter_mut().zip(centrality) {
        node.share = if total > 0.0 {
            node.cooperation / total
        } else {
            0.0
        };
        node.centrality = centrality;
    }
    let mut events: Vec<EventIx> = edges
        .iter()
        .flat_map(|e| e.events.iter().copied())
        .collect();
    events.sort_unstable();
    Network {
        span: span.clone(),
        nodes,
        edges,
        events,
        left_out,
        internal,
        unsure,
        options: options.clone(),
    }
}

/// Eigenvector centrality of an undirected graph with weights from 0 up: the entries of the
/// eigenvector to the greatest eigenvalue of its matrix, scaled so that the greatest is 1. All
/// zero where there is no tie.
///
/// Found by power iteration on the matrix plus half its greatest row sum times the unit matrix,
/// which has the same eigenvectors and does not swing to and fro on bipartite graphs. Where the graph falls
/// apart, actors outside the component with the greatest eigenvalue have a centrality of 0.
///
/// Reference: Bonacich 1972, "Factoring and weighting approaches to status scores and clique
/// identification", *Journal of Mathematical Sociology* 2(1).
pub fn eigenvector_centrality(n: usize, ties: &[(usize, usize, f64)]) -> Vec<f64> {
    let mut strength = vec![0.0; n];
    for &(a, b, weight) in ties {
        strength[a] += weight;
        strength[b] += weight;
    }
    let greatest = strength.iter().copied().fold(0.0, f64::max);
    if greatest == 0.0 {
        return vec![0.0; n];
    }
    let shift = greatest / 2.0;
    let mut x = vec![1.0; n];
    for _ in 0..10_000 {
        let mut next: Vec<f64> = x.iter().map(|v| v * shift).collect();
        for &(a, b, weight) in ties {
            next[a] += weight * x[b];
            next[b] += weight * x[a];
        }
        let top = next.iter().copied().fold(0.0, f64::max);
        next.iter_mut().for_each(|v| *v /= top);
        let change = x
            .iter()
            .zip(&next)
            .map(|(u, v)| (u - v).abs())
            .fold(0.0, f64::max);
        x = next;
        if change < 1e-13 {
            break;
        }
    }
    // What decays towards zero never quite reaches it.
    x.iter_mut().filter(|v| **v < 1e-9).for_each(|v| *v = 0.0);
    x
}

/// Table `network_nodes`: one row an actor and stretch of time.
pub fn network_nodes_table(networks: &[Network]) -> Table {
    let mut table = Table::new(
        "network_nodes",
        "A row an actor and stretch of time: how much it cooperates and clashes, how central it is.",
    )
    .column("span", Kind::Text, "", "Name of the stretch of time.")
    .column("from", Kind::Date, "", "Its first day.")
    .column("to", Kind::Date, "", "Its last day.")
    .column("actor", Kind::Text, "", "Code of the actor.")
    .column(
        "events",
        Kind::Integer,
        "events",
        "Its events with other nodes.",
    )
    .column(
        "cooperation",
        Kind::Float,
        "acts or Goldstein points",
        "Cooperation in all its ties.",
    )
    .column(
        "conflict",
        Kind::Float,
        "acts or Goldstein points",
        "Conflict in all its ties.",
    )
    .column(
        "share",
        Kind::Float,
        "share",
        "Its share of all cooperation, counted at both ends.",
    )
    .column(
        "centrality",
        Kind::Float,
        "",
        "Eigenvector centrality of the cooperative network, the greatest being 1.",
    )
    .column(
        "weighting",
        Kind::Text,
        "",
        "Acts counted one each, or by Goldstein value.",
    );
    for network in networks {
        for node in &network.nodes {
            table.push(vec![
                network.span.name.as_str().into(),
                network.span.from.into(),
                network.span.to.into(),
                node.actor.as_str().into(),
                node.events.into(),
                node.cooperation.into(),
                node.conflict.into(),
                node.share.into(),
                node.centrality.into(),
                network.options.weighting.name().into(),
            ]);
        }
    }
    table
}

/// Table `network_edges`: one row a tie and stretch of time.
pub fn network_edges_table(networks: &[Network]) -> Table {
    let mut table = Table::new(
        "network_edges",
        "A row a tie between two actors and stretch of time; ties have no direction.",
    )
    .column("span", Kind::Text, "", "Name of the stretch of time.")
    .column("from", Kind::Date, "", "Its first day.")
    .column("to", Kind::Date, "", "Its last day.")
    .column("actor_a", Kind::Text, "", "Code of the first actor.")
    .column("actor_b", Kind::Text, "", "Code of the second actor.")
    .column("events", Kind::Integer, "events", "Events behind the tie.")
    .column(
        "cooperation",
        Kind::Float,
        "acts or Goldstein points",
        "Its cooperative part.",
    )
    .column(
        "conflict",
        Kind::Float,
        "acts or Goldstein points",
        "Its conflictual part, a positive number.",
    )
    .column(
        "net",
        Kind::Float,
        "acts or Goldstein points",
        "Cooperation less conflict.",
    )
    .column(
        "weighting",
        Kind::Text,
        "",
        "Acts counted one each, or by Goldstein value.",
    );
    for network in networks {
        for edge in &network.edges {
            table.push(vec![
                network.span.name.as_str().into(),
                network.span.from.into(),
                network.span.to.into(),
                network.nodes[edge.a].actor.as_str().into(),
                network.nodes[edge.b].actor.as_str().into(),
                edge.events.len().into(),
                edge.cooperation.into(),
                edge.conflict.into(),
                edge.net().into(),
                network.options.weighting.name().into(),
            ]);
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{case, event};
    use crate::whole_span;

    fn options(min_events: usize) -> NetworkOptions {
        NetworkOptions {
            fold: vec!["X".to_owned()],
            keep: vec!["E".to_owned()],
            weighting: Weighting::Acts,
            quad: QuadScheme::Gdelt,
            min_events,
        }
    }

    fn events() -> Vec<Event> {
        vec![
            event("2021-02-01", "A", "->", "E", "040", "cyber"), // X – E
            event("2021-02-02", "E", "<>", "B", "057", "cyber"), // X – E, once
            event("2021-02-03", "A", "->", "B", "111", "cyber"), // both are X
            event("2021-02-04", "X", "->", "C", "111", "cyber"), // X – C
            event("2020-02-05", "C", "->", "B", "040", "cyber"), // B is not X yet
            event("2021-02-06", "E", "->", "X", "13", "cyber"),  // X – E, conflict
            event("2024", "E", "->", "X", "040", "cyber"),       // after the case ends
        ]
    }

    #[test]
    fn members_are_drawn_as_the_body_from_day_to_day() {
        let case = case(events());
        let net = network(&case, &whole_span(&case), &options(1));
        let codes: Vec<&str> = net.nodes.iter().map(|n| n.actor.as_str()).collect();
        assert_eq!(codes, ["B", "C", "E", "X"]);
        let ties: Vec<_> = net
            .edges
            .iter()
            .map(|e| {
                (
                    codes[e.a],
                    codes[e.b],
                    e.cooperation,
                    e.conflict,
                    e.events.clone(),
                )
            })
            .collect();
        assert_eq!(
            ties,
            [
                ("B", "C", 1.0, 0.0, vec![4]),
                ("C", "X", 0.0, 1.0, vec![3]),
                ("E", "X", 2.0, 1.0, vec![0, 1, 5]),
            ]
        );
        assert_eq!((net.internal, net.unsure), (1, 0));
        assert_eq!(net.events, [0, 1, 3, 4, 5]);
        let x = &net.nodes[3];
        assert_eq!((x.events, x.cooperation, x.conflict), (4, 2.0, 2.0));
        assert_eq!(net.nodes.iter().map(|n| n.share).sum::<f64>(), 1.0);
        assert_eq!(
            network_edges_table(std::slice::from_ref(&net)).rows().len(),
            3
        );
        assert_eq!(network_nodes_table(&[net]).rows().len(), 4);
    }

    #[test]
    fn those_with_too_few_events_are_left_out_until_all_have_enough() {
        // B – C and C – X go with B, and then C has none left.
        let case = case(events());
        let net = network(&case, &whole_span(&case), &options(2));
        let codes: Vec<&str> = net.nodes.iter().map(|n| n.actor.as_str()).collect();
        assert_eq!(codes, ["E", "X"]);
        assert_eq!(net.left_out, [("B".to_owned(), 1), ("C".to_owned(), 2)]);
        assert_eq!(net.nodes[1].events, 3);
    }

    /// networkx 3.6.1, `eigenvector_centrality(weight="weight")`, scaled to a maximum of 1.
    #[test]
    fn eigenvector_centrality_of_another_program() {
        let ties = [
            (0, 1, 3.0),
            (0, 2, 1.0),
            (1, 2, 2.0),
            (2, 3, 4.0),
            (3, 4, 1.0),
            (4, 5, 2.0),
        ];
        let want = [
            0.606_815_786_861,
            0.728_066_273_863,
            1.0,
            0.796_110_305_023,
            0.177_500_898_949,
            0.067_653_029_035,
        ];
        for (got, want) in eigenvector_centrality(6, &ties).into_iter().zip(want) {
            assert!((got - want).abs() < 1e-9, "{got} {want}");
        }
        // A star, bipartite: the centre has √3 times the centrality of a point.
        let star = eigenvector_centrality(4, &[(0, 1, 1.0), (0, 2, 1.0), (0, 3, 1.0)]);
        assert!((star[1] - 1.0 / 3_f64.sqrt()).abs() < 1e-9);
        // The weaker of two components, and one without ties.
        let apart = eigenvector_centrality(5, &[(0, 1, 2.0), (2, 3, 1.0)]);
        assert_eq!(apart, [1.0, 1.0, 0.0, 0.0, 0.0]);
        assert_eq!(eigenvector_centrality(2, &[]), [0.0, 0.0]);
    }
}
