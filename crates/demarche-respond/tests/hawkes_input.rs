//! Bad input gives a message that says what is wrong, never a number that is not one.

use demarche_respond::hawkes::{
    Baseline, Bound, Curve, Delays, HawkesError, Kernel, Method, Model, Options, Process, Record,
    Resolution, Scenario, Standing, Window, attribution, bootstrap, fit, forecast,
    kolmogorov_smirnov, log_likelihood, simulate,
};
use demarche_respond::matrix::Matrix;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

fn window() -> Window {
    Window::new(0.0, 100.0).unwrap()
}

fn refused(streams: &[Vec<f64>], resolution: Resolution) -> String {
    Record::new(streams, window(), resolution)
        .unwrap_err()
        .to_string()
}

fn even(count: usize) -> Vec<f64> {
    (0..count).map(|at| (at * 97 % 100) as f64).collect()
}

fn sorted(count: usize) -> Vec<f64> {
    let mut times = even(count);
    times.sort_by(f64::total_cmp);
    times
}

#[test]
fn records_are_checked() {
    let exact = Resolution::Exact;
    assert!(refused(&[vec![3.0, 2.0]], exact).contains("sort"));
    assert!(refused(&[vec![3.0, f64::NAN]], exact).contains("not a number"));
    assert!(refused(&[vec![3.0, 101.0]], exact).contains("outside"));
    assert!(refused(&[vec![-1.0]], exact).contains("outside"));
    assert!(refused(&[vec![100.0]], Resolution::Day).contains("outside"));
    assert!(refused(&[vec![1.5]], Resolution::Day).contains("whole day"));
    assert!(refused(&[], exact).contains("no streams"));
    assert!(
        Window::new(5.0, 5.0)
            .unwrap_err()
            .to_string()
            .contains("length")
    );
    assert!(Window::new(f64::NAN, 5.0).is_err());
    let history = Record::with_history(&[vec![-1.0, 3.0]], window(), exact).unwrap();
    assert_eq!((history.first(), history.counts()), (1, vec![1]));
}

#[test]
fn thin_and_empty_streams_are_refused() {
    let of = |streams: &[Vec<f64>]| Record::new(streams, window(), Resolution::Day).unwrap();
    let model = Model::exponential(&[1.0]);
    let options = Options { needed: 30 };
    let thin = fit(&of(&[sorted(40), sorted(7)]), &model, &options).unwrap_err();
    assert_eq!(
        thin.to_string(),
        "stream 1: too few events (n = 7, at least 30 needed)"
    );
    let empty = fit(&of(&[sorted(40), vec![]]), &model, &options).unwrap_err();
    assert_eq!(empty, HawkesError::Empty { stream: 1 });
    // Where it is allowed, an empty stream sets off nothing, and that is said.
    let fit = fit(&of(&[sorted(40), vec![]]), &model, &Options { needed: 0 }).unwrap();
    assert_eq!(fit.branching[0][1].standing, Standing::Unidentified);
    assert_eq!(fit.levels[1][0].value, 0.0);
    assert_eq!(fit.levels[1][0].standing, Standing::AtZero);
    assert!(fit.log_likelihood.is_finite());
}

#[test]
fn models_are_checked() {
    let record = Record::new(&[sorted(60)], window(), Resolution::Day).unwrap();
    let refused = |delays: Delays| {
        let mut model = Model::exponential(&[]);
        model.delays = delays;
        fit(&record, &model, &Options::default()).unwrap_err()
    };
    for value in [0.0, -1.0, 501.0, f64::INFINITY] {
        assert_eq!(
            refused(Delays::Given(vec![value])),
            HawkesError::Decay { value }
        );
    }
    assert!(
        refused(Delays::Given(vec![f64::NAN]))
            .to_string()
            .contains("decay")
    );
    assert!(matches!(
        refused(Delays::Given(vec![1.0, 1.0])),
        HawkesError::SameDecays { .. }
    ));
    let bounds = |low, high| Delays::Estimated {
        count: 1,
        bounds: Some((low, high)),
    };
    assert!(matches!(
        refused(bounds(2.0, 1.0)),
        HawkesError::Bounds { .. }
    ));
    assert!(matches!(
        refused(bounds(0.0, 1.0)),
        HawkesError::Bounds { .. }
    ));
    assert!(matches!(
        refused(Delays::Steps(vec![0.0, 2.0, 1.0])),
        HawkesError::Edges { .. }
    ));
    assert!(matches!(
        refused(Delays::Steps(vec![0.0, 1.5])),
        HawkesError::NotWholeDay { .. }
    ));
    assert!(Baseline::pieces(&[3.0, 3.0]).is_err());
    assert!(Curve::new(&[0.0], &[-1.0]).is_err());
    assert!(
        Curve::new(&[0.0], &[0.0])
            .unwrap()
            .scaled(window())
            .is_err()
    );
    // An event where nothing can happen.
    let mut model = Model::exponential(&[1.0]);
    let curve = Curve::new(&[0.0, 10.0], &[0.0, 1.0]).unwrap();
    model.baselines = vec![Baseline::proportional(curve)];
    assert!(matches!(
        fit(&record, &model, &Options::default()).unwrap_err(),
        HawkesError::Impossible { .. }
    ));
}

