//! Blocs: communities of the network of each stretch of time, how stable they are, and which one
//! carries on which.

use std::collections::BTreeMap;

use demarche_case::{Case, NamedPeriod};
use demarche_table::{Kind, Table};

use crate::bootstrap::percentile;
use crate::polarisation::polarisation_of_blocs;
use crate::quantile::quantile;
use crate::resample::{draw, stream};
use crate::{
    CommunityOptions, Estimate, Network, NetworkOptions, Polarisation, SignedGraph, adjusted_rand,
    communities, network, polarisation_of_sides,
};

/// Choices of [`blocs`].
#[derive(Clone, Debug)]
pub struct BlocOptions {
    /// How the networks are made.
    pub network: NetworkOptions,
    /// Resolution of the communities; see [`SignedGraph::modularity`].
    pub resolution: f64,
    /// Fewest events a stretch of time needs to be divided into blocs.
    pub needed: usize,
    /// Number of bootstrap draws.
    pub draws: usize,
    /// Seed of draws and searches.
    pub seed: u64,
}

impl BlocOptions {
    /// Resolution 1, at most 200 draws (each is a search for communities); the rest as the case
    /// says.
    pub fn of(case: &Case) -> Self {
        let m = &case.settings.measure;
        Self {
            network: NetworkOptions::of(case),
            resolution: 1.0,
            needed: m.min_events,
            draws: m.draws.min(200),
            seed: m.seed,
        }
    }
}

/// A bloc in a stretch of time.
#[derive(Clone, Debug)]
pub struct Bloc {
    /// Its number, the same in all stretches of time through which it carries on. 0 is the bloc
    /// with the most events over all.
    pub label: usize,
    /// The short names of its one or two most central members.
    pub name: String,
    /// Its members, positions in [`Network::nodes`], the most central first: the one with the
    /// most cooperation inside the bloc.
    pub members: Vec<usize>,
    /// Cooperation inside it. Acts or Goldstein points.
    pub cooperation: f64,
}

/// An actor in a bloc.
#[derive(Clone, Debug)]
pub struct BlocMember {
    /// Label of its bloc.
    pub label: usize,
    /// How surely it belongs there: the mean, over the other members, of the share of draws in
    /// which the two are in the same bloc, among draws in which both act; for an actor alone in its
    /// bloc, the share of draws in which it is alone. From 0 to 1; `None` where no draw tells.
    ///
    /// Reference: Hennig 2007, "Cluster-wise assessment of cluster stability", *Computational
    /// Statistics & Data Analysis* 52(1), from whole clusters to their members.
    pub stability: Option<f64>,
    /// Its share of all cooperation ([`crate::Node::share`]) with a bootstrap interval over events.
    pub share: Estimate,
}

/// The blocs of a stretch of time.
#[derive(Clone, Debug)]
pub struct SpanBlocs {
    /// The network they were found in.
    pub network: Network,
    /// The blocs by label; none if there are fewer events than needed.
    pub blocs: Vec<Bloc>,
    /// For each node of the network its bloc; empty if there are fewer events than needed.
    pub members: Vec<BlocMember>,
    /// Signed modularity of the division; see [`SignedGraph::modularity`]. `None` if there are
    /// fewer events than needed.
    pub modularity: Option<f64>,
    /// How far the blocs of resampled events agree with these: the median adjusted Rand index over
    /// the draws ([`adjusted_rand`]) and the range of its middle 95 per cent, reckoned over the
    /// actors that occur in the draw. 1 if every draw gives the same blocs, about 0 at chance.
    pub agreement: Estimate,
    /// Polarisation between these blocs. They were chosen to make it high, so it is an upper
    /// bound for what any two camps show. `None` if there are fewer events than needed.
    pub polarisation: Option<Polarisation>,
    /// Polarisation between the sides that the case names.
    pub sides: Polarisation,
}

