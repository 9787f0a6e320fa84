//! What an option of `demarche plan` says, and what is wrong with it.

use demarche_case::{Case, Status};
use demarche_plan::scheme::{Scheme, Wishes};

use crate::args_plan::Plan as Args;
use crate::failure::{Failure, USAGE};

/// What is locked and forbidden, on top of what the case says.
pub(super) fn wishes(args: &Args, case: &Case) -> Result<Wishes, Failure> {
    let mut wishes = Wishes::default();
    let plain = Scheme::of(case, &wishes);
    for lock in &args.lock {
        wishes.locked.push(locked(case, &plain, lock)?);
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
    if at + duration > scheme.quarters.len() {
        return Err(Failure::new(
            USAGE,
            format!(
                "--lock: {id} takes {duration} quarters and can't end within the plan from {wanted}"
            ),
            format!("start it earlier, or raise quarters in case.toml; the plan ends with {last}"),
        ));
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
        "starts" => settings.starts = Some(changed(settings.starts)?),
        _ => {
            let ids: Vec<&str> = settings.pools.iter().map(|pool| pool.id.as_str()).collect();
            let known = format!(
                "known are budget, starts{}",
                ids.iter()
                    .map(|id| format!(", staff.{id}"))
                    .collect::<String>()
            );
            let at = setting
                .strip_prefix("staff.")
                .and_then(|id| ids.iter().position(|known| *known == id));
            let Some(at) = at else {
                return Err(wrong(
                    format!("{setting:?} is no setting of the plan"),
                    &known,
                ));
            };
            // No pool is larger than what a case file may hold.
            settings.pools[at].staff = changed(Some(settings.pools[at].staff))?.min(100_000);
        }
    }
    Ok(())
}
