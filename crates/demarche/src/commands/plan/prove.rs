//! A proof of the plan, where HiGHS is built in.

use demarche_case::Case;
use demarche_plan::plan::Plan;
use demarche_plan::scheme::Scheme;

use crate::failure::{CASE, Failure, USAGE};

/// Whether a proof can be sought at all, said before anything else is done.
pub(super) fn is_possible() -> Result<(), Failure> {
    if demarche_highs::is_built_in() {
        return Ok(());
    }
    Err(Failure::new(
        USAGE,
        "--prove needs HiGHS, and this demarche was built without it",
        "build it with cargo build --release -p demarche --features highs (needs cmake, a C++ compiler and libclang), or leave --prove out: value, bound and gap are shown without it",
    ))
}

/// The plan with the bound that HiGHS proves in so many seconds, or a better one that it met.
pub(super) fn prove(
    case: &Case,
    scheme: &Scheme,
    plan: Plan,
    seconds: u32,
) -> Result<Plan, Failure> {
    let proof = demarche_highs::prove(&scheme.problem, Some(&plan.schedule), f64::from(seconds))
        .map_err(|error| Failure::new(CASE, error, "leave --prove out"))?;
    let known = plan.bound;
    let mut plan = match proof.best {
        Some((schedule, value)) if value > plan.value => {
            Plan::of(case, scheme, schedule, plan.trials)
        }
        _ => plan,
    };
    let bounds = [Some(known), Some(plan.bound), proof.bound];
    plan.bound = bounds.into_iter().flatten().min().unwrap_or(known);
    Ok(plan)
}