/// The blocs of each stretch of time: the communities with the greatest signed modularity in its
/// network, where the weight of a tie is its cooperation less its conflict. A bloc is held together by
/// cooperation: where a community hangs together only by common foes, its parts are blocs of their
/// own ([`SignedGraph::held_together`]).
///
/// Stability comes from drawing the events of the stretch anew with replacement and searching
/// again. Over time, blocs are matched so that the sum of overlaps is greatest: the overlap of a
/// bloc with the last known state of an earlier one is Σ min / Σ max over actors of their shares of
/// the stretch's events (the weighted Jaccard index, Ružička's), and less than 0.1 is none.
///
/// Reference: see [`SignedGraph::modularity`] and [`communities`]; matching by greatest overlap:
/// Greene, Doyle and Cunningham 2010, "Tracking the Evolution of Communities in Dynamic Social
/// Networks", *ASONAM*.
pub fn blocs(case: &Case, spans: &[NamedPeriod], options: &BlocOptions) -> Vec<SpanBlocs> {
    let mut all: Vec<SpanBlocs> = spans
        .iter()
        .map(|span| {
            let network = network(case, span, &options.network);
            blocs_of(case, network, options)
        })
        .collect();
    match_labels(&mut all);
    all
}

/// The blocs of one network, labelled by the order in which their first members come.
fn blocs_of(case: &Case, network: Network, options: &BlocOptions) -> SpanBlocs {
    let n = network.nodes.len();
    let enough = !network.events.is_empty() && network.events.len() >= options.needed;
    let key = format!("{}/{}", network.span.from, network.span.to);
    let agreement = |value, interval| Estimate {
        value,
        interval,
        n: network.events.len(),
        needed: options.needed,
        events: network.events.clone(),
    };
    let sides = polarisation_of_sides(case, &network.span, &options.network);
    if !enough {
        return SpanBlocs {
            agreement: agreement(None, None),
            network,
            blocs: Vec::new(),
            members: Vec::new(),
            modularity: None,
            polarisation: None,
            sides,
        };
    }
    let graph = |cooperation: &[f64], conflict: &[f64]| {
        let net = cooperation.iter().zip(conflict).map(|(c, d)| c - d);
        let ties = network.edges.iter().zip(net);
        SignedGraph::signed(n, ties.map(|(e, net)| (e.a, e.b, net)))
    };
    let search = |starts, shakes| CommunityOptions {
        resolution: options.resolution,
        starts,
        shakes,
        seed: options.seed,
    };
    let cooperation: Vec<f64> = network.edges.iter().map(|e| e.cooperation).collect();
    let conflict: Vec<f64> = network.edges.iter().map(|e| e.conflict).collect();
    let labels_in =
        |graph: &SignedGraph, options| graph.held_together(&communities(graph, &options).labels);
    let whole = graph(&cooperation, &conflict);
    let found = labels_in(&whole, search(16, 32));
    let count = found.iter().max().map_or(0, |m| m + 1);

    let mut acts: Vec<(u32, usize, f64)> = network
        .edges
        .iter()
        .enumerate()
        .flat_map(|(k, edge)| edge.events.iter().map(move |&event| (event, k)))
        .map(|(event, k)| {
            (
                event,
                k,
                options.network.weight(&case.chronicle[event as usize]),
            )
        })
        .collect();
    acts.sort_by_key(|act| act.0);
    let mut rng = stream(options.seed, &format!("blocs/{key}"));
    let mut times = vec![0; acts.len()];
    let mut together = vec![0_u32; n * n];
    let mut present_both = vec![0_u32; n * n];
    let mut alone = vec![(0_u32, 0_u32); n];
    let mut shares = vec![Vec::new(); n];
    let mut agreements = Vec::new();
    for _ in 0..options.draws {
        draw(&mut rng, &mut times);
        let mut cooperation = vec![0.0; network.edges.len()];
        let mut conflict = vec![0.0; network.edges.len()];
        let mut strength = vec![0.0; n];
        let mut present = vec![false; n];
        for (&times, &(_, k, weight)) in times.iter().zip(&acts).filter(|(t, _)| **t > 0) {
            let weight = weight * f64::from(times);
            let edge = &network.edges[k];
            for end in [edge.a, edge.b] {
                present[end] = true;
                strength[end] += weight.max(0.0);
            }
            if weight > 0.0 {
                cooperation[k] += weight;
            } else {
                conflict[k] -= weight;
            }
        }
        let all: f64 = strength.iter().sum();
        if all > 0.0 {
            for (shares, strength) in shares.iter_mut().zip(&strength) {
                shares.push(strength / all);
            }
        }
        let drawn = labels_in(&graph(&cooperation, &conflict), search(2, 1));
        let here: Vec<usize> = (0..n).filter(|&i| present[i]).collect();
        let labels_of = |labels: &[usize]| here.iter().map(|&i| labels[i]).collect::<Vec<_>>();
        agreements.push(adjusted_rand(&labels_of(&drawn), &labels_of(&found)));
        for &i in &here {
            let mut joined = false;
            for &j in here.iter().filter(|&&j| j != i) {
                present_both[i * n + j] += 1;
                together[i * n + j] += u32::from(drawn[i] == drawn[j]);
                joined |= drawn[i] == drawn[j];
            }
            alone[i].0 += u32::from(!joined);
            alone[i].1 += 1;
        }
    }

    shares.iter_mut().for_each(|s| s.sort_by(f64::total_cmp));
    let share_of = |part: u32, whole: u32| (whole > 0).then(|| f64::from(part) / f64::from(whole));
    let stability = |i: usize| {
        let others = (0..n).filter(|&j| j != i && found[j] == found[i]);
        let shares: Vec<f64> = others
            .clone()
            .filter_map(|j| share_of(together[i * n + j], present_both[i * n + j]))
            .collect();
        match others.count() {
            0 => share_of(alone[i].0, alone[i].1),
            _ if shares.is_empty() => None,
            _ => Some(shares.iter().sum::<f64>() / shares.len() as f64),
        }
    };
    let members = (0..n)
        .map(|i| {
            let node = &network.nodes[i];
            let mine = network.edges.iter().filter(|e| e.a == i || e.b == i);
            let mut events: Vec<u32> = mine.flat_map(|e| e.events.iter().copied()).collect();
            events.sort_unstable();
            let enough = node.events >= options.needed;
            BlocMember {
                label: found[i],
                stability: stability(i),
                share: Estimate {
                    value: enough.then_some(node.share),
                    interval: if enough {
                        percentile(&shares[i], options.draws)
                    } else {
                        None
                    },
                    n: node.events,
                    needed: options.needed,
                    events,
                },
            }
        })
        .collect();
    agreements.sort_by(f64::total_cmp);
    let median = (!agreements.is_empty()).then(|| quantile(&agreements, 0.5));
    let interval = percentile(&agreements, options.draws);
    SpanBlocs {
        agreement: agreement(median, interval),
        blocs: (0..count)
            .map(|label| bloc(case, &network, &found, label))
            .collect(),
        polarisation: Some(polarisation_of_blocs(case, &network, &found, options)),
        modularity: Some(whole.modularity(&found, options.resolution)),
        members,
        sides,
        network,
    }
}

