//! Everything that is asked of a case's triggers, once.

use demarche_case::Case;
use demarche_table::{Cell, Kind, Table};

use super::compare::{Comparison, Difference, Runs};
use super::learn::{Learned, learn};
use super::pathways::Pathways;
use super::policy::Helm;
use super::rules::Rules;
use super::world::World;
use crate::execute::Execution;
use crate::futures::{Future, Uncertainty};
use crate::goals::Goal;
use crate::problem::Schedule;
use crate::sample::Sampling;
use crate::scheme::Scheme;

/// A comparison, what was learned, and the map.
#[derive(Clone, Debug)]
pub struct Study {
    /// What the triggers are worth.
    pub comparison: Comparison,
    /// What was learned of the line of each signpost of each trigger.
    pub learned: Vec<Learned>,
    /// The pathways map.
    pub pathways: Pathways,
    /// What has to be known to read all this.
    pub notes: Vec<String>,
    /// The seed.
    pub seed: u64,
}

impl Study {
    /// Asks it all of a plan, on so many futures for the comparison, and as many again, half of them
    /// for learning and half held out. `None` where the case has no trigger.
    #[must_use]
    pub fn of(
        case: &Case,
        scheme: &Scheme,
        schedule: &Schedule,
        count: usize,
        seed: u64,
    ) -> Option<Self> {
        let setting = Setting::of(case, scheme, schedule, seed)?;
        let helm = setting.helm();
        let rules = &setting.rules;
        let half = count.div_ceil(2);
        let drawn = |from: usize, count: usize, part: u64| {
            setting.futures(from, count, seed.wrapping_add(part))
        };
        let runs = Runs::of(&helm, &drawn(0, count, 0), rules);
        let posts = &case.settings.plan.steering.signposts;
        let ids: Vec<String> = posts.iter().map(|s| s.id.clone()).collect();
        let goals = Goal::all(case, scheme, &setting.execution);
        let (training, held_out) = (drawn(count, half, 1), drawn(count + half, half, 2));
        let learned = (rules.pulls.iter().enumerate())
            .flat_map(|(at, rule)| rule.when.iter().map(move |&post| (at, post)))
            .map(|pair| learn(&helm, rules, pair, &training, &held_out))
            .collect();
        Some(Self {
            comparison: Comparison::of(&helm, rules, &ids, &goals, &runs),
            learned,
            pathways: Pathways::of(case, &scheme.quarters, rules, &runs),
            notes: notes(case, &setting.world),
            seed,
        })
    }

    /// The pathways map alone, on so many futures. `None` where the case has no trigger.
    #[must_use]
    pub fn map(
        case: &Case,
        scheme: &Scheme,
        schedule: &Schedule,
        count: usize,
        seed: u64,
    ) -> Option<Pathways> {
        let setting = Setting::of(case, scheme, schedule, seed)?;
        let runs = Runs::of(
            &setting.helm(),
            &setting.futures(0, count, seed),
            &setting.rules,
        );
        Some(Pathways::of(case, &scheme.quarters, &setting.rules, &runs))
    }

    /// As tables.
    #[must_use]
    pub fn tables(&self, case: &Case) -> Vec<Table> {
        vec![
            self.comparison_table(),
            self.trigger_table(case),
            self.learned_table(case),
            self.pathways_table(),
            self.transfers_table(),
        ]
    }

