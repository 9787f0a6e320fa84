//! Shared threat: do two actors clash with the same third parties?

use std::collections::{BTreeMap, BTreeSet};

use demarche_case::{ActorKind, BodyMode, Case, NamedPeriod};
use demarche_events::{Date, QuadScheme};
use demarche_table::{Kind, Table};

use crate::bootstrap::{bias_corrected, values};
use crate::resample::stream;
use crate::{Estimate, EventIx, Placement, Selection, placement};

/// What an act counts for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Weighting {
    /// Each act counts one.
    #[default]
    Acts,
    /// Each act counts the absolute value of its place on the Goldstein scale.
    Goldstein,
}

impl Weighting {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Weighting::Acts => "acts",
            Weighting::Goldstein => "goldstein",
        }
    }
}

/// Whose acts make up a conflict profile.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The actor's own acts against third parties: whom it says or shows it opposes.
    #[default]
    Made,
    /// Acts of third parties against the actor: who threatens it.
    Received,
    /// Both together.
    Either,
}

impl Direction {
    /// The name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Direction::Made => "made",
            Direction::Received => "received",
            Direction::Either => "either",
        }
    }
}

/// Choices of [`shared_threat`].
#[derive(Clone, Debug)]
pub struct ThreatOptions {
    /// What an act counts for.
    pub weighting: Weighting,
    /// Whose acts make up the profiles.
    pub direction: Direction,
    /// Do bodies count as third parties beside states? An act against a body is kept as written.
    pub towards_bodies: bool,
    /// Whose acts are the acts of an actor that is a body.
    pub body: BodyMode,
    /// What counts as conflict.
    pub quad: QuadScheme,
    /// Fewest conflictual acts that each of the two must have.
    pub needed: usize,
    /// Number of bootstrap draws.
    pub draws: usize,
    /// Seed of the draws.
    pub seed: u64,
}

impl ThreatOptions {
    /// Acts made, counted one each, towards states and bodies; the rest as the case says.
    pub fn of(case: &Case) -> Self {
        let m = &case.settings.measure;
        Self {
            weighting: Weighting::Acts,
            direction: Direction::Made,
            towards_bodies: true,
            body: m.body,
            quad: m.quad,
            needed: m.min_events,
            draws: m.draws,
            seed: m.seed,
        }
    }
}

/// A third party in the profiles of two actors.
#[derive(Clone, Debug)]
pub struct ThirdParty {
    /// Its code.
    pub actor: String,
    /// Weight of the first actor's conflict with it.
    pub a: f64,
    /// Weight of the second actor's conflict with it.
    pub b: f64,
    /// The events of either, ascending.
    pub events: Vec<EventIx>,
}

/// How alike the conflict profiles of two actors are in a stretch of time.
#[derive(Clone, Debug)]
pub struct Similarity {
    /// The stretch of time.
    pub span: NamedPeriod,
    /// The first actor.
    pub a: String,
    /// The second actor.
    pub b: String,
    /// Conflictual acts in the first one's profile.
    pub n_a: usize,
    /// Conflictual acts in the second one's profile.
    pub n_b: usize,
    /// The cosine; its `n` is the smaller of the two counts.
    pub cosine: Estimate,
    /// The third parties, heaviest first.
    pub profile: Vec<ThirdParty>,
    /// Events left out because their date is too coarse to say whether they lie in the stretch.
    pub unsure: usize,
    /// The choices made.
    pub options: ThreatOptions,
}

/// The cosine of the angle between two vectors, `x·y / (|x| |y|)`: from −1 to 1, and for vectors
/// without negative entries from 0 (nothing in common) to 1 (same direction). Unit: none. `None`
/// if either is zero.
///
/// # Panics
/// If the vectors differ in length.
pub fn cosine(x: &[f64], y: &[f64]) -> Option<f64> {
    assert_eq!(x.len(), y.len(), "vectors over the same third parties");
    let dot = |u: &[f64], v: &[f64]| u.iter().zip(v).map(|(a, b)| a * b).sum::<f64>();
    let norm = (dot(x, x) * dot(y, y)).sqrt();
    (norm > 0.0).then(|| (dot(x, y) / norm).clamp(-1.0, 1.0))
}

/// An event in the profiles: its weight, and the place of the third party for either actor.
struct Entry {
    weight: f64,
    a: Option<usize>,
    b: Option<usize>,
}

