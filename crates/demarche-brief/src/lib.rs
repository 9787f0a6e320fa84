//! The brief: chapters made from measures, charts, and their forms in HTML and PDF.

pub mod chart;
pub mod document;
