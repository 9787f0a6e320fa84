//! `demarche plan status`.

use std::fmt::Write as _;
use std::io::Write;
use std::process::ExitCode;

use anstyle::Style;
use demarche_case::Case;
use demarche_plan::steer::standing::{Pull, Standing, pulls, standings};
use demarche_plan::steer::tables;
use demarche_plan::steer::trend::Trend;
use demarche_plan::steer::words;
use serde_json::{Value, json};

use super::super::brief::report;
use super::super::{count, read_case};
use crate::args::Choices;
use crate::args_status::Status as Args;
use crate::event_source;
use crate::failure::{CASE, Failure, PULLED, USAGE};
use crate::folder::{self, NewFile};
use crate::listing::{Listing, Side, harmless};
use crate::output::Output;

/// Says where the signposts of a case stand, and which triggers are pulled.
pub(super) fn run(args: &Args, quiet: bool, out: &mut Output) -> Result<ExitCode, Failure> {
    let choices = Choices {
        quad: args.quad,
        min_events: args.min_events,
        ..Choices::default()
    };
    let mut case = read_case(&args.case, &choices)?;
    let source = event_source::take(&args.from, &mut case)?;
    if case.settings.plan.steering.signposts.is_empty() {
        return Err(Failure::new(
            CASE,
            format!("{} watches nothing", args.case.display()),
            "add a [[signpost]] to case.toml; demarche new writes an example of one",
        ));
    }
    let here = Look::at(case);
    let beside = source.beside().map(|beside| {
        let mut case = here.case.clone();
        if let Some((first, last)) = demarche_brief::covered(&beside.denominators) {
            case.settings.start = case.settings.start.max(first);
            case.settings.as_of = case.settings.as_of.min(last);
        }
        case.chronicle = beside.events.clone();
        (beside.name.as_str(), Look::at(case))
    });
    if let Some(id) = &args.why {
        here.why(id, args.json, out)?;
    } else {
        if let Some(dir) = &args.out {
            let all = here.tables();
            let files: Vec<NewFile> = demarche_brief::flat_table_files(&all)
                .into_iter()
                .map(|(path, bytes)| NewFile { path, bytes })
                .collect();
            folder::replace(dir, &files)?;
            if !args.json {
                report(out, dir, &files, false, quiet, "signposts.csv")?;
            }
        }
        if args.json {
            let mut value = here.json();
            if let Some((name, look)) = &beside {
                value["beside"] = look.json();
                value["beside"]["name"] = json!(name);
            }
            writeln!(out, "{value:#}")?;
        } else if !(quiet && args.out.is_some()) {
            here.print(out)?;
            if let Some((name, look)) = &beside {
                writeln!(
                    out,
                    "\nThe same on the events of {name}, beside the chronicle:"
                )?;
                look.print(out)?;
            }
        }
    }
    let pulled = here.pulls.iter().any(|pull| pull.pulled);
    Ok(match args.fail_if_pulled && pulled {
        true => ExitCode::from(PULLED),
        false => ExitCode::SUCCESS,
    })
}

/// A case and where its signposts stand.
struct Look {
    case: Case,
    standings: Vec<Standing>,
    pulls: Vec<Pull>,
}

impl Look {
    fn at(case: Case) -> Self {
        let standings = standings(&case);
        Self {
            pulls: pulls(&case, &standings),
            standings,
            case,
        }
    }

    fn tables(&self) -> Vec<demarche_table::Table> {
        vec![
            tables::signposts(&self.case, &self.standings),
            tables::quarters(&self.case, &self.standings),
            tables::triggers(&self.case, &self.pulls),
        ]
    }