fn bloc(case: &Case, network: &Network, labels: &[usize], label: usize) -> Bloc {
    let mut inside = vec![0.0; labels.len()];
    for edge in &network.edges {
        if labels[edge.a] == label && labels[edge.b] == label {
            inside[edge.a] += edge.cooperation;
            inside[edge.b] += edge.cooperation;
        }
    }
    let mut members: Vec<usize> = (0..labels.len()).filter(|&i| labels[i] == label).collect();
    members.sort_by(|&i, &j| {
        let events = |i: usize| network.nodes[i].events;
        let by_inside = inside[j].total_cmp(&inside[i]);
        by_inside.then(events(j).cmp(&events(i))).then(i.cmp(&j))
    });
    let central: Vec<&str> = members
        .iter()
        .take(2)
        .map(|&i| case.short(&network.nodes[i].actor))
        .collect();
    Bloc {
        label,
        name: central.join(" and "),
        members,
        cooperation: inside.iter().sum::<f64>() / 2.0,
    }
}

/// The least overlap that makes a bloc the successor of another.
const LEAST_OVERLAP: f64 = 0.1;

/// Gives the blocs of all stretches of time labels that carry on.
fn match_labels(spans: &mut [SpanBlocs]) {
    // For each label, what the bloc was made of when last seen, and its events over all.
    let mut known: Vec<(BTreeMap<String, f64>, usize)> = Vec::new();
    for span in spans.iter_mut() {
        let all: usize = span.network.nodes.iter().map(|n| n.events).sum();
        let made_of: Vec<(BTreeMap<String, f64>, usize)> = span
            .blocs
            .iter()
            .map(|bloc| {
                let nodes = || bloc.members.iter().map(|&i| &span.network.nodes[i]);
                let shares = nodes().map(|n| (n.actor.clone(), n.events as f64 / all as f64));
                (shares.collect(), nodes().map(|n| n.events).sum())
            })
            .collect();
        let overlaps: Vec<Vec<f64>> = made_of
            .iter()
            .map(|(new, _)| known.iter().map(|(old, _)| overlap(new, old)).collect())
            .collect();
        let heirs = assign(&overlaps);
        for (i, (shares, events)) in made_of.into_iter().enumerate() {
            let heir = heirs[i].filter(|&label| overlaps[i][label] >= LEAST_OVERLAP);
            let label = heir.unwrap_or_else(|| {
                known.push((BTreeMap::new(), 0));
                known.len() - 1
            });
            known[label].0 = shares;
            known[label].1 += events;
            span.blocs[i].label = label;
        }
    }
    let mut order: Vec<usize> = (0..known.len()).collect();
    order.sort_by_key(|&label| std::cmp::Reverse(known[label].1));
    let mut rank = vec![0; known.len()];
    for (new, &old) in order.iter().enumerate() {
        rank[old] = new;
    }
    for span in spans {
        for bloc in &mut span.blocs {
            bloc.label = rank[bloc.label];
            for &i in &bloc.members {
                span.members[i].label = bloc.label;
            }
        }
        span.blocs.sort_by_key(|b| b.label);
    }
}

