//! What triggers are worth: the same futures with and without them.
//!
//! A trigger is meant to avert a harm: a signpost that costs something. In a future the harm *comes* if
//! the plan without any trigger newly passes such a signpost, and *when* is the first quarter in which
//! it does.
//!
//! - **Hit**: the harm comes, and with all triggers this one is pulled at the latest at the beginning
//!   of the quarter in which it would have come.
//! - **Miss**: the harm comes, and the trigger is not pulled, or only later.
//! - **False alarm**: the trigger is pulled, and no harm comes.
//! - **Quiet**: neither.
//! - **Averted**: a hit, and with all triggers the harm does not come at all.
//! - **Lead time** of a hit: the quarters from the one at whose beginning it is first pulled to the one
//!   in which the harm would have come; 0 where these are the same.

use demarche_respond::threads::spread;

use super::policy::{Course, Helm};
use super::rules::Rules;
use crate::futures::Future;
use crate::goals::{Goal, Planned};

/// What triggers are worth on a sample of futures.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// How many futures.
    pub futures: usize,
    /// Without triggers.
    pub without: Account,
    /// With all of them.
    pub with: Account,
    /// What the triggers add to the worth of the plan. Points a future.
    pub gain: Difference,
    /// What they add to its benefit less lateness. Points a future.
    pub benefit: Difference,
    /// What they add to what reactions and harms cost. Points a future; below 0 is less cost.
    pub risk: Difference,
    /// For each goal, and at last for all of them together: shares of futures.
    pub goals: Vec<Share>,
    /// For each signpost that costs something: shares of futures in which it comes to it.
    pub harms: Vec<Share>,
    /// For each trigger, how it did.
    pub triggers: Vec<Tally>,
}

/// What a plan comes to on average. Points.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Account {
    /// Benefit less lateness.
    pub benefit: f64,
    /// What reactions cost.
    pub reactions: f64,
    /// What harms cost.
    pub harm: f64,
    /// Benefit less all of these.
    pub worth: f64,
    /// The worth that nine futures in ten pass.
    pub tenth: f64,
    /// The worst worth.
    pub worst: f64,
}

/// A mean difference between paired figures, with its 95 % interval.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Difference {
    /// The mean.
    pub mean: f64,
    /// Lower end of its interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Difference {
    /// That of paired differences: the mean plus and minus 1.96 standard errors.
    #[must_use]
    pub fn of(differences: &[f64]) -> Self {
        let n = differences.len().max(1) as f64;
        let mean = differences.iter().sum::<f64>() / n;
        let squares: f64 = differences.iter().map(|d| (d - mean).powi(2)).sum();
        let reach = 1.96 * (squares / (n - 1.0).max(1.0) / n).sqrt();
        Self {
            mean,
            low: mean - reach,
            high: mean + reach,
        }
    }

    /// Whether the interval lies above 0, below it, or around it.
    #[must_use]
    pub fn sign(&self) -> std::cmp::Ordering {
        if self.low > 0.0 {
            std::cmp::Ordering::Greater
        } else if self.high < 0.0 {
            std::cmp::Ordering::Less
        } else {
            std::cmp::Ordering::Equal
        }
    }
}

/// In which share of futures something is so.
#[derive(Clone, Debug, PartialEq)]
pub struct Share {
    /// Id of the goal or signpost; empty for all goals together.
    pub id: String,
    /// The share without triggers, 0 to 1.
    pub without: f64,
    /// The share with them.
    pub with: f64,
    /// What they add to it.
    pub difference: Difference,
}

/// How a trigger did.
#[derive(Clone, Debug, PartialEq)]
pub struct Tally {
    /// The trigger, a position in the settings.
    pub trigger: usize,
    /// In how many futures it was pulled.
    pub pulled: usize,
    /// How often in all.
    pub pulls: usize,
    /// What it adds to the worth of the plan if it is the only one. Points a future.
    pub alone: Difference,
    /// How well it warned; `None` where it is not said what it is to avert.
    pub warning: Option<Warning>,
}

/// How well a trigger warned: numbers of futures.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Warning {
    /// It was pulled before the harm would have come.
    pub hits: usize,
    /// The harm comes, and it was not pulled in time.
    pub misses: usize,
    /// It was pulled, and no harm comes.
    pub false_alarms: usize,
    /// Neither.
    pub quiet: usize,
    /// Hits in which the harm does not come at all with the triggers.
    pub averted: usize,
    /// Lead times of the hits, ascending. Quarters.
    pub lead: Vec<usize>,
}

impl Warning {
    /// The lead time below or at which a share of the hits lie.
    #[must_use]
    pub fn lead_at(&self, share: f64) -> Option<usize> {
        let at = (share * self.lead.len() as f64).ceil() as usize;
        self.lead.get(at.saturating_sub(1)).copied()
    }

    /// Of the futures in which the harm comes, the share in which it was pulled in time.
    #[must_use]
    pub fn hit_rate(&self) -> Option<f64> {
        let all = self.hits + self.misses;
        (all > 0).then(|| self.hits as f64 / all as f64)
    }

    /// Of the futures in which no harm comes, the share in which it was pulled.
    #[must_use]
    pub fn false_alarm_rate(&self) -> Option<f64> {
        let all = self.false_alarms + self.quiet;
        (all > 0).then(|| self.false_alarms as f64 / all as f64)
    }

