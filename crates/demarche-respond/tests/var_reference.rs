//! Vector autoregressions against R's `vars` (Canada, six made series), statsmodels, and the
//! printed example of Lütkepohl 2005.

mod reference;

use std::path::{Path, PathBuf};

use demarche_respond::matrix::Matrix;
use demarche_respond::var::{
    Band, Bands, Bootstrap, BootstrapOptions, Data, Deterministic, Impulse, ProjectionOptions,
    Resample, Var, lag_table, local_projections,
};

use reference::reference;

fn rows(folder: &Path, name: &str) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader = csv::Reader::from_path(folder.join(name)).unwrap();
    let names = reader.headers().unwrap().iter().map(String::from).collect();
    let rows = reader
        .records()
        .map(|row| row.unwrap().iter().map(String::from).collect());
    (names, rows.collect())
}

fn number(text: &str) -> f64 {
    text.parse().unwrap()
}

fn series(folder: &Path, name: &str, skip: usize) -> Data {
    let (names, rows) = rows(folder, name);
    let column = |at: usize| rows.iter().map(|row| number(&row[at])).collect::<Vec<_>>();
    Data::new((skip..names.len()).map(|at| (names[at].clone(), column(at)))).unwrap()
}

fn canada() -> Option<(PathBuf, Data)> {
    let folder = reference("var")?;
    let data = series(&folder, "Canada.csv", 1);
    Some((folder, data))
}

#[track_caller]
fn near(ours: f64, theirs: f64, tolerance: f64) {
    let apart = (ours - theirs).abs();
    assert!(
        apart <= tolerance * theirs.abs().max(1.0),
        "{ours} is not {theirs}"
    );
}

#[track_caller]
fn all_near(ours: &[f64], theirs: &[f64], tolerance: f64) {
    assert_eq!(ours.len(), theirs.len());
    for (a, b) in ours.iter().zip(theirs) {
        near(*a, *b, tolerance);
    }
}

/// Compares responses with a table of step, response, impulse, value.
fn compare_responses(folder: &Path, file: &str, var: &Var, steps: &[Matrix], first: usize) {
    let (_, rows) = rows(folder, file);
    let place = |name: &str| var.names().iter().position(|n| n == name).unwrap();
    assert_eq!(rows.len(), steps.len() * var.series() * var.series());
    for row in rows {
        let step: usize = row[0].parse().unwrap();
        near(
            steps[step - first][(place(&row[1]), place(&row[2]))],
            number(&row[3]),
            1e-8,
        );
    }
}

#[test]
fn canada_coefficients_as_in_r() {
    let Some((folder, data)) = canada() else {
        return;
    };
    let var = Var::fit(&data, 2, Deterministic::Constant).unwrap();
    let (_, rows) = rows(&folder, "R_vars_canada_p2_coef.csv");
    assert_eq!(rows.len(), var.regressors());
    let errors = var.standard_errors();
    for (term, row) in rows.iter().enumerate() {
        assert_eq!(row[0].replace("const", "constant"), var.terms()[term]);
        for equation in 0..4 {
            near(
                var.coefficients()[(equation, term)],
                number(&row[1 + 2 * equation]),
                1e-8,
            );
            near(
                errors[(equation, term)],
                number(&row[2 + 2 * equation]),
                1e-8,
            );
        }
    }
}

#[test]
fn canada_lag_choice_as_in_r() {
    let Some((folder, data)) = canada() else {
        return;
    };
    let table = lag_table(&data, 8, Deterministic::Constant).unwrap();
    let (_, rows) = rows(&folder, "R_vars_canada_lagselect.csv");
    for (at, row) in table.rows.iter().enumerate() {
        for (ours, line) in [row.aic, row.hq, row.bic, row.fpe].iter().zip(&rows) {
            near(*ours, number(&line[at + 1]), 1e-8);
        }
    }
    assert_eq!((table.aic, table.hq, table.bic, table.fpe), (3, 2, 1, 3));
}

#[test]
fn canada_responses_and_variance_shares_as_in_r() {
    let Some((folder, data)) = canada() else {
        return;
    };
    let var = Var::fit(&data, 2, Deterministic::Constant).unwrap();
    for (file, impulse) in [
        ("R_vars_canada_p2_irf.csv", Impulse::Plain),
        ("R_vars_canada_p2_orth_irf.csv", Impulse::Orthogonal),
    ] {
        compare_responses(
            &folder,
            file,
            &var,
            &var.responses(12, impulse).unwrap().steps,
            0,
        );
    }
    let (_, rows) = rows(&folder, "R_vars_canada_p2_fevd.csv");
    let shares = var.variance_shares(12).unwrap();
    let place = |name: &str| var.names().iter().position(|n| n == name).unwrap();
    assert_eq!(rows.len(), 12 * 16);
    for row in &rows {
        let step = number(&row[0]) as usize - 1;
        near(
            shares.steps[step][(place(&row[2]), place(&row[1]))],
            number(&row[3]),
            1e-8,
        );
    }
}

