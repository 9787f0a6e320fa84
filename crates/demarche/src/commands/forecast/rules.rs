//! `demarche forecast rules`.

use std::cmp::Ordering;
use std::io::Write;

use demarche_forecast::outlook::{Outlook, RuleAct};
use demarche_forecast::{Body, Rule, watch};
use serde_json::{Value, json};

use super::ask::{known_act, known_entity, last_day, level_and_act};
use super::graph::{self, is_graph, not_of_graphs, number};
use super::{nothing_known, one_source};
use crate::args::Choices;
use crate::args_forecast::{RuleKind, RuleOrder, Rules};
use crate::commands::measure::known_actor;
use crate::commands::{count, read_case};
use crate::event_source;
use crate::failure::{Failure, USAGE};
use crate::listing::{Listing, Side, harmless};
use crate::output::Output;
use crate::progress::Progress;

/// How far a bar of progress goes.
const STEPS: u64 = 1000;

/// A record, and what is wanted of its rules.
struct Wanted {
    outlook: Outlook,
    act: Option<u32>,
    about: Option<u32>,
    as_of: String,
}

/// Shows the temporal rules of a record.
pub fn run(args: &Rules, quiet: bool, out: &mut Output) -> Result<(), Failure> {
    let wanted = match is_graph(&args.case) {
        true => of_graph(args)?,
        false => of_case(args)?,
    };
    let progress = Progress::with_share(STEPS, quiet || args.json);
    let learned = wanted.outlook.rules(|share| {
        progress.at((share * STEPS as f64) as u64, "drawing walks".to_owned());
    });
    drop(progress);
    let rules = learned.map_err(|error| Failure::new(USAGE, error, ""))?;
    let mut kept: Vec<&Rule> = (rules.all().iter())
        .filter(|rule| rule.walks >= args.least)
        .filter(|rule| wanted.act.is_none_or(|act| rule.asked / 2 == act))
        .filter(|rule| wanted.about.is_none_or(|who| is_about(rule, who)))
        .filter(|rule| args.kind.is_none_or(|kind| kind == kind_of(rule)))
        .collect();
    // Equal ones stay in the order of what is asked for.
    kept.sort_by(|a, b| in_order(args.by, a, b));
    let found = kept.len();
    kept.truncate(args.top as usize);
    let shown = Shown {
        wanted: &wanted,
        all: rules.all().len(),
        found,
        kept: &kept,
    };
    match args.json {
        true => writeln!(out, "{:#}", shown.json())?,
        false => shown.print(out)?,
    }
    Ok(())
}

fn of_case(args: &Rules) -> Result<Wanted, Failure> {
    let mut case = read_case(&args.case, &Choices::default())?;
    if let Some(code) = &args.about {
        known_actor(&case, code)?;
    }
    one_source(&args.events)?;
    let (level, act) = level_and_act(args.level, args.act.as_deref())?;
    event_source::take(&args.events, &mut case)?;
    let as_of = last_day(&case, args.as_of.as_deref())?;
    let outlook =
        watch::outlook(&case, level, as_of).map_err(|error| nothing_known(&case, as_of, &error))?;
    let act = act.map(|act| known_act(&outlook, level, &act, as_of));
    let about = (args.about.as_ref()).map(|code| known_entity(&outlook, code, as_of));
    Ok(Wanted {
        act: act.transpose()?,
        about: about.transpose()?,
        as_of: as_of.to_string(),
        outlook,
    })
}

fn of_graph(args: &Rules) -> Result<Wanted, Failure> {
    not_of_graphs(args.level, &args.events)?;
    let outlook = graph::outlook(&args.case, args.as_of.as_deref())?;
    let names = &outlook.graph;
    let act = (args.act.as_ref()).map(|name| number(&names.acts, name, "act"));
    let about = args.about.as_ref();
    let about = about.map(|name| number(&names.entities, name, "source or target"));
    Ok(Wanted {
        act: act.transpose()?,
        about: about.transpose()?,
        as_of: outlook.when(outlook.now() - 1),
        outlook,
    })
}

