//! A small example by hand, planted effects, what occasions drive, and the level of the test.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::*;

/// Days with a chance of an act each, some with two.
fn noise(first: i32, last: i32, rate: f64, rng: &mut ChaCha8Rng) -> Vec<i32> {
    (first..=last)
        .flat_map(|day| [day, day])
        .filter(|_| rng.random_bool(rate / 2.0))
        .collect()
}

/// So many different days, in no order.
fn some_days(count: usize, first: i32, last: i32, rng: &mut ChaCha8Rng) -> Vec<i32> {
    let mut days: Vec<i32> = Vec::new();
    while days.len() < count {
        let day = rng.random_range(first..=last);
        if !days.contains(&day) {
            days.push(day);
        }
    }
    days
}

fn input(kinds: Vec<StepKind>, acts: Vec<i32>, last: i32) -> StudyInput {
    StudyInput {
        first: 0,
        last,
        kinds,
        acts,
        occasions: Vec::new(),
        covariates: Vec::new(),
    }
}

fn kind(days: Vec<i32>) -> StepKind {
    StepKind {
        name: "exercise".into(),
        days,
    }
}

fn one_window(window: i32) -> StudyOptions {
    StudyOptions {
        windows: vec![window],
        draws: 199,
        ..StudyOptions::default()
    }
}

/// Steps on days 20 and 40 of 60, a window of two days, any day of the week within ten days.
#[test]
fn a_small_example_by_hand() {
    let acts = vec![41, 22, 21, 12, 30, 29, 45, 39];
    let input = input(vec![kind(vec![40, 20, 20])], acts, 59);
    let options = StudyOptions {
        stretch: Stretch::Days(10),
        weekday: Weekday::Any,
        needed_steps: 2,
        needed_acts: 1,
        ..one_window(2)
    };
    let result = event_study(&input, &options).unwrap();
    let study = &result.studies[0];
    assert_eq!(
        (study.step_days, study.unmatched, study.clusters),
        (2, 0, 2)
    );
    let [first, second] = [&study.sets[0], &study.sets[1]];
    // 10 to 30 without 18 to 22, where a step is within two days.
    let matched: Vec<i32> = (10..=17).chain(23..=30).collect();
    assert_eq!(
        (first.day, &first.steps[..], &first.matched),
        (20, &[1, 2][..], &matched)
    );
    assert_eq!(
        (&first.after[..], &first.before[..]),
        (&[1, 2][..], &[][..])
    );
    // After 10 and 11 the act of day 12; after 27 day 29, after 28 days 29 and 30, after 29 day
    // 30: six of sixteen days.
    assert_eq!(first.matched_after, 6.0 / 16.0);
    // Before 13 and 14 the act of day 12, before 23 days 21 and 22, before 24 day 22, before 30
    // day 29.
    assert_eq!(first.matched_before, 6.0 / 16.0);
    assert_eq!(
        (&second.after[..], &second.before[..]),
        (&[0][..], &[7][..])
    );
    // 30 to 50 without 38 to 42. After 37 day 39, after 43 and 44 day 45.
    assert_eq!(
        (second.matched.len(), second.matched_after),
        (16, 3.0 / 16.0)
    );
    // Before 30 day 29, before 31 days 29 and 30, before 32 day 30, before 43 day 41, before 46
    // and 47 day 45.
    assert_eq!(second.matched_before, 7.0 / 16.0);
    let (after, before) = (study.after.unwrap(), study.before.unwrap());
    assert_eq!((after.steps, after.matched), (1.5, 4.5 / 16.0));
    assert_eq!(before.difference, 0.5 - 6.5 / 16.0);
    // With its own day the window after the second step is that of days 40 and 41, and that after
    // the first holds day 21 alone.
    let on_the_day = StudyOptions {
        same_day: true,
        ..options
    };
    let same = event_study(&input, &on_the_day).unwrap();
    let sets = &same.studies[0].sets;
    assert_eq!(
        (&sets[0].after[..], &sets[1].after[..]),
        (&[2][..], &[0][..])
    );
    // Two clusters are too few for an interval.
    assert_eq!((after.interval, after.p >= 1.0 / 200.0), (None, true));
}