#[test]
fn canada_causality_as_in_r() {
    let Some((folder, data)) = canada() else {
        return;
    };
    let var = Var::fit(&data, 2, Deterministic::Constant).unwrap();
    let (_, rows) = rows(&folder, "R_vars_canada_p2_granger.csv");
    for row in rows {
        let found = var.causality(&[&row[0]]).unwrap();
        near(found.granger.statistic, number(&row[1]), 1e-8);
        assert_eq!(found.granger.numerator.to_string(), row[2]);
        assert_eq!(found.granger.denominator.to_string(), row[3]);
        near(found.granger.p, number(&row[4]), 1e-8);
        near(found.instantaneous.statistic, number(&row[5]), 1e-8);
        near(found.instantaneous.p, number(&row[6]), 1e-8);
    }
}

#[test]
fn six_series_responses_as_in_r() {
    let Some(folder) = reference("var") else {
        return;
    };
    let data = series(&folder, "var6_series.csv", 0);
    let var = Var::fit(&data, 4, Deterministic::Constant).unwrap();
    let steps = var.responses(20, Impulse::Orthogonal).unwrap().steps;
    compare_responses(&folder, "R_vars_var6_p4_orth_irf.csv", &var, &steps, 0);
}

/// Figures of statsmodels 0.15: `VAR(canada).fit(2)`, then `irf(4).stderr(orth=…)`,
/// `cum_effect_stderr`, `forecast_interval(y, 3)`, `roots`, `llf`. Standard errors by its
/// `stderr` are laid out response by impulse, as ours.
#[test]
fn canada_errors_roots_and_forecast_as_in_statsmodels() {
    let Some((_, data)) = canada() else { return };
    let var = Var::fit(&data, 2, Deterministic::Constant).unwrap();
    let errors = |impulse, cumulative| var.response_errors(4, impulse, cumulative).unwrap();
    let plain = errors(Impulse::Plain, false);
    all_near(
        plain[2].row(0),
        &[
            0.2538055861318,
            0.1036951975457,
            0.08729509609458,
            0.3467470573509,
        ],
        1e-9,
    );
    assert!(plain[0].largest() == 0.0);
    let orthogonal = errors(Impulse::Orthogonal, false);
    all_near(
        orthogonal[0].as_slice(),
        &[
            0.0283310932281,
            0.0,
            0.0,
            0.0,
            0.07203478785674,
            0.05092360322976,
            0.0,
            0.0,
            0.0856913385793,
            0.08488460251337,
            0.05979081110384,
            0.0,
            0.0270681343114,
            0.02258656645617,
            0.02252856131563,
            0.01591153304174,
        ],
        1e-9,
    );
    all_near(
        orthogonal[3].row(3),
        &[
            0.07100543136735,
            0.05663955368601,
            0.05297095234079,
            0.0606811722287,
        ],
        1e-9,
    );
    all_near(
        errors(Impulse::Plain, true)[4].row(0),
        &[
            1.138132957412,
            0.4450291610012,
            0.384426900391,
            1.558357128442,
        ],
        1e-8,
    );
    all_near(
        errors(Impulse::Orthogonal, true)[4].row(2),
        &[
            0.5697629007452,
            0.5261205326221,
            0.4509419724504,
            0.417890581681,
        ],
        1e-8,
    );
    near(var.log_likelihood(), -175.81856813700972, 1e-10);
    // 1 - RSS / TSS from its residuals.
    all_near(
        &var.r_squared(),
        &[
            0.998527743047,
            0.97870134125,
            0.998861931692,
            0.972607028839,
        ],
        1e-10,
    );
    let roots = var.stability();
    assert!(roots.stable);
    let moduli: Vec<f64> = roots.roots.iter().map(|root| root.modulus).collect();
    all_near(
        &moduli,
        &[
            0.995033760462644,
            0.9081061712478123,
            0.9081061712478123,
            0.7380564764554204,
            0.7380564764554204,
            0.18563807040419492,
            0.14288893727128318,
            0.14288893727128318,
        ],
        1e-9,
    );
    let forecast = var.forecast(3, 0.95).unwrap();
    let last = &forecast.steps[2];
    all_near(
        &last.mean,
        &[
            964.6931971527,
            418.219554375,
            471.5360018514,
            5.396177376866,
        ],
        1e-9,
    );
    all_near(
        &last.low,
        &[
            962.8261068887,
            415.7674207239,
            469.0592443915,
            4.219319399645,
        ],
        1e-9,
    );
    all_near(
        &last.high,
        &[
            966.5602874167,
            420.6716880261,
            474.0127593112,
            6.573035354087,
        ],
        1e-9,
    );
}

