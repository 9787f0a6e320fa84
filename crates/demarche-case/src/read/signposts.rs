//! `[[signpost]]`, `[[trigger]]` and `[[reaction]]` of `case.toml`.

use std::cell::RefCell;
use std::collections::BTreeSet;

use super::settings::each;
use crate::names::{Findings, Kind};
use crate::toml_file::Table;
use crate::{
    Action, Aim, LineSide, Measure, Needs, Reaction, Signpost, Steering, Stream, StreamActs,
    StreamRole, Trigger, Watched,
};

/// The highest line that makes sense: acts of a quarter, per cent.
const HIGHEST_LINE: u64 = 1_000_000;
/// The longest time that something can be asked to last: ten years.
const MOST_QUARTERS: u64 = 40;
/// The highest level of exposure.
const MOST_EXPOSED: u64 = 3;
/// For how many quarters a trigger rests where nothing else is said.
const REST: u32 = 4;

/// What is measured, as `measures` says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MeasureWord {
    Events,
    Late,
    Staff,
    Money,
    Delivered,
    Exposure,
}

/// What is done, as `do` says it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ActionWord {
    Pause,
    Resume,
    Drop,
    Start,
    Advance,
    Freeze,
}

/// Reads how a plan is steered; nothing where the case says nothing.
pub(super) fn read(root: &Table, has_budget: bool, findings: &mut Findings) -> Option<Steering> {
    let signposts = each(root, "signpost", findings, |table, findings| {
        read_signpost(table, has_budget, findings)
    });
    let known = signposts.as_deref().unwrap_or_default();
    let triggers = each(root, "trigger", findings, |table, findings| {
        let trigger = read_trigger(table, findings)?;
        check_averts(table, &trigger, known, findings);
        Some(trigger)
    });
    let actors = RefCell::new(BTreeSet::new());
    let reactions = each(root, "reaction", findings, |table, findings| {
        read_reaction(table, &actors, findings)
    });
    Some(Steering {
        signposts: signposts?,
        triggers: triggers?,
        reactions: reactions?,
    })
}

fn read_signpost(table: &Table, has_budget: bool, findings: &mut Findings) -> Option<Signpost> {
    let id = table.define(Kind::Signpost, "id", findings);
    let name = table.text("name", findings);
    let word = table.choice("measures", findings);
    if word.is_none() {
        let keys = [
            "stream",
            "source",
            "target",
            "either",
            "acts",
            "areas",
            "initiatives",
            "pool",
            "actor",
        ];
        known(table, &keys);
    }
    let measure = word.and_then(|word| {
        let called = (
            id.clone().unwrap_or_default(),
            name.clone().unwrap_or_default(),
        );
        read_measure(table, word, called, findings)
    });
    if word == Some(MeasureWord::Money) && !has_budget {
        findings.problems.error(
            "nothing-measured",
            table.place("measures"),
            "money",
            "is measured against the budget of the plan, and there is none",
            "add budget_keur or yearly_keur to [plan], or measure something else",
        );
    }
    let line = read_line(table, findings);
    let quarters = optional_whole(table, "quarters", 1, MOST_QUARTERS, 1, findings);
    let costs = match table.has("costs") {
        true => table.whole("costs", 1, HIGHEST_LINE, findings).map(Some),
        false => Some(None),
    };
    let basis = table.choice("basis", findings);
    let note = table.optional_text("note", findings);
    let (side, line) = line?;
    Some(Signpost {
        id: id?,
        name: name?,
        measure: measure?,
        side,
        line,
        quarters: quarters? as u32,
        costs: costs?,
        basis: basis?,
        note: note.unwrap_or_default(),
    })
}

fn read_measure(
    table: &Table,
    word: MeasureWord,
    (id, name): (String, String),
    findings: &mut Findings,
) -> Option<Measure> {
    Some(match word {
        MeasureWord::Events => Measure::Events(read_watched(table, id, name, findings)?),
        MeasureWord::Late => {
            let initiatives = table.refer_list(Kind::Initiative, "initiatives", findings);
            if initiatives.is_empty() {
                nothing(
                    table,
                    "initiatives",
                    "no initiative is named whose delay could be measured",
                    "add initiatives = [\"…\"] with ids of initiatives.csv",
                    findings,
                );
                return None;
            }
            Measure::Late(initiatives)
        }
        MeasureWord::Staff => Measure::Staff(table.refer(Kind::Pool, "pool", findings)?),
        MeasureWord::Money => Measure::Money,
        MeasureWord::Delivered => Measure::Delivered,
        MeasureWord::Exposure => Measure::Exposure(table.refer(Kind::Actor, "actor", findings)?),
    })
}

