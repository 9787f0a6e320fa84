//! Planning again: what changes cost, on small problems against all there is; and on the worked case,
//! that little changes where little happened.

mod all;

use std::collections::BTreeMap;
use std::path::Path;

use all::{problem, schedules, sought};
use demarche_case::{Case, ProgressEntry, ProgressState, Status};
use demarche_events::{Date, Precision};
use demarche_plan::bound::bound;
use demarche_plan::check::check;
use demarche_plan::earlier::{Decision, Earlier};
use demarche_plan::plan::Plan;
use demarche_plan::problem::Schedule;
use demarche_plan::progress::{Verdict, track};
use demarche_plan::replan::{Before, Replan, Turn, changed, head_start, keeping, replan};
use demarche_plan::scheme::{Scheme, Wishes};
use demarche_plan::search::{Effort, Outcome};
use proptest::collection::vec;
use proptest::prelude::*;

/// Several chains: the first goes by lists, the others may overdraw.
const SHORT: Effort = Effort {
    chains: 4,
    trials: 1_500,
    rounds: 2,
    seed: 7,
};

fn befores() -> impl Strategy<Value = Vec<Before>> {
    let one = prop_oneof![
        (0..6_usize).prop_map(Before::Start),
        Just(Before::Out),
        Just(Before::Nothing)
    ];
    vec(one, 6)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn each_change_costs_what_it_should(problem in problem(), before in befores(), keep in 0..60_i64) {
        let before = &before[..problem.activities.len()];
        let kept = keeping(&problem, before, keep);
        let head = head_start(&problem, before, keep);
        for schedule in schedules(&problem) {
            let changes = changed(&problem, before, &schedule) as i128;
            let worth = check(&problem, &schedule).unwrap();
            // An activity that must be done though it was left out is charged whatever is done.
            prop_assert_eq!(
                check(&kept, &schedule),
                Ok(worth - i128::from(keep) * changes + head)
            );
        }
    }

    #[test]
    fn the_dearer_a_change_the_fewer_there_are(problem in problem(), before in befores(), keep in 0..40_i64, more in 1..60_i64) {
        let before = &before[..problem.activities.len()];
        let all = schedules(&problem);
        let best = |keep: i64| {
            let score = |s: &Schedule| {
                check(&problem, s).unwrap() - i128::from(keep) * changed(&problem, before, s) as i128
            };
            all.iter().map(score).max()
        };
        let found = |keep: i64| {
            let kept = keeping(&problem, before, keep);
            let most = best(keep).map(|most| most + head_start(&problem, before, keep));
            match sought(&kept, &SHORT, most) {
                Outcome::Found(found) => {
                    let score = found.value - head_start(&problem, before, keep);
                    // The bound of the problem with changes charged holds for all of them.
                    let (proven, _) = bound(&kept, Some(found.value), 200).unwrap();
                    Some((score, proven - head_start(&problem, before, keep), changed(&problem, before, &found.schedule)))
                }
                Outcome::Missing { .. } => None,
            }
        };
        let (cheap, dear) = (found(keep), found(keep + more));
        prop_assert_eq!(cheap.map(|(score, ..)| score), best(keep));
        prop_assert_eq!(dear.map(|(score, ..)| score), best(keep + more));
        if let (Some(cheap), Some(dear)) = (cheap, dear) {
            prop_assert!(cheap.0 <= cheap.1 && dear.0 <= dear.1);
            prop_assert!(dear.2 <= cheap.2, "{:?} {:?}", cheap, dear);
        }
    }
}

fn korea() -> Case {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases/korea-nato");
    demarche_case::read(&dir)
        .case
        .expect("the worked case is sound")
}

const QUICK: Effort = Effort {
    chains: 4,
    trials: 10_000,
    rounds: 2,
    seed: 1,
};

/// A plan as it would stand on file.
fn on_file(case: &Case, scheme: &Scheme, plan: &Plan) -> Earlier {
    let mut earlier = Earlier::default();
    for (a, start) in plan.schedule.iter().enumerate() {
        let length = scheme.problem.activities[a].duration;
        let decision = Decision {
            id: case.initiatives[scheme.of[a]].id.clone(),
            start: start.map(|at| scheme.quarters[at]),
            end: start.map(|at| scheme.quarters[at + length - 1]),
        };
        earlier.push(decision, 0).unwrap();
    }
    earlier
}

