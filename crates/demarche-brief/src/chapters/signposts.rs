//! Signposts: where each stands today, which triggers are pulled, and what they would do.

use demarche_case::Needs;
use demarche_plan::steer::pathways::Pathways;
use demarche_plan::steer::standing::{Pull, Standing, pulls, standings};
use demarche_plan::steer::tables::basis;
use demarche_plan::steer::words::{line, measured, steps};

use super::common::{heading, initiative_row, note, paragraph, plural};
use crate::chart::{Backing, pathways};
use crate::context::{Context, Entry, strong, text};
use crate::document::{Block, Chapter, DocTable, Figure, RowRef, Span};
use crate::show;

/// The chapter.
pub fn chapter(cx: &mut Context) -> Option<Chapter> {
    if cx.case.settings.plan.steering.signposts.is_empty() {
        return None;
    }
    let found = standings(cx.case);
    let pulled = pulls(cx.case, &found);
    let mut blocks = vec![
        summary(cx, &found, &pulled),
        Block::Table(signposts(cx, &found)),
    ];
    if !pulled.is_empty() {
        blocks.push(heading("What is done then"));
        blocks.push(Block::Table(triggers(cx, &pulled)));
    }
    if let Some(map) = cx.planned.and_then(|planned| planned.pathways.as_ref()) {
        blocks.extend(ways(cx, map));
    }
    blocks.push(note("Lines and triggers are judgement of the case and are marked so. What counts is the last quarter that is over. demarche plan status shows the acts and initiatives behind each value, and takes an event store in the place of the chronicle."));
    Some(Chapter {
        id: "signposts".to_owned(),
        title: "Signposts".to_owned(),
        blocks,
    })
}

/// A row of `case.toml` as evidence.
fn row(id: String, words: String) -> RowRef {
    RowRef {
        file: "case.toml".to_owned(),
        id,
        text: words,
        url: String::new(),
    }
}

/// A value as it is shown: whole where it is whole.
fn value(v: f64) -> String {
    show::decimal(v, usize::from(v.fract().abs() > 1e-9))
}

fn signpost_row(cx: &Context, at: usize) -> RowRef {
    let signpost = &cx.case.settings.plan.steering.signposts[at];
    row(
        format!("signpost {}", signpost.id),
        format!("{}: passed {}", signpost.name, line(signpost)),
    )
}

fn summary(cx: &mut Context, found: &[Standing], pulled: &[Pull]) -> Block {
    let passed: Vec<usize> = (found.iter().filter(|s| s.passed))
        .map(|s| s.signpost)
        .collect();
    let unknown = found.iter().filter(|s| s.value.is_none()).count();
    let down: Vec<&Pull> = pulled.iter().filter(|p| p.pulled).collect();
    let rows = passed.iter().map(|&at| signpost_row(cx, at)).collect();
    let entry = Entry::new(
        "signpost.passed",
        format!(
            "Signposts passed on {}",
            show::day(cx.case.settings.as_of)
        ),
        show::count(passed.len()),
        "number of signposts whose value has lain beyond the line for as many quarters as they ask for",
    )
    .rows(rows);
    let trigger_rows = down.iter().map(|p| trigger_row(cx, p.trigger)).collect();
    let triggers = Entry::new(
        "trigger.pulled",
        format!("Triggers pulled on {}", show::day(cx.case.settings.as_of)),
        show::count(down.len()),
        "number of triggers all of whose signposts are passed, or one of them where one is enough",
    )
    .rows(trigger_rows);
    let mut spans = vec![
        text(format!(
            "The case watches {}. On {}, ",
            plural(found.len(), "signpost"),
            show::day(cx.case.settings.as_of)
        )),
        cx.number(entry),
        text(" of them are passed, and of "),
        text(plural(pulled.len(), "trigger")),
        text(" "),
        cx.number(triggers),
        text(" are pulled."),
    ];
    if unknown > 0 {
        spans.push(text(format!(
            " {} of the signposts can’t be measured.",
            show::count(unknown)
        )));
    }
    let names: Vec<&str> = (down.iter())
        .map(|p| {
            cx.case.settings.plan.steering.triggers[p.trigger]
                .name
                .as_str()
        })
        .collect();
    if !names.is_empty() {
        spans.extend([text(" Pulled: "), strong(show::list(&names)), text(".")]);
    }
    paragraph(spans)
}