/// How alike two actors' conflicts with third parties are: the cosine of their conflict profiles.
///
/// The profile of an actor is a vector over third parties T, all actors but the two themselves
/// (and, where a body stands for its members, those members): the number or the Goldstein weight
/// of the conflictual acts between the actor and T in the stretch of time. Conflictual acts are
/// those of the quad classes verbal and material conflict. By [`Direction`], the acts are the
/// actor's own, T's, or both; an act done together belongs to each. Rows that tell of one act count once
/// (see [`Selection`]).
///
/// From 0 (no third party in common) to 1 (the same third parties in the same proportions).
/// Unit: none. The interval is a bias-corrected percentile bootstrap over the conflictual events of
/// both. A cosine of few events is unsteady and too low, so both sides need `needed` of them.
///
/// Reference: Salton and McGill 1983, *Introduction to Modern Information Retrieval*, for the
/// measure; profiles of ties as a sign of shared position: Wasserman and Faust 1994, *Social
/// Network Analysis*, chapter 9.
pub fn shared_threat(
    case: &Case,
    a: &str,
    b: &str,
    span: &NamedPeriod,
    options: &ThreatOptions,
) -> Similarity {
    let mut thirds: Vec<&str> = Vec::new();
    let mut entries: BTreeMap<EventIx, Entry> = BTreeMap::new();
    let mut unsure = BTreeSet::new();
    for first in [true, false] {
        let (actor, partner) = if first { (a, b) } else { (b, a) };
        for act in Selection::of(case, actor, options.body).acts {
            let event = &case.chronicle[act.event as usize];
            let third = if act.forward {
                &event.target
            } else {
                &event.source
            };
            let counts = match options.direction {
                Direction::Made => act.there(),
                Direction::Received => act.back(),
                Direction::Either => true,
            };
            if !counts
                || options.quad.class(event.cameo).is_cooperation()
                || stands_for(case, partner, third, event.date, options.body)
                || !options.towards_bodies && is_body(case, third)
            {
                continue;
            }
            match placement(event, span, case.settings.as_of) {
                Placement::Inside => {}
                Placement::Outside => continue,
                Placement::Unsure => {
                    unsure.insert(act.event);
                    continue;
                }
            }
            let place = thirds.iter().position(|t| t == third).unwrap_or_else(|| {
                thirds.push(third);
                thirds.len() - 1
            });
            let entry = entries.entry(act.event).or_insert(Entry {
                weight: match options.weighting {
                    Weighting::Acts => 1.0,
                    Weighting::Goldstein => event.cameo.goldstein().value.abs(),
                },
                a: None,
                b: None,
            });
            let side = if first { &mut entry.a } else { &mut entry.b };
            *side = Some(place);
        }
    }

    let profiles = |times: Option<&[u32]>| {
        let (mut x, mut y) = (vec![0.0; thirds.len()], vec![0.0; thirds.len()]);
        for (k, entry) in entries.values().enumerate() {
            let weight = entry.weight * times.map_or(1.0, |t| f64::from(t[k]));
            if let Some(place) = entry.a {
                x[place] += weight;
            }
            if let Some(place) = entry.b {
                y[place] += weight;
            }
        }
        (x, y)
    };
    let n_a = entries.values().filter(|e| e.a.is_some()).count();
    let n_b = entries.values().filter(|e| e.b.is_some()).count();
    let n = n_a.min(n_b);
    let (x, y) = profiles(None);
    let value = if n >= options.needed {
        cosine(&x, &y)
    } else {
        None
    };
    let interval = value.and_then(|value| {
        let key = format!("similarity/{a}/{b}/{}/{}", span.from, span.to);
        let drawn = values(
            entries.len(),
            options.draws,
            stream(options.seed, &key),
            |times| {
                let (x, y) = profiles(Some(times));
                cosine(&x, &y)
            },
        );
        bias_corrected(value, &drawn, options.draws)
    });
    let mut profile: Vec<ThirdParty> = thirds
        .iter()
        .enumerate()
        .map(|(place, &actor)| ThirdParty {
            actor: actor.to_owned(),
            a: x[place],
            b: y[place],
            events: entries
                .iter()
                .filter(|(_, e)| e.a == Some(place) || e.b == Some(place))
                .map(|(&event, _)| event)
                .collect(),
        })
        .collect();
    profile.sort_by(|s, t| {
        (t.a + t.b)
            .total_cmp(&(s.a + s.b))
            .then(s.actor.cmp(&t.actor))
    });
    Similarity {
        span: span.clone(),
        a: a.to_owned(),
        b: b.to_owned(),
        n_a,
        n_b,
        cosine: Estimate {
            value,
            interval,
            n,
            needed: options.needed,
            events: entries.keys().copied().collect(),
        },
        profile,
        unsure: unsure.len(),
        options: options.clone(),
    }
}