fn planned(case: &Case) -> (Plan, Earlier) {
    let scheme = Scheme::of(case, &Wishes::default());
    let plan = Plan::make(case, &scheme, &QUICK, None).unwrap();
    let earlier = on_file(case, &scheme, &plan);
    (plan, earlier)
}

fn again(case: &Case, earlier: &Earlier, from: usize, keep: u64) -> Replan {
    replan(case, &Wishes::default(), earlier, from, keep, &QUICK).unwrap()
}

fn position(case: &Case, id: &str) -> usize {
    case.initiatives.iter().position(|i| i.id == id).unwrap()
}

fn entry(id: &str, date: Date, state: ProgressState) -> ProgressEntry {
    ProgressEntry {
        initiative: id.to_owned(),
        date,
        precision: Precision::Day,
        state,
        note: "for the test".to_owned(),
        link: String::new(),
    }
}

/// An initiative of the plan that is to start, and that others wait for or not.
fn one_that_starts(case: &Case, plan: &Plan, after: usize) -> String {
    let mut steps = plan.steps.iter().filter(|s| !s.runs && s.start >= after);
    let step = steps.next().expect("something starts");
    case.initiatives[step.initiative].id.clone()
}

#[test]
fn where_nothing_happened_and_changes_are_dear_nothing_changes() {
    let case = korea();
    let (plan, earlier) = planned(&case);
    let same = again(&case, &earlier, 0, 500);
    assert_eq!(same.plan.schedule, plan.schedule);
    assert_eq!(same.changes, []);
    assert_eq!((same.charged, same.score), (0, plan.value));
    assert!(same.score <= same.score_bound && same.free_value >= plan.value);
    // From the end of the plan on nothing may change at all, whatever it costs.
    let fixed = again(&case, &earlier, 15, 0);
    let early = |s: &Schedule| s.iter().filter(|s| s.is_some_and(|at| at < 15)).count();
    assert_eq!(early(&fixed.plan.schedule), early(&plan.schedule));
}

#[test]
fn what_is_dropped_goes_out_and_little_else_changes() {
    let mut case = korea();
    let (plan, earlier) = planned(&case);
    let id = one_that_starts(&case, &plan, 0);
    let dropped = position(&case, &id);
    case.initiatives[dropped].status = Status::Dropped;
    let day = case.settings.as_of;
    case.progress.push(entry(&id, day, ProgressState::Dropped));
    let few = again(&case, &earlier, 0, 100);
    let change = few
        .changes
        .iter()
        .find(|c| c.initiative == dropped)
        .unwrap();
    assert_eq!((change.turn, change.charged), (Turn::Dropped, false));
    assert!(change.why.contains("for the test"), "{}", change.why);
    // What waited for it goes out with it; beyond that a handful.
    assert!(few.changes.len() <= 10, "{:#?}", few.changes);
    assert!(
        few.changes.iter().all(|c| !c.why.is_empty()),
        "{:#?}",
        few.changes
    );
    assert_eq!(few.score, few.plan.value - 100 * few.charged as i128);
    assert!(few.score <= few.score_bound);
    // It is the schedule that the changes tell of.
    let listed: BTreeMap<usize, _> = few.changes.iter().map(|c| (c.initiative, c.now)).collect();
    for (a, start) in few.plan.schedule.iter().enumerate() {
        let i = few.scheme.of[a];
        let now = start.map(|at| few.scheme.quarters[at]);
        let was = earlier.of(&case.initiatives[i].id).unwrap().start;
        assert_eq!(
            listed.get(&i).copied().unwrap_or(was),
            now,
            "{}",
            case.initiatives[i].id
        );
    }
}