/// Where a signpost stands, as an entry of the book.
fn entry(cx: &Context, standing: &Standing) -> Entry {
    let signpost = &cx.case.settings.plan.steering.signposts[standing.signpost];
    let quarters: Vec<String> = (standing.quarters.iter())
        .map(|q| {
            format!(
                "{} {}{}",
                q.quarter,
                q.value.map_or("not known".to_owned(), value),
                if q.is_whole { "" } else { " (so far)" }
            )
        })
        .collect();
    let shown = standing.value.map_or("not known".to_owned(), value);
    let mut rows = vec![signpost_row(cx, standing.signpost)];
    rows.extend(
        standing
            .initiatives
            .iter()
            .map(|&at| initiative_row(cx, at)),
    );
    let mut notes = standing.notes.clone();
    if let Some(chance) = standing.chance {
        notes.push(format!(
            "a quarter of as many or more comes with chance {} at the level of the quarters before",
            show::percent(chance)
        ));
    }
    if !signpost.note.is_empty() {
        notes.push(signpost.note.clone());
    }
    notes.push(format!("the line is {}", basis(signpost.basis)));
    Entry::new(
        format!("signpost.{}", signpost.id),
        signpost.name.clone(),
        shown,
        format!(
            "{}; by quarter: {}",
            measured(cx.case, signpost),
            quarters.join("; ")
        ),
    )
    .events(&standing.events)
    .rows(rows)
    .note(notes.join(". "))
}

fn signposts(cx: &mut Context, found: &[Standing]) -> DocTable {
    let mut rows = Vec::new();
    for standing in found {
        let signpost = cx.case.settings.plan.steering.signposts[standing.signpost].clone();
        let entry = entry(cx, standing);
        let state: Vec<Span> = match (standing.value, standing.passed, standing.run) {
            (None, ..) => vec![text("can’t be measured")],
            (_, true, _) => vec![strong("passed")],
            (_, false, 0) => vec![text("not passed")],
            (_, false, n) => vec![text(format!(
                "beyond for {}, not passed yet",
                plural(n, "quarter")
            ))],
        };
        let room = standing.room.map_or("–".to_owned(), value);
        rows.push(vec![
            vec![text(signpost.name.clone())],
            vec![text(measured(cx.case, &signpost))],
            vec![cx.number(entry)],
            vec![text(standing.of.map_or("–".to_owned(), |q| q.to_string()))],
            vec![text(line(&signpost))],
            vec![text(room)],
            state,
        ]);
    }
    DocTable {
        id: "signposts".to_owned(),
        caption: "Where the signposts stand.".to_owned(),
        head: [
            "Signpost",
            "What is measured",
            "Today",
            "Of",
            "Passed if",
            "Room",
            "State",
        ]
        .map(str::to_owned)
        .to_vec(),
        numeric: vec![false, false, true, false, false, true, false],
        rows,
        note: "Room: how far the value is on the safe side of the line; below 0 it is beyond."
            .to_owned(),
    }
}

fn trigger_row(cx: &Context, at: usize) -> RowRef {
    let trigger = &cx.case.settings.plan.steering.triggers[at];
    row(
        format!("trigger {}", trigger.id),
        format!("{}: {}", trigger.name, steps(cx.case, &trigger.actions)),
    )
}

fn triggers(cx: &mut Context, pulled: &[Pull]) -> DocTable {
    let steering = cx.case.settings.plan.steering.clone();
    let name = |at: usize| steering.signposts[at].name.as_str();
    let mut rows = Vec::new();
    for pull in pulled {
        let trigger = &steering.triggers[pull.trigger];
        let when: Vec<&str> = (steering.signposts.iter())
            .filter(|s| trigger.when.contains(&s.id))
            .map(|s| s.name.as_str())
            .collect();
        let when = match (trigger.needs, when.len()) {
            (_, 1) | (Needs::All, _) => show::list(&when),
            (Needs::Any, _) => format!("any of: {}", when.join("; ")),
        };
        let by: Vec<&str> = pull.by.iter().map(|&at| name(at)).collect();
        let not_yet: Vec<&str> = pull.not_yet.iter().map(|&at| name(at)).collect();
        let mut evidence = vec![trigger_row(cx, pull.trigger)];
        let signs = pull.by.iter().chain(&pull.not_yet);
        evidence.extend(signs.map(|&at| signpost_row(cx, at)));
        let entry = Entry::new(
            format!("trigger.{}", trigger.id),
            trigger.name.clone(),
            if pull.pulled { "pulled" } else { "not pulled" },
            format!(
                "passed: {}; not passed: {}",
                if by.is_empty() {
                    "none".to_owned()
                } else {
                    show::list(&by)
                },
                if not_yet.is_empty() {
                    "none".to_owned()
                } else {
                    show::list(&not_yet)
                }
            ),
        )
        .rows(evidence)
        .note(format!("The trigger is {}.", basis(trigger.basis)));
        rows.push(vec![
            vec![text(trigger.name.clone())],
            vec![text(when)],
            vec![text(steps(cx.case, &trigger.actions))],
            vec![cx.number(entry)],
        ]);
    }
    DocTable {
        id: "triggers".to_owned(),
        caption: "Triggers, and what is done when they are pulled.".to_owned(),
        head: ["Trigger", "Pulled by", "What is done", "Today"]
            .map(str::to_owned)
            .to_vec(),
        numeric: vec![false; 4],
        rows,
        note: String::new(),
    }
}

