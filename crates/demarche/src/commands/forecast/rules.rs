//! `demarche forecast rules`.

use std::cmp::Ordering;
use std::io::Write;

use demarche_case::Case;
use demarche_forecast::outlook::{Outlook, RuleAct};
use demarche_forecast::{Body, Rule, RuleCase, watch};
use serde_json::{Value, json};

use super::ask::{known_act, known_entity, last_day, level_and_act};
use super::graph::{self, is_graph, not_of_graphs, number};
use super::{event, nothing_known, one_source, shown};
use crate::args::Choices;
use crate::args_forecast::{RuleKind, RuleOrder, Rules};
use crate::commands::measure::known_actor;
use crate::commands::{count, read_case};
use crate::event_source;
use crate::failure::{Failure, USAGE};
use crate::listing::{Listing, Side, harmless};
use crate::output::Output;
use crate::progress::Progress;

/// How many cases of a rule are shown.
const CASES: usize = 3;

/// How far a bar of progress goes.
const STEPS: u64 = 1000;

/// A record, and what is wanted of its rules.
struct Wanted {
    outlook: Outlook,
    /// The case, if it is one's record.
    case: Option<Case>,
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
    let at = |share: f64, what: &str| progress.at((share * STEPS as f64) as u64, what.to_owned());
    let fault = |error| Failure::new(USAGE, error, "");
    let learned = wanted.outlook.rules(|share| at(share, "drawing walks"));
    let rules = learned.map_err(fault)?;
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
    let cases = match args.why {
        true => (wanted.outlook)
            .rule_cases(&kept, |share| at(share, "looking up cases"))
            .map_err(fault)?,
        false => Vec::new(),
    };
    drop(progress);
    let shown = Shown {
        wanted: &wanted,
        all: rules.all().len(),
        found,
        least: args.least,
        kept: &kept,
        cases: &cases,
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
        case: Some(case),
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
        case: None,
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
    least: u32,
    /// Those that are shown.
    kept: &'a [&'a Rule],
    /// The walks of each, if they are to be shown.
    cases: &'a [Vec<RuleCase>],
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
        if self.kept.is_empty() {
            writeln!(
                out,
                "None to show: a rule needs {} (--least N asks for fewer), to be right three times, and to be right one and a\nhalf times as often as usual.",
                count(self.least as usize, "walk")
            )?;
            return Ok(());
        }
        match self.cases {
            [] => self.table(out)?,
            cases => {
                for (nth, (rule, cases)) in self.kept.iter().zip(cases).enumerate() {
                    if nth > 0 {
                        writeln!(out)?;
                    }
                    self.paragraph(nth + 1, rule, cases, out)?;
                }
            }
        }
        writeln!(
            out,
            "\nX is known, Y is asked for, Z is a third; all of it was within 45 steps before. The share says whom it is\nabout if the act comes, not how likely it is to come: of the walks from X that went so, how many ended at a\ntrue answer, drawn towards what is usual where walks are few; see --help."
        )?;
        if self.found > self.kept.len() {
            let more = self.found - self.kept.len();
            writeln!(
                out,
                "{more} more are not shown: --top N shows more of them."
            )?;
        }
        Ok(())
    }

    fn table(&self, out: &mut Output) -> Result<(), Failure> {
        let outlook = &self.wanted.outlook;
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
            table.row(vec![
                shown(rule.confidence.into()),
                shown(rule.usual.into()),
                format!("{:.1}", rule.lift()),
                rule.hits.to_string(),
                rule.walks.to_string(),
                act(&told.head),
                acts(&told.body),
            ]);
        }
        table.aligned(out)?;
        Ok(())
    }

    /// A rule with its latest cases and the events behind them.
    fn paragraph(
        &self,
        nth: usize,
        rule: &Rule,
        cases: &[RuleCase],
        out: &mut Output,
    ) -> Result<(), Failure> {
        let Wanted { outlook, case, .. } = self.wanted;
        let told = outlook.tell_rule(rule);
        writeln!(
            out,
            "{nth}. {} after {}\n  {}, right in {} of {}; {} would be usual",
            act(&told.head),
            acts(&told.body),
            shown(rule.confidence.into()),
            rule.hits,
            count(rule.walks as usize, "walk"),
            shown(rule.usual.into()),
        )?;
        for found in cases.iter().rev().take(CASES) {
            let (right, was) = match found.right {
                true => ("right", "is"),
                false => ("wrong", "was not"),
            };
            writeln!(
                out,
                "    {right} {}: X is {}, and Y {was} {}",
                self.on(found.question.step),
                harmless(outlook.entity(found.question.who)),
                harmless(outlook.entity(found.answer)),
            )?;
            for at in outlook.events_of_case(rule, found) {
                match (case, outlook.event(at)) {
                    (Some(case), Some(at)) => event(case, at, out)?,
                    _ => {
                        let (when, did) = (outlook.when(outlook.fact(at).step), self.done(at));
                        writeln!(out, "        {when}  {}", act(&did))?;
                    }
                }
            }
        }
        Ok(())
    }

    /// When something was, in a sentence.
    fn on(&self, step: i32) -> String {
        let when = self.wanted.outlook.when(step);
        match self.wanted.case {
            Some(_) => format!("on {when}"),
            None => format!("at {when}"),
        }
    }

    /// An event of the record.
    fn done(&self, at: u32) -> RuleAct {
        let outlook = &self.wanted.outlook;
        let fact = outlook.fact(at);
        RuleAct {
            source: outlook.entity(fact.source).to_owned(),
            act: outlook.act(fact.act).to_owned(),
            target: outlook.entity(fact.target).to_owned(),
        }
    }

    /// The latest cases of a rule.
    fn cases_json(&self, rule: &Rule, cases: &[RuleCase]) -> Vec<Value> {
        let Wanted { outlook, case, .. } = self.wanted;
        let of_event = |at: u32| {
            let mut value = json!(self.done(at));
            value["when"] = json!(outlook.when(outlook.fact(at).step));
            if let Some((case, at)) = case.as_ref().zip(outlook.event(at)) {
                value["id"] = json!(case.chronicle[at as usize].id);
            }
            value
        };
        let of_case = |found: &RuleCase| {
            let events = outlook.events_of_case(rule, found).into_iter();
            json!({
                "when": outlook.when(found.question.step),
                "x": outlook.entity(found.question.who),
                "y": outlook.entity(found.answer),
                "right": found.right,
                "events": events.map(of_event).collect::<Vec<Value>>(),
            })
        };
        cases.iter().rev().take(CASES).map(of_case).collect()
    }

    fn json(&self) -> Value {
        let rules: Vec<Value> = (self.kept.iter().enumerate())
            .map(|(nth, rule)| {
                let told = self.wanted.outlook.tell_rule(rule);
                let mut value = json!({
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
                });
                if let Some(cases) = self.cases.get(nth) {
                    value["latest"] = json!(self.cases_json(rule, cases));
                }
                value
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

fn acts(all: &[RuleAct]) -> String {
    let all: Vec<String> = all.iter().map(act).collect();
    all.join(", then ")
}

fn act(act: &RuleAct) -> String {
    let (source, target) = (harmless(&act.source), harmless(&act.target));
    format!("{source} → {target}: {}", harmless(&act.act))
}
