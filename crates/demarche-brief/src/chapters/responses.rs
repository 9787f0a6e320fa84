//! What sets off what: the streams of the case as an exciting process.

use demarche_case::{Case, StreamRole};
use demarche_measure::{EventIx, Interval};
use demarche_respond::event_study::Finding;
use demarche_respond::excitation::{Effect, Excitation};
use demarche_respond::responses::Responses;
use demarche_respond::studies::{finding_name, variant_name};

use super::common::{heading, note, paragraph};
use crate::chart::{Backing, curves, matrix};
use crate::context::{Context, Entry, text};
use crate::document::{Block, Chapter, DocTable, Figure, Span};
use crate::show;

/// The chapter.
pub fn chapter(cx: &mut Context) -> Option<Chapter> {
    let responses = cx.responses?;
    if responses.streams.is_empty() {
        return None;
    }
    let chapter = |blocks| {
        Some(Chapter {
            id: "responses".to_owned(),
            title: "What sets off what".to_owned(),
            blocks,
        })
    };
    let mut blocks = vec![paragraph(vec![text(
        "Which kinds of events make which others more likely, how much and for how long? Each kind \
         is a stream of dated events. The model takes a stream to have a level of its own, which \
         rises and falls with how much is covered in a year, and every event to make others more \
         likely for a while. What both owe to something that is not in the model, such as a summit \
         on which all announce and all protest, is credited to whichever comes first. So this says \
         what follows what, not what causes it.",
    )])];
    let e = match &responses.excitation {
        Ok(e) => e,
        Err(why) => {
            blocks.push(paragraph(vec![text(format!("No figures: {why}."))]));
            return chapter(blocks);
        }
    };
    blocks.push(paragraph(held_out(cx, e)));
    blocks.push(Block::Figure(branching(cx, responses, e)));
    blocks.push(paragraph(reading(cx, responses, e)));
    if let Some(table) = reactions(cx, responses, e) {
        blocks.push(heading("What a step of the partnership is followed by"));
        blocks.push(Block::Table(table));
    }
    blocks.extend(study(cx, responses));
    if let Some(table) = agenda(cx, responses, e) {
        blocks.push(heading("Who sets the agenda?"));
        blocks.push(Block::Table(table));
    }
    blocks.push(heading("For how long, and does the model fit?"));
    blocks.push(paragraph(delays(cx, e)));
    blocks.push(Block::Figure(kernel(e)));
    blocks.push(paragraph(vec![text(verdict_on_fit(e))]));
    blocks.push(Block::Table(fits(cx.case, responses, e)));
    blocks.push(Block::Figure(quantiles(e)));
    let thin: Vec<String> = (0..responses.streams.len())
        .filter(|i| e.place_of(*i).is_none())
        .map(|i| {
            let s = &responses.streams[i];
            format!("{} (n = {})", s.stream.name, s.events.len())
        })
        .collect();
    if !thin.is_empty() {
        blocks.push(note(format!(
            "Too few events, at least {} needed: {}.",
            cx.case.settings.measure.min_events,
            show::list(&thin)
        )));
    }
    blocks.push(note(cx.by_record(
        "A chronicle gathered around summits over-represents what happens at summits, reactions \
         to summits among it. Events of one day are not taken to set each other off, for which came \
         first is not known.",
        "Machine-coded events come in bursts because one act is reported many times: part of what \
         looks like a response is repetition.",
    )));
    chapter(blocks)
}

fn name<'a>(responses: &'a Responses, e: &Excitation, k: usize) -> &'a str {
    &responses.streams[e.streams[k]].stream.name
}

fn id<'a>(responses: &'a Responses, e: &Excitation, k: usize) -> &'a str {
    &responses.streams[e.streams[k]].stream.id
}

fn role(responses: &Responses, e: &Excitation, k: usize) -> StreamRole {
    responses.streams[e.streams[k]].stream.role
}

fn two(v: f64) -> String {
    show::decimal(v, 2)
}

