//! The plans among which none is better than another in every respect, and how far the best possible
//! could be from each.
//!
//! Three ways lead from the plan of the most benefit: with ever less exposure, delivering ever
//! earlier, with ever more of the people to spare. On each way a question is asked again and again:
//! of all plans within so much exposure and so full pools, which has the most benefit, an earlier
//! quarter counting for so much? (ε-constraints for exposure and load, Haimes, Lasdon & Wismer,
//! *IEEE Transactions on Systems, Man, and Cybernetics* 1, 1971; weights for earliness, sought
//! between neighbours as in Aneja & Nair, *Management Science* 25, 1979.) Each question is a problem
//! of its own in exact integers, so each answer has a proven bound of its own.

mod apart;
mod table;

use std::cmp::Reverse;

use crate::bound::bound;
use crate::changes::Changes;
use crate::check::check;
use crate::objectives::{Objectives, Yardstick};
use crate::problem::{Fault, LARGEST, Limit, Problem, Resource, Schedule};
use crate::search::{Effort, Outcome, search};

pub use apart::Apart;
pub use table::{changed, plans, started, table};

/// How many steps of the bound are made for each question.
const BOUND_STEPS: usize = 1_500;

/// In what a point of benefit is counted, where there is room for it: an earlier quarter is worth at
/// least one, so that of two plans of the same benefit the earlier is taken.
const FINEST: i64 = 4_096;

/// On which way a plan was sought.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Way {
    /// The most benefit, where all ways begin.
    Most,
    /// Less exposure.
    Safer,
    /// Earlier deliverables.
    Earlier,
    /// More people to spare in the busiest quarter.
    Evener,
}

impl Way {
    /// In words that fit a table.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Most => "most benefit",
            Self::Safer => "less exposure",
            Self::Earlier => "earlier",
            Self::Evener => "evener load",
        }
    }
}

/// What was asked: the most benefit within limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    /// No more exposure than this; `None`: any.
    pub exposure: Option<i64>,
    /// No pool fuller than this. Per cent; `None`: as full as it gets.
    pub peak: Option<i64>,
    /// What one quarter of earliness counts for, in units of one [`Front::scale`]-th of a point.
    pub earlier: i64,
}

/// A plan of the front.
#[derive(Clone, Debug)]
pub struct Point {
    /// On which way it was sought.
    pub way: Way,
    /// What was asked.
    pub question: Question,
    /// The plan: when each activity starts, if it does.
    pub schedule: Schedule,
    /// What it comes to in each respect.
    pub objectives: Objectives,
    /// No plan within the same exposure and load, and on the way to earlier deliverables none that is
    /// as early, has more benefit. Points.
    pub bound: i128,
    /// The point of the front next to it on its way, towards the plan of the most benefit.
    pub neighbour: Option<usize>,
    /// What it does otherwise than that neighbour.
    pub changes: Changes,
    /// Whether the bounds prove that no plan has all the advantages of both it and that neighbour.
    /// Where they don't, the difference between the two lies inside the gap: one plan might be as
    /// good as both. True where there is no neighbour.
    pub separated: bool,
}

impl Point {
    /// How far the best possible answer may be above this one, as a share of the bound.
    #[must_use]
    pub fn gap(&self) -> f64 {
        match self.bound {
            0 => 0.0,
            bound => (bound - self.objectives.benefit) as f64 / bound.abs() as f64,
        }
    }

    /// Whether no plan that answers the question has more benefit: the bound proves it.
    #[must_use]
    pub fn is_proven(&self) -> bool {
        self.bound == self.objectives.benefit
    }
}

/// The plans among which none is better than another in every respect.
#[derive(Clone, Debug)]
pub struct Front {
    /// The plans: first that of the most benefit, then each way, from it outwards.
    pub points: Vec<Point>,
    /// Units in a point of benefit, in which [`Question::earlier`] is counted.
    pub scale: i64,
    /// How many questions were asked.
    pub asked: usize,
    /// How many schedules were tried.
    pub trials: u64,
}

/// Why there is no front.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoFront {
    /// The problem makes no sense.
    Faults(Vec<Fault>),
    /// No plan was found that does all that must be done.
    NoPlan,
}

/// An answer to a question, and what is proven about the question.
struct Answer {
    way: Way,
    question: Question,
    schedule: Schedule,
    objectives: Objectives,
    /// The bound of what was maximised, in units.
    proven: i128,
}