    fn comparison_table(&self) -> Table {
        let mut table = Table::new(
            "triggers_worth",
            "The plan in the same futures with and without its triggers.",
        )
        .column("figure", Kind::Text, "", "What is compared.")
        .column("unit", Kind::Text, "", "What it is counted in.")
        .column("without", Kind::Float, "", "Without triggers.")
        .column("with", Kind::Float, "", "With all of them.");
        table = difference_columns(table, "difference", "What the triggers add");
        let c = &self.comparison;
        for (name, without, with, difference) in self.accounts() {
            let mut row = vec![
                name.into(),
                "points a future".into(),
                without.into(),
                with.into(),
            ];
            row.extend(difference.map_or([Cell::Missing, Cell::Missing, Cell::Missing], cells));
            table.push(row);
        }
        for (kind, list) in [("meets", &c.goals), ("comes to", &c.harms)] {
            for share in list {
                let name = match share.id.as_str() {
                    "" => "meets all thresholds".to_owned(),
                    id => format!("{kind} {id}"),
                };
                let mut row = vec![
                    name.into(),
                    "share of futures".into(),
                    share.without.into(),
                    share.with.into(),
                ];
                row.extend(cells(share.difference));
                table.push(row);
            }
        }
        table
    }

    /// The parts of the worth: name, without, with, difference where it is one of means.
    #[must_use]
    pub fn accounts(&self) -> [(&'static str, f64, f64, Option<Difference>); 6] {
        let c = &self.comparison;
        let risk = |a: &super::compare::Account| a.reactions + a.harm;
        [
            ("worth", c.without.worth, c.with.worth, Some(c.gain)),
            (
                "benefit less lateness",
                c.without.benefit,
                c.with.benefit,
                Some(c.benefit),
            ),
            (
                "reactions and harms",
                risk(&c.without),
                risk(&c.with),
                Some(c.risk),
            ),
            ("of which harms", c.without.harm, c.with.harm, None),
            (
                "worth passed in nine of ten",
                c.without.tenth,
                c.with.tenth,
                None,
            ),
            ("worst worth", c.without.worst, c.with.worst, None),
        ]
    }

    fn trigger_table(&self, case: &Case) -> Table {
        let mut table = Table::new(
            "triggers_pulled",
            "How often each trigger was pulled in the futures, and how well it warned.",
        )
        .column("trigger", Kind::Text, "", "Its id.")
        .column("futures", Kind::Integer, "", "How many futures there are.")
        .column(
            "pulled",
            Kind::Integer,
            "futures",
            "In how many it was pulled.",
        )
        .column("pulls", Kind::Integer, "", "How often in all.")
        .column(
            "hits",
            Kind::Integer,
            "futures",
            "Pulled before the harm would have come; missing where nothing is to be averted.",
        )
        .column(
            "misses",
            Kind::Integer,
            "futures",
            "The harm comes, and it was not pulled in time.",
        )
        .column(
            "false_alarms",
            Kind::Integer,
            "futures",
            "Pulled, and no harm comes.",
        )
        .column("quiet", Kind::Integer, "futures", "Neither.")
        .column(
            "averted",
            Kind::Integer,
            "futures",
            "Hits in which the harm does not come with the triggers.",
        )
        .column(
            "lead_low",
            Kind::Integer,
            "quarters",
            "Lead time that a tenth of the hits do not pass.",
        )
        .column(
            "lead_median",
            Kind::Integer,
            "quarters",
            "Lead time that half of them do not pass.",
        )
        .column(
            "lead_high",
            Kind::Integer,
            "quarters",
            "Lead time that nine tenths do not pass.",
        );
        table = difference_columns(
            table,
            "alone",
            "What it adds to the worth if it is the only one",
        );
        for tally in &self.comparison.triggers {
            let trigger = &case.settings.plan.steering.triggers[tally.trigger];
            let count = |n: Option<usize>| -> Cell { n.map(|n| n as i64).into() };
            let w = tally.warning.as_ref();
            let mut row: Vec<Cell> = vec![
                trigger.id.as_str().into(),
                self.comparison.futures.into(),
                tally.pulled.into(),
                tally.pulls.into(),
                count(w.map(|w| w.hits)),
                count(w.map(|w| w.misses)),
                count(w.map(|w| w.false_alarms)),
                count(w.map(|w| w.quiet)),
                count(w.map(|w| w.averted)),
                count(w.and_then(|w| w.lead_at(0.1))),
                count(w.and_then(|w| w.lead_at(0.5))),
                count(w.and_then(|w| w.lead_at(0.9))),
            ];
            row.extend(cells(tally.alone));
            table.push(row);
        }
        table
    }

    fn learned_table(&self, case: &Case) -> Table {
        let mut table = Table::new(
            "triggers_learned",
            "The line of each signpost that was best on the training futures, and what it is worth on others.",
        )
        .column("trigger", Kind::Text, "", "Id of the trigger.")
        .column("signpost", Kind::Text, "", "Id of the signpost.")
        .column("judged", Kind::Float, "", "The line of the case.")
        .column("learned", Kind::Float, "", "The learned line; missing: never.")
        .column("from", Kind::Float, "", "The end of its interval that is crossed more easily; missing: never.")
        .column("to", Kind::Float, "", "The other end; missing: never.")
        .column("training", Kind::Integer, "futures", "Futures it was learned on.")
        .column("held_out", Kind::Integer, "futures", "Futures it was judged on.")
        .column("verdict", Kind::Text, "", "What the held-out futures show.")
        .column("hits", Kind::Integer, "futures", "Held-out futures with a hit.")
        .column("misses", Kind::Integer, "futures", "Held-out futures with a miss.")
        .column("false_alarms", Kind::Integer, "futures", "Held-out futures with a false alarm.")
        .column("lead_median", Kind::Integer, "quarters", "Median lead time of the hits.");
        table = difference_columns(
            table,
            "gain",
            "What the learned line adds on held-out futures",
        );
        table = difference_columns(table, "judged_gain", "What the line of the case adds there");
        let steering = &case.settings.plan.steering;
        for found in &self.learned {
            let count = |n: Option<usize>| -> Cell { n.map(|n| n as i64).into() };
            let w = found.warning.as_ref();
            let mut row: Vec<Cell> = vec![
                steering.triggers[found.trigger].id.as_str().into(),
                steering.signposts[found.signpost].id.as_str().into(),
                found.judged.into(),
                found.line.into(),
                found.interval[0].into(),
                found.interval[1].into(),
                found.training.into(),
                found.held_out.into(),
                verdict(found).into(),
                count(w.map(|w| w.hits)),
                count(w.map(|w| w.misses)),
                count(w.map(|w| w.false_alarms)),
                count(w.and_then(|w| w.lead_at(0.5))),
            ];
            row.extend(cells(found.gain));
            row.extend(cells(found.judged_gain));
            table.push(row);
        }
        table
    }

    fn pathways_table(&self) -> Table {
        let mut table = Table::new(
            "pathways",
            "For each way to go on and each quarter, the share of futures in which no harm has come by its end.",
        )
        .column("line", Kind::Text, "", "plan, the id of a trigger, or all.")
        .column("name", Kind::Text, "", "What it is called.")
        .column("opens", Kind::Text, "", "The first quarter in which one can change to it; missing: never.")
        .column("quarter", Kind::Text, "", "The quarter.")
        .column("holds", Kind::Float, "", "The share of futures in which no harm has come by its end.");
        let map = &self.pathways;
        for line in &map.lines {
            for (quarter, &holds) in map.quarters.iter().zip(&line.holds) {
                table.push(vec![
                    line.id.as_str().into(),
                    line.name.as_str().into(),
                    line.opens.map(|at| map.quarters[at].to_string()).into(),
                    quarter.to_string().into(),
                    holds.into(),
                ]);
            }
        }
        table
    }

    fn transfers_table(&self) -> Table {
        let mut table = Table::new(
            "transfers",
            "For each trigger and quarter, the share of futures in which it is first pulled at its beginning.",
        )
        .column("from", Kind::Text, "", "The line left.")
        .column("to", Kind::Text, "", "The line joined.")
        .column("quarter", Kind::Text, "", "The quarter.")
        .column("first_pulled", Kind::Float, "", "The share of futures.");
        let map = &self.pathways;
        for transfer in &map.transfers {
            for (quarter, &share) in map.quarters.iter().zip(&transfer.first_pulled) {
                table.push(vec![
                    map.lines[transfer.from].id.as_str().into(),
                    map.lines[transfer.to].id.as_str().into(),
                    quarter.to_string().into(),
                    share.into(),
                ]);
            }
        }
        table
    }
}

/// What the held-out futures show of a learned line, in words.
#[must_use]
pub fn verdict(found: &Learned) -> &'static str {
    use std::cmp::Ordering;
    match (found.line, found.verdict()) {
        (None, _) => "best never pulled: nothing is gained",
        (_, Ordering::Greater) => "gains",
        (_, Ordering::Less) => "loses on futures it was not learned on",
        (_, Ordering::Equal) => "no gain shown: about zero",
    }
}