/// What the model tells of events it was not fitted to.
fn held_out(cx: &mut Context, e: &Excitation) -> Vec<Span> {
    let Some(h) = &e.held_out else {
        return vec![text(
            "The case names no day up to which the model is fitted and after which it is judged, \
             so nothing is said of how it would have done on new events.",
        )];
    };
    let n = h.events;
    let interval = h.standard_error.map(|se| Interval {
        low: h.difference - 1.96 * se,
        high: h.difference + 1.96 * se,
        level: 0.95,
    });
    let entry = Entry::new(
        "respond.held-out",
        format!(
            "Log-likelihood of the {n} events after {} under the model, less that under a Poisson model with the same baseline",
            show::day(h.fitted_to)
        ),
        format!("{} nats", show::decimal(h.difference, 1)),
        "Σ log λ − ∫ λ over the time after the split, given what came before each day; the one model less the other",
    )
    .interval(interval, |v| show::decimal(v, 1))
    .note("Both models know how much the chronicle covers in each year. Standard error from blocks of 30 days and from the random placing of events known to the month.");
    let number = cx.number(entry);
    let verdict = match h.verdict() {
        1 => "The order of events tells something that levels alone do not",
        -1 => {
            "So the order of events as the model reads it misleads; take what follows as a description of the past and no more"
        }
        _ => {
            "That is not told from no difference; take what follows as a description of the past and no more"
        }
    };
    vec![
        text(format!(
            "Fitted to what happened up to {}, the model was asked to tell the {n} events after that day, against a model in which nothing sets off anything but the levels are the same. The difference of the log-likelihoods is ",
            show::day(h.fitted_to)
        )),
        number,
        text(match interval {
            Some(i) => format!(
                " (interval {} to {}). {verdict}.",
                show::decimal(i.low, 1),
                show::decimal(i.high, 1)
            ),
            None => format!(". {verdict}."),
        }),
    ]
}

/// A cell of one of the matrices as an entry of the book.
fn entry(
    responses: &Responses,
    e: &Excitation,
    kind: &str,
    (i, j): (usize, usize),
    effect: &Effect,
) -> Entry {
    let (after, of) = (name(responses, e, j), name(responses, e, i));
    let (label, value, formula) = match kind {
        "direct" => (
            format!("Events of “{of}” set off directly by one of “{after}”"),
            two(effect.value),
            "α_ij of the branching matrix, maximum likelihood",
        ),
        "total" => (
            format!("Events of “{of}” set off by one of “{after}”, directly and through others"),
            two(effect.value),
            "element of (I − A)⁻¹ − I, A the branching matrix",
        ),
        _ => (
            format!("Share of the events of “{of}” that “{after}” set off directly"),
            show::percent(effect.value),
            "Σ over events of P(set off by an event of the other stream) / number of events",
        ),
    };
    let shown = |v: f64| match kind {
        "share" => show::percent(v),
        _ => two(v),
    };
    let events: &[EventIx] = &effect.evidence;
    Entry::new(
        format!(
            "respond.{kind}.{}.{}",
            id(responses, e, i),
            id(responses, e, j)
        ),
        label,
        value,
        formula,
    )
    .interval(effect.interval, shown)
    .events(events)
    .note(format!(
        "One-sided p {}, adjusted for all cells {} (Benjamini–Hochberg). The events listed are those with a chance of at least one in ten of having been set off, and what may have set them off; pooled over {} placings of events known to the month.",
        effect.p.map_or("not known".to_owned(), p_shown),
        effect.adjusted.map_or("not known".to_owned(), p_shown),
        e.imputations
    ))
}

fn p_shown(p: f64) -> String {
    if p < 0.001 {
        "< 0.001".to_owned()
    } else {
        show::decimal(p, 3)
    }
}