/// Two acts more in the week after each step of one kind, none after those of another: found in
/// every seed with its size in the interval in nearly all, and hardly anything for the other.
#[test]
fn a_planted_reaction_is_found() {
    let (mut covered, mut false_findings, seeds) = (0, 0, 20);
    let options = StudyOptions {
        draws: 399,
        ..StudyOptions::default()
    };
    for seed in 0..seeds {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let last = 3000;
        // Far enough apart for windows of thirty days.
        let steps: Vec<i32> = (0..40)
            .map(|n| 60 + 72 * n + rng.random_range(0..12))
            .collect();
        let mut acts = noise(0, last, 0.08, &mut rng);
        for step in &steps {
            acts.extend([1, 2].map(|_| step + rng.random_range(1..=7)));
        }
        let other = some_days(40, 60, 2940, &mut rng);
        let input = input(vec![kind(steps), kind(other)], acts, last);
        let result = event_study(&input, &options).unwrap();
        assert_eq!((result.studies.len(), result.readings.len()), (6, 6));
        for window in [7, 14, 30] {
            let study = result.study(0, window, Variant::Plain).unwrap();
            let after = study.after.unwrap();
            assert!(after.p <= after.adjusted.bh && after.adjusted.bh <= after.adjusted.holm);
            assert!(window == 30 || after.adjusted.bh <= 0.05, "{after:?}");
            covered += usize::from(after.interval.unwrap().contains(2.0));
            let none = result.study(1, window, Variant::Plain).unwrap();
            false_findings += usize::from(none.after.unwrap().adjusted.holm <= 0.05);
        }
        let sentence = &result.readings[0].sentence;
        assert!(
            sentence.starts_with(
                "In the 7 days after a step of the kind exercise there were on average"
            ) && sentence.contains("for 6 tests")
                && sentence.contains(" In the 7 days before: "),
            "{sentence}"
        );
        assert!(result.caution.contains("over-represents reactions"));
        if seed == 0 {
            assert_eq!(result, event_study(&input, &options).unwrap());
        }
    }
    // Of sixty each.
    assert!(covered >= 50, "{covered}");
    assert!(false_findings <= 6, "{false_findings}");
}

/// Acts that fall before the steps and after them are no reaction.
#[test]
fn what_was_there_before_is_no_reaction() {
    let mut rng = ChaCha8Rng::seed_from_u64(5);
    let steps = some_days(30, 60, 2940, &mut rng);
    let mut acts = noise(0, 3000, 0.05, &mut rng);
    for step in &steps {
        acts.extend([step - 5, step - 3, step - 1, step + 1, step + 2, step + 4]);
    }
    let result = event_study(&input(vec![kind(steps)], acts, 3000), &one_window(7)).unwrap();
    assert_eq!(result.studies[0].finding, Finding::Before);
    assert!(
        result.readings[0]
            .sentence
            .contains("there before the steps too")
    );
}

/// Criticism follows every summit, and steps are announced at half of them: without regard to
/// summits the steps seem to draw hostile acts, matched by summits they do not.
#[test]
fn what_summits_drive_is_not_put_down_to_steps() {
    let (mut plain, mut matched, mut away, seeds) = (0, 0, 0, 20);
    for seed in 0..seeds {
        let mut rng = ChaCha8Rng::seed_from_u64(100 + seed);
        let last = 4200;
        let summits: Vec<i32> = (0..60)
            .map(|n| 40 + 68 * n + rng.random_range(0..14))
            .collect();
        let mut acts = noise(0, last, 0.05, &mut rng);
        let mut steps = Vec::new();
        for summit in &summits {
            for _ in 0..3 {
                acts.push((summit + rng.random_range(0..=6)).min(last));
            }
            if rng.random_bool(0.5) {
                steps.push(*summit);
            }
        }
        steps.extend(some_days(40, 40, 4160, &mut rng));
        let mut input = input(vec![kind(steps)], acts, last);
        input.occasions = summits;
        let options = StudyOptions {
            weekday: Weekday::Any,
            ..one_window(7)
        };
        let result = event_study(&input, &options).unwrap();
        let found = |variant| {
            let study = result.study(0, 7, variant).unwrap();
            assert!(study.after.is_some(), "{:?}", study.why);
            usize::from(study.finding == Finding::More)
        };
        plain += found(Variant::Plain);
        matched += found(Variant::Matched);
        away += found(Variant::Away);
        let study = result.study(0, 7, Variant::Away).unwrap();
        assert!(study.near_occasion > 10);
        let sentence = &result.readings[0].sentence;
        assert!(
            sentence.contains("Without the ") && sentence.contains("of a summit: "),
            "{sentence}"
        );
    }
    assert_eq!(plain, 20);
    assert!(matched <= 3 && away <= 3, "{matched} {away}");
}

