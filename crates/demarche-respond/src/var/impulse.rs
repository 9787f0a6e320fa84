//! Impulse responses: what one shock to one series does to all, step by step.

use serde::{Deserialize, Serialize};

use super::{Var, VarError};
use crate::matrix::Matrix;

/// What kind of shock starts a response.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Impulse {
    /// One unit in one error, the others at rest: `Φ_h`.
    Plain,
    /// One standard deviation of an orthogonal shock: `Φ_h P`, `P` the lower Cholesky factor of
    /// the errors' covariance. Depends on the order of the series: a shock moves at once only
    /// its own series and those after it.
    #[default]
    Orthogonal,
    /// One standard deviation of one error, the others moving as they usually do with it:
    /// `Φ_h Σ e_j / √σ_jj` (Pesaran and Shin 1998). Does not depend on the order.
    Generalised,
}

/// Responses of all series to shocks in all series, for steps 0, 1, ….
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Responses {
    /// The series, in order.
    pub names: Vec<String>,
    /// The kind of shock.
    pub impulse: Impulse,
    /// Are the steps summed up?
    pub cumulative: bool,
    /// Is the system stable? If not, responses do not die out.
    pub stable: bool,
    /// One matrix for each step; row: the series that responds, column: the series shocked.
    pub steps: Vec<Matrix>,
}

impl Responses {
    /// The responses summed up over the steps.
    pub fn accumulated(&self) -> Responses {
        Responses {
            cumulative: true,
            steps: running_sums(&self.steps),
            ..self.clone()
        }
    }
}

/// Each matrix added to those before it.
pub(super) fn running_sums(steps: &[Matrix]) -> Vec<Matrix> {
    let mut sums: Vec<Matrix> = Vec::with_capacity(steps.len());
    for step in steps {
        sums.push(
            sums.last()
                .map_or_else(|| step.clone(), |sum| sum.plus(step)),
        );
    }
    sums
}

impl Var {
    /// What a shock to each series does in the step it happens: one column for each.
    pub(super) fn impact(&self, impulse: Impulse) -> Matrix {
        match impulse {
            Impulse::Plain => Matrix::identity(self.series()),
            Impulse::Orthogonal => self.factor.clone(),
            Impulse::Generalised => Matrix::from_fn(self.series(), self.series(), |row, col| {
                self.sigma[(row, col)] / self.sigma[(col, col)].sqrt()
            }),
        }
    }

    /// Responses for steps 0 to `horizon`.
    ///
    /// # Errors
    /// [`VarError::Overflow`] if an explosive system outgrows the range of numbers.
    pub fn responses(&self, horizon: usize, impulse: Impulse) -> Result<Responses, VarError> {
        let mut steps = vec![self.impact(impulse)];
        for step in 1..=horizon {
            let mut sum = Matrix::zeros(self.series(), self.series());
            for lag in 1..=self.lags.min(step) {
                sum = sum.plus(&self.lag_matrix(lag).times(&steps[step - lag]));
            }
            if !sum.is_finite() {
                return Err(VarError::Overflow {
                    what: format!("the response at step {step}"),
                });
            }
            steps.push(sum);
        }
        let names = self.names().to_vec();
        let stable = self.stability().stable;
        Ok(Responses {
            names,
            impulse,
            cumulative: false,
            stable,
            steps,
        })
    }

