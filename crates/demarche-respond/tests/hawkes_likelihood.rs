//! The walk through the record against direct sums over all pairs, and against differences.

use demarche_respond::hawkes::{
    Baseline, Curve, Event, Kernel, Process, Record, Resolution, Scenario, Window, compensator,
    gradient, log_likelihood, simulate,
};
use demarche_respond::hawkes::{Method, residuals};
use demarche_respond::matrix::Matrix;
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

fn process(kernel: Kernel) -> Process {
    let curve = Curve::new(&[-10.0, 40.0, 120.0], &[0.5, 1.5, 1.0]).unwrap();
    let pieces = Baseline::pieces(&[60.0, 150.0]).unwrap();
    let parts = (0..kernel.parts())
        .map(|m| {
            Matrix::from_fn(3, 3, |i, j| {
                0.5 * f64::from(((i * 3 + j * 2 + m) % 4) as u32) / (4.0 * kernel.parts() as f64)
            })
        })
        .collect();
    Process::new(
        &[
            pieces.clone().times(curve.clone()),
            Baseline::constant(),
            Baseline::proportional(curve),
        ],
        vec![vec![0.4, 0.2, 0.7], vec![0.5], vec![0.3]],
        kernel,
        parts,
    )
    .unwrap()
}

fn record(process: &Process, resolution: Resolution, seed: u64) -> Record {
    let all = Window::new(-30.0, 200.0).unwrap();
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let drawn = simulate(
        process,
        &Scenario::new(all, resolution),
        Method::Branching,
        &mut rng,
    )
    .unwrap();
    let window = Window::new(0.0, 200.0).unwrap();
    Record::of_events(3, &drawn.events, window, resolution).unwrap()
}

/// `Σ log λ − ∫ λ` with each intensity and integral as a sum over all earlier events.
fn direct(process: &Process, record: &Record) -> (f64, Vec<f64>) {
    let events: Vec<Event> = record.events().collect();
    let window = record.window();
    let resolution = record.resolution();
    let kernel = process.kernel();
    let mut sum = 0.0;
    for (at, event) in events.iter().enumerate().skip(record.first()) {
        let mut rate = match resolution {
            Resolution::Exact => process.baseline(event.stream, event.time),
            // The pieces and steps of these baselines change between days.
            Resolution::Day => process.baseline(event.stream, event.time + 0.5),
        };
        for earlier in &events[..at] {
            let delay = event.time - earlier.time;
            for (m, part) in process.parts().iter().enumerate() {
                let ratio = part[(event.stream, earlier.stream)];
                rate += ratio
                    * match (kernel, resolution) {
                        (Kernel::Exponential { decays }, Resolution::Exact) if delay > 0.0 => {
                            decays[m] * (-decays[m] * delay).exp()
                        }
                        (Kernel::Exponential { decays }, Resolution::Day) if delay > 0.0 => {
                            (-decays[m] * (delay - 1.0)).exp() - (-decays[m] * delay).exp()
                        }
                        (Kernel::Steps { edges }, _) => {
                            let within = edges[m] < delay && delay <= edges[m + 1];
                            f64::from(u8::from(within)) / (edges[m + 1] - edges[m])
                        }
                        _ => 0.0,
                    };
            }
        }
        sum += rate.ln();
    }
    let mut wholes = vec![0.0; 3];
    for (stream, whole) in wholes.iter_mut().enumerate() {
        // The baselines are constant between whole days.
        for day in window.start as i64..window.end as i64 {
            *whole += process.baseline(stream, day as f64 + 0.5);
        }
        for event in &events {
            let from = match resolution {
                Resolution::Exact => event.time,
                Resolution::Day => event.time + 1.0,
            };
            for (m, part) in process.parts().iter().enumerate() {
                let share = kernel.cumulative(m, window.end - from)
                    - kernel.cumulative(m, window.start - from);
                *whole += part[(stream, event.stream)] * share;
            }
        }
    }
    let total: f64 = wholes.iter().sum();
    (sum - total, wholes)
}

fn kernels() -> Vec<Kernel> {
    vec![
        Kernel::Exponential { decays: vec![0.7] },
        Kernel::Exponential {
            decays: vec![2.3, 0.4, 0.05],
        },
        Kernel::Steps {
            edges: vec![0.0, 1.0, 3.0, 8.0, 20.0],
        },
        Kernel::none(),
    ]
}

