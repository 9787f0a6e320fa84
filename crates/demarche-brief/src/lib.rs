//! The brief: chapters made from measures, charts, and their forms in HTML and PDF.

mod chapters;
pub mod chart;
mod compose;
mod context;
mod direction;
pub mod document;
pub mod html;
pub mod pdf;
mod planned;
mod record;
mod show;
mod thin;

pub use compose::{
    Brief, Files, compose, compose_with, flat_table_files, page_files, plan_picture, table_files,
    triangle_picture, two_sources_table,
};
pub use planned::Planned;
pub use record::{Beside, Coded, Record, covered};
pub use thin::thin;
