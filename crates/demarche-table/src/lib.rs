//! Tidy tables: one row an observation, one described column a variable, written as CSV and
//! Parquet with a schema that says what each column means.

pub mod columnar;
mod csv_file;
mod parquet_file;
mod schema;
mod table;

pub use csv_file::{guard_formula, to_csv};
pub use parquet_file::to_parquet;
pub use schema::schema_json;
pub use table::{Cell, Column, Kind, Table};
