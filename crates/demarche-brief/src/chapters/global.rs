//! The global perspective: blocs, who is central, how polarised.

use demarche_measure::{EventIx, SpanBlocs, layouts_of_spans};

use super::common::{ends, heading, note, paragraph, plural, slug, span_text};
use crate::chart::{Backing, network};
use crate::context::{Context, Entry, text, too_few};
use crate::document::{Block, Chapter, DocTable, Figure, Span};
use crate::show;

/// How a value is shown.
type Show = fn(f64) -> String;

/// How many of the most central actors a table names.
const CENTRAL: usize = 8;

/// The chapter.
pub fn chapter(cx: &mut Context) -> Option<Chapter> {
    if cx.analysis.blocs.iter().all(|s| s.network.nodes.is_empty()) {
        return None;
    }
    let mut blocks = vec![paragraph(vec![text(format!(
        "Who stands with whom, seen from the acts of all actors in the {}. A tie is the \
         cooperation between two actors less their conflict; blocs are the groups within which ties \
         are stronger, and between which they are weaker, than the activity of each would lead one \
         to expect.",
        cx.record()
    ))])];
    blocks.push(Block::Figure(picture(cx)));
    blocks.push(heading("Blocs"));
    let spans = cx.analysis.blocs.clone();
    for span in &spans {
        blocks.extend(blocs_of(cx, span));
    }
    blocks.push(heading("Who is central"));
    blocks.push(Block::Table(central(cx)));
    blocks.push(heading("Polarisation"));
    blocks.push(Block::Table(polarisation(cx)));
    blocks.push(note(cx.by_record(
        "The chronicle was gathered around the two partners and their comparators, so they are \
         central by the way it was made; third states and the ties of others among themselves are \
         thin. Compare phases with one another rather than actors with the world.",
        "Only acts between actors of the case are counted, and of whom much is written stands \
         nearer to the centre. Compare phases with one another rather than actors with the world.",
    )));
    Some(Chapter {
        id: "global".to_owned(),
        title: "Global perspective: blocs and who is central".to_owned(),
        blocks,
    })
}

/// The events of an actor in a network.
fn events_of(span: &SpanBlocs, at: usize) -> Vec<EventIx> {
    let edges = span.network.edges.iter();
    edges
        .filter(|e| e.a == at || e.b == at)
        .flat_map(|e| e.events.iter().copied())
        .collect()
}

/// Share of all cooperation of an actor in a phase.
fn share_entry(cx: &Context, span: &SpanBlocs, at: usize) -> Option<Entry> {
    let node = &span.network.nodes[at];
    let member = span.members.get(at)?;
    let value = member.share.value?;
    let name = cx.case.short(&node.actor);
    Some(
        Entry::new(
            format!("central.{}.{}", node.actor, slug(&span.network.span.name)),
            format!(
                "Share of {name} in all cooperation of the network, {}",
                span_text(&span.network.span)
            ),
            show::percent(value),
            "cooperation of the actor / twice the cooperation in the network (each act has two ends)",
        )
        .interval(member.share.interval, show::percent)
        .events(&events_of(span, at))
        .note(format!(
            "Eigenvector centrality {}; {} in the network.",
            show::decimal(node.centrality, 2),
            plural(node.events, "event")
        )),
    )
}

