//! A case as a folder of plain files: reading it, checking it with every problem at once, and
//! making a new one.

mod case;

pub use case::*;
