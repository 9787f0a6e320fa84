//! Are parameters recovered? Draws records of five streams from a process with one decay, fits them,
//! and counts how often an estimate lies within two standard errors of the truth.
//!
//!     hawkes_recovery [EVENTS] [SEEDS]        100000 and 100 if not given

use std::env;

use demarche_respond::hawkes::{
    Delays, Method, Model, Options, Process, Record, Resolution, Scenario, Window, fit, simulate,
};
use demarche_respond::matrix::Matrix;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

type Failure = Box<dyn std::error::Error>;

const STREAMS: usize = 5;
const DECAY: f64 = 1.0;

fn main() -> Result<(), Failure> {
    let mut args = env::args().skip(1);
    let events: f64 = args.next().map_or(Ok(100_000.0), |a| a.parse())?;
    let seeds: u64 = args.next().map_or(Ok(100), |a| a.parse())?;
    let levels = [0.30, 0.25, 0.20, 0.35, 0.30];
    let branching = Matrix::from_fn(STREAMS, STREAMS, |i, j| match (i + STREAMS - j) % STREAMS {
        0 => 0.30,
        1 => 0.15,
        2 => 0.10,
        3 => 0.06,
        _ => 0.04,
    });
    let process = Process::exponential(&levels, branching.clone(), DECAY)?;
    let rate: f64 = process.stationary_rates(&levels)?.iter().sum();
    let window = Window::new(0.0, (events / rate).round())?;
    let mut model = Model::exponential(&[]);
    model.delays = Delays::Estimated {
        count: 1,
        bounds: Some((0.05, 20.0)),
    };
    let mut within = vec![0_u64; STREAMS + STREAMS * STREAMS + 1];
    let mut free = 0_u64;
    let mut drawn = 0;
    for seed in 0..seeds {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let scenario = Scenario::new(window, Resolution::Exact);
        let simulated = simulate(&process, &scenario, Method::Branching, &mut rng)?;
        drawn += simulated.events.len();
        let record = Record::new(&simulated.streams(STREAMS), window, Resolution::Exact)?;
        let fitted = fit(&record, &model, &Options::default())?;
        let mut count = |at: usize, value: f64, error: Option<f64>, truth: f64| {
            if let Some(error) = error {
                free += 1;
                within[at] += u64::from((value - truth).abs() <= 2.0 * error);
            }
        };
        for (i, level) in levels.iter().enumerate() {
            let found = fitted.levels[i][0];
            count(i, found.value, found.standard_error, *level);
            for j in 0..STREAMS {
                let found = fitted.branching[i][j];
                let at = STREAMS + i * STREAMS + j;
                count(at, found.value, found.standard_error, branching[(i, j)]);
            }
        }
        let decay = fitted.decays[0];
        let at = STREAMS + STREAMS * STREAMS;
        count(at, decay.value, decay.standard_error, DECAY);
    }
    let parameters = within.len() as u64;
    println!(
        "{} events a record on average, {seeds} seeds",
        drawn as u64 / seeds
    );
    println!(
        "within two standard errors: {:.4} of all {} estimates; {} of them had an error",
        within.iter().sum::<u64>() as f64 / (parameters * seeds) as f64,
        parameters * seeds,
        free
    );
    println!("seeds within, of {seeds}: levels {:?}", &within[..STREAMS]);
    for i in 0..STREAMS {
        let from = STREAMS + i * STREAMS;
        println!("  branching row {i} {:?}", &within[from..from + STREAMS]);
    }
    println!("  decay {}", within[within.len() - 1]);
    println!(
        "fewest for a parameter: {}",
        within.iter().min().unwrap_or(&0)
    );
    Ok(())
}