fn picture(cx: &mut Context) -> Figure {
    let spans = cx.analysis.blocs.clone();
    let case = cx.case;
    // Half the room a name takes, in shares of a picture half the page wide.
    let places = layouts_of_spans(&spans, |code| {
        let letters = case.short(code).chars().count() as f64;
        [0.011 * letters + 0.02, 0.055]
    });
    let mut labels: Vec<(usize, String)> = Vec::new();
    for bloc in spans.iter().flat_map(|s| &s.blocs) {
        if !labels.iter().any(|(label, _)| *label == bloc.label) {
            labels.push((bloc.label, bloc.name.clone()));
        }
    }
    labels.sort();
    let mut panels = Vec::new();
    for (span, places) in spans.iter().zip(&places) {
        let mut nodes = Vec::new();
        for (i, node) in span.network.nodes.iter().enumerate() {
            let evidence = share_entry(cx, span, i).map(|e| cx.enter(e));
            let name = cx.case.short(&node.actor).to_owned();
            let label = span.members.get(i).map(|m| m.label);
            nodes.push(network::Node {
                x: places[i][0],
                y: places[i][1],
                weight: node.events as f64,
                bloc: label.and_then(|l| labels.iter().position(|(known, _)| *known == l)),
                highlight: cx.case.settings.partners.contains(&node.actor),
                backing: Backing {
                    evidence,
                    tooltip: format!("{name}: {}", plural(node.events, "event")),
                },
                name,
            });
        }
        let mut edges = Vec::new();
        for edge in &span.network.edges {
            let code = |i: usize| span.network.nodes[i].actor.as_str();
            let (a, b) = (code(edge.a), code(edge.b));
            let title = format!("{} and {}", cx.case.short(a), cx.case.short(b));
            let evidence = cx.enter(
                Entry::new(
                    format!("tie.{a}-{b}.{}", slug(&span.network.span.name)),
                    format!("Tie of {title}, {}", span_text(&span.network.span)),
                    show::decimal(edge.net(), 0),
                    format!(
                        "{} cooperative − {} conflictual acts, either direction, a mutual act once",
                        show::decimal(edge.cooperation, 0),
                        show::decimal(edge.conflict, 0)
                    ),
                )
                .events(&edge.events),
            );
            edges.push(network::Edge {
                a: edge.a,
                b: edge.b,
                weight: edge.events.len() as f64,
                conflict: edge.net() < 0.0,
                backing: Backing {
                    evidence: Some(evidence),
                    tooltip: format!(
                        "{title}: {} cooperative, {} conflictual",
                        show::decimal(edge.cooperation, 0),
                        show::decimal(edge.conflict, 0)
                    ),
                },
            });
        }
        panels.push(network::Panel {
            name: format!(
                "{}: {}",
                span.network.span.name,
                span_text(&span.network.span)
            ),
            note: String::new(),
            nodes,
            edges,
        });
    }
    let svg = network::draw(&network::Spec {
        title: "Who cooperates and who clashes, phase by phase".to_owned(),
        reading: "size: events of the actor; width: events of the pair".to_owned(),
        blocs: labels.into_iter().map(|(_, name)| name).collect(),
        panels,
    });
    Figure {
        id: "network".to_owned(),
        caption: "Networks of cooperation and conflict by phase, with the blocs found in each."
            .to_owned(),
        alt: svg.description.clone(),
        svg,
        note: format!(
            "Members of {} are drawn as the body, except partners, comparators and those in at least a twentieth of all events; ties of the body so include acts with its members. Actors with fewer than {} events in a phase are left out.",
            show::list(
                &spans[0]
                    .network
                    .options
                    .fold
                    .iter()
                    .map(|c| cx.case.short(c))
                    .collect::<Vec<_>>()
            ),
            show::words(spans[0].network.options.min_events)
        ),
    }
}

fn blocs_of(cx: &mut Context, span: &SpanBlocs) -> Vec<Block> {
    let name = format!(
        "{} ({})",
        span.network.span.name,
        span_text(&span.network.span)
    );
    let Some(modularity) = span.modularity else {
        return vec![paragraph(vec![text(format!(
            "{name}: {}.",
            too_few(&span.agreement)
        ))])];
    };
    let id = slug(&span.network.span.name);
    let modularity = cx.number(
        Entry::new(
            format!("modularity.{id}"),
            format!("Signed modularity of the blocs, {}", span_text(&span.network.span)),
            show::decimal(modularity, 2),
            "Q = (w⁺ Q⁺ − w⁻ Q⁻) / (w⁺ + w⁻), greatest over all divisions that were tried",
        )
        .events(&span.network.events)
        .note("Gómez, Jensen and Arenas 2009, Analysis of community structure in networks of correlated data, Physical Review E 80."),
    );
    let mut spans = vec![
        text(format!(
            "{name}: {} with a signed modularity of ",
            plural(span.blocs.len(), "bloc")
        )),
        modularity,
    ];
    if let Some(value) = span.agreement.value {
        let agreement = cx.number(
            Entry::new(
                format!("agreement.{id}"),
                format!(
                    "Agreement of the blocs with those of resampled events, {}",
                    span_text(&span.network.span)
                ),
                show::decimal(value, 2),
                "median adjusted Rand index between these blocs and those of each bootstrap draw",
            )
            .interval(span.agreement.interval, |v| show::decimal(v, 2))
            .events(&span.network.events),
        );
        spans.extend([
            text("; resampling the events gives blocs that agree with these to "),
            agreement,
            text(" (1 is full agreement, 0 chance)."),
        ]);
    }
    let mut rows = Vec::new();
    for bloc in &span.blocs {
        let mut members = Vec::new();
        for (k, &at) in bloc.members.iter().enumerate() {
            if k > 0 {
                members.push(text(", "));
            }
            let node = &span.network.nodes[at];
            members.push(text(cx.case.short(&node.actor)));
            if let Some(stability) = span.members[at].stability {
                let shown = cx.number(
                    Entry::new(
                        format!("stability.{}.{id}", node.actor),
                        format!(
                            "How surely {} belongs to its bloc, {}",
                            cx.case.short(&node.actor),
                            span_text(&span.network.span)
                        ),
                        show::decimal(stability, 2),
                        "mean, over the other members of the bloc, of the share of bootstrap draws in which both are in one bloc; of an actor alone, the share of draws in which it is alone",
                    )
                    .events(&events_of(span, at))
                    .note("Hennig 2007, Cluster-wise assessment of cluster stability."),
                );
                members.extend([text("\u{a0}"), shown]);
            }
        }
        rows.push(vec![vec![text(bloc.name.clone())], members]);
    }
    vec![
        paragraph(spans),
        Block::Table(DocTable {
            id: format!("blocs-{id}"),
            caption: format!(
                "Blocs in {name}, each member with how surely it belongs (1: in every draw)."
            ),
            head: vec![
                "Bloc".to_owned(),
                "Members, most cooperation inside first".to_owned(),
            ],
            numeric: vec![false, false],
            rows,
            note: String::new(),
        }),
    ]
}