fn branching(cx: &mut Context, responses: &Responses, e: &Excitation) -> Figure {
    let n = e.streams.len();
    let mut cells = Vec::new();
    for i in 0..n {
        let mut row = Vec::new();
        for j in 0..n {
            let effect = &e.branching[i][j];
            let tooltip = format!(
                "{} after {}: {}{}",
                name(responses, e, i),
                name(responses, e, j),
                two(effect.value),
                effect.interval.map_or(String::new(), |v| format!(
                    " ({} to {})",
                    two(v.low),
                    two(v.high)
                ))
            );
            let evidence = cx.enter(entry(responses, e, "direct", (i, j), effect));
            row.push(matrix::Cell {
                value: Some(effect.value),
                shown: two(effect.value),
                interval: effect
                    .interval
                    .map_or(String::new(), |v| format!("{}–{}", two(v.low), two(v.high))),
                sure: effect.sure,
                backing: Backing::new(evidence, tooltip),
            });
        }
        cells.push(row);
    }
    let names: Vec<String> = (0..n).map(|k| name(responses, e, k).to_owned()).collect();
    let svg = matrix::draw(&matrix::Spec {
        title: "What sets off what".to_owned(),
        unit: "events set off directly by one event".to_owned(),
        rows_are: "events that follow".to_owned(),
        columns_are: "events that precede".to_owned(),
        rows: names.clone(),
        columns: names,
        cells,
    });
    Figure {
        id: "responses-branching".to_owned(),
        caption: format!(
            "The branching matrix: how many events of the row one event of the column sets off directly. {} events in {} streams, {} days.",
            show::count(e.events.iter().sum()),
            n,
            show::count(e.days as usize)
        ),
        alt: svg.description.clone(),
        svg,
        note: "0.10 means that ten events of the column are followed by one more of the row than there would otherwise be. Framed: told from zero after allowance for the number of cells. An estimate of 0.00 lies at the bound: nothing points to a response."
            .to_owned(),
    }
}

/// What the matrix says, in words.
fn reading(cx: &mut Context, responses: &Responses, e: &Excitation) -> Vec<Span> {
    let n = e.streams.len();
    let mut sure: Vec<(usize, usize)> = (0..n)
        .flat_map(|i| (0..n).map(move |j| (i, j)))
        .filter(|&(i, j)| e.branching[i][j].sure)
        .collect();
    sure.sort_by(|a, b| {
        e.branching[b.0][b.1]
            .value
            .total_cmp(&e.branching[a.0][a.1].value)
    });
    let radius = Entry::new(
        "respond.radius",
        "Spectral radius of the branching matrix",
        two(e.spectral_radius),
        "largest absolute eigenvalue of the branching matrix; below 1 every event sets off a finite number of others",
    )
    .interval(e.spectral_interval, two);
    let radius = cx.number(radius);
    let mut spans = Vec::new();
    if sure.is_empty() {
        spans.push(text(
            "No cell is told from zero after allowance for their number. ",
        ));
    } else {
        spans.push(text(format!(
            "{} of {} cells are told from zero: ",
            show::words(sure.len()),
            show::words(n * n)
        )));
        for (at, &(i, j)) in sure.iter().enumerate() {
            if at > 0 {
                spans.push(text("; "));
            }
            let (of, after) = (name(responses, e, i), name(responses, e, j));
            spans.push(text(if i == j {
                format!("“{of}” after its own kind ")
            } else {
                format!("“{of}” after “{after}” ")
            }));
            spans.push(cx.number(entry(responses, e, "direct", (i, j), &e.branching[i][j])));
        }
        spans.push(text(". "));
    }
    spans.push(text("The spectral radius is "));
    spans.push(radius);
    spans.push(text(match e.spectral_interval {
        Some(i) => format!(
            " (interval {} to {}): far from 1, the point at which events would feed on themselves without end.",
            two(i.low),
            two(i.high)
        ),
        None => ".".to_owned(),
    }));
    if e.spectral_interval.is_none_or(|i| i.high > 0.8)
        && let Some(Span::Text { text: last }) = spans.last_mut()
    {
        *last = last.replace("): far from 1, the point", "); at 1 lies the point");
    }
    if let Some(Span::Text { text: first }) = spans.first_mut() {
        let mut letters = first.chars();
        if let Some(head) = letters.next() {
            *first = head.to_uppercase().collect::<String>() + letters.as_str();
        }
    }
    spans
}

fn value(
    cx: &mut Context,
    entry: Entry,
    interval: Option<Interval>,
    shown: impl Fn(f64) -> String,
) -> Vec<Span> {
    let mut spans = vec![cx.number(entry)];
    if let Some(i) = interval {
        spans.push(text(format!(" [{}; {}]", shown(i.low), shown(i.high))));
    }
    spans
}

