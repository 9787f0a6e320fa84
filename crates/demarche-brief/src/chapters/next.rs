//! What comes next: the acts to watch for in the coming quarter, each with its reasons, how the last
//! list did, and whether chances are true.

use demarche_events::Date;
use demarche_forecast::chance::Reliability;
use demarche_forecast::watch::{CALIBRATED, Item, Reason, Scored, ScoredItem, Watch};

use super::common::{heading, note, paragraph, plural};
use crate::context::{Context, Entry, strong, text};
use crate::document::{Block, Chapter, DocTable, Span};
use crate::show;

/// The most reasons of an act that are shown; the others stand in the tables.
const SHOWN: usize = 3;
/// A reason that moves the log odds by less hardly matters.
const SLIGHT: f64 = 0.15;

/// The chapter.
pub fn chapter(cx: &mut Context) -> Option<Chapter> {
    let watch = cx.watch?;
    if watch.hostile.is_empty() && watch.cooperative.is_empty() {
        return None;
    }
    let mut blocks = vec![summary(cx, watch)];
    for (items, id, caption) in [
        (
            &watch.hostile,
            "next-conflict",
            "Conflict: the likeliest acts.",
        ),
        (
            &watch.cooperative,
            "next-cooperation",
            "Cooperation: the likeliest acts.",
        ),
    ] {
        if !items.is_empty() {
            blocks.push(Block::Table(list(cx, watch, items, id, caption)));
            blocks.push(reasons(cx, watch, items));
        }
    }
    blocks.push(note(caution(cx, watch)));
    blocks.push(heading("What the last list was worth"));
    match watch.earlier.as_deref() {
        Ok([last, ..]) => {
            blocks.push(scored(cx, last));
            blocks.push(Block::Table(outcomes(cx, watch, last)));
        }
        Ok([]) => {}
        Err(error) => blocks.push(paragraph(vec![text(format!(
            "No list can be made for the time before: {error}."
        ))])),
    }
    blocks.push(heading("Are the chances true?"));
    blocks.extend(calibration(cx, watch));
    Some(Chapter {
        id: "next".to_owned(),
        title: "What comes next".to_owned(),
        blocks,
    })
}

/// An act as the list names it.
fn name(cx: &Context, watch: &Watch, item: &Item) -> String {
    format!(
        "{} → {}: {}",
        cx.case.short(&item.source),
        cx.case.short(&item.target),
        watch.settings.level.words(&item.act)
    )
}

/// The part of an id that is the act's own.
fn slug(item: &Item) -> String {
    format!("{}-{}.{}", item.source, item.target, item.act)
}

fn days(from: Date, to: Date) -> String {
    let next = from.tomorrow().unwrap_or(from);
    format!("{} to {}", show::day(next), show::day(to))
}

fn chance(p: f64) -> String {
    match p {
        p if p > 0.0 && p < 0.001 => "less than 0.1\u{a0}%".to_owned(),
        p if p > 0.995 && p < 1.0 => "more than 99.5\u{a0}%".to_owned(),
        p => show::percent(p),
    }
}

fn summary(cx: &mut Context, watch: &Watch) -> Block {
    let mut spans = vec![text(format!(
        "Of {} between a partner and another actor, these are the likeliest to come at least once from {}. ",
        plural(watch.asked, "act"),
        days(watch.settings.as_of, watch.until())
    ))];
    for (items, what) in [
        (&watch.hostile, "conflict"),
        (&watch.cooperative, "cooperation"),
    ] {
        let Some(item) = items.first() else {
            spans.push(text(format!("No act of {what} was ever on record. ")));
            continue;
        };
        let shown = name(cx, watch, item);
        let entry = chance_entry(cx, watch, item);
        let number = cx.number(entry);
        let rate = rate_entry(cx, watch, item);
        let rate = cx.number(rate);
        spans.extend([
            text(format!("Of {what} it is {shown}, ")),
            number,
            text(" (at the rate of the last year "),
            rate,
            text("). "),
        ]);
    }
    spans.push(text(watch.said_by.clone()));
    paragraph(spans)
}