fn central(cx: &mut Context) -> DocTable {
    let spans = cx.analysis.blocs.clone();
    // The actors most central in any phase, by their greatest share.
    let mut best: Vec<(&str, f64)> = Vec::new();
    for node in spans.iter().flat_map(|s| &s.network.nodes) {
        match best.iter_mut().find(|(code, _)| *code == node.actor) {
            Some(entry) => entry.1 = entry.1.max(node.share),
            None => best.push((&node.actor, node.share)),
        }
    }
    best.sort_by(|x, y| y.1.total_cmp(&x.1));
    let mut head = vec!["Actor".to_owned()];
    for s in &spans {
        head.push(format!("{}: share", s.network.span.name));
        head.push("centrality".to_owned());
    }
    let mut rows = Vec::new();
    for (code, _) in best.iter().take(CENTRAL) {
        let mut row = vec![vec![text(cx.case.short(code))]];
        for span in &spans {
            let at = span.network.nodes.iter().position(|n| n.actor == *code);
            let Some(at) = at else {
                row.extend([vec![text("–")], vec![text("–")]]);
                continue;
            };
            let mut cell: Vec<Span> = Vec::new();
            match share_entry(cx, span, at) {
                Some(entry) => {
                    cell.push(cx.number(entry));
                    cell.extend(ends(span.members[at].share.interval, show::percent));
                }
                None => cell.push(text("too few")),
            }
            row.push(cell);
            row.push(vec![text(show::decimal(
                span.network.nodes[at].centrality,
                2,
            ))]);
        }
        rows.push(row);
    }
    DocTable {
        id: "central".to_owned(),
        caption: "The most central actors: share of all cooperation with its 95 % interval, and eigenvector centrality (1 is the most central)."
            .to_owned(),
        numeric: std::iter::once(false).chain(head[1..].iter().map(|_| true)).collect(),
        head,
        rows,
        note: String::new(),
    }
}

/// Polarisation and hostility between the case's sides in a phase.
pub fn polarisation_entries(cx: &Context, span: &SpanBlocs) -> [Option<Entry>; 2] {
    let p = &span.sides;
    let id = slug(&p.span.name);
    let sides = &cx.case.settings.sides;
    let between = format!("{} and {}", sides.one.name, sides.other.name);
    let index = p.index.value.map(|v| {
        Entry::new(
            format!("polarisation.sides.{id}"),
            format!("Polarisation between {between}, {}", span_text(&p.span)),
            show::decimal(v, 2),
            "(cooperation within + conflict between − cooperation between − conflict within) / all acts between actors of the sides",
        )
        .interval(p.index.interval, |v| show::decimal(v, 2))
        .events(&p.index.events)
        .note("Doreian and Mrvar 2009, Partitioning signed social networks. A chronicle full of one side's meetings has a high value whatever happens between the sides; hostility has not.")
    });
    let hostility = p.hostility.value.map(|v| {
        Entry::new(
            format!("hostility.sides.{id}"),
            format!(
                "Share of conflict in what passes between {between}, {}",
                span_text(&p.span)
            ),
            show::percent(v),
            "conflictual acts between the sides / all acts between the sides",
        )
        .interval(p.hostility.interval, show::percent)
        .events(&p.hostility.events)
    });
    [index, hostility]
}

fn polarisation(cx: &mut Context) -> DocTable {
    let spans = cx.analysis.blocs.clone();
    let mut rows = Vec::new();
    for span in &spans {
        let mut row = vec![vec![text(format!(
            "{} ({})",
            span.network.span.name,
            span_text(&span.network.span)
        ))]];
        let shown: [(_, Show); 2] = [
            (&span.sides.index, |v| show::decimal(v, 2)),
            (&span.sides.hostility, show::percent),
        ];
        for (entry, (estimate, show)) in polarisation_entries(cx, span).into_iter().zip(shown) {
            row.push(match entry {
                Some(entry) => {
                    let mut cell = vec![cx.number(entry)];
                    cell.extend(ends(estimate.interval, show));
                    cell
                }
                None => vec![text(too_few(estimate))],
            });
        }
        row.push(vec![text(
            span.polarisation
                .as_ref()
                .and_then(|p| p.index.value)
                .map_or_else(|| "–".to_owned(), |v| show::decimal(v, 2)),
        )]);
        rows.push(row);
    }
    DocTable {
        id: "polarisation".to_owned(),
        caption: "Polarisation by phase, with 95 % intervals.".to_owned(),
        head: [
            "Phase",
            "Polarisation between the sides",
            "Share of conflict between the sides",
            "Polarisation of the blocs found",
        ]
        .map(str::to_owned)
        .to_vec(),
        numeric: vec![false, true, true, true],
        rows,
        note: "Polarisation goes from −1 (foes within, friends across) to 1 (two closed camps). The blocs found maximise modularity in a network in which single Allies are drawn as their body, so their figure is not comparable act by act with that of the sides.".to_owned(),
    }
}
