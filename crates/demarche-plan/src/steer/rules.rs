//! The signposts and triggers of a case, made ready for a scheme: ids become positions.

use demarche_case::{Action, Aim, Case, LineSide, Measure, Needs, Status};
use demarche_events::{Period, PeriodUnit};

use super::money::{YEAR, of_the_year_before};
use super::standing::level;
use super::world::World;
use crate::execute::Execution;
use crate::scheme::{Kind, Scheme};

/// Signposts and triggers made ready for a scheme.
#[derive(Clone, Debug)]
pub struct Rules {
    /// The signposts, in the order of the case.
    pub posts: Vec<Post>,
    /// The triggers, in the order of the case.
    pub pulls: Vec<Rule>,
    /// What each activity costs. Thousand euros.
    pub(super) costs: Vec<f64>,
    /// What began within the year before the plan: quarters before its first one (from 1), and cost.
    pub(super) spent: Vec<(usize, f64)>,
    /// For each quarter, the money for the year that ends before it. Thousand euros.
    pub(super) money: Vec<Option<f64>>,
}

/// A signpost made ready.
#[derive(Clone, Debug)]
pub struct Post {
    /// What is measured.
    pub(super) sees: Sees,
    /// On which side of the line it counts as crossed.
    pub side: LineSide,
    /// The line. One that is never crossed is infinite.
    pub line: f64,
    /// For how many quarters running.
    pub quarters: usize,
    /// What it costs each time it comes to this. Points.
    pub costs: Option<i64>,
    /// Its values up to the plan, oldest first.
    pub(super) before: Vec<Option<f64>>,
}

impl Post {
    /// Whether a value lies beyond the line.
    #[must_use]
    pub fn is_beyond(&self, value: Option<f64>) -> bool {
        value.is_some_and(|value| self.side.is_beyond(value, self.line))
    }
}

/// What a signpost sees of a quarter that is carried out.
#[derive(Clone, Debug)]
pub(super) enum Sees {
    /// Acts of a channel.
    Acts(usize),
    /// By how many quarters the latest of these activities is late against the plan.
    Late(Vec<usize>),
    /// What is needed of a resource above what there is; in so many parts of a unit.
    Short(usize, f64),
    /// The cost of what began within a year.
    Money,
    /// The share delivered of what the plan had due.
    Delivered,
    /// Exposure to an actor.
    Exposure(usize),
    /// Nothing: what it measures has no place in the scheme.
    Nothing,
}

/// A trigger made ready.
#[derive(Clone, Debug)]
pub struct Rule {
    /// The signposts that pull it.
    pub when: Vec<usize>,
    /// Whether all must be passed.
    pub needs: Needs,
    /// For how many quarters it rests.
    pub rest: usize,
    /// What is done.
    pub moves: Vec<Move>,
    /// The harms it is meant to avert: signposts.
    pub averts: Vec<usize>,
}

/// A step made ready: activities instead of ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
    /// They stand still for so many quarters.
    Pause(Vec<usize>, usize),
    /// They go on.
    Resume(Vec<usize>),
    /// They are given up.
    Drop(Vec<usize>),
    /// They are taken in.
    Start(Vec<usize>),
    /// They start earlier, by so many quarters at most.
    Advance(Vec<usize>, usize),
    /// Those that have not begun do not begin for so many quarters.
    Freeze(Vec<usize>, usize),
}