fn kind_of(rule: &Rule) -> RuleKind {
    match rule.body {
        Body::One { .. } => RuleKind::One,
        Body::Two { .. } => RuleKind::Two,
        Body::Named { .. } => RuleKind::Named,
    }
}

fn is_about(rule: &Rule, who: u32) -> bool {
    match rule.body {
        Body::Named { with, answer, .. } => with == who || answer == who,
        _ => false,
    }
}

/// The largest first.
fn in_order(by: RuleOrder, a: &Rule, b: &Rule) -> Ordering {
    match by {
        RuleOrder::Share => b.confidence.total_cmp(&a.confidence),
        RuleOrder::Lift => b.lift().total_cmp(&a.lift()),
        RuleOrder::Walks => b.walks.cmp(&a.walks),
    }
}

/// All that is to be said.
struct Shown<'a> {
    wanted: &'a Wanted,
    /// How many rules there are, and how many of them are wanted.
    all: usize,
    found: usize,
    /// Those that are shown.
    kept: &'a [&'a Rule],
}

impl Shown<'_> {
    fn print(&self, out: &mut Output) -> Result<(), Failure> {
        let Wanted { outlook, as_of, .. } = self.wanted;
        let events = outlook.graph.facts.len();
        writeln!(
            out,
            "As of {as_of}: {} from {}, {} of them as asked for.\n",
            count(self.all, "rule"),
            count(events, "act"),
            self.found
        )?;
        let mut table = Listing::new(&[
            ("share", Side::Right),
            ("usual", Side::Right),
            ("times", Side::Right),
            ("right", Side::Right),
            ("of walks", Side::Right),
            ("comes", Side::Left),
            ("after", Side::Left),
        ]);
        for rule in self.kept {
            let told = outlook.tell_rule(rule);
            let body: Vec<String> = told.body.iter().map(act).collect();
            table.row(vec![
                percent(rule.confidence),
                percent(rule.usual),
                format!("{:.1}", rule.lift()),
                rule.hits.to_string(),
                rule.walks.to_string(),
                act(&told.head),
                body.join(", then "),
            ]);
        }
        table.aligned(out)?;
        if !self.kept.is_empty() {
            writeln!(
                out,
                "\nX is known, Y is asked for, Z is a third; all of it was within 45 steps before. The share says whom it is\nabout if the act comes, not how likely it is to come: of the walks from X that went so, how many ended at a\ntrue answer, drawn towards what is usual where walks are few; see --help."
            )?;
        }
        if self.found > self.kept.len() {
            let more = self.found - self.kept.len();
            writeln!(
                out,
                "{more} more are not shown: --top N shows more of them."
            )?;
        }
        Ok(())
    }

    fn json(&self) -> Value {
        let rules: Vec<Value> = (self.kept.iter())
            .map(|rule| {
                let told = self.wanted.outlook.tell_rule(rule);
                json!({
                    "kind": match kind_of(rule) {
                        RuleKind::One => "one",
                        RuleKind::Two => "two",
                        RuleKind::Named => "named",
                    },
                    "head": told.head,
                    "body": told.body,
                    "walks": rule.walks,
                    "hits": rule.hits,
                    "confidence": rule.confidence,
                    "usual": rule.usual,
                    "lift": rule.lift(),
                })
            })
            .collect();
        json!({
            "format": "demarche-forecast-rules/1",
            "as_of": self.wanted.as_of,
            "acts": self.wanted.outlook.graph.facts.len(),
            "all": self.all,
            "wanted": self.found,
            "rules": rules,
        })
    }
}

fn act(act: &RuleAct) -> String {
    let (source, target) = (harmless(&act.source), harmless(&act.target));
    format!("{source} → {target}: {}", harmless(&act.act))
}

fn percent(share: f32) -> String {
    match 100.0 * share {
        p if p < 9.95 => format!("{p:.1} %"),
        p => format!("{p:.0} %"),
    }
}
