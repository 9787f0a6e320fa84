//! Does the past of some series help to explain others, and do their errors move together?

use serde::Serialize;

use super::{FTest, Test, Var, VarError};
use crate::matrix::{Matrix, dot};

/// Causality from some series to all others, as in R's `vars::causality`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Causality {
    /// The causes.
    pub causes: Vec<String>,
    /// The series that may be affected.
    pub effects: Vec<String>,
    /// Granger causality: all lags of the causes are zero in the equations of the effects
    /// (Wald statistic over the number of restrictions).
    pub granger: FTest,
    /// Instantaneous causality: the errors of causes and effects are uncorrelated (Wald). The
    /// same in both directions.
    pub instantaneous: Test,
}

impl Var {
    /// Tests causality from these series to all others.
    ///
    /// # Errors
    /// A series that is not there; none, or all of them.
    pub fn causality(&self, causes: &[&str]) -> Result<Causality, VarError> {
        let effects: Vec<&str> = self
            .names()
            .iter()
            .map(String::as_str)
            .filter(|name| !causes.contains(name))
            .collect();
        Ok(Causality {
            granger: self.granger(causes, &effects)?,
            instantaneous: self.instantaneous(causes, &effects)?,
            causes: causes.iter().map(|name| (*name).into()).collect(),
            effects: effects.into_iter().map(String::from).collect(),
        })
    }

    /// Granger causality from some series to some others, the remaining series being allowed for.
    ///
    /// # Errors
    /// A series that is not there, or no cause or effect, or one that is both.
    pub fn granger(&self, causes: &[&str], effects: &[&str]) -> Result<FTest, VarError> {
        let (causes, effects) = self.sides(causes, effects)?;
        let restricted: Vec<(usize, usize)> = (0..self.lags)
            .flat_map(|lag| causes.iter().map(move |at| lag * self.series() + at))
            .flat_map(|term| effects.iter().map(move |equation| (*equation, term)))
            .collect();
        let count = restricted.len();
        let value: Vec<f64> = restricted.iter().map(|&at| self.coefficients[at]).collect();
        let covariance = Matrix::from_fn(count, count, |r, c| {
            let ((row, term), (col, other)) = (restricted[r], restricted[c]);
            self.sigma[(row, col)] * self.inverse[(term, other)]
        });
        let inverse = covariance
            .inverse_positive()
            .ok_or(VarError::SingularErrors)?;
        let wald = dot(&value, &inverse.times_vector(&value));
        let freedom = self.series() * (self.observations() - self.regressors());
        Ok(FTest::new(wald / count as f64, count, freedom))
    }

    /// Instantaneous causality: are the errors of some series and some others uncorrelated?
    ///
    /// # Errors
    /// A series that is not there, or no cause or effect, or one that is both.
    pub fn instantaneous(&self, causes: &[&str], effects: &[&str]) -> Result<Test, VarError> {
        let (causes, effects) = self.sides(causes, effects)?;
        let sigma = self.covariance_ml();
        let cells: Vec<(usize, usize)> = causes
            .iter()
            .flat_map(|a| effects.iter().map(move |b| (*a, *b)))
            .collect();
        let value: Vec<f64> = cells.iter().map(|&at| sigma[at]).collect();
        // The covariance of two cells of a covariance of Gaussian errors, times n.
        let covariance = Matrix::from_fn(cells.len(), cells.len(), |r, c| {
            let ((a, b), (k, l)) = (cells[r], cells[c]);
            sigma[(a, k)] * sigma[(b, l)] + sigma[(a, l)] * sigma[(b, k)]
        });
        let inverse = covariance
            .inverse_positive()
            .ok_or(VarError::SingularErrors)?;
        let wald = self.observations() as f64 * dot(&value, &inverse.times_vector(&value));
        Ok(Test::new(wald, cells.len()))
    }

    /// The places of causes and effects.
    fn sides(
        &self,
        causes: &[&str],
        effects: &[&str],
    ) -> Result<(Vec<usize>, Vec<usize>), VarError> {
        let places = |names: &[&str]| {
            let mut places = Vec::with_capacity(names.len());
            for name in names {
                places.push(self.data.position(name)?);
            }
            Ok::<_, VarError>(places)
        };
        let (causes, effects) = (places(causes)?, places(effects)?);
        let mut all: Vec<usize> = causes.iter().chain(&effects).copied().collect();
        all.sort_unstable();
        if causes.is_empty() || effects.is_empty() || all.windows(2).any(|two| two[0] == two[1]) {
            return Err(VarError::Option(
                "name at least one cause and one other series, each once".into(),
            ));
        }
        Ok((causes, effects))
    }
}
