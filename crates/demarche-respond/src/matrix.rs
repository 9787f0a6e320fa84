//! A small dense matrix, stored by rows: enough for regressions and for systems of a few series.

use std::ops::{Index, IndexMut};

use serde::{Serialize, Serializer};

/// A dense matrix of reals, stored row after row. Serialised as a list of rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    rows: usize,
    cols: usize,
    data: Vec<f64>,
}

impl Index<(usize, usize)> for Matrix {
    type Output = f64;

    fn index(&self, (row, col): (usize, usize)) -> &f64 {
        &self.data[row * self.cols + col]
    }
}

impl IndexMut<(usize, usize)> for Matrix {
    fn index_mut(&mut self, (row, col): (usize, usize)) -> &mut f64 {
        &mut self.data[row * self.cols + col]
    }
}

impl Serialize for Matrix {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq((0..self.rows).map(|row| self.row(row)))
    }
}

impl Matrix {
    /// A matrix of zeros.
    pub fn zeros(rows: usize, cols: usize) -> Matrix {
        Matrix {
            rows,
            cols,
            data: vec![0.0; rows * cols],
        }
    }

    /// The identity matrix.
    pub fn identity(size: usize) -> Matrix {
        Matrix::from_fn(size, size, |row, col| f64::from(u8::from(row == col)))
    }

    /// A matrix whose cells are given by their row and column.
    pub fn from_fn(rows: usize, cols: usize, mut cell: impl FnMut(usize, usize) -> f64) -> Matrix {
        let data = (0..rows * cols)
            .map(|at| cell(at / cols, at % cols))
            .collect();
        Matrix { rows, cols, data }
    }

    /// A matrix of these rows.
    ///
    /// # Panics
    /// If the rows have different lengths.
    pub fn from_rows<R: AsRef<[f64]>>(rows: &[R]) -> Matrix {
        let cols = rows.first().map_or(0, |row| row.as_ref().len());
        let mut data = Vec::with_capacity(rows.len() * cols);
        for row in rows {
            assert_eq!(row.as_ref().len(), cols, "rows of one length");
            data.extend_from_slice(row.as_ref());
        }
        Matrix {
            rows: rows.len(),
            cols,
            data,
        }
    }

    /// A matrix of these columns.
    ///
    /// # Panics
    /// If the columns have different lengths.
    pub fn from_columns<C: AsRef<[f64]>>(columns: &[C]) -> Matrix {
        Matrix::from_rows(columns).transpose()
    }

    /// How many rows it has.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many columns it has.
    pub fn cols(&self) -> usize {
        self.cols
    }

    /// One row.
    pub fn row(&self, row: usize) -> &[f64] {
        &self.data[row * self.cols..(row + 1) * self.cols]
    }

    /// One row, to be changed.
    pub fn row_mut(&mut self, row: usize) -> &mut [f64] {
        &mut self.data[row * self.cols..(row + 1) * self.cols]
    }

    /// One column, copied.
    pub fn column(&self, col: usize) -> Vec<f64> {
        (0..self.rows).map(|row| self[(row, col)]).collect()
    }

    /// All cells, row after row.
    pub fn as_slice(&self) -> &[f64] {
        &self.data
    }

    /// All cells, row after row, to be changed.
    pub fn as_mut_slice(&mut self) -> &mut [f64] {
        &mut self.data
    }

    /// The diagonal.
    pub fn diagonal(&self) -> Vec<f64> {
        (0..self.rows.min(self.cols))
            .map(|at| self[(at, at)])
            .collect()
    }

    /// Rows and columns exchanged.
    pub fn transpose(&self) -> Matrix {
        Matrix::from_fn(self.cols, self.rows, |row, col| self[(col, row)])
    }

    /// The part that starts at (`row`, `col`) and has so many rows and columns.
    pub fn block(&self, row: usize, col: usize, rows: usize, cols: usize) -> Matrix {
        Matrix::from_fn(rows, cols, |r, c| self[(row + r, col + c)])
    }

    /// The product with another matrix.
    ///
    /// # Panics
    /// If the shapes do not fit.
    pub fn times(&self, other: &Matrix) -> Matrix {
        assert_eq!(self.cols, other.rows, "shapes of a product");
        let mut product = Matrix::zeros(self.rows, other.cols);
        for row in 0..self.rows {
            for (inner, &left) in self.row(row).iter().enumerate() {
                for (cell, &right) in product.row_mut(row).iter_mut().zip(other.row(inner)) {
                    *cell += left * right;
                }
            }
        }
        product
    }

    /// The product with a vector.
    pub fn times_vector(&self, vector: &[f64]) -> Vec<f64> {
        (0..self.rows)
            .map(|row| dot(self.row(row), vector))
            .collect()
    }

    /// This matrix transposed, times another: `A'B`.
    pub fn transposed_times(&self, other: &Matrix) -> Matrix {
        assert_eq!(self.rows, other.rows, "shapes of a product");
        let mut product = Matrix::zeros(self.cols, other.cols);
        for inner in 0..self.rows {
            for (row, &left) in self.row(inner).iter().enumerate() {
                for (cell, &right) in product.row_mut(row).iter_mut().zip(other.row(inner)) {
                    *cell += left * right;
                }
            }
        }
        product
    }

    /// `A B A'`, as covariances are carried over.
    pub fn sandwich(&self, inner: &Matrix) -> Matrix {
        self.times(inner).times(&self.transpose())
    }