fn read_watched(
    table: &Table,
    id: String,
    name: String,
    findings: &mut Findings,
) -> Option<Watched> {
    if table.has("stream") {
        return Some(Watched::Stream(table.refer(
            Kind::Stream,
            "stream",
            findings,
        )?));
    }
    let source = table.refer_list(Kind::Actor, "source", findings);
    let target = table.refer_list(Kind::Actor, "target", findings);
    let either = table.flag("either", findings);
    let acts = match table.has("acts") {
        true => table.choice("acts", findings),
        false => Some(StreamActs::Conflict),
    };
    let areas = table.refer_list(Kind::Area, "areas", findings);
    for (key, list) in [("source", &source), ("target", &target)] {
        if list.is_empty() {
            nothing(
                table,
                key,
                "nothing says whose acts towards whom are counted",
                &format!(
                    "add {key} = [\"…\"] with codes of actors.csv, or stream = \"…\" with a stream of the case"
                ),
                findings,
            );
            return None;
        }
    }
    Some(Watched::Own(Box::new(Stream {
        id,
        name,
        role: StreamRole::Other,
        source,
        target,
        either: either?,
        acts: acts?,
        areas,
    })))
}

/// The line and the side on which it counts as crossed: `above = 6` or `below = 50`.
fn read_line(table: &Table, findings: &mut Findings) -> Option<(LineSide, u64)> {
    let sides = [(LineSide::Above, "above"), (LineSide::Below, "below")];
    let given: Vec<_> = sides
        .into_iter()
        .filter(|&(_, key)| table.has(key))
        .collect();
    match given.as_slice() {
        // Nothing lies below none.
        &[(side, key)] => {
            let low = u64::from(side == LineSide::Below);
            Some((side, table.whole(key, low, HIGHEST_LINE, findings)?))
        }
        [] => {
            findings.problems.error(
                "missing-key",
                table.place("above"),
                "",
                "nothing says which line is not to be crossed",
                "add above = 6, or below = 50, with the line you mean",
            );
            None
        }
        _ => {
            findings.problems.error(
                "contradiction",
                table.place("below"),
                "",
                "the line is given twice, as above and as below",
                "keep one; for a band make two signposts",
            );
            None
        }
    }
}

fn read_trigger(table: &Table, findings: &mut Findings) -> Option<Trigger> {
    let id = table.define(Kind::Trigger, "id", findings);
    let name = table.text("name", findings);
    let when = table.refer_list(Kind::Signpost, "when", findings);
    let mut sound = true;
    if when.is_empty() {
        sound = false;
        nothing(
            table,
            "when",
            "no signpost pulls this trigger",
            "add when = [\"…\"] with ids of signposts",
            findings,
        );
    }
    let needs = match table.has("needs") {
        true => table.choice("needs", findings),
        false => Some(Needs::All),
    };
    let averts = table.refer_list(Kind::Signpost, "averts", findings);
    let rest = optional_whole(table, "rest", 1, MOST_QUARTERS, u64::from(REST), findings);
    let basis = table.choice("basis", findings);
    let listed = table.has("action");
    let actions = each(table, "action", findings, read_action);
    if actions.as_ref().is_some_and(Vec::is_empty) {
        sound = false;
        // A wrong type under this key has been reported already.
        if !listed {
            nothing(
                table,
                "action",
                "nothing is done when this trigger is pulled",
                "add a [[trigger.action]] with do = \"pause\" or another step",
                findings,
            );
        }
    }
    Some(Trigger {
        id: id?,
        name: name?,
        when,
        needs: needs?,
        actions: actions.filter(|_| sound)?,
        averts,
        rest: rest? as u32,
        basis: basis?,
    })
}

fn read_action(table: &Table, findings: &mut Findings) -> Option<Action> {
    let word: Option<ActionWord> = table.choice("do", findings);
    let Some(word) = word else {
        known(table, &["initiatives", "exposed_to", "level", "quarters"]);
        return None;
    };
    let lasting = |findings: &mut Findings| {
        let read = table.whole("quarters", 1, MOST_QUARTERS, findings)?;
        Some(read as u32)
    };
    Some(match word {
        ActionWord::Pause => {
            let (aim, quarters) = (read_aim(table, findings), lasting(findings));
            Action::Pause(aim?, quarters?)
        }
        ActionWord::Resume => Action::Resume(read_aim(table, findings)?),
        ActionWord::Drop => Action::Drop(read_aim(table, findings)?),
        ActionWord::Start => Action::Start(read_named(table, findings)?),
        ActionWord::Advance => {
            let (named, quarters) = (read_named(table, findings), lasting(findings));
            Action::Advance(named?, quarters?)
        }
        ActionWord::Freeze => {
            let exposed = read_exposed(table, findings);
            let quarters = lasting(findings);
            let (actor, level) = exposed?;
            Action::Freeze {
                actor,
                level,
                quarters: quarters?,
            }
        }
    })
}

