//! The examples by hand of `docs/method.md` on responses, reckoned again with the library. Each
//! result is also looked for in the document, so that the two cannot drift apart.

use std::path::Path;

use demarche_respond::hawkes::{Process, Record, Resolution, Window, log_likelihood};
use demarche_respond::matrix::Matrix;
use demarche_respond::multiple::benjamini_hochberg;

fn says(what: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/method.md");
    let text = std::fs::read_to_string(path).expect("the document is there");
    assert!(text.contains(what), "docs/method.md does not say {what:?}");
}

fn minus(value: f64, digits: usize) -> String {
    format!("{value:.digits$}").replace('-', "−")
}

#[test]
fn the_likelihood_of_two_events() {
    let window = Window::new(0.0, 10.0).unwrap();
    let record = Record::new(&[vec![2.0, 3.0]], window, Resolution::Exact).unwrap();
    let ratio = Matrix::from_fn(1, 1, |_, _| 0.5);
    let process = Process::exponential(&[0.2], ratio, 1.0).unwrap();
    let found: f64 = log_likelihood(&process, &record).unwrap().iter().sum();
    let (second, whole) = (
        0.2 + 0.5 * (-1.0_f64).exp(),
        2.0 + 0.5 * (1.0 - (-8.0_f64).exp()) + 0.5 * (1.0 - (-7.0_f64).exp()),
    );
    assert!((found - (0.2_f64.ln() + second.ln() - whole)).abs() < 1e-12);
    says(&format!("e⁻¹ = {second:.3}"));
    says(&format!("= {whole:.3}. log L = {}.", minus(found, 3)));
}

#[test]
fn what_is_set_off_in_the_end() {
    let ratios = Matrix::from_fn(2, 2, |r, c| [[0.2, 0.1], [0.0, 0.5]][r][c]);
    let process = Process::exponential(&[1.0, 1.0], ratios, 1.0).unwrap();
    let total = process.total_effects().unwrap();
    says(&format!(
        "(I − A)⁻¹ − I = ({:.2}, {:.2}; {:.0}, {:.2})",
        total[(0, 0)],
        total[(0, 1)],
        total[(1, 0)],
        total[(1, 1)]
    ));
}

#[test]
fn adjusted_p_values() {
    let found = benjamini_hochberg(&[0.01, 0.04, 0.03, 0.50]).unwrap();
    says(&format!("0.01 · 4 / 1 = {:.3}", found[0]));
    says(&format!("0.04 · 4 / 3 = {:.3}", found[1]));
    says(&format!("both {:.3}; {:.3}.", found[2], found[3]));
}
