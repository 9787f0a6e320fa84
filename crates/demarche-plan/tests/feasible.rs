//! What can be done at all, on small problems against all there is.

mod all;

use all::{problem, schedules};
use demarche_plan::check::check;
use demarche_plan::feasible::{Feasibility, feasibility};
use demarche_plan::search::Effort;
use proptest::collection::vec;
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn it_is_found_or_ruled_out_rightly(problem in problem(), must in vec(any::<bool>(), 6), less in 0..5_i64) {
        let mut problem = problem;
        for (activity, must) in problem.activities.iter_mut().zip(must) {
            activity.mandatory = must;
        }
        // Tight often enough.
        if let demarche_plan::problem::Limit::EachPeriod(each) = &mut problem.resources[0].limit {
            each.iter_mut().for_each(|limit| *limit = (*limit - less).max(0));
        }
        let effort = Effort { chains: 1, trials: 1, rounds: 1, seed: 1 };
        let any = !schedules(&problem).is_empty();
        match feasibility(&problem, &effort) {
            Feasibility::Found(schedule) => prop_assert!(check(&problem, &schedule).is_ok()),
            Feasibility::Impossible => prop_assert!(!any),
            // So small a problem is always decided.
            Feasibility::Unknown => prop_assert!(false),
        }
    }
}
