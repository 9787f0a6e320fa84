//! PRIM against the published example of Bryant and Lempert (2010) as another program draws it, and
//! against boxes planted in random cases. The example needs `../shared`; that test says "skipped" where
//! it is absent.

use demarche_plan::prim::{Options, PrimBox, PrimError, trajectory};
use demarche_shared::shared;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

struct Example {
    columns: Vec<Vec<f64>>,
    names: Vec<String>,
    interest: Vec<bool>,
}

fn example() -> Option<Example> {
    let path = shared("data/prim/bryant-2010.csv")?;
    let mut reader = csv::Reader::from_path(path).expect("the file opens");
    let header = reader.headers().expect("a header").clone();
    let mut columns = vec![Vec::new(); 9];
    let mut interest = Vec::new();
    let flag = header
        .iter()
        .position(|name| name == "Greater than 90%")
        .expect("the flag");
    for record in reader.records() {
        let record = record.expect("a row");
        for (j, column) in columns.iter_mut().enumerate() {
            column.push(record[2 + j].trim().parse::<f64>().expect("a number"));
        }
        interest.push(record[flag].trim().parse::<f64>().expect("a flag") > 0.5);
    }
    let names = (2..11).map(|i| header[i].to_owned()).collect();
    Some(Example {
        columns,
        names,
        interest,
    })
}

fn boxes(example: &Example) -> Vec<PrimBox> {
    let options = Options {
        peel: 0.1,
        paste: 0.05,
        least_mass: 0.05,
    };
    trajectory(&example.columns, &example.interest, &options).expect("a trajectory")
}

fn near(ours: f64, theirs: f64, within: f64) {
    let scale = theirs.abs().max(f64::MIN_POSITIVE);
    assert!(
        ((ours - theirs) / scale).abs() <= within,
        "{ours} is not {theirs}"
    );
}

#[test]
fn the_published_trajectory_is_drawn_step_by_step() {
    let Some(example) = example() else { return };
    let ours = boxes(&example);
    let path = shared("data/prim/bryant-ema253-trajectory.csv").expect("beside the example");
    let mut reader = csv::Reader::from_path(path).expect("the file opens");
    let header = reader.headers().expect("a header").clone();
    let column = |name: &str| header.iter().position(|h| h == name).expect("a column");
    let [coverage, density, mass, n, k, dims] =
        ["coverage", "density", "mass", "n", "k", "res_dim"].map(column);
    let theirs: Vec<csv::StringRecord> = reader.records().map(|r| r.expect("a row")).collect();
    assert_eq!(ours.len(), 28);
    assert_eq!(ours.len(), theirs.len());
    for (step, (ours, theirs)) in ours.iter().zip(&theirs).enumerate() {
        let number = |i: usize| theirs[i].parse::<f64>().expect("a number");
        assert_eq!(ours.cases as f64, number(n), "cases at step {step}");
        assert_eq!(
            ours.of_interest as f64,
            number(k),
            "of interest at step {step}"
        );
        assert_eq!(
            ours.restricted.len() as f64,
            number(dims),
            "conditions at step {step}"
        );
        near(ours.coverage, number(coverage), 1e-12);
        near(ours.density, number(density), 1e-12);
        near(ours.mass, number(mass), 1e-12);
    }
}

#[test]
fn the_published_box_has_its_limits_and_quasi_p_values() {
    let Some(example) = example() else { return };
    let ours = boxes(&example);
    let (whole, chosen) = (&ours[0], &ours[21]);
    near(chosen.coverage, 0.752_809, 1e-6);
    near(chosen.density, 0.770_115, 1e-6);
    near(chosen.mass, 0.098_639_5, 1e-6);
    let at = |name: &str| example.names.iter().position(|n| n == name).expect(name);
    near(chosen.limits[at("Cellulosic cost")].0, 72.650_002, 1e-6);
    near(chosen.limits[at("Total biomass")].1, 755.799_988, 1e-6);
    near(chosen.limits[at("Demand elasticity")].0, -0.422, 1e-6);
    near(
        chosen.limits[at("Biomass backstop price")].0,
        150.049_995,
        1e-6,
    );

    // The other program's values, its version 2.5.3.
    let expected = [
        (21, "Cellulosic cost", 0, 0.157_413_335_289_273_26),
        (21, "Total biomass", 1, 4.716_968_553_178_767e-6),
        (21, "Demand elasticity", 0, 1.184_929_911_576_220_8e-16),
        (21, "Biomass backstop price", 0, 3.515_112_530_263_05e-11),
        (27, "Cellulosic cost", 0, 0.147_314_923_228_056_23),
        (27, "Total biomass", 1, 2.317_002_528_477_604_7e-7),
        (27, "Cellulosic yield", 1, 0.159_296_226_013_391_6),
        (27, "Demand elasticity", 0, 1.707_566_113_939_849e-16),
        (27, "oil supply shift", 1, 0.153_313_361_455_831_77),
        (27, "Biomass backstop price", 0, 2.842_170_943_040_401e-14),
    ];
    for (step, name, end, value) in expected {
        let all = ours[step].quasi_p(whole, &example.columns, &example.interest);
        let (_, ends) = all
            .iter()
            .find(|(j, _)| *j == at(name))
            .expect("restricted");
        // Theirs sums upwards from a difference of 1, which leaves a few digits at 1e-16.
        near(
            ends[end].expect("a limit"),
            value,
            if value < 1e-9 { 0.01 } else { 1e-9 },
        );
    }
    let words = chosen.words(whole, &example.names);
    assert!(
        words.contains("Total biomass is at most 755.8000"),
        "{words}"
    );
}

