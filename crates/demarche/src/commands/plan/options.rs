//! What an option of `demarche plan` says, and what is wrong with it.

use demarche_case::{Case, Exposure, Status};
use demarche_plan::scheme::{Barred, Scheme, Wishes, estimates};
use demarche_respond::excitation::excitation;
use demarche_respond::streams::streams;

use crate::args_plan::Plan as Args;
use crate::failure::{Failure, USAGE};

/// What is locked and forbidden, on top of what the case says.
pub(super) fn wishes(args: &Args, case: &Case) -> Result<Wishes, Failure> {
    let mut wishes = Wishes::default();
    let plain = Scheme::of(case, &wishes);
    for lock in &args.lock {
        let (i, at) = locked(case, &plain, lock)?;
        let other = wishes.locked.iter().find(|other| other.0 == i);
        if let Some(&(_, other)) = other.filter(|other| other.1 != at) {
            let (id, quarters) = (&case.initiatives[i].id, &plain.quarters);
            return Err(Failure::new(
                USAGE,
                format!(
                    "{id} is locked twice: {} and {}",
                    quarters[other], quarters[at]
                ),
                "drop one of the two",
            ));
        }
        wishes.locked.push((i, at));
    }
    for id in &args.forbid {
        wishes.forbidden.push(free(case, id, "--forbid")?);
    }
    for (i, _) in &wishes.locked {
        if wishes.forbidden.contains(i) {
            let id = &case.initiatives[*i].id;
            return Err(Failure::new(
                USAGE,
                format!("{id} is both locked and forbidden"),
                "drop one of the two",
            ));
        }
    }
    Ok(wishes)
}

/// Takes what the past says of hostile reactions into the wishes, and says in a sentence what that is.
pub(super) fn estimate(case: &Case, wishes: &mut Wishes) -> String {
    let streams = streams(case);
    match excitation(case, &streams) {
        Ok(fitted) => {
            wishes.estimates = estimates(&streams, &fitted);
            let cells: Vec<String> = (wishes.estimates.iter())
                .map(|e| {
                    format!(
                        "{} to “{}” ({:.1} hostile acts a step, {:.1} to {:.1})",
                        e.actor,
                        e.step,
                        e.tenths as f64 / 10.0,
                        e.interval.0 as f64 / 10.0,
                        e.interval.1 as f64 / 10.0
                    )
                })
                .collect();
            match cells.is_empty() {
                true => "the past tells no reaction to a kind of step from zero, so all exposure is as judged".to_owned(),
                false => format!(
                    "exposure is as the past shows for {}, one act counted as one level and three as the most; all else is as judged",
                    cells.join(", ")
                ),
            }
        }
        Err(why) => format!("all exposure is as judged, since nothing can be fitted: {why}"),
    }
}

/// The initiative of an id that may be chosen or left out.
fn free(case: &Case, id: &str, option: &str) -> Result<usize, Failure> {
    let Some(i) = case.initiatives.iter().position(|other| other.id == id) else {
        let ids = case.initiatives.iter().map(|i| i.id.as_str());
        let near = ids
            .map(|other| (strsim::osa_distance(other, id), other))
            .min()
            .filter(|&(distance, _)| 2 * distance <= id.chars().count())
            .map(|(_, other)| other);
        return Err(Failure::new(
            USAGE,
            format!("{option}: {id:?} is no initiative of this case"),
            near.map_or_else(
                || "initiatives.csv lists them".to_owned(),
                |near| format!("did you mean {near}? initiatives.csv lists them"),
            ),
        ));
    };
    let status = case.initiatives[i].status;
    if matches!(status, Status::Done | Status::Running | Status::Dropped) {
        return Err(Failure::new(
            USAGE,
            format!(
                "{option}: {id} is {} and not for the plan to decide",
                status.name()
            ),
            "change its status in initiatives.csv if that is no longer so",
        ));
    }
    Ok(i)
}

