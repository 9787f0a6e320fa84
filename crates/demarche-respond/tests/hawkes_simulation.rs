//! Draws against what is known of the process, fits against what was drawn.

use demarche_respond::hawkes::{
    Baseline, Curve, Dated, Delays, EmOptions, Event, Forecast, Kernel, Method, Model, Options,
    Path, Process, Record, Resolution, Scenario, Ties, Vague, Window, attribution, blocks,
    bootstrap, choose, fit, fit_imputed, fit_steps, forecast, held_out, impute, log_likelihood,
    penalised_path, profile_interval, residuals, simulate,
};
use demarche_respond::matrix::Matrix;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

fn pair() -> Process {
    let branching = Matrix::from_rows(&[[0.4, 0.3], [0.0, 0.3]]);
    Process::exponential(&[0.3, 0.2], branching, 0.8).unwrap()
}

fn drawn(process: &Process, end: f64, resolution: Resolution, method: Method, seed: u64) -> Record {
    let window = Window::new(0.0, end).unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let scenario = Scenario::new(window, resolution);
    let simulated = simulate(process, &scenario, method, &mut rng).unwrap();
    Record::of_events(process.streams(), &simulated.events, window, resolution).unwrap()
}

#[test]
fn counts_have_the_mean_and_the_variance_of_the_stationary_process() {
    // One stream: the rate is μ/(1 − α), and the variance of counts over long spans is
    // rate × span / (1 − α)² (Hawkes 1971).
    let process = Process::exponential(&[0.5], Matrix::from_rows(&[[0.6]]), 2.0).unwrap();
    let (span, count) = (400.0, 500);
    for (method, resolution) in [
        (Method::Branching, Resolution::Exact),
        (Method::Thinning, Resolution::Exact),
        (Method::Branching, Resolution::Day),
        (Method::Thinning, Resolution::Day),
    ] {
        let record = drawn(&process, span * f64::from(count), resolution, method, 7);
        let mut counts = vec![0.0; count as usize];
        for event in record.events() {
            counts[(event.time / span) as usize] += 1.0;
        }
        let n = f64::from(count);
        let mean = counts.iter().sum::<f64>() / n;
        let variance = counts.iter().map(|c| (c - mean).powi(2)).sum::<f64>() / (n - 1.0);
        let rate = process.stationary_rates(&[0.5]).unwrap()[0];
        assert!((rate - 1.25).abs() < 1e-12);
        let expected = rate * span / (0.4 * 0.4);
        assert!((mean - rate * span).abs() < 4.0 * (expected / n).sqrt());
        // The variance of a variance of 500 values is about 2/500 of its square.
        assert!(
            (variance / expected - 1.0).abs() < 4.0 * (2.0 / n).sqrt(),
            "{variance} {expected}"
        );
    }
}

#[test]
fn both_methods_draw_the_same_after_the_same_past_and_plan() {
    let process = pair();
    let at = |time: f64, stream: usize| Event { time, stream };
    let past = [at(-3.0, 1), at(-1.0, 1), at(-1.0, 0)];
    let planned = [at(2.0, 1), at(5.0, 1), at(5.0, 1)];
    for resolution in [Resolution::Exact, Resolution::Day] {
        let scenario = Scenario {
            past: &past,
            planned: &planned,
            ..Scenario::new(Window::new(0.0, 20.0).unwrap(), resolution)
        };
        let draws = 20_000;
        let mean = |method: Method, seed: u64| -> (f64, f64) {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let counts: Vec<f64> = (0..draws)
                .map(|_| {
                    let simulated = simulate(&process, &scenario, method, &mut rng).unwrap();
                    simulated.events.iter().filter(|e| e.stream == 0).count() as f64
                })
                .collect();
            let mean = counts.iter().sum::<f64>() / counts.len() as f64;
            let variance = counts.iter().map(|c| (c - mean).powi(2)).sum::<f64>();
            (mean, variance / counts.len() as f64 / counts.len() as f64)
        };
        let (one, two) = (mean(Method::Branching, 1), mean(Method::Thinning, 2));
        assert!(
            (one.0 - two.0).abs() < 4.0 * (one.1 + two.1).sqrt(),
            "{resolution:?}: {} {}",
            one.0,
            two.0
        );
    }
}

#[test]
fn rescaled_time_passes_for_the_process_and_fails_for_a_poisson_fit() {
    let process = pair();
    for resolution in [Resolution::Exact, Resolution::Day] {
        let mut passed = 0;
        for seed in 0..20 {
            let record = drawn(&process, 4000.0, resolution, Method::Branching, seed);
            let own = residuals(&process, &record, 5).unwrap();
            passed += usize::from(own.tests.iter().flatten().all(|test| test.p_value > 0.01));
            let poisson = fit(
                &record,
                &Model::exponential(&[]).poisson(),
                &Options::default(),
            )
            .unwrap();
            let wrong = residuals(&poisson.process, &record, 5).unwrap();
            assert!(wrong.tests[0].unwrap().p_value < 1e-3, "{resolution:?}");
        }
        assert!(passed >= 18, "{passed} of 20");
    }
}

