//! `demarche watch`.

use std::io::Write;

use anstyle::Style;
use demarche_case::Case;
use demarche_forecast::watch::{CALIBRATED, Item, Reason, Scored, Settings, Watch, tables};
use serde_json::{Value, json};

use super::brief::report;
use super::forecast::{
    calibration, calibration_json, event, matters, not_after, nothing_known, one_source, shown,
};
use super::{count, read_case};
use crate::args::Choices;
use crate::args_forecast::Watch as Args;
use crate::event_source;
use crate::failure::Failure;
use crate::folder::{self, NewFile};
use crate::listing::{Listing, Side, harmless};
use crate::output::Output;
use crate::progress::Progress;

/// Lists what to watch for, and scores the last list.
pub fn run(args: &Args, quiet: bool, out: &mut Output) -> Result<(), Failure> {
    let progress = Progress::new(2, quiet || args.json);
    progress.step("reading the case");
    let mut case = read_case(&args.case, &Choices::default())?;
    one_source(&args.events)?;
    event_source::take(&args.events, &mut case)?;
    let as_of = match args.as_of {
        Some(day) => not_after(&case, day)?,
        None => case.settings.as_of,
    };
    progress.step("forecasting");
    let settings = Settings {
        as_of,
        horizon: i32::try_from(args.horizon).unwrap_or(i32::MAX),
        top: args.top as usize,
        level: args.level.into(),
        back: args.back as usize,
    };
    let watch = Watch::of(&case, &settings).map_err(|error| nothing_known(&case, as_of, &error))?;
    drop(progress);
    if let Some(dir) = &args.out {
        let files: Vec<NewFile> = demarche_brief::flat_table_files(&tables(&case, &watch))
            .into_iter()
            .map(|(path, bytes)| NewFile { path, bytes })
            .collect();
        folder::replace(dir, &files)?;
        if !args.json {
            report(out, dir, &files, false, quiet, "watch.csv")?;
        }
    }
    let told = Told {
        case: &case,
        watch: &watch,
        why: args.why,
    };
    if args.json {
        writeln!(out, "{:#}", told.json())?;
    } else if !(quiet && args.out.is_some()) {
        told.print(out)?;
    }
    Ok(())
}

/// A list and the case that it is of.
struct Told<'a> {
    case: &'a Case,
    watch: &'a Watch,
    why: bool,
}