/// Own steps against hostile streams.
fn reactions(cx: &mut Context, responses: &Responses, e: &Excitation) -> Option<DocTable> {
    let n = e.streams.len();
    let of = |r: StreamRole| {
        (0..n)
            .filter(|&k| role(responses, e, k) == r)
            .collect::<Vec<_>>()
    };
    let (own, hostile) = (of(StreamRole::Own), of(StreamRole::Hostile));
    if own.is_empty() || hostile.is_empty() {
        return None;
    }
    let mut rows = Vec::new();
    for &j in &own {
        let mut row = vec![
            vec![text(name(responses, e, j))],
            vec![text(show::count(e.events[j]))],
        ];
        for &i in &hostile {
            let effect = &e.totals[i][j];
            let entry = entry(responses, e, "total", (i, j), effect);
            row.push(value(cx, entry, effect.interval, two));
        }
        rows.push(row);
    }
    let mut head = vec!["One more step of".to_owned(), "Steps so far".to_owned()];
    head.extend(hostile.iter().map(|&i| name(responses, e, i).to_owned()));
    Some(DocTable {
        id: "responses-reactions".to_owned(),
        caption: "Hostile events that one step of each kind is followed by, directly and through others, with 95 % intervals."
            .to_owned(),
        numeric: (0..head.len()).map(|c| c > 0).collect(),
        head,
        rows,
        note: "Events more than there would otherwise be, all in all. Where the interval begins at 0.00 the data do not rule out that nothing follows."
            .to_owned(),
    })
}

/// Hostile acts in the days after steps, against matched days.
fn study(cx: &mut Context, responses: &Responses) -> Vec<Block> {
    let Some(case_study) = &responses.study else {
        return Vec::new();
    };
    let mut blocks = vec![heading("Hostile acts in the days after steps")];
    let found = match &case_study.result {
        Ok(found) => found,
        Err(error) => {
            blocks.push(paragraph(vec![text(format!("No figures: {error}."))]));
            return blocks;
        }
    };
    let mut rows = Vec::new();
    let mut thin: Vec<String> = Vec::new();
    for s in &found.studies {
        if s.after.is_none() {
            let name = &responses.streams[case_study.kinds[s.kind]].stream.name;
            let said = format!("{name} ({} step days)", s.step_days);
            if !thin.contains(&said) {
                thin.push(said);
            }
            continue;
        }
        let stream = &responses.streams[case_study.kinds[s.kind]].stream;
        let mut row = vec![
            vec![text(stream.name.clone())],
            vec![text(s.window.to_string())],
            vec![text(variant_name(s.variant))],
            vec![text(show::count(
                s.step_days - s.unmatched - s.near_occasion,
            ))],
        ];
        match &s.after {
            Some(after) => {
                let entry = Entry::new(
                    format!(
                        "study.{}.{}.{}",
                        stream.id,
                        s.window,
                        super::common::slug(variant_name(s.variant))
                    ),
                    format!(
                        "Hostile acts in the {} days after a step of “{}”, less those after matched days ({})",
                        s.window,
                        stream.name,
                        variant_name(s.variant)
                    ),
                    two(after.difference),
                    format!(
                        "{} a step − {} a matched day",
                        two(after.steps),
                        two(after.matched)
                    ),
                )
                .interval(after.interval, two)
                .events(&case_study.evidence(s))
                .note(format!(
                    "{} groups of steps; p {} from moved steps, adjusted {}. In the window before: {}.",
                    s.clusters,
                    p_shown(after.p),
                    p_shown(after.adjusted.bh),
                    s.before.map_or("not known".to_owned(), |b| format!(
                        "{} (p {})",
                        two(b.difference),
                        p_shown(b.p)
                    ))
                ));
                row.push(vec![text(format!(
                    "{} / {}",
                    two(after.steps),
                    two(after.matched)
                ))]);
                row.push(value(cx, entry, after.interval, two));
                row.push(vec![text(p_shown(after.adjusted.bh))]);
            }
            None => {
                row.push(vec![text("–")]);
                row.push(vec![text("–")]);
                row.push(vec![text("–")]);
            }
        }
        row.push(vec![text(finding_name(s.finding))]);
        rows.push(row);
    }
    blocks.push(Block::Table(DocTable {
        id: "responses-study".to_owned(),
        caption: format!(
            "Hostile acts ({}) in the days after a step, against matched days without one.",
            show::list(&case_study.hostile)
        ),
        head: [
            "Steps",
            "Days",
            "Summits",
            "Step days",
            "Acts after / matched",
            "Difference [95 %]",
            "p, adjusted",
            "Found",
        ]
        .map(str::to_owned)
        .to_vec(),
        numeric: vec![false, true, false, true, true, true, true, false],
        rows,
        note: format!(
            "Matched days lie within 120 days, on the same day of the week.{} {}",
            match thin.as_slice() {
                [] => String::new(),
                thin => format!(" Too few, not shown: {}.", show::list(thin)),
            },
            found.caution
        ),
    }));
    let told: Vec<Vec<Span>> = found
        .readings
        .iter()
        .filter(|r| {
            found.studies.iter().any(|s| {
                (s.kind, s.window) == (r.kind, r.window)
                    && !matches!(s.finding, Finding::None | Finding::TooFew)
            })
        })
        .map(|r| vec![text(r.sentence.clone())])
        .collect();
    if told.is_empty() {
        blocks.push(paragraph(vec![text(
            "In no window and by no comparison is a difference told from chance.",
        )]));
    } else {
        blocks.push(Block::List { items: told });
    }
    blocks
}