/// The map of pathways, of what can be taken at all; nothing where no harm ends any of them.
fn ways(cx: &mut Context, map: &Pathways) -> Vec<Block> {
    let steering = &cx.case.settings.plan.steering;
    let harms: Vec<String> = (steering.signposts.iter().enumerate())
        .filter(|(_, signpost)| map.harms.contains(&signpost.id))
        .map(|(_, signpost)| signpost.name.clone())
        .collect();
    let never: Vec<String> = (map.lines.iter())
        .filter(|line| line.opens.is_none())
        .map(|line| line.name.clone())
        .collect();
    if map.harms.is_empty() || never.len() + 1 >= map.lines.len() {
        return Vec::new();
    }
    let count = map.quarters.len();
    let quarter = |at: usize| map.quarters[at].to_string();
    let mut place = vec![None; map.lines.len()];
    let mut lines = Vec::new();
    for (at, way) in map.lines.iter().enumerate() {
        let Some(opens) = way.opens else { continue };
        let held = way.holds.last().copied().unwrap_or(1.0);
        let ends = way
            .sell_by
            .map(|end| end.map_or("later".to_owned(), quarter));
        let trigger = steering.triggers.iter().position(|t| t.id == way.id);
        let rows = (trigger.iter().map(|&at| trigger_row(cx, at))).collect();
        let entry = Entry::new(
            format!("plan.way.{}", way.id),
            format!("{}: futures in which no harm comes", way.name),
            show::percent(held),
            format!(
                "share of {} futures in which none of these signposts is passed by the end of the plan: {}",
                show::count(map.futures),
                harms.join("; ")
            ),
        )
        .rows(rows)
        .note(format!(
            "A harm has come in 10, 50 and 90 % of the futures by: {}. Mean worth {} points.",
            ends.join(", "),
            show::decimal(way.worth, 0)
        ));
        place[at] = Some(lines.len());
        lines.push(pathways::Line {
            name: way.name.clone(),
            from: opens as f64,
            to: way.sell_by[1].map_or(count, |end| end + 1) as f64,
            open: way.sell_by[1].is_none(),
            score: show::percent(held),
            backing: Backing::new(
                cx.enter(entry),
                format!(
                    "{}: {} of the futures without harm",
                    way.name,
                    show::percent(held)
                ),
            ),
        });
    }
    let changes = (map.transfers.iter())
        .filter_map(|change| {
            let pulled = show::percent(change.pulled);
            Some(pathways::Change {
                at: change.median? as f64,
                from: place[change.from]?,
                to: place[change.to]?,
                name: format!("in {pulled}"),
                backing: Backing::note(format!(
                    "{}: pulled in {pulled} of the futures, in half of those by {}",
                    steering.triggers[change.trigger].name,
                    quarter(change.median?)
                )),
            })
        })
        .collect();
    let svg = pathways::draw(&pathways::Spec {
        title: "Ways to go on".to_owned(),
        quarters: map.quarters.iter().map(ToString::to_string).collect(),
        lines,
        changes,
        score_is: "no harm to the end".to_owned(),
    });
    let mut notes = format!(
        "In {} futures of the case. Harm: {}. A line ends where harm has come in half of the futures; a station is where half of the futures that pull the trigger have pulled it.",
        show::count(map.futures),
        harms.join("; ")
    );
    if !never.is_empty() {
        notes.push_str(&format!(" Never pulled: {}.", never.join("; ")));
    }
    vec![
        heading("Where the triggers lead"),
        Block::Figure(Figure {
            id: "plan-pathways".to_owned(),
            caption: "The plan as it stands and with its triggers: from when each way is open and how long it holds.".to_owned(),
            alt: svg.description.clone(),
            svg,
            note: notes,
        }),
    ]
}