impl Told<'_> {
    fn print(&self, out: &mut Output) -> Result<(), Failure> {
        let watch = self.watch;
        let settings = &watch.settings;
        writeln!(
            out,
            "To watch for until {}, as of {}: the likeliest of {} between a partner and another actor.",
            watch.until(),
            settings.as_of,
            count(watch.asked, "act")
        )?;
        for (title, items) in [
            ("Conflict", &watch.hostile),
            ("Cooperation", &watch.cooperative),
        ] {
            self.list(title, items, out)?;
        }
        writeln!(out, "\n{}", watch.said_by)?;
        for note in self.notes() {
            writeln!(out, "{note}")?;
        }
        match &watch.earlier {
            Ok(earlier) if earlier.is_empty() => {}
            Ok(earlier) => self.earlier(earlier, out)?,
            Err(error) => writeln!(out, "\nNo earlier list can be made: {error}.")?,
        }
        calibration(CALIBRATED, "days", &watch.calibration, out)
    }

    /// What must be known of the record before the list is believed.
    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let Watch {
            coverage, vague, ..
        } = self.watch;
        if *vague > 0 {
            notes.push(format!(
                "{} left out: only the month or the year is known.",
                match vague {
                    1 => "1 event is".to_owned(),
                    n => format!("{n} events are"),
                }
            ));
        }
        if coverage.is_thin() {
            notes.push(format!(
                "The record is thin at its end: {} in the last {} days, where {:.0} were usual in the year before.\nIf it ends too early, the chances are too low and the last list looks worse than it was.",
                count(coverage.last, "act"),
                self.watch.settings.horizon,
                coverage.usual
            ));
        }
        notes
    }

    fn list(&self, title: &str, items: &[Item], out: &mut Output) -> Result<(), Failure> {
        let bold = Style::new().bold();
        if items.is_empty() {
            writeln!(
                out,
                "\n{title}: none; nobody here has done such a thing before."
            )?;
            return Ok(());
        }
        if self.why {
            writeln!(out, "\n{bold}{title}{bold:#}")?;
            for item in items {
                writeln!(
                    out,
                    "{bold}{}, {}{bold:#} (last year’s rate {})",
                    self.name(item),
                    shown(item.chance),
                    shown(item.last_year)
                )?;
                for reason in &item.reasons {
                    self.reason(reason, out)?;
                }
            }
            return Ok(());
        }
        writeln!(out)?;
        let mut table = Listing::new(&[
            (title, Side::Left),
            ("chance", Side::Right),
            ("last year's rate", Side::Right),
            ("because", Side::Left),
        ]);
        for item in items {
            let because = item.reasons.first();
            table.row(vec![
                self.name(item),
                shown(item.chance),
                shown(item.last_year),
                because.map_or(String::new(), |r| harmless(&r.words).into_owned()),
            ]);
        }
        table.aligned(out)?;
        Ok(())
    }

    fn reason(&self, reason: &Reason, out: &mut Output) -> Result<(), Failure> {
        let weight = reason
            .weight
            .map_or(String::new(), |w| format!("{w:+.2}  "));
        let strength = match reason.strength {
            "" => String::new(),
            strength => format!(" ({strength})"),
        };
        writeln!(out, "  {weight}{}{strength}", harmless(&reason.words))?;
        for &at in reason.events.iter().filter(|_| matters(reason.weight)) {
            event(self.case, at, out)?;
        }
        Ok(())
    }

    fn name(&self, item: &Item) -> String {
        let text = format!(
            "{} → {}: {}",
            self.case.short(&item.source),
            self.case.short(&item.target),
            self.watch.settings.level.words(&item.act)
        );
        harmless(&text).into_owned()
    }

    fn earlier(&self, earlier: &[Scored], out: &mut Output) -> Result<(), Failure> {
        let last = &earlier[0];
        writeln!(
            out,
            "\nThe list as it would have been made on {}, nothing later seen, held against what came to {}:\n",
            last.as_of, last.until
        )?;
        let mut table = Listing::new(&[
            ("", Side::Left),
            ("chance", Side::Right),
            ("last year's rate", Side::Right),
            ("came", Side::Left),
        ]);
        for scored in &last.items {
            let came: Vec<&str> = (scored.came.iter())
                .map(|&at| self.case.chronicle[at as usize].id.as_str())
                .collect();
            let first = came.first().map_or(String::new(), |id| match came.len() {
                1 => format!("yes: {}", harmless(id)),
                n => format!("yes, {n} times: {} …", harmless(id)),
            });
            table.row(vec![
                self.name(&scored.item),
                shown(scored.item.chance),
                shown(scored.item.last_year),
                if came.is_empty() {
                    "no".to_owned()
                } else {
                    first
                },
            ]);
        }
        table.aligned(out)?;
        writeln!(out)?;
        let mut table = Listing::new(&[
            ("list of", Side::Left),
            ("came", Side::Right),
            ("expected", Side::Right),
            ("by last year's rate", Side::Right),
            ("Brier", Side::Right),
            ("by last year's rate", Side::Right),
            ("all acts: came", Side::Right),
            ("Brier", Side::Right),
            ("by last year's rate", Side::Right),
        ]);
        for s in earlier {
            table.row(vec![
                s.as_of.to_string(),
                format!("{} of {}", s.hits, s.items.len()),
                format!("{:.1}", s.expected),
                format!("{} of {}", s.hits_last_year, s.items.len()),
                format!("{:.3}", s.brier),
                format!("{:.3}", s.brier_last_year),
                format!("{} of {}", s.came, s.asked),
                format!("{:.4}", s.brier_all),
                format!("{:.4}", s.brier_all_last_year),
            ]);
        }
        table.aligned(out)?;
        writeln!(
            out,
            "\nBrier score: the mean squared error of the chances, 0 to 1, smaller is better."
        )?;
        Ok(())
    }

    fn json(&self) -> Value {
        let ids = |events: &[u32]| -> Vec<&str> {
            let of = |&at: &u32| self.case.chronicle[at as usize].id.as_str();
            events.iter().map(of).collect()
        };
        let item = |item: &Item| {
            let mut value = json!(item);
            value["act_name"] = json!(self.watch.settings.level.words(&item.act));
            value["in_last_year"] = json!(ids(&item.in_last_year));
            for (at, reason) in item.reasons.iter().enumerate() {
                value["reasons"][at]["events"] = json!(ids(&reason.events));
            }
            value
        };
        let watch = self.watch;
        let settings = &watch.settings;
        let next = watch.hostile.iter().chain(&watch.cooperative);
        let earlier: Vec<Value> = (watch.earlier.iter().flatten())
            .map(|scored| {
                let mut value = json!(scored);
                for (at, one) in scored.items.iter().enumerate() {
                    value["items"][at] = json!({
                        "item": item(&one.item), "came": ids(&one.came),
                    });
                }
                value
            })
            .collect();
        let mut value = json!({
            "format": "demarche-watch/1",
            "fingerprint": self.case.fingerprint,
            "as_of": settings.as_of.to_string(),
            "until": watch.until().to_string(),
            "horizon": settings.horizon,
            "level": settings.level.name(),
            "asked": watch.asked,
            "learned": watch.learned,
            "said_by": watch.said_by,
            "notes": self.notes(),
            "coverage": watch.coverage,
            "next": next.map(item).collect::<Vec<_>>(),
            "earlier": earlier,
            "calibration": calibration_json(CALIBRATED, &watch.calibration),
        });
        if let Err(error) = &watch.earlier {
            value["earlier_missing"] = json!(error.to_string());
        }
        value
    }
}
