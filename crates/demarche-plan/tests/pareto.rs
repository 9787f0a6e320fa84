//! The front of small problems at random, against all there is.

mod all;

use all::{problem, schedules};
use demarche_plan::objectives::{Objectives, Yardstick};
use demarche_plan::pareto::{Front, NoFront, Way, front};
use demarche_plan::problem::{Activity, Cell, Limit, Problem, Resource, Schedule};
use demarche_plan::search::Effort;
use proptest::collection::vec;
use proptest::prelude::*;

/// Several chains: the first goes by lists, the others may overdraw.
const SHORT: Effort = Effort {
    chains: 4,
    trials: 1_000,
    rounds: 1,
    seed: 3,
};

prop_compose! {
    fn yardstick()(problem in problem(), levels in vec(0..6_i64, 6)) -> Yardstick {
        let n = problem.activities.len();
        let mut problem = problem;
        // Benefit does not depend on when; by fives, so that bounds have something to round to.
        for activity in &mut problem.activities {
            let worth = activity.value.iter().flatten().max().copied().unwrap_or(0) / 5 * 5;
            for value in activity.value.iter_mut().flatten() {
                *value = worth;
            }
        }
        Yardstick { levels: levels[..n].to_vec(), runs: vec![false; n], pools: vec![0], problem }
    }
}

/// The objectives of every schedule that keeps every rule.
fn every(yard: &Yardstick) -> Vec<Objectives> {
    schedules(&yard.problem)
        .iter()
        .map(|schedule| yard.measure(schedule))
        .collect()
}

fn found(yard: &Yardstick, wanted: usize) -> Option<Front> {
    match front(yard, &[], &SHORT, wanted, |_| ()) {
        Ok(front) => Some(front),
        Err(NoFront::NoPlan) => None,
        Err(NoFront::Faults(faults)) => panic!("{faults:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, ..ProptestConfig::default() })]

    #[test]
    fn objectives_are_those_counted_quarter_by_quarter(
        yard in yardstick(),
        starts in vec(proptest::option::of(0..3_usize), 6),
    ) {
        let schedule: Schedule = starts[..yard.problem.activities.len()].to_vec();
        prop_assert_eq!(yard.measure(&schedule), slowly(&yard, &schedule));
    }

    #[test]
    fn no_plan_of_the_front_is_beaten_beyond_its_bound(yard in yardstick()) {
        let all = every(&yard);
        let Some(front) = found(&yard, 12) else {
            prop_assert!(all.is_empty());
            return Ok(());
        };
        prop_assert!(!front.points.is_empty() && front.points.len() <= 12);
        for (at, point) in front.points.iter().enumerate() {
            prop_assert!(all.contains(&point.objectives));
            prop_assert_eq!(yard.measure(&point.schedule), point.objectives);
            prop_assert!(point.objectives.benefit <= point.bound);
            for other in &front.points {
                prop_assert!(!other.objectives.dominates(&point.objectives));
            }
            for other in &front.points[..at] {
                prop_assert!(other.objectives != point.objectives);
            }
            // The bound holds for every schedule that answers the question.
            let question = &point.question;
            for one in &all {
                let answers = question.exposure.is_none_or(|e| one.exposure <= i128::from(e))
                    && question.peak.is_none_or(|p| one.peak <= p)
                    && (point.way != Way::Earlier || one.earliness >= point.objectives.earliness);
                prop_assert!(!answers || one.benefit <= point.bound, "{:?} {:?}", one, point);
            }
            // Where two are separated, nothing is as good as both.
            if let Some(next) = point.neighbour.filter(|_| point.separated) {
                let ideal = point.objectives.ideal(&front.points[next].objectives);
                prop_assert!(!all.iter().any(|one| one.as_good_as(&ideal)));
            }
        }
        // So small a problem is searched to the end: nothing beats a plan of the front, and the
        // first has the most benefit there is.
        let most = all.iter().map(|one| one.benefit).max();
        prop_assert_eq!(Some(front.points[0].objectives.benefit), most);
        for point in front.points.iter().filter(|point| point.way == Way::Safer) {
            let within = all.iter().filter(|one| one.exposure <= point.objectives.exposure);
            prop_assert_eq!(within.map(|one| one.benefit).max(), Some(point.objectives.benefit));
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_front(yard in yardstick()) {
        let shown = |front: Option<Front>| format!("{front:?}");
        prop_assert_eq!(shown(found(&yard, 6)), shown(found(&yard, 6)));
    }
}

/// The example of docs/method.md.
#[test]
fn the_example_by_hand() {
    let text = include_str!("../../../docs/method.md");
    assert!(text.contains(
        "Benefit 100 + 50 + 100 + 100 + 50 = 400, exposure 5, earliness 2. People at work: 2, 2, 1, 4 of 4, 4, 4, 5: peak 80 %."
    ));
    let activity = |duration: usize, people: i64, points: i64| Activity {
        name: String::new(),
        duration,
        demand: vec![vec![people; duration]],
        value: vec![Some(points); 4],
        ..Activity::default()
    };
    let yard = Yardstick {
        problem: Problem {
            horizon: 4,
            resources: vec![Resource {
                name: String::new(),
                limit: Limit::EachPeriod(vec![4, 4, 4, 5]),
            }],
            activities: vec![activity(2, 2, 100), activity(1, 3, 50), activity(2, 1, 100)],
            cells: vec![Cell {
                name: String::new(),
                members: vec![0, 2],
                gain: vec![100, 50],
            }],
            ..Problem::default()
        },
        levels: vec![3, 0, 2],
        runs: vec![false; 3],
        pools: vec![0],
    };
    assert_eq!(
        yard.measure(&vec![Some(0), Some(3), Some(2)]),
        Objectives {
            benefit: 400,
            exposure: 5,
            earliness: 2,
            peak: 80
        }
    );
}

/// Objectives told otherwise: period by period and pair by pair.
fn slowly(yard: &Yardstick, schedule: &Schedule) -> Objectives {
    let problem = &yard.problem;
    let (mut benefit, mut exposure, mut earliness, mut peak) = (0, 0, 0, 0);
    for (a, start) in schedule.iter().enumerate() {
        let Some(start) = *start else { continue };
        benefit += i128::from(problem.activities[a].value[start].unwrap_or(0));
        exposure += i128::from(yard.levels[a]);
        for period in 0..problem.horizon {
            earliness += i128::from(period >= start + problem.activities[a].duration);
        }
    }
    for cell in &problem.cells {
        let mut gains = cell.gain.iter();
        for &a in &cell.members {
            if schedule[a].is_some() {
                benefit += i128::from(gains.next().copied().unwrap_or(0));
            }
        }
    }
    for &k in &yard.pools {
        let Limit::EachPeriod(each) = &problem.resources[k].limit else {
            unreachable!()
        };
        for (period, &limit) in each.iter().enumerate() {
            let (mut taken, mut limit) = (0, limit);
            for (activity, start) in problem.activities.iter().zip(schedule) {
                let Some(age) = start.and_then(|start| period.checked_sub(start)) else {
                    continue;
                };
                if age < activity.duration {
                    taken += activity.demand[k][age];
                } else {
                    taken += activity.upkeep.get(k).copied().unwrap_or(0);
                    limit += activity.gives.get(k).copied().unwrap_or(0);
                }
            }
            // The smallest whole per cent that is not too small.
            while taken * 100 > peak * limit.max(1) {
                peak += 1;
            }
        }
    }
    Objectives {
        benefit,
        exposure,
        earliness,
        peak,
    }
}
