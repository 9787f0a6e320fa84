//! Ordinary least squares: coefficients, residuals, four covariances, tests that coefficients are
//! zero.
//!
//! A [`Design`] is factorised once (Householder QR) and may then explain many series. A design
//! without full rank is an error that names the column at fault.

use std::fmt;

use serde::Serialize;
use statrs::distribution::{ChiSquared, ContinuousCDF, FisherSnedecor};

use crate::matrix::{Matrix, dot};

/// A column counts as a combination of those before it when less than this share of its length
/// is left beside them.
const RANK_TOLERANCE: f64 = 1e-9;

/// Why a regression could not be done.
#[derive(Clone, Debug, PartialEq)]
pub enum OlsError {
    /// No column, or columns and names that do not match in number or length.
    Shape(String),
    /// A value that is missing or not finite.
    NotFinite {
        /// The column (or "the response").
        column: String,
        /// The row, counted from 0.
        row: usize,
    },
    /// Not more rows than columns.
    TooFew {
        /// How many rows there are.
        rows: usize,
        /// How many columns are to be estimated.
        columns: usize,
    },
    /// A column that does not vary, in a design that has a constant already or is all zero.
    Constant {
        /// The column.
        column: String,
    },
    /// A column that is a combination of those before it.
    Collinear {
        /// The column.
        column: String,
    },
    /// A test of a coefficient that is not there, or of none.
    NoSuchCoefficient {
        /// The position asked for; `None` if none was given.
        position: Option<usize>,
    },
    /// The covariance of the tested coefficients has no inverse.
    SingularCovariance,
}

impl fmt::Display for OlsError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            OlsError::Shape(what) => write!(out, "the design is malformed: {what}"),
            OlsError::NotFinite { column, row } => write!(
                out,
                "{column} has no finite value in row {}: fill the gap or leave the row out",
                row + 1
            ),
            OlsError::TooFew { rows, columns } => write!(
                out,
                "too few observations: {rows} for {columns} coefficients; \
                 use fewer columns or a longer period"
            ),
            OlsError::Constant { column } => {
                write!(out, "{column} is constant: leave it out")
            }
            OlsError::Collinear { column } => write!(
                out,
                "{column} is a linear combination of the columns before it: leave one out"
            ),
            OlsError::NoSuchCoefficient {
                position: Some(position),
            } => {
                write!(out, "there is no coefficient {position} to test")
            }
            OlsError::NoSuchCoefficient { position: None } => {
                write!(out, "name at least one coefficient to test")
            }
            OlsError::SingularCovariance => write!(
                out,
                "the covariance of the tested coefficients is singular: \
                 use a shorter lag or test fewer coefficients"
            ),
        }
    }
}

impl std::error::Error for OlsError {}

/// The covariance of the coefficients, by what is assumed of the errors.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub enum Covariance {
    /// Errors of one variance, uncorrelated: `s² (X'X)⁻¹` with `s² = RSS / (n - k)`.
    Classical,
    /// Errors of unequal variance (White 1980): `(X'X)⁻¹ Σ e² x x' (X'X)⁻¹`.
    Hc0,
    /// [`Covariance::Hc0`] times `n / (n - k)`.
    Hc1,
    /// Errors of unequal variance, correlated up to a lag (Newey and West 1987, Bartlett weights
    /// `1 - l / (lag + 1)`).
    NeweyWest {
        /// The longest lag with a weight.
        lag: usize,
        /// Multiply by `n / (n - k)`.
        small_sample: bool,
    },
}

/// A test that some coefficients are zero.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ZeroTest {
    /// `b' V⁻¹ b`, chi-squared with `restrictions` degrees of freedom in large samples.
    pub wald: f64,
    /// Its probability under the null, from the chi-squared distribution.
    pub wald_p: f64,
    /// `wald / restrictions`. With the classical covariance the usual F statistic.
    pub f: f64,
    /// Its probability under the null, from the F distribution.
    pub f_p: f64,
    /// How many coefficients are tested.
    pub restrictions: usize,
    /// Degrees of freedom left: `n - k`.
    pub freedom: usize,
}

/// A design matrix of full rank, factorised.
#[derive(Clone, Debug)]
pub struct Design {
    x: Matrix,
    /// Orthonormal columns as rows: `k` rows of length `n`.
    q: Matrix,
    /// The inverse of the triangular factor, upper triangular.
    r_inverse: Matrix,
}

