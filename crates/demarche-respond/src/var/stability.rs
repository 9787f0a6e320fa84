//! The roots of a vector autoregression and whether it is stable.

use nalgebra::{DMatrix, Schur};
use serde::Serialize;

use super::VarError;
use crate::matrix::Matrix;

/// One eigenvalue of the companion matrix.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Root {
    /// Real part.
    pub real: f64,
    /// Imaginary part.
    pub imaginary: f64,
    /// Distance from zero; below 1 the root dies out.
    pub modulus: f64,
}

/// The eigenvalues of the companion matrix (Lütkepohl 2005, section 2.1.1).
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Stability {
    /// All of them, largest modulus first.
    pub roots: Vec<Root>,
    /// The largest modulus.
    pub largest: f64,
    /// Are all moduli below 1: do shocks die out?
    pub stable: bool,
}

impl Stability {
    /// The error for figures that need a stable system.
    ///
    /// # Errors
    /// [`VarError::Unstable`] if it is not stable.
    pub fn require(&self) -> Result<(), VarError> {
        if self.stable {
            Ok(())
        } else {
            Err(VarError::Unstable {
                largest: self.largest,
            })
        }
    }
}

/// The roots of a system whose rows begin with the coefficients of its lags.
pub(super) fn stability(coefficients: &Matrix, lags: usize) -> Result<Stability, VarError> {
    let series = coefficients.rows();
    let size = series * lags;
    let companion = DMatrix::from_fn(size, size, |row, col| {
        if row < series {
            coefficients[(row, col)]
        } else {
            f64::from(u8::from(row == col + series))
        }
    });
    if companion.iter().any(|cell| !cell.is_finite()) {
        return Err(VarError::NoRoots);
    }
    let schur = Schur::try_new(companion, f64::EPSILON, 1000 * size).ok_or(VarError::NoRoots)?;
    let mut roots: Vec<Root> = schur
        .complex_eigenvalues()
        .iter()
        .map(|value| Root {
            real: value.re,
            imaginary: value.im,
            modulus: value.re.hypot(value.im),
        })
        .collect();
    roots.sort_by(|a, b| {
        let imaginary = b.imaginary.total_cmp(&a.imaginary);
        b.modulus
            .total_cmp(&a.modulus)
            .then(b.real.total_cmp(&a.real))
            .then(imaginary)
    });
    let largest = roots.first().map_or(0.0, |root| root.modulus);
    if !largest.is_finite() {
        return Err(VarError::NoRoots);
    }
    Ok(Stability {
        largest,
        stable: largest < 1.0,
        roots,
    })
}
