//! `demarche forecast CASE`.

use std::io::Write;

use anstyle::Style;
use demarche_case::Case;
use demarche_events::Date;
use demarche_forecast::chance::Assessment;
use demarche_forecast::outlook::{Because, Forecast, Level, Odds, Outlook, Wanted, Who};
use demarche_forecast::{Explanation, ForecastError, Question, watch};
use serde_json::{Value, json};

use super::graph::{is_graph, not_of_graphs, number};
use super::{calibration, calibration_json, event, graph, matters, nothing_known, shown};
use crate::args::Choices;
use crate::args_data::day;
use crate::args_events::{Events, EventsFrom};
use crate::args_forecast::{ActLevel, Ask};
use crate::commands::measure::known_actor;
use crate::commands::{count, read_case};
use crate::event_source;
use crate::failure::{Failure, USAGE};
use crate::listing::{Listing, Side, harmless};
use crate::output::Output;
use crate::progress::Progress;

/// How far a bar of progress goes.
const STEPS: u64 = 1000;

/// Says what comes next.
pub(super) fn run(
    args: &Ask,
    events: &Events,
    quiet: bool,
    out: &mut Output,
) -> Result<(), Failure> {
    let progress = Progress::with_share(STEPS, quiet || args.json);
    let asked = match is_graph(&args.case) {
        true => of_graph(args, events)?,
        false => of_case(args, events)?,
    };
    let horizon = i32::try_from(args.horizon).unwrap_or(i32::MAX);
    progress.at(0, "learning chances".to_owned());
    let odds = asked.outlook.odds(horizon);
    let who = (asked.one_is_open() || args.why)
        .then(|| {
            asked.outlook.who(1, |share| {
                progress.at(
                    (share * STEPS as f64) as u64,
                    "learning who it will be".to_owned(),
                );
            })
        })
        .transpose()
        .map_err(|error| Failure::new(USAGE, error, ""))?;
    let answers = answers(args, &asked, &odds, who.as_ref());
    let calibrated = args.calibration.then(|| {
        progress.at(0, "holding chances against what came".to_owned());
        watch::calibration(&asked.outlook, horizon)
    });
    drop(progress);
    let told = Told {
        args,
        asked: &asked,
        odds: &odds,
        who: who.as_ref(),
        answers: &answers,
        calibrated: calibrated.as_ref(),
    };
    if args.json {
        writeln!(out, "{:#}", told.json())?;
        return Ok(());
    }
    told.print(out)
}

/// What is asked, and of what.
struct Asked {
    outlook: Outlook,
    /// The case, if it is asked of one.
    case: Option<Case>,
    level: Option<Level>,
    wanted: Wanted,
    /// The last day or time that is known.
    as_of: String,
    /// The last day of the time that is asked for.
    until: Option<Date>,
}

impl Asked {
    /// The question of who does it, or to whom, if exactly that is open.
    fn one_is_open(&self) -> bool {
        let w = self.wanted;
        w.act.is_some() && (w.source.is_some() != w.target.is_some())
    }

    fn question(&self, source: u32, act: u32, target: u32) -> (Question, u32) {
        let now = self.outlook.now();
        match self.wanted.source.is_none() && self.wanted.target.is_some() {
            true => (Question::source(act, target, now), source),
            false => (Question::target(source, act, now), target),
        }
    }
}

