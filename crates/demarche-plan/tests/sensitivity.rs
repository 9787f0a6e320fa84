//! Indices of sensitivity against another program's numbers on the same sample, and against functions
//! of which the indices are known.

use std::f64::consts::PI;

use demarche_plan::sensitivity::{
    Indices, SensitivityError, latin_hypercube, morris, morris_paths, saltelli, sobol,
};

/// Ishigami and Homma's function with a = 7, b = 0.1, of factors in [0, 1].
fn ishigami(at: &[f64]) -> f64 {
    let x: Vec<f64> = at.iter().map(|u| -PI + 2.0 * PI * u).collect();
    x[0].sin() + 7.0 * x[1].sin().powi(2) + 0.1 * x[2].powi(4) * x[0].sin()
}

fn indices(rows: &[Vec<f64>], model: impl Fn(&[f64]) -> f64, resamples: usize) -> Vec<Indices> {
    let outcomes: Vec<f64> = saltelli(rows).iter().map(|at| model(at)).collect();
    sobol(&outcomes, rows[0].len() / 2, resamples, 0.95, 1).expect("indices")
}

/// Multiples of square roots, the part behind the point: a sample that any program can draw.
fn plain_sample(count: usize) -> Vec<Vec<f64>> {
    let roots: Vec<f64> = [2.0_f64, 3.0, 5.0, 7.0, 11.0, 13.0]
        .iter()
        .map(|p| p.sqrt())
        .collect();
    (1..=count)
        .map(|i| roots.iter().map(|root| i as f64 * root % 1.0).collect())
        .collect()
}

/// SALib 1.6.0's `sobol.analyze` with 1,000 resamples on the outcomes of the same 1,024 rows.
#[test]
fn another_program_finds_the_same_on_the_same_sample() {
    let ours = indices(&plain_sample(1024), ishigami, 1000);
    let first = [
        0.2962938284338604,
        0.4495487446751588,
        0.0026545254953617915,
    ];
    let total = [0.5198517760752447, 0.44197162704947524, 0.24415188479915204];
    let first_half = [0.05809053, 0.05347262, 0.05403429];
    let total_half = [0.07116369, 0.04051563, 0.0274697];
    for j in 0..3 {
        let found = ours[j];
        assert!(
            (found.first.value - first[j]).abs() < 1e-10,
            "{} {}",
            found.first.value,
            first[j]
        );
        assert!(
            (found.total.value - total[j]).abs() < 1e-10,
            "{} {}",
            found.total.value,
            total[j]
        );
        // Its random numbers are others, so its intervals agree as far as 1,000 resamples do.
        let close = |ours: f64, theirs: f64| (ours / theirs - 1.0).abs() < 0.12;
        assert!(close(found.first.half_width, first_half[j]), "{found:?}");
        assert!(close(found.total.half_width, total_half[j]), "{found:?}");
    }
}

#[test]
fn the_known_indices_of_ishigami_lie_within_the_intervals() {
    let rows = latin_hypercube(1 << 14, 6, 7);
    let found = indices(&rows, ishigami, 200);
    let known = [
        (0.313_905, 0.557_589),
        (0.442_411, 0.442_411),
        (0.0, 0.243_684),
    ];
    for (found, (first, total)) in found.iter().zip(known) {
        // Two half-widths of 95 %: six such questions at once.
        assert!(
            (found.first.value - first).abs() < 2.0 * found.first.half_width,
            "{found:?} {first}"
        );
        assert!(
            (found.total.value - total).abs() < 2.0 * found.total.half_width,
            "{found:?} {total}"
        );
        assert!(
            found.first.half_width < 0.05 && found.total.half_width < 0.05,
            "{found:?}"
        );
    }
}

