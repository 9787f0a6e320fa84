//! A process with all its parameters.

use serde::Serialize;

use crate::matrix::Matrix;

use super::baseline::Baseline;
use super::error::HawkesError;
use super::events::{Record, Resolution};
use super::kernel::Kernel;

/// An exciting process of several streams with its parameters.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Process {
    baselines: Vec<Baseline>,
    levels: Vec<Vec<f64>>,
    kernel: Kernel,
    parts: Vec<Matrix>,
}

impl Process {
    /// A process of as many streams as there are lists of levels.
    ///
    /// `baselines` has one shape for each stream, or a single one for all; `levels` the level of
    /// each piece, for each stream; `parts` for each density of the kernel the matrix `α_ijm`, its
    /// row `i` the stream that answers and its column `j` the one answered to.
    ///
    /// # Errors
    /// If the parts do not fit together, or a parameter is negative or not a number.
    pub fn new(
        baselines: &[Baseline],
        levels: Vec<Vec<f64>>,
        kernel: Kernel,
        parts: Vec<Matrix>,
    ) -> Result<Process, HawkesError> {
        let streams = levels.len();
        let baselines = for_each(baselines, streams)?;
        kernel.check(Resolution::Exact)?;
        let fits = |(baseline, levels): (&Baseline, &Vec<f64>)| baseline.levels() == levels.len();
        if !baselines.iter().zip(&levels).all(fits) {
            return Err(HawkesError::Shape {
                what: "each stream needs one level for each piece of its baseline",
            });
        }
        if parts.len() != kernel.parts() {
            return Err(HawkesError::Shape {
                what: "one matrix of ratios is needed for each density of the kernel",
            });
        }
        if parts
            .iter()
            .any(|part| part.rows() != streams || part.cols() != streams)
        {
            return Err(HawkesError::Shape {
                what: "a matrix of ratios needs one row and one column for each stream",
            });
        }
        let numbers = levels.iter().flatten();
        let numbers = numbers.chain(parts.iter().flat_map(|part| part.as_slice()));
        for &value in numbers {
            if !(value.is_finite() && value >= 0.0) {
                return Err(HawkesError::Parameter { value });
            }
        }
        Ok(Process {
            baselines,
            levels,
            kernel,
            parts,
        })
    }

    /// A process with constant baselines and one exponential density.
    ///
    /// # Errors
    /// As for [`Process::new`].
    pub fn exponential(
        levels: &[f64],
        branching: Matrix,
        decay: f64,
    ) -> Result<Process, HawkesError> {
        Process::new(
            &[Baseline::constant()],
            levels.iter().map(|level| vec![*level]).collect(),
            Kernel::Exponential {
                decays: vec![decay],
            },
            vec![branching],
        )
    }

    /// How many streams it has.
    pub fn streams(&self) -> usize {
        self.levels.len()
    }

    /// The shape of the baseline of each stream.
    pub fn baselines(&self) -> &[Baseline] {
        &self.baselines
    }

    /// The levels of the baseline of each stream: events per day where the exposure is 1.
    pub fn levels(&self) -> &[Vec<f64>] {
        &self.levels
    }

    /// The densities of the delay.
    pub fn kernel(&self) -> &Kernel {
        &self.kernel
    }

    /// For each density the matrix `α_ijm`.
    pub fn parts(&self) -> &[Matrix] {
        &self.parts
    }

    /// The branching matrix: how many events of stream `i` (row) one event of stream `j` (column)
    /// sets off directly.
    pub fn branching(&self) -> Matrix {
        let empty = Matrix::zeros(self.streams(), self.streams());
        self.parts.iter().fold(empty, |sum, part| sum.plus(part))
    }

    /// The kernel `φ_ij(s)`, in events per day, `delay` days after an event (exact times).
    pub fn response(&self, answering: usize, answered: usize, delay: f64) -> f64 {
        (0..self.kernel.parts())
            .map(|m| {
                self.parts[m][(answering, answered)]
                    * self.kernel.density(m, delay, Resolution::Exact)
            })
            .sum()
    }

    /// The baseline of a stream at a time, in events per day.
    pub fn baseline(&self, stream: usize, time: f64) -> f64 {
        let baseline = &self.baselines[stream];
        self.levels[stream][baseline.piece(time)] * baseline.shape(Resolution::Exact, time)
    }

    /// The baseline of a stream integrated between two times.
    pub(crate) fn baseline_integral(&self, stream: usize, from: f64, to: f64) -> f64 {
        self.baselines[stream]
            .integrals(from, to)
            .map(|(piece, whole)| self.levels[stream][piece] * whole)
            .sum()
    }

    /// `α_ijm` of one answering stream, at `m · D + j`.
    pub(crate) fn ratios(&self, answering: usize) -> Vec<f64> {
        self.parts
            .iter()
            .flat_map(|part| part.row(answering).iter().copied())
            .collect()
    }

    /// An error unless it fits the record.
    pub(crate) fn check(&self, record: &Record) -> Result<(), HawkesError> {
        if self.streams() != record.streams() {
            return Err(HawkesError::Shape {
                what: "the process and the record have different numbers of streams",
            });
        }
        self.check_resolution(record.resolution())
    }

    /// An error unless it can be used at a resolution.
    pub(crate) fn check_resolution(&self, resolution: Resolution) -> Result<(), HawkesError> {
        self.kernel.check(resolution)?;
        self.baselines
            .iter()
            .try_for_each(|baseline| baseline.check(resolution))
    }
}

/// One baseline for each stream, from as many or from a single one.
pub(crate) fn for_each(
    baselines: &[Baseline],
    streams: usize,
) -> Result<Vec<Baseline>, HawkesError> {
    if streams == 0 {
        return Err(HawkesError::NoStreams);
    }
    match baselines {
        [one] => Ok(vec![one.clone(); streams]),
        many if many.len() == streams => Ok(many.to_vec()),
        _ => Err(HawkesError::Shape {
            what: "give one baseline for each stream, or a single one for all",
        }),
    }
}