/// An initiative and the quarter it must start in, from `ID@QUARTER`.
fn locked(case: &Case, scheme: &Scheme, text: &str) -> Result<(usize, usize), Failure> {
    let (first, last) = (
        scheme.quarters[0],
        scheme.quarters[scheme.quarters.len() - 1],
    );
    let remedy = format!("write the id and a quarter from {first} to {last}, as in ID@{first}");
    let Some((id, wanted)) = text.split_once('@') else {
        return Err(Failure::new(
            USAGE,
            format!("--lock: {text:?} names no quarter"),
            remedy,
        ));
    };
    let i = free(case, id, "--lock")?;
    let plain = |quarter: &str| quarter.replace('-', "").to_ascii_uppercase();
    let at = scheme
        .quarters
        .iter()
        .position(|q| plain(&q.to_string()) == plain(wanted));
    let Some(at) = at else {
        return Err(Failure::new(
            USAGE,
            format!("--lock: {wanted:?} is no quarter of the plan"),
            remedy,
        ));
    };
    let Some(a) = scheme.activity[i] else {
        return Err(Failure::new(
            USAGE,
            format!("--lock: {id} is outside the plan"),
            "give it a duration in initiatives.csv, and see that what it needs is not dropped",
        ));
    };
    let duration = scheme.problem.activities[a].duration;
    let wrong = match scheme.barred[a][at] {
        Some(Barred::TooLong) => Some((
            format!("takes {duration} quarters and can't end within the plan from {wanted}"),
            format!("start it earlier, or raise quarters in case.toml; the plan ends with {last}"),
        )),
        Some(Barred::Late) => Some((
            format!(
                "may start no later than {}",
                case.initiatives[i]
                    .terms
                    .latest
                    .map_or_else(String::new, |day| day.to_string())
            ),
            "start it earlier, or change latest in initiatives.csv".to_owned(),
        )),
        Some(Barred::NoReview) => {
            let open = (0..scheme.quarters.len()).filter(|&at| scheme.barred[a][at].is_none());
            let open: Vec<String> = open.map(|at| scheme.quarters[at].to_string()).collect();
            Some((
                format!("starts only in a quarter that follows a review, and {wanted} does not"),
                match open.is_empty() {
                    true => "add [[review]] to case.toml, or take at_review out of initiatives.csv"
                        .to_owned(),
                    false => format!("start it in {}", open.join(" or ")),
                },
            ))
        }
        _ => None,
    };
    if let Some((wrong, remedy)) = wrong {
        return Err(Failure::new(USAGE, format!("--lock: {id} {wrong}"), remedy));
    }
    Ok((i, at))
}

/// Changes a setting: `staff.mission=+2`, `staff.mission=8`, `budget=30000`, `starts=4`.
pub(super) fn what_if(case: &mut Case, text: &str) -> Result<(), Failure> {
    let wrong = |what: String, remedy: &str| {
        Failure::new(USAGE, format!("--what-if {text:?}: {what}"), remedy)
    };
    let Some((setting, change)) = text.split_once('=') else {
        return Err(wrong(
            "there is no =".to_owned(),
            "write it as staff.mission=+2 or budget=30000",
        ));
    };
    let settings = &mut case.settings.plan;
    let changed = |now: Option<u64>| -> Result<u64, Failure> {
        let step: i64 = change.parse().map_err(|_| {
            wrong(
                format!("{change:?} is no whole number"),
                "write 8 for a value, +2 or -2 for a change",
            )
        })?;
        let new = match change.starts_with(['+', '-']) {
            true => match now {
                Some(now) => (now as i64).saturating_add(step),
                None => {
                    return Err(wrong(
                        "there is no limit to change".to_owned(),
                        "write the value itself",
                    ));
                }
            },
            false => step,
        };
        match (1..=1_000_000_000).contains(&new) {
            true => Ok(new as u64),
            false => Err(wrong(
                format!("that would be {new}"),
                "what is left must be at least 1 and at most a billion",
            )),
        }
    };
    match setting {
        "budget" => settings.budget_keur = Some(changed(settings.budget_keur)?),
        "yearly" => settings.yearly_keur = Some(changed(settings.yearly_keur)?),
        "starts" => settings.starts = Some(changed(settings.starts)?),
        "exposure" => {
            settings.exposure = match change {
                "judged" => Exposure::Judged,
                "estimated" => Exposure::Estimated,
                _ => {
                    return Err(wrong(
                        format!("{change:?} is no source of exposure"),
                        "write judged or estimated",
                    ));
                }
            }
        }
        "confidence_first" => {
            settings.confidence_first = match change {
                "true" => true,
                "false" => false,
                _ => {
                    return Err(wrong(
                        format!("{change:?} is neither true nor false"),
                        "write confidence_first=true",
                    ));
                }
            }
        }
        _ => {
            let pools: Vec<String> = settings
                .pools
                .iter()
                .map(|p| format!("staff.{}", p.id))
                .collect();
            let actors: Vec<String> = settings
                .ceilings
                .iter()
                .map(|c| format!("ceiling.{}", c.actor))
                .collect();
            if let Some(at) = pools.iter().position(|known| known == setting) {
                // No pool is larger than what a case file may hold.
                settings.pools[at].staff = changed(Some(settings.pools[at].staff))?.min(100_000);
            } else if let Some(at) = actors.iter().position(|known| known == setting) {
                settings.ceilings[at].most =
                    changed(Some(settings.ceilings[at].most))?.min(1_000_000);
            } else {
                let known = ["budget", "yearly", "starts", "exposure", "confidence_first"];
                let known: Vec<&str> = (known.into_iter())
                    .chain(pools.iter().map(String::as_str))
                    .chain(actors.iter().map(String::as_str))
                    .collect();
                return Err(wrong(
                    format!("{setting:?} is no setting of the plan"),
                    &format!("known are {}", known.join(", ")),
                ));
            }
        }
    }
    Ok(())
}