impl Design {
    /// Factorises the design of these columns. Names are used in errors; without them a column
    /// is named by its place.
    ///
    /// # Errors
    /// Columns of unequal length, gaps, too few rows, a constant or collinear column.
    pub fn new<C: AsRef<[f64]>>(
        columns: &[C],
        names: Option<&[String]>,
    ) -> Result<Design, OlsError> {
        let rows = columns.first().map_or(0, |column| column.as_ref().len());
        if columns.is_empty() || columns.iter().any(|column| column.as_ref().len() != rows) {
            return Err(OlsError::Shape(
                "it needs columns, all of one length".into(),
            ));
        }
        if names.is_some_and(|names| names.len() != columns.len()) {
            return Err(OlsError::Shape("it needs one name for each column".into()));
        }
        let name = |at: usize| {
            names.map_or_else(|| format!("column {}", at + 1), |names| names[at].clone())
        };
        for (at, column) in columns.iter().enumerate() {
            if let Some(row) = column.as_ref().iter().position(|value| !value.is_finite()) {
                return Err(OlsError::NotFinite {
                    column: name(at),
                    row,
                });
            }
        }
        if rows <= columns.len() {
            return Err(OlsError::TooFew {
                rows,
                columns: columns.len(),
            });
        }
        Design::factorise(columns, name)
    }

    /// Gram–Schmidt, each column orthogonalised twice: as exact as Householder reflections
    /// (Giraud, Langou and Rozložník 2005), and what is left of each column tells its rank.
    fn factorise<C: AsRef<[f64]>>(
        columns: &[C],
        name: impl Fn(usize) -> String,
    ) -> Result<Design, OlsError> {
        let (count, rows) = (columns.len(), columns[0].as_ref().len());
        let mut q = Matrix::zeros(count, rows);
        let mut r = Matrix::zeros(count, count);
        for at in 0..count {
            let column = columns[at].as_ref();
            // Scaled by its largest cell, so that squares neither overflow nor vanish.
            let scale = column
                .iter()
                .fold(0.0_f64, |most, value| most.max(value.abs()));
            if scale == 0.0 {
                return Err(OlsError::Constant { column: name(at) });
            }
            let mut rest: Vec<f64> = column.iter().map(|value| value / scale).collect();
            let length = dot(&rest, &rest).sqrt();
            for _ in 0..2 {
                for before in 0..at {
                    let part = dot(q.row(before), &rest);
                    r[(before, at)] += part * scale;
                    for (value, direction) in rest.iter_mut().zip(q.row(before)) {
                        *value -= part * direction;
                    }
                }
            }
            let left = dot(&rest, &rest).sqrt();
            if left <= RANK_TOLERANCE * length {
                let spread = column
                    .iter()
                    .fold(0.0_f64, |most, v| most.max((v - column[0]).abs()));
                let column = name(at);
                return Err(if spread <= RANK_TOLERANCE * scale {
                    OlsError::Constant { column }
                } else {
                    OlsError::Collinear { column }
                });
            }
            r[(at, at)] = left * scale;
            for (cell, value) in q.row_mut(at).iter_mut().zip(&rest) {
                *cell = value / left;
            }
        }
        let r_inverse = r
            .transpose()
            .solve_lower(&Matrix::identity(count))
            .transpose();
        Ok(Design {
            x: Matrix::from_columns(columns),
            q,
            r_inverse,
        })
    }

    /// The design matrix.
    pub fn matrix(&self) -> &Matrix {
        &self.x
    }

    /// `(X'X)⁻¹`.
    pub fn inverse_cross_product(&self) -> Matrix {
        self.r_inverse.times(&self.r_inverse.transpose())
    }

    /// Regresses a response on the design.
    ///
    /// # Errors
    /// A response of another length, or with gaps.
    pub fn fit(&self, response: &[f64]) -> Result<Regression<'_>, OlsError> {
        if response.len() != self.x.rows() {
            return Err(OlsError::Shape(format!(
                "the response has {} values for {} rows",
                response.len(),
                self.x.rows()
            )));
        }
        if let Some(row) = response.iter().position(|value| !value.is_finite()) {
            return Err(OlsError::NotFinite {
                column: "the response".into(),
                row,
            });
        }
        let mut residuals = response.to_vec();
        let mut projected = vec![0.0; self.x.cols()];
        // Twice: the second pass takes away what rounding left of the first.
        for _ in 0..2 {
            for (at, total) in projected.iter_mut().enumerate() {
                let part = dot(self.q.row(at), &residuals);
                *total += part;
                for (value, direction) in residuals.iter_mut().zip(self.q.row(at)) {
                    *value -= part * direction;
                }
            }
        }
        let coefficients = self.r_inverse.times_vector(&projected);
        Ok(Regression {
            design: self,
            coefficients,
            residuals,
        })
    }
}

