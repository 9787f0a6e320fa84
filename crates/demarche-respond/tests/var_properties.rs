//! What must hold of any vector autoregression, and what must be refused.

use std::num::NonZero;

use demarche_respond::matrix::Matrix;
use demarche_respond::var::{
    Band, BootstrapOptions, Data, Deterministic, Errors, Impulse, PathOptions, ProjectionOptions,
    Resample, Shock, Var, VarError, lag_table, local_projections,
};
use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Noise of variance about one, from twelve even numbers.
fn noise(rng: &mut ChaCha8Rng) -> f64 {
    (0..12)
        .map(|_| f64::from(rng.next_u32()) / f64::from(u32::MAX))
        .sum::<f64>()
        - 6.0
}

/// Series that follow `y_t = A y_{t-1} + B u_t`.
fn made(a: &Matrix, b: &Matrix, periods: usize, seed: u64) -> Data {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut now = vec![0.0; a.rows()];
    let mut columns = vec![Vec::new(); a.rows()];
    for _ in 0..periods {
        let errors: Vec<f64> = (0..a.rows()).map(|_| noise(&mut rng)).collect();
        let moved = b.times_vector(&errors);
        now = a
            .times_vector(&now)
            .iter()
            .zip(moved)
            .map(|(y, u)| y + u)
            .collect();
        for (column, value) in columns.iter_mut().zip(&now) {
            column.push(*value);
        }
    }
    Data::new(
        columns
            .into_iter()
            .enumerate()
            .map(|(at, values)| (format!("y{}", at + 1), values)),
    )
    .unwrap()
}

fn known() -> (Matrix, Matrix) {
    (
        Matrix::from_rows(&[[0.5, 0.2, 0.0], [0.0, 0.4, -0.3], [0.1, 0.0, 0.3]]),
        Matrix::from_rows(&[[1.0, 0.0, 0.0], [0.5, 1.0, 0.0], [-0.3, 0.2, 0.8]]),
    )
}

fn sample(periods: usize) -> Data {
    let (a, b) = known();
    made(&a, &b, periods, 4)
}

fn fitted(lags: usize) -> Var {
    Var::fit(&sample(300), lags, Deterministic::Constant).unwrap()
}

#[test]
fn responses_of_a_known_system_are_powers_of_its_matrix() {
    let (a, b) = known();
    let var = Var::fit(&made(&a, &b, 60_000, 2), 1, Deterministic::Constant).unwrap();
    let plain = var.responses(6, Impulse::Plain).unwrap();
    let orthogonal = var.responses(6, Impulse::Orthogonal).unwrap();
    let mut power = Matrix::identity(3);
    for step in 0..=6 {
        assert!(plain.steps[step].minus(&power).largest() < 0.02);
        assert!(orthogonal.steps[step].minus(&power.times(&b)).largest() < 0.02);
        power = power.times(&a);
    }
    // And of the estimate itself, to rounding.
    let estimate = var.lag_matrix(1);
    let cube = estimate.times(&estimate).times(&estimate);
    assert!(plain.steps[3].minus(&cube).largest() < 1e-14);
}

