//! The brief: chapters made from measures, charts, and their forms in HTML and PDF.

mod chapters;
pub mod chart;
mod compose;
mod context;
mod direction;
pub mod document;
pub mod html;
pub mod pdf;
mod show;

pub use compose::{Brief, Files, compose, flat_table_files, page_files, table_files};