/// Shares of the partnership's steps that others set off, and the reverse.
fn agenda(cx: &mut Context, responses: &Responses, e: &Excitation) -> Option<DocTable> {
    let n = e.streams.len();
    let others: Vec<usize> = (0..n)
        .filter(|&k| role(responses, e, k) == StreamRole::Other)
        .collect();
    let own: Vec<usize> = (0..n)
        .filter(|&k| role(responses, e, k) == StreamRole::Own)
        .collect();
    if own.is_empty() || others.is_empty() {
        return None;
    }
    let mut rows = Vec::new();
    for &j in &others {
        for &i in &own {
            let (forth, back) = (&e.shares[i][j], &e.shares[j][i]);
            let cells = [
                value(
                    cx,
                    entry(responses, e, "share", (i, j), forth),
                    forth.interval,
                    show::percent,
                ),
                value(
                    cx,
                    entry(responses, e, "share", (j, i), back),
                    back.interval,
                    show::percent,
                ),
            ];
            let [forth, back] = cells;
            rows.push(vec![
                vec![text(name(responses, e, i))],
                vec![text(name(responses, e, j))],
                forth,
                back,
            ]);
        }
    }
    Some(DocTable {
        id: "responses-agenda".to_owned(),
        caption: "What part of the partnership's steps others set off, and what part of theirs it set off, with 95 % intervals."
            .to_owned(),
        head: [
            "Steps of the partnership",
            "Acts of others",
            "Steps that these acts set off",
            "Acts that these steps set off",
        ]
        .map(str::to_owned)
        .to_vec(),
        numeric: vec![false, false, true, true],
        rows,
        note: "Expected shares by attribution: each event is shared out between its stream's own level and what came shortly before."
            .to_owned(),
    })
}

fn delays(cx: &mut Context, e: &Excitation) -> Vec<Span> {
    let mut spans = vec![text(if e.half_lives.len() == 1 {
        "The response to an event fades with a half-life of "
    } else {
        "Responses to an event are of two kinds, which fade with half-lives of "
    })];
    for (k, half) in e.half_lives.iter().enumerate() {
        if k > 0 {
            spans.push(text(" and "));
        }
        let entry = Entry::new(
            format!("respond.half-life.{}", k + 1),
            "Half-life of the response to an event",
            format!("{} days", show::decimal(half.days, 1)),
            "ln 2 / β, β the decay with the highest profile likelihood, common to all pairs of streams",
        )
        .interval(half.interval, |v| show::decimal(v, 1));
        spans.push(cx.number(entry));
        if half.at_bound {
            spans.push(text(
                " (the shortest that days can show, so it may be shorter)",
            ));
        } else if let Some(i) = half.interval {
            spans.push(text(format!(
                " (interval {} to {})",
                show::decimal(i.low, 1),
                show::decimal(i.high, 1)
            )));
        }
    }
    let shortest = e
        .half_lives
        .iter()
        .map(|h| h.days)
        .fold(f64::INFINITY, f64::min);
    spans.push(text(if shortest < 3.0 {
        ". What follows within so few days is mostly the course of one occasion, a visit or a \
         summit of several days, and not a considered answer to it."
    } else {
        "."
    }));
    spans
}