/// Two neighbours on a way, between which more may be found.
struct Stretch {
    way: Way,
    /// Nearer to the most benefit.
    from: usize,
    to: usize,
    /// The tightest exposure or load for which `to` is known to be the answer that was found.
    holds: i64,
}

struct Seeker<'a> {
    yard: &'a Yardstick,
    scale: i64,
    /// Benefit comes in multiples of this.
    grain: i128,
    effort: Effort,
    answers: Vec<Answer>,
    /// Every schedule that was met.
    pool: Vec<Schedule>,
    asked: usize,
    trials: u64,
}

/// Seeks about `wanted` plans of which none is better than another in every respect. `known` are
/// schedules to begin with; they take part where they keep the rules. Calls `begins` before each
/// question, with how many plans there are.
///
/// # Errors
/// [`NoFront`] where the problem makes no sense or no plan was found.
pub fn front(
    yard: &Yardstick,
    known: &[Schedule],
    effort: &Effort,
    wanted: usize,
    mut begins: impl FnMut(usize),
) -> Result<Front, NoFront> {
    let mut seeker = Seeker::new(yard, effort, known);
    let most = Question {
        exposure: None,
        peak: None,
        earlier: 1,
    };
    begins(0);
    let Some(top) = seeker.ask(Way::Most, most)? else {
        return Err(NoFront::NoPlan);
    };
    let mut open: Vec<Stretch> = Vec::new();
    let best = seeker.answers[top].objectives;
    let ends = [
        (
            Way::Safer,
            Question {
                exposure: Some(yard.least_exposure()),
                ..most
            },
        ),
        (
            Way::Earlier,
            Question {
                // A quarter counts for more than any one initiative.
                earlier: seeker.most_for_a_quarter(),
                ..most
            },
        ),
        (
            Way::Evener,
            Question {
                peak: Some(yard.least_peak()),
                ..most
            },
        ),
    ];
    for (way, question) in ends {
        if wanted < 2 {
            break;
        }
        let mut question = question;
        // Where what must be done can't be done within the tightest limit, half as tight, and again.
        for _ in 0..4 {
            begins(seeker.distinct());
            if let Some(end) = seeker.ask(way, question)? {
                if seeker.answers[end].objectives != best {
                    open.push(Stretch {
                        way,
                        from: top,
                        to: end,
                        holds: question.holds(way),
                    });
                }
                break;
            }
            let exposure = i64::try_from(best.exposure).unwrap_or(i64::MAX);
            question.exposure = question.exposure.map(|most| most.midpoint(exposure));
            question.peak = question.peak.map(|most| most.midpoint(best.peak));
        }
    }
    let ranges = seeker.ranges();
    // Questions without news are not asked for ever.
    while seeker.distinct() < wanted && seeker.asked < 3 * wanted {
        let far = |stretch: &Stretch| seeker.distance(stretch, &ranges);
        let widest = (0..open.len()).max_by(|&a, &b| {
            let order = far(&open[a]).total_cmp(&far(&open[b]));
            order.then(b.cmp(&a))
        });
        let Some(widest) = widest else { break };
        let stretch = open.swap_remove(widest);
        let Some(question) = seeker.between(&stretch) else {
            continue;
        };
        begins(seeker.distinct());
        let Some(new) = seeker.ask(stretch.way, question)? else {
            continue;
        };
        let found = seeker.answers[new].objectives;
        let is = |at: usize| seeker.answers[at].objectives == found;
        if is(stretch.from) {
            continue;
        }
        if is(stretch.to) {
            // The same plan answers up to here: what is left lies nearer to the most benefit.
            if stretch.way != Way::Earlier {
                open.push(Stretch {
                    holds: question.holds(stretch.way),
                    ..stretch
                });
            }
            continue;
        }
        open.push(Stretch {
            to: new,
            holds: question.holds(stretch.way),
            ..stretch
        });
        open.push(Stretch {
            from: new,
            ..stretch
        });
    }
    Ok(seeker.finish())
}

impl Question {
    fn holds(&self, way: Way) -> i64 {
        match way {
            Way::Safer => self.exposure.unwrap_or(0),
            Way::Evener => self.peak.unwrap_or(0),
            _ => 0,
        }
    }

    /// Whether a schedule of these objectives keeps the limits asked for.
    fn admits(&self, objectives: &Objectives) -> bool {
        self.exposure
            .is_none_or(|most| objectives.exposure <= i128::from(most))
            && self.peak.is_none_or(|most| objectives.peak <= most)
    }

