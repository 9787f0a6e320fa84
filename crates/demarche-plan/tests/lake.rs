//! The lake problem against the EMA Workbench's own model on the same inputs.

use demarche_plan::lake::{Lake, Scenario, Weather, critical_level, run_all};

const YEARS: usize = 100;
const SAMPLES: usize = 20;

fn policy(number: usize) -> Vec<f64> {
    let each = |year: usize| match number {
        0 => 0.0,
        1 => 0.02 + 0.02 * (year as f64).sin(),
        _ => 0.1 * ((5 * year) % 7) as f64 / 7.0,
    };
    (0..YEARS).map(each).collect()
}

#[test]
fn outcomes_are_those_of_the_ema_workbench() {
    let table = include_str!("lake_ema.csv");
    let lines = table.lines().filter(|line| !line.starts_with(['#', 'b']));
    let mut seen = 0;
    for line in lines {
        let cells: Vec<f64> = line.split(',').map(|cell| cell.parse().unwrap()).collect();
        let lake = Lake {
            decay: cells[0],
            recycling: cells[1],
            mean: cells[2],
            deviation: cells[3],
            discount: cells[4],
            benefit: 0.41,
        };
        let mean = cells[2];
        let inflows = (0..YEARS)
            .flat_map(|year| {
                (0..SAMPLES).map(move |sample| {
                    let at = 1.0 + 7.0 * sample as f64 + 3.0 * year as f64;
                    mean * (1.0 + 0.4 * at.sin())
                })
            })
            .collect();
        let scenario = Scenario::with_inflows(lake, inflows, SAMPLES).expect("a critical level");
        let outcome = scenario.run(&policy(cells[5] as usize));
        assert!(
            (outcome.peak - cells[6]).abs() < 1e-6,
            "{line}: {outcome:?}"
        );
        assert!(
            (outcome.utility - cells[7]).abs() < 1e-12,
            "{line}: {outcome:?}"
        );
        assert!(
            (outcome.inertia - cells[8]).abs() < 1e-12,
            "{line}: {outcome:?}"
        );
        assert!(
            (outcome.reliability - cells[9]).abs() < 1e-12,
            "{line}: {outcome:?}"
        );
        seen += 1;
    }
    assert_eq!(seen, 15);
}

/// With q = 2 the level is a root of b x² − x + b = 0: (1 − √(1 − 4 b²)) / (2 b).
#[test]
fn the_critical_level_is_that_of_the_quadratic() {
    for decay in [0.2_f64, 0.3, 0.42, 0.45] {
        let exact = (1.0 - (1.0 - 4.0 * decay * decay).sqrt()) / (2.0 * decay);
        assert!((critical_level(decay, 2.0).unwrap() - exact).abs() < 1e-12);
    }
    // All leaves the lake faster than it is ever recycled.
    assert_eq!(critical_level(0.9, 2.0), None);
}

#[test]
fn inflows_have_the_mean_and_spread_asked_for_and_runs_are_the_same_again() {
    let weather = Weather::draw(500, 100, 3);
    assert_eq!(weather, Weather::draw(500, 100, 3));
    let lake = Lake {
        decay: 0.4,
        recycling: 2.5,
        mean: 0.03,
        deviation: 0.005,
        discount: 0.98,
        benefit: 0.4,
    };
    // Without recycling to speak of, the level settles at inflow / decay.
    let small = Lake {
        recycling: 8.0,
        ..lake
    };
    let none = vec![0.0; 100];
    let outcomes = run_all(&[lake, small], &[none.clone(), policy(2)], &weather);
    let settled = outcomes[1].as_ref().unwrap()[0];
    assert!((settled.peak - 0.03 / 0.4).abs() < 0.002, "{settled:?}");
    assert_eq!(settled.reliability, 1.0);
    assert_eq!(
        outcomes,
        run_all(&[lake, small], &[none, policy(2)], &weather)
    );
}