/// Portmanteau and normality tests are statsmodels' (`test_whiteness`, `test_normality`);
/// Breusch–Godfrey, Edgerton–Shukur and ARCH were computed with NumPy by the formulas of R's
/// `vars`, from statsmodels' residuals.
#[test]
fn canada_residual_tests() {
    let Some((_, data)) = canada() else { return };
    let var = Var::fit(&data, 2, Deterministic::Constant).unwrap();
    let portmanteau = var.portmanteau(8).unwrap();
    near(portmanteau.asymptotic.statistic, 97.50478747994387, 1e-9);
    assert_eq!(portmanteau.asymptotic.freedom, 96);
    near(portmanteau.asymptotic.p, 0.4379729975743413, 1e-8);
    near(portmanteau.adjusted.statistic, 103.0685793030998, 1e-9);
    near(portmanteau.adjusted.p, 0.29254315099207684, 1e-8);
    let normality = var.normality().unwrap().both;
    near(normality.statistic, 5.094025189954824, 1e-9);
    near(normality.p, 0.7474809575575045, 1e-8);
    let serial = var.serial_correlation(5).unwrap();
    near(serial.breusch_godfrey.statistic, 92.6281632893465, 1e-9);
    assert_eq!(serial.breusch_godfrey.freedom, 80);
    let corrected = serial.edgerton_shukur.unwrap();
    near(corrected.statistic, 1.1185642845002643, 1e-9);
    assert_eq!((corrected.numerator, corrected.denominator), (80, 199));
    near(corrected.p, 0.2648005291432941, 1e-8);
    let arch = var.arch(2).unwrap();
    near(arch.statistic, 238.3493793489631, 1e-9);
    assert_eq!(arch.freedom, 200);
}

/// West German investment, income and consumption, first differences of logarithms up to 1978,
/// as Lütkepohl 2005 analyses them. Section 3.2.3 prints the coefficients and the covariance of
/// the errors (×10⁴), section 3.6.2 the test of causality from income and consumption to
/// investment, section 4.3 the final prediction error (×10¹¹) and Akaike's criterion, which
/// there leaves out the constants.
#[test]
fn west_germany_as_printed() {
    let Some(folder) = reference("var") else {
        return;
    };
    let text = std::fs::read_to_string(folder.join("lutkepohl/e1.dat")).unwrap();
    let levels: Vec<Vec<f64>> = text
        .lines()
        .map(|line| {
            line.split_whitespace()
                .map_while(|cell| cell.parse().ok())
                .collect()
        })
        .filter(|row: &Vec<f64>| row.len() == 3)
        .collect();
    assert_eq!(levels.len(), 92);
    let growth = |at: usize| -> Vec<f64> {
        levels
            .windows(2)
            .take(75)
            .map(|two| (two[1][at] / two[0][at]).ln())
            .collect()
    };
    let names = ["investment", "income", "consumption"];
    let data = Data::new(
        names
            .iter()
            .enumerate()
            .map(|(at, name)| (*name, growth(at))),
    )
    .unwrap();
    let var = Var::fit(&data, 2, Deterministic::Constant).unwrap();
    let printed = [
        [-0.320, 0.146, 0.961, -0.161, 0.115, 0.934, -0.017],
        [0.044, -0.153, 0.289, 0.050, 0.019, -0.010, 0.016],
        [-0.002, 0.225, -0.264, 0.034, 0.355, -0.022, 0.013],
    ];
    for (equation, row) in printed.iter().enumerate() {
        for (term, value) in row.iter().enumerate() {
            let ours = var.coefficients()[(equation, term)];
            assert!(
                (ours - value).abs() <= 0.0005 + 1e-9,
                "{ours} is not {value}"
            );
        }
    }
    let covariance = [[21.30, 0.72, 1.23], [0.72, 1.37, 0.61], [1.23, 0.61, 0.89]];
    for (row, cells) in covariance.iter().enumerate() {
        for (col, value) in cells.iter().enumerate() {
            let ours = var.covariance()[(row, col)] * 1e4;
            assert!(
                (ours - value).abs() <= 0.005 + 1e-9,
                "{ours} is not {value}"
            );
        }
    }
    let test = var.causality(&["income", "consumption"]).unwrap();
    assert!((test.granger.statistic - 1.59).abs() <= 0.005);
    assert_eq!((test.granger.numerator, test.granger.denominator), (4, 198));
    // statsmodels: test_inst_causality(['inv']).
    near(test.instantaneous.statistic, 5.458918475384169, 1e-9);
    let table = lag_table(&data, 4, Deterministic::Constant).unwrap();
    let fpe = [2.500, 2.272, 2.748, 2.910];
    let aic = [-24.50, -24.59, -24.41, -24.36];
    let constants = 2.0 * 3.0 / table.observations as f64;
    for (row, (fpe, aic)) in table.rows.iter().zip(fpe.iter().zip(aic)) {
        assert!(
            (row.fpe * 1e11 - fpe).abs() <= 0.0005,
            "{} is not {fpe}",
            row.fpe
        );
        assert!(
            (row.aic - constants - aic).abs() <= 0.005,
            "{} is not {aic}",
            row.aic
        );
    }
    assert_eq!((table.fpe, table.aic), (2, 2));
}