#[test]
fn a_decay_that_runs_to_a_bound_says_so() {
    // Bursts of a day long after each other, in a window of exact times finer than any bound.
    let mut times = Vec::new();
    for burst in 0..20 {
        for at in 0..4 {
            times.push(5.0 * f64::from(burst) + 1e-4 * f64::from(at));
        }
    }
    let record = Record::new(&[times], window(), Resolution::Exact).unwrap();
    let mut model = Model::exponential(&[]);
    model.delays = Delays::Estimated {
        count: 1,
        bounds: Some((0.1, 5.0)),
    };
    let fit = fit(&record, &model, &Options::default()).unwrap();
    assert_eq!(fit.decays[0].bound, Some(Bound::Upper));
    assert_eq!(fit.decays[0].standard_error, None);
}

#[test]
fn unstable_processes_are_refused_where_they_have_no_answer() {
    let process = Process::exponential(&[1.0], Matrix::from_rows(&[[1.2]]), 1.0).unwrap();
    assert!(!process.is_stable());
    assert!((process.spectral_radius() - 1.2).abs() < 1e-12);
    let message = process.stationary_rates(&[1.0]).unwrap_err().to_string();
    assert!(message.contains("1.200"), "{message}");
    assert!(process.total_effects().is_err());
    let scenario = Scenario {
        limit: 1000,
        ..Scenario::new(window(), Resolution::Exact)
    };
    for method in [Method::Branching, Method::Thinning] {
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let exploded = simulate(&process, &scenario, method, &mut rng).unwrap_err();
        assert_eq!(exploded, HawkesError::Exploded { limit: 1000 });
    }
    assert!(forecast(&[process], &scenario, &[], 10, 1).is_err());
    // A record that only grows is fitted, flagged, and not used for a bootstrap.
    let times: Vec<f64> = (1..400)
        .map(|k| 100.0 * (f64::from(k) / 400.0).powf(0.12))
        .collect();
    let record = Record::new(&[times], window(), Resolution::Exact).unwrap();
    let model = Model::exponential(&[0.01]);
    let fit = fit(&record, &model, &Options::default()).unwrap();
    assert!(!fit.is_stable(), "{}", fit.spectral_radius);
    assert!(matches!(
        bootstrap(&record, &model, &fit, 10, 1).unwrap_err(),
        HawkesError::Unstable { .. }
    ));
}

#[test]
fn processes_are_checked() {
    let one =
        |level: f64, ratio: f64| Process::exponential(&[level], Matrix::from_rows(&[[ratio]]), 1.0);
    assert!(one(-1.0, 0.1).is_err());
    assert!(one(1.0, f64::NAN).is_err());
    assert!(Process::exponential(&[1.0, 1.0], Matrix::identity(1), 1.0).is_err());
    let process = one(0.0, 0.5).unwrap();
    let record = Record::new(&[vec![3.0]], window(), Resolution::Exact).unwrap();
    assert!(log_likelihood(&process, &record).is_err());
    assert!(attribution(&process, &record, 0.1).is_err());
    assert!(attribution(&one(1.0, 0.5).unwrap(), &record, 0.0).is_err());
    let steps = Process::new(
        &[Baseline::constant()],
        vec![vec![1.0]],
        Kernel::Steps {
            edges: vec![0.0, 1.0],
        },
        vec![Matrix::from_rows(&[[0.5]])],
    )
    .unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let scenario = Scenario::new(window(), Resolution::Exact);
    assert_eq!(
        simulate(&steps, &scenario, Method::Thinning, &mut rng).unwrap_err(),
        HawkesError::NeedsExponential
    );
}

#[test]
fn the_test_of_kolmogorov_and_smirnov_equals_tables() {
    // From `scipy.stats.kstest(x, "uniform", method="exact")`.
    let test = kolmogorov_smirnov(&[0.1, 0.15, 0.2, 0.4, 0.45], |x| x).unwrap();
    assert!((test.distance - 0.55).abs() < 1e-12);
    assert!((test.p_value - KS_FIVE).abs() < 1e-9, "{}", test.p_value);
    assert!(kolmogorov_smirnov(&[], |x| x).is_none());
    assert!(kolmogorov_smirnov(&[f64::NAN], |x| x).is_none());
}

const KS_FIVE: f64 = 0.059696249999999965;
