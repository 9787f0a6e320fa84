//! The watch list of a case: the acts that are likeliest to come in its dyads, what speaks for each, and
//! how the list that would have been made one horizon ago did.

mod score;
mod tables;

pub use score::{Scored, ScoredItem};
pub use tables::tables;

use demarche_case::Case;
use demarche_events::Date;
use serde::Serialize;

use crate::ForecastError;
use crate::chance::{Assessment, Ground, assess_between};
use crate::graph::events::{date, day};
use crate::outlook::{Forecast, Level, Odds, Outlook, Wanted};

/// Within how many days chances are held against what came.
pub const CALIBRATED: i32 = 30;
/// How far back they are, in days.
const LOOK_BACK: i32 = 730;
/// A record whose last part holds less than this share of what is usual may end too early.
const THIN: f64 = 0.5;

/// What a watch list is made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// The last day that is known.
    pub as_of: Date,
    /// Within how many days.
    pub horizon: i32,
    /// How many acts of conflict are listed, and how many of cooperation.
    pub top: usize,
    /// How finely acts are told apart.
    pub level: Level,
    /// How many earlier lists are held against what came, one horizon apart.
    pub back: usize,
}

impl Settings {
    /// The next quarter, and the last one held against what came.
    pub fn of(case: &Case) -> Self {
        Self {
            as_of: case.settings.as_of,
            horizon: 90,
            top: 6,
            level: Level::Root,
            back: 1,
        }
    }
}

/// One act to watch for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Item {
    /// Who acts: a code of the case.
    pub source: String,
    /// What is done, as its [`Level`] names it.
    pub act: String,
    /// Towards whom.
    pub target: String,
    /// Is it conflict?
    pub hostile: bool,
    /// The probability that it comes within the horizon.
    pub chance: f64,
    /// The probability if it came by chance at the rate of the last year.
    pub last_year: f64,
    /// The events of it in the last year, as places in the chronicle, latest first.
    pub in_last_year: Vec<u32>,
    /// How many days had it before.
    pub before: usize,
    /// What speaks for it and against it, the weightiest first.
    pub reasons: Vec<Reason>,
}

/// What speaks for an act, or against it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reason {
    /// What it is about.
    pub ground: Ground,
    /// How far it moves the log odds; `None` where nothing was learned.
    pub weight: Option<f64>,
    /// The weight in words.
    pub strength: &'static str,
    /// The reason in words.
    pub words: String,
    /// The latest events behind it, as places in the chronicle, latest first.
    pub events: Vec<u32>,
}

/// A watch list.
#[derive(Clone, Debug, PartialEq)]
pub struct Watch {
    /// What it was made with.
    pub settings: Settings,
    /// How many acts were there to be listed.
    pub asked: usize,
    /// By what chances are said, in a sentence.
    pub said_by: String,
    /// Could chances be learned?
    pub learned: bool,
    /// Events up to the day whose day is not known, and which are left out.
    pub vague: usize,
    /// Acts of conflict, likeliest first.
    pub hostile: Vec<Item>,
    /// Acts of cooperation, likeliest first.
    pub cooperative: Vec<Item>,
    /// Earlier lists held against what came, the latest first; or why there is none.
    pub earlier: Result<Vec<Scored>, ForecastError>,
    /// How true chances within [`CALIBRATED`] days were in the last two years.
    pub calibration: Result<Assessment, ForecastError>,
    /// What must be known of the record before it is believed.
    pub coverage: Coverage,
}

/// How full the record is at its end.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Coverage {
    /// Acts, by day, in the last horizon.
    pub last: usize,
    /// Acts in a stretch of that length in the year before it, on average.
    pub usual: f64,
}

impl Coverage {
    /// Is the record so thin at its end that it may end before the day it is said to be of?
    pub fn is_thin(&self) -> bool {
        (self.last as f64) < THIN * self.usual
    }
}

impl Watch {
    /// Makes the list of a case.
    ///
    /// # Errors
    /// If the case has no event up to the day whose day is known.
    pub fn of(case: &Case, settings: &Settings) -> Result<Self, ForecastError> {
        let (outlook, odds, all) = listed(case, settings, settings.as_of)?;
        let now = outlook.now();
        let facts = &outlook.graph.facts;
        let count = |from: i32, to: i32| {
            facts
                .iter()
                .filter(|f| (from..to).contains(&f.step))
                .count()
        };
        let horizon = settings.horizon.max(1);
        let last = now.saturating_sub(horizon);
        let [hostile, cooperative] = best(case, settings, &outlook, &odds, &all);
        Ok(Self {
            settings: *settings,
            asked: all.len(),
            said_by: odds.said_by(),
            learned: odds.is_learned(),
            vague: outlook.vague,
            hostile,
            cooperative,
            earlier: score::earlier(case, settings, &outlook),
            calibration: calibration(&outlook, CALIBRATED),
            coverage: Coverage {
                last: count(last, now),
                usual: count(last.saturating_sub(365), last) as f64 * f64::from(horizon) / 365.0,
            },
        })
    }

