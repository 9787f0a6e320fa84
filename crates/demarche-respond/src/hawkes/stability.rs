//! Whether a process settles, at what rates, and how fast its excitation fades.

use nalgebra::DMatrix;

use crate::matrix::Matrix;

use super::error::HawkesError;
use super::process::Process;

impl Process {
    /// The spectral radius of the branching matrix: its largest absolute eigenvalue. Below 1 every
    /// event sets off a finite number of others in the end; at 1 and above the process has no
    /// finite mean. Hawkes 1971.
    pub fn spectral_radius(&self) -> f64 {
        spectral_radius(&self.branching())
    }

    /// Is the spectral radius below 1?
    pub fn is_stable(&self) -> bool {
        self.spectral_radius() < 1.0
    }

    /// The mean rates `(I − A)⁻¹ μ` the process settles at, in events per day, if its baselines
    /// keep the values given, one for each stream.
    ///
    /// # Errors
    /// If the process is unstable, or there is not one value for each stream.
    pub fn stationary_rates(&self, baselines: &[f64]) -> Result<Vec<f64>, HawkesError> {
        if baselines.len() != self.streams() {
            return Err(HawkesError::Shape {
                what: "give one value of the baseline for each stream",
            });
        }
        Ok(self.resolvent()?.times_vector(baselines))
    }

    /// How many events of stream `i` (row) one event of stream `j` (column) sets off in the end,
    /// directly and through others: `(I − A)⁻¹ − I`.
    ///
    /// # Errors
    /// If the process is unstable.
    pub fn total_effects(&self) -> Result<Matrix, HawkesError> {
        Ok(self.resolvent()?.minus(&Matrix::identity(self.streams())))
    }

    /// Half-lives of the exponential densities, in days: `ln 2 / β`. None for steps.
    pub fn half_lives(&self) -> Vec<f64> {
        match self.kernel() {
            super::Kernel::Exponential { decays } => {
                decays.iter().copied().map(half_life).collect()
            }
            super::Kernel::Steps { .. } => Vec::new(),
        }
    }

    fn resolvent(&self) -> Result<Matrix, HawkesError> {
        let spectral_radius = self.spectral_radius();
        let unstable = HawkesError::Unstable { spectral_radius };
        if spectral_radius >= 1.0 {
            return Err(unstable);
        }
        Matrix::identity(self.streams())
            .minus(&self.branching())
            .inverse()
            .filter(Matrix::is_finite)
            .ok_or(unstable)
    }
}

/// The largest absolute eigenvalue of a square matrix.
pub(crate) fn spectral_radius(matrix: &Matrix) -> f64 {
    DMatrix::from_row_slice(matrix.rows(), matrix.cols(), matrix.as_slice())
        .complex_eigenvalues()
        .iter()
        .map(|value| value.re.hypot(value.im))
        .fold(0.0, f64::max)
}

/// The half-life of an exponential density, in days.
pub fn half_life(decay: f64) -> f64 {
    std::f64::consts::LN_2 / decay
}

/// The mean delay, in days, between an event of stream `answered` and the events of stream
/// `answering` that it sets off directly; `None` if it sets off none.
pub fn mean_delay(process: &Process, answering: usize, answered: usize) -> Option<f64> {
    let parts = process.parts().iter().enumerate();
    let (total, delayed) = parts.fold((0.0, 0.0), |(total, delayed), (m, part)| {
        let ratio = part[(answering, answered)];
        (
            total + ratio,
            delayed + ratio * process.kernel().mean_delay(m),
        )
    });
    (total > 0.0).then(|| delayed / total)
}
