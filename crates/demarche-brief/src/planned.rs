//! The plan that a brief tells of: made once, before the chapters are written.

use demarche_case::{Case, PlanSettings};
use demarche_plan::pareto::{Apart, NoFront};
use demarche_plan::plan::{NoPlan, Plan};
use demarche_plan::sample::Sampling;
use demarche_plan::scheme::{Scheme, Wishes};
use demarche_plan::search::{Effort, THOUSANDS_FOR_A_CASE};
use demarche_plan::steer::pathways::Pathways;
use demarche_plan::steer::study::Study;
use demarche_plan::stress::{Stress, Test, alternatives};
use demarche_plan::sweep::More;
use demarche_plan::{pareto, stress_tables, sweep, tables};
use demarche_table::Table;

/// Plans that each chain of the search tries for a plan with more people, which begins with that of fewer.
const TRIALS_WITH_MORE: u64 = 20_000;
/// Those for the plans that are set beside it in the futures, which begin with it.
const TRIALS_OF_OTHERS: u64 = 10_000;
/// The most futures of a sample, so that a brief stays a matter of seconds.
const FUTURES: usize = 2_000;
/// Those that the plan is carried out in with and without its triggers.
const FUTURES_OF_TRIGGERS: usize = 500;

/// The plan of a case, and what more people would buy.
#[derive(Clone, Debug)]
pub struct Planned {
    /// The initiatives as a problem.
    pub scheme: Scheme,
    /// The plan, or why there is none.
    pub plan: Result<Plan, NoPlan>,
    /// The same with more people; empty where there is no plan or no pool.
    pub more: Vec<More>,
    /// How it holds in futures that come otherwise; nothing where the case says of nothing that it is
    /// uncertain.
    pub stress: Option<Stress>,
    /// How long the plan holds, and where its triggers lead; nothing where it has none.
    pub pathways: Option<Pathways>,
    /// Plans of which none is better than another in every respect, where they were asked for.
    pub apart: Option<Result<Apart, NoFront>>,
}

impl Planned {
    /// How hard the search for the brief tries: as hard as `demarche plan`, so that both come to the
    /// same plan.
    #[must_use]
    pub fn effort() -> Effort {
        Effort {
            trials: u64::from(THOUSANDS_FOR_A_CASE) * 1000,
            ..Effort::default()
        }
    }

    /// Whether a case asks for a plan: its settings say what holds one back.
    #[must_use]
    pub fn asked_for(case: &Case) -> bool {
        case.settings.plan != PlanSettings::default()
            && !Scheme::of(case, &Wishes::default())
                .problem
                .activities
                .is_empty()
    }

    /// Makes the plan, the sweep and the test in futures. Calls `begins` before each part.
    #[must_use]
    pub fn of(case: &Case, effort: &Effort, mut begins: impl FnMut(&str)) -> Self {
        let wishes = Wishes::default();
        let scheme = Scheme::of(case, &wishes);
        begins("planning");
        let plan = Plan::make(case, &scheme, effort, None);
        let more = match &plan {
            Ok(plan) if !case.settings.plan.pools.is_empty() => {
                let less = Effort {
                    trials: effort.trials.min(TRIALS_WITH_MORE),
                    ..*effort
                };
                sweep::sweep(case, &wishes, &less, plan, |percent| {
                    begins(&format!(
                        "planning with {} times the people",
                        percent as f64 / 100.0
                    ));
                })
                .unwrap_or_default()
            }
            _ => Vec::new(),
        };
        let stress = match &plan {
            Ok(plan) => tried(case, &scheme, &wishes, effort, plan, begins),
            Err(_) => None,
        };
        let pathways = plan.as_ref().ok().and_then(|plan| {
            let seed = case.settings.plan.futures.seed;
            Study::map(case, &scheme, &plan.schedule, FUTURES_OF_TRIGGERS, seed)
        });
        Self {
            scheme,
            plan,
            more,
            stress,
            pathways,
            apart: None,
        }
    }

    /// Keeps benefit, exposure, earliness and load apart, in about `wanted` plans. Calls `begins` before
    /// each question, with how many plans there are.
    pub fn keep_apart(
        &mut self,
        case: &Case,
        effort: &Effort,
        wanted: usize,
        begins: impl FnMut(usize),
    ) {
        self.apart = (self.plan.as_ref().ok()).map(|plan| {
            let wishes = Wishes::default();
            Apart::seek(case, &wishes, effort, &plan.schedule, wanted, begins)
        });
    }

    /// What is done, what is left out, what that takes, and what more people would buy.
    pub(crate) fn tables(&self, case: &Case) -> Vec<Table> {
        let Ok(plan) = &self.plan else {
            return Vec::new();
        };
        let mut all = tables::tables(case, &self.scheme, plan);
        if !self.more.is_empty() {
            all.push(sweep::table(case, &self.scheme, plan, &self.more));
            all.push(sweep::prices(&self.scheme, plan, &self.more));
        }
        if let Some(Ok(apart)) = &self.apart {
            all.push(pareto::table(case, &self.scheme, &apart.front));
            all.push(pareto::plans(case, &self.scheme, &apart.front));
        }
        if let Some(stress) = &self.stress {
            all.extend(stress_tables::tables(stress));
        }
        all
    }
}

/// The plan and two others in the futures of the case.
fn tried(
    case: &Case,
    scheme: &Scheme,
    wishes: &Wishes,
    effort: &Effort,
    plan: &Plan,
    mut begins: impl FnMut(&str),
) -> Option<Stress> {
    let settings = &case.settings.plan.futures;
    if settings.uncertain.is_empty() && settings.scenarios.is_empty() {
        return None;
    }
    let less = Effort {
        trials: effort.trials.min(TRIALS_OF_OTHERS),
        ..*effort
    };
    begins("making other plans to compare with");
    let others = alternatives(case, wishes, &less, plan);
    let test = Test {
        futures: settings.count.min(FUTURES),
        seed: settings.seed,
        sampling: Sampling::from(settings.sample),
    };
    Stress::test(case, scheme, plan, &others, &test, begins).ok()
}
