//! Signposts, triggers and steps in words.

use demarche_case::{Action, Aim, Case, Measure, Signpost, Watched};

use super::standing::stream_of;

/// What a signpost measures, in words.
#[must_use]
pub fn measured(case: &Case, signpost: &Signpost) -> String {
    match &signpost.measure {
        Measure::Events(watched) => {
            let Some(stream) = stream_of(case, watched) else {
                return "acts".to_owned();
            };
            let list = |codes: &[String]| listed(codes.iter().map(|code| case.short(code)), "and");
            let acts = match stream.acts {
                demarche_case::StreamActs::Conflict => "hostile acts",
                demarche_case::StreamActs::Cooperation => "friendly acts",
                demarche_case::StreamActs::Any => "acts",
            };
            let way = match stream.either {
                true => "between",
                false => "of",
            };
            let link = match stream.either {
                true => "and",
                false => "towards",
            };
            let of = match watched {
                Watched::Stream(id) => format!(" (stream {id})"),
                Watched::Own(_) => String::new(),
            };
            format!(
                "{acts} {way} {} {link} {} in a quarter{of}",
                list(&stream.source),
                list(&stream.target)
            )
        }
        Measure::Late(ids) => format!(
            "whole quarters that {} is late",
            listed(ids.iter().map(String::as_str), "or")
        ),
        Measure::Staff(pool) => {
            let pools = &case.settings.plan.pools;
            let name = pools
                .iter()
                .find(|p| &p.id == pool)
                .map(|p| p.name.as_str());
            format!(
                "full-time equivalents needed of “{}” above what it has",
                name.unwrap_or(pool)
            )
        }
        Measure::Money => {
            "cost of what started in four quarters, per cent of the money for them".to_owned()
        }
        Measure::Delivered => "share of what was due that is delivered, per cent".to_owned(),
        Measure::Exposure(actor) => format!(
            "levels of exposure to {} of what starts or delivers in a quarter",
            case.short(actor)
        ),
    }
}

/// The line of a signpost: “above 6 acts for 2 quarters running”.
#[must_use]
pub fn line(signpost: &Signpost) -> String {
    let running = match signpost.quarters {
        1 => String::new(),
        n => format!(" for {n} quarters running"),
    };
    let unit = match &signpost.measure {
        Measure::Staff(_) => "FTE",
        Measure::Money | Measure::Delivered => "%",
        other => match (other.unit(), signpost.line) {
            ("acts", 1) => "act",
            ("quarters", 1) => "quarter",
            ("levels", 1) => "level",
            (unit, _) => unit,
        },
    };
    format!("{} {} {unit}{running}", signpost.side.word(), signpost.line)
}

/// A step of a trigger in words.
#[must_use]
pub fn step(case: &Case, action: &Action) -> String {
    let quarters = |n: u32| match n {
        1 => "a quarter".to_owned(),
        n => format!("{n} quarters"),
    };
    let aim = |aim: &Aim| match aim {
        Aim::Named(ids) => listed(ids.iter().map(String::as_str), "and"),
        Aim::Exposed { actor, level } => exposed(case, actor, *level),
    };
    match action {
        Action::Pause(what, n) => format!("pause {} for {}", aim(what), quarters(*n)),
        Action::Resume(what) => format!("let {} go on", aim(what)),
        Action::Drop(what) => format!("drop {}", aim(what)),
        Action::Start(ids) => format!(
            "start {} as soon as may be",
            listed(ids.iter().map(String::as_str), "and")
        ),
        Action::Advance(ids, n) => format!(
            "bring {} forward by up to {}",
            listed(ids.iter().map(String::as_str), "and"),
            quarters(*n)
        ),
        Action::Freeze {
            actor,
            level,
            quarters: n,
        } => format!(
            "start nothing of {} for {}",
            exposed(case, actor, *level),
            quarters(*n)
        ),
    }
}

fn exposed(case: &Case, actor: &str, level: u8) -> String {
    format!(
        "what exposes to {} at level {level} or more",
        case.short(actor)
    )
}

/// All steps of a trigger in words.
#[must_use]
pub fn steps(case: &Case, actions: &[Action]) -> String {
    let all: Vec<String> = actions.iter().map(|action| step(case, action)).collect();
    all.join("; ")
}

/// A list in prose: “a, b and c”.
fn listed<'a>(parts: impl IntoIterator<Item = &'a str>, last: &str) -> String {
    let parts: Vec<&str> = parts.into_iter().collect();
    match parts.split_last() {
        None => "nothing".to_owned(),
        Some((one, [])) => (*one).to_owned(),
        Some((end, others)) => format!("{} {last} {end}", others.join(", ")),
    }
}