/// (step, response, impulse, low, high).
type Row = (usize, usize, usize, f64, f64);

/// Each end must be near; the unit is the standard deviation that the width of the band implies.
/// The 2.5 % quantile of 10,000 draws has a standard error of 0.019 of it, of 20,000 draws 0.013.
#[track_caller]
fn compare_bands(bands: &Bands, rows: &[Row], tolerance: f64) {
    for &(step, response, impulse, low, high) in rows {
        let unit = (high - low) / 3.92;
        for (ours, theirs) in [
            (bands.low[step][(response, impulse)], low),
            (bands.high[step][(response, impulse)], high),
        ] {
            let apart = (ours - theirs).abs() / unit;
            assert!(
                apart < tolerance,
                "{step} {response} {impulse}: {ours} is not {theirs}"
            );
        }
    }
}

/// Every band of R's vars 1.6.1, 5,000 draws (`benches/peers/var_bands.R`): its quantiles have a
/// standard error of 0.026 of the unit, ours one of 0.019, and the largest of 256 is within four.
#[test]
fn canada_bands_as_in_r() {
    let Some((_, data)) = canada() else { return };
    let var = Var::fit(&data, 2, Deterministic::Constant).unwrap();
    let drawn = var
        .bootstrap(&BootstrapOptions {
            draws: 10_000,
            horizon: 8,
            ..BootstrapOptions::default()
        })
        .unwrap();
    let [plain, cumulative] = [
        drawn.bands(Band::Percentile, 0.95).unwrap(),
        drawn.cumulative_bands(Band::Percentile, 0.95).unwrap(),
    ];
    let place = |name: &str| var.names().iter().position(|n| n == name).unwrap();
    let mut file = csv::Reader::from_reader(include_str!("data/r_canada_bands.csv").as_bytes());
    let mut compared = 0;
    for row in file.records() {
        let row = row.unwrap();
        let number = |at: usize| row[at].parse::<f64>().unwrap();
        let (step, response, impulse) = (number(1) as usize, place(&row[2]), place(&row[3]));
        let bands = if &row[0] == "1" { &cumulative } else { &plain };
        let point = bands.point[step][(response, impulse)];
        assert!((point - number(4)).abs() < 1e-8, "{row:?}");
        // Where the factor is triangular there is nothing to draw.
        if number(6) - number(5) > 1e-12 {
            compare_bands(
                bands,
                &[(step, response, impulse, number(5), number(6))],
                0.13,
            );
            compared += 1;
        }
    }
    assert_eq!(compared, 276);
}

