//! Maximum likelihood on many events, for `benches/hawkes.py`.
//!
//!     hawkes_speed draw EVENTS STREAMS FILE    draws a record into FILE
//!     hawkes_speed fit DECAYS FILE             fits it: DECAYS is "2.0", "0.5,5" or "estimated"
//!     hawkes_speed value DECAY FILE            its log-likelihood at levels 0.1 and ratios 0.01
//!
//! FILE is little-endian: the number of streams and the length of the window, then of each event
//! its time and its stream, all as doubles.

use std::env;
use std::fs;
use std::io::Write;
use std::process::ExitCode;

use demarche_respond::hawkes::{
    Delays, Method, Model, Options, Process, Record, Resolution, Scenario, Window, fit,
    log_likelihood, simulate,
};
use demarche_respond::matrix::Matrix;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

type Failure = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Failure> {
    let args: Vec<String> = env::args().collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[1..] {
        ["draw", events, streams, file] => draw(events.parse()?, streams.parse()?, file),
        ["fit", decays, file] => report(decays, file),
        ["value", decay, file] => value(decay.parse()?, file),
        _ => Err("hawkes_speed draw EVENTS STREAMS FILE | fit DECAYS FILE".into()),
    }
}

/// A record of about so many events: each stream excites itself, the next and the one after.
fn draw(events: f64, streams: usize, file: &str) -> Result<(), Failure> {
    let branching = Matrix::from_fn(streams, streams, |i, j| match (i + streams - j) % streams {
        0 => 0.3,
        1 => 0.15,
        2 => 0.05,
        _ => 0.0,
    });
    let process = Process::exponential(&vec![0.1; streams], branching, 2.0)?;
    let rate: f64 = process.stationary_rates(&vec![0.1; streams])?.iter().sum();
    let end = (events / rate).round();
    let scenario = Scenario::new(Window::new(0.0, end)?, Resolution::Exact);
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let drawn = simulate(&process, &scenario, Method::Branching, &mut rng)?;
    let mut bytes = Vec::with_capacity(16 * drawn.events.len() + 16);
    let mut put = |number: f64| bytes.extend_from_slice(&number.to_le_bytes());
    put(streams as f64);
    put(end);
    for event in &drawn.events {
        put(event.time);
        put(event.stream as f64);
    }
    fs::File::create(file)?.write_all(&bytes)?;
    println!(
        "{} events of {streams} streams in {end} days",
        drawn.events.len()
    );
    Ok(())
}

fn value(decay: f64, file: &str) -> Result<(), Failure> {
    let record = read(file)?;
    let size = record.streams();
    let ratios = Matrix::from_fn(size, size, |_, _| 0.01);
    let process = Process::exponential(&vec![0.1; size], ratios, decay)?;
    let value: f64 = log_likelihood(&process, &record)?.iter().sum();
    println!("log-likelihood {value}");
    Ok(())
}

fn read(file: &str) -> Result<Record, Failure> {
    let bytes = fs::read(file)?;
    let number = |at: usize| {
        let mut eight = [0; 8];
        eight.copy_from_slice(&bytes[8 * at..8 * at + 8]);
        f64::from_le_bytes(eight)
    };
    let mut streams = vec![Vec::new(); number(0) as usize];
    let window = Window::new(0.0, number(1))?;
    for at in 1..bytes.len() / 16 {
        streams[number(2 * at + 1) as usize].push(number(2 * at));
    }
    Ok(Record::new(&streams, window, Resolution::Exact)?)
}

fn report(decays: &str, file: &str) -> Result<(), Failure> {
    let record = read(file)?;
    let mut model = Model::exponential(&[]);
    model.delays = if decays == "estimated" {
        Delays::Estimated {
            count: 1,
            bounds: Some((0.05, 50.0)),
        }
    } else {
        Delays::Given(
            decays
                .split(',')
                .map(str::parse)
                .collect::<Result<_, _>>()?,
        )
    };
    let fit = fit(&record, &model, &Options::default())?;
    println!(
        "log-likelihood {:.9} radius {:.9}",
        fit.log_likelihood, fit.spectral_radius
    );
    for decay in &fit.decays {
        println!("decay {} error {:?}", decay.value, decay.standard_error);
    }
    let levels: Vec<f64> = fit.levels.iter().map(|level| level[0].value).collect();
    println!("levels {levels:?}");
    println!("first row {:?}", fit.process.branching().row(0));
    Ok(())
}