#[test]
fn the_known_indices_of_sobols_g_lie_within_the_intervals() {
    let a = [0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0];
    let g = |at: &[f64]| {
        at.iter()
            .zip(a)
            .map(|(u, a)| ((4.0 * u - 2.0).abs() + a) / (1.0 + a))
            .product::<f64>()
    };
    // Analytic: the partial variances are (1/3) / (1 + a)², and the whole is the product of 1 + each, less 1.
    let partial: Vec<f64> = a
        .iter()
        .map(|a| 1.0 / (3.0 * (1.0 + a) * (1.0 + a)))
        .collect();
    let product: f64 = partial.iter().map(|v| 1.0 + v).product();
    let found = indices(&latin_hypercube(1 << 13, 16, 3), g, 200);
    for (found, v) in found.iter().zip(&partial) {
        let first = v / (product - 1.0);
        let total = v * (product / (1.0 + v)) / (product - 1.0);
        assert!(
            (found.first.value - first).abs() < 2.5 * found.first.half_width,
            "{found:?} {first}"
        );
        assert!(
            (found.total.value - total).abs() < 2.5 * found.total.half_width,
            "{found:?} {total}"
        );
    }
}

#[test]
fn a_large_mean_changes_nothing() {
    let rows = latin_hypercube(2000, 6, 5);
    let plain = indices(&rows, ishigami, 10);
    let lifted = indices(&rows, |at| 1e6 + 1e3 * ishigami(at), 10);
    for (plain, lifted) in plain.iter().zip(&lifted) {
        assert!((plain.first.value - lifted.first.value).abs() < 1e-8);
        assert!((plain.total.value - lifted.total.value).abs() < 1e-8);
    }
}

#[test]
fn a_latin_hypercube_has_one_point_in_each_slice() {
    for points in [1, 2, 7, 100] {
        let rows = latin_hypercube(points, 3, 11);
        for j in 0..3 {
            let mut slices: Vec<usize> = rows
                .iter()
                .map(|row| (row[j] * points as f64) as usize)
                .collect();
            slices.sort_unstable();
            assert_eq!(slices, (0..points).collect::<Vec<_>>());
        }
        assert_eq!(rows, latin_hypercube(points, 3, 11));
    }
}

#[test]
fn elementary_effects_of_a_linear_model_are_its_slopes() {
    let paths = morris_paths(20, 3, 4, 1);
    let run = |model: &dyn Fn(&[f64]) -> f64| {
        let outcomes: Vec<Vec<f64>> = paths
            .iter()
            .map(|path| path.iter().map(|at| model(at)).collect())
            .collect();
        morris(&paths, &outcomes).expect("effects")
    };
    for (found, slope) in run(&|at| 3.0 * at[0] - 2.0 * at[1])
        .iter()
        .zip([3.0_f64, -2.0, 0.0])
    {
        assert!((found.mean - slope).abs() < 1e-9 && (found.mean_size - slope.abs()).abs() < 1e-9);
        assert!(found.deviation < 1e-9);
    }
    // An interaction shows as spread.
    let found = run(&|at| at[0] * at[1]);
    assert!(found[0].deviation > 0.1 && found[1].deviation > 0.1 && found[2].deviation < 1e-9);
    for path in &paths {
        assert!(path.iter().flatten().all(|u| (0.0..=1.0).contains(u)));
    }
}

#[test]
fn what_cannot_be_told_is_said() {
    let wrong = |y: &[f64], factors, level| sobol(y, factors, 10, level, 1).expect_err("an error");
    assert_eq!(wrong(&[1.0; 7], 3, 0.95), SensitivityError::Lengths);
    assert_eq!(wrong(&[], 0, 0.95), SensitivityError::Lengths);
    assert_eq!(
        wrong(&[1.0, 2.0, 3.0, 4.0, 5.0], 3, 0.95),
        SensitivityError::TooFew
    );
    assert_eq!(wrong(&[1.0; 10], 3, 0.95), SensitivityError::Constant);
    let mut y: Vec<f64> = (0..10).map(f64::from).collect();
    assert_eq!(wrong(&y, 3, 1.0), SensitivityError::Level);
    y[4] = f64::INFINITY;
    assert_eq!(wrong(&y, 3, 0.95), SensitivityError::NotFinite(4));
    assert_eq!(
        morris(&[], &[]).expect_err("an error"),
        SensitivityError::TooFew
    );
}