/// Bands against an independent program in NumPy, 20,000 draws (2,500 with Kilian's correction):
/// `python3 benches/peers/var_bands.py Canada.csv 20000`.
#[test]
fn canada_bands_as_in_numpy() {
    let Some((_, data)) = canada() else { return };
    let var = Var::fit(&data, 2, Deterministic::Constant).unwrap();
    let drawn = |resample, bias_correction| {
        let options = BootstrapOptions {
            draws: 10_000,
            horizon: 8,
            resample,
            bias_correction,
            ..BootstrapOptions::default()
        };
        var.bootstrap(&options).unwrap()
    };
    let percentile = |drawn: &Bootstrap| drawn.bands(Band::Percentile, 0.95).unwrap();
    let residual = drawn(Resample::Residual, false);
    compare_bands(
        &percentile(&residual),
        &[
            (1, 0, 0, 0.36922, 0.60496),
            (4, 0, 3, 0.08752, 0.51157),
            (8, 3, 0, -0.16789, 0.22920),
            (4, 2, 1, -0.46090, 0.07466),
            (8, 1, 1, 0.08312, 0.77206),
        ],
        0.1,
    );
    compare_bands(
        &residual.cumulative_bands(Band::Percentile, 0.95).unwrap(),
        &[
            (1, 0, 0, 0.66109, 0.99613),
            (4, 0, 3, 0.14901, 1.23036),
            (8, 3, 0, -2.61723, -0.55768),
            (4, 2, 1, -1.40136, 0.80571),
            (8, 1, 1, 2.87105, 7.18669),
        ],
        0.1,
    );
    compare_bands(
        &residual.variance_bands(Band::Percentile, 0.95).unwrap(),
        &[
            (1, 0, 0, 0.87798, 0.98953),
            (4, 0, 3, 0.00815, 0.25943),
            (8, 3, 0, 0.15225, 0.60157),
            (4, 2, 1, 0.00896, 0.23047),
            (8, 1, 1, 0.49269, 0.95017),
        ],
        0.1,
    );
    compare_bands(
        &residual.bands(Band::SupT, 0.95).unwrap(),
        &[
            (4, 0, 0, 0.13635, 0.96774),
            (4, 0, 3, 0.05223, 0.61974),
            (4, 3, 0, -0.53532, -0.06604),
            (4, 2, 1, -0.51801, 0.15003),
        ],
        0.1,
    );
    compare_bands(
        &percentile(&drawn(Resample::Wild, false)),
        &[
            (1, 0, 0, 0.38975, 0.55165),
            (4, 0, 3, 0.08791, 0.50895),
            (8, 3, 0, -0.15889, 0.22181),
            (4, 2, 1, -0.41323, 0.04335),
            (8, 1, 1, 0.06873, 0.74017),
        ],
        0.1,
    );
    compare_bands(
        &percentile(&drawn(Resample::MovingBlock { length: 16 }, false)),
        &[
            (1, 0, 0, 0.33064, 0.60243),
            (4, 0, 3, 0.05170, 0.42748),
            (8, 3, 0, -0.23238, 0.20725),
            (4, 2, 1, -0.40913, 0.01652),
            (8, 1, 1, 0.08588, 0.70101),
        ],
        0.1,
    );
    let corrected = drawn(Resample::Residual, true);
    compare_bands(
        &percentile(&corrected),
        &[
            (1, 0, 0, 0.39795, 0.64309),
            (4, 0, 3, 0.06624, 0.57094),
            (8, 3, 0, -0.38929, 0.19119),
            (4, 2, 1, -0.45154, 0.17985),
            (8, 1, 1, 0.18631, 1.33747),
        ],
        0.2,
    );
    let (slopes, largest) = corrected.corrected.unwrap();
    all_near(
        slopes.row(0),
        &[
            1.7148, 0.1568, -0.0646, 0.2615, -0.5834, -0.1215, 0.0124, 0.0756,
        ],
        0.02,
    );
    assert!(largest < 1.0);
}

/// Figures of statsmodels 0.15: `OLS` with `cov_type="HAC"`, three lags, small-sample factor, on
/// the same regressors; shocks from `VAR(canada).fit(2)`.
#[test]
fn canada_local_projections_as_in_statsmodels() {
    let Some((_, data)) = canada() else { return };
    let projected = |impulse| {
        let options = ProjectionOptions {
            lags: 2,
            horizon: 3,
            impulse,
            deterministic: Deterministic::Constant,
            newey_west: None,
            small_sample: true,
        };
        local_projections(&data, &options).unwrap()
    };
    let plain = projected(Impulse::Plain);
    assert_eq!(plain.observations[3], 80);
    let due = [
        -0.138597789882,
        1.21264831477,
        -0.326125465092,
        0.759501324816,
    ];
    all_near(plain.steps[3].row(1), &due, 1e-8);
    let due = [
        0.466261766002,
        0.175707623127,
        0.186275744405,
        0.565268701041,
    ];
    all_near(plain.errors[3].row(1), &due, 1e-8);
    let orthogonal = projected(Impulse::Orthogonal);
    near(orthogonal.steps[3][(1, 0)], -0.0947760414097, 1e-8);
    near(orthogonal.errors[3][(1, 0)], 0.215288146893, 1e-8);
    near(orthogonal.steps[3][(1, 3)], 0.120398280706, 1e-8);
    near(orthogonal.errors[3][(1, 3)], 0.163989921471, 1e-8);
}