    /// The last day of the time that the list is about.
    pub fn until(&self) -> Date {
        after(self.settings.as_of, self.settings.horizon)
    }
}

/// How true chances of a horizon were in the last two years, or in the later half of a record that is
/// shorter than four. They are learned anew once a year, from what lay before.
///
/// # Errors
/// If there is too little to learn from, or no whole window.
pub fn calibration(outlook: &Outlook, horizon: i32) -> Result<Assessment, ForecastError> {
    let now = outlook.now();
    let first = outlook.graph.facts.first().map_or(now, |f| f.step);
    let back = LOOK_BACK.min((now - first) / 2).max(horizon);
    let anew = usize::try_from(365 / horizon.max(1)).unwrap_or(1).max(1);
    assess_between(
        &outlook.graph,
        horizon,
        now.saturating_sub(back),
        now,
        Some(anew),
    )
}

/// So many days after a day.
pub fn after(from: Date, days: i32) -> Date {
    date(day(from) + i64::from(days))
}

/// Is it a dyad of the case: two actors of it, one of them a partner?
pub fn in_case(case: &Case, source: &str, target: &str) -> bool {
    let partner = |code: &str| case.settings.partners.iter().any(|p| p == code);
    source != target
        && (partner(source) || partner(target))
        && case.actor(source).is_some()
        && case.actor(target).is_some()
}

/// What is known of a case on a day, under the names that sentences call it by.
///
/// # Errors
/// If the case has no event up to the day whose day is known.
pub fn outlook(case: &Case, level: Level, as_of: Date) -> Result<Outlook, ForecastError> {
    let quad = case.settings.measure.quad;
    let outlook = Outlook::of_events(&case.chronicle, as_of, |e| level.act(e.cameo, quad))?;
    Ok(outlook.called(|code| case.short(code).to_owned(), |act| level.words(act)))
}

/// All acts in the case's dyads, likeliest first, as seen from a day.
fn listed(
    case: &Case,
    settings: &Settings,
    as_of: Date,
) -> Result<(Outlook, Odds, Vec<Forecast>), ForecastError> {
    let outlook = outlook(case, settings.level, as_of)?;
    let odds = outlook.odds(settings.horizon);
    let name = |number: u32| outlook.graph.entities.name(number);
    let mut asked = outlook.candidates(Wanted::default());
    asked.retain(|t| in_case(case, name(t.0), name(t.2)));
    let all = outlook.forecasts(&odds, &asked);
    Ok((outlook, odds, all))
}

fn is_hostile(case: &Case, level: Level, act: &str) -> bool {
    let class = level.class(act, case.settings.measure.quad);
    class.is_some_and(|class| !class.is_cooperation())
}

/// The first acts of conflict and of cooperation of a list.
fn best(
    case: &Case,
    settings: &Settings,
    outlook: &Outlook,
    odds: &Odds,
    all: &[Forecast],
) -> [Vec<Item>; 2] {
    [true, false].map(|hostile| {
        let of_kind = all.iter().filter(|f| {
            is_hostile(case, settings.level, outlook.graph.acts.name(f.act)) == hostile
        });
        let items = of_kind.take(settings.top);
        items.map(|f| item(outlook, odds, f, hostile)).collect()
    })
}

fn item(outlook: &Outlook, odds: &Odds, f: &Forecast, hostile: bool) -> Item {
    let name = |number: u32| outlook.graph.entities.name(number).to_owned();
    let events = |facts: &[u32]| facts.iter().filter_map(|&at| outlook.event(at)).collect();
    let year = outlook.now().saturating_sub(365);
    Item {
        source: name(f.source),
        act: outlook.graph.acts.name(f.act).to_owned(),
        target: name(f.target),
        hostile,
        chance: f.chance,
        last_year: f.last_year,
        in_last_year: events(&outlook.events_of(f.source, f.act, f.target, year)),
        before: f.before,
        reasons: (outlook.because(odds, f).into_iter())
            .map(|b| Reason {
                ground: b.ground,
                weight: b.weight,
                strength: b.strength,
                words: b.words,
                events: events(&b.events),
            })
            .collect(),
    }
}