/// Weighted Jaccard index of two sets of actors with shares: from 0 (none in common) to 1.
fn overlap(x: &BTreeMap<String, f64>, y: &BTreeMap<String, f64>) -> f64 {
    let common: f64 = x
        .iter()
        .filter_map(|(k, a)| y.get(k).map(|b| a.min(*b)))
        .sum();
    let all = x.values().sum::<f64>() + y.values().sum::<f64>() - common;
    if all > 0.0 { common / all } else { 0.0 }
}

/// For each row the column it is given so that the sum of scores is greatest and no column is given
/// twice; rows beyond the number of columns go without. Scores are from 0 up.
///
/// The Hungarian method with shortest augmenting paths (Jonker and Volgenant 1987).
fn assign(scores: &[Vec<f64>]) -> Vec<Option<usize>> {
    let columns = scores.first().map_or(0, Vec::len);
    // As many columns of score 0 as there are rows, so that every row finds one.
    let width = columns + scores.len();
    let cost = |row: usize, column: usize| {
        if column < columns {
            -scores[row][column]
        } else {
            0.0
        }
    };
    let mut row_price = vec![0.0; scores.len()];
    let mut column_price = vec![0.0; width];
    let mut taken: Vec<Option<usize>> = vec![None; width];
    for first in 0..scores.len() {
        let mut slack = vec![f64::INFINITY; width];
        let mut from: Vec<Option<usize>> = vec![None; width];
        let mut done = vec![false; width];
        let mut row = first;
        let mut at = None;
        let free = loop {
            let mut step = (f64::INFINITY, 0);
            for column in (0..width).filter(|&c| !done[c]) {
                let reduced = cost(row, column) - row_price[row] - column_price[column];
                if reduced < slack[column] {
                    (slack[column], from[column]) = (reduced, at);
                }
                if slack[column] < step.0 {
                    step = (slack[column], column);
                }
            }
            let (least, column) = step;
            row_price[first] += least;
            for c in 0..width {
                if done[c] {
                    row_price[taken[c].expect("a column on the path")] += least;
                    column_price[c] -= least;
                } else {
                    slack[c] -= least;
                }
            }
            done[column] = true;
            match taken[column] {
                Some(next) => (row, at) = (next, Some(column)),
                None => break column,
            }
        };
        let mut column = free;
        while let Some(before) = from[column] {
            taken[column] = taken[before];
            column = before;
        }
        taken[column] = Some(first);
    }
    let mut given = vec![None; scores.len()];
    for (column, row) in taken.iter().enumerate().take(columns) {
        if let Some(row) = row {
            given[*row] = Some(column);
        }
    }
    given
}