fn chance_entry(cx: &Context, watch: &Watch, item: &Item) -> Entry {
    let events: Vec<u32> = item.reasons.iter().flat_map(|r| r.events.clone()).collect();
    let formula = match watch.learned {
        true => {
            "1 / (1 + exp(−s)), s: the log odds of the mean act and the weights of the reasons, learned from earlier windows; where enough came, made true to frequency"
        }
        false => "1 − exp(−n · days / 365), n: days of the last year with the act",
    };
    let reasons: Vec<String> = (item.reasons.iter())
        .map(|r| match r.weight {
            Some(w) => format!("{} {}", weight(w), r.words),
            None => r.words.clone(),
        })
        .collect();
    Entry::new(
        format!("next.{}", slug(item)),
        format!(
            "Chance that it comes from {}: {}",
            days(watch.settings.as_of, watch.until()),
            name(cx, watch, item)
        ),
        chance(item.chance),
        formula,
    )
    .events(&events)
    .note(format!("Reasons, in log odds: {}.", reasons.join("; ")))
}

fn rate_entry(cx: &Context, watch: &Watch, item: &Item) -> Entry {
    Entry::new(
        format!("next.rate.{}", slug(item)),
        format!(
            "The same at the rate of the last year: {}",
            name(cx, watch, item)
        ),
        chance(item.last_year),
        "1 − exp(−n · days / 365), n: days of the last year with the act",
    )
    .events(&item.in_last_year)
}

/// A weight with its sign.
fn weight(w: f64) -> String {
    let shown = show::decimal(w, 1);
    match w {
        w if w > 0.0 && shown != "0.0" => format!("+{shown}"),
        _ => shown,
    }
}

fn list(cx: &mut Context, watch: &Watch, items: &[Item], id: &str, caption: &str) -> DocTable {
    let mut rows = Vec::new();
    for item in items {
        let entry = chance_entry(cx, watch, item);
        let chance = cx.number(entry);
        let rate = rate_entry(cx, watch, item);
        let rate = cx.number(rate);
        rows.push(vec![
            vec![text(name(cx, watch, item))],
            vec![chance],
            vec![rate],
            vec![text(show::count(item.before))],
        ]);
    }
    DocTable {
        id: id.to_owned(),
        caption: caption.to_owned(),
        head: ["Act", "Chance", "At last year’s rate", "Days before"]
            .map(str::to_owned)
            .to_vec(),
        numeric: vec![false, true, true, true],
        rows,
        note: "Days before: on how many days it came since the record began.".to_owned(),
    }
}

/// Why each act stands on the list.
fn reasons(cx: &mut Context, watch: &Watch, items: &[Item]) -> Block {
    let point = |item: &Item| {
        let mut spans = vec![strong(format!("{}. ", name(cx, watch, item)))];
        spans.extend(because(cx, watch, item));
        spans
    };
    Block::List {
        items: items.iter().map(point).collect(),
    }
}

/// The weightiest reasons, each of which opens its events.
fn because(cx: &mut Context, watch: &Watch, item: &Item) -> Vec<Span> {
    let matters = |r: &&Reason| r.weight.is_none_or(|w| w.abs() >= SLIGHT);
    let mut shown: Vec<&Reason> = item.reasons.iter().filter(matters).take(SHOWN).collect();
    if shown.is_empty() {
        shown.extend(item.reasons.first());
    }
    let mut spans = Vec::new();
    for (at, reason) in shown.into_iter().enumerate() {
        if at > 0 {
            spans.push(text("; "));
        }
        let value = match reason.weight {
            Some(w) => weight(w),
            None => show::count(reason.events.len()),
        };
        let entry = Entry::new(
            format!(
                "next.{}.{}",
                slug(item),
                reason.ground.words().replace(' ', "-")
            ),
            format!("{}, {}", name(cx, watch, item), reason.ground.words()),
            value,
            match reason.weight {
                Some(_) => {
                    "sum over the hazards of this kind: weight · (value − mean), in log odds"
                }
                None => "number of the latest events of this kind, at most five",
            },
        )
        .events(&reason.events)
        .note(reason.words.clone());
        spans.push(cx.number(entry));
        spans.push(text(format!(" {}", reason.words)));
    }
    spans.push(text("."));
    spans
}

