//! Are the residuals of a vector autoregression uncorrelated, normal, and of one variance?

use serde::Serialize;

use super::fit::regressors;
use super::{Var, VarError};
use crate::matrix::Matrix;
use crate::ols::{Design, chi_squared_above, f_above};

/// A statistic that is chi-squared under the null.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Test {
    /// The statistic.
    pub statistic: f64,
    /// Its degrees of freedom.
    pub freedom: usize,
    /// The probability of one at least as large under the null.
    pub p: f64,
}

impl Test {
    pub(super) fn new(statistic: f64, freedom: usize) -> Test {
        Test {
            statistic,
            freedom,
            p: chi_squared_above(statistic, freedom),
        }
    }
}

/// A statistic with an F distribution under the null.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct FTest {
    /// The statistic.
    pub statistic: f64,
    /// Degrees of freedom of the numerator.
    pub numerator: usize,
    /// Degrees of freedom of the denominator.
    pub denominator: usize,
    /// The probability of one at least as large under the null.
    pub p: f64,
}

impl FTest {
    pub(super) fn new(statistic: f64, numerator: usize, denominator: usize) -> FTest {
        FTest {
            statistic,
            numerator,
            denominator,
            p: f_above(statistic, numerator, denominator),
        }
    }
}

/// Portmanteau tests that residuals are uncorrelated up to a lag.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Portmanteau {
    /// `Q = n Σ tr(C_j' C₀⁻¹ C_j C₀⁻¹)`, `K² (h - p)` degrees of freedom.
    pub asymptotic: Test,
    /// The same with each term over `1 - j / n` (Hosking 1980).
    pub adjusted: Test,
}

/// Lagrange-multiplier tests that residuals are uncorrelated up to a lag.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SerialCorrelation {
    /// Breusch and Godfrey: `n (K - tr(Σ_R⁻¹ Σ_U))`, `h K²` degrees of freedom.
    pub breusch_godfrey: Test,
    /// The correction of Edgerton and Shukur 1999 for small samples; `None` where there are too
    /// few periods for it.
    pub edgerton_shukur: Option<FTest>,
}

/// Tests that residuals are jointly normal, made orthogonal by the Cholesky factor of their
/// covariance (Lütkepohl 2005, section 4.5).
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct JarqueBera {
    /// Skewness and kurtosis together.
    pub both: Test,
    /// Skewness alone.
    pub skewness: Test,
    /// Kurtosis alone.
    pub kurtosis: Test,
}

impl Var {
    /// Portmanteau tests for autocorrelation up to a lag, which must be above the system's own.
    ///
    /// # Errors
    /// A lag that is not above the system's, or not below the number of periods.
    pub fn portmanteau(&self, lags: usize) -> Result<Portmanteau, VarError> {
        let (n, series) = (self.observations(), self.series());
        if lags <= self.lags || lags >= n {
            return Err(VarError::Option(format!(
                "the portmanteau test needs a lag above {} and below {n}, not {lags}",
                self.lags
            )));
        }
        let u = &self.residuals;
        let inverse = u
            .transposed_times(u)
            .scaled(1.0 / n as f64)
            .inverse_positive();
        let inverse = inverse.ok_or(VarError::SingularErrors)?;
        let (mut plain, mut adjusted) = (0.0, 0.0);
        for lag in 1..=lags {
            let later = u.block(lag, 0, n - lag, series);
            let earlier = u.block(0, 0, n - lag, series);
            let c = later.transposed_times(&earlier).scaled(1.0 / n as f64);
            let term = c
                .transposed_times(&inverse)
                .times(&c)
                .times(&inverse)
                .trace();
            plain += n as f64 * term;
            adjusted += (n * n) as f64 / (n - lag) as f64 * term;
        }
        let freedom = series * series * (lags - self.lags);
        Ok(Portmanteau {
            asymptotic: Test::new(plain, freedom),
            adjusted: Test::new(adjusted, freedom),
        })
    }