#[test]
fn what_began_is_fixed_and_what_was_delivered_is_done() {
    let mut case = korea();
    let (plan, earlier) = planned(&case);
    let ids: Vec<String> = (plan.steps.iter())
        .filter(|s| !s.runs)
        .take(2)
        .map(|s| case.initiatives[s.initiative].id.clone())
        .collect();
    let day = case.settings.as_of;
    for (id, state, status) in [
        (&ids[0], ProgressState::Delivered, Status::Done),
        (&ids[1], ProgressState::Started, Status::Running),
    ] {
        let i = position(&case, id);
        case.progress.push(entry(id, day, state));
        case.initiatives[i].status = status;
        case.initiatives[i].start = Some(day);
        case.initiatives[i].start_precision = Some(Precision::Day);
        case.initiatives[i].recurring = false;
    }
    let again = again(&case, &earlier, 0, 100);
    let turn = |id: &str| {
        let i = position(&case, id);
        again
            .changes
            .iter()
            .find(|c| c.initiative == i)
            .map(|c| c.turn)
    };
    assert_eq!(turn(&ids[0]), Some(Turn::Delivered));
    let a = again.scheme.activity[position(&case, &ids[1])].unwrap();
    assert_eq!(again.plan.schedule[a], Some(0));
    assert!(again.scheme.runs[a]);
}

#[test]
fn before_the_first_free_quarter_all_stays() {
    let case = korea();
    let (plan, earlier) = planned(&case);
    let late = again(&case, &earlier, 6, 0);
    for (before, after) in plan.schedule.iter().zip(&late.plan.schedule) {
        let early = |s: &Option<usize>| s.filter(|&at| at < 6);
        assert_eq!(early(before), early(after));
    }
}

#[test]
fn what_stood_still_may_be_taken_up_again_with_what_is_left() {
    let mut case = korea();
    let id = "k2pl-transfer";
    let i = position(&case, id);
    let scheme = Scheme::of(&case, &Wishes::default());
    let runs = scheme.activity[i].unwrap();
    assert!(scheme.runs[runs] && scheme.problem.activities[runs].mandatory);
    let started = case.initiatives[i].start.unwrap();
    case.progress.retain(|e| e.initiative != id);
    case.progress
        .push(entry(id, started, ProgressState::Started));
    let stopped = Date::new(2026, 2, 1).unwrap();
    case.progress
        .push(entry(id, stopped, ProgressState::Paused));
    let scheme = Scheme::of(&case, &Wishes::default());
    let a = scheme.activity[i].unwrap();
    assert!(!scheme.runs[a] && !scheme.problem.activities[a].mandatory);
    // 22 quarters, of which it worked in three, from August 2025 to January 2026.
    assert_eq!(scheme.problem.activities[a].duration, 19);
}

#[test]
fn plan_against_actual_in_quarters() {
    let mut case = korea();
    let mut earlier = Earlier::default();
    let quarter = |text: &str| demarche_plan::earlier::quarter(text);
    for (id, start, end) in [
        ("k9-romania-plant", "2025-Q3", "2027-Q2"),
        ("sto-partner", "2025-Q1", "2025-Q1"),
        ("liaison-office", "2026-Q1", "2027-Q4"),
        ("itpp-review", "2027-Q1", "2027-Q4"),
    ] {
        let decision = Decision {
            id: id.to_owned(),
            start: quarter(start),
            end: quarter(end),
        };
        earlier.push(decision, 0).unwrap();
    }
    let i = position(&case, "occ-unit");
    case.initiatives[i].status = Status::Dropped;
    let tracked = track(&case, Some(&earlier));
    let of = |id: &str| {
        let i = position(&case, id);
        tracked.iter().find(|one| one.initiative == i).unwrap()
    };
    // Ground was broken in February 2026, two quarters after it was to begin; two years to build.
    let plant = of("k9-romania-plant");
    assert_eq!((plant.start_slip, plant.end_slip), (Some(2), Some(3)));
    assert_eq!(plant.verdict, Verdict::OnTrack);
    assert_eq!(of("sto-partner").verdict, Verdict::Delivered);
    assert_eq!(of("sto-partner").end_slip, Some(0));
    assert_eq!(of("liaison-office").verdict, Verdict::NotBegun);
    assert_eq!(of("itpp-review").verdict, Verdict::Ahead);
    assert_eq!(of("occ-unit").verdict, Verdict::Dropped);
    // Signed on 11 July 2024, due by 20 September by its own start and duration.
    let own = track(&case, None);
    let i = position(&case, "airworthiness-recognition");
    let own = own.iter().find(|one| one.initiative == i).unwrap();
    assert_eq!((own.verdict, own.end_slip), (Verdict::Delivered, Some(0)));
}