/// What must be known of the record before the list is believed.
fn caution(cx: &Context, watch: &Watch) -> String {
    let mut said = Vec::new();
    if watch.learned {
        said.push("The figure before a reason says how far it moves the log odds from those of the mean act (0.7 doubles the odds), the weightiest first, and opens the latest events behind it; all stand in tables/watch_reasons.csv.".to_owned());
    }
    if watch.coverage.is_thin() {
        said.push(format!(
            "The {} is thin at its end: {} in the last {} days, where {} were usual in the year before. If it ends too early, chances are too low and the last list looks worse than it was.",
            cx.record(),
            plural(watch.coverage.last, "act"),
            watch.settings.horizon,
            show::decimal(watch.coverage.usual, 0)
        ));
    }
    if watch.vague > 0 {
        said.push(format!(
            "{} known to the month or the year only {} left out.",
            plural(watch.vague, "event"),
            if watch.vague == 1 { "is" } else { "are" }
        ));
    }
    said.push(format!(
        "An act comes if the {} has it; several on one day count once. What is likely because the past was so is no cause: a reason says after what, not by what, it comes.",
        cx.record()
    ));
    said.push("Acts are told apart by the root of their code; demarche forecast asks of any pair, act and time, and by whom or towards whom.".to_owned());
    said.join(" ")
}

fn brier(value: f64) -> String {
    show::decimal(value, 3)
}

fn scored(cx: &mut Context, last: &Scored) -> Block {
    let came: Vec<u32> = last.items.iter().flat_map(|i| i.came.clone()).collect();
    let span = days(last.as_of, last.until);
    let hits = Entry::new(
        "next.last.hits",
        format!("Acts of the last list that came, {span}"),
        show::count(last.hits),
        "number of acts of the list with an event in that time",
    )
    .events(&came);
    let expected = Entry::new(
        "next.last.expected",
        format!("Acts of the last list that were expected to come, {span}"),
        show::decimal(last.expected, 1),
        "sum of the chances of the list",
    );
    let own = Entry::new(
        "next.last.brier",
        format!("Brier score of the last list, {span}"),
        brier(last.brier),
        "mean of (chance − 1 if it came, 0 if not)² over the acts of the list; 0 is best",
    )
    .events(&came);
    let rate = Entry::new(
        "next.last.brier-rate",
        format!("Brier score of the rate of the last year on the same acts, {span}"),
        brier(last.brier_last_year),
        "the same with the rate of the year before in the place of the chance",
    )
    .events(&came);
    let mut spans = vec![text(format!(
        "Made on {} from what was known then, the list would have had {}. ",
        show::day(last.as_of),
        plural(last.items.len(), "act")
    ))];
    spans.extend([
        text("Of these came "),
        cx.number(hits),
        text(", where "),
        cx.number(expected),
        text(format!(
            " were expected; a list made by the rate of the year before would have had {}. The Brier score of the list is ",
            plural(last.hits_last_year, "hit")
        )),
        cx.number(own),
        text(", that of the rate of the year before "),
        cx.number(rate),
        text(" (smaller is better). "),
    ]);
    if !last.learned {
        spans.push(text(
            "No chances could be learned then; the rate stood in their place. ",
        ));
    }
    if last.vague > 0 {
        spans.push(text(format!(
            "{} of that time, known to the month only, can’t be counted as having come. ",
            plural(last.vague, "event")
        )));
    }
    spans.push(text(
        "One quarter is little to judge by; demarche watch scores as many earlier lists as are asked for.",
    ));
    paragraph(spans)
}