fn is_body(case: &Case, code: &str) -> bool {
    case.actor(code).is_some_and(|a| a.kind == ActorKind::Body)
}

/// Is `code` the actor, or a member of it where members stand for it? Then it is no third party.
fn stands_for(case: &Case, actor: &str, code: &str, day: Date, mode: BodyMode) -> bool {
    code == actor
        || mode != BodyMode::Itself && is_body(case, actor) && case.is_member(code, actor, day)
}

/// Table `similarity`: one row a pair of actors and stretch of time.
pub fn similarity_table(rows: &[Similarity]) -> Table {
    let mut table = Table::new(
        "similarity",
        "A row a pair of actors and stretch of time: how alike their conflicts with third parties are.",
    )
    .column("span", Kind::Text, "", "Name of the stretch of time.")
    .column("from", Kind::Date, "", "Its first day.")
    .column("to", Kind::Date, "", "Its last day.")
    .column("actor_a", Kind::Text, "", "Code of the first actor.")
    .column("actor_b", Kind::Text, "", "Code of the second actor.")
    .column("direction", Kind::Text, "", "Acts made by the actors, received by them, or either.")
    .column("weighting", Kind::Text, "", "Acts counted one each, or by absolute Goldstein value.")
    .column("body", Kind::Text, "", "Whose acts are a body's: self, members or both.")
    .column("events_a", Kind::Integer, "events", "Conflictual events in the first profile.")
    .column("events_b", Kind::Integer, "events", "Conflictual events in the second profile.")
    .column("needed", Kind::Integer, "events", "Fewest events each profile needs for a value.")
    .column("cosine", Kind::Float, "", "Cosine of the two profiles, 0 to 1; missing if too few events.")
    .column("low", Kind::Float, "", "Lower end of its interval.")
    .column("high", Kind::Float, "", "Upper end of its interval.")
    .column("level", Kind::Float, "share", "Coverage the interval aims at.")
    .column("unsure", Kind::Integer, "events", "Events left out because their date is too coarse.");
    for row in rows {
        let interval = row.cosine.interval;
        table.push(vec![
            row.span.name.as_str().into(),
            row.span.from.into(),
            row.span.to.into(),
            row.a.as_str().into(),
            row.b.as_str().into(),
            row.options.direction.name().into(),
            row.options.weighting.name().into(),
            row.options.body.name().into(),
            row.n_a.into(),
            row.n_b.into(),
            row.cosine.needed.into(),
            row.cosine.value.into(),
            interval.map(|i| i.low).into(),
            interval.map(|i| i.high).into(),
            interval.map(|i| i.level).into(),
            row.unsure.into(),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{case, day, event, korea_nato};
    use crate::whole_span;

    fn options(case: &Case, direction: Direction) -> ThreatOptions {
        ThreatOptions {
            direction,
            ..ThreatOptions::of(case)
        }
    }

    #[test]
    fn the_cosine() {
        assert_eq!(cosine(&[3.0, 4.0], &[6.0, 8.0]), Some(1.0));
        assert_eq!(cosine(&[1.0, 0.0], &[0.0, 2.0]), Some(0.0));
        // (1·2 + 2·1) / √(5·5)
        assert!((cosine(&[1.0, 2.0], &[2.0, 1.0]).unwrap() - 0.8).abs() < 1e-15);
        assert_eq!(cosine(&[0.0], &[1.0]), None);
        assert_eq!(cosine(&[], &[]), None);
    }

    /// A against C once and D twice, B against C twice and D once: 4/5. What A and B do to each
    /// other, what is cooperative and what others do is not in it.
    #[test]
    fn profiles_of_acts_made() {
        let acts = [
            ("A", "->", "C", "111"),
            ("A", "->", "D", "13"),
            ("A", "->", "D", "172"),
            ("B", "->", "C", "111"),
            ("B", "<>", "C", "163"),
            ("B", "->", "D", "120"),
            ("A", "->", "B", "190"),
            ("A", "<>", "E", "040"),
            ("F", "->", "A", "13"),
        ];
        let events = acts.map(|(s, how, t, code)| event("2021-05-01", s, how, t, code, "threat"));
        let case = case(events.to_vec());
        let span = whole_span(&case);
        let made = shared_threat(&case, "A", "B", &span, &options(&case, Direction::Made));
        assert!((made.cosine.value.unwrap() - 0.8).abs() < 1e-15);
        assert_eq!((made.n_a, made.n_b, made.cosine.n), (3, 3, 3));
        assert_eq!(made.cosine.events, [0, 1, 2, 3, 4, 5]);
        let interval = made.cosine.interval.unwrap();
        assert!(interval.contains(0.8) && interval.high <= 1.0 && interval.low >= 0.0);
        // Received: F against A, and C's part in what it did with B; nobody in common.
        let received = shared_threat(&case, "A", "B", &span, &options(&case, Direction::Received));
        assert_eq!(received.cosine.events, [4, 8]);
        assert_eq!(received.cosine.value, Some(0.0));
        // Either: (C, D, F) = (1, 2, 1) and (2, 1, 0): 4 / √(6·5).
        let either = shared_threat(&case, "A", "B", &span, &options(&case, Direction::Either));
        assert!((either.cosine.value.unwrap() - 4.0 / 30_f64.sqrt()).abs() < 1e-15);
        let few = ThreatOptions {
            needed: 4,
            ..options(&case, Direction::Made)
        };
        let few = shared_threat(&case, "A", "B", &span, &few);
        assert_eq!((few.cosine.value, few.cosine.interval), (None, None));
        // By weight: A has C 2.0 (111) and D 4.4 + 5.0, B has C 2.0 + 8.0 and D 4.0.
        let weighty = ThreatOptions {
            weighting: Weighting::Goldstein,
            ..options(&case, Direction::Made)
        };
        let weighty = shared_threat(&case, "A", "B", &span, &weighty);
        let g = |code: &str| {
            code.parse::<demarche_events::CameoCode>()
                .unwrap()
                .goldstein()
                .value
                .abs()
        };
        let a = [g("111"), g("13") + g("172")];
        let b = [g("111") + g("163"), g("120")];
        assert_eq!(weighty.cosine.value, cosine(&a, &b));
        let shown = (
            weighty.profile[0].a + weighty.profile[0].b,
            weighty.profile.len(),
        );
        assert_eq!(shown.1, 2);
        assert!(shown.0 >= weighty.profile[1].a + weighty.profile[1].b);
    }

    #[test]
    fn members_of_a_body_are_no_third_parties_to_it() {
        let events = vec![
            event("2021-05-01", "A", "->", "C", "111", "threat"),
            event("2021-05-02", "A", "->", "B", "111", "threat"),
            event("2021-05-03", "E", "->", "C", "111", "threat"),
            event("2021-05-04", "E", "->", "A", "111", "threat"),
            event("2021-05-05", "E", "->", "Y", "111", "threat"),
        ];
        let case = case(events);
        let span = whole_span(&case);
        let options = ThreatOptions {
            body: BodyMode::Members,
            towards_bodies: false,
            ..options(&case, Direction::Made)
        };
        let x = shared_threat(&case, "X", "E", &span, &options);
        assert_eq!(x.cosine.events, [0, 2]);
        assert_eq!(x.cosine.value, Some(1.0));
    }

    /// Counted and computed by another program (Python with numpy) on the same rows.
    #[test]
    fn the_worked_case() {
        let Some(case) = korea_nato() else {
            println!("skipped: the chronicle of the worked case is not there");
            return;
        };
        let before = NamedPeriod {
            name: "before".to_owned(),
            from: day("2005-01-01"),
            to: day("2022-06-28"),
        };
        let since = NamedPeriod {
            name: "since".to_owned(),
            from: day("2022-06-29"),
            to: day("2026-06-30"),
        };
        use Direction::{Either, Made, Received};
        let want = [
            (&before, "JPN", Received, 58, 13, 0.818_721_745_130_881_3),
            (&before, "NATO", Made, 20, 39, 0.500_433_721_285_563_7),
            (&since, "JPN", Either, 114, 19, 0.808_400_752_789_964_9),
            (&since, "NATO", Made, 38, 23, 0.846_420_907_582_031_1),
            (&since, "NATO", Either, 113, 65, 0.909_698_969_036_985_1),
        ];
        for (span, with, direction, n_a, n_b, cosine) in want {
            let options = ThreatOptions {
                needed: 10,
                ..options(&case, direction)
            };
            let got = shared_threat(&case, "KOR", with, span, &options);
            assert_eq!(
                (got.n_a, got.n_b),
                (n_a, n_b),
                "{with} {}",
                direction.name()
            );
            assert!((got.cosine.value.unwrap() - cosine).abs() < 1e-12);
            assert!(got.cosine.interval.unwrap().contains(cosine));
        }
    }

    #[test]
    fn the_table() {
        let case = case(vec![event("2021-05-01", "A", "->", "C", "111", "threat")]);
        let row = shared_threat(
            &case,
            "A",
            "B",
            &whole_span(&case),
            &ThreatOptions::of(&case),
        );
        assert_eq!(similarity_table(&[row]).rows().len(), 1);
    }
}