    /// Whether all that answers this question answers the other.
    fn within(&self, other: &Self) -> bool {
        let tighter = |one: Option<i64>, other: Option<i64>| {
            other.is_none_or(|most| one.is_some_and(|one| one <= most))
        };
        self.earlier == other.earlier
            && tighter(self.exposure, other.exposure)
            && tighter(self.peak, other.peak)
    }
}

impl Yardstick {
    /// The exposure of what must be done.
    fn least_exposure(&self) -> i64 {
        let needed = self.problem.needed();
        let must = (0..needed.len()).filter(|&a| needed[a] && !self.runs[a]);
        must.map(|a| self.levels[a]).sum()
    }

    /// The peak of what runs and can't be moved.
    fn least_peak(&self) -> i64 {
        let fixed = self.problem.activities.iter().map(|activity| {
            let mut starts = (0..self.problem.horizon).filter(|&t| activity.value[t].is_some());
            let first = starts.next().filter(|_| activity.mandatory);
            first.filter(|_| starts.next().is_none())
        });
        self.measure(&fixed.collect()).peak.max(1)
    }

    /// The largest number by which every contribution to the benefit can be divided.
    fn grain(&self) -> i64 {
        fn gcd(a: i64, b: i64) -> i64 {
            if b == 0 { a } else { gcd(b, a % b) }
        }
        let values = self.problem.activities.iter().flat_map(|a| &a.value);
        let gains = self.problem.cells.iter().flat_map(|cell| &cell.gain);
        let all = values.flatten().chain(gains);
        all.fold(0, |all, &one| gcd(all, one.abs())).max(1)
    }

    /// The problem that a question sets.
    fn ask(&self, question: &Question, scale: i64) -> Problem {
        let mut problem = self.problem.clone();
        let horizon = problem.horizon;
        for (a, activity) in problem.activities.iter_mut().enumerate() {
            for (start, value) in activity.value.iter_mut().enumerate() {
                let Some(value) = value else { continue };
                *value *= scale;
                if !self.runs[a] {
                    let left = horizon.saturating_sub(start + activity.duration);
                    *value += question.earlier * left as i64;
                }
            }
        }
        for gain in problem.cells.iter_mut().flat_map(|cell| &mut cell.gain) {
            *gain *= scale;
        }
        if let Some(percent) = question.peak {
            // A hundred times what is taken is no more than the per cent times what there is.
            for &k in &self.pools {
                if let Limit::EachPeriod(each) = &mut problem.resources[k].limit {
                    each.iter_mut().for_each(|limit| *limit *= percent);
                }
                for activity in &mut problem.activities {
                    let gives = activity.gives.get_mut(k);
                    gives.into_iter().for_each(|given| *given *= percent);
                    let taken = activity.demand[k].iter_mut();
                    let taken = taken.chain(activity.upkeep.get_mut(k));
                    taken.for_each(|taken| *taken *= 100);
                }
            }
        }
        if let Some(most) = question.exposure {
            problem.resources.push(Resource {
                name: "exposure".to_owned(),
                limit: Limit::Total(most),
            });
            for (a, activity) in problem.activities.iter_mut().enumerate() {
                let mut levels = vec![0; activity.duration];
                levels[0] = if self.runs[a] { 0 } else { self.levels[a] };
                activity.demand.push(levels);
                for list in [&mut activity.upkeep, &mut activity.gives] {
                    if !list.is_empty() {
                        list.push(0);
                    }
                }
            }
        }
        problem
    }
}

impl<'a> Seeker<'a> {
    fn new(yard: &'a Yardstick, effort: &Effort, known: &[Schedule]) -> Self {
        let values = yard.problem.activities.iter().flat_map(|a| &a.value);
        let gains = yard.problem.cells.iter().flat_map(|cell| &cell.gain);
        let largest = values.flatten().chain(gains).map(|v| v.abs()).max();
        let scale = (LARGEST / 4 / largest.unwrap_or(1).max(1)).clamp(1, FINEST);
        let sound = |schedule: &&Schedule| check(&yard.problem, schedule).is_ok();
        Self {
            yard,
            scale,
            grain: i128::from(yard.grain()),
            effort: *effort,
            answers: Vec::new(),
            pool: known.iter().filter(sound).cloned().collect(),
            asked: 0,
            trials: 0,
        }
    }