fn read_named(table: &Table, findings: &mut Findings) -> Option<Vec<String>> {
    let named = table.refer_list(Kind::Initiative, "initiatives", findings);
    if named.is_empty() {
        nothing(
            table,
            "initiatives",
            "no initiative is named that this step is about",
            "add initiatives = [\"…\"] with ids of initiatives.csv",
            findings,
        );
        return None;
    }
    Some(named)
}

fn read_exposed(table: &Table, findings: &mut Findings) -> Option<(String, u8)> {
    let actor = table.refer(Kind::Actor, "exposed_to", findings);
    let level = optional_whole(table, "level", 1, MOST_EXPOSED, 1, findings);
    Some((actor?, level? as u8))
}

fn read_aim(table: &Table, findings: &mut Findings) -> Option<Aim> {
    match (table.has("initiatives"), table.has("exposed_to")) {
        (true, true) => {
            findings.problems.error(
                "contradiction",
                table.place("exposed_to"),
                "",
                "the step is about named initiatives and about all exposed ones",
                "keep one; for both make two actions",
            );
            None
        }
        (_, true) => {
            let (actor, level) = read_exposed(table, findings)?;
            Some(Aim::Exposed { actor, level })
        }
        (true, false) => Some(Aim::Named(read_named(table, findings)?)),
        (false, false) => {
            nothing(
                table,
                "initiatives",
                "nothing says which initiatives this step is about",
                "add initiatives = [\"…\"], or exposed_to = \"…\" with the code of an actor",
                findings,
            );
            None
        }
    }
}

fn read_reaction(
    table: &Table,
    taken: &RefCell<BTreeSet<String>>,
    findings: &mut Findings,
) -> Option<Reaction> {
    let actor = table.refer(Kind::Actor, "actor", findings);
    if let Some(actor) = &actor
        && !taken.borrow_mut().insert(actor.clone())
    {
        findings.problems.error(
            "duplicate-entry",
            table.place("actor"),
            actor,
            "stands in a [[reaction]] already",
            "leave it in one place only",
        );
    }
    let answering = table.whole("answering", 0, 100, findings);
    let tipping = match table.has("tipping") {
        true => table.whole("tipping", 1, HIGHEST_LINE, findings).map(Some),
        false => Some(None),
    };
    let basis = table.choice("basis", findings);
    Some(Reaction {
        actor: actor?,
        answering: answering?,
        tipping: tipping?,
        basis: basis?,
    })
}

/// What a trigger is to avert costs something, and is not what pulls it.
fn check_averts(table: &Table, trigger: &Trigger, signposts: &[Signpost], findings: &mut Findings) {
    for id in &trigger.averts {
        let Some(signpost) = signposts.iter().find(|s| &s.id == id) else {
            continue;
        };
        if signpost.costs.is_none() {
            findings.problems.error(
                "no-harm",
                table.place("averts"),
                id,
                "is a signpost that costs nothing, so there is nothing to avert",
                "give that signpost costs = 200, the points that are lost when it comes to this, or leave averts out",
            );
        }
        if trigger.when.contains(id) {
            findings.problems.error(
                "contradiction",
                table.place("averts"),
                id,
                "pulls the trigger, and so is passed before anything is done to avert it",
                "pull the trigger by a signpost that warns earlier",
            );
        }
    }
}

/// Keys that may stand there: where the word that decides it can't be read, nothing is said of them.
fn known(table: &Table, keys: &[&'static str]) {
    for &key in keys {
        table.has(key);
    }
}

fn optional_whole(
    table: &Table,
    key: &'static str,
    low: u64,
    high: u64,
    or: u64,
    findings: &mut Findings,
) -> Option<u64> {
    match table.has(key) {
        true => table.whole(key, low, high, findings),
        false => Some(or),
    }
}

fn nothing(table: &Table, key: &str, why: &str, remedy: &str, findings: &mut Findings) {
    let place = table.place(key);
    findings
        .problems
        .error("missing-value", place, "", why, remedy);
}
