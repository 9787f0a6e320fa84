//! Event files of others: finding, opening and reading them, row by row, with nothing lost.

pub mod detect;
pub mod input;
pub mod layout;
pub mod mapping;
pub mod parquet_rows;
pub mod row;
pub mod schema;
pub mod table_file;
pub mod value;

mod by_name;
mod chronicle;
mod field;
mod gdelt;
mod icews;
mod mentions;
mod polecat;
mod quadruples;
mod reduced;
mod reexport;

pub use detect::{detect, detect_with, layout_for};
pub use gdelt::{gdelt1, gdelt2};
pub use mentions::mentions;