#[test]
fn errors_of_responses_are_their_spread_over_samples() {
    let (a, b) = known();
    let mut found = Vec::new();
    let mut errors = Matrix::zeros(3, 3);
    for seed in 0..300 {
        let var = Var::fit(&made(&a, &b, 400, 1000 + seed), 1, Deterministic::Constant).unwrap();
        found.push(var.responses(2, Impulse::Orthogonal).unwrap().steps[2].clone());
        let here = var.response_errors(2, Impulse::Orthogonal, false).unwrap();
        errors = errors.plus(&here[2].scaled(1.0 / 300.0));
    }
    for row in 0..3 {
        for col in 0..3 {
            let mean = found.iter().map(|m| m[(row, col)]).sum::<f64>() / 300.0;
            let square = found
                .iter()
                .map(|m| (m[(row, col)] - mean).powi(2))
                .sum::<f64>()
                / 299.0;
            let ratio = errors[(row, col)] / square.sqrt();
            // A spread from 300 samples is known to about four in a hundred.
            assert!((0.85..1.15).contains(&ratio), "{row} {col}: {ratio}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..Default::default() })]

    #[test]
    fn shares_sum_to_one_and_generalised_begins_as_orthogonal(seed in 0_u64..10_000, lags in 1_usize..4) {
        let (a, b) = known();
        let var = Var::fit(&made(&a, &b, 120, seed), lags, Deterministic::Both).unwrap();
        for step in var.variance_shares(10).unwrap().steps {
            for row in 0..3 {
                prop_assert!((step.row(row).iter().sum::<f64>() - 1.0).abs() < 1e-12);
                prop_assert!(step.row(row).iter().all(|share| (0.0..=1.0).contains(share)));
            }
        }
        let orthogonal = var.responses(10, Impulse::Orthogonal).unwrap();
        let generalised = var.responses(10, Impulse::Generalised).unwrap();
        for (ours, theirs) in orthogonal.steps.iter().zip(&generalised.steps) {
            for row in 0..3 {
                prop_assert!((ours[(row, 0)] - theirs[(row, 0)]).abs() < 1e-12);
            }
        }
    }

    /// Whatever the series, there is a fit of finite figures or an error, and no panic.
    #[test]
    fn any_series_are_fitted_or_refused(
        values in prop::collection::vec(-5.0_f64..5.0, 0..60),
        odd in prop::sample::select(vec![0.0, 1.0, f64::NAN, f64::INFINITY, 1e300, -1e-300]),
        place in 0_usize..60,
        lags in 0_usize..4,
    ) {
        let mut values = values;
        if place < values.len() { values[place] = odd; }
        let half = values.len() / 2;
        let data = Data::new([("a", &values[..half]), ("b", &values[half..2 * half])]);
        if let Ok(data) = data
            && let Ok(var) = Var::fit(&data, lags, Deterministic::Constant)
        {
            prop_assert!(var.coefficients().is_finite() && var.covariance().is_finite());
            if let Ok(responses) = var.responses(8, Impulse::Orthogonal) {
                prop_assert!(responses.steps.iter().all(Matrix::is_finite));
            }
            if let Ok(forecast) = var.forecast(4, 0.9) {
                prop_assert!(forecast.steps.iter().all(|step| step.covariance.is_finite()));
            }
        }
    }
}

#[test]
fn bootstraps_do_not_depend_on_the_number_of_threads() {
    let var = fitted(2);
    for (resample, bias_correction) in [
        (Resample::Residual, false),
        (Resample::Wild, false),
        (
            Resample::MovingBlock {
                length: Resample::block_length(298),
            },
            false,
        ),
        (Resample::Residual, true),
    ] {
        let drawn = |threads| {
            let threads = NonZero::new(threads);
            let options = BootstrapOptions {
                draws: 60,
                resample,
                bias_correction,
                threads,
                ..Default::default()
            };
            var.bootstrap(&options).unwrap()
        };
        let (one, three) = (drawn(1), drawn(3));
        assert_eq!(one.draws(), 60);
        for number in 0..60 {
            assert_eq!(one.draw(number), three.draw(number));
        }
        assert_ne!(one.draw(0), one.draw(1));
    }
}

#[test]
fn joint_bands_are_wider_and_cumulative_bands_are_of_sums() {
    let var = fitted(2);
    let drawn = var
        .bootstrap(&BootstrapOptions {
            draws: 800,
            ..Default::default()
        })
        .unwrap();
    let bands = |kind| drawn.bands(kind, 0.9).unwrap();
    let width = |kind| {
        let bands = bands(kind);
        bands
            .high
            .iter()
            .zip(&bands.low)
            .map(|(h, l)| h.minus(l)[(0, 1)])
            .sum::<f64>()
    };
    assert!(width(Band::SupT) > width(Band::Percentile));
    assert!(width(Band::Bonferroni) > width(Band::SupT));
    assert!(width(Band::SupTAll) > width(Band::SupT));
    assert!((width(Band::Hall) - width(Band::Percentile)).abs() < 1e-9);
    let sums = drawn.cumulative_bands(Band::Percentile, 0.9).unwrap();
    let plain = bands(Band::Percentile);
    assert_eq!(sums.low[0], plain.low[0]);
    let added: f64 = plain.low.iter().map(|low| low[(0, 0)]).sum();
    assert!(
        (sums.low[12][(0, 0)] - added).abs() > 1e-3,
        "quantiles of sums, not sums of quantiles"
    );
    let shares = drawn.variance_bands(Band::Percentile, 0.9).unwrap();
    let point = var.variance_shares(13).unwrap();
    for (low, high) in shares.low.iter().zip(&shares.high) {
        assert!(low.as_slice().iter().all(|v| (0.0..=1.0).contains(v)));
        assert!(
            high.as_slice()
                .iter()
                .all(|v| (0.0..=1.0 + 1e-12).contains(v))
        );
    }
    assert!(shares.point[12].minus(&point.steps[12]).largest() < 1e-12);
}

/// Nine bands in ten, each meant to hold the truth nine times in ten.
#[test]
fn bands_hold_the_truth_as_often_as_they_say() {
    let (a, b) = known();
    let truth = a.times(&a).times(&b);
    let (mut held, mut joint, mut all) = (0, 0, 0);
    let mut steps = vec![b.clone()];
    for step in 1..=6 {
        steps.push(a.times(&steps[step - 1]));
    }
    for seed in 0..80 {
        let var = Var::fit(&made(&a, &b, 200, 500 + seed), 1, Deterministic::Constant).unwrap();
        let options = BootstrapOptions {
            draws: 300,
            horizon: 6,
            bias_correction: true,
            ..Default::default()
        };
        let drawn = var.bootstrap(&options).unwrap();
        let pointwise = drawn.bands(Band::Percentile, 0.9).unwrap();
        let together = drawn.bands(Band::SupT, 0.9).unwrap();
        for row in 0..3 {
            for col in 0..3 {
                let at = (row, col);
                let inside = |bands: &demarche_respond::var::Bands, step: usize| {
                    (bands.low[step][at]..=bands.high[step][at]).contains(&steps[step][at])
                };
                held += usize::from(inside(&pointwise, 2));
                joint += usize::from((0..=6).all(|step| {
                    // Zero by construction on the upper half of step 0.
                    (step == 0 && col > row) || inside(&together, step)
                }));
                all += 1;
            }
        }
    }
    assert!(truth.minus(&steps[2]).largest() < 1e-15);
    let (held, joint) = (held as f64 / all as f64, joint as f64 / all as f64);
    assert!((0.84..=0.96).contains(&held), "{held}");
    assert!((0.80..=0.97).contains(&joint), "{joint}");
}

/// An autoregression near one is biased downwards; the correction goes up and stays below one.
#[test]
fn kilian_correction_moves_towards_persistence_and_stays_stable() {
    let a = Matrix::from_rows(&[[0.95]]);
    let data = made(&a, &Matrix::identity(1), 80, 3);
    let var = Var::fit(&data, 1, Deterministic::Constant).unwrap();
    let options = BootstrapOptions {
        bias_correction: true,
        draws: 500,
        ..Default::default()
    };
    let drawn = var.bootstrap(&options).unwrap();
    let (slopes, largest) = drawn.corrected.clone().unwrap();
    let estimate = var.coefficients()[(0, 0)];
    assert!(
        slopes[(0, 0)] > estimate && largest < 1.0,
        "{estimate} {largest}"
    );
    // The bias of a first-order autoregression with a mean is about -(1 + 3 a) / n (Kendall 1954).
    let bias = (1.0 + 3.0 * estimate) / 79.0;
    let moved = slopes[(0, 0)] - estimate;
    assert!(moved > 0.3 * bias && moved < 1.6 * bias, "{moved} {bias}");
}

#[test]
fn shocks_on_paths_are_responses() {
    let var = fitted(2);
    let options = |shocks| PathOptions {
        horizon: 9,
        paths: 5,
        seed: 8,
        errors: Errors::Residuals,
        shocks,
    };
    let calm = var.simulate(&options(vec![])).unwrap();
    for impulse in [Impulse::Plain, Impulse::Orthogonal, Impulse::Generalised] {
        let shock = Shock {
            step: 2,
            series: "y2".into(),
            size: 1.5,
            impulse,
        };
        let shocked = var.simulate(&options(vec![shock])).unwrap();
        let responses = var.responses(6, impulse).unwrap();
        for (with, without) in shocked.paths.iter().zip(&calm.paths) {
            let apart = with.minus(without);
            for step in 0..9 {
                for at in 0..3 {
                    let due = if step < 2 {
                        0.0
                    } else {
                        1.5 * responses.steps[step - 2][(at, 1)]
                    };
                    assert!((apart[(step, at)] - due).abs() < 1e-12);
                }
            }
        }
    }
    let missing = Shock {
        step: 0,
        series: "no".into(),
        size: 1.0,
        impulse: Impulse::Plain,
    };
    assert_eq!(
        var.simulate(&options(vec![missing])),
        Err(VarError::UnknownSeries("no".into()))
    );
}

#[test]
fn many_paths_spread_as_the_forecast_says() {
    let var = fitted(1);
    let forecast = var.forecast(4, 0.9).unwrap();
    for errors in [Errors::Gaussian, Errors::Residuals] {
        let options = PathOptions {
            horizon: 4,
            paths: 8000,
            seed: 1,
            errors,
            shocks: vec![],
        };
        let paths = var.simulate(&options).unwrap();
        for (step, due) in forecast.steps.iter().enumerate() {
            for at in 0..3 {
                let spread = due.covariance[(at, at)].sqrt();
                assert!((paths.mean(step, at) - due.mean[at]).abs() < 0.06 * spread);
                assert!((paths.quantile(step, at, 0.95) - due.high[at]).abs() < 0.15 * spread);
            }
        }
        assert_eq!(paths.share_above(0, f64::MAX), 0.0);
        assert_eq!(paths.share_above(0, f64::MIN), 1.0);
    }
}

/// One step ahead a projection is the system itself; further ahead it comes near it.
#[test]
fn projections_agree_with_the_system() {
    let data = sample(4000);
    let var = Var::fit(&data, 2, Deterministic::Constant).unwrap();
    for impulse in [Impulse::Plain, Impulse::Orthogonal, Impulse::Generalised] {
        let projection = local_projections(
            &data,
            &ProjectionOptions {
                lags: 2,
                horizon: 5,
                impulse,
                deterministic: Deterministic::Constant,
                newey_west: None,
                small_sample: false,
            },
        )
        .unwrap();
        let iterated = var.responses(5, impulse).unwrap();
        let exact = if impulse == Impulse::Plain { 1 } else { 0 };
        let apart = projection.steps[exact]
            .minus(&iterated.steps[exact])
            .largest();
        // Shocks are scaled with n - k, projections have no such correction.
        assert!(apart < 1e-9, "{impulse:?} {apart}");
        for step in 0..=5 {
            assert_eq!(
                projection.observations[step],
                3998 - step + usize::from(exact == 1 && step > 0)
            );
            for (ours, (theirs, error)) in projection.steps[step].as_slice().iter().zip(
                iterated.steps[step]
                    .as_slice()
                    .iter()
                    .zip(projection.errors[step].as_slice()),
            ) {
                assert!(
                    (ours - theirs).abs() <= 4.5 * error + 1e-9,
                    "{step}: {ours} {theirs}"
                );
            }
        }
    }
}

#[test]
fn lags_of_a_known_system_are_found() {
    let table = lag_table(&sample(2000), 6, Deterministic::Constant).unwrap();
    assert_eq!((table.bic, table.hq), (1, 1));
    assert_eq!(table.observations, 1994);
}

/// Another order gives the same system, and other orthogonal responses.
#[test]
fn the_order_of_the_series_matters_to_orthogonal_responses_only() {
    let data = sample(300);
    let turned = data.select(&["y3", "y1", "y2"]).unwrap();
    assert_eq!(
        data.select(&["y4"]),
        Err(VarError::UnknownSeries("y4".into()))
    );
    let fit = |data: &Data| Var::fit(data, 2, Deterministic::Constant).unwrap();
    let (straight, turned) = (fit(&data), fit(&turned));
    let apart = |impulse| {
        let steps = |var: &Var| var.responses(3, impulse).unwrap().steps;
        let (ours, theirs) = (steps(&straight), steps(&turned));
        let cells = (0..9).map(|at| (at / 3, at % 3));
        cells.fold(0.0_f64, |most, (row, col)| {
            let other = theirs[2][((row + 1) % 3, (col + 1) % 3)];
            most.max((ours[2][(row, col)] - other).abs())
        })
    };
    assert!(apart(Impulse::Plain) < 1e-12 && apart(Impulse::Generalised) < 1e-12);
    assert!(apart(Impulse::Orthogonal) > 1e-3);
}

#[test]
fn faults_are_named() {
    let rise: Vec<f64> = sample(50).values().column(0);
    let other: Vec<f64> = sample(50).values().column(1);
    let fit = |a: &[f64], b: &[f64]| {
        Data::new([("a", a), ("b", b)]).and_then(|data| Var::fit(&data, 1, Deterministic::Constant))
    };
    let fault = |a: &[f64], b: &[f64]| fit(a, b).unwrap_err();
    assert_eq!(
        fault(&rise, &[2.0; 50]),
        VarError::Constant { series: "b".into() }
    );
    let mut gap = other.clone();
    gap[7] = f64::NAN;
    assert_eq!(
        fault(&rise, &gap),
        VarError::Gap {
            series: "b".into(),
            period: 7
        }
    );
    assert!(fault(&rise, &gap).to_string().contains("period 8"));
    let twice: Vec<f64> = rise.iter().map(|v| 2.0 * v + 1.0).collect();
    assert_eq!(
        fault(&rise, &twice),
        VarError::Collinear {
            regressor: "b.l1".into()
        }
    );
    // A series that is another's past.
    let late: Vec<f64> = std::iter::once(0.3)
        .chain(rise[..49].iter().copied())
        .collect();
    assert!(matches!(
        fault(&rise, &late),
        VarError::Collinear { .. } | VarError::SingularErrors
    ));
    assert_eq!(
        fault(&rise[..5], &other[..5]),
        VarError::TooFew {
            periods: 5,
            needed: 6
        }
    );
    assert!(matches!(fault(&rise, &other[..9]), VarError::Shape(_)));
    assert!(Data::new::<&str, Vec<f64>>([]).is_err());
    assert!(Data::new([("a", &rise), ("a", &other)]).is_err());
    let var = fit(&rise, &other).unwrap();
    assert!(var.causality(&["c"]).is_err() && var.causality(&["a", "b"]).is_err());
    assert!(var.causality(&[]).is_err() && var.causality(&["a", "a"]).is_err());
    assert!(
        var.portmanteau(1).is_err() && var.arch(40).is_err() && var.serial_correlation(0).is_err()
    );
    assert!(var.forecast(3, 1.0).is_err());
    assert!(var.response_errors(3, Impulse::Generalised, false).is_err());
    let long = Resample::MovingBlock { length: 50 };
    assert!(
        var.bootstrap(&BootstrapOptions {
            resample: long,
            ..Default::default()
        })
        .is_err()
    );
}

#[test]
fn an_unstable_system_is_said_to_be_one() {
    let a = Matrix::from_rows(&[[1.05]]);
    let data = made(&a, &Matrix::identity(1), 120, 5);
    let var = Var::fit(&data, 1, Deterministic::Constant).unwrap();
    assert!(!var.stability().stable && var.stability().largest > 1.0);
    assert!(!var.responses(5, Impulse::Plain).unwrap().stable);
    assert!(!var.forecast(5, 0.9).unwrap().stable);
    let refused = var.bootstrap(&BootstrapOptions::default()).unwrap_err();
    assert!(matches!(refused, VarError::Unstable { .. }));
    let said = format!("{:.4}", var.stability().largest);
    assert!(refused.to_string().contains(&said));
    let allowed = BootstrapOptions {
        allow_unstable: true,
        draws: 20,
        ..Default::default()
    };
    assert!(!var.bootstrap(&allowed).unwrap().point.stable);
    assert!(matches!(
        var.responses(40_000, Impulse::Plain),
        Err(VarError::Overflow { .. })
    ));
}