impl Rules {
    /// The rules of a case.
    #[must_use]
    pub fn of(case: &Case, scheme: &Scheme, execution: &Execution, world: &World) -> Self {
        let settings = &case.settings.plan;
        let steering = &settings.steering;
        let names = Names { case, scheme };
        let posts = (steering.signposts.iter().enumerate())
            .map(|(at, signpost)| {
                let sees = match &signpost.measure {
                    Measure::Events(_) => world.channel_of[at].map(Sees::Acts),
                    Measure::Late(ids) => Some(Sees::Late(names.activities(ids))),
                    Measure::Staff(pool) => {
                        let is = |kind: &Kind| matches!(kind, Kind::Pool(p) if &settings.pools[*p].id == pool);
                        let k = scheme.kinds.iter().position(is);
                        k.map(|k| Sees::Short(k, crate::scheme::TENTHS as f64))
                    }
                    Measure::Money => Some(Sees::Money),
                    Measure::Delivered => Some(Sees::Delivered),
                    Measure::Exposure(actor) => {
                        let actors = execution.actors();
                        actors.iter().position(|a| a == actor).map(Sees::Exposure)
                    }
                };
                let standing = &world.standings[at];
                Post {
                    sees: sees.unwrap_or(Sees::Nothing),
                    side: signpost.side,
                    line: signpost.line as f64,
                    quarters: signpost.quarters as usize,
                    costs: signpost.costs.map(|costs| costs as i64),
                    before: (standing.quarters.iter())
                        .filter(|q| q.is_whole)
                        .map(|q| q.value)
                        .collect(),
                }
            })
            .collect();
        let post = |id: &String| steering.signposts.iter().position(|s| &s.id == id);
        let pulls = (steering.triggers.iter())
            .map(|trigger| Rule {
                when: trigger.when.iter().filter_map(post).collect(),
                needs: trigger.needs,
                rest: trigger.rest as usize,
                moves: trigger.actions.iter().map(|a| names.step(a)).collect(),
                averts: trigger.averts.iter().filter_map(post).collect(),
            })
            .collect();
        let first = scheme.quarters[0].index();
        let spent = (case.initiatives.iter())
            .filter(|i| matches!(i.status, Status::Running | Status::Done))
            .filter_map(|initiative| {
                let began = Period::of(initiative.start?, PeriodUnit::Quarter).index();
                let ago = usize::try_from(first - began).ok()?;
                (1..YEAR)
                    .contains(&ago)
                    .then_some((ago, initiative.cost_keur?))
            })
            .collect();
        Self {
            posts,
            pulls,
            costs: (scheme.of.iter().zip(&scheme.runs))
                .map(|(&i, &ran)| match ran {
                    true => 0.0,
                    false => case.initiatives[i].cost_keur.unwrap_or(0.0),
                })
                .collect(),
            spent,
            money: (scheme.quarters.iter())
                .map(|quarter| of_the_year_before(case, &scheme.quarters, *quarter))
                .collect(),
        }
    }

    /// The same rules with another line for a signpost.
    #[must_use]
    pub fn with_line(&self, post: usize, line: f64) -> Self {
        let mut changed = self.clone();
        changed.posts[post].line = line;
        changed
    }
}

struct Names<'a> {
    case: &'a Case,
    scheme: &'a Scheme,
}

impl Names<'_> {
    /// The activities of some ids; what is outside the plan is none.
    fn activities(&self, ids: &[String]) -> Vec<usize> {
        let of = |id: &String| {
            let i = self
                .case
                .initiatives
                .iter()
                .position(|other| &other.id == id)?;
            self.scheme.activity[i]
        };
        ids.iter().filter_map(of).collect()
    }

    /// What the plan itself begins that exposes to an actor at a level or more.
    fn exposed(&self, actor: &str, least: u8) -> Vec<usize> {
        (self.scheme.of.iter().enumerate())
            .filter(|&(a, &i)| {
                !self.scheme.runs[a] && level(&self.case.initiatives[i], actor) >= least
            })
            .map(|(a, _)| a)
            .collect()
    }

    fn aim(&self, aim: &Aim) -> Vec<usize> {
        match aim {
            Aim::Named(ids) => self.activities(ids),
            Aim::Exposed { actor, level } => self.exposed(actor, *level),
        }
    }

    fn step(&self, action: &Action) -> Move {
        match action {
            Action::Pause(aim, quarters) => Move::Pause(self.aim(aim), *quarters as usize),
            Action::Resume(aim) => Move::Resume(self.aim(aim)),
            Action::Drop(aim) => Move::Drop(self.aim(aim)),
            Action::Start(ids) => Move::Start(self.activities(ids)),
            Action::Advance(ids, quarters) => {
                Move::Advance(self.activities(ids), *quarters as usize)
            }
            Action::Freeze {
                actor,
                level,
                quarters,
            } => Move::Freeze(self.exposed(actor, *level), *quarters as usize),
        }
    }
}
