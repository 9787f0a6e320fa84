//! What the past still excites at a moment, carried along in time in constant work for each event.

use super::events::{Record, Resolution};
use super::kernel::Kernel;

/// The state of a walk through a record. Sums over events of stream `j` for the density `m` lie at
/// `m · D + j`.
pub(crate) struct Past<'a> {
    record: &'a Record,
    kernel: &'a Kernel,
    now: f64,
    next: usize,
    /// How many events of each stream have been passed.
    passed: Vec<f64>,
    /// Exponential: `Σ e^(−β (now − t_k))`.
    decayed: Vec<f64>,
    /// Exponential: what a decayed sum is multiplied by to give an intensity.
    scale: Vec<f64>,
    /// Steps: for each edge, the next event to come past it, how many of each stream have, and the
    /// sum of their times since `origin`.
    edges: Vec<Edge>,
    origin: f64,
}

struct Edge {
    next: usize,
    passed: Vec<f64>,
    times: Vec<f64>,
}

impl<'a> Past<'a> {
    /// The state before all events.
    pub(crate) fn new(record: &'a Record, kernel: &'a Kernel) -> Past<'a> {
        let streams = record.streams();
        let (scale, edges): (Vec<f64>, usize) = match kernel {
            Kernel::Exponential { decays } => {
                let scale = decays.iter().map(|decay| match record.resolution() {
                    Resolution::Exact => *decay,
                    // The mean over the day, where the excitation began a day after the event.
                    Resolution::Day => decay.exp_m1(),
                });
                (scale.collect(), 0)
            }
            Kernel::Steps { edges } => (Vec::new(), edges.len()),
        };
        Past {
            record,
            kernel,
            now: f64::NEG_INFINITY,
            next: 0,
            passed: vec![0.0; streams],
            decayed: vec![0.0; scale.len() * streams],
            scale,
            edges: (0..edges)
                .map(|_| Edge {
                    next: 0,
                    passed: vec![0.0; streams],
                    times: vec![0.0; streams],
                })
                .collect(),
            origin: record.window().start,
        }
    }

    /// Moves on to a time not before the present one. Events strictly before it count as past.
    pub(crate) fn move_to(&mut self, time: f64) {
        let (times, marks) = (self.record.times(), self.record.marks());
        match self.kernel {
            Kernel::Exponential { decays } => {
                let streams = self.passed.len();
                while self.next < times.len() && times[self.next] < time {
                    let at = times[self.next];
                    self.decay(decays, at);
                    let stream = marks[self.next] as usize;
                    self.passed[stream] += 1.0;
                    for sums in self.decayed.chunks_exact_mut(streams) {
                        sums[stream] += 1.0;
                    }
                    self.next += 1;
                }
                self.decay(decays, time);
            }
            Kernel::Steps { edges } => {
                self.now = time;
                for (edge, reach) in self.edges.iter_mut().zip(edges) {
                    while edge.next < times.len() && time - times[edge.next] > *reach {
                        let stream = marks[edge.next] as usize;
                        edge.passed[stream] += 1.0;
                        edge.times[stream] += times[edge.next] - self.origin;
                        edge.next += 1;
                    }
                }
            }
        }
    }

    fn decay(&mut self, decays: &[f64], time: f64) {
        // Nothing has been passed before the first event.
        if self.now < time && self.now.is_finite() {
            let gap = time - self.now;
            let streams = self.passed.len();
            for (sums, decay) in self.decayed.chunks_exact_mut(streams).zip(decays) {
                let factor = (-decay * gap).exp();
                for sum in sums {
                    *sum *= factor;
                    // Below this a sum can only slow the processor down.
                    if *sum < 1e-200 {
                        *sum = 0.0;
                    }
                }
            }
        }
        self.now = time;
    }

    /// Writes the sums `Σ_k f_m(now − t_k)`; with days as resolution, their mean over the day that
    /// begins now.
    pub(crate) fn densities(&self, out: &mut [f64]) {
        let streams = self.passed.len();
        match self.kernel {
            Kernel::Exponential { .. } => {
                let parts = out.chunks_exact_mut(streams);
                let sums = self.decayed.chunks_exact(streams);
                for ((out, sums), scale) in parts.zip(sums).zip(&self.scale) {
                    for (out, sum) in out.iter_mut().zip(sums) {
                        *out = sum * scale;
                    }
                }
            }
            Kernel::Steps { edges } => {
                for (part, out) in out.chunks_exact_mut(streams).enumerate() {
                    let width = edges[part + 1] - edges[part];
                    let (near, far) = (&self.edges[part], &self.edges[part + 1]);
                    for (stream, out) in out.iter_mut().enumerate() {
                        *out = (near.passed[stream] - far.passed[stream]) / width;
                    }
                }
            }
        }
    }

    /// Writes the sums `Σ_k ∫ f_m` up to now, from when each event took effect.
    pub(crate) fn cumulatives(&self, out: &mut [f64]) {
        let streams = self.passed.len();
        let late = match self.record.resolution() {
            Resolution::Exact => 0.0,
            Resolution::Day => 1.0,
        };
        match self.kernel {
            Kernel::Exponential { decays } => {
                for (part, out) in out.chunks_exact_mut(streams).enumerate() {
                    let late = (decays[part] * late).exp();
                    for (stream, out) in out.iter_mut().enumerate() {
                        *out = self.passed[stream] - late * self.decayed[part * streams + stream];
                    }
                }
            }
            Kernel::Steps { edges } => {
                for (part, out) in out.chunks_exact_mut(streams).enumerate() {
                    let width = edges[part + 1] - edges[part];
                    let (near, far) = (&self.edges[part], &self.edges[part + 1]);
                    let since = self.now - self.origin - late - edges[part];
                    for (stream, out) in out.iter_mut().enumerate() {
                        let within = near.passed[stream] - far.passed[stream];
                        let times = near.times[stream] - far.times[stream];
                        *out = far.passed[stream] + (since * within - times) / width;
                    }
                }
            }
        }
    }
}
