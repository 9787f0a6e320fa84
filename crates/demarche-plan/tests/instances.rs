//! Instances whose best plans, or bounds on them, other solvers have proven. They are not part of the
//! repository; where they are absent the tests are skipped with a reason.

use std::path::{Path, PathBuf};

use demarche_plan::bound::bound;
use demarche_plan::check::check;
use demarche_plan::instance::read;
use demarche_plan::problem::Problem;
use demarche_plan::search::{Effort, Found, Outcome, search};

/// Name; best value that mixed-integer and constraint solvers found; best bound that they proved; the
/// optimum of the linear relaxation of the time-indexed model by HiGHS 1.12 (SciPy's `linprog`).
const KNOWN: [(&str, i128, i128, f64); 6] = [
    ("B30T12_s1", 39_919, 39_919, 44_210.485_282_164_576),
    ("L30T12_s1", 56_519, 56_519, 60_401.916_299_459_1),
    ("B50T12_s1", 58_119, 61_565, 62_676.050_350_148_835),
    ("B80T12_s1", 122_158, 127_758, 128_287.118_158_253_07),
    ("n50_s1", 64_891, 71_907, 73_310.137_132_615_01),
    ("n75_s1", 88_362, 98_124, 98_284.469_741_801_48),
];

fn folder() -> Option<PathBuf> {
    demarche_shared::shared("data/plans")
}

fn instance(folder: &Path, name: &str) -> Problem {
    let text = std::fs::read_to_string(folder.join(format!("{name}.txt"))).unwrap();
    read(&text).unwrap()
}

fn found(problem: &Problem, effort: &Effort) -> Found {
    match search(problem, effort, None).unwrap() {
        Outcome::Found(found) => found,
        Outcome::Missing { missing, .. } => {
            panic!("nothing must be done, yet {missing:?} is missing")
        }
    }
}

#[test]
fn proven_optima_are_found_and_none_is_passed() {
    let Some(folder) = folder() else { return };
    for (name, best, most, _) in KNOWN {
        let problem = instance(&folder, name);
        // The full effort where the optimum is proven, a sixteenth of it elsewhere.
        let full = Effort::default();
        let effort = Effort {
            trials: if best == most {
                full.trials
            } else {
                full.trials / 16
            },
            ..full
        };
        let found = found(&problem, &effort);
        println!("{name}: {} (known {best} to {most})", found.value);
        assert_eq!(check(&problem, &found.schedule), Ok(found.value));
        assert!(found.value <= most, "{name}");
        assert!(found.value >= best * 95 / 100, "{name}: {}", found.value);
        if best == most {
            assert_eq!(found.value, best, "{name}");
        }
    }
}

#[test]
fn bounds_come_near_the_linear_relaxation_and_stay_above_it() {
    let Some(folder) = folder() else { return };
    for (name, best, _, relaxed) in KNOWN {
        let problem = instance(&folder, name);
        let (proven, certificate) = bound(&problem, Some(best), 4_000).unwrap();
        println!("{name}: {proven} beside {relaxed:.1}");
        assert_eq!(certificate.bound(&problem), Ok(Some(proven)));
        // No prices can prove less than the relaxation, but for its fraction.
        assert!(proven as f64 >= relaxed.floor(), "{name}");
        assert!((proven as f64) < relaxed * 1.002, "{name}");
    }
}

#[test]
fn broken_instances_are_told_by_line() {
    let told = |text: &str| read(text).unwrap_err()[0].to_string();
    assert!(told("2 x").contains("line 1: \"x\""), "{}", told("2 x"));
    assert!(
        told("1 2 1\n3\n").contains("ends where"),
        "{}",
        told("1 2 1\n3\n")
    );
    let negative = "1 2 1\n3\n-1 1 0 0 5 5\n0\n0\n";
    assert!(
        told(negative).contains("a duration is -1"),
        "{}",
        told(negative)
    );
    let circle = "2 2 0\n1 0 0 5 5\n1 0 0 5 5\n2\n0 1\n1 0\n0\n";
    assert!(told(circle).contains("circle"), "{}", told(circle));
}
