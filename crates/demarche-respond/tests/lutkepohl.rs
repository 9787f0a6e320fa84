//! Vector autoregressions of the data sets of Lütkepohl 2005, *New Introduction to Multiple Time
//! Series Analysis*: against the book (`e1`), JMulTi (`e6`) and statsmodels (`e2` to `e6`).

mod reference;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use demarche_respond::matrix::Matrix;
use demarche_respond::var::{Data, Deterministic, FTest, Impulse, Test, Var, lag_table};

use reference::reference;

/// The folder of the data sets.
fn data_sets() -> Option<PathBuf> {
    reference("var/lutkepohl")
}

/// The columns of a data set: the lines that are all numbers.
fn columns(folder: &Path, name: &str) -> Vec<Vec<f64>> {
    let bytes = std::fs::read(folder.join(name)).unwrap();
    // Some comments are Latin-1.
    let rows: Vec<Vec<f64>> = String::from_utf8_lossy(&bytes)
        .lines()
        .filter_map(|line| {
            let cells: Result<Vec<f64>, _> = line.split_whitespace().map(str::parse).collect();
            cells.ok().filter(|cells| !cells.is_empty())
        })
        .collect();
    (0..rows[0].len())
        .map(|at| rows.iter().map(|row| row[at]).collect())
        .collect()
}

fn logarithms(column: &[f64]) -> Vec<f64> {
    column.iter().map(|value| value.ln()).collect()
}

fn changes(column: &[f64]) -> Vec<f64> {
    column.windows(2).map(|two| two[1] - two[0]).collect()
}

fn data(columns: Vec<Vec<f64>>) -> Data {
    let named = columns.into_iter().enumerate();
    Data::new(named.map(|(at, column)| (format!("y{at}"), column))).unwrap()
}

/// Standard errors of responses of growth rates to 1978, VAR(2) with a constant, steps 1 to 3:
/// section 3.7 of the book, page 120, with the few digits adjusted to statsmodels' own results by
/// its tests (`test_var.py`, `E1_Results`) where the book seems to have rounding errors.
#[test]
fn e1_errors_of_responses_as_printed() {
    let Some(folder) = data_sets() else { return };
    let growth = columns(&folder, "e1.dat")
        .iter()
        .map(|column| changes(&logarithms(&column[..76])))
        .collect();
    let var = Var::fit(&data(growth), 2, Deterministic::Constant).unwrap();
    let first = [
        [0.125, 0.546, 0.664],
        [0.032, 0.139, 0.169],
        [0.026, 0.112, 0.136],
    ];
    let plain = [
        first,
        [
            [0.129, 0.547, 0.663],
            [0.032, 0.134, 0.163],
            [0.026, 0.108, 0.131],
        ],
        [
            [0.084, 0.385, 0.479],
            [0.016, 0.079, 0.095],
            [0.016, 0.078, 0.103],
        ],
    ];
    let cumulative = [
        first,
        [
            [0.149, 0.631, 0.764],
            [0.044, 0.185, 0.224],
            [0.033, 0.140, 0.169],
        ],
        [
            [0.099, 0.468, 0.555],
            [0.038, 0.170, 0.205],
            [0.033, 0.150, 0.185],
        ],
    ];
    for (summed, printed) in [(false, plain), (true, cumulative)] {
        let errors = var.response_errors(3, Impulse::Plain, summed).unwrap();
        for (step, rows) in printed.iter().enumerate() {
            for (row, cells) in rows.iter().enumerate() {
                for (col, cell) in cells.iter().enumerate() {
                    let ours = errors[step + 1][(row, col)];
                    assert!((ours - cell).abs() <= 0.0005, "{ours} is not {cell}");
                }
            }
        }
    }
}

/// JMulTi on inflation and the interest rate, 96 periods from 1975 Q1, up to ten lags of first
/// differences: three by every criterion, with a constant and with a trend, which are four lags of
/// levels (statsmodels, `JMulTi_results/vecm_e6_jmulti_co_lagorder.txt` and `…_colo_…`).
#[test]
fn e6_lag_choice_as_in_jmulti() {
    let Some(folder) = data_sets() else { return };
    let data = data(columns(&folder, "e6.dat"));
    for deterministic in [Deterministic::Constant, Deterministic::Both] {
        let table = lag_table(&data, 11, deterministic).unwrap();
        assert_eq!(table.observations, 96);
        assert_eq!(
            (table.aic, table.fpe, table.hq, table.bic),
            (4, 4, 4, 4),
            "{deterministic:?}"
        );
    }
}

type Figures = BTreeMap<(String, usize), Vec<(usize, usize, f64)>>;

/// The figures of one model by name and step.
fn figures(model: &str) -> Figures {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../benches/peers/lutkepohl.csv");
    let mut figures = Figures::new();
    for row in csv::Reader::from_path(file).unwrap().records() {
        let row = row.unwrap();
        let whole = |at: usize| row[at].parse::<usize>().unwrap();
        if &row[0] == model {
            figures
                .entry((row[1].to_owned(), whole(2)))
                .or_default()
                .push((whole(3), whole(4), row[5].parse().unwrap()));
        }
    }
    figures
}

fn chi_square(test: &Test) -> Matrix {
    Matrix::from_rows(&[[test.statistic, test.freedom as f64, test.p]])
}

fn f_test(test: &FTest) -> Matrix {
    let (numerator, denominator) = (test.numerator as f64, test.denominator as f64);
    Matrix::from_rows(&[[test.statistic, numerator, denominator, test.p]])
}