fn of_case(args: &Ask, events: &Events) -> Result<Asked, Failure> {
    let mut case = read_case(&args.case, &Choices::default())?;
    for code in [&args.from, &args.to].into_iter().flatten() {
        known_actor(&case, code)?;
    }
    apart(args)?;
    one_source(events)?;
    let (level, act) = level_and_act(args.level, args.act.as_deref())?;
    event_source::take(events, &mut case)?;
    let as_of = last_day(&case, args.as_of.as_deref())?;
    let outlook =
        watch::outlook(&case, level, as_of).map_err(|error| nothing_known(&case, as_of, &error))?;
    let known = |code: &Option<String>| {
        let number = |code: &String| known_entity(&outlook, code, as_of);
        code.as_ref().map(number).transpose()
    };
    let (source, target) = (known(&args.from)?, known(&args.to)?);
    let act = act.map(|act| known_act(&outlook, level, &act, as_of));
    let act = act.transpose()?;
    Ok(Asked {
        wanted: Wanted {
            source,
            act,
            target,
        },
        outlook,
        level: Some(level),
        until: Some(watch::after(
            as_of,
            i32::try_from(args.horizon).unwrap_or(i32::MAX),
        )),
        as_of: as_of.to_string(),
        case: Some(case),
    })
}

fn of_graph(args: &Ask, events: &Events) -> Result<Asked, Failure> {
    not_of_graphs(args.level, events)?;
    apart(args)?;
    let outlook = graph::outlook(&args.case, args.as_of.as_deref())?;
    let names = &outlook.graph;
    let entity = |name: &Option<String>| {
        let number = |name: &String| number(&names.entities, name, "source or target");
        name.as_ref().map(number).transpose()
    };
    let wanted = Wanted {
        source: entity(&args.from)?,
        act: (args.act.as_ref())
            .map(|name| number(&names.acts, name, "act"))
            .transpose()?,
        target: entity(&args.to)?,
    };
    Ok(Asked {
        as_of: outlook.when(outlook.now() - 1),
        wanted,
        outlook,
        case: None,
        level: None,
        until: None,
    })
}

/// At which level acts of a case are told apart, and the act that is asked for.
pub(super) fn level_and_act(
    level: Option<ActLevel>,
    act: Option<&str>,
) -> Result<(Level, Option<String>), Failure> {
    let act = act.map(act_of_case).transpose()?;
    match (act, level.map(Level::from)) {
        (Some((level, act)), Some(other)) if level != other => Err(Failure::new(
            USAGE,
            format!("{act} is no act at the level {}", other.name()),
            format!(
                "leave --level out: it follows from --act, here {}",
                level.name()
            ),
        )),
        (Some((level, act)), _) => Ok((level, Some(act))),
        (None, level) => Ok((level.unwrap_or_default(), None)),
    }
}

/// The last day of a case that is known.
pub(super) fn last_day(case: &Case, as_of: Option<&str>) -> Result<Date, Failure> {
    let Some(text) = as_of else {
        return Ok(case.settings.as_of);
    };
    let day = day(text)
        .map_err(|why| Failure::new(USAGE, format!("{text:?} is no day: --as-of"), why))?;
    not_after(case, day)
}

/// The number of an act of a case.
pub(super) fn known_act(
    outlook: &Outlook,
    level: Level,
    act: &str,
    as_of: Date,
) -> Result<u32, Failure> {
    outlook.graph.acts.number(act).ok_or_else(|| {
        Failure::new(
            USAGE,
            format!(
                "up to {as_of} nobody did {} on a day that is known",
                level.words(act)
            ),
            "name another act: a root is coarser than a code, and a quad class than a root",
        )
    })
}

/// The number of an actor of a case.
pub(super) fn known_entity(outlook: &Outlook, code: &str, as_of: Date) -> Result<u32, Failure> {
    outlook.graph.entities.number(code).ok_or_else(|| {
        Failure::new(
            USAGE,
            format!("up to {as_of} there is no event of {code} whose day is known"),
            "name another actor or a later day",
        )
    })
}

/// A code, a root or a class; the act as it is called, and its level.
fn act_of_case(text: &str) -> Result<(Level, String), Failure> {
    Level::of(text).ok_or_else(|| {
        let why = match text.parse::<demarche_events::CameoCode>() {
            Err(error) if text.bytes().all(|b| b.is_ascii_digit()) => format!(": {error}"),
            _ => String::new(),
        };
        Failure::new(
            USAGE,
            format!("{text:?} is no act{why}"),
            "name a CAMEO root (11) or code (111), or a quad class: verbal-cooperation, material-cooperation, verbal-conflict, material-conflict",
        )
    })
}

