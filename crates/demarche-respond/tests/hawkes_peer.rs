//! Against `benches/peers/hawkes.py`, which made `tests/data/hawkes_peer.csv`:
//! `python3 benches/peers/hawkes.py > crates/demarche-respond/tests/data/hawkes_peer.csv`.

use std::collections::BTreeMap;
use std::path::Path;

use demarche_respond::hawkes::{
    Baseline, Kernel, Model, Options, Process, Record, Resolution, Window, fit, log_likelihood,
};
use demarche_respond::matrix::Matrix;

const LEVELS: [f64; 3] = [0.20, 0.30, 0.25];
const RATIOS: [[f64; 3]; 3] = [[0.30, 0.15, 0.10], [0.20, 0.25, 0.12], [0.10, 0.15, 0.30]];

#[derive(Default)]
struct Case {
    end: f64,
    decays: Vec<f64>,
    streams: [Vec<f64>; 3],
    given: f64,
    maximum: f64,
    theta: BTreeMap<(usize, usize), f64>,
    errors: BTreeMap<(usize, usize), f64>,
}

fn cases() -> BTreeMap<String, Case> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/hawkes_peer.csv");
    let mut cases: BTreeMap<String, Case> = BTreeMap::new();
    for row in csv::Reader::from_path(path).unwrap().records() {
        let row = row.unwrap();
        let case = cases.entry(row[0].to_owned()).or_default();
        let at = |column: usize| row[column].parse::<usize>().unwrap();
        let value: f64 = row[4].parse().unwrap();
        match &row[1] {
            "end" => case.end = value,
            "decay" => case.decays.push(value),
            "event" => case.streams[at(2)].push(value),
            "given" => case.given = value,
            "maximum" => case.maximum = value,
            "theta" => {
                case.theta.insert((at(2), at(3)), value);
            }
            "error" => {
                case.errors.insert((at(2), at(3)), value);
            }
            other => panic!("{other}"),
        }
    }
    cases
}

fn close(ours: f64, theirs: f64, what: &str) {
    assert!(
        (ours - theirs).abs() <= 1e-6 * theirs.abs().max(1.0),
        "{what}: {ours} and {theirs}"
    );
}

#[test]
fn likelihoods_maxima_parameters_and_errors_equal_those_of_the_script() {
    let cases = cases();
    assert_eq!(cases.len(), 3);
    for (name, case) in cases {
        let resolution = if name == "days" {
            Resolution::Day
        } else {
            Resolution::Exact
        };
        let window = Window::new(0.0, case.end).unwrap();
        let record = Record::new(&case.streams, window, resolution).unwrap();
        let parts = case.decays.len();
        let share = Matrix::from_fn(3, 3, |i, j| RATIOS[i][j] / parts as f64);
        let given = Process::new(
            &[Baseline::constant()],
            LEVELS.iter().map(|level| vec![*level]).collect(),
            Kernel::Exponential {
                decays: case.decays.clone(),
            },
            vec![share; parts],
        )
        .unwrap();
        let ours: f64 = log_likelihood(&given, &record).unwrap().iter().sum();
        close(ours, case.given, &name);
        let fit = fit(
            &record,
            &Model::exponential(&case.decays),
            &Options::default(),
        )
        .unwrap();
        close(fit.log_likelihood, case.maximum, &name);
        for (&(stream, at), &theirs) in &case.theta {
            let ours = if at == 0 {
                fit.levels[stream][0].value
            } else {
                fit.process.parts()[(at - 1) / 3][(stream, (at - 1) % 3)]
            };
            close(ours, theirs, &format!("{name}: parameter {at} of {stream}"));
        }
        for (&(stream, at), &theirs) in &case.errors {
            let covariance = fit.covariances[stream].as_ref().unwrap();
            let ours = covariance[(at, at)].sqrt();
            close(ours, theirs, &format!("{name}: error {at} of {stream}"));
        }
        for stream in 0..3 {
            for at in 0..=3 * parts {
                let free = case.errors.contains_key(&(stream, at));
                assert_eq!(free, case.theta[&(stream, at)] > 0.0);
            }
        }
    }
}