/// Steps at random, clustered or not: the test rejects at its level, and its p-values are spread
/// evenly.
#[test]
fn steps_without_effect_are_rejected_at_the_level() {
    for clustered in [false, true] {
        let (mut rejected, mut places, seeds) = (0, [0; 4], 200);
        for seed in 0..seeds {
            let mut rng = ChaCha8Rng::seed_from_u64(500 + seed);
            let mut steps = some_days(15, 60, 1400, &mut rng);
            if clustered {
                steps = steps.iter().flat_map(|day| [*day, day + 4]).collect();
            }
            // Acts come in bursts of three days.
            let acts = noise(0, 1460, 0.05, &mut rng)
                .into_iter()
                .flat_map(|day| [day, (day + 1).min(1460), (day + 2).min(1460)])
                .collect();
            let result =
                event_study(&input(vec![kind(steps)], acts, 1460), &one_window(14)).unwrap();
            let p = result.studies[0].after.unwrap().p;
            assert!((1.0 / 200.0..=1.0).contains(&p));
            rejected += usize::from(p <= 0.05);
            places[((p * 4.0) as usize).min(3)] += 1;
        }
        // 10 expected, standard deviation 3.1; 50 in each quarter, standard deviation 6.1.
        assert!((2..=20).contains(&rejected), "{clustered} {rejected}");
        assert!(
            places.iter().all(|n| (30..=70).contains(n)),
            "{clustered} {places:?}"
        );
    }
}

#[test]
fn matched_days_agree_in_what_is_matched() {
    let mut rng = ChaCha8Rng::seed_from_u64(6);
    let acts = noise(0, 1500, 0.1, &mut rng);
    let mut input = input(vec![kind(some_days(20, 60, 1440, &mut rng))], acts, 1500);
    input.occasions = (0..15).map(|n| 100 * n + 9).collect();
    input.covariates = vec![Covariate {
        name: "session".into(),
        classes: (0..=1500).map(|day| u32::from(day % 50 < 25)).collect(),
    }];
    for (stretch, weekday) in [
        (Stretch::Year, Weekday::Same),
        (Stretch::Days(120), Weekday::Same),
        (Stretch::Days(60), Weekday::Working),
    ] {
        let options = StudyOptions {
            stretch,
            weekday,
            needed_steps: 2,
            ..one_window(7)
        };
        let result = event_study(&input, &options).unwrap();
        let calendar = Calendar::new(&input, 7);
        for study in &result.studies {
            let left = study.step_days - study.near_occasion - study.unmatched;
            assert_eq!(study.sets.len(), left);
            for set in &study.sets {
                for &day in &set.matched {
                    let [one, other] = [day, set.day].map(Calendar::weekday);
                    match weekday {
                        Weekday::Same => assert_eq!(one, other),
                        _ => assert_eq!(one >= 5, other >= 5),
                    }
                    assert_eq!(day % 50 < 25, set.day % 50 < 25);
                    assert!(
                        input.kinds[0]
                            .days
                            .iter()
                            .all(|step| (step - day).abs() > 7)
                    );
                    let offsets = (calendar.offset(set.day), calendar.offset(day));
                    match (study.variant, offsets) {
                        (Variant::Plain, _) | (Variant::Matched | Variant::Away, (None, None)) => {
                            match stretch {
                                Stretch::Days(reach) => assert!((day - set.day).abs() <= reach),
                                Stretch::Year => {
                                    assert_eq!(calendar.year(day), calendar.year(set.day));
                                }
                            }
                        }
                        (Variant::Matched, (Some(a), Some(b))) => assert!((a - b).abs() <= 2),
                        other => panic!("{other:?}"),
                    }
                }
            }
        }
    }
}