fn apart(args: &Ask) -> Result<(), Failure> {
    match (&args.from, &args.to) {
        (Some(from), Some(to)) if from == to => Err(Failure::new(
            USAGE,
            format!("an act has two actors, not {from} twice"),
            "name two different actors",
        )),
        _ => Ok(()),
    }
}

/// Forecasts are made from one record.
pub fn one_source(events: &Events) -> Result<(), Failure> {
    if events.events == EventsFrom::Both {
        return Err(Failure::new(
            USAGE,
            "forecasts are made from one record, not from both",
            "name one: --events chronicle, or --events store",
        ));
    }
    Ok(())
}

/// Refuses a day after the one that the case, or what the store covers, is written as of.
pub fn not_after(case: &Case, day: Date) -> Result<Date, Failure> {
    let last = case.settings.as_of;
    if day > last {
        return Err(Failure::new(
            USAGE,
            format!("the record ends on {last}; what came up to {day} is not known"),
            format!("name {last} or an earlier day"),
        ));
    }
    Ok(day)
}

/// One forecast with what is behind it.
struct Answer {
    forecast: Forecast,
    because: Vec<Because>,
    /// Where it stands among those who may be the other one.
    who: Option<Explanation>,
}

fn answers(args: &Ask, asked: &Asked, odds: &Odds, who: Option<&Who>) -> Vec<Answer> {
    let outlook = &asked.outlook;
    let mut triples = outlook.candidates(asked.wanted);
    let top = args.top as usize;
    let mut forecasts = Vec::new();
    if let (true, Some(who), Some(act)) = (asked.one_is_open(), who, asked.wanted.act) {
        let w = asked.wanted;
        let fixed = w.source.or(w.target).unwrap_or(0);
        let (question, _) = asked.question(fixed, act, fixed);
        triples = (who.rank(question).iter().take(top))
            .map(|c| match w.source {
                Some(source) => (source, act, c.entity),
                None => (c.entity, act, fixed),
            })
            .collect();
        // In the order of the ranker, which is not that of the chances.
        for triple in &triples {
            forecasts.extend(outlook.forecasts(odds, std::slice::from_ref(triple)));
        }
    } else {
        forecasts = outlook.forecasts(odds, &triples);
        forecasts.truncate(top);
    }
    forecasts
        .into_iter()
        .map(|forecast| Answer {
            because: outlook.because(odds, &forecast),
            who: who.and_then(|who| {
                let (question, other) =
                    asked.question(forecast.source, forecast.act, forecast.target);
                who.explain(question, other)
            }),
            forecast,
        })
        .collect()
}

/// All that is to be said.
struct Told<'a> {
    args: &'a Ask,
    asked: &'a Asked,
    odds: &'a Odds,
    who: Option<&'a Who>,
    answers: &'a [Answer],
    calibrated: Option<&'a Result<Assessment, ForecastError>>,
}