#[test]
fn most_estimates_lie_within_two_standard_errors() {
    let process = pair();
    let truth = [0.3, 0.2, 0.4, 0.3, 0.3, 0.8];
    for (resolution, seeds) in [(Resolution::Exact, 100), (Resolution::Day, 60)] {
        let mut model = Model::exponential(&[]);
        model.delays = Delays::Estimated {
            count: 1,
            bounds: None,
        };
        let mut within = [0; 6];
        for seed in 0..seeds {
            let record = drawn(&process, 2000.0, resolution, Method::Branching, 100 + seed);
            let fit = fit(&record, &model, &Options::default()).unwrap();
            let decay = fit.decays[0];
            let found = [
                (fit.levels[0][0].value, fit.levels[0][0].standard_error),
                (fit.levels[1][0].value, fit.levels[1][0].standard_error),
                (
                    fit.branching[0][0].value,
                    fit.branching[0][0].standard_error,
                ),
                (
                    fit.branching[0][1].value,
                    fit.branching[0][1].standard_error,
                ),
                (
                    fit.branching[1][1].value,
                    fit.branching[1][1].standard_error,
                ),
                (decay.value, decay.standard_error),
            ];
            for (at, (value, error)) in found.into_iter().enumerate() {
                let near = (value - truth[at]).abs() <= 2.0 * error.unwrap();
                within[at] += usize::from(near);
            }
            assert!(fit.branching[1][0].value < 0.2);
        }
        let least = (0.87 * seeds as f64) as usize;
        assert!(
            within.iter().all(|n| *n >= least),
            "{resolution:?} {within:?}"
        );
    }
}

#[test]
fn a_rise_in_exposure_is_not_read_as_excitation() {
    let curve = Curve::new(&[0.0, 300.0, 600.0], &[0.2, 1.0, 3.0]).unwrap();
    let poisson = Process::new(
        &[Baseline::proportional(curve.clone())],
        vec![vec![0.6]],
        Kernel::none(),
        vec![],
    )
    .unwrap();
    let record = drawn(&poisson, 900.0, Resolution::Day, Method::Branching, 3);
    let fitted = |baseline: Baseline| {
        let mut model = Model::exponential(&[0.1]);
        model.baselines = vec![baseline];
        fit(&record, &model, &Options::default()).unwrap().branching[0][0].value
    };
    let cuts = Baseline::pieces(&[300.0, 600.0]).unwrap();
    assert!(fitted(Baseline::constant()) > 0.5);
    assert!(fitted(Baseline::proportional(curve)) < 0.12);
    assert!(fitted(cuts) < 0.12);
}

#[test]
fn steps_by_expectation_reach_the_maximum_that_newton_finds_and_the_true_kernel() {
    let process = pair();
    let record = drawn(&process, 20_000.0, Resolution::Exact, Method::Branching, 9);
    let edges = [0.0, 0.5, 1.0, 2.0, 4.0, 8.0];
    let em = fit_steps(
        &record,
        &[Baseline::constant()],
        &edges,
        &EmOptions::default(),
    )
    .unwrap();
    assert!(em.converged);
    let mut model = Model::exponential(&[]);
    model.delays = Delays::Steps(edges.to_vec());
    let newton = fit(&record, &model, &Options::default()).unwrap();
    assert!(em.log_likelihood <= newton.log_likelihood + 1e-6);
    assert!(newton.log_likelihood - em.log_likelihood < 1e-3);
    for (part, ends) in edges.windows(2).enumerate() {
        for (i, j, ratio) in [(0, 0, 0.4), (0, 1, 0.3), (1, 1, 0.3)] {
            let truth = ratio * ((-0.8 * ends[0]).exp() - (-0.8 * ends[1]).exp());
            let found = newton.process.parts()[part][(i, j)];
            assert!(
                (found - truth).abs() < 0.03,
                "{part} {i} {j}: {found} {truth}"
            );
            assert!((em.process.parts()[part][(i, j)] - found).abs() < 2e-3);
        }
    }
}