/// How long responses take.
fn kernel(e: &Excitation) -> Figure {
    let curve = |name: &str, points: &[(f64, f64)], highlight| curves::Curve {
        name: name.to_owned(),
        highlight,
        dots: false,
        points: points
            .iter()
            .map(|&(x, y)| curves::Point { x, y, band: None })
            .collect(),
        backing: Backing::note(name),
    };
    let svg = curves::draw(&curves::Spec {
        title: "How long responses take".to_owned(),
        unit: "part of all that is set off, per day".to_owned(),
        across: "days since the event".to_owned(),
        diagonal: false,
        curves: vec![
            curve("fading by half-lives", &e.delay, true),
            curve("without a shape taken for granted", &e.delay_steps, false),
        ],
    });
    Figure {
        id: "responses-kernel".to_owned(),
        caption: "How long responses take: the density of the delay over all pairs of streams."
            .to_owned(),
        alt: svg.description.clone(),
        svg,
        note: "The second curve is constant between 0, 1, 2, 3, 5, 8, 14, 30 and 60 days and fitted by expectation and maximisation."
            .to_owned(),
    }
}

/// How many streams fit, in a sentence.
fn verdict_on_fit(e: &Excitation) -> String {
    let known: Vec<f64> = e.fits.iter().filter_map(|f| f.p).collect();
    let bad = known.iter().filter(|p| **p < 0.05).count();
    match bad {
        0 => "No stream's times speak against the model.".to_owned(),
        n => format!(
            "The times of {} of {} streams do not fit the model (p below 0.05): they cluster in ways that neither coverage by year nor responses of this shape account for. Figures for these streams are rough.",
            show::words(n),
            show::words(known.len())
        ),
    }
}

fn fits(case: &Case, responses: &Responses, e: &Excitation) -> DocTable {
    let p = |v: Option<f64>| v.map_or("too few".to_owned(), p_shown);
    let rows = (0..e.streams.len())
        .map(|k| {
            let stream = &responses.streams[e.streams[k]];
            let vague = stream.events.iter().filter(|s| s.days > 1).count();
            vec![
                vec![text(stream.stream.name.clone())],
                vec![text(show::count(e.events[k]))],
                vec![text(show::count(vague))],
                vec![text(show::percent(e.baseline[k]))],
                vec![text(p(e.fits[k].p))],
                vec![text(p(e.fits[k].poisson))],
            ]
        })
        .collect();
    DocTable {
        id: "responses-fit".to_owned(),
        caption: "The streams, and whether their times fit.".to_owned(),
        head: [
            "Stream",
            "Events",
            "Known to the month",
            "Not set off by anything here",
            "Fit, p",
            "Fit without responses, p",
        ]
        .map(str::to_owned)
        .to_vec(),
        numeric: vec![false, true, true, true, true, true],
        rows,
        note: format!(
            "p of the test of Kolmogorov and Smirnov that intervals on the clock of the model are exponential: a small p says that the model does not fit. {}",
            match case.settings.respond.vague {
                demarche_case::VagueDates::Spread =>
                    "Events known to the month were put on random days of it, and the fits pooled.",
                demarche_case::VagueDates::LeaveOut => "Events known to the month were left out.",
            }
        ),
    }
}

fn quantiles(e: &Excitation) -> Figure {
    let points = e
        .quantiles
        .iter()
        .map(|&(x, y)| curves::Point { x, y, band: None })
        .collect();
    let svg = curves::draw(&curves::Spec {
        title: "Do the times fit the model?".to_owned(),
        unit: "intervals between events on the clock of the model, found".to_owned(),
        across: "expected if the model is right".to_owned(),
        diagonal: true,
        curves: vec![curves::Curve {
            name: "intervals".to_owned(),
            highlight: false,
            dots: true,
            points,
            backing: Backing::note("Intervals of all streams, by size"),
        }],
    });
    Figure {
        id: "responses-quantiles".to_owned(),
        caption: "Intervals between events on the clock of the model, by size, against what would be expected."
            .to_owned(),
        alt: svg.description.clone(),
        svg,
        note: "On the dotted line the model is right. Points above it at the right: pauses longer than the model knows."
            .to_owned(),
    }
}
