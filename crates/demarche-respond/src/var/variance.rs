//! Forecast error variance decomposition: whose shocks make a series hard to foresee.

use serde::Serialize;

use super::{Impulse, Var, VarError};
use crate::matrix::Matrix;

/// Shares of each series' forecast error variance due to each orthogonal shock.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VarianceShares {
    /// The series, in order.
    pub names: Vec<String>,
    /// One matrix for each forecast horizon from 1; row: the series, column: the source of the
    /// shock. Each row sums to 1.
    pub steps: Vec<Matrix>,
}

impl Var {
    /// The shares for horizons 1 to `horizon` (Lütkepohl 2005, section 2.3.3).
    ///
    /// # Errors
    /// A horizon of zero, an explosive system.
    pub fn variance_shares(&self, horizon: usize) -> Result<VarianceShares, VarError> {
        if horizon == 0 {
            return Err(VarError::Option(
                "a forecast looks at least one step ahead".into(),
            ));
        }
        let responses = self.responses(horizon - 1, Impulse::Orthogonal)?;
        let cells: Vec<f64> = responses
            .steps
            .iter()
            .flat_map(|step| step.as_slice().iter().copied())
            .collect();
        let mut shares = vec![0.0; cells.len()];
        shares_of(&cells, self.series(), &mut shares);
        if shares.iter().any(|share| !share.is_finite()) {
            return Err(VarError::Overflow {
                what: "the forecast error variance".into(),
            });
        }
        let steps = super::bands::matrices(&shares, self.series());
        Ok(VarianceShares {
            names: responses.names,
            steps,
        })
    }
}

/// Shares from orthogonal responses, both laid out step by step and row by row.
pub(super) fn shares_of(responses: &[f64], series: usize, shares: &mut [f64]) {
    let size = series * series;
    for at in 0..shares.len() {
        // The sum of squares so far; divided below.
        let before = if at < size { 0.0 } else { shares[at - size] };
        shares[at] = before + responses[at] * responses[at];
    }
    for row in shares.chunks_mut(series) {
        let total: f64 = row.iter().sum();
        for share in row {
            *share /= total;
        }
    }
}