#[test]
fn attributions_sum_to_one_and_shares_are_near_the_truth() {
    let process = pair();
    let record = drawn(&process, 20_000.0, Resolution::Day, Method::Branching, 11);
    let found = attribution(&process, &record, 1e-9).unwrap();
    for event in &found.events {
        let all = event.baseline + event.by_stream.iter().sum::<f64>();
        assert!((all - 1.0).abs() < 1e-9);
        let listed: f64 = event.parents.iter().map(|p| p.probability).sum();
        assert!((listed - (1.0 - event.baseline)).abs() < 1e-5);
    }
    // In the long run the share is the ratio times the rates' quotient.
    let rates = process.stationary_rates(&[0.3, 0.2]).unwrap();
    let shares = found.shares[0].as_ref().unwrap();
    assert!((shares[0] - 0.4).abs() < 0.02);
    assert!((shares[1] - 0.3 * rates[1] / rates[0]).abs() < 0.02);
    assert!((found.baseline[0].unwrap() - 0.3 / rates[0]).abs() < 0.02);
}

#[test]
fn a_plan_sets_off_what_the_total_effects_say() {
    let process = pair();
    let planned = [Event {
        time: 10.0,
        stream: 1,
    }];
    let scenario = Scenario {
        planned: &planned,
        ..Scenario::new(Window::new(0.0, 200.0).unwrap(), Resolution::Day)
    };
    let draws = 20_000;
    let found = forecast(
        std::slice::from_ref(&process),
        &scenario,
        &[10.0, 100.0],
        draws,
        1,
    )
    .unwrap();
    let total = process.total_effects().unwrap();
    for stream in 0..2 {
        let mean = Forecast::mean(&found.set_off(&[stream], 0..3));
        assert!((mean - total[(stream, 1)]).abs() < 0.04, "{mean}");
    }
    assert_eq!(Forecast::mean(&found.set_off(&[0, 1], 0..1)), 0.0);
    let rates = process.stationary_rates(&[0.3, 0.2]).unwrap();
    let counts = found.counts(&[1], 2..3);
    assert!((Forecast::mean(&counts) - 100.0 * rates[1]).abs() < 0.5);
    let (low, high) = Forecast::interval(&counts, 0.9);
    let chance = found.chance(&[1], 2..3, low) - found.chance(&[1], 2..3, high + 1);
    assert!((0.9..0.95).contains(&chance), "{chance}");
    let again = forecast(&[process], &scenario, &[10.0, 100.0], draws, 1).unwrap();
    assert_eq!(found, again);
}

#[test]
fn held_out_the_right_model_beats_poisson_and_not_the_other_way() {
    let record = drawn(&pair(), 2000.0, Resolution::Day, Method::Branching, 13);
    let edges = blocks(1500.0, 2000.0, 30.0);
    let model = Model::exponential(&[0.8]);
    let scored = held_out(&record, &model, &Options::default(), 1500.0, &edges).unwrap();
    assert!(scored.difference > 2.0 * scored.standard_error.unwrap());
    assert!((scored.blocks.iter().sum::<f64>() - scored.difference).abs() < 1e-9);
    let test = record.between(1500.0, 2000.0).unwrap();
    let whole: f64 = log_likelihood(&scored.fit.process, &test)
        .unwrap()
        .iter()
        .sum();
    assert!((whole - scored.model).abs() < 1e-8);
    let poisson = Process::exponential(&[1.0, 0.5], Matrix::zeros(2, 2), 1.0).unwrap();
    let record = drawn(&poisson, 2000.0, Resolution::Day, Method::Branching, 13);
    let scored = held_out(&record, &model, &Options::default(), 1500.0, &edges).unwrap();
    assert!(scored.difference < 2.0 * scored.standard_error.unwrap());
    let models = [model.poisson(), model];
    let choice = choose(&record, &models, &Options::default(), 1500.0, &edges).unwrap();
    assert_eq!(choice.candidates.len(), 2);
}

#[test]
fn intervals_of_profile_and_bootstrap_agree_and_hold_the_truth() {
    let process = pair();
    let record = drawn(&process, 1500.0, Resolution::Exact, Method::Branching, 15);
    let model = Model::exponential(&[0.8]);
    let fitted = fit(&record, &model, &Options::default()).unwrap();
    let profile = profile_interval(&record, &fitted, 0, 1, 0, 0.95).unwrap();
    assert!(profile.low < 0.3 && 0.3 < profile.high);
    let boot = bootstrap(&record, &model, &fitted, 400, 1).unwrap();
    let (low, high) = boot.interval(0.95, |p| p.branching()[(0, 1)]).unwrap();
    let error = fitted.branching[0][1].standard_error.unwrap();
    assert!((low - profile.low).abs() < 0.5 * error);
    assert!((high - profile.high).abs() < 0.5 * error);
    let spread = boot.standard_error(|p| p.branching()[(0, 1)]).unwrap();
    assert!((spread / error - 1.0).abs() < 0.25);
    // The missing link: its lower end is zero.
    let none = profile_interval(&record, &fitted, 1, 0, 0, 0.95).unwrap();
    assert!(none.low == 0.0 && none.high < 0.15);
}