    /// What a quarter may count for at most: more than any initiative, and no sum overflows.
    fn most_for_a_quarter(&self) -> i64 {
        let values = self.yard.problem.activities.iter().flat_map(|a| &a.value);
        let largest = values.flatten().map(|v| v.abs()).max().unwrap_or(0);
        let quarters = self.yard.problem.horizon as i64;
        (self.scale * largest.max(1)).min(LARGEST / 2 / quarters.max(1))
    }

    /// What a question maximises, for a schedule of these objectives.
    fn score(&self, question: &Question, objectives: &Objectives) -> i128 {
        objectives.benefit * i128::from(self.scale)
            + i128::from(question.earlier) * objectives.earliness
    }

    /// The best schedule met so far that answers a question; of two that are as good, the one of less
    /// exposure or load.
    fn best_known(&self, question: &Question) -> Option<(i128, usize)> {
        let scored = self.pool.iter().enumerate().filter_map(|(at, schedule)| {
            let objectives = self.yard.measure(schedule);
            let score = self.score(question, &objectives);
            let less = (-objectives.exposure, -objectives.peak, Reverse(at));
            question.admits(&objectives).then_some((score, less))
        });
        let (score, (_, _, Reverse(at))) = scored.max()?;
        Some((score, at))
    }

    /// Answers a question, if it has an answer.
    fn ask(&mut self, way: Way, question: Question) -> Result<Option<usize>, NoFront> {
        let problem = self.yard.ask(&question, self.scale);
        // Limits so tight that what runs breaks them leave no answer.
        problem.validate().map_err(NoFront::Faults)?;
        self.asked += 1;
        let start = self.best_known(&question).map(|(_, at)| at).or_else(|| {
            // Not within the limits, but a list to begin with.
            (!self.pool.is_empty()).then(|| self.pool.len() - 1)
        });
        let start = start.map(|at| self.pool[at].clone());
        let outcome = search(&problem, &self.effort, start.as_ref()).map_err(NoFront::Faults)?;
        if let Outcome::Found(found) = outcome {
            self.trials += found.trials;
            if !self.pool.contains(&found.schedule) {
                self.pool.push(found.schedule);
            }
        }
        let Some((score, at)) = self.best_known(&question) else {
            return Ok(None);
        };
        let Some((proven, _)) = bound(&problem, Some(score), BOUND_STEPS) else {
            return Ok(None);
        };
        let schedule = self.pool[at].clone();
        self.answers.push(Answer {
            way,
            question,
            objectives: self.yard.measure(&schedule),
            schedule,
            proven,
        });
        Ok(Some(self.answers.len() - 1))
    }

    /// How many answers there are of which none is better than another in every respect.
    fn distinct(&self) -> usize {
        let all = || self.answers.iter().map(|answer| &answer.objectives);
        let fresh = |at: usize, one: &Objectives| {
            !all().any(|other| other.dominates(one)) && !all().take(at).any(|other| other == one)
        };
        all()
            .enumerate()
            .filter(|&(at, one)| fresh(at, one))
            .count()
    }

    /// How far apart answers lie in benefit, exposure, earliness and peak.
    fn ranges(&self) -> [f64; 4] {
        let mut ranges = [1.0; 4];
        for one in &self.answers {
            for other in &self.answers {
                for (range, far) in ranges.iter_mut().zip(apart(one, other)) {
                    *range = f64::max(*range, far);
                }
            }
        }
        ranges
    }

    fn distance(&self, stretch: &Stretch, ranges: &[f64; 4]) -> f64 {
        let (from, to) = (&self.answers[stretch.from], &self.answers[stretch.to]);
        let far: f64 = apart(from, to).iter().zip(ranges).map(|(a, r)| a / r).sum();
        // Risk against benefit is what is asked first of a plan.
        if stretch.way == Way::Safer {
            2.0 * far
        } else {
            far
        }
    }

