//! The worked case and cases made by hand, from the chronicle to what is said.

use std::path::Path;

use demarche_case::{Case, Stream, StreamActs, StreamRole, VagueDates};
use demarche_respond::excitation::excitation;
use demarche_respond::outlook::{OutlookError, Step, outlook, stream_of_area};
use demarche_respond::responses::Responses;
use demarche_respond::streams::{belongs, days, exposure, streams};
use demarche_respond::triangle::Verdict;

/// The worked case. `None` where it is not to be found.
fn korea_nato() -> Option<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cases/korea-nato");
    if !folder.join("case.toml").exists() {
        println!("skipped: the worked case is not there");
        return None;
    }
    let mut case = demarche_case::read(&folder).case.expect("it is sound");
    case.settings.measure.draws = 200;
    Some(case)
}

/// A case whose streams are these and whose chronicle is emptied.
fn bare(mut case: Case, streams: Vec<Stream>) -> Case {
    case.chronicle.clear();
    case.settings.streams = streams;
    case
}

fn stream(id: &str, role: StreamRole, source: &str, target: &str, acts: StreamActs) -> Stream {
    Stream {
        id: id.to_owned(),
        name: id.to_owned(),
        role,
        source: vec![source.to_owned()],
        target: vec![target.to_owned()],
        either: false,
        acts,
        areas: Vec::new(),
    }
}

#[test]
fn streams_hold_what_they_name() {
    let Some(case) = korea_nato() else { return };
    let all = streams(&case);
    for s in &all {
        assert!(s.events.windows(2).all(|w| w[0].day <= w[1].day));
        for e in &s.events {
            let event = &case.chronicle[e.event as usize];
            assert!(belongs(&case, &s.stream, event), "{}", event.id);
            assert!(e.day < days(&case));
        }
        // Counted again, from the rows themselves.
        let own = case
            .chronicle
            .iter()
            .filter(|e| belongs(&case, &s.stream, e));
        let in_time = |e: &&demarche_events::Event| {
            case.settings.start <= e.date && e.date <= case.settings.as_of
        };
        assert_eq!(
            own.filter(in_time).count(),
            s.events.len() + s.left_out.len()
        );
    }
    let mut without = case.clone();
    without.settings.respond.vague = VagueDates::LeaveOut;
    for (with, without) in all.iter().zip(streams(&without)) {
        let vague = with.events.iter().filter(|e| e.days > 1).count();
        assert_eq!(without.events.len() + vague, with.events.len());
        assert_eq!(without.left_out.len(), with.left_out.len() + vague);
    }
}

#[test]
fn coverage_has_a_mean_of_one() {
    let Some(case) = korea_nato() else { return };
    let parts = exposure(&case);
    let all: f64 = parts.iter().map(|e| e.level * (e.to - e.from)).sum();
    assert!((all / f64::from(days(&case)) - 1.0).abs() < 1e-12);
    assert_eq!(parts[0].from, 0.0);
    assert!(parts.windows(2).all(|w| w[0].to == w[1].from));
}

#[test]
fn the_worked_case_is_told_the_same_twice_and_adds_up() {
    let Some(case) = korea_nato() else { return };
    let found = Responses::of(&case);
    let e = found.excitation.as_ref().expect("a fit");
    assert_eq!(
        serde_json(e),
        serde_json(Responses::of(&case).excitation.as_ref().expect("a fit"))
    );
    assert!(e.spectral_radius < 1.0);
    for i in 0..e.streams.len() {
        let shares: f64 = e.shares[i].iter().map(|s| s.value).sum();
        assert!((shares + e.baseline[i] - 1.0).abs() < 1e-9, "stream {i}");
        for j in 0..e.streams.len() {
            let (direct, total) = (&e.branching[i][j], &e.totals[i][j]);
            assert!(total.value >= direct.value - 1e-9);
            for effect in [direct, total] {
                let interval = effect.interval.expect("an interval");
                assert!(interval.contains(effect.value));
                assert!(interval.low >= 0.0 && interval.high.is_finite());
                assert!((0.0..=1.0).contains(&effect.p.unwrap()));
            }
            // The events behind a cell are of its two streams.
            for ix in &direct.evidence {
                let event = &case.chronicle[*ix as usize];
                let of = |k: usize| belongs(&case, &found.streams[e.streams[k]].stream, event);
                assert!(of(i) || of(j));
            }
        }
    }
    assert!(e.held_out.expect("the case names a day").events > 50);
    for table in found.tables(&case) {
        for row in table.rows() {
            assert_eq!(row.len(), table.columns().len(), "{}", table.name);
        }
    }
}

/// As text, so that two can be compared.
fn serde_json(e: &demarche_respond::excitation::Excitation) -> String {
    format!(
        "{:?} {:?} {:?} {:?}",
        e.branching, e.totals, e.held_out, e.fits
    )
}

#[test]
fn what_is_thin_is_said_to_be() {
    let Some(case) = korea_nato() else { return };
    let mut none = case.clone();
    none.settings.streams.clear();
    let why = Responses::of(&none).excitation.unwrap_err();
    assert!(why.contains("[[stream]]"), "{why}");
    let empty = bare(
        case.clone(),
        vec![stream(
            "own",
            StreamRole::Own,
            "KOR",
            "NATO",
            StreamActs::Any,
        )],
    );
    let found = Responses::of(&empty);
    let why = found.excitation.as_ref().unwrap_err();
    assert!(
        why.contains("too few events (n = 0 in the fullest stream, at least 20 needed)"),
        "{why}"
    );
    for t in &found.triangles {
        if let Ok(t) = &t.result {
            assert!(t.responses.iter().all(|r| r.verdict == Verdict::TooFew));
        }
    }
    assert!(outlook(&empty, &found, &[], 4, None).is_err());
}

