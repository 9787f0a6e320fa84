//! What an outlook is held to: nothing later is seen, weights add up, strangers are answered.

use demarche_events::{CameoCode, Date, Event, Precision};
use demarche_forecast::ForecastError;
use demarche_forecast::chance::{Chance, Ground};
use demarche_forecast::outlook::{Odds, OddsKind, Outlook, Wanted};

/// Acts of four actors with habits, over so many days from 1 January 2020.
fn events(days: i32) -> Vec<Event> {
    let names = ["A", "B", "C", "D"];
    let codes = ["04", "11", "057"];
    let mut state = 7_u64;
    let mut draw = |below: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        ((state >> 33) % below) as usize
    };
    let first = Date::constant(2020, 1, 1);
    let mut all = Vec::new();
    for n in 0..days {
        let date = first.saturating_add(jiff::Span::new().days(n));
        for _ in 0..=draw(2) {
            let source = draw(4);
            let habit = draw(10) < 7;
            let target = if habit {
                (source + 1) % 4
            } else {
                (source + 2) % 4
            };
            let code = if habit { source % 3 } else { draw(3) };
            all.push(Event {
                id: format!("{date}-{}", all.len()),
                date,
                precision: if draw(20) == 0 {
                    Precision::Month
                } else {
                    Precision::Day
                },
                source: names[source].to_owned(),
                target: names[target].to_owned(),
                mutual: draw(5) == 0,
                cameo: codes[code].parse::<CameoCode>().unwrap(),
                area: String::new(),
                title: String::new(),
                url: String::new(),
            });
        }
    }
    all
}

fn code(event: &Event) -> String {
    event.cameo.to_string()
}

fn day(n: i32) -> Date {
    Date::constant(2020, 1, 1).saturating_add(jiff::Span::new().days(n))
}

#[test]
fn nothing_later_is_seen() {
    let all = events(700);
    let as_of = day(500);
    let mut less: Vec<Event> = all.iter().filter(|e| e.date <= as_of).cloned().collect();
    // Others in another order, and someone who comes first by name, but later.
    less.reverse();
    let mut more = all.clone();
    more.reverse();
    for event in more.iter_mut().filter(|e| e.date > as_of) {
        event.source = "0".to_owned();
        event.cameo = "01".parse().unwrap();
    }
    let told = |events: &[Event]| {
        let outlook = Outlook::of_events(events, as_of, code).unwrap();
        let odds = outlook.odds(30);
        assert!(odds.is_learned());
        let found = outlook.forecasts(&odds, &outlook.candidates(Wanted::default()));
        let because: Vec<_> = found.iter().map(|f| outlook.because(&odds, f)).collect();
        for reason in because.iter().flatten() {
            for &at in &reason.events {
                let event = &events[outlook.event(at).unwrap() as usize];
                assert!(event.date <= as_of && event.precision == Precision::Day);
            }
        }
        (outlook.vague, format!("{found:?}{because:?}"))
    };
    assert_eq!(told(&less), told(&more));
}

#[test]
fn the_weights_are_the_log_odds() {
    let all = events(700);
    let outlook = Outlook::of_events(&all, day(699), code).unwrap();
    let Odds {
        kind: OddsKind::Learned(chance),
        ..
    } = outlook.odds(7)
    else {
        panic!("there is enough to learn from");
    };
    let history =
        demarche_forecast::History::of(&outlook.graph, &outlook.graph.facts, false).unwrap();
    let mut told: Vec<(f64, f64)> = Vec::new();
    for (source, act, target) in outlook.candidates(Wanted::default()) {
        let shares = chance.shares(&history, source, act, target, outlook.now());
        let sum: f64 = Ground::ALL.iter().map(|g| shares.of(*g)).sum();
        assert!((shares.mean + sum - shares.log_odds()).abs() < 1e-9);
        let p = chance.of(&history, source, act, target, outlook.now());
        assert!(p > 0.0 && p < 1.0);
        told.push((shares.log_odds(), p));
    }
    assert!(told.len() > 20);
    told.sort_by(|a, b| a.0.total_cmp(&b.0));
    assert!(
        told.is_sorted_by(|a, b| a.1 <= b.1),
        "chances rise with log odds"
    );
}

#[test]
fn little_is_learned_from_little() {
    let all = events(700);
    let before = Outlook::of_events(&all, Date::constant(2019, 12, 31), code);
    assert!(matches!(
        before,
        Err(ForecastError::TooFew { found: 0, .. })
    ));
    assert!(matches!(
        Outlook::of_events(&[], day(0), code),
        Err(ForecastError::TooFew { .. })
    ));
    let outlook = Outlook::of_events(&all, day(10), code).unwrap();
    let odds = outlook.odds(30);
    assert!(!odds.is_learned());
    let found = outlook.forecasts(&odds, &outlook.candidates(Wanted::default()));
    assert!(!found.is_empty());
    for f in &found {
        assert_eq!(f.chance, f.last_year);
        let because = outlook.because(&odds, f);
        assert_eq!((because.len(), because[0].weight), (1, None));
    }
    // A chance that can't be learned says why.
    let error = Chance::learn(&outlook.graph, &outlook.graph.facts, 30, outlook.now());
    assert!(matches!(error, Err(ForecastError::TooFew { .. })));
}

#[test]
fn two_who_never_met_have_a_chance_if_asked_for_by_name() {
    let mut all = events(400);
    all.retain(|e| (e.source.as_str(), e.target.as_str()) != ("A", "C"));
    all.retain(|e| (e.source.as_str(), e.target.as_str()) != ("C", "A"));
    let outlook = Outlook::of_events(&all, day(399), code).unwrap();
    let number = |name: &str| outlook.graph.entities.number(name);
    let wanted = Wanted {
        source: number("A"),
        target: number("C"),
        act: None,
    };
    let asked = outlook.candidates(wanted);
    assert!(!asked.is_empty());
    let odds = outlook.odds(30);
    for f in outlook.forecasts(&odds, &asked) {
        assert_eq!((f.before, f.in_last_year), (0, 0));
        assert!(f.chance > 0.0 && f.chance < 0.5, "{f:?}");
    }
    let everyone = outlook.candidates(Wanted::default());
    assert!(!everyone.iter().any(|t| asked.contains(t)));
}