/// A regression: a response explained by a [`Design`].
#[derive(Clone, Debug)]
pub struct Regression<'d> {
    design: &'d Design,
    /// One coefficient for each column.
    pub coefficients: Vec<f64>,
    /// What is left of the response.
    pub residuals: Vec<f64>,
}

impl Regression<'_> {
    /// Rows less columns.
    pub fn freedom(&self) -> usize {
        self.residuals.len() - self.coefficients.len()
    }

    /// The sum of squared residuals.
    pub fn residual_squares(&self) -> f64 {
        dot(&self.residuals, &self.residuals)
    }

    /// The variance of the errors: `RSS / (n - k)`.
    pub fn error_variance(&self) -> f64 {
        self.residual_squares() / self.freedom() as f64
    }

    /// The covariance of the coefficients.
    pub fn covariance(&self, kind: Covariance) -> Matrix {
        let bread = self.design.inverse_cross_product();
        let correction = self.residuals.len() as f64 / self.freedom() as f64;
        match kind {
            Covariance::Classical => bread.scaled(self.error_variance()),
            Covariance::Hc0 => bread.sandwich(&self.meat(0)),
            Covariance::Hc1 => bread.sandwich(&self.meat(0)).scaled(correction),
            Covariance::NeweyWest { lag, small_sample } => bread
                .sandwich(&self.meat(lag))
                .scaled(if small_sample { correction } else { 1.0 }),
        }
    }

    /// The weighted sum of the scores' autocovariances up to a lag.
    fn meat(&self, lag: usize) -> Matrix {
        let x = &self.design.x;
        let scores = Matrix::from_fn(x.rows(), x.cols(), |r, c| self.residuals[r] * x[(r, c)]);
        let mut sum = scores.transposed_times(&scores);
        for back in 1..=lag.min(x.rows() - 1) {
            let weight = 1.0 - back as f64 / (lag + 1) as f64;
            let later = scores.block(back, 0, x.rows() - back, x.cols());
            let earlier = scores.block(0, 0, x.rows() - back, x.cols());
            let product = later.transposed_times(&earlier);
            sum = sum.plus(&product.plus(&product.transpose()).scaled(weight));
        }
        sum
    }

    /// The standard error of each coefficient.
    pub fn standard_errors(&self, kind: Covariance) -> Vec<f64> {
        // Rounding may leave a variance of zero slightly below it.
        self.covariance(kind)
            .diagonal()
            .iter()
            .map(|variance| variance.max(0.0).sqrt())
            .collect()
    }

    /// Tests that the coefficients at these positions are all zero (Wald).
    ///
    /// # Errors
    /// No position, one that is not there, or a singular covariance.
    pub fn test_zero(&self, positions: &[usize], kind: Covariance) -> Result<ZeroTest, OlsError> {
        let absent = positions.iter().find(|&&at| at >= self.coefficients.len());
        if positions.is_empty() || absent.is_some() {
            return Err(OlsError::NoSuchCoefficient {
                position: absent.copied(),
            });
        }
        let covariance = self.covariance(kind);
        let count = positions.len();
        let part = Matrix::from_fn(count, count, |r, c| {
            covariance[(positions[r], positions[c])]
        });
        let tested: Vec<f64> = positions.iter().map(|&at| self.coefficients[at]).collect();
        let inverse = part
            .inverse_positive()
            .ok_or(OlsError::SingularCovariance)?;
        let wald = dot(&tested, &inverse.times_vector(&tested));
        let f = wald / count as f64;
        if !wald.is_finite() {
            return Err(OlsError::SingularCovariance);
        }
        Ok(ZeroTest {
            wald,
            wald_p: chi_squared_above(wald, count),
            f,
            f_p: f_above(f, count, self.freedom()),
            restrictions: count,
            freedom: self.freedom(),
        })
    }
}

/// The probability that a chi-squared variable is above `value`.
pub(crate) fn chi_squared_above(value: f64, freedom: usize) -> f64 {
    ChiSquared::new(freedom as f64).map_or(1.0, |law| law.sf(value.max(0.0)))
}