/// Compares every figure that `benches/peers/lutkepohl.py` printed for a model.
fn compare(model: &str, data: &Data, lags: usize, deterministic: Deterministic, most: usize) {
    let var = Var::fit(data, lags, deterministic).unwrap();
    let series = var.series();
    let table = lag_table(data, most, deterministic).unwrap();
    let criterion = |value: fn(&demarche_respond::var::LagRow) -> f64| {
        Matrix::from_rows(&[table.rows.iter().map(value).collect::<Vec<_>>()])
    };
    let one = |value: f64| Matrix::from_rows(&[[value]]);
    let figures = figures(model);
    assert!(!figures.is_empty());
    for ((figure, step), cells) in &figures {
        let step = *step;
        let responses = |impulse| var.responses(8, impulse).unwrap().steps[step].clone();
        let errors = |impulse| var.response_errors(8, impulse, false).unwrap()[step].clone();
        let ours = match figure.as_str() {
            "periods" => one(data.periods() as f64),
            "slopes" => var.coefficients().block(0, 0, series, series * lags),
            "errors" => var.standard_errors().block(0, 0, series, series * lags),
            "constant" => Matrix::from_rows(&[var.coefficients().column(series * lags)]),
            "covariance" => var.covariance().clone(),
            "likelihood" => one(var.log_likelihood()),
            "moduli" => {
                let roots = var.stability().roots.iter();
                Matrix::from_rows(&[roots.map(|root| root.modulus).collect::<Vec<_>>()])
            }
            "aic" => criterion(|row| row.aic),
            "hqic" => criterion(|row| row.hq),
            "bic" => criterion(|row| row.bic),
            "fpe" => criterion(|row| row.fpe),
            "granger" => f_test(&var.causality(&[&var.names()[step]]).unwrap().granger),
            "instantaneous" => {
                chi_square(&var.causality(&[&var.names()[step]]).unwrap().instantaneous)
            }
            "plain" => responses(Impulse::Plain),
            "orthogonal" => responses(Impulse::Orthogonal),
            "plain error" => errors(Impulse::Plain),
            "orthogonal error" => errors(Impulse::Orthogonal),
            "shares" => var.variance_shares(8).unwrap().steps[step - 1].clone(),
            "forecast" => {
                let forecast = var.forecast(4, 0.95).unwrap();
                let at = &forecast.steps[step - 1];
                Matrix::from_rows(&[&at.mean, &at.low, &at.high])
            }
            "portmanteau" => chi_square(&var.portmanteau(12).unwrap().asymptotic),
            "portmanteau adjusted" => chi_square(&var.portmanteau(12).unwrap().adjusted),
            "normality" => chi_square(&var.normality().unwrap().both),
            other => panic!("no figure {other}"),
        };
        assert_eq!(ours.as_slice().len(), cells.len(), "{model} {figure}");
        let tests = ["granger", "instantaneous", "normality"];
        let each = figure.starts_with("portmanteau") || tests.contains(&figure.as_str());
        // Of a matrix the largest cell sets the unit, of a test each number its own.
        let largest = cells
            .iter()
            .fold(0.0, |most: f64, cell| most.max(cell.2.abs()));
        for &(row, col, theirs) in cells {
            let ours = ours[(row, col)];
            let unit = if each {
                theirs.abs().max(1e-6)
            } else {
                largest
            };
            assert!(
                (ours - theirs).abs() <= 1e-7 * unit,
                "{model} {figure} step {step} ({row}, {col}): {ours} is not {theirs}"
            );
        }
    }
}

/// Investment and change in inventories.
#[test]
fn e2_as_in_statsmodels() {
    let Some(folder) = data_sets() else { return };
    let data = data(columns(&folder, "e2.dat"));
    compare("e2", &data, 1, Deterministic::Constant, 8);
}

/// Logarithms of money and product, and two interest rates.
#[test]
fn e3_as_in_statsmodels() {
    let Some(folder) = data_sets() else { return };
    let mut columns = columns(&folder, "e3.dat");
    for column in &mut columns[..2] {
        *column = logarithms(column);
    }
    compare("e3", &data(columns), 3, Deterministic::Constant, 8);
}

/// Logarithms of income and consumption with a trend, and their growth. The constant beside a
/// trend depends on where the trend starts, so it is not compared.
#[test]
fn e4_as_in_statsmodels() {
    let Some(folder) = data_sets() else { return };
    let logs: Vec<_> = columns(&folder, "e4.dat")
        .iter()
        .map(|column| logarithms(column))
        .collect();
    let growth = logs.iter().map(|column| changes(column)).collect();
    compare("e4", &data(logs), 5, Deterministic::Both, 8);
    compare("e4 growth", &data(growth), 4, Deterministic::Constant, 8);
}

/// Short and long interest rates, without a deterministic term, and their changes.
#[test]
fn e5_as_in_statsmodels() {
    let Some(folder) = data_sets() else { return };
    let levels = columns(&folder, "e5.dat");
    let moves = levels.iter().map(|column| changes(column)).collect();
    compare("e5", &data(levels), 3, Deterministic::None, 12);
    compare("e5 change", &data(moves), 2, Deterministic::Constant, 12);
}

/// Inflation and the interest rate.
#[test]
fn e6_as_in_statsmodels() {
    let Some(folder) = data_sets() else { return };
    let data = data(columns(&folder, "e6.dat"));
    compare("e6", &data, 4, Deterministic::Constant, 11);
}