/// A plan with all that is asked of its triggers: how it is carried out, in which world, by which rules.
struct Setting<'a> {
    case: &'a Case,
    scheme: &'a Scheme,
    schedule: &'a Schedule,
    seed: u64,
    execution: Execution<'a>,
    world: World,
    rules: Rules,
}

impl<'a> Setting<'a> {
    /// `None` where the case has no trigger.
    fn of(case: &'a Case, scheme: &'a Scheme, schedule: &'a Schedule, seed: u64) -> Option<Self> {
        if case.settings.plan.steering.triggers.is_empty() {
            return None;
        }
        let execution = Execution::of(case, scheme);
        let world = World::of(case, scheme, &execution);
        let rules = Rules::of(case, scheme, &execution, &world);
        Some(Self {
            case,
            scheme,
            schedule,
            seed,
            execution,
            world,
            rules,
        })
    }

    fn helm(&self) -> Helm<'_> {
        Helm {
            execution: &self.execution,
            schedule: self.schedule,
            world: &self.world,
            seed: self.seed,
        }
    }

    /// Futures with numbers from `from` on.
    fn futures(&self, from: usize, count: usize, seed: u64) -> Vec<Future> {
        let uncertainty = Uncertainty::of(self.case, self.scheme, &self.execution);
        let sampling: Sampling = self.case.settings.plan.futures.sample.into();
        let points = sampling.points(count, uncertainty.dimensions(), seed);
        (points.iter().take(count).enumerate())
            .map(|(at, point)| uncertainty.draw(&self.execution, from + at, point))
            .collect()
    }
}