impl Told<'_> {
    fn unit(&self) -> &'static str {
        match self.asked.case {
            Some(_) => "days",
            None => "steps",
        }
    }

    /// What must be known to read the forecasts.
    fn notes(&self) -> Vec<String> {
        let mut notes = vec![self.odds.said_by()];
        if self.asked.outlook.vague > 0 {
            notes.push(format!(
                "{} left out: only the month or the year is known.",
                match self.asked.outlook.vague {
                    1 => "1 event is".to_owned(),
                    n => format!("{n} events are"),
                }
            ));
        }
        if self.asked.one_is_open() {
            notes.push(match self.who.and_then(Who::missing) {
                None if self.who.is_some() => "The order is that of the ranker; the chances beside it are learned apart and may order otherwise.".to_owned(),
                Some(error) => format!("No ranker can be learned ({error}): the order is that of recurrency, what was comes again."),
                None => String::new(),
            });
        } else if let Some(error) = self.who.and_then(Who::missing) {
            notes.push(format!(
                "No ranker can be learned ({error}): the reasons are those of the chances alone."
            ));
        }
        notes.retain(|note| !note.is_empty());
        notes
    }

    fn print(&self, out: &mut Output) -> Result<(), Failure> {
        let outlook = &self.asked.outlook;
        let (horizon, unit) = (self.args.horizon, self.unit());
        let until = self
            .asked
            .until
            .map_or(String::new(), |day| format!(", to {day}"));
        writeln!(
            out,
            "As of {}, within {horizon} {unit}{until}; from {} before.\n",
            self.asked.as_of,
            count(outlook.graph.facts.len(), "act")
        )?;
        if self.answers.is_empty() {
            writeln!(
                out,
                "Nothing to say: nobody who is asked for has done anything to another one before."
            )?;
        } else {
            self.table(out)?;
        }
        writeln!(out)?;
        for note in self.notes() {
            writeln!(out, "{note}")?;
        }
        if self.args.why {
            for (place, answer) in (1..).zip(self.answers) {
                writeln!(out)?;
                self.why(place, answer, out)?;
            }
        } else if !self.answers.is_empty() {
            writeln!(out, "--why shows all reasons and the events behind them.")?;
        }
        if let Some(found) = self.calibrated {
            calibration(self.odds.horizon, unit, found, out)?;
        }
        Ok(())
    }

    fn table(&self, out: &mut Output) -> Result<(), Failure> {
        let outlook = &self.asked.outlook;
        let mut table = Listing::new(&[
            ("", Side::Right),
            ("who", Side::Left),
            ("to whom", Side::Left),
            ("what", Side::Left),
            ("chance", Side::Right),
            ("last year's rate", Side::Right),
            ("before", Side::Right),
            ("because", Side::Left),
        ]);
        for (place, answer) in (1..).zip(self.answers) {
            let f = &answer.forecast;
            let first = answer.because.first();
            table.row(vec![
                place.to_string(),
                harmless(outlook.entity(f.source)).into_owned(),
                harmless(outlook.entity(f.target)).into_owned(),
                harmless(outlook.act(f.act)).into_owned(),
                shown(f.chance),
                shown(f.last_year),
                f.before.to_string(),
                first.map_or(String::new(), |b| harmless(&b.words).into_owned()),
            ]);
        }
        table.aligned(out)?;
        Ok(())
    }

    fn why(&self, place: usize, answer: &Answer, out: &mut Output) -> Result<(), Failure> {
        let outlook = &self.asked.outlook;
        let bold = Style::new().bold();
        let f = &answer.forecast;
        writeln!(
            out,
            "{bold}{place}. {} → {}: {}, {}{bold:#} (last year’s rate {})",
            harmless(outlook.entity(f.source)),
            harmless(outlook.entity(f.target)),
            harmless(outlook.act(f.act)),
            shown(f.chance),
            shown(f.last_year)
        )?;
        for b in &answer.because {
            let weight = b.weight.map_or(String::new(), |w| format!("{w:+.2}  "));
            writeln!(out, "  {weight}{}", said(&b.words, b.strength))?;
            if matters(b.weight) {
                self.events(&b.events, out)?;
            }
        }
        if let Some(found) = &answer.who {
            let other = match self.asked.question(f.source, f.act, f.target) {
                (_, other) if other == f.source => "who may do it",
                _ => "to whom it may be done",
            };
            writeln!(
                out,
                "  Among those {other}, {} stands at place {}:",
                harmless(outlook.entity(found.entity)),
                found.place
            )?;
            for reason in found.reasons.iter().filter(|r| matters(Some(r.weight))) {
                writeln!(
                    out,
                    "  {:+.2}  {}",
                    reason.weight,
                    said(&reason.words, reason.strength)
                )?;
                self.events(&reason.events, out)?;
            }
        }
        Ok(())
    }

    fn events(&self, facts: &[u32], out: &mut Output) -> Result<(), Failure> {
        let outlook = &self.asked.outlook;
        for at in outlook.distinct(facts) {
            match (&self.asked.case, outlook.event(at)) {
                (Some(case), Some(place)) => event(case, place, out)?,
                _ => {
                    let fact = outlook.fact(at);
                    writeln!(
                        out,
                        "        {}  {} → {}  {}",
                        outlook.when(fact.step),
                        harmless(outlook.entity(fact.source)),
                        harmless(outlook.entity(fact.target)),
                        harmless(outlook.act(fact.act))
                    )?;
                }
            }
        }
        Ok(())
    }

    fn json(&self) -> Value {
        let outlook = &self.asked.outlook;
        let name = |number: Option<u32>| number.map(|n| outlook.graph.entities.name(n));
        let events = |facts: &[u32]| -> Vec<Value> {
            let one = |&at: &u32| match (&self.asked.case, outlook.event(at)) {
                (Some(case), Some(place)) => json!(case.chronicle[place as usize].id),
                _ => {
                    let fact = outlook.fact(at);
                    json!({
                        "time": outlook.graph.time(fact.step),
                        "source": outlook.graph.entities.name(fact.source),
                        "act": outlook.graph.acts.name(fact.act),
                        "target": outlook.graph.entities.name(fact.target),
                    })
                }
            };
            outlook.distinct(facts).iter().map(one).collect()
        };
        let forecasts: Vec<Value> = (self.answers.iter())
            .map(|answer| {
                let f = &answer.forecast;
                let reasons: Vec<Value> = (answer.because.iter())
                    .map(|b| {
                        json!({
                            "about": b.ground, "weight": b.weight, "strength": b.strength,
                            "words": b.words, "events": events(&b.events),
                        })
                    })
                    .collect();
                let mut value = json!({
                    "source": outlook.graph.entities.name(f.source),
                    "act": outlook.graph.acts.name(f.act),
                    "act_name": outlook.act(f.act),
                    "target": outlook.graph.entities.name(f.target),
                    "chance": f.chance,
                    "last_year_rate": f.last_year,
                    "days_in_last_year": f.in_last_year,
                    "days_before": f.before,
                    "reasons": reasons,
                });
                if let Some(found) = &answer.who {
                    let reasons: Vec<Value> = (found.reasons.iter())
                        .map(|r| {
                            json!({
                                "about": r.kind, "weight": r.weight, "strength": r.strength,
                                "words": r.words, "events": events(&r.events),
                            })
                        })
                        .collect();
                    value["ranker"] = json!({
                        "entity": outlook.graph.entities.name(found.entity),
                        "place": found.place, "share": found.share, "score": found.score,
                        "reasons": reasons,
                    });
                }
                value
            })
            .collect();
        let w = self.asked.wanted;
        let mut value = json!({
            "format": "demarche-forecast/1",
            "as_of": self.asked.as_of,
            "until": self.asked.until.map(|d| d.to_string()),
            "horizon": self.args.horizon,
            "unit": self.unit(),
            "level": self.asked.level.map(Level::name),
            "source": name(w.source),
            "act": w.act.map(|n| outlook.graph.acts.name(n)),
            "target": name(w.target),
            "known_acts": outlook.graph.facts.len(),
            "learned": self.odds.is_learned(),
            "notes": self.notes(),
            "forecasts": forecasts,
        });
        if let Some(found) = self.calibrated {
            value["calibration"] = calibration_json(self.odds.horizon, found);
        }
        if let Some(case) = &self.asked.case {
            value["fingerprint"] = json!(case.fingerprint);
        }
        value
    }
}

/// A reason with its weight in words.
fn said(words: &str, strength: &str) -> String {
    match strength {
        "" => harmless(words).into_owned(),
        strength => format!("{} ({strength})", harmless(words)),
    }
}