    /// Asymptotic standard errors of plain and orthogonal responses, step by step or summed up
    /// (Lütkepohl 2005, proposition 3.6): one matrix for each step, shaped as the responses.
    ///
    /// # Errors
    /// Generalised responses, which need a bootstrap; an explosive system.
    pub fn response_errors(
        &self,
        horizon: usize,
        impulse: Impulse,
        cumulative: bool,
    ) -> Result<Vec<Matrix>, VarError> {
        if impulse == Impulse::Generalised {
            return Err(VarError::Option(
                "generalised responses have no asymptotic errors here: use a bootstrap".into(),
            ));
        }
        let (series, lagged) = (self.series(), self.series() * self.lags);
        let phi = self.responses(horizon, Impulse::Plain)?.steps;
        let inverse = self.inverse.block(0, 0, lagged, lagged);
        let slopes = inverse.kronecker(&self.sigma);
        let gradients = self.gradients(&phi);
        let (phi, gradients) = if cumulative {
            (running_sums(&phi), running_sums(&gradients))
        } else {
            (phi, gradients)
        };
        let orthogonal = impulse == Impulse::Orthogonal;
        let (turn, factor_gradient, cells) = if orthogonal {
            let turn = self.factor.transpose().kronecker(&Matrix::identity(series));
            (
                turn,
                self.factor_gradient(),
                self.covariance_of_covariance(),
            )
        } else {
            let size = series * series;
            (
                Matrix::identity(size),
                Matrix::zeros(size, 1),
                Matrix::zeros(1, 1),
            )
        };
        let errors = phi.iter().zip(&gradients).map(|(phi, gradient)| {
            let of_slopes = turn.times(gradient).sandwich(&slopes);
            let through = Matrix::identity(series)
                .kronecker(phi)
                .times(&factor_gradient);
            let variance = of_slopes.plus(&through.sandwich(&cells)).diagonal();
            // Cells are stacked by columns.
            Matrix::from_fn(series, series, |row, col| {
                variance[col * series + row].max(0.0).sqrt()
            })
        });
        let errors: Vec<Matrix> = errors.collect();
        if errors.iter().all(Matrix::is_finite) {
            Ok(errors)
        } else {
            Err(VarError::Overflow {
                what: "the standard error of a response".into(),
            })
        }
    }

    /// The derivatives of the cells of each `Φ_h` by those of `A₁ … A_p`, both stacked by
    /// columns: `Σ_m J (A')^{h-1-m} ⊗ Φ_m`.
    fn gradients(&self, phi: &[Matrix]) -> Vec<Matrix> {
        let (series, lagged) = (self.series(), self.series() * self.lags);
        let companion = Matrix::from_fn(lagged, lagged, |row, col| {
            if row < series {
                self.coefficients[(row, col)]
            } else {
                f64::from(u8::from(row == col + series))
            }
        });
        let turned = companion.transpose();
        let mut powers = vec![Matrix::identity(lagged).block(0, 0, series, lagged)];
        for step in 1..phi.len() {
            powers.push(powers[step - 1].times(&turned));
        }
        (0..phi.len())
            .map(|step| {
                (0..step).fold(Matrix::zeros(series * series, series * lagged), |sum, m| {
                    sum.plus(&powers[step - 1 - m].kronecker(&phi[m]))
                })
            })
            .collect()
    }

    /// The pairs of series whose covariances are distinct.
    fn pairs(&self) -> Vec<(usize, usize)> {
        (0..self.series())
            .flat_map(|col| (col..self.series()).map(move |row| (row, col)))
            .collect()
    }

    /// The derivatives of the Cholesky factor's cells by the distinct cells of the covariance:
    /// `dP = P low(P⁻¹ dΣ P⁻ᵀ)`, where `low` keeps what is below the diagonal and half of it.
    fn factor_gradient(&self) -> Matrix {
        let series = self.series();
        let inverse = self.factor.solve_lower(&Matrix::identity(series));
        let columns: Vec<Vec<f64>> = self
            .pairs()
            .into_iter()
            .map(|(a, b)| {
                let change = Matrix::from_fn(series, series, |row, col| {
                    f64::from(u8::from((row, col) == (a, b) || (row, col) == (b, a)))
                });
                let mut low = inverse.sandwich(&change);
                for row in 0..series {
                    low[(row, row)] *= 0.5;
                    low.row_mut(row)[row + 1..].fill(0.0);
                }
                let change = self.factor.times(&low);
                (0..series).flat_map(|col| change.column(col)).collect()
            })
            .collect();
        Matrix::from_columns(&columns)
    }

    /// The covariance of the distinct cells of the estimated error covariance.
    fn covariance_of_covariance(&self) -> Matrix {
        let (pairs, sigma) = (self.pairs(), &self.sigma);
        Matrix::from_fn(pairs.len(), pairs.len(), |r, c| {
            let ((a, b), (k, l)) = (pairs[r], pairs[c]);
            (sigma[(a, k)] * sigma[(b, l)] + sigma[(a, l)] * sigma[(b, k)])
                / self.observations() as f64
        })
    }
}