#[test]
fn days_are_those_of_the_calendar() {
    // 29 February 2024, a Thursday, is day 19,782.
    let mut input = input(vec![], vec![], 0);
    (input.first, input.last) = (19_700, 19_800);
    input.occasions = vec![19_750, 19_756, 19_690];
    let calendar = Calendar::new(&input, 7);
    assert_eq!(Calendar::weekday(19_782), 3);
    // 2024 begins on day 19,723.
    assert_eq!((calendar.year(19_722), calendar.year(19_723)), (2023, 2024));
    let offsets = [19_700, 19_749, 19_750, 19_753, 19_754, 19_763, 19_764];
    let want = [None, Some(-1), Some(0), Some(3), Some(-2), Some(7), None];
    assert_eq!(offsets.map(|day| calendar.offset(day)), want);
}

#[test]
fn thin_data_and_bad_input_are_named() {
    let good = input(vec![kind(vec![50, 90])], vec![20, 55], 200);
    let result = event_study(&good, &one_window(7)).unwrap();
    let study = &result.studies[0];
    assert_eq!(
        (study.finding, study.after, study.before),
        (Finding::TooFew, None, None)
    );
    assert_eq!(
        study.why.as_deref(),
        Some("too few steps with matched days (n = 2, at least 10 needed)")
    );
    let lower = StudyOptions {
        needed_steps: 2,
        ..one_window(7)
    };
    let result = event_study(&good, &lower).unwrap();
    assert_eq!(
        result.readings[0].sentence,
        "exercise, 7 days: too few events (n = 2, at least 10 needed)."
    );
    // Steps every day leave no day to compare with.
    let daily = input(vec![kind((0..=200).collect())], (0..=200).collect(), 200);
    let result = event_study(&daily, &one_window(7)).unwrap();
    assert_eq!(
        (result.studies[0].unmatched, result.studies[0].finding),
        (201, Finding::TooFew)
    );
    assert!(event_study(&input(vec![kind(vec![])], vec![], 200), &one_window(7)).is_ok());

    let error = |input: &StudyInput, options: &StudyOptions| {
        event_study(input, options).unwrap_err().to_string()
    };
    let mut outside = good.clone();
    outside.acts.push(201);
    assert!(error(&outside, &one_window(7)).starts_with("the list of hostile acts has day 201"));
    let mut outside = good.clone();
    outside.kinds[0].days.push(-1);
    assert!(error(&outside, &one_window(7)).starts_with("the kind of step exercise has day -1"));
    assert!(
        error(&good, &one_window(120)).starts_with("the observation has 201 days, at least 242")
    );
    let mut backwards = good.clone();
    backwards.last = -5;
    assert!(error(&backwards, &one_window(7)).starts_with("the observation has -4 days"));
    let mut covariate = good.clone();
    covariate.covariates.push(Covariate {
        name: "session".into(),
        classes: vec![0; 7],
    });
    assert!(error(&covariate, &one_window(7)).starts_with("the covariate session has 7 classes"));
    for options in [
        StudyOptions {
            windows: vec![],
            ..one_window(7)
        },
        StudyOptions {
            windows: vec![7, 7],
            ..one_window(7)
        },
        StudyOptions {
            windows: vec![0],
            ..one_window(7)
        },
        StudyOptions {
            draws: 0,
            ..one_window(7)
        },
        StudyOptions {
            level: 0.0,
            ..one_window(7)
        },
        StudyOptions {
            alpha: 1.0,
            ..one_window(7)
        },
        StudyOptions {
            needed_steps: 1,
            ..one_window(7)
        },
        StudyOptions {
            stretch: Stretch::Days(0),
            ..one_window(7)
        },
    ] {
        assert!(matches!(
            event_study(&good, &options),
            Err(StudyError::Option(_))
        ));
    }
}
