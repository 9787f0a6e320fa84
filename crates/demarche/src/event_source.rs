//! Taking the events of a store into a case, with all that has to be said of it.

use std::path::Path;

use demarche_brief::{Beside, Coded, Record};
use demarche_case::Case;
use demarche_events::{Date, PeriodUnit};
use demarche_store::case_events::{CaseEvents, CaseEventsError, Wanted, case_events, chosen};
use demarche_store::cube::{CubeError, Question, panel};
use demarche_store::{Store, StoreError};
use jiff::{Span, civil::date};
use sha2::{Digest, Sha256};

use crate::args_events::{Events, EventsFrom};
use crate::failure::{CASE, FILES, Failure, USAGE};

/// Milliseconds of a day.
const DAY: i64 = 86_400_000;

/// What a case is measured on besides its own files.
#[derive(Default)]
pub struct Source {
    coded: Option<Coded>,
    beside: Option<Beside>,
}

impl Source {
    /// The events set beside the chronicle.
    pub fn beside(&self) -> Option<&Beside> {
        self.beside.as_ref()
    }

    /// As the brief wants it.
    pub fn record(&self) -> Record<'_> {
        Record {
            coded: self.coded.as_ref(),
            beside: self.beside.as_ref(),
            planned: None,
        }
    }
}

/// Reads the events that are asked for. With `--events store` they take the place of the case's
/// chronicle; with `both` they are given beside it.
pub fn take(args: &Events, case: &mut Case) -> Result<Source, Failure> {
    let Some(dir) = store_of(args)? else {
        return Ok(Source::default());
    };
    let moment = args.as_known_on.map(|day| {
        let days = day
            .duration_since(date(1970, 1, 1))
            .as_hours()
            .div_euclid(24);
        (days + 1) * DAY - 1
    });
    if let Some(day) = args.as_known_on {
        if day <= case.settings.start {
            return Err(Failure::new(
                USAGE,
                format!(
                    "on {day} nothing of the case was known: it begins on {}",
                    case.settings.start
                ),
                "name a later day",
            ));
        }
        // Nothing that came after can be told, so the case is written as of that day.
        case.settings.as_of = case.settings.as_of.min(day);
    }
    let store = Store::open(dir).map_err(|e| of_store(&e))?;
    let wanted = Wanted {
        format: Some(chosen(&store, args.format.as_deref()).map_err(failure)?),
        known_on: moment,
        ..Wanted::default()
    };
    let denominators = denominators(&store, &wanted, case)?;
    if args.events == EventsFrom::Store {
        narrow(case, &denominators)?;
    }
    let found = case_events(&store, case, &wanted).map_err(failure)?;
    let said = sentences(&store, &found, args, case);
    fingerprint(case, &found, args.as_known_on);
    let mut why = format!(
        "--events {} --store DIR --format {}",
        if args.events == EventsFrom::Store {
            "store"
        } else {
            "both"
        },
        found.format
    );
    if let Some(day) = args.as_known_on {
        why.push_str(&format!(" --as-known-on {day}"));
    }
    if args.events == EventsFrom::Both {
        return Ok(Source {
            beside: Some(Beside {
                description: said.join(" "),
                why,
                denominators,
                events: found.events,
                name: found.format,
            }),
            coded: None,
        });
    }
    let coded = Coded {
        name: found.format.clone(),
        first: 0,
        why,
    };
    replace_chronicle(case, found, said);
    Ok(Source {
        coded: Some(coded),
        beside: None,
    })
}

/// The folder of the store, if one is asked for; options that do not go together are refused.
fn store_of(args: &Events) -> Result<Option<&Path>, Failure> {
    let refused = |what: &str, remedy: &str| Err(Failure::new(USAGE, what, remedy));
    if args.as_known_on.is_some() && args.events != EventsFrom::Store {
        return refused(
            "--as-known-on can't be asked of the chronicle: it does not say when a row was added",
            "use it with --events store, whose events carry the date they were recorded on",
        );
    }
    match (args.events, &args.store) {
        (EventsFrom::Chronicle, None) if args.format.is_none() => Ok(None),
        (EventsFrom::Chronicle, _) => refused(
            "--store and --format are for events of a store, and the chronicle was asked for",
            "add --events store, or --events both",
        ),
        (_, None) => refused(
            "which store? --events store and --events both need one",
            "name its folder: --store DIR",
        ),
        (_, Some(dir)) => Ok(Some(dir)),
    }
}

/// Cuts the time of the case to what the source covers: a month of which nothing was read is not
/// a month in which nothing happened.
fn narrow(case: &mut Case, denominators: &[(Date, u64)]) -> Result<(), Failure> {
    let settings = &mut case.settings;
    let apart = Failure::new(
        USAGE,
        format!(
            "the store covers no part of the time of the case, {} to {}",
            settings.start, settings.as_of
        ),
        "read files of that time into it, or change start and as_of in case.toml",
    );
    let Some((first, last)) = demarche_brief::covered(denominators) else {
        return Err(apart);
    };
    if first >= settings.as_of || last <= settings.start {
        return Err(apart);
    }
    settings.start = settings.start.max(first);
    settings.as_of = settings.as_of.min(last);
    let (start, as_of) = (settings.start, settings.as_of);
    settings
        .periods
        .retain(|p| p.from <= as_of && p.to >= start);
    Ok(())
}