fn notes(case: &Case, world: &World) -> Vec<String> {
    let mut notes = Vec::new();
    let needed = case.settings.measure.min_events;
    for channel in &world.channels {
        let signpost = channel.signposts[0];
        let seen: usize = (world.standings[signpost].quarters.iter())
            .map(|q| q.events.len())
            .sum();
        if seen < needed {
            notes.push(format!(
                "“{}” had {seen} acts in the last quarters, and at least {needed} are needed to know its usual level ({:.1} a quarter)",
                channel.name, channel.usual
            ));
        }
    }
    let judged = (case.settings.plan.steering.reactions.iter())
        .filter(|r| r.basis != demarche_case::FigureBasis::Source)
        .count();
    if judged > 0 {
        notes.push(
            "how much of hostile acts answers the plan is judged and not measured: the gain of a trigger is no better than that"
                .to_owned(),
        );
    }
    notes
}

fn difference_columns(table: Table, name: &str, words: &str) -> Table {
    table
        .column(name, Kind::Float, "", &format!("{words}."))
        .column(
            &format!("{name}_low"),
            Kind::Float,
            "",
            "Lower end of its 95 % interval.",
        )
        .column(
            &format!("{name}_high"),
            Kind::Float,
            "",
            "Upper end of its 95 % interval.",
        )
}

fn cells(difference: Difference) -> [Cell; 3] {
    [
        difference.mean.into(),
        difference.low.into(),
        difference.high.into(),
    ]
}