    /// Counts paired courses, without and with triggers.
    #[must_use]
    pub fn of(trigger: usize, averts: &[usize], pairs: &[(&Course, &Course)]) -> Self {
        let mut all = Self::default();
        for (without, with) in pairs {
            let comes = without.first_of(averts);
            let pulled = with.pulled[trigger].first().copied();
            match (comes, pulled) {
                (Some(comes), Some(pulled)) if pulled <= comes => {
                    all.hits += 1;
                    all.lead.push(comes - pulled);
                    all.averted += usize::from(with.first_of(averts).is_none());
                }
                (Some(_), _) => all.misses += 1,
                (None, Some(_)) => all.false_alarms += 1,
                (None, None) => all.quiet += 1,
            }
        }
        all.lead.sort_unstable();
        all
    }
}

/// Runs a plan through futures, in their order.
#[must_use]
pub fn courses(helm: &Helm, futures: &[Future], rules: &Rules, active: &[bool]) -> Vec<Course> {
    spread(futures.len(), |at| helm.run(&futures[at], rules, active))
}

/// Courses without triggers, with all, and with each alone.
#[derive(Clone, Debug)]
pub struct Runs {
    /// Without triggers.
    pub without: Vec<Course>,
    /// With all of them.
    pub with: Vec<Course>,
    /// For each trigger, with it alone.
    pub alone: Vec<Vec<Course>>,
}

impl Runs {
    /// Runs a plan through futures in each of these ways.
    #[must_use]
    pub fn of(helm: &Helm, futures: &[Future], rules: &Rules) -> Self {
        let n = rules.pulls.len();
        let with = |active: &[bool]| courses(helm, futures, rules, active);
        Self {
            without: with(&vec![false; n]),
            with: with(&vec![true; n]),
            alone: (0..n)
                .map(|at| with(&(0..n).map(|other| other == at).collect::<Vec<_>>()))
                .collect(),
        }
    }
}

impl Comparison {
    /// Compares runs. `ids` are those of the signposts.
    #[must_use]
    pub fn of(helm: &Helm, rules: &Rules, ids: &[String], goals: &[Goal], runs: &Runs) -> Self {
        let Runs {
            without,
            with,
            alone,
        } = runs;
        let difference = |figure: &dyn Fn(&Course) -> f64, others: &[Course]| {
            let pairs = without.iter().zip(others);
            let all: Vec<f64> = pairs
                .map(|(one, other)| figure(other) - figure(one))
                .collect();
            Difference::of(&all)
        };
        let share = |id: &str, is: &dyn Fn(&Course) -> bool| {
            let of = |list: &[Course]| {
                list.iter().filter(|c| is(c)).count() as f64 / list.len().max(1) as f64
            };
            Share {
                id: id.to_owned(),
                without: of(without),
                with: of(with),
                difference: difference(&|c| f64::from(u8::from(is(c))), with),
            }
        };
        let planned = Planned::of(helm.execution, helm.schedule);
        let met =
            |goal: &Goal, course: &Course| goal.is_met(goal.figure(&planned, &course.outcome));
        let mut shares: Vec<Share> = (goals.iter())
            .map(|goal| share(&goal.id, &|course| met(goal, course)))
            .collect();
        if goals.len() > 1 {
            shares.push(share("", &|course| {
                goals.iter().all(|goal| met(goal, course))
            }));
        }
        let harms = (rules.posts.iter().enumerate())
            .filter(|(_, post)| post.costs.is_some())
            .map(|(at, _)| share(&ids[at], &|course| !course.passed[at].is_empty()))
            .collect();
        let worth = |c: &Course| c.worth() as f64;
        let pairs: Vec<_> = without.iter().zip(with).collect();
        let triggers = (rules.pulls.iter().enumerate())
            .map(|(at, rule)| Tally {
                trigger: at,
                pulled: with.iter().filter(|c| !c.pulled[at].is_empty()).count(),
                pulls: with.iter().map(|c| c.pulled[at].len()).sum(),
                alone: difference(&worth, &alone[at]),
                warning: (!rule.averts.is_empty()).then(|| Warning::of(at, &rule.averts, &pairs)),
            })
            .collect();
        Self {
            futures: without.len(),
            without: Account::of(without),
            with: Account::of(with),
            gain: difference(&worth, with),
            benefit: difference(&net, with),
            risk: difference(&|c| (c.outcome.value.risk + c.harm) as f64, with),
            goals: shares,
            harms,
            triggers,
        }
    }
}

/// Benefit less lateness.
fn net(course: &Course) -> f64 {
    let value = course.outcome.value;
    (value.benefit - value.lateness) as f64
}

impl Account {
    fn of(courses: &[Course]) -> Self {
        let n = courses.len().max(1) as f64;
        let mean = |figure: &dyn Fn(&Course) -> f64| courses.iter().map(figure).sum::<f64>() / n;
        let mut worth: Vec<i64> = courses.iter().map(Course::worth).collect();
        worth.sort_unstable();
        let at = |share: f64| {
            let at = (share * worth.len() as f64).ceil() as usize;
            worth.get(at.saturating_sub(1)).map_or(0.0, |&w| w as f64)
        };
        Self {
            benefit: mean(&net),
            reactions: mean(&|c| c.outcome.value.risk as f64),
            harm: mean(&|c| c.harm as f64),
            worth: mean(&|c| c.worth() as f64),
            tenth: at(0.1),
            worst: at(0.0),
        }
    }
}
