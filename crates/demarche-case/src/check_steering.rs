//! What must hold between the triggers of a case and its initiatives.

use std::collections::BTreeMap;

use crate::check::Parts;
use crate::names::{Findings, Kind, Named};
use crate::{Action, Aim, Initiative, Measure, Status, Steering};

/// Each signpost has something to measure, and each step of a trigger something to do.
pub(crate) fn check_steering(parts: &Parts, findings: &mut Findings) {
    let Some(settings) = parts.settings else {
        return;
    };
    if findings.incomplete.contains(&Kind::Initiative) {
        return;
    }
    let initiatives: BTreeMap<&str, &Initiative> = parts
        .initiatives
        .values()
        .map(|initiative| (initiative.id.as_str(), initiative))
        .collect();
    let wrong = [
        signposts(&settings.plan.steering, &initiatives, findings),
        actions(&settings.plan.steering, &initiatives, findings),
    ];
    for Wrong {
        code,
        named,
        why,
        remedy,
    } in wrong.into_iter().flatten()
    {
        findings
            .problems
            .error(code, named.place, &named.id, why, remedy);
    }
}

/// Something that is wrong with a name.
struct Wrong {
    code: &'static str,
    named: Named,
    why: String,
    remedy: &'static str,
}

/// The names that stand under a key of `case.toml`, in its order.
fn under<'a>(findings: &'a Findings, kind: Kind, key: &'a str) -> impl Iterator<Item = &'a Named> {
    findings
        .referred
        .iter()
        .filter(move |named| named.kind == kind && named.place.column.as_deref() == Some(key))
}

fn signposts(
    steering: &Steering,
    initiatives: &BTreeMap<&str, &Initiative>,
    findings: &Findings,
) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    for named in under(findings, Kind::Initiative, "signpost.initiatives") {
        let status = initiatives.get(named.id.as_str()).map(|i| i.status);
        if let Some(status @ (Status::Done | Status::Dropped)) = status {
            wrong.push(Wrong {
                code: "nothing-measured",
                named: named.clone(),
                why: format!("is {} and can't come late any more", status.name()),
                remedy: "take it out of the signpost",
            });
        }
    }
    // The same actor may be named by several signposts: each has a place of its own.
    let of_exposure = steering
        .signposts
        .iter()
        .filter(|s| matches!(s.measure, Measure::Exposure(_)));
    for (_, named) in of_exposure.zip(under(findings, Kind::Actor, "signpost.actor")) {
        if !any_exposed(initiatives, &named.id, 1) {
            wrong.push(Wrong {
                code: "nothing-measured",
                named: named.clone(),
                why: "is an actor to whom no initiative exposes".to_owned(),
                remedy: "fill the column of exposure to it in initiatives.csv, or name another",
            });
        }
    }
    wrong
}

/// Whether something that is not over yet exposes to an actor at a level or more.
fn any_exposed(initiatives: &BTreeMap<&str, &Initiative>, actor: &str, level: u8) -> bool {
    initiatives.values().any(|initiative| {
        !matches!(initiative.status, Status::Done | Status::Dropped)
            && initiative
                .exposure
                .iter()
                .any(|(code, at)| code == actor && *at >= level)
    })
}

fn actions(
    steering: &Steering,
    initiatives: &BTreeMap<&str, &Initiative>,
    findings: &Findings,
) -> Vec<Wrong> {
    let mut wrong = Vec::new();
    let mut ids = under(findings, Kind::Initiative, "trigger.action.initiatives");
    let mut actors = under(findings, Kind::Actor, "trigger.action.exposed_to");
    let all = || steering.triggers.iter().flat_map(|t| &t.actions);
    for action in all() {
        let (named, exposed): (&[String], Option<u8>) = match action {
            Action::Start(ids) | Action::Advance(ids, _) => (ids, None),
            Action::Pause(aim, _) | Action::Resume(aim) | Action::Drop(aim) => match aim {
                Aim::Named(ids) => (ids, None),
                Aim::Exposed { level, .. } => (&[], Some(*level)),
            },
            Action::Freeze { level, .. } => (&[], Some(*level)),
        };
        for _ in named {
            let Some(named) = ids.next() else {
                return wrong;
            };
            if let Some(initiative) = initiatives.get(named.id.as_str())
                && let Some(why) = in_vain(action, initiative)
            {
                wrong.push(Wrong {
                    code: "useless-action",
                    named: named.clone(),
                    why,
                    remedy: "take it out of the step, or mend its row in initiatives.csv",
                });
            } else if matches!(action, Action::Resume(_)) && !all().any(pauses) {
                wrong.push(Wrong {
                    code: "useless-action",
                    named: named.clone(),
                    why: "is to go on, and no trigger ever pauses anything".to_owned(),
                    remedy: "take the step out, or add one with do = \"pause\"",
                });
            }
        }
        if let Some(level) = exposed {
            let Some(named) = actors.next() else {
                return wrong;
            };
            if !any_exposed(initiatives, &named.id, level) {
                wrong.push(Wrong {
                    code: "useless-action",
                    named: named.clone(),
                    why: format!(
                        "is an actor to whom nothing that is still to come exposes at level {level} or more"
                    ),
                    remedy: "lower the level, or name another actor",
                });
            }
        }
    }
    wrong
}

fn pauses(action: &Action) -> bool {
    matches!(action, Action::Pause(..))
}

/// Why a step about an initiative can do nothing, if so.
fn in_vain(action: &Action, initiative: &Initiative) -> Option<String> {
    let begins = matches!(action, Action::Start(_) | Action::Advance(..));
    match initiative.status {
        status @ (Status::Done | Status::Dropped) => Some(format!(
            "is {}: nothing is left to {}",
            status.name(),
            action.word()
        )),
        Status::Running if begins => Some("runs already".to_owned()),
        _ if initiative.duration_quarters.is_none() => Some(
            "has no duration_quarters in initiatives.csv, so it is outside the plan".to_owned(),
        ),
        _ => None,
    }
}