#[test]
fn a_planted_answer_is_found_and_a_plan_sets_it_off() {
    let Some(case) = korea_nato() else { return };
    let template = case.chronicle[0].clone();
    let mut case = bare(
        case,
        vec![
            stream(
                "own",
                StreamRole::Own,
                "KOR",
                "NATO",
                StreamActs::Cooperation,
            ),
            stream(
                "hostile",
                StreamRole::Hostile,
                "CHN",
                "KOR",
                StreamActs::Conflict,
            ),
        ],
    );
    // Own steps at uneven distances; after each of the first 150 of 200 a hostile act three days
    // later, and 40 hostile acts besides.
    let start = case.settings.start;
    let mut add = |day: i32, source: &str, target: &str, cameo: &str| {
        let mut event = template.clone();
        event.id = format!("e{}", case.chronicle.len());
        event.date = start.saturating_add(jiff::Span::new().days(day));
        event.precision = demarche_events::Precision::Day;
        event.source = source.to_owned();
        event.target = target.to_owned();
        event.mutual = false;
        event.cameo = cameo.parse().expect("a code");
        case.chronicle.push(event);
    };
    for k in 0..200 {
        let day = 39 * k + (k * k * 7) % 23;
        add(day, "KOR", "NATO", "040");
        if k % 4 != 3 {
            add(day + 3, "CHN", "KOR", "111");
        }
    }
    for k in 0..40 {
        add(194 * k + (k * 13) % 50, "CHN", "KOR", "111");
    }
    let found = Responses::of(&case);
    let e = found.excitation.as_ref().expect("a fit");
    let effect = &e.branching[1][0];
    assert!(effect.sure, "{effect:?}");
    assert!((0.55..0.95).contains(&effect.value), "{effect:?}");
    assert!(!e.branching[0][1].sure, "{:?}", e.branching[0][1]);
    // Three days, of which the first is over before anything can follow.
    assert!((0.8..4.0).contains(&e.half_lives[0].days));

    assert_eq!(stream_of_area(&found, &template.area), Some(0));
    let date = case
        .settings
        .as_of
        .saturating_add(jiff::Span::new().days(40));
    let steps: Vec<Step> = (0..10)
        .map(|k| Step {
            date: date.saturating_add(jiff::Span::new().days(k)),
            stream: 0,
            label: format!("step {k}"),
        })
        .collect();
    let plain = outlook(&case, &found, &[], 4, None).expect("an outlook");
    assert_eq!(plain.plan.mean, 0.0);
    assert_eq!(plain.break_even, Some(0.0));
    let planned = outlook(&case, &found, &steps, 4, None).expect("an outlook");
    let expected = 10.0 * e.totals[1][0].value;
    assert!(
        (planned.plan.mean - expected).abs() < 0.15 * expected,
        "{:?} against {expected}",
        planned.plan
    );
    for (with, without) in planned.all.iter().zip(&plain.all) {
        assert!(with.spiral >= with.spiral_anyway);
        assert!((with.anyway.mean - without.anyway.mean).abs() < 1.0);
        assert!((with.together.mean - with.anyway.mean - with.set_off.mean).abs() < 1e-9);
    }
    let late = Step {
        date: case.settings.as_of,
        ..steps[0].clone()
    };
    assert!(matches!(
        outlook(&case, &found, &[late], 4, None),
        Err(OutlookError::Outside { .. })
    ));
}

#[test]
fn events_that_do_not_answer_each_other_are_left_alone() {
    let Some(case) = korea_nato() else { return };
    let template = case.chronicle[0].clone();
    let mut case = bare(
        case,
        vec![
            stream(
                "own",
                StreamRole::Own,
                "KOR",
                "NATO",
                StreamActs::Cooperation,
            ),
            stream(
                "hostile",
                StreamRole::Hostile,
                "CHN",
                "KOR",
                StreamActs::Conflict,
            ),
        ],
    );
    use rand::{RngExt, SeedableRng};
    let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(5);
    let last = days(&case) as i32;
    for k in 0..400 {
        let mut event = template.clone();
        event.id = format!("e{k}");
        event.date = case
            .settings
            .start
            .saturating_add(jiff::Span::new().days(rng.random_range(0..last)));
        event.precision = demarche_events::Precision::Day;
        event.mutual = false;
        let (source, target, code) = match k % 2 {
            0 => ("KOR", "NATO", "040"),
            _ => ("CHN", "KOR", "111"),
        };
        event.source = source.to_owned();
        event.target = target.to_owned();
        event.cameo = code.parse().expect("a code");
        case.chronicle.push(event);
    }
    let all = streams(&case);
    let e = excitation(&case, &all).expect("a fit");
    assert!(e.branching.iter().flatten().all(|effect| !effect.sure));
    // It must not claim to foretell what cannot be foretold.
    assert!(e.held_out.expect("a split").verdict() <= 0);
}