    fn print(&self, out: &mut Output) -> Result<(), Failure> {
        let steering = &self.case.settings.plan.steering;
        let quarters = self.standings.first().map_or(&[][..], |s| &s.quarters);
        let span = match quarters {
            [first, .., last] => format!("{} to {}", first.quarter, last.quarter),
            _ => "last quarter".to_owned(),
        };
        let mut table = Listing::new(&[
            ("signpost", Side::Left),
            ("passed", Side::Left),
            ("value", Side::Right),
            ("line", Side::Left),
            ("room", Side::Right),
            ("running", Side::Right),
            (&span, Side::Left),
            ("four quarters against four", Side::Left),
        ]);
        for standing in &self.standings {
            let signpost = &steering.signposts[standing.signpost];
            let each: Vec<String> = (standing.quarters.iter())
                .map(|q| {
                    let running = if q.is_whole { "" } else { "+" };
                    format!("{}{running}", figure(q.value))
                })
                .collect();
            table.row(vec![
                signpost.id.clone(),
                if standing.passed { "PASSED" } else { "no" }.to_owned(),
                figure(standing.value),
                words::line(signpost),
                figure(standing.room),
                standing.run.to_string(),
                each.join(" "),
                standing.trend.map(trend).unwrap_or_default(),
            ]);
        }
        table.aligned(out)?;
        if !self.pulls.is_empty() {
            writeln!(out, "\nTriggers:")?;
            let mut table = Listing::new(&[
                ("trigger", Side::Left),
                ("pulled", Side::Left),
                ("passed", Side::Left),
                ("not passed", Side::Left),
                ("what is done", Side::Left),
            ]);
            for pull in &self.pulls {
                let trigger = &steering.triggers[pull.trigger];
                table.row(vec![
                    trigger.id.clone(),
                    if pull.pulled { "PULLED" } else { "no" }.to_owned(),
                    self.ids(&pull.by),
                    self.ids(&pull.not_yet),
                    words::steps(&self.case, &trigger.actions),
                ]);
            }
            table.aligned(out)?;
        }
        // What several signposts have in common is said once.
        let mut said: Vec<(String, Vec<&str>)> = Vec::new();
        for standing in &self.standings {
            let id = steering.signposts[standing.signpost].id.as_str();
            let usual = standing.chance.map(|chance| {
                format!(
                    "a quarter of as many or more comes in {} of 100 quarters at the level of those before",
                    percent(chance)
                )
            });
            for note in usual.iter().chain(&standing.notes) {
                match said.iter_mut().find(|(known, _)| known == note) {
                    Some((_, ids)) => ids.push(id),
                    None => said.push((note.clone(), vec![id])),
                }
            }
        }
        if !said.is_empty() {
            writeln!(out)?;
        }
        for (note, ids) in said {
            writeln!(out, "{}: {note}", ids.join(", "))?;
        }
        Ok(())
    }

    fn ids(&self, list: &[usize]) -> String {
        let signposts = &self.case.settings.plan.steering.signposts;
        let ids: Vec<&str> = list.iter().map(|&at| signposts[at].id.as_str()).collect();
        ids.join(", ")
    }

    fn json(&self) -> Value {
        let steering = &self.case.settings.plan.steering;
        let signposts: Vec<Value> = (self.standings.iter())
            .map(|standing| {
                let signpost = &steering.signposts[standing.signpost];
                json!({
                    "id": signpost.id,
                    "name": signpost.name,
                    "measures": signpost.measure.word(),
                    "measured": words::measured(&self.case, signpost),
                    "unit": signpost.measure.unit(),
                    "side": signpost.side.word(),
                    "line": signpost.line,
                    "quarters": signpost.quarters,
                    "basis": tables::basis(signpost.basis),
                    "of": standing.of.map(|q| q.to_string()),
                    "value": standing.value,
                    "room": standing.room,
                    "run": standing.run,
                    "passed": standing.passed,
                    "last": standing.quarters.iter().map(|q| json!({
                        "quarter": q.quarter.to_string(),
                        "value": q.value,
                        "whole": q.is_whole,
                    })).collect::<Vec<_>>(),
                    "trend": standing.trend.map(|found| match found {
                        Trend::TooFew { n, needed } => json!({
                            "word": found.word(), "n": n, "needed": needed,
                        }),
                        // An endless ratio is null: JSON has no number for it.
                        Trend::Ratio { ratio, low, high } => json!({
                            "word": found.word(), "ratio": ratio, "low": low, "high": high,
                        }),
                    }),
                    "chance": standing.chance,
                    "events": tables::event_ids(&self.case, standing),
                    "initiatives": tables::initiative_ids(&self.case, standing),
                    "notes": standing.notes,
                })
            })
            .collect();
        let triggers: Vec<Value> = (self.pulls.iter())
            .map(|pull| {
                let trigger = &steering.triggers[pull.trigger];
                let ids = |list: &[usize]| -> Vec<&str> {
                    let of = |&at: &usize| steering.signposts[at].id.as_str();
                    list.iter().map(of).collect()
                };
                json!({
                    "id": trigger.id,
                    "name": trigger.name,
                    "pulled": pull.pulled,
                    "passed": ids(&pull.by),
                    "not_passed": ids(&pull.not_yet),
                    "steps": trigger.actions.iter()
                        .map(|action| words::step(&self.case, action)).collect::<Vec<_>>(),
                    "averts": trigger.averts,
                    "basis": tables::basis(trigger.basis),
                })
            })
            .collect();
        json!({
            "format": "demarche-plan-status/1",
            "fingerprint": self.case.fingerprint,
            "as_of": self.case.settings.as_of.to_string(),
            "signposts": signposts,
            "triggers": triggers,
        })
    }