/// Puts the events in the place of the chronicle. What refers to rows of the chronicle goes, for
/// they are no longer there.
fn replace_chronicle(case: &mut Case, found: CaseEvents, said: Vec<String>) {
    case.chronicle = found.events;
    case.settings.milestones.clear();
    for initiative in &mut case.initiatives {
        initiative.evidence.clear();
    }
    // The case's own limits are those of its chronicle.
    case.settings.limits = said;
    case.settings.limits.push(
        "The limits of the case’s own chronicle do not apply and are left out, as are its milestones and the events that stand behind its initiatives.".to_owned(),
    );
}

/// What the reader must know of the events, a sentence or two each.
fn sentences(store: &Store, found: &CaseEvents, args: &Events, case: &Case) -> Vec<String> {
    let (known, store_alone) = (args.as_known_on, args.events == EventsFrom::Store);
    let counts = &found.counts;
    let settings = &store.manifest().settings;
    let left: Vec<String> = counts
        .left_out
        .iter()
        .map(|(why, rows)| format!("{} {}", number(*rows), why.label()))
        .collect();
    let mut said = vec![format!(
        "The events are machine-coded, from a store of {}, and nobody has checked them one by one: codes and actors can be wrong, and one act can come back in several reports.",
        found.format
    )];
    said.push(format!(
        "Of {} rows of {} {} are acts between actors of the case from {} to {}{}. Rows count as duplicates by {}.",
        number(counts.read),
        found.format,
        number(counts.kept),
        case.settings.start,
        case.settings.as_of,
        if left.is_empty() {
            String::new()
        } else {
            format!("; left out are {}", left.join(", "))
        },
        settings.dedup.words()
    ));
    if store_alone {
        said.push(
            "The time measured is that of the case as far as the store covers it: from the first to the last month that has at least 2 % of the events of the fullest one. Earlier months hold only echoes of what was reported years later.".to_owned(),
        );
    }
    if counts.events != counts.kept {
        said.push(format!(
            "Some rows stand for several like events; together they are {}.",
            number(counts.events)
        ));
    }
    if counts.fallback > 0 {
        said.push(format!(
            "{} carry a code that the list of CAMEO codes lacks; its base or its root stands in.",
            number(counts.fallback)
        ));
    }
    if !settings.filter.is_empty() {
        said.push(format!(
            "The store was filled through a filter ({}), so shares and denominators are those of what passed it.",
            settings.filter
        ));
    }
    if let Some(day) = known {
        said.push(format!(
            "Only what had been recorded by the end of {day} (UTC) is taken, and the case is written as of that day at the latest."
        ));
    }
    said.push(format!(
        "Quad classes are computed from the codes ({}), and scale values from Goldstein’s table, not taken from the source.",
        case.settings.measure.quad
    ));
    said.push(
        "Volume follows coverage: what is written, collected and coded grows and changes, so shares say more than counts. A share is one of acts with actors of the case; acts with others are not counted.".to_owned(),
    );
    if store_alone && found.events.iter().all(|e| e.area.is_empty()) {
        said.push(
            "The source gives no areas of policy: breadth, the ledger by area and the coverage of frameworks are not computed.".to_owned(),
        );
    }
    said
}

/// A number with its digits in groups of three.
fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// The fingerprint of the case and of the events taken into it: the same events give the same one,
/// in however many steps the store was filled.
fn fingerprint(case: &mut Case, found: &CaseEvents, known: Option<Date>) {
    let mut hash = Sha256::new();
    let mut feed = |text: &str| {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text);
    };
    feed(&case.fingerprint);
    feed(&found.format);
    feed(&known.map_or_else(String::new, |d| d.to_string()));
    for e in &found.events {
        let flags = format!("{} {} {} {}", e.date, e.precision, e.mutual, e.cameo);
        for text in [
            &e.id, &flags, &e.source, &e.target, &e.area, &e.title, &e.url,
        ] {
            feed(text);
        }
    }
    case.fingerprint = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
}

/// All events of a format by month, between whomever.
fn denominators(store: &Store, wanted: &Wanted, case: &Case) -> Result<Vec<(Date, u64)>, Failure> {
    let question = Question {
        format: wanted.format.clone(),
        // The totals are those of all dyads, whichever are asked for.
        dyad: Some((
            case.settings.partners[0].clone(),
            case.settings.partners[1].clone(),
        )),
        known_on: wanted.known_on,
        ..Question::new(PeriodUnit::Month)
    };
    let panel = panel(store, &question).map_err(|error| match error {
        CubeError::Store(error) => of_store(&error),
        CubeError::Question(why) => failure(CaseEventsError::Question(why)),
        error => Failure::new(FILES, error, "demarche data doctor looks at the store"),
    })?;
    let first = |days: i32| date(1970, 1, 1).saturating_add(Span::new().days(days));
    let months = panel.totals.iter().map(|t| (first(t.period), t.total.n));
    Ok(months
        .map(|(day, n)| (day, u64::try_from(n).unwrap_or(0)))
        .collect())
}

fn failure(error: CaseEventsError) -> Failure {
    match error {
        CaseEventsError::Question(why) => match why.split_once("; ") {
            Some((what, remedy)) => Failure::new(USAGE, what, remedy),
            None => Failure::new(USAGE, why, ""),
        },
        CaseEventsError::Store(error) => of_store(&error),
        error @ CaseEventsError::File { .. } => {
            Failure::new(FILES, error, "demarche data doctor looks at the store")
        }
    }
}

fn of_store(error: &StoreError) -> Failure {
    let code = if matches!(error, StoreError::Corrupt { .. }) {
        CASE
    } else {
        FILES
    };
    Failure::new(code, error.what(), error.remedy())
}
