//! Whatever the record, a fit gives finite figures at a maximum of the likelihood, or an error.

use demarche_respond::hawkes::{
    Delays, Model, Options, Record, Resolution, Standing, Window, fit, gradient, log_likelihood,
    residuals,
};
use proptest::prelude::*;

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn fits_are_finite_and_at_a_maximum(
        streams in prop::collection::vec(prop::collection::vec(-20_i32..60, 0..40), 1..4),
        decays in prop::sample::select(vec![vec![1.0], vec![0.05], vec![3.0, 0.3], vec![]]),
        days in any::<bool>(),
    ) {
        let lists: Vec<Vec<f64>> = streams
            .iter()
            .map(|days| {
                let mut times: Vec<f64> = days.iter().map(|day| f64::from(*day)).collect();
                times.sort_by(f64::total_cmp);
                times
            })
            .collect();
        let resolution = if days { Resolution::Day } else { Resolution::Exact };
        let window = Window::new(0.0, 60.0).unwrap();
        let record = Record::with_history(&lists, window, resolution).unwrap();
        let mut model = Model::exponential(&[]);
        model.delays = Delays::Given(decays);
        let fit = fit(&record, &model, &Options { needed: 0 }).unwrap();
        prop_assert!(fit.log_likelihood.is_finite());
        let parts: f64 = log_likelihood(&fit.process, &record).unwrap().iter().sum();
        prop_assert!((parts - fit.log_likelihood).abs() < 1e-8 * parts.abs().max(1.0));
        for figure in fit.levels.iter().chain(&fit.branching).flatten() {
            prop_assert!(figure.value.is_finite() && figure.value >= 0.0);
            prop_assert!(figure.standard_error.is_none_or(f64::is_finite));
        }
        // No parameter can be moved to a better place.
        let slopes = gradient(&fit.process, &record).unwrap();
        let levels = slopes.levels.iter().flatten().zip(fit.levels.iter().flatten());
        for (slope, figure) in levels {
            match figure.standing {
                Standing::Free => prop_assert!(slope.abs() < 1e-3, "{slope}"),
                _ => prop_assert!(*slope < 1e-3, "{slope}"),
            }
        }
        for part in &slopes.parts {
            prop_assert!(part.as_slice().iter().all(|slope| *slope < 1e-3), "{:?}", part);
        }
        for tests in residuals(&fit.process, &record, 1).unwrap().tests.into_iter().flatten() {
            prop_assert!((0.0..=1.0).contains(&tests.p_value));
        }
    }
}