/// The probability that an F variable is above `value`.
pub(crate) fn f_above(value: f64, numerator: usize, denominator: usize) -> f64 {
    FisherSnedecor::new(numerator as f64, denominator as f64)
        .map_or(1.0, |law| law.sf(value.max(0.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const X: [f64; 10] = [1.0, 2.5, 3.1, 4.7, 5.2, 6.9, 7.3, 8.8, 9.4, 10.6];
    const Z: [f64; 10] = [2.0, 1.0, 4.0, 3.0, 5.0, 9.0, 2.0, 6.0, 5.0, 3.0];
    const Y: [f64; 10] = [3.2, 4.1, 7.9, 8.8, 11.2, 17.5, 12.9, 18.7, 18.3, 18.6];

    fn close(left: &[f64], right: &[f64]) {
        assert_eq!(left.len(), right.len());
        for (a, b) in left.iter().zip(right) {
            assert!((a - b).abs() <= 1e-11 * b.abs().max(1.0), "{a} is not {b}");
        }
    }

    /// Figures of statsmodels 0.15: `OLS(y, X).fit(cov_type=…)`, HAC with two lags.
    #[test]
    fn agrees_with_statsmodels() {
        let design = Design::new(&[[1.0; 10], X, Z], None).unwrap();
        let fit = design.fit(&Y).unwrap();
        close(
            &fit.coefficients,
            &[-0.41774619281337, 1.57667185151709, 0.789137169071664],
        );
        close(&[fit.error_variance()], &[0.17810396288227628]);
        let errors = |kind| fit.standard_errors(kind);
        close(
            &errors(Covariance::Classical),
            &[0.328616075542967, 0.0483715143334334, 0.0652657037632695],
        );
        close(
            &errors(Covariance::Hc0),
            &[0.282039793163199, 0.0316845800749144, 0.0300787367015561],
        );
        close(
            &errors(Covariance::Hc1),
            &[0.33710202975941, 0.0378703165802842, 0.0359509666383363],
        );
        let robust = |small_sample| Covariance::NeweyWest {
            lag: 2,
            small_sample,
        };
        close(
            &errors(robust(false)),
            &[0.224400989471149, 0.0321129579045506, 0.0293606411441748],
        );
        close(
            &errors(robust(true)),
            &[0.268210482578863, 0.0383823260178699, 0.0350926782839182],
        );
        let test = fit.test_zero(&[1, 2], Covariance::Classical).unwrap();
        assert!((test.f / 913.3689868396549 - 1.0).abs() < 1e-11);
        assert!((test.f_p / 3.4368665159395645e-09 - 1.0).abs() < 1e-8);
        assert_eq!((test.restrictions, test.freedom), (2, 7));
    }

    /// A level of a million with a spread of ten keeps the digits of the slope.
    #[test]
    fn high_levels_keep_their_digits() {
        let high: Vec<f64> = X.iter().map(|x| 1e6 + x).collect();
        let design = Design::new(&[vec![1.0; 10], high.clone()], None).unwrap();
        let response: Vec<f64> = high.iter().map(|x| 2.0 * x).collect();
        close(&design.fit(&response).unwrap().coefficients[1..], &[2.0]);
    }

    #[test]
    fn faults_of_the_design_name_the_column() {
        let names: Vec<String> = ["constant", "x", "copy"].map(String::from).into();
        let twice: Vec<f64> = X.iter().map(|x| 3.0 * x - 1.0).collect();
        let fault = |columns: &[Vec<f64>]| Design::new(columns, Some(&names)).unwrap_err();
        assert_eq!(
            fault(&[vec![1.0; 10], X.into(), twice]),
            OlsError::Collinear {
                column: "copy".into()
            }
        );
        assert_eq!(
            fault(&[vec![1.0; 10], X.into(), vec![7.3; 10]]),
            OlsError::Constant {
                column: "copy".into()
            }
        );
        let mut gap = X.to_vec();
        gap[3] = f64::NAN;
        assert_eq!(
            fault(&[vec![1.0; 10], gap, Z.into()]),
            OlsError::NotFinite {
                column: "x".into(),
                row: 3
            }
        );
        let short = Design::new(&[[1.0, 2.0], [0.0, 1.0]], None).unwrap_err();
        assert_eq!(
            short,
            OlsError::TooFew {
                rows: 2,
                columns: 2
            }
        );
        assert!(Design::new::<Vec<f64>>(&[], None).is_err());
    }

    #[test]
    fn a_perfect_fit_has_no_test() {
        let design = Design::new(&[[1.0; 10], X], None).unwrap();
        let fit = design.fit(&[0.0; 10]).unwrap();
        assert_eq!(
            fit.test_zero(&[1], Covariance::Classical),
            Err(OlsError::SingularCovariance)
        );
        assert!(fit.test_zero(&[], Covariance::Hc0).is_err());
        assert!(fit.test_zero(&[2], Covariance::Hc0).is_err());
    }
}