    /// Lagrange-multiplier tests for autocorrelation up to a lag: the residuals are regressed
    /// on the system's regressors and their own past (zero before the first period).
    ///
    /// # Errors
    /// Zero lags, too few periods.
    pub fn serial_correlation(&self, lags: usize) -> Result<SerialCorrelation, VarError> {
        if lags == 0 {
            return Err(VarError::Option("test at least one lag".into()));
        }
        let (n, series) = (self.observations(), self.series());
        let design = regressors(&self.data, self.lags, self.deterministic, self.lags)?;
        let x = design.matrix();
        let needed = self.lags + x.cols() + series * (lags + 1);
        if self.data.periods() < needed {
            return Err(VarError::TooFew {
                periods: self.data.periods(),
                needed,
            });
        }
        let mut columns: Vec<Vec<f64>> = (0..x.cols()).map(|at| x.column(at)).collect();
        for lag in 1..=lags {
            columns.extend((0..series).map(|at| {
                let past = |t: usize| {
                    if t < lag {
                        0.0
                    } else {
                        self.residuals[(t - lag, at)]
                    }
                };
                (0..n).map(past).collect()
            }));
        }
        let design = Design::new(&columns, None)?;
        let left = residuals_of(&design, &self.residuals)?;
        let restricted = self
            .residuals
            .transposed_times(&self.residuals)
            .scaled(1.0 / n as f64);
        let free = left.transposed_times(&left).scaled(1.0 / n as f64);
        let inverse = restricted
            .inverse_positive()
            .ok_or(VarError::SingularErrors)?;
        let ratio = inverse.times(&free);
        let statistic = n as f64 * (series as f64 - ratio.trace());
        let tested = lags * series * series;
        // ln|Σ_U| - ln|Σ_R| of the correction.
        let ln_det = |m: &Matrix| {
            let factor = m.cholesky().ok_or(VarError::SingularErrors)?;
            Ok::<f64, VarError>(factor.diagonal().iter().map(|v| 2.0 * v.ln()).sum())
        };
        let share = (ln_det(&free)? - ln_det(&restricted)?).exp();
        let (k, m) = (series as f64, (series * lags) as f64);
        let rest = n as f64 - self.regressors() as f64 - m - 0.5 * (k - m + 1.0);
        let r = if k * m <= 2.0 {
            1.0
        } else {
            ((k * k * m * m - 4.0) / (k * k + m * m - 5.0)).sqrt()
        };
        let q = 0.5 * k * m - 1.0;
        let denominator = (rest * r - q).floor();
        let edgerton_shukur = (r.is_finite() && denominator >= 1.0).then(|| {
            let root = share.powf(1.0 / r);
            let f = (1.0 - root) / root * (rest * r - q) / (k * m);
            FTest::new(f, tested, denominator as usize)
        });
        Ok(SerialCorrelation {
            breusch_godfrey: Test::new(statistic, tested),
            edgerton_shukur,
        })
    }

    /// Jarque and Bera's test that the residuals are jointly normal.
    ///
    /// # Errors
    /// Linearly dependent residuals.
    pub fn normality(&self) -> Result<JarqueBera, VarError> {
        let (n, series) = (self.observations(), self.series());
        let u = self.centred_residuals();
        let covariance = u.transposed_times(&u).scaled(1.0 / n as f64);
        let factor = covariance.cholesky().ok_or(VarError::SingularErrors)?;
        let standard = factor.solve_lower(&u.transpose());
        let (mut third, mut fourth) = (0.0, 0.0);
        for at in 0..series {
            let mean =
                |power| standard.row(at).iter().map(|v| v.powi(power)).sum::<f64>() / n as f64;
            third += n as f64 * mean(3).powi(2) / 6.0;
            fourth += n as f64 * (mean(4) - 3.0).powi(2) / 24.0;
        }
        Ok(JarqueBera {
            both: Test::new(third + fourth, 2 * series),
            skewness: Test::new(third, series),
            kurtosis: Test::new(fourth, series),
        })
    }

    /// The multivariate test that squares and products of the residuals do not depend on their
    /// past (ARCH; Lütkepohl 2005, section 16.5): `½ n K (K + 1) R²`.
    ///
    /// # Errors
    /// Zero lags, too few periods.
    pub fn arch(&self, lags: usize) -> Result<Test, VarError> {
        if lags == 0 {
            return Err(VarError::Option("test at least one lag".into()));
        }
        let (total, series) = (self.observations(), self.series());
        let pairs = series * (series + 1) / 2;
        let needed = self.lags + lags + lags * pairs + 1 + pairs;
        if self.data.periods() < needed {
            return Err(VarError::TooFew {
                periods: self.data.periods(),
                needed,
            });
        }
        let u = self.centred_residuals();
        let scale: Vec<f64> = (0..series).map(|at| self.sigma[(at, at)].sqrt()).collect();
        let products: Vec<Vec<f64>> = (0..series)
            .flat_map(|a| (a..series).map(move |b| (a, b)))
            .map(|(a, b)| {
                (0..total)
                    .map(|t| u[(t, a)] * u[(t, b)] / scale[a] / scale[b])
                    .collect()
            })
            .collect();
        let n = total - lags;
        let mut columns = vec![vec![1.0; n]];
        for lag in 1..=lags {
            columns.extend(
                products
                    .iter()
                    .map(|values| values[lags - lag..total - lag].to_vec()),
            );
        }
        let now = Matrix::from_columns(
            &products
                .iter()
                .map(|values| &values[lags..])
                .collect::<Vec<_>>(),
        );
        let left = residuals_of(&Design::new(&columns, None)?, &now)?;
        let centred = residuals_of(&Design::new(&columns[..1], None)?, &now)?;
        let inverse = centred.transposed_times(&centred).inverse_positive();
        let inverse = inverse.ok_or(VarError::SingularErrors)?;
        let unexplained = left.transposed_times(&left).times(&inverse).trace();
        Ok(Test::new(
            n as f64 * (pairs as f64 - unexplained),
            lags * pairs * pairs,
        ))
    }

    /// The residuals less their means (which are zero if there is a constant).
    pub(super) fn centred_residuals(&self) -> Matrix {
        let n = self.observations();
        let means: Vec<f64> = (0..self.series())
            .map(|at| self.residuals.column(at).iter().sum::<f64>() / n as f64)
            .collect();
        Matrix::from_fn(n, self.series(), |t, at| {
            self.residuals[(t, at)] - means[at]
        })
    }
}

/// What a design leaves of each column.
fn residuals_of(design: &Design, columns: &Matrix) -> Result<Matrix, VarError> {
    let left = (0..columns.cols())
        .map(|at| Ok(design.fit(&columns.column(at))?.residuals))
        .collect::<Result<Vec<_>, VarError>>()?;
    Ok(Matrix::from_columns(&left))
}