/// Table `blocs`: one row an actor and stretch of time.
pub fn blocs_table(spans: &[SpanBlocs]) -> Table {
    let mut table = Table::new(
        "blocs",
        "A row an actor and stretch of time: the bloc it belongs to and how surely.",
    )
    .column("span", Kind::Text, "", "Name of the stretch of time.")
    .column("from", Kind::Date, "", "Its first day.")
    .column("to", Kind::Date, "", "Its last day.")
    .column("actor", Kind::Text, "", "Code of the actor.")
    .column(
        "bloc",
        Kind::Integer,
        "",
        "Number of its bloc, the same through time; 0 has the most events.",
    )
    .column(
        "bloc_name",
        Kind::Text,
        "",
        "The one or two most central members of the bloc.",
    )
    .column(
        "stability",
        Kind::Float,
        "share",
        "Mean share of draws in which it is with each other member of its bloc; for an actor alone, share of draws in which it is alone.",
    )
    .column(
        "events",
        Kind::Integer,
        "events",
        "Its events with others in the network.",
    )
    .column(
        "needed",
        Kind::Integer,
        "events",
        "Fewest events a share needs.",
    )
    .column(
        "share",
        Kind::Float,
        "share",
        "Its share of all cooperation, counted at both ends; missing if too few events.",
    )
    .column(
        "share_low",
        Kind::Float,
        "share",
        "Lower end of its interval.",
    )
    .column(
        "share_high",
        Kind::Float,
        "share",
        "Upper end of its interval.",
    )
    .column(
        "modularity",
        Kind::Float,
        "",
        "Signed modularity of the whole division.",
    )
    .column(
        "agreement",
        Kind::Float,
        "",
        "Median adjusted Rand index of the blocs of resampled events with these.",
    )
    .column("agreement_low", Kind::Float, "", "2.5th percentile of it.")
    .column(
        "agreement_high",
        Kind::Float,
        "",
        "97.5th percentile of it.",
    );
    for span in spans {
        for bloc in &span.blocs {
            for &i in &bloc.members {
                let (node, member) = (&span.network.nodes[i], &span.members[i]);
                let (share, agreement) = (member.share.interval, span.agreement.interval);
                table.push(vec![
                    span.network.span.name.as_str().into(),
                    span.network.span.from.into(),
                    span.network.span.to.into(),
                    node.actor.as_str().into(),
                    bloc.label.into(),
                    bloc.name.as_str().into(),
                    member.stability.into(),
                    member.share.n.into(),
                    member.share.needed.into(),
                    member.share.value.into(),
                    share.map(|i| i.low).into(),
                    share.map(|i| i.high).into(),
                    span.modularity.into(),
                    span.agreement.value.into(),
                    agreement.map(|i| i.low).into(),
                    agreement.map(|i| i.high).into(),
                ]);
            }
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::layouts_of_spans;
    use crate::testing::{case, day, event, korea_nato};
    use demarche_events::Event;

    fn span(name: &str, from: &str, to: &str) -> NamedPeriod {
        NamedPeriod {
            name: name.to_owned(),
            from: day(from),
            to: day(to),
        }
    }

    /// Each pair `times` acts of cooperation (or conflict) in one year.
    fn acts(year: i16, times: usize, pairs: &[(&str, &str)], code: &str) -> Vec<Event> {
        let pairs = pairs.iter().flat_map(|pair| vec![pair; times]);
        let date = format!("{year}-05-05");
        pairs
            .map(|(a, b)| event(&date, a, "->", b, code, "cyber"))
            .collect()
    }

    fn options(case: &Case) -> BlocOptions {
        let mut options = BlocOptions::of(case);
        options.network.fold.clear();
        options
    }

    fn codes(blocs: &SpanBlocs, bloc: &Bloc) -> Vec<String> {
        let code = |&i: &usize| blocs.network.nodes[i].actor.clone();
        let mut codes: Vec<String> = bloc.members.iter().map(code).collect();
        codes.sort();
        codes
    }

    /// Two camps, A–B–C and D–E–F; in the second year C goes over to the other; the third is empty.
    fn turncoat() -> Case {
        let between = [("A", "D"), ("B", "E"), ("A", "E")];
        let first = [
            ("A", "B"),
            ("B", "C"),
            ("A", "C"),
            ("D", "E"),
            ("E", "F"),
            ("D", "F"),
        ];
        let then = [
            ("A", "B"),
            ("C", "D"),
            ("C", "E"),
            ("D", "E"),
            ("E", "F"),
            ("D", "F"),
        ];
        let all = [
            acts(2020, 6, &first, "057"),
            acts(2020, 3, &between, "111"),
            acts(2021, 6, &then, "057"),
            acts(2021, 3, &between, "111"),
        ];
        case(all.concat())
    }

    #[test]
    fn blocs_keep_their_labels_and_know_how_sure_they_are() {
        let case = turncoat();
        let spans = [
            span("2020", "2020-01-01", "2020-12-31"),
            span("2021", "2021-01-01", "2021-12-31"),
            span("2022", "2022-01-01", "2022-12-31"),
        ];
        let all = blocs(&case, &spans, &options(&case));
        let found: Vec<Vec<(usize, Vec<String>)>> = all
            .iter()
            .map(|s| s.blocs.iter().map(|b| (b.label, codes(s, b))).collect())
            .collect();
        // D, E, F and later C have the most events, so theirs is bloc 0.
        let bloc = |label, codes: &str| (label, codes.chars().map(String::from).collect());
        assert_eq!(found[0], [bloc(0, "DEF"), bloc(1, "ABC")]);
        assert_eq!(found[1], [bloc(0, "CDEF"), bloc(1, "AB")]);
        assert!(found[2].is_empty() && all[2].agreement.value.is_none());
        assert_eq!(
            all[1].members.iter().map(|m| m.label).collect::<Vec<_>>(),
            [1, 1, 0, 0, 0, 0]
        );
        assert_eq!(all[0].blocs[0].cooperation, 18.0);
        // All cooperation within, all conflict between.
        assert_eq!(all[0].polarisation.as_ref().unwrap().index.value, Some(1.0));
        assert_eq!(all[0].agreement.value, Some(1.0));
        for member in all.iter().flat_map(|s| &s.members) {
            assert!(member.stability.is_some_and(|s| s > 0.9), "{member:?}");
        }
        let shares: f64 = all[0].members.iter().filter_map(|m| m.share.value).sum();
        assert!((shares - 1.0).abs() < 1e-12);
        assert_eq!(blocs_table(&all).rows().len(), 12);
        let places = layouts_of_spans(&all, |_| [0.05, 0.05]);
        assert_eq!(places.iter().map(Vec::len).collect::<Vec<_>>(), [6, 6, 0]);
    }

    #[test]
    fn an_actor_between_two_blocs_is_less_sure_of_its_own() {
        let mut events = turncoat().chronicle;
        events.retain(|e| e.date.year() == 2020);
        // C cooperates with both camps, a little more with its own.
        events.extend(acts(2020, 5, &[("C", "D"), ("C", "E")], "057"));
        let case = case(events);
        let all = blocs(
            &case,
            &[span("2020", "2020-01-01", "2020-12-31")],
            &options(&case),
        );
        let stability: Vec<f64> = all[0]
            .members
            .iter()
            .map(|m| m.stability.unwrap())
            .collect();
        assert!(
            stability[2] < stability[1] && stability[2] < stability[5],
            "{stability:?}"
        );
    }

    #[test]
    fn the_best_assignment() {
        // Greedy would take 0.9 and then 0.0.
        let scores = [vec![0.9, 0.8], vec![0.8, 0.0]];
        assert_eq!(assign(&scores), [Some(1), Some(0)]);
        // More rows than columns: one goes without.
        let scores = [vec![0.2], vec![0.5], vec![0.4]];
        assert_eq!(assign(&scores), [None, Some(0), None]);
        assert_eq!(assign(&[vec![], vec![]]), [None, None]);
        assert!(assign(&[]).is_empty());
    }

    /// Against all assignments.
    #[test]
    fn no_assignment_is_better() {
        use rand::{RngExt, SeedableRng};
        fn best(scores: &[Vec<f64>], free: &mut Vec<usize>) -> f64 {
            let Some((row, rest)) = scores.split_first() else {
                return 0.0;
            };
            let mut most = best(rest, free);
            for k in 0..free.len() {
                let column = free.remove(k);
                most = most.max(row[column] + best(rest, free));
                free.insert(k, column);
            }
            most
        }
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(5);
        for turn in 0..200 {
            let (rows, columns) = (1 + turn % 4, 1 + turn % 5);
            let scores: Vec<Vec<f64>> = (0..rows)
                .map(|_| (0..columns).map(|_| rng.random_range(0.0..1.0)).collect())
                .collect();
            let given = assign(&scores);
            let sum: f64 = given
                .iter()
                .zip(&scores)
                .filter_map(|(c, r)| c.map(|c| r[c]))
                .sum();
            let mut taken: Vec<usize> = given.iter().flatten().copied().collect();
            taken.sort_unstable();
            taken.dedup();
            assert_eq!(taken.len(), given.iter().flatten().count());
            assert!((sum - best(&scores, &mut (0..columns).collect())).abs() < 1e-12);
        }
    }

    /// Shares and centralities from networkx, and a modularity that leidenalg's search over the same
    /// two signed layers (200 starts) does not exceed.
    #[test]
    fn the_worked_case() {
        let Some(case) = korea_nato() else {
            println!("skipped: the chronicle of the worked case is not there");
            return;
        };
        let spans = [
            span("before", "2005-01-01", "2022-06-28"),
            span("since", "2022-06-29", "2026-06-30"),
        ];
        let all = blocs(&case, &spans, &BlocOptions::of(&case));
        let of = |s: &SpanBlocs, code: &str| {
            let i = s
                .network
                .nodes
                .iter()
                .position(|n| n.actor == code)
                .unwrap();
            let node = &s.network.nodes[i];
            (s.members[i].label, node.share, node.centrality)
        };
        let want = [
            (658, 14, 0.3234, 0.9547, 0.2890, 0.125_023_617_330_761_7),
            (827, 14, 0.3553, 0.9929, 0.2596, 0.187_521_506_095_757_5),
        ];
        for (s, (events, nodes, share, korea, japan, modularity)) in all.iter().zip(want) {
            assert_eq!(
                (s.network.events.len(), s.network.nodes.len()),
                (events, nodes)
            );
            assert!((of(s, "KOR").1 - share).abs() < 1e-4);
            assert!((of(s, "KOR").2 - korea).abs() < 1e-4);
            assert!((of(s, "JPN").2 - japan).abs() < 1e-4);
            assert!(
                s.modularity.unwrap() >= modularity - 1e-12,
                "{:?}",
                s.modularity
            );
            assert_eq!((of(s, "KOR").0, of(s, "NATO").0), (0, 0));
            assert_eq!(of(s, "CHN").0, of(s, "PRK").0);
            assert_ne!(of(s, "CHN").0, 0);
        }
    }
}