    /// The sum with another matrix.
    pub fn plus(&self, other: &Matrix) -> Matrix {
        Matrix::from_fn(self.rows, self.cols, |r, c| self[(r, c)] + other[(r, c)])
    }

    /// The difference from another matrix.
    pub fn minus(&self, other: &Matrix) -> Matrix {
        Matrix::from_fn(self.rows, self.cols, |r, c| self[(r, c)] - other[(r, c)])
    }

    /// Every cell times a number.
    pub fn scaled(&self, factor: f64) -> Matrix {
        Matrix {
            data: self.data.iter().map(|cell| cell * factor).collect(),
            ..*self
        }
    }

    /// The Kronecker product.
    pub fn kronecker(&self, other: &Matrix) -> Matrix {
        let (rows, cols) = (other.rows, other.cols);
        Matrix::from_fn(self.rows * rows, self.cols * cols, |r, c| {
            self[(r / rows, c / cols)] * other[(r % rows, c % cols)]
        })
    }

    /// The sum of the diagonal.
    pub fn trace(&self) -> f64 {
        self.diagonal().iter().sum()
    }

    /// The largest absolute cell.
    pub fn largest(&self) -> f64 {
        self.data
            .iter()
            .fold(0.0, |most, cell| cell.abs().max(most))
    }

    /// Are all cells finite?
    pub fn is_finite(&self) -> bool {
        self.data.iter().all(|cell| cell.is_finite())
    }

    /// The lower triangular `L` with `L L'` equal to this matrix; `None` if it is not positive
    /// definite: a pivot at or below 1e-12 of its diagonal cell counts as zero.
    pub fn cholesky(&self) -> Option<Matrix> {
        let size = self.rows;
        let mut lower = Matrix::zeros(size, size);
        for row in 0..size {
            for col in 0..=row {
                let rest = self[(row, col)] - dot(&lower.row(row)[..col], &lower.row(col)[..col]);
                if row != col {
                    lower[(row, col)] = rest / lower[(col, col)];
                } else if rest.is_finite() && rest > 1e-12 * self[(row, row)].abs() {
                    lower[(row, row)] = rest.sqrt();
                } else {
                    return None;
                }
            }
        }
        Some(lower)
    }

    /// `X` of `L X = B`, for this matrix lower triangular.
    pub fn solve_lower(&self, right: &Matrix) -> Matrix {
        let mut solution = right.clone();
        for row in 0..self.rows {
            for inner in 0..row {
                let factor = self[(row, inner)];
                for col in 0..right.cols {
                    solution[(row, col)] -= factor * solution[(inner, col)];
                }
            }
            for cell in solution.row_mut(row) {
                *cell /= self[(row, row)];
            }
        }
        solution
    }

    /// The inverse of a symmetric positive definite matrix; `None` if it is not that.
    pub fn inverse_positive(&self) -> Option<Matrix> {
        let inverse = self.cholesky()?.solve_lower(&Matrix::identity(self.rows));
        Some(inverse.transposed_times(&inverse))
    }

    /// The inverse, by elimination with row exchanges; `None` if it is singular.
    pub fn inverse(&self) -> Option<Matrix> {
        let size = self.rows;
        let (mut left, mut right) = (self.clone(), Matrix::identity(size));
        let least = 1e-13 * self.largest();
        for step in 0..size {
            let best = (step..size)
                .max_by(|&a, &b| left[(a, step)].abs().total_cmp(&left[(b, step)].abs()))?;
            if left[(best, step)].abs().partial_cmp(&least) != Some(std::cmp::Ordering::Greater) {
                return None;
            }
            for col in 0..size {
                left.data.swap(step * size + col, best * size + col);
                right.data.swap(step * size + col, best * size + col);
            }
            let pivot = left[(step, step)];
            for col in 0..size {
                left[(step, col)] /= pivot;
                right[(step, col)] /= pivot;
            }
            for row in (0..size).filter(|&row| row != step) {
                let factor = left[(row, step)];
                for col in 0..size {
                    left[(row, col)] -= factor * left[(step, col)];
                    right[(row, col)] -= factor * right[(step, col)];
                }
            }
        }
        Some(right)
    }
}

/// The inner product of two slices.
pub(crate) fn dot(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(a, b)| a * b).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inverses_and_cholesky_agree() {
        let matrix = Matrix::from_rows(&[[4.0, 2.0, 0.6], [2.0, 5.0, 1.0], [0.6, 1.0, 3.0]]);
        let lower = matrix.cholesky().unwrap();
        assert!(lower.times(&lower.transpose()).minus(&matrix).largest() < 1e-14);
        let inverse = matrix.inverse().unwrap();
        assert!(matrix.times(&inverse).minus(&Matrix::identity(3)).largest() < 1e-14);
        assert!(matrix.inverse_positive().unwrap().minus(&inverse).largest() < 1e-14);
    }

    #[test]
    fn singular_matrices_have_no_inverse() {
        let matrix = Matrix::from_rows(&[[1.0, 2.0], [2.0, 4.0]]);
        assert_eq!(matrix.inverse(), None);
        assert_eq!(matrix.cholesky(), None);
        assert_eq!(Matrix::from_rows(&[[f64::NAN]]).inverse(), None);
    }

    #[test]
    fn kronecker_product_lays_blocks() {
        let product = Matrix::from_rows(&[[1.0, 2.0]]).kronecker(&Matrix::identity(2));
        assert_eq!(
            product,
            Matrix::from_rows(&[[1.0, 0.0, 2.0, 0.0], [0.0, 1.0, 0.0, 2.0]])
        );
    }
}