/// Cases with a box of interest planted in them: x0 above 0.6 and x2 below 0.3.
fn planted(cases: usize, seed: u64) -> (Vec<Vec<f64>>, Vec<bool>) {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let columns: Vec<Vec<f64>> = (0..5)
        .map(|_| (0..cases).map(|_| random.random::<f64>()).collect())
        .collect();
    let interest = (0..cases)
        .map(|i| columns[0][i] > 0.6 && columns[2][i] < 0.3)
        .collect();
    (columns, interest)
}

#[test]
fn a_planted_box_is_found_and_holds_on_other_cases() {
    let (columns, interest) = planted(2000, 1);
    let boxes = trajectory(&columns, &interest, &Options::default()).expect("a trajectory");
    let found = boxes
        .iter()
        .max_by(|a, b| (a.coverage * a.density).total_cmp(&(b.coverage * b.density)))
        .expect("a box");
    assert!(found.coverage > 0.95 && found.density > 0.95, "{found:?}");
    assert_eq!(found.restricted, [0, 2]);
    let (others, outcome) = planted(2000, 2);
    let held = found.holding(&others, &outcome);
    assert!(held.coverage > 0.9 && held.density > 0.9, "{held:?}");
    for (_, ends) in found.quasi_p(&boxes[0], &columns, &interest) {
        assert!(ends.iter().flatten().all(|&p| p < 1e-6));
    }
}

#[test]
fn every_box_of_a_trajectory_says_what_it_holds() {
    for seed in 0..30 {
        let (columns, mut interest) = planted(300, seed);
        let mut random = ChaCha8Rng::seed_from_u64(seed + 100);
        for flag in &mut interest {
            *flag ^= random.random_range(0..10) == 0;
        }
        for found in trajectory(&columns, &interest, &Options::default()).expect("a trajectory") {
            let held = found.holding(&columns, &interest);
            assert_eq!(
                (held.cases, held.of_interest),
                (found.cases, found.of_interest)
            );
        }
    }
}

#[test]
fn what_cannot_be_told_is_said() {
    let (columns, interest) = planted(50, 1);
    let with = |columns: &[Vec<f64>], interest: &[bool], options: Options| {
        trajectory(columns, interest, &options).expect_err("an error")
    };
    let plain = Options::default();
    assert_eq!(with(&columns, &interest[1..], plain), PrimError::Lengths);
    assert_eq!(
        with(&columns, &[false; 50], plain),
        PrimError::NothingToTell
    );
    assert_eq!(with(&columns, &[true; 50], plain), PrimError::NothingToTell);
    let mut broken = columns.clone();
    broken[3][7] = f64::NAN;
    assert_eq!(with(&broken, &interest, plain), PrimError::NotFinite(3, 7));
    let options = Options { peel: 0.0, ..plain };
    assert!(matches!(
        with(&columns, &interest, options),
        PrimError::Options(_)
    ));
}

#[test]
fn columns_of_ties_do_not_break_a_cut() {
    // A condition of two values, one of a single value, one without effect.
    let columns: Vec<Vec<f64>> = vec![
        (0..200).map(|i| f64::from(i % 2)).collect(),
        vec![3.0; 200],
        (0..200).map(|i| f64::from(i / 7 % 5)).collect(),
    ];
    let interest: Vec<bool> = (0..200).map(|i| i % 2 == 1).collect();
    let boxes = trajectory(&columns, &interest, &Options::default()).expect("a trajectory");
    let last = boxes.last().expect("a box");
    assert_eq!((last.coverage, last.density), (1.0, 1.0));
    assert_eq!(last.restricted, [0]);
}