    /// What is behind the value of a signpost.
    fn why(&self, id: &str, as_json: bool, out: &mut Output) -> Result<(), Failure> {
        let signposts = &self.case.settings.plan.steering.signposts;
        let Some(at) = signposts.iter().position(|s| s.id == id) else {
            let ids: Vec<&str> = signposts.iter().map(|s| s.id.as_str()).collect();
            return Err(Failure::new(
                USAGE,
                format!("{id:?} is no signpost of this case"),
                format!("there are {}", ids.join(", ")),
            ));
        };
        if as_json {
            let mut value = self.json()["signposts"][at].take();
            let events: Vec<Value> = (self.standings[at].events.iter())
                .map(|&ix| {
                    let e = &self.case.chronicle[ix as usize];
                    json!({
                        "id": e.id, "date": e.shown_date(), "source": e.source,
                        "target": e.target, "mutual": e.mutual, "cameo": e.cameo.as_str(),
                        "area": e.area, "title": e.title, "url": e.url,
                    })
                })
                .collect();
            value["events"] = json!(events);
            writeln!(out, "{value:#}")?;
            return Ok(());
        }
        let (signpost, standing) = (&signposts[at], &self.standings[at]);
        let (bold, dim) = (Style::new().bold(), Style::new().dimmed());
        writeln!(out, "{bold}{}{bold:#}", harmless(&signpost.name))?;
        let mut value = figure(standing.value);
        if let Some(quarter) = standing.of {
            let _ = write!(value, " in {quarter}");
        }
        writeln!(out, "{value}; line: {}", words::line(signpost))?;
        writeln!(
            out,
            "{dim}measured{dim:#}  {}",
            words::measured(&self.case, signpost)
        )?;
        if let Some(found @ Trend::Ratio { low, high, .. }) = standing.trend {
            writeln!(
                out,
                "{dim}trend{dim:#}     {}: four quarters against the four before, {} to {} times (95 %)",
                found.word(),
                figure(Some(low)),
                figure(Some(high)),
            )?;
        }
        for note in &standing.notes {
            writeln!(out, "{dim}note{dim:#}      {note}")?;
        }
        if !signpost.note.is_empty() {
            writeln!(out, "{dim}note{dim:#}      {}", harmless(&signpost.note))?;
        }
        if !standing.initiatives.is_empty() {
            writeln!(
                out,
                "\n{bold}{}{bold:#}",
                count(standing.initiatives.len(), "initiative")
            )?;
            for &i in &standing.initiatives {
                let initiative = &self.case.initiatives[i];
                writeln!(out, "{}  {}", initiative.id, harmless(&initiative.title))?;
            }
        }
        if !standing.events.is_empty() || standing.initiatives.is_empty() {
            writeln!(
                out,
                "\n{bold}{}{bold:#}",
                count(standing.events.len(), "event")
            )?;
        }
        for &ix in &standing.events {
            let e = &self.case.chronicle[ix as usize];
            let arrow = if e.mutual { "↔" } else { "→" };
            writeln!(
                out,
                "{:10}  {} {arrow} {}  {} {}  {}",
                e.shown_date(),
                e.source,
                e.target,
                e.cameo,
                e.cameo.label(),
                harmless(&e.title)
            )?;
            writeln!(
                out,
                "    {dim}{}  {}{dim:#}",
                harmless(&e.id),
                harmless(&e.url)
            )?;
        }
        Ok(())
    }
}

/// A value with a decimal where it has one.
fn figure(value: Option<f64>) -> String {
    match value {
        None => "–".to_owned(),
        Some(value) if value.is_infinite() => "∞".to_owned(),
        Some(value) if value.fract() == 0.0 => format!("{value:.0}"),
        Some(value) => format!("{value:.1}"),
    }
}

fn percent(share: f64) -> String {
    match 100.0 * share {
        share if share < 1.0 => "less than 1".to_owned(),
        share => format!("{share:.0}"),
    }
}

fn trend(trend: Trend) -> String {
    match trend {
        Trend::TooFew { n, needed } => format!("too few events ({n}, at least {needed} needed)"),
        Trend::Ratio { ratio, low, high } => format!(
            "{} (×{}, {} to {})",
            trend.word(),
            figure(Some((10.0 * ratio).round() / 10.0)),
            figure(Some((10.0 * low).round() / 10.0)),
            figure(Some((10.0 * high).round() / 10.0)),
        ),
    }
}