#[test]
fn a_penalty_drops_links_that_are_not_there() {
    let size = 8;
    let branching = Matrix::from_fn(size, size, |i, j| match (i + size - j) % size {
        0 => 0.3,
        1 => 0.3,
        _ => 0.0,
    });
    let process = Process::exponential(&vec![0.2; size], branching.clone(), 1.0).unwrap();
    let record = drawn(&process, 1500.0, Resolution::Exact, Method::Branching, 17);
    let path = Path {
        points: 25,
        reach: 1e-3,
        split: 1100.0,
    };
    let model = Model::exponential(&[1.0]);
    let found = penalised_path(&record, &model, &Options::default(), &path).unwrap();
    assert_eq!(found.path[0].ratios, 0);
    assert!(0 < found.chosen && found.chosen < 24, "{}", found.chosen);
    let full = fit(&record, &model, &Options::default()).unwrap().process;
    let (ours, plain) = (found.process.branching(), full.branching());
    let spurious = |matrix: &Matrix| -> f64 {
        let cells = (0..size).flat_map(|i| (0..size).map(move |j| (i, j)));
        cells
            .filter(|at| branching[*at] == 0.0)
            .map(|at| matrix[at])
            .sum()
    };
    assert!(spurious(&ours) < 0.8 * spurious(&plain));
    for i in 0..size {
        assert!(ours[(i, i)] > 0.1 && ours[(i, (i + size - 1) % size)] > 0.1);
    }
}

#[test]
fn vague_dates_are_left_out_or_spread_and_pooled() {
    let record = drawn(&pair(), 1000.0, Resolution::Day, Method::Branching, 19);
    let mut streams = vec![Vec::new(); 2];
    for (at, event) in record.events().enumerate() {
        let vague = at % 10 == 0;
        streams[event.stream].push(Dated {
            day: if vague {
                (event.time / 30.0).floor() * 30.0
            } else {
                event.time
            },
            days: if vague { 30 } else { 1 },
        });
    }
    let window = Window::new(0.0, 1000.0).unwrap();
    let of = |ties, vague| impute(&streams, window, ties, vague, 10, 1).unwrap();
    let left = of(Ties::SameDayIgnored, Vague::LeftOut);
    assert_eq!(left.len(), 1);
    let all = record.counts().iter().sum::<usize>();
    assert!(left[0].counts().iter().sum::<usize>() < all);
    let model = Model::exponential(&[0.8]);
    for ties in [Ties::SameDayIgnored, Ties::SpreadWithinDay] {
        let spread = of(ties, Vague::Spread);
        assert_eq!(spread.len(), 10);
        let pooled = fit_imputed(&spread, &model, &Options::default()).unwrap();
        let figure = pooled.branching[0][0];
        let within: f64 = pooled
            .fits
            .iter()
            .map(|fit| fit.branching[0][0].standard_error.unwrap().powi(2))
            .sum::<f64>()
            / 10.0;
        let between: f64 = pooled
            .fits
            .iter()
            .map(|fit| (fit.branching[0][0].value - figure.value).powi(2))
            .sum::<f64>()
            / 9.0;
        let total = within + 1.1 * between;
        assert!((figure.standard_error.unwrap().powi(2) / total - 1.0).abs() < 1e-9);
        assert!(figure.missing.unwrap() > 0.0);
    }
}

#[test]
fn two_decays_are_told_apart_and_their_errors_describe_their_spread() {
    let truth = [3.0, 0.1];
    let process = Process::new(
        &[Baseline::constant()],
        vec![vec![0.3]],
        Kernel::Exponential {
            decays: truth.to_vec(),
        },
        vec![Matrix::from_rows(&[[0.35]]), Matrix::from_rows(&[[0.3]])],
    )
    .unwrap();
    let mut model = Model::exponential(&[]);
    model.delays = Delays::Estimated {
        count: 2,
        bounds: Some((0.01, 20.0)),
    };
    let mut squares = [0.0; 2];
    let seeds = 25;
    for seed in 0..seeds {
        let record = drawn(
            &process,
            4000.0,
            Resolution::Exact,
            Method::Branching,
            300 + seed,
        );
        let fit = fit(&record, &model, &Options::default()).unwrap();
        for (m, decay) in fit.decays.iter().enumerate() {
            let error = decay.standard_error.unwrap() / decay.value;
            squares[m] += ((decay.value / truth[m]).ln() / error).powi(2) / seeds as f64;
        }
    }
    // A mean of 25 squares of standard normal numbers lies between these in 999 of 1000 cases.
    assert!(
        squares.iter().all(|s| (0.3..2.3).contains(s)),
        "{squares:?}"
    );
}
