//! The series a vector autoregression explains.

use serde::Serialize;

use super::VarError;
use crate::matrix::Matrix;

/// Series of one length, with their names: no gaps, none constant.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Data {
    names: Vec<String>,
    /// One row for each period, one column for each series.
    values: Matrix,
}

impl Data {
    /// Series in this order; the order matters to orthogonal responses.
    ///
    /// # Errors
    /// No series, unequal lengths, a name given twice, a gap, a constant series.
    pub fn new<S: Into<String>, C: AsRef<[f64]>>(
        series: impl IntoIterator<Item = (S, C)>,
    ) -> Result<Data, VarError> {
        let (names, columns): (Vec<String>, Vec<C>) = series
            .into_iter()
            .map(|(name, values)| (name.into(), values))
            .unzip();
        let periods = columns.first().map_or(0, |column| column.as_ref().len());
        if names.is_empty() {
            return Err(VarError::Shape("there is none".into()));
        }
        for (at, (name, column)) in names.iter().zip(&columns).enumerate() {
            let column = column.as_ref();
            if names[..at].contains(name) {
                return Err(VarError::Shape(format!("the name {name} is given twice")));
            }
            if column.len() != periods {
                return Err(VarError::Shape(format!(
                    "{name} has {} periods and {} has {periods}",
                    column.len(),
                    names[0]
                )));
            }
            if let Some(period) = column.iter().position(|value| !value.is_finite()) {
                return Err(VarError::Gap {
                    series: name.clone(),
                    period,
                });
            }
            if column.iter().all(|value| *value == column[0]) {
                return Err(VarError::Constant {
                    series: name.clone(),
                });
            }
        }
        Ok(Data {
            names,
            values: Matrix::from_columns(&columns),
        })
    }

    /// The names of the series.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The values: one row for each period, one column for each series.
    pub fn values(&self) -> &Matrix {
        &self.values
    }

    /// How many series there are.
    pub fn series(&self) -> usize {
        self.names.len()
    }

    /// How many periods there are.
    pub fn periods(&self) -> usize {
        self.values.rows()
    }

    /// The series of another order or a selection, by name.
    ///
    /// # Errors
    /// A name that is not there, none, or one given twice.
    pub fn select(&self, names: &[&str]) -> Result<Data, VarError> {
        let mut series = Vec::with_capacity(names.len());
        for name in names {
            series.push((*name, self.values.column(self.position(name)?)));
        }
        Data::new(series)
    }

    /// The place of a series.
    pub(super) fn position(&self, name: &str) -> Result<usize, VarError> {
        let place = self.names.iter().position(|known| known == name);
        place.ok_or_else(|| VarError::UnknownSeries(name.into()))
    }
}