fn close(a: f64, b: f64, tolerance: f64, what: &str) {
    let scale = a.abs().max(b.abs()).max(1.0);
    assert!((a - b).abs() <= tolerance * scale, "{what}: {a} and {b}");
}

#[test]
fn the_recursion_equals_the_sum_over_all_pairs() {
    for (at, kernel) in kernels().into_iter().enumerate() {
        for resolution in [Resolution::Exact, Resolution::Day] {
            let process = process(kernel.clone());
            let record = record(&process, resolution, at as u64);
            assert!(record.first() > 10, "the history counts");
            let ours: f64 = log_likelihood(&process, &record).unwrap().iter().sum();
            let (theirs, wholes) = direct(&process, &record);
            close(ours, theirs, 1e-9, "log-likelihood");
            for (a, b) in compensator(&process, &record).unwrap().iter().zip(wholes) {
                close(*a, b, 1e-9, "compensator");
            }
        }
    }
}

#[test]
fn the_gradient_equals_differences() {
    for (at, kernel) in kernels().into_iter().enumerate() {
        for resolution in [Resolution::Exact, Resolution::Day] {
            let process = process(kernel.clone());
            let record = record(&process, resolution, 10 + at as u64);
            let gradient = gradient(&process, &record).unwrap();
            let value = |levels: Vec<Vec<f64>>, kernel: Kernel, parts: Vec<Matrix>| -> f64 {
                let moved = Process::new(process.baselines(), levels, kernel, parts).unwrap();
                direct(&moved, &record).0
            };
            // A central difference of the fourth order.
            let slope = |f: &dyn Fn(f64) -> f64| {
                let h = 2e-4;
                (8.0 * (f(h) - f(-h)) - (f(2.0 * h) - f(-2.0 * h))) / (12.0 * h)
            };
            for (i, levels) in process.levels().iter().enumerate() {
                for q in 0..levels.len() {
                    let moved = slope(&|h| {
                        let mut levels = process.levels().to_vec();
                        levels[i][q] += h;
                        value(levels, kernel.clone(), process.parts().to_vec())
                    });
                    close(gradient.levels[i][q], moved, 1e-6, "level");
                }
            }
            for m in 0..kernel.parts() {
                for i in 0..3 {
                    for j in 0..3 {
                        if process.parts()[m][(i, j)] < 0.01 {
                            continue;
                        }
                        let moved = slope(&|h| {
                            let mut parts = process.parts().to_vec();
                            parts[m][(i, j)] += h;
                            value(process.levels().to_vec(), kernel.clone(), parts)
                        });
                        close(gradient.parts[m][(i, j)], moved, 1e-6, "ratio");
                    }
                }
            }
            if let Kernel::Exponential { decays } = &kernel {
                for m in 0..decays.len() {
                    let moved = slope(&|h| {
                        let mut decays = decays.clone();
                        decays[m] += h;
                        let kernel = Kernel::Exponential { decays };
                        value(process.levels().to_vec(), kernel, process.parts().to_vec())
                    });
                    close(gradient.decays[m], moved, 1e-6, "decay");
                }
            }
        }
    }
}

#[test]
fn residual_intervals_sum_to_the_compensator_up_to_the_last_event() {
    for kernel in kernels() {
        let process = process(kernel);
        let record = record(&process, Resolution::Exact, 3);
        let residuals = residuals(&process, &record, 1).unwrap();
        for stream in 0..3 {
            let last = record
                .events()
                .filter(|event| event.stream == stream)
                .last()
                .unwrap();
            let until = record.between(0.0, last.time).unwrap();
            let whole = compensator(&process, &until).unwrap()[stream];
            close(
                residuals.intervals[stream].iter().sum(),
                whole,
                1e-9,
                "intervals",
            );
        }
    }
}

#[test]
fn windows_put_end_to_end_add_up() {
    for resolution in [Resolution::Exact, Resolution::Day] {
        for kernel in kernels() {
            let process = process(kernel);
            let record = record(&process, resolution, 4);
            let whole: f64 = log_likelihood(&process, &record).unwrap().iter().sum();
            let parts: f64 = [0.0, 31.0, 90.0, 200.0]
                .windows(2)
                .map(|ends| {
                    let part = record.between(ends[0], ends[1]).unwrap();
                    log_likelihood(&process, &part).unwrap().iter().sum::<f64>()
                })
                .sum();
            close(whole, parts, 1e-10, "parts");
        }
    }
}