fn outcomes(cx: &mut Context, watch: &Watch, last: &Scored) -> DocTable {
    let mut rows = Vec::new();
    for (place, ScoredItem { item, came }) in (1..).zip(&last.items) {
        let shown = name(cx, watch, item);
        let outcome = match came.len() {
            0 => text("no"),
            n => {
                let entry = Entry::new(
                    format!("next.last.{place}"),
                    format!("{shown}, {}", days(last.as_of, last.until)),
                    show::count(n),
                    "number of days with the act",
                )
                .events(came);
                cx.number_as(format!("yes, {}", times(n)), entry)
            }
        };
        rows.push(vec![
            vec![text(shown)],
            vec![text(chance(item.chance))],
            vec![text(chance(item.last_year))],
            vec![outcome],
        ]);
    }
    DocTable {
        id: "next-last".to_owned(),
        caption: format!(
            "The list of {}, held against what came to {}.",
            show::day(last.as_of),
            show::day(last.until)
        ),
        head: [
            "Act",
            "Chance said",
            "At the rate of the year before",
            "Came",
        ]
        .map(str::to_owned)
        .to_vec(),
        numeric: vec![false, true, true, false],
        rows,
        note: String::new(),
    }
}

fn times(n: usize) -> String {
    match n {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        n => format!("{} times", show::count(n)),
    }
}

fn calibration(cx: &mut Context, watch: &Watch) -> Vec<Block> {
    let found = match &watch.calibration {
        Ok(found) => found,
        Err(error) => {
            return vec![paragraph(vec![text(format!(
                "Whether chances within {CALIBRATED} days are true can’t be said: {error}."
            ))])];
        }
    };
    let mut entry = |id: &str, label: &str, of: &Reliability| {
        let entry = Entry::new(
            format!("next.calibration.{id}"),
            format!("Expected calibration error within {CALIBRATED} days, {label}"),
            show::decimal(of.ece, 4),
            "mean over ten bins of equal width of |what was said − what came|, weighed by the forecasts in each",
        )
        .note(format!(
            "{} in {}; {} of them came. Brier score {}. Reference: Naeini, Cooper and Hauskrecht (2015).",
            plural(of.count, "forecast"),
            plural(found.windows, "window"),
            chance(of.came),
            show::decimal(of.brier, 4)
        ));
        cx.number(entry)
    };
    let all = entry("all", "all acts asked for", &found.model);
    let known = entry("known", "acts that had come before", &found.model_known);
    let rate = entry(
        "rate",
        "the rate of the year before, on the same",
        &found.last_year_known,
    );
    let better = 1.0 - found.model_known.brier / found.last_year_known.brier.max(f64::MIN_POSITIVE);
    let skill = match better {
        b if b > 0.0 => format!("{} smaller than", show::percent(b)),
        b => format!("{} larger than", show::percent(-b)),
    };
    let windows = plural(found.windows, "window");
    let prose = paragraph(vec![
        text(format!(
            "Chances within {CALIBRATED} days were held against what came in {windows} up to {}, each forecast by what was learned before it. They were off by ",
            show::day(watch.settings.as_of)
        )),
        all,
        text(" on average over all acts, most of which never come, and by "),
        known,
        text(" over those that had come before (the rate of the year before: "),
        rate,
        text(format!(
            "). On these their squared error is {skill} that of the rate."
        )),
    ]);
    let rows = (found.model_known.bins.iter())
        .map(|bin| {
            vec![
                vec![text(format!("{} to {}", chance(bin.low), chance(bin.high)))],
                vec![text(show::count(bin.count))],
                vec![text(chance(bin.said))],
                vec![text(chance(bin.came))],
            ]
        })
        .collect();
    let table = DocTable {
        id: "next-calibration".to_owned(),
        caption: format!(
            "What was said within {CALIBRATED} days, and what came, of acts that had come before."
        ),
        head: ["Said", "Forecasts", "Mean of what was said", "Came"]
            .map(str::to_owned)
            .to_vec(),
        numeric: vec![false, true, true, true],
        rows,
        note: "A bin of few forecasts says little.".to_owned(),
    };
    vec![prose, Block::Table(table)]
}