    /// A question whose answer may lie between two neighbours.
    fn between(&self, stretch: &Stretch) -> Option<Question> {
        let (from, to) = (&self.answers[stretch.from], &self.answers[stretch.to]);
        let middle = |most: i64| {
            let middle = (stretch.holds + most) / 2;
            (stretch.holds < middle && middle < most).then_some(middle)
        };
        match stretch.way {
            Way::Most => None,
            Way::Safer => {
                let most = i64::try_from(from.objectives.exposure).ok()?;
                let exposure = Some(middle(most)?);
                Some(Question {
                    exposure,
                    ..to.question
                })
            }
            Way::Evener => {
                let peak = Some(middle(from.objectives.peak)?);
                Some(Question {
                    peak,
                    ..to.question
                })
            }
            Way::Earlier => {
                // The weight at which both count the same: whatever lies beyond them counts more.
                let lost = from.objectives.benefit - to.objectives.benefit;
                let won = to.objectives.earliness - from.objectives.earliness;
                if lost <= 0 || won <= 0 {
                    return None;
                }
                let earlier = i64::try_from(lost * i128::from(self.scale) / won).ok()?;
                let earlier = earlier.clamp(1, self.most_for_a_quarter());
                (earlier != from.question.earlier && earlier != to.question.earlier).then_some(
                    Question {
                        earlier,
                        ..to.question
                    },
                )
            }
        }
    }

    /// What the answers to all questions prove about one of them: no schedule that answers it scores
    /// more, in units.
    fn proven(&self, question: &Question) -> i128 {
        let wider = self.answers.iter().filter(|a| question.within(&a.question));
        let proven = wider.map(|answer| answer.proven).min();
        proven.expect("a question is within itself")
    }

    /// The most benefit that a schedule with at least this earliness can have by that bound.
    fn most_benefit(&self, proven: i128, question: &Question, earliness: i128) -> i128 {
        let points = proven - i128::from(question.earlier) * earliness;
        let whole = points.div_euclid(i128::from(self.scale));
        whole.div_euclid(self.grain) * self.grain
    }

    /// Whether the bounds leave room for a schedule of these objectives, or one better everywhere.
    fn possible(&self, ideal: &Objectives) -> bool {
        self.answers.iter().all(|answer| {
            let most = self.most_benefit(answer.proven, &answer.question, ideal.earliness);
            !answer.question.admits(ideal) || ideal.benefit <= most
        })
    }

    fn finish(mut self) -> Front {
        // What one question brought up may be the better answer to another.
        for at in 0..self.answers.len() {
            let question = self.answers[at].question;
            if let Some((_, best)) = self.best_known(&question) {
                let schedule = self.pool[best].clone();
                self.answers[at].objectives = self.yard.measure(&schedule);
                self.answers[at].schedule = schedule;
            }
        }
        let mut order: Vec<usize> = (0..self.answers.len()).collect();
        order.sort_by_key(|&at| {
            let Answer {
                way, objectives, ..
            } = &self.answers[at];
            let outwards = match way {
                Way::Most => 0,
                Way::Safer => -objectives.exposure,
                Way::Earlier => objectives.earliness,
                Way::Evener => -i128::from(objectives.peak),
            };
            (*way, outwards, at)
        });
        let mut points: Vec<Point> = Vec::new();
        for at in order {
            let answer = &self.answers[at];
            let objectives = answer.objectives;
            let better = |other: &Answer| other.objectives.dominates(&objectives);
            let known = |point: &Point| point.objectives == objectives;
            if self.answers.iter().any(better) || points.iter().any(known) {
                continue;
            }
            let earliness = match answer.way {
                Way::Earlier => objectives.earliness,
                _ => 0,
            };
            let question = &answer.question;
            let bound = self.most_benefit(self.proven(question), question, earliness);
            let neighbour = points.iter().rposition(|p| p.way == answer.way);
            let neighbour = neighbour.or((!points.is_empty()).then_some(0));
            let (changes, separated) = match neighbour.map(|at| &points[at]) {
                Some(next) => (
                    Changes::between(&next.schedule, &answer.schedule),
                    !self.possible(&objectives.ideal(&next.objectives)),
                ),
                None => (Changes::default(), true),
            };
            points.push(Point {
                way: answer.way,
                question: *question,
                schedule: answer.schedule.clone(),
                objectives,
                bound,
                neighbour,
                changes,
                separated,
            });
        }
        Front {
            points,
            scale: self.scale,
            asked: self.asked,
            trials: self.trials,
        }
    }
}

/// How far two answers lie apart in benefit, exposure, earliness and peak.
fn apart(one: &Answer, other: &Answer) -> [f64; 4] {
    let (one, other) = (&one.objectives, &other.objectives);
    [
        (one.benefit - other.benefit).abs() as f64,
        (one.exposure - other.exposure).abs() as f64,
        (one.earliness - other.earliness).abs() as f64,
        (one.peak - other.peak).abs() as f64,
    ]
}
